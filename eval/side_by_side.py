"""Several systems on the same questions: what each answers short and with its place, what it declines, and how long it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eval.intervals import wilson
from eval.latency import latency

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from eval.run import Outcome


def side_by_side(systems: Mapping[str, Sequence[Outcome]]) -> Iterator[str]:
    """
    Yield a table in Markdown, a line a system.

    The headline is the share of the questions with an answer that got it with every fact, every place cited, and short: who pastes
    pages or declines everything has next to none. Unfounded are answers with a figure that stands nowhere in what they cite (a list
    that tells of how many rows it is a part has one by right). Milliseconds are those that the answers tell.
    """
    yield "| system | right | headline: facts, places, short | declined right | unfounded | errors | p50 ms | p95 ms |"
    yield "|---|---:|---|---:|---:|---:|---:|---:|"
    for name, outcomes in systems.items():
        scores = [outcome.score for outcome in outcomes]
        answerable = [score for score in scores if score.answerable]
        headline = sum(bool(score.headline) for score in answerable)
        share = wilson(headline, len(answerable))
        cells = [
            _of(sum(score.right for score in scores), len(scores)),
            f"{headline}/{len(answerable)} {share.value:.3f} [{share.low:.3f}, {share.high:.3f}]"
            if answerable
            else "–",
            _of(sum(s.declined and s.right for s in scores), len(scores) - len(answerable)),
            str(sum(bool(score.unfounded) for score in scores)),
            str(len(errors(outcomes))),
            *milliseconds(outcomes),
        ]
        yield f"| {name} | {' | '.join(cells)} |"


def milliseconds(outcomes: Sequence[Outcome]) -> tuple[str, str]:
    """Return the median and the 95th percentile of the milliseconds of the answers in *outcomes*, "–" where none tells."""
    told = [outcome.record.get("elapsed_ms") for outcome in outcomes if outcome.record.get("status") != "error"]
    found = latency(told)
    return (f"{found['p50']:.1f}", f"{found['p95']:.1f}") if found else ("–", "–")


def errors(outcomes: Sequence[Outcome]) -> list[str]:
    """Return which questions got no answer but an error, and why."""
    return [
        f"{outcome.question.id}: {outcome.record.get('reason') or 'no reason given'}"
        for outcome in outcomes
        if outcome.record.get("status") == "error"
    ]


def error_lines(systems: Mapping[str, Sequence[Outcome]]) -> Iterator[str]:
    """Yield the questions that got an error for an answer, system by system; nothing where none did."""
    for name, outcomes in systems.items():
        if found := errors(outcomes):
            yield ""
            yield f"{name}: {len(found)} questions got no answer, which counts as a wrong one"
            yield from (f"  {line}" for line in found)


def _of(part: int, count: int) -> str:
    return f"{part}/{count}" if count else "–"
