"""Intervals and tests for shares of right answers; all are exact or seeded."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

Z_95 = 1.959963984540054  # the normal distribution has 95 % within this many standard deviations
DRAWS = 10_000
SEED = 20251104


@dataclass(frozen=True, slots=True)
class Interval:
    """A share, or a difference of shares, and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


def wilson(right: int, count: int) -> Interval:
    """Return the share *right* / *count* with its Wilson score interval; 0 of 0 may be anything from 0 to 1."""
    if count == 0:
        return Interval(0.0, 0.0, 1.0)
    share = right / count
    square = Z_95**2
    centre = (share + square / (2 * count)) / (1 + square / count)
    half = Z_95 / (1 + square / count) * sqrt(share * (1 - share) / count + square / (4 * count**2))
    return Interval(share, max(0.0, centre - half), min(1.0, centre + half))


def bootstrap(values: Sequence[float], *, seed: int = SEED) -> Interval:
    """Return the mean of *values*, at least one, with the bootstrap interval over them."""
    every = np.asarray(values, dtype=np.float64)
    generator = np.random.default_rng(seed)
    means = np.array([every[generator.integers(0, len(every), size=len(every))].mean() for _ in range(1000)])
    low, high = np.percentile(means, (2.5, 97.5))
    return Interval(float(every.mean()), float(low), float(high))


def paired_difference(ours: Sequence[bool], theirs: Sequence[bool], *, seed: int = SEED) -> Interval:
    """
    Return how much larger the share of *ours* is than that of *theirs*, with a bootstrap interval over the questions.

    Both are about the same questions, in the same order.
    """
    if len(ours) != len(theirs) or not ours:
        msg = f"both need one value a question: {len(ours)} and {len(theirs)} values"
        raise ValueError(msg)
    gains = np.asarray(ours, dtype=np.float64) - np.asarray(theirs, dtype=np.float64)
    generator = np.random.default_rng(seed)
    means = gains[generator.integers(0, len(gains), size=(DRAWS, len(gains)))].mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return Interval(float(gains.mean()), float(low), float(high))


def sign_test(gains: int, losses: int) -> float:
    """
    Return the two-sided p value of the exact McNemar test: how likely so uneven a split is if both were equally good.

    ``sign_test(5, 0) == 2 * .5**5``; no change at all gives 1.
    """
    changed = gains + losses
    if changed == 0:
        return 1.0
    tail: float = sum(comb(changed, k) for k in range(min(gains, losses) + 1)) / 2**changed
    return min(1.0, 2.0 * tail)
