"""
The gate: some questions of the practice sets, with what became of each at a recorded commit; a test that one is lost.

``gate.json`` holds their ids, drawn evenly over the categories with a seed, and for each whether it was right, its status and the
first words of the answer. Answering is deterministic, so the rule is: no question that was right may be wrong. Whoever loses one
for the sake of others records the new state (``python -m eval gate --record``), and the change of the file says which was given up.
The questions come from the sets that may be tuned on, never from the one that is reported.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.provenance import commit
from eval.question_set import DEVELOPMENT, QUESTIONS, load_sets
from eval.result_files import read_json
from eval.run import ask_all
from indexer.errors import InputError
from indexer.types import fold_white

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from eval.question_set import Question
    from eval.run import Answerer, Outcome

GATE = Path(__file__).parent / "gate.json"
TODAY = date(2026, 1, 5)  # the day of the assistant that is asked, so that no answer depends on when it is
COUNT, SEED = 60, 1
RECORD = "python -m eval gate --record"
_SHORT = 160  # characters of an answer


@dataclass(frozen=True, slots=True)
class State:
    """What became of one question: whether it is right, the status and the first words of the answer."""

    id: str
    category: str
    right: bool
    status: str
    answer: str


@dataclass(frozen=True, slots=True)
class Crossing:
    """A question that is lost, or gained, with its text, both states and why it is wrong where it is."""

    question: str
    before: State
    after: State
    reasons: tuple[str, ...]


def practice_files() -> list[Path]:
    """Return the question files over the documents of the repository that may be tuned on."""
    return [DEVELOPMENT, *sorted(QUESTIONS.glob("practice*.jsonl"))]


def draw(questions: Sequence[Question], *, count: int = COUNT, seed: int = SEED) -> list[Question]:
    """
    Return *count* of *questions*, drawn evenly over their categories; one with few questions gives all, and others more.

    They stand in the order of *questions*; the same questions, count and seed give the same ones.
    """
    generator = random.Random(seed)  # noqa: S311 - no secret
    left: dict[str, list[str]] = defaultdict(list)
    for question in questions:
        left[question.category].append(question.id)
    for ids in left.values():
        generator.shuffle(ids)
    chosen: set[str] = set()
    while len(chosen) < count and any(left.values()):
        for ids in left.values():
            if ids and len(chosen) < count:
                chosen.add(ids.pop())
    return [question for question in questions if question.id in chosen]


def load_gate(path: Path = GATE) -> dict[str, State]:
    """
    Return the recorded states by the id of the question.

    Raises:
        InputError: the file is missing or is no record of a gate.
    """
    again = f"Record one:  {RECORD}"
    found = read_json(path, again)
    try:
        states = [State(**{name: one[name] for name in State.__dataclass_fields__}) for one in found["questions"]]
    except (KeyError, TypeError) as error:
        msg = f"{path}: is no record of a gate ({error} is missing or of another kind).\n  {again}"
        raise InputError(msg) from error
    return {state.id: state for state in states}


def recorded_seed(path: Path = GATE) -> int:
    """Return the seed with which the questions of the gate were drawn."""
    return int(read_json(path, f"Record one:  {RECORD}")["seed"])


def gate_questions(recorded: Mapping[str, State], files: Sequence[Path] | None = None) -> list[Question]:
    """
    Return the questions of the gate in the order of *recorded*, from *files* (the practice sets).

    Raises:
        InputError: a question is in none of the files any more.
    """
    known = {question.id: question for question in load_sets(files or practice_files())}
    if missing := [id_ for id_ in recorded if id_ not in known]:
        msg = f"the gate asks questions that are in no practice set any more: {', '.join(missing)}.\n  Draw them again:  {RECORD} --draw"
        raise InputError(msg)
    return [known[id_] for id_ in recorded]


def ask_gate(questions: Sequence[Question], answerer: Answerer, texts: Mapping[str, str]) -> list[Outcome]:
    """Return the outcome of every question; *texts* holds the documents by id, to verify quotes with."""
    return ask_all(questions, answerer, texts=texts, name="gate")


def state_of(outcome: Outcome) -> State:
    """Return what is recorded of *outcome*."""
    answer = fold_white(str(outcome.record.get("answer") or outcome.record.get("reason") or ""))
    score = outcome.score
    return State(score.question, score.category, score.right, str(outcome.record.get("status")), answer[:_SHORT])


def crossings(recorded: Mapping[str, State], outcomes: Sequence[Outcome]) -> tuple[list[Crossing], list[Crossing]]:
    """Return the questions that were right and are wrong, and those that were wrong and are right."""
    changed = [
        Crossing(" → ".join((*one.question.history, one.question.text)), before, state_of(one), one.score.reasons)
        for one in outcomes
        if (before := recorded[one.question.id]).right != one.score.right
    ]
    return [one for one in changed if one.before.right], [one for one in changed if one.after.right]


def gate_lines(lost: Sequence[Crossing], gained: Sequence[Crossing], *, count: int) -> Iterator[str]:
    """Yield what crossed the gate of *count* questions, question by question, and what to do."""
    yield f"gate of {count} questions: lost {len(lost)}, gained {len(gained)}"
    for title, changed in (("LOST", lost), ("gained", gained)):
        for one in changed:
            yield f"{title} {one.before.id} ({one.before.category}): {one.question}"
            yield f"  before ({one.before.status}): {one.before.answer}"
            yield f"  now    ({one.after.status}): {one.after.answer}"
            yield from (f"  because: {reason}" for reason in one.reasons)
    if lost:
        yield f"Mend what was lost; if it is given up for more that is gained, record that:  {RECORD}"
    elif gained:
        yield f"Record what was gained, so that it cannot be lost again:  {RECORD}"


def gate_record(outcomes: Sequence[Outcome], *, seed: int = SEED) -> dict[str, Any]:
    """Return the content of ``gate.json`` for *outcomes*."""
    states = [asdict(state_of(outcome)) for outcome in outcomes]
    right = sum(state["right"] for state in states)
    return {"commit": commit(), "seed": seed, "right": right, "count": len(states), "questions": states}
