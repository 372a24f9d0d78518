"""
Several readings of a question that was typed badly, the most likely first.

    "nhieemj vuj 9 do ai chu tri" -> "nhiệm vụ 9 do ai chủ trì"
    "nhie65m vu5 cua3 so7"        -> "nhiệm vụ của sở"
    "nhệim vụ", "chủtrì"          -> "nhiệm vụ", "chủ trì"

Every word gets the syllables that it may stand for, each with the logarithm of how likely it would be typed so: as typed,
without its marks, with Telex or VNI keys left over, with one slip of the hand, cut short. The decoder weighs them by what
stands beside them. A text that is typed well has one reading, itself.
"""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from indexer.decoder import BREAK, FIGURE, Decoder, Learned, Place
from indexer.ranking import QuestionReading
from indexer.restore import FOREIGN_CASE, LONE_LETTERS, MARKED_TEXT, in_capitals, in_its_place, is_foreign, pieces_in
from indexer.syllable import REMEMBERED, Word, is_syllable_shape, word_of
from indexer.syllable_model import BOUNDARY, NUMBER
from indexer.vietnamese import fold, has_diacritics, unify_tone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from indexer.syllable_model import SyllableModel

_CHUNK = re.compile(r"\S+")
_EDGE = ".,;:!?()[]\"'“”‘’…-–"
_WITH_DIGITS = re.compile(r"[^\W\d_]+\d[^\W_]*")
_VOWELS = frozenset("aeiouy")
_TONE_OF_MARK = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
_SHAPE_OF_MARK = {"\u0302": "^", "\u0306": "w", "\u031b": "w"}
_VNI_TONES = dict(zip("12345", "sfrxj", strict=True))
_VNI_SHAPES = {"6": "^", "7": "w", "8": "w", "9": "d"}
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE = {
    key: {
        other
        for near in range(max(row - 1, 0), min(row + 2, 3))
        for place, other in enumerate(_ROWS[near])
        if other != key and abs(place + near / 2 - column - row / 2) <= 1
    }
    for row, keys in enumerate(_ROWS)
    for column, key in enumerate(keys)
}

# How likely a word is typed so, as logarithms; by judgement, not fitted to any set.
_HABITS = ((0.0005, 0.8), (0.5, 0.1), (1.0, 0.1))  # share of the marks that a writer leaves out, and how many write so
_CAREFUL = 0.9  # so sure that marks are not left out, plain words are what they seem
_PART = -2.5  # some of a word's marks are typed and some are not
_KEYS = -1.0  # keys left over
_DOUBLED, _SWAPPED, _DROPPED, _NEAR_KEY, _ADDED, _REPLACED = -4.0, -4.0, -4.5, -4.5, -6.0, -6.5
_LOST_MARK = -1.5  # the marks went with the letter
_CUT = (-3.0, -1.5)  # a word is cut short, and for each letter
_CUT_GAIN = 5.0  # so much likelier must the full word be where what is typed is a word too
_OFTEN = 1e-3  # share of a word beside another from which the two fit
_COMMON = 1e-4  # a syllable with a larger share of all text may stand beside anything
_ANOTHER_WORD = -6.0  # a slip that makes another word
_RARE = 2e-6  # a syllable with a smaller share of all text may be a slip
_RARE_KEPT = 3.0
_FOREIGN_KEPT, _NAME_KEPT, _BROKEN_KEPT = 9.0, 16.0, 3.0  # makes up for the small share of a word that nobody knows
_MOST_OPTIONS = 16
_MOST_SLIPS = 24
_WRONG_VOWEL, _TWIN = -2.0, 30  # a mark on the wrong letter, where the right spelling is so many times as frequent
_LEAST_KEYED = 2  # so many words with a digit behind make VNI of them
_LONGEST = 7  # letters of a syllable
_SHORTEST_TWO = 4  # letters of two words
_LONGEST_RUN = (
    120  # letters of words that are run together; nobody means more, and each word in it is read within the next
)
_VOWEL_GROUP = re.compile(r"[aeiouy]+")
_LEAST_PAIR = (-18.0, -14.0)  # two words less likely together were not run together; with marks, and without
_LEAST_SURE_PAIR = -26.0  # nor these, where it cannot be one word
_MARGIN = 8.0  # a reading less likely by this is no reading
_DOUBT = 3.0  # nor by this, where the likeliest is what was typed


@dataclass(frozen=True, slots=True)
class _Marks:
    """The letters of a syllable without marks, its tone ("" for none) as its Telex key, and what else its letters bear."""

    letters: str
    tone: str
    shapes: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a word or a stop stands in what was typed; ``apart`` tells that a space was forgotten before it."""

    start: int
    end: int
    kind: str  # "word", "keyed" (with VNI digits), "fixed" or "stop"
    apart: bool = False


@dataclass(frozen=True, slots=True)
class _Hand:
    """How a question is typed: the share of the marks left out, how sure none are, whether all is in capitals."""

    dropped: float
    careful: float
    capitals: bool
    keys: bool = False  # keys are left over in small words, so that a capital does not make a name


class QuestionSpeller:
    """
    Reads questions that may be typed badly.

    *knows* tells whether the corpus holds a word, in small letters, as it is written: its names are not mended. The wording
    of *corpus_texts*, or of the *decoder* where there is one that has counted them already, counts above that of the model.
    """

    def __init__(
        self,
        model: SyllableModel,
        knows: Callable[[str], bool] = lambda _: False,
        corpus_texts: Iterable[str] = (),
        *,
        decoder: Decoder | None = None,
    ) -> None:
        self._model = model
        self._knows = knows
        self._decoder = decoder or Decoder(model, Learned.of(model, corpus_texts))
        self._corpus: dict[str, list[str]] = {}
        for word in sorted(self._decoder.corpus_words):
            if is_syllable_shape(word):
                self._corpus.setdefault(fold(word), []).append(word)
        self._keyed = lru_cache(REMEMBERED)(self._from_keys)
        self._digits = lru_cache(REMEMBERED)(self._digits_in)
        self._twin = lru_cache(REMEMBERED)(self._twin_of)
        self._cut = lru_cache(REMEMBERED)(self._cut_in)
        self._entries: dict[str, list[tuple[str, _Marks]]] = {}

    def readings(self, typed: str, limit: int = 3) -> list[QuestionReading]:
        """
        Return at most *limit* readings of *typed*, the best first and no two alike; a text typed well has itself alone.

        The score of a reading is its log-probability beside that of the best. Case, punctuation, white space, numbers,
        document numbers, codes and words of the corpus stay as they are typed.
        """
        itself = [QuestionReading(typed)]
        text = unicodedata.normalize("NFC", typed)
        spots = self._apart(text)
        words = [word_of(text[spot.start : spot.end]) for spot in spots if spot.kind in {"word", "keyed"}]
        keyed = [self._keyed(word.lower) for word in words]
        left = [word for word, syllables in zip(words, keyed, strict=True) if not syllables]
        if not words or (len(left) * 2 >= len(words) and is_foreign(left) and not any(word.marked for word in words)):
            return itself
        hand = _hand(words, [syllables[0][0] if syllables else "" for syllables in keyed])
        fits = self._decoder.fit([_token(text, spot) for spot in spots])
        places = []
        for number, (spot, fit) in enumerate(zip(spots, fits, strict=True)):
            first = not number or spots[number - 1].kind == "stop"
            places.append(self._place(text[spot.start : spot.end], spot.kind, hand, fit=fit, first=first))
        last = spots[-1]
        if last.kind == "word" and last.end == len(text.rstrip()):
            places[-1] = self._with_longer(places[-1], text[last.start : last.end], places[:-1])
        if all(len(place.words) == 1 for place in places) and not any(spot.apart for spot in spots):
            return itself
        return _distinct(text, spots, self._decoder.decode_best(places, limit * 2), limit)

    def without_keys(self, text: str) -> str:
        """Return *text* with the words for which Telex or VNI keys stand, and the spaces that were forgotten; all else stays."""
        spots = self._apart(text)
        words = []
        for spot in spots:
            word = text[spot.start : spot.end]
            lower = word_of(word).lower
            mended = spot.kind in {"word", "keyed"} and word[1:] == word[1:].lower() and not self._knows(lower)
            keyed = self._keyed(lower) if mended else []
            best = max(keyed, key=lambda option: (option[1], self._decoder.share(option[0])), default=(lower, 0.0))
            words.append(best[0])
        return _written(text, spots, words)

    def _apart(self, text: str) -> list[_Spot]:
        """Return where the words and stops of *text* stand, words that were run together one by one."""
        return [
            part
            for spot in self._spots(text)
            for part in (self._parted(text, spot) if spot.kind == "word" else (spot,))
        ]

    def _spots(self, text: str) -> Iterator[_Spot]:
        chunks = list(_CHUNK.finditer(text))
        digits: dict[int, _Spot] = {}
        for chunk in chunks:
            if within := self._digits(chunk.group()):
                start, end = within
                digits[chunk.start()] = _Spot(chunk.start() + start, chunk.start() + end, "keyed")
        inside = any(text[spot.end - 1].isalpha() for spot in digits.values())
        if not inside and len(digits) < _LEAST_KEYED:  # "muc5" alone is "mục 5" as well
            digits = {}
        for chunk in chunks:
            if spot := digits.get(chunk.start()):
                yield spot
                if chunk.group()[-1] in ".;:!?":
                    yield _Spot(chunk.end() - 1, chunk.end(), "stop")
                continue
            for start, end, kind in pieces_in(chunk.group()):
                yield _Spot(chunk.start() + start, chunk.start() + end, kind)

    def _digits_in(self, chunk: str) -> tuple[int, int] | None:
        """Return where in *chunk* a word stands that digits among its letters write in VNI, None where none does."""
        bare = chunk.strip(_EDGE)
        if not _WITH_DIGITS.fullmatch(bare) or word_of(bare).capital_within or not self._keyed(bare.lower()):
            return None
        start = chunk.index(bare)
        return start, start + len(bare)

    def _place(self, word: str, kind: str, hand: _Hand, *, fit: float, first: bool) -> Place:
        if kind == "stop":
            return BREAK
        if kind == "fixed":
            return FIGURE
        options = self._options(word_of(word), hand, fit=fit, first=first)
        best = sorted(options, key=lambda option: -options[option])[:_MOST_OPTIONS]
        return Place(tuple(best), tuple(options[option] for option in best))

    def _options(self, typed: Word, hand: _Hand, *, fit: float, first: bool) -> dict[str, float]:
        """
        Return what *typed* may stand for, each with its cost; itself alone where it is what it seems.

        *fit* is the larger of its shares beside its neighbours, *first* whether it opens a sentence.
        """
        word, lower = typed.text, typed.lower
        only = {lower: 0.0}
        if lower in LONE_LETTERS or (FOREIGN_CASE.fullmatch(word) and not hand.capitals):
            return only
        if typed.capital_within and not word.isupper():
            return only
        marks, shaped = _marks(lower), typed.shaped
        marked = bool(marks.tone or marks.shapes)
        share = self._decoder.share(lower)
        if twin := self._twin(lower) if marked and shaped else None:
            return {**only, twin: _WRONG_VOWEL}
        real = shaped and share >= _RARE
        name = word[0].isupper() and not word.isupper() and not first
        if (marked or not shaped) and (self._knows(lower) and not (real and not fit)):
            return only
        if real and (marked or hand.careful >= _CAREFUL):
            if fit >= _OFTEN or (marked and share >= _COMMON) or name or len(lower) < 2 or (marked and fit):
                return only
            return {**self._meant(marks, hand, slips=not fit and len(lower) > 2), **only}
        if shaped and not marked and self._of(lower):
            missing = math.log(hand.dropped)
            options = {syllable: missing for syllable, other in self._of(lower) if other != marks}
            return {**options, **only}
        options = dict(self._fitting(marks, _PART))
        keyed = self._keyed(lower)
        _add(options, keyed, _KEYS)
        _add(options, self._slips(marks, hand), 0.0)
        kept = _RARE_KEPT if shaped and share else _BROKEN_KEPT
        if not shaped and (name or not marked):
            kept = _NAME_KEPT if name else _FOREIGN_KEPT
        options[lower] = 0.0 if keyed and hand.keys else kept
        return options

    def _meant(self, marks: _Marks, hand: _Hand, *, slips: bool) -> dict[str, float]:
        """Return what else a word may be that is a word of its own but is seldom or, with *slips*, never seen beside its neighbours."""
        options: dict[str, float] = {}
        _add(options, self._fitting(marks, math.log(hand.dropped)), 0.0)
        if slips:
            _add(options, self._slips(marks, hand), _ANOTHER_WORD)
        return options

    def _twin_of(self, lower: str) -> str | None:
        """Return the syllable that bears the same marks on the right letters, where *lower* does not: "của" for "cuả"."""
        marks, share = _marks(lower), self._decoder.share(lower)
        for syllable, other in self._of(marks.letters):
            if other == marks and syllable != lower and self._decoder.share(syllable) > _TWIN * share:
                return syllable
        return None

    def _of(self, folded: str) -> list[tuple[str, _Marks]]:
        """Return the syllables that are *folded* without marks, the most frequent first."""
        found = self._entries.get(folded)
        if found is None:
            words = dict.fromkeys((*self._model.candidates(folded), *self._corpus.get(folded, ())))
            found = [(word, _marks(word)) for word in words] if is_syllable_shape(folded) else []
            if found:
                self._entries[folded] = found
        return found

    def _fitting(self, marks: _Marks, cost: float) -> Iterator[tuple[str, float]]:
        """Yield the syllables of the same letters that bear at least *marks*; those that bear more at *cost*."""
        for syllable, other in self._of(marks.letters):
            if (not marks.tone or marks.tone == other.tone) and marks.shapes <= other.shapes:
                yield syllable, 0.0 if marks == other else cost

    def _from_keys(self, lower: str) -> list[tuple[str, float]]:
        """Return the syllables that *lower* writes in Telex or VNI, where keys are left in it."""
        if lower.isalpha() and is_syllable_shape(lower):
            return []
        return [
            (syllable, cost)
            for marks in (_telex(lower), _vni(lower))
            if marks is not None
            for syllable, cost in self._fitting(marks, _PART)
            if self._decoder.share(syllable) >= _RARE
        ]

    def _slips(self, marks: _Marks, hand: _Hand) -> list[tuple[str, float]]:
        """Return the syllables that one slip of the hand makes look so."""
        found: dict[str, float] = {}
        real = is_syllable_shape(marks.letters)
        for letters, cost in self._neighbours(marks.letters):
            if real and _with_i(letters) == _with_i(marks.letters):  # "kí" and "ký" are both right
                continue
            for syllable, other in self._of(letters):
                if (marks.tone and marks.tone != other.tone) or not marks.shapes <= other.shapes:
                    continue
                if self._decoder.share(syllable) < _RARE:
                    continue
                missing = bool(other.tone and not marks.tone) + bool(other.shapes - marks.shapes)
                total = cost + missing * max(math.log(hand.dropped), _LOST_MARK)
                found[syllable] = max(found.get(syllable, total), total)
        ranked = sorted(found, key=lambda other: -found[other] - math.log(self._decoder.share(other)))
        return [(syllable, found[syllable]) for syllable in ranked[:_MOST_SLIPS]]

    @cached_property
    def _shortened(self) -> dict[str, list[str]]:
        """Unmarked syllables by what stays of them when one letter goes, and by themselves."""
        table: dict[str, list[str]] = {}
        known = {fold(syllable) for syllable in (*self._model.syllables, *self._corpus)}
        for folded in sorted(known):
            if is_syllable_shape(folded) and any(self._decoder.share(word) >= _RARE for word, _ in self._of(folded)):
                for short in _shorter(folded):
                    table.setdefault(short, []).append(folded)
        return table

    def _neighbours(self, folded: str) -> Iterator[tuple[str, float]]:
        """Yield the unmarked syllables one slip away from *folded*, with the cost of the slip, and those cut to *folded*."""
        if len(folded) < 2:
            return
        near = dict.fromkeys(other for short in _shorter(folded) for other in self._shortened.get(short, ()))
        for other in near:
            cost = _slip_cost(folded, other)
            if cost is not None:
                yield other, cost
        if len(folded) > 2:
            for other in self._longer(folded, 2):
                if len(other) == len(folded) + 2:
                    yield other, _CUT[0] + 2 * _CUT[1]

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted({folded for values in self._shortened.values() for folded in values})

    def _longer(self, folded: str, most: int) -> Iterator[str]:
        """Yield the unmarked syllables that begin with *folded* and have up to *most* letters more."""
        for other in self._sorted[bisect_left(self._sorted, folded) :]:
            if not other.startswith(folded):
                return
            if 0 < len(other) - len(folded) <= most:
                yield other

    def _with_longer(self, place: Place, word: str, before: Sequence[Place]) -> Place:
        """Return *place*, of the last word, with the syllables that it may be cut from, where they are much likelier."""
        lower = unify_tone(word).lower()
        if not before or len(before[-1].words) == 0 or len(lower) < 2 or word.isupper() or self._knows_name(lower):
            return place
        previous = max(before[-1].words, key=self._decoder.share) if len(before[-1].words) > 1 else before[-1].words[0]
        marks = _marks(lower)
        options = dict(zip(place.words, place.costs, strict=True))
        longer = [
            (syllable, _CUT[0] + _CUT[1] * (len(letters) - len(lower)))
            for letters in self._longer(marks.letters, 2)
            for syllable, other in self._of(letters)
            if marks.tone in ("", other.tone) and marks.shapes <= other.shapes
        ]
        likely = self._model.log_probabilities(previous, [*place.words, *(syllable for syllable, _ in longer)])
        typed, rest = max(likely[: len(place.words)]), likely[len(place.words) :]
        _add(options, (one for one, own in zip(longer, rest, strict=True) if own - typed >= _CUT_GAIN), 0.0)
        return Place(tuple(options), tuple(options.values()))

    def _knows_name(self, lower: str) -> bool:
        return not is_syllable_shape(lower) and self._knows(lower)

    def _parted(self, text: str, spot: _Spot) -> tuple[_Spot, ...]:
        """Return *spot*, or the words in it where spaces were forgotten."""
        cut = self._cut(text[spot.start : spot.end])
        if cut is None:
            return (spot,)
        middle = spot.start + cut
        rest = self._parted(text, _Spot(middle, spot.end, "word", apart=True))
        return _Spot(spot.start, middle, "word", spot.apart), *rest

    def _cut_in(self, word: str) -> int | None:
        """Return where the second of the words begins that *word* runs together; None where it is one word."""
        lower = unify_tone(word).lower()
        if (
            not _SHORTEST_TWO <= len(lower) <= _LONGEST_RUN
            or is_syllable_shape(fold(lower))
            or word_of(word).capital_within
        ):
            return None
        if self._decoder.share(lower) or self._knows(lower):
            return None
        marked = has_diacritics(lower)
        several = marked and len(_VOWEL_GROUP.findall(fold(lower))) > 1  # a syllable has one group of vowels
        if not several and self._keyed(lower):
            return None
        if not several and len(lower) <= _LONGEST and any(True for _ in self._neighbours(fold(lower))):
            return None
        best, score = None, _LEAST_SURE_PAIR if several else _LEAST_PAIR[not marked]
        for cut in range(1, len(word)):
            one, two = unify_tone(lower[:cut]), unify_tone(lower[cut:])
            if not is_syllable_shape(fold(one)) or (cut == 1 and not has_diacritics(one)):
                continue
            after = self._opening(two, marked=marked)
            for first, _ in self._fitting(_marks(one), _PART) if after else ():
                if self._decoder.share(first) < _RARE:
                    continue
                alone = self._model.log_probability("", first)
                likely = max(alone + one_after for one_after in self._model.log_probabilities(first, after))
                if likely > score:
                    best, score = cut, likely
        return best

    def _opening(self, rest: str, *, marked: bool) -> list[str]:
        """Return the syllables that *rest* is, or, of a text with marks, those that more words run together begin with."""
        if is_syllable_shape(fold(rest)):
            return [second for second, _ in self._fitting(_marks(rest), _PART)]
        cut = self._cut(rest) if marked else None
        return [first for first, _ in self._fitting(_marks(unify_tone(rest[:cut])), _PART)] if cut else []


def _token(text: str, spot: _Spot) -> str:
    if spot.kind == "stop":
        return BOUNDARY
    return NUMBER if spot.kind == "fixed" else word_of(text[spot.start : spot.end]).lower


@lru_cache(REMEMBERED)
def _marks(lower: str) -> _Marks:
    if lower.isascii():
        return _Marks(lower, "", frozenset())
    tone, shapes = "", set()
    for letter in unicodedata.normalize("NFD", lower):
        tone = _TONE_OF_MARK.get(letter, tone)
        if shape := "d" if letter == "đ" else _SHAPE_OF_MARK.get(letter):
            shapes.add(shape)
    return _Marks(fold(lower), tone, frozenset(shapes))


def _telex(lower: str) -> _Marks | None:
    """Return the letters and marks that Telex keys, left anywhere in *lower*, write; None where there are no keys."""
    if not lower.isalpha():
        return None
    marks = _marks(lower)
    tone, shapes, letters = marks.tone, set(marks.shapes), ""
    keys = 0
    for typed, letter in zip(lower, marks.letters, strict=True):
        key = typed if typed == letter else ""  # a letter with a mark is no key
        vowel = any(other in _VOWELS for other in letters)
        if key and key in "sfrxj" and vowel:
            tone = key
        elif key == "w" and any(other in "uoa" for other in letters):
            shapes.add("w")
        elif key == "w" and letters and not vowel:
            letters += "u"
            shapes.add("w")
        elif key and key in "aeo" and key in letters:
            shapes.add("^")
        elif key == "d" and letters.startswith("d"):
            shapes.add("d")
        else:
            letters += letter
            continue
        keys += 1
    return _Marks(letters, tone, frozenset(shapes)) if keys else None


def _vni(lower: str) -> _Marks | None:
    """Return the letters and marks that VNI keys, digits anywhere in *lower*, write; None where there are none."""
    if not _WITH_DIGITS.fullmatch(lower):
        return None
    marks = _marks("".join(letter for letter in lower if not letter.isdigit()))
    tones = [_VNI_TONES[letter] for letter in lower if letter in _VNI_TONES]
    shapes = [_VNI_SHAPES[letter] for letter in lower if letter in _VNI_SHAPES]
    if "0" in lower or len(tones) > 1 or len(shapes) > len({*shapes}) + 1:
        return None
    return _Marks(marks.letters, tones[0] if tones else marks.tone, marks.shapes | frozenset(shapes))


def _hand(words: Sequence[Word], keyed: Sequence[str]) -> _Hand:
    """Return how a text of *words* was typed, by how many of them bear marks; *keyed* has what the keys in them write, or ""."""
    keys = any(word.text.islower() and syllable for word, syllable in zip(words, keyed, strict=True))
    capitals = in_capitals(words)
    judged = [
        word
        for word in (word_of(meant) if meant else word for meant, word in zip(keyed, words, strict=True))
        if word.shaped
    ]
    marked = sum(word.marked for word in judged)
    weights = []
    for dropped, prior in _HABITS:
        share = MARKED_TEXT * (1 - dropped)
        likely = share**marked * (1 - share) ** (len(judged) - marked) if share else float(not marked)
        weights.append(prior * likely)
    total = sum(weights)
    if not total:
        return _Hand(_HABITS[0][0], 0.0, capitals, keys)
    mean = sum(weight * dropped for weight, (dropped, _) in zip(weights, _HABITS, strict=True)) / total
    return _Hand(mean, weights[0] / total, capitals, keys)


def _with_i(letters: str) -> str:
    return letters.replace("y", "i")


def _shorter(word: str) -> set[str]:
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def _slip_cost(typed: str, meant: str) -> float | None:
    """Return the cost of typing *typed* for *meant*, both without marks; None where it takes more than one slip."""
    if typed == meant:
        return None
    if len(typed) == len(meant):
        places = [place for place, (a, b) in enumerate(zip(typed, meant, strict=True)) if a != b]
        if len(places) == 1:
            return _NEAR_KEY if typed[places[0]] in _BESIDE.get(meant[places[0]], ()) else _REPLACED
        first, second = places[0], places[-1]
        swapped = len(places) == 2 and second == first + 1
        return _SWAPPED if swapped and typed[first] == meant[second] and typed[second] == meant[first] else None
    short, long = sorted((typed, meant), key=len)
    for place in range(len(long)):
        if long[:place] + long[place + 1 :] == short:
            if long == meant:
                return _DROPPED
            return _DOUBLED if place and long[place] == long[place - 1] else _ADDED
    return None


def _add(options: dict[str, float], more: Iterable[tuple[str, float]], cost: float) -> None:
    for option, own in more:
        options[option] = max(options.get(option, own + cost), own + cost)


def _distinct(
    text: str, spots: Sequence[_Spot], rows: Sequence[tuple[tuple[str, ...], float]], limit: int
) -> list[QuestionReading]:
    found: dict[str, float] = {}
    for words, score in rows:
        found.setdefault(_written(text, spots, words), score)
    best = rows[0][1]
    margin = _DOUBT if next(iter(found)) == text else _MARGIN
    return [QuestionReading(reading, score - best) for reading, score in found.items() if best - score <= margin][
        :limit
    ]


def _written(text: str, spots: Sequence[_Spot], words: Sequence[str]) -> str:
    pieces, done = [], 0
    for spot, word in zip(spots, words, strict=True):
        if spot.kind in {"stop", "fixed"}:
            continue
        pieces.append(text[done : spot.start])
        if spot.apart:
            pieces.append(" ")
        pieces.append(in_its_place(text[spot.start : spot.end], word))
        done = spot.end
    return "".join((*pieces, text[done:]))
