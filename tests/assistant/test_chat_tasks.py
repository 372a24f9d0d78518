"""The task tab without a browser: its HTML, what it does with what a browser sends, and the downloads."""

from __future__ import annotations

import gc
import re
from dataclasses import replace
from datetime import date
from html import unescape
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest

from assistant.chat.export_links import render_export_links
from assistant.chat.export_store import ExportStore, offer_answer
from assistant.chat.office import Office
from assistant.chat.strings import load_strings
from assistant.chat.task_chart import bars, render_chart
from assistant.chat.task_form import filter_words, render_form
from assistant.chat.tasks import PAGE, render_tasks
from assistant.corpus import Corpus
from assistant.exports.listing import Kind
from assistant.task_filter import TaskFilter, parse_filter
from assistant.task_list import DueState, TaskList
from assistant.visitors import ANYBODY, Visitor
from indexer.types import Document
from tests.assistant.chat_fakes import FakeAssistant, FakeIndex, corpus, register
from tests.assistant.test_exports import listed

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::UserWarning")
TODAY = date(2025, 10, 20)
VI = load_strings("vi")
ANOTHER = Visitor("another", "", frozenset())


def tasks():
    return TaskList(Corpus(corpus()), TODAY)


def many(count, due="Tháng 10/2025"):
    rows = [(f"{n}.", f"Việc số {n}.", "Sở Y tế", "Sở Nội vụ", "Báo cáo", due) for n in range(1, count + 1)]
    text, table = register(rows, document="d")
    return TaskList(Corpus(FakeIndex((Document("d", "d.txt", text),), {}, {"d": (table,)})), TODAY)


def drawn(html):
    return len(re.findall(r'<tr role="row"[^>]*><th scope="row"', html))


def test_every_row_and_cell_opens_its_source():
    """
    Each row has a button for the whole row and one for each cell with words; their offsets are those words in the document.
    """
    text = corpus().document("phu-luc").text
    html = render_tasks(tasks(), TaskFilter(words="IoT"), strings=VI)
    places = re.findall(r'data-start="(\d+)" data-end="(\d+)" data-place="([^"]*)"', html)
    found = {place: " ".join(text[int(start) : int(end)].split()) for start, end, place in places}

    assert found["Phụ lục II, mục III, nhiệm vụ 9"].startswith("9. Xây dựng đề án")
    assert found["Phụ lục II, mục III, nhiệm vụ 9, cột Thời gian hoàn thành"] == "Tháng 10/2025"
    assert len(found) == 6


def test_words_of_documents_cannot_act():
    """
    Tags in a cell, in a filter or in an agency's name are shown as text.
    """
    html = render_tasks(tasks(), TaskFilter(words="script"), strings=VI)
    form = render_form(tasks(), TaskFilter(words='"><script>', agency='"><b>'), strings=VI)

    assert "&lt;script&gt;alert(1)" in html
    assert "<script" not in html + form
    assert "<b>" not in form


def test_gaps_are_marked():
    """
    A row that leaves something of the "6 rõ" blank says what; the others do not.
    """
    html = render_tasks(tasks(), TaskFilter(), strings=VI)

    assert html.count("hvb-gapped") == 1
    assert re.findall(r'<ul class="hvb-gaps">(.*?)</ul>', html) == [
        '<li lang="vi">rõ thời gian</li><li lang="vi">rõ sản phẩm</li>'
    ]


def test_many_rows_come_page_by_page():
    """
    Of 120 rows, 50 are shown, then 50, then 20; a page that there is not is the nearest.
    """
    several = many(120)

    assert [drawn(render_tasks(several, TaskFilter(), page=page, strings=VI)) for page in (1, 2, 3, 99, -1)] == [
        PAGE,
        PAGE,
        20,
        20,
        PAGE,
    ]
    assert "Trang 3/3" in render_tasks(several, TaskFilter(), page=3, strings=VI)
    assert "hvb-pager" not in render_tasks(many(50), TaskFilter(), strings=VI)


def test_a_page_keeps_the_filter():
    """
    The buttons that turn the page carry the filter.
    """
    html = render_tasks(many(120), TaskFilter(words="việc", state=DueState.SOON), strings=VI)
    query = unescape(re.search(r'data-event="apply" data-query="([^"]*)" data-page="2"', html)[1])

    assert parse_filter({name: values[0] for name, values in parse_qs(query).items()}) == TaskFilter(
        words="việc", state=DueState.SOON
    )


def test_the_chart_counts_deadlines_and_filters():
    """
    A bar a month between the first and the last deadline, each a button with its count in words; the pressed one takes the filter away.
    """
    found = bars(tasks().rows, TODAY, 30)
    html = render_chart(found, TaskFilter(period="2025-10"), strings=VI)

    assert [(bar.period.name, bar.total) for bar in found] == [("2025-09", 1), ("2025-10", 2)]
    assert 'aria-label="Tháng 10/2025: 2 mục (đến hạn: 2)"' in html
    assert re.findall(r'data-query="([^"]*)" aria-pressed="(\w+)"', html) == [("period=2025-09", "false"), ("", "true")]
    assert html.count("<tr>") == 3  # the same as a table
    assert render_chart(bars((), TODAY, 30), TaskFilter(), strings=VI) == ""


def test_the_chart_stays_whole_while_a_bar_is_pressed():
    """
    The other months stay in the chart when one is chosen, and the table has that month alone.
    """
    html = render_tasks(tasks(), TaskFilter(period="2025-09"), strings=VI)

    assert html.count('data-key="bar-') == 2
    assert drawn(html) == 1


def test_rows_that_may_concern_an_agency_stand_apart():
    """
    Rows given to a group that may include the agency have a table of their own under a line that says so.
    """
    key = Corpus(corpus()).keys.key("Sở Tài chính")
    html = render_tasks(tasks(), TaskFilter(agency=key), strings=VI)

    assert "Có thể liên quan: 3 mục giao cho nhóm cơ quan, có thể gồm Sở Tài chính" in html
    assert drawn(html.partition("hvb-possible")[0]) == 1
    assert drawn(html) == 4


def test_every_field_has_a_label():
    """
    Each field of the form stands in a label, and says which event it sends.
    """
    form = render_form(tasks(), TaskFilter(first=date(2025, 1, 1)), strings=VI)
    fields = re.findall(r"<label[^>]*><span>[^<]+</span><(?:select|input)[^>]*data-event=\"input\"", form)

    assert len(fields) == 12
    assert "<details open>" in form
    assert '<option value="2025-Q4">Quý IV/2025</option>' in form


def test_a_filter_in_words():
    """
    Each condition is said in words; no condition says nothing.
    """
    key = Corpus(corpus()).keys.key("Sở Y tế")
    wanted = TaskFilter(
        agency=key, role="partners", period="2025-Q4", state=DueState.SOON, soon=7, gap="any", words="a"
    )

    assert filter_words(wanted, tasks(), strings=VI) == (
        "Cơ quan: Sở Y tế (phối hợp)",
        "Kỳ đến hạn: Quý IV/2025",
        "Tình trạng: Đến hạn (trong 7 ngày)",
        "Còn thiếu: Thiếu ít nhất một nội dung",
        "Từ khóa: “a”",
    )
    assert filter_words(TaskFilter(), tasks(), strings=VI) == ()


def test_what_the_browser_sends_is_checked():
    """
    A field that makes no filter gives a sentence, whatever it holds, and never an error page.
    """
    pytest.importorskip("gradio")
    from assistant.chat.desk import Desk
    from assistant.chat.tasks_tab import TasksTab

    office = Office(FakeAssistant(today=TODAY))
    tab = TasksTab(Desk.over(office.assistant, VI), office)

    assert "không phải là một ngày" in tab.show({"first": "<b>"})
    assert "<b>" not in tab.show({"first": "<b>"})
    assert drawn(tab.show({"agency": 5, "state": ""})) == 5
    assert "hvb-filters" in tab.form({"first": "x"})


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self):
        return self.now


def test_kept_files_are_forgotten():
    """
    A file is kept for an hour, for its visitor alone, and the oldest goes when there are too many.
    """
    clock = Clock()
    store = ExportStore(seconds=3600, most=2, clock=clock)
    first, second = (store.keep(ANYBODY, lambda _, n=n: bytes([n])) for n in (1, 2))

    assert store.producer(ANYBODY, second)(Kind.EXCEL) == b"\x02"
    assert store.producer(ANOTHER, second) is None
    assert store.producer(ANYBODY, "guess") is None
    third = store.keep(ANYBODY, lambda _: b"\x03")
    assert store.producer(ANYBODY, first) is None
    clock.now = 3601.0
    assert store.producer(ANYBODY, third) is None
    assert len(store) == 0
    assert len({first, second, third}) == 3


def test_links_stand_under_lists_alone():
    """
    A list answer gets its links, a single answer none; a link leads to the kept key.
    """
    answer, _ = listed("2", "9")
    html = render_export_links(answer, "key", VI)

    assert re.findall(r'href="([^"]*)"', html) == [f"/hoi-van-ban/xuat/tra-loi/key.{kind}" for kind in Kind]
    assert render_export_links(replace(answer, text="Một dòng [1]."), "key", VI) == ""
    assert "Lịch" not in render_export_links(answer, "key", VI, kinds=(Kind.EXCEL,))
    assert offer_answer(ExportStore(), ANYBODY, replace(answer, text="Một dòng [1]."), FakeAssistant()) is None


@pytest.fixture(scope="module")
def office():
    return Office(FakeAssistant(today=TODAY))


@pytest.fixture(scope="module")
def client(office):
    from assistant.chat.app import build_app

    testing = pytest.importorskip("starlette.testclient")
    yield testing.TestClient(build_app(office))
    gc.collect()  # gradio leaves an event loop behind: let it be found here, where that is no error


@pytest.mark.parametrize("kind", list(Kind))
def test_the_list_is_downloaded(client, kind):
    """
    Each link of the list gives a file to save, under a Vietnamese name with its day, and is kept by no cache.
    """
    html = render_tasks(tasks(), TaskFilter(state=DueState.SOON), strings=VI)
    address = next(unescape(link) for link in re.findall(r'href="([^"]*)"', html) if urlsplit(link).path.endswith(kind))
    response = client.get(address)

    assert response.status_code == 200
    assert response.headers["content-disposition"] == (
        f'attachment; filename="Danh muc nhiem vu 2025-10-20.{kind}"; '
        f"filename*=UTF-8''Danh%20m%E1%BB%A5c%20nhi%E1%BB%87m%20v%E1%BB%A5%202025-10-20.{kind}"
    )
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"


def test_the_download_has_what_is_shown(client):
    """
    The file holds the rows of the filter, all pages of them, and says the filter.
    """
    from openpyxl import load_workbook

    content = client.get("/hoi-van-ban/xuat/nhiem-vu.xlsx?state=soon").content
    said = [str(cell.value) for line in load_workbook(BytesIO(content)).worksheets[0] for cell in line]

    assert any(words.startswith("Tình trạng: Đến hạn") for words in said)
    assert "2/5 nhiệm vụ: Phụ lục II, 15/KH-UBND" in said


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("nhiem-vu.exe", 404),
        ("nhiem-vu.xlsx?first=x", 400),
        ("nhiem-vu.ics?state=recurring", 400),
        ("tra-loi/none.xlsx", 404),
        ("tra-loi/..%2F..%2Fetc.xlsx", 404),
        ("nhiem-vu.xlsx?lang=xx&state=", 200),
    ],
)
def test_what_cannot_be_downloaded(client, path, status):
    """
    What there is not, or makes no filter, gets its status and a sentence, never a trace.
    """
    response = client.get(f"/hoi-van-ban/xuat/{path}")

    assert response.status_code == status
    assert "Traceback" not in response.text


def test_an_answer_whose_document_has_just_gone_has_no_files(office):
    """
    A new generation may come while an answer is written; the answer stands, without files.
    """
    answer, _ = listed("2", "9")
    gone = replace(answer, citations=tuple(replace(one, document="gone") for one in answer.citations))

    assert offer_answer(office.exports, office.visitor(None), gone, office.assistant) is None


def test_an_answer_is_downloaded_by_its_key(client, office):
    """
    An answer that is kept for the visitor is downloaded without asking again; another visitor's is not there.
    """
    answer, _ = listed("2", "9")
    offer = offer_answer(office.exports, office.visitor(None), answer, office.assistant)
    foreign = offer_answer(office.exports, ANOTHER, answer, office.assistant)
    heard = len(office.assistant.heard)

    assert offer.kinds == tuple(Kind)
    assert client.get(f"/hoi-van-ban/xuat/tra-loi/{offer.key}.docx").status_code == 200
    assert client.get(f"/hoi-van-ban/xuat/tra-loi/{offer.key}.exe").status_code == 404
    assert client.get(f"/hoi-van-ban/xuat/tra-loi/{foreign.key}.docx").status_code == 404
    assert heard == len(office.assistant.heard)


def test_both_languages_have_the_words_of_the_tab():
    """
    The words of the tab are there in both languages.
    """
    assert VI.section("tasks").keys() == load_strings("en").section("tasks").keys()
    assert "Tasks" in load_strings("en")("tabs.tasks")
