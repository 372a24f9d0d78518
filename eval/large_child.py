"""
What one fresh process takes with a large corpus; run by ``eval.large_speed``, prints one JSON object.

    python -m eval.large_child build CORPUS INDEX          build the index, as ``python -m indexer build`` does
    python -m eval.large_child segment CORPUS              pyvi alone over the same words, in a process a processor
    python -m eval.large_child search INDEX QUESTIONS      open the index, then read and search every line of a file
"""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from eval.speed_child import peak_memory
from indexer.segment import segment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WARM_UP = 10  # questions that are asked before any is measured
_BLOCK = 400  # texts that a process segments at once
_TOP_K = 50


def resident_memory() -> float | None:
    """Return this process's resident memory in MiB, mapped files included; None where the system does not tell."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    found = next((line for line in status.read_text().splitlines() if line.startswith("VmRSS:")), None)
    return int(found.split()[1]) / 1024 if found else None


def measure_build(corpus: Path, index: Path) -> dict[str, object]:
    """Build the index of *corpus*."""
    began = perf_counter()
    from indexer.build import build  # noqa: PLC0415 - its import is part of what is measured

    built = build(corpus, index)
    return {"seconds": perf_counter() - began, "documents": len(built.parsed), "memory": peak_memory()}


def segment_all(texts: Sequence[str]) -> int:
    """Return how many characters *texts* have once pyvi has segmented them."""
    return sum(len(segment(text)) for text in texts)


def measure_segmentation(corpus: Path) -> dict[str, object]:
    """Segment titles and texts of *corpus* with pyvi alone, its import included, the reading of the file not."""
    from indexer.records import Record, read_records, record_files  # noqa: PLC0415 - for this floor only

    texts = [
        f"{found.title}\n{found.text}"
        for path in record_files(corpus)
        for found in read_records(path)
        if isinstance(found, Record)
    ]
    return segment_together(texts)


def segment_together(texts: Sequence[str]) -> dict[str, object]:
    """Segment *texts* with pyvi in a process a processor; seconds, how much came of it, and the memory of this process."""
    blocks = [texts[first : first + _BLOCK] for first in range(0, len(texts), _BLOCK)]
    began = perf_counter()
    with ProcessPoolExecutor(os.cpu_count() or 1, mp_context=get_context("spawn")) as pool:
        words = sum(pool.map(segment_all, blocks))
    return {"seconds": perf_counter() - began, "words": words, "memory": peak_memory()}


def measure_search(index: Path, questions: Sequence[str]) -> dict[str, object]:
    """
    Open *index*, read and search each of *questions*, then run the parts alone on them; milliseconds, in their order.

    The question reader knows the wording that comes with the program, not that of the corpus.
    """
    began = perf_counter()
    from assistant.retrieval import search  # noqa: PLC0415 - its import is part of what is measured
    from assistant.typed import QuestionReader  # noqa: PLC0415
    from indexer.index import Index  # noqa: PLC0415
    from indexer.summary import TextWording  # noqa: PLC0415

    opened = Index.open(index)
    ready = perf_counter() - began
    reader = QuestionReader(lambda: TextWording(()))

    def ask(question: str) -> None:
        understood = reader.read(question)
        readings = reader.readings(understood)
        badly = len(readings) > 1 or not understood.marked
        search(opened, understood.text, readings=readings if badly else ())

    opened.warm()
    reader.warm()
    warm = perf_counter() - began
    for question in questions[:WARM_UP]:
        ask(question)
    taken = [_milliseconds(ask, question) for question in questions]
    memory, peak = resident_memory(), peak_memory()
    documents, passages = opened.manifest.counts.documents, opened.manifest.counts.passages
    floors = _parts(index, questions)
    return {
        "open": ready,
        "warm": warm,
        "taken": taken,
        "memory": memory,
        "peak": peak,
        "documents": documents,
        "passages": passages,
        "floors": floors,
    }


def _milliseconds(work: Callable[[str], object], question: str) -> float:
    began = perf_counter()
    work(question)
    return (perf_counter() - began) * 1000


def parts_of(index: Path, questions: Sequence[str]) -> dict[str, Callable[[str], object]]:
    """
    Return what does segmentation, encoding, FAISS and bm25s alone over the arrays of *index*, by the name of the part.

    FAISS and bm25s take one of *questions*, whose vectors and terms they hold.
    """
    from indexer.embedding import load_encoder  # noqa: PLC0415 - loaded already
    from indexer.generation import read_generation  # noqa: PLC0415
    from indexer.keywords import read_keywords  # noqa: PLC0415
    from indexer.vectors import read_vectors  # noqa: PLC0415

    files = read_generation(index).files
    keywords, vectors = read_keywords(files["keywords.safetensors"]), read_vectors(files["vectors.safetensors"])
    encoder = load_encoder()
    encoded = {question: np.asarray(encoder.encode_query([question]))[0] for question in questions}
    terms = {question: keywords.terms(question, folded=False) for question in questions}
    return {
        "segmentation": segment,
        "segmentation and encoding": lambda question: encoder.encode_query([question]),
        "FAISS": lambda question: vectors.best(encoded[question], _TOP_K),
        "bm25s": lambda question: keywords.scores_of(terms[question], folded=False),
    }


def _parts(index: Path, questions: Sequence[str]) -> dict[str, list[float]]:
    """Return the milliseconds that each part alone takes for each question."""
    floors: dict[str, list[float]] = {}
    for name, work in parts_of(index, questions).items():
        for question in questions[:WARM_UP]:
            work(question)
        floors[name] = [_milliseconds(work, question) for question in questions]
    return floors


def main(arguments: Sequence[str]) -> int:
    """Run one mode and print what it found."""
    mode, *rest = arguments
    paths = [Path(argument) for argument in rest]
    if mode == "build":
        found = measure_build(*paths)
    elif mode == "segment":
        found = measure_segmentation(*paths)
    else:
        found = measure_search(paths[0], paths[1].read_text(encoding="utf-8").splitlines())
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
