"""From a file to its text: which reader a file needs is told from its bytes, not from its name."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import regex as re

from indexer import reader
from indexer.errors import ReadError
from indexer.formats.decoding import decode_text
from indexer.formats.mending import encoding_warning, mend
from indexer.types import Extracted, Page

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = 4_096
_PDF_HEAD = 1_024  # a PDF may have something else before it
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body|meta|div|table|p)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_WORD_XML = re.compile(rb"<w:wordDocument|<pkg:package|progid=\"Word\.Document\"", re.IGNORECASE)
_WEB_ARCHIVE = re.compile(rb"\A(?:[\w-]+:.*\r?\n(?:[ \t].*\r?\n)*)*?Content-Type:\s*multipart/related", re.IGNORECASE)
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_WORD_STREAM = "WordDocument".encode("utf-16-le")
_OTHERS = (
    (b"MZ", "a program of Windows"),
    (b"\x7fELF", "a program"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"GIF8", "a GIF picture"),
    (b"BM", "a BMP picture"),
    (b"SQLite format 3", "a database"),
    (b"\x00\x00\x00\x18ftyp", "a film"),
    (b"ID3", "a sound file"),
)


def extract(path: Path) -> Extracted:
    """
    Return the text of the file at *path* with its pages, drawn tables and places.

    Raises:
        ReadError: the file is missing, empty, too large, damaged, locked, of a kind that is not read, or holds no text.
    """
    if not path.is_file():
        raise ReadError(f"{path}: there is no such file.\n  Check the name, or list the folder: ls {path.parent}")
    size = path.stat().st_size
    if size > reader.MAX_BYTES:
        raise ReadError(f"{path}: {size} bytes, more than the {reader.MAX_BYTES} that are read.\n  Split the file.")
    with path.open("rb") as file:
        head = file.read(_HEAD)
    kind = kind_of(head)
    if kind == "pdf":
        from indexer.formats.pdf import read_pdf  # noqa: PLC0415 - the libraries of a format are loaded with its first file

        return read_pdf(path)
    if kind == "image":
        from indexer.formats.pdf import read_image  # noqa: PLC0415

        return read_image(path)
    if kind == "zip":
        return _of_zip(path)
    if kind == "ole":
        return _of_ole(path)
    if kind in ("rtf", "xml"):
        return _by_office(path, f".{kind}")
    if kind == "html":
        from indexer.formats.html import read_html  # noqa: PLC0415

        return read_html(path)
    if kind == "web_archive":
        from indexer.formats.html import read_web_archive  # noqa: PLC0415

        return read_web_archive(path)
    if kind != "text":
        raise ReadError(f"{path}: {kind}, no document.\n  Add the document itself, as DOCX, PDF or text.")
    return _of_text(path)


def is_pdf(path: Path) -> bool:
    """Tell whether the file at *path* is a PDF by its first bytes."""
    with path.open("rb") as file:
        return kind_of(file.read(_HEAD)) == "pdf"


def kind_of(head: bytes) -> str:
    """
    Return what kind of file begins with *head*, its first 4096 bytes.

    One of "pdf", "image", "zip" (DOCX and others), "ole" (old Word and others), "rtf", "xml" (of Word), "html", "web_archive", "text",
    or the name of a kind that is no document: "a program".
    """
    if b"%PDF-" in head[:_PDF_HEAD]:
        return "pdf"
    for starts, kind in ((_IMAGES, "image"), (b"PK\x03\x04", "zip"), (_OLE, "ole")):
        if head.startswith(starts):
            return kind
    if head.lstrip().startswith(b"{\\rtf"):
        return "rtf"
    if _WORD_XML.search(head):
        return "xml"
    if _HTML.match(head.removeprefix(b"\xef\xbb\xbf")) or _HTML.match(head.replace(b"\x00", b"").lstrip(b"\xff\xfe")):
        return "html"
    if _WEB_ARCHIVE.search(head):
        return "web_archive"
    others = (name for start, name in _OTHERS if head.startswith(start) and not _is_text(head))
    return next(others, "text")


def _is_text(head: bytes) -> bool:
    """Tell whether *head* is text that only begins like another kind of file: "BM", "MZ"."""
    try:
        head[: _HEAD - 4].decode()
    except UnicodeDecodeError:
        return False
    return b"\x00" not in head


def _of_zip(path: Path) -> Extracted:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            kind = (
                archive.read("mimetype")[:100]
                if "mimetype" in names and archive.getinfo("mimetype").file_size < 100
                else b""
            )
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise ReadError(f"{path}: a damaged file: {error}.\n  Save it anew from Word.") from error
    if kind.startswith(b"application/vnd.oasis.opendocument.text"):
        from indexer.formats.package import check_zip  # noqa: PLC0415

        check_zip(path)
        return _by_office(path, ".odt")
    other = next((name for name in ("xl/workbook.xml", "ppt/presentation.xml") if name in names), None)
    if other or kind:
        what = {"xl/workbook.xml": "an Excel file", "ppt/presentation.xml": "a PowerPoint file"}.get(
            other or "", "an OpenDocument file"
        )
        raise ReadError(f"{path}: {what}, no text document.\n  Save it as PDF and add that.")
    from indexer.formats.docx import read_docx  # noqa: PLC0415

    return read_docx(path)


def _of_ole(path: Path) -> Extracted:
    data = path.read_bytes()
    if _LOCKED in data:
        raise ReadError(f"{path}: it is locked by a password.\n  Save a copy without the password and add that.")
    if _WORD_STREAM not in data:
        raise ReadError(
            f"{path}: a file of Excel, PowerPoint or another program, no Word document.\n  Save it as PDF and add that."
        )
    return _by_office(path, ".doc")


def _by_office(path: Path, suffix: str) -> Extracted:
    from indexer.formats.office import read_office  # noqa: PLC0415

    return read_office(path, suffix=suffix)


def _of_text(path: Path) -> Extracted:
    """Return the text of a file of plain text; form feeds divide its pages."""
    raw, encoding = decode_text(path.read_bytes(), path)
    lines, warnings = mend(raw.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    text = "\n".join(lines)
    if not any(character.isalpha() for character in text):
        raise ReadError(
            f"{path}: no letter in the whole file.\n  If it is a scan, add the scan itself, as PDF or picture."
        )
    pages: list[Page] = []
    start = 0
    for number, part in enumerate(text.split("\f"), start=1):
        pages.append(Page(number, "text", None, start, start + len(part)))
        start += len(part) + 1
    if encoding:
        warnings.insert(0, encoding_warning(encoding))
    return Extracted(text, tuple(pages), warnings=tuple(dict.fromkeys(warnings)))
