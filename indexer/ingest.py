"""
The ingest report: per file what was found, what was not understood and where, what the document itself leaves open, how long it took.

A pure function of the parsed documents and of what is remembered of the reading; the words are for officials.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from indexer.audit import TableAudit, numbering, six_clarity, tasks_of
from indexer.path import label
from indexer.records import is_record_file
from indexer.remarks import PRINTED_TWICE
from indexer.types import ReadWarning  # noqa: TC001 - the codec reads the annotation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from indexer.types import Page, ParsedDocument

LOW_CONFIDENCE = 0.75  # mean of the words of a page; a clean scan has 0.9 and more
UNREADABLE = 0.4  # below this, more words are wrong than right
FIELDS = {
    "number": "số, ký hiệu",
    "issued_on": "ngày ban hành",
    "issuer": "cơ quan ban hành",
    "kind": "loại văn bản",
    "title": "trích yếu",
    "signer": "người ký",
}
RELATIONS = {
    "based_on": "căn cứ",
    "implements": "thực hiện",
    "replaces": "thay thế",
    "amends": "sửa đổi, bổ sung",
    "repeals": "bãi bỏ",
    "mentions": "nhắc đến",
}
SOURCES = {"text": "có lớp chữ", "ocr": "nhận dạng từ ảnh", "bad_text": "lớp chữ hỏng"}
_MOST_SHOWN = 12  # numbers in one line of the report; the JSON has all


@dataclass(frozen=True, slots=True)
class FailedFile:
    """A file that is not in the index, and why. ``source`` is the hash of what was read; None for a kind that is not read."""

    file: str
    reason: str
    document: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class TableFound:
    """A register with the number of its rows and the names of its columns."""

    table: str
    noun: str
    rows: int
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file; ``seconds`` is None where that was not measured."""

    document: str
    file: str
    seconds: float | None
    pages: dict[str, int]  # how many by their source: text, ocr, bad_text
    low_confidence: tuple[int, ...]  # page numbers
    unreadable: tuple[int, ...]
    clauses: int
    tables: tuple[TableFound, ...]
    not_printed: tuple[str, ...]  # metadata fields
    relations: dict[str, int]  # how many by their type
    not_understood: tuple[ReadWarning, ...]
    numbering: tuple[ReadWarning, ...]
    six_clarity: tuple[TableAudit, ...]


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What became of all files."""

    files: tuple[FileReport, ...]
    failed: tuple[FailedFile, ...]
    records: dict[str, int] = field(
        default_factory=dict
    )  # how many documents of a file of JSON lines, which has no report


def ingest_report(
    parsed: Sequence[ParsedDocument], failed: Sequence[FailedFile], seconds: Mapping[str, float]
) -> IngestReport:
    """Return the report of *parsed* and *failed*; *seconds* says how long a document took by its id."""
    files = [one for one in parsed if not is_record_file(one.document.file)]
    records = Counter(one.document.file for one in parsed if is_record_file(one.document.file))
    reports = tuple(file_report(one, seconds.get(one.document.id)) for one in files)
    return IngestReport(reports, tuple(failed), dict(records))


def file_report(parsed: ParsedDocument, seconds: float | None = None) -> FileReport:
    """Return the report of one document."""
    document = parsed.document
    return FileReport(
        document=document.id,
        file=document.file,
        seconds=seconds,
        pages=dict(Counter(page.source for page in parsed.pages)),
        low_confidence=tuple(page.page for page in parsed.pages if _is_doubtful(page)),
        unreadable=tuple(page.page for page in parsed.pages if _is_unreadable(page, document.text)),
        clauses=len(parsed.clauses),
        tables=tuple(
            TableFound(
                label(table.path) or table.title or "Bảng",
                table.noun,
                len(tasks_of(table)),
                tuple(column.name for column in table.columns),
            )
            for table in parsed.tables
        ),
        not_printed=tuple(name for name in FIELDS if getattr(document.metadata, name) is None),
        relations=dict(Counter(str(relation.type) for relation in document.metadata.relations)),
        not_understood=tuple(item for item in parsed.warnings if item.what != PRINTED_TWICE),  # numbering says that
        numbering=numbering(parsed),
        six_clarity=six_clarity(parsed),
    )


def _is_doubtful(page: Page) -> bool:
    return page.confidence is not None and UNREADABLE <= page.confidence < LOW_CONFIDENCE


def _is_unreadable(page: Page, text: str) -> bool:
    """Tell whether a page gave no word, though it is a picture, or words that are wrong more often than right."""
    if page.confidence is not None and page.confidence < UNREADABLE:
        return True
    return page.source != "text" and not any(letter.isalnum() for letter in text[page.start : page.end])


def place_words(where: str) -> str:
    """Return a warning's place in Vietnamese: "page 3" is "trang 3"."""
    for pattern, words in ((r"page (\d+)", "trang"), (r"offset (\d+)", "ký tự thứ")):
        if match := re.fullmatch(pattern, where):
            return f"{words} {match.group(1)}"
    return where


def decimal(value: float) -> str:
    """Return *value* with one decimal, as it is written in Vietnamese: "12,5"."""
    return f"{value:.1f}".replace(".", ",")


def head_line(file: FileReport) -> str:
    """Return what was found in one file, in one line."""
    parts = [f"{sum(file.pages.values())} trang", f"{file.clauses} đoạn"]
    if file.tables:
        parts.append(f"{len(file.tables)} bảng, {sum(table.rows for table in file.tables)} dòng")
    if file.relations:
        parts.append(f"{sum(file.relations.values())} văn bản liên quan")
    open_points = len(file.not_understood) + len(file.numbering) + len(file.low_confidence) + len(file.unreadable)
    if open_points:
        parts.append(f"{open_points} điểm cần xem lại")
    taken = f"; đọc trong {decimal(file.seconds)} giây" if file.seconds is not None else ""
    return f"{file.document} ({file.file}): {', '.join(parts)}{taken}"


def records_line(records: tuple[str, int]) -> str:
    """Return how many documents a file of JSON lines gave, in one line."""
    file, count = records
    return f"{file}: {count} văn bản, mỗi dòng một văn bản"


def report_lines(report: IngestReport) -> Iterator[str]:
    """Yield the whole report, in Vietnamese."""
    total = len(report.files) + len(report.failed)
    yield f"Báo cáo đọc văn bản: đọc được {len(report.files)}/{total} tệp"
    for file in report.files:
        yield ""
        yield f"## {head_line(file)}"
        yield from _file_lines(file)
    if report.records:
        yield ""
        yield from map(records_line, report.records.items())
    if report.failed:
        yield ""
        yield f"## {len(report.failed)} tệp chưa đọc được"
        for failed in report.failed:
            first, *following = failed.reason.splitlines()
            yield f"- {failed.file}: {first}"
            yield from following


def _file_lines(file: FileReport) -> Iterator[str]:
    if len(file.pages) > 1 or "text" not in file.pages:
        kinds = ", ".join(f"{count} trang {SOURCES.get(source, source)}" for source, count in file.pages.items())
        yield f"- Nguồn chữ: {kinds}"
    if file.low_confidence:
        yield f"- Trang nhận dạng chưa chắc chắn, đề nghị đối chiếu bản gốc: {_listed(file.low_confidence)}"
    if file.unreadable:
        yield f"- Trang không đọc được hoặc để trống: {_listed(file.unreadable)}"
    for table in file.tables:
        yield f"- {table.table}: {table.rows} {table.noun}; các cột: {' | '.join(table.columns)}"
    if file.relations:
        yield "- Quan hệ với văn bản khác: " + ", ".join(f"{RELATIONS[k]} {n}" for k, n in file.relations.items())
    if file.not_printed:
        yield "- Không in trong văn bản: " + ", ".join(FIELDS[name] for name in file.not_printed)
    for warning in file.not_understood:
        yield f"- Lưu ý: {place_words(warning.where)}: {warning.what}"
    for found in file.numbering:
        yield f"- Đánh số: {found.where}: {found.what}"
    for audit in file.six_clarity:
        yield from _audit_lines(audit)


def _audit_lines(audit: TableAudit) -> Iterator[str]:
    yield f"- 6 rõ, {audit.table}: {audit.clear}/{audit.tasks} {audit.noun} điền đủ các cột"
    for gap in audit.blanks:
        yield f"  - chưa {gap.clarity}: {audit.noun} {_listed(gap.tasks)}"
    if audit.absent:
        yield f"  - bảng không có cột: {', '.join(audit.absent)}"


def _listed(items: Sequence[object]) -> str:
    shown = ", ".join(map(str, items[:_MOST_SHOWN]))
    return shown if len(items) <= _MOST_SHOWN else f"{shown} và {len(items) - _MOST_SHOWN} mục khác"
