"""The document numbers that the documents of a corpus print, and where each document first names them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from indexer.relations import numbers_in, plain_number
from indexer.types import fold_white
from indexer.word_table import WordTable, pack_words, sort_words, unpack_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy.typing as npt

    Arrays = Mapping[str, npt.NDArray[Any]]


def number_arrays(texts: Iterable[str]) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays of a `NumberTable` of *texts*, one string a document."""
    printed: dict[str, str] = {}
    first: dict[str, list[tuple[int, int, int]]] = {}
    for document, text in enumerate(texts):
        for match in numbers_in(text):
            plain = plain_number(match.group())
            printed[plain] = fold_white(match.group())
            named = first.setdefault(plain, [])
            if not named or named[-1][0] != document:
                named.append((document, *match.span()))
    order = {plain: number for number, plain in enumerate(printed)}
    plains = sort_words(printed)
    places = [first.get(plain, []) for plain in plains]
    return {
        "plain": pack_words(plains),
        "printed": pack_words(printed[plain] for plain in plains),
        "order": np.array([order[plain] for plain in plains], dtype=np.int32),
        "begins": np.cumsum([0, *map(len, places)], dtype=np.int64),
        "places": np.array([place for some in places for place in some], dtype=np.int32).reshape(-1, 3),
    }


class NumberTable(Mapping[str, str]):
    """Every document number as it is printed last, by its plain form."""

    def __init__(self, arrays: Arrays) -> None:
        self._plain, self._printed = WordTable(arrays["plain"]), WordTable(arrays["printed"])
        self._arrays = arrays

    def __len__(self) -> int:
        return len(self._plain)

    def __iter__(self) -> Iterator[str]:
        return iter(unpack_words(self._arrays["plain"]))

    def __getitem__(self, plain: str) -> str:
        """Return how the number with this plain form is printed."""
        place = self._plain.find(plain)
        if place is None:
            raise KeyError(plain)
        return self._printed[place].decode()

    def starting(self, *prefixes: str) -> list[tuple[str, str]]:
        """Return the numbers whose plain form has one of *prefixes*, plain and printed, in the order in which documents name them."""
        found = [place for prefix in prefixes for place in self._plain.starting(prefix)]
        places = sorted(found, key=self._arrays["order"].__getitem__)
        return [(self._plain[place].decode(), self._printed[place].decode()) for place in places]

    def first_named(self, plain: str) -> list[tuple[int, int, int]]:
        """Return where each document first names a number: the place of the document, and start and end in its text."""
        place = self._plain.find(plain)
        if place is None:
            return []
        begins = self._arrays["begins"]
        return [(a, b, c) for a, b, c in self._arrays["places"][begins[place] : begins[place + 1]].tolist()]
