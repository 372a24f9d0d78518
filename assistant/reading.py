"""
The one thread that reads, removes and approves uploaded files, in the order of their rows, which outlive the server.

    DATA/collections/<hash of who owns it>/files/<id>.<suffix>     as they were uploaded
    DATA/collections/<hash of who owns it>/index/                  an index like any other
    DATA/approved/<id>.<suffix>                                    what an administrator has put into the shared index
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.indexing import IndexerChild
from assistant.uploads import Proposal, Upload, Uploads, UploadState, reason_of
from indexer.errors import IndexMissingError, StoreError
from indexer.generation import current_name, read_generation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from assistant.indexing import Ended
    from indexer.location import Location

_log = logging.getLogger(__name__)
_TRIES = 5  # while another program writes the index
_WAIT = 3.0  # seconds between them


@dataclass(frozen=True, slots=True)
class Step:
    """How far the reading of a file is: pages done of how many; 0 of 0 where that is not known yet."""

    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Folders:
    """Where uploaded files and what was read of them lie, below the folder of data."""

    data: Path

    def of(self, owner: str) -> Path:
        """Return the folder of *owner*; nothing of the id can be read from it."""
        return self.data / "collections" / hashlib.sha256(owner.encode()).hexdigest()[:32]

    def index(self, owner: str) -> Path:
        """Return the folder of the index of *owner*."""
        return self.of(owner) / "index"

    def file(self, upload: Upload) -> Path:
        """Return where the file of *upload* lies."""
        return self.of(upload.owner) / "files" / upload.file

    def approved(self, upload: Upload) -> Path:
        """Return where the copy of a file lies that is in the shared index."""
        return self.data / "approved" / upload.file


class ReadingQueue:
    """Deals with what the rows of *uploads* ask for; threads may share it."""

    def __init__(
        self,
        uploads: Uploads,
        folders: Folders,
        *,
        shared: Location | None,
        changed: Callable[[str], None],
        child: IndexerChild | None = None,
        put: Callable[[Upload], None] = lambda _: None,
    ) -> None:
        """
        *shared* is where the index lies that all people ask; *changed* hears of an owner whose index is made anew or cut.

        *put* hears of a file that is in the shared index now.
        """
        self._put = put
        self._uploads, self._folders, self._shared, self._changed = uploads, folders, shared, changed
        self._child = child or IndexerChild()
        self._lock = threading.RLock()
        self._worker: threading.Thread | None = None
        self._closed = False
        self._now: tuple[str, Step] | None = None  # which file is being read
        self._arriving: Counter[str] = Counter()  # files that are being written, by owner
        uploads.requeue(state=UploadState.READING)  # what a server before has left unread
        if uploads.next() is not None:
            self.work()

    def step(self, document: str) -> Step:
        """Return how far the reading of a file is."""
        now = self._now
        return now[1] if now is not None and now[0] == document else Step()

    def stop_reading(self, document: str) -> None:
        """End the reading of a file where it is the one that is being read."""
        now = self._now
        if now is not None and now[0] == document:
            self._child.stop()

    @contextmanager
    def arriving(self, owner: str) -> Iterator[None]:
        """Keep the folder of *owner* while a file is written into it."""
        with self._lock:
            self._arriving[owner] += 1
        try:
            yield
        finally:
            with self._lock:
                self._arriving[owner] -= 1

    def read_again(self, owner: str) -> None:
        """Make the index of *owner* anew from the files."""
        self._changed(owner)
        shutil.rmtree(self._folders.index(owner), ignore_errors=True)
        self._uploads.requeue(state=UploadState.READ, owner=owner)
        self.work()

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

    def work(self) -> None:
        """Deal with all that waits, in the background."""
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
            upload = None if self._closed else self._uploads.next()
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
            self._uploads.forget([upload.id])
        elif upload.proposal is Proposal.APPROVING:
            self._uploads.set_proposal(upload.id, Proposal.PROPOSED, before=(Proposal.APPROVING,), remark="fault")
        else:
            self._uploads.set_state(
                upload.id, UploadState.FAILED, before=(UploadState.QUEUED, UploadState.READING), message="fault"
            )

    def _read(self, upload: Upload) -> None:
        if not self._uploads.set_state(upload.id, UploadState.READING, before=(UploadState.QUEUED,)):
            return
        self._check_index(upload.owner)
        self._now = (upload.id, Step())

        def step(what: str, done: int, total: int) -> None:
            if what == upload.file:
                self._now = (upload.id, Step(done, total))

        try:
            command = ["add", str(self._folders.file(upload)), "--steps"]
            ended = self._run(command, self._folders.index(upload.owner), step)
        finally:
            self._now = None
        if self._closed:  # the next server reads it
            return
        with self._lock:
            if (
                not self._uploads.of(upload.owner) and not self._arriving[upload.owner]
            ):  # who it belonged to has left meanwhile
                shutil.rmtree(self._folders.of(upload.owner), ignore_errors=True)
                return
        state, message = (UploadState.READ, "") if ended.well else (UploadState.FAILED, reason_of(ended.complaint))
        self._uploads.set_state(upload.id, state, before=(UploadState.READING,), message=message)
        if not ended.well:
            _log.warning("uploaded file %s could not be read: %s", upload.id, ended.complaint.strip()[-2000:])

    def _check_index(self, owner: str) -> None:
        """Have all read again where the index of *owner* is damaged, or that of another version."""
        try:
            read_generation(self._folders.index(owner))
        except IndexMissingError:
            return
        except StoreError:
            self.read_again(owner)

    def _run(self, arguments: list[str], index: Location, step: Callable[[str, int, int], None] | None = None) -> Ended:
        """Run a command of the indexer on *index*, once more where another program writes that."""
        for _ in range(_TRIES):
            ended = self._child.run([*arguments, "--index", str(index)], step=step)
            if ended.well or ended.stopped or reason_of(ended.complaint) != "busy":
                break
            time.sleep(_WAIT)
        return ended

    def _take_out(self, owner: str) -> None:
        """Take the files of *owner* that are to be removed out of the index, and what generations before remember of them."""
        held, index = self._uploads.of(owner), self._folders.index(owner)
        gone = [one.id for one in held if one.state is UploadState.REMOVING]
        if len(gone) == len(held):
            with self._lock:
                shutil.rmtree(index if self._arriving[owner] else self._folders.of(owner), ignore_errors=True)
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
                    self.read_again(owner)
            _forget_generations(index)
        self._uploads.forget(gone)
        self._changed(owner)

    def _approve(self, upload: Upload) -> None:
        if self._shared is None:
            self._give_up(upload)
            return
        kept = self._folders.approved(upload)  # it stays when its owner deletes the own one
        kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(self._folders.file(upload), kept)
        ended = self._run(["add", str(kept), "--steps"], self._shared)
        if self._closed:
            return
        proposal, remark = (Proposal.APPROVED, "") if ended.well else (Proposal.PROPOSED, reason_of(ended.complaint))
        self._uploads.set_proposal(upload.id, proposal, before=(Proposal.APPROVING,), remark=remark)
        if not ended.well:
            kept.unlink(missing_ok=True)
            _log.warning("%s could not be put into the shared index: %s", upload.id, ended.complaint.strip()[-2000:])
        else:
            self._put(upload)


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
