"""
The clauses of a document: the ladder of a plan (I, 1, 1.1, a, -) and of a law (Phần, Chương, Mục, Điều, khoản, điểm).

Every line of text ends up in one clause; every clause is a slice of the text under a path that no other clause of the document has.
"""

from __future__ import annotations

from itertools import islice, takewhile
from typing import TYPE_CHECKING

<<<<<<< HEAD
from indexer.drawn_lines import Drawn, Place, drawn_lines
from indexer.flat_table import find_table
from indexer.footnotes import footnote_clauses
from indexer.ladder_state import Ladder, OpenClause, is_capitals
from indexer.ladder_tables import place_drawn, place_flat
from indexer.ladder_tail import (
    attached_at,
    begins_attached,
    begins_letterhead,
    begins_recipients,
    begins_signature,
    open_head,
    open_recipients,
    walk_cell,
    walk_tail,
)
from indexer.layout import line_width
from indexer.markers import appendix_of, marker_of
from indexer.quotes import quote_end
from indexer.types import LineKind
=======
import regex as re

from indexer.flat_table import find_table, parse_table
from indexer.layout import Gap, is_forced, line_width, text_width
from indexer.letterhead import kinds
from indexer.markers import Marker, appendix_of, marker_of
from indexer.remarks import NO_ROWS, PRINTED_TWICE
from indexer.types import Clause, LineKind, ReadWarning, Step, StepKind, fold_white
from indexer.vietnamese import fold
>>>>>>> trust

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.layout import Line
    from indexer.markers import Marker
    from indexer.types import Clause, Extracted, ReadWarning, Table

_MOST_TITLE = 8  # lines of an annex's title
_SENTENCE = 250  # a longer line is no title


def parse_extracted(
    document: str, extracted: Extracted, *, damaged: bool = False
) -> tuple[list[Clause], list[Table], list[ReadWarning]]:
    """
    Return the clauses and the registers of a document that a reader of some format handed over, as :func:`parse_ladder` does.

<<<<<<< HEAD
    A drawn table is a register, or its cells are read line by line. Footnotes are clauses of their own.
    """
    drawn = drawn_lines(extracted)
    return _parse(document, extracted.text, drawn, paragraphs=extracted.paragraphs, damaged=damaged)
=======

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
>>>>>>> trust


def parse_ladder(
    document: str, text: str, lines: Sequence[Line], *, damaged: bool = False
) -> tuple[list[Clause], list[Table], list[ReadWarning]]:
    """
    Return the clauses and the registers of a document, in reading order, and what was odd about their numbers.

    ``text[clause.start:clause.end] == clause.text``. Clauses do not overlap, but for a footnote that a page end put into the middle of
    a clause: it lies within it. *damaged* reads the numbers of a bad scan.
    """
    return _parse(document, text, Drawn(tuple(lines)), paragraphs=False, damaged=damaged)


def _parse(
    document: str, text: str, drawn: Drawn, *, paragraphs: bool, damaged: bool
) -> tuple[list[Clause], list[Table], list[ReadWarning]]:
    ladder = Ladder(document, text, drawn.lines, damaged=damaged, paragraphs=paragraphs, cells=drawn.cells)
    _Walk(ladder, drawn).run()
    footnotes = footnote_clauses(document, text, drawn.footnotes)
    clauses = sorted([*ladder.clauses(), *footnotes], key=lambda clause: (clause.start, -clause.end))
    return clauses, ladder.tables, ladder.warnings


class _Walk:
    """The walk down the lines: at each, what begins there decides."""

    def __init__(self, ladder: Ladder, drawn: Drawn) -> None:
        self.ladder, self.drawn, self.lines = ladder, drawn, drawn.lines
        self.previous: Line | None = None
        self.quoted = -1  # the last line of a quotation that is open
        self.page_width = ladder.width

    def run(self) -> None:
        """Take every line to its clause or register."""
        index = 0
        while index < len(self.lines):
            self._place_registers(index)
            index = self._step(index)
        self._place_registers(len(self.lines))

    def _place_registers(self, index: int) -> None:
        for found in self.drawn.registers.get(index, ()):
            place_drawn(self.ladder, found)
            self.previous = None

    def _step(self, index: int) -> int:
        """Take line *index* and return the next."""
        ladder, line = self.ladder, self.lines[index]
        ladder.at = index
        if line.kind is not LineKind.TEXT:
            return index + 1
        cell = self.drawn.cells.get(line.start)
        self._enter(index)
        if cell is not None and walk_cell(ladder, line, self.previous, cell.place):
            self.previous = line
            return index + 1
        if index <= self.quoted:
            self._walk_quoted(line)
            return index + 1
        if cell is None or cell.place is Place.OTHER:
            if marker := appendix_of(line.text) or attached_at(ladder, index):
                return self._walk_annex_head(index, marker)
            if cell is None and (following := place_flat(ladder, index, self.drawn.registers)) is not None:
                self.previous = None
                return following
        self._walk_line(index)
        if not ladder.in_tail and (end := quote_end(self.lines, index)) is not None:
            self.quoted = end
        self.previous = line
        return index + 1

    def _enter(self, index: int) -> None:
        """Forget the line before where *line* begins another cell; a cell is as wide as its own lines."""
        line = self.lines[index]
        cell = self.drawn.cells.get(line.start)
        before = self.drawn.cells.get(self.previous.start) if self.previous else None
        if cell is None:
            if before is not None:
                self.ladder.width, self.previous = self.page_width, None
            return
        if cell == before:
            return
        if before is None:
            self.page_width = self.ladder.width
        if self.ladder.paragraphs or cell.place is Place.HEAD:
            self.ladder.width = 0
        else:
            here = takewhile(lambda other: self.drawn.cells.get(other.start) == cell, islice(self.lines, index, None))
            self.ladder.width = line_width(list(here))
        self.previous = None

    def _walk_line(self, index: int) -> None:
        ladder, line, previous = self.ladder, self.lines[index], self.previous
        if begins_recipients(ladder, line):
            open_recipients(ladder, line)
            return
        if ladder.in_tail and (begins_attached(line) or begins_letterhead(self.lines, index)):
            open_head(ladder)
        if ladder.in_tail or begins_signature(ladder, line, previous):
            walk_tail(ladder, line)
            return
        marker = ladder.marker_at(line)
        if marker is not None and ladder.accepts(marker, line, previous):
            ladder.open(marker)
        elif ladder.begins_paragraph(line, previous):
            ladder.open(None)
        if ladder.current is not None:
            ladder.current.lines.append(line)

    def _walk_quoted(self, line: Line) -> None:
        """Take a line of what is quoted: a paragraph of the clause that quotes it."""
        ladder = self.ladder
        if marker_of(line.text) is not None or appendix_of(line.text) or ladder.begins_paragraph(line, self.previous):
            ladder.open(None)
        if ladder.current is not None:
            ladder.current.lines.append(line)
        self.previous = line

    def _walk_annex_head(self, index: int, marker: Marker) -> int:
        """Open an annex; its title runs to its table, its first marker or its first sentence. Return the line behind it."""
        ladder, lines = self.ladder, self.lines
        ladder.close()
        ladder.stack = []
        ladder.width = self.page_width = ladder.width_from(index)
        ladder.place(marker)
        ladder.current = OpenClause(tuple(ladder.stack), [lines[index]], marker)
        self.previous = None
        noted = False
        first = index
        index += 1
        while index < len(lines) and index not in self.drawn.registers and lines[index].start not in self.drawn.cells:
            line = lines[index]
            if line.kind is not LineKind.TEXT:
                if ladder.paragraphs:
                    index += 1
                    continue
                break
            if appendix_of(line.text) or marker_of(line.text) is not None or find_table(lines, index) is not None:
                break
            below = index - first
            if ladder.paragraphs and (
                below > _MOST_TITLE or self._is_text(line, lines[index - 1], noted=noted, first=below == 1)
            ):
                break
            note = line.text.startswith("(")
            if (note or (noted and lines[index - 1].text.endswith(")"))) and ladder.current is not None:
                ladder.open(None)
            noted = noted or note
            if ladder.current is not None:
                ladder.current.lines.append(line)
            index += 1
        return index

<<<<<<< HEAD
    @staticmethod
    def _is_text(line: Line, above: Line, *, noted: bool, first: bool) -> bool:
        """Tell whether *line*, the *first* or a later one below an annex's heading, is its text and no more its title."""
        if line.text.startswith("(") or is_capitals(line.text):
            return False
        if len(line.text) > _SENTENCE or line.text.endswith((".", ";", ":")):
            return not (noted and line.text.endswith(")"))
        if noted:
            return above.text.endswith(")")
        return is_capitals(above.text) and not line.text[0].islower() and not first
=======

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
>>>>>>> trust
