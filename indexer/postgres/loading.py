"""
The files of a generation as rows, and rows as the files that they were.

    store.sqlite            its six tables, row by row
    keywords.safetensors    a posting list a row, with the very weights
    vectors.safetensors     a vector a row, of 16 bits a number, as the file rounds them
    tokens.safetensors      the tokens of a passage a row
    every other file        as it is, some hundred kilobytes a row

What the tables do not say of the first four, as the vocabulary, stands in ``files`` under their name. The same rows give the same bytes
again where SQLite and FAISS are of the same version; `signature` compares what is in them where they are not.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from indexer.arrays import arrays_in, pack_arrays
from indexer.errors import InputError
from indexer.folder import KEYWORDS, STORE, TOKENS, VECTORS
from indexer.keywords import FORMS
from indexer.store import TABLES, Store, pack_store
from indexer.vectors import build_vectors, read_vectors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import numpy.typing as npt
    from typing_extensions import Buffer

    from indexer.passage_tokens import PassageTokens
    from indexer.postgres.database import Writer

_PART = 1 << 18  # bytes of a file in one row
_ROWS = 8192  # vectors that are packed at a time
_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)  # of COPY's binary form
_TRAILER = b"\xff\xff"
_FOR_NUL = "\U000f0000"
_TAKEN_APART = (STORE, KEYWORDS, VECTORS, TOKENS)


def load(writer: Writer, schema: str, files: Mapping[str, Buffer], beside: Mapping[str, bytes]) -> dict[str, str]:
    """Fill the empty tables of *schema* with *files*; return the signatures of those that depend on a library's version."""
    for name, data in files.items():
        if name not in _TAKEN_APART:
            writer.copy(schema, "files", _parts(name, data, verified=True))
    for name, data in beside.items():
        writer.copy(schema, "files", _parts(name, data, verified=False))
    signatures = {STORE: _load_store(writer, schema, files[STORE])}
    vectors = read_vectors(files[VECTORS]).vectors()
    half = vectors.astype(np.float16)
    writer.copy_packed(schema, "vectors", _packed_vectors(half))
    signatures[VECTORS] = vector_signature(half)
    _load_keywords(writer, schema, files[KEYWORDS])
    _load_tokens(writer, schema, files[TOKENS])
    return signatures


def _parts(name: str, data: Buffer, *, verified: bool) -> Iterator[tuple[str, int, bool, bytes]]:
    view = memoryview(data)
    for part, start in enumerate(range(0, max(len(view), 1), _PART)):
        yield name, part, verified, bytes(view[start : start + _PART])


def _load_store(writer: Writer, schema: str, data: Buffer) -> str:
    digest = hashlib.sha256()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / STORE
        path.write_bytes(data)
        store = Store(path)
        for table in TABLES:
            rows = signed(store.rows_of(table), digest)
            writer.copy(schema, table, ((position, *storable(row)) for position, row in enumerate(rows, start=1)))
        store.close()
    return digest.hexdigest()


def storable(row: Sequence[Any]) -> Sequence[Any]:
    """
    Return *row* with another character for NUL, which PostgreSQL's text cannot hold; `restored` puts it back.

    Raises:
        InputError: that other character, of no use in a text, stands in it.
    """
    if any(isinstance(value, str) and _FOR_NUL in value for value in row):
        msg = f"a document holds the private character U+{ord(_FOR_NUL):X}.\n  Take it out and build the index again"
        raise InputError(msg)
    return [value.replace("\0", _FOR_NUL) if isinstance(value, str) else value for value in row]


def restored(row: Sequence[Any]) -> tuple[Any, ...]:
    """Return the row that `storable` was given."""
    return tuple(value.replace(_FOR_NUL, "\0") if isinstance(value, str) else value for value in row)


def signed(rows: Iterable[Sequence[Any]], digest: Any) -> Iterator[Sequence[Any]]:
    """Yield *rows*, and have *digest* take in each."""
    for row in rows:
        digest.update(json.dumps(list(row), ensure_ascii=True).encode() + b"\n")
        yield row


def _packed_vectors(half: npt.NDArray[np.float16]) -> Iterator[bytes]:
    """Yield rows of position and halfvec (its dimension, two empty bytes, its numbers; all with the high byte first)."""
    count, dimension = half.shape
    row = np.dtype(
        [
            ("fields", ">i2"),
            ("length", ">i4"),
            ("position", ">i4"),
            ("size", ">i4"),
            ("dimension", ">i2"),
            ("unused", ">i2"),
            ("vector", ">f2", (dimension,)),
        ]
    )
    yield _HEADER
    for first in range(0, count, _ROWS):
        block = half[first : first + _ROWS]
        rows = np.zeros(len(block), dtype=row)
        rows["fields"], rows["length"], rows["size"] = 2, 4, 4 + 2 * dimension
        rows["position"] = np.arange(first, first + len(block))
        rows["dimension"] = dimension
        rows["vector"] = block
        yield rows.tobytes()
    yield _TRAILER


def vector_signature(half: npt.NDArray[np.float16]) -> str:
    """Return the SHA-256 of the numbers of all vectors."""
    return hashlib.sha256(str(half.shape).encode() + np.ascontiguousarray(half).astype("<f2").tobytes()).hexdigest()


def _load_keywords(writer: Writer, schema: str, data: Buffer) -> None:
    arrays = arrays_in(data)
    for number, form in enumerate(FORMS):
        size = int(np.count_nonzero(arrays[f"{form}.vocabulary"] == ord("\n")))
        terms = np.concatenate([np.arange(size), arrays[f"{form}.pairs"] + size])
        writer.copy(schema, "postings", _postings(number, terms, arrays, form))
    rest = {
        name: array
        for name, array in arrays.items()
        if name.rpartition(".")[2] not in ("data", "indices", "indptr", "pairs")
    }
    writer.copy(schema, "files", _parts(KEYWORDS, pack_arrays(rest), verified=True))


def _postings(
    number: int, terms: npt.NDArray[np.int64], arrays: Mapping[str, npt.NDArray[Any]], form: str
) -> Iterator[tuple[int, int, int, bytes, bytes]]:
    indptr, units, weights = (arrays[f"{form}.{part}"] for part in ("indptr", "indices", "data"))
    ends = indptr.tolist()
    for place, term in enumerate(terms.tolist()):
        start, end = ends[place], ends[place + 1]
        yield number, term, end - start, units[start:end].tobytes(), weights[start:end].tobytes()


def _load_tokens(writer: Writer, schema: str, data: Buffer) -> None:
    arrays = arrays_in(data)
    tokens, offsets = arrays["tokens"], arrays["offsets"]
    middles = offsets[:-1] + arrays["singles"]
    bounds = zip(offsets[:-1].tolist(), middles.tolist(), offsets[1:].tolist(), strict=True)
    rows = (
        (position, tokens[start:middle].tobytes(), tokens[middle:end].tobytes())
        for position, (start, middle, end) in enumerate(bounds)
    )
    writer.copy(schema, "tokens", rows)
    rest = {name: array for name, array in arrays.items() if name != "tokens"}
    writer.copy(schema, "files", _parts(TOKENS, pack_arrays(rest), verified=True))


def joined_store(rows: Mapping[str, Iterable[Sequence[Any]]]) -> tuple[bytes, str]:
    """Return store.sqlite of the *rows* of each of its tables, without their positions, and its signature."""
    digest = hashlib.sha256()
    data = pack_store({table: signed(rows[table], digest) for table in TABLES})
    return data, digest.hexdigest()


@dataclass(frozen=True, slots=True)
class PostingBlock:
    """Posting lists of some terms, back to back: the terms, how long each list is, its units and weights."""

    terms: npt.NDArray[np.int64]
    frequencies: npt.NDArray[np.int64]
    units: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float32]

    @classmethod
    def of(cls, rows: Sequence[tuple[int, int, bytes, bytes]]) -> PostingBlock:
        """Return *rows* of term, frequency, units and weights."""
        terms, frequencies, units, weights = zip(*rows, strict=True)
        return cls(
            np.array(terms, dtype=np.int64),
            np.array(frequencies, dtype=np.int64),
            np.frombuffer(b"".join(units), dtype=np.int32),
            np.frombuffer(b"".join(weights), dtype=np.float32),
        )


def joined_keywords(rest: Mapping[str, npt.NDArray[Any]], blocks: Callable[[int], Iterable[PostingBlock]]) -> bytes:
    """Return keywords.safetensors of what stands in ``files`` and of the *blocks* of each form in the order of their terms."""
    arrays = dict(rest)
    for number, form in enumerate(FORMS):
        size = int(np.count_nonzero(arrays[f"{form}.vocabulary"] == ord("\n")))
        every = [PostingBlock(*(np.zeros(0, dtype=kind) for kind in ("i8", "i8", "i4", "f4"))), *blocks(number)]
        frequencies = np.concatenate([block.frequencies for block in every])
        arrays |= {
            f"{form}.indptr": np.concatenate([[0], np.cumsum(frequencies)]),
            f"{form}.pairs": np.concatenate([block.terms for block in every])[size:] - size,
            f"{form}.indices": np.concatenate([block.units for block in every]),
            f"{form}.data": np.concatenate([block.weights for block in every]),
        }
    return pack_arrays(arrays)


def joined_tokens(tokens: PassageTokens) -> bytes:
    """Return tokens.safetensors."""
    return pack_arrays(tokens.arrays())


def joined_vectors(vectors: npt.NDArray[np.float32]) -> tuple[bytes, str]:
    """Return vectors.safetensors and its signature."""
    return build_vectors(vectors), vector_signature(vectors.astype(np.float16))
