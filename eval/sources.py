"""The documents that questions are about: their words, their clauses and rows, and what they are called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from eval.measures import locate
from indexer.errors import InputError, UnknownDocumentError
from indexer.reader import normalise, read_text
from indexer.types import Clause, Span, fold_white

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from eval.question_set import Gold
    from indexer.index import Index


@dataclass(frozen=True, slots=True)
class Unit:
    """A clause or a row: where it stands in its document, and what officials call it."""

    span: Span
    label: str


class Sources(Protocol):
    """What a checker and an importer ask of documents."""

    @property
    def texts(self) -> Mapping[str, str]:
        """The text of each document by its id."""

    def readable(self, document: str) -> str:
        """Return all that a person can read in *document*: its text, and the reading of a bad scan."""

    def units(self, document: str) -> Sequence[Unit]:
        """Return the clauses and rows of *document*, () where they are not known."""

    def named(self, name: str) -> str | None:
        """Return the id of the document with the id or the number *name*, None if there is none."""

    def called(self, document: str, label: str) -> Sequence[tuple[str, str]]:
        """Return label and words of the places of *document* that *label* names; more than one where it is not clear."""


class TextSources:
    """Documents of which only the text is known."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = dict(texts)

    @classmethod
    def of_folder(cls, folder: Path) -> TextSources:
        """
        Read the .txt files of *folder*; a document is called as its file.

        Raises:
            InputError: there is none, or one cannot be read.
        """
        texts = {path.stem: read_text(path) for path in sorted(folder.glob("*.txt"))}
        if not texts:
            msg = f"{folder}: holds no .txt file.\n  Name the folder of the documents:  python -m eval check --documents DIR"
            raise InputError(msg)
        return cls(texts)

    @property
    def texts(self) -> Mapping[str, str]:
        """The text of each document by its id."""
        return self._texts

    def readable(self, document: str) -> str:
        """Return the text of *document*."""
        return self._texts[document]

    def units(self, document: str) -> Sequence[Unit]:  # noqa: ARG002 - of a text alone they are not known
        """Return nothing: clauses and rows are known to an index."""
        return ()

    def named(self, name: str) -> str | None:
        """Return *name* where a document is called so."""
        return name if name in self._texts else None

    def called(self, document: str, label: str) -> Sequence[tuple[str, str]]:  # noqa: ARG002
        """Return nothing: places are known to an index."""
        return ()


class IndexSources:
    """The documents of an index."""

    def __init__(self, index: Index) -> None:
        from assistant.api import Library  # noqa: PLC0415 - checks over plain texts do without
        from assistant.corpus import Corpus  # noqa: PLC0415

        self._index = index
        self._library = Library(Corpus(index))
        self._texts = {document.id: document.text for document in index.documents}
        self._units: dict[str, tuple[Unit, ...]] = {}

    @property
    def texts(self) -> Mapping[str, str]:
        """The text of each document by its id."""
        return self._texts

    def readable(self, document: str) -> str:
        """Return the text of *document*, and behind it the reading of a bad scan."""
        found = self._index.document(document)
        return found.text if found.reading is None else f"{found.text}\n{found.reading}"

    def units(self, document: str) -> Sequence[Unit]:
        """Return the clauses of *document* and the rows of its tables."""
        from indexer.path import label  # noqa: PLC0415

        if document not in self._units:
            clauses = [Unit(Span(one.start, one.end), label(one.path)) for one in self._index.clauses(document)]
            rows = [row for table in self._index.tables(document) for row in table.rows]
            self._units[document] = (*clauses, *(Unit(Span(row.start, row.end), label(row.path)) for row in rows))
        return self._units[document]

    def named(self, name: str) -> str | None:
        """Return the id of the document with the id or the printed number *name*."""
        try:
            return self._library.document(name).id
        except UnknownDocumentError:
            return None

    def called(self, document: str, label: str) -> Sequence[tuple[str, str]]:
        """Return label and words of the places of *document* that *label* names, as the API finds them."""
        holder = self._index.document(document)
        found = []
        for place in self._library.places(holder, label):
            if isinstance(place.unit, Clause):
                start, end = place.unit.start, place.unit.end
            elif place.column is None:
                start, end = place.unit.row.start, place.unit.row.end
            else:
                span = place.unit.row.cells[place.column].spans[0]  # places with blank cells are not given
                start, end = span.start, span.end
            found.append((place.label, holder.text[start:end]))
        return found


def holds(text: str, words: str) -> bool:
    """Tell whether *words* stand in *text* word for word, white space folded."""
    return fold_white(normalise(words)) in fold_white(normalise(text))


def count_places(quote: str, document: str, sources: Sources) -> int:
    """Return in how many clauses and rows of *document* the *quote* stands; where those are not known, how often it stands there."""
    text, wanted = sources.texts[document], fold_white(normalise(quote))
    units = sources.units(document)
    if not units:
        return fold_white(normalise(text)).count(wanted)
    return sum(wanted in fold_white(text[unit.span.start : unit.span.end]) for unit in units)


def unit_of(gold: Gold, sources: Sources) -> Unit | None:
    """Return the smallest clause or row in which *gold* stands, None where that is not known."""
    units = sources.units(gold.document)
    span = locate(gold, sources.texts[gold.document], [unit.span for unit in units])
    if span is None:
        return None
    around = [unit for unit in units if unit.span.start <= span.start and span.end <= unit.span.end]
    return min(around, key=lambda unit: unit.span.end - unit.span.start, default=None)
