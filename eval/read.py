"""
How well documents are read: metadata, headings, tables, characters of scans. What is known of them was read by eye.

A file that ends in a message or a traceback states nothing, so that all its values count as missed.
"""

from __future__ import annotations

import traceback
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from functools import reduce
from operator import add
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from eval.documents import FIELDS, TRANSCRIPTS, HeadingScore, heading_score, headings_of, load_known, metadata_verdicts
from eval.error_rate import ErrorRate, error_rate
from eval.known_tables import TableScore, load_tables, rows_of, table_score
from eval.provenance import commit
from eval.rendered_pages import QUALITIES, plain_pages, save_scan
from indexer.errors import HoiVanBanError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from eval.documents import Known, Verdict
    from indexer.types import ParsedDocument

    Parse = Callable[[Path], ParsedDocument]


_SLOWEST = 3  # files whose times are shown


@dataclass(frozen=True, slots=True)
class PageScore:
    """How the characters of one page were read; ``rate`` is None where the file or the page failed."""

    name: str
    quality: str  # "scan", "clean" or "noisy"
    rate: ErrorRate | None
    source: str = ""  # how the reader says it had the page: "text", "ocr" or "bad_text"


@dataclass(slots=True)
class Measured:
    """All that was measured, in the order of the documents."""

    verdicts: list[Verdict] = field(default_factory=list)
    headings: dict[str, HeadingScore] = field(default_factory=dict)
    recipients: dict[str, tuple[int, int]] = field(default_factory=dict)  # expected, found
    tables: list[TableScore] = field(default_factory=list)
    pages: list[PageScore] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


class _Reader:
    """Reads each file once, and keeps what failed and how long it took."""

    def __init__(self, parse: Parse, measured: Measured) -> None:
        self._parse, self._measured = parse, measured
        self._done: dict[Path, ParsedDocument | None] = {}

    def read(self, path: Path, name: str | None = None) -> ParsedDocument | None:
        if path not in self._done:
            began = perf_counter()
            self._done[path] = self._try(path, name or path.name)
            self._measured.seconds[name or path.name] = perf_counter() - began
        return self._done[path]

    def _try(self, path: Path, name: str) -> ParsedDocument | None:
        try:
            return self._parse(path)
        except HoiVanBanError as error:
            self._measured.failures[name] = str(error)
        except Exception:  # noqa: BLE001 - that there is a traceback is what is measured here
            self._measured.failures[name] = "TRACEBACK " + traceback.format_exc().strip().splitlines()[-1]
        return None


def measure(folder: Path, *, parse: Parse, only: Sequence[str] = (), scan_pages: int = 6) -> Measured:
    """
    Read the documents that lie in *folder* with *parse* and compare them with what is known of them.

    *only* restricts it to documents with these ids; *scan_pages* is how many pages are printed as scans.

    Raises:
        InputError: none of the known documents lies there.
    """
    measured = Measured()
    reader = _Reader(parse, measured)
    known = [one for one in load_known() if (folder / one.file).is_file() and (not only or one.id in only)]
    tables = [table for table in load_tables(folder / "gold") if not only or table.document in only]
    if not known and not tables:
        msg = f"{folder}: holds no document that is known.\n  Name the folder of the real documents:  --documents DIR"
        raise InputError(msg)
    for one in tqdm(known, "documents", disable=None):
        _measure_document(one, reader.read(folder / one.file), measured)
    for table in tables:
        for file in table.files:
            if (folder / file).is_file():
                parsed = reader.read(folder / file)
                measured.tables.append(table_score(table, file, rows_of(parsed.tables) if parsed else []))
    sound = [(one.id, folder / one.file) for one in known if one.sound_layer]
    with TemporaryDirectory() as scratch:
        pages = plain_pages(sound, scan_pages)
        for page, quality in tqdm([(p, q) for q in QUALITIES for p in pages], "pages as scans", disable=None):
            name = f"{page.document}-{page.page} {quality}"
            path = Path(scratch) / f"{name}.pdf"
            save_scan(page, quality, path)
            measured.pages.append(_page_score(name, quality, page.text, reader.read(path, name), 1))
    return measured


def _measure_document(known: Known, parsed: ParsedDocument | None, measured: Measured) -> None:
    measured.verdicts += metadata_verdicts(known, parsed)
    if parsed:
        measured.recipients[known.id] = (known.recipients, len(parsed.document.metadata.recipients))
    if known.headings is not None:
        found = headings_of(parsed, until_page=known.headings_until_page) if parsed else []
        measured.headings[known.id] = heading_score(known.headings, found)
    for transcript in sorted(TRANSCRIPTS.glob(f"{known.id}-*.txt")):
        page = int(transcript.stem.rpartition("-")[2])
        text = transcript.read_text(encoding="utf-8")
        measured.pages.append(_page_score(transcript.stem, "scan", text, parsed, page))


def _page_score(name: str, quality: str, truth: str, parsed: ParsedDocument | None, number: int) -> PageScore:
    page = next((page for page in parsed.pages if page.page == number), None) if parsed else None
    if parsed is None or page is None:
        return PageScore(name, quality, None)
    return PageScore(name, quality, error_rate(truth, parsed.document.text[page.start : page.end]), page.source)


def lines(measured: Measured) -> Iterator[str]:
    """Yield what is printed: a section a subject, its misses below its figures."""
    yield from _metadata_lines(measured)
    yield from _heading_lines(measured)
    yield from _table_lines(measured.tables)
    yield from _page_lines(measured.pages)
    yield f"files: {len(measured.seconds)} read in {sum(measured.seconds.values()):.1f} s, {len(measured.failures)} failed"
    for name in sorted(measured.seconds, key=measured.seconds.__getitem__, reverse=True)[:_SLOWEST]:
        yield f"  {measured.seconds[name]:6.1f} s  {name}"
    for name, message in measured.failures.items():
        yield f"  {name}: {message}"


def _metadata_lines(measured: Measured) -> Iterator[str]:
    if not measured.verdicts:
        return
    printed = [one for one in measured.verdicts if not one.by_hand]
    by_hand = [one for one in measured.verdicts if one.by_hand]
    yield f"metadata: {_share(printed)} of the printed values right, {_share(by_hand)} of those filled in by hand or as an image"
    for name in FIELDS:
        yield f"  {name:<10} {_share([one for one in printed if one.field == name])}"
    counts = measured.recipients.values()
    yield f"  (recipients counted right: {sum(known == found for known, found in counts)}/{len(counts)} documents)"
    for one in measured.verdicts:
        if not one.right and one.document not in _failed(measured):
            expected = " or ".join(map(repr, one.expected)) or "nothing, since nothing is printed"
            hand = " (by hand or image)" if one.by_hand else ""
            yield f"  {one.document} {one.field}{hand}: {one.found!r} for {expected}"


def _failed(measured: Measured) -> set[str]:
    """Return the ids of documents that were not read at all; their message is told once, at the end."""
    return {one.document for one in measured.verdicts} - set(measured.recipients)


def _heading_lines(measured: Measured) -> Iterator[str]:
    if not measured.headings:
        return
    yield f"headings: {_heading_figures(_sum(measured.headings.values()))}"
    for document, score in measured.headings.items():
        if document in _failed(measured):
            yield f"  {document} not read, {len(score.missed)} missed"
            continue
        yield f"  {document} {_heading_figures(score)}"
        yield from (f"    missed    {heading}" for heading in score.missed)
        yield from (f"    invented  {heading}" for heading in score.invented)


def _heading_figures(score: HeadingScore) -> str:
    return (
        f"precision {score.precision:.3f}, recall {score.recall:.3f}, F1 {score.f1:.3f} "
        f"({score.found} found, {len(score.missed)} missed, {len(score.invented)} invented)"
    )


def _table_lines(tables: Sequence[TableScore]) -> Iterator[str]:
    for score in tables:
        yield (
            f"table of {score.file}: {score.rows_found}/{score.rows} rows, {len(score.invented)} invented, "
            f"{score.cells_right}/{score.cells} cells ({score.cells_right / max(score.cells, 1):.1%}), "
            f"{score.groups_right}/{score.rows} groups"
        )
        yield from (f"  {miss}" for miss in score.misses)
        yield from (f"  invented: {row}" for row in score.invented)


def _page_lines(pages: Sequence[PageScore]) -> Iterator[str]:
    names = {"scan": "real scans", "clean": "clean pages, 300 dpi", "noisy": "noisy pages, 200 dpi"}
    for quality, name in names.items():
        chosen = [page for page in pages if page.quality == quality]
        read = [page.rate for page in chosen if page.rate]
        if chosen:
            mean = str(reduce(add, read)) if read else "no page"
            yield f"character error rate, {name}: {mean}, {len(read)}/{len(chosen)} pages read"
        for page in chosen:
            yield f"  {page.name}: {page.rate or 'not read'}{f' [{page.source}]' if page.source else ''}"


def report(measured: Measured) -> dict[str, Any]:
    """Return all figures as a JSON object with the commit."""
    printed = [one for one in measured.verdicts if not one.by_hand]
    by_quality: dict[str, list[ErrorRate]] = defaultdict(list)
    for page in measured.pages:
        if page.rate:
            by_quality[page.quality].append(page.rate)
    return {
        "commit": commit(),
        "metadata": {
            "printed": {"right": sum(one.right for one in printed), "total": len(printed)},
            "by_hand": {
                "right": sum(one.right for one in measured.verdicts if one.by_hand),
                "total": len(measured.verdicts) - len(printed),
            },
            "values": [asdict(one) for one in measured.verdicts],
        },
        "headings": {
            "all": _heading_report(_sum(measured.headings.values())),
            "documents": {name: _heading_report(score) for name, score in measured.headings.items()},
        },
        "tables": [asdict(score) for score in measured.tables],
        "character_error_rate": {name: reduce(add, rates).value for name, rates in by_quality.items()},
        "pages": [asdict(page) for page in measured.pages],
        "failures": measured.failures,
        "seconds": measured.seconds,
    }


def _heading_report(score: HeadingScore) -> dict[str, Any]:
    return {"precision": score.precision, "recall": score.recall, "f1": score.f1, **asdict(score)}


def _sum(scores: Iterable[HeadingScore]) -> HeadingScore:
    return reduce(add, scores, HeadingScore(0, (), ()))


def _share(verdicts: Sequence[Verdict]) -> str:
    right = sum(one.right for one in verdicts)
    return f"{right}/{len(verdicts)} ({right / max(len(verdicts), 1):.1%})"
