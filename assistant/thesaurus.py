"""
What else a text may say for what is asked: words and phrases of administrative Vietnamese that mean much the same.

The knowledge is data (``thesaurus.txt``) and general. Whether a text says something is told by its terms (`assistant.corpus.terms`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING

from indexer.vietnamese import fold, has_diacritics, syllables, unify_tone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_LONGEST = 6  # syllables of a phrase that is asked with
Phrase = tuple[str, ...]


def _phrase(text: str) -> Phrase:
    return tuple(syllables(unify_tone(text).lower()))


def _folded(phrase: Phrase) -> Phrase:
    return tuple(map(fold, phrase))


def _terms(phrase: Phrase) -> frozenset[str]:
    """Return the terms that a text must hold to say *phrase*: its one syllable, or its syllables in pairs; folded."""
    folded = _folded(phrase)
    return frozenset(folded if len(folded) == 1 else (f"{a} {b}" for a, b in pairwise(folded)))


@cache
def _said() -> Mapping[Phrase, tuple[frozenset[str], ...]]:
    """Return by each phrase that is asked with, as it is written, the terms of what a text may say for it."""
    found: dict[Phrase, dict[frozenset[str], None]] = {}
    for line in files("assistant").joinpath("thesaurus.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        said, _, others = line.partition(":")
        terms = _terms(_phrase(said))
        for other in others.split(","):
            found.setdefault(_phrase(other), {})[terms] = None
    return {asked: tuple(said) for asked, said in found.items()}


@cache
def _said_folded() -> Mapping[Phrase, tuple[frozenset[str], ...]]:
    """Return the same for questions without diacritics, in which phrases of one syllable say too little."""
    found: dict[Phrase, dict[frozenset[str], None]] = {}
    for asked, said in _said().items():
        if len(asked) > 1:
            found.setdefault(_folded(asked), {}).update(dict.fromkeys(said))
    return {asked: tuple(said) for asked, said in found.items()}


def load_thesaurus() -> None:
    """Read the file, which takes a second, so that no question waits for it."""
    _said_folded()


def _matches(text: str) -> Iterator[tuple[Phrase, tuple[frozenset[str], ...]]]:
    """Yield every phrase of the question *text* that the thesaurus has, folded, with the terms of what a text may say for it."""
    words, known = _phrase(text), _said()
    if not has_diacritics(text):
        words, known = _folded(words), _said_folded()
    for start in range(len(words)):
        for end in range(start + 1, min(start + _LONGEST, len(words)) + 1):
            if said := known.get(words[start:end]):
                yield _folded(words[start:end]), said


@dataclass(frozen=True)
class SaidOtherwise:
    """The phrases of one question: the terms that each covers, and the terms of each way to say it otherwise."""

    phrases: tuple[tuple[frozenset[str], tuple[frozenset[str], ...]], ...]
    _known: dict[frozenset[str], frozenset[str]] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, text: str, asked: frozenset[str], knows: Callable[[str], bool]) -> SaidOtherwise:
        """
        Return this for the question *text*.

        Only phrases that cover some of the terms *asked* count, and what may be said for them where the corpus *knows* all its terms.
        """
        phrases = []
        for phrase, said in _matches(text):
            covered = asked & {*phrase, *(f"{a} {b}" for a, b in pairwise(phrase))}
            here = tuple(terms for terms in said if all(map(knows, terms)))
            if covered and here:
                phrases.append((frozenset(covered), here))
        return cls(tuple(phrases))

    @cached_property
    def _terms(self) -> frozenset[str]:
        return frozenset().union(*(terms for _, said in self.phrases for terms in said))

    def covered_by(self, held: frozenset[str]) -> frozenset[str]:
        """Return the terms of the question that a text with the terms *held* says in other words."""
        met = self._terms & held
        if not met:
            return met
        found = self._known.get(met)
        if found is None:
            covered = (terms for terms, said in self.phrases if any(item <= met for item in said))
            found = self._known[met] = frozenset().union(*covered)
        return found
