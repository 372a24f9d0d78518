"""
PDF files and pictures: a page's own text where it is sound, the recognised text of its picture where there is none or a bad one.

First what stands on each page, then the text: margins and running heads show only over several pages.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image, UnidentifiedImageError

from indexer.errors import ReadError
from indexer.formats.assemble import assemble
from indexer.formats.glyphs import UNKNOWN, with_known_glyphs
from indexer.formats.legacy import convert_old
from indexer.formats.mending import encoding_warning
from indexer.formats.ocr import HOW_TO_INSTALL, Recognised, Recogniser, has_tesseract
from indexer.formats.pdf_page import read_page
from indexer.formats.pictures import dots_of, frames_of, upright
from indexer.formats.sound import syllable_share
from indexer.formats.source_page import SourcePage
from indexer.progress import page_done
from indexer.reader import normalise
from indexer.types import LOW_CONFIDENCE, ReadWarning
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from indexer.formats.page import PageWord
    from indexer.formats.pdf_page import PdfPage
    from indexer.types import Extracted

MOST_PAGES = 1_000
DPI = 300
MOST_PIXELS = 25_000_000  # of one rendered page; A4 at 300 dpi has 8.7 million
_LEAST_LETTERS = 50  # a page with fewer, on which something is pictured or drawn, is a picture of its text
_LEAST_PICTURE, _FULL_PAGE = 0.2, 0.6  # share of the page: a picture that may be of print, and one of the whole page
_LEAST_OVER_PICTURE = 300  # letters beside a picture: more than a running head, a seller's address and a stamp have
_TALLEST = 40.0  # points of a printed word
_UNKNOWN = 0.01  # share of letters that a font does not name; what else such a layer says is not to be trusted
_OUTLINES = 300  # paths on a page without letters: the letters themselves are drawn
_SOUND = 0.8  # share of Vietnamese syllables in a text layer over a picture


def read_pdf(path: Path) -> Extracted:
    """
    Return the text of the PDF at *path*; every page that is done is told to :mod:`indexer.progress`.

    Raises:
        ReadError: it is encrypted, damaged, too long, or no page of it holds text that can be read.
    """
    document = _open(path)
    recogniser = Recogniser()
    try:
        if len(document) > MOST_PAGES:
            raise ReadError(
                f"{path}: {len(document)} pages, more than the {MOST_PAGES} that are read.\n  Split the file."
            )
        pages: list[SourcePage] = []
        warnings: list[ReadWarning] = []
        waiting: list[tuple[int, Future[Recognised | None]]] = []
        for index in range(len(document)):
            page, future = _first_look(document, index, recogniser, warnings)
            pages.append(page)
            if future is None:
                page_done(index + 1, len(document))
            else:
                waiting.append((index, future))
            while len(waiting) > recogniser.workers + 1:
                _take(*waiting.pop(0), pages, warnings, total=len(document))
        for index, future in waiting:
            _take(index, future, pages, warnings, total=len(document))
    finally:
        recogniser.close()
        document.close()
    return _assembled(path, pages, warnings)


def read_image(path: Path) -> Extracted:
    """
    Return the recognised text of the picture at *path*, all frames of a TIFF.

    Raises:
        ReadError: it is damaged, too large, or holds no text that can be read.
    """
    pages: list[SourcePage] = []
    warnings: list[ReadWarning] = []
    recogniser = Recogniser()
    try:
        with Image.open(path) as image:
            frames = min(frames_of(image), MOST_PAGES)
            for index in range(frames):
                image.seek(index)
                if image.width * image.height > 4 * MOST_PIXELS:
                    raise ReadError(
                        f"{path}: {image.width} x {image.height} pixels are too many.\n  Scan the page at 300 dpi."
                    )
                frame, dots = upright(image), dots_of(image)
                size = frame.width * 72 / dots, frame.height * 72 / dots
                pages.append(SourcePage(index + 1, *size, source="ocr"))
                future = recogniser.submit(_within(frame.convert("RGB"), dots), *size)
                _take(index, future, pages, warnings, total=frames)
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise ReadError(f"{path}: the picture cannot be opened ({error}).\n  Save it again as PNG or PDF.") from error
    finally:
        recogniser.close()
    return _assembled(path, pages, warnings)


def _within(image: Image.Image, dots: float) -> Image.Image:
    """Return *image* at 300 dots an inch, within the limit of pixels."""
    scale = min(DPI / dots, math.sqrt(MOST_PIXELS / (image.width * image.height)))
    return (
        image
        if 0.9 < scale < 1.1
        else image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)
    )


def _open(path: Path) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise ReadError(
                f"{path}: the PDF is locked with a password.\n  Save a copy without the password (bản không đặt mật khẩu)."
            ) from error
        raise ReadError(
            f"{path}: the PDF is damaged: {error}.\n  Open it in a PDF viewer and print it to a new PDF."
        ) from error


def _first_look(
    document: pdfium.PdfDocument, index: int, recogniser: Recogniser, warnings: list[ReadWarning]
) -> tuple[SourcePage, Future[Recognised | None] | None]:
    """Return page *index* with its own text, and the coming result of recognition where that text is missing or bad."""
    try:
        page = document[index]
    except pdfium.PdfiumError as error:
        warnings.append(ReadWarning(f"trang {index + 1}", f"trang bị hỏng, không đọc được ({error})"))
        return SourcePage(index + 1, 595, 842, source="bad_text", confidence=0.0), None
    if (
        pdfium_c.FPDFPage_GetAnnotCount(page.raw)
        and pdfium_c.FPDFPage_Flatten(page.raw, pdfium_c.FLAT_NORMALDISPLAY) == 1
    ):
        page.close()  # number and date may be stamped on the page by whoever signed it; now they are part of it
        page = document[index]
    try:
        found = read_page(page)
        source = _source_of(found)
        own = SourcePage(
            index + 1,
            found.width,
            found.height,
            found.words,
            found.edges,
            source,
            angle=-float(found.turned),
            heads=found.heads,
        )
        if source == "text":
            return own, None
        return own, recogniser.submit(_picture(page, found), found.width, found.height)
    finally:
        page.close()


def _source_of(page: PdfPage) -> str:
    """Return "text" where the text layer is sound, "bad_text" where it is given up, "ocr" where there is none but a picture."""
    text = " ".join(word.text for word in page.words)
    letters = sum(map(str.isalpha, text))
    with_picture = page.pictured > _LEAST_PICTURE
    if letters < (_LEAST_OVER_PICTURE if with_picture else _LEAST_LETTERS):
        return "ocr" if with_picture or page.drawn > _OUTLINES else "text"
    if page.unknown > _UNKNOWN:
        return "bad_text"
    share = syllable_share(text)
    return "bad_text" if page.pictured > _FULL_PAGE and share is not None and share < _SOUND else "text"


def _picture(page: pdfium.PdfPage, found: PdfPage) -> Image.Image:
    scale = min(DPI / 72, math.sqrt(MOST_PIXELS / max(1.0, found.width * found.height)))
    bitmap = page.render(scale=scale, draw_annots=True, rotation=found.turned)
    try:
        return bitmap.to_pil().copy()
    finally:
        bitmap.close()


def _take(
    index: int,
    future: Future[Recognised | None],
    pages: list[SourcePage],
    warnings: list[ReadWarning],
    *,
    total: int,
) -> None:
    """Put what was recognised of page *index* in the place of its own text."""
    found, page = future.result(), pages[index]
    where = f"trang {index + 1}"
    if found is None:
        why = (
            "nhận dạng chữ không thành công"
            if has_tesseract()
            else f"chưa có chương trình nhận dạng chữ: {HOW_TO_INSTALL}"
        )
        kept = "giữ lớp chữ kém chất lượng sẵn có" if page.words else "trang này không có chữ để tìm"
        warnings.append(ReadWarning(where, f"{why}; {kept}"))
        pages[index] = replace(page, source="bad_text", confidence=0.0)
    else:
        garbled = any(UNKNOWN.search(word.text) for word in page.words)
        pages[index] = replace(
            page,
            width=found.width,
            height=found.height,
            words=_together(page, found, garbled=garbled),
            edges=found.edges or page.edges,
            confidence=round(found.confidence, 3),
            angle=page.angle + found.angle,
        )
        if found.words and found.confidence < LOW_CONFIDENCE:
            warnings.append(
                ReadWarning(where, f"nhận dạng kém tin cậy ({found.confidence:.0%}), cần đối chiếu bản gốc")
            )
        if not found.words:
            warnings.append(ReadWarning(where, "không nhận dạng được chữ nào trên trang này"))
    page_done(index + 1, total, recognised=True)


def _together(page: SourcePage, found: Recognised, *, garbled: bool) -> tuple[PageWord, ...]:
    """Return the words of *page*: those of a sound layer and what the picture says beside them, or what was recognised alone."""
    if garbled:
        return found.words if found.angle else with_known_glyphs(page.words, found.words)
    if page.source != "ocr":
        return found.words
    if not _says_the_same(page.words, found.words):
        return found.words
    level = [own for own in page.words if own.size < _TALLEST]  # the box of a slanting watermark covers half the page
    beside = (word for word in found.words if not any(_covers(own, word) for own in level))
    return (*page.words, *beside)


def _says_the_same(own: Sequence[PageWord], found: Sequence[PageWord]) -> bool:
    """Tell whether a thin text layer is what the page shows: its words are among those *found*, small marks aside, or are syllables."""
    seen = {fold(word.text) for word in found}
    agreed = sum(fold(word.text) in seen for word in own)
    share = syllable_share(" ".join(word.text for word in own))
    return 2 * agreed >= len(own) or (share is not None and share >= _SOUND)


def _covers(own: PageWord, word: PageWord) -> bool:
    middle = (word.left + word.right) / 2
    return own.left - 2 < middle < own.right + 2 and own.top - 2 < word.middle < own.bottom + 2


def _assembled(path: Path, pages: Sequence[SourcePage], warnings: Sequence[ReadWarning]) -> Extracted:
    if not any(any(map(str.isalpha, word.text)) for page in pages for word in page.words):
        reasons = "; ".join(f"{warning.where}: {warning.what}" for warning in warnings[:3])
        raise ReadError(
            f"{path}: no letter could be read on {len(pages)} pages. {reasons}\n  Scan the paper again at 300 dpi, or ask for the text."
        )
    pages, encoding = _in_unicode(pages)
    return assemble(pages, [*([encoding_warning(encoding)] if encoding else []), *warnings])


def _in_unicode(pages: Sequence[SourcePage]) -> tuple[Sequence[SourcePage], str]:
    """Return *pages* with their words normalised, those in an old encoding (TCVN3, VNI) converted first, and its name; "" for none."""
    texts = [" ".join(word.text for word in page.words) if page.source == "text" else "" for page in pages]
    share = syllable_share(" ".join(texts))
    converted, encoding = convert_old(texts) if share is not None and share < _SOUND else (texts, "")
    return [_normalised(page, text.split(" ")) for page, text in zip(pages, converted, strict=True)], encoding


def _normalised(page: SourcePage, texts: Sequence[str]) -> SourcePage:
    """Return *page* with *texts* for its words, if there is one for each, and every word normalised."""
    if len(texts) != len(page.words):
        texts = [word.text for word in page.words]
    words = (replace(word, text=normalise(text).strip()) for word, text in zip(page.words, texts, strict=True))
    return replace(page, words=tuple(word for word in words if word.text))
