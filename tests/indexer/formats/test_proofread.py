import pytest

from indexer.formats.page import PageWord
from indexer.formats.proofread import proofread


def read(*lines):
    found = proofread([[PageWord(word, 0, 0, 10, 10, confidence=0.9) for word in line.split()] for line in lines])
    return [" ".join(word.text for word in line) for line in found]


@pytest.mark.parametrize(
    ("seen", "printed"),
    [
        # the small marks of Vietnamese print are lost, and what is left is a syllable too
        ("tô chức thực hiện theo thâm quyên", "tổ chức thực hiện theo thẩm quyền"),
        ("tình hình sản xuât, kinh doanh;", "tình hình sản xuất, kinh doanh;"),
        # a sound line stays
        ("Sở Nội vụ chủ trì, phối hợp với Sở Tài chính", "Sở Nội vụ chủ trì, phối hợp với Sở Tài chính"),
        # numbers, document numbers and abbreviations are not words
        ("số 190/2025/QHI5 ngày 9/6, 80% và UBND", "số 190/2025/QHI5 ngày 9/6, 80% và UBND"),
        # where only digits can stand
        ("Hà Nội, ngày I5 tháng 0] năm 2010", "Hà Nội, ngày 15 tháng 01 năm 2010"),
        ("Số: Š /CT-UBND", "Số: 5 /CT-UBND"),
        # a capital that only differs in height
        ("phối hợp Ở cơ sở theo quy định", "phối hợp ở cơ sở theo quy định"),
    ],
)
def test_words(seen, printed):
    """
    A word is put right where its neighbours leave no doubt, and only there.
    """
    assert read(seen) == [printed]


def test_labels_count_on():
    """
    A point is the letter behind the last one; a section the next Roman number; what does not count on stays as seen.
    """
    assert read("a) Một;", "b) Hai;", "€) Ba;", "đ) Bốn;", "d) Năm;") == [
        "a) Một;",
        "b) Hai;",
        "c) Ba;",
        "d) Bốn;",
        "đ) Năm;",
    ]
    assert read("I. MỤC TIÊU", "H. NHIỆM VỤ", "HI. KINH PHÍ") == ["I. MỤC TIÊU", "II. NHIỆM VỤ", "III. KINH PHÍ"]
    assert read("I. Tổng cục là cơ quan", "2. Tổng cục có tư cách")[0] == "1. Tổng cục là cơ quan"
    assert read("1. Tổ chức thực hiện", "2. Báo cáo kết quả") == ["1. Tổ chức thực hiện", "2. Báo cáo kết quả"]
    assert read("g) Một;") == ["g) Một;"]
