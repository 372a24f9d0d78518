"""What can be a Vietnamese syllable, seen from its letters without diacritics."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from indexer.vietnamese import fold, has_diacritics, unify_tone

_INITIALS = "ngh|ng|nh|th|tr|ch|gh|gi|kh|ph|qu|[bcdghklmnpqrstvx]"
_NUCLEI = (
    "uye|uya|uyu|ieu|yeu|uoi|uou|oai|oay|oeo|uay|oao"
    "|ie|ye|ia|ua|uo|ue|uy|oa|oe|oo|ai|ao|au|ay|eo|eu|iu|oi|ui|uu|[aeiouy]"
)
_FINALS = "ng|nh|ch|[cmnpt]"
_SYLLABLE = re.compile(f"(?:{_INITIALS})?(?:{_NUCLEI})(?:{_FINALS})?")


REMEMBERED = 4096  # words of questions of which it is kept what they look like


@dataclass(frozen=True, slots=True)
class Word:
    """
    A word of a question: as it is typed, and in small letters with its tone mark where it belongs.

    ``marked`` tells whether it bears a diacritic, ``shaped`` whether it is built like a syllable, ``capital_within`` whether a
    letter behind the first is a capital.
    """

    text: str
    lower: str
    marked: bool
    shaped: bool
    capital_within: bool


@lru_cache(REMEMBERED)
def word_of(text: str) -> Word:
    """Return the word *text*, in NFC."""
    return Word(
        text,
        unify_tone(text).lower(),
        has_diacritics(text),
        is_syllable_shape(text),
        any(letter.isupper() for letter in text[1:]),
    )


def is_syllable_shape(word: str) -> bool:
    """Tell whether *word*, its diacritics taken off, is built like a syllable: "nghiem" is, "task" is not."""
    return _SYLLABLE.fullmatch(fold(word)) is not None


def is_marked_syllable(word: str) -> bool:
    """Tell whether *word* is built like a syllable and bears a diacritic."""
    return has_diacritics(word) and is_syllable_shape(word)


def with_case_of(pattern: str, word: str) -> str:
    """Return *word* in the case of *pattern*: ``with_case_of("Hoach", "hoạch") == "Hoạch"``."""
    if len(pattern) == len(word) and not (pattern.islower() or pattern.isupper()):
        return "".join(b.upper() if a.isupper() else b for a, b in zip(pattern, word, strict=True))
    letters = [letter for letter in pattern if letter.isalpha()]
    if len(letters) > 1 and all(letter.isupper() for letter in letters):
        return word.upper()
    return word[:1].upper() + word[1:] if letters and letters[0].isupper() else word
