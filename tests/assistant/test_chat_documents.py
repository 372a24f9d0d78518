"""The tab of the documents: what it draws, what its routes take and refuse, and whose documents a press opens."""

from __future__ import annotations

import gc
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from assistant.chat.contents import contents, render_contents
from assistant.chat.desk import Desk
from assistant.chat.documents import render_details, render_list, search_sent
from assistant.chat.ingest_view import render_report
from assistant.chat.office import Office
from assistant.chat.shelves import OWN, desk_for, place_on
from assistant.chat.strings import load_strings
from assistant.chat.uploads_view import render_own, render_proposals
from assistant.library import Library, Search
from assistant.reading import Step
from assistant.uploads import Proposal, Upload, UploadState
from assistant.visitors import ANYBODY, OWNER, OneVisitor, Role, Visitor
from indexer import types
from indexer.errors import InputError
from indexer.ingest import FailedFile, ingest_report
from indexer.types import (
    Clause,
    Document,
    Metadata,
    ReadWarning,
    Relation,
    RelationType,
    Span,
    StepKind,
)
from tests.assistant.chat_fakes import FakeAssistant, FakeIndex, corpus, stated

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::UserWarning")
VI, EN = load_strings("vi"), load_strings("en")
EVIL = '"><img src=x onerror=alert(1)>'


def headed(parts):
    """Clauses of headings (kind, number, heading, level path) one line each, and their text."""
    text, made, above = "", [], []
    for kind, number, heading, level in parts:
        words = f"{number}. {heading}" if heading else f"{number}. đoạn"
        above = [*above[: level - 1], types.Step(kind, number)]
        made.append(Clause("d", tuple(above), len(text), len(text) + len(words), words, heading))
        text += words + "\n"
    return text, made


def test_contents_nest_as_the_ladder_does():
    """
    Headings stand below those whose path they continue; bullets and paragraphs have no place; the button opens the heading alone.
    """
    text, clauses = headed(
        [
            (StepKind.ROMAN, "I", "MỤC ĐÍCH", 1),
            (StepKind.NUMBER, "1", "Chung", 2),
            (StepKind.BULLET, "1", None, 3),
            (StepKind.NUMBER, "2", "Riêng", 2),
            (StepKind.ROMAN, "II", "GIẢI PHÁP", 1),
        ]
    )
    first, second = contents(clauses, [])

    assert [(first.title, [child.title for child in first.children]), second.title] == [
        ("I. MỤC ĐÍCH", ["1. Chung", "2. Riêng"]),
        "II. GIẢI PHÁP",
    ]
    assert text[first.start : first.end] == "I. MỤC ĐÍCH"


def test_articles_without_a_heading_have_their_place():
    """
    An article of a decision is found in the contents by its first words.
    """
    words = "Điều 3. Chánh Văn phòng và thủ trưởng các đơn vị chịu trách nhiệm thi hành Quyết định này kể từ ngày ký."
    clause = Clause("d", (types.Step(StepKind.ARTICLE, "3"),), 0, len(words), words)

    (entry,) = contents([clause], [])

    assert entry.title.startswith("Điều 3. Chánh Văn phòng")
    assert entry.title.endswith("…")


def test_long_contents_are_folded_and_say_how_much_is_below():
    """
    Of a long document only the outermost headings are open.
    """
    _, clauses = headed(
        [(StepKind.ROMAN, "I", "A", 1), *((StepKind.NUMBER, str(n), f"Mục {n}", 2) for n in range(1, 40))]
    )
    html = render_contents("d", contents(clauses, []), strings=VI)

    assert html.count("<details>") == 1
    assert "39 mục con" in html


def test_a_register_stands_in_the_contents():
    """
    The annex has its place, with the sections of its table below it.
    """
    index = corpus()
    (entry,) = contents(index.clauses("phu-luc"), index.tables("phu-luc"))

    assert entry.title == "Phụ lục II. Danh mục nhiệm vụ"
    assert [child.title for child in entry.children] == ["III. Chuyển đổi số"]


def evil_index():
    """A document whose every word is hostile, and one that it names."""
    relation = Relation(RelationType.REPLACES, f"7/KH-SXD{EVIL}", 0, 5, EVIL)
    metadata = Metadata(
        number=stated(EVIL),
        title=stated(EVIL),
        issuer=stated(EVIL),
        signer=stated(EVIL),
        recipients=(stated(EVIL),),
        relations=(relation,),
        unfilled=(("issued_on", Span(0, 3)),),
    )
    text = f"Căn cứ {EVIL}"
    head = Clause("xau", (types.Step(StepKind.HEAD), types.Step(StepKind.PARAGRAPH, "1")), 0, len(text), text)
    section = Clause("xau", (types.Step(StepKind.ROMAN, "I"),), 0, len(text), text, EVIL)
    document = Document("xau", f"{EVIL}.txt", text, metadata)
    warning = ReadWarning("page 1", EVIL)
    return FakeIndex((document,), {"xau": (head, section)}, all_warnings={"xau": (warning,)})


@pytest.mark.parametrize("strings", [VI, EN], ids=["vi", "en"])
def test_what_comes_from_documents_and_people_is_escaped(strings):
    """
    Hostile numbers, titles, names of files, warnings, searches and reasons are words on the screen and nothing else.
    """
    library = Library(evil_index())
    upload = Upload(
        "x", "o", EVIL, EVIL, ".txt", 5, UploadState.READ, "", Proposal.REFUSED, EVIL, "2026-11-26T10:00:00+00:00"
    )
    search = Search(EVIL, EVIL, EVIL, EVIL)
    failed = FailedFile(EVIL, EVIL)
    pages = [
        render_details(library, library.index.document("xau"), strings=strings),
        render_list(library, search, library.search(Search()), strings=strings),
        render_report(ingest_report(library.index.parsed(), [failed], {}), 1, strings=strings),
        render_own([upload], lambda _: Step(), strings=strings, notice=EVIL),
        render_proposals([replace(upload, proposal=Proposal.PROPOSED, remark="")], strings=strings, notice=EVIL),
    ]

    for html in pages:
        assert "<img" not in html
        assert "&lt;img" in html


def test_what_is_not_printed_is_said():
    """
    A field that the document does not state says so; one that it prints but leaves blank says that, and can be looked at.
    """
    index = evil_index()
    library = Library(index)
    html = render_details(library, index.document("xau"), strings=VI)

    assert "Có in chỗ ghi nhưng để trống" in html
    plan = corpus()
    html = render_details(Library(plan), plan.document("ke-hoach"), strings=VI)
    assert html.count("Không in trong văn bản") == 5  # kind, date, issuer, signer, recipients
    assert "Văn bản không có phần “Căn cứ”" in html


def test_the_drawing_and_the_list_say_the_same():
    """
    Every related document stands in both; one of the corpus is a button in both, another one only words.
    """
    annex, plan, scan = corpus().documents
    relations = (
        Relation(RelationType.REPLACES, "15/KH-UBND", 0, 5, ""),
        Relation(RelationType.BASED_ON, "57-NQ/TW", 0, 5, ""),
    )
    plan = replace(plan, metadata=replace(plan.metadata, relations=relations))
    index = FakeIndex((annex, plan, scan))
    html = render_details(Library(index), plan, strings=VI)
    drawing, text = html[html.index("<svg") : html.index("</svg>")], html[html.index('class="hvb-relations"') :]

    for part in (drawing, text):
        assert part.count('data-document="phu-luc"') == 1
        assert "57-NQ/TW" in part
        assert "Thay thế" in part
        assert "Căn cứ" in part
    assert (
        "<button" not in re.search(r"<foreignObject[^>]*><div class=\"hvb-node hvb-outer\">.*?</div>", drawing).group()
    )


@pytest.mark.parametrize("fields", [None, [], "x", {"words": ["a", "b"]}, {"year": {"x": 1}}, {"kind": None}, {}])
def test_any_search_that_a_browser_sends_is_taken(fields):
    """
    Whatever arrives becomes a search of words, and the list is drawn.
    """
    library = Library(corpus())
    search = search_sent(fields)

    assert "hvb-list" in render_list(library, search, library.search(search), strings=VI)


# whose documents a press opens


AN = Visitor("an", "An", frozenset({Role.READER}))
BINH = Visitor("binh", "Bình", frozenset({Role.READER}))


class OwnAssistant(FakeAssistant):
    """Asks documents of one person."""


@pytest.fixture
def office(tmp_path, monkeypatch):
    """An office where Ms An has one own document, which the shared corpus does not."""
    made = Office(FakeAssistant(), tmp_path)
    own = FakeIndex((Document("rieng-1a2b", "rieng-1a2b.txt", "Nội dung riêng"),))
    made.collections.uploads.add(AN, "Của riêng An.txt", document="rieng-1a2b", suffix=".txt", size=3)
    made.collections.uploads.set_state("rieng-1a2b", UploadState.READ, before=tuple(UploadState))
    monkeypatch.setattr(
        type(made.collections),
        "_assistant_of",
        lambda _, owner: OwnAssistant(own) if owner == "an" else None,
    )
    return made


def test_own_documents_open_for_their_owner_alone(office):
    """
    The shelf comes from the browser, the owner never: another person's press on the same button opens nothing.
    """
    data = {"shelf": OWN, "document": "rieng-1a2b", "start": "0", "end": "8"}
    desk = Desk.over(office.assistant, VI)

    assert "Nội dung" in place_on(desk, office, AN, data)
    for other in (BINH, OWNER, ANYBODY):
        assert "Nội dung" not in place_on(desk, office, other, data)
        with pytest.raises(InputError):
            desk_for(office, other, OWN, VI)


def test_buttons_of_own_documents_say_where_they_lie(office):
    """
    Every button that opens an own document carries its shelf, and documents without a number bear the name of their file.
    """
    desk = desk_for(office, AN, OWN, VI)
    shelf = desk.shelf()

    assert 'data-document="rieng-1a2b" data-shelf="own"' in shelf
    assert "Của riêng An.txt" in shelf
    assert 'data-key="own/rieng-1a2b"' in desk.place({"document": "rieng-1a2b"})
    assert 'data-shelf="own"' in render_details(
        desk.library, desk.library.index.document("rieng-1a2b"), strings=desk.strings
    )


def test_a_proposed_document_is_shown_to_administrators_alone(office):
    """
    An administrator sees the document that is proposed, and no other one of its owner.
    """
    shelf = "proposed:rieng-1a2b"
    with pytest.raises(InputError):
        desk_for(office, OWNER, shelf, VI)
    office.collections.propose(AN, "rieng-1a2b")

    desk = desk_for(office, OWNER, shelf, VI)
    assert "Nội dung riêng" in desk.place({"document": "rieng-1a2b"})
    assert "Không mở được" in desk.place({"document": "khac"})
    with pytest.raises(InputError):
        desk_for(office, BINH, shelf, VI)


@pytest.mark.parametrize("shelf", ["x", "proposed:", "proposed:../..", ["own"], {"a": 1}, 5])
def test_unknown_shelves_open_nothing(office, shelf):
    """
    Whatever a browser sends as a shelf, it is a sentence and not a document.
    """
    with pytest.raises(InputError):
        desk_for(office, AN, shelf, VI)


def test_names_and_lessons_follow_the_index():
    """
    Once the assistant asks another index, the desk names its documents and draws its questions.
    """
    assistant = FakeAssistant()
    desk = Desk.over(assistant, VI)
    assert desk.strings.document("moi") == "moi"
    before = desk.lessons
    index = corpus()
    fresh = Document("moi", "moi.txt", "x", Metadata(number=stated("99/KH-UBND")))
    assistant.index = FakeIndex((*index.documents, fresh), index.all_clauses, {})

    assert desk.strings.document("moi") == "Văn bản 99/KH-UBND"
    assert desk.lessons != before
    assert "99/KH-UBND" in desk.shelf()


# the routes


class ByCookie(OneVisitor):
    """Doors that believe the cookie "who"."""

    def visitor(self, cookies: Mapping[str, str], /) -> Visitor:
        name = cookies.get("who", "")
        return Visitor(name, name, frozenset({Role.READER})) if name else ANYBODY


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    from assistant.chat.app import build_app

    testing = pytest.importorskip("starlette.testclient")
    made = Office(FakeAssistant(), tmp_path_factory.mktemp("data"), doors=ByCookie())
    made.collections.close()  # nothing is read here
    yield testing.TestClient(build_app(made)), made
    gc.collect()  # gradio leaves an event loop behind: let it be found here, where that is no error


def post(served, *, name="a.txt", data=b"Ke hoach", who="an", headers=None, **more):
    client, _ = served
    client.cookies.clear()
    if who:
        client.cookies.set("who", who)
    headers = {"Origin": "http://testserver"} if headers is None else headers
    return client.post("/hoi-van-ban/tai-len", files={"file": (name, data)}, headers=headers, **more)


def test_a_file_is_received_and_its_state_is_its_owners_alone(served):
    """
    A file gets an id and waits; its owner sees that, another person does not.
    """
    client, _ = served
    answer = post(served, name="Kế hoạch.txt")
    assert answer.status_code == 200
    name = answer.json()["id"]
    seen = client.get("/hoi-van-ban/tai-len").json()["uploads"]
    client.cookies.set("who", "binh")

    assert [(one["id"], one["words"], one["busy"]) for one in seen] == [(name, "Đang chờ đến lượt đọc", True)]
    assert client.get("/hoi-van-ban/tai-len").json() == {"uploads": [], "approving": 0}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "http://testserver:81"},
        {"Origin": "file://testserver"},
    ],
)
def test_only_our_own_page_may_send_files(served, headers):
    """
    Without the Origin of this very server nothing is taken, whatever cookies come along.
    """
    _, office = served
    before = len(office.collections.files(AN))
    answer = post(served, headers=headers)

    assert answer.status_code == 403
    assert len(office.collections.files(AN)) == before


@pytest.mark.parametrize(
    ("file", "status", "words"),
    [
        (("a.txt", b"Ke hoach", ""), 401, "Xin đăng nhập"),
        (("a.exe", b"MZ\x00\x00", "an"), 415, "không nhận loại tệp này"),
        (("a.pdf", b"MZ\x00\x00", "an"), 415, "không đúng với đuôi .pdf"),
        (("a.txt", b"", "an"), 409, "tệp trống"),
        (("../../a.pdf", b"\x7fELF", "an"), 415, "a.pdf: nội dung"),
    ],
)
def test_what_is_not_taken_is_told_in_words(served, file, status, words):
    """
    The answer has a sentence for the person, and a status for programs.
    """
    name, data, who = file
    answer = post(served, name=name, data=data, who=who)

    assert (answer.status_code, words in answer.json()["message"]) == (status, True)
    assert ".." not in answer.json()["message"]


@pytest.mark.parametrize("announced", [True, False])
def test_a_file_that_is_too_large_is_not_read_to_its_end(served, monkeypatch, announced):
    """
    A file over the limit is refused, whether its length is announced or it just keeps coming.
    """
    monkeypatch.setattr("assistant.chat.upload_routes.MOST_BYTES", 1000)
    client, office = served
    sent = []

    def body():
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        for _ in range(1000):
            sent.append(1)
            yield b"a" * 10_000

    headers = {"Origin": "http://testserver", "Content-Type": "multipart/form-data; boundary=x"}
    if announced:
        headers["Content-Length"] = str(10_000_000)
    client.cookies.set("who", "cuong")
    answer = client.post("/hoi-van-ban/tai-len", content=body(), headers=headers)

    assert answer.status_code == 413
    assert "lớn hơn" in answer.json()["message"]
    assert office.collections.files(Visitor("cuong", "", frozenset())) == []


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "text/plain"),
        (b"nonsense", "multipart/form-data; boundary=x"),
        (b"--x--", "multipart/form-data"),
        (b"{}", ""),
    ],
)
def test_a_request_without_a_file_is_refused(served, content, kind):
    """
    What is no form with a file gets a sentence, never a fault.
    """
    client, _ = served
    client.cookies.set("who", "an")
    headers = {"Origin": "http://testserver", "Content-Type": kind}

    assert client.post("/hoi-van-ban/tai-len", content=content, headers=headers).status_code == 400
