"""What is exported, whatever the kind of file: entries with their citations, what is said above and below them, and the sources."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from assistant.exports.words import shown_day
from assistant.wording import document_name
from indexer.types import fold_white

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from assistant.corpus import Corpus
    from assistant.exports.words import ExportWords

# what neither XML nor a spreadsheet can hold, and signs that turn the direction of a line or break it
_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


class Kind(StrEnum):
    """A kind of file; the value is its suffix."""

    EXCEL = "xlsx"
    WORD = "docx"
    CALENDAR = "ics"


MEDIA_TYPES = {
    Kind.EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.CALENDAR: "text/calendar; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One row of an export. ``content`` to ``due`` are words of the document, "" where it has none.

    ``number``, ``place`` and ``quote`` cite it; ``id`` names its place, the same in every export; ``note`` is said beside it.
    """

    id: str
    content: str
    number: str
    place: str
    quote: str
    row: str = ""
    lead: str = ""
    partners: str = ""
    deliverable: str = ""
    due: str = ""
    last_day: date | None = None
    state: str = ""
    gaps: str = ""
    note: str = ""
    marks: str = ""  # "[1][2]" of an answer
    is_possible: bool = False  # given to a group of agencies


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A document that an export cites."""

    number: str
    title: str
    issuer: str
    issued_on: str
    file: str


@dataclass(frozen=True, slots=True)
class CitedPlace:
    """A citation of an answer under its mark."""

    mark: str
    number: str
    place: str
    quote: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A whole export: its title, what is said above and below its entries, and what it cites."""

    title: str
    above: tuple[str, ...]
    entries: tuple[Entry, ...]
    below: tuple[str, ...]
    documents: tuple[SourceDocument, ...]
    words: ExportWords
    citations: tuple[CitedPlace, ...] = ()
    state_shown: bool = False  # whether state and gaps have columns

    @property
    def dated(self) -> tuple[Entry, ...]:
        """The entries for a calendar: with a definite day, and not given to a group only."""
        return tuple(entry for entry in self.entries if entry.last_day is not None and not entry.is_possible)


def clean(text: str) -> str:
    """Return *text* without characters that a file cannot hold or that act in it."""
    return _UNFIT.sub("", text)


def document_number(corpus: Corpus, document: str, words: ExportWords) -> str:
    """Return the number of a document, else what it is called; with the document that has replaced it."""
    found = corpus.index.document(document)
    number = found.metadata.number.value if found.metadata.number else document_name(found, words.language)
    newer = corpus.replaced_by.get(document)
    return f"{number} ({words('replaced', document=newer)})" if newer else number


def source_documents(corpus: Corpus, documents: Iterable[str], words: ExportWords) -> tuple[SourceDocument, ...]:
    """Return what is to be said of *documents* (ids), each once."""
    sources = []
    for name in dict.fromkeys(documents):
        document = corpus.index.document(name)
        metadata = document.metadata
        issued = "/".join(reversed(metadata.issued_on.value.split("-"))) if metadata.issued_on else ""
        sources.append(
            SourceDocument(
                document_number(corpus, name, words),
                fold_white(metadata.title.value) if metadata.title else "",
                fold_white(metadata.issuer.value) if metadata.issuer else "",
                issued,
                document.file,
            )
        )
    return tuple(sources)


def made_on(today: date, words: ExportWords) -> str:
    """Return when the export was made."""
    return words("made_on", day=shown_day(today))
