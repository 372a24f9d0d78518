"""The database of an index: which generation is the current one, and publishing another in one transaction."""

from __future__ import annotations

import json
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from indexer.errors import IndexBusyError, IndexDamagedError, IndexMissingError, StoreError
from indexer.generation import KEPT
from indexer.manifest import FileEntry, manifest_bytes, parse_manifest, sha256_of
from indexer.postgres.database import Database, Writer
from indexer.postgres.generation import PostgresGeneration
from indexer.postgres.jobs import embedded_by_jobs
from indexer.postgres.loading import load
from indexer.postgres.schema import (
    LOCK,
    META,
    create_statements,
    finish_statements,
    meta_statements,
    name_of,
    number_of,
    schema_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from indexer.home import Contents
    from indexer.location import DatabaseAddress
    from indexer.vectors import IndexEncoder

_NOWHERE: Mapping[DatabaseAddress, Writer] = MappingProxyType({})
_held: ContextVar[Mapping[DatabaseAddress, Writer]] = ContextVar(
    "held", default=_NOWHERE
)  # where we may publish already
_PART = 1 << 20  # bytes of an original in one row


@cache
def _reading(address: DatabaseAddress) -> Database:
    """Return what reads which generations there are; one for all that look at *address*."""
    return Database(address, (META, "public"))


class PostgresHome:
    """An index in a database; `indexer.home.Home` says what each method does."""

    def __init__(self, address: DatabaseAddress, *, hnsw: bool | None = None) -> None:
        """*hnsw* as for ``indexer.home.home_of``."""
        self._address = address
        self._hnsw = hnsw

    def current_name(self) -> str | None:
        """Return the name of the current generation, None where there is none; it waits for no database that is away."""
        current = self._current(patience=0)
        return None if current is None else name_of(current[0])

    def current_pointer(self) -> tuple[str, str] | None:
        """Return that name and the hash of the generation's manifest; it waits for no database that is away."""
        current = self._current(patience=0)
        return None if current is None else (name_of(current[0]), current[1])

    def _current(self, *, patience: float | None = None) -> tuple[int, str] | None:
        database = _reading(self._address)
        ((there,),) = database.select("SELECT to_regclass(?) IS NOT NULL", f"{META}.current", patience=patience)
        if not there:
            return None
        rows = database.select(f"SELECT number, sha256 FROM {META}.current", patience=patience)  # noqa: S608 - our own name
        return (rows[0][0], rows[0][1]) if rows else None

    def open(self, pointer: tuple[str, str] | None = None) -> PostgresGeneration:
        """
        Open the current generation, or that of a *pointer*. Its manifest and small files are verified when they are read, all of it by ``contents``.

        Raises:
            IndexMissingError: there is none.
            IndexMismatchError: its format is not ours.
            IndexDamagedError: the manifest is not what was published.
            DatabaseUnreachableError: the database does not answer.
        """
        address = self._address
        current = self._current() if pointer is None else (number_of(pointer[0]), pointer[1])
        if current is None:
            msg = (
                f"{address}: there is no index in this database.\n"
                f"  Publish one:  python -m indexer build --index {address}\n"
                f"  or copy one:  python -m indexer copy --from FOLDER --to {address}"
            )
            raise IndexMissingError(msg)
        number, sha256 = current
        query = f"SELECT manifest, signatures FROM {META}.generations WHERE number = ?"  # noqa: S608 - our own name
        rows = _reading(address).select(query, number)
        if not rows or sha256_of(rows[0][0]) != sha256:
            msg = (
                f"{address}: the manifest of {name_of(number)} is not what was published.\n"
                f"  Restore the database, or publish again:  python -m indexer build --index {address}"
            )
            raise IndexDamagedError(msg)
        manifest = parse_manifest(rows[0][0], directory=address)
        database = Database(address, (schema_of(number), META, "public"))
        return PostgresGeneration(database, name_of(number), manifest, json.loads(rows[0][1]))

    def pointers(self) -> dict[str, tuple[str, str]]:
        """Return what names each generation that is kept, the oldest first; nothing of them is verified."""
        rows = _reading(self._address).select(f"SELECT number, manifest FROM {META}.generations ORDER BY number")  # noqa: S608 - our own name
        return {name_of(number): (name_of(number), sha256_of(manifest)) for number, manifest in rows}

    def make_current(self, pointer: tuple[str, str]) -> None:
        """Make the generation of *pointer*, which was verified, the current one; call it inside ``writing``."""
        self._writing().execute("UPDATE current SET number = ?, sha256 = ?", number_of(pointer[0]), pointer[1])

    @contextmanager
    def writing(self) -> Iterator[None]:
        """
        Hold the right to publish; who holds it already keeps it. The database gives it back when we are killed.

        Raises:
            IndexBusyError: another program holds it.
            StoreError: the database does not answer, or refuses.
        """
        if self._address in _held.get():
            yield
            return
        writer = Writer(self._address)
        token = None
        try:
            ((held,),) = writer.select("SELECT pg_try_advisory_lock(?)", LOCK)
            if not held:
                msg = (
                    f"{self._address}: another program is writing this index.\n  Wait until it is done, then try again"
                )
                raise IndexBusyError(msg)
            writer.execute(meta_statements())
            token = _held.set({**_held.get(), self._address: writer})
            yield
        finally:
            if token is not None:
                _held.reset(token)
            writer.close()

    def _writing(self) -> Writer:
        writer = _held.get().get(self._address)
        if writer is None:
            msg = "call this inside writing()"
            raise RuntimeError(msg)
        return writer

    def embedded(self, encoder: IndexEncoder, batches: Iterable[list[str]]) -> Iterator[npt.NDArray[np.float32]]:
        """Yield the vectors of each batch, made by this process and by all workers that take part."""
        return embedded_by_jobs(self._writing(), encoder, batches)

    def originals(self, paths: Mapping[str, Path]) -> dict[str, FileEntry]:
        """Put the files into the database; one that is there already is not sent again."""
        writer = self._writing()
        entries: dict[str, FileEntry] = {}
        for document, path in sorted(paths.items()):
            data = path.read_bytes()
            entry = entries[document] = FileEntry(sha256_of(data), len(data))
            if not writer.select("SELECT 1 FROM originals WHERE sha256 = ? LIMIT 1", entry.sha256):
                starts = range(0, max(len(data), 1), _PART)
                parts = [(entry.sha256, part, data[start : start + _PART]) for part, start in enumerate(starts)]
                with writer.transaction():
                    writer.copy(META, "originals", parts)
        return entries

    def publish(self, contents: Contents) -> str:
        """
        Load *contents* and make it the current generation, all in one transaction; then drop the oldest.

        Raises:
            StoreError: the database refuses; the generation before is still the current one.
        """
        writer = self._writing()
        described = manifest_bytes(contents.manifest)
        ((last,),) = writer.select("SELECT coalesce(max(number), 0) FROM generations")
        number = last + 1
        schema = schema_of(number)
        current = writer.select("SELECT number FROM current")
        before = writer.select("SELECT hnsw FROM generations ORDER BY number DESC LIMIT 1")
        hnsw = self._hnsw if self._hnsw is not None else bool(before and before[0][0])
        with writer.transaction():
            writer.execute(create_statements(schema, contents.manifest.model.dimension))
            signatures = load(writer, schema, contents.files, contents.beside)
            writer.execute(finish_statements(schema, hnsw=hnsw))
            self._check_counts(writer, schema, contents)
            writer.execute(
                "INSERT INTO generations (number, manifest, signatures, hnsw) VALUES (?, ?, ?, ?)",
                number,
                described,
                json.dumps(signatures),
                hnsw,
            )
            writer.execute(
                "INSERT INTO current (number, sha256) VALUES (?, ?) "
                "ON CONFLICT (is_current) DO UPDATE SET number = EXCLUDED.number, sha256 = EXCLUDED.sha256",
                number,
                sha256_of(described),
            )
        self._clear(writer, current[0][0] if current else None)
        return name_of(number)

    def _check_counts(self, writer: Writer, schema: str, contents: Contents) -> None:
        counts = contents.manifest.counts
        expected = {
            "documents": counts.documents,
            "clauses": counts.clauses,
            "rows": counts.rows,
            "passages": counts.passages,
            "tokens": counts.passages,
            "vectors": counts.vectors,
        }
        for table, count in expected.items():
            ((found,),) = writer.select(f"SELECT count(*) FROM {schema}.{table}")  # noqa: S608 - our own names
            if found != count:
                msg = (
                    f"{self._address}: {found} {table} arrived, the manifest says {count}; nothing was published.\n"
                    "  Check the index that was copied:  python -m indexer verify --index FOLDER"
                )
                raise StoreError(msg)

    def _clear(self, writer: Writer, before: int | None) -> None:
        """
        Drop all generations but ``KEPT``, finished jobs, and the originals that none names any more.

        The current one, the one *before* it and the newest stay: somebody may have gone back to an older one.
        """
        rows = dict(writer.select("SELECT number, manifest FROM generations ORDER BY number DESC"))
        newest, *others = rows
        kept = list(dict.fromkeys([newest, *([before] if before in rows else []), *others]))[:KEPT]
        for number in rows.keys() - set(kept):
            with writer.transaction():
                writer.execute(f"DROP SCHEMA IF EXISTS {schema_of(number)} CASCADE")
                writer.execute("DELETE FROM generations WHERE number = ?", number)
        named = [entry["sha256"] for number in kept for entry in json.loads(rows[number])["originals"].values()]
        writer.execute("DELETE FROM originals WHERE NOT sha256 = ANY(?)", named)
        writer.execute("DELETE FROM jobs")
