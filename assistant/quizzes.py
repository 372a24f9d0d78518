"""
Quizzes drawn from the registers and letterheads of whatever corpus is loaded; what is right stands in the cell that is cited.

    Index, seed -> QuizQuestion (a choice of four, a typed answer, or a hunt for the place)
"""

from __future__ import annotations

import random
from collections import defaultdict
from typing import TYPE_CHECKING

from assistant.lessons import registers_of
from assistant.quiz_documents import document_makers
from assistant.quiz_marking import learn_keys
from assistant.quiz_pool import Pool
from assistant.quiz_registers import cell_makers, count_makers, hunt_makers, which_makers
from assistant.quiz_types import Form

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assistant.lessons import Registers
    from assistant.quiz_pool import Maker
    from assistant.quiz_types import QuizQuestion
    from indexer.agencies import AgencyKeys

LONGEST_QUIZ = 20


def _makers(pool: Pool, form: Form) -> dict[str, list[Maker]]:
    """Return what may become a question of *form*, by topic."""
    made: dict[str, list[Maker]] = defaultdict(list)
    sources: tuple[Callable[[Pool, Form], list[Maker]], ...] = (
        (hunt_makers,) if form is Form.HUNT else (cell_makers, which_makers, count_makers, document_makers)
    )
    for source in sources:
        for maker in source(pool, form):
            made[maker.topic].append(maker)
    return made


def quiz(
    index: Registers,
    *,
    seed: int,
    size: int = 5,
    forms: Sequence[Form] = (Form.CHOICE,),
    keys: AgencyKeys | None = None,
) -> tuple[QuizQuestion, ...]:
    """
    Return up to *size* questions of the given *forms*, the same ones for the same *seed*.

    Questions go through the topics in turn. No row or letterhead is asked about twice. A cell that is blank, cut by a page end or shared by
    several rows is not asked about, nor one for which there are not three options of the same kind that are surely wrong. *keys* are the
    agencies' in this corpus, see :func:`learn_keys`; an index with nothing to ask about gives ().
    """
    chance = random.Random(seed)  # noqa: S311 - draws questions, guards nothing
    pool = Pool(index, registers_of(index), keys or learn_keys(index), chance)
    turns: list[list[Maker]] = []
    for form in forms:
        for makers in _makers(pool, form).values():
            chance.shuffle(makers)
            turns.append(makers)
    chance.shuffle(turns)
    drawn: list[QuizQuestion] = []
    taken: set[tuple[str, int]] = set()
    while turns and len(drawn) < size:
        turns = [makers for makers in turns if makers]
        for makers in turns:
            if len(drawn) < size and (question := _next(makers, taken)):
                drawn.append(question)
    return tuple(drawn)


def _next(makers: list[Maker], taken: set[tuple[str, int]]) -> QuizQuestion | None:
    """Return the first question that *makers* can give about something that is not *taken*, and take it."""
    while makers:
        maker = makers.pop()
        if maker.about in taken:
            continue
        if question := maker.make():
            taken.add(maker.about)
            return question
    return None
