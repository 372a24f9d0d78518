"""
A document as HTML, the cited words marked: clauses as headings and paragraphs, registers as tables.

Pure functions. Everything that comes from a document is escaped, and marked by offsets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING

from assistant.chat.marks import CITED_ID, CITED_WORDS_ID, Doubts, button, doubtful, has_mark, marked, name_first_mark
from assistant.chat.reading import Alignment
from assistant.chat.register import render_table
from indexer.types import Span, Table, fold_white

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assistant.chat.strings import Strings
    from indexer.types import Clause, Document

_NUMBER_ROOM = 14  # characters that may stand before the words of a heading: "Điều 12. ", "1.1.10. "
_CONTEXT = 200  # characters shown on either side of a citation that lies outside of all clauses and cells
_DEEPEST = 6
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is being drawn: the document, the cited words in its text, and the same words in its reading."""

    document: Document
    cited: Span | None
    strings: Strings
    alignment: Alignment | None

    def words(self, start: int, end: int) -> str:
        """Return a slice of the document's text as HTML."""
        return marked(self.document.text, start, end, self.cited)

    def reading(self, start: int, end: int) -> str | None:
        """Return what the reading has for a slice of the text, as HTML; None where there is no reading."""
        if self.alignment is None:
            return None
        span = self.alignment.span(Span(start, end))
        if span is None:
            return None
        cited = self.alignment.span(self.cited) if self.cited else None
        doubts = Doubts(self.document.doubts, self.strings("viewer.doubt"))
        return marked(self.alignment.reading, span.start, span.end, cited, doubts)

    def flow(self, start: int, end: int) -> str:
        """Return a slice as running words: the reading above the words of the scan, or just the words."""
        reading = self.reading(start, end)
        if reading is None:
            return self.words(start, end)
        tag = escape(self.strings("viewer.scan_words"))
        return (
            f'<span class="hvb-reading">{reading}</span>'
            f'<span class="hvb-original"><span class="hvb-tag">{tag}</span> {self.words(start, end)}</span>'
        )


@dataclass(frozen=True, slots=True)
class OriginalView:
    """
    The original pages of a document as HTML, for the switch between them and the text.

    ``opens`` says whether they are shown at first; ``cited`` whether an element in them bears the id that the page scrolls to.
    """

    controls: str
    body: str
    opens: bool
    cited: bool


def heading_end(clause: Clause) -> int | None:
    """
    Return the offset in the document at which the heading of *clause* ends, None where it opens with no heading.

    The heading of a bad scan stands in the reading alone: as many words of the text are its own.
    """
    if not clause.heading:
        return None
    end = _end_of(clause.heading, clause.text)
    if end is None and clause.reading:
        read = _end_of(clause.heading, clause.reading)
        words = [match.end() for match in _WORD.finditer(clause.text)]
        count = len(clause.reading[:read].split())
        end = words[count - 1] if read is not None and 0 < count <= len(words) else None
    return None if end is None else clause.start + end


def _end_of(heading: str, text: str) -> int | None:
    """Return where *heading* ends in *text*, white space aside; None where *text* does not open with it."""
    places = [i for i, character in enumerate(text) if not character.isspace()]
    compact = "".join(text[i] for i in places)
    wanted = "".join(heading.split())
    found = compact.find(wanted, 0, len(wanted) + _NUMBER_ROOM)
    return None if found < 0 else places[found + len(wanted) - 1] + 1


def _clause(sheet: Sheet, clause: Clause) -> str:
    level = min(clause.level, _DEEPEST - 2)
    end = heading_end(clause)
    if end is None:
        return f'<p class="hvb-clause hvb-level-{level}">{sheet.flow(clause.start, clause.end)}</p>'
    tag = f"h{level + 2}"
    html = f'<{tag} class="hvb-level-{level}">{sheet.flow(clause.start, end)}</{tag}>'
    if clause.text[end - clause.start :].strip(" \n\t.:"):
        html += f'<p class="hvb-clause hvb-level-{level}">{sheet.flow(end, clause.end)}</p>'
    return html


def _loose(sheet: Sheet, start: int, end: int) -> str:
    """Return the text between clauses, line by line; "" where it is blank."""
    lines = []
    for line in sheet.document.text[start:end].split("\n"):
        if line.strip():
            lines.append(f'<p class="hvb-loose">{sheet.flow(start, start + len(line))}</p>')
        start += len(line) + 1
    return "".join(lines)


def render_text(sheet: Sheet, clauses: Sequence[Clause], tables: Sequence[Table], start: int, end: int) -> str:
    """Return ``text[start:end]`` as HTML: its clauses and tables, those that reach out of it with the part that lies in it."""
    pieces: list[tuple[int, int, Clause | Table]] = [(table.start, table.end, table) for table in tables]
    pieces += [(clause.start, clause.end, clause) for clause in clauses]
    parts: list[str] = []
    position = start
    # at the same start the longer one comes first: a table before the clause that names it
    for first, last, piece in sorted(pieces, key=lambda piece: (piece[0], -piece[1])):
        if last <= position or end <= first:
            continue  # outside, or a clause inside a table that is drawn already
        parts.append(_loose(sheet, position, max(position, first)))
        if isinstance(piece, Table):
            rows = tuple(row for row in piece.rows if row.start < end and start < row.end)
            part = replace(piece, rows=rows)
            parts.append(render_table(sheet.document.text, part, cited=sheet.cited, strings=sheet.strings))
        elif start <= first and last <= end:
            parts.append(_clause(sheet, piece))
        else:
            parts.append(_loose(sheet, max(start, first), min(end, last)))
        position = min(end, last)
    parts.append(_loose(sheet, position, end))
    return "".join(parts)


def _outside(sheet: Sheet) -> str:
    """Return a citation that lies in no clause and no cell, with what stands around it."""
    if sheet.cited is None:
        return ""
    start, end = max(0, sheet.cited.start - _CONTEXT), sheet.cited.end + _CONTEXT
    return f'<blockquote class="hvb-outside">{sheet.words(start, min(end, len(sheet.document.text)))}</blockquote>'


def _facts(document: Document, strings: Strings) -> str:
    metadata = document.metadata
    date = metadata.issued_on.value if metadata.issued_on else None
    facts = [
        metadata.issuer.value if metadata.issuer else None,
        strings("viewer.issued_on", date="/".join(reversed(date.split("-")))) if date else None,
        strings("viewer.file", file=strings.file(document.id, document.file)),
    ]
    return " · ".join(escape(fold_white(fact)) for fact in facts if fact)


def _notice(document: Document, strings: Strings) -> str:
    """Return what has to be known of a bad scan before it is read, with the legend of its doubtful words; "" for other documents."""
    if not document.reading:
        return ""
    legend = ""
    if document.doubts:
        sample = doubtful(strings("viewer.doubt_sample"), strings("viewer.doubt"))
        legend = f"<br>{sample} {escape(strings('viewer.doubt_legend', count=len(document.doubts)))}"
    return f'<p class="hvb-notice">{escape(strings("viewer.scan"))}{legend}</p>'


def key_of(document: str, cited: Span | None, shelf: str = "") -> str:
    """Return what the page knows an open place by, so that a second click need not draw it again."""
    key = f"{document}:{cited.start}:{cited.end}" if cited else document
    return f"{shelf}/{key}" if shelf else key


def render_document(
    document: Document,
    clauses: Sequence[Clause],
    tables: Sequence[Table],
    *,
    strings: Strings,
    cited: Span | None = None,
    place: str = "",
    original: OriginalView | None = None,
) -> str:
    """
    Return *document* as HTML with the words of *cited* marked; the first mark has the id "cited".

    ``place`` is shown above the document: the label of what is cited. A citation outside of every clause and cell
    is shown by itself at the top, so that something is always marked. *original* are its pages, where it has any: then either they
    or the text is seen.
    """
    sheet = Sheet(document, cited, strings, Alignment.of(document))
    body = render_text(sheet, clauses, tables, 0, len(document.text))
    if not has_mark(body):
        body = _outside(sheet) + body
    title = document.metadata.title.value if document.metadata.title else ""
    shown = f'<p class="hvb-place">{escape(strings("viewer.place", place=place))}</p>' if place else ""
    back = button(strings("viewer.back"), "clear", css="hvb-quiet", **strings.on_shelf)
    body = name_first_mark(body, CITED_WORDS_ID if original and original.cited else CITED_ID)
    view = f' data-view="{"page" if original.opens else "words"}"' if original else ""
    controls, pages = (original.controls, original.body) if original else ("", "")
    return (
        f'<article class="hvb-document" data-key="{escape(key_of(document.id, cited, strings.shelf))}"{view}>'
        f'<header><div class="hvb-bar"><h2>{escape(strings.document(document.id))}</h2>{back}</div>'
        f'<p class="hvb-title">{escape(fold_white(title))}</p><p class="hvb-facts">{_facts(document, strings)}</p>{shown}{controls}</header>'
        f'<div class="hvb-paper hvb-words" lang="vi" tabindex="0" role="region" aria-label="{escape(strings.document(document.id))}">'
        f"{_notice(document, strings)}{body}</div>{pages}</article>"
    )


def render_shelf(documents: Iterable[Document], *, strings: Strings) -> str:
    """Return the list of documents, each with a button that opens it."""
    items = []
    for document in documents:
        title = document.metadata.title.value if document.metadata.title else ""
        opener = button(
            strings.document(document.id), "select", css="hvb-link", document=document.id, **strings.on_shelf
        )
        items.append(
            f'<li>{opener}<p class="hvb-title">{escape(fold_white(title))}</p>'
            f'<p class="hvb-facts">{_facts(document, strings)}</p></li>'
        )
    return (
        f'<article class="hvb-document hvb-shelf" data-key=""><header><h2>{escape(strings("viewer.shelf"))}</h2>'
        f'<p class="hvb-facts">{escape(strings("viewer.hint"))}</p></header>'
        f'<div class="hvb-paper"><ul>{"".join(items)}</ul></div></article>'
    )
