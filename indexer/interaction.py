"""
How the words of a question meet the words of candidate passages: late interaction over the rows of our static model.

Each word of the question looks for the word most like it in each passage (as in ColBERT; Khattab and Zaharia 2020, but over
vectors without context), beside exact matches, pairs of neighbouring syllables, longest runs and density. All of it is
computed for some hundred candidates at once. Most tokens of a passage have nothing to do with the question: they are passed over
at the first look.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indexer.passage_tokens import words_only
from indexer.vocabulary import BOTH, DIGIT, IDENTITY, KIND, SYLLABLE, WORD

if TYPE_CHECKING:
    import numpy.typing as npt

    from indexer.passage_tokens import PassageTokens, Streams
    from indexer.static_model import StaticModel

    Floats = npt.NDArray[np.float32]
    Flags = npt.NDArray[np.bool_]
    Places = npt.NDArray[np.intp]
    Numbers = npt.NDArray[np.int32]

WINDOW = 25  # syllables within which the density of the question's words is measured
UNLIKE = 0.2  # cosine up to which two words have nothing to do with each other
TERM_FEATURES = 8  # numbers that `meet` gives for each word of the question and each unit


@dataclass(frozen=True)
class AskedWords:
    """
    The words and syllables of a question, as tokens, and how rare each is in the corpus.

    ``words``, ``vectors``, ``idf`` and ``norms`` have one entry a word, in order, repeated words included.
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


@dataclass(frozen=True)
class Texts:
    """Tokens of several texts back to back: which of the distinct tokens each is, and in which text it stands."""

    tokens: npt.NDArray[np.uint32]
    place: Numbers  # of each token among the distinct ones
    text: Numbers  # of each token
    starts: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.lengths)


class Looked:
    """
    Passages and headings that are looked at word by word, whatever is asked; every distinct token has its row looked up once.

    A passage has its words of several syllables first, then all its syllables in order, as `PassageTokens` keeps them.
    """

    def __init__(self, passages: Streams, headings: Streams, model: StaticModel) -> None:
        tokens = np.concatenate([passages.tokens, headings.tokens])
        identities = (tokens & IDENTITY).astype(np.int32)
        seen = np.zeros(model.vocabulary.identities, dtype=bool)  # a table is much faster than sorting
        seen[identities] = True
        self.distinct = np.flatnonzero(seen)  # identities
        place_of = np.empty(model.vocabulary.identities, dtype=np.int32)
        place_of[self.distinct] = np.arange(len(self.distinct), dtype=np.int32)
        self.rows = model.unit_rows[model.vocabulary.row_of(self.distinct)]  # of length 1
        place, middle = place_of[identities], len(passages.tokens)
        self.passages, self.headings = _texts(passages, place[:middle]), _texts(headings, place[middle:])

    def places_of(self, identities: npt.NDArray[np.integer]) -> npt.NDArray[np.intp]:
        """Return where each of *identities* stands in `distinct`, one behind the last for one that stands nowhere."""
        places = np.searchsorted(self.distinct, identities)
        known = places < len(self.distinct)
        known[known] = self.distinct[places[known]] == identities[known]
        return np.where(known, places, len(self.distinct))


def _texts(streams: Streams, place: Numbers) -> Texts:
    lengths = np.diff(streams.offsets)
    text = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    return Texts(streams.tokens, place, text, streams.offsets[:-1], lengths)


def meet(asked: AskedWords, tokens: PassageTokens, looked: Looked, *, first: Places, nearness: Floats) -> Met:
    """
    Compare a question with units, of which the passages and the headings in *looked* are looked at.

    The passages of one unit stand together, and *first* tells where those of each unit begin. *nearness* is the cosine of the
    question's vector with each passage; it helps to choose a unit's best one. ``best`` counts within *looked*.
    """
    weights = asked.idf / max(float(asked.idf.sum()), 1e-6)
    exact = _Exact(asked, looked, tokens)
    likeness = looked.rows @ asked.vectors.T
    words = np.where(exact.words > 0, np.float32(1), _soft(likeness, looked.passages))
    soft = words @ weights
    together = soft + exact.pairs @ exact.pair_weights + nearness
    best = _first_best(together, first)

    def highest(values: npt.NDArray[np.floating]) -> Floats:
        return np.maximum.reduceat(values, first)

    in_unit, exact_in_unit = highest(words), highest(exact.words)
    syllables_in_unit, pairs_in_unit = highest(exact.syllables), highest(exact.pairs)
    of_passages = {
        "soft": soft,
        "soft_norms": words @ (asked.norms / asked.norms.sum()),
        "exact": exact.words @ weights,
        "syllables": exact.syllables @ exact.syllable_weights,
        "pairs": exact.pairs @ exact.pair_weights,
        "run": exact.run,
        "density": exact.density,
        "figures": exact.figures,
    }
    columns = dict(zip(of_passages, highest(np.stack(list(of_passages.values()), axis=1)).T, strict=True))
    heavy = asked.idf >= np.median(asked.idf)
    digits = ((asked.words & DIGIT) > 0) * asked.idf
    columns |= {
        "soft_unit": in_unit @ weights,
        "exact_unit": exact_in_unit @ weights,
        "syllables_unit": syllables_in_unit @ exact.syllable_weights,
        "pairs_unit": pairs_in_unit @ exact.pair_weights,
        "together": together[best],
        "weakest": in_unit[:, heavy].min(axis=1),
        "missing": ((1 - in_unit) * asked.idf).max(axis=1) / float(np.log1p(len(tokens.headings))),
        "numbers": exact.words[best] @ digits / max(float(digits.sum()), 1e-6),
    }
    heading, heading_exact, more = _headings(asked, tokens, looked, likeness, weights)
    columns |= more
    left, right = exact.sides(pairs_in_unit, asked)
    terms = np.stack(
        [in_unit, words[best], exact_in_unit, exact.words[best], heading, heading_exact, left, right],
        axis=2,
    )
    return Met({name: column.astype(np.float32) for name, column in columns.items()}, terms, best)


def _first_best(values: Floats, first: Places) -> Places:
    """Return where the highest of *values* stands in each group that begins at *first*."""
    groups = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(values))))
    order = np.lexsort((-values, groups))
    return order[first]


def _soft(likeness: Floats, texts: Texts) -> Floats:
    """Return how like each word its likest one in each text is, from `UNLIKE` on, else 0; shape (texts, words)."""
    alike = np.flatnonzero(np.any(likeness > UNLIKE, axis=1)[texts.place])
    return _highest(likeness[texts.place[alike]], texts.text[alike], len(texts))


def _highest(values: npt.NDArray[np.generic], group: Numbers, groups: int) -> Floats:
    """Return the highest of *values* in each group, 0 where it is empty or all are below; groups stand together."""
    result = np.zeros((groups, *values.shape[1:]), dtype=np.float32)
    if len(values):
        first = np.flatnonzero(np.diff(group, prepend=-1))
        result[group[first]] = np.maximum(np.maximum.reduceat(values, first), 0)
    return result


class _Exact:
    """Exact matches of words, of syllables and of neighbouring syllables, passage by passage; shapes (passages, …)."""

    def __init__(self, asked: AskedWords, looked: Looked, tokens: PassageTokens) -> None:
        words, spoken = asked.words & IDENTITY, asked.syllables & IDENTITY
        wanted = np.unique(np.concatenate([words, spoken]))
        slots = np.zeros(len(looked.distinct) + 1, dtype=np.int32)
        slots[looked.places_of(wanted)] = np.arange(1, len(wanted) + 1)
        slots[-1] = 0
        passages = looked.passages
        hits = np.flatnonzero(slots[passages.place] > 0)  # everything else is passed over
        kinds = passages.tokens[hits] & KIND
        slot, text = slots[passages.place[hits]] - 1, passages.text[hits]
        whole, syllable = kinds != SYLLABLE, kinds != WORD
        shape = len(passages), len(wanted)
        words_held = np.zeros(shape, dtype=np.float32)
        words_held[text[whole], slot[whole]] = 1
        syllables_held = np.zeros(shape, dtype=np.float32)
        syllables_held[text[syllable], slot[syllable]] = 1
        of_word = np.searchsorted(wanted, words)
        self.words = words_held[:, of_word]
        self._sequence = np.searchsorted(wanted, spoken)
        distinct = np.unique(self._sequence)
        idf = tokens.idf[wanted]
        self.syllable_weights = _shares(idf[distinct])
        self.syllables = syllables_held[:, distinct]
        places, slot, text = hits[syllable], slot[syllable], text[syllable]
        self._neighbours(places, slot, text, idf, len(passages))
        self._windows(places, idf[slot], text, passages)
        self.density /= max(float(idf[self._sequence].sum()), 1e-6)

    def _neighbours(self, places: Places, slot: Numbers, text: Numbers, idf: Floats, texts: int) -> None:
        """Find which neighbours in the question are neighbours in each text; *places* are those of the question's syllables."""
        size = len(idf)
        asked = self._sequence[:-1] * size + self._sequence[1:]
        distinct = np.unique(asked) if len(asked) else np.array([-1])
        self._spots = np.searchsorted(distinct, asked)  # of each pair of neighbours in the question
        self.pair_weights = _shares(idf[distinct // size] + idf[distinct % size])
        spot_of = np.full(size * size + 1, -1, dtype=np.int32)
        spot_of[distinct] = np.arange(len(distinct))
        self.pairs = np.zeros((texts, len(distinct)), dtype=np.float32)
        tied = np.zeros(len(places), dtype=bool)
        if len(places) > 1 and len(asked):
            spot = spot_of[slot[:-1] * size + slot[1:]]
            tied[:-1] = (spot >= 0) & (np.diff(places) == 1) & (text[:-1] == text[1:])
            self.pairs[text[:-1][tied[:-1]], spot[tied[:-1]]] = 1
        self.run = _longest_runs(tied, text, texts) / max(1, len(asked))

    def _windows(self, places: Places, idf: Floats, text: Numbers, passages: Texts) -> None:
        """Find how much of the question stands together, and whether a figure that is not asked stands there, too."""
        mass = np.concatenate(([0.0], np.cumsum(idf, dtype=np.float64)))
        ends = np.minimum(places + WINDOW, (passages.starts + passages.lengths)[text])
        dense = (mass[np.searchsorted(places, ends)] - mass[:-1]).astype(np.float32)
        self.density = _highest(dense, text, len(passages))
        # figures near the words asked: where a number or a time is asked for, it should stand there
        figures = (passages.tokens & DIGIT) > 0
        figures[places] = False
        spots = np.flatnonzero(figures)
        near = np.searchsorted(spots, ends) > np.searchsorted(spots, places)
        self.figures = _highest(np.where(dense >= self.density[text] * 0.9, near, 0), text, len(passages))

    def sides(self, pairs_in_unit: Floats, asked: AskedWords) -> tuple[Floats, Floats]:
        """Return whether each word asked stands in a unit beside the syllable before it, and beside the one behind it."""
        nothing = np.zeros((len(pairs_in_unit), 1), dtype=np.float32)
        beside = np.concatenate([nothing, pairs_in_unit[:, self._spots], nothing], axis=1)
        return beside[:, asked.spans[:, 0]], beside[:, asked.spans[:, 1]]


def _shares(values: Floats) -> Floats:
    return np.asarray(values / max(float(values.sum()), 1e-6), dtype=np.float32)


def _longest_runs(flags: Flags, group: Numbers, groups: int) -> Floats:
    """Return the length of the longest run of true *flags* in each group."""
    places = np.arange(len(flags))
    last = np.maximum.accumulate(np.where(flags, -1, places)) if len(flags) else places
    return _highest(np.where(flags, places - last, 0), group, groups)


def _headings(
    asked: AskedWords, tokens: PassageTokens, looked: Looked, likeness: Floats, weights: Floats
) -> tuple[Floats, Floats, dict[str, Floats]]:
    """Return how like each word its likest one in each heading is, whether it stands there, and sums over both."""
    same = np.zeros((len(looked.distinct) + 1, len(asked)), dtype=bool)
    same[looked.places_of(asked.words & IDENTITY), np.arange(len(asked))] = True
    same = same[:-1]
    place, text, units = looked.headings.place, looked.headings.text, len(looked.headings)
    alike = np.where(same, np.float32(1), likeness)
    soft, exact = _highest(alike[place], text, units), _highest(same[place], text, units)
    idf = tokens.idf[looked.distinct]
    total = np.maximum(np.bincount(text, weights=idf[place], minlength=units), 1e-6)
    covered = np.bincount(text, weights=(alike.max(axis=1, initial=0) * idf)[place], minlength=units)
    spoken = np.bincount(text, weights=(same.any(axis=1) * idf)[place], minlength=units)
    columns = {
        "heading_soft": soft @ weights,
        "heading_exact": exact @ weights,
        "heading_covered": (covered / total).astype(np.float32),
        "heading_spoken": (spoken / total).astype(np.float32),
    }
    return soft, exact, columns
