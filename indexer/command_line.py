"""How a command of ours ends: what each kind of error prints, and its exit code."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from indexer.errors import HoiVanBanError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable


def run_command(arguments: argparse.Namespace) -> int:
    """Call ``arguments.run`` with *arguments*; return its exit code, or 1 for a fault of the input, told on stderr."""
    try:
        run: Callable[[argparse.Namespace], int] = arguments.run
        return run(arguments)
    except HoiVanBanError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of our output has enough
        sys.stderr.close()
        return 0
    except OSError as error:
        place = error.filename or getattr(arguments, "index", "a file")  # an open file that is written to bears no name
        print(
            f"{place}: {error.strerror}.\n  Make room on its disk, or check the path and its permissions.",
            file=sys.stderr,
        )
        return 1
