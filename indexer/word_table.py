"""Sorted words as they are stored, one a line, looked up by halving: no string is held a word, so that a mapped file stays on the disk."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

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


class WordTable(Sequence[bytes]):
    """Sorted words, each as UTF-8; ``in`` and ``find`` take strings."""

    def __init__(self, stored: npt.NDArray[np.uint8]) -> None:
        self._stored = stored
        self._ends = np.flatnonzero(stored == ord("\n"))

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, position: int) -> bytes: ...

    @overload
    def __getitem__(self, position: slice) -> list[bytes]: ...

    def __getitem__(self, position: int | slice) -> bytes | list[bytes]:
        """Return the word at *position*, or those of a slice."""
        if isinstance(position, slice):
            return [self[one] for one in range(*position.indices(len(self)))]
        position = range(len(self))[position]
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
