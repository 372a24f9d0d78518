"""
What was understood of the documents, in SQLite: the only module that knows the database.

A store is built in memory and handed over as bytes, and opened from bytes: no file stays open, a folder may bear any
name, and a reader keeps what it opened when a newer index is published. The same input always gives the same bytes.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from threading import Lock
from typing import TYPE_CHECKING, Any
from weakref import finalize

from indexer.codec import dumps, loads
from indexer.places import by_page, pack_places, unpack_places
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
    from collections.abc import Iterable, Sequence

# "start" and "end" are offsets into documents.text; the words themselves are stored there, once
_SCHEMA = """
PRAGMA page_size = 4096;
PRAGMA journal_mode = OFF;
PRAGMA encoding = 'UTF-8';
CREATE TABLE documents (
    position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, file TEXT NOT NULL, text TEXT NOT NULL,
    metadata TEXT NOT NULL, reading TEXT, source TEXT, licence TEXT, pages TEXT NOT NULL, warnings TEXT NOT NULL,
    doubts TEXT NOT NULL);
CREATE TABLE clauses (
    position INTEGER PRIMARY KEY, document TEXT NOT NULL, path TEXT NOT NULL, "start" INTEGER NOT NULL,
    "end" INTEGER NOT NULL, heading TEXT, reading TEXT);
CREATE TABLE tables (
    position INTEGER PRIMARY KEY, document TEXT NOT NULL, path TEXT NOT NULL, title TEXT NOT NULL,
    columns TEXT NOT NULL, "start" INTEGER NOT NULL, "end" INTEGER NOT NULL, noun TEXT NOT NULL);
CREATE TABLE rows (
    position INTEGER PRIMARY KEY, in_table INTEGER NOT NULL, number TEXT NOT NULL, cells TEXT NOT NULL,
    "start" INTEGER NOT NULL, "end" INTEGER NOT NULL, path TEXT NOT NULL, in_group TEXT NOT NULL, heads INTEGER NOT NULL);
CREATE TABLE passages (
    position INTEGER PRIMARY KEY, document TEXT NOT NULL, eid TEXT NOT NULL, "start" INTEGER NOT NULL,
    "end" INTEGER NOT NULL, context TEXT NOT NULL, reading TEXT, search TEXT NOT NULL, kind TEXT NOT NULL);
CREATE TABLE places (
    position INTEGER PRIMARY KEY, document TEXT NOT NULL, "start" INTEGER NOT NULL, "end" INTEGER NOT NULL,
    lines TEXT NOT NULL);
CREATE INDEX clauses_document ON clauses (document);
CREATE INDEX tables_document ON tables (document);
CREATE INDEX rows_in_table ON rows (in_table);
CREATE INDEX places_document ON places (document, "start");
"""


def _check(unit: Clause | Passage, text: str) -> None:
    if text[unit.start : unit.end] != unit.text:
        msg = f"{unit.document}: the text of {unit.start}:{unit.end} is not what the {type(unit).__name__} holds"
        raise ValueError(msg)


def _insert(connection: sqlite3.Connection, table: str, row: Sequence[object]) -> int:
    marks = ", ".join("?" * (len(row) + 1))
    # the name of the table is one of ours
    cursor = connection.execute(f"INSERT INTO {table} VALUES ({marks})", (None, *row))  # noqa: S608
    return int(cursor.lastrowid or 0)


def _insert_document(connection: sqlite3.Connection, parsed: ParsedDocument) -> None:
    document = parsed.document
    beside = (document.reading, document.source, document.licence, dumps(parsed.pages), dumps(parsed.warnings))
    words = (document.id, document.file, document.text, dumps(document.metadata))
    _insert(connection, "documents", (*words, *beside, dumps(document.doubts)))
    for lines in by_page(parsed.placed):  # a page a row, so that a citation reads no other
        packed = dumps(pack_places(lines))
        _insert(connection, "places", (document.id, lines[0].start, lines[-1].end, packed))
    for clause in parsed.clauses:
        _check(clause, document.text)
        row = (clause.document, dumps(clause.path), clause.start, clause.end, clause.heading, clause.reading)
        _insert(connection, "clauses", row)
    for table in parsed.tables:
        columns = dumps(table.columns)
        head = (table.document, dumps(table.path), table.title, columns, table.start, table.end, table.noun)
        in_table = _insert(connection, "tables", head)
        for task in table.rows:
            place = (task.start, task.end, dumps(task.path), dumps(task.group), task.heads)
            _insert(connection, "rows", (in_table, task.number, dumps(task.cells), *place))


def build_store(parsed: Sequence[ParsedDocument], passages: Iterable[Passage]) -> bytes:
    """
    Return a store of *parsed* and *passages* as bytes, in the order given.

    Raises:
        ValueError: a clause or a passage is not the slice of its document's text that it says.
    """
    texts = {one.document.id: one.document.text for one in parsed}
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        for one in parsed:
            _insert_document(connection, one)
        for passage in passages:
            _check(passage, texts[passage.document])
            place = (passage.document, passage.eid, passage.start, passage.end)
            words = (passage.context, passage.reading, passage.search, passage.kind.value)
            _insert(connection, "passages", (*place, *words))
        connection.execute("COMMIT")
        connection.execute("VACUUM")
        return connection.serialize()


def _doubts(text: str) -> tuple[Span, ...]:
    return tuple(loads(tuple[Span, ...], text))


class Store:
    """A store opened from its bytes, for reading; threads may share it."""

    def __init__(self, data: bytes) -> None:
        self._lock = Lock()
        self._connection = sqlite3.connect(":memory:", check_same_thread=False)
        self._connection.deserialize(data)
        self._connection.execute("PRAGMA query_only = ON")
        finalize(self, self._connection.close)
        self._texts: dict[str, str] = {}

    def _select(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    def _text(self, document: str) -> str:
        if document not in self._texts:
            ((self._texts[document],),) = self._select("SELECT text FROM documents WHERE id = ?", document)
        return self._texts[document]

    def documents(self) -> tuple[Document, ...]:
        """Return all documents in the order in which they were stored."""
        columns = "id, file, text, metadata, reading, source, licence, doubts"
        rows = self._select(f"SELECT {columns} FROM documents ORDER BY position")  # noqa: S608 - our own names
        return tuple(
            Document(name, file, text, loads(Metadata, metadata), reading, source, licence, _doubts(doubts))
            for name, file, text, metadata, reading, source, licence, doubts in rows
        )

    def clauses(self, document: str) -> tuple[Clause, ...]:
        """Return the clauses of *document* in reading order."""
        text = self._text(document)
        query = 'SELECT path, "start", "end", heading, reading FROM clauses WHERE document = ? ORDER BY position'
        return tuple(
            Clause(document, loads(Path, path), start, end, text[start:end], heading, reading)
            for path, start, end, heading, reading in self._select(query, document)
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
            for position, path, title, names, start, end, noun in self._select(query, document)
        )

    def pages(self, document: str) -> tuple[Page, ...]:
        """Return the pages of *document*."""
        ((pages,),) = self._select("SELECT pages FROM documents WHERE id = ?", document)
        return tuple(loads(tuple[Page, ...], pages))

    def placed(self, document: str, start: int = 0, end: int | None = None) -> tuple[Placed, ...]:
        """Return the printed lines of *document*, or only those of the pages that ``text[start:end]`` touches."""
        last = len(self._text(document)) if end is None else end
        query = 'SELECT lines FROM places WHERE document = ? AND "start" < ? AND "end" > ? ORDER BY position'
        pages = self._select(query, document, last, start)
        return tuple(line for (packed,) in pages for line in unpack_places(json.loads(packed)))

    def warnings(self, document: str) -> tuple[ReadWarning, ...]:
        """Return what was not understood of *document*."""
        ((warnings,),) = self._select("SELECT warnings FROM documents WHERE id = ?", document)
        return tuple(loads(tuple[ReadWarning, ...], warnings))

    def passages(self) -> tuple[Passage, ...]:
        """Return all passages, in the order of the vectors."""
        columns = 'document, eid, "start", "end", context, reading, search, kind'
        rows = self._select(f"SELECT {columns} FROM passages ORDER BY position")  # noqa: S608 - our own names
        passages: list[Passage] = []
        for document, name, start, end, context, reading, search, kind in rows:
            text = self._text(document)[start:end]
            passages.append(Passage(document, name, start, end, text, context, reading, search, StepKind(kind)))
        return tuple(passages)

    def parsed(self) -> list[ParsedDocument]:
        """Return all documents as they were read."""
        return [
            ParsedDocument(
                document,
                self.clauses(document.id),
                self.tables(document.id),
                self.pages(document.id),
                self.warnings(document.id),
                self.placed(document.id),
            )
            for document in self.documents()
        ]
