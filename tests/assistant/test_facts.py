import pytest

from assistant.conversation import State
from assistant.extracts import FACTS
from assistant.service import Assistant
from assistant.types import Status
from assistant.units import sentences
from indexer.vietnamese import fold
from tests.assistant.small import FARMING, PROVINCE, index_of


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


@pytest.mark.parametrize(
    ("question", "lacks"),
    [
        # a body and its place, which no document prints side by side
        ("Chi cục Trồng Trọt Hoa Sen kiểm tra khi nào?", False),
        ("Chi cục Trồng Trọt Bông Súng kiểm tra khi nào?", True),
        # a number of a document, typed without its letters
        ("Theo kế hoạch 31/KH-SNN cũ thì sao?", False),
    ],
)
def test_a_name_is_known_by_its_parts(small, question, lacks):
    """
    A name in capitals is known where it is made of names that are known.
    """
    assert small.extracts(question, State()).lacks_anchor() is lacks


@pytest.mark.parametrize(
    ("kind", "text", "has"),
    [
        ("money", "Giá gói thầu không quá 8 tỷ đồng", True),
        ("money", "Mức thu 350.000đ một lần", True),
        ("money", "Vùng đồng bằng sông Hồng", False),
        ("phone", "Điện thoại: 02163.852708", True),
        ("phone", "Ngày 02/03/2024", False),
    ],
)
def test_facts_of_a_kind_are_told_by_their_form(kind, text, has):
    """
    A sum has a figure, a telephone number is long enough; words that look alike without diacritics are none.
    """
    assert (FACTS[kind].search(fold(text)) is not None) is has


def test_an_article_behind_the_last_is_said_not_to_be_there(tmp_path):
    """
    Where a named document has no such article, the reply says which it has.
    """
    text = PROVINCE.replace("Số:      /KH-UBND", "Số: 7/2026/QĐ-UBND").replace("KẾ HOẠCH", "QUYẾT ĐỊNH")
    head, tail = text.split("I. MỤC TIÊU")[0], text[text.index("\nNơi nhận") : text.index("PHỤ LỤC I")]
    articles = "".join(f"Điều {n}. Việc thứ {n}\nNội dung của việc thứ {n} được thực hiện.\n" for n in (1, 2, 3))
    index = index_of({"quyet-dinh": head + articles + tail}, tmp_path)

    reply, _ = Assistant(index).ask("Điều 9 Quyết định 7/2026/QĐ-UBND quy định gì?")

    assert reply.status is Status.NOT_FOUND
    assert "có Điều 1 đến Điều 3" in reply.text


def test_a_passage_about_another_place_does_not_answer(tmp_path):
    """
    A place that only another document names leaves a document out.
    """
    index = index_of(
        {
            "sen": FARMING,
            "sung": FARMING.replace("Hoa Sen", "Bông Súng").replace("40%", "55%").replace("45/KH", "46/KH"),
        },
        tmp_path,
    )

    reply, _ = Assistant(index).ask("Tỉnh Bông Súng hỗ trợ bao nhiêu phần trăm chi phí giống cho hộ nghèo?")

    assert "55%" in reply.text
    assert {citation.document for citation in reply.citations} == {"sung"}
