"""
The cards of a lesson, filled in from the registers, clauses and letterheads of whatever corpus is loaded.

    Index -> Lesson (what is asked, what to look for, an exercise)
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Protocol

from assistant.original import Originals
from indexer.path import label
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.types import Clause, Document, Row, Table

ASKED_ROLES = ("lead", "partners", "due", "deliverable")  # roles of columns that a class is asked about
_LONGEST_LEAD = 90
_LIST_LENGTHS = range(2, 8)  # a list that a class can check by eye
_BEYOND = 90  # added to the last number of a register for a row that cannot exist
_HEADING_WORDS = range(3, 15)


class Registers(Originals, Protocol):
    """What is needed of an index; ``indexer.index.Index`` has it."""

    @property
    def documents(self) -> Sequence[Document]:
        """All documents."""

    def document(self, document: str, /) -> Document:
        """Return the document with this id."""

    def clauses(self, document: str, /) -> tuple[Clause, ...]:
        """Return its clauses in reading order."""

    def tables(self, document: str, /) -> tuple[Table, ...]:
        """Return its registers in reading order."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """
    A card: a question to ask, and what to look for in the answer.

    ``aim`` is what everybody can do afterwards, ``says`` what the trainer says and does, ``exercise`` what comes next; it takes ``minutes``.
    ``before`` are the questions that come first in the same conversation. ``question`` is "" on a card that is done by hand.
    """

    kind: str
    title: str
    question: str
    look: str
    aim: str = ""
    says: str = ""
    exercise: str = ""
    minutes: int = 0
    before: tuple[str, ...] = ()


@cache
def _cards() -> list[dict[str, Any]]:
    text = files("assistant").joinpath("lessons.toml").read_text(encoding="utf-8")
    return list(tomllib.loads(text)["lesson"])


@cache
def _words(language: str) -> dict[str, dict[str, str]]:
    return tomllib.loads(files("assistant").joinpath(f"lessons.{language}.toml").read_text(encoding="utf-8"))


def registers_of(index: Registers) -> list[Table]:
    """Return every register of the corpus, the one with most rows first."""
    tables = [table for document in index.documents for table in index.tables(document.id)]
    return sorted(tables, key=lambda table: -len(table.items))


def _value(table: Table, row: Row, role: str) -> str:
    column = table.column(role)
    return row.cells[column].text.strip(" .") if column is not None else ""


def _first(table: Table) -> dict[str, str] | None:
    for row in table.items:
        if _value(table, row, "lead") and re.search(r"\d", _value(table, row, "due")):
            return {"noun": table.noun, "number": row.number}
    return None


def _plain(table: Table) -> dict[str, str] | None:
    # another row than the first card's, so that the class sees something new
    rows = [row for row in table.items if _value(table, row, "lead")]
    return {"noun": table.noun, "number": rows[len(rows) // 2].number} if rows else None


def _reading(table: Table) -> dict[str, str] | None:
    """Return a short cell that says when a row is due, else what comes of it, from the end of the register."""
    for role in ("due", "deliverable"):
        column = table.column(role)
        for row in reversed(table.items):
            if column is not None and row.number and 0 < len(row.cells[column].text) <= _LONGEST_LEAD:
                return {"noun": table.noun, "number": row.number, "column": table.columns[column].name.lower()}
    return None


def _checkable(table: Table, role: str) -> str | None:
    """Return the first value of a column that a handful of rows share."""
    counts = Counter(value for row in table.items if (value := _value(table, row, role)))
    return next(
        (value for value, count in counts.items() if count in _LIST_LENGTHS and len(value) < _LONGEST_LEAD), None
    )


def _list(table: Table) -> dict[str, str] | None:
    lead = _checkable(table, "lead")
    return {"noun": table.noun, "lead": lead} if lead else None


def _deadline(table: Table) -> dict[str, str] | None:
    values = Counter(value for row in table.items if re.search(r"\d", value := _value(table, row, "due")))
    due = next((value for value, count in values.items() if count in _LIST_LENGTHS), None)
    return {"noun": table.noun, "due": due[0].lower() + due[1:]} if due else None


def _blank(table: Table) -> dict[str, str] | None:
    for row in table.items:
        for column, cell in zip(table.columns, row.cells, strict=True):
            if column.role in ASKED_ROLES and not cell.text:
                return {"noun": table.noun, "number": row.number, "column": column.name.lower()}
    return None


def _missing(table: Table) -> dict[str, str] | None:
    numbers = [int(row.number) for row in table.items if row.number.isdecimal()]
    return {"noun": table.noun, "number": str(max(numbers) + _BEYOND)} if numbers else None


def _follow(table: Table) -> dict[str, str] | None:
    """Return two rows side by side that name who leads them, the second by its number alone."""
    rows = [row for row in table.items if row.number and _value(table, row, "lead")]
    numbers = Counter(row.number for row in table.items)
    if len(rows) < 2 or numbers[rows[0].number] > 1 or numbers[rows[1].number] > 1:
        return None
    return {"noun": table.noun, "number": rows[0].number, "other": rows[1].number}


_FROM_REGISTERS = {
    "first": _first,
    "plain": _plain,
    "reading": _reading,
    "list": _list,
    "deadline": _deadline,
    "blank": _blank,
    "missing": _missing,
    "follow": _follow,
}


def _soundest_first(index: Registers) -> list[Document]:
    """Return the documents, bad scans last: a class should read what is easy to read."""
    return sorted(index.documents, key=lambda document: document.reading is not None)


def _clause(index: Registers) -> dict[str, str] | None:
    """Return a heading that only one clause of the corpus bears, in a document with a printed number."""
    headed = [
        (document, clause)
        for document in _soundest_first(index)
        for clause in index.clauses(document.id)
        if clause.heading
    ]
    counts = Counter(fold(clause.heading or "") for _, clause in headed)
    for document, clause in headed:
        heading = (clause.heading or "").strip(" .:;")
        lower = heading[:1].lower() + heading[1:]
        words = len(heading.split())
        if (
            counts[fold(clause.heading or "")] == 1
            and words in _HEADING_WORDS
            and document.metadata.number
            and not heading.isupper()
        ):
            return {"document": document.metadata.number.value, "heading": lower}
    return None


def _check(index: Registers) -> dict[str, str] | None:
    """Return a document that prints its number and its date itself."""
    for document in _soundest_first(index):
        number, day = document.metadata.number, document.metadata.issued_on
        if number and day and number.document == document.id == day.document:
            return {"document": number.value}
    return None


def _own(index: Registers) -> dict[str, str]:  # noqa: ARG001 - like the others
    return {}


_FROM_DOCUMENTS = {"clause": _clause, "check": _check, "own": _own}


def _named(fields: dict[str, str], table: Table, tables: Sequence[Table]) -> dict[str, str]:
    """Add the register's name to the number where another register has rows of the same noun; "named" has it always so."""
    if "number" not in fields:
        return fields
    if sum(other.noun == table.noun for other in tables) > 1 and (name := label(table.path)):
        number = f"{fields['number']} của {name}"
        return {**fields, "number": number, "named": number}
    return {**fields, "named": fields["number"]}


def _fill(kind: str, index: Registers, tables: Sequence[Table]) -> dict[str, str] | None:
    if kind in _FROM_DOCUMENTS:
        return _FROM_DOCUMENTS[kind](index)
    for table in tables:
        if fields := _FROM_REGISTERS[kind](table):
            return _named(fields, table, tables)
    return None


def cards(index: Registers, language: str = "vi") -> tuple[Lesson, ...]:
    """
    Return the cards that the corpus of *index* can fill, in teaching order, their words in *language*; questions stay Vietnamese.

    The card about a number that does not exist stands in for the one about a blank cell where no cell is blank.
    """
    tables = registers_of(index)
    made: list[Lesson] = []
    for card in _cards():
        kind = card["kind"]
        if any(lesson.kind == card.get("unless") for lesson in made):
            continue
        fields = _fill(kind, index, tables)
        if fields is None:
            continue
        before = tuple(_sentence(words.format(**fields)) for words in card.get("before", ()))
        question = card.get("question", "").format(**fields)
        question = fold(question) if card.get("fold") else _sentence(question)
        words = {
            name: text.format(**fields, first=before[0] if before else "")
            for name, text in _words(language)[kind].items()
        }
        made.append(Lesson(kind, question=question, minutes=card["minutes"], before=before, **words))
    return tuple(made)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def lessons(index: Registers) -> tuple[Lesson, ...]:
    """Return the cards in Vietnamese whose questions can be asked by themselves: examples of what the corpus answers."""
    return tuple(lesson for lesson in cards(index) if lesson.question and not lesson.before)
