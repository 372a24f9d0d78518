"""What programs that look after a server ask it: whether it lives, whether it is ready, and its numbers."""

from __future__ import annotations

import hmac
import ipaddress
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.requests import Request  # noqa: TC002 - FastAPI resolves the hints of its routes at run time
from starlette.responses import JSONResponse, PlainTextResponse, Response

from assistant.chat.guard import HEALTHZ, LIVE, METRICS, READY, READYZ
from assistant.metrics import CONTENT_TYPE

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.chat.office import Office

_FRESH = {"Cache-Control": "no-store"}
_FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip")


def routes(office: Office, *, is_ready: Callable[[], bool], metrics: bool = False, token: str = "") -> APIRouter:
    """
    Return the routes; the numbers are there with *metrics* alone.

    *is_ready* tells whether the model is loaded. The numbers are given to this machine itself, and to who bears *token*, if it is not "".
    """
    router = APIRouter(include_in_schema=False)

    def live() -> Response:
        return JSONResponse({"status": "ok"}, headers=_FRESH)

    def ready() -> Response:
        warm, kept = is_ready(), office.records.answers()
        status = "ready" if warm and kept else "starting" if kept else "failing"
        state = {"status": status, "index": True, "model": warm, "records": kept}
        return JSONResponse(state, 200 if status == "ready" else 503, headers=_FRESH)

    def numbers(request: Request) -> Response:
        if not _may_read(request, token):
            return JSONResponse({"status": "error", "reason": "chỉ đọc được từ chính máy chủ hoặc với khóa"}, 403)
        return PlainTextResponse(office.counts.text(), media_type=CONTENT_TYPE, headers=_FRESH)

    for path in (LIVE, HEALTHZ):
        router.add_api_route(path, live)
    for path in (READY, READYZ):
        router.add_api_route(path, ready)
    if metrics:
        router.add_api_route(METRICS, numbers)
    return router


def _may_read(request: Request, token: str) -> bool:
    """Tell whether the request comes from this machine and through no proxy, or bears *token*."""
    sent = request.headers.get("authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(sent.encode(), token.encode()):
        return True
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
