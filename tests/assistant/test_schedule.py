from datetime import date

import pytest

from assistant.conversation import State
from assistant.service import Assistant
from tests.assistant.small import small_index


@pytest.fixture(scope="module")
def on_day(tmp_path_factory):
    """Ask the small corpus on a day."""
    index = small_index(tmp_path_factory.mktemp("schedule"))

    def ask(question, day):
        reply, _ = Assistant(index, today=date.fromisoformat(day)).ask(question, State())
        return reply

    return ask


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-06-01", "còn 29 ngày (từ 01/06/2026 đến hết 30/06/2026)"),
        # the last day itself
        ("2026-06-30", "còn 0 ngày"),
        ("2026-07-10", "đã quá hạn 10 ngày (tính đến 10/07/2026"),
    ],
)
def test_days_are_counted_from_the_day_of_the_question(on_day, day, words):
    """
    Days left run to the last day of the deadline, which is cited; behind it they are days overdue.
    """
    reply = on_day("Nhiệm vụ 1 Phụ lục I còn bao nhiêu ngày nữa đến hạn?", day)

    assert words in reply.text
    assert reply.citations[0].quote == "Tháng 6/2026"


@pytest.mark.parametrize(
    ("day", "rows"), [("2026-05-01", []), ("2026-07-01", ["Nhiệm vụ 1"]), ("2026-12-01", ["Nhiệm vụ 1", "Nhiệm vụ 2"])]
)
def test_what_is_overdue_on_a_day(on_day, day, rows):
    """
    Overdue are the tasks whose deadline ended before the day; recurring and blank ones never are.
    """
    reply = on_day("Những nhiệm vụ nào của Phụ lục I đã quá hạn tính đến hôm nay?", day)

    assert [line[2:12] for line in reply.text.split("\n") if line.startswith("- ")] == rows


@pytest.mark.parametrize(
    ("question", "first", "quote"),
    [
        ("Nhiệm vụ nào của Phụ lục I có hạn sớm nhất?", "hạn sớm nhất là Tháng 6/2026", "Tháng 6/2026"),
        ("Phụ lục I: nhiệm vụ nào hoàn thành muộn nhất?", "hạn muộn nhất là Quý III/2026", "Quý III/2026"),
    ],
)
def test_the_first_and_the_last_deadline(on_day, question, first, quote):
    """
    The earliest and the latest are those of dated deadlines, cited cell by cell, with the completeness line.
    """
    reply = on_day(question, "2026-01-01")

    assert first in reply.text
    assert [citation.quote for citation in reply.citations] == [quote]
    assert "1/4 nhiệm vụ của Phụ lục I" in reply.text.split("\n")[-1]


def test_a_quarter_is_told_apart_from_what_recurs_and_what_is_blank(on_day):
    """
    A list for a quarter names what recurs and what has no deadline in lines of their own; a list for a month does not.
    """
    quarter = on_day("Nhiệm vụ nào của Phụ lục I đến hạn trong quý III năm 2026?", "2026-01-01")
    month = on_day("Nhiệm vụ nào của Phụ lục I đến hạn trong tháng 6 năm 2026?", "2026-01-01")

    assert "Thường xuyên, định kỳ (không có một hạn trong khoảng này): nhiệm vụ 3 (Thường xuyên)" in quarter.text
    assert "Không nêu thời hạn: nhiệm vụ 4" in quarter.text
    assert "nhiệm vụ 3" not in month.text
