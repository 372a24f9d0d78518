"""The task list: every register row once, its state on a day, and what each condition keeps."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.corpus import Corpus
from assistant.task_filter import TaskFilter, parse_filter
from assistant.task_list import DueState, TaskList, Words
from assistant.task_periods import Grain, parse_period, period_of, spanned
from indexer.errors import InputError
from indexer.types import Document, Metadata
from tests.assistant.chat_fakes import FakeIndex, corpus, register, stated

TODAY = date(2025, 10, 20)


def tasks(today=TODAY):
    return TaskList(Corpus(corpus()), today)


def with_dues(*dues, issued="2025-11-04"):
    """Return the list of a register whose rows are due so."""
    rows = [(f"{n}.", f"Việc {n}.", "Sở Y tế", "Sở Nội vụ", "Báo cáo", due) for n, due in enumerate(dues, 1)]
    text, table = register(rows, document="d")
    metadata = Metadata(issued_on=stated(issued)) if issued else Metadata()
    return TaskList(Corpus(FakeIndex((Document("d", "d.txt", text, metadata),), {}, {"d": (table,)})), TODAY)


def numbers(rows):
    return [row.at.row.number for row in rows]


def kept(today=TODAY, **conditions):
    return numbers(tasks(today).select(TaskFilter(**conditions)).rows)


def key(name):
    return Corpus(corpus()).keys.key(name)


@pytest.mark.parametrize(
    ("due", "state", "last"),
    [
        # a month ends on its last day: that of this month is near
        ("Tháng 10/2025", DueState.SOON, date(2025, 10, 31)),
        # yesterday
        ("19/10/2025", DueState.OVERDUE, date(2025, 10, 19)),
        # today is not too late
        ("20/10/2025", DueState.SOON, date(2025, 10, 20)),
        # 30 days on is still near, 31 days on is not
        ("19/11/2025", DueState.SOON, date(2025, 11, 19)),
        ("20/11/2025", DueState.OPEN, date(2025, 11, 20)),
        # a window counts by its end, not by its beginning
        ("Quý III đến Quý IV/2025", DueState.OPEN, date(2025, 12, 31)),
        ("Trước tháng 9/2025", DueState.OVERDUE, date(2025, 8, 31)),
        # without a year: that of the document
        ("Quý IV", DueState.OPEN, date(2025, 12, 31)),
        ("Nhiệm vụ thường xuyên", DueState.RECURRING, None),
        # recurring from a year on is never late
        ("Hằng năm từ 2024", DueState.RECURRING, None),
        # no last day is printed
        ("Từ quý I/2025", DueState.UNDATED, None),
        ("Theo hướng dẫn của Bộ Y tế", DueState.UNDATED, None),
        ("", DueState.NOT_STATED, None),
        # counted from the day of issue
        ("30 ngày kể từ ngày ban hành", DueState.OPEN, date(2025, 12, 4)),
    ],
)
def test_states(due, state, last):
    """
    A row's state follows from the last day of its deadline and the day on which it is asked.
    """
    row = with_dues(due).rows[0]

    assert (state, last) == (row.state(TODAY, 30), row.last_day)


def test_how_near_is_near_can_be_chosen():
    """
    The same deadline is near within 31 days and open within 10.
    """
    row = with_dues("20/11/2025").rows[0]

    assert row.state(TODAY, 31) is DueState.SOON
    assert row.state(TODAY, 10) is DueState.OPEN


def test_an_assumed_year_is_told():
    """
    A deadline without a year is known as one whose year was taken from the document.
    """
    assert [row.year_assumed for row in with_dues("Quý IV", "Quý IV/2025").rows] == [True, False]


def test_of_several_deadlines_each_is_found_and_the_last_decides():
    """
    A row with two deadlines is found in both months; it is late only when the second is over.
    """
    several = with_dues("Tháng 9/2025; tháng 11/2025")

    assert len(several.select(TaskFilter(period="2025-09")).rows) == 1
    assert len(several.select(TaskFilter(period="2025-11")).rows) == 1
    assert several.rows[0].state(TODAY, 10) is DueState.OPEN


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, ["1", "2", "3", "8", "9"]),
        ({"document": "phu-luc"}, ["1", "2", "3", "8", "9"]),
        ({"document": "ke-hoach"}, []),
        ({"noun": "nhiệm vụ"}, ["1", "2", "3", "8", "9"]),
        ({"noun": "chỉ tiêu"}, []),
        ({"state": DueState.OVERDUE}, ["1"]),
        ({"state": DueState.SOON}, ["2", "9"]),
        ({"state": DueState.SOON, "soon": 5}, []),
        ({"state": DueState.RECURRING}, ["8"]),
        ({"state": DueState.NOT_STATED}, ["3"]),
        ({"period": "2025"}, ["1", "2", "9"]),
        ({"period": "2025-Q4"}, ["2", "9"]),
        ({"period": "2025-09"}, ["1"]),
        ({"first": date(2025, 10, 1)}, ["2", "9"]),
        ({"last": date(2025, 9, 30)}, ["1"]),
        # a day on the bound counts
        ({"first": date(2025, 10, 31), "last": date(2025, 10, 31)}, ["2", "9"]),
        # the quarter and the days together
        ({"period": "2025-Q3", "first": date(2025, 10, 1)}, []),
        ({"gap": "any"}, ["3"]),
        ({"gap": "rõ sản phẩm"}, ["3"]),
        ({"gap": "rõ người"}, []),
        # every word, in any order, wherever in the row
        ({"words": "y tế IoT"}, ["9"]),
        ({"words": "ra soat"}, ["2"]),
        ({"words": "không có từ này"}, []),
    ],
)
def test_conditions(conditions, expected):
    """
    Each condition keeps the rows that fulfil it, in the order of the document.
    """
    assert expected == kept(**conditions)


def test_by_deadline():
    """
    In the order of deadlines, rows without one come last, in the order of the document.
    """
    assert kept(by_due=True) == ["1", "2", "9", "3", "8"]


def test_an_agency_in_its_role():
    """
    An agency is found as lead, as partner or as either; two writings of it are one.
    """
    assert kept(agency=key("Sở Y tế")) == ["9"]
    assert kept(agency=key("Sở Y tế"), role="partners") == ["9"]
    assert kept(agency=key("Sở Y tế"), role="lead") == []
    assert kept(agency=key("Sở KH&CN"), role="lead") == ["9"]


def test_a_group_that_may_include_the_agency_is_kept_apart():
    """
    Rows given to "các sở, ban, ngành" are no rows of an agency, and are named beside them; the other conditions hold for them too.
    """
    chosen = tasks().select(TaskFilter(agency=key("Sở Tài chính")))
    led = tasks().select(TaskFilter(agency=key("Sở Tài chính"), role="lead"))
    late = tasks().select(TaskFilter(agency=key("Sở Tài chính"), state=DueState.OVERDUE))

    assert numbers(chosen.rows) == ["2"]
    assert numbers(chosen.possible) == ["1", "3", "8"]
    assert numbers(led.possible) == []
    assert numbers(late.possible) == ["1"]


def test_a_group_itself_can_be_asked():
    """
    Where a group is asked for, no further rows may include it.
    """
    group = next(one.agency for one in tasks().agencies if one.agency.group)
    chosen = tasks().select(TaskFilter(agency=group.key))

    assert chosen.rows
    assert chosen.possible == ()


def test_counts_are_of_whole_tables():
    """
    What is chosen is counted against all tasks of its table.
    """
    (count,) = tasks().select(TaskFilter(state=DueState.SOON)).counts

    assert (count.chosen, count.total) == (2, 5)


def test_diacritics_are_meant_where_they_are_typed():
    """
    "so" finds "sở" and "số"; "sở" finds only itself.
    """
    assert Words.of("Chuyển đổi số").hold("so")
    assert not Words.of("Chuyển đổi số").hold("sở")
    assert Words.of("Khoá học").hold("khóa")


@pytest.mark.parametrize(
    "fields",
    [
        {"role": "chief"},
        {"state": "late"},
        {"period": "2025-13"},
        {"period": "mai"},
        {"first": "31.12.2025"},
        {"first": "2025-02-30"},
        {"first": "2025-12-31", "last": "2025-01-01"},
        {"gap": "rõ tiền"},
        {"soon": "-1"},
        {"soon": "9999"},
        {"soon": "²"},
        {"words": "x" * 300},
    ],
)
def test_fields_that_make_no_filter(fields):
    """
    What a browser or an address sends and no filter can be is refused in a sentence.
    """
    with pytest.raises(InputError):
        parse_filter(fields)


def test_fields_of_any_kind_do_no_harm():
    """
    Fields that are missing, of other names or no texts leave the filter as it is.
    """
    assert TaskFilter() == parse_filter({"page": "2", "agency": ["a"], "words": 7, "state": None})


def test_a_filter_is_read_back():
    """
    A filter written as fields is the same filter when it is read.
    """
    wanted = TaskFilter(
        "so y te",
        "lead",
        "d",
        "nhiệm vụ",
        "2025-Q4",
        date(2025, 10, 1),
        date(2025, 12, 31),
        DueState.SOON,
        "rõ người",
        "IoT y tế",
        7,
        by_due=True,
    )

    assert wanted == parse_filter(wanted.fields())
    assert TaskFilter().fields() == {}
    assert parse_filter({"first": "1/10/2025"}).first == date(2025, 10, 1)


def test_periods():
    """
    A period has its first and last day, and is found by a day in it.
    """
    assert parse_period("2024-02").last == date(2024, 2, 29)
    assert parse_period("2025-Q4").first == date(2025, 10, 1)
    assert period_of(date(2025, 8, 1), Grain.QUARTER).name == "2025-Q3"


@pytest.mark.parametrize(
    ("first", "last", "names"),
    [
        # none is left out
        (date(2025, 11, 3), date(2026, 1, 3), ["2025-11", "2025-12", "2026-01"]),
        # too many months become quarters, too many quarters years
        (date(2025, 1, 1), date(2027, 1, 1), [f"{y}-Q{q}" for y in (2025, 2026) for q in (1, 2, 3, 4)] + ["2027-Q1"]),
        (date(2020, 1, 1), date(2030, 1, 1), [str(year) for year in range(2020, 2031)]),
    ],
)
def test_the_periods_of_a_chart(first, last, names):
    """
    The periods between two days are as long as they have to be to be read side by side.
    """
    assert names == [period.name for period in spanned([last, first])]
