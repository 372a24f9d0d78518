"""Made questions about single rows of registers: their cells, the rows that cells belong to, and what a register does not say."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from eval.drafts import Draft, in_turn
from eval.facts import FOOTNOTE, agency_forms, text_forms, time_forms
from eval.question_set import Category
from eval.registers import about, values
from eval.wording import Wording, column_key
from indexer.types import fold_white
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from eval.facts import Group
    from eval.registers import Corpus, Register
    from indexer.types import Row

VIETNAMESE = Wording("vi")
ENGLISH = Wording("en")
ROLES = ("lead", "doer", "monitor")  # how a leading agency is asked about
_PAIRS = (("lead", "due"), ("lead", "partners"), ("deliverable", "due"), ("lead", "deliverable"), ("partners", "due"))
_SHARES = re.compile(r"\d+(?:[.,]\d+)?%")
_LONGEST_CELL = 900  # characters; of more an answer gives no whole
_LONGEST_VALUE = 11  # words of a cell that a question repeats
_PER_STREAM = 60  # questions of one column of one table, at most


def shuffled(lot: Random, items: list[Row]) -> list[Row]:
    """Return *items* in an order drawn by lot."""
    return lot.sample(items, len(items))


def over_registers(corpus: Corpus, lot: Random, stream: Callable[[Register], Iterator[Draft]]) -> Iterator[Draft]:
    """Yield the drafts of *stream* over all registers in turn."""
    registers = lot.sample(corpus.registers, len(corpus.registers))
    return in_turn([stream(register) for register in registers])


def heading(name: str) -> str:
    """Return a column's heading as a question repeats it: small, and without what is explained in brackets."""
    bare = fold_white(re.sub(r"\([^)]*\)", " ", name)).strip(" :.*")
    return bare.lower() if bare.isupper() else bare[:1].lower() + bare[1:] if bare[1:2].islower() else bare


def facts_of(
    corpus: Corpus, register: Register, row: Row, index: int, wording: Wording = VIETNAMESE
) -> tuple[Group, ...]:
    """
    Return the facts of a cell that is not blank: its agencies, times or words.

    None are returned where a right answer in the other language cannot be foreseen: an agency whose English name is not known, a
    sentence without figures.
    """
    text = row.cells[index].text
    role = register.table.columns[index].role
    english = wording if wording.language == "en" else None
    if role in ("lead", "partners"):
        known = english is None or all(english.agency(one.name) for one in corpus.keys.split(text))
        return agency_forms(text, corpus.keys, english=english) if known else ()
    if role == "due":
        return time_forms(text, english=english is not None)
    if english:
        return tuple((share,) for share in dict.fromkeys(_SHARES.findall(text)))
    return text_forms(text)


def lookups(corpus: Corpus, lot: Random, wording: Wording = VIETNAMESE) -> Iterator[Draft]:
    """Yield questions for one cell of a row that is named by its number."""

    def stream(register: Register) -> Iterator[Draft]:
        columns = [register.subject, *range(len(register.table.columns))]
        streams = [
            _column_lookups(corpus, lot, register, index, wording)
            for index in dict.fromkeys(columns)
            if register.is_sound(index)
        ]
        return in_turn(lot.sample(streams, len(streams)))

    return over_registers(corpus, lot, stream)


def _column_lookups(corpus: Corpus, lot: Random, register: Register, index: int, wording: Wording) -> Iterator[Draft]:
    key = column_key(register.table.columns[index], register.noun)
    if index == register.subject and key == "heading" and wording.language == "vi":
        key = "content"
    if not wording.has("lookup", key):
        return
    for row in shuffled(lot, [row for row, _ in values(register, index)])[:_PER_STREAM]:
        named = corpus.row(lot, register, row, wording)
        gold = corpus.gold(register, row, index)
        if named is None or gold is None or len(row.cells[index].text) > _LONGEST_CELL:
            continue
        said, place = named
        facts = facts_of(corpus, register, row, index, wording)
        if not facts:
            continue
        column = heading(register.table.columns[index].name)
        text = wording.say(lot, "lookup", key, row=said, place=place, column=column)
        yield Draft(
            source=register.key,
            category=Category.TABLE_LOOKUP if wording.language == "vi" else Category.ENGLISH,
            text=text,
            must=facts,
            gold=(gold,),
            language=wording.language,
        )


def pairs(corpus: Corpus, lot: Random) -> Iterator[Draft]:
    """Yield questions for two cells of a row at once: "ai chủ trì và bao giờ xong"."""

    def stream(register: Register) -> Iterator[Draft]:
        columns = {key: register.columns(key) for pair in _PAIRS for key in pair}
        found = [
            _pair_lookups(corpus, lot, register, one, (columns[one[0]][0], columns[one[1]][0]))
            for one in _PAIRS
            if columns[one[0]] and columns[one[1]]
        ]
        return in_turn(lot.sample(found, len(found)))

    return over_registers(corpus, lot, stream)


def _pair_lookups(
    corpus: Corpus, lot: Random, register: Register, keys: tuple[str, str], indices: tuple[int, int]
) -> Iterator[Draft]:
    rows = [row for row, _ in values(register, indices[0]) if row.cells[indices[1]].text]
    for row in shuffled(lot, rows)[:_PER_STREAM]:
        named = corpus.row(lot, register, row, VIETNAMESE)
        gold = [one for index in indices if (one := corpus.gold(register, row, index))]
        if named is None or len(gold) < len(indices):
            continue
        yield Draft(
            source=register.key,
            category=Category.TABLE_LOOKUP,
            text=VIETNAMESE.say(lot, "pair", " ".join(keys), row=named[0], place=named[1]),
            must=tuple(group for index in indices for group in facts_of(corpus, register, row, index)),
            gold=tuple(gold),
        )


def described(corpus: Corpus, lot: Random) -> Iterator[Draft]:
    """Yield questions for a cell of a row that is told by what it is about, in words that stand nowhere else."""

    def stream(register: Register) -> Iterator[Draft]:
        streams = []
        for index, column in enumerate(register.table.columns):
            key = column_key(column, register.noun)
            if index != register.subject and register.is_sound(index) and VIETNAMESE.has("described", key):
                streams.append(_described_cells(corpus, lot, register, index, key))
        return in_turn(lot.sample(streams, len(streams)))

    return over_registers(corpus, lot, stream)


def _described_cells(corpus: Corpus, lot: Random, register: Register, index: int, key: str) -> Iterator[Draft]:
    for row in shuffled(lot, [row for row, _ in values(register, index)])[:_PER_STREAM]:
        words = about(corpus, register, row)
        gold = corpus.gold(register, row, index)
        if words is None or gold is None or len(row.cells[index].text) > _LONGEST_CELL:
            continue
        task = VIETNAMESE.task(lot, register.noun, words)
        column = heading(register.table.columns[index].name)
        yield Draft(
            source=register.key,
            category=Category.TABLE_LOOKUP,
            text=VIETNAMESE.say(lot, "described", key, task=task, column=column),
            must=facts_of(corpus, register, row, index),
            gold=(gold,),
        )


def reverse(corpus: Corpus, lot: Random) -> Iterator[Draft]:
    """Yield questions for the row that a cell belongs to, whose words stand in no other row."""

    def stream(register: Register) -> Iterator[Draft]:
        streams = [_by_lead_and_due(corpus, lot, register)]
        for index in register.columns("deliverable", "note", "basis", "heading"):
            streams.append(_by_value(corpus, lot, register, index))
        return in_turn(lot.sample(streams, len(streams)))

    return over_registers(corpus, lot, stream)


def _by_value(corpus: Corpus, lot: Random, register: Register, index: int) -> Iterator[Draft]:
    column = register.table.columns[index]
    key = column_key(column, register.noun)
    key = key if VIETNAMESE.has("reverse", key) else "heading"
    cells = [(row, fold_white(cell.text)) for row, cell in values(register, index)]
    for row in shuffled(lot, [row for row, _ in cells]):
        value = FOOTNOTE.sub("", fold_white(row.cells[index].text).strip(" .;-+"))
        count = sum(fold(value) in fold(text) for _, text in cells)
        place = corpus.place(lot, register, VIETNAMESE)
        gold = corpus.gold(register, row, index)
        if not 3 <= len(value.split()) <= _LONGEST_VALUE or count != 1 or place is None or gold is None:
            continue
        noun = VIETNAMESE.noun(lot, register.noun)
        text = VIETNAMESE.say(lot, "reverse", key, noun=noun, value=value, column=heading(column.name), place=place)
        yield _row_wanted(register, row, text, index, corpus)


def _by_lead_and_due(corpus: Corpus, lot: Random, register: Register) -> Iterator[Draft]:
    leads, dues = register.columns("lead"), register.columns("due")
    if not leads or not dues:
        return
    lead, due = leads[0], dues[0]
    rows = [row for row, _ in values(register, lead) if row.cells[due].text]
    for row in shuffled(lot, rows):
        agencies = corpus.keys.split(row.cells[lead].text)
        time = fold_white(row.cells[due].text)
        place = corpus.place(lot, register, VIETNAMESE)
        if (
            len(agencies) != 1
            or agencies[0].group
            or len(time.split()) > 5
            or place is None
            or not re.search(r"\d", time)
        ):
            continue
        same = [
            other
            for other in rows
            if agencies[0].key in corpus.keys.write_out(other.cells[lead].text)
            and fold(time) in fold(other.cells[due].text)
        ]
        if len(same) != 1 or corpus.gold(register, row, lead) is None:
            continue
        text = VIETNAMESE.say(
            lot,
            "reverse",
            "lead due",
            noun=VIETNAMESE.noun(lot, register.noun),
            agency=agencies[0].name,
            time=time[:1].lower() + time[1:],
            place=place,
        )
        yield _row_wanted(register, row, text, lead, corpus)


def _row_wanted(register: Register, row: Row, text: str, index: int, corpus: Corpus) -> Draft:
    gold = corpus.gold(register, row, index)
    return Draft(
        source=register.key,
        category=Category.TABLE_LOOKUP,
        text=text,
        must=(register.forms(row),),
        gold=(gold,) if gold else (),
    )


def blanks(corpus: Corpus, lot: Random, wording: Wording = VIETNAMESE) -> Iterator[Draft]:
    """Yield questions for cells that are blank in a row that is else filled: right is to say that nothing is stated."""
    keys = (*ROLES, "partners", "due", "deliverable", "note", "basis", "heading")

    def stream(register: Register) -> Iterator[Draft]:
        found = [
            (row, index)
            for index in register.columns(*keys)
            for row in register.rows
            if not row.cells[index].text and _is_filled(register, row) and any(True for _ in values(register, index))
        ]
        for row, index in lot.sample(found, len(found)):
            column = register.table.columns[index]
            key = column_key(column, register.noun)
            named = corpus.row(lot, register, row, wording)
            words = about(corpus, register, row) if wording.language == "vi" else None
            gold = corpus.gold(register, row, register.subject)
            if named and wording.has("lookup", key):
                text = wording.say(lot, "lookup", key, row=named[0], place=named[1], column=heading(column.name))
            elif words and wording.has("described", key):
                task = wording.task(lot, register.noun, words)
                text = wording.say(lot, "described", key, task=task, column=heading(column.name))
            else:
                continue
            yield Draft(
                source=register.key,
                category=Category.BLANK_CELL,
                text=text,
                gold=(gold,) if gold else (),
                status="not_stated",
                language=wording.language,
            )

    return over_registers(corpus, lot, stream)


def _is_filled(register: Register, row: Row) -> bool:
    """Tell whether most columns of *row* state something: else a cell may be blank because it was read wrongly."""
    filled = sum(bool(cell.text) for cell in row.cells)
    return filled * 3 >= len(register.table.columns) * 2


def beyond(corpus: Corpus, lot: Random, wording: Wording = VIETNAMESE) -> Iterator[Draft]:
    """Yield questions about numbers past the last row: right is to say that there is no such row."""

    def stream(register: Register) -> Iterator[Draft]:
        numbers = [row.number for row in register.table.rows if row.number]
        if not numbers or not all(number.isdigit() for number in numbers):
            return
        last = max(map(int, numbers))
        keys = ("content", "indicator", *ROLES, "partners", "due", "deliverable", "note")
        asked = [column_key(column, register.noun) for column in register.table.columns]
        for number in lot.sample(range(last + 1, last + 40), 12):
            place = corpus.place(lot, register, wording)
            worded = [key for key in keys if key in asked and wording.has("lookup", key)]
            if not worded and not wording.has("lookup", "content"):
                continue
            key = lot.choice(worded or ["content"])
            if place is None or (not place and corpus.bearers(register.noun, str(number), wording)):
                continue
            row = wording.row(lot, register.noun, str(number))
            yield Draft(
                source=register.key,
                category=Category.UNANSWERABLE,
                text=wording.say(lot, "lookup", key, row=row, place=place),
                status="not_found",
                language=wording.language,
            )

    return over_registers(corpus, lot, stream)


def false_premises(corpus: Corpus, lot: Random) -> Iterator[Draft]:
    """Yield questions whether an agency leads a row that another one leads: a right answer names the true one."""

    def stream(register: Register) -> Iterator[Draft]:
        streams = [_wrong_leads(corpus, lot, register, index) for index in register.columns(*ROLES)]
        return in_turn(streams)

    return over_registers(corpus, lot, stream)


def _wrong_leads(corpus: Corpus, lot: Random, register: Register, index: int) -> Iterator[Draft]:
    key = column_key(register.table.columns[index], register.noun)
    every = {
        agency.key: agency.name
        for _, cell in values(register, index)
        for agency in corpus.keys.split(cell.text)
        if not agency.group
    }
    for row in shuffled(lot, [row for row, _ in values(register, index)])[:_PER_STREAM]:
        said = " ".join(corpus.keys.write_out(cell.text) for cell in row.cells)
        true = corpus.keys.split(row.cells[index].text)
        others = [
            name
            for agency, name in sorted(every.items())
            if agency not in said and len(agency.split()) > 1 and not any(one.key in agency for one in true)
        ]
        named = corpus.row(lot, register, row, VIETNAMESE)
        gold = corpus.gold(register, row, index)
        if not others or named is None or gold is None or any(agency.group for agency in true):
            continue
        yield Draft(
            source=register.key,
            category=Category.TABLE_LOOKUP,
            text=VIETNAMESE.say(lot, "premise", key, agency=lot.choice(others), row=named[0], place=named[1]),
            must=facts_of(corpus, register, row, index),
            gold=(gold,),
        )


def ambiguous(corpus: Corpus, lot: Random) -> Iterator[Draft]:
    """Yield questions about a number that rows of several documents bear, with no document named."""

    def stream(register: Register) -> Iterator[Draft]:
        if register.is_general:
            return
        for index in lot.sample(columns := register.columns(*ROLES, "partners", "due", "deliverable"), len(columns)):
            key = column_key(register.table.columns[index], register.noun)
            for row in shuffled(lot, [row for row, _ in values(register, index)])[:3]:
                bearers = corpus.bearers(register.noun, row.number, VIETNAMESE) if row.number else []
                documents = {
                    document.id
                    for document, table, _ in bearers
                    if any(column_key(column, table.noun) == key for column in table.columns)
                }
                if len(documents) < 2:
                    continue
                yield Draft(
                    source=register.noun,
                    category=Category.UNANSWERABLE,
                    text=VIETNAMESE.say(lot, "lookup", key, row=VIETNAMESE.row(lot, register.noun, row.number)),
                    status="ambiguous",
                )

    return over_registers(corpus, lot, stream)


english_lookups = partial(lookups, wording=ENGLISH)
english_blanks = partial(blanks, wording=ENGLISH)
english_beyond = partial(beyond, wording=ENGLISH)
