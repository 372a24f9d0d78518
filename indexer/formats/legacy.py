"""
Texts in old Vietnamese encodings become Unicode.

Before Unicode, a font showed the letter "µ" as "à": the file says "hoµ", and only the font, or the look of the words, tells what was
meant. TCVN3 (the .Vn fonts) has a code for each small letter and capitals in fonts of their own; VNI writes a letter and then its mark.
"""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import regex as re

from indexer.formats.spelling import is_spelt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_WORD = re.compile(r"[^\s\p{P}\d]+|\S+")
_UNICODE = re.compile(r"[\p{L}--[\x00-\xff]]", re.V1)
_BARE = re.compile(r"[\p{L}\p{M}]+")
_CAPITALS = re.compile(r"[A-ZĂÂÊÔƠƯĐ]")
_SMALL = re.compile(r"[a-z]")
_EDGES = "\"'“”‘’()[]{}.,;:!?…/\\-–—*+=<>0123456789%&#@_|~`^"
_PRIVATE = {code: code - 0xF000 for code in range(0xF020, 0xF100)}  # how symbol fonts number their letters

_JUDGED = 2_000  # paragraphs of a document by which its encoding is told
_FEWEST = 3  # marked words by which a paragraph can be judged
_RIGHT, _WRONG = 0.85, 0.6  # shares of words spelt right after conversion, and at most before


@dataclass(frozen=True, slots=True)
class Encoding:
    """One old encoding: ``letters`` stand for themselves, ``marked`` are a letter and its mark written one after the other."""

    name: str
    fonts: str
    letters: Mapping[int, str]
    marked: Mapping[str, str]

    def convert(self, text: str) -> str:
        """Return *text* in Unicode, NFC."""
        if self.marked:
            pattern = _pattern(self.name)
            text = pattern.sub(lambda match: self.marked[match.group()], text)
            return unicodedata.normalize("NFC", text)
        return unicodedata.normalize("NFC", text.translate(self.letters))


@cache
def encodings() -> dict[str, Encoding]:
    """Return the encodings of ``legacy.toml`` by their names."""
    data = tomllib.loads((Path(__file__).with_name("legacy.toml")).read_text(encoding="utf-8"))
    found: dict[str, Encoding] = {}
    for name in ("TCVN3", "VISCII"):
        table = data[name]
        codes = [int(code, 16) for code in table["bytes"].split()]
        letters = dict(zip(codes, table["letters"], strict=True))
        found[name] = Encoding(name, table.get("fonts", ""), letters, {})
    found["VNI"] = Encoding("VNI", data["VNI"]["fonts"], {}, _vni(data["VNI"]))
    return found


def _vni(table: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    marked: dict[str, str] = {}
    for written, letter in table["letters"].items():
        marked[written], marked[written.upper()] = letter, letter.upper()
    for letters, marks in (("vowels", "tones"), ("round", "circumflexed"), ("a", "breved")):
        for written, base in table[letters].items():
            for sign, marks_of in table[marks].items():
                small = unicodedata.normalize("NFC", base + marks_of)
                for first in (written, written.upper()):
                    for second in (sign, sign.upper()):
                        marked[first + second] = small if first == written else small.upper()
    return marked


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, encodings()[name].marked), key=len, reverse=True)))


@lru_cache(maxsize=256)
def encoding_of_font(font: str) -> Encoding | None:
    """Return the encoding that the name of a font tells: ".VnTime" is one of TCVN3."""
    return next((one for one in encodings().values() if one.fonts and re.match(one.fonts, font, re.IGNORECASE)), None)


def from_font(text: str, font: str) -> tuple[str, str]:
    """Return *text* as a run in *font* shows it and the name of its old encoding; the text itself and "" for any other font."""
    encoding = encoding_of_font(font)
    if encoding is None:
        return text, ""
    converted = encoding.convert(text.translate(_PRIVATE))
    if encoding.name == "TCVN3" and font.rstrip().upper().endswith("H"):
        converted = converted.upper()
    return converted, encoding.name


def share_spelt(text: str) -> tuple[int, float]:
    """Return how many words of *text* bear anything but plain letters, and how large a share of these is spelt right."""
    words = [word for found in _WORD.findall(text) if (word := found.strip(_EDGES)) and not word.isascii()]
    right = sum(_BARE.fullmatch(word) is not None and is_spelt(word) for word in words)
    return len(words), right / len(words) if words else 0.0


def _is_unicode(text: str) -> bool:
    """Tell whether *text* holds a letter that no old encoding knows: their codes end at 255."""
    return _UNICODE.search(text) is not None


@dataclass(frozen=True, slots=True)
class _Trial:
    """A paragraph converted: how many of its marked words there are, and which shares are spelt right before and after."""

    converted: str
    words: int
    before: float
    after: float

    @property
    def is_sure(self) -> bool:
        return self.words >= _FEWEST and self.after >= _RIGHT and self.before <= _WRONG

    @property
    def is_better(self) -> bool:
        return self.words > 0 and self.after > self.before

    @property
    def is_as_good(self) -> bool:
        return self.words > 0 and self.after >= self.before


def _tried(text: str, encoding: Encoding) -> _Trial | None:
    """Return *text* converted, None where it stays as it is."""
    converted = _with_capitals(encoding.convert(text), encoding)
    if converted == text:
        return None
    words, before = share_spelt(text)
    return _Trial(converted, words, before, share_spelt(converted)[1])


def convert_old(texts: Sequence[str], *, viscii: bool = False) -> tuple[list[str], str]:
    """
    Return *texts*, the paragraphs of one document, in Unicode, and the name of the old encoding that some were in ("" if none was).

    A paragraph is surely old where nearly all its marked words become syllables by the conversion and most were none before. Where
    there is one, those beside it are converted too if that makes them better, or no worse where nothing is in Unicode. *viscii* is for files read byte by byte.
    """
    old = [None if text.isascii() or _is_unicode(text) else text for text in texts]
    if not any(old):
        return list(texts), ""
    judged = list(islice(filter(None, old), _JUDGED))
    best, most = None, 0
    for encoding in encodings().values():
        if encoding.name == "VISCII" and not viscii:
            continue
        words = sum(trial.words for text in judged if (trial := _tried(text, encoding)) and trial.is_sure)
        if words > most:
            best, most = encoding, words
    if best is None:
        return list(texts), ""
    mixed = any(map(_is_unicode, texts))
    converted: list[str] = []
    for text, candidate in zip(texts, old, strict=True):
        trial = _tried(candidate, best) if candidate else None
        right = trial and (trial.is_sure or trial.is_better or (trial.is_as_good and not mixed))
        converted.append(trial.converted if trial and right else text)
    return converted, best.name


def _with_capitals(text: str, encoding: Encoding) -> str:
    """Give TCVN3 text its capitals back, which only a font showed: "SắC LệNH Số 3" is "SẮC LỆNH SỐ 3"."""
    if encoding.name != "TCVN3":
        return text
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if not _SMALL.search(line) and len(_CAPITALS.findall(line)) > 1:
            lines[number] = line.upper()
        else:
            lines[number] = _BARE.sub(lambda match: _raised(match.group()), line)
    return "\n".join(lines)


def _raised(word: str) -> str:
    return word.upper() if len(_CAPITALS.findall(word)) > 1 and not _SMALL.search(word) else word
