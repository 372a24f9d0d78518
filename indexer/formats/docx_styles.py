"""Styles of a DOCX: what a paragraph or a run inherits, as far as its words depend on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OFF = {"0", "false", "off"}


def value_of(element: etree._Element | None, name: str) -> str | None:
    """Return the ``w:val`` of the child *name* of *element*, None if there is no such child; "" if it has no value."""
    child = element.find(W + name) if element is not None else None
    return None if child is None else child.get(W + "val", "")


def is_on(element: etree._Element | None, name: str) -> bool | None:
    """Tell whether *element* switches the property *name* on or off; None if it does not say."""
    value = value_of(element, name)
    return None if value is None else value.lower() not in _OFF


def whole(value: str | None, default: int = 0) -> int:
    """Return the whole number *value*, or *default* where it is none."""
    try:
        return int(value) if value else default
    except ValueError:
        return default


@dataclass(frozen=True, slots=True)
class RunLook:
    """How a run is printed: hidden, in capitals, in which font ("" if it is a theme's)."""

    hidden: bool = False
    capitals: bool = False
    font: str = ""


class Styles:
    """The styles of one DOCX; every question may also be asked of a file that has none."""

    def __init__(self, root: etree._Element | None) -> None:
        self._styles: dict[str, etree._Element] = {}
        self._looks: dict[tuple[str | None, str | None], tuple[list[etree._Element], RunLook]] = {}
        self._default: str | None = None
        self._defaults: etree._Element | None = None
        if root is None:
            return
        self._defaults = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        for style in root.iter(W + "style"):
            name = style.get(W + "styleId", "")
            self._styles[name] = style
            if style.get(W + "type") == "paragraph" and style.get(W + "default", "0").lower() not in _OFF:
                self._default = name

    def _chain(self, name: str | None) -> Iterator[etree._Element]:
        """Yield the style *name* and those that it is based on, the nearest first."""
        seen: set[str] = set()
        while name and name not in seen and name in self._styles:
            seen.add(name)
            yield self._styles[name]
            name = value_of(self._styles[name], "basedOn")

    def style_of(self, properties: etree._Element | None) -> str | None:
        """Return the id of the paragraph style in the ``w:pPr`` *properties*."""
        name = value_of(properties, "pStyle")
        return name if name in self._styles else self._default

    def numbering(self, style: str | None) -> tuple[str | None, int | None, str | None]:
        """Return list, level and style that gives them, for paragraphs of *style*; None where nothing is said."""
        list_id: str | None = None
        level: int | None = None
        for element in self._chain(style):
            properties = element.find(f"{W}pPr/{W}numPr")
            if properties is None:
                continue
            if level is None and (value := value_of(properties, "ilvl")) is not None:
                level = whole(value)
            if (list_id := value_of(properties, "numId")) is not None:
                return list_id, level, element.get(W + "styleId")
        return list_id, level, None

    def look(self, paragraph_style: str | None, run: etree._Element | None) -> RunLook:
        """Return how a run with the ``w:rPr`` *run* is printed in a paragraph of *paragraph_style*."""
        inherited = self._inherited((value_of(run, "rStyle"), paragraph_style))
        if run is None or not any(run.find(W + name) is not None for name in ("vanish", "caps", "rFonts")):
            return inherited[1]
        layers = [run, *inherited[0]]
        return RunLook(_first(layers, "vanish"), _first(layers, "caps"), _font(layers))

    def _inherited(self, styles: tuple[str | None, str | None]) -> tuple[list[etree._Element], RunLook]:
        """Return what a run of these styles has from them, the nearest first, and the look that this gives."""
        if styles not in self._looks:
            layers = [
                found for name in styles for style in self._chain(name) if (found := style.find(W + "rPr")) is not None
            ]
            if self._defaults is not None:
                layers.append(self._defaults)
            self._looks[styles] = layers, RunLook(_first(layers, "vanish"), _first(layers, "caps"), _font(layers))
        return self._looks[styles]


def _first(layers: list[etree._Element], name: str) -> bool:
    return next((on for layer in layers if (on := is_on(layer, name)) is not None), False)


def _font(layers: list[etree._Element]) -> str:
    for layer in layers:
        fonts = layer.find(W + "rFonts")
        if fonts is None:
            continue
        if fonts.get(W + "hAnsiTheme") or fonts.get(W + "asciiTheme"):
            return ""
        if name := fonts.get(W + "hAnsi") or fonts.get(W + "ascii"):
            return str(name)
    return ""
