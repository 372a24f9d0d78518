"""
What may answer a question in prose: of every clause and row that the search proposes, the sentence that holds most of the question.

A sentence is described by a few figures (`SIGNALS`); how they count together was learned (`assistant.answering`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import regex as re

from assistant.lexicon import canonical, content_words
from assistant.matching import Weighted
from assistant.retrieval import search
from indexer.path import label
from indexer.ranking import QuestionReading
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from assistant.corpus import Corpus, RowAt
    from assistant.question import Query
    from assistant.types import Hit
    from assistant.units import Sentence, Unit
    from indexer.types import Clause, Document

_POOL = 40  # hits that are looked at sentence by sentence
_CLAUSE, _CONTEXT = 0.45, 0.15  # what words count that stand in the clause around the sentence, or in its headings
_KINDS = {"percent": 0.3, "number": 0.15, "time": 0.3, "body": 0.1, "address": 0.3}
_LEAD = 0.2  # a sentence that gives the lead, where the lead is asked for
FACTS = {
    "percent": re.compile(r"\d+(?:[.,]\d+)?\s?%"),
    "number": re.compile(r"\d"),
    "time": re.compile(
        r"\b(?:ngay|thang|quy|nam)\s+\d|\bhang (?:nam|quy|thang|tuan|ngay)\b|\bdinh ky\b|\d{1,2}/\d{4}|\bhet nam\b|\bden nam\b|"
        r"\bthuong xuyen\b|\b\d+ (?:ngay|thang|nam|gio|phut|tuan)\b|\d{1,2}[hg]\d{0,2}\b"
    ),
    "body": re.compile(
        r"\b(?:so|phong|ban|van phong|ubnd|uy ban|don vi|co quan|trung tam|chu tich|thu truong|nguoi dung dau|giao|bo|cuc|chi cuc)\b"
    ),
    "address": re.compile(r"https?://|www\.|\.vn\b"),
    "lead": re.compile(r"\bchu tri\b|\bgiao [a-z]"),
}
_NAME = re.compile(r"(?<!^)(?<![.?!] )\b[\p{Lu}][\p{Ll}]+(?:\s+[\p{Lu}][\p{Ll}]+)+")
_TIME_WORD = re.compile(r"thang|quy|nam|ngay|[ivx]+|\d{1,4}")
_PERIOD = re.compile(r"([ivx]+|\d{1,2})/(\d{4})")


@dataclass(frozen=True, slots=True)
class Extract:
    """A sentence that may answer, the unit it stands in, its score, and the share of the question's weight that it holds."""

    unit: Unit
    sentence: Sentence
    score: float
    held: float

    @property
    def document(self) -> Document:
        """The document it stands in."""
        return self.unit.document

    @property
    def clause(self) -> Clause | None:
        """Its clause, None for a row."""
        return self.unit.clause

    @property
    def at(self) -> RowAt | None:
        """Its row, None for a clause."""
        return self.unit.at

    @property
    def place(self) -> str:
        """The label of its clause or row."""
        return label(self.unit.path)


class Extracts:
    """Finds extracts in *corpus* for one question."""

    def __init__(self, corpus: Corpus, query: Query, readings: Sequence[QuestionReading] = ()) -> None:
        """*readings* are those of a question that was typed badly, what was understood first; see `assistant.retrieval.search`."""
        self.corpus, self.query = corpus, query
        self.readings = readings

    @cached_property
    def words(self) -> list[str]:
        """The words to look for: the topic, with agencies that did not issue what is searched, and numbers of other documents."""
        query = self.query
        words = list(query.topic)
        searched = set(query.documents or query.issued_by)
        for agency in query.agencies:
            if not searched & {d.id for d in self.corpus.issuers.get(agency.key, ())}:
                words += content_words(canonical(agency.name))
        own = {d.metadata.number.value for d in self.corpus.documents if d.metadata.number}
        words += [number.lower() for number in query.numbers if number not in own]
        split = (_PERIOD.fullmatch(word) for word in words)
        words = [
            part for word, match in zip(words, split, strict=True) for part in (match.groups() if match else (word,))
        ]
        if query.says("compare"):  # the periods are what differs
            words = [word for word in words if not _TIME_WORD.fullmatch(fold(word))] or words
        return words

    @cached_property
    def _weighted(self) -> Weighted:
        return Weighted.of(self.words, self.corpus)

    @cached_property
    def _kinds(self) -> list[str]:
        return [kind for kind in _KINDS if self.query.wants(kind)]

    def best(self, documents: Collection[str] = ()) -> list[Extract]:
        """
        Return the extracts of the best hits in *documents* (ids; () for all), the best first; one a clause or row.

        Raises:
            StoreError: the model is not the one that the index was built with.
        """
        text = self.query.text
        readings = (QuestionReading(text), *self.readings[1:]) if self.readings else ()
        hits = search(self.corpus.index, text, readings=readings, top_k=_POOL, documents=tuple(documents) or None)
        found = [extract for hit in hits if (extract := self._extract(hit))]
        return sorted(found, key=lambda item: -item.score)

    def _extract(self, hit: Hit) -> Extract | None:
        """Return the sentence of a hit that holds most of the question; None where the hit says nothing."""
        unit = self.corpus.units_of.unit(hit.passage.document, hit.passage.eid)
        if unit is None:
            return None
        bonus = 0.02 * max(0.0, min(hit.score, 3.0))
        scored = [self._scored(unit, said, bonus) for said in unit.sentences]
        return max(scored, key=lambda item: round(item.score, 9)) if scored else None

    def _scored(self, unit: Unit, said: Sentence, bonus: float) -> Extract:
        share = self._weighted.share
        here = share(said.terms)
        around = share(said.terms, unit.whole) - here
        over = share(said.terms, unit.whole, unit.above) - here - around
        score = here + _CLAUSE * around + _CONTEXT * over + self._kind_bonus(said.folded) + bonus
        if unit.clause and unit.clause.heading and len(unit.path) < 3 and said.shown.isupper():
            score -= 0.3
        return Extract(unit, said, score, here + 0.9 * around + 0.7 * over)

    def _kind_bonus(self, folded: str) -> float:
        lead = _LEAD if "lead" in self.query.asked and FACTS["lead"].search(folded) else 0.0
        return lead + max((_KINDS[kind] for kind in self._kinds if FACTS[kind].search(folded)), default=0.0)

    def lacks_anchor(self) -> bool:
        """Tell whether the question names what the corpus has nowhere: a figure, or a name in capitals."""
        if any(not self.corpus.knows(fold(word)) and re.search(r"\d", word) for word in self.words):
            return True
        names = [" ".join(match.split()) for match in _NAME.findall(self.query.text)]
        return any(fold(name) not in self.corpus.folded_text for name in names)
