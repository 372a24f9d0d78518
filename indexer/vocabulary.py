"""
The vocabulary of our static embedding model: words, their syllables, and numbered rows for all that is rare.

    "Cấp thẻ căn_cước XYZ9" -> cấp | thẻ | căn_cước căn cước | #1234
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


def expand(words: Iterable[str]) -> Iterator[str]:
    """Yield each word that holds a letter or a digit and, after a word of several syllables, its syllables."""
    for word in words:
        if not any(map(str.isalnum, word)):
            continue
        yield word
        if "_" in word:
            yield from filter(None, word.split("_"))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """
    The row of every token.

    ``rows`` numbers the known tokens from 0; the ``hash_rows`` rows behind them are shared by all unknown tokens.
    """

    rows: Mapping[str, int]
    hash_rows: int

    @classmethod
    def from_tokens(cls, tokens: Sequence[str], *, hash_rows: int) -> Vocabulary:
        """Return the vocabulary whose row *i* is ``tokens[i]``."""
        return cls({token: row for row, token in enumerate(tokens)}, hash_rows)

    def __len__(self) -> int:
        return len(self.rows) + self.hash_rows

    def ids(self, words: Iterable[str]) -> list[int]:
        """Return the rows of the expanded *words*."""
        known = len(self.rows)
        get = self.rows.get
        return [row if (row := get(token)) is not None else known + self._hash(token) for token in expand(words)]

    def tokens(self, words: Iterable[str]) -> list[str]:
        """Return the expanded *words*, unknown ones under the name of their shared row: "#17"."""
        return [token if token in self.rows else f"#{self._hash(token)}" for token in expand(words)]

    def names(self) -> dict[str, int]:
        """Return the row of every name that `tokens` can give."""
        known = len(self.rows)
        return dict(self.rows) | {f"#{number}": known + number for number in range(self.hash_rows)}

    def _hash(self, token: str) -> int:
        return zlib.crc32(token.encode()) % self.hash_rows
