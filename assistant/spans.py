"""The words of a sentence that answer, cut by the kind of fact that is asked: a time, a number, a name, a place, what something is."""

from __future__ import annotations

import regex as re

from assistant.lexicon import says
from indexer.intervals import find_intervals
from indexer.vietnamese import fold

_YEAR = 2000  # of times without one, whose words alone count here
_NUMBER = re.compile(
    r"(?:khoảng |hơn |gần |trên |dưới |ít nhất |tối thiểu |tối đa |không quá )?\d[\d.,]*(?:\s?%| ?[^\W\d]+){0,2}"
)
_PERCENT = re.compile(r"\d[\d.,]*\s?%")
_NAME = re.compile(r"\p{Lu}[\p{L}\d]*(?:[ \-]\p{Lu}[\p{L}\d]*)*")
_WHERE = re.compile(r"(?:tại|ở|thuộc|đến|từ|phía)\s+([^,;.()]{2,80})", re.IGNORECASE)
_IS = re.compile(r"(?:^|\s)(?:là|gồm|bao gồm|gọi là|được hiểu là)\s+(.{2,})")
_PIECES = re.compile(r"[^,;:()]+")
_WHERE_ASKED = re.compile(r"\b(?:o dau|tai dau|noi nao|noi dau|dau)\b")
_WHO_ASKED = re.compile(r"\b(?:ai|nguoi nao|ten (?:gi|la gi)|ten)\b")
_WHAT_ASKED = re.compile(r"\b(?:la gi|gi|nhu the nao|the nao|nao)\b")


def narrowed(question: str, sentence: str) -> tuple[int, int]:
    """
    Return the slice of *sentence* that answers *question*, which the sentence is known to answer; all of it where nothing tells.

    Words that the question has already are passed over where there are others of the kind.
    """
    folded = fold(question)
    asked = set(re.findall(r"\w+", folded))
    spans = _of_kind(question, folded, sentence)
    fresh = [span for span in spans if not set(re.findall(r"\w+", fold(sentence[slice(*span)]))) <= asked]
    if fresh:
        return fresh[0]
    pieces = [match.span() for match in _PIECES.finditer(sentence)]
    if len(pieces) < 2:
        return 0, len(sentence)
    # the part that goes on behind the last words of the question
    shares = [_share(sentence[slice(*piece)], asked) for piece in pieces]
    known = max(range(len(pieces)), key=shares.__getitem__)
    start = pieces[known][0] if known + 1 == len(pieces) else pieces[known + 1][0]
    return start, len(sentence)


def _of_kind(question: str, folded: str, sentence: str) -> list[tuple[int, int]]:
    if says("answers", "exact_percent", question):
        return [match.span() for match in _PERCENT.finditer(sentence)]
    if says("answers", "time", question):
        times = [(one.start, one.end) for one in find_intervals(sentence, default_year=_YEAR)]
        return times or [match.span() for match in _NUMBER.finditer(sentence)]
    if says("answers", "number", question):
        return [match.span() for match in _NUMBER.finditer(sentence)]
    if _WHERE_ASKED.search(folded):
        return [match.span(1) for match in _WHERE.finditer(sentence)]
    if _WHO_ASKED.search(folded):
        return [match.span() for match in _NAME.finditer(sentence)]
    if _WHAT_ASKED.search(folded):
        return [match.span(1) for match in _IS.finditer(sentence)]
    return []


def _share(text: str, asked: set[str]) -> float:
    words = re.findall(r"\w+", fold(text))
    return sum(word in asked for word in words) / len(words) if words else 0.0
