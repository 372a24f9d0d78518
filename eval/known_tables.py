"""
Tables whose every cell is known, compared with the registers that were read.

A gold file (``gold/table_*.json`` beside the documents) names the ``files`` that hold the table, its ``header`` rows and its ``rows``:
"group" rows head a section, "task" and "subgroup" rows have ``cells`` under the names of the leaf columns. The rows of several
tables of one document may follow one another, each with the columns of its own table.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eval.documents import folded
from indexer.errors import InputError
from indexer.types import fold_white

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from indexer.types import Table

_COUNTED = re.compile(r"\(?\d+\)?$")  # "(1)", "(2)" below the names of the columns
_SHOWN = 60  # characters of a cell in a message


@dataclass(frozen=True, slots=True)
class TableRow:
    """The cells of a row by column name, white space folded, and the words of the group that it stands under."""

    cells: dict[str, str]
    group: str = ""

    @property
    def name(self) -> str:
        """Its first words: order number and content."""
        return _short(" ".join(list(self.cells.values())[:2]).strip())


@dataclass(frozen=True, slots=True)
class KnownTable:
    """One gold file."""

    document: str
    files: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True)
class TableScore:
    """How the table of one file was read."""

    file: str
    rows: int
    rows_found: int
    cells: int
    cells_right: int
    groups_right: int  # of the rows found
    invented: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()


def load_tables(folder: Path) -> list[KnownTable]:
    """
    Return the tables of the gold files in *folder*, by name.

    Raises:
        InputError: a file is no gold file.
    """
    tables = []
    for path in sorted(folder.glob("table_*.json")):
        try:
            tables.append(_known_table(json.loads(path.read_text(encoding="utf-8"))))
        except (json.JSONDecodeError, KeyError, IndexError) as error:
            msg = f"{path}: {error!r}\n  A gold file has doc, files, header and rows."
            raise InputError(msg) from error
    return tables


def rows_of(tables: Sequence[Table]) -> list[TableRow]:
    """Return the rows of all *tables* of a document, in order."""
    return [
        TableRow(
            {column.name: fold_white(cell.text) for column, cell in zip(table.columns, row.cells, strict=True)},
            fold_white(row.group.name) if row.group else "",
        )
        for table in tables
        for row in table.rows
    ]


def table_score(known: KnownTable, file: str, rows: Sequence[TableRow]) -> TableScore:
    """Compare *rows*, read out of *file*, with the known ones; each known row answers to at most one, in order."""
    read = [TableRow({folded(name): text for name, text in row.cells.items()}, row.group) for row in rows]
    pairs = dict(_aligned([_equal(row, other) for other in read] for row in known.rows))
    misses, right, groups = [], 0, 0
    for number, row in enumerate(known.rows):
        if number not in pairs:
            misses.append(f"row not found: {row.name}")
            continue
        other = read[pairs[number]]
        for column, text in row.cells.items():
            name = folded(column)
            if other.cells.get(name) == text:
                right += 1
            else:
                what = f"'{_short(other.cells[name])}'" if name in other.cells else "no such column"
                misses.append(f"{row.name}, {column}: {what} for '{_short(text)}'")
        if folded(other.group) == folded(row.group):
            groups += 1
        else:
            misses.append(f"{row.name}, group: '{_short(other.group)}' for '{_short(row.group)}'")
    taken = set(pairs.values())
    return TableScore(
        file=file,
        rows=len(known.rows),
        rows_found=len(pairs),
        cells=sum(len(row.cells) for row in known.rows),
        cells_right=right,
        groups_right=groups,
        invented=tuple(_short(" | ".join(row.cells.values())) for place, row in enumerate(read) if place not in taken),
        misses=tuple(misses),
    )


def _known_table(gold: dict[str, Any]) -> KnownTable:
    named = [row for row in gold["header"] if not all(_COUNTED.match(cell) for cell in row)]
    rows = [
        TableRow({name: fold_white(text) for name, text in row["cells"].items()}, fold_white(row["group"] or ""))
        for row in gold["rows"]
        if row["kind"] != "group"
    ]
    return KnownTable(gold["doc"], tuple(gold["files"]), tuple(named[-1]), tuple(rows))


def _equal(row: TableRow, other: TableRow) -> int:
    """Return how many cells that are not blank are the same in both."""
    return sum(bool(text) and other.cells.get(folded(name)) == text for name, text in row.cells.items())


def _aligned(equal: Iterable[list[int]]) -> list[tuple[int, int]]:
    """Pair rows with columns of the matrix, both rising, so that the sum is greatest; a pair of value 0 is none."""
    matrix = list(equal)
    height, width = len(matrix), len(matrix[0]) if matrix else 0
    best = [[0] * (width + 1) for _ in range(height + 1)]
    for i in range(height - 1, -1, -1):
        for j in range(width - 1, -1, -1):
            paired = matrix[i][j] + best[i + 1][j + 1] if matrix[i][j] else 0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    pairs, i, j = [], 0, 0
    while i < height and j < width:
        if matrix[i][j] and best[i][j] == matrix[i][j] + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
