"""What is printed on a page and is no running text: heads that return, page numbers, stamps, footnotes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import regex as re

from indexer.formats.page import STATE, PageWord, PrintedLine
from indexer.types import LineKind
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from indexer.formats.rulings import DrawnTable
    from indexer.formats.source_page import SourcePage

Rows = list[list[PrintedLine]]
Asides = dict[PageWord, LineKind]

_EDGE_LINES = 2  # lines at either edge of a page that may be a running head
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(r"[-–—]?\s?(\d{1,4})\s?[-–—]?|(?:trang|page)\s?(\d{1,4})(?:\s?/\s?\d{1,4})?", re.IGNORECASE)
# The lines of a visible digital signature; the second kind only beside the first. Folded.
_STAMP = re.compile(r"(?:ky boi|nguoi ky|ngay ky|thoi gian ky|ky ngay)\s?:.*|\d{4}-\d{2}-\d{2}t\d{2}:\d{2}.*|ky boi .*")
_BESIDE_STAMP = re.compile(r"(?:co quan|email|chuc vu|to chuc|don vi|ly do|dia diem|so dien thoai)\s?:.*")
_STAMP_LINES = 6  # font sizes; a signature has four or five lines
_SMALL = 0.9  # of the usual font size: a footnote
_FOOTNOTE = re.compile(r"\[?\d{1,3}\]?\s?\.?\s?\p{L}|\*+\s?\p{L}")
_RETURNS = 0.3  # of the pages bear a running head; those of even pages may differ from those of odd ones
_MARGIN = 0.12  # share of a page's height at its edges where a running head stands


def rows_without(rows: Rows, left_out: Container[PageWord]) -> list[list[PageWord]]:
    """Return the words of each of *rows* that are not *left_out*, where any are."""
    kept = ([word for run in row for word in run.words if word not in left_out] for row in rows)
    return [row for row in kept if row]


def page_matter(
    pages: Sequence[SourcePage], tables: Sequence[Sequence[DrawnTable]], rows: Sequence[Rows]
) -> list[Asides]:
    """
    Return for each page, whose words stand in *rows*, those that belong to it and not to the text.

    A running head stands at an edge of its page, outside its tables, and is the same on another page but for its numbers.
    """
    stamps = [_stamps(page_rows) for page_rows in rows]
    edges: list[list[tuple[bool, list[PageWord]]]] = []
    seen: Counter[tuple[bool, str]] = Counter()
    counted: Counter[int] = Counter()  # how far printed numbers are ahead of the pages
    for page, page_tables, page_rows, stamp in zip(pages, tables, rows, stamps, strict=True):
        drawn = {word for word in page.words if any(table.holds(word) for table in page_tables)}
        free = rows_without(page_rows, drawn | stamp.keys())
        free = [
            row for row in free if not STATE.search(fold(" ".join(word.text for word in row)))
        ]  # a letterhead is none
        place = [(True, row) for row in free[:_EDGE_LINES] if row[0].middle < _MARGIN * page.height]
        place += [(False, row) for row in free[-_EDGE_LINES:] if row[0].middle > (1 - _MARGIN) * page.height]
        edges.append(place)
        numbers = {_page_number(" ".join(word.text for word in row)) for _, row in place}
        counted.update({number - page.number for number in numbers if number is not None})
        seen.update({(top, _shape(row)) for top, row in place})
    usual = _usual_size(pages)
    least = max(2, _RETURNS * len(pages))
    found: list[Asides] = []
    for page, page_rows, place, stamp in zip(pages, rows, edges, stamps, strict=True):
        aside: Asides = dict.fromkeys(page.heads, LineKind.RUNNING_HEAD)
        for top, row in place:
            text = " ".join(word.text for word in row)
            if (number := _page_number(text)) is not None:
                if counted[number - page.number] > 1 or number == page.number > 1:
                    aside |= dict.fromkeys(row, LineKind.PAGE_NUMBER)
            elif seen[top, _shape(row)] >= least and len(text) > 3:
                aside |= dict.fromkeys(row, LineKind.RUNNING_HEAD)
        aside |= stamp
        found.append(aside | _footnotes(page, rows_without(page_rows, aside), usual))
    return found


def _page_number(text: str) -> int | None:
    match = _PAGE_NUMBER.fullmatch(text)
    return int(match.group(1) or match.group(2)) if match else None


def _shape(row: Sequence[PageWord]) -> str:
    """Return the words of *row* with every number the same, in a fixed order: heads change sides on even pages."""
    return " ".join(sorted(_DIGITS.sub("0", word.text) for word in row))


def _usual_size(pages: Sequence[SourcePage]) -> float:
    sizes = sorted(word.size for page in pages if page.source == "text" for word in page.words)
    return sizes[len(sizes) // 2] if sizes else 0.0


def _stamps(rows: Rows) -> Asides:
    """Return the words of visible digital signatures."""
    lines = [line for row in rows for line in row]
    sure = [line for line in lines if _STAMP.fullmatch(fold(line.text))]
    near = [
        line
        for line in lines
        if sure and _BESIDE_STAMP.fullmatch(fold(line.text)) and any(_are_near(line, other) for other in sure)
    ]
    return {word: LineKind.STAMP for line in (*sure, *near) for word in line.words}


def _are_near(line: PrintedLine, other: PrintedLine) -> bool:
    return (
        abs(line.middle - other.middle) < _STAMP_LINES * max(line.size, other.size)
        and line.left < other.right
        and other.left < line.right
    )


def _footnotes(page: SourcePage, rows: list[list[PageWord]], usual: float) -> Asides:
    """Return the words of the notes at the foot of *page*: the last of its *rows*, in small print, that a number opens."""
    if page.source != "text" or not usual:
        return {}
    small: list[list[PageWord]] = []
    while rows and max(word.size for word in rows[-1]) < _SMALL * usual and rows[-1][0].middle > page.height / 2:
        small.insert(0, rows.pop())
    while small and not _FOOTNOTE.match(" ".join(word.text for word in small[0])):
        small.pop(0)
    return {word: LineKind.FOOTNOTE for row in small for word in row}
