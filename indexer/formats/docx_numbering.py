"""Automatic numbering of a DOCX becomes text: which number Word prints before a paragraph."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import regex as re

from indexer.formats.docx_styles import W, is_on, value_of, whole

if TYPE_CHECKING:
    from lxml import etree

    from indexer.formats.docx_styles import Styles

_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_DASHES = "-‐‑‒–—―−\uf02d"
_LETTERS = 26
_MOST_LETTERS = 780  # thirty z's; Word itself gives up earlier


@dataclass(frozen=True, slots=True)
class Label:
    """The number of a paragraph and what joins it to the words."""

    text: str
    joint: str


@dataclass(frozen=True, slots=True)
class _Level:
    """One level of a list."""

    start: int = 1
    form: str = "decimal"
    pattern: str = ""
    joint: str = " "
    restart: int | None = None  # 0: never; n: only behind a number of level n or above, counted from 1
    decimal: bool = False  # every number in it is written 1, 2, 3
    hidden: bool = False
    style: str | None = None


def number_text(value: int, form: str) -> str:
    """
    Return *value* as Word writes it in the form *form* (``w:numFmt``); forms that are not known are written as decimals.

    ``number_text(4, "upperRoman") == "IV"``; letters go on as z, aa, bb. Word's letters are English ones: there is no "đ".
    """
    if form in {"none", "bullet"}:
        return ""
    if form == "decimalZero":
        return f"{value:02d}"
    if form in {"lowerLetter", "upperLetter"} and 0 < value <= _MOST_LETTERS:
        letter = chr(ord("a") + (value - 1) % _LETTERS) * ((value - 1) // _LETTERS + 1)
        return letter.upper() if form == "upperLetter" else letter
    if form in {"lowerRoman", "upperRoman"} and 0 < value < 4000:
        roman = ""
        for size, letters in _ROMAN:
            roman += letters * (value // size)
            value %= size
        return roman.upper() if form == "upperRoman" else roman
    return str(value)


def bullet_text(glyph: str) -> str:
    """Return the sign that stands for a bullet: dashes are "-", a plus stays a plus, any other picture is "•"."""
    glyph = glyph.strip()[:1]
    if not glyph:
        return ""
    if glyph in _DASHES:
        return "-"
    return "+" if glyph in "+\uf02b" else "•"


class Numbering:
    """The lists of one DOCX and how far each has counted; ask once for each paragraph, in reading order."""

    def __init__(self, root: etree._Element | None, styles: Styles) -> None:
        self._abstract: dict[str, etree._Element] = {}
        self._lists: dict[str, tuple[str, dict[int, _Level]]] = {}
        self._overrides: dict[tuple[str, int], int] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._styles = styles
        if root is None:
            return
        for element in root.iterchildren(W + "abstractNum"):
            self._abstract[element.get(W + "abstractNumId", "")] = element
        lists = {element.get(W + "numId", ""): element for element in root.iterchildren(W + "num")}
        for name, element in lists.items():
            base = self._base_of(value_of(element, "abstractNumId") or "", lists)
            levels = _levels_of(self._abstract[base]) if base in self._abstract else {}
            for override in element.iterchildren(W + "lvlOverride"):
                number = whole(override.get(W + "ilvl"))
                if (own := override.find(W + "lvl")) is not None:
                    levels[number] = _level_of(own)
                if (start := value_of(override, "startOverride")) is not None:
                    levels[number] = replace(levels.get(number, _Level()), start=whole(start, 1))
                    self._overrides[name, number] = whole(start, 1)
            self._lists[name] = (base, levels)

    def _base_of(self, base: str, lists: dict[str, etree._Element]) -> str:
        """Follow a list that only names a list style to the list that the style means."""
        for _ in range(_LEVELS):
            link = value_of(self._abstract.get(base), "numStyleLink")
            if not link:
                break
            target, _level, _style = self._styles.numbering(link)
            base = value_of(lists.get(target or ""), "abstractNumId") or ""
        return base

    def label(self, properties: etree._Element | None, style: str | None) -> Label | None:
        """Return the number before a paragraph with the ``w:pPr`` *properties* and count on; None if it has none."""
        own = properties.find(W + "numPr") if properties is not None else None
        list_id = value_of(own, "numId")
        level = whole(found) if (found := value_of(own, "ilvl")) is not None else None
        if list_id is None:
            list_id, styled_level, giver = self._styles.numbering(style)
            if level is None:
                level = styled_level
            if level is None and list_id in self._lists:
                levels = self._lists[list_id][1]
                level = next((number for number, one in levels.items() if one.style == giver), None)
        if list_id not in self._lists or not 0 <= (level or 0) < _LEVELS:
            return None
        return self._count(list_id, level or 0)

    def _count(self, list_id: str, number: int) -> Label | None:
        base, levels = self._lists[list_id]
        level = levels.get(number)
        if level is None:
            return None
        counts = self._counts.setdefault(base, [None] * _LEVELS)
        count = counts[number]
        override = self._overrides.pop((list_id, number), None)
        if override is not None:
            counts[number] = override
        else:
            counts[number] = level.start if count is None else count + 1
        for deeper in range(number + 1, _LEVELS):
            restart = levels.get(deeper, _Level()).restart
            if restart is None or number < restart:
                counts[deeper] = None
        if level.hidden:
            return None
        if level.form == "bullet":
            text = bullet_text(level.pattern)
        else:
            text = _PLACE.sub(lambda match: _number(int(match.group(1)) - 1, counts, levels, level), level.pattern)
        return Label(text.strip(), level.joint) if text.strip() else None


def _number(number: int, counts: list[int | None], levels: dict[int, _Level], asking: _Level) -> str:
    level = levels.get(number, _Level())
    count = counts[number]
    return number_text(level.start if count is None else count, "decimal" if asking.decimal else level.form)


def _levels_of(element: etree._Element) -> dict[int, _Level]:
    return {whole(level.get(W + "ilvl")): _level_of(level) for level in element.iterchildren(W + "lvl")}


def _level_of(element: etree._Element) -> _Level:
    restart = value_of(element, "lvlRestart")
    return _Level(
        start=whole(value_of(element, "start"), 0 if value_of(element, "start") is None else 1),
        form=value_of(element, "numFmt") or "decimal",
        pattern=value_of(element, "lvlText") or "",
        joint="" if value_of(element, "suff") == "nothing" else " ",
        restart=None if restart is None else whole(restart),
        decimal=bool(is_on(element, "isLgl")),
        hidden=bool(is_on(element.find(W + "rPr"), "vanish")),
        style=value_of(element, "pStyle"),
    )
