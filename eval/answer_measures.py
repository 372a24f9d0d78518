"""
How good an answer is where right and wrong say too little: its citations, and its list.

    unit precision, recall    of the clauses and rows cited, how many hold a place of the gold; of those places, how many are held
    span precision, recall    the same in characters: how much is cited that is not asked for, how much of the gold is inside
    item precision, recall    of the lines of a list, how many are wanted; of the facts wanted, how many are stated

A question that was not answered counts as 0 in each. Precision is a lower bound: a place that answers as well as the gold, but is not in it, counts as wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from eval.measures import is_verbatim, locate, missing_groups, reaches, states, unreached
from eval.question_set import Gold
from indexer.types import Span, fold_white

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from eval.measures import Record
    from eval.question_set import Question

    Places = set[tuple[str, int]]  # letters of documents, by the document's id and offset

_LISTED = re.compile(r"^\s*(?:[-–•*+]|\d{1,3}[.)])\s+\S")
_MARK = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Measured:
    """The measures of one answer, each from 0 to 1; None where the question has nothing to measure it by."""

    unit_precision: float | None = None
    unit_recall: float | None = None
    span_precision: float | None = None
    span_recall: float | None = None
    item_precision: float | None = None
    item_recall: float | None = None


NAMES = tuple(field.name for field in fields(Measured))


def measure_answer(
    question: Question,
    record: Record,
    texts: Mapping[str, str] | None = None,
    span: Callable[[Gold], Span | None] | None = None,
) -> Measured:
    """
    Return the measures of *record* as the answer to *question*.

    *texts* holds the documents by id and *span* tells where a gold place stands in them; without these there are no spans to measure.
    """
    if not question.answerable:
        return Measured()
    given = record.get("citations") if record.get("status") == "answered" else None
    citations = [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
    items: tuple[float | None, float | None] = (None, None)
    if question.is_list and len(question.must) > 1:
        answer = str(record.get("answer") or "") if record.get("status") == "answered" else ""
        items = item_precision(question, answer, citations), item_recall(question, answer)
    spans = span_shares(question, citations, texts, span) if texts is not None and span is not None else (None, None)
    return Measured(*unit_shares(question, citations, texts), *spans, *items)


def unit_shares(
    question: Question, citations: Sequence[Record], texts: Mapping[str, str] | None = None
) -> tuple[float | None, float | None]:
    """Return precision and recall of the cited clauses and rows, each counted once; None and None without gold."""
    if not question.gold:
        return None, None
    units: dict[tuple[str, str], bool] = {}
    for one in citations:
        unit = (str(one.get("document")), fold_white(str(one.get("text") or one.get("quote") or "")))
        held = is_verbatim(one, texts) and any(reaches(one, gold) for gold in question.gold)
        units[unit] = units.get(unit, False) or held
    away = len(unreached(question, citations, texts))
    found = len(question.gold) - away
    recall = float(found > 0) if question.any_gold else found / len(question.gold)
    return (sum(units.values()) / len(units) if units else 0.0), recall


def span_shares(
    question: Question,
    citations: Sequence[Record],
    texts: Mapping[str, str],
    span: Callable[[Gold], Span | None],
) -> tuple[float | None, float | None]:
    """
    Return precision and recall of the cited letters against those of the gold quotes, white space aside; None and None without gold.

    A quote that does not stand where it says is cited for nothing. With ``any_gold`` the place that is held best counts.
    """
    if not question.gold:
        return None, None
    cited: Places = set()
    astray = 0
    for one in citations:
        found = cited_span(one, texts)
        if found is None:
            astray += len("".join(str(one.get("quote") or "").split()))
        else:
            cited |= _letters(str(one["document"]), found, texts)
    places = []
    for gold in question.gold:
        place = span(gold)
        missing = {(gold.document, -1 - letter) for letter in range(len("".join(gold.quote.split())))}
        places.append(_letters(gold.document, place, texts) if place else missing)
    wanted = set().union(*places)
    count = len(cited) + astray
    shares = [len(place & cited) / len(place) for place in places]
    recall = max(shares) if question.any_gold else len(wanted & cited) / len(wanted)
    return (len(wanted & cited) / count if count else 0.0), recall


def cited_span(citation: Record, texts: Mapping[str, str]) -> Span | None:
    """Return where the quote of *citation* stands: where it says, or else where its words are; None where they are not."""
    document, quote = str(citation.get("document")), str(citation.get("quote") or "")
    if document not in texts or not quote.strip():
        return None
    if citation.get("start") is None:
        return locate(Gold(document, "", quote), texts[document])
    return Span(int(citation["start"]), int(citation["end"])) if is_verbatim(citation, texts) else None


def _letters(document: str, span: Span, texts: Mapping[str, str]) -> Places:
    text = texts[document]
    return {(document, place) for place in range(span.start, span.end) if not text[place].isspace()}


def item_recall(question: Question, answer: str) -> float:
    """Return the share of the facts of *question* that *answer* states."""
    return 1 - len(missing_groups(question, answer)) / len(question.must)


def item_precision(question: Question, answer: str, citations: Sequence[Record]) -> float:
    """
    Return the share of the lines of a list that are wanted: they state a fact, or cite a place of the gold by "[n]".

    An answer without lines of a list is as precise as the units it cites.
    """
    lines = [line for line in answer.splitlines() if _LISTED.match(line)]
    if not lines:
        return unit_shares(question, citations)[0] or 0.0
    by_number = dict(enumerate(citations, start=1))

    def wanted(line: str) -> bool:
        if any(states(line, form) for group in question.must for form in group):
            return True
        marked = [by_number[int(number)] for number in _MARK.findall(line) if int(number) in by_number]
        return any(reaches(one, gold) for one in marked for gold in question.gold)

    return sum(map(wanted, lines)) / len(lines)


def values(measured: Sequence[Measured], name: str) -> list[float]:
    """Return the values of the measure *name* of those that have one."""
    found: list[Any] = [getattr(one, name) for one in measured]
    return [value for value in found if value is not None]
