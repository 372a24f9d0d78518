"""
Lines of a text and the paragraphs that they make.

A text out of a PDF has a line end wherever the page was full, often a blank line behind every line, and between the lines what
belongs to the page and not to the text: page numbers, link footers, the signature's time stamp. Each line is recognised as what it
is; nothing is deleted from the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class LineKind(StrEnum):
    """What a line is."""

    TEXT = "text"
    PAGE_NUMBER = "page_number"
    LINK_FOOTER = "link_footer"
    STAMP = "stamp"


class Gap(StrEnum):
    """What stands before a line."""

    START = "start"
    LINE = "line"  # one line end
    BLANK = "blank"  # an empty line
    WHITE = "white"  # a line of nothing but spaces


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank, without its outer white space. ``gap`` is what stands before it."""

    start: int
    end: int
    text: str
    gap: Gap
    indent: int
    kind: LineKind = LineKind.TEXT


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together; ``start:end`` may hold lines that belong to the page."""

    lines: tuple[Line, ...]

    @property
    def start(self) -> int:
        """Offset of the first character."""
        return self.lines[0].start

    @property
    def end(self) -> int:
        """Offset behind the last character."""
        return self.lines[-1].end

    @property
    def text(self) -> str:
        """The lines joined by one space."""
        return " ".join(line.text for line in self.lines)


_STAMP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:[+-]\d{2}:?\d{2}|Z)?")
_URL = re.compile(r"(?:https?://|www\.)\S+")
_PAGE_NUMBER = re.compile(r"[-–—]?\s?(\d{1,3})\s?[-–—]?")
_WIDE = 160  # a longer line was not broken by a page's width
FORCED = 0.93  # a line with room for a tenth more could have taken the next word


def split_lines(text: str) -> list[Line]:
    """Return the lines of *text* that are not blank, each with its kind."""
    lines: list[Line] = []
    offset, gap = 0, Gap.START
    for raw in re.split(r"[\n\f]", text):
        stripped = raw.strip()
        if stripped:
            indent = len(raw) - len(raw.lstrip())
            start = offset + indent
            lines.append(Line(start, start + len(stripped), stripped, gap, indent))
            gap = Gap.LINE
        elif lines:
            gap = Gap.WHITE if raw or gap is Gap.WHITE else Gap.BLANK
        offset += len(raw) + 1
    return _with_kinds(lines)


def _is_link_footer(lines: Sequence[Line], index: int) -> bool:
    """A PDF printer repeats the addresses of a page's links below it, one a line, none with a blank line before the next."""
    line = lines[index]
    if not _URL.fullmatch(line.text) or not line.text.endswith("/"):
        return False
    address = line.text.rstrip("./")
    earlier = any(address in other.text for other in lines[max(0, index - 400) : index])
    at_page_end = index + 1 < len(lines) and lines[index + 1].gap is Gap.LINE
    return earlier and at_page_end


def _with_kinds(lines: Sequence[Line]) -> list[Line]:
    page = 1
    known: list[Line] = []
    for index, line in enumerate(lines):
        kind = LineKind.TEXT
        number = _PAGE_NUMBER.fullmatch(line.text)
        if _STAMP.fullmatch(line.text):
            kind = LineKind.STAMP
        elif _is_link_footer(lines, index):
            kind = LineKind.LINK_FOOTER
        elif number and int(number.group(1)) == page + 1 and _stands_apart(lines, index):
            kind, page = LineKind.PAGE_NUMBER, page + 1
        known.append(Line(line.start, line.end, line.text, line.gap, line.indent, kind))
    return known


def _stands_apart(lines: Sequence[Line], index: int) -> bool:
    """A page number has white space on both sides; the number of a table's row has its row behind it."""
    if index + 1 >= len(lines):
        return False
    before, after = lines[index].gap, lines[index + 1]
    return before is not Gap.LINE and after.gap is not Gap.LINE and _reads_on(lines, index)


def _reads_on(lines: Sequence[Line], index: int) -> bool:
    """Tell whether the text goes on over line *index* in the middle of a sentence, in small letters."""
    before = lines[index - 1].text if index else ""
    return bool(before) and before[-1] not in ".;:" and lines[index + 1].text[0].islower()


def line_width(lines: Sequence[Line]) -> int:
    """Return how many characters a full line of running text has; 0 where lines are whole paragraphs."""
    lengths = sorted(line.end - line.start for line in lines if line.kind is LineKind.TEXT)
    if not lengths or lengths[-1] > _WIDE:
        return 0
    return lengths[int(len(lengths) * 0.9)]


def is_double_spaced(lines: Sequence[Line]) -> bool:
    """Tell whether a blank line stands behind nearly every line, so that a single line end means something."""
    return median([line.gap is not Gap.LINE for line in lines[1:]] or [False]) >= 1


def is_forced(line: Line, following: Line, width: int) -> bool:
    """Tell whether *line* was full: the first word of *following* would not have fitted behind it."""
    if not width:
        return False
    word = following.text.split(maxsplit=1)[0]
    return len(line.text) + 1 + len(word) > width * FORCED
