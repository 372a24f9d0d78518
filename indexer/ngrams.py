"""Conditional shares of one, two and three tokens in a row, looked up many at a time."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, chain, pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Numbers = npt.NDArray[np.int64]
    Shares = npt.NDArray[np.float32]

_BITS = 20  # token numbers are below 2 ** 20, so that three fit into one int64
WEIGHTS = (0.08, 0.32, 0.6)  # of one, two and three tokens in the interpolated share
DISCOUNT = 0.75  # taken from every count, so that what was seen once is not believed wholly


def pair_key(first: Numbers, second: Numbers) -> Numbers:
    """Return one number for two token numbers; sorting by it sorts by the first, then the second."""
    return (first << _BITS) | second


def triple_key(first: Numbers, second: Numbers, third: Numbers) -> Numbers:
    """Return one number for three token numbers."""
    return (pair_key(first, second) << _BITS) | third


@dataclass(frozen=True, slots=True)
class Lattice:
    """
    Every three tokens that may stand in three places of a row, one behind the other.

    They stand place by place, sorted by the first, the second and the third token: ``pairs`` are keys of two tokens, ``third``
    the second of them; ``before`` and ``behind`` say for every three where the first two and the last two are among the pairs.
    ``shapes`` has for every place from the third on how many tokens there may be in it and the two before.
    """

    pairs: Numbers
    third: Numbers
    before: Numbers
    behind: Numbers
    shapes: list[tuple[int, int, int]]

    @classmethod
    def of(cls, places: Sequence[Sequence[int]]) -> Lattice:
        """Return the lattice of *places*, three or more, each with the token numbers that may stand there."""
        tokens = np.array(list(chain.from_iterable(places)))
        listed = [len(place) for place in places]
        sizes = np.array(listed)
        starts = np.cumsum(sizes) - sizes
        counts = sizes[:-1] * sizes[1:]
        pair_starts = np.cumsum(counts) - counts
        place, rest = _ragged(counts)
        second, third = np.divmod(rest, sizes[place + 1])
        second, third = tokens[starts[place] + second], tokens[starts[place + 1] + third]
        place, rest = _ragged(sizes[:-2] * counts[1:])
        first, last = np.divmod(rest, counts[place + 1])
        before = pair_starts[place] + first * sizes[place + 1] + last // sizes[place + 2]
        return cls(
            pair_key(second, third),
            third,
            before,
            pair_starts[place + 1] + last,
            list(zip(listed, listed[1:], listed[2:], strict=False)),
        )

    def split(self, values: Shares) -> list[Shares]:
        """Return *values*, one for every three tokens, place by place: a row for each first two, a column for each third."""
        ends = accumulate((one * two * three for one, two, three in self.shapes), initial=0)
        return [
            values[start:end].reshape(-1, third)
            for (start, end), (_, _, third) in zip(pairwise(ends), self.shapes, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class NGrams:
    """
    Sorted keys and shares: of a token in all text, after one token, and after two.

    ``floor`` is the share of a token that was never seen.
    """

    single: Shares
    pair_keys: Numbers
    pair_shares: Shares
    triple_keys: Numbers
    triple_shares: Shares
    floor: float

    @classmethod
    def counted(cls, stream: Numbers, size: int) -> NGrams:
        """Return the shares of the token numbers *stream*, all below *size*, none left out; the floor is 0."""
        single = np.bincount(stream, minlength=size).astype(np.float64)
        pairs, pair_counts = np.unique(pair_key(stream[:-1], stream[1:]), return_counts=True)
        triples, triple_counts = np.unique(triple_key(stream[:-2], stream[1:-1], stream[2:]), return_counts=True)
        context = np.searchsorted(pairs, triples >> _BITS)
        return cls(
            (single / single.sum()).astype(np.float32),
            pairs,
            ((pair_counts - DISCOUNT) / single[pairs >> _BITS]).astype(np.float32),
            triples,
            ((triple_counts - DISCOUNT) / pair_counts[context]).astype(np.float32),
            0.0,
        )

    def shares_of_pairs(self, first: Numbers, second: Numbers) -> Shares:
        """Return the shares of *second* after *first*, one by one, 0 where they were never seen together."""
        return _look_up(self.pair_keys, self.pair_shares, pair_key(first, second))

    def shares_in(self, lattice: Lattice) -> Shares:
        """Return the interpolated share of the third of every three tokens of *lattice*, as ``shares`` has it."""
        one, two, three = WEIGHTS
        pair = _look_up(self.pair_keys, self.pair_shares, lattice.pairs)
        result = (one * self._singles(lattice.third) + two * pair)[lattice.behind]
        seen = pair > 0  # three that were seen hold two pairs that were
        places = np.flatnonzero(seen[lattice.before] & seen[lattice.behind])
        keys = pair_key(lattice.pairs[lattice.before[places]], lattice.third[lattice.behind[places]])
        result[places] += three * _look_up(self.triple_keys, self.triple_shares, keys)
        return result

    def shares(self, first: Numbers, second: Numbers, third: Numbers) -> Shares:
        """Return the interpolated shares of *third* after *first* and *second*; the arrays are broadcast."""
        one, two, three = WEIGHTS
        pair = _look_up(self.pair_keys, self.pair_shares, pair_key(second, third))
        result = one * self._singles(third) + two * pair + np.zeros(first.shape, dtype=np.float32)
        seen = np.broadcast_to(pair > 0, result.shape)  # three that were seen hold two that were seen
        keys = np.broadcast_to(triple_key(first, second, third), result.shape)[seen]
        result[seen] += three * _look_up(self.triple_keys, self.triple_shares, keys)
        return result

    def _singles(self, tokens: Numbers) -> Shares:
        known = tokens < len(self.single)
        single = np.where(known, self.single[np.where(known, tokens, 0)], 0)
        return np.maximum(single, self.floor)


def _ragged(counts: Numbers) -> tuple[Numbers, Numbers]:
    """Return for every item of rows with *counts* items its row, and its place in that row."""
    row = np.repeat(np.arange(len(counts)), counts)
    return row, np.arange(len(row)) - (np.cumsum(counts) - counts)[row]


def _look_up(keys: Numbers, shares: Shares, wanted: Numbers) -> Shares:
    if not len(keys):
        return np.zeros(wanted.shape, dtype=np.float32)
    places = np.minimum(keys.searchsorted(wanted), len(keys) - 1)
    return np.where(keys[places] == wanted, shares[places], np.float32(0))
