"""
Words that stand in pieces: where a font lacks a letter, a program takes it from another and writes all such letters of a line later.

    "TH", "NG CHÍNH PH", then "Ủ ƯỚ Ủ"   ->   "THỦ", "TƯỚNG", "CHÍNH", "PHỦ"

Only the page shows what belongs together: nothing stands between the pieces of a word, not even a space.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

from indexer.layout import text_width
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from indexer.formats.page import PageWord

_MARKS = "".join(map(chr, range(0x300, 0x370)))
_VOWELS = frozenset("aeiouy")
_STRIP = 12.0  # points; no word reaches over more than a few strips
_TOUCHING = 0.13  # heights of a word between two pieces of it; the narrowest space has nearly twice as much
_KERNED = 0.25  # font sizes by which one piece may reach over the next
_ROUNDED = 1.0  # points by which the middle of a space may lie inside the letters beside it
_LEVEL = 0.55  # share of the height that pieces of a word have in common; fonts differ


def put_together(words: Iterable[PageWord], spaces: Iterable[tuple[float, float]] = ()) -> list[PageWord]:
    """Return *words* with those joined that touch one another on one line, from left to right, and have none of *spaces* (middles) between them."""
    blanks: dict[int, list[tuple[float, float]]] = {}
    for across, down in spaces:
        blanks.setdefault(int(down // _STRIP), []).append((across, down))
    letters: list[PageWord] = []
    marks: list[PageWord] = []
    for word in words:
        rest = word.text.lstrip(_MARKS)
        if rest != word.text:  # marks of the letter before
            place = word.left - 0.2 * word.size if rest else word.left
            marks.append(
                replace(
                    word, text=word.text[: len(word.text) - len(rest)], left=place, right=place if rest else word.right
                )
            )
        if rest:
            letters.append(replace(word, text=rest) if rest != word.text else word)
    ends: dict[int, list[list[PageWord]]] = {}  # pieces of each word so far, by the strip in which it stands
    every: list[list[PageWord]] = []
    for word in sorted(letters, key=lambda word: word.left):
        strip = int(word.middle // _STRIP)
        before = next(
            (
                pieces
                for near in (strip, strip - 1, strip + 1)
                for pieces in ends.get(near, ())
                if _touch(pieces[-1], word) and not _is_spaced(pieces[-1], word, blanks)
            ),
            None,
        )
        if before is None:
            before = []
            every.append(before)
            ends.setdefault(strip, []).append(before)
        before.append(word)
        ends[strip] = [pieces for pieces in ends.get(strip, ()) if word.left - pieces[-1].right < word.size]
    return _with_marks([pieces[0] if len(pieces) == 1 else _joined(pieces) for pieces in every], marks)


def _with_marks(words: list[PageWord], marks: Iterable[PageWord]) -> list[PageWord]:
    """Return *words* with each of *marks* on the vowel above or below which it stands; a mark that stands alone is left out."""
    for mark in marks:
        middle = (mark.left + mark.right) / 2
        near = (
            index
            for index, word in enumerate(words)
            if word.left - 1 <= middle <= word.right + 1 and abs(word.middle - mark.middle) < word.size
        )
        index = next(near, None)
        if index is not None:
            words[index] = replace(words[index], text=_marked(words[index], mark.text, middle))
    return words


def _marked(word: PageWord, mark: str, middle: float) -> str:
    """Return the text of *word* with *mark* on the vowel nearest to *middle*; where letters stand is told by their usual widths."""
    whole = text_width(word.text)
    places = [
        (
            abs(
                word.left
                + (text_width(word.text[:i]) + text_width(word.text[i]) / 2) / whole * (word.right - word.left)
                - middle
            ),
            i,
        )
        for i, letter in enumerate(word.text)
        if fold(letter) in _VOWELS
    ]
    at = min(places)[1] + 1 if places else len(word.text)
    return unicodedata.normalize("NFC", word.text[:at] + mark + word.text[at:])


def _touch(before: PageWord, word: PageWord) -> bool:
    lower, higher = sorted((before.size, word.size))
    common = min(before.bottom, word.bottom) - max(before.top, word.top)
    return -_KERNED * higher < word.left - before.right < _TOUCHING * higher and common > _LEVEL * lower


def _is_spaced(before: PageWord, word: PageWord, blanks: Mapping[int, Sequence[tuple[float, float]]]) -> bool:
    """Tell whether a space was printed between the two; where letters were set closer, its gap is as narrow as none."""
    strip = int(word.middle // _STRIP)
    return any(
        before.right - _ROUNDED <= across <= word.left + _ROUNDED and word.top < down < word.bottom
        for near in (strip - 1, strip, strip + 1)
        for across, down in blanks.get(near, ())
    )


def _joined(pieces: list[PageWord]) -> PageWord:
    """Return the word of *pieces*; it is as high as the longest of them, lest one borrowed letter makes its line higher."""
    longest = max(pieces, key=lambda piece: len(piece.text))
    text = "".join(piece.text for piece in pieces)
    return replace(longest, text=text, left=pieces[0].left, right=max(piece.right for piece in pieces))
