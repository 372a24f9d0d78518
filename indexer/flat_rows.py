"""Where the rows and the group rows of a table begin whose lines are lost: the numbers that count on."""

from __future__ import annotations

import regex as re
from bisect import bisect
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.layout import Gap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.layout import Line

_ROMAN = re.compile(r"([IVXLC]{1,6})[.)]?\s+(?=\S)")
_LETTER = re.compile(r"([A-H])[.)]?\s+(?=[\p{Lu}])")
_NUMBER = re.compile(r"(\d{1,3})\.?(?=\s|$)")
_INSIDE = re.compile(r"(?<=\s)(\d{1,3})\.?(?=\s{2,}\S)")  # a number with a wide gap behind it, in the middle of a line
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_ALONE, _LINE, _WITHIN = 3.0, 2.0, 1.2  # how sure a number opens a row: alone on its line, before words, inside a line
_SMALL = 1.2  # small letters behind the number: it stands in the middle of a sentence
_SKIP = -2.5  # a number left out
_RESTART = -2.0  # counting from 1 again
_STYLE = -2.5  # "06" after "5", "3" after "2.": not the same hand
_NEW_LINE = 0.8  # in a text of double lines a single line end marks a cell's end


@dataclass(frozen=True, slots=True)
class RowStart:
    """A number that opens a row, or a group where ``group`` is true. ``start:end`` is the number as printed."""

    start: int
    end: int
    number: str
    line: int
    group: bool = False
    score: float = 0.0

    @property
    def value(self) -> int:
        """The number counted on."""
        return roman_value(self.number) if self.group else int(self.number)


def roman_value(number: str) -> int:
    """Return the value of a Roman number, or of a letter A to H; 0 where *number* is neither: ``roman_value("IV") == 4``."""
    if number in "ABDEFGH" and len(number) == 1:
        return "ABCDEFGH".index(number) + 1
    if not number or any(letter not in _VALUES for letter in number):
        return 0
    values = [_VALUES[letter] for letter in number]
    return sum(-v if v < max(values[i:]) else v for i, v in enumerate(values))


def _candidates(lines: Sequence[Line], skipped: set[int], first: int, end: int) -> list[RowStart]:
    found: list[RowStart] = []
    for index in range(first, end):
        if index in skipped:
            continue
        line = lines[index]
        if match := _NUMBER.match(line.text):
            score = _ALONE if match.end() == len(line.text) else _LINE
            score -= _SMALL if line.text[match.end() :].lstrip()[:1].islower() else 0.0
            score += _NEW_LINE if index + 1 < end and lines[index + 1].gap is Gap.LINE and score == _ALONE else 0.0
            found.append(_at(line, index, match, score))
        found.extend(_at(line, index, match, _WITHIN) for match in _INSIDE.finditer(line.text))
    return found


def _at(line: Line, index: int, match: re.Match[str], score: float, *, group: bool = False) -> RowStart:
    start = line.start + match.start(1)
    return RowStart(start, line.start + match.end(), match.group(1), index, group, score)


def _style_cost(earlier: RowStart, later: RowStart) -> float:
    """Numbers of one table are written in one way: all with a dot or none, all of two digits or none."""
    dotted = (earlier.end - earlier.start > len(earlier.number)) != (later.end - later.start > len(later.number))
    padded = later.number.startswith("0") and not earlier.number.startswith("0")
    return _STYLE if dotted or padded else 0.0


def _best_chain(candidates: Sequence[RowStart], groups: Sequence[RowStart]) -> list[RowStart]:
    """
    Return the numbers that count on best: each one more than the last, few left out, few false starts.

    Counting may begin again below each of the *groups*.
    """
    heads = [bisect(groups, candidate.start, key=lambda group: group.start) for candidate in candidates]
    best: list[float] = []
    previous: list[int | None] = []
    for index, candidate in enumerate(candidates):
        opening = candidate.score + (0.0 if candidate.value == 1 else -1.0)
        score, before = opening, None
        for earlier in range(index):
            step = candidate.value - candidates[earlier].value
            if step == 1:
                cost = 0.0
            elif 1 < step <= 3:  # noqa: PLR2004 - two numbers left out at the most
                cost = _SKIP * (step - 1)
            elif candidate.value == 1:
                cost = 0.0 if heads[index] == heads[earlier] + 1 else _RESTART
            else:
                continue
            cost += _style_cost(candidates[earlier], candidate)
            if best[earlier] + candidate.score + cost > score:
                score, before = best[earlier] + candidate.score + cost, earlier
        best.append(score)
        previous.append(before)
    chain: list[RowStart] = []
    index_: int | None = max(range(len(best)), key=best.__getitem__) if best else None
    while index_ is not None:
        chain.append(candidates[index_])
        index_ = previous[index_]
    return chain[::-1]


def _groups(lines: Sequence[Line], skipped: set[int], first: int, end: int) -> list[RowStart]:
    """Return the lines that open a group: I, II, III (or A, B, C) counted from whatever the table begins with."""
    for pattern in (_ROMAN, _LETTER):
        chain: list[RowStart] = []
        for index in range(first, end):
            match = None if index in skipped else pattern.match(lines[index].text)
            if not match or roman_value(match.group(1)) == 0:
                continue
            candidate = _at(lines[index], index, match, 0.0, group=True)
            if not chain or candidate.value == chain[-1].value + 1:
                chain.append(candidate)
        if chain and (len(chain) > 1 or chain[0].line == first):
            return chain
    return []


def find_starts(lines: Sequence[Line], skipped: set[int], first: int, end: int) -> list[RowStart]:
    """Return where rows and groups begin among lines *first* to *end* (exclusive), in reading order."""
    groups = _groups(lines, skipped, first, end)
    rows = _best_chain(_candidates(lines, skipped, first, end), groups)
    return sorted([*rows, *groups], key=lambda start: start.start)
