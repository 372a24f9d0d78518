"""Texts as the last check compares them: words without case and punctuation, one for the name of an agency or a document number."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import regex as re

from indexer.columns import AGENCIES
from indexer.relations import NUMBER, plain_number
from indexer.types import fold_white
from indexer.vietnamese import unify_tone

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.corpus import Corpus

EDGE = " \t\n\"“”‘’'()[]{}<>.,;:…!?/\\|*•+–—-"  # what is no part of a word at its ends
OPENING = "“"  # what is quoted does not go on from what stands before it
PLACED = ")"  # nor what a place says from its name: "(III.1, đoạn 5): …"
_ZEROS = re.compile(r"(?<![\d.,])0+(?=\d)")
_ROMAN = re.compile(r"[IVXLC]+")
_ROMAN_BEHIND = frozenset(["lục", "mục", "quý", "chương", "phần", "khoản"])
_BEFORE_NUMBER = re.compile(r"\b[Ss]ố\s*:?\s*$")  # printed or left out before a document number
_NUMBERING = re.compile(r"\s*(?:\d{1,3}(?:\.\d{1,3})*[.)]|[a-zđ]\)|[IVXLC]+\.|Điều \d+\.)\s")
_NOTE = re.compile(r"\([^()]*\)|^\W*\d+[.)]\s")  # which the key of an agency does not have
_TEXTS = 1 << 13  # texts whose words are remembered


class Kind(IntEnum):
    """What a word is."""

    PLAIN = 0
    FIGURE = 1  # a number, a date, a document number
    AGENCY = 2


@dataclass(frozen=True, slots=True)
class Words:
    """
    A text as it is compared: its words, how they are printed, and where those stand that have to be founded.

    An agency is ``<key>``. ``first`` is where the text itself begins, behind the name of its column; it opens with ``numbered`` words that
    only number it: "3.", "Điều 5.".
    """

    words: tuple[str, ...]
    shown: tuple[str, ...]
    spots: tuple[tuple[int, Kind], ...]
    first: int = 0
    numbered: int = 0

    @property
    def opening(self) -> int:
        """Up to where what is shown of it may begin: at its first word, or behind its number."""
        return self.first + self.numbered

    def without(self, gone: Sequence[int]) -> Words:
        """Return the text without the words at *gone*, which stand behind ``opening``."""
        kept = [place for place in range(len(self.words)) if place not in gone]
        moved = {place: number for number, place in enumerate(kept)}
        spots = tuple((moved[place], kind) for place, kind in self.spots if place in moved)
        words, shown = tuple(self.words[place] for place in kept), tuple(self.shown[place] for place in kept)
        return Words(words, shown, spots, self.first, self.numbered)


class WordReader:
    """Reads texts as words, with the agencies of *corpus*; what was read is remembered."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self.read = lru_cache(_TEXTS)(self._read)

    @cached_property
    def names(self) -> dict[str, object]:
        """The names of the agencies of the corpus, word by word; "" holds the key where a name ends."""
        keys = self._corpus.keys
        named = {agency.name: agency.key for agency in self._corpus.agencies.values()}
        for at in self._corpus.rows:
            for column, cell in zip(at.table.columns, at.row.cells, strict=True):
                if column.role in AGENCIES:
                    named |= {agency.name: agency.key for agency in keys.split(cell.text)}
        named |= self._corpus.issuer_keys
        tree: dict[str, object] = {}
        for name, key in named.items():
            place: dict[str, object] = tree
            for word, _, _ in _pieces(fold_white(_NOTE.sub(" ", name))):
                place = place.setdefault(word, {})  # type: ignore[assignment]
            if place is not tree and any(letter.isalpha() for letter in key):
                place[""] = key
        return tree

    def _read(self, text: str, before: str = "") -> Words:
        """Return the words of *text*, behind those of *before*."""
        pieces = list(_pieces(before))
        first = len(pieces)
        pieces += _pieces(fold_white(text))
        words: list[str] = []
        shown: list[str] = []
        spots: list[tuple[int, Kind]] = []
        place = begins = 0
        while place < len(pieces):
            if place == first:
                begins = len(words)
            word, kind, as_shown = pieces[place]
            key, end = self._agency(pieces, place, first if place < first else len(pieces))
            if key is not None:
                word, kind, as_shown = f"<{key}>", Kind.AGENCY, " ".join(piece[2] for piece in pieces[place:end])
            if kind is not Kind.PLAIN:
                spots.append((len(words), kind))
            words.append(word)
            shown.append(as_shown)
            place = end
        numbering = _NUMBERING.match(text)
        numbered = len(list(_pieces(numbering.group()))) if numbering else 0
        return Words(tuple(words), tuple(shown), tuple(spots), begins if first < len(pieces) else len(words), numbered)

    def _agency(self, pieces: Sequence[tuple[str, Kind, str]], start: int, limit: int) -> tuple[str | None, int]:
        """Return the key of the longest name of an agency at *start* and where it ends, else None and the next place."""
        node: object = self.names
        found, end = None, start + 1
        for place in range(start, limit):
            node = node.get(pieces[place][0]) if isinstance(node, dict) else None
            if not isinstance(node, dict):
                break
            if "" in node:
                found, end = str(node[""]), place + 1
        return found, end


def _pieces(text: str) -> Iterator[tuple[str, Kind, str]]:
    """Yield the words of *text* as they are compared, their kinds, and how they are printed."""
    position = 0
    last = ""
    for match in NUMBER.finditer(text):
        for piece in _plain_pieces(_BEFORE_NUMBER.sub("", text[position : match.start()]), last):
            last = piece[0]
            yield piece
        last = plain_number(match.group())
        yield last, Kind.FIGURE, fold_white(match.group())
        position = match.end()
    yield from _plain_pieces(text[position:], last)


def _plain_pieces(text: str, last: str) -> Iterator[tuple[str, Kind, str]]:
    for shown in text.split():
        if shown[0] == OPENING:
            yield OPENING, Kind.PLAIN, OPENING
        bare = shown.strip(EDGE)
        if not bare:
            continue
        word = unify_tone(bare).lower()
        is_roman = last in _ROMAN_BEHIND and _ROMAN.fullmatch(bare) is not None
        is_figure = is_roman or any(letter.isdecimal() for letter in word)
        if is_figure:
            word = _ZEROS.sub("", word)
        yield word, Kind.FIGURE if is_figure else Kind.PLAIN, bare
        last = word
        if shown.endswith("):"):
            yield PLACED, Kind.PLAIN, ""
