"""Many people over minutes, in small: a real server over a small fake corpus, people with accounts."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from collections import Counter

import pytest

from eval import chat_load, speed_command
from eval.__main__ import main
from eval.chat_client import QuietEvent, quiet_events
from eval.chat_load import QUEUE, Load, add_people, put_under_load
from eval.chat_speed import Server, until_ready
from tests.assistant.test_browser import serving

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

SERVER = """
import sys, time
from pathlib import Path
import uvicorn
from assistant.accounts import Accounts
from assistant.chat import app, ask_tab
from assistant.chat.office import Office
from assistant.records import Records
from tests.assistant.chat_fakes import FakeAssistant

class Slow(FakeAssistant):
    def ask(self, *arguments, **options):
        time.sleep({slow})
        return super().ask(*arguments, **options)

app._WAITING = {waiting}
ask_tab.ASKING["concurrency_limit"] = 1
records = Records.open(Path(sys.argv[1]))
built = app.build_app(Office(Slow(), Path(sys.argv[1]), records, Accounts(records)), port=int(sys.argv[2]))
print("http://", flush=True)
uvicorn.run(built, port=int(sys.argv[2]), log_level="warning", timeout_graceful_shutdown=1)
"""


@pytest.fixture(autouse=True)
def _hurried(monkeypatch):
    """People who think for a tenth of a second, and a memory that is looked at twice a second."""
    monkeypatch.setattr(chat_load, "THINKING", (0.1, 0.2))
    monkeypatch.setattr(chat_load, "_LOOK", 0.5)
    yield
    gc.collect()


def loaded(folder, *, slow=0.0, waiting=64, users=4, minutes=0.3):
    data = folder / "data"
    data.mkdir()
    add_people(data, users)
    code = SERVER.format(slow=slow, waiting=waiting)
    with (
        serving(folder / "log", "-c", code, str(data)) as address,
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process,
    ):
        server = Server(process, address, time.monotonic())
        until_ready(server)
        load = put_under_load(server, ["nhiệm vụ 9?", "nhiệm vụ 3?"], users=users, minutes=minutes)
        process.stdin.close()
    return load


def test_people_sign_in_ask_and_are_counted(tmp_path):
    """
    Everybody gets answers, nothing goes wrong, waiting and memory are told.
    """
    load = loaded(tmp_path)
    figures = {one.what.split(": ")[1]: one.ours for one in load.figures()}

    assert load.faults == Counter()
    assert load.taken
    assert (figures["errors"], figures["told that the queue is full"]) == (0, 0)
    assert 0 < figures["time to the answer, p50"] <= figures["time to the answer, p95"]
    assert figures["memory of the server at the end"] > 0
    assert load.report()["users"] == 4


def test_a_full_queue_is_the_servers_own_word(tmp_path):
    """
    Where more ask than may wait, they are told so; that is counted by itself and is no error.
    """
    load = loaded(tmp_path, slow=1.5, waiting=1)
    figures = {one.what.split(": ")[1]: one.ours for one in load.figures()}

    assert set(load.faults) == {QUEUE}
    assert figures["told that the queue is full"] == load.faults[QUEUE] > 0
    assert figures["errors"] == 0


def test_growth_is_told_for_the_time_after_the_start():
    """
    Memory that grows while caches fill and then stands still has not grown; what goes on growing is told by the minute.
    """
    filled = [(at, min(500 + at, 600)) for at in range(0, 600, 10)]
    leaking = [(at, 500 + at / 30) for at in range(0, 600, 10)]

    assert Load(1, 600, memory=filled).growth == pytest.approx(0)
    assert Load(1, 600, memory=leaking).growth == pytest.approx(2)
    assert Load(1, 600, memory=filled[:2]).growth is None


def test_faults_are_told_by_kind():
    """
    Errors are all faults but the queue's own word.
    """
    load = Load(2, 60, taken=[10.0, 30.0], faults=Counter({QUEUE: 3, "ReadTimeout": 2}))
    figures = {one.what: one.ours for one in load.figures()}

    assert figures["2 users for 1 min: errors"] == 2
    assert figures["2 users for 1 min: time to the answer, p50"] == 20


def test_events_that_the_page_sends_by_itself_are_found():
    """
    Those of loading it, and those behind another event; never one that has nothing behind it on the server.
    """
    config = {
        "dependencies": [
            {"id": 1, "targets": [[None, "load"]], "inputs": []},
            {"id": 2, "targets": [[None, "load"]], "inputs": [4], "backend_fn": False},
            {"id": 3, "targets": [[5, "submit"]], "inputs": [4, 5]},
            {"id": 4, "targets": [[3, "then"]], "inputs": [4, 6], "trigger_after": 3},
        ]
    }

    assert quiet_events(config, on_load=True) == (QuietEvent(1, 0),)
    assert quiet_events(config, behind=3) == (QuietEvent(4, 2),)
    assert quiet_events({**config, "components": [{"id": 5, "props": {"elem_id": "new"}}]}, pressed="new") == (
        QuietEvent(3, 2),
    )


def test_the_command_measures_for_so_many_minutes(tmp_path, monkeypatch, capsys):
    """
    ``speed --minutes`` runs this measurement alone, prints its figures and writes what they are made of.
    """
    asked = {}

    def measured(_index, questions, **options):
        asked.update(options, questions=len(questions))
        return Load(options["users"], options["minutes"] * 60, taken=[5.0], faults=Counter({"ReadTimeout": 1}))

    monkeypatch.setattr(chat_load, "measure_load", measured)
    monkeypatch.setattr("indexer.index.Index.open", lambda _index: None)
    out = tmp_path / "load.json"

    assert main(["speed", "--minutes", "2", "--json", str(out)]) == 0
    assert asked["users"] == speed_command._LOAD_USERS == 100  # noqa: SLF001
    assert asked["minutes"] == 2
    printed = capsys.readouterr()
    assert "100 users for 2 min: errors" in printed.out
    assert "1 × ReadTimeout" in printed.err
    assert '"faults"' in out.read_text(encoding="utf-8")
