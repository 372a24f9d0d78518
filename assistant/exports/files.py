"""A listing as a file of one kind, under a name in Vietnamese."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.exports.excel import excel_bytes
from assistant.exports.ics import calendar_bytes
from assistant.exports.listing import Kind
from assistant.exports.word import word_bytes

if TYPE_CHECKING:
    from datetime import date

    from assistant.exports.listing import Listing

_WRITERS = {Kind.EXCEL: excel_bytes, Kind.WORD: word_bytes, Kind.CALENDAR: calendar_bytes}
_NO_FILE_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """The bytes of a file and what it is called."""

    name: str
    kind: Kind
    content: bytes


def listing_bytes(listing: Listing, kind: Kind) -> bytes:
    """
    Return *listing* as a file of this *kind*.

    Raises:
        InputError: a calendar is asked for, and no entry has a definite day.
    """
    return _WRITERS[kind](listing)


def file_name(stem: str, today: date, kind: Kind) -> str:
    """Return "Danh mục nhiệm vụ 2025-11-12.xlsx"."""
    return f"{_NO_FILE_NAME.sub(' ', stem)} {today.isoformat()}.{kind}"
