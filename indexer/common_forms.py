"""
One form for what is written in several ways: references to clauses, dates, quarters and percentages.

    khoản 2 Điều 5, Điều 5 khoản 2                     điều:5:khoản:2
    ngày 05 tháng 01 năm 2026, 05/01/2026, 5-1-2026    5/1/2026
    tháng 01 năm 2026, tháng 01/2026                   1/2026
    quý IV năm 2026, quý 4/2026                        quý:4:2026
    95 %, 95 phần trăm                                 95%

Each is one token of `indexer.vietnamese.syllables`. Text without diacritics gives the same forms without them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_BETWEEN = r"\s*,?\s*(?:của\s+|cua\s+)?"
_NUMBER = r"\d+\w?"
_POINT = r"(?:điểm|diem)\s+(?:[a-zđ]\d?|\d+)"
# Patterns begin with letters or signs that are rare, so that most of a text is passed over quickly; what stands before is looked at then
_CLAUSE_FIRST = re.compile(rf"(kho[ảa]n\s+{_NUMBER}){_BETWEEN}((?:điều|dieu)\s+{_NUMBER})\b")
_ARTICLE_FIRST = re.compile(
    rf"((?:điều|dieu)\s+{_NUMBER}){_BETWEEN}(kho[ảa]n\s+{_NUMBER})\b(?:{_BETWEEN}({_POINT})\b)?"
)
_POINT_BEFORE = re.compile(rf"\b({_POINT}){_BETWEEN}$")
_WRITTEN_DATE = re.compile(r"ng[àa]y\s+(\d{1,2})\s+th[áa]ng\s+(\d{1,2})\s+n[ăa]m\s+(\d{4})\b")
_MONTH_AND_YEAR = re.compile(r"([/.-])(\d{1,2})\1(\d{4})\b")
_DAY_BEFORE = re.compile(r"\b(\d{1,2})$")
_MONTH = re.compile(r"th[áa]ng\s+(\d{1,2})(?:\s+n[ăa]m\s+|\s*/\s*)(\d{4})\b")
_QUARTER = re.compile(r"(qu[ýy])\s+(i{1,3}|iv|[1-4])(?:\s+n[ăa]m\s+|\s*/\s*)(\d{4})\b")
_PERCENT = re.compile(r"%|ph[ầa]n\s+tr[ăa]m\b")
_FIGURE_BEFORE = re.compile(r"\b(\d+(?:[.,]\d+)*)\s*$")
_BEFORE = 24  # characters that are looked at


def common_forms(text: str) -> list[str]:
    """Return the one form of every reference, date, quarter and percentage in *text* that is written otherwise, kind by kind."""
    small = text.lower()
    return [form for form, written in _forms(small) if form not in written.split()]


def _forms(small: str) -> Iterator[tuple[str, str]]:
    """Yield every form with what is written."""
    for match in _words(_CLAUSE_FIRST, small):
        clause, article = match.groups()
        yield from _reference(article, clause, _before(_POINT_BEFORE, small, match), match[0])
    for match in _words(_ARTICLE_FIRST, small):
        article, clause, point = match.groups()
        yield from _reference(article, clause, point, match[0])
    for match in _words(_WRITTEN_DATE, small):
        yield f"{int(match[1])}/{int(match[2])}/{match[3]}", match[0]
    for match in _MONTH_AND_YEAR.finditer(small):
        if day := _before(_DAY_BEFORE, small, match):
            yield f"{int(day)}/{int(match[2])}/{match[3]}", f"{day}{match[0]}"
    for match in _words(_MONTH, small):
        yield f"{int(match[1])}/{match[2]}", match[0]
    for match in _words(_QUARTER, small):
        yield f"{match[1]}:{_ROMAN.get(match[2], match[2])}:{match[3]}", match[0]
    for match in _PERCENT.finditer(small):
        if figure := _before(_FIGURE_BEFORE, small, match):
            yield f"{figure}%", small[match.start() - len(figure) : match.end()]


def _words(pattern: re.Pattern[str], small: str) -> Iterator[re.Match[str]]:
    """Yield the matches of *pattern* that begin a word."""
    for match in pattern.finditer(small):
        if not (match.start() and small[match.start() - 1].isalnum()):
            yield match


def _before(pattern: re.Pattern[str], small: str, match: re.Match[str]) -> str | None:
    """Return what *pattern* finds right before *match*."""
    found = pattern.search(small[max(0, match.start() - _BEFORE) : match.start()])
    return found[1] if found else None


def _reference(article: str, clause: str, point: str | None, written: str) -> Iterator[tuple[str, str]]:
    form = ":".join((*article.split(), *clause.split()))
    yield form, written
    if point:
        yield ":".join((form, *point.split())), written
