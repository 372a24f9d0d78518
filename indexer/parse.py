"""From files to parsed documents: read, lines, ladder and registers, metadata, the reading of a bad scan."""

from __future__ import annotations

import os
import re
import threading
import time
from bisect import bisect_left
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from indexer import ladder
from indexer.errors import CatalogueError, ReadError
from indexer.inference import infer_metadata
from indexer.layout import split_lines
from indexer.letterhead import read_metadata
from indexer.remarks import BAD_SCAN, BAD_SCAN_LEFT, STAMP
from indexer.types import Document, LineKind, ParsedDocument, ReadWarning, Span, Stated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from indexer.catalogue import Curated, Entry
    from indexer.child import ChildRun
    from indexer.types import Clause, Extracted, Metadata, Page, Reading

_TOKEN = re.compile(r"\S+")
_JUDGED = 200_000  # characters of a text by which it is told whether it is a bad scan
_REPAIRED = 300_000  # characters of the longest bad scan that is repaired, some 100 pages: our own process does it
_LONGEST = 5_000_000  # characters of text; a thousand full pages have three millions


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be read, and why; the others are read all the same. ``document`` is the id it would have had."""

    path: Path
    reason: str
    document: str | None = None


def parse_files(
    entries: Sequence[Entry],
    *,
    progress: Callable[[str, int, int], None] | None = None,
    timed: Callable[[str, float], None] | None = None,
) -> tuple[list[ParsedDocument], list[Failure]]:
    """
    Return the parsed documents of *entries* in their order, and the files that failed; each file is read in a child process.

    All of them are read before a bad scan among them is repaired, with the wording of its sister documents, and read again.
    *timed* hears the id of each and the seconds that it took.
    """
    report = progress or (lambda _what, _done, _total: None)
    runs = _run_children(entries, report)
    seconds = {entry.id: run.seconds for entry, run in zip(entries, runs, strict=True)}
    found = {entry.id: run.parsed for entry, run in zip(entries, runs, strict=True) if run.parsed is not None}
    errors = {entry.id: run.error for entry, run in zip(entries, runs, strict=True) if run.error is not None}
    for entry, parsed, taken in _repaired([entry for entry in entries if entry.id in found], found):
        seconds[entry.id] += taken
        found[entry.id] = parsed
    if timed is not None:
        for name, taken in seconds.items():
            timed(name, taken)
    failures = [Failure(entry.path, str(errors[entry.id]), entry.id) for entry in entries if entry.id in errors]
    read = [found[entry.id] for entry in entries if entry.id in found]
    return infer_metadata(_with_curated(read, entries)), failures


def parse_file(path: Path) -> ParsedDocument:
    """
    Return what is understood of the one file at *path*, without a corpus; it is read in a child process.

    Raises:
        ReadError: the file cannot be read.
    """
    from indexer.catalogue import Entry  # noqa: PLC0415 - the catalogue reads through this module's types

    parsed, failures = parse_files([Entry(path.stem, path)])
    if failures:
        raise ReadError(failures[0].reason)
    return parsed[0]


def _run_children(entries: Sequence[Entry], report: Callable[[str, int, int], None]) -> list[ChildRun]:
    """Read the files of *entries*, as many at a time as there are processors."""
    from indexer.child import run_child  # noqa: PLC0415 - the child itself has no need of it

    stop = threading.Event()
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:

        def read(entry: Entry) -> ChildRun:
            def page_done(page: int, pages: int) -> None:
                report(entry.path.name, page, pages)

            return run_child(entry, page_done=page_done, stop=stop)

        waiting = [pool.submit(read, entry) for entry in entries]
        try:
            for done, _ in enumerate(as_completed(waiting), start=1):
                report("read", done, len(entries))
        except BaseException:  # the user breaks off: no child goes on
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [one.result() for one in waiting]


def _repaired(
    entries: Sequence[Entry], found: Mapping[str, ParsedDocument]
) -> Iterable[tuple[Entry, ParsedDocument, float]]:
    """Repair the bad scans among the documents *found* with the wording of the others, and read them again."""
    if not entries:
        return
    from indexer.child import run_child  # noqa: PLC0415
    from indexer.restore import Restorer, looks_damaged  # noqa: PLC0415 - loads numpy and a model, which the child does without
    from indexer.syllable_model import SyllableModel  # noqa: PLC0415

    texts = {entry.id: found[entry.id].document.text for entry in entries}
    damaged = [entry for entry in entries if looks_damaged(texts[entry.id][:_JUDGED])]
    if not damaged:
        return
    bad = {entry.id for entry in damaged}
    restorer = Restorer(SyllableModel.load(), [text for name, text in texts.items() if name not in bad])
    for entry in damaged:
        began = time.monotonic()
        parsed = None
        if len(texts[entry.id]) <= _REPAIRED:
            parsed = run_child(entry, reading=restorer.read(texts[entry.id])).parsed
        if parsed is None:
            left = found[entry.id]
            parsed = replace(left, warnings=(ReadWarning("page 1", BAD_SCAN_LEFT), *left.warnings))
        yield entry, parsed, time.monotonic() - began


def parse_extracted(entry: Entry, extracted: Extracted, reading: Reading | None = None) -> ParsedDocument:
    """
    Return what is understood of the file of *entry*, of which a reader made *extracted*; *reading* is that of a bad scan.

    Raises:
        ReadError: the text is longer than that of any document.
    """
    text = extracted.text
    if len(text) > _LONGEST:
        msg = (
            f"{entry.path}: {len(text)} characters of text, more than the {_LONGEST} that are read.\n  Split the file.\n"
            "  Tệp dài bất thường; đề nghị tách thành các phần nhỏ hơn rồi thêm lại."
        )
        raise ReadError(msg)
    clauses, tables, warnings = ladder.parse_extracted(entry.id, extracted, damaged=reading is not None)
    if reading is not None:
        clauses = list(_with_reading(text, reading.text, clauses))
        warnings.insert(0, ReadWarning("page 1", BAD_SCAN))
    warnings += [
        ReadWarning(f"offset {line.start}", f"{STAMP}: {line.text}")
        for line in split_lines(text)
        if line.kind is LineKind.STAMP
    ]
    metadata = read_metadata(entry.id, clauses)
    if reading is not None:
        metadata = _as_read(metadata, text, reading.text)
    read, doubts = (reading.text, reading.doubts) if reading is not None else (None, ())
    document = Document(entry.id, entry.path.name, text, metadata, read, entry.source, entry.licence, doubts)
    pages = tuple(_as_damaged(page) if reading is not None else page for page in extracted.pages)
    notes = (*extracted.warnings, *warnings)
    return ParsedDocument(document, tuple(clauses), tuple(tables), pages, notes, extracted.placed)


def _as_damaged(page: Page) -> Page:
    return replace(page, source="bad_text") if page.source == "text" else page


def check_parsed(parsed: ParsedDocument) -> None:
    """
    Make sure that every clause, cell and printed line of *parsed* is a slice of its text; the index would refuse one that is not.

    Raises:
        ValueError: one is not; the message says which.
    """
    text = parsed.document.text
    for clause in parsed.clauses:
        if text[clause.start : clause.end] != clause.text:
            msg = f"the clause at {clause.start}:{clause.end} does not hold the text that stands there"
            raise ValueError(msg)
    for table in parsed.tables:
        for row in table.rows:
            for cell in row.cells:
                if any(span.end > len(text) for span in cell.spans):
                    msg = f"row {row.number!r} has a cell behind the end of the text"
                    raise ValueError(msg)
    end = 0
    for line in parsed.placed:
        if not end <= line.start < line.end <= len(text):
            msg = f"the printed line at {line.start}:{line.end} does not follow the one before it, or ends behind the text"
            raise ValueError(msg)
        end = line.end


def reading_between(text: str, reading: str, start: int, end: int) -> str:
    """
    Return the part of *reading* that stands for ``text[start:end]``, white space as in *reading*.

    The two have the same words in the same order, each repaired or not.
    """
    span = span_between(text, reading, start, end)
    return reading[span.start : span.end] if span else ""


def span_between(text: str, reading: str, start: int, end: int) -> Span | None:
    """Return the slice of *reading* that :func:`reading_between` gives; None where ``text[start:end]`` holds no word."""
    first = bisect_left(_token_ends(text), start + 1)
    last = bisect_left(_token_starts(text), end)
    places = _token_places(reading)[first:last]
    return Span(places[0][0], places[-1][1]) if places else None


@lru_cache(8)  # texts: many slices of one are asked for one after the other
def _token_places(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in _TOKEN.finditer(text)]


@lru_cache(8)
def _token_starts(text: str) -> list[int]:
    return [start for start, _ in _token_places(text)]


@lru_cache(8)
def _token_ends(text: str) -> list[int]:
    return [end for _, end in _token_places(text)]


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
