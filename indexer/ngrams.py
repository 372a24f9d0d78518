"""Conditional shares of one, two and three tokens in a row, looked up many at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
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

    def shares(self, first: Numbers, second: Numbers, third: Numbers) -> Shares:
        """Return the interpolated shares of *third* after *first* and *second*; the arrays are broadcast."""
        one, two, three = WEIGHTS
        known = third < len(self.single)
        single = np.where(known, self.single[np.where(known, third, 0)], 0)
        pair = _look_up(self.pair_keys, self.pair_shares, pair_key(second, third))
        result = one * np.maximum(single, self.floor) + two * pair + np.zeros(first.shape, dtype=np.float32)
        seen = np.broadcast_to(pair > 0, result.shape)  # three that were seen hold two that were seen
        keys = np.broadcast_to(triple_key(first, second, third), result.shape)[seen]
        result[seen] += three * _look_up(self.triple_keys, self.triple_shares, keys)
        return result


def _look_up(keys: Numbers, shares: Shares, wanted: Numbers) -> Shares:
    if not len(keys):
        return np.zeros(wanted.shape, dtype=np.float32)
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[places] == wanted, shares[places], np.float32(0))
