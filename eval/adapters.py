"""
Any other system: its answers out of a file of JSON lines, or asked over HTTP. docs/adapters.md is the page for who writes one.

Whatever comes is made into the answer record that our own system gives, so that all are scored alike: quotes are looked for in the
documents, and one that does not stand there word for word (white space apart) counts for nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, Protocol

from assistant.types import Status
from eval.question_set import DECLINES
from indexer.errors import InputError
from indexer.reader import normalise

Found = Mapping[str, Any]
Texts = Mapping[str, str]  # the documents by id

_FORMS = "jsonl:FILE or http:URL (http:http://127.0.0.1:8100/)"


class Source(Protocol):
    """Where the answers of a system come from."""

    def answer(self, question: dict[str, Any], /) -> Any:
        """Return what the system says to one object of a batch, as JSON; see :func:`answer_record` for its form."""


@dataclass(frozen=True, slots=True)
class Adapted:
    """Another system as one that can be evaluated; *texts* are the documents that its quotes are looked for in."""

    source: Source
    texts: Texts

    def record(self, question: dict[str, Any], /) -> Found:
        """Return the answer record for one object of a batch."""
        return answer_record(self.source.answer(question), question, self.texts)


@dataclass(frozen=True, slots=True)
class RecordedAnswers:
    """Answers that were made before, by the id of the question; one that is missing is an error."""

    by_id: Mapping[str, Found]

    def answer(self, question: dict[str, Any], /) -> Found:
        """Return what was recorded for this question."""
        return self.by_id.get(question["id"]) or {"error": "the file has no answer with this id"}


def open_adapter(spec: str, texts: Texts, *, timeout: float) -> Adapted:
    """
    Return the system that *spec* names: ``jsonl:FILE`` or ``http:URL``. *timeout* (seconds) is how long HTTP waits for an answer.

    Raises:
        InputError: *spec* has another form, the file cannot be read, or nobody listens at the address.
    """
    kind, _, rest = spec.partition(":")
    if kind == "jsonl" and rest:
        return Adapted(RecordedAnswers(read_answers(Path(rest))), texts)
    if kind in ("http", "https") and rest:
        from eval.http_adapter import HttpSource  # noqa: PLC0415 - loads the HTTP client

        return Adapted(HttpSource.open(spec if rest.startswith("//") else rest, timeout=timeout), texts)
    raise InputError(f"--adapter: {spec!r} is none.\n  Give {_FORMS}; docs/adapters.md describes both.")


def read_answers(path: Path) -> dict[str, Found]:
    """
    Return the answers in *path* by id: JSON lines as ``assistant ask --batch`` or any other system writes them.

    Raises:
        InputError: the file cannot be read, or a line is no answer or has the id of another; the message begins ``path:line:``.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path}: cannot be read ({error}).\n  Make it:  python -m assistant ask --batch QUESTIONS > {path}"
        raise InputError(msg) from error
    records: dict[str, Found] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            msg = f"{path}:{number}: is no JSON ({error.msg}, column {error.colno}).\n  Make the file again."
            raise InputError(msg) from error
        if not isinstance(record, dict) or "id" not in record:
            msg = f'{path}:{number}: is no answer record, "id" is missing.\n  Make the file again.'
            raise InputError(msg)
        if str(record["id"]) in records:
            msg = f"{path}:{number}: the id {record['id']!r} has an answer already.\n  Leave one of the two lines."
            raise InputError(msg)
        records[str(record["id"])] = record
    return records


def failed(question: Mapping[str, Any], reason: str) -> dict[str, Any]:
    """Return the record of a question that got no answer, and why; it is scored as a wrong answer."""
    return {
        "id": question["id"],
        "question": question["question"],
        "status": Status.ERROR.value,
        "answer": "",
        "citations": [],
        "reason": reason,
    }


def answer_record(found: Any, question: Mapping[str, Any], texts: Texts) -> dict[str, Any]:
    """
    Return the answer record that *found* stands for.

    ``{"answer": text, "citations": [{"document", "quote"}], "declined": false, "seconds": 0.4}``; ``declined`` may name the way, "not_stated"
    and so on, true stands for "not_found"; ``status`` of our own records says the same. ``error`` says why there is no answer. What has
    another form becomes a record with the status "error" and the reason.
    """
    if not isinstance(found, Mapping):
        return failed(question, f"the answer is no JSON object: {str(found)[:80]}")
    elapsed = _milliseconds(found)
    status, fault = _status(found)
    answer, citations = found.get("answer", ""), found.get("citations") or []
    if fault is None and not isinstance(answer, str):
        fault = '"answer" is no text'
    if fault is None and status == Status.ANSWERED and not answer.strip():
        fault = 'neither "answer" nor "declined" is given'
    if fault is None and not (isinstance(citations, list) and all(isinstance(one, Mapping) for one in citations)):
        fault = '"citations" is no list of objects'
    if fault is not None:
        return {**failed(question, fault), "elapsed_ms": elapsed}
    return {
        **found,
        "id": question["id"],
        "question": question["question"],
        "status": status,
        "answer": answer,
        "citations": [{"n": n, **cited_place(one, texts)} for n, one in enumerate(citations, start=1)],
        "elapsed_ms": elapsed,
    }


def _milliseconds(found: Found) -> float | None:
    """Return how long the answer took, None where that is not told."""
    for field, factor in (("seconds", 1000.0), ("elapsed_ms", 1.0)):
        value = found.get(field)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return value * factor
    return None


def _status(found: Found) -> tuple[str, str | None]:
    """Return the status that *found* tells, and what is wrong with how it tells it."""
    if found.get("error"):
        return Status.ERROR, str(found["error"])
    status = found.get("status")
    if status is not None:
        if status == Status.ERROR:
            return status, str(found.get("reason") or "the system reports an error")
        known = status == Status.ANSWERED or status in DECLINES
        return str(status), None if known else f'"status" is {status!r}, none of answered, {", ".join(DECLINES)}'
    declined = found.get("declined")
    if declined is None or declined is False:
        return Status.ANSWERED, None
    if declined is True:
        return Status.NOT_FOUND, None
    known = declined in DECLINES
    return str(declined), None if known else f'"declined" is {declined!r}, none of true, false, {", ".join(DECLINES)}'


def cited_place(citation: Found, texts: Texts) -> dict[str, Any]:
    """
    Return *citation* with where it stands: ``document`` is an id, and ``quote`` is ``texts[document][start:end]``.

    The document may be named by its file. Of ``quote`` and ``text`` (the clause or row around it) one is enough. What does not stand in the
    document stays as it was given, without ``start`` and ``end``, and so counts for nothing.
    """
    document = str(citation.get("document") or "")
    if document not in texts and PurePath(document).stem in texts:
        document = PurePath(document).stem
    quote, unit = (str(citation.get(field) or "") for field in ("quote", "text"))
    quote, unit = quote or unit, unit or quote
    place = {**citation, "document": document, "quote": quote, "text": unit}
    text = texts.get(document, "")
    start, end = citation.get("start"), citation.get("end")
    if quote and isinstance(start, int) and isinstance(end, int) and text[start:end] == quote:
        return place
    around = _find(unit, text, 0, len(text))
    within = _find(quote, text, *around) if around else None
    if within is None:  # the text around is not word for word: the quote alone may be
        within = around = _find(quote, text, 0, len(text))
    if within is None or around is None:
        return {**place, "start": None, "end": None}
    return {
        **place,
        "start": within[0],
        "end": within[1],
        "quote": text[slice(*within)],
        "text": text[slice(*around)],
    }


def _find(words: str, text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return where *words* first stand in ``text[start:end]``, white space apart."""
    pattern = r"\s+".join(re.escape(word) for word in normalise(words).split())
    found = re.compile(pattern).search(text, start, end) if pattern else None
    return found.span() if found else None
