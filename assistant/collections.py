"""Everybody's own documents: files that are received, read (:mod:`assistant.reading`), and asked like the shared corpus."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.audit_log import SERVER, AuditLog, Event, short_id
from assistant.reading import Folders, ReadingQueue, Step
from assistant.uploads import (
    HEAD,
    Proposal,
    Refusal,
    Upload,
    UploadRefusedError,
    Uploads,
    UploadState,
    check_kind,
    clean_name,
    new_id,
)
from assistant.visitors import Role
from indexer.errors import IndexMissingError, StoreError
from indexer.generation import current_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO

    from assistant.indexing import IndexerChild
    from assistant.records import Records
    from assistant.service import Assistant
    from assistant.visitors import Visitor
    from indexer.location import Location

_log = logging.getLogger(__name__)
MOST_BYTES = 50 * 1024 * 1024  # of one file; more is not read
MOST_FILES = 100  # of one collection
MOST_BYTES_TOGETHER = 1024 * 1024 * 1024  # of one collection
_OPEN = 8  # assistants over own documents that stay open
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """How many files a collection takes, how many bytes together, and how many files of one sender (a visitor's name), if that is limited."""

    files: int
    bytes: int
    of_one: int | None = None


def _open_assistant(index: Path) -> Assistant:
    from assistant.service import Assistant  # noqa: PLC0415 - heavy; models that are loaded already are shared

    return Assistant.open(index)


class Collections:
    """The own documents of all people of one server; threads may share it."""

    def __init__(
        self,
        data: Path,
        records: Records,
        *,
        shared: Location | None = None,
        open_assistant: Callable[[Path], Assistant] = _open_assistant,
        child: IndexerChild | None = None,
        deleted: Callable[[str], None] = lambda _: None,
    ) -> None:
        """
        Keep files below folder *data*, which is made with the first of them; *shared* is where the index lies that all people ask.

        *deleted* hears the SHA-256 of a file that its owner deleted, once nothing of it is in the index any more.

        What a server before has left unread is read on.
        """
        self._shared, self._open_assistant, self._deleted = shared, open_assistant, deleted
        self.uploads, self.folders = Uploads(records), Folders(data)
        self._records, self._audit = records, AuditLog(records)
        self._opened: OrderedDict[str, tuple[str, Assistant]] = OrderedDict()
        self._leaving: dict[str, list[str]] = {}  # hashes of files whose words are still in the index, by owner
        self._asking = threading.RLock()  # of the assistants that are open
        self._counting = threading.Lock()  # of how many files there are
        self._queue = ReadingQueue(
            self.uploads,
            self.folders,
            shared=shared,
            changed=self._close_assistant,
            child=child,
            put=lambda upload: self._audit.note(Event.SHARED, actor=SERVER, document=upload.id),
        )

    def close(self) -> None:
        """End the reading; what is unread is read by the next server."""
        self._queue.close()

    def wait(self, seconds: float) -> bool:
        """Wait until all is read, at most *seconds*; return whether it is."""
        return self._queue.wait(seconds)

    # what a person does

    def receive(self, visitor: Visitor, name: str, source: BinaryIO, *, limits: Limits | None = None) -> Upload:
        """
        Store the file *source*, which *visitor* calls *name*, and have it read; *limits* are those of the collection where it is no person's.

        Raises:
            UploadRefusedError: the visitor is nobody in particular, the collection is full, or the file is too large, of a kind that
                is not read, or not of the kind that its name says.
            OSError: it cannot be stored.
        """
        self.check_room(visitor, limits=limits)
        name = clean_name(name)
        head = source.read(HEAD)
        suffix = check_kind(name, head)
        source.seek(0)
        document = new_id(name)
        with self._queue.arriving(visitor.id):
            folder = self.folders.of(visitor.id) / "files"
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path = folder / f"{document}{suffix}"
            try:
                size = _copy(source, path, name)
                with self._counting:
                    self.check_room(visitor, size, limits=limits)
                    with self._records.transaction():
                        upload = self.uploads.add(visitor, name, document=document, suffix=suffix, size=size)
                        self._audit.note(Event.UPLOADED, actor=visitor.id, upload=short_id(document))
            except BaseException:
                path.unlink(missing_ok=True)
                raise
        self._queue.work()
        return upload

    def check_room(self, visitor: Visitor, size: int = 0, *, limits: Limits | None = None) -> None:
        """
        Make sure that *visitor* may upload one more file, of *size* bytes; see :meth:`receive`.

        Raises:
            UploadRefusedError: the visitor is nobody in particular, or the collection is full.
        """
        if not visitor.is_known:
            raise UploadRefusedError(Refusal.ANONYMOUS)
        limits = limits or Limits(MOST_FILES, MOST_BYTES_TOGETHER)
        held = self.uploads.of(visitor.id)
        if len(held) >= limits.files:
            raise UploadRefusedError(Refusal.MANY, most=limits.files)
        if limits.of_one is not None and sum(one.owner_name == visitor.name for one in held) >= limits.of_one:
            raise UploadRefusedError(Refusal.ENOUGH, most=limits.of_one)
        if sum(one.bytes for one in held) + size > limits.bytes:
            raise UploadRefusedError(Refusal.FULL, most=limits.bytes >> 20)

    def files(self, visitor: Visitor) -> list[Upload]:
        """Return the files of *visitor*, the latest first; none of nobody in particular."""
        return self.uploads.of(visitor.id) if visitor.is_known else []

    def step(self, document: str) -> Step:
        """Return how far the reading of a file is."""
        return self._queue.step(document)

    def delete(self, visitor: Visitor, document: str) -> None:
        """
        Delete a file of *visitor*: the file itself at once, what was read of it as soon as its turn comes.

        Raises:
            UploadRefusedError: the visitor has no such file.
        """
        self._remove([self.uploads.one(visitor.id, document)])

    def delete_all(self, visitor: Visitor) -> None:
        """Delete all files of *visitor*, and all that was read of them."""
        self._remove(self.files(visitor))

    def _remove(self, uploads: list[Upload]) -> None:
        for upload in uploads:
            with self._records.transaction():
                self.uploads.set_state(upload.id, UploadState.REMOVING, before=tuple(UploadState))
                self._audit.note(Event.REMOVED, actor=upload.owner, upload=short_id(upload.id))
            self._queue.stop_reading(upload.id)
            path = self.folders.file(upload)
            with suppress(FileNotFoundError):
                with path.open("rb") as file:
                    sha256 = hashlib.file_digest(file, "sha256").hexdigest()
                path.unlink()
                with self._asking:
                    self._leaving.setdefault(upload.owner, []).append(sha256)
            self._close_assistant(upload.owner)
        self._queue.work()

    def propose(self, visitor: Visitor, document: str) -> None:
        """
        Ask an administrator to put a file of *visitor* into the shared corpus.

        Raises:
            UploadRefusedError: the visitor has no such file, or it was not read, or is proposed already.
        """
        before = (Proposal.NONE, Proposal.REFUSED)
        if not self.uploads.set_proposal(document, Proposal.PROPOSED, before=before, owner=visitor.id):
            raise UploadRefusedError(Refusal.UNKNOWN)

    def withdraw(self, visitor: Visitor, document: str) -> None:
        """
        Take a proposal back as long as nobody has decided on it.

        Raises:
            UploadRefusedError: the visitor has no such proposal.
        """
        before = (Proposal.PROPOSED,)
        if not self.uploads.set_proposal(document, Proposal.NONE, before=before, owner=visitor.id):
            raise UploadRefusedError(Refusal.UNKNOWN)

    # what an administrator does

    def proposals(self, visitor: Visitor) -> list[Upload]:
        """Return the files that wait for an administrator's word; none where *visitor* is no administrator."""
        return self.uploads.proposed() if visitor.may(Role.ADMINISTRATOR) else []

    def decide(self, visitor: Visitor, document: str, *, approve: bool, remark: str = "") -> None:
        """
        Put a proposed file into the shared corpus, as soon as its turn comes, or say why not in *remark*.

        Raises:
            UploadRefusedError: *visitor* is no administrator, there is no such proposal, a refusal has no reason, or this server has no
                shared index to add to.
        """
        if not visitor.may(Role.ADMINISTRATOR):
            raise UploadRefusedError(Refusal.ADMINISTRATOR)
        if approve and self._shared is None:
            raise UploadRefusedError(Refusal.NO_SHARED)
        if not approve and not remark.strip():
            raise UploadRefusedError(Refusal.REMARK)
        proposal = Proposal.APPROVING if approve else Proposal.REFUSED
        proposed, remark = (Proposal.PROPOSED,), remark.strip()[:500]
        with self._records.transaction():
            if not self.uploads.set_proposal(document, proposal, before=proposed, remark=remark):
                raise UploadRefusedError(Refusal.UNKNOWN)
            if approve:
                self._audit.note(Event.APPROVED, actor=visitor.id, document=document)
            else:
                self._audit.note(Event.REFUSED, actor=visitor.id, upload=short_id(document))
        self._queue.work()

    def proposed_assistant(self, visitor: Visitor, document: str) -> Assistant | None:
        """
        Return the assistant over the documents among which a proposed one is; only that one is for *visitor*'s eyes.

        Raises:
            UploadRefusedError: *visitor* is no administrator, or there is no such proposal.
        """
        if not visitor.may(Role.ADMINISTRATOR):
            raise UploadRefusedError(Refusal.ADMINISTRATOR)
        return self._assistant_of(self.uploads.with_proposal(document, Proposal.PROPOSED).owner)

    # asking

    def assistant(self, visitor: Visitor) -> Assistant | None:
        """
        Return an assistant over the current generation of the own documents of *visitor*; None where nothing was read yet.

        It never has a language model: what people upload does not leave this machine. An index of another version of the program is
        made anew from the files; until then there is None.
        """
        return self._assistant_of(visitor.id) if visitor.is_known else None

    def _assistant_of(self, owner: str) -> Assistant | None:
        index = self.folders.index(owner)
        with self._asking:
            try:
                name = current_name(index)
                if name is None:
                    return None
                held = self._opened.get(owner)
                if held is None or held[0] != name:
                    held = (name, self._open_assistant(index))
            except IndexMissingError:  # it was removed just now
                return None
            except StoreError:
                _log.exception("the index of somebody's own documents is made anew")
                self._queue.read_again(owner)
                return None
            self._opened[owner] = held
            self._opened.move_to_end(owner)
            while len(self._opened) > _OPEN:
                self._opened.popitem(last=False)
            return held[1]

    def _close_assistant(self, owner: str) -> None:
        with self._asking:
            self._opened.pop(owner, None)
            gone = () if self._is_leaving(owner) else self._leaving.pop(owner, ())
        for sha256 in gone:
            self._deleted(sha256)

    def _is_leaving(self, owner: str) -> bool:
        return any(upload.state is UploadState.REMOVING for upload in self.uploads.of(owner))


def _copy(source: BinaryIO, path: Path, name: str) -> int:
    """Write *source* into a new file at *path*, for its owner's eyes alone; return how many bytes, or raise for what is too large."""
    size = 0
    with path.open("xb") as target:
        path.chmod(0o600)
        while block := source.read(_BLOCK):
            size += len(block)
            if size > MOST_BYTES:
                raise UploadRefusedError(Refusal.LARGE, name=name, most=MOST_BYTES >> 20)
            target.write(block)
    return size
