"""Which questions are the same, or nearly: by the words that they share, diacritics, case, order and punctuation aside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.vietnamese import fold, syllables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from eval.question_set import Question

NEAR = 0.8  # share of the words of two questions that both have; above it only a word or two differ
NEAR_AT_ONE_PLACE = 0.6  # the same, for questions that rest on the same place
_ROWS_AT_ONCE = 512
_ROMAN = re.compile(r"[IVX]+")
_SYLLABLES = frozenset({"i", "v", "x", "vi", "xi"})  # words when they are written small


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of a question with those asked before it: in order, as a set, and the numbers among them."""

    in_order: tuple[str, ...]
    words: frozenset[str]
    numbers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two questions by their positions, and the share of their words that both have (Jaccard)."""

    first: int
    second: int
    likeness: float


def asked(question: Question) -> Asked:
    """Return the words of *question* to compare; "Nhiệm vụ 9?" and "nhiem vu 9" have the same."""
    found = [word for text in (*question.history, question.text) for word in syllables(text)]
    raw = {word for text in (*question.history, question.text) for word in re.findall(r"\w+", text)}
    plain = tuple(fold(word) for word in found)
    romans = {
        word.lower() for word in raw if _ROMAN.fullmatch(word.upper()) and (word.isupper() or word not in _SYLLABLES)
    }
    return Asked(plain, frozenset(plain), frozenset(word for word in plain if any(map(str.isdigit, word))) | romans)


def alike(first: Sequence[Asked], second: Sequence[Asked] | None = None, *, least: float) -> Iterator[Pair]:
    """
    Yield the pairs of a question of *first* and one of *second* that share at least *least* of their words; exact, not sampled.

    Without *second* the pairs within *first*, each once.
    """
    import numpy as np  # noqa: PLC0415 - the command line is instant without
    from scipy import sparse  # noqa: PLC0415

    others = first if second is None else second
    if not first or not others:
        return
    vocabulary: dict[str, int] = {}
    for one in (*first, *others):
        for word in one.words:
            vocabulary.setdefault(word, len(vocabulary))

    def matrix(items: Sequence[Asked]) -> sparse.csr_array:
        columns = [vocabulary[word] for one in items for word in sorted(one.words)]
        starts = np.cumsum([0, *(len(one.words) for one in items)])
        ones = np.ones(len(columns), dtype=np.int32)
        return sparse.csr_array((ones, columns, starts), shape=(len(items), max(1, len(vocabulary))))

    left, right = matrix(first), matrix(others).T.tocsr()
    sizes = np.array([len(one.words) for one in others])
    for start in range(0, len(first), _ROWS_AT_ONCE):
        shared = (left[start : start + _ROWS_AT_ONCE] @ right).tocoo()
        ours = np.array([len(one.words) for one in first[start : start + _ROWS_AT_ONCE]])
        likeness = shared.data / (ours[shared.row] + sizes[shared.col] - shared.data)
        for row, column, value in sorted(
            zip(shared.row.tolist(), shared.col.tolist(), likeness.tolist(), strict=True), key=lambda one: one[:2]
        ):
            if value >= least and (second is not None or start + row < column):
                yield Pair(start + row, column, value)
