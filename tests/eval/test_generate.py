"""Question sets made from a small corpus whose rows can be counted by hand."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from random import Random
from types import SimpleNamespace

import pytest

from eval.__main__ import main
from eval.facts import agency_forms, text_forms, time_forms
from eval.generate import KINDS, TYPINGS, generate, question_line, spoilt, write_questions
from eval.list_questions import by_agency, by_period, by_recurrence, by_section, lists_by_agency
from eval.measures import states
from eval.question_set import asked_twice, check_questions, load_questions
from eval.register_questions import beyond
from eval.registers import Corpus, about
from eval.wording import Wording, _data
from indexer.agencies import GENERAL
from indexer.catalogue import Entry
from indexer.errors import InputError
from indexer.parse import parse_files
from indexer.summary import Summary, build_summary
from indexer.types import fold_white
from indexer.vietnamese import has_diacritics

# number, task, lead, partners, deliverable, due; a row of one cell heads a group
ROWS = (
    ("I", "Hoàn thiện thể chế"),
    ("1", "Xây dựng quy chế quản lý bến thuyền du lịch", "Sở Y tế", "Sở Nội vụ", "Quy chế quản lý bến thuyền", "Quý I/2026"),
    ("2", "Rà soát danh mục nhà sinh hoạt cộng đồng", "Sở Nội vụ", "", "Báo cáo rà soát danh mục", "Tháng 5/2026"),
    ("II", "Đào tạo, tập huấn"),
    ("3", "Tổ chức lớp bồi dưỡng người chèo thuyền cứu hộ", "Sở Y tế", "Các sở, ngành", "Ba lớp tập huấn cứu hộ", "Thường xuyên"),
    ("4", "Kiểm tra chất lượng nước giếng khoan hộ gia đình", "Sở Tư pháp", "Sở Y tế", "", "Tháng 6/2026"),
)  # fmt: skip
PLAN = """<html><body>
<table><tr><td>ỦY BAN NHÂN DÂN TỈNH AN HÒA<br>Số: {number}/KH-UBND</td>
<td>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM<br>Độc lập - Tự do - Hạnh phúc<br>An Hòa, ngày 05 tháng 01 năm 2026</td></tr></table>
<p>KẾ HOẠCH</p><p>{title}</p><p>Thực hiện Nghị quyết số 77/NQ-CP ngày 02/12/2025, Ủy ban nhân dân tỉnh ban hành kế hoạch như sau:</p>
<p>I. MỤC ĐÍCH</p><p>1. {purpose}</p><p>2. Các cơ quan báo cáo kết quả trước ngày 20 hằng tháng về Văn phòng.</p>
{annex}
</body></html>"""


def lot():
    return Random(1)  # noqa: S311 - not for secrets


def first(text):
    return " ".join(text.split()[:8])


def cells(row):
    if len(row) == 2:
        return f'<td>{row[0]}</td><td colspan="5">{row[1]}</td>'
    return "".join(f"<td>{cell}</td>" for cell in row)


def annex(head=()):
    head = head or ("TT", "Nội dung nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Kết quả", "Thời gian hoàn thành")
    rows = "".join(f"<tr>{cells(row)}</tr>" for row in (head, *ROWS))
    return f"<p>Phụ lục I</p><p>DANH MỤC NHIỆM VỤ</p><table>{rows}</table>"


@pytest.fixture(scope="module")
def parsed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    plans = {
        "ke-hoach-12": {
            "number": "12",
            "title": "Phát triển bến thuyền du lịch cộng đồng ven hồ giai đoạn mới",
            "purpose": "Bảo đảm mọi bến thuyền có phao cứu sinh và người trực vào mùa mưa lũ.",
            "annex": annex(),
        },
        "ke-hoach-13": {
            "number": "13",
            "title": "Cải tạo giếng khoan tại các thôn, bản vùng cao trong mùa khô hạn",
            "purpose": "Cấp đủ nước sạch cho học sinh nội trú trong ba tháng mùa khô hạn hằng năm.",
            "annex": "",
        },
    }
    for name, words in plans.items():
        (folder / f"{name}.html").write_text(PLAN.format(**words), encoding="utf-8")
    documents, failures = parse_files([Entry(name, folder / f"{name}.html") for name in plans])
    assert not failures
    return documents


@pytest.fixture(scope="module")
def corpus(parsed):
    return Corpus(parsed)


@pytest.fixture(scope="module")
def questions(parsed):
    return generate(parsed, count=120, seed=5)


def numbers(selections):
    return {tuple(selection.words.values()): [row.number for row in selection.rows] for selection in selections}


def test_the_same_seed_gives_the_same_file(parsed, questions, tmp_path):
    """
    Two runs write the same bytes, another seed writes others, and what is written is read back.
    """
    paths = [tmp_path / name for name in ("one.jsonl", "two.jsonl", "other.jsonl")]
    for path, seed in zip(paths, (5, 5, 6), strict=True):
        write_questions(path, generate(parsed, count=120, seed=seed))

    assert paths[0].read_bytes() == paths[1].read_bytes() != paths[2].read_bytes()
    assert load_questions(paths[0]) == questions


def test_every_quote_stands_in_its_document(parsed, questions):
    """
    The set passes the check of question files: categories, facts, and every quote word for word in its document.
    """
    texts = {one.document.id: one.document.text for one in parsed}

    assert check_questions(questions, texts) == []
    assert asked_twice(questions) == []


def test_kinds_and_typings_are_spread(questions):
    """
    Most kinds are there, and the four typings are as even as the English questions, which are typed well, let them be.
    """
    kinds = Counter(question.id.split("-", 1)[1].rsplit("-", 2)[0] for question in questions)
    typings = Counter(question.id.rsplit("-", 2)[1] for question in questions if "english" not in question.id)

    assert set(kinds) <= set(KINDS)
    assert {"lookup", "pair", "described", "agency", "count", "blank", "beyond", "premise", "metadata"} <= set(kinds)
    assert set(typings) == set(TYPINGS)
    assert max(typings.values()) - min(typings.values()) <= len(kinds)


def test_a_badly_typed_question_tells_how_it_is_well_typed(questions, tmp_path):
    """
    Every typing but "full" keeps the question it was made from, in the file too; a full one needs none.
    """
    write_questions(tmp_path / "set.jsonl", questions)

    for question in load_questions(tmp_path / "set.jsonl"):
        typing = next(part for part in question.id.split("-") if part in TYPINGS)
        assert (question.well_typed is None) == (typing == "full")
        if typing == "none":
            assert question.text == spoilt("none", question.id, question.well_typed)


def test_facts_stand_in_the_cited_cells(questions):
    """
    One form of every fact of a look-up is found, as answers are marked, in the words of the places to cite.
    """
    for question in questions:
        if question.category == "table_lookup" and "reverse" not in question.id:
            said = " ; ".join(fold_white(gold.quote) for gold in question.gold)
            assert all(any(states(said, form) for form in group) for group in question.must), question.id


def test_rows_of_an_agency_are_all_its_rows(corpus):
    """
    What an agency leads and what it supports are told apart, a group of agencies is nobody's, and all rows are found.
    """
    register = corpus.registers[0]

    found = [
        (selection.key, selection.words["agency"], [row.number for row in selection.rows])
        for selection in by_agency(corpus, lot(), register)
    ]

    assert sorted(found) == [
        ("lead", "Sở Nội vụ", ["2"]),
        ("lead", "Sở Tư pháp", ["4"]),
        ("lead", "Sở Y tế", ["1", "3"]),
        ("partners", "Sở Nội vụ", ["1"]),
        ("partners", "Sở Y tế", ["4"]),
    ]


def test_rows_of_a_period_a_section_and_those_that_recur(corpus):
    """
    A month, a quarter and the year hold the rows whose deadline lies in them; sections hold the rows below their heads.
    """
    register = corpus.registers[0]
    periods = {
        tuple(row.number for row in selection.rows): selection.words["time"]
        for selection in by_period(corpus, lot(), register, Wording())
    }
    sections = [[row.number for row in one.rows] for one in by_section(corpus, lot(), register, Wording())]

    assert set(periods) == {("1",), ("2",), ("4",), ("2", "4"), ("1", "2", "4")}
    assert periods["1", "2", "4"] == "năm 2026"
    assert sorted(sections) == [["1", "2"], ["3", "4"]]
    assert numbers(by_recurrence(corpus, lot(), register, Wording())) == {("thường xuyên",): ["3"]}


def test_a_list_wants_all_rows_and_no_other(corpus):
    """
    A list has one fact and one place a row, and names the first words of every other row as what an answer must not say.
    """
    lists = [draft for draft in lists_by_agency(corpus, lot()) if len(draft.must) == 2]

    assert [[group[0] for group in draft.must] for draft in lists] == [["nhiệm vụ 1", "nhiệm vụ 3"]]
    assert [gold.quote for gold in lists[0].gold] == ["Sở Y tế", "Sở Y tế"]
    assert [gold.beside for gold in lists[0].gold] == [first(ROWS[1][1]), first(ROWS[4][1])]
    assert lists[0].must_not == ("Rà soát danh mục nhà sinh", "Kiểm tra chất lượng nước giếng")


def test_blank_cells_and_rows_past_the_last(questions):
    """
    Only the two blank cells are asked about as not stated, and only numbers past the last row as not found.
    """
    blank = {gold.quote for question in questions if "sinh-blank" in question.id for gold in question.gold}
    past = [question for question in questions if "sinh-beyond" in question.id]

    assert blank <= {ROWS[2][1], ROWS[5][1]}
    assert past
    assert all(question.status == "not_found" for question in past)
    assert all(
        int(re.search(r"\d+", re.sub(r"12/KH\S*|ạch 12|ach 12", "", question.text)).group()) > 4 for question in past
    )


def test_a_table_that_a_language_has_no_words_for_is_not_asked_about(tmp_path):
    """
    Numbers past the last row are asked about by columns that the language has questions for; where there are none nothing is asked.
    """
    head = ("TT", "Máy chủ", "Nơi đặt", "Bộ nhớ", "Vi xử lý", "Ổ cứng")
    plan = {"number": "14", "title": "Lắp đặt máy chủ", "purpose": "Có máy chủ.", "annex": annex(head)}
    (tmp_path / "may-chu.html").write_text(PLAN.format(**plan), encoding="utf-8")
    documents, _ = parse_files([Entry("may-chu", tmp_path / "may-chu.html")])

    assert list(beyond(Corpus(documents), lot(), Wording("en"))) == []


def test_a_description_means_one_row(corpus):
    """
    The words that describe a row stand once in the corpus and are a beginning of it.
    """
    register = corpus.registers[0]
    for row in register.rows:
        words = about(corpus, register, row)

        assert words
        assert row.cells[register.subject].text.startswith(words)
        assert corpus.occurrences(words) == 1


def test_scans_are_not_asked_about(parsed):
    """
    A document with a repaired reading is no gold; where nothing else is left, the message says so.
    """
    scans = [replace(one, document=replace(one.document, reading=one.document.text)) for one in parsed]

    with pytest.raises(InputError, match="no question can be made"):
        generate(scans, count=10)


@pytest.mark.parametrize("typing", TYPINGS)
def test_words_with_figures_stay_meant(typing):
    """
    Whatever the typing, a document number is typed as it is or without its marks.
    """
    text = spoilt(typing, "q1", "Quyết định số 15/2026/QĐ-UBND do ai ký?")

    assert any(number in text for number in ("15/2026/QĐ-UBND", "15/2026/QD-UBND"))
    assert has_diacritics(text) is (typing != "none")


@pytest.mark.parametrize(
    ("cell", "form"),
    [
        ("Quý IV/2026", "quý 4 năm 2026"),
        ("Tháng 05/2026", "tháng 5 năm 2026"),
        ("Trước ngày 15/3/2026", "15 tháng 3 năm 2026"),
        ("Nhiệm vụ thường xuyên", "thường xuyên"),
    ],
)
def test_times_are_written_in_several_ways(cell, form):
    """
    A time counts in words and in figures; the printed form always counts.
    """
    (group,) = time_forms(cell)

    assert cell in group
    assert form in group


def test_agencies_and_words_of_a_cell():
    """
    Every agency is a fact with its abbreviations; of a long cell the document numbers, else the items of its list are.
    """
    assert agency_forms("Sở Khoa học và Công nghệ; UBND các xã", GENERAL)[0][:3] == (
        "Sở Khoa học và Công nghệ",
        "Sở KHCN",
        "Sở KH&CN",
    )
    assert text_forms("Báo cáo") == (("Báo cáo",),)
    long = "Theo kết luận của Ban Chỉ đạo tại phiên họp thứ nhất: 01-TB/BCĐTW, ngày 22/01/2026"
    assert text_forms(long) == (("01-TB/BCĐTW",),)
    assert text_forms("- Kế hoạch triển khai hằng năm - Báo cáo sơ kết sáu tháng đầu năm") == (
        ("Kế hoạch triển khai hằng năm",),
        ("Báo cáo sơ kết sáu tháng",),
    )


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_kind_has_six_wordings(language):
    """
    Each kind of question is worded in at least six different ways.
    """
    kinds = (
        "lookup",
        "pair",
        "described",
        "reverse",
        "list",
        "count",
        "extreme",
        "premise",
        "metadata",
        "clause",
        "cross",
        "follow_up",
    )

    for kind in kinds:
        for key, wordings in _data(language).get(kind, {}).items():
            assert len(set(wordings)) >= 6, f"{kind}.{key}"


def test_generate_and_check_on_the_command_line(parsed, tmp_path, monkeypatch, capsys):
    """
    What `generate` writes from an index, `check` accepts with the same index.
    """
    by_id = {one.document.id: one for one in parsed}
    opened = SimpleNamespace(
        documents=[one.document for one in parsed],
        parsed=lambda: parsed,
        document=lambda name: by_id[name].document,
        clauses=lambda name: by_id[name].clauses,
        tables=lambda name: by_id[name].tables,
        summary=Summary(build_summary(parsed)),
    )
    monkeypatch.setattr("indexer.index.Index.open", lambda _directory: opened)
    path = tmp_path / "made.jsonl"

    assert main(["generate", "--out", str(path), "--count", "30", "--index", str(tmp_path)]) == 0
    assert main(["check", "--questions", str(path), "--index", str(tmp_path)]) == 0
    assert "30 questions in 1 files, 0 faults" in capsys.readouterr().out


def test_a_line_leaves_out_what_is_empty(questions):
    """
    The status stands only where one is expected, words beside a quote only where there are some.
    """
    for question in questions:
        line = json.loads(question_line(question))

        assert ("status" in line) is (not question.answerable)
        assert all(gold.get("beside", "x") for gold in line["gold"])
