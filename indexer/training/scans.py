"""
Scans of known text: pages are printed, worn, and read by Tesseract, as Vietnamese or, for bad scans, as if they were English.

Needs the system packages tesseract-ocr (with its "eng" and "vie" data), fonts-texgyre and fonts-freefont-ttf; only
`train --only scans` and `train --only print` use it.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import textwrap
from io import BytesIO
from typing import TYPE_CHECKING

from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from PIL.Image import Image

_TERMES = "/usr/share/texmf/fonts/opentype/public/tex-gyre/texgyretermes-{}.otf"
_FREE = "/usr/share/fonts/truetype/freefont/FreeSerif{}.ttf"
_FACES = (  # both follow Times and have all Vietnamese letters
    *(_TERMES.format(style) for style in ("regular", "regular", "regular", "bold", "italic", "bolditalic")),
    *(_FREE.format(style) for style in ("", "", "Bold", "Italic")),
)
_ENVIRONMENT = {**os.environ, "OMP_THREAD_LIMIT": "1"}  # more threads make Tesseract slower on small pages
_WIDTH = 78  # characters a line
_LINES = 36  # lines a page
_CAPITALS = 0.12  # share of the lines that are printed in capitals, like headings
_CAPITAL_WIDTH = 58  # characters a line of capitals may have
_CLEAN = str.maketrans({"“": '"', "”": '"', "–": "-", "\u00a0": " "})


def read_as(language: str, texts: Iterable[str], *, pages: int, seed: int) -> Iterator[tuple[str, str]]:
    """
    Yield pairs of a printed line and the same line as read, for lines read with as many words as were printed.

    *language* is what Tesseract takes the pages for: "vie", or "eng" for a reading that loses the diacritics.

    Raises:
        InputError: Tesseract is not installed.
    """
    program = shutil.which("tesseract")
    if program is None:
        msg = (
            "tesseract: there is no such program. Install it to make scans:\n"
            "  apt install tesseract-ocr tesseract-ocr-vie fonts-texgyre fonts-freefont-ttf"
        )
        raise InputError(msg)
    chooser = random.Random(seed)  # noqa: S311 - no secret
    lines = [
        line.translate(_CLEAN)
        for text in texts
        for paragraph in text.splitlines()
        for line in textwrap.wrap(paragraph, _WIDTH)
        if len(line) > _WIDTH // 2
    ]
    chooser.shuffle(lines)
    for page in range(pages):
        printed = [
            line[:_CAPITAL_WIDTH].rsplit(" ", 1)[0].upper() if chooser.random() < _CAPITALS else line
            for line in lines[page * _LINES : (page + 1) * _LINES]
        ]
        if not printed:
            return
        image = _print_page(printed, chooser)
        buffer = BytesIO()
        image.save(buffer, "PNG", dpi=(200, 200))
        command = [program, "stdin", "stdout", "-l", language, "--psm", "6"]
        run = subprocess.run(command, input=buffer.getvalue(), capture_output=True, check=True, env=_ENVIRONMENT)  # noqa: S603
        read = [line for line in run.stdout.decode("utf-8").splitlines() if line.strip()]
        if len(read) == len(printed):
            yield from (pair for pair in zip(printed, read, strict=True) if _same_length(*pair))


def _same_length(printed: str, read: str) -> bool:
    return len(printed.split()) == len(read.split())


def _print_page(lines: Sequence[str], chooser: random.Random) -> Image:
    """Return a page at 200 dpi: a serif face of 13 points, slightly turned, blurred and speckled."""
    import numpy as np  # noqa: PLC0415
    from PIL import Image, ImageDraw, ImageFilter, ImageFont  # noqa: PLC0415

    size = 36  # 13 points at 200 dpi
    page = Image.new("L", (1650, _LINES * 54 + 120), 255)
    draw = ImageDraw.Draw(page)
    for row, line in enumerate(lines):
        font = ImageFont.truetype(chooser.choice(_FACES), size)
        draw.text((70, 60 + row * 54), line, fill=chooser.randint(0, 60), font=font)
    page = page.rotate(chooser.uniform(-0.4, 0.4), fillcolor=255, resample=Image.Resampling.BILINEAR)
    scale = chooser.uniform(0.5, 0.9)
    page = page.resize((int(page.width * scale), int(page.height * scale)))
    page = page.filter(ImageFilter.GaussianBlur(chooser.uniform(0.2, 0.9)))
    noise = np.random.default_rng(chooser.randint(0, 2**32)).normal(
        0, chooser.uniform(4, 18), (page.height, page.width)
    )
    return Image.fromarray(np.clip(np.asarray(page, dtype=float) + noise, 0, 255).astype("uint8"))
