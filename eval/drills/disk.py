"""A full disk and a read-only one: a clear error, and the old index answers. Done on a small file system in memory, in a namespace of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from eval.drills.kill import Act, State, perform
from eval.drills.outcome import Outcome
from eval.drills.processes import in_child

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from eval.drills.material import Material

_PATIENCE = 300.0  # seconds a level


def mounting() -> tuple[str, ...]:
    """Return what runs a command that may mount file systems of its own; () where that is not to be had (Windows, some containers)."""
    unshare = shutil.which("unshare")
    for options in (("-r", "-m"), ("-m",)):
        trial = (unshare, *options, "mount", "-t", "tmpfs", "none", "/mnt")
        if unshare and subprocess.run(trial, capture_output=True, check=False).returncode == 0:  # noqa: S603 - the system's
            return (unshare, *options)
    return ()


def disk(material: Material, folder: Path, *, levels: int, own: tuple[str, ...] | None = None) -> Outcome:
    """
    Add, build and remove with too little room, at *levels* steps from none to almost enough, then on a read-only disk; in *folder*.

    *own* is what `mounting` returns. Where nothing can be mounted, a limit on the size of a file stands for the full disk, and the
    read-only one is left out.
    """
    own = mounting() if own is None else own
    index = folder / "index"
    in_child(perform, material, Act("build", 0, State(0, more=False)), index)
    told = {
        "mount": bool(own),
        "index": str(index),
        "folder": str(folder / "disk"),
        "more": str(material.more),
        "corpus": str(material.corpora[1]),
        "questions": material.questions,
        "levels": levels,
    }
    said, ended = run_apart(
        [*own, sys.executable, "-W", "ignore", "-m", "eval.drills.disk_child"], told, _PATIENCE * levels
    )
    found = [json.loads(line) for line in said.splitlines() if line.endswith("}")]
    failures = [f"{one['what']}: {one['wrong']}" for one in found if one["wrong"]]
    if ended or not found:
        failures.append(f"the drill {ended or 'did nothing'}")
    figures: dict[str, float | str] = {
        "no room left": float(sum(one["disk"] == "full" for one in found)),
        "read-only": float(sum(one["disk"] == "read-only" for one in found)),
        "disk": "tmpfs" if own else "limit on the size of a file (nothing can be mounted here)",
    }
    return Outcome("disk", "writing to a full disk and to a read-only one", len(found), tuple(failures), figures)


def run_apart(command: Sequence[str], told: object, seconds: float) -> tuple[str, str]:
    """Return what *command* printed that is given *told*, and how it ended, "" where well; after so many *seconds* it is stopped."""
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            command, input=json.dumps(told), capture_output=True, encoding="utf-8", check=False, timeout=seconds
        )
    except subprocess.TimeoutExpired as late:
        said = late.stdout or b""
        return said if isinstance(said, str) else said.decode(errors="replace"), f"was stopped after {seconds:g} s"
    ended = f"ended with {done.returncode}: {done.stderr.strip()[-500:]}" if done.returncode else ""
    return done.stdout, ended
