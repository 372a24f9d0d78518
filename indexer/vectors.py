"""Vectors of passages in FAISS, compared by inner product; FAISS gives and takes bytes, Python does the file I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from indexer.errors import IndexDamagedError, IndexMismatchError
from indexer.types import Encoder

if TYPE_CHECKING:
    import numpy.typing as npt

_HEADER = 1024  # more bytes than FAISS puts around the vectors of a flat index


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


def build_vectors(vectors: npt.NDArray[np.float32]) -> bytes:
    """Return a flat index of *vectors*, shape (passages, dimension), as bytes."""
    import faiss  # noqa: PLC0415 - 0.2 s

    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors, dtype=np.float32))
    return bytes(faiss.serialize_index(index).tobytes())


class VectorIndex:
    """A flat FAISS index over the passages; scores stand in the order of the passages, higher is better."""

    def __init__(self, index: Any) -> None:
        self._index = index

    def scores(self, vector: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """
        Return the inner product of *vector*, shape (dimension,), with every passage.

        Raises:
            IndexMismatchError: the vector is of another length than those of the index.
        """
        if vector.shape != (self._index.d,):
            msg = (
                f"the question's vector has shape {vector.shape}, the index holds vectors of {self._index.d} numbers.\n"
                "  Rebuild the index with the model in use:  python -m indexer build --model MODEL"
            )
            raise IndexMismatchError(msg)
        found = np.zeros(len(self), dtype=np.float32)
        if len(self):
            scores, positions = self._index.search(np.ascontiguousarray(vector[None], dtype=np.float32), len(self))
            found[positions[0]] = scores[0]
        return found

    def vectors(self) -> npt.NDArray[np.float32]:
        """Return all vectors, shape (passages, dimension)."""
        if not len(self):
            return np.zeros((0, self._index.d), dtype=np.float32)
        return np.asarray(self._index.reconstruct_n(0, len(self)), dtype=np.float32)

    def __len__(self) -> int:
        return int(self._index.ntotal)


def read_vectors(data: bytes) -> VectorIndex:
    """
    Return the index that ``build_vectors`` wrote as *data*.

    FAISS would set aside up to 1 TiB for what a damaged header asks, so its limit is the size of *data* meanwhile.

    Raises:
        IndexDamagedError: FAISS cannot read it.
    """
    import faiss  # noqa: PLC0415 - 0.2 s, at the first search by meaning

    limit = faiss.get_deserialization_vector_byte_limit()
    faiss.set_deserialization_vector_byte_limit(len(data) + _HEADER)
    try:
        index = faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8))
    except RuntimeError as error:
        msg = f"the vectors cannot be read ({error}).\n  Rebuild the index:  python -m indexer build"
        raise IndexDamagedError(msg) from error
    finally:
        faiss.set_deserialization_vector_byte_limit(limit)
    return VectorIndex(index)
