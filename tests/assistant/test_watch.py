"""A server under watch: its health, its numbers, what it logs, and how often one visitor may do something."""

from __future__ import annotations

import gc
import io
import json
import logging
import sqlite3

import pytest

from assistant.chat.guard import SIGN_IN
from assistant.chat.limits import SendingPace
from assistant.chat.offered import Offered
from assistant.chat.office import Office
from assistant.chat.running import generation_number
from assistant.logs import REQUESTS, JsonLines, LogForm, log_in
from assistant.metrics import Limit, Metrics, NoCounts, Way, counted
from assistant.pace import Pace, Paces
from assistant.records import Records
from assistant.visitors import ANYBODY, OWNER, OneVisitor, Role, Visitor
from tests.assistant.chat_fakes import FakeAssistant
from tests.assistant.test_accounts import PASSWORD

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::UserWarning")

PRIVATE = "câu hỏi không được lộ"
TOKEN = "một khóa để đọc số".encode().hex()
LAN = Visitor("lan", "Lan", frozenset({Role.READER}))
BINH = Visitor("binh", "Bình", frozenset({Role.READER}))


class Clock:
    """Stands still until it is moved."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def app_over(office, **offered):
    pytest.importorskip("gradio")
    from assistant.chat.app import build_app

    return build_app(office, offered=Offered(api=True, **offered))


def client_of(app, host="127.0.0.1"):
    from starlette.testclient import TestClient

    return TestClient(app, base_url="http://127.0.0.1:7860", client=(host, 50000), raise_server_exceptions=False)


@pytest.fixture(scope="module")
def office():
    return Office(FakeAssistant(), records=Records.in_memory(), doors=OneVisitor(), counts=Metrics())


@pytest.fixture(scope="module")
def app(office):
    yield app_over(office, metrics=True, metrics_token=TOKEN)
    gc.collect()  # gradio leaves an event loop behind: let it be found here, where that is no error


@pytest.fixture
def client(app):
    return client_of(app)


def numbers(client):
    """Return the numbers of a server by the names that they have in Prometheus."""
    lines = client.get("/metrics").text.splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}


def test_questions_and_requests_are_counted(client):
    """
    A question counts by its way and its status with its time, a request by its route; what they were about is nowhere.
    """
    before = numbers(client)
    client.post("/hoi-van-ban/api/v1/hoi", json={"question": "nhiệm vụ 9?"})
    client.post("/hoi-van-ban/api/v1/hoi", json={"question": PRIVATE})
    client.get(f"/hoi-van-ban/api/v1/van-ban/{PRIVATE}")
    after = numbers(client)

    def more(name):
        return after.get(name, 0) - before.get(name, 0)

    assert more('hvb_questions_total{status="answered",way="api"}') == 1
    assert more('hvb_questions_total{status="ambiguous",way="api"}') == 1
    assert more('hvb_question_seconds_count{way="api"}') == 2
    assert more('hvb_requests_total{route="/hoi-van-ban/api/v1/hoi",status="200"}') == 2
    assert more('hvb_requests_total{route="/hoi-van-ban/api/v1/van-ban/{van_ban:path}",status="404"}') == 1
    assert not any(PRIVATE in name for name in after)


def test_the_state_of_the_server_is_told(client):
    """
    The queue of each page, readiness, reloads, memory, and every limit from the start.
    """
    found = numbers(client)

    assert found['hvb_queue{language="vi"}'] == 0
    assert found["hvb_ready"] == 1
    assert found["hvb_pages"] == 0
    assert found["hvb_index_reloads_total"] == 0
    assert {f'hvb_refused_total{{limit="{limit}"}}' for limit in Limit} <= set(found)
    assert found["process_resident_memory_bytes"] > 2**20


@pytest.mark.parametrize(
    ("host", "headers", "expected"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("10.1.2.3", {}, 403),
        ("testclient", {}, 403),
        # a proxy on this machine speaks for somebody else
        ("127.0.0.1", {"X-Forwarded-For": "10.1.2.3"}, 403),
        ("127.0.0.1", {"Forwarded": "for=10.1.2.3"}, 403),
        ("10.1.2.3", {"Authorization": f"Bearer {TOKEN}"}, 200),
        ("10.1.2.3", {"Authorization": "Bearer khác"}, 403),
        ("10.1.2.3", {"Authorization": "Bearer "}, 403),
    ],
)
def test_numbers_are_for_this_machine_or_a_token(app, host, headers, expected):
    """
    Who comes from elsewhere, or through a proxy, needs the token.
    """
    headers = {name: value.encode() for name, value in headers.items()}

    assert client_of(app, host).get("/metrics", headers=headers).status_code == expected


def test_without_the_switch_there_are_no_numbers():
    """
    A server whose numbers are not switched on counts nothing and has no such route; no empty token opens one.
    """
    office = Office(FakeAssistant(), doors=OneVisitor())

    assert client_of(app_over(office)).get("/metrics").status_code == 404
    assert isinstance(office.counts, NoCounts)
    assert office.counts.text() == b""


@pytest.mark.parametrize(
    ("path", "status", "limit"),
    [
        ("/gradio_api/queue/join", 503, Limit.QUEUE),
        ("/en/gradio_api/queue/join", 503, Limit.QUEUE),
        ("/hoi-van-ban/api/v1/hoi", 503, Limit.BUSY),
        ("/hoi-van-ban/api/v1/hoi", 429, Limit.RATE),
        ("/hoi-van-ban/api/v1/hoi", 413, Limit.SIZE),
        (SIGN_IN, 429, Limit.SIGN_IN),
        ("/readyz", 503, None),
        ("/hoi-van-ban/san-sang", 503, None),
        ("/hoi-van-ban/api/v1/hoi", 422, None),
    ],
)
def test_what_a_limit_refused_is_counted_as_such(path, status, limit):
    """
    A refusal is told by its status and its path.
    """
    from assistant.chat.watch import _limit

    assert _limit(path, status) is limit


def test_a_question_that_fails_is_an_error():
    """
    Where answering raises, the question counts as an error.
    """
    metrics = Metrics()
    with pytest.raises(ZeroDivisionError), counted(metrics, Way.CHAT):
        1 / 0  # noqa: B018

    assert b'hvb_questions_total{status="error",way="chat"} 1.0' in metrics.text()


def test_records_that_cannot_be_read_make_a_server_not_ready(caplog):
    """
    Where the database does not answer, the server lives but is not ready, and the log says why.
    """
    office = Office(FakeAssistant(), records=Records.in_memory(), doors=OneVisitor())
    client = client_of(app_over(office))
    assert client.get("/readyz").status_code == 200
    office.records.close()
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["status"], answer.json()["records"]) == (503, "failing", False)
    assert client.get("/healthz").status_code == 200
    assert any(record.exc_info and issubclass(record.exc_info[0], sqlite3.Error) for record in caplog.records)


def json_logger(name):
    """Return a logger and what it writes, as a server with ``--log json`` does."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger(name)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    return logger, handler, stream


def logged(client, method, path, **fields):
    """Return the line of JSON that a request leaves, and the answer."""
    logger, handler, stream = json_logger(REQUESTS)
    try:
        answer = client.request(method, path, **fields)
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)
    return json.loads(stream.getvalue()), answer


def test_a_request_is_one_line_without_what_it_asked(client):
    """
    Time, method, route, status, milliseconds and the id that the answer bears too; no question, no id of a document, no address.
    """
    line, answer = logged(client, "POST", "/hoi-van-ban/api/v1/hoi?q=x", json={"question": PRIVATE})

    assert {name: line[name] for name in ("method", "route", "status", "logger")} == {
        "method": "POST",
        "route": "/hoi-van-ban/api/v1/hoi",
        "status": 200,
        "logger": REQUESTS,
    }
    assert line["request"] == answer.headers["x-request-id"]
    assert line["ms"] > 0
    assert PRIVATE not in json.dumps(line, ensure_ascii=False)


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/", "/"),
        ("/en/", "/en/"),
        (f"/hoi-van-ban/trang/{PRIVATE}/1.webp", "/hoi-van-ban/trang/{document:path}/{page}.webp"),
        (f"/hoi-van-ban/{PRIVATE}", "/hoi-van-ban/…"),
        (f"/{PRIVATE}", "other"),
        ("/assets/index.js", "/assets/…"),
        ("/en/config", "/en/config"),
    ],
)
def test_addresses_are_logged_as_what_kind_they_are(client, path, route):
    """
    What stands in an address, names of documents among it, is not logged.
    """
    assert logged(client, "GET", path)[0]["route"] == route


def test_a_fault_is_told_by_type_and_place():
    """
    A line of an exception names where it was, and not its message, in which words of a question may stand.
    """
    logger, handler, stream = json_logger("tests.fault")
    try:
        {}[PRIVATE]
    except KeyError:
        logger.exception("question of %d characters failed", 12)
    finally:
        logger.removeHandler(handler)
    line = json.loads(stream.getvalue())

    assert (line["level"], line["error"], line["message"]) == ("error", "KeyError", "question of 12 characters failed")
    assert line["at"][-1].endswith("test_a_fault_is_told_by_type_and_place")
    assert PRIVATE not in stream.getvalue()


def test_the_form_of_the_log_is_chosen(monkeypatch):
    """
    As JSON everything that is logged goes through one handler; as text nothing is changed.
    """
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    try:
        log_in(LogForm.TEXT)
        assert root.handlers == before
        log_in(LogForm.JSON)
        assert [type(handler.formatter) for handler in root.handlers] == [JsonLines]
        assert logging.getLogger(REQUESTS).isEnabledFor(logging.INFO)
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        logging.getLogger(REQUESTS).setLevel(logging.NOTSET)


@pytest.mark.parametrize(("name", "number"), [("gen-000017", 17.0), ("", 0.0), ("gen-x", 0.0)])
def test_a_generation_has_a_number(name, number):
    """
    The number in a generation's name is what the numbers tell.
    """
    assert generation_number(name) == number


def test_one_visitor_does_something_so_often_and_others_go_on():
    """
    After a burst one waits for as long as one more takes, is let in then, and nobody else waits meanwhile.
    """
    clock = Clock()
    paces = Paces(person=Pace(3, 60), address=Pace(1, 6), clock=clock)

    assert [paces.wait(LAN, "10.0.0.1") for _ in range(4)] == [0, 0, 0, 1]
    assert paces.wait(BINH, "10.0.0.1") == 0
    clock.now += 1
    assert [paces.wait(LAN, "10.0.0.2") for _ in range(2)] == [0, 1]
    assert [paces.wait(ANYBODY, "10.0.0.1") for _ in range(2)] == [0, 10]
    assert paces.wait(ANYBODY, "10.0.0.2") == 0
    clock.now += 3600
    assert [paces.wait(LAN, "") for _ in range(4)] == [0, 0, 0, 1]


def test_several_at_once_count_as_several():
    """
    A question with a history costs as many as are answered for it; more than a burst is taken as one.
    """
    paces = Paces(person=Pace(4, 60), address=Pace(4, 60), clock=Clock())

    assert [paces.wait(LAN, "", count=count) for count in (3, 3, 1)] == [0, 2, 0]
    assert Paces(person=Pace(4, 60), address=Pace(4, 60)).wait(LAN, "", count=50) == 0


def test_the_owner_of_a_machine_never_waits_and_what_is_remembered_is_bounded(monkeypatch):
    """
    A person at the own machine goes at any pace; of the many addresses of a flood the oldest are forgotten.
    """
    monkeypatch.setattr("assistant.pace._REMEMBERED", 3)
    paces = Paces(person=Pace(1, 1), address=Pace(1, 1), clock=Clock())

    assert {paces.wait(OWNER, "127.0.0.1") for _ in range(50)} == {0}
    assert {paces.wait(ANYBODY, str(number)) for number in range(50)} == {0}
    assert len(paces._left) == 3  # noqa: SLF001


def test_who_asks_programs_too_fast_is_told_to_wait():
    """
    Over the API the answer is 429 with the time to wait, for that visitor alone.
    """
    from tests.assistant.test_chat_doors import fresh_accounts

    doors = fresh_accounts()
    doors.add("Minh", PASSWORD, [Role.READER])
    office = Office(FakeAssistant(), doors=doors, asking=Paces(person=Pace(1, 6), address=Pace(1, 6)))
    client = client_of(app_over(office))

    def ask(key, **more):
        headers = {"Authorization": f"Bearer {key}"}
        return client.post("/hoi-van-ban/api/v1/hoi", json={"question": "nhiệm vụ 9?", **more}, headers=headers)

    lan, minh = doors.give_key("Lan"), doors.give_key("Minh")
    answers = [ask(lan), ask(lan), ask(minh)]

    assert [answer.status_code for answer in answers] == [200, 429, 200]
    assert 0 < int(answers[1].headers["retry-after"]) <= 10
    assert "liên tiếp" in answers[1].json()["reason"]


def test_who_asks_in_the_chat_too_fast_is_told_to_wait_in_words():
    """
    In the chat the question stands there with a sentence in place of its answer, which no assistant was asked for.
    """
    pytest.importorskip("gradio")
    from assistant.chat.ask_tab import AskTab
    from assistant.chat.desk import Desk
    from assistant.chat.strings import load_strings

    class Request:
        cookies = {}  # noqa: RUF012
        client = None

    assistant = FakeAssistant()
    office = Office(assistant, doors=OneVisitor(LAN), asking=Paces(person=Pace(1, 6), address=Pace(1, 6)))
    tab = AskTab(Desk.over(assistant, load_strings("vi")), office)
    first = list(tab.ask("nhiệm vụ 9?", (), "", Request()))
    second = list(tab.ask("nhiệm vụ 8?", first[0][1], "", Request()))

    assert len(assistant.heard) == 1
    assert second[-1][1][-1].question == "nhiệm vụ 8?"
    assert "Xin chờ 10 giây" in second[-1][2]


@pytest.mark.parametrize(("method", "expected"), [("POST", [204, 204, 429]), ("GET", [204, 204, 204])])
def test_who_sends_too_much_is_told_to_wait(method, expected):
    """
    What is sent is counted, what is only read is not.
    """
    from starlette.responses import Response
    from starlette.testclient import TestClient

    guarded = SendingPace(Response(status_code=204), paces=Paces(person=Pace(2, 6), address=Pace(2, 6)))
    client = TestClient(guarded)
    answers = [client.request(method, "/") for _ in range(3)]

    assert [answer.status_code for answer in answers] == expected
    if method == "POST":
        assert int(answers[-1].headers["retry-after"]) == 10
        assert answers[-1].json()["detail"] == "Too many requests"


def test_uploads_and_downloads_have_their_pace():
    """
    Files that come in and files that are made each have their pace, told in words.
    """
    slow = {
        "uploading": Paces(person=Pace(1, 6), address=Pace(1, 6)),
        "downloading": Paces(person=Pace(1, 6), address=Pace(1, 6)),
    }
    office = Office(FakeAssistant(), doors=OneVisitor(LAN), **slow)
    client = client_of(app_over(office))
    own = {"Origin": "http://127.0.0.1:7860"}
    uploads = [client.post("/hoi-van-ban/tai-len", headers=own) for _ in range(2)]
    downloads = [client.get("/hoi-van-ban/xuat/nhiem-vu.xlsx") for _ in range(2)]

    assert [answer.status_code for answer in uploads] == [400, 429]
    assert [answer.status_code for answer in downloads] == [200, 429]
    assert "Xin chờ" in uploads[1].json()["message"]
    assert "Xin chờ" in downloads[1].text


@pytest.mark.parametrize("page", ["", "/en"])
def test_an_event_that_is_far_too_long_is_not_read(client, page):
    """
    What the page's events may send is bounded: more than a megabyte is refused, unread by Gradio.
    """
    body = {"fn_index": 6, "data": ["x" * 1_100_000], "session_hash": "a"}

    assert client.post(f"{page}/gradio_api/run/predict", json=body).status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"nul",
        b'{"session_hash": 5}',
        b"[" * 100_000,
        '{"session_hash": "\ud800"}'.encode("utf-8", "surrogatepass"),
    ],
)
def test_an_event_that_is_none_is_refused(client, body):
    """
    Whatever is sent in the place of an event, it is refused as a fault of who sent it.
    """
    answer = client.post("/gradio_api/run/predict", content=body, headers={"Content-Type": "application/json"})

    assert 400 <= answer.status_code < 500
