"""What people think of answers: kept with the answer they saw, for those who look after the corpus and the program."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from assistant.record import reply_record

if TYPE_CHECKING:
    from assistant.records import Records
    from assistant.types import Reply
    from assistant.visitors import Visitor

LONGEST_REASON = 1000  # characters
_SCHEMA = """
CREATE TABLE IF NOT EXISTS feedback (
  id INTEGER PRIMARY KEY, made_at TEXT NOT NULL, visitor TEXT NOT NULL, verdict TEXT NOT NULL, reason TEXT NOT NULL,
  question TEXT NOT NULL, generation TEXT NOT NULL, record TEXT NOT NULL
);
"""


class Verdict(StrEnum):
    """What a person says of an answer."""

    RIGHT = "right"
    WRONG = "wrong"
    WRONG_SOURCE = "wrong_source"  # the answer may be right, the cited place is not


@dataclass(frozen=True, slots=True)
class Opinion:
    """One verdict, the newest first in :meth:`Feedback.all`; ``record`` is the answer record that was judged, as JSON."""

    made_at: str
    visitor: str
    verdict: Verdict
    reason: str
    question: str
    generation: str
    record: str


class Feedback:
    """The verdicts of one server."""

    def __init__(self, records: Records) -> None:
        self._records = records
        records.prepare(_SCHEMA)

    def add(self, reply: Reply, verdict: Verdict, *, visitor: Visitor, reason: str = "", generation: str = "") -> None:
        """Keep *verdict* on *reply*; *generation* names the index that answered. A reason is cut at 1,000 characters."""
        record = json.dumps(reply_record(reply, name=None, elapsed_ms=0.0), ensure_ascii=False)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self._records.write(
            "INSERT INTO feedback (made_at, visitor, verdict, reason, question, generation, record) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (now, visitor.id, str(verdict), reason.strip()[:LONGEST_REASON], reply.question, generation, record),
        )

    def all(self) -> list[Opinion]:
        """Return every verdict, the newest first."""
        rows = self._records.rows(
            "SELECT made_at, visitor, verdict, reason, question, generation, record FROM feedback ORDER BY id DESC"
        )
        return [Opinion(row[0], row[1], Verdict(row[2]), *row[3:]) for row in rows]

    def delete_all(self, visitor: str) -> None:
        """Delete every verdict of the person with this id."""
        self._records.write("DELETE FROM feedback WHERE visitor = ?", (visitor,))
