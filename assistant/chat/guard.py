"""Who is let through to what: pages only for who may read, no order from a page of another host, no foreign host name."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from starlette.requests import cookie_parser

from assistant.chat.office import ROUTE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

    from assistant.visitors import Doors

SIGN_IN = f"{ROUTE}/dang-nhap"
WHO = f"{ROUTE}/toi"
LIVE, READY = f"{ROUTE}/suc-khoe", f"{ROUTE}/san-sang"
HEALTHZ, READYZ, METRICS = "/healthz", "/readyz", "/metrics"  # the names that monitoring programs expect
FOR_PROGRAMS = (f"{ROUTE}/api/", f"{ROUTE}/mcp")  # where a key in the header "Authorization" does for a session
_OPEN = frozenset((SIGN_IN, WHO, LIVE, READY, HEALTHZ, READYZ, METRICS))  # the numbers have a door of their own
# telephones come into a live class without an account, by its code; what is its trainer's stays closed
_ROOM = re.compile(rf"{ROUTE}/lop(?:/[A-Za-z0-9]{{6}}(?:/(?:hien-tai|vao|tra-loi|hoi|gui-tep))?)?")
VISITOR = "hvb.visitor"  # in the scope, for what lies within: who sent a request; not there where it did not matter
_SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
_BEARER = re.compile(r"[Bb]earer +([\w.~+/-]+=*)")
_REFUSED = {
    401: "Anh, chị chưa đăng nhập hoặc phiên đã hết hạn. Xin đăng nhập rồi thử lại.",
    403: "Yêu cầu này đến từ trang của máy khác nên không được nhận.",
    421: "Máy chủ này không phục vụ dưới tên máy đó.",
}


@dataclass(frozen=True, slots=True)
class Names:
    """
    The names that a server goes by: *origins* are whole ("http://127.0.0.1:7860"), *public* those that a proxy in front of it has.

    Where *hosts* (without port) are given, a request that bears another host name is refused: against pages that make their own name
    point to this machine.
    """

    origins: frozenset[str] = frozenset()
    public: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()

    def serves(self, host: str) -> bool:
        """Tell whether requests to *host* ("name:port") are answered."""
        return not self.hosts or _name_of(host) in self.hosts | self.public

    def is_own(self, origin: str, host: str) -> bool:
        """Tell whether a page of *origin* is one of ours, asked by the host name *host*."""
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https"):
            return False
        return origin in self.origins or parts.netloc.lower() in {host.lower(), *self.public}


def _name_of(host: str) -> str:
    return host.lower().rpartition(":")[0] if re.search(r":\d+$", host) else host.lower()


class Guard:
    """ASGI middleware: lets a request pass, or answers it with the reason why not."""

    def __init__(
        self, app: ASGIApp, *, doors: Doors, names: Names, pages: Mapping[str, str], files: frozenset[str]
    ) -> None:
        """*pages* are the languages of pages, by path, from which people are sent to sign in; *files* are those that anybody may load."""
        self.app, self.doors, self.names = app, doors, names
        self.pages, self.files = pages, files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        refused = self._refused(scope, headers)  # leaves in the scope who it is
        if refused is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif refused == 401 and scope["method"] in _SAFE and scope["path"] in self.pages:
            query = scope["query_string"].decode("latin-1")
            target = quote(scope["path"] + (f"?{query}" if query else ""))
            address = f"{SIGN_IN}?lang={self.pages[scope['path']]}&tiep={target}"
            await _answer(send, 303, [(b"location", address.encode())], b"")
        else:
            reason = {"status": "error", "reason": _REFUSED[refused]}
            await _answer(
                send,
                refused,
                [(b"content-type", b"application/json; charset=utf-8")],
                json.dumps(reason, ensure_ascii=False).encode(),
            )

    def _refused(self, scope: Scope, headers: dict[bytes, str]) -> int | None:
        """Return the status that a request is refused with, None where it may pass."""
        host = headers.get(b"host", "")
        if not self.names.serves(host):
            return 421
        if scope["type"] == "websocket" or scope["method"] not in _SAFE:
            origin = headers.get(b"origin")
            if origin is not None and not self.names.is_own(origin, host):
                return 403
            if origin is None and headers.get(b"sec-fetch-site", "none") not in ("none", "same-origin"):
                return 403
        path = scope["path"]
        if path in _OPEN or (scope["type"] == "http" and _ROOM.fullmatch(path)):
            return None
        if scope["type"] == "http" and scope["method"] in _SAFE and path in self.files:
            return None
        visitor = self.doors.visitor(cookie_parser(headers.get(b"cookie", "")))
        if not self.doors.lets_in(visitor) and path.startswith(FOR_PROGRAMS):
            key = _BEARER.fullmatch(headers.get(b"authorization", ""))
            visitor = self.doors.holder(key.group(1)) if key else visitor
        scope[VISITOR] = visitor
        return None if self.doors.lets_in(visitor) else 401


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    headers = [*headers, (b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
