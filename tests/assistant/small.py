"""A small corpus of an invented province: two plans, each with an annex of tasks, read by the real reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.catalogue import read_corpus
from indexer.index import Index, publish
from indexer.parse import parse_files
from tests.fakes import FakeEncoder

if TYPE_CHECKING:
    from pathlib import Path

FARMING = """UBND TỈNH HOA SEN
SỞ NÔNG NGHIỆP
Số: 45/KH-SNN

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Hoa Sen, ngày 05 tháng 3 năm 2026

KẾ HOẠCH
Phát triển vùng trồng sen năm 2026

Thực hiện Kế hoạch số 12/KH-UBND ngày 15/01/2026 của UBND tỉnh, Sở Nông nghiệp ban hành Kế hoạch như sau:

I. MỤC ĐÍCH
1. Mở rộng diện tích trồng sen lên 350 ha vào năm 2026.
2. Hỗ trợ 40% chi phí giống cho hộ nghèo.
II. TỔ CHỨC THỰC HIỆN
1. Chi cục Trồng trọt kiểm tra vùng trồng hằng quý.
2. Kế hoạch này thay thế Kế hoạch số 31/KH-SNN ngày 10/02/2025 của Sở Nông nghiệp.

Nơi nhận:
- UBND tỉnh (báo cáo);
- Lưu: VT.

GIÁM ĐỐC
Trần Văn Sen

PHỤ LỤC II
DANH MỤC NHIỆM VỤ

TT
Nhiệm vụ
Cơ quan chủ trì
Thời gian hoàn thành
1
Cấp mã số vùng trồng sen
Chi cục Trồng trọt
Tháng 9/2026
2
Thí điểm tưới tiết kiệm
Trung tâm Khuyến nông
Quý II/2026
"""
PROVINCE = """UBND TỈNH HOA SEN
Số:      /KH-UBND

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Hoa Sen, ngày 15 tháng 01 năm 2026

KẾ HOẠCH
Chuyển đổi số nông thôn năm 2026

I. MỤC TIÊU
1. Có 80% thôn, bản có sóng di động băng rộng.
2. Mỗi xã có ít nhất 02 tổ công nghệ số cộng đồng.
II. GIẢI PHÁP
1. Sở Tài chính bố trí kinh phí hằng năm.
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
I Hạ tầng
1
Xây dựng trạm phát sóng tại các bản xa
Sở Khoa học và Công nghệ
UBND các xã, phường
Tháng 6/2026
2
Nâng cấp kho lưu trữ điện tử
Văn phòng UBND tỉnh
Sở Tài chính
Quý III/2026
II Nhân lực
3
Bồi dưỡng tổ công nghệ số cộng đồng
Sở Nội vụ
Các sở, ban, ngành; UBND các xã, phường
Thường xuyên
4
Rà soát hồ sơ di tích cấp tỉnh
Sở Văn hóa
Sở Tài chính
"""


def small_index(directory: Path) -> Index:
    """Publish the small corpus under *directory* and open it; the embedding is the fake one."""
    return index_of({"trong-sen": FARMING, "nong-thon-so": PROVINCE}, directory)


def index_of(texts: dict[str, str], directory: Path) -> Index:
    """Publish an index of *texts* by name under *directory* and open it; the embedding is the fake one."""
    corpus = directory / "corpus"
    corpus.mkdir()
    for name, text in texts.items():
        (corpus / f"{name}.txt").write_text(text, encoding="utf-8")
    entries, _ = read_corpus(corpus)
    parsed, unread = parse_files(entries)
    assert not unread
    index = directory / "index"
    publish(index, parsed, encoder=FakeEncoder(), sources={one.document.id: "0" * 64 for one in parsed})
    return Index.open(index, encoder=FakeEncoder())
