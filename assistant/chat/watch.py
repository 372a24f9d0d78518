"""Every request under watch: it gets an id, is counted, and is logged without a word of what it asked."""

from __future__ import annotations

import logging
import re
import secrets
import time
from typing import TYPE_CHECKING

from assistant.chat.guard import READY, READYZ, SIGN_IN
from assistant.chat.office import ROUTE
from assistant.logs import REQUESTS, request_id
from assistant.metrics import Limit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from assistant.metrics import Counts

_log = logging.getLogger(REQUESTS)
_STREAMS = re.compile(r"(?:/[a-z]{2})?/gradio_api/(?:queue/data|heartbeat/)")
_JOIN = "/gradio_api/queue/join"
_FILES = ("/assets/", "/static/")
_ABORTED = 499  # as nginx has it: whoever asked was gone before the answer


class Watch:
    """ASGI middleware, the outermost: counts and logs what comes in, and names each request in ``X-Request-Id``."""

    def __init__(self, app: ASGIApp, *, counts: Counts, pages: Mapping[str, str]) -> None:
        """*pages* are the paths of pages, which are routes of their own."""
        self.app, self.counts, self.pages = app, counts, pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        name, began = secrets.token_hex(8), time.perf_counter()
        path, status, size = scope["path"], 0, 0  # the path as it came: mounts below change the scope

        async def sender(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message.get("headers", ()), (b"x-request-id", name.encode())]}
            elif message["type"] == "http.response.body":
                size += len(message.get("body", b""))
            await send(message)

        token = request_id.set(name)
        try:
            await self.app(scope, receive, sender)
            status = status or _ABORTED
        except BaseException:
            status = status or 500
            raise
        finally:
            self._note(scope, path, status, size, time.perf_counter() - began)
            request_id.reset(token)

    def _note(self, scope: Scope, path: str, status: int, size: int, seconds: float) -> None:
        route, is_stream = self._route(scope, path), bool(_STREAMS.match(path))
        self.counts.request(route, status, None if is_stream else seconds)
        if limit := _limit(path, status):
            self.counts.refused(limit)
        fields = {
            "method": scope["method"],
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 1),
            "bytes": size,
        }
        _log.info("request", extra={"fields": fields})

    def _route(self, scope: Scope, path: str) -> str:
        """Return what kind of address *path* is: a template where there is one, since ids and names of files stand in addresses."""
        if path in self.pages:
            return path
        for folder in _FILES:
            if folder in path:
                return f"{folder}…"
        template = getattr(scope.get("route"), "path", None)
        if isinstance(template, str):
            below = scope.get("root_path", "")
            return template if template.startswith(below) else f"{below}{template}"
        return f"{ROUTE}/…" if path.startswith(f"{ROUTE}/") else "other"


def _limit(path: str, status: int) -> Limit | None:
    """Return which limit a refusal comes from, None where it comes from none."""
    if status == 413:
        return Limit.SIZE
    if status == 429:
        return Limit.SIGN_IN if path == SIGN_IN else Limit.RATE
    if status == 503 and path not in {READY, READYZ}:
        return Limit.QUEUE if path.endswith(_JOIN) else Limit.BUSY
    return None
