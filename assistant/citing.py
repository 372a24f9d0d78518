"""Citations: from a cell, a clause or a metadata value to the exact words and the smallest unit that holds them."""

from __future__ import annotations

import re
from bisect import bisect_left
from operator import attrgetter
from typing import TYPE_CHECKING

from assistant.original import original_of
from assistant.types import Citation
from indexer.parse import span_between
from indexer.path import label, step_labels
from indexer.types import Span, Step, StepKind

if TYPE_CHECKING:
    from assistant.corpus import Corpus, RowAt
    from indexer.types import Clause, Document, Path, Stated

_WORD = re.compile(r"\S+")


class Citer:
    """Collects the citations of one reply; the same place has one number."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._citations: list[Citation] = []

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What was cited so far, in order of first mention."""
        return tuple(self._citations)

    def _add(self, citation: Citation) -> str:
        for number, known in enumerate(self._citations, start=1):
            if (known.document, known.start, known.end) == (citation.document, citation.start, citation.end):
                return f"[{number}]"
        self._citations.append(citation)
        return f"[{len(self._citations)}]"

    def _cite(self, document: Document, path: Path, start: int, end: int, unit: tuple[int, int]) -> str:
        text = document.text
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        unit_start, unit_end = min(unit[0], start), max(unit[1], end)
        reading, doubts = folded_reading(document, unit_start, unit_end)
        original = original_of(self._corpus.index, document, start, end)
        number = document.metadata.number.value if document.metadata.number else None
        citation = Citation(
            document.id,
            number,
            label(path),
            step_labels(path),
            start,
            end,
            text[start:end],
            text[unit_start:unit_end],
            reading,
            replaced_by=self._corpus.replaced_by.get(document.id),
            page=original.page,
            boxes=original.boxes,
            confidence=original.confidence,
            doubts=doubts,
        )
        return self._add(citation)

    def cell(self, at: RowAt, column: int) -> str:
        """Cite the words of a cell, each of its slices; return the marks, "[1]" or "[1][2]". A blank cell cites its row."""
        document = self._corpus.index.document(at.table.document)
        cell = at.row.cells[column]
        path = (*at.row.path, Step(StepKind.COLUMN, "", at.table.columns[column].name))
        if not cell.spans:
            return self.row(at)
        marks = []
        for span in cell.spans:
            holder = self._corpus.row_at(document.id, span.start) or at
            marks.append(self._cite(document, path, span.start, span.end, (holder.row.start, holder.row.end)))
        return "".join(marks)

    def row(self, at: RowAt) -> str:
        """Cite a whole row as it stands in the source."""
        document = self._corpus.index.document(at.table.document)
        return self._cite(document, at.row.path, at.row.start, at.row.end, (at.row.start, at.row.end))

    def clause(self, document: Document, clause: Clause, start: int | None = None, end: int | None = None) -> str:
        """Cite a clause, or its words from *start* to *end* (offsets into the document's text)."""
        first, last = clause.start if start is None else start, clause.end if end is None else end
        return self._cite(document, clause.path, first, last, (clause.start, clause.end))

    def stated(self, stated: Stated) -> str:
        """Cite the words that state a metadata value, in whichever document they stand."""
        return self.place(stated.document, stated.start, stated.end)

    def place(self, document_id: str, start: int, end: int) -> str:
        """Cite a slice of a document, inside the clause that holds it."""
        document = self._corpus.index.document(document_id)
        clause = self._corpus.clause_at(document_id, start)
        if clause is None and (at := self._corpus.row_at(document_id, start)):
            inside = [
                (*at.row.path, Step(StepKind.COLUMN, "", column.name))
                for column, cell in zip(at.table.columns, at.row.cells, strict=True)
                if any(span.start <= start < span.end for span in cell.spans)
            ]
            return self._cite(document, inside[0] if inside else at.row.path, start, end, (at.row.start, at.row.end))
        if clause is None:
            return self._cite(document, (Step(StepKind.HEAD),), start, end, (start, end))
        return self._cite(document, clause.path, start, min(end, clause.end), (clause.start, clause.end))


def folded_reading(document: Document, start: int, end: int) -> tuple[str | None, tuple[Span, ...]]:
    """Return what the reading of *document* has for ``text[start:end]``, white space folded, and the slices of that in doubt."""
    if document.reading is None:
        return None, ()
    span = span_between(document.text, document.reading, start, end)
    if span is None:
        return "", ()
    words: list[str] = []
    doubts: list[Span] = []
    length = 0
    for match in _WORD.finditer(document.reading, span.start, span.end):
        shift = length - match.start()
        first, last = (bisect_left(document.doubts, edge, key=attrgetter("start")) for edge in match.span())
        doubts += [Span(doubt.start + shift, doubt.end + shift) for doubt in document.doubts[first:last]]
        words.append(match.group())
        length += len(match.group()) + 1
    return " ".join(words), tuple(doubts)
