"""
A server whose every attempt to reach another machine is written down: ``python -m assistant.selftest_watch LOG INDEX DATA PORT``.

Python tells its audit hooks of every connection and every look-up of a name before it is made, and a hook cannot be taken out again.
"""

from __future__ import annotations

import ipaddress
import json
import os
import sys
from pathlib import Path
from typing import Any

CANARY = "hvb-selftest.invalid"  # looked up for show as the hook is set: proves that it is heard
_PEER = frozenset(("socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind"))  # (socket, address)
_NAME = frozenset(("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"))  # (host, …)
_PROGRAM = frozenset(("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system"))  # (program, …)


def watch(log: Path) -> None:
    """Write every attempt from now on to *log*, one JSON object a line: {"what", "to"}."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        to = _outside(event, arguments)
        if to is not None:
            os.write(descriptor, (json.dumps({"what": event, "to": to}) + "\n").encode())

    sys.addaudithook(hook)
    sys.audit("socket.getaddrinfo", CANARY, 0, 0, 0, 0)


def _outside(event: str, arguments: tuple[Any, ...]) -> str | None:
    """Return whom an event reaches outside of this machine, or the program that it starts; None for any other event."""
    if event in _PROGRAM:
        return str(arguments[0])
    if event in _NAME:
        return None if _is_here(arguments[0]) else _name(arguments[0])
    if event == "socket.getnameinfo":
        return None if _is_here(arguments[0][0]) else str(arguments[0][0])
    if event not in _PEER:
        return None
    address = arguments[1]
    # a path of this machine, or the kernel itself (netlink)
    if not isinstance(address, tuple) or not address or not isinstance(address[0], str):
        return None
    if event == "socket.bind" and address[0] in ("", "0.0.0.0", "::"):  # noqa: S104 - it is what is looked for
        return f"cổng {address[1]}, mọi địa chỉ"
    return None if _is_here(address[0]) else f"{address[0]}:{address[1]}"


def _is_here(host: Any) -> bool:
    """Tell whether *host*, as Python's sockets take it, is this machine."""
    name = _name(host)
    if name in ("None", "", "localhost", "0.0.0.0", "::"):  # noqa: S104 - to connect there is to connect here
        return True
    try:
        return ipaddress.ip_address(name.split("%")[0]).is_loopback
    except ValueError:
        return False


def _name(host: Any) -> str:
    return host.decode("latin-1") if isinstance(host, (bytes, bytearray)) else str(host)


def main(log: str, index: str, data: str, port: str) -> None:
    """Serve with all that can be switched on, watched."""
    watch(Path(log))
    from assistant.chat.app import serve  # noqa: PLC0415 - nothing is imported before the watch
    from assistant.chat.offered import Offered  # noqa: PLC0415

    serve(Path(index), port=int(port), data=Path(data), offered=Offered(api=True, mcp=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
