"""
What a reader handed over as lines for the ladder: drawn registers taken out, other tables cell by cell, asides by their kind.

The lines of a letterhead that is set as a table, or of a block of signatures, are read cell by cell: what stands side by side on the
page belongs to two different things.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import regex as re

from indexer.grid_table import read_grid, split_runs
from indexer.layout import Gap, Line, split_lines
from indexer.types import LineKind
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from indexer.grid_table import GridTable
    from indexer.types import Aside, Extracted, Grid, Span

_RECIPIENTS = re.compile(r"noi nhan\s*:?")
_STATE = re.compile(r"cong hoa xa hoi chu nghia|dang cong san viet nam")
# thay mặt, ký thay, thừa lệnh, thừa ủy quyền, quyền
SIGNS = re.compile(r"(?:TM|T/M|KT|K/T|TL|T/L|TUQ|T/UQ|Q)\s?\.\s?[\p{Lu}]{2,}")


class Place(StrEnum):
    """What the cell of a table is that is no register."""

    HEAD = "head"
    RECIPIENTS = "recipients"
    SIGNATURE = "signature"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CellLines:
    """A cell that is read line by line; two lines are of one cell where this is one value."""

    number: int
    place: Place


@dataclass(frozen=True, slots=True)
class Drawn:
    """
    The lines outside registers, in order; which cell a line stands in, by its start; and the registers.

    ``registers[i]`` stand before line ``i``; the last may stand before line ``len(lines)``.
    """

    lines: tuple[Line, ...]
    cells: Mapping[int, CellLines] = field(default_factory=dict)
    registers: Mapping[int, tuple[GridTable, ...]] = field(default_factory=dict)
    footnotes: tuple[Line, ...] = ()
    continued: frozenset[int] = frozenset()  # starts of lines that only go on behind a page end


def drawn_lines(extracted: Extracted) -> Drawn:
    """Return the lines of *extracted*; what the reader says of a line counts more than what it looks like."""
    text = extracted.text
    tables: list[GridTable] = []
    lines: list[Line] = []
    cells: dict[int, CellLines] = {}
    for run in split_runs(text, extracted.grids, extracted.asides):
        if table := read_grid(text, run):
            tables.append(table)
            continue
        for line, cell in _cell_lines(text, run, len(cells)):
            lines.append(line)
            cells[line.start] = cell
    spans = [(grid.start, grid.end) for grid in extracted.grids]
    outside = _outside(_with_asides(split_lines(text), extracted.asides), spans)
    footnotes = tuple(line for line in outside if line.kind is LineKind.FOOTNOTE)
    lines = sorted([*lines, *outside], key=lambda line: line.start)
    registers: dict[int, tuple[GridTable, ...]] = {}
    for table in tables:
        index = next((i for i, line in enumerate(lines) if line.start >= table.start), len(lines))
        registers[index] = (*registers.get(index, ()), table)
    return Drawn(tuple(lines), cells, registers, footnotes, frozenset(extracted.continued))


def _outside(lines: Iterable[Line], spans: Sequence[tuple[int, int]]) -> list[Line]:
    """Return *lines* that stand in none of *spans*; both are in order."""
    kept: list[Line] = []
    position = 0
    for line in lines:
        while position < len(spans) and spans[position][1] <= line.start:
            position += 1
        if position == len(spans) or line.end <= spans[position][0]:
            kept.append(line)
    return kept


def _with_asides(lines: Iterable[Line], asides: Sequence[Aside]) -> Iterator[Line]:
    ordered = sorted(asides, key=lambda aside: aside.start)
    position = 0
    for line in lines:
        while position < len(ordered) and ordered[position].end <= line.start:
            position += 1
        inside = position < len(ordered) and ordered[position].start < line.end
        yield replace(line, kind=ordered[position].kind) if inside else line


def _cell_lines(text: str, run: Sequence[Grid], count: int) -> Iterator[tuple[Line, CellLines]]:
    texts = [[text[span.start : span.end] for span in cell.spans] for grid in run for cell in grid.cells if cell.spans]
    folded = [fold(" ".join(parts)) for parts in texts]
    is_tail = any(_RECIPIENTS.match(words) for words in folded) or any(SIGNS.match(parts[0]) for parts in texts)
    is_head = any(_STATE.search(words) for words in folded)
    number = count
    for grid in run:
        for cell in (cell for cell in grid.cells if cell.spans):
            number += 1
            place = Place.OTHER
            if is_tail:
                first = fold(text[cell.spans[0].start : cell.spans[0].end])
                place = Place.RECIPIENTS if _RECIPIENTS.match(first) else Place.SIGNATURE
            elif is_head:
                place = Place.HEAD
            for span in cell.spans:
                for line in _lines_in(text, span):
                    yield line, CellLines(number, place)


def _lines_in(text: str, span: Span) -> Iterator[Line]:
    gap = Gap.BLANK
    for match in re.finditer(r"[^\n\f]+", text[span.start : span.end]):
        words = match.group().strip()
        if words:
            start = span.start + match.start() + len(match.group()) - len(match.group().lstrip())
            yield Line(start, start + len(words), words, gap, 0)
            gap = Gap.LINE
