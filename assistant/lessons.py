"""
Guided questions and quizzes for a class, filled in from the registers and clauses of whatever corpus is loaded.

    Index -> Lesson (a question to ask, what to look for)
    Index, seed -> QuizQuestion (four options, the right one, the cell that says so)
"""

from __future__ import annotations

import random
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from assistant.original import Originals, original_of
from assistant.types import Citation
from assistant.wording import replacing_names
from indexer.columns import SUBJECTS
from indexer.path import label, step_labels
from indexer.types import Step, StepKind
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indexer.types import Cell, Clause, Document, Row, Table

_ASKED = ("lead", "partners", "due", "deliverable")  # roles of columns that a quiz asks about
_OPTIONS = 4
_LONGEST_OPTION = 160
_TASK_SHOWN = 90
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
    """A card: a question to ask, and what to look for in the answer."""

    kind: str
    title: str
    question: str
    look: str


@dataclass(frozen=True, slots=True)
class QuizQuestion:
    """A question with four options; ``options[right]`` stands in the cell that ``citation`` points at."""

    text: str
    options: tuple[str, ...]
    right: int
    citation: Citation

    def __post_init__(self) -> None:
        if not 0 <= self.right < len(self.options):
            msg = f"option {self.right} of {len(self.options)} does not exist"
            raise ValueError(msg)


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("lessons.vi.toml").read_text(encoding="utf-8"))


def _tables(index: Registers) -> list[Table]:
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


def _checkable(table: Table, role: str) -> str | None:
    """Return the first value of a column that a handful of rows share."""
    counts = Counter(value for row in table.items if (value := _value(table, row, role)))
    return next((value for value, count in counts.items() if count in _LIST_LENGTHS and len(value) < _TASK_SHOWN), None)


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
            if column.role in _ASKED and not cell.text:
                return {"noun": table.noun, "number": row.number, "column": column.name.lower()}
    return None


def _missing(table: Table) -> dict[str, str] | None:
    numbers = [int(row.number) for row in table.items if row.number.isdecimal()]
    return {"noun": table.noun, "number": str(max(numbers) + _BEYOND)} if numbers else None


def _clause(index: Registers) -> dict[str, str] | None:
    """Return a heading that only one clause of the corpus bears, in a document with a printed number."""
    headed = [
        (document, clause) for document in index.documents for clause in index.clauses(document.id) if clause.heading
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


_FILLERS = {
    "first": _first,
    "plain": _plain,
    "list": _list,
    "deadline": _deadline,
    "blank": _blank,
    "missing": _missing,
}


def _named(fields: dict[str, str], table: Table, tables: Sequence[Table]) -> dict[str, str]:
    """Add the register's name to the number where another register has rows of the same noun."""
    if "number" in fields and sum(other.noun == table.noun for other in tables) > 1 and (name := label(table.path)):
        return {**fields, "number": f"{fields['number']} của {name}"}
    return fields


def _fill(kind: str, index: Registers, tables: Sequence[Table]) -> dict[str, str] | None:
    if kind == "clause":
        return _clause(index)
    for table in tables:
        if fields := _FILLERS[kind](table):
            return _named(fields, table, tables)
    return None


def lessons(index: Registers) -> tuple[Lesson, ...]:
    """
    Return the guided questions that the corpus of *index* can fill, in teaching order.

    The card about a number that does not exist stands in for the one about a blank cell where no cell is blank.
    """
    tables = _tables(index)
    cards: list[Lesson] = []
    for card in _texts()["lesson"]:
        if card["kind"] == "missing" and any(lesson.kind == "blank" for lesson in cards):
            continue
        fields = _fill(card["kind"], index, tables)
        if fields is None:
            continue
        question = card["question"].format(**fields)
        question = fold(question) if card.get("fold") else question[0].upper() + question[1:]
        cards.append(Lesson(card["kind"], card["title"], question, card["look"].format(**fields)))
    return tuple(cards)


def _distinct(values: Iterator[str], taken: str) -> list[str]:
    """Return the values that can stand beside *taken*: none is it, holds it or lies in it once folded, nor another one."""
    kept = [fold(taken)]
    options = []
    for value in values:
        folded = fold(value).strip(" .;")
        if not any(folded in other or other in folded for other in kept):
            kept.append(folded)
            options.append(value)
    return options


def _usable(cell: Cell, row: Row) -> bool:
    """Tell whether a class can be asked about *cell*: filled, short, in one piece, printed for its row alone."""
    if cell.merged or len(cell.spans) != 1 or not 0 < len(cell.text) <= _LONGEST_OPTION:
        return False
    return row.start <= cell.spans[0].start and cell.spans[0].end <= row.end


def _wrong(table: Table, column: int, right: str, tables: Sequence[Table], chance: random.Random) -> list[str]:
    """Return three other values: of the same column, then of columns with the same role elsewhere in the corpus."""
    role = table.columns[column].role
    own = sorted({row.cells[column].text for row in table.items})
    others = sorted(
        {row.cells[i].text for t in tables if t is not table for row in t.items if (i := t.column(role)) is not None}
    )
    chance.shuffle(own)
    chance.shuffle(others)
    usable = (value for value in (*own, *others) if 0 < len(value) <= _LONGEST_OPTION)
    return _distinct(usable, right)[: _OPTIONS - 1]


def _task(table: Table, row: Row) -> str:
    column = next((i for i, column in enumerate(table.columns) if column.role in SUBJECTS), None)
    words = row.cells[column].text.rstrip(" .;") if column is not None else ""
    return words if len(words) <= _TASK_SHOWN else words[:_TASK_SHOWN].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _citation(index: Registers, document: Document, table: Table, row: Row, column: int) -> Citation:
    span = row.cells[column].spans[0]
    path = (*row.path, Step(StepKind.COLUMN, name=table.columns[column].name))
    number = document.metadata.number
    original = original_of(index, document, span.start, span.end)
    return Citation(
        document=document.id,
        number=number.value if number else None,
        label=label(path),
        path=step_labels(path),
        start=span.start,
        end=span.end,
        quote=document.text[span.start : span.end],
        text=document.text[row.start : row.end],
        replaced_by=replacing_names(index.documents).get(document.id),
        page=original.page,
        boxes=original.boxes,
        confidence=original.confidence,
    )


def _question(
    index: Registers, table: Table, row: Row, column: int, *, tables: Sequence[Table], chance: random.Random
) -> QuizQuestion | None:
    right = row.cells[column].text
    wrong = _wrong(table, column, right, tables, chance)
    if len(wrong) < _OPTIONS - 1:
        return None
    options = [right, *wrong]
    chance.shuffle(options)
    texts = _texts()["quiz"]
    citation = _citation(index, index.document(table.document), table, row, column)
    name = ", ".join(part for part in (label(table.path), citation.number or "") if part)
    noun = table.noun[:1].upper() + table.noun[1:]
    about = texts["about"].format(Noun=noun, number=row.number, table=name, task=_task(table, row))
    return QuizQuestion(f"{about} {texts[table.columns[column].role]}", tuple(options), options.index(right), citation)


def quiz(index: Registers, *, seed: int, size: int = 5) -> tuple[QuizQuestion, ...]:
    """
    Return up to *size* questions drawn from the registers, the same ones for the same *seed*.

    No row is asked about twice. A cell that is blank, cut by a page end or shared by several rows is not asked about, nor one
    whose column (with those of the same role elsewhere) has not three other values. An index without registers gives ().
    """
    chance = random.Random(seed)  # noqa: S311 - draws questions, guards nothing
    tables = _tables(index)
    cells = [
        (table, row, column)
        for table in tables
        for row in table.items
        for column, head in enumerate(table.columns)
        if head.role in _ASKED and _usable(row.cells[column], row)
    ]
    chance.shuffle(cells)
    drawn: list[QuizQuestion] = []
    rows: set[tuple[str, int]] = set()
    for table, row, column in cells:
        if len(drawn) == size:
            break
        if (table.document, row.start) in rows:
            continue
        if question := _question(index, table, row, column, tables=tables, chance=chance):
            drawn.append(question)
            rows.add((table.document, row.start))
    return tuple(drawn)


def score(questions: Sequence[QuizQuestion], chosen: Sequence[int | None]) -> int:
    """Return how many of *chosen* (None: not answered) are the right options."""
    return sum(question.right == choice for question, choice in zip(questions, chosen, strict=True))
