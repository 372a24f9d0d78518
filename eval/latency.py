"""How long the answers of a run took."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

BOUNDS = (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000, 2000, 5000, 10_000)  # milliseconds


def latency(milliseconds: Sequence[float | None]) -> dict[str, Any] | None:
    """
    Return ``p50``, ``p95``, ``max`` and ``mean`` in milliseconds, how many answers told theirs, and ``bins``; None where none did.

    A bin is ``[from, to, count]``; the last has no end (None). Bins without an answer at either end are left out.
    """
    told = np.array([value for value in milliseconds if value is not None], dtype=np.float64)
    if not len(told):
        return None
    edges = (0, *BOUNDS, np.inf)
    counts = np.histogram(told, edges)[0].tolist()
    held = [place for place, count in enumerate(counts) if count]
    bins = [
        [edges[place], None if np.isinf(edges[place + 1]) else edges[place + 1], counts[place]]
        for place in range(held[0], held[-1] + 1)
    ]
    p50, p95 = np.percentile(told, (50, 95))
    figures = {"p50": p50, "p95": p95, "max": told.max(), "mean": told.mean()}
    return {**{name: round(float(value), 2) for name, value in figures.items()}, "count": len(told), "bins": bins}
