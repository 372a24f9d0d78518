"""
Generations of the index on disk: written whole, then made current by one rename.

    INDEX/CURRENT               "gen-000002 <sha256 of its manifest>"
    INDEX/gen-000001/           manifest.json, which gives the sha256 of every other file, and those files;
                                pointer: what CURRENT says while this one is the current one
    INDEX/gen-000002/
    INDEX/originals/            files of documents with pages, each under its hash; see indexer.originals
    INDEX/.lock                 held by the one writer; readers never lock

A reader sees the old generation or the new one, whatever is killed and when: nothing of a generation is ever changed,
and CURRENT is replaced only when all of it lies on the disk. An older generation that is kept can be made current again; see
indexer.keeping.

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
from contextvars import ContextVar
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from indexer.errors import IndexBusyError, IndexDamagedError, IndexMissingError, StoreError
from indexer.manifest import Manifest, manifest_bytes, parse_manifest, sha256_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from typing_extensions import Buffer

CURRENT = "CURRENT"
POINTER = "pointer"  # in each generation, so that its manifest can be verified once CURRENT names another one
MANIFEST = "manifest.json"
KEPT = 3  # generations, the current one included
_MAPPED = 2**20  # bytes from which a file is mapped and not read
_LOCK = ".lock"
_UNFINISHED = ".unfinished-"
_CURRENT_LINE = re.compile(r"(gen-\d{6,}) ([0-9a-f]{64})\n")
_NAME = re.compile(r"gen-(\d{6,})")
_held: ContextVar[frozenset[Path]] = ContextVar("held", default=frozenset())  # folders where we may publish already


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation that was verified; ``files`` holds the contents of all files but the manifest, ``folder`` is where they lie."""

    name: str
    manifest: Manifest
    folder: Path
    files: dict[str, Buffer]


def _rebuild(directory: Path) -> str:
    again = f"\n  Rebuild it:  python -m indexer build --index {directory}"
    if len(generation_numbers(directory)) < 2:  # there is none to go back to
        return again
    return f"{again}\n  or go back:  python -m indexer rollback --index {directory}"


def generation_name(number: int) -> str:
    """Return the name of the generation with that *number*."""
    return f"gen-{number:06d}"


def generation_numbers(directory: Path) -> list[int]:
    """Return the numbers of the generations that lie in *directory*, the oldest first; none where there is no such folder."""
    with suppress(OSError):
        return sorted(int(match.group(1)) for path in directory.iterdir() if (match := _NAME.fullmatch(path.name)))
    return []


def _read_current(directory: Path) -> tuple[str, str]:
    """Return name and manifest's hash of the current generation of the index in *directory*."""
    try:
        line = (directory / CURRENT).read_bytes().decode("ascii", "replace")
    except (FileNotFoundError, NotADirectoryError) as error:
        msg = f"{directory}: there is no index here.\n  Build it:  python -m indexer build --index {directory}"
        raise IndexMissingError(msg) from error
    except OSError as error:
        msg = f"{directory / CURRENT}: cannot be read ({error.strerror}).{_rebuild(directory)}"
        raise IndexDamagedError(msg) from error
    return _pointed_at(line, directory / CURRENT, directory)


def _pointed_at(line: str, path: Path, directory: Path) -> tuple[str, str]:
    match = _CURRENT_LINE.fullmatch(line)
    if match is None:
        msg = f"{path}: does not name a generation: {line[:80]!r}.{_rebuild(directory)}"
        raise IndexDamagedError(msg)
    return match.group(1), match.group(2)


def read_pointer(directory: Path, name: str) -> tuple[str, str]:
    """
    Return name and manifest's hash of the generation *name*, whether or not it is the current one, as `read_generation` takes them.

    Raises:
        IndexDamagedError: they cannot be read, or are those of another generation.
    """
    path = directory / name / POINTER
    try:
        pointer = _pointed_at(path.read_bytes().decode("ascii", "replace"), path, directory)
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror}), so that {name} cannot be verified.{_rebuild(directory)}"
        raise IndexDamagedError(msg) from error
    if pointer[0] != name:
        msg = f"{path}: names {pointer[0]}.{_rebuild(directory)}"
        raise IndexDamagedError(msg)
    return pointer


def _verified(path: Path, *, sha256: str, directory: Path, told_by: Path) -> Buffer:
    """Return the contents of the file at *path*, read or mapped, after comparing their hash with the *sha256* that *told_by* gives."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
        if found != sha256:
            msg = (
                f"{path}: the file is not what was written ({size} bytes, another sha256 than {told_by} gives)."
                f"{_rebuild(directory)}"
            )
            raise IndexDamagedError(msg)
        if size and size >= _MAPPED:
            return mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ)
        file.seek(0)
        return file.read()


def read_generation(directory: Path, pointer: tuple[str, str] | None = None) -> Generation:
    """
    Return the current generation of the index in *directory*, or that of a *pointer*, every byte of it verified.

    Raises:
        IndexMissingError: there is no index.
        IndexMismatchError: its format is not ours.
        IndexDamagedError: a file is missing or not what was written; the message names it.
    """
    current = pointer or _read_current(directory)
    while True:
        name, manifest_sha256 = current
        folder = directory / name
        told_by = folder / POINTER if pointer else directory / CURRENT
        try:
            described = _verified(folder / MANIFEST, sha256=manifest_sha256, directory=directory, told_by=told_by)
            manifest = parse_manifest(bytes(described), directory=directory)
            files = {
                file: _verified(folder / file, sha256=entry.sha256, directory=directory, told_by=folder / MANIFEST)
                for file, entry in manifest.files.items()
            }
        except OSError as error:
            # a slow reader: newer generations were published meanwhile and this one was cleared away
            again = pointer or _read_current(directory)
            if again != current:
                current = again
                continue
            told = "" if folder.is_dir() else f"; {told_by} names {name}, which is not there"
            msg = f"{error.filename}: a file of the index cannot be read ({error.strerror}{told}).{_rebuild(directory)}"
            raise IndexDamagedError(msg) from error
        return Generation(name, manifest, folder, files)


def _lock(file: IO[bytes]) -> None:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - there on Windows only

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl  # noqa: PLC0415 - not there on Windows

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def current_pointer(directory: Path) -> tuple[str, str] | None:
    """
    Return name and manifest's hash of the current generation in *directory*, nothing of it verified; None where there is no index.

    Raises:
        IndexDamagedError: what names it cannot be read.
    """
    try:
        return _read_current(directory)
    except IndexMissingError:
        return None


def current_name(directory: Path) -> str | None:
    """Return the name that `current_pointer` gives."""
    pointer = current_pointer(directory)
    return pointer[0] if pointer else None


@contextmanager
def writing(directory: Path) -> Iterator[None]:
    """
    Hold the right to publish in *directory*, which is made where it is missing; who holds it already keeps it.

    The system gives the right back when we are killed. What is published from what the index held before is read inside, so that
    nothing is lost of what another program published in between.

    Raises:
        IndexBusyError: another program holds it.
        StoreError: the folder cannot be written.
    """
    place = directory.resolve()
    if place in _held.get():
        yield
        return
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
        token = _held.set(_held.get() | {place})
        try:
            yield
        finally:
            _held.reset(token)


def _write_synced(path: Path, data: Buffer) -> None:
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


def remove_all(paths: Iterable[Path]) -> None:
    """Remove files and whole folders; what the system holds on to (Windows, while it is read) stays."""
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()


def unfinished(directory: Path) -> list[Path]:
    """Return what writers that were killed left in *directory*, or what the one that has the right to publish is writing."""
    return sorted(directory.glob(f"{_UNFINISHED}*"))


def kept_names(directory: Path, *, current: str, before: str | None = None) -> set[str]:
    """
    Return the generations in *directory* that are kept, at most ``KEPT``: *current*, the one *before* it, and the newest.

    The one before is not always the newest but one: somebody may have gone back to it.
    """
    there = [generation_name(number) for number in reversed(generation_numbers(directory))]
    first = [name for name in (current, before) if name in there]
    return set([*dict.fromkeys([*first, *there])][:KEPT])


def superfluous(directory: Path, kept: Collection[str]) -> list[Path]:
    """Return the folders of the generations in *directory* that are not *kept*."""
    names = (generation_name(number) for number in generation_numbers(directory))
    return [directory / name for name in names if name not in kept]


def _clear(directory: Path, *, current: str, before: str | None) -> None:
    """Remove what a killed writer left, and the generations that are not kept."""
    remove_all(unfinished(directory))
    remove_all(superfluous(directory, kept_names(directory, current=current, before=before)))


def manifests_of(directory: Path, names: Iterable[str]) -> Iterator[Manifest]:
    """Yield the manifests of the generations *names*; one that cannot be read, or has another format, is passed over."""
    for name in names:
        with suppress(OSError, StoreError):
            yield parse_manifest((directory / name / MANIFEST).read_bytes(), directory=directory)


def kept_manifests(directory: Path) -> Iterator[Manifest]:
    """Yield the manifests of all generations in *directory*; one that cannot be read, or has another format, is passed over."""
    return manifests_of(directory, map(generation_name, generation_numbers(directory)))


def read_beside(directory: Path, name: str, file: str) -> bytes | None:
    """Return a file that lies in generation *name* and is none of its verified ones; None where there is none."""
    try:
        return (directory / name / file).read_bytes()
    except OSError:
        return None


def _pointer_bytes(pointer: tuple[str, str]) -> bytes:
    return f"{pointer[0]} {pointer[1]}\n".encode()


def _point_at(directory: Path, pointer: tuple[str, str]) -> None:
    file = directory / f"{_UNFINISHED}{CURRENT}"
    _write_synced(file, _pointer_bytes(pointer))
    _sync_folder(directory)
    _replace(file, directory / CURRENT)
    _sync_folder(directory)


def make_current(directory: Path, pointer: tuple[str, str]) -> None:
    """
    Make the generation of *pointer*, which was verified, the current one in *directory*; call it inside ``writing``.

    Raises:
        StoreError: the disk is full or refuses; the current generation is still the same.
    """
    try:
        _point_at(directory, pointer)
    except OSError as error:
        remove_all(unfinished(directory))
        msg = (
            f"{directory / CURRENT}: cannot be written ({error.strerror}); the current generation is the same as before.\n"
            "  Make room on the disk, or make the folder writable, and try again"
        )
        raise StoreError(msg) from error


def write_generation(
    directory: Path, manifest: Manifest, files: Mapping[str, Buffer], beside: Mapping[str, bytes] | None = None
) -> str:
    """
    Publish *files* under *manifest* in *directory* and return the generation's name; call it inside ``writing``.

    What lies *beside* them is not hashed: it says how the generation came about, and no answer depends on it.

    Raises:
        StoreError: the disk is full or refuses; the generation before is still the current one.
    """
    try:
        before = current_name(directory)
    except IndexDamagedError:  # this one mends it
        before = None
    try:
        name = generation_name(max(generation_numbers(directory), default=0) + 1)
        folder = directory / f"{_UNFINISHED}{name}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for file, data in {**(beside or {}), **files}.items():
            _write_synced(folder / file, data)
        described = manifest_bytes(manifest)
        _write_synced(folder / MANIFEST, described)
        pointer = (name, sha256_of(described))
        _write_synced(folder / POINTER, _pointer_bytes(pointer))
        _sync_folder(folder)
        folder.rename(directory / name)
        _point_at(directory, pointer)
    except OSError as error:
        remove_all(unfinished(directory))
        msg = (
            f"{directory}: the new index could not be written ({error.strerror}); the one before is unchanged.\n"
            "  Make room on the disk, or give another folder with --index, and build again"
        )
        raise StoreError(msg) from error
    _clear(directory, current=name, before=before)
    return name
