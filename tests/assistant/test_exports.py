"""Exported files, opened again: what is in them, that nothing in them acts, and that every row says where it comes from."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.resources import files
from io import BytesIO

import pytest

from assistant.citing import Citer
from assistant.corpus import Corpus, RowAt
from assistant.exports.answers import answer_kinds, answer_listing, export_answer, is_list
from assistant.exports.files import file_name, listing_bytes
from assistant.exports.ics import calendar_bytes, event_uid, left_out
from assistant.exports.listing import Entry, Kind, Listing
from assistant.exports.tasks import tasks_listing
from assistant.exports.words import export_words
from assistant.task_filter import TaskFilter
from assistant.task_list import DueState, TaskList
from assistant.types import Abstention, Answer, Status
from indexer.errors import InputError
from indexer.types import Cell
from tests.assistant.chat_fakes import clauses, corpus

TODAY = date(2025, 10, 20)
HOSTILE = ("=1+1", "+84 912", "-5%", "@SUM(A1)", "\t=1", '=HYPERLINK("http://evil.example")', "#N/A")


def listing(**conditions):
    return tasks_listing(TaskList(Corpus(corpus()), TODAY), TaskFilter(**conditions), export_words("vi"))


def workbook(content):
    from openpyxl import load_workbook

    return load_workbook(BytesIO(content))


def document(content):
    import docx

    return docx.Document(BytesIO(content))


def events(content):
    from icalendar import Calendar

    return Calendar.from_ical(content).walk("VEVENT")


def rows_of(sheet):
    head = int(sheet.auto_filter.ref.split(":")[0][1:])
    last = int("".join(letter for letter in sheet.auto_filter.ref.split(":")[1] if letter.isdigit()))
    names = [cell.value for cell in sheet[head]]
    return [dict(zip(names, [cell.value for cell in sheet[line]], strict=True)) for line in range(head + 1, last + 1)]


def hostile(text):
    return Entry("id", text, text, text, text, text, text, text, text, text, note=text)


def made_of(*entries):
    return Listing("Danh mục", (), entries, (), (), export_words("vi"), state_shown=True)


def test_excel_holds_every_row_with_its_citation():
    """
    The sheet has a row a task: its cells, its day as a date, its state, and number, place and words of its source.
    """
    sheet = workbook(listing_bytes(listing(), Kind.EXCEL)).worksheets[0]
    rows = rows_of(sheet)

    assert [row["STT"] for row in rows] == [1, 2, 3, 4, 5]
    assert rows[4]["Cơ quan chủ trì"] == "Sở Khoa học và Công nghệ"
    assert rows[4]["Ngày đến hạn"] == datetime(2025, 10, 31)  # noqa: DTZ001 - a cell has no time zone
    assert rows[4]["Tình trạng"] == "Đến hạn"
    assert rows[4]["Số văn bản"] == "15/KH-UBND"
    assert rows[4]["Vị trí"] == "Phụ lục II, mục III, nhiệm vụ 9"
    assert rows[4]["Trích dẫn"].startswith("9. Xây dựng đề án")
    assert rows[2]["Còn thiếu"] == "rõ thời gian, rõ sản phẩm"


def test_excel_can_be_worked_with():
    """
    The head stays in view and filters; words wrap; the second sheet names the sources; the original decides.
    """
    book = workbook(listing_bytes(listing(), Kind.EXCEL))
    sheet, sources = book.worksheets
    head = int(sheet.auto_filter.ref.split(":")[0][1:])

    assert sheet.freeze_panes == f"A{head + 1}"
    assert sheet.cell(head + 1, 3).alignment.wrap_text
    assert sheet.column_dimensions["C"].width > 40
    assert any("15/KH-UBND" in str(cell.value) for line in sources for cell in line)
    said = [str(cell.value) for line in sheet for cell in line]
    assert any("văn bản gốc là căn cứ quyết định" in words for words in said)
    assert any(words.startswith("5/5 nhiệm vụ") for words in said)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_a_formula(text):
    """
    Words of a document that look like a formula are words, in every column of both sheets.
    """
    book = workbook(listing_bytes(made_of(hostile(text)), Kind.EXCEL))
    cells = [cell for sheet in book for line in sheet for cell in line if cell.value is not None]

    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert any(cell.value == text and (cell.quotePrefix or text == "#N/A") for cell in cells)


def test_characters_that_no_file_can_hold_are_left_out():
    """
    Control characters and signs that turn the direction of a line break no file and are in none.
    """
    made = made_of(replace(hostile("a\x00b\x1f\u202ec\ud800"), last_day=TODAY))

    assert "abc" in [cell.value for cell in workbook(listing_bytes(made, Kind.EXCEL)).worksheets[0][4]]
    assert document(listing_bytes(made, Kind.WORD)).tables[0].cell(1, 1).text == "abc"
    assert events(listing_bytes(made, Kind.CALENDAR))[0]["summary"] == "abc: abc"


def test_word_has_the_form_of_an_office():
    """
    A4 across, Times New Roman 13, a table whose head is repeated on each page, and a source in every row.
    """
    opened = document(listing_bytes(listing(), Kind.WORD))
    section, table = opened.sections[0], opened.tables[0]

    assert section.page_width > section.page_height
    assert (opened.styles["Normal"].font.name, opened.styles["Normal"].font.size.pt) == ("Times New Roman", 13)
    assert "tblHeader" in table.rows[0]._tr.xml  # noqa: SLF001
    assert "tblHeader" not in table.rows[1]._tr.xml  # noqa: SLF001
    assert [cell.text for cell in table.rows[0].cells][-1] == "Căn cứ"
    assert len(table.rows) == 6
    assert table.rows[5].cells[0].text == "5"
    assert table.rows[5].cells[-1].text.startswith("15/KH-UBND, Phụ lục II, mục III, nhiệm vụ 9: “9. Xây dựng")
    assert opened.paragraphs[0].text == "DANH MỤC NHIỆM VỤ, CHỈ TIÊU"


def test_the_calendar_has_the_rows_with_a_day():
    """
    Every row with a definite day is an all-day event on its last day, with lead, partners, deliverable and source; the others are counted.
    """
    made = listing()
    found = events(calendar_bytes(made, made=datetime(2025, 10, 20, tzinfo=UTC)))

    assert [event.decoded("dtstart") for event in found] == [date(2025, 9, 30), date(2025, 10, 31), date(2025, 10, 31)]
    assert found[0].decoded("dtend") == date(2025, 10, 1)
    last = found[-1]["description"]
    for words in (
        "Sở Khoa học và Công nghệ",
        "Các Sở: Xây dựng, Y tế",
        "Đề án ứng dụng IoT",
        "15/KH-UBND",
        "nhiệm vụ 9",
    ):
        assert words in last
    assert left_out(made)[0].startswith("2 mục")


def test_an_event_is_the_same_in_every_export():
    """
    The UID of a row does not depend on the filter, the day or the language; two rows have two.
    """
    everything, some = listing().dated, listing(state=DueState.SOON).dated

    assert [event_uid(entry) for entry in everything[1:]] == [event_uid(entry) for entry in some]
    assert len({event_uid(entry) for entry in everything}) == 3


def test_a_calendar_without_days_is_refused():
    """
    Where no row has a definite day there is no calendar, and the sentence says what there is instead.
    """
    with pytest.raises(InputError, match="Excel"):
        listing_bytes(listing(state=DueState.RECURRING), Kind.CALENDAR)


def test_rows_of_a_group_are_marked_and_stay_out_of_the_calendar():
    """
    Rows given to a group that may include the agency stand behind its own, say so, and are no events.
    """
    key = Corpus(corpus()).keys.key("Sở Tài chính")
    made = listing(agency=key)

    assert [entry.is_possible for entry in made.entries] == [False, True, True, True]
    assert made.entries[1].note == "Giao cho nhóm cơ quan, có thể gồm Sở Tài chính"
    assert len(made.dated) == 1
    assert left_out(made)[0].startswith("3 mục")


def listed(*numbers, head="Phụ lục II có {} nhiệm vụ do các sở chủ trì:", column=2):
    """Return a list answer over the rows with these numbers, and the corpus."""
    known = Corpus(corpus())
    citer = Citer(known)
    table = known.tables[0]
    lines = [head.format(len(numbers))]
    for row in table.rows:
        if row.number in numbers:
            lines.append(f"- Nhiệm vụ {row.number}: {row.cells[1].text} {citer.cell(RowAt(table, row), column)}")
    lines.append(f"{len(numbers)}/5 nhiệm vụ của Phụ lục II.")
    return Answer("câu hỏi", "câu hỏi", "\n".join(lines), citer.citations), known


def test_a_list_answer_is_exported_row_by_row():
    """
    Each line of a list gives a row with the cells of its register row, its mark, its place and its quoted words.
    """
    answer, known = listed("2", "9")
    rows = rows_of(workbook(export_answer(answer, Kind.EXCEL, known, today=TODAY)).worksheets[0])

    assert [row["Căn cứ số"] for row in rows] == ["[1]", "[2]"]
    assert rows[1]["Nội dung"] == "Xây dựng đề án ứng dụng IoT trong y tế"
    assert rows[1]["Cơ quan phối hợp"] == "Các Sở: Xây dựng, Y tế"
    assert rows[1]["Thời hạn"] == "Tháng 10/2025"
    assert rows[1]["Trích dẫn"] == "Sở Khoa học và Công nghệ"
    assert rows[1]["Vị trí"] == "Phụ lục II, mục III, nhiệm vụ 9, cột Cơ quan chủ trì"


def test_what_an_answer_says_beside_its_list_is_kept():
    """
    The head of a list stands above it, its completeness line below it, and the question above both.
    """
    answer, known = listed("2", "9")
    made = answer_listing(answer, known, today=TODAY)

    assert made.above == ("Câu hỏi: câu hỏi", "Lập ngày 20/10/2025", "Phụ lục II có 2 nhiệm vụ do các sở chủ trì:")
    assert made.below == ("2/5 nhiệm vụ của Phụ lục II.", "Hệ thống trả lời tự động; văn bản gốc là căn cứ quyết định.")
    assert [place.mark for place in made.citations] == ["[1]", "[2]"]


def test_a_line_of_words_is_exported_with_its_clause():
    """
    A citation of a clause gives a row with the line of the answer, without its mark, and the clause as its place.
    """
    known = Corpus(corpus())
    clause = known.index.clauses("ke-hoach")[2]
    citer = Citer(known)
    mark = citer.clause(known.index.document("ke-hoach"), clause)
    answer = Answer("q", "q", f"- Phát triển hạ tầng số {mark}.", citer.citations)
    (entry,) = answer_listing(answer, known).entries

    assert entry.content == "Phát triển hạ tầng số."
    assert entry.number == "7/KH-SXD"
    assert entry.lead == ""
    assert entry.quote == "- Phát triển hạ tầng số."
    assert answer_kinds(answer, known) == (Kind.EXCEL, Kind.WORD)
    assert len(document(export_answer(answer, Kind.WORD, known)).tables[0].columns) == 3


def test_words_printed_once_for_several_rows_belong_to_the_row_that_is_listed():
    """
    A merged cell is printed in an earlier row: the line that cites it and its own subject gives one row, its own.
    """
    index = corpus()
    (table,) = index.tables("phu-luc")
    shared = replace(table.rows[0].cells[2], merged=True)
    rows = tuple(
        replace(row, cells=(*row.cells[:2], shared, *row.cells[3:])) if row.number in ("1", "2") else row
        for row in table.rows
    )
    index.all_tables["phu-luc"] = (replace(table, rows=rows),)
    known = Corpus(index)
    citer = Citer(known)
    at = RowAt(known.tables[0], known.tables[0].rows[1])
    line = f"- Nhiệm vụ 2: … {citer.cell(at, 2)}{citer.cell(at, 1)}"
    (entry,) = answer_listing(Answer("q", "q", line, citer.citations), known).entries

    assert entry.row == "Nhiệm vụ 2"
    assert entry.marks == "[1][2]"


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_a_list_answer(kind):
    """
    A list with deadlines can be had as each kind of file.
    """
    answer, known = listed("2", "9")

    assert kind in answer_kinds(answer, known)
    assert len(export_answer(answer, kind, known)) > 500


def test_only_lists_are_worth_a_file():
    """
    An answer of one line, and an abstention, list nothing.
    """
    answer, _ = listed("2", "9")

    assert is_list(answer)
    assert not is_list(replace(answer, text="Nhiệm vụ 9 do Sở Y tế chủ trì [1]."))
    assert not is_list(Abstention(Status.NOT_FOUND, "q", "q", "- không có [1]"))


def test_blank_cells_and_bare_corpora():
    """
    A cell without words is exported as blank; a corpus without registers gives an empty list with its head.
    """
    text, found = clauses("d", [("1. Việc", None, 1)])
    assert Cell("").text == ""
    empty = tasks_listing(TaskList(Corpus(corpus()), TODAY), TaskFilter(words="không đâu có"), export_words("en"))

    assert empty.entries == ()
    assert rows_of(workbook(listing_bytes(empty, Kind.EXCEL)).worksheets[0]) == []
    assert len(document(listing_bytes(empty, Kind.WORD)).tables[0].rows) == 1
    assert text
    assert found


def test_file_names():
    """
    A file is named in Vietnamese with the day, and without signs that no file name may have.
    """
    assert file_name("Danh mục: nhiệm vụ", TODAY, Kind.WORD) == "Danh mục  nhiệm vụ 2025-10-20.docx"


def test_both_languages_have_the_same_words():
    """
    What stands in files beside the documents' words is there in both languages, with the same fields.
    """
    data = tomllib.loads(files("assistant.exports").joinpath("words.toml").read_text(encoding="utf-8"))
    fields = {
        language: {name: sorted(re.findall(r"{\w+}", str(text))) for name, text in words.items() if name != "states"}
        for language, words in data.items()
    }

    assert fields["vi"] == fields["en"]
    assert data["vi"]["states"].keys() == data["en"]["states"].keys() == set(DueState)
