"""Whether a text layer says what is printed: how many of its words are Vietnamese syllables."""

from __future__ import annotations

from functools import cache

import regex as re

from indexer.sealed import MODELS, check_sealed
from indexer.vietnamese import unify_tone

_WORD = re.compile(r"\p{L}[\p{L}\p{M}]+")
_COMMON = 12_000  # the rarer entries of the list are names, foreign words and slips
LEAST_WORDS = 12  # fewer say nothing


@cache
def _syllables() -> frozenset[str]:
    path = MODELS / "vi-syllables" / "syllables.txt"
    check_sealed([path])
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(lines[:_COMMON])


def is_syllable(word: str) -> bool:
    """Tell whether *word* is a Vietnamese syllable that public texts use."""
    return unify_tone(word).lower() in _syllables()


def syllable_share(text: str) -> float | None:
    """Return the share of the words of *text* that are Vietnamese syllables, abbreviations aside; None where there are too few."""
    words = [word for word in _WORD.findall(text) if not (word.isupper() and len(word) < 7)]
    if len(words) < LEAST_WORDS:
        return None
    return sum(map(is_syllable, words)) / len(words)
