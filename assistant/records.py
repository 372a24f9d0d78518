"""
What the server keeps beside the index: one SQLite file of records (accounts, feedback, history, classes, uploads).

Each concept has its own module with its own tables and calls :meth:`Records.prepare` with them; this one alone opens the database.
"""

from __future__ import annotations

import logging
import sqlite3
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any

from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

FILE = "records.sqlite"
_log = logging.getLogger(__name__)
_PATIENCE = 10.0  # seconds that a writer waits for another process


class Records:
    """The records of one server; threads may share it. Rows are mappings from column names."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten, too
        self._connection = connection
        self._lock = RLock()

    @classmethod
    def open(cls, directory: Path) -> Records:
        """
        Open the records in *directory*, which is made if need be, with access for its owner alone.

        Raises:
            InputError: the folder cannot be written, or its file is no database.
        """
        path = directory / FILE
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
    def existing(cls, directory: Path) -> Records:
        """
        Open the records that are in *directory*.

        Raises:
            InputError: there are none, or the file is no database.
        """
        if not (directory / FILE).is_file():
            msg = (
                f"{directory}: không có dữ liệu của máy chủ ở đây (thiếu {FILE}).\n  Chỉ đúng thư mục:  --data THƯ_MỤC"
            )
            raise InputError(msg)
        return cls.open(directory)

    @classmethod
    def open_copy(cls, path: Path) -> Records:
        """Open the file that :meth:`copy_to` wrote, or that was restored."""
        return cls(sqlite3.connect(path, isolation_level=None))

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

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """See one state of the records in all that is read inside, whatever others write meanwhile; nothing is written."""
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("ROLLBACK")

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

    def answers(self) -> bool:
        """Tell whether the database can be read; the log says why not."""
        try:
            return self.row("SELECT COUNT(*) FROM sqlite_master") is not None
        except sqlite3.Error:
            _log.exception("the records cannot be read")
            return False

    def copy_to(self, path: Path) -> None:
        """Write a copy of all of it, as it is at one moment, into the new file *path*; others may go on writing."""
        with self._lock:
            target = sqlite3.connect(path)
            try:
                self._connection.backup(target)
            finally:
                target.close()

    def compact(self) -> None:
        """Write the file anew without what was deleted from it, in one piece, without a journal."""
        with self._lock:
            self._connection.execute("PRAGMA journal_mode = DELETE").fetchall()
            self._connection.execute("VACUUM")

    def fault(self) -> str:
        """Return what is wrong with the database itself, "" where it is sound."""
        with self._lock:
            try:
                said = self._connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
                astray = self._connection.execute("PRAGMA foreign_key_check").fetchone()
            except sqlite3.DatabaseError as error:
                return str(error)
        if said != "ok":
            return str(said)
        return "rows refer to others that are not there" if astray is not None else ""

    def forget_traces(self) -> None:
        """Write what was deleted out of the journal, too, as far as no other program is reading just now."""
        with self._lock:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._connection.close()
