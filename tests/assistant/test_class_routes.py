"""Live classes over HTTP: telephones, the trainer's panel, the sheet and the Excel file."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from http.cookiejar import DefaultCookiePolicy
from io import BytesIO

import pytest

from assistant.chat.class_asking import Asking, AskingRefusedError
from assistant.chat.guard import Names
from assistant.chat.office import Office
from assistant.classes import MOST_PARTICIPANTS, Classes
from assistant.quiz_types import Form
from assistant.quizzes import quiz
from assistant.visitors import ANYBODY, Role, Visitor
from tests.assistant.chat_fakes import ROWS, FakeAssistant, FakeIndex, corpus, register

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
HOST = "http://testserver"
OWN = {"Origin": HOST}
ROOM = "/hoi-van-ban/lop"
NASTY = '<img src=x onerror="alert(1)">'


@dataclass(frozen=True)
class ByCookie:
    """Doors that know a visitor by the cookie "who"."""

    def visitor(self, cookies):
        """Return a trainer for "t" and "u", a reader for "r"."""
        who = cookies.get("who", "")
        roles = {"t": Role.TRAINER, "u": Role.TRAINER, "r": Role.READER}
        return Visitor(who, who, frozenset((roles[who],))) if who in roles else ANYBODY

    def holder(self, _key):
        """Know no keys."""
        return ANYBODY

    def lets_in(self, _visitor):
        """Let everybody in."""
        return True


class Phone:
    """A telephone: keeps its cookie, sends what a telephone sends."""

    def __init__(self, client, code):
        self.client, self.code, self.cookie = client, code, ""

    def _cookies(self):
        return {"Cookie": f"hvb_lop={self.cookie}"} if self.cookie else {}

    def post(self, path, fields):
        answer = self.client.post(f"{ROOM}/{self.code}/{path}", json=fields, headers={**OWN, **self._cookies()})
        set_to = answer.headers.get("set-cookie", "")
        if set_to:
            self.cookie = set_to.split(";")[0].removeprefix("hvb_lop=")
        return answer

    def join(self, nickname=""):
        return self.post("vao", {"nickname": nickname})

    def answer(self, answer, position=0):
        return self.post("tra-loi", {"position": str(position), "answer": answer})

    def now(self, version=""):
        return self.client.get(f"{ROOM}/{self.code}/hien-tai?v={version}", headers=self._cookies()).json()


class Trainer:
    """A trainer's panel."""

    def __init__(self, client, who="t"):
        self.client, self.headers, self.code = client, {**OWN, "Cookie": f"who={who}"}, ""

    def open(self, **fields):
        state = self.client.post(
            f"{ROOM}/mo", json={"form_choice": "1", "ranking": "1", **fields}, headers=self.headers
        ).json()
        self.code = state["code"]
        return state

    def panel(self, code=None):
        return self.client.get(f"{ROOM}/cua-toi?code={code or self.code}", headers=self.headers).json()

    def order(self, act, code=None):
        revision = self.panel()["version"].split(".")[1] if self.code else "0"
        fields = {"act": act, "revision": revision}
        return self.client.post(f"{ROOM}/{code or self.code}/lenh", json=fields, headers=self.headers)

    def get(self, path, code=None):
        return self.client.get(f"{ROOM}/{code or self.code}/{path}", headers=self.headers)


@pytest.fixture
def office():
    return Office(FakeAssistant(), doors=ByCookie())


@pytest.fixture
def client(office):
    fastapi = pytest.importorskip("fastapi")
    from starlette.testclient import TestClient

    from assistant.chat import class_routes

    app = fastapi.FastAPI()
    app.include_router(class_routes.routes(office, Names()))
    with TestClient(app) as opened:
        opened.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=()))  # every telephone keeps its own
        yield opened


@pytest.fixture
def trainer(client):
    trainer = Trainer(client)
    trainer.open()
    return trainer


def test_a_class_from_the_first_to_the_last_question(client, trainer):
    """
    People join, answer, see right or wrong with the proof, and in the end their score; the trainer sees how many answered what.
    """
    phone = Phone(client, trainer.code)
    assert "Đã vào lớp" in phone.join("Lan").json()["html"]
    trainer.order("start")
    asked = phone.now()["html"]
    assert "Câu 1/" in asked
    sent = phone.answer("0").json()["html"]
    assert "Đã nhận câu trả lời" in sent
    state = trainer.panel()
    assert (state["counts"], state["options"]) == ({"people": 1, "answered": 1, "papers": 0}, [1, 0, 0, 0])
    revealed = trainer.order("reveal").json()["html"]
    assert "Đáp án:" in revealed
    assert "data-document=" in revealed
    shown = phone.now()["html"]
    assert ("Đúng rồi!" in shown) != ("Chưa đúng." in shown)
    assert "<q>" in shown
    trainer.order("end")
    assert "câu." in phone.now()["html"]
    assert "Lan (bạn số 1)" in trainer.panel()["html"]


def test_forty_telephones_at_once(client, trainer):
    """
    Forty telephones join and answer at the same moment, each twice: forty answers are counted, and no request fails.
    """
    trainer.order("start")

    def one(number):
        phone = Phone(client, trainer.code)
        answers = [phone.join(f"Bạn {number}"), phone.answer(str(number % 4)), phone.answer("0")]
        return [answer.status_code for answer in answers] + [len(phone.now()["html"]) > 0]

    with ThreadPoolExecutor(40) as pool:
        done = list(pool.map(one, range(40)))

    assert done == [[200, 200, 200, True]] * 40
    state = trainer.panel()
    assert state["counts"] == {"people": 40, "answered": 40, "papers": 0}
    assert state["options"] == [10, 10, 10, 10]


def test_a_telephone_that_loads_again_is_the_same_person(client, trainer):
    """
    The page knows who has joined by its cookie, which scripts cannot read; who comes late sees the question that is asked.
    """
    trainer.order("start")
    phone = Phone(client, trainer.code)
    cookie = phone.join("Lan").headers["set-cookie"]
    page = client.get(f"{ROOM}/{trainer.code}", headers={"Cookie": f"hvb_lop={phone.cookie}"})

    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/hoi-van-ban/lop" in cookie
    assert "Lan (bạn số 1)" in page.text
    assert "Câu 1/" in page.text
    phone.join("Hùng")
    assert trainer.panel()["counts"]["people"] == 1
    assert 'name="nickname"' in client.get(f"{ROOM}/{trainer.code}").text


def test_what_has_not_changed_is_not_sent_again(client, trainer):
    """
    A telephone that shows the present state gets no words, until something changes.
    """
    phone = Phone(client, trainer.code)
    version = phone.join().json()["version"]

    assert "html" not in phone.now(version)
    trainer.order("start")
    assert "html" in phone.now(version)


def test_another_trainer_finds_nothing(client, trainer):
    """
    Another trainer, a reader and nobody in particular get 404 for the class, its sheet and its Excel file, and cannot order anything.
    """
    for who in ("u", "r", ""):
        other = Trainer(client, who)
        assert [other.get(path, trainer.code).status_code for path in ("phieu", "ket-qua.xlsx")] == [404, 404]
        assert other.order("start", trainer.code).status_code == 404
        assert other.order("delete", trainer.code).status_code == 404
        assert trainer.code not in other.panel(trainer.code)["html"]
    assert trainer.panel()["code"] == trainer.code


def test_only_trainers_open_classes(client):
    """
    A reader is told so on the panel, and an order to open is refused.
    """
    reader = Trainer(client, "r")

    assert "Chỉ giảng viên" in reader.panel()["html"]
    assert client.post(f"{ROOM}/mo", json={}, headers=reader.headers).status_code == 404


@pytest.mark.parametrize(
    "origin", [None, "https://evil.example", "null", "http://testserver.evil.example", "http://testserver:1"]
)
def test_orders_from_elsewhere_are_refused(client, trainer, origin):
    """
    Whatever changes something is refused where it does not come from a page of this server.
    """
    headers = {"Cookie": "who=t", **({"Origin": origin} if origin else {})}
    for path in ("mo", f"{trainer.code}/lenh", f"{trainer.code}/vao", f"{trainer.code}/tra-loi", f"{trainer.code}/hoi"):
        assert client.post(f"{ROOM}/{path}", json={"act": "delete"}, headers=headers).status_code == 403
    assert trainer.panel()["counts"]["people"] == 0


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"[" * 5000, b'"' + b"x" * 9000 + b'"', b"{'a': 1}"])
def test_what_is_no_small_object_is_refused(client, trainer, body):
    """
    A body that is no JSON object, or too long, gets 400 or 413 and does nothing.
    """
    answer = client.post(f"{ROOM}/{trainer.code}/vao", content=body, headers=OWN)

    assert answer.status_code in (400, 413)
    assert trainer.panel()["counts"]["people"] == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"position": "0", "answer": "9"},
        {"position": "0", "answer": ""},
        {"position": "0", "answer": ["0"]},
        {"position": "-1", "answer": "0"},
        {"position": "99", "answer": "0"},
        {"position": "1", "answer": "0"},
        {"answer": "0"},
        {},
    ],
)
def test_an_impossible_answer_is_not_counted(client, trainer, fields):
    """
    Options that there are not, questions that are not asked, values of another kind: nothing is counted.
    """
    phone = Phone(client, trainer.code)
    phone.join()
    trainer.order("start")
    phone.post("tra-loi", fields)

    assert trainer.panel()["counts"]["answered"] == 0


def test_who_has_not_joined_cannot_answer(client, trainer):
    """
    Without a cookie of the class, or with an invented one, an answer is not counted.
    """
    trainer.order("start")
    phone = Phone(client, trainer.code)
    assert phone.answer("0").status_code == 409
    phone.cookie = "x" * 32
    assert phone.answer("0").status_code == 409
    assert trainer.panel()["counts"]["answered"] == 0


def test_a_nickname_cannot_be_html(client, trainer):
    """
    A nickname with markup is shown as it was typed: on the telephone, the panel and the sheet.
    """
    phone = Phone(client, trainer.code)
    shown = [
        phone.join(NASTY).json()["html"],
        client.get(f"{ROOM}/{trainer.code}", headers={"Cookie": f"hvb_lop={phone.cookie}"}).text,
    ]
    trainer.order("start")
    phone.answer("0")
    shown += [trainer.order("end").json()["html"], phone.now()["html"], trainer.get("phieu?ten=1").text]

    assert all("<img" not in html for html in shown)
    assert "&lt;img" in shown[0]


def test_a_code_is_looked_for(client, trainer):
    """
    The page of codes goes to the class that was typed, in whatever case, and says so where there is none.
    """
    typed = trainer.code.lower()
    found = client.get(f"{ROOM}?ma={typed[:3]}%20{typed[3:]}", follow_redirects=False)
    missing = client.get(f"{ROOM}?ma=%3Cb%3E")

    assert (found.status_code, found.headers["location"]) == (303, f"{ROOM}/{trainer.code}")
    assert missing.status_code == 404
    assert "Không có lớp nào" in missing.text
    assert "<b>" not in missing.text
    assert 'value="&lt;b&gt;"' in missing.text
    assert client.get(f"{ROOM}/ABCDEF").status_code == 404
    assert Phone(client, "ABCDEF").now() == {"gone": True}


def test_the_pages_load_from_nowhere_else(client, trainer):
    """
    The pages say their language, allow scripts and styles of this server alone, and none inside the page.
    """
    trainer.order("start")
    for path in ("", f"/{trainer.code}", f"/{trainer.code}?lang=en", f"/{trainer.code}/phieu"):
        page = client.get(f"{ROOM}{path}", headers=trainer.headers)
        assert f'<html lang="{"en" if "en" in path else "vi"}">' in page.text
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in page.headers["content-security-policy"]
        assert "unsafe" not in page.headers["content-security-policy"]
        assert "http:" not in page.text.replace("http://testserver", "")
        assert "style=" not in page.text
        assert "<script>" not in page.text
        assert page.headers["cache-control"] == "no-store"


def test_a_full_class_says_so(client, trainer, office):
    """
    The person after the last that may join is told so courteously.
    """
    classes = Classes(office.records)
    room = classes.by_code(trainer.code)
    for number in range(MOST_PARTICIPANTS):
        classes.join(room, f"token {number}")
    answer = Phone(client, trainer.code).join()

    assert answer.status_code == 409
    assert "Lớp đã đủ 200 người" in answer.json()["html"]


def test_the_sheet_has_no_names_unless_asked_for(client, trainer):
    """
    The sheet shows questions, right answers, shares and proofs; nicknames only where the trainer ticks them.
    """
    phone = Phone(client, trainer.code)
    phone.join("Bác Tư")
    trainer.order("start")
    phone.answer("0")
    trainer.order("reveal")
    plain, named = trainer.get("phieu").text, trainer.get("phieu?ten=1").text

    assert "PHIẾU KẾT QUẢ LỚP HỌC" in plain
    assert "100 %" in plain or ">0 %" in plain
    assert "chưa hỏi" in plain
    assert "15/KH-UBND, Phụ lục II" in plain
    assert "GIẢNG VIÊN" in plain
    assert "Bác Tư" not in plain
    assert "Bác Tư (bạn số 1)" in named


def test_the_workbook_opens_and_holds_no_formula(client, office):
    """
    The Excel file opens again with the questions of the class; a cell of a document that begins like a formula is a text; no names.
    """
    openpyxl = pytest.importorskip("openpyxl")
    rows = [(n, c, f'=HYPERLINK("http://x","{lead}")', p, d, due) for n, c, lead, p, d, due in ROWS]
    text, table = register(rows)
    document = corpus().document("phu-luc")
    office.assistant.index = FakeIndex((replace(document, text=text),), {}, {"phu-luc": (table,)})
    asked = [one for one in quiz(office.assistant.index, seed=1, size=20, forms=(Form.TYPED,)) if one.topic == "lead"]
    trainer = Trainer(client)
    trainer.code = Classes(office.records).open("t", asked).code
    Phone(client, trainer.code).join("Bác Tư")
    answer = trainer.get("ket-qua.xlsx")
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]

    assert "filename*=UTF-8''K%E1%BA%BFt%20qu%E1%BA%A3%20l%E1%BB%9Bp" in answer.headers["content-disposition"]
    assert "attachment" in answer.headers["content-disposition"]
    assert "PHIẾU KẾT QUẢ LỚP HỌC" in [cell.value for cell in cells]
    assert all(cell.data_type in ("s", "n") for cell in cells)
    formulas = [cell for cell in cells if str(cell.value).startswith("=")]
    assert formulas
    assert all(cell.quotePrefix for cell in formulas)
    assert "Bác Tư" not in json.dumps([str(cell.value) for cell in cells], ensure_ascii=False)


def test_a_cleaned_class_sends_everybody_back_to_the_door(client, trainer):
    """
    After cleaning nobody has joined, and a telephone shows the form to join again.
    """
    phone = Phone(client, trainer.code)
    phone.join()
    trainer.order("start")
    phone.answer("0")
    trainer.order("clear")

    assert trainer.panel()["counts"] == {"people": 0, "answered": 0, "papers": 0}
    assert 'name="nickname"' in phone.now()["html"]
    assert trainer.order("delete").status_code == 200
    assert phone.now() == {"gone": True}


def test_people_ask_where_the_trainer_allows_it(client):
    """
    A question from a telephone is answered with its quotes where the class allows that, and refused where it does not.
    """
    trainer = Trainer(client)
    trainer.open()
    closed = Phone(client, trainer.code)
    closed.join()
    assert closed.post("hoi", {"question": "ai chủ trì nhiệm vụ 9?"}).status_code == 404
    trainer.open(asking="1")
    phone = Phone(client, trainer.code)
    assert phone.post("hoi", {"question": "ai chủ trì nhiệm vụ 9?"}).status_code == 404
    phone.join()
    html = phone.post("hoi", {"question": "ai chủ trì nhiệm vụ 9?"}).json()["html"]

    assert "Sở Khoa học và Công nghệ chủ trì" in html
    assert "<q>" in html
    assert phone.post("hoi", {"question": "ai chủ trì nhiệm vụ 8?"}).status_code == 429


def test_one_person_waits_between_questions():
    """
    A second question within four seconds is refused, a later one and another person's are answered; what breaks gives no reply.
    """
    now = [0.0]
    asking = Asking(FakeAssistant(), clock=lambda: now[0])
    assert len(asking.ask(1, "nhiệm vụ 9")) == 1
    with pytest.raises(AskingRefusedError):
        asking.ask(1, "nhiệm vụ 9")
    assert len(asking.ask(2, "nhiệm vụ 9")) == 1
    now[0] = 5.0
    assert asking.ask(1, "hỏng") == ()


def test_a_class_of_all_kinds_of_questions(client):
    """
    A class of typed answers and hunts is asked, answered and marked like one of choices.
    """
    trainer = Trainer(client)
    trainer.client.post(f"{ROOM}/mo", json={"form_hunt": "1"}, headers=trainer.headers)
    trainer.code = trainer.panel("")["code"]
    trainer.order("start")
    phone = Phone(client, trainer.code)
    phone.join()
    assert 'name="register"' in phone.now()["html"]
    phone.post("tra-loi", {"position": "0", "answer": "9", "register": "0"})
    assert trainer.panel()["counts"]["answered"] == 1
    assert "Phụ lục II, 15/KH-UBND, 9" in phone.now()["html"]


def test_no_class_opens_over_documents_without_data(client, office):
    """
    Where no question can be drawn the trainer is told, and no class is opened.
    """
    office.assistant.index = FakeIndex(())
    trainer = Trainer(client)
    state = client.post(f"{ROOM}/mo", json={"form_choice": "1"}, headers=trainer.headers).json()

    assert "không đủ dữ liệu" in state["html"]
    assert "code" not in state


def test_the_panel_says_when_telephones_cannot_reach_it(client, office):
    """
    On an address of this machine alone the panel warns; its QR code is drawn in the page.
    """
    classes = Classes(office.records)
    classes.open("t", quiz(office.assistant.index, seed=1))
    near = client.get(f"{ROOM}/cua-toi", headers={"Cookie": "who=t", "Host": "127.0.0.1:7860"}).json()["html"]
    far = client.get(f"{ROOM}/cua-toi", headers={"Cookie": "who=t", "Host": "192.168.1.5:7860"}).json()["html"]

    assert "chỉ mở được trên chính máy này" in near
    assert "chỉ mở được trên chính máy này" not in far
    assert "<svg" in far
    assert "192.168.1.5:7860/hoi-van-ban/lop" in far
