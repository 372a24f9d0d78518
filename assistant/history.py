"""Conversations of people who are signed in, kept on the server under their name alone."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from assistant.types import Abstention, Answer
from indexer.codec import dumps, loads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.records import Records
    from assistant.types import Reply
    from assistant.visitors import Visitor

_KEPT = 200  # conversations a person; older ones make room
_TITLE = 80  # characters
_SCHEMA = """
CREATE TABLE IF NOT EXISTS conversations (
  id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, changed_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS conversations_of ON conversations (owner, changed_at);
CREATE TABLE IF NOT EXISTS turns (
  conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE, position INTEGER NOT NULL,
  question TEXT NOT NULL, literal INTEGER NOT NULL, shelf TEXT NOT NULL,
  kind TEXT NOT NULL, reply TEXT NOT NULL,
  PRIMARY KEY (conversation, position)
);
"""


@dataclass(frozen=True, slots=True)
class Said:
    """A question with its reply, or with the error in words that it got."""

    question: str
    reply: Reply | str
    literal: bool = False
    shelf: str = ""  # whose documents were asked: "" for the shared corpus


@dataclass(frozen=True, slots=True)
class Conversation:
    """What stands in the list of one's conversations: ``title`` is the first question, ``changed_at`` a UTC time."""

    id: str
    title: str
    changed_at: str


class History:
    """The conversations of one server; every act is one of a visitor, and touches that visitor's own alone."""

    def __init__(self, records: Records) -> None:
        self._records = records
        records.prepare(_SCHEMA)

    def save(self, visitor: Visitor, said: Sequence[Said], conversation: str = "") -> str:
        """
        Keep *said* as *conversation* of *visitor* and return its id; a new one where "" or an id that is not theirs is given.

        Nothing is kept, and "" returned, for who is not signed in.
        """
        if not visitor.is_signed_in or not said:
            return ""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self._records.transaction():
            if not self._owns(visitor, conversation):
                conversation = secrets.token_urlsafe(12)
                title = " ".join(said[0].question.split())[:_TITLE]
                self._records.write(
                    "INSERT INTO conversations VALUES (?, ?, ?, ?)", (conversation, visitor.id, title, now)
                )
            self._records.write("UPDATE conversations SET changed_at = ? WHERE id = ?", (now, conversation))
            self._records.write("DELETE FROM turns WHERE conversation = ?", (conversation,))
            for position, turn in enumerate(said):
                kind = "error" if isinstance(turn.reply, str) else type(turn.reply).__name__
                values = (conversation, position, turn.question, int(turn.literal), turn.shelf, kind, dumps(turn.reply))
                self._records.write("INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?, ?)", values)
            self._records.write(
                "DELETE FROM conversations WHERE owner = ? AND id NOT IN "
                "(SELECT id FROM conversations WHERE owner = ? ORDER BY changed_at DESC LIMIT ?)",
                (visitor.id, visitor.id, _KEPT),
            )
        return conversation

    def _owns(self, visitor: Visitor, conversation: str) -> bool:
        found = self._records.row("SELECT 1 FROM conversations WHERE id = ? AND owner = ?", (conversation, visitor.id))
        return found is not None

    def of(self, visitor: Visitor) -> list[Conversation]:
        """Return the conversations of *visitor*, the one spoken last first."""
        rows = self._records.rows(
            "SELECT id, title, changed_at FROM conversations WHERE owner = ? ORDER BY changed_at DESC", (visitor.id,)
        )
        return [Conversation(*row) for row in rows]

    def turns(self, visitor: Visitor, conversation: str) -> list[Said]:
        """Return what was said in *conversation*; [] where it is not one of *visitor*."""
        rows = self._records.rows(
            "SELECT question, reply, literal, shelf, kind FROM turns JOIN conversations ON conversation = id "
            "WHERE id = ? AND owner = ? ORDER BY position",
            (conversation, visitor.id),
        )
        kinds = {"error": str, "Answer": Answer, "Abstention": Abstention}
        return [Said(row[0], loads(kinds[row[4]], row[1]), bool(row[2]), row[3]) for row in rows]

    def delete(self, visitor: Visitor, conversation: str) -> bool:
        """Delete *conversation* if it is one of *visitor*; tell whether there was one."""
        return bool(
            self._records.write("DELETE FROM conversations WHERE id = ? AND owner = ?", (conversation, visitor.id))
        )

    def delete_all(self, owner: str) -> None:
        """Delete every conversation of the person with this id."""
        self._records.write("DELETE FROM conversations WHERE owner = ?", (owner,))
