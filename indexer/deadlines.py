"""
Deadlines: what the words of a due cell mean, as an interval of days with a kind and the words that it came from.

The printed times themselves are found in ``intervals.py``; here it is told how they bound the work.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import regex as re

from indexer.intervals import Unit, deadline_words, find_intervals, fold_times

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indexer.intervals import Interval


class DeadlineKind(StrEnum):
    """What a deadline is."""

    DAY = "day"  # by a day: "trước ngày 15/10/2025", "trước tháng 9/2026"
    PERIOD = "period"  # within a period: "Quý IV năm 2025", "từ quý I/2026" (which has no last day)
    RECURRING = "recurring"  # "hằng năm", "ngày 25 hằng tháng"
    RELATIVE = "relative"  # "sau 30 ngày kể từ ngày …"
    CONDITIONAL = "conditional"  # "theo hướng dẫn của …": words, but no time
    NOT_STATED = "not_stated"


@dataclass(frozen=True, slots=True)
class Deadline:
    """
    A deadline, and where its words stand: ``text[start:end]`` of the text that was read (``0:0`` where nothing is stated).

    ``first`` and ``last`` are its days: equal for ``day``; the bounds of a period, of which one may be open (None); for
    ``recurring`` the years in which it comes again, where they are printed; for ``relative`` the days counted, where the day that
    they are counted from is known. ``year`` tells whether a year was printed. ``unit`` is how exact the printed time was.
    ``count`` and ``counted`` are given for ``relative``: 5, "ngày làm việc". ``parts`` are all deadlines of the text in order where
    there are several; this one is then the one that decides.
    """

    kind: DeadlineKind
    first: date | None = None
    last: date | None = None
    year: bool = False
    start: int = 0
    end: int = 0
    unit: Unit | None = None
    count: int | None = None
    counted: str | None = None
    parts: tuple[Deadline, ...] = ()

    @property
    def dated(self) -> bool:
        """Whether at least one of its days is known."""
        return self.first is not None or self.last is not None


_COUNTED = r"(?P<count>\d{1,3})\s*(?P<counted>ngay\s+lam\s+viec|ngay|tuan|thang|quy|nam)(?!\w)(?!\s*(?:dau|cuoi|\d|/|mot\s+lan|moi\s+lan))"
_SINCE = r"(?P<since>,?\s*(?:(?:ke|tinh)\s+tu|sau|tu)\s+(?:ngay|khi)\b[^;\n]*?(?=[;\n]|\.\s|\.$|$))"
_RELATIVE = re.compile(
    rf"(?<!\w)(?:(?P<how>sau|trong(?:\s+vong|\s+thoi\s+(?:han|gian))?|cham\s+nhat(?:\s+la)?|khong\s+qua|toi\s+da|truoc)\s+)?{_COUNTED}\s*{_SINCE}"
    rf"|(?<!\w)(?P<how>sau|trong(?:\s+vong|\s+thoi\s+(?:han|gian))?|cham\s+nhat(?:\s+la)?|khong\s+qua|toi\s+da|truoc)\s+{_COUNTED}"
    rf"|(?<!\w)(?P<since>(?:ke|tinh)\s+tu\s+(?:ngay|khi)\b(?!\s*\d)[^;\n]*?(?=[;\n]|\.\s|\.$|$))"
)
# the day on which the document itself was signed, and no other paper
_ISSUE = re.compile(
    r",?\s*(?:(?:ke|tinh)\s+tu|sau|tu)\s+(?:ngay|khi)\s+(?:(?:[a-z]+\s+){1,3}nay\s+)?(?:duoc\s+)?(?:ky|ban\s+hanh)(?:\s+(?:va\s+)?ban\s+hanh)?"
    r"(?:\s+(?:[a-z]+\s+){1,3}nay)?[\s.,)]*"
)
_FROM = re.compile(r"(?<!\w)(?:bat\s+dau\s+|ke\s+|tinh\s+)?tu(?:\s+(?:thoi\s+diem|ngay|thang|quy|nam))?\s*$")
_AFTER = re.compile(r"(?<!\w)sau(?:\s+(?:ngay|thang|quy|nam))?\s*$")
_BEFORE = re.compile(r"(?<!\w)(?:truoc(?!\s+(?:khi\s+)?het)|chua\s+den)(?:\s+(?:thoi\s+diem|ngay|thang|quy|nam))?\s*$")
_LEADING = re.compile(
    r"(?<!\w)(?:(?:hoan\s+thanh|xong|thuc\s+hien)\s+)?(?:(?:cham|muon)\s+nhat(?:\s+(?:la|vao))?|khong\s+(?:muon|cham|qua)\s+hon|truoc(?:\s+het)?|"
    r"den(?:\s+het)?|het|trong|vao|cuoi|dau|giua|tu\s+nay\s+den(?:\s+het)?|giai\s+doan|nhiem\s+ky|bat\s+dau\s+tu|ke\s+tu|tu|sau)(?:\s+(?:cuoi|dau|giua|ngay|thang|quy|nam))?\s*$"
)
_DAY_OF = re.compile(r"(?<!\w)(?:ngay|thu|tuan)\s+[\w]{1,4}(?:\s*(?:,|va|den|-)\s*(?:ngay\s+)?\d{1,2})*\s+(?:cua\s+)?$")
_BREAK = re.compile(r"[;\n]|\.\s")
_STATES = re.compile(r"\w")


def parse_deadline(text: str, *, default_year: int | None = None, issued_on: date | None = None) -> Deadline:
    """
    Return what the words of a due cell mean: ``parse_deadline("Quý IV/2025").last == date(2025, 12, 31)``.

    Of several deadlines the one decides that is printed most exactly, of those equally exact the latest: with it the work is done. A
    time without a year gets *default_year*, else the year of *issued_on*, the day on which the document was issued; with neither it has
    no days. Working days are counted but not resolved, as it is not known which days are holidays.
    """
    found = parse_deadlines(text, default_year=default_year, issued_on=issued_on)
    if not found:
        stripped = text.strip()
        if not _STATES.search(stripped):
            return Deadline(DeadlineKind.NOT_STATED)
        start = text.index(stripped)
        return Deadline(DeadlineKind.CONDITIONAL, start=start, end=start + len(stripped))
    decisive = max(found, key=_decides)
    if len(found) == 1:
        return decisive
    if decisive.kind is DeadlineKind.RECURRING:
        same = [one for one in found if one.kind is DeadlineKind.RECURRING]
        decisive = replace(decisive, start=same[0].start, end=same[-1].end)
    return replace(decisive, parts=found)


def parse_deadlines(
    text: str, *, default_year: int | None = None, issued_on: date | None = None
) -> tuple[Deadline, ...]:
    """Return every time that the words of a due cell name, in order; none where they name no time. See :func:`parse_deadline`."""
    folded = fold_times(text)
    year = default_year or (issued_on.year if issued_on else None)
    relative = list(_relative(text, folded, issued_on))
    taken = [(one.start, one.end) for one in relative]
    intervals = [
        one
        for one in find_intervals(text, default_year=year)
        if not any(s < one.end and one.start < e for s, e in taken)
    ]
    recurring = [m.span() for m in _recurring("recurring").finditer(folded) if not _inside(m.span(), taken)]
    found = [*relative, *_bounded(folded, intervals, recurring)]
    return tuple(sorted((_trimmed(one, text) for one in found), key=lambda one: one.start))


def _trimmed(one: Deadline, text: str) -> Deadline:
    start, end = one.start, one.end
    while text[start].isspace():
        start += 1
    while text[end - 1].isspace():
        end -= 1
    return replace(one, start=start, end=end)


def is_recurring(text: str) -> bool:
    """Tell whether *text* names something that comes again: "thường xuyên", "hằng quý"."""
    return _recurring("recurring").search(fold_times(text)) is not None


def _decides(one: Deadline) -> tuple[int, int, date]:
    kind = {DeadlineKind.RECURRING: 1, DeadlineKind.RELATIVE: 0}.get(one.kind, 2)
    return kind, -(one.unit or 0), one.last or one.first or date.min


@cache
def _recurring(key: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(deadline_words()[key])})(?!\w)")


def _inside(span: tuple[int, int], taken: Sequence[tuple[int, int]]) -> bool:
    return any(start <= span[0] < end for start, end in taken)


def _relative(text: str, folded: str, issued_on: date | None) -> Iterator[Deadline]:
    for match in _RELATIVE.finditer(folded):
        groups = match.groupdict()
        since = match.spans("since")[-1] if groups["since"] else None
        count = int(groups["count"]) if groups["count"] else None
        unit = " ".join(text[slice(*match.spans("counted")[-1])].lower().split()) if count is not None else None
        reference = _reference(text, since, folded, issued_on)
        first = last = None
        if reference and count is None:
            first = reference
        elif reference and count is not None and groups["counted"] and "lam" not in groups["counted"]:
            last = _counted_on(reference, count, groups["counted"])
            first = reference if (groups["how"] or "").startswith("trong") else last
        start, end = match.span()
        while end > start and text[end - 1] in " ,.":
            end -= 1
        yield Deadline(DeadlineKind.RELATIVE, first, last, last is not None, start, end, None, count, unit)


def _reference(text: str, since: tuple[int, int] | None, folded: str, issued_on: date | None) -> date | None:
    """Return the day that is counted from: printed, or the day on which the document was issued."""
    if since is None:
        return None
    days = [one for one in find_intervals(text[slice(*since)]) if one.unit is Unit.DAY and one.year]
    if days:
        return days[0].first
    return issued_on if _ISSUE.fullmatch(folded, *since) else None


def _counted_on(reference: date, count: int, unit: str) -> date:
    if unit in ("ngay", "tuan"):
        return reference + timedelta(days=count * (7 if unit == "tuan" else 1))
    months = reference.month - 1 + count * {"thang": 1, "quy": 3, "nam": 12}[unit]
    year, month = reference.year + months // 12, months % 12 + 1
    return date(year, month, min(reference.day, calendar.monthrange(year, month)[1]))


def _bounded(folded: str, intervals: Sequence[Interval], recurring: Sequence[tuple[int, int]]) -> Iterator[Deadline]:
    """Yield the deadlines of printed times, and those that come again; words that a comma joins to "hằng năm" go into it."""
    breaks = [0, *(match.end() for match in _BREAK.finditer(folded)), len(folded)]
    for begin, stop in pairwise(breaks):
        again = [span for span in recurring if begin <= span[0] < stop]
        inside = [one for one in intervals if begin <= one.start < stop]
        rest = inside
        if again:
            taken = [one for one in inside if _comes_again(one, again, folded, inside)]
            rest = [one for one in inside if one not in taken]
            yield from _again(folded, taken, again, begin)
        for one in rest:
            yield _bound(folded, one, begin)


def _again(folded: str, taken: Sequence[Interval], again: Sequence[tuple[int, int]], begin: int) -> Iterator[Deadline]:
    """Yield one deadline for each time without a year, else one for all: "trước ngày 15/6 và 15/12 hằng năm" are two."""
    years = [one for one in taken if one.year]
    first = min((one.first for one in years if one.first), default=None)
    is_open = any(_FROM.search(folded, begin, one.start) and not _is_range(folded, one) for one in years)
    last = None if is_open else max((one.last for one in years if one.last), default=None)
    days = sorted((one.start, one.end) for one in taken if not one.year) or [again[0]]
    around = [*again, *((one.start, one.end) for one in years), *days]
    for index, (start, end) in enumerate(days):
        begins = min(a for a, _ in around) if index == 0 else start
        ends = max(b for _, b in around) if index == len(days) - 1 else end
        yield Deadline(DeadlineKind.RECURRING, first, last, first is not None, _with_words(folded, begins, begin), ends)


def _comes_again(one: Interval, again: Sequence[tuple[int, int]], folded: str, inside: Sequence[Interval]) -> bool:
    """Tell whether a printed time belongs to what comes again: "tháng 6 hằng năm", "hằng năm từ 2026", "hằng quý năm 2026"."""
    if not one.year:
        return any(_recurring("yearly").match(folded, start, end) for start, end in again)
    if len(inside) > 1 and any(other.year and other.unit < one.unit for other in inside):
        return False
    return one.unit is Unit.YEAR or _FROM.search(folded, 0, one.start) is not None


def _with_words(folded: str, start: int, begin: int) -> int:
    """Return where the words begin that lead to the time at *start*: "chậm nhất là ngày"."""
    if day := _DAY_OF.search(folded, begin, start):
        start = day.start()
    leading = _LEADING.search(folded, begin, start)
    return int(leading.start()) if leading else start


def _bound(folded: str, one: Interval, begin: int) -> Deadline:
    start = _with_words(folded, one.start, begin)
    is_day = one.unit is Unit.DAY and one.first == one.last
    kind = DeadlineKind.DAY if is_day else DeadlineKind.PERIOD
    first, last = one.first, one.last
    if _FROM.search(folded, begin, one.start):
        if not _is_range(folded, one):
            kind, last = DeadlineKind.PERIOD, None
    elif _AFTER.search(folded, begin, one.start):
        kind, first, last = DeadlineKind.PERIOD, (last + timedelta(days=1) if last else None), None
    elif first and not is_day and _BEFORE.search(folded, begin, one.start):
        kind, first = DeadlineKind.DAY, first - timedelta(days=1)
        last = first
    return Deadline(kind, first, last, one.year, start, one.end, one.unit)


def _is_range(folded: str, one: Interval) -> bool:
    """Tell whether *one* names its last day too; the dash of "quý I-2026" says nothing."""
    if one.unit is Unit.QUARTER:
        months = re.findall(r"[-–—]\s*(?!20\d\d)|\b(?:den|toi)\b", folded[one.start : one.end])
        return bool(months)
    if one.first is None or one.last is None or one.unit is Unit.MONTH:
        return False
    return one.first != one.last if one.unit is Unit.DAY else one.first.year != one.last.year
