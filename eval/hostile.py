"""
Hostile questions, put to the assistant, to a real server over HTTP, and to its page in a real browser.

Nothing may raise, no script may run, no address elsewhere may be called, and no question may hold the others up for long.
"""

from __future__ import annotations

import json
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import numpy as np

from eval.hostile_questions import MARK, Hostile, hostile_questions
from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from assistant.service import Assistant


_TURNS = 5  # of a conversation: what was asked before is part of what a question means
_NAMED = 10  # slowest questions that are told
# what our own HTML of a conversation consists of; every other tag would be one of the question's or the document's
_TAGS = frozenset(
    (
        "a",
        "button",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "form",
        "h2",
        "input",
        "label",
        "li",
        "mark",
        "ol",
        "option",
        "p",
        "q",
        "section",
        "select",
        "span",
        "strong",
        "summary",
        "textarea",
        "ul",
    )
)
_ADDRESSES = frozenset(
    ("src", "href", "action", "formaction", "srcdoc", "style", "data", "poster", "background", "srcset")
)
API = "/hoi-van-ban/api/v1/hoi"
# 413 and 422: too long, no question; 503: the queue's own word
_EXPECTED = frozenset((200, 413, 422, 503))


@dataclass(slots=True)
class Found:
    """What came of it: how questions ended, what went wrong (with the question's number), and the time of each (kind, number, seconds)."""

    where: str
    ended: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    taken: list[tuple[float, str, int]] = field(default_factory=list)

    def fault(self, one: Hostile, what: str) -> None:
        """Note that question *one* did harm."""
        self.faults.append(f"{one.number} ({one.kind}): {what}")

    def lines(self) -> list[str]:
        """Return what is printed of it."""
        ended = ", ".join(f"{status} {count}" for status, count in self.ended.most_common())
        lines = [f"{self.where}: {self.ended.total()} questions, {len(self.faults)} faults ({ended})"]
        if self.taken:
            seconds = [one[0] for one in self.taken]
            p50, p95, p99 = np.percentile(seconds, (50, 95, 99)) * 1000
            slowest = max(self.taken)
            lines.append(
                f"  p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms, slowest {slowest[0]:.2f} s (question {slowest[2]}, {slowest[1]})"
            )
        return [*lines, *(f"  FAULT {fault}" for fault in self.faults[:20])]

    def report(self) -> dict[str, Any]:
        """Return it for a result file."""
        slowest = [
            {"seconds": round(at, 3), "kind": kind, "number": number}
            for at, kind, number in sorted(self.taken)[-_NAMED:][::-1]
        ]
        times = [one[0] for one in self.taken]
        shares = (
            {f"p{share}_ms": round(float(np.percentile(times, share)) * 1000, 1) for share in (50, 95, 99)}
            if times
            else {}
        )
        return {"where": self.where, "ended": dict(self.ended), "faults": self.faults, **shares, "slowest": slowest}


class _Tags(HTMLParser):
    """Reads HTML as a browser does, and keeps what is not ours: a tag, a handler, an address that is no path of this server."""

    def __init__(self) -> None:
        super().__init__()
        self.foreign: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one tag."""
        if tag not in _TAGS:
            self.foreign.append(f"<{tag}>")
        for name, value in attrs:
            own = name == "href" and (value or "").startswith("/") and not (value or "").startswith("//")
            if name.startswith("on") or (name in _ADDRESSES and not own):
                self.foreign.append(f"<{tag} {name}>")


def harm_in(html: str) -> str:
    """Return what of *html*, a conversation as the page shows it, is not ours: a tag or an attribute; "" where nothing is."""
    reader = _Tags()
    reader.feed(html)
    reader.close()
    return f"foreign: {' '.join(reader.foreign[:3])}" if reader.foreign else ""


def ask_assistant(assistant: Assistant, questions: Iterable[Hostile]) -> Found:
    """Put *questions* to *assistant* itself, in conversations, and draw each answer as the page does."""
    from assistant.chat.conversation import Turn, render_conversation  # noqa: PLC0415 - loads the words of the screen
    from assistant.chat.strings import load_strings  # noqa: PLC0415

    found, state, strings = Found("assistant, processor time"), None, load_strings("vi")
    for one in questions:
        if one.number % _TURNS == 0:
            state = None
        before, began = state, time.process_time()  # other work on the machine does not lengthen it
        try:
            reply, state = assistant.ask(one.text, state)
            turn = Turn(one.text, reply, before=before)
            found.ended[str(reply.status)] += 1
        except InputError as error:
            turn = Turn(one.text, error=str(error))
            found.ended["refused"] += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            where = traceback.extract_tb(error.__traceback__)[-1]
            found.ended["fault"] += 1
            found.fault(
                one,
                f"{type(error).__name__} at {where.filename.rpartition('/')[2]}:{where.lineno}: {str(error)[:120]!r}",
            )
            continue
        finally:
            found.taken.append((time.process_time() - began, one.kind, one.number))
        if harm := harm_in(render_conversation((turn,), examples=(), strings=strings)):
            found.fault(one, harm)
    return found


def ask_server(address: str, questions: Iterable[Hostile], log: Path | None = None) -> Found:
    """Put *questions* to the HTTP API of the server at *address*; its *log*, where it is given, may hold no traceback."""
    import httpx  # noqa: PLC0415

    found = Found("HTTP API")
    with httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
        for one in questions:
            body = json.dumps({"question": one.text}).encode()  # half of a surrogate can be sent as \ud800 alone
            began = time.perf_counter()
            try:
                answer = client.post(API, content=body, headers={"Content-Type": "application/json"})
            except httpx.HTTPError as error:
                found.ended["no answer"] += 1
                found.fault(one, type(error).__name__)
                continue
            found.taken.append((time.perf_counter() - began, one.kind, one.number))
            found.ended[str(answer.status_code)] += 1
            if answer.status_code not in _EXPECTED:
                found.fault(one, f"HTTP {answer.status_code}")
            elif not answer.headers.get("content-type", "").startswith("application/json"):
                found.fault(one, "no JSON")
    _look_at(log, found)
    return found


def ask_page(address: str, questions: Sequence[Hostile], log: Path | None = None) -> Found:
    """Put *questions* to the queue of the page, as its script does, without a browser: what comes back is the HTML that it shows."""
    import asyncio  # noqa: PLC0415

    import httpx  # noqa: PLC0415

    from eval.chat_client import AskEvent, ask  # noqa: PLC0415
    from indexer.errors import HoiVanBanError  # noqa: PLC0415

    found = Found("page over HTTP")

    async def talk() -> None:
        async with httpx.AsyncClient(base_url=address, trust_env=False) as client:
            event = AskEvent.of((await client.get("/config")).json())
            for one in questions:
                session, began = f"hostile{one.number // _TURNS}", time.perf_counter()
                try:
                    shown = await ask(client, event, one.text, session)
                except (HoiVanBanError, httpx.HTTPError) as error:
                    found.ended["no answer"] += 1
                    found.fault(one, f"{type(error).__name__}: {str(error)[:120]}")
                    continue
                found.taken.append((time.perf_counter() - began, one.kind, one.number))
                found.ended["shown"] += 1
                if f"<script>window.{MARK}" in shown:
                    found.fault(one, "a script stands in what the page is sent")

    asyncio.run(talk())
    _look_at(log, found)
    return found


def _look_at(log: Path | None, found: Found) -> None:
    """Note a traceback in the log of a server."""
    written = log.read_text(encoding="utf-8", errors="replace") if log else ""
    if "Traceback" in written:
        found.faults.append("traceback in the log of the server: " + written[written.rindex("Traceback") :][-400:])


def questions_for(count: int, *, seed: int) -> list[Hostile]:
    """Return *count* questions for the page over a hostile document: every other one asks for a clause of it, so that its attacks are shown."""
    made = [one for one in hostile_questions(count * 2, seed=seed) if one.kind != "empty"]
    plain = (Hostile(number, "quoted", f"nội dung số {number} là gì?") for number in range(1, count + 1))
    return [one for pair in zip(made, plain, strict=False) for one in pair][:count]
