"""
Vectors of passages in FAISS, compared by inner product; FAISS gives and takes bytes, Python does the file I/O.

    up to FLAT passages   IndexFlatIP: every vector is compared as it is
    above                 IndexRaBitQFastScan: one bit a number tells the likely best, whose vectors are then compared as they are

Vectors are rounded to 16 bits (a cosine changes by less than 0.0001), so that one that was kept is the same as one computed anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from indexer.arrays import arrays_in, pack_arrays
from indexer.errors import IndexDamagedError, IndexMismatchError
from indexer.types import Encoder

if TYPE_CHECKING:
    import numpy.typing as npt
    from typing_extensions import Buffer

    from indexer.static_model import StaticModel

    Vectors = npt.NDArray[np.float32]

FLAT = 50_000  # passages up to which each is compared: 10 ms of one core
_LIKELY = 25  # so many times the passages asked for are compared by their vectors; recall@40 0.9986 of 222,968 passages
_BLOCK = 8192  # vectors that are widened to 32 bits at a time
_HEADER = 4096  # more bytes than FAISS puts around the vectors of an index


class IndexEncoder(Encoder, Protocol):
    """An embedding model with what the manifest says about it; rows are L2-normalised, so that scores are cosines."""

    @property
    def name(self) -> str:
        """What the user calls the model."""

    @property
    def sha256(self) -> str:
        """Hash of its weights."""

    @property
    def dimension(self) -> int:
        """Length of its vectors."""

    @property
    def static(self) -> StaticModel | None:
        """The model itself, if it is one of ours: its vectors come from tokens that are known already."""

    def fits(self, text: str, /) -> bool:
        """Tell whether the model reads the whole of *text*."""


class PassageVectors(Protocol):
    """The vectors of the passages in their order, wherever they lie; higher scores are better. `VectorIndex` says what each gives."""

    def scores(self, vector: Vectors, /) -> Vectors:
        """Return the inner product with every passage."""

    def scores_at(self, vector: Vectors, positions: npt.NDArray[np.intp], /) -> Vectors:
        """Return the inner product with the passages at *positions*."""

    def best(self, vector: Vectors, count: int, /) -> tuple[npt.NDArray[np.intp], Vectors]:
        """Return the positions and scores of the best passages."""

    def vectors(self) -> Vectors:
        """Return all vectors."""

    def __len__(self) -> int: ...


def build_vectors(vectors: Vectors) -> bytes:
    """Return an index of *vectors*, shape (passages, dimension), as bytes; the same vectors always give the same bytes."""
    import faiss  # noqa: PLC0415 - 0.2 s

    count, dimension = vectors.shape
    half = np.asarray(vectors, dtype=np.float16)
    rounded = half.astype(np.float32)
    flat = count <= FLAT
    index = faiss.IndexFlatIP(dimension) if flat else faiss.IndexRaBitQFastScan(dimension, faiss.METRIC_INNER_PRODUCT)
    if not flat:
        index.train(rounded)
    index.add(rounded)
    arrays = {"faiss": faiss.serialize_index(index)}
    return pack_arrays(arrays if flat else arrays | {"vectors": half})


class VectorIndex:
    """The vectors of the passages in their order; higher scores are better."""

    def __init__(self, index: Any, stored: npt.NDArray[Any]) -> None:
        self._index = index
        self._stored = stored  # of 32 bits in a flat index, else of 16
        self._is_flat = stored.dtype == np.float32

    def scores(self, vector: Vectors) -> Vectors:
        """
        Return the inner product of *vector*, shape (dimension,), with every passage.

        Raises:
            IndexMismatchError: the vector is of another length than those of the index.
        """
        return self.scores_at(vector, slice(None))

    def scores_at(self, vector: Vectors, positions: npt.NDArray[np.intp] | slice) -> Vectors:
        """
        Return the inner product of *vector* with the passages at *positions*, in their order; refuses as ``scores``.

        Of several vectors, shape (vectors, dimension), the result has a row each.
        """
        self._check(vector)
        rows = self._stored[positions]
        if self._is_flat or len(rows) <= _BLOCK:
            return np.asarray(vector @ rows.astype(np.float32, copy=False).T, dtype=np.float32)
        blocks = range(0, len(rows), _BLOCK)
        return np.concatenate([vector @ rows[first : first + _BLOCK].astype(np.float32).T for first in blocks], axis=-1)

    def best(self, vector: Vectors, count: int) -> tuple[npt.NDArray[np.intp], Vectors]:
        """
        Return the positions and scores of the *count* best passages, the best first, the earlier one first of equals.

        In a large index one in several hundred of them may be missed. Refuses as ``scores``.
        """
        self._check(vector)
        count = min(count, len(self))
        likely = np.arange(len(self))
        if not self._is_flat and count * _LIKELY < len(self):
            _, found = self._index.search(np.ascontiguousarray(vector[None], dtype=np.float32), count * _LIKELY)
            likely = np.sort(found[0][found[0] >= 0])
        scores = self.scores_at(vector, likely if len(likely) < len(self) else slice(None))
        chosen = highest(scores, count)
        return likely[chosen].astype(np.intp), scores[chosen]

    def vectors(self) -> Vectors:
        """Return all vectors, shape (passages, dimension)."""
        return np.array(self._stored, dtype=np.float32)

    def __len__(self) -> int:
        return len(self._stored)

    def _check(self, vector: Vectors) -> None:
        check_vector(vector, self._index.d)


def check_vector(vector: Vectors, dimension: int) -> None:
    """
    Refuse a *vector*, or several, of another *dimension* than the index has.

    Raises:
        IndexMismatchError: with both.
    """
    if vector.ndim > 2 or vector.shape[-1] != dimension:
        msg = (
            f"the question's vector has shape {vector.shape}, the index holds vectors of {dimension} numbers.\n"
            "  Rebuild the index with the model in use:  python -m indexer build --model MODEL"
        )
        raise IndexMismatchError(msg)


def highest(scores: Vectors, count: int) -> npt.NDArray[np.intp]:
    """Return where the *count* highest scores stand, the highest first, the earlier of equals first."""
    if count < len(scores):
        least = np.partition(scores, len(scores) - count)[len(scores) - count]
        places = np.flatnonzero(scores >= least)
    else:
        places = np.arange(len(scores))
    return places[np.argsort(-scores[places], kind="stable")[:count]]


def read_vectors(data: Buffer) -> VectorIndex:
    """
    Return the index that ``build_vectors`` wrote as *data*; of a large one the vectors are read where they lie.

    FAISS would set aside up to 1 TiB for what a damaged header asks, so its limit is the size of *data* meanwhile.

    Raises:
        IndexDamagedError: FAISS cannot read it.
    """
    import faiss  # noqa: PLC0415 - 0.2 s, at the first search by meaning

    arrays = arrays_in(data)
    limit = faiss.get_deserialization_vector_byte_limit()
    faiss.set_deserialization_vector_byte_limit(len(arrays["faiss"]) + _HEADER)
    try:
        index = faiss.deserialize_index(arrays["faiss"])
    except RuntimeError as error:
        msg = f"the vectors cannot be read ({error}).\n  Rebuild the index:  python -m indexer build"
        raise IndexDamagedError(msg) from error
    finally:
        faiss.set_deserialization_vector_byte_limit(limit)
    return VectorIndex(index, arrays["vectors"] if "vectors" in arrays else _stored_in(index))


def _stored_in(index: Any) -> Vectors:
    """Return the vectors that a flat FAISS index holds, without a copy where there are any; the index has to outlive them."""
    import faiss  # noqa: PLC0415 - loaded already

    if not index.ntotal:
        return np.zeros((0, index.d), dtype=np.float32)
    flat: Vectors = faiss.rev_swig_ptr(index.get_xb(), index.ntotal * index.d)
    return flat.reshape(index.ntotal, index.d)
