"""What the HTTP API takes and gives, as pydantic models: the OpenAPI document is made of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from assistant.characters import whole_characters

LONGEST = 1000  # characters of a question; the assistant refuses longer ones


Words = Annotated[str, AfterValidator(whole_characters)]


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Turn(_Given):
    """An earlier question of the same conversation."""

    question: Words = Field(max_length=LONGEST)
    answer: str | None = Field(None, description="Không dùng đến. / Not used.")


class Question(_Given):
    """A question, with the questions before it."""

    id: Words | None = Field(
        None, max_length=200, description="Trả lại nguyên như khi gửi. / Given back as it was sent."
    )
    question: Words = Field(
        description=f"Câu hỏi, nhiều nhất {LONGEST} ký tự. / The question, at most {LONGEST} characters.",
        examples=["Ai chủ trì nhiệm vụ 9, khi nào xong?"],
    )
    history: list[Turn] = Field(
        default_factory=list,
        max_length=40,
        description="Các câu hỏi trước, theo thứ tự. / The questions before, in order.",
    )


class CitationRecord(_Given):
    """A place in a document; ``quote`` is the document's text from ``start`` to ``end``."""

    n: int = Field(description="Số [n] trong câu trả lời. / The [n] of the answer.")
    document: str
    number: str | None = Field(description="Số, ký hiệu văn bản. / The document's number.")
    label: str = Field(description="Vị trí như cách viết trong công văn. / The place as officials write it.")
    path: list[str]
    start: int
    end: int
    quote: str = Field(description="Nguyên văn phần được trích. / The cited words, as they stand in the source.")
    text: str = Field(
        description="Nguyên văn cả điểm, khoản hoặc dòng chứa phần trích. / The whole clause or row around them."
    )
    reading: str | None = Field(description="Bản đọc lại của bản quét khó đọc. / The repaired text of a bad scan.")
    replaced_by: str | None
    doubts: list[tuple[int, int]]
    page: int | None
    boxes: list[tuple[int, float, float, float, float]]
    confidence: float | None


class AnswerRecord(_Given):
    """The answer record: the same from the command line, the HTTP API and MCP."""

    id: str | None
    question: str
    understood: str = Field(description="Câu hỏi như hệ thống hiểu. / The question as it was understood.")
    status: Literal["answered", "not_stated", "not_found", "ambiguous", "out_of_scope", "error"]
    answer: str
    citations: list[CitationRecord]
    elapsed_ms: float
    reason: str | None = Field(None, description="Chỉ có khi lỗi. / Only with an error.")


class Refusal(BaseModel):
    """Why a request was not done."""

    status: Literal["error"] = "error"
    reason: str = Field(description="Lý do, bằng tiếng Việt. / The reason, in Vietnamese.")


class DocumentHead(_Given):
    """What a document says of itself; null where it does not say it."""

    id: str
    name: str
    number: str | None
    issued_on: str | None
    issuer: str | None
    kind: str | None
    title: str | None
    replaced_by: str | None
    copy_of: str | None = Field(
        description="Văn bản mà tệp này là bản sao. / The document that this file only repeats."
    )
    file: str


class Documents(_Given):
    """All documents of the index."""

    documents: list[DocumentHead]


class RelationRecord(_Given):
    """A document that this one names, and in which role."""

    type: Literal["based_on", "implements", "replaces", "amends", "repeals", "mentions"]
    number: str
    quote: str


class ClauseHead(_Given):
    """A clause without its words."""

    label: str
    eid: str
    heading: str | None
    start: int
    end: int


class Named(_Given):
    """A place that can be asked for."""

    label: str
    eid: str


class RowHead(Named):
    """A row without its words."""

    number: str


class ColumnHead(_Given):
    """A column as it is printed, and what it holds."""

    name: str
    role: str


class TableHead(Named):
    """A table with its columns and the places of its rows."""

    title: str
    noun: str
    columns: list[ColumnHead]
    rows: list[RowHead]


class DocumentRecord(DocumentHead):
    """A document with its places and its relations."""

    signer: str | None
    recipients: list[str]
    relations: list[RelationRecord]
    is_scan: bool
    clauses: list[ClauseHead]
    tables: list[TableHead]


class CellRecord(_Given):
    """A cell with its column; ``spans`` are slices of the document's text."""

    column: str
    role: str
    text: str
    spans: list[tuple[int, int]]


class PlaceRecord(_Given):
    """A clause, row or cell as it stands in the source."""

    document: str
    number: str | None
    label: str
    eid: str
    heading: str | None
    start: int
    end: int
    text: str
    cells: list[CellRecord]
    below: list[Named]
    citations: list[CitationRecord]


class DueRecord(_Given):
    """A deadline; first and last day where it is dated."""

    kind: str
    first: str | None
    last: str | None


class TaskRecord(_Given):
    """A row of a register."""

    document: str
    number: str | None
    table: str
    label: str
    eid: str
    noun: str
    row: str
    group: str | None
    start: int
    end: int
    cells: list[CellRecord]
    due: DueRecord


class Tasks(_Given):
    """The rows that fit, of how many."""

    found: int
    total: int
    tasks: list[TaskRecord]
