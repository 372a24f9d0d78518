"""
Ways in which questions are typed badly, made from questions that are typed well; the same question is always spoilt alike.

    typed("telex", "q1", "Sở nào chủ trì?") -> "Sowr naof chur trif?"
"""

from __future__ import annotations

import random
import re
import unicodedata
import zlib
from typing import TYPE_CHECKING

from indexer.vietnamese import fold, unify_tone

if TYPE_CHECKING:
    from collections.abc import Callable

_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST = 4  # letters of a word that is cut or slipped in
_RESIDUE = 1 / 3  # share of the words in which keys are left over
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
}
