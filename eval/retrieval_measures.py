"""The measures of a ranking against judgements, under the names and by the conventions of ir_measures, with bootstrap intervals."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import numpy as np

from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import numpy.typing as npt

    Measure = Callable[[Sequence[int], Sequence[int], int], float]  # gains as ranked, gains of all relevant ones, k

MEASURES = ("nDCG@10", "Success@1", "R@10", "RR@10")
_DRAWS = 1000
_NAME = re.compile(r"(?P<kind>[A-Za-z]+)@(?P<k>[1-9]\d*)")


def _ndcg(found: Sequence[int], relevant: Sequence[int], k: int) -> float:
    return _discounted(found[:k]) / _discounted(sorted(relevant, reverse=True)[:k])


def _success(found: Sequence[int], _: Sequence[int], k: int) -> float:
    return float(any(found[:k]))


def _recall(found: Sequence[int], relevant: Sequence[int], k: int) -> float:
    return sum(1 for gain in found[:k] if gain) / len(relevant)


def _precision(found: Sequence[int], _: Sequence[int], k: int) -> float:
    return sum(1 for gain in found[:k] if gain) / k


def _reciprocal_rank(found: Sequence[int], _: Sequence[int], k: int) -> float:
    return next((1 / rank for rank, gain in enumerate(found[:k], start=1) if gain), 0.0)


_KINDS: dict[str, Measure] = {
    "nDCG": _ndcg,
    "Success": _success,
    "R": _recall,
    "P": _precision,
    "RR": _reciprocal_rank,
}


def measure_question(
    ranked: Sequence[str], gains: Mapping[str, int], measures: Sequence[str] = MEASURES
) -> tuple[float, ...]:
    """
    Return the value of each of *measures* for one ranked list of ids; *gains* holds the relevant ids only.

    ``nDCG@k`` discounts a gain by log2(rank + 1), as trec_eval does; ``Success@k``, ``R@k``, ``P@k`` and ``RR@k`` know relevant or not.

    Raises:
        InputError: a measure is none of these.
    """
    found = [gains.get(document, 0) for document in ranked]
    relevant = list(gains.values())
    return tuple(measure(found, relevant, k) for measure, k in map(parsed, measures))


def parsed(name: str) -> tuple[Measure, int]:
    """
    Return the function and the cut-off of a measure such as ``nDCG@10``.

    Raises:
        InputError: there is no such measure.
    """
    match = _NAME.fullmatch(name)
    if match is None or match["kind"] not in _KINDS:
        known = ", ".join(f"{kind}@k" for kind in _KINDS)
        msg = f"{name}: there is no such measure.\n  Name some of {known}, k a whole number from 1:  --measures {' '.join(MEASURES)}"
        raise InputError(msg)
    return _KINDS[match["kind"]], int(match["k"])


def trec_order(hits: Iterable[tuple[str, float]]) -> list[str]:
    """
    Return the ids of *hits* in the order in which trec_eval ranks them, whatever order they come in.

    The higher score goes first; of equal scores the id that is later in the alphabet.
    """
    return [name for name, _ in sorted(sorted(hits, key=lambda hit: hit[0], reverse=True), key=lambda hit: -hit[1])]


def evaluate(
    ranking: Mapping[str, Sequence[str]],
    qrels: Mapping[str, Mapping[str, int]],
    measures: Sequence[str] = MEASURES,
) -> dict[str, tuple[float, float, float]]:
    """
    Return for each of *measures* its mean over all questions of *qrels* and the ends of its 95 % interval.

    A question without a ranking counts as 0. The interval is a bootstrap over questions, 1,000 seeded draws.
    """
    values = question_values(ranking, qrels, measures)
    random = np.random.default_rng(0)
    draws = values[random.integers(len(values), size=(_DRAWS, len(values)))].mean(axis=1)
    low, high = np.percentile(draws, (2.5, 97.5), axis=0)
    means = values.mean(axis=0)
    return {name: (float(means[i]), float(low[i]), float(high[i])) for i, name in enumerate(measures)}


def question_values(
    ranking: Mapping[str, Sequence[str]],
    qrels: Mapping[str, Mapping[str, int]],
    measures: Sequence[str] = MEASURES,
) -> npt.NDArray[np.float64]:
    """Return the values of *measures* for each question of *qrels*, in its order: shape (questions, measures)."""
    if not qrels:
        msg = "no question has a relevant document"
        raise ValueError(msg)
    return np.array([measure_question(ranking.get(query, ()), gains, measures) for query, gains in qrels.items()])


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))
