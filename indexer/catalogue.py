"""
A corpus: a folder of documents, with or without ``catalogue.toml``.

The catalogue gives a document's id, source and licence, and metadata that the document itself does not print: each value with its reason
and the words of the document that prove it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from indexer.errors import CatalogueError
from indexer.reader import SUFFIXES
from indexer.records import is_record_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = "catalogue.toml"
CURATED = ("number", "issued_on", "issuer", "kind", "title", "signer")
_KEYS = {"id", "file", "source", "licence", "metadata"}


@dataclass(frozen=True, slots=True)
class Curated:
    """A metadata value that the document does not print: where it is printed instead, and why it is right."""

    value: str
    document: str
    quote: str
    reason: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One document of a corpus."""

    id: str
    path: Path
    source: str | None = None
    licence: str | None = None
    metadata: Mapping[str, Curated] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file of the folder that is no document, and why."""

    path: Path
    reason: str


def read_corpus(folder: Path) -> tuple[list[Entry], list[Skipped]]:
    """
    Return the documents of *folder* in order of their ids, and the files that were passed over.

    Every file of the folder and its sub-folders counts but those of JSON lines (``record_files``); one that the catalogue does not
    name has its stem for its id. Where the same document lies beside it in another format, the second in order has its suffix too:
    "a" for a.docx, "a-pdf" for a.pdf.

    Raises:
        CatalogueError: the folder is missing, the catalogue is wrong, or two files would have the same id.
    """
    if not folder.is_dir():
        raise CatalogueError(
            f"{folder}: there is no such folder.\n  Name the corpus: python -m indexer build --corpus DIR"
        )
    entries = {entry.path.resolve(): entry for entry in _catalogued(folder)}
    skipped: list[Skipped] = []
    stems = {
        (entry.path.resolve().parent, entry.path.stem) for entry in entries.values() if entry.id == entry.path.stem
    }
    for path in sorted(item for item in folder.rglob("*") if item.is_file()):
        if path.name == NAME or path.name.startswith(".") or path.resolve() in entries or is_record_file(path.name):
            continue
        if path.suffix.lower() not in SUFFIXES:
            skipped.append(
                Skipped(path, f"files of kind '{path.suffix}' are not read; read are: {', '.join(SUFFIXES)}")
            )
            continue
        place = (path.resolve().parent, path.stem)
        entries[path.resolve()] = Entry(f"{path.stem}-{path.suffix[1:].lower()}" if place in stems else path.stem, path)
        stems.add(place)
    by_id: dict[str, Entry] = {}
    for entry in entries.values():
        if entry.id in by_id:
            msg = (
                f"{entry.path}: the id '{entry.id}' is taken by {by_id[entry.id].path}.\n"
                f"  Rename the file, or give it an id of its own in {folder / NAME}."
            )
            raise CatalogueError(msg)
        by_id[entry.id] = entry
    return [by_id[name] for name in sorted(by_id)], skipped


def _catalogued(folder: Path) -> list[Entry]:
    path = folder / NAME
    if not path.is_file():
        return []
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path}: not TOML: {error}.\n  Mend that line; see docs/architecture.md.") from error
    if unknown := set(data) - {"document"}:
        raise CatalogueError(
            f"{path}: unknown key {sorted(unknown)}.\n  Each document is a table of its own: [[document]]."
        )
    items = data.get("document", [])
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise CatalogueError(
            f"{path}: 'document' is no list of tables.\n  Each document is a table of its own: [[document]]."
        )
    return [_entry(path, number, item) for number, item in enumerate(items, start=1)]


def _entry(path: Path, number: int, item: Mapping[str, Any]) -> Entry:
    where = f"{path}: document {number}"
    if unknown := set(item) - _KEYS:
        raise CatalogueError(f"{where}: unknown key {sorted(unknown)}.\n  Known keys: {', '.join(sorted(_KEYS))}.")
    if not isinstance(item.get("file"), str):
        raise CatalogueError(f"{where}: 'file' is missing.\n  Name the file, relative to {path.parent}.")
    for key in ("id", "source", "licence"):
        if not isinstance(item.get(key, ""), str) or item.get(key) == "":
            raise CatalogueError(f"{where}: '{key}' is no text.\n  Put its value in quotation marks, or leave it out.")
    if not isinstance(item.get("metadata", {}), dict):
        raise CatalogueError(f"{where}: 'metadata' is no table.\n  Write it as [document.metadata.number], and so on.")
    file = path.parent / item["file"]
    if not file.resolve().is_relative_to(path.parent.resolve()):
        raise CatalogueError(f"{where}: '{item['file']}' lies outside {path.parent}.\n  Copy the file into the corpus.")
    curated = {name: _curated(where, name, value) for name, value in item.get("metadata", {}).items()}
    return Entry(item.get("id", file.stem), file, item.get("source"), item.get("licence"), curated)


def _curated(where: str, name: str, value: Any) -> Curated:
    if name not in CURATED:
        raise CatalogueError(f"{where}: '{name}' cannot be curated.\n  These can: {', '.join(CURATED)}.")
    wanted = ("value", "document", "quote", "reason")
    missing = [key for key in wanted if not isinstance(value, dict) or not isinstance(value.get(key), str)]
    if missing:
        raise CatalogueError(
            f"{where}: {name} lacks {', '.join(missing)}.\n  A curated value needs {', '.join(wanted)}."
        )
    return Curated(*(value[key] for key in wanted))
