"""The web application: Gradio's page inside our own FastAPI, which sends nothing to another host."""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
import socket
import sys
import threading
import time
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
from assistant.chat.offered import LOOPBACK, Offered
from assistant.chat.office import ROUTE, Office
from assistant.chat.strings import LANGUAGES, load_strings
from assistant.records import Records
from assistant.reloading import SharedAssistant
from assistant.visitors import ANYBODY, OWNER
from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from fastapi import FastAPI
    from starlette.applications import Starlette
    from uvicorn import Server

    from assistant.chat.late_page import LatePage
    from assistant.chat.strings import Strings
    from assistant.rephrase import Rephraser
    from indexer.index import Index

_log = logging.getLogger(__name__)
_STATIC = Path(__file__).parent / "static"
_WAITING = 64  # questions that may wait; later ones are asked to come back
_ONLY_THE_PAGE = Offered()
_IDLE = 0.005  # seconds between two looks whether somebody asks; Gradio looks a thousand times a second
_LEAVE = 3  # seconds that open pages get to close their connections when the server is ended
_SWEEP = 300.0  # seconds between two looks for classes whose time has passed
_FIRST_SWEEP = 20.0  # seconds until the first, when the start is over
AUDIT_DAYS = 730  # that entries of the audit log are kept by default
_TOLD = 30  # seconds after which those who wait are told their place; the page does not show it


def _head(strings: Strings) -> str:
    # "</" would end the element early
    toasts = json.dumps({"language": strings.language, **strings.section("toast")}, ensure_ascii=False).replace(
        "</", "<\\/"
    )
    own = sorted(
        _STATIC.glob("*.*"), key=lambda file: (file.stem != "chat", file.name)
    )  # what all tabs use comes first
    scripts = "".join(f'<script src="{ROUTE}/{file.name}"></script>' for file in own if file.suffix == ".js")
    styles = "".join(f'<link rel="stylesheet" href="{ROUTE}/{file.name}">' for file in own if file.suffix == ".css")
    return (
        f'<script type="application/json" id="hvb-toasts">{toasts}</script>{scripts}{styles}'
        f"<noscript>{strings('page.noscript')}</noscript>"
    )


def _theme(gradio: Any) -> Any:
    """Return colours with enough contrast, and the two weights of the one font that is shipped."""
    font = ["Be Vietnam Pro", "Segoe UI", "Noto Sans", "Arial", "sans-serif"]
    return gradio.themes.Base(
        primary_hue=gradio.themes.colors.blue, neutral_hue=gradio.themes.colors.slate, font=font, font_mono=font
    ).set(
        button_large_text_weight="700",
        button_primary_background_fill="#0b5cad",
        button_primary_background_fill_hover="#084a8c",
        button_primary_background_fill_dark="#0b5cad",
        button_primary_text_color="#ffffff",
        input_placeholder_color="#5b6472",
        input_placeholder_color_dark="#a9b3c1",
    )


def _files() -> frozenset[str]:
    """Return the paths of what is served to everybody: styles, scripts, fonts."""
    return frozenset(f"{ROUTE}/{file.relative_to(_STATIC).as_posix()}" for file in _STATIC.rglob("*.*"))


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
        page_routes,
        upload_routes,
    )
    from assistant.chat.late_page import LatePage  # noqa: PLC0415 - imports starlette
    from assistant.chat.screen import page_address  # noqa: PLC0415 - imports gradio
    from assistant.chat.shelves import index_for  # noqa: PLC0415 - loads what draws the page

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
    app.add_middleware(
        Guard,
        doors=office.doors,
        names=names,
        pages=pages | {f"{ROUTE}/api/": language},
        files=_files(),
    )
    app.add_middleware(PageHeaders, pages=pages)
    app.include_router(accounts_routes.routes(office, language=language, is_ready=offered.is_ready))
    app.include_router(upload_routes.routes(office, names))
    if tools:
        app.router.routes += tools.routes
    # before the static files, which take all else below ROUTE
    for part in (bench_routes, export_routes):
        app.include_router(part.routes(office))
    app.include_router(page_routes.routes(office, index_for(office), images=office.pages))
    app.include_router(class_routes.routes(office, names, language=language))
    app.mount(ROUTE, StaticFiles(directory=_STATIC))
    for path, other in pages.items():
        if path != "/":
            _mount_late(app, LatePage(path, partial(_mount, FastAPI(), office, path, other, language)))
    return _mount(app, office, "/", language, language)  # takes what no other page has taken


def _mount(app: FastAPI, office: Office, path: str, language: str, default: str) -> FastAPI:
    """Return *app* with the page in *language* at *path*; *default* is the language of the page at "/"."""
    from assistant.chat.screen import Screen  # noqa: PLC0415 - imports gradio

    gradio, strings = load_gradio(), load_strings(language)
    with drafting():
        blocks = Screen(office, strings, default=default).build()
        blocks.queue(max_size=_WAITING, status_update_rate=_TOLD)
    blocks._queue.sleep_when_free = _IDLE  # noqa: SLF001 - Gradio has no option for it
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
        theme=_theme(gradio),
        head=_head(strings),
    )
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


def _after_start(server: Server, address: str, warm: Any) -> None:
    while not server.started:
        if server.should_exit:
            return
        time.sleep(0.02)
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()
    warm()


def _open_index(directory: Path, model: str | None) -> Index:
    """Open the index in *directory*, built with our own embedding model or with *model*, which is loaded when it is first needed."""
    from indexer.index import Index  # noqa: PLC0415 - heavy

    if model is None:
        return Index.open(directory)
    from indexer.embedding import load_encoder  # noqa: PLC0415 - heavy

    return Index.open(directory, load_encoder=lambda: load_encoder(model))


def _sweep(office: Office, ended: threading.Event, *, audit_days: int) -> None:
    """Forget what need not be kept any longer, now and then, until *ended*."""

    def classes() -> None:
        office.classes.sweep()
        office.class_corpus.sweep(office.classes.is_open)

    def audit() -> None:
        office.audit.cut(time.time() - audit_days * 86400.0)

    pause = _FIRST_SWEEP
    while not ended.wait(pause):
        pause = _SWEEP
        for what in (classes, office.questions.sweep, audit):
            try:
                what()
            except Exception:  # noqa: BLE001 - the boundary: the next look tries again
                _log.exception("what need not be kept any longer could not be looked through")


def _note_start(office: Office, settings: Mapping[str, object]) -> None:
    """Put the start into the audit log, and the settings where they are others than at the start before."""
    told = {name: str(value) for name, value in settings.items()}
    with office.records.transaction():
        office.audit.note(Event.SERVER_STARTED, actor=SERVER, generation=office.generation)
        if office.audit.last_of(Event.SETTINGS) != told:
            office.audit.note(Event.SETTINGS, actor=SERVER, **told)


def _leave_in_order() -> None:
    """Have SIGTERM end the process like an interrupt does, so that what has to be done at the end is done."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


def serve(
    index_dir: Path,
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
) -> None:
    """
    Serve the chat until interrupted: the page first, its address on stdout, then the model is loaded behind it.

    *rephraser* is a language model that may reword answers; *data* the folder of what is kept beside the index. Without accounts in it,
    whoever comes owns a server on a loopback address, and reads from one on another.
    *sets* is the folder of the question sets that evaluators may run, by default those of the evaluation. *model* names the embedding model
    that the index was built with, where that is not our own. Questions are kept for *question_days*, masked; not at all where that is 0.
    Entries of the audit log are kept for *audit_days*.

    Raises:
        InputError: the port is taken, *data* cannot be written, or there are no screen strings in *language*.
        StoreError: the index cannot serve.
    """
    _check_free(host, port)
    with no_collection():
        records = Records.open(data)
        audit = AuditLog(records)
        assistant = SharedAssistant(
            index_dir,
            lambda index: LateAssistant(_open_index(index, model), rephraser),
            swapped=lambda name: audit.note(Event.INDEX_SWAPPED, actor=SERVER, generation=name),
        )
        accounts = _doors(records, host, data, anonymous=offered.anonymous)
        warm = threading.Event()
        offered = replace(
            offered, is_ready=warm.is_set, hosts=LOOPBACK | {host} if host in LOOPBACK or offered.names else frozenset()
        )
        bench = BenchRuns(records, data / "bench", index_dir, sets=sets or sets_folder())
        office = Office(assistant, data, records, accounts, index=index_dir, bench=bench, question_days=question_days)
        app = build_app(office, host=host, port=port, language=language, offered=offered)
        import uvicorn  # noqa: PLC0415

        gc.freeze()  # else the first collection, before the page is there, looks through all of it
    server = uvicorn.Server(
        uvicorn.Config(app, host=host, port=port, log_level="warning", timeout_graceful_shutdown=_LEAVE)
    )
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def load() -> None:
        assistant.warm()
        gc.unfreeze()
        gc.collect()
        gc.freeze()  # what is loaded stays: the collector need not look through it again while people ask
        warm.set()

    threading.Thread(target=_after_start, args=(server, address, load), daemon=True, name="warm").start()
    ended = threading.Event()
    threading.Thread(
        target=_sweep, args=(office, ended), kwargs={"audit_days": audit_days}, daemon=True, name="sweep"
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
    _note_start(office, settings)
    _leave_in_order()
    try:
        server.run()
    finally:
        ended.set()
        office.collections.close()
        audit.note(Event.SERVER_STOPPED, actor=SERVER)
