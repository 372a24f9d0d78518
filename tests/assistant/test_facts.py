import pytest

from assistant.conversation import State
from assistant.types import Status
from assistant.units import sentences


@pytest.mark.parametrize(
    ("question", "label", "quote"),
    [
        ("Hỗ trợ bao nhiêu phần trăm chi phí giống cho hộ nghèo?", "I.2", "Hỗ trợ 40% chi phí giống cho hộ nghèo."),
        ("Cơ quan nào bố trí kinh phí hằng năm?", "II.1", "Sở Tài chính bố trí kinh phí hằng năm."),
        # typed without diacritics
        ("dien tich trong sen mo rong len bao nhieu ha", "I.1", "Mở rộng diện tích trồng sen lên 350 ha vào năm 2026."),
        # a clause that is named
        (
            "Mục II.1 của kế hoạch của Sở Nông nghiệp nói gì?",
            "II.1",
            "1. Chi cục Trồng trọt kiểm tra vùng trồng hằng quý.",
        ),
    ],
)
def test_a_fact_is_quoted_from_its_clause(ask, question, label, quote):
    """
    A fact out of prose is answered by its sentence, from the smallest clause that holds it.
    """
    reply = ask(question)

    (citation,) = reply.citations
    assert (citation.label, citation.quote) == (label, quote)
    assert f"({label})" in reply.text
    assert quote.rstrip(".") in reply.text


@pytest.mark.parametrize(
    "question",
    [
        "Kế hoạch nhập khẩu tàu vũ trụ?",
        "Hỗ trợ bao nhiêu phần trăm giá mua máy bay trực thăng?",
        # a reason that no sentence gives
        "Vì sao kế hoạch trồng sen bị chậm?",
        "Số điện thoại của Chi cục Trồng trọt?",
        # somebody's name
        "Ông Nguyễn Văn Cúc làm chức vụ gì?",
    ],
)
def test_a_fact_that_no_document_states_is_not_found(ask, question):
    """
    Where too little of a question is in the documents the reply says what was looked for and what there is.
    """
    reply = ask(question)

    assert (reply.status, reply.citations) == (Status.NOT_FOUND, ())
    assert "45/KH-SNN" in reply.text


@pytest.mark.parametrize(
    ("question", "lacks"),
    [
        ("Diện tích trồng sen năm 2026 lên bao nhiêu ha?", False),
        # a span whose ends are both known, written without spaces
        ("Hỗ trợ 12-350 hộ nghèo trồng sen những gì?", False),
        ("Hỗ trợ 12-351 hộ nghèo trồng sen những gì?", True),
    ],
)
def test_a_figure_that_stands_nowhere_is_an_anchor(small, question, lacks):
    """
    A figure that no document has makes a question unanswerable; a span is known by its ends.
    """
    assert small.extracts(question, State()).lacks_anchor() is lacks


def test_a_bad_scan_is_answered_by_its_reading_and_quoted_as_it_stands(ask_real):
    """
    A clause of a bad scan is quoted in the scanned letters, with the repaired reading beside it.
    """
    reply = ask_real("Kế hoạch 546 thay thế văn bản nào?")

    (citation,) = reply.citations
    assert citation.document == "ke-hoach-546-van-phong-ubnd"
    assert citation.reading is not None
    assert citation.reading != " ".join(citation.text.split())
    assert "160/KH-VPUBND" in citation.reading
    assert "160/KH-VPUBND" in citation.quote


def test_sentences_lie_end_to_end():
    """
    The sentences of a slice are slices in order; a figure's point and a document number part nothing.
    """
    text = "Một là 1.5 ha. Hai theo Kế hoạch 45/KH-SNN. Ba?"
    found = [text[start:end] for start, end in sentences(text, 0, len(text))]

    assert found == ["Một là 1.5 ha.", "Hai theo Kế hoạch 45/KH-SNN.", "Ba?"]
    assert list(sentences(text, 5, 5)) == []
