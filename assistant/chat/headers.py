"""What every response carries: the browser's orders to load nothing from elsewhere, and the page's own language; what is closed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.chat.guard import HEALTHZ, METRICS, READYZ
from assistant.chat.office import ROUTE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; form-action 'self'; "
    "base-uri 'self'; object-src 'none'"
)
_HEADERS = [
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),  # with "no-referrer" the forms of our own pages would come from nowhere
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
# Of Gradio's routes those that its page uses, by name: what a later version adds is closed until somebody looks at it.
_GRADIOS = re.compile(
    r"(?:/[a-z]{2})?/(?:config|theme\.css|favicon\.ico|robots\.txt|(?:static|assets)/.+"
    r"|gradio_api/(?:queue/(?:join|data)|run/predict|cancel|reset|heartbeat/[^/]+))"
)
_PROBES = frozenset((HEALTHZ, READYZ, METRICS))
# tags for social media name other hosts; the manifest is fetched without the session, and the page is no app to install
_SOCIAL = re.compile(rb'<meta\s+(?:property="og:|name="twitter:)[^>]*>|<link\s+rel="manifest"[^>]*>')
_LANGUAGE = re.compile(rb'(<html\b[^>]*?\blang=")[^"]*(")')


class PageHeaders:
    """
    ASGI middleware: adds security headers, writes the page's language into ``<html>``, closes routes that are not used.

    The page's social-media tags, which name other hosts, are taken out.
    """

    def __init__(self, app: ASGIApp, *, pages: Mapping[str, str]) -> None:
        """*pages* are the languages of the pages, by their path."""
        self.app = app
        self.pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif not self._is_open(scope["path"]):
            await send({"type": "http.response.start", "status": 404, "headers": _HEADERS})
            await send({"type": "http.response.body", "body": b""})
        elif scope["path"] in self.pages:
            await self._page(scope, receive, send)
        else:
            await self.app(scope, receive, _with_headers(send))

    def _is_open(self, path: str) -> bool:
        return path in self.pages or path.startswith(f"{ROUTE}/") or path in _PROBES or bool(_GRADIOS.fullmatch(path))

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        # a compressed page could not be rewritten
        plain = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]}
        start: Message = {}
        body = bytearray()

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            elif message["type"] == "http.response.body":
                body.extend(message.get("body", b""))
                if not message.get("more_body"):
                    await self._finish(start, bytes(body), self.pages[scope["path"]], _with_headers(send))
            else:  # an extension, such as the test client's template report
                await send(message)

        await self.app(plain, receive, collect)

    @staticmethod
    async def _finish(start: Message, body: bytes, language: str, send: Send) -> None:
        body = _SOCIAL.sub(b"", _LANGUAGE.sub(rb"\g<1>" + language.encode() + rb"\g<2>", body, count=1))
        headers = [pair for pair in start["headers"] if pair[0] != b"content-length"]
        await send({**start, "headers": [*headers, (b"content-length", str(len(body)).encode())]})
        await send({"type": "http.response.body", "body": body})


def _with_headers(send: Send) -> Send:
    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *_HEADERS]}
        await send(message)

    return sender
