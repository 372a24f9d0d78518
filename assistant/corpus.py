"""What the assistant knows about the corpus that it answers from; all of it is read from the index."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, overload

import regex as re

from assistant.answering import AnsweringModel
from assistant.copies import copies_in
from assistant.lexicon import abbreviations, canonical
from assistant.wording import replacing_names
from indexer.agencies import Agency, AgencyKeys
from indexer.columns import AGENCIES, OTHER, SUBJECTS, starts_like
from indexer.letterhead import kind_names
from indexer.relations import numbers_in, plain_number
from indexer.types import StepKind, fold_white
from indexer.vietnamese import fold, syllables

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from assistant.units import Units
    from indexer.index import Index
    from indexer.syllable_model import SyllableModel
    from indexer.types import Clause, Document, Row, Table

_HEAD = re.compile(
    r"(\d+)(?=[/-](?:\d{4}/)?[a-z])(?:/\d{4})?"
)  # the figure of a document number, with its year where it has one
_FOLDED = 512  # documents whose folded text is remembered
_TITLE_WORD = re.compile(r"[\w/-]+")
_COMPOUND = -3.0  # log-probability from which two syllables are one word
_PLACE = re.compile(r"\b(?:tỉnh|thành phố)\s+((?:\p{Lu}\w*\s*)+)")
_PLACE_NAME = re.compile(r"\b(?:tỉnh|thành phố|huyện|quận|xã|phường|thị xã)\s+((?:\p{Lu}[\p{L}]*\s*)+)$", re.IGNORECASE)
_OVER = re.compile(
    r"^\W*(?:UBND|UỶ BAN NHÂN DÂN|ỦY BAN NHÂN DÂN|HĐND|HỘI ĐỒNG NHÂN DÂN)\s*"
    r"(?:TỈNH|THÀNH PHỐ|TP\.?|HUYỆN|QUẬN|XÃ|PHƯỜNG|THỊ XÃ)\s+((?:\p{Lu}+ ?){1,4})(?=\s{2}|\s*$|\s+CỘNG)",
    re.MULTILINE,
)  # the line over the issuer of a letterhead
_LETTERHEAD = 400  # characters that hold it
_LEVELS = ("thanh pho", "tinh", "huyen", "xa", "phuong", "so", "bo", "nganh")  # no body without a name
_SHORT = re.compile(r"(?<!\w)\p{Lu}{3,}(?!\w)")
_ROWS = 1 << 14  # rows whose terms stay in memory
_HEADING = 6  # words of a heading by which a question may name its column
_BODIES = 0.75  # share of the cells of a column that are agencies, from which it names agencies
_HELD = 5000  # documents that are held in memory; more are read when they are needed
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


def shown_text(document: Document) -> str:
    """Return the text to read: the reading of a bad scan, else the text itself."""
    return document.reading if document.reading is not None else document.text


def subject_column(table: Table) -> int:
    """Return the index of the column that says what a row is about: by its role, else the first that is no number."""
    for role in SUBJECTS:
        if (index := table.column(role)) is not None:
            return index
    return min(1, len(table.columns) - 1)


def _are_bodies(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return len(filled) > 1 and sum(starts_like("bodies", cell) for cell in filled) >= _BODIES * len(filled)


class _Kept(Sequence["Document"]):
    """All *documents* whose id is not in *left_out*; each is read when it is asked for."""

    def __init__(self, documents: Sequence[Document], left_out: Collection[str]) -> None:
        self._documents = documents
        self._places = [place for place, document in enumerate(documents) if document.id not in left_out]
        self._left_out = left_out

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, position: int) -> Document: ...

    @overload
    def __getitem__(self, position: slice) -> tuple[Document, ...]: ...

    def __getitem__(self, position: int | slice) -> Document | tuple[Document, ...]:
        if isinstance(position, slice):
            return tuple(self._documents[place] for place in self._places[position])
        return self._documents[self._places[position]]

    def __iter__(self) -> Iterator[Document]:
        return (document for document in self._documents if document.id not in self._left_out)


class Corpus:
    """
    The documents, registers, agencies and words of one index.

    A document that lies there twice, as a DOCX and its PDF, counts once: ``copies`` says which ones are left out, and for which.
    """

    def __init__(self, index: Index, answering: AnsweringModel | None = None) -> None:
        """*answering* takes the place of the model that is shipped."""
        self.index = index
        self._answering = answering
        self.copies = copies_in(index)  # documents that only repeat another, by id, and which
        self.documents: Sequence[Document] = self._without_copies()
        self.tables: tuple[Table, ...] = tuple(
            table for document in self.documents for table in index.tables(document.id)
        )

    def _without_copies(self) -> Sequence[Document]:
        """Return the documents of the index, each once; of many, none stays in memory."""
        documents = self.index.documents
        if len(documents) <= _HELD:
            return tuple(document for document in documents if document.id not in self.copies)
        return _Kept(documents, self.copies) if self.copies else documents

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

    @cached_property
    def own_numbers(self) -> dict[str, str]:
        """The ids of documents by their own number, in its plain form."""
        return {plain_number(d.metadata.number.value): d.id for d in self.documents if d.metadata.number}

    @cached_property
    def heads(self) -> dict[str, tuple[str, ...]]:
        """The ids of documents by the figure of their number: "12" of "12/KH-UBND"."""
        found: dict[str, tuple[str, ...]] = {}
        for document in self.documents:
            if document.metadata.number:
                head = re.split(r"[/-]", document.metadata.number.value)[0]
                found[head] = (*found.get(head, ()), document.id)
        return found

    @cached_property
    def signers(self) -> dict[str, tuple[str, ...]]:
        """The ids of documents by the folded name of who signed them."""
        found: dict[str, tuple[str, ...]] = {}
        for document in self.documents:
            if document.metadata.signer:
                name = fold(document.metadata.signer.value)
                found[name] = (*found.get(name, ()), document.id)
        return found

    @cached_property
    def replaced_by(self) -> dict[str, str]:
        """The number, else the name, of the document that has replaced a document, by the id of the one replaced."""
        return replacing_names(self.documents)

    @cached_property
    def keys(self) -> AgencyKeys:
        """The keys of agencies, by the abbreviations and names of this corpus."""
        return AgencyKeys.learn(self.texts)

    @cached_property
    def agencies(self) -> dict[str, Agency]:
        """Every agency that a register names or that issued a document, by its key."""
        known = dict(self.row_agencies)
        for document in self.documents:
            if name := self.issuer_name(document):
                key = self.keys.key(name)
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
        return document.metadata.issuer.value if document.metadata.issuer else None

    @cached_property
    def issuers(self) -> dict[str, tuple[Document, ...]]:
        """Documents by the key of who issued them."""
        found: dict[str, tuple[Document, ...]] = {}
        for document in self.documents:
            if name := self.issuer_name(document):
                key = self.keys.key(name)
                found[key] = (*found.get(key, ()), document)
        return found

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """What there is to read, one text a document, bad scans left out."""
        return tuple(document.text for document in self.documents if document.reading is None)

    @cached_property
    def numbers(self) -> dict[str, str]:
        """Every document number that a document prints, by its plain form."""
        found: dict[str, str] = {}
        for document in self.documents:
            for match in numbers_in(document.text):
                number, plain = " ".join(match.group().split()), plain_number(match.group())
                found[plain] = number
                found.setdefault(plain.replace("Đ", "D"), number)  # as it is typed without diacritics
        return found

    @cached_property
    def first_named(self) -> dict[str, dict[str, tuple[int, int]]]:
        """Where each document first names a number, by the number's plain form and the document's id."""
        found: dict[str, dict[str, tuple[int, int]]] = {}
        for document in self.documents:
            for match in numbers_in(document.text):
                found.setdefault(plain_number(match.group()), {}).setdefault(document.id, match.span())
        return found

    @cached_property
    def folded_text(self) -> str:
        """Everything there is to read, folded, on one line."""
        return " ".join(map(_folded, self.documents))

    @lru_cache(maxsize=_FOLDED)  # noqa: B019 - a corpus lives as long as its assistant
    def folded_of(self, document: str) -> str:
        """Return what there is to read of one document, folded, on one line."""
        return _folded(self.index.document(document))

    @cached_property
    def _frequencies(self) -> tuple[Counter[str], int]:
        counts: Counter[str] = Counter()
        total = 0
        for unit in self.units():
            counts.update(set(terms(unit)))
            total += 1
        return counts, total

    def units(self) -> Iterable[str]:
        """Yield the text of every clause and row."""
        for document in self.documents:
            for clause in self.index.clauses(document.id):
                yield clause.reading or clause.text
        for at in self.rows:
            yield " ".join(cell.text for cell in at.row.cells)

    @cached_property
    def answering(self) -> AnsweringModel:
        """How the signals of sentences count."""
        return self._answering or AnsweringModel.load()

    @cached_property
    def units_of(self) -> Units:
        """The clauses and rows cut into sentences, as facts are found in them."""
        from assistant.units import Units  # noqa: PLC0415 - which needs this module

        return Units(self)

    def weight(self, term: str) -> float:
        """Return how much *term* tells: its inverse document frequency over clauses and rows, in [0, 1]; 1 for an unknown one."""
        counts, total = self._frequencies
        return math.log(1 + total / (counts[term] + 0.5)) / math.log(1 + total / 0.5)

    @cached_property
    def known_terms(self) -> Collection[str]:
        """Every term that stands in a clause or row."""
        return self._frequencies[0].keys()

    @cached_property
    def _name_terms(self) -> dict[str, frozenset[str]]:
        found = {}
        for document in self.documents:
            metadata = document.metadata
            stated = (metadata.number, metadata.title, metadata.issuer, metadata.issued_on)
            words = " ".join(item.value for item in stated if item)
            kind = kind_names().get(metadata.kind.value, "") if metadata.kind else ""
            found[document.id] = frozenset(terms(f"{kind} {words} {self.keys.write_out(words)}"))
        return found

    @cache  # noqa: B019 - a corpus lives as long as its assistant
    def title_words(self, document: str) -> tuple[str, ...]:
        """Return the words of a document's title, folded, in order."""
        title = self.index.document(document).metadata.title
        return tuple(_TITLE_WORD.findall(fold(fold_white(title.value)))) if title else ()

    @cached_property
    def title_places(self) -> dict[tuple[str, ...], list[tuple[str, int]]]:
        """Where three words stand side by side in titles: document and place."""
        found: dict[tuple[str, ...], list[tuple[str, int]]] = {}
        for document in self.documents:
            words = self.title_words(document.id)
            for place in range(len(words) - 2):
                found.setdefault(words[place : place + 3], []).append((document.id, place))
        return found

    def place_of(self, document: Document) -> str | None:
        """Return the name of the province, commune or city to which the issuer of *document* belongs, folded: "ha noi"."""
        match = _PLACE_NAME.search(fold_white(self.issuer_name(document) or ""))
        match = match or _OVER.search(shown_text(document)[:_LETTERHEAD])
        return fold(match.group(1)).strip() if match else None

    @cached_property
    def places(self) -> dict[str, tuple[str, ...]]:
        """The ids of documents by the place whose body issued them, folded: "ha noi"."""
        found: dict[str, tuple[str, ...]] = {}
        for document in self.documents:
            if place := self.place_of(document):
                found[place] = (*found.get(place, ()), document.id)
        return found

    def year_of(self, document: str) -> int | None:
        """Return the year in which a document was issued, None where it is not known."""
        issued_on = self.index.document(document).metadata.issued_on
        return int(issued_on.value[:4]) if issued_on else None

    def name_terms(self, document: str) -> frozenset[str]:
        """Return the terms of what a document is called: kind, number, title, issuer, date."""
        return self._name_terms[document]

    def knows(self, term: str) -> bool:
        """Tell whether *term* stands anywhere in the corpus."""
        return self._frequencies[0][term] > 0

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
        names = [_PLACE.search(name) for document in self.documents if (name := self.issuer_name(document))]
        return frozenset(fold(word) for match in names if match for word in match.group(1).split())

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
        return next(
            (at for at in self.rows if at.table.document == document and at.row.start <= start < at.row.end), None
        )

    def body_clauses(self, documents: Sequence[Document]) -> Iterable[tuple[Document, Clause]]:
        """Yield the clauses that say something: no recipients, no signature."""
        for document in documents:
            for clause in self.index.clauses(document.id):
                if clause.path[0].kind not in _KEPT:
                    yield document, clause


def _folded(document: Document) -> str:
    return fold(fold_white(shown_text(document)))


@lru_cache(maxsize=1 << 14)  # the same clauses are compared with every question
def terms(text: str) -> tuple[str, ...]:
    """Return the folded syllables of *text* and their neighbours in pairs, by which texts are compared."""
    words = [fold(word) for word in syllables(canonical(text))]
    heads = [head for word in words if (head := _HEAD.match(word))]
    words += [part for head in heads for part in dict.fromkeys((head.group(1), head.group()))]
    return (*words, *(f"{a} {b}" for a, b in pairwise(words)))


@lru_cache(maxsize=1 << 14)
def cell_terms(text: str) -> frozenset[str]:
    """Return the terms of the words of a cell, and of those words with the abbreviations in it written out: "KHCN"."""
    return frozenset((*terms(text), *(terms(written_out(text)) if _SHORT.search(text) else ())))


def written_out(text: str) -> str:
    """Return *text* with the common abbreviations in it written out."""
    return _SHORT.sub(lambda match: abbreviations().get(match.group().lower(), match.group()), text)
