"""How far the words of a question stand in a text: a share of their weight, or as a phrase."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from assistant.lexicon import content_words, light_words
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Sequence

    from assistant.corpus import Corpus

_LIGHT, _PAIR = 0.15, 0.6  # what a light word, and a pair of words, counts
_AROUND = ",.;:?!()\"“”'"  # what stands around a word
_APART = 2  # times as many words as are wanted that a stretch of a question may have, and one more
FITS = 0.8  # share of the words of a condition that a text must hold, where no text holds them as a phrase


def fold_set(text: str) -> set[str]:
    """Return the words of *text* as typed in small letters."""
    return {word.strip(",.;").lower() for word in text.split()}


def as_asked(words: Sequence[str], text: str, corpus: Corpus) -> str:
    """
    Return *words* as the question *text* has them, with what stands between and the other half of a word at either end.

    By themselves where the question does not have all of them, or they stand far apart.
    """
    typed = text.split()
    folded = [fold(word.strip(_AROUND)) for word in typed]
    wanted = {fold(word) for word in words}
    places = [place for place, word in enumerate(folded) if word in wanted]
    stretches = [(start, end) for start in places for end in places if wanted <= set(folded[start : end + 1])]
    if not stretches:
        return " ".join(words)
    start, end = min(stretches, key=lambda pair: pair[1] - pair[0])
    if end - start >= _APART * len(words) + 1:
        return " ".join(words)
    if start and corpus.is_compound(typed[start - 1], typed[start]):
        start -= 1
    if end + 1 < len(typed) and corpus.is_compound(typed[end].strip(_AROUND), typed[end + 1].strip(_AROUND)):
        end += 1
    return " ".join(typed[start : end + 1]).strip(_AROUND)


@dataclass(frozen=True)
class Weighted:
    """
    The words of a question with how much each tells: the rarer the more, light words little.

    Two words side by side count once more where the corpus knows the pair, or the language does.
    """

    terms: tuple[tuple[str, float], ...]
    total: float

    @classmethod
    def of(cls, words: Sequence[str], corpus: Corpus) -> Weighted:
        """Return *words* as *corpus* weighs them."""
        light = light_words() | corpus.own_places
        weighted: list[tuple[str, float]] = []
        for position, word in enumerate(words):
            term = fold(word)
            weighted.append((term, corpus.weight(term) * (_LIGHT if term in light else 1.0)))
            following = words[position + 1] if position + 1 < len(words) else None
            if following is None:
                continue
            pair = f"{term} {fold(following)}"
            known = corpus.knows(pair)
            if known or corpus.is_compound(word, following):
                factor = _LIGHT if {term, fold(following)} <= light else 1.0
                weighted.append((pair, (_PAIR if known else 1.0) * corpus.weight(pair) * factor))
        return cls(tuple(weighted), sum(weight for _, weight in weighted))

    def share(self, *held: Container[str]) -> float:
        """Return the share in [0, 1] of the weight that stands in any of *held*; 0 where there are no words."""
        if not self.total:
            return 0.0
        return sum(weight for term, weight in self.terms if any(term in terms for terms in held)) / self.total

    @property
    def words(self) -> frozenset[str]:
        """The terms, without how much they tell."""
        return self._asked

    def found_in(self, held: frozenset[str]) -> frozenset[str]:
        """Return the terms that stand in *held*."""
        return self._asked & held

    def share_found(self, found: frozenset[str]) -> float:
        """Return the share of what `found_in` has returned, or of several of these together; the same sets are told at once."""
        share = self._shares.get(found)
        if share is None:
            share = self._shares[found] = self.share(found)
        return share

    @cached_property
    def _asked(self) -> frozenset[str]:
        return frozenset(term for term, _ in self.terms)

    @cached_property
    def _shares(self) -> dict[frozenset[str], float]:
        return {}


def share_of(words: Sequence[str], held: Collection[str], corpus: Corpus) -> float:
    """Return the share in [0, 1] of the weight of *words* that the terms *held* have; see `Weighted`."""
    return Weighted.of(words, corpus).share(held)


def holds_phrase(text: str, phrase: Sequence[str]) -> bool:
    """Tell whether *text* has the words of *phrase* (folded) side by side, words that only frame a question aside."""
    light = light_words()
    words = [folded for word in content_words(text) if (folded := fold(word)) not in light or folded in phrase]
    size = len(phrase)
    return any(
        all(_same_word(a, b) for a, b in zip(words[i : i + size], phrase, strict=True))
        for i in range(len(words) - size + 1)
    )


def _same_word(printed: str, asked: str) -> bool:
    """Tell whether *asked* names *printed*: "12" asks for "12" and for "12/KH-UBND" alike."""
    if printed == asked:
        return True
    return (
        asked.isdigit()
        and re.match(r"\d+", printed) is not None
        and re.split(r"[/-]", printed)[0] == asked
        and not re.fullmatch(r"[\d/.-]+", printed)
    )
