import pytest

from assistant.types import Status


@pytest.mark.parametrize(
    ("question", "says", "quotes"),
    [
        ("Kế hoạch của Sở Nông nghiệp số bao nhiêu?", "45/KH-SNN", ["45/KH-SNN"]),
        ("Kế hoạch 45/KH-SNN ban hành ngày nào?", "05/03/2026", ["ngày 05 tháng 3 năm 2026"]),
        ("ke hoach 45/kh-snn do ai ky", "Trần Văn Sen", ["Trần Văn Sen", "GIÁM ĐỐC"]),
        (
            "Kế hoạch 45/KH-SNN thực hiện văn bản nào?",
            "12/KH-UBND",
            [
                "Thực hiện Kế hoạch số 12/KH-UBND ngày 15/01/2026 của UBND tỉnh, Sở Nông nghiệp ban hành Kế hoạch như sau:"
            ],
        ),
        # what replaces what, asked from both ends
        ("Kế hoạch 45/KH-SNN thay thế văn bản nào?", "31/KH-SNN", None),
        ("Văn bản nào thay thế Kế hoạch 31/KH-SNN?", "45/KH-SNN", None),
    ],
)
def test_what_is_printed_is_said_with_its_words(ask, question, says, quotes):
    """
    Number, date, signer and relations are answered by the words that print them.
    """
    reply = ask(question)

    assert reply.status is Status.ANSWERED
    assert says in reply.text
    replaced = ["Kế hoạch này thay thế Kế hoạch số 31/KH-SNN ngày 10/02/2025 của Sở Nông nghiệp."]
    assert [citation.quote for citation in reply.citations] == (quotes or replaced)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        # the number's place is there and blank
        ("Kế hoạch của UBND tỉnh số bao nhiêu?", "số, ký hiệu không in"),
        # nobody signed
        ("Kế hoạch của UBND tỉnh do ai ký?", "người ký không in"),
    ],
)
def test_what_is_not_printed_is_not_stated(ask, question, says):
    """
    Metadata that a document does not print is refused as not stated.
    """
    reply = ask(question)

    assert reply.status is Status.NOT_STATED
    assert says in reply.text


def test_a_blank_place_is_cited(ask):
    """
    That a number was left blank is proved by the blank place.
    """
    (citation,) = ask("Kế hoạch của UBND tỉnh số bao nhiêu?").citations

    assert citation.quote == "Số:      /KH-UBND"


@pytest.mark.parametrize(
    "question", ["Kế hoạch của Sở Y tế số bao nhiêu?", "Ai ký kế hoạch của Sở Y tế?", "Kế hoạch 999/KH-SYT do ai ký?"]
)
def test_a_document_that_is_not_there(ask, question):
    """
    A document that the corpus does not hold is not confused with one that it holds.
    """
    reply = ask(question)

    assert reply.status is Status.NOT_FOUND
    assert "Trần Văn Sen" not in reply.text
    assert not reply.citations


def test_an_inferred_date_cites_the_document_that_proves_it(ask_real):
    """
    A date that a file does not print is answered from the document that names it, and the answer says so.
    """
    reply = ask_real("Kế hoạch 2273/KH-UBND ban hành ngày nào?")

    (citation,) = reply.citations
    assert "22/05/2025 (văn bản không in; theo Kế hoạch của Sở Xây dựng)" in reply.text
    assert citation.document == "ke-hoach-so-xay-dung"
    assert citation.quote == "Kế hoạch số 2273/KH-UBND, ngày 22/5/2025 của UBND tỉnh"


def test_two_documents_of_one_issuer_are_ambiguous(ask_real):
    """
    Where an issuer has two plans, both are offered, and each offered question is answered.
    """
    reply = ask_real("Kế hoạch của UBND tỉnh số bao nhiêu?")

    assert reply.status is Status.AMBIGUOUS
    answers = [ask_real(choice) for choice in reply.choices]
    assert [answer.status for answer in answers] == [Status.ANSWERED, Status.ANSWERED]
    assert ["2273/KH-UBND" in answer.text for answer in answers] == [True, False]


def test_the_replaced_plans_of_the_repository_s_corpus(ask_real):
    """
    Every replacing sentence is found, that of the bad scan with its reading.
    """
    reply = ask_real("Kế hoạch nào bị thay thế?")

    assert all(number in reply.text for number in ("653/KH-UBND", "160/KH-VPUBND", "200/KH-TTr"))
    assert [citation.reading is not None for citation in reply.citations] == [False, True, False]
