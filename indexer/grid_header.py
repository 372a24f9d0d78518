"""The header of a drawn table: which rows it takes, what its columns are called, and where later pages repeat it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import regex as re

from indexer.columns import OTHER, column
from indexer.types import Column, Span
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.grid_matrix import Field, Matrix

PARENT = "parent"  # the role of a heading that only spans others
_ROW_NUMBER = re.compile(r"\d{1,4}(?:\.\d{1,3})*[.)]?|[IVXLC]{1,6}[.)]?|[A-Ha-h][.)]?")
_COLUMN_NUMBER = re.compile(r"[(\[]?(\d{1,2}|[A-Z])\s?[)\]]?(?:\s*=.*)?")
_MOST_ROWS = 4
_LONGEST = 160  # characters of a heading
_FILLED = 0.6  # of the columns have a name
_ALIKE = 0.8  # two readings of one header by OCR are at least so alike


@dataclass(frozen=True, slots=True)
class Header:
    """Rows ``first:last`` name the columns; ``body`` is the first row below, behind column numbers; ``caption`` stands above."""

    first: int
    last: int
    body: int
    columns: tuple[Column, ...]
    caption: Field | None = None


def is_row_number(text: str) -> bool:
    """Tell whether *text* is what an order column holds: "1", "1.2", "IV", "a)"."""
    return _ROW_NUMBER.fullmatch(text) is not None


def is_column_numbers(matrix: Matrix, row: int) -> bool:
    """Tell whether *row* numbers the columns: "(1) (2) (3)", "A B 1 2", "1 2 3=1+2"."""
    found = [_COLUMN_NUMBER.fullmatch(field.text) for field in matrix.starting(row)]
    if len(found) < min(3, matrix.columns) or len(found) < _FILLED * matrix.columns or not all(found):
        return False
    names = [match.group(1) for match in found if match]
    letters = [name for name in names if not name.isdecimal()]
    numbers = [int(name) for name in names if name.isdecimal()]
    counted = letters == [chr(ord("A") + i) for i in range(len(letters))] and names[: len(letters)] == letters
    return counted and numbers == list(range(1, len(numbers) + 1)) and (bool(numbers) or len(letters) > 2)


def _is_caption(matrix: Matrix, row: int) -> bool:
    """Tell whether *row* is one field over the whole width, above a row that names columns."""
    fields = matrix.starting(row)
    whole = len(fields) == 1 and fields[0].width == matrix.columns
    return whole and row + 1 < len(matrix.fields) and len(matrix.starting(row + 1)) >= _FILLED * matrix.columns


def _has_second_level(matrix: Matrix, first: int, row: int) -> bool:
    """Tell whether *row* names what stands below the spanning headings of row *first*, all else being blank there."""
    spanning = [f for f in matrix.starting(first) if 1 < f.width < matrix.columns]
    if not spanning or row >= len(matrix.fields):
        return False
    under = {c for field in spanning for c in range(field.column, field.column_end)}
    named = {f.column for f in matrix.starting(row)}
    return len(named & under) > len(spanning) and not named - under


def _depth(matrix: Matrix, first: int) -> int:
    """Return the row behind the header that begins at row *first*: as deep as the fields that begin in it reach."""
    last = first + 1
    while last < min(first + _MOST_ROWS, len(matrix.fields)):
        deepest = max(f.row_end for row in range(first, last) for f in matrix.fields[row] if f.row >= first)
        if deepest > last:
            last = min(deepest, first + _MOST_ROWS)
        elif _has_second_level(matrix, last - 1, last):
            last += 1
        else:
            break
    return last


def _name(parts: Sequence[str], leaves: Counter[str]) -> Column:
    """Return the column under the headings *parts*, outermost first: by its own name, with its parent's where that tells too little."""
    if not parts:
        return Column("", OTHER)
    leaf = column(parts[-1])
    above = [part for part in parts[:-1] if column(part).role != PARENT]
    if len(parts) == 1 or (leaf.role not in (OTHER, PARENT) and leaves[parts[-1]] == 1):
        return leaf
    if leaves[parts[-1]] > 1 and not above:
        above = list(parts[:-1])
    whole = column(" ".join([*above[-1:], parts[-1]]))
    return Column(whole.name, OTHER if whole.role == PARENT and len(parts) > 1 else whole.role)


def _columns(matrix: Matrix, first: int, last: int) -> tuple[Column, ...]:
    stacks: list[list[str]] = []
    for index in range(matrix.columns):
        parts: list[str] = []
        seen: set[int] = set()
        for row in range(first, last):
            field = matrix.fields[row][index]
            if field.text and id(field) not in seen and (not parts or parts[-1] != field.text):
                parts.append(field.text)
            seen.add(id(field))
        stacks.append(parts)
    leaves = Counter(parts[-1] for parts in stacks if parts)
    return tuple(_name(parts, leaves) for parts in stacks)


def shared_headings(matrix: Matrix, header: Header) -> list[int]:
    """
    Return for each column of *matrix* which one it is when columns under one heading are one.

    A heading over several columns that bear no headings of their own comes of a table whose rows are divided unlike its header.
    """
    place = [0]
    lowest = matrix.fields[header.last - 1] if header.last else []
    for index in range(1, matrix.columns):
        same = bool(lowest) and lowest[index] is lowest[index - 1] and bool(lowest[index].text)
        place.append(place[-1] + (not same))
    return place


def _is_plausible(matrix: Matrix, first: int, last: int, columns: Sequence[Column]) -> bool:
    named = [item for item in columns if item.name]
    if len(named) < max(2, _FILLED * matrix.columns) or any(len(item.name) > _LONGEST for item in named):
        return False
    top = matrix.starting(first)
    numbered = bool(top) and top[0].column == 0 and is_row_number(top[0].text)
    bare = [field for row in range(first, last) for field in matrix.starting(row) if field.text.isdecimal()]
    return not numbered and len(bare) < len(named) and last < len(matrix.fields)


def find_header(matrix: Matrix) -> Header | None:
    """Return the header of *matrix*, or None where its first rows name no columns."""
    first = 0
    while first < 2 and first + 1 < len(matrix.fields) and _is_caption(matrix, first):
        first += 1
    caption = matrix.starting(first - 1)[0] if first else None
    last = _depth(matrix, first)
    for row in range(first + 1, min(first + _MOST_ROWS + 1, len(matrix.fields))):
        if is_column_numbers(matrix, row):
            last = row
            break
    body = last
    while body < len(matrix.fields) and is_column_numbers(matrix, body):
        body += 1
    columns = _columns(matrix, first, last)
    if not _is_plausible(matrix, first, last, columns):
        return None
    return Header(first, last, body, columns, caption)


def _line(matrix: Matrix, row: int) -> str:
    return fold(" | ".join(field.text for field in matrix.starting(row)))


def _alike(first: str, second: str) -> bool:
    if first == second:
        return True
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return matcher.real_quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE


def repeated_rows(matrix: Matrix, header: Header) -> set[int]:
    """Return the rows below *header* that only say it again, or number the columns again, at the top of a page or word for word."""
    wanted = [line for row in range(header.first, header.last) if (line := _line(matrix, row))]
    found: set[int] = set()
    at_top = False
    for row in range(header.body, len(matrix.fields)):
        at_top = matrix.opens_page(row) or (at_top and row - 1 in found)
        line = _line(matrix, row)
        if not line:
            continue
        exact = line in wanted and len(matrix.starting(row)) > 1
        if exact or (at_top and (is_column_numbers(matrix, row) or any(_alike(line, other) for other in wanted))):
            found.add(row)
    return found


def give_back_clipped(matrix: Matrix, header: Header, repeated: set[int], text: str) -> None:
    """
    Take the last words of a heading out of the cells below it.

    Word processors print a header again as high as they think it is; what does not fit hangs into the row below, unseen.
    """
    for row in repeated:
        for index, field in enumerate(matrix.fields[row]):
            below = matrix.fields[field.row_end][index] if field.row_end < len(matrix.fields) else None
            name = next(
                (
                    f.text
                    for r in range(header.first, header.last)
                    if (f := matrix.fields[r][index]).column == index and f.text.startswith(f"{field.text} ")
                ),
                "",
            )
            rest = name[len(field.text) :].strip()
            if not (
                rest and field.text and field.column == index and below and below.spans and below.row not in repeated
            ):
                continue
            span = below.spans[0]
            match = re.match(r"\s+".join(map(re.escape, rest.split())) + r"(?:\s+|$)", text[span.start : span.end])
            if match:
                left = () if match.end() == span.end - span.start else (Span(span.start + match.end(), span.end),)
                shown = below.text[len(rest) :].strip()
                matrix.replace((below,), replace(below, text=shown, spans=left + below.spans[1:]))
