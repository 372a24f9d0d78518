"""
From the words of a page, each with its box, to lines, columns and paragraphs: whether printed in a PDF or recognised in a picture.

All lengths are points from the upper left corner of the page as it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

import regex as re

from indexer.columns import starts_like
from indexer.formats.sound import is_syllable
from indexer.letterhead import heads_subject, kinds
from indexer.markers import appendix_of, marker_of
from indexer.types import StepKind
from indexer.vietnamese import fold, is_syllable_shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_WIDE = 2.2  # font sizes between two words that stand in different columns
_WIDER = 2.5  # times the usual gap of the line: a justified line may be stretched
_STRIP = 12.0  # points; no word reaches over more than a few strips
_FAR = 20.0  # font sizes behind which a run of words cannot go on
_SAME_ROW = 0.5  # share of the height that words of one line have in common
_GUTTER = 6.0  # points; the least room between two columns
_INDENT = 0.8  # font sizes; the least first-line indent
_APART = 1.3  # times the usual line pitch: a paragraph's own space stands between
_APART_IN_LETTERHEAD = 1.7  # where lines of several sizes stand close together
_FARTHEST = 2.0  # heights between lines of one paragraph, where there are fewer than _TELLING to measure it
_TELLING = 4
_CENTRED = 0.02  # of the width: how exactly a centred line is centred
_TERMINAL = (".", ";", ":", "!", "?", "…", "”")
_WIDE_SPACE = "   "  # what stands in a line's text where its words stand in different columns

# A blank to be filled in by hand is no gap between columns: "Số:      /KH-UBND", "ngày     tháng 3 năm 2026".
_BLANK_BEFORE = re.compile(r"ngày|tháng|năm", re.IGNORECASE)
_BLANK_BEHIND = re.compile(r"/\p{L}.*|tháng|năm", re.IGNORECASE)
# What only letterheads and signature blocks have, which are set in two columns. Folded.
_CUE = re.compile(
    r"cong hoa xa hoi|doc lap\s?[-–]|dang cong san viet nam|noi nhan\s?:?$|so\s?:|(?:tm|kt|tl|tuq|t/m|k/t|t/l)\s?\."
)
_OWN_LINE = re.compile(
    r"so\s?:|v/v\b|doc lap\s?[-–]|[^,.;]{0,40},?\s?ngay\b[\s\d.…]*thang\b[\s\d.…]*nam\b[\s\d.…]*$|cong hoa xa hoi|noi nhan\b|kinh gui\s?:|"
    r"\((?:ban hanh )?kem theo"
)
# What always begins its column, however close the other one stands. Folded.
STATE = re.compile(r"cong hoa xa hoi chu|doc lap\s?[-–] ?tu do|dang cong san viet nam")
_SIGNS = re.compile(r"(?:TM|T/M|KT|K/T|TL|T/L|TUQ|Q)\s?\.\s?\p{Lu}")
_RULE = re.compile(r"[_\-–—=*.·\s]+")


@dataclass(frozen=True, slots=True, eq=False)
class PageWord:
    """A word and its box; two words of the same text at the same place are two. ``confidence`` is 0 to 1 for a recognised word, None for a printed one."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    bold: bool = False
    confidence: float | None = None

    @property
    def size(self) -> float:
        """The height of the box, nearly the font size."""
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """Half-way down the box."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True)
class PrintedLine:
    """Words side by side on one line, from left to right."""

    words: tuple[PageWord, ...]

    @cached_property
    def left(self) -> float:
        """Where the first word begins."""
        return self.words[0].left

    @cached_property
    def right(self) -> float:
        """Where the last word ends."""
        return max(word.right for word in self.words)

    @cached_property
    def top(self) -> float:
        """The usual upper edge of the words; a superscript does not count."""
        return median(word.top for word in self.words)

    @cached_property
    def bottom(self) -> float:
        """The usual lower edge of the words."""
        return median(word.bottom for word in self.words)

    @cached_property
    def middle(self) -> float:
        """Half-way down."""
        return (self.top + self.bottom) / 2

    @cached_property
    def size(self) -> float:
        """The usual height of the words."""
        return median(word.size for word in self.words)

    @cached_property
    def bold(self) -> bool:
        """Whether most words are bold."""
        return sum(word.bold for word in self.words) * 2 > len(self.words)

    @cached_property
    def text(self) -> str:
        """The words, one space apart; three where a column ends."""
        parts = [self.words[0].text]
        for before, word in pairwise(self.words):
            parts.append((_WIDE_SPACE if is_wide(before, word) else " ") + word.text)
        return "".join(parts)

    @cached_property
    def capitals(self) -> bool:
        """Whether its letters are all capitals."""
        return self.text == self.text.upper() != self.text.lower()


def is_wide(before: PageWord, word: PageWord, *, usual: float = 0.0) -> bool:
    """Tell whether the gap between two words of a line is one between columns; *usual* is the line's usual gap."""
    gap = word.left - before.right
    if gap < _WIDE * max(before.size, word.size) or gap < _WIDER * usual:
        return False
    return not (_BLANK_BEFORE.fullmatch(before.text) or _BLANK_BEHIND.fullmatch(word.text))


def segments_of(words: Iterable[PageWord]) -> list[list[PrintedLine]]:
    """
    Return the words in rows from top to bottom, each row in runs from left to right between which a column ends.

    Words side by side are linked before rows are made: lines of two columns need not stand at the same height.
    """
    runs = [PrintedLine(tuple(run)) for run in _linked(words)]
    rows: list[list[PrintedLine]] = []
    for run in sorted(runs, key=lambda run: run.middle):
        for row in rows[-3:][::-1]:
            if _overlap(run, row[0]) > _SAME_ROW:  # of the first alone, lest lines of two columns make a chain
                row.append(run)
                break
        else:
            rows.append([run])
    return [_cut(sorted(row, key=lambda run: run.left)) for row in rows]


def rows_of(words: Iterable[PageWord]) -> list[list[PageWord]]:
    """Return the words row by row, each row from left to right."""
    return [[word for run in row for word in run.words] for row in segments_of(words)]


def _linked(words: Iterable[PageWord]) -> list[list[PageWord]]:
    """Return runs of words each of which stands close behind the one before, at the same height."""
    runs: list[list[PageWord]] = []
    ends: dict[
        int, list[list[PageWord]]
    ] = {}  # runs that may still go on, by the strip of the page in which their last word stands
    for word in sorted(words, key=lambda word: word.left):
        strips = range(int(word.top // _STRIP) - 1, int(word.bottom // _STRIP) + 2)
        near = [
            run
            for strip in strips
            for run in ends.get(strip, ())
            if word.left > run[-1].left and _overlap(run[-1], word) > _SAME_ROW and not is_wide(run[-1], word)
        ]
        if near:
            run = max(near, key=lambda run: run[-1].right)
            ends[int(run[-1].middle // _STRIP)].remove(run)
            run.append(word)
        else:
            run = [word]
            runs.append(run)
        strip = int(word.middle // _STRIP)
        ends[strip] = [other for other in ends.get(strip, ()) if word.left - other[-1].right < _FAR * other[-1].size]
        ends[strip].append(run)
    return runs


def _overlap(one: PageWord | PrintedLine, other: PageWord | PrintedLine) -> float:
    """Return which share of the lower of two boxes' heights they have in common, 0 or less where they do not meet."""
    return (min(one.bottom, other.bottom) - max(one.top, other.top)) / max(1e-6, min(one.size, other.size))


def _cut(row: Sequence[PrintedLine]) -> list[PrintedLine]:
    """Return the words of *row* in runs between which a column ends; a justified line that is only stretched is one run."""
    words = [word for run in row for word in run.words]
    gaps = sorted(b.left - a.right for a, b in pairwise(words))
    usual = gaps[len(gaps) // 2] if len(gaps) > 2 else 0.0
    runs = [[words[0]]]
    state = _state_at(words)
    for index, (before, word) in enumerate(pairwise(words), start=1):
        if index == state or is_wide(before, word, usual=usual):
            runs.append([])
        runs[-1].append(word)
    return [PrintedLine(tuple(run)) for run in runs]


def _state_at(row: Sequence[PageWord]) -> int | None:
    """Return which word of *row* begins the name of the State or its motto; None where it does not stand behind other words."""
    words = [fold(word.text) for word in row]
    begins = (i for i in range(1, len(words)) if row[i].text[0].isupper() and STATE.match(" ".join(words[i : i + 5])))
    return next((i for i in begins if row[i].text.isupper() or (row[i].text.istitle() and words[i] == "doc")), None)


@dataclass(frozen=True, slots=True)
class Block:
    """
    Lines that are read from top to bottom before the next block begins.

    ``left`` and ``right`` are the edges that its lines may reach; ``letterhead`` says that no two lines in capitals make one name.
    """

    lines: tuple[PrintedLine, ...]
    left: float
    right: float
    letterhead: bool = False


def blocks_of(words: Iterable[PageWord], *, left: float, right: float) -> list[Block]:
    """
    Return the blocks of running text made of *words* in reading order: columns of a letterhead one behind the other.

    *left* and *right* are the margins of the page's running text.
    """
    rows = segments_of(words)
    blocks: list[Block] = []
    plain: list[PrintedLine] = []

    def flush() -> None:
        if plain:
            blocks.append(Block(tuple(plain), left, right))
            plain.clear()

    index = 0
    while index < len(rows):
        band = _band(rows, index, (left + right) / 2)
        if band is None:
            plain.append(PrintedLine(tuple(word for line in rows[index] for word in line.words)))
            index += 1
            continue
        first, last, gutter = band
        while plain and first < index:  # rows above that belong to one of the columns were taken for plain lines
            plain.pop()
            index -= 1
        flush()
        columns: tuple[list[PrintedLine], list[PrintedLine]] = ([], [])
        for row in rows[first : last + 1]:
            for side in (False, True):
                words_there = [
                    word for line in row if ((line.left + line.right) / 2 > gutter) is side for word in line.words
                ]
                if words_there:
                    columns[side].append(PrintedLine(tuple(words_there)))
        for lines, edges in zip(columns, ((left, gutter), (gutter, right)), strict=True):
            if lines:
                low, high = min(line.left for line in lines), max(line.right for line in lines)
                blocks.append(
                    Block(tuple(lines), max(low, edges[0]) if lines is columns[1] else low, high, letterhead=True)
                )
        index = last + 1
    flush()
    return blocks


def _band(rows: Sequence[Sequence[PrintedLine]], index: int, centre: float) -> tuple[int, int, float] | None:
    """Return the first and last row around row *index* that stand in two columns, and the middle of the gutter; None if none do."""
    gaps = [(b.left - a.right, a.right, b.left) for a, b in pairwise(rows[index])]
    if not gaps:
        return None
    _, low, high = max(gaps)
    first = last = index
    lines = list(rows[index])
    for step in (-1, 1):
        place = index + step
        while 0 <= place < len(rows):
            edges = _narrowed(rows[place], low, high, centre)
            if edges is None:
                break
            low, high = edges
            lines += rows[place]
            first, last = min(first, place), max(last, place)
            place += step
    if not any(_is_cue(line) for line in lines):
        return None
    while first < index and len(rows[first]) == 1 and not (rows[first][0].capitals or _is_cue(rows[first][0])):
        first += 1  # the last line of the text above is short, and no part of a column
    return first, last, (low + high) / 2


def _is_cue(line: PrintedLine) -> bool:
    """Tell whether *line* is one that only letterheads and signature blocks have; a sentence may name the State, too."""
    match = _CUE.match(fold(line.text))
    return match is not None and (not match.group().startswith(("cong hoa", "dang cong")) or line.text[:4].isupper())


def _narrowed(row: Sequence[PrintedLine], low: float, high: float, centre: float) -> tuple[float, float] | None:
    """Return what the lines of *row* leave of the gutter between *low* and *high*; None where one crosses it."""
    gutter = (low + high) / 2
    for line in row:
        middle = (line.left + line.right) / 2
        if len(row) == 1 and abs(middle - centre) < 4 and line.left > low - 30:
            return None  # centred on the page: a title
        if middle < gutter:
            low = max(low, line.right)
        else:
            high = min(high, line.left)
    return (low, high) if high - low >= _GUTTER else None


def usual_pitch(lines: Sequence[PrintedLine]) -> float:
    """Return how far apart lines of one paragraph stand, from middle to middle; 0 for a single line."""
    steps = sorted(b.middle - a.middle for a, b in pairwise(lines) if b.middle > a.middle)
    if len(steps) < _TELLING:  # a name below its office, far below
        return min([*steps[:1], _FARTHEST * lines[0].size])
    return steps[len(steps) // 4]


def paragraphs_of(block: Block) -> list[list[PrintedLine]]:
    """Return the lines of *block* paragraph by paragraph, told by indents, short lines, space between and what opens a line."""
    pitch = usual_pitch(block.lines)
    paragraphs: list[list[PrintedLine]] = []
    for line in block.lines:
        if paragraphs and _goes_on(paragraphs[-1], line, block, pitch):
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    return paragraphs


def _goes_on(paragraph: Sequence[PrintedLine], line: PrintedLine, block: Block, pitch: float) -> bool:
    """Tell whether *line* goes on with *paragraph*."""
    before = paragraph[-1]
    return line.middle - before.middle <= _APART * max(pitch, line.size, before.size) and goes_on(
        paragraph, line, block
    )


def goes_on(paragraph: Sequence[PrintedLine], line: PrintedLine, block: Block) -> bool:
    """Tell whether *line* goes on with *paragraph*, whatever space or page end stands between them."""
    before = paragraph[-1]
    if is_one_word(before, line, block):
        return True
    if _RULE.fullmatch(line.text) or _RULE.fullmatch(before.text):
        return False
    if _stands_alone(before.text) or _opens(line.text, before.text):
        return False
    if block.letterhead and (
        line.capitals or before.capitals
    ):  # each body on a line of its own, unless its name is too long for one
        return line.capitals and before.capitals and line.bold == before.bold and not starts_like("bodies", line.text)
    ended = before.text.endswith(_TERMINAL)
    if line.text[0].islower() and not ended:
        return True
    if is_centred(before, block) and is_centred(line, block) and _inside(line, block):
        return before.capitals == line.capitals and before.bold == line.bold and not ended
    if not is_full(before, line, block):
        return False
    indent = _INDENT * line.size
    if line.left <= block.left + indent:
        return True
    if len(paragraph) > 1:
        return abs(line.left - before.left) < indent
    return line.left > before.left + indent / 2  # a hanging indent


def _stands_alone(text: str) -> bool:
    """Tell whether *text* is a heading that is only a number or a kind of document: "Chương II", "PHỤ LỤC 01", "KẾ HOẠCH"."""
    folded = fold(" ".join(text.split()))
    if folded in kinds() or _SIGNS.match(text):
        return text == text.upper()
    if heads_subject(text):
        return True
    if (appendix := appendix_of(text)) is not None:
        return appendix.length >= len(text)
    marker = marker_of(f"{text} ")
    named = marker is not None and marker.kind in (StepKind.PART, StepKind.CHAPTER, StepKind.DIVISION, StepKind.ARTICLE)
    return named and marker is not None and marker.length >= len(text)


def _opens(text: str, before: str) -> bool:
    """Tell whether *text* opens something new: a marker of the ladder, or a line of a letterhead."""
    if _OWN_LINE.match(fold(text)) or appendix_of(text) is not None:
        return True
    marker = marker_of(text)
    if marker is None:
        return False
    if marker.kind in (StepKind.NUMBER, StepKind.ROMAN, StepKind.BULLET):
        return before.endswith((*_TERMINAL, ",", ")", "/")) or text[marker.length :][:1].isupper()
    return True


def is_centred(line: PrintedLine, block: Block) -> bool:
    """Tell whether *line* stands in the middle of *block*."""
    off = (line.left + line.right) / 2 - (block.left + block.right) / 2
    return abs(off) <= _CENTRED * (block.right - block.left) + 2


def _inside(line: PrintedLine, block: Block) -> bool:
    return line.left > block.left + line.size and line.right < block.right - line.size


def is_full(before: PrintedLine, line: PrintedLine, block: Block) -> bool:
    """Tell whether the first word of *line* would not have fitted behind *before*."""
    needed = 0.25 * before.size + line.words[0].right - line.words[0].left
    tolerance = 0.4 * before.size
    if is_centred(before, block) and _inside(before, block):
        return before.right - before.left + needed > block.right - block.left - tolerance
    return before.right + needed > block.right - tolerance


_ADDRESS = re.compile(r"(?:https?:|www\.|\S+@)\S*|\S*://\S*", re.IGNORECASE)
_CODE = re.compile(r".*[\d/-]\p{Lu}+")  # "05-NQ/T" over "U"
_BROKEN_CODE = re.compile(r".*[\p{Lu}\d][-/]|.*\p{L}\d?-|.*\p{Lu}/")
_NUMBER_GOES_ON = re.compile(r".*\d[.,/-]?")
_ROMAN = re.compile(r"[IVXLC]+")
_BARE = ".,;:()/“”\"'"
_TAIL = (
    3  # letters of a foreign word or an abbreviation that may have gone to the next line; more are a word of their own
)
_SLACK = 1.5  # points by which the room of a cell is not known exactly


def is_one_word(before: PrintedLine, line: PrintedLine, block: Block) -> bool:
    """
    Tell whether *before* ends in the middle of a word that goes on in *line*: it did not fit into the column.

    "10/02/202" over "6", "ST" over "T", an address over its rest, "số 05-" over "NQ/TU"; never two syllables that happen to fill a
    line each.
    """
    first, second = before.words[-1].text, line.words[0].text
    piece = line.words[0].right - line.words[0].left
    free = min(block.right - before.right, block.right - block.left - (before.right - before.left))
    if _BROKEN_CODE.fullmatch(first) and (second[0].isdigit() or second[0].isupper()) and len(first) > 1:
        return free < piece + _SLACK
    if first[-1].isdigit() and re.match(r"/\d", second):
        return free < piece + _SLACK
    if len(before.words) > 1 or free >= max(0.3 * line.size, 1.25 * piece / len(second)) + _SLACK:
        return False
    if _ADDRESS.fullmatch(first) or (_CODE.fullmatch(first) and second[0].isupper()):
        return True
    if _NUMBER_GOES_ON.fullmatch(first):
        return second[0].isdigit() or (first[-1].isdigit() and second[0] in ",./%")
    if re.fullmatch(r"\S*_\S*", first):
        return True
    return _is_broken(first.strip(_BARE), second.strip(_BARE), first[-1:])


def _is_broken(first: str, second: str, end: str) -> bool:
    """Tell whether the letters *first* and *second* are one word rather than two, *end* being the last sign of the first."""
    if not (first.isalpha() and second.isalpha()) or end in _BARE:
        return False
    if _ROMAN.fullmatch(first + second):
        return True
    if not (second.islower() or (first.isupper() and second.isupper())):
        return False
    whole = _is_word(first + second)
    if _is_word(second):
        # "Ngu" over "ồn": a column so narrow that "Ngu" fills it breaks words; two words that make a third are rarer
        return whole and (not _is_word(first) or fold(second[0]) in "aeiouy")
    return whole or (not _is_word(first) and len(second) <= _TAIL)


def _is_word(text: str) -> bool:
    """Tell whether *text* is a syllable that stands alone; the lists have abbreviations and single consonants too."""
    return is_syllable(text) and is_syllable_shape(fold(text))
