"""
How near a sentence comes to a question in meaning: each word of the question looks for the word most like it in the sentence.

The rows of our static model are used, as in late interaction over passages (`indexer.interaction`), but sentence by sentence, and words
are found by the longest match in its vocabulary, which is fast enough to be done while a question is answered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import regex as re

from indexer.embedding import token_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from indexer.static_model import StaticModel

    Floats = npt.NDArray[np.float32]
    Rows = npt.NDArray[np.int32]

_WORD = re.compile(r"[^\W_]+(?:[./-][^\W_]+)*%?")
_LONGEST = 4  # syllables of a word
_UNLIKE = 0.2  # cosine up to which two words have nothing to do with each other, as in `indexer.interaction`


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text as ``rows`` of the model, and the length of the sum of these rows."""

    rows: Rows = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    length: float = 0.0


class Meaning:
    """Finds words in *model* and compares them."""

    def __init__(self, model: StaticModel) -> None:
        self._model = model
        self._longest: dict[str, int] = {}  # syllables of the longest word by its first one, where that has several
        for word in model.vocabulary.rows:
            if "_" in word:
                first, size = word.partition("_")[0], min(word.count("_") + 1, _LONGEST)
                self._longest[first] = max(self._longest.get(first, 0), size)

    def words(self, text: str) -> Words:
        """Return the words of *text* that the model knows."""
        known = self._model.vocabulary.rows
        syllables = list(map(str.lower, _WORD.findall(text)))
        found: list[int] = []
        place = 0
        while place < len(syllables):
            taken = 1
            longest = self._longest.get(syllables[place], 1)
            for size in range(min(longest, len(syllables) - place), 0, -1):
                row = known.get("_".join(syllables[place : place + size]))
                if row is not None:
                    found.append(row)
                    taken = size
                    break
            place += taken
        rows = np.array(found, dtype=np.int32)
        return Words(rows, float(np.linalg.norm(self._model.weights[rows].sum(axis=0))))

    def asked(self, text: str) -> AskedMeaning:
        """Return the question *text*, ready to be compared."""
        rows = self.words(text).rows
        weights = np.linalg.norm(self._model.weights[rows], axis=1)
        return AskedMeaning(self._model, rows, weights)


@cache
def own_meaning() -> Meaning:
    """Return the meaning of words by the model that we ship: the same for every index."""
    return Meaning(token_model())


class AskedMeaning:
    """A question's words; ``weights`` are the lengths of their rows, which training made short for words that tell little."""

    def __init__(self, model: StaticModel, rows: Rows, weights: Floats) -> None:
        self._model, self._rows = model, rows
        total = float(weights.sum())
        self._weights = weights / total if total else weights
        vector = model.weights[rows].sum(axis=0)
        self._vector = vector / max(float(np.linalg.norm(vector)), 1e-9)

    def likeness(self, texts: Sequence[Words]) -> tuple[Floats, Floats]:
        """
        Return how much of each word of the question each of *texts* holds, in [0, 1], shape (texts, words), and the cosine of each text.

        Every distinct word of the texts is looked up once.
        """
        found = np.zeros((len(texts), len(self._rows)), dtype=np.float32)
        cosines = np.zeros(len(texts), dtype=np.float32)
        filled = [place for place, text in enumerate(texts) if len(text.rows)]
        if not filled or not len(self._rows):
            return found, cosines
        distinct, inverse = np.unique(np.concatenate([texts[place].rows for place in filled]), return_inverse=True)
        likeness = self._model.unit_rows[self._rows] @ self._model.unit_rows[distinct].T
        likeness = np.clip(likeness - _UNLIKE, 0, None) / (1 - _UNLIKE)
        along = self._model.weights[distinct] @ self._vector
        lengths = np.array([len(texts[place].rows) for place in filled])
        starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
        found[filled] = np.maximum.reduceat(likeness[:, inverse], starts, axis=1).T
        norms = np.array([max(texts[place].length, 1e-9) for place in filled])
        cosines[filled] = np.add.reduceat(along[inverse], starts) / norms
        return found, cosines

    def share(self, found: Floats) -> Floats:
        """Return the share of the question's weight in *found*, one row a text."""
        return np.asarray(found @ self._weights, dtype=np.float32)
