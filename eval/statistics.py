"""Tests between two runs over the same questions, corrected for many comparisons, and the smallest difference that a set can show."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from eval.intervals import DRAWS, SEED, Z_95, Interval, sign_test

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ALPHA = 0.05
ONE_IN_TEN = 0.1  # share of questions that is taken to change between two runs, where there is no second one to tell
_POWER, _Z_POWER = 0.8, 0.8416212335729143  # the normal distribution has 80 % below so many standard deviations
_BLOCK = 500  # draws at once, which bounds the memory


@dataclass(frozen=True, slots=True)
class Smallest:
    """
    The smallest differences that *count* questions can show where *changed* of them are right in one run alone.

    ``net`` is how many more have to be gained than lost, of just so many changed ones, for p < 0.05; None where not even all would do.
    ``likely`` is the true difference of shares that would be found four times in five; None where none would.
    """

    count: int
    changed: int
    net: int | None
    likely: float | None

    @property
    def share(self) -> float | None:
        """``net`` as a share of the questions."""
        return None if self.net is None else self.net / self.count


def smallest_difference(count: int, changed: int) -> Smallest:
    """Return what *count* questions can show where *changed* of them are right in one run alone."""
    net = next((net for net in range(changed % 2, changed + 1, 2) if _p(changed, net) < ALPHA), None)
    return Smallest(count, changed, net, detectable(count, changed / count) if count else None)


def _p(changed: int, net: int) -> float:
    return sign_test((changed + net) // 2, (changed - net) // 2)


def detectable(count: int, discordance: float) -> float | None:
    """
    Return the true difference of shares that the paired test finds with a power of 80 % at 5 %, None where there is none.

    *discordance* is the share of the *count* questions that are right in one run alone. Connor's formula for McNemar's test:
    ``count = ((z₀.₉₇₅ √discordance + z₀.₈ √(discordance − d²)) / d)²``, solved for ``d``.
    """

    def enough(difference: float) -> bool:
        spread = Z_95 * sqrt(discordance) + _Z_POWER * sqrt(discordance - difference**2)
        return (spread / difference) ** 2 <= count

    if not 0 < discordance <= 1 or not enough(discordance):
        return None
    low, high = 0.0, discordance
    for _ in range(60):  # halves to the last digit of a float
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def holm(values: Mapping[str, float]) -> dict[str, float]:
    """
    Return the p values by name, corrected for their number by Holm's step-down method.

    Each is multiplied by how many are not smaller, and is at least as large as the one before it: ``{"a": .01, "b": .03}`` gives .02 and .03.
    """
    ordered = sorted(values, key=lambda name: values[name])
    corrected: dict[str, float] = {}
    least = 0.0
    for place, name in enumerate(ordered):
        least = max(least, min(1.0, values[name] * (len(ordered) - place)))
        corrected[name] = least
    return {name: corrected[name] for name in values}


def paired_means(after: Sequence[float], before: Sequence[float], *, seed: int = SEED) -> tuple[Interval, float]:
    """
    Return how much larger the mean of *after* is than that of *before*, with its interval, and the p value of a permutation test.

    Both are values of the same questions in the same order. The interval is a paired bootstrap. The test swaps the two runs in each
    question at random, `DRAWS` seeded times, and counts itself: p is never 0.

    Raises:
        ValueError: they have not the same length, or no value.
    """
    if len(after) != len(before) or not after:
        msg = f"both need one value a question: {len(after)} and {len(before)} values"
        raise ValueError(msg)
    gains = np.asarray(after, dtype=np.float64) - np.asarray(before, dtype=np.float64)
    generator = np.random.default_rng(seed)
    means, swapped = [], []
    for _ in range(DRAWS // _BLOCK):
        means.append(gains[generator.integers(0, len(gains), size=(_BLOCK, len(gains)))].mean(axis=1))
        swapped.append((generator.choice((-1.0, 1.0), size=(_BLOCK, len(gains))) * gains).mean(axis=1))
    low, high = np.quantile(np.concatenate(means), (0.025, 0.975))
    extreme = np.abs(np.concatenate(swapped)) >= abs(gains.mean()) - 1e-12  # equal but for rounding is as extreme
    return Interval(float(gains.mean()), float(low), float(high)), float((extreme.sum() + 1) / (DRAWS + 1))
