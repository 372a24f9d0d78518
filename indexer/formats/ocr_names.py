"""
The name of who signs. Stamp and signature lie over it, and recognition of a whole page loses it, or a part of it.

Below the office, where nothing else is printed, it is looked for once more by itself: "Văn Minh" -> "Nguyễn Văn Minh".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import regex as re

from indexer.formats.proofread import FAMILY_NAMES
from indexer.formats.sound import is_syllable
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indexer.formats.page import PageWord

# how an office begins under which somebody signs; folded
_OFFICE = re.compile(
    r"(?:tm|t/m|kt|k/t|tl|t/l|tuq|q)\s?\..*"
    r"|(?:quyen )?(?:pho )?(?:tong )?(?:chu tich|giam doc|bi thu|thu tuong|chanh|truong|(?:bo|thu|cuc|vu|vien|hieu|chi cuc|doi) truong|"
    r"chu nhiem|bien tap|thu ky|thanh tra)(?: .*)?"
)
_FOLDED = {fold(name): name for name in sorted(FAMILY_NAMES)}
_WIDER = 60.0  # points; a name may be longer than the office above it
_DEEP = 140.0  # points; room for stamp and signature
_NEXT_LINE = 30.0  # points from one line of an office to the next
_GUTTER = 1.8  # heights of a word
_MOST_NAMES = 5


@dataclass(frozen=True, slots=True)
class Area:
    """A part of a page, in points."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, word: PageWord) -> bool:
        """Tell whether the middle of *word* lies inside."""
        return self.left < (word.left + word.right) / 2 < self.right and self.top < word.middle < self.bottom


def areas_without_name(lines: Sequence[Sequence[PageWord]]) -> list[Area]:
    """Return the areas below the offices among *lines* in which no whole name was read."""
    offices = [run for line in lines for run in _runs(line) if _is_office(run)]
    lowest = [run for run in offices if not any(_is_next(run, other) for other in offices)]
    areas = [Area(run[0].left - _WIDER, run[0].bottom, run[-1].right + _WIDER, run[0].bottom + _DEEP) for run in lowest]
    return [area for area in areas if not any(_name_of(run) for line in lines for run in _runs(line, area))]


def with_name(lines: list[list[PageWord]], found: Sequence[Sequence[PageWord]]) -> list[list[PageWord]]:
    """Return *lines* with the lowest name among the lines *found*, in place of what was read there before; unchanged where none was found."""
    names = [name for line in found if (name := _name_of(line) or _name_of(_with_family_name(line)))]
    if not names:
        return lines
    name = max(names, key=lambda name: name[0].middle)
    place = Area(
        name[0].left - name[0].size,
        min(w.top for w in name),
        name[-1].right + name[0].size,
        max(w.bottom for w in name),
    )
    kept = [[word for word in line if not place.holds(word)] for line in lines]
    return [*(line for line in kept if line), list(name)]


def _with_family_name(line: Sequence[PageWord]) -> Sequence[PageWord]:
    """Return *line* with the marks of a family name on the first of the names at its end: "Nguyên Văn Tố" -> "Nguyễn Văn Tố"."""
    first = len(line)
    while first and line[first - 1].text.isalpha() and line[first - 1].text.istitle():
        first -= 1
    known = _FOLDED.get(fold(line[first].text)) if first < len(line) else None
    if known is None:
        return line
    return [*line[:first], replace(line[first], text=known.capitalize()), *line[first + 1 :]]


def _runs(line: Sequence[PageWord], area: Area | None = None) -> Iterator[list[PageWord]]:
    """Yield the words of *line*, those in *area* only, cut where a gutter stands between them."""
    run: list[PageWord] = []
    for word in line:
        if area is not None and not area.holds(word):
            continue
        if run and word.left - run[-1].right > _GUTTER * word.size:
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def _is_office(run: Sequence[PageWord]) -> bool:
    text = " ".join(word.text for word in run)
    return text == text.upper() and _OFFICE.fullmatch(fold(text)) is not None


def _is_next(run: Sequence[PageWord], other: Sequence[PageWord]) -> bool:
    """Tell whether *other* is the line below *run*."""
    below = 0 < other[0].middle - run[0].middle < _NEXT_LINE
    return below and other[0].left < run[-1].right and run[0].left < other[-1].right


def _name_of(line: Sequence[PageWord]) -> Sequence[PageWord]:
    """Return the words at the end of *line* that are a family name and other names; none where there are not."""
    for begin, word in enumerate(line):
        rest = line[begin:]
        if (
            1 < len(rest) <= _MOST_NAMES
            and word.text.lower() in FAMILY_NAMES
            and all(name.text.isalpha() and name.text.istitle() and is_syllable(name.text) for name in rest)
        ):
            return rest
    return ()
