"""
Gradio as a server needs it: silent towards other hosts, imported in a third of the time, and each page made into one application.

What is left out on the way serves those who write Gradio programs: files for their editors, and applications that later ones replace.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import contextmanager
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import ModuleType

_SILENCE = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    # every how many events its queue sums up all events so far, for a page that is not served: a table of pandas each time, and pandas,
    # which is loaded late, is not there whole for whoever asks for it while another thread loads it
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": str(2**62),
}
# Gradio's own server of the first protocol is off, its HTTP client runs on asyncio and needs no command line: it does without these
_UNUSED = frozenset(("mcp", "trio", "httpx._main"))
# parts that this program has no use for, with the names that Gradio's modules take from them: its command line, what loads other people's
# pages from the network, what draws pipelines, and the client of a service on the network that no page of ours calls
_STAND_INS = {
    "gradio.cli": ("deploy",),
    "gradio.external": ("load", "load_chat", "load_openapi"),
    "gradio.workflow": ("Workflow",),
    "huggingface_hub.hf_api": ("HfApi", "whoami"),
}
_LATE = frozenset(("pandas",))  # which Gradio needs for what is not on our pages: loaded when it is first touched


def _without_stubs(module: Any) -> None:
    """Write no .pyi file beside every component as it is imported: that is half of the import's time."""
    module.create_or_modify_pyi = lambda *_: None


def _without_docs(module: Any) -> None:
    """Write no docstring for every event of every component: a sixth of the rest."""
    module.EventListener.set_doc = lambda *_, **__: None


def _without_authorities(module: Any) -> None:
    """Read no list of certificate authorities for the two HTTP clients that Gradio makes: it has nobody to call, and then trusts nobody."""
    import ssl  # noqa: PLC0415 - loaded by httpx itself

    module.create_ssl_context = lambda *_, **__: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


_SPARED = {
    "gradio.component_meta": _without_stubs,
    "gradio.events": _without_docs,
    "httpx._config": _without_authorities,
}


class _StandIn(Loader):
    """Stands for a part while Gradio is imported: loading them would take a quarter of the time."""

    def exec_module(self, module: ModuleType) -> None:
        """Give the names that are taken."""
        for name in _STAND_INS[module.__name__]:
            setattr(module, name, None)


class _Hurry:
    """Import hook: what only serves those who write Gradio programs is left out, and what is not used is not loaded."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Return how *name* is loaded, None for all but what is spared."""
        if name in _UNUSED:
            raise ModuleNotFoundError(name, name=name)
        if name in _STAND_INS:
            return ModuleSpec(name, _StandIn())
        if name not in _SPARED and name not in _LATE:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None and name in _LATE:
            spec.loader = LazyLoader(spec.loader)
        elif spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def spare(module: ModuleType) -> None:
                execute(module)
                _SPARED[name](module)

            spec.loader.exec_module = spare  # type: ignore[method-assign]
        return spec


@contextmanager
def no_collection() -> Iterator[None]:
    """Start nothing of the garbage collector inside: what is built at the start stays, so looking through it is in vain."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def load_gradio() -> Any:
    """Return gradio, told before its import to call nobody."""
    os.environ.update(_SILENCE)
    # looked for at every event, and most often in vain
    sys.modules.setdefault("matplotlib", None)  # type: ignore[arg-type]
    if "gradio" not in sys.modules:
        hook = _Hurry()
        sys.meta_path.insert(0, hook)
        try:
            with no_collection():
                import gradio  # noqa: PLC0415 - takes seconds, and must come after the environment
        finally:
            sys.meta_path.remove(hook)
            for name in _STAND_INS:
                sys.modules.pop(name, None)  # who asks for it later gets the real one
    import gradio  # noqa: PLC0415

    _keep_numbers()
    return gradio


def _keep_numbers() -> None:
    """
    Let a part of a page keep its number in the session of the page.

    For an output that an event passes over (``gr.skip()``) Gradio puts a copy of the part in its place, which has a number of its own.
    At the next event it files the value that is shown under that number, too, and never takes it away: the whole document, once an answer.
    """
    from gradio.blocks import Block  # noqa: PLC0415
    from gradio.state_holder import SessionState  # noqa: PLC0415

    put = SessionState.__setitem__
    if put.__module__ == __name__:
        return

    def put_numbered(session: Any, number: int, value: Any) -> None:
        if isinstance(value, Block):
            value._id = number  # noqa: SLF001 - Gradio has no other way
        put(session, number, value)

    SessionState.__setitem__ = put_numbered


class _Draft:
    """Stands for the applications that Gradio makes of a page while it is laid out; only the one that is mounted is ever called."""

    @staticmethod
    def create_app(*_: Any, **__: Any) -> None:
        """Make none."""


@contextmanager
def drafting() -> Iterator[None]:
    """Lay out pages inside without making an application of every stage of them."""
    from gradio import blocks  # noqa: PLC0415

    application = blocks.App
    blocks.App = _Draft
    try:
        yield
    finally:
        blocks.App = application
