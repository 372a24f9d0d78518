"""A small corpus and an assistant that looks rows up in it: enough for exact assertions about the screen."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.corpus import Corpus
from assistant.record import error_record, reply_record
from assistant.types import Abstention, Answer, Citation, Reply, Status
from indexer.errors import InputError, UnknownDocumentError
from indexer.path import label, step_labels
from indexer.summary import Summary, build_summary
from indexer.types import (
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
    Row,
    Span,
    Stated,
    Step,
    StepKind,
    Table,
    fold_white,
)
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from indexer.ingest import FailedFile
    from indexer.manifest import FileEntry

COLUMNS = (
    Column("TT", "order"),
    Column("Nội dung nhiệm vụ", "content"),
    Column("Cơ quan chủ trì", "lead"),
    Column("Cơ quan phối hợp", "partners"),
    Column("Kết quả dự kiến", "deliverable"),
    Column("Thời gian hoàn thành", "due"),
)
PARTNERS = "Các sở, ban, \n\nngành; UBND các \n\nxã, phường"
ROWS = (
    (
        "1.",
        "Tổ chức hội nghị \n\ntriển khai kế hoạch.",
        "Văn phòng \n\nUBND tỉnh",
        PARTNERS,
        "Hội nghị, tài liệu",
        "Tháng \n\n9/2025",
    ),
    ("2.", "Rà soát hệ thống thông tin.", "Sở Tài chính", PARTNERS, "Báo cáo rà soát", "Tháng \n\n10/2025"),
    ("3.", "Tuyên truyền trên <script>alert(1)</script> báo, đài.", "Sở Văn hóa", "Các cơ quan \n\nbáo chí", "", ""),
    (
        "8.",
        "Tổ chức đoàn công tác hỗ trợ cấp xã.",
        "Sở Nội vụ",
        "UBND các \n\nxã",
        "Đoàn công tác",
        "Nhiệm vụ \n\nthường xuyên",
    ),
    (
        "9.",
        "Xây dựng đề án ứng dụng IoT \n\ntrong y tế.",
        "Sở Khoa học và \n\nCông nghệ",
        "Các Sở: Xây dựng, \n\nY tế",
        "Đề án ứng dụng IoT",
        "Tháng \n\n10/2025",
    ),
)


def stated(value: str) -> Stated:
    return Stated(value, "d", 0, 1)


def register(
    rows: Sequence[Sequence[str]] = ROWS, *, document: str = "phu-luc", before: str = "", noun: str = "nhiệm vụ"
) -> tuple[str, Table]:
    """Return a text that holds *before* and then *rows* with no table lines, and the register of it."""
    text = before + "PHỤ LỤC II\n\nDanh mục nhiệm vụ\n\n"
    start = len(before)
    table_path = (Step(StepKind.APPENDIX, "II"),)
    heading = "III Chuyển đổi số"
    group = Group("III", "Chuyển đổi số", len(text), len(text) + len(heading))
    text += heading + "\n\n"
    built = []
    for values in rows:
        cells, first = [], len(text)
        for value in values:
            if value:
                cells.append(Cell(fold_white(value), (Span(len(text), len(text) + len(value)),)))
                text += value + " \n"
            else:
                cells.append(Cell(""))
        number = values[0].rstrip(".")
        path = (*table_path, Step(StepKind.GROUP, "III"), Step(StepKind.ROW, number, noun))
        built.append(Row(number, tuple(cells), first, len(text) - 2, path, group))
    table = Table(
        document, table_path, "Danh mục nhiệm vụ", COLUMNS[: len(rows[0])], tuple(built), start, len(text), noun
    )
    return text, table


@dataclass(frozen=True)
class FakeIndex:
    """Documents with their clauses and registers, by id."""

    documents: tuple[Document, ...]
    all_clauses: dict[str, tuple[Clause, ...]] = field(default_factory=dict)
    all_tables: dict[str, tuple[Table, ...]] = field(default_factory=dict)
    all_pages: dict[str, tuple[Page, ...]] = field(default_factory=dict)
    all_placed: dict[str, tuple[Placed, ...]] = field(default_factory=dict)
    originals: dict[str, FileEntry] = field(default_factory=dict)
    all_warnings: dict[str, tuple[ReadWarning, ...]] = field(default_factory=dict)
    failed: tuple[FailedFile, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)

    def document(self, document: str) -> Document:
        """Return the document with this id."""
        found = next((one for one in self.documents if one.id == document), None)
        if found is None:
            raise UnknownDocumentError(document)
        return found

    def clauses(self, document: str) -> tuple[Clause, ...]:
        """Return its clauses."""
        return self.all_clauses.get(document, ())

    def tables(self, document: str) -> tuple[Table, ...]:
        """Return its registers."""
        return self.all_tables.get(document, ())

    def pages(self, document: str) -> tuple[Page, ...]:
        """Return its pages."""
        return self.all_pages.get(document, ())

    def placed(self, document: str, start: int, end: int) -> tuple[Placed, ...]:
        """Return its printed lines that the slice touches; a text file has none."""
        lines = self.all_placed.get(document, ())
        return tuple(line for line in lines if line.start < end and start < line.end)

    def original_entry(self, document: str) -> FileEntry | None:
        """Return what is kept of its file; of a text file nothing."""
        return self.originals.get(self.document(document).id)

    def parsed(self, documents: Sequence[str] | None = None) -> list[ParsedDocument]:
        """Return documents as they were read."""
        return [
            ParsedDocument(
                one, self.clauses(one.id), self.tables(one.id), self.pages(one.id), self.all_warnings.get(one.id, ())
            )
            for one in self.documents
            if documents is None or one.id in documents
        ]

    @cached_property
    def summary(self) -> Summary:
        """What is known of all of them together."""
        return Summary(build_summary(self.parsed()))

    def place(self, document: str) -> int:
        """Return the place of the document with this id."""
        return self.documents.index(self.document(document))

    def document_scores(self, question: str, *, folded: bool = False) -> np.ndarray:
        """Return how often the words of *question* stand in each document."""
        form = fold if folded else str.casefold
        words = form(question).split()
        return np.array([sum(form(one.text).count(word) for word in words) for one in self.documents], dtype=np.float32)


def clauses(document: str, parts: Sequence[tuple[str, str | None, int]]) -> tuple[str, tuple[Clause, ...]]:
    """Return a text of *parts* (words, heading, level) with blank lines between them, and its clauses."""
    text, made = "", []
    for number, (words, heading, level) in enumerate(parts, 1):
        path = tuple(Step(StepKind.NUMBER, str(number)) for _ in range(level))
        made.append(Clause(document, path, len(text), len(text) + len(words), words, heading))
        text += words + "\n\n"
    return text, tuple(made)


def corpus() -> FakeIndex:
    """Return a plan, a register and a bad scan."""
    text, table = register()
    annex = Document(
        "phu-luc",
        "phu-luc.txt",
        text,
        Metadata(number=stated("15/KH-UBND"), title=stated("Phụ lục nhiệm vụ"), issued_on=stated("2025-11-04")),
    )
    plan_text, plan_clauses = clauses(
        "ke-hoach",
        [
            ("I. MỤC ĐÍCH, YÊU CẦU", "MỤC ĐÍCH, YÊU CẦU", 1),
            ("1. Mục đích của đợt này\n\nNâng cao nhận thức <b>số</b> & kỹ năng.", "Mục đích của đợt này", 2),
            ("- Phát triển hạ tầng số.", None, 3),
        ],
    )
    plan = Document(
        "ke-hoach",
        "ke-hoach.txt",
        plan_text,
        Metadata(number=stated("7/KH-SXD"), title=stated("Kế hoạch chuyển đổi số")),
    )
    scan_text, scan_clauses = clauses("quet", [("1. Muc dich cua ke hoech\nNang cao nhan thuc", None, 1)])
    scan = Document("quet", "quet.txt", scan_text, reading="1. Mục đích của kế hoạch\nNâng cao nhận thức\n\n")
    return FakeIndex((annex, plan, scan), {"ke-hoach": plan_clauses, "quet": scan_clauses}, {"phu-luc": (table,)})


@dataclass(frozen=True)
class FakeState:
    """What the fake remembers: how many questions were asked."""

    asked: int


@dataclass
class FakeAssistant:
    """Answers "… nhiệm vụ N …" with the lead and the deadline of row N; keeps what it was asked."""

    index: FakeIndex = field(default_factory=corpus)
    heard: list[tuple[str, bool]] = field(default_factory=list)
    today: date | None = None

    @cached_property
    def corpus(self) -> Corpus:
        """What is known of the documents."""
        return Corpus(self.index)

    def warm(self) -> None:
        """Load nothing."""

    def ask(self, question: str, state: FakeState | None = None, *, literal: bool = False) -> tuple[Reply, FakeState]:
        """Answer, and remember what was asked; "hỏng" breaks."""
        self.heard.append((question, literal))
        if not question.strip():
            message = "Câu hỏi đang để trống. Xin nhập câu hỏi."
            raise InputError(message)
        if question == "hỏng":
            raise RuntimeError(question)
        after = FakeState((state.asked if state else 0) + 1)
        understood = question if literal else question.replace("nv", "nhiệm vụ")
        return self._reply(question, understood), after

    def record(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer record of a question and those before it."""
        state = None
        try:
            for turn in item.get("history") or ():
                _, state = self.ask(turn["question"], state)
            reply, _ = self.ask(item["question"], state)
        except InputError as error:
            return error_record(item.get("id"), item["question"], str(error))
        return reply_record(reply, name=item.get("id"), elapsed_ms=0.0)

    def _reply(self, question: str, understood: str) -> Reply:
        found = re.search(r"nhiem vu (\d+)", fold(understood))
        if not found:
            choices = ("ai chủ trì nhiệm vụ 8?", "ai chủ trì nhiệm vụ 9?")
            return Abstention(Status.AMBIGUOUS, question, understood, "Có nhiều nhiệm vụ phù hợp.", choices=choices)
        row = next((row for row in self._table().rows if row.number == found[1]), None)
        if row is None:
            return Abstention(Status.NOT_FOUND, question, understood, f"Không có nhiệm vụ {found[1]} trong Phụ lục II.")
        if not row.cells[5].text:
            text = f"Nhiệm vụ {row.number} có trong bảng nhưng ô thời gian để trống."
            return Abstention(Status.NOT_STATED, question, understood, text, (self._citation(row, 2),))
        text = (
            f"Nhiệm vụ {row.number} do {row.cells[2].text} chủ trì [1].\nThời gian hoàn thành: {row.cells[5].text} [2]."
        )
        return Answer(question, understood, text, (self._citation(row, 2), self._citation(row, 5)))

    def _table(self) -> Table:
        return self.index.tables("phu-luc")[0]

    def _citation(self, row: Row, column: int) -> Citation:
        document, span = self.index.document("phu-luc"), row.cells[column].spans[0]
        path = (*row.path, Step(StepKind.COLUMN, name=self._table().columns[column].name))
        return Citation(
            "phu-luc",
            "15/KH-UBND",
            label(path),
            step_labels(path),
            span.start,
            span.end,
            document.text[span.start : span.end],
            document.text[row.start : row.end],
        )
