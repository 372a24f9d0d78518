"""What a running server does beside answering: tell that it has started, forget what need not be kept, end in order."""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from assistant.audit_log import SERVER, Event

if TYPE_CHECKING:
    from collections.abc import Mapping

    from uvicorn import Server

    from assistant.audit_log import AuditLog
    from assistant.chat.office import Office
    from assistant.metrics import Counts

_log = logging.getLogger(__name__)
_SWEEP = 300.0  # seconds between two looks for classes whose time has passed
_FIRST_SWEEP = 20.0  # seconds until the first, when the start is over


def after_start(server: Server, address: str, warm: Any) -> None:
    """Print *address* once *server* answers, then load what *warm* loads."""
    while not server.started:
        if server.should_exit:
            return
        time.sleep(0.02)
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()
    warm()


def sweep(office: Office, ended: threading.Event, *, audit_days: int) -> None:
    """Forget what need not be kept any longer, now and then, until *ended*."""

    def classes() -> None:
        office.classes.sweep()
        office.class_corpus.sweep(office.classes.is_open)

    def audit() -> None:
        office.audit.cut(time.time() - audit_days * 86400.0)

    pause = _FIRST_SWEEP
    while not ended.wait(pause):
        pause = _SWEEP
        for what in (classes, office.questions.sweep, audit):
            try:
                what()
            except Exception:  # noqa: BLE001 - the boundary: the next look tries again
                _log.exception("what need not be kept any longer could not be looked through")


def note_start(office: Office, settings: Mapping[str, object]) -> None:
    """Put the start into the audit log, and the settings where they are others than at the start before."""
    told = {name: str(value) for name, value in settings.items()}
    with office.records.transaction():
        office.audit.note(Event.SERVER_STARTED, actor=SERVER, generation=office.generation)
        if office.audit.last_of(Event.SETTINGS) != told:
            office.audit.note(Event.SETTINGS, actor=SERVER, **told)


def note_swap(generation: str, audit: AuditLog, counts: Counts) -> None:
    """Note that *generation* answers from now on."""
    audit.note(Event.INDEX_SWAPPED, actor=SERVER, generation=generation)
    counts.reloaded()


def generation_number(generation: str) -> float:
    """Return the number in the name of a generation ("gen-000017"), 0 where it has none."""
    digits = generation.rpartition("-")[2]
    return float(digits) if digits.isdecimal() else 0.0


def leave_in_order() -> None:
    """Have SIGTERM end the process like an interrupt does, so that what has to be done at the end is done."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
