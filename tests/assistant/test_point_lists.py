"""Points that answer together, over one invented regulation: duties under a heading, a list with figures, a point that answers alone, parts counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assistant.service import Assistant
from assistant.types import Answer
from indexer.catalogue import read_corpus
from indexer.index import Index, publish
from indexer.parse import parse_files
from tests.fakes import FakeEncoder

if TYPE_CHECKING:
    from pathlib import Path

REGULATION = """UBND TỈNH HOA SEN
Số: 12/2026/QĐ-UBND

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Hoa Sen, ngày 02 tháng 02 năm 2026

QUYẾT ĐỊNH
Ban hành Quy định về quản lý bến đò ngang

Chương I
QUY ĐỊNH CHUNG
Điều 1. Phạm vi điều chỉnh
Quy định này áp dụng đối với các bến đò ngang trên địa bàn tỉnh.
Điều 2. Mục tiêu cụ thể
1. Số đò được đăng kiểm đạt 100%;
2. Số người lái đò có chứng chỉ đạt 100%;
3. Số bến có đèn báo hiệu đạt 80%.
Chương II
NGƯỜI TRÔNG BẾN
Điều 3. Người trông bến chính
1. Nhiệm vụ
a) Kiểm tra áo phao trước mỗi chuyến;
b) Ghi sổ số khách qua sông;
c) Báo hiệu dừng đò khi nước lớn.
2. Tiêu chuẩn
a) Biết bơi;
b) Đủ 18 tuổi.
Điều 4. Sở Giao thông
1. Hướng dẫn kẻ vạch mớn nước trên đò;
2. Cấp giấy phép cho bến;
3. Thanh tra bến đò hai lần một năm.

Nơi nhận:
- Lưu: VT.

TM. ỦY BAN NHÂN DÂN
CHỦ TỊCH
Lê Văn Bến

PHỤ LỤC
DANH MỤC NHIỆM VỤ

TT
Nhiệm vụ
Cơ quan chủ trì
Thời gian hoàn thành
1
Rút ngắn thời gian cấp sổ thuyền viên xuống dưới 5 ngày
Sở Nội vụ
Tháng 9/2026
2
Lắp phao cứu sinh công cộng
Sở Công an
Tháng 10/2026
"""


@pytest.fixture(scope="module")
def ferries(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant of the regulation alone."""
    directory: Path = tmp_path_factory.mktemp("ferries")
    corpus = directory / "corpus"
    corpus.mkdir()
    (corpus / "quyet-dinh.txt").write_text(REGULATION, encoding="utf-8")
    entries, _ = read_corpus(corpus)
    parsed, unread = parse_files(entries)
    assert not unread
    publish(directory / "index", parsed, encoder=FakeEncoder(), sources={one.document.id: "0" * 64 for one in parsed})
    return Assistant(Index.open(directory / "index", encoder=FakeEncoder()))


@pytest.mark.parametrize(
    ("question", "items", "others"),
    [
        # no point says that it is a duty, and of whom: two headings over it do
        ("Người trông bến chính có những nhiệm vụ gì?", ["áo phao", "Ghi sổ", "nước lớn"], ["Biết bơi"]),
        # under the heading of a body
        ("Sở Giao thông phải làm những gì để quản lý bến đò ngang?", ["mớn nước", "giấy phép", "hai lần"], []),
        # only the points that have the figure
        (
            "Quyết định 12 đặt ra những mục tiêu nào phải đạt 100%?",
            ["đăng kiểm", "chứng chỉ", "2/3 nội dung"],
            ["đèn báo"],
        ),
    ],
)
def test_points_that_stand_side_by_side_answer_together(ferries, question, items, others):
    """
    All points of the list are given, and none of another.
    """
    reply, _ = ferries.ask(question)

    assert isinstance(reply, Answer)
    assert [item for item in items if item not in reply.text] == []
    assert [item for item in others if item in reply.text] == []


def test_a_point_that_is_asked_for_answers_alone(ferries):
    """
    One fact out of a list is no list.
    """
    reply, _ = ferries.ask("Người trông bến chính phải báo hiệu dừng đò khi nào?")

    assert isinstance(reply, Answer)
    assert "nước lớn" in reply.text
    assert "Ghi sổ" not in reply.text


@pytest.mark.parametrize(
    ("question", "items"),
    [
        ("Quyết định 12 có bao nhiêu chương, bao nhiêu điều?", ["2 chương", "4 điều"]),
        ("Quyết định 12 gồm những chương nào?", ["Chương I: QUY ĐỊNH CHUNG", "Chương II: NGƯỜI TRÔNG BẾN"]),
        ("Khoản 1 Điều 3 Quyết định 12 có mấy điểm?", ["3 điểm"]),
        ("Chương II Quyết định 12 có mấy điều?", ["2 điều", "Điều 3: Người trông bến chính"]),
    ],
)
def test_parts_of_a_document_are_counted(ferries, question, items):
    """
    Chapters, articles and points are counted, within what the question names, and called by their headings.
    """
    reply, _ = ferries.ask(question)

    assert isinstance(reply, Answer)
    assert [item for item in items if item not in reply.text] == []


def test_what_only_sounds_like_a_part_is_not_counted(ferries):
    """
    "Bao nhiêu điều kiện" asks for no article.
    """
    reply, _ = ferries.ask("Quyết định 12 có bao nhiêu điều kiện?")

    assert "điều [1]" not in reply.text
    assert "4 điều" not in reply.text


def test_a_figure_in_the_words_of_a_row_is_given_beside_its_columns(ferries):
    """
    "Dưới bao nhiêu ngày, ai chủ trì" asks for a figure that no column has, and for a column.
    """
    reply, _ = ferries.ask("Thời gian cấp sổ thuyền viên phải rút ngắn xuống dưới bao nhiêu ngày, ai chủ trì?")

    assert isinstance(reply, Answer)
    assert "dưới 5 ngày" in reply.text
    assert "Sở Nội vụ" in reply.text
