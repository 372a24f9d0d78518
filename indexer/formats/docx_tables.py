"""Tables of a DOCX: which fields of the grid a cell covers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from indexer.formats.blocks import DrawnCell, close_table
from indexer.formats.docx_runs import is_placeholder
from indexer.formats.docx_styles import W, is_on, value_of, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lxml import etree

    from indexer.formats.blocks import DrawnTable

_HAIR = 170  # twips, 3 mm: edges that near were meant to be one; rows were pulled a little differently by hand
_MOST_COLUMNS = 1_000  # Word knows 63


@dataclass(frozen=True, slots=True)
class _Field:
    """A cell as the file has it: its columns, counted in the file's own grid, and whether it goes on a cell above."""

    column: int
    column_end: int
    text: str
    goes_on: bool


def table_of(table: etree._Element, words_of: Callable[[etree._Element], str]) -> DrawnTable | None:
    """
    Return the ``w:tbl`` *table*, None if it has no cell. ``words_of`` gives the words of a ``w:tc``; it is asked in reading order.

    Deleted and hidden rows are left out. A cell that is merged down stands once, at its first row, with the words that it has there.
    """
    rows = [list(_fields(row, words_of)) for row in _children(table, "tr") if not _is_gone(row)]
    edges = _joined_edges([whole(one.get(W + "w")) for one in table.iterfind(f"{W}tblGrid/{W}gridCol")], rows)
    cells: list[DrawnCell] = []
    above: dict[tuple[int, int], int] = {}
    for number, row in enumerate(rows):
        here: dict[tuple[int, int], int] = {}
        for one in row:
            columns = (edges.get(one.column, one.column), edges.get(one.column_end, one.column_end))
            if one.goes_on and columns in above:
                here[columns] = above[columns]
                cells[above[columns]] = replace(cells[above[columns]], row_end=number + 1)
            else:
                here[columns] = len(cells)
                cells.append(DrawnCell(number, columns[0], number + 1, columns[1], one.text))
        above = here
    return close_table(cells)


def _children(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    """Yield the rows of a table or the cells of a row, those inside content controls too."""
    for child in parent.iterchildren(tag=None):
        if child.tag == W + name:
            yield child
        elif child.tag in {W + "sdt", W + "sdtContent", W + "customXml"} and not is_placeholder(child):
            yield from _children(child, name)


def _is_gone(row: etree._Element) -> bool:
    properties = row.find(W + "trPr")
    return value_of(properties, "del") is not None or bool(is_on(properties, "hidden"))


def _fields(row: etree._Element, words_of: Callable[[etree._Element], str]) -> Iterator[_Field]:
    column = min(whole(value_of(row.find(W + "trPr"), "gridBefore")), _MOST_COLUMNS)
    waiting: _Field | None = None  # cells merged sideways in the old way, by hMerge, go on the one before
    for cell in _children(row, "tc"):
        properties = cell.find(W + "tcPr")
        end = column + min(max(whole(value_of(properties, "gridSpan"), 1), 1), _MOST_COLUMNS)
        if waiting and value_of(properties, "hMerge") in {"continue", ""}:
            waiting = replace(waiting, column_end=end)
        else:
            if waiting:
                yield waiting
            waiting = _Field(column, end, words_of(cell), value_of(properties, "vMerge") in {"continue", ""})
        column = end
    if waiting:
        yield waiting


def _joined_edges(widths: Sequence[int], rows: Sequence[Sequence[_Field]]) -> dict[int, int]:
    """Return which edge of the grid stands for which, where a column is too narrow for a word and no cell stands in it alone."""
    edges: dict[int, int] = {}
    covered = {(one.column, one.column_end) for row in rows for one in row}
    for column, width in enumerate(widths):
        if not 0 < width < _HAIR:
            continue
        trial = {**edges, column + 1: edges.get(column, column)}
        if all(trial.get(left, left) < trial.get(right, right) for left, right in covered):
            edges = trial
    return edges
