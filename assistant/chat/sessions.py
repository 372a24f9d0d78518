"""
Gradio's sessions, each bound to who is signed in.

Gradio keeps a page's state (the conversation in it) under a name that the browser makes up and sends with every event. Whoever sends
another person's name would be shown that person's state. So the name that Gradio sees is made here, of the one that was sent and of who sent
it: the same name from two people is two sessions.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from assistant.chat.guard import VISITOR

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from assistant.visitors import Visitor

_FIELD = "session_hash"
_EVENTS = re.compile(r"(?:/[a-z]{2})?/gradio_api/")
HEARTBEAT = re.compile(r"(?P<before>(?:/[a-z]{2})?/gradio_api/heartbeat/)(?P<name>[^/]+)")


def bound_name(name: str, visitor: Visitor) -> str:
    """Return the session of *visitor* that a browser calls *name*."""
    return hashlib.sha256(f"{visitor.id}\n{name}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


class OwnSessions:
    """ASGI middleware inside the guard, which leaves in the scope who sent a request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        visitor = scope.get(VISITOR)
        if visitor is None or not visitor.is_known or not _EVENTS.match(scope["path"]):
            await self.app(scope, receive, send)
        elif scope["method"] == "POST":
            body = await _body(receive)
            if body is not None:  # else whoever sent it is gone
                await self._posted(scope, receive, send, _rewritten(body, visitor))
        else:
            await self.app(_addressed(scope, visitor), receive, send)

    async def _posted(self, scope: Scope, receive: Receive, send: Send, body: bytes) -> None:
        headers = [pair for pair in scope["headers"] if pair[0] != b"content-length"]
        headers.append((b"content-length", str(len(body)).encode()))
        told = False

        async def replay() -> Message:
            nonlocal told
            if told:
                return await receive()
            told = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app({**scope, "headers": headers}, replay, send)


async def _body(receive: Receive) -> bytes | None:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


def _rewritten(body: bytes, visitor: Visitor) -> bytes:
    """Return *body* with the session's name bound; what is no JSON object has none, and Gradio refuses it."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return body
    if not isinstance(sent, dict) or not isinstance(sent.get(_FIELD), str):
        return body
    return json.dumps({**sent, _FIELD: bound_name(sent[_FIELD], visitor)}).encode()


def _addressed(scope: Scope, visitor: Visitor) -> Scope:
    """Return *scope* with the name bound where it stands in the address."""
    if beat := HEARTBEAT.fullmatch(scope["path"]):
        path = beat["before"] + bound_name(beat["name"], visitor)
        return {**scope, "path": path, "raw_path": path.encode()}
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    bound = [(name, bound_name(value, visitor) if name == _FIELD else value) for name, value in query]
    return {**scope, "query_string": urlencode(bound).encode()}
