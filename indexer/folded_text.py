"""Everything that a corpus has to read, folded, on one line: what stands nowhere in it is new to the corpus."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Buffer

_BLOCK = 1 << 22  # bytes that are searched at a time
_REMEMBERED = 1 << 12  # words of questions of which it is remembered whether they stand there
_LETTER = 4  # bytes of the longest


class FoldedText:
    """The text, as UTF-8, searched where it lies; ``in`` takes a string."""

    def __init__(self, data: Buffer) -> None:
        self._data = memoryview(data)
        self._holds = lru_cache(_REMEMBERED)(
            lambda words: next(self._places(words.encode("utf-8", "surrogatepass")), None) is not None
        )

    def __contains__(self, words: object) -> bool:
        """Tell whether the string *words* stands anywhere, also inside of other words."""
        return isinstance(words, str) and self._holds(words)

    def has_phrase(self, phrase: str) -> bool:
        """Tell whether *phrase* stands anywhere with no letter or figure right before or behind it."""
        wanted = phrase.encode("utf-8", "surrogatepass")
        for place in self._places(wanted):
            before = bytes(self._data[max(place - _LETTER, 0) : place]).decode(errors="ignore")
            behind = bytes(self._data[place + len(wanted) : place + len(wanted) + _LETTER]).decode(errors="ignore")
            if not re.search(r"\w$", before) and not re.match(r"\w", behind):
                return True
        return False

    def _places(self, wanted: bytes) -> Iterator[int]:
        """Yield where *wanted* begins."""
        for first in range(0, max(len(self._data), 1), _BLOCK):
            block = bytes(self._data[first : first + _BLOCK + len(wanted) - 1])
            place = block.find(wanted)
            while place >= 0:
                yield first + place
                place = block.find(wanted, place + 1)
