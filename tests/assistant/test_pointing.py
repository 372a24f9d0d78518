import pytest

from assistant.conversation import State
from assistant.pointing import with_antecedents, with_swapped
from assistant.question import Query
from assistant.service import Assistant
from tests.assistant.small import FARMING, PROVINCE, index_of


@pytest.mark.parametrize(
    ("text", "asked", "said", "meant"),
    [
        (
            "việc làm theo kế hoạch cũ đó thì sao?",
            ("45/KH-SNN",),
            ("31/KH-SNN",),
            "việc làm theo kế hoạch 31/KH-SNN thì sao?",
        ),
        ("thông tư đó bị sửa chưa?", ("9/2020/TT-BTC",), ("7/2024/NĐ-CP",), "thông tư 9/2020/TT-BTC bị sửa chưa?"),
        # not of that kind
        ("nghị quyết đó nói gì?", ("9/2020/TT-BTC",), (), "nghị quyết đó nói gì?"),
        # two of that kind: it is not clear which
        ("thông tư này nói gì?", (), ("9/2020/TT-BTC", "8/2021/TT-BTC"), "thông tư này nói gì?"),
        # a document that the corpus has goes on by itself
        ("ai ký kế hoạch đó?", ("45/KH-SNN",), (), "ai ký kế hoạch đó?"),
        ("kế hoạch năm nay có gì?", (), ("31/KH-SNN",), "kế hoạch năm nay có gì?"),
    ],
)
def test_a_paper_that_was_only_named_is_meant_by_its_number(small, text, asked, said, meant):
    """
    "kế hoạch cũ đó" is the paper of that kind that the turn before named, where that is one.
    """
    state = State(Query("x", "x", numbers=asked), numbers=said)

    assert with_antecedents(text, state, small.corpus) == meant
    assert with_antecedents(text, State(), small.corpus) == text


def test_a_paper_of_a_body_of_ours_that_is_only_named_is_told_of(tmp_path):
    """
    "kế hoạch số 318 của Sở Nông nghiệp" is not in the corpus, but what others say of it is; the body's own documents are not denied.
    """
    farming = FARMING.replace("31/KH-SNN", "318/KH-SNN").replace(
        "của Sở Nông nghiệp.\n\nNơi", "của Sở Nông nghiệp thực hiện Kế hoạch số 7/KH-UBND ngày 02/01/2025.\n\nNơi"
    )
    assistant = Assistant(index_of({"trong-sen": farming}, tmp_path))

    assert "10/02/2025" in assistant.ask("kế hoạch số 318 của Sở Nông nghiệp ban hành ngày nào?")[0].text
    assert "10/02/2025" in assistant.ask("Kế hoạch 45/KH-SNN nhắc Kế hoạch 318/KH-SNN ngày nào?")[0].text
    assert "7/KH-UBND" in assistant.ask("Kế hoạch 318/KH-SNN được ban hành để thực hiện kế hoạch nào?")[0].text


def test_two_documents_that_are_described_in_words_are_told_of_together(tmp_path):
    """
    What is asked of two documents by kind and subject is answered from both; where one is not clear, not as a pair.
    """
    assistant = Assistant(index_of({"trong-sen": FARMING, "nong-thon-so": PROVINCE}, tmp_path))
    both = assistant.ask(
        "Kế hoạch về vùng trồng sen và kế hoạch về chuyển đổi số nông thôn, mỗi cái ban hành ngày nào?"
    )[0]

    assert {citation.document for citation in both.citations} == {"trong-sen", "nong-thon-so"}
    assert "05/03/2026" in both.text
    assert "15/01/2026" in both.text

    one = assistant.ask("Kế hoạch về vùng trồng sen và kế hoạch về đường sắt, mỗi cái ban hành ngày nào?")[0]
    assert "15/01/2026" not in one.text


@pytest.mark.parametrize(
    ("before", "text", "meant"),
    [
        # the source of the question before
        (
            "Kế hoạch 45/KH-SNN hỗ trợ bao nhiêu phần trăm?",
            "Ở UBND tỉnh thì sao?",
            "UBND tỉnh hỗ trợ bao nhiêu phần trăm?",
        ),
        # another body in it, which is no source
        (
            "Kế hoạch 45/KH-SNN giao Sở Tài chính làm gì?",
            "Còn Sở Nội vụ thì sao?",
            "Kế hoạch 45/KH-SNN giao Sở Nội vụ làm gì?",
        ),
        # it asks something of its own
        (
            "Kế hoạch 45/KH-SNN giao Sở Tài chính làm gì?",
            "Còn Sở Nội vụ chủ trì mấy việc?",
            "Còn Sở Nội vụ chủ trì mấy việc?",
        ),
    ],
)
def test_a_body_is_put_in_the_place_of_another(small, before, text, meant):
    """
    "còn Sở B thì sao?" asks the question before about Sở B.
    """
    _, state = small.ask(before)

    assert with_swapped(text, state, small.corpus) == meant
    assert with_swapped(text, State(), small.corpus) == text
