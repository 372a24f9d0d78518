"""Periods of a task list: a year, a quarter or a month by its short name, and how many deadlines fall into each."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAME = re.compile(r"(?P<year>[12]\d{3})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?")
_MOST = 18  # bars that can be read side by side; more are drawn together


class Grain(StrEnum):
    """How long a period is."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar period; ``name`` is "2025", "2025-Q4" or "2025-10"."""

    name: str
    grain: Grain
    first: date
    last: date

    @property
    def number(self) -> int:
        """The number of the month or quarter; the year itself of a year."""
        return {Grain.MONTH: self.first.month, Grain.QUARTER: self.last.month // 3}.get(self.grain, self.first.year)


def parse_period(name: str) -> Period:
    """
    Return the period with this *name*.

    Raises:
        InputError: *name* names no period.
    """
    match = _NAME.fullmatch(name)
    if not match:
        msg = f"“{name[:20]}” không phải là một kỳ.\n  Xin ghi dạng 2025, 2025-Q4 hoặc 2025-10."
        raise InputError(msg)
    year = int(match["year"])
    if match["month"]:
        return _period(name, Grain.MONTH, year, int(match["month"]), int(match["month"]))
    if match["quarter"]:
        last = 3 * int(match["quarter"])
        return _period(name, Grain.QUARTER, year, last - 2, last)
    return _period(name, Grain.YEAR, year, 1, 12)


def _period(name: str, grain: Grain, year: int, first: int, last: int) -> Period:
    return Period(name, grain, date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]))


def period_of(day: date, grain: Grain) -> Period:
    """Return the period of this length in which *day* lies."""
    names = {
        Grain.MONTH: f"{day.year:04}-{day.month:02}",
        Grain.QUARTER: f"{day.year:04}-Q{(day.month + 2) // 3}",
        Grain.YEAR: f"{day.year:04}",
    }
    return parse_period(names[grain])


def periods_of(days: Sequence[date], grain: Grain) -> tuple[Period, ...]:
    """Return the periods of this length in which any of *days* lies, in order, each once."""
    found = {period.name: period for period in (period_of(day, grain) for day in days)}
    return tuple(sorted(found.values(), key=lambda period: period.first))


def spanned(days: Sequence[date]) -> tuple[Period, ...]:
    """
    Return the months from the first of *days* to the last, none left out; quarters or years where there would be too many.

    Years without a day are left out where even the years are too many.
    """
    if not days:
        return ()
    for grain, months in ((Grain.MONTH, 1), (Grain.QUARTER, 3), (Grain.YEAR, 12)):
        first, last = (period_of(day, grain).first for day in (min(days), max(days)))
        count = ((last.year - first.year) * 12 + last.month - first.month) // months + 1
        if count <= _MOST:
            places = (first.year * 12 + first.month - 1 + months * step for step in range(count))
            return tuple(period_of(date(place // 12, place % 12 + 1, 1), grain) for place in places)
    return periods_of(days, Grain.YEAR)
