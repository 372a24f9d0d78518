"""Parsed documents for the tests of the index: a plan and an annex table, of an invented province."""

from __future__ import annotations

import re

from indexer.types import (
    Box,
    Cell,
    Clause,
    Column,
    Document,
    Group,
    Metadata,
    Page,
    ParsedDocument,
    Placed,
    ReadWarning,
    Relation,
    RelationType,
    Row,
    Span,
    Stated,
    Step,
    StepKind,
    Table,
)

PLAN = """UỶ BAN NHÂN DÂN TỈNH HOA SEN
Số: 12/KH-UBND

I. MỤC ĐÍCH
1. Thúc đẩy chuyển đổi số trong cơ quan nhà nước.
- Cán bộ được bồi dưỡng kỹ năng số cơ bản.
II. TỔ CHỨC THỰC HIỆN
1. Sở Tài chính bố trí kinh phí hằng năm.
2. Sở Nội vụ theo dõi, đôn đốc việc thực hiện Kế hoạch.
"""
ANNEX = """PHỤ LỤC
I Nhiệm vụ về hạ tầng
1 Phủ sóng 5G Sở Khoa học Tháng 6/2026
và Công nghệ
2 Xây dựng trung tâm dữ liệu Sở Xây dựng
"""


def span(text: str, words: str, *, after: int = 0) -> tuple[int, int]:
    """Return where *words* stand in *text*."""
    start = text.index(words, after)
    return start, start + len(words)


def stated(document: str, text: str, words: str) -> Stated:
    start, end = span(text, words)
    return Stated(words, document, start, end)


def clause(text: str, words: str, path: tuple[Step, ...], *, document: str = "ke-hoach", **more: str) -> Clause:
    start, end = span(text, words)
    return Clause(document, path, start, end, words, **more)


def plan(document: str = "ke-hoach", *, text: str = PLAN) -> ParsedDocument:
    """A plan in two sections; every line after the letterhead is a clause."""
    rom1, rom2 = Step(StepKind.ROMAN, "I"), Step(StepKind.ROMAN, "II")
    num1, num2 = Step(StepKind.NUMBER, "1"), Step(StepKind.NUMBER, "2")
    lines = text.rstrip().splitlines()[3:]
    paths = [
        (rom1,),
        (rom1, num1),
        (rom1, num1, Step(StepKind.BULLET, "1")),
        (rom2,),
        (rom2, num1),
        (rom2, num2),
    ]
    clauses = []
    for path, line in zip(paths, lines, strict=True):
        heading = line if len(path) == 1 else None
        start, end = span(text, line)
        clauses.append(Clause(document, path, start, end, line, heading))
    number = Stated("12/KH-UBND", document, *span(text, "12/KH-UBND"))
    metadata = Metadata(
        number=number,
        issuer=Stated("UỶ BAN NHÂN DÂN TỈNH HOA SEN", document, 0, 28, reason="khác văn bản"),
        recipients=(number,),
        relations=(Relation(RelationType.BASED_ON, "57-NQ/TW", 0, 4, text[0:4]),),
        unfilled=(("signer", Span(0, 2)),),
    )
    return ParsedDocument(
        Document(document, f"{document}.txt", text, metadata, source="https://example.org", licence="công khai"),
        tuple(clauses),
        (),
        (Page(1, "text", None, 0, len(text)), Page(2, "ocr", 0.8125, 3, 9)),
        (ReadWarning("trang 2", "mờ"),),
        (Placed(0, 12, Box(1, 85.0, 70.5, 140.2, 84.0)), Placed(13, 30, Box(2, 90.1, 71.0, 300.0, 85.3))),
    )


def annex(document: str = "phu-luc") -> ParsedDocument:
    """An annex of two tasks: a cell cut by a line end, a blank cell, a group row, a reading beside the text."""
    columns = (Column("TT", "number"), Column("Nhiệm vụ", "task"), Column("Chủ trì", "lead"), Column("Thời hạn", "due"))
    appendix = Step(StepKind.APPENDIX, "")
    group = Group("I", "Nhiệm vụ về hạ tầng", *span(ANNEX, "I Nhiệm vụ về hạ tầng"))

    def cell(*words: str, merged: bool = False) -> Cell:
        spans = tuple(Span(*span(ANNEX, word)) for word in words)
        return Cell(" ".join(words), spans, merged)

    def row(number: str, cells: tuple[Cell, ...], words: str) -> Row:
        path = (appendix, Step(StepKind.GROUP, "I"), Step(StepKind.ROW, number, "nhiệm vụ"))
        return Row(number, cells, *span(ANNEX, words), path, group)

    due = cell("Tháng 6/2026", merged=True)
    first = (cell("1"), cell("Phủ sóng 5G"), cell("Sở Khoa học", "và Công nghệ"), due)
    second = (cell("2"), cell("Xây dựng trung tâm dữ liệu"), cell("Sở Xây dựng"), Cell(""))
    rows = (
        row("1", first, "1 Phủ sóng 5G Sở Khoa học Tháng 6/2026\nvà Công nghệ"),
        row("2", second, "2 Xây dựng trung tâm dữ liệu Sở Xây dựng"),
    )
    table = Table(document, (appendix,), "PHỤ LỤC", columns, rows, 0, len(ANNEX), "nhiệm vụ")
    return ParsedDocument(
        Document(document, f"{document}.txt", ANNEX, reading=ANNEX, doubts=(Span(0, 3), Span(4, 7))), (), (table,), ()
    )


def long_clause(words: int) -> ParsedDocument:
    """A document of one clause of that many words, in sentences of ten."""
    text = " ".join(f"từ{i}." if i % 10 == 9 else f"từ{i}" for i in range(words))
    text = re.sub(r"\. ", ".\n\n", text)
    one = Clause("dai", (Step(StepKind.ROMAN, "I"),), 0, len(text), text, reading=text.replace("từ", "tư"))
    return ParsedDocument(Document("dai", "dai.txt", text), (one,), (), ())


def sources(*parsed: ParsedDocument) -> dict[str, str]:
    """A made-up hash of each document's file."""
    return {one.document.id: f"{len(one.document.text):064x}" for one in parsed}
