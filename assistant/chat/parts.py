"""Gradio parts as every tab uses them."""

from __future__ import annotations

from typing import Any

import gradio as gr

# Gradio loads the page's scripts without waiting for them: a part may be there before chat.js is
_ON_LOAD = "const join = () => window.hoiVanBan ? window.hoiVanBan.attach(element, trigger, watch) : setTimeout(join, 20); join();"
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def html_part(value: str, name: str) -> gr.HTML:
    """
    Return a part that shows *value*; presses in it become its events.

    An element with ``data-event`` triggers that Gradio event: a button when it is pressed, a field when it changes. The event
    function finds all ``data-…`` of the element in ``event._data`` (see :func:`sent`), and under "fields" what is filled in in the form
    around it.
    """
    return gr.HTML(value, js_on_load=_ON_LOAD, elem_id=name, apply_default_css=False)


def sent(event: gr.EventData) -> dict[str, Any]:
    """Return what the browser sent with *event*: anything at all, to be checked before use."""
    data = event._data  # noqa: SLF001 - Gradio's way
    return dict(data) if isinstance(data, dict) else {}


def address_of(request: gr.Request) -> str:
    """Return the address that an event comes from, "" where it is not known."""
    return str(request.client.host) if request.client else ""


def number_sent(event: gr.EventData, name: str) -> int:
    """Return what the browser sent under *name* as a number, -1 where it is none."""
    value = str(sent(event).get(name))
    return int(value) if value.isdecimal() else -1
