"""
Whether a rewording says what the answer says: the same facts and words between the same citation marks.

The rewording comes from a language model and is trusted in nothing. What it may change is small, and listed in ``rephrase.toml``:
words that say nothing by themselves, punctuation, capitals at the beginning of a sentence, and the order of words where only one
name and one number stand among plain ones ("nhiệm vụ 9 do Sở Y tế chủ trì"). A planted instruction that a model obeys says something
that the answer does not, and is refused like any slip.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from indexer.types import fold_white
from indexer.vietnamese import unify_tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assistant.types import Answer, Citation

LONGEST = 1.5  # times the length of the answer
_MARK = re.compile(r"\[(\d+)\]")
_TOKEN = re.compile(r"\w+(?:[./,:-]\w+)*%?")
_QUOTED = re.compile(r"“[^“”]*”|\"[^\"]*\"")
_ENDS = ".:;!?]\n"  # behind these a capital letter need not mean a name
_GAP = 2  # syllables in small letters between two capitals of one name: "Khoa học và Công nghệ"


@cache
def rephrase_data() -> dict[str, Any]:
    """Return ``rephrase.toml``."""
    return tomllib.loads(files("assistant").joinpath("rephrase.toml").read_text(encoding="utf-8"))


def tidied(text: str) -> str:
    """Return *text* in NFC, without blank lines, white space folded within each line."""
    lines = (fold_white(line) for line in unicodedata.normalize("NFC", text).split("\n"))
    return "\n".join(line for line in lines if line)


def fault_of(answer: Answer, text: str, language: str) -> str | None:
    """
    Return what *text* changes of *answer*, in Vietnamese, or None where it says the same; *language* is "vi" or "en".

    Checked in this order: length, citation marks, list lines with what follows them, then for every stretch of words up to a citation
    mark: figures, names and abbreviations, negations, quoted words, signs, words, and their order. The words of the citations count for
    nothing here unless the answer says them: an instruction planted in a document consists of just such words.
    """
    built, new = (unify_tone(tidied(one)) for one in (answer.text, text))
    if not new:
        return "trả lời trống"
    if len(new) > LONGEST * len(built):
        return "dài quá 1,5 lần"
    if _MARK.findall(new) != _MARK.findall(built):
        return "dấu trích dẫn thay đổi"
    (head, listed), (new_head, new_listed) = _parts(built), _parts(new)
    if listed != new_listed:
        return "dòng liệt kê hoặc dòng đếm thay đổi"
    quotes = _quotes_behind(head, answer.citations)
    stretches = _MARK.split(head)[::2]
    new_stretches = _MARK.split(new_head)[::2]
    if len(stretches) != len(new_stretches):
        return "dấu trích dẫn thay đổi"
    for stretch, new_stretch, cited in zip(stretches, new_stretches, quotes, strict=True):
        if fault := _fault(_Stretch(stretch, language, cited), _Stretch(new_stretch, language)):
            return fault
    return None


def _parts(text: str) -> tuple[str, list[str]]:
    """Return what stands above the first list line of *text*, and the lines from there on, which stay as they are."""
    lines = text.split("\n")
    first = next((i for i, line in enumerate(lines) if line.startswith("- ")), len(lines))
    return "\n".join(lines[:first]), lines[first:]


def _quotes_behind(text: str, citations: Sequence[Citation]) -> list[tuple[str, ...]]:
    """Return for every stretch of *text* between marks what the marks right behind it quote; "a [1][2]" is cited by both."""
    parts = _MARK.split(text)
    found: list[tuple[str, ...]] = [()]  # nothing is cited behind the last stretch
    for i in range(len(parts) - 3, -1, -2):
        number = int(parts[i + 1])
        own = (unify_tone(tidied(citations[number - 1].quote)),) if 1 <= number <= len(citations) else ()
        behind = found[-1] if not parts[i + 2].strip() else ()
        found.append((*own, *behind))
    return found[::-1]


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int
    opens: bool  # it is the first of a sentence

    @property
    def has_digit(self) -> bool:
        return any(letter.isnumeric() for letter in self.text)

    @property
    def is_strict(self) -> bool:
        """Whether its capitals must stay: an abbreviation or a Roman number anywhere, a capital inside a sentence."""
        may_change = self.opens and self.text.istitle() and len(self.text) > 1 and not self.has_digit
        return any(letter.isupper() for letter in self.text) and not may_change


class _Stretch:
    """The words between two citation marks; *quotes* is what the marks behind them quote."""

    def __init__(self, text: str, language: str, quotes: Iterable[str] = ()) -> None:
        self.text = text
        self._quotes = [f" {' '.join(_TOKEN.findall(quote.lower()))} " for quote in quotes]
        self._data = rephrase_data()[language]
        self.tokens = [
            _Token(match.group(), *match.span(), opens=_opens(text, match.start())) for match in _TOKEN.finditer(text)
        ]

    @property
    def figures(self) -> Counter[str]:
        return Counter(token.text.lower() for token in self.tokens if token.has_digit)

    @cached_property
    def forms(self) -> Counter[str]:
        """Words as they are written, capitals and all."""
        return Counter(token.text for token in self.tokens)

    @property
    def strict_forms(self) -> Counter[str]:
        return Counter(token.text for token in self.tokens if token.is_strict)

    @property
    def negations(self) -> Counter[str]:
        return Counter({word: self.said.count(f" {word} ") for word in self._data["negations"]})

    @property
    def signs(self) -> Counter[str]:
        """What is neither word nor white space, but for the punctuation that may change."""
        rest = _TOKEN.sub(" ", self.text)
        return Counter(sign for sign in rest if not sign.isspace() and sign not in rephrase_data()["punctuation"])

    @cached_property
    def words(self) -> list[str]:
        """The words that say something, in small letters and in order."""
        said = [token.text.lower() for token in self.tokens]
        return [said[i] for i in range(len(said)) if i not in self._free]

    @cached_property
    def _free(self) -> frozenset[int]:
        said = [token.text.lower() for token in self.tokens]
        phrases = sorted((phrase.split() for phrase in self._data["free"]), key=len, reverse=True)
        free: set[int] = set()
        i = 0
        while i < len(said):
            length = next((len(phrase) for phrase in phrases if said[i : i + len(phrase)] == phrase), 0)
            free.update(range(i, i + length))
            i += length or 1
        return frozenset(free)

    @cached_property
    def kept(self) -> list[tuple[int, int]]:
        """Slices of the text that stay as they are: cited words, names, passages in quotation marks; those that touch are one."""
        spans = [match.span() for match in _QUOTED.finditer(self.text)] + self._cited() + self._names()
        merged: list[tuple[int, int]] = []
        for start, end in sorted(spans):
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        return merged

    def _cited(self) -> list[tuple[int, int]]:
        """Return where at least two words in a row, or a whole quote, stand as they are cited."""
        spans, i = [], 0
        while i < len(self.tokens):
            j = i
            while j < len(self.tokens) and any(self._said(i, j + 1) in quote for quote in self._quotes):
                j += 1
            if j - i > 1 or (j > i and self._said(i, j) in self._quotes):
                spans.append((self.tokens[i].start, self.tokens[j - 1].end))
            i = max(j, i + 1)
        return spans

    def _said(self, first: int, last: int) -> str:
        return f" {' '.join(token.text.lower() for token in self.tokens[first:last])} "

    def _names(self) -> list[tuple[int, int]]:
        """Return where names stand, from their first capital to the word behind the last, which may belong to it: "Sở Y tế"."""
        strict = [i for i, token in enumerate(self.tokens) if token.is_strict and not token.has_digit]
        spans: list[tuple[int, int]] = []
        last = -1
        for i in strict:
            token = self.tokens[i]
            between = self.text[spans[-1][1] : token.start] if spans else ""
            joined = spans and i - last <= _GAP + 1 and all(letter.isalpha() or letter == " " for letter in between)
            spans[-1:] = [(spans[-1][0], token.end)] if joined else [*spans[-1:], (token.start, token.end)]
            last = i
        return [(start, self._end_of_name(end)) for start, end in spans]

    def _end_of_name(self, end: int) -> int:
        behind = next((token for token in self.tokens if token.start >= end), None)
        at_once = behind is not None and self.text[end : behind.start] == " " and behind.text.isalpha()
        return behind.end if behind is not None and at_once else end

    @cached_property
    def _numbers(self) -> list[int]:
        """Which tokens are numbers of their own, outside of what is kept."""
        return [i for i, token in enumerate(self.tokens) if token.has_digit and not self._is_kept(token)]

    def _is_kept(self, token: _Token) -> bool:
        return any(start <= token.start < end for start, end in self.kept)

    @property
    def is_movable(self) -> bool:
        """Whether its words say the same in any order: one name, one number, and words about which there is no doubt."""
        words = {
            token.text.lower()
            for i, token in enumerate(self.tokens)
            if i not in self._free and not token.has_digit and not self._is_kept(token)
        }
        return len(self.kept) <= 1 and len(self._numbers) <= 1 and words <= set(self._data["movable"])

    @property
    def core(self) -> str:
        """All words from the first that says something to the last, " " around each."""
        telling = [i for i in range(len(self.tokens)) if i not in self._free]
        return self._said(telling[0], telling[-1] + 1) if telling else " "

    @property
    def said(self) -> str:
        """All its words, " " around each."""
        return self._said(0, len(self.tokens))

    def beside_figures(self) -> set[tuple[str, str, str]]:
        """Return every figure with the word before and the word behind it."""
        padded = ["", *self.words, ""]
        triples = zip(padded, padded[1:], padded[2:], strict=False)
        return {(a, b, c) for a, b, c in triples if any(letter.isnumeric() for letter in b)}


def _opens(text: str, start: int) -> bool:
    before = text[:start].rstrip(' “"(')
    return not before or before[-1] in _ENDS


def _fault(built: _Stretch, new: _Stretch) -> str | None:
    """Return what *new* changes of *built*; None where both say the same."""
    if new.figures != built.figures:
        return "số liệu, ngày hoặc số văn bản thay đổi"
    if built.strict_forms - new.forms or new.strict_forms - built.forms:
        return "tên riêng hoặc chữ viết tắt thay đổi"
    if new.negations != built.negations:
        return "từ phủ định thay đổi"
    if not all(_stands(built.text[start:end], new.text) for start, end in built.kept):
        return "đoạn trích nguyên văn thay đổi"
    if new.signs != built.signs:
        return "ký hiệu lạ hoặc bị mất"
    if Counter(new.words) != Counter(built.words):
        return "từ ngữ thêm vào hoặc bị mất"
    if built.is_movable:
        return None if _figures_stay(built, new) else "số đứng cạnh từ khác"
    if built.core not in new.said:
        return "thứ tự từ ngữ thay đổi"
    return None


def _stands(piece: str, text: str) -> bool:
    """Tell whether *piece* stands in *text*; its first letter may change its case if it has no other capitals: "tháng 10/2025"."""
    return piece in text or (
        not any(letter.isupper() for letter in piece[1:])
        and any(first + piece[1:] in text for first in (piece[:1].lower(), piece[:1].upper()))
    )


def _figures_stay(built: _Stretch, new: _Stretch) -> bool:
    """Tell whether every figure of *new* keeps a neighbour: "13 nhiệm vụ" is not "nhiệm vụ 13"."""
    known = built.beside_figures()
    return all(
        any(b == figure and ((a and a == before) or (c and c == behind)) for a, b, c in known)
        for before, figure, behind in new.beside_figures()
    )
