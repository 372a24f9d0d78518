"""A conversation on its way from the page in one language to the page in the other: kept for a moment, taken once."""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.chat.conversation import Turn
    from assistant.visitors import Visitor

_KEY = re.compile(r"[0-9a-f]{32}")  # as chat.js makes it, by chance
_SECONDS = 60.0
_MOST = 100


@dataclass(frozen=True, slots=True)
class Carried:
    """Turns of a conversation, and the id under which it is kept; "" where it is not."""

    turns: tuple[Turn, ...]
    kept: str


class CarriedTurns:
    """A bounded, forgetful store; threads may share it. The oldest is forgotten first."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: OrderedDict[tuple[str, str], tuple[float, Carried]] = OrderedDict()  # by visitor and key
        self._lock = Lock()

    def put(self, visitor: Visitor, key: str, carried: Carried) -> bool:
        """Keep *carried* for *visitor* under *key*; tell whether it is a key that cannot be guessed."""
        if not _KEY.fullmatch(key):
            return False
        with self._lock:
            self._held[visitor.id, key] = (self._clock() + _SECONDS, carried)
            while len(self._held) > _MOST:
                self._held.popitem(last=False)
        return True

    def take(self, visitor: Visitor, key: str) -> Carried | None:
        """Return what *visitor* put under *key*, and keep it no longer; None where there is nothing."""
        with self._lock:
            until, carried = self._held.pop((visitor.id, key), (0.0, None))
            return carried if until > self._clock() else None
