"""
What the server keeps beside the index: one SQLite file of records (accounts, feedback, history, classes, uploads).

Each concept has its own module with its own tables and calls :meth:`Records.prepare` with them; this one alone opens the database.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any

from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_FILE = "records.sqlite"
_PATIENCE = 10.0  # seconds that a writer waits for another process


class Records:
    """The records of one server; threads may share it. Rows are mappings from column names."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        self._connection = connection
        self._lock = RLock()

    @classmethod
    def open(cls, directory: Path) -> Records:
        """
        Open the records in *directory*, which is made if need be, with access for its owner alone.

        Raises:
            InputError: the folder cannot be written, or its file is no database.
        """
        path = directory / _FILE
        try:
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
            connection = sqlite3.connect(path, timeout=_PATIENCE, check_same_thread=False, isolation_level=None)
            connection.execute("PRAGMA journal_mode = WAL")
        except (OSError, sqlite3.Error) as error:
            msg = f"{path}: cannot keep records here: {error}.\n  Name another folder:  --data FOLDER"
            raise InputError(msg) from error
        return cls(connection)

    @classmethod
    def in_memory(cls) -> Records:
        """Return records that end with the process, for tests and for reading only."""
        return cls(sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None))

    def prepare(self, schema: str) -> None:
        """Make the tables of *schema*, statements of the form ``CREATE TABLE IF NOT EXISTS`` with ";" behind each."""
        with self._lock:
            self._connection.executescript(schema)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do all that is written inside, or, where it raises, nothing of it."""
        with self._lock:
            if self._connection.in_transaction:  # part of an outer one
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def write(self, statement: str, values: Sequence[Any] = ()) -> int:
        """Run *statement* with *values* for its "?"; return how many rows it touched."""
        with self._lock:
            return self._connection.execute(statement, values).rowcount

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """Return what *statement* selects."""
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def row(self, statement: str, values: Sequence[Any] = ()) -> sqlite3.Row | None:
        """Return the first row that *statement* selects, None where there is none."""
        with self._lock:
            found: sqlite3.Row | None = self._connection.execute(statement, values).fetchone()
            return found

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._connection.close()
