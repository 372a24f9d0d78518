"""What a run adds up to beside right and wrong: citations, lists, reading, confidence, refusals and time, as they stand in its JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from eval.answer_measures import NAMES, Measured, measure_answer, values
from eval.compare import one_run_words
from eval.confidence import Judged, calibration_error, operating_point, refusal_curve, reliability
from eval.intervals import bootstrap, wilson
from eval.latency import latency
from eval.understanding import read_right

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from eval.question_set import Gold, Question
    from eval.run import Outcome
    from indexer.types import Span

_DIGITS = 4


def measured(
    outcomes: Sequence[Outcome],
    texts: Mapping[str, str] | None = None,
    span: Callable[[Gold], Span | None] | None = None,
) -> list[Measured]:
    """Return the measures of each of *outcomes*; *texts* and *span* as for :func:`eval.answer_measures.measure_answer`."""
    return [measure_answer(one.question, one.record, texts, span) for one in outcomes]


def row_measures(outcome: Outcome, found: Measured) -> dict[str, Any]:
    """Return what the row of *outcome* tells of its measures."""
    reading = _read(outcome.question, outcome.record)
    return {
        "confidence": outcome.record.get("confidence"),
        "well_typed": outcome.question.well_typed,
        "read_right": None if reading is None else round(reading, _DIGITS),
        "measures": {name: None if value is None else round(value, _DIGITS) for name, value in asdict(found).items()},
    }


def summary(outcomes: Sequence[Outcome], found: Sequence[Measured]) -> dict[str, Any]:
    """
    Return the sums over *outcomes*, *found* being their measures: numbers alone, so that a sealed report may hold them.

    ``graded`` has means with bootstrap intervals, ``understanding`` is None where no question tells how it is well typed, ``latency``
    where no answer tells its time. ``unanswered`` counts errors, time-outs and questions that a recorded run lacks; they are wrong.
    """
    judged = [_judged(one) for one in outcomes]
    bins = reliability(judged)
    return {
        "graded": {name: _mean(values(found, name)) for name in NAMES if values(found, name)},
        "understanding": _understanding(outcomes),
        "latency": latency([one.record.get("elapsed_ms") for one in outcomes if one.record.get("status") != "error"]),
        "unanswered": sum(one.record.get("status") == "error" for one in outcomes),
        "reliability": bins,
        "calibration_error": calibration_error(bins),
        "weighed": sum(one.confidence is not None for one in judged),
        "refusal": {**operating_point(judged), "curve": refusal_curve(judged)},
    }


def _mean(found: Sequence[float]) -> dict[str, Any]:
    mean = bootstrap(found)
    return {
        "count": len(found),
        "value": round(mean.value, _DIGITS),
        "low": round(mean.low, _DIGITS),
        "high": round(mean.high, _DIGITS),
    }


def _judged(outcome: Outcome) -> Judged:
    given, score = outcome.record.get("confidence"), outcome.score
    confidence = float(given) if isinstance(given, int | float) and not isinstance(given, bool) else None
    return Judged(confidence, score.answerable, score.declined, score.right)


def _read(question: Question, record: Mapping[str, Any]) -> float | None:
    return None if question.well_typed is None else read_right(str(record.get("understood") or ""), question.well_typed)


def _understanding(outcomes: Sequence[Outcome]) -> dict[str, Any] | None:
    readings = [_read(one.question, one.record) for one in outcomes]
    read = [reading for reading in readings if reading is not None]
    if not read:
        return None
    restored = sum(reading == 1 for reading in read)
    share = wilson(restored, len(read))
    return {
        "count": len(read),
        "restored": restored,
        "interval": [round(share.low, _DIGITS), round(share.high, _DIGITS)],
        "syllables": round(sum(read) / len(read), _DIGITS),
    }


def lines(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the measures of every system of *report* in Markdown, behind the table of right and wrong."""
    systems = {name: system["measures"] for name, system in report["systems"].items()}
    names = [name for name in NAMES if any(name in one["graded"] for one in systems.values())]
    yield f"| means, 95 % bootstrap | {' | '.join(name.replace('_', ' ') for name in names)} | read right | p50 | p95 |"
    yield f"|---|{'---|' * (len(names) + 3)}"
    for name, one in systems.items():
        cells = [_shown(one["graded"].get(measure)) for measure in names]
        read, took = one["understanding"], one["latency"]
        cells.append(f"{read['restored']}/{read['count']} {read['restored'] / read['count']:.3f}" if read else "–")
        cells += [f"{took[part]:.1f} ms" if took else "–" for part in ("p50", "p95")]
        yield f"| {name} | {' | '.join(cells)} |"
    yield ""
    count = next(iter(report["systems"].values()))["total"]["count"]
    yield f"smallest difference: {one_run_words(count)}"
    for name, one in systems.items():
        if one["unanswered"]:
            yield f"{name}: {one['unanswered']} questions without an answer (errors, time-outs, missing), counted as wrong"
    if report.get("memory_peak_mib"):
        yield f"peak memory of the run: {report['memory_peak_mib']:,.0f} MiB"


def _shown(mean: Mapping[str, Any] | None) -> str:
    return f"{mean['value']:.3f} [{mean['low']:.3f}, {mean['high']:.3f}]" if mean else "–"
