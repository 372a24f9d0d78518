"""
The clauses of a document: the ladder of a plan (I, 1, 1.1, a, -) and of a law (Phần, Chương, Mục, Điều, khoản, điểm).

Every line of text ends up in one clause; every clause is a slice of the text under a path that no other clause of the document has.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import regex as re

from indexer.flat_table import find_table, parse_table
from indexer.layout import Gap, is_forced, line_width, text_width
from indexer.letterhead import kinds
from indexer.markers import Marker, appendix_of, marker_of
from indexer.remarks import NO_ROWS, PRINTED_TWICE
from indexer.types import Clause, LineKind, ReadWarning, Step, StepKind, fold_white
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.layout import Line
    from indexer.types import Path, Table

_ORDER = (
    StepKind.APPENDIX,
    StepKind.PART,
    StepKind.CHAPTER,
    StepKind.DIVISION,
    StepKind.ROMAN,
    StepKind.ARTICLE,
    StepKind.NUMBER,
    StepKind.CLAUSE,
    StepKind.POINT,
    StepKind.BULLET,
    StepKind.PARAGRAPH,
)
_TERMINAL = (".", ";", ":", "!", "?", "./.", ")", "”", '"', "/", ",")
_ENDS = (".", ":", "!", "?", "./.")  # of a paragraph
_SHORT = 0.7  # a line with so much room left ends its paragraph, whatever it ends with
_JUSTIFIED = (
    0.96  # the first line of a paragraph is indented, so narrower than this; the lines below it are as wide as the page
)
_RECIPIENTS = re.compile(r"n[oơ]i nh[aậ]n\s*:?", re.IGNORECASE)
_LONG_HEADING = 300
_TITLE = 120  # a heading may end with a full stop; a sentence that long is none


_DIVISIONS = (StepKind.PART, StepKind.CHAPTER, StepKind.DIVISION)
_GROUND = re.compile(r"(?:Căn cứ|Theo đề nghị|Xét đề nghị) ")
_PREAMBLE = re.compile(r"(?:Trên cơ sở|Thực hiện) ")
_COLUMNS = re.compile(r"\S {3,}\S")  # two columns of a letterhead side by side
_SIGNS = re.compile(
    r"(?:TM|T/M|KT|K/T|TL|T/L|TUQ|Q)\s?\.\s?[\p{Lu}]{2,}"
)  # thay mặt, ký thay, thừa lệnh, thừa ủy quyền, quyền
_OFFICE = 60  # letters of an office's name


def _is_capitals(text: str) -> bool:
    return text == text.upper() and any(letter.isalpha() for letter in text)


@dataclass
class _Open:
    """A clause under construction."""

    path: Path
    lines: list[Line] = field(default_factory=list)
    marker: Marker | None = None


class _Ladder:
    """The state of the walk down a document's lines."""

    def __init__(self, document: str, text: str, lines: Sequence[Line], *, damaged: bool) -> None:
        self.document, self.text, self.lines, self.damaged = document, text, lines, damaged
        self.width = self._width_from(0)
        self.done: list[_Open] = []
        self.current: _Open | None = None
        self.stack: list[Step] = [Step(StepKind.HEAD)]
        self.seen: dict[Path, int] = {(Step(StepKind.HEAD),): 1}
        self.recipients = Step(StepKind.RECIPIENTS)  # the list that its items stand under
        self.tables: list[Table] = []
        self.warnings: list[ReadWarning] = []

    def _width_from(self, index: int) -> float:
        """Return the width of the lines up to the next annex; an annex may be set on pages turned sideways."""
        end = next((i for i in range(index + 1, len(self.lines)) if appendix_of(self.lines[i].text)), len(self.lines))
        return line_width(self.lines[index:end])

    # Which step a marker makes, and whether it counts here.

    def _last_value(self, kind: StepKind, depth: int = 1) -> int:
        for step in reversed(self.stack):
            if step.kind is kind and step.number.count(".") + 1 == depth:
                return Marker(kind, step.number, 0).value
        return 0

    def _as_law(self, marker: Marker) -> Marker:
        """Below an article a number is a khoản."""
        if marker.kind is StepKind.NUMBER and any(step.kind is StepKind.ARTICLE for step in self.stack):
            return Marker(StepKind.CLAUSE, marker.number, marker.length)
        return marker

    def accepts(self, marker: Marker, line: Line, previous: Line | None) -> bool:
        """Tell whether *marker* opens a clause here, rather than standing in the middle of a sentence."""
        broken_off = previous is not None and not previous.text.endswith(_TERMINAL)
        full = previous is not None and self._is_full(previous, line)
        if marker.kind is StepKind.BULLET:
            below_heading = (
                self.current is not None and self.current.marker is not None and bool(self.current.marker.number)
            )
            return below_heading or not (broken_off and full)
        last = self._last_value(marker.kind, marker.depth)
        if marker.kind in (StepKind.PART, StepKind.CHAPTER, StepKind.DIVISION, StepKind.ARTICLE):
            return not (broken_off and full and marker.value != last + 1)
        rest = line.text[marker.length :]
        if marker.kind is StepKind.ROMAN:
            heading = rest[:1].isupper()
            return heading and (marker.value in (1, last, last + 1) or not broken_off)
        if marker.kind is StepKind.NUMBER and marker.depth == 1 and marker.value > 99:
            return False
        if marker.value in (1, last + 1):
            return not (broken_off and full and rest[:1].islower())
        return not broken_off and rest[:1].isupper() and marker.value > last

    def place(self, marker: Marker) -> None:
        """Make *marker* the innermost step of the stack."""
        if self.stack and self.stack[0].kind in (StepKind.HEAD, StepKind.RECIPIENTS, StepKind.SIGNATURE):
            self.stack = []
        rank = _ORDER.index(marker.kind)
        if marker.kind is StepKind.NUMBER:
            keep = [s for s in self.stack if _ORDER.index(s.kind) < rank or self._above(s, marker)]
        elif marker.kind is StepKind.BULLET:
            keep = [s for s in self.stack if _ORDER.index(s.kind) < rank]
            if marker.sign == "+":
                keep = [
                    s
                    for s in self.stack
                    if s.kind is not StepKind.PARAGRAPH and not (s.kind is StepKind.BULLET and s.name == "+")
                ]
        else:
            keep = [s for s in self.stack if _ORDER.index(s.kind) < rank]
        name = "+" if marker.sign == "+" else ""
        self.stack = [*keep, self._distinct(keep, Step(marker.kind, marker.number, name))]

    @staticmethod
    def _above(step: Step, marker: Marker) -> bool:
        """Tell whether number *step* is the parent of number *marker*: 1 of 1.3."""
        return step.kind is StepKind.NUMBER and marker.number.startswith(f"{step.number}.")

    def _distinct(self, above: Sequence[Step], step: Step) -> Step:
        """Number a step that bears none, and keep apart one whose number is taken."""
        if not step.number and step.kind in (StepKind.BULLET, StepKind.PARAGRAPH):
            key = (*above, Step(step.kind, "", step.name))
            self.seen[key] = self.seen.get(key, 0) + 1
            return Step(step.kind, str(self.seen[key]), step.name)
        key = (*above, step)
        self.seen[key] = self.seen.get(key, 0) + 1
        if self.seen[key] > 1:
            self.warnings.append(ReadWarning(step.number or str(step.kind), PRINTED_TWICE))
        return Step(step.kind, step.number, step.name, self.seen[key])

    # Opening and closing clauses.

    def open(self, marker: Marker | None) -> None:
        """Begin a new clause at the innermost step; a paragraph of it where there is no *marker*."""
        self.close()
        if marker is None:
            above = [s for s in self.stack if s.kind not in (StepKind.BULLET, StepKind.PARAGRAPH)] or [
                Step(StepKind.HEAD)
            ]
            path = (*above, self._distinct(above, Step(StepKind.PARAGRAPH)))
            if self.stack and self.stack[-1].kind is StepKind.BULLET:
                self.stack = list(above)
        else:
            self.place(marker)
            path = tuple(self.stack)
        self.current = _Open(path, marker=marker)

    def close(self) -> None:
        """End the clause under construction."""
        if self.current and self.current.lines:
            self.done.append(self.current)
        self.current = None

    def _is_full(self, previous: Line, line: Line) -> bool:
        first = self.current is not None and len(self.current.lines) == 1
        return is_forced(previous, line, self.width, first=first)

    def begins_paragraph(self, line: Line, previous: Line | None) -> bool:
        """Tell whether *line*, which no marker opens, begins a paragraph of its own."""
        if previous is None or self.current is None:
            return True
        if self._heads_nothing_yet(line):
            return False
        if self.stack[0].kind is StepKind.HEAD and (_COLUMNS.search(line.text) or _COLUMNS.search(previous.text)):
            return True
        if self.stack[0].kind is StepKind.HEAD and (_GROUND.match(line.text) or self._ends_ground(previous, line)):
            return True
        if (
            self.stack[0].kind is StepKind.HEAD
            and _PREAMBLE.match(line.text)
            and previous.text.endswith((";", ",", "."))
        ):
            return True
        if line.text[0].islower() or (line.text[0] in "),;" and not previous.text.endswith(".")):
            return False
        if not self.width:
            return True
        if line.text == line.text.upper() != previous.text.upper() and any(c.isalpha() for c in line.text):
            return True
        if line.gap is Gap.WHITE:
            return True
        ended = previous.text.endswith((*_ENDS, ";"))
        if ended and max(text_width(previous.text), text_width(line.text)) < self.width * _JUSTIFIED:
            return True
        if self._is_full(previous, line):
            return False
        return previous.text.endswith(_ENDS) or text_width(previous.text) < self.width * _SHORT

    def _ends_ground(self, previous: Line, line: Line) -> bool:
        """Tell whether *previous* ends a "Căn cứ …;" and *line* begins something else."""
        ground = self.current is not None and _GROUND.match(self.current.lines[0].text) is not None
        return ground and previous.text.endswith(";") and line.text[0].isupper()

    def _heads_nothing_yet(self, line: Line) -> bool:
        """Tell whether *line* is the title of a part, chapter or division that stands below its number."""
        if self.current is None or self.current.marker is None or self.current.marker.kind not in _DIVISIONS:
            return False
        untitled = len(self.current.lines) == 1 and self.current.marker.length >= len(self.current.lines[0].text)
        return untitled or (_is_capitals(line.text) and _is_capitals(self.current.lines[-1].text))

    def clauses(self) -> list[Clause]:
        """Return what was found, in reading order."""
        self.close()
        parents = {item.path[:depth] for item in self.done for depth in range(1, len(item.path))}
        return [self._clause(item, is_parent=item.path in parents) for item in self.done]

    def _clause(self, item: _Open, *, is_parent: bool) -> Clause:
        start, end = item.lines[0].start, item.lines[-1].end
        heading = None
        if item.marker is not None and item.marker.kind is not StepKind.BULLET:
            words = " ".join(line.text for line in item.lines)
            title = fold_white(words[item.marker.length :]) or fold_white(words)
            short = len(title) <= _LONG_HEADING and not title.endswith((".", ";", ",", "./."))
            if short or (is_parent and len(title) <= _TITLE) or item.marker.kind is StepKind.APPENDIX:
                heading = title
        return Clause(self.document, item.path, start, end, self.text[start:end], heading)


def parse_ladder(
    document: str, text: str, lines: Sequence[Line], *, damaged: bool = False
) -> tuple[list[Clause], list[Table], list[ReadWarning]]:
    """
    Return the clauses and the registers of a document, in reading order, and what was odd about their numbers.

    Clauses do not overlap, and ``text[clause.start:clause.end] == clause.text``. *damaged* reads the numbers of a bad scan.
    """
    ladder = _Ladder(document, text, lines, damaged=damaged)
    index, previous = 0, None
    while index < len(lines):
        line = lines[index]
        if line.kind is not LineKind.TEXT:
            index += 1
            continue
        if appendix := appendix_of(line.text):
            index = _walk_appendix_head(ladder, index, appendix)
            previous = None
            continue
        if (following := _walk_table(ladder, index)) is not None:
            index, previous = following, None
            continue
        _walk_line(ladder, line, previous)
        previous = line
        index += 1
    return ladder.clauses(), ladder.tables, ladder.warnings


def _walk_line(ladder: _Ladder, line: Line, previous: Line | None) -> None:
    in_tail = bool(ladder.stack) and ladder.stack[0].kind in (StepKind.RECIPIENTS, StepKind.SIGNATURE)
    begun = in_tail and any(item.path[0].kind is StepKind.RECIPIENTS for item in ladder.done)
    if not begun and _RECIPIENTS.match(fold(line.text)) and len(line.text) < ladder_short(ladder):
        ladder.close()
        ladder.recipients = ladder._distinct([], Step(StepKind.RECIPIENTS))  # noqa: SLF001 - one walk, two halves
        ladder.stack = [ladder.recipients]
        ladder.current = _Open((ladder.recipients,), [line])
        return
    if in_tail and _begins_attached(line):
        ladder.close()
        ladder.stack = [ladder._distinct([], Step(StepKind.HEAD))]  # noqa: SLF001
        in_tail = False
    if in_tail or _begins_signature(ladder, line, previous):
        _walk_tail(ladder, line)
        return
    marker = marker_of(line.text, damaged=ladder.damaged)
    if marker is not None:
        marker = ladder._as_law(marker)  # noqa: SLF001 - one walk, two halves
        if ladder.accepts(marker, line, previous):
            ladder.open(marker)
        else:
            marker = None
    if marker is None and ladder.begins_paragraph(line, previous):
        ladder.open(None)
    if ladder.current is not None:
        ladder.current.lines.append(line)


def _begins_attached(line: Line) -> bool:
    """Tell whether *line*, below a signature, begins a document that is issued with this one: "QUY CHẾ", "Chương I"."""
    marker = marker_of(line.text)
    if marker is not None:
        return marker.kind in (*_DIVISIONS, StepKind.ARTICLE) or (
            marker.kind is StepKind.ROMAN and _is_capitals(line.text)
        )
    return _is_capitals(line.text) and fold(line.text) in kinds()


def _begins_signature(ladder: _Ladder, line: Line, previous: Line | None) -> bool:
    """Tell whether *line* heads the signature block of a document that prints it above or without "Nơi nhận"."""
    if (
        previous is None
        or ladder.stack[:1] == [Step(StepKind.HEAD)]
        or len(line.text) > _OFFICE
        or not _is_capitals(line.text)
    ):
        return False
    ended = previous.text.endswith("./.") or (previous.text.endswith(".") and _SIGNS.match(line.text) is not None)
    return ended and marker_of(line.text) is None


def ladder_short(ladder: _Ladder) -> float:
    """Return how long a line may be that only says "Nơi nhận:"; the signature may stand beside it."""
    return ladder.width or 80


def _walk_tail(ladder: _Ladder, line: Line) -> None:
    """Below "Nơi nhận" stand its items and, beside or below them, the signature."""
    marker = marker_of(line.text)
    ladder.close()
    if marker is not None and marker.kind is StepKind.BULLET:
        above = [ladder.recipients]
        path: Path = (*above, ladder._distinct(above, Step(StepKind.BULLET)))  # noqa: SLF001
        ladder.current = _Open(path, [line])
        return
    above = [Step(StepKind.SIGNATURE)]
    ladder.stack = above
    ladder.current = _Open((*above, ladder._distinct(above, Step(StepKind.PARAGRAPH))), [line])  # noqa: SLF001


def _walk_appendix_head(ladder: _Ladder, index: int, marker: Marker) -> int:
    """Open an annex; its title runs to its table, its first marker, or a blank line behind it."""
    ladder.close()
    ladder.stack = []
    ladder.width = ladder._width_from(index)  # noqa: SLF001
    ladder.place(marker)
    ladder.current = _Open(tuple(ladder.stack), [ladder.lines[index]], marker)
    index += 1
    while index < len(ladder.lines):
        line = ladder.lines[index]
        opens = marker_of(line.text) is not None or find_table(ladder.lines, index) is not None
        if opens or appendix_of(line.text) or line.kind is not LineKind.TEXT:
            break
        if line.text.startswith("(") and ladder.current is not None:
            ladder.open(None)
        if ladder.current is not None:
            ladder.current.lines.append(line)
        index += 1
    return index


def _walk_table(ladder: _Ladder, index: int) -> int | None:
    """Read the table that begins at line *index* and return the line behind it; None where none begins."""
    header = find_table(ladder.lines, index)
    if header is None:
        return None
    end = header.last + 1
    while end < len(ladder.lines) and not _ends_table(ladder.lines[end]):
        end += 1
    ladder.close()
    above = tuple(
        step for step in ladder.stack if step.kind not in (StepKind.BULLET, StepKind.PARAGRAPH, StepKind.HEAD)
    )
    title = fold_white(" ".join(line.text for line in ladder.done[-2].lines[1:])) if len(ladder.done) > 1 else ""
    heads = [item for item in ladder.done if item.path == above]
    if heads and heads[-1].marker is not None:
        title = fold_white(" ".join(line.text for line in heads[-1].lines)[heads[-1].marker.length :])
    table = parse_table(ladder.document, ladder.text, ladder.lines, header, end, path=above, title=title)
    if not table.rows:
        ladder.warnings.append(ReadWarning(f"offset {table.start}", NO_ROWS))
        return None
    ladder.tables.append(table)
    return end


def _ends_table(line: Line) -> bool:
    return appendix_of(line.text) is not None or bool(_RECIPIENTS.match(fold(line.text)) and len(line.text) < 40)
