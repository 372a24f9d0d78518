"""
What people upload: one row a file, whose it is, how far its reading is, and whether it is proposed for the shared corpus.

    a file name and its first bytes -> checked -> Upload (queued -> reading -> read | failed, removing)
"""

from __future__ import annotations

import re
import secrets
import tomllib
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from indexer.errors import InputError
from indexer.formats.extract import kind_of
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.records import Records
    from assistant.visitors import Visitor

HEAD = 4096  # bytes by which the kind of a file is told
SUFFIXES: dict[str, frozenset[str]] = {
    # what may stand in a file of this name; Word writes web pages and RTF under ".doc", too
    ".pdf": frozenset({"pdf"}),
    ".docx": frozenset({"zip", "ole"}),  # an OLE file is one with a password, of which the reader says so
    ".doc": frozenset({"ole", "zip", "rtf", "xml", "html", "web_archive"}),
    ".rtf": frozenset({"rtf"}),
    ".odt": frozenset({"zip"}),
    ".txt": frozenset({"text"}),
    ".html": frozenset({"html", "web_archive", "text"}),
    ".htm": frozenset({"html", "web_archive", "text"}),
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".tif", ".tiff"), frozenset({"image"})),
}
_NAME_LENGTH = 160
_STEM_LENGTH = 60
_SCHEMA = """
CREATE TABLE IF NOT EXISTS uploads (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    owner_name TEXT NOT NULL,
    name TEXT NOT NULL,
    suffix TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    state TEXT NOT NULL,
    message TEXT NOT NULL DEFAULT '',
    proposal TEXT NOT NULL DEFAULT '',
    remark TEXT NOT NULL DEFAULT '',
    made_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS uploads_of_owners ON uploads (owner);
"""


class UploadState(StrEnum):
    """How far a file is."""

    QUEUED = "queued"
    READING = "reading"
    READ = "read"
    FAILED = "failed"
    REMOVING = "removing"


class Proposal(StrEnum):
    """Whether a file is to be put into the shared corpus."""

    NONE = ""
    PROPOSED = "proposed"
    APPROVING = "approving"
    APPROVED = "approved"
    REFUSED = "refused"


class Refusal(StrEnum):
    """Why a file is not taken, or something cannot be done with it; the values are keys of sentences."""

    ANONYMOUS = "anonymous"
    MANY = "many"
    ENOUGH = "enough"  # of one sender
    FULL = "full"
    LARGE = "large"
    SUFFIX = "suffix"
    NOTHING = "nothing"
    BYTES = "bytes"
    UNKNOWN = "unknown"
    ADMINISTRATOR = "administrator"
    NO_SHARED = "no_shared"
    REMARK = "remark"


class UploadRefusedError(InputError):
    """A file is not taken, or something cannot be done with it; ``fields`` belong into the sentence that says why."""

    def __init__(self, reason: Refusal, **fields: object) -> None:
        super().__init__(reason)
        self.reason, self.fields = reason, fields


@dataclass(frozen=True, slots=True)
class Upload:
    """
    One file of one person. ``id`` is its document's id and the stem under which it is stored, ``name`` what the person calls it.

    ``message`` is the key of the reason why it could not be read, ``remark`` what the administrator says of the proposal.
    """

    id: str
    owner: str
    owner_name: str
    name: str
    suffix: str
    bytes: int
    state: UploadState
    message: str
    proposal: Proposal
    remark: str
    made_at: str

    @property
    def file(self) -> str:
        """The name under which it is stored."""
        return f"{self.id}{self.suffix}"


def clean_name(name: str) -> str:
    r"""
    Return a file name as it may be shown: its last part alone, no control and no direction characters, not longer than a line.

    ``clean_name("..\Kế hoạch.docx") == "Kế hoạch.docx"``
    """
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = "".join(letter for letter in unicodedata.normalize("NFC", last) if unicodedata.category(letter)[0] != "C")
    stem, suffix = PurePosixPath(plain).stem.strip(" ."), PurePosixPath(plain).suffix
    return f"{stem[:_NAME_LENGTH] or 'van-ban'}{suffix[:10]}"


def new_id(name: str) -> str:
    """Return an id that is safe as a file name, begins like *name* and ends in chance: "ke-hoach-chuyen-doi-so-9f31c2aa"."""
    words = re.findall(r"[a-z0-9]+", fold(PurePosixPath(name).stem))
    return f"{'-'.join(words)[:_STEM_LENGTH].strip('-') or 'van-ban'}-{secrets.token_hex(4)}"


def check_kind(name: str, head: bytes) -> str:
    """
    Return the suffix of *name* in small letters where a file that begins with *head* is what it says.

    Raises:
        UploadRefusedError: the suffix is none of those that are read, or the bytes are those of another kind of file, or there are none.
    """
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise UploadRefusedError(Refusal.SUFFIX, name=name, known="PDF, DOCX, DOC, RTF, ODT, TXT, HTML, PNG, JPG, TIF")
    if not head:
        raise UploadRefusedError(Refusal.NOTHING, name=name)
    if kind_of(head[:HEAD]) not in SUFFIXES[suffix]:
        raise UploadRefusedError(Refusal.BYTES, name=name, suffix=suffix)
    return suffix


@cache
def _reasons() -> tuple[tuple[re.Pattern[str], str], ...]:
    data = tomllib.loads(Path(__file__).with_name("reasons.toml").read_text(encoding="utf-8"))
    return tuple((re.compile(one["pattern"]), one["key"]) for one in data["reason"])


def reason_of(complaint: str) -> str:
    """Return the key of the sentence that says why a file could not be read; "fault" where the reader's *complaint* is not known."""
    return next((key for pattern, key in _reasons() if pattern.search(complaint)), "fault")


def _upload(row: Any) -> Upload:
    values = {name: row[name] for name in Upload.__slots__}
    return Upload(**{**values, "state": UploadState(row["state"]), "proposal": Proposal(row["proposal"])})


class Uploads:
    """The rows. Whatever is asked by an owner is asked with the owner in the query itself."""

    def __init__(self, records: Records) -> None:
        records.prepare(_SCHEMA)
        self._records = records

    def add(self, visitor: Visitor, name: str, *, document: str, suffix: str, size: int) -> Upload:
        """Take note of a file that waits for being read."""
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        upload = Upload(
            document,
            visitor.id,
            visitor.name,
            name,
            suffix,
            size,
            UploadState.QUEUED,
            "",
            Proposal.NONE,
            "",
            made_at,
        )
        values = [getattr(upload, field) for field in Upload.__slots__]
        marks = ", ".join("?" * len(values))
        self._records.write(f"INSERT INTO uploads ({', '.join(Upload.__slots__)}) VALUES ({marks})", values)  # noqa: S608 - our own names
        return upload

    def of(self, owner: str) -> list[Upload]:
        """Return the files of *owner*, the latest first."""
        return [
            _upload(row)
            for row in self._records.rows("SELECT * FROM uploads WHERE owner = ? ORDER BY rowid DESC", (owner,))
        ]

    def owners(self) -> list[str]:
        """Return everybody who has files that are not being removed."""
        found = self._records.rows("SELECT DISTINCT owner FROM uploads WHERE state != ?", (UploadState.REMOVING,))
        return [row["owner"] for row in found]

    def one(self, owner: str, document: str) -> Upload:
        """
        Return a file of *owner*.

        Raises:
            UploadRefusedError: *owner* has no such file.
        """
        row = self._records.row("SELECT * FROM uploads WHERE owner = ? AND id = ?", (owner, document))
        if row is None:
            raise UploadRefusedError(Refusal.UNKNOWN)
        return _upload(row)

    def proposed(self) -> list[Upload]:
        """Return the files that wait for an administrator's word, or are being put into the shared corpus, the oldest first."""
        states = (Proposal.PROPOSED, Proposal.APPROVING)
        return [
            _upload(row)
            for row in self._records.rows("SELECT * FROM uploads WHERE proposal IN (?, ?) ORDER BY rowid", states)
        ]

    def with_proposal(self, document: str, proposal: Proposal) -> Upload:
        """
        Return the file with this id whose proposal stands so, whoever owns it.

        Raises:
            UploadRefusedError: there is none.
        """
        row = self._records.row("SELECT * FROM uploads WHERE id = ? AND proposal = ?", (document, proposal))
        if row is None:
            raise UploadRefusedError(Refusal.UNKNOWN)
        return _upload(row)

    def next(self) -> Upload | None:
        """Return the file that has to be dealt with next: one to be removed, then one to be read or approved; None where all is done."""
        row = self._records.row(
            "SELECT * FROM uploads WHERE state IN (?, ?) OR (state = ? AND proposal = ?) ORDER BY state != ?, rowid LIMIT 1",
            (UploadState.REMOVING, UploadState.QUEUED, UploadState.READ, Proposal.APPROVING, UploadState.REMOVING),
        )
        return _upload(row) if row is not None else None

    def set_state(self, document: str, state: UploadState, *, before: Sequence[UploadState], message: str = "") -> bool:
        """Set the state of a file that is in one of the states *before*; return whether it was."""
        marks = ", ".join("?" * len(before))
        statement = f"UPDATE uploads SET state = ?, message = ? WHERE id = ? AND state IN ({marks})"  # noqa: S608 - marks alone
        return self._records.write(statement, (state, message, document, *before)) > 0

    def set_proposal(
        self,
        document: str,
        proposal: Proposal,
        *,
        before: Sequence[Proposal],
        owner: str | None = None,
        remark: str = "",
    ) -> bool:
        """Set the proposal of a file that was read, whose proposal is one of *before* and, where given, whose owner is *owner*."""
        marks = ", ".join("?" * len(before))
        whose = "id = ? AND state = ? AND (? IS NULL OR owner = ?)"
        statement = f"UPDATE uploads SET proposal = ?, remark = ? WHERE {whose} AND proposal IN ({marks})"  # noqa: S608 - marks alone
        values = (proposal, remark, document, UploadState.READ, owner, owner, *before)
        return self._records.write(statement, values) > 0

    def requeue(self, *, state: UploadState, owner: str | None = None) -> None:
        """Have files in *state* read again, those of *owner* alone where one is given."""
        self._records.write(
            "UPDATE uploads SET state = ? WHERE state = ? AND (? IS NULL OR owner = ?)",
            (UploadState.QUEUED, state, owner, owner),
        )

    def forget(self, documents: Sequence[str]) -> None:
        """Remove the rows of files that are gone."""
        with self._records.transaction():
            for document in documents:
                self._records.write("DELETE FROM uploads WHERE id = ?", (document,))
