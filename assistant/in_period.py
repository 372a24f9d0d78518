"""
The same matter at two times: "đến năm 2025 đạt 90 %; đến năm 2030 đạt 95 %" in one clause, under two headings, in two bullets.

A sentence without a year has the year of the sentence before it, else of what stands over it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import regex as re

from assistant.matching import Weighted
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.corpus import Corpus
    from assistant.extracts import Extract
    from assistant.question import Query

_YEAR = re.compile(r"(?<![\d/])(?:19|20)\d\d(?![\d/-])")
_AS_MUCH = 0.8  # share of what the first says that another must say of the question, to be the same matter
_LOOKED_AT = 8


class InPeriod:
    """Tells of which year the extracts of *corpus* speak, and puts those of the year that *query* names first."""

    def __init__(self, corpus: Corpus, query: Query) -> None:
        self.corpus = corpus
        years = set(_YEAR.findall(query.folded))
        named = {year for name in query.documents for year in _YEAR.findall(self._name(name))}
        self.years = years - named
        self._weighted = Weighted.of([word for word in query.topic if word not in years], corpus)

    def _name(self, document: str) -> str:
        title = self.corpus.index.document(document).metadata.title
        return f"{title.value if title else ''} {self.corpus.year_of(document)}"

    def first(self, found: Sequence[Extract]) -> list[Extract]:
        """Return *found*, the first of them about the year that is asked for, where another says the same of that year."""
        if len(self.years) != 1 or not found or found[0].clause is None:
            return list(found)
        first = found[0]
        mine = self._years_of(first)
        if not mine or mine & self.years or self._over_says(first):
            return list(found)
        held = self._weighted.share(first.sentence.terms)
        others = [replace(first, sentence=one) for one in first.unit.sentences if one.start != first.sentence.start]
        for other in (*others, *found[1:_LOOKED_AT]):
            same = self._weighted.share(other.sentence.terms) >= held * _AS_MUCH
            if other.clause is not None and same and self._years_of(other, depth=1) & self.years:
                return [other, *(one for one in found if one.unit is not other.unit)]
        return list(found)

    def _over_says(self, extract: Extract) -> bool:
        """Tell whether the clause right over an extract is about the year that is asked for: "a) Đến năm 2030"."""
        over = self.corpus.units_of.over(extract.clause) if extract.clause else None
        return over is not None and bool(
            self.years & set(_YEAR.findall(fold(over.heading or over.reading or over.text)))
        )

    def _years_of(self, extract: Extract, depth: int = 9) -> set[str]:
        """Return the years of which an extract speaks: those in it, else those before it in its clause, else up to *depth* clauses over it."""
        before = [one for one in extract.unit.sentences if one.start <= extract.sentence.start]
        for sentence in reversed(before):
            if years := set(_YEAR.findall(sentence.folded)):
                return years
        over = self.corpus.units_of.over(extract.clause) if extract.clause else None
        while over is not None and depth:
            depth -= 1
            if years := set(_YEAR.findall(fold(over.heading or over.reading or over.text))):
                return years
            over = self.corpus.units_of.over(over)
        return set()
