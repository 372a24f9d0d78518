"""
The original files of documents that have pages, kept beside the generations of an index under the hash of what is in them.

    INDEX/originals/<sha256>     a PDF or a picture, byte for byte as it was read

A file is written once and never changed, whichever generations name it; one that no generation names any more is cleared away. So an
index gives its originals back wherever it is copied to, also when the folder of the corpus is gone.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

from indexer.errors import IndexDamagedError, StoreError
from indexer.manifest import FileEntry

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from indexer.types import ParsedDocument

FOLDER = "originals"
_UNFINISHED = ".unfinished"


def has_fixed_pages(parsed: ParsedDocument) -> bool:
    """Tell whether the file of *parsed* has pages that can be shown as they are: a PDF or a picture."""
    return bool(parsed.pages) and all(page.width and page.height for page in parsed.pages)


def keep_originals(directory: Path, files: Mapping[str, Path]) -> dict[str, FileEntry]:
    """
    Copy *files*, by document id, into the index in *directory* and return what the manifest says of each.

    What lies there already is not written again; what lies there damaged is. Call it inside ``writing``.

    Raises:
        StoreError: one cannot be read or written; no generation names what was written so far.
    """
    entries: dict[str, FileEntry] = {}
    for document, path in sorted(files.items()):
        try:
            entries[document] = _keep(directory / FOLDER, path)
        except OSError as error:
            msg = (
                f"{path}: its original cannot be kept in {directory / FOLDER} ({error.strerror}); the index is unchanged.\n"
                "  Make room on the disk, or give another folder with --index, and build again"
            )
            raise StoreError(msg) from error
    return entries


def _keep(folder: Path, path: Path) -> FileEntry:
    # copied, never linked: a program that writes into the file in place would change what the index holds
    folder.mkdir(parents=True, exist_ok=True)
    entry = _entry(path)
    with suppress(FileNotFoundError):
        if _entry(folder / entry.sha256) == entry:
            return entry
    unfinished = folder / _UNFINISHED
    with path.open("rb") as source, unfinished.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
        target.flush()
        os.fsync(target.fileno())
    entry = _entry(unfinished)  # as it was copied, should it have changed meanwhile
    unfinished.replace(folder / entry.sha256)
    return entry


def _entry(path: Path) -> FileEntry:
    with path.open("rb") as file:
        return FileEntry(hashlib.file_digest(file, "sha256").hexdigest(), file.tell())


def original_path(directory: Path, document: str, entry: FileEntry) -> Path:
    """
    Return where the original of *document* lies in the index in *directory*, after comparing its hash with *entry*.

    Raises:
        IndexDamagedError: it is missing, or not what was kept.
    """
    path = directory / FOLDER / entry.sha256
    try:
        found = _entry(path)
    except OSError as error:
        fact = f"cannot be read ({error.strerror})"
    else:
        if found == entry:
            return path
        fact = f"is not what was kept ({found.size} bytes, other sha256)"
    msg = f"{path}: the original of {document!r} {fact}.\n  Keep it anew:  python -m indexer build --index {directory}"
    raise IndexDamagedError(msg)


def unnamed_originals(directory: Path, named: Collection[str]) -> list[Path]:
    """Return the files among the originals whose hash is not among those *named* by a generation."""
    folder = directory / FOLDER
    return sorted(path for path in folder.iterdir() if path.name not in named) if folder.is_dir() else []


def clear_originals(directory: Path, named: Collection[str]) -> None:
    """Remove the originals whose hash is not among those *named* by a generation; what the system holds on to goes next time."""
    for path in unnamed_originals(directory, named):
        with suppress(OSError):  # Windows refuses while it is shown
            path.unlink()
    with suppress(OSError):  # there is one left, or no folder
        (directory / FOLDER).rmdir()
