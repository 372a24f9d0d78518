"""Signing in at the server, and what the guard lets through."""

from __future__ import annotations

import gc
import re
from contextlib import contextmanager

import pytest

from assistant.accounts import COOKIE, Accounts
from assistant.audit_log import AuditLog, Event
from assistant.chat.guard import Names
from assistant.chat.offered import Offered
from assistant.chat.office import Office
from assistant.records import Records
from assistant.visitors import ANYBODY, OWNER, OneVisitor, Role
from tests.assistant.chat_fakes import FakeAssistant
from tests.assistant.test_accounts import PASSWORD, cheap

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::UserWarning")

SIGN_IN = "/hoi-van-ban/dang-nhap"
EVERYTHING = Offered(api=True, mcp=True)


@contextmanager
def opened(doors, offered=EVERYTHING, *, base="http://127.0.0.1:7860", records=None):
    from assistant.chat.app import build_app

    testing = pytest.importorskip("starlette.testclient")
    office = Office(FakeAssistant(), records=records or Records.in_memory(), doors=doors)
    yield testing.TestClient(build_app(office, offered=offered), base_url=base, follow_redirects=False)
    gc.collect()  # gradio leaves an event loop behind: let it be found here, where that is no error


def fresh_accounts(**options):
    accounts = Accounts(Records.in_memory(), hashes=cheap(), **options)
    accounts.add("Lan", PASSWORD, [Role.TRAINER])
    return accounts


@pytest.fixture(scope="module")
def doors():
    return fresh_accounts()


@pytest.fixture(scope="module")
def served(doors):
    with opened(doors) as client:
        yield client


@pytest.fixture
def client(served):
    """A browser that nobody has used."""
    served.cookies.clear()
    return served


def sign_in(client, password=PASSWORD, **fields):
    return client.post(SIGN_IN, data={"ten": "Lan", "mat-khau": password, **fields})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/config"),
        ("GET", "/en/config"),
        ("GET", "/gradio_api/queue/data?session_hash=x"),
        ("GET", "/gradio_api/heartbeat/x"),
        ("POST", "/gradio_api/queue/join"),
        ("POST", "/en/gradio_api/queue/join"),
        ("POST", "/gradio_api/run/predict"),
        ("GET", "/theme.css"),
        ("GET", "/hoi-van-ban/api/openapi.json"),
        ("GET", "/hoi-van-ban/api/v1/van-ban"),
        ("POST", "/hoi-van-ban/api/v1/hoi"),
        ("POST", "/hoi-van-ban/mcp"),
        ("GET", "/hoi-van-ban/mat-khau"),
        ("GET", "/hoi-van-ban/chat.css/../toi/x"),
        ("OPTIONS", "/config"),
    ],
)
def test_who_is_not_signed_in_gets_nothing(client, method, path):
    """
    Every route but the sign-in page, the files it needs and the health of the server is refused, below each page's path.
    """
    answer = client.request(method, path, json={} if method == "POST" else None)

    assert answer.status_code == 401
    assert answer.json()["status"] == "error"
    assert "default-src" in answer.headers["content-security-policy"]


def test_a_telephone_joins_a_class_without_an_account(client):
    """
    The pages and acts of those who take part in a live class are open, those of its trainer are not.
    """
    room = "/hoi-van-ban/lop/ABCDEF"
    own = {"Origin": str(client.base_url).rstrip("/")}

    assert client.get("/hoi-van-ban/lop").status_code == 200
    assert client.get(room).status_code == 404  # there is no such class
    assert client.get(f"{room}/hien-tai").json() == {"gone": True}
    assert client.post(f"{room}/vao", json={}, headers=own).json() == {"gone": True}
    assert client.post(f"{room}/gui-tep", json={}, headers=own).status_code == 404
    for path in (f"{room}/phieu", f"{room}/ket-qua.xlsx", "/hoi-van-ban/lop/cua-toi"):
        assert client.get(path).status_code == 401
    for path in (f"{room}/lenh", f"{room}/tai-lieu", "/hoi-van-ban/lop/mo"):
        assert client.post(path, json={}, headers=own).status_code == 401


@pytest.mark.parametrize(("page", "language"), [("/", "vi"), ("/en/", "en"), ("/hoi-van-ban/api/?lang=en", "vi")])
def test_a_page_sends_to_the_sign_in_page_and_back(client, page, language):
    """
    Who opens a page is sent to sign in, in the page's language, and then to the page.
    """
    sent = client.get(page)
    assert sent.status_code == 303
    assert f"lang={language}" in sent.headers["location"]
    form = client.get(sent.headers["location"])
    target = re.search(r'name="tiep" value="([^"]*)"', form.text)[1]

    assert form.status_code == 200
    assert target == page
    assert sign_in(client, tiep=target).headers["location"] == page


def test_signing_in_opens_everything(client):
    """
    The right password sets a cookie that scripts cannot read and other sites cannot use, and opens the page.
    """
    answer = sign_in(client)
    cookie = answer.headers["set-cookie"]

    assert answer.status_code == 303
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie
    assert client.get("/").status_code == 200
    assert client.get("/config").status_code == 200
    known = client.get("/hoi-van-ban/toi").json()
    assert (known["signed_in"], known["name"], known["roles"]) == (True, "Lan", ["trainer"])


def test_over_https_the_cookie_is_secure(doors):
    """
    Where the request came over HTTPS, the cookie never travels without it.
    """
    with opened(doors, base="https://127.0.0.1:7860") as client:
        assert "Secure" in sign_in(client).headers["set-cookie"]


def test_a_wrong_password_is_said_in_the_language_of_the_page(client):
    """
    The page comes again with the name, without the password, and with a sentence.
    """
    answer = sign_in(client, "sai hoàn toàn", lang="en")

    assert answer.status_code == 401
    assert "is not right" in answer.text
    assert 'value="Lan"' in answer.text
    assert "sai hoàn toàn" not in answer.text
    assert "set-cookie" not in answer.headers


def test_who_has_to_wait_is_told_how_long():
    """
    After too many wrong passwords the answer is 429 with the time to wait.
    """
    with opened(fresh_accounts(), Offered()) as client:
        for _ in range(5):
            sign_in(client, "sai")
        answer = sign_in(client)

    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "30"
    assert "Xin chờ 30 giây" in answer.text


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb", ""]
)
def test_nobody_is_sent_to_another_host(client, target):
    """
    After signing in one stays on this server, whatever the address asked for.
    """
    assert sign_in(client, tiep=target).headers["location"] == "/"


def test_what_is_shown_of_the_request_is_escaped(client):
    """
    Name and target are shown as text.
    """
    evil = '"><script>alert(1)</script>'
    answers = [client.get(SIGN_IN, params={"tiep": f"/{evil}"}), sign_in(client, "sai", ten=evil)]

    assert all("<script>" not in answer.text for answer in answers)


def test_signing_out(client):
    """
    Signing out ends the session on the server, not only in the browser.
    """
    sign_in(client)
    token = client.cookies[COOKIE]
    answer = client.post("/hoi-van-ban/dang-xuat")
    client.cookies.set(COOKIE, token)

    assert answer.status_code == 303
    assert client.get("/config").status_code == 401


def test_changing_ones_password(client, doors):
    """
    The new password counts, the two fields have to be the same, and the old session is exchanged for a new one.
    """
    sign_in(client)
    old = client.cookies[COOKIE]
    fields = {"cu": PASSWORD, "moi": "một câu khác hẳn", "lai": "một câu khác hẳn"}
    assert client.get("/hoi-van-ban/mat-khau").status_code == 200
    assert "không giống nhau" in client.post("/hoi-van-ban/mat-khau", data={**fields, "lai": "x"}).text
    assert client.post("/hoi-van-ban/mat-khau", data={**fields, "cu": "sai"}).status_code == 401
    weak = client.post("/hoi-van-ban/mat-khau", data={**fields, "moi": "aaaaaaaaaaaa", "lai": "aaaaaaaaaaaa"})
    assert (weak.status_code, client.cookies[COOKIE]) == (400, old)
    assert "ít nhất" in weak.text
    done = client.post("/hoi-van-ban/mat-khau", data=fields)

    assert done.status_code == 303
    assert "Đã đổi mật khẩu" in client.get(done.headers["location"]).text
    assert client.cookies[COOKIE] != old
    doors.set_password("Lan", PASSWORD)


@pytest.mark.parametrize(
    "path", ["/gradio_api/queue/join", "/en/gradio_api/run/predict", SIGN_IN, "/hoi-van-ban/api/v1/hoi"]
)
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:9999", "file://"])
def test_orders_from_other_pages_are_refused(client, path, origin):
    """
    A page of another host, port or kind cannot make a signed-in browser do anything.
    """
    sign_in(client)

    assert client.post(path, json={}, headers={"Origin": origin}).status_code == 403


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Origin": "http://127.0.0.1:7860"}, True),
        ({"Origin": "http://localhost:7860"}, True),
        # behind a proxy that passes the name on
        ({"Origin": "https://hoi.tinh.example", "Host": "hoi.tinh.example"}, True),
        ({"Origin": "https://hoi.tinh.example", "Host": "khac.example"}, False),
        # a program, not a page
        ({}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-origin"}, True),
    ],
)
def test_own_pages_may_send(client, headers, expected):
    """
    Own pages, under whichever name they are open, and programs that are no browser are let through.
    """
    sign_in(client)
    answer = client.post("/hoi-van-ban/api/v1/hoi", json={"question": "nhiệm vụ 9?"}, headers=headers)

    assert (answer.status_code == 200) is expected


def test_another_host_name_is_refused_where_only_ours_are_served():
    """
    On a machine that serves itself, a name of another that points here gets nothing; a proxy's name is let in when it is given.
    """
    names = Names(public=frozenset({"hoi.tinh.example"}), hosts=frozenset({"127.0.0.1", "localhost"}))

    assert [
        names.serves(host) for host in ("127.0.0.1:7860", "LOCALHOST", "evil.example:7860", "hoi.tinh.example")
    ] == [
        True,
        True,
        False,
        True,
    ]
    assert names.is_own("https://hoi.tinh.example", "127.0.0.1:7860")
    assert Names().serves("anything")


def test_a_foreign_host_name_gets_nothing():
    """
    The guard answers 421 before anything else, where the server knows its names.
    """
    with opened(OneVisitor(), Offered(hosts=frozenset({"127.0.0.1"}))) as client:
        assert client.get("/", headers={"Host": "evil.example"}).status_code == 421
        assert client.get("/").status_code == 200


def test_anonymous_reading_shows_the_page_and_keeps_nothing():
    """
    Where it is switched on, people who are not signed in read and ask, and are nobody in particular.
    """
    with opened(fresh_accounts(anonymous=True)) as client:
        assert client.get("/").status_code == 200
        known = client.get("/hoi-van-ban/toi").json()

    assert (known["signed_in"], known["accounts"], known["may_read"], known["roles"]) == (False, True, True, [])


def test_without_accounts_there_is_nothing_to_sign_in_to():
    """
    A server whose doors know no accounts has no sign-in page, and says so to the page.
    """
    with opened(OneVisitor(ANYBODY), Offered()) as client:
        assert client.get(SIGN_IN).status_code == 404
        assert client.get("/hoi-van-ban/toi").json()["accounts"] is False
        assert client.get("/hoi-van-ban/api/v1/van-ban").status_code == 404
        assert client.post("/hoi-van-ban/mcp", json={}).status_code in (404, 405)


@pytest.mark.parametrize(("host", "expected", "said"), [("127.0.0.1", OWNER, ""), ("0.0.0.0", ANYBODY, "accounts add")])  # noqa: S104
def test_who_comes_to_a_server_without_accounts(tmp_path, capsys, host, expected, said):
    """
    On a machine that serves itself whoever comes owns it; open to others, it keeps nothing of anybody and says how to add an account.
    """
    from assistant.chat.app import _doors

    doors = _doors(Records.in_memory(), host, tmp_path, anonymous=False)

    assert doors.visitor({}) == expected
    assert doors.lets_in(expected)
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("live", "ready"), [("/healthz", "/readyz"), ("/hoi-van-ban/suc-khoe", "/hoi-van-ban/san-sang")]
)
def test_health_is_told_to_everybody(client, live, ready):
    """
    That the server lives, and whether the model is loaded, is told without signing in, and nothing else.
    """
    assert client.get(live).json() == {"status": "ok"}
    assert client.get(ready).json() == {"status": "ready", "index": True, "model": True, "records": True}


def test_not_ready_before_the_model_is_loaded():
    """
    Until the model is loaded the answer is 503.
    """
    with opened(OneVisitor(), Offered(is_ready=lambda: False)) as client:
        answer = client.get("/hoi-van-ban/san-sang")

    assert (answer.status_code, answer.json()["model"]) == (503, False)


def test_a_key_opens_the_api_alone(client, doors):
    """
    A program with a key asks over the API; the key opens no page, and a wrong one nothing.
    """
    key = {"Authorization": f"Bearer {doors.give_key('Lan')}"}

    assert client.get("/hoi-van-ban/api/v1/van-ban", headers=key).status_code == 200
    assert client.get("/config", headers=key).status_code == 401
    assert client.get("/hoi-van-ban/api/v1/van-ban", headers={"Authorization": "Bearer x"}).status_code == 401


def test_the_sign_in_page_loads_its_files_and_nothing_else(client):
    """
    The page's style and font are served to who is not signed in; the page has no script and names no other host.
    """
    page = client.get(SIGN_IN)
    style = re.search(r'href="([^"]*\.css)"', page.text)[1]
    fonts = re.findall(r'url\("\.\./(fonts/[^"]+)"\)', client.get(style).text)

    assert "<script" not in page.text
    assert "script-src" not in page.headers["content-security-policy"].split(",")[0]
    assert len(fonts) == 4
    assert all(client.get(f"/hoi-van-ban/{font}").status_code == 200 for font in fonts)


def test_forms_say_where_they_come_from(client):
    """
    Browsers name the origin of a form only where the page's policy lets them; other hosts learn nothing of the page.
    """
    assert client.get(SIGN_IN).headers["referrer-policy"] == "same-origin"


def test_a_huge_form_is_not_read(client):
    """
    A form of more than 8 KB counts as empty.
    """
    assert client.post(SIGN_IN, data={"ten": "x" * 10_000, "mat-khau": "y"}).status_code in (401, 429)


def test_a_person_deletes_the_own_data_with_the_password(tmp_path):
    """
    The form beside the password deletes with the right password alone, for that person alone, and says how long questions are kept.
    """
    from assistant.chat.app import build_app
    from assistant.history import History, Said
    from assistant.visitors import Visitor

    testing = pytest.importorskip("starlette.testclient")
    doors = fresh_accounts()
    doors.add("Minh", PASSWORD, [Role.READER])
    office = Office(FakeAssistant(), tmp_path, doors.records, doors, question_days=30)
    client = testing.TestClient(build_app(office), base_url="http://127.0.0.1:7860", follow_redirects=False)
    people = [Visitor(account.id, account.name, account.roles) for account in doors.all()]
    for person in people:
        History(office.records).save(person, [Said("câu hỏi", "lỗi")])

    def kept():
        return [len(History(office.records).of(person)) for person in people]

    path = "/hoi-van-ban/xoa-du-lieu"
    assert client.post(path, data={"mat-khau": PASSWORD}).status_code == 401
    sign_in(client)
    page = client.get("/hoi-van-ban/mat-khau").text
    assert "được ghi lại 30 ngày" in page
    assert f'action="{path}"' in page
    assert client.post(path, data={"mat-khau": "sai"}).status_code == 401
    assert client.post(path, data={"mat-khau": PASSWORD}, headers={"Origin": "http://evil.example"}).status_code == 403
    assert kept() == [1, 1]
    done = client.post(path, data={"mat-khau": PASSWORD})
    assert done.status_code == 303
    assert "Đã xóa dữ liệu" in client.get(done.headers["location"]).text
    assert kept() == [0, 1]
    gc.collect()


def test_a_download_is_audited(tmp_path):
    """
    Who takes the task list away as a file is noted, and not what stands in it.
    """
    doors = fresh_accounts()
    with opened(doors, records=doors.records) as client:
        sign_in(client)
        assert client.get("/hoi-van-ban/xuat/nhiem-vu.xlsx").status_code == 200
    entry = list(AuditLog(doors.records).entries())[-1]

    assert (entry.event, entry.subjects) == (Event.EXPORTED, {"kind": "xlsx", "what": "tasks"})
    assert entry.actor == doors.all()[0].id
