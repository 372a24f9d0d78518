"""Routes by which files come in, and by which the page follows how far their reading is. Nothing ever goes out by them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from assistant.chat.office import ROUTE
from assistant.chat.strings import LANGUAGES, load_strings
from assistant.chat.uploads_view import is_under_way, state_words
from assistant.collections import MOST_BYTES
from assistant.uploads import Proposal, Refusal, UploadRefusedError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from typing import BinaryIO

    from assistant.chat.guard import Names
    from assistant.chat.office import Office
    from assistant.chat.strings import Strings
    from assistant.uploads import Upload

PATH = f"{ROUTE}/tai-len"
_AROUND = 64 * 1024  # bytes of a request beside the file
_STATUS = {Refusal.ANONYMOUS: 401, Refusal.LARGE: 413, Refusal.SUFFIX: 415, Refusal.BYTES: 415}


async def _limited(stream: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Yield *stream* as long as it is no longer than a file that is taken; what is in it is never trusted to say its length."""
    size = 0
    async for block in stream:
        size += len(block)
        if size > MOST_BYTES + _AROUND:
            raise _too_large()
        yield block


def _too_large() -> UploadRefusedError:
    return UploadRefusedError(Refusal.LARGE, name="", most=MOST_BYTES >> 20)


def _announced(request: Request) -> int:
    length = request.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdecimal() else 0


def _strings(language: Any) -> Strings:
    return load_strings(language if language in LANGUAGES else "vi")


def _words(error: UploadRefusedError, strings: Strings) -> str:
    fields = {**error.fields, "name": error.fields.get("name") or strings("documents.file")}
    return strings(f"documents.refused_{error.reason}", **fields)


async def take_file(
    request: Request, strings: Strings, check: Callable[[], None], receive: Callable[[str, BinaryIO], Upload]
) -> JSONResponse:
    """
    Take the one file of a multipart form, field "file", by *receive*; answer with its id, or with why it is not taken.

    *check* is called before anything is read; both raise UploadRefusedError.
    """
    try:
        await run_in_threadpool(check)
        if _announced(request) > MOST_BYTES + _AROUND:
            raise _too_large()
        parser = MultiPartParser(request.headers, _limited(request.stream()), max_files=1, max_fields=1)
        form = await parser.parse()
        try:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                return JSONResponse({"message": strings("documents.refused_form")}, 400)
            upload = await run_in_threadpool(receive, file.filename or "", file.file)
        finally:
            await form.close()
    except UploadRefusedError as error:
        return JSONResponse({"message": _words(error, strings)}, _STATUS.get(error.reason, 409))
    except (MultiPartException, KeyError, ClientDisconnect):
        return JSONResponse({"message": strings("documents.refused_form")}, 400)
    return JSONResponse({"id": upload.id, "name": upload.name})


class _Uploading:
    """What the routes do for one office, whose server goes by *names*."""

    def __init__(self, office: Office, names: Names) -> None:
        self.office, self.names = office, names

    async def receive(self, request: Request) -> JSONResponse:
        """Take one file of a multipart form, field "file"; answer with its id, or with why it is not taken."""
        strings = _strings(request.query_params.get("lang"))
        if not self.names.is_own(request.headers.get("origin", ""), request.headers.get("host", "")):
            return JSONResponse({"message": strings("documents.refused_origin")}, 403)
        visitor, collections = self.office.doors.visitor(request.cookies), self.office.collections
        if seconds := self.office.uploading.wait(visitor, request.client.host if request.client else ""):
            message = strings("documents.refused_often", seconds=seconds)
            return JSONResponse({"message": message}, 429, {"Retry-After": str(seconds)})
        return await take_file(
            request, strings, partial(collections.check_room, visitor), partial(collections.receive, visitor)
        )

    def states(self, request: Request) -> JSONResponse:
        """Say how far the files of who asks are."""
        strings = _strings(request.query_params.get("lang"))
        visitor, collections = self.office.doors.visitor(request.cookies), self.office.collections
        uploads = [
            {
                "id": upload.id,
                "state": f"{upload.state}{upload.proposal}",
                "words": state_words(upload, collections.step(upload.id), strings),
                "busy": is_under_way(upload),
            }
            for upload in collections.files(visitor)
        ]
        approving = sum(one.proposal is Proposal.APPROVING for one in collections.proposals(visitor))
        return JSONResponse({"uploads": uploads, "approving": approving}, headers={"cache-control": "no-store"})


def routes(office: Office, names: Names) -> APIRouter:
    """Return the routes of uploads; only pages of the server that goes by *names* may send files."""
    router, uploading = APIRouter(), _Uploading(office, names)
    router.add_api_route(PATH, uploading.receive, methods=["POST"])
    router.add_api_route(PATH, uploading.states, methods=["GET"])
    return router
