"""
Recognition of a page's picture: straightened, ruling lines found and taken out, then read by Tesseract with its Vietnamese model.

Tesseract is a program of its own and may be missing; that is told in one place, :class:`Recogniser`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import regex as re
from PIL import Image

from indexer.formats.ocr_cells import (
    ORDER_LETTERS,
    order_column,
    picture_of,
    put_back,
    strips_of,
    with_numbers,
    without_tables,
)
from indexer.formats.ocr_names import areas_without_name, with_name
from indexer.formats.ocr_rulings import find_rulings, skew_of, threshold_of, without_rulings
from indexer.formats.open_tables import left_out
from indexer.formats.page import PageWord
from indexer.formats.proofread import proofread
from indexer.formats.rulings import Edge, tables_of
from indexer.formats.sound import syllable_share
from indexer.reader import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from indexer.formats.rulings import DrawnTable

HOW_TO_INSTALL = "cài Tesseract và bộ tiếng Việt (Debian, Ubuntu: sudo apt-get install tesseract-ocr tesseract-ocr-vie)"
_LANGUAGE = "vie"
# Tesseract's page segmentation. One column: it must not take a fold for a gutter, and columns are ours; but where short lines begin with
# their numbers one below the other, it takes these for a picture. One block reads them, and stamps and signatures into the lines as well.
_ONE_COLUMN, _ONE_BLOCK = "4", "6"
_NUMBERS_LOST = 2  # lines that begin with the stop of a number without the number
_SMALLER = 2 / 3  # by how much numbers are made smaller
_SECONDS = 60  # for one page; a full page takes one or two
_MOST_WORKERS = (
    3  # pages recognised side by side; each takes some 150 MiB with its Tesseract, and limits.py counts them all
)
_LEAST_CONFIDENCE = 0.15  # what Tesseract trusts less is dirt
_NUMBER_LINE = re.compile(r"s[oốô]\s?[:;]")
_DIRT = re.compile(r"[_~`´'^°¬|=\\‹›\u2018\u2019]+")
_GUTTER = 1.8  # heights of a word; a wider gap is none between words
_DOUBTFUL, _FEW_SYLLABLES = 0.75, 0.6  # confidence, and share of syllables, below which a page may lie on its side
_TRUSTED, _FEW_LETTERS = 0.6, 4  # print that stands alone has 0.9 and more
_BULLETS = ("-", "–", "+", "•", "*")
_COLOURED = 60  # of 255 between the brightest and the darkest of a pixel's three colours


@dataclass(frozen=True, slots=True)
class Recognised:
    """
    The words of a picture with boxes in points, in the straightened page, its ruling lines, and the mean confidence (0 to 1).

    ``angle`` is by how many degrees the page was turned, anti-clockwise, to be straight: a quarter where it lay on its side, and then
    ``width`` and ``height`` are those of the page as it was read.
    """

    words: tuple[PageWord, ...]
    edges: tuple[Edge, ...]
    confidence: float
    angle: float
    width: float
    height: float


@cache
def has_tesseract() -> bool:
    """Tell whether Tesseract and its Vietnamese model are installed."""
    program = shutil.which("tesseract")
    if program is None:
        return False
    command = [program, "--list-langs"]
    listed = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=_SECONDS)  # noqa: S603
    return _LANGUAGE in listed.stdout.split()


class Recogniser:
    """Recognises pages side by side, one a core."""

    def __init__(self) -> None:
        self.workers = min(_MOST_WORKERS, os.cpu_count() or 1)
        self._pool = ThreadPoolExecutor(self.workers)

    def submit(self, image: Image.Image, width: float, height: float) -> Future[Recognised | None]:
        """Return the coming result for *image*, which shows a page of *width* by *height* points; None where it cannot be recognised."""
        grey = without_colour(
            image
        )  # here and not later: a picture in colour takes four times the memory while it waits
        return self._pool.submit(recognise, grey, width, height)

    def close(self) -> None:
        """Give up what has not begun."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def recognise(image: Image.Image, width: float, height: float) -> Recognised | None:
    """Return what stands in *image*, or None where Tesseract is missing, fails, or takes more than a minute."""
    if not has_tesseract():
        return None
    grey = without_colour(image)
    found = _upright(grey, width, height)
    if found is None or not _is_doubtful(found):
        return found
    quarter = _orientation(grey)
    if not quarter:
        return found
    sides = (height, width) if quarter % 180 else (width, height)
    turned = _upright(grey.rotate(quarter, expand=True), *sides)
    if turned is None or turned.confidence <= found.confidence:
        return found
    return replace(turned, angle=turned.angle + quarter)


def _is_doubtful(found: Recognised) -> bool:
    """Tell whether the page may have been read lying on its side or head."""
    share = syllable_share(" ".join(word.text for word in found.words))
    return found.confidence < _DOUBTFUL or (share is not None and share < _FEW_SYLLABLES)


def _orientation(image: Image.Image) -> int:
    """Return by how many degrees, anti-clockwise, *image* has to be turned to stand upright; 0 where Tesseract cannot tell."""
    done = _run_tesseract(image, "-l", "osd", "--psm", "0")
    found = re.search(r"Rotate: (\d+)", done or "")
    return -int(found.group(1)) % 360 if found else 0


def _upright(grey: Image.Image, width: float, height: float) -> Recognised | None:
    """Return what stands in *grey*, which is upright but may lie a little askew."""
    angle = skew_of(grey)
    if abs(angle) >= 0.1:
        grey = grey.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=255)
    scale = width / grey.width
    pixels = np.asarray(grey)
    dark = pixels < threshold_of(pixels)
    rulings = find_rulings(dark, dots_per_inch=72 / scale)
    cleaned = without_rulings(pixels, dark, rulings)
    edges = tuple(Edge(x0 * scale, top * scale, x1 * scale, bottom * scale) for x0, top, x1, bottom in rulings)
    lines = _read(cleaned, edges, (scale, height / grey.height), dots_per_inch=72 / scale)
    if lines is None:
        return None
    lines = _with_names(cleaned, lines, (scale, height / grey.height), dpi=round(72 / scale))
    words = [word for line in proofread(lines) for word in line]
    weights = [len(word.text) for word in words]
    total = sum(weight * (word.confidence or 0) for weight, word in zip(weights, words, strict=True))
    confidence = total / max(1, sum(weights))
    return Recognised(tuple(words), edges, confidence, angle if abs(angle) >= 0.1 else 0.0, width, height)


def _read(
    pixels: npt.NDArray[np.uint8], edges: Sequence[Edge], scale: tuple[float, float], *, dots_per_inch: float
) -> list[list[PageWord]] | None:
    """Return the words of a page line by line: what stands in tables cell by cell, the rest as a page without them."""
    dpi = round(dots_per_inch)
    dark = pixels < threshold_of(pixels)
    tables = tables_of([*edges, *left_out([(edges, ())])[0]])
    strips = strips_of(dark, tables, scale=scale, dots_per_inch=dots_per_inch) if tables else []
    if not strips:
        return _page(Image.fromarray(pixels), *scale, dpi=dpi)
    inside = _tesseract(Image.fromarray(picture_of(pixels, strips)), 1, 1, dpi=dpi, alone=True)
    outside = _page(Image.fromarray(without_tables(pixels, tables, scale=scale)), *scale, dpi=dpi)
    if inside is None or outside is None:
        return None
    return outside + _with_numbers(pixels, put_back(inside, strips, scale=scale), tables, scale, dpi=dpi)


def _with_names(
    pixels: npt.NDArray[np.uint8], lines: list[list[PageWord]], scale: tuple[float, float], *, dpi: int
) -> list[list[PageWord]]:
    """Return *lines* with the names of those who sign, looked for by themselves where stamp and signature hid them."""
    across, down = scale
    for area in areas_without_name(lines):
        left, top = max(0, round(area.left / across)), max(0, round(area.top / down))
        part = pixels[top : round(area.bottom / down), left : round(area.right / across)]
        if not part.size:
            continue
        found = _tesseract(Image.fromarray(part), across, down, dpi=dpi) or []
        shift = left * across, top * down
        lines = with_name(lines, [[_shifted(word, *shift) for word in line] for line in found])
    return lines


def _shifted(word: PageWord, right: float, down: float) -> PageWord:
    return replace(
        word, left=word.left + right, right=word.right + right, top=word.top + down, bottom=word.bottom + down
    )


def _with_numbers(
    pixels: npt.NDArray[np.uint8],
    lines: list[list[PageWord]],
    tables: Sequence[DrawnTable],
    scale: tuple[float, float],
    *,
    dpi: int,
) -> list[list[PageWord]]:
    """
    Return *lines* with the numbers of the rows as they are read when only numbers are looked for.

    A number alone in its cell has no neighbours that would tell what it is, and is taken for a Vietnamese word.
    """
    columns = [column for table in tables if (column := order_column(table)) is not None]
    strips = strips_of(pixels < threshold_of(pixels), columns, scale=scale, dots_per_inch=dpi)
    if not strips:
        return lines
    picture = Image.fromarray(picture_of(pixels, strips))
    # letters as small as in running text are what the model was trained on
    small = picture.resize(
        (round(picture.width * _SMALLER), round(picture.height * _SMALLER)), Image.Resampling.LANCZOS
    )
    back = 1 / _SMALLER
    found = _tesseract(small, back, back, dpi=round(dpi * _SMALLER), alone=True, only=ORDER_LETTERS)
    return with_numbers(lines, put_back(found, strips, scale=scale), columns) if found else lines


def without_colour(image: Image.Image) -> Image.Image:
    """Return *image* in grey, where what is clearly coloured (a red stamp, a blue signature) is as bright as its brightest colour."""
    if image.mode == "L":
        return image
    pixels = np.asarray(image.convert("RGB"))
    brightest, darkest = pixels.max(axis=2), pixels.min(axis=2)
    grey = np.asarray(image.convert("L"))
    return Image.fromarray(np.where(brightest - darkest > _COLOURED, brightest, grey))


def _tesseract(
    image: Image.Image,
    across: float,
    down: float,
    *,
    dpi: int,
    layout: str = _ONE_BLOCK,
    alone: bool = False,
    only: str = "",
) -> list[list[PageWord]] | None:
    """
    Return the words of *image* line by line; None where Tesseract fails.

    *alone* says that a few letters, or a sign, may be all there is; *only* are the letters that are looked for, if not all.
    """
    letters = ("-c", f"tessedit_char_whitelist={only}") if only else ()
    table = _run_tesseract(image, "-l", _LANGUAGE, "--dpi", str(dpi), "--psm", layout, *letters, "tsv")
    return None if table is None else list(_lines(table, across, down, alone=alone))


def _page(image: Image.Image, across: float, down: float, *, dpi: int) -> list[list[PageWord]] | None:
    """Return the words of a page's running text line by line; None where Tesseract fails."""
    lines = _tesseract(image, across, down, dpi=dpi, layout=_ONE_COLUMN)
    if lines is not None and sum(line[0].text in (".", ")") for line in lines) >= _NUMBERS_LOST:
        lines = _tesseract(image, across, down, dpi=dpi)
    return lines


def _run_tesseract(image: Image.Image, *options: str) -> str | None:
    """Return what Tesseract says of *image*; None where it fails or takes too long."""
    buffer = BytesIO()
    image.save(buffer, "PPM")
    command = ["tesseract", "stdin", "stdout", *options]
    try:
        done = subprocess.run(  # noqa: S603
            command,
            input=buffer.getvalue(),
            capture_output=True,
            check=False,
            timeout=_SECONDS,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except subprocess.TimeoutExpired:
        return None
    if done.returncode != 0:
        return None
    return done.stdout.decode("utf-8", "replace")


def _lines(table: str, across: float, down: float, *, alone: bool) -> Iterator[list[PageWord]]:
    """Yield the lines of Tesseract's table (level, page, block, paragraph, line, word, left, top, width, height, confidence, text)."""
    rows = [line.split("\t") for line in table.splitlines()[1:]]
    lines: dict[tuple[str, ...], list[list[str]]] = {}
    for row in rows:
        if len(row) == 12 and row[0] == "5" and row[11].strip() and float(row[10]) / 100 >= _LEAST_CONFIDENCE:
            lines.setdefault(tuple(row[1:5]), []).append(row)
    for line in lines.values():
        words = [word for run in _runs(line) if alone or not _is_dirt(run) for word in _in_points(run, across, down)]
        if words:
            yield words


def _runs(line: Sequence[list[str]]) -> list[list[list[str]]]:
    """Return the rows of Tesseract's table that make *line*, cut where it reaches over a gutter."""
    runs: list[list[list[str]]] = []
    for row in line:
        before = runs[-1][-1] if runs else None
        if before is None or int(row[6]) - int(before[6]) - int(before[8]) > _GUTTER * max(int(row[9]), int(before[9])):
            runs.append([])
        runs[-1].append(row)
    return runs


def _is_dirt(run: Sequence[list[str]]) -> bool:
    """Tell whether *run* is no print: a stroke of a signature, a fold, a spot; few letters that Tesseract does not trust, or none."""
    said = "".join(row[11] for row in run)
    letters = sum(map(str.isalnum, said))
    if not letters:
        return said not in _BULLETS
    if _NUMBER_LINE.match(said.casefold()):
        return False  # "Số:" alone, where the number is written by hand
    trust = sum(float(row[10]) for row in run) / 100 / len(run)
    return trust < _TRUSTED and (letters <= _FEW_LETTERS or 2 * letters < len(said))


def _in_points(run: Sequence[list[str]], across: float, down: float) -> Iterator[PageWord]:
    """Yield the words of *run*; the height of a word depends on its letters, that of the run does not."""
    top = float(np.median([int(row[7]) for row in run]))
    bottom = float(np.median([int(row[7]) + int(row[9]) for row in run]))
    for row in run:
        left, width = int(row[6]), int(row[8])
        own_top, own_bottom = int(row[7]), int(row[7]) + int(row[9])
        upper, lower = (top, bottom) if own_top < bottom and own_bottom > top else (own_top, own_bottom)
        for text in normalise(row[11]).split():
            if not _DIRT.fullmatch(text):
                box = left * across, upper * down, (left + width) * across, lower * down
                yield PageWord(text, *box, confidence=float(row[10]) / 100)
