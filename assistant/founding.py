"""
What founds the words of an answer: what a citation quotes, what its place and its document are called, and what the question says.

Each is a `Source`, a text in which a figure may stand; the check compares the surroundings.
"""

from __future__ import annotations

from bisect import bisect_right
from calendar import month_name
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import regex as re

from assistant.compared import Kind, WordReader
from assistant.wording import Wording, document_name, kind_name
from indexer.columns import AGENCIES
from indexer.path import label, step_labels
from indexer.types import RelationType

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assistant.compared import Words
    from assistant.corpus import Corpus, RowAt
    from assistant.types import Citation
    from indexer.types import Document, Relation

QUOTED = 0.5  # what it counts that a place stands in what is cited itself, not in the row around it
_DATE = re.compile(r"(?<!\d)(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})(?!\d)")
_LONG_DATE = re.compile(r"ng[aà]y\s*(\d{1,2})\s*,?\s*th[aá]ng\s*(\d{1,2})\s*,?\s*n[aă]m\s*(\d{4})", re.IGNORECASE)
_COLUMN = re.compile(r"(?:^|, )cột (.*)$", re.DOTALL)
_CITATIONS = 1 << 13  # citations that are remembered
_LANGUAGES = ("vi", "en")
_SAME_VERBS = {
    RelationType.BASED_ON: (RelationType.BASED_ON, RelationType.IMPLEMENTS),
    RelationType.IMPLEMENTS: (RelationType.BASED_ON, RelationType.IMPLEMENTS),
    RelationType.REPEALS: (RelationType.REPEALS, RelationType.REPLACES),
}


@dataclass(frozen=True, slots=True)
class Source:
    """
    A text in which a figure may stand; ``weight`` is what that counts beside the surroundings.

    One that only ``confirms`` does not speak against another figure; one that is taken ``whole`` founds nothing by its parts.
    """

    text: Words
    weight: float = QUOTED
    confirms: bool = False
    whole: bool = False
    is_asked: bool = False
    is_typed: bool = False  # asked, in the words of the question
    is_term: bool = False  # founds only what stands in quotation marks
    is_name: bool = False  # what a place or a document is called
    no_agency: bool = False
    of_agencies: bool = False  # a cell that only names agencies

    def numbers(self, place: int) -> bool:
        """Tell whether the word at *place* only numbers the text, "3.", which an answer may leave out."""
        return not self.is_name and self.text.first <= place < self.text.opening


@dataclass(frozen=True, slots=True)
class Cited:
    """What one citation founds: its quote with the row around it, and what its place, its row and its document are called."""

    quotes: tuple[Source, ...]
    names: tuple[Source, ...]
    rows: frozenset[str]  # what the rows are called that it stands in
    is_group: bool  # it names a group of agencies
    due: str  # the deadline of its row
    column: str  # that it cites, "" where it cites no cell
    agencies: frozenset[str]  # the keys of those that this cell names


class Founding:
    """Says what citations of *corpus* found; *reader* reads texts."""

    def __init__(self, corpus: Corpus, reader: WordReader) -> None:
        self._corpus = corpus
        self._words = reader.read
        self.cited = lru_cache(_CITATIONS)(self._cited)

    def warm(self) -> None:
        """Look at every row and section once."""
        _ = self._stated, self._rows, self._by_path, self._groups, self._sharing

    # One citation.

    def _cited(self, citation: Citation) -> Cited:
        named = _COLUMN.search(citation.label)
        column = named.group(1) if named else ""
        place = citation.label[: named.start()] if named else citation.label
        at = self._row(citation)
        cells = [] if at is None else list(zip(at.table.columns, at.row.cells, strict=True))
        of_agencies = any(head.name == column and head.role in AGENCIES for head, _ in cells)
        is_scan = bool(citation.reading)
        quotes = [Source(self._words(citation.quote, column), confirms=is_scan, of_agencies=of_agencies)]
        if citation.reading:
            quotes.append(Source(self._words(citation.reading)))
        quotes += [
            Source(self._words(cell.text, head.name), weight=0.0, of_agencies=head.role in AGENCIES)
            for head, cell in cells
            if head.role != "order" and cell.text
        ]
        cell_text = next((cell.text for head, cell in cells if head.name == column), citation.quote)
        agencies = self._corpus.keys.split(cell_text)
        if of_agencies:  # names that are read as one where another cell has them so
            read = {quotes[0].text.words[spot] for spot, kind in quotes[0].text.spots if kind is Kind.AGENCY}
            unread = [self._words(agency.name) for agency in agencies if f"<{agency.key}>" not in read]
            quotes += [Source(words, confirms=True, of_agencies=True) for words in unread]
        said = self._said(citation)
        quotes += [Source(self._words(words), confirms=True, whole=True, is_name=True) for words in said]
        rows = self._rows_of(citation, at)
        names = [*place.split(", "), *self._document_names(citation)]
        names += self._groups.get((citation.document, citation.start), ())
        if at is not None:
            names += [f"cột {head.name}" for head, _ in cells]
            names += [f"{label(at.table.path)} {name}" for name in self._document_names(citation)[:2]]
            names += [at.row.group.label] if at.row.group else []
        names = [*(name for name in dict.fromkeys(names) if name and name not in rows), *rows]
        sources = tuple(Source(self._words(name), is_name=True) for name in names)
        due = next((cell.text for head, cell in cells if head.role == "due"), "")
        group = any(agency.group for agency in agencies)
        keys = frozenset(agency.key for agency in agencies)
        return Cited(tuple(quotes), sources, frozenset(rows), group, due, column, keys)

    @cached_property
    def _rows(self) -> dict[str, tuple[list[int], list[RowAt]]]:
        """The rows of each document in order, and where they begin."""
        found: dict[str, tuple[list[int], list[RowAt]]] = {}
        for at in sorted(self._corpus.rows, key=lambda at: at.row.start):
            starts, rows = found.setdefault(at.table.document, ([], []))
            starts.append(at.row.start)
            rows.append(at)
        return found

    @cached_property
    def _by_path(self) -> dict[tuple[str, tuple[str, ...]], RowAt]:
        return {(at.table.document, step_labels(at.row.path)): at for at in self._corpus.rows}

    def _row(self, citation: Citation) -> RowAt | None:
        """Return the row that *citation* names or stands in."""
        path = tuple(part for part in citation.path if not part.startswith("cột "))
        if at := self._by_path.get((citation.document, path)):
            return at
        starts, rows = self._rows.get(citation.document, ([], []))
        place = bisect_right(starts, citation.start) - 1
        return rows[place] if place >= 0 and citation.start < rows[place].row.end else None

    @cached_property
    def _sharing(self) -> dict[tuple[str, int], list[str]]:
        """What the rows are called that share a cell which is printed once, by where its slices are printed."""
        found: dict[tuple[str, int], list[RowAt]] = {}
        for at in self._corpus.rows:
            for start in {span.start for cell in at.row.cells for span in cell.spans}:
                found.setdefault((at.table.document, start), []).append(at)
        return {place: _row_names(rows) for place, rows in found.items() if len(rows) > 1}

    def _rows_of(self, citation: Citation, at: RowAt | None) -> list[str]:
        if at is None:
            return []
        return self._sharing.get((citation.document, citation.start)) or _row_names([at])

    @cached_property
    def _groups(self) -> dict[tuple[str, int], list[str]]:
        """What is said of a section of a table, by where its heading stands: its number, its table and its rows."""
        found: dict[tuple[str, int], list[RowAt]] = {}
        for at in self._corpus.rows:
            if at.row.group:
                found.setdefault((at.table.document, at.row.group.start), []).append(at)
        names = {}
        for place, rows in found.items():
            group = rows[0].row.group
            own = [f"mục {group.number}", group.label] if group else []
            names[place] = [*own, *label(rows[0].table.path).split(", "), *_row_names(rows)]
        return names

    @cached_property
    def _stated(self) -> dict[tuple[str, int], list[str]]:
        """The documents whose metadata another one states, by the place where it does."""
        found: dict[tuple[str, int], list[str]] = {}
        for document in self._corpus.stated_elsewhere:
            metadata = document.metadata
            for stated in (metadata.number, metadata.issued_on, metadata.issuer, metadata.kind, metadata.title):
                if stated and stated.document != document.id:
                    found.setdefault((stated.document, stated.start), []).append(document.id)
        return found

    def _relations_at(self, citation: Citation) -> list[Relation]:
        """Return the relations that the words of *citation* begin to state."""
        relations = self._corpus.index.document(citation.document).metadata.relations
        return [relation for relation in relations if relation.start == citation.start]

    def _document_names(self, citation: Citation) -> list[str]:
        """Return what the document of *citation* is called, and one whose metadata it states."""
        ids = self._stated.get((citation.document, citation.start), ())
        own = self._corpus.index.document(citation.document)
        names = [name for document in (own, *map(self._corpus.index.document, ids)) for name in self._called(document)]
        if ids:  # what is stated elsewhere is stated by this document
            names += [f"theo {document_name(own)}", f"according to {document_name(own, 'en')}"]
        return names

    def _called(self, document: Document) -> list[str]:
        names = [document_name(document, language) for language in _LANGUAGES]
        if issuer := self._corpus.issuer_name(document):
            names += [f"{kind_name(document)} của {issuer}", f"document of {issuer}"]
        return names

    def _said(self, citation: Citation) -> list[str]:
        """Return what may be said in so many words: of a document its number, who issued it and when, and how it stands to others."""
        said = _issued_on(citation.quote)
        ids = [citation.document, *self._stated.get((citation.document, citation.start), ())]
        for document in map(self._corpus.index.document, ids):
            number, issuer = document.metadata.number, self._corpus.issuer_name(document)
            said += [f"ký hiệu {number.value}", f"the number {number.value}"] if number else []
            said += [f"do {issuer} ban hành", f"issued by {issuer}"] if issuer else []
        for relation in self._relations_at(citation):
            said += [f"{verb} {relation.number}" for verb in verbs(relation.type)]
            said += [f"{relation.number} đã được thay thế bởi", f"{relation.number} was replaced by"]
        return said

    # Several citations.

    def together(self, citations: Sequence[Citation], row: frozenset[str]) -> list[Source]:
        """Return what the *citations* behind one piece of a line found; *row* is what the one row of the line is called."""
        those = [self.cited(citation) for citation in citations]
        common = row or common_rows(those)
        others = {self._words(name) for one in those for name in one.rows - common} if common else set()
        sources: list[Source] = []
        places: set[tuple[str, str]] = set()
        for citation, one in zip(citations, those, strict=True):
            place = (citation.document, citation.label)
            named = () if place in places else one.names  # of a cell in several slices once
            sources += [source for source in (*one.quotes, *named) if source.text not in others]
            places.add(place)
        for slices in _slices(citations):
            quoted = self.cited(slices[0]).quotes[0]
            if quoted.of_agencies:  # of a cell of agencies each slice may look like a cell of its own
                parts = [self.cited(citation).quotes[0] for citation in slices]
                sources = [source for source in sources if source not in parts]
            whole = self._words(" ".join(citation.quote for citation in slices))
            sources.append(Source(whole, of_agencies=quoted.of_agencies))
        if len(places) > 1 and len({one.column for one in those}) == 1:  # who is named of several cells stands in each
            shared = frozenset.intersection(*(one.agencies for one in those))
            sources = [_only(source, shared) for source in sources]
        return sources

    def unmarked(self, those: Iterable[Cited]) -> list[Source]:
        """Return what *those* found in a line of their list that has no marks: names, and the deadlines that a head says are the first."""
        names: dict[int, Source] = {}
        dues: dict[str, None] = {}
        for one in those:
            names |= {id(source.text): source for source in one.names}
            dues |= {one.due: None} if one.due else {}
        if not dues:
            return list(names.values())
        due = Source(self._words("; ".join(dues)), whole=True, is_asked=True, no_agency=True)
        return [*names.values(), due]


def without_agencies(source: Source, keys: frozenset[str]) -> Source | None:
    """Return a cell of several agencies without those of *keys*: of them only the others are said, "cùng chủ trì"; None if none is left."""
    if not source.of_agencies:
        return source
    text = source.text
    spots = [place for place, kind in text.spots if kind is Kind.AGENCY and place >= text.first]
    gone = [place for place in spots if text.words[place][1:-1] in keys]
    if len(gone) < len(spots):
        return replace(source, text=text.without(gone)) if gone else source
    return None if gone and source.confirms else source


def _only(source: Source, keys: frozenset[str]) -> Source:
    """Return a cell of agencies with those of *keys* alone."""
    spots = [place for place, kind in source.text.spots if kind is Kind.AGENCY and place >= source.text.first]
    gone = [place for place in spots if source.text.words[place][1:-1] not in keys]
    return replace(source, text=source.text.without(gone)) if source.of_agencies and gone else source


def verbs(kind: RelationType) -> list[str]:
    """Return the words for a relation of *kind*, in either language: "căn cứ", "thực hiện"."""
    kinds = _SAME_VERBS.get(kind, (kind,))
    return [Wording(language).name("verbs", str(one)) for one in kinds for language in _LANGUAGES]


def common_rows(those: Iterable[Cited]) -> frozenset[str]:
    """Return what the rows are called in which all of *those* stand that stand in rows."""
    rows = [one.rows for one in those if one.rows]
    return frozenset.intersection(*rows) if rows else frozenset()


def _row_names(rows: Iterable[RowAt]) -> list[str]:
    """Return "nhiệm vụ 9" and "task 9" for each of *rows*."""
    english = Wording("en")
    names: list[str] = []
    for at in rows:
        if not at.row.number:
            names.append(step_labels(at.row.path)[-1])
            continue
        nouns = dict.fromkeys((at.table.noun, english.name("nouns", at.table.noun)))
        names += [f"{noun} {at.row.number}" for noun in nouns]
    return names


def _slices(citations: Sequence[Citation]) -> list[list[Citation]]:
    """Return the cells that a page end cuts, each as the citations of its slices."""
    cells: dict[tuple[str, str], list[Citation]] = {}
    for citation in citations:
        cells.setdefault((citation.document, citation.label), []).append(citation)
    return [slices for slices in cells.values() if len(slices) > 1]


def _issued_on(quote: str) -> list[str]:
    """Return how an answer may say that a document was issued on a date of *quote*."""
    forms = []
    for match in (*_LONG_DATE.finditer(quote), *_DATE.finditer(quote)):
        day, month, year = map(int, match.groups())
        if 1 <= month < len(month_name):
            forms.append(f"ban hành ngày {day}/{month}/{year}")
            forms.append(f"issued on {day} {month_name[month]} {year} ({day}/{month}/{year})")
    return forms
