"""
How the words of a question meet the words of candidate passages: late interaction over the rows of our static model.

Each word of the question looks for the word most like it in each passage (as in ColBERT; Khattab and Zaharia 2020, but over
vectors without context), beside exact matches, pairs of neighbouring syllables, longest runs and density. All of it is
computed for some hundred candidates at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indexer.passage_tokens import Streams, words_only
from indexer.vocabulary import BOTH, DIGIT, IDENTITY, KIND, PAIR, SYLLABLE, WORD

if TYPE_CHECKING:
    import numpy.typing as npt

    from indexer.passage_tokens import PassageTokens
    from indexer.static_model import StaticModel

    Floats = npt.NDArray[np.float32]
    Flags = npt.NDArray[np.bool_]
    Places = npt.NDArray[np.intp]

WINDOW = 25  # syllables within which the density of the question's words is measured
TERM_FEATURES = 8  # numbers that `meet` gives for each word of the question and each unit


@dataclass(frozen=True)
class AskedWords:
    """
    The words and syllables of a question, as tokens, and how rare each is in the corpus.

    ``words`` and ``weights`` have one entry a word, in order, repeated words included.
    """

    words: npt.NDArray[np.uint32]
    syllables: npt.NDArray[np.uint32]
    vectors: Floats  # of the words, of length 1; shape (words, dimension)
    idf: Floats  # of the words
    norms: Floats  # lengths of the words' rows in the model, which training made short for words that tell little
    spans: npt.NDArray[np.intp]  # where each word's syllables begin and end; shape (words, 2)

    @classmethod
    def of(cls, stream: npt.NDArray[np.uint32], tokens: PassageTokens, model: StaticModel) -> AskedWords:
        """Return the words of a question's *stream*."""
        words = words_only(stream)
        kinds = stream & KIND
        spoken = (kinds == SYLLABLE) | (kinds == BOTH)
        syllables = stream[spoken]
        before = np.concatenate(([0], np.cumsum(spoken)))
        begins = before[:-1][(kinds == WORD) | (kinds == BOTH)]
        rows = model.weights[model.vocabulary.row_of(words)]
        norms = np.linalg.norm(rows, axis=1)
        return cls(
            words,
            syllables,
            rows / np.maximum(norms, 1e-9)[:, None],
            tokens.idf[words & IDENTITY],
            norms.astype(np.float32),
            np.stack([begins, np.append(begins, len(syllables))[1:]], axis=1),
        )

    def __len__(self) -> int:
        return len(self.words)


@dataclass(frozen=True)
class Met:
    """
    What `meet` finds: ``columns`` by name, one number a unit each; ``terms`` of shape (units, words, `TERM_FEATURES`).

    ``best`` is for each unit the position of its passage that holds most of the question.
    """

    columns: dict[str, Floats]
    terms: Floats
    best: Places


def meet(
    asked: AskedWords,
    tokens: PassageTokens,
    model: StaticModel,
    *,
    units: Places,
    passages: Places,
    nearness: Floats,
) -> Met:
    """
    Compare a question with *units*, of which only *passages* are looked at (positions, those of one unit together).

    *nearness* is the cosine of the question's vector with each of *passages*; it helps to choose a unit's best one.
    """
    found = tokens.passages.gather(passages)
    of_unit = np.searchsorted(units, tokens.unit_of[passages])
    first = np.flatnonzero(np.diff(of_unit, prepend=-1))
    words, exact = _words(asked, found, model)
    weights = asked.idf / max(float(asked.idf.sum()), 1e-6)
    syllables = _Syllables(asked, found, tokens)

    soft = words @ weights
    together = soft + syllables.pairs @ syllables.pair_weights + nearness
    best = _first_best(together, first)
    in_unit, exact_in_unit = np.maximum.reduceat(words, first), np.maximum.reduceat(exact, first)
    syllables_in_unit, pairs_in_unit = (
        np.maximum.reduceat(syllables.held, first),
        np.maximum.reduceat(syllables.pairs, first),
    )
    heavy = asked.idf >= np.median(asked.idf)
    columns = {
        "soft": np.maximum.reduceat(soft, first),
        "soft_unit": in_unit @ weights,
        "soft_norms": np.maximum.reduceat(words @ (asked.norms / asked.norms.sum()), first),
        "exact": np.maximum.reduceat(exact @ weights, first),
        "exact_unit": exact_in_unit @ weights,
        "syllables": np.maximum.reduceat(syllables.held @ syllables.weights, first),
        "syllables_unit": syllables_in_unit @ syllables.weights,
        "pairs": np.maximum.reduceat(syllables.pairs @ syllables.pair_weights, first),
        "pairs_unit": pairs_in_unit @ syllables.pair_weights,
        "run": np.maximum.reduceat(syllables.run, first),
        "density": np.maximum.reduceat(syllables.density, first),
        "figures": np.maximum.reduceat(syllables.figures, first),
        "together": together[best],
        "weakest": in_unit[:, heavy].min(axis=1),
        "missing": ((1 - in_unit) * asked.idf).max(axis=1) / float(np.log1p(len(tokens.headings))),
    }
    heading, heading_exact, more = _headings(asked, tokens, model, units, weights)
    columns |= more
    left, right = syllables.sides(pairs_in_unit, asked)
    terms = np.stack([in_unit, words[best], exact_in_unit, exact[best], heading, heading_exact, left, right], axis=2)
    return Met({name: column.astype(np.float32) for name, column in columns.items()}, terms, passages[best])


def _first_best(values: Floats, first: Places) -> Places:
    """Return where the highest of *values* stands in each group that begins at *first*."""
    groups = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(values))))
    order = np.lexsort((-values, groups))
    return order[first]


def _words(asked: AskedWords, found: Streams, model: StaticModel) -> tuple[Floats, Floats]:
    """Return how like each word its likest one in each passage is, and whether it stands there; (passages, words) each."""
    kinds = found.tokens & KIND
    single = kinds != PAIR
    likeness = _likeness(asked, found.tokens[single], model)
    starts = np.concatenate(([0], np.cumsum(single)))[found.offsets[:-1]]
    identities = found.tokens & IDENTITY
    whole = single & (kinds != SYLLABLE)
    exact = np.zeros((len(found), len(asked)), dtype=np.float32)
    passage = np.repeat(np.arange(len(found)), np.diff(found.offsets))
    distinct, back = np.unique(asked.words & IDENTITY, return_inverse=True)
    place = np.searchsorted(distinct, identities)
    place[place == len(distinct)] = 0
    hit = whole & (distinct[place] == identities)
    held = np.zeros((len(found), len(distinct)), dtype=np.float32)
    held[passage[hit], place[hit]] = 1
    exact = held[:, back]
    soft = _reduce(likeness, starts)
    return np.where(exact > 0, np.float32(1), soft), exact


def _likeness(asked: AskedWords, tokens: npt.NDArray[np.uint32], model: StaticModel) -> Floats:
    """Return the cosine of each of *tokens* with each word asked, shape (tokens, words); each row is looked up once."""
    rows = model.vocabulary.row_of(tokens)
    seen = np.zeros(len(model.weights), dtype=bool)
    seen[rows] = True
    distinct = np.flatnonzero(seen)
    place = np.zeros(len(model.weights), dtype=np.int32)
    place[distinct] = np.arange(len(distinct))
    return (model.unit_rows[distinct] @ asked.vectors.T)[place[rows]]


def _reduce(values: Floats, starts: Places) -> Floats:
    """Return the highest of *values* of each group that begins at *starts*; 0 for a group that is empty."""
    ends = np.append(starts[1:], len(values))
    held = starts < ends
    result = np.zeros((len(starts), values.shape[1]), dtype=np.float32)
    if held.any():
        result[held] = np.maximum.reduceat(values, starts[held])
    return result


class _Syllables:
    """Exact matches of syllables and of neighbouring syllables, passage by passage."""

    def __init__(self, asked: AskedWords, found: Streams, tokens: PassageTokens) -> None:
        kinds = found.tokens & KIND
        chosen = (kinds == SYLLABLE) | (kinds == BOTH)
        stream = (found.tokens[chosen] & IDENTITY).astype(np.int64)
        digits = (found.tokens[chosen] & DIGIT) > 0
        starts = np.concatenate(([0], np.cumsum(chosen)))
        starts, lengths = starts[found.offsets[:-1]], np.diff(starts[found.offsets])
        passage = np.repeat(np.arange(len(found)), lengths)
        self._asked = (asked.syllables & IDENTITY).astype(np.int64)
        distinct = np.unique(self._asked)
        idf = tokens.idf[distinct]
        self.weights = idf / max(float(idf.sum()), 1e-6)
        place = np.searchsorted(distinct, stream)
        place[place == len(distinct)] = 0
        hit = distinct[place] == stream
        self.held = np.zeros((len(found), len(distinct)), dtype=np.float32)
        self.held[passage[hit], place[hit]] = 1

        size = np.int64(len(tokens.idf))
        self._pairs = self._asked[:-1] * size + self._asked[1:]
        self.distinct_pairs = np.unique(self._pairs) if len(self._pairs) else np.array([-1], dtype=np.int64)
        first, second = self.distinct_pairs // size, self.distinct_pairs % size
        weight = tokens.idf[first] + tokens.idf[second] if len(self._pairs) else np.ones(1, dtype=np.float32)
        self.pair_weights = weight / max(float(weight.sum()), 1e-6)
        self.pairs = np.zeros((len(found), len(self.distinct_pairs)), dtype=np.float32)
        flags = np.zeros(len(stream), dtype=bool)
        if len(stream) > 1 and len(self._pairs):
            side = stream[:-1] * size + stream[1:]
            spot = np.searchsorted(self.distinct_pairs, side)
            spot[spot == len(self.distinct_pairs)] = 0
            ties = (self.distinct_pairs[spot] == side) & (passage[:-1] == passage[1:])
            self.pairs[passage[:-1][ties], spot[ties]] = 1
            flags[:-1] = ties
        self.run = _longest_runs(flags, passage, len(found)) / max(1, len(self._asked) - 1)
        mass = np.concatenate(([0.0], np.cumsum(np.where(hit, idf[place], 0))))
        figures = np.concatenate(([0.0], np.cumsum(digits & ~hit)))
        begins = np.arange(len(stream))
        ends = np.minimum(begins + WINDOW, np.repeat(starts + lengths, lengths))
        dense = (mass[ends] - mass[begins]) / max(float(tokens.idf[self._asked].sum()), 1e-6)
        self.density = _highest(dense, passage, len(found))
        # figures near the words asked: where a number or a time is asked for, it should stand there
        near = np.where(dense >= self.density[passage] * 0.9, np.minimum(figures[ends] - figures[begins], 1), 0)
        self.figures = _highest(near, passage, len(found))

    def sides(self, pairs_in_unit: Floats, asked: AskedWords) -> tuple[Floats, Floats]:
        """Return whether each word asked stands in a unit beside the syllable before it, and beside the one behind it."""
        left = np.zeros((len(pairs_in_unit), len(asked)), dtype=np.float32)
        right = left.copy()
        spots = np.searchsorted(self.distinct_pairs, self._pairs)
        for word, (begin, end) in enumerate(asked.spans.tolist()):
            if begin > 0:
                left[:, word] = pairs_in_unit[:, spots[begin - 1]]
            if end < len(self._asked):
                right[:, word] = pairs_in_unit[:, spots[end - 1]]
        return left, right


def _longest_runs(flags: Flags, group: Places, groups: int) -> Floats:
    """Return the length of the longest run of true *flags* in each group."""
    places = np.arange(len(flags))
    last = np.maximum.accumulate(np.where(flags, -1, places)) if len(flags) else places
    return _highest(np.where(flags, places - last, 0), group, groups)


def _highest(values: npt.NDArray[np.generic], group: Places, groups: int) -> Floats:
    """Return the highest of *values* in each group, 0 where it is empty."""
    result = np.zeros(groups, dtype=np.float32)
    if len(values):
        first = np.flatnonzero(np.diff(group, prepend=-1))
        result[group[first]] = np.maximum.reduceat(values, first)
    return result


def _headings(
    asked: AskedWords, tokens: PassageTokens, model: StaticModel, units: Places, weights: Floats
) -> tuple[Floats, Floats, dict[str, Floats]]:
    """Return how like each word its likest one in each unit's heading is, whether it stands there, and sums over both."""
    found = tokens.headings.gather(units)
    kinds = found.tokens & KIND
    whole = (kinds != PAIR) & (kinds != SYLLABLE)
    stream = found.tokens[whole]
    starts = np.concatenate(([0], np.cumsum(whole)))[found.offsets]
    likeness = _likeness(asked, stream, model)
    same = (stream & IDENTITY)[:, None] == (asked.words & IDENTITY)[None, :]
    likeness = np.where(same, np.float32(1), likeness)
    soft, exact = _reduce(likeness, starts[:-1]), _reduce(same.astype(np.float32), starts[:-1])
    idf = tokens.idf[stream & IDENTITY]
    unit = np.repeat(np.arange(len(units)), np.diff(starts))
    total = np.maximum(np.bincount(unit, weights=idf, minlength=len(units)), 1e-6)
    covered = np.bincount(unit, weights=likeness.max(axis=1, initial=0) * idf, minlength=len(units)) / total
    spoken = np.bincount(unit, weights=same.any(axis=1) * idf, minlength=len(units)) / total
    columns = {
        "heading_soft": soft @ weights,
        "heading_exact": exact @ weights,
        "heading_covered": covered.astype(np.float32),
        "heading_spoken": spoken.astype(np.float32),
    }
    return soft, exact, columns
