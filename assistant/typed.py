"""What was typed, and what is understood: abbreviations, diacritics left out, Telex keys left over, slips, English."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

import regex as re

from assistant.english import gloss, is_english
from assistant.lexicon import abbreviated_phrases, abbreviations, ambiguous, english_phrases, frame_phrases
from indexer.syllable import REMEMBERED, word_of
from indexer.vietnamese import fold, has_diacritics, is_syllable_shape, unify_tone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from indexer.question_readings import QuestionSpeller
    from indexer.ranking import QuestionReading
    from indexer.restore import Restorer
    from indexer.syllable_model import SyllableModel

_PAIR = 2
_LONG_SHORT = 4  # letters of an abbreviation that is known with a slip in it
_TOKEN = re.compile(r"\S+")
_EDGES = re.compile(r"^([(\"'“]*)(.*?)([)\"'”.,;:!?]*)$", re.DOTALL)
_LETTERS = re.compile(r"\p{Latin}+")
_TELEX_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_TELEX_MARKS = (("dd", "đ"), ("aa", "â"), ("ee", "ê"), ("oo", "ô"), ("aw", "ă"), ("ow", "ơ"), ("uw", "ư"))
_TELEX_PAIR = re.compile(r"uw?ow(?=[bcghimnptu])")  # "ươ", typed with one key for both
_TWICE = re.compile(r"aa|ee|oo")
_TELEX_NAME = re.compile(r"(?<!\p{Ll})Dd(?!\p{Ll})")  # "QDd-TTg", "GDDdT"
_VNI_NAME = re.compile(r"(?<=\p{Lu}|\b)D9(?!\p{Ll}|\d)")
_VNI_WORD = re.compile(r"\b\p{L}*\p{Ll}\d{1,2}\p{Ll}*\d?\b")
_LEAST_KEYED = 3  # so many words with a digit make VNI of "QD9"
_VOWELS = "aăâeêioôơuưy"
_SHORT_PERIOD = re.compile(r"([tq])(\d{1,2}|iv|iii|ii|i)(/\d{4})?")
_SHIFTED = re.compile(r"(\p{Ll})(\p{Lu})(\p{Ll}+)")  # "uQyết": the shift key came late
_NUMBER_KIND = re.compile(r"/(CT|TT|TTr|NĐ)(?=[-/]|$)", re.IGNORECASE)
_KINDS = {"ct": "chỉ thị", "tt": "thông tư", "ttr": "tờ trình", "nđ": "nghị định"}
_NUMBERED = re.compile(r"(pl|nq|kh|qd|qđ|nd|tt|ct|nv|kl|tb)\.?([ivx]{1,4}|\d{1,4})")


@dataclass(frozen=True, slots=True)
class Understood:
    """
    A question as it is answered.

    ``shown`` is what the user is told was understood; ``text`` is what is analysed: the same, or for an English question its
    Vietnamese gloss, of which ``other`` has the second meanings of words that have two. ``marked`` tells whether the user typed
    diacritics. ``literal``: it is to be taken as it is typed. ``changed`` tells whether the two differ beyond white space.
    """

    typed: str
    shown: str
    text: str
    language: str = "vi"
    marked: bool = True
    literal: bool = False
    other: str | None = None

    @property
    def changed(self) -> bool:
        """Whether what was understood is not what was typed."""
        return self.typed != self.shown


def _telex(word: str) -> str:
    """Return the syllable that the Telex keys *word* write: "nhieemj" gives "nhiệm"; *word* itself where they write none."""
    plain = _TELEX_PAIR.sub("ươ", word)
    for keys, letter in _TELEX_MARKS:
        plain = plain.replace(keys, letter)
    if "w" in plain:
        plain = plain.replace("w", "ư")
    if plain[-1:] in _TELEX_TONES and len(plain) > 1:
        tone, plain = _TELEX_TONES[plain[-1]], plain[:-1]
        onset = (
            2 if plain.startswith("qu") or (plain.startswith("gi") and len(plain) > 2 and plain[2] in _VOWELS) else 0
        )
        places = [i for i, letter in enumerate(plain) if letter in _VOWELS and i >= onset]
        if not places:
            return word
        marked = [i for i in places if plain[i] in "ăâêôơư"]
        closed = places[-1] < len(plain) - 1
        place = marked[-1] if marked else places[-1] if closed or len(places) == 1 else places[-2]
        plain = plain[: place + 1] + tone + plain[place + 1 :]
    return unicodedata.normalize("NFC", plain)


_MARKED = 0.45
_IN_KEYS = 0.9  # share of the words that are no syllables from which a question is typed in Telex throughout
_NEXT_MEANING = 0.5  # by how much likelier a rarer meaning of an abbreviation must be
_PLAIN = frozenset(
    """
    do ai cho theo trong khi hay ra qua nay kia hai ba năm trên sao nhau sau thu kinh quan ban chung riêng giao ghi nêu lo
    """.split()  # noqa: SIM905 - a word list
)


def _marked_share(text: str) -> float:
    words = _LETTERS.findall(text)
    return sum(word_of(word).marked for word in words) / len(words) if words else 0.0


def _with_plain_words(typed: str, restored: str, written_out: Callable[[str], str | None]) -> str:
    """Return *restored* with common words that have no diacritics left as typed; both have the same words in the same order."""
    before, after = typed.split(), restored.split()
    if len(before) != len(after):
        return restored
    return " ".join(
        a if a.lower().strip(",.?") in _PLAIN and not written_out(a) else b for a, b in zip(before, after, strict=True)
    )


def _with_phrases(typed: str) -> str:
    """Return *typed* with abbreviations of several words written out."""
    folded = fold(typed)
    for pattern, meant in abbreviated_phrases():
        while match := pattern.search(folded):
            typed = typed[: match.start()] + meant + typed[match.end() :]
            folded = fold(typed)
    return typed


def _with_names(typed: str) -> str:
    """Return *typed* with the letter Đ in names and document numbers, where Telex or VNI keys stand for it."""
    typed = _TELEX_NAME.sub("Đ", typed)
    return _VNI_NAME.sub("Đ", typed) if len(_VNI_WORD.findall(typed)) >= _LEAST_KEYED else typed


def _same(one: str, other: str) -> bool:
    return unify_tone(one).lower() == unify_tone(other).lower()


def _cased(word: str, like: str) -> str:
    """Return *word* with a capital where *like* has one."""
    return word.capitalize() if like[:1].isupper() and like[1:].islower() else word


def _one_letter_apart(one: str, other: str) -> bool:
    """Tell whether one letter more, less or other makes *one* of *other*."""
    if abs(len(one) - len(other)) > 1:
        return False
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) <= 1
    short, long = sorted((one, other), key=len)
    return any(short == long[:i] + long[i + 1 :] for i in range(len(long)))


def _nearly(one: str, other: str) -> bool:
    """Tell whether two words, folded, are the same but for a letter, or two that changed places."""
    swapped = (
        len(one) == len(other)
        and sorted(one) == sorted(other)
        and sum(a != b for a, b in zip(one, other, strict=True)) == 2
    )
    return swapped or _one_letter_apart(one, other)


@lru_cache(REMEMBERED)
def _nearly_short(lowered: str) -> str | None:
    """Return what a long abbreviation stands for that is typed with a letter more, less or other: "ttttt"; None where that is not sure."""
    if len(lowered) <= _LONG_SHORT or not lowered.isalpha() or set(fold(lowered)) & set(fold(_VOWELS)):
        return None
    meant = {
        abbreviations()[short]
        for short in abbreviations()
        if len(short) >= _LONG_SHORT and _one_letter_apart(lowered, short)
    }
    return next(iter(meant)) if len(meant) == 1 else None


@cache
def _frame_pairs() -> tuple[tuple[str, ...], ...]:
    """Return the pairs of words by which rows, columns and roles are called: "nhiệm vụ", "chủ trì"."""
    return tuple(pair for phrase in frame_phrases() if len(pair := tuple(phrase.split())) == _PAIR)


class Words(Protocol):
    """What words there are."""

    def __contains__(self, word: object, /) -> bool:
        """Tell whether *word* is among them."""


class CorpusWording(Protocol):
    """What is needed of a corpus to read a question; `indexer.summary.Summary` has it."""

    @property
    def words(self) -> Words:
        """The words of its texts, in small letters."""

    @property
    def folded_words(self) -> Words:
        """The same words, folded."""

    @property
    def restorer(self) -> Restorer:
        """What puts diacritics back, in its wording."""


class QuestionReader:
    """Reads questions about one corpus, whose wording decides between two readings."""

    def __init__(self, wording: Callable[[], CorpusWording]) -> None:
        """*wording* gives that of the corpus, once it is needed."""
        self._wording = wording
        self._mended = lru_cache(REMEMBERED)(self._mend)
        self._odd = lru_cache(REMEMBERED)(self._is_odd)
        self._spoken = lru_cache(REMEMBERED)(self._speak)

    @cached_property
    def _model(self) -> SyllableModel:
        from indexer.syllable_model import SyllableModel  # noqa: PLC0415 - reads its file

        return SyllableModel.load()

    @cached_property
    def _restorer(self) -> Restorer:
        return self._wording().restorer

    @cached_property
    def _speller(self) -> QuestionSpeller:
        from indexer.question_readings import QuestionSpeller  # noqa: PLC0415 - needs the counts of the corpus

        return QuestionSpeller(self._model, self._words.__contains__, decoder=self._restorer.decoder)

    @cached_property
    def _words(self) -> Words:
        return self._wording().words

    @cached_property
    def _vocabulary(self) -> Words:
        return self._wording().folded_words

    def warm(self) -> None:
        """Load what the first badly typed or English question would wait for."""
        english_phrases()
        self._restorer.restore("xin chao")
        self._speller.readings("nhệim vụ chaof")
        _ = self._vocabulary

    def read(self, question: str) -> Understood:
        """Return how *question* is understood."""
        typed = " ".join(unicodedata.normalize("NFC", question).split())
        if is_english(typed) and not self._is_in_keys(typed):
            first, other = (gloss(typed, self._restorer.restore, second=second) for second in (False, True))
            return Understood(typed, typed, first, language="en", other=other if other != first else None)
        marked = has_diacritics(typed)
        typed_out = self._with_frame(_with_phrases(_with_names(typed)), marked=marked)
        text = _TOKEN.sub(lambda match: self._mended(match.group()), self._with_meant(typed_out))
        if any(map(self._odd, text.split())):
            text = self._speller.without_keys(text)
        in_full = _marked_share(typed_out) >= _MARKED
        text = self._spelt(text, in_full=in_full)
        if self._needs_restoring(text):
            text = self._restorer.restore(text)
            if in_full:  # who types diacritics leaves out few: a word that can stand without them stays
                text = _with_plain_words(typed_out, text, self._written_out)
        return Understood(typed, text, text, marked=marked)

    def _with_meant(self, text: str) -> str:
        """Return *text* with abbreviations that stand for several things written out: what fits best beside its neighbours."""
        words = text.split(" ")
        for place, word in enumerate(words):
            edges = _EDGES.match(word)
            meanings = ambiguous().get(edges.group(2), ()) if edges else ()
            if not edges or not meanings:
                continue
            if kind := _NUMBER_KIND.search(" ".join(words[place + 1 : place + 2])):  # "ct 21/CT-TTg"
                words[place] = edges.group(1) + _KINDS[kind.group(1).lower()] + edges.group(3)
                continue
            spoken = [self._spoken(other) for other in words]
            likely = {}
            for rank, meant in enumerate(meanings):
                spoken[place] = meant + edges.group(3)
                likely[meant] = self._restorer.likelihood(" ".join(spoken)) - rank * _NEXT_MEANING
            words[place] = edges.group(1) + max(likely, key=likely.__getitem__) + edges.group(3)
        return " ".join(words)

    def _is_in_keys(self, typed: str) -> bool:
        """
        Tell whether *typed* is Vietnamese in Telex keys, of which some look like English words: "its", "so", "do".

        Of English words that are no syllables some are keys as well ("must", "data"), but never nearly all.
        """
        odd = [word for word in _LETTERS.findall(typed.lower()) if len(word) > 1 and not is_syllable_shape(word)]
        keyed = [word for word in odd if (plain := _telex(word)) in self._model.candidates(fold(plain))]
        return len(keyed) > _IN_KEYS * len(odd)

    def _spelt(self, text: str, *, in_full: bool) -> str:
        """
        Return *text* without slips of the hand.

        Where diacritics are typed *in_full*, that is the likeliest reading of all words; where they are not, only what cannot be a word is mended here.
        """
        best = self._speller.readings(text, 1)[0].text
        if in_full:
            return _with_plain_words(text, best, self._written_out)
        words, spelt = text.split(), best.split()
        if len(words) != len(spelt):
            return text
        return " ".join(
            other if (edges := _EDGES.match(word)) and self._unknown(edges.group(2), marked=False) else word
            for word, other in zip(words, spelt, strict=True)
        )

    def _with_frame(self, text: str, *, marked: bool) -> str:
        """
        Return *text* with the words that questions are put in mended: "nhệim vụ", "gi chú", "chủ trỳ".

        Two words side by side are taken for two of those where one of them is no word at all, and at most a letter of each is another.
        """
        words = text.split()
        for place, (one, other) in enumerate(pairwise(words)):
            pair = (one, other.rstrip(",.?;:"))
            if not any(self._unknown(word, marked=marked) for word in pair):
                continue
            plain = [fold(word.lower()) for word in pair]
            meant = next((known for known in _frame_pairs() if all(map(_nearly, plain, map(fold, known)))), None)
            if meant and tuple(map(str.lower, pair)) != meant:
                words[place] = _cased(meant[0], one)
                words[place + 1] = _cased(meant[1], other) + other[len(pair[1]) :]
        return " ".join(words)

    def _unknown(self, word: str, *, marked: bool) -> bool:
        """Tell whether *word* is neither a word of the corpus nor a syllable of the language, nor short for anything."""
        lowered = unify_tone(word).lower()
        syllables_like = self._model.candidates(fold(lowered))
        known = lowered in self._words or lowered in syllables_like or (not marked and bool(syllables_like))
        keyed = _telex(lowered)  # keys left over are read elsewhere
        known = known or (keyed != lowered and keyed in self._model.candidates(fold(keyed)))
        return len(word) > 1 and lowered.isalpha() and not known and self._written_out(word) is None

    def readings(self, understood: Understood, limit: int = 3) -> list[QuestionReading]:
        """
        Return at most *limit* ways to read what was typed, the best first: what was understood, then others.

        What is typed well, is English, or is to be taken literally has one.
        """
        from indexer.ranking import QuestionReading  # noqa: PLC0415 - not needed to read

        first = QuestionReading(understood.text)
        if understood.language != "vi" or understood.literal:
            return [first]
        meant = self._with_meant(_with_phrases(understood.typed))
        spoken = _TOKEN.sub(lambda match: self._spoken(match.group()), meant)
        others = [
            reading for reading in self._speller.readings(spoken, limit) if not _same(reading.text, understood.text)
        ]
        return [first, *others][:limit]

    def _speak(self, token: str) -> str:
        """Return *token* with its abbreviation written out."""
        edges = _EDGES.match(token)
        if edges is None or not (meant := self._written_out(edges.group(2))):
            return token
        return edges.group(1) + meant + edges.group(3)

    def _is_odd(self, token: str) -> bool:
        """Tell whether *token* is letters, perhaps with figures among them, that are no syllable and no word of the corpus."""
        word = token.strip("()[]\"'“”.,;:!?").lower()
        return (
            len(word) > 1
            and word.isalnum()
            and word[0].isalpha()
            and not is_syllable_shape(fold(word))
            and unify_tone(word) not in self._words
        )

    def _needs_restoring(self, text: str) -> bool:
        return any(not word_of(word).marked for word in _LETTERS.findall(text))

    def _mend(self, token: str) -> str:
        edges = _EDGES.match(token)
        if edges is None or not edges.group(2):
            return token
        before, word, after = edges.groups()
        if meant := self._written_out(word):
            return before + meant + after
        if _LETTERS.fullmatch(word) and not any(letter.isupper() for letter in word[1:]):  # "IoT", "UBND" are names
            mended = self._mend_keys(word) if not has_diacritics(word) else self._mend_marks(word)
            return before + mended + after
        if shifted := _SHIFTED.fullmatch(word):
            turned = shifted.group(2) + shifted.group(1) + shifted.group(3)
            known = turned.lower() in self._model.candidates(fold(turned)) and word.lower() not in self._words
            return before + (turned if known else word) + after
        return token

    def _written_out(self, word: str) -> str | None:
        """Return what an abbreviation stands for: "nv", "ctrì", "PLII", "NQ12"."""
        lowered = word.lower()
        if len(word) == 1 and word.isupper():
            return None
        if meant := abbreviations().get(lowered):
            return meant
        if (meant := abbreviations().get(fold(lowered))) and not self._model.candidates(fold(lowered)):
            return meant
        if short := _SHORT_PERIOD.fullmatch(lowered):
            return f"{'tháng' if short.group(1) == 't' else 'quý'} {short.group(2).upper()}{short.group(3) or ''}"
        numbered = _NUMBERED.fullmatch(lowered)
        if numbered and not self._model.candidates(lowered) and (meant := abbreviations().get(numbered.group(1))):
            return f"{meant} {numbered.group(2).upper()}"
        return _nearly_short(lowered)

    def _mend_marks(self, word: str) -> str:
        """Mend a word whose tone stands on the wrong vowel: "cuả"."""
        lowered = word.lower()
        folded = fold(lowered)
        if lowered in self._model.candidates(folded) or (
            folded in self._vocabulary and not self._model.candidates(folded)
        ):
            return word
        marks = sorted(unicodedata.normalize("NFD", lowered))
        for other in self._model.candidates(folded):
            if sorted(unicodedata.normalize("NFD", other)) == marks:
                return other
        return word

    def _mend_keys(self, word: str) -> str:
        """Mend a word in which Telex keys are left over."""
        lowered = word.lower()
        if len(lowered) < 2:
            return word
        keyed = _telex(lowered)
        known = keyed != lowered and keyed in self._model.candidates(fold(keyed))
        if known and lowered not in self._vocabulary and self._is_keyed(lowered, keyed):
            return _cased(keyed, word)  # "coong" is built as a syllable, and is none
        return _cased(keyed, word) if known and not self._is_syllable(lowered) else word

    def _is_keyed(self, lowered: str, keyed: str) -> bool:
        """Tell whether *lowered* is rather the keys of *keyed*: no syllable itself, or a rare one, "noong", with a vowel twice."""
        own = self._model.candidates(lowered)
        return not own or (_TWICE.search(lowered) is not None and self._commonest([lowered, keyed]) == keyed)

    def _commonest(self, syllables: Iterable[str]) -> str:
        """Return the commonest of *syllables*; of several that are as common, the first in the alphabet."""
        ordered = sorted(set(syllables))
        likely = dict(zip(ordered, self._model.log_probabilities("", ordered), strict=True))
        return max(ordered, key=likely.__getitem__)

    def _is_syllable(self, folded: str) -> bool:
        return is_syllable_shape(folded) or folded in self._vocabulary
