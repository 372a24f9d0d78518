"""Where the facts of a question can be read: in the place that it cites, elsewhere in its document, in another one, or nowhere."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from eval.measures import states
from eval.sources import unit_of
from indexer.reader import normalise
from indexer.types import fold_white
from indexer.vietnamese import fold, syllables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eval.question_set import Question
    from eval.sources import Sources


class Found(StrEnum):
    """Where a fact stands, the nearest to the cited place first."""

    PLACE = "in the place"
    DOCUMENT = "in the document"
    ELSEWHERE = "in another document"
    COMPUTED = "computed"  # a figure that has to be counted or worked out
    ABSENT = "absent"  # words that say that the document holds nothing there
    NOWHERE = "nowhere"


@dataclass(slots=True)
class Reader:
    """Looks facts up in documents; keeps each document as it was folded."""

    sources: Sources
    _plain: dict[str, str]

    @classmethod
    def of(cls, sources: Sources) -> Reader:
        """Return a reader of *sources*."""
        return cls(sources, {document: _plain(sources.readable(document)) for document in sources.texts})

    def where(self, question: Question, fact: Sequence[str]) -> Found:
        """Return where *fact*, any form of it, stands; documents that are not there hold nothing."""
        golds = [gold for gold in question.gold if gold.document in self._plain]
        for gold in golds:
            unit = unit_of(gold, self.sources)
            if unit is not None:
                words = self.sources.texts[gold.document][unit.span.start : unit.span.end]
                if any(stands(_plain(words), form) for form in fact):
                    return Found.PLACE
        documents = {gold.document for gold in golds}
        if any(stands(self._plain[document], form) for document in documents for form in fact):
            return Found.DOCUMENT
        if any(
            stands(text, form) for document, text in self._plain.items() if document not in documents for form in fact
        ):
            return Found.ELSEWHERE
        if any(_plain(form) in _words()["absent"] for form in fact):
            return Found.ABSENT
        if any(is_figure(form, [self._plain[document] for document in documents]) for form in fact):
            return Found.COMPUTED
        return Found.NOWHERE


def stands(plain: str, form: str) -> bool:
    """Tell whether *form* stands in *plain*, a text in small letters on one line, as :func:`eval.measures.states` has it."""
    wanted = _plain(form)
    place = plain.find(wanted)
    while place >= 0:
        if states(plain[max(0, place - 2) : place + len(wanted) + 2], form):  # what stands around decides
            return True
        place = plain.find(wanted, place + 1)
    return False


def is_figure(form: str, texts: Sequence[str]) -> bool:
    """
    Tell whether *form* is a number, in figures or words, with no other words than those of *texts* (plain) and units of counting.

    What has letters in it, as the number of a document has, is none.
    """
    words = syllables(form)
    if any(any(map(str.isdigit, word)) and any(map(str.isalpha, word)) for word in words):
        return False
    numbers = [word for word in words if any(map(str.isdigit, word)) or fold(word) in _words()["numbers"]]
    known = {fold(word) for text in texts for word in text.split()}
    return bool(numbers) and all(
        word in numbers or fold(word) in _words()["counted"] or fold(word) in known for word in words
    )


@cache
def _words() -> Mapping[str, frozenset[str]]:
    found = tomllib.loads(Path(__file__).with_name("readable.toml").read_text(encoding="utf-8"))
    return {
        "absent": frozenset(map(_plain, found["absent"])),
        "numbers": frozenset(map(fold, found["numbers"])),
        "counted": frozenset(map(fold, found["counted"])),
    }


def _plain(text: str) -> str:
    return fold_white(normalise(text)).casefold()
