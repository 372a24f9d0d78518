"""The web application: Gradio's page inside our own FastAPI, which sends nothing to another host."""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.chat.headers import PageHeaders
from assistant.chat.office import ROUTE, Office
from assistant.chat.strings import LANGUAGES, load_strings
from assistant.records import Records
from indexer.errors import InputError

if TYPE_CHECKING:
    from fastapi import FastAPI
    from uvicorn import Server

    from assistant.chat.strings import Strings
    from assistant.rephrase import Rephraser

_STATIC = Path(__file__).parent / "static"
_WAITING = 64  # questions that may wait; later ones are asked to come back
_SILENCE = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}


def _gradio() -> Any:
    """Return gradio, told before its import to call nobody."""
    os.environ.update(_SILENCE)
    import gradio  # noqa: PLC0415 - takes three seconds, and must come after the environment

    return gradio


def _head(strings: Strings) -> str:
    # "</" would end the element early
    toasts = json.dumps(strings.section("toast"), ensure_ascii=False).replace("</", "<\\/")
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


def build_app(office: Office, *, host: str = "127.0.0.1", port: int = 7860, language: str = "vi") -> FastAPI:
    """
    Return the application over *office*, its pages in *language* unless asked otherwise; nothing of the model needs to be loaded yet.

    Raises:
        InputError: there are no screen strings in *language*.
    """
    load_strings(language)
    gradio = _gradio()
    from fastapi import FastAPI  # noqa: PLC0415 - loads as long as gradio
    from fastapi.middleware.cors import CORSMiddleware  # noqa: PLC0415
    from fastapi.staticfiles import StaticFiles  # noqa: PLC0415

    from assistant.chat.screen import Screen, page_address  # noqa: PLC0415 - imports gradio

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    origins = [f"http://{name}:{port}" for name in dict.fromkeys((host, "127.0.0.1", "localhost"))]
    app.add_middleware(CORSMiddleware, allow_origins=origins)
    pages = {page_address(other, language): other for other in LANGUAGES}
    app.add_middleware(PageHeaders, pages=pages)
    app.mount(ROUTE, StaticFiles(directory=_STATIC))
    for path, other in sorted(pages.items(), reverse=True):  # "/" takes what no other page has taken
        strings = load_strings(other)
        blocks = Screen(office, strings, default=language).build()
        blocks.queue(max_size=_WAITING)
        gradio.mount_gradio_app(
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
    return app


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


def _after_start(server: Server, address: str, warm: Any) -> None:
    while not server.started:
        if server.should_exit:
            return
        time.sleep(0.05)
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()
    warm()


def serve(
    index_dir: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    language: str = "vi",
    rephraser: Rephraser | None = None,
    data: Path = Path(".data"),
) -> None:
    """
    Serve the chat until interrupted: the page first, its address on stdout, then the model is loaded behind it.

    *rephraser* is a language model that may reword answers; *data* the folder of what is kept beside the index.

    Raises:
        InputError: the port is taken, *data* cannot be written, or there are no screen strings in *language*.
        StoreError: the index cannot serve.
    """
    from assistant.service import Assistant  # noqa: PLC0415 - the index opens before the page is built

    _check_free(host, port)
    assistant = Assistant.open(index_dir, rephraser=rephraser)
    app = build_app(Office(assistant, data, Records.open(data)), host=host, port=port, language=language)
    import uvicorn  # noqa: PLC0415

    server = uvicorn.Server(uvicorn.Config(app, host=host, port=port, log_level="warning"))
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    threading.Thread(target=_after_start, args=(server, address, assistant.warm), daemon=True, name="warm").start()
    server.run()
