"""
Generations of the index on disk: written whole, then made current by one rename.

    INDEX/CURRENT               "gen-000002 <sha256 of its manifest>"
    INDEX/gen-000001/           manifest.json, which gives the sha256 of every other file, and those files
    INDEX/gen-000002/
    INDEX/originals/            files of documents with pages, each under its hash; see indexer.originals
    INDEX/.lock                 held by the one writer; readers never lock

A reader sees the old generation or the new one, whatever is killed and when: nothing of a generation is ever changed,
and CURRENT is replaced only when all of it lies on the disk.

Large files are hashed as a stream and mapped into memory, small ones are read. A generation may be cleared away under a reader: POSIX
keeps a mapped file as long as it is mapped; Windows refuses to delete it, and it goes when the next generation is published.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import re
import shutil
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from indexer.errors import IndexBusyError, IndexDamagedError, IndexMissingError, StoreError
from indexer.manifest import Manifest, manifest_bytes, parse_manifest, sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from typing_extensions import Buffer

CURRENT = "CURRENT"
MANIFEST = "manifest.json"
KEPT = 3  # generations, the current one included
_MAPPED = 2**20  # bytes from which a file is mapped and not read
_LOCK = ".lock"
_UNFINISHED = ".unfinished-"
_CURRENT_LINE = re.compile(r"(gen-\d{6,}) ([0-9a-f]{64})\n")
_NAME = re.compile(r"gen-(\d{6,})")


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation that was verified; ``files`` holds the contents of all files but the manifest, ``folder`` is where they lie."""

    name: str
    manifest: Manifest
    folder: Path
    files: dict[str, Buffer]


def _rebuild(directory: Path) -> str:
    return f"\n  Rebuild it:  python -m indexer build --index {directory}"


def _read_current(directory: Path) -> tuple[str, str]:
    try:
        line = (directory / CURRENT).read_bytes().decode("ascii", "replace")
    except (FileNotFoundError, NotADirectoryError) as error:
        msg = f"{directory}: there is no index here.\n  Build it:  python -m indexer build --index {directory}"
        raise IndexMissingError(msg) from error
    except OSError as error:
        msg = f"{directory / CURRENT}: cannot be read ({error.strerror}).{_rebuild(directory)}"
        raise IndexDamagedError(msg) from error
    match = _CURRENT_LINE.fullmatch(line)
    if match is None:
        msg = f"{directory / CURRENT}: does not name a generation: {line[:80]!r}.{_rebuild(directory)}"
        raise IndexDamagedError(msg)
    return match.group(1), match.group(2)


def _verified(path: Path, *, sha256: str, directory: Path) -> Buffer:
    """Return the contents of the file at *path*, read or mapped, after comparing their hash with *sha256*."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
        if found != sha256:
            msg = f"{path}: the file is not what was written ({size} bytes, other sha256).{_rebuild(directory)}"
            raise IndexDamagedError(msg)
        if size and size >= _MAPPED:
            return mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ)
        file.seek(0)
        return file.read()


def read_generation(directory: Path) -> Generation:
    """
    Return the current generation of the index in *directory*, every byte of it verified.

    Raises:
        IndexMissingError: there is no index.
        IndexMismatchError: its format is not ours.
        IndexDamagedError: a file is missing or not what was written; the message names it.
    """
    current = _read_current(directory)
    while True:
        name, manifest_sha256 = current
        folder = directory / name
        try:
            described = _verified(folder / MANIFEST, sha256=manifest_sha256, directory=directory)
            manifest = parse_manifest(bytes(described), directory=directory)
            files = {
                file: _verified(folder / file, sha256=entry.sha256, directory=directory)
                for file, entry in manifest.files.items()
            }
        except OSError as error:
            # a slow reader: newer generations were published meanwhile and this one was cleared away
            again = _read_current(directory)
            if again != current:
                current = again
                continue
            msg = f"{error.filename}: a file of the index cannot be read ({error.strerror}).{_rebuild(directory)}"
            raise IndexDamagedError(msg) from error
        return Generation(name, manifest, folder, files)


def _lock(file: IO[bytes]) -> None:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - there on Windows only

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl  # noqa: PLC0415 - not there on Windows

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def current_name(directory: Path) -> str | None:
    """
    Return the name of the current generation of the index in *directory*, nothing of it verified; None where there is none.

    Raises:
        IndexDamagedError: what names it cannot be read.
    """
    try:
        return _read_current(directory)[0]
    except IndexMissingError:
        return None


@contextmanager
def writing(directory: Path) -> Iterator[None]:
    """
    Hold the right to publish in *directory*, which is made where it is missing.

    The system gives the right back when we are killed.

    Raises:
        IndexBusyError: another program holds it.
        StoreError: the folder cannot be written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        file = (directory / _LOCK).open("ab")
    except OSError as error:
        msg = f"{directory}: the index cannot be written here ({error.strerror}).\n  Give another folder with --index"
        raise StoreError(msg) from error
    with file:
        try:
            _lock(file)
        except OSError as error:
            msg = f"{directory}: another program is writing this index.\n  Wait until it is done, then try again"
            raise IndexBusyError(msg) from error
        yield


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make renames inside *folder* outlive a power cut; Windows has no such call and needs none."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _replace(source: Path, target: Path) -> None:
    """Rename *source* over *target*; Windows refuses while a reader has *target* open, for a moment."""
    for _ in range(50):
        try:
            source.replace(target)
        except PermissionError:
            if sys.platform != "win32":
                raise
            time.sleep(0.02)
        else:
            return
    source.replace(target)


def _numbers(directory: Path) -> list[int]:
    return sorted(int(match.group(1)) for path in directory.iterdir() if (match := _NAME.fullmatch(path.name)))


def _clear_unfinished(directory: Path) -> None:
    for path in directory.glob(f"{_UNFINISHED}*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _clear(directory: Path, *, current: str) -> None:
    """Remove what a killed writer left, and all generations but the last ``KEPT``."""
    _clear_unfinished(directory)
    for number in _numbers(directory)[:-KEPT]:
        name = f"gen-{number:06d}"
        if name != current:
            shutil.rmtree(directory / name, ignore_errors=True)


def kept_manifests(directory: Path) -> Iterator[Manifest]:
    """Yield the manifests of all generations in *directory*; one that cannot be read, or has another format, is passed over."""
    for number in _numbers(directory):
        with suppress(OSError, StoreError):
            yield parse_manifest((directory / f"gen-{number:06d}" / MANIFEST).read_bytes(), directory=directory)


def read_beside(directory: Path, name: str, file: str) -> bytes | None:
    """Return a file that lies in generation *name* and is none of its verified ones; None where there is none."""
    try:
        return (directory / name / file).read_bytes()
    except OSError:
        return None


def write_generation(
    directory: Path, manifest: Manifest, files: Mapping[str, bytes], beside: Mapping[str, bytes] | None = None
) -> str:
    """
    Publish *files* under *manifest* in *directory* and return the generation's name; call it inside ``writing``.

    What lies *beside* them is not hashed: it says how the generation came about, and no answer depends on it.

    Raises:
        StoreError: the disk is full or refuses; the generation before is still the current one.
    """
    try:
        number = max(_numbers(directory), default=0) + 1
        name = f"gen-{number:06d}"
        unfinished = directory / f"{_UNFINISHED}{name}"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        for file, data in {**(beside or {}), **files}.items():
            _write_synced(unfinished / file, data)
        described = manifest_bytes(manifest)
        _write_synced(unfinished / MANIFEST, described)
        _sync_folder(unfinished)
        unfinished.rename(directory / name)
        pointer = directory / f"{_UNFINISHED}{CURRENT}"
        _write_synced(pointer, f"{name} {sha256_of(described)}\n".encode())
        _sync_folder(directory)
        _replace(pointer, directory / CURRENT)
        _sync_folder(directory)
    except OSError as error:
        _clear_unfinished(directory)
        msg = (
            f"{directory}: the new index could not be written ({error.strerror}); the one before is unchanged.\n"
            "  Make room on the disk, or give another folder with --index, and build again"
        )
        raise StoreError(msg) from error
    _clear(directory, current=name)
    return name
