"""
The fields of a drawn table: one grid, or several that page ends cut out of one table, as rows of fields.

A field that covers several rows or columns is one value in all of them, so that "is" tells what is printed once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.types import fold_white

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indexer.types import Aside, Grid, GridCell, Span


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """What is printed in one cell of the drawing, in rows ``row:row_end`` and columns ``column:column_end`` of the whole table."""

    text: str  # white space folded
    spans: tuple[Span, ...]
    row: int
    row_end: int
    column: int
    column_end: int

    @property
    def width(self) -> int:
        """How many columns it covers."""
        return self.column_end - self.column

    @property
    def height(self) -> int:
        """How many rows it covers."""
        return self.row_end - self.row


@dataclass(slots=True)
class Matrix:
    """``fields[row][column]`` over all pages; ``pages[row]`` counts the grids before it. The table's reader merges fields in place."""

    columns: int
    fields: list[list[Field]]
    pages: list[int]

    def starting(self, row: int) -> list[Field]:
        """Return the fields with words that begin in *row*, from left to right."""
        return [f for c, f in enumerate(self.fields[row]) if f.column == c and f.row == row and f.text]

    def open_columns(self, row: int) -> list[int]:
        """Return the columns of *row* that no field from a row above covers."""
        return [c for c, field in enumerate(self.fields[row]) if field.row == row]

    def replace(self, old: Iterable[Field], new: Field) -> None:
        """Put *new* wherever one of *old* stands."""
        gone = {id(field) for field in old}
        for row in self.fields:
            for column, field in enumerate(row):
                if id(field) in gone:
                    row[column] = new

    def opens_page(self, row: int) -> bool:
        """Tell whether *row* is the first of a page behind the first."""
        return row > 0 and self.pages[row] != self.pages[row - 1]


def _begun(grid: Grid) -> set[int]:
    return {cell.column for cell in grid.cells}


def _filled(grid: Grid) -> set[int]:
    return {cell.column for cell in grid.cells if cell.spans}


def kept_columns(grid: Grid, count: int) -> list[int] | None:
    """
    Return which columns of *grid* to keep so that *count* are left, or None where that cannot be.

    Columns that no cell begins go first, then those that hold no word: both come of lines drawn beside the table.
    """
    columns = list(range(grid.columns))
    for wanted in (_begun(grid), _filled(grid)):
        for column in reversed(range(grid.columns)):
            if len(columns) > count and column in columns and column not in wanted:
                columns.remove(column)
    return columns if len(columns) == count else None


def _place(cell: GridCell, kept: Sequence[int], above: int, text: str) -> Field | None:
    columns = [i for i, column in enumerate(kept) if cell.column <= column < cell.column_end]
    if not columns:
        return None
    words = " ".join(fold_white(text[span.start : span.end]) for span in cell.spans)
    return Field(words, cell.spans, above + cell.row, above + cell.row_end, columns[0], columns[-1] + 1)


def matrix_of(text: str, grids: Sequence[Grid]) -> Matrix:
    """
    Return the fields of *grids*, which are one table, over the columns that the first of them needs.

    A field that the drawing leaves out is blank; of two that claim one place the first has it.
    """
    first = grids[0]
    kept = kept_columns(first, len(_begun(first))) or list(range(first.columns))
    matrix = Matrix(len(kept), [], [])
    for page, grid in enumerate(grids):
        columns = kept if grid is first else kept_columns(grid, len(kept)) or list(range(len(kept)))
        above = len(matrix.fields)
        rows: list[list[Field | None]] = [[None] * len(kept) for _ in range(grid.rows)]
        for cell in grid.cells:
            field = _place(cell, columns, above, text)
            for row in range(cell.row, min(cell.row_end, grid.rows) if field else 0):
                for column in range(field.column, field.column_end) if field else ():
                    rows[row][column] = rows[row][column] or field
        for number, row_ in enumerate(rows, start=above):
            filled = [f or Field("", (), number, number + 1, c, c + 1) for c, f in enumerate(row_)]
            matrix.fields.append(filled)
            matrix.pages.append(page)
    return matrix


def merge_columns(matrix: Matrix, place: Sequence[int]) -> Matrix:
    """
    Return *matrix* with its columns put together: column ``c`` goes to column ``place[c]``, which does not fall.

    What stood in several fields of a row stands in one, from left to right; a field that reaches further yields to them.
    """
    moved: dict[tuple[int, ...], Field] = {}
    rows: list[list[Field]] = []
    for row in matrix.fields:
        fields: list[Field] = []
        for column in range(place[-1] + 1):
            here = [f for f in dict.fromkeys(row) if place[f.column] <= column < place[f.column_end - 1] + 1]
            inner = [f for f in here if f.text and place[f.column_end - 1] == column == place[f.column]]
            chosen = inner or here[:1]
            key = tuple(id(f) for f in chosen)
            if key not in moved:
                moved[key] = Field(
                    " ".join(f.text for f in chosen if f.text),
                    tuple(span for f in chosen for span in f.spans),
                    min(f.row for f in chosen),
                    max(f.row_end for f in chosen),
                    place[chosen[0].column],
                    place[chosen[-1].column_end - 1] + 1,
                )
            fields.append(moved[key])
        rows.append(fields)
    return Matrix(place[-1] + 1, rows, matrix.pages)


def _is_blank_between(text: str, start: int, end: int, asides: Sequence[Aside]) -> bool:
    """Tell whether nothing but *asides* and white space stands in ``text[start:end]``."""
    position = start
    for aside in sorted(asides, key=lambda item: item.start):
        if aside.end <= position or aside.start >= end:
            continue
        if text[position : aside.start].strip():
            return False
        position = max(position, aside.end)
    return not text[position:end].strip()


def join_grids(text: str, grids: Sequence[Grid], asides: Sequence[Aside] = ()) -> list[tuple[Grid, ...]]:
    """
    Return *grids* in runs that are one table each: a page end between them, no running text, and as many columns.

    Whether the later grid has another header, and so is another table after all, is for its reader to tell.
    """
    runs: list[tuple[Grid, ...]] = []
    for grid in grids:
        if runs and _goes_on(text, runs[-1], grid, asides):
            runs[-1] = (*runs[-1], grid)
        else:
            runs.append((grid,))
    return runs


def _goes_on(text: str, run: Sequence[Grid], grid: Grid, asides: Sequence[Aside]) -> bool:
    last, first = run[-1], run[0]
    if "\f" not in text[last.end : grid.start] or not _is_blank_between(text, last.end, grid.start, asides):
        return False
    return kept_columns(grid, len(_begun(first))) is not None
