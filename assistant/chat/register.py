"""A register as an HTML table: column heads, group rows, merged cells, the cited cell marked."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from assistant.chat.marks import marked
from indexer.grid_groups import bare_number
from indexer.path import label
from indexer.types import Span, fold_white

if TYPE_CHECKING:
    from assistant.chat.strings import Strings
    from indexer.types import Cell, Group, Row, Table


def _hull(cell: Cell) -> Span | None:
    return Span(cell.spans[0].start, cell.spans[-1].end) if cell.spans else None


def cited_cells(table: Table, cited: Span | None) -> frozenset[Span]:
    """
    Return the hulls (first to last character) of the cells of *table* that *cited* points at.

    A page end can cut a cell, so that its hull runs over its neighbours: a citation of exactly one cell's hull, or one that
    lies in one of its spans, means that cell alone; a longer one means every cell that it touches.
    """
    return frozenset(hull for cell in cells_cited(table, cited) if (hull := _hull(cell)) is not None)


def cells_cited(table: Table, cited: Span | None) -> list[Cell]:
    """Return the cells of *table* that *cited* points at, as :func:`cited_cells` tells them; a merged one once."""
    if cited is None or not (table.start < cited.end and cited.start < table.end):
        return []
    cells = list({cell.spans: cell for row in table.rows for cell in row.cells if cell.spans}.values())
    exact = [cell for cell in cells if _hull(cell) == cited]
    return exact or [cell for cell in cells if any(s.start < cited.end and cited.start < s.end for s in cell.spans)]


def _height(table: Table, row: int, column: int) -> int:
    """Return over how many rows the cell stretches; 0 where it is drawn with a row above."""
    cell = table.rows[row].cells[column]
    if not (cell.merged and cell.spans):
        return 1

    def same(other: int) -> bool:
        return table.rows[other].group == table.rows[row].group and table.rows[other].cells[column].spans == cell.spans

    if row and same(row - 1):
        return 0
    height = 1
    while row + height < len(table.rows) and same(row + height):
        height += 1
    return height


def _cell(text: str, cell: Cell, *, height: int, cited: Span | None, marks: frozenset[Span]) -> str:
    hull = _hull(cell)
    rows = f' rowspan="{height}"' if height > 1 else ""
    if hull is None:
        return f'<td{rows} class="hvb-blank"></td>'
    css = ' class="hvb-cited"' if hull in marks else ""
    words = " ".join(marked(text, span.start, span.end, cited if hull in marks else None) for span in cell.spans)
    return f"<td{rows}{css}>{words}</td>"


def _group(text: str, group: Group, *, width: int, cited: Span | None) -> str:
    inside = cited if cited and group.start <= cited.start and cited.end <= group.end else None
    return f'<tr class="hvb-group"><th scope="colgroup" colspan="{width}">{marked(text, group.start, group.end, inside)}</th></tr>'


def _prints_number(table: Table) -> bool:
    """Tell whether the first column holds the numbers of the rows."""
    return all(row.cells and bare_number(row.cells[0].text) == row.number for row in table.rows)


def _row(text: str, table: Table, index: int, *, numbered: bool, cited: Span | None, marks: frozenset[Span]) -> str:
    row: Row = table.rows[index]
    cells = [
        _cell(text, cell, height=height, cited=cited, marks=marks)
        for column, cell in enumerate(row.cells)
        if (height := _height(table, index, column))
    ]
    number = "" if numbered else f'<th scope="row">{escape(row.number)}</th>'
    return f"<tr>{number}{''.join(cells)}</tr>"


def render_table(text: str, table: Table, *, cited: Span | None, strings: Strings) -> str:
    """
    Return *table* as HTML; the cells that *cited* points at have the class "hvb-cited".

    ``text`` is the text of the table's document: cells are shown by their spans.
    """
    numbered = _prints_number(table)
    marks = cited_cells(table, cited)
    width = len(table.columns) + (not numbered)
    heads = "".join(f'<th scope="col">{escape(column.name)}</th>' for column in table.columns)
    if not numbered:
        heads = f'<th scope="col">{escape(strings("viewer.row_number"))}</th>{heads}'
    rows: list[str] = []
    group: Group | None = None
    for index, row in enumerate(table.rows):
        if row.group is not None and row.group != group:
            rows.append(_group(text, row.group, width=width, cited=cited))
        group = row.group
        rows.append(_row(text, table, index, numbered=numbered, cited=cited, marks=marks))
    name = ". ".join(part for part in (label(table.path), fold_white(table.title)) if part)
    return (
        f'<section class="hvb-register"><h3>{escape(name)}</h3>'
        f'<div class="hvb-scroll" tabindex="0" role="region" aria-label="{escape(name)}">'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div></section>"
    )
