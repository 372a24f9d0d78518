from datetime import date

import pytest

from assistant.question import Query, parse_question, same_number
from assistant.typed import Understood
from indexer.vietnamese import has_diacritics

TODAY = date(2026, 11, 26)


@pytest.fixture
def query(small):
    """Parse a question about the small corpus as it stands."""
    return lambda text: parse_question(Understood(text, text, text, marked=has_diacritics(text)), small.corpus, TODAY)


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("Ai chủ trì nhiệm vụ 3?", ("3",)),
        ("Nhiệm vụ số 3 do ai chủ trì?", ("3",)),
        ("nhiem vu 03 do ai chu tri", ("3",)),
        ("Nhiệm vụ thứ 3 là gì?", ("3",)),
        ("dòng 3 phụ lục I", ("3",)),
        ("Nhiệm vụ 1 và 3", ("1", "3")),
        ("Nhiệm vụ 1, 3 và 4 hạn khi nào?", ("1", "3", "4")),
        # ranges
        ("Nhiệm vụ 2 đến 4 do ai chủ trì?", ("2", "3", "4")),
        ("Nhiệm vụ 2-4 do ai chủ trì?", ("2", "3", "4")),
        # asked twice, named once
        ("Nhiệm vụ 3 và nhiệm vụ 3", ("3",)),
        # figures that are no row
        ("Nhiệm vụ nào xong trong tháng 6/2026?", ()),
        ("Nhiệm vụ 80% là gì?", ()),
        ("Kế hoạch 45/KH-SNN có mấy nhiệm vụ?", ()),
    ],
)
def test_the_rows_that_are_named(query, question, rows):
    """
    Row numbers are read one by one, in lists and in ranges; other figures are no rows.
    """
    assert query(question).rows == rows


@pytest.mark.parametrize(
    ("question", "fields"),
    [
        ("Kế hoạch 45/KH-SNN ban hành ngày nào?", ("issued_on",)),
        ("Kế hoạch 45/KH-SNN ban hành năm bao nhiêu?", ("issued_on",)),
        # a year that is told, not asked for
        ("Kế hoạch của Sở Nông nghiệp ban hành năm 2026 gồm mấy mục?", ()),
    ],
)
def test_the_date_of_a_document_is_asked_for(query, question, fields):
    """
    "Ban hành ngày nào" asks for the date; "ban hành năm 2026" says it.
    """
    assert query(question).fields == fields


@pytest.mark.parametrize(
    ("question", "appendix", "group"),
    [
        ("Nhiệm vụ 3 phụ lục I", "I", None),
        ("nhiem vu 3 phu luc so 2", "2", None),
        ("Mục II phụ lục I có những nhiệm vụ nào?", "I", "II"),
        ("Nhiệm vụ 3 do ai chủ trì?", None, None),
        # with what the section is called
        ("Mục II (phát triển hạ tầng số) phụ lục I có gì?", "I", "II"),
        # two annexes are no one annex
        ("So sánh phụ lục I và phụ lục II", None, None),
        # no Roman number
        ("Mục đích của kế hoạch là gì?", None, None),
    ],
)
def test_the_annex_and_the_group(query, question, appendix, group):
    """
    An annex and a group of its table are read as they are numbered.
    """
    parsed = query(question)

    assert (parsed.appendix, parsed.group) == (appendix, group)
    assert "tầng" not in parsed.words


@pytest.mark.parametrize(
    ("question", "documents"),
    [
        ("Kế hoạch 45/KH-SNN do ai ký?", ("trong-sen",)),
        ("Kế hoạch số 45 do ai ký?", ("trong-sen",)),
        ("ke hoach 45/kh-snn do ai ky?", ("trong-sen",)),
        ("Kế hoạch của Sở Nông nghiệp do ai ký?", ("trong-sen",)),
        ("Kế hoạch của UBND tỉnh do ai ký?", ("nong-thon-so",)),
        # the document that it implements is not asked for
        ("Kế hoạch của Sở Nông nghiệp thực hiện Kế hoạch 12/KH-UBND do ai ký?", ("trong-sen",)),
        # an agency alone names no document
        ("Sở Nông nghiệp làm gì?", ()),
        ("Ai ký?", ()),
    ],
)
def test_the_documents_that_are_named(query, question, documents):
    """
    A document is named by its number or by who issued it.
    """
    assert query(question).documents == documents


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("Ai chủ trì nhiệm vụ 3?", "one"),
        ("Sở Nội vụ chủ trì nhiệm vụ nào?", "list"),
        ("Liệt kê các nhiệm vụ của Sở Nội vụ", "list"),
        ("nhung nhiem vu nao do so noi vu chu tri", "list"),
        ("Có bao nhiêu nhiệm vụ do Sở Nội vụ chủ trì?", "count"),
        ("Phụ lục I có mấy nhiệm vụ?", "count"),
        ("Đếm số nhiệm vụ của Sở Nội vụ", "count"),
    ],
)
def test_one_or_all_or_how_many(query, question, form):
    """
    A question asks one thing, a list, or a number.
    """
    assert query(question).form == form


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Nhiệm vụ 3 do ai chủ trì?", {"lead"}),
        ("Nhiệm vụ 3 ai phối hợp?", {"partners"}),
        ("Nhiệm vụ 3 thời hạn khi nào?", {"due"}),
        ("Nhiệm vụ 3 do ai chủ trì, ai phối hợp, khi nào xong?", {"lead", "partners", "due"}),
    ],
)
def test_the_columns_that_are_asked_for(query, question, asked):
    """
    Each asked column is known by its role, whatever it is called in the table.
    """
    assert set(query(question).asked) == asked


def test_negation_agency_and_period(query):
    """
    "Không do" negates, an agency is known under any writing with its role, and the period is read.
    """
    parsed = query("Nhiệm vụ nào không do Sở KHCN chủ trì?")
    assert parsed.negated
    assert [agency.name for agency in parsed.agencies] == ["Sở Khoa học và Công nghệ"]
    assert parsed.agency_role == "lead"

    assert query("Sở Tài chính phối hợp nhiệm vụ nào?").agency_role == "partners"
    period = query("Nhiệm vụ nào có hạn trước tháng 9/2026?").period
    assert period is not None
    assert period.relation == "before"
    assert not query("Ai chủ trì nhiệm vụ 3?").negated


def test_the_steps_say_what_was_understood(query):
    """
    Every part that was understood is said in the language of the question; what was not named is left out.
    """
    steps = query("Nhiệm vụ 3 phụ lục I do ai chủ trì?").steps()

    assert "Dòng được hỏi: nhiệm vụ 3" in steps
    assert "Phụ lục: I" in steps
    assert not any(step.startswith("Thời gian") for step in steps)
    assert Query("", "").steps() == ("Dạng câu hỏi: một nội dung",)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("II", "2", True),
        ("02", "2", True),
        ("ii", "II", True),
        ("II", "III", False),
        ("a", "b", False),
        ("a", "A", True),
    ],
)
def test_numbers_of_annexes(one, other, expected):
    """
    Roman and Arabic numbers of one value are the same annex.
    """
    assert same_number(one, other) is expected
