"""
What one fresh process takes with a corpus of some size; run by ``eval.growth``, prints one JSON object.

    python -m eval.growth_child floor INDEX                        pyvi alone over words of the index, a process a processor
    python -m eval.growth_child answer INDEX QUESTIONS USERS       open, answer every line of a file, then all of them by so many at once
"""

from __future__ import annotations

import json
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from eval.large_child import parts_of, resident_memory, segment_together
from eval.speed_child import loaded, peak_memory

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SAMPLE = 40_000_000  # characters of the documents that pyvi alone is timed on; of more, so many are drawn
SEED = 1
BUDGET = 120.0  # seconds for the questions one by one, and again for those of several people; what is left is not asked
_PARTS = ("segmentation and encoding", "FAISS", "bm25s")


def measure_floor(index: Path) -> dict[str, object]:
    """
    Segment the documents of *index* with pyvi alone, and count their bytes and passages.

    Of more than `SAMPLE` characters documents are drawn that have so many, and their time is multiplied accordingly: pyvi takes as long
    for every line. ``measured`` is the share of the bytes that was segmented.
    """
    from indexer.index import Index  # noqa: PLC0415 - for this floor only

    opened = Index.open(index)
    texts = [document.text for document in opened.documents]
    size = sum(len(text.encode()) for text in texts)
    chosen = drawn_texts(texts, SAMPLE)
    share = sum(len(text.encode()) for text in chosen) / size
    found = segment_together(chosen)
    seconds = float(str(found["seconds"])) / share
    return found | {
        "seconds": seconds,
        "measured": share,
        "bytes": size,
        "passages": opened.manifest.counts.passages,
    }


def drawn_texts(texts: Sequence[str], most: int) -> list[str]:
    """Return all *texts*, or so many of them, drawn, that they have *most* characters together; at least one."""
    order = list(range(len(texts)))
    random.Random(SEED).shuffle(order)  # noqa: S311 - a sample that can be drawn again
    ends = accumulate(len(texts[place]) for place in order)
    count = next((number for number, end in enumerate(ends, start=1) if end >= most), len(texts))
    return [texts[place] for place in sorted(order[:count])]


def measure_answers(index: Path, questions: Sequence[str], users: int, *, budget: float = BUDGET) -> dict[str, object]:
    """
    Open *index* as the chat does, answer *questions* one after the other, then by *users* at once.

    ``taken`` has the milliseconds of each question that was asked before *budget* seconds were over. ``first`` is the time from
    the start of the process to the first answer. ``floors`` has what the parts alone take for several at once.
    """
    began = perf_counter()
    from assistant.service import Assistant  # noqa: PLC0415 - its import is part of what is measured

    assistant = Assistant.open(index)
    ready = perf_counter() - began

    def ask(question: str) -> bool:
        return bool(assistant.record({"id": "", "question": question})["status"] != "error")

    ask(questions[0])
    first, memory_first, libraries = perf_counter() - began, peak_memory(), loaded()
    taken: list[float] = []
    end = perf_counter() + budget
    for question in questions:
        if perf_counter() > end:
            break
        started = perf_counter()
        ask(question)
        taken.append((perf_counter() - started) * 1000)
    together = ask_together(ask, questions[: len(taken)], users, budget=budget)
    found: dict[str, object] = {
        "ready": ready,
        "first": first,
        "memory_first": memory_first,
        "libraries": libraries,
        "taken": taken,
    }
    found |= {"memory": resident_memory(), "peak": peak_memory(), "together": together}
    parts = parts_of(index, questions)

    def floor(question: str) -> bool:
        for name in _PARTS:
            parts[name](question)
        return True

    return found | {"floors": ask_together(floor, questions[: len(taken)], users, budget=budget)}


def ask_together(
    ask: Callable[[str], bool], questions: Sequence[str], users: int, *, budget: float = BUDGET
) -> dict[str, object]:
    """
    Have *users* threads *ask* all *questions*, each question once, none any more after *budget* seconds.

    ``seconds`` for all, ``taken`` milliseconds of each that was asked, ``errors`` those for which *ask* gave False.
    """
    end = perf_counter() + budget

    def one(question: str) -> tuple[float, bool] | None:
        started = perf_counter()
        if started > end:
            return None
        well = ask(question)
        return (perf_counter() - started) * 1000, well

    began = perf_counter()
    with ThreadPoolExecutor(users) as threads:
        found = [result for result in threads.map(one, questions) if result is not None]
    seconds = perf_counter() - began
    errors = sum(not well for _, well in found)
    return {"users": users, "seconds": seconds, "taken": [time for time, _ in found], "errors": errors}


def main(arguments: Sequence[str]) -> int:
    """Run one mode and print what it found."""
    mode, index, *rest = arguments
    if mode == "floor":
        found = measure_floor(Path(index))
    else:
        questions = Path(rest[0]).read_text(encoding="utf-8").splitlines()
        found = measure_answers(Path(index), questions, int(rest[1]))
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
