"""
How fast the chat is for people: a real server in a process of its own, asked over HTTP and in a real browser.

    start       from the start of the process to the first page, and to the first answer
    screen      from the Enter key to the answer standing on the screen (eval.chat_screen)
    together    many users at once, each with a session of its own: errors, time to the answer, memory of the server
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import httpx
import numpy as np

from eval import chat_screen
from eval.chat_client import AskEvent, ask
from eval.speed import Measured
from indexer.errors import HoiVanBanError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

USERS = 50
QUESTIONS = 60  # of a set, for the browser
QUESTIONS_EACH = 4
_PATIENCE = 90.0  # seconds for a server to come up
_LOOK = 0.02  # seconds between two looks whether it has


@dataclass(frozen=True, slots=True)
class Server:
    """A chat that runs in process *pid* since the moment *began* of ``time.monotonic``."""

    process: subprocess.Popen[bytes]
    address: str
    began: float

    def memory(self) -> float | None:
        """Return its resident memory in MiB, None where the system does not tell."""
        status = Path(f"/proc/{self.process.pid}/status")
        if not status.exists():
            return None
        line = next((line for line in status.read_text().splitlines() if line.startswith("VmRSS:")), None)
        return int(line.split()[1]) / 1024 if line else None


@contextmanager
def serving(index: Path, data: Path, *more: str) -> Iterator[Server]:
    """Run ``python -m assistant serve`` over *index* with *more* options on a free port until the block ends; its log is *data*/log."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "assistant",
        "serve",
        "--index",
        str(index),
        "--data",
        str(data),
        *more,
    ]
    began = time.monotonic()
    with (data / "log").open("wb") as log:
        process = subprocess.Popen([*command, "--port", str(port)], stdout=log, stderr=log, stdin=subprocess.DEVNULL)  # noqa: S603
        try:
            yield Server(process, f"http://127.0.0.1:{port}", began)
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def first_page(server: Server) -> float:
    """
    Return the seconds from the start of *server* until its page came whole.

    Raises:
        StoreError: the server ended, or gave no page in a minute and a half.
    """
    return _came(server, "/", lambda page: page.text.rstrip().endswith("</html>"))


def until_ready(server: Server) -> float:
    """
    Return the seconds from the start of *server* until it says that its model is loaded.

    Raises:
        StoreError: the server ended, or was not ready in a minute and a half.
    """
    return _came(server, "/readyz", lambda _: True)


def _came(server: Server, path: str, is_whole: Callable[[httpx.Response], bool]) -> float:
    with httpx.Client(base_url=server.address, timeout=_PATIENCE, trust_env=False) as client:
        while time.monotonic() < server.began + _PATIENCE and server.process.poll() is None:
            try:
                page = client.get(path)
            except httpx.TransportError:
                time.sleep(_LOOK)
                continue
            if page.status_code == 200 and is_whole(page):
                return time.monotonic() - server.began
            time.sleep(_LOOK)
    msg = "the chat gave no page.\n  Run it by hand to see why:  python -m assistant serve --index DIR"
    raise StoreError(msg)


async def _conversation(
    client: httpx.AsyncClient, event: AskEvent, questions: Sequence[str], session: str
) -> list[float | None]:
    """Ask *questions* one after the other; return the milliseconds each took, None for one that failed."""
    taken: list[float | None] = []
    for question in questions:
        began = time.perf_counter()
        try:
            await ask(client, event, question, session)
        except (HoiVanBanError, httpx.HTTPError):
            taken.append(None)
        else:
            taken.append((time.perf_counter() - began) * 1000)
    return taken


async def _together(address: str, questions: Sequence[str], users: int, each: int) -> list[float | None]:
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=address, limits=limits, trust_env=False) as client:
        event = AskEvent.of((await client.get("/config")).json())
        every = cycle(questions)
        asked = [list(islice(every, each)) for _ in range(users)]
        found = await asyncio.gather(
            *(_conversation(client, event, own, f"user{number}") for number, own in enumerate(asked))
        )
    return [one for taken in found for one in taken]


def ask_together(
    server: Server, questions: Sequence[str], *, users: int = USERS, each: int = QUESTIONS_EACH
) -> list[Measured]:
    """Return the figures of *users* people who ask *each* questions, all at the same time."""
    asyncio.run(_together(server.address, questions, 1, len(questions)))  # what answering loads once is no user's
    before = server.memory()
    began = time.monotonic()
    taken = asyncio.run(_together(server.address, questions, users, each))
    seconds = time.monotonic() - began
    after = server.memory()
    answered = [one for one in taken if one is not None]
    what = f"{users} users at once, {each} questions each"
    measured = [
        Measured(f"{what}: errors", "", float(len(taken) - len(answered))),
        Measured(f"{what}: answers a second", "/s", len(answered) / seconds),
    ]
    if answered:
        measured += [
            Measured(f"{what}: time to the answer, p{share}", "ms", float(np.percentile(answered, share)))
            for share in (50, 95)
        ]
    for when, memory in (("before", before), ("after", after)):
        if memory is not None:
            measured.append(Measured(f"memory of the server, {when} {users} users", "MiB", memory))
    return measured


def measure_chat(
    index: Path, questions: Sequence[str], *, users: int = USERS, rounds: int = 3
) -> tuple[list[Measured], list[str]]:
    """
    Return the figures of the chat over *index*, and sentences about what could not be measured.

    Starting is done *rounds* times and the fastest start counts, since other work on the machine only adds.
    """
    pages: list[float] = []
    answers: list[float] = []
    measured: list[Measured] = []
    notes: list[str] = []
    for round_ in range(rounds):
        with TemporaryDirectory() as folder, serving(index, Path(folder)) as server:
            pages.append(first_page(server))
            asyncio.run(_together(server.address, questions, 1, 1))
            answers.append(time.monotonic() - server.began)
            if round_ < rounds - 1:
                continue
            measured += ask_together(server, questions, users=users)
            try:
                measured += chat_screen.measure_screen(server.address, questions)
            except chat_screen.NoBrowserError as error:
                notes.append(str(error))
    start = [
        Measured("start of the chat to its first page", "s", min(pages)),
        Measured("start of the chat to its first answer", "s", min(answers)),
    ]
    return start + measured, notes
