"""One page of a file as a reader found it, before its text is put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indexer.formats.page import PageWord
    from indexer.formats.rulings import Edge


@dataclass(frozen=True, slots=True)
class SourcePage:
    """
    One page before its text is put together. ``source`` and ``confidence`` are those of :class:`~indexer.types.Page`.

    ``angle`` is by how many degrees the page was turned anti-clockwise before its words were found; ``heads`` are the words of its
    running head where the lines of the page run otherwise.
    """

    number: int
    width: float
    height: float
    words: tuple[PageWord, ...] = ()
    edges: tuple[Edge, ...] = ()
    source: str = "text"
    confidence: float | None = None
    angle: float = 0.0
    heads: tuple[PageWord, ...] = ()

    @property
    def shown_size(self) -> tuple[float, float]:
        """Width and height of the page as it is shown, to a tenth of a point: one that lay on its side was as wide as it is high now."""
        sides = round(self.width, 1), round(self.height, 1)
        return sides[::-1] if round(self.angle / 90) % 2 else sides
