"""
What is asked, kept for those who improve the corpus and the program: off unless switched on, masked, for so many days.

Only questions of the chat to the shared corpus are kept: what is asked about somebody's own documents, by programs, or in a live class, is
not. No screen shows the log; it lies in the records, and every entry says when it goes.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.masking import masked

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.records import Records
    from assistant.visitors import Visitor

LONGEST_KEPT = 365  # days
_LONGEST = 500  # characters of a question
_SCHEMA = """
CREATE TABLE IF NOT EXISTS question_log (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, until REAL NOT NULL, account TEXT NOT NULL, question TEXT NOT NULL, status TEXT NOT NULL
);
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it is kept, masked; ``at`` is seconds since 1970, ``account`` an id, "" of nobody in particular."""

    at: float
    account: str
    question: str
    status: str


class QuestionLog:
    """The log in *records*, which keeps each entry for so many *days*; none is written while that is 0. Threads may share it."""

    def __init__(self, records: Records, *, days: int = 0, clock: Callable[[], float] = time.time) -> None:
        records.prepare(_SCHEMA)
        self._records, self._days, self._clock = records, days, clock

    def add(self, visitor: Visitor, question: str, status: str) -> None:
        """Keep what *visitor* asked, masked, and how it ended; nothing where the log is off."""
        if not self._days:
            return
        now, kept = self._clock(), masked(question)[:_LONGEST]
        self._records.write(
            "INSERT INTO question_log (at, until, account, question, status) VALUES (?, ?, ?, ?, ?)",
            (now, now + self._days * 86400.0, visitor.id, kept, status),
        )

    def all(self) -> list[Asked]:
        """Return what is kept, the oldest first."""
        rows = self._records.rows("SELECT at, account, question, status FROM question_log ORDER BY id")
        return [Asked(*row) for row in rows]

    def sweep(self) -> int:
        """Delete what has been kept for its time, whether or not the log is on; return how many entries."""
        return self._records.write("DELETE FROM question_log WHERE until <= ?", (self._clock(),))

    def delete_all(self, account: str) -> None:
        """Delete every entry of the person with this id."""
        self._records.write("DELETE FROM question_log WHERE account = ?", (account,))
