"""
The ranking of clauses and rows for a question: candidates by keywords and by meaning, then the learned reranker.

A question that was typed badly comes with several readings. Keywords are then compared without diacritics, which no wrong
reading can spoil; each reading is tried by meaning and word by word, and each candidate keeps its best score.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

from indexer.interaction import AskedWords, Looked, meet
from indexer.passage_tokens import stream_of
from indexer.reranker import NOTHING, describe, spread, untrained
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from indexer.interaction import Met
    from indexer.passage_tokens import PassageTokens
    from indexer.reranker import Described, Reranker
    from indexer.static_model import StaticModel

    Floats = npt.NDArray[np.float32]
    Places = npt.NDArray[np.intp]

# candidates taken by keywords, and by meaning; 80 and 50 gave no more on any set but Zalo, +0.002 there
KEYWORD_POOL = 50
MEANING_POOL = 30
PASSAGES_OF_A_UNIT = 5  # of a long unit so many are looked at word by word, those nearest to the question
READING_WEIGHT = 0.3  # what a reading's log-probability counts beside the reranker's score
NEAR = 3  # units before and behind that count as near by
AROUND = 10
_HEADINGS_AT_ONCE = 4096


class RankingPart(StrEnum):
    """The parts of the ranking, each of which can be left out to see what it is worth."""

    RERANK = "rerank"
    KEYWORDS = "keywords"
    DENSE = "dense"
    LATE = "late"


class Keywords(Protocol):
    """What the ranking needs of the keyword index."""

    def scores(self, question: str, *, folded: bool) -> Floats:
        """Return one score a unit."""


class Vectors(Protocol):
    """What the ranking needs of the vectors of the passages."""

    def best(self, vector: Floats, count: int) -> tuple[Places, Floats]:
        """Return the positions of the passages nearest to *vector*, the nearest first, and their cosines."""

    def scores_at(self, vector: Floats, positions: Places) -> Floats:
        """Return the cosines of the passages at *positions* with *vector*, or with each row of several."""


class QueryEncoder(Protocol):
    """What the ranking needs of the embedding model."""

    @property
    def static(self) -> StaticModel | None:
        """The model's rows, if it is one of ours."""

    def encode_query(self, texts: Sequence[str], /) -> Floats:
        """Return one row a text."""


@dataclass(frozen=True, slots=True)
class QuestionReading:
    """One way to understand what was typed; ``score`` is its log-probability beside the best reading, which has 0."""

    text: str
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """
    A unit, its passage that holds most of the question, and its score: deviations from the mean of the candidates.

    ``soft`` is what late interaction says and ``nearness`` the cosine; unlike the score they compare questions, too.
    """

    unit: int
    passage: int
    score: float
    soft: float = 0.0
    nearness: float = 0.0


@dataclass(frozen=True)
class Candidates:
    """The candidates for one reading: units, each with what is known of it, and its best passage."""

    units: Places
    described: Described
    passages: Places
    keywords: Floats
    nearness: Floats
    soft: Floats  # of late interaction


_NO_CANDIDATES = Candidates(
    np.zeros(0, dtype=np.intp), NOTHING, np.zeros(0, dtype=np.intp), *[NOTHING.columns[:, 0]] * 3
)


@dataclass(frozen=True)
class Ranker:
    """
    Ranks the units of one index.

    ``document_of`` numbers the document of each unit, rising; neighbours in one document speak for each other. What a part of *without*
    would say of a unit is 0; without the reranker the weighted sum of `untrained` orders the candidates.
    """

    keywords: Keywords
    vectors: Vectors
    tokens: PassageTokens
    document_of: npt.NDArray[np.int32]
    encoder: QueryEncoder
    model: StaticModel  # ours, whatever the embedding model is: its words are those of `tokens`
    reranker: Reranker
    without: frozenset[RankingPart] = frozenset()

    @cached_property
    def _heading_vectors(self) -> npt.NDArray[np.float16]:
        """The vector of each unit's heading, in 16 bits: of 62,000 articles 32 MB."""
        headings = self.tokens.headings
        count, dimension = len(headings), self.model.weights.shape[1]
        vectors = np.empty((count, dimension), dtype=np.float16)
        for start in range(0, count, _HEADINGS_AT_ONCE):
            places = np.arange(start, min(start + _HEADINGS_AT_ONCE, count))
            vectors[places] = self.model.embed(headings.gather(places))
        return vectors

    def rank(
        self, readings: Sequence[QuestionReading], *, marked: bool = True, allowed: Places | None = None
    ) -> list[Ranked]:
        """
        Return the units that share a keyword or meaning with the question, the best first, some hundred at most.

        *readings* has at least one, the best first; *marked* tells that the question was typed with all its diacritics.
        *allowed* are the units to choose from, in rising order. Equal scores keep the order of the units.
        """
        found = [
            (reading.score, candidates)
            for reading, candidates in zip(
                readings, self.candidates(readings, marked=marked, allowed=allowed), strict=True
            )
            if len(candidates.units)
        ]
        if not found:
            return []
        order_of = untrained if RankingPart.RERANK in self.without else self.reranker.scores
        scores = np.stack([order_of(one.described) + READING_WEIGHT * score for score, one in found])
        passages = np.stack([one.passages for _, one in found])
        best = scores.argmax(axis=0), np.arange(scores.shape[1])  # the likeliest reading of equals
        soft = np.stack([one.soft for _, one in found])
        nearness = np.stack([one.nearness for _, one in found])
        units, spreads = found[0][1].units, spread(scores[best])
        order = np.argsort(-spreads, kind="stable")
        columns = (units, passages[best], spreads, soft[best], nearness[best])
        return [Ranked(*values) for values in zip(*(column[order].tolist() for column in columns), strict=True)]

    def candidates(
        self, readings: Sequence[QuestionReading], *, marked: bool = True, allowed: Places | None = None
    ) -> Iterator[Candidates]:
        """Yield for each of *readings* the candidates, which are the same units for all, as the reranker sees them."""
        keywords = self._keyword_scores(readings[0].text, marked=marked)
        if len(readings) > 1:  # a slip may be read as another syllable, which keywords without diacritics tell apart
            others = {fold(reading.text) for reading in readings[1:]} - {fold(readings[0].text)}
            for other in sorted(others):
                keywords = np.maximum(keywords, self._keyword_scores(other, marked=False))
        streams = [stream_of(reading.text, self.model.vocabulary) for reading in readings]
        meanings = [self.model.embed_stream(stream) for stream in streams]
        ours = self.encoder.static is self.model
        vectors = meanings if ours else list(self.encoder.encode_query([reading.text for reading in readings]))
        among = _best(keywords if allowed is None else keywords[allowed], KEYWORD_POOL)
        chosen = [among if allowed is None else allowed[among]]
        chosen = [units[keywords[units] > 0] for units in chosen]
        chosen += [self._near(vector, allowed) for vector in vectors]
        units = np.unique(np.concatenate(chosen))
        if not len(units) or not any(map(len, streams)):
            yield from [_NO_CANDIDATES] * len(readings)
            return
        yield from self._describe(streams, meanings, vectors, units, keywords)

    def _keyword_scores(self, text: str, *, marked: bool) -> Floats:
        if RankingPart.KEYWORDS in self.without:
            return np.zeros(len(self.document_of), dtype=np.float32)
        return self.keywords.scores(text, folded=not marked)

    def _near(self, vector: Floats, allowed: Places | None) -> Places:
        if RankingPart.DENSE in self.without or not vector.any():
            return np.zeros(0, dtype=np.intp)
        if allowed is None:
            passages, cosines = self.vectors.best(vector, MEANING_POOL)
        else:
            every = self._passages_of(allowed)
            cosines = self.vectors.scores_at(vector, every)
            best = _best(cosines, MEANING_POOL)
            passages, cosines = every[best], cosines[best]
        return np.unique(self.tokens.unit_of[passages[cosines > 0]]).astype(np.intp)

    def _passages_of(self, units: Places) -> Places:
        first = self.tokens.first_passage
        counts = first[units + 1] - first[units]
        starts = np.cumsum(counts) - counts
        return np.repeat(first[units] - starts, counts) + np.arange(counts.sum())

    def _describe(
        self,
        streams: Sequence[npt.NDArray[np.uint32]],
        meanings: Sequence[Floats],
        vectors: Sequence[Floats],
        units: Places,
        keywords: Floats,
    ) -> Iterator[Candidates]:
        """
        Yield for each reading what the reranker sees of *units*, whose passages are looked up once.

        A reading has its tokens, its vector in our model and its vector in the index's model.
        """
        around, alone = self._around(units)
        beside = around[:, [AROUND - 1, AROUND + 1]]
        close = np.delete(around[:, AROUND - NEAR : AROUND + NEAR + 1], NEAR, axis=1)
        keyword_signals = {
            "keywords": keywords[units],
            "keywords_beside": keywords[beside].max(axis=1),
            "keywords_near": keywords[close].max(axis=1),
            "keywords_around": (keywords[around] * ~alone).sum(axis=1) / (~alone).sum(axis=1),
            "length": self.tokens.length[units],
            "heading_length": self.tokens.heading_length[units],
        }
        every = np.unique(np.concatenate([units, close.ravel()]))
        at, at_beside, at_close = (np.searchsorted(every, places) for places in (units, beside, close))
        passages = self._passages_of(every)
        unit_of = self.tokens.unit_of[passages]
        starts = np.flatnonzero(np.diff(unit_of, prepend=-1))
        cosines = self._cosines(np.stack(vectors), passages)
        looked_at = _of_each(unit_of, cosines.max(axis=0), units)
        texts = self.tokens.looked_at(passages[looked_at])
        looked = Looked(texts, self.tokens.heading_words.gather(units), self.model)
        heading_vectors = self._heading_vectors[units].astype(np.float32)
        first = np.flatnonzero(np.diff(unit_of[looked_at], prepend=-1))
        unmeant = RankingPart.DENSE in self.without
        for stream, meaning, nearness in zip(streams, meanings, cosines, strict=True):
            asked = AskedWords.of(stream, self.tokens, self.model)
            if not len(asked):
                yield _NO_CANDIDATES
                continue
            near = np.maximum.reduceat(nearness, starts)
            met = meet(asked, self.tokens, looked, first=first, nearness=nearness[looked_at])
            if RankingPart.LATE in self.without:
                met = _silent(met)
            signals = keyword_signals | {
                "nearness": near[at],
                "nearness_beside": near[at_beside].max(axis=1),
                "nearness_near": near[at_close].max(axis=1),
                "nearness_around": near[at_close].mean(axis=1),
                "heading_nearness": heading_vectors @ (np.zeros_like(meaning) if unmeant else meaning),
            }
            described = describe(
                asked,
                met,
                {name: np.asarray(values, dtype=np.float32) for name, values in signals.items()},
                highest_idf=float(np.log1p(2 * len(self.document_of) + 1)),
            )
            best = passages[looked_at[met.best]]
            yield Candidates(units, described, best, signals["keywords"], signals["nearness"], met.columns["soft"])

    def _cosines(self, vectors: Floats, passages: Places) -> Floats:
        if RankingPart.DENSE in self.without:
            return np.zeros((len(vectors), len(passages)), dtype=np.float32)
        return self.vectors.scores_at(vectors, passages)

    def _around(self, units: Places) -> tuple[Places, npt.NDArray[np.bool_]]:
        """Return what stands around each of *units* in its document, itself in the middle; and where nothing does, it stands itself."""
        places = units[:, None] + np.arange(-AROUND, AROUND + 1)
        inside = np.clip(places, 0, len(self.document_of) - 1)
        alone = (inside != places) | (self.document_of[inside] != self.document_of[units][:, None])
        return np.where(alone, units[:, None], inside), alone


def _silent(met: Met) -> Met:
    """Return *met* as if the words of the question met none; which passage is shown of a unit stays."""
    columns = {name: np.zeros_like(column) for name, column in met.columns.items()}
    return replace(met, columns=columns, terms=np.zeros_like(met.terms))


def _best(scores: Floats, count: int) -> Places:
    """Return the positions of the *count* highest *scores*, the highest first, the earlier of equals first."""
    count = min(count, len(scores))
    if not count:
        return np.zeros(0, dtype=np.intp)
    chosen = np.sort(np.argpartition(-scores, count - 1)[:count])
    return chosen[np.argsort(-scores[chosen], kind="stable")]


def _of_each(unit_of: npt.NDArray[np.int32], cosines: Floats, units: Places) -> Places:
    """Return which passages to look at: of each of *units* the nearest `PASSAGES_OF_A_UNIT`, in their own order."""
    order = np.lexsort((-cosines, unit_of))
    ordered = unit_of[order]
    rank = np.arange(len(order)) - np.searchsorted(ordered, ordered)
    kept = order[(rank < PASSAGES_OF_A_UNIT) & np.isin(ordered, units)]
    return np.sort(kept)
