"""Deadlines computed over rows: the earliest and latest, what is overdue, how many days are left, what a period may also concern."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.periods import Due, DueKind, parse_due
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from assistant.corpus import Corpus, RowAt
    from assistant.periods import Asked
    from assistant.question import Query


_BEGINS = re.compile(r"\s*(?:bat dau )?tu (?:(?!den\b|toi\b|[-–—])[\w/. ])*$")


@dataclass(frozen=True, slots=True)
class Around:
    """Rows that are not due in a period, and yet may concern it: their time includes part of it, comes again, or is not stated."""

    including: tuple[RowAt, ...]
    recurring: tuple[RowAt, ...]
    not_stated: tuple[RowAt, ...]


class Schedule:
    """The deadlines of rows of *corpus*, as a question of one day sees them."""

    def __init__(self, corpus: Corpus, query: Query) -> None:
        self.corpus, self.query = corpus, query

    @property
    def day(self) -> date:
        """The day that deadlines are compared with: the one that the question names, else the day on which it is asked."""
        period = self.query.period
        return period.due.end if period and period.due.kind is DueKind.DAY and period.due.end else self.query.today

    @staticmethod
    def text(at: RowAt) -> str:
        """Return what the due cell of a row says, "" where there is none."""
        column = at.table.column("due")
        return at.row.cells[column].text if column is not None else ""

    def due(self, at: RowAt) -> Due:
        """Return the deadline of a row; a month or quarter without a year is of the year of its document."""
        year = self.corpus.year_of(at.table.document) or self.query.today.year
        return parse_due(self.text(at), default_year=year)

    def is_overdue(self, at: RowAt) -> bool:
        """Tell whether the deadline of a row lies before the day of the question."""
        end = self.due(at).end
        return end is not None and end < self.day

    def days_left(self, at: RowAt) -> int | None:
        """Return the days from the day of the question to the last day of a row's deadline, negative behind it; None without one."""
        end = self.due(at).end
        return (end - self.day).days if end is not None else None

    def extreme(self, rows: Iterable[RowAt], *, last: bool) -> list[RowAt]:
        """Return those of *rows* whose deadline ends first, or *last*; rows without a dated one do not count."""
        dated = [(due.end, at) for at in rows if (due := self.due(at)).end is not None and not self._only_begins(at)]
        if not dated:
            return []
        wanted = (max if last else min)(end for end, _ in dated if end is not None)
        return [at for end, at in dated if end == wanted]

    def _only_begins(self, at: RowAt) -> bool:
        """Tell whether a due cell says when a row begins and no end of it: "Từ Quý I/2026"."""
        return _BEGINS.match(fold(self.text(at))) is not None

    def around(self, rows: Sequence[RowAt], asked: Asked) -> Around:
        """Return which of *rows*, none of which is due within *asked*, may concern it all the same."""
        dues = [(at, self.due(at)) for at in rows]
        return Around(
            tuple(at for at, due in dues if _overlaps(due, asked.due)),
            tuple(at for at, due in dues if due.kind is DueKind.RECURRING),
            tuple(at for at, due in dues if due.kind is DueKind.NOT_STATED),
        )


def _overlaps(due: Due, asked: Due) -> bool:
    if due.start is None or due.end is None or asked.start is None or asked.end is None:
        return False
    return due.start <= asked.end and asked.start <= due.end
