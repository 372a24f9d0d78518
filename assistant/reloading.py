"""
An assistant over whatever generation of the index is the current one, and what is made of an index and made anew with it.

A new generation is opened in the background; the old one answers until the new one is warm, so that no question fails or waits.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from indexer.errors import HoiVanBanError
from indexer.home import home_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from assistant.conversation import State
    from assistant.corpus import Corpus
    from assistant.service import Assistant
    from assistant.types import Reply
    from indexer.index import Index
    from indexer.location import Location

_log = logging.getLogger(__name__)
_LOOK = 1.0  # seconds between two looks at which generation is the current one
_AGAIN = 30.0  # seconds until a generation that could not be opened is tried once more

Made = TypeVar("Made")


class HasIndex(Protocol):
    """What is needed of an assistant here."""

    @property
    def index(self) -> Any:
        """The index that is asked."""


class PerIndex(Generic[Made]):
    """What *make* makes of the index of *assistant*, made anew once that is another one; threads may share it."""

    def __init__(self, assistant: HasIndex, make: Callable[[Any], Made]) -> None:
        self._assistant, self._make = assistant, make
        self._made: tuple[object, Made] | None = None
        self._lock = threading.RLock()

    def get(self) -> Made:
        """Return what was made of the index that is asked now."""
        index, made = self._assistant.index, self._made
        if made is None or made[0] is not index:
            with self._lock:
                made = self._made
                if made is None or made[0] is not index:
                    made = self._made = (index, self._make(index))
        return made[1]


class SharedAssistant:
    """The assistant of the current generation of the index in a folder or a database; threads may share it."""

    def __init__(
        self,
        directory: Location,
        open_index: Callable[[Any], Any],
        *,
        clock: Callable[[], float] = time.monotonic,
        swapped: Callable[[str], None] = lambda _: None,
    ) -> None:
        """
        Open the index at *directory* by *open_index*, at once.

        *clock* counts seconds; *swapped* hears the name of a generation that answers from now on.

        Raises:
            StoreError: the index is missing, damaged or of another format or model.
        """
        self._directory, self._open, self._clock, self._swapped = directory, open_index, clock, swapped
        self._opened = home_of(
            directory
        ).current_pointer()  # before it is opened: what is published in between is seen at the next look
        self._assistant: Assistant = open_index(directory)
        self._next_look = clock() + _LOOK
        self._looking = threading.Lock()
        self._opening: threading.Thread | None = None

    @property
    def current(self) -> Assistant:
        """The assistant that answers now; looks, at most once a second, whether there is a newer generation to open."""
        if self._clock() >= self._next_look and self._looking.acquire(blocking=False):
            try:
                self._next_look = self._clock() + _LOOK
                self._look()
            finally:
                self._looking.release()
        return self._assistant

    @property
    def index(self) -> Index:
        """The index that is asked now."""
        return self.current.index

    @property
    def today(self) -> date | None:
        """The day that deadlines are compared with, None for that of the machine."""
        return self.current.today

    @property
    def corpus(self) -> Corpus:
        """What is known of the documents of that index."""
        return self.current.corpus

    def warm(self) -> None:
        """Load what the first question would wait for."""
        self.current.warm()

    def ask(self, question: str, state: State | None = None, *, literal: bool = False) -> tuple[Reply, State]:
        """Answer *question* from the current generation; see :meth:`assistant.service.Assistant.ask`."""
        return self.current.ask(question, state, literal=literal)

    def record(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer record of *item*; see :meth:`assistant.service.Assistant.record`."""
        return self.current.record(item)

    def wait(self, seconds: float) -> None:
        """Wait for the generation that is being opened, at most *seconds*."""
        if self._opening is not None:
            self._opening.join(seconds)

    def _look(self) -> None:
        if self._opening is not None and self._opening.is_alive():
            return
        try:
            pointer = home_of(self._directory).current_pointer()
        except HoiVanBanError:
            _log.exception("the index cannot be looked at; the generation that is open goes on answering")
            self._next_look = self._clock() + _AGAIN
            return
        # an index that was made anew in an empty folder has the same name and another hash
        if pointer is not None and pointer != self._opened:
            self._opening = threading.Thread(target=self._reopen, args=(pointer,), daemon=True, name="reload")
            self._opening.start()

    def _reopen(self, pointer: tuple[str, str]) -> None:
        try:
            fresh = self._open(self._directory)
            fresh.warm()
        except (HoiVanBanError, OSError):
            _log.exception("the new generation cannot be opened; the one before goes on answering")
            self._next_look = self._clock() + _AGAIN
            return
        self._assistant, self._opened = fresh, pointer
        self._swapped(fresh.index.generation)
