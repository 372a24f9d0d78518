"""Several readings of a badly typed question."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.decoder import Decoder, Place
from indexer.ngrams import Lattice
from indexer.question_readings import QuestionSpeller
from indexer.syllable_model import SyllableModel

SPELLER = QuestionSpeller(SyllableModel.load())


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        # no diacritics, half of them, some of a word's
        ("ai chu tri nhiem vu 9 va han khi nao?", "ai chủ trì nhiệm vụ 9 và hạn khi nào?"),
        ("đuoc giao nhiem vụ nào", "được giao nhiệm vụ nào"),
        # Telex keys, at the end of the word and inside, and half composed
        ("nhieemj vuj 9 do ai chur trif", "nhiệm vụ 9 do ai chủ trì"),
        ("nhiemej vuj cuar sowr taif chinhs", "nhiệm vụ của sở tài chính"),
        ("nhiêmj vụ của trươngf học", "nhiệm vụ của trường học"),
        ("dduwowcj giao nhieemj vuj", "được giao nhiệm vụ"),
        # VNI
        ("nhie65m vu5 cua3 so73 ta2i chinh1", "nhiệm vụ của sở tài chính"),
        ("d9u7o7c5 giao nhie65m vu5", "được giao nhiệm vụ"),
        # one slip: doubled, swapped, dropped, the key beside
        ("nhiệmm vụ do ai chủ trì", "nhiệm vụ do ai chủ trì"),
        ("nhệim vụ do ai chủ trì", "nhiệm vụ do ai chủ trì"),
        ("nhiệm vụ do ai chủ rtì", "nhiệm vụ do ai chủ trì"),
        ("kế haọch do ai chủ trì", "kế hoạch do ai chủ trì"),
        # a space forgotten, with marks and without
        ("ai chủtrì nhiệm vụ", "ai chủ trì nhiệm vụ"),
        ("chutri nhiemvu nao", "chủ trì nhiệm vụ nào"),
        # the last word cut short
        ("thời hạn hoàn thà", "thời hạn hoàn thành"),
        # case and punctuation stay
        ("So Tai chinh (co quan) lam gi?", "Sở Tài chính (cơ quan) làm gì?"),
    ],
)
def test_what_was_meant_is_the_first_reading(typed, expected):
    """
    The best reading of a badly typed question is what was meant.
    """
    assert SPELLER.readings(typed)[0].text == expected


@pytest.mark.parametrize(
    "typed",
    [
        "Ai chủ trì nhiệm vụ 9?",
        "Sở Nội vụ làm gì?",
        "Thời hạn nộp hồ sơ đăng ký kinh doanh của hộ cá thể là bao lâu?",
        # tone marks of the new way
        "Doanh nghiệp khoá sổ khi nào, uỷ quyền cho ai?",
        # document numbers, figures, addresses
        "Nghị định 30/2020/NĐ-CP quy định gì về thể thức?",
        "Tỷ lệ 99,5% được nêu ở đâu, https://hoasen.gov.vn?",
        # capitals, names, words of English inside
        "UBND tỉnh giao cho sở nào?",
        "Ứng dụng IoT giao cho ai?",
        "Ai chủ trì task 9?",
        # names that are no syllables, common words in rows never seen, both ways to write "i"
        "Thor Heyerdahl sinh năm nào?",
        "Những khu rừng nào nằm ở phía Đông La Défense?",
        "Ban thư kí gồm những ai?",
        # other languages, and nothing
        "Who leads task 9?",
        "What is the deadline of task 9?",
        "",
        "???",
        "9",
    ],
)
def test_what_is_typed_well_has_one_reading(typed):
    """
    A question that is typed well, or is not Vietnamese, has itself for its only reading.
    """
    assert [(reading.text, reading.score) for reading in SPELLER.readings(typed)] == [(typed, 0.0)]


def test_a_word_of_the_corpus_is_not_mended():
    """
    What looks like a slip is a name where the corpus holds it.
    """
    knowing = QuestionSpeller(SyllableModel.load(), {"nhệim"}.__contains__)

    assert knowing.readings("nhệim vụ do ai chủ trì")[0].text == "nhệim vụ do ai chủ trì"


def test_the_wording_of_the_corpus_decides():
    """
    Of two readings that are both good, that of the corpus comes first.
    """
    speller = QuestionSpeller(SyllableModel.load(), corpus_texts=["Sở nào chủ trì việc này. " * 5])

    assert SPELLER.readings("so nao chu tri")[0].text == "số nào chủ trì"
    assert speller.readings("so nao chu tri")[0].text == "sở nào chủ trì"


def test_readings_are_ranked():
    """
    The best reading has the score 0, the others less, none comes twice, and there are no more than asked for.
    """
    readings = SPELLER.readings("so nao chu tri", limit=3)
    scores = [reading.score for reading in readings]

    assert len(readings) == len({reading.text for reading in readings}) == 3
    assert scores[0] == 0
    assert scores == sorted(scores, reverse=True)
    assert {"số nào chủ trì", "sở nào chủ trì"} <= {reading.text for reading in readings}
    assert SPELLER.readings("so nao chu tri", limit=1) == readings[:1]


def test_the_best_rows_begin_with_the_best():
    """
    The first of the rows of the decoder is what it decodes, and the second is less likely and another.
    """
    decoder = Decoder(SyllableModel.load())
    places = [Place(("chủ", "chú", "chu"), (0.0,) * 3), Place(("trì", "trị", "tri"), (0.0,) * 3)]
    (first, best), (second, less) = decoder.decode_best(places, 2)

    assert list(first) == [choice.word for choice in decoder.decode(places)] == ["chủ", "trì"]
    assert second != first
    assert less <= best
    assert decoder.decode_best([], 2) == []
    assert decoder.likeliest(places) == list(first)
    assert decoder.likeliest([]) == []


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.integers(0, 30_000), min_size=1, max_size=6), min_size=3, max_size=7))
def test_a_lattice_has_the_shares_of_its_rows(places: list[list[int]]):
    """
    The shares of a whole lattice are those of its rows of three, looked up place by place; unknown tokens are among them.
    """
    ngrams = SyllableModel.load().ngrams
    lattice = Lattice.of(places)
    found = lattice.split(ngrams.shares_in(lattice))

    for shares, first, second, third in zip(found, places, places[1:], places[2:], strict=False):
        one, two, three = (np.array(part) for part in (first, second, third))
        expected = ngrams.shares(one[:, None, None], two[None, :, None], three[None, None, :])
        assert np.array_equal(shares, expected.reshape(-1, len(third)))


def test_two_syllables_of_which_one_is_unknown_are_not_run_together():
    """
    What is built like two syllables, the second of which nobody knows, stays one word.
    """
    assert SPELLER.readings("quyenguou của sở")[0].text == "quyenguou của sở"
    assert SyllableModel.load().log_probabilities("chủ", []) == []


@pytest.mark.parametrize(("times", "read"), [(12, "hoặc " * 12), (300, "hoặc" * 300)], ids=["words", "noise"])
def test_words_run_together_without_end_are_left_alone(times, read):
    """
    Some words run together are parted; so many that nobody means them stay as they are, and are no fault.
    """
    assert SPELLER.readings("hoặc" * times)[0].text == read.strip()


@given(st.text(max_size=100))
@settings(max_examples=150, deadline=None)
def test_whatever_is_typed_is_read(text):
    """
    Any text at all has between one and three readings, the first with the score 0.
    """
    readings = SPELLER.readings(text)

    assert 1 <= len(readings) <= 3
    assert readings[0].score == 0


@given(st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyjfwẦAĐU0169 /.-,;:()", max_size=60))
@settings(max_examples=100, deadline=None)
def test_letters_of_vietnamese_in_any_order_are_read(text):
    """
    No run of Vietnamese letters, keys and figures is refused, and none loses a word.
    """
    assert all(len(reading.text.split()) >= len(text.split()) for reading in SPELLER.readings(text))
