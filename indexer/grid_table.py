"""
A register out of a table whose lines are drawn.

The drawing says which words stand in which field; what is left to find out is which rows head the columns, head other rows or go on
behind a page end, and whether the drawing is a register at all rather than a letterhead or a form.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import regex as re

from indexer.columns import OTHER, SUBJECTS, known_names, may_be_lead, noun_of, starts_like
from indexer.grid_groups import Groups, bare_number, group_of
from indexer.grid_header import (
    PARENT,
    Header,
    find_header,
    give_back_clipped,
    is_row_number,
    repeated_rows,
    shared_headings,
)
from indexer.grid_matrix import Matrix, join_grids, matrix_of, merge_columns
from indexer.grid_pages import is_cut, join_cut_cells, join_cut_row
from indexer.types import Cell, Column, Row, Step, StepKind, Table
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.grid_matrix import Field
    from indexer.types import Aside, Grid, Path

_UNNUMBERED, _PLACED = "dòng không đánh số", "dòng"
_TYPED_NUMBER = re.compile(r"(\d{1,3}(?:\.\d{1,2})*)\s?[.)/]\s*(?=\S)")
_TOTAL = re.compile(r"(?:tong )?cong\b|tong so\b|tong\s*$")
_STATE = re.compile(r"cong hoa xa hoi|doc lap\s*[-–]\s*tu do|noi nhan\s*:|(?:tm|kt|tl|tuq)\s?\.\s|k[yý] ten")
_BLANK_LINE = re.compile(r"[.…_]{4,}|:\s*$")
_LAYOUT_ROWS = 4  # a letterhead or a block of signatures has no more
_HEADING = 60  # letters; a longer text that holds the name of a column is no heading
_MANY = 5  # rows that bear a number, so that one without is no row of its own
_FEW = 0.1  # of them may lack it: the lower parts of cells that a page end cut
_SELDOM = 0.3  # of the cells of a column are blank at most, if a blank one behind a merged one is likely its rest
_FORM = 0.5  # of the fields of a form end with a colon or in dots to be written on


@dataclass(frozen=True, slots=True)
class GridTable:
    """A table as it was understood, before it is known where in the document it stands."""

    header: Header
    columns: tuple[Column, ...]
    matrix: Matrix
    body: tuple[int, ...]  # rows of the matrix
    start: int
    end: int


def parse_grid(
    document: str, text: str, grids: Grid | Sequence[Grid], *, path: Path = (), title: str = ""
) -> Table | None:
    """
    Return the register that *grids* draw, or None where they are none: a letterhead, signatures, a form, a frame.

    Several grids are one table that page ends cut. Every cell's spans are slices of *text*; the words of a merged cell stand in every
    row that it covers.
    """
    found = read_grid(text, grids)
    return table_at(found, document, path=path, title=title) if found else None


def split_runs(text: str, grids: Sequence[Grid], asides: Sequence[Aside] = ()) -> list[tuple[Grid, ...]]:
    """Return *grids* in runs that are one table each; a grid with a header of its own begins another table."""
    runs: list[tuple[Grid, ...]] = []
    for joined in join_grids(text, grids, asides):
        names: set[str] = set()
        for grid in joined:
            header = find_header(matrix_of(text, (grid,)))
            own = {fold(item.name) for item in header.columns} & known_names().keys() if header else set()
            if grid is joined[0] or (len(own) > 1 and not own & names):
                runs.append((grid,))
                names = own
            else:
                runs[-1] = (*runs[-1], grid)
    return runs


def read_grid(text: str, grids: Grid | Sequence[Grid]) -> GridTable | None:
    """Return what *grids*, one table, say, or None where they are no register."""
    parts = tuple(grids) if isinstance(grids, (tuple, list)) else (grids,)
    matrix = matrix_of(text, parts)
    if matrix.columns < 2 or _is_layout(matrix):
        return None
    header = find_header(matrix)
    if header is not None and (place := shared_headings(matrix, header))[-1] + 1 < matrix.columns:
        matrix = merge_columns(matrix, place)
        header = find_header(matrix)
    header = header or _counted_header(matrix)
    if header is None or header.body >= len(matrix.fields):
        return None
    skipped = repeated_rows(matrix, header)
    give_back_clipped(matrix, header, skipped, text)
    body = [row for row in range(header.body, len(matrix.fields)) if row not in skipped]
    columns = _typed_by_cells(matrix, header.columns, body)
    if not _is_register(matrix, columns, body):
        return None
    body = _join_pages(matrix, columns, body)
    return GridTable(header, columns, matrix, tuple(body), parts[0].start, parts[-1].end)


def _is_layout(matrix: Matrix) -> bool:
    """Tell whether the fields are set side by side for looks alone: a letterhead, signatures, a form to be filled in."""
    texts = [field.text for row in range(len(matrix.fields)) for field in matrix.starting(row)]
    if len(matrix.fields) <= _LAYOUT_ROWS and any(_STATE.match(fold(text)) for text in texts):
        return True
    first = [text for row in range(len(matrix.fields)) if (text := matrix.fields[row][0].text)]
    return len([text for text in first if _BLANK_LINE.search(text)]) > _FORM * max(1, len(first))


def _counted_header(matrix: Matrix) -> Header | None:
    """Return a header without names for a table that begins with its rows, numbered 1, 2, 3 in its first column."""
    numbers = [bare_number(row[0].text) for row in matrix.fields if row[0].width == 1 and is_row_number(row[0].text)]
    counted = [int(number) for number in numbers if number.isdecimal()]
    if matrix.columns < 3 or len(counted) < 2 or counted != list(range(counted[0], counted[0] + len(counted))):
        return None
    names = (Column("1", "order"), *(Column(str(i), OTHER) for i in range(2, matrix.columns + 1)))
    return Header(0, 0, 0, names)


def _typed_by_cells(matrix: Matrix, columns: tuple[Column, ...], body: Sequence[int]) -> tuple[Column, ...]:
    """Return *columns* with the role of the order column by its numbers, and of "Phân công" or "Đơn vị" by the bodies in its cells."""
    typed: list[Column] = []
    led = any(item.role == "lead" for item in columns)
    for index, item in enumerate(columns):
        texts = [t for row in body if (t := matrix.fields[row][index].text) and matrix.fields[row][index].width == 1]
        role = item.role
        if index == 0 and role in (OTHER, PARENT) and len(item.name) < 12:
            numbered = [text for text in texts if is_row_number(text)]
            role = "order" if len(numbered) > 1 and len(numbered) > 0.7 * len(texts) else role
        if role == PARENT or (role == OTHER and not led and may_be_lead(item.name)):
            bodies = [text for text in texts if starts_like("lead", text)]
            role = "lead" if 2 * len(bodies) > len(texts) else OTHER
        typed.append(replace(item, role=role))
    return tuple(typed)


def _is_register(matrix: Matrix, columns: Sequence[Column], body: Sequence[int]) -> bool:
    filled = [row for row in body if matrix.starting(row)]
    if not filled:
        return False
    if any(item.role != OTHER and len(item.name) <= _HEADING for item in columns):
        return True
    names = [item.name for item in columns if item.name]
    return len(filled) > 1 and len(set(names)) == len(names) and not any(name.endswith(":") for name in names)


def _join_pages(matrix: Matrix, columns: Sequence[Column], body: Sequence[int]) -> list[int]:
    """Put together what page ends cut, and return the rows of *body* without the lower parts of cut rows."""
    plain = [row for row in body if not matrix.opens_page(row) and _is_plain(matrix, row)]
    blank = {i: sum(not matrix.fields[row][i].text for row in plain) for i in range(matrix.columns)}
    full = {index for index, count in blank.items() if count <= _SELDOM * len(plain)}
    order = _order_of(columns)
    numbered = order is not None and len(plain) >= _MANY and blank[order] <= _FEW * len(plain)
    kept: list[int] = []
    page = matrix.pages[body[0]]
    for row in body:
        opens, page = matrix.pages[row] != page, matrix.pages[row]
        if kept and opens and not _is_group(matrix, columns, kept[-1]):
            last = kept[-1]
            if not _is_group(matrix, columns, row) and is_cut(matrix, last, row, columns, numbered=numbered):
                join_cut_row(matrix, last, row)
                continue
            join_cut_cells(matrix, last, row, columns, full=full)
        kept.append(row)
    return kept


def _is_plain(matrix: Matrix, row: int) -> bool:
    return len(matrix.starting(row)) > 2


def _order_of(columns: Sequence[Column]) -> int | None:
    return next((i for i, item in enumerate(columns) if item.role == "order"), None)


def _subject_of(columns: Sequence[Column]) -> int:
    """Return the column that says what a row is about: by its role, else the first that is no number."""
    known = [i for role in SUBJECTS for i, item in enumerate(columns) if item.role == role]
    return known[0] if known else next((i for i, item in enumerate(columns) if item.role != "order"), 0)


def _is_group(matrix: Matrix, columns: Sequence[Column], row: int) -> bool:
    return group_of(matrix, row, _order_of(columns), subject=_subject_of(columns), below="") is not None


class _Rows:
    """Makes the rows of one table, with their paths."""

    def __init__(self, found: GridTable, path: Path, noun: str) -> None:
        self.found, self.matrix, self.path, self.noun = found, found.matrix, path, noun
        self.order, self.subject = _order_of(found.columns), _subject_of(found.columns)
        self.typed = self.order is None and self._numbers_are_typed()
        self.groups = Groups()
        self.seen: Counter[Path] = Counter()
        self.rows: list[Row] = []
        self.unnumbered = 0

    def _numbers_are_typed(self) -> bool:
        """Tell whether rows are numbered in the words of their subject, "1. Xây dựng …", for want of an order column."""
        texts = [text for row in self.found.body if (text := self.matrix.fields[row][self.subject].text)]
        return len([text for text in texts if _TYPED_NUMBER.match(text)]) > 0.6 * len(texts)

    def number(self, row: int) -> str:
        """Return the number of *row*, "" where it has none."""
        if self.order is not None:
            return bare_number(self.matrix.fields[row][self.order].text)
        typed = _TYPED_NUMBER.match(self.matrix.fields[row][self.subject].text) if self.typed else None
        return typed.group(1) if typed else ""

    def build(self, *, groups: bool) -> list[Row]:
        """Return the rows; without *groups* every row is one of cells, for a table in which nothing else would be left."""
        body = self.found.body
        grouped = {}
        for place, row in enumerate(body):
            following = next((other for other in body[place + 1 :] if self.matrix.starting(other)), None)
            below = self.number(following) if following is not None else ""
            group = group_of(self.matrix, row, self.order, subject=self.subject, below=below) if groups else None
            if group is not None:
                grouped[row] = group
        counts = Counter(
            id(field) for row in body if row not in grouped for field in dict.fromkeys(self.matrix.fields[row])
        )
        before = ""
        for row in body:
            if row in grouped:
                self.groups.enter(grouped[row])
                continue
            number = self.number(row)
            self.groups.leave(number, before)
            before = number
            self._add(row, number, counts)
        return _with_heads(self.rows, numbered=self.order is not None or self.typed, subject=self.subject)

    def _add(self, row: int, number: str, counts: Counter[int]) -> None:
        fields = self.matrix.fields[row]
        cells = tuple(
            Cell(field.text, field.spans, counts[id(field)] > 1) if field.column == index and field.text else Cell("")
            for index, field in enumerate(fields)
        )
        own = [span for field in self._own(row) for span in (field.spans[:1] if counts[id(field)] > 1 else field.spans)]
        if not own:
            return
        self.unnumbered += not number
        if number:
            step = Step(StepKind.ROW, number, self.noun)
        elif self.order is None and not self.typed:
            step = Step(StepKind.ROW, str(len(self.rows) + 1), _PLACED)
        else:
            step = Step(StepKind.ROW, str(self.unnumbered), _UNNUMBERED)
        steps = (*self.path, *self.groups.path, step)
        self.seen[steps] += 1
        steps = (*steps[:-1], replace(step, occurrence=self.seen[steps]))
        start, end = min(span.start for span in own), max(span.end for span in own)
        self.rows.append(Row(number, cells, start, end, steps, self.groups.innermost))

    def _own(self, row: int) -> list[Field]:
        """Return the fields with words that no row above has printed."""
        return self.matrix.starting(row)


def _is_total(row: Row, subject: int) -> bool:
    return any(_TOTAL.match(fold(cell.text)) is not None for cell in row.cells[: subject + 1])


def _with_heads(rows: Sequence[Row], *, numbered: bool, subject: int) -> list[Row]:
    """Mark the rows without a number that stand above a numbered one of their group, or add rows up."""
    if not numbered or not any(row.number for row in rows):
        return list(rows)
    marked: list[Row] = []
    for index, row in enumerate(rows):
        following = (other for other in rows[index + 1 :] if other.group == row.group)
        above = not row.number and any(other.number for other in following)
        listed = bool(row.cells[0].text)  # a dash stands where the number would
        marked.append(replace(row, heads=not row.number and not listed and (above or _is_total(row, subject))))
    return marked


def table_at(found: GridTable, document: str, *, path: Path, title: str) -> Table | None:
    """Return *found* as the register at *path*, or None where it has no row."""
    subject = found.columns[_subject_of(found.columns)]
    noun = noun_of(subject.name) if subject.role in SUBJECTS else "dòng"
    rows = _Rows(found, path, noun).build(groups=True) or _Rows(found, path, noun).build(groups=False)
    if not rows:
        return None
    return Table(document, path, title, found.columns, tuple(rows), found.start, found.end, noun)
