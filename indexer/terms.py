"""
Terms: the folded syllables of a text, their neighbours in pairs, and the figures of document numbers, by which texts are compared.

``synonyms.toml`` has one word for what several words say.
"""

from __future__ import annotations

import re
import tomllib
from array import array
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from indexer.vietnamese import fold, syllables, unify_tone
from indexer.word_table import WordTable, pack_words, sort_words

if TYPE_CHECKING:
    import numpy.typing as npt

    Numbers = npt.NDArray[np.int64]
    SmallNumbers = npt.NDArray[np.int32]

_HEAD = re.compile(
    r"(\d+)(?=[/-](?:\d{4}/)?[a-z])(?:/\d{4})?"
)  # the figure of a document number, with its year where it has one
_AT_ONCE = 1 << 21  # words whose pairs are sorted at a time


@cache
def _synonyms() -> tuple[re.Pattern[str], dict[str, str]]:
    table = tomllib.loads(files("indexer").joinpath("synonyms.toml").read_text(encoding="utf-8"))["synonyms"]
    words = sorted(table, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)"), table


def canonical(text: str) -> str:
    """Return *text* in small letters, with one word for what several words say."""
    pattern, table = _synonyms()
    return pattern.sub(lambda match: f" {table[match.group()]} ", unify_tone(text).lower())


@lru_cache(maxsize=1 << 14)  # the same clauses are compared with every question
def terms(text: str) -> tuple[str, ...]:
    """Return the folded syllables of *text* and their neighbours in pairs, by which texts are compared."""
    words, figures = _words_of(canonical(text))
    words = [*words, *figures]
    return (*words, *(f"{a} {b}" for a, b in pairwise(words)))


_folded = lru_cache(maxsize=1 << 16)(fold)


def _words_of(text: str) -> tuple[list[str], list[str]]:
    """Return the folded syllables of *text*, and of the document numbers among them the figures: they stand behind all others."""
    words = list(map(_folded, syllables(text)))
    heads = [head for word in words if word[0].isdigit() and (head := _HEAD.match(word))]
    return words, [part for head in heads for part in dict.fromkeys((head.group(1), head.group()))]


class TermTable:
    """
    The terms of many texts, each with a place, which is what other arrays are looked up by.

    A word is the number of its place among the sorted words, a pair ``(first + 1) * words + second``; ``keys`` are sorted.
    """

    def __init__(self, words: WordTable, keys: Numbers) -> None:
        self._words, self._keys = words, keys

    def __len__(self) -> int:
        return len(self._keys)

    def place(self, term: str) -> int | None:
        """Return the place of *term*, a word or two with a space between them; None where no text has it."""
        first, space, second = term.rpartition(" ")
        word, before = self._words.find(second), self._words.find(first) if space else -1
        if word is None or before is None:
            return None
        key = (before + 1) * len(self._words) + word
        place = int(np.searchsorted(self._keys, key))
        return place if place < len(self._keys) and self._keys[place] == key else None


class TermReader:
    """Reads texts one after the other and tells which terms each has; a word between white space is taken apart once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._chunks: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {}
        self._read = array("i")
        self._ends = array("q", [0])

    def add(self, text: str) -> None:
        """Read *text*, of which ``terms`` gives the terms."""
        figures: list[int] = []
        for chunk in canonical(text).split():
            known = self._chunks.get(chunk)
            if known is None:
                words, parts = _words_of(chunk)
                known = self._chunks[chunk] = (tuple(map(self._number, words)), tuple(map(self._number, parts)))
            self._read.extend(known[0])
            figures += known[1]
        self._read.extend(figures)
        self._ends.append(len(self._read))

    def _number(self, word: str) -> int:
        return self._numbers.setdefault(word, len(self._numbers))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def table(self) -> tuple[npt.NDArray[np.uint8], Numbers, Numbers, SmallNumbers]:
        """
        Return the words, packed, and the keys of a `TermTable` of all texts, and which texts have each of its terms.

        The texts, counted from 0, stand term by term in the last array; the one before it says where those of each term begin, and
        where the last ones end.
        """
        words = sort_words(self._numbers)
        rank = np.zeros(max(len(words), 1), dtype=np.int64)
        rank[[self._numbers[word] for word in words]] = np.arange(len(words))
        read = rank[np.frombuffer(self._read, dtype=np.intc)]
        ends = np.frombuffer(self._ends, dtype=np.int64)
        found: list[tuple[Numbers, SmallNumbers]] = []
        first = 0
        while first < len(self):
            last = max(int(np.searchsorted(ends, ends[first] + _AT_ONCE, side="right")) - 1, first + 1)
            found.append(_distinct(read[ends[first] : ends[last]], ends[first : last + 1], first, len(words)))
            first = last
        keys, texts = _joined(found)
        firsts = np.flatnonzero(np.diff(keys, prepend=-1))
        return pack_words(words), keys[firsts], np.append(firsts, len(keys)), texts


def _distinct(read: Numbers, ends: Numbers, first: int, size: int) -> tuple[Numbers, SmallNumbers]:
    """Return the keys of the terms of some texts, sorted, each once a text, and these texts, of which *first* is the first."""
    texts = np.repeat(np.arange(first, first + len(ends) - 1, dtype=np.int32), np.diff(ends))
    beside = texts[:-1] == texts[1:]
    keys = np.concatenate([read, ((read[:-1] + 1) * size + read[1:])[beside]])
    of = np.concatenate([texts, texts[1:][beside]])
    order = np.lexsort((of, keys))
    keys, of = keys[order], of[order]
    new = (np.diff(keys, prepend=-1) != 0) | (np.diff(of, prepend=-1) != 0)
    return keys[new], of[new]


def _joined(found: list[tuple[Numbers, SmallNumbers]]) -> tuple[Numbers, SmallNumbers]:
    """Return what ``_distinct`` found of texts that follow each other, as of all of them."""
    if len(found) == 1:
        return found[0]
    nothing = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32))
    keys, texts = (np.concatenate(parts) for parts in zip(nothing, *found, strict=True))
    order = np.argsort(keys, kind="stable")
    return keys[order], texts[order]
