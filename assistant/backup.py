"""
One file that holds all that a server keeps, made while it runs.

    MANIFEST.json           format, when, which generation, and the SHA-256 of every other entry
    data/records.sqlite     accounts, conversations, classes, verdicts, the audit log: as they were at one moment
    data/...                uploaded files with the current generation of their indexes, approved files, question sets and results
    index/...               the current generation of the shared index, with CURRENT and the originals that it names

What can be made anew is left out: images of pages, older generations, sessions of people who are signed in. The rows are copied first and
the files after them; a file that was deleted in between is marked as being removed, and an index of somebody's own documents that
does not fit the rows is left out and made anew after restoring.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.accounts import forget_sessions
from assistant.audit_log import OPERATOR, AuditLog, Event
from assistant.page_images import PAGES
from assistant.reading import Folders
from assistant.records import FILE, Records
from assistant.uploads import Uploads, UploadState
from indexer.codec import to_json
from indexer.errors import IndexDamagedError, InputError, StoreError
from indexer.generation import CURRENT, MANIFEST, read_generation
from indexer.manifest import FileEntry, sha256_of
from indexer.originals import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.generation import Generation

FORMAT = 1
CONTENTS = "MANIFEST.json"
DATA, INDEX = "data/", "index/"
_BLOCK = 1 << 20
_TRIES = 3  # while newer generations of the index are published


@dataclass(frozen=True, slots=True)
class Contents:
    """What a back-up says of itself; ``files`` gives the entry of every file by its name, ``made_at`` is UTC."""

    format: int
    made_at: str
    generation: str
    files: dict[str, FileEntry]


def back_up(data: Path, index: Path, out: Path) -> Contents:
    """
    Write all that is kept in the folder *data* and the current generation of *index* into the new file *out*, for its owner's eyes alone.

    Servers and indexers may go on working. Where it fails, no file is left.

    Raises:
        InputError: there is nothing in *data*, *out* exists, lies inside of what is backed up, or cannot be written.
        StoreError: the index cannot be read.
    """
    records = Records.existing(data)
    try:
        _check_out(out, data, index)
        for attempt in range(1, _TRIES + 1):
            try:
                return _write(data, index, out, records)
            except FileNotFoundError as error:  # the generation was cleared away while it was copied
                if attempt == _TRIES:
                    msg = f"{error.filename}: tệp bị xóa trong lúc sao lưu.\n  Chờ việc lập chỉ mục xong rồi chạy lại lệnh."
                    raise InputError(msg) from error
        raise AssertionError  # the loop returns or raises
    except OSError as error:
        msg = f"{error.filename or out}: không sao lưu được ({error.strerror or error}).\n  Ghi ra nơi khác:  --out TỆP.zip"
        raise InputError(msg) from error
    finally:
        records.close()


def _check_out(out: Path, data: Path, index: Path) -> None:
    if out.exists():
        msg = f"{out}: tệp này đã có; bản sao lưu cũ không bị ghi đè.\n  Đặt tên khác:  --out TỆP.zip"
        raise InputError(msg)
    if any(out.resolve().is_relative_to(folder.resolve()) for folder in (data, index)):
        msg = f"{out}: nằm trong chính thư mục được sao lưu.\n  Ghi ra nơi khác, tốt nhất là ổ đĩa khác:  --out TỆP.zip"
        raise InputError(msg)


def _write(data: Path, index: Path, out: Path, records: Records) -> Contents:
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".sao-luu-", dir=out.parent) as folder:  # its owner's alone
        copy, unfinished = Path(folder) / FILE, Path(folder) / "unfinished.zip"
        records.copy_to(copy)
        generation = read_generation(index)  # after the rows: what they say is in it is in it
        with unfinished.open("xb") as file:
            unfinished.chmod(0o600)
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                packed = _Packed(archive)
                _add_index(packed, INDEX, index, generation)
                for name, path in _files_beside(data):
                    with suppress(FileNotFoundError):  # somebody has deleted it
                        packed.add(f"{DATA}{name}", path)
                with closing(Records.open_copy(copy)) as rows:
                    _add_collections(packed, data, rows)
                    forget_sessions(rows)
                    rows.compact()
                packed.add(f"{DATA}{FILE}", copy)
                made_at = datetime.now(UTC).isoformat(timespec="seconds")
                contents = Contents(FORMAT, made_at, generation.name, packed.files)
                archive.writestr(CONTENTS, json.dumps(to_json(contents), ensure_ascii=False, indent=1))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(out)
    AuditLog(records).note(Event.BACKED_UP, actor=OPERATOR, generation=generation.name, files=str(len(packed.files)))
    return contents


class _Packed:
    """The entries of an archive, each hashed as it is written."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.files: dict[str, FileEntry] = {}

    def add(self, name: str, path: Path) -> None:
        digest, size = hashlib.sha256(), 0
        with path.open("rb") as source, self._archive.open(name, "w", force_zip64=True) as target:
            while block := source.read(_BLOCK):
                digest.update(block)
                size += len(block)
                target.write(block)
        self.files[name] = FileEntry(digest.hexdigest(), size)

    def add_text(self, name: str, text: str) -> None:
        content = text.encode()
        self._archive.writestr(name, content)
        self.files[name] = FileEntry(sha256_of(content), len(content))


def _add_index(packed: _Packed, before: str, index: Path, generation: Generation) -> None:
    """Add all that belongs to *generation* of *index*, under names that begin with *before*; what names it comes last."""
    folder = generation.folder
    for path in sorted(folder.iterdir()):  # those beside the verified ones, too
        packed.add(f"{before}{folder.name}/{path.name}", path)
    for sha256 in sorted({entry.sha256 for entry in generation.manifest.originals.values()}):
        path, name = index / FOLDER / sha256, f"{before}{FOLDER}/{sha256}"
        packed.add(name, path)
        if packed.files[name].sha256 != sha256:
            msg = f"{path}: bản gốc không còn nguyên vẹn.\n  Lập lại chỉ mục:  python -m indexer build --index {index}"
            raise IndexDamagedError(msg)
    described = packed.files[f"{before}{folder.name}/{MANIFEST}"].sha256
    packed.add_text(f"{before}{CURRENT}", f"{folder.name} {described}\n")


def _files_beside(data: Path) -> Iterator[tuple[str, Path]]:
    """Yield name and place of the files in *data* but the records, the collections, and what is made anew when it is needed."""
    for path in sorted(data.rglob("*")):
        name = path.relative_to(data)
        is_known = name.parts[0] in ("collections", PAGES) or name.name.startswith((FILE, "."))
        if not is_known and path.is_file() and not path.is_symlink():
            yield name.as_posix(), path


def _add_collections(packed: _Packed, data: Path, rows: Records) -> None:
    """Add everybody's own files and, where it fits the *rows*, what was read of them; mark in the rows what is gone."""
    uploads, folders = Uploads(rows), Folders(data)
    for owner in uploads.owners():
        held, index = uploads.of(owner), folders.index(owner)
        for upload in held:
            path = folders.file(upload)
            try:
                packed.add(f"{DATA}{path.relative_to(data).as_posix()}", path)
            except FileNotFoundError:
                uploads.set_state(upload.id, UploadState.REMOVING, before=tuple(UploadState))
        if not _add_own_index(packed, index, data, {upload.id for upload in held}):
            uploads.requeue(state=UploadState.READ, owner=owner)


def _add_own_index(packed: _Packed, index: Path, data: Path, documents: set[str]) -> bool:
    """Add the current generation of *index* where it holds no document but these; tell whether it is there whole."""
    try:
        generation = read_generation(index)
    except StoreError:  # the next server makes it anew, and so does a restored one
        return False
    if not set(generation.manifest.sources) <= documents:
        return False
    try:
        _add_index(packed, f"{DATA}{index.relative_to(data).as_posix()}/", index, generation)
    except (FileNotFoundError, StoreError):  # without what names it, the rest is none
        return False
    return True
