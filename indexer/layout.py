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
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from indexer.types import LineKind

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence


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
_SIGNED = re.compile(r"(?:Ký bởi|Người ký|Cơ quan|Ngày ký|Thời gian ký|Email|Chức vụ)\s?:", re.IGNORECASE)
_EDGE_NUMBER = re.compile(r"(\D.*\D)?(\d{1,4})")  # the page's number ends the line
_HEADING = re.compile(r"(?:phụ lục|phần|chương|mục|điều|mẫu|biểu)\b", re.IGNORECASE)
_SHORTEST_PAGE = 12  # lines
_NARROWEST = 30  # no page is narrower; such lines ended where their writer ended them
_WIDE = 160  # a longer line was not broken by a page's width
_FORCED = 0.97  # justified lines are nearly equally wide
_FIRST_INDENT = 0.09  # Nghị định 30/2020/NĐ-CP: the first line of a paragraph is indented by 1 to 1.27 cm of some 16 cm

# Widths of Times New Roman, in which Nghị định 30/2020/NĐ-CP has documents set, over its mean small letter.
_NARROW, _THIN, _BROAD, _CAPITAL = 0.6, 0.72, 1.62, 1.45
_WIDTHS = {
    **dict.fromkeys("ijlt,.:;'|!/()[]ìíỉĩị", _NARROW),
    **dict.fromkeys('fr-"', _THIN),
    **dict.fromkeys("mwMW%", _BROAD),
    " ": 0.55,
    "I": _THIN,
}


def split_lines(text: str) -> list[Line]:
    """Return the lines of *text* that are not blank, each with its kind."""
    lines: list[Line] = []
    pages: list[int] = []
    offset, gap, page = 0, Gap.START, 0
    for raw in re.split(r"[\n\f]", text):
        page += offset > 0 and text[offset - 1] == "\f"
        stripped = raw.strip()
        if stripped:
            indent = len(raw) - len(raw.lstrip())
            start = offset + indent
            lines.append(Line(start, start + len(stripped), stripped, gap, indent))
            pages.append(page)
            gap = Gap.LINE
        elif lines:
            gap = Gap.WHITE if raw or gap is Gap.WHITE else Gap.BLANK
        offset += len(raw) + 1
    signed = _signed_by(lines)
    return _with_kinds(lines, _running_heads(lines, pages, signed) | signed)


def _signed_by(lines: Sequence[Line]) -> dict[int, LineKind]:
    """Return the lines of a visible digital signature: "Ký bởi: …", "Cơ quan: …", "Ngày ký: …", two of them at least together."""
    found: dict[int, LineKind] = {}
    run: list[int] = []
    for index in range(len(lines) + 1):
        if index < len(lines) and _SIGNED.match(lines[index].text):
            run.append(index)
            continue
        if len(run) > 1 and any("ký" in lines[i].text.split(":")[0].lower() for i in run):
            found |= dict.fromkeys(run, LineKind.STAMP)
        run = []
    return found


def _running_heads(lines: Sequence[Line], pages: Sequence[int], signed: Container[int]) -> dict[int, LineKind]:
    """
    Return the lines that a printer repeats on every page, and the page numbers beside them.

    Such a line stands at an edge of its page and is the same on each but for the page's number; without form feeds only one that
    has the page's number on a line of its own beside it is known.
    """
    found: dict[int, LineKind] = {}
    left = [i for i in range(len(lines)) if i not in signed]
    turns = [pages[i] for i in left]
    edges = [i for n, i in enumerate(left) if turns[-1] and _at_edge(n, turns)]
    ends: dict[tuple[str, int], list[int]] = {}
    for index in edges:
        number = _EDGE_NUMBER.fullmatch(" ".join(lines[index].text.split()))
        if number and not _HEADING.match(lines[index].text):
            ends.setdefault((number.group(1) or "", int(number.group(2)) - pages[index]), []).append(index)
    for (words, _), places in ends.items():
        if len({pages[index] for index in places}) > 1:
            found |= dict.fromkeys(places, LineKind.RUNNING_HEAD if words else LineKind.PAGE_NUMBER)
    by_text: dict[str, list[int]] = {}
    for index, line in enumerate(lines):
        by_text.setdefault(line.text, []).append(index)
    for places in by_text.values():
        for beside in (1, -1):
            numbers = [_number_at(lines, index + beside) for index in places]
            counts = [b == a + 1 for a, b in pairwise(numbers) if a is not None and b is not None]
            if counts and all(counts) and None not in numbers and not _number_at(lines, places[0]):
                apart = min(b - a for a, b in pairwise(places))
                if apart >= _SHORTEST_PAGE:
                    found |= dict.fromkeys(places, LineKind.RUNNING_HEAD)
                    found |= {index + beside: LineKind.PAGE_NUMBER for index in places}
    return found


def _at_edge(index: int, pages: Sequence[int]) -> bool:
    return index in (0, len(pages) - 1) or pages[index - 1] != pages[index] or pages[index + 1] != pages[index]


def _number_at(lines: Sequence[Line], index: int) -> int | None:
    match = _PAGE_NUMBER.fullmatch(lines[index].text) if 0 <= index < len(lines) else None
    return int(match.group(1)) if match else None


def _is_link_footer(lines: Sequence[Line], index: int) -> bool:
    """A PDF printer repeats the addresses of a page's links below it, one a line, none with a blank line before the next."""
    line = lines[index]
    if not _URL.fullmatch(line.text) or not line.text.endswith("/"):
        return False
    address = line.text.rstrip("./")
    earlier = any(address in other.text for other in lines[max(0, index - 400) : index])
    at_page_end = index + 1 < len(lines) and lines[index + 1].gap is Gap.LINE
    return earlier and at_page_end


def _with_kinds(lines: Sequence[Line], found: Mapping[int, LineKind]) -> list[Line]:
    page = 1
    known: list[Line] = []
    for index, line in enumerate(lines):
        kind = LineKind.TEXT
        number = _PAGE_NUMBER.fullmatch(line.text)
        if index in found:
            kind = found[index]
        elif _STAMP.fullmatch(line.text):
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


def text_width(text: str) -> float:
    """Return how wide *text* is when printed, in mean small letters."""
    return sum(_WIDTHS.get(letter) or (_CAPITAL if letter.isupper() else 1.0) for letter in text)


def line_width(lines: Sequence[Line]) -> float:
    """Return how wide a full line of running text is (see :func:`text_width`); 0 where lines are whole paragraphs, or too short for a page."""
    texts = [line.text for line in lines if line.kind is LineKind.TEXT]
    if not texts or max(map(len, texts)) > _WIDE:
        return 0
    width = sorted(map(text_width, texts))[int(len(texts) * 0.8)]
    return width if width >= _NARROWEST else 0


def is_double_spaced(lines: Sequence[Line]) -> bool:
    """Tell whether a blank line stands behind nearly every line, so that a single line end means something."""
    return median([line.gap is not Gap.LINE for line in lines[1:]] or [False]) >= 1


def is_forced(line: Line, following: Line, width: float, *, first: bool = False) -> bool:
    """Tell whether *line* was full: the first word of *following* would not have fitted behind it. *first*: of a paragraph."""
    if not width:
        return False
    word = following.text.split(maxsplit=1)[0]
    room = width * (_FORCED - (_FIRST_INDENT if first else 0))
    return text_width(f"{line.text} {word}") > room
