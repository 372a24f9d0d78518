"""The answer record: the one form in which batch, ``ask --json``, the HTTP API and MCP give a reply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assistant.types import Status

if TYPE_CHECKING:
    from assistant.types import Citation, Reply


def citation_record(number: int, citation: Citation) -> dict[str, Any]:
    """Return *citation* as the contract has it."""
    return {
        "n": number,
        "document": citation.document,
        "number": citation.number,
        "label": citation.label,
        "path": list(citation.path),
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "text": citation.text,
        "reading": citation.reading,
        "replaced_by": citation.replaced_by,
        "doubts": [[doubt.start, doubt.end] for doubt in citation.doubts],
        "page": citation.page,
        "boxes": [[box.page, box.left, box.top, box.right, box.bottom] for box in citation.boxes],
        "confidence": citation.confidence,
    }


def reply_record(reply: Reply, *, name: str | None, elapsed_ms: float) -> dict[str, Any]:
    """Return *reply* as the contract has it; *name* is the id of the question in its batch."""
    return {
        "id": name,
        "question": reply.question,
        "understood": reply.understood,
        "status": str(reply.status),
        "answer": reply.text,
        "citations": [citation_record(n, citation) for n, citation in enumerate(reply.citations, start=1)],
        "elapsed_ms": round(elapsed_ms, 1),
    }


def error_record(name: str | None, question: str, reason: str) -> dict[str, Any]:
    """Return the record of a question that cannot be taken; ``answer`` is empty and ``reason`` says why."""
    return {
        "id": name,
        "question": question,
        "understood": question,
        "status": str(Status.ERROR),
        "answer": "",
        "citations": [],
        "elapsed_ms": 0.0,
        "reason": reason,
    }
