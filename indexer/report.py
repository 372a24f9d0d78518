"""What was understood of a document: as JSON (the contract of ``read --json``), and as a report in Vietnamese."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from indexer.agencies import AgencyKeys
from indexer.deadlines import parse_deadline
from indexer.inference import is_inferred
from indexer.path import eid, label, step_labels
from indexer.types import StepKind, fold_white

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.types import Clause, Document, ParsedDocument, Row, Stated, Table


def _value(stated: Stated | None) -> str | None:
    return stated.value if stated else None


def document_json(document: Document) -> dict[str, Any]:
    """Return the metadata of *document* as the contract has it; null where nothing is printed."""
    metadata = document.metadata
    return {
        "id": document.id,
        "number": _value(metadata.number),
        "issued_on": _value(metadata.issued_on),
        "issuer": _value(metadata.issuer),
        "kind": _value(metadata.kind),
        "title": _value(metadata.title),
        "signer": _value(metadata.signer),
        "recipients": [item.value for item in metadata.recipients],
        "relations": [
            {"type": str(item.type), "number": item.number, "quote": item.quote} for item in metadata.relations
        ],
    }


def _clause_json(clause: Clause) -> dict[str, Any]:
    last = clause.path[-1]
    printed = last.number if last.kind not in (StepKind.BULLET, StepKind.PARAGRAPH) else None
    return {
        "label": label(clause.path),
        "eid": eid(clause.path),
        "number": printed or None,
        "heading": clause.heading,
        "level": clause.level,
        "start": clause.start,
        "end": clause.end,
    }


def _due_json(table: Table, row: Row, issued_on: date | None) -> dict[str, Any] | None:
    """Return what the due cell of *row* means, its first and last day as ISO dates; None where the table has no such column."""
    index = table.column("due")
    if index is None:
        return None
    cell = row.cells[index].text
    due = parse_deadline(cell, issued_on=issued_on)
    return {
        "kind": str(due.kind),
        "start": due.first.isoformat() if due.first else None,
        "end": due.last.isoformat() if due.last else None,
        "words": cell[due.start : due.end],
    }


def _agencies_json(table: Table, row: Row, role: str, keys: AgencyKeys) -> list[dict[str, Any]]:
    index = table.column(role)
    agencies = keys.split(row.cells[index].text) if index is not None else ()
    return [{"name": agency.name, "key": agency.key, "group": agency.group} for agency in agencies]


def _issued_on(document: Document) -> date | None:
    stated = document.metadata.issued_on
    try:
        return date.fromisoformat(stated.value) if stated else None
    except ValueError:  # a day that there is not is printed, or was misread
        return None


def _table_json(table: Table, document: Document, keys: AgencyKeys) -> dict[str, Any]:
    issued_on = _issued_on(document)
    return {
        "label": label(table.path),
        "columns": [{"name": column.name, "role": column.role} for column in table.columns],
        "rows": [
            {
                "number": row.number,
                "group": row.group.label if row.group else None,
                "cells": [cell.text for cell in row.cells],
                "spans": [[[span.start, span.end] for span in cell.spans] for cell in row.cells],
                "due": _due_json(table, row, issued_on),
                "lead": _agencies_json(table, row, "lead", keys),
                "partners": _agencies_json(table, row, "partners", keys),
            }
            for row in table.rows
        ],
    }


def parsed_json(parsed: ParsedDocument) -> dict[str, Any]:
    """Return all that was understood of a file, in the form of ``python -m indexer read FILE --json``."""
    document = parsed.document
    keys = AgencyKeys.learn([document.text])
    return {
        "document": document_json(parsed.document),
        "text": parsed.document.text,
        "reading": parsed.document.reading,
        "doubts": [[doubt.start, doubt.end] for doubt in parsed.document.doubts],
        "clauses": [_clause_json(clause) for clause in parsed.clauses],
        "tables": [_table_json(table, document, keys) for table in parsed.tables],
        "pages": [{"page": p.page, "source": p.source, "confidence": p.confidence} for p in parsed.pages],
        "warnings": [{"where": item.where, "what": item.what} for item in parsed.warnings],
    }


_FIELDS = (
    ("number", "Số, ký hiệu"),
    ("issued_on", "Ngày ban hành"),
    ("issuer", "Cơ quan ban hành"),
    ("kind", "Loại văn bản"),
    ("title", "Trích yếu"),
    ("signer", "Người ký"),
)


def report_lines(parsed: ParsedDocument) -> Iterator[str]:
    """Yield the report of one document in Vietnamese: metadata, clauses, registers cell by cell, what was not understood."""
    document = parsed.document
    yield f"## {document.id} ({document.file})"
    for name, title in _FIELDS:
        stated: Stated | None = getattr(document.metadata, name)
        taken = "suy ra từ" if stated and is_inferred(stated) else "lấy từ"
        note = f" ({taken} {stated.document})" if stated and stated.document != document.id else ""
        yield f"- {title}: {stated.value if stated else 'không in trong văn bản'}{note}"
    yield f"- Nơi nhận: {len(document.metadata.recipients)}; văn bản được nhắc đến: {len(document.metadata.relations)}"
    yield f"- Đơn vị trích dẫn: {len(parsed.clauses)} đoạn; {len(parsed.tables)} bảng"
    if document.reading is not None:
        yield "- Bản quét hỏng dấu: dùng bản đọc đã sửa để tìm và hiển thị; trích dẫn vẫn theo nguyên văn"
        yield f"- Từ đọc chưa chắc chắn: {len(document.doubts)}/{len(document.reading.split())}"
    for table in parsed.tables:
        yield from _table_lines(document, table)
    for warning in parsed.warnings:
        yield f"- Lưu ý: {warning.where}: {warning.what}"


def _table_lines(document: Document, table: Table) -> Iterator[str]:
    groups = {row.group for row in table.rows if row.group}
    parts = f" trong {len(groups)} mục" if groups else ""
    yield f"### {label(table.path) or 'Bảng'}: {len(table.items)} {table.noun}{parts}"
    group = None
    for row in table.rows:
        if row.group and row.group != group:
            group = row.group
            yield f"  [{group.number or '–'}] {group.name}"
        for column, cell in zip(table.columns, row.cells, strict=True):
            if column.role == "order":
                yield f"  {step_labels(row.path)[-1]}"
                continue
            places = ", ".join(f"{span.start}:{span.end}" for span in cell.spans)
            back = " ".join(fold_white(document.text[span.start : span.end]) for span in cell.spans)
            verdict = "" if back == cell.text else "  << KHÔNG KHỚP NGUYÊN VĂN"
            merged = " (ô gộp nhiều dòng)" if cell.merged else ""
            yield (
                f"    {column.name}: {cell.text or '(để trống)'}{merged}" + (f" [{places}]" if places else "") + verdict
            )
