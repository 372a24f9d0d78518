"""The rows of a drawn table that head the rows below them: "I | Nhiệm vụ trọng tâm", over the whole width or with all else blank."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import regex as re

from indexer.flat_rows import roman_value
from indexer.grid_header import is_row_number
from indexer.types import Group, Step, StepKind
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.grid_matrix import Field, Matrix
    from indexer.types import Path

# "I. Nhóm một", "II Nhóm hai", "A - PHẦN CHUNG"; but "A Lưới" is a name
_TYPED = re.compile(
    r"([IVXLC]{1,6}|[A-H](?=\s?[.)/:–-]|\s+\p{Lu}{2})|\d{1,2}(?:\.\d{1,2}){0,2})(?:\s?[.)/:]\s*|\s+[-–]?\s*)(?=[\p{Lu}\d“\"(])"
)
_AGAIN = re.compile(r"\s*\((?:tiep(?: theo)?|tt)\)$")


def bare_number(text: str) -> str:
    """Return the number that *text* of an order column holds, "" for none: "1." is "1", "-" is nothing."""
    plain = text.strip(" .():;-–/")
    return plain if re.fullmatch(r"[\p{L}\d]{1,6}(?:[./-][\p{L}\d]{1,4}){0,4}", plain) else ""


def is_outer_number(number: str) -> bool:
    """Tell whether *number* is one that sections bear: Roman, or a capital letter."""
    return bool(number) and number == number.upper() and not number[0].isdigit() and roman_value(number) > 0


def _fields_reach(fields: Sequence[Field], open_columns: Sequence[int]) -> bool:
    return bool(fields) and bool(open_columns) and fields[-1].column_end > open_columns[-1]


def group_of(matrix: Matrix, row: int, order: int | None, *, subject: int, below: str) -> Group | None:
    """
    Return the group that *row* heads, or None where it is a row of cells.

    *below* is the number of the next row: "1" with all else blank heads "1.1" and is a row of its own before "2".
    """
    fields, columns = matrix.starting(row), matrix.open_columns(row)
    if not fields or len(columns) < 2:
        return None
    if len(fields) == 1:
        only = fields[0]
        if only.width > 1 and (_fields_reach(fields, columns) or only.width >= 0.6 * matrix.columns):
            return _group(None, only)
        alone = only.column == 0 and only.width == 1 and len(columns) > 2
        if alone and not is_row_number(only.text) and (order == 0 or subject == 0):
            return _group(None, only)
        return None
    number, name = fields[0], fields[1]
    if len(fields) > 2 or number.column != order or number.width > 1 or not is_row_number(number.text):
        return None
    bare = bare_number(number.text)
    if name.width > 1 and _fields_reach(fields, columns):
        return _group(number, name)
    if name.column != subject or len(columns) < 3:
        return None
    heads = (
        is_outer_number(bare)
        or below.startswith(f"{bare}.")
        or (bare.isdecimal() and below.isalpha() and below.islower())
    )
    return _group(number, name) if heads else None


def _group(number: Field | None, name: Field) -> Group:
    start, end = (number or name).spans[0].start, name.spans[-1].end
    if number is not None:
        return Group(bare_number(number.text), name.text, start, end)
    typed = _TYPED.match(name.text)
    if typed:
        return Group(typed.group(1), name.text[typed.end() :], start, end)
    return Group("", name.text, start, end)


def _style(number: str, before: str | None) -> str:
    if not number:
        return "plain"
    if number[0].isdigit():
        return f"digits {number.count('.')}"
    follows = before is not None and len(before) == len(number) == 1 and ord(number) == ord(before) + 1
    letter = number not in "IVXLC" or (follows and before not in ("I", "V", "X"))
    return "letter" if len(number) == 1 and letter else "roman"


@dataclass
class Groups:
    """The groups open above a row, outermost first: A, then I, then 1. A group that comes again behind a page end is no new one."""

    open: list[tuple[str, Group, Step | None]] = field(default_factory=list)
    _seen: dict[Path, int] = field(default_factory=dict)

    def enter(self, group: Group) -> None:
        """Open *group* below those of another style of number, in the place of those of its own."""
        if any(self._same(group, known) for _, known, _ in self.open):
            return
        style = _style(group.number, next((g.number for s, g, _ in self.open if s == "letter"), None))
        styles = [known for known, _, _ in self.open]
        if style in styles:
            del self.open[styles.index(style) :]
        step = None
        if group.number:
            above = (*self.path, Step(StepKind.GROUP, group.number))
            self._seen[above] = self._seen.get(above, 0) + 1
            step = Step(StepKind.GROUP, group.number, occurrence=self._seen[above])
        self.open.append((style, group, step))

    def leave(self, number: str, before: str) -> None:
        """Close the group "1" of the rows "1.1", "1.2" where row "2" follows *before*, the row above it."""
        if not self.open or not number.isdecimal() or not self.open[-1][1].number.isdecimal():
            return
        last = self.open[-1][1].number
        if int(number) == int(last) + 1 and (before.startswith(f"{last}.") or before.isalpha()):
            self.open.pop()

    @staticmethod
    def _same(group: Group, known: Group) -> bool:
        name = _AGAIN.sub("", fold(group.name))
        return group.number == known.number and name == _AGAIN.sub("", fold(known.name))

    @property
    def path(self) -> Path:
        """The steps of the open groups that bear a number."""
        return tuple(step for _, _, step in self.open if step is not None)

    @property
    def innermost(self) -> Group | None:
        """The group that the next row stands in."""
        return self.open[-1][1] if self.open else None
