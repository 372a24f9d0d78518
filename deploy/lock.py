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
    from collections.abc import Mapping
    from pathlib import Path

LOCK = "requirements.lock"
_HEAD = """\
# Every part of the program, for any system, with the SHA-256 of all its files: pip install --require-hashes -r requirements.lock
# Made by `make lock` from pyproject.toml and constraints.txt. Not to be edited by hand.
# torch: on Linux the build without CUDA, whose files are not on PyPI; without it pip refuses to go on, for CUDA is not listed here.
"""
# what PyTorch's builds with CUDA bring on Linux, gigabytes that are never used
_CUDA = re.compile(r"(?:nvidia-|cuda-)|triton$")
_ENTRY = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>[^\s;\\]+)(?P<marker>[^\\\n]*)(?P<hashes>(?:\\\n\s+--hash=\S+\s*)+)", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the lock: a version, where it is needed (a marker, or ""), and the SHA-256 of its files in order."""

    version: str
    marker: str
    hashes: tuple[str, ...]


def read_lock(path: Path) -> dict[str, Entry]:
    """
    Return the entries of the lock at *path*, by name.

    Raises:
        InputError: there is no lock.
    """
    if not path.is_file():
        msg = f"{path}: không có tệp khóa phiên bản.\n  Tạo tệp: make lock"
        raise InputError(msg)
    return _entries(path.read_text(encoding="utf-8"))


def _entries(text: str) -> dict[str, Entry]:
    return {
        found["name"]: Entry(
            found["version"],
            found["marker"].strip(),
            tuple(sorted(re.findall(r"--hash=sha256:([0-9a-f]{64})", found["hashes"]))),
        )
        for found in _ENTRY.finditer(text)
    }


def write_lock(folder: Path, torch_wheels: Path | None) -> dict[str, Entry]:
    """
    Write the lock of the sources in *folder* with what uv resolves from the registry, and return it.

    *torch_wheels* is a folder with builds of PyTorch without CUDA; those that an earlier lock of the same version knows are kept.

    Raises:
        InputError: uv is not installed, or could not resolve.
    """
    uv = shutil.which("uv")
    if uv is None:
        msg = "uv: không có chương trình này; nó chỉ cần khi lập tệp khóa.\n  Cài đặt: python -m pip install uv"
        raise InputError(msg)
    # Python 3.11 is the oldest that we take
    command = [uv, "pip", "compile", "--universal", "--generate-hashes", "--no-annotate", "--no-header"]
    command += ["--quiet", "--python-version", "3.11", "--constraints", "constraints.txt", "pyproject.toml"]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)  # noqa: S603 - our own words
    if done.returncode:
        msg = f"{folder / 'pyproject.toml'}: uv không lập được tệp khóa:\n{done.stderr.strip()}\n  Sửa phiên bản trong constraints.txt rồi chạy lại."
        raise InputError(msg)
    entries = {name: entry for name, entry in _entries(done.stdout).items() if not _CUDA.match(name)}
    path = folder / LOCK
    entries["torch"] = _with_builds(entries["torch"], torch_wheels, _entries(_text(path)).get("torch"))
    path.write_text(lock_text(entries), encoding="utf-8", newline="\n")
    return entries


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _with_builds(torch: Entry, wheels: Path | None, earlier: Entry | None) -> Entry:
    hashes = set(torch.hashes)
    if earlier is not None and earlier.version == torch.version:
        hashes.update(earlier.hashes)
    for wheel in sorted(wheels.glob(f"torch-{torch.version}+cpu-*.whl")) if wheels is not None else ():
        hashes.add(hashlib.sha256(wheel.read_bytes()).hexdigest())
    return Entry(torch.version, torch.marker, tuple(sorted(hashes)))


def lock_text(entries: Mapping[str, Entry]) -> str:
    """Return *entries* as pip reads them."""
    lines = [_HEAD]
    for name, entry in sorted(entries.items()):
        marker = f" {entry.marker}" if entry.marker else ""
        hashes = " \\\n".join(f"    --hash=sha256:{value}" for value in entry.hashes)
        lines.append(f"{name}=={entry.version}{marker} \\\n{hashes}\n")
    return "".join(lines)
