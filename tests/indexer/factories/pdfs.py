"""PDF files made by PDFium itself: words where the test wants them, ruling lines, pictures."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

A4 = (595.0, 842.0)


class PdfMaker:
    """A PDF under construction; heights are counted from the top of the page, as readers do."""

    def __init__(self) -> None:
        self.document = pdfium.PdfDocument.new()
        self.page: pdfium.PdfPage | None = None
        self.height = 0.0

    def new_page(self, width: float = A4[0], height: float = A4[1]) -> PdfMaker:
        self._finish()
        self.page, self.height = self.document.new_page(width, height), height
        return self

    def text(self, left: float, top: float, words: str, *, size: float = 13.0, font: str = "Times-Roman") -> PdfMaker:
        item = pdfium_c.FPDFPageObj_NewTextObj(self.document.raw, font.encode(), ctypes.c_float(size))
        encoded = (words + "\0").encode("utf-16-le")
        buffer = ctypes.create_string_buffer(encoded, len(encoded))
        pdfium_c.FPDFText_SetText(item, ctypes.cast(buffer, pdfium_c.FPDF_WIDESTRING))
        pdfium_c.FPDFPageObj_Transform(item, 1, 0, 0, 1, left, self.height - top - size)
        pdfium_c.FPDFPage_InsertObject(self.page.raw, item)
        return self

    def turned_text(self, left: float, top: float, words: str, *, turn: int, size: float = 13.0) -> PdfMaker:
        """Put *words* where they stand upright at (left, top) once the page is shown turned by *turn* degrees."""
        width, height = self.page.get_size()
        matrix, place = {
            90: ((0, 1, -1, 0), (top + size, left)),
            180: ((-1, 0, 0, -1), (width - left, top + size)),
            270: ((0, -1, 1, 0), (width - top - size, height - left)),
        }[turn]
        item = pdfium_c.FPDFPageObj_NewTextObj(self.document.raw, b"Times-Roman", ctypes.c_float(size))
        encoded = (words + "\0").encode("utf-16-le")
        buffer = ctypes.create_string_buffer(encoded, len(encoded))
        pdfium_c.FPDFText_SetText(item, ctypes.cast(buffer, pdfium_c.FPDF_WIDESTRING))
        pdfium_c.FPDFPageObj_Transform(item, *matrix, *place)
        pdfium_c.FPDFPage_InsertObject(self.page.raw, item)
        return self

    def lines(self, left: float, top: float, *texts: str, pitch: float = 17.0, size: float = 13.0) -> PdfMaker:
        for number, words in enumerate(texts):
            self.text(left, top + number * pitch, words, size=size)
        return self

    def rule(self, left: float, top: float, right: float, bottom: float) -> PdfMaker:
        path = pdfium_c.FPDFPageObj_CreateNewPath(left, self.height - top)
        pdfium_c.FPDFPath_LineTo(path, right, self.height - bottom)
        pdfium_c.FPDFPath_SetDrawMode(path, pdfium_c.FPDF_FILLMODE_NONE, 1)
        pdfium_c.FPDFPageObj_SetStrokeWidth(path, 0.5)
        pdfium_c.FPDFPage_InsertObject(self.page.raw, path)
        return self

    def table(self, xs: list[float], ys: list[float], cells: list[list[str]], *, size: float = 11.0) -> PdfMaker:
        """Draw a table with all its lines and the words of each cell in its upper left corner; None leaves the line below it out."""
        for y in ys:
            self.rule(xs[0], y, xs[-1], y)
        for x in xs:
            self.rule(x, ys[0], x, ys[-1])
        for top, row in zip(ys, cells, strict=False):
            for left, words in zip(xs, row, strict=False):
                for number, line in enumerate(words.split("\n") if words else ()):
                    self.text(left + 5, top + 3 + number * 13, line, size=size)
        return self

    def picture(self, image: Image.Image) -> PdfMaker:
        """Fill the page with *image*."""
        width, height = self.page.get_size()
        item = pdfium.PdfImage.new(self.document)
        bitmap = pdfium.PdfBitmap.from_pil(image)
        item.set_bitmap(bitmap)
        item.set_matrix(pdfium.PdfMatrix().scale(width, height))
        self.page.insert_obj(item)
        return self

    def _finish(self) -> None:
        if self.page is not None:
            self.page.gen_content()
            self.page.close()
            self.page = None

    def save(self, path: Path) -> Path:
        self._finish()
        self.document.save(path)
        self.document.close()
        return path
