"""
What print looks like after a bad reading: "được" is seen as "dugc", "số" as "s6", "Đẩy" as "Pay".

A letter is seen as none, one or two characters. How often, `confusions.json` says; it was counted on scans of known
text.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indexer.sealed import check_sealed
from indexer.vietnamese import fold, has_diacritics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import numpy.typing as npt

    Costs = npt.NDArray[np.float32]

CONFUSIONS = Path(__file__).parent / "models" / "vi-syllables" / "confusions.json"
SEEN = 3  # a letter is seen as fewer characters than this
_BELIEF = 12.0  # the prior counts like as many observations
_WEIGHT = 0.6  # of the channel against the language: other scanners err otherwise than the one counted
_CAPITAL = 2.0  # a first capital is rarer than a small letter
_CEILING = 14.0  # dearer readings are looked at only where there is none below it
_NEVER = np.float32(1e9)


def prior_cost(letter: str, seen: str) -> float:
    """Return what it costs to see *letter* as *seen*, before anything was counted; natural logarithms."""
    if seen == letter:
        return 0.7
    plain = _plain(letter)
    if seen == plain:
        return 1.0
    if not seen:
        return 4.0
    if len(seen) == 1:
        return 3.0 if _plain(seen).lower() == plain.lower() else 5.5
    return 5.5 if plain in seen else 8.0


@dataclass(frozen=True, slots=True)
class Confusions:
    """Counts of what each letter was seen as."""

    counts: Mapping[str, Mapping[str, int]]

    @staticmethod
    def load(path: Path = CONFUSIONS) -> Confusions:
        """Return the counts that we ship; they are read once."""
        return _load(path)

    def costs(self, letters: Sequence[str]) -> Callable[[str], Costs]:
        """
        Return the function that gives, for what is seen, the cost of seeing each of *letters* so.

        A cost is the negative natural logarithm of how often that happens. Where little was counted, letters on the
        same base that bear a diacritic too speak for each other.
        """
        totals = [sum(self.counts.get(letter, {}).values()) for letter in letters]
        kin = [self._kin(letter) for letter in letters]
        kin_totals = [counted.total() for counted in kin]

        def costs(seen: str) -> Costs:
            result = np.empty(len(letters), dtype=np.float32)
            for place, letter in enumerate(letters):
                prior = math.exp(-prior_cost(letter, seen))
                if kin_totals[place]:
                    prior = (prior + kin[place][seen] / kin_totals[place]) / 2
                count = self.counts.get(letter, {}).get(seen, 0)
                result[place] = -math.log((count + _BELIEF * prior) / (totals[place] + _BELIEF))
            return result

        return costs

    def _kin(self, letter: str) -> Counter[str]:
        pooled: Counter[str] = Counter()
        if has_diacritics(letter):
            for other, counts in self.counts.items():
                if has_diacritics(other) and _plain(other) == _plain(letter):
                    pooled.update(counts)
        return pooled


@cache
def _plain(letter: str) -> str:
    return fold(letter).upper() if letter.isupper() else fold(letter)


@cache
def _load(path: Path) -> Confusions:
    check_sealed([path])
    return Confusions(json.loads(path.read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class _Level:
    """The nodes of one depth of the tree of syllables: each hangs under a node of the level above."""

    parents: npt.NDArray[np.int64]
    letters: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]  # number of the syllable that ends here, or -1


class Channel:
    """Finds the syllables that a damaged word may have been."""

    def __init__(self, confusions: Confusions, syllables: Sequence[str]) -> None:
        self._syllables = tuple(syllables)
        letters = sorted({letter for syllable in syllables for letter in syllable})
        self._letters = letters + [letter.upper() for letter in letters]
        self._capital = len(letters)
        self._levels = _tree(self._syllables, {letter: number for number, letter in enumerate(letters)})
        self._costs = cache(confusions.costs(self._letters))

    def readings(self, seen: str, *, limit: int, margin: float) -> list[tuple[str, float]]:
        """
        Return at most *limit* lower-case syllables that can look like *seen*, with their costs, the cheapest first.

        Those that cost *margin* more than the cheapest are left out.
        """
        small = [letter for letter in seen if letter.isalpha()]
        capitals = sum(letter.isupper() for letter in small)
        if len(small) > 1 and capitals >= 0.6 * len(small):
            found = self._search(seen, (True, True))
        else:
            found = self._search(seen, (False, False))
            if not seen[:1].islower():
                other = self._search(seen, (True, False)) + np.float32(_CAPITAL)
                found = np.minimum(found, other)
        best = np.argsort(found, kind="stable")[:limit]
        ceiling = found[best[0]] + margin
        return [(self._syllables[i], _WEIGHT * float(found[i])) for i in best if found[i] <= ceiling]

    def _search(self, seen: str, capitals: tuple[bool, bool]) -> Costs:
        """Return the cost of *seen* for every syllable; *capitals* of the first letter, and of the others."""
        length = len(seen)
        tables = np.full((SEEN, len(self._letters), length + 1), _NEVER, dtype=np.float32)
        for start in range(length + 1):
            for count in range(min(SEEN, length - start + 1)):
                tables[count, :, start] = self._costs(seen[start : start + count])
        found = self._walk(tables, capitals, ceiling=_CEILING)
        return found if found.min() < _CEILING else self._walk(tables, capitals, ceiling=float(_NEVER))

    def _walk(self, tables: Costs, capitals: tuple[bool, bool], *, ceiling: float) -> Costs:
        """Go down the tree of syllables, leaving out the branches that cost more than *ceiling*."""
        length = tables.shape[2] - 1
        result = np.full(len(self._syllables), _NEVER, dtype=np.float32)
        state = np.full((1, length + 1), _NEVER, dtype=np.float32)
        state[0, 0] = 0
        place = np.zeros(1, dtype=np.int64)  # row in `state` of every node of the level above, -1 where left out
        for depth, level in enumerate(self._levels):
            rows = place[level.parents]
            alive = np.flatnonzero(rows >= 0)
            letters = level.letters[alive] + (self._capital if capitals[min(depth, 1)] else 0)
            before = state[rows[alive]]
            after = np.full_like(before, _NEVER)
            for count in range(min(SEEN, length + 1)):
                width = length + 1 - count
                step = before[:, :width] + tables[count][letters, :width]
                after[:, count:] = np.minimum(after[:, count:], step)
            ends = level.ends[alive]
            result[ends[ends >= 0]] = after[ends >= 0, length]
            cheap = after.min(axis=1) <= ceiling
            state = after[cheap]
            place = np.full(len(level.letters), -1, dtype=np.int64)
            place[alive[cheap]] = np.arange(len(state))
        return result


def _tree(syllables: Iterable[str], numbers: Mapping[str, int]) -> list[_Level]:
    known = list(syllables)
    levels: list[_Level] = []
    above = {"": 0}
    for depth in range(1, max(map(len, known), default=0) + 1):
        nodes: dict[str, int] = {}
        ends: dict[str, int] = {}
        for number, syllable in enumerate(known):
            if len(syllable) >= depth:
                nodes.setdefault(syllable[:depth], len(nodes))
            if len(syllable) == depth:
                ends[syllable] = number
        levels.append(
            _Level(
                np.array([above[prefix[:-1]] for prefix in nodes]),
                np.array([numbers[prefix[-1]] for prefix in nodes]),
                np.array([ends.get(prefix, -1) for prefix in nodes]),
            )
        )
        above = nodes
    return levels
