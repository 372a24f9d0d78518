"""Words of another document that a law quotes whole, “Điều 5. …” over several lines: their numbers open nothing here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex as re

from indexer.markers import appendix_of, marker_of
from indexer.types import LineKind, StepKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.layout import Line

_QUOTES_A_PASSAGE = re.compile(r"[“\"«]|.*:\s*[“\"«]")  # it begins with the mark, or has it behind a colon
_OUTER = (StepKind.PART, StepKind.CHAPTER, StepKind.DIVISION, StepKind.SUBDIVISION, StepKind.ARTICLE)
_LONGEST, _SHORTEST = 600, 30  # lines: of a passage that is quoted, of words that only bear marks


def _balance(text: str, depth: int) -> int:
    """Return how many marks are open behind *text*, *depth* of them before it. A straight mark closes what is open."""
    for mark in re.findall(r"[“”«»\"]", text):
        if mark in "“«":
            depth += 1
        elif mark in "”»":
            depth = max(0, depth - 1)
        else:
            depth += -1 if depth else 1
    return depth


def quote_end(lines: Sequence[Line], index: int) -> int | None:
    """
    Return the last line of the quotation that line *index* opens and does not close; None where it opens none.

    A mark that is never closed opens none, nor one before an article where no article is quoted: a slip of the pen must not swallow
    a document.
    """
    text = lines[index].text
    depth = _balance(text, 0)
    if not depth:
        return None
    longest = _LONGEST if _QUOTES_A_PASSAGE.match(text) else _SHORTEST
    opening = marker_of(re.split(r"[“\"«]", text)[-1])
    of_articles = opening is not None and opening.kind in _OUTER
    for further in range(index + 1, min(len(lines), index + longest)):
        line = lines[further]
        if line.kind is not LineKind.TEXT:
            continue
        if appendix_of(line.text) and longest == _SHORTEST:
            return None
        if not of_articles and (marker := marker_of(line.text)) and marker.kind in _OUTER:
            return None
        depth = _balance(line.text, depth)
        if not depth:
            return further
    return None
