"""What programs ask of a corpus besides questions: documents, places by label or eid, rows of registers; plain values, no web framework."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from assistant.citing import Citer
from assistant.corpus import RowAt, subject_column
from assistant.periods import DueKind, any_falls, parse_asked, parse_due
from assistant.record import citation_record, reply_record
from assistant.types import Abstention, Answer, Status
from assistant.wording import Wording, document_name, trimmed
from indexer.columns import AGENCIES
from indexer.errors import InputError, UnknownDocumentError
from indexer.path import eid, label
from indexer.relations import plain_number
from indexer.types import Clause, Step, StepKind
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from assistant.corpus import Corpus
    from assistant.periods import Due
    from assistant.types import Reply
    from indexer.types import Document, Path, Table

MOST_ROWS = 200  # of one reply
_LISTED = 8  # of what there is instead
ROLES = {"chu_tri": "lead", "phoi_hop": "partners"}
_OVERDUE = ("qua han", "tre han", "overdue")
_NO_TIME = ("khong neu", "chua neu", "de trong", "not stated")


class Answers(Protocol):
    """What is needed of ``assistant.service.Assistant``."""

    @property
    def corpus(self) -> Corpus:
        """What is known of the corpus."""

    def record(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer record of ``{"id", "question", "history"?}``."""


@dataclass(frozen=True, slots=True)
class Place:
    """A clause, a row, or a cell of it (*column*)."""

    path: Path
    unit: Clause | RowAt
    column: int | None = None

    @property
    def label(self) -> str:
        """The place as officials write it."""
        return label(self.path)


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """
    Which rows of registers are wanted; "" takes any. *agency* is named in words, *document* by id or number.

    *role* is "chu_tri", "phoi_hop" or "". *period* is said in words: "tháng 10/2025", "trước 31/12/2025", "thường xuyên", "quá hạn",
    "không nêu".
    """

    agency: str = ""
    role: str = ""
    period: str = ""
    document: str = ""


class Library:
    """One corpus as programs see it; threads may share it."""

    def __init__(self, corpus: Corpus, *, today: date | None = None) -> None:
        """*today* takes the place of the day of the machine."""
        self._corpus, self._fixed_today = corpus, today
        self._places = lru_cache(maxsize=64)(self._all_places)

    @property
    def today(self) -> date:
        """The day that deadlines are compared with."""
        return self._fixed_today or date.today()  # noqa: DTZ011 - the day where the officials sit

    # documents

    def document(self, name: str) -> Document:
        """
        Return the document with the id or the number *name*.

        Raises:
            UnknownDocumentError: there is none.
        """
        known = {document.id for document in self._corpus.index.documents}
        found = name if name in known else self._corpus.own_numbers.get(plain_number(name.strip()))
        if found is None:
            there = ", ".join(sorted(known)[:_LISTED])
            msg = f"không có văn bản “{name[:80]}”; các văn bản đang có: {there}{' …' if len(known) > _LISTED else ''}"
            raise UnknownDocumentError(msg)
        return self._corpus.index.document(found)

    def documents(self) -> list[dict[str, Any]]:
        """Return what each document says of itself."""
        return [self._head(document) for document in self._corpus.index.documents]

    def document_record(self, name: str) -> dict[str, Any]:
        """
        Return the metadata of a document, the places of it and its relations to others.

        Raises:
            UnknownDocumentError: there is none.
        """
        document = self.document(name)
        metadata = document.metadata
        return {
            **self._head(document),
            "signer": metadata.signer.value if metadata.signer else None,
            "recipients": [recipient.value for recipient in metadata.recipients],
            "relations": [
                {"type": str(one.type), "number": one.number, "quote": one.quote} for one in metadata.relations
            ],
            "is_scan": document.reading is not None,
            "clauses": [
                {
                    "label": label(one.path),
                    "eid": eid(one.path),
                    "heading": one.heading,
                    "start": one.start,
                    "end": one.end,
                }
                for one in self._corpus.index.clauses(document.id)
            ],
            "tables": [
                {
                    "label": label(table.path),
                    "eid": eid(table.path),
                    "title": table.title,
                    "noun": table.noun,
                    "columns": [{"name": column.name, "role": column.role} for column in table.columns],
                    "rows": [
                        {"label": label(row.path), "eid": eid(row.path), "number": row.number} for row in table.rows
                    ],
                }
                for table in self._corpus.index.tables(document.id)
            ],
        }

    def _head(self, document: Document) -> dict[str, Any]:
        stated = document.metadata
        fields = ("number", "issued_on", "issuer", "kind", "title")
        values = {field: getattr(stated, field) for field in fields}
        return {
            "id": document.id,
            "name": document_name(document),
            **{field: value.value if value else None for field, value in values.items()},
            "replaced_by": self._corpus.replaced_by.get(document.id),
            "copy_of": self._corpus.copies.get(document.id),
            "file": document.file,
        }

    # places

    def places(self, document: Document, wanted: str) -> list[Place]:
        """
        Return the places of *document* that *wanted* names: an eid or a whole label exactly, else all that it is short for.

        "nhiệm vụ 9" is short for "Phụ lục II, mục III, nhiệm vụ 9". Diacritics and case may be left out where that is clear.
        """
        places = self._places(document.id)
        for form in (str, _spaced, fold):
            asked = form(wanted)
            for key in ((lambda place: eid(place.path)), (lambda place: place.label)):
                if exact := [place for place in places if form(key(place)) == asked]:
                    return exact
        parts = fold(_spaced(wanted)).split(", ")
        return [place for place in places if _is_short(parts, fold(place.label).split(", "))]

    def _all_places(self, document: str) -> tuple[Place, ...]:
        found = [Place(clause.path, clause) for clause in self._corpus.index.clauses(document)]
        for table in self._corpus.index.tables(document):
            for row in table.rows:
                at = RowAt(table, row)
                found.append(Place(row.path, at))
                for index, column in enumerate(table.columns):
                    if row.cells[index].spans:
                        found.append(Place((*row.path, Step(StepKind.COLUMN, "", column.name)), at, index))
        return tuple(found)

    def place_reply(self, document: str, wanted: str) -> Reply:
        """Return an answer that cites the place *wanted* of *document*, or an abstention that says what there is instead."""
        question = f"{wanted}, {document}"
        try:
            holder = self.document(document)
        except UnknownDocumentError as error:
            return Abstention(Status.NOT_FOUND, question, question, _sentence(str(error)))
        found = self.places(holder, wanted)
        name = document_name(holder)
        if len(found) == 1:
            citer = Citer(self._corpus)
            marks = self._cite(citer, holder, found[0])
            return Answer(question, question, f"{found[0].label}, {name} {marks}.", citer.citations)
        if found:
            labels = tuple(place.label for place in found[:_LISTED])
            text = f"{name} có {len(found)} chỗ như vậy: {'; '.join(labels)}{' …' if len(found) > _LISTED else ''}."
            return Abstention(Status.AMBIGUOUS, question, question, text, choices=labels)
        text = f"{name} không có “{wanted[:80]}”. {self._what_there_is(holder)}"
        return Abstention(Status.NOT_FOUND, question, question, text)

    def _cite(self, citer: Citer, document: Document, place: Place) -> str:
        if isinstance(place.unit, Clause):
            return citer.clause(document, place.unit)
        return citer.row(place.unit) if place.column is None else citer.cell(place.unit, place.column)

    def _what_there_is(self, document: Document) -> str:
        first = [place.label for place in self._places(document.id) if len(place.path) == 1]
        labels = list(dict.fromkeys([*first, *(label(t.path) for t in self._corpus.index.tables(document.id))]))
        return f"Văn bản này có: {'; '.join(labels[:_LISTED])}." if labels else ""

    def place_record(self, document: str, wanted: str) -> dict[str, Any]:
        """
        Return a clause, row or cell: its words, its offsets, what lies below it, and it as a citation.

        Raises:
            InputError: there is no such document or place, or several places are called so.
        """
        holder = self.document(document)
        found = self.places(holder, wanted)
        if len(found) != 1:
            raise InputError(self.place_reply(document, wanted).text)
        place, citer = found[0], Citer(self._corpus)
        self._cite(citer, holder, place)
        unit = place.unit
        start, end = (unit.start, unit.end) if isinstance(unit, Clause) else (unit.row.start, unit.row.end)
        below = [other for other in self._places(holder.id) if other.path[:-1] == place.path and other.column is None]
        return {
            "document": holder.id,
            "number": holder.metadata.number.value if holder.metadata.number else None,
            "label": place.label,
            "eid": eid(place.path),
            "heading": unit.heading if isinstance(unit, Clause) else None,
            "start": start,
            "end": end,
            "text": holder.text[start:end],
            "cells": [] if isinstance(unit, Clause) else cell_records(unit),
            "below": [{"label": other.label, "eid": eid(other.path)} for other in below],
            "citations": [citation_record(n, citation) for n, citation in enumerate(citer.citations, start=1)],
        }

    # rows of registers

    def tasks(self, wanted: TaskFilter) -> tuple[list[RowAt], int]:
        """
        Return the rows that fit *wanted*, in the order of the documents, and of how many.

        Only registers that name an agency or a deadline count.

        Raises:
            InputError: there is no such document or role, or the period cannot be understood.
        """
        only = self.document(wanted.document).id if wanted.document else None
        rows = [
            RowAt(table, row)
            for table in (self._corpus.tables if only is None else self._corpus.index.tables(only))
            if _is_register(table)
            for row in table.items
        ]
        fits = [self._agency_test(wanted.agency, wanted.role), self._period_test(wanted.period)]
        return [at for at in rows if all(fit(at) for fit in fits)], len(rows)

    def _agency_test(self, agency: str, role: str) -> Any:
        if role and role not in ROLES:
            msg = f"vai trò “{role[:40]}” không có; dùng một trong: {', '.join(ROLES)}"
            raise InputError(msg)
        roles = (ROLES[role],) if role else AGENCIES
        keys = (
            {found.key for found in self._corpus.keys.find(agency, self._corpus.agencies)} if agency.strip() else set()
        )
        phrase = fold(_spaced(agency))

        def fits(at: RowAt) -> bool:
            cells = [at.row.cells[i].text for i, column in enumerate(at.table.columns) if column.role in roles]
            if not phrase:
                return not role or any(cells)
            if keys:
                return any(one.key in keys for cell in cells for one in self._corpus.keys.split(cell))
            return any(phrase in fold(cell) for cell in cells)

        return fits

    def _period_test(self, period: str) -> Any:
        said = fold(_spaced(period))
        if not said:
            return lambda _: True
        if said in _OVERDUE:
            return lambda at: (end := self.due(at).end) is not None and end < self.today
        if said in _NO_TIME:
            return lambda at: self.due(at).kind is DueKind.NOT_STATED
        asked = parse_asked(period, self.today) or parse_asked(f"tháng {period}", self.today)
        if asked is None:
            msg = (
                f"không hiểu thời gian “{period[:60]}”; viết như “tháng 10/2025”, “quý IV/2025”, “trước 31/12/2025”,"
                " “thường xuyên”, “quá hạn” hoặc “không nêu”"
            )
            raise InputError(msg)
        return lambda at: any_falls(_due_words(at), asked, default_year=self._year(at))

    def due(self, at: RowAt) -> Due:
        """Return the deadline of a row."""
        return parse_due(_due_words(at), default_year=self._year(at))

    def _year(self, at: RowAt) -> int:
        return self._corpus.year_of(at.table.document) or self.today.year

    def task_record(self, at: RowAt) -> dict[str, Any]:
        """Return a row with its cells and its deadline as dates."""
        due, document = self.due(at), self._corpus.index.document(at.table.document)
        return {
            "document": document.id,
            "number": document.metadata.number.value if document.metadata.number else None,
            "table": label(at.table.path),
            "label": label(at.row.path),
            "eid": eid(at.row.path),
            "noun": at.table.noun,
            "row": at.row.number,
            "group": at.row.group.label if at.row.group else None,
            "start": at.row.start,
            "end": at.row.end,
            "cells": cell_records(at),
            "due": {
                "kind": str(due.kind),
                "first": due.start.isoformat() if due.start else None,
                "last": due.end.isoformat() if due.end else None,
            },
        }

    def tasks_reply(self, wanted: TaskFilter) -> Reply:
        """Return an answer that lists the rows that fit *wanted*, one a line, each cited, with its line of completeness."""
        said = [wanted.agency, wanted.role.replace("_", " "), wanted.period, wanted.document]
        question = ", ".join(["nhiệm vụ", *(words for words in said if words)])
        try:
            rows, total = self.tasks(wanted)
        except InputError as error:
            return Abstention(Status.NOT_FOUND, question, question, _sentence(str(error)))
        if not rows:
            text = f"Không có dòng nào phù hợp trong {total} dòng của các bảng nhiệm vụ."
            return Abstention(Status.NOT_FOUND, question, question, text)
        citer, say = Citer(self._corpus), Wording("vi")
        lines = [self._line(at, citer, say) for at in rows[:MOST_ROWS]]
        more = f", nêu {MOST_ROWS} dòng đầu" if len(rows) > MOST_ROWS else ""
        lines.append(f"{len(rows)}/{total} dòng của các bảng nhiệm vụ{more}.")
        return Answer(question, question, "\n".join(lines), citer.citations, computed=(str(len(rows)), str(total)))

    def _line(self, at: RowAt, citer: Citer, say: Wording) -> str:
        subject = at.row.cells[subject_column(at.table)].text
        parts = [f"{say.row(at)} ({document_name(self._corpus.index.document(at.table.document))}): {trimmed(subject)}"]
        for role, words in (("lead", "chủ trì"), ("due", "thời hạn")):
            column = at.table.column(role)
            if column is not None and at.row.cells[column].text:
                parts.append(f"{words}: {trimmed(at.row.cells[column].text)}")
        return f"{'; '.join(parts)} {citer.row(at)}."


def record_of(reply: Reply, *, elapsed_ms: float = 0.0) -> dict[str, Any]:
    """Return the answer record of a reply that belongs to no batch."""
    return reply_record(reply, name=None, elapsed_ms=elapsed_ms)


def cell_records(at: RowAt) -> list[dict[str, Any]]:
    """Return the cells of a row with their columns; "spans" are their slices of the document's text."""
    return [
        {
            "column": column.name,
            "role": column.role,
            "text": cell.text,
            "spans": [[span.start, span.end] for span in cell.spans],
        }
        for column, cell in zip(at.table.columns, at.row.cells, strict=True)
    ]


def _is_register(table: Table) -> bool:
    return any(table.column(role) is not None for role in (*AGENCIES, "due"))


def _due_words(at: RowAt) -> str:
    column = at.table.column("due")
    return at.row.cells[column].text if column is not None else ""


def _spaced(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _is_short(wanted: Sequence[str], parts: Sequence[str]) -> bool:
    """Tell whether *wanted* are some of *parts*, in order, the last among them; "khoan 2 dieu 5" is short for "khoan 2 dieu 5 chuong i"."""
    rest: Iterator[str] = iter(parts)
    inside = all(any(_begins(part, one) for part in rest) for one in wanted)
    return inside and bool(wanted[-1]) and _begins(parts[-1], wanted[-1])


def _begins(part: str, words: str) -> bool:
    return part == words or part.startswith((f"{words} dieu ", f"{words} muc ", f"{words} chuong ", f"{words} phan "))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."
