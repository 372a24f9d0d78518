"""From clauses and table rows to passages, the unit of the index."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from indexer.path import eid
from indexer.types import Passage, StepKind, fold_white

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from langchain_text_splitters import RecursiveCharacterTextSplitter

    from indexer.types import Clause, Document, ParsedDocument, Path, Row, Table

_LEAD_IN = 40  # words of a clause that head those below it
_FEWEST = 8  # words of a piece, below which headings are left out first
LONGEST = 110  # words; the length at which passages were measured against whole articles
# in the order in which a long clause may be cut; white space stays with the piece before it
_CUTS = (r"(?<=[.!?…])\s+", r"(?<=[;:])\s+", r"(?<=,)\s+", r"\s+")
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class SplitterSettings:
    """What decides where a long clause is cut; another value makes another index."""

    splitter: str = "langchain RecursiveCharacterTextSplitter"
    longest_words: int = LONGEST
    cuts: tuple[str, ...] = _CUTS


@lru_cache(256)  # the splitter asks for the length of a piece three times
def _count_words(text: str) -> int:
    return len(text.split())


@cache
def _splitter(longest: int) -> RecursiveCharacterTextSplitter:
    from langchain_text_splitters import RecursiveCharacterTextSplitter  # noqa: PLC0415 - half a second, to build only

    return RecursiveCharacterTextSplitter(
        separators=list(_CUTS),
        is_separator_regex=True,
        keep_separator="end",
        chunk_size=longest,
        chunk_overlap=0,
        length_function=_count_words,
    )


def split_text(text: str, *, longest: int = LONGEST) -> list[tuple[int, int]]:
    """
    Return where the pieces of *text* begin and end: at most *longest* words each, cut at sentences where it can be.

    The pieces hold every word, in order, without overlap. The offsets are ours: the splitter's ``start_index`` can be
    wrong (langchain#29884), so each piece is looked for behind the one before.
    """
    if _count_words(text) <= longest:
        return [(match.start(), len(text.rstrip()))] if (match := _WORD.search(text)) else []
    places: list[tuple[int, int]] = []
    cursor = 0
    for piece in _splitter(longest).split_text(text):
        words = piece.strip()
        start = text.find(words, cursor)
        if start < 0 or text[cursor:start].strip():
            msg = f"the splitter changed the text at {cursor}: {words[:60]!r}"
            raise ValueError(msg)
        cursor = start + len(words)
        if words:
            places.append((start, cursor))
    if text[cursor:].strip():
        msg = f"the splitter lost the text behind {cursor}: {text[cursor:][:60]!r}"
        raise ValueError(msg)
    return places


def _reading_of_piece(clause: Clause, start: int, end: int) -> str | None:
    """Return the words of the reading beside ``clause.text[start:end]``, or all of it where words do not pair."""
    if clause.reading is None:
        return None
    words = clause.reading.split()
    if len(words) != _count_words(clause.text):
        return clause.reading
    first = _count_words(clause.text[:start])
    return " ".join(words[first : first + _count_words(clause.text[start:end])])


def _name(document: Document) -> str:
    metadata = document.metadata
    parts = [stated.value for stated in (metadata.number, metadata.title) if stated]
    return fold_white(" ".join(parts))


def _search(context: str, body: str) -> str:
    return f"{context}\n{body}" if context else body


def search_words(context: str, words: str) -> str:
    """Return what is looked up of a passage of running text: its context, then its *words* on one line."""
    return _search(context, fold_white(words))


def passages_from_clause(document: Document, clause: Clause, headings: dict[Path, str]) -> Iterator[Passage]:
    """Yield one passage for *clause*, or several in order where it is long; *headings* are the document's, by path."""
    above = [headings[clause.path[:depth]] for depth in range(1, len(clause.path)) if clause.path[:depth] in headings]
    context = "\n".join(line for line in (_name(document), *above) if line)
    pieces = split_text(clause.text)
    name = eid(clause.path)
    for start, end in pieces:
        text = clause.text[start:end]
        reading = _reading_of_piece(clause, start, end) if len(pieces) > 1 else clause.reading
        yield Passage(
            document=document.id,
            eid=name,
            start=clause.start + start,
            end=clause.start + end,
            text=text,
            context=context,
            reading=reading,
            search=search_words(context, text if reading is None else reading),
            kind=clause.path[-1].kind if clause.path else StepKind.PARAGRAPH,
        )


def passages_from_table(document: Document, table: Table) -> Iterator[Passage]:
    """Yield one passage a row of *table*; a merged cell's words count in every row that it covers."""
    head: Row | None = None
    for row in table.rows:
        group = fold_white(f"{row.group.number} {row.group.name}") if row.group else ""
        head = head if head and not row.heads and head.group == row.group else None
        above = max((cell.text for cell in head.cells), key=len) if head else ""
        context = "\n".join(line for line in (_name(document), fold_white(table.title), group, above) if line)
        head = row if row.heads else head
        pairs = zip(table.columns, row.cells, strict=True)
        cells = [f"{column.name}: {cell.text}" for column, cell in pairs if cell.text]
        body = fold_white(". ".join([f"{table.noun} {row.number}".strip(), *cells]))
        yield Passage(
            document=document.id,
            eid=eid(row.path),
            start=row.start,
            end=row.end,
            text=document.text[row.start : row.end],
            context=context,
            search=_search(context, body),
            kind=StepKind.ROW,
        )


def _headings(clauses: Sequence[Clause]) -> dict[Path, str]:
    """Return the headings of *clauses* by path; where one has none, but others below it, its last words: "Hộ nghèo được hỗ trợ:"."""
    over = {clause.path[:-1] for clause in clauses if len(clause.path) > 1}
    found = {}
    for clause in clauses:
        if clause.heading:
            found[clause.path] = clause.heading
        elif clause.path in over:
            found[clause.path] = " ".join((clause.reading or clause.text).split()[-_LEAD_IN:])
    return found


def passages_from(parsed: ParsedDocument) -> list[Passage]:
    """
    Return the passages of *parsed* in the order of the text: clauses first, then the rows of its tables.

    ``document.text[passage.start:passage.end] == passage.text`` for every passage.
    """
    headings = _headings(parsed.clauses)
    passages: list[Passage] = []
    for clause in parsed.clauses:
        passages += passages_from_clause(parsed.document, clause, headings)
    for table in parsed.tables:
        passages += passages_from_table(parsed.document, table)
    return passages


def fitted(passages: Sequence[Passage], fits: Callable[[str], bool]) -> list[Passage]:
    """
    Return *passages* with those cut into several that an embedding model cannot read whole; *fits* tells which it can.

    A clause then counts by its best piece. Where the headings alone fill the model, the farthest of them are left out.
    """
    return [piece for passage in passages for piece in _fitted(passage, fits)]


def _fitted(passage: Passage, fits: Callable[[str], bool]) -> Iterator[Passage]:
    if fits(passage.search):
        yield passage
        return
    body = passage.search.removeprefix(f"{passage.context}\n") if passage.context else passage.search
    words = _count_words(body)
    nearer = passage.context.partition("\n")[2]
    if words <= _FEWEST or (nearer and words * 2 < _count_words(passage.context)):
        if passage.context:
            yield from _fitted(replace(passage, context=nearer, search=_search(nearer, body)), fits)
        else:
            yield passage  # a word of hundreds of letters
        return
    if passage.kind is StepKind.ROW or passage.reading is not None:  # what is looked up is not what stands in the text
        for start, end in split_text(body, longest=words // 2 + 1):
            yield from _fitted(replace(passage, search=_search(passage.context, body[start:end])), fits)
        return
    for start, end in split_text(passage.text, longest=words // 2 + 1):
        text = passage.text[start:end]
        place = (passage.start + start, passage.start + end)
        search = search_words(passage.context, text)
        yield from _fitted(replace(passage, start=place[0], end=place[1], text=text, search=search), fits)
