"""
How long building, starting and answering take, each beside its floor: what the parts alone take on the same text.

    build      pyvi segmentation, encoding and FAISS add of the same passages
    question   pyvi segmentation, encoding, FAISS search and bm25s of the same question
    start-up   a bare Python that imports the same libraries
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from tqdm import tqdm

from eval.provenance import commit
from eval.question_set import Category
from indexer.errors import StoreError
from indexer.segment import segment
from indexer.vietnamese import syllables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from eval.question_set import Question
    from eval.run import Answerer
    from indexer.types import Encoder

Child = Callable[..., dict[str, Any]]
ROUNDS = 3  # of building and of starting; the fastest is reported, since other work on the machine only adds
WARM_UP = 10  # questions of another set
TOP_K = 10


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure and its floor, in the same unit."""

    what: str
    unit: str
    ours: float
    floor: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times the floor; None where there is none."""
        return self.ours / self.floor if self.floor else None


def measure_build(corpus: Path, index: Path, *, rounds: int = ROUNDS) -> Measured:
    """
    Return the seconds that building the index of *corpus* takes, model and libraries loaded.

    The passages of the floor are those of the index in *index*, which holds the same corpus.
    """
    import faiss  # noqa: PLC0415

    from indexer.build import build  # noqa: PLC0415
    from indexer.embedding import load_encoder  # noqa: PLC0415
    from indexer.index import Index  # noqa: PLC0415

    encoder = load_encoder()
    texts = [passage.text for passage in Index.open(index).passages]
    encoder.encode_document(texts[:8])

    def ours() -> None:
        with TemporaryDirectory() as folder:
            build(corpus, Path(folder) / "index")

    def floor() -> None:
        if not _segments_itself(encoder):
            for text in texts:
                segment(text)
        rows = encoder.encode_document(texts)
        faiss.IndexFlatIP(rows.shape[1]).add(rows)

    turns = [(_seconds(ours), _seconds(floor)) for _ in tqdm(range(rounds), desc="build", unit="round")]
    return Measured(
        f"build, {len(texts)} passages", "s", min(turn[0] for turn in turns), min(turn[1] for turn in turns)
    )


def measure_questions(
    questions: Sequence[Question], answerer: Answerer, floor: Callable[[str], None], warm_up: Sequence[Question]
) -> list[Measured]:
    """
    Return milliseconds over all questions and each category (p50, p95); each is asked once, after *warm_up*.

    The floor of a question with a history covers the questions of the history too, since they are answered with it.
    """
    for question in warm_up:
        answerer.record(question.batch_object())
        floor(question.text)
    taken: list[tuple[str, float, float]] = []
    for question in tqdm(questions, desc="question", unit="câu", delay=2, leave=False):
        began = perf_counter()
        answerer.record(question.batch_object())
        answered = perf_counter()
        for text in (*question.history, question.text):
            floor(text)
        taken.append((question.category, (answered - began) * 1000, (perf_counter() - answered) * 1000))
    measured = _percentiles("question", taken)
    for category in dict.fromkeys(category for category, _, _ in taken):
        measured += _percentiles(f"question, {category}", [one for one in taken if one[0] == category])
    return measured


def question_floor(texts: Sequence[str], encoder: Encoder) -> Callable[[str], None]:
    """Return what does for one question what the parts alone do: segment, encode, search FAISS, score with bm25s."""
    import bm25s  # noqa: PLC0415
    import faiss  # noqa: PLC0415

    rows = encoder.encode_document(list(texts))
    vectors = faiss.IndexFlatIP(rows.shape[1])
    vectors.add(rows)
    keywords = bm25s.BM25(method="lucene")
    keywords.index([syllables(text) for text in texts], show_progress=False)
    known = keywords.vocab_dict
    itself = _segments_itself(encoder)

    def floor(question: str) -> None:
        if not itself:
            segment(question)
        vectors.search(encoder.encode_query([question]), TOP_K)
        words = [word for word in syllables(question) if word in known]
        if words:
            np.argsort(keywords.get_scores(words))[::-1][:TOP_K]

    return floor


def measure_start(
    index: Path, questions: Sequence[Question], *, rounds: int = ROUNDS, child: Child | None = None
) -> list[Measured]:
    """
    Return seconds and memory of fresh processes until the index is open, and until a first answer of two kinds.

    The floor is a fresh process that imports the libraries which the other had loaded by then. *child* runs a process.
    """
    child = child or run_child
    runs: dict[str, list[dict[str, Any]]] = {}
    floors: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    firsts = {
        category: next((question.text for question in questions if question.category == category), None)
        for category in (Category.TABLE_LOOKUP, Category.CLAUSE_FACT)
    }
    for round_ in tqdm(
        range(rounds), desc="start-up", unit="round"
    ):  # ours and floors in turn: both meet the same load
        for category, text in firsts.items():
            if text is None:
                continue
            run = child("answer", str(index), text)
            runs.setdefault(category, []).append(run)
            for stage in ("ready", "answered"):
                names = tuple(run[f"libraries_{stage}"])
                if len(floors.setdefault(names, [])) <= round_:
                    floors[names].append(child("libraries", *names))
    measured: list[Measured] = []
    for name, ours in runs.items():
        for stage in ("answered",) if measured else ("ready", "answered"):
            floor = floors[tuple(ours[-1][f"libraries_{stage}"])]
            what = "index open" if stage == "ready" else f"first answer ({name})"
            measured.append(Measured(f"start to {what}", "s", _least(ours, stage), _least(floor, "seconds")))
            if ours[-1][f"memory_{stage}"] is not None:
                memory = _least(ours, f"memory_{stage}"), _least(floor, "memory")
                measured.append(Measured(f"peak memory, {what}", "MiB", *memory))
    return measured


def measure_all(
    index: Path, corpus: Path, questions: Sequence[Question], warm_up: Sequence[Question]
) -> list[Measured]:
    """Return all figures; the index has to exist and to hold *corpus*."""
    from indexer.index import Index  # noqa: PLC0415

    opened = Index.open(index)  # a missing index is said before anything is measured
    measured = measure_start(index, questions)
    from assistant.service import Assistant  # noqa: PLC0415
    from indexer.embedding import load_encoder  # noqa: PLC0415

    measured.append(measure_build(corpus, index))
    floor = question_floor([passage.text for passage in opened.passages], load_encoder())
    return measured + measure_questions(questions, Assistant.open(index), floor, warm_up[:WARM_UP])


def lines(measured: Sequence[Measured]) -> Iterator[str]:
    """Yield the table in Markdown."""
    yield "| what | ours | floor | ratio |"
    yield "|---|---:|---:|---:|"
    for one in measured:
        floor = "–" if one.floor is None else amount(one.floor, one.unit)
        ratio = "–" if one.ratio is None else f"{one.ratio:.2f}"
        yield f"| {one.what} | {amount(one.ours, one.unit)} | {floor} | {ratio} |"


def amount(value: float, unit: str) -> str:
    """Return *value* in three digits, or all of those before the point: "1.25 s", "3,670 MiB"."""
    number = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{number} {unit}".strip()


def report(measured: Sequence[Measured], *, questions: int) -> dict[str, Any]:
    """Return the figures as a JSON object with the commit and the machine."""
    return {
        "commit": commit(),
        "machine": {
            "python": platform.python_version(),
            "system": platform.platform(),
            "cores": os.cpu_count(),
            "load": os.getloadavg()[0]
            if hasattr(os, "getloadavg")
            else None,  # of the last minute; 0 is an idle machine
        },
        "questions": questions,
        "rounds": ROUNDS,
        "measures": [{**asdict(one), "ratio": one.ratio} for one in measured],
    }


def _segments_itself(encoder: Encoder) -> bool:
    """Tell whether *encoder* runs pyvi inside ``encode_…``, as our own model does, so that it is not run twice."""
    return getattr(encoder, "static", None) is not None


def _percentiles(what: str, taken: Sequence[tuple[str, float, float]]) -> list[Measured]:
    ours, floors = np.array([one[1:] for one in taken]).T
    return [
        Measured(
            f"{what}, p{share} (n = {len(taken)})",
            "ms",
            float(np.percentile(ours, share)),
            float(np.percentile(floors, share)),
        )
        for share in (50, 95)
    ]


def _seconds(work: Callable[[], None]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def _least(runs: Sequence[dict[str, Any]], field: str) -> float:
    return float(min(run[field] for run in runs))


def run_child(*arguments: str, module: str = "eval.speed_child", patience: float | None = None) -> dict[str, Any]:
    """
    Run *module* with *arguments* in a fresh process and return what it printed.

    Raises:
        StoreError: it failed, the message holds its last line; or it took longer than *patience* seconds and was ended.
    """
    command = [sys.executable, "-W", "ignore", "-m", module, *arguments]
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=patience)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        msg = (
            f"{' '.join(command)}: was ended after {error.timeout:,.0f} s.\n  Run it by hand to see how long it takes."
        )
        raise StoreError(msg) from error
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:] or ["no message"]
        msg = (
            f"{' '.join(command)}: ended with {done.returncode}: {last[0]}\n  Run it by hand to see the whole message."
        )
        raise StoreError(msg)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
