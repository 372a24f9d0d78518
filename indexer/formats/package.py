"""
The zip file that a DOCX is: checked before anything is unpacked, then read part by part.

A file of 900 KB can unpack to gigabytes, and python-docx unpacks first; so sizes are taken from the directory of the zip file, and
a part is parsed without entities, DTDs, network or huge trees. Macros and remote templates are never looked at.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from typing import TYPE_CHECKING, Self

from lxml import etree

from indexer.errors import ReadError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

MAX_ENTRIES = 2_000
MAX_UNPACKED = 200 * 1024 * 1024
MAX_PART = 64 * 1024 * 1024  # of XML; its tree takes some eight times as much memory
MAX_RATIO = 100  # of an entry that is larger than RATIO_FROM; the XML of real documents shrinks ten- to thirtyfold
RATIO_FROM = 1024 * 1024

_ANEW = "Save it anew from Word, without what it embeds."
_LOCKED = "it is locked by a password"
_NO_DOCUMENT = "a zip file, but no Word document in it"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
# "Strict Open XML" has the same elements under other names.
_STRICT = {
    b"http://purl.oclc.org/ooxml/wordprocessingml/main": _MAIN.encode(),
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": _OFFICE.encode(),
}


def check_zip(path: Path) -> None:
    """
    Check the zip file at *path* without unpacking anything.

    Raises:
        ReadError: it is damaged, locked, breaks a limit, or has a part that would lie outside.
    """
    _opened(path).close()


def _refused(path: Path, fact: str, step: str = _ANEW) -> ReadError:
    return ReadError(f"{path}: {fact}.\n  {step}")


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _refused(path, f"no DOCX file, or a damaged one: {error}", "Save it anew from Word.") from error
    try:
        _check(path, archive.infolist())
    except ReadError:
        archive.close()
        raise
    return archive


def _check(path: Path, entries: Sequence[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise _refused(path, f"{len(entries)} parts, more than the {MAX_ENTRIES} that are read")
    if (size := sum(entry.file_size for entry in entries)) > MAX_UNPACKED:
        raise _refused(path, f"{size} bytes when unpacked, more than the {MAX_UNPACKED} that are read")
    for entry in entries:
        if ".." in entry.filename.replace("\\", "/").split("/") or entry.filename.startswith("/"):
            raise _refused(path, f"a part lies outside the file: '{entry.filename}'")
        if entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise _refused(path, f"'{entry.filename}' unpacks to more than {MAX_RATIO} times its size")
        if entry.flag_bits & 1:
            raise _refused(path, _LOCKED, "Save a copy without the password and add that.")


class Package:
    """
    A checked DOCX, open for reading; use it in a ``with`` statement.

    Raises:
        ReadError: the file is no zip file, breaks a limit, is locked, or has no document in it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._zip = _opened(path)
        try:
            self.main = self._find_main()
        except ReadError:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def _refuse(self, fact: str, step: str = _ANEW) -> ReadError:
        return _refused(self.path, fact, step)

    def _find_main(self) -> str:
        for kind, target in self.relations("").values():
            if kind == "officeDocument":
                return target
        raise self._refuse(_NO_DOCUMENT, "Unpack it and add the documents themselves.")

    def relations(self, name: str) -> dict[str, tuple[str, str]]:
        """Return what part *name* ("" for the file) refers to inside the file: id -> (kind, name of the part)."""
        folder, base = posixpath.split(name)
        root = self.part(posixpath.join(folder, "_rels", f"{base}.rels"))
        if root is None:
            return {}
        return {
            item.get("Id", ""): (
                item.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join(folder, item.get("Target", ""))).lstrip("/"),
            )
            for item in root.iter(_RELATIONSHIP)
            if item.get("TargetMode") != "External"
        }

    def part(self, name: str) -> etree._Element | None:
        """Return the root of the XML part *name*, None if there is no such part."""
        try:
            entry = self._zip.getinfo(name)
        except KeyError:
            return None
        if entry.file_size > MAX_PART:
            raise self._refuse(f"'{name}' has {entry.file_size} bytes, more than the {MAX_PART} that are read")
        try:
            data = self._zip.read(entry)
            for strict, usual in _STRICT.items():
                data = data.replace(strict, usual)
            parser = etree.XMLParser(
                resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
            )
            root = etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise self._refuse(
                f"'{name}' is damaged: {error}", "Open it in Word, which may repair it, and save it anew."
            ) from error
        if root.getroottree().docinfo.doctype:
            raise self._refuse(f"'{name}' has a document type, which no Word document has")
        return root
