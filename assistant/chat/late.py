"""The assistant of a server that has just started: its documents are there at once, what answers follows."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.rephrase import Rephraser
    from assistant.service import Assistant
    from indexer.index import Index


class LateAssistant:
    """An assistant whose documents can be read at once; what answers is loaded when it is first needed."""

    def __init__(self, index: Index, rephraser: Rephraser | None = None) -> None:
        self.index = index
        self._rephraser = rephraser
        self._lock = threading.Lock()
        self._whole: Assistant | None = None

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the assistant itself."""
        with self._lock:
            if self._whole is None:
                from assistant.service import Assistant  # noqa: PLC0415 - the page need not wait for it

                self._whole = Assistant(self.index, rephraser=self._rephraser)
        return getattr(self._whole, name)
