"""Bullets, ticks and arrows that a symbol font draws: the sign that Unicode has for the picture."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import regex as re

_PRIVATE = re.compile(r"\p{Co}")
_BASE, _TOP = 0xF000, 0xF100


@cache
def _signs() -> dict[str, dict[int, str]]:
    data = tomllib.loads((Path(__file__).with_name("symbols.toml")).read_text(encoding="utf-8"))
    return {font: {int(code, 16): sign for code, sign in signs.items()} for font, signs in data.items()}


def symbol_text(code: int, font: str = "") -> str | None:
    """
    Return the sign that *font* draws for *code* (U+F0B7 or B7), None where it is not known.

    ``symbol_text(0xF0FC, "Wingdings") == "✓"``; a code that is no private one is its own letter in a font of letters.
    """
    signs = _signs()
    private = _BASE <= code < _TOP
    known = signs.get(font)
    if not private and known is None:
        return chr(code) if 0x20 <= code <= 0x10FFFF and not 0xD800 <= code < 0xE000 else None
    low = code - _BASE if private else code
    sign = (known or {}).get(low) or signs["any"].get(low)
    if sign is None and font == "Symbol" and 0x20 <= low < 0x40:  # its digits and signs are the usual ones
        return chr(low)
    return sign


def replace_private(text: str) -> tuple[str, int]:
    """Return *text* with its private-use letters as signs, and how many of them are not known and were left out."""
    unknown = 0

    def sign(match: re.Match[str]) -> str:
        nonlocal unknown
        found = symbol_text(ord(match.group())) if _BASE <= ord(match.group()) < _TOP else None
        unknown += found is None
        return found or ""

    return _PRIVATE.sub(sign, text), unknown
