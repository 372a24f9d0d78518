"""How questions are put: the patterns and words of ``questions.toml`` and ``english.toml``, ready to use."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from indexer.abbreviations import common_abbreviations, name_abbreviations
from indexer.vietnamese import fold, has_diacritics, syllables, unify_tone


@cache
def _data(name: str) -> dict[str, Any]:
    return tomllib.loads(files("assistant").joinpath(name).read_text(encoding="utf-8"))


@cache
def patterns(section: str, key: str, *, marked: bool = False) -> re.Pattern[str]:
    """
    Return one pattern that matches wherever a pattern of *section*.*key* does, over folded text.

    *marked*: over small letters with diacritics, and only those patterns that are written with diacritics, since without them they
    collide ("mục nào", "mức nào").
    """
    entries = _data("questions.toml")[section][key]
    chosen = [item for item in entries if not item.isascii()] if marked else [fold_pattern(item) for item in entries]
    return re.compile("|".join(f"(?:{item})" for item in chosen) or r"(?!)")


@cache
def _plain_patterns(section: str, key: str) -> re.Pattern[str]:
    entries = [item for item in _data("questions.toml")[section][key] if item.isascii()]
    return re.compile("|".join(f"(?:{item})" for item in entries) or r"(?!)")


def matches(section: str, key: str, text: str) -> list[tuple[int, int]]:
    """Return where the patterns of *section*.*key* stand in *text*, as offsets."""
    folded = fold(text)
    if not has_diacritics(text):
        return [match.span() for match in patterns(section, key).finditer(folded)]
    low = unify_tone(text).lower()
    found = [match.span() for match in _plain_patterns(section, key).finditer(folded)]
    return found + [match.span() for match in patterns(section, key, marked=True).finditer(low)]


def fold_pattern(pattern: str) -> str:
    r"""Return *pattern* without diacritics; its classes (``\b``, ``\d``) keep their case."""
    return "".join(fold(letter) if letter.isalpha() and not letter.isascii() else letter for letter in pattern)


def says(section: str, key: str, text: str) -> bool:
    """Tell whether the question *text* has what *section*.*key* describes."""
    return bool(matches(section, key, text))


def keys(section: str) -> tuple[str, ...]:
    """Return the keys of *section*, in the order of the file."""
    return tuple(_data("questions.toml")[section])


@cache
def abbreviations() -> dict[str, str]:
    """Return what abbreviations mean, by the small letters in which they are typed: general ones, and those of typing alone."""
    return {**name_abbreviations(), **common_abbreviations(), **_data("questions.toml")["abbreviations"]}


@cache
def ambiguous() -> dict[str, tuple[str, ...]]:
    """Return abbreviations, in small letters, that stand for one of several things of as many syllables, the commonest first."""
    return {short: tuple(meanings) for short, meanings in _data("questions.toml")["ambiguous"].items()}


@cache
def _frame(*, place: bool) -> tuple[re.Pattern[str], frozenset[str]]:
    words = _data("questions.toml")["words"]
    phrases = [*words["phrases"], *(words["place_phrases"] if place else [])]
    ordered = sorted(phrases, key=len, reverse=True)
    return (
        re.compile(rf"\b(?:{'|'.join(map(re.escape, ordered))})\b"),
        frozenset([*words["question"], *(words["place"] if place else [])]),
    )


def content_words(text: str, *, without_place: bool = False) -> list[str]:
    """Return the syllables of *text* that say what it is about, in order; *without_place* leaves out where to look, too."""
    pattern, dropped = _frame(place=without_place)
    return [word for word in syllables(pattern.sub(" ", unify_tone(text).lower())) if word not in dropped]


@cache
def row_words() -> tuple[str, ...]:
    """Return what any row of a table of tasks may be called."""
    return tuple(_data("questions.toml")["words"]["rows"])


@cache
def frame_phrases() -> tuple[str, ...]:
    """Return what plans, their tables and the columns of these are called."""
    words = _data("questions.toml")["words"]
    return tuple(dict.fromkeys([*words["frame"], *words["place_phrases"], *words["rows"]]))


@cache
def english_phrases() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return English phrases and what they are in Vietnamese, the longest first."""
    entries = _data("english.toml")["phrases"]
    ordered = sorted(entries, key=lambda phrase: (-len(phrase.replace("[- ]", "-").split()), -len(phrase)))
    return tuple(
        (re.compile(rf"(?<![\w/])(?:{phrase})(?![\w/])", re.IGNORECASE), entries[phrase]) for phrase in ordered
    )


@cache
def english_words() -> frozenset[str]:
    """Return small English words by which an English question is known."""
    words = _data("english.toml")["words"]
    return frozenset([*words["small"], *words["dropped"]])


@cache
def light_words() -> frozenset[str]:
    """Return folded words that a good answer need not repeat."""
    return frozenset(fold(word) for word in _data("questions.toml")["words"]["light"])


@cache
def field_words() -> frozenset[str]:
    """Return words by which a field of a document is asked, and that a document is meant; they do not tell which."""
    return frozenset(_data("questions.toml")["words"]["field"])


@cache
def abbreviated_phrases() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return abbreviations of several words, over folded text, and what they mean."""
    entries = _data("questions.toml")["abbreviated_phrases"]
    return tuple((re.compile(rf"\b{re.escape(phrase)}\b"), meant) for phrase, meant in entries.items())
