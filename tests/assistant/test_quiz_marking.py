"""Marking of answers in words: lenient about how they are written, never about what they say."""

from __future__ import annotations

import pytest

from assistant.quiz_marking import is_possible, is_right
from assistant.quiz_types import Form, Measure, QuizQuestion
from assistant.quizzes import quiz
from indexer.agencies import AgencyKeys
from tests.assistant.chat_fakes import corpus

PROOF = quiz(corpus(), seed=3)[0].citations
KEYS = AgencyKeys.learn(["Sở Khoa học và Công nghệ (Sở KHCN) phối hợp với Sở Nội vụ, Văn phòng UBND tỉnh."])


def typed(answer, measure, others=()):
    return QuizQuestion("lead", "?", answer, PROOF, Form.TYPED, measure=measure, others=others)


@pytest.mark.parametrize(
    ("measure", "answer", "given", "right"),
    [
        # capitals, diacritics, punctuation and white space do not count
        (Measure.AGENCY, "Sở Nội vụ", "  so noi vu. ", True),
        (Measure.AGENCY, "Sở Nội vụ", "SỞ NỘI VỤ", True),
        # an abbreviation that the corpus explains or uses, words around it
        (Measure.AGENCY, "Sở Khoa học và Công nghệ", "sở KHCN", True),
        (Measure.AGENCY, "Sở Khoa học và Công nghệ", "Sở KH&CN", True),
        (Measure.AGENCY, "Văn phòng UBND tỉnh", "văn phòng ủy ban nhân dân tỉnh", True),
        (Measure.AGENCY, "Sở Nội vụ", "em nghĩ là Sở Nội vụ ạ", True),
        # another agency, or another one beside it
        (Measure.AGENCY, "Sở Nội vụ", "Sở Y tế", False),
        (Measure.AGENCY, "Sở Nội vụ", "Sở Y tế, Sở Nội vụ", False),
        (Measure.AGENCY, "Sở Nội vụ", "Nội", False),
        (Measure.AGENCY, "Sở Y tế; Sở Nội vụ", "Sở Nội vụ và Sở Y tế", True),
        (Measure.AGENCY, "Sở Y tế; Sở Nội vụ", "Sở Nội vụ", False),
        # a time in other forms
        (Measure.TIME, "Tháng 10/2025", "10/2025", True),
        (Measure.TIME, "Tháng 10/2025", "thang 10 nam 2025", True),
        (Measure.TIME, "Quý IV/2025", "quý 4 năm 2025", True),
        (Measure.TIME, "04/11/2025", "4-11-2025", True),
        (Measure.TIME, "04/11/2025", "2025-11-04", True),
        (Measure.TIME, "04/11/2025", "ngày 4 tháng 11 năm 2025", True),
        (Measure.TIME, "Nhiệm vụ thường xuyên", "thường xuyên", True),
        # another time, a part of it, or one without its year
        (Measure.TIME, "Tháng 10/2025", "Tháng 11/2025", False),
        (Measure.TIME, "Quý IV/2025", "Tháng 12/2025", False),
        (Measure.TIME, "Tháng 10/2025", "tháng 10", False),
        (Measure.TIME, "Tháng 10/2025", "tháng 10/2025 hoặc tháng 11/2025", False),
        (Measure.TIME, "Nhiệm vụ thường xuyên", "hằng năm", False),
        (Measure.TIME, "Nhiệm vụ thường xuyên", "không biết", False),
        (Measure.COUNT, "3", "3 nhiệm vụ", True),
        (Measure.COUNT, "3", "ba", True),
        (Measure.COUNT, "3", "13", False),
        (Measure.COUNT, "3", "2, 3", False),
        (Measure.NUMBER, "12/KH-SYT", "kế hoạch số 12/kh-syt", True),
        (Measure.NUMBER, "12/KH-SYT", "12 KH SYT", True),
        (Measure.NUMBER, "12/KH-SYT", "112/KH-SYT", False),
        (Measure.NUMBER, "12/KH-SYT", "12", False),
        (Measure.PERSON, "Trần Văn Sen", "ông Tran Van Sen", True),
        (Measure.PERSON, "Trần Văn Sen", "Trần Sen", False),
        (Measure.PERSON, "Trần Văn Sen", "", False),
    ],
)
def test_answers_in_words(measure, answer, given, right):
    """
    An answer is right when it says the same in whatever spelling, and wrong when it says less, more or something else.
    """
    question = typed(answer, measure, others=("Sở Y tế", "Sở Xây dựng", "Sở Nội vụ"))

    assert is_right(question, given, KEYS) is right


def test_an_option_is_chosen_by_its_position():
    """
    Only the right position is right, whatever a browser sends.
    """
    question = QuizQuestion("lead", "?", "b", PROOF, options=("a", "b", "c", "d"), right=1)

    assert [is_right(question, given, KEYS) for given in ("1", "0", "", "b", "-3", "1.0")] == [True, *[False] * 5]
    assert [is_possible(question, given) for given in ("0", "3", "4", "", "x", "9" * 30)] == [True, True, *[False] * 4]


def test_a_place_is_a_register_and_a_number():
    """
    A hunt is answered by register and row; what is no such pair cannot have come from its form.
    """
    hunt = QuizQuestion("hunt", "?", "b", PROOF, Form.HUNT, options=("A", "B"), places=((1, "9a"),))

    assert is_right(hunt, "1|9A", KEYS)
    assert not is_right(hunt, "0|9a", KEYS)
    assert [is_possible(hunt, given) for given in ("1|9a", "2|9a", "1|", "9a", "|", "1| ")] == [True, *[False] * 5]
