"""The documents of a live class: who brings them, who asks them, who never does, and that they go."""

from __future__ import annotations

from http.cookiejar import DefaultCookiePolicy

import pytest

from assistant.chat.guard import Names
from assistant.chat.office import Office
from assistant.class_corpus import MOST_OF_ONE, ClassCorpus
from assistant.classes import LASTS, Act, Classes
from assistant.collections import Collections, Limits
from assistant.uploads import UploadRefusedError
from assistant.visitors import Role, Visitor
from tests.assistant.chat_fakes import FakeAssistant
from tests.assistant.small import FARMING
from tests.assistant.test_class_routes import HOST, OWN, ROOM, ByCookie, Phone, Trainer
from tests.assistant.test_uploads import FakeChild

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
QUESTION = "Ai chủ trì thí điểm tưới tiết kiệm?"
LEAD = "Trung tâm Khuyến nông"


def hold(office, **options):
    """Have *office* keep uploads with these options of Collections."""
    office.collections.close()
    collections = Collections(office.data, office.records, **options)
    corpus = ClassCorpus(collections)
    for name, value in (
        ("collections", collections),
        ("class_corpus", corpus),
        ("classes", Classes(office.records, clean=corpus.clear)),
    ):
        object.__setattr__(office, name, value)
    return office


@pytest.fixture
def office(tmp_path):
    """An office whose uploads are read at once, without an index."""
    office = hold(Office(FakeAssistant(), data=tmp_path, doors=ByCookie()), child=FakeChild())
    yield office
    office.collections.close()
    office.collections.wait(10)


def client_of(office):
    fastapi = pytest.importorskip("fastapi")
    from starlette.testclient import TestClient

    from assistant.chat import class_routes

    app = fastapi.FastAPI()
    app.include_router(class_routes.routes(office, Names()))
    client = TestClient(app)
    client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=()))  # every telephone keeps its own
    return client


@pytest.fixture
def client(office):
    return client_of(office)


def send(client, code, path="tai-lieu", *, cookie="who=t", name="sen.txt", data=FARMING, origin=HOST):
    headers = {"Origin": origin, **({"Cookie": cookie} if cookie else {})}
    return client.post(f"{ROOM}/{code}/{path}", files={"file": (name, data.encode())}, headers=headers)


def opened(client, who="t", **fields):
    trainer = Trainer(client, who)
    trainer.open(**fields)
    return trainer


def joined(client, trainer):
    phone = Phone(client, trainer.code)
    phone.join()
    return phone


def test_the_class_asks_its_own_documents_and_nobody_else_does(tmp_path):
    """
    What the trainer uploads answers a telephone of the class; no other class or person reaches it, and nothing is left when it ends.
    """
    office = Office(FakeAssistant(), data=tmp_path, doors=ByCookie())
    client = client_of(office)
    trainer, other = opened(client, asking="1"), opened(client, "u", asking="1")
    inside, outside = joined(client, trainer), joined(client, other)
    assert send(client, trainer.code).status_code == 200
    assert office.collections.wait(60)
    assert "sen.txt" in inside.now()["papers"]
    assert "Đã đọc" in trainer.panel()["papers"]

    answer = inside.post("hoi", {"question": QUESTION}).json()["html"]
    assert LEAD in answer
    assert "Theo tài liệu của lớp" in answer
    assert "sen.txt" in answer or "45/KH-SNN" in answer

    assert LEAD not in outside.post("hoi", {"question": QUESTION}).json()["html"]
    assert "sen.txt" not in str(outside.now()) + str(other.panel())
    for who, role in (("t", Role.TRAINER), ("u", Role.TRAINER), ("a", Role.ADMINISTRATOR)):
        visitor = Visitor(who, who, frozenset({role}))
        assert office.collections.files(visitor) == []
        assert office.collections.assistant(visitor) is None
        assert office.collections.proposals(visitor) == []

    trainer.order("end")
    assert office.collections.wait(60)
    assert list((tmp_path / "collections").iterdir()) == []
    assert office.collections.uploads.owners() == []
    assert inside.post("hoi", {"question": QUESTION}).status_code == 404
    office.collections.close()


@pytest.mark.parametrize("cookie", ["who=u", "who=r", ""])
def test_only_the_trainer_of_the_class_adds_and_deletes(client, office, cookie):
    """
    Another trainer, a reader and a stranger can neither add a document to a class nor delete one; for them there is no such class.
    """
    trainer = opened(client)
    document = send(client, trainer.code).json()["id"]
    room = office.classes.by_code(trainer.code).id
    orders = {"act": "drop", "document": document}
    headers = {**OWN, **({"Cookie": cookie} if cookie else {})}

    assert send(client, trainer.code, cookie=cookie).status_code == 404
    assert client.post(f"{ROOM}/{trainer.code}/lenh", json=orders, headers=headers).status_code == 404
    assert "sen.txt" not in client.get(f"{ROOM}/cua-toi?code={trainer.code}", headers=headers).text
    assert [one.id for one in office.class_corpus.files(room)] == [document]

    orders = client.post(f"{ROOM}/{trainer.code}/lenh", json=orders, headers={**OWN, "Cookie": "who=t"})
    assert orders.status_code == 200
    assert office.collections.wait(10)
    assert office.class_corpus.files(room) == []


def test_a_document_of_one_class_is_not_deleted_from_another(client, office):
    """
    The trainer of another class cannot delete a document by naming it to a class of their own.
    """
    trainer, other = opened(client), opened(client, "u")
    document = send(client, trainer.code).json()["id"]
    client.post(f"{ROOM}/{other.code}/lenh", json={"act": "drop", "document": document}, headers=other.headers)

    assert [one.id for one in office.class_corpus.files(office.classes.by_code(trainer.code).id)] == [document]


def test_telephones_send_where_the_trainer_allows_it(client, office):
    """
    A telephone sends a document only once the trainer allows it, only to the class that it joined, and no more than its share.
    """
    trainer, other = opened(client), opened(client, "u")
    phone = joined(client, trainer)
    cookie = f"hvb_lop={phone.cookie}"
    assert send(client, trainer.code, "gui-tep", cookie=cookie).status_code == 404
    assert phone.now()["sending"] is False
    trainer.order("sending")
    other.order("sending")
    assert phone.now()["sending"] is True

    assert send(client, other.code, "gui-tep", cookie=cookie).status_code == 404
    assert send(client, trainer.code, "gui-tep", cookie="").status_code == 404
    assert send(client, trainer.code, "gui-tep", cookie=cookie, origin="https://evil.example").status_code == 403
    assert send(client, trainer.code, "gui-tep", cookie=cookie, name="a.exe").status_code == 415
    sent = [send(client, trainer.code, "gui-tep", cookie=cookie) for _ in range(MOST_OF_ONE + 1)]
    assert [one.status_code for one in sent] == [200] * MOST_OF_ONE + [409]
    assert str(MOST_OF_ONE) in sent[-1].json()["message"]
    assert "Bạn số 1" in trainer.panel()["papers"]
    assert office.class_corpus.files(office.classes.by_code(other.code).id) == []


@pytest.mark.parametrize("act", ["end", "clear", "delete"])
def test_documents_go_with_the_class(client, office, act):
    """
    When the class ends, begins anew or is deleted, its files are deleted at once; no file is taken by a class that is over.
    """
    trainer = opened(client)
    send(client, trainer.code)
    room = office.classes.by_code(trainer.code).id
    trainer.order(act)
    assert office.collections.wait(10)

    assert office.class_corpus.files(room) == []
    assert list(office.data.rglob("*.txt")) == []
    assert send(client, trainer.code).status_code == (200 if act == "clear" else 404)


def test_a_file_that_arrives_when_the_class_has_ended_does_not_stay(client, office, monkeypatch):
    """
    A class that ends while a file is on its way keeps nothing of it.
    """
    trainer = opened(client)
    room = office.classes.by_code(trainer.code)
    receive = office.class_corpus.receive

    def late(*given, **more):
        upload = receive(*given, **more)
        office.classes.act("t", trainer.code, Act.END, revision=room.revision)
        return upload

    monkeypatch.setattr(office.class_corpus, "receive", late)
    send(client, trainer.code)
    assert office.collections.wait(10)

    assert office.class_corpus.files(room.id) == []


def test_the_documents_of_a_class_whose_time_has_passed_are_swept(client, office):
    """
    Files of a class that nobody ended go at the first sweep after its time, those of others stay.
    """
    trainer, other = opened(client), opened(client, "u")
    send(client, trainer.code)
    send(client, other.code, cookie="who=u")
    rooms = [office.classes.by_code(one.code).id for one in (trainer, other)]
    office.records.write("UPDATE classes SET expires = expires - ? WHERE id = ?", (LASTS + 1, rooms[0]))
    office.class_corpus.sweep(office.classes.is_open)
    assert office.collections.wait(10)

    assert [len(office.class_corpus.files(room)) for room in rooms] == [0, 1]


def test_a_name_cannot_be_html(client):
    """
    The name of a file is shown as it was typed, to the trainer and on telephones.
    """
    trainer = opened(client)
    phone = joined(client, trainer)
    trainer.order("sending")
    send(client, trainer.code, "gui-tep", cookie=f"hvb_lop={phone.cookie}", name="<img src=x>.txt")

    shown = trainer.panel()["papers"] + phone.now()["papers"]
    assert "<img" not in shown
    assert "&lt;img" in shown


def test_a_class_takes_a_bounded_number_of_files(office, monkeypatch):
    """
    The trainer, too, is refused more files than a class may hold.
    """
    monkeypatch.setattr("assistant.class_corpus._FOR_TRAINER", Limits(1, 1000))
    office.class_corpus.check_room(1)
    office.collections.uploads.add(Visitor("class:1", "", frozenset()), "a.txt", document="a", suffix=".txt", size=1)
    with pytest.raises(UploadRefusedError):
        office.class_corpus.check_room(1)
