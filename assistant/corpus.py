"""What the assistant knows about the corpus that it answers from; all of it is read from the index."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, overload

import numpy as np
import regex as re

from assistant.answering import AnsweringModel
from assistant.lexicon import abbreviations
from assistant.wording import document_name
from indexer.agencies import Agency, AgencyKeys
from indexer.columns import AGENCIES, OTHER, SUBJECTS, starts_like
from indexer.named import called, issuer_name, place_of
from indexer.terms import terms
from indexer.title_table import title_words
from indexer.types import StepKind, fold_white, shown_text
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from assistant.matching import Weighted
    from assistant.units import Units
    from indexer.folded_text import FoldedText
    from indexer.index import Index
    from indexer.number_table import NumberTable
    from indexer.summary import Frequencies
    from indexer.syllable_model import SyllableModel
    from indexer.types import Clause, Document, Row, Table

_READ = 512  # documents of which is remembered what is made of their text and names
_COMPOUND = -3.0  # log-probability from which two syllables are one word
_LEVELS = ("thanh pho", "tinh", "huyen", "xa", "phuong", "so", "bo", "nganh")  # no body without a name
_SHORT = re.compile(r"(?<!\w)\p{Lu}{3,}(?!\w)")
_ROWS = 1 << 14  # rows whose terms stay in memory
_HEADING = 6  # words of a heading by which a question may name its column
_BODIES = 0.75  # share of the cells of a column that are agencies, from which it names agencies
_KEPT = (StepKind.RECIPIENTS, StepKind.SIGNATURE)


@dataclass(frozen=True, slots=True)
class RowAt:
    """A row and the table it stands in."""

    table: Table
    row: Row


def count_items(table: Table, rows: Iterable[Row]) -> int:
    """Return how many tasks *rows* of *table* are: rows whose number is printed once, in a cell merged down over them, are one."""
    order = table.column("order")
    if order is None:
        return len(list(rows))
    return len({(cell.spans if (cell := row.cells[order]).merged and cell.spans else row.path) for row in rows})


def subject_column(table: Table) -> int:
    """Return the index of the column that says what a row is about: by its role, else the first that is no number."""
    for role in SUBJECTS:
        if (index := table.column(role)) is not None:
            return index
    return min(1, len(table.columns) - 1)


def _are_bodies(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return len(filled) > 1 and sum(starts_like("bodies", cell) for cell in filled) >= _BODIES * len(filled)


class Picked(Sequence["Document"]):
    """The documents of *index* with these ids; each is read when it is asked for."""

    def __init__(self, index: Index, ids: Sequence[str]) -> None:
        self._index, self._ids = index, ids

    def __len__(self) -> int:
        return len(self._ids)

    @overload
    def __getitem__(self, position: int) -> Document: ...

    @overload
    def __getitem__(self, position: slice) -> tuple[Document, ...]: ...

    def __getitem__(self, position: int | slice) -> Document | tuple[Document, ...]:
        """Return the document at *position*, or those of a slice."""
        if isinstance(position, slice):
            return tuple(map(self._index.document, self._ids[position]))
        return self._index.document(self._ids[position])


class Corpus:
    """
    The documents, registers, agencies and words of one index.

    A document that lies there twice, as a DOCX and its PDF, counts once: ``copies`` says which ones are left out, and for which.
    """

    def __init__(self, index: Index, answering: AnsweringModel | None = None) -> None:
        """*answering* takes the place of the model that is shipped."""
        self.index = index
        self._answering = answering
        self._summary = index.summary
        self._named = index.summary.named
        self.copies = index.summary.copies  # documents that only repeat another, by id, and which

    @cached_property
    def documents(self) -> Sequence[Document]:
        """The documents of the index, each once; of many, none stays in memory."""
        return Picked(self.index, self._summary.documents) if self.copies else self.index.documents

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """Every table, in the order of the documents."""
        return tuple(table for document in self._named.with_tables for table in self.index.tables(document))

    @cached_property
    def rows(self) -> tuple[RowAt, ...]:
        """Every row of every table."""
        return tuple(RowAt(table, row) for table in self.tables for row in table.rows)

    @cached_property
    def nouns(self) -> tuple[str, ...]:
        """What rows are called, each once."""
        return tuple(dict.fromkeys(table.noun for table in self.tables))

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """What columns are headed, folded, each once, those of several words alone; columns that say what a row is about left out."""
        named = (
            fold(column.name)
            for table in self.tables
            for index, column in enumerate(table.columns)
            if index != subject_column(table)
        )
        return tuple(dict.fromkeys(name for name in named if 1 < len(name.split()) <= _HEADING))

    @cached_property
    def lead_headings(self) -> tuple[str, ...]:
        """What columns of leads are headed, folded, each once, those of several words alone."""
        named = (fold(column.name) for table in self.tables for column in table.columns if column.role == "lead")
        return tuple(dict.fromkeys(name for name in named if 1 < len(name.split()) <= _HEADING))

    def agency_columns(self, table: Table, role: str | None = None) -> tuple[int, ...]:
        """
        Return the columns of *table* that name agencies: by *role*, else lead and partners.

        In a table without such columns they are those whose cells begin as agencies do, whatever they are called.
        """
        headed = [index for index, column in enumerate(table.columns) if column.role in AGENCIES]
        if headed:
            return tuple(index for index in headed if role in (None, table.columns[index].role))
        key = (table.document, table.start)
        if key not in self._bodies:
            self._bodies[key] = tuple(
                index
                for index, column in enumerate(table.columns)
                if column.role == OTHER and _are_bodies([row.cells[index].text for row in table.items])
            )
        return self._bodies[key]

    @cached_property
    def _bodies(self) -> dict[tuple[str, int], tuple[int, ...]]:
        return {}

    @property
    def own_numbers(self) -> dict[str, str]:
        """The ids of documents by their own number, in its plain form."""
        return self._named.own_numbers

    @property
    def heads(self) -> dict[str, Sequence[str]]:
        """The ids of documents by the figure of their number: "12" of "12/KH-UBND"."""
        return self._named.heads

    @property
    def signers(self) -> dict[str, Sequence[str]]:
        """The ids of documents by the folded name of who signed them."""
        return self._named.signers

    @property
    def related(self) -> dict[str, Sequence[str]]:
        """The ids of documents that have a relation to another, by its number as they print it."""
        return self._named.related

    def ordered(self, ids: Collection[str]) -> list[str]:
        """Return *ids* in the order in which their documents stand in the index."""
        return sorted(ids, key=self.index.place)

    @property
    def untitled(self) -> Sequence[Document]:
        """The documents that have no title."""
        return Picked(self.index, self._named.untitled)

    @property
    def with_tables(self) -> Sequence[Document]:
        """The documents that have tables."""
        return Picked(self.index, self._named.with_tables)

    @property
    def with_annexes(self) -> Sequence[Document]:
        """The documents in which a clause heads an annex."""
        return Picked(self.index, self._named.with_annexes)

    @property
    def stated_elsewhere(self) -> Sequence[Document]:
        """The documents of which another one states what they are."""
        return Picked(self.index, self._named.stated_elsewhere)

    @cached_property
    def replaced_by(self) -> dict[str, str]:
        """The number, else the name, of the document that has replaced a document, by the id of the one replaced."""
        found = {old: self.index.document(new) for old, new in self._named.replaced.items()}
        return {old: n.value if (n := new.metadata.number) else document_name(new) for old, new in found.items()}

    @cached_property
    def keys(self) -> AgencyKeys:
        """The keys of agencies, by the abbreviations and names of this corpus."""
        return self._named.keys()

    @cached_property
    def agencies(self) -> dict[str, Agency]:
        """Every agency that a register names or that issued a document, by its key."""
        known = dict(self.row_agencies)
        for name, key in self._named.issuer_keys.items():
            known.setdefault(key, Agency(name, key))
        return known

    @cached_property
    def row_agencies(self) -> dict[str, Agency]:
        """Every agency that a register names, by its key."""
        known: dict[str, Agency] = {}
        for at in self.rows:
            for index in self.agency_columns(at.table):
                named = (agency for agency in self.keys.split(at.row.cells[index].text) if agency.key not in _LEVELS)
                known |= {agency.key: agency for agency in named}
        return known

    @staticmethod
    def issuer_name(document: Document) -> str | None:
        """Return who issued *document*."""
        return issuer_name(document)

    @cached_property
    def issuers(self) -> dict[str, Sequence[Document]]:
        """Documents by the key of who issued them."""
        return {key: Picked(self.index, ids) for key, ids in self._named.issuers.items()}

    @property
    def issuer_keys(self) -> dict[str, str]:
        """The key of everybody who issued a document, by the printed name."""
        return self._named.issuer_keys

    @property
    def numbers(self) -> NumberTable:
        """Every document number that a document prints, by its plain form."""
        return self._summary.numbers

    def first_named(self, plain: str) -> dict[str, tuple[int, int]]:
        """Return where each document first names the number of this plain form, by the document's id."""
        ids = self._summary.documents
        return {ids[document]: (start, end) for document, start, end in self.numbers.first_named(plain)}

    @property
    def folded_text(self) -> FoldedText:
        """Everything there is to read, folded, on one line."""
        return self._summary.folded

    @lru_cache(maxsize=_READ)  # noqa: B019 - a corpus lives as long as its assistant
    def folded_of(self, document: str) -> str:
        """Return what there is to read of one document, folded, on one line."""
        return fold(fold_white(shown_text(self.index.document(document))))

    @cached_property
    def answering(self) -> AnsweringModel:
        """How the signals of sentences count."""
        return self._answering or AnsweringModel.load()

    @cached_property
    def units_of(self) -> Units:
        """The clauses and rows cut into sentences, as facts are found in them."""
        from assistant.units import Units  # noqa: PLC0415 - which needs this module

        return Units(self)

    def warm(self) -> None:
        """Make what the first question that is answered from sentences would wait for."""
        from assistant.thesaurus import load_thesaurus  # noqa: PLC0415 - only where questions are answered

        load_thesaurus()
        _ = self.answering, self.units_of

    def weight(self, term: str) -> float:
        """Return how much *term* tells: its inverse document frequency over clauses and rows, in [0, 1]; 1 for an unknown one."""
        counts, total = self._summary.frequencies[term], self._summary.frequencies.units
        return math.log(1 + total / (counts + 0.5)) / math.log(1 + total / 0.5)

    @property
    def known_terms(self) -> Frequencies:
        """Every term that stands in a clause or row."""
        return self._summary.frequencies

    @lru_cache(maxsize=_READ)  # noqa: B019 - a corpus lives as long as its assistant
    def title_words(self, document: str) -> tuple[str, ...]:
        """Return the words of a document's title, folded, in order."""
        title = self.index.document(document).metadata.title
        return title_words(title.value) if title else ()

    def title_runs(self, words: Sequence[str]) -> Iterator[tuple[str, int]]:
        """Yield the documents whose title has the first three of *words*, and more of them, side by side, and how many."""
        for document, length in self._summary.titles.runs(words):
            yield self._summary.documents[document], length

    def place_of(self, document: Document) -> str | None:
        """Return the name of the province, commune or city to which the issuer of *document* belongs, folded: "ha noi"."""
        return place_of(document)

    @property
    def places(self) -> dict[str, Sequence[str]]:
        """The ids of documents by the place whose body issued them, folded: "ha noi"."""
        return self._named.places

    def year_of(self, document: str) -> int | None:
        """Return the year in which a document was issued, None where it is not known."""
        issued_on = self.index.document(document).metadata.issued_on
        return int(issued_on.value[:4]) if issued_on else None

    @lru_cache(maxsize=_READ)  # noqa: B019 - a corpus lives as long as its assistant
    def name_terms(self, document: str) -> frozenset[str]:
        """Return the terms of what a document is called: kind, number, title, issuer, date."""
        return frozenset(terms(called(self.index.document(document), self.keys)))

    def named_most(self, asked: Weighted) -> Iterator[tuple[float, str]]:
        """Yield the share of *asked* that stands in what a document is called, and its id, the most first; those that have none are left out."""
        weights = np.zeros(len(self._summary.documents))
        for term, weight in asked.terms:
            weights[self._summary.names.having(term)] += weight
        for weight in np.unique(weights[weights > 0])[::-1]:
            ids = sorted((self._summary.documents[int(one)] for one in np.flatnonzero(weights == weight)), reverse=True)
            yield from ((float(weight) / asked.total, name) for name in ids)

    def knows(self, term: str) -> bool:
        """Tell whether *term* stands anywhere in the corpus."""
        return term in self._summary.frequencies

    def is_compound(self, first: str, second: str) -> bool:
        """Tell whether *second* so often follows *first* in Vietnamese that the two are one word, "xử phạt"."""
        return self._syllables.log_probability(first.lower(), second.lower()) > _COMPOUND

    @cached_property
    def _syllables(self) -> SyllableModel:
        from indexer.syllable_model import SyllableModel  # noqa: PLC0415 - reads its file

        return SyllableModel.load()

    @cached_property
    def own_places(self) -> frozenset[str]:
        """The words of the proper names of the places whose bodies issued the documents, folded: they tell nothing apart."""
        return frozenset(self._named.own_places)

    def row_terms(self, at: RowAt) -> frozenset[str]:
        """Return the terms of all cells of a row, of its section, and of the title of its table."""
        key = (at.table.document, at.table.start, at.row.start)
        held = self._row_terms.get(key)
        if held is None:
            texts = [cell.text for cell in at.row.cells]
            texts += [at.row.group.name if at.row.group else "", at.table.title]
            held = frozenset(term for text in texts for term in cell_terms(text))
            if len(self._row_terms) >= _ROWS:
                self._row_terms.clear()
            self._row_terms[key] = held
        return held

    @cached_property
    def _row_terms(self) -> dict[tuple[str, int, int], frozenset[str]]:
        return {}

    def clause_at(self, document: str, start: int) -> Clause | None:
        """Return the clause of *document* that holds offset *start*."""
        holders = [clause for clause in self.index.clauses(document) if clause.start <= start < clause.end]
        return min(holders, key=lambda clause: clause.end - clause.start, default=None)  # a footnote inside a clause

    def row_at(self, document: str, start: int) -> RowAt | None:
        """Return the row of *document* whose slice holds offset *start*."""
        rows = (RowAt(table, row) for table in self.index.tables(document) for row in table.rows)
        return next((at for at in rows if at.row.start <= start < at.row.end), None)

    def body_clauses(self, documents: Sequence[Document]) -> Iterable[tuple[Document, Clause]]:
        """Yield the clauses that say something: no recipients, no signature."""
        for document in documents:
            for clause in self.index.clauses(document.id):
                if clause.path[0].kind not in _KEPT:
                    yield document, clause


@lru_cache(maxsize=1 << 14)
def cell_terms(text: str) -> frozenset[str]:
    """Return the terms of the words of a cell, and of those words with the abbreviations in it written out: "KHCN"."""
    return frozenset((*terms(text), *(terms(written_out(text)) if _SHORT.search(text) else ())))


def written_out(text: str) -> str:
    """Return *text* with the common abbreviations in it written out."""
    return _SHORT.sub(lambda match: abbreviations().get(match.group().lower(), match.group()), text)
