"""Downloads: the task list under a filter, and answers that are kept for a while."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request  # noqa: TC002 - FastAPI resolves the hints of its routes at run time
from starlette.responses import PlainTextResponse, Response

from assistant.audit_log import Event
from assistant.chat.export_links import EXPORT
from assistant.chat.strings import LANGUAGES, load_strings
from assistant.chat.task_form import filter_words
from assistant.exports.files import file_name, listing_bytes
from assistant.exports.listing import MEDIA_TYPES, Kind
from assistant.exports.tasks import tasks_listing
from assistant.exports.words import export_words
from assistant.task_filter import parse_filter
from indexer.errors import InputError

if TYPE_CHECKING:
    from assistant.chat.office import Office


def routes(office: Office) -> APIRouter:
    """Return the routes of downloads over *office*."""
    router = APIRouter()

    def slowed(request: Request) -> Response | None:
        """Return a refusal for who takes away too many files in a short time."""
        visitor, address = office.doors.visitor(request.cookies), request.client.host if request.client else ""
        seconds = office.downloading.wait(visitor, address)
        words = load_strings(_language(request))("tasks.often", seconds=seconds)
        return PlainTextResponse(words, 429, {"Retry-After": str(seconds)}) if seconds else None

    def tasks(kind: str, request: Request) -> Response:
        language = _language(request)
        if refused := slowed(request):
            return refused
        if kind not in list(Kind):
            return _missing(language)
        fields = dict(request.query_params)
        words = export_words(language)
        try:
            wanted = parse_filter(fields)
            book = office.tasks.of(office.assistant)
            listing = tasks_listing(book, wanted, words, filter_words(wanted, book, strings=load_strings(language)))
            content = listing_bytes(listing, Kind(kind))
        except InputError as error:
            return PlainTextResponse(str(error), status_code=400)
        office.audit.note(Event.EXPORTED, actor=office.doors.visitor(request.cookies).id, what="tasks", kind=kind)
        return _download(content, file_name(words("tasks_file"), book.today, Kind(kind)), Kind(kind))

    def answer(key: str, kind: str, request: Request) -> Response:
        language = _language(request)
        if refused := slowed(request):
            return refused
        visitor = office.doors.visitor(request.cookies)
        producer = office.exports.producer(visitor, key)
        if producer is None or kind not in list(Kind):
            return _missing(language)
        try:
            content = producer(Kind(kind))
        except InputError as error:
            return PlainTextResponse(str(error), status_code=400)
        office.audit.note(Event.EXPORTED, actor=visitor.id, what="answer", kind=kind)
        today = office.tasks.of(office.assistant).today
        return _download(content, file_name(export_words(language)("answer_file"), today, Kind(kind)), Kind(kind))

    router.add_api_route(f"{EXPORT}/nhiem-vu.{{kind}}", tasks, methods=["GET"])
    router.add_api_route(f"{EXPORT}/tra-loi/{{key}}.{{kind}}", answer, methods=["GET"])
    return router


def _language(request: Request) -> str:
    asked = request.query_params.get("lang", "")
    return asked if asked in LANGUAGES else "vi"


def _missing(language: str) -> Response:
    return PlainTextResponse(load_strings(language)("tasks.expired"), status_code=404)


def _download(content: bytes, name: str, kind: Kind) -> Response:
    plain = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D")).encode("ascii", "ignore").decode()
    headers = {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}",
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=MEDIA_TYPES[kind], headers=headers)
