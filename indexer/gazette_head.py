"""
The head of a document as gazettes and law collections set it, without a letterhead.

    THÔNG TƯ
    CỦA BỘ KẾ HOẠCH VÀ ĐẦU TƯ SỐ 02/2010/TT-BKH NGÀY 19 THÁNG 01 NĂM 2010
    QUY ĐỊNH CHI TIẾT LẬP HỒ SƠ MỜI THẦU
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import regex as re

from indexer.types import Stated, fold_white
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.types import Clause

_MOST_LINES = 4
_HEAD = re.compile(
    r"\s*(?:cua\s+(?P<issuer>[^;:]{3,140}?)\s+)?so\s*:?\s*(?P<number>\d\S*)\s*,?\s+(?P<date>ngay\s+(?P<day>\d{1,2})\s+thang\s+(?P<month>\d{1,2})"
    r"\s+nam\s+(?P<year>\d{4}))"
)


@dataclass(frozen=True, slots=True)
class GazetteHead:
    """What the lines below the kind of document say; ``end`` is where they end in the text."""

    number: Stated
    issued_on: Stated
    issuer: Stated | None
    end: int


def read_gazette_head(document: str, below: Sequence[Clause]) -> GazetteHead | None:
    """Return what the first of the clauses *below* the kind of document state in this form; None where they do not."""
    if not below:
        return None
    start, text = below[0].start, ""
    for clause in below[:_MOST_LINES]:  # clauses follow each other; only white space stands between them
        text += " " * (clause.start - start - len(text)) + clause.text
    match = _HEAD.match(fold(text))
    if match is None:
        return None

    def stated(group: str, value: str | None = None) -> Stated:
        words = text[match.start(group) : match.end(group)]
        return Stated(value or fold_white(words), document, start + match.start(group), start + match.end(group))

    day, month, year = match.group("day"), match.group("month"), match.group("year")
    return GazetteHead(
        stated("number"),
        stated("date", f"{year}-{int(month):02}-{int(day):02}"),
        stated("issuer") if match.group("issuer") else None,
        start + match.end(),
    )
