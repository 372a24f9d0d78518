"""Named numpy arrays in the form of safetensors, read where they lie: no copy is made, so that a mapped file stays on the disk."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from indexer.errors import IndexDamagedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    from typing_extensions import Buffer

_LENGTH = 8  # bytes of the header's length, in front of the header
_KINDS = {
    "F16": np.float16, "F32": np.float32, "I32": np.int32, "I64": np.int64,
    "U8": np.uint8, "U32": np.uint32, "U64": np.uint64,
}  # fmt: skip


def pack_arrays(arrays: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """Return *arrays* as bytes; the same arrays always give the same bytes."""
    from safetensors.numpy import save  # noqa: PLC0415 - to build only

    return bytes(save({name: np.ascontiguousarray(array) for name, array in arrays.items()}))


def arrays_in(data: Buffer) -> dict[str, npt.NDArray[Any]]:
    """
    Return the arrays that ``pack_arrays`` wrote as *data*, which they share.

    Raises:
        IndexDamagedError: that is not what *data* holds.
    """
    view = memoryview(data)
    try:
        end = _LENGTH + int.from_bytes(view[:_LENGTH], "little")
        header = json.loads(bytes(view[_LENGTH:end]))
        return {name: _array(view[end:], entry) for name, entry in header.items()}
    except (ValueError, KeyError, TypeError) as error:
        msg = f"the arrays cannot be read ({error}).\n  Rebuild the index:  python -m indexer build"
        raise IndexDamagedError(msg) from error


def _array(tensors: memoryview, entry: Mapping[str, Any]) -> npt.NDArray[Any]:
    start, end = entry["data_offsets"]
    return np.frombuffer(tensors[start:end], dtype=_KINDS[entry["dtype"]]).reshape(entry["shape"])
