"""
The values of the assistant, in the order in which they arise.

    question -> Hit -> Citation -> Answer or Abstention, and the State that the next question of the conversation starts from
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indexer.types import Passage


class Status(StrEnum):
    """How a question ended; the values of ``status`` in the answer record."""

    ANSWERED = "answered"
    NOT_STATED = "not_stated"  # the task exists, the cell is blank
    NOT_FOUND = "not_found"  # no such task, no such fact
    AMBIGUOUS = "ambiguous"  # which document, which annex?
    OUT_OF_SCOPE = "out_of_scope"
    ERROR = "error"  # the question itself cannot be taken


@dataclass(frozen=True, slots=True)
class Hit:
    """One retrieved passage. Higher ``score`` is better; ``rank`` counts from 1."""

    passage: Passage
    score: float
    rank: int


@dataclass(frozen=True, slots=True)
class Citation:
    """
    A place in a document: ``quote`` is ``Document.text[start:end]``, ``text`` the clause or row that holds it.

    ``number`` is the document's number, ``label`` the place as officials write it, ``path`` the same place step by step,
    ``reading`` the repaired text of the unit where the document is a bad scan, ``replaced_by`` the number or name of the document of
    the corpus that has replaced or repealed this one.
    """

    document: str
    number: str | None
    label: str
    path: tuple[str, ...]
    start: int
    end: int
    quote: str
    text: str
    reading: str | None = None
    replaced_by: str | None = None

    def __post_init__(self) -> None:
        if not self.quote or self.quote not in self.text:
            msg = f"the quote must stand in the text it cites: {self.quote[:60]!r}"
            raise ValueError(msg)
        if self.end - self.start != len(self.quote):
            msg = f"{self.start}:{self.end} is not as long as its quote ({len(self.quote)} characters)"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply that cites at least one place; "[n]" in ``text`` is ``citations[n - 1]``."""

    question: str
    understood: str
    text: str
    citations: tuple[Citation, ...]
    trace: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.citations:
            msg = "an Answer needs a citation; return an Abstention instead"
            raise ValueError(msg)

    @property
    def status(self) -> Status:
        """Always ``answered``."""
        return Status.ANSWERED


@dataclass(frozen=True, slots=True)
class Abstention:
    """A reply that does not answer: ``text`` names what was looked for and what there is instead."""

    status: Status
    question: str
    understood: str
    text: str
    citations: tuple[Citation, ...] = ()
    choices: tuple[str, ...] = ()  # questions that would be clear, for ``ambiguous``
    trace: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.status is Status.ANSWERED:
            msg = "an Abstention does not answer; return an Answer instead"
            raise ValueError(msg)


Reply = Answer | Abstention
