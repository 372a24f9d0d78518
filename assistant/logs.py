"""What a server logs, as lines of JSON: one object a line, which log collectors read without a pattern."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

REQUESTS = "hvb.requests"  # the logger of one line a request
request_id: ContextVar[str] = ContextVar("request_id", default="")
_NEAR = 12  # steps of a traceback, the innermost ones


class LogForm(StrEnum):
    """How a server logs."""

    TEXT = "text"  # warnings and faults, for a person
    JSON = "json"  # these and every request, for a program


class JsonLines(logging.Formatter):
    """
    Writes a record as one line of JSON: time (UTC), level, logger, message, request, and what the record bears under ``fields``.

    Of an exception it tells type and places, never the message: that may hold words of a question or of a document.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request := request_id.get():
            line["request"] = request
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1] is not None:
            line |= _fault(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def _fault(error: BaseException) -> dict[str, object]:
    steps = traceback.extract_tb(error.__traceback__)[-_NEAR:]
    places = [f"{Path(step.filename).name}:{step.lineno} {step.name}" for step in steps]
    return {"error": type(error).__qualname__, "at": places}


def log_in(form: LogForm) -> None:
    """Have this process log to stderr in *form* from now on; in text form only what needs attention."""
    if form is LogForm.TEXT:
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(REQUESTS).setLevel(logging.INFO)
