"""
Diacritics put back where they were not typed, and bad scans read.

    "ai chu tri nhiem vu 9"        -> "ai chủ trì nhiệm vụ 9"
    "Pdy manh chuyén ddi s6 (25%)" -> "Đẩy mạnh chuyển đổi số (25%)"

Both give text for search and for display beside the original; neither ever replaces it.
"""

from __future__ import annotations

import math
import re
import tomllib
import unicodedata
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from indexer.decoder import BREAK, FIGURE, Decoder, Learned, Place
from indexer.scan_repair import DamageCheck, RepairedToken, ScanReader, joined, reading_of
from indexer.syllable import REMEMBERED, Word, is_syllable_shape, with_case_of, word_of
from indexer.syllable_model import SyllableModel
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indexer.types import Reading

_CHUNK = re.compile(r"\S+")
_PIECE = re.compile(r"(?P<word>[^\W\d_]+)|(?P<stop>[.;:!?]+)")
FIXED = re.compile(r"\d|_|@|://|^www\.|\w\.\w\w|[A-ZĐ]+[/-][A-ZĐ]")  # numbers, addresses, document numbers
MARKED_TEXT = 0.78  # share of the syllables of ordinary text that bear a diacritic
_LEAST_DOUBT = 1e-5
_ENGLISH = 0.5  # with so many words that cannot be syllables, a text without diacritics is not Vietnamese
FOREIGN_CASE = re.compile(r"[A-ZĐ]{2,}")
LONE_LETTERS = frozenset("bcdđghklmnpqrstvxfjwz")


class Restorer:
    """
    Puts diacritics back; the wording of *corpus_texts* (one string a document) counts above that of the model.

    Documents that are bad scans themselves are not learned from.
    """

    def __init__(
        self, model: SyllableModel, corpus_texts: Iterable[str] = (), *, learned: Learned | None = None
    ) -> None:
        """*learned* is what ``learn`` made of the texts of a corpus; then there are no *corpus_texts*."""
        self._model = model
        self._decoder = Decoder(model, learned or learn(model, corpus_texts))
        self._corpus: dict[str, list[str]] = {}
        for word in sorted(self._decoder.corpus_words):
            if is_syllable_shape(word):
                self._corpus.setdefault(fold(word), []).append(word)

    def restore(self, text: str) -> str:
        """
        Return *text* with the diacritics that were not typed, in NFC.

        Case, punctuation, numbers, document numbers, addresses, abbreviations and words that bear a diacritic already
        stay; so does a text that is not Vietnamese. There are as many words as before.
        """
        text = unicodedata.normalize("NFC", text)
        if (found := self._placed(text)) is None:
            return text
        places, spots = found
        return _written(text, spots, self._decoder.likeliest(places))

    def likelihood(self, text: str) -> float:
        """Return the log-probability of *text*, or of what it is with the diacritics that were not typed; 0 for another language."""
        found = self._placed(unicodedata.normalize("NFC", text))
        return self._decoder.decode_best(found[0], 1)[0][1] if found else 0.0

    def _placed(self, text: str) -> tuple[list[Place], list[tuple[int, int] | None]] | None:
        """Return the places of *text* and where its words stand; None where it is not Vietnamese."""
        pieces = pieces_of(text)
        words = [word_of(text[start:end]) for start, end, kind in pieces if kind == "word"]
        if not words or is_foreign(words):
            return None
        keep = _keep_cost(words)
        capitals = in_capitals(words)
        places: list[Place] = []
        spots: list[tuple[int, int] | None] = []
        for start, end, kind in pieces:
            if kind == "word":
                word = word_of(text[start:end])
                options = self._options(word, capitals=capitals)
                places.append(Place(options, tuple(0.0 if option == word.lower else keep for option in options)))
                spots.append((start, end))
            else:
                places.append(BREAK if kind == "stop" else FIGURE)
                spots.append(None)
        return places, spots

    def repair(self, text: str) -> str:
        """
        Return the reading of *text*, a bad scan: as many lines, in each line as many words, in NFC.

        Numbers, dates, percentages and document numbers stay as they are.
        """
        return joined(text, self.repair_tokens(text))

    def read(self, text: str) -> Reading:
        """Return the reading of *text*, a bad scan, as :meth:`repair` does, and which of its words stay in doubt."""
        return reading_of(text, self.repair_tokens(text))

    def repair_tokens(self, text: str) -> list[list[RepairedToken]]:
        """Return for every line of *text* its white-space tokens with their readings and how sure they are."""
        return self._reader.repair_tokens(text)

    @property
    def decoder(self) -> Decoder:
        """The decoder that knows the wording of the corpus."""
        return self._decoder

    @cached_property
    def _reader(self) -> ScanReader:
        return ScanReader(self._decoder, (*self._model.syllables, *self._decoder.corpus_words))

    def _options(self, word: Word, *, capitals: bool) -> tuple[str, ...]:
        lower = word.lower
        if word.marked and self._decoder.share(lower):
            return (lower,)
        if lower in LONE_LETTERS or not word.shaped:
            return (lower,)
        if FOREIGN_CASE.fullmatch(word.text) and not capitals:
            return (lower,)
        folded = fold(lower)
        return tuple(dict.fromkeys((lower, *self._model.candidates(folded), *self._corpus.get(folded, ()))))


def learn(model: SyllableModel, corpus_texts: Iterable[str]) -> Learned:
    """Return what a `Restorer` learns of *corpus_texts*, one string a document; those that are bad scans are passed over."""
    check = DamageCheck(Decoder(model))
    return Learned.of(model, (text for text in corpus_texts if not check.is_damaged(text)))


def typed_phrases() -> list[str]:
    """Return how questions are worded, each as often as it counts beside the texts of a corpus: those of ``typed_phrases.toml``."""
    entry = tomllib.loads(files("indexer").joinpath("typed_phrases.toml").read_text(encoding="utf-8"))
    return [*entry["phrases"]] * int(entry["weight"])


@cache
def _damage_check() -> DamageCheck:
    return DamageCheck(Decoder(SyllableModel.load()))


def looks_damaged(text: str) -> bool:
    """Tell whether *text* is a bad scan of Vietnamese; short texts, other languages and unmarked Vietnamese are not."""
    return _damage_check().is_damaged(text)


def pieces_of(text: str) -> list[tuple[int, int, str]]:
    """Return start, end and kind of every "word", every number or address as a whole ("fixed"), and every "stop"."""
    return [
        (chunk.start() + start, chunk.start() + end, kind)
        for chunk in _CHUNK.finditer(text)
        for start, end, kind in pieces_in(chunk.group())
    ]


@lru_cache(REMEMBERED)
def pieces_in(chunk: str) -> tuple[tuple[int, int, str], ...]:
    """Return what ``pieces_of`` returns, of a text without white space."""
    bare = chunk.strip(".,;:!?()[]\"'“”‘’…-–")
    if bare and FIXED.search(bare):
        whole = (0, len(chunk), "fixed")
        return (whole, (len(chunk) - 1, len(chunk), "stop")) if chunk[-1] in ".;:!?" else (whole,)
    return tuple(
        (*piece.span(), "fixed" if piece.lastgroup == "word" and FIXED.search(piece.group()) else str(piece.lastgroup))
        for piece in _PIECE.finditer(chunk)
    )


def is_foreign(words: Sequence[Word]) -> bool:
    """Tell whether *words*, a text without diacritics, are another language: half of them cannot be syllables."""
    if any(word.marked for word in words):
        return False
    judged = [word for word in words if len(word.text) > 1 and not word.text.isupper()]
    impossible = sum(not word.shaped for word in judged)
    return bool(judged) and impossible >= _ENGLISH * len(judged)


def in_capitals(words: Sequence[Word]) -> bool:
    """Tell whether *words* are a line in capitals, so that capitals do not make an abbreviation."""
    shaped = [word for word in words if word.shaped]
    return len(shaped) > 1 and all(word.text.isupper() for word in shaped)


def _keep_cost(words: Sequence[Word]) -> float:
    """Return what it costs to change a word: nothing in a text without diacritics, much in a text full of them."""
    marked = sum(word.marked for word in words) / len(words)
    return math.log(max(1 - marked / MARKED_TEXT, _LEAST_DOUBT)) if marked else 0.0


@lru_cache(REMEMBERED)
def in_its_place(old: str, word: str) -> str:
    """Return *word* in the case of *old*, in whose place it comes; *old* itself where they differ in no more than that."""
    return old if word_of(old).lower == word else with_case_of(old, word)


def _written(text: str, spots: Sequence[tuple[int, int] | None], words: Sequence[str]) -> str:
    pieces, done = [], 0
    for spot, word in zip(spots, words, strict=True):
        if spot is None:
            continue
        start, end = spot
        pieces.append(text[done:start])
        pieces.append(in_its_place(text[start:end], word))
        done = end
    return "".join((*pieces, text[done:]))
