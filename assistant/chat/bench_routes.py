"""What the evaluator's tab fetches beside Gradio: the progress of a run, a result as a file, and a question set that is sent."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from starlette.concurrency import run_in_threadpool

from assistant.audit_log import Event
from assistant.bench_files import SheetLines, is_sheet
from assistant.bench_sets import check_lines
from assistant.chat.bench import render_faults, render_notes
from assistant.chat.office import ROUTE
from assistant.chat.strings import LANGUAGES, load_strings
from assistant.visitors import Role

if TYPE_CHECKING:
    from assistant.bench_runs import BenchRuns, Run
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
        return FileResponse(file, media_type="application/json", headers=_saved_as(found, "kết quả", "json"))

    def page(request: Request, run: str, ngon_ngu: str = "vi") -> Response:
        runs, owner = entered(request)
        found = runs.run(owner, run)
        made = runs.report_page(owner, run, ngon_ngu if ngon_ngu in LANGUAGES else "vi")
        if found is None or made is None:
            raise HTTPException(404)
        office.audit.note(Event.EXPORTED, actor=owner, what="run", run=run, kind="html")
        return Response(made, media_type="text/html", headers=_saved_as(found, "báo cáo", "html"))

    async def add(request: Request, ten: str = "", ngon_ngu: str = "vi", tep: str = "") -> Response:
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
        sheet = SheetLines()
        if is_sheet(tep, bytes(body[:8])):
            sheet = await run_in_threadpool(runs.sheet_lines, bytes(body), tep)
            if sheet.faults:
                return JSONResponse({"html": render_faults(sheet.faults, strings=strings)}, status_code=422)
            text = sheet.text
        else:
            try:
                text = body.decode("utf-8-sig")
            except UnicodeDecodeError:
                return said("upload_encoding", 422)
        if faults := check_lines(text):
            return JSONResponse({"html": render_faults(faults, strings=strings)}, status_code=422)
        added = runs.add_set(owner, ten, text)
        words = escape(strings("bench.upload_added", name=added.name, count=added.count))
        return JSONResponse({"html": f'<p class="hvb-notice">{words}</p>{render_notes(sheet.notes, strings=strings)}'})

    router.add_api_route("/tien-do", progress, methods=["GET"])
    router.add_api_route("/ket-qua/{run}", result, methods=["GET"])
    router.add_api_route("/bao-cao/{run}", page, methods=["GET"])
    router.add_api_route("/bo-cau-hoi", add, methods=["POST"])
    return router


def _saved_as(run: Run, what: str, suffix: str) -> dict[str, str]:
    """Return the headers of a file that a browser saves under the names of *what* it is and of the set of *run*."""
    day = "".join(letter for letter in run.started[:16] if letter.isdecimal())
    name = quote(f"{what} {run.set_name} {day}.{suffix}", safe="")
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", **_FRESH}


def _from_own_page(request: Request) -> bool:
    """Tell whether *request* comes from a page of this server: browsers name the page's host in Origin with every post."""
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == request.headers.get("host")
