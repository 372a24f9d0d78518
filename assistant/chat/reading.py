"""The reading of a bad scan beside its text: which words of the one stand for which words of the other."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from indexer.types import Span

if TYPE_CHECKING:
    from indexer.types import Document

_WORD = re.compile(r"\S+")


def _line_starts(text: str) -> list[int]:
    return [0, *accumulate(len(line) + 1 for line in text.split("\n"))][:-1]


def _words(text: str, start: int) -> list[tuple[int, int]]:
    end = text.find("\n", start)
    return [match.span() for match in _WORD.finditer(text, start, len(text) if end < 0 else end)]


@dataclass(frozen=True, slots=True)
class Alignment:
    """Maps slices of ``Document.text`` to slices of ``Document.reading``, line for line and word for word."""

    text: str
    reading: str
    text_lines: list[int]
    reading_lines: list[int]

    @classmethod
    def of(cls, document: Document) -> Alignment | None:
        """Return the alignment of *document*, or None where it has no reading, or one of another number of lines."""
        if document.reading is None:
            return None
        text_lines, reading_lines = _line_starts(document.text), _line_starts(document.reading)
        if len(text_lines) != len(reading_lines):
            return None
        return cls(document.text, document.reading, text_lines, reading_lines)

    def span(self, span: Span) -> Span | None:
        """
        Return the words of the reading that stand for ``text[span.start:span.end]``; None where they are no words.

        Where a line has not as many words in the reading as in the text, the whole line stands for each of its words.
        """
        inner = self.text[span.start : span.end]
        if not inner.strip():
            return None
        start = span.start + len(inner) - len(inner.lstrip())
        end = span.start + len(inner.rstrip())
        first, last = self._place(start), self._place(end - 1)
        if first is None or last is None or first[0] >= last[1]:
            return None
        return Span(first[0], last[1])

    def _place(self, offset: int) -> tuple[int, int] | None:
        line = bisect_right(self.text_lines, offset) - 1
        words = _words(self.text, self.text_lines[line])
        readings = _words(self.reading, self.reading_lines[line])
        if not readings:
            return None
        if len(words) != len(readings):
            return readings[0][0], readings[-1][1]
        return next((readings[i] for i, (_, end) in enumerate(words) if offset < end), None)
