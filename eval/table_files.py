"""The files of built tables: a DOCX by python-docx, its PDF by LibreOffice, a scan of that PDF."""

from __future__ import annotations

import shutil
import subprocess
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from eval.built_tables import BuiltCell, BuiltDocument, BuiltTable

SCAN_DPI = 300
_A4 = (21.0, 29.7)  # centimetres
_TWIPS = 567  # a centimetre
_SECONDS = 600
_NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
_LINES = {
    "all": dict.fromkeys(_SIDES, "single"),
    "open sides": {**dict.fromkeys(_SIDES, "single"), "left": "nil", "right": "nil"},
    "double": {
        **dict.fromkeys(_SIDES, "single"),
        "top": "double",
        "left": "double",
        "bottom": "double",
        "right": "double",
    },
    "dotted": {**dict.fromkeys(_SIDES, "single"), "insideH": "dotted"},
    "level only": {**dict.fromkeys(_SIDES, "single"), "left": "nil", "right": "nil", "insideV": "nil"},
    "none": dict.fromkeys(_SIDES, "nil"),
}
_JUSTIFICATION = {"left": "left", "center": "center", "justify": "both"}


def save_docx(document: BuiltDocument, path: Path) -> None:
    """Write *document* to *path*."""
    from docx import Document  # noqa: PLC0415
    from docx.enum.section import WD_ORIENT  # noqa: PLC0415
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415
    from docx.oxml import parse_xml  # noqa: PLC0415
    from docx.shared import Cm, Pt  # noqa: PLC0415

    made = Document()
    made.styles["Normal"].font.name = document.font
    made.styles["Normal"].font.size = Pt(13)
    section = made.sections[0]
    width, height = (_A4[1], _A4[0]) if document.landscape else _A4
    section.orientation = WD_ORIENT.LANDSCAPE if document.landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Cm(width), Cm(height)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(document.margin)
    if document.numbered:
        section.different_first_page_header_footer = True
        number = section.header.paragraphs[0]
        number.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
            inner = f'<w:fldChar w:fldCharType="{kind}"/>' if kind else f"<w:instrText>{text}</w:instrText>"
            number._p.append(parse_xml(f"<w:r {_NAMESPACE}>{inner}</w:r>"))  # noqa: SLF001 - python-docx has no fields
    room = (width - 2 * document.margin) * _TWIPS

    def add(xml: str) -> None:
        made.element.body.insert(len(made.element.body) - 1, parse_xml(xml))

    def write(text: str, *, bold: bool = False, italic: bool = False, centred: bool = False) -> None:
        paragraph = made.add_paragraph()
        run = paragraph.add_run(text)
        run.bold, run.italic = bold, italic
        if centred:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER

    if document.letterhead:
        state = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
        add(_pair(room, ["ỦY BAN NHÂN DÂN", "TỈNH HOA BAN", "Số: 45/KH-UBND"], [state, "Độc lập - Tự do - Hạnh phúc"]))
        write("")
    write("PHỤ LỤC", bold=True, centred=True)
    write(document.title, bold=True, centred=True)
    write("(Kèm theo Kế hoạch số 45/KH-UBND ngày 12 tháng 3 năm 2026)", italic=True, centred=True)
    for number, table in enumerate(document.tables):
        if number:
            write(document.between[0])
            write(document.between[1], bold=True)
        add(_table(table, room, document))
    write("")
    if document.signature:
        add(
            _pair(
                room, ["Nơi nhận:", "- Như trên;", "- Lưu: VT."], ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "", "Lê Văn Mẫu"]
            )
        )
        write("")
    made.save(path)


def _pair(room: float, left: Sequence[str], right: Sequence[str]) -> str:
    """Return a table of two cells without lines: a letterhead, or signatures."""
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{int(room / 2)}" w:type="dxa"/></w:tcPr>'
        + "".join(_paragraph(text, size=13, align="center", bold=True) for text in texts)
        + "</w:tc>"
        for texts in (left, right)
    )
    grid = f'<w:gridCol w:w="{int(room / 2)}"/>' * 2
    return f"<w:tbl {_NAMESPACE}>{_properties('none')}<w:tblGrid>{grid}</w:tblGrid><w:tr>{cells}</w:tr></w:tbl>"


def _properties(borders: str) -> str:
    lines = "".join(
        f'<w:{side} w:val="{_LINES[borders][side]}" w:sz="4" w:space="0" w:color="000000"/>' for side in _SIDES
    )
    return f'<w:tblPr><w:tblW w:w="0" w:type="auto"/><w:tblBorders>{lines}</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr>'


def _table(table: BuiltTable, room: float, document: BuiltDocument) -> str:
    total = sum(one.width for one in table.columns)
    widths = [int(room * one.width / total) for one in table.columns]
    rows: list[str] = []
    for number, row in enumerate(table.cells):
        head = number < table.heads
        marks = ("" if table.breaks else "<w:cantSplit/>") + ("<w:tblHeader/>" if head and table.repeats else "")
        rows.append(
            f"<w:tr><w:trPr>{marks}</w:trPr>{_cells(table, number, row, widths, document, shaded=head and table.shaded)}</w:tr>"
        )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return f"<w:tbl {_NAMESPACE}>{_properties(table.borders)}<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def _cells(
    table: BuiltTable,
    number: int,
    row: Sequence[BuiltCell | None],
    widths: Sequence[int],
    document: BuiltDocument,
    *,
    shaded: bool,
) -> str:
    xml: list[str] = []
    column = 0
    while column < len(row):
        cell = row[column]
        above = None if cell else _covering(table, number, column)
        one = cell or above
        cols = one.cols if one else 1
        merge = '<w:vMerge w:val="restart"/>' if cell and cell.rows > 1 else "<w:vMerge/>" if above else ""
        properties = f'<w:tcW w:w="{sum(widths[column : column + cols])}" w:type="dxa"/>'
        properties += f'<w:gridSpan w:val="{cols}"/>' if cols > 1 else ""
        properties += merge + ('<w:shd w:val="clear" w:color="auto" w:fill="D9E2F3"/>' if shaded else "")
        properties += '<w:vAlign w:val="center"/>' if cell and cell.align == "center" else ""
        paragraphs = cell.paragraphs if cell and cell.paragraphs else ("",)
        words = "".join(
            _paragraph(
                text,
                size=document.size,
                spacing=(document.spacing, document.apart),
                align=one.align if one else "left",
                bold=bool(cell and cell.bold),
                italic=bool(cell and cell.italic),
            )
            for text in paragraphs
        )
        xml.append(f"<w:tc><w:tcPr>{properties}</w:tcPr>{words}</w:tc>")
        column += cols
    return "".join(xml)


def _covering(table: BuiltTable, number: int, column: int) -> BuiltCell | None:
    """Return the cell above that is merged down over row *number*."""
    for above in range(number - 1, -1, -1):
        cell = table.cells[above][column]
        if cell is not None:
            return cell if above + cell.rows > number else None
    return None


def _paragraph(
    text: str,
    *,
    size: float,
    align: str,
    spacing: tuple[float, int] = (1.0, 1),
    bold: bool = False,
    italic: bool = False,
) -> str:
    look = ("<w:b/>" if bold else "") + ("<w:i/>" if italic else "") + f'<w:sz w:val="{round(2 * size)}"/>'
    runs = "<w:r><w:br/></w:r>".join(
        f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{escape(part)}</w:t></w:r>' for part in text.split("\n")
    )
    room = (
        f'w:before="{20 * spacing[1]}" w:after="{20 * spacing[1]}" w:line="{round(240 * spacing[0])}" w:lineRule="auto"'
    )
    place = f'<w:pPr><w:spacing {room}/><w:jc w:val="{_JUSTIFICATION[align]}"/></w:pPr>'
    return f"<w:p>{place}{runs}</w:p>"


def save_pdfs(sources: Sequence[Path], folder: Path) -> None:
    """
    Have LibreOffice print *sources* as PDFs in *folder*, all in one call.

    Raises:
        InputError: LibreOffice is missing, fails or takes too long.
    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        msg = "soffice: not found.\n  Install LibreOffice Writer: apt install libreoffice-writer-nogui"
        raise InputError(msg)
    with TemporaryDirectory() as profile:
        command = [
            program,
            f"-env:UserInstallation=file://{profile}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
        ]
        try:
            subprocess.run([*command, *map(str, sources)], capture_output=True, check=True, timeout=_SECONDS)  # noqa: S603
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise InputError(
                f"{folder}: LibreOffice printed no PDF ({error}).\n  Convert one file by hand to see why."
            ) from error


def save_scan(source: Path, path: Path, *, skew: float) -> None:
    """Write the pages of the PDF *source* as pictures, turned by *skew* degrees, to a PDF at *path*."""
    import pypdfium2  # noqa: PLC0415
    from PIL import Image  # noqa: PLC0415

    pictures: list[Any] = []
    with pypdfium2.PdfDocument(source) as document:
        for page in document:
            picture = page.render(scale=SCAN_DPI / 72).to_pil().convert("L")
            pictures.append(picture.rotate(skew, resample=Image.Resampling.BICUBIC, fillcolor=255) if skew else picture)
    pictures[0].save(path, "PDF", resolution=SCAN_DPI, save_all=True, append_images=pictures[1:])
