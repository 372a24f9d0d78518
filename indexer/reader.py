"""From a file to its text: the one place where text is changed, before any offset exists."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import regex as re

from indexer.errors import ReadError
from indexer.formats.decoding import decode_text

if TYPE_CHECKING:
    from pathlib import Path

SUFFIXES = (
    *(".txt", ".html", ".htm", ".docx", ".doc", ".rtf", ".odt"),
    *(".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff"),
)
MAX_BYTES = 50 * 1024 * 1024

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
        "\u2044": "/",
        "\u2011": "-",
    }
)
_LOOKING_ALIKE = tuple(map(chr, _LOOK_ALIKE))
# Cyrillic and Greek capitals and small letters with a Latin twin; changed only inside a word that also has Latin letters.
_TWINS = str.maketrans("АВСЕНІКМОРТХаеорсхіуΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABCEHIKMOPTXaeopcxiyABEZHIKMNOPTYXo")
_FOREIGN = re.compile(r"[\u0370-\u04ff]")
_MIXED = re.compile(r"(?<!\w)(?=\w*[\p{Latin}])(?=\w*[\u0370-\u04ff])\w+")


def normalise(text: str) -> str:
    """
    Return *text* as it will be kept for ever: NFC, one kind of line end, look-alike letters replaced.

    Words, spaces, blank lines and form feeds stay as they are.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if any(letter in text for letter in _LOOKING_ALIKE):  # asking is a hundred times faster than translating
        text = text.translate(_LOOK_ALIKE)
    if not _FOREIGN.search(text):  # as nearly always; the words are looked at one by one only otherwise
        return text
    return _MIXED.sub(lambda match: match.group().translate(_TWINS), text)


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
    text = normalise(decode_text(path.read_bytes(), path)[0])
    if not any(character.isalpha() for character in text):
        raise ReadError(f"{path}: no letter in the whole file.\n  If it is a scan, have it recognised first.")
    return text
