from datetime import date

import pytest

from indexer.deadlines import DeadlineKind, parse_deadline, parse_deadlines
from indexer.intervals import Unit, find_intervals

DAY, PERIOD, RECURRING, RELATIVE, CONDITIONAL, NOT_STATED = DeadlineKind
ISSUED = date(2026, 3, 2)


def days(first: str | None, last: str | None = None) -> tuple[date | None, date | None]:
    """The first and last day; one day where only one is given."""
    begin = date.fromisoformat(first) if first else None
    return begin, (date.fromisoformat(last) if last else begin)


OPEN = (None, None)


@pytest.mark.parametrize(
    ("cell", "kind", "expected"),
    [
        # by a day
        ("Trước ngày 15/10/2025", DAY, days("2025-10-15")),
        ("trước 10/02/2026", DAY, days("2026-02-10")),
        ("31/03/2026", DAY, days("2026-03-31")),
        ("Xong trước ngày 05 tháng 02 năm 2026.", DAY, days("2026-02-05")),
        ("Chậm nhất là ngày 31/3/2026", DAY, days("2026-03-31")),
        # full stops and dashes between the figures
        ("Trước 15.10.2025", DAY, days("2025-10-15")),
        ("15-10-2025", DAY, days("2025-10-15")),
        # a year of two figures
        ("15/10/25", DAY, days("2025-10-15")),
        # without the word "ngày"
        ("30 tháng 6 năm 2026", DAY, days("2026-06-30")),
        # no year: that of the document
        ("Trước 30/6", DAY, days("2026-06-30")),
        ("ngày 20 tháng 11", DAY, days("2026-11-20")),
        # badly typed: blanks inside, none between, the letter O
        ("Trước ngày 25/6/ 2026", DAY, days("2026-06-25")),
        ("trước ngày25/6/2026", DAY, days("2026-06-25")),
        ("ngày 15/1O/2O25", DAY, days("2025-10-15")),
        ("TRƯỚC NGÀY 15 THÁNG 10 NĂM 2025", DAY, days("2025-10-15")),
        # before a period is by the day before it
        ("Trước tháng 9/2026", DAY, days("2026-08-31")),
        ("trước quý III/2026", DAY, days("2026-06-30")),
        ("Trước năm 2027", DAY, days("2026-12-31")),
        # but not before its end
        ("Trước hết tháng 9/2026", PERIOD, days("2026-09-01", "2026-09-30")),
        # within a month
        ("Tháng 10/2025", PERIOD, days("2025-10-01", "2025-10-31")),
        ("Trong tháng 01/2026", PERIOD, days("2026-01-01", "2026-01-31")),
        ("tháng 02 năm 2028", PERIOD, days("2028-02-01", "2028-02-29")),
        ("9/2026", PERIOD, days("2026-09-01", "2026-09-30")),
        ("T10/2025", PERIOD, days("2025-10-01", "2025-10-31")),
        ("tháng 10/25", PERIOD, days("2025-10-01", "2025-10-31")),
        ("Tháng 10-2025", PERIOD, days("2025-10-01", "2025-10-31")),
        ("THÁNG10/2025", PERIOD, days("2025-10-01", "2025-10-31")),
        ("Tháng mười hai năm 2025", PERIOD, days("2025-12-01", "2025-12-31")),
        ("Cuối tháng 12/2025", PERIOD, days("2025-12-01", "2025-12-31")),
        ("Đến hết tháng 6/2026", PERIOD, days("2026-06-01", "2026-06-30")),
        ("Chậm nhất tháng 10 năm2025", PERIOD, days("2025-10-01", "2025-10-31")),
        ("tháng 5", PERIOD, days("2026-05-01", "2026-05-31")),
        # cut by a line end
        ("Tháng \n\n10/2025", PERIOD, days("2025-10-01", "2025-10-31")),
        # within a quarter
        ("Quý IV năm 2025", PERIOD, days("2025-10-01", "2025-12-31")),
        ("Quý      II/2026", PERIOD, days("2026-04-01", "2026-06-30")),
        ("Qúy IV-2025", PERIOD, days("2025-10-01", "2025-12-31")),
        ("QUÝ 4/2026", PERIOD, days("2026-10-01", "2026-12-31")),
        ("Q.IV/2025", PERIOD, days("2025-10-01", "2025-12-31")),
        ("Quý ba năm 2026", PERIOD, days("2026-07-01", "2026-09-30")),
        ("Quý I", PERIOD, days("2026-01-01", "2026-03-31")),
        # within half a year, nine months
        ("6 tháng đầu năm 2026", PERIOD, days("2026-01-01", "2026-06-30")),
        ("06 tháng cuối năm 2025", PERIOD, days("2025-07-01", "2025-12-31")),
        ("9 tháng đầu năm 2026", PERIOD, days("2026-01-01", "2026-09-30")),
        # within a year, or several
        ("Năm 2026", PERIOD, days("2026-01-01", "2026-12-31")),
        ("Đến năm 2030", PERIOD, days("2030-01-01", "2030-12-31")),
        ("Trong năm", PERIOD, days("2026-01-01", "2026-12-31")),
        ("2025-2030", PERIOD, days("2025-01-01", "2030-12-31")),
        ("giai đoạn 2026 - 2030", PERIOD, days("2026-01-01", "2030-12-31")),
        ("Từ năm 2025 đến năm 2030", PERIOD, days("2025-01-01", "2030-12-31")),
        # from a time to a time
        ("từ tháng 3 đến tháng 6/2026", PERIOD, days("2026-03-01", "2026-06-30")),
        ("Tháng 10-12/2025", PERIOD, days("2025-10-01", "2025-12-31")),
        ("Tháng 11/2025 đến tháng 2/2026", PERIOD, days("2025-11-01", "2026-02-28")),
        ("tháng 11 - tháng 2/2026", PERIOD, days("2025-11-01", "2026-02-28")),
        ("Quý I-II/2026", PERIOD, days("2026-01-01", "2026-06-30")),
        ("từ ngày 01/10 đến ngày 15/11/2025", PERIOD, days("2025-10-01", "2025-11-15")),
        ("01-15/10/2025", PERIOD, days("2025-10-01", "2025-10-15")),
        # from a time on
        ("Từ Quý I/2026", PERIOD, (date(2026, 1, 1), None)),
        ("Từ ngày 01/01/2026", PERIOD, (date(2026, 1, 1), None)),
        ("sau ngày 15/10/2025", PERIOD, (date(2025, 10, 16), None)),
        # again and again
        ("Thường xuyên", RECURRING, OPEN),
        ("NHIỆM VỤ THƯỜNG XUYÊN", RECURRING, OPEN),
        ("Hằng năm", RECURRING, OPEN),
        ("Hàng quý", RECURRING, OPEN),
        ("Định kỳ hằng quý", RECURRING, OPEN),
        ("định kỳ 06 tháng/01 lần và đột xuất theo yêu cầu", RECURRING, OPEN),
        ("02 lần/năm", RECURRING, OPEN),
        ("Trước ngày 15 tháng cuối Quý", RECURRING, OPEN),
        ("Ngày 25 hằng tháng", RECURRING, OPEN),
        ("Định kỳ thứ Hai hàng tuần", RECURRING, OPEN),
        ("trước ngày 25 tháng 12 hằng năm.", RECURRING, OPEN),
        ("Tháng 6 hằng năm", RECURRING, OPEN),
        # in the years that are named
        ("Hằng năm, từ năm 2026", RECURRING, (date(2026, 1, 1), None)),
        ("Hằng năm giai đoạn 2026-2030", RECURRING, days("2026-01-01", "2030-12-31")),
        ("Định kỳ hằng quý năm 2026", RECURRING, days("2026-01-01", "2026-12-31")),
        # counted from a day that is known
        ("Sau 30 ngày kể từ ngày 01/3/2026", RELATIVE, days("2026-03-31")),
        ("trong vòng 30 ngày kể từ ngày ban hành Kế hoạch này", RELATIVE, days("2026-03-02", "2026-04-01")),
        ("Sau 06 tháng kể từ ngày ký", RELATIVE, days("2026-09-02")),
        # from a day that is not known
        ("Sau 10 ngày", RELATIVE, OPEN),
        ("10 ngày sau khi có hướng dẫn của Trung ương", RELATIVE, OPEN),
        # the day on which another paper was issued is not that of this one
        ("Trong 15 ngày kể từ ngày Nghị định được ban hành", RELATIVE, OPEN),
        # it is not known which days are holidays
        ("trong vòng 05 ngày làm việc kể từ ngày Kế hoạch này được ban hành", RELATIVE, OPEN),
        # on a condition
        ("Theo hướng dẫn của Bộ Nội vụ", CONDITIONAL, OPEN),
        ("Khi có yêu cầu", CONDITIONAL, OPEN),
        ("Theo tiến độ của dự án", CONDITIONAL, OPEN),
        ("Ngay sau khi có văn bản chỉ đạo", CONDITIONAL, OPEN),
        # a document number is no time
        ("Theo Quyết định số 45/2019/QĐ-UBND", CONDITIONAL, OPEN),
        # days and months that there are not
        ("Ngày 31/02/2026", CONDITIONAL, OPEN),
        ("tháng 13/2026", CONDITIONAL, OPEN),
        # nothing
        ("", NOT_STATED, OPEN),
        (" \n ", NOT_STATED, OPEN),
        ("-", NOT_STATED, OPEN),
        ("...", NOT_STATED, OPEN),
    ],
)
def test_what_a_deadline_means(cell, kind, expected):
    """
    A due cell is a day, a period, a recurring, relative or conditional deadline, or blank; its days are known or None.
    """
    deadline = parse_deadline(cell, issued_on=ISSUED)

    assert (deadline.kind, (deadline.first, deadline.last)) == (kind, expected)
    assert deadline.parts == ()


@pytest.mark.parametrize(
    ("cell", "words", "decides"),
    [
        # the latest of equally exact ones: with it the work is done
        (
            "Tháng 10/2025 (giai đoạn 1), tháng 12/2026 (giai đoạn 2)",
            ["Tháng 10/2025", "tháng 12/2026"],
            "tháng 12/2026",
        ),
        ("tháng 10 và 12/2025", ["tháng 10", "12/2025"], "12/2025"),
        ("quý III và quý IV/2026", ["quý III", "quý IV/2026"], "quý IV/2026"),
        # the most exact one before the latest
        (
            "Báo cáo quý IV/2025 trước ngày 15/12/2025",
            ["quý IV/2025", "trước ngày 15/12/2025"],
            "trước ngày 15/12/2025",
        ),
        ("Quý I/2026 (Kế hoạch); Năm 2026 (từng hệ thống)", ["Quý I/2026", "Năm 2026"], "Quý I/2026"),
        # a day before what comes again
        ("31/03/2026 Đề xuất hạn là thường xuyên", ["31/03/2026", "thường xuyên"], "31/03/2026"),
        ("Tháng 12/2025 và hằng năm", ["Tháng 12/2025", "hằng năm"], "Tháng 12/2025"),
        # each time in the year comes again, and the words of both are told
        (
            "Trước ngày 15/6 và 15/12 hằng năm",
            ["Trước ngày 15/6", "15/12 hằng năm"],
            "Trước ngày 15/6 và 15/12 hằng năm",
        ),
        # a sentence about what others do before
        (
            "31/03/2026 Các sở có văn bản đề xuất trước ngày 15/3/2026; (trình chậm nhất ngày 31/3/2026)",
            ["31/03/2026", "trước ngày 15/3/2026", "chậm nhất ngày 31/3/2026"],
            "31/03/2026",
        ),
    ],
)
def test_several_deadlines_in_one_cell(cell, words, decides):
    """
    A cell keeps all its deadlines, in order, and one of them decides.
    """
    deadline = parse_deadline(cell, issued_on=ISSUED)

    assert [cell[part.start : part.end] for part in deadline.parts] == words
    assert cell[deadline.start : deadline.end] == decides


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("Hoàn thành trước ngày 30/6/2026 và báo cáo", "Hoàn thành trước ngày 30/6/2026"),
        ("Dự kiến Quý IV năm 2025.", "Quý IV năm 2025"),
        ("Nhiệm vụ thường xuyên", "thường xuyên"),
        ("  Theo hướng dẫn  ", "Theo hướng dẫn"),
        ("chậm nhất 05 ngày làm việc kể từ ngày ký.", "chậm nhất 05 ngày làm việc kể từ ngày ký"),
        ("", ""),
    ],
)
def test_the_words_of_a_deadline(cell, words):
    """
    A deadline knows the words that it was read from, with those that bound it.
    """
    deadline = parse_deadline(cell)

    assert cell[deadline.start : deadline.end] == words


@pytest.mark.parametrize(
    ("cell", "count", "counted"),
    [
        ("trong vòng 05 ngày làm việc kể từ ngày ban hành", 5, "ngày làm việc"),
        ("Sau 02 tuần", 2, "tuần"),
        ("Kể từ ngày ký ban hành", None, None),
    ],
)
def test_what_a_relative_deadline_counts(cell, count, counted):
    """
    A relative deadline has its count and unit, also where no day can be told.
    """
    deadline = parse_deadline(cell)

    assert (deadline.kind, deadline.count, deadline.counted) == (RELATIVE, count, counted)


def test_without_a_year_there_are_no_days():
    """
    A month without a year has no days where neither a year nor the day of issue is known; the year that is assumed is no printed one.
    """
    assert (parse_deadline("Tháng 5").kind, parse_deadline("Tháng 5").dated) == (PERIOD, False)
    assert parse_deadline("Tháng 5", default_year=2030).first == date(2030, 5, 1)
    assert not parse_deadline("Tháng 5", default_year=2030).year
    assert parse_deadline("Tháng 5/2031", default_year=2030).year


def test_a_list_shares_its_year():
    """
    The year that stands behind the last of several months is that of the others too.
    """
    found = parse_deadlines("Tháng 4, tháng 8 và tháng 12 năm 2027", default_year=2026)

    assert [(one.first, one.year) for one in found] == [
        (date(2027, 4, 1), True),
        (date(2027, 8, 1), True),
        (date(2027, 12, 1), True),
    ]


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("15/10/2025, tháng 11/2025, quý IV/2025, năm 2026", [Unit.DAY, Unit.MONTH, Unit.QUARTER, Unit.YEAR]),
        ("Nghị quyết số 57-NQ/TW, Thông tư 01/2020/TT-BNV, Luật 45/2019/QH14", []),
        ("đạt 95% vào 2025", [Unit.YEAR]),
    ],
)
def test_printed_times_by_how_exact_they_are(text, units):
    """
    Times are found in order, and numbers of documents are none.
    """
    found = find_intervals(text)

    assert [one.unit for one in found] == units
