"""
Which document a question describes in its own words: by kind, year, the level of its issuer, its title and what it says.

"kế hoạch hỗ trợ pháp lý doanh nghiệp năm 2012", "bản scan của cơ quan giúp việc", "quyết định về dừng dự án": no number is given, and yet
one document is meant.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import regex as re

from assistant.lexicon import content_words, field_words
from assistant.matching import Weighted
from indexer.letterhead import kinds
from indexer.vietnamese import fold, has_diacritics

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.corpus import Corpus
    from indexer.types import Document

_KIND = (
    r"ke hoach|quyet dinh|nghi quyet|cong van|chi thi|thong bao|to trinh|bao cao|chuong trinh|de an|nghi dinh|thong tu|"
    r"ban ke hoach|van ban|ban scan|ban quet"
)
_NAMED = re.compile(rf"\b({_KIND})\b(?! (?:so )?(?:nao|may|bao nhieu|gi)\b)")
_OPENS = re.compile(rf"^\W*(?:(?:hai|ba|cac|ca|so|ngay|ban|to|noi nhan|ngay ky|cua)\s+)*(?:{_KIND})\b")
_SCANNED = re.compile(r"\b(?:ban|giay|to|file|trang) (?:scan|quet|chup)\b|\bvan ban (?:scan|quet)\b")
_LEVEL = re.compile(r"\b(?:cua|cap) (tinh|huyen|xa|thanh pho|bo|truong)\b(?! (?:doan|uy)\b)")
_ISSUED_AT = {  # how the issuer of a document of a level is called
    "tinh": r"^(?:uy ban nhan dan|ubnd|hoi dong nhan dan|hdnd) tinh\b",
    "thanh pho": r"^(?:uy ban nhan dan|ubnd|hoi dong nhan dan|hdnd) thanh pho\b",
    "huyen": r"^(?:uy ban nhan dan|ubnd|hoi dong nhan dan|hdnd) huyen\b",
    "xa": r"^(?:uy ban nhan dan|ubnd|hoi dong nhan dan|hdnd) (?:xa|phuong)\b",
    "bo": r"^bo\b",
    "truong": r"\btruong\b",
}
_YEAR = re.compile(r"\b(?:nam |/)((?:19|20)\d\d)\b(?!\s*-)")
_PIECE = re.compile(
    rf"(?:^|\b(?:va|voi|hay|con|so|lan|cung|cua|cho)\b|[,;:])\W*(?:(?:hai|ba|mot|ca) )?(?=(?:{_KIND})\b(?! (?:so )?(?:nao|may)\b)|mot cua)"
)
_WORD = re.compile(r"[^\W_]+")
_CANDIDATES = 12  # documents that are looked at, by their names and by what they say
_SAID = 0.7  # what a word counts that a document says beside its name
_OTHER = 0.2  # what it costs to be of another kind or year than is said
_HELD = 0.5  # share of the words that the document must have
_UNKNOWN = 0.25  # share under which no document is what is described
_CLEAR = 0.12  # and by how much it must lead the next
_REMEMBERED = 256


class Describing:
    """Finds the documents of *corpus* that words describe."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self._words = lru_cache(_REMEMBERED)(self._words_of)

    def one(self, text: str, among: Sequence[Document] = ()) -> Document | None:
        """Return the document that *text* describes, of *among* where there are any; None where it is not clear which."""
        folded = fold(text)
        asked = Weighted.of(self._described_by(text), self.corpus)
        pool = list(among) or self._candidates(text, asked)
        if _SCANNED.search(folded) and all(one.reading is None for one in pool):
            pool = self._candidates(text, asked)
        pool = _narrowed(pool, folded)
        if among and len(pool) == 1:
            return pool[0]
        if not asked.total:
            return None
        ranked = sorted(((self._score(one, asked, folded), one) for one in pool), key=lambda item: -item[0])
        if not ranked:
            return None
        best = ranked[0][0]
        second = ranked[1][0] if len(ranked) > 1 else 0.0
        least = _HELD / 2 if among else _HELD  # who issued it is known
        return ranked[0][1] if best >= least and best - second >= _CLEAR else None

    def says_document(self, text: str, *, opening: bool) -> bool:
        """Tell whether *text* speaks of a document by its kind; *opening*: as the first that it speaks of."""
        return (_OPENS if opening else _NAMED).search(fold(text)) is not None

    def unknown(self, text: str) -> bool:
        """Tell whether *text* describes a document, and none of the corpus has much of what it says."""
        asked = Weighted.of(self._described_by(text), self.corpus)
        folded = fold(text)
        best = (
            max((self._score(one, asked, folded) for one in self._candidates(text, asked)), default=0.0)
            if asked.total
            else 1.0
        )
        return best < _UNKNOWN

    def each(self, text: str) -> list[Document]:
        """Return the documents that the parts of *text* describe, one a part; [] where a part is not clear or there is one alone."""
        starts = [match.end() for match in _PIECE.finditer(fold(text))]
        pieces = [text[start:end] for start, end in pairwise([*starts, len(text)])]
        return self.all_of(pieces)

    def all_of(self, pieces: Sequence[str]) -> list[Document]:
        """Return the documents that *pieces* describe, one each; [] where one is not clear or there are fewer than two."""
        found = [self.one(piece) for piece in pieces if self._described_by(piece)]
        clear = {one.id: one for one in found if one is not None}
        return list(clear.values()) if len(clear) == len(found) > 1 else []

    def _described_by(self, text: str) -> list[str]:
        """Return the words of *text* that say which document is meant."""
        own = field_words() if has_diacritics(text) else frozenset(map(fold, field_words()))
        return [word for word in content_words(text, without_place=True) if word not in own and not word.isdigit()]

    def _candidates(self, text: str, asked: Weighted) -> list[Document]:
        named = [name for (_, name), _ in zip(self.corpus.named_most(asked), range(_CANDIDATES), strict=False)]
        scores = self.corpus.index.document_scores(" ".join(self._described_by(text)))
        said = [
            self.corpus.index.documents[int(place)]
            for place in scores.argsort()[::-1][:_CANDIDATES]
            if scores[place] > 0
        ]
        found = {name: self.corpus.index.document(name) for name in named}
        return list((found | {one.id: one for one in said}).values())

    def _score(self, document: Document, asked: Weighted, folded: str) -> float:
        """Return how well *document* fits in [0, 1]: the share of the words in its name, and less for those that it only says."""
        named = self.corpus.name_terms(document.id)
        said = self._words(document.id)
        held = sum(
            weight * (1.0 if term in named else _SAID if f" {term} " in said else 0.0) for term, weight in asked.terms
        )
        return held / asked.total - _OTHER * sum(_is_other(document, folded, self.corpus))

    def _words_of(self, document: str) -> str:
        return f" {' '.join(_WORD.findall(self.corpus.folded_of(document)))} "


def _narrowed(documents: Sequence[Document], folded: str) -> list[Document]:
    """Return those of *documents* that are scanned, or of the level of an issuer, where the question says so; all where none is."""
    scanned = [one for one in documents if one.reading is not None] if _SCANNED.search(folded) else []
    found = scanned or list(documents)
    level = _LEVEL.search(folded)
    if level:
        issued = re.compile(_ISSUED_AT[level.group(1)])
        found = [
            one for one in found if one.metadata.issuer and issued.search(fold(one.metadata.issuer.value))
        ] or found
    return found


def _is_other(document: Document, folded: str, corpus: Corpus) -> Iterator[bool]:
    """Yield whether *document* is of another kind, and of another year, than a question says."""
    title = f" {' '.join(corpus.title_words(document.id))} "
    named = _NAMED.search(folded)
    code = kinds().get(named.group(1).removeprefix("ban ")) if named else None
    stated = document.metadata.kind
    other = named is not None and code is not None and stated is not None and stated.value != code
    yield other and named is not None and f" {named.group(1)} " not in title
    years = set(map(int, _YEAR.findall(folded)))
    issued = corpus.year_of(document.id)
    yield bool(years) and issued is not None and issued not in years and not any(str(year) in title for year in years)
