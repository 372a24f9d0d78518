"""What stands below the text of a document: recipients, signature, and documents that are issued with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex as re

from indexer.drawn_lines import SIGNS, Place
from indexer.ladder_state import DIVISIONS, OpenClause, is_capitals
from indexer.letterhead import attached_names
from indexer.markers import Marker, marker_of
from indexer.types import LineKind, Step, StepKind
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indexer.ladder_state import Ladder
    from indexer.layout import Line
    from indexer.types import Path

RECIPIENTS = re.compile(r"n[oơ]i nh[aậ]n\s*:?", re.IGNORECASE)
_ATTACHED = re.compile(r"\(?\s*(?:ban hanh )?kem theo\b")
_STATE = re.compile(r"cong hoa xa hoi chu nghia|dang cong san viet nam")
_OFFICE = 60  # letters of an office's name
_NEAR = 8  # lines between the kind of an annexed document and "(Ban hành kèm theo …)"
_BESIDE = 4  # lines of a letterhead above the name of the State


def begins_signature(ladder: Ladder, line: Line, previous: Line | None) -> bool:
    """Tell whether *line* heads the signature block of a document that prints it above or without "Nơi nhận"."""
    if previous is None or ladder.in_head or len(line.text) > _OFFICE or not is_capitals(line.text):
        return False
    signs = SIGNS.match(line.text) is not None  # and then nothing but a sentence that goes on can stand above
    ended = previous.text.endswith(("./.", "./")) or (signs and not previous.text.endswith((",", ";")))
    return ended and marker_of(line.text) is None


def begins_recipients(ladder: Ladder, line: Line) -> bool:
    """Tell whether *line* says "Nơi nhận:", for the first time; the signature may stand beside it."""
    begun = ladder.in_tail and any(item.path[0].kind is StepKind.RECIPIENTS for item in ladder.done)
    return not begun and RECIPIENTS.match(fold(line.text)) is not None and len(line.text) < (ladder.width or 80)


def open_recipients(ladder: Ladder, line: Line) -> None:
    """Begin the list of recipients with *line*."""
    ladder.close()
    ladder.recipients = ladder.distinct([], Step(StepKind.RECIPIENTS))
    ladder.stack = [ladder.recipients]
    ladder.current = OpenClause((ladder.recipients,), [line])


def walk_tail(ladder: Ladder, line: Line) -> None:
    """Below "Nơi nhận" stand its items and, beside or below them, the signature."""
    marker = marker_of(line.text)
    ladder.close()
    if marker is not None and marker.kind is StepKind.BULLET:
        _open_item(ladder, line)
        return
    above = [Step(StepKind.SIGNATURE)]
    ladder.stack = above
    ladder.current = OpenClause((*above, ladder.distinct(above, Step(StepKind.PARAGRAPH))), [line])


def walk_cell(ladder: Ladder, line: Line, previous: Line | None, place: Place) -> bool:
    """Take *line* out of a cell that holds recipients, a signature or a letterhead; False where it is to be read as text."""
    if place is Place.RECIPIENTS:
        if previous is None and RECIPIENTS.match(fold(line.text)):
            open_recipients(ladder, line)
        elif _is_item(ladder, line, previous):
            ladder.close()
            _open_item(ladder, line)
        elif ladder.current is not None:
            ladder.current.lines.append(line)
        return True
    if place is Place.SIGNATURE:
        ladder.close()
        above = [Step(StepKind.SIGNATURE)]
        ladder.stack = list(above)
        ladder.current = OpenClause((*above, ladder.distinct(above, Step(StepKind.PARAGRAPH))), [line])
        return True
    if place is Place.HEAD and not ladder.in_head and previous is None:
        open_head(ladder)
    return False


def _is_item(ladder: Ladder, line: Line, previous: Line | None) -> bool:
    marker = marker_of(line.text)
    if marker is not None and marker.kind is StepKind.BULLET:
        return True
    ended = previous is None or previous.text.endswith((";", ".", ":"))
    return (ended or ladder.paragraphs) and not line.text[0].islower()


def _open_item(ladder: Ladder, line: Line) -> None:
    above = [ladder.recipients]
    path: Path = (*above, ladder.distinct(above, Step(StepKind.BULLET)))
    ladder.current = OpenClause(path, [line])


def open_head(ladder: Ladder) -> None:
    """Begin the letterhead of another document."""
    ladder.close()
    ladder.stack = [ladder.distinct([], Step(StepKind.HEAD))]


def begins_letterhead(lines: Sequence[Line], index: int) -> bool:
    """Tell whether line *index* begins a letterhead: an agency in capitals, and the name of the State beside or below it."""
    if not is_capitals(lines[index].text):
        return False
    near = (line.text for _, line in _following(lines, index - 1, _BESIDE))
    for text in near:
        if not any(letter.isalpha() for letter in text):
            continue  # a rule
        if not is_capitals(text):
            return False
        if _STATE.search(fold(text)):
            return True
    return False


def _following(lines: Sequence[Line], index: int, count: int) -> Iterator[tuple[int, Line]]:
    """Yield up to *count* lines of text behind line *index*."""
    for place in range(index + 1, len(lines)):
        if lines[place].kind is LineKind.TEXT and count:
            count -= 1
            yield place, lines[place]


def attached_at(ladder: Ladder, index: int) -> Marker | None:
    """
    Return the marker of a document that is issued with this one and begins at line *index*: "QUY CHẾ", its title, "(Ban hành kèm theo …)".

    Below the signature its kind in capitals alone will do. It is a part of its own, whose Điều 1 is not that of the decision.
    """
    line = ladder.lines[index]
    text = line.text
    if not is_capitals(text) or ladder.in_first_head or line.kind is not LineKind.TEXT:
        return None
    names, folded = attached_names(), fold(text)
    kind = next((k for k in sorted(names, key=len, reverse=True) if f"{folded} ".startswith(f"{k} ")), None)
    if kind is None:
        return None
    alone = folded == kind
    if not (alone and (ladder.in_tail or ladder.in_head)):
        below = [near.text for _, near in _following(ladder.lines, index, _NEAR)]
        note = next((i for i, near in enumerate(below) if _ATTACHED.match(fold(near))), None)
        if note is None or any(marker_of(near) for near in below[:note]):
            return None
    return Marker(StepKind.APPENDIX, "", len(text) if alone else len(kind), name=names[kind])


def begins_attached(line: Line) -> bool:
    """Tell whether *line*, below a signature, begins a document issued with this one that does not say what it is: "Chương I"."""
    marker = marker_of(line.text)
    if marker is None:
        return False
    capitals = marker.kind is StepKind.ROMAN and is_capitals(line.text)
    return marker.kind in (*DIVISIONS, StepKind.ARTICLE) or capitals
