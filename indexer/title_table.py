"""The words of the titles of a corpus, and where any three of them stand side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import regex as re

from indexer.types import fold_white
from indexer.vietnamese import fold
from indexer.word_table import WordTable, pack_words, sort_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import numpy.typing as npt

RUN = 3  # words side by side that are looked up
_WORD = re.compile(r"[\w/-]+")


def title_words(title: str) -> tuple[str, ...]:
    """Return the words of *title*, folded, in order."""
    return tuple(_WORD.findall(fold(fold_white(title))))


def title_arrays(titles: Iterable[str]) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays of a `TitleTable` of *titles*, one a document, "" where it has none."""
    listed = [title_words(title) for title in titles]
    words = sort_words({word for title in listed for word in title})
    numbers = {word: number for number, word in enumerate(words)}
    ids = np.array([numbers[word] for title in listed for word in title], dtype=np.int64)
    ends = np.cumsum([0, *map(len, listed)], dtype=np.int64)
    of = np.repeat(np.arange(len(listed), dtype=np.int32), np.diff(ends))
    places = np.arange(len(ids)) - ends[of] if len(ids) else ids
    whole = np.flatnonzero(of[:-2] == of[2:]) if len(ids) >= RUN else np.zeros(0, dtype=np.int64)
    pairs = ids[whole] * len(words) + ids[whole + 1]
    known = np.unique(pairs)
    runs = np.searchsorted(known, pairs) * len(words) + ids[whole + 2]
    order = np.argsort(runs, kind="stable")  # of equals the documents stay in order
    found = np.stack([of[whole], places[whole]], axis=1).astype(np.int32)
    return {
        "words": pack_words(words),
        "ids": ids.astype(np.int32),
        "ends": ends,
        "pairs": known,
        "runs": runs[order],
        "places": found[order],
    }


class TitleTable:
    """Finds runs of words in titles; documents stand by their place in the corpus."""

    def __init__(self, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        self._words = WordTable(arrays["words"])
        self._arrays = arrays

    def runs(self, words: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Yield the documents whose title has the first three of *words*, and more of them, side by side, and how many."""
        numbers = [self._words.find(word) for word in words[:RUN]]
        if len(numbers) < RUN or None in numbers:
            return
        first, second, third = (int(number) for number in numbers if number is not None)
        pairs, runs = self._arrays["pairs"], self._arrays["runs"]
        wanted = first * len(self._words) + second
        pair = int(np.searchsorted(pairs, wanted))
        if pair == len(pairs) or pairs[pair] != wanted:
            return
        begin, end = (int(np.searchsorted(runs, pair * len(self._words) + third, side)) for side in ("left", "right"))
        rest = [self._words.find(word) for word in words[RUN:]] if end > begin else []
        for document, place in self._arrays["places"][begin:end].tolist():
            start, stop = self._arrays["ends"][document : document + 2].tolist()
            title = self._arrays["ids"][start + place + RUN : stop].tolist()
            same = next(
                (n for n, (a, b) in enumerate(zip(rest, title, strict=False)) if a != b), min(len(rest), len(title))
            )
            yield document, RUN + same
