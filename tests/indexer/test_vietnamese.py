import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.segment import segment
from indexer.vietnamese import fold, has_diacritics, syllables, unify_tone

LETTERS = st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặầẩẫấậ ĐẮƯỚ1/.,-%", max_size=30)


@given(text=LETTERS)
def test_folding_keeps_offsets(text):
    """
    Folding gives one plain small letter for each letter, so offsets stay.
    """
    folded = fold(text)

    assert len(folded) == len(text)
    assert folded.isascii()
    assert fold(folded) == folded


def test_folding():
    """
    Đ is folded too, which Unicode alone would leave.
    """
    assert fold("Chủ trì Đề án") == "chu tri de an"
    assert has_diacritics("Đề án")
    assert not has_diacritics("de an")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("khoá", "khóa"),
        ("thuỷ", "thủy"),
        ("hoà", "hòa"),
        ("quý", "quý"),
        ("quỹ", "quỹ"),
        ("toàn", "toàn"),
        ("UỶ", "ỦY"),
    ],
)
def test_one_place_for_the_tone(old, new):
    """
    Both ways to set the tone of open oa, oe, uy become one; "quý" and closed syllables stay.
    """
    assert unify_tone(old) == new
    assert unify_tone(new) == new


def test_syllables():
    """
    Numbers of documents, dates and shares stay whole; letters in two parts are put together.
    """
    text = unicodedata.normalize("NFD", "Theo 30/2020/NĐ-CP, ngày 15/10/2025: 6,5%.")

    assert syllables(text) == ["theo", "30/2020/nđ-cp", "ngày", "15/10/2025", "6,5%"]


def test_segments():
    """
    Words of two syllables are joined, in small letters.
    """
    assert segment("Chủ trì nhiệm vụ") == ["chủ_trì", "nhiệm_vụ"]
    assert segment("") == []
