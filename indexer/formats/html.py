"""Web pages, and those that were saved as ".doc": block elements are lines, tables are grids, lists have their numbers."""

from __future__ import annotations

import codecs
import email
import email.policy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import regex as re
from lxml import etree, html

from indexer.errors import ReadError
from indexer.formats.blocks import Block, DrawnCell, TextBlock, close_table, lay_out, lines_of
from indexer.formats.decoding import decode_text
from indexer.formats.docx_numbering import number_text
from indexer.formats.mending import WHERE, encoding_warning
from indexer.types import ReadWarning

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from indexer.types import Extracted

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_HEAD = 4_096
_WHITE = re.compile(r"[ \t\n\r\f\v]+")
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all)", re.IGNORECASE)
_DROPPED = {
    "script",
    "style",
    "head",
    "title",
    "template",
    "noscript",
    "iframe",
    "object",
    "svg",
    "select",
    "button",
    "textarea",
}
_BLOCKS = {
    *(
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
    ),
    *(
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "legend",
        "li",
    ),
    *(
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "caption",
    ),
}
_FORMS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_MOST_SPAN = 1_000  # what browsers allow for colspan
_MOST_COLUMNS = 1_000
_MOST_DEPTH = 200


def read_html(path: Path) -> Extracted:
    """
    Return the text of the web page at *path*, a line for each block, with its tables as grids. Nothing that it names is fetched.

    Raises:
        ReadError: the page is in no encoding that is known, is nested too deeply, or has no letter in it.
    """
    return extract_html(path.read_bytes(), path)


def read_web_archive(path: Path) -> Extracted:
    """
    Return the text of the page in the web archive (MHTML) at *path*: Word and many programs save one as ".doc".

    Raises:
        ReadError: there is no page in it, or the page cannot be read.
    """
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() == "text/html" and isinstance(data := part.get_payload(decode=True), bytes):
            return extract_html(data, path)
    raise ReadError(f"{path}: a web archive without a page.\n  Open it in Word and save it as DOCX.")


def extract_html(data: bytes, path: Path) -> Extracted:
    """Return what :func:`read_html` does of the page in *data*; *path* is named in complaints."""
    text, encoding = _decode(data, path)
    parser = html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ReadError(f"{path}: no web page: {error}.\n  Open it in a browser and save it as text.") from error
    page = _Page(path)
    page.walk(root, 0)
    page.end_line()
    warnings = [encoding_warning(encoding)] if encoding else []
    if page.pictures:
        warnings.append(ReadWarning(WHERE, f"có {page.pictures} hình; chữ trong hình không được đọc"))
    extracted = lay_out(page.blocks, warnings)
    if not any(character.isalpha() for character in extracted.text):
        raise ReadError(f"{path}: no letter in the whole page.\n  Open it in a browser, print it as PDF and add that.")
    return extracted


def _decode(data: bytes, path: Path) -> tuple[str, str]:
    """Return the page's text by its byte order mark, as UTF-8, by what it says of itself, or as an old encoding."""
    if data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\x00" in data[:_HEAD]:
        return decode_text(data, path)
    try:
        return data.decode(), ""
    except UnicodeDecodeError:
        pass
    said = _CHARSET.search(data[:_HEAD])
    name = said.group(1).decode("ascii", "replace").lower() if said else ""
    try:
        return decode_text(data, path)
    except ReadError:
        if not name:
            raise
    try:
        return data.decode(name, "replace"), ""
    except LookupError as error:
        raise ReadError(f"{path}: its encoding '{name}' is not known.\n  Save the page as UTF-8.") from error


@dataclass(slots=True)
class _List:
    """A list that is open: how it numbers, and how far it has counted; no form means bullets."""

    form: str
    count: int

    def label(self, value: str | None) -> str:
        if not self.form:
            return "- "
        self.count = int(value) if value and value.lstrip("-").isdigit() and len(value) < 9 else self.count + 1
        return f"{number_text(self.count, self.form)}. "


@dataclass(slots=True)
class _Page:
    """Walks through a page and gathers its blocks; a line is ended by the beginning and by the end of every block element."""

    path: Path
    blocks: list[Block] = field(default_factory=list)
    pictures: int = 0
    _line: list[str] = field(default_factory=list)
    _label: str = ""
    _lists: list[_List] = field(default_factory=list)
    _verbatim: int = 0

    def end_line(self) -> None:
        """Put the line that is open among the blocks, unless it is blank."""
        text = "".join(self._line)
        if not self._verbatim:
            text = "\n".join(part.strip() for part in re.sub(r" *\n *", "\n", text).split("\n")).strip("\n")
        self._line = []
        if text.strip():
            self.blocks.append(TextBlock(self._label + text))
            self._label = ""

    def _write(self, text: str | None) -> None:
        if not text:
            return
        if not self._verbatim:
            text = _WHITE.sub(" ", text)
            if not self._line or self._line[-1].endswith((" ", "\n")):
                text = text.lstrip(" ")
        self._line.append(text)

    def walk(self, element: html.HtmlElement, depth: int) -> None:
        """Read *element*, what is in it, and the words behind it."""
        if depth > _MOST_DEPTH:
            raise ReadError(f"{self.path}: elements are nested more than {_MOST_DEPTH} deep.\n  Save the page as text.")
        tag = element.tag if isinstance(element.tag, str) else ""
        if (
            tag
            and tag not in _DROPPED
            and not _HIDDEN.search(element.get("style", ""))
            and element.get("hidden") is None
        ):
            self._open(tag, element, depth)
        self._write(element.tail)

    def _open(self, tag: str, element: html.HtmlElement, depth: int) -> None:
        if tag == "br":
            self._line.append("\n")
            return
        if tag == "img":
            self.pictures += 1
            return
        if tag == "table":
            self.end_line()
            self._table(element, depth)
            return
        is_block = tag in _BLOCKS
        if is_block:
            self.end_line()
        if tag == "pre":
            self._verbatim += 1
        if tag in {"ol", "ul"}:
            self._lists.append(_opened(tag, element))
        if tag == "li":
            self._label = self._lists[-1].label(element.get("value")) if self._lists else "- "
        self._write(element.text)
        for child in element:
            self.walk(child, depth + 1)
        if is_block:
            self.end_line()
        if tag == "pre":
            self._verbatim -= 1
        if tag in {"ol", "ul"}:
            self._lists.pop()
        if tag == "li":
            self._label = ""

    def _inside(self, element: html.HtmlElement, depth: int) -> list[Block]:
        """Return the blocks of a cell, read as a page of its own."""
        page = _Page(self.path)
        page._write(element.text)
        for child in element:
            page.walk(child, depth + 1)
        page.end_line()
        self.pictures += page.pictures
        return page.blocks

    def _table(self, element: html.HtmlElement, depth: int) -> None:
        cells: list[DrawnCell] = []
        inside: list[list[Block]] = []
        rows = list(_rows(element))
        until: dict[int, int] = {}  # the row up to which a column is taken from above
        for number, row in enumerate(rows):
            column = 0
            if row.tag == "caption":
                self.blocks += self._inside(row, depth)
                continue
            for cell in row:
                if cell.tag not in {"td", "th"} or _HIDDEN.search(cell.get("style", "")):
                    continue
                while until.get(column, 0) > number:
                    column += 1
                across = min(_span(cell.get("colspan")), _MOST_COLUMNS - column)
                if across < 1:  # made to do harm
                    break
                down = _span(cell.get("rowspan"), left=len(rows) - number)
                inside.append(self._inside(cell, depth))
                cells.append(DrawnCell(number, column, number + down, column + across, lines_of(inside[-1])))
                until |= dict.fromkeys(range(column, column + across), number + down)
                column += across
        table = close_table(cells)
        if table is None or table.rows == table.columns == 1:  # a frame around text
            self.blocks += [block for blocks in inside for block in blocks]
        else:
            self.blocks.append(table)


def _opened(tag: str, element: html.HtmlElement) -> _List:
    start = element.get("start", "1")
    count = int(start) if start.lstrip("-").isdigit() and len(start) < 9 else 1
    return _List(_FORMS.get(element.get("type", "1"), "decimal") if tag == "ol" else "", count - 1)


def _rows(table: html.HtmlElement) -> Iterator[html.HtmlElement]:
    for child in table:
        if child.tag in {"thead", "tbody", "tfoot"}:
            yield from (row for row in child if row.tag == "tr")
        elif child.tag in {"tr", "caption"}:
            yield child


def _span(value: str | None, *, left: int = _MOST_SPAN) -> int:
    """Return how many columns or rows a cell covers; a rowspan of 0 means all that are left."""
    if value is None or not value.strip().isdigit() or len(value) > 6:
        return 1
    number = int(value)
    return min(number, left, _MOST_SPAN) if number else (left if left < _MOST_SPAN else 1)
