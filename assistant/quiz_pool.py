"""What quiz questions are drawn from: the corpus, how its values are told apart, and the places that are cited."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from assistant.original import original_of
from assistant.quiz_marking import days_of, read_time
from assistant.types import Citation
from assistant.wording import replacing_names
from indexer.columns import SUBJECTS
from indexer.deadlines import DeadlineKind
from indexer.path import label, step_labels
from indexer.types import Step, StepKind
from indexer.vietnamese import fold

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from assistant.lessons import Registers
    from assistant.quiz_types import QuizQuestion
    from indexer.agencies import AgencyKeys
    from indexer.types import Cell, Document, Path, Row, Table

OPTIONS = 4
LONGEST_OPTION = 160
_TASK_SHOWN = 90


@cache
def quiz_words() -> dict[str, Any]:
    """Return the sentences of ``quizzes.toml``."""
    return tomllib.loads(files("assistant").joinpath("quizzes.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Maker:
    """What may become a question: its topic, the row or letterhead it is about, and how it is made (None: it cannot be)."""

    topic: str
    about: tuple[str, int]
    make: Callable[[], QuizQuestion | None]


@dataclass(frozen=True, slots=True)
class Pool:
    """One corpus to draw from, and the chance that decides."""

    index: Registers
    tables: Sequence[Table]
    keys: AgencyKeys
    chance: random.Random

    def cite(self, document: Document, path: Path, start: int, end: int, unit: tuple[int, int]) -> Citation:
        """Return the citation of ``text[start:end]``, which lies in the row or clause *unit*."""
        number = document.metadata.number
        original = original_of(self.index, document, start, end)
        return Citation(
            document=document.id,
            number=number.value if number else None,
            label=label(path),
            path=step_labels(path),
            start=start,
            end=end,
            quote=document.text[start:end],
            text=document.text[min(start, unit[0]) : max(end, unit[1])],
            replaced_by=replacing_names(self.index.documents).get(document.id),
            page=original.page,
            boxes=original.boxes,
            confidence=original.confidence,
        )

    def cite_cell(self, table: Table, row: Row, column: int) -> Citation:
        """Return the citation of a cell that is in one piece."""
        span = row.cells[column].spans[0]
        path = (*row.path, Step(StepKind.COLUMN, name=table.columns[column].name))
        document = self.index.document(table.document)
        return self.cite(document, path, span.start, span.end, (row.start, row.end))

    def name(self, table: Table) -> str:
        """Return what a register is called: "Phụ lục II, 15/KH-UBND"."""
        number = self.index.document(table.document).metadata.number
        parts = (label(table.path), number.value if number else "")
        return ", ".join(part for part in parts if part) or table.title or table.document

    def agencies(self, cell: str) -> frozenset[str]:
        """Return the keys of the agencies that a cell names."""
        return frozenset(agency.key for agency in self.keys.split(cell))

    def names_group(self, cell: str) -> bool:
        """Tell whether a cell names agencies that it does not list: "các sở, ban, ngành"."""
        return any(agency.group for agency in self.keys.split(cell))


def is_usable(cell: Cell, row: Row) -> bool:
    """Tell whether a class can be asked about *cell*: filled, short, in one piece, printed for its row alone."""
    if cell.merged or len(cell.spans) != 1 or not 0 < len(cell.text) <= LONGEST_OPTION:
        return False
    return row.start <= cell.spans[0].start and cell.spans[0].end <= row.end


def subject(table: Table, row: Row) -> str:
    """Return what *row* is about, cut short where it is long."""
    column = next((i for i, column in enumerate(table.columns) if column.role in SUBJECTS), None)
    words = row.cells[column].text.rstrip(" .;") if column is not None else ""
    return shortened(words)


def shortened(words: str) -> str:
    """Return *words* cut at a word where they are long."""
    return words if len(words) <= _TASK_SHOWN else words[:_TASK_SHOWN].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def distinct(values: Iterable[str], taken: str) -> list[str]:
    """Return the values that can stand beside *taken*: none is it, holds it or lies in it once folded, nor another one."""
    kept = [fold(taken).strip(" .;")]
    options = []
    for value in values:
        folded = fold(value).strip(" .;")
        if folded and not any(folded in other or other in folded for other in kept):
            kept.append(folded)
            options.append(value)
    return options


def is_apart(one: str, other: str) -> bool:
    """Tell whether two printed times cannot both be right: their days do not overlap, and not both come again."""
    first, second = read_time(one), read_time(other)
    days, others = days_of(first), days_of(second)
    if days and others:
        return _before(days, others) or _before(others, days)
    recurring = [time.kind is DeadlineKind.RECURRING for time in (first, second)]
    return recurring in ([True, False], [False, True]) and (days or others) is not None


def _before(days: tuple[date | None, date | None], others: tuple[date | None, date | None]) -> bool:
    return days[1] is not None and others[0] is not None and days[1] < others[0]


def nearness(one: str, other: str) -> float:
    """Return how many days lie between two printed times; those without days are far from all."""
    days = [days_of(read_time(text)) for text in (one, other)]
    ends = [(pair[1] or pair[0]) if pair else None for pair in days]
    return abs((ends[0] - ends[1]).days) if ends[0] and ends[1] else float("inf")


def with_options(pool: Pool, right: str, wrong: Sequence[str]) -> tuple[tuple[str, ...], int] | None:
    """Return four options in an order by chance and where the right one stands; None where there are too few wrong ones."""
    if len(wrong) < OPTIONS - 1:
        return None
    options = [right, *wrong[: OPTIONS - 1]]
    pool.chance.shuffle(options)
    return tuple(options), options.index(right)
