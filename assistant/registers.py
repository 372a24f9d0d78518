"""
Questions that the registers answer by computation: one row or several, one cell or several, lists and counts over all rows.

Nothing here ranks: a row fits or does not fit, and every row is looked at.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.citing import Citer
from assistant.corpus import RowAt, count_items, subject_column
from assistant.described_rows import SURE, DescribedRows
from assistant.explaining import step
from assistant.lexicon import fold_pattern, says
from assistant.question import same_number
from assistant.register_extremes import Extremes
from assistant.row_answer import RowAnswer
from assistant.row_filters import RowFilters, in_group
from assistant.schedule import Schedule
from assistant.tables import is_one_item, rows_numbered, same_row, tables_asked
from assistant.types import Abstention, Answer, Status
from assistant.wording import Wording, sentence, trimmed
from indexer.columns import AGENCIES
from indexer.types import StepKind
from indexer.vietnamese import fold, has_diacritics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.corpus import Corpus
    from assistant.question import Query
    from assistant.row_values import Filter
    from assistant.types import Reply
    from indexer.types import Table

_QUARTER = 85  # days of a period from which rows without a date in it may concern it, too
_ORDINAL = re.compile(r"\b(?:dau tien|cuoi cung|thu nhat|(?:dong|hang) (?:dau|cuoi)(?: bang)?|(?:dau|cuoi) bang)\b")
_LINE = re.compile(r"^(?:dong|hang)\b")
_DETAIL = 80  # characters of a due or a note that a list repeats behind its item


class Registers:
    """Answers one question out of the registers of *corpus*."""

    def __init__(self, corpus: Corpus, query: Query, understood: str, question: str) -> None:
        self.corpus, self.query = corpus, query
        self.question, self.understood = question, understood
        self.say = Wording(query.language)
        self.citer = Citer(corpus)
        self._single = False  # a list has one row: what is asked of it is said, too
        self.foreign: str | None = None  # an agency that the question names and no register knows

    # Which tables and rows.

    def tables(self, *, by_noun: bool = True) -> list[Table]:
        """Return the tables that the question can mean."""
        return tables_asked(self.corpus, self.query, by_noun=by_noun)

    def lookup(self) -> Reply | None:
        """Answer a question about rows that it names by number."""
        query = self.query
        spoken_of = [at for place in query.places if (at := self.corpus.units_of.row(*place))]
        if spoken_of:
            answer = self.row_answer()
            named = any(role != "content" for role in query.asked)
            return answer.numbered(spoken_of) if named else answer.described(spoken_of[0])
        if query.appendix and query.documents and not self.tables(by_noun=False):
            return self._missing_table()
        ordinal = _ORDINAL.search(query.folded)
        called = query.noun or (ordinal is not None and _LINE.search(ordinal.group()))
        if not query.rows and ordinal and query.form == "one" and called and len(self.tables()) == 1:
            rows = self.tables()[0].items
            self.query = query = replace(query, words=())
            at = RowAt(self.tables()[0], rows[-1] if "cuoi" in ordinal.group() else rows[0])
            return self.row_answer().numbered([at])
        if not query.rows:
            return None
        tables = self.tables()
        if not tables:
            return self._missing_table()
        if len(query.rows) > 1 and (reply := self.extreme()):
            return reply
        found: list[RowAt] = []
        for number in query.rows:
            holders = rows_numbered(self.corpus, query, tables, number)
            if not holders:
                return self._no_row(number, tables)
            if len(holders) > 1 and not is_one_item(holders):
                return self._which_table(number, holders)
            found += holders
        return self.row_answer().numbered(found)

    def _no_row(self, number: str, tables: Sequence[Table]) -> Reply:
        ranges = [
            self.say.say(
                "no_row_table",
                table=self.say.table(t, self.corpus),
                noun=self.say.noun(t),
                first=t.items[0].number,
                last=t.items[-1].number,
            )
            for t in tables
        ]
        text = self.say.say("no_row", noun=self.say.noun(tables[0]), row=number, tables="; ".join(ranges))
        return self._abstain(Status.NOT_FOUND, text)

    def _which_table(self, number: str, holders: Sequence[RowAt]) -> Reply:
        names = "; ".join(f"{self.say.table(at.table, self.corpus)} ({self.say.row(at).lower()})" for at in holders)
        text = self.say.say("which_table", count=len(holders), row=number, tables=names)
        asked = self.query.text.rstrip("?. ")
        choices = [f"{asked} ({self.say.row(at).lower()}, {self.say.table(at.table, self.corpus)})?" for at in holders]
        return self._abstain(Status.AMBIGUOUS, text, choices)

    def _missing_table(self) -> Reply | None:
        query = self.query
        if query.appendix and self._has_annex():
            return None  # it has no table, but clauses
        if query.appendix and query.documents:
            pattern = re.compile(rf"phu luc\s+(?:so\s+)?{query.appendix.lower()}\b")
            for document, clause in self.corpus.body_clauses([self.corpus.index.document(d) for d in query.documents]):
                if pattern.search(fold(clause.text)) or pattern.search(fold(clause.reading or "")):
                    text = self.say.say(
                        "no_appendix",
                        appendix=f"Phụ lục {query.appendix}",
                        document=self.say.document(document),
                        marks=self.citer.clause(document, clause),
                    )
                    return self._abstain(Status.NOT_FOUND, sentence(text))
        if not query.appendix and not (query.documents and query.rows):
            return None
        names = [self.say.document(self.corpus.index.document(d)) for d in query.documents]
        place = " ".join([f"Phụ lục {query.appendix}" if query.appendix else "", *names]).strip()
        return self._abstain(Status.NOT_FOUND, self.say.say("no_table", noun=query.noun, place=f"({place})"))

    def _has_annex(self) -> bool:
        """Tell whether a document that may be meant has the annex that the question names."""
        return any(
            step.kind is StepKind.APPENDIX and same_number(step.number, self.query.appendix or "")
            for name in self.query.documents
            for clause in self.corpus.index.clauses(name)
            for step in clause.path[:1]
        )

    # A row that is described.

    def asks_column(self) -> bool:
        """Tell whether the question asks for a column of a row."""
        return self.row_answer().asks_column()

    def row_answer(self) -> RowAnswer:
        """Return what answers from rows that are known."""
        return RowAnswer(self.corpus, self.query, self.tables(), self.understood, self.question)

    def described(self, *, least: float = SURE) -> tuple[RowAt, float] | None:
        """Return the one row that the words of the question describe and the share of them that it holds, or None."""
        return self._described_rows.find(least)

    def with_address(self) -> RowAt | None:
        """Return the one row that has the address of a page that the question names; None where there is none, or several."""
        return self._described_rows.with_address()

    def exactest(self, rows: Sequence[RowAt]) -> RowAt:
        """Return the first of *rows*, or one that says clearly less beside what is asked."""
        return self._described_rows.exactest(rows)

    @property
    def _described_rows(self) -> DescribedRows:
        return DescribedRows(self.corpus, self.query)

    def about(self, at: RowAt) -> Reply:
        """Answer what the question asks about the row that it describes."""
        return self.row_answer().described(at)

    # Lists and counts.

    def listing(self) -> Reply | None:
        """Answer a question for all rows that fit, or None where it is none."""
        query = self.query
        if (query.form == "one" and not query.loose) or (query.loose and self.with_address() is not None):
            return None
        tables = self._with_agencies(self.tables(by_noun=query.noun is not None))
        if not tables:
            return self._missing_table() if query.appendix and not query.loose else None
        if (
            says("asks", "due", query.text)
            and query.period is not None
            and all(t.column("due") is None for t in tables)
        ):
            return self._abstain(Status.NOT_STATED, " ".join(map(self._without_due, tables)))
        making = RowFilters(self.corpus, query)
        filters = making.build(tables)
        self.foreign = making.foreign
        if filters is None or (query.loose and not filters):
            return None
        chosen = [t for t in tables if any(self.fits(RowAt(t, r), filters) for r in t.items)]
        if (
            not chosen and query.agencies and query.noun and not making.other_numbers()
        ):  # whatever their tables call them
            others = self._with_agencies(self.tables(by_noun=False))
            chosen = [t for t in others if any(self.fits(RowAt(t, r), filters) for r in t.items)]
        if not chosen and query.loose:
            return None
        if not chosen:
            lines = [self._none(t, filters) for t in tables]
            return self._abstain(Status.NOT_FOUND, " ".join(lines))
        self._single = sum(self.fits(RowAt(t, r), filters) for t in chosen for r in t.items) == 1
        blocks = [self._block(t, filters) for t in chosen]
        missing = set(query.documents) - {t.document for t in chosen}
        blocks += [self._none(t, filters) for t in tables if t.document in missing]
        if query.form == "count" and len(chosen) > 1:
            counts = [count_items(t, [r for r in t.items if self.fits(RowAt(t, r), filters)]) for t in chosen]
            blocks.append(self.say.say("together", count=sum(counts), noun=self.say.noun(chosen[0], sum(counts))))
        return self.answer("\n".join(blocks))

    def _with_agencies(self, tables: Sequence[Table]) -> list[Table]:
        """Return those of *tables* that say who does what, where the question names an agency; all where none does."""
        named = [t for t in tables if self.corpus.agency_columns(t, self.query.agency_role)]
        return named if self.query.agencies and named else list(tables)

    def _without_due(self, table: Table) -> str:
        columns = "; ".join(column.name for column in table.columns if column.role != "order")
        place, due = self.say.table(table, self.corpus), self.say.name("column_names", "due")
        return self.say.say("blank_nothing", place=place, column=due, columns=columns)

    def fits(self, at: RowAt, filters: Sequence[Filter]) -> bool:
        """Tell whether a row has all *filters*, stands in the section that is named, and is none that does not count."""
        left_out = any(same_row(at.row, number) for number in self.query.without)
        numbered = len(self.query.rows) < 2 or any(same_row(at.row, number) for number in self.query.rows)
        return not left_out and numbered and in_group(self.query, at.row) and all(item.fits(at) for item in filters)

    def _none(self, table: Table, filters: Sequence[Filter]) -> str:
        return self.say.say(
            "none",
            noun=self.say.noun(table),
            table=self.say.table(table, self.corpus),
            total=count_items(table, table.items),
            filter=", ".join(item.words for item in filters),
        )

    def _block(self, table: Table, filters: Sequence[Filter]) -> str:
        rows = [at for at in (RowAt(table, r) for r in table.items) if self.fits(at, filters)]
        count = count_items(table, [at.row for at in rows])
        name, noun = self.say.table(table, self.corpus), self.say.noun(table, count)
        conditions = ", ".join(item.words for item in filters)
        if not filters and self.query.form == "count":
            marks = self.citer.row(rows[0]) + (self.citer.row(rows[-1]) if len(rows) > 1 else "")
            return sentence(self.say.say("count_all", table=name, count=count, noun=noun, marks=marks))
        key = "list_head" if filters else "list_all"
        lines = [self.say.say(key, table=name, count=count, noun=noun, filter=conditions)]
        lines += [self._item(at, filters) for at in rows]
        if extra := self._general(table, rows):
            lines.append(extra)
        lines += self._around(table, rows, filters)
        total = count_items(table, table.items)
        lines.append(self.say.say("complete", count=count, total=total, noun=self.say.noun(table, total), table=name))
        return "\n".join(lines)

    def _item(self, at: RowAt, filters: Sequence[Filter]) -> str:
        subject = subject_column(at.table)
        shown = [column for item in filters if (column := item.column(at)) is not None and column != subject]
        marks = "".join(dict.fromkeys(self.citer.cell(at, column) for column in shown)) or self.citer.cell(at, subject)
        if any(at.row.cells[column].merged for column in shown):  # printed in another row: cite this one too
            marks += self.citer.cell(at, subject)
        value = trimmed(at.row.cells[subject].text)
        joint = ""
        for agency in self.query.agencies:
            index = at.table.column("lead")
            names = self.corpus.keys.split(at.row.cells[index].text) if index is not None and index in shown else []
            others = [other.name for other in names if other.key != agency.key]
            if others and len(names) > len(others):
                joint = self.say.say("joint", others="; ".join(others))
        agencies = self.corpus.agency_columns(at.table)
        details = [
            trimmed(at.row.cells[column].text)
            for column in shown
            if at.table.columns[column].role in ("due", "note") or (self.query.loose and column not in agencies)
        ]
        details = [detail for detail in details if len(detail) <= _DETAIL]
        lead = at.table.column("lead")
        if self.query.says("joint") and lead is not None and not self.query.agencies:
            details.append(trimmed(at.row.cells[lead].text))
        for role in ("lead", "partners", "due", "deliverable", "note"):
            column = at.table.column(role)
            wanted = self._with_columns() or self._single or (role == "deliverable" and self.query.loose)
            if role in self.query.asked and column is not None and column not in shown and wanted:
                marks += self.citer.cell(at, column)
                details.append(f"{at.table.columns[column].name}: {trimmed(at.row.cells[column].text) or '–'}")
        detail = f" ({'; '.join(details)})" if details else ""
        return self.say.say("list_item", row=self.say.row(at), value=f"{value}{detail} {joint}", marks=marks)

    def _with_columns(self) -> bool:
        """Tell whether a list is to show more columns: "kèm cơ quan chủ trì", "và thời hạn của từng nhiệm vụ"."""
        several = re.search(r"[,;] ?(?:\w+ ){0,3}(?:ai|nao|gi|khi nao|bao gio|may gio)\b", self.query.folded)
        with_words = re.search(r"\b(?:kem|cung|va|voi|tung|moi|with|and)\b", self.query.folded)
        return several is not None or (with_words is not None and not self.query.agencies)

    def _general(self, table: Table, rows: Sequence[RowAt]) -> str | None:
        """Say which further rows name a group of agencies that may include the one asked for."""
        if (
            self.query.form == "count"
            or len(self.query.agencies) != 1
            or self.query.negated
            or self.query.agencies[0].group
        ):
            return None
        roles = (self.query.agency_role,) if self.query.agency_role else AGENCIES
        chosen = {at.row.path for at in rows}
        general = [
            (RowAt(table, row), index)
            for row in table.items
            for index, column in enumerate(table.columns)
            if column.role in roles
            and row.path not in chosen
            and any(a.group for a in self.corpus.keys.split(row.cells[index].text))
        ]
        if not general:
            return None
        count = len({at.row.path for at, _ in general})
        marks = self.citer.cell(*general[0])
        agency = self.query.agencies[0].name
        return sentence(
            self.say.say("also_group", count=count, noun=self.say.noun(table, count), agency=agency, marks=marks)
        )

    def _around(self, table: Table, rows: Sequence[RowAt], filters: Sequence[Filter]) -> list[str]:
        """Say which rows are not due in the period asked for, and yet may concern it, each kind in a line of its own."""
        asked = self.query.period
        timely = next((item for item in filters if item.is_period), None)
        if asked is None or timely is None or asked.relation != "within" or not asked.due.dated:
            return []
        long = asked.due.start and asked.due.end and (asked.due.end - asked.due.start).days >= _QUARTER
        if self.query.form == "count" or not long:
            return []
        chosen = {at.row.path for at in rows}
        others = [item for item in filters if item is not timely]
        rest = [
            at for at in (RowAt(table, r) for r in table.items) if at.row.path not in chosen and self.fits(at, others)
        ]
        around = self.schedule.around(rest, asked)
        lines = []
        for key, found in (
            ("also_including", around.including),
            ("also_recurring", around.recurring),
            ("also_not_stated", around.not_stated),
        ):
            if found:
                lines.append(sentence(self.say.say(key, rows="; ".join(map(self._named, found)))))
        return lines

    def _named(self, at: RowAt) -> str:
        """Return "nhiệm vụ 9 (Năm 2025) [3]"."""
        column, text = at.table.column("due"), self.schedule.text(at)
        marks = self.citer.cell(at, column) if column is not None else self.citer.row(at)
        return f"{self.say.row(at).lower()}{f' ({trimmed(text)})' if text else ''} {marks}"

    @property
    def schedule(self) -> Schedule:
        """The deadlines of the rows."""
        return Schedule(self.corpus, self.query)

    def extreme(self) -> Reply | None:
        """Answer which rows are due first or last; None where the question does not ask that."""
        return Extremes(self).extreme()

    def superlative(self) -> Reply | None:
        """Answer which section, or which agency, has the most rows."""
        return Extremes(self).superlative()

    def groups(self) -> Reply | None:
        """Answer how many sections a table has, and which."""
        words = self.query.text.lower() if has_diacritics(self.query.text) else self.query.folded
        pattern = (
            r"\b(?:mấy|bao nhiêu) (?:mục|nhóm|phần)\b(?! tiêu| trăm)|"
            r"\b(?:những|các|gồm(?: các| những)?) (?:mục|nhóm|phần) (?:nào|gì|lớn)\b|"
            r"\b(?:tên|kể|liệt kê|nêu)(?: tên| ra)? (?:các|những) (?:mục|nhóm|phần)\b(?! tiêu)"
        )
        if not re.search(pattern if words != self.query.folded else fold_pattern(pattern), words):
            return None
        tables = [t for t in self.tables() if any(row.group for row in t.rows)]
        if len(tables) != 1:
            return None
        table = tables[0]
        known = {row.group: None for row in table.rows if row.group}
        named = []
        for group in known:
            if group is not None:
                mark = self.citer.place(table.document, group.start, group.end)
                named.append(f"{group.label} {mark}")
        text = self.say.say(
            "count_groups", table=self.say.table(table, self.corpus), count=len(named), groups="; ".join(named)
        )
        return self.answer(sentence(text))

    # Replies.

    def answer(self, text: str) -> Answer:
        """Return *text* as the answer, with all that was cited so far."""
        steps = (*self.query.steps(), step(self.query.language, "cells"))
        return Answer(self.question, self.understood, text, self.citer.citations, steps, tuple(self.say.computed))

    def _abstain(self, status: Status, text: str, choices: Sequence[str] = ()) -> Abstention:
        return Abstention(
            status, self.question, self.understood, text, self.citer.citations, tuple(choices), self.query.steps()
        )
