"""The ingest report as HTML: what was found in a file, what is in doubt or was not understood, and which files failed."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from assistant.library import REPORTED
from assistant.uploads import reason_of
from indexer.ingest import decimal, place_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.chat.strings import Strings
    from indexer.ingest import FileReport, IngestReport

_MOST = 40  # warnings of one document


def _points(report: FileReport) -> list[str]:
    """Return what has to be looked at, in the words of the reader."""
    notes = [f"{place_words(one.where)}: {one.what}" for one in report.not_understood]
    notes += [f"{one.where}: {one.what}" for one in report.numbering]
    return notes


def _numbers(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))


def render_file_report(report: FileReport, doubts: int, *, strings: Strings) -> str:
    """Return the report of one document, of whose words *doubts* are doubtful."""
    sources = ", ".join(strings(f"documents.source_{source}", count=count) for source, count in report.pages.items())
    rows: list[tuple[str, str]] = [
        ("pages", escape(f"{sum(report.pages.values())} ({sources})" if sources else "0")),
        ("clauses", str(report.clauses)),
    ]
    tables = "".join(
        "<li>"
        + escape(
            strings(
                "documents.report_table",
                table=one.table,
                rows=one.rows,
                noun=one.noun,
                columns=len(one.columns),
            )
        )
        + "</li>"
        for one in report.tables
    )
    rows.append(("tables", f"<ul>{tables}</ul>" if tables else "0"))
    rows.append(("doubts", str(doubts)))
    if report.low_confidence:
        rows.append(("low", _numbers(report.low_confidence)))
    if report.unreadable:
        rows.append(("unreadable", _numbers(report.unreadable)))
    points = "".join(f'<li lang="vi">{escape(note)}</li>' for note in _points(report)[:_MOST])
    rows.append(("warnings", f"<ul>{points}</ul>" if points else escape(strings("documents.report_warnings_none"))))
    if report.seconds is not None:
        seconds = decimal(report.seconds) if strings.language == "vi" else f"{report.seconds:.1f}"
        rows.append(("seconds", escape(strings("documents.report_seconds_value", seconds=seconds))))
    lines = "".join(f"<dt>{escape(strings(f'documents.report_{name}'))}</dt><dd>{value}</dd>" for name, value in rows)
    return f'<dl class="hvb-about">{lines}</dl>'


def _row(report: FileReport, strings: Strings) -> str:
    points = len(_points(report)) + len(report.low_confidence) + len(report.unreadable)
    rows = sum(table.rows for table in report.tables)
    cells = (
        sum(report.pages.values()),
        report.clauses,
        f"{len(report.tables)} ({rows})" if report.tables else 0,
        points,
    )
    values = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{escape(strings.document(report.document))}</th>{values}</tr>'


def render_report(report: IngestReport, count: int, *, strings: Strings) -> str:
    """Return the report of a corpus of *count* documents: a line a document, and the files that failed with the reason."""
    total = count + len(report.failed)
    words = strings(
        "documents.report_totals",
        read=count,
        total=total,
        pages=sum(sum(one.pages.values()) for one in report.files),
        clauses=sum(one.clauses for one in report.files),
        tables=sum(len(one.tables) for one in report.files),
        rows=sum(table.rows for one in report.files for table in one.tables),
    )
    heads = "".join(
        f'<th scope="col">{escape(strings(f"documents.report_{name}"))}</th>'
        for name in ("file", "pages", "clauses", "tables", "points")
    )
    body = "".join(_row(one, strings) for one in report.files)
    name = escape(strings("documents.report_all"))
    table = (
        f'<div class="hvb-scroll" tabindex="0" role="region" aria-label="{name}"><table class="hvb-table">'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )
    if count > REPORTED:
        words, table = strings("documents.report_too_many"), ""
    failed = "".join(
        f"<li><strong>{escape(one.file)}</strong>: {escape(strings(f'documents.failed_{reason_of(one.reason)}'))}</li>"
        for one in report.failed
    )
    failed = f"<ul>{failed}</ul>" if failed else f"<p>{escape(strings('documents.report_failed_none'))}</p>"
    return (
        f'<p class="hvb-facts">{escape(words)}</p>{table}<h4>{escape(strings("documents.report_failed"))}</h4>{failed}'
    )
