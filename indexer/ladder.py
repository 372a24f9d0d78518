"""
The clauses of a document: the ladder of a plan (I, 1, 1.1, a, -) and of a law (Phần, Chương, Mục, Điều, khoản, điểm).

Every line of text ends up in one clause; every clause is a slice of the text under a path that no other clause of the document has.
"""

from __future__ import annotations

from itertools import islice, takewhile
from typing import TYPE_CHECKING

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
from indexer.types import LineKind, StepKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.layout import Line
    from indexer.markers import Marker
    from indexer.types import Clause, Extracted, ReadWarning, Table

_OF_LAW = (StepKind.PART, StepKind.CHAPTER, StepKind.DIVISION, StepKind.ARTICLE)
_MOST_TITLE = 8  # lines of an annex's title
_SENTENCE = 250  # a longer line is no title


def parse_extracted(
    document: str, extracted: Extracted, *, damaged: bool = False
) -> tuple[list[Clause], list[Table], list[ReadWarning]]:
    """
    Return the clauses and the registers of a document that a reader of some format handed over, as :func:`parse_ladder` does.

    A drawn table is a register, or its cells are read line by line. Footnotes are clauses of their own.
    """
    drawn = drawn_lines(extracted)
    return _parse(document, extracted.text, drawn, paragraphs=extracted.paragraphs, damaged=damaged)


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
        self.listing = False  # parts and chapters are named, not opened
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
        if line.start in self.drawn.continued and ladder.current is not None:
            ladder.current.lines.append(line)
            return
        if begins_recipients(ladder, line):
            open_recipients(ladder, line)
            return
        if ladder.in_tail and (begins_attached(line) or begins_letterhead(self.lines, index)):
            open_head(ladder)
        if ladder.in_tail or begins_signature(ladder, line, previous):
            walk_tail(ladder, line)
            return
        marker = ladder.marker_at(line)
        if marker is not None and self._is_listed(index, marker):
            marker = None
        if marker is not None and ladder.accepts(marker, line, previous):
            ladder.open(marker)
        elif ladder.begins_paragraph(line, previous):
            ladder.open(None)
        if ladder.current is not None:
            ladder.current.lines.append(line)

    def _is_listed(self, index: int, marker: Marker) -> bool:
        """
        Tell whether the part or chapter at line *index* is only named in a list, within an article: no article follows under it.

        "Mẫu hồ sơ gồm: Phần thứ nhất. Chỉ dẫn; Chương I. Yêu cầu; Chương II. Biểu mẫu …"; the last of them has the list before it.
        """
        if marker.kind not in (StepKind.PART, StepKind.CHAPTER):
            self.listing = self.listing and marker.kind is not StepKind.ARTICLE
            return False
        inside = any(step.kind is StepKind.ARTICLE for step in self.ladder.stack)
        self.listing = inside and (self.listing or not _holds_articles(self.lines, index, marker.kind))
        return self.listing

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


def _holds_articles(lines: Sequence[Line], index: int, kind: StepKind) -> bool:
    """Tell whether an article or a division follows line *index* before another part or chapter like it."""
    for line in lines[index + 1 :]:
        marker = marker_of(line.text)
        if marker is None or marker.kind not in _OF_LAW:
            continue
        if marker.kind is StepKind.CHAPTER and kind is StepKind.PART:
            kind = StepKind.CHAPTER
            continue
        return marker.kind in (StepKind.ARTICLE, StepKind.DIVISION)
    return False
