"""
An index in PostgreSQL beside the same index in a folder: loading, size, start, questions one by one and several at once.

    python -m eval speed --postgres postgresql://user@host/database --index FOLDER [--questions FILE …] [--users N] [--json OUT]

The index in the folder, of whatever size, is copied into the database, unless that holds the same already. Both are asked the same
questions, each in a process of its own; the floor of a figure is what the folder takes, and how many answers differ is counted.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from eval.speed import Child, Measured, run_child

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.location import DatabaseAddress

USERS = 8
ASKED = 200  # questions at most
PATIENCE = 4 * 3600.0  # seconds for one process
_MIB = 1 << 20
_STEPS = {
    "read": "read and verify the folder",
    "load": "load into the database",
    "verify": "read back and verify the database",
}


def measure_postgres(
    index: Path, address: DatabaseAddress, questions: Sequence[str], *, users: int = USERS, child: Child | None = None
) -> list[Measured]:
    """
    Return all figures of the index in folder *index* at *address*, each beside that of the folder.

    Raises:
        StoreError: a process failed; the message holds its last line.
    """
    run = child or (lambda *arguments: run_child(*arguments, module="eval.postgres_child", patience=PATIENCE))
    copied = run("copy", str(index), str(address))
    with TemporaryDirectory() as folder:
        file = Path(folder) / "questions.txt"
        lines = "".join(f"{' '.join(one.split())}\n" for one in questions[:ASKED])
        file.write_text(lines, encoding="utf-8", newline="\n")
        ours, floor = (run("answer", str(where), str(file), str(users)) for where in (address, index))
    called = f"{copied['passages']:,} passages"
    measured = [Measured(f"{_STEPS[step]}, {called}", "s", taken) for step, taken in copied["seconds"].items()]
    measured.append(Measured(f"size, {called}", "MiB", copied["database"] / _MIB, copied["folder"] / _MIB))
    measured += [
        Measured("start to index open", "s", ours["open"], floor["open"]),
        Measured("start to first answer", "s", ours["first"], floor["first"]),
    ]
    asked = min(len(ours["taken"]), len(floor["taken"]))
    measured += _shares(f"question, p{{}} (n = {asked})", ours["taken"][:asked], floor["taken"][:asked])
    together = [found["together"]["taken"] for found in (ours, floor)]
    measured += _shares(f"question, {users} at once, p{{}}", *together)
    if ours["memory"] is not None and floor["memory"] is not None:
        measured.append(Measured("memory behind all questions", "MiB", ours["memory"], floor["memory"]))
    differ = sum(one != other for one, other in zip(ours["records"][:asked], floor["records"][:asked], strict=True))
    failed = sum(found["together"]["errors"] for found in (ours, floor))
    measured.append(Measured("answers that differ", "", differ))
    measured.append(Measured("questions that failed", "", failed))
    return measured


def _shares(what: str, ours: Sequence[float], floor: Sequence[float]) -> list[Measured]:
    return [
        Measured(what.format(share), "ms", float(np.percentile(ours, share)), float(np.percentile(floor, share)))
        for share in (50, 95)
    ]
