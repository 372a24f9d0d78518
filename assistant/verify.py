"""The last check before a reply leaves: what it says stands in what it cites."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.relations import NUMBER
from indexer.types import fold_white

if TYPE_CHECKING:
    from assistant.types import Answer

_MARK = re.compile(r"\[(\d+)\]")
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*%?")


def unfounded(answer: Answer, allowed: str) -> list[str]:
    """
    Return the numbers, dates and document numbers of *answer* that stand in none of its citations, in order.

    *allowed* is what may be said besides: the question, the labels and names that are shown, and what was computed from rows.
    """
    said = _MARK.sub(" ", answer.text)
    cited = " ".join(
        fold_white(f"{c.quote} {c.text} {c.reading or ''} {c.label} {c.number or ''}") for c in answer.citations
    )
    base = f"{cited} {fold_white(allowed)}"
    figures = set(_FIGURE.findall(base))
    figures |= {figure.lstrip("0") for figure in figures}
    plain = re.sub(r"\s", "", base)
    wrong = [n for n in NUMBER.findall(said) if re.sub(r"\s", "", n) not in plain]
    rest = NUMBER.sub(" ", said)
    wrong += [f for f in _FIGURE.findall(rest) if f not in figures and f.lstrip("0") not in figures]
    return wrong


def bad_marks(answer: Answer) -> list[str]:
    """Return the citation marks of *answer* that stand for nothing."""
    return [mark for mark in _MARK.findall(answer.text) if not 1 <= int(mark) <= len(answer.citations)]
