"""A listing as an Excel workbook: one sheet of entries to filter and print, one of sources. Nothing in it is ever a formula."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from assistant.exports.listing import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from openpyxl.worksheet.worksheet import Worksheet

    from assistant.exports.listing import Entry, Listing

_LONGEST = 32_000  # characters that a cell holds, with room to spare
_ACTS = ("=", "+", "-", "@", "\t", "\r")  # what makes a formula of a text
_WIDTHS = {
    "order": 6,
    "row": 14,
    "content": 52,
    "lead": 26,
    "partners": 30,
    "deliverable": 28,
    "due": 18,
    "last_day": 13,
    "state": 15,
    "gaps": 16,
    "note": 24,
    "number": 20,
    "place": 30,
    "quote": 60,
    "mark": 10,
}
_STATED = ("last_day", "state", "gaps")  # columns of the task list alone
_HEAD = "FFDCE6F1"
_FONT = "Times New Roman"


def excel_bytes(listing: Listing) -> bytes:
    """Return *listing* as the bytes of an .xlsx file."""
    from openpyxl import Workbook  # noqa: PLC0415 - heavy

    book = Workbook()
    _add_styles(book)
    sheet = book.worksheets[0]
    sheet.title = listing.words("sheet")
    _fill_list(sheet, listing)
    _fill_sources(book.create_sheet(listing.words("sources")), listing)
    book.properties.title = clean(listing.title)
    book.properties.creator = ""
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _columns(listing: Listing) -> list[str]:
    columns = ["order", "row", "content", "lead", "partners", "deliverable", "due", *_STATED, "note"]
    columns += ["number", "place", "quote", *(["mark"] if listing.citations else [])]
    if not listing.state_shown:
        columns = [name for name in columns if name not in ("state", "gaps")]
    return columns


def _values(entry: Entry, order: int, columns: Sequence[str]) -> Iterator[str | int | date | None]:
    for name in columns:
        if name == "order":
            yield order
        elif name == "mark":
            yield entry.marks
        else:
            yield getattr(entry, name)


def _fill_list(sheet: Worksheet, listing: Listing) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415
    from openpyxl.worksheet.properties import PageSetupProperties  # noqa: PLC0415

    columns = _columns(listing)
    line = 1
    for index, text in enumerate((listing.title, *listing.above)):
        _put(sheet, line, 1, text, "line" if index else "title")
        line += 1
    head = line + 1
    _head(sheet, head, [listing.words(name) for name in columns])
    line = head
    for order, entry in enumerate(listing.entries, 1):
        line += 1
        for column, value in enumerate(_values(entry, order, columns), 1):
            _put(sheet, line, column, value, "cell")
    last = get_column_letter(len(columns))
    sheet.auto_filter.ref = f"A{head}:{last}{line}"
    sheet.freeze_panes = f"A{head + 1}"
    for column, name in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTHS[name]
    line += 1
    for text in listing.below:
        line += 1
        _put(sheet, line, 1, text, "line")
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{head}:{head}"


def _fill_sources(sheet: Worksheet, listing: Listing) -> None:
    words = listing.words
    line = 1
    blocks: list[tuple[str, list[str], list[tuple[str, ...]]]] = [
        (
            words("documents"),
            [words(key) for key in ("order", "number", "title", "issuer", "issued_on", "file")],
            [
                (str(order), one.number, one.title, one.issuer, one.issued_on, one.file)
                for order, one in enumerate(listing.documents, 1)
            ],
        )
    ]
    if listing.citations:
        heads = [words(key) for key in ("mark", "number", "place", "quote")]
        cited = [(one.mark, one.number, one.place, one.quote) for one in listing.citations]
        blocks.append((words("citations"), heads, [*cited]))
    for title, heads, rows in blocks:
        _put(sheet, line, 1, title, "title")
        _head(sheet, line + 1, heads)
        line += 1
        for row in rows:
            line += 1
            for column, value in enumerate(row, 1):
                _put(sheet, line, column, value, "cell")
        line += 2
    _put(sheet, line, 1, words("original"), "line")
    for letter, width in zip("ABCDEF", (10, 26, 60, 40, 16, 36), strict=True):
        sheet.column_dimensions[letter].width = width


def _head(sheet: Worksheet, line: int, names: Sequence[str]) -> None:
    for column, name in enumerate(names, 1):
        _put(sheet, line, column, name, "head")


def _put(sheet: Worksheet, line: int, column: int, value: str | int | date | None, style: str) -> None:
    """Write *value* into a cell: text as text, whatever it begins with."""
    cell: Any = sheet.cell(line, column)
    cell.style = style
    if isinstance(value, str):
        text = clean(value)
        text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
        if text:
            cell.value = text
            cell.data_type = "s"
            if text.startswith(_ACTS):
                cell.quotePrefix = True  # it stays text when somebody edits the cell
    elif value is not None:
        cell.value = value
        if not isinstance(value, int):
            cell.number_format = "dd/mm/yyyy"


def _add_styles(book: Any) -> None:
    """Name the looks of cells once: a look of its own for every cell would take seconds."""
    from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side  # noqa: PLC0415

    thin = Side(style="thin", color="FFA0A0A0")
    box = Border(left=thin, right=thin, top=thin, bottom=thin)
    middle = Alignment(wrap_text=True, vertical="center", horizontal="center")
    top, flowing = Alignment(wrap_text=True, vertical="top"), Alignment(vertical="top")
    fill = PatternFill("solid", start_color=_HEAD)
    plain, bold = Font(name=_FONT, size=12), Font(name=_FONT, size=12, bold=True)
    book.add_named_style(NamedStyle("title", font=Font(name=_FONT, size=14, bold=True), alignment=flowing))
    book.add_named_style(NamedStyle("line", font=plain, alignment=flowing))
    book.add_named_style(NamedStyle("head", font=bold, alignment=middle, border=box, fill=fill))
    book.add_named_style(NamedStyle("cell", font=plain, alignment=top, border=box))
