"""The lines that a table leaves out: its outer sides, or all upright ones. What is level is drawn; where columns end, the words tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from indexer.formats.page import rows_of
from indexer.formats.rulings import SNAP, Edge, merged_edges

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indexer.formats.page import PageWord

_MOST = 400  # lines of either kind; a page with more is a drawing
_LEAST_LEVEL = 3  # lines of the same length, one below the other, that make a table
_SHORTEST = 100.0  # points; a shorter level line underlines something
_GROUP_LINES = 2  # a row without any upright line, over the whole width, has no more
_TEXT = 0.6  # of a table's width: running text between two tables is wider, a cell that goes on alone is not
_EMPTY_ROW = 40.0  # points; a row without a word is no higher
_WORD_GAP = 0.55  # font sizes; a wider gap may part two columns
_SHARED = 0.75  # of the columns of a page are found again where all pages of its table are taken together
_CORRIDOR = 5.0  # points between two columns; word processors leave 10.8
_CROSSED = 0.1  # of the rows may have a cell merged over two columns that are parted elsewhere
_WIDE = 10.0  # points; the least room between columns that some row crosses


@dataclass(slots=True)
class _Part:
    """Level lines that upright ones hold together, or one level line alone."""

    level: list[Edge]
    upright: list[Edge] = field(default_factory=list)

    @property
    def left(self) -> float:
        return min(edge.x0 for edge in self.level)

    @property
    def right(self) -> float:
        return max(edge.x1 for edge in self.level)

    @property
    def top(self) -> float:
        return min(edge.top for edge in self.level)

    @property
    def bottom(self) -> float:
        return max(edge.top for edge in self.level)


def left_out(pages: Iterable[tuple[Sequence[Edge], Sequence[PageWord]]]) -> list[list[Edge]]:
    """Return for each page, of which the lines and the words are given, the upright lines that its tables do without."""
    parts: list[list[_Part]] = []
    bands: dict[int, list[_Band]] = {}  # by the identity of a part without upright lines
    for edges, words in pages:
        merged = merged_edges(edges)
        level = [edge for edge in merged if edge.horizontal]
        upright = [edge for edge in merged if not edge.horizontal]
        read = 1 < len(level) <= _MOST and len(upright) <= _MOST
        parts.append(_stacked(_parts(level, upright), words) if read else [])
        bands |= {id(part): _bands(part, words) for part in parts[-1] if not part.upright and len(_whole(part)) > 1}
    frames = _frames(parts, bands)
    found: list[list[Edge]] = []
    for page in parts:
        sides = [edge for part in page if part.upright for edge in _sides(part)]
        columns = [e for part in page if id(part) in frames for e in _columns(part, bands[id(part)], frames[id(part)])]
        found.append(sides + columns)
    return found


def _frames(parts: Sequence[Sequence[_Part]], bands: dict[int, list[_Band]]) -> dict[int, tuple[float, ...]]:
    """
    Return for each part where its columns end.

    Parts of one width on pages that follow one another are taken together, for a single page shows its columns less surely;
    but not where they have hardly a column in common: then they are tables of their own.
    """
    chains: list[list[_Part]] = []
    for number, page in enumerate(parts):
        for place, part in enumerate(one for one in page if id(one) in bands):
            goes_on = not place and number and chains and any(chains[-1][-1] is one for one in parts[number - 1])
            if goes_on and _same_width(chains[-1][-1], part):
                chains[-1].append(part)
            else:
                chains.append([part])
    frames: dict[int, tuple[float, ...]] = {}
    for chain in chains:
        own = {id(part): _places([part], bands[id(part)]) for part in chain}
        most = max(map(len, own.values()))
        shared = _places(chain, [band for part in chain for band in bands[id(part)]])
        before: tuple[float, ...] = ()
        for part in chain:
            places = shared if len(shared) >= max(2, _SHARED * most) else own[id(part)]
            if len(places) < 2 and before and _fits(bands[id(part)], before):
                places = before
            if len(places) > 1:
                frames[id(part)] = before = places
    return frames


def _parts(level: Sequence[Edge], upright: Sequence[Edge]) -> list[_Part]:
    """Return the level lines in parts that touch the same upright ones, from top to bottom."""
    parts = [_Part([edge]) for edge in level]
    for line in upright:
        touched = [part for part in parts if any(_touch(edge, line) for edge in part.level)]
        if touched:
            whole = _Part([e for part in touched for e in part.level], [*(e for p in touched for e in p.upright), line])
            parts = [part for part in parts if part not in touched] + [whole]
    return sorted((part for part in parts if part.right - part.left >= _SHORTEST), key=lambda part: part.top)


def _touch(edge: Edge, line: Edge) -> bool:
    across = edge.x0 - SNAP <= line.x0 <= edge.x1 + SNAP
    return across and line.top - SNAP <= edge.top <= line.bottom + SNAP


def _stacked(parts: Sequence[_Part], words: Sequence[PageWord]) -> list[_Part]:
    """Put parts of one width together where between them stands no more than a row over the whole width has, or, without upright lines, cells."""
    tables: list[_Part] = []
    for part in parts:
        last = tables[-1] if tables else None
        inside = (
            last is not None
            and last.left - SNAP <= part.left
            and part.right <= last.right + SNAP
            and (part.top < last.bottom or not (last.upright or part.upright or _same_width(last, part)))
        )
        if last is not None and (inside or (_same_width(last, part) and _go_together(last, part, words))):
            tables[-1] = _Part(last.level + part.level, last.upright + part.upright)
        else:
            tables.append(part)
    return tables


def _same_width(first: _Part, second: _Part) -> bool:
    return abs(first.left - second.left) <= SNAP and abs(first.right - second.right) <= SNAP


def _go_together(last: _Part, part: _Part, words: Sequence[PageWord]) -> bool:
    between = [word for word in words if last.bottom < word.middle < part.top]
    if not last.upright and not part.upright:
        lines = [_runs(row) for row in rows_of(between)]
        if not lines:
            return part.top - last.bottom < _EMPTY_ROW
        wide = max(line[-1][1] for line in lines) - min(line[0][0] for line in lines)
        in_cells = any(len(line) > 1 for line in lines) or wide < _TEXT * (last.right - last.left)
        return in_cells or _few_lines(between)
    if not _few_lines(between):
        return False
    if not last.upright or not part.upright:
        return True
    xs = {round(edge.x0) for edge in last.upright}
    shared = [edge for edge in part.upright if any(abs(edge.x0 - x) <= SNAP for x in xs)]
    return 2 * len(shared) >= len(part.upright)


def _few_lines(words: Sequence[PageWord]) -> bool:
    """Tell whether *words* are as many lines as a group row has; its number may stand half-way between them."""
    if not words:
        return False
    height = max(word.bottom for word in words) - min(word.top for word in words)
    return height <= (_GROUP_LINES + 0.6) * max(word.size for word in words)


def _whole(part: _Part) -> list[Edge]:
    """Return the level lines over the whole width, from top to bottom."""
    lines = [e for e in part.level if e.x0 - part.left <= SNAP and part.right - e.x1 <= SNAP]
    return sorted(lines, key=lambda edge: edge.top)


def _sides(part: _Part) -> list[Edge]:
    """Return the outer sides that *part* leaves open: many level lines end there, or all of a row that is a page high."""
    found: list[Edge] = []
    least = min(_LEAST_LEVEL, len(_whole(part)))
    for side in (part.left, part.right):
        ends = [e for e in part.level if min(abs(e.x0 - side), abs(e.x1 - side)) <= SNAP]
        if len(ends) >= max(2, least) and not any(abs(edge.x0 - side) <= SNAP for edge in part.upright):
            found.append(Edge(side, part.top, side, part.bottom))
    return found


@dataclass(frozen=True, slots=True)
class _Band:
    """What stands between two level lines: runs of words, from left to right, as (left, right), line by line."""

    top: float
    bottom: float
    lines: tuple[tuple[tuple[float, float], ...], ...]
    few: bool  # lines, as a group row has

    @property
    def cells(self) -> int:
        """How many cells show: runs that do not stand above one another."""
        count, reached = 0, float("-inf")
        for left, right in sorted(run for line in self.lines for run in line):
            count += left > reached
            reached = max(reached, right)
        return count

    def crosses(self, x: float) -> bool:
        """Tell whether a run of words reaches over *x*."""
        return any(left < x < right for line in self.lines for left, right in line)


def _runs(row: Sequence[PageWord]) -> tuple[tuple[float, float], ...]:
    runs = [(row[0].left, row[0].right)]
    for before, word in pairwise(row):
        if word.left - before.right < _WORD_GAP * max(word.size, before.size):
            runs[-1] = (runs[-1][0], max(runs[-1][1], word.right))
        else:
            runs.append((word.left, word.right))
    return tuple(runs)


def _bands(part: _Part, words: Sequence[PageWord]) -> list[_Band]:
    tops = sorted({edge.top for edge in part.level})
    inside = [word for word in words if part.left <= (word.left + word.right) / 2 <= part.right]
    bands: list[_Band] = []
    for top, bottom in pairwise(tops):
        here = [word for word in inside if top < word.middle < bottom]
        if bottom - top > SNAP:
            bands.append(_Band(top, bottom, tuple(_runs(row) for row in rows_of(here)), _few_lines(here)))
    return bands


def _places(parts: Sequence[_Part], bands: Sequence[_Band]) -> tuple[float, ...]:
    """Return where the columns end in a table of *parts* that has only level lines; none where its words do not stand in columns."""
    celled = [band for band in bands if band.cells > 2]  # a group has no more than its number and its words
    if len(celled) < _LEAST_LEVEL:
        celled = [band for band in bands if band.cells > 1]
    if len(celled) < _LEAST_LEVEL:
        return ()
    level = [edge for part in parts for edge in part.level]
    whole = _Part(level)
    ends = [x for edge in level for x in (edge.x0, edge.x1)]
    return tuple(_snapped(a, b, ends) for a, b in _corridors(whole, celled))


def _fits(bands: Sequence[_Band], places: Sequence[float]) -> bool:
    """Tell whether the words of *bands* keep to the columns of the page before."""
    return any(not any(map(band.crosses, places)) for band in bands if band.lines)


def _columns(part: _Part, bands: Sequence[_Band], places: Sequence[float]) -> list[Edge]:
    """Return the upright lines of *part*, whose columns end at *places*."""
    found = [Edge(x, part.top, x, part.bottom) for x in (part.left, part.right)]
    for band in bands:
        whole = _is_whole(band, places)
        over = (
            [e for e in part.level if abs(e.top - band.bottom) <= SNAP and _is_over(e, band)]
            if band.top == part.top
            else []
        )
        for x in places:
            if any(edge.x0 + SNAP < x < edge.x1 - SNAP for edge in over):
                continue
            if not band.crosses(x) and (whole is None or x < whole):
                found.append(Edge(x, band.top, x, band.bottom))
    return found


def _is_over(edge: Edge, band: _Band) -> bool:
    """Tell whether *band* has one heading over the whole of *edge*, which parts it from those that it spans."""
    inside = [(left, right) for line in band.lines for left, right in line if edge.x0 <= (left + right) / 2 <= edge.x1]
    if any(left > inside[0][1] or right < inside[0][0] for left, right in inside):
        return False
    middle = (min(left for left, _ in inside) + max(right for _, right in inside)) / 2 if inside else 0.0
    alone = all(sum(edge.x0 <= (a + b) / 2 <= edge.x1 for a, b in line) < 2 for line in band.lines)
    return alone and abs(middle - (edge.x0 + edge.x1) / 2) < 0.1 * (edge.x1 - edge.x0)


def _is_whole(band: _Band, places: Sequence[float]) -> float | None:
    """Return where a cell begins that fills the rest of its row: the words of a group, with nothing behind them."""
    behind = [[run for run in line if run[1] > places[0]] for line in band.lines]
    last = [line[-1] for line in behind if line]  # a number alone stands half-way between the lines
    if not last or not band.few or any(len(line) > 1 for line in behind):
        return None
    if any(run[0] > last[0][1] or last[0][0] > run[1] for run in last):
        return None  # side by side, half a line apart
    left, right = min(run[0] for run in last), max(run[1] for run in last)
    return left if any(left < x < right for x in places) else None


def _corridors(part: _Part, bands: Sequence[_Band]) -> list[tuple[float, float]]:
    """Return where no row has words, or hardly one: the room between two columns."""
    under = [e for e in part.level if e.x1 - e.x0 < part.right - part.left - 2 * SNAP]
    first, last = int(part.left), int(part.right) + 1
    crossed = [0] * (last - first)
    for band in bands:
        taken = [False] * (last - first)
        for line in band.lines:
            for left, right in line:
                if any(
                    e.x0 - SNAP <= left and right <= e.x1 + SNAP and abs(e.top - band.bottom) <= SNAP for e in under
                ):
                    continue  # a heading over several columns: the line below it is as wide as they are
                for x in range(max(first, int(left)), min(last, int(right) + 1)):
                    taken[x - first] = True
        for index, is_taken in enumerate(taken):
            crossed[index] += is_taken
    empty = _stretches([count == 0 for count in crossed], first, _CORRIDOR)
    few = (
        _stretches([count <= max(1, _CROSSED * len(bands)) for count in crossed], first, _WIDE)
        if len(bands) > 5
        else []
    )
    found = empty + [(a, b) for a, b in few if not any(c < b and a < d for c, d in empty)]
    return sorted((a, b) for a, b in found if a > first + 1 and b < last - 1)


def _stretches(free: Sequence[bool], first: int, least: float) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    start: int | None = None
    for index, is_free in enumerate([*free, False]):
        if is_free and start is None:
            start = index
        elif not is_free and start is not None:
            if index - start >= least:
                found.append((float(first + start), float(first + index)))
            start = None
    return found


def _snapped(left: float, right: float, ends: Iterable[float]) -> float:
    """Return where in the room *left:right* the column ends: where a level line does, else in the middle."""
    inside = [x for x in ends if left - 1 <= x <= right + 1]
    return inside[0] if inside else (left + right) / 2
