"""The header of a table whose lines are lost: where it stands, its columns, and where it is repeated."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.columns import OTHER, column, known_names
from indexer.types import LineKind
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.layout import Line
    from indexer.types import Column

_ORDER = re.compile(r"(?:s[oố]\s*)?tt\b|stt\b|s[oố] th[uứ] t[uự]\b", re.IGNORECASE)
_ROW_START = re.compile(r"(?:\d{1,3}|[IVXLC]{1,5}|[A-H])[.)]?(?:\s|$)")
_COLUMN_NUMBERS = re.compile(r"(?:\(?\[?\d{1,2}\]?\)?\s*){2,}|\(\d{1,2}\)")
_MOST_LINES = 30
_ENOUGH = 2  # lines of the header that are the header again, though the rest of it is not there
_LONGEST_NAME = 6  # words of a known heading


@dataclass(frozen=True, slots=True)
class Header:
    """Lines ``first`` to ``last`` (inclusive) name the columns, the order column first."""

    first: int
    last: int
    columns: tuple[Column, ...]


def find_header(lines: Sequence[Line], start: int) -> Header | None:
    """
    Return the header that begins at line *start*, or None where no table begins there.

    A header begins with the order column ("TT", "STT", "Số TT") and names at least one column that is known; it ends before the
    first line that can begin a row.
    """
    if not _ORDER.match(" ".join(line.text for line in lines[start : start + 2])):
        return None
    last = start
    while last + 1 < min(len(lines), start + _MOST_LINES) and not _begins_row(lines[last + 1].text):
        last += 1
    if last + 1 >= len(lines) or last + 1 >= start + _MOST_LINES:
        return None
    while last + 1 < len(lines) and _COLUMN_NUMBERS.fullmatch(lines[last + 1].text):
        last += 1
    named = [line for line in lines[start : last + 1] if not _COLUMN_NUMBERS.fullmatch(line.text)]
    columns = _columns(named)
    if len(columns) < 2 or all(item.role in (OTHER, "order") for item in columns):
        return None
    return Header(start, last, columns)


def _begins_row(text: str) -> bool:
    return bool(_ROW_START.match(text)) or bool(_COLUMN_NUMBERS.fullmatch(text))


def _known_length(words: Sequence[str]) -> int:
    """Return how many of the leading *words* make the longest known heading."""
    names = known_names()
    for count in range(min(_LONGEST_NAME, len(words)), 0, -1):
        if fold(" ".join(words[:count])).strip(" :.") in names:
            return count
    return 0


def _columns(lines: Sequence[Line]) -> tuple[Column, ...]:
    """Cut the words of the header into names: a known name, or a capital letter, begins a column."""
    words = " ".join(line.text for line in lines).split()
    capitals = all(word == word.upper() for word in words)
    names: list[str] = []
    position = 0
    while position < len(words):
        count = max(1, _known_length(words[position:]))
        end = position + count
        while end < len(words) and not _opens(words, end, capitals=capitals):
            end += 1
        names.append(" ".join(words[position:end]))
        position = end
    return _below_parents([column(name) for name in names])


def _opens(words: Sequence[str], index: int, *, capitals: bool) -> bool:
    word = words[index]
    if capitals:
        return _known_length(words[index:]) > 0
    if words[index - 1].endswith(("/", ",", "-")) or word[0] in "(/":
        return False
    return word[0].isupper()


def _below_parents(columns: Sequence[Column]) -> tuple[Column, ...]:
    """
    Put the headings of a second level in the place of the heading that spans them.

    Flattened, "Phân công" over "Chủ trì | Phối hợp" reads "… Phân công, Thời gian, Chủ trì, Phối hợp".
    """
    parents = [i for i, item in enumerate(columns) if item.role == "parent"]
    if not parents:
        return tuple(columns)
    place = parents[0]
    below = [item for item in columns[place + 1 :] if item.role in ("lead", "partners")]
    rest = [item for item in columns if item not in below and item.role != "parent"]
    before = len([item for item in columns[:place] if item not in below])
    return (*rest[:before], *below, *rest[before:])


def repeated_headers(lines: Sequence[Line], header: Header, end: int) -> set[int]:
    """Return the indices of lines up to *end* that only say the header again, at the top of a new page."""
    named = [line.text for line in lines[header.first : header.last + 1] if not _COLUMN_NUMBERS.fullmatch(line.text)]
    wanted = " ".join(named).split()
    inside: set[int] = set()
    for index in range(header.last + 1, end):
        if index in inside or lines[index].text.split()[0] != wanted[0]:
            continue
        last = _says_again(lines, index, end, wanted)
        if last is None and (count := _equal_lines(lines, index, end, named)) >= _ENOUGH:
            last = index + count - 1
        if last is not None:
            while last + 1 < end and _COLUMN_NUMBERS.fullmatch(lines[last + 1].text) and " " in lines[last + 1].text:
                last += 1
            inside.update(range(index, last + 1))
    return inside


def _says_again(lines: Sequence[Line], index: int, end: int, wanted: Sequence[str]) -> int | None:
    """Return the last of the lines from *index* that together hold the words *wanted*, or None."""
    words: list[str] = []
    for last in range(index, end):
        words += lines[last].text.split()
        if words != list(wanted[: len(words)]):
            return None
        if len(words) == len(wanted):
            return last
    return None


def _equal_lines(lines: Sequence[Line], index: int, end: int, named: Sequence[str]) -> int:
    count = 0
    while count < len(named) and index + count < end and lines[index + count].text == named[count]:
        count += 1
    return count


def is_page_matter(line: Line) -> bool:
    """Tell whether *line* belongs to the page rather than to the table."""
    return line.kind is not LineKind.TEXT
