"""
Waits until a server says that it is ready, for the unit and for containers: exit code 0, or 1 once the time is over.

    python -m deploy.ready http://127.0.0.1:7860/readyz 120
"""

from __future__ import annotations

import argparse
import sys
import time
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

_PAUSE = 0.5  # seconds between two questions
_PATIENCE = 5.0  # seconds for one answer


def wait_until_ready(address: str, seconds: float) -> bool:
    """Ask *address* until it answers 200, at most *seconds* and at least once; tell whether it did. No proxy is asked, no redirect followed."""
    ends = time.monotonic() + seconds
    while not _answers(address):
        if time.monotonic() >= ends:
            return False
        time.sleep(_PAUSE)
    return True


def _answers(address: str) -> bool:
    parts = urlsplit(address)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.netloc, timeout=_PATIENCE)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status == HTTPStatus.OK
    except (HTTPException, OSError):
        return False
    finally:
        connection.close()


def main(argv: Sequence[str] | None = None) -> int:
    """Wait as the command line says; return 0 where the server is ready, 1 where it is not."""
    parser = argparse.ArgumentParser(prog="python -m deploy.ready", description="Wait until a server is ready.")
    parser.add_argument("address", help="where it says so: http://127.0.0.1:7860/readyz")
    parser.add_argument("seconds", type=float, help="how long to wait at most; 0 asks once")
    options = parser.parse_args(argv)
    return 0 if wait_until_ready(options.address, options.seconds) else 1


if __name__ == "__main__":
    sys.exit(main())
