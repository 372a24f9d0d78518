"""English questions, put into Vietnamese."""

from __future__ import annotations

import pytest

from assistant.english import gloss
from assistant.typed import QuestionReader
from indexer.summary import TextWording
from tests.assistant.small import FARMING, PROVINCE


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        # a day, as the British and the Americans write it
        ("tasks due on 1 July 2024", "nhiệm vụ thời hạn ngày 1 tháng 7 năm 2024"),
        ("tasks due on July 1st, 2024", "nhiệm vụ thời hạn ngày 1 tháng 7 năm 2024"),
        ("tasks due in December 2025", "nhiệm vụ thời hạn tháng 12/2025"),
        ("tasks due in Dec 2025", "nhiệm vụ thời hạn tháng 12/2025"),
        # "may" is a month only beside a figure
        ("tasks due in May 2026", "nhiệm vụ thời hạn tháng 5/2026"),
        # quarters
        ("tasks due in Q4 2025", "nhiệm vụ thời hạn quý IV/2025"),
        ("tasks due in the fourth quarter of 2025", "nhiệm vụ thời hạn quý IV/2025"),
        ("tasks due in quarter 2", "nhiệm vụ thời hạn quý II"),
        # up to a day, before it, up to a year
        ("tasks due by 31/12/2025", "nhiệm vụ thời hạn đến hết 31/12/2025"),
        ("tasks due by the end of 2025", "nhiệm vụ thời hạn đến hết năm 2025"),
        ("tasks due before March 2026", "nhiệm vụ thời hạn trước tháng 3/2026"),
        ("coverage by 2030", "bao phủ đến năm 2030"),
        # the number of a paper is no year
        ("Plan 2025/KH-UBND", "kế hoạch 2025/KH-UBND"),
        ("Resolution 190/2025/QH15", "Nghị quyết 190/2025/QH15"),
    ],
)
def test_times_are_written_as_in_vietnamese(english, vietnamese):
    """
    Days, months, quarters and years, and what limits them, become what Vietnamese questions say.
    """
    assert " ".join(gloss(english).split()) == vietnamese


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        # the annex, not the person who asks
        ("Which indicators are in Annex I?", "những chỉ tiêu nào Phụ lục I ?"),
        # what is asked stands behind the verb
        ("Which plan does Plan 12/KH-UBND replace?", "kế hoạch 12/KH-UBND thay thế kế hoạch nào ?"),
        ("How many tasks does the Department of Finance lead?", "Sở Tài chính chủ trì bao nhiêu nhiệm vụ ?"),
        # but not where it does what is asked
        ("Which tasks must be completed in May 2026?", "những nhiệm vụ nào hoàn thành tháng 5/2026?"),
        ("Which certificate is required?", "giấy chứng nhận nào ?"),
        ("Where is the headquarters located?", "trụ sở ở đâu?"),
        ("What is a budget?", "ngân sách là gì?"),
        # a name before the body or paper that is its own
        ("the Hoa Sen People's Committee", "UBND Hoa Sen"),
        ("Hoa Sen Province", "tỉnh Hoa Sen"),
        ("Hoa Sen's 2025 directive", "năm 2025 Chỉ thị của Hoa Sen"),
        # the first words of a sentence are no part of a name
        ("In Hoa Sen's Appendix 02", "Phụ lục 02 của Hoa Sen"),
    ],
)
def test_words_stand_in_the_order_of_vietnamese(english, vietnamese):
    """
    What is asked, and names, stand where Vietnamese has them.
    """
    assert " ".join(gloss(english).split()) == vietnamese


def test_a_word_with_two_meanings_has_two_readings():
    """
    The second meaning is kept for where the first finds nothing; a question without such words has one reading.
    """
    reader = QuestionReader(lambda: TextWording((FARMING, PROVINCE)))
    understood = reader.read("Who announces the list of certificates?")

    assert ("công bố" in understood.text, "giấy chứng nhận" in understood.text) == (True, True)
    assert understood.other is not None
    assert ("thông báo" in understood.other, "chứng chỉ" in understood.other) == (True, True)
    assert reader.read("Who leads task 9?").other is None


def test_names_get_their_diacritics():
    """
    A name typed without diacritics is written as the documents write it.
    """
    reader = QuestionReader(lambda: TextWording((FARMING, PROVINCE)))

    assert "Trần Văn Sen" in reader.read("When did Tran Van Sen sign the plan?").text
