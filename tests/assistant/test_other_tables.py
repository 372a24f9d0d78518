"""Tables of other kinds than a list of tasks: schedules, agencies under any heading, values, blanks, rows without numbers."""

import pytest

from assistant.service import Assistant
from assistant.types import Status
from indexer.index import Index, publish
from indexer.types import Document, Metadata, ParsedDocument, Stated, Step, StepKind
from tests.assistant.conftest import conversation
from tests.fakes import FakeEncoder
from tests.indexer.factories.grids import table_of

SCHEDULE = [
    ["Thời gian", "Nội dung", "Người phụ trách"],
    ["7h00 - 7h30", "Khai mạc hội trại", "Ban Tổ chức"],
    ["7h30 - 8h30", "Chuyên đề 1: Phòng cháy nhà sàn", "Đoàn trường"],
    ["8h30 - 9h00", "Chuyên đề 2: Bơi an toàn", "Đại diện Công an xã Sen Hồng"],
]
CLASSES = [
    ["Ngày học", "Lớp buổi sáng", "Lớp buổi chiều"],
    ["Ngày 02/3/2026", "Phòng Tài chính", "Phòng Nội vụ"],
    ["Ngày 03/3/2026", "Phòng Văn hóa", "Phòng Kinh tế"],
]
STEPS = [
    ["TT", "Công việc", "Đơn vị thực hiện", "Đơn vị phối hợp", "Cấp trình", "Sản phẩm", "Số ngày dự kiến", "Thời hạn"],
    ["1", "Khảo sát giếng khoan", "Sở Y tế", "Sở Tài chính", "UBND tỉnh", "Báo cáo khảo sát", "30", "Quý II/2026"],
    ["2", "Đo chất lượng nước", "Sở Tài chính", "Sở Y tế", "Ban Thường vụ", "Báo cáo đo nước", "7", "Tháng 5/2026"],
    ["3", "Lập bản đồ nguồn nước", "Sở Y tế", "", "Ban Thường vụ", "Bản đồ", "30", ""],
    ["", "Dán biển báo giếng hỏng", "Sở Tài chính", "", "UBND tỉnh", "", "", "Quý II/2026"],
    ["4", "Dán biển báo CNTT", "Sở Tài chính", "", "UBND tỉnh", "Biển báo", "", "Quý III/2026"],
]


def parsed(name, rows, *, title, number, annex=None):
    """A document with one table."""
    path = (Step(StepKind.APPENDIX, annex),) if annex else (Step(StepKind.ROMAN, "II"),)
    table, text = table_of(rows, path=path, title=title)
    text = f"{text}\nSố: {number}\nV/v {title}\n"
    start = text.rindex(number)
    stated = Stated(number, name, start, start + len(number))
    titled = Stated(title, name, text.rindex(title), text.rindex(title) + len(title))
    document = Document(name, f"{name}.docx", text, Metadata(number=stated, title=titled))
    tables = () if table is None else (type(table)(name, *(getattr(table, f) for f in list(table.__slots__)[1:])),)
    return ParsedDocument(document, (), tables, ())


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    documents = [
        parsed("hoi-trai", SCHEDULE, title="Chương trình hội trại hè", number="5/KH-THPT"),
        parsed("lop-hoc", CLASSES, title="Lịch học phần mềm kế toán", number="6/TB-STC"),
        parsed("nguon-nuoc", STEPS, title="Kế hoạch bảo vệ nguồn nước", number="7/KH-UBND", annex="I"),
    ]
    directory = tmp_path_factory.mktemp("other") / "index"
    publish(directory, documents, encoder=FakeEncoder(), sources={one.document.id: "0" * 64 for one in documents})
    return Assistant(Index.open(directory, encoder=FakeEncoder()))


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        # a schedule: no numbers, the agency under another heading, rows called by no noun
        ("Đoàn trường phụ trách những chuyên đề nào trong hội trại hè?", "Phòng cháy nhà sàn", "Bơi an toàn"),
        ("Công an xã Sen Hồng phụ trách những việc gì?", "Bơi an toàn", "Khai mạc"),
        # found by a cell; the heading says which half of the day
        ("Phòng Nội vụ học phần mềm kế toán ngày nào, buổi nào?", "02/3/2026", "03/3/2026"),
        ("Phòng Nội vụ học phần mềm kế toán ngày nào, buổi nào?", "buổi chiều", "buổi sáng"),
        # the heading of the column is the role
        ("Sở Y tế là đơn vị thực hiện những việc gì?", "bản đồ nguồn nước", "chất lượng nước"),
        # a figure whose unit stands in the heading
        ("Việc nào của kế hoạch nguồn nước dự kiến làm trong 30 ngày?", "Khảo sát giếng", "chất lượng nước"),
        # a value beside a word of its heading, and what is listed
        ("Những báo cáo nào trong Kế hoạch 7/KH-UBND phải trình Ban Thường vụ?", "chất lượng nước", "Khảo sát giếng"),
        # exactly what the cell says
        ("Công việc nào có hạn đúng Quý II/2026?", "Khảo sát giếng", "chất lượng nước"),
        ("Công việc nào có hạn trong quý II/2026?", "chất lượng nước", "bản đồ"),
        # what a column holds, of no row in particular
        (
            "Cột Cấp trình của Kế hoạch 7/KH-UBND ghi những gì?",
            "Công việc 2 [4] – công việc 3 [5]: Ban Thường vụ",
            "để trống",
        ),
        # counted, though no row is called so
        ("Kế hoạch 7/KH-UBND có mấy báo cáo phải xong trong quý II/2026?", "2/4 công việc", "bản đồ"),
        # what does not count is no condition
        ("Những công việc nào do Sở Y tế thực hiện (không kể Ban Thường vụ)?", "Khảo sát giếng", "chất lượng nước"),
        # one row does not count
        ("Ngoài công việc 1 còn việc nào do Sở Y tế thực hiện?", "bản đồ nguồn nước", "Khảo sát giếng"),
    ],
)
def test_rows_are_listed_by_any_cell(assistant, question, said, unsaid):
    """
    Rows are found by what stands in any of their cells, whatever the table calls its rows and columns.
    """
    reply = assistant.ask(question)[0]

    assert reply.status is Status.ANSWERED
    assert said in reply.text
    assert unsaid not in reply.text


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Việc lập bản đồ nguồn nước có đơn vị nào phối hợp?", ("công việc 3", "Đơn vị phối hợp")),
        ("Sản phẩm của việc dán biển báo giếng hỏng (hạn Quý II/2026) là gì?", ("không đánh số", "Sản phẩm")),
        ("Công việc 3 ai phối hợp và bao giờ xong?", ("công việc 3", "Đơn vị phối hợp; Thời hạn")),
    ],
)
def test_a_blank_cell_of_a_described_row_is_said(assistant, question, named):
    """
    A row that is described in words, also one without a number, is named with the column that is blank.
    """
    reply = assistant.ask(question)[0]

    assert reply.status is Status.NOT_STATED
    assert all(word in reply.text for word in named)


def test_the_row_that_says_nothing_else_is_meant(assistant):
    """
    Of two rows that hold the words of a question the one that says less beside them is meant, its abbreviations read as in questions.
    """
    reply = assistant.ask("Hạn dán biển báo công nghệ thông tin là khi nào?")[0]

    assert "Quý III/2026" in reply.text


@pytest.mark.parametrize(
    ("questions", "said"),
    [
        (("Ai thực hiện việc đo chất lượng nước?", "Hạn là khi nào?", "Vậy ai phối hợp?"), "Sở Y tế"),
        (("Sản phẩm của việc lập bản đồ nguồn nước là gì?", "Mấy ngày?"), "30"),
        # a row of its own is another row
        (("Ai thực hiện công việc 2?", "Thế còn 3 thì ai thực hiện?"), "Công việc 3"),
    ],
)
def test_questions_go_on_about_the_row_spoken_of(assistant, questions, said):
    """
    A question that names a column and no row is about the very row that the answer before was about.
    """
    assert said in conversation(assistant, *questions).text
