r"""
Questions from a sheet whose columns people have named themselves; what stands in a cell, and what is wrong with a row.

    Câu hỏi                 | Đáp án                          | Văn bản  | Trích dẫn
    Ai chủ trì nhiệm vụ 9?  | Sở Khoa học và Công nghệ|KH&CN  | phu-luc  | Sở Khoa học và Công nghệ

In an answer "|" parts the forms of one fact, ";" or a new line parts facts; "\|" and "\;" are the letters themselves.
A row without a question goes on with the row above it: it adds a place, or facts.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.bench_sets import Fault
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assistant.sheets import Sheet, SheetRow

FIELDS = (
    *("id", "question", "history", "answer", "must_not", "answerable", "status", "category"),
    *("document", "label", "quote", "beside", "any_gold"),
)
OTHER = "other"  # the category of a question for which none is given
_ADDED = ("answer", "must_not", "document", "label", "quote", "beside")  # what a row without a question may hold
_HEADER_WITHIN = 15  # rows; titles, agencies and dates often stand above the header
_FACTS, _FORMS, _LINES = re.compile(r"(?<!\\)[;\n]"), re.compile(r"(?<!\\)\|"), re.compile(r"(?<!\\)\||\n")
_ESCAPED = re.compile(r"\\([;|])")


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header stands (index into the rows), which column holds each field, and which columns nobody reads."""

    row: int
    columns: Mapping[str, int]
    width: int
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetQuestion:
    """
    A question of row ``row``, as a line of a question file has it.

    In its ``gold`` "label" or "quote" may be "" where the sheet does not give them, and "document" where only a quote is given.
    """

    row: int
    item: Mapping[str, Any]


@dataclass(slots=True)
class SheetQuestions:
    """The questions of the rows that are right, and what is wrong with the others."""

    questions: list[SheetQuestion] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@cache
def _names() -> dict[str, dict[str, str]]:
    """Return of each part of the data file what every folded word means."""
    found = tomllib.loads(Path(__file__).with_name("question_columns.toml").read_text(encoding="utf-8"))
    return {
        part: {plain(word): meant for meant, words in meanings.items() for word in words}
        for part, meanings in found.items()
    }


def plain(text: str) -> str:
    """Return the letters and figures of *text* without case and diacritics: "Câu hỏi (*)" is "cauhoi"."""
    return re.sub(r"[\W_]+", "", fold(text))


def find_header(sheet: Sheet, given: Mapping[str, str] | None = None) -> Header | None:
    """
    Return the header of *sheet*: the first of its upper rows that names a column of questions, None if there is none.

    *given* says by field how a column is called in this sheet, and goes before the names that are known; a name may differ in case,
    diacritics and punctuation. Of two columns with the same meaning the first counts, the other is unread.
    """
    wanted = {plain(name): name_of for name_of, name in (given or {}).items()}
    known = {name: meant for name, meant in _names()["columns"].items() if meant not in (given or {})}
    for index, row in enumerate(sheet.rows[:_HEADER_WITHIN]):
        columns: dict[str, int] = {}
        unread: list[str] = []
        for column, cell in enumerate(row.cells):
            name = plain(cell)
            meant = wanted.get(name) or known.get(name)
            if meant and meant not in columns:
                columns[meant] = column
            elif name and name not in _names()["unused"]:
                unread.append(cell.strip())
        if "question" in columns and (given or len(columns) > 1):  # a lone "Câu hỏi" may be a title
            return Header(index, columns, len(row.cells), tuple(unread))
    return None


def missing_columns(header: Header, given: Mapping[str, str]) -> list[str]:
    """Return which columns of *given* the sheet does not have."""
    return [name for name_of, name in given.items() if name_of not in header.columns]


def read_questions(sheet: Sheet, header: Header, *, prefix: str) -> SheetQuestions:
    """
    Return the questions below *header*, the ids of those that have none made of *prefix* and the row.

    Reasons of faults, besides those of :class:`assistant.bench_sets.Fault`: "question" (a row that has an id, or stands first, without a
    question; ``detail``: its first words), "orphan" (goes on with a row that is left out), "cells" (more cells than the header;
    ``detail``: how many), "yes_no" (``detail``: the column and the word), "no_answer", "place" (words beside a quote, but no quote),
    "broken" (a quotation mark is never closed).
    """
    found = SheetQuestions()
    items: list[tuple[int, dict[str, Any]]] = []
    open_item: dict[str, Any] | None = None
    for row in sheet.rows[header.row + 1 :]:
        if row.is_blank:
            continue
        cells = _cells(row, header)
        if any(cell.strip() for cell in row.cells[header.width :]):
            found.faults.append(Fault(row.number, "cells", str(len(row.cells))))
            open_item = None
            continue
        if not any(cells.values()):  # notes in columns that nobody reads
            continue
        if cells["question"]:
            open_item = _item(row, cells, found, prefix)
            if open_item is not None:
                items.append((row.number, open_item))
            continue
        if any(cells[name] for name in FIELDS if name not in _ADDED):
            found.faults.append(Fault(row.number, "question", next(filter(None, cells.values()))[:40]))
        elif open_item is None:
            found.faults.append(Fault(row.number, "orphan"))
        else:
            _add(open_item, cells)
    if sheet.broken_at is not None:
        found.faults.append(Fault(sheet.broken_at, "broken"))
    rows: dict[str, int] = {}
    for number, item in items:
        if _is_whole(number, item, found):
            first = rows.setdefault(item["id"], number)
            if first == number:
                found.questions.append(SheetQuestion(number, item))
            else:
                found.faults.append(Fault(number, "twice", str(first)))
    if not items and not found.faults:
        found.faults.append(Fault(sheet.rows[header.row].number, "empty"))
    found.faults.sort(key=lambda fault: fault.line)
    return found


def _cells(row: SheetRow, header: Header) -> dict[str, str]:
    """Return the cell of every field, "" where there is no such column."""
    columns = header.columns
    return {
        name: row.cells[columns[name]].strip() if name in columns and columns[name] < len(row.cells) else ""
        for name in FIELDS
    }


def _item(row: SheetRow, cells: Mapping[str, str], found: SheetQuestions, prefix: str) -> dict[str, Any] | None:
    """Return the question of a row, None where a cell of it is wrong; whether it has an answer is seen when its rows are read."""
    names = _names()
    answerable: bool | None = None
    any_gold = False
    for name in ("answerable", "any_gold"):
        if not cells[name]:
            continue
        said = names["words"].get(plain(cells[name]))
        if said is None:
            found.faults.append(Fault(row.number, "yes_no", f"{name}: {cells[name][:40]}"))
            return None
        if name == "answerable":
            answerable = said == "yes"
        else:
            any_gold = said == "yes"
    status = names["statuses"].get(plain(cells["status"])) if cells["status"] else None
    if cells["status"] and status is None:
        found.faults.append(Fault(row.number, "status", "status"))
        return None
    if answerable is None and (status is not None or plain(cells["answer"]) in names["declines"]):
        answerable = False
    category = cells["category"]
    item: dict[str, Any] = {
        "id": cells["id"] or f"{prefix}-{row.number}",
        "category": names["categories"].get(plain(category), category),
        "question": cells["question"],
        "history": [{"question": text} for text in _parted(_LINES, cells["history"])],
        "answerable": answerable,
        "status": status,
        "must": [],
        "must_not": [],
        "gold": [],
        "any_gold": any_gold,
    }
    _add(item, cells)
    return item


def _add(item: dict[str, Any], cells: Mapping[str, str]) -> None:
    item["must"] += [_parted(_FORMS, fact) for fact in _FACTS.split(cells["answer"]) if fact.strip(" |")]
    item["must_not"] += [text for fact in _FACTS.split(cells["must_not"]) for text in _parted(_FORMS, fact)]
    place = {name: cells[name] for name in ("document", "label", "quote", "beside")}
    if any(place.values()):
        item["gold"].append(place)


def _is_whole(number: int, item: dict[str, Any], found: SheetQuestions) -> bool:
    """Settle what follows from all rows of a question, and tell whether it is one; what is wrong goes to *found*."""
    if item["answerable"] is None:  # a blank alone may be a cell that was forgotten
        item["answerable"] = True
    if not item["answerable"]:
        item["must"] = []  # the words of a refusal are not compared
    elif not item["must"] and not item["gold"]:
        found.faults.append(Fault(number, "no_answer"))
        return False
    elif item["status"]:
        found.faults.append(Fault(number, "status", "status"))
        return False
    if any(place["beside"] and not (place["quote"] or place["label"]) for place in item["gold"]):
        found.faults.append(Fault(number, "place"))
        return False
    item["category"] = item["category"] or (OTHER if item["answerable"] else "unanswerable")
    if item["status"] is None:
        del item["status"]
    return True


def _parted(pattern: re.Pattern[str], text: str) -> list[str]:
    return [_ESCAPED.sub(r"\1", part).strip() for part in pattern.split(text) if part.strip()]


def best_sheet(sheets: Sequence[Sheet], given: Mapping[str, str] | None = None) -> tuple[Sheet, Header] | None:
    """Return the sheet whose header has most columns that are known, the first of equals; None where none has a header."""
    found = [(sheet, header) for sheet in sheets if (header := find_header(sheet, given))]
    return max(found, key=lambda one: len(one[1].columns), default=None)
