"""Where the rows and the group rows of a table begin whose lines are lost: the numbers that count on."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from typing import TYPE_CHECKING

import regex as re

from indexer.layout import Gap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.layout import Line

_ROMAN = re.compile(r"([IVXLC]{1,6})[.)]?\s+(?=\S)")
_LETTER = re.compile(r"([A-H])[.)]?\s+(?=[\p{Lu}])")
_NUMBER = re.compile(r"(\d{1,3})\.?(?=\s|$)")
_INSIDE = re.compile(r"(?<=\s)(\d{1,3})\.?(?=\s{2,}\S)")  # a number with a wide gap behind it, in the middle of a line
_LEVELS = re.compile(r"(\d{1,2}\.\d{1,2})\.?(?=\s|$)")
_LEAST = 3  # rows of two levels that make a table of two levels
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
        return roman_value(self.number) if self.group else int(self.number.rpartition(".")[2])


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


_Style = tuple[bool, bool]  # whether a dot stands behind the number, whether a nought before it
_STYLES: tuple[_Style, ...] = ((False, False), (False, True), (True, False), (True, True))


def _style_of(start: RowStart) -> _Style:
    return start.end - start.start > len(start.number), start.number.startswith("0")


def _style_cost(earlier: _Style, later: _Style) -> float:
    """Numbers of one table are written in one way: all with a dot or none, all of two digits or none."""
    dotted = earlier[0] != later[0]
    padded = later[1] and not earlier[1]
    return _STYLE if dotted or padded else 0.0


def _best_chain(candidates: Sequence[RowStart], groups: Sequence[RowStart]) -> list[RowStart]:
    """
    Return the numbers that count on best: each one more than the last, few left out, few false starts.

    Counting may begin again below each of the *groups*.
    """
    heads = [bisect(groups, candidate.start, key=lambda group: group.start) for candidate in candidates]
    best: list[float] = []
    previous: list[int | None] = []
    # of the numbers so far, the best for each value, for each value below each head, and of all; written in each way
    by_value: dict[tuple[int, _Style], int] = {}
    by_head: dict[tuple[int, _Style], int] = {}
    overall: dict[_Style, int] = {}
    for index, candidate in enumerate(candidates):
        value, style = candidate.value, _style_of(candidate)
        score, before = candidate.score + (0.0 if value == 1 else -1.0), None
        for earlier_style in _STYLES:
            ways = [(by_value.get((value - step, earlier_style)), _SKIP * (step - 1)) for step in (1, 2, 3)]
            if value == 1:
                ways += [(by_head.get((heads[index] - 1, earlier_style)), 0.0), (overall.get(earlier_style), _RESTART)]
            for earlier, cost in ways:
                if earlier is None:
                    continue
                total = best[earlier] + candidate.score + (cost + _style_cost(earlier_style, style))
                if total > score or (total == score and before is not None and earlier < before):
                    score, before = total, earlier
        best.append(score)
        previous.append(before)
        for known, key in ((by_value, (value, style)), (by_head, (heads[index], style))):
            if key not in known or score > best[known[key]]:
                known[key] = index
        if style not in overall or score > best[overall[style]]:
            overall[style] = index
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


def _levelled(lines: Sequence[Line], skipped: set[int], first: int, end: int) -> list[RowStart]:
    """
    Return the rows 1.1, 1.2, 2.1 and, as groups, the lines 1 and 2 that head them.

    Nothing is returned where rows are not numbered so.
    """
    found: list[RowStart] = []
    heads: list[RowStart] = []
    whole: dict[int, RowStart] = {}
    for index in range(first, end):
        if index in skipped:
            continue
        line = lines[index]
        if match := _NUMBER.match(line.text):
            whole.setdefault(int(match.group(1)), _at(line, index, match, 0.0, group=True))
        match = _LEVELS.match(line.text)
        if not match:
            continue
        outer, inner = (int(part) for part in match.group(1).split("."))
        last = tuple(int(part) for part in found[-1].number.split(".")) if found else (outer - 1, 0)
        if (outer, inner) not in ((last[0], last[1] + 1), (last[0] + 1, 1)):
            continue
        if inner == 1 and (head := whole.get(outer)) and (not found or head.start > found[-1].start):
            heads.append(head)
        found.append(_at(line, index, match, 0.0))
        whole.clear()
    return [*found, *heads] if len(found) >= _LEAST and heads else []


def find_starts(lines: Sequence[Line], skipped: set[int], first: int, end: int) -> list[RowStart]:
    """Return where rows and groups begin among lines *first* to *end* (exclusive), in reading order."""
    groups = _groups(lines, skipped, first, end)
    rows = _best_chain(_candidates(lines, skipped, first, end), groups)
    levelled = _levelled(lines, skipped, first, end)
    if len([start for start in levelled if not start.group]) > len(rows):
        return sorted(levelled, key=lambda start: start.start)
    return sorted([*rows, *groups], key=lambda start: start.start)
