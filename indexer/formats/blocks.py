"""
From paragraphs and drawn tables to a text with offsets: what every reader of a format without fixed pages ends with.

A reader hands over blocks in reading order; here their letters are mended, the lines are laid out one below the other, and only
then do offsets exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.formats.mending import mend
from indexer.types import Aside, Extracted, Grid, GridCell, LineKind, Page, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indexer.types import ReadWarning

_MOST_FIELDS = 1_000_000  # rows times columns; a table beyond that was made to do harm and is read as lines


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A paragraph; a line end inside it was set by hand."""

    text: str
    kind: LineKind = LineKind.TEXT


@dataclass(frozen=True, slots=True)
class DrawnCell:
    """A cell that covers rows ``row:row_end`` and columns ``column:column_end``; its paragraphs are lines of ``text``."""

    row: int
    column: int
    row_end: int
    column_end: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class DrawnTable:
    """A table whose cells cover every field of ``rows`` times ``columns`` once."""

    rows: int
    columns: int
    cells: tuple[DrawnCell, ...]


Block = TextBlock | DrawnTable


def close_table(cells: Iterable[DrawnCell]) -> DrawnTable | None:
    """
    Return the table of *cells*: rows and columns at whose edges no cell begins or ends are left out, gaps become blank cells.

    Where two cells claim one field, the earlier keeps it. None without any cell, or where the fields are too many to be a table.
    """
    cells = list(cells)
    rows = sorted({edge for cell in cells for edge in (cell.row, cell.row_end)})
    columns = sorted({edge for cell in cells for edge in (cell.column, cell.column_end)})
    height, width = len(rows) - 1, len(columns) - 1
    if height < 1 or width < 1 or height * width > _MOST_FIELDS:
        return None
    row_of = {edge: number for number, edge in enumerate(rows)}
    column_of = {edge: number for number, edge in enumerate(columns)}
    taken = [bytearray(width) for _ in range(height)]
    closed: list[DrawnCell] = []
    for cell in cells:
        top, bottom = row_of[cell.row], row_of[cell.row_end]
        left, right = column_of[cell.column], column_of[cell.column_end]
        while left < right and taken[top][left]:
            left += 1
        right = next((column for column in range(left, right) if taken[top][column]), right)
        bottom = next((row for row in range(top, bottom) if any(taken[row][left:right])), bottom)
        if left < right and top < bottom:
            closed.append(_take(taken, DrawnCell(top, left, bottom, right, cell.text)))
        elif cell.text and closed:  # its words are kept, with the cell that lies over it
            over = closed[-1]
            closed[-1] = DrawnCell(over.row, over.column, over.row_end, over.column_end, f"{over.text}\n{cell.text}")
    for row in range(height):
        for column in range(width):
            if not taken[row][column]:
                closed.append(_take(taken, DrawnCell(row, column, row + 1, column + 1)))
    closed.sort(key=lambda cell: (cell.row, cell.column))
    return DrawnTable(height, width, tuple(closed))


def _take(taken: list[bytearray], cell: DrawnCell) -> DrawnCell:
    for row in range(cell.row, cell.row_end):
        taken[row][cell.column : cell.column_end] = b"\x01" * (cell.column_end - cell.column)
    return cell


def lines_of(blocks: Iterable[Block]) -> str:
    """Return the words of *blocks* as lines: for a table inside a cell, and for notes."""
    texts: list[str] = []
    for block in blocks:
        if isinstance(block, TextBlock):
            texts.append(block.text)
        else:
            texts += [cell.text for cell in block.cells if cell.text.strip()]
    return "\n".join(texts)


def lay_out(blocks: Sequence[Block], warnings: Sequence[ReadWarning] = ()) -> Extracted:
    """
    Return the text of *blocks*, a line for each paragraph, cell by cell and row by row, with its grids and asides.

    A blank cell takes no room in the text; a table without a word is no grid. *warnings* come first, then what was put right.
    """
    written = [text for block in blocks for text in _texts(block)]
    mended, more = mend(written)
    texts = iter(mended)
    sheet = _Sheet()
    grids: list[Grid] = []
    asides: list[Aside] = []
    for block in blocks:
        if isinstance(block, TextBlock):
            span = sheet.write(next(texts))
            if span and block.kind is not LineKind.TEXT:
                asides.append(Aside(block.kind, span.start, span.end))
            continue
        cells: list[GridCell] = []
        for cell in block.cells:
            text = next(texts).strip()
            span = sheet.write(text) if text else None
            cells.append(GridCell(cell.row, cell.column, cell.row_end, cell.column_end, (span,) if span else ()))
        spans = [span for cell in cells for span in cell.spans]
        if spans:
            grids.append(Grid(block.rows, block.columns, tuple(cells), spans[0].start, spans[-1].end))
    return Extracted(
        sheet.text,
        (Page(1, "text", None, 0, len(sheet.text)),),
        grids=tuple(grids),
        asides=tuple(asides),
        paragraphs=True,
        warnings=tuple(dict.fromkeys([*warnings, *more])),
    )


def _texts(block: Block) -> list[str]:
    return [block.text] if isinstance(block, TextBlock) else [cell.text for cell in block.cells]


class _Sheet:
    """Lines, one below the other, and how far they reach."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._length = 0

    @property
    def text(self) -> str:
        return "\n".join(self._lines)

    def write(self, text: str) -> Span | None:
        """Put *text* below what is there and return where its words stand, None if it has none."""
        text = text.rstrip()
        start = self._length
        self._lines.append(text)
        self._length += len(text) + 1
        indent = len(text) - len(text.lstrip())
        return Span(start + indent, start + len(text)) if text else None
