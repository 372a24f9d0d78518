"""
The vocabulary of our static embedding model: words, their syllables, frequent pairs of words, and numbered rows for the rare.

    "Cấp thẻ căn_cước XYZ9" -> cấp | thẻ | cấp⁀thẻ | căn_cước căn cước | thẻ⁀căn_cước | #1234

A pair has its own row because a mean of words knows no order: "sử dụng đất" and "đất sử dụng" meet in all but the pair.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import numpy.typing as npt

TIE = "⁀"  # between the two words of a pair; no text holds it
# A token is one number: its identity, what it is, and whether it holds a digit. The identity of a known token is its
# row; unknown ones have identities behind the known, and share far fewer rows.
IDENTITY = (1 << 28) - 1
PAIR, WORD, SYLLABLE, BOTH = (kind << 28 for kind in range(4))  # a word of one syllable is both
KIND = BOTH
DIGIT = 1 << 30
_UNKNOWN = 1 << 20  # identities of unknown tokens


def expand(words: Iterable[str]) -> Iterator[str]:
    """Yield each word that holds a letter or a digit and, after a word of several syllables, its syllables."""
    for word in words:
        if not any(map(str.isalnum, word)):
            continue
        yield word
        if "_" in word:
            yield from filter(None, word.split("_"))


def neighbours(words: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of words that stand side by side; a comma between them is passed over, other marks part them."""
    before: str | None = None
    for word in words:
        if any(map(str.isalnum, word)):
            if before is not None:
                yield before, word
            before = word
        elif word != ",":
            before = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """
    The row of every token.

    ``rows`` numbers the known tokens from 0; the ``hash_rows`` rows behind them are shared by all unknown tokens.
    """

    rows: Mapping[str, int]
    hash_rows: int
    _seen: dict[str, list[int]] = field(default_factory=dict, compare=False, repr=False)  # tokens of known words

    @classmethod
    def from_tokens(cls, tokens: Sequence[str], *, hash_rows: int) -> Vocabulary:
        """Return the vocabulary whose row *i* is ``tokens[i]``."""
        return cls({token: row for row, token in enumerate(tokens)}, hash_rows)

    def __len__(self) -> int:
        return len(self.rows) + self.hash_rows

    @property
    def identities(self) -> int:
        """How many identities tokens can have."""
        return len(self.rows) + _UNKNOWN

    def stream(self, words: Iterable[str]) -> list[int]:
        """
        Return the tokens of segmented *words* in order: a word, its syllables, then its pair with the word before.

        Only pairs that the vocabulary knows are tokens. See `IDENTITY`, `KIND` and `DIGIT` for what a token's bits say.
        """
        get, seen = self.rows.get, self._seen
        found: list[int] = []
        before: str | None = None
        for word in words:
            tokens = seen.get(word)
            if tokens is None:
                if not any(map(str.isalnum, word)):
                    if word != ",":
                        before = None
                    continue
                tokens = self._tokens(word)
                if word in self.rows:
                    seen[word] = tokens
            found += tokens
            if before is not None and (row := get(f"{before}{TIE}{word}")) is not None:
                found.append(row | PAIR)
            before = word
        return found

    def _tokens(self, word: str) -> list[int]:
        parts = [part for part in word.split("_") if part] if "_" in word else []
        first = self._identity(word) | (WORD if parts else BOTH) | (DIGIT if any(map(str.isdigit, word)) else 0)
        return [first, *(self._identity(part) | SYLLABLE | (DIGIT if part[0].isdigit() else 0) for part in parts)]

    def _identity(self, token: str) -> int:
        row = self.rows.get(token)
        return len(self.rows) + zlib.crc32(token.encode()) % _UNKNOWN if row is None else row

    def row_of(self, tokens: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.int64]:
        """Return the rows of *tokens*, an array of any shape."""
        identities = tokens.astype(np.int64) & IDENTITY
        known = len(self.rows)
        return np.where(identities < known, identities, known + (identities - known) % self.hash_rows)

    def ids(self, words: Iterable[str]) -> list[int]:
        """Return the rows of the tokens of *words*."""
        rows: list[int] = self.row_of(np.array(self.stream(words), dtype=np.int64)).tolist()
        return rows

    def tokens(self, words: Iterable[str]) -> list[str]:
        """Return the names of the tokens of *words*, unknown ones under the name of their shared row: "#17"."""
        known = list(self.rows)
        return [known[row] if row < len(known) else f"#{row - len(known)}" for row in self.ids(words)]

    def names(self) -> dict[str, int]:
        """Return the row of every name that `tokens` can give."""
        known = len(self.rows)
        return dict(self.rows) | {f"#{number}": known + number for number in range(self.hash_rows)}
