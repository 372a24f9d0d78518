"""Figures of an answer that stand nowhere in what it cites: where a system makes up or changes a number, whatever facts were asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eval.question_set import Question

_MARK = re.compile(r"\[\d+\]")
_FIGURE = re.compile(r"\d+")
_LETTERHEAD = 800  # characters of a cited document that tell its number and date
_FIELDS = ("text", "quote", "reading", "label", "number")


def unfounded_figures(
    question: Question, record: Mapping[str, Any], texts: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """
    Return the figures of an answer, in order, that neither its sources nor the question have; () for a reply that does not answer.

    Sources are what is cited (clause or row, label, document number) and the heads of the cited documents, where *texts* holds them by
    id. Runs of digits are compared, without leading zeros, so that "05/2025" stands in "tháng 5 năm 2025". How many places
    are cited, and how many lines the answer has, may be said: an answer may count. A count of what it does not show is told as unfounded.
    """
    if record.get("status") != "answered":
        return ()
    answer = _MARK.sub(" ", str(record.get("answer") or ""))
    citations = [one for one in record.get("citations") or [] if isinstance(one, Mapping)]
    said = [question.text, *question.history]
    said += [str(citation.get(field) or "") for citation in citations for field in _FIELDS]
    said += [str(step) for citation in citations for step in citation.get("path") or ()]
    said += [(texts or {}).get(str(citation.get("document")), "")[:_LETTERHEAD] for citation in citations]
    lines = [line for line in answer.split("\n") if line.strip()]
    known = {_plain(figure) for text in said for figure in _FIGURE.findall(text)}
    known |= {str(count) for count in (len(citations), len(lines), len(lines) - 1, len(lines) - 2)}
    return tuple(figure for figure in _FIGURE.findall(answer) if _plain(figure) not in known)


def _plain(figure: str) -> str:
    return figure.lstrip("0") or "0"
