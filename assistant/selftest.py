"""``python -m assistant selftest``: proves, on the machine where it is to serve, that the server sends nothing to other machines."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from assistant.selftest_probe import Check
from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_WORDS = {True: "Đạt", False: "Không đạt", None: "Bỏ qua"}


def run_selftest(index: Path, data: Path | None) -> int:
    """
    Print the table of checks of a server over *index*; return 0 where all passed, else 1.

    The server runs with data of its own; *data* is a folder whose permissions are looked at.

    Raises:
        InputError: there is no index.
    """
    if not (index / "CURRENT").is_file():
        msg = f"{index}: không có chỉ mục trong thư mục này.\n  Tạo chỉ mục: python -m indexer build --index {index}"
        raise InputError(msg)
    sys.stderr.write("Đang khởi động máy chủ và nạp mô hình, xin chờ…\n")
    passed = []
    sys.stdout.write("Tự kiểm tra: máy chủ không gửi gì ra ngoài\n\n")
    for check in _checks(index, data):
        remark = f" ({check.remark})" if check.remark else ""
        sys.stdout.write(f"  {_WORDS[check.passed]:<10} {check.name}{remark}\n")
        sys.stdout.flush()
        passed.append(check.passed)
    counts = ", ".join(f"{passed.count(value)} {word.lower()}" for value, word in _WORDS.items())
    sys.stdout.write(f"\nKết quả: {counts}.\n")
    return 1 if False in passed else 0


def _checks(index: Path, data: Path | None) -> Iterator[Check]:
    if data is not None:
        yield permissions(data)
    own = namespace()
    yield Check(
        "Máy chủ chạy trong mạng riêng, chỉ có địa chỉ nội bộ",
        passed=True if own else None,
        remark="" if own else "máy này không cho tạo mạng riêng (unshare -n)",
    )
    command = [
        *own,
        sys.executable,
        "-m",
        "assistant.selftest_probe",
        str(index.resolve()),
        "isolated" if own else "shared",
    ]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, encoding="utf-8") as child:  # noqa: S603 - our own command
        yield from _told(child.stdout or ())
    if child.returncode:
        yield Check("Tự kiểm tra chạy hết", passed=False, remark=f"dừng với mã {child.returncode}")


def _told(lines: Iterable[str]) -> Iterator[Check]:
    for line in lines:
        yield Check(**json.loads(line))


def namespace() -> tuple[str, ...]:
    """Return what runs a command in a network namespace of its own, () where that is not to be had."""
    unshare = shutil.which("unshare")
    for options in ("-rn", "-n"):
        if unshare and subprocess.run([unshare, options, "true"], capture_output=True, check=False).returncode == 0:  # noqa: S603 - the system's
            return (unshare, options)
    return ()


def permissions(data: Path) -> Check:
    """Tell whether nobody but its owner can read what is kept in *data*."""
    name = f"Thư mục dữ liệu {data} chỉ chủ sở hữu đọc được"
    if not data.is_dir():
        return Check(name, None, "chưa có thư mục này")
    open_to_others = [path for path in (data, *sorted(data.glob("records.sqlite*"))) if path.stat().st_mode & 0o077]
    told = "; ".join(f"{path.name}: {path.stat().st_mode & 0o777:o}" for path in open_to_others)
    return Check(name, passed=not open_to_others, remark=f"{told}; sửa bằng: chmod -R go= {data}" if told else "")
