"""
What goes with an account: all that is kept of a person beside it, in the records and in the folder of data.

It is done from the command line while a server may be running, so it touches rows and files alone, and starts nothing. What the server
has in its hands at that moment leaves nothing behind: it looks at the rows again when it is done.
"""

from __future__ import annotations

import hashlib
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

from assistant.audit_log import AuditLog, Event
from assistant.bench_runs import forget_evaluator
from assistant.class_corpus import class_owner
from assistant.classes import Classes
from assistant.feedback import Feedback
from assistant.history import History
from assistant.page_images import PAGES, PageImages
from assistant.question_log import QuestionLog
from assistant.reading import Folders
from assistant.uploads import Uploads

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.records import Records


def forget_person(owner: str, records: Records, data: Path) -> None:
    """
    Delete what is kept of the person with the id *owner*: uploads, conversations, verdicts, logged questions, classes, runs and sets.

    With the classes go their documents. What an administrator has put into the shared corpus stays there.
    """
    History(records).delete_all(owner)
    Feedback(records).delete_all(owner)
    QuestionLog(records).delete_all(owner)
    Classes(records, clean=lambda room: _forget_collection(class_owner(room), records, data)).delete_all(owner)
    forget_evaluator(owner, records, data / "bench")
    _forget_collection(owner, records, data)
    records.forget_traces()


def delete_data(owner: str, records: Records, data: Path, *, actor: str) -> None:
    """Delete what is kept of the person with the id *owner*, see :func:`forget_person`, and note that *actor* had it done; nothing of it."""
    forget_person(owner, records, data)
    AuditLog(records).note(Event.DATA_DELETED, actor=actor, account=owner)


def _forget_collection(owner: str, records: Records, data: Path) -> None:
    uploads, folders, pages = Uploads(records), Folders(data), PageImages(data / PAGES)
    held = uploads.of(owner)
    for upload in held:
        with suppress(FileNotFoundError), folders.file(upload).open("rb") as file:
            pages.forget(hashlib.file_digest(file, "sha256").hexdigest())
    uploads.forget([upload.id for upload in held])
    shutil.rmtree(folders.of(owner), ignore_errors=True)
