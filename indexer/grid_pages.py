"""
What a page end does to a drawn table: it cuts rows in two and cells that cover several rows.

The lower part of a cut row has no number of its own and goes on in the middle of a sentence; a row that begins there does neither.
The fields that belong together are put in one another's place.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import regex as re

from indexer.columns import SUBJECTS, breaks_off, needs_more

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from indexer.grid_matrix import Field, Matrix
    from indexer.types import Column

_BULLET = re.compile(r"([-–+•*])\s|([a-zđ]|\d{1,2})[.)/]\s")
_TERMINAL = (".", ";", ":", "!", "?")
_ENDS_TOO = (" cấp", " hiện")  # "các cấp", "thực hiện": such words can end a cell before a capital letter
# Hints for and against one cell going on behind the page end; their sum decides.
_GOES_ON, _UNFINISHED, _LIST, _NO_SUBJECT = 3.0, 2.0, 1.5, 2.0
_NEW, _FINISHED, _FROM_NOTHING = -0.5, -1.5, -1.0
_NO_NUMBER = 5.0  # for a row with a subject and more, where every other such row has a number
_MANY = 3  # cells that go on while their row's subject does not: rather another row of the same task
_SURELY = 2.0  # for a part that bears the number which the part above lacks


def _unfinished(text: str) -> float:
    """Say how surely *text* waits for more: behind a comma or "của"; behind "Văn phòng", less behind "thuộc Bộ"."""
    if text.endswith((",", "-", "–", "/", "(")) or text.count("(") > text.count(")"):
        return _UNFINISHED
    if breaks_off(text) and not text.endswith(_ENDS_TOO):
        return _UNFINISHED
    words = text.split()
    for count in (3, 2, 1):
        end = " ".join(words[-count:])
        if end[:1].isupper() and needs_more(end):
            return _UNFINISHED if count > 1 or len(words) == 1 else 0.0
    return -1.0


def _goes_on(above: str, below: str, *, subject: bool) -> float:
    """Say how much *below* looks like the rest of *above*, in the same column."""
    if not above:
        return 2 * _FROM_NOTHING if subject else _FROM_NOTHING
    bullet = _BULLET.match(below)
    if bullet:
        return _LIST if _BULLET.match(above) or above.endswith((":", ";")) else _NEW
    if below[0].islower() or below[0] in ",;.:)/%":
        return _GOES_ON
    if below[0].isdigit() and above[-1].isalpha():
        return _UNFINISHED
    if (unfinished := _unfinished(above)) >= 0:
        return unfinished
    return _FINISHED * (2 if subject else 1) if above.endswith(_TERMINAL) else _NEW


def _evidence(matrix: Matrix, upper: int, lower: int, columns: Sequence[Column], *, numbered: bool) -> float:
    total, filled, told, blank = 0.0, 0, False, False
    for index, item in enumerate(columns):
        below, above = matrix.fields[lower][index], matrix.fields[upper][index]
        if below.column != index or below.row != lower or item.role == "order":
            continue
        subject = item.role in SUBJECTS
        if below.text:
            total += _goes_on(above.text, below.text, subject=subject)
        blank = blank or (subject and not below.text)
        filled += bool(below.text)
        told = told or (subject and bool(below.text))
    if blank:
        total += _NO_SUBJECT if filled < _MANY else _NO_SUBJECT / 4
    return total + (_NO_NUMBER if numbered and told and filled > 1 else 0)


def is_cut(matrix: Matrix, upper: int, lower: int, columns: Sequence[Column], *, numbered: bool) -> bool:
    """
    Tell whether row *lower*, the first of its page, is the rest of row *upper*, the last of the page before.

    *numbered* says that every other row of the table bears a number.
    """
    order = next((i for i, item in enumerate(columns) if item.role == "order"), None)
    if not matrix.starting(lower):
        return True
    if order is None:
        return _evidence(matrix, upper, lower, columns, numbered=False) > 0
    above, below = matrix.fields[upper][order].text, matrix.fields[lower][order].text
    evidence = _evidence(matrix, upper, lower, columns, numbered=numbered and bool(above))
    if below:
        return not above and evidence >= _SURELY
    return evidence > 0


def _joined(upper: Field, lower: Field) -> Field:
    return replace(
        upper,
        text=" ".join(t for t in (upper.text, lower.text) if t),
        spans=upper.spans + lower.spans,
        row_end=lower.row_end,
    )


def join_cut_row(matrix: Matrix, upper: int, lower: int) -> None:
    """Make the fields of row *lower* the rest of those of row *upper*."""
    for index in range(matrix.columns):
        above, below = matrix.fields[upper][index], matrix.fields[lower][index]
        if below.column == index and above is not below:
            matrix.replace((above, below), _joined(above, below))


def _is_shared(matrix: Matrix, upper: int, lower: int, index: int) -> bool:
    """Tell whether the number or the subject of row *upper* stands for *lower* too, which has none but other words."""
    above, below = matrix.fields[upper][index], matrix.fields[lower][index]
    return bool(above.text) and not below.text


def _covers(matrix: Matrix, upper: int, lower: int, index: int) -> bool:
    """Tell whether one of the two cells covers several rows on its own page."""
    return matrix.fields[upper][index].height > 1 or matrix.fields[lower][index].height > 1


def _surely_goes_on(above: str, below: str) -> bool:
    """Tell whether one cell goes on although its row does not: two lists, or words and a figure, stand below one another anyway."""
    return not below[0].isdigit() and _goes_on(above, below, subject=False) >= _UNFINISHED


def join_cut_cells(matrix: Matrix, upper: int, lower: int, columns: Sequence[Column], *, full: Container[int]) -> None:
    """
    Join the cells that cover rows on both sides of the page end between *upper* and *lower*, two rows.

    Such a cell is printed in one of its parts, the other is blank; in a column that is *full* elsewhere a single blank row will do.
    """
    names = [index for index, item in enumerate(columns) if item.role in ("order", *SUBJECTS)]
    shared = {index for index in names if _is_shared(matrix, upper, lower, index)}
    if len(shared) < len(
        names
    ):  # a task with several subjects has one number over all of them, which is drawn as one cell
        several = len(matrix.starting(lower)) > 1
        shared = {i for i in shared if several and columns[i].role == "order" and _covers(matrix, upper, lower, i)}
    for index in range(len(columns)):
        above, below = matrix.fields[upper][index], matrix.fields[lower][index]
        if (
            (index in names and index not in shared)
            or below.column != index
            or below.row != lower
            or above.column != index
        ):
            continue
        covers = _covers(matrix, upper, lower, index)
        if above.text and not below.text:
            joins = index in names or below.height > 1 or (above.height > 1 and index in full)
        elif below.text and not above.text:
            joins = above.height > 1
        else:
            joins = covers and bool(above.text) and _surely_goes_on(above.text, below.text)
        if joins:
            matrix.replace((above, below), _joined(above, below))
