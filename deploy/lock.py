"""requirements.lock: every distribution that the program needs, on any system, with the SHA-256 of all its files."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LOCK = "requirements.lock"
_HEAD = """\
# Every part of the program, for any system, with the SHA-256 of all its files: pip install --require-hashes -r requirements.lock
# Made by `make lock` from pyproject.toml and constraints.txt. Not to be edited by hand.
# torch on Linux is the build without CUDA, which is not on PyPI: https://download.pytorch.org/whl/cpu, or --find-links FOLDER.
"""
_TORCH = "torch"
_ON_LINUX, _ELSEWHERE = "; sys_platform == 'linux'", "; sys_platform != 'linux'"
# what PyTorch's builds with CUDA bring on Linux, gigabytes that are never used
_CUDA = re.compile(r"(?:nvidia-|cuda-)|triton$")
_ENTRY = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>[^\s;\\]+)(?P<marker>[^\\\n]*)(?P<hashes>(?:\\\n\s+--hash=\S+\s*)+)", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One part of the lock: name and version, where it is needed (a marker, or ""), and the SHA-256 of its files in order."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]


def read_lock(path: Path) -> tuple[Entry, ...]:
    """
    Return the entries of the lock at *path*.

    Raises:
        InputError: there is no lock.
    """
    if not path.is_file():
        msg = f"{path}: không có tệp khóa phiên bản.\n  Tạo tệp: make lock"
        raise InputError(msg)
    return parse_lock(path.read_text(encoding="utf-8"))


def parse_lock(text: str) -> tuple[Entry, ...]:
    """Return the entries of a file of requirements with hashes."""
    return tuple(
        Entry(
            found["name"],
            found["version"],
            found["marker"].strip(),
            tuple(sorted(re.findall(r"--hash=sha256:([0-9a-f]{64})", found["hashes"]))),
        )
        for found in _ENTRY.finditer(text)
    )


def write_lock(folder: Path, torch_wheels: Path | None) -> tuple[Entry, ...]:
    """
    Write the lock of the sources in *folder* with what uv resolves from the registry, and return it.

    *torch_wheels* is a folder with builds of PyTorch without CUDA; those of the same version that the earlier lock knows are kept.

    Raises:
        InputError: uv is not installed, or could not resolve, or no build of PyTorch without CUDA is known.
    """
    uv = shutil.which("uv")
    if uv is None:
        msg = "uv: không có chương trình này; nó chỉ cần khi lập tệp khóa.\n  Cài đặt: python -m pip install uv"
        raise InputError(msg)
    # Python 3.11 is the oldest that we take
    command = [uv, "pip", "compile", "--universal", "--generate-hashes", "--no-annotate", "--no-header"]
    command += [
        "--quiet",
        "--python-version",
        "3.11",
        "--constraints",
        "constraints.txt",
        "--extra",
        "postgres",
        "pyproject.toml",
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)  # noqa: S603 - our own words
    if done.returncode:
        msg = (
            f"{folder / 'pyproject.toml'}: uv không lập được tệp khóa:\n{done.stderr.strip()}\n"
            "  Sửa phiên bản trong constraints.txt rồi chạy lại."
        )
        raise InputError(msg)
    path = folder / LOCK
    earlier = parse_lock(path.read_text(encoding="utf-8")) if path.is_file() else ()
    entries = without_cuda(parse_lock(done.stdout), earlier, torch_wheels)
    path.write_text(lock_text(entries), encoding="utf-8", newline="\n")
    return entries


def without_cuda(resolved: Iterable[Entry], earlier: Iterable[Entry], torch_wheels: Path | None) -> tuple[Entry, ...]:
    """
    Return *resolved* with PyTorch's build without CUDA on Linux, and without what CUDA brings.

    The files of that build are those in *torch_wheels*, and those of the same version in the *earlier* lock.

    Raises:
        InputError: there are none.
    """
    entries = []
    for entry in resolved:
        if _CUDA.match(entry.name):
            continue
        if entry.name != _TORCH:
            entries.append(entry)
            continue
        version = f"{entry.version}+cpu"
        hashes = {value for one in earlier if (one.name, one.version) == (_TORCH, version) for value in one.hashes}
        for wheel in sorted(torch_wheels.glob(f"torch-{version}-*.whl")) if torch_wheels is not None else ():
            hashes.add(hashlib.sha256(wheel.read_bytes()).hexdigest())
        if not hashes:
            msg = (
                f"torch {version}: chưa biết tệp nào của bản không có CUDA.\n"
                "  Tải các tệp đó từ https://download.pytorch.org/whl/cpu vào một thư mục: make lock TORCH_WHEELS=THƯ_MỤC"
            )
            raise InputError(msg)
        entries.append(Entry(_TORCH, version, _ON_LINUX, tuple(sorted(hashes))))
        entries.append(Entry(_TORCH, entry.version, _ELSEWHERE, entry.hashes))
    return tuple(sorted(entries, key=lambda entry: (entry.name, entry.version)))


def lock_text(entries: Iterable[Entry]) -> str:
    """Return *entries* as pip reads them."""
    lines = [_HEAD]
    for entry in entries:
        marker = f" {entry.marker}" if entry.marker else ""
        hashes = " \\\n".join(f"    --hash=sha256:{value}" for value in entry.hashes)
        lines.append(f"{entry.name}=={entry.version}{marker} \\\n{hashes}\n")
    return "".join(lines)
