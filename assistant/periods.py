"""What a question asks of deadlines, and which deadlines fall into it; the times themselves are read by ``indexer/deadlines.py``."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

import regex as re

from indexer.deadlines import DeadlineKind, is_recurring, parse_deadline
from indexer.intervals import Unit, find_intervals
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from indexer.deadlines import Deadline
    from indexer.intervals import Interval

_BEFORE = re.compile(r"\b(?:truoc|chua den)\b(?! (?:ngay )?het)")
_UNTIL = re.compile(
    r"\b(?:cham nhat|den het|truoc het|tinh den|khong muon hon|muon nhat|tro ve truoc|den thang|den het thang)\b"
)
_AFTER = re.compile(r"\b(?:sau|tu sau|muon hon)\b")
_LIST = re.compile(r"\s*(?:,|\b(?:va|hoac|hay)\b)?\s*")


class DueKind(StrEnum):
    """What a deadline is, as questions tell it apart."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"  # or several months
    YEAR = "year"
    RECURRING = "recurring"
    RELATIVE = "relative"
    CONDITIONAL = "conditional"  # "theo hướng dẫn của …"
    NOT_STATED = "not_stated"


_OF_UNIT = {Unit.DAY: DueKind.DAY, Unit.MONTH: DueKind.MONTH, Unit.QUARTER: DueKind.QUARTER, Unit.YEAR: DueKind.YEAR}


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
    relation: str = "within"  # or "before", "after", "until", "ending": the last day lies inside


def parse_due(text: str, *, default_year: int) -> Due:
    """
    Return what the words of a due cell mean; kind ``not_stated`` for a blank one, ``conditional`` where no time is named.

    A month or quarter without a year gets *default_year*. A period without an end counts where it begins.
    """
    return _due(parse_deadline(text, default_year=default_year))


def parse_dues(text: str, *, default_year: int) -> tuple[Due, ...]:
    """Return every deadline of a due cell, the one that decides first."""
    deadline = parse_deadline(text, default_year=default_year)
    return (_due(deadline), *map(_due, deadline.parts))


def _due(deadline: Deadline) -> Due:
    if deadline.kind is DeadlineKind.RECURRING or not deadline.dated:
        # a recurring one may name years ("hằng năm từ 2026"), and yet is due in no one of them
        kind = DueKind.CONDITIONAL if deadline.kind in _WITHOUT_YEAR else DueKind(deadline.kind)
        return Due(kind)
    start, end = deadline.first or deadline.last, deadline.last or deadline.first
    if deadline.kind is DeadlineKind.RELATIVE:
        return Due(DueKind.RELATIVE, start, end)
    kind = DueKind.DAY if deadline.kind is DeadlineKind.DAY else _OF_UNIT[deadline.unit or Unit.DAY]
    return Due(kind, start, end, year=deadline.year)


_WITHOUT_YEAR = (DeadlineKind.DAY, DeadlineKind.PERIOD)


_RELATIVE = re.compile(
    r"\b(tu (?:nay|bay gio|hom nay) (?:den|toi|cho den) (?:het |cuoi )nam(?: nay)?(?! \d)|"
    r"quy cuoi (?:cung cua )?(?:nam(?: nay)?(?! \d)|(?=nam \d))|"
    r"hom nay|bay gio|hien nay|(?:thang|quy|nam) (?:nay|sau|toi|truoc))\b"
)
_FROM_NOW = re.compile(r"\btu (?:nay|bay gio|hom nay) (?:cho )?(?:den|toi)\b")
_SUPPOSED = re.compile(
    r"\b(?:gia su|gia dinh|coi nhu|neu|cu cho(?: la)?|lay) (?:\w+ ){0,2}?(?:hom nay|bay gio|hien tai)(?: dang)?(?: la)?(?: vao)?(?: ngay)? (?=\d|mong)"
)


def supposed_day(text: str, today: date) -> tuple[date, list[tuple[int, int]]]:
    """Return the day that a question supposes it to be, "giả sử hôm nay là 15/11/2025", and where it says so; else *today* and []."""
    match = _SUPPOSED.search(fold(text))
    found = find_intervals(text[match.end() :], default_year=today.year) if match else []
    if match is None or not found or found[0].unit is not Unit.DAY or found[0].start > 1 or found[0].first is None:
        return today, []
    return found[0].first, [(match.start(), match.end() + found[0].end)]


def with_dates(text: str, today: date) -> str:
    """Return *text* with what is said beside *today* as a date: "hôm nay", "tháng này", "quý sau", "năm nay"."""
    folded = fold(text)
    done, position = [], 0
    for match in _RELATIVE.finditer(folded):
        done += [text[position : match.start()], _date_of(match.group(), today)]
        position = match.end()
    return "".join([*done, text[position:]])


def _date_of(words: str, today: date) -> str:
    if words.startswith("tu "):
        return f"từ ngày {today:%d/%m/%Y} đến ngày 31/12/{today.year}"
    if words.startswith("quy cuoi"):
        return f"quý IV/{today.year}" if "nam" in words else "quý IV "
    unit, _, which = words.partition(" ")
    step = {"sau": 1, "toi": 1, "truoc": -1}.get(which, 0)
    if unit == "thang":
        place = today.year * 12 + today.month - 1 + step
        return f"tháng {place % 12 + 1}/{place // 12}"
    if unit == "quy":
        place = today.year * 4 + (today.month - 1) // 3 + step
        return f"quý {('I', 'II', 'III', 'IV')[place % 4]}/{place // 4}"
    if unit == "nam":
        return f"năm {today.year + step}"
    return f"ngày {today:%d/%m/%Y}"


def parse_asked(typed: str, today: date) -> Asked | None:
    """Return the period that a question names on the day *today*, or None."""
    text = with_dates(typed, today)
    folded = fold(text)
    found = [one for one in find_intervals(text, default_year=today.year) if _is_asked(one, folded)]
    exact = [one for one in found if one.unit is not Unit.YEAR]
    if not exact and is_recurring(text):
        return Asked(Due(DueKind.RECURRING))
    if not found:
        return None
    due = _listed(found, folded)
    if _FROM_NOW.search(fold(typed)):
        return Asked(due, "ending")
    if _UNTIL.search(folded):
        return Asked(due, "until")
    if _BEFORE.search(folded):
        return Asked(due, "before")
    if _AFTER.search(folded):
        return Asked(due, "after")
    return Asked(due)


def _is_asked(one: Interval, folded: str) -> bool:
    """Tell whether a printed time can be meant by a question: "5/3" and "cuối năm" alone are too little."""
    if one.year:
        return True
    return one.unit is not Unit.YEAR and (one.unit is not Unit.DAY or "thang" in folded[one.start : one.end])


def _listed(found: list[Interval], folded: str) -> Due:
    """Return the exactest of the times, together with those that are listed behind it: "tháng 11 hoặc tháng 12 năm 2025"."""
    unit = min(one.unit for one in found)
    first = last = next(one for one in found if one.unit is unit)
    if unit in (Unit.MONTH, Unit.QUARTER):
        for one in found[found.index(first) + 1 :]:
            if one.unit is unit and _LIST.fullmatch(folded, last.end, one.start):
                last = one
    days = [day for one in (first, last) for day in (one.first, one.last) if day]
    kind = DueKind.QUARTER if first is not last else _OF_UNIT[unit]
    return Due(kind, min(days), max(days), year=first.year)


def _in_year(day: date, year: int, *, is_last: bool) -> date:
    """Return *day* in another *year*; the last of a month stays the last."""
    length = calendar.monthrange(year, day.month)[1]
    ends_month = is_last and day.day == calendar.monthrange(day.year, day.month)[1]
    return date(year, day.month, length if ends_month else min(day.day, length))


def falls(due: Due, asked: Asked) -> bool:
    """Tell whether *due* is what is *asked* for: due inside the period, before or after it, or recurring."""
    if not asked.due.dated:
        return due.kind is asked.due.kind
    if due.start is None or due.end is None or asked.due.start is None or asked.due.end is None:
        return False
    start, end = asked.due.start, asked.due.end
    if not asked.due.year:
        is_day = start == end
        start = _in_year(start, due.end.year, is_last=is_day)
        end = _in_year(end, due.end.year, is_last=True)
    if asked.relation == "until":
        return due.end <= end
    if asked.relation == "ending":
        return start <= due.end <= end
    if asked.relation == "before":
        return due.end < start
    if asked.relation == "after":
        return due.start > end
    return start <= due.start and due.end <= end


def any_falls(cell: str, asked: Asked, *, default_year: int) -> bool:
    """
    Tell whether the deadline of a due *cell* is what is *asked* for.

    Of several deadlines each may lie in the period, but only the one that decides can lie before or after it.
    """
    dues = parse_dues(cell, default_year=default_year)
    return any(falls(due, asked) for due in (dues if asked.relation == "within" else dues[:1]))
