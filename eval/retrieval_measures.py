"""The measures of a ranking against judgements, under the names of ir_measures, with bootstrap intervals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

MEASURES = ("nDCG@10", "Success@1", "R@10", "RR@10")
_DRAWS = 1000


def measure_question(ranked: Sequence[str], gains: Mapping[str, int]) -> tuple[float, float, float, float]:
    """Return nDCG@10, Success@1, R@10 and RR@10 of one ranked list of ids; *gains* holds the relevant ids only."""
    top = ranked[:10]
    found = [gains.get(document, 0) for document in top]
    ideal = sorted(gains.values(), reverse=True)[:10]
    first = next((rank for rank, gain in enumerate(found, start=1) if gain), None)
    return (
        _discounted(found) / _discounted(ideal),
        float(first == 1),
        sum(1 for gain in found if gain) / len(gains),
        1 / first if first else 0.0,
    )


def evaluate(
    ranking: Mapping[str, Sequence[str]], qrels: Mapping[str, Mapping[str, int]]
) -> dict[str, tuple[float, float, float]]:
    """
    Return for each of `MEASURES` its mean over all questions of *qrels* and the ends of its 95 % interval.

    A question without a ranking counts as 0. The interval is a bootstrap over questions, 1,000 seeded draws.
    """
    values = question_values(ranking, qrels)
    random = np.random.default_rng(0)
    draws = values[random.integers(len(values), size=(_DRAWS, len(values)))].mean(axis=1)
    low, high = np.percentile(draws, (2.5, 97.5), axis=0)
    means = values.mean(axis=0)
    return {name: (float(means[i]), float(low[i]), float(high[i])) for i, name in enumerate(MEASURES)}


def question_values(
    ranking: Mapping[str, Sequence[str]], qrels: Mapping[str, Mapping[str, int]]
) -> npt.NDArray[np.float64]:
    """Return the values of `MEASURES` for each question of *qrels*, in its order: shape (questions, 4)."""
    if not qrels:
        msg = "no question has a relevant document"
        raise ValueError(msg)
    return np.array([measure_question(ranking.get(query, ()), gains) for query, gains in qrels.items()])


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))
