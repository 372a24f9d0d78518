"""What the evaluator's tab fetches beside Gradio: the progress of a run, a result as a file, and a question set that is sent."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import FileResponse, JSONResponse

from assistant.audit_log import Event
from assistant.bench_sets import check_lines
from assistant.chat.bench import render_faults
from assistant.chat.office import ROUTE
from assistant.chat.strings import LANGUAGES, load_strings
from assistant.visitors import Role

if TYPE_CHECKING:
    from assistant.bench_runs import BenchRuns
    from assistant.chat.office import Office

LARGEST = 5 * 2**20  # bytes of a question set
_FRESH = {"Cache-Control": "no-store"}


def routes(office: Office) -> APIRouter:
    """Return the routes of the tab over *office*; all of them are for evaluators alone."""
    router = APIRouter(prefix=f"{ROUTE}/danh-gia", include_in_schema=False)

    def entered(request: Request) -> tuple[BenchRuns, str]:
        visitor = office.doors.visitor(request.cookies)
        if not visitor.is_known or not visitor.may(Role.EVALUATOR) or office.bench is None:
            raise HTTPException(403)
        return office.bench, visitor.id

    def progress(request: Request) -> Response:
        runs, owner = entered(request)
        found = runs.progress()
        if found is None or found.owner != owner:
            return JSONResponse({"run": None}, headers=_FRESH)
        return JSONResponse({"run": found.run, "done": found.done, "total": found.total}, headers=_FRESH)

    def result(request: Request, run: str) -> Response:
        runs, owner = entered(request)
        found, file = runs.run(owner, run), runs.result_file(owner, run)
        if found is None or file is None:
            raise HTTPException(404)
        office.audit.note(Event.EXPORTED, actor=owner, what="run", run=run, kind="json")
        day = "".join(letter for letter in found.started[:16] if letter.isdecimal())
        name = quote(f"kết quả {found.set_name} {day}.json")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", **_FRESH}
        return FileResponse(file, media_type="application/json", headers=headers)

    async def add(request: Request, ten: str = "", ngon_ngu: str = "vi") -> Response:
        runs, owner = entered(request)
        if not _from_own_page(request):
            raise HTTPException(403)
        strings = load_strings(ngon_ngu if ngon_ngu in LANGUAGES else "vi")

        def said(key: str, status: int, **fields: object) -> Response:
            words = escape(strings(f"bench.{key}", **fields))
            return JSONResponse({"html": f'<p class="hvb-notice">{words}</p>'}, status_code=status)

        if not ten.strip():
            return said("upload_no_name", 422)
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > LARGEST:
                return said("upload_large", 413)
        try:
            text = body.decode("utf-8-sig")
        except UnicodeDecodeError:
            return said("upload_encoding", 422)
        if faults := check_lines(text):
            return JSONResponse({"html": render_faults(faults, strings=strings)}, status_code=422)
        added = runs.add_set(owner, ten, text)
        return said("upload_added", 200, name=added.name, count=added.count)

    router.add_api_route("/tien-do", progress, methods=["GET"])
    router.add_api_route("/ket-qua/{run}", result, methods=["GET"])
    router.add_api_route("/bo-cau-hoi", add, methods=["POST"])
    return router


def _from_own_page(request: Request) -> bool:
    """Tell whether *request* comes from a page of this server: browsers name the page's host in Origin with every post."""
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == request.headers.get("host")
