"""Several systems on the same questions: what the first one has right that another has not, and whether that may be chance."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from eval.intervals import Interval, paired_difference, sign_test
from eval.statistics import holm

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from eval.run import Outcome

RIGHT, HEADLINE = "right", "headline"


@dataclass(frozen=True, slots=True)
class Paired:
    """
    ``first`` beside ``other`` over the ``count`` questions that ``measure`` counts.

    ``gained`` are right in the first alone, ``lost`` in the other alone; ``difference`` is how much larger the share of the first is.
    ``p`` is that of the exact McNemar test, ``p_holm`` corrected for how many other systems there are.
    """

    first: str
    other: str
    measure: str
    count: int
    gained: int
    lost: int
    difference: Interval
    p: float
    p_holm: float


def paired_tests(systems: Mapping[str, Sequence[Outcome]]) -> list[Paired]:
    """
    Return the first of *systems* beside each other one, by what is right and by the headline; [] for one system alone.

    The headline is of the questions with an answer alone. All systems were asked the same questions, in the same order.
    """
    first, *others = systems
    found = []
    for measure in (RIGHT, HEADLINE):
        came_out = {name: _came_out(outcomes, measure) for name, outcomes in systems.items()}
        ours = came_out[first]
        if not ours:
            continue
        changed = {name: _changed(ours, came_out[name]) for name in others}
        p = {name: sign_test(*counts) for name, counts in changed.items()}
        corrected = holm(p)
        found += [
            Paired(
                first,
                name,
                measure,
                len(ours),
                *changed[name],
                difference=paired_difference(ours, came_out[name]),
                p=p[name],
                p_holm=corrected[name],
            )
            for name in others
        ]
    return found


def _came_out(outcomes: Sequence[Outcome], measure: str) -> list[bool]:
    scores = [outcome.score for outcome in outcomes]
    if measure == RIGHT:
        return [score.right for score in scores]
    return [bool(score.headline) for score in scores if score.answerable]


def _changed(ours: Sequence[bool], theirs: Sequence[bool]) -> tuple[int, int]:
    both = list(zip(ours, theirs, strict=True))
    return sum(one and not other for one, other in both), sum(other and not one for one, other in both)


def paired_lines(tests: Sequence[Paired]) -> Iterator[str]:
    """Yield *tests* as a table in Markdown; nothing where there are none."""
    if not tests:
        return
    yield f"| {tests[0].first} beside | of | n | difference | right here alone | right there alone | p | p, Holm |"
    yield "|---|---|---:|---|---:|---:|---:|---:|"
    for one in tests:
        change = one.difference
        cells = [
            one.measure,
            str(one.count),
            f"{change.value:+.3f} [{change.low:+.3f}, {change.high:+.3f}]",
            str(one.gained),
            str(one.lost),
            p_words(one.p),
            p_words(one.p_holm),
        ]
        yield f"| {one.other} | {' | '.join(cells)} |"


def p_words(p: float) -> str:
    """Return a p value as tables show it: four digits, and "< 0.0001" below."""
    return f"{p:.4f}" if p >= 0.0001 else "< 0.0001"


def paired_objects(tests: Sequence[Paired]) -> list[dict[str, Any]]:
    """Return *tests* as JSON objects."""
    return [asdict(one) for one in tests]
