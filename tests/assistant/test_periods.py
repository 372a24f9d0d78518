from datetime import date

import pytest

from assistant.periods import DueKind, falls, parse_asked, parse_due

TODAY = date(2026, 11, 26)


def days(year, month, day, to_month, to_day):
    """The first and last day of a period of one year."""
    return date(year, month, day), date(year, to_month, to_day)


@pytest.mark.parametrize(
    ("cell", "kind", "expected"),
    [
        ("Tháng 10/2025", DueKind.MONTH, days(2025, 10, 1, 10, 31)),
        # cut by a line end
        ("Tháng \n\n10/2025", DueKind.MONTH, days(2025, 10, 1, 10, 31)),
        ("tháng 02 năm 2028", DueKind.MONTH, days(2028, 2, 1, 2, 29)),
        ("9/2026", DueKind.MONTH, days(2026, 9, 1, 9, 30)),
        # no year: that of the document
        ("tháng 5", DueKind.MONTH, days(2030, 5, 1, 5, 31)),
        ("Quý III/2026", DueKind.QUARTER, days(2026, 7, 1, 9, 30)),
        # no month 4
        ("Quý 4/2026", DueKind.QUARTER, days(2026, 10, 1, 12, 31)),
        ("Quý \n4/2026", DueKind.QUARTER, days(2026, 10, 1, 12, 31)),
        ("Quý 4 năm 2026", DueKind.QUARTER, days(2026, 10, 1, 12, 31)),
        ("Trước ngày 30/6/2026", DueKind.DAY, days(2026, 6, 30, 6, 30)),
        ("ngày 05 tháng 3 năm 2026", DueKind.DAY, days(2026, 3, 5, 3, 5)),
        ("Năm 2026", DueKind.YEAR, days(2026, 1, 1, 12, 31)),
        ("Thường xuyên", DueKind.RECURRING, (None, None)),
        ("Hằng năm", DueKind.RECURRING, (None, None)),
        ("Hàng quý", DueKind.RECURRING, (None, None)),
        ("Sau 10 ngày", DueKind.RELATIVE, (None, None)),
        ("Theo hướng dẫn của Bộ Nội vụ", DueKind.CONDITIONAL, (None, None)),
        ("", DueKind.NOT_STATED, (None, None)),
        (" \n ", DueKind.NOT_STATED, (None, None)),
        # days and months that there are not
        ("Ngày 31/02/2026", DueKind.CONDITIONAL, (None, None)),
        ("tháng 13/2026", DueKind.CONDITIONAL, (None, None)),
    ],
)
def test_what_a_due_cell_means(cell, kind, expected):
    """
    A due cell is a day, a period, a recurring or conditional deadline, or blank; a period has its first and last day.
    """
    due = parse_due(cell, default_year=2030)

    assert (due.kind, (due.start, due.end)) == (kind, expected)
    assert due.dated is (expected[0] is not None)


@pytest.mark.parametrize(
    ("question", "relation", "expected"),
    [
        ("nhiệm vụ nào trong tháng 12/2025", "within", days(2025, 12, 1, 12, 31)),
        ("nhiem vu nao trong quy 4/2025", "within", days(2025, 10, 1, 12, 31)),
        # several months are one period
        ("hạn tháng 11 hoặc tháng 12 năm 2025", "within", days(2025, 11, 1, 12, 31)),
        ("hạn tháng 10 và 12/2025", "within", days(2025, 10, 1, 12, 31)),
        ("hạn trước tháng 12/2025", "before", days(2025, 12, 1, 12, 31)),
        # "đến hết" and "chậm nhất" take the period in
        ("hạn đến hết tháng 12/2025", "until", days(2025, 12, 1, 12, 31)),
        ("hạn trước hết tháng 12/2025", "until", days(2025, 12, 1, 12, 31)),
        ("hạn chậm nhất quý II/2026", "until", days(2026, 4, 1, 6, 30)),
        ("hạn sau tháng 10/2025", "after", days(2025, 10, 1, 10, 31)),
        ("nhiệm vụ thường xuyên", "within", (None, None)),
    ],
)
def test_the_period_of_a_question(question, relation, expected):
    """
    A question names a period and how deadlines lie to it.
    """
    asked = parse_asked(question, TODAY)

    assert asked is not None
    assert (asked.relation, (asked.due.start, asked.due.end)) == (relation, expected)


@pytest.mark.parametrize("question", ["ai chủ trì nhiệm vụ 9", "", "theo hướng dẫn nào", "trong vòng bao lâu"])
def test_a_question_without_a_period(question):
    """
    Where no period is named there is none.
    """
    assert parse_asked(question, TODAY) is None


@pytest.mark.parametrize(
    ("cell", "question", "expected"),
    [
        ("Tháng 9/2026", "trong quý III/2026", True),
        ("Quý III/2026", "trong tháng 9/2026", False),  # it may be July
        ("Tháng 9/2026", "trước tháng 9/2026", False),
        ("Tháng 8/2026", "trước tháng 9/2026", True),
        ("Tháng 9/2026", "đến hết tháng 9/2026", True),
        ("Tháng 10/2026", "đến hết tháng 9/2026", False),
        ("Tháng 10/2026", "sau tháng 9/2026", True),
        ("Tháng 9/2026", "sau tháng 9/2026", False),
        # no year is asked: that of the deadline
        ("Tháng 2/2028", "trong tháng 2", True),
        ("29/2/2028", "trong tháng 2", True),
        # recurring, conditional and blank deadlines fall into no period
        ("Thường xuyên", "trong năm 2026", False),
        ("Theo hướng dẫn", "trong năm 2026", False),
        ("", "trong năm 2026", False),
        # and a period is not recurring
        ("Thường xuyên", "thường xuyên", True),
        ("Tháng 9/2026", "thường xuyên", False),
    ],
)
def test_which_deadlines_fall_into_a_period(cell, question, expected):
    """
    Only a deadline that lies wholly in the asked period is in it.
    """
    asked = parse_asked(question, TODAY)

    assert asked is not None
    assert falls(parse_due(cell, default_year=TODAY.year), asked) is expected
