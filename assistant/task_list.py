"""
All tasks and indicators of a corpus as one list: who leads and takes part, by when, what is left open, and which of them a filter keeps.

Nothing here ranks: a row fits or does not fit. Whether a task is done, no document says; "overdue" only compares its printed deadline with a day.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

import regex as re

from assistant.corpus import RowAt, count_items, subject_column
from assistant.task_periods import Grain, periods_of
from assistant.wording import document_name
from indexer.audit import blank_clarities
from indexer.deadlines import DeadlineKind, parse_deadline
from indexer.path import label
from indexer.types import fold_white
from indexer.vietnamese import fold, unify_tone

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from assistant.corpus import Corpus
    from assistant.task_filter import TaskFilter
    from assistant.task_periods import Period
    from indexer.agencies import Agency
    from indexer.deadlines import Deadline
    from indexer.types import Cell, Table

_BOUND = (DeadlineKind.DAY, DeadlineKind.PERIOD, DeadlineKind.RELATIVE)
_WORD = re.compile(r"[\w%]+(?:[./,&:-][\w%]+)*")
ROLES = ("lead", "partners")  # of agencies


class DueState(StrEnum):
    """How the deadline of a row stands to a day."""

    OVERDUE = "overdue"
    SOON = "soon"  # within so many days, today among them
    OPEN = "open"
    RECURRING = "recurring"
    UNDATED = "undated"  # words that name no last day: "theo hướng dẫn của …", "từ quý I/2026"
    NOT_STATED = "not_stated"


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text in small letters, tone marks unified, and the same without diacritics."""

    marked: frozenset[str]
    plain: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Words:
        """Return the words of *text*; document numbers and dates stay whole, their parts beside them."""
        found = words_of(text)
        parts = (part for word in found for part in re.findall(r"[\w%]+", word))
        marked = frozenset((*found, *parts))
        return cls(marked, frozenset(map(fold, marked)))

    def hold(self, asked: str) -> bool:
        """
        Tell whether every word of *asked* is among these.

        A word that is typed with diacritics is meant with them; one without finds both: "so" finds "sở" and "số", "sở" only "sở".
        """
        return all(word in self.marked or (word in self.plain and fold(word) == word) for word in words_of(asked))


@dataclass(frozen=True, slots=True)
class TaskRow:
    """
    A row of a register, read: its place in words, its deadline, the agencies that it names, and what of the "6 rõ" it leaves blank.

    ``last_days`` are the last days of all deadlines of its due cell that have one, that of the one that decides first.
    """

    at: RowAt
    place: str
    deadline: Deadline
    last_days: tuple[date, ...]
    leads: tuple[Agency, ...]
    partners: tuple[Agency, ...]
    gaps: tuple[str, ...]
    words: Words  # of all its cells, of its section and its document

    @property
    def document(self) -> str:
        """The id of its document."""
        return self.at.table.document

    @property
    def last_day(self) -> date | None:
        """The day by which it is due; None where no such day is printed."""
        return self.last_days[0] if self.last_days else None

    @property
    def year_assumed(self) -> bool:
        """Whether its deadline prints no year, so that the year of the document was taken."""
        return bool(self.last_days) and self.deadline.kind is not DeadlineKind.RELATIVE and not self.deadline.year

    def column(self, role: str) -> int | None:
        """Return the column with *role*, "content" meaning what the row is about."""
        return subject_column(self.at.table) if role == "content" else self.at.table.column(role)

    def cell(self, role: str) -> Cell | None:
        """Return the cell in the column with *role*; None where the register has no such column."""
        index = self.column(role)
        return None if index is None else self.at.row.cells[index]

    def text(self, role: str) -> str:
        """Return the words of the cell in the column with *role*, "" where there are none."""
        cell = self.cell(role)
        return cell.text if cell else ""

    def agencies(self, role: str) -> tuple[Agency, ...]:
        """Return the agencies that it names in *role*, in both where it is ""."""
        return {"lead": self.leads, "partners": self.partners}.get(role, (*self.leads, *self.partners))

    def state(self, today: date, soon: int) -> DueState:
        """Return how its deadline stands to *today*; the next *soon* days count as near."""
        if self.deadline.kind is DeadlineKind.NOT_STATED:
            return DueState.NOT_STATED
        if self.deadline.kind is DeadlineKind.RECURRING:
            return DueState.RECURRING
        day = self.last_day
        if day is None:
            return DueState.UNDATED
        if day < today:
            return DueState.OVERDUE
        return DueState.SOON if day <= today + timedelta(days=soon) else DueState.OPEN


@dataclass(frozen=True, slots=True)
class AgencyCount:
    """An agency and how many rows name it, as lead and in all."""

    agency: Agency
    led: int
    named: int


@dataclass(frozen=True, slots=True)
class TableCount:
    """How many tasks of a register are chosen, of how many; ``rows`` are the chosen ones."""

    table: Table
    chosen: int
    total: int


@dataclass(frozen=True, slots=True)
class Selection:
    """
    What a filter keeps.

    ``possible`` are rows that do not name the agency asked for, but a group that may include it ("các sở, ban, ngành"), and fit otherwise.
    ``counts`` has an entry for every register of which a row is in ``rows``.
    """

    rows: tuple[TaskRow, ...]
    possible: tuple[TaskRow, ...]
    counts: tuple[TableCount, ...]


class TaskList:
    """The rows of all registers of *corpus*, as they are read on the day *today*."""

    def __init__(self, corpus: Corpus, today: date) -> None:
        self.corpus, self.today = corpus, today

    @cached_property
    def rows(self) -> tuple[TaskRow, ...]:
        """Every task and indicator, in the order of the documents; rows that only head others are none."""
        return tuple(self._read(RowAt(table, row)) for table in self.corpus.tables for row in table.items)

    def rows_of(self, documents: Collection[str]) -> tuple[TaskRow, ...]:
        """Return the rows of these documents (ids) alone, rows that only head others among them."""
        index = self.corpus.index
        tables = (
            table for document in index.documents if document.id in documents for table in index.tables(document.id)
        )
        return tuple(self._read(RowAt(table, row)) for table in tables for row in table.rows)

    def _read(self, at: RowAt) -> TaskRow:
        index = at.table.column("due")
        text = at.row.cells[index].text if index is not None else ""
        issued = self.corpus.index.document(at.table.document).metadata.issued_on
        issued_on = date.fromisoformat(issued.value) if issued else None
        year = issued_on.year if issued_on else self.today.year
        deadline = parse_deadline(text, default_year=year, issued_on=issued_on)
        every = (deadline, *deadline.parts)
        days = dict.fromkeys(one.last for one in every if one.kind in _BOUND and one.last is not None)
        decisive = deadline.kind in _BOUND and deadline.last is not None
        return TaskRow(
            at,
            label(at.row.path),
            deadline,
            tuple(days) if decisive else (),
            self._named(at, "lead"),
            self._named(at, "partners"),
            blank_clarities(at.table, at.row),
            self._words(at),
        )

    def _named(self, at: RowAt, role: str) -> tuple[Agency, ...]:
        cells = (cell for column, cell in zip(at.table.columns, at.row.cells, strict=True) if column.role == role)
        known = self.corpus.agencies
        return tuple(one for cell in cells for one in self.corpus.keys.split(cell.text) if one.key in known)

    def _words(self, at: RowAt) -> Words:
        document = document_name(self.corpus.index.document(at.table.document))
        group = at.row.group.label if at.row.group else ""
        texts = (*(cell.text for cell in at.row.cells), group, fold_white(at.table.title), label(at.row.path), document)
        return Words.of(" ".join(texts))

    @cached_property
    def agencies(self) -> tuple[AgencyCount, ...]:
        """Every agency that a row names, by name; each under the name that is printed most often."""
        names: dict[str, Counter[str]] = {}
        found: dict[str, Agency] = {}
        led: Counter[str] = Counter()
        named: Counter[str] = Counter()
        for row in self.rows:
            for agency in row.agencies(""):
                names.setdefault(agency.key, Counter())[agency.name] += 1
                found.setdefault(agency.key, agency)
            led.update({agency.key for agency in row.leads})
            named.update({agency.key for agency in row.agencies("")})
        counts = [
            AgencyCount(_called(found[key], names[key].most_common(1)[0][0]), led[key], named[key]) for key in found
        ]
        return tuple(sorted(counts, key=lambda one: one.agency.key))

    def agency(self, key: str) -> Agency | None:
        """Return the agency with this *key*, None where no row names it."""
        return next((one.agency for one in self.agencies if one.agency.key == key), None)

    @cached_property
    def documents(self) -> tuple[str, ...]:
        """The ids of the documents that have tasks."""
        return tuple(dict.fromkeys(row.document for row in self.rows))

    @cached_property
    def nouns(self) -> tuple[str, ...]:
        """What rows are called, each once."""
        return tuple(dict.fromkeys(row.at.table.noun for row in self.rows))

    def periods(self, grain: Grain) -> tuple[Period, ...]:
        """Return the periods of this length in which a row is due."""
        return periods_of([day for row in self.rows for day in row.last_days], grain)

    def select(self, wanted: TaskFilter) -> Selection:
        """Return the rows that *wanted* keeps, in the order that it asks for."""
        fitting = [row for row in self.rows if wanted.fits(row, self.today)]
        rows = [row for row in fitting if wanted.names_agency(row)]
        possible: list[TaskRow] = []
        if wanted.agency and not any(one.group for one in [self.agency(wanted.agency)] if one):
            possible = [row for row in fitting if not wanted.names_agency(row) and _names_group(row, wanted.role)]
        if wanted.by_due:
            rows.sort(key=_by_due)
            possible.sort(key=_by_due)
        return Selection(tuple(rows), tuple(possible), self._counts(rows))

    @staticmethod
    def _counts(rows: Sequence[TaskRow]) -> tuple[TableCount, ...]:
        tables: dict[int, list[TaskRow]] = {}
        for row in rows:
            tables.setdefault(id(row.at.table), []).append(row)
        return tuple(
            TableCount(
                table := chosen[0].at.table,
                count_items(table, (row.at.row for row in chosen)),
                count_items(table, table.items),
            )
            for chosen in tables.values()
        )


def _called(agency: Agency, name: str) -> Agency:
    return type(agency)(name[:1].upper() + name[1:], agency.key, agency.group)


def _names_group(row: TaskRow, role: str) -> bool:
    return any(agency.group for agency in row.agencies(role))


def _by_due(row: TaskRow) -> tuple[bool, date]:
    return row.last_day is None, row.last_day or date.min


def words_of(text: str) -> list[str]:
    """Return the words of *text* in small letters, tone marks unified; document numbers and dates stay whole."""
    return _WORD.findall(unify_tone(text).lower())
