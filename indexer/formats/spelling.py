"""Whether a word is spelt as a Vietnamese syllable, with its marks: "điều" is, "điề" lacks an end, "cấc" has the wrong tone."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import regex as re

_TONES = "\u0300\u0301\u0309\u0303\u0323"
_ACUTE, _DOT = "\u0301", "\u0323"
_TONE = re.compile(f"[{_TONES}]")
_ONSET = "(?:ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdđghklmnpqrstvx])?"
_OPEN = "(?:uyu|uya|uêu|oai|oay|oao|oeo|uây|uôi|ươi|ươu|iêu|yêu|ia|ua|ưa|uê|uy|uơ|oa|oe|ai|ao|au|ay|âu|ây|eo|êu|iu|oi|ôi|ơi|ui|ưi|ưu|[aeêioôơuưy])"
_CLOSED = "(?:uyê|iê|yê|uô|ươ|oă|uâ|oo|ôô|oa|oe|uê|uy|uơ|[aăâeêioôơuưy])"
_SYLLABLE = re.compile(f"{_ONSET}(?:{_OPEN}|{_CLOSED}(?P<end>ng|[cmnpt])|(?:oa|uê|uy|[aêiy])(?P<soft>nh|ch))")
_STOPS = {"c", "ch", "p", "t"}


@lru_cache(maxsize=50_000)
def is_spelt(word: str) -> bool:
    """Tell whether *word* is built as a Vietnamese syllable and bears a tone that its end allows."""
    letters = unicodedata.normalize("NFD", word.lower())
    tones = _TONE.findall(letters)
    match = _SYLLABLE.fullmatch(unicodedata.normalize("NFC", _TONE.sub("", letters)))
    if match is None or len(tones) > 1:
        return False
    return (match["end"] or match["soft"]) not in _STOPS or tones in ([_ACUTE], [_DOT])
