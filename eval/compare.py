"""Two runs beside each other: which questions were gained and lost, and whether that may be chance."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eval.intervals import SEED, paired_difference, sign_test
from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Comparison:
    """The questions that both runs asked, and which of them were right in one alone."""

    common: tuple[str, ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    right_before: int
    right_after: int


def load_report(path: Path, system: str | None) -> dict[str, dict[str, Any]]:
    """
    Return the rows of *system*, None for the first one, by question id from a file that ``eval run --json`` wrote.

    Raises:
        InputError: the file is no such report, or has no such system.
    """
    again = f"  Make one:  python -m eval run --json {path}"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        msg = f"{path}: {error.strerror}.\n{again}"
        raise InputError(msg) from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        msg = f"{path}: is no JSON ({error}).\n{again}"
        raise InputError(msg) from error
    systems = found.get("systems") if isinstance(found, dict) else None
    if not isinstance(systems, dict) or not systems:
        msg = f'{path}: is no report of a run, "systems" is missing.\n{again}'
        raise InputError(msg)
    system = system or next(iter(systems))
    if system not in systems:
        names = ", ".join(systems)
        msg = f"{path}: holds no {system!r}, but {names}.\n  Name one of them:  --system {next(iter(systems))}"
        raise InputError(msg)
    try:
        return {str(row["id"]): {"right": bool(row["right"]), **row} for row in systems[system]["rows"]}
    except (KeyError, TypeError) as error:
        msg = f'{path}: its rows are not those of a run ("id" and "right" are needed).\n{again}'
        raise InputError(msg) from error


def compare_rows(before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]) -> Comparison:
    """Return how *after* differs from *before*, both rows by question id."""
    common = tuple(id_ for id_ in before if id_ in after)
    return Comparison(
        common=common,
        gained=tuple(id_ for id_ in common if after[id_]["right"] and not before[id_]["right"]),
        lost=tuple(id_ for id_ in common if before[id_]["right"] and not after[id_]["right"]),
        only_before=tuple(id_ for id_ in before if id_ not in after),
        only_after=tuple(id_ for id_ in after if id_ not in before),
        right_before=sum(before[id_]["right"] for id_ in common),
        right_after=sum(after[id_]["right"] for id_ in common),
    )


def comparison_lines(before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield the report: totals with the interval of their difference, the exact McNemar test, gains, losses."""
    found = compare_rows(before, after)
    if not found.common:
        yield "The two runs have no question in common."
        return
    change = paired_difference(
        [after[id_]["right"] for id_ in found.common], [before[id_]["right"] for id_ in found.common]
    )
    count = len(found.common)
    yield f"questions in both: {count}; right before {found.right_before}/{count}, after {found.right_after}/{count}"
    interval = f"[{change.low:+.3f}, {change.high:+.3f}]"
    yield f"difference: {change.value:+.3f} {interval} (95 %, paired bootstrap, seed {SEED})"
    yield (
        f"gained {len(found.gained)}, lost {len(found.lost)}; "
        f"exact McNemar (sign) test p = {sign_test(len(found.gained), len(found.lost)):.4f}"
    )
    for title, ids, rows in (("gained", found.gained, after), ("lost", found.lost, after)):
        for id_ in ids:
            reasons = "; ".join(rows[id_].get("reasons") or [])
            yield f"  {title} {id_}: {rows[id_].get('question', '')}{f'  ({reasons})' if reasons else ''}"
    for title, ids in (("only before", found.only_before), ("only after", found.only_after)):
        if ids:
            yield f"{title}: {', '.join(ids)}"


def comparison_report(
    before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """
    Return the comparison as a JSON object; ``difference`` and ``p`` are None where the runs have no question in common.

    ``gained`` and ``lost`` name each question with its category and, where the run tells it, what was asked.
    """
    found = compare_rows(before, after)
    difference = p = None
    if found.common:
        change = paired_difference(
            [after[id_]["right"] for id_ in found.common], [before[id_]["right"] for id_ in found.common]
        )
        difference = {"value": change.value, "low": change.low, "high": change.high}
        p = sign_test(len(found.gained), len(found.lost))

    def named(ids: tuple[str, ...]) -> list[dict[str, Any]]:
        return [
            {"id": id_, "category": after[id_].get("category"), "question": after[id_].get("question")} for id_ in ids
        ]

    return {
        "seed": SEED,
        "common": len(found.common),
        "right_before": found.right_before,
        "right_after": found.right_after,
        "difference": difference,
        "p": p,
        "gained": named(found.gained),
        "lost": named(found.lost),
        "only_before": list(found.only_before),
        "only_after": list(found.only_after),
    }
