"""
Task tables of an invented province, laid out on pages and flattened as text extraction flattens a PDF.

A table is drawn with real geometry: columns of a random width, words wrapped by the widths of Times, cells on top of their
row or in its middle, rows cut by page ends. The text then comes out cell by cell, line by line, without any line of the table; two
lines of neighbouring cells at one height run together with a space between them.
"""

from __future__ import annotations

import random
import re
import unicodedata
from dataclasses import dataclass, field

_LETTERS = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        [444, 500, 444, 500, 444, 333, 500, 500, 278, 278, 500, 278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722,
         500, 500, 444],
        strict=True,
    )
)  # fmt: skip
_CAPITALS = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        [722, 667, 667, 722, 611, 556, 722, 722, 333, 389, 722, 611, 889, 722, 722, 556, 722, 667, 556, 611, 722, 722, 944,
         722, 722, 611],
        strict=True,
    )
)  # fmt: skip
_SIGNS = {" ": 250, ",": 250, ".": 250, ":": 278, ";": 278, "/": 278, "-": 333, "(": 333, ")": 333, "%": 833, "đ": 500, "Đ": 722}
_SIZE = 13 / 1000
_GAP = 2  # points of a cell's margins

NAMES = {
    "content": ["Nhiệm vụ", "Nội dung nhiệm vụ", "Nội dung công việc", "Nhiệm vụ, giải pháp", "Nội dung"],
    "lead": ["Đơn vị chủ trì", "Cơ quan chủ trì", "Chủ trì", "Cơ quan, đơn vị chủ trì"],
    "partners": ["Đơn vị phối hợp", "Cơ quan phối hợp", "Phối hợp"],
    "deliverable": ["Sản phẩm", "Kết quả", "Sản phẩm đầu ra", "Kết quả/Sản phẩm", "Dự kiến sản phẩm"],
    "due": ["Thời hạn", "Thời gian thực hiện", "Thời gian hoàn thành", "Tiến độ"],
    "note": ["Ghi chú", "Căn cứ"],
}
ORDERS = [
    ("content", "deliverable", "lead", "partners", "due"),
    ("content", "lead", "partners", "due", "deliverable"),
    ("content", "lead", "due"),
    ("content", "lead", "partners", "due"),
    ("content", "lead", "partners", "deliverable", "due", "note"),
    ("content", "due", "lead", "partners", "note"),
    ("content", "deliverable", "due", "lead", "partners"),
    ("content", "lead", "partners", "deliverable", "due"),
]
_WIDTHS = {"content": (150, 260), "lead": (70, 110), "partners": (70, 110), "deliverable": (80, 130), "due": (50, 80), "note": (60, 90)}

_ACTS = ["Xây dựng", "Rà soát", "Triển khai", "Tổ chức", "Kiểm tra", "Nâng cấp", "Tham mưu ban hành", "Hoàn thiện", "Bồi dưỡng", "Theo dõi",
         "Lập danh mục", "Thí điểm", "Duy trì", "Đánh giá", "Phát động", "Số hóa", "Bố trí", "Công khai"]  # fmt: skip
_THINGS = ["phong trào học tập suốt đời", "cơ sở dữ liệu đất trồng sen", "mạng lưới trạm quan trắc nguồn nước", "quy trình tiếp nhận đơn thư",
           "kỹ năng an toàn thông tin cho giáo viên", "hệ thống đèn đường tiết kiệm điện", "tuyến xe buýt nông thôn", "hồ sơ di tích cấp tỉnh",
           "các tổ công nghệ số cộng đồng", "phần mềm quản lý bến bãi", "việc thu phí không dùng tiền mặt", "đội ngũ hòa giải viên ở cơ sở",
           "chương trình giảm nghèo bền vững", "mã số vùng trồng", "kho lưu trữ điện tử", "tiêu chí đô thị xanh", "công tác phòng cháy tại các chợ"]  # fmt: skip
_MORE = ["trên địa bàn tỉnh", "theo hướng tinh gọn, hiệu quả", "gắn với cải cách hành chính", "cho cán bộ, công chức cấp xã",
         "bảo đảm đồng bộ, liên thông", "tại các xã, phường và khu dân cư", "phục vụ người dân, doanh nghiệp", "giai đoạn 2026 - 2030",
         "theo Nghị định số 45/2024/NĐ-CP", "và nhân rộng mô hình hay", "đáp ứng yêu cầu của Đề án 06", "nhằm rút ngắn thời gian giải quyết"]  # fmt: skip
_LEADS = ["Sở Nông nghiệp và Môi trường", "Sở Tài chính", "Sở Y tế", "Văn phòng UBND tỉnh", "Công an tỉnh", "UBND các xã, phường", "Sở Nội vụ",
          "Sở Giáo dục và Đào tạo", "Thanh tra tỉnh", "Trung tâm Lưu trữ tỉnh", "Ban Dân tộc", "Hội Nông dân tỉnh", "Sở Xây dựng",
          "Kho bạc Nhà nước khu vực XX", "Các sở, ban, ngành"]  # fmt: skip
_PARTNERS = ["Các sở, ban, ngành; UBND các xã, phường", "Các cơ quan, đơn vị liên quan", "UBND các xã, phường", "Sở Tài chính; Kho bạc Nhà nước",
             "Các sở, ngành liên quan", "Hội Liên hiệp Phụ nữ tỉnh; Đoàn Thanh niên", "Sở Nội vụ, Sở Tư pháp", "Các doanh nghiệp viễn thông"]  # fmt: skip
_PAPERS = ["Kế hoạch của UBND tỉnh", "Báo cáo kết quả", "Quyết định của Chủ tịch UBND tỉnh", "Nghị quyết của HĐND tỉnh", "Văn bản hướng dẫn",
           "Đề án được phê duyệt", "Hệ thống vận hành ổn định"]  # fmt: skip
_RESULTS = ["100% cán bộ được tập huấn", "Ít nhất 02 lớp bồi dưỡng", "Mạng lưới được kiện toàn", "Cổng thông tin đi vào hoạt động",
            "Tối thiểu 80% hồ sơ đúng hạn", "Các mô hình điểm được nhân rộng", "Sổ tay nghiệp vụ"]  # fmt: skip
_DUES = ["Quý II/2026", "Quý IV/2026", "Tháng 9/2026", "Trước ngày 30/6/2026", "Thường xuyên", "Năm 2026", "Hằng năm", "2026-2027", "15/11/2026",
         "Tháng 12 hằng năm"]  # fmt: skip
_NOTES = ["Theo Kế hoạch số 12/KH-UBND", "Nhiệm vụ mới", "Chuyển tiếp từ năm 2025", "Theo Công văn số 88/SNV-TCBC"]
_GROUPS = ["Về thể chế và chính sách", "Hạ tầng và dữ liệu", "Nguồn nhân lực", "Công tác tuyên truyền, phổ biến", "Tổ chức bộ máy"]
_ROMAN = ["I", "II", "III", "IV", "V"]


@dataclass(frozen=True)
class Manner:
    """How a table is drawn and its text taken out; :meth:`of` draws one at random."""

    columns: tuple[str, ...]
    names: tuple[str, ...]
    widths: tuple[float, ...]
    double_spaced: bool
    centred: bool
    repeat_header: bool
    cut_rows: bool
    numbered_columns: bool
    grouped: bool
    restart: bool
    dotted: bool
    known_results: bool
    order_name: str
    rows: int
    height: int  # lines a page

    @classmethod
    def of(cls, chance: random.Random) -> Manner:
        """Draw a manner."""
        columns = chance.choice(ORDERS)
        grouped = chance.random() < 0.6
        return cls(
            columns=columns,
            names=tuple(chance.choice(NAMES[role]) for role in columns),
            widths=tuple(chance.uniform(*_WIDTHS[role]) for role in columns),
            double_spaced=chance.random() < 0.5,
            centred=chance.random() < 0.4,
            repeat_header=chance.random() < 0.7,
            cut_rows=chance.random() < 0.5,
            numbered_columns=chance.random() < 0.2,
            grouped=grouped,
            restart=grouped and chance.random() < 0.4,
            dotted=chance.random() < 0.3,
            known_results=chance.random() < 0.5,
            order_name=chance.choice(["TT", "STT", "Số TT"]),
            rows=chance.randint(8, 18),
            height=chance.randint(24, 40),
        )


@dataclass
class Flattened:
    """A flattened table and what stands in it: one list of cells a row, the order column first; the group of each row."""

    text: str = ""
    rows: list[list[str]] = field(default_factory=list)
    groups: list[str | None] = field(default_factory=list)
    manner: Manner | None = None


def width_of(text: str) -> float:
    """Return the width of *text* in points, by the metrics of Times at 13 points."""
    base = (letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
    widths = {**_LETTERS, **_CAPITALS, **_SIGNS}
    return sum(widths.get(letter, 500) for letter in base) * _SIZE


def wrap(text: str, width: float) -> list[str]:
    """Return *text* in lines no wider than *width*; a line may end behind a hyphen too."""
    lines: list[str] = []
    for piece in re.findall(r"\S+?-(?=\w)|\S+\s?", text):
        joined = (lines[-1] + piece) if lines else piece
        if lines and width_of(joined.rstrip()) <= width - 2 * _GAP:
            lines[-1] = joined
        else:
            lines.append(piece)
    return [line.rstrip() for line in lines]


class _Page:
    """Collects lines in the order in which they are drawn, each at its height."""

    def __init__(self, chance: random.Random, *, double_spaced: bool) -> None:
        self.chance, self.double_spaced, self.out = chance, double_spaced, ""

    def cell(self, lines: list[str], top: float, height: float | None) -> float:
        """Draw a cell's *lines* from *top* and return the height of the last; *height* is where the text stood before."""
        for number, line in enumerate(lines):
            at = top + number
            if height is None:
                pass
            elif at == height:
                self.out = self.out.rstrip("\n ") + " "
            elif number or not self.double_spaced or self.chance.random() < 0.6:
                self.out += "\n" if self.double_spaced else ""
            self.out += line + (" \n" if self.double_spaced else "\n")
            height = at
        return height if height is not None else top

    def row(self, cells: list[list[str]], *, centred: bool) -> None:
        """Draw the cells of a row from left to right."""
        tall = max(map(len, cells))
        height: float | None = None
        if self.out and self.double_spaced:
            self.out += "\n"
        for lines in cells:
            if lines:
                height = self.cell(lines, (tall - len(lines)) / 2 if centred else 0.0, height)


def _cell(role: str, chance: random.Random, manner: Manner) -> str:
    if role == "content":
        words = [chance.choice(_ACTS), chance.choice(_THINGS), *chance.sample(_MORE, chance.randint(0, 3))]
        return " ".join(words) + ("." if chance.random() < 0.5 else "")
    if role == "deliverable":
        known = manner.known_results or chance.random() < 0.5
        return chance.choice(_PAPERS if known else _RESULTS) if chance.random() < 0.93 else ""
    if role == "partners":
        return chance.choice(_PARTNERS) if chance.random() < 0.93 else ""
    if role == "due":
        return chance.choice(_DUES) if chance.random() < 0.95 else ""
    if role == "note":
        return chance.choice(_NOTES) if chance.random() < 0.4 else ""
    return chance.choice(_LEADS)


def flattened_table(seed: int) -> Flattened:
    """Return the table of *seed*: always the same."""
    chance = random.Random(seed)  # noqa: S311 - an experiment, no secret
    manner = Manner.of(chance)
    made = Flattened(manner=manner)
    page = _Page(chance, double_spaced=manner.double_spaced)
    header = [wrap(manner.order_name, 28), *map(wrap, manner.names, manner.widths)]
    page.row(header, centred=manner.centred)
    if manner.numbered_columns:
        page.out += " ".join(f"({number})" for number in range(1, len(header) + 1)) + "\n"
    used = max(map(len, header))
    group: str | None = None
    number, groups = 0, iter(zip(_ROMAN, chance.sample(_GROUPS, len(_GROUPS)), strict=True))
    left = 0
    for _ in range(manner.rows):
        if manner.grouped and left == 0:
            left = chance.randint(3, 6)
            if following := next(groups, None):
                group = f"{following[0]}. {following[1]}"
                page.out += ("\n" if manner.double_spaced else "") + f"{following[0]}{'.' if manner.dotted else ''} {following[1]}\n"
                number = 0 if manner.restart else number
                used += 1
        left -= 1
        number += 1
        cells = [_cell(role, chance, manner) for role in manner.columns]
        made.rows.append([str(number), *cells])
        made.groups.append(group)
        lines = [[f"{number}{'.' if manner.dotted else ''}"], *map(wrap, cells, manner.widths)]
        used = _draw(page, lines, header, used, manner)
    made.text = page.out
    return made


def _draw(page: _Page, lines: list[list[str]], header: list[list[str]], used: int, manner: Manner) -> int:
    """Draw a row, on two pages where it does not fit and rows may be cut; return the lines used of the page."""
    tall, room = max(map(len, lines)), manner.height - used
    if tall <= room:
        page.row(lines, centred=manner.centred)
        return used + tall
    top = max(map(len, header)) if manner.repeat_header else 0
    cut = manner.cut_rows and manner.repeat_header and 2 <= room < tall
    if cut:
        page.row([cell[:room] for cell in lines], centred=False)
        lines = [cell[room:] for cell in lines]
    if manner.repeat_header:
        page.row(header, centred=manner.centred)
    page.row(lines, centred=manner.centred and not cut)
    return top + max(map(len, lines))
