"""The air-gapped bundle: one folder with wheels, source, model, documents and checksums that installs with no network."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from deploy.lock import LOCK, read_lock
from indexer.errors import InputError

SUMS, TARGET, INSTALLER = "SHA256SUMS", "TARGET", "install.sh"
# what a checkout has beside its sources, where git cannot be asked
_NOT_SOURCE = frozenset((".git", ".venv", ".index", ".data", ".peer", "build", "dist", "__pycache__"))
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Made:
    """A bundle that was made: how many files, their bytes, and the SHA-256 of its list of checksums."""

    files: int
    size: int
    digest: str


def make_bundle(root: Path, out: Path, *, corpus: Path | None = None, find_links: str | None = None) -> Made:
    """
    Make the folder *out* from the sources in *root*, for the system and the version of Python that this runs on.

    *corpus* is a folder of documents to put in place of ``corpus/``; *find_links* is where pip finds PyTorch without CUDA. The folder appears
    when it is complete.

    Raises:
        InputError: *out* exists, *corpus* does not, or pip could not get a file whose hash the lock knows.
    """
    if out.exists():
        msg = f"{out}: đã có thư mục này.\n  Chọn tên khác, hoặc xóa nó đi."
        raise InputError(msg)
    if corpus is not None and not corpus.is_dir():
        msg = f"{corpus}: không có thư mục văn bản này.\n  Kiểm tra lại đường dẫn sau --corpus."
        raise InputError(msg)
    read_lock(root / LOCK)
    partial = out.with_name(f"{out.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        copy_source(root, partial / "app", without_corpus=corpus is not None)
        if corpus is not None:
            shutil.copytree(corpus, partial / "app" / "corpus")
        _download(root / LOCK, partial / "wheels", find_links)
        (partial / TARGET).write_text(f"{target()}\n", encoding="utf-8")
        shutil.copy(root / "deploy" / INSTALLER, partial / INSTALLER)
        made = write_sums(partial)
        partial.rename(out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return made


def target() -> str:
    """Return what the wheels of this machine run on: version of Python, system, processor ("3.11 Linux x86_64")."""
    return f"{sys.version_info.major}.{sys.version_info.minor} {platform.system()} {platform.machine()}"


def copy_source(root: Path, folder: Path, *, without_corpus: bool = False) -> None:
    """Copy what belongs to the sources in *root* into *folder*: what git follows, or, without git, all but what was made or kept there."""
    for name in _source_files(root):
        if without_corpus and name.parts[0] == "corpus":
            continue
        if (root / name).is_file():  # git names what was deleted, too, until that is recorded
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / name, folder / name)


def _source_files(root: Path) -> list[Path]:
    if (root / ".git").exists():
        done = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True)  # noqa: S607 - whichever git there is
        return [Path(os.fsdecode(name)) for name in done.stdout.split(b"\0") if name]
    names = [path.relative_to(root) for path in sorted(root.rglob("*")) if path.is_file()]
    return [name for name in names if not _NOT_SOURCE.intersection(name.parts)]


def _download(lock: Path, wheels: Path, find_links: str | None) -> None:
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--only-binary",
        ":all:",
    ]
    command += ["--require-hashes", "--requirement", str(lock), "--dest", str(wheels)]
    command += ["--find-links", find_links] if find_links else []
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)  # noqa: S603 - our own words
    if done.returncode:
        told = "\n".join(line for line in done.stderr.splitlines() if not line.startswith("WARNING:"))
        msg = (
            f"{lock}: pip không tải được đủ các gói:\n{told}\n"
            "  Nếu thiếu torch: bản không có CUDA nằm ở https://download.pytorch.org/whl/cpu, hoặc --find-links THƯ_MỤC có tệp đó."
        )
        raise InputError(msg)


def write_sums(folder: Path) -> Made:
    """Write the SHA-256 of every file of *folder*, but the list itself, as ``sha256sum --check`` reads them, in the order of their names."""
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    files = sorted(name for name in names if name != SUMS)
    lines = [f"{_digest(folder / name)}  {name}\n" for name in files]
    sums = folder / SUMS
    sums.write_text("".join(lines), encoding="utf-8", newline="\n")
    return Made(len(files), sum((folder / name).stat().st_size for name in files), _digest(sums))


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
