"""Hostile questions in small: the drill itself, that it sees harm, and what it has found before."""

from __future__ import annotations

import gc
import json
from collections import Counter
from dataclasses import dataclass

import pytest

from assistant.characters import whole_characters
from assistant.chat.desk import Desk
from assistant.chat.strings import load_strings
from assistant.service import Assistant
from assistant.types import Answer
from eval import hostile, hostile_command
from eval.__main__ import main
from eval.hostile import Found, ask_assistant, ask_page, ask_server, harm_in, questions_for
from eval.hostile_browser import ask_browser
from eval.hostile_questions import ELSEWHERE, MARK, Hostile, hostile_document, hostile_question, hostile_questions
from tests.assistant.chat_fakes import FakeAssistant
from tests.assistant.small import small_index
from tests.assistant.test_browser import CHROMIUM, DRIVER, answers, serving, until

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

SERVER = """
import sys
import uvicorn
from assistant.chat.app import build_app
from assistant.chat.offered import Offered
from assistant.chat.office import Office
from tests.assistant.chat_fakes import FakeAssistant

class Echo(FakeAssistant):
    def _reply(self, question, understood):
        import dataclasses
        reply = super()._reply("nhiệm vụ 3", "nhiệm vụ 3")  # a row that holds a script
        return dataclasses.replace(reply, question=question, understood=understood, text=reply.text + question)

port = int(sys.argv[1])
print("http://", flush=True)
built = build_app(Office(Echo()), port=port, offered=Offered(api=True))
uvicorn.run(built, port=port, log_level="warning", timeout_graceful_shutdown=1)
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """An assistant of the small corpus."""
    return Assistant(small_index(tmp_path_factory.mktemp("small")))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    log = tmp_path_factory.mktemp("hostile") / "log"
    with serving(log, "-c", SERVER) as address:
        until(lambda: answers(address), "the server")
        yield address, log


@pytest.fixture(autouse=True)
def _tidy():
    """Gradio leaves an event loop behind where another takes its place: let it be found here, where that is no error."""
    yield
    gc.collect()


def test_the_same_seed_gives_the_same_questions():
    """
    Each question comes of seed and number alone, and all kinds come early.
    """
    made = list(hostile_questions(1500, seed=3))

    assert made == list(hostile_questions(1500, seed=3))
    assert made[700] == hostile_question(3, 700)
    assert made[:50] != list(hostile_questions(50, seed=4))
    kinds = Counter(one.kind for one in made)
    assert len(kinds) == 14
    assert max(len(one.text) for one in made) == 100_000
    joined = "".join(one.text for one in made)
    assert all(
        mark in joined for mark in ("\ud800", "\x00", "\u202e", f"window.{MARK}=1", ELSEWHERE, "DROP TABLE", "{{7*7}}")
    )


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<p class="x">&lt;script&gt; onclick=1</p><button data-question="&lt;img src=x onerror=1&gt;">x</button>', ""),
        ('<a href="/hoi-van-ban/xuat/x.xlsx">x</a>', ""),
        ("<p><script>1</script></p>", "<script>"),
        ("<p><ScRiPt\n>1", "<script>"),
        ('<p onclick="1">x</p>', "<p onclick>"),
        ('<a href="javascript:1">x</a>', "<a href>"),
        ('<a href="//evil.example/">x</a>', "<a href>"),
        ('<button style="x">x</button>', "<button style>"),
        ("<img src=x>", "<img>"),
        ("<svg/onload=1>", "<svg>"),
    ],
)
def test_harm_in_html_is_seen(html, expected):
    """
    A tag, a handler or an address that is not ours is named; what is escaped is none.
    """
    assert expected in harm_in(html)
    assert bool(harm_in(html)) is bool(expected)


def test_hostile_questions_do_no_harm(small):
    """
    The assistant answers or refuses every one of some hundred, and nothing of them becomes a part of the page.
    """
    found = ask_assistant(small, hostile_questions(300, seed=11))

    assert found.faults == []
    assert found.ended.total() == 300
    assert {"refused", "not_found"} <= set(found.ended)


@dataclass
class Broken:
    """An assistant that fails, or whose answer is drawn without care."""

    fails: bool

    def ask(self, question, state=None):
        """Fail, or answer."""
        if self.fails:
            raise KeyError(question)
        return FakeAssistant().ask("nhiệm vụ 9", state)


def test_a_fault_is_named_with_its_question(monkeypatch):
    """
    What raises, and what is drawn unescaped, is a fault with the number by which the question can be made again.
    """
    one = Hostile(7, "html", f"<script>window.{MARK}=1</script>")
    raised = ask_assistant(Broken(fails=True), [one])
    monkeypatch.setattr("assistant.chat.conversation.escape", lambda text: text)
    drawn = ask_assistant(Broken(fails=False), [one])

    assert raised.faults[0].startswith("7 (html): KeyError at test_hostile.py")
    assert drawn.faults == ["7 (html): foreign: <script>"]


def test_a_server_answers_every_hostile_question(server):
    """
    Over the HTTP API and by the page's own events every question is answered or refused as what it is, without a traceback in the log.
    """
    address, log = server
    questions = list(hostile_questions(120, seed=12))
    over_api, by_page = ask_server(address, questions, log), ask_page(address, questions, log)

    assert over_api.faults == by_page.faults == []
    assert over_api.ended.total() == by_page.ended.total() == 120
    assert set(over_api.ended) <= {"200", "413", "422"}


def test_a_traceback_in_the_log_is_a_fault(server, tmp_path):
    """
    A server that answers but logs a traceback has a fault.
    """
    log = tmp_path / "log"
    log.write_text("x\nTraceback (most recent call last):\n  KeyError", encoding="utf-8")

    assert "Traceback" in ask_server(server[0], [], log).faults[0]


@pytest.mark.parametrize(
    "body",
    [
        '{"question": "\\ud800?"}',
        '{"question": "x", "id": "\\udfff"}',
        '{"question": "x", "history": [{"question": "\\ud800"}]}',
    ],
)
def test_half_a_character_is_no_fault_of_the_server(server, body):
    """
    JSON can name half of a surrogate pair, which cannot be written as UTF-8: in every field it is refused or replaced.
    """
    import httpx

    answer = httpx.post(
        f"{server[0]}{hostile.API}", content=body, headers={"Content-Type": "application/json"}, trust_env=False
    )

    assert answer.status_code in (200, 422)
    json.loads(answer.content.decode())


def test_half_a_character_is_replaced(small):
    """
    Halves become the mark of what is no character, also in what is kept of the question, and pairs are joined.
    """
    assert whole_characters("a\ud800b\ud83d\ude80\udc00") == "a\ufffdb\U0001f680\ufffd"
    assert small.ask("nhiệm vụ \ud800 2?")[0].question == "nhiệm vụ \ufffd 2?"
    assert small.record({"id": "x", "question": "\udc00 a"})["question"] == "\ufffd a"
    assert Desk.over(FakeAssistant(), load_strings("vi")).asked("\ud800?", ())[0].question == "\ufffd?"


def test_a_batch_goes_on_behind_half_a_character(small, monkeypatch, capsys, tmp_path):
    """
    A line whose id and question hold halves is answered, and so is the next.
    """
    from assistant import __main__ as command

    batch = tmp_path / "batch.jsonl"
    batch.write_text(
        '{"id": "\\ud800", "question": "\\ud800 nhiệm vụ 1?"}\n{"id": "b", "question": "nhiệm vụ 2?"}\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(command, "_open", lambda _arguments: small)

    assert command.main(["ask", "--batch", str(batch)]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.encode().splitlines()]
    assert [line["id"] for line in lines] == ["\ufffd", "b"]


@pytest.mark.browser
@pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="BROWSER TESTS SKIPPED: install chromium and chromium-driver")
def test_no_script_runs_and_nothing_is_loaded_in_a_browser(server):
    """
    Attacks in question and answer are shown as words: no script, no dialog, no request to another host.
    """
    attacks = [
        one for one in hostile_questions(400, seed=13) if one.kind in ("html", "markdown", "code", "huge", "marks")
    ]
    found = ask_browser(server[0], attacks[:30])

    assert found.faults == []
    assert found.ended == {"shown": 30}


@pytest.mark.browser
@pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="BROWSER TESTS SKIPPED: install chromium and chromium-driver")
def test_the_browser_would_be_seen_to_do_harm(server, monkeypatch):
    """
    Where a script had run or another host were asked, it would be told: the look at the page sees both.
    """
    monkeypatch.setattr(
        "eval.hostile_browser._FILL",
        f"window.{MARK} = 1; new Image().src = 'http://{ELSEWHERE}/x.png'; "
        "arguments[0].value = JSON.parse(arguments[1]); arguments[0].dispatchEvent(new Event('input', {bubbles: true}))",
    )
    found = ask_browser(server[0], [Hostile(1, "html", "nhiệm vụ 9?")])

    assert [fault.split(": ", 1)[1] for fault in found.faults] == [
        "a script ran: 1",
        f"asked of another host: {ELSEWHERE}",
    ]


def test_a_hostile_document_is_read_and_quoted(tmp_path):
    """
    A document whose clauses are attacks is indexed as any other, and its clauses are quoted word for word, harmless.
    """
    from indexer.build import build

    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "ke-hoach.txt").write_text(hostile_document(), encoding="utf-8")
    assert build(tmp_path / "corpus", tmp_path / "index").failures == ()
    assistant = Assistant.open(tmp_path / "index")
    reply, _ = assistant.ask("nội dung số 1 là gì?")

    assert isinstance(reply, Answer)
    assert f"<script>window.{MARK}=1</script>" in reply.text
    assert ask_assistant(assistant, questions_for(40, seed=14)).faults == []


def test_the_command_ends_with_three_where_harm_was_done(tmp_path, monkeypatch, capsys):
    """
    Faults are printed and written, and the exit code tells them.
    """
    found = Found("assistant", Counter(fault=1), ["4 (html): foreign: <script>"], [(3.0, "html", 4)])
    monkeypatch.setattr(hostile_command, "_assistant", lambda _options: found)
    arguments = ["hostile", "--count", "1", "--http", "0", "--browser", "0", "--json", str(tmp_path / "found.json")]

    assert main(arguments) == 3
    assert "FAULT 4 (html)" in capsys.readouterr().out
    written = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    assert written["found"][0]["slowest"] == [{"seconds": 3.0, "kind": "html", "number": 4}]
    found.faults.clear()
    assert main(arguments) == 0
