"""A page that is laid out when somebody first asks for it, so that the page of the server's own language need not wait for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.routing import BaseRoute, Match

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI
    from starlette.types import Receive, Scope, Send


class LatePage(BaseRoute):
    """
    The route of everything at and below *path* ("/en/"), served by the application that *make* returns.

    It is made at the first request and started and ended as the application around it would be, in a task of its own.
    """

    def __init__(self, path: str, make: Callable[[], FastAPI]) -> None:
        self.path = path.rstrip("/")
        self.make = make
        self._made: asyncio.Task[FastAPI] | None = None
        self._running: asyncio.Task[None] | None = None
        self._ending: asyncio.Event | None = None

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Take every request below the path."""
        is_own = scope["type"] in ("http", "websocket") and f"{scope['path']}/".startswith(f"{self.path}/")
        return (Match.FULL if is_own else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if self._made is None:
            self._made = asyncio.create_task(self._start())
        await (await asyncio.shield(self._made))(scope, receive, send)

    async def _start(self) -> FastAPI:
        app = self.make()
        started, self._ending = asyncio.Event(), asyncio.Event()

        async def run(ending: asyncio.Event) -> None:
            async with app.router.lifespan_context(app):
                started.set()
                await ending.wait()

        self._running = asyncio.create_task(run(self._ending))
        waiting = asyncio.create_task(started.wait())
        await asyncio.wait((waiting, self._running), return_when=asyncio.FIRST_COMPLETED)
        if self._running.done():  # it could not be started: the next request tries again
            waiting.cancel()
            self._made = None
            self._running.result()
        return app

    async def close(self) -> None:
        """End the page, if it was ever asked for."""
        if self._running is not None and self._ending is not None:
            self._ending.set()
            await self._running
