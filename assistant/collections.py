"""
Everybody's own documents: files that are received, read one after the other in a child process, and asked like the shared corpus.

    DATA/collections/<hash of who owns it>/files/<id>.<suffix>     as they were uploaded
    DATA/collections/<hash of who owns it>/index/                  an index like any other
    DATA/approved/<id>.<suffix>                                    what an administrator has put into the shared index

One thread does all reading, removing and approving, in the order of the rows (:mod:`assistant.uploads`), which outlive the server.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.indexing import Ended, IndexerChild
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
    reason_of,
)
from assistant.visitors import Role
from indexer.errors import IndexMissingError, StoreError
from indexer.generation import current_name, read_generation

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO

    from assistant.records import Records
    from assistant.service import Assistant
    from assistant.visitors import Visitor

_log = logging.getLogger(__name__)
MOST_BYTES = 50 * 1024 * 1024  # of one file; more is not read
MOST_FILES = 100  # of one collection
MOST_BYTES_TOGETHER = 1024 * 1024 * 1024  # of one collection
_OPEN = 8  # assistants over own documents that stay open
_BLOCK = 1 << 20
_TRIES = 5  # while another program writes the index
_WAIT = 3.0  # seconds between them


@dataclass(frozen=True, slots=True)
class Step:
    """How far the reading of a file is: pages done of how many; 0 of 0 where that is not known yet."""

    done: int = 0
    total: int = 0


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
        shared: Path | None = None,
        open_assistant: Callable[[Path], Assistant] = _open_assistant,
        child: IndexerChild | None = None,
    ) -> None:
        """
        Keep files below folder *data*, which is made with the first of them; *shared* is the folder of the index that all people ask.

        What a server before has left unread is read on.
        """
        self._data, self._shared, self._open_assistant = data, shared, open_assistant
        self.uploads = Uploads(records)
        self._child = child or IndexerChild()
        self._opened: OrderedDict[str, tuple[str, Assistant]] = OrderedDict()
        self._asking = threading.RLock()  # of the assistants that are open
        self._lock = threading.RLock()  # of the thread that reads, and of how many files there are
        self._worker: threading.Thread | None = None
        self._closed = False
        self._now: tuple[str, Step] | None = None  # which file is being read
        self.uploads.requeue(state=UploadState.READING)
        if self.uploads.next() is not None:
            self._work()

    def folder(self, owner: str) -> Path:
        """Return where the files and the index of *owner* lie; nothing of the id can be read from it."""
        return self._data / "collections" / hashlib.sha256(owner.encode()).hexdigest()[:32]

    # what a person does

    def receive(self, visitor: Visitor, name: str, source: BinaryIO) -> Upload:
        """
        Store the file *source*, which *visitor* calls *name*, and have it read.

        Raises:
            UploadRefusedError: the visitor is nobody in particular, the collection is full, or the file is too large, of a kind that
                is not read, or not of the kind that its name says.
            OSError: it cannot be stored.
        """
        self.check_room(visitor)
        name = clean_name(name)
        head = source.read(HEAD)
        suffix = check_kind(name, head)
        source.seek(0)
        document = new_id(name)
        folder = self.folder(visitor.id) / "files"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / f"{document}{suffix}"
        try:
            size = _copy(source, path, name)
            with self._lock:
                self.check_room(visitor, size)
                upload = self.uploads.add(visitor, name, document=document, suffix=suffix, size=size)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        self._work()
        return upload

    def check_room(self, visitor: Visitor, size: int = 0) -> None:
        """
        Make sure that *visitor* may upload one more file, of *size* bytes.

        Raises:
            UploadRefusedError: the visitor is nobody in particular, or the collection is full.
        """
        if not visitor.is_known:
            raise UploadRefusedError(Refusal.ANONYMOUS)
        held = self.uploads.of(visitor.id)
        if len(held) >= MOST_FILES:
            raise UploadRefusedError(Refusal.MANY, most=MOST_FILES)
        if sum(one.bytes for one in held) + size > MOST_BYTES_TOGETHER:
            raise UploadRefusedError(Refusal.FULL, most=MOST_BYTES_TOGETHER >> 20)

    def files(self, visitor: Visitor) -> list[Upload]:
        """Return the files of *visitor*, the latest first; none of nobody in particular."""
        return self.uploads.of(visitor.id) if visitor.is_known else []

    def step(self, document: str) -> Step:
        """Return how far the reading of a file is."""
        now = self._now
        return now[1] if now is not None and now[0] == document else Step()

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
            now = self._now
            self.uploads.set_state(upload.id, UploadState.REMOVING, before=tuple(UploadState))
            if now is not None and now[0] == upload.id:
                self._child.stop()
            (self.folder(upload.owner) / "files" / upload.file).unlink(missing_ok=True)
            self._close_assistant(upload.owner)
        self._work()

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
        if not self.uploads.set_proposal(document, proposal, before=(Proposal.PROPOSED,), remark=remark.strip()[:500]):
            raise UploadRefusedError(Refusal.UNKNOWN)
        self._work()

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
        index = self.folder(owner) / "index"
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
                self._read_again(owner)
                return None
            self._opened[owner] = held
            self._opened.move_to_end(owner)
            while len(self._opened) > _OPEN:
                self._opened.popitem(last=False)
            return held[1]

    def _close_assistant(self, owner: str) -> None:
        with self._asking:
            self._opened.pop(owner, None)

    def _read_again(self, owner: str) -> None:
        self._close_assistant(owner)
        shutil.rmtree(self.folder(owner) / "index", ignore_errors=True)
        self.uploads.requeue(state=UploadState.READ, owner=owner)
        self._work()

    # the one thread that reads

    def close(self) -> None:
        """End the reading; what is unread is read by the next server."""
        self._closed = True
        self._child.stop()

    def wait(self, seconds: float) -> bool:
        """Wait until all is read, at most *seconds*; return whether it is."""
        worker = self._worker
        if worker is not None:
            worker.join(seconds)
        return worker is None or not worker.is_alive()

    def _work(self) -> None:
        with self._lock:
            if not self._closed and self._worker is None:
                self._worker = threading.Thread(target=self._read_all, daemon=True, name="reading")
                self._worker.start()

    def _read_all(self) -> None:
        try:
            while (upload := self._next()) is not None:
                try:
                    self._deal_with(upload)
                except Exception:  # noqa: BLE001 - the boundary: one file never takes the rest down
                    _log.exception("an uploaded file could not be dealt with")
                    self._give_up(upload)
        except Exception:  # noqa: BLE001 - the records themselves: the next upload begins anew
            _log.exception("uploaded files cannot be read on")
            with self._lock:
                self._worker = None

    def _next(self) -> Upload | None:
        """Return what has to be dealt with next; None ends the thread, and whoever adds a row from then on starts another."""
        with self._lock:
            upload = None if self._closed else self.uploads.next()
            if upload is None:
                self._worker = None
            return upload

    def _deal_with(self, upload: Upload) -> None:
        if upload.state is UploadState.REMOVING:
            self._take_out(upload.owner)
        elif upload.proposal is Proposal.APPROVING:
            self._approve(upload)
        else:
            self._read(upload)

    def _give_up(self, upload: Upload) -> None:
        if upload.state is UploadState.REMOVING:
            self.uploads.forget([upload.id])
        elif upload.proposal is Proposal.APPROVING:
            self.uploads.set_proposal(upload.id, Proposal.PROPOSED, before=(Proposal.APPROVING,), remark="fault")
        else:
            self.uploads.set_state(
                upload.id, UploadState.FAILED, before=(UploadState.QUEUED, UploadState.READING), message="fault"
            )

    def _read(self, upload: Upload) -> None:
        if not self.uploads.set_state(upload.id, UploadState.READING, before=(UploadState.QUEUED,)):
            return
        folder = self.folder(upload.owner)
        self._check_index(upload.owner)
        self._now = (upload.id, Step())

        def step(what: str, done: int, total: int) -> None:
            if what == upload.file:
                self._now = (upload.id, Step(done, total))

        try:
            ended = self._run(["add", str(folder / "files" / upload.file), "--steps"], folder / "index", step)
        finally:
            self._now = None
        if self._closed:  # the next server reads it
            return
        state, message = (UploadState.READ, "") if ended.well else (UploadState.FAILED, reason_of(ended.complaint))
        self.uploads.set_state(upload.id, state, before=(UploadState.READING,), message=message)
        if not ended.well:
            _log.warning("uploaded file %s could not be read: %s", upload.id, ended.complaint.strip()[-2000:])

    def _check_index(self, owner: str) -> None:
        """Have all read again where the index of *owner* is damaged, or that of another version."""
        try:
            read_generation(self.folder(owner) / "index")
        except IndexMissingError:
            return
        except StoreError:
            self._read_again(owner)

    def _run(self, arguments: list[str], index: Path, step: Callable[[str, int, int], None] | None = None) -> Ended:
        """Run a command of the indexer on *index*, once more where another program writes that."""
        for _ in range(_TRIES):
            ended = self._child.run([*arguments, "--index", str(index)], step=step)
            if ended.well or ended.stopped or reason_of(ended.complaint) != "busy":
                break
            time.sleep(_WAIT)
        return ended

    def _take_out(self, owner: str) -> None:
        """Take the files of *owner* that are to be removed out of the index, and what generations before remember of them."""
        folder, held = self.folder(owner), self.uploads.of(owner)
        gone = [one.id for one in held if one.state is UploadState.REMOVING]
        index = folder / "index"
        if len(gone) == len(held):
            shutil.rmtree(folder, ignore_errors=True)
        else:
            indexed = set(read_generation(index).manifest.sources) if current_name(index) else set()
            if indexed and indexed <= set(gone):
                shutil.rmtree(index, ignore_errors=True)
            elif inside := sorted(indexed & set(gone)):
                ended = self._run(["remove", *inside], index)
                if self._closed:
                    return
                if not ended.well:
                    _log.warning("files of a collection could not be taken out: %s", ended.complaint.strip()[-2000:])
                    self._read_again(owner)
            _forget_generations(index)
        self._close_assistant(owner)
        self.uploads.forget(gone)

    def _approve(self, upload: Upload) -> None:
        if self._shared is None:
            self._give_up(upload)
            return
        folder = self._data / "approved"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept = folder / upload.file  # it stays when its owner deletes the own one
        shutil.copyfile(self.folder(upload.owner) / "files" / upload.file, kept)
        ended = self._run(["add", str(kept), "--steps"], self._shared)
        if self._closed:
            return
        proposal, remark = (Proposal.APPROVED, "") if ended.well else (Proposal.PROPOSED, reason_of(ended.complaint))
        self.uploads.set_proposal(upload.id, proposal, before=(Proposal.APPROVING,), remark=remark)
        if not ended.well:
            kept.unlink(missing_ok=True)
            _log.warning("%s could not be put into the shared index: %s", upload.id, ended.complaint.strip()[-2000:])


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


def _forget_generations(index: Path) -> None:
    """Remove all generations of *index* but the current one, and what only they name: deleted words do not stay on the disk."""
    name = current_name(index)
    if name is None:
        return
    for old in index.glob("gen-*"):
        if old.name != name:
            shutil.rmtree(old, ignore_errors=True)
    manifest = (index / name / "manifest.json").read_text(encoding="utf-8")
    for original in index.glob("originals/*"):  # each under its hash
        if original.name not in manifest:
            original.unlink(missing_ok=True)
