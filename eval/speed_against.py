"""
Speed figures beside those of a stored run: what got slower, or larger, by more than noise.

Machines differ and are busy, so a figure that has a floor is judged by how many times its floor it is, in either run. It got worse where
that is more than WORSE times what it was, and by more than LEAST of its unit, of this run's floor: a fraction of a millisecond is noise.
A machine on which others work is told, since a floor of a fraction of a millisecond fits between them and what takes longer does not.
Memory and sizes without a floor are judged as they are. Times and rates without one are shown and not judged. One error more than before
is one too many.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eval.result_files import read_json
from eval.speed import Measured, amount
from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

WORSE = 1.25
LEAST = {"ms": 1.0, "s": 0.2, "MiB": 5.0}  # a change of less is noise, whatever it is in per cent
BUSY = 0.5  # load by others, a processor, from which times say little
_RATES = ("/s", "pages/s")  # more is better
_SIZES = ("MiB",)


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of two runs. ``times`` is how much worse it is, 1 is no change; None where it is not judged."""

    before: Measured
    after: Measured
    times: float | None
    worse: bool


def load_figures(path: Path) -> dict[str, Any]:
    """
    Return the report that ``eval speed --json`` wrote to *path*.

    Raises:
        InputError: the file is no such report.
    """
    again = f"Make one:  python -m eval speed --json {path}"
    found = read_json(path, again)
    measures = found.get("measures") if isinstance(found, dict) else None
    fields = {"what", "unit", "ours", "floor"}
    if not isinstance(measures, list) or not all(isinstance(one, dict) and fields <= set(one) for one in measures):
        msg = f'{path}: is no report of speed ("measures" with {", ".join(sorted(fields))}).\n  {again}'
        raise InputError(msg)
    return dict(found)


def figures_of(found: dict[str, Any]) -> list[Measured]:
    """Return the figures of a stored report."""
    return [Measured(one["what"], one["unit"], one["ours"], one["floor"]) for one in found["measures"]]


def compare_figures(before: Sequence[Measured], after: Sequence[Measured]) -> list[Change]:
    """Return the figures that both runs have by the same name and unit, in the order of *after*."""
    known = {(one.what, one.unit): one for one in before}
    return [_change(known[key], one) for one in after if (key := (one.what, one.unit)) in known]


def _change(before: Measured, after: Measured) -> Change:
    if after.unit == "":  # a count of errors
        return Change(before, after, None, after.ours > before.ours)
    first, second = before.ratio, after.ratio
    if first is None or second is None:
        if after.unit not in _SIZES or not before.ours:
            return Change(before, after, None, worse=False)
        first, second, unit = before.ours, after.ours, 1.0
    else:
        unit = after.floor or 0.0
    times = first / second if after.unit in _RATES else second / first
    much = abs(second - first) * unit > LEAST.get(after.unit, 0.0)
    return Change(before, after, times, times > WORSE and much)


def busy(found: dict[str, Any]) -> str | None:
    """Return a sentence about the load of the machine before the run *found*, None where it was idle or is not known."""
    machine = found.get("machine") or {}
    load, cores = machine.get("load_before"), machine.get("cores")
    if not load or not cores or load <= BUSY * cores:
        return None
    return f"others kept {load:.1f} of {cores} processors busy when the run began; its times say little. Measure again when it is idle."


def against_lines(
    stored: dict[str, Any], found: dict[str, Any], before: Sequence[Measured], after: Sequence[Measured]
) -> Iterator[str]:
    """
    Yield how the run *found*, whose figures are *after*, compares with the one *stored*, whose figures are *before*.

    First a table, then what got worse, and whether either machine was busy.
    """
    changes = compare_figures(before, after)
    yield f"against the run of commit {stored.get('commit') or 'unknown'}"
    yield ""
    yield "| what | before | its ratio | now | its ratio | times |  |"
    yield "|---|---:|---:|---:|---:|---:|---|"
    for one in changes:
        cells = [_value(one.before), _ratio(one.before.ratio), _value(one.after), _ratio(one.after.ratio)]
        yield f"| {one.after.what} | {' | '.join(cells)} | {_ratio(one.times)} | {'WORSE' if one.worse else ''} |"
    same = {one.after.what for one in changes}
    for title, figures in (("only before", before), ("only now", after)):
        if alone := [one.what for one in figures if one.what not in same]:
            yield f"{title}: {'; '.join(alone)}"
    yield ""
    worse = [one.after.what for one in changes if one.worse]
    rule = f"ratio to the floor worse by more than {WORSE - 1:.0%}"
    if not changes:
        yield "The two runs have no figure in common."
    elif worse:
        yield f"{len(worse)} of {len(changes)} figures got worse beyond noise ({rule}): {'; '.join(worse)}"
    else:
        yield f"None of {len(changes)} figures got worse beyond noise ({rule})."
    for name, run in (("before", stored), ("now", found)):
        if told := busy(run):
            yield f"{name}: {told}"


def _value(one: Measured) -> str:
    return amount(one.ours, one.unit)


def _ratio(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
