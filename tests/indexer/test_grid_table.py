import pytest

from indexer.grid_matrix import join_grids
from indexer.grid_table import split_runs
from indexer.path import eid, label, parse_eid, parse_label
from indexer.types import Step, StepKind, fold_white
from tests.indexer.factories.grids import PageNumber, across, cells_of, down, extracted, table_of

HEADER = ["TT", "Nhiệm vụ", "Chủ trì", "Thời hạn"]
ANNEX = (Step(StepKind.APPENDIX, "II"),)


def names_of(*pages):
    table, _ = table_of(*pages)
    return [(column.name, column.role) for column in table.columns]


def numbers_of(*pages):
    table, _ = table_of(*pages)
    return [row.number for row in table.rows]


def groups_of(*pages):
    table, _ = table_of(*pages)
    return [(row.group.number, row.group.name) if row.group else None for row in table.rows]


def labels_of(*pages, path=ANNEX):
    table, _ = table_of(*pages, path=path)
    return [label(row.path) for row in table.rows]


def test_every_cell_is_cited_from_the_text():
    """
    A cell's words are its slices of the text, a row runs from its first to its last word.
    """
    table, text = table_of([HEADER, ["1.", "Trồng sen\nvà súng", "Sở Y tế", ""], ["2.", "Đào ao", "", "Quý I"]])

    assert [row.number for row in table.rows] == ["1", "2"]
    for row in table.rows:
        for cell in row.cells:
            assert cell.text == " ".join(fold_white(text[span.start : span.end]) for span in cell.spans)
    assert fold_white(text[table.rows[0].start : table.rows[0].end]) == "1. Trồng sen và súng Sở Y tế"
    assert table.rows[0].cells[3].spans == ()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # two levels: the leaf alone says enough
        (
            [
                [down("TT", 2), down("Nội dung", 2), across("Phân công", 2)],
                ["Chủ trì", "Phối hợp"],
                ["1", "A", "Sở Y tế", "Sở Nội vụ"],
            ],
            [("TT", "order"), ("Nội dung", "content"), ("Chủ trì", "lead"), ("Phối hợp", "partners")],
        ),
        # the leaf is nothing without what it stands under
        (
            [
                [down("STT", 2), down("Chỉ tiêu", 2), across("Kinh phí", 2)],
                ["2025", "2026"],
                ["1", "A", "10", "20"],
            ],
            [("STT", "order"), ("Chỉ tiêu", "indicator"), ("Kinh phí 2025", "funding"), ("Kinh phí 2026", "funding")],
        ),
        # the same leaf under two parents
        (
            [
                [down("TT", 2), down("Đơn vị tính", 2), across("Năm 2025", 2), across("Năm 2026", 2)],
                ["Xã", "Phường", "Xã", "Phường"],
                ["1", "người", "1", "2", "3", "4"],
            ],
            [
                ("TT", "order"),
                ("Đơn vị tính", "unit"),
                ("Năm 2025 Xã", "value"),
                ("Năm 2025 Phường", "value"),
                ("Năm 2026 Xã", "value"),
                ("Năm 2026 Phường", "value"),
            ],
        ),
        # a second level whose other fields are blank instead of merged
        (
            [
                ["TT", "Nội dung", across("Phân công", 2), "Thời hạn"],
                ["", "", "Chủ trì", "Phối hợp", ""],
                ["1", "A", "Sở Y tế", "Sở Nội vụ", "Quý I"],
            ],
            [
                ("TT", "order"),
                ("Nội dung", "content"),
                ("Chủ trì", "lead"),
                ("Phối hợp", "partners"),
                ("Thời hạn", "due"),
            ],
        ),
        # numbers of the columns below the header
        (
            [HEADER, ["(1)", "(2)", "(3)", "(4)"], ["1", "A", "Sở Y tế", "Quý I"]],
            [("TT", "order"), ("Nhiệm vụ", "content"), ("Chủ trì", "lead"), ("Thời hạn", "due")],
        ),
        (
            [["Số", "Tên xã", "Diện tích"], ["A", "B", "1"], ["1", "Sen Hồng", "12"], ["2", "Sen Trắng", "14"]],
            [("Số", "order"), ("Tên xã", "other"), ("Diện tích", "other")],
        ),
        # a title over the whole width
        (
            [[across("DANH MỤC NHIỆM VỤ", 4)], HEADER, ["1", "A", "Sở Y tế", "Quý I"]],
            [("TT", "order"), ("Nhiệm vụ", "content"), ("Chủ trì", "lead"), ("Thời hạn", "due")],
        ),
        # "Phân công" alone says who does it
        (
            [["TT", "Nhiệm vụ", "Phân công"], ["1", "A", "Sở Y tế"]],
            [("TT", "order"), ("Nhiệm vụ", "content"), ("Phân công", "lead")],
        ),
        # no header, but rows that count
        (
            [["1", "Trồng sen", "Sở Y tế"], ["2", "Đào ao", "Sở Nội vụ"]],
            [("1", "order"), ("2", "other"), ("3", "other")],
        ),
    ],
)
def test_header(rows, expected):
    """
    Columns bear the name of the lowest heading over them, and their parent's only where it alone says too little.
    """
    assert names_of(rows) == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # merged over the whole width, number typed before the name
        ([HEADER, [across("I. Nước", 4)], ["1", "A", "B", "C"]], [("I", "Nước")]),
        # a number and a name over the rest
        ([HEADER, ["II", across("Nước", 3)], ["1", "A", "B", "C"]], [("II", "Nước")]),
        # a number and a name, all else blank
        ([HEADER, ["A", "Nước", "", ""], ["1", "A", "B", "C"]], [("A", "Nước")]),
        # no number at all
        ([HEADER, ["", across("Nước", 3)], ["1", "A", "B", "C"]], [("", "Nước")]),
        ([HEADER, ["Nhóm việc về nước", "", "", ""], ["1", "A", "B", "C"]], [("", "Nhóm việc về nước")]),
        # the innermost of several levels
        (
            [
                HEADER,
                ["A", across("Nước", 3)],
                ["I", across("Ao", 3)],
                ["1", "A", "B", "C"],
                ["II", across("Hồ", 3)],
                ["2", "A", "B", "C"],
                ["B", across("Đất", 3)],
                ["3", "A", "B", "C"],
            ],
            [("I", "Ao"), ("II", "Hồ"), ("B", "Đất")],
        ),
        # a number with all else blank heads the rows that count below it
        (
            [HEADER, ["1", "Nước", "", ""], ["1.1", "A", "B", "C"], ["1.2", "A", "B", "C"], ["2", "D", "B", "C"]],
            [("1", "Nước"), ("1", "Nước"), None],
        ),
        # and is a row with blank cells before the next number
        ([HEADER, ["1", "Nước", "", ""], ["2", "A", "B", "C"]], [None, None]),
        # a cell merged down over the group row
        (
            [HEADER, ["1", "A", "B", down("Quý I", 3)], ["I", across("Nước", 2)], ["2", "A", "B"]],
            [None, ("I", "Nước")],
        ),
    ],
)
def test_groups(rows, expected):
    """
    A row that heads others is their group and no row.
    """
    assert groups_of(rows) == expected


def test_paths_of_groups():
    """
    A row's path holds every group that bears a number; rows that begin anew below another group stay apart.
    """
    rows = [
        ["TT", "Dự án", "Chủ đầu tư"],
        ["A", across("Nước", 2)],
        ["I", across("Ao", 2)],
        ["1", "X", "Y"],
        ["B", across("Đất", 2)],
        ["I", across("Đồi", 2)],
        ["1", "X", "Y"],
        ["1", "Z", "Y"],
    ]

    assert labels_of(rows) == [
        "Phụ lục II, mục A, mục I, dự án 1",
        "Phụ lục II, mục B, mục I, dự án 1",
        "Phụ lục II, mục B, mục I, dự án 1 (lần 2)",
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # no order column: by place
        (
            [["Nội dung", "Chủ trì"], ["Trồng sen", "Sở Y tế"], ["Đào ao", "Sở Nội vụ"]],
            ["Phụ lục II, dòng 1", "Phụ lục II, dòng 2"],
        ),
        # numbers typed before the words
        (
            [["Nhiệm vụ", "Chủ trì"], ["1. Trồng sen", "Sở Y tế"], ["2. Đào ao", "Sở Nội vụ"]],
            ["Phụ lục II, nhiệm vụ 1", "Phụ lục II, nhiệm vụ 2"],
        ),
        # numbers as they are printed, without their dots
        (
            [HEADER, ["01", "A", "B", "C"], ["1a.", "A", "B", "C"], ["b)", "A", "B", "C"], ["2.1.", "A", "B", "C"]],
            [
                "Phụ lục II, nhiệm vụ 01",
                "Phụ lục II, nhiệm vụ 1a",
                "Phụ lục II, nhiệm vụ b",
                "Phụ lục II, nhiệm vụ 2.1",
            ],
        ),
        # a dash is no number
        (
            [HEADER, ["1", "A", "B", "C"], ["-", "D", "B", "C"], ["2", "A", "B", "C"]],
            ["Phụ lục II, nhiệm vụ 1", "Phụ lục II, dòng không đánh số 1", "Phụ lục II, nhiệm vụ 2"],
        ),
    ],
)
def test_labels(rows, expected):
    """
    Every row has a label of its own that reads back into its path, numbered or not.
    """
    table, _ = table_of(rows, path=ANNEX)

    assert [label(row.path) for row in table.rows] == expected
    for row in table.rows:
        assert parse_label(label(row.path)) == row.path
        assert parse_eid(eid(row.path)) == row.path


def test_rows_that_head_others():
    """
    Among numbered rows one without a number, above them or adding them up, is no task of its own; its cells are kept.
    """
    rows = [
        HEADER,
        ["", "Việc về nước", "Sở Y tế", "Quý I"],
        ["1", "A", "B", "C"],
        ["-", "Phần của A", "B", "C"],
        ["2", "A", "B", "C"],
        ["", "Tổng cộng", "", "9"],
    ]

    table, _ = table_of(rows)

    assert [row.heads for row in table.rows] == [True, False, False, False, True]
    assert [row.number for row in table.items] == ["1", "", "2"]
    assert [cell.text for cell in table.rows[0].cells] == ["", "Việc về nước", "Sở Y tế", "Quý I"]


def test_merged_down():
    """
    The words of a cell that covers rows stand in each of them, with the same slices, and say that they are merged.
    """
    table, _ = table_of(
        [HEADER, ["1", "A", "Sở X", down("Quý I", 2)], ["2", "B", "Sở Z"], ["3", "C", "Sở Z", "Quý II"]]
    )

    due = [row.cells[3] for row in table.rows]
    assert [cell.text for cell in due] == ["Quý I", "Quý I", "Quý II"]
    assert [cell.merged for cell in due] == [True, True, False]
    assert due[0].spans == due[1].spans
    assert table.rows[1].end < table.rows[2].start


def test_columns_under_one_heading():
    """
    Columns that share one heading are one column; what stands in them is read from left to right.
    """
    rows = [["TT", across("Nhiệm vụ", 2), "Chủ trì"], ["1", across("Đào ao", 2), "Sở X"], ["2", "Thả", "cá", "Sở Y"]]

    assert names_of(rows) == [("TT", "order"), ("Nhiệm vụ", "content"), ("Chủ trì", "lead")]
    assert cells_of(rows) == [["1", "Đào ao", "Sở X"], ["2", "Thả cá", "Sở Y"]]


def test_merged_across_and_holes():
    """
    Words over several columns belong to the first of them; a field that the drawing leaves out is blank.
    """
    assert cells_of([HEADER, ["1", "A", across("Cả hai", 2)], ["2", None, "Sở X", "Quý I"]]) == [
        ["1", "A", "Cả hai", ""],
        ["2", "", "Sở X", "Quý I"],
    ]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # the header comes again, and the numbers of the columns
        (
            [HEADER, ["(1)", "(2)", "(3)", "(4)"], ["1", "A", "B", "C"]],
            [HEADER, ["(1)", "(2)", "(3)", "(4)"], ["2", "D", "E", "F"]],
            [["1", "A", "B", "C"], ["2", "D", "E", "F"]],
        ),
        # as another reading of OCR
        (
            [HEADER, ["1", "A", "B", "C"]],
            [["TT", "Nhiêm vụ", "Chủ tri", "Thời hạn"], ["2", "D", "E", "F"]],
            [["1", "A", "B", "C"], ["2", "D", "E", "F"]],
        ),
        # a row cut in the middle of a sentence, in two of its cells
        (
            [HEADER, ["1", "Trồng sen trong", "Sở Y tế,", "Quý I"]],
            [["", "các ao của xã", "Sở Nội vụ", ""], ["2", "D", "E", "F"]],
            [["1", "Trồng sen trong các ao của xã", "Sở Y tế, Sở Nội vụ", "Quý I"], ["2", "D", "E", "F"]],
        ),
        # the rest begins with a name that the part above waits for
        (
            [HEADER, ["1", "Trồng sen theo kế hoạch của Văn phòng", "Sở Y tế", "Quý I"]],
            [["", "UBND tỉnh", "", ""], ["2", "D", "E", "F"]],
            [["1", "Trồng sen theo kế hoạch của Văn phòng UBND tỉnh", "Sở Y tế", "Quý I"], ["2", "D", "E", "F"]],
        ),
        # a cell alone was longer than its page
        (
            [HEADER, ["1", "Trồng sen", "Sở Y tế; Sở Nội vụ", "Quý I"]],
            [["", "", "Hội Nông dân", ""], ["2", "D", "E", "F"]],
            [["1", "Trồng sen", "Sở Y tế; Sở Nội vụ Hội Nông dân", "Quý I"], ["2", "D", "E", "F"]],
        ),
        # a row without a number that begins on the page
        (
            [HEADER, ["1", "Trồng sen trong các ao", "Sở Y tế", "Quý I"]],
            [["", "Việc về đất", "", ""], ["2", "D", "E", "F"]],
            [["1", "Trồng sen trong các ao", "Sở Y tế", "Quý I"], ["", "Việc về đất", "", ""], ["2", "D", "E", "F"]],
        ),
        (
            [HEADER, ["1", "Trồng sen.", "Sở Y tế", "Quý I"]],
            [["", "Việc về đất", "Sở Nội vụ", "Quý II"], ["2", "D", "E", "F"]],
            [["1", "Trồng sen.", "Sở Y tế", "Quý I"], ["", "Việc về đất", "Sở Nội vụ", "Quý II"], ["2", "D", "E", "F"]],
        ),
        # the row behind the rest of a cut row is no rest
        (
            [HEADER, ["1", "A", "Sở X;", "Không có,"]],
            [["", "", "Sở Y", ""], ["2", "D", "E", "không"], ["", "e", "f", "g"]],
            [["1", "A", "Sở X; Sở Y", "Không có,"], ["2", "D", "E", "không"], ["", "e", "f", "g"]],
        ),
        # the number stands in the lower part
        (
            [HEADER, ["1", "A", "B", "C"], ["", "Trồng sen trong", "Sở", ""]],
            [["2", "các ao của xã", "Y tế", "Quý I"]],
            [["1", "A", "B", "C"], ["2", "Trồng sen trong các ao của xã", "Sở Y tế", "Quý I"]],
        ),
        # a merged cell that goes on over the page end: its lower part is blank
        (
            [HEADER, ["1", "A", "X", down("Quý I", 2)], ["2", "B", "X"]],
            [["3", "C", "X", down("", 2)], ["4", "D", "X"], ["5", "E", "X", ""]],
            [
                ["1", "A", "X", "Quý I"],
                ["2", "B", "X", "Quý I"],
                ["3", "C", "X", "Quý I"],
                ["4", "D", "X", "Quý I"],
                ["5", "E", "X", ""],
            ],
        ),
        # or its upper part
        (
            [HEADER, ["1", "A", "X", down("", 2)], ["2", "B", "X"]],
            [["3", "C", "X", "Quý I"], ["4", "D", "X", ""]],
            [["1", "A", "X", "Quý I"], ["2", "B", "X", "Quý I"], ["3", "C", "X", "Quý I"], ["4", "D", "X", ""]],
        ),
        # a cell that is simply blank at the top of a page stays so
        (
            [HEADER, ["1", "A", "X", "Quý I"]],
            [["2", "B", "X", ""], ["3", "C", "X", "Quý II"]],
            [["1", "A", "X", "Quý I"], ["2", "B", "X", ""], ["3", "C", "X", "Quý II"]],
        ),
        # the one blank cell behind a merged one in a column that is seldom blank is likely its rest
        (
            [HEADER, ["1", "A", "X", down("Quý I", 2)], ["2", "B", "X"]],
            [["3", "C", "X", ""], ["4", "D", "X", "Quý II"], ["5", "E", "X", "Quý II"]],
            [
                ["1", "A", "X", "Quý I"],
                ["2", "B", "X", "Quý I"],
                ["3", "C", "X", "Quý I"],
                ["4", "D", "X", "Quý II"],
                ["5", "E", "X", "Quý II"],
            ],
        ),
        # a task has several rows, and one of them stands on the next page
        (
            [[*HEADER, "Kết quả"], ["1", "A", "X", "Quý I", "Báo cáo"]],
            [["", "", "Sở Y tế", "Quý II", "Kế hoạch"], ["2", "D", "E", "F", "G"]],
            [
                ["1", "A", "X", "Quý I", "Báo cáo"],
                ["1", "A", "Sở Y tế", "Quý II", "Kế hoạch"],
                ["2", "D", "E", "F", "G"],
            ],
        ),
        # a number over several subjects goes on
        (
            [HEADER, [down("1", 2), "A.", "X", "Quý I"], ["B.", "X", "Quý I"]],
            [[down("", 2), "Xây dựng đề án", "Sở Y tế", "Quý II"], ["D", "E", "F"]],
            [
                ["1", "A.", "X", "Quý I"],
                ["1", "B.", "X", "Quý I"],
                ["1", "Xây dựng đề án", "Sở Y tế", "Quý II"],
                ["1", "D", "E", "F"],
            ],
        ),
        # two lists below one another are two cells, though one of them covers two rows
        (
            [HEADER, ["1", "A", "X", "- Báo cáo"]],
            [["2", "B", "X", down("- Kế hoạch", 2)], ["3", "C", "X"]],
            [["1", "A", "X", "- Báo cáo"], ["2", "B", "X", "- Kế hoạch"], ["3", "C", "X", "- Kế hoạch"]],
        ),
        # the last word of a heading hangs out of the header that comes again, and is none of the cell below
        (
            [["TT", "Nhiệm vụ", "Chủ trì", "Thời gian hoàn thành"], ["1", "A", "B", "C"]],
            [["TT", "Nhiệm vụ", "Chủ trì", "Thời gian hoàn"], ["2", "D", "E", "thành Quý I"]],
            [["1", "A", "B", "C"], ["2", "D", "E", "Quý I"]],
        ),
        # a column drawn beside the table on one page only
        (
            [HEADER, ["1", "A", "B", "C"]],
            [["2", "D", "E", "F", ""], ["3", "G", "H", "I", ""]],
            [["1", "A", "B", "C"], ["2", "D", "E", "F"], ["3", "G", "H", "I"]],
        ),
    ],
)
def test_page_ends(first, second, expected):
    """
    What a page end cuts is put together again, and what only stands at the top of a page is left alone.
    """
    assert cells_of(first, second) == expected


def test_a_group_comes_again():
    """
    A group row that is repeated at the top of a page is the group that was open.
    """
    first = [HEADER, ["I", across("Nước", 3)], ["1", "A", "B", "C"]]
    second = [HEADER, ["I", across("Nước (tiếp theo)", 3)], ["2", "D", "E", "F"]]

    assert groups_of(first, second) == [("I", "Nước"), ("I", "Nước")]
    assert labels_of(first, second)[1] == "Phụ lục II, mục I, nhiệm vụ 2"


def test_slices_of_a_cut_cell():
    """
    A cell that a page end cut has one slice of the text for each part.
    """
    table, text = table_of([HEADER, ["1", "Trồng sen", "Sở Y", "C"]], [["", "và súng", "tế", ""]])

    assert [text[span.start : span.end] for span in table.rows[0].cells[1].spans] == ["Trồng sen", "và súng"]


@pytest.mark.parametrize(
    "rows",
    [
        [["UBND XÃ SEN\nSố: 1/KH-UBND", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc"]],
        [["Nơi nhận:\n- Như trên;", "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH"]],
        [["NGƯỜI LẬP BIỂU", "GIÁM ĐỐC"]],
        [["Một khung có một ô"]],
        [["Một khung"], ["có hai dòng"]],
        [["Họ và tên:", "Nguyễn Văn A"], ["Ngày sinh:", ""], ["Địa chỉ: ………", ""]],
    ],
)
def test_what_is_no_register(rows):
    """
    A letterhead, signatures, a frame and a form are no registers.
    """
    assert table_of(rows)[0] is None


def test_unknown_columns_are_kept():
    """
    A table whose columns no role fits is a register under its own headings.
    """
    rows = [["Xã", "Dân số", "Diện tích"], ["Sen Hồng", "1.200", "12"], ["Sen Trắng", "900", "14"]]

    assert names_of(rows) == [("Xã", "other"), ("Dân số", "other"), ("Diện tích", "other")]
    assert cells_of(rows) == rows[1:]


def test_runs():
    """
    Grids are one table over a page end that only page matter stands at; text between them, or another header, parts them.
    """
    made = extracted(
        [HEADER, ["1", "A", "B", "C"]],
        PageNumber("2"),
        "\f",
        [["2", "D", "E", "F"]],
        "Biểu 2",
        "\f",
        [["3", "G", "H", "I"]],
    )
    other = extracted(
        [HEADER, ["1", "A", "B", "C"]], "\f", [["STT", "Chỉ tiêu", "Đơn vị tính", "Ghi chú"], ["1", "A", "B", "C"]]
    )

    assert [len(run) for run in join_grids(made.text, made.grids, made.asides)] == [2, 1]
    assert [len(run) for run in split_runs(other.text, other.grids)] == [1, 1]


def test_a_row_without_a_number_among_numbered_ones():
    """
    Where all rows bear a number, one without that begins a page is the rest of the row before, although a sentence ended there.
    """
    rows = [[str(number), "Trồng sen.", "Sở Y tế;", "Quý I"] for number in range(1, 7)]

    assert cells_of([HEADER, *rows], [["", "Trồng lúa.", "Sở Nội vụ", ""]])[-1] == [
        "6",
        "Trồng sen. Trồng lúa.",
        "Sở Y tế; Sở Nội vụ",
        "Quý I",
    ]


def test_a_blank_row_below_a_group():
    """
    "1" heads "1.1" although a blank row stands between them.
    """
    table, _ = table_of([HEADER, ["1", "Nhóm một", "", ""], ["", "", "", ""], ["1.1", "A", "B", "C"]])

    assert [(row.number, row.group.name if row.group else "") for row in table.rows] == [("1.1", "Nhóm một")]
