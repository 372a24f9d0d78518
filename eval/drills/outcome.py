"""How a drill went: what was tried how often, what did not hold, and what was counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eval.provenance import FORMAT, commit
from eval.result_files import read_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Figure = float | str


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    One drill. It passed where nothing is in ``failures``; ``skipped`` says why it could not be done on this machine.

    ``what`` says in a clause what was tried ``tries`` times, ``figures`` what was counted besides.
    """

    name: str
    what: str
    tries: int
    failures: tuple[str, ...] = ()
    figures: Mapping[str, Figure] = field(default_factory=dict)
    skipped: str | None = None


def row(found: Mapping[str, Any]) -> list[str]:
    """Return the cells of the table's row of an outcome as it stands in a result file."""
    counts = ", ".join(f"{name} {_number(value)}" for name, value in found["figures"].items())
    if found["skipped"]:
        return [found["name"], found["what"], "–", "–", f"not done: {found['skipped']}"]
    tries, failed = found["tries"], len(found["failures"])
    return [found["name"], found["what"], f"{tries - min(failed, tries)}/{tries}", str(failed), counts or "–"]


HEAD = ("drill", "what was done", "held", "failed", "counted")


def lines(outcome: Outcome) -> list[str]:
    """Return what the command prints of *outcome*: the table's row, and a line a failure."""
    cells = row(as_json(outcome))
    return [f"| {' | '.join(cells)} |", *(f"    {failure}" for failure in outcome.failures)]


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Return *outcome* as it stands in a result file."""
    return {
        "name": outcome.name,
        "what": outcome.what,
        "tries": outcome.tries,
        "failures": list(outcome.failures),
        "figures": dict(outcome.figures),
        "skipped": outcome.skipped,
    }


def report(outcomes: Sequence[Outcome], *, seed: int, before: Path) -> dict[str, Any]:
    """Return the result file of *outcomes*; drills in the file *before* that are not among them stay, where it is of the same commit."""
    made = {"format": FORMAT, "commit": commit(), "seed": seed}
    drills = {}
    if before.exists():
        kept = read_json(before, "Name another file:  --json OUT")
        if {name: kept.get(name) for name in made} == made:
            drills = {one["name"]: one for one in kept["drills"]}
    drills |= {outcome.name: as_json(outcome) for outcome in outcomes}
    return {**made, "drills": list(drills.values())}


def _number(value: Figure) -> str:
    return value if isinstance(value, str) else f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"
