"""
The values of a quiz: a question with its right answer and the places that prove it, and how it is kept.

A question is complete in itself: it can be asked, marked and shown though the corpus has changed since.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from assistant.types import Citation

_KEPT = ("document", "number", "label", "path", "start", "end", "quote", "text", "replaced_by", "page", "confidence")


class Form(StrEnum):
    """How a question is answered."""

    CHOICE = "choice"  # one of four options
    TYPED = "typed"  # in words
    HUNT = "hunt"  # by the register and the number of the row


class Measure(StrEnum):
    """By what a typed answer is compared with the right one."""

    AGENCY = "agency"
    TIME = "time"
    COUNT = "count"
    NUMBER = "number"  # of a document
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class QuizQuestion:
    """
    A question whose ``answer`` is proved by ``citations``, the first of them above all.

    ``options`` are what is chosen from, ``options[right]`` is the answer of a ``choice``. Of a ``hunt`` they are the registers, and
    ``places`` the pairs of register (its position in ``options``) and row number that are right. ``others`` are values of the same kind
    that a typed answer must not name beside the right one.
    """

    topic: str
    text: str
    answer: str
    citations: tuple[Citation, ...]
    form: Form = Form.CHOICE
    options: tuple[str, ...] = ()
    right: int = -1
    measure: Measure | None = None
    places: tuple[tuple[int, str], ...] = ()
    others: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.citations:
            msg = "a question needs the place that proves its answer"
            raise ValueError(msg)
        if self.form is Form.CHOICE and not 0 <= self.right < len(self.options):
            msg = f"option {self.right} of {len(self.options)} does not exist"
            raise ValueError(msg)
        if self.form is Form.TYPED and self.measure is None:
            msg = "a typed answer needs a measure"
            raise ValueError(msg)
        if self.form is Form.HUNT and not self.places:
            msg = "a hunt needs the place that is hunted for"
            raise ValueError(msg)

    @property
    def citation(self) -> Citation:
        """The first place that proves the answer."""
        return self.citations[0]


def question_record(question: QuizQuestion) -> dict[str, Any]:
    """Return *question* as JSON values. Where its quotes are printed on the page is left out; the document knows that."""
    record: dict[str, Any] = {field.name: getattr(question, field.name) for field in fields(question)}
    record["citations"] = [{name: getattr(one, name) for name in _KEPT} for one in question.citations]
    return record


def question_from(record: dict[str, Any]) -> QuizQuestion:
    """Return the question that :func:`question_record` made *record* of."""
    measure = record["measure"]
    return QuizQuestion(
        topic=record["topic"],
        text=record["text"],
        answer=record["answer"],
        citations=tuple(Citation(**{**one, "path": tuple(one["path"])}) for one in record["citations"]),
        form=Form(record["form"]),
        options=tuple(record["options"]),
        right=record["right"],
        measure=Measure(measure) if measure else None,
        places=tuple((register, number) for register, number in record["places"]),
        others=tuple(record["others"]),
    )
