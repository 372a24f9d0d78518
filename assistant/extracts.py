"""
What may answer a question in prose: of every clause and row that the search proposes, the sentence that holds most of the question.

A sentence is described by a few figures (`SIGNALS`); how they count together was learned (`assistant.answering`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import regex as re

from assistant.answering import DECISION, SIGNALS, compared, matrix, probability
from assistant.lexicon import content_words
from assistant.matching import Weighted
from assistant.retrieval import search
from assistant.thesaurus import SaidOtherwise
from indexer.path import label
from indexer.ranking import QuestionReading
from indexer.relations import plain_number
from indexer.terms import canonical, terms
from indexer.types import StepKind
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterator, Sequence

    from assistant.corpus import Corpus, RowAt
    from assistant.question import Query
    from assistant.types import Hit
    from assistant.units import Sentence, Unit
    from indexer.types import Clause, Document

_RANK, _HERE, _NO_KIND = (SIGNALS.index(name) for name in ("rank", "here", "no_kind"))
_POOL = 40  # hits that are looked at sentence by sentence
_MANY = 16  # sentences of one clause that are weighed; of more, those that say or mean the most of the question
_SEVERAL = re.compile(r"\bva\b|,|\b(?:moi|lan luot|tung)\b")
_LOOKED_AT, _COMPLETES, _WORSE = (
    6,
    0.12,
    4.0,
)  # extracts that may complete the first, by how much, and how much worse they may be
_ADDS = 0.08  # share of a question that a lead-in must add to what stands below it
_KINDS = ("percent", "number", "time", "body", "address")
_ASKED_KINDS = ("document", "duration", "location", "money")  # signals of their own
_STRONG = ("lead", "partners", "due", "deliverable", "note", "funding")  # columns that a question asks for by name
FACTS = {
    "percent": re.compile(r"\d+(?:[.,]\d+)?\s?%"),
    "number": re.compile(r"\d"),
    "time": re.compile(
        r"\b(?:ngay|thang|quy|nam)\s+\d|\bquy\s+[ivx]+\b|\bhang (?:nam|quy|thang|tuan|ngay)\b|\bdinh ky\b|\d{1,2}/\d{4}|\bhet nam\b|\bden nam\b|"
        r"\bthuong xuyen\b|\b\d+ (?:ngay|thang|nam|gio|phut|tuan)\b|\d{1,2}[hg]\d{0,2}\b"
    ),
    "body": re.compile(
        r"\b(?:so|phong|ban|van phong|ubnd|uy ban|don vi|co quan|trung tam|chu tich|thu truong|nguoi dung dau|giao|bo|cuc|chi cuc)\b"
    ),
    "phone": re.compile(r"\b0\d[\d .()-]{6,12}\d\b|@"),
    "person": re.compile(r"\b(?:ong|ba|dong chi)\b|\bdien thoai\b"),
    "money": re.compile(
        r"\d[\d.,]* ?(?:dong|ty|trieu|nghin|ngan|usd|vnd|d)\b|\b(?:muoi|tram|nghin|ngan|trieu|ty) (?:dong|trieu|ty|nghin)\b|"
        r"\bmien phi\b|\bkhong (?:thu|mat|phai nop|phai tra)\b"
    ),
    "address": re.compile(r"https?://|www\.|\.vn\b"),
    "lead": re.compile(r"\bchu tri\b|\bgiao [a-z]"),
    "document": re.compile(
        r"\b\d+(?:/\d{4})?/[a-z]{2,}|\bdieu \d|\b(?:nghi dinh|thong tu|quyet dinh|nghi quyet|luat|ke hoach so)\b"
    ),
    "duration": re.compile(
        r"\b\d+ (?:\(\w+\) )?(?:ngay|thang|nam|tuan|gio|phut|buoi)\b|\bkhong qua\b|\btoi (?:da|thieu)\b"
    ),
    "location": re.compile(r"\b(?:tai|dia diem|so \d+|phuong|xa|huyen|tinh|thanh pho|hoi truong|phong)\b"),
}
_SUMS = re.compile(r"\b(?:kinh phi|so tien|thanh tien|trieu dong|ty dong|dong\)|muc chi|gia tri|don gia)")
_NAME = re.compile(r"(?<!^)(?<![.?!] )\b[\p{Lu}][\p{Ll}]+(?:\s+[\p{Lu}][\p{Ll}]+)+")
_Meant = tuple[float, float, float, float, float]
_DAY = re.compile(r"0?(\d{1,2})/0?(\d{1,2})/(\d{4})")
_TIME_WORD = re.compile(r"thang|quy|nam|ngay|[ivx]+|\d{1,4}")
_PERIOD = re.compile(r"([ivx]+|\d{1,2})/(\d{4})")


def _made_of_known(words: Sequence[str], text: Container[str]) -> bool:
    """Tell whether the folded *words* can be cut into runs of two words and more that stand in *text*: a body and its place."""
    if not words or " ".join(words) in text:
        return True
    return any(
        " ".join(words[:cut]) in text and _made_of_known(words[cut:], text) for cut in range(len(words) - 2, 1, -1)
    )


@dataclass(frozen=True, slots=True)
class Extract:
    """
    A sentence that may answer, the unit it stands in, its ``signals`` and its score.

    ``held`` is the share of the question's weight that it holds, what stands around and over it counting less.
    """

    unit: Unit
    sentence: Sentence
    signals: tuple[float, ...]
    held: float
    score: float = 0.0

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
        self._found: dict[tuple[str, ...], list[Extract]] = {}  # what was found so far, by where it was looked for

    @cached_property
    def words(self) -> list[str]:
        """The words to look for: the topic, with agencies that did not issue what is searched, and numbers of other documents."""
        query = self.query
        words = list(query.topic)
        searched = set(query.documents or query.issued_by)
        for agency in query.agencies:
            if not searched & {d.id for d in self.corpus.issuers.get(agency.key, ())}:
                named = fold(agency.name) in query.folded  # the key has no place that the question does not name
                words += content_words(canonical(agency.name if named else agency.key))
        own = self.corpus.own_numbers
        words += [number.lower() for number in query.numbers if plain_number(number) not in own]
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
    def _otherwise(self) -> SaidOtherwise:
        return SaidOtherwise.of(self.query.text, self._weighted.words, self.corpus.knows)

    @cached_property
    def _kinds(self) -> list[str]:
        return [kind for kind in _KINDS if self.query.wants(kind)]

    @cached_property
    def _columns(self) -> list[str]:
        return [role for role in self.query.asked if role in _STRONG]

    @cached_property
    def _here(self) -> frozenset[str]:
        """The documents of the places that the question names: a province, a commune."""
        folded = f" {' '.join(re.findall(r'[a-z]+', self.query.folded))} "
        return frozenset(name for place, ids in self.corpus.places.items() if f" {place} " in folded for name in ids)

    @cached_property
    def _figures(self) -> frozenset[str]:
        return frozenset(fold(word) for word in self.words if word[0].isdigit())

    def best(self, documents: Collection[str] = ()) -> list[Extract]:
        """
        Return the extracts of the best hits in *documents* (ids; () for all), the best first; one a clause or row.

        Raises:
            StoreError: the model is not the one that the index was built with.
        """
        key = tuple(documents)
        if key not in self._found:
            best: dict[int, Extract] = {}
            for one in self.scored(self.every(documents)):
                best.setdefault(id(one.unit), one)
            self._found[key] = list(best.values())
        return list(self._found[key])

    def scored(self, found: Sequence[Extract]) -> list[Extract]:
        """Return *found* with the scores that their signals give, the best first."""
        scores = self.corpus.answering.order.scores(compared(matrix([one.signals for one in found], len(SIGNALS))))
        scored = [replace(one, score=float(score)) for one, score in zip(found, scores, strict=True)]
        return sorted(scored, key=lambda item: -item.score)

    def every(self, documents: Collection[str] = ()) -> list[Extract]:
        """Return every sentence of the best hits in *documents* with its signals, in the order of the hits."""
        units = ((hit, self.corpus.units_of.near(hit.passage)) for hit in self.hits(documents))
        found = [(hit, unit) for hit, unit in units if unit is not None]
        meant = self._meant([unit for _, unit in found])
        return [
            extract
            for (hit, unit), alike in zip(found, meant, strict=True)
            for extract in self._of_hit(hit, unit, alike)
        ]

    def hits(self, documents: Collection[str] = ()) -> list[Hit]:
        """Return the clauses and rows that the search proposes out of *documents* (ids; () for all), the best first."""
        text = self.query.text
        readings = (QuestionReading(text), *self.readings[1:]) if self.readings else ()
        return search(self.corpus.index, text, readings=readings, top_k=_POOL, documents=tuple(documents) or None)

    def _meant(self, units: Sequence[Unit]) -> Iterator[list[_Meant]]:
        """Yield for each of *units* what its sentences mean alike: here, around, over; and cosines, here and over."""
        asked = self.corpus.units_of.meaning.asked(" ".join(self.words))
        texts = [
            words for unit in units for words in (*(said.words for said in unit.sentences), unit.words, unit.context)
        ]
        found, cosines = asked.likeness(texts)
        place = 0
        for unit in units:
            end = place + len(unit.sentences)
            here = found[place:end]
            around = np.maximum(here, found[end])
            shares = [asked.share(part) for part in (here, around, np.maximum(around, found[end + 1]))]
            firsts, seconds, thirds = (share.tolist() for share in shares)
            cosine = float(cosines[end + 1])
            yield [
                (first, second - first, third - second, near, cosine)
                for first, second, third, near in zip(firsts, seconds, thirds, cosines[place:end].tolist(), strict=True)
            ]
            place = end + 2

    def _looked_at(self, unit: Unit, meant: Sequence[_Meant]) -> Sequence[int]:
        """Return which sentences of *unit* may answer: of a very long clause those that say or mean the most of the question."""
        if len(unit.sentences) <= _MANY:
            return range(len(unit.sentences))
        found_in, share, otherwise = self._weighted.found_in, self._weighted.share_found, self._otherwise.covered_by
        said = [share(found_in(one.terms) | otherwise(one.terms)) for one in unit.sentences]
        order = sorted(range(len(said)), key=lambda place: -said[place] - meant[place][0])
        return sorted({0, *order[:_MANY]})

    def _of_hit(self, hit: Hit, unit: Unit, meant: Sequence[_Meant]) -> Iterator[Extract]:
        found_in, share = self._weighted.found_in, self._weighted.share_found
        title = share(found_in(self.corpus.name_terms(unit.document.id)))
        whole = found_in(unit.whole)
        above = whole | found_in(unit.above)
        row = unit.at
        beside = found_in(unit.beside)
        otherwise = self._otherwise.covered_by
        whole_otherwise = whole | otherwise(unit.whole)
        above_otherwise = whole_otherwise | above | otherwise(unit.above)
        for nth in self._looked_at(unit, meant):
            said = unit.sentences[nth]
            held = found_in(said.terms)
            here = share(held)
            around = share(held | whole) - here
            over = share(held | above) - here - around
            folded = said.folded if row is None else unit.folded
            all_held = held | above
            in_other_words = held | otherwise(said.terms)
            kind = any(FACTS[kind].search(folded) for kind in self._kinds)
            signals = (
                here,
                around,
                over,
                title,
                kind,
                bool(self._kinds) and not kind,
                "lead" in self.query.asked and row is None and FACTS["lead"].search(folded) is not None,
                max(-2.0, min(hit.score, 6.0)),
                1 / hit.rank,
                hit.soft,
                hit.nearness,
                row is not None,
                row is not None and any(row.table.column(role) is not None for role in self._columns),
                row is not None
                and bool(self._columns)
                and not any(row.table.column(r) is not None for r in self._columns),
                unit.clause is not None and unit.clause.heading is not None,
                said.shown.isupper(),
                unit.path[0].kind is StepKind.HEAD,
                folded.startswith("can cu "),
                math.log1p(len(said.shown)),
                len(self._figures & (said.terms | unit.whole)) / len(self._figures) if self._figures else 1.0,
                row is not None and row.table.noun == self.query.noun,
                said.shown.endswith(":"),
                unit.document.id in self.query.issued_by,
                unit.document.id in self._here,
                bool(self._here) and unit.document.id not in self._here,
                *meant[nth],
                self._heaviest_missing(all_held),
                self._heaviest_missing(held | whole),
                self._pairs_in(held),
                self._pairs_in(all_held),
                *(self._has_asked(kind, folded) for kind in _ASKED_KINDS),
                nth,
                share(all_held | beside) - share(all_held),
                share(in_other_words) - here,
                share(in_other_words | whole_otherwise) - here - around,
                share(in_other_words | above_otherwise) - here - around - over,
                self._heaviest_missing(in_other_words | above_otherwise),
            )
            yield Extract(unit, said, tuple(map(float, signals)), here + 0.9 * around + 0.7 * over)

    @cached_property
    def _singles(self) -> list[tuple[str, float]]:
        """The words of the question and their weights, the heaviest first."""
        return sorted((pair for pair in self._weighted.terms if " " not in pair[0]), key=lambda pair: -pair[1])

    def _heaviest_missing(self, held: frozenset[str]) -> float:
        """Return the weight of the heaviest word of the question that is not in *held*."""
        return next((weight for term, weight in self._singles if term not in held), 0.0)

    @cached_property
    def _pairs(self) -> list[tuple[str, float]]:
        return [(term, weight) for term, weight in self._weighted.terms if " " in term]

    def _pairs_in(self, held: frozenset[str]) -> float:
        """Return the share of the question's neighbouring words that are neighbours in *held*; a half where it has none."""
        total = sum(weight for _, weight in self._pairs)
        return sum(weight for term, weight in self._pairs if term in held) / total if total else 0.5

    @cached_property
    def _asked_kinds(self) -> frozenset[str]:
        return frozenset(kind for kind in _ASKED_KINDS if self.query.wants(kind))

    def _has_asked(self, kind: str, folded: str) -> float:
        """Return 1 where a fact of *kind* is asked for and *folded* has one, -1 where it has none, 0 where none is asked for."""
        return 0.0 if kind not in self._asked_kinds else 1.0 if FACTS[kind].search(folded) else -1.0

    def adds(self, extract: Extract, over: Clause) -> bool:
        """Tell whether the clause *over* an extract holds words of the question that the extract does not."""
        held = extract.sentence.terms
        return self._weighted.share(held, terms(over.reading or over.text)) - self._weighted.share(held) >= _ADDS

    def held_by(self, clause: Clause) -> float:
        """Return the share of the question that a clause holds by itself."""
        return self._weighted.share(terms(clause.reading or clause.text))

    def complete(self, found: Sequence[Extract]) -> list[Extract]:
        """Return the first of *found*, with another that holds what it lacks of a question that names several things."""
        first = found[0]
        if not _SEVERAL.search(self.query.folded):
            return [first]
        held = (first.sentence.terms, first.unit.whole, first.unit.above)
        known = self._weighted.share(*held)
        for other in found[1:_LOOKED_AT]:
            more = self._weighted.share(*held, other.sentence.terms, other.unit.whole) - known
            if more >= _COMPLETES and first.score - other.score <= _WORSE:
                return [first, other]
        return [first]

    @staticmethod
    def has_kind(extract: Extract, kind: str) -> bool:
        """Tell whether an extract has a fact of the kind *kind* (of `FACTS`), a row in any of its cells or in a column of sums."""
        if extract.at is None:
            return FACTS[kind].search(extract.sentence.folded) is not None
        named = " ".join(fold(column.name) for column in extract.at.table.columns)
        sums = kind == "money" and _SUMS.search(named) and re.search(r"\d", extract.unit.folded)
        return bool(sums) or FACTS[kind].search(extract.unit.folded) is not None

    def decision(self, found: Sequence[Extract], *, restricted: bool) -> tuple[float, ...]:
        """Return the numbers by which it is decided whether the first of *found* answers; *restricted*: in named documents only."""
        first = found[0]
        scores = np.array([one.score for one in found])
        confidence = 1 / np.exp(scores - first.score).sum()
        ranks = sorted((one.signals[_RANK] for one in found), reverse=True)
        return (
            *first.signals,
            float(confidence),
            min(first.score - float(scores[1]), 5.0) if len(found) > 1 else 5.0,
            first.score,
            first.held,
            ranks[0] - ranks[1] if len(ranks) > 1 else 2.0,
            float(len(self.words)),
            float(restricted),
            self.unknown,
            float(bool(self.query.issued_by)),
        )

    @cached_property
    def unknown(self) -> float:
        """The share of the question's weight that stands nowhere in the corpus."""
        return 1 - self._weighted.share(self.corpus.known_terms) if self.words else 1.0

    @staticmethod
    def _says_all(extract: Extract) -> bool:
        """Tell whether the sentence itself holds every word of the question and the kind of fact that it asks for."""
        here, no_kind = extract.signals[_HERE], extract.signals[_NO_KIND]
        return math.isclose(here, 1.0) and not no_kind

    def likelihood(self, found: Sequence[Extract], *, restricted: bool) -> float:
        """Return the probability that the first of *found* answers the question; 0 where there is none."""
        if not found:
            return 0.0
        if len(found) == 1 and self._says_all(found[0]):  # ranks and margins say nothing where there is one alone
            return 1.0
        signals = matrix([self.decision(found, restricted=restricted)], len(DECISION))
        return probability(float(self.corpus.answering.decide.scores(signals)[0]))

    def lacks_anchor(self) -> bool:
        """Tell whether the question names what the corpus has nowhere: a figure, or a name in capitals."""
        words = [word for word in map(fold, self.words) if not self._is_date(word)]
        figures = (part for word in words if not self.corpus.knows(word) for part in re.split(r"[-–]", word))
        new = (part for part in figures if re.search(r"\d", part) and not self.corpus.knows(part))
        if any(part not in self.corpus.folded_text for part in new):
            return True
        return any(not _made_of_known(name.split(), self.corpus.folded_text) for name in self._names)

    def _is_date(self, word: str) -> bool:
        """Tell whether *word* is a day, "1/9/1945", that the corpus writes out: "ngày 1 tháng 9 năm 1945"."""
        match = _DAY.fullmatch(word)
        if not match:
            return False
        day, month, year = match.groups()
        written = (f"{d} thang {m} nam {year}" for d in (day, f"0{day}") for m in (month, f"0{month}"))
        return any(map(self.corpus.folded_text.has_phrase, written))

    @cached_property
    def _names(self) -> list[str]:
        """The proper names of the question, of two words and more, folded."""
        return [fold(" ".join(match.split())) for match in _NAME.findall(self.query.text)]

    def names_missing_in(self, document: Document) -> bool:
        """Tell whether *document* lacks a proper name of the question that others have: it is about another place or body."""
        if not self._known_names:
            return False
        here = self.corpus.folded_of(document.id)
        return any(name not in here for name in self._known_names)

    @cached_property
    def _known_names(self) -> list[str]:
        return [name for name in self._names if name in self.corpus.folded_text]
