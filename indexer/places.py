"""Where the words of a text stand on the pages of the original: printed lines packed small, and the boxes of a slice."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from indexer.layout import text_width
from indexer.types import Box, Placed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_NUMBERS = 7  # of a packed line: how far it starts behind the one before, length, pages on, left, top, width, height
_TENTHS = 10  # boxes are kept to a tenth of a point


def pack_places(placed: Iterable[Placed]) -> list[int]:
    """
    Return *placed* as one flat list of small whole numbers, some 25 bytes of JSON a line; boxes to a tenth of a point.

    ``unpack_places`` gives them back, rounded.
    """
    packed: list[int] = []
    position = page = 0
    for line in placed:
        box = line.box
        left, top, right, bottom = (round(side * _TENTHS) for side in (box.left, box.top, box.right, box.bottom))
        packed += (line.start - position, line.end - line.start, box.page - page, left, top, right - left, bottom - top)
        position, page = line.end, box.page
    return packed


def unpack_places(packed: Sequence[int]) -> tuple[Placed, ...]:
    """
    Return the printed lines that ``pack_places`` packed.

    Raises:
        TypeError, ValueError: *packed* is no such list.
    """
    if any(type(number) is not int for number in packed) or len(packed) % _NUMBERS:
        msg = f"{len(packed)} values, which are not {_NUMBERS} whole numbers a line"
        raise ValueError(msg)
    placed: list[Placed] = []
    position = page = 0
    for place in range(0, len(packed), _NUMBERS):
        gap, length, pages, left, top, width, height = packed[place : place + _NUMBERS]
        start = position + gap
        position, page = start + length, page + pages
        sides = (left / _TENTHS, top / _TENTHS, (left + width) / _TENTHS, (top + height) / _TENTHS)
        placed.append(Placed(start, position, Box(page, *sides)))
    return tuple(placed)


def by_page(placed: Iterable[Placed]) -> Iterator[tuple[Placed, ...]]:
    """Yield the lines of one page after the other, as they follow in the text."""
    for _, lines in groupby(placed, key=lambda line: line.box.page):
        yield tuple(lines)


def boxes_between(text: str, placed: Iterable[Placed], start: int, end: int) -> tuple[Box, ...]:
    """
    Return where ``text[start:end]`` is printed, a box a line, in the order of the text.

    Of a line that lies in the slice only in part, the box is cut by how wide its letters are as a rule; it may be some points off.
    """
    return tuple(
        _clipped(text, line, max(start, line.start), min(end, line.end))
        for line in placed
        if text[max(start, line.start) : min(end, line.end)].strip()
    )


def _clipped(text: str, line: Placed, start: int, end: int) -> Box:
    words = text[start:end]
    start += len(words) - len(words.lstrip())
    end -= len(words) - len(words.rstrip())
    if (start, end) == (line.start, line.end):
        return line.box
    box = line.box
    scale = (box.right - box.left) / text_width(text[line.start : line.end])
    left = box.left + scale * text_width(text[line.start : start])
    right = left + scale * text_width(text[start:end])
    return Box(box.page, round(left, 1), box.top, round(min(right, box.right), 1), box.bottom)
