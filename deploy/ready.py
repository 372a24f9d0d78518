"""
Waits until a server says that it is ready, for the unit and for containers: exit code 0, or 1 once the time is over.

    python -m deploy.ready http://127.0.0.1:7860/readyz 120
"""

from __future__ import annotations

import http.client
import sys
import time
import urllib.error
import urllib.request

_PAUSE = 0.5  # seconds between two questions
_PATIENCE = 5.0  # seconds for one answer


def wait_until_ready(address: str, seconds: float) -> bool:
    """Ask *address* until it answers 200, at most *seconds* and at least once; tell whether it did."""
    ask = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # this machine is asked, whatever proxy it has
    ends = time.monotonic() + seconds
    while True:
        try:
            with ask.open(address, timeout=_PATIENCE):
                return True
        except (urllib.error.URLError, http.client.HTTPException, OSError):
            if time.monotonic() >= ends:
                return False
            time.sleep(_PAUSE)


if __name__ == "__main__":
    sys.exit(0 if wait_until_ready(sys.argv[1], float(sys.argv[2])) else 1)
