"""Sorted words as they are stored, one a line, looked up by halving: no string is held a word, so that a mapped file stays on the disk."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt


def pack_words(words: Iterable[str]) -> npt.NDArray[np.uint8]:
    """Return *words*, none of which has a line end, one a line in the order given; a `WordTable` needs them sorted as UTF-8."""
    return np.frombuffer("".join(f"{word}\n" for word in words).encode(), dtype=np.uint8)


def unpack_words(stored: npt.NDArray[np.uint8]) -> list[str]:
    """Return what ``pack_words`` was given."""
    return stored.tobytes().decode().split("\n")[:-1]


def sort_words(words: Iterable[str]) -> list[str]:
    """Return *words* in the order of a `WordTable`, which is that of their UTF-8."""
    return sorted(words)  # code points sort as their bytes do


class WordTable(Container[str]):
    """Sorted words, as UTF-8 by their place; ``in`` and ``find`` take strings."""

    def __init__(self, stored: npt.NDArray[np.uint8]) -> None:
        self._stored = stored
        self._ends = np.flatnonzero(stored == ord("\n"))

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, position: int) -> bytes:
        """Return the word at *position*, counted from 0."""
        start = int(self._ends[position - 1]) + 1 if position else 0
        return self._stored[start : self._ends[position]].tobytes()

    def find(self, word: str) -> int | None:
        """Return the place of *word*, None where it is not among them."""
        wanted = word.encode("utf-8", "surrogatepass")
        position = bisect_left(self, wanted)
        return position if position < len(self) and self[position] == wanted else None

    def __contains__(self, word: object) -> bool:
        """Tell whether the string *word* is among them."""
        return isinstance(word, str) and self.find(word) is not None

    def starting(self, prefix: str) -> range:
        """Return the places of the words that begin with *prefix*."""
        wanted = prefix.encode("utf-8", "surrogatepass")
        first = bisect_left(self, wanted)
        end = first
        while end < len(self) and self[end].startswith(wanted):
            end += 1
        return range(first, end)
