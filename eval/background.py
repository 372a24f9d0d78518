"""A command that another program has started: it gives way to others, and does not outlive who started it."""

from __future__ import annotations

import os
import sys
import threading

_LATER = 10  # how much later than others this process gets a processor


def stay_behind() -> None:
    """Lower this process's priority, and end it as soon as standard input closes: whoever started it has ended."""
    if hasattr(os, "nice"):  # not on Windows
        os.nice(_LATER)
    threading.Thread(target=_end_with_input, daemon=True, name="leash").start()


def _end_with_input() -> None:
    # the file itself, not the stream: at exit the stream's lock would be waited for
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(1)
