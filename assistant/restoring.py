"""Bringing a back-up back: everything is checked before anything is written, and again where it then lies."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from assistant.audit_log import OPERATOR, AuditLog, Event
from assistant.backup import CONTENTS, DATA, FORMAT, INDEX, Contents
from assistant.records import FILE, Records
from indexer.codec import from_json
from indexer.errors import InputError
from indexer.generation import read_generation

if TYPE_CHECKING:
    from collections.abc import Callable

_BLOCK = 1 << 20
_LARGEST_CONTENTS = 64 << 20  # bytes


def restore(file: Path, data: Path, index: Path) -> Contents:
    """
    Put the back-up *file* into the folders *data* and *index*, which must be empty or not there yet.

    Every hash is compared before anything is written. The folders get their names when all of it lies there, verified once more; where it
    fails, they stay as they were. The audit log is not part of that: see :meth:`assistant.audit_log.AuditLog.verify`.

    Raises:
        InputError: *file* is no back-up or not what was written, a folder is not empty or cannot be written.
        StoreError: the index inside is of another version.
    """
    _check_targets(data, index)
    try:
        with zipfile.ZipFile(file) as archive:
            contents = _contents(archive, file)
            for name in contents.files:
                _copy(archive, name, contents, file, lambda _: None)
            _write(archive, contents, file, data, index)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise _damaged(file, str(error) or "tệp bị cắt cụt") from error
    except FileNotFoundError as error:
        if error.filename != str(file):
            raise
        msg = f"{file}: không có tệp này.\n  Kiểm tra lại đường dẫn của bản sao lưu."
        raise InputError(msg) from error
    return contents


def _check_targets(data: Path, index: Path) -> None:
    if data.resolve() == index.resolve() or index.resolve() in data.resolve().parents:
        msg = f"{index}: chỉ mục và dữ liệu cần hai thư mục riêng.\n  Chọn hai thư mục khác nhau:  --data … --index …"
        raise InputError(msg)
    for folder in (data, index):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            msg = (
                f"{folder}: nơi này không trống, không khôi phục đè lên.\n"
                "  Chọn thư mục mới; kiểm tra xong thì đổi tên hai thư mục:  --data THƯ_MỤC_MỚI --index CHỈ_MỤC_MỚI"
            )
            raise InputError(msg)


def _contents(archive: zipfile.ZipFile, file: Path) -> Contents:
    """Return what *archive* says of itself, after comparing that with the entries that it has."""
    names = [entry.filename for entry in archive.infolist()]
    if CONTENTS not in names:
        msg = f"{file}: không phải bản sao lưu của chương trình này (thiếu {CONTENTS}).\n  Chọn tệp do lệnh backup tạo ra."
        raise InputError(msg)
    if archive.getinfo(CONTENTS).file_size > _LARGEST_CONTENTS:
        raise _damaged(file, f"{CONTENTS} quá lớn")
    try:
        value = json.loads(archive.read(CONTENTS))
        if value["format"] != FORMAT:
            msg = f"{file}: bản sao lưu có định dạng {value['format']}, chương trình này đọc định dạng {FORMAT}.\n  Dùng đúng phiên bản."
            raise InputError(msg)
        contents: Contents = from_json(Contents, value)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _damaged(file, f"{CONTENTS} không đọc được") from error
    if sorted(names) != sorted([CONTENTS, *contents.files]):
        odd = sorted(set(names) ^ {CONTENTS, *contents.files})
        raise _damaged(file, f"thừa hoặc thiếu {odd[0] if odd else 'một mục trùng tên'}")
    for name in contents.files:
        if not _is_safe(name):
            raise _damaged(file, f"tên không hợp lệ: {name[:80]!r}")
    if f"{DATA}{FILE}" not in contents.files:
        raise _damaged(file, f"thiếu {DATA}{FILE}")
    return contents


def _is_safe(name: str) -> bool:
    """Tell whether *name* stays below one of the two folders, on any system."""
    parts = PurePosixPath(name).parts
    is_plain = "\\" not in name and ":" not in name and name.isprintable() and PurePosixPath(name).as_posix() == name
    return is_plain and name.startswith((DATA, INDEX)) and len(parts) > 1 and ".." not in parts


def _copy(
    archive: zipfile.ZipFile, name: str, contents: Contents, file: Path, write: Callable[[bytes], object]
) -> None:
    """Hand the entry *name* to *write*, block by block, and compare it with what it should be."""
    expected, digest, size = contents.files[name], hashlib.sha256(), 0
    with archive.open(name) as source:
        while block := source.read(_BLOCK):
            size += len(block)
            if size > expected.size:
                break
            digest.update(block)
            write(block)
    if (digest.hexdigest(), size) != (expected.sha256, expected.size):
        raise _damaged(file, f"{name} không còn như khi sao lưu")


def _write(archive: zipfile.ZipFile, contents: Contents, file: Path, data: Path, index: Path) -> None:
    targets = {DATA: data, INDEX: index}
    made: dict[str, Path] = {}
    try:
        for before, target in targets.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            made[before] = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        for name in contents.files:
            before = DATA if name.startswith(DATA) else INDEX
            path = made[before] / name.removeprefix(before)
            path.parent.mkdir(parents=True, exist_ok=True)  # nobody else gets below the folder of the data
            with path.open("xb") as out:
                if before == DATA:
                    path.chmod(0o600)
                _copy(archive, name, contents, file, out.write)
                out.flush()
                os.fsync(out.fileno())
        _check_records(made[DATA], file)
        read_generation(made[INDEX])
        made[INDEX].chmod(0o755)  # as an index is made; that of the data stays its owner's alone
        for before, target in targets.items():
            if target.exists():
                target.rmdir()
            made.pop(before).rename(target)
    except OSError as error:
        msg = f"{error.filename or data}: không ghi được ({error.strerror or error}).\n  Chọn nơi còn chỗ trống và ghi được."
        raise InputError(msg) from error
    finally:
        for unfinished in made.values():
            shutil.rmtree(unfinished, ignore_errors=True)


def _check_records(folder: Path, file: Path) -> None:
    """Make sure that the database in *folder* is sound, and note in its log where it comes from."""
    records = Records.open_copy(folder / FILE)
    try:
        if fault := records.fault():
            raise _damaged(file, f"{FILE}: {fault}")
        AuditLog(records).note(Event.RESTORED, actor=OPERATOR)
    finally:
        records.close()


def _damaged(file: Path, fact: str) -> InputError:
    return InputError(f"{file}: bản sao lưu bị hỏng: {fact}.\n  Chưa ghi gì; hãy dùng một bản sao lưu khác.")
