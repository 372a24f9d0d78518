"""A child process and all that it started: the memory they hold together, and their end. Each child leads a session of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

_PROC = Path("/proc")
_PARENT, _SESSION, _RESIDENT = 1, 3, 21  # fields of /proc/PID/stat behind the name of the program (proc(5))


@cache
def _page_size() -> int:
    return int(os.sysconf("SC_PAGE_SIZE"))


def _members(leader: int) -> dict[int, int]:
    """Return the resident bytes of every process of the session of *leader*, and of their descendants, by process id."""
    found: dict[int, tuple[int, int, int]] = {}
    for folder in _PROC.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            stat = (folder / "stat").read_bytes()
        except OSError:  # it ended meanwhile, or is none of ours to see
            continue
        values = stat[stat.rindex(b")") + 2 :].split()
        found[int(folder.name)] = (int(values[_PARENT]), int(values[_SESSION]), int(values[_RESIDENT]))
    inside = {leader} | {number for number, (_, session, _) in found.items() if session == leader}
    while True:  # one that left the session is still somebody's child
        more = {number for number, (parent, _, _) in found.items() if parent in inside} - inside
        if not more:
            break
        inside |= more
    return {number: found[number][2] * _page_size() for number in inside if number in found}


def tree_memory(leader: int) -> int:
    """Return how many bytes *leader* and all that it started hold in memory together; 0 where the system does not tell."""
    return sum(_members(leader).values()) if sys.platform == "linux" else 0


def end_tree(process: subprocess.Popen[bytes]) -> None:
    """End *process*, whether it runs or not, with all that it started."""
    if sys.platform == "win32":
        if process.poll() is None:
            command = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
            subprocess.run(command, capture_output=True, check=False)  # noqa: S603
        return
    others = _members(process.pid) if sys.platform == "linux" else {}
    with suppress(ProcessLookupError, PermissionError):  # all of them have ended, as macOS says it too
        os.killpg(process.pid, signal.SIGKILL)
    for number in others.keys() - {process.pid}:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    process.wait()
