"""Other people's systems: what they may say, and what is made of it."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from eval.adapters import Adapted, answer_record, cited_place, open_adapter, read_answers
from eval.measures import score_record
from indexer.errors import InputError
from tests.eval.samples import ROW, citation, question, record

TEXTS = {"phu-luc": f"PHỤ LỤC II\n{ROW}\nKết thúc."}
ASKED = question().batch_object()
RIGHT = {
    "answer": "Sở Khoa học và Công nghệ chủ trì.",
    "citations": [{"document": "phu-luc.txt", "quote": "Sở Khoa học và Công nghệ"}],
}


def test_an_answer_of_another_system_is_scored_like_ours():
    """A quote without offsets, with other white space, from a document named by its file, counts as word for word."""
    found = answer_record({**RIGHT, "seconds": 0.25}, ASKED, TEXTS)

    (cited,) = found["citations"]
    assert cited["document"] == "phu-luc"
    assert cited["quote"] == TEXTS["phu-luc"][cited["start"] : cited["end"]] == "Sở Khoa học và \n\nCông nghệ"
    assert (found["id"], found["status"], found["elapsed_ms"]) == ("q1", "answered", 250.0)
    assert score_record(question(), found, TEXTS).headline


def test_our_own_record_stays_as_it_is():
    """Offsets that fit their quote are kept, and so is what else the record tells."""
    own = citation(text=TEXTS["phu-luc"])

    found = answer_record(record(citations=[own], trace=["một bước"]), ASKED, TEXTS)

    assert found["citations"] == [{"n": 1, **own}]
    assert (found["trace"], found["elapsed_ms"]) == (["một bước"], 1.0)


@pytest.mark.parametrize(
    ("given", "quote", "text"),
    [
        # the unit alone is its own quote
        ({"text": "Tháng 10/2025"}, "Tháng \n\n10/2025", "Tháng \n\n10/2025"),
        # the quote inside its unit, not where the words stand first
        ({"quote": "Sở", "text": "Sở Khoa học và Công nghệ"}, "Sở", "Sở Khoa học và \n\nCông nghệ"),
        # a unit that was put together: the quote has to stand for itself
        ({"quote": "IoT", "text": "Đề án IoT của tỉnh"}, "IoT", "IoT"),
        # nowhere in the document
        ({"quote": "Sở Y tế"}, "Sở Y tế", "Sở Y tế"),
    ],
)
def test_where_a_citation_stands(given, quote, text):
    """A quote is looked for inside the text around it, else in the document; what is nowhere has no place."""
    found = cited_place({"document": "phu-luc", **given}, TEXTS)

    assert (found["quote"], found["text"]) == (quote, text)
    assert (found["start"] is None) == (quote == "Sở Y tế")


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"declined": True}, "not_found"),
        ({"declined": "not_stated", "answer": "Không nêu."}, "not_stated"),
        ({"status": "ambiguous"}, "ambiguous"),
        ({"declined": False, "answer": "A"}, "answered"),
    ],
)
def test_ways_of_declining(given, status):
    """Declining is told by ``declined``, with or without the way, or by our own ``status``."""
    assert answer_record(given, ASKED, TEXTS)["status"] == status


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ([], "is no JSON object"),
        ({}, "neither"),
        ({"answer": 5}, "is no text"),
        ({"declined": "maybe"}, "'maybe', none of true"),
        ({"status": "fine"}, "'fine', none of answered"),
        ({"answer": "A", "citations": "phu-luc"}, "no list of objects"),
        ({"error": "out of memory"}, "out of memory"),
        ({"status": "error", "reason": "too long"}, "too long"),
    ],
)
def test_what_is_no_answer_is_an_error(given, reason):
    """An answer of another form is an error with its reason, and a wrong answer even where declining is right."""
    found = answer_record(given, ASKED, TEXTS)

    assert (found["status"], found["answer"], found["citations"]) == ("error", "", [])
    assert reason in found["reason"]
    assert not score_record(question(answerable=False, must=(), gold=()), found, TEXTS).right


def test_recorded_answers_are_found_by_id(tmp_path):
    """A file answers by id; a question that it does not have is an error that says so."""
    path = tmp_path / "answers.jsonl"
    path.write_text(json.dumps({"id": "q1", **RIGHT}) + "\n", encoding="utf-8")

    system = open_adapter(f"jsonl:{path}", TEXTS, timeout=1)

    assert system.record(ASKED)["status"] == "answered"
    assert system.record({"id": "q2", "question": "?"})["reason"] == "the file has no answer with this id"


def test_an_id_that_is_answered_twice_is_refused(tmp_path):
    """Which of two answers counts is not for the evaluation to choose."""
    path = tmp_path / "answers.jsonl"
    path.write_text('{"id": "a"}\n{"id": "a"}\n', encoding="utf-8")

    with pytest.raises(InputError, match=r":2: the id 'a' has an answer already"):
        read_answers(path)


@pytest.mark.parametrize("spec", ["csv:a", "jsonl:", "http", "http:here", "http:ftp://a/", "jsonl:no-such-file"])
def test_an_adapter_that_is_none_is_refused(spec):
    """What cannot be opened is told with what may be given."""
    with pytest.raises(InputError) as caught:
        open_adapter(spec, TEXTS, timeout=1)

    assert "\n  " in str(caught.value)


class Handler(BaseHTTPRequestHandler):
    """Answers by what is asked: rightly, with a fault, or too late."""

    asked: list[dict[str, object]]

    def do_POST(self):
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append(sent)
        wanted = sent["question"]
        if wanted == "slow":
            time.sleep(0.5)
        body = b"<html>" if wanted == "html" else json.dumps(RIGHT).encode()
        self.send_response(500 if wanted == "broken" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Be quiet."""


class Server(ThreadingHTTPServer):
    """Says nothing of a client that has hung up: its words would come in the middle of another test."""

    def handle_error(self, request, client_address):
        pass


@pytest.fixture(scope="module")
def address():
    """The address of a server that answers."""
    Handler.asked = []
    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def system(address):
    """The server as a system that can be evaluated."""
    opened = open_adapter(f"http:{address}", TEXTS, timeout=0.2)
    yield opened
    opened.source.client.close()


def test_a_system_is_asked_over_http(system):
    """The server gets id, question and history; its answer is timed here and scored like ours."""
    asked = question(history=("Nhiệm vụ 8?",)).batch_object()

    found = system.record(asked)

    assert Handler.asked[-1] == {"id": "q1", "question": asked["question"], "history": [{"question": "Nhiệm vụ 8?"}]}
    assert found["elapsed_ms"] > 0
    assert score_record(question(), found, TEXTS).headline


@pytest.mark.parametrize(
    ("wanted", "reason"), [("broken", "HTTP status 500"), ("html", "no JSON"), ("slow", "ReadTimeout")]
)
def test_a_server_that_fails_is_an_error_and_is_not_asked_again(system, wanted, reason):
    """Whatever goes wrong with a question is told as its error; the question was sent once, and the next one is asked."""
    before = len(Handler.asked)

    found = system.record({"id": "q", "question": wanted, "history": []})

    assert found["status"] == "error"
    assert reason in found["reason"]
    assert len(Handler.asked) == before + 1
    assert system.record(ASKED)["status"] == "answered"


def test_the_address_may_stand_alone(address):
    """``http://…`` is an adapter by itself."""
    opened = open_adapter(address, TEXTS, timeout=1)

    assert isinstance(opened, Adapted)
    assert opened.source.url == address
    opened.source.client.close()


def test_nobody_listening_is_told_before_anything_is_asked():
    """A system that was not started ends the run, with what to do, in the place of a thousand wrong answers."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        port = server.server_port

    with pytest.raises(InputError, match=r"(?s)nobody can be reached there.*Start the system first"):
        open_adapter(f"http:http://127.0.0.1:{port}/", TEXTS, timeout=1)
