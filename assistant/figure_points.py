"""
Points that have one percentage: "Thanh tra tỉnh đặt mức 100% ở những mục tiêu nào?" lists the points of its document that say 100%.

Nothing here ranks: every list of the one document that is named is looked at, and a point has the figure or does not.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import regex as re

from assistant.lexicon import light_words
from indexer.terms import terms
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from assistant.clause_lists import ClauseList, ClauseLists
    from assistant.corpus import Corpus
    from assistant.question import Query
    from indexer.types import Clause

_FIGURE = re.compile(r"(?<![\d.,])\d+(?:[.,]\d+)?\s?%")
_AIMS = re.compile(r"\b(?:muc tieu|chi tieu)\b")
_WHICH = re.compile(
    r"\b(?:nhung|cac|so|bao nhieu|may|dem) (?:\w+ ){0,2}?(?:muc tieu|chi tieu)\b|\b(?:muc tieu|chi tieu) nao\b"
)


class FigurePoints:
    """Finds the points with the percentage of *query* in the one document that it names."""

    def __init__(self, corpus: Corpus, query: Query, lists: ClauseLists) -> None:
        self.corpus, self.query, self.lists = corpus, query, lists

    def chosen(self) -> tuple[ClauseList, int] | None:
        """
        Return the list of aims whose points have the figure, only these, and of how many points it is.

        None where the question names no single document or figure, asks for no aims, or asks for something that only some of them say.
        """
        figures = {figure.replace(" ", "") for figure in _FIGURE.findall(self.query.text)}
        documents = self.query.documents or self.query.issued_by
        if len(figures) != 1 or len(documents) != 1 or not _WHICH.search(self.query.folded):
            return None
        wanted = re.compile(rf"(?<![\d.,]){re.escape(next(iter(figures)))}")
        found: list[tuple[ClauseList, int]] = []
        for clause in self.corpus.index.clauses(documents[0]):
            if clause.heading is None or not _AIMS.search(fold(clause.heading)):
                continue
            listed = self.lists.under(clause)
            items = tuple(one for one in listed.items if wanted.search(_text(one).replace(" %", "%"))) if listed else ()
            if listed is not None and items:
                found.append((replace(listed, items=items), len(listed.items)))
        if len(found) != 1 or self._asks_for_some(found[0][0]):
            return None
        return found[0]

    def _asks_for_some(self, listed: ClauseList) -> bool:
        """Tell whether a word of the question stands in some of the points and not in all: then it asks for these alone."""
        held = [set(terms(_text(one))) for one in listed.items]
        words = {fold(word) for word in self.query.topic} - light_words()
        told = {word for word in words if any(word in one for one in held) and not all(word in one for one in held)}
        return bool(told - self.corpus.name_terms(listed.lead.document))


def _text(clause: Clause) -> str:
    return clause.reading or clause.text
