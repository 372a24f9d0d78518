"""
One form for what is written in several ways: references to clauses, dates, quarters and percentages.

    khoản 2 Điều 5, Điều 5 khoản 2                     điều:5:khoản:2
    ngày 05 tháng 01 năm 2026, 05/01/2026, 5-1-2026    5/1/2026
    tháng 01 năm 2026, 01/2026                         1/2026
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
_ARTICLE = r"(?P<article>(?:điều|dieu)\s+\d+\w?)"
_CLAUSE = r"(?P<clause>(?:khoản|khoan)\s+\d+\w?)"
_POINT = r"(?P<point>(?:điểm|diem)\s+(?:[a-zđ]\d?|\d+))"
_BETWEEN = r"\s*,?\s*(?:của\s+|cua\s+)?"
_REFERENCE = tuple(
    re.compile(rf"\b{pattern}\b")
    for pattern in (
        rf"(?:{_POINT}{_BETWEEN})?{_CLAUSE}{_BETWEEN}{_ARTICLE}",
        rf"{_ARTICLE}{_BETWEEN}{_CLAUSE}(?:{_BETWEEN}{_POINT})?",
    )
)
_DATE = re.compile(
    r"\bng[àa]y\s+(\d{1,2})\s+th[áa]ng\s+(\d{1,2})\s+n[ăa]m\s+(\d{4})\b|\b(\d{1,2})([/.-])(\d{1,2})\5(\d{4})\b"
)
_MONTH = re.compile(r"\bth[áa]ng\s+(\d{1,2})(?:\s+n[ăa]m\s+|\s*/\s*)(\d{4})\b")
_QUARTER = re.compile(r"\bqu[ýy]\s+(i{1,3}|iv|[1-4])(?:\s+n[ăa]m\s+|\s*/\s*)(\d{4})\b")
_PERCENT = re.compile(r"\b(\d+(?:[.,]\d+)*)\s*(?:%|ph[ầa]n\s+tr[ăa]m\b)")
_FIGURE = re.compile(r"\d")


def common_forms(text: str) -> list[str]:
    """Return the one form of every reference, date, quarter and percentage in *text* that is written otherwise, kind by kind."""
    if not _FIGURE.search(text):
        return []
    small = text.lower()
    return [form for form, written in _forms(small) if form not in written.split()]


def _forms(small: str) -> Iterator[tuple[str, str]]:
    """Yield every form with what is written."""
    for pattern in _REFERENCE:
        for match in pattern.finditer(small):
            form = ":".join((*match["article"].split(), *match["clause"].split()))
            yield form, match[0]
            if match["point"]:
                yield ":".join((form, *match["point"].split())), match[0]
    for match in _DATE.finditer(small):
        day, month, year = match.group(1, 2, 3) if match[1] else match.group(4, 6, 7)
        yield f"{int(day)}/{int(month)}/{year}", match[0]
    for match in _MONTH.finditer(small):
        yield f"{int(match[1])}/{match[2]}", match[0]
    for match in _QUARTER.finditer(small):
        yield f"{match[0].split()[0]}:{_ROMAN.get(match[1], match[1])}:{match[2]}", match[0]
    for match in _PERCENT.finditer(small):
        yield f"{match[1]}%", match[0]
