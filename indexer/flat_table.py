"""A register out of text that has lost all the lines of its table."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from indexer.columns import SUBJECTS, noun_of
from indexer.flat_cells import ROUNDS, RowWords, Segment, Shape, Word, assign, continue_cells, learn, most_cuts
from indexer.flat_header import Header, find_header, is_page_matter, repeated_headers
from indexer.flat_rows import find_starts
from indexer.layout import is_double_spaced
from indexer.remarks import LONG_ROWS
from indexer.types import Cell, Group, ReadWarning, Row, Span, Step, StepKind, Table, fold_white
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.flat_rows import RowStart
    from indexer.layout import Line
    from indexer.types import Column, Path

_WORD = re.compile(r"\S+")
_MOST_PAGES = 50  # over which one row goes on; what stands behind is taken for one page


def find_table(lines: Sequence[Line], start: int) -> Header | None:
    """Return the header of the table that begins at line *start*, or None."""
    return find_header(lines, start)


def parse_table(
    document: str,
    text: str,
    lines: Sequence[Line],
    header: Header,
    end: int,
    *,
    path: Path,
    title: str,
    warnings: list[ReadWarning] | None = None,
) -> Table:
    """
    Return the register whose *header* stands in *lines* and whose rows end before line *end*.

    Every cell's spans are slices of *text*. The order column is the first; a row's ``number`` is what it holds. What was done less
    well than usual is added to *warnings*.
    """
    skipped = repeated_headers(lines, header, end)
    skipped |= {i for i in range(header.last + 1, end) if is_page_matter(lines[i])}
    starts = find_starts(lines, skipped, header.last + 1, end)
    body = _Body(text, lines, skipped, header.last + 1, end)
    has_order = header.columns[0].role == "order"
    columns = header.columns[1:] if has_order else header.columns
    parts = [body.parts(start, following) for start, following in _with_following(starts) if not start.group]
    words = _row_words(parts, len(columns))
    if warnings is not None and (long := [row.words[0].start for row in words if row.thinned]):
        warnings.append(ReadWarning(f"offset {long[0]}", LONG_ROWS))
    segments = _assign_all(words, parts, columns, body)
    cells = _cells(text, segments, parts)
    noun = next((noun_of(item.name) for item in header.columns if item.role in SUBJECTS), "dòng")
    rows = _rows(starts, cells, path, noun, body, has_order=has_order)
    finish = max([row.end for row in rows] + [lines[header.last].end])
    return Table(document, path, title, header.columns, tuple(rows), lines[header.first].start, finish, noun)


def _with_following(starts: Sequence[RowStart]) -> list[tuple[RowStart, RowStart | None]]:
    return [(start, starts[i + 1] if i + 1 < len(starts) else None) for i, start in enumerate(starts)]


class _Body:
    """The words between the header and the end of the table."""

    def __init__(self, text: str, lines: Sequence[Line], skipped: set[int], first: int, end: int) -> None:
        self.double_spaced = is_double_spaced(lines[first:end])
        self.words: list[tuple[int, Word]] = []  # with the number of pages turned before it
        page, turned = 0, False
        for index in range(first, end):
            if index in skipped:
                turned = True
                continue
            page, turned = page + turned, False
            line = lines[index]
            for match in _WORD.finditer(line.text):
                gap = line.gap if match.start() == 0 else None
                wide = match.start() >= 2 and line.text[match.start() - 2 : match.start()].isspace()
                word = Word(line.start + match.start(), line.start + match.end(), match.group(), gap, wide)
                self.words.append((page, word))
        self._starts = [word.start for _, word in self.words]
        tokens = fold(text).split()
        self.joints = Counter(pairwise(tokens))

    def parts(self, start: RowStart, following: RowStart | None) -> list[list[Word]]:
        """Return the words from *start* to *following*, cut where a page ends."""
        first = bisect_left(self._starts, start.end)
        behind = bisect_left(self._starts, following.start) if following else len(self._starts)
        parts: list[list[Word]] = []
        page = -1
        for number, word in self.words[first:behind]:
            if number != page and len(parts) < _MOST_PAGES:
                parts.append([])
            page = number
            parts[-1].append(word)
        return parts or [[]]


def _row_words(parts: Sequence[Sequence[Sequence[Word]]], columns: int) -> list[RowWords]:
    most = most_cuts([pages[0] for pages in parts], columns)
    return [RowWords(pages[0], most) for pages in parts]


def _assign_all(
    words: Sequence[RowWords], parts: Sequence[Sequence[Sequence[Word]]], columns: Sequence[Column], body: _Body
) -> list[list[Segment]]:
    shape = Shape.unknown(len(columns), body.joints, double_spaced=body.double_spaced)
    rows: list[list[Segment]] = [[] for _ in parts]
    for _ in range(ROUNDS):
        before, rows = rows, [assign(row, columns, shape, own) for row, own in zip(words, rows, strict=True)]
        if rows == before:
            break
        shape = learn(rows, shape)
    for row, pages in zip(rows, parts, strict=True):
        for page in pages[1:]:
            added = continue_cells(row, page, shape)
            row[:] = [Segment(cell.words + piece.words) for cell, piece in zip(row, added, strict=True)]
    return rows


def _spans(words: Sequence[Word], parts: Sequence[Sequence[Word]]) -> tuple[Span, ...]:
    """Return the slices that hold *words*, which stand in order; a new one behind each page end."""
    spans: list[Span] = []
    for part in parts:
        inside = [word for word in words if part and part[0].start <= word.start <= part[-1].start]
        if inside:
            spans.append(Span(inside[0].start, inside[-1].end))
    return tuple(spans)


def _cells(text: str, rows: Sequence[Sequence[Segment]], parts: Sequence[Sequence[Sequence[Word]]]) -> list[list[Cell]]:
    cells: list[list[Cell]] = []
    for row, pages in zip(rows, parts, strict=True):
        cells.append([Cell(fold_white(segment.text), _spans(segment.words, pages)) for segment in row])
    for index in range(len(cells[0]) if cells else 0):
        _merge_down(text, cells, index)
    return cells


def _merge_down(text: str, rows: list[list[Cell]], index: int) -> None:
    """
    Give the words of a cell that spans rows to each of them.

    Lost lines leave one sign of such a cell: its text stops at a comma, and goes on in a later row, on the next page. It then
    reaches down to the next row that has words of its own.
    """
    for first, row in enumerate(rows):
        cell = row[index]
        if not cell.text.endswith((",", ";")) or cell.merged:
            continue
        filled = list(islice((i for i in range(first + 1, len(rows)) if rows[i][index].spans), 2))
        if not filled or filled[0] == first + 1:
            continue
        further = rows[filled[0]][index]
        last = filled[1] if len(filled) > 1 else len(rows)
        spans = cell.spans + further.spans
        whole = Cell(" ".join(fold_white(text[span.start : span.end]) for span in spans), spans, merged=True)
        for i in range(first, last):
            rows[i][index] = whole


def _rows(
    starts: Sequence[RowStart],
    cells: Sequence[Sequence[Cell]],
    path: Path,
    noun: str,
    body: _Body,
    *,
    has_order: bool,
) -> list[Row]:
    rows: list[Row] = []
    group: Group | None = None
    seen: Counter[Path] = Counter()
    waiting = iter(cells)
    for start, following in _with_following(starts):
        words = [word for part in body.parts(start, following) for word in part]
        end = words[-1].end if words else start.end
        if start.group:
            name = fold_white(" ".join(word.text for word in words))
            group = Group(start.number, name, start.start, end)
            continue
        number_end = start.start + len(start.number)
        number = Cell(start.number, (Span(start.start, number_end),))
        steps = (
            *path,
            *((Step(StepKind.GROUP, group.number),) if group else ()),
            Step(StepKind.ROW, start.number, noun),
        )
        seen[steps] += 1
        steps = (*steps[:-1], Step(StepKind.ROW, start.number, noun, seen[steps]))
        row_cells = ((number,) if has_order else ()) + tuple(next(waiting))
        rows.append(Row(start.number, row_cells, start.start, end, steps, group))
    return rows
