"""Deadlines and asked periods as intervals of days, with what kind of deadline it is."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from indexer.vietnamese import fold

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_DAY = re.compile(
    r"\b(\d{1,2})\s?[/.-]\s?(\d{1,2})\s?[/.-]\s?(\d{4})\b|\bngay (\d{1,2}) thang (\d{1,2})(?: nam (\d{4}))"
)
_MONTH = re.compile(
    r"\bthang\s*(\d{1,2})(?:\s*(?:/|-|nam)\s*(\d{4}))?\b|(?<![\d/])(?<!quy)(?<!quy )(\d{1,2})/(\d{4})\b|\bthang\s+(\w+)(?:\s+nam\s+(\d{4}))"
)
_QUARTER = re.compile(r"\bquy\s*(iv|iii|ii|i|[1-4])(?:\s*(?:/|nam|-)?\s*(\d{4}))?\b")
_YEAR = re.compile(r"\bnam\s*(\d{4})\b|(?<![\d/.-])(20\d{2})(?![\d/-])")
_RECURRING = re.compile(r"\bthuong xuyen\b|\bdinh ky\b|\bh[a]ng (?:nam|quy|thang|tuan)\b|\blien tuc\b|\bcuoi quy\b")
_RELATIVE = re.compile(r"\bsau\b.*\bngay\b|\bke tu\b|\btrong vong\b")
_BEFORE = re.compile(r"\b(?:truoc|chua den)\b(?! (?:ngay )?het)")
_UNTIL = re.compile(
    r"\b(?:cham nhat|den het|truoc het|tinh den|khong muon hon|muon nhat|tro ve truoc|den thang|den het thang)\b"
)
_AFTER = re.compile(r"\b(?:sau|tu sau|muon hon)\b")


_MONTHS = re.compile(
    r"\bthang\s*(?P<months>\d{1,2}(?:\s*(?:,|va|hoac|hay|den|-)\s*(?:thang\s*)?\d{1,2})+)(?:\s*(?:/|nam)\s*(?P<year>\d{4}))?"
)


class DueKind(StrEnum):
    """What a deadline is."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    RECURRING = "recurring"
    RELATIVE = "relative"
    CONDITIONAL = "conditional"  # "theo hướng dẫn của …"
    NOT_STATED = "not_stated"


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline: its kind, and for the first four kinds its first and last day; ``year`` is False where no year was named."""

    kind: DueKind
    start: date | None = None
    end: date | None = None
    year: bool = True

    @property
    def dated(self) -> bool:
        """Whether it is a day or a period."""
        return self.start is not None


@dataclass(frozen=True, slots=True)
class Asked:
    """The period that a question names: deadlines inside it, before it, after it, or recurring ones."""

    due: Due
    relation: str = "within"  # or "before", "after", "until"


def _span(year: int, first: int, last: int) -> tuple[date, date]:
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])


def parse_due(text: str, *, default_year: int | None = None) -> Due:
    """
    Return what the words of a due cell mean; kind ``not_stated`` for a blank one, ``conditional`` where no time is named.

    A month or quarter without a year gets *default_year*.
    """
    folded = " ".join(fold(text).split())
    if not folded:
        return Due(DueKind.NOT_STATED)
    year = default_year or date.today().year  # noqa: DTZ011 - a year, not an instant
    if match := _DAY.search(folded):
        parts = [int(group) for group in match.groups() if group]
        try:
            day = date(parts[2], parts[1], parts[0])
        except ValueError:
            return Due(DueKind.CONDITIONAL)
        return Due(DueKind.DAY, day, day)
    if (match := _MONTH.search(folded)) and (due := _month(match, year)):
        return due
    if match := _QUARTER.search(folded):
        number = _ROMAN.get(match.group(1)) or int(match.group(1))
        named = int(match.group(2)) if match.group(2) else _year_in(folded)
        start, end = _span(named or year, 3 * number - 2, 3 * number)
        return Due(DueKind.QUARTER, start, end, year=named is not None)
    if _RECURRING.search(folded):
        return Due(DueKind.RECURRING)
    if named := _year_in(folded):
        return Due(DueKind.YEAR, *_span(named, 1, 12))
    if _RELATIVE.search(folded):
        return Due(DueKind.RELATIVE)
    return Due(DueKind.CONDITIONAL)


def _year_in(folded: str) -> int | None:
    match = _YEAR.search(folded)
    return int(match.group(1) or match.group(2)) if match else None


def _month(match: re.Match[str], year: int) -> Due | None:
    month, named, short, short_year = match.group(1), match.group(2), match.group(3), match.group(4)
    number = int(month or short or 0)
    if not 1 <= number <= 12:
        return None
    found = named or short_year
    start, end = _span(int(found) if found else year, number, number)
    return Due(DueKind.MONTH, start, end, year=found is not None)


def parse_asked(text: str) -> Asked | None:
    """Return the period that a question names, or None."""
    folded = fold(text)
    due = parse_due(text)
    if due.kind in (DueKind.CONDITIONAL, DueKind.NOT_STATED, DueKind.RELATIVE):
        return None
    if not due.dated:
        return Asked(due)
    if several := _several_months(folded, due):
        return Asked(several)
    if _UNTIL.search(folded):
        return Asked(due, "until")
    if _BEFORE.search(folded):
        return Asked(due, "before")
    if _AFTER.search(folded):
        return Asked(due, "after")
    return Asked(due)


def _several_months(folded: str, due: Due) -> Due | None:
    """Return the period from the first to the last of several months: "tháng 11 hoặc tháng 12 năm 2025"."""
    match = _MONTHS.search(folded)
    if not match or due.start is None:
        return None
    numbers = [int(number) for number in re.findall(r"\d{1,2}", match.group("months"))]
    if len(numbers) < 2 or not all(1 <= number <= 12 for number in numbers):
        return None
    year = int(match.group("year") or _year_in(folded) or due.start.year)
    return Due(
        DueKind.QUARTER, *_span(year, min(numbers), max(numbers)), year=bool(match.group("year") or _year_in(folded))
    )


def falls(due: Due, asked: Asked) -> bool:
    """Tell whether *due* is what is *asked* for: due inside the period, before or after it, or recurring."""
    if not asked.due.dated:
        return due.kind is asked.due.kind
    if due.start is None or due.end is None or asked.due.start is None or asked.due.end is None:
        return False
    start, end = asked.due.start, asked.due.end
    if not asked.due.year:
        start, end = start.replace(year=due.end.year), end.replace(year=due.end.year, day=min(end.day, 28))
        end += timedelta(days=calendar.monthrange(end.year, end.month)[1] - end.day)
    if asked.relation == "until":
        return due.end <= end
    if asked.relation == "before":
        return due.end < start
    if asked.relation == "after":
        return due.start > end
    return start <= due.start and due.end <= end
