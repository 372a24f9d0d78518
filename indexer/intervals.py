"""
Times as they are printed, as intervals of days: "15/10/2025", "tháng 3 đến tháng 6/2026", "Quý IV năm 2025", "giai đoạn 2026 - 2030".

What they are the time *of* is not told here; deadlines are read in ``deadlines.py``.
"""

from __future__ import annotations

import calendar
import tomllib
from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import regex as re

from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Unit(IntEnum):
    """How exact a printed time is; the lower the exacter."""

    DAY = 1
    MONTH = 2
    QUARTER = 3  # also several months: half a year, "tháng 3 đến tháng 6"
    YEAR = 4  # also several years


@dataclass(frozen=True, slots=True)
class Interval:
    """
    A printed time: its first and last day, how exact it is, and where it stands in the text that was read (``start:end``).

    ``year`` is False where no year was printed; then the days are those of the year that the caller assumed, and None where it assumed none.
    """

    first: date | None
    last: date | None
    unit: Unit
    year: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Printed:
    """A time before its year is settled: month and day of both ends; a year of its own counts from ``year`` to ``last_year``."""

    unit: Unit
    start: int
    end: int
    first: tuple[int, int]  # month, day
    last: tuple[int, int]  # day 0 is the last of the month
    year: int | None
    last_year: int | None = None


_YEAR = r"(?:19|20)\d{2}"
_MONTH = r"(?:0?[1-9]|1[0-2])(?!\d)"
_QUARTER = r"(?:iv|iii|ii|i|0?[1-4])(?!\w)"
_AND = r"(?:\s*[,+&]\s*|\s+(?:va|hoac|hay)\s+)"
_TO = r"(?:\s*[-–—]\s*|\s+(?:den|toi)(?:\s+het)?\s+)"
_OF_YEAR = rf"(?:\s*(?:[/.,–-]|,?\s*(?:cua\s+)?nam)?\s*(?P<year>{_YEAR})(?!\d)(?!\s*[-–]\s*{_YEAR}))"
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}

_DAYS_OF_MONTH = re.compile(
    rf"(?:ngay\s*)?(?<![\d/.-])(?P<from>\d{{1,2}})\s*(?:[-–]|\s+den\s+)\s*(?:ngay\s*)?(?P<day>\d{{1,2}})\s*/\s*(?P<month>{_MONTH})"
    rf"(?:\s*/\s*(?P<year>{_YEAR})(?!\d))"
)
_DAY = re.compile(
    rf"(?:ngay\s*)?(?<![\d/.-])(?P<day>\d{{1,2}})\s*(?P<mark>[/.-])\s*(?P<month>\d{{1,2}})\s*(?P=mark)\s*(?P<year>{_YEAR})(?![\d/])"
    rf"|(?:ngay\s*)?(?<![\d/.-])(?P<day>\d{{1,2}})\s*/\s*(?P<month>\d{{1,2}})\s*/\s*(?P<year>2\d)(?![\d/])"
    rf"|ngay\s*(?P<day>\d{{1,2}})\s*(?:/\s*)?thang\s*(?P<month>\d{{1,2}})(?!\d)(?:,?\s*(?:nam|/|-|\.)?\s*(?P<year>{_YEAR})(?!\d))?"
    rf"|(?<![\d/])(?P<day>\d{{1,2}})\s+thang\s+(?P<month>\d{{1,2}}),?\s*(?:nam|/)\s*(?P<year>{_YEAR})(?!\d)"
)
_QUARTERS = re.compile(
    rf"(?<!\w)(?:cac\s+)?(?:quy|qui|q)\.?\s*(?P<number>{_QUARTER})(?:(?P<and>{_AND}|{_TO})(?:(?:quy|qui|q)\.?\s*)?(?P<number>{_QUARTER}))*{_OF_YEAR}?"
)
_PART_OF_YEAR = re.compile(
    rf"(?<!\w)(?<!ngay )(?:(?P<months>0?[369])\s*thang|(?P<half>nua(?:\s+nam)?))\s*(?P<which>dau|cuoi)(?:\s*(?:cua\s+)?nam)?(?:\s*(?P<year>{_YEAR})(?!\d))?"
)
_MONTHS = re.compile(
    rf"(?<!\w)(?<!\d )(?:cac\s+)?(?:thang|thg)\.?\s*(?P<number>{_MONTH})(?!\s*/\s*(?!2\d)\d{{1,2}}(?!\d))"
    rf"(?:(?P<and>{_AND}|{_TO})(?:(?:thang|thg)\s*)?(?P<number>{_MONTH})(?!\s*/\s*(?!2\d)\d{{1,2}}(?!\d)))*(?:{_OF_YEAR}|\s*/\s*(?P<short>2\d)(?!\d))?"
)
_MONTH_IN_FIGURES = re.compile(rf"(?<![\w/.-])(?:t\.?\s?)?(?P<number>{_MONTH})\s*[/-]\s*(?P<year>{_YEAR})(?![\d/])")
_YEARS = re.compile(
    rf"(?<![\d/.-])(?:nam\s*)?(?P<year>{_YEAR})(?P<and>\s*[-–—]\s*)(?:nam\s*)?(?P<last>{_YEAR})(?![\d/])"
    rf"|(?<!\w)nam\s*(?P<year>{_YEAR})(?!\d)|(?<![\d/.-])(?P<year>20\d{{2}})(?![\d/-])"
)
_SOME_YEAR = re.compile(r"(?<!\w)(?:trong|ca|het|cuoi|dau|giua)\s+(?P<year>nam)(?:\s+nay)?(?=\s*(?:[,.;()]|$))")
_SHORT_DAY = re.compile(
    r"(?:(?P<ngay>ngay\s*)|(?<=^|[(,;:\n]|\btruoc|\bden|\bhet|\bnhat|\btu|\bva|\bhoac|[-–])\s*)(?P<day>\d{1,2})\s*/\s*(?P<month>\d{1,2})(?![\d/%]|\s*[a-z]*-)"
)
_OF = re.compile(r",?\s*(?:cua\s+)?")
_RANGE = re.compile(r"\s*(?:[-–—]|,?\s*(?:cho\s+)?(?:den|toi)(?:\s+het)?)\s*")


@cache
def deadline_words() -> dict[str, Any]:
    """Return the data of ``deadlines.toml``."""
    return tomllib.loads(files("indexer").joinpath("deadlines.toml").read_text(encoding="utf-8"))


@cache
def _written_out() -> re.Pattern[str]:
    words = "|".join(deadline_words()["numbers"])
    return re.compile(rf"(?P<noun>(?<!\w)(?:tháng|quý))\s+(?P<word>{words})(?!\w)(?!\s+(?:\d|này|nay))", re.IGNORECASE)


def fold_times(text: str) -> str:
    """Return *text* folded, as long as it is; the letter O between figures is a zero, typed wrongly."""
    return re.sub(r"(?<=\d)o(?=[\d/])|(?<=[/.]\d?)o(?=\d)", "0", fold(text))


def find_intervals(text: str, *, default_year: int | None = None) -> list[Interval]:
    """
    Return the times that *text* (NFC) prints, in order; those that a list names ("tháng 10 và 12/2025") are several.

    A time without a year has the year of the next that prints one, else of the one before, else *default_year*. Days that there are
    not ("31/02/2026") are left out.
    """
    folded = fold_times(text)
    rest = folded
    found: list[_Printed] = []
    for pattern, read in _READERS:
        for match in pattern.finditer(rest):
            times = list(read(match))
            found += times
            if times:
                rest = rest[: match.start()] + "\0" * (match.end() - match.start()) + rest[match.end() :]
    found += _in_words(text, rest)
    found.sort(key=lambda one: one.start)
    joined = _joined(found, folded)
    settled = (_settled(one, joined, default_year) for one in joined)
    return [interval for interval in settled if interval]


def _days_of_month(match: re.Match[str]) -> Iterator[_Printed]:
    month = int(match["month"])
    ends = (month, int(match["from"])), (month, int(match["day"]))
    yield _Printed(Unit.DAY, *match.span(), *ends, int(match["year"]))


def _day(match: re.Match[str]) -> Iterator[_Printed]:
    at = int(match["month"]), int(match["day"])
    year = match.groupdict().get("year")
    yield _Printed(Unit.DAY, *match.span(), at, at, _full(year) if year else None)


def _full(year: str) -> int:
    return int(year) + (2000 if len(year) == 2 else 0)


def _listed(match: re.Match[str], unit: Unit, months_of: Callable[[int], tuple[int, int]]) -> Iterator[_Printed]:
    """Yield the months or quarters of a list; "đến" and a dash make one time of all between."""
    numbers = [_ROMAN.get(word) or int(word) for word in match.captures("number")]
    links = match.captures("and")
    year = match.groupdict().get("year") or match.groupdict().get("short")
    places, behind = match.spans("number"), match.spans("and")
    index = 0
    while index < len(numbers):
        last = index
        while last < len(links) and re.fullmatch(_TO, links[last]):
            last += 1
        start = match.start() if index == 0 else behind[index - 1][1]
        end = match.end() if last == len(numbers) - 1 else places[last][1]
        size = unit if index == last else Unit.QUARTER
        first_month, last_month = months_of(numbers[index])[0], months_of(numbers[last])[1]
        before = 1 if first_month > last_month else 0  # "tháng 11 đến tháng 2/2026" begins in the year before
        number = _full(year) if year else None
        begins = number - before if number and before else number
        yield _Printed(size, start, end, (first_month, 1), (last_month, 0), begins, number)
        index = last + 1


def _quarters(match: re.Match[str]) -> Iterator[_Printed]:
    return _listed(match, Unit.QUARTER, lambda number: (3 * number - 2, 3 * number))


def _months(match: re.Match[str]) -> Iterator[_Printed]:
    return _listed(match, Unit.MONTH, lambda number: (number, number))


def _month_in_figures(match: re.Match[str]) -> Iterator[_Printed]:
    month = int(match["number"])
    yield _Printed(Unit.MONTH, *match.span(), (month, 1), (month, 0), int(match["year"]))


def _part_of_year(match: re.Match[str]) -> Iterator[_Printed]:
    months = int(match["months"] or 6)
    first, last = (1, months) if match["which"] == "dau" else (13 - months, 12)
    yield _Printed(Unit.QUARTER, *match.span(), (first, 1), (last, 0), int(match["year"]) if match["year"] else None)


def _years(match: re.Match[str]) -> Iterator[_Printed]:
    groups = match.groupdict()
    year = int(groups["year"]) if groups["year"] != "nam" else None
    last = int(groups["last"]) if groups.get("last") else year
    if last is None or year is None or last >= year:
        yield _Printed(Unit.YEAR, *match.span(), (1, 1), (12, 0), year, last)


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Iterator[_Printed]]], ...] = (
    (_DAYS_OF_MONTH, _days_of_month),
    (_DAY, _day),
    (_QUARTERS, _quarters),
    (_PART_OF_YEAR, _part_of_year),
    (_MONTHS, _months),
    (_MONTH_IN_FIGURES, _month_in_figures),
    (_YEARS, _years),
    (_SOME_YEAR, _years),
    (_SHORT_DAY, _day),
)


def _in_words(text: str, rest: str) -> Iterator[_Printed]:
    """Yield months and quarters whose number is written out: "quý ba năm 2026"."""
    for match in _written_out().finditer(text):
        if "\0" in rest[match.start() : match.end()]:
            continue
        number = deadline_words()["numbers"][match["word"].lower()]
        is_quarter = fold(match["noun"]) == "quy"
        if is_quarter and number > 4:
            continue
        first, last = (3 * number - 2, 3 * number) if is_quarter else (number, number)
        yield _Printed(Unit.QUARTER if is_quarter else Unit.MONTH, *match.span(), (first, 1), (last, 0), None)


def _joined(found: list[_Printed], folded: str) -> list[_Printed]:
    """Make one time of two with "đến" or a dash between them: "từ ngày 01/3 đến ngày 15/4/2026"."""
    done: list[_Printed] = []
    for one in found:
        before = done[-1] if done else None
        if before and before.year is None and one.unit is Unit.YEAR and _OF.fullmatch(folded, before.end, one.start):
            done[-1] = replace(before, year=one.year, end=one.end)
        elif before and _RANGE.fullmatch(folded, before.end, one.start):
            first_year = before.year
            if first_year is None and one.year is not None:
                first_year = one.year - (before.first > one.first)
            end_year = one.last_year or one.year
            unit = max(before.unit, one.unit, Unit.QUARTER if one.unit is Unit.MONTH else Unit.DAY)
            done[-1] = replace(
                before, unit=unit, end=one.end, last=one.last, year=first_year, last_year=end_year or first_year
            )
        else:
            done.append(one)
    return done


def _settled(one: _Printed, every: list[_Printed], default_year: int | None) -> Interval | None:
    """Give *one* its year; None where there are no such days."""
    year, last_year = one.year, one.last_year or one.year
    printed = year is not None
    if year is None:
        position = every.index(one)
        around = [other.year for other in [*every[position + 1 :], *reversed(every[:position])] if other.year]
        years = around[:1] or ([default_year] if default_year else [])
        printed = bool(around)
        if not years:
            if one.first[0] > 12 or one.last[0] > 12:
                return None
            return Interval(None, None, one.unit, year=False, start=one.start, end=one.end)
        year = last_year = years[0]
    try:
        first = date(year, *one.first)
        month, day = one.last
        end_year = last_year or year
        last = date(end_year, month, day or calendar.monthrange(end_year, month)[1])
    except (ValueError, calendar.IllegalMonthError):
        return None
    if last < first:
        return None
    return Interval(first, last, one.unit, printed, one.start, one.end)
