"""Where one clause goes on with the sentence of another, and how what is said of a clause is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex as re

from indexer.types import StepKind

if TYPE_CHECKING:
    from indexer.types import Clause

_ITEM = 240  # characters of one item of a list
_BREAKS_OFF = re.compile(r"\b(?:trước|của|và|là|với|do|cho|theo|về|tại|bởi|từ|đến|các|những)$", re.IGNORECASE)
_CUT = 8  # words from which a paragraph without a mark at its end was cut


def goes_on(clause: Clause, below: Clause) -> bool:
    """Tell whether *below* goes on with the sentence of *clause*: it breaks off, and the next begins with a small letter."""
    text, more = (clause.reading or clause.text).rstrip(), (below.reading or below.text).lstrip()
    if below.path[-1].kind is not StepKind.PARAGRAPH or not text or not more:
        return False
    return text[-1] not in ".;:!?…/”" and (more[0].islower() or _BREAKS_OFF.search(text) is not None)


def is_cut(clause: Clause, other: Clause) -> bool:
    """Tell whether a page or line end cuts a sentence into two paragraphs: the first stops without a mark, the second ends with one."""
    text, more = (clause.reading or clause.text).strip(), (other.reading or other.text).strip()
    paragraphs = clause.path[-1].kind is other.path[-1].kind is StepKind.PARAGRAPH
    if not paragraphs or clause.heading is not None or ":" in text or not text or not more:
        return False
    long = len(text.split()) >= _CUT and not text.isupper()
    return long and (text[-1].isalpha() or text[-1] == ",") and more[-1] in ".;" and more[0].isalpha()


def cut(value: str) -> str:
    """Return *value*, cut behind its first sentence where it is long."""
    if len(value) <= _ITEM:
        return value
    end = min((place for mark in (". ", "; ") if (place := value.find(mark, 40)) > 0), default=len(value))
    return value[:end] if end <= _ITEM else value[: value.rfind(" ", 0, _ITEM)] + " …"


def without_bullet(value: str) -> str:
    """Return *value* without the dash or the letter that opens it: "a) …"."""
    return re.sub(r"^(?:[-–+•*]|[a-zđ]\))\s*", "", value)
