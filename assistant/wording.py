"""What the assistant says: sentences of ``wording.toml`` in the language of the question."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from indexer.letterhead import kind_names
from indexer.path import label, step_labels
from indexer.replaced import replacements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.corpus import Corpus, RowAt
    from indexer.types import Document, Table

_END = re.compile(r"[.;,]+(?=\s*(?:\[\d+\])*$)")


@cache
def _data() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("assistant").joinpath("wording.toml").read_text(encoding="utf-8"))


class Wording:
    """The sentences of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.computed: list[str] = []
        self._words = _data()[language]

    def say(self, key: str, **values: object) -> str:
        """
        Return the sentence *key* with its braces filled in; one that is not given stays empty.

        Whole numbers and dates are what was computed; they are noted in ``computed`` as they are said.
        """
        filled = defaultdict(str, {name: self._shown(value) for name, value in values.items() if value is not None})
        return re.sub(r"\s+", " ", str(self._words[key]).format_map(filled)).strip()

    def _shown(self, value: object) -> object:
        if isinstance(value, date):
            value = f"{value:%d/%m/%Y}"
        elif not isinstance(value, int):
            return value
        self.computed.append(str(value))
        return value

    def name(self, table: str, key: str) -> str:
        """Return the word for *key* in one of the tables of words; *key* itself where there is none."""
        return str(self._words.get(table, {}).get(key, key))

    def noun(self, table: Table, count: int = 1) -> str:
        """Return what rows of *table* are called."""
        word = self.name("nouns", table.noun)
        return f"{word}s" if self.language == "en" and word != table.noun and count != 1 else word

    def row(self, at: RowAt) -> str:
        """Return "Nhiệm vụ 9", or the place of a row that bears no number: "Dòng 3"."""
        if not at.row.number:
            return step_labels(at.row.path)[-1].capitalize()
        return f"{self.noun(at.table).capitalize()} {at.row.number}"

    @staticmethod
    def table(table: Table, corpus: Corpus) -> str:
        """Return "Phụ lục II", with its document where several documents have tables."""
        name = label(table.path) or "Bảng"
        holders = {other.document for other in corpus.tables}
        return f"{name} ({document_name(corpus.index.document(table.document))})" if len(holders) > 1 else name

    def document(self, document: Document) -> str:
        """Return how *document* is called in the language of the question; see :func:`document_name`."""
        return document_name(document, self.language)

    def day(self, iso: str) -> str:
        """Return an ISO date as it is read: 04/11/2025, or 4 November 2025."""
        value = date.fromisoformat(iso)
        if self.language == "en":
            return f"{value.day} {value.strftime('%B')} {value.year} ({value:%d/%m/%Y})"
        return f"{value:%d/%m/%Y}"

    def documents(self, documents: Sequence[Document]) -> str:
        """Return the names of *documents*, at most eight."""
        names = [self.document(document) for document in documents[:8]]
        rest = len(documents) - len(names)
        return "; ".join(names) + (f" … (+{rest})" if rest else "")


_ENGLISH_KINDS = {
    "Kế hoạch": "Plan",
    "Văn bản": "Document",
    "Quyết định": "Decision",
    "Nghị quyết": "Resolution",
    "Nghị định": "Decree",
    "Luật": "Law",
    "Thông tư": "Circular",
    "Chỉ thị": "Directive",
    "Thông báo": "Notice",
    "Báo cáo": "Report",
    "Tờ trình": "Submission",
    "Công văn": "Official letter",
    "Hướng dẫn": "Guideline",
    "Quy chế": "Regulation",
    "Chương trình": "Programme",
}


def document_name(document: Document, language: str = "vi") -> str:
    """Return "Kế hoạch 12/KH-UBND", "Kế hoạch của Sở Nội vụ" where no number is known, else the id."""
    metadata = document.metadata
    kind = kind_name(document)
    if language == "en":
        kind = _ENGLISH_KINDS.get(kind, kind)
    if metadata.number:
        return f"{kind} {metadata.number.value}"
    if metadata.issuer:
        return f"{kind} {'of' if language == 'en' else 'của'} {metadata.issuer.value}"
    return f"{kind} {document.id}"


def kind_name(document: Document) -> str:
    """Return the kind of *document* in words: "Kế hoạch"; "Văn bản" where it is not known."""
    kind = document.metadata.kind
    return kind_names().get(kind.value, "Văn bản") if kind else "Văn bản"


def replacing_names(documents: Sequence[Document]) -> dict[str, str]:
    """Return the number, else the name, of the document that has replaced one of *documents*, by the id of the one replaced."""
    return {
        old: new.metadata.number.value if new.metadata.number else document_name(new)
        for old, new in replacements(documents).items()
    }


def sentence(text: str) -> str:
    """Return *text* ending in one full stop behind its citation marks: "… chủ trì [1]."."""
    return _END.sub("", text.strip()).rstrip(" ;,.") + "."


def trimmed(value: str) -> str:
    """Return a cell's words without the full stop or semicolon they end with."""
    return value.rstrip(" .;,")
