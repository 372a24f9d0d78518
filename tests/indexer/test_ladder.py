from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.layout import split_lines
from indexer.path import eid, label, parse_eid, parse_label
from indexer.reader import read_text
from indexer.types import LineKind, fold_white
from tests.indexer.factories.documents import labels_of, ladder_of, texts_of

CORPUS = sorted((Path(__file__).parents[2] / "corpus" / "documents").glob("*.txt"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # the ladder of a plan
        (
            "I. MỤC TIÊU\n1. Chung\n1.1. Một\na) Hai\n- Ba\n+ Bốn\n- Năm\n1.2. Sáu\n2. Bảy\nII. NHIỆM VỤ\n1. Tám",
            [
                "I",
                "I.1",
                "I.1.1",
                "I.1.1, điểm a",
                "I.1.1, điểm a, gạch đầu dòng 1",
                "I.1.1, điểm a, gạch đầu dòng 1, dấu cộng 1",
                "I.1.1, điểm a, gạch đầu dòng 2",
                "I.1.2",
                "I.2",
                "II",
                "II.1",
            ],
        ),
        # a number printed twice: both sections are kept, and told apart
        (
            "II. MỘT\n1. A\nIII. HAI\n1. B\nIII. BA\n1. C",
            ["II", "II.1", "III", "III.1", "III (lần 2)", "III (lần 2).1"],
        ),
        # cross-references in the middle of a line open nothing
        ("Điều 3. Theo Điều 5. và khoản 2. nêu trên, mục III. của Kế hoạch", ["Điều 3"]),
        # a law, outermost step first
        (
            "Phần I\nQUY ĐỊNH CHUNG\nChương I\nMỞ ĐẦU\nMục 1\nPHẠM VI\nĐiều 1. Phạm vi\n1. Một:\na) Hai;\nb) Ba.\n2. Bốn.\nĐiều 2. Năm",
            [
                "Phần I",
                "Chương I Phần I",
                "Mục 1 Chương I Phần I",
                "Điều 1 Mục 1 Chương I Phần I",
                "khoản 1 Điều 1 Mục 1 Chương I Phần I",
                "điểm a khoản 1 Điều 1 Mục 1 Chương I Phần I",
                "điểm b khoản 1 Điều 1 Mục 1 Chương I Phần I",
                "khoản 2 Điều 1 Mục 1 Chương I Phần I",
                "Điều 2 Mục 1 Chương I Phần I",
            ],
        ),
        # inserted by an amendment, "5a" is an article of its own; so is a clause "1a"
        (
            "Điều 5. A\n1. B.\n1a. C.\nĐiều 5a. D\nĐiều 6. E",
            ["Điều 5", "khoản 1 Điều 5", "khoản 1a Điều 5", "Điều 5a", "Điều 6"],
        ),
        # đ stands behind d, and is another letter
        (
            "Điều 1. A:\na) Một;\nb) Hai;\nc) Một;\nd) Hai;\nđ) Ba;\ne) Bốn.",
            [
                "Điều 1",
                "điểm a Điều 1",
                "điểm b Điều 1",
                "điểm c Điều 1",
                "điểm d Điều 1",
                "điểm đ Điều 1",
                "điểm e Điều 1",
            ],
        ),
        # bullets under a heading that fills its line
        (
            "I. TỔ CHỨC THỰC HIỆN\n1. Các cơ quan, đơn vị, địa phương trong toàn tỉnh tổ chức quán triệt\n- Một việc làm;\n- Hai việc làm.",
            ["I", "I.1", "I.1, gạch đầu dòng 1", "I.1, gạch đầu dòng 2"],
        ),
        # annexes begin anew
        (
            "I. MỘT\nHai.\nPHỤ LỤC II:\nDanh mục\nI. BA\n1. Bốn",
            ["I", "I, đoạn 1", "Phụ lục II", "Phụ lục II, I", "Phụ lục II, I.1"],
        ),
    ],
)
def test_structure(text, expected):
    """
    Clauses are found by what opens a line, each under the path that an official would name.
    """
    assert labels_of(text) == expected


def test_titles_below_their_number():
    """
    The title of a chapter stands below its number, on as many lines of capitals as it takes.
    """
    clauses, _, _ = ladder_of("Chương I\nTIÊU CHUẨN\nNGHIỆP VỤ\nĐiều 1. Đối tượng\nCông chức các cấp.")

    assert [clause.heading for clause in clauses] == ["TIÊU CHUẨN NGHIỆP VỤ", "Đối tượng", None]


def test_a_repeated_number_is_reported():
    """
    Two sections under one number are kept apart, and the reader is told.
    """
    _, _, warnings = ladder_of("III. MỘT\nA.\nIII. HAI\nB.")

    assert [(warning.where, "in lại" in warning.what) for warning in warnings] == [("III", True)]


WRAPPED = """I. MỤC TIÊU
Đến hết năm hai nghìn không trăm hai mươi sáu, các vùng trồng sen
trên địa bàn tỉnh được cấp mã số, có nhật ký canh tác đầy đủ và có
doanh nghiệp cam kết thu mua sản phẩm.
Các hợp tác xã được hỗ trợ máy sấy, kho lạnh, xe vận chuyển và bao
bì thân thiện với môi trường.
"""


def test_paragraphs_of_a_wrapped_text():
    """
    Where a page's width broke the lines, a short last line and an indented first one still part two paragraphs.
    """
    first, second = texts_of(WRAPPED)[1:]

    assert first.endswith("thu mua sản phẩm.")
    assert second.startswith("Các hợp tác xã")


def test_every_ground_is_a_paragraph():
    """
    Each "Căn cứ" of a preamble is a paragraph, though the line before it is full.
    """
    text = (
        "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025 đã sửa;\n"
        "Căn cứ Luật Ngân sách nhà nước ngày 25 tháng 6 năm 2015 và các văn bản khác;\n"
        "Theo đề nghị của Giám đốc Sở Nông nghiệp.\n"
        "Điều 1. Phê duyệt."
    )

    assert [words.split(maxsplit=2)[0] for words in texts_of(text)] == ["Căn", "Căn", "Theo", "Điều"]


def test_a_signature_without_recipients():
    """
    Below the last words of the text, the office in capitals begins the signature block, "Nơi nhận" or not.
    """
    text = "Điều 1. Một.\nĐiều 2. Quyết định này có hiệu lực kể từ ngày ký./.\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\nLê Thị Sen"

    assert labels_of(text)[-3:] == ["phần ký, đoạn 1", "phần ký, đoạn 2", "phần ký, đoạn 3"]


def test_a_document_issued_with_a_decision():
    """
    Regulations behind the signature of the decision that issues them keep their own chapters and articles.
    """
    text = (
        "Điều 1. Ban hành Quy chế.\nĐiều 2. Có hiệu lực từ ngày ký./.\nCHỦ TỊCH\nLê Thị Sen\n"
        "QUY CHẾ\nLàm việc của Ban Chỉ đạo\nChương I\nQUY ĐỊNH CHUNG\nĐiều 1. Phạm vi\nQuy chế này quy định."
    )

    assert labels_of(text)[4:] == [
        "Quy chế",
        "Quy chế, Chương I",
        "Quy chế, Điều 1 Chương I",
        "Quy chế, Điều 1 Chương I, đoạn 1",
    ]


def test_a_table_ends_before_the_next_article():
    """
    A table without lines inside an article ends where the next article begins.
    """
    text = (
        "Điều 1. Gồm:\nTT\nNhiệm vụ\nChủ trì\n1\nĐào ao\nSở Y tế\n2\nThả cá\nSở Nội vụ\nĐiều 2. Hiệu lực\nTừ ngày ký."
    )
    clauses, tables, _ = ladder_of(text)

    assert [label(clause.path) for clause in clauses] == ["Điều 1", "Điều 2", "Điều 2, đoạn 1"]
    assert [row.number for row in tables[0].rows] == ["1", "2"]


def check(text, *, damaged=False):
    """
    Clauses stand in order, do not overlap, are slices of the text, hold every line of text that no table holds, and can be named.
    """
    clauses, tables, _ = ladder_of(text, damaged=damaged)
    assert all(text[clause.start : clause.end] == clause.text for clause in clauses)
    assert all(a.end <= b.start for a, b in pairwise(clauses))
    held = [(one.start, one.end) for one in (*clauses, *tables)]
    lost = [
        line.text
        for line in split_lines(text)
        if line.kind is LineKind.TEXT and not any(start <= line.start and line.end <= end for start, end in held)
    ]
    assert lost == []
    paths = [clause.path for clause in clauses]
    assert len({eid(path) for path in paths}) == len(paths)
    assert all(parse_eid(eid(path)) == path and parse_label(label(path)) == path for path in paths)


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_clauses_cover_the_corpus(path):
    """
    Every line of the five documents is in exactly one clause or register, and every clause has a name of its own.
    """
    check(read_text(path), damaged="546" in path.stem)


OPENINGS = [
    "",
    "I. ",
    "II. ",
    "III. ",
    "1. ",
    "2. ",
    "1.1. ",
    "a) ",
    "b) ",
    "đ) ",
    "- ",
    "+ ",
    "Điều 1. ",
    "Điều 5a. ",
    "Chương I\n",
    "PHỤ LỤC I\n",
    "Nơi nhận:\n",
]
BODIES = [
    "Cán bộ được bồi dưỡng kỹ năng số.",
    "theo quy định;",
    "TỔ CHỨC THỰC HIỆN",
    "Sở Y tế chủ trì, phối hợp với các đơn vị liên quan",
    "KT. CHỦ TỊCH",
    "QUY CHẾ",
]
LINE = st.tuples(
    st.sampled_from(OPENINGS), st.sampled_from(BODIES), st.sampled_from(["\n", "\n\n", "\n \n", "\f"])
).map("".join)


@settings(deadline=None, max_examples=150)
@given(text=st.lists(LINE, min_size=1, max_size=25).map("".join))
def test_clauses_cover_any_text(text):
    """
    Whatever opens the lines, in whatever order, no line is lost, none is held twice, and no two clauses bear one name.
    """
    check(text)


def test_nothing_of_a_bad_scan_is_lost():
    """
    In a bad scan "Il." counts as II, where a heading in capitals follows.
    """
    clauses, _, _ = ladder_of("I. MUC DICH\nMot.\nIl. NOI DUNG\nHai.", damaged=True)

    assert [(label(clause.path), fold_white(clause.text)) for clause in clauses][2] == ("II", "Il. NOI DUNG")
