"""
Many people at once over minutes: does the chat stay up, how long do they wait, does its memory grow?

A real server with accounts; every person signs in, opens the page as a browser does, keeps its connection, asks, looks at what was cited and
thinks before the next question. What goes wrong is counted by kind; that the queue is full is the server's own word and a kind by itself.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np

from assistant.accounts import Accounts
from assistant.records import Records
from assistant.visitors import Role
from eval.chat_client import AskEvent, QueueFullError, QuietEvent, ask, quiet_events
from eval.chat_speed import serving, until_ready
from eval.speed import Measured
from indexer.errors import HoiVanBanError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eval.chat_speed import Server

USERS, MINUTES = 100, 10.0
THINKING = (5.0, 25.0)  # seconds between an answer and the next question of one person, drawn evenly
SETTLED = 120.0  # seconds after which memory should no longer grow
_TURNS = 6  # questions of one conversation
_CONVERSATIONS = (1, 8)  # on one page, before it is loaded anew
_LOOK = 10.0  # seconds between two looks at the memory
_ARRIVE = 0.2  # of the time of a short run, and at most 30 s: people do not come in the same second
_PASSWORD = "mật khẩu để đo tải"  # noqa: S105 - of accounts that live as long as the measurement
QUEUE = "queue full"


@dataclass(slots=True)
class Load:
    """What was seen: milliseconds of each answer, kinds of faults, and memory (seconds since the start, MiB)."""

    users: int
    seconds: float
    taken: list[float] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    memory: list[tuple[float, float]] = field(default_factory=list)

    @property
    def growth(self) -> float | None:
        """MiB a minute by which the memory grew once it had settled, by least squares; None where too little was seen."""
        settled = min(SETTLED, self.seconds / 2)
        late = [(at, size) for at, size in self.memory if at >= settled]
        if len(late) < 3:
            return None
        times, sizes = np.array(late).T
        return float(np.polyfit(times / 60, sizes, 1)[0])

    def figures(self) -> list[Measured]:
        """Return the figures."""
        what = f"{self.users} users for {self.seconds / 60:g} min"
        wrong = sum(count for kind, count in self.faults.items() if kind != QUEUE)
        found = [
            Measured(f"{what}: answers", "", float(len(self.taken))),
            Measured(f"{what}: told that the queue is full", "", float(self.faults[QUEUE])),
            Measured(f"{what}: errors", "", float(wrong)),
        ]
        if self.taken:
            found += [
                Measured(f"{what}: time to the answer, p{share}", "ms", float(np.percentile(self.taken, share)))
                for share in (50, 95, 99)
            ]
        if self.memory:
            found.append(Measured(f"{what}: memory of the server at the end", "MiB", self.memory[-1][1]))
        if self.growth is not None:
            found.append(Measured(f"{what}: growth of memory, settled", "MiB/min", self.growth))
        return found

    def report(self) -> dict[str, Any]:
        """Return what the figures are made of."""
        memory = [[round(at), round(size, 1)] for at, size in self.memory]
        return {"users": self.users, "seconds": self.seconds, "faults": dict(self.faults), "memory_mib": memory}


@dataclass(frozen=True, slots=True)
class _Page:
    """What the page of the server does: on load, for a question, behind it."""

    ask: AskEvent
    on_load: tuple[QuietEvent, ...]
    behind: tuple[QuietEvent, ...]
    anew: tuple[QuietEvent, ...]


class _Person:
    """One person with a browser of their own."""

    def __init__(self, address: str, number: int, questions: Sequence[str], load: Load) -> None:
        self.client = httpx.AsyncClient(base_url=address, trust_env=False, timeout=60, headers={"Origin": address})
        self.number, self.questions, self.load = number, questions, load
        self.random = random.Random(number)  # noqa: S311 - a measurement that can be repeated

    async def live(self, began: float, arrive: float) -> None:
        """Come after *arrive* seconds at most, and stay until the time is over."""
        await asyncio.sleep(self.random.uniform(0, arrive))
        ends = began + self.load.seconds
        async with self.client:
            page = await self._kind(self._sign_in())
            while page is not None and time.monotonic() < ends:
                session = f"{self.number}-{self.random.random()}"
                alive = asyncio.create_task(self._stay(session))
                try:
                    await self._kind(self._open(page, session))
                    for _ in range(self.random.randint(*_CONVERSATIONS)):
                        await self._conversation(page, session, ends)
                finally:
                    alive.cancel()
                    with suppress(asyncio.CancelledError):
                        await alive

    async def _sign_in(self) -> _Page:
        answer = await self.client.post(
            "/hoi-van-ban/dang-nhap", data={"ten": f"nguoi{self.number}", "mat-khau": _PASSWORD}
        )
        if answer.status_code != 303:
            msg = f"sign-in: HTTP {answer.status_code}"
            raise HoiVanBanError(msg)
        config = (await self.client.get("/config")).json()
        event = AskEvent.of(config)
        return _Page(
            event,
            quiet_events(config, on_load=True),
            quiet_events(config, behind=event.number),
            quiet_events(config, pressed="hvb-new"),
        )

    async def _stay(self, session: str) -> None:
        """Keep the connection by which Gradio knows that a page is open."""
        with suppress(httpx.HTTPError):
            async with self.client.stream("GET", f"/gradio_api/heartbeat/{session}", timeout=None) as beats:
                async for _ in beats.aiter_bytes():
                    pass

    async def _conversation(self, page: _Page, session: str, ends: float) -> None:
        for _ in range(_TURNS):
            await asyncio.sleep(min(self.random.uniform(*THINKING), max(0.0, ends - time.monotonic())))
            if time.monotonic() >= ends:
                return
            question, asked = self.random.choice(self.questions), time.perf_counter()
            if await self._kind(ask(self.client, page.ask, question, session)) is not None:
                self.load.taken.append((time.perf_counter() - asked) * 1000)
            for event in page.behind:
                await self._kind(event.send(self.client, session))
        for event in page.anew:
            await self._kind(event.send(self.client, session))

    async def _open(self, page: _Page, session: str) -> str:
        await self.client.get("/")
        for event in page.on_load:
            await event.send(self.client, session)
        return session

    async def _kind(self, act: Any) -> Any:
        """Return what *act* gives; None where it fails, which is counted by kind."""
        try:
            return await act
        except QueueFullError:
            self.load.faults[QUEUE] += 1
        except HoiVanBanError as error:
            self.load.faults[str(error).split("\n")[0][:120]] += 1
        except httpx.HTTPError as error:
            self.load.faults[type(error).__name__] += 1
        return None


async def _watch(server: Server, load: Load, began: float) -> None:
    while time.monotonic() < began + load.seconds:
        memory = server.memory()
        if memory is not None:
            load.memory.append((time.monotonic() - began, memory))
        await asyncio.sleep(_LOOK)


async def _together(server: Server, questions: Sequence[str], load: Load) -> None:
    began = time.monotonic()
    arrive = min(30.0, load.seconds * _ARRIVE)
    people = [_Person(server.address, number, questions, load) for number in range(load.users)]
    await asyncio.gather(_watch(server, load, began), *(person.live(began, arrive) for person in people))


def put_under_load(server: Server, questions: Sequence[str], *, users: int = USERS, minutes: float = MINUTES) -> Load:
    """Return what *users* people with accounts (see :func:`add_people`) see of *server* in so many *minutes*."""
    load = Load(users, minutes * 60)
    asyncio.run(_together(server, questions, load))
    return load


def add_people(data: Path, users: int) -> None:
    """Make the accounts of *users* people in the folder *data* of a server."""
    accounts = Accounts(Records.open(data))
    for number in range(users):
        accounts.add(f"nguoi{number}", _PASSWORD, [Role.READER])


def measure_load(index: Path, questions: Sequence[str], *, users: int = USERS, minutes: float = MINUTES) -> Load:
    """Return what *users* people see of a server over *index* in so many *minutes*."""
    with TemporaryDirectory() as folder:
        add_people(Path(folder), users)
        with serving(index, Path(folder)) as server:
            until_ready(server)
            return put_under_load(server, questions, users=users, minutes=minutes)
