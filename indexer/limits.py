"""What one file may cost, and how a process is held to it."""

from __future__ import annotations

import ctypes
import os
import sys
from dataclasses import dataclass
from pathlib import Path

_MIB = 1 << 20
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _SIGKILL = 1, 9


@dataclass(frozen=True, slots=True)
class Limits:
    """
    What reading one file may cost; whatever takes more is ended with a message.

    A file that is no attack stays far below: a page of text takes some 20 ms, a recognised page some seconds and 0.3 GiB.
    """

    memory: int = 1024 * _MIB  # address space of the child; an unpacked bomb ends here
    memory_ceiling: int = 4096 * _MIB  # LibreOffice reserves more than it uses and may raise its own limit up to here
    tree_memory: int = (
        960 * _MIB
    )  # resident, of the child and all that it started: 1 GiB less what grows between two looks
    seconds: float = 55.0  # without a page done, so that the message is there within a minute
    recognised_page_seconds: float = 10.0  # more for each page that was recognised from a picture
    text_page_seconds: float = 0.5  # more for each other page: 1,000 pages of ruled tables take some minutes
    pages: int = 1000  # that buy time; readers refuse longer files
    cpu_seconds: int = 50  # of each process
    file_bytes: int = 256 * _MIB  # of each file that is written
    open_files: int = 256
    result_bytes: int = 128 * _MIB  # that the parent reads; a thousand pages give some 20 MiB


def confine(limits: Limits) -> None:
    """
    Hold this process, and all that it will start, to *limits*, and cut it off from the network.

    Windows has no such limits; there only the clock of the parent holds. Where the system does not allow to cut off the
    network (it is not Linux, or forbids it to ordinary users), that is passed over: nothing of ours asks the network for anything.
    """
    _end_with_parent()
    _cut_network()
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not there on Windows

    _lower(resource.RLIMIT_CORE, 0, 0)
    _lower(resource.RLIMIT_AS, limits.memory, limits.memory_ceiling)
    _lower(resource.RLIMIT_FSIZE, limits.file_bytes, limits.file_bytes)
    _lower(resource.RLIMIT_NOFILE, limits.open_files, limits.open_files)
    longest = limits.cpu_seconds + int(limits.pages * limits.recognised_page_seconds)
    _lower(resource.RLIMIT_CPU, limits.cpu_seconds, longest)


def grant_cpu(seconds: float) -> None:
    """Give this process *seconds* of computing more than it was allowed so far."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415

    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if soft != resource.RLIM_INFINITY:
        wanted = soft + max(1, round(seconds))
        resource.setrlimit(resource.RLIMIT_CPU, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _lower(what: int, soft: int, hard: int) -> None:
    """Set a limit; one that is stricter already stays, and one that a system does not know (RLIMIT_AS on macOS) is left."""
    import resource  # noqa: PLC0415

    _, ceiling = resource.getrlimit(what)
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    try:
        resource.setrlimit(what, (soft, hard))
    except (ValueError, OSError):
        if sys.platform == "linux":
            raise


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, _SIGKILL)


def _cut_network() -> None:
    """Enter a network of our own that leads nowhere; an ordinary user needs a user namespace for that."""
    if sys.platform != "linux":
        return
    unshare = ctypes.CDLL(None).unshare
    if unshare(_CLONE_NEWNET) == 0:
        return
    user, group = os.getuid(), os.getgid()
    if unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return
    own = Path("/proc/self")
    try:  # we stay who we are; without these lines every file would seem to belong to nobody
        (own / "setgroups").write_text("deny", encoding="ascii")
        (own / "uid_map").write_text(f"{user} {user} 1", encoding="ascii")
        (own / "gid_map").write_text(f"{group} {group} 1", encoding="ascii")
    except OSError:
        return
