import pytest

from assistant.conversation import State
from assistant.service import Assistant
from indexer.index import Index, publish
from indexer.passages import passages_from
from indexer.types import Document, ParsedDocument, Step, StepKind
from tests.fakes import FakeEncoder
from tests.indexer.factories.grids import across, down, table_of

ROWS = [
    ["TT", "Nhiệm vụ", "Chủ trì", "Sản phẩm"],
    ["", across("Nhóm việc về nước", 3)],
    ["", "Bảo vệ nguồn nước mặt", "Sở Y tế", ""],
    ["1", "Nạo vét kênh mương", "Sở Nội vụ", "Báo cáo"],
    ["2", "Quan trắc hồ chứa", "Sở Tài chính", "Bản đồ"],
    [down("3", 2), down("Thả cá giống", 2), "Sở Nội vụ", "Danh sách"],
    ["Hội Nông dân", "Biên bản"],
]


def parsed():
    """A register in which an unnumbered row heads two tasks, and a third task has two parts."""
    table, text = table_of(ROWS, path=(Step(StepKind.APPENDIX, "I"),), title="NHIỆM VỤ")
    return ParsedDocument(Document("d", "ao.docx", text), (), (table,), ())


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    directory = tmp_path_factory.mktemp("heads") / "index"
    publish(directory, [parsed()], encoder=FakeEncoder(), sources={"d": "0" * 64})
    assistant = Assistant(Index.open(directory, encoder=FakeEncoder()))
    return lambda question: assistant.ask(question, State())[0]


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        ("Có bao nhiêu nhiệm vụ?", "3", "4"),
        ("Liệt kê các nhiệm vụ của phụ lục I", "Nạo vét kênh mương", "Bảo vệ nguồn nước mặt"),
        # one task whose number is printed once for its two parts
        ("Nhiệm vụ 3 do ai chủ trì?", "Hội Nông dân", "phụ lục nào"),
        # a group without a number has no dot before its name
        ("Nhiệm vụ 1 thuộc mục nào?", "Nhóm việc về nước", ". Nhóm"),
    ],
)
def test_heading_rows_are_no_tasks(ask, question, said, unsaid):
    """
    A row that only heads tasks is neither listed nor counted; a number printed once for several rows names them all.
    """
    reply = ask(question)

    assert said in reply.text
    assert unsaid not in reply.text


def test_heading_rows_are_context():
    """
    What heads a task is found with it, and is found itself.
    """
    found = {passage.text.split("\n")[0]: passage.search for passage in passages_from(parsed())}

    assert "Bảo vệ nguồn nước mặt" in found["1"]
    assert "Bảo vệ nguồn nước mặt" in found["Bảo vệ nguồn nước mặt"]
