"""A listing as a Word document in the form of Vietnamese offices: A4 across, Times New Roman 13, the head of the table on every page."""

from __future__ import annotations

from copy import deepcopy
from io import BytesIO
from typing import TYPE_CHECKING, Any

from assistant.exports.listing import clean
from assistant.exports.words import shown_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.exports.listing import Entry, Listing

_FONT = "Times New Roman"
_BODY, _TABLE = 13, 12  # points
_QUOTED = 90  # characters of a quotation in a narrow column; the place says where the rest stands
_WIDTHS = {  # millimetres; together the 247 between the margins of Nghị định 30/2020/NĐ-CP
    "order": 14,
    "content": 70,
    "lead": 30,
    "partners": 32,
    "deliverable": 32,
    "due": 31,
    "source": 38,
}
_WORKS = ("lead", "partners", "deliverable", "due")  # columns that only rows of registers fill


def word_bytes(listing: Listing) -> bytes:
    """Return *listing* as the bytes of a .docx file."""
    import docx  # noqa: PLC0415 - heavy
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415
    from docx.shared import Pt  # noqa: PLC0415

    document = docx.Document()
    _set_page(document)
    _set_font(document)
    heading = document.add_heading(level=1)
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(heading, listing.title.upper(), bold=True, size=14)
    for text in listing.above:
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_after = Pt(2)
        _run(paragraph, text, italic=True)
    _fill_table(document, listing)
    for index, text in enumerate(listing.below):
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(6 if index == 0 else 0)
        paragraph.paragraph_format.space_after = Pt(2)
        _run(paragraph, text)
    _fill_sources(document, listing)
    document.core_properties.title = clean(listing.title)
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.core_properties.language = "vi-VN"
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _set_page(document: Any) -> None:
    from docx.enum.section import WD_ORIENT  # noqa: PLC0415
    from docx.shared import Mm  # noqa: PLC0415

    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(20)


def _set_font(document: Any) -> None:
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.shared import Pt, RGBColor  # noqa: PLC0415

    for name in ("Normal", "Heading 1", "Heading 2"):
        style = document.styles[name]
        style.font.name, style.font.size = _FONT, Pt(_BODY)
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(theme), None)  # a theme's font would win
        for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
            fonts.set(qn(script), _FONT)


def _run(paragraph: Any, text: str, *, bold: bool = False, italic: bool = False, size: int = _BODY) -> None:
    from docx.shared import Pt  # noqa: PLC0415

    run = paragraph.add_run(clean(text))
    run.bold, run.italic, run.font.size, run.font.name = bold, italic, Pt(size), _FONT


def _columns(listing: Listing) -> list[str]:
    """Return the columns; those that no entry fills are left out, and the others have their room."""
    empty = {name for name in _WORKS if not any(getattr(entry, name) for entry in listing.entries)}
    return [name for name in _WIDTHS if name not in empty]


def _fill_table(document: Any, listing: Listing) -> None:
    columns = _columns(listing)
    spare = sum(_WIDTHS.values()) - sum(_WIDTHS[name] for name in columns)
    widths = [_WIDTHS[name] + (spare if name == "content" else 0) for name in columns]
    heads = [listing.words(name) for name in columns]
    rows = [[_value(entry, order, name) for name in columns] for order, entry in enumerate(listing.entries, 1)]
    _table(document, heads, rows, widths)


def _value(entry: Entry, order: int, name: str) -> str:
    if name == "order":
        return str(order)
    if name == "source":
        quote = entry.quote if len(entry.quote) <= _QUOTED else f"{entry.quote[:_QUOTED].rsplit(' ', 1)[0]}…"
        marks = f" {entry.marks}" if entry.marks else ""
        return f"{entry.number}{marks}, {entry.place}: “{quote}”"
    if name == "due":
        printed = entry.due
        day = shown_day(entry.last_day) if entry.last_day and shown_day(entry.last_day) not in printed else ""
        return "\n".join(part for part in (printed, day, entry.state, entry.note) if part)
    return str(getattr(entry, name))


def _table(document: Any, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
    from docx.enum.table import WD_TABLE_ALIGNMENT  # noqa: PLC0415
    from docx.oxml import OxmlElement  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.shared import Mm  # noqa: PLC0415

    table = document.add_table(rows=1, cols=len(heads))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    head = table.rows[0]
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    head._tr.get_or_add_trPr().append(repeated)  # noqa: SLF001 - python-docx has no name for it
    _fill_row(head.cells, heads, widths, bold=True)
    if not rows:
        return
    pattern = table.add_row()
    _fill_row(pattern.cells, rows[0], widths)
    for values in rows[1:]:  # a copy is filled much faster than a new row
        drawn = deepcopy(pattern._tr)  # noqa: SLF001
        for cell, value in zip(drawn.tc_lst, values, strict=True):
            cell.p_lst[0].r_lst[0].text = clean(value)
        table._tbl.append(drawn)  # noqa: SLF001


def _fill_row(cells: Sequence[Any], values: Sequence[str], widths: Sequence[int], *, bold: bool = False) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415
    from docx.shared import Mm, Pt  # noqa: PLC0415

    for position, (cell, value, width) in enumerate(zip(cells, values, widths, strict=True)):
        cell.width = Mm(width)
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(0)
        if bold or position == 0:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(paragraph, value, bold=bold, size=_TABLE)


def _fill_sources(document: Any, listing: Listing) -> None:
    words = listing.words
    heading = document.add_heading(level=2)
    _run(heading, words("documents"), bold=True)
    heads = [words(key) for key in ("order", "number", "title", "issuer", "issued_on", "file")]
    rows = [
        (str(order), one.number, one.title, one.issuer, one.issued_on, one.file)
        for order, one in enumerate(listing.documents, 1)
    ]
    _table(document, heads, rows, (12, 42, 85, 42, 26, 40))
    if not listing.citations:
        return
    heading = document.add_heading(level=2)
    _run(heading, words("citations"), bold=True)
    heads = [words(key) for key in ("mark", "number", "place", "quote")]
    _table(
        document, heads, [(one.mark, one.number, one.place, one.quote) for one in listing.citations], (20, 42, 65, 120)
    )
