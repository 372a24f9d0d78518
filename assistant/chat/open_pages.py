"""
Which pages are open, and what is kept of one that was closed: nothing after a while.

Gradio keeps what a page showed and the conversation in it, up to a few megabytes, until there are too many pages. An open page holds a
connection, its heartbeat. Here it is seen when that ends, and some time later the page's state is dropped; a page that comes back in
time, as from a tunnel, goes on where it was.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradio import Blocks
    from starlette.types import ASGIApp, Receive, Scope, Send

GRACE = 60.0  # seconds that a page may be without its connection
_HEARTBEAT = re.compile(r"(?:/[a-z]{2})?/gradio_api/heartbeat/([^/]+)")


class OpenPages:
    """Drops from the sessions of all *blocks* that it watches those whose page was closed; used in the event loop alone."""

    def __init__(self, grace: float = GRACE, now: Callable[[], float] = time.monotonic) -> None:
        self._grace, self._now = grace, now
        self._watched: list[Blocks] = []
        self._open: Counter[str] = Counter()  # connections of each page that has any
        self._closed: dict[str, float] = {}  # since when, the first closed first

    def __len__(self) -> int:
        return len(self._open)

    def watch(self, blocks: Blocks) -> None:
        """Have the sessions of *blocks*, which is mounted, looked after."""
        self._watched.append(blocks)

    def opened(self, name: str) -> None:
        """Note that the page of the session *name* is there."""
        self._open[name] += 1
        self._closed.pop(name, None)
        for sessions in self._sessions():
            if name in sessions:
                sessions[name].is_closed = False  # Gradio never takes it back
        self._forget()

    def closed(self, name: str) -> None:
        """Note that a connection of the page of the session *name* has ended."""
        self._open[name] -= 1
        if self._open[name] <= 0:
            del self._open[name]
            self._closed[name] = self._now()
        self._forget()

    def _sessions(self) -> list[dict[str, Any]]:
        return [blocks.state_holder.session_data for blocks in self._watched]

    def _forget(self) -> None:
        """Drop what is kept of pages that have been closed for long enough."""
        while self._closed:
            name, since = next(iter(self._closed.items()))
            if self._now() - since < self._grace:
                return
            del self._closed[name]
            for blocks in self._watched:
                with blocks.state_holder.lock:
                    blocks.state_holder.session_data.pop(name, None)
                    blocks.state_holder.time_last_used.pop(name, None)


class Heartbeats:
    """ASGI middleware that tells *pages* of every page's connection, by the name that Gradio sees."""

    def __init__(self, app: ASGIApp, pages: OpenPages) -> None:
        self.app, self.pages = app, pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        beat = _HEARTBEAT.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if beat is None:
            await self.app(scope, receive, send)
            return
        self.pages.opened(beat[1])
        try:
            await self.app(scope, receive, send)
        finally:
            self.pages.closed(beat[1])
