"""The chat's figures: asked over HTTP and in a browser, against a real server over a small fake corpus."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from eval import chat_screen
from eval.chat_client import AskEvent, ask
from eval.chat_speed import Server, ask_together, first_page, measure_chat
from indexer.errors import StoreError
from tests.assistant.test_browser import CHROMIUM, DRIVER, ROOT, serving

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

FAKE = """
import sys
import uvicorn
from assistant.chat.app import build_app
from assistant.chat.office import Office
from tests.assistant.chat_fakes import FakeAssistant

port = int(sys.argv[1])
print("http://", flush=True)
uvicorn.run(build_app(Office(FakeAssistant()), port=port), port=port, log_level="warning", timeout_graceful_shutdown=1)
"""
ANSWERED, BROKEN = "ai chủ trì nhiệm vụ 9?", "hỏng"


def test_the_event_of_the_question_box_is_found():
    """
    Of all events it is the one of Enter in the question box; only the question is sent, the rest is the session's.
    """
    config = {
        "components": [{"id": 4, "props": {"elem_id": "hvb-box"}}, {"id": 7, "props": {}}],
        "dependencies": [
            {"id": 0, "targets": [[7, "click"]], "inputs": []},
            {"id": 3, "targets": [[4, "submit"], [7, "click"]], "inputs": [7, 4], "queue": True},
        ],
    }

    event = AskEvent.of(config)

    assert (event.number, event.queued) == (3, True)
    assert event.body("Ai?", "s")["data"] == [None, "Ai?"]
    with pytest.raises(StoreError, match="no question box"):
        AskEvent.of({"components": [], "dependencies": config["dependencies"]})


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    began = time.monotonic()
    with (
        serving(tmp_path_factory.mktemp("chat") / "log", "-c", FAKE) as address,
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process,
    ):
        made = Server(process, address, began)
        first_page(made)
        yield made
        process.stdin.close()


@pytest.fixture(autouse=True)
def _tidy():
    """Gradio leaves an event loop behind where another takes its place: let it be found here, where that is no error."""
    yield
    gc.collect()


def test_an_answer_comes_over_the_queue(server):
    """
    A question is answered as in the page, in a session that goes on.
    """

    async def talk():
        async with httpx.AsyncClient(base_url=server.address, trust_env=False) as client:
            event = AskEvent.of((await client.get("/config")).json())
            return [await ask(client, event, question, "one") for question in (ANSWERED, "nhiệm vụ 3?")]

    first, second = asyncio.run(talk())

    assert "Sở Khoa học và Công nghệ" in first
    assert "ô thời gian để trống" in second


def test_many_users_are_counted(server):
    """
    Every question of every user is counted, with its percentiles and the memory of the process.
    """
    measured = {one.what: one for one in ask_together(server, [ANSWERED, BROKEN], users=3, each=2)}

    assert measured["3 users at once, 2 questions each: errors"].ours == 0
    assert measured["3 users at once, 2 questions each: time to the answer, p95"].ours > 0
    assert "memory of the server, after 3 users" in measured or not Path("/proc/self/status").exists()


def test_a_server_that_is_not_there_is_counted_as_errors(tmp_path):
    """
    A process that ended gives no page, which is said.
    """
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()

    with pytest.raises(StoreError, match="gave no page"):
        first_page(Server(ended, "http://127.0.0.1:9", time.monotonic()))


@pytest.mark.browser
@pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="BROWSER TESTS SKIPPED: install chromium and chromium-driver")
def test_the_screen_is_measured(server):
    """
    Every question's time from Enter to the answer comes out, over more than one conversation.
    """
    measured = chat_screen.measure_screen(server.address, [ANSWERED] * 7)

    assert [one.what.split(", ")[1] for one in measured] == ["p50 (n = 7)", "p95 (n = 7)", "longest (n = 7)"]
    assert all(0 < one.ours < 60_000 for one in measured)


def test_a_missing_browser_is_said(monkeypatch):
    """
    Without Chromium the rest is measured, and a sentence says what is not.
    """
    monkeypatch.setattr(chat_screen.shutil, "which", lambda _: None)

    with pytest.raises(chat_screen.NoBrowserError, match="chromium-driver"):
        chat_screen.measure_screen("http://127.0.0.1:9", [ANSWERED])


@pytest.mark.slow
def test_the_real_chat_is_measured(tmp_path, monkeypatch):
    """
    A real server over a real index: start, users and a note in place of the browser.
    """
    monkeypatch.setattr(chat_screen.shutil, "which", lambda _: None)
    build = [sys.executable, "-m", "indexer", "build", "--index", str(tmp_path / "index")]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=180)

    measured, notes = measure_chat(tmp_path / "index", ["Ai chủ trì nhiệm vụ 9?"], users=2, rounds=1)

    assert [one.what for one in measured][:2] == [
        "start of the chat to its first page",
        "start of the chat to its first answer",
    ]
    assert len(notes) == 1
