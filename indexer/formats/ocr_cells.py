"""
The cells of a table in a picture, put one below the other so that recognition reads each for itself.

Over a whole page Tesseract takes neighbouring cells for one line and a number alone in its cell for dirt; a strip for each cell,
all in one picture, costs a single call.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import regex as re

from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from indexer.formats.page import PageWord
    from indexer.formats.rulings import DrawnCell, DrawnTable

_INSIDE = 0.012  # inches from a cell's line where its words may begin; nearer is what is left of the line
_MARGIN = 0.05  # inches of white around the words of a strip
_BETWEEN = 0.16  # inches between two strips, as between two paragraphs
_SPECK = 0.0012  # square inches of dark in a cell that is not blank: a full stop has half of it
_FEWEST = 3  # columns of a table with an order column
_NARROW = 0.14  # of a table's width, which its order column takes at most
_WORDS = 3  # letters; a cell with more is no number, however it is read
ORDER_LETTERS = "0123456789.IVXABCD"
_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,3}){0,2}\.?|[IVX]{1,5}\.?|[ABCD]\.?")
_LIKE_STT = re.compile(r"[Ss][TtIiFf1l(][TtIiFf1l)]")  # "SIT", "S(f"
_HEADS = ("tt", "stt", "sott")
_TALLEST = 30_000  # pixels; Tesseract takes 32,767


@dataclass(frozen=True, slots=True)
class Strip:
    """Where the words of a cell stand: from ``left``, ``top`` of the page to ``x``, ``y`` of the picture of strips, in pixels."""

    left: int
    top: int
    width: int
    height: int
    x: int
    y: int


def strips_of(
    dark: npt.NDArray[np.bool_], tables: Sequence[DrawnTable], *, scale: tuple[float, float], dots_per_inch: float
) -> list[Strip]:
    """
    Return a strip for each cell of *tables* in which something is *dark*, cell by cell; none where they would be too tall a picture.

    *scale* is the points across and down that a pixel takes.
    """
    inside, margin = max(1, round(_INSIDE * dots_per_inch)), round(_MARGIN * dots_per_inch)
    between, speck = round(_BETWEEN * dots_per_inch), _SPECK * dots_per_inch**2
    strips: list[Strip] = []
    below = between
    for table in tables:
        for cell in table.cells:
            left, right = round(cell.left / scale[0]) + inside, round(cell.right / scale[0]) - inside
            top, bottom = round(cell.top / scale[1]) + inside, round(cell.bottom / scale[1]) - inside
            window = dark[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
            if window.sum() < speck:
                continue
            rows, columns = np.flatnonzero(window.any(axis=1)), np.flatnonzero(window.any(axis=0))
            first, last = max(0, int(rows[0]) - margin), min(window.shape[0], int(rows[-1]) + 1 + margin)
            begin, end = max(0, int(columns[0]) - margin), min(window.shape[1], int(columns[-1]) + 1 + margin)
            strips.append(Strip(max(0, left) + begin, max(0, top) + first, end - begin, last - first, between, below))
            below += last - first + between
    return strips if below <= _TALLEST else []


def picture_of(pixels: npt.NDArray[np.uint8], strips: Sequence[Strip]) -> npt.NDArray[np.uint8]:
    """Return the picture of *strips*, white between them."""
    last = strips[-1]
    width = max(strip.x + strip.width for strip in strips) + strips[0].x
    picture = np.full((last.y + last.height + strips[0].y, width), 255, dtype=np.uint8)
    for strip in strips:
        part = pixels[strip.top : strip.top + strip.height, strip.left : strip.left + strip.width]
        picture[strip.y : strip.y + strip.height, strip.x : strip.x + strip.width] = part
    return picture


def without_tables(
    pixels: npt.NDArray[np.uint8], tables: Sequence[DrawnTable], *, scale: tuple[float, float]
) -> npt.NDArray[np.uint8]:
    """Return *pixels* with *tables* left white."""
    cleared = pixels.copy()
    for table in tables:
        rows = slice(max(0, round(table.top / scale[1])), round(table.bottom / scale[1]))
        cleared[rows, max(0, round(table.left / scale[0])) : round(table.right / scale[0])] = 255
    return cleared


def put_back(
    lines: Sequence[Sequence[PageWord]], strips: Sequence[Strip], *, scale: tuple[float, float]
) -> list[list[PageWord]]:
    """Return *lines*, recognised in the picture of *strips* with boxes in its pixels, with boxes in points of the page."""
    placed: list[list[PageWord]] = []
    tops = np.array([strip.y for strip in strips])
    for line in lines:
        moved: list[PageWord] = []
        for word in line:
            strip = strips[max(0, int(np.searchsorted(tops, word.middle, side="right")) - 1)]
            across, down = strip.left - strip.x, strip.top - strip.y
            moved.append(
                replace(
                    word,
                    left=(word.left + across) * scale[0],
                    right=(word.right + across) * scale[0],
                    top=(word.top + down) * scale[1],
                    bottom=(word.bottom + down) * scale[1],
                )
            )
        placed.append(moved)
    return placed


def order_column(table: DrawnTable) -> DrawnTable | None:
    """Return the first column of *table* alone if it is as narrow as one that numbers the rows, else None."""
    cells = tuple(cell for cell in table.cells if cell.column == 0 and cell.column_end == 1)
    if not cells or table.columns < _FEWEST or cells[0].right - cells[0].left > _NARROW * (table.right - table.left):
        return None
    return replace(table, cells=cells)


def _as_heading(word: PageWord, cell: DrawnCell) -> PageWord:
    """Return *word* as "STT" if it stands in *cell*, the head of an order column, and looks like it."""
    if not cell.holds((word.left + word.right) / 2, word.middle) or not _LIKE_STT.fullmatch(word.text):
        return word
    return replace(word, text="Stt" if word.text[1:].lower() == word.text[1:] else "STT")


def with_numbers(
    lines: Sequence[Sequence[PageWord]], numbers: Sequence[Sequence[PageWord]], columns: Sequence[DrawnTable]
) -> list[list[PageWord]]:
    """Return *lines* with the words of each cell of *columns* replaced by the *numbers* seen there, where they may be the number of a row."""
    kept = [list(line) for line in lines]
    for column in columns:
        kept = [[_as_heading(word, column.cells[0]) for word in line] for line in kept]
        for cell in column.cells:
            seen = [word for line in kept for word in line if cell.holds((word.left + word.right) / 2, word.middle)]
            told = [word for line in numbers for word in line if cell.holds((word.left + word.right) / 2, word.middle)]
            letters = "".join(char for word in seen for char in word.text if char.isalpha())
            if (
                not _NUMBER.fullmatch("".join(word.text for word in told))
                or len(letters) > _WORDS
                or fold(letters) in _HEADS
            ):
                continue
            kept = [[word for word in line if not any(word is one for one in seen)] for line in kept]
            kept.append(told)
    return [line for line in kept if line]
