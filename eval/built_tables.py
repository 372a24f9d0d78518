"""
Task tables whose every cell is known because they are made here: how tables are read that nobody has seen.

The same seed gives the same tables. Each is drawn by lot: columns, headings of one or two levels, groups, numbers, merged and blank
cells, lists, borders. What is drawn is written to a DOCX, a PDF and a scan by :mod:`eval.table_files`, and as gold in the form of
:mod:`eval.known_tables`.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from random import Random
from typing import TYPE_CHECKING, Any

from indexer.types import fold_white

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

BORDERS = ("all", "all", "all", "all", "open sides", "double", "dotted", "level only")
FONTS = (
    "FreeSerif",
    "FreeSerif",
    "FreeSerif",
    "DejaVu Serif",
    "FreeSans",
)  # free ones that hold every Vietnamese letter
_ROMAN = ("I", "II", "III", "IV", "V", "VI")
_TOUCHED = ("lead", "partners", "deliverable", "due", "note", "funding", "place")  # roles whose cells are merged down


@dataclass(frozen=True, slots=True)
class BuiltColumn:
    """A column: what stands in it, its printed heading, the heading above it, the name it is read by, its share of the width."""

    role: str
    heading: str
    width: float
    parent: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class BuiltCell:
    """A cell over ``cols`` columns and ``rows`` rows; each string of ``paragraphs`` may hold line ends set by hand."""

    paragraphs: tuple[str, ...] = ()
    cols: int = 1
    rows: int = 1
    bold: bool = False
    italic: bool = False
    align: str = "left"

    @property
    def text(self) -> str:
        """Its words as they are compared."""
        return fold_white(" ".join(self.paragraphs))


@dataclass(slots=True)
class BuiltTable:
    """``cells`` are rows of cells by column, None where a merged cell covers the field; the first ``heads`` rows are the header."""

    columns: tuple[BuiltColumn, ...]
    cells: list[list[BuiltCell | None]] = field(default_factory=list)
    gold: list[dict[str, Any]] = field(default_factory=list)
    heads: int = 1
    repeats: bool = False
    breaks: bool = True
    borders: str = "all"
    shaded: bool = False


@dataclass(frozen=True, slots=True)
class BuiltDocument:
    """Tables on pages of one size, with what stands around them."""

    name: str
    title: str
    tables: tuple[BuiltTable, ...]
    landscape: bool
    size: float  # of the letters in tables, in points
    margin: float  # centimetres
    letterhead: bool
    signature: bool
    font: str = FONTS[0]
    between: tuple[str, ...] = ()
    numbered: bool = False  # pages, at the top from the second on
    spacing: float = 1.0  # of lines
    apart: int = 1  # points between paragraphs
    skew: float = 0.0  # degrees by which its scan lies askew


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(files("eval").joinpath("built_tables.toml").read_text(encoding="utf-8"))


def build_documents(count: int, seed: int) -> list[BuiltDocument]:
    """Return *count* documents drawn by *seed*; the first of them are the same whatever the count."""
    return [_document(number, Random(f"{seed}/{number}")) for number in range(1, count + 1)]  # noqa: S311 - no secret


def _document(number: int, lot: Random) -> BuiltDocument:
    landscape = lot.random() < 0.6
    tables = [_Draft(lot, landscape=landscape).build() for _ in range(2 if lot.random() < 0.25 else 1)]
    second = (lot.choice(_words()["between"]), lot.choice(_words()["second_titles"]))
    return BuiltDocument(
        name=f"B{number:03d}",
        title=lot.choice(_words()["titles"]),
        tables=tuple(tables),
        landscape=landscape,
        size=lot.choice((10, 11, 11.5, 12, 12, 13)),
        margin=lot.choice((1.5, 2, 2.5)),
        letterhead=lot.random() < 0.4,
        signature=lot.random() < 0.5,
        font=lot.choice(FONTS),
        between=second if len(tables) > 1 else (),
        numbered=lot.random() < 0.5,
        spacing=lot.choice((1.0, 1.0, 1.15, 1.5)),
        apart=lot.choice((0, 1, 3, 6)),
        skew=lot.choice((0.0, 0.0, 0.3, -0.5, 0.8)),
    )


def _draw_columns(lot: Random, *, landscape: bool) -> tuple[BuiltColumn, ...]:
    """Draw the columns of a table: order and content first, then others in any order, some under a heading of their own."""
    words = _words()
    count = lot.randint(5, 9 if landscape else 7)
    capital = lot.random() < 0.1
    order = BuiltColumn("order", lot.choice(words["order"]["headings"]), words["order"]["width"])
    content = _column(lot, "content")
    drawn: list[list[BuiltColumn]] = []
    used = {"content"}
    if lot.random() < 0.4:
        parent = lot.choice(words["parents"])
        narrow = 7 if parent["heading"] in ("Kinh phí", "Nguồn lực") else 11
        drawn.append(
            [
                BuiltColumn(
                    role, leaf, narrow, parent["heading"], f"{parent['heading']} {leaf}" if parent["joined"] else leaf
                )
                for role, leaf in parent["below"]
            ]
        )
        used |= {role for role, _ in parent["below"]}
    usual = [role for role in ("lead", "partners", "deliverable", "due") if role not in used]
    rare = [role for role in ("note", "funding", "unit", "place", "figure") if role not in used]
    lot.shuffle(rare)
    for role in usual[: max(2, lot.randint(3, 4))] + rare:
        if 2 + sum(map(len, drawn)) < count:
            drawn.append([_column(lot, role)])
    if lot.random() < 0.6:
        lot.shuffle(drawn)
    columns = (order, content, *(one for part in drawn for one in part))
    return (
        tuple(replace(one, heading=one.heading.upper()) if not one.parent else one for one in columns)
        if capital
        else columns
    )


def _column(lot: Random, role: str) -> BuiltColumn:
    entry = _words()["roles"][role]
    return BuiltColumn(role, lot.choice(entry["headings"]), entry["width"] * lot.uniform(0.75, 1.3))


class _Draft:
    """One table while it is drawn by lot."""

    def __init__(self, lot: Random, *, landscape: bool) -> None:
        self.lot = lot
        self.columns = _draw_columns(lot, landscape=landscape)
        self.table = BuiltTable(self.columns)
        self.table.borders = lot.choice(BORDERS)
        self.table.shaded = lot.random() < 0.3
        self.table.repeats = lot.random() < 0.5
        self.table.breaks = lot.random() < 0.8
        self.groups = lot.choice(("none", "roman", "roman", "letters", "nested", "decimal"))
        self.form = lot.choice(("across", "two", "cells"))
        self.style = lot.choice(("{}", "{}", "{}", "{:02d}", "{}."))
        self.restart = lot.random() < 0.4 or self.groups == "decimal"
        self.lists = lot.random() * 0.5
        self.blank = lot.choice((0.0, 0.05, 0.2))
        self.group = ""
        self.outer = ""
        self.count = 0
        self.used: set[str] = set()
        self.justified = lot.random() < 0.6
        self.bare = self.groups == "roman" and lot.random() < 0.25  # groups without a number
        self.shared = lot.choice((0.0, 0.0, 0.08))  # of the tasks have several rows

    def build(self) -> BuiltTable:
        self._header()
        sections = self.lot.randint(2, 4) if self.groups != "none" else 1
        letters = 0
        for section in range(sections):
            if self.groups == "nested" and (section == 0 or self.lot.random() < 0.4):
                self._group(chr(ord("A") + letters))
                letters += 1
                roman = 0
            if self.groups != "none":
                number = {
                    "roman": _ROMAN[section],
                    "letters": chr(ord("A") + section),
                    "nested": _ROMAN[roman] if self.groups == "nested" else "",
                    "decimal": str(section + 1),
                }[self.groups]
                roman = roman + 1 if self.groups == "nested" else 0
                self.outer = number
                self._group(number)
                if self.restart:
                    self.count = 0
            self._tasks(self.lot.randint(3, 8) if sections > 1 else self.lot.randint(6, 16))
        self._merge_down()
        if any(one.role == "funding" for one in self.columns) and self.lot.random() < 0.5:
            self._total()
        if self.lot.random() < 0.15:
            self._empty()
        return self.table

    def _header(self) -> None:
        top: list[BuiltCell | None] = []
        two = any(one.parent for one in self.columns)
        for index, one in enumerate(self.columns):
            if not one.parent:
                top.append(self._head(one.heading, rows=2 if two else 1))
            elif index and self.columns[index - 1].parent == one.parent:
                top.append(None)
            else:
                top.append(self._head(one.parent, cols=sum(other.parent == one.parent for other in self.columns)))
        self.table.cells.append(top)
        if two:
            self.table.cells.append([self._head(one.heading) if one.parent else None for one in self.columns])
        self.table.heads = 2 if two else 1
        if self.lot.random() < 0.25:
            form = self.lot.choice(("({})", "{}"))
            self.table.cells.append(
                [BuiltCell((form.format(i),), italic=True, align="center") for i in range(1, len(self.columns) + 1)]
            )
            self.table.heads += self.lot.random() < 0.5

    def _head(self, text: str, **over: int) -> BuiltCell:
        return BuiltCell((text,), bold=True, align="center", **over)  # type: ignore[arg-type]

    def _group(self, number: str) -> None:
        name = self._unused(_words()["groups"])
        width = len(self.columns)
        row: list[BuiltCell | None] = [None] * width
        form = "cells" if self.groups == "decimal" else self.form
        if self.bare:
            number = ""
            row[0] = BuiltCell((name,), cols=width, bold=True, italic=True)
        elif form == "across":
            row[0] = BuiltCell((f"{number}. {name}",), cols=width, bold=True)
        else:
            row[0] = BuiltCell((number,), bold=True, align="center")
            row[1] = BuiltCell((name,), cols=width - 1 if form == "two" else 1, bold=True)
            if form == "cells":
                row[2:] = [BuiltCell()] * (width - 2)
        self.table.cells.append(row)
        self.table.gold.append({"kind": "group", "stt": number, "text": name})
        self.group = name

    def _tasks(self, count: int) -> None:
        for place in range(count):
            if place and self.groups != "decimal" and self.lot.random() < 0.06:
                self._sub_heading()
            if self.lot.random() < 0.02:
                self._empty()
            self._task()

    def _empty(self) -> None:
        self.table.cells.append([BuiltCell() for _ in self.columns])

    def _sub_heading(self) -> None:
        name = self._unused(_words()["heads"])
        row: list[BuiltCell | None] = [BuiltCell() for _ in self.columns]
        row[1] = BuiltCell((name,), bold=True, italic=True)
        self.table.cells.append(row)
        self._known("subgroup", row)

    def _task(self) -> None:
        self.count += 1
        row: list[BuiltCell | None] = [self._cell(one) for one in self.columns]
        number = f"{self.outer}.{self.count}" if self.groups == "decimal" else self.style.format(self.count)
        row[0] = BuiltCell((number,), align="center")
        pair = next(
            (i for i in range(2, len(row) - 1) if {c.role for c in self.columns[i : i + 2]} == {"lead", "partners"}), 0
        )
        if pair and self.lot.random() < 0.04:
            row[pair : pair + 2] = [
                BuiltCell(("Tất cả các cơ quan, đơn vị, địa phương",), cols=2, align="center"),
                None,
            ]
        self.table.cells.append(row)
        self._known("task", row)
        if self.lot.random() < self.shared and not any(cell and cell.cols > 1 for cell in row):
            self._further_rows(row)

    def _further_rows(self, row: list[BuiltCell | None]) -> None:
        """Add rows to the task of *row*, which share its number and content."""
        more = self.lot.randint(1, 2)
        for _ in range(more):
            below: list[BuiltCell | None] = [self._cell(one) for one in self.columns]
            below[:2] = row[:2]
            self._known_at(below, len(self.table.cells))
            below[:2] = [None, None]
            self.table.cells.append(below)
        for index in (0, 1):
            first = row[index]
            row[index] = replace(first, rows=more + 1) if first else None

    def _total(self) -> None:
        row: list[BuiltCell | None] = [
            self._cell(one) if one.role == "funding" else BuiltCell() for one in self.columns
        ]
        row[0:2] = [BuiltCell(("Tổng cộng",), cols=2, bold=True, align="center"), None]
        self.table.cells.append(row)
        self._known("subgroup", row)

    def _known_at(self, row: Sequence[BuiltCell | None], place: int) -> None:
        self._known("task", row)
        self.table.gold[-1]["row"] = place

    def _known(self, kind: str, row: Sequence[BuiltCell | None]) -> None:
        cells = {
            one.name or one.heading: cell.text if cell else "" for one, cell in zip(self.columns, row, strict=True)
        }
        self.table.gold.append({"kind": kind, "group": self.group, "cells": cells, "row": len(self.table.cells) - 1})

    @staticmethod
    def _name(one: BuiltColumn) -> str:
        return one.name or one.heading

    def _cell(self, one: BuiltColumn) -> BuiltCell:
        lot = self.lot
        align = "justify" if self.justified else "left"
        if one.role in ("order", "content"):
            return BuiltCell(self._content(), align=align)
        texts = _words()["roles"][one.role]["cells"]
        if lot.random() < self.blank:
            return BuiltCell()
        align = "center" if one.role in ("due", "unit", "figure", "funding") else lot.choice((align, align, "center"))
        if one.role == "deliverable" and lot.random() < self.lists:
            count = lot.randint(2, 4) if lot.random() < 0.95 else lot.randint(12, 25)
            return BuiltCell(tuple(f"- {lot.choice(texts)} {self._object()}" for _ in range(count)), align="left")
        if one.role == "partners" and lot.random() < 0.15:
            return BuiltCell(("\n".join(lot.sample(texts, 2)),), align="left")
        return BuiltCell((lot.choice(texts),), align=align)

    def _object(self) -> str:
        return str(self.lot.choice(_words()["objects"]))

    def _content(self) -> tuple[str, ...]:
        lot, words = self.lot, _words()
        first = f"{lot.choice(words['verbs'])} {self._object()}{lot.choice(words['ends'])}"
        kind = lot.random()
        if kind < 0.2:
            return (f"{first}. {lot.choice(words['sentences'])}",)
        if kind < 0.3:
            return (
                f"{first}:",
                *(f"- {lot.choice(words['verbs'])} {self._object()};" for _ in range(lot.randint(2, 4))),
            )
        if kind < 0.36:
            return (f"{first}.", *lot.sample(words["sentences"], 2))
        return (first,)

    def _unused(self, texts: Sequence[str]) -> str:
        left = [text for text in texts if text not in self.used] or list(texts)
        chosen = self.lot.choice(left)
        self.used.add(chosen)
        return chosen

    def _merge_down(self) -> None:
        """Merge cells down over 2 to 6 rows here and there; now and then through a group row whose other cells are blank."""
        through = self.form == "cells" and self.lot.random() < 0.3
        stated = {row["row"]: row for row in self.table.gold if row["kind"] != "group"}
        known = {number: row for number, row in stated.items() if row["kind"] == "task"}
        share = self.lot.choice((0.0, 0.05, 0.12))
        for index, one in enumerate(self.columns):
            row = self.table.heads
            while one.role in _TOUCHED and row < len(self.table.cells):
                length = self.lot.randint(2, 6) if self.lot.random() < share else 1
                last = row + 1
                while last < min(row + length, len(self.table.cells)) and self._is_free(
                    last, index, known, through=through
                ):
                    last += 1
                while last - 1 not in known and last > row + 1:
                    last -= 1
                first = self.table.cells[row][index]
                if last > row + 1 and row in known and first and first.text and first.cols == 1:
                    self.table.cells[row][index] = replace(first, rows=last - row)
                    for below in range(row + 1, last):
                        self.table.cells[below][index] = None
                        if below in stated:
                            stated[below]["cells"][self._name(one)] = first.text
                row = last

    def _is_free(self, row: int, index: int, known: dict[int, Any], *, through: bool) -> bool:
        cell = self.table.cells[row][index]
        return cell is not None and cell.cols == 1 and (row in known or (through and not cell.text))


def gold_of(document: BuiltDocument, files: Sequence[str]) -> dict[str, Any]:
    """Return the gold of *document* in the form of ``table_*.json``, the rows of all its tables one below the other."""
    rows = [
        {key: value for key, value in row.items() if key != "row"} for table in document.tables for row in table.gold
    ]
    header = [one.name or one.heading for one in document.tables[0].columns]
    return {"doc": document.name, "files": list(files), "title": document.title, "header": [header], "rows": rows}


def save_built(out: Path, *, count: int, seed: int, scans: int) -> list[str]:
    """
    Write *count* documents of *seed* to *out* as DOCX and PDF, the first *scans* as scans too, and their gold; return the files' names.

    Raises:
        InputError: LibreOffice is missing or fails.
    """
    from eval.table_files import save_docx, save_pdfs, save_scan  # noqa: PLC0415 - python-docx is slow to load

    (out / "gold").mkdir(parents=True, exist_ok=True)
    documents = build_documents(count, seed)
    for one in documents:
        save_docx(one, out / f"{one.name}.docx")
    save_pdfs([out / f"{one.name}.docx" for one in documents], out)
    names: list[str] = []
    for number, one in enumerate(documents):
        made = [f"{one.name}.docx", f"{one.name}.pdf"]
        if number < scans:
            save_scan(out / f"{one.name}.pdf", out / f"{one.name}_scan.pdf", skew=one.skew)
            made.append(f"{one.name}_scan.pdf")
        gold = json.dumps(gold_of(one, made), ensure_ascii=False, indent=1)
        (out / "gold" / f"table_{one.name}.json").write_text(gold + "\n", encoding="utf-8", newline="\n")
        names += made
    return names
