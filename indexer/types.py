"""
The values of the indexer, in the order in which they arise.

    file -> Extracted -> Document -> Clause, Table (Column, Group, Row, Cell) -> ParsedDocument -> Passage

Every ``start`` and ``end`` is an offset into ``Document.text``, counted in characters, end exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

LOW_CONFIDENCE = 0.7  # mean confidence of recognition below which a page has to be compared with the original


def fold_white(text: str) -> str:
    """Return *text* on one line: runs of white space become one space."""
    return " ".join(text.split())


class StepKind(StrEnum):
    """What a step of a path leads to; the values are the tags of an ``eid``."""

    PART = "part"  # Phần
    CHAPTER = "chp"  # Chương
    DIVISION = "sec"  # Mục of a law
    SUBDIVISION = "sub"  # Tiểu mục of a law
    ARTICLE = "art"  # Điều
    CLAUSE = "cl"  # khoản
    POINT = "pnt"  # điểm a) of a law or a plan
    ROMAN = "rom"  # I, II, III of a plan
    NUMBER = "num"  # 1, 1.1, 1.1.1 of a plan
    BULLET = "bul"  # gạch đầu dòng
    PARAGRAPH = "par"  # đoạn
    APPENDIX = "app"  # Phụ lục
    GROUP = "grp"  # group row of a table, "mục III" of an annex
    ROW = "row"
    COLUMN = "col"
    TABLE = "tab"  # bảng, where several stand under one heading
    HEAD = "head"  # letterhead and preamble
    RECIPIENTS = "rcp"  # Nơi nhận
    SIGNATURE = "sig"  # the signature block
    FOOTNOTE = "fn"  # chú thích at the foot of a page


@dataclass(frozen=True, slots=True)
class Step:
    """
    One step of a path: its kind, the number as printed ("III", "5a", "1.3"), "" where nothing is printed.

    ``name`` is the column's name, or the noun of a row ("nhiệm vụ"). ``occurrence`` is 2 for the second section that bears
    the same number under the same parent.
    """

    kind: StepKind
    number: str = ""
    name: str = ""
    occurrence: int = 1


Path = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A slice of ``Document.text``, or of a reading where that is said."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            msg = f"a span must hold at least one character, not {self.start}:{self.end}"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Stated:
    """
    A metadata value and the words that state it: ``text[start:end]`` of the document with id ``document``.

    ``reason`` is given where another document, or the catalogue, had to be asked.
    """

    value: str
    document: str
    start: int
    end: int
    reason: str | None = None


class RelationType(StrEnum):
    """How a document stands to one that it names."""

    BASED_ON = "based_on"
    IMPLEMENTS = "implements"
    REPLACES = "replaces"
    AMENDS = "amends"
    REPEALS = "repeals"
    MENTIONS = "mentions"


@dataclass(frozen=True, slots=True)
class Relation:
    """A document number that a document names, and in which role. ``start:end`` is the naming sentence."""

    type: RelationType
    number: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the letterhead, the signature block and the catalogue say; None where nothing is printed."""

    number: Stated | None = None
    issued_on: Stated | None = None  # value is an ISO date
    issuer: Stated | None = None
    kind: Stated | None = None  # abbreviation of Nghị định 30/2020/NĐ-CP: "KH", "QĐ"
    title: Stated | None = None
    signer: Stated | None = None
    signer_office: Stated | None = None
    recipients: tuple[Stated, ...] = ()
    relations: tuple[Relation, ...] = ()
    unfilled: tuple[tuple[str, Span], ...] = ()  # ("number", where "Số:      /KH-ABC" stands)


@dataclass(frozen=True, slots=True)
class Reading:
    """The repaired text of a bad scan, and the words of it that stay in doubt: more than one in three of them is wrong."""

    text: str
    doubts: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """
    A document whose text was fixed by its reader and is never rewritten.

    ``reading`` is the repaired text of a bad scan, line for line and word for word beside ``text``; ``doubts`` are the words of it
    that stay in doubt, slices of ``reading`` in order.
    """

    id: str
    file: str
    text: str
    metadata: Metadata = field(default_factory=Metadata)
    reading: str | None = None
    source: str | None = None
    licence: str | None = None
    doubts: tuple[Span, ...] = ()

    def __post_init__(self) -> None:
        if self.doubts and self.doubts[-1].end > len(self.reading or ""):
            msg = f"{self.id}: doubts are slices of the reading, which has {len(self.reading or '')} characters"
            raise ValueError(msg)


def shown_text(document: Document) -> str:
    """Return the text to read: the reading of a bad scan, else the text itself."""
    return document.reading if document.reading is not None else document.text


@dataclass(frozen=True, slots=True)
class Clause:
    """The smallest citable unit outside tables. Clauses of one document do not overlap and stand in reading order."""

    document: str
    path: Path
    start: int
    end: int
    text: str  # document.text[start:end]
    heading: str | None = None  # white space folded; None for a bullet or a paragraph
    reading: str | None = None

    @property
    def level(self) -> int:
        """Depth in the ladder; 1 is the outermost."""
        return len(self.path)


@dataclass(frozen=True, slots=True)
class Column:
    """A column under its printed name. ``role`` comes from ``columns.toml``; "other" when no synonym fits."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one column of one row. A blank cell has no span."""

    text: str  # white space folded
    spans: tuple[Span, ...] = ()
    merged: bool = False  # its words are printed once for several rows


@dataclass(frozen=True, slots=True)
class Group:
    """A row that heads a section of a table: "III Nhiệm vụ trọng tâm về chuyển đổi số"."""

    number: str  # "" where none is printed
    name: str
    start: int
    end: int

    @property
    def label(self) -> str:
        """Number and name as they are shown: "III. Nhiệm vụ trọng tâm"."""
        return f"{self.number}. {self.name}" if self.number else self.name


@dataclass(frozen=True, slots=True)
class Row:
    """
    One task or indicator; ``cells`` stand in column order. ``start:end`` runs from its first to its last word.

    ``heads`` is true of a row that bears no number among rows that do, and only heads those below it or adds them up: it has cells
    of its own, but is none of the tasks that are listed and counted.
    """

    number: str
    cells: tuple[Cell, ...]
    start: int
    end: int
    path: Path
    group: Group | None = None
    heads: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A register: an annex table with its typed columns and all its rows."""

    document: str
    path: Path
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    start: int
    end: int
    noun: str = "dòng"  # what a row is called: "nhiệm vụ", "chỉ tiêu"

    def __post_init__(self) -> None:
        if any(len(row.cells) != len(self.columns) for row in self.rows):
            msg = "every row needs one cell a column"
            raise ValueError(msg)

    @property
    def items(self) -> tuple[Row, ...]:
        """The rows that are tasks or indicators, which lists and counts are made of."""
        return tuple(row for row in self.rows if not row.heads)

    def column(self, role: str) -> int | None:
        """Return the index of the first column with *role*, or None."""
        return next((i for i, column in enumerate(self.columns) if column.role == role), None)


@dataclass(frozen=True, slots=True)
class Page:
    """
    A page of the source: where it begins, how its text was had, and how sure that is (0 to 1).

    ``width`` and ``height`` are its size in points as it is shown, in which its boxes are measured; None where the format has no
    fixed pages.
    """

    page: int
    source: str  # "text", "ocr" or "bad_text"
    confidence: float | None
    start: int
    end: int
    width: float | None = None
    height: float | None = None


@dataclass(frozen=True, slots=True)
class ReadWarning:
    """What was not understood, and where."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page of the original, in points (1/72 inch) from the page's upper left corner, as the page is shown."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A printed line, or the part of one inside a cell: ``text[start:end]`` and where it stands on its page."""

    start: int
    end: int
    box: Box


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """
    All that was understood of one file.

    ``placed`` are its printed lines in the order of the text, none where the format has no fixed pages.
    """

    document: Document
    clauses: tuple[Clause, ...]
    tables: tuple[Table, ...]
    pages: tuple[Page, ...]
    warnings: tuple[ReadWarning, ...] = ()
    placed: tuple[Placed, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """
    The unit of the index: a clause, a piece of a long clause, or a table row.

    ``text`` is ``Document.text[start:end]``; ``context`` holds the document's name and the headings above it, one a
    line, the nearest last; ``reading`` is the repaired text. ``search`` is what is embedded and looked up: the context,
    then the reading or the text, of a row "column: cell". ``eid`` names the clause or row, ``kind`` is its last step's.
    """

    document: str
    eid: str
    start: int
    end: int
    text: str
    context: str = ""
    reading: str | None = None
    search: str = ""
    kind: StepKind = StepKind.PARAGRAPH


class LineKind(StrEnum):
    """What a line is: text, or something that belongs to the page."""

    TEXT = "text"
    PAGE_NUMBER = "page_number"
    LINK_FOOTER = "link_footer"
    STAMP = "stamp"
    RUNNING_HEAD = "running_head"
    FOOTNOTE = "footnote"


@dataclass(frozen=True, slots=True)
class Aside:
    """What is printed on the page but is no running text: a page number, a running head, a stamp, a footnote."""

    kind: LineKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class GridCell:
    """
    A cell of a grid: it covers rows ``row:row_end`` and columns ``column:column_end``, ends exclusive.

    ``spans`` are its slices of the text in reading order, none when it is blank; more than one only where a page end cuts it.
    """

    row: int
    column: int
    row_end: int
    column_end: int
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """
    A table as it is drawn: cells that cover ``rows`` times ``columns`` fields once each. ``text[start:end]`` holds it whole.

    What it means is not told here: it may be a register, a letterhead set in two columns, or a block of signatures.
    """

    rows: int
    columns: int
    cells: tuple[GridCell, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Extracted:
    """
    What a reader of one format hands over: the text, fixed for ever, and what is known of it beside the words.

    ``paragraphs`` says that every line of ``text`` is a whole paragraph; otherwise a line ends wherever the page was full.
    ``continued`` are the offsets of lines that only go on with a paragraph which a page end cut.
    Pages are divided by form feeds where the format has pages. Grids do not overlap and stand in reading order.
    """

    text: str
    pages: tuple[Page, ...]
    grids: tuple[Grid, ...] = ()
    placed: tuple[Placed, ...] = ()
    asides: tuple[Aside, ...] = ()
    paragraphs: bool = False
    continued: tuple[int, ...] = ()
    warnings: tuple[ReadWarning, ...] = ()


class Encoder(Protocol):
    """What we need of an embedding model; SentenceTransformer already has it."""

    def encode_query(self, texts: Sequence[str], /) -> npt.NDArray[np.float32]:
        """Return one row a text, shape (len(texts), dimension)."""

    def encode_document(self, texts: Sequence[str], /) -> npt.NDArray[np.float32]:
        """Return one row a text, shape (len(texts), dimension)."""
