"""The disk drill inside its namespace: ``python -m eval.drills.disk_child``; takes a job as JSON, prints an object a try."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.drills.material import see
from eval.drills.processes import command

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from eval.drills.material import Seen
    from eval.drills.processes import Told

_MiB = 1 << 20
_BALLAST = "ballast"
_WAITS = (0.1, 0.5, 2.0, 5.0)  # seconds
_FACTS = {"full": ("No space left on device", "File too large"), "read-only": ("Read-only file system",)}
_STEPS = ("Make room", "make the folder writable", "Give another folder", "--index")


class Disk:
    """A small disk with a copy of an index, whose room can be taken and given back."""

    def __init__(self, folder: Path, index: Path, *, mount: bool) -> None:
        self.folder, self.index, self.mounted = folder, folder / "index", mount
        folder.mkdir(parents=True)
        self.needed = sum(path.stat().st_size for path in (index / "gen-000001").iterdir())
        if mount:
            size = 3 * self.needed + 8 * _MiB
            _call("mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder))
        shutil.copytree(index, self.index)

    def leave(self, room: int) -> None:
        """Fill the disk but for *room* bytes; where nothing is mounted, let no file become larger than *room*."""
        if not self.mounted:
            import resource  # noqa: PLC0415 - POSIX alone has it

            tempfile.gettempdir()  # is found by writing, which this limit forbids there, too, as a full disk of the index does not
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
            return
        ballast = self.folder / _BALLAST
        free = os.statvfs(self.folder)
        with ballast.open("wb") as file, suppress(OSError):
            left = free.f_bavail * free.f_frsize - room
            while left > 0:
                left -= file.write(bytes(min(left, _MiB)))

    def give_back(self) -> None:
        """Take the ballast off."""
        if not self.mounted:
            import resource  # noqa: PLC0415

            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            return
        (self.folder / _BALLAST).unlink()

    def lock(self) -> None:
        """Make the disk read-only, once the system has closed what was written to it; on a busy machine that takes a moment."""
        for wait in (*_WAITS, None):
            try:
                _call("mount", "-o", "remount,ro", "none", str(self.folder))
            except subprocess.CalledProcessError:
                if wait is None:
                    raise
                time.sleep(wait)
            else:
                return


def _call(*arguments: str) -> None:
    subprocess.run(arguments, check=True, capture_output=True)  # noqa: S603 - the system's mount


def wrong(disk: Disk, kind: str, told: Told, before: Seen, questions: Sequence[str]) -> str | None:
    """Return what does not hold of how a command ended on a disk that is full or read-only; None where all does."""
    if "Traceback" in told.complaints or told.code != 1:
        return f"it ended with {told.code}: {told.complaints.strip().splitlines()[-1:]}"
    place = str(disk.index)
    if not any(fact in told.complaints for fact in _FACTS[kind]) or place not in told.complaints:
        return f"unclear: {told.complaints.strip()}"
    if not any(step in told.complaints for step in _STEPS):
        return f"no next step: {told.complaints.strip()}"
    if see(disk.index, questions) != before:
        return "the old index answers otherwise"
    left = [path.name for path in disk.index.glob(".unfinished*")]
    return f"left behind: {left}" if left else None


def tries(job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what was tried and what was wrong with it."""
    disk = Disk(Path(job["folder"]), Path(job["index"]), mount=job["mount"])
    questions = job["questions"]
    at = ["--index", str(disk.index)]
    before = see(disk.index, questions)
    acts: dict[str, list[str]] = {
        "add": ["add", job["more"], *at],
        "build": ["build", "--corpus", job["corpus"], *at],
    }
    if not disk.mounted:  # the limit would hold for what reads a file, too
        acts = {"remove": ["remove", before.documents[-1], *at]}
    for level in range(job["levels"]):
        room = disk.needed * level // job["levels"]
        for name, run in acts.items():
            disk.leave(room)
            try:
                told = command("indexer", run)
            finally:
                disk.give_back()
            tried = f"{name} with room for {room:,} bytes"
            if told.code == 0:
                yield {"disk": "enough room", "what": tried, "wrong": None}
                before = see(disk.index, questions)
            else:
                yield {"disk": "full", "what": tried, "wrong": wrong(disk, "full", told, before, questions)}
    name, run = next(iter(acts.items()))
    told = command("indexer", run)
    yield {"disk": "", "what": f"{name} once there is room again", "wrong": told.complaints if told.code else None}
    before = see(disk.index, questions)
    disk.leave(0)
    told = command("indexer", ["rollback", *at])
    disk.give_back()
    yield {"disk": "full", "what": "rollback", "wrong": wrong(disk, "full", told, before, questions)}
    if not disk.mounted:
        return
    disk.lock()
    acts |= {"remove": ["remove", Path(job["more"]).stem, *at], "rollback": ["rollback", *at], "gc": ["gc", *at]}
    for name, run in acts.items():
        told = command("indexer", run)
        yield {"disk": "read-only", "what": name, "wrong": wrong(disk, "read-only", told, before, questions)}
    told = command("indexer", ["verify", *at])
    yield {"disk": "", "what": "verify on the read-only disk", "wrong": told.complaints if told.code else None}


if __name__ == "__main__":
    for one in tries(json.load(sys.stdin)):
        sys.stdout.write(json.dumps(one, ensure_ascii=False) + "\n")
        sys.stdout.flush()
