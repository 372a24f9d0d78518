"""From a file to its text: which reader a file needs is told from its bytes, not from its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.reader import read_text
from indexer.types import Extracted, Page

if TYPE_CHECKING:
    from pathlib import Path


def extract(path: Path) -> Extracted:
    """
    Return the text of the file at *path* with its pages, drawn tables and places.

    Raises:
        ReadError: the file is missing, empty, too large, damaged, of a kind that is not read, or holds no text.
    """
    text = read_text(path)
    pages: list[Page] = []
    start = 0
    for number, part in enumerate(text.split("\f"), start=1):
        pages.append(Page(number, "text", None, start, start + len(part)))
        start += len(part) + 1
    return Extracted(text, tuple(pages))
