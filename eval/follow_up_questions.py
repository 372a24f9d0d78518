"""Made questions that follow up on the one before: another row, another column, another agency, another field of a document."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from eval.document_questions import field_draft, over_documents
from eval.drafts import Draft, in_turn
from eval.list_questions import by_agency, list_draft
from eval.question_set import Category
from eval.register_questions import ROLES, VIETNAMESE, facts_of, heading, over_registers, shuffled
from eval.registers import values
from eval.wording import column_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from eval.registers import Corpus, Register
    from indexer.types import ParsedDocument, Row

_KEYS = (*ROLES, "partners", "due", "deliverable")
_FIELDS = {"number": "number_of_document", "issued_on": "issued_on", "signer": "signer"}


def follow_ups(corpus: Corpus, lot: Random) -> Iterator[Draft]:
    """Yield follow-ups of every way in turn."""

    def rows(register: Register) -> Iterator[Draft]:
        return in_turn([_another_row(corpus, lot, register), _another_column(corpus, lot, register)])

    def agencies(register: Register) -> Iterator[Draft]:
        return _another_agency(corpus, lot, register)

    def fields(parsed: ParsedDocument) -> Iterator[Draft]:
        return _another_field(corpus, lot, parsed)

    return in_turn(
        [
            over_registers(corpus, lot, rows),
            over_registers(corpus, lot, agencies),
            over_registers(corpus, lot, rows),
            over_documents(corpus, lot, fields),
        ]
    )


def _asked(corpus: Corpus, lot: Random, register: Register, row: Row, index: int) -> str | None:
    """Return the first question: one cell of *row*, whose number or place leaves no doubt."""
    named = corpus.row(lot, register, row, VIETNAMESE)
    if named is None:
        return None
    column = register.table.columns[index]
    key = column_key(column, register.noun)
    return VIETNAMESE.say(lot, "lookup", key, row=named[0], place=named[1], column=heading(column.name))


def _another_row(corpus: Corpus, lot: Random, register: Register) -> Iterator[Draft]:
    numbers = [row.number for row in register.table.rows]
    for index in lot.sample(columns := register.columns(*_KEYS), len(columns)):
        rows = [row for row, _ in values(register, index) if numbers.count(row.number) == 1 and row.number]
        for row, other in zip(shuffled(lot, rows), shuffled(lot, rows), strict=True):
            first = _asked(corpus, lot, register, row, index)
            gold = corpus.gold(register, other, index)
            if row is other or first is None or gold is None:
                continue
            said = VIETNAMESE.row(lot, register.noun, other.number)
            yield Draft(
                source=register.key,
                category=Category.FOLLOW_UP,
                text=VIETNAMESE.say(lot, "follow_up", "number", row=said),
                history=(first,),
                must=facts_of(corpus, register, other, index),
                gold=(gold,),
            )


def _another_column(corpus: Corpus, lot: Random, register: Register) -> Iterator[Draft]:
    columns = register.columns(*_KEYS)
    for row in shuffled(lot, list(register.rows)) if len(columns) > 1 else []:
        before, index = lot.sample(columns, 2)
        first = _asked(corpus, lot, register, row, before)
        gold = corpus.gold(register, row, index)
        if first is None or gold is None or not row.cells[before].text:
            continue
        key = column_key(register.table.columns[index], register.noun)
        yield Draft(
            source=register.key,
            category=Category.FOLLOW_UP,
            text=VIETNAMESE.say(lot, "follow_up", key),
            history=(first,),
            must=facts_of(corpus, register, row, index),
            gold=(gold,),
        )


def _another_agency(corpus: Corpus, lot: Random, register: Register) -> Iterator[Draft]:
    before = None
    for selection in by_agency(corpus, lot, register):
        draft = list_draft(corpus, lot, register, selection)
        if draft and before and before[0].key == selection.key:
            text = VIETNAMESE.say(lot, "follow_up", "agency", agency=selection.words["agency"])
            yield replace(draft, category=Category.FOLLOW_UP, text=text, history=(before[1].text,))
        if draft:
            before = selection, draft


def _another_field(corpus: Corpus, lot: Random, parsed: ParsedDocument) -> Iterator[Draft]:
    for _ in range(len(_FIELDS)):
        before, field = lot.sample(sorted(_FIELDS), 2)
        first = field_draft(corpus, lot, parsed, before)
        wanted = field_draft(corpus, lot, parsed, field)
        number = parsed.document.metadata.number
        if first and wanted and not (field == "number" and number and number.value.split("/")[0] in first.text):
            text = VIETNAMESE.say(lot, "follow_up", _FIELDS[field])
            yield replace(wanted, category=Category.FOLLOW_UP, text=text, history=(first.text,))
