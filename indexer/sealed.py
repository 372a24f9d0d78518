"""
The files of the models that we ship, each compared with the list of hashes beside it before it is loaded.

    models/vi-static-256/sha256.txt     lines as `sha256sum` writes and checks them

A flipped bit in a model gives other answers and no error; the list makes it an error. A folder without a list is somebody's own model.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

LIST = "sha256.txt"
MODELS = Path(__file__).parent / "models"
_LINE = re.compile(r"([0-9a-f]{64}) [ *](\S+)")


def seal(paths: Sequence[Path]) -> None:
    """Write the hashes of *paths*, files of one model that were just written, into the list in their folder."""
    listed = _listed(paths[0].parent) or {}
    listed |= {path.name: _sha256(path) for path in paths}
    text = "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(listed.items()))
    (paths[0].parent / LIST).write_text(text, encoding="ascii", newline="\n")


def check_sealed(paths: Sequence[Path]) -> list[str]:
    """
    Return the SHA-256 of each of *paths*, files of a model, after comparing it with the list in its folder, where there is one.

    Raises:
        InputError: one is missing, or not what the list says; the message names it.
    """
    found = []
    for path in paths:
        listed = _listed(path.parent)
        try:
            sha256 = _sha256(path)
        except OSError as error:
            named = f"; {path.parent / LIST} names it" if listed and path.name in listed else ""
            raise InputError(f"{path}: cannot be read ({error.strerror}{named}).{_put_back(path)}") from error
        if listed is not None and listed.get(path.name) != sha256:
            said = listed.get(path.name, "")[:12] or "nothing"
            msg = (
                f"{path}: this is not the file of the model that was delivered (sha256 {sha256[:12]}…, {path.parent / LIST} "
                f"says {said}…); it was not loaded.{_put_back(path)}"
            )
            raise InputError(msg)
        found.append(sha256)
    return found


def check_shipped(models: Path = MODELS) -> None:
    """
    Compare every file of every model in the folder *models* of a package of ours with its list.

    Raises:
        InputError: a list or a file is missing, damaged or too much.
    """
    for folder in sorted(path for path in models.iterdir() if path.is_dir()):
        listed = _listed(folder)
        if not listed:
            raise InputError(f"{folder / LIST}: missing or empty.{_put_back(folder / LIST)}")
        check_sealed([folder / name for name in sorted(listed)])
        unlisted = sorted(path for path in folder.iterdir() if path.name not in {*listed, LIST, "README.md"})
        check_sealed([path for path in unlisted if path.is_file()])


def hash_files(paths: Sequence[Path]) -> str:
    """Return the SHA-256 of the names and contents of *paths*, in the order of their names, or raise as `check_sealed`."""
    ordered = sorted(paths, key=lambda path: path.name)
    digest = hashlib.sha256()
    for path, sha256 in zip(ordered, check_sealed(ordered), strict=True):
        digest.update(path.name.encode())
        digest.update(bytes.fromhex(sha256))
    return digest.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _listed(folder: Path) -> dict[str, str] | None:
    """Return the hashes of the list in *folder* by file name, None where there is no list."""
    path = folder / LIST
    try:
        lines = path.read_bytes().decode("ascii", "replace").splitlines()
    except FileNotFoundError:
        return None
    matches = [_LINE.fullmatch(line) for line in lines]
    if None in matches:
        raise InputError(f"{path}: line {matches.index(None) + 1} is no hash of a file.{_put_back(path)}")
    return {match[2]: match[1] for match in matches if match}


def _put_back(path: Path) -> str:
    return (
        f"\n  Put the file back as it was delivered, from the package or the bundle; in a checkout:  git restore {path}\n"
        "  or train the model again:  python -m indexer train --help"
    )
