"""The web application: Gradio's page inside our own FastAPI, which sends nothing to another host."""

from __future__ import annotations

import gc
import logging
import os
import socket
import sys
import threading
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.accounts import Accounts
from assistant.audit_log import SERVER, AuditLog, Event
from assistant.bench_runs import BenchRuns
from assistant.bench_sets import sets_folder
from assistant.chat.gradio_start import drafting, load_gradio, no_collection
from assistant.chat.guard import Guard, Names
from assistant.chat.headers import PageHeaders
from assistant.chat.late import LateAssistant
from assistant.chat.looks import STATIC, open_files, page_head, page_theme
from assistant.chat.offered import LOOPBACK, Offered
from assistant.chat.office import ROUTE, Office
from assistant.chat.running import after_start, generation_number, leave_in_order, note_start, note_swap, sweep
from assistant.chat.strings import LANGUAGES, load_strings
from assistant.logs import LogForm, log_in
from assistant.metrics import Metrics, NoCounts
from assistant.pace import sending
from assistant.records import Records
from assistant.reloading import SharedAssistant
from assistant.visitors import ANYBODY, OWNER
from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fastapi import FastAPI
    from starlette.applications import Starlette

    from assistant.chat.late_page import LatePage
    from assistant.chat.open_pages import OpenPages
    from assistant.rephrase import Rephraser
    from indexer.index import Index
    from indexer.location import Location

_log = logging.getLogger(__name__)
_MOST_SENT = 1024 * 1024  # bytes of an event: a question far too long still gets its sentence
_WAITING = 64  # questions that may wait; later ones are asked to come back
_ONLY_THE_PAGE = Offered()
_SESSIONS = 500  # pages whose conversation is held; of more, the one used longest ago begins anew
_IDLE = 0.005  # seconds between two looks whether somebody asks; Gradio looks a thousand times a second
_LEAVE = 3  # seconds that open pages get to close their connections when the server is ended
AUDIT_DAYS = 730  # that entries of the audit log are kept by default
_TOLD = 30  # seconds after which those who wait are told their place; the page does not show it


def build_app(
    office: Office,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    language: str = "vi",
    offered: Offered = _ONLY_THE_PAGE,
) -> FastAPI:
    """
    Return the application over *office*, its pages in *language* unless asked otherwise; nothing of the model needs to be loaded yet.

    Raises:
        InputError: there are no screen strings in *language*.
    """
    load_strings(language)
    load_gradio()
    from fastapi import FastAPI  # noqa: PLC0415 - loads as long as gradio
    from fastapi.middleware.cors import CORSMiddleware  # noqa: PLC0415
    from fastapi.staticfiles import StaticFiles  # noqa: PLC0415

    from assistant.chat import (  # noqa: PLC0415 - import fastapi
        accounts_routes,
        bench_routes,
        class_routes,
        export_routes,
        health_routes,
        page_routes,
        upload_routes,
    )
    from assistant.chat.late_page import LatePage  # noqa: PLC0415 - imports starlette
    from assistant.chat.limits import BodyLimit, SendingPace, too_long  # noqa: PLC0415
    from assistant.chat.open_pages import Heartbeats, OpenPages  # noqa: PLC0415
    from assistant.chat.screen import page_address  # noqa: PLC0415 - imports gradio
    from assistant.chat.sessions import OwnSessions  # noqa: PLC0415
    from assistant.chat.shelves import index_for  # noqa: PLC0415 - loads what draws the page
    from assistant.chat.watch import Watch  # noqa: PLC0415

    origins = [f"http://{name}:{port}" for name in dict.fromkeys((host, "127.0.0.1", "localhost"))]
    names = Names(frozenset(origins), offered.names, offered.hosts)
    tools = _tools(office, offered, host, origins)
    app = FastAPI(
        openapi_url=None, docs_url=None, redoc_url=None, lifespan=tools.router.lifespan_context if tools else None
    )
    app.add_middleware(CORSMiddleware, allow_origins=origins)
    pages = {page_address(other, language): other for other in LANGUAGES}
    if offered.api:
        _add_api(app, office, language)
    open_pages = OpenPages()
    office.counts.watch("hvb_pages", "Pages that are open", lambda: float(len(open_pages)))
    # from within outwards
    app.add_middleware(Heartbeats, pages=open_pages)
    app.add_middleware(OwnSessions)
    events = tuple(f"{page.rstrip('/')}/gradio_api/" for page in pages)
    app.add_middleware(BodyLimit, prefix=events, most=_MOST_SENT, refuse=too_long)
    app.add_middleware(SendingPace, paces=sending())
    app.add_middleware(
        Guard,
        doors=office.doors,
        names=names,
        pages=pages | {f"{ROUTE}/api/": language},
        files=open_files(),
    )
    app.add_middleware(PageHeaders, pages=pages)
    app.add_middleware(Watch, counts=office.counts, pages=pages)
    app.include_router(
        health_routes.routes(office, is_ready=offered.is_ready, metrics=offered.metrics, token=offered.metrics_token)
    )
    app.include_router(accounts_routes.routes(office, language=language))
    app.include_router(upload_routes.routes(office, names))
    if tools:
        app.router.routes += tools.routes
    # before the static files, which take all else below ROUTE
    for part in (bench_routes, export_routes):
        app.include_router(part.routes(office))
    app.include_router(page_routes.routes(office, index_for(office), images=office.pages))
    app.include_router(class_routes.routes(office, names, language=language))
    app.mount(ROUTE, StaticFiles(directory=STATIC))
    office.counts.watch("hvb_ready", "Whether the model is loaded", lambda: float(offered.is_ready()))
    for path, other in pages.items():
        if path != "/":
            _mount_late(
                app, LatePage(path, partial(_mount, FastAPI(), office, path, other, language, open_pages=open_pages))
            )
    return _mount(app, office, "/", language, language, open_pages=open_pages)  # takes what no other page has taken


def _mount(app: FastAPI, office: Office, path: str, language: str, default: str, *, open_pages: OpenPages) -> FastAPI:
    """Return *app* with the page in *language* at *path*; *default* is the language of the page at "/"."""
    from assistant.chat.screen import Screen  # noqa: PLC0415 - imports gradio

    gradio, strings = load_gradio(), load_strings(language)
    with drafting():
        blocks = Screen(office, strings, default=default).build()
        blocks.queue(max_size=_WAITING, status_update_rate=_TOLD)
    blocks.state_session_capacity = _SESSIONS
    queue = blocks._queue  # noqa: SLF001 - Gradio has no option for what follows
    queue.sleep_when_free = _IDLE
    office.counts.watch("hvb_queue", "Questions that wait in the chat", lambda: float(len(queue)), language=language)
    mounted: FastAPI = gradio.mount_gradio_app(
        app,
        blocks,
        path=path,
        footer_links=[],
        run_history=False,
        show_error=False,
        allowed_paths=[],
        max_file_size="1mb",
        mcp_server=False,
        pwa=False,
        ssr_mode=False,
        app_kwargs={"openapi_url": None, "docs_url": None, "redoc_url": None},
        i18n=gradio.I18n(vi=dict(strings.gradio), en=dict(strings.gradio)),
        theme=page_theme(gradio),
        head=page_head(strings),
    )
    open_pages.watch(blocks)
    return mounted


def _mount_late(app: FastAPI, page: LatePage) -> None:
    """Add *page* to *app*, and end it with it."""
    around = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(inner: Any) -> AsyncIterator[Any]:
        async with around(inner) as state:
            yield state
            await page.close()

    app.router.lifespan_context = lifespan
    app.router.routes.append(page)


def _add_api(app: FastAPI, office: Office, language: str) -> None:
    from assistant.chat import api_routes  # noqa: PLC0415 - imports fastapi
    from assistant.chat.limits import BodyLimit  # noqa: PLC0415

    app.add_middleware(BodyLimit, prefix=f"{api_routes.API}/", most=api_routes.MOST_BYTES, refuse=api_routes.too_large)
    app.include_router(api_routes.routes(office, language=language))


def _tools(office: Office, offered: Offered, host: str, origins: list[str]) -> Starlette | None:
    """Return the application of the MCP tools, None where they are off."""
    if not offered.mcp:
        return None
    from assistant.chat.mcp_tools import mcp_app  # noqa: PLC0415 - loads mcp

    own = [f"{name}:*" for name in sorted({*LOOPBACK, host})]
    public = sorted(offered.names)
    return mcp_app(
        office.assistant,
        hosts=[*own, *public, *(f"{name}:*" for name in public)],
        origins=[*origins, *(f"https://{name}" for name in public), *(f"http://{name}" for name in public)],
        counts=office.counts,
    )


def _check_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        if os.name != "nt":  # there it would let two servers share a port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            msg = (
                f"cannot serve on {host}:{port}: {error.strerror or error}.\n"
                f"  Take another port: python -m assistant serve --port {port + 1}"
            )
            raise InputError(msg) from error


def _doors(records: Records, host: str, data: Path, *, anonymous: bool) -> Accounts:
    """Return who is let in; where nothing is kept of anybody, that is said on stderr with the command that adds an account."""
    is_local = host in LOOPBACK
    accounts = Accounts(records, without=OWNER if is_local else ANYBODY, anonymous=anonymous)
    if not accounts.has_any and not is_local:
        sys.stderr.write(
            "Chưa có tài khoản: ai mở được địa chỉ này cũng đọc và hỏi được, không ai lưu được gì.\n"
            f"  Thêm tài khoản: python -m assistant accounts add TÊN --role administrator --data {data}\n"
        )
    return accounts


def _open_index(directory: Location, model: str | None) -> Index:
    """Open the index at *directory*, built with our own embedding model or with *model*, which is loaded when it is first needed."""
    from indexer.index import Index  # noqa: PLC0415 - heavy

    if model is None:
        return Index.open(directory)
    from indexer.embedding import load_encoder  # noqa: PLC0415 - heavy

    return Index.open(directory, load_encoder=lambda: load_encoder(model))


def serve(
    index_dir: Location,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    language: str = "vi",
    rephraser: Rephraser | None = None,
    data: Path = Path(".data"),
    offered: Offered = _ONLY_THE_PAGE,
    sets: Path | None = None,
    model: str | None = None,
    question_days: int = 0,
    audit_days: int = AUDIT_DAYS,
    log: LogForm = LogForm.TEXT,
) -> None:
    """
    Serve the chat until interrupted: the page first, its address on stdout, then the model is loaded behind it.

    *rephraser* is a language model that may reword answers; *data* the folder of what is kept beside the index. Without accounts in it,
    whoever comes owns a server on a loopback address, and reads from one on another.
    *sets* is the folder of the question sets that evaluators may run, by default those of the evaluation. *model* names the embedding model
    that the index was built with, where that is not our own. Questions are kept for *question_days*, masked; not at all where that is 0.
    Entries of the audit log are kept for *audit_days*. *log* is the form of what is logged to stderr.

    Raises:
        InputError: the port is taken, *data* cannot be written, or there are no screen strings in *language*.
        StoreError: the index cannot serve.
    """
    _check_free(host, port)
    log_in(log)
    counts = Metrics() if offered.metrics else NoCounts()
    with no_collection():
        records = Records.open(data)
        audit = AuditLog(records)
        assistant = SharedAssistant(
            index_dir,
            lambda index: LateAssistant(_open_index(index, model), rephraser),
            swapped=lambda name: note_swap(name, audit, counts),
        )
        accounts = _doors(records, host, data, anonymous=offered.anonymous)
        warm = threading.Event()
        offered = replace(
            offered, is_ready=warm.is_set, hosts=LOOPBACK | {host} if host in LOOPBACK or offered.names else frozenset()
        )
        bench = BenchRuns(records, data / "bench", index_dir, sets=sets or sets_folder())
        office = Office(
            assistant,
            data,
            records,
            accounts,
            index=index_dir,
            bench=bench,
            question_days=question_days,
            counts=counts,
        )
        counts.watch(
            "hvb_index_generation",
            "Number of the generation that answers",
            lambda: generation_number(office.generation),
        )
        counts.watch("hvb_documents", "Documents that are shared", lambda: float(len(assistant.index.documents)))
        app = build_app(office, host=host, port=port, language=language, offered=offered)
        import uvicorn  # noqa: PLC0415

        gc.freeze()  # else the first collection, before the page is there, looks through all of it
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            log_level="warning",
            timeout_graceful_shutdown=_LEAVE,
            **({"log_config": None} if log is LogForm.JSON else {}),
        )
    )
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def load() -> None:
        assistant.warm()
        gc.unfreeze()
        gc.collect()
        gc.freeze()  # what is loaded stays: the collector need not look through it again while people ask
        warm.set()

    threading.Thread(target=after_start, args=(server, address, load), daemon=True, name="warm").start()
    ended = threading.Event()
    threading.Thread(
        target=sweep, args=(office, ended), kwargs={"audit_days": audit_days}, daemon=True, name="sweep"
    ).start()
    settings = {
        "host": host,
        "names": " ".join(sorted(offered.names))[:200],
        "anonymous": offered.anonymous,
        "api": offered.api,
        "mcp": offered.mcp,
        "rephraser": getattr(rephraser, "host", "") if rephraser else "",
        "question_days": question_days,
        "audit_days": audit_days,
    }
    note_start(office, settings)
    leave_in_order()
    try:
        server.run()
    finally:
        ended.set()
        office.collections.close()
        audit.note(Event.SERVER_STOPPED, actor=SERVER)
