"""The reading of a bad scan: line for line and word for word beside its text, numbers untouched."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from indexer.channel import Channel, Confusions
from indexer.decoder import BREAK, Place
from indexer.syllable import is_syllable_shape
from indexer.syllable_model import NUMBER
from indexer.types import Reading, Span
from indexer.vietnamese import fold, has_diacritics, unify_tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indexer.decoder import Decoder

BEFORE, AFTER = "([{\"“'‘+-–•*", '.,;:!?)]}"”…/'
_LINE = re.compile(r"[^\n]*")
_TOKEN = re.compile(r"\S+")
_NUMBER = re.compile(
    r"[\d.,:/%–-]*\d[\d.,:/%–-]*"  # 25%, 22/5/2025, 1.1
    r"|(?=.*\d).*[/-].*"  # 12-NQ/TW, 12/KH-UBND, COVID-19
    r"|\d+[A-ZĐ]+\d*"  # 5G
    r"|(?=(?:\D*\d){2})\w*\d\w*\d{2}\w*"  # Q3/2025 without its stroke, 2025T
)
_LABELLED_NUMBER = re.compile(r"\d{1,2}[a-zđ]")  # khoản 5a, or "1a" for "là"
_LABEL = re.compile(r"[IVXL1l|]{1,5}[.)]|[a-zđ]\)|[A-ZĐ]\.")
_COMPOUND = re.compile(r"\w[/_]\w|-\w|://|\w@\w+\.|\.\w\w|\w[,;(]\w")
_LEAST_LETTERS = 0.6  # a token with fewer letters and digits is dirt
_CONSONANT = re.compile(r"[b-df-hj-np-tvwxzđ]", re.IGNORECASE)
_VOWEL = re.compile(r"[aeiouy]")
_LOOKED_AT, _LIMIT, _MARGIN = 120, 28, 11.0
_COMMONNESS = 0.7  # weight of how common a syllable is, where the readings to be weighed in context are chosen
_LABEL_COST = 5.0  # of a digit and a letter being a label, not a misread syllable
_AS_IT_STANDS = 1.0  # cost of a word that no letter was mistaken in
_ABBREVIATION = 7.0  # what a word in capitals is likelier than another to be unknown to the model
_SHORT = 3  # so short a word in capitals may be one whose small letters were misread: "BO" for "Bộ"
_FOREIGN_LETTERS = 4  # a shorter foreign word is more likely a syllable misread
_RAREST = 2e-7
_LETTERS_FOR_VERDICT = 40
_JUDGED = 1 << 16  # words of which it is remembered what they look like
_UNKNOWN = 2e-6  # share of a word below which it is as good as unknown, where it was left as it stands
# A word surer than this is right as a rule. On held-out text, damaged: 2.3 % of the words are less sure, 38 % of these are wrong,
# and they are 70 % of all wrong words; on printed pages read as English 3.8 %, 38 % and 56 % (``python -m eval.reading``).
SURE = 0.93
_ADDRESS = re.compile(r"://|\w@\w+\.|^www\.")
_LETTERS = re.compile(r"[^\W\d_]+")
_SYMBOL = re.compile(r"[&@§¢€£¥$]")  # what "ở" and "kỹ" look like; none of them stands in a word
_DAMAGED_WORDS, _SOUND_WORDS, _VIETNAMESE_WORDS = 0.06, 0.6, 0.5


@dataclass(frozen=True, slots=True)
class RepairedToken:
    """
    A white-space token, its reading, and how sure that is (0 to 1).

    It is 1 where nothing else was possible, and 0 where the token was left as it stands though it is no word.
    """

    token: str
    repaired: str
    confidence: float


class ScanReader:
    """Reads damaged text with the syllables that *decoder* knows."""

    def __init__(self, decoder: Decoder, words: Iterable[str], confusions: Confusions | None = None) -> None:
        self._decoder = decoder
        self._words = frozenset(words)
        known = sorted(word for word in self._words if _may_be_printed(word, decoder.share(word)))
        self._channel = Channel(confusions or Confusions.load(), known)
        self._readings: dict[str, Place] = {}

    def repair_tokens(self, text: str) -> list[list[RepairedToken]]:
        """Return the repaired tokens of every line of *text*."""
        lines = [_TOKEN.findall(line) for line in unicodedata.normalize("NFC", text).split("\n")]
        places: list[Place] = []
        spots: list[int | None] = []  # place of every token, in order
        for line in lines:
            if not line:
                places.append(BREAK)
            for number, token in enumerate(line):
                before, core, after = split_edges(token)
                if not core or before.strip("([{\"“'‘"):
                    places.append(BREAK)
                fixed = not core or (number == 0 and _LABEL.fullmatch(token)) or not any(map(str.isalpha, core))
                if fixed or _NUMBER.fullmatch(core):
                    spots.append(None)
                    if any(map(str.isdigit, core)):
                        places.append(Place((NUMBER,), (0.0,)))
                else:
                    spots.append(len(places))
                    places.append(self._place(core))
                if after.strip(',)]}"”'):
                    places.append(BREAK)
        choices = self._decoder.decode(places)
        rest = iter(spots)
        result = []
        for line in lines:
            row = []
            for number, token in enumerate(line):
                spot = next(rest)
                if spot is None:
                    dirt = sum(map(str.isdigit, token)) < 2 and _SYMBOL.search(token)  # "¢6" for "có", but not "100$"
                    row.append(RepairedToken(token, token, 0.0 if dirt else 1.0))
                else:
                    before, core, after = split_edges(token)
                    word = _in_case(core, choices[spot].word, among_capitals=_among_capitals(line, number))
                    sure = 0.0 if self._is_unread(word) else choices[spot].confidence
                    row.append(RepairedToken(token, before + word + after, sure))
            result.append(row)
        return result

    def _place(self, core: str) -> Place:
        if core not in self._readings:
            self._readings[core] = self._read(core)
        return self._readings[core]

    def _is_unread(self, word: str) -> bool:
        """Tell whether *word* of the reading is dirt, a stump, or letters that are no word: it could not be read."""
        if _ADDRESS.search(word):
            return False
        parts = _LETTERS.findall(word)
        if len(parts) != 1 and word.islower() and not has_diacritics(word):
            return True  # "thang/lan": words that are joined are not looked up
        return bool(_SYMBOL.search(word)) or any(
            not part.isupper() and (len(part) == 1 or self._decoder.share(unify_tone(part).lower()) < _UNKNOWN)
            for part in parts
            if not _VOWEL.fullmatch(fold(part).lower())
        )

    def _read(self, core: str) -> Place:
        lower = unify_tone(core).lower()
        dirt = sum(map(str.isalnum, core)) < _LEAST_LETTERS * len(core)
        if dirt or _COMPOUND.search(core) or _CONSONANT.fullmatch(core) or _is_abbreviation(core):
            return Place((lower,), (0.0,))
        readings = self._channel.readings(core, limit=_LOOKED_AT, margin=_MARGIN)
        readings.sort(key=lambda reading: reading[1] - _COMMONNESS * math.log(self._decoder.share(reading[0])))
        found = dict(readings[:_LIMIT])
        if _LABELLED_NUMBER.fullmatch(core):
            found[NUMBER] = _LABEL_COST
        elif lower not in found and core.isalpha():
            found[lower] = _AS_IT_STANDS - (_ABBREVIATION if core.isupper() and len(core) > 1 else 0)
        return Place(tuple(found), tuple(-cost for cost in found.values()))


def _is_abbreviation(word: str) -> bool:
    return len(word) > 1 and word.isalpha() and word.isupper() and not _VOWEL.search(fold(word))


def split_edges(token: str) -> tuple[str, str, str]:
    """Return the marks before a word, the word, and the marks after it."""
    rest = token.lstrip(BEFORE)
    core = rest.rstrip(AFTER)
    return token[: len(token) - len(rest)], core, rest[len(core) :]


class DamageCheck:
    """Tells bad scans by the words that *decoder* knows; what a word looks like is remembered for the next text."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self._judged = lru_cache(_JUDGED)(self._judge)

    def is_damaged(self, text: str) -> bool:
        """Tell whether *text* is Vietnamese, and read so badly that many of its words are none."""
        damaged = sound = shaped = total = 0
        for token, count in Counter(_TOKEN.findall(unicodedata.normalize("NFC", text))).items():
            judged = self._judged(token)
            if judged is not None:
                total += count
                shaped += count * judged[0]
                sound += count * judged[1]
                damaged += count * judged[2]
        return (
            total >= _LETTERS_FOR_VERDICT
            and shaped >= _VIETNAMESE_WORDS * total
            and sound < _SOUND_WORDS * total
            and damaged >= _DAMAGED_WORDS * total
        )

    def _judge(self, token: str) -> tuple[bool, bool, bool] | None:
        """Tell whether *token* is shaped as a syllable, a sound word, and a damaged one; None where it is no word to go by."""
        _, core, _ = split_edges(token)
        if not core or not any(map(str.isalpha, core)) or _NUMBER.fullmatch(core) or _COMPOUND.search(core):
            return None
        if _is_abbreviation(core):
            return None
        lower = unify_tone(core).lower()
        known = self._decoder.share(lower) >= _RAREST * 10
        marked = has_diacritics(lower)
        shaped = is_syllable_shape("".join(filter(str.isalpha, core)))
        return shaped, marked and known, not core.isalpha() or (marked and not known)


def _may_be_printed(word: str, share: float) -> bool:
    if share < _RAREST or not word.isalpha():
        return False
    return is_syllable_shape(word) or (len(word) >= _FOREIGN_LETTERS and word.isascii())


def _among_capitals(line: Sequence[str], number: int) -> bool:
    """Tell whether a word beside the one at *number* is in capitals, too."""
    return any(
        token.isupper() and len(token) > 1
        for token in (*line[max(number - 1, 0) : number], *line[number + 1 : number + 2])
    )


def _in_case(core: str, word: str, *, among_capitals: bool) -> str:
    if word == NUMBER or unify_tone(core).lower() == word:
        return core
    letters = [letter for letter in core if letter.isalpha()]
    capitals = sum(letter.isupper() for letter in letters)
    if len(letters) > 1 and capitals >= 0.6 * len(letters) and (among_capitals or len(letters) > _SHORT):
        return word.upper()
    if core[0] == "I" and word[0] == "l":
        return word
    return word[:1].upper() + word[1:] if core[:1].isupper() else word


def reading_of(text: str, rows: Sequence[Sequence[RepairedToken]]) -> Reading:
    """Return the reading of *text* from its repaired tokens; what is less than ``SURE`` is in doubt, marks at the edges of a word not."""
    reading = joined(text, rows)
    doubts = []
    tokens = (token for row in rows for token in row)
    for match, token in zip(_TOKEN.finditer(reading), tokens, strict=True):
        if token.confidence < SURE:
            before, core, _ = split_edges(match.group())
            start = match.start() + len(before) if core else match.start()
            doubts.append(Span(start, start + len(core or match.group())))
    return Reading(reading, tuple(doubts))


def joined(text: str, rows: Sequence[Sequence[RepairedToken]]) -> str:
    """Return *text* with its tokens replaced by their readings, its white space kept."""
    lines = []
    for line, row in zip(unicodedata.normalize("NFC", text).split("\n"), rows, strict=True):
        tokens = iter(row)
        lines.append(_TOKEN.sub(lambda _, tokens=tokens: next(tokens).repaired, line))  # type: ignore[misc]
    return "\n".join(lines)
