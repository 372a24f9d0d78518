"""
The original pages of a document as HTML: their images, the cited words boxed, and beside a page that was recognised its reading.

Pure functions. Boxes are placed in percent of the page, so that they lie right at any size. Only a window of pages is drawn; buttons
at its ends fetch what comes before and behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from assistant.chat.marks import CITED_ID
from assistant.chat.office import ROUTE
from assistant.chat.reading import Alignment
from assistant.chat.register import cells_cited
from assistant.chat.viewer import OriginalView, Sheet, render_text
from indexer.places import boxes_between
from indexer.types import LOW_CONFIDENCE, Box

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assistant.chat.strings import Strings
    from assistant.lessons import Registers
    from indexer.types import Clause, Document, Page, Span, Table

SCREEN_DPI, FINE_DPI = 130, 220  # dots an inch of a page at its usual size, and of one that is enlarged
WINDOW = 3  # pages shown on either side of the cited one
MOST_AT_ONCE = 2 * WINDOW + 1
_MARGIN = 1.5  # points by which a box is larger than its words
_CELL_MARGIN = 3.0


@dataclass(frozen=True, slots=True)
class Boxes:
    """Where the cited words stand: a box a line, and around those of a table cell one of the cell, for each page that it is on."""

    lines: tuple[Box, ...] = ()
    cells: tuple[Box, ...] = ()

    @property
    def first(self) -> Box | None:
        """The box to look at first."""
        return next(iter((*self.cells, *self.lines)), None)


@dataclass(frozen=True, slots=True)
class Paged:
    """A document whose pages can be shown. ``version`` tells its file from an earlier one of the same id."""

    sheet: Sheet
    pages: tuple[Page, ...]
    clauses: Sequence[Clause]
    tables: Sequence[Table]
    boxes: Boxes
    version: str
    shelf: str

    @property
    def page(self) -> int:
        """The page to begin with: that of the first box, or the one on which the cited words begin."""
        if self.boxes.first is not None:
            return self.boxes.first.page
        start = self.sheet.cited.start if self.sheet.cited else 0
        return max((page.page for page in self.pages if page.start <= start), default=1)

    @property
    def name(self) -> str:
        """What the document is called."""
        return self.sheet.strings.document(self.sheet.document.id)


def paged(
    index: Registers, document: Document, *, cited: Span | None, strings: Strings, shelf: str = ""
) -> Paged | None:
    """
    Return the pages of *document* with the boxes of *cited*; None where it has no pages, or its file is not kept.

    *shelf* names the collection that *index* is, "" for the one that all share; addresses of images carry it.
    """
    entry = index.original_entry(document.id)
    pages = index.pages(document.id)
    if entry is None or not pages or not all(page.width and page.height for page in pages):
        return None
    tables = index.tables(document.id)
    boxes = _boxes_of(index, document, tables, cited) if cited else Boxes()
    sheet = Sheet(document, cited, strings, Alignment.of(document))
    return Paged(sheet, pages, index.clauses(document.id), tables, boxes, entry.sha256[:12], shelf)


def _boxes_of(index: Registers, document: Document, tables: Iterable[Table], cited: Span) -> Boxes:
    """Return where *cited* stands; a cell that a page end cuts has a box on each page, and none over its neighbours."""
    cells = [cell for table in tables for cell in cells_cited(table, cited)]
    text = document.text
    if not cells:
        return Boxes(boxes_between(text, index.placed(document.id, cited.start, cited.end), cited.start, cited.end))
    start = min(cell.spans[0].start for cell in cells)
    end = max(cell.spans[-1].end for cell in cells)
    placed = index.placed(document.id, min(start, cited.start), max(end, cited.end))
    lines: list[Box] = []
    around: list[Box] = []
    for cell in cells:
        whole = [box for span in cell.spans for box in boxes_between(text, placed, span.start, span.end)]
        around += [_around(list(boxes)) for _, boxes in groupby(whole, key=lambda box: box.page)]
        for span in cell.spans:
            first, last = max(span.start, cited.start), min(span.end, cited.end)
            lines += boxes_between(text, placed, first, last) if first < last else ()
    return Boxes(tuple(lines), tuple(around))


def _around(boxes: Sequence[Box]) -> Box:
    lefts, tops = [box.left for box in boxes], [box.top for box in boxes]
    rights, bottoms = [box.right for box in boxes], [box.bottom for box in boxes]
    return Box(boxes[0].page, min(lefts), min(tops), max(rights), max(bottoms))


def page_address(document: str, page: int, *, dpi: int = SCREEN_DPI, version: str = "", shelf: str = "") -> str:
    """Return the address of the image of *page*."""
    query = {"dpi": str(dpi) if dpi != SCREEN_DPI else "", "v": version, "shelf": shelf}
    asked = urlencode({name: value for name, value in query.items() if value})
    return f"{ROUTE}/trang/{quote(document, safe='')}/{page}.webp{'?' if asked else ''}{asked}"


def render_pages(view: Paged, first: int, last: int, *, before: bool = True, behind: bool = True) -> str:
    """Return the pages *first* to *last* as HTML, with buttons for those *before* and *behind*, where there are any."""
    parts = [_more(view, "before", max(1, first - MOST_AT_ONCE), first - 1)] if before else []
    parts += [_figure(view, page) for page in view.pages[first - 1 : last]]
    parts += [_more(view, "behind", last + 1, min(len(view.pages), last + MOST_AT_ONCE))] if behind else []
    return "".join(parts)


def _more(view: Paged, where: str, first: int, last: int) -> str:
    """Return the button that fetches the pages *first* to *last*; "" where there are none."""
    if first > last:
        return ""
    words = escape(view.sheet.strings(f"originals.{where}", first=first, last=last))
    return (
        f'<button type="button" class="hvb-button hvb-quiet hvb-more" data-more="{where}" data-first="{first}" '
        f'data-last="{last}">{words}</button>'
    )


def _figure(view: Paged, page: Page) -> str:
    width, height = page.width or 1.0, page.height or 1.0
    cited = [_box(box, page, "hvb-cell-box", _CELL_MARGIN) for box in view.boxes.cells if box.page == page.page]
    cited += [_box(box, page, "hvb-line-box", _MARGIN) for box in view.boxes.lines if box.page == page.page]
    identity = f' id="{CITED_ID}"'
    first = view.boxes.first
    if first is not None and first.page == page.page:
        cited[0] = cited[0].replace("<span", f"<span{identity}", 1)
    opens = first is None and view.sheet.cited is not None and view.page == page.page
    address = page_address(view.sheet.document.id, page.page, version=view.version, shelf=view.shelf)
    fine = page_address(view.sheet.document.id, page.page, dpi=FINE_DPI, version=view.version, shelf=view.shelf)
    alt = view.sheet.strings("originals.alt", page=page.page, document=view.name)
    dots = SCREEN_DPI / 72
    image = (
        f'<img src="{escape(address)}" data-fine="{escape(fine)}" loading="lazy" decoding="async" '
        f'width="{round(width * dots)}" height="{round(height * dots)}" alt="{escape(alt)}">'
    )
    recognised = page.source != "text"
    return (
        f'<figure class="hvb-page{" hvb-recognised" if recognised else ""}" data-page="{page.page}"{identity if opens else ""}>'
        f"<figcaption>{_caption(view, page)}</figcaption>"
        f'<div class="hvb-picture" style="aspect-ratio:{width:g}/{height:g}">{image}{"".join(cited)}</div>'
        f"{_reading(view, page) if recognised else ''}</figure>"
    )


def _box(box: Box, page: Page, css: str, margin: float) -> str:
    width, height = page.width or 1.0, page.height or 1.0
    left, right = (100 * min(max(x, 0.0), width) / width for x in (box.left - margin, box.right + margin))
    top, bottom = (100 * min(max(y, 0.0), height) / height for y in (box.top - margin, box.bottom + margin))
    place = f"left:{left:.3f}%;top:{top:.3f}%;width:{right - left:.3f}%;height:{bottom - top:.3f}%"
    return f'<span class="{css}" style="{place}"></span>'


def _caption(view: Paged, page: Page) -> str:
    """Return which page it is, and of a recognised one how sure its text is."""
    strings = view.sheet.strings
    words = escape(strings("originals.number", page=page.page, count=len(view.pages)))
    if page.source == "text":
        return words
    words += f" · {escape(strings(f'originals.{page.source}'))}"
    if page.confidence is None:
        return words
    sure = escape(strings("originals.confidence", percent=round(100 * page.confidence)))
    if page.confidence < LOW_CONFIDENCE:
        return f'{words}, <span class="hvb-caution">{sure}; {escape(strings("originals.compare"))}</span>'
    return f"{words}, {sure}"


def _reading(view: Paged, page: Page) -> str:
    """Return what was read of *page*, to be compared with its image."""
    strings = view.sheet.strings
    html = render_text(view.sheet, view.clauses, view.tables, page.start, page.end)
    none = f'<p class="hvb-facts">{escape(strings("originals.no_words"))}</p>'
    name = escape(strings("originals.reading", page=page.page))
    return f'<div class="hvb-read" lang="vi" role="group" tabindex="0" aria-label="{name}">{html or none}</div>'


def original_view(
    index: Registers, document: Document, *, cited: Span | None, strings: Strings, shelf: str = ""
) -> OriginalView | None:
    """Return the pages of *document* around those of *cited*, and the switch to them; None where there are none to be shown."""
    view = paged(index, document, cited=cited, strings=strings, shelf=shelf)
    if view is None:
        return None
    page, count = view.page, len(view.pages)
    pages = render_pages(view, max(1, page - WINDOW), min(count, page + WINDOW))
    query = {"language": strings.language, "shelf": shelf}
    if cited is not None:
        query |= {"start": str(cited.start), "end": str(cited.end)}
    address = f"{ROUTE}/trang/{quote(document.id, safe='')}/"
    body = (
        f'<div class="hvb-paper hvb-pages" tabindex="0" role="region" '
        f'aria-label="{escape(strings("originals.of", document=view.name))}" data-address="{escape(address)}" '
        f'data-query="{escape(urlencode(query))}" data-count="{count}" data-reach="{WINDOW}" data-cited="{page if cited else ""}" '
        f'data-failed="{escape(strings("originals.failed"))}">{pages}</div>'
    )
    opens = cited is None or view.boxes.first is not None
    return OriginalView(_controls(page, count, opens=opens, strings=strings), body, opens, cited is not None)


def _controls(page: int, count: int, *, opens: bool, strings: Strings) -> str:
    """Return the switch between text and pages, and what turns and enlarges the pages."""

    def switch(view: str, *, on: bool) -> str:
        words = escape(strings(f"originals.show_{view}"))
        pressed = "true" if on else "false"
        return f'<button type="button" class="hvb-button hvb-switch" data-show="{view}" aria-pressed="{pressed}">{words}</button>'

    def zoom(step: int, sign: str, name: str) -> str:
        words = escape(strings(f"originals.{name}"))
        return f'<button type="button" class="hvb-button hvb-zoom" data-zoom="{step}" title="{words}" aria-label="{words}">{sign}</button>'

    return (
        f'<div class="hvb-views"><div class="hvb-switches" role="group" aria-label="{escape(strings("originals.show"))}">'
        f"{switch('words', on=not opens)}{switch('page', on=opens)}</div>"
        f'<div class="hvb-paging"><label>{escape(strings("originals.goto"))} <input type="number" class="hvb-goto" min="1" '
        f'max="{count}" value="{page}" inputmode="numeric"></label><span>/{count}</span>'
        f"{zoom(-1, '−', 'smaller')}{zoom(1, '+', 'larger')}</div></div>"
    )
