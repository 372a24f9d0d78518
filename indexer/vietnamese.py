"""Letters and syllables of Vietnamese: folding for search, never for display or citation."""

from __future__ import annotations

import re
import unicodedata

_TONE_AT_END = re.compile(r"(?<![qQ])([oOuU])([àáảãạèéẻẽẹỳýỷỹỵÀÁẢÃẠÈÉẺẼẸỲÝỶỸỴ])(?!\w)")
_TONES = "\u0300\u0301\u0309\u0303\u0323"
_SYLLABLE = re.compile(r"\w+(?:[./,:-]\w+)*%?", re.UNICODE)
_SHAPE = re.compile(
    r"(?:ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|b|c|d|g|h|k|l|m|n|p|r|s|t|v|x)?"
    r"(?:oai|oay|uay|uye|uya|uyu|ieu|yeu|uoi|uou|ai|ao|au|ay|eo|eu|ia|ie|iu|oa|oe|oi|oo|ua|ue|ui|uo|uu|uy|ya|ye|[aeiouy])"
    r"(?:ch|ng|nh|c|m|n|p|t)?"
)
_KEPT = 0x2100  # letters below this number, all of Vietnamese among them, are folded once


class _Plain(dict[int, str]):
    """What each small letter is without its marks."""

    def __missing__(self, letter: int) -> str:
        plain = "".join(c for c in unicodedata.normalize("NFD", chr(letter)) if not unicodedata.combining(c))
        if letter < _KEPT:
            self[letter] = plain
        return plain


_PLAIN = _Plain({ord("đ"): "d"})


def fold(text: str) -> str:
    """
    Return *text* in lower case without diacritics: ``fold("Chủ trì Đề án") == "chu tri de an"``.

    One letter in gives one letter out for NFC text, so offsets into the result are offsets into *text*.
    """
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", text.lower().translate(_PLAIN))


def has_diacritics(text: str) -> bool:
    """Tell whether *text* holds at least one letter with a Vietnamese diacritic."""
    return not text.isascii() and fold(text) != text.lower()


def unify_tone(text: str) -> str:
    """Return *text* with the tone mark of open "oa, oe, uy" on the first vowel: "khoá" becomes "khóa"."""

    def move(match: re.Match[str]) -> str:
        first, second = match.groups()
        decomposed = unicodedata.normalize("NFD", second)
        tone = "".join(c for c in decomposed if c in _TONES)
        rest = "".join(c for c in decomposed if c not in _TONES)
        return unicodedata.normalize("NFC", first + tone) + unicodedata.normalize("NFC", rest)

    return _TONE_AT_END.sub(move, text)


def syllables(text: str) -> list[str]:
    """
    Return the lower-case syllables and numbers of *text* in order, tone marks unified.

    Document numbers, dates and percentages stay whole: "30/2020/NĐ-CP", "15/10/2025", "6,5%".
    """
    return _SYLLABLE.findall(unify_tone(unicodedata.normalize("NFC", text)).lower())


def is_syllable_shape(folded: str) -> bool:
    """Tell whether *folded*, small letters without marks, is built as a Vietnamese syllable: "chuyen" is, "which" is not."""
    return _SHAPE.fullmatch(folded) is not None
