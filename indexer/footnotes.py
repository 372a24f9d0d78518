"""Footnotes as clauses of their own: "chú thích 1"."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import regex as re

from indexer.types import Clause, Step, StepKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.layout import Line

_NUMBER = re.compile(r"(?:\[(\d{1,3})\]|\((\d{1,3})\)|(\d{1,3})(?!\d)[.)]?(?!\d|[/,.%]))\s*(?=\S)|(\*+)\s*(?=\S)")


def footnote_clauses(document: str, text: str, lines: Sequence[Line]) -> list[Clause]:
    """
    Return a clause for each footnote among *lines*, in order.

    A line without a number goes on in the footnote above it, unless running text stands between them.
    """
    found: list[tuple[str, int, int]] = []
    for line in lines:
        match = _NUMBER.match(line.text)
        number = next((group for group in match.groups() if group), "") if match else ""
        goes_on = bool(found) and not text[found[-1][2] : line.start].strip()
        if not match and goes_on:
            found[-1] = (found[-1][0], found[-1][1], line.end)
        else:
            found.append((number, line.start, line.end))
    seen: Counter[str] = Counter()
    clauses: list[Clause] = []
    for number, start, end in found:
        seen[number] += 1
        step = Step(StepKind.FOOTNOTE, number, occurrence=seen[number])
        clauses.append(Clause(document, (step,), start, end, text[start:end]))
    return clauses
