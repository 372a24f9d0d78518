"""The result of a class without personal data: each question, its right answer, how many answered rightly, the place that proves it."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from indexer.types import fold_white

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from assistant.classes import Classes, Classroom, Participant
    from assistant.types import Citation

_ACTS = ("=", "+", "-", "@", "\t", "\r")  # what makes a formula of a text
_LONGEST = 32_000  # characters that a cell holds, with room to spare
_WIDTHS = (6, 60, 34, 12, 12, 60)


@dataclass(frozen=True, slots=True)
class Line:
    """One question of a class: its right answer and proof, and how it was answered; ``asked`` is False of one that was never started."""

    question: str
    answer: str
    proof: str
    answered: int
    right: int
    asked: bool


@dataclass(frozen=True, slots=True)
class Name:
    """A line of the list of nicknames, which a trainer may ask for."""

    rank: int
    participant: Participant
    right: int


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a class; ``names`` is empty unless asked for."""

    code: str
    opened: datetime
    people: int
    lines: tuple[Line, ...]
    names: tuple[Name, ...] = ()

    @property
    def answered(self) -> int:
        """How many answers were given."""
        return sum(line.answered for line in self.lines)

    @property
    def right(self) -> int:
        """How many of them were right."""
        return sum(line.right for line in self.lines)


def proof_of(citation: Citation, name: str) -> str:
    """Return the proof on one line: document, place, quoted words; *name* is what the document is called."""
    return f"{name}, {citation.label}: “{fold_white(citation.quote)}”"


def class_result(
    classes: Classes,
    room: Classroom,
    *,
    answer: Callable[[Any], str],
    name: Callable[[Citation], str],
    more: Callable[[int], str],
    opened: datetime,
    with_names: bool = False,
) -> Result:
    """
    Return what came of *room*.

    *answer* says a question's right answer in words, *name* what a cited document is called, *more* that so many more places are cited.
    """
    lines = []
    for position, question in enumerate(room.questions):
        tally = classes.tally(room, position)
        proof = proof_of(question.citation, name(question.citation))
        if rest := len(question.citations) - 1:
            proof = f"{proof}, {more(rest)}"
        lines.append(
            Line(question.text, answer(question), proof, tally.answered, tally.right, asked=position <= room.position)
        )
    names = (
        tuple(Name(place.rank, place.participant, place.right) for place in classes.ranking(room)) if with_names else ()
    )
    return Result(room.code, opened, classes.people(room), tuple(lines), names)


def result_workbook(result: Result, heads: Sequence[str], above: Sequence[str], below: Sequence[str]) -> bytes:
    """
    Return *result* as the bytes of an .xlsx file, without names.

    *heads* are the names of the six columns, *above* and *below* the lines around the table. Nothing in it is ever a formula.
    """
    from openpyxl import Workbook  # noqa: PLC0415 - heavy
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415

    book = Workbook()
    sheet: Any = book.active
    sheet.title = result.code
    plain, bold = Font(name="Times New Roman", size=12), Font(name="Times New Roman", size=12, bold=True)
    wrapped = Alignment(wrap_text=True, vertical="top")

    def put(row: int, column: int, value: str | float, *, strong: bool = False, wrap: bool = True) -> Any:
        cell = sheet.cell(row, column)
        cell.font = bold if strong else plain
        if wrap:
            cell.alignment = wrapped
        if isinstance(value, str):
            text = "".join(letter for letter in value[:_LONGEST] if letter.isprintable() or letter in "\n\t")
            cell.value = text
            if text:
                cell.data_type = "s"  # a text, whatever it begins with
            if text.startswith(_ACTS):
                cell.quotePrefix = True  # and it stays one when somebody edits the cell
        else:
            cell.value = value
        return cell

    row = 0
    for index, text in enumerate(above):
        row += 1
        put(row, 1, text, strong=index == 0, wrap=False)
    row += 2
    for column, head in enumerate(heads, 1):
        put(row, column, head, strong=True)
        sheet.column_dimensions["ABCDEF"[column - 1]].width = _WIDTHS[column - 1]
    first = row
    for order, line in enumerate(result.lines, 1):
        row += 1
        values: tuple[str | float, ...] = (order, line.question, line.answer, line.answered)
        for column, value in enumerate(values, 1):
            put(row, column, value)
        if line.answered:
            put(row, 5, line.right / line.answered).number_format = "0%"
        put(row, 6, line.proof)
    sheet.freeze_panes = f"A{first + 1}"
    row += 1
    for text in below:
        row += 1
        put(row, 1, text, wrap=False)
    sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "landscape", 9, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    book.properties.creator = ""
    out = BytesIO()
    book.save(out)
    return out.getvalue()
