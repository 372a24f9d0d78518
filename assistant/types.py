"""
The values of the assistant, in the order in which they arise.

    question -> Hit -> Citation -> Answer or Abstention, and the State that the next question of the conversation starts from
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from indexer.types import Box, Passage, Span  # noqa: TC001 - the codec reads the hints of these values


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
    """One retrieved passage. Higher ``score`` is better; ``rank`` counts from 1; ``soft`` and ``nearness`` as in `Ranked`."""

    passage: Passage
    score: float
    rank: int
    soft: float = 0.0
    nearness: float = 0.0


@dataclass(frozen=True, slots=True)
class Citation:
    """
    A place in a document: ``quote`` is ``Document.text[start:end]``, ``text`` the clause or row that holds it.

    ``number`` is the document's number, ``label`` the place as officials write it, ``path`` the same place step by step,
    ``reading`` the repaired text of the unit where the document is a bad scan, and ``doubts`` the words of it that stay in
    doubt, slices of ``reading``. ``replaced_by`` is the number or name of the document of the corpus that has replaced or repealed
    this one. ``page`` is where the quote begins in the original and ``boxes`` are its lines there; None and () where the format
    has no fixed pages. ``confidence`` (0 to 1) tells of pages that were recognised from a picture.
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
    page: int | None = None
    boxes: tuple[Box, ...] = ()
    confidence: float | None = None
    doubts: tuple[Span, ...] = ()

    def __post_init__(self) -> None:
        if not self.quote or self.quote not in self.text:
            msg = f"the quote must stand in the text it cites: {self.quote[:60]!r}"
            raise ValueError(msg)
        if self.end - self.start != len(self.quote):
            msg = f"{self.start}:{self.end} is not as long as its quote ({len(self.quote)} characters)"
            raise ValueError(msg)
        if self.boxes and self.page != self.boxes[0].page:
            msg = f"the quote begins on page {self.boxes[0].page}, not {self.page}"
            raise ValueError(msg)
        if self.doubts and self.doubts[-1].end > len(self.reading or ""):
            msg = f"doubts are slices of the reading, which has {len(self.reading or '')} characters"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Answer:
    """
    A reply that cites at least one place; "[n]" in ``text`` is ``citations[n - 1]``.

    ``computed`` are the numbers and dates of ``text`` that were counted or calculated from rows. ``confidence`` is how likely the
    sentence that was chosen answers (0 to 1); None where nothing was weighed, because the answer was looked up or computed.
    """

    question: str
    understood: str
    text: str
    citations: tuple[Citation, ...]
    trace: tuple[str, ...] = ()
    computed: tuple[str, ...] = ()
    confidence: float | None = None

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
    """
    A reply that does not answer: ``text`` names what was looked for and what there is instead.

    ``confidence`` is how likely the best sentence would have answered; None where none was weighed.
    """

    status: Status
    question: str
    understood: str
    text: str
    citations: tuple[Citation, ...] = ()
    choices: tuple[str, ...] = ()  # questions that would be clear, for ``ambiguous``
    trace: tuple[str, ...] = ()
    confidence: float | None = None

    def __post_init__(self) -> None:
        if self.status is Status.ANSWERED:
            msg = "an Abstention does not answer; return an Answer instead"
            raise ValueError(msg)


Reply = Answer | Abstention
