"""The HTML report: one file that opens offline, the same for the same JSON, showing each miss with both places marked."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from eval.__main__ import main
from eval.html_report import chosen_system, file_name, load_run, render_report
from eval.report_words import LANGUAGES, Words
from eval.svg import IntervalRow, Series, bar_chart, interval_chart, line_chart
from indexer.errors import InputError

TEXT = "Điều 1. Sở Y tế chủ trì <việc> này.\nĐiều 2. Sở Nội vụ phối hợp, hết năm 2025."
_VOID = {"meta", "br", "rect", "line", "circle", "path", "polyline"}


class Structure(HTMLParser):
    """Reads a page strictly: every element is closed in its turn; remembers attributes and texts by element."""

    def __init__(self, page):
        super().__init__()
        self.open = []
        self.attributes = []
        self.marks = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.attributes += attrs
        if tag == "mark":
            self.marks.append([dict(attrs)["class"], ""])
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, _, attrs):
        self.attributes += attrs

    def handle_endtag(self, tag):
        if tag not in _VOID or self.open[-1:] == [tag]:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] == ["mark"]:
            self.marks[-1][1] += data


def place(words, **given):
    start = TEXT.index(words)
    return {"document": "a", "label": "Điều 1", "start": start, "end": start + len(words), "quote": words, **given}


def row(id_, *, right, category="clause_fact", **given):
    values = {
        "id": id_,
        "category": category,
        "question": f"Ai chủ trì <b>{id_}</b>?",
        "understood": "Ai chủ trì?",
        "answerable": True,
        "right": right,
        "status": "answered",
        "answer": "Sở Nội vụ [1].",
        "missing": ["Sở Y tế"],
        "places": [place("Sở Nội vụ phối hợp", label="Điều 2"), place("Sở Y tế chủ trì")],
        "gold": [
            place("Sở Y tế", reached=False),
            {"document": "b", "label": "Điều 9", "start": None, "end": None, "quote": "Đi mất", "reached": False},
        ],
        "trace": ["Tìm trong điều khoản."],
        "confidence": 0.4,
        "elapsed_ms": 12.5,
        "measures": {"unit_recall": float(right)},
    }
    return {**values, **given}


def counts(right, count):
    names = ("facts", "citations", "both")
    return {
        "count": count,
        "answerable": count,
        "right": right,
        "declined_right": 0,
        "declined_wrongly": 0,
    } | dict.fromkeys(names, right)


def run(*rows, **given):
    right = sum(one["right"] for one in rows)
    measures = {
        "graded": {"unit_recall": {"count": len(rows), "value": 0.5, "low": 0.1, "high": 0.9}},
        "understanding": {"count": 4, "restored": 3, "interval": [0.3, 0.95], "syllables": 0.9},
        "latency": {"p50": 1.25, "p95": 30.0, "max": 31.0, "mean": 9.0, "count": 2, "bins": [[1, 2, 1], [2, None, 1]]},
        "unanswered": 0,
        "reliability": [{"low": 0.4, "high": 0.5, "count": 2, "confidence": 0.4, "right": 0.5, "interval": [0.1, 0.9]}],
        "calibration_error": 0.1,
        "weighed": 2,
        "refusal": {
            "declined_right": 0.8,
            "declined_wrongly": 0.1,
            "curve": [
                {"threshold": 0.0, "declined_right": 0.5, "declined_wrongly": 0.0, "kept": 1.0, "let_through": 1.0}
            ],
        },
    }
    system = {
        "total": counts(right, len(rows)),
        "categories": {"clause_fact": counts(right, len(rows))},
        "measures": measures,
        "rows": list(rows),
    }
    return {
        "format": 2,
        "commit": "0123456789abcdef+",
        "seed": 1,
        "questions": ["set.jsonl"],
        "sealed": False,
        "memory_peak_mib": 512,
        "systems": {"assistant": system},
        "documents": {"a": {"number": "12/KH-UBND", "title": "Kế hoạch"}},
        "excerpts": {"a": [[0, TEXT]]},
        **given,
    }


REPORT = run(row("q1", right=False), row("q2", right=True))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_opens_offline(language):
    """It is well-formed, fetches nothing and runs nothing, knows dark screens and paper, and is the same every time."""
    page = render_report(
        REPORT, system="assistant", language=language, before=run(row("q1", right=True), row("q2", right=True))
    )

    found = Structure(page)

    assert f'<html lang="{language}">' in page
    assert [
        value
        for name, value in found.attributes
        if name in {"src", "srcset", "href", "action"} and not value.startswith("#")
    ] == []
    assert not re.search(r"<script|@import|url\(|\bon\w+=|<b>", page)
    assert all(words in page for words in ("prefers-color-scheme: dark", "@media print", "<details", "0123456+"))
    assert page == render_report(
        REPORT, system="assistant", language=language, before=run(row("q1", right=True), row("q2", right=True))
    )


def test_a_miss_shows_both_places_marked_in_the_document():
    """Gold and cited words are marked differently, where they overlap as both; a place that is nowhere is shown by its quote."""
    page = render_report(REPORT, system="assistant", language="en")

    marks = [(css, words) for css, words in Structure(page).marks][3:]  # behind the legend
    assert set(map(tuple, marks)) == {("gold cited", "Sở Y tế"), ("cited", " chủ trì"), ("cited", "Sở Nội vụ phối hợp")}
    assert "&lt;việc&gt; này." in page
    assert "Đi mất" in page
    assert "Điều 9 – not reached (not found in the documents)" in page
    for words in (
        "Ai chủ trì &lt;b&gt;q1&lt;/b&gt;?",
        "Sở Nội vụ [1].",
        "Facts missing",
        "12/KH-UBND",
        "Tìm trong điều khoản.",
    ):
        assert words in page
    assert 'id="q2"' not in page


def test_figures_are_written_as_the_language_writes_them():
    """Vietnamese has the comma, English the point; nobody breaks the line before a percent sign."""
    assert "1,25 ms" not in render_report(REPORT, system="assistant", language="en")
    assert "một nửa số câu trong 1,2 ms" in render_report(REPORT, system="assistant", language="vi")
    assert (Words.of("vi").percent(0.1234, 1), Words.of("en").number(1234.5, 1)) == ("12,3\u00a0%", "1,234.5")
    assert (Words.of("vi").points(-0.05), Words.of("en").points(0.0)) == ("−5,0", "0.0")


def test_both_languages_say_the_same():
    """Each language has every sentence, with the same values in it."""
    vietnamese, english = (Words.of(language).table for language in ("vi", "en"))

    def shape(words):
        return {
            key: shape(value) if isinstance(value, dict) else sorted(re.findall(r"{\w+}", value))
            for key, value in words.items()
        }

    assert shape(vietnamese) == shape(english)


def test_a_comparison_names_what_changed():
    """Against an earlier run the page tells the difference, what the set can show, and each question gained or lost."""
    before = run(row("q1", right=True), row("q2", right=False), row("q3", right=True))

    page = render_report(REPORT, system="assistant", language="en", before=before)

    assert "2 questions in both: 1 right before, 1 after; a difference of 0.0 points" in page
    assert "1 gained, 1 lost; exact McNemar test p = 1.0000. This may be chance alone." in page
    assert "With 2 changed questions no split is beyond chance; at least 6 have to change." in page
    assert "In the run before only: q3" in page
    assert "no question in common" in render_report(
        REPORT, system="assistant", language="en", before=run(row("z", right=True))
    )


def test_a_sealed_run_shows_ids_only():
    """Of a sealed run the page names the ids that went wrong; nothing else is in the JSON, nor asked of it."""
    rows = [
        {"id": "q1", "category": "metadata", "right": False, "answerable": True},
        {"id": "q2", "category": "metadata", "right": True, "answerable": True},
    ]

    page = render_report(run(*rows, sealed=True, documents={}, excerpts={}), system="assistant", language="vi")

    assert "<code>q1</code>" in page
    assert "q2" not in page
    assert "niêm phong" in page


def test_an_older_file_lacks_sections_and_is_shown():
    """A run of the first format has no measures; the rest is shown."""
    report = run(row("q1", right=False))
    del report["systems"]["assistant"]["measures"], report["excerpts"], report["documents"]

    page = render_report(report, system="assistant", language="en")

    assert 'id="by_category"' in page
    assert 'id="measures"' not in page
    assert 'id="latency"' not in page


def test_the_command_writes_a_file_named_by_commit(tmp_path, monkeypatch, capsys):
    """Without --out the page is named by the commit of the run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run.json").write_text(json.dumps(REPORT), encoding="utf-8")

    assert main(["report", "run.json", "--against", "run.json"]) == 0

    assert file_name(REPORT) == "report-0123456+.html"
    assert "report-0123456+.html" in capsys.readouterr().out
    assert "<h1>Báo cáo đánh giá" in (tmp_path / "report-0123456+.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "fact"),
    [(None, "No such file"), ("{", "is no JSON"), ("[]", '"systems" with their "rows" are missing')],
)
def test_a_file_that_is_no_run_is_refused(tmp_path, content, fact):
    """A file that run did not write is refused with place, fact and next step; so is a system that it does not hold."""
    path = tmp_path / "run.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")

    with pytest.raises(InputError, match=fact) as caught:
        load_run(path)

    assert str(caught.value).startswith(str(path))
    with pytest.raises(InputError, match="holds no 'other', but assistant"):
        chosen_system(REPORT, "other", path)


def test_plots_tell_series_apart_without_colour():
    """Series differ in their mark and dash, intervals are lines, and every plot says what it is to those who do not see it."""
    intervals = interval_chart(
        [IntervalRow("Một tên loại câu hỏi rất dài & lạ", [(0.5, 0.2, 0.8), None])],
        ["a", "b"],
        title="t & u",
        percent="{:.2f}".format,
    )
    lines = line_chart(
        [Series("a", [(0, 0), (1, 1)]), Series("b", [(0.5, 0.5, 0.2, 0.7)])],
        title="t",
        x_name="x",
        y_name="y",
        percent=str,
        diagonal=True,
        marked=[(0.9, 0.5, "now")],
    )
    bars = bar_chart([("1", 3), ("2", 0)], title="t", x_name="x", y_name="y")

    for plot in (intervals, lines, bars):
        Structure(plot)
        assert 'role="img" aria-label="t' in plot
    assert "<circle" in lines
    assert '<rect x="' in lines
    assert intervals.count("whisker") == 1
    assert "0.50 [0.20, 0.80]" in intervals
    assert "Một tên loại câu hỏi…" in intervals
    assert bars.count('class="bar"') == 1


def test_systems_stand_side_by_side_and_are_tested():
    """A line a system with the headline beside right and its times, the first tested against the other; an older run has dashes."""
    one = run(row("q1", right=True), row("q2", right=True))
    system = one["systems"]["assistant"]
    headlined = {**system, "total": {**system["total"], "headline": 1, "unfounded": 3}}
    test = {"first": "assistant", "other": "peer <b>", "measure": "headline", "count": 2, "gained": 11, "lost": 1}
    test |= {"difference": {"value": 0.5, "low": 0.25, "high": 0.75}, "p": 0.01, "p_holm": 0.02}
    report = {**one, "systems": {"assistant": headlined, "peer <b>": system}, "tests": [test]}

    page = render_report(report, system="assistant", language="en")

    Structure(page)
    beside = page.partition('<h2 id="side_by_side">')[2].partition("</section>")[0]
    assert "1/2<small>50\u00a0% [9\u00a0%, 91\u00a0%]</small></td>" in beside
    assert "<td>3</td><td>0</td><td>1.2 ms</td>" in beside
    assert beside.count("<td>–</td>") > 1
    assert (
        "+50.0<small>[+25.0, +75.0]</small></td><td>11</td><td>1</td><td>0.0100</td><td>0.0200</td><td>unlikely"
        in beside
    )
    assert "peer &lt;b&gt;" in beside


def test_a_brief_run_is_no_run_without_misses():
    """Where rows were left out the page does not say that every question is right."""
    report = run(row("q1", right=False))
    brief = {**report, "brief": True, "systems": {"assistant": {**report["systems"]["assistant"], "rows": []}}}

    assert "Every question is right" not in render_report(brief, system="assistant", language="en")
