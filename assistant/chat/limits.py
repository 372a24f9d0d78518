"""How much of one request is read, and how many questions are worked on at a time."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BusyError(Exception):
    """So many wait already that one more would wait too long."""


class Turnstile:
    """Lets *at_once* through at a time, and *waiting* wait."""

    def __init__(self, *, at_once: int, waiting: int) -> None:
        self._turns = asyncio.Semaphore(at_once)
        self._most, self._inside = at_once + waiting, 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """
        Wait for one's turn.

        Raises:
            BusyError: too many wait.
        """
        if self._inside >= self._most:
            raise BusyError
        self._inside += 1
        try:
            async with self._turns:
                yield
        finally:
            self._inside -= 1


class BodyLimit:
    """ASGI middleware: below *prefix*, reads a request's body of at most *most* bytes, and answers a larger one with *refuse*."""

    def __init__(
        self, app: ASGIApp, *, prefix: str, most: int, refuse: Callable[[Scope, Receive, Send], Awaitable[None]]
    ) -> None:
        self.app, self.prefix, self.most, self.refuse = app, prefix, most, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not scope["path"].startswith(self.prefix) or scope["method"] in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        read: list[Message] = []
        size = 0
        while not read or read[-1].get("more_body"):
            message = await receive()
            read.append(message)
            size += len(message.get("body", b""))
            if size > self.most:
                await self.refuse(scope, receive, send)
                return
            if message["type"] != "http.request":
                break

        async def replay() -> Message:
            return read.pop(0) if read else await receive()

        await self.app(scope, replay, send)
