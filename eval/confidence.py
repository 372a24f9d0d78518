"""
What the confidence of an answer is worth: whether it holds what it promises, and what another threshold of refusing would cost.

An answer that was looked up or computed exactly has no confidence; it is given whatever the threshold.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from eval.intervals import wilson

if TYPE_CHECKING:
    from collections.abc import Sequence

THRESHOLDS = tuple(step / 20 for step in range(20))
BINS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """One question: the confidence that its answer was weighed with (0 to 1, None for none), and how it ended."""

    confidence: float | None
    answerable: bool
    declined: bool
    right: bool


def reliability(judged: Sequence[Judged], *, bins: int = BINS) -> list[dict[str, Any]]:
    """
    Return for each bin of confidence that holds an answer: its ends, count, mean confidence, and the share right with its Wilson interval.

    Refusals are left out: a low confidence is why they are refusals.
    """
    found = []
    for place in range(bins):
        low, high = place / bins, (place + 1) / bins
        held = [
            one
            for one in judged
            if not one.declined
            and one.confidence is not None
            and low <= one.confidence
            and (one.confidence < high or place == bins - 1)
        ]
        if not held:
            continue
        share = wilson(sum(one.right for one in held), len(held))
        mean = sum(one.confidence or 0.0 for one in held) / len(held)
        found.append(
            {
                "low": low,
                "high": high,
                "count": len(held),
                "confidence": round(mean, 4),
                "right": round(share.value, 4),
                "interval": [round(share.low, 4), round(share.high, 4)],
            }
        )
    return found


def calibration_error(bins: Sequence[dict[str, Any]]) -> float | None:
    """Return how far share right and confidence are apart on average over the answers of *bins*; None without one."""
    count = sum(one["count"] for one in bins)
    return (
        round(sum(one["count"] * abs(one["right"] - one["confidence"]) for one in bins) / count, 4) if count else None
    )


@dataclass(frozen=True, slots=True)
class Refusing:
    """
    What a threshold does; shares are of the questions without and with an answer, of the right and of the wrong answers given now.

    ``kept`` and ``let_through`` say nothing of answers that are refused now: nobody knows whether they would be right.
    """

    threshold: float
    declined_right: float | None
    declined_wrongly: float | None
    kept: float | None
    let_through: float | None


def refusal_curve(judged: Sequence[Judged], thresholds: Sequence[float] = THRESHOLDS) -> list[dict[str, Any]]:
    """
    Return what each of *thresholds* would do if whatever has less confidence were refused, and nothing else that has one.

    What is given or refused without a confidence stays as it is.
    """
    found = []
    for threshold in thresholds:

        def declined(one: Judged, threshold: float = threshold) -> bool:
            return one.declined if one.confidence is None else one.confidence < threshold

        without = [declined(one) for one in judged if not one.answerable]
        answerable = [declined(one) for one in judged if one.answerable]
        right = [not declined(one) for one in judged if one.right and not one.declined]
        wrong = [not declined(one) for one in judged if not one.right and not one.declined]
        found.append(asdict(Refusing(threshold, _share(without), _share(answerable), _share(right), _share(wrong))))
    return found


def operating_point(judged: Sequence[Judged]) -> dict[str, float | None]:
    """Return the shares of questions without and with an answer that are declined now."""
    return {
        "declined_right": _share([one.declined for one in judged if not one.answerable]),
        "declined_wrongly": _share([one.declined for one in judged if one.answerable]),
    }


def _share(flags: Sequence[bool]) -> float | None:
    return round(sum(flags) / len(flags), 4) if flags else None
