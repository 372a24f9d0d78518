"""Ways in which tables are asked that need more than one cell: several columns or rows, sections, figures, supposed days, first and last."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import pytest

from assistant.periods import falls, parse_asked, parse_due, supposed_day
from assistant.question_parts import paired_parts
from assistant.service import Assistant
from assistant.types import Status
from tests.assistant.small import index_of

if TYPE_CHECKING:
    from pathlib import Path

PLAN = """UBND TỈNH HOA SEN
SỞ Y TẾ
Số: 88/KH-SYT

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Hoa Sen, ngày 15 tháng 01 năm 2026

KẾ HOẠCH
Bảo vệ nguồn nước năm 2026

I. MỤC TIÊU
1. Mục tiêu cụ thể
- Số giếng được khảo sát đạt 100%;
- Số bể chứa được thau rửa đạt 100%;
- Số hộ có nước máy đạt 80%.
II. GIẢI PHÁP
1. Giải pháp chung
1.1. Tuyên truyền tiết kiệm nước
1.2. Trồng rừng đầu nguồn
1.3. Giám sát xả thải
2. Sở Tài chính bố trí kinh phí hằng năm.
(Có Phụ lục kèm theo).

Nơi nhận:
- Các sở, ban, ngành;
- Lưu: VT.

PHỤ LỤC I
DANH MỤC NHIỆM VỤ

TT
Nhiệm vụ
Cơ quan chủ trì
Cơ quan phối hợp
Thời gian hoàn thành
Ghi chú
I Khảo sát giếng khoan
1
Lập bản đồ giếng khoan đến năm 2035 trên địa bàn
Sở Y tế
UBND các xã, phường
Tháng 3/2026
Theo Thông báo số 12/TB-UBND
2
Đo chất lượng nước giếng
Sở Tài chính
Các sở, ban, ngành; UBND các xã, phường
Tháng 6/2026
Nhiệm vụ chậm tiến độ
II Truyền thông
3
In tờ rơi tiết kiệm nước
Sở Văn hóa
UBND các xã, phường
Tháng 12/2026
Theo Thông báo số 14/TB-UBND
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant of one plan with a register of tasks."""
    directory: Path = tmp_path_factory.mktemp("asked")
    return Assistant(index_of({"nguon-nuoc": PLAN}, directory), today=date(2026, 9, 1))


@pytest.mark.parametrize(
    ("question", "quotes"),
    [
        # columns listed before one that is called a column
        (
            "Nhiệm vụ 2: cho biết cơ quan chủ trì, cơ quan phối hợp và nội dung cột ghi chú.",
            ["Sở Tài chính", "Các sở, ban, ngành; UBND các xã, phường", "Nhiệm vụ chậm tiến độ"],
        ),
        # who, and by which paper
        (
            "Lập bản đồ giếng khoan là việc của ai, dựa trên thông báo nào?",
            ["Sở Y tế", "Theo Thông báo số 12/TB-UBND"],
        ),
        # the row by its place
        ("Dòng cuối bảng của Phụ lục I giao sở nào chủ trì?", ["Sở Văn hóa"]),
        # how people say that somebody leads
        ("Sở nào đứng ra in tờ rơi tiết kiệm nước?", ["Sở Văn hóa"]),
        # a year in what the row is about is no deadline
        ("Lập bản đồ giếng khoan nhìn tới năm nào?", ["Lập bản đồ giếng khoan đến năm 2035 trên địa bàn"]),
        # two rows, what is asked of both behind a colon
        (
            "Lập bản đồ giếng khoan và in tờ rơi tiết kiệm nước: mỗi việc do sở nào chủ trì?",
            ["Sở Y tế", "Sở Văn hóa"],
        ),
    ],
)
def test_all_cells_that_are_asked_are_cited(assistant, question, quotes):
    """
    A question for several columns, or about two rows, is answered by all of these cells and no other.
    """
    reply = assistant.ask(question)[0]

    assert [citation.quote for citation in reply.citations] == quotes


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("Việc nào bị ghi là trễ nải?", ["2"]),
        # a section by its heading
        ("Dưới đề mục khảo sát giếng khoan người ta xếp cả thảy mấy đầu việc?", ["1", "2"]),
        ("Phụ lục I bắt làm xong những gì trong tháng 6?", ["2"]),
        # the day that is supposed, and not the one of the question
        ("Giả sử hôm nay là 15/3/2026, từ nay tới hết năm nhiệm vụ nào đến hạn?", ["1", "2", "3"]),
        ("Từ nay tới hết năm nhiệm vụ nào đến hạn?", ["3"]),
        # first and last among some
        ("Trong các nhiệm vụ 1 và 2, việc nào xong sau cùng?", ["2"]),
        # who watches, in other words
        ("Sở Văn hóa phải canh chừng những nhiệm vụ nào?", ["3"]),
    ],
)
def test_exactly_the_rows_that_fit_are_listed(assistant, question, rows):
    """
    Lists by a note, a section, a period that begins today, or among named rows have these rows and no other.
    """
    reply = assistant.ask(question)[0]

    assert reply.status is Status.ANSWERED
    assert re.findall(r"^- Nhiệm vụ (\d+):", reply.text, re.MULTILINE) == rows


def test_points_with_a_percentage_are_counted(assistant):
    """
    The aims of a document that have a percentage are listed, only these, with how many of how many; the figure may be written in words.
    """
    for figure in ("100%", "một trăm phần trăm"):
        text = assistant.ask(f"Kế hoạch 88/KH-SYT đặt mức {figure} ở những mục tiêu nào?")[0].text

        assert "giếng được khảo sát" in text
        assert "bể chứa" in text
        assert "nước máy" not in text
        assert "2/3" in text


def test_a_percentage_of_one_point_is_no_list(assistant):
    """
    A question that has a word of one point alone asks for that point.
    """
    text = assistant.ask("Kế hoạch 88/KH-SYT đặt mức 100% cho mục tiêu nào về bể chứa?")[0].text

    assert "giếng được khảo sát" not in text


def test_the_groups_below_a_heading_are_counted(assistant):
    """
    "Phần giải pháp chung gồm bao nhiêu nhóm" counts what stands right below that heading.
    """
    text = assistant.ask("Phần giải pháp chung của Kế hoạch 88/KH-SYT gồm bao nhiêu nhóm (từ 1.1 trở đi)?")[0].text

    assert "có 3 nhóm" in text
    assert "Trồng rừng đầu nguồn" in text


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("Giả sử hôm nay là 15/11/2025, việc nào đến hạn?", date(2025, 11, 15)),
        ("Nếu bây giờ là ngày 1 tháng 12 năm 2025 thì còn mấy ngày?", date(2025, 12, 1)),
        # no day is supposed
        ("Việc nào đến hạn ngày 15/11/2025?", date(2026, 9, 1)),
        ("Hôm nay việc nào đến hạn?", date(2026, 9, 1)),
    ],
)
def test_a_question_may_suppose_a_day(question, day):
    """
    The day that a question supposes takes the place of the day on which it is asked.
    """
    assert supposed_day(question, date(2026, 9, 1))[0] == day


def test_from_now_on_counts_the_last_day():
    """
    What began before today and ends by the end of the year is due from now to the end of the year; what has ended is not.
    """
    asked = parse_asked("từ nay tới hết năm việc nào đến hạn?", date(2026, 9, 15))

    assert asked is not None
    assert falls(parse_due("Tháng 9/2026", default_year=2026), asked)
    assert not falls(parse_due("Tháng 8/2026", default_year=2026), asked)


@pytest.mark.parametrize(
    ("question", "pairs"),
    [
        (
            "Đo nước giếng khoan và in tờ rơi: mỗi việc giao cho ai?",
            [("Đo nước giếng khoan: giao cho ai?", "in tờ rơi: giao cho ai?")],
        ),
        # it does not say that it asks about both
        ("Đo nước giếng khoan và in tờ rơi do ai chủ trì?", []),
        # too little to be a row
        ("Sở A và Sở B đều làm gì?", []),
    ],
)
def test_a_question_about_two_things_is_cut(question, pairs):
    """
    A question that says that it asks about both is cut into one about each, with what both share.
    """
    assert paired_parts(question) == pairs
