"""Building, adding to and taking from an index, and telling whether it is stale."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.catalogue import Entry, read_corpus
from indexer.errors import IndexMissingError, InputError, StoreError, UnknownDocumentError
from indexer.home import home_of
from indexer.index import Index, failed_in, publish
from indexer.inference import infer_metadata
from indexer.ingest import FailedFile, IngestReport, ingest_report
from indexer.large import uncollected
from indexer.originals import has_fixed_pages
from indexer.parse import Failure, parse_files
from indexer.records import BadLine, Record, parse_record, read_records, record_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from indexer.catalogue import Skipped
    from indexer.location import Location
    from indexer.types import ParsedDocument
    from indexer.vectors import IndexEncoder


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did. ``failures`` are files that are not in the index, ``skipped`` the kinds of file that are not read."""

    generation: str
    changed: bool
    parsed: tuple[ParsedDocument, ...]
    failures: tuple[Failure, ...]
    seconds: Mapping[str, float] = field(default_factory=dict)  # that reading took, by document


def ingest_report_of(result: BuildResult) -> IngestReport:
    """Return the report of what *result* read: the new documents, and the files that failed."""
    failed = [FailedFile(failure.path.name, failure.reason, failure.document) for failure in result.failures]
    return ingest_report(result.parsed, failed, result.seconds)


# marks in the manifest the source of a document that was added to the index and is none of the corpus
_ADDED = "added:"
_BAD_LINES = 30  # of one file that are told one by one


@cache
def _rules() -> str:
    """Return the hash of everything that decides how a file is understood, so that a new version rebuilds its index."""
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.toml")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def record_source(record: Record) -> str:
    """Return the SHA-256 of a line of JSON and of the rules by which it is read."""
    return hashlib.sha256(f"{record.sha256} {record.file} {_rules()}".encode()).hexdigest()


def source_hash(entry: Entry) -> str:
    """Return the SHA-256 of a document's file, its catalogue entry, and the rules by which it is read."""
    facts = {name: asdict(value) for name, value in entry.metadata.items()}
    about = json.dumps([entry.id, entry.source, entry.licence, facts, _rules()], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(entry.path.read_bytes() + about.encode()).hexdigest()


def _encoder(model: str | None) -> IndexEncoder:
    from indexer.embedding import load_encoder  # noqa: PLC0415 - imports torch, seconds

    return load_encoder(model)


@uncollected()
def build(
    corpus: Path, index: Location, model: str | None = None, *, progress: Callable[[str, int, int], None] | None = None
) -> BuildResult:
    """
    Make the documents of *corpus* the index in folder *index*, embedded by *model* (None: our own).

    *corpus* is a folder, or one file of JSON lines; such files are read where they lie in a folder, too. What cannot be read is
    named in the result and left out. Where nothing changed, nothing is written. Documents that :func:`add` put into the index stay in
    it, unless the corpus now has one of the same id; :func:`remove` takes them out.

    Raises:
        CatalogueError: the folder or its catalogue is wrong.
        InputError: no file could be read, or the model cannot be loaded.
    """
    entries, skipped = _entries(corpus)
    present = [entry for entry in entries if entry.path.is_file()]
    failures = [Failure(item.path, item.reason) for item in skipped]
    failures += [
        Failure(e.path, "the catalogue names this file, but it is not there") for e in entries if e not in present
    ]
    seconds: dict[str, float] = {}
    parsed, unread = parse_files(present, progress=progress, timed=seconds.__setitem__) if present else ([], [])
    failures += unread
    ids = {one.document.id for one in parsed}
    sources = {entry.id: source_hash(entry) for entry in present if entry.id in ids}
    bad = _add_records(corpus, parsed, sources, progress=progress)
    failures += bad
    ids = set(sources)
    if not parsed:
        details = "".join(f"\n  {failure.path}: {failure.reason}" for failure in failures)
        raise InputError(f"{corpus}: no document could be read.{details}\n  Put UTF-8 text files into the folder.")
    failed = _failed_files(failures, present, corpus)
    with home_of(index).writing():
        try:
            added, failed_before, seconds_before = _added(index)
        except StoreError as error:
            failures.append(
                Failure(
                    Path(str(index)), f"documents that were added to this index cannot be kept; add them again. {error}"
                )
            )
            added, failed_before, seconds_before = [], [], {}
        for one, source in added:
            if one.document.id not in ids:
                parsed.append(one)
                sources[one.document.id] = source
        taken_ids = ids | {one.document for one in failed}
        failed += [one for one in failed_before if one.document not in taken_ids]
        # in one order, however they came; once more inferred, since those that were added cite the others, too
        parsed = infer_metadata(_in_order(parsed))
        done = publish(
            index,
            parsed,
            encoder=_encoder(model),
            sources=sources,
            failed=failed,
            seconds={**seconds_before, **seconds},
            originals=_originals(parsed, [entry for entry in present if entry.id in ids]),
            progress=progress,
        )
    return BuildResult(done.generation, done.changed, tuple(parsed), tuple(failures), seconds)


def _in_order(parsed: Iterable[ParsedDocument]) -> list[ParsedDocument]:
    """Return *parsed* by id, so that an index of the same documents is the same, whichever was added first."""
    return sorted(parsed, key=lambda one: one.document.id)


def _originals(parsed: Iterable[ParsedDocument], entries: Iterable[Entry]) -> dict[str, Path]:
    """Return the files of those *parsed* documents that have pages and were read from *entries*, by document id."""
    paths = {entry.id: entry.path for entry in entries}
    return {
        one.document.id: paths[one.document.id] for one in parsed if one.document.id in paths and has_fixed_pages(one)
    }


def _entries(corpus: Path) -> tuple[list[Entry], list[Skipped]]:
    if record_files(corpus) == [corpus]:
        return [], []
    return read_corpus(corpus)


def _add_records(
    corpus: Path,
    parsed: list[ParsedDocument],
    sources: dict[str, str],
    *,
    progress: Callable[[str, int, int], None] | None,
) -> list[Failure]:
    """Add the documents of all lines of JSON in *corpus* to *parsed* and *sources*; return what is wrong with other lines."""
    report = progress or (lambda _what, _done, _total: None)
    failures: list[Failure] = []
    files = record_files(corpus)
    for done, path in enumerate(files, start=1):
        reasons: list[str] = []
        for found in read_records(path):
            if isinstance(found, BadLine):
                reasons.append(found.reason)
            elif found.id in sources:
                step = "Give it another id, or take it out."
                reasons.append(f'{path}: the id "{found.id}" is taken by another file.\n  {step}')
            else:
                parsed.append(parse_record(found))
                sources[found.id] = record_source(found)
        if len(reasons) > _BAD_LINES:
            step = 'Each line is one object: {"_id": "…", "title": "…", "text": "…"}.'
            reasons[_BAD_LINES:] = [f"{path}: {len(reasons) - _BAD_LINES} more lines hold no document.\n  {step}"]
        failures += [Failure(path, reason) for reason in reasons]
        report("read", done, len(files))
    return failures


def _failed_files(failures: Iterable[Failure], entries: Iterable[Entry], corpus: Path) -> list[FailedFile]:
    """Return what the index remembers of *failures*: a path inside *corpus*, and the hash of a file that was tried."""
    by_id = {entry.id: entry for entry in entries}
    failed: list[FailedFile] = []
    for failure in failures:
        inside = failure.path.is_relative_to(corpus) and failure.path != corpus
        file = failure.path.relative_to(corpus).as_posix() if inside else failure.path.name
        tried = by_id.get(failure.document or "")
        failed.append(FailedFile(file, failure.reason, failure.document, source_hash(tried) if tried else None))
    return failed


def _added(index: Location) -> tuple[list[tuple[ParsedDocument, str]], list[FailedFile], dict[str, float]]:
    """
    Return what of *index* is none of its corpus: documents with their sources, files that failed, and seconds of reading.

    There is nothing where there is no index yet.
    """
    try:
        opened = Index.open(index)
    except IndexMissingError:
        return [], [], {}
    sources = opened.manifest.sources
    ids = [name for name, source in sources.items() if source.startswith(_ADDED)]
    kept = [(one, sources[one.document.id]) for one in opened.parsed(ids)]
    failed = [one for one in opened.failed if (one.source or "").startswith(_ADDED)]
    return kept, failed, opened.seconds


def is_stale(corpus: Path, index: Location) -> bool:
    """
    Tell whether *index* was made from other files, another catalogue or other rules than those of *corpus* now.

    A new file makes it stale; one that could not be read does not as long as it is the same, and neither does a document of
    :func:`add`.
    """
    entries, _ = _entries(corpus)
    now = {entry.id: source_hash(entry) for entry in entries if entry.path.is_file()}
    for path in record_files(corpus):
        for found in read_records(path):
            if isinstance(found, Record):
                now.setdefault(found.id, record_source(found))
    generation = home_of(index).open()
    built = dict(generation.manifest.sources)
    built |= {one.document: one.source for one in failed_in(generation) if one.document and one.source}
    added = {name for name, source in built.items() if source.startswith(_ADDED)}
    return {name: source for name, source in built.items() if name not in added} != {
        name: source for name, source in now.items() if name not in added
    }


def _republish(
    index: Location,
    parsed: Sequence[ParsedDocument],
    sources: Mapping[str, str],
    *,
    failed: Sequence[FailedFile],
    seconds: Mapping[str, float],
    originals: Mapping[str, Path] | None = None,
    progress: Callable[[str, int, int], None] | None,
) -> tuple[str, bool]:
    home = home_of(index)
    model = home.open().manifest.model.name if home.current_name() else None
    from indexer.embedding import DEFAULT_MODEL  # noqa: PLC0415 - heavy

    encoder = _encoder(None if model == DEFAULT_MODEL else model)
    inferred = infer_metadata(parsed)
    done = publish(
        index,
        inferred,
        encoder=encoder,
        sources=sources,
        failed=failed,
        seconds=seconds,
        originals=originals,
        progress=progress,
    )
    return done.generation, done.changed


@uncollected()
def add(
    files: Sequence[Path], index: Location, *, progress: Callable[[str, int, int], None] | None = None
) -> BuildResult:
    """
    Add *files* to the index; a document that has the same id (the file's stem) is replaced.

    Where there is no index yet, they become one.

    Raises:
        InputError: none of the files could be read; nothing is written.
    """
    entries = [Entry(path.stem, path) for path in files]
    seconds: dict[str, float] = {}
    parsed, failures = parse_files(entries, progress=progress, timed=seconds.__setitem__)
    if not parsed:
        raise InputError("\n".join(failure.reason for failure in failures))
    with home_of(index).writing():
        opened = Index.open(index) if home_of(index).current_name() else None
        old = opened.parsed() if opened else []
        sources = dict(opened.manifest.sources) if opened else {}
        before = opened.failed if opened else ()
        new = {one.document.id: one for one in parsed}
        failed = [
            replace(one, file=Path(one.file).name, source=f"{_ADDED}{one.source}")
            for one in _failed_files(failures, entries, Path())
            if one.document not in {document.document.id for document in old}
        ]
        tried = {entry.id for entry in entries}
        failed += [one for one in before if one.document not in tried]
        sources = {k: v for k, v in sources.items() if k not in new}
        sources |= {entry.id: _ADDED + source_hash(entry) for entry in entries if entry.id in new}
        kept = [one for one in old if one.document.id not in new]
        every = _in_order([*kept, *parsed])
        generation, changed = _republish(
            index,
            every,
            sources,
            failed=failed,
            seconds={**(opened.seconds if opened else {}), **seconds},
            originals=_originals(parsed, entries),
            progress=progress,
        )
    return BuildResult(generation, changed, tuple(parsed), tuple(failures), seconds)


@uncollected()
def remove(
    ids: Sequence[str], index: Location, *, progress: Callable[[str, int, int], None] | None = None
) -> BuildResult:
    """
    Take the documents with *ids* out of the index; the id of a file that could not be read is forgotten.

    Raises:
        UnknownDocumentError: one of them is not in it; nothing is removed.
    """
    if home_of(index).current_name() is None:
        Index.open(index)  # says how to build one; a folder that is not there is not made
    with home_of(index).writing():
        opened = Index.open(index)
        failed_ids = {one.document for one in opened.failed}
        for name in ids:
            if name not in failed_ids:
                opened.document(name)
        kept = [one for one in opened.parsed() if one.document.id not in ids]
        if not kept:
            raise UnknownDocumentError(f"{index}: this would remove every document.\n  Delete the folder instead.")
        sources = {k: v for k, v in opened.manifest.sources.items() if k not in ids}
        failed = [one for one in opened.failed if one.document not in ids]
        generation, changed = _republish(index, kept, sources, failed=failed, seconds=opened.seconds, progress=progress)
    return BuildResult(generation, changed, (), ())
