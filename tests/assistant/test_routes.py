"""Every route and every event of the server: who may, and that nobody reaches by it what is another's. A new one without an entry fails."""

from __future__ import annotations

import gc
import io
import re
import shutil

import pytest

from assistant.accounts import Accounts
from assistant.bench_runs import BenchRuns
from assistant.chat.carried import Carried
from assistant.chat.conversation import Turn
from assistant.chat.late_page import LatePage
from assistant.chat.offered import Offered
from assistant.chat.office import Office
from assistant.collections import Collections
from assistant.feedback import Feedback, Verdict
from assistant.history import History, Said
from assistant.quizzes import quiz
from assistant.records import Records
from assistant.visitors import Role, Visitor
from tests.assistant.chat_fakes import FakeAssistant
from tests.assistant.small import small_index
from tests.assistant.test_accounts import PASSWORD, cheap
from tests.assistant.test_bench_runs import FAKE, finished, line
from tests.assistant.test_uploads import FakeChild

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::UserWarning")

HOST = "http://127.0.0.1:7860"
OURS = "/hoi-van-ban"
NOBODY = "nobody"
PEOPLE = {
    "reader": [Role.READER],
    "trainer": [Role.TRAINER],
    "evaluator": [Role.EVALUATOR],
    "administrator": [Role.ADMINISTRATOR],
    # two with the same roles: what tells them apart is whose it is
    "an": [Role.READER, Role.TRAINER, Role.EVALUATOR],
    "binh": [Role.READER, Role.TRAINER, Role.EVALUATOR],
}
PRIVATE = "bí mật của An"
SIGNED_IN = frozenset(PEOPLE)
TRAINERS = frozenset({"trainer", "administrator", "an", "binh"})
EVALUATORS = frozenset({"evaluator", "administrator", "an", "binh"})
ALL = SIGNED_IN | {NOBODY}
NONE = frozenset()
# who gets through to what lies behind a route; what it then says of an id that does not exist is its own affair
ROUTES = {
    "GET /healthz": ALL,
    "GET /readyz": ALL,
    "GET /hoi-van-ban/suc-khoe": ALL,
    "GET /hoi-van-ban/san-sang": ALL,
    "GET /metrics": NONE,  # this machine, or the token: tests/assistant/test_watch.py
    "GET /hoi-van-ban/toi": ALL,
    "GET /hoi-van-ban/dang-nhap": ALL,
    "POST /hoi-van-ban/dang-nhap": ALL,
    "POST /hoi-van-ban/dang-xuat": SIGNED_IN,
    "GET /hoi-van-ban/mat-khau": SIGNED_IN,
    "POST /hoi-van-ban/mat-khau": SIGNED_IN,
    "POST /hoi-van-ban/xoa-du-lieu": SIGNED_IN,
    "GET /hoi-van-ban/tai-len": SIGNED_IN,
    "POST /hoi-van-ban/tai-len": SIGNED_IN,
    "GET /hoi-van-ban/trang/{document:path}/{page}.webp": SIGNED_IN,
    "GET /hoi-van-ban/trang/{document:path}/{first}-{last}.html": SIGNED_IN,
    "GET /hoi-van-ban/xuat/nhiem-vu.{kind}": SIGNED_IN,
    "GET /hoi-van-ban/xuat/tra-loi/{key}.{kind}": SIGNED_IN,
    "GET /hoi-van-ban/danh-gia/tien-do": EVALUATORS,
    "GET /hoi-van-ban/danh-gia/ket-qua/{run}": EVALUATORS,
    "GET /hoi-van-ban/danh-gia/bao-cao/{run}": EVALUATORS,
    "POST /hoi-van-ban/danh-gia/bo-cau-hoi": EVALUATORS,
    "GET /hoi-van-ban/lop": ALL,
    "GET /hoi-van-ban/lop/{code}": ALL,
    "GET /hoi-van-ban/lop/{code}/hien-tai": ALL,
    "POST /hoi-van-ban/lop/{code}/vao": ALL,
    "POST /hoi-van-ban/lop/{code}/tra-loi": ALL,
    "POST /hoi-van-ban/lop/{code}/hoi": ALL,
    "POST /hoi-van-ban/lop/{code}/gui-tep": ALL,
    "GET /hoi-van-ban/lop/cua-toi": SIGNED_IN,  # says to who is no trainer that it is for trainers
    "POST /hoi-van-ban/lop/mo": TRAINERS,
    # whose class it is, tests below
    "POST /hoi-van-ban/lop/{code}/lenh": NONE,
    "POST /hoi-van-ban/lop/{code}/tai-lieu": NONE,
    "GET /hoi-van-ban/lop/{code}/phieu": NONE,
    "GET /hoi-van-ban/lop/{code}/ket-qua.xlsx": NONE,
    "GET /hoi-van-ban/api/": SIGNED_IN,
    "GET /hoi-van-ban/api/openapi.json": SIGNED_IN,
    "POST /hoi-van-ban/api/v1/hoi": SIGNED_IN,
    "GET /hoi-van-ban/api/v1/van-ban": SIGNED_IN,
    "GET /hoi-van-ban/api/v1/van-ban/{van_ban:path}": SIGNED_IN,
    "GET /hoi-van-ban/api/v1/dieu-khoan": SIGNED_IN,
    "GET /hoi-van-ban/api/v1/nhiem-vu": SIGNED_IN,
    # Gradio's, as far as its page uses them
    "GET /": SIGNED_IN,
    "GET /config": SIGNED_IN,
    "GET /theme.css": SIGNED_IN,
    "GET /favicon.ico": SIGNED_IN,
    "GET /robots.txt": SIGNED_IN,
    "GET /static/{path:path}": SIGNED_IN,
    "GET /assets/{path:path}": SIGNED_IN,
    "POST /gradio_api/run/{api_name}": SIGNED_IN,
    "POST /gradio_api/queue/join": SIGNED_IN,
    "POST /gradio_api/cancel": SIGNED_IN,
    "POST /gradio_api/reset": SIGNED_IN,
    # streams, which a test client would wait for: they are refused to NOBODY in tests/assistant/test_chat_doors.py
    "GET /gradio_api/queue/data": None,
    "GET /gradio_api/heartbeat/{session_hash}": None,
    "GET /hoi-van-ban/mcp": None,
    "POST /hoi-van-ban/mcp": None,
    "DELETE /hoi-van-ban/mcp": None,
}
# Whose data an event of the page touches: "shared" and "session" belong to nobody else, "own" has a case in OWN, "role" in ROLE.
EVENTS = {
    "AskTab.ask": "session",
    "AskTab.ask_again": "session",
    "AskTab.take_back": "session",
    "AskTab.keep": "own",
    "AskTab.stop": "session",
    "AskTab.judge": "session",
    "AskTab.open_place": "own",
    "AskTab.start_over": "session",
    "AskTab.resume": "own",
    "AskTab.forget": "own",
    "AskTab.put": "session",
    "AskTab.take": "own",
    "AskTab.choose": "session",
    "AskTab.past": "own",
    "AskTab.refreshed": "own",
    "DocumentsTab.find": "shared",
    "DocumentsTab.find_all": "shared",
    "DocumentsTab.list": "shared",
    "DocumentsTab.report": "shared",
    "DocumentsTab.open": "own",
    "DocumentsTab.open_place": "own",
    "DocumentsTab.mine": "own",
    "DocumentsTab.arrive": "own",
    "DocumentsTab.propose": "own",
    "DocumentsTab.delete": "own",
    "DocumentsTab.decide": "role",
    "TasksTab.open": "shared",
    "TasksTab.filter": "shared",
    "TasksTab.reset": "shared",
    "TasksTab.press": "shared",
    "TasksTab.turn": "shared",
    "TasksTab.open_place": "shared",
    "ClassTab.teach": "session",
    "ClassTab.mark": "session",
    "ClassTab.first": "shared",
    "ClassTab.another": "shared",
    "ClassTab.choose": "shared",
    "ClassTab.open_place": "shared",
    "BenchTab.refresh": "own",
    "BenchTab.act": "own",
    "BenchTab.stop": "own",
    "BenchTab.delete": "own",
    "BenchTab.show": "own",
    "BenchTab.open_place": "shared",
    "Screen.open_place": "own",
    "Screen.open_shelf": "own",
}


class House:
    """A server over the fake corpus; six people sign in, and An has something of every kind."""

    def __init__(self, folder, small_folder):
        from starlette.testclient import TestClient

        from assistant.chat.app import build_app

        self.records = Records.in_memory()
        accounts = Accounts(self.records, hashes=cheap())
        ids = {name: accounts.add(name, PASSWORD, roles).id for name, roles in PEOPLE.items()}
        self.people = {name: Visitor(ids[name], name, frozenset(roles)) for name, roles in PEOPLE.items()}
        self.bench = BenchRuns(self.records, folder / "bench", folder / "index", command=FAKE)
        self.office = Office(FakeAssistant(), folder, self.records, accounts, bench=self.bench)
        object.__setattr__(
            self.office, "collections", Collections(folder, self.records, shared=folder / "shared", child=FakeChild())
        )
        self.app = build_app(self.office, offered=Offered(api=True, mcp=True, metrics=True))
        self.clients = {name: TestClient(self.app, base_url=HOST, follow_redirects=False) for name in (NOBODY, *PEOPLE)}
        self.sign_in()
        self.fns = {}
        for number, fn in self.blocks().fns.items():
            self.fns.setdefault(getattr(fn.fn, "__qualname__", None), (number, len(fn.inputs)))
        self._fill(small_folder)

    def sign_in(self):
        for name in PEOPLE:
            answer = self.clients[name].post(f"{OURS}/dang-nhap", data={"ten": name, "mat-khau": PASSWORD})
            assert answer.status_code == 303

    def blocks(self):
        for route in self.app.routes:
            if found := getattr(getattr(route, "app", None), "blocks", None):
                return found
        msg = "Gradio's page is not where it was"
        raise AssertionError(msg)

    def _fill(self, small_folder):
        an, office = self.people["an"], self.office
        self.upload = office.collections.receive(an, f"{PRIVATE}.txt", io.BytesIO("Nội dung".encode()))
        office.collections.wait(10)
        shutil.copytree(small_folder / "index", office.collections.folders.index(an.id), dirs_exist_ok=True)
        self.own = office.collections.assistant(an).index.documents[0]
        self.talk = History(self.records).save(an, [Said(PRIVATE, "lỗi")])
        Feedback(self.records).add(FakeAssistant().ask("nhiệm vụ 9")[0], Verdict.WRONG, visitor=an, reason=PRIVATE)
        self.file = office.exports.keep(an, lambda _kind: PRIVATE.encode())
        self.run = finished(self.bench, line(1, f"{PRIVATE}, sai"), owner=an.id)
        self.set = self.bench.add_set(an.id, PRIVATE, line(1, PRIVATE)).id
        self.room = office.classes.open(an.id, quiz(office.assistant.index, seed=1, size=3)).code
        self.key = "0" * 32

    def ask(self, who, method, path, **fields):
        """Send a request as *who*, from a page of the server."""
        return self.clients[who].request(method, path, headers={"Origin": HOST}, **fields)

    def press(self, who, event, session="phiên", **data):
        """Trigger *event* as *who* with what the browser says of the pressed element; return all that comes back."""
        number, inputs = self.fns[event]
        body = {"fn_index": number, "data": [None] * inputs, "session_hash": session, "event_data": data}
        return self.ask(who, "POST", "/gradio_api/run/predict", json=body)

    def carry(self, who):
        """Put a conversation down for the page in the other language."""
        self.office.carried.put(self.people[who], self.key, Carried((Turn(PRIVATE, error="lỗi"),), ""))


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    pytest.importorskip("gradio")
    folder = tmp_path_factory.mktemp("house")
    small_index(tmp_path_factory.mktemp("small"))
    made = House(folder, next(folder.parent.glob("small*")))
    yield made
    made.bench.close()
    made.office.collections.close()
    gc.collect()  # gradio leaves an event loop behind: let it be found here, where that is no error


def all_routes(routes, prefix=""):
    """Yield each route of an application with what stands before its path."""
    for route in routes:
        if isinstance(route, LatePage):  # laid out at its first request
            yield from all_routes(route.make().routes, prefix)
            continue
        included = getattr(route, "original_router", None)
        inner = getattr(route, "routes", None)
        if included is not None:
            yield from all_routes(included.routes, prefix)
        elif inner and hasattr(route, "path"):
            yield from all_routes(inner, prefix + route.path)
        elif hasattr(route, "path"):
            yield prefix, route


def registered(app):
    """Return "METHOD path" of every route; HEAD goes where GET does, a folder of files and the pages' second language are left out."""
    found = set()
    for prefix, route in all_routes(app.routes):
        path = prefix + route.path
        if path == OURS:  # the files that are for everybody: their names are listed, what is not there is not found
            continue
        for method in set(getattr(route, "methods", None) or {"GET"}) - {"HEAD"}:
            found.add(f"{method} {re.sub('^/en(?=/|$)', '', path) or '/'}")
    return found


def filled(path):
    return re.sub(r"\{[^}]*\}", "x", path.replace("{code}", "ABCDEF").replace("{api_name}", "predict"))


def gets_through(route, answer):
    """Tell whether what lies behind a route has answered, and not the door before it."""
    if answer.status_code in (401, 403):
        return "text/html" in answer.headers.get("content-type", "")  # a form that asks for the password once more
    if answer.status_code == 303:
        return "tiep=" not in answer.headers["location"]  # not sent to sign in, and back
    trainers_alone = ROUTES[route] in (NONE, TRAINERS)
    return not (trainers_alone and answer.status_code == 404)


def test_every_route_has_an_entry_or_is_closed(house):
    """
    A route is in the table with who may, or it is closed to everybody: nothing that a new version of Gradio adds opens by itself.
    """
    wrong = []
    for route in sorted(registered(house.app) - set(ROUTES)):
        method, path = route.split(" ", 1)
        for prefix in ("", "/en"):
            if house.ask("administrator", method, prefix + filled(path)).status_code != 404:
                wrong.append(route)

    assert wrong == []
    assert (
        set(ROUTES)
        - registered(house.app)
        - {"GET /hoi-van-ban/mcp", "POST /hoi-van-ban/mcp", "DELETE /hoi-van-ban/mcp"}
        == set()
    )


@pytest.mark.parametrize("route", [route for route, who in ROUTES.items() if who is not None])
def test_who_gets_through(house, route):
    """
    Each role gets through to what is in the table for it, and to nothing else.
    """
    method, path = route.split(" ", 1)
    through = {
        who
        for who in sorted(ALL)
        if gets_through(route, house.ask(who, method, filled(path), json={} if method == "POST" else None))
    }
    if route.endswith("dang-xuat"):
        house.sign_in()

    assert through == ROUTES[route]


def test_every_event_has_an_entry(house):
    """
    An event of the page is in the table, with whose data it touches.
    """
    assert set(house.fns) - {None} == set(EVENTS)


# what a person sees or does by an event, with ids that are An's; An sees PRIVATE there, so that a test that sees nothing cannot pass
OWN = {
    "AskTab.past": lambda _: {},
    "AskTab.resume": lambda house: {"conversation": house.talk},
    "AskTab.take": lambda house: {"key": house.key},
    "DocumentsTab.mine": lambda _: {},
    "DocumentsTab.arrive": lambda _: {},
    "BenchTab.refresh": lambda _: {},
    "BenchTab.show": lambda house: {"run": house.run.id},
}
OWN_DOCUMENT = (
    "AskTab.open_place",
    "DocumentsTab.open_place",
    "DocumentsTab.open",
    "Screen.open_place",
    "Screen.open_shelf",
)
ACTS = {
    "AskTab.forget": lambda house: {"conversation": house.talk},
    "DocumentsTab.propose": lambda house: {"document": house.upload.id},
    "DocumentsTab.delete": lambda house: {"document": house.upload.id},
    "DocumentsTab.decide": lambda house: {"document": house.upload.id, "act": "approve"},
    "BenchTab.delete": lambda house: {"run": house.run.id},
    "BenchTab.act": lambda house: {"act": "run", "fields": {"set": house.set}},
    "BenchTab.stop": lambda _: {},
}


def kept(house):
    """Return all rows of the records but those of signing in and of the audit log."""
    names = {row["name"] for row in house.records.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    names -= {"account", "attempt", "session", "audit", "audit_ends"}
    return {name: [tuple(row) for row in house.records.rows(f"SELECT * FROM {name} ORDER BY rowid")] for name in names}  # noqa: S608


def test_every_event_that_touches_own_data_has_a_case():
    """
    The cases below are those of the table, and of it all.
    """
    others = {"AskTab.keep", "AskTab.refreshed"}  # tests of their own
    assert {name for name, whose in EVENTS.items() if whose in ("own", "role")} == {*OWN, *OWN_DOCUMENT, *ACTS, *others}


@pytest.mark.parametrize("event", OWN)
def test_nobody_sees_by_an_event_what_is_anothers(house, event):
    """
    With An's ids Binh sees nothing of An's; An does.
    """
    house.carry("an")
    other = house.press("binh", event, "b", **OWN[event](house))
    own = house.press("an", event, "a", **OWN[event](house))

    assert PRIVATE in own.text
    assert PRIVATE not in other.text
    assert own.status_code == other.status_code == 200


@pytest.mark.parametrize("event", OWN_DOCUMENT)
@pytest.mark.parametrize("shelf", ["own", "proposed:"])
def test_nobody_opens_a_document_of_another(house, event, shelf):
    """
    The id of An's document opens it for An alone, on the shelf of own documents; on no shelf for Binh.
    """
    shelf = shelf if shelf == "own" else f"{shelf}{house.own.id}"
    name = house.own.metadata.number.value if house.own.metadata.number else house.own.id
    other = house.press("binh", event, "b", document=house.own.id, shelf=shelf)
    own = house.press("an", event, "a", document=house.own.id, shelf=shelf)

    assert (name in own.text) is (shelf == "own")
    assert name not in other.text


@pytest.mark.parametrize("who", ["binh", "reader", NOBODY])
@pytest.mark.parametrize("event", ACTS)
def test_nobody_changes_by_an_event_what_is_anothers(house, event, who):
    """
    With An's ids others change nothing of what is kept of An.
    """
    before = kept(house)
    assert any(PRIVATE in str(row) for row in before["uploads"])
    answer = house.press(who, event, "b", **ACTS[event](house))

    assert kept(house) == before
    assert answer.status_code == (401 if who == NOBODY else 200)


def test_own_documents_can_be_asked_by_their_owner_alone(house):
    """
    The choice to ask own documents is offered to who has some.
    """
    assert "hvb-where" in house.press("an", "AskTab.refreshed", "a").text
    assert "hvb-where" not in house.press("binh", "AskTab.refreshed", "b").text


@pytest.mark.parametrize("event", ["AskTab.stop", "AskTab.keep"])
def test_the_name_of_a_session_opens_it_for_its_owner_alone(house, event):
    """
    Gradio keeps a page's conversation under a name that the browser sends: with An's name Binh is in a session of Binh's own.
    """
    house.press("an", "AskTab.resume", "cùng-tên", conversation=house.talk)
    other = house.press("binh", event, "cùng-tên")
    own = house.press("an", event, "cùng-tên")

    assert PRIVATE in own.text
    assert PRIVATE not in other.text


@pytest.mark.parametrize(
    "path",
    [
        "/tai-len",
        "/xuat/tra-loi/{file}.xlsx",
        "/danh-gia/ket-qua/{run}",
        "/danh-gia/bao-cao/{run}",
        "/lop/{room}/phieu",
        "/lop/{room}/ket-qua.xlsx",
    ],
)
def test_nobody_reads_by_a_route_what_is_anothers(house, path):
    """
    With An's ids in the address Binh gets nothing of An's.
    """
    path = OURS + path.format(file=house.file, run=house.run.id, room=house.room)
    own, other = house.ask("an", "GET", path), house.ask("binh", "GET", path)

    assert own.status_code == 200
    if path.endswith("/tai-len"):
        assert [one["id"] for one in own.json()["uploads"]] == [house.upload.id]
        assert other.json()["uploads"] == []
    else:
        assert other.status_code == 404
        assert PRIVATE not in other.text


def test_nobody_is_shown_the_class_of_another(house):
    """
    The panel shows a trainer's own class by its code, and nobody else's; nor does anybody give orders to it or send papers.
    """
    path = f"{OURS}/lop"
    assert house.ask("an", "GET", f"{path}/cua-toi?code={house.room}").json().get("code") == house.room
    assert house.ask("binh", "GET", f"{path}/cua-toi?code={house.room}").json().get("code") != house.room
    before = kept(house)
    for act in ("next", "end", "delete", "clear", "drop"):
        assert (
            house.ask("binh", "POST", f"{path}/{house.room}/lenh", json={"act": act, "revision": "0"}).status_code
            == 404
        )
    papers = house.ask("binh", "POST", f"{path}/{house.room}/tai-lieu", files={"file": ("x.txt", b"x")})

    assert papers.status_code == 404
    assert kept(house) == before


@pytest.mark.parametrize("who", ["an", "binh"])
def test_pages_of_own_documents_are_looked_for_in_own_documents(house, who):
    """
    The routes of page images look into the index of who asks.
    """
    from starlette.requests import Request

    from assistant.chat.shelves import index_for

    cookies = "; ".join(f"{name}={value}" for name, value in house.clients[who].cookies.items())
    request = Request({"type": "http", "headers": [(b"cookie", cookies.encode())]})
    index = index_for(house.office)(request, "own")

    assert (index is not None) is (who == "an")


@pytest.mark.parametrize(
    "path",
    [
        "/hoi-van-ban/trang/..%2f..%2frecords.sqlite/1.webp?shelf=own",
        "/hoi-van-ban/trang/../../records.sqlite/1-1.html",
        "/hoi-van-ban/danh-gia/ket-qua/..%2f..%2frecords.sqlite",
        "/hoi-van-ban/xuat/tra-loi/..%2f..%2f..%2fetc%2fpasswd.xlsx",
        "/hoi-van-ban/..%2f..%2foffice.py",
        "/hoi-van-ban/../office.py",
        "/static/..%2f..%2f..%2froutes.py",
        "/assets/..%2f..%2f..%2f..%2froutes.py",
    ],
)
def test_no_path_leads_out(house, path):
    """
    Steps upwards in an address, plain or encoded, reach no file.
    """
    answer = house.ask("an", "GET", path)

    assert answer.status_code in (400, 403, 404)
    assert "import " not in answer.text
