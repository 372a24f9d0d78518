"""
The state of the walk down a document's lines: which steps are open, which markers count, where paragraphs begin.

Every line of text ends up in one clause; every clause is a slice of the text under a path that no other clause of the document has.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import regex as re

from indexer.columns import breaks_off
from indexer.layout import Gap, is_forced, line_width, text_width
from indexer.letterhead import heads_subject
from indexer.markers import Marker, appendix_of, letter_of, marker_of
from indexer.remarks import LEFT_OUT, PRINTED_TWICE
from indexer.types import Clause, ReadWarning, Step, StepKind, fold_white

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from indexer.layout import Line
    from indexer.types import Path, Table

_ORDER = (
    StepKind.APPENDIX,
    StepKind.PART,
    StepKind.CHAPTER,
    StepKind.DIVISION,
    StepKind.SUBDIVISION,
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
_LONG_HEADING = 300
_LEAD_IN = 100  # a longer one that ends with a colon is a sentence that leads in a list
_MOST_TITLE = 3  # lines of a heading in capitals
_TITLE = 120  # a heading may end with a full stop; a sentence that long is none

DIVISIONS = (StepKind.PART, StepKind.CHAPTER, StepKind.DIVISION, StepKind.SUBDIVISION)
_TITLED_BELOW = (*DIVISIONS, StepKind.ARTICLE)
_COUNTED = (StepKind.ARTICLE, StepKind.CLAUSE, StepKind.ROMAN, StepKind.CHAPTER)
_GROUND = re.compile(r"(?:Căn cứ|Theo đề nghị|Xét đề nghị) ")
_PREAMBLE = re.compile(r"(?:Trên cơ sở|Thực hiện) ")
_TABLE_TITLE = re.compile(r"(?:DANH MỤC|BẢNG|BIỂU)\s")
_COLUMNS = re.compile(r"\S {3,}\S")  # two columns of a letterhead side by side


def is_capitals(text: str) -> bool:
    """Tell whether *text* is set in capitals."""
    return text == text.upper() and any(letter.isalpha() for letter in text)


@dataclass
class OpenClause:
    """A clause under construction."""

    path: Path
    lines: list[Line] = field(default_factory=list)
    marker: Marker | None = None


class Ladder:
    """
    The state of the walk down a document's lines.

    ``paragraphs`` says that every line is a whole paragraph, cut only where a page ends; lines that begin at one of the offsets
    *cells* stand in a table's cell and say nothing about the width of the page.
    """

    def __init__(
        self,
        document: str,
        text: str,
        lines: Sequence[Line],
        *,
        damaged: bool,
        paragraphs: bool = False,
        cells: Container[int] = frozenset(),
    ) -> None:
        self.document, self.text, self.lines, self.damaged = document, text, lines, damaged
        self.paragraphs, self.cells = paragraphs, cells
        self.at = 0  # the line that the walk has come to
        self.width = self.width_from(0)
        self.done: list[OpenClause] = []
        self.current: OpenClause | None = None
        self.stack: list[Step] = [Step(StepKind.HEAD)]
        self.seen: dict[Path, int] = {(Step(StepKind.HEAD),): 1}
        self.recipients = Step(StepKind.RECIPIENTS)  # the list that its items stand under
        self.tables: list[Table] = []
        self.warnings: list[ReadWarning] = []
        self.counted: dict[tuple[StepKind, Path], int] = {}  # the last number of a kind under a path

    def width_from(self, index: int) -> float:
        """Return the width of the lines up to the next annex; an annex may be set on pages turned sideways."""
        if self.paragraphs:
            return 0
        end = next((i for i in range(index + 1, len(self.lines)) if appendix_of(self.lines[i].text)), len(self.lines))
        return line_width([line for line in self.lines[index:end] if line.start not in self.cells])

    # Which step a marker makes, and whether it counts here.

    def _last_value(self, kind: StepKind, depth: int = 1) -> int:
        for step in reversed(self.stack):
            if step.kind is kind and step.number.count(".") + 1 == depth:
                return Marker(kind, step.number, 0).value
        return 0

    @property
    def in_tail(self) -> bool:
        """Tell whether the walk has come to the recipients or the signature."""
        return bool(self.stack) and self.stack[0].kind in (StepKind.RECIPIENTS, StepKind.SIGNATURE)

    @property
    def in_head(self) -> bool:
        """Tell whether the walk is still in a letterhead or preamble."""
        return bool(self.stack) and self.stack[0].kind is StepKind.HEAD

    @property
    def in_first_head(self) -> bool:
        """Tell whether it is the letterhead of the document itself."""
        return self.in_head and self.stack[0].occurrence == 1

    def marker_at(self, line: Line) -> Marker | None:
        """Return what opens *line* as it counts here: "A." behind "B." a part, a number below an article a khoản."""
        letter = letter_of(line.text)
        if letter is not None:
            last = next((step.number for step in self.stack if step.kind is StepKind.PART), "")
            follows = len(last) == 1 and ord(letter.number) == ord(last) + 1
            if follows or (letter.number == "A" and is_capitals(line.text)):
                return letter
        marker = marker_of(line.text, damaged=self.damaged)
        if line.text.startswith("f)") and self.stack and self.stack[-1] == Step(StepKind.POINT, "e"):
            return Marker(StepKind.POINT, "f", 2)  # no Vietnamese letter, but some count with it
        if line.text.startswith("I)") and self.stack and self.stack[-1] == Step(StepKind.POINT, "k"):
            return Marker(StepKind.POINT, "l", marker.length if marker else 2)  # a small l that looks like a capital i
        kinds = [step.kind for step in self.stack]
        if marker is None or marker.kind is not StepKind.NUMBER or StepKind.ARTICLE not in kinds:
            return marker
        if StepKind.ROMAN in kinds[kinds.index(StepKind.ARTICLE) :]:
            return marker  # a plan that an article approves: Điều 1, II.3
        return Marker(StepKind.CLAUSE, marker.number, marker.length)

    def _turned(self, line: Line, previous: Line | None) -> bool:
        """Tell whether a page ends between *previous* and *line*."""
        return previous is not None and "\f" in self.text[previous.end : line.start]

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
        if marker.kind in _TITLED_BELOW:
            return not (broken_off and full and marker.value != last + 1)
        rest = line.text[marker.length :]
        if marker.kind is StepKind.ROMAN:
            heading = rest[:1].isupper()
            return heading and (marker.value in (1, last, last + 1) or not broken_off)
        if marker.kind is StepKind.NUMBER and marker.depth == 1 and marker.value > 99:
            return False
        if marker.value in (1, last + 1):
            return not (broken_off and full and rest[:1].islower())
        if self.paragraphs and not (broken_off and self._turned(line, previous)):
            return rest[:1].isupper() or marker.kind is StepKind.POINT
        return not broken_off and rest[:1].isupper() and marker.value >= last

    def place(self, marker: Marker) -> None:
        """Make *marker* the innermost step of the stack."""
        addressee = self.in_head and marker.kind is StepKind.BULLET  # "Kính gửi:" one a line
        if (
            self.stack
            and self.stack[0].kind in (StepKind.HEAD, StepKind.RECIPIENTS, StepKind.SIGNATURE)
            and not addressee
        ):
            self.stack = []
        keep = self._kept(marker)
        self._warn_of_gap(marker, keep)
        name = "+" if marker.sign == "+" else marker.name
        self.stack = [*keep, self.distinct(keep, Step(marker.kind, marker.number, name))]

    def _kept(self, marker: Marker) -> list[Step]:
        """Return the open steps that *marker* stands under."""
        if self.in_head:
            return self.stack[:1]
        rank = _ORDER.index(marker.kind)
        kinds = [step.kind for step in self.stack]
        article = kinds.index(StepKind.ARTICLE) if StepKind.ARTICLE in kinds else len(kinds)
        if (
            marker.kind is StepKind.ROMAN
            and article < len(kinds)
            and not {marker.kind, *DIVISIONS} & {*kinds[:article]}
        ):
            inner = [s for s in self.stack[article + 1 :] if _ORDER.index(s.kind) < rank]
            return [*self.stack[: article + 1], *inner]  # a plan that an article approves
        if marker.kind is StepKind.NUMBER:
            return [s for s in self.stack if _ORDER.index(s.kind) < rank or self._above(s, marker)]
        if marker.kind is StepKind.BULLET and marker.sign == "+":
            return [
                s
                for s in self.stack
                if s.kind is not StepKind.PARAGRAPH and not (s.kind is StepKind.BULLET and s.name == "+")
            ]
        above = self.stack[:article] if marker.kind is StepKind.ARTICLE else self.stack
        return [s for s in above if _ORDER.index(s.kind) < rank]

    def is_next_article(self, line: Line) -> bool:
        """Tell whether *line* opens the article behind the one that is open."""
        last = self._last_value(StepKind.ARTICLE)
        marker = marker_of(line.text) if last else None
        return marker is not None and marker.kind is StepKind.ARTICLE and marker.value == last + 1

    def _warn_of_gap(self, marker: Marker, above: Sequence[Step]) -> None:
        """Say where a number is left out; articles count on through the chapters of one document."""
        if marker.kind not in _COUNTED or "." in marker.number:
            return
        key = (
            (*above,) if marker.kind is not StepKind.ARTICLE else tuple(s for s in above if s.kind is StepKind.APPENDIX)
        )
        last = self.counted.get((marker.kind, key), 0)
        if marker.value > last + 1 and last:
            self.warnings.append(ReadWarning(marker.number, LEFT_OUT.format(last=last)))
        self.counted[marker.kind, key] = marker.value

    @staticmethod
    def _above(step: Step, marker: Marker) -> bool:
        """Tell whether number *step* is the parent of number *marker*: 1 of 1.3."""
        return step.kind is StepKind.NUMBER and marker.number.startswith(f"{step.number}.")

    def distinct(self, above: Sequence[Step], step: Step) -> Step:
        """Number a step that bears none, and keep apart one whose number is taken."""
        if not step.number and step.kind in (StepKind.BULLET, StepKind.PARAGRAPH):
            key = (*above, Step(step.kind, "", step.name))
            self.seen[key] = self.seen.get(key, 0) + 1
            return Step(step.kind, str(self.seen[key]), step.name)
        key = (*above, step)
        self.seen[key] = self.seen.get(key, 0) + 1
        if self.seen[key] > 1 and step.kind is not StepKind.HEAD:
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
            path = (*above, self.distinct(above, Step(StepKind.PARAGRAPH)))
            if self.stack and self.stack[-1].kind is StepKind.BULLET:
                self.stack = list(above)
        else:
            self.place(marker)
            path = tuple(self.stack)
        self.current = OpenClause(path, marker=marker)

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
        if self.paragraphs:
            return not self._goes_on(line, previous)
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

    def _goes_on(self, line: Line, previous: Line) -> bool:
        """Tell whether *line*, in a text of whole paragraphs, is the rest of one: behind a page end, or a line end set by hand."""
        small = line.text[0].islower() or line.text[0] in "),;"
        if self._turned(line, previous):
            open_end = not previous.text.endswith(_TERMINAL)
            aside = line.text[0] == "(" and open_end
            return (
                aside
                or (small and not previous.text.endswith((".", ";", ":")))
                or (open_end and breaks_off(previous.text))
            )
        open_end = not previous.text.endswith((".", ";", ":")) and not heads_subject(previous.text)
        return small and self.in_head and open_end

    def _ends_ground(self, previous: Line, line: Line) -> bool:
        """Tell whether *previous* ends a "Căn cứ …;" and *line* begins something else."""
        ground = self.current is not None and _GROUND.match(self.current.lines[0].text) is not None
        return ground and previous.text.endswith(";") and line.text[0].isupper()

    def _heads_nothing_yet(self, line: Line) -> bool:
        """Tell whether *line* is the title of a part, chapter or article that stands below its number, or goes on in capitals."""
        if self.current is None or self.current.marker is None or not self.current.lines:
            return False
        kind, last = self.current.marker.kind, self.current.lines[-1].text
        untitled = len(self.current.lines) == 1 and self.current.marker.length >= len(last)
        if kind in _TITLED_BELOW and untitled:
            return True
        in_capitals = is_capitals(line.text) and is_capitals(last) and not last.endswith(_ENDS)
        if _TABLE_TITLE.match(line.text):
            return False
        return in_capitals and (kind in DIVISIONS or (kind is StepKind.ROMAN and len(self.current.lines) < _MOST_TITLE))

    def clauses(self) -> list[Clause]:
        """Return what was found, in reading order."""
        self.close()
        parents = {item.path[:depth] for item in self.done for depth in range(1, len(item.path))}
        return [self._clause(item, is_parent=item.path in parents) for item in self.done]

    def _clause(self, item: OpenClause, *, is_parent: bool) -> Clause:
        start, end = item.lines[0].start, item.lines[-1].end
        heading = None
        if item.marker is not None and item.marker.kind is not StepKind.BULLET:
            words = " ".join(line.text for line in item.lines)
            title = fold_white(words[item.marker.length :]) or fold_white(words)
            leads_in = title.endswith(":") and len(title) > _LEAD_IN
            short = len(title) <= _LONG_HEADING and not title.endswith((".", ";", ",", "./.")) and not leads_in
            if short or (is_parent and len(title) <= _TITLE) or item.marker.kind is StepKind.APPENDIX:
                heading = title
        return Clause(self.document, item.path, start, end, self.text[start:end], heading)
