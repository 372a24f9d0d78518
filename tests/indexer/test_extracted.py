from itertools import pairwise

import pytest

from indexer.ladder import parse_extracted
from indexer.letterhead import read_metadata
from indexer.path import eid, label, parse_eid, parse_label
from indexer.types import LineKind, fold_white
from tests.indexer.factories.grids import PageNumber, across, extracted

HEADER = ["TT", "Nhiệm vụ", "Chủ trì", "Thời hạn"]
LETTERHEAD = [
    [
        "UBND TỈNH HOA SEN\nSỞ NÔNG NGHIỆP\nSố: 45/KH-SNN",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\nHoa Sen, ngày 05 tháng 3 năm 2026",
    ]
]
SIGNATURE = [
    ["Nơi nhận:\n- Như trên;\n- UBND các xã,\nphường;\n- Lưu: VT.", "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC\n\nLê Thị Sen"]
]


def structure(*blocks, **how):
    """Labels of the clauses, tables, and what each clause says on one line."""
    clauses, tables, _ = parse_extracted("d", extracted(*blocks, **how))
    for clause in clauses:
        assert parse_label(label(clause.path)) == clause.path
        assert parse_eid(eid(clause.path)) == clause.path
    assert len({clause.path for clause in clauses}) == len(clauses)
    return [(label(clause.path), fold_white(clause.text)) for clause in clauses], tables


def labels(*blocks, **how):
    return [name for name, _ in structure(*blocks, **how)[0]]


def test_a_register_among_clauses():
    """
    A drawn register stands under the heading above it, its words in no clause; the text goes on behind it.
    """
    found, tables = structure(
        "I. MỤC TIÊU",
        "Trồng sen.",
        "II. NHIỆM VỤ",
        "DANH MỤC NHIỆM VỤ NĂM 2026",
        [HEADER, ["1", "Đào ao", "Sở Y tế", "Quý I"]],
        "Các đơn vị báo cáo kết quả.",
        "III. TỔ CHỨC THỰC HIỆN",
    )

    assert [name for name, _ in found] == ["I", "I, đoạn 1", "II", "II, đoạn 1", "II, đoạn 2", "III"]
    assert [(label(table.path), table.title, len(table.rows)) for table in tables] == [
        ("II", "DANH MỤC NHIỆM VỤ NĂM 2026", 1)
    ]
    assert label(tables[0].rows[0].path) == "II, nhiệm vụ 1"


def test_tables_under_one_heading():
    """
    Two tables under one heading have paths of their own, by the number that is printed over them where there is one.
    """
    first, second = [HEADER, ["1", "A", "B", "C"]], [HEADER, ["1", "D", "E", "F"]]
    _, plain = structure("PHỤ LỤC II", "NHIỆM VỤ", first, "Của các xã:", second)
    _, printed = structure("PHỤ LỤC II", "SỐ LIỆU", "Bảng 3. Diện tích", first, "Bảng 4. Sản lượng", second)

    assert [label(table.rows[0].path) for table in plain] == [
        "Phụ lục II, nhiệm vụ 1",
        "Phụ lục II, bảng 2, nhiệm vụ 1",
    ]
    assert [label(table.path) for table in printed] == ["Phụ lục II, bảng 3", "Phụ lục II, bảng 4"]
    assert printed[1].title == "Bảng 4. Sản lượng"


def test_a_table_over_page_ends():
    """
    A table that a page end cuts is one register; the page number between its parts is in no clause.
    """
    found, tables = structure(
        "PHỤ LỤC",
        "NHIỆM VỤ",
        [HEADER, ["1", "Đào ao", "Sở", "Quý I"]],
        PageNumber("2"),
        "\f",
        [["", "", "Y tế", ""], ["2", "Thả cá", "Sở X", ""]],
    )

    assert [[cell.text for cell in row.cells] for row in tables[0].rows] == [
        ["1", "Đào ao", "Sở Y tế", "Quý I"],
        ["2", "Thả cá", "Sở X", ""],
    ]
    assert [name for name, _ in found] == ["Phụ lục"]


@pytest.mark.parametrize("paragraphs", [True, False])
def test_letterhead_and_signature_in_tables(paragraphs):
    """
    A letterhead and a signature that are set as tables are read cell by cell, each part where it belongs.
    """
    made = extracted(
        LETTERHEAD,
        "KẾ HOẠCH",
        "Phát triển vùng trồng sen",
        "I. MỤC TIÊU",
        "1. Trồng sen./.",
        SIGNATURE,
        paragraphs=paragraphs,
    )
    clauses, tables, _ = parse_extracted("d", made)
    metadata = read_metadata("d", clauses)

    assert tables == []
    assert metadata.number.value == "45/KH-SNN"
    assert metadata.issued_on.value == "2026-03-05"
    assert metadata.issuer.value == "SỞ NÔNG NGHIỆP"
    assert metadata.title.value == "Phát triển vùng trồng sen"
    assert metadata.signer.value == "Lê Thị Sen"
    assert [stated.value for stated in metadata.recipients] == ["Như trên", "UBND các xã, phường", "Lưu: VT"]


def test_an_annex_behind_the_signature():
    """
    Behind recipients and signature an annex begins anew.
    """
    assert labels(
        "Điều 1. Một./.", SIGNATURE, "PHỤ LỤC 01", "(Kèm theo Quyết định số 1/QĐ-SNN)", "DANH MỤC", "Các xã:"
    )[-4:] == [
        "Phụ lục 01",
        "Phụ lục 01, đoạn 1",
        "Phụ lục 01, đoạn 2",
        "Phụ lục 01, đoạn 3",
    ]


def test_a_frame_is_read_as_text():
    """
    The lines of a table that is no register are clauses, and its numbers count on.
    """
    assert labels("I. MỘT", [["1. Một khung"], ["2. có hai dòng"]], "II. HAI") == ["I", "I.1", "I.2", "II"]


def test_footnotes():
    """
    A footnote is a clause of its own and leaves the paragraph that it stands in whole.
    """
    notes = ("[1] Theo Luật Đất đai.", "2 Xem Phụ lục.")
    found, _ = structure("1. Trồng sen trong các ao của", "\f", "xã.", "2. Đào ao.", *notes, footnotes=notes)
    cut, _ = structure("Điều 1. Trồng sen trong các ao của", notes[0], "\f", "xã.", "Điều 2. Đào ao.", footnotes=notes)

    assert found == [
        ("tiểu mục 1", "1. Trồng sen trong các ao của xã."),
        ("tiểu mục 2", "2. Đào ao."),
        ("chú thích 1", "[1] Theo Luật Đất đai."),
        ("chú thích 2", "2 Xem Phụ lục."),
    ]
    assert [name for name, _ in cut] == ["Điều 1", "chú thích 1", "Điều 2"]


def test_the_readers_word_on_a_line():
    """
    What the reader says of a line counts: a running head is no text, whatever it looks like.
    """
    made = extracted("I. MỘT", "Hai.", PageNumber("Điều 9. Trang 3"), "Ba.")

    assert made.asides[0].kind is LineKind.PAGE_NUMBER
    assert [label(clause.path) for clause in parse_extracted("d", made)[0]] == ["I", "I, đoạn 1", "I, đoạn 2"]


QUOTING = [
    "Điều 1. Sửa đổi, bổ sung một số điều của Nghị định số 5/2020/NĐ-CP",
    "1. Sửa đổi khoản 2 Điều 5 như sau:",
    "“2. Cơ quan lập hồ sơ.",
    "3. Cơ quan gửi hồ sơ.”.",
    "2. Bổ sung Điều 5a như sau:",
    "“Điều 5a. Hồ sơ",
    "1. Đơn “xin phép” theo mẫu.",
    "a) Bản sao.”",
    "Điều 2. Hiệu lực",
]


@pytest.mark.parametrize("straight", [False, True])
def test_quoted_articles_open_nothing(straight):
    """
    What a law quotes belongs to the clause that quotes it, whatever numbers it bears.
    """
    lines = [line.replace("“", '"').replace("”", '"') for line in QUOTING] if straight else QUOTING

    assert labels(*lines) == [
        "Điều 1",
        "khoản 1 Điều 1",
        "khoản 1 Điều 1, đoạn 1",
        "khoản 1 Điều 1, đoạn 2",
        "khoản 2 Điều 1",
        "khoản 2 Điều 1, đoạn 1",
        "khoản 2 Điều 1, đoạn 2",
        "khoản 2 Điều 1, đoạn 3",
        "Điều 2",
    ]


def test_a_mark_that_is_never_closed():
    """
    A forgotten closing mark does not swallow the rest of the document.
    """
    assert labels("Điều 1. Gọi là “Đề án.", "Điều 2. Hai.", "Điều 3. Ba.") == ["Điều 1", "Điều 2", "Điều 3"]
    assert labels("Điều 1. Sửa như sau:", "“2. Một.", "Điều 2. Hai.", "Điều 3. Gọi là “Ba”.”")[2:] == [
        "Điều 2",
        "Điều 3",
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # a plan that an article approves, and the articles behind it
        (
            ["Điều 1. Phê duyệt Đề án:", "I. MỤC TIÊU", "1. Chung", "II. NHIỆM VỤ", "1. Một", "Điều 2. Hiệu lực", "1. Từ ngày ký."],
            ["Điều 1", "Điều 1, I", "Điều 1, I.1", "Điều 1, II", "Điều 1, II.1", "Điều 2", "khoản 1 Điều 2"],
        ),
        # a regulation issued with a decision, below the signature and with a letterhead of its own
        (
            ["Điều 1. Ban hành Quy chế./.", SIGNATURE, LETTERHEAD, "QUY CHẾ", "Làm việc", "(Kèm theo Quyết định số 1)", "Điều 1. Phạm vi", "1. Một."],
            ["Quy chế", "Quy chế, đoạn 1", "Quy chế, Điều 1", "Quy chế, khoản 1 Điều 1"],
        ),
        # its kind and title on one line, without a signature between
        (
            ["Điều 1. Ban hành Quy chế.", "QUY CHẾ LÀM VIỆC CỦA BAN CHỈ ĐẠO", "(Kèm theo Quyết định số 1/QĐ)", "Điều 1. Phạm vi"],
            ["Quy chế", "Quy chế, đoạn 1", "Quy chế, Điều 1"],
        ),
        # parts by capital letters, as reports have them
        (
            ["A. TÌNH HÌNH", "I. MỘT", "1. Hai", "B. NHIỆM VỤ", "I. BA", "C. TỔ CHỨC", "I. BỐN"],
            ["Phần A", "Phần A, I", "Phần A, I.1", "Phần B", "Phần B, I", "Phần C", "Phần C, I"],
        ),
        # sub-divisions; titles below their numbers; articles without a stop
        (
            ["Chương I", "CHUNG", "Mục 1", "ĐẤT", "Tiểu mục 1", "RUỘNG", "Điều 1", "Phạm vi", "Điều 2. Hai"],
            [
                "Chương I",
                "Mục 1 Chương I",
                "Tiểu mục 1 Mục 1 Chương I",
                "Điều 1 Tiểu mục 1 Mục 1 Chương I",
                "Điều 2 Tiểu mục 1 Mục 1 Chương I",
            ],
        ),
        # what is only referred to
        (
            ["Điều 1. Một", "Điều 5 của Luật này không áp dụng.", "Mục 2 Chương III của Nghị định này.", "Chương II Luật này bị bãi bỏ."],
            ["Điều 1", "Điều 1, đoạn 1", "Điều 1, đoạn 2", "Điều 1, đoạn 3"],
        ),
        # a number that repeats, one that is left out, letters with a stop, a small l that looks like I
        (
            ["Điều 1. Một:", "1. A.", "2. B.", "2. C.", "4. D:", "a. Một", "b. Hai", "e) Ba", "f) Ba", "k) Ba", "I) Bốn", "m) Năm"],
            [
                "Điều 1",
                "khoản 1 Điều 1",
                "khoản 2 Điều 1",
                "khoản 2 (lần 2) Điều 1",
                "khoản 4 Điều 1",
                "điểm a khoản 4 Điều 1",
                "điểm b khoản 4 Điều 1",
                "điểm e khoản 4 Điều 1",
                "điểm f khoản 4 Điều 1",
                "điểm k khoản 4 Điều 1",
                "điểm l khoản 4 Điều 1",
                "điểm m khoản 4 Điều 1",
            ],
        ),
        # parts and chapters that an article only lists
        (
            ["Điều 1. Mẫu gồm:", "Phần thứ nhất. Chung", "Chương I. Một", "Phần thứ hai. Riêng", "Điều 2. Hiệu lực"],
            ["Điều 1", "Điều 1, đoạn 1", "Điều 1, đoạn 2", "Điều 1, đoạn 3", "Điều 2"],
        ),
        # articles counted in words
        (
            ["Điều thứ nhất: Một.", "Điều thứ hai:", "a) Hai.", "Điều thứ mười một: Ba."],
            ["Điều thứ nhất", "Điều thứ hai", "điểm a Điều thứ hai", "Điều thứ mười một"],
        ),
        # those whom a letter is sent to belong to its head
        (
            ["Kính gửi:", "- Sở Y tế;", "- Sở Nội vụ.", "Sở Tài chính đề nghị:", "1. Một"],
            [
                "phần mở đầu, đoạn 1",
                "phần mở đầu, gạch đầu dòng 1",
                "phần mở đầu, gạch đầu dòng 2",
                "phần mở đầu, đoạn 2",
                "tiểu mục 1",
            ],
        ),
        # a document number at the beginning of a line, and a rule, open nothing
        (["I. MỘT", "72/TTr-SNV ngày 28 tháng 4.", "----------"], ["I", "I, đoạn 1", "I, đoạn 2"]),
    ],
)  # fmt: skip
def test_laws_and_decisions(lines, expected):
    """
    Parts of laws, decisions and what is issued with them are named as an official would.
    """
    assert labels(*lines)[-len(expected) :] == expected


def test_gaps_are_reported():
    """
    A number that is left out is reported once, articles counting on through the chapters.
    """
    lines = ["Chương I", "MỘT", "Điều 1. A", "Chương II", "HAI", "Điều 2. B", "Điều 4. C", "1. D", "3. E"]
    _, _, warnings = parse_extracted("d", extracted(*lines))

    assert [(warning.where, "số đứng trước là" in warning.what) for warning in warnings] == [("4", True), ("3", True)]


def test_headings_of_capitals_over_two_lines():
    """
    A heading in capitals goes on in the next line of capitals; a sentence does not.
    """
    clauses, _, _ = parse_extracted(
        "d", extracted("I. NHIỆM VỤ VÀ GIẢI PHÁP", "TRỌNG TÂM NĂM 2026", "Trồng sen.", "II. HAI")
    )

    assert [clause.heading for clause in clauses] == ["NHIỆM VỤ VÀ GIẢI PHÁP TRỌNG TÂM NĂM 2026", None, "HAI"]


def test_clauses_do_not_overlap():
    """
    Clauses, registers and page matter share no character.
    """
    blocks = [
        LETTERHEAD,
        "KẾ HOẠCH",
        "I. MỘT",
        [[across("NHIỆM VỤ", 4)], HEADER, ["1", "A", "B", "C"]],
        "Hai.",
        SIGNATURE,
    ]
    made = extracted(*blocks)
    clauses, tables, _ = parse_extracted("d", made)

    held = sorted((one.start, one.end) for one in (*clauses, *tables))
    assert all(a[1] <= b[0] for a, b in pairwise(held))
    assert all(made.text[clause.start : clause.end] == clause.text for clause in clauses)
    words = sum(len(made.text[start:end].split()) for start, end in held)
    assert words == len(made.text.split())


def test_chapters_that_are_only_named():
    """
    Parts and chapters that an article lists open nothing, the last one neither; those that hold articles do.
    """
    listed = [
        "Điều 2. Mẫu hồ sơ gồm",
        "Phần thứ nhất. Chỉ dẫn",
        "Chương I. Yêu cầu",
        "Chương II. Biểu mẫu",
        "Điều 3. Hiệu lực",
    ]
    real = [
        "Chương I",
        "CHUNG",
        "Điều 2. Hai",
        "Chương II",
        "NHIỆM VỤ",
        "Điều 3. Ba",
        "Chương III",
        "HIỆU LỰC",
        "Điều 4. Bốn",
    ]

    assert [one for one in labels(*listed) if "Chương" in one or "Phần" in one] == []
    assert labels(*listed)[-1] == "Điều 3"
    assert [one for one in labels(*real) if one.startswith("Chương")] == ["Chương I", "Chương II", "Chương III"]
