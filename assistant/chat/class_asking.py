"""Questions that those who take part put to the assistant: one at a time each, a few at a time altogether."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.chat.desk import Asks
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

    def __init__(self, assistant: Asks, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._assistant, self._clock = assistant, clock
        self._one, self._counting = threading.Lock(), threading.Lock()
        self._inside = 0
        self._last: dict[int, float] = {}

    def ask(self, person: int, question: str) -> Reply | None:
        """
        Return the reply to *question* of *person* (an id); None where answering failed, which the log tells.

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
            with self._one:
                return self._assistant.ask(question)[0]
        except InputError:
            raise
        except Exception:  # noqa: BLE001 - the boundary: the log gets the traceback, the telephone a sentence
            _log.exception("question of %d characters failed", len(question))
            return None
        finally:
            with self._counting:
                self._inside -= 1
