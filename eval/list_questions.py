"""Made questions over all rows of a register: which rows an agency, a time, a section or a note has, how many, and the first and last."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from eval.drafts import Draft, in_turn
from eval.facts import FOOTNOTE, count_forms, time_forms, words_of
from eval.question_set import Category
from eval.register_questions import ENGLISH, ROLES, VIETNAMESE, heading, over_registers
from eval.registers import values
from eval.wording import Wording, column_key
from indexer.deadlines import Deadline, DeadlineKind, parse_deadline
from indexer.intervals import Unit, find_intervals
from indexer.types import StepKind, fold_white
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from random import Random

    from eval.registers import Corpus, Register
    from indexer.agencies import Agency
    from indexer.types import Row, Step

LONGEST_LIST = 15
_MOST_EXCLUDED = 12  # rows of which an answer must not speak
_RECURRING = ("thường xuyên", "hằng năm", "hằng quý", "hằng tháng", "định kỳ")
_FEWEST_NOTE, _LONGEST_NOTE = 3, 9  # words of a note that a question repeats
_NOTE_ENDS = re.compile(r"[.;]\s|,\s(?=(?:\w+ ){1,3}số \d)|\s[-+]\s?(?=[^\W\d_])")  # a comma may stand in a law's name
_MOST_TIED = 4  # rows with the same first or last deadline


@dataclass(frozen=True, slots=True)
class Selection:
    """
    Rows that a question asks for, and how: wordings *key* with *words*; ``index`` is the column that decides.

    ``unclear`` are rows that may be meant or not; then rows are not counted.
    """

    key: str
    words: dict[str, str]
    rows: tuple[Row, ...]
    index: int
    unclear: tuple[Row, ...] = ()


Selector = Callable[["Corpus", "Random", "Register", Wording], Iterator[Selection]]


def by_agency(corpus: Corpus, lot: Random, register: Register, wording: Wording = VIETNAMESE) -> Iterator[Selection]:
    """Yield the rows of one agency after another in one role; an agency that may be meant in more cells is left out."""
    for index in register.columns(*ROLES, "partners"):
        key = column_key(register.table.columns[index], register.noun)
        agencies = _agencies(corpus, register, index)
        for agency in lot.sample(agencies, len(agencies)):
            rows = _rows_of(corpus, register, index, agency)
            name = wording.agency(agency.name)
            if rows and name and wording.has("list", key):
                yield Selection(key, {"agency": wording.word("the_agency").format(agency=name)}, rows, index)


def by_agency_and_period(corpus: Corpus, lot: Random, register: Register, wording: Wording) -> Iterator[Selection]:
    """Yield the rows that one agency leads and that are due in one period."""
    for due in register.columns("due") if wording.language == "vi" else []:
        for index in register.columns("lead"):
            agencies = _agencies(corpus, register, index)
            for agency in lot.sample(agencies, len(agencies)):
                rows = _rows_of(corpus, register, index, agency)
                for words, first, last in _periods(lot, rows or (), due):
                    inside = _due_in(rows or (), due, first, last)
                    if inside:
                        yield Selection("lead period", {"agency": agency.name, "time": words}, inside, due)


def by_period(_: Corpus, lot: Random, register: Register, wording: Wording) -> Iterator[Selection]:
    """Yield the rows that are due in one period; one that some rows are due in perhaps is left out."""
    for due in register.columns("due") if wording.language == "vi" else []:
        for words, first, last in _periods(lot, register.rows, due):
            if inside := _due_in(register.rows, due, first, last):
                yield Selection("period", {"time": words}, inside, due)


def by_section(_: Corpus, lot: Random, register: Register, wording: Wording) -> Iterator[Selection]:
    """Yield the rows below one group row."""
    groups: dict[tuple[Step, ...], list[Row]] = {}
    names: dict[tuple[Step, ...], str] = {}
    for row in register.rows:
        for depth, step in enumerate(row.path, start=1):
            if step.kind is StepKind.GROUP:
                groups.setdefault(row.path[:depth], []).append(row)
                if row.group and row.group.number == step.number and row.path[depth].kind is not StepKind.GROUP:
                    names[row.path[:depth]] = row.group.name
    numbers = [path[-1].number for path in groups]
    for path in lot.sample(list(groups), len(groups)):
        number, name = path[-1].number, names.get(path, "")
        said = []
        if number and numbers.count(number) == 1 and "." not in number:
            said.append(wording.word("group").format(number=number))
        if 2 <= len(name.split()) <= LONGEST_LIST - 1 and list(names.values()).count(name) == 1:
            name = name.lower() if name.isupper() else name
            said.append(wording.word("group_name").format(name=name.strip(" .:;")))
        if said:
            yield Selection("section", {"section": lot.choice(said)}, tuple(groups[path]), register.subject)


def by_recurrence(_: Corpus, lot: Random, register: Register, wording: Wording) -> Iterator[Selection]:
    """Yield the rows that are done again and again, by the words that say so; rows that recur otherwise are unclear."""
    for due in register.columns("due") if wording.language == "vi" else []:
        for words in lot.sample(_RECURRING, len(_RECURRING)):
            wanted = fold(words)
            rows = tuple(row for row, cell in values(register, due) if wanted in fold(cell.text))
            unclear = tuple(
                row
                for row, cell in values(register, due)
                if row not in rows and DeadlineKind.RECURRING in {one.kind for one in _parts(cell.text)}
            )
            mixed = any(len(_parts(row.cells[due].text)) > 1 for row in rows)
            if rows and not mixed:
                yield Selection("recurring", {"time": words}, rows, due, unclear)


def by_note(_: Corpus, lot: Random, register: Register, wording: Wording) -> Iterator[Selection]:
    """Yield the rows whose note holds some words."""
    for index in register.columns("note", "basis") if wording.language == "vi" else []:
        cells = list(values(register, index))
        pieces = {piece: None for _, cell in cells for piece in _note_pieces(cell.text)}
        for words in lot.sample(list(pieces), len(pieces)):
            wanted = fold(words)
            whole = re.compile(rf"(?<!\w){re.escape(wanted)}(?!\w)")
            rows = tuple(row for row, cell in cells if whole.search(fold(fold_white(cell.text))))
            near = any(_may_say(wanted, fold(fold_white(cell.text))) and row not in rows for row, cell in cells)
            if rows and not near and not FOOTNOTE.search(words):
                column = heading(register.table.columns[index].name)
                yield Selection("note", {"value": words, "column": column}, rows, index)


def listed(selector: Selector, corpus: Corpus, lot: Random, wording: Wording = VIETNAMESE) -> Iterator[Draft]:
    """Yield questions that want the rows of a selection, all of them and no others."""

    def stream(register: Register) -> Iterator[Draft]:
        for selection in selector(corpus, lot, register, wording):
            draft = list_draft(corpus, lot, register, selection, wording)
            if draft:
                yield draft

    return over_registers(corpus, lot, stream)


def list_draft(
    corpus: Corpus, lot: Random, register: Register, selection: Selection, wording: Wording = VIETNAMESE
) -> Draft | None:
    """Return the question for the rows of *selection*; None where they are too many, or cannot be cited or named for certain."""
    gold = [one for row in selection.rows if (one := corpus.gold(register, row, selection.index))]
    asked = _asked(corpus, lot, register, selection, wording, kind="list")
    if asked is None or len(selection.rows) > LONGEST_LIST or len(gold) < len(selection.rows):
        return None
    return Draft(
        source=register.key,
        category=Category.LIST_COUNT if wording.language == "vi" else Category.ENGLISH,
        text=asked,
        must=tuple(register.forms(row) for row in selection.rows),
        must_not=_others(register, selection),
        gold=tuple(gold),
        language=wording.language,
    )


def counted(selector: Selector, corpus: Corpus, lot: Random, wording: Wording = VIETNAMESE) -> Iterator[Draft]:
    """Yield questions for the number of the rows of a selection."""

    def stream(register: Register) -> Iterator[Draft]:
        for selection in selector(corpus, lot, register, wording) if not register.is_split else ():
            gold = [one for row in selection.rows if (one := corpus.gold(register, row, selection.index))]
            asked = _asked(corpus, lot, register, selection, wording, kind="count")
            is_sure = not selection.unclear and len(gold) == len(selection.rows) <= LONGEST_LIST
            if asked is None or not is_sure:
                continue
            yield Draft(
                source=register.key,
                category=Category.LIST_COUNT if wording.language == "vi" else Category.ENGLISH,
                text=asked,
                must=(count_forms(len(selection.rows), len(register.table.items), register.noun),),
                gold=tuple(gold),
                language=wording.language,
            )

    return over_registers(corpus, lot, stream)


def counted_tables(corpus: Corpus, lot: Random) -> Iterator[Draft]:
    """Yield questions for the number of all rows of a register."""

    def stream(register: Register) -> Iterator[Draft]:
        for _ in range(0 if register.is_split else 2):
            place = corpus.place(lot, register, VIETNAMESE, always=True)
            if place is None:
                return
            total = len(register.table.items)
            noun = VIETNAMESE.noun(lot, register.noun)
            text = VIETNAMESE.say(lot, "count", "table", noun=noun, place=place)
            gold = [one for row in register.rows if (one := corpus.gold(register, row, register.subject))]
            must = (*count_forms(total, total, register.noun), str(total))
            yield Draft(register.key, Category.LIST_COUNT, text, (must,), tuple(gold), any_gold=True)

    return over_registers(corpus, lot, stream)


def extremes(corpus: Corpus, lot: Random) -> Iterator[Draft]:
    """Yield questions for the rows with the first or last deadline, where no other row may be meant."""

    def stream(register: Register) -> Iterator[Draft]:
        for due in register.columns("due"):
            for key in lot.sample(("earliest", "latest"), 2):
                rows = _extreme(register, due, key)
                place = corpus.place(lot, register, VIETNAMESE)
                gold = [one for row in rows if (one := corpus.gold(register, row, due))]
                if not rows or place is None or len(gold) < len(rows):
                    continue
                noun = VIETNAMESE.noun(lot, register.noun)
                text = VIETNAMESE.say(lot, "extreme", key, noun=noun, place=place)
                must = (*(register.forms(row) for row in rows), *time_forms(rows[0].cells[due].text))
                yield Draft(register.key, Category.LIST_COUNT, text, must, tuple(gold))

    return over_registers(corpus, lot, stream)


def _asked(
    corpus: Corpus, lot: Random, register: Register, selection: Selection, wording: Wording, *, kind: str
) -> str | None:
    if not wording.has(kind, selection.key):
        return None
    section = selection.words.get("section", "")
    place = corpus.place(lot, register, wording, always=bool(section))
    if place is None:
        return None
    if section and "“" not in section and "hụ lục" not in place:
        return None  # a section of the document itself may bear that number, too
    noun = wording.noun(lot, register.noun)
    return wording.say(lot, kind, selection.key, noun=noun, nouns=wording.plural(noun), place=place, **selection.words)


def _others(register: Register, selection: Selection) -> tuple[str, ...]:
    """Return first words of rows that are not asked for, and that no row that is speaks of."""
    said = " ".join(fold(fold_white(cell.text)) for row in selection.rows for cell in row.cells)
    kept = {row.path for row in (*selection.rows, *selection.unclear)}
    phrases = [words_of(row.cells[register.subject].text, 6) for row in register.rows if row.path not in kept]
    good = [one for one in phrases if len(one.split()) > 3 and fold(one) not in said]
    return tuple(dict.fromkeys(good))[:_MOST_EXCLUDED]


def _agencies(corpus: Corpus, register: Register, index: int) -> list[Agency]:
    found: dict[str, Agency] = {}
    for _, cell in values(register, index):
        for agency in corpus.keys.split(cell.text):
            if not agency.group and 1 < len(agency.key.split()) <= 10 and not re.search(r"[()\d]", agency.name):
                found.setdefault(agency.key, agency)
    return list(found.values())


def _rows_of(corpus: Corpus, register: Register, index: int, agency: Agency) -> tuple[Row, ...] | None:
    """Return the rows whose cell names *agency*; None where a cell may name it that was cut otherwise."""
    rows = []
    for row, cell in values(register, index):
        keys = [one.key for one in corpus.keys.split(cell.text)]
        if agency.key in keys:
            rows.append(row)
        elif re.search(rf"(?<!\w){re.escape(agency.key)}(?!\w)", corpus.keys.write_out(cell.text)) and not any(
            key.endswith(f" {agency.key}")
            for key in keys  # another body that bears its name: "Đảng ủy Sở …"
        ):
            return None
    return tuple(rows)


def _parts(text: str) -> tuple[Deadline, ...]:
    one = parse_deadline(text)
    return one.parts or (one,)


def _is_due(one: Deadline, first: date, last: date) -> bool | None:
    """Tell whether *one* falls between two days; None where it does perhaps."""
    if one.kind in (DeadlineKind.NOT_STATED, DeadlineKind.CONDITIONAL) or (
        one.kind in (DeadlineKind.RECURRING, DeadlineKind.RELATIVE) and not one.dated
    ):
        return False
    if not one.dated:
        return None
    begins, ends = one.first or date.min, one.last or date.max
    if one.kind is DeadlineKind.DAY and one.unit is not Unit.DAY:
        return None if first <= ends + timedelta(days=1) and ends <= last else False  # "trước tháng 9"
    if ends < first or begins > last:
        return False
    inside = first <= begins and ends <= last
    return True if inside and one.kind in (DeadlineKind.DAY, DeadlineKind.PERIOD) else None


def _due_in(rows: Sequence[Row], due: int, first: date, last: date) -> tuple[Row, ...]:
    """Return the rows that are due between two days; none where that cannot be told of every row."""
    inside = []
    for row in rows:
        found = {_is_due(one, first, last) for one in _parts(row.cells[due].text)}
        if None in found or len(found) > 1:
            return ()
        if found == {True}:
            inside.append(row)
    return tuple(inside)


def _periods(lot: Random, rows: Sequence[Row], due: int) -> list[tuple[str, date, date]]:
    """Return months, quarters and years in which rows are due, each with its words, in an order drawn by lot."""
    found: dict[tuple[date, date], list[str]] = {}
    for row in rows:
        for one in find_intervals(fold_white(row.cells[due].text)):
            if not one.year or one.last is None or one.first is None:
                continue
            year, month = one.last.year, one.last.month
            quarter = (month - 1) // 3
            roman = ("I", "II", "III", "IV")[quarter]
            if one.unit <= Unit.MONTH:
                ends = date(year, month, calendar.monthrange(year, month)[1])
                found[date(year, month, 1), ends] = [f"tháng {month}/{year}", f"tháng {month} năm {year}"]
            if one.unit <= Unit.QUARTER:
                begins = date(year, 3 * quarter + 1, 1)
                ends = date(year, 3 * quarter + 3, calendar.monthrange(year, 3 * quarter + 3)[1])
                found[begins, ends] = [
                    f"quý {roman}/{year}",
                    f"quý {quarter + 1} năm {year}",
                    f"quý {roman} năm {year}",
                ]
            found[date(year, 1, 1), date(year, 12, 31)] = [f"năm {year}"]
    every = [(lot.choice(words), first, last) for (first, last), words in found.items()]
    return lot.sample(every, len(every))


def _note_pieces(text: str) -> list[str]:
    """Return the sentences of a note and the documents that it lists, those short enough to be repeated."""
    pieces = [piece.strip(" -+.;,:") for piece in _NOTE_ENDS.split(fold_white(text))]
    good = [one for one in pieces if _FEWEST_NOTE <= len(one.split()) <= _LONGEST_NOTE and one[0].isupper()]
    return [piece for piece in good if piece.count("(") == piece.count(")") and piece.count("“") == piece.count("”")]


def _may_say(wanted: str, note: str) -> bool:
    """Tell whether a note may mean the same: the words as a part of others, or the figures of a number written otherwise."""
    figures = re.findall(r"(?<!\d)\d+(?!\d)", wanted)
    return wanted in note or (bool(figures) and re.search(rf"(?<!\d){figures[0]}(?!\d)", note) is not None)


def _extreme(register: Register, due: int, key: str) -> tuple[Row, ...]:
    """Return the rows with the first or last deadline; none where others may be, or where they print it otherwise."""
    bounds: list[tuple[Row, date, date]] = []
    for row, cell in values(register, due):
        parts = [one for one in _parts(cell.text) if one.kind not in (DeadlineKind.RECURRING, DeadlineKind.CONDITIONAL)]
        if not parts:
            continue
        lasts = [one.last or date.max for one in parts]
        lows = [one.last or one.first or date.min for one in parts]
        bounds.append((row, min(lows), max(lasts)))
    sure = [(row, low) for row, low, high in bounds if low == high]
    if len(sure) < _FEWEST_NOTE:
        return ()
    wanted = min(low for _, low in sure) if key == "earliest" else max(low for _, low in sure)
    rows = tuple(row for row, low in sure if low == wanted)
    clash = any((low <= wanted if key == "earliest" else high >= wanted) for _, low, high in bounds if low != high)
    written = {fold(fold_white(row.cells[due].text)) for row in rows}
    return () if clash or len(written) > 1 or len(rows) > _MOST_TIED else rows


lists_by_agency = partial(listed, by_agency)
lists_by_period = partial(listed, by_period)
lists_by_agency_and_period = partial(listed, by_agency_and_period)
lists_by_section = partial(listed, by_section)
lists_by_recurrence = partial(listed, by_recurrence)
lists_by_note = partial(listed, by_note)
english_lists = partial(listed, by_agency, wording=ENGLISH)
english_counts = partial(counted, by_agency, wording=ENGLISH)


def counts(corpus: Corpus, lot: Random) -> Iterator[Draft]:
    """Yield questions for numbers of rows, of every selection in turn."""
    selectors = (by_agency, by_section, by_period, by_recurrence, by_note)
    return in_turn([*(counted(selector, corpus, lot) for selector in selectors), counted_tables(corpus, lot)])
