import pytest

from assistant.absent import is_of_another, lacks_fact
from assistant.conversation import State
from assistant.facts import Facts
from assistant.service import Assistant
from assistant.typed import Understood
from tests.assistant.small import FARMING, PROVINCE, index_of


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    """The small corpus, the province's plan with its number."""
    province = PROVINCE.replace("Số:      /KH-UBND", "Số: 12/KH-UBND")
    return Assistant(index_of({"trong-sen": FARMING, "nong-thon-so": province}, tmp_path_factory.mktemp("absent")))


@pytest.fixture(scope="module")
def answer(assistant):
    """An answer from the province's plan."""
    return assistant.ask("Bao nhiêu phần trăm thôn, bản có sóng di động băng rộng?")[0]


def _asked(assistant, question):
    return assistant.read(Understood(question, question, question), State())


@pytest.mark.parametrize(
    ("question", "other"),
    [
        ("Sở Nông nghiệp đặt tỷ lệ thôn, bản có sóng là bao nhiêu?", True),  # the plan of another body
        ("Tỉnh đặt tỷ lệ thôn, bản có sóng là bao nhiêu?", False),
        ("Chỉ số 126 về sóng di động là gì?", True),  # no such number
        ("Chỉ số 80 về sóng di động là gì?", False),
        ("Tỷ lệ thôn, bản có sóng quý I năm 2027 là bao nhiêu?", True),  # of another quarter
        ("Tỷ lệ thôn, bản có sóng quý III năm 2026 là bao nhiêu?", False),
    ],
)
def test_what_is_of_another_body_number_or_quarter_is_no_answer(assistant, answer, question, other):
    """
    A figure of another body, of a number that is nowhere, or of another quarter than asked is no answer.
    """
    assert "80%" in answer.text
    assert is_of_another(answer, _asked(assistant, question)[1], assistant.corpus) is other


@pytest.mark.parametrize(
    "question", ["Các bản có sóng nằm ở những xã nào?", "Chi cục viễn thông nào lo phủ sóng các bản?"]
)
def test_which_place_or_body_asks_for_one_of_that_kind(assistant, answer, question):
    """
    "ở những xã nào", "chi cục … nào" are not answered by what names none.
    """
    assert lacks_fact(answer, _asked(assistant, question)[1])


@pytest.mark.parametrize(("agency", "task"), [("Sở Tài chính", "bố trí kinh phí hằng năm"), ("Sở Y tế", None)])
def test_what_a_document_gives_an_agency_to_do_stands_behind_its_name(assistant, agency, task):
    """
    Where only the agency and the document are named, the sentence that begins with the agency answers.
    """
    stripped, query = _asked(assistant, f"Kế hoạch 12/KH-UBND giao {agency} làm việc gì?")
    reply = Facts(assistant.corpus, query, stripped.shown, stripped.typed).of_agency()

    assert (reply is None) if task is None else (task in reply.text)
