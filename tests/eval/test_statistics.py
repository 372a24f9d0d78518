"""Tests between two runs, against hand-worked values and those of SciPy."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.stats import binomtest

from eval.intervals import sign_test
from eval.statistics import detectable, holm, paired_means, smallest_difference


@pytest.mark.parametrize(("gains", "losses"), [(3, 9), (0, 7), (12, 12), (40, 21)])
def test_the_sign_test_is_the_exact_binomial_one(gains, losses):
    """McNemar's exact test is the two-sided binomial test of an even coin."""
    assert sign_test(gains, losses) == pytest.approx(binomtest(gains, gains + losses).pvalue)


def test_holm_by_hand():
    """Times 3, 2 and 1 in the order of size, never less than the one before, never more than 1; names keep their order."""
    assert holm({"c": 0.04, "a": 0.01, "b": 0.03}) == pytest.approx({"c": 0.06, "a": 0.03, "b": 0.06})
    assert list(holm({"c": 0.04, "a": 0.01})) == ["c", "a"]
    assert holm({"a": 0.7, "b": 0.8}) == {"a": 1.0, "b": 1.0}
    assert holm({}) == {}


@pytest.mark.parametrize(
    ("changed", "net"),
    [
        # five all one way: 2 * .5**5 = 0.0625; six: 0.03125
        (5, None),
        (6, 6),
        # 9 to 1: 2 * 11/1024 = 0.0215; 8 to 2: 2 * 56/1024 = 0.109
        (10, 8),
        (0, None),
    ],
)
def test_the_smallest_net_gain_that_is_beyond_chance(changed, net):
    """The least difference between gained and lost with p < 0.05, None where no split has that."""
    found = smallest_difference(200, changed)

    assert found.net == net
    assert found.share == (None if net is None else net / 200)


def test_the_detectable_difference():
    """It solves Connor's formula: with 200 questions and 20 % changed, 8.8 points; more questions show less, few nothing."""
    found = detectable(200, 0.2)

    z_alpha, z_power = 1.959964, 0.841621
    wanted = ((z_alpha * 0.2**0.5 + z_power * (0.2 - found**2) ** 0.5) / found) ** 2
    assert wanted == pytest.approx(200, rel=1e-4)
    assert found == pytest.approx(0.0876, abs=5e-4)
    assert detectable(2000, 0.2) < found
    assert detectable(10, 0.1) is None
    assert detectable(10, 0.0) is None


def test_the_permutation_test_agrees_with_counting_all_swaps():
    """For seven questions p is near the share of all 2**7 swaps that are as extreme; it is the same at every call."""
    after, before = [1.0, 0.8, 0.5, 1.0, 0.9, 0.2, 1.0], [0.5, 0.6, 0.5, 0.0, 0.7, 0.4, 0.6]
    gains = np.subtract(after, before)
    swaps = [abs(np.dot(signs, gains)) >= abs(gains.sum()) - 1e-9 for signs in itertools.product((-1, 1), repeat=7)]

    change, p = paired_means(after, before)

    assert p == pytest.approx(np.mean(swaps), abs=0.02)
    assert change.value == pytest.approx(gains.mean())
    assert change.low < change.value < change.high
    assert paired_means(after, before) == (change, p)


def test_no_change_is_no_evidence():
    """Two equal runs have p = 1; lists of different length are refused."""
    change, p = paired_means([0.5, 1.0], [0.5, 1.0])

    assert (change.value, change.low, change.high, p) == (0.0, 0.0, 0.0, 1.0)
    with pytest.raises(ValueError, match="2 and 1 values"):
        paired_means([0.5, 1.0], [0.5])
