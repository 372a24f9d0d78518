"""
The search for the most likely row of syllables, where several are possible in each place.

Shares come from the model that we ship and, where the caller gives its documents, from their own wording.
"""

from __future__ import annotations

import math
import re
from array import array
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np

from indexer.ngrams import Lattice, NGrams
from indexer.syllable_model import BOUNDARY, NUMBER, tokens_within

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy.typing as npt

    from indexer.syllable_model import SyllableModel

_CHUNK = re.compile(r"(?:\S|\n)+")
BEAM = 10  # rows that are followed at once
CORPUS_WEIGHT = 0.4  # of the corpus's own shares, where there is a corpus
_AT_ONCE = 30_000  # rows of three words that are looked up together
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


@dataclass(frozen=True, slots=True)
class Learned:
    """What a corpus adds to the model: ``words`` that the model does not have, numbered behind its own, and shares of all."""

    words: tuple[str, ...]
    ngrams: NGrams | None

    @classmethod
    def of(cls, model: SyllableModel, corpus_texts: Iterable[str]) -> Learned:
        """Return what *corpus_texts*, one string a document, add to *model*; no shares where there are none."""
        numbers = dict(model.numbers)
        stream = array("i")
        chunks: dict[str, tuple[int, ...]] = {}  # no token reaches over a space
        for text in corpus_texts:
            stream.append(numbers.setdefault(BOUNDARY, len(numbers)))
            for chunk in _CHUNK.findall(text):
                known = chunks.get(chunk)
                if known is None:
                    known = tuple(numbers.setdefault(token, len(numbers)) for token in tokens_within(chunk))
                    chunks[chunk] = known
                stream.extend(known)
            stream.append(numbers[BOUNDARY])
        words = tuple(list(numbers)[len(model.numbers) :])
        counted = (
            NGrams.counted(np.frombuffer(stream, dtype=np.intc).astype(np.int64), len(numbers)) if stream else None
        )
        return cls(words, counted)


BREAK = Place((BOUNDARY,), (0.0,))
FIGURE = Place((NUMBER,), (0.0,))


@dataclass(frozen=True, slots=True)
class Choice:
    """The word that was chosen for a place, and its share of the likelihood there, its neighbours given (0 to 1)."""

    word: str
    confidence: float


class Decoder:
    """Chooses words by what the model and the corpus have seen."""

    def __init__(self, model: SyllableModel, learned: Learned | None = None) -> None:
        """*learned* is what the corpus adds to *model*, whose wording counts above that of the model."""
        words = learned.words if learned is not None else ()
        self._numbers = model.numbers | {word: number for number, word in enumerate(words, start=len(model.numbers))}
        self._general = model.ngrams
        self._corpus = learned.ngrams if learned is not None else None
        shares = np.zeros(len(self._numbers), dtype=np.float32)
        shares[: len(model.numbers)] = self._general.single
        self._shares: list[float] = (
            np.maximum(shares, self._corpus.single) if self._corpus is not None else shares
        ).tolist()
        self.corpus_words = frozenset(words)

    def share(self, word: str) -> float:
        """Return the share of *word* in all text, 0 where it was never seen."""
        number = self._numbers.get(word)
        return 0.0 if number is None else self._shares[number]

    def fit(self, words: Sequence[str]) -> list[float]:
        """Return for each of *words*, a row with its stops and numbers, the larger of its shares after and before its neighbours."""
        edge = self._numbers[BOUNDARY]
        row = np.array([edge, *map(self._number, words), edge])
        shares = self._general.shares_of_pairs(row[:-1], row[1:])
        if self._corpus is not None:
            shares = np.maximum(shares, self._corpus.shares_of_pairs(row[:-1], row[1:]))
        return [float(share) for share in np.maximum(shares[:-1], shares[1:])]

    def decode(self, places: Sequence[Place]) -> list[Choice]:
        """Return the most likely word of every place, and how sure it is."""
        if not places:
            return []
        path = self._search(places, at_once=False)[0][0]
        candidates = [np.array(self._options(place)) for place in places]
        costs = [np.array(place.costs, dtype=np.float32) for place in places]
        confidences = self._confidences(candidates, costs, path)
        return [
            Choice(spot.words[index], confidence)
            for spot, index, confidence in zip(places, path, confidences, strict=True)
        ]

    def likeliest(self, places: Sequence[Place]) -> list[str]:
        """Return the most likely word of every place."""
        if not places:
            return []
        path = self._search(places)[0][0]
        return [place.words[index] for place, index in zip(places, path, strict=True)]

    def decode_best(self, places: Sequence[Place], count: int) -> list[tuple[tuple[str, ...], float]]:
        """
        Return up to *count* rows of one word a place, the most likely first, each with its log-probability.

        Rows that end in the same two words are kept side by side, up to *count* of them.
        """
        if not places:
            return []
        return [
            (tuple(place.words[index] for place, index in zip(places, path[:-1], strict=True)), score)
            for path, score in self._search((*places, BREAK), count)
        ]

    def _search(
        self, places: Sequence[Place], count: int = 1, *, at_once: bool = True
    ) -> list[tuple[list[int], float]]:
        """
        Return up to *count* rows of the number of a word in every place, the most likely first, with their log-probabilities.

        As many rows are followed at a time with the same last two words. *at_once*: the shares of all words are looked up
        together, which is faster where most places have few, and slower where they have many.
        """
        kept = BEAM + 4 * (count - 1)
        edge = [self._numbers[BOUNDARY]]
        options = [edge, edge, *map(self._options, places)]
        scores, rows, last = np.zeros(1, dtype=np.float32), [0], [0]
        trail: list[tuple[list[int], list[int]]] = []
        every = self._logs_of(options) if at_once else repeat(None)
        for place, earlier, before, words, known in zip(places, options, options[1:], options[2:], every, strict=False):
            if known is None:
                first = np.array([earlier[row // len(before)] for row in rows])[:, None]
                second = np.array([before[index] for index in last])[:, None]
                logs = self._logs(first, second, np.array(words)[None, :])
            else:
                logs = known[rows]
            if len(rows) == len(words) == 1:
                scores = scores + logs[0] + place.costs[0]
                parents, chosen = [0], [0]
            else:
                total = scores[:, None] + logs + np.array(place.costs, dtype=np.float32)
                order = (-total).argsort(axis=None, kind="stable")
                parents, chosen = _best(order, [before[index] for index in last], words, count, kept)
                scores = total[parents, chosen]
            rows = [last[parent] * len(words) + index for parent, index in zip(parents, chosen, strict=True)]
            last = chosen
            trail.append((parents, chosen))
        found = []
        for end, score in enumerate(scores[:count].tolist()):
            spot, path = end, []
            for parents, chosen in reversed(trail):
                path.append(chosen[spot])
                spot = parents[spot]
            found.append((path[::-1], score))
        return found

    def _logs_of(self, options: Sequence[Sequence[int]]) -> Iterator[npt.NDArray[np.float32]]:
        """
        Yield for every place of *options* from the third on the logarithms of the shares of its words.

        There is a row for each two words before it, a column for each word.
        """
        for some in _in_parts(options):
            lattice = Lattice.of(some)
            shares = self._general.shares_in(lattice)
            if self._corpus is not None:
                shares = (1 - CORPUS_WEIGHT) * shares + CORPUS_WEIGHT * self._corpus.shares_in(lattice)
            yield from lattice.split(np.log(np.maximum(shares, _UNKNOWN)))

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

    def _options(self, place: Place) -> list[int]:
        get, unknown = self._numbers.get, len(self._numbers)
        return [get(word, unknown) for word in place.words]

    def _number(self, word: str) -> int:
        return self._numbers.get(word, len(self._numbers))


def _in_parts(places: Sequence[Sequence[int]]) -> Iterator[Sequence[Sequence[int]]]:
    """Yield *places* in parts that do not ask for too much at once, each with the last two places of the part before."""
    start, size = 0, 0
    for end in range(3, len(places) + 1):
        size += math.prod(map(len, places[end - 3 : end]))
        if size >= _AT_ONCE or end == len(places):
            yield places[start:end]
            start, size = end - 2, 0


def _best(
    order: npt.NDArray[np.intp], before: Sequence[int], words: Sequence[int], each: int, kept: int
) -> tuple[list[int], list[int]]:
    """
    Return rows and columns of the first *kept* of *order*, at most *each* with the same two words.

    It numbers a table whose rows have their last word in *before*, and its columns theirs in *words*.
    """
    rows: list[int] = []
    columns: list[int] = []
    alike: dict[tuple[int, int], int] = {}
    width = len(words)
    for index in order.tolist():
        row, column = index // width, index % width
        end = before[row], words[column]
        count = alike.get(end, 0)
        if count < each:
            alike[end] = count + 1
            rows.append(row)
            columns.append(column)
            if len(rows) == kept:
                break
    return rows, columns
