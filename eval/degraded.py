"""Systems that are worse on purpose, to prove that the evaluation tells them from a good one."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from assistant.types import Status
from eval.baseline import PasteBaseline
from eval.intervals import SEED
from eval.measures import score_record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eval.run import Outcome
    from indexer.index import Index
    from indexer.types import Span

WRONG = 0.05  # share of the answers that get a wrong number
PAGE = 3_000  # characters; a printed page has some 2,500
_FIGURE = re.compile(r"\[\d+\]|(\d+)")  # a mark of a citation is no figure


def wrong_number(answer: str, chance: random.Random) -> str | None:
    """Return *answer* with the last digit of one of its figures changed, None where it has no figure; marks "[1]" stay."""
    figures = [found for found in _FIGURE.finditer(answer) if found.group(1)]
    if not figures:
        return None
    place = chance.choice(figures).end() - 1
    digit = (int(answer[place]) + chance.randint(1, 9)) % 10
    return f"{answer[:place]}{digit}{answer[place + 1 :]}"


def with_wrong_numbers(
    outcomes: Sequence[Outcome], texts: Mapping[str, str], *, share: float = WRONG, seed: int = SEED
) -> tuple[list[Outcome], frozenset[str]]:
    """
    Return *outcomes* with a wrong number in *share* of all, and the ids of those questions; the same *seed* gives the same ones.

    Only answers with a figure can have a wrong one; where there are fewer than are wanted, all of them get one.
    """
    chance = random.Random(seed)  # noqa: S311 - nothing is secret
    spoilt: dict[str, str] = {}
    order = list(outcomes)
    chance.shuffle(order)
    for outcome in order:
        if len(spoilt) >= round(share * len(outcomes)):
            break
        answered = outcome.record.get("status") == Status.ANSWERED
        changed = wrong_number(str(outcome.record.get("answer") or ""), chance) if answered else None
        if changed is not None:
            spoilt[outcome.question.id] = changed
    found = []
    for outcome in outcomes:
        if outcome.question.id in spoilt:
            record = {**outcome.record, "answer": spoilt[outcome.question.id]}
            found.append(replace(outcome, record=record, score=score_record(outcome.question, record, texts)))
        else:
            found.append(outcome)
    return found, frozenset(spoilt)


@dataclass(frozen=True, slots=True)
class Refuser:
    """Declines every question."""

    def record(self, question: Mapping[str, Any], /) -> dict[str, Any]:
        """Return an answer record that declines."""
        status = Status.NOT_FOUND.value
        return {**_named(question), "status": status, "answer": "Không tìm thấy trong văn bản.", "citations": []}


class PagePaster:
    """
    Pastes the page that holds most words of the question, and cites every clause and row on it, each word for word.

    That is the best that pasting can do: one citation of the whole page would be no place at all.
    """

    def __init__(self, texts: Mapping[str, str], units: Mapping[str, Sequence[Span]]) -> None:
        """*texts* holds the documents by id, *units* the slices of their clauses and rows."""
        self._texts = texts
        self._units = units
        self._pages = PasteBaseline(texts, size=PAGE)

    def record(self, question: Mapping[str, Any], /) -> dict[str, Any]:
        """Return the answer record with the page."""
        found = self._pages.record(question)
        (page,) = found["citations"]
        text = self._texts[page["document"]]
        citations: list[dict[str, Any]] = []
        for unit in self._units[page["document"]]:
            start, end = max(unit.start, page["start"]), min(unit.end, page["end"])
            if start < end:
                place = {"start": start, "end": end, "quote": text[start:end], "text": text[unit.start : unit.end]}
                citations.append({"n": len(citations) + 1, "document": page["document"], **place})
        return {**found, **_named(question), "citations": citations}


def units_of(index: Index) -> dict[str, list[Span]]:
    """Return the slices of all clauses and rows by document."""
    from indexer.types import Span  # noqa: PLC0415 - a type above

    return {
        document.id: [
            *(Span(clause.start, clause.end) for clause in index.clauses(document.id)),
            *(Span(row.start, row.end) for table in index.tables(document.id) for row in table.rows),
        ]
        for document in index.documents
    }


def _named(question: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": question["id"], "question": question["question"], "understood": question["question"]}
