"""
What a fact can be found in: the clauses and table rows of the corpus, cut into sentences, with the terms that each is compared by.

All of it is made once a unit and remembered, since the same units are compared with every question.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING

import regex as re

from assistant.corpus import RowAt, subject_column
from assistant.meaning import Words, own_meaning
from indexer.parse import reading_between
from indexer.path import eid
from indexer.terms import terms
from indexer.types import StepKind, fold_white, shown_text
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.corpus import Corpus
    from indexer.types import Clause, Document, Passage, Path

_LETTERHEAD = re.compile(r"(?:so:? ?[\d/]|.{0,40}, ?ngay\b.{0,12}thang\b.{0,6}nam\b.{0,8}$|cong hoa xa hoi|doc lap)")
_LONG = 420  # characters of a sentence; a longer one is cut at its semicolons
_BREAK = re.compile(r"(?<=[.;!?])\s+(?=[\p{Lu}“\"(\d-])|(?<=\.\.\.)\s+")
_UNITS = 1 << 13  # units that are remembered: some 44 KB each with what is remembered for them
_DOCUMENTS = 512  # documents of which is remembered where their clauses stand
_CONTEXT = 300  # characters of each of the two clauses over one that say in what it stands
_HUGE = 12_000  # characters of a clause of which only what stands near a passage is cut into sentences
_NEAR = 1500  # characters before and behind that passage
_CHILDREN = 3  # clauses below one that stand beside it


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, bullet or cell: ``Document.text[start:end]``, as it is ``shown`` (of a bad scan its reading), its terms and words."""

    start: int
    end: int
    shown: str
    folded: str
    terms: frozenset[str]
    words: Words = field(default_factory=Words, compare=False)


@dataclass(frozen=True, slots=True)
class Unit:
    """
    A clause or a table row with its sentences; of a row there is one, the cell that says what the row is about.

    ``whole`` are the terms of all of it, ``above`` those of the headings over it and of its document's title and issuer, ``beside``
    those of the clauses next to it. ``words`` are the words of all of it, ``context`` those of what it stands in.
    """

    document: Document
    path: Path
    sentences: tuple[Sentence, ...]
    whole: frozenset[str]
    above: frozenset[str]
    clause: Clause | None = None
    at: RowAt | None = None
    folded: str = ""  # all cells of a row, folded
    beside: frozenset[str] = frozenset()
    words: Words = field(default_factory=Words, compare=False)
    context: Words = field(default_factory=Words, compare=False)


def sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the sentences of ``text[start:end]`` as offsets; a long one in its parts between semicolons."""
    position = start
    part = text[start:end]
    for match in _BREAK.finditer(part):
        stop = start + match.start()
        if part[match.start() - 1] == ";" and stop - position < _LONG and _next_break(part, match.end()) < _LONG:
            continue
        yield position, stop
        position = start + match.end()
    if position < end:
        yield position, end


def _next_break(part: str, begin: int) -> int:
    match = _BREAK.search(part, begin)
    return (match.start() if match else len(part)) - begin


class _Places:
    """The *clauses* of one document by their eid, by their path, and those right below a path; the first of equals counts."""

    def __init__(self, clauses: Sequence[Clause]) -> None:
        self.by_eid = {eid(clause.path): clause for clause in reversed(clauses)}
        self.by_path = {clause.path: clause for clause in self.by_eid.values()}
        self.below: dict[Path, list[Clause]] = {}
        for clause in clauses:
            self.below.setdefault(clause.path[:-1], []).append(clause)


class Units:
    """The units of *corpus* by document and eid."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.unit = lru_cache(_UNITS)(self._unit)
        self._part = lru_cache(_UNITS)(self._cut)
        self._places = lru_cache(_DOCUMENTS)(self._placed)
        self.meaning = own_meaning()

    @cached_property
    def _rows(self) -> dict[tuple[str, str], RowAt]:
        return {(at.table.document, eid(at.row.path)): at for at in reversed(self.corpus.rows)}

    def row(self, document: str, name: str) -> RowAt | None:
        """Return the row of *document* with the eid *name*, None where there is none."""
        return self._rows.get((document, name))

    def _placed(self, document: str) -> _Places:
        """Return where the clauses of *document* stand; a copy of another one has none, so that each is found once."""
        return _Places(() if document in self.corpus.copies else self.corpus.index.clauses(document))

    def below(self, clause: Clause) -> list[Clause]:
        """Return the clauses right below *clause*, in order."""
        return self._places(clause.document).below.get(clause.path, [])

    def over(self, clause: Clause) -> Clause | None:
        """Return the clause right over *clause*, None where there is none."""
        return self._places(clause.document).by_path.get(clause.path[:-1])

    def leaves(self, clause: Clause) -> list[Clause]:
        """Return all clauses below *clause*, headings aside, in order."""
        found = []
        for child in self.below(clause):
            found += [child] if child.heading is None else []
            found += self.leaves(child)
        return found

    def of(self, clause: Clause) -> Unit:
        """Return the unit of *clause*."""
        found = self.unit(clause.document, eid(clause.path))
        return found or self._of_clause(self.corpus.index.document(clause.document), clause)

    def near(self, passage: Passage) -> Unit | None:
        """Return the unit of *passage*; of a huge clause, as an annex that is one, the sentences in and around the passage alone."""
        whole = partial(self.unit, passage.document, passage.eid)
        clause = self._places(passage.document).by_eid.get(passage.eid)
        if clause is None or clause.end - clause.start <= _HUGE or clause.reading is not None:
            return whole()
        return self._part(passage.document, passage.eid, passage.start, passage.end)

    def _cut(self, document_id: str, name: str, start: int, end: int) -> Unit:
        """Return the unit of a clause with the sentences in and around ``text[start:end]`` of its document alone."""
        document, clause = self.corpus.index.document(document_id), self._places(document_id).by_eid[name]
        first, last = max(clause.start, start - _NEAR), min(clause.end, end + _NEAR)
        ends = [
            match.span()
            for match in _BREAK.finditer(document.text, first, last)
            if document.text[match.start() - 1] != ";"
        ]
        if first > clause.start:
            first = next((begin for _, begin in ends if begin <= start), start)
        if last < clause.end:
            last = next((stop for stop, _ in reversed(ends) if stop >= end), end)
        return self._of_clause(document, clause, (first, last))

    def _unit(self, document_id: str, name: str) -> Unit | None:
        """Return a unit by its document's id and its eid; None for what says nothing: recipients, signatures, empty cells."""
        document = self.corpus.index.document(document_id)
        if at := self._rows.get((document_id, name)):
            return self._of_row(document, at)
        clause = self._places(document_id).by_eid.get(name)
        if clause is None or clause.path[0].kind in (StepKind.RECIPIENTS, StepKind.SIGNATURE):
            return None
        if clause.path[0].kind is StepKind.HEAD and _LETTERHEAD.match(fold(fold_white(clause.text))):
            return None
        return self._of_clause(document, clause)

    def _of_row(self, document: Document, at: RowAt) -> Unit | None:
        cell = at.row.cells[subject_column(at.table)]
        if not cell.spans:
            return None
        said = self._said(cell.spans[0].start, cell.spans[-1].end, cell.text)
        group = at.row.group.name if at.row.group else ""
        above = frozenset(terms(f"{group} {at.table.title} {_title(document)}"))
        whole = frozenset(term for c in at.row.cells for term in terms(c.text))
        cells = " | ".join(c.text for c in at.row.cells)
        words, context = self.meaning.words(cells), self.meaning.words(f"{group} {at.table.title}")
        return Unit(
            document, at.row.path, (said,), whole, above, at=at, folded=fold(cells), words=words, context=context
        )

    def _of_clause(self, document: Document, clause: Clause, part: tuple[int, int] | None = None) -> Unit:
        """Return the unit of *clause*, or of *part* of it: offsets in the text of *document*."""
        start, end = part or (clause.start, clause.end)
        by_path = self._places(document.id).by_path
        over = (by_path.get(clause.path[:depth]) for depth in range(1, len(clause.path)))
        context = " ".join(other.heading or other.reading or other.text for other in over if other)
        above = frozenset(terms(f"{context} {_title(document)} {self.corpus.issuer_name(document)}"))
        said = tuple(self._sentence(document, *place) for place in sentences(document.text, start, end))
        whole = frozenset(terms(shown_between(document, start, end) if part else _text(clause)))
        words = self.meaning.words(" ".join(sentence.shown for sentence in said))
        return Unit(
            document,
            clause.path,
            said,
            whole,
            above,
            clause=clause,
            beside=frozenset(term for other in self._beside(clause) for term in terms(_text(other))),
            words=words,
            context=self.meaning.words(" ".join(self._context(clause))),
        )

    def _beside(self, clause: Clause) -> Iterator[Clause]:
        """Yield the clauses before and behind *clause* under the same heading, and the first ones below it."""
        over = self.over(clause)
        siblings = self.below(over) if over is not None else []
        if clause in siblings:
            place = siblings.index(clause)
            yield from siblings[max(place - 1, 0) : place]
            yield from siblings[place + 1 : place + 2]
        yield from self.below(clause)[:_CHILDREN]

    def _context(self, clause: Clause) -> Iterator[str]:
        """Yield the beginnings of the two clauses that *clause* stands in."""
        over = self.over(clause)
        for other in (over, self.over(over) if over is not None else None):
            if other is not None:
                yield (other.heading or _text(other))[:_CONTEXT]

    def _sentence(self, document: Document, start: int, end: int) -> Sentence:
        return self._said(start, end, shown_between(document, start, end))

    def _said(self, start: int, end: int, shown: str) -> Sentence:
        return Sentence(start, end, shown, fold(shown), frozenset(terms(shown)), self.meaning.words(shown))


def shown_between(document: Document, start: int, end: int) -> str:
    """Return ``text[start:end]`` of *document* as it is shown: on one line, of a bad scan as it is read."""
    if document.reading is None:
        return fold_white(document.text[start:end])
    return fold_white(reading_between(document.text, shown_text(document), start, end).replace("—", "-"))


def _text(clause: Clause) -> str:
    return clause.reading or clause.text


def _title(document: Document) -> str:
    return document.metadata.title.value if document.metadata.title else ""
