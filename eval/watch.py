"""
Watching a folder of sets: all are run, stored by date and commit, and compared with the last run of the same content.

    OUT/NAME/20260105T210000Z_ee48a8300000_1a2b3c4d5e6f.json    a run of the set NAME: date, commit, SHA-256 of the set
    OUT/changes_20260105T210000Z_ee48a8300000.md                what changed

A set that cannot be read or run is told among the faults, and the rest goes on.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from eval.compare import Comparison, compare_rows, load_report
from eval.intervals import sign_test
from eval.provenance import commit
from eval.result_files import read_json, write_json, write_text
from eval.run import ASSISTANT
from indexer.errors import HoiVanBanError, InputError
from indexer.types import fold_white

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from eval.watch_sets import Runner, WatchedSet

LOST, FAULTY = 3, 1  # exit codes: a question was lost; none was, but a set could not be run
_DATE = "%Y%m%dT%H%M%SZ"
_HASH, _COMMIT = 12, 12  # digits in the names of files
_SHOWN = 200  # characters of a question

Rows = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored run: where it lies, when it was, at which commit, over which content."""

    path: Path
    name: str
    date: str
    commit: str
    sha256: str


@dataclass(frozen=True, slots=True)
class SetRun:
    """
    One set that was run: its rows, the run that it is compared with, None where there is none, and what changed since.

    ``replaced`` is the last run of the same name whose content was another; ``documents_differ`` says that the index was another.
    """

    name: str
    sealed: bool
    rows: Rows
    before: Stored | None = None
    comparison: Comparison | None = None
    before_rows: Rows | None = None
    replaced: Stored | None = None
    documents_differ: bool = False

    @property
    def right(self) -> int:
        """How many questions are right."""
        return sum(bool(row["right"]) for row in self.rows.values())


@dataclass(frozen=True, slots=True)
class Watch:
    """What one watch found."""

    date: str
    commit: str
    runs: tuple[SetRun, ...]
    faults: tuple[str, ...]
    gone: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """3 where a question was lost, else 1 where there was a fault, else 0."""
        if any(one.comparison and one.comparison.lost for one in self.runs):
            return LOST
        return FAULTY if self.faults else 0


def watch(sets: Sequence[WatchedSet], out: Path, runner: Runner, *, now: datetime) -> Watch:
    """
    Run all *sets*, store their results in *out* and return what changed; *now* is in UTC.

    Raises:
        InputError: *out* cannot be written.
    """
    date, at = now.strftime(_DATE), (commit() or "unknown").replace("+", "-changed")
    short = at[:_COMMIT] + ("-changed" if at.endswith("-changed") else "")
    known = stored_runs(out)
    runs: list[SetRun] = []
    faults: list[str] = []
    for one in sets:
        try:
            report = runner.run(one)
        except HoiVanBanError as error:
            faults.append(f"{one.name}: {error}")
            continue
        sha256 = one.sha256()[:_HASH]
        path = out / one.name / f"{date}_{short}_{sha256}.json"
        _make(path.parent)
        write_json(path, {**report, "set": one.name, "date": date}, "--out")
        rows = load_report(path, ASSISTANT)
        try:
            runs.append(_compared(one, rows, known, sha256, report.get("documents")))
        except InputError as error:
            faults.append(f"{one.name}: {error}")
            runs.append(SetRun(one.name, one.sealed, rows))
    names = {one.name for one in sets}
    last = max((stored.date for stored in known), default=None)
    gone = sorted({stored.name for stored in known if stored.date == last and stored.name not in names})
    found = Watch(date, short, tuple(runs), tuple(faults), tuple(gone))
    _make(out)
    write_text(out / f"changes_{date}_{short}.md", "".join(f"{line}\n" for line in watch_lines(found)), "--out")
    return found


def stored_runs(out: Path) -> list[Stored]:
    """Return the runs that are stored in *out*, the earliest first; files of other names are passed over."""
    found = []
    for path in out.rglob("*.json"):
        parts = path.stem.split("_")
        if len(parts) != 3 or not _is_date(parts[0]):
            continue
        found.append(Stored(path, path.parent.relative_to(out).as_posix(), *parts))
    return sorted(found, key=lambda stored: (stored.date, stored.name))


def _is_date(text: str) -> bool:
    try:
        datetime.strptime(text, _DATE)  # noqa: DTZ007 - looked at, not used
    except ValueError:
        return False
    return True


def _compared(one: WatchedSet, rows: Rows, known: Sequence[Stored], sha256: str, documents: str | None) -> SetRun:
    """Return *rows* of *one* beside its last run; a set that was renamed is known by its content."""
    same = [stored for stored in known if stored.sha256 == sha256]
    own = [stored for stored in known if stored.name == one.name]
    replaced = own[-1] if own and own[-1].sha256 != sha256 else None
    if not same:
        return SetRun(one.name, one.sealed, rows, replaced=replaced)
    before = same[-1]
    before_rows = load_report(before.path, ASSISTANT)
    differ = read_json(before.path, "Delete it.").get("documents") != documents
    comparison = compare_rows(before_rows, rows)
    return SetRun(one.name, one.sealed, rows, before, comparison, before_rows, replaced, differ)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"{folder}: cannot be made ({error.strerror}).\n  Give another folder:  --out DIR"
        raise InputError(msg) from error


def watch_lines(found: Watch) -> Iterator[str]:
    """Yield the report in Markdown: a row a set, then losses, gains, what is new, what was left out."""
    lost = sum(len(one.comparison.lost) for one in found.runs if one.comparison)
    gained = sum(len(one.comparison.gained) for one in found.runs if one.comparison)
    yield f"# What changed: {found.date}, commit {found.commit}"
    yield ""
    yield f"{len(found.runs)} sets run; **{lost} questions lost**, {gained} gained; {len(found.faults)} faults."
    yield ""
    yield "| set | questions | right before | right now | gained | lost | sign test p | compared with |"
    yield "|---|---:|---:|---:|---:|---:|---:|---|"
    for one in found.runs:
        yield _row(one)
    for title, which in (("Lost", "lost"), ("Gained", "gained")):
        sections = [line for one in found.runs for line in _crossed(one, which)]
        if sections:
            yield from ("", f"## {title}", "", *sections)
    notes = [*_notes(found)]
    if notes:
        yield from ("", "## New, changed, gone", "", *notes)
    if found.faults:
        yield from ("", "## Faults", "")
        yield from (f"- {' '.join(fault.split())}" for fault in found.faults)


def _row(one: SetRun) -> str:
    cells = [one.name, str(len(one.rows)), "–", str(one.right), "–", "–", "–", "nothing stored"]
    if one.comparison and one.before:
        gained, lost = len(one.comparison.gained), len(one.comparison.lost)
        cells[2], cells[4:7] = (
            str(one.comparison.right_before),
            [str(gained), str(lost), f"{sign_test(gained, lost):.3f}"],
        )
        cells[7] = f"{one.before.date}, {one.before.commit}"
    return f"| {' | '.join(cells)} |"


def _crossed(one: SetRun, which: str) -> Iterator[str]:
    """Yield the questions of *one* that were lost, or gained, by class; of a sealed set their ids only."""
    ids: Sequence[str] = getattr(one.comparison, which) if one.comparison else ()
    by_class: dict[str, list[str]] = defaultdict(list)
    for id_ in ids:
        by_class[str(one.rows[id_].get("category"))].append(id_)
    for category, named in by_class.items():
        yield f"- **{one.name}, {category}** ({len(named)}): {', '.join(named)}"
        if not one.sealed:
            yield from (f"  - {id_}: {_told(one, id_)}" for id_ in named)


def _told(one: SetRun, id_: str) -> str:
    now, before = one.rows[id_], (one.before_rows or {}).get(id_, {})
    asked = fold_white(str(now.get("question") or ""))[:_SHOWN]
    reasons = "; ".join(now.get("reasons") or before.get("reasons") or [])
    return f"{asked}{f' ({reasons})' if reasons else ''}"


def _notes(found: Watch) -> Iterator[str]:
    for one in found.runs:
        if one.replaced:
            yield f"- {one.name}: its content is another than on {one.replaced.date}."
        elif one.before is None:
            yield f"- {one.name}: new; the next watch compares with this run."
        if one.before and one.before.name != one.name:
            yield f"- {one.name}: has the content of {one.before.name} of {one.before.date}."
        if one.documents_differ:
            yield f"- {one.name}: the documents of the index have changed too since {one.before.date if one.before else '?'}."
    yield from (f"- {name}: was there at the last watch, and is gone." for name in found.gone)


def index_places(given: Sequence[str], default: Path) -> Mapping[str, Path]:
    """
    Return the folders of indexes by the name of a set or of a folder of sets; "" is for all others.

    ``["i", "other=j"]`` gives ``{"": Path("i"), "other": Path("j")}``.
    """
    parted = [text.rpartition("=") for text in given]
    return {"": default} | {name: default.__class__(folder) for name, _, folder in parted}


def place_of(name: str, places: Mapping[str, Path]) -> Path:
    """Return the index of the set *name*: that of itself, of the nearest folder above it, or the one for all."""
    while name and name not in places:
        name = name.rpartition("/")[0]
    return places[name]
