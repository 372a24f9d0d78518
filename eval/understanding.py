"""How well a badly typed question was read: what was understood beside what it was made from."""

from __future__ import annotations

import unicodedata
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import regex as re

from assistant.lexicon import abbreviations
from indexer.vietnamese import unify_tone

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORD = re.compile(r"[\p{L}\p{M}\d]+(?:[.,/-][\p{L}\p{M}\d]+)*")


def read_right(understood: str, well_typed: str) -> float:
    """
    Return the share of the syllables of *well_typed* that *understood* has in their place: 1 where the reading was restored.

    Case, white space, punctuation, where the tone mark stands ("hoà", "hòa") and whether an abbreviation is written out ("nv",
    "nhiệm vụ") do not count. A question without syllables is read right.
    """
    wanted, found = (_written_out(_syllables(text)) for text in (well_typed, understood))
    if not wanted:
        return 1.0
    blocks = SequenceMatcher(None, wanted, found, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / max(len(wanted), len(found))


def _written_out(words: Sequence[str]) -> list[str]:
    meant = abbreviations()
    return [part for word in words for part in _syllables(meant.get(word, word))]


def _syllables(text: str) -> Sequence[str]:
    return _WORD.findall(unify_tone(unicodedata.normalize("NFC", text)).casefold())
