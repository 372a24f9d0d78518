"""
How time and memory grow with the corpus: the documents, parts of a large corpus, all of it, and more than there is.

    python -m eval speed --growth --data DIR [--sizes 5,1000,62323,1000000] [--json OUT] [--plot OUT.svg]

A size that is the number of the documents of ``--corpus`` means these; another one up to the number of articles of Pháp điển, so many
of them, drawn; a larger one, all articles and as many made ones (eval.growth_corpus) as bring the index to so many passages.
Each figure is taken in a process of its own, three times where building takes less than a minute, and once otherwise; the least counts.
It stands beside its floor of the same run:

    build              pyvi alone on the same words (of very many on a sample), in a process a processor; memory of the process that holds them
    index size         the words alone, as UTF-8
    start, memory      a bare Python that imports the same libraries
    question           segmentation and encoding, FAISS and bm25s of the same question, added up
    several at once    the same parts, by as many threads
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from eval.growth_corpus import SEED, drawn, grown, read_articles, write_articles
from eval.large_speed import CORPUS, QUESTIONS
from eval.retrieval_sets import load_set
from eval.speed import Child, Measured, report, run_child
from indexer.errors import HoiVanBanError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from indexer.records import Record

SIZES = (5, 1000, 62_323, 1_000_000)
USERS = 8
ASKED = 200  # questions at most
ROUNDS, SHORT = 3, 60.0  # rounds, where building takes no more than so many seconds
PATIENCE = 7200.0  # seconds for one process
_ADDED_UP = ("segmentation and encoding", "FAISS", "bm25s")


@dataclass(frozen=True, slots=True)
class Point:
    """One size: what it is called, how much it holds, and its figures by the same names at every size."""

    name: str
    documents: int
    passages: int
    measured: tuple[Measured, ...]


def measure_growth(
    sizes: Sequence[int],
    *,
    corpus: Path,
    data: Path | None,
    questions: Sequence[str],
    users: int = USERS,
    child: Child | None = None,
) -> tuple[list[Point], list[str]]:
    """
    Return a point for each of *sizes*, the smallest first, and sentences about what could not be measured.

    *questions* are about the documents of *corpus*; those about Pháp điển are read from *data*. *child* runs a module in a process.

    Raises:
        InputError: Pháp điển is needed and is not in *data*.
    """
    run = child or (lambda module, *arguments: run_child(*arguments, module=module, patience=PATIENCE))
    own = _documents(corpus)
    articles: list[Record] = []
    about: list[str] = []
    if set(sizes) - {own}:
        articles, about = _read(data)
    points: list[Point] = []
    notes: list[str] = []
    for size in sorted(set(sizes)):
        with TemporaryDirectory() as name:
            folder = Path(name)
            asked = _asked(questions if size == own else about, folder / "questions.txt")
            source, called = (corpus, f"{own} documents") if size == own else _written(articles, size, folder)
            try:
                points.append(_point(run, called, source, asked, notes, users=users))
            except HoiVanBanError as error:
                notes.append(f"{called}: {error}")
    return points, notes


def growth_report(points: Sequence[Point], notes: Sequence[str], *, users: int) -> dict[str, Any]:
    """Return the points as a JSON object with the commit and the machine, see :func:`sizes_report`."""
    whole = report([], questions=ASKED)
    return {**whole, "rounds": ROUNDS, "seed": SEED, "users": users, **sizes_report(points, notes)}


def sizes_report(points: Sequence[Point], notes: Sequence[str]) -> dict[str, Any]:
    """Return the points as a JSON object; ``measures`` names each figure with its size, as ``--against`` looks it up."""
    sizes = [{"name": point.name, "documents": point.documents, "passages": point.passages} for point in points]
    measures = [{**asdict(one), "ratio": one.ratio} for one in flat_figures(points)]
    return {"sizes": sizes, "notes": list(notes), "measures": measures}


def flat_figures(points: Sequence[Point]) -> list[Measured]:
    """Return the figures of all *points*, each named with its size."""
    return [_renamed(one, f"{point.name}: {one.what}") for point in points for one in point.measured]


def points_of(found: Mapping[str, Any]) -> list[Point]:
    """
    Return the points of a stored report.

    Raises:
        InputError: it is none of ``--growth``.
    """
    if "sizes" not in found:
        msg = "the stored run has no sizes.\n  Make one:  python -m eval speed --growth --data DIR --json OUT"
        raise InputError(msg)
    measured = [Measured(one["what"], one["unit"], one["ours"], one["floor"]) for one in found["measures"]]
    points: list[Point] = []
    for size in found["sizes"]:
        prefix = f"{size['name']}: "
        own = [_renamed(one, one.what.removeprefix(prefix)) for one in measured if one.what.startswith(prefix)]
        points.append(Point(size["name"], size["documents"], size["passages"], tuple(own)))
    return points


def growth_lines(points: Sequence[Point]) -> Iterator[str]:
    """Yield a table in Markdown: a row a figure, a column a size, ours with its ratio to the floor in brackets."""
    yield f"| figure (times its floor) | {' | '.join(point.name for point in points)} |"
    yield f"|---|{'---:|' * len(points)}"
    yield f"| passages | {' | '.join(f'{point.passages:,}' for point in points)} |"
    for what in dict.fromkeys(one.what for point in points for one in point.measured):
        cells = [next((_cell(one) for one in point.measured if one.what == what), "–") for point in points]
        yield f"| {what} | {' | '.join(cells)} |"


def _cell(one: Measured) -> str:
    number = f"{one.ours:,.0f}" if one.ours >= 100 else f"{one.ours:.3g}"
    return f"{number} {one.unit}".strip() + ("" if one.ratio is None else f" ({one.ratio:.2f})")


def _renamed(one: Measured, what: str) -> Measured:
    return Measured(what, one.unit, one.ours, one.floor)


def _documents(corpus: Path) -> int:
    from indexer.catalogue import read_corpus  # noqa: PLC0415

    entries, _ = read_corpus(corpus)
    return len(entries)


def _read(data: Path | None) -> tuple[list[Record], list[str]]:
    if data is None:
        fact = "speed --growth reads a corpus that is not part of the project."
        raise InputError(f"{fact}\n  Give the folder that holds it with --data or HVB_DATA")
    articles = read_articles(data / CORPUS)
    return articles, list(load_set((data / QUESTIONS).parent, data / CORPUS).queries.values())


def _written(articles: Sequence[Record], size: int, folder: Path) -> tuple[Path, str]:
    """Write the corpus of *size* and return its file and what it is called."""
    path = folder / "corpus.jsonl"
    if size <= len(articles):
        chosen = [(article.id, article.title, article.text) for article in drawn(articles, size)]
        return path, f"{write_articles(chosen, path):,} articles"
    written = write_articles(grown(articles, size), path)
    return path, f"{written:,} articles" if written == len(articles) else f"{size:,} passages"


def _asked(questions: Sequence[str], path: Path) -> Path:
    path.write_text("".join(f"{' '.join(one.split())}\n" for one in questions[:ASKED]), encoding="utf-8", newline="\n")
    return path


def _point(run: Child, name: str, corpus: Path, asked: Path, notes: list[str], *, users: int) -> Point:
    """Measure one size, its indexes beside *asked*; what fails behind the building is told in *notes* and left out."""
    index = asked.with_name("index")
    builds = [run("eval.large_child", "build", str(corpus), str(index))]
    rounds = ROUNDS if builds[0]["seconds"] <= SHORT else 1
    for again in range(1, rounds):
        builds.append(run("eval.large_child", "build", str(corpus), str(asked.with_name(f"index-{again}"))))
    size = sum(path.stat().st_size for path in index.rglob("*") if path.is_file()) / 2**20

    def stage(*arguments: str) -> dict[str, Any]:
        try:
            return least([run(*arguments) for _ in range(rounds)])
        except HoiVanBanError as error:
            notes.append(f"{name}: {error}")
            return {}

    built = least(builds)
    floor = stage("eval.growth_child", "floor", str(index))
    searched = stage("eval.large_child", "search", str(index), str(asked))
    answered = stage("eval.growth_child", "answer", str(index), str(asked), str(users))
    bare = stage("eval.speed_child", "libraries", *answered["libraries"]) if answered else {}
    measured = [
        Measured("build", "s", built["seconds"], floor.get("seconds")),
        _memory("peak memory, build", built["memory"], floor.get("memory")),
        Measured("index size", "MiB", size, floor["bytes"] / 2**20 if floor else None),
        *(_answering(answered, bare, searched) if answered else ()),
        *(_percentiles("question searched", searched["taken"], _together(searched)) if searched else ()),
    ]
    passages = next((int(found["passages"]) for found in (floor, searched) if found), 0)
    return Point(name, int(built["documents"]), passages, tuple(one for one in measured if one is not None))


def least(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """
    Return the least of each number of *runs*, question by question in lists of times; of several at once, the quickest run's.

    Other work on the machine only adds. Lists are as long as the shortest: a run may have had no time for the last questions.
    """
    found: dict[str, Any] = {}
    for field, first in runs[0].items():
        values = [run[field] for run in runs]
        if isinstance(first, dict) and "seconds" in first:
            found[field] = min(values, key=lambda one: one["seconds"] / max(len(one["taken"]), 1))
        elif isinstance(first, dict):
            found[field] = least(values)
        elif isinstance(first, list) and first and not isinstance(first[0], str):
            found[field] = [min(times) for times in zip(*values, strict=False)]
        elif isinstance(first, int | float):
            found[field] = min(values)
        else:
            found[field] = first
    return found


def _answering(
    answered: Mapping[str, Any], bare: Mapping[str, Any], searched: Mapping[str, Any]
) -> Iterator[Measured | None]:
    yield Measured("start to first answer", "s", answered["first"], bare.get("seconds"))
    yield _memory("peak memory, first answer", answered["memory_first"], bare.get("memory"))
    yield _memory("resident memory behind all questions", answered["memory"], bare.get("memory"))
    taken = answered["taken"]
    yield from _percentiles("question answered", taken, _together(searched)[: len(taken)] if searched else None)
    ours, floor = answered["together"], answered["floors"]
    what = f"{ours['users']} at once"
    yield Measured(f"{what}: answers a second", "/s", _rate(ours), _rate(floor))
    yield Measured(f"{what}: p95", "ms", _share(ours["taken"], 95), _share(floor["taken"], 95))
    yield Measured(f"{what}: errors", "", float(ours["errors"]))


def _rate(together: Mapping[str, Any]) -> float:
    return len(together["taken"]) / float(together["seconds"])


def _together(searched: Mapping[str, Any]) -> list[float]:
    return [float(sum(parts)) for parts in zip(*(searched["floors"][part] for part in _ADDED_UP), strict=True)]


def _percentiles(what: str, taken: Sequence[float], floors: Sequence[float] | None) -> Iterator[Measured]:
    for share in (50, 95):
        yield Measured(f"{what}, p{share}", "ms", _share(taken, share), _share(floors, share) if floors else None)


def _share(values: Sequence[float], share: int) -> float:
    return float(np.percentile(values, share))


def _memory(what: str, ours: float | None, floor: float | None) -> Measured | None:
    return None if ours is None else Measured(what, "MiB", ours, floor)
