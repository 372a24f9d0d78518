"""Two runs beside each other: which questions were gained and lost, and whether that may be chance."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from eval.answer_measures import NAMES
from eval.intervals import SEED, paired_difference, sign_test
from eval.statistics import ALPHA, ONE_IN_TEN, detectable, holm, paired_means, smallest_difference
from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
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
        return rows_by_id(systems[system]["rows"])
    except (KeyError, TypeError) as error:
        msg = f'{path}: its rows are not those of a run ("id" and "right" are needed).\n{again}'
        raise InputError(msg) from error


def rows_by_id(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the *rows* of a report by the id of their question; KeyError or TypeError where they are none."""
    return {str(row["id"]): {"right": bool(row["right"]), **row} for row in rows}


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
    yield f"smallest difference: {smallest_words(count, len(found.gained) + len(found.lost))}"
    for one in by_category(found, after):
        if one["gained"] or one["lost"]:
            yield (
                f"  {one['category']} ({one['count']}): gained {one['gained']}, lost {one['lost']}; p = {one['p']:.4f}, "
                f"after Holm's correction for {one['categories']} categories {one['p_holm']:.4f}"
            )
    for name, mean in graded(before, after).items():
        yield (
            f"  {name.replace('_', ' ')} ({mean['count']}): {mean['value']:+.3f} [{mean['low']:+.3f}, {mean['high']:+.3f}], "
            f"permutation test p = {mean['p']:.4f}, after Holm's correction {mean['p_holm']:.4f}"
        )
    for title, ids, rows in (("gained", found.gained, after), ("lost", found.lost, after)):
        for id_ in ids:
            reasons = "; ".join(rows[id_].get("reasons") or [])
            yield f"  {title} {id_}: {rows[id_].get('question', '')}{f'  ({reasons})' if reasons else ''}"
    for title, ids in (("only before", found.only_before), ("only after", found.only_after)):
        if ids:
            yield f"{title}: {', '.join(ids)}"


def smallest_words(count: int, changed: int) -> str:
    """Say what *count* questions of which *changed* changed can show, in a sentence."""
    found = smallest_difference(count, changed)
    if found.net is None:
        exact = f"with {changed} changed questions of {count} no split is beyond chance (p < {ALPHA}); at least 6 have to change"
    else:
        exact = (
            f"with {changed} changed questions of {count}, {found.net} more gained than lost, or lost than gained "
            f"({100 * found.net / count:.1f} points), is the least that is beyond chance (p < {ALPHA})"
        )
    if found.likely is None:
        return f"{exact}."
    return f"{exact}; a true difference of {100 * found.likely:.1f} points would be found four times in five."


def one_run_words(count: int) -> str:
    """Say what *count* questions could show if one in ten changed its outcome between two runs, in a sentence."""
    found = detectable(count, ONE_IN_TEN)
    if found is None:
        return f"with {count} questions of which one in ten changes between two runs, no difference is found reliably"
    return f"with {count} questions of which one in ten changes between two runs, a true difference of {100 * found:.1f} points is found four times in five"


def by_category(found: Comparison, rows: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """
    Return for each category of the common questions how many were gained and lost, with the exact p and Holm's correction of it.

    The correction is for the ``categories`` in which a question changed; in the others nothing was tested, and p is 1.
    """
    categories = dict.fromkeys(str(rows[id_].get("category")) for id_ in found.common)

    def counted(ids: tuple[str, ...]) -> dict[str, int]:
        return {name: sum(str(rows[id_].get("category")) == name for id_ in ids) for name in categories}

    count, gained, lost = counted(found.common), counted(found.gained), counted(found.lost)
    p = {name: sign_test(gained[name], lost[name]) for name in categories if gained[name] or lost[name]}
    corrected = holm(p)
    return [
        {
            "category": name,
            "count": count[name],
            "gained": gained[name],
            "lost": lost[name],
            "p": p.get(name, 1.0),
            "p_holm": corrected.get(name, 1.0),
            "categories": len(p),
        }
        for name in categories
    ]


def graded(
    before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """
    Return how each measure of the rows changed over the questions that have it in both runs; {} for runs that have none.

    Each has ``count``, the mean ``value`` with ``low`` and ``high``, ``p`` of the permutation test, and ``p_holm``.
    """
    found: dict[str, dict[str, Any]] = {}
    for name in NAMES:
        pairs = [
            (after[id_]["measures"][name], before[id_]["measures"][name])
            for id_ in before
            if all((rows.get(id_, {}).get("measures") or {}).get(name) is not None for rows in (before, after))
        ]
        if pairs:
            change, p = paired_means([new for new, _ in pairs], [old for _, old in pairs])
            found[name] = {"count": len(pairs), "value": change.value, "low": change.low, "high": change.high, "p": p}
    corrected = holm({name: change["p"] for name, change in found.items()})
    return {name: {**change, "p_holm": corrected[name]} for name, change in found.items()}


def comparison_report(
    before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """
    Return the comparison as a JSON object; ``difference`` and ``p`` are None where the runs have no question in common.

    ``gained`` and ``lost`` name each question with its category and, where the run tells it, what was asked. ``by_category`` and
    ``graded`` are corrected for how many they are; ``smallest`` is what the set can show, see :mod:`eval.statistics`.
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
        "smallest": asdict(smallest_difference(len(found.common), len(found.gained) + len(found.lost))),
        "by_category": by_category(found, after),
        "graded": graded(before, after),
        "gained": named(found.gained),
        "lost": named(found.lost),
        "only_before": list(found.only_before),
        "only_after": list(found.only_after),
    }
