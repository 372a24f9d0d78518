"""
Which pages are open, and what is kept of one that was closed: nothing after a while.

Gradio keeps what a page showed and the conversation in it, until there are too many pages. An open page holds a
connection, its heartbeat. Here it is seen when that ends, and some time later the page's state is dropped; a page that comes back in
time, as from a tunnel, goes on where it was.
"""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

from assistant.chat.sessions import HEARTBEAT

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradio import Blocks
    from starlette.types import ASGIApp, Receive, Scope, Send

GRACE = 60.0  # seconds that a page may be without its connection


class OpenPages:
    """Drops from the sessions of all *blocks* that it watches those whose page was closed; used in the event loop alone."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
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
        for blocks in self._watched:
            if session := blocks.state_holder.session_data.get(name):
                session.is_closed = False  # Gradio never takes it back
        self._forget()

    def closed(self, name: str) -> None:
        """Note that a connection of the page of the session *name* has ended."""
        self._open[name] -= 1
        if self._open[name] <= 0:
            del self._open[name]
            self._closed[name] = self._now()
        self._forget()

    def _forget(self) -> None:
        """Drop what is kept of pages that have been closed for long enough."""
        while self._closed:
            name, since = next(iter(self._closed.items()))
            if self._now() - since < GRACE:
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
        beat = HEARTBEAT.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if beat is None:
            await self.app(scope, receive, send)
            return
        self.pages.opened(beat["name"])
        try:
            await self.app(scope, receive, send)
        finally:
            self.pages.closed(beat["name"])
