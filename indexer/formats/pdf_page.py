"""What stands on one page of a PDF: its words with their boxes, its ruling lines, whether it is a picture. Only PDFium is asked."""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pypdfium2.raw as pdfium_c
import regex as re

from indexer.formats.glyphs import UNKNOWN
from indexer.formats.page import PageWord, segments_of
from indexer.formats.pieces import put_together
from indexer.formats.rulings import MOST_EDGES, SNAP, Edge, edges_of_box

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pypdfium2 as pdfium

MOST_CHARACTERS = 200_000  # of one page; a page of small print has 10,000
_GAP = 0.17  # font sizes between two letters with no space between them that still are two words
_KERNED = 0.35  # font sizes by which a letter may reach back over the one before; a mark stands above it
_GENERATED_GAP = 0.07  # the same where PDFium sees a space
_MOST_SEGMENTS = 400  # of one path; a longer one draws a picture or a letter
_LEVEL = 0.5  # of the letters of a page stand alike, or it is read as it is shown
_EDGE = 0.12  # of a page's height, where its running head stands
_ASKEW = 10.0  # degrees by which a letter may lean
_MOST_CLIPS = 8  # paths in one another; more are a drawing's
_DEPTH = 4  # forms inside forms
_MARKS_OF_BOLD = re.compile(rb"bold|black|heavy", re.IGNORECASE)
_SYMBOL = re.compile(r"[\uf000-\uf0ff]")  # a sign of the fonts Symbol and Wingdings, which nearly always is a bullet


@dataclass(frozen=True, slots=True)
class PdfPage:
    """
    A page as PDFium gives it, turned as it is shown.

    Words are as their fonts say, not yet normalised: in an old encoding a soft hyphen may be a letter. ``unknown`` is the share of
    letters whose font does not say what they are; ``pictured`` the share of the page that its largest picture covers;
    ``drawn`` how many paths are drawn, which is large where letters are outlines. ``turned`` is by how many degrees, clockwise, the
    page was turned from how it is shown because its lines run upwards or downwards; ``heads`` are those of its words that stand
    upright at its upper or lower edge all the same: a running head.
    """

    width: float
    height: float
    words: tuple[PageWord, ...]
    edges: tuple[Edge, ...]
    unknown: float
    pictured: float
    drawn: int
    turned: int = 0
    heads: tuple[PageWord, ...] = ()


class _Turned:
    """From PDFium's page space to points from the upper left corner of the page as it is shown, or turned so that its lines are level."""

    def __init__(self, page: pdfium.PdfPage, turn: int) -> None:
        left, bottom, right, top = page.get_bbox()
        self.turn = turn
        self.left, self.bottom, self.right, self.top = left, bottom, right, top
        across, up = right - left, top - bottom
        self.width, self.height = (across, up) if turn % 180 == 0 else (up, across)

    def point(self, x: float, y: float) -> tuple[float, float]:
        if self.turn == 90:
            return y - self.bottom, x - self.left
        if self.turn == 180:
            return self.right - x, y - self.bottom
        if self.turn == 270:
            return self.top - y, self.right - x
        return x - self.left, self.top - y

    def back(self, x: float, y: float) -> tuple[float, float]:
        """Return the place in PDFium's page space of which *x*, *y* is the point."""
        if self.turn == 90:
            return y + self.left, x + self.bottom
        if self.turn == 180:
            return self.right - x, y + self.bottom
        if self.turn == 270:
            return self.right - y, self.top - x
        return x + self.left, self.top - y

    def box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        a, b = self.point(x0, y0), self.point(x1, y1)
        return min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])


def read_page(page: pdfium.PdfPage) -> PdfPage:
    """Return what stands on *page*."""
    shown = page.get_rotation() % 360
    text = page.get_textpage()
    try:
        turns = _turns(text.raw, min(text.count_chars(), MOST_CHARACTERS), shown)
        usual, count = turns.most_common(1)[0] if turns else (shown, 0)
        main = usual if count > _LEVEL * turns.total() else shown
        turned = _Turned(page, main)
        words, unknown = _words(text, turned, main, shown)
        heads: list[PageWord] = []
        for turn in turns:
            if turn != main:
                lines, at_edge = _sideways(page, text, turn, turned, shown)
                words += lines
                heads += at_edge if turn == shown else []
    finally:
        text.close()
    edges, covered, drawn = _drawings(page, turned)
    pictured = covered / max(1.0, turned.width * turned.height)
    return PdfPage(
        turned.width,
        turned.height,
        tuple(words),
        tuple(edges),
        unknown,
        pictured,
        drawn,
        (main - shown) % 360,
        tuple(heads),
    )


def _turn_of(raw: Any, index: int, shown: int) -> int:
    """Return by how many degrees, clockwise, the page has to be turned for the letter at *index* to stand upright."""
    angle = math.degrees(pdfium_c.FPDFText_GetCharAngle(raw, index))
    quarter = round(angle / 90) * 90
    return -quarter % 360 if abs(angle - quarter) < _ASKEW else shown


def _turns(raw: Any, count: int, shown: int) -> Counter[int]:
    """Count how the letters of a page are turned."""
    return Counter(
        _turn_of(raw, index, shown)
        for index in range(count)
        if pdfium_c.FPDFText_GetUnicode(raw, index) > 32 and not pdfium_c.FPDFText_IsGenerated(raw, index)
    )


def _sideways(
    page: pdfium.PdfPage, text: pdfium.PdfTextPage, turn: int, turned: _Turned, shown: int
) -> tuple[list[PageWord], list[PageWord]]:
    """Return the lines that run otherwise than most on their page, each as one word, where *turned* has them; then those at its edges."""
    own = _Turned(page, turn)
    words, _ = _words(text, own, turn, shown)
    lines: list[PageWord] = []
    at_edge: list[PageWord] = []
    for row in segments_of(words):
        for line in row:
            top, bottom = min(word.top for word in line.words), max(word.bottom for word in line.words)
            points = [turned.point(*own.back(x, y)) for x, y in ((line.left, top), (line.right, bottom))]
            xs, ys = [x for x, _ in points], [y for _, y in points]
            said = " ".join(word.text for word in line.words)
            lines.append(PageWord(said, min(xs), min(ys), max(xs), max(ys), line.bold))
            if bottom < _EDGE * own.height or top > (1 - _EDGE) * own.height:
                at_edge.append(lines[-1])
    return lines, at_edge


@dataclass(slots=True)
class _Letters:
    """A word under construction."""

    text: list[str]
    left: float
    top: float
    right: float
    bottom: float
    first: int
    last: tuple[float, float, float, float]  # box of its last letter


def _words(textpage: pdfium.PdfTextPage, turned: _Turned, turn: int, shown: int) -> tuple[list[PageWord], float]:
    """Return the words whose letters stand upright when the page is turned by *turn*, and the share of letters that are unknown."""
    words: list[PageWord] = []
    spaces: list[tuple[float, float]] = []
    current: _Letters | None = None
    letters = unknown = 0
    raw = textpage.raw
    spaced = False

    def flush() -> None:
        nonlocal current
        if current is not None:
            text = _SYMBOL.sub("-", "".join(current.text)).strip()
            if text:
                words.append(
                    PageWord(
                        text, current.left, current.top, current.right, current.bottom, _is_bold(raw, current.first)
                    )
                )
        current = None

    for index, character, generated, box in _characters(raw, min(textpage.count_chars(), MOST_CHARACTERS), turned):
        if character.isspace():
            if generated:  # by PDFium, which also ends a line where letters on their side change their font
                spaced = True
            else:
                flush()
                spaces.append(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2))
            continue
        if _turn_of(raw, index, shown) != turn:
            flush()
            continue
        letters += 1
        unknown += UNKNOWN.match(character) is not None
        left, top, right, bottom = box
        if current is not None and box == current.last:  # one glyph that stands for several letters: "â" and a hook
            current.text.append(character)
            continue
        if current is not None and not _goes_on(current, box, spaced=spaced):
            flush()
        spaced = False
        if current is None:
            current = _Letters([character], left, top, right, bottom, index, box)
        elif not (
            character == current.text[-1] and abs(right - current.right) < 0.08 * (bottom - top)
        ):  # printed twice, to look bold
            current.text.append(character)
            current.right = max(current.right, right)
            current.top, current.bottom = min(current.top, top), max(current.bottom, bottom)
            current.last = box
    flush()
    return put_together(words, spaces), unknown / max(1, letters)


def _characters(
    raw: Any, count: int, turned: _Turned
) -> Iterator[tuple[int, str, bool, tuple[float, float, float, float]]]:
    rectangle = pdfium_c.FS_RECTF()
    pointer = ctypes.byref(rectangle)
    clipped = _Clipped(raw)
    high = 0
    for index in range(count):
        code = pdfium_c.FPDFText_GetUnicode(raw, index)
        if 0xD800 <= code < 0xDC00:  # the first half of a letter beyond the basic plane
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
        high = 0
        if code in (0, 0xFFFE, 0xFFFF):
            character = "\ufffd"
        elif code == 2:  # PDFium's sign for a hyphen at the end of a line
            character = "-"
        else:
            character = chr(code)
        space = character.isspace() or (code < 32 and code != 2)
        generated = space and pdfium_c.FPDFText_IsGenerated(raw, index) == 1
        if not space and clipped.hides(index):
            continue
        if generated or not pdfium_c.FPDFText_GetLooseCharBox(raw, index, pointer):
            if space:
                yield index, " ", generated, (0, 0, 0, 0)
            continue
        box = turned.box(rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
        yield index, " " if space else character, generated, box


class _Clipped:
    """Tells which letters are not seen because their run of text lies outside the window that it is shown through."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._known: dict[int, bool] = {}

    def hides(self, index: int) -> bool:
        """Tell whether the letter at *index* is hidden."""
        item = pdfium_c.FPDFText_GetTextObject(self._raw, index)
        if not item:
            return False
        key = ctypes.addressof(item.contents)
        if key not in self._known:
            self._known[key] = _is_clipped(item)
        return self._known[key]


def _is_clipped(item: Any) -> bool:
    """Tell whether the middle of *item* lies outside its clip path."""
    clip = pdfium_c.FPDFPageObj_GetClipPath(item)
    count = pdfium_c.FPDFClipPath_CountPaths(clip) if clip else 0
    if not 0 < count <= _MOST_CLIPS:
        return False
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium_c.FPDFPageObj_GetBounds(item, left, bottom, right, top):
        return False
    across, up = (left.value + right.value) / 2, (bottom.value + top.value) / 2
    x, y = ctypes.c_float(), ctypes.c_float()
    for path in range(count):
        xs: list[float] = []
        ys: list[float] = []
        for number in range(min(pdfium_c.FPDFClipPath_CountPathSegments(clip, path), _MOST_SEGMENTS)):
            segment = pdfium_c.FPDFClipPath_GetPathSegment(clip, path, number)
            if segment and pdfium_c.FPDFPathSegment_GetPoint(segment, x, y):
                xs.append(x.value)
                ys.append(y.value)
        if xs and not (min(xs) - 1 <= across <= max(xs) + 1 and min(ys) - 1 <= up <= max(ys) + 1):
            return True
    return False


def _goes_on(current: _Letters, box: tuple[float, float, float, float], *, spaced: bool) -> bool:
    """Tell whether a letter in *box* belongs to the word so far."""
    left, top, right, bottom = box
    size = max(bottom - top, current.bottom - current.top, 1.0)
    if min(bottom, current.bottom) - max(top, current.top) < 0.3 * min(bottom - top, current.bottom - current.top):
        return False
    gap = left - current.right
    return -_KERNED * size < gap < (_GENERATED_GAP if spaced else _GAP) * size and right > current.left


def _is_bold(raw: Any, index: int) -> bool:
    if pdfium_c.FPDFText_GetFontWeight(raw, index) >= 600:
        return True
    buffer = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    length = pdfium_c.FPDFText_GetFontInfo(raw, index, buffer, 128, ctypes.byref(flags))
    return 0 < length <= 128 and _MARKS_OF_BOLD.search(buffer.value) is not None


def _drawings(page: pdfium.PdfPage, turned: _Turned) -> tuple[list[Edge], float, int]:
    """Return the ruling lines, the area that the largest picture covers, and how many paths are drawn."""
    edges: list[Edge] = []
    covered, drawn = 0.0, 0
    for item in page.get_objects(filter=(pdfium_c.FPDF_PAGEOBJ_PATH, pdfium_c.FPDF_PAGEOBJ_IMAGE), max_depth=_DEPTH):
        if item.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            left, top, right, bottom = turned.box(*_bounds(item))
            covered = max(
                covered, (min(right, turned.width) - max(left, 0)) * (min(bottom, turned.height) - max(top, 0))
            )
            continue
        drawn += 1
        if len(edges) <= MOST_EDGES:
            edges += _edges(item, turned)
    return edges, covered, drawn


def _bounds(item: pdfium.PdfObject) -> tuple[float, float, float, float]:
    """Return the corners of *item* on its page."""
    left, bottom, right, top = item.get_bounds()
    return left, bottom, right, top


def _edges(item: pdfium.PdfObject, turned: _Turned) -> list[Edge]:
    raw = item.raw
    count = pdfium_c.FPDFPath_CountSegments(raw)
    if not 2 <= count <= _MOST_SEGMENTS:
        return []
    box = turned.box(*_bounds(item))
    if box[2] - box[0] <= SNAP or box[3] - box[1] <= SNAP:
        return edges_of_box(*box)
    fill, stroked = ctypes.c_int(), ctypes.c_int()
    if not pdfium_c.FPDFPath_GetDrawMode(raw, ctypes.byref(fill), ctypes.byref(stroked)) or not stroked.value:
        return []  # a background: it has no lines
    edges: list[Edge] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    matrix = item.get_matrix()
    start: tuple[float, float] | None = None
    before: tuple[float, float] | None = None
    for index in range(count):
        segment = pdfium_c.FPDFPath_GetPathSegment(raw, index)
        pdfium_c.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        point = turned.point(*matrix.on_point(x.value, y.value))
        kind = pdfium_c.FPDFPathSegment_GetType(segment)
        if kind == pdfium_c.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == pdfium_c.FPDF_SEGMENT_LINETO and before is not None:
            edges += _straight(before, point)
        before = point
        if pdfium_c.FPDFPathSegment_GetClose(segment) and start is not None:
            edges += _straight(point, start)
            before = start
    return edges


def _straight(a: tuple[float, float], b: tuple[float, float]) -> list[Edge]:
    """Return the edge from *a* to *b* if it is level or upright."""
    width, height = abs(a[0] - b[0]), abs(a[1] - b[1])
    if (width > 1) == (height > 1):
        return []
    return edges_of_box(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
