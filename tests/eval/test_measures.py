"""Measures, worked by hand."""

from __future__ import annotations

import pytest

from eval.measures import LONGEST_ANSWER, LONGEST_UNIT, locate, longest_run, reaches, score_record, states
from indexer.types import Span
from tests.eval.samples import ROW, citation, gold, question, record, unanswerable


@pytest.mark.parametrize(
    ("answer", "fact", "expected"),
    [
        # case and white space are folded
        ("Hạn: THÁNG \n 10/2025.", "tháng 10/2025", True),
        # a decomposed letter is the same letter
        ("Sở Tài chi\u0301nh chủ trì [1].", "Sở Tài chính", True),
        # a number is a whole number
        ("nhiệm vụ 11", "nhiệm vụ 1", False),
        ("đạt 6,5% GRDP", "5%", False),
        ("đạt 6,5% GRDP", "6,5%", True),
        ("đạt 100%.", "100%", True),
        ("3.000 người", "3", False),
        # a word is a whole word
        ("Sở Y tếx", "Sở Y tế", False),
        # a count at the end of a list
        ("3/13 nhiệm vụ của Phụ lục II", "3/13", True),
        # a fact may begin or end with a sign
        ("xem (https://nq57.vn)", "(https://nq57.vn)", True),
    ],
)
def test_states(answer, fact, expected):
    """A fact stands in an answer as whole words and numbers, in any case and white space."""
    assert states(answer, fact) is expected


@pytest.mark.parametrize(
    ("wanted", "words", "expected"),
    [
        ("a b c d", "x a b c y", 3),
        ("a b c d", "a x b x c", 1),
        ("a b", "", 0),
        ("", "a b", 0),
        ("a a b", "a b a a b", 3),
    ],
)
def test_longest_run(wanted, words, expected):
    """The longest run is the number of neighbouring words that stand in both in one piece."""
    assert longest_run(wanted.split(), words.split()) == expected


@pytest.mark.parametrize(
    ("cited", "place", "expected"),
    [
        # the very words, broken over lines
        (citation(), gold(), True),
        # another cell of the same row: the row holds the words
        (citation("Tháng \n\n10/2025"), gold(), True),
        # the same words in another document
        (citation(document="ke-hoach"), gold(), False),
        # the same agency in another row
        (citation(text="4.  Rà soát văn bản Sở Khoa học và \n\nCông nghệ"), gold(beside="đề án ứng dụng IoT"), False),
        (citation(), gold(beside="đề án ứng dụng IoT"), True),
        # four of six words in one run: 4/6 >= .6
        (citation("Khoa học và \n\nCông", text="Khoa học và \n\nCông"), gold(), True),
        # three of six: 3/6 < .6
        (citation("Khoa học và", text="Khoa học và"), gold(), False),
        # six of six, but in two pieces
        (citation("Công nghệ Sở Khoa học và", text="Công nghệ Sở Khoa học và"), gold(), True),
        (citation("học và Công nghệ Sở Khoa", text="học và Công nghệ Sở Khoa"), gold(), True),
        (citation("nghệ Công và học Khoa Sở", text="nghệ Công và học Khoa Sở"), gold(), False),
        # a citation without words
        ({"document": "phu-luc"}, gold(), False),
    ],
)
def test_reaches(cited, place, expected):
    """A citation reaches a place in the same document, row and words; a shorter quote needs 60 % of the words."""
    assert reaches(cited, place) is expected


def test_facts_and_citations_make_an_answer_right():
    """An answer is right when its facts and its citations are."""
    found = score_record(question(), record())

    assert (found.facts, found.citations, found.both, found.right, found.reasons) == (True, True, True, True, ())


def test_another_form_of_a_fact_is_as_good():
    """One form of each fact is enough."""
    assert score_record(question(), record("Sở KH&CN")).facts is True


def test_every_fact_is_needed():
    """A missing fact makes the facts wrong, whatever is cited, and is named."""
    found = score_record(question(must=(("Sở Khoa học và Công nghệ",), ("tháng 10/2025",))), record())

    assert (found.facts, found.citations, found.right) == (False, True, False)
    assert found.reasons == ("fact missing: tháng 10/2025",)


def test_what_must_not_be_said_makes_it_wrong():
    """An answer that also says what it must not is wrong."""
    found = score_record(question(must_not=("Sở Tài chính",)), record("Sở Khoa học và Công nghệ, Sở Tài chính"))

    assert found.facts is False


def test_all_places_are_needed_or_any():
    """All gold places have to be cited; with any_gold one will do."""
    places = (gold(), gold("Sở Tài chính"))

    assert score_record(question(gold=places), record()).citations is False
    assert score_record(question(gold=places, any_gold=True), record()).citations is True


def test_no_citation_is_a_wrong_citation():
    """An answer without a citation has its facts right and its citations wrong."""
    found = score_record(question(), record(citations=[]))

    assert (found.facts, found.citations) == (True, False)


@pytest.mark.parametrize(("length", "expected"), [(LONGEST_UNIT, True), (LONGEST_UNIT + 1, False)])
def test_a_page_is_no_place(length, expected):
    """A citation whose unit is longer than a clause or row can be does not count."""
    found = score_record(question(), record(citations=[citation(text=ROW.ljust(length, "."))]))

    assert found.citations is expected


@pytest.mark.parametrize(
    ("length", "given", "expected"),
    [
        (LONGEST_ANSWER, {}, True),
        (LONGEST_ANSWER + 1, {}, False),
        # a list may be long
        (LONGEST_ANSWER + 1, {"category": "list_count"}, True),
        (LONGEST_ANSWER + 1, {"gold": (gold(), gold(), gold())}, True),
        # three places of which one suffices are no list
        (LONGEST_ANSWER + 1, {"gold": (gold(), gold(), gold()), "any_gold": True}, False),
    ],
)
def test_pasted_pages_are_wrong(length, given, expected):
    """An answer of more than 1,200 characters is pasted text, unless a list was asked for."""
    answer = "Sở Khoa học và Công nghệ".ljust(length, ".")

    assert score_record(question(**given), record(answer)).facts is expected


def test_a_quote_has_to_be_what_stands_there():
    """With the documents at hand, a quote that is not the slice it claims to be does not count."""
    texts = {"phu-luc": ROW}

    assert score_record(question(), record(), texts).citations is True
    moved = citation() | {"start": 0}
    assert score_record(question(), record(citations=[moved]), texts).citations is False
    assert score_record(question(), record(), {"other": ROW}).citations is False
    assert score_record(question(), record(citations=[citation() | {"start": None}]), texts).citations is False


@pytest.mark.parametrize(
    ("status", "wanted", "expected"),
    [
        ("not_found", None, True),
        ("out_of_scope", None, True),
        ("not_stated", "not_stated", True),
        ("not_found", "not_stated", False),
        ("answered", None, False),
        # an error is no way of declining
        ("error", None, False),
    ],
)
def test_declining(status, wanted, expected):
    """What cannot be answered is right when declined, in the way that the question names if it names one."""
    found = score_record(unanswerable(status=wanted), record("Không có.", status=status, citations=[]))

    assert (found.right, found.facts, found.citations, found.both) == (expected, None, None, None)


@pytest.mark.parametrize(("status", "declined"), [("not_found", True), ("error", False)])
def test_declining_what_can_be_answered_is_wrong(status, declined):
    """A question with an answer that gets none is wrong in facts and citations."""
    found = score_record(question(), record(status=status))

    assert (found.facts, found.citations, found.right, found.declined) == (False, False, False, declined)


def test_a_record_of_nothing_is_wrong_not_a_crash():
    """A record that lacks its fields scores as wrong."""
    assert score_record(question(), {}).right is False
    assert score_record(question(), {"status": "answered", "answer": None, "citations": None}).right is False


@pytest.mark.parametrize(
    ("quote", "beside", "units", "expected"),
    [
        # white space is folded, as in a score
        ("Sở  Y tế", "", [], (2, 9)),
        # behind the words beside it
        ("Sở Y tế", "dạy", [], (24, 31)),
        # in the row that holds both, though it stands before them
        ("Sở Y tế", "dạy", [(0, 23), (10, 23)], (12, 19)),
        ("Sở Tài chính", "", [], None),
        # the words beside it stand nowhere
        ("Sở Y tế", "múa", [], (2, 9)),
    ],
)
def test_locate(quote, beside, units, expected):
    """The place of a gold quote is the one in the smallest row or clause that holds the words beside it too."""
    text = "a Sở Y\ntế b Sở Y tế dạy Sở Y tế"

    found = locate(gold(quote, beside=beside), text, [Span(*unit) for unit in units])

    assert (found and (found.start, found.end)) == expected
