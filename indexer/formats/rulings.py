"""Tables from the lines that are drawn on a page: which cells there are and which rows and columns each covers."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.formats.page import PageWord

SNAP = 3.0  # points; lines drawn cell by cell do not meet exactly
_SHORTEST = 6.0  # points; a shorter line is part of a letter or an arrow
MOST_EDGES = 4_000  # of one page; a drawing has more, no table does
_LEAST_CELLS = 4
_WIDTHS = 0.01  # of its right edge: by how much a table's width may differ on the next page
_PLACES = 0.008  # of its width: the same for the end of a column


@dataclass(frozen=True, slots=True)
class Edge:
    """A horizontal or vertical line: ``x0 == x1`` or ``top == bottom``."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def horizontal(self) -> bool:
        """Whether it runs from left to right."""
        return self.x1 - self.x0 >= self.bottom - self.top


@dataclass(frozen=True, slots=True)
class DrawnCell:
    """A cell's box, and the rows and columns that it covers, ends exclusive."""

    left: float
    top: float
    right: float
    bottom: float
    row: int
    column: int
    row_end: int
    column_end: int

    def holds(self, x: float, y: float) -> bool:
        """Tell whether the point lies in the cell."""
        return self.left <= x <= self.right and self.top <= y <= self.bottom


@dataclass(frozen=True, slots=True)
class DrawnTable:
    """A table as it is drawn: its box and its cells, which cover every field once."""

    left: float
    top: float
    right: float
    bottom: float
    rows: int
    columns: int
    cells: tuple[DrawnCell, ...]

    def holds(self, word: PageWord) -> bool:
        """Tell whether *word* stands in the table."""
        x = (word.left + word.right) / 2
        return self.left - 2 <= x <= self.right + 2 and self.top <= word.middle <= self.bottom

    @property
    def xs(self) -> tuple[float, ...]:
        """Where its columns begin and the last one ends, as shares of its width."""
        width = max(1.0, self.right - self.left)
        begin = {cell.column: (cell.left - self.left) / width for cell in self.cells}
        return (*(begin[column] for column in range(self.columns)), 1.0)


def edges_of_box(left: float, top: float, right: float, bottom: float) -> list[Edge]:
    """Return the line that a thin box is, or the four sides of a larger one."""
    if bottom - top <= SNAP and right - left <= SNAP:
        return []
    if bottom - top <= SNAP:
        middle = (top + bottom) / 2
        return [Edge(left, middle, right, middle)]
    if right - left <= SNAP:
        middle = (left + right) / 2
        return [Edge(middle, top, middle, bottom)]
    return [
        Edge(left, top, right, top),
        Edge(left, bottom, right, bottom),
        Edge(left, top, left, bottom),
        Edge(right, top, right, bottom),
    ]


def tables_of(edges: Sequence[Edge]) -> list[DrawnTable]:
    """
    Return the tables that *edges* draw, from top to bottom; a frame of one cell is none.

    How cells follow from lines is pdfplumber's: intersections, then the smallest rectangles between them.
    """
    from pdfplumber.table import cells_to_tables, edges_to_intersections, intersections_to_cells  # noqa: PLC0415 - heavy

    long = [_plumbed(edge) for edge in merged_edges(edges)]
    if not long:
        return []
    cells = intersections_to_cells(edges_to_intersections(long, SNAP, SNAP))
    found = [_table(boxes) for boxes in cells_to_tables(cells)]
    return [table for table in found if len(table.cells) >= _LEAST_CELLS and table.columns > 1]


def align_columns(pages: Sequence[Sequence[DrawnTable]]) -> list[list[DrawnTable]]:
    """
    Return the tables of *pages* with those that may be one table over a page end counted in the same columns.

    On a page where two columns are merged in every row the drawing has one column less; the next or last page shows which.
    """
    done = [list(tables) for tables in pages]
    chains: list[list[int]] = []  # runs of pages whose last and first tables are equally wide
    for number, tables in enumerate(done):
        last = done[number - 1][-1] if number and done[number - 1] else None
        if (
            tables
            and last
            and abs((last.right - last.left) - (tables[0].right - tables[0].left)) <= _WIDTHS * last.right
        ):
            chains[-1].append(number)
        elif tables:
            chains.append([number])
        if len(tables) > 1:
            chains.append([number])
    for chain in chains:
        places = [(number, 0 if number != chain[0] else -1) for number in chain]
        widest = max((done[number][place] for number, place in places), key=lambda table: table.columns)
        for number, place in places:
            done[number][place] = _counted_as(done[number][place], widest)
    return done


def _counted_as(table: DrawnTable, other: DrawnTable) -> DrawnTable:
    """Return *table* in the columns of *other*, or as it is where its own end elsewhere."""
    if table.columns >= other.columns:
        return table
    places = [next((i for i, x in enumerate(other.xs) if abs(x - own) <= _PLACES), None) for own in table.xs]
    if None in places or len(set(places)) < len(places):
        return table
    cells = tuple(
        replace(cell, column=places[cell.column] or 0, column_end=places[cell.column_end] or 0) for cell in table.cells
    )
    return replace(table, columns=other.columns, cells=cells)


def merged_edges(edges: Sequence[Edge]) -> list[Edge]:
    """Return *edges* with those that go on one another made one, without what is too short for a cell; none of a drawing."""
    from pdfplumber.table import merge_edges  # noqa: PLC0415 - heavy

    if not edges or len(edges) > MOST_EDGES:
        return []
    merged = merge_edges([_plumbed(edge) for edge in edges], SNAP, SNAP, SNAP, SNAP)
    found = [Edge(one["x0"], one["top"], one["x1"], one["bottom"]) for one in merged]
    return [edge for edge in found if max(edge.x1 - edge.x0, edge.bottom - edge.top) >= _SHORTEST]


def _plumbed(edge: Edge) -> dict[str, object]:
    return {
        "x0": edge.x0,
        "x1": edge.x1,
        "top": edge.top,
        "bottom": edge.bottom,
        "width": edge.x1 - edge.x0,
        "height": edge.bottom - edge.top,
        "orientation": "h" if edge.horizontal else "v",
        "object_type": "line",
    }


def _table(boxes: Sequence[tuple[float, float, float, float]]) -> DrawnTable:
    xs = _distinct(x for left, _, right, _ in boxes for x in (left, right))
    ys = _distinct(y for _, top, _, bottom in boxes for y in (top, bottom))
    cells = [
        DrawnCell(left, top, right, bottom, _at(ys, top), _at(xs, left), _at(ys, bottom), _at(xs, right))
        for left, top, right, bottom in boxes
    ]
    taken = {
        (row, column)
        for cell in cells
        for row in range(cell.row, cell.row_end)
        for column in range(cell.column, cell.column_end)
    }
    for row in range(len(ys) - 1):
        for column in range(len(xs) - 1):
            if (row, column) not in taken:
                cells.append(
                    DrawnCell(xs[column], ys[row], xs[column + 1], ys[row + 1], row, column, row + 1, column + 1)
                )
    cells.sort(key=lambda cell: (cell.row, cell.column))
    return DrawnTable(xs[0], ys[0], xs[-1], ys[-1], len(ys) - 1, len(xs) - 1, tuple(cells))


def _distinct(values: object) -> list[float]:
    found: list[float] = []
    for value in sorted(values):  # type: ignore[call-overload]
        if not found or value - found[-1] > SNAP:
            found.append(value)
    return found


def _at(values: Sequence[float], value: float) -> int:
    return max(0, bisect(values, value + 0.01) - 1)
