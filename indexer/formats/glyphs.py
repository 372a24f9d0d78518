"""
Letters whose font does not say what they are, told from the same page as recognised.

A font made for one file may number its glyphs as it likes; then a PDF says "trư" + glyph 0xE078 + "ng" and shows "trường". Where the
recognised word agrees in the other letters, it says which letter the glyph is, and that holds for the glyph wherever it stands.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import regex as re

from indexer.formats.sound import is_syllable
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indexer.formats.page import PageWord

UNKNOWN = re.compile(r"[\ue000-\uefff\uf100-\uf8ff\ufffd]")
_LETTERS = re.compile(r"\p{L}+")
_SYLLABLE = 3.0  # what a vote counts that makes a Vietnamese syllable, against one that does not
_BLANK = "□"


def with_known_glyphs(words: Sequence[PageWord], recognised: Sequence[PageWord]) -> tuple[PageWord, ...]:
    """
    Return *words* with every unknown glyph replaced by the letter that the *recognised* words of the page tell.

    A glyph that no recognised word tells takes the whole word from recognition; where nothing was recognised either, it becomes "□".
    """
    beside = {index: _over(word, recognised) for index, word in enumerate(words) if UNKNOWN.search(word.text)}
    letters = _letters(words, beside)
    mended = list(words)
    for index, read in beside.items():
        text = UNKNOWN.sub(lambda match: letters.get(match.group(), match.group()), words[index].text)
        if UNKNOWN.search(text):
            text = read or UNKNOWN.sub(_BLANK, text)
        mended[index] = replace(words[index], text=text)
    return tuple(mended)


def _over(word: PageWord, recognised: Sequence[PageWord]) -> str:
    """Return the recognised words that stand where *word* does."""
    found = [
        other
        for other in recognised
        if other.top < word.middle < other.bottom and word.left - 2 <= (other.left + other.right) / 2 <= word.right + 2
    ]
    return "".join(other.text for other in sorted(found, key=lambda other: other.left))


def _letters(words: Sequence[PageWord], beside: Mapping[int, str]) -> dict[str, str]:
    votes: dict[str, Counter[str]] = {}
    for index, read in beside.items():
        text = words[index].text
        if len(read) != len(text) or any(
            fold(a) != fold(b) for a, b in zip(text, read, strict=True) if not UNKNOWN.match(a)
        ):
            continue
        whole = "".join(b if UNKNOWN.match(a) else a for a, b in zip(text, read, strict=True))
        sound = all(map(is_syllable, _LETTERS.findall(whole)))
        for a, b in zip(text, read, strict=True):
            if UNKNOWN.match(a):
                votes.setdefault(a, Counter())[b] += _SYLLABLE if sound else 1.0  # type: ignore[assignment]
    return {glyph: counted.most_common(1)[0][0] for glyph, counted in votes.items()}
