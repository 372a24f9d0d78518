"""Generations that are published while people ask: no question fails, and the slowest twentieth stays under twice what it takes at rest."""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections import Counter
from itertools import cycle
from typing import TYPE_CHECKING

import httpx
import numpy as np

from assistant.indexing import IndexerChild
from eval.chat_client import AskEvent, ask
from eval.chat_speed import first_page, serving
from eval.drills.kill import Act, State, acts, perform
from eval.drills.outcome import Outcome
from eval.drills.processes import in_child
from indexer.errors import HoiVanBanError
from indexer.generation import current_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from eval.drills.material import Material

USERS = 4
_PAUSE = 0.4  # seconds between an answer and the next question of the same user
_TAKES_OVER = 10.0  # seconds in which a server has opened a new generation
SLOWER = 2.0  # p95 while generations are published, over p95 at rest


class _Asked:
    """What asking gave: the milliseconds of every answer, and what failed."""

    def __init__(self) -> None:
        self.taken: list[float] = []
        self.failures: list[str] = []

    def p95(self) -> float:
        """Return the 95th percentile in milliseconds."""
        return float(np.percentile(self.taken, 95)) if self.taken else float("nan")


async def _user(
    client: httpx.AsyncClient, event: AskEvent, questions: Sequence[str], until: Callable[[], bool], asked: _Asked
) -> None:
    """Ask *questions* over and over in a session of its own *until* that is so."""
    session = secrets.token_hex(6)
    for question in cycle(questions):
        if until():
            return
        began = time.perf_counter()
        try:
            shown = await ask(client, event, question, session)
        except (HoiVanBanError, httpx.HTTPError) as error:
            asked.failures.append(f"{question}: {error}")
        else:
            asked.taken.append((time.perf_counter() - began) * 1000)
            if "hvb-error" in shown or "hvb-answer" not in shown:
                asked.failures.append(f"{question}: no answer stands on the screen")
        await asyncio.sleep(_PAUSE)


async def _ask(address: str, questions: Sequence[str], users: int, until: Callable[[], bool]) -> _Asked:
    asked = _Asked()
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=address, limits=limits, trust_env=False) as client:
        event = AskEvent.of((await client.get("/config")).json())
        turned = [[*questions[number:], *questions[:number]] for number in range(users)]
        await asyncio.gather(*(_user(client, event, own, until, asked) for own in turned))
    return asked


def _after(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


class _Publishing(threading.Thread):
    """Publishes one generation after the other, by the child process in which a server indexes, until *seconds* are over."""

    def __init__(self, material: Material, index: Path, seconds: float) -> None:
        super().__init__(daemon=True)
        self._material, self._index, self._end = material, index, time.monotonic() + seconds
        self.failures: list[str] = []
        self.counted: Counter[str] = Counter()

    def run(self) -> None:
        """Add, build and remove in turn."""
        state, child, number = State(0, more=False), IndexerChild(), 0
        while time.monotonic() < self._end and not self.failures:
            act = acts(state)[number % 2]
            self._one(child, act)
            state, number = act.leads_to, number + 1

    def _one(self, child: IndexerChild, act: Act) -> None:
        before = current_name(self._index)
        given = {
            "add": ["add", str(self._material.more)],
            "remove": ["remove", self._material.more.stem],
            "build": ["build", "--corpus", str(self._material.corpora[act.corpus])],
        }[act.name]
        ended = child.run([*given, "--index", str(self._index)])
        self.counted[act.name] += 1
        if not ended.well or current_name(self._index) == before:
            self.failures.append(f"{act.name}: {ended.complaint or 'nothing was published'}")


def load(material: Material, folder: Path, *, seconds: float, users: int = USERS, strict: bool = True) -> Outcome:
    """
    Let *users* ask a real server for *seconds* at rest, and as long again while generations are published; in *folder*.

    *strict* fails the drill where p95 becomes twice as long, too; a test on a machine that others use leaves that out.
    """
    index, data = folder / "index", folder / "data"
    data.mkdir(parents=True)
    in_child(perform, material, Act("build", 0, State(0, more=False)), index)
    with serving(index, data) as server:
        first_page(server)
        asyncio.run(_ask(server.address, material.questions, users, _after(min(seconds, 10.0))))  # what is loaded once
        rest = asyncio.run(_ask(server.address, material.questions, users, _after(seconds)))
        publishing = _Publishing(material, index, seconds)
        publishing.start()
        busy = asyncio.run(_ask(server.address, material.questions, users, lambda: not publishing.is_alive()))
        tail = asyncio.run(_ask(server.address, material.questions, users, _after(_TAKES_OVER)))
        taken_over = (data / "log").read_text(encoding="utf-8", errors="replace")
        alive = server.process.poll() is None
    failures = [*rest.failures, *busy.failures, *tail.failures, *publishing.failures]
    if not alive:
        failures.append("the server ended")
    if "Traceback" in taken_over:
        failures.append(f"the server's log has a traceback: {taken_over.strip().splitlines()[-1]}")
    ratio = busy.p95() / rest.p95()
    if strict and not ratio < SLOWER:
        failures.append(f"p95 is {busy.p95():.0f} ms while generations are published, {rest.p95():.0f} ms at rest")
    figures: dict[str, float | str] = {
        "users": float(users),
        "generations": float(sum(publishing.counted.values())),
        "p95 at rest (ms)": rest.p95(),
        "p95 meanwhile (ms)": busy.p95(),
        "times": f"{ratio:.2f}",
    }
    asked = sum(len(one.taken) + len(one.failures) for one in (rest, busy, tail))
    return Outcome("load", "questions to a server while generations are published", asked, tuple(failures), figures)
