"""The words of one paragraph of a DOCX, as they are printed: without what is deleted, hidden, or an instruction to Word."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from indexer.formats.docx_styles import W
from indexer.formats.legacy import from_font, share_spelt
from indexer.formats.symbols import symbol_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml import etree

    from indexer.formats.docx_styles import RunLook, Styles

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_V = "{urn:schemas-microsoft-com:vml}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_INLINE = {
    *(W + name for name in ("ins", "moveTo", "hyperlink", "smartTag", "fldSimple", "customXml", "dir", "bdo")),
    *(W + name for name in ("sdtContent", "rubyBase")),
    *(_M + name for name in ("oMathPara", "oMath")),
}
_PICTURES = {_A + "blip", _V + "imagedata"}
_DIAGRAMS = {
    "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds",
    "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart",
}
_EMBEDDED = "{urn:schemas-microsoft-com:office:office}OLEObject"
_PAGE_FIELDS = {"PAGE", "NUMPAGES", "SECTIONPAGES"}
_SIGNS = {
    W + "tab": "\t",
    W + "ptab": "\t",
    W + "br": "\n",
    W + "cr": "\n",
    W + "noBreakHyphen": "\u2011",
    W + "softHyphen": "\u00ad",  # in a .VnTime font it is the letter ư
}


def branch_of(element: etree._Element) -> etree._Element | None:
    """Return the one branch of an ``mc:AlternateContent`` to read: both hold the same words, for newer and older programs."""
    choice, fallback = element.find(_MC + "Choice"), element.find(_MC + "Fallback")
    if choice is None or (fallback is not None and _has_box(fallback) and not _has_box(choice)):
        return fallback
    return choice


def _has_box(element: etree._Element) -> bool:
    return next(element.iter(W + "txbxContent"), None) is not None


def is_alternate(element: etree._Element) -> bool:
    """Tell whether *element* offers the same words twice."""
    return bool(element.tag == _MC + "AlternateContent")


def is_placeholder(element: etree._Element) -> bool:
    """Tell whether the ``w:sdt`` *element* shows only "click here to enter text"."""
    return element.find(f"{W}sdtPr/{W}showingPlcHdr") is not None


@dataclass(slots=True)
class _Field:
    """A field that is open: its instruction so far, and whether its result has begun."""

    instruction: str = ""
    result: bool = False

    @property
    def is_printed(self) -> bool:
        return self.result and not _is_page(self.instruction)


def _is_page(instruction: str) -> bool:
    words = instruction.split(maxsplit=1)
    return bool(words) and words[0].upper() in _PAGE_FIELDS


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words of a run as the file has them, and as its font shows them if that is one of an old encoding."""

    text: str
    shown: str = ""
    encoding: str = ""


def _joined(pieces: Sequence[_Piece]) -> tuple[str, str]:
    """
    Return the words of *pieces* and the old encoding that they were in, "" if none.

    A font of an old encoding is believed unless its words are spelt better without it: people also set Unicode text in such a font.
    """
    plain = "".join(piece.text for piece in pieces)
    names = {piece.encoding for piece in pieces} - {""}
    if not names:
        return plain, ""
    shown = "".join(piece.shown if piece.encoding else piece.text for piece in pieces)
    old = "".join(piece.text for piece in pieces if piece.encoding)
    if (
        any("\u00ff" < letter < "\u2000" and letter.isalpha() for letter in old)
        or share_spelt(plain)[1] > share_spelt(shown)[1]
    ):
        return plain, ""
    return shown, names.pop() if shown != plain else ""


@dataclass(slots=True)
class RunReader:
    """
    Reads paragraphs in order; a field may begin in one and end in another.

    ``notes`` gathers the footnotes and endnotes that were referred to, as (kind, id); ``pictures``, ``diagrams`` and ``embedded``
    count what may hold words that are not read.
    """

    styles: Styles
    notes: list[tuple[str, str]] = field(default_factory=list)
    pictures: int = 0
    diagrams: int = 0
    embedded: int = 0
    legacy: set[str] = field(default_factory=set)
    unknown_symbols: int = 0
    _fields: list[_Field] = field(default_factory=list)

    def text(self, paragraph: etree._Element, style: str | None) -> tuple[str, list[etree._Element]]:
        """Return the words of *paragraph* and the text boxes that hang on it (``w:txbxContent``)."""
        boxes: list[etree._Element] = []
        text, encoding = _joined(list(self._inline(paragraph, style, boxes)))
        if encoding:
            self.legacy.add(encoding)
        return text, boxes

    def _inline(self, parent: etree._Element, style: str | None, boxes: list[etree._Element]) -> Iterator[_Piece]:
        for child in parent.iterchildren(tag=None):
            tag = child.tag
            if tag == W + "r":
                yield from self._run(child, style, boxes)
            elif tag == W + "sdt":
                if not is_placeholder(child):
                    yield from self._inline(child, style, boxes)
            elif tag == W + "fldSimple" and _is_page(child.get(W + "instr", "")):
                continue
            elif tag in _INLINE:
                yield from self._inline(child, style, boxes)
            elif is_alternate(child) and (branch := branch_of(child)) is not None:
                yield from self._inline(branch, style, boxes)
            elif isinstance(tag, str) and tag.startswith(_M):
                yield _Piece("".join(item.text or "" for item in child.iter(_M + "t")))

    def _run(self, run: etree._Element, style: str | None, boxes: list[etree._Element]) -> Iterator[_Piece]:
        look = self.styles.look(style, run.find(W + "rPr"))
        for child in run.iterchildren(tag=None):
            tag = child.tag
            if tag == W + "fldChar":
                yield from self._field(child)
            elif tag == W + "instrText":
                if self._fields:
                    self._fields[-1].instruction += child.text or ""
            elif look.hidden or not all(one.is_printed for one in self._fields):
                continue
            elif tag == W + "t":
                yield self._printed(child.text or "", look)
            elif tag in _SIGNS:
                yield self._printed(_SIGNS[tag], look)
            elif tag == W + "sym":
                yield self._symbol(child)
            elif tag in {W + "footnoteReference", W + "endnoteReference"}:
                self.notes.append((tag.removeprefix(W).removesuffix("Reference"), child.get(W + "id", "")))
            elif tag == W + "ruby":
                yield from (
                    part for base in child.iterchildren(W + "rubyBase") for part in self._inline(base, style, boxes)
                )
            elif is_alternate(child):
                if (branch := branch_of(child)) is not None:
                    yield from self._branch(branch, look, boxes)
            elif isinstance(tag, str):
                self._drawn(child, boxes)

    def _branch(self, branch: etree._Element, look: RunLook, boxes: list[etree._Element]) -> Iterator[_Piece]:
        """A branch inside a run holds what a run holds: words or drawings."""
        for child in branch.iterchildren(tag=None):
            if child.tag == W + "t":
                yield self._printed(child.text or "", look)
            elif child.tag == W + "sym":
                yield self._symbol(child)
            elif isinstance(child.tag, str):
                self._drawn(child, boxes)

    def _field(self, mark: etree._Element) -> Iterator[_Piece]:
        kind = mark.get(W + "fldCharType")
        if kind == "begin":
            box = mark.find(f"{W}ffData/{W}checkBox")
            if box is not None:
                state = box.find(W + "checked")
                state = box.find(W + "default") if state is None else state
                ticked = state is not None and state.get(W + "val", "1") in {"1", "true", "on"}
                yield _Piece("☑" if ticked else "☐")
            self._fields.append(_Field())
        elif kind == "separate" and self._fields:
            self._fields[-1].result = True
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _printed(self, text: str, look: RunLook) -> _Piece:
        shown, encoding = from_font(text, look.font)
        if look.capitals:
            return _Piece(text.upper(), shown.upper(), encoding)
        return _Piece(text, shown, encoding)

    def _symbol(self, symbol: etree._Element) -> _Piece:
        try:
            code = int(symbol.get(W + "char", ""), 16)
        except ValueError:
            return _Piece("")
        text = symbol_text(code, symbol.get(W + "font", ""))
        self.unknown_symbols += text is None
        return _Piece(text or "")

    def _drawn(self, element: etree._Element, boxes: list[etree._Element]) -> None:
        """Gather the text boxes in a drawing and count its pictures; of two branches with the same words one is read."""
        if element.tag == W + "txbxContent":
            boxes.append(element)
            return
        if next(element.iterchildren(_EMBEDDED), None) is not None:  # the picture beside it is its icon
            self.embedded += 1
            return
        self.pictures += element.tag in _PICTURES
        self.diagrams += element.tag in _DIAGRAMS
        if is_alternate(element):
            if (branch := branch_of(element)) is not None:
                self._drawn(branch, boxes)
            return
        for child in element.iterchildren(tag=None):
            if isinstance(child.tag, str):
                self._drawn(child, boxes)
