"""
What a generation of the index says about itself: enough to refuse what does not fit, and not when it was made.

Two builds of the same input give the same manifest, byte for byte.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from indexer.codec import from_json, to_json
from indexer.errors import IndexDamagedError, IndexMismatchError
from indexer.passages import SplitterSettings  # noqa: TC001 - the codec reads the annotation

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    from typing_extensions import Buffer

    from indexer.location import Location
    from indexer.vectors import IndexEncoder

FORMAT = 7  # another number where an older index would be read wrongly
CANARY_COSINE = 0.999  # below this the model, its prefix or the segmenter is another one than when the index was built
CANARIES = (
    "Cơ quan nào chủ trì thực hiện nhiệm vụ này?",
    "thời hạn hoàn thành trước ngày 31 tháng 12 năm 2026",
    "Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020 của Chính phủ về công tác văn thư",
    "Đẩy mạnh chuyển đổi số, phát triển khoa học, công nghệ và đổi mới sáng tạo",
)


def sha256_of(data: Buffer) -> str:
    """Return the SHA-256 of *data* in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of the generation as it was written."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are; passages and vectors must agree. A unit is a clause or a row that has a passage, or several."""

    documents: int
    clauses: int
    rows: int
    units: int
    passages: int
    vectors: int


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """The embedding model."""

    name: str
    sha256: str
    dimension: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """
    The manifest of a generation. ``sources`` gives the SHA-256 of each document's file by document id.

    ``tokens_of`` is the hash of the static model whose vocabulary the token streams have. ``originals`` are the files of documents
    with pages, by document id; they lie beside the generations and are verified when they are asked for.
    """

    format: int
    segmenter: str
    splitter: SplitterSettings
    model: ModelEntry
    tokens_of: str
    counts: Counts
    sources: dict[str, str]
    files: dict[str, FileEntry]
    originals: dict[str, FileEntry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Canary:
    """What the model made of ``CANARIES`` as questions and as passages."""

    queries: tuple[tuple[float, ...], ...]
    documents: tuple[tuple[float, ...], ...]


@cache
def segmenter() -> str:
    """Return the segmenter in use with its version: ``"pyvi 0.1.1"``."""
    from importlib.metadata import version  # noqa: PLC0415 - 30 ms

    return f"pyvi {version('pyvi')}"


def manifest_bytes(manifest: Manifest) -> bytes:
    """Return *manifest* as the text of its file."""
    return (json.dumps(to_json(manifest), ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def parse_manifest(data: bytes, *, directory: Location) -> Manifest:
    """
    Return the manifest that ``manifest_bytes`` wrote as *data*; *directory* is named in errors.

    Raises:
        IndexMismatchError: its format is not ours.
        IndexDamagedError: it is no manifest.
    """
    rebuild = f"\n  Rebuild it:  python -m indexer build --index {directory}"
    try:
        value: Any = json.loads(data)
        written = value["format"]
        if written == FORMAT:
            return from_json(Manifest, value)  # type: ignore[no-any-return]
    except (ValueError, TypeError, KeyError) as error:
        msg = f"{directory}: manifest.json is not a manifest ({error}).{rebuild}"
        raise IndexDamagedError(msg) from error
    msg = f"{directory}: the index has format {written}, this program reads format {FORMAT}.{rebuild}"
    raise IndexMismatchError(msg)


def check_segmenter(manifest: Manifest, *, directory: Location) -> None:
    """
    Refuse an index whose words were found by another segmenter than the one installed.

    Raises:
        IndexMismatchError: with both names.
    """
    if manifest.segmenter != segmenter():
        msg = (
            f"{directory}: the index was built with segmenter {manifest.segmenter!r}, installed is {segmenter()!r}.\n"
            f"  Rebuild it:  python -m indexer build --index {directory}\n"
            f"  or install:  pip install {manifest.segmenter.replace(' ', '==')}"
        )
        raise IndexMismatchError(msg)


def check_model(manifest: Manifest, encoder: IndexEncoder, *, directory: Location) -> None:
    """
    Refuse *encoder* where the index was built with another; the same weights under another name will do.

    Raises:
        IndexMismatchError: with both names.
    """
    model = manifest.model
    if (model.sha256, model.dimension) == (encoder.sha256, encoder.dimension):
        return
    msg = (
        f"{directory}: the index was built with model {model.name!r} (sha256 {model.sha256[:12]}…, {model.dimension} "
        f"numbers), not {encoder.name!r} (sha256 {encoder.sha256[:12]}…, {encoder.dimension} numbers).\n"
        f"  Rebuild it:  python -m indexer build --index {directory} --model {encoder.name}\n"
        f"  or query it: python -m assistant serve --index {directory} --model {model.name}"
    )
    raise IndexMismatchError(msg)


def _rounded(vectors: npt.NDArray[np.float32]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(round(float(number), 6) for number in row) for row in vectors)


def canary_of(encoder: IndexEncoder) -> bytes:
    """Return what *encoder* makes of the canary sentences, as the text of its file."""
    canary = Canary(_rounded(encoder.encode_query(CANARIES)), _rounded(encoder.encode_document(CANARIES)))
    return (json.dumps(to_json(canary), separators=(",", ":")) + "\n").encode()


def _lowest_cosine(ours: npt.NDArray[np.float32], theirs: tuple[tuple[float, ...], ...]) -> float:
    stored = np.asarray(theirs, dtype=np.float32)
    if ours.shape != stored.shape:
        return -1.0
    lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(stored, axis=1)
    products = (ours * stored).sum(axis=1)
    # a sentence of which the model knows nothing has no direction, and must have none now
    cosines = np.where(lengths > 0, products / np.maximum(lengths, 1e-12), np.allclose(ours, stored, atol=1e-5))
    return float(cosines.min())


def check_canary(data: bytes, encoder: IndexEncoder, *, directory: Location) -> None:
    """
    Refuse *encoder* where it makes other vectors of the canary sentences than when the index was built.

    The hash of the weights does not see a changed prefix, pooling or segmenter; this does.

    Raises:
        IndexMismatchError: a cosine is below ``CANARY_COSINE``.
    """
    canary: Canary = from_json(Canary, json.loads(data))
    pairs = ((encoder.encode_query(CANARIES), canary.queries), (encoder.encode_document(CANARIES), canary.documents))
    lowest = min(_lowest_cosine(np.asarray(ours), theirs) for ours, theirs in pairs)
    if not lowest >= CANARY_COSINE:
        msg = (
            f"{directory}: model {encoder.name!r} gives other vectors now than when the index was built "
            f"(cosine {lowest:.4f} on a canary sentence, {CANARY_COSINE} is asked).\n"
            f"  Rebuild it:  python -m indexer build --index {directory} --model {encoder.name}"
        )
        raise IndexMismatchError(msg)


def file_entries(files: Mapping[str, Buffer]) -> dict[str, FileEntry]:
    """Return the manifest's entry of every file."""
    return {name: FileEntry(sha256_of(data), memoryview(data).nbytes) for name, data in sorted(files.items())}
