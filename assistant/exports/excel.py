"""A listing as an Excel workbook: one sheet of entries to filter and print, one of sources. Nothing in it is ever a formula."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from assistant.exports.listing import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from openpyxl.cell import Cell
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


def excel_bytes(listing: Listing) -> bytes:
    """Return *listing* as the bytes of an .xlsx file."""
    from openpyxl import Workbook  # noqa: PLC0415 - heavy

    book = Workbook()
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
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    columns = _columns(listing)
    line = 1
    for index, text in enumerate((listing.title, *listing.above)):
        cell = _put(sheet, line, 1, text, wrap=False)
        cell.font = Font(name="Times New Roman", size=14 if index == 0 else 12, bold=index == 0)
        line += 1
    head = line + 1
    _head(sheet, head, [listing.words(name) for name in columns])
    line = head
    for order, entry in enumerate(listing.entries, 1):
        line += 1
        for column, value in enumerate(_values(entry, order, columns), 1):
            _put(sheet, line, column, value, bordered=True)
    last = get_column_letter(len(columns))
    sheet.auto_filter.ref = f"A{head}:{last}{line}"
    sheet.freeze_panes = f"A{head + 1}"
    for column, name in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTHS[name]
    line += 1
    for text in listing.below:
        line += 1
        _put(sheet, line, 1, text, wrap=False)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{head}:{head}"


def _fill_sources(sheet: Worksheet, listing: Listing) -> None:
    from openpyxl.styles import Font  # noqa: PLC0415

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
        rows = [(one.mark, one.number, one.place, one.quote) for one in listing.citations]
        blocks.append((words("citations"), heads, rows))
    for title, heads, rows in blocks:
        _put(sheet, line, 1, title, wrap=False).font = Font(name="Times New Roman", size=13, bold=True)
        _head(sheet, line + 1, heads)
        line += 1
        for row in rows:
            line += 1
            for column, value in enumerate(row, 1):
                _put(sheet, line, column, value, bordered=True)
        line += 2
    _put(sheet, line, 1, words("original"), wrap=False)
    for letter, width in zip("ABCDEF", (10, 26, 60, 40, 16, 36), strict=True):
        sheet.column_dimensions[letter].width = width


def _head(sheet: Worksheet, line: int, names: Sequence[str]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415

    for column, name in enumerate(names, 1):
        cell = _put(sheet, line, column, name, bordered=True)
        cell.font = Font(name="Times New Roman", size=12, bold=True)
        cell.fill = PatternFill("solid", start_color=_HEAD)
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")


def _put(
    sheet: Worksheet, line: int, column: int, value: str | date | None, *, wrap: bool = True, bordered: bool = False
) -> Cell:
    """Write *value* into a cell: text as text, whatever it begins with."""
    from openpyxl.styles import Alignment, Border, Font, Side  # noqa: PLC0415

    cell: Any = sheet.cell(line, column)
    if isinstance(value, str):
        text = clean(value)
        text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
        if text:
            cell.set_explicit_value(text, data_type="s")
            cell.quotePrefix = text.startswith(_ACTS)  # it stays text when somebody edits the cell
    elif value is not None:
        cell.value = value
        if not isinstance(value, int):
            cell.number_format = "dd/mm/yyyy"
    cell.font = Font(name="Times New Roman", size=12)
    cell.alignment = Alignment(wrap_text=wrap, vertical="top")
    if bordered:
        thin = Side(style="thin", color="FFA0A0A0")
        cell.border = Border(left=thin, right=thin, top=thin, bottom=thin)
    return cell  # type: ignore[no-any-return]
