"""
The child process that draws one page: ``python -m indexer.rendering_main FOLDER``, started by ``indexer.rendering`` and by nobody else.

FOLDER holds ``job.json``; the child leaves ``page.webp`` there, or ``problem.txt`` with the reason in a line.
"""

from __future__ import annotations

import json
import math
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.limits import Limits, confine

if TYPE_CHECKING:
    from PIL import Image

JOB, IMAGE, PROBLEM = "job.json", "page.webp", "problem.txt"
_MOST_PIXELS = 25_000_000  # of one page
_LONGEST_SIDE = 16_000  # pixels; WebP has no more than 16,383
_QUALITY, _EFFORT = 82, 2  # of WebP; more effort costs time for some percent


def _scale(width: float, height: float, dots: float) -> float:
    """Return pixels a unit of *width* by *height* at *dots* pixels a unit, within the limits."""
    area, longest = max(1.0, width * height), max(1.0, width, height)
    return min(dots, math.sqrt(_MOST_PIXELS / area), _LONGEST_SIDE / longest)


def _of_pdf(path: Path, page: int, dpi: int) -> Image.Image:
    import pypdfium2 as pdfium  # noqa: PLC0415 - after the limits hold

    document = pdfium.PdfDocument(path)
    if not 1 <= page <= len(document):
        msg = f"it has {len(document)} pages"
        raise ValueError(msg)
    drawn = document[page - 1]
    width, height = drawn.get_size()
    picture: Image.Image = drawn.render(scale=_scale(width, height, dpi / 72), draw_annots=True).to_pil()
    return picture.convert("RGB")


def _of_picture(path: Path, page: int, dpi: int) -> Image.Image:
    from PIL import Image  # noqa: PLC0415

    from indexer.formats.pictures import dots_of, frames_of, upright  # noqa: PLC0415

    with Image.open(path) as image:
        if not 1 <= page <= frames_of(image):
            msg = f"it has {frames_of(image)} pages"
            raise ValueError(msg)
        image.seek(page - 1)
        frame = upright(image)
        scale = min(1.0, _scale(frame.width, frame.height, dpi / dots_of(image)))
        size = max(1, round(frame.width * scale)), max(1, round(frame.height * scale))
        return frame.convert("RGB").resize(size, Image.Resampling.LANCZOS, reducing_gap=2)


def main(folder: Path) -> None:
    """Draw the page that the job in *folder* asks for."""
    job = json.loads((folder / JOB).read_bytes())
    confine(Limits(**job["limits"]))
    path, page, dpi = Path(job["path"]), int(job["page"]), int(job["dpi"])
    try:
        from indexer.formats.extract import is_pdf  # noqa: PLC0415

        image = (_of_pdf if is_pdf(path) else _of_picture)(path, page, dpi)
        image.save(folder / f"{IMAGE}.part", "WEBP", quality=_QUALITY, method=_EFFORT)
        (folder / f"{IMAGE}.part").rename(folder / IMAGE)
    except Exception as error:  # noqa: BLE001 - the boundary of a process: whatever it is, the parent has to hear of it
        (folder / PROBLEM).write_text(f"{type(error).__name__}: {error}".replace("\n", " "), encoding="utf-8")
    os._exit(0)  # nothing is left to tidy that the parent does not


if __name__ == "__main__":
    main(Path(sys.argv[1]))
