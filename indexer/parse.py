"""From files to parsed documents: read, lines, ladder and registers, metadata, the reading of a bad scan."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from indexer.errors import CatalogueError, ReadError
from indexer.inference import infer_metadata
from indexer.ladder import parse_ladder
from indexer.layout import split_lines
from indexer.letterhead import read_metadata
from indexer.reader import read_text
from indexer.restore import Restorer, looks_damaged
from indexer.syllable_model import SyllableModel
from indexer.types import Document, LineKind, Page, ParsedDocument, ReadWarning, Stated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from indexer.catalogue import Curated, Entry
    from indexer.types import Clause, Metadata

_TOKEN = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be read, and why; the others are read all the same."""

    path: Path
    reason: str


def parse_files(
    entries: Sequence[Entry], *, progress: Callable[[str, int, int], None] | None = None
) -> tuple[list[ParsedDocument], list[Failure]]:
    """
    Return the parsed documents of *entries* in their order, and the files that failed.

    Texts are read first, all of them: a bad scan is repaired with the wording of its sister documents.
    """
    report = progress or (lambda _what, _done, _total: None)
    texts: dict[str, str] = {}
    failures: list[Failure] = []
    for entry in entries:
        try:
            texts[entry.id] = read_text(entry.path)
        except ReadError as error:
            failures.append(Failure(entry.path, str(error)))
    damaged = {name for name, text in texts.items() if looks_damaged(text)}
    restorer = (
        Restorer(SyllableModel.load(), [text for name, text in texts.items() if name not in damaged])
        if damaged
        else None
    )
    parsed: list[ParsedDocument] = []
    for done, entry in enumerate((entry for entry in entries if entry.id in texts), start=1):
        reading = restorer.repair(texts[entry.id]) if restorer and entry.id in damaged else None
        parsed.append(_parse(entry, texts[entry.id], reading))
        report("read", done, len(texts))
    return infer_metadata(_with_curated(parsed, entries)), failures


def parse_file(path: Path) -> ParsedDocument:
    """
    Return what is understood of the one file at *path*, without a corpus.

    Raises:
        ReadError: the file cannot be read.
    """
    from indexer.catalogue import Entry  # noqa: PLC0415 - the catalogue reads through this module's types

    text = read_text(path)
    reading = Restorer(SyllableModel.load()).repair(text) if looks_damaged(text) else None
    return _parse(Entry(path.stem, path), text, reading)


def _parse(entry: Entry, text: str, reading: str | None) -> ParsedDocument:
    lines = split_lines(text)
    clauses, tables, warnings = parse_ladder(entry.id, text, lines, damaged=reading is not None)
    if reading is not None:
        clauses = list(_with_reading(text, reading, clauses))
        warnings.insert(0, ReadWarning("page 1", "a bad scan: its words are searched and shown by a repaired reading"))
    stamps = [line for line in lines if line.kind is LineKind.STAMP]
    warnings += [
        ReadWarning(f"offset {line.start}", f"a signature's time stamp, no text: {line.text}") for line in stamps
    ]
    metadata = read_metadata(entry.id, clauses)
    if reading is not None:
        metadata = _as_read(metadata, text, reading)
    document = Document(entry.id, entry.path.name, text, metadata, reading, entry.source, entry.licence)
    pages = _pages(text, damaged=reading is not None)
    return ParsedDocument(document, tuple(clauses), tuple(tables), pages, tuple(warnings))


def _pages(text: str, *, damaged: bool) -> tuple[Page, ...]:
    """Return the pages that form feeds divide *text* into."""
    pages: list[Page] = []
    start = 0
    for number, part in enumerate(text.split("\f"), start=1):
        pages.append(Page(number, "bad_text" if damaged else "text", None, start, start + len(part)))
        start += len(part) + 1
    return tuple(pages)


def reading_between(text: str, reading: str, start: int, end: int) -> str:
    """
    Return the part of *reading* that stands for ``text[start:end]``, white space as in *reading*.

    The two have the same words in the same order, each repaired or not.
    """
    first = len(_TOKEN.findall(text[:start]))
    if start and not text[start - 1].isspace() and not text[start].isspace():
        first -= 1
    count = len(_TOKEN.findall(text[start:end]))
    places = [match.span() for match in _TOKEN.finditer(reading)][first : first + count]
    return reading[places[0][0] : places[-1][1]] if places else ""


def _with_reading(text: str, reading: str, clauses: Iterable[Clause]) -> Iterable[Clause]:
    for clause in clauses:
        words = reading_between(text, reading, clause.start, clause.end)
        heading = clause.heading
        if heading is not None:
            heading = " ".join(words.split()[-len(heading.split()) :])
        yield replace(clause, heading=heading, reading=words)


def _as_read(metadata: Metadata, text: str, reading: str) -> Metadata:
    """Return *metadata* of a bad scan with its words as the reading has them; numbers and dates stay as printed."""

    def read(stated: Stated | None) -> Stated | None:
        if stated is None:
            return None
        return replace(stated, value=" ".join(reading_between(text, reading, stated.start, stated.end).split()))

    return replace(
        metadata,
        issuer=read(metadata.issuer),
        title=read(metadata.title),
        signer=read(metadata.signer),
        signer_office=read(metadata.signer_office),
        recipients=tuple(item for stated in metadata.recipients if (item := read(stated))),
    )


def _with_curated(parsed: Sequence[ParsedDocument], entries: Sequence[Entry]) -> list[ParsedDocument]:
    """Fill in what the catalogue states, after checking each quote in the document that proves it."""
    by_id = {one.document.id: one.document for one in parsed}
    curated = {entry.id: entry.metadata for entry in entries}
    done = []
    for one in parsed:
        changes: dict[str, Any] = {
            name: _stated(one.document, name, value, by_id) for name, value in curated[one.document.id].items()
        }
        document = (
            replace(one.document, metadata=replace(one.document.metadata, **changes)) if changes else one.document
        )
        done.append(replace(one, document=document))
    return done


def _stated(document: Document, name: str, value: Curated, by_id: dict[str, Document]) -> Stated:
    if printed := getattr(document.metadata, name):
        msg = (
            f"catalogue: {document.id}: {name} is printed in the document itself ('{printed.value}').\n"
            "  Take it out of the catalogue."
        )
        raise CatalogueError(msg)
    proof = by_id.get(value.document)
    pattern = r"\s+".join(map(re.escape, value.quote.split()))
    match = re.search(pattern, proof.text) if proof else None
    if match is None:
        msg = (
            f"catalogue: {document.id}: {name}: '{value.quote}' does not stand in '{value.document}'.\n"
            "  Quote the words of a document of this corpus that prove the value."
        )
        raise CatalogueError(msg)
    return Stated(value.value, value.document, match.start(), match.end(), value.reason)
