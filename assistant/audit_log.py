"""
The audit log: who did what to accounts, documents, classes and the server, in a chain that shows every later change.

Each entry holds the SHA-256 of its own content and of the entry before it, so that nothing can be altered, taken out or put in between
without all that follows no longer fitting. Two rows mark where the chain begins, behind what retention has removed, and where it ends. Who
may write the database can still make a whole new chain: the last hash, noted elsewhere, shows that too (``verify-log --head``).

No entry holds a word of a question, of a document, or the name of a file; people are named by the ids of their accounts.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from assistant.records import Records

NOBODY = "anonymous visitor"
OPERATOR = "command line"  # whoever may write the folder of data
SERVER = "server"
_BLOCK = 1000  # entries that are read at a time
_LONGEST = 300  # characters of a subject: ids and settings are shorter
_NO_HASH = "0" * 64
_BEFORE_ALL = -(1 << 62)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS audit (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, event TEXT NOT NULL, subjects TEXT NOT NULL,
    before TEXT NOT NULL, hash TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS audit_ends (name TEXT PRIMARY KEY, number INTEGER NOT NULL, hash TEXT NOT NULL);
CREATE TRIGGER IF NOT EXISTS audit_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'entries of the audit log are never changed'); END;
CREATE TRIGGER IF NOT EXISTS audit_not_removed BEFORE DELETE ON audit
WHEN OLD.number > COALESCE((SELECT number FROM audit_ends WHERE name = 'anchor'), 0)
BEGIN SELECT RAISE(ABORT, 'entries of the audit log are never removed'); END;
"""


class Event(StrEnum):
    """What an entry tells."""

    SIGNED_IN = "sign_in.ok"
    SIGN_IN_FAILED = "sign_in.failed"
    SIGN_IN_LOCKED = "sign_in.locked"
    SIGNED_OUT = "sign_out"
    ACCOUNT_MADE = "account.made"
    ACCOUNT_REMOVED = "account.removed"
    ACCOUNT_ROLES = "account.roles"
    ACCOUNT_PASSWORD = "account.password"  # noqa: S105 - the name of an event
    ACCOUNT_UNLOCKED = "account.unlocked"
    ACCOUNT_KEY = "account.key"
    UPLOADED = "document.uploaded"
    APPROVED = "document.approved"  # by an administrator
    REFUSED = "document.refused"
    SHARED = "document.shared"  # it is in the shared index now
    REMOVED = "document.removed"
    CLASS_MADE = "class.made"
    CLASS_CHANGED = "class.changed"  # whether those who take part may ask and send
    CLASS_RESET = "class.reset"
    CLASS_ENDED = "class.ended"
    CLASS_REMOVED = "class.removed"
    EXPORTED = "export"
    SERVER_STARTED = "server.started"
    SERVER_STOPPED = "server.stopped"
    SETTINGS = "server.settings"  # they are others than at the start before
    INDEX_SWAPPED = "index.swapped"
    DATA_DELETED = "data.deleted"
    BACKED_UP = "backup.made"
    RESTORED = "backup.restored"
    LOG_CUT = "log.cut"  # entries older than they are kept were removed


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; ``at`` is UTC in ISO 8601, ``subjects`` says by id what it is about, ``before`` is the hash of the entry before."""

    number: int
    at: str
    actor: str
    event: str
    subjects: dict[str, str]
    before: str
    hash: str


@dataclass(frozen=True, slots=True)
class Chain:
    """A log that was verified: entries ``first`` to ``last`` are as written; ``hash`` is that of the last. Without entries first > last."""

    first: int
    last: int
    hash: str

    @property
    def head(self) -> str:
        """The end of the chain as one word, to be noted elsewhere: ``"41:9f3c…"``."""
        return f"{self.last}:{self.hash}"


@dataclass(frozen=True, slots=True)
class _End:
    number: int
    hash: str


class AuditLog:
    """The log in *records*; threads and processes may share it. *clock* gives seconds since 1970."""

    def __init__(self, records: Records, *, clock: Callable[[], float] = time.time) -> None:
        records.prepare(_SCHEMA)
        self._records, self._clock = records, clock

    def note(self, event: Event, *, actor: str, **subjects: str) -> None:
        """
        Add an entry: *actor* did *event* to the *subjects*, which are ids; "" as actor is nobody in particular.

        Called inside a transaction of the records, it is written with the rest of it or not at all.

        Raises:
            ValueError: a subject is too long to be an id.
        """
        if any(len(value) > _LONGEST for value in subjects.values()):
            msg = f"subjects of the audit log are ids of at most {_LONGEST} characters"
            raise ValueError(msg)
        with self._records.transaction():
            head = self._end("head")
            number, at = head.number + 1, _iso(self._clock())
            told = json.dumps(subjects, ensure_ascii=False, sort_keys=True)
            content = [number, at, actor or NOBODY, str(event), told, head.hash]
            made = _hash(content)
            self._records.write("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)", (*content, made))
            self._set_end("head", number, made)

    def entries(self) -> Iterator[Entry]:
        """Yield the entries as they stand, the oldest first; see :meth:`verify` for whether they can be believed."""
        for row in self._rows():
            yield Entry(row[0], row[1], row[2], row[3], json.loads(row[4]), row[5], row[6])

    def last_of(self, event: Event) -> dict[str, str] | None:
        """Return the subjects of the last entry of *event*, None where there is none."""
        row = self._records.row(
            "SELECT subjects FROM audit WHERE event = ? ORDER BY number DESC LIMIT 1", (str(event),)
        )
        return json.loads(row["subjects"]) if row is not None else None

    def verify(self, *, known: str = "") -> Chain:
        """
        Follow the whole chain and return its ends; *known* is a ``Chain.head`` that was noted earlier and must still be part of it.

        Raises:
            InputError: the first entry that is not as written, missing or put in.
        """
        with self._records.snapshot():
            chain = self._follow()
            if known:
                self._check_known(known, chain)
            return chain

    def cut(self, before: float) -> int:
        """
        Remove the entries older than *before* (seconds since 1970), and return how many; what is left still verifies.

        Raises:
            InputError: the chain is broken; nothing is removed, because what is broken is evidence.
        """
        with self._records.transaction():
            row = self._records.row("SELECT MIN(number) AS number FROM audit WHERE at >= ?", (_iso(before),))
            head, anchor = self._end("head"), self._end("anchor")
            last = head.number if row is None or row["number"] is None else row["number"] - 1
            if last <= anchor.number:
                return 0
            self._follow()
            kept = self._records.rows("SELECT hash FROM audit WHERE number = ?", (last,))
            self._set_end("anchor", last, kept[0]["hash"])
            self._records.write("DELETE FROM audit WHERE number <= ?", (last,))
            self.note(Event.LOG_CUT, actor=SERVER, first=str(anchor.number + 1), last=str(last))
            return last - anchor.number

    def _follow(self) -> Chain:
        anchor, head = self._end("anchor"), self._end("head")
        last = anchor
        for row in self._rows():
            number, at, event = row["number"], row["at"], row["event"]
            where = f"mục {number} ({at}, {event})"
            if number != last.number + 1:
                raise _broken(f"mục {last.number + 1} không còn: sau mục {last.number} là {where}")
            if _hash(list(row)[:-1]) != row["hash"]:
                raise _broken(f"{where} đã bị sửa: nội dung không khớp mã băm của chính mục này")
            if row["before"] != last.hash:
                raise _broken(f"{where} không nối tiếp mục {last.number}: một trong hai mục đã bị thay")
            last = _End(number, row["hash"])
        if last != head:
            raise _broken(f"mục {last.number + 1} không còn: nhật ký đã ghi đến mục {head.number}")
        return Chain(anchor.number + 1, last.number, last.hash)

    def _check_known(self, known: str, chain: Chain) -> None:
        number, _, made = known.partition(":")
        if not number.isascii() or not number.isdigit() or len(made) != len(_NO_HASH):
            msg = (
                f"--head {known}: không phải dấu cuối của nhật ký.\n  Chép nguyên dòng “Dấu cuối” mà verify-log đã in."
            )
            raise InputError(msg)
        at = int(number)
        if at < chain.first - 1:
            msg = f"--head {number}: mục này đã hết hạn lưu; nhật ký nay bắt đầu từ mục {chain.first}.\n  Dùng một dấu cuối mới hơn."
            raise InputError(msg)
        row = self._records.row("SELECT hash FROM audit WHERE number = ?", (at,))
        held = row["hash"] if row is not None else self._end("anchor").hash if at == chain.first - 1 else ""
        if held != made:
            raise _broken(f"mục {at} không phải mục đã ghi khi lấy dấu: nhật ký đã bị làm lại hoặc cắt bớt")

    def _rows(self) -> Iterator[Any]:
        last = _BEFORE_ALL
        while rows := self._records.rows(
            "SELECT number, at, actor, event, subjects, before, hash FROM audit WHERE number > ? ORDER BY number LIMIT ?",
            (last, _BLOCK),
        ):
            yield from rows
            last = rows[-1]["number"]

    def _end(self, name: str) -> _End:
        row = self._records.row("SELECT number, hash FROM audit_ends WHERE name = ?", (name,))
        if row is not None:
            return _End(row["number"], row["hash"])
        return self._end("anchor") if name == "head" else _End(0, _NO_HASH)

    def _set_end(self, name: str, number: int, made: str) -> None:
        self._records.write("INSERT OR REPLACE INTO audit_ends VALUES (?, ?, ?)", (name, number, made))


def has_log(records: Records) -> bool:
    """Tell whether there is an audit log in *records*; nothing is made."""
    return records.row("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'audit'") is not None


def short_id(document: str) -> str:
    """Return of the id of an upload the part that chance made: the rest comes from the name of a file, which is nobody else's business."""
    return document.rpartition("-")[2]


def _broken(fact: str) -> InputError:
    return InputError(
        f"nhật ký kiểm toán: {fact}.\n"
        "  Giữ nguyên thư mục dữ liệu làm chứng cứ, rồi so với bản sao lưu gần nhất:\n"
        "  python -m assistant restore TỆP --data THƯ_MỤC_MỚI --index CHỈ_MỤC_MỚI"
    )


def _hash(content: list[Any]) -> str:
    # repr: what somebody wrote into a column by hand need not be text
    written = json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=repr)
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
