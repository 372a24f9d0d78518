"""Registers among the clauses: drawn ones and those that lost their lines, each under the heading it stands below."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import regex as re

from indexer.flat_table import find_table, parse_table
from indexer.grid_table import table_at
from indexer.ladder_state import is_capitals
from indexer.ladder_tail import RECIPIENTS
from indexer.markers import appendix_of
from indexer.remarks import NO_ROWS
from indexer.types import ReadWarning, Row, Step, StepKind, fold_white
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Container

    from indexer.grid_table import GridTable
    from indexer.ladder_state import Ladder
    from indexer.layout import Line
    from indexer.types import Path

_TITLE = re.compile(r"(?:bang|bieu|bieu mau|danh muc|phu bieu|mau)\b")
_NUMBERED = re.compile(r"(?:Bảng|BẢNG)(?:\s+số)?\s+(\d{1,3}[a-z]?)\b")
_UNIT = re.compile(r"\(?(?:don vi(?: tinh)?|dvt)\s*:")
_RULE = re.compile(r"[-–—_=*\s]+")
_LONGEST_TITLE = 300
_NOT_ABOVE = (StepKind.BULLET, StepKind.PARAGRAPH, StepKind.HEAD, StepKind.RECIPIENTS, StepKind.SIGNATURE)


def place_drawn(ladder: Ladder, found: GridTable) -> None:
    """Put the drawn register *found* under the heading that it stands below."""
    ladder.close()
    path, title = _place(ladder)
    if found.header.caption is not None:
        title = found.header.caption.text
    above = _with_table_step(ladder, path, title)
    table = table_at(found, ladder.document, path=above, title=title)
    if table is None:
        ladder.warnings.append(ReadWarning(f"offset {found.start}", NO_ROWS))
        return
    ladder.tables.append(table)


def place_flat(ladder: Ladder, index: int, stops: Container[int]) -> int | None:
    """
    Read the table without lines that begins at line *index* and return the line behind it; None where none begins.

    It ends before an annex, the next article, "Nơi nhận" and the lines *stops*.
    """
    header = find_table(ladder.lines, index)
    if header is None:
        return None
    end = header.last + 1
    while end < len(ladder.lines) and end not in stops and not _ends_table(ladder, ladder.lines[end]):
        end += 1
    ladder.close()
    path, title = _place(ladder)
    table = parse_table(
        ladder.document, ladder.text, ladder.lines, header, end, path=path, title=title, warnings=ladder.warnings
    )
    if not table.rows:
        ladder.warnings.append(ReadWarning(f"offset {table.start}", NO_ROWS))
        return None
    above = _with_table_step(ladder, path, title)
    rows = tuple(_moved(row, path, above) for row in table.rows)
    ladder.tables.append(replace(table, path=above, rows=rows))
    return end


def _moved(row: Row, old: Path, new: Path) -> Row:
    return row if old == new else replace(row, path=(*new, *row.path[len(old) :]))


def _ends_table(ladder: Ladder, line: Line) -> bool:
    if ladder.is_next_article(line):
        return True
    return appendix_of(line.text) is not None or bool(RECIPIENTS.match(fold(line.text)) and len(line.text) < 40)


def _place(ladder: Ladder) -> tuple[Path, str]:
    """Return the path of a table that stands here and its title: the line right above that is one, else the heading above."""
    above = tuple(step for step in ladder.stack if step.kind not in _NOT_ABOVE)
    for item in reversed(ladder.done[-4:]):
        words = fold_white(" ".join(line.text for line in item.lines))
        if item.marker is not None and item.path[-1].kind is not StepKind.PARAGRAPH:
            break
        if _UNIT.match(fold(words)) or words.startswith("(") or _RULE.fullmatch(words):
            continue
        if is_capitals(words) or (len(words) <= _LONGEST_TITLE and _TITLE.match(fold(words))):
            return above, words
        break
    heads = [item for item in ladder.done if item.path == above]
    if heads and heads[-1].marker is not None:
        return above, fold_white(" ".join(line.text for line in heads[-1].lines)[heads[-1].marker.length :])
    return above, fold_white(" ".join(line.text for line in ladder.done[-2].lines[1:])) if len(ladder.done) > 1 else ""


def _with_table_step(ladder: Ladder, path: Path, title: str) -> Path:
    """Return *path* with the number of the table where it is printed or where several stand under one heading."""
    taken = {table.path for table in ladder.tables}
    printed = _NUMBERED.match(title)
    if printed:
        numbered = (*path, Step(StepKind.TABLE, printed.group(1)))
        if numbered not in taken:
            return numbered
    if path not in taken:
        return path
    number = 2
    while (*path, Step(StepKind.TABLE, str(number))) in taken:
        number += 1
    return (*path, Step(StepKind.TABLE, str(number)))
