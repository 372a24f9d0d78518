"""Stand-ins that are good enough for exact assertions."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from indexer.vietnamese import syllables

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt


class FakeEncoder:
    """
    A hashed bag of syllables: a text is near another as far as they share syllables.

    *turned* gives other vectors under the same name and hash, as a changed prefix would. ``encoded`` counts the
    passages embedded.
    """

    static = None  # it is none of ours

    def __init__(self, name: str = "fake-64", *, dimension: int = 64, turned: bool = False) -> None:
        self.name = name
        self.dimension = dimension
        self.sha256 = hashlib.sha256(f"{name} {dimension}".encode()).hexdigest()
        self.encoded = 0
        self._turn = 1 if turned else 0

    def _vector(self, text: str) -> npt.NDArray[np.float32]:
        vector = np.zeros(self.dimension, dtype=np.float32)
        for syllable in syllables(text):
            digest = hashlib.sha256(syllable.encode()).digest()
            vector[(int.from_bytes(digest[:4], "big") + self._turn) % self.dimension] += 1
        length = np.linalg.norm(vector)
        return vector / length if length else vector

    def encode_query(self, texts: Sequence[str], /) -> npt.NDArray[np.float32]:
        """One row a text."""
        return np.stack([self._vector(text) for text in texts])

    def encode_document(self, texts: Sequence[str], /) -> npt.NDArray[np.float32]:
        """One row a text."""
        self.encoded += len(texts)
        return np.stack([self._vector(text) for text in texts])

    def fits(self, _text: str, /) -> bool:
        """Every text."""
        return True
