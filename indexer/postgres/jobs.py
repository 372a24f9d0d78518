"""
Vectors that several machines make side by side: jobs in the database, each a batch of texts.

A worker locks a job that nobody has locked (``FOR UPDATE SKIP LOCKED``), embeds its texts and stores the vectors in the same transaction.
When it is killed the database undoes the transaction, and the job is free again. A job has the hash of its model and texts as its key,
so that one that is done need not be done again when who publishes is killed and starts anew.
"""

from __future__ import annotations

import hashlib
import json
import time
from typing import TYPE_CHECKING

import numpy as np

from indexer.errors import DatabaseUnreachableError, StoreError
from indexer.postgres.database import Writer
from indexer.postgres.schema import META

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import numpy.typing as npt

    from indexer.location import DatabaseAddress
    from indexer.vectors import IndexEncoder

_LOOK = 0.2  # seconds between two looks whether the last jobs of others are done
_WAIT = 1.0  # seconds between two looks of a worker for which there is nothing to do


def _key(model: str, texts: list[str]) -> str:
    return hashlib.sha256(json.dumps([model, texts], ensure_ascii=False).encode()).hexdigest()


def embedded_by_jobs(
    writer: Writer, encoder: IndexEncoder, batches: Iterable[list[str]]
) -> Iterator[npt.NDArray[np.float32]]:
    """Yield the vectors of each batch in their order; this process works too, so that it ends without any other."""
    every = list(batches)
    if len(every) < 2:  # not worth the way
        yield from (np.asarray(encoder.encode_document(batch)) for batch in every)
        return
    keys = [_key(encoder.sha256, texts) for texts in every]
    for key, texts in zip(keys, every, strict=True):
        statement = "INSERT INTO jobs (key, model, texts) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING"
        writer.execute(statement, key, encoder.sha256, texts)
    for key, texts in zip(keys, every, strict=True):
        while (packed := _vectors_of(writer, key)) is None:
            if not work(writer, encoder):
                time.sleep(_LOOK)
        yield np.frombuffer(packed, dtype=np.float32).reshape(len(texts), -1)


def _vectors_of(writer: Writer, key: str) -> bytes | None:
    ((packed,),) = writer.select("SELECT vectors FROM jobs WHERE key = ?", key)
    return bytes(packed) if packed is not None else None


def work(writer: Writer, encoder: IndexEncoder) -> bool:
    """
    Do one waiting job of the model of *encoder*; return whether there was one that nobody has.

    Raises:
        StoreError: the model gave vectors of another shape than it announces; the job is free again.
    """
    with writer.transaction():
        rows = writer.select(
            "SELECT number, texts FROM jobs WHERE model = ? AND vectors IS NULL ORDER BY number "
            "LIMIT 1 FOR UPDATE SKIP LOCKED",
            encoder.sha256,
        )
        if not rows:
            return False
        ((number, texts),) = rows
        vectors = np.asarray(encoder.encode_document(texts), dtype=np.float32)
        if vectors.shape != (len(texts), encoder.dimension):
            msg = f"model {encoder.name!r} gave vectors of shape {vectors.shape} for {len(texts)} texts."
            raise StoreError(msg)
        writer.execute("UPDATE jobs SET vectors = ? WHERE number = ?", vectors.tobytes(), number)
    return True


def work_on(
    address: DatabaseAddress,
    encoder: IndexEncoder,
    *,
    idle: float | None = None,
    done: Callable[[int], None] = lambda _: None,
) -> int:
    """
    Do jobs of the model of *encoder* as they come, through restarts of the database; return how many were done.

    It ends when there was nothing to do for *idle* seconds, None never. *done* hears how many are done.

    Raises:
        StoreError: the database refuses.
    """
    count, writer, since = 0, None, time.monotonic()
    try:
        while idle is None or time.monotonic() - since < idle:
            try:
                writer = writer or Writer(address)
                if _has_jobs(writer) and work(writer, encoder):
                    count, since = count + 1, time.monotonic()
                    done(count)
                    continue
            except DatabaseUnreachableError:
                if writer is not None:
                    writer.close()
                writer = None
            time.sleep(_WAIT if idle is None else min(_WAIT, idle))
    finally:
        if writer is not None:
            writer.close()
    return count


def _has_jobs(writer: Writer) -> bool:
    """Tell whether anything was ever published here: a worker may come first."""
    ((there,),) = writer.select("SELECT to_regclass(?) IS NOT NULL", f"{META}.jobs")
    return bool(there)
