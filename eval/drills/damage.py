"""Flipped bits, zeroed pages and cut ends of every kind of file, of an index and of the models: refused by name with what mends it."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eval.drills.kill import Act, State, perform
from eval.drills.outcome import Outcome
from eval.drills.processes import Told, command, in_child
from indexer.errors import StoreError
from indexer.generation import POINTER, current_name, read_generation
from indexer.originals import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from eval.drills.material import Material

_ROOT = Path(__file__).parents[2]
_PAGE = 4096
_HINTS = ("python -m indexer", "git restore")  # what mends it
_NOT_COPIED = shutil.ignore_patterns("__pycache__", "*.js", "*.woff2")
DAMAGES = ("flip", "zero", "cut")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: where one of it lies, and the command that reads it: a module, its arguments, and whether in a process of its own."""

    name: str
    path: Path
    module: str
    arguments: tuple[str, ...]
    apart: Path | None = None  # the folder from which the program runs, where its own files are damaged


def damaged(data: bytes, damage: str, chosen: random.Random) -> bytes:
    """Return *data* with one bit flipped, a page of 4 KiB zeroed (a smaller file whole), or its end cut off; never what it was."""
    if damage == "flip":
        place = chosen.randrange(len(data))
        return data[:place] + bytes([data[place] ^ 1 << chosen.randrange(8)]) + data[place + 1 :]
    if damage == "cut":
        return data[: chosen.randrange(len(data))]
    pages = [start for start in range(0, len(data), _PAGE) if any(data[start : start + _PAGE])]
    start = chosen.choice(pages)
    end = min(start + _PAGE, len(data))
    return data[:start] + bytes(end - start) + data[end:]


def kinds_of(index: Path, question: str) -> list[Kind]:
    """Return the kinds of files of *index*, which has an older generation and an original; *question* is one that it answers."""
    name = current_name(index)
    generation = read_generation(index)
    ask = ("assistant", ("ask", "--index", str(index), "--", question))
    verify = ("indexer", ("verify", "--index", str(index)))
    kinds = [Kind("CURRENT", index / "CURRENT", *ask), Kind("manifest.json", generation.folder / "manifest.json", *ask)]
    kinds += [Kind(file, generation.folder / file, *ask) for file in sorted(generation.files)]
    older = max(path for path in index.glob("gen-*") if path.name != name)
    back = ("indexer", ("rollback", "--index", str(index)))
    kinds += [Kind(f"{file} of the generation before", older / file, *back) for file in (POINTER, "manifest.json")]
    return kinds + [Kind("original", path, *verify) for path in sorted((index / FOLDER).iterdir())[:1]]


def kinds_of_models(program: Path, index: Path, question: str) -> list[Kind]:
    """Return every file of the models of a copy of the *program*, to be read by it in processes of their own."""
    kinds = []
    for package, arguments in (
        ("indexer", ("verify", "--index", str(index))),
        ("assistant", ("ask", "--index", str(index), "--", question)),
    ):
        for path in sorted((program / package / "models").glob("*/*")):
            if path.name != "README.md":
                kinds.append(Kind(f"{path.parent.name}/{path.name}", path, package, arguments, program))
    return kinds


def _run(kind: Kind) -> Told:
    if kind.apart is None:
        return in_child(command, kind.module, kind.arguments)
    environment = {**os.environ, "PYTHONPATH": str(kind.apart), "PYTHONUTF8": "1"}
    arguments = [sys.executable, "-P", "-W", "ignore", "-m", kind.module, *kind.arguments]
    done = subprocess.run(arguments, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=300)  # noqa: S603
    return Told(done.returncode, done.stdout, done.stderr)


def fault(kind: Kind, told: Told) -> str | None:
    """Return what is wrong with how the command ended that met a damaged file of *kind*; None where it was refused as it should be."""
    if told.code != 1:
        return f"it ended with {told.code}"
    if "Traceback" in told.complaints:
        return f"a traceback: {told.complaints.strip().splitlines()[-1]}"
    if told.out:
        return f"it printed {told.out.splitlines()[0]!r}"
    if str(kind.path) not in told.complaints:
        return f"the file is not named: {told.complaints.splitlines()[0]}"
    if not any(hint in told.complaints for hint in _HINTS):
        return "nothing is said that mends it"
    return None


def damage(
    material: Material,
    folder: Path,
    *,
    count: int,
    seed: int,
    models: bool = True,
    told: Callable[[int], None] = lambda _: None,
) -> Outcome:
    """
    Damage *count* files, each kind in turn, run what reads them, and put them back; in *folder*.

    Without *models* only files of an index are damaged. *told* hears how many are done.
    """
    index = folder / "index"
    in_child(perform, material, Act("build", 0, State(0, more=False)), index)
    in_child(perform, material, Act("add", 0, State(0, more=True)), index)
    question = material.questions[0]
    kinds = kinds_of(index, question)
    if models:
        program = folder / "program"
        for package in ("indexer", "assistant"):
            shutil.copytree(_ROOT / package, program / package, ignore=_NOT_COPIED)
        kinds += kinds_of_models(program, index, question)
    failures = [
        f"undamaged, {one.module} {one.arguments[0]} ends with {whole.code}: {whole.complaints}"
        for one in _distinct(kinds)
        if (whole := _run(one)).code != 0
    ]
    _forward(index)
    chosen = random.Random(seed)  # noqa: S311 - no secret
    counted: Counter[str] = Counter()
    for number in range(count):
        kind, how = kinds[number % len(kinds)], DAMAGES[number // len(kinds) % len(DAMAGES)]
        whole_file = kind.path.read_bytes()
        kind.path.write_bytes(damaged(whole_file, how, chosen))
        wrong = fault(kind, _run(kind))
        kind.path.write_bytes(whole_file)
        counted[how] += 1
        if wrong:
            failures.append(f"{kind.name}, {how}: {wrong}")
        told(number + 1)
    failures += [f"afterwards, {one.name}: {_run(one).complaints}" for one in _distinct(kinds[:1]) if _run(one).code]
    figures = {"kinds of files": float(len(kinds)), **{name: float(counted[name]) for name in DAMAGES}}
    return Outcome("damage", "flipped bits, zeroed pages, cut ends of every file", count, tuple(failures), figures)


def _distinct(kinds: Sequence[Kind]) -> list[Kind]:
    """Return one kind for each command."""
    return list({(kind.module, kind.arguments, kind.apart): kind for kind in kinds}.values())


def _forward(index: Path) -> None:
    """Make the newest generation the current one again, from which the undamaged rollback went back."""
    numbers = sorted(path.name for path in index.glob("gen-*"))
    done = in_child(
        command, "indexer", ("rollback", "--to", str(int(numbers[-1].removeprefix("gen-"))), "--index", str(index))
    )
    if done.code != 0:
        raise StoreError(done.complaints)
