"""
An answer as a listing to export: an entry for every register row that it lists, or for every line that cites a clause.

What else the answer says (its head, its completeness line, what may also concern) stands above and below the entries, word for word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from assistant.exports.files import listing_bytes
from assistant.exports.listing import (
    CitedPlace,
    Entry,
    Kind,
    Listing,
    document_number,
    made_on,
    source_documents,
)
from assistant.exports.tasks import task_entry
from assistant.exports.words import export_words
from assistant.task_list import TaskList
from assistant.types import Answer
from indexer.path import label
from indexer.types import fold_white

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.corpus import Corpus
    from assistant.exports.words import ExportWords
    from assistant.task_list import TaskRow
    from assistant.types import Citation, Reply

_MARK = re.compile(r"\s*\[(\d+)\]")
_ITEM = "- "


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of an answer without its marks, and the citations that it bears by number."""

    text: str
    item: bool
    cited: tuple[int, ...]


def is_list(reply: Reply) -> bool:
    """Tell whether *reply* is an answer that lists: what is worth a file."""
    return isinstance(reply, Answer) and any(line.item and line.cited for line in _lines(reply))


def export_answer(
    answer: Answer, kind: Kind, corpus: Corpus, *, language: str = "vi", today: date | None = None
) -> bytes:
    """
    Return *answer* as a file of this *kind*; nothing is asked again.

    Raises:
        InputError: a calendar is asked for, and nothing that the answer lists has a definite day.
    """
    return listing_bytes(answer_listing(answer, corpus, language=language, today=today), kind)


def answer_kinds(answer: Answer, corpus: Corpus) -> tuple[Kind, ...]:
    """Return the kinds of files that *answer* can be had as: a calendar only where something has a definite day."""
    return tuple(kind for kind in Kind if kind is not Kind.CALENDAR or answer_listing(answer, corpus).dated)


def answer_listing(answer: Answer, corpus: Corpus, *, language: str = "vi", today: date | None = None) -> Listing:
    """Return what *answer* lists, each with its citations; *today* is the day that the file bears."""
    words = export_words(language)
    day = today or date.today()  # noqa: DTZ011 - the day where the officials sit
    reader = _Reader(answer, corpus, words, day)
    lines = _lines(answer)
    listed = [line for line in lines if line.item and line.cited] or [line for line in lines if line.cited]
    entries = _merged([entry for line in listed for entry in reader.entries(line)])
    rest = [line.text for line in lines if line not in listed]
    head = rest[:1] if lines and lines[0] not in listed else []
    citations = tuple(
        CitedPlace(
            f"[{number}]",
            document_number(corpus, one.document, words),
            one.label,
            fold_white(one.quote),
        )
        for number, one in enumerate(answer.citations, 1)
    )
    return Listing(
        words("answer_title"),
        (words("question", question=answer.question), made_on(day, words), *head),
        tuple(entries),
        (*rest[len(head) :], words("original")),
        source_documents(corpus, (one.document for one in answer.citations), words),
        words,
        citations,
    )


def _lines(answer: Answer) -> list[_Line]:
    lines = []
    for line in answer.text.splitlines():
        if not line.strip():
            continue
        numbers = [int(number) for number in _MARK.findall(line)]
        cited = tuple(dict.fromkeys(number for number in numbers if 1 <= number <= len(answer.citations)))
        text = fold_white(_MARK.sub("", line)).removeprefix(_ITEM)
        lines.append(_Line(text, line.strip().startswith(_ITEM), cited))
    return lines


class _Reader:
    """Makes entries of the lines of one answer."""

    def __init__(self, answer: Answer, corpus: Corpus, words: ExportWords, today: date) -> None:
        self.answer, self.corpus, self.words = answer, corpus, words
        self._rows: dict[str, list[TaskRow]] = {}
        for row in TaskList(corpus, today).rows_of({one.document for one in answer.citations}):
            self._rows.setdefault(row.document, []).append(row)

    def entries(self, line: _Line) -> list[Entry]:
        """Return the entries of *line*: one for every register row that it cites, one for every other citation."""
        cited = [(number, self.answer.citations[number - 1]) for number in line.cited]
        groups: list[tuple[TaskRow | None, list[tuple[int, Citation]]]] = []
        certain = [row for _, one in cited if len(rows := self._holders(one)) == 1 for row in rows]
        for number, one in cited:
            holders = self._holders(one)
            # words printed once for several rows belong to the row that the line cites besides
            row = next((row for row in certain if row in holders), holders[0] if holders else None)
            known = next((group for group in groups if row is not None and group[0] is row), None)
            if known:
                known[1].append((number, one))
            else:
                groups.append((row, [(number, one)]))
        return [self._entry(line, row, places) for row, places in groups]

    def _holders(self, citation: Citation) -> list[TaskRow]:
        """Return the rows that have the words of *citation* in a cell, or are cited whole."""
        rows = self._rows.get(citation.document, [])
        whole = [row for row in rows if (row.at.row.start, row.at.row.end) == (citation.start, citation.end)]
        return whole or [
            row
            for row in rows
            if any(
                span.start < citation.end and citation.start < span.end
                for cell in row.at.row.cells
                for span in cell.spans
            )
        ]

    def _entry(self, line: _Line, row: TaskRow | None, places: Sequence[tuple[int, Citation]]) -> Entry:
        marks = "".join(f"[{number}]" for number, _ in places)
        cited = [one for _, one in places]
        quote = "\n".join(fold_white(one.quote) for one in cited)
        if row is None:
            first = cited[0]
            return Entry(
                id=f"{first.document}#{first.start}:{first.end}",
                content=line.text,
                number=document_number(self.corpus, first.document, self.words),
                place=first.label,
                quote=quote,
                marks=marks,
            )
        entry = task_entry(row, self.corpus, self.words)
        place = cited[0].label if len(cited) == 1 else label(row.at.row.path)
        return replace(entry, content=entry.content or line.text, place=place, quote=quote, marks=marks)


def _merged(entries: Sequence[Entry]) -> list[Entry]:
    """Return *entries*, those of one place made one, with all their citations."""
    found: dict[str, Entry] = {}
    for entry in entries:
        known = found.get(entry.id)
        if known is None:
            found[entry.id] = entry
        elif entry.marks not in known.marks:
            quote, marks = f"{known.quote}\n{entry.quote}", known.marks + entry.marks
            found[entry.id] = replace(known, quote=quote, marks=marks)
    return list(found.values())
