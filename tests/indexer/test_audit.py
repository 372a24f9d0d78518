"""Numbers that are missing, repeated or out of order, and tasks that do not say all six things."""

from __future__ import annotations

import pytest

from indexer.audit import numbering, six_clarity
from indexer.types import Cell, Clause, Column, Document, ParsedDocument, Row, Span, Step, StepKind, Table

ROMAN, NUMBER, ARTICLE, CLAUSE, POINT = (
    StepKind.ROMAN,
    StepKind.NUMBER,
    StepKind.ARTICLE,
    StepKind.CLAUSE,
    StepKind.POINT,
)
CHAPTER = StepKind.CHAPTER


def document_of(*paths):
    """A document with a clause at each path; a path is a list of steps as kind and number, and perhaps occurrence."""
    clauses = tuple(
        Clause("a", tuple(Step(step[0], step[1], "", *step[2:]) for step in path), n, n + 1, "x")
        for n, path in enumerate(paths)
    )
    return ParsedDocument(Document("a", "a.txt", "x" * len(paths)), clauses, (), ())


COLUMNS = (
    ("TT", "order"),
    ("Nhiệm vụ", "content"),
    ("Chủ trì", "lead"),
    ("Phối hợp", "partners"),
    ("Thời hạn", "due"),
    ("Sản phẩm", "deliverable"),
)


def register(*rows, columns=COLUMNS):
    """A document with a register of *rows*: strings in column order, the first of which is the row's number."""
    named = tuple(Column(name, role) for name, role in columns)
    made, seen = [], {}
    for values in rows:
        seen[values[0]] = seen.get(values[0], 0) + 1
        path = (Step(StepKind.ROW, values[0], "nhiệm vụ", seen[values[0]]),)
        cells = tuple(Cell(value, (Span(0, 1),) if value else ()) for value in values)
        made.append(Row(values[0], cells, 0, 1, path))
    table = Table("a", (), "Bảng", named, tuple(made), 0, 1, "nhiệm vụ")
    return ParsedDocument(Document("a", "a.txt", "x"), (), (table,), ())


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        # all there
        ([[(ROMAN, "I")], [(ROMAN, "I"), (NUMBER, "1")], [(ROMAN, "I"), (NUMBER, "2")], [(ROMAN, "II")]], []),
        # a section left out
        ([[(ROMAN, "I")], [(ROMAN, "II")], [(ROMAN, "IV")]], [("IV", "từ II sang IV, thiếu 1 số")]),
        # the first is not the first
        ([[(ROMAN, "III")]], [("III", "bắt đầu từ III, không có 2 số trước đó")]),
        # printed twice; what follows is counted from there
        ([[(ROMAN, "I")], [(ROMAN, "I", 2)], [(ROMAN, "II")]], [("I (lần 2)", "số này được in lại ở đây; cả hai được giữ riêng")]),
        # out of order
        (
            [[(ROMAN, "I")], [(ROMAN, "II")], [(NUMBER, "1")], [(NUMBER, "4")], [(NUMBER, "3")]],
            [("tiểu mục 4", "từ 1 sang 4, thiếu 2 số"), ("tiểu mục 3", "đứng sau số 4, không theo thứ tự")],
        ),
        # numbers that run on under the next section
        ([[(ROMAN, "I"), (NUMBER, "1")], [(ROMAN, "I"), (NUMBER, "2")], [(ROMAN, "II"), (NUMBER, "3")]], []),
        # articles run on through chapters; an inserted article is none too many
        (
            [[(CHAPTER, "I"), (ARTICLE, "1")], [(CHAPTER, "II"), (ARTICLE, "2")], [(CHAPTER, "II"), (ARTICLE, "2a")], [(CHAPTER, "II"), (ARTICLE, "5")]],
            [("Điều 5 Chương II", "từ 2a sang 5, thiếu 2 số")],
        ),
        # "đ" stands between "d" and "e"
        ([[(CLAUSE, "1"), (POINT, letter)] for letter in "abcdđe"], []),
        ([[(CLAUSE, "1"), (POINT, letter)] for letter in "abcde"], [("điểm e khoản 1", "từ d sang e, thiếu 1 số")]),
    ],
)  # fmt: skip
def test_numbering_of_headings(paths, expected):
    """
    A number is reported where one is missing before it, where it is printed again, and where it is out of order.
    """
    assert [(found.where, found.what) for found in numbering(document_of(*paths))] == expected


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        (["1", "2", "3"], []),
        (["01", "02", "03"], []),
        (["1", "2", "5"], [("nhiệm vụ 5", "từ 2 sang 5, thiếu 2 số")]),
        (["1", "2", "2", "3"], [("nhiệm vụ 2 (lần 2)", "số này được in lại ở đây; cả hai được giữ riêng")]),
        (["1", "3", "2"], [("nhiệm vụ 3", "từ 1 sang 3, thiếu 1 số"), ("nhiệm vụ 2", "đứng sau số 3, không theo thứ tự")]),
        (["1.1", "1.2", "2.1", "2.3"], [("nhiệm vụ 2.3", "từ 2.1 sang 2.3, thiếu 1 số")]),
        # rows without a number, or with another sign, say nothing about counting
        (["1", "", "-", "2"], []),
    ],
)  # fmt: skip
def test_numbering_of_rows(numbers, expected):
    """
    Rows are counted as headings are, level by level.
    """
    rows = [(number, "a", "b", "c", "d", "e") for number in numbers]

    assert [(found.where, found.what) for found in numbering(register(*rows))] == expected


def test_six_clarity_names_the_blanks():
    """
    Each of the six things is told with the tasks that leave it blank; one without a column is told once.
    """
    (audit,) = six_clarity(
        register(
            ("1", "Một", "Sở Y tế", "Sở Nội vụ", "Quý I", "Báo cáo"),
            ("2", "Hai", "", "Sở Nội vụ", "", "Báo cáo"),
            ("3", "Ba", "Sở Y tế", "", "Quý I", "Báo cáo"),
        )
    )

    assert (audit.tasks, audit.clear, audit.noun) == (3, 1, "nhiệm vụ")
    assert [(gap.clarity, gap.tasks) for gap in audit.blanks] == [
        ("rõ người", ("2",)),
        ("rõ trách nhiệm", ("3",)),
        ("rõ thời gian", ("2",)),
    ]
    assert audit.absent == ("rõ thẩm quyền",)


def test_tasks_of_the_same_number_are_told_apart():
    """
    A number that two tasks bear is not enough to name one.
    """
    (audit,) = six_clarity(
        register(
            ("1", "Một", "Sở Y tế", "a", "Quý I", "Báo cáo"),
            ("1", "Hai", "", "a", "Quý I", "Báo cáo"),
        )
    )

    assert audit.blanks[0].tasks == ("nhiệm vụ 1 (lần 2)",)


def test_a_heading_may_tell_of_authority():
    """
    A column that no role covers counts by the words of its heading.
    """
    columns = (("TT", "order"), ("Nhiệm vụ", "content"), ("Chủ trì", "lead"), ("Cấp trình, phê duyệt", "other"))
    (audit,) = six_clarity(register(("1", "Một", "Sở Y tế", ""), columns=columns))

    assert [gap.clarity for gap in audit.blanks] == ["rõ thẩm quyền"]
    assert "rõ thẩm quyền" not in audit.absent


def test_a_table_that_assigns_nothing_is_no_list_of_tasks():
    """
    A table of figures is not asked for leads and deadlines.
    """
    columns = (("TT", "order"), ("Chỉ tiêu", "indicator"), ("Năm 2026", "value"))

    assert six_clarity(register(("1", "Một", "5 %"), columns=columns)) == ()
