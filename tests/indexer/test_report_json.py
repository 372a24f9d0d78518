"""What ``read --json`` says of a table row beside its cells: the deadline and the agencies, understood."""

import pytest

from indexer.report import parsed_json
from indexer.types import (
    Cell,
    Column,
    Document,
    Metadata,
    ParsedDocument,
    Row,
    Span,
    Stated,
    Step,
    StepKind,
    Table,
)

COLUMNS = (Column("TT", "order"), Column("Chủ trì", "lead"), Column("Phối hợp", "partners"), Column("Thời hạn", "due"))


def row_json(lead="", partners="", due="", *, columns=COLUMNS, issued_on="2026-03-02", text=""):
    """The JSON of the one row of a table."""
    words = ("1", lead, partners, due)[: len(columns)]
    cells = tuple(Cell(word, (Span(0, 1),) if word else ()) for word in words)
    path = (Step(StepKind.APPENDIX),)
    row = Row("1", cells, 0, 1, path)
    metadata = Metadata(issued_on=Stated(issued_on, "d", 0, 1) if issued_on else None)
    document = Document("d", "d.txt", text or "1", metadata)
    table = Table("d", path, "PHỤ LỤC", columns, (row,), 0, 1)
    (found,) = parsed_json(ParsedDocument(document, (), (table,), ()))["tables"][0]["rows"]
    return found


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("Trước ngày 15/10/2026", ("day", "2026-10-15", "2026-10-15", "Trước ngày 15/10/2026")),
        # no year: that in which the document was issued
        ("Hoàn thành Quý IV", ("period", "2026-10-01", "2026-12-31", "Quý IV")),
        ("Từ tháng 5/2026", ("period", "2026-05-01", None, "Từ tháng 5/2026")),
        ("Hằng năm", ("recurring", None, None, "Hằng năm")),
        ("Sau 10 ngày kể từ ngày ký", ("relative", "2026-03-12", "2026-03-12", "Sau 10 ngày kể từ ngày ký")),
        ("Theo hướng dẫn", ("conditional", None, None, "Theo hướng dẫn")),
        ("", ("not_stated", None, None, "")),
    ],
)
def test_a_row_says_when_it_is_due(due, expected):
    """
    Kind, first and last day and the words of the deadline stand in the row; a blank cell is "not stated".
    """
    assert tuple(row_json(due=due)["due"].values()) == expected
    assert list(row_json(due=due)["due"]) == ["kind", "start", "end", "words"]


def test_a_table_without_a_due_column_has_no_deadline():
    """
    Where no column says when, there is no deadline; and a document without a date, or with one that there is not, assumes no year.
    """
    assert row_json(columns=COLUMNS[:3])["due"] is None
    assert row_json(due="Quý IV", issued_on=None)["due"]["start"] is None
    assert row_json(due="Quý IV", issued_on="2026-02-31")["due"]["start"] is None


def test_a_row_says_who_leads_and_helps():
    """
    Agencies stand in order with printed form, key and whether they are a group; by the abbreviations that the document explains.
    """
    text = "Phòng Thí nghiệm Lúa (PTNL) và các đơn vị."
    found = row_json(lead="Sở KH&CN; PTNL", partners="Sở Y tế và các đơn vị liên quan", text=text)

    assert found["lead"] == [
        {"name": "Sở KH&CN", "key": "so khoa hoc cong nghe", "group": False},
        {"name": "PTNL", "key": "phong thi nghiem lua", "group": False},
    ]
    assert [(item["name"], item["group"]) for item in found["partners"]] == [
        ("Sở Y tế", False),
        ("các đơn vị liên quan", True),
    ]
    assert row_json(columns=COLUMNS[:1])["lead"] == []
