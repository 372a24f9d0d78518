"""
Which words of a row stand in which column, where the table's lines are lost.

A row reads cell by cell from left to right, each cell line by line, and any cell may be blank. Every way to cut the row's words into
its columns is scored by what is known of cells in general (``columns.toml``: bodies, papers, times), by how the other cells
of the same column begin, and by the width that the column must have had: a word went to the next line because it did not fit. The
last two are learned from the table itself in a few rounds, as in expectation-maximisation; nothing of any one table is written here.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from indexer.columns import AGENCIES, SUBJECTS, breaks_off, function_words, is_body_kind, needs_more, starts_like
from indexer.layout import Gap, text_width
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indexer.types import Column

ROUNDS = 6
_MOST_CUTS, _LONG_ROW = (
    120,
    1000,
)  # ways to begin a cell that are weighed in a row, of so many words; real rows have some 40 in 150 words
_MOST_WAYS = 3_000_000  # to cut a table in one round, summed over rows and columns; real tables have some 200,000
_WORD_END = re.compile(r"[\s-]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a row. ``gap`` is what stands before it: None for a space; ``wide`` for two spaces or more."""

    start: int
    end: int
    text: str
    gap: Gap | None
    wide: bool = False


@cache
def _folded(word: str) -> str:
    return fold(word)


@dataclass(frozen=True, slots=True)
class Traits:
    """What kinds of cell begin with these words."""

    body: bool
    paper: bool
    time: bool
    note: bool


@cache
def _traits_of(text: str) -> Traits:
    return Traits(*(starts_like(role, text) for role in ("bodies", "deliverable", "due", "note")))


def _traits(words: Sequence[Word], index: int) -> Traits:
    return _traits_of(" ".join(word.text for word in words[index : index + 4]))


def _opens(word: str) -> bool:
    return word[0].isupper() or word[0].isdigit()


@dataclass(frozen=True)
class Segment:
    """Words of one column of one row, possibly none."""

    words: tuple[Word, ...]

    @cached_property
    def text(self) -> str:
        """The words joined by one space."""
        return " ".join(word.text for word in self.words)

    @cached_property
    def lines(self) -> list[str]:
        """The words line by line."""
        lines: list[list[str]] = []
        for word in self.words:
            if word.gap is not None or not lines:
                lines.append([])
            lines[-1].append(word.text)
        return [" ".join(line) for line in lines]

    @cached_property
    def needs(self) -> tuple[list[float], float]:
        """See :func:`_needs`."""
        return _needs(self.lines)

    @cached_property
    def opening(self) -> str:
        """The first two words, folded; by them cells of one column are alike."""
        return " ".join(_folded(word.text) for word in self.words[:2])

    @cached_property
    def ending(self) -> str:
        """The last two words."""
        return " ".join(word.text for word in self.words[-2:])

    @cached_property
    def folded(self) -> str:
        """The text without case and diacritics."""
        return " ".join(_folded(word.text) for word in self.words)

    @cached_property
    def traits(self) -> Traits:
        """What the first words look like."""
        return _traits(self.words, 0)

    @cached_property
    def hides_start(self) -> bool:
        """Tell whether a cell of another kind seems to begin inside: a time, a paper or a reference with a capital letter."""
        inner = [_traits(self.words, i) for i in range(1, len(self.words)) if _opens(self.words[i].text)]
        return any(traits.time or traits.note or (traits.paper and not traits.body) for traits in inner)

    @cached_property
    def hides_body(self) -> bool:
        """Tell whether a body is named inside that no word, no comma and no other body ties to what stands before it."""
        return any(self._names_body(i) and not self._is_tied(i) for i in range(1, len(self.words)))

    @cached_property
    def ends_before_body(self) -> bool:
        """Tell whether a body is named inside behind a full stop."""
        return any(self._names_body(i) and self.words[i - 1].text[-1] == "." for i in range(1, len(self.words)))

    def _names_body(self, index: int) -> bool:
        return self.words[index].text[0].isupper() and _traits(self.words, index).body

    def _is_tied(self, index: int) -> bool:
        before = [word.text for word in self.words[max(0, index - 3) : index]]
        if before[-1][-1] in ",;/(-–:" or before[-1].lower() in function_words():
            return True
        return any(is_body_kind(" ".join(before[i:])) for i in range(len(before)))

    @cached_property
    def lacks_name(self) -> bool:
        """Tell whether the last words are a kind of body that waits for its name: "…; Đoàn"."""
        before = [word.text for word in self.words[-3:]]
        if len(before) > 1 and before[-2].lower() in ("các", "và"):
            return False
        return any(before[i][0].isupper() and needs_more(" ".join(before[i:])) for i in range(len(before)))


@dataclass
class Shape:
    """What the table's cells taught so far: the width of each column, how its cells begin, how often they are blank."""

    widths: list[float | None]
    openings: list[Counter[str]]
    texts: list[Counter[str]]
    blanks: list[float]
    joints: Mapping[tuple[str, str], int] = field(default_factory=dict)
    double_spaced: bool = False

    @classmethod
    def unknown(cls, count: int, joints: Mapping[tuple[str, str], int], *, double_spaced: bool) -> Shape:
        """Return the shape before any cell is known."""
        nothing: list[Counter[str]] = [Counter() for _ in range(count)]
        return cls([None] * count, nothing, [Counter() for _ in range(count)], [0.0] * count, joints, double_spaced)


# Scores are log-odds in spirit: 1 is a hint, 3 is strong, 6 decides.
_BLANK = {
    "content": -8.0,
    "indicator": -8.0,
    "lead": -3.0,
    "partners": -2.0,
    "deliverable": -2.0,
    "due": -2.0,
    "note": -0.7,
}
_BLANK_OTHER = -1.5
_SLACK = 1.12  # letters are not equally wide


def _kind_score(role: str, segment: Segment) -> float:
    """Say how much *segment* looks like a cell of *role*, from its first words."""
    text = segment.text
    body, paper, time = segment.traits.body, segment.traits.paper, segment.traits.time
    if role in AGENCIES:
        other = (2.5 if segment.hides_start else 0.0) + (1.5 if segment.hides_body else 0.0)
        return (3.0 if body else -2.5) - other
    if role == "due":
        return (3.0 if time and not body else (-2.5 if body or paper else -1.0)) - (2.0 if segment.hides_body else 0.0)
    if role == "deliverable":
        return 1.5 if paper else (-1.5 if body or time else 0.0)
    if role == "note":
        return 1.0 if segment.traits.note else (-1.0 if time or body else 0.0)
    if role in SUBJECTS:
        return (
            min(len(text), 120) * 0.012
            - (0.8 if body else 0.0)
            - (1.0 if time else 0.0)
            - (2.0 if segment.ends_before_body else 0.0)
        )
    if role in ("value", "funding", "unit"):
        return 1.0 if any(c.isdigit() for c in text) or len(text) < 15 else -1.0
    return 0.0


def _edge_score(segment: Segment, *, continued: bool) -> float:
    """A cell begins with a capital, a number or a sign, and does not end in the middle of a phrase."""
    first, last = segment.words[0].text, segment.words[-1].text
    score = 0.0
    if not continued and (first[0].islower() or first[0] in ",;.:)/"):
        score -= 4.0
    if last[-1] in ",;":
        score -= 2.5
    elif last[-1] in "-/(" or breaks_off(segment.ending):
        score -= 3.0
    elif segment.lacks_name:
        score -= 2.0
    elif last[-1] == ".":
        score += 0.5
    return score


@cache
def _width_of(text: str) -> float:
    return text_width(text)


def _needs(lines: Sequence[str]) -> tuple[list[float], float]:
    """Return how wide each line but the last would be with the first word of the next, and how wide the widest is."""
    needed = [
        _width_of(f"{line} {re.split(_WORD_END, following, maxsplit=1)[0]}")
        for line, following in pairwise(lines)
        if following[0] not in "-+•"  # an item of a list begins its own line
    ]
    return needed, max(map(_width_of, lines))


def _width_score(needs: tuple[list[float], float], width: float | None) -> float:
    """A line end inside a cell stands where the next word did not fit; no line is wider than the column."""
    if width is None:
        return 0.0
    needed, longest = needs
    score = 0.0
    for wide in needed:
        room = width * 0.92 - wide
        score += 0.5 if room <= 0 else -min(4.0, 1.0 + 12.0 * room / width)
    if longest > width * _SLACK + 1:
        score -= min(8.0, 2.0 + 14.0 * (longest / width - _SLACK))
    return score


def _inner_score(segment: Segment, shape: Shape) -> float:
    """A gap that marks a cell's end elsewhere should not stand inside a cell."""
    score = 0.0
    for word in segment.words[1:]:
        if word.gap is Gap.LINE and shape.double_spaced:
            score -= 3.0
        elif word.gap is Gap.WHITE:
            score -= 2.0
        elif word.wide:
            score -= 0.5
    return score


def _before_score(word: Word, shape: Shape) -> float:
    """Say how readily a cell begins at *word*, from what stands before it."""
    if word.gap is None:
        return -0.5 if word.wide else -3.5
    if word.gap is Gap.LINE:
        return 1.5 if shape.double_spaced else 0.0
    return 0.5 if word.gap is Gap.WHITE else 0.0


def _alike_scores(segment: Segment, shape: Shape, own: Sequence[Segment]) -> list[float]:
    """
    Say for each column how much *segment* is like its other cells.

    Cells of one column begin alike, and often are the same; *own*, the row as it was cut before, does not count.
    """
    opening, folded = segment.opening, segment.folded
    counts = [
        counter[opening] - (1 if own and own[i].words and own[i].opening == opening else 0)
        for i, counter in enumerate(shape.openings)
    ]
    total, columns = sum(counts), len(counts)
    weight = 1.6 if total > 1 else 1.0
    scores: list[float] = []
    for i, count in enumerate(counts):
        score = weight * math.log((count + 0.1) / (total + 0.1 * columns) * columns) if total else 0.0
        same = shape.texts[i][folded] - (1 if own and own[i].words and own[i].folded == folded else 0)
        if same:
            score += min(2.5, 1.0 + 0.7 * math.log(same))
        scores.append(max(-4.0, min(3.0, score)))
    return scores


def _fixed_score(role: str, segment: Segment, shape: Shape) -> float:
    """Return what no round changes."""
    return (
        _kind_score(role, segment)
        + _edge_score(segment, continued=False)
        + _inner_score(segment, shape)
        + _before_score(segment.words[0], shape)
    )


class RowWords:
    """The words of a row up to its page end, with every way to cut them; kept over the rounds."""

    def __init__(self, words: Sequence[Word], most: int = _MOST_CUTS) -> None:
        self.words = tuple(words)
        every = _cuts(words) if words else []
        self.cuts = [*_thinned(every, words, most), len(words)]
        self.thinned = len(self.cuts) <= len(
            every
        )  # there were too many ways to cut it, so that the cells may be wrong
        self._segments: dict[tuple[int, int], Segment] = {}
        self._fixed: dict[tuple[int, int, str], float] = {}

    def segment(self, begin: int, end: int) -> Segment:
        """Return the words from *begin* to *end*."""
        key = (begin, end)
        if key not in self._segments:
            self._segments[key] = Segment(self.words[begin:end])
        return self._segments[key]

    def fixed(self, begin: int, end: int, role: str, shape: Shape) -> float:
        """Return the score of a cell of *role* that holds these words, as far as no round changes it."""
        key = (begin, end, role)
        if key not in self._fixed:
            self._fixed[key] = _fixed_score(role, self.segment(begin, end), shape)
        return self._fixed[key]


def _blank_score(role: str, index: int, shape: Shape) -> float:
    prior = _BLANK.get(role, _BLANK_OTHER)
    return max(prior, prior * 0.3) if shape.blanks[index] > 0.5 else prior


def _cuts(words: Sequence[Word]) -> list[int]:
    """Return the positions at which a cell can begin."""
    return [0] + [
        i
        for i, word in enumerate(words)
        if i and (word.gap is not None or word.wide or not (word.text[0].islower() or words[i - 1].text[-1] in ",/(-"))
    ]


def _thinned(cuts: Sequence[int], words: Sequence[Word], most: int) -> list[int]:
    """Return about *most* of *cuts*, fewer in a long row: those before which a line ends, evenly thinned."""
    if len(words) > _LONG_ROW:
        most = max(4, int(most * math.sqrt(_LONG_ROW / len(words))))
    if len(cuts) <= most:
        return list(cuts)
    sure = [i for i in cuts if not i or words[i].gap is not None or words[i].wide]
    return sure[:: math.ceil(len(sure) / most)]


def most_cuts(rows: Sequence[Sequence[Word]], columns: int) -> int:
    """Return how many cuts of a row can be weighed in a table of *rows*, so that all of it is done in seconds."""
    ways = sum(min(_MOST_CUTS, len(row)) ** 2 // 2 for row in rows) * columns
    return _MOST_CUTS if ways <= _MOST_WAYS else max(4, int(_MOST_CUTS * math.sqrt(_MOST_WAYS / ways)))


def assign(row: RowWords, columns: Sequence[Column], shape: Shape, own: Sequence[Segment] = ()) -> list[Segment]:
    """Return one segment a column, in order, that together hold all words of *row*: the best way to cut them."""
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    alike: dict[tuple[int, int], list[float]] = {}
    for index, item in enumerate(columns):
        ends: dict[int, tuple[float, int]] = {}
        for begin, (score, _) in best[-1].items():
            blank = score + _blank_score(item.role, index, shape)
            if begin not in ends or blank > ends[begin][0]:
                ends[begin] = (blank, begin)
            for end in (cut for cut in row.cuts if cut > begin):
                segment = row.segment(begin, end)
                if (begin, end) not in alike:
                    alike[begin, end] = _alike_scores(segment, shape, own)
                total = (
                    score
                    + row.fixed(begin, end, item.role, shape)
                    + _width_score(segment.needs, shape.widths[index])
                    + alike[begin, end][index]
                )
                if end not in ends or total > ends[end][0]:
                    ends[end] = (total, begin)
        best.append(ends)
    return _trace(row.words, best)


def _trace(words: Sequence[Word], best: Sequence[Mapping[int, tuple[float, int]]]) -> list[Segment]:
    segments: list[Segment] = []
    end = len(words)
    for row in reversed(best[1:]):
        begin = row[end][1]
        segments.append(Segment(tuple(words[begin:end])))
        end = begin
    return segments[::-1]


def continue_cells(before: Sequence[Segment], words: Sequence[Word], shape: Shape) -> list[Segment]:
    """
    Return one segment a column for *words* that stand behind a page end inside a row whose cells so far are *before*.

    Each piece goes on in a cell that the page end cut; most cells do not go on.
    """
    row = RowWords(words)
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for index, cell in enumerate(before):
        joint = _Joint(cell, shape.texts[index], shape.joints, shape.widths[index])
        ends: dict[int, tuple[float, int]] = {}
        for begin, (score, _) in best[-1].items():
            if begin not in ends or score > ends[begin][0]:
                ends[begin] = (score, begin)
            for end in (cut for cut in row.cuts if cut > begin):
                total = score + joint.score(row.segment(begin, end))
                if end not in ends or total > ends[end][0]:
                    ends[end] = (total, begin)
        best.append(ends)
    return _trace(row.words, best)


class _Joint:
    """How well words behind a page end go on in the cell that it cut; what does not depend on those words is kept."""

    def __init__(
        self, cell: Segment, texts: Mapping[str, int], joints: Mapping[tuple[str, str], int], width: float | None
    ) -> None:
        self._cell, self._texts, self._joints, self._width = cell, texts, joints, width
        self._before = f"{cell.folded} " if cell.words else ""
        self._lines: dict[str, tuple[list[float], float]] = {}

    def score(self, piece: Segment) -> float:
        """Say how well *piece* goes on in the cell."""
        score = _width_score(self._needs(piece), self._width)
        if self._texts.get(f"{self._before}{piece.folded}"):
            score += 4.0
        if not self._cell.words:
            return score - 2.0
        last, first = self._cell.words[-1].text, piece.words[0].text
        count = self._joints.get((_folded(last), _folded(first)), 0)
        score += min(3.0, 1.0 + math.log(count)) if count else -1.0
        if last[-1] == ".":
            score -= 2.0
        return score

    def _needs(self, piece: Segment) -> tuple[list[float], float]:
        """Return the needs of the cell's last line followed by the lines of *piece*."""
        if not self._cell.words:
            return piece.needs
        line = piece.lines[0]
        if line not in self._lines:
            self._lines[line] = _needs([self._cell.lines[-1], line])
        needed, longest = self._lines[line]
        return [*needed, *piece.needs[0]], max(longest, piece.needs[1])


def learn(rows: Sequence[Sequence[Segment]], shape: Shape) -> Shape:
    """Return the shape that *rows* teach."""
    count = len(shape.widths)
    widths: list[float | None] = []
    openings: list[Counter[str]] = [Counter() for _ in range(count)]
    texts: list[Counter[str]] = [Counter() for _ in range(count)]
    blanks: list[float] = []
    for index in range(count):
        segments = [row[index] for row in rows]
        filled = [segment for segment in segments if segment.words]
        blanks.append(1 - len(filled) / max(1, len(segments)))
        full = sorted(text_width(line) for segment in filled for line in segment.lines[:-1])
        ends = sorted(text_width(segment.lines[-1]) for segment in filled)
        width = full[int(len(full) * 0.85)] if full else None
        widths.append(max(width, ends[int(len(ends) * 0.85)] * 0.9) if width and len(full) > 1 else None)
        openings[index].update(segment.opening for segment in filled)
        texts[index].update(segment.folded for segment in filled)
    return Shape(widths, openings, texts, blanks, shape.joints, shape.double_spaced)
