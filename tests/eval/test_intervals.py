"""Intervals and tests, against published or hand-worked values."""

from __future__ import annotations

import pytest

from eval.intervals import paired_difference, sign_test, wilson


@pytest.mark.parametrize(
    ("right", "count", "low", "high"),
    [
        # Newcombe 1998, table I: 81/263 and 15/148, Wilson without continuity correction
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        # 0/20: 3.8415 / 23.8415
        (0, 20, 0.0, 3.841459 / 23.841459),
        (20, 20, 20 / 23.841459, 1.0),
    ],
)
def test_wilson(right, count, low, high):
    """The interval is that of Wilson's score."""
    found = wilson(right, count)

    assert found.value == right / count
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_wilson_of_nothing():
    """No question says nothing."""
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("gains", "losses", "expected"),
    [
        (0, 0, 1.0),
        (5, 0, 2 * 0.5**5),
        (0, 5, 2 * 0.5**5),
        # 1 + 6 of 64 on one side, doubled
        (5, 1, 2 * 7 / 64),
        (3, 3, 1.0),
    ],
)
def test_sign_test(gains, losses, expected):
    """The p value is the binomial tail, doubled, at most 1."""
    assert sign_test(gains, losses) == pytest.approx(expected)


def test_paired_difference():
    """The difference is that of the shares, its interval the same at every call, and a sure one has no width."""
    ours, theirs = [True, True, True, False], [False, True, False, False]

    found = paired_difference(ours, theirs)
    assert found.value == 3 / 4 - 1 / 4
    assert found == paired_difference(ours, theirs)
    assert found.low < found.value < found.high

    sure = paired_difference([True, True], [False, False])
    assert (sure.low, sure.high) == (1.0, 1.0)


def test_paired_difference_needs_pairs():
    """Lists of different length, or empty, are refused."""
    with pytest.raises(ValueError, match="2 and 1 values"):
        paired_difference([True, False], [True])
    with pytest.raises(ValueError, match="0 and 0"):
        paired_difference([], [])
