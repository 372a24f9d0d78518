"""From the bytes of a text file to its letters: UTF-8, UTF-16, Windows-1258 and the encodings before Unicode."""

from __future__ import annotations

import codecs
import unicodedata
from typing import TYPE_CHECKING

from indexer.errors import ReadError
from indexer.formats.legacy import convert_old, share_spelt

if TYPE_CHECKING:
    from pathlib import Path

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SAMPLE = 4_000  # bytes by which UTF-16 without its mark is told
_LEAST = 16  # fewer bytes tell nothing: two zeros and ones are no letter
_LARGEST = 4 * 1024 * 1024  # bytes of a file in an old encoding; every word is tried in each of them
_JUDGED = 200_000  # characters
_SURE = 0.98  # no other encoding can do better
_RIGHT, _FEWEST = 0.85, 3  # share of marked words spelt right, and how many there must be


def decode_text(data: bytes, path: Path) -> tuple[str, str]:
    """
    Return the text in *data*, NFC where it had to be converted, and the name of its old encoding ("" for Unicode).

    An old encoding is taken where the bytes are no UTF-8 and its words are nearly all spelt right. *path* is named in complaints.

    Raises:
        ReadError: the bytes are no text, or in no encoding that is known.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decode_as(encoding, data, path), ""
    if b"\x00" in data:
        if text := _unmarked_utf16(data):
            return text, ""
        position = data.index(b"\x00")
        raise ReadError(f"{path}: byte {position} is 0, so this is no text file.\n  Save it as UTF-8 text.")
    try:
        return data.decode(), ""
    except UnicodeDecodeError:
        return _from_old(data) or (_decode_as("utf-8", data, path), "")


def _decode_as(encoding: str, data: bytes, path: Path) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        name = "UTF-16" if encoding == "utf-16" else "UTF-8"
        msg = f"{path}:{line}: byte {error.start} is not {name} text.\n  Save the file as UTF-8 text and add it again."
        raise ReadError(msg) from error


def _unmarked_utf16(data: bytes) -> str:
    """Return *data* read as UTF-16 without its mark, "" if it is none: every second byte is small, and nothing but text comes out."""
    sample = data[:_SAMPLE]
    if len(sample) < _LEAST:
        return ""
    for encoding, high in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if sum(byte in {0x00, 0x01, 0x1E, 0x20} for byte in high) < 0.9 * len(high):
            continue
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(unicodedata.category(letter) == "Cc" and letter not in "\t\n\f\r" for letter in text):
            return text
    return ""


def _from_old(data: bytes) -> tuple[str, str] | None:
    """Return the text of *data* and its encoding, None where no old encoding makes words of it."""
    if len(data) > _LARGEST:
        return None
    found: list[tuple[float, str, str]] = []
    for encoding in ("windows-1258", "windows-1252", "latin-1"):
        try:
            text = unicodedata.normalize("NFC", data.decode(encoding))
        except UnicodeDecodeError:
            continue
        name = "Windows-1258"
        if encoding != "windows-1258":
            lines, name = convert_old(text.split("\n"), viscii=encoding == "latin-1")
            text = "\n".join(lines)
        words, right = share_spelt(text[:_JUDGED])
        if name and words >= _FEWEST and right >= _RIGHT:
            found.append((right, name, text))
        if name and right >= _SURE:
            break
    if not found:
        return None
    _, name, text = max(found, key=lambda one: one[0])
    return text, name
