"""
One page of an original as an image, drawn in a process of its own: a file that makes PDFium abort takes nothing else down.

The image shows the page as it is shown by any viewer (turned and cropped), so that a box of :class:`indexer.types.Box`, divided by
the page's width and height, lies where its words are.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.child import ERRORS, Watch, signal_of, start_child
from indexer.errors import ReadError
from indexer.limits import Limits
from indexer.rendering_main import IMAGE, JOB, PROBLEM

if TYPE_CHECKING:
    from collections.abc import Mapping

_MIB = 1 << 20
LIMITS = Limits(
    memory_ceiling=1024 * _MIB,
    tree_memory=768 * _MIB,
    seconds=20.0,
    cpu_seconds=20,
    pages=1,
    file_bytes=32 * _MIB,
    result_bytes=32 * _MIB,
)
_FACTS: Mapping[str, str] = {
    "memory": "drawing it takes too much memory",
    "seconds": "drawing it takes too long",
}


def render_page(original: Path, page: int, *, dpi: int, limits: Limits = LIMITS) -> bytes:
    """
    Return *page* (counted from 1) of the PDF or picture *original* as WebP, at *dpi* dots an inch or less where the page is very large.

    Raises:
        ReadError: there is no such page, or it cannot be drawn; the message says why.
    """
    with tempfile.TemporaryDirectory(prefix="hvb-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        job = {"path": str(original.absolute()), "page": page, "dpi": dpi, "limits": asdict(limits)}
        (folder / JOB).write_text(json.dumps(job, ensure_ascii=False), encoding="utf-8")
        (folder / "tmp").mkdir()
        with (folder / ERRORS).open("wb") as errors, start_child(folder, errors, "indexer.rendering_main") as process:
            stopped = Watch(process, limits).until_it_ends()
        stopped = stopped or signal_of(process.returncode)
        try:
            image = folder / IMAGE
            if stopped is None and image.stat().st_size <= limits.result_bytes:
                return image.read_bytes()
        except FileNotFoundError:
            pass
        msg = f"{original}: page {page} cannot be shown: {_reason(folder, stopped)}.\n  Open the file itself, or read its text."
    raise ReadError(msg)


def _reason(folder: Path, stopped: str | None) -> str:
    if stopped is not None:
        return _FACTS.get(stopped, f"what draws it crashed ({stopped})")
    for file in (PROBLEM, ERRORS):
        path = folder / file
        if path.exists() and (lines := path.read_text(encoding="utf-8", errors="replace").strip().splitlines()):
            return lines[-1].rstrip(".")
    return "it ended without an image"
