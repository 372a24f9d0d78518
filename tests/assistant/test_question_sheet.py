"""Question sheets: what is read of CSV files and workbooks, how columns are told, and which rows are named as wrong."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from assistant import sheets
from assistant.bench_sets import Fault
from assistant.question_sheet import FIELDS, _names, best_sheet, find_header, read_questions
from assistant.sheets import LARGEST_UNPACKED, Sheet, SheetRow, csv_sheets, excel_sheets, is_workbook
from indexer.errors import InputError

PATH = Path("bo.csv")


def sheet(*rows, name=""):
    return Sheet(name, tuple(SheetRow(number, tuple(cells)) for number, cells in enumerate(rows, start=1)))


def read(*rows):
    table = sheet(*rows)
    header = find_header(table)
    assert header is not None
    return read_questions(table, header, prefix="bo")


def items(*rows):
    return [question.item for question in read(*rows).questions]


def workbook(**sheets):
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    return book


def packed(book):
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_and_encodings(encoding, separator):
    """Comma, semicolon and tab are told by the header, in each encoding of Unicode; a cell may hold line ends."""
    text = f'Câu hỏi{separator}Đáp án\r\n"Ai, và;\nkhi nào?"{separator}Sở Y tế\r\nMấy?{separator}Ba\r\n'

    found = best_sheet(csv_sheets(text.encode(encoding), PATH))

    table, header = found
    assert header.columns == {"question": 0, "answer": 1}
    assert [(row.number, row.cells) for row in table.rows[1:]] == [
        (2, ("Ai, và;\nkhi nào?", "Sở Y tế")),
        (4, ("Mấy?", "Ba")),
    ]


def test_the_separator_that_excel_declares():
    """A first line "sep=;" decides, and lines keep their numbers."""
    (table,) = csv_sheets("sep=;\r\nCâu hỏi;Đáp án\r\nAi, tên gì?;A\r\n".encode(), PATH)

    assert [(row.number, row.cells) for row in table.rows] == [(2, ("Câu hỏi", "Đáp án")), (3, ("Ai, tên gì?", "A"))]


@pytest.mark.parametrize(
    ("data", "fact"),
    [
        # the letters before Unicode: a guess would put wrong words into a set
        ("Câu hỏi,Đáp án\nAi chủ trì nhiệm vụ xây dựng trường học?,Sở Giáo dục", "is written in Windows-1258"),
        # neither
        (b"C\xe2u h\x9fi,\xff\xfe\x81", "is not UTF-8 text"),
    ],
)
def test_other_encodings_are_refused(data, fact):
    """A file that is not Unicode is refused by name, with what to save it as."""
    if isinstance(data, str):
        data = windows_1258(data)

    with pytest.raises(InputError, match=fact) as caught:
        csv_sheets(data, PATH)

    assert str(caught.value).startswith("bo.csv:")
    assert "\n  Save " in str(caught.value)


def windows_1258(text):
    """Return *text* as Windows-1258 has it: base letters with their shape, tones behind them."""
    import unicodedata

    letters = []
    for letter in unicodedata.normalize("NFC", text):
        base, *marks = unicodedata.normalize("NFD", letter)
        tones = [mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323"]
        shapes = [mark for mark in marks if mark not in tones]
        letters.append(unicodedata.normalize("NFC", base + "".join(shapes)) + "".join(tones))
    return "".join(letters).encode("windows-1258")


def test_a_quotation_mark_that_is_never_closed():
    """What stands before it is read, and the line is named."""
    (table, *_) = csv_sheets('Câu hỏi,Đáp án\nAi?,A\n"Mấy?,Ba\nĐâu?,B\n'.encode(), PATH)

    found = read_questions(table, find_header(table), prefix="bo")

    assert [question.item["question"] for question in found.questions] == ["Ai?"]
    assert found.faults == [Fault(3, "broken")]


def test_cells_of_a_workbook_are_read_as_they_are_shown():
    """Numbers without their zeros and with a decimal comma, shares in per cent, dates as officials write them, blanks as nothing."""
    book = workbook(
        A=[["Câu hỏi", "Đáp án"], ["?", 3.0], ["?", 0.955], ["?", 6.5], ["?", date(2025, 11, 4)], ["?", None]]
    )
    book["A"]["B3"].number_format = "0.0%"
    book["A"].append(["?", datetime(2025, 11, 4, 8, 30, tzinfo=UTC).replace(tzinfo=None)])
    book["A"].append(["?", True])
    data = packed(book)

    (table,) = excel_sheets(data, PATH)

    assert is_workbook(data)
    shown = [row.cells[1] for row in table.rows[1:]]
    assert shown == ["3", "95,5%", "6,5", "04/11/2025", "", "04/11/2025 08:30", "true"]


def test_the_sheet_and_the_header_are_found():
    """Of several sheets the one with most known columns is read; a title above the header does not disturb."""
    data = packed(
        workbook(
            Bìa=[["Bộ câu hỏi"]],
            Hỏi=[["BỘ CÂU HỎI KIỂM THỬ"], [], ["STT", "CÂU HỎI (*)", "Đáp án đúng", "Người duyệt"], [1, "Ai?", "A"]],
        )
    )

    table, header = best_sheet(excel_sheets(data, PATH))

    assert table.name == "Hỏi"
    assert header.columns == {"question": 1, "answer": 2}
    assert header.unread == ("Người duyệt",)  # STT is known to be of no use
    assert [question.row for question in read_questions(table, header, prefix="bo").questions] == [4]


def test_broken_workbooks_are_refused():
    """Bytes that only begin like a workbook are refused by name."""
    with pytest.raises(InputError, match=r"^bo.csv: is no Excel workbook"):
        excel_sheets(b"PK\x03\x04nothing", PATH)


def test_what_would_fill_the_memory_is_refused():
    """A workbook of a few bytes that unpacks to more than a set of questions ever does is refused before anything is unpacked."""
    packed_small = io.BytesIO()
    with zipfile.ZipFile(packed_small, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/a.xml", "w") as part:
        for _ in range(LARGEST_UNPACKED // 2**20 + 1):
            part.write(bytes(2**20))

    assert len(packed_small.getvalue()) < 2**20
    with pytest.raises(InputError, match=r"^bo.csv: unpacks to 101 MiB, more than the 100 MiB that are read"):
        excel_sheets(packed_small.getvalue(), PATH)


def test_a_sheet_that_claims_too_many_cells_is_refused(monkeypatch):
    """Cells are counted as they come, blank ones too, since a single one far below makes thousands."""
    monkeypatch.setattr(sheets, "MOST_CELLS", 50)
    book = workbook(A=[["Câu hỏi", "Đáp án"]])
    book["A"]["B20"] = "xa"

    with pytest.raises(InputError, match=r"^bo.csv: a sheet has more than 50 cells"):
        excel_sheets(packed(book), PATH)


def test_given_names_go_before_known_ones():
    """A column that is named on the command line is taken although another bears the usual name."""
    table = sheet(["Câu hỏi", "Câu hỏi đã sửa", "Đáp án"], ["cũ", "mới", "A"])

    header = find_header(table, {"question": "cau hoi da sua"})

    assert header.columns == {"question": 1, "answer": 2}
    assert header.unread == ("Câu hỏi",)


def test_a_row_becomes_a_question():
    """Facts, forms, places, history, category and id come out as a question file has them."""
    header = [
        "ID",
        "Câu hỏi",
        "Câu hỏi trước",
        "Đáp án",
        "Đáp án sai",
        "Loại",
        "Văn bản",
        "Vị trí",
        "Trích dẫn",
        "Chữ bên cạnh",
    ]
    row = [
        "c1",
        "Ai?",
        "Một?\nHai?",
        "Sở Y tế|SYT; Sở A\\;B\nC",
        "Sở B|Sở C",
        "Tra cứu bảng",
        "kh",
        "Điều 1",
        "Sở Y tế",
        "x",
    ]

    assert items(header, row) == [
        {
            "id": "c1",
            "category": "table_lookup",
            "question": "Ai?",
            "history": [{"question": "Một?"}, {"question": "Hai?"}],
            "answerable": True,
            "must": [["Sở Y tế", "SYT"], ["Sở A;B"], ["C"]],
            "must_not": ["Sở B", "Sở C"],
            "gold": [{"document": "kh", "label": "Điều 1", "quote": "Sở Y tế", "beside": "x"}],
            "any_gold": False,
        }
    ]


def test_a_row_without_a_question_goes_on_with_the_one_above():
    """It adds facts and places; a question without an id is called after the file and its row."""
    (item,) = items(
        ["Câu hỏi", "Đáp án", "Văn bản", "Trích dẫn"],
        ["Những ai?", "A", "kh", "A làm"],
        ["", "B", "kh", "B làm"],
    )

    assert item["id"] == "bo-2"
    assert item["must"] == [["A"], ["B"]]
    assert [gold["quote"] for gold in item["gold"]] == ["A làm", "B làm"]


@pytest.mark.parametrize(
    ("columns", "cells", "expected"),
    [
        # an answer makes it answerable, a way of declining does not
        ([], ["A"], (True, [["A"]], None)),
        (["Cách từ chối"], ["", "Ngoài phạm vi"], (False, [], "out_of_scope")),
        # an answer that says that there is none
        ([], ["Không có thông tin."], (False, [], None)),
        # words beside a refusal are not compared
        (["Trả lời được"], ["Văn bản không nói", "không"], (False, [], None)),
        (["Answerable"], ["A", "Yes"], (True, [["A"]], None)),
    ],
)
def test_whether_there_is_an_answer(columns, cells, expected):
    """It is what the column says, else what the other cells say."""
    (item,) = items(["Câu hỏi", "Đáp án", *columns], ["Ai?", *cells])

    assert (item["answerable"], item["must"], item.get("status")) == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["", "q1"]], Fault(2, "question", "q1")),
        # the first row goes on with nothing
        ([["", "", "A"]], Fault(2, "orphan")),
        # and what goes on with a wrong row is lost with it
        ([["Ai?", "q1", "A", "có lẽ"], ["", "", "B"]], Fault(2, "yes_no", "answerable: có lẽ")),
        ([["Ai?", "q1", "", "có"]], Fault(2, "no_answer")),
        # a blank may have been forgotten
        ([["Ai?", "q1", ""]], Fault(2, "no_answer")),
        ([["Ai?", "q1", "A", "có", "để sau"]], Fault(2, "status", "status")),
        ([["Ai?", "q1", "A", "có", "ô trống"]], Fault(2, "status", "status")),
        ([["Ai?", "q1", "A"], ["Mấy?", "q1", "B"]], Fault(3, "twice", "2")),
        ([["Ai?", "q1", "A", "", "", "thừa", "nữa"]], Fault(2, "cells", "7")),
        ([], Fault(1, "empty")),
    ],
)
def test_wrong_rows_are_named(rows, expected):
    """Each way in which a row can be wrong is named by its number; the rows beside it are read."""
    good = [] if expected.reason == "empty" else [["Đâu?", "q9", "A"]]
    found = read(["Câu hỏi", "ID", "Đáp án", "Trả lời được", "Cách từ chối"], *rows, *good)

    assert expected in found.faults
    assert [question.item["question"] for question in found.questions][-1:] == (["Đâu?"] if good else [])


def test_the_words_of_the_data_file_are_clear():
    """Every column is a field of ours, and no word stands for two fields."""
    import tomllib

    import assistant.question_sheet as module
    from assistant.question_sheet import plain

    data = tomllib.loads(Path(module.__file__).with_name("question_columns.toml").read_text(encoding="utf-8"))
    names = [plain(word) for words in data["columns"].values() for word in words]

    assert set(data["columns"]) == set(FIELDS)
    assert len(names) == len(set(names))
    assert set(_names()["statuses"].values()) == {"not_stated", "not_found", "ambiguous", "out_of_scope"}
