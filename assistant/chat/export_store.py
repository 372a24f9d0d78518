"""Answers that can be had as files for a while: a key that cannot be guessed, the visitor it belongs to, and what makes the bytes."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from assistant.exports.answers import answer_kinds, export_answer, is_list
from assistant.types import Answer
from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.chat.desk import Asks
    from assistant.exports.listing import Kind
    from assistant.types import Reply
    from assistant.visitors import Visitor

    Producer = Callable[[Kind], bytes]

KEPT_SECONDS = 3600.0
KEPT_MOST = 300
_KEY_BYTES = 24


@dataclass(frozen=True, slots=True)
class _Kept:
    visitor: str
    until: float
    producer: Producer


class ExportStore:
    """A bounded, forgetful store; threads may share it. The oldest is forgotten first."""

    def __init__(
        self, *, seconds: float = KEPT_SECONDS, most: int = KEPT_MOST, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds, self._most, self._clock = seconds, most, clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, visitor: Visitor, producer: Producer) -> str:
        """Keep *producer* for *visitor*; return the key that leads to it."""
        key = secrets.token_urlsafe(_KEY_BYTES)
        with self._lock:
            self._forget()
            while len(self._kept) >= self._most:
                self._kept.popitem(last=False)
            self._kept[key] = _Kept(visitor.id, self._clock() + self._seconds, producer)
        return key

    def producer(self, visitor: Visitor, key: str) -> Producer | None:
        """Return what *visitor* keeps under *key*; None where there is nothing, or it is another visitor's."""
        with self._lock:
            self._forget()
            kept = self._kept.get(key)
            return kept.producer if kept is not None and kept.visitor == visitor.id else None

    def _forget(self) -> None:
        now = self._clock()
        while self._kept and next(iter(self._kept.values())).until <= now:
            self._kept.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Offer:
    """The files that an answer can be had as, and the key under which."""

    key: str
    kinds: tuple[Kind, ...]


def offer_answer(
    store: ExportStore, visitor: Visitor, reply: Reply, assistant: Asks, language: str = "vi"
) -> Offer | None:
    """
    Keep *reply* of *assistant* for *visitor* to download where it is an answer that lists; None where it is not.

    None, too, where a document of the answer is no longer there: a new generation may have come while it was written.
    """
    if not isinstance(reply, Answer) or not is_list(reply):
        return None
    corpus, today = assistant.corpus, assistant.today
    try:
        kinds = answer_kinds(reply, corpus)
    except InputError:
        return None

    def produce(kind: Kind) -> bytes:
        return export_answer(reply, kind, corpus, language=language, today=today)

    return Offer(store.keep(visitor, produce), kinds)
