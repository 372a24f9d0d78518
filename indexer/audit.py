"""
What a document itself leaves open: numbers that are missing or printed twice, and tasks that do not say all six things.

"6 rõ" (rõ người, rõ việc, rõ thời gian, rõ trách nhiệm, rõ sản phẩm, rõ thẩm quyền) is what a task has to make clear; which column
says which is data: ``six_clarity.toml``. Nothing here judges how well a cell says it, only whether it says anything.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from indexer.columns import SUBJECTS
from indexer.markers import Marker
from indexer.path import label
from indexer.remarks import PRINTED_TWICE
from indexer.types import ReadWarning, StepKind
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indexer.types import Column, ParsedDocument, Path, Row, Table

_NUMBERED = frozenset(
    {
        StepKind.PART,
        StepKind.CHAPTER,
        StepKind.DIVISION,
        StepKind.ARTICLE,
        StepKind.CLAUSE,
        StepKind.POINT,
        StepKind.ROMAN,
        StepKind.NUMBER,
        StepKind.APPENDIX,
    }
)
_ASSIGNS = frozenset({"lead", "partners", "due"})  # a table of tasks has one of these columns
_LEVELS = re.compile(r"\d+(?:\.\d+)*")


@dataclass(frozen=True, slots=True)
class ClarityGap:
    """The tasks of a table that leave one of the six things blank, by their numbers."""

    clarity: str
    tasks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableAudit:
    """
    How clear the tasks of one table are.

    ``absent`` are the things for which the table has no column at all; they are not counted against its tasks.
    """

    table: str
    noun: str
    tasks: int
    clear: int  # tasks with nothing blank in the columns that there are
    absent: tuple[str, ...]
    blanks: tuple[ClarityGap, ...]


def numbering(parsed: ParsedDocument) -> tuple[ReadWarning, ...]:
    """Return where numbers are left out, printed twice or out of order, first of headings and articles, then of table rows."""
    return (*_ladder_numbering(parsed), *(found for table in parsed.tables for found in _row_numbering(table)))


def _ladder_numbering(parsed: ParsedDocument) -> Iterator[ReadWarning]:
    seen: set[Path] = set()
    last: dict[tuple[Path, StepKind], tuple[int, str]] = {}
    anywhere: dict[StepKind, int] = {}  # the last number of a kind, under whatever heading: some documents count on
    for clause in parsed.clauses:
        for depth in range(1, len(clause.path) + 1):
            path = clause.path[:depth]
            step = path[-1]
            if path in seen or step.kind not in _NUMBERED:
                continue
            seen.add(path)
            value = Marker(step.kind, step.number, 0).value
            if not value:
                continue
            if step.occurrence > 1:
                yield ReadWarning(label(path), PRINTED_TWICE)
            scope = (_above(path), step.kind)
            before, number = last.get(scope, (anywhere.get(step.kind, 0) if value != 1 else 0, ""))
            last[scope], anywhere[step.kind] = (value, step.number), value
            if step.occurrence == 1 and (words := _jump(before, value, number, step.number)):
                yield ReadWarning(label(path), words)


def _above(path: Path) -> Path:
    """Return what the number of the last step counts under: articles run on through parts and chapters, other numbers do not."""
    if path[-1].kind is StepKind.ARTICLE:
        return tuple(step for step in path if step.kind is StepKind.APPENDIX)
    return path[:-1]


def _jump(before: int, value: int, number_before: str, number: str) -> str | None:
    """Say what is odd about *value* behind *before* (0: nothing); counting anew from 1 is not."""
    if value in (before, before + 1, 1):
        return None
    if value < before:
        return f"đứng sau số {number_before or before}, không theo thứ tự"
    missing = value - before - 1
    if not before:
        return f"bắt đầu từ {number}, không có {missing} số trước đó"
    return f"từ {number_before or before} sang {number}, thiếu {missing} số"


def tasks_of(table: Table) -> tuple[Row, ...]:
    """Return the rows of *table* that are tasks or indicators of their own."""
    return table.rows


def _row_numbering(table: Table) -> Iterator[ReadWarning]:
    last: dict[tuple[int, ...], tuple[int, str]] = {}
    inside: set[tuple[object, str]] = set()
    for row in tasks_of(table):
        match = _LEVELS.fullmatch(row.number.strip(" .)"))
        if not match:
            continue
        if (row.group, row.number) in inside:
            yield ReadWarning(label(row.path), PRINTED_TWICE)
            continue
        inside.add((row.group, row.number))
        *above, value = (int(part) for part in match.group().split("."))
        before, number = last.get(tuple(above), (0, ""))
        last[tuple(above)] = (value, row.number)
        if words := _jump(before, value, number, row.number):
            yield ReadWarning(label(row.path), words)


@cache
def _clarities() -> tuple[dict[str, Any], ...]:
    data = tomllib.loads(files("indexer").joinpath("six_clarity.toml").read_text(encoding="utf-8"))
    return tuple(data["clarity"])


def six_clarity(parsed: ParsedDocument) -> tuple[TableAudit, ...]:
    """Return how clear the tasks of each register are that assigns any."""
    return tuple(_audit(table) for table in parsed.tables if _assigns(table))


def _assigns(table: Table) -> bool:
    roles = {column.role for column in table.columns}
    return bool(roles & set(SUBJECTS)) and bool(roles & _ASSIGNS) and bool(tasks_of(table))


def blank_clarities(table: Table, row: Row) -> tuple[str, ...]:
    """Return which of the six things *row* leaves blank in the columns that *table* has for them; none where it assigns nothing."""
    if not _assigns(table):
        return ()
    columns = ((clarity["name"], _columns_for(table, clarity)) for clarity in _clarities())
    return tuple(name for name, indices in columns if indices and not any(row.cells[i].text for i in indices))


def clarity_names() -> tuple[str, ...]:
    """Return what the six things are called."""
    return tuple(clarity["name"] for clarity in _clarities())


def _columns_for(table: Table, clarity: dict[str, Any]) -> list[int]:
    return [i for i, column in enumerate(table.columns) if _says(column, clarity)]


def _audit(table: Table) -> TableAudit:
    absent: list[str] = []
    blanks: list[ClarityGap] = []
    unclear: set[int] = set()
    tasks = tasks_of(table)
    for clarity in _clarities():
        indices = _columns_for(table, clarity)
        if not indices:
            absent.append(clarity["name"])
            continue
        blank = [n for n, row in enumerate(tasks) if not any(row.cells[i].text for i in indices)]
        if blank:
            blanks.append(ClarityGap(clarity["name"], tuple(_task_label(table, tasks, n) for n in blank)))
            unclear.update(blank)
    where = label(table.path) or table.title or "Bảng"
    return TableAudit(where, table.noun, len(tasks), len(tasks) - len(unclear), tuple(absent), tuple(blanks))


def _says(column: Column, clarity: dict[str, Any]) -> bool:
    return column.role in clarity["roles"] or any(words in fold(column.name) for words in clarity.get("headings", ()))


def _task_label(table: Table, tasks: Sequence[Row], index: int) -> str:
    """Return the number of a task, with its group where another task bears the same number."""
    row = tasks[index]
    alone = row.number and sum(other.number == row.number for other in tasks) == 1
    return row.number if alone else label(row.path[len(table.path) :])
