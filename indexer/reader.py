"""From a file to its text: the one place where text is changed, before any offset exists."""

from __future__ import annotations

import codecs
import unicodedata
from typing import TYPE_CHECKING

import regex as re

from indexer.errors import ReadError

if TYPE_CHECKING:
    from pathlib import Path

SUFFIXES = (".txt",)
MAX_BYTES = 50 * 1024 * 1024

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Letters that look like Vietnamese ones but are not: Icelandic and African d, and what word processors leave behind.
_LOOK_ALIKE = str.maketrans(
    {
        "ð": "đ",
        "Ð": "Đ",
        "Ɖ": "Đ",
        "ɖ": "đ",
        "\u00a0": " ",
        "\u2007": " ",
        "\u202f": " ",
        "\u200b": None,
        "\u200c": None,
        "\u200d": None,
        "\u2060": None,
        "\ufeff": None,
        "\u00ad": None,
        "\u2010": "-",
        "\u2011": "-",
    }
)
# Cyrillic and Greek capitals and small letters with a Latin twin; changed only inside a word that also has Latin letters.
_TWINS = str.maketrans("АВСЕНІКМОРТХаеорсхіуΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABCEHIKMOPTXaeopcxiyABEZHIKMNOPTYXo")
_MIXED = re.compile(r"(?<!\w)(?=\w*[\p{Latin}])(?=\w*[\u0370-\u04ff])\w+")


def normalise(text: str) -> str:
    """
    Return *text* as it will be kept for ever: NFC, one kind of line end, look-alike letters replaced.

    Words, spaces, blank lines and form feeds stay as they are.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).translate(_LOOK_ALIKE)
    return _MIXED.sub(lambda match: match.group().translate(_TWINS), text)


def _decode(data: bytes, path: Path) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decode_as(encoding, data, path)
    return _decode_as("utf-8", data, path)


def _decode_as(encoding: str, data: bytes, path: Path) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        name = "UTF-16" if encoding == "utf-16" else "UTF-8"
        msg = f"{path}:{line}: byte {error.start} is not {name} text.\n  Save the file as UTF-8 text and add it again."
        raise ReadError(msg) from error


def read_text(path: Path) -> str:
    """
    Return the normalised text of the file at *path*.

    Raises:
        ReadError: the file is missing, empty, too large, of a kind that is not read, or holds no text.
    """
    if not path.is_file():
        raise ReadError(f"{path}: there is no such file.\n  Check the name, or list the folder: ls {path.parent}")
    if path.suffix.lower() not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        raise ReadError(f"{path}: files of kind '{path.suffix}' are not read (read are: {known}).\n  Save it as text.")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise ReadError(f"{path}: {size} bytes, more than the {MAX_BYTES} that are read.\n  Split the file.")
    data = path.read_bytes()
    if b"\x00" in data and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        position = data.index(b"\x00")
        raise ReadError(f"{path}: byte {position} is 0, so this is no text file.\n  Save it as UTF-8 text.")
    text = normalise(_decode(data, path))
    if not any(character.isalpha() for character in text):
        raise ReadError(f"{path}: no letter in the whole file.\n  If it is a scan, have it recognised first.")
    return text
