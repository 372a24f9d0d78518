"""Drawn tables out of nested lists: the text is laid out and the grid measured, so that a test holds nothing but the table."""

from dataclasses import dataclass

from indexer.grid_table import parse_grid
from indexer.types import Aside, Extracted, Grid, GridCell, LineKind, Page, Span


@dataclass(frozen=True)
class Drawn:
    """A cell that covers more than one field; a plain string covers one."""

    text: str = ""
    rows: int = 1
    cols: int = 1


@dataclass(frozen=True)
class PageNumber:
    """A line that belongs to the page."""

    text: str


def across(text, cols):
    """A cell merged across *cols* columns."""
    return Drawn(text, cols=cols)


def down(text, rows):
    """A cell merged down over *rows* rows."""
    return Drawn(text, rows=rows)


def _lay(parts, rows, at):
    """Append the text of *rows* to *parts*, which ends at offset *at*; return the grid and the new end."""
    taken = set()
    cells = []
    start, columns = at, 0
    for number, row in enumerate(rows):
        column = 0
        for item in row:
            drawn = item if isinstance(item, Drawn) else Drawn(item or "")
            while (number, column) in taken:
                column += 1
            span = (number, column, number + drawn.rows, column + drawn.cols)
            taken |= {(r, c) for r in range(span[0], span[2]) for c in range(span[1], span[3])}
            spans = (Span(at, at + len(drawn.text)),) if drawn.text else ()
            if item is not None:  # None is a hole in the drawing
                cells.append(GridCell(*span, spans))
            if drawn.text:
                parts.append(f"{drawn.text}\n")
                at += len(drawn.text) + 1
            column += drawn.cols
        columns = max(columns, *(c + 1 for _, c in taken))
    if at == start:
        parts.append("\n")
        at += 1
    return Grid(len(rows), columns, tuple(cells), start, at), at


def extracted(*blocks, paragraphs=True, footnotes=()):
    """
    What a reader would hand over: strings are lines of text, lists of rows are drawn tables, a form feed is a page end.

    Lines that are named in *footnotes* are footnotes.
    """
    parts, grids, asides, at = [], [], [], 0
    for block in blocks:
        if isinstance(block, list):
            grid, at = _lay(parts, block, at)
            grids.append(grid)
            continue
        words = block.text if isinstance(block, PageNumber) else block
        if isinstance(block, PageNumber) or words in footnotes:
            kind = LineKind.PAGE_NUMBER if isinstance(block, PageNumber) else LineKind.FOOTNOTE
            asides.append(Aside(kind, at, at + len(words)))
        words = words if words == "\f" else f"{words}\n"
        parts.append(words)
        at += len(words)
    text = "".join(parts)
    return Extracted(text, (Page(1, "text", None, 0, len(text)),), tuple(grids), (), tuple(asides), paragraphs)


def table_of(*pages, path=(), title=""):
    """The register that *pages* draw, each a list of rows, with its text."""
    blocks = [block for page in pages for block in (page, "\f")][:-1]
    made = extracted(*blocks)
    return parse_grid("d", made.text, made.grids, path=path, title=title), made.text


def cells_of(*pages):
    """The words of every cell, row by row."""
    return [[cell.text for cell in row.cells] for row in table_of(*pages)[0].rows]
