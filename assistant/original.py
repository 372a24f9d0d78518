"""Where cited words can be shown in the original: page, boxes, and how surely the page was recognised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from indexer.places import boxes_between
from indexer.types import LOW_CONFIDENCE

if TYPE_CHECKING:
    from assistant.types import Citation
    from indexer.manifest import FileEntry
    from indexer.types import Box, Document, Page, Placed


class Originals(Protocol):
    """What is needed of an index; ``indexer.index.Index`` has it."""

    def pages(self, document: str, /) -> tuple[Page, ...]:
        """Return the pages of a document."""

    def placed(self, document: str, start: int, end: int, /) -> tuple[Placed, ...]:
        """Return the printed lines of a document on the pages that a slice of its text touches."""

    def original_entry(self, document: str, /) -> FileEntry | None:
        """Return hash and size of the file of a document that can be shown page by page, None where none is kept."""


@dataclass(frozen=True, slots=True)
class Original:
    """
    Where words are printed: the page on which they begin, a box a line, and the least sure of the recognised pages (0 to 1).

    A text file and a DOCX have no fixed pages: ``page`` is None and there is no box. ``confidence`` is None where the page's own
    text was read.
    """

    page: int | None = None
    boxes: tuple[Box, ...] = ()
    confidence: float | None = None


def original_of(index: Originals, document: Document, start: int, end: int) -> Original:
    """Return where ``text[start:end]`` of *document* is printed."""
    boxes = boxes_between(document.text, index.placed(document.id, start, end), start, end)
    if not boxes:
        return Original()
    numbers = {box.page for box in boxes}
    sure = [
        page.confidence for page in index.pages(document.id) if page.page in numbers and page.confidence is not None
    ]
    return Original(boxes[0].page, boxes, min(sure, default=None))


def is_poorly_recognised(citation: Citation) -> bool:
    """Tell whether *citation* rests on a page that was recognised so badly that it has to be compared with the original."""
    return citation.confidence is not None and citation.confidence < LOW_CONFIDENCE
