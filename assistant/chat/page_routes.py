"""Routes that give the original pages of documents: the image of one, and the HTML of some more of them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import anyio
from anyio.to_thread import run_sync
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse

from assistant.chat.office import ROUTE
from assistant.chat.original_pages import FINE_DPI, MOST_AT_ONCE, SCREEN_DPI, paged, render_pages
from assistant.chat.strings import LANGUAGES, load_strings
from assistant.page_images import PageImages, PageKey
from assistant.wording import document_name
from indexer.errors import HoiVanBanError, InputError
from indexer.types import Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.chat.office import Office
    from assistant.chat.original_pages import Paged
    from assistant.chat.strings import Strings

# the index of a shelf as who asks may see it, None where there is none for them; an indexer.index.Index
IndexFor: TypeAlias = Callable[[Request, str], Any]

_log = logging.getLogger(__name__)
_AT_ONCE = 2  # pages that are drawn at a time; the others wait for their turn
_WAITING = 40  # requests that may wait
_KEPT_FOR = 86_400  # seconds that a browser need not ask again for a page of the shared documents
_FOLDER = "pages"


def shared_index(office: Office) -> IndexFor:
    """Return what knows the shared documents alone."""
    return lambda _request, shelf: None if shelf else office.assistant.index


def routes(office: Office, index_for: IndexFor | None = None, *, images: PageImages | None = None) -> APIRouter:
    """
    Return the routes; *index_for* gives the index that a request may look into, and alone judges that.

    Include them before the folder of static files is mounted, which takes all other addresses below ROUTE.
    """
    index_for = index_for or shared_index(office)
    images = images or PageImages(office.data / _FOLDER)
    router = APIRouter(prefix=f"{ROUTE}/trang")
    turns = anyio.CapacityLimiter(_AT_ONCE)

    async def page_image(request: Request, document: str, page: str) -> Response:
        """Return the image of one page of a document."""
        asked = request.query_params
        strings, shelf = _strings(asked), asked.get("shelf", "")
        index = await run_sync(index_for, request, shelf)  # it may have to be opened first
        key = _key(index, document, _number(page), _number(asked.get("dpi", str(SCREEN_DPI))))
        if key is None:
            return _plain(strings("originals.unknown"), 404)
        # an own document's page is asked for each time, so that who has lost the right to it no longer sees it
        lasting = not shelf and key.sha256.startswith(asked.get("v", "-"))
        headers = {
            "etag": f'"{key.file}"',
            "cache-control": f"private, max-age={_KEPT_FOR}" if lasting else "private, no-cache",
        }
        if request.headers.get("if-none-match") == headers["etag"]:
            return Response(status_code=304, headers=headers)
        data = await run_sync(images.kept, key)
        if data is None and turns.statistics().tasks_waiting >= _WAITING:
            return _plain(strings("originals.busy"), 503)
        try:
            data = data or await run_sync(images.image, key, lambda: index.original(document), limiter=turns)
        except HoiVanBanError as error:
            _log.warning("%s", error)
            return _plain(strings("originals.failed"), 422)
        return Response(data, media_type="image/webp", headers=headers)

    def more_pages(request: Request, document: str, first: str, last: str) -> Response:
        """Return some pages of a document as HTML, to be put before or behind those that are shown."""
        asked = request.query_params
        shelf = asked.get("shelf", "")
        view = _paged(index_for(request, shelf), document, asked, shelf)
        begin, end = _number(first), _number(last)
        if view is None or not 1 <= begin <= end <= len(view.pages) or end - begin >= MOST_AT_ONCE:
            return _plain(_strings(asked)("originals.unknown"), 404)
        more = asked.get("more")
        html = render_pages(view, begin, end, before=more != "behind", behind=more != "before")
        return HTMLResponse(html, headers={"cache-control": "private, no-cache"})

    router.add_api_route("/{document:path}/{page}.webp", page_image)
    router.add_api_route("/{document:path}/{first}-{last}.html", more_pages)
    return router


def _strings(asked: Mapping[str, str]) -> Strings:
    language = asked.get("language", "vi")
    return load_strings(language if language in LANGUAGES else "vi")


def _plain(words: str, status: int) -> Response:
    return PlainTextResponse(words, status, headers={"cache-control": "no-store"})


def _number(text: str) -> int:
    """Return what the browser sent as a number, 0 where it is none, or far too long."""
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _key(index: Any, document: str, page: int, dpi: int) -> PageKey | None:
    """Return what is asked for, None where there is no such page."""
    try:
        entry = index.original_entry(document) if index is not None else None
        count = len(index.pages(document)) if entry is not None else 0
    except InputError:
        return None
    if entry is None or dpi not in (SCREEN_DPI, FINE_DPI) or not 1 <= page <= count:
        return None
    return PageKey(entry.sha256, page, dpi)


def _paged(index: Any, name: str, asked: Mapping[str, str], shelf: str) -> Paged | None:
    """Return the pages of the document with id *name* and what the browser says is cited, None where something of it is wrong."""
    if index is None:
        return None
    try:
        document = index.document(name)
        cited = Span(int(asked["start"]), int(asked["end"])) if "start" in asked else None
    except (InputError, KeyError, ValueError):
        return None
    if cited is not None and cited.end > len(document.text):
        return None
    strings = _strings(asked)
    named = replace(strings, documents={name: document_name(document, strings.language)})
    return paged(index, document, cited=cited, strings=named, shelf=shelf)
