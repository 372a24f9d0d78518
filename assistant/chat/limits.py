"""How much of one request is read, how many questions are worked on at a time, and how often one visitor may send something."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from assistant.chat.guard import VISITOR
from assistant.visitors import ANYBODY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from assistant.pace import Paces

_SAFE = frozenset(("GET", "HEAD", "OPTIONS"))


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
    """ASGI middleware: below *prefix* (one or several), reads a body of at most *most* bytes, and answers a larger one with *refuse*."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        prefix: str | tuple[str, ...],
        most: int,
        refuse: Callable[[Scope, Receive, Send], Awaitable[None]],
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


class SendingPace:
    """ASGI middleware inside the guard: whoever sends too much in a short time is asked to wait (429). What only reads is let through."""

    def __init__(self, app: ASGIApp, *, paces: Paces) -> None:
        self.app, self.paces = app, paces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        seconds = 0
        if scope["type"] == "http" and scope["method"] not in _SAFE:
            address = scope["client"][0] if scope.get("client") else ""
            seconds = self.paces.wait(scope.get(VISITOR, ANYBODY), address)
        if not seconds:
            await self.app(scope, receive, send)
            return
        reason = f"Máy của anh, chị gửi quá nhiều yêu cầu. Xin chờ {seconds} giây rồi thử lại."
        # the second name is the one that Gradio's page reads; chat.js puts its own words in its place
        await answer_json(send, 429, {"status": "error", "reason": reason, "detail": "Too many requests"}, seconds)


async def too_long(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 - as BodyLimit calls it
    """Answer what was too large for the page's events."""
    await answer_json(send, 413, {"status": "error", "reason": "Nội dung gửi lên quá dài.", "detail": "Too long"})


async def answer_json(send: Send, status: int, said: dict[str, str], seconds: int = 0) -> None:
    """Send a refusal; after *seconds*, where they are given, it may be tried again."""
    body = json.dumps(said, ensure_ascii=False).encode()
    headers = [
        (b"content-type", b"application/json; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *([(b"retry-after", str(seconds).encode())] if seconds else []),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
