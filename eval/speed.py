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
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
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
    from collections.abc import Callable, Iterator, Sequence

    from eval.question_set import Question
    from eval.run import Answerer
    from indexer.types import Encoder

ROUNDS = 3  # of building and of starting; the median is reported
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

    return Measured(f"build, {len(texts)} passages", "s", _median_seconds(ours, rounds), _median_seconds(floor, rounds))


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


def measure_start(index: Path, questions: Sequence[Question], *, rounds: int = ROUNDS) -> list[Measured]:
    """Return seconds and memory of fresh processes until the index is open and until a first answer of two kinds."""
    measured: list[Measured] = []
    firsts = {
        category: next((question.text for question in questions if question.category == category), None)
        for category in (Category.TABLE_LOOKUP, Category.CLAUSE_FACT)
    }
    for category, text in firsts.items():
        if text is None:
            continue
        runs = [_child("answer", str(index), text) for _ in range(rounds)]
        stages = ("ready", "answered") if not measured else ("answered",)
        for stage in stages:
            names = runs[-1][f"libraries_{stage}"]
            floors = [_child("libraries", *names) for _ in range(rounds)]
            what = "index open" if stage == "ready" else f"first answer ({category})"
            measured.append(Measured(f"start to {what}", "s", _middle(runs, stage), _middle(floors, "seconds")))
            if runs[-1][f"memory_{stage}"] is not None:
                peak = f"peak memory, {what}"
                measured.append(Measured(peak, "MiB", _middle(runs, f"memory_{stage}"), _middle(floors, "memory")))
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
        floor = "–" if one.floor is None else f"{one.floor:,.3g} {one.unit}"
        ratio = "–" if one.ratio is None else f"{one.ratio:.2f}"
        yield f"| {one.what} | {one.ours:,.3g} {one.unit} | {floor} | {ratio} |"


def report(measured: Sequence[Measured], *, questions: int) -> dict[str, Any]:
    """Return the figures as a JSON object with the commit and the machine."""
    return {
        "commit": commit(),
        "machine": {"python": platform.python_version(), "system": platform.platform(), "cores": os.cpu_count()},
        "questions": questions,
        "rounds": ROUNDS,
        "measures": [{**asdict(one), "ratio": one.ratio} for one in measured],
    }


def _segments_itself(encoder: Encoder) -> bool:
    """Tell whether *encoder* runs pyvi inside ``encode_…``, as our own model does, so that it is not run twice."""
    return getattr(encoder, "vocabulary", None) is not None


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


def _median_seconds(work: Callable[[], None], rounds: int) -> float:
    seconds = []
    for _ in range(rounds):
        began = perf_counter()
        work()
        seconds.append(perf_counter() - began)
    return median(seconds)


def _middle(runs: Sequence[dict[str, Any]], field: str) -> float:
    return float(median(run[field] for run in runs))


def _child(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-W", "ignore", "-m", "eval.speed_child", *arguments]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, cwd=Path(__file__).parents[1])  # noqa: S603
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:] or ["no message"]
        msg = (
            f"{' '.join(command)}: ended with {done.returncode}: {last[0]}\n  Run it by hand to see the whole message."
        )
        raise StoreError(msg)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
