"""Quiz questions about registers: a cell of a row, which row, how many rows, and the hunt for a row."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import partial
from typing import TYPE_CHECKING

from assistant.lessons import ASKED_ROLES
from assistant.quiz_pool import (
    LONGEST_OPTION,
    OPTIONS,
    Maker,
    distinct,
    is_apart,
    is_usable,
    nearness,
    quiz_words,
    subject,
    with_options,
)
from assistant.quiz_types import Form, Measure, QuizQuestion
from indexer.columns import AGENCIES
from indexer.deadlines import DeadlineKind
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.quiz_pool import Pool
    from indexer.types import Row, Table

_TYPED = {"lead": Measure.AGENCY, "due": Measure.TIME}
_HUNTED = ("deliverable", "content", "indicator")
_NEAREST = 6  # times from which the three wrong ones are drawn
_LONGEST_TYPED = 60
_SHORTEST_HUNT = 12  # characters that tell one row from another
_COUNTS = range(2, 13)  # what a class can count by eye


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _about(pool: Pool, table: Table, row: Row) -> str:
    noun = _capital(table.noun)
    return str(
        quiz_words()["about"].format(Noun=noun, number=row.number, table=pool.name(table), task=subject(table, row))
    )


def _option_of(table: Table, row: Row) -> str:
    return str(
        quiz_words()["task"].format(Noun=_capital(table.noun), number=row.number, task=subject(table, row))
    ).rstrip(" :")


def _usable_cells(table: Table, role: str) -> list[tuple[Row, int]]:
    column = table.column(role)
    if column is None:
        return []
    return [(row, column) for row in table.items if row.number and is_usable(row.cells[column], row)]


def cell_makers(pool: Pool, form: Form) -> list[Maker]:
    """Return questions about one cell: who leads, who takes part, until when, what comes of it."""
    roles = tuple(_TYPED) if form is Form.TYPED else ASKED_ROLES
    make = _typed_cell if form is Form.TYPED else _chosen_cell
    return [
        Maker(role, (table.document, row.start), partial(make, pool, table, row, column))
        for table in pool.tables
        for role in roles
        for row, column in _usable_cells(table, role)
    ]


def _chosen_cell(pool: Pool, table: Table, row: Row, column: int) -> QuizQuestion | None:
    right, role = row.cells[column].text, table.columns[column].role
    if role in AGENCIES and pool.names_group(right) and role == "lead":
        return None
    options = with_options(pool, right, _wrong(pool, table, column, right))
    if options is None:
        return None
    text = f"{_about(pool, table, row)} {quiz_words()['cell'][role]}"
    return QuizQuestion(
        role, text, right, (pool.cite_cell(table, row, column),), Form.CHOICE, options=options[0], right=options[1]
    )


def _wrong(pool: Pool, table: Table, column: int, right: str) -> list[str]:
    """Return other values that are surely wrong: of the same column first, then of columns with the same role elsewhere."""
    role = table.columns[column].role
    own = sorted({row.cells[column].text for row in table.items})
    others = sorted(
        {
            row.cells[i].text
            for other in pool.tables
            if other is not table
            for row in other.items
            if (i := other.column(role)) is not None
        }
    )
    pool.chance.shuffle(own)
    pool.chance.shuffle(others)
    values = [value for value in (*own, *others) if 0 < len(value) <= LONGEST_OPTION]
    if role in AGENCIES:
        values = [value for value in values if _other_agencies(pool, right, value)]
    elif role == "due":
        values = [value for value in values if is_apart(right, value)]
        near = sorted(distinct(values, right), key=partial(nearness, right))[:_NEAREST]
        pool.chance.shuffle(near)
        return near
    return distinct(values, right)


def _other_agencies(pool: Pool, right: str, wrong: str) -> bool:
    """Tell whether *wrong* names none of the agencies of *right*, by name or among a group."""
    if pool.names_group(right) != pool.names_group(wrong):
        return False  # "các sở" are "Sở Y tế" too
    return not pool.agencies(right) & pool.agencies(wrong)


def _typed_cell(pool: Pool, table: Table, row: Row, column: int) -> QuizQuestion | None:
    right, role = row.cells[column].text, table.columns[column].role
    if len(right) > _LONGEST_TYPED:
        return None
    others: tuple[str, ...] = ()
    if role == "lead":
        if pool.names_group(right):
            return None
        others = _values_of(pool, "lead", right)
    elif not _can_be_typed(right):
        return None
    text = f"{_about(pool, table, row)} {quiz_words()['cell'][role]}"
    citations = (pool.cite_cell(table, row, column),)
    return QuizQuestion(role, text, right, citations, Form.TYPED, measure=_TYPED[role], others=others)


def _values_of(pool: Pool, role: str, right: str) -> tuple[str, ...]:
    """Return the agencies of all columns with *role* beside those of *right*."""
    keys = pool.agencies(right)
    found: dict[str, str] = {}
    for table in pool.tables:
        if (column := table.column(role)) is not None:
            for row in table.items:
                for agency in pool.keys.split(row.cells[column].text):
                    if not agency.group and agency.key not in keys:
                        found.setdefault(agency.key, agency.name)
    return tuple(found.values())[:60]


def _can_be_typed(due: str) -> bool:
    from assistant.quiz_marking import read_time  # noqa: PLC0415 - beside its use

    time = read_time(due)
    return not time.parts and (time.dated or time.kind is DeadlineKind.RECURRING)


def which_makers(pool: Pool, form: Form) -> list[Maker]:
    """Return questions for the one row of four that has a value: which task does this agency lead, which is due then."""
    if form is not Form.CHOICE:
        return []
    return [
        Maker(f"which_{role}", (table.document, row.start), partial(_which, pool, table, row, column))
        for table in pool.tables
        for role in ("lead", "due")
        for row, column in _usable_cells(table, role)
    ]


def _which(pool: Pool, table: Table, row: Row, column: int) -> QuizQuestion | None:
    role, value = table.columns[column].role, row.cells[column].text
    if role == "lead" and pool.names_group(value):
        return None
    rows = []
    for other in table.items:
        cell = other.cells[column].text
        if not cell or not other.number or not distinct([cell], value):
            continue
        if is_apart(value, cell) if role == "due" else _other_agencies(pool, value, cell):
            rows.append(_option_of(table, other))
    pool.chance.shuffle(rows)
    right = _option_of(table, row)
    options = with_options(pool, right, [one for one in dict.fromkeys(rows) if one != right])
    if options is None:
        return None
    text = quiz_words()["which"][role].format(table=pool.name(table), noun=table.noun, value=value.rstrip(" .;"))
    citations = (pool.cite_cell(table, row, column),)
    return QuizQuestion(f"which_{role}", text, right, citations, Form.CHOICE, options=options[0], right=options[1])


def count_makers(pool: Pool, form: Form) -> list[Maker]:
    """Return questions for how many rows of a register an agency leads, where that can be told without doubt."""
    made = []
    for table in pool.tables:
        column = table.column("lead")
        if column is None or any(pool.names_group(row.cells[column].text) for row in table.items):
            continue
        rows: defaultdict[str, list[Row]] = defaultdict(list)
        for row in table.items:
            for key in sorted(pool.agencies(row.cells[column].text)):
                rows[key].append(row)
        for led in rows.values():
            name = led[0].cells[column].text
            if len(led) in _COUNTS and all(is_usable(row.cells[column], row) for row in led):
                make = partial(_count, pool, table, led, column, form)
                if _is_one_name(pool, table, column, name):
                    made.append(Maker("count", (table.document, led[0].start), make))
    return made


def _is_one_name(pool: Pool, table: Table, column: int, name: str) -> bool:
    """Tell whether *name* is one agency, and no other lead is written so much like it that a class would doubt."""
    keys = pool.agencies(name)
    if len(keys) != 1:
        return False
    cells = {row.cells[column].text for row in table.items if not keys & pool.agencies(row.cells[column].text)}
    return all(distinct([cell], name) for cell in cells if cell)


def _count(pool: Pool, table: Table, rows: Sequence[Row], column: int, form: Form) -> QuizQuestion | None:
    right, most = len(rows), len(table.items)
    near = [number for number in range(max(1, right - 3), right + 4) if number != right and number <= max(most, 5)]
    pool.chance.shuffle(near)
    value = rows[0].cells[column].text.rstrip(" .;")
    text = quiz_words()["count"]["lead"].format(table=pool.name(table), noun=table.noun, value=value)
    citations = tuple(pool.cite_cell(table, row, column) for row in rows)
    if form is Form.TYPED:
        return QuizQuestion("count", text, str(right), citations, Form.TYPED, measure=Measure.COUNT)
    if len(near) < OPTIONS - 1:
        return None
    numbers = sorted([right, *near[: OPTIONS - 1]])
    options = tuple(str(number) for number in numbers)
    return QuizQuestion("count", text, str(right), citations, options=options, right=numbers.index(right))


def hunt_makers(pool: Pool, form: Form) -> list[Maker]:
    """Return hunts: a fact is shown, and the register and number of its row are to be found."""
    if form is not Form.HUNT:
        return []
    made = []
    for table in pool.tables:
        numbers = Counter(row.number for row in table.items)
        for role in _HUNTED:
            made += [
                Maker(f"hunt_{role}", (table.document, row.start), partial(_hunt, pool, table, row, column))
                for row, column in _usable_cells(table, role)
                if numbers[row.number] == 1 and len(row.cells[column].text) >= _SHORTEST_HUNT
            ]
    return made


def _hunt(pool: Pool, table: Table, row: Row, column: int) -> QuizQuestion | None:
    role, value = table.columns[column].role, row.cells[column].text
    wanted = fold(value).strip(" .;")
    # the same words may stand in other rows: they are right too
    places = tuple(
        (position, other.number)
        for position, register in enumerate(pool.tables)
        for other in register.items
        if other.number and any(wanted == fold(cell.text).strip(" .;") for cell in other.cells)
    )
    names = tuple(pool.name(one) for one in pool.tables)
    text = quiz_words()["hunt"][role].format(noun=table.noun, value=value.rstrip(" .;"))
    answer = f"{pool.name(table)}, {table.noun} {row.number}"
    citations = (pool.cite_cell(table, row, column),)
    return QuizQuestion(f"hunt_{role}", text, answer, citations, Form.HUNT, options=names, places=places)
