"""
Connections to PostgreSQL, for threads: the only module that knows asyncpg, whose event loop runs in a thread of its own.

A query whose connection is lost is asked again, of whichever host of the address answers, until ``PATIENCE`` is over. All that is read
of a generation never changes, so that asking twice does no harm; what writes is not repeated.
"""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import finalize

from indexer.errors import DatabaseUnreachableError, IndexMismatchError, InputError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence

    from indexer.location import DatabaseAddress

T = TypeVar("T")
PATIENCE = 10.0  # seconds that a query waits for a database that does not answer
_PAUSE = 0.2  # seconds between two tries
_CONNECT = 5.0  # seconds that one connection may take
_ANSWER = 60.0  # seconds that one query may take
_CONNECTIONS = 8  # of one pool
# so that the database notices after a minute or two when our machine is gone, and frees what was locked
_SETTINGS = {
    "application_name": "hoi-van-ban",
    "tcp_keepalives_idle": "60",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}


def _driver() -> Any:
    try:
        import asyncpg  # noqa: PLC0415 - an extra
    except ImportError as error:
        msg = (
            "an index in PostgreSQL needs the driver asyncpg, which is not installed.\n"
            '  Install it:  pip install "hoi-van-ban[postgres]"'
        )
        raise InputError(msg) from error
    return asyncpg


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True, name="postgres").start()
    return loop


def run(work: Coroutine[Any, Any, T]) -> T:
    """Return what *work* gives, done in the thread of the event loop."""
    return asyncio.run_coroutine_threadsafe(work, _loop()).result()


@lru_cache(256)
def numbered(query: str) -> str:
    """Return *query* with its values numbered as PostgreSQL wants them: "$1" for the first "?"."""
    first, *others = query.split("?")
    return first + "".join(f"${number}{part}" for number, part in enumerate(others, start=1))


@cache
def _lost() -> tuple[type[BaseException], ...]:
    """Return the errors that say that the database is away, starting or ending, none of which speaks of the query."""
    errors = _driver().exceptions
    return (
        OSError,  # refused, no route, no such socket, timed out
        errors.PostgresConnectionError,
        errors.CannotConnectNowError,
        errors.AdminShutdownError,
        errors.CrashShutdownError,
        errors.TooManyConnectionsError,
        errors.InterfaceError,  # the connection was closed under the query
        errors.InternalClientError,  # the connection broke in the middle; or no host takes what is written, and one may be promoted
    )


@contextmanager
def explained(address: DatabaseAddress) -> Iterator[None]:
    """Tell what the database refuses as errors of ours: place, fact, next step."""
    errors = _driver().exceptions
    try:
        yield
    except ValueError as error:  # what cannot be read as an address
        msg = f"{address}: {error}.\n  Give the address as postgresql://user@host:port/database"
        raise InputError(msg) from error
    except _lost() as error:
        msg = (
            f"{address}: the database does not answer ({type(error).__name__}: {error}).\n"
            "  See whether it runs, and whether a replica has to be promoted; then try again"
        )
        raise DatabaseUnreachableError(msg) from error
    except errors.InvalidAuthorizationSpecificationError as error:
        msg = f"{address}: {error}.\n  Put the password into ~/.pgpass or PGPASSWORD, or ask for another role"
        raise StoreError(msg) from error
    except errors.InsufficientPrivilegeError as error:
        msg = f"{address}: {error}.\n  Readers need a grant from the role that publishes; see docs/deploy.md"
        raise StoreError(msg) from error
    except errors.InvalidCatalogNameError as error:
        msg = f"{address}: {error}.\n  Create it:  createdb -h HOST -U USER DATABASE"
        raise StoreError(msg) from error
    except (errors.UndefinedTableError, errors.InvalidSchemaNameError) as error:
        msg = f"{address}: {error}; the generation was cleared away behind newer ones.\n  Open the index again"
        raise StoreError(msg) from error
    except errors.DataError as error:
        msg = f"{address}: {error}.\n  Rebuild the index with the model in use:  python -m indexer build --index {address}"
        raise IndexMismatchError(msg) from error
    except errors.PostgresError as error:
        msg = f"{address}: the database refuses ({type(error).__name__}: {error})"
        raise StoreError(msg) from error


class Database:
    """
    Reads from the database at *address*; tables are looked for in *schemas*. Threads may share it.

    A query waits *patience* seconds, by default ``PATIENCE``, for a database that does not answer.

    Raises:
        InputError: the driver is not installed.
    """

    def __init__(self, address: DatabaseAddress, schemas: Sequence[str], *, patience: float | None = None) -> None:
        self.address = address
        self._pool = _driver().create_pool(
            address.url,
            min_size=0,
            max_size=_CONNECTIONS,
            timeout=_CONNECT,
            command_timeout=_ANSWER,
            server_settings=_SETTINGS
            | {
                "search_path": ", ".join(schemas),
                "hnsw.ef_search": "1000",  # of a graph so many are looked at; without one it means nothing
            },
            loop=_loop(),
        )
        self._patience = PATIENCE if patience is None else patience
        self._starting = asyncio.Lock()
        finalize(self, _end, self._pool)

    def select(self, query: str, *values: object, patience: float | None = None) -> list[tuple[Any, ...]]:
        """
        Return the rows that *query* gives, in which "?" stands for each of *values*; *patience* as for the class.

        Raises:
            DatabaseUnreachableError: the database did not answer for so long.
            StoreError: it refused.
        """
        with explained(self.address):
            until = time.monotonic() + (self._patience if patience is None else patience)
            while True:
                try:
                    return run(self._fetch(numbered(query), values))
                except _lost() as error:
                    if time.monotonic() >= until or isinstance(error, ValueError):  # of an address that is wrong
                        raise
                    time.sleep(_PAUSE)

    async def _fetch(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        async with self._starting:
            await self._pool  # the first time this makes it ready, without a connection yet
        found: list[tuple[Any, ...]] = await self._pool.fetch(query, *values)
        return found


def _end(pool: Any) -> None:
    loop = _loop()
    if loop.is_running():
        loop.call_soon_threadsafe(pool.terminate)


class Writer:
    """One connection that may write, to the primary; of one thread. Nothing is repeated: a lost connection undoes its transaction."""

    def __init__(self, address: DatabaseAddress) -> None:
        """
        Connect to the host of *address* that takes what is written.

        Raises:
            DatabaseUnreachableError: there is none, or it does not answer.
            StoreError: it refuses.
        """
        self.address = address
        asyncpg = _driver()
        with explained(address):
            settings = _SETTINGS | {"search_path": "hoi_van_ban, public"}
            connecting = asyncpg.connect(
                address.url, timeout=_CONNECT, server_settings=settings, target_session_attrs="read-write"
            )
            self._connection = run(connecting)

    def execute(self, statements: str, *values: object) -> None:
        """Run *statements*; several, parted by semicolons, where there are no *values*."""
        with explained(self.address):
            run(self._connection.execute(numbered(statements) if values else statements, *values))

    def select(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows that *query* gives."""
        with explained(self.address):
            found: list[tuple[Any, ...]] = run(self._connection.fetch(numbered(query), *values))
            return found

    def copy(self, schema: str, table: str, rows: Iterable[Sequence[object]]) -> None:
        """Append *rows* to a table by COPY."""
        with explained(self.address):
            run(self._connection.copy_records_to_table(table, schema_name=schema, records=rows))

    def copy_packed(self, schema: str, table: str, packed: Iterable[bytes]) -> None:
        """Append rows that are packed as COPY's binary form has them."""

        async def source() -> Any:
            for block in packed:
                yield block

        with explained(self.address):
            copying = self._connection.copy_to_table(table, schema_name=schema, source=source(), format="binary")
            run(copying)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all that is written inside together: it is there as a whole when this ends, or not at all."""
        transaction = self._connection.transaction()
        with explained(self.address):
            run(transaction.start())
        try:
            yield
        except BaseException:
            self._quietly(transaction.rollback)
            raise
        with explained(self.address):
            run(transaction.commit())

    def close(self) -> None:
        """Give the connection back, and with it all locks."""
        self._quietly(self._connection.close)

    def _quietly(self, end: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Call *end*; a connection that is lost has ended already."""
        try:
            run(end())
        except _lost():
            self._connection.terminate()
