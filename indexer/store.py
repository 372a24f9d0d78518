"""
What was understood of the documents, in SQLite: the only module that knows it. `DocumentStore` reads the same tables from PostgreSQL.

A store is built in memory and handed over as bytes; the same input always gives the same bytes. It is opened from its file and
read as it is asked for, so that a large one neither fills the memory nor takes long to open. The file is never changed, and SQLite is
told so. A reader keeps its file when a newer index is published and the folder is cleared away: POSIX keeps what is open, Windows
refuses to delete it, and it goes when the next index is published.
"""

from __future__ import annotations

import json
import sqlite3
from abc import ABC, abstractmethod
from contextlib import closing
from threading import Lock
from typing import TYPE_CHECKING, Any
from weakref import finalize

from indexer.codec import dumps, loads
from indexer.passages import search_words
from indexer.places import by_page, pack_places, unpack_places
from indexer.stored import Stored
from indexer.types import (
    Cell,
    Clause,
    Column,
    Document,
    Group,
    Metadata,
    Page,
    ParsedDocument,
    Passage,
    Path,
    Placed,
    ReadWarning,
    Row,
    Span,
    StepKind,
    Table,
)

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

# "start" and "end" are offsets into documents.text; the words themselves are stored there, once. A column "document" holds the position
# of the document. passages.search is NULL where context and text give it.
_SCHEMA = """
PRAGMA page_size = 4096;
PRAGMA journal_mode = OFF;
PRAGMA encoding = 'UTF-8';
CREATE TABLE documents (
    position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, file TEXT NOT NULL, text TEXT NOT NULL,
    metadata TEXT NOT NULL, reading TEXT, source TEXT, licence TEXT, pages TEXT NOT NULL, warnings TEXT NOT NULL,
    doubts TEXT NOT NULL);
CREATE TABLE clauses (
    position INTEGER PRIMARY KEY, document INTEGER NOT NULL, path TEXT NOT NULL, "start" INTEGER NOT NULL,
    "end" INTEGER NOT NULL, heading TEXT, reading TEXT);
CREATE TABLE tables (
    position INTEGER PRIMARY KEY, document INTEGER NOT NULL, path TEXT NOT NULL, title TEXT NOT NULL,
    columns TEXT NOT NULL, "start" INTEGER NOT NULL, "end" INTEGER NOT NULL, noun TEXT NOT NULL);
CREATE TABLE rows (
    position INTEGER PRIMARY KEY, in_table INTEGER NOT NULL, number TEXT NOT NULL, cells TEXT NOT NULL,
    "start" INTEGER NOT NULL, "end" INTEGER NOT NULL, path TEXT NOT NULL, in_group TEXT NOT NULL, heads INTEGER NOT NULL);
CREATE TABLE passages (
    position INTEGER PRIMARY KEY, document INTEGER NOT NULL, eid TEXT NOT NULL, "start" INTEGER NOT NULL,
    "end" INTEGER NOT NULL, context TEXT NOT NULL, reading TEXT, search TEXT, kind TEXT NOT NULL);
CREATE TABLE places (
    position INTEGER PRIMARY KEY, document INTEGER NOT NULL, "start" INTEGER NOT NULL, "end" INTEGER NOT NULL,
    lines TEXT NOT NULL);
"""
_INDEXES = """
CREATE INDEX clauses_document ON clauses (document);
CREATE INDEX tables_document ON tables (document);
CREATE INDEX rows_in_table ON rows (in_table);
CREATE INDEX places_document ON places (document, "start");
"""
TABLES = ("documents", "places", "clauses", "tables", "rows", "passages")  # in the order in which they are written
_PASSAGES_KEPT = 4096  # passages and documents that stay in memory once they were read: all of a small corpus
_DOCUMENTS_KEPT = 512
_BLOCK = 1000  # rows that are read at a time, where all are gone through


def _check(unit: Clause | Passage, text: str) -> None:
    if text[unit.start : unit.end] != unit.text:
        msg = f"{unit.document}: the text of {unit.start}:{unit.end} is not what the {type(unit).__name__} holds"
        raise ValueError(msg)


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[Sequence[object]]) -> None:
    rows = iter(rows)
    if (first := next(rows, None)) is None:
        return
    # the name of the table is one of ours
    statement = f"INSERT INTO {table} VALUES ({', '.join('?' * (len(first) + 1))})"  # noqa: S608
    connection.execute(statement, (None, *first))
    connection.executemany(statement, ((None, *row) for row in rows))


def _document_row(parsed: ParsedDocument) -> Sequence[object]:
    document = parsed.document
    beside = (document.reading, document.source, document.licence, _line(parsed.pages), _line(parsed.warnings))
    return (document.id, document.file, document.text, dumps(document.metadata), *beside, _line(document.doubts))


def _line(values: tuple[object, ...]) -> str:
    return dumps(values) if values else "[]"


def _clause_rows(position: int, parsed: ParsedDocument) -> Iterator[Sequence[object]]:
    for clause in parsed.clauses:
        _check(clause, parsed.document.text)
        yield position, dumps(clause.path), clause.start, clause.end, clause.heading, clause.reading


def _place_rows(position: int, parsed: ParsedDocument) -> Iterator[Sequence[object]]:
    for lines in by_page(parsed.placed):  # a page a row, so that a citation reads no other
        yield position, lines[0].start, lines[-1].end, dumps(pack_places(lines))


def _table_row(position: int, table: Table) -> Sequence[object]:
    head = (position, dumps(table.path), table.title, dumps(table.columns))
    return (*head, table.start, table.end, table.noun)


def _row_rows(in_table: int, table: Table) -> Iterator[Sequence[object]]:
    for row in table.rows:
        place = (row.start, row.end, dumps(row.path), dumps(row.group), row.heads)
        yield in_table, row.number, dumps(row.cells), *place


def _passage_row(position: int, passage: Passage, text: str) -> Sequence[object]:
    _check(passage, text)
    usual = passage.search == search_words(
        passage.context, passage.text if passage.reading is None else passage.reading
    )
    words = (passage.context, passage.reading, None if usual else passage.search, passage.kind.value)
    return (position, passage.eid, passage.start, passage.end, *words)


def build_store(parsed: Sequence[ParsedDocument], passages: Iterable[Passage]) -> bytes:
    """
    Return a store of *parsed* and *passages* as bytes, in the order given.

    Raises:
        ValueError: a clause or a passage is not the slice of its document's text that it says.
    """
    positions = {one.document.id: position for position, one in enumerate(parsed, start=1)}
    texts = {one.document.id: one.document.text for one in parsed}
    numbered = list(enumerate(parsed, start=1))
    tables = [(position, table) for position, one in numbered for table in one.tables]
    return pack_store(
        {
            "documents": map(_document_row, parsed),
            "places": (row for position, one in numbered for row in _place_rows(position, one)),
            "clauses": (row for position, one in numbered for row in _clause_rows(position, one)),
            "tables": (_table_row(position, table) for position, table in tables),
            "rows": (row for number, (_, table) in enumerate(tables, start=1) for row in _row_rows(number, table)),
            "passages": (_passage_row(positions[one.document], one, texts[one.document]) for one in passages),
        }
    )


def pack_store(rows: Mapping[str, Iterable[Sequence[object]]]) -> bytes:
    """Return a store of the *rows* of each of ``TABLES``, without their positions, as bytes."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        for table in TABLES:
            _insert(connection, table, rows[table])
        connection.execute("COMMIT")
        connection.executescript(_INDEXES)
        return connection.serialize()


def _doubts(text: str) -> tuple[Span, ...]:
    return tuple(loads(tuple[Span, ...], text))


class DocumentStore(ABC):
    """
    What was understood of the documents, read from the tables of a database; threads may share it.

    The statements are SQL that SQLite and PostgreSQL both know, with "?" for a value.
    """

    def __init__(self) -> None:
        ((self._documents,),) = self._select("SELECT count(*) FROM documents")
        ((self._passages,),) = self._select("SELECT coalesce(max(position), 0) FROM passages")
        self._texts = Stored(self._documents, self._read_texts, kept=_DOCUMENTS_KEPT, read_at=self._texts_at)

    @abstractmethod
    def _select(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows that *query* gives."""

    @abstractmethod
    def _among(self, numbers: Sequence[int]) -> tuple[str, Sequence[object]]:
        """Return the end of a condition that holds for the columns that have one of *numbers*, and its values."""

    def _read_texts(self, first: int, end: int) -> list[str]:
        return self._texts_at(range(first, end))

    def _texts_at(self, positions: Sequence[int]) -> list[str]:
        among, values = self._among([place + 1 for place in positions])
        query = f"SELECT text FROM documents WHERE position {among} ORDER BY position"  # noqa: S608 - our own words
        return [text for (text,) in self._select(query, *values)]

    def _text(self, number: int) -> str:
        return self._texts[number - 1]

    def position(self, document: str) -> int | None:
        """Return the place of *document* among all documents, counted from 0; None where there is none of that id."""
        found = self._select("SELECT position FROM documents WHERE id = ?", document)
        return found[0][0] - 1 if found else None

    def ids(self) -> list[str]:
        """Return the ids of all documents in the order in which they were stored."""
        pairs = self._select("SELECT position, id FROM documents ORDER BY id")  # the index of ids alone is read
        return [name for _, name in sorted(pairs)]

    def documents(self) -> Stored[Document]:
        """Return all documents in the order in which they were stored."""
        return Stored(self._documents, self._read_documents, kept=_DOCUMENTS_KEPT)

    def _read_documents(self, first: int, end: int) -> list[Document]:
        columns = "position, id, file, metadata, reading, source, licence, doubts"
        query = f"SELECT {columns} FROM documents WHERE position > ? AND position <= ? ORDER BY position"  # noqa: S608 - our own names
        return [
            Document(
                name, file, self._text(position), loads(Metadata, metadata), reading, source, licence, _doubts(doubts)
            )
            for position, name, file, metadata, reading, source, licence, doubts in self._select(query, first, end)
        ]

    def _number(self, document: str) -> int:
        position = self.position(document)
        if position is None:
            msg = f"there is no document {document!r} in the store"
            raise ValueError(msg)
        return position + 1

    def clauses(self, document: str) -> tuple[Clause, ...]:
        """Return the clauses of *document* in reading order."""
        number = self._number(document)
        text = self._text(number)
        query = 'SELECT path, "start", "end", heading, reading FROM clauses WHERE document = ? ORDER BY position'
        return tuple(
            Clause(document, loads(Path, path), start, end, text[start:end], heading, reading)
            for path, start, end, heading, reading in self._select(query, number)
        )

    def _rows(self, in_table: int) -> tuple[Row, ...]:
        columns = 'number, cells, "start", "end", path, in_group, heads'
        query = f"SELECT {columns} FROM rows WHERE in_table = ? ORDER BY position"  # noqa: S608 - our own names
        return tuple(
            Row(
                number,
                loads(tuple[Cell, ...], cells),
                start,
                end,
                loads(Path, path),
                loads(Group | None, group),
                bool(heads),
            )
            for number, cells, start, end, path, group, heads in self._select(query, in_table)
        )

    def tables(self, document: str) -> tuple[Table, ...]:
        """Return the tables of *document* with all their rows."""
        columns = 'position, path, title, columns, "start", "end", noun'
        query = f"SELECT {columns} FROM tables WHERE document = ? ORDER BY position"  # noqa: S608 - our own names
        return tuple(
            Table(
                document=document,
                path=loads(Path, path),
                title=title,
                columns=loads(tuple[Column, ...], names),
                rows=self._rows(position),
                start=start,
                end=end,
                noun=noun,
            )
            for position, path, title, names, start, end, noun in self._select(query, self._number(document))
        )

    def pages(self, document: str) -> tuple[Page, ...]:
        """Return the pages of *document*."""
        ((pages,),) = self._select("SELECT pages FROM documents WHERE id = ?", document)
        return tuple(loads(tuple[Page, ...], pages))

    def placed(self, document: str, start: int = 0, end: int | None = None) -> tuple[Placed, ...]:
        """Return the printed lines of *document*, or only those of the pages that ``text[start:end]`` touches."""
        number = self._number(document)
        last = len(self._text(number)) if end is None else end
        query = 'SELECT lines FROM places WHERE document = ? AND "start" < ? AND "end" > ? ORDER BY position'
        pages = self._select(query, number, last, start)
        return tuple(line for (packed,) in pages for line in unpack_places(json.loads(packed)))

    def warnings(self, document: str) -> tuple[ReadWarning, ...]:
        """Return what was not understood of *document*."""
        ((warnings,),) = self._select("SELECT warnings FROM documents WHERE id = ?", document)
        return tuple(loads(tuple[ReadWarning, ...], warnings))

    def passages(self) -> Stored[Passage]:
        """Return all passages, in the order of the vectors."""
        return Stored(self._passages, self._read_passages, kept=_PASSAGES_KEPT, read_at=self._passages_at)

    def _read_passages(self, first: int, end: int) -> list[Passage]:
        return self._passages_where("> ? AND p.position <= ?", first, end)

    def _passages_at(self, positions: Sequence[int]) -> list[Passage]:
        among, values = self._among([place + 1 for place in positions])
        return self._passages_where(among, *values)

    def _passages_where(self, condition: str, *values: object) -> list[Passage]:
        columns = 'd.position, d.id, p.eid, p."start", p."end", p.context, p.reading, p.search, p.kind'
        tables = "passages p JOIN documents d ON d.position = p.document"
        query = f"SELECT {columns} FROM {tables} WHERE p.position {condition} ORDER BY p.position"  # noqa: S608 - our own words
        rows = self._select(query, *values)
        texts = self._texts.at([row[0] - 1 for row in rows])
        passages: list[Passage] = []
        for (_, document, name, start, stop, context, reading, search, kind), whole in zip(rows, texts, strict=True):
            text = whole[start:stop]
            words = search if search is not None else search_words(context, text if reading is None else reading)
            passages.append(Passage(document, name, start, stop, text, context, reading, words, StepKind(kind)))
        return passages

    def parsed(self, documents: Collection[str] | None = None) -> list[ParsedDocument]:
        """Return all documents, or those of *documents* (ids), as they were read, in their order."""
        stored: Sequence[Document] = self.documents()
        if documents is not None:
            places = (self.position(name) for name in documents)
            stored = [stored[place] for place in sorted(place for place in places if place is not None)]
        return [
            ParsedDocument(
                document,
                self.clauses(document.id),
                self.tables(document.id),
                self.pages(document.id),
                self.warnings(document.id),
                self.placed(document.id),
            )
            for document in stored
        ]

    def rows_of(self, table: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of one of ``TABLES`` as they are stored, without their positions, in their order."""
        last = 0
        query = f"SELECT * FROM {table} WHERE position > ? ORDER BY position LIMIT {_BLOCK}"  # noqa: S608 - our own names
        while rows := self._select(query, last):
            last = rows[-1][0]
            yield from (row[1:] for row in rows)


class Store(DocumentStore):
    """
    A store opened from its file, for reading.

    Raises:
        OSError: there is no such file.
    """

    def __init__(self, path: pathlib.Path) -> None:
        self._lock = Lock()
        with path.open("rb"):  # SQLite does not say why it cannot open one
            self._connection = sqlite3.connect(
                f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
        self.close = finalize(self, self._connection.close)
        super().__init__()

    def _among(self, numbers: Sequence[int]) -> tuple[str, Sequence[object]]:
        return "IN (SELECT value FROM json_each(?))", (json.dumps(list(numbers)),)

    def _select(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()
