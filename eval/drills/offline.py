"""The whole way from documents to answers in a network that has loopback alone: it passes, and no name is looked up."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from assistant.selftest import namespace
from eval.drills.outcome import Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from eval.drills.material import Material

_NAME = "offline"
_WHAT = "build, verify, ask, and the self-test of a server, in a network with loopback alone"


def offline(material: Material, folder: Path, *, whole: bool = True) -> Outcome:
    """
    Do all of it in *folder*, each step in a process that is watched, in a network namespace of its own.

    Where it need not be the *whole* way, one question is asked and the server's self-test is left out.
    """
    own = namespace()
    if not own:
        return Outcome(_NAME, _WHAT, 0, skipped="this machine lets nobody make a network of his own (unshare -n)")
    job = {"folder": str(folder), "corpus": str(material.corpora[0]), "more": str(material.more)}
    folder.mkdir(parents=True)
    done = subprocess.run(  # noqa: S603 - our own program
        [*own, sys.executable, "-W", "ignore", "-m", "eval.drills.offline_child"],
        input=json.dumps({**job, "questions": material.questions if whole else material.questions[:1], "whole": whole}),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=1800,
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    failures = [f"{one['what']}: {one['wrong']}" for one in found if one["wrong"]]
    if done.returncode or not found:
        failures.append(f"the drill ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    counts = found[-1]["counts"] if found else {}
    return Outcome(_NAME, _WHAT, len(found), tuple(failures), {name: float(value) for name, value in counts.items()})
