"""
The search for the most likely row of syllables, where several are possible in each place.

Shares come from the model that we ship and, where the caller gives its documents, from their own wording.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indexer.ngrams import NGrams
from indexer.syllable_model import BOUNDARY, syllable_tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    from indexer.syllable_model import SyllableModel

BEAM = 10  # rows that are followed at once
CORPUS_WEIGHT = 0.4  # of the corpus's own shares, where there is a corpus
_UNKNOWN = 1e-9  # share of a word that neither the model nor the corpus knows


@dataclass(frozen=True, slots=True)
class Place:
    """What may stand in one place: words, and for each the logarithm of how likely it would look as it does."""

    words: tuple[str, ...]
    costs: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.words or len(self.words) != len(self.costs):
            msg = f"a place needs one cost a word: {self.words!r}, {self.costs!r}"
            raise ValueError(msg)


BREAK = Place((BOUNDARY,), (0.0,))


@dataclass(frozen=True, slots=True)
class Choice:
    """The word that was chosen for a place, and its share of the likelihood there, its neighbours given (0 to 1)."""

    word: str
    confidence: float


class Decoder:
    """Chooses words by what the model and the corpus have seen."""

    def __init__(self, model: SyllableModel, corpus_texts: Iterable[str] = ()) -> None:
        self._numbers = dict(model.numbers)
        self._general = model.ngrams
        stream = [
            self._numbers.setdefault(token, len(self._numbers))
            for text in corpus_texts
            for token in (*syllable_tokens(text), BOUNDARY)
        ]
        self._corpus = NGrams.counted(np.array(stream, dtype=np.int64), len(self._numbers)) if stream else None
        self.corpus_words = frozenset(self._numbers) - frozenset(model.numbers)

    def share(self, word: str) -> float:
        """Return the share of *word* in all text, 0 where it was never seen."""
        number = self._numbers.get(word)
        if number is None:
            return 0.0
        single = self._general.single
        general = float(single[number]) if number < len(single) else 0.0
        return max(general, float(self._corpus.single[number])) if self._corpus is not None else general

    def fit(self, words: Sequence[str]) -> list[float]:
        """Return for each of *words*, a row with its stops and numbers, the larger of its shares after and before its neighbours."""
        edge = self._numbers[BOUNDARY]
        row = np.array([edge, *map(self._number, words), edge])
        shares = self._general.shares_of_pairs(row[:-1], row[1:])
        if self._corpus is not None:
            shares = np.maximum(shares, self._corpus.shares_of_pairs(row[:-1], row[1:]))
        return [float(share) for share in np.maximum(shares[:-1], shares[1:])]

    def decode(self, places: Sequence[Place]) -> list[Choice]:
        """Return the most likely word of every place."""
        if not places:
            return []
        candidates = [np.array([self._number(word) for word in place.words]) for place in places]
        costs = [np.array(place.costs, dtype=np.float32) for place in places]
        boundary = self._numbers[BOUNDARY]
        first, second = np.array([boundary]), np.array([boundary])
        scores = np.zeros(1, dtype=np.float32)
        trail: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]] = []
        for options, cost in zip(candidates, costs, strict=True):
            total = scores[:, None] + self._logs(first[:, None], second[:, None], options[None, :]) + cost[None, :]
            parents, chosen = _best(total, second, options)
            scores = total[parents, chosen]
            first, second = second[parents], options[chosen]
            trail.append((parents, chosen))
        path = []
        place = int(np.argmax(scores))
        for parents, chosen in reversed(trail):
            path.append(int(chosen[place]))
            place = int(parents[place])
        path.reverse()
        confidences = self._confidences(candidates, costs, path)
        return [
            Choice(spot.words[index], confidence)
            for spot, index, confidence in zip(places, path, confidences, strict=True)
        ]

    def decode_best(self, places: Sequence[Place], count: int) -> list[tuple[tuple[str, ...], float]]:
        """
        Return up to *count* rows of one word a place, the most likely first, each with its log-probability.

        Rows that end in the same two words are kept side by side, up to *count* of them.
        """
        if not places:
            return []
        boundary = self._numbers[BOUNDARY]
        first, second = np.array([boundary]), np.array([boundary])
        scores = np.zeros(1, dtype=np.float32)
        trail: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]] = []
        for place in (*places, BREAK):
            options = np.array([self._number(word) for word in place.words])
            cost = np.array(place.costs, dtype=np.float32)
            logs = self._logs(first[:, None], second[:, None], options[None, :])
            total = scores[:, None] + logs + cost[None, :]
            parents, chosen = _best(total, second, options, each=count, kept=BEAM + 4 * (count - 1))
            scores = total[parents, chosen]
            first, second = second[parents], options[chosen]
            trail.append((parents, chosen))
        rows: list[tuple[tuple[str, ...], float]] = []
        for end in range(min(count, len(scores))):
            spot, words = end, []
            for index in range(len(places), -1, -1):
                parents, chosen = trail[index]
                if index < len(places):
                    words.append(places[index].words[int(chosen[spot])])
                spot = int(parents[spot])
            rows.append((tuple(reversed(words)), float(scores[end])))
        return rows

    def _confidences(
        self, candidates: list[npt.NDArray[np.int64]], costs: list[npt.NDArray[np.float32]], path: list[int]
    ) -> list[float]:
        edge = np.array([self._numbers[BOUNDARY]])
        row = [
            edge,
            edge,
            *(options[index : index + 1] for options, index in zip(candidates, path, strict=True)),
            edge,
            edge,
        ]
        result = []
        for place, (options, cost, index) in enumerate(zip(candidates, costs, path, strict=True), start=2):
            if len(options) == 1:
                result.append(1.0)
                continue
            logs = cost + self._logs(row[place - 2], row[place - 1], options)
            logs = logs + self._logs(row[place - 1], options, row[place + 1])
            logs = logs + self._logs(options, row[place + 1], row[place + 2])
            weights = np.exp(logs - logs.max())
            result.append(float(weights[index] / weights.sum()))
        return result

    def _logs(
        self, first: npt.NDArray[np.int64], second: npt.NDArray[np.int64], third: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.float32]:
        shares = self._general.shares(first, second, third)
        if self._corpus is not None:
            shares = (1 - CORPUS_WEIGHT) * shares + CORPUS_WEIGHT * self._corpus.shares(first, second, third)
        return np.log(np.maximum(shares, _UNKNOWN))

    def _number(self, word: str) -> int:
        return self._numbers.get(word, len(self._numbers))


def _best(
    total: npt.NDArray[np.float32],
    second: npt.NDArray[np.int64],
    options: npt.NDArray[np.int64],
    *,
    each: int = 1,
    kept: int = BEAM,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the rows and columns of the *kept* best of *total*, the best first, at most *each* for each last two words."""
    order = np.argsort(-total, axis=None, kind="stable")
    parents, chosen = np.unravel_index(order, total.shape)
    ends = second[parents] * (1 << 20) + options[chosen]
    if each == 1:
        _, firsts = np.unique(ends, return_index=True)
    else:
        together = np.argsort(ends, kind="stable")
        same = np.concatenate(([False] * each, ends[together][each:] == ends[together][:-each]))[: len(ends)]
        firsts = together[~same]
    best = np.sort(firsts)[:kept]
    return parents[best], chosen[best]
