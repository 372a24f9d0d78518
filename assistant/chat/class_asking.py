"""Questions that those who take part put to the assistant: one at a time each, a few at a time altogether."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from assistant.metrics import NoCounts, Way, counted
from assistant.types import Answer
from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.chat.desk import Asks
    from assistant.metrics import Counts
    from assistant.types import Reply

_log = logging.getLogger(__name__)
_PAUSE = 4.0  # seconds between two questions of one person
_WAITING = 12  # questions that may wait; later ones are asked to come back
_REMEMBERED = 1000
_SLOW, _BUSY = "class.phone_slow", "class.phone_busy"


class AskingRefusedError(Exception):
    """A question is not taken now; ``key`` names the string that says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class Asking:
    """Lets people ask *assistant*."""

    def __init__(
        self, assistant: Asks, *, clock: Callable[[], float] = time.monotonic, counts: Counts | None = None
    ) -> None:
        """*clock* counts seconds; *counts* hears of questions."""
        self._counts = counts or NoCounts()
        self._assistant, self._clock = assistant, clock
        self._one, self._counting = threading.Lock(), threading.Lock()
        self._inside = 0
        self._last: dict[int, float] = {}

    def ask(self, person: int, question: str, *, first: Asks | None = None) -> tuple[Reply, ...]:
        """
        Return the replies to *question* of *person* (an id): of *first*, where it is given and answers, then of the shared documents.

        Where neither answers, there is one reply that says so; where answering failed, which the log tells, there is none.

        Raises:
            AskingRefusedError: the person asked a moment ago, or too many wait.
            InputError: the question itself cannot be taken.
        """
        with self._counting:
            now = self._clock()
            if now - self._last.get(person, -_PAUSE) < _PAUSE:
                raise AskingRefusedError(_SLOW)
            if self._inside > _WAITING:
                raise AskingRefusedError(_BUSY)
            if len(self._last) >= _REMEMBERED:
                self._last = {one: at for one, at in self._last.items() if now - at < _PAUSE}
            self._last[person] = now
            self._inside += 1
        try:
            with self._one, counted(self._counts, Way.CLASS) as asked:
                shared = self._assistant.ask(question)[0]
                own = first.ask(question)[0] if first is not None else None
                asked.status = str((own if isinstance(own, Answer) else shared).status)
            if not isinstance(own, Answer):
                return (shared,)
            return (own, shared) if isinstance(shared, Answer) else (own,)
        except InputError:
            raise
        except Exception:  # noqa: BLE001 - the boundary: the log gets the traceback, the telephone a sentence
            _log.exception("question of %d characters failed", len(question))
            return ()
        finally:
            with self._counting:
                self._inside -= 1
