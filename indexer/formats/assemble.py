"""
From the pages of a file, words and ruling lines of each, to its text: tables cell by cell, columns, paragraphs, what belongs to the page.

The text has one line a paragraph; inside a cell too. A page ends with a form feed, whether or not a paragraph does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

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
from indexer.formats.page_matter import page_matter, rows_without
from indexer.formats.rulings import align_columns, tables_of
from indexer.types import Aside, Box, Extracted, Grid, GridCell, LineKind, Page, Placed, ReadWarning, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.formats.page_matter import Asides, Rows
    from indexer.formats.rulings import DrawnCell, DrawnTable
    from indexer.formats.source_page import SourcePage

_PADDING = 4.5  # points between a cell's line and its words; word processors set 5.4
_UPPER = 0.3  # of a word's height: where it is looked for; a row that is too low has words that hang out of it


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
    rows = [segments_of(page.words) for page in pages]
    asides = page_matter(pages, tables, rows)
    margins = _margins(pages, rows, asides)
    writer = _Writer()
    done: list[Page] = []
    last: tuple[list[PrintedLine], Block] | None = None
    for index, page in enumerate(pages):
        start = writer.length
        last = _write_page(writer, page, tables[index], asides[index], margins=margins[index], last=last)
        done.append(Page(page.number, page.source, page.confidence, start, writer.length, *page.shown_size))
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
    asides: Asides,
    *,
    margins: tuple[float, float],
    last: tuple[list[PrintedLine], Block] | None,
) -> tuple[list[PrintedLine], Block] | None:
    """Write one page; return its last paragraph, or None where the page ends with a table."""
    by_kind: dict[LineKind, list[PageWord]] = {}
    for word, kind in asides.items():
        by_kind.setdefault(kind, []).append(word)
    for kind, words in by_kind.items():
        if kind is not LineKind.FOOTNOTE:
            for row in segments_of(words):
                _write_aside(writer, row, kind, page)
    words = [word for word in page.words if word not in asides]
    at: dict[int, list[PageWord]] = {}
    for word in words:
        at.setdefault(next((i for i, table in enumerate(tables) if table.holds(word)), -1), []).append(word)
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


def _margins(pages: Sequence[SourcePage], rows: Sequence[Rows], asides: Sequence[Asides]) -> list[tuple[float, float]]:
    """Return the left and right edge of running text on each page, taken over all pages of the same width."""
    lines: dict[int, list[tuple[float, float]]] = {}
    for page, page_rows, aside in zip(pages, rows, asides, strict=True):
        for row in rows_without(page_rows, aside):
            if len(row) > 3:
                lines.setdefault(round(page.width), []).append((row[0].left, row[-1].right))
    found: dict[int, tuple[float, float]] = {}
    for width, edges in lines.items():
        lefts, rights = sorted(edge[0] for edge in edges), sorted(edge[1] for edge in edges)
        found[width] = lefts[len(lefts) // 10], rights[-1 - len(rights) // 10]
    return [found.get(round(page.width), (page.width * 0.14, page.width * 0.93)) for page in pages]
