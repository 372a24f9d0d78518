"""Asks the chat as its own page does: Gradio's queue over HTTP, a session a user."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indexer.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    import httpx

BOX = "hvb-box"  # the question box of the page
ROUTE = "/gradio_api"
PATIENCE = 120.0  # seconds


class QueueFullError(StoreError):
    """The chat says that too many questions wait already."""


@dataclass(frozen=True, slots=True)
class AskEvent:
    """The event that Enter in the question box triggers: its number, the box, and how many inputs it has before and behind."""

    number: int
    box: int
    inputs: tuple[int, ...]
    queued: bool = True

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> AskEvent:
        """
        Find the event in *config*, what the page is told at ``/config``.

        Raises:
            StoreError: the page has no question box, or Enter in it does nothing.
        """
        boxes = [one["id"] for one in config["components"] if one.get("props", {}).get("elem_id") == BOX]
        for event in config["dependencies"]:
            for box in boxes:
                if [box, "submit"] in [list(target) for target in event["targets"]] and event.get("backend_fn", True):
                    return cls(event["id"], box, tuple(event["inputs"]), event.get("queue") is not False)
        msg = f"the page of the chat has no question box {BOX!r} that sends.\n  Measure with the eval of the same version."
        raise StoreError(msg)

    def body(self, question: str, session: str) -> dict[str, Any]:
        """Return what the page posts to ask *question*; what the session keeps (its conversation) is not sent."""
        data = [question if one == self.box else None for one in self.inputs]
        return {
            "data": data,
            "fn_index": self.number,
            "session_hash": session,
            "trigger_id": self.box,
            "event_data": None,
        }


@dataclass(frozen=True, slots=True)
class QuietEvent:
    """An event that the page sends by itself, outside of the queue: when it is opened, or behind another one."""

    number: int
    inputs: int

    async def send(self, client: httpx.AsyncClient, session: str) -> str:
        """Send it, as the page does, and return what comes back."""
        body = {"data": [None] * self.inputs, "fn_index": self.number, "session_hash": session, "event_data": None}
        return _accepted(await client.post(f"{ROUTE}/run/predict", json=body, timeout=PATIENCE))


def quiet_events(
    config: Mapping[str, Any], *, on_load: bool = False, behind: int | None = None, pressed: str | None = None
) -> tuple[QuietEvent, ...]:
    """Return the events of *config* that a page sends when it is opened (*on_load*), behind the event *behind*, or when *pressed* is pressed."""
    buttons = {one["id"] for one in config.get("components", ()) if one.get("props", {}).get("elem_id") == pressed}
    return tuple(
        QuietEvent(event["id"], len(event["inputs"]))
        for event in config["dependencies"]
        if event.get("backend_fn", True)
        and (
            (on_load and any(target[1] == "load" for target in event["targets"]))
            or (behind is not None and event.get("trigger_after") == behind)
            or (pressed is not None and any(target[0] in buttons for target in event["targets"]))
        )
    )


async def ask(client: httpx.AsyncClient, event: AskEvent, question: str, session: str) -> str:
    """
    Ask *question* in *session* and return all that was put on the screen, once it stands there.

    Raises:
        QueueFullError: too many questions wait.
        StoreError: the server refused the question otherwise, or reported a fault.
    """
    body = _sent(event.body(question, session))
    if not event.queued:
        response = await client.post(f"{ROUTE}/run/predict", **body, timeout=PATIENCE)
        return _accepted(response)
    _accepted(await client.post(f"{ROUTE}/queue/join", **body, timeout=PATIENCE))
    shown: list[str] = []
    stream = client.stream("GET", f"{ROUTE}/queue/data", params={"session_hash": session}, timeout=PATIENCE)
    async with stream as answer:
        async for line in _lines(answer):
            if not line.startswith("data:"):
                continue
            message = json.loads(line.removeprefix("data:"))
            if message["msg"] in ("process_generating", "process_completed"):
                shown.append(json.dumps(message.get("output"), ensure_ascii=False))
            if message["msg"] == "process_completed":
                if not message.get("success"):
                    msg = f"the chat reported a fault: {shown[-1][:200]}"
                    raise StoreError(msg)
                return "".join(shown)
            if message["msg"] == "unexpected_error":
                msg = f"the chat reported a fault: {message.get('message')}"
                raise StoreError(msg)
    msg = "the chat closed the connection before the answer came"
    raise StoreError(msg)


async def _lines(answer: httpx.Response) -> AsyncIterator[str]:
    """Yield the lines of a stream of events; httpx would end one at marks that a question may hold (U+2028), too."""
    rest = b""
    async for part in answer.aiter_bytes():
        *whole, rest = (rest + part).split(b"\n")
        for line in whole:
            yield line.decode()


def _sent(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return *body* as a browser sends it: halves of surrogate pairs, which UTF-8 cannot write, as escapes."""
    content = json.dumps(body, ensure_ascii=False)
    try:
        encoded = content.encode()
    except UnicodeEncodeError:
        encoded = json.dumps(body).encode()
    return {"content": encoded, "headers": {"Content-Type": "application/json"}}


def _accepted(response: httpx.Response) -> str:
    if response.status_code == 503 and "queue is full" in response.text.lower():
        raise QueueFullError(response.text[:200])
    if response.status_code != 200:
        msg = f"the chat refused a question: HTTP {response.status_code} {response.text[:200]}"
        raise StoreError(msg)
    return response.text
