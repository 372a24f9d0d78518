import pytest

from indexer.markers import appendix_of, marker_of
from indexer.types import StepKind


@pytest.mark.parametrize(
    ("line", "kind", "number", "value"),
    [
        ("IV. NHIỆM VỤ", StepKind.ROMAN, "IV", 4),
        ("2. Sở Y tế", StepKind.NUMBER, "2", 2),
        ("1.3. Phát triển", StepKind.NUMBER, "1.3", 3),
        ("2.1 Hạ tầng", StepKind.NUMBER, "2.1", 1),
        ("1a. Bổ sung", StepKind.NUMBER, "1a", 1),
        ("đ) Tổ chức", StepKind.POINT, "đ", 5),
        ("e) Tổ chức", StepKind.POINT, "e", 6),
        ("- Rà soát", StepKind.BULLET, "", 0),
        ("+ Rà soát", StepKind.BULLET, "", 0),
        ("Điều 5a. Hiệu lực", StepKind.ARTICLE, "5a", 5),
        ("Chương II", StepKind.CHAPTER, "II", 2),
        ("Mục 3. CƠ CHẾ", StepKind.DIVISION, "3", 3),
    ],
)
def test_what_opens_a_line(line, kind, number, value):
    """
    A marker keeps the number as it is printed, and can count on from it.
    """
    marker = marker_of(line)

    assert (marker.kind, marker.number, marker.value) == (kind, number, value)


@pytest.mark.parametrize(
    "line",
    [
        "15/10/2025 là hạn cuối",
        "6,5% GRDP",
        "2026 là năm bản lề",
        "-5 độ",
        "Điều 5 của Luật này",
        "Mục tiêu chung",
        "Phần lớn các xã",
        "f) không có trong bảng chữ cái tiếng Việt",
        "Chương trình hành động",
    ],
)
def test_what_opens_nothing(line):
    """
    Dates, shares, years and words that begin like a marker open nothing.
    """
    assert marker_of(line) is None


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("PHỤ LỤC II :", "II"),
        ("PHỤ LỤC", ""),
        ("Phụ lục 02", "02"),
        ("PHỤ LỤC SỐ 01", "01"),
        ("PHỤ LỤC IV: Danh mục", "IV"),
    ],
)
def test_annexes(line, number):
    """
    A line that heads an annex gives its number, "" where none is printed.
    """
    assert appendix_of(line).number == number


@pytest.mark.parametrize(
    "line", ["Phụ lục kèm theo Kế hoạch này", "Phụ lục II của Nghị định nêu trên", "Theo Phụ lục I"]
)
def test_an_annex_in_a_sentence(line):
    """
    A sentence that names an annex heads none.
    """
    assert appendix_of(line) is None
