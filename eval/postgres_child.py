"""
What one fresh process takes with an index, wherever it lies; run by ``eval.postgres_speed``, prints one JSON object.

    python -m eval.postgres_child copy INDEX ADDRESS              copy into a database; seconds of each step, bytes of both
    python -m eval.postgres_child answer INDEX QUESTIONS USERS    open, answer every line of a file, then all of them by so many at once
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from eval.growth_child import BUDGET, ask_together
from eval.large_child import resident_memory
from eval.speed_child import peak_memory
from indexer.location import DatabaseAddress, Location, index_location

if TYPE_CHECKING:
    from collections.abc import Sequence


def measure_copy(index: Path, address: DatabaseAddress) -> dict[str, object]:
    """Copy *index* to *address*; ``seconds`` has each step by its name, and nothing where the database held the same."""
    from indexer.copying import copy_index  # noqa: PLC0415 - for this alone
    from indexer.home import home_of  # noqa: PLC0415
    from indexer.postgres.database import Database  # noqa: PLC0415
    from indexer.postgres.schema import generation_bytes  # noqa: PLC0415

    began: list[tuple[str, float]] = []
    result = copy_index(index, address, step=lambda name: began.append((name, perf_counter())))
    ends = [*(at for _, at in began[1:]), perf_counter()]
    seconds = {name: end - at for (name, at), end in zip(began, ends, strict=True)} if result.changed else {}
    generation = home_of(index).open()
    folder = index / generation.name
    ((size,),) = Database(address, ("public",)).select(generation_bytes(result.generation))
    return {
        "seconds": seconds,
        "passages": result.counts.passages,
        "folder": sum(path.stat().st_size for path in folder.iterdir()),
        "database": int(size),
    }


def measure_answers(
    index: Location, questions: Sequence[str], users: int, *, budget: float = BUDGET
) -> dict[str, object]:
    """
    Open *index* as the chat does, answer *questions* one after the other, then by *users* at once.

    ``taken`` has the milliseconds of each question that was asked before *budget* seconds were over, and ``records`` a hash of each
    answer record.
    """
    began = perf_counter()
    from assistant.service import Assistant  # noqa: PLC0415 - its import is part of what is measured

    assistant = Assistant.open(index)
    opened = perf_counter() - began

    def ask(question: str) -> str:
        record = assistant.record({"id": "", "question": question})
        return "" if record["status"] == "error" else json.dumps(record | {"elapsed_ms": 0}, sort_keys=True)

    ask(questions[0])
    first = perf_counter() - began
    taken: list[float] = []
    records: list[str] = []
    for question in questions:
        if sum(taken) > budget * 1000:
            break
        started = perf_counter()
        answer = ask(question)
        taken.append((perf_counter() - started) * 1000)
        records.append(hashlib.sha256(answer.encode()).hexdigest())
    memory = resident_memory()
    together = ask_together(lambda question: bool(ask(question)), questions[: len(taken)], users, budget=budget)
    return {
        "open": opened,
        "first": first,
        "taken": taken,
        "records": records,
        "memory": memory,
        "peak": peak_memory(),
        "together": together,
    }


def main(arguments: Sequence[str]) -> int:
    """Run one mode and print what it found."""
    mode, index, other, *rest = arguments
    if mode == "copy":
        found = measure_copy(Path(index), DatabaseAddress(other))
    else:
        questions = Path(other).read_text(encoding="utf-8").splitlines()
        found = measure_answers(index_location(index), questions, int(rest[0]))
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
