"""
Pages of born-digital PDFs printed as pictures, so that recognition can be measured against their own text layer.

Two qualities: clean at 300 dpi; noisy at 200 dpi, turned, blurred and with grain. The same seed gives the same picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

QUALITIES = ("clean", "noisy")
CLEAN_DPI, NOISY_DPI = 300, 200
_TURN = 0.7  # degrees
_BLUR = 0.7  # radius in pixels
_GRAIN = 18.0  # standard deviation, of 255
_SHORTEST = 1200  # characters; a page with less is no page of running text
_LAST = 12  # page; later ones are annexes as a rule
_SMALL_PRINT = 0.75  # of the usual letter: footnotes and raised figures, whose order in the text is uncertain
_WHITE = 255


@dataclass(frozen=True, slots=True)
class PlainPage:
    """A page of running text: no table, picture or small print. ``text`` is its text layer, line by line from the top."""

    document: str
    file: Path
    page: int  # counted from 1
    text: str


def plain_pages(files: Sequence[tuple[str, Path]], count: int) -> list[PlainPage]:
    """Return *count* plain pages of the PDFs *files* (id, path), one of each in turn; the first page of a file is left out."""
    found: list[PlainPage] = []
    turns = [_plain_pages_of(document, file) for document, file in files]
    while turns and len(found) < count:
        for turn in list(turns):
            page = next(turn, None)
            if page is None:
                turns.remove(turn)
            elif len(found) < count:
                found.append(page)
    return found


def save_scan(page: PlainPage, quality: str, path: Path, *, seed: int = 1) -> None:
    """Write *page* as a PDF at *path* that holds nothing but a picture of it."""
    import pypdfium2  # noqa: PLC0415

    dpi = CLEAN_DPI if quality == "clean" else NOISY_DPI
    with pypdfium2.PdfDocument(page.file) as document:
        image = document[page.page - 1].render(scale=dpi / 72).to_pil().convert("L")
    if quality == "noisy":
        image = _worn(image, seed=seed)
    image.save(path, "PDF", resolution=dpi)


def _worn(image: Any, *, seed: int) -> Any:
    """Return the picture turned, blurred and grained."""
    from PIL import Image, ImageFilter  # noqa: PLC0415

    turned = image.rotate(_TURN, resample=Image.Resampling.BICUBIC, fillcolor=_WHITE)
    pixels = np.asarray(turned.filter(ImageFilter.GaussianBlur(_BLUR)), dtype=np.float64)
    grain = np.random.default_rng(seed).normal(0.0, _GRAIN, pixels.shape)
    return Image.fromarray(np.clip(pixels + grain, 0, _WHITE).astype(np.uint8))


def _plain_pages_of(document: str, file: Path) -> Iterator[PlainPage]:
    import pdfplumber  # noqa: PLC0415

    with pdfplumber.open(file) as pdf:
        for number, page in enumerate(pdf.pages[1:_LAST], start=2):
            if _is_plain(page) and len(text := page.extract_text()) >= _SHORTEST:
                yield PlainPage(document, file, number, text)
            page.close()


def _is_plain(page: Any) -> bool:
    if page.images or page.width > page.height or not page.chars or page.find_tables():
        return False
    sizes = [letter["size"] for letter in page.chars if not letter["text"].isspace()]
    return bool(sizes) and min(sizes) >= _SMALL_PRINT * float(np.median(sizes))
