"""The evaluator's tab: its HTML, who may use it, and the routes beside it."""

from __future__ import annotations

import gc
import json
import re
from pathlib import Path

import pytest

from assistant.bench_runs import BenchRuns, Progress, Run
from assistant.bench_sets import Fault, QuestionSet
from assistant.chat.bench import render_control, render_faults, render_notes
from assistant.chat.bench_result import PAGE, render_comparison, render_result
from assistant.chat.office import Office
from assistant.chat.strings import load_strings
from assistant.records import Records
from assistant.visitors import ANYBODY, OneVisitor, Role, Visitor
from tests.assistant.chat_fakes import FakeAssistant
from tests.assistant.fake_eval import counts, row
from tests.assistant.test_bench_runs import FAKE, finished, line, until

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::UserWarning")

STRINGS = load_strings("vi")
REASONS = [
    *("json", "object", "text", "flag", "list", "gold", "status", "twice", "empty"),
    *("sheet", "question", "orphan", "cells", "yes_no", "no_answer", "place", "broken", "item"),
    *("place_no_document", "place_document", "place_documents", "place_quote", "place_label"),
]
READER = Visitor("an", "An", frozenset({Role.READER}))


def a_run(id_="r1", **given):
    values = {
        "set_name": "luyện tập",
        "note": "",
        "started": "2026-11-26T03:00:00+00:00",
        "state": "done",
        "count": 2,
        "correct": 1,
        "sealed": False,
    }
    return Run(id_, **{**values, **given})


def result(*questions):
    rows = [row(question) for question in questions]
    grouped = {one["category"]: counts([two for two in rows if two["category"] == one["category"]]) for one in rows}
    return {"total": counts(rows), "categories": grouped, "rows": rows}


def asked(id_, question="Ai chủ trì?", category="table_lookup"):
    return {"id": id_, "question": question, "category": category}


def test_the_form_offers_the_sets():
    """
    Every set stands in a labelled choice with its size; names from people are escaped.
    """
    sets = [QuestionSet("s1", "bộ <b>", Path("s"), 7)]

    html = render_control(sets, (), None, strings=STRINGS)

    assert '<option value="s1">bộ &lt;b&gt; (7 câu)</option>' in html
    assert STRINGS("bench.no_runs") in html
    assert STRINGS("bench.compare_few") in html
    assert STRINGS("bench.no_sets") in render_control((), (), None, strings=STRINGS)


def test_a_run_that_is_on_shows_its_progress():
    """
    While a run is on there is a bar with its figures and a button that stops it, and no second one can be started.
    """
    html = render_control((), [a_run(state="running", correct=None)], Progress("r1", "an", 3, 9), strings=STRINGS)

    assert '<progress max="9" value="3">' in html
    assert "3/9 câu" in html
    assert 'data-event="stop"' in html
    assert 'data-act="run"' not in html
    assert 'data-event="delete"' not in html


def test_a_finished_run_can_be_opened_loaded_down_and_deleted():
    """
    A finished run has its share of right answers, its file, and a deletion that asks once more.
    """
    html = render_control((), [a_run(note="thử <i>")], None, strings=STRINGS)

    assert "1/2 (50 %)" in html
    assert 'href="/hoi-van-ban/danh-gia/ket-qua/r1" download' in html
    assert 'href="/hoi-van-ban/danh-gia/bao-cao/r1?ngon_ngu=vi" download' in html
    assert re.search(r'<details><summary[^>]*>Xóa</summary><button[^>]*data-event="delete"[^>]*data-run="r1"', html)
    assert "thử &lt;i&gt;" in html


def test_an_own_set_can_be_deleted(runs):
    """
    A set that the visitor brought has a deletion that asks once more, a shipped one has none; pressed, the set is gone.
    """
    brought = runs.add_set("owner", "riêng <i>", '{"id": "a"}\n')
    evaluator = tab(runs)
    html = evaluator.refresh(Asked())
    assert "riêng &lt;i&gt;" in html
    assert re.findall(r'data-event="delete"[^>]*data-set="([^"]*)"', html) == [brought.id]
    html = evaluator.delete(Sent(set=brought.id), Asked())[0]

    assert "riêng" not in html
    assert not brought.path.exists()


def test_a_miss_shows_what_is_missing_and_opens_both_places():
    """
    Only wrong questions are listed: with answer, missing facts, steps, and buttons for the right and the cited place.
    """
    html = render_result(a_run(), result(asked("q1"), asked("q2", "câu sai <script>")), strings=STRINGS)

    assert re.findall(r'data-id="(\w+)"', html) == ["q2"]
    assert "câu sai &lt;script&gt;" in html
    assert "<dt>Ý còn thiếu</dt><dd>Sở Y tế</dd>" in html
    assert "Sở &lt;b&gt;Nội vụ&lt;/b&gt; chủ trì" in html
    assert "Dòng được hỏi: nhiệm vụ 9" in html
    opened = re.findall(r'data-event="select"[^>]*data-document="phu-luc" data-start="4" data-end="9"', html)
    assert len(opened) == 2
    assert "chưa trích" in html


def test_the_table_has_a_line_a_category_and_the_total():
    """
    Known categories are named in the page's language, others as they are; the share of right answers has its interval.
    """
    html = render_result(a_run(), result(asked("q1"), asked("q2", category="của tôi")), strings=STRINGS)

    assert re.findall(r'<th scope="row">([^<]*)</th>', html) == ["Tra ô trong bảng", "của tôi", "Tất cả"]
    assert "2/2 (100 %)" in html
    assert "khoảng tin cậy 95 %: 10–90 %" in html
    assert STRINGS("bench.no_misses") in html


def test_misses_are_filtered_and_come_by_pages():
    """
    A category shows its misses alone; more than a page of them waits behind a button.
    """
    many = result(*(asked(f"a{number}", "sai") for number in range(PAGE + 3)), asked("b", "sai", category="metadata"))

    html = render_result(a_run(), many, strings=STRINGS, category="metadata")
    assert re.findall(r'data-id="(\w+)"', html) == ["b"]
    assert '<option value="metadata" selected>' in html
    html = render_result(a_run(), many, strings=STRINGS)
    assert html.count('class="hvb-miss"') == PAGE
    assert f'data-shown="{2 * PAGE}"' in html
    assert render_result(a_run(), many, strings=STRINGS, shown=2 * PAGE).count('class="hvb-miss"') == PAGE + 4


def test_a_sealed_run_shows_totals_alone():
    """
    Nothing is shown of the questions of a set that is reported.
    """
    html = render_result(a_run(sealed=True), result(asked("q1", "hỏi sai gì")), strings=STRINGS)

    assert "hvb-miss" not in html
    assert "hỏi sai gì" not in html
    assert STRINGS("bench.sealed") in html


@pytest.mark.parametrize(("language", "expected"), [("vi", "+25,0"), ("en", "+25.0")])
def test_a_comparison_shows_both_runs(language, expected):
    """
    Two runs stand beside each other, with the difference, its interval, the test, and what was gained and lost by category.
    """
    strings = load_strings(language)
    comparison = {
        "common": 4,
        "difference": {"value": 0.25, "low": -0.1, "high": 0.6},
        "p": 0.5,
        "gained": [asked("q2", "<câu>")],
        "lost": [],
        "only_before": [],
        "only_after": ["q9"],
    }
    both = result(asked("q1"), asked("q2", "sai")), result(asked("q1"), asked("q2"), asked("q9"))

    html = render_comparison((a_run(), a_run("r2")), both, comparison, strings=strings)

    assert expected in html
    assert "1/2 (50 %)" in html
    assert "3/3 (100 %)" in html
    assert "&lt;câu&gt;" in html
    assert strings("bench.chance_no") in html
    assert strings("bench.only_after", count=1) in html


def test_runs_without_a_common_question_are_said():
    """
    Two runs over different sets have no difference.
    """
    comparison = {"common": 0, "difference": None, "p": None, "gained": [], "lost": [], "only_before": ["q1"]}

    html = render_comparison((a_run(), a_run()), (result(asked("q1")),) * 2, comparison, strings=STRINGS)

    assert STRINGS("bench.compare_nothing") in html


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("reason", REASONS)
def test_every_fault_has_words(language, reason):
    """
    Whatever is wrong with a line is said in the page's language, with the line.
    """
    html = render_faults([Fault(7, reason, "id")], strings=load_strings(language))

    assert "7" in html or reason in {"empty", "sheet"}


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("reason", ["unread", "no_place", "several_places"])
def test_every_remark_has_words(language, reason):
    """
    Whatever is noted about a sheet is said in the page's language, what stands in the sheet escaped.
    """
    html = render_notes([Fault(7, reason, "<i>")], strings=load_strings(language))

    assert ("7" in html) != (reason == "unread")
    assert "<i>" not in html


@pytest.fixture
def runs(tmp_path):
    sets = tmp_path / "sets"
    sets.mkdir()
    (sets / "nhanh.jsonl").write_text(line(1) + line(2, "câu sai"), encoding="utf-8")
    made = BenchRuns(Records.in_memory(), tmp_path / "bench", tmp_path, sets=sets, command=FAKE)
    yield made
    made.close()


class Sent:
    """An event with what the browser sent."""

    def __init__(self, **data):
        self._data = data


class Asked:
    """A request without a cookie."""

    cookies: dict[str, str] = {}  # noqa: RUF012


def tab(runs, visitor=None):
    from assistant.chat.bench_tab import BenchTab
    from assistant.chat.desk import Desk

    office = Office(FakeAssistant(), bench=runs, **({"doors": OneVisitor(visitor)} if visitor else {}))
    return BenchTab(Desk.over(office.assistant, STRINGS), office)


@pytest.mark.parametrize("visitor", [READER, ANYBODY, Visitor("", "", frozenset(Role))])
def test_others_see_a_sentence(runs, visitor):
    """
    Who may not evaluate sees a sentence at every event, and starts nothing.
    """
    closed = tab(runs, visitor)

    assert STRINGS("bench.closed") in closed.refresh(Asked())
    form = Sent(act="run", fields={"set": "shipped:nhanh.jsonl"})
    assert STRINGS("bench.closed") in closed.act(form, Asked())[0]
    assert STRINGS("bench.closed") in closed.show(Sent(run="r"), Asked())
    assert STRINGS("bench.closed") in closed.stop(Asked())
    assert STRINGS("bench.closed") in closed.delete(Sent(run="r"), Asked())[0]
    assert runs.progress() is None
    assert STRINGS("bench.absent") in tab(None).refresh(Asked())


def test_an_evaluator_runs_reads_and_compares(runs):
    """
    The whole way: start, progress, result, filter, comparison, deletion.
    """
    evaluator = tab(runs)
    form = Sent(act="run", fields={"set": "shipped:nhanh.jsonl", "note": "một"})

    assert "hvb-bench-running" in evaluator.act(form, Asked())[0] or runs.progress() is None
    until(lambda: runs.progress() is None)
    run = runs.runs("owner")[0].id
    assert "một" in evaluator.refresh(Asked())
    assert 'data-id="q2"' in evaluator.show(Sent(run=run), Asked())
    assert 'data-id="q2"' in evaluator.show(Sent(run=run, fields={"category": "table_lookup"}, shown="x"), Asked())
    assert STRINGS("bench.gone") in evaluator.show(Sent(run="none"), Asked())
    compared = evaluator.act(Sent(act="compare", fields={"before": run, "after": run}), Asked())
    assert "hvb-comparison" in compared[1]
    nothing = evaluator.act(Sent(act="compare", fields="x"), Asked())
    assert STRINGS("bench.compare_failed") in nothing[1]
    assert STRINGS("bench.unknown_set") in evaluator.act(Sent(act="run", fields={}), Asked())[0]
    assert run not in evaluator.delete(Sent(run=run), Asked())[0]


def test_who_comes_second_is_told(runs):
    """
    A second run is refused with a sentence while the first is on, and the first can be stopped.
    """
    evaluator = tab(runs)
    slow = runs.add_set("owner", "chậm", line(1, "chậm"))
    evaluator.act(Sent(act="run", fields={"set": slow.id}), Asked())

    assert STRINGS("bench.busy") in evaluator.act(Sent(act="run", fields={"set": slow.id}), Asked())[0]
    evaluator.stop(Asked())
    until(lambda: runs.progress() is None)


@pytest.fixture
def client(runs):
    from assistant.chat.bench_routes import routes

    testing = pytest.importorskip("starlette.testclient")
    from fastapi import FastAPI

    def of(visitor=None):
        office = Office(FakeAssistant(), bench=runs, **({"doors": OneVisitor(visitor)} if visitor else {}))
        app = FastAPI()
        app.include_router(routes(office))
        return testing.TestClient(app)

    yield of
    gc.collect()


OWN = {"Origin": "http://testserver"}
SEND = "/hoi-van-ban/danh-gia/bo-cau-hoi?ten=B%E1%BB%99+m%E1%BB%9Bi"


def test_a_set_is_sent_and_checked(client, runs):
    """
    A right set is added under its name; a wrong one is refused with its lines, and one that is too large before it is read.
    """
    own = client()

    sent = own.post(SEND, content=line(1).encode(), headers=OWN)
    assert (sent.status_code, [one.name for one in runs.sets("owner")][-1]) == (200, "Bộ mới")
    assert "Bộ mới" in sent.json()["html"]
    wrong = own.post(SEND, content=line(1) + "{", headers=OWN)
    assert (wrong.status_code, "Dòng 2" in wrong.json()["html"]) == (422, True)
    assert "Line 1" in own.post(f"{SEND}&ngon_ngu=en", content="x", headers=OWN).json()["html"]
    assert own.post(SEND, content=b"\xff", headers=OWN).status_code == 422
    assert own.post(SEND, content=b"x" * (5 * 2**20 + 1), headers=OWN).status_code == 413
    assert own.post("/hoi-van-ban/danh-gia/bo-cau-hoi", content=line(1), headers=OWN).status_code == 422
    assert len(runs.sets("owner")) == 2


def test_a_sheet_is_sent_and_checked(client, runs):
    """
    A table becomes a set, with what should be noted; wrong rows are named, escaped, and nothing is added; so is a file that is no table.
    """
    own = client()

    sent = own.post(f"{SEND}&tep=b%E1%BA%A3ng.CSV", content="Câu hỏi\nAi chủ trì?\n".encode(), headers=OWN)
    assert sent.status_code == 200
    assert (runs.sets("owner")[-1].name, runs.sets("owner")[-1].count) == ("Bộ mới", 1)
    assert STRINGS("bench.remark_no_place", line=2, detail="") in sent.json()["html"]
    wrong = own.post(f"{SEND}&tep=a.csv", content="Câu hỏi\nđúng\nsai\n".encode(), headers=OWN)
    assert (wrong.status_code, "Dòng 3: văn bản không có nguyên văn “&lt;b&gt;”" in wrong.json()["html"]) == (422, True)
    broken = own.post(f"{SEND}&tep=a.txt", content=b"PK\x03\x04\xff", headers=OWN)
    assert (broken.status_code, STRINGS("bench.fault_sheet") in broken.json()["html"]) == (422, True)
    assert len(runs.sets("owner")) == 2


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_a_page_of_another_host_cannot_send(client, headers):
    """
    A set that does not come from a page of this server is refused.
    """
    assert client().post(SEND, content=line(1), headers=headers).status_code == 403


def test_routes_are_for_evaluators(client):
    """
    Nobody else learns the progress, gets a result or sends a set.
    """
    reader = client(READER)

    assert reader.get("/hoi-van-ban/danh-gia/tien-do").status_code == 403
    assert reader.get("/hoi-van-ban/danh-gia/ket-qua/r").status_code == 403
    assert reader.get("/hoi-van-ban/danh-gia/bao-cao/r").status_code == 403
    assert reader.post(SEND, content=line(1), headers=OWN).status_code == 403


def test_a_result_is_loaded_down_by_its_owner(client, runs):
    """
    The result comes as a file with a Vietnamese name, to its owner alone; the progress tells that nothing is on.
    """
    run = finished(runs, owner="owner")
    other = client(Visitor("bình", "", frozenset({Role.EVALUATOR})))

    found = client().get(f"/hoi-van-ban/danh-gia/ket-qua/{run.id}")

    assert json.loads(found.text)["systems"]["assistant"]["total"]["count"] == 2
    assert found.headers["content-disposition"].startswith("attachment; filename*=UTF-8''k%E1%BA%BFt")
    assert other.get(f"/hoi-van-ban/danh-gia/ket-qua/{run.id}").status_code == 404
    page = client().get(f"/hoi-van-ban/danh-gia/bao-cao/{run.id}?ngon_ngu=en")
    assert page.text == "<html lang=en>assistant"
    assert page.headers["content-disposition"].startswith("attachment; filename*=UTF-8''b%C3%A1o%20c%C3%A1o")
    assert "lang=vi" in client().get(f"/hoi-van-ban/danh-gia/bao-cao/{run.id}?ngon_ngu=--out").text
    assert other.get(f"/hoi-van-ban/danh-gia/bao-cao/{run.id}").status_code == 404
    assert client().get("/hoi-van-ban/danh-gia/tien-do").json() == {"run": None}
