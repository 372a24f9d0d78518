"""
Ways in which questions are typed badly, made from questions that are typed well; the same question is always spoilt alike.

    typed("telex", "q1", "Sở nào chủ trì?") -> "Sowr naof chur trif?"
"""

from __future__ import annotations

import random
import re
import tomllib
import unicodedata
import zlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from indexer.vietnamese import fold, unify_tone

if TYPE_CHECKING:
    from collections.abc import Callable

_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST = 4  # letters of a word that is cut or slipped in
_RESIDUE = 1 / 3  # share of the words in which keys are left over
_SHORTENED = 1 / 2  # share of the words with an abbreviation that are abbreviated
_MARKS = re.compile(r"(?<!\d)[.,;:!?](?=\s|$)|[\"'“”‘’()]")
_TONES = {"\u0301": ("s", "1"), "\u0300": ("f", "2"), "\u0309": ("r", "3"), "\u0303": ("x", "4"), "\u0323": ("j", "5")}
_TELEX_SHAPES = {"\u0306": "w", "\u031b": "w"}  # a circumflex doubles its letter
_VNI_SHAPES = {"\u0302": "6", "\u031b": "7", "\u0306": "8"}
_BESIDE = {
    "q": "wa", "w": "qeas", "e": "wrds", "r": "etfd", "t": "rygf", "y": "tuhg", "u": "yijh", "i": "uokj", "o": "iplk",
    "p": "ol", "a": "qwsz", "s": "awedxz", "d": "serfcx", "f": "drtgvc", "g": "ftyhbv", "h": "gyujnb", "j": "huikmn",
    "k": "jiolm", "l": "kop", "z": "asx", "x": "zsdc", "c": "xdfv", "v": "cfgb", "b": "vghn", "n": "bhjm", "m": "njk",
}  # fmt: skip


def typed(kind: str, question_id: str, text: str) -> str:
    """
    Return *text* typed as *kind* says, one of `TYPINGS`; what is left to chance follows from *question_id* and *kind*.

    Raises:
        KeyError: there is no such kind.
    """
    chance = random.Random(zlib.crc32(f"{question_id} {kind}".encode()))  # noqa: S311 - not for secrets
    return TYPINGS[kind](unify_tone(unicodedata.normalize("NFC", text)), chance)


def keys_of(word: str, *, vni: bool = False) -> str:
    """Return the keys that write *word*, the key of the tone at the end: "nhiệm" is "nhieemj", or in VNI "nhie6m5"."""
    shaped, tone = "", ""
    for letter in word:
        if letter in "đĐ":
            shaped += ("d" if letter == "đ" else "D") + ("9" if vni else "d")
            continue
        base, *marks = list(unicodedata.normalize("NFD", letter))
        shaped += base
        for mark in marks:
            if mark in _TONES:
                tone = _TONES[mark][vni]
            elif vni:
                shaped += _VNI_SHAPES.get(mark, "")
            else:
                shaped += _TELEX_SHAPES.get(mark, base.lower())
    if not vni:
        shaped = re.sub("uwow", "uow", shaped, flags=re.IGNORECASE)
    return shaped + tone


def _none(text: str, _: random.Random) -> str:
    return "".join(fold(letter) if letter.islower() else fold(letter).upper() for letter in text)


def _half(text: str, chance: random.Random) -> str:
    return _WORD.sub(lambda match: _none(match.group(), chance) if chance.random() < 1 / 2 else match.group(), text)


def _all_keys(text: str, _: random.Random) -> str:
    return _WORD.sub(lambda match: keys_of(match.group()), text)


def _all_vni(text: str, _: random.Random) -> str:
    return _WORD.sub(lambda match: keys_of(match.group(), vni=True), text)


def _residue(text: str, chance: random.Random) -> str:
    return _WORD.sub(lambda match: keys_of(match.group()) if chance.random() < _RESIDUE else match.group(), text)


def _cut(text: str, chance: random.Random) -> str:
    def shorten(word: str) -> str:
        return word[: -chance.choice((1, 2))]

    return _in_some(text, chance, chance.choice((1, 2)), shorten)


def _slip(text: str, chance: random.Random) -> str:
    return _in_some(text, chance, 1, lambda word: _slipped(word, chance))


def _slipped(word: str, chance: random.Random) -> str:
    place = chance.randrange(1, len(word))  # the first letter is seldom wrong
    before, letter, after = word[:place], word[place], word[place + 1 :]
    way = chance.choice(("dropped", "doubled", "swapped", "beside"))
    if way == "dropped":
        return before + after
    if way == "doubled":
        return before + letter + letter + after
    if way == "swapped":
        different = [i for i in range(1, len(word)) if word[i] != word[i - 1]]
        if different:
            i = chance.choice(different)
            return word[: i - 1] + word[i] + word[i - 1] + word[i + 1 :]
    beside = chance.choice(_BESIDE[fold(letter)]) if fold(letter) in _BESIDE else letter * 2
    return before + beside + after


def _capitals(text: str, _: random.Random) -> str:
    return text.upper()


def _bare(text: str, _: random.Random) -> str:
    return " ".join(_MARKS.sub("", text).lower().split())


def _joined(text: str, chance: random.Random) -> str:
    """Return *text* with one or two spaces between two words in small letters forgotten."""
    spaces = [match.start() for match in re.finditer(r"(?<=[^\W\d_]) (?=[^\W\d_])", text)]
    spaces = [at for at in spaces if text[at - 1].islower() and text[at + 1].islower()]
    forgotten = set(chance.sample(spaces, min(chance.choice((1, 2)), len(spaces))))
    return "".join(letter for at, letter in enumerate(text) if at not in forgotten)


@cache
def _short_forms() -> tuple[re.Pattern[str], dict[str, str]]:
    data = tomllib.loads(files("eval").joinpath("short_forms.toml").read_text(encoding="utf-8"))
    meant = {unify_tone(words): short for short, words in data["short"].items()}
    longest = sorted(meant, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest))})\b", re.IGNORECASE), meant


def _short(text: str, chance: random.Random) -> str:
    """Return *text* with abbreviations of ``short_forms.toml`` put for half of what they mean."""
    pattern, meant = _short_forms()
    return pattern.sub(
        lambda match: meant[match.group().lower()] if chance.random() < _SHORTENED else match.group(), text
    )


def _hasty(text: str, chance: random.Random) -> str:
    """Return *text* as it is typed on a telephone: small letters, no marks, no punctuation, abbreviations, one slip."""
    return _none(_bare(_short(_slip(text, chance), chance), chance), chance)


def _in_some(text: str, chance: random.Random, count: int, spoil: Callable[[str], str]) -> str:
    """Return *text* with *count* of its words of at least `_SHORTEST` letters spoilt; names in capitals stay."""
    long = [match for match in _WORD.finditer(text) if len(match.group()) >= _SHORTEST and not match.group().isupper()]
    for match in sorted(chance.sample(long, min(count, len(long))), key=lambda match: -match.start()):
        text = text[: match.start()] + spoil(match.group()) + text[match.end() :]
    return text


TYPINGS: dict[str, Callable[[str, random.Random], str]] = {
    "none": _none,
    "half": _half,
    "cut": _cut,
    "telex": _all_keys,
    "vni": _all_vni,
    "residue": _residue,
    "slip": _slip,
    "joined": _joined,
    "short": _short,
    "capitals": _capitals,
    "bare": _bare,
    "hasty": _hasty,
}
