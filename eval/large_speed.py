"""
Speed with all of Pháp điển: building, opening, searching and memory, each beside its floor.

    python -m eval speed --large --data DIR [--kept DIR]

    build      pyvi alone on the same words, in a process a processor
    question   segmentation and encoding, FAISS and bm25s of the same question, added up; and each of them by itself

The index is built into a folder of its own and deleted, or kept in the folder that is named. The questions of
``python -m eval speed`` are read and searched for in the index of the documents in the same way.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from eval.retrieval_sets import load_set
from eval.speed import Child, Measured, run_child
from indexer.errors import InputError
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

CORPUS, QUESTIONS = "phapdien/articles.jsonl.xz", "zalo2021_x_phapdien/queries.jsonl"
UNMARKED = 200  # questions that are asked without diacritics, too
_MODULE = "eval.large_child"
_ADDED_UP = ("segmentation and encoding", "FAISS", "bm25s")  # segmentation is part of the first


def measure_large(data: Path, index: Path | None = None, *, child: Child | None = None) -> list[Measured]:
    """
    Return all figures; *data* is the folder of shared data, *index* where the index is kept, None for nowhere.

    Each figure is taken once, in a process of its own. *child* runs a process.

    Raises:
        InputError: a file is missing in *data*.
    """
    run = child or (lambda *arguments: run_child(*arguments, module=_MODULE))
    corpus = data / CORPUS
    for path in (corpus, data / QUESTIONS):
        if not path.is_file():
            msg = f"{path}: there is no such file.\n  Give the folder that holds it:  python -m eval speed --large --data DIR"
            raise InputError(msg)
    questions = list(load_set(data / "zalo2021_x_phapdien", corpus).queries.values())
    with TemporaryDirectory() as folder:
        place = index or Path(folder) / "index"
        floor = run("segment", str(corpus))
        built = run("build", str(corpus), str(place))
        typed = _searched(run, place, questions)
        unmarked = _searched(run, place, [fold(question) for question in questions[:UNMARKED]])
    return [
        *_building(built, floor),
        *_opening(typed),
        *_asking("as typed", typed),
        *_parts(typed),
        *_asking("without diacritics", unmarked),
    ]


def measure_searching(index: Path, questions: Sequence[str], *, child: Child | None = None) -> list[Measured]:
    """Return the milliseconds of reading and searching *questions* in the index in *index*; *child* runs a process."""
    run = child or (lambda *arguments: run_child(*arguments, module=_MODULE))
    return _asking("read and searched for", _searched(run, index, questions))


def _searched(run: Child, index: Path, questions: Sequence[str]) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "questions.txt"
        file.write_text("".join(f"{' '.join(one.split())}\n" for one in questions), encoding="utf-8", newline="\n")
        return run("search", str(index), str(file))


def _building(built: dict[str, Any], floor: dict[str, Any]) -> list[Measured]:
    measured = [Measured(f"build, {built['documents']:,} documents", "s", built["seconds"], floor["seconds"])]
    if built["memory"] is not None:
        measured.append(Measured("peak memory, build", "MiB", built["memory"]))
    return measured


def _opening(searched: dict[str, Any]) -> list[Measured]:
    measured = [
        Measured(f"start to index open, {searched['passages']:,} passages", "s", searched["open"]),
        Measured("start to ready for the first question", "s", searched["warm"]),
    ]
    for name in ("memory", "peak"):
        if searched[name] is not None:
            what = "resident memory behind all questions" if name == "memory" else "peak memory of the same process"
            measured.append(Measured(what, "MiB", searched[name]))
    return measured


def _asking(name: str, searched: dict[str, Any]) -> list[Measured]:
    """Return the percentiles of the questions, beside the parts added up question by question."""
    floors = searched["floors"]
    together = np.sum([floors[part] for part in _ADDED_UP], axis=0)
    count = len(searched["taken"])
    return [
        Measured(
            f"question {name}, p{share} (n = {count})", "ms", _share(searched["taken"], share), _share(together, share)
        )
        for share in (50, 95)
    ]


def _parts(searched: dict[str, Any]) -> list[Measured]:
    return [
        Measured(f"part alone: {part}, p{share}", "ms", _share(taken, share))
        for part, taken in searched["floors"].items()
        for share in (50, 95)
    ]


def _share(values: Sequence[float] | np.ndarray[Any, Any], share: int) -> float:
    return float(np.percentile(values, share))
