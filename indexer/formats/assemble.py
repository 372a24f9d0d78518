"""
From the pages of a file, words and ruling lines of each, to its text: tables cell by cell, columns, paragraphs, what belongs to the page.

The text has one line a paragraph; inside a cell too. A page ends with a form feed, whether or not a paragraph does.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import regex as re

from indexer.formats.open_tables import left_out
from indexer.formats.page import (
    Block,
    PageWord,
    PrintedLine,
    blocks_of,
    goes_on,
    is_one_word,
    paragraphs_of,
    rows_of,
    segments_of,
)
from indexer.formats.rulings import align_columns, tables_of
from indexer.types import Aside, Box, Extracted, Grid, GridCell, LineKind, Page, Placed, ReadWarning, Span
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.formats.rulings import DrawnCell, DrawnTable, Edge

_PADDING = 4.5  # points between a cell's line and its words; word processors set 5.4
_UPPER = 0.3  # of a word's height: where it is looked for; a row that is too low has words that hang out of it
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


@dataclass(frozen=True, slots=True)
class SourcePage:
    """
    One page before its text is put together. ``source`` and ``confidence`` are those of :class:`~indexer.types.Page`.

    ``angle`` is by how many degrees the page was turned anti-clockwise before its words were found; ``heads`` are the words of its
    running head where the lines of the page run otherwise.
    """

    number: int
    width: float
    height: float
    words: tuple[PageWord, ...] = ()
    edges: tuple[Edge, ...] = ()
    source: str = "text"
    confidence: float | None = None
    angle: float = 0.0
    heads: tuple[PageWord, ...] = ()


@dataclass(slots=True)
class _Writer:
    """The text as it grows, and the places in it."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    placed: list[Placed] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)
    continued: list[int] = field(default_factory=list)

    def write(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def paragraph(self, lines: Sequence[PrintedLine], page: SourcePage, block: Block | None = None) -> Span:
        """Write *lines* of *block* as one line of text and return where it stands."""
        begin = self.length
        for index, line in enumerate(lines):
            if index and not (block and is_one_word(lines[index - 1], line, block)):
                self.write(" ")
            start = self.length
            self.write(line.text)
            self.placed.append(Placed(start, self.length, _box(line, page)))
        end = self.length
        self.write("\n")
        return Span(begin, end)


def _box(line: PrintedLine, page: SourcePage) -> Box:
    """Return where *line* stands on the page as it is shown, before it was straightened."""
    top, bottom = min(word.top for word in line.words), max(word.bottom for word in line.words)
    corners = [(line.left, top), (line.right, top), (line.left, bottom), (line.right, bottom)]
    if page.angle:
        turn = math.radians(page.angle)
        middle = page.width / 2, page.height / 2
        shown = middle[::-1] if round(page.angle / 90) % 2 else middle  # the page on its side is as wide as it was high
        corners = [
            (
                shown[0] + (x - middle[0]) * math.cos(turn) - (y - middle[1]) * math.sin(turn),
                shown[1] + (x - middle[0]) * math.sin(turn) + (y - middle[1]) * math.cos(turn),
            )
            for x, y in corners
        ]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return Box(page.number, round(min(xs), 1), round(min(ys), 1), round(max(xs), 1), round(max(ys), 1))


def assemble(pages: Sequence[SourcePage], warnings: Sequence[ReadWarning] = ()) -> Extracted:
    """Return the text of *pages* with its grids, places and what belongs to the page."""
    added = left_out((page.edges, page.words) for page in pages)
    pages = [replace(page, edges=(*page.edges, *edges)) for page, edges in zip(pages, added, strict=True)]
    tables = align_columns([tables_of(page.edges) for page in pages])
    heads = running_heads(pages, tables)
    margins = _margins(pages, heads)
    writer = _Writer()
    done: list[Page] = []
    last: tuple[list[PrintedLine], Block] | None = None
    for index, page in enumerate(pages):
        start = writer.length
        last = _write_page(writer, page, tables[index], heads[index], margins[index], last)
        done.append(Page(page.number, page.source, page.confidence, start, writer.length))
        if index + 1 < len(pages):
            writer.write("\f")
    return Extracted(
        "".join(writer.parts),
        tuple(done),
        tuple(writer.grids),
        tuple(writer.placed),
        tuple(writer.asides),
        paragraphs=True,
        continued=tuple(writer.continued),
        warnings=tuple(warnings),
    )


def _write_page(
    writer: _Writer,
    page: SourcePage,
    tables: Sequence[DrawnTable],
    heads: dict[PageWord, LineKind],
    margins: tuple[float, float],
    last: tuple[list[PrintedLine], Block] | None,
) -> tuple[list[PrintedLine], Block] | None:
    """Write one page; return its last paragraph, or None where the page ends with a table."""
    by_kind: dict[LineKind, list[PageWord]] = {}
    for word, kind in heads.items():
        by_kind.setdefault(kind, []).append(word)
    for kind, words in by_kind.items():
        if kind is not LineKind.FOOTNOTE:
            for row in rows_of(words):
                _write_aside(writer, segments_of(row), kind, page)
    words = [word for word in page.words if word not in heads]
    at: dict[int, list[PageWord]] = {}
    for word in words:
        at.setdefault(_table_at(tables, word), []).append(word)
    free = at.get(-1, [])
    ended: tuple[list[PrintedLine], Block] | None = last
    above = 0.0
    for index, table in [*enumerate(tables), (None, None)]:
        limit = table.top if table else math.inf
        between = [word for word in free if above <= word.middle < limit]
        for block in blocks_of(between, left=margins[0], right=margins[1]):
            for lines in paragraphs_of(block):
                if ended is last and last is not None and goes_on(last[0], lines[0], last[1]) and not block.letterhead:
                    writer.continued.append(writer.length)
                writer.paragraph(lines, page, block)
                ended = (lines, block)
        if table is not None and index is not None:
            _write_table(writer, table, at.get(index, []), page)
            ended, above = None, table.top
    for block in blocks_of(by_kind.get(LineKind.FOOTNOTE, []), left=margins[0], right=margins[1]):
        for lines in paragraphs_of(block):
            span = writer.paragraph(lines, page)
            writer.asides.append(Aside(LineKind.FOOTNOTE, span.start, span.end))
    return ended


def _write_aside(writer: _Writer, lines: Sequence[PrintedLine], kind: LineKind, page: SourcePage) -> None:
    for line in lines:
        span = writer.paragraph([line], page)
        writer.asides.append(Aside(kind, span.start, span.end))


def _table_at(tables: Sequence[DrawnTable], word: PageWord) -> int:
    x, y = (word.left + word.right) / 2, word.middle
    for index, table in enumerate(tables):
        if table.left - 2 <= x <= table.right + 2 and table.top <= y <= table.bottom:
            return index
    return -1


def _write_table(writer: _Writer, table: DrawnTable, words: Sequence[PageWord], page: SourcePage) -> None:
    start = writer.length
    cells: list[GridCell] = []
    inside: dict[int, list[PageWord]] = {}
    for word in words:
        x, y = (word.left + word.right) / 2, word.top + _UPPER * word.size
        place = next((i for i, cell in enumerate(table.cells) if cell.holds(x, y)), None)
        if place is None:  # on a line, or beyond the outer edge
            place = min(range(len(table.cells)), key=lambda i: _distance(table.cells[i], x, y))
        inside.setdefault(place, []).append(word)
    for index, cell in enumerate(table.cells):
        spans: list[Span] = []
        lines = tuple(PrintedLine(tuple(row)) for row in rows_of(inside.get(index, [])))
        if lines:
            block = Block(lines, cell.left + _PADDING, cell.right - _PADDING)
            written = [writer.paragraph(paragraph, page, block) for paragraph in paragraphs_of(block)]
            spans = [Span(written[0].start, written[-1].end)]
        cells.append(GridCell(cell.row, cell.column, cell.row_end, cell.column_end, tuple(spans)))
    if writer.length > start:
        writer.grids.append(Grid(table.rows, table.columns, tuple(cells), start, writer.length - 1))


def _distance(cell: DrawnCell, x: float, y: float) -> float:
    return max(cell.left - x, 0, x - cell.right) + max(cell.top - y, 0, y - cell.bottom)


def _margins(pages: Sequence[SourcePage], heads: Sequence[dict[PageWord, LineKind]]) -> list[tuple[float, float]]:
    """Return the left and right edge of running text on each page, taken over all pages of the same width."""
    lines: dict[int, list[tuple[float, float]]] = {}
    for page, aside in zip(pages, heads, strict=True):
        for row in rows_of(word for word in page.words if word not in aside):
            if len(row) > 3:
                lines.setdefault(round(page.width), []).append((row[0].left, row[-1].right))
    found: dict[int, tuple[float, float]] = {}
    for width, edges in lines.items():
        lefts, rights = sorted(edge[0] for edge in edges), sorted(edge[1] for edge in edges)
        found[width] = lefts[len(lefts) // 10], rights[-1 - len(rights) // 10]
    return [found.get(round(page.width), (page.width * 0.14, page.width * 0.93)) for page in pages]


def running_heads(
    pages: Sequence[SourcePage], tables: Sequence[Sequence[DrawnTable]]
) -> list[dict[PageWord, LineKind]]:
    """
    Return for each page the words that belong to it and not to the text: heads that return, page numbers, stamps, footnotes.

    A running head stands at an edge of its page and is the same on another page but for its numbers.
    """
    edges: list[list[tuple[bool, list[PageWord]]]] = []
    seen: Counter[tuple[bool, str]] = Counter()
    counted: Counter[int] = Counter()  # how far printed numbers are ahead of the pages
    stamps = [_stamps(page) for page in pages]
    for page, stamp, drawn in zip(pages, stamps, tables, strict=True):
        rows = rows_of(word for word in page.words if word not in stamp and _table_at(drawn, word) < 0)
        place = [(True, row) for row in rows[:_EDGE_LINES] if row[0].middle < _MARGIN * page.height]
        place += [(False, row) for row in rows[-_EDGE_LINES:] if row[0].middle > (1 - _MARGIN) * page.height]
        edges.append(place)
        numbers = {_page_number(" ".join(word.text for word in row)) for _, row in place}
        counted.update({number - page.number for number in numbers if number is not None})
        seen.update({(top, _shape(row)) for top, row in place})
    sizes = _usual_size(pages)
    least = max(2, _RETURNS * len(pages))
    found: list[dict[PageWord, LineKind]] = []
    for page, place, stamp in zip(pages, edges, stamps, strict=True):
        aside: dict[PageWord, LineKind] = dict.fromkeys(page.heads, LineKind.RUNNING_HEAD)
        for top, row in place:
            text = " ".join(word.text for word in row)
            if (number := _page_number(text)) is not None:
                if counted[number - page.number] > 1 or number == page.number > 1:
                    aside |= dict.fromkeys(row, LineKind.PAGE_NUMBER)
            elif seen[top, _shape(row)] >= least and len(text) > 3:
                aside |= dict.fromkeys(row, LineKind.RUNNING_HEAD)
        found.append(aside | stamp | _footnotes(page, aside | stamp, sizes))
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


def _stamps(page: SourcePage) -> dict[PageWord, LineKind]:
    """Return the words of visible digital signatures."""
    lines = [line for row in rows_of(page.words) for line in segments_of(row)]
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


def _footnotes(page: SourcePage, aside: dict[PageWord, LineKind], usual: float) -> dict[PageWord, LineKind]:
    """Return the words of the notes at the foot of *page*: its last lines, in small print, that a number opens."""
    if page.source != "text" or not usual:
        return {}
    rows = rows_of(word for word in page.words if word not in aside)
    small: list[list[PageWord]] = []
    while rows and max(word.size for word in rows[-1]) < _SMALL * usual and rows[-1][0].middle > page.height / 2:
        small.insert(0, rows.pop())
    while small and not _FOOTNOTE.match(" ".join(word.text for word in small[0])):
        small.pop(0)
    return {word: LineKind.FOOTNOTE for row in small for word in row}
