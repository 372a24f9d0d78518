"""
Syllables that a font change has cut in two are joined again: "ĐIỀ U", "thự c hiệ n", "Ủ Y BAN".

Some programs put a space where the font changes, which is where a letter with a mark begins or ends. Two pieces are joined only where
that makes a syllable and one of them can be none: "điề" lacks an end. Pieces of which both could stand alone ("thự c") are joined
only in a text that has many of the first kind.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import regex as re

from indexer.formats.spelling import is_spelt

if TYPE_CHECKING:
    from collections.abc import Sequence

_PAIR = re.compile(
    r"(?<![\p{L}\p{M}\p{N}/.-])(\p{L}+) (c|ch|[mnptaiouy]|ng|nh|(?!đ)[^\x00-\x7f]\p{L}{0,3})(?![\p{L}\p{M}\p{N}])(?!\s?[).:/]\s*\S)",
    re.IGNORECASE,
)
_ENDS = {"c", "ch", "m", "n", "ng", "nh", "p", "t"}
_VOWELS = {"a", "i", "o", "u", "y"}
_ONSETS = {"th", "tr", "ch", "nh", "ng", "ngh", "kh", "ph", "gh", "qu"}
_COMMON = re.compile(r"\b(ủ) (y)(?= ban\b)", re.IGNORECASE)
_ENOUGH = 3  # sure cuts in a text before unsure ones are joined


def rejoin(texts: Sequence[str]) -> tuple[list[str], int]:
    """
    Return *texts*, the lines of one document in NFC, with cut syllables joined, and how many were.

    ``rejoin(["ĐIỀ U 5"]) == (["ĐIỀU 5"], 1)``; "thứ n" stays as it is.
    """
    sure = sum(_is_sure(*match.groups()) for text in texts for match in _PAIR.finditer(text, overlapped=True))
    joined = 0

    def join(match: re.Match[str]) -> str:
        nonlocal joined
        first, second = match.groups()
        if not (_is_sure(first, second) or (sure >= _ENOUGH and _is_likely(first, second))):
            return str(match.group())
        joined += 1
        return first + second

    done: list[str] = []
    for text in texts:
        once = _COMMON.sub(r"\1\2", text)
        joined += len(text) - len(once)
        done.append(_PAIR.sub(join, once) if sure else once)
    return done, joined


def _is_marked(piece: str) -> bool:
    """Tell whether a vowel of *piece* bears a mark."""
    return any(unicodedata.decomposition(letter) for letter in piece)


def _fits_case(first: str, second: str) -> bool:
    return second.isupper() if first.isupper() and len(first) > 1 else second.islower()


def _is_sure(first: str, second: str) -> bool:
    """Tell whether *first* and *second* are one syllable and one of them can be none."""
    if not _fits_case(first, second) or not is_spelt(first + second):
        return False
    small = second.lower()
    if small in _ENDS or small in _VOWELS:
        return _is_marked(first) and not is_spelt(first)
    return first.lower() in _ONSETS and _is_marked(second[0])


def _is_likely(first: str, second: str) -> bool:
    """Tell whether *first* and *second* would be one syllable, though both may stand alone: "thự c"."""
    return second.lower() in _ENDS and _is_marked(first) and _fits_case(first, second) and is_spelt(first + second)
