"""
Question sets: what is asked, what a right answer holds, and where it stands in the documents.

    questions/development.jsonl   may be looked at and tuned on
    questions/practice.jsonl      was reported once; may be looked at and tuned on since a later set is reported
    questions/practice_2.jsonl    the same
    questions/practice_3.jsonl    was never reported; may be looked at and tuned on
    questions/practice_4.jsonl    as practice.jsonl
    questions/practice_5.jsonl    the same; questions/other_documents/ over documents that are not part of the project
    questions/reported.jsonl      is reported, never looked at and never tuned on
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.errors import InputError
from indexer.reader import normalise
from indexer.types import fold_white

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

QUESTIONS = Path(__file__).parent / "questions"
DEVELOPMENT = QUESTIONS / "development.jsonl"
PRACTICE = QUESTIONS / "practice.jsonl"
PRACTICE_2 = QUESTIONS / "practice_2.jsonl"
PRACTICE_4 = QUESTIONS / "practice_4.jsonl"
PRACTICE_6 = QUESTIONS / "practice_6.jsonl"
REPORTED = QUESTIONS / "reported.jsonl"


class Category(StrEnum):
    """The categories of our own sets; a set of somebody else's may use its own."""

    TABLE_LOOKUP = "table_lookup"
    LIST_COUNT = "list_count"
    CLAUSE_FACT = "clause_fact"
    CROSS_DOCUMENT = "cross_document"
    METADATA = "metadata"
    BLANK_CELL = "blank_cell"
    UNANSWERABLE = "unanswerable"
    NO_DIACRITICS = "no_diacritics"
    ENGLISH = "english"
    SCANNED = "scanned"
    FOLLOW_UP = "follow_up"
    TYPING = "typing"


DECLINES = ("not_stated", "not_found", "ambiguous", "out_of_scope")


@dataclass(frozen=True, slots=True)
class Gold:
    """
    A place that a right answer cites: ``quote`` holds the decisive words as they stand in the document.

    ``beside`` holds other words of the same clause or row. It tells apart quotes that stand in many rows, such as an
    agency's name, and is "" where the quote is enough.
    """

    document: str
    label: str
    quote: str
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """
    One question of a set.

    ``must`` holds the facts of a right answer, each with the forms that it may take; ``must_not`` what it never says.
    Every place of ``gold`` has to be cited, or one of them with ``any_gold``. ``status`` is the way of declining that
    is expected where the question cannot be answered, None where any will do. ``well_typed`` is the question without the
    slips, missing marks and keys that were put into ``text``; None where nobody knows, or nothing was put in.
    """

    id: str
    category: str
    text: str
    history: tuple[str, ...] = ()
    answerable: bool = True
    status: str | None = None
    must: tuple[tuple[str, ...], ...] = ()
    must_not: tuple[str, ...] = ()
    gold: tuple[Gold, ...] = ()
    any_gold: bool = False
    well_typed: str | None = None

    @property
    def is_list(self) -> bool:
        """Whether a right answer is a list, and so may be long."""
        return self.category == Category.LIST_COUNT or (len(self.gold) > 2 and not self.any_gold)

    def batch_object(self) -> dict[str, Any]:
        """Return the line that ``assistant ask --batch`` takes for this question."""
        return {"id": self.id, "question": self.text, "history": [{"question": text} for text in self.history]}


def load_questions(path: Path) -> list[Question]:
    """
    Return the questions of *path*, one JSON object a line; empty lines are passed over.

    Raises:
        InputError: the file cannot be read, a line is no question, or an id comes twice; it begins ``path:line:``.
    """
    questions, faults = read_questions(path)
    if faults:
        raise InputError(faults[0])
    if not questions:
        msg = f"{path}: holds no question.\n  Give a question file (JSON lines):  python -m eval run --questions FILE"
        raise InputError(msg)
    return questions


def read_questions(path: Path) -> tuple[list[Question], list[str]]:
    """
    Return the questions of *path* and what is wrong with its other lines, each beginning ``path:line:``.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = "is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else error.strerror
        msg = f"{path}: {reason}.\n  Give a question file (JSON lines):  python -m eval run --questions FILE"
        raise InputError(msg) from error
    questions: list[Question] = []
    faults: list[str] = []
    lines: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            question = read_question(line, f"{path}:{number}")
        except InputError as error:
            faults.append(str(error))
            continue
        if question.id in lines:
            first = lines[question.id]
            faults.append(f"{path}:{number}: the id {question.id!r} stands in line {first} too.\n  Give it another id.")
            continue
        lines[question.id] = number
        questions.append(question)
    return questions, faults


def load_sets(paths: Sequence[Path]) -> list[Question]:
    """Return the questions of all *paths*, or raise InputError where an id stands in two of them."""
    questions: list[Question] = []
    origin: dict[str, Path] = {}
    for path in paths:
        for question in load_questions(path):
            if question.id in origin:
                msg = (
                    f"{path}: the id {question.id!r} stands in {origin[question.id]} too.\n  Run the files one by one."
                )
                raise InputError(msg)
            origin[question.id] = path
            questions.append(question)
    return questions


def check_questions(questions: Iterable[Question], texts: Mapping[str, str]) -> list[str]:
    """
    Return what is wrong with *questions* of our own, one sentence each, [] when all is well.

    *texts* holds the documents by id. Every gold quote, and the words beside it, have to stand in its document, white
    space folded; answerable questions need facts and places.
    """
    folded = {document: fold_white(normalise(text)) for document, text in texts.items()}
    found: list[str] = []
    for question in questions:
        if question.category not in set(Category):
            found.append(f"{question.id}: unknown category {question.category!r}")
        if question.answerable and not (question.must and question.gold):
            found.append(f"{question.id}: is answerable, but has no fact or no place")
        if question.answerable and question.status is not None:
            found.append(f"{question.id}: is answerable, but expects {question.status}")
        for gold in question.gold:
            if gold.document not in folded:
                found.append(f"{question.id}: no document {gold.document!r}")
                continue
            for words in (gold.quote, gold.beside):
                if fold_white(normalise(words)) not in folded[gold.document]:
                    found.append(f"{question.id}: {fold_white(words)!r} is not in {gold.document}")
    return found


def asked_twice(questions: Iterable[Question]) -> list[str]:
    """Return the questions that are asked more than once after the same history, in any case and white space."""
    asked = Counter(
        tuple(fold_white(text).casefold() for text in (*question.history, question.text)) for question in questions
    )
    return [" / ".join(texts) for texts, count in asked.items() if count > 1]


def read_question(line: str, place: str) -> Question:
    """
    Return the question that the JSON *line* holds.

    Raises:
        InputError: it holds none; the message begins with *place*.
    """
    try:
        found = json.loads(line)
    except json.JSONDecodeError as error:
        msg = f"{place}: is no JSON ({error.msg}, column {error.colno}).\n  Mend the line, or delete it."
        raise InputError(msg) from error
    if not isinstance(found, dict):
        msg = f"{place}: is no JSON object.\n  A line holds one object with id, category, question and answerable."
        raise InputError(msg)
    history = _objects(found, "history", place)
    status = found.get("status")
    if status is not None and status not in DECLINES:
        msg = f'{place}: "status" is {status!r}.\n  It may be {", ".join(DECLINES)}, or left out.'
        raise InputError(msg)
    must = found.get("must", [])
    if not isinstance(must, list):
        raise InputError(_wrong("must", "a list of lists of texts", place))
    return Question(
        id=_text(found, "id", place),
        category=_text(found, "category", place),
        text=_text(found, "question", place),
        history=tuple(_text(earlier, "question", f"{place}: history") for earlier in history),
        answerable=_flag(found, "answerable", place),
        status=status,
        must=tuple(_texts(group, "must", place, least=1) for group in must),
        must_not=_texts(found.get("must_not", []), "must_not", place),
        gold=tuple(
            Gold(
                document=_text(gold, "document", f"{place}: gold"),
                label=_text(gold, "label", f"{place}: gold"),
                quote=_text(gold, "quote", f"{place}: gold"),
                beside=_text(gold, "beside", f"{place}: gold") if "beside" in gold else "",
            )
            for gold in _objects(found, "gold", place)
        ),
        any_gold=_flag(found, "any_gold", place, default=False),
        well_typed=_text(found, "well_typed", place) if found.get("well_typed") is not None else None,
    )


def _wrong(field: str, wanted: str, place: str) -> str:
    return (
        f'{place}: "{field}" is missing or is not {wanted}.\n  Mend the line; eval/questions/README.md shows the form.'
    )


def _text(found: Mapping[str, Any], field: str, place: str) -> str:
    value = found.get(field)
    if not isinstance(value, str) or not value.strip():
        raise InputError(_wrong(field, "a text", place))
    return value


def _texts(value: Any, field: str, place: str, *, least: int = 0) -> tuple[str, ...]:
    if (
        not isinstance(value, list)
        or len(value) < least
        or not all(isinstance(text, str) and text.strip() for text in value)
    ):
        raise InputError(_wrong(field, "a list of texts", place))
    return tuple(value)


def _flag(found: Mapping[str, Any], field: str, place: str, *, default: bool | None = None) -> bool:
    value = found.get(field, default)
    if not isinstance(value, bool):
        raise InputError(_wrong(field, "true or false", place))
    return value


def _objects(found: Mapping[str, Any], field: str, place: str) -> list[dict[str, Any]]:
    value = found.get(field, [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise InputError(_wrong(field, "a list of objects", place))
    return value
