"""Which rows are due first or last, and who or what has the most rows: computed over all of them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.corpus import RowAt, count_items, subject_column
from assistant.row_filters import RowFilters
from assistant.tables import same_row
from assistant.wording import sentence, trimmed
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.registers import Registers
    from assistant.row_values import Filter
    from assistant.types import Reply
    from indexer.types import Table


class Extremes:
    """Answers one question out of the tables of *registers*."""

    def __init__(self, registers: Registers) -> None:
        self.registers = registers
        self.corpus, self.query = registers.corpus, registers.query
        self.say, self.citer, self.schedule = registers.say, registers.citer, registers.schedule

    def extreme(self) -> Reply | None:
        """Answer which rows are due first or last; None where the question does not ask that."""
        query = self.query
        last = query.says("order_last")
        if not (last or query.says("order_first")) or not query.says("of_deadlines") or len(query.rows) == 1:
            return None
        if query.period is not None and query.period.relation == "until":  # "chậm nhất là tháng 11/2025"
            return None
        tables = [t for t in self._tables() if t.column("due") is not None]
        if not tables or not (query.noun or query.appendix or query.documents or query.form != "one"):
            return None
        making = RowFilters(self.corpus, replace(query, words=(), topic=(), period=None, quoted=()))
        blocks = []
        for table in tables:
            filters = making.build([table]) or []
            rows = self.schedule.extreme(
                (at for at in (RowAt(table, r) for r in table.items) if self.registers.fits(at, filters)), last=last
            )
            if rows:
                blocks.append(self._first_or_last(table, rows, filters, last=last))
        if not blocks:
            return None
        return self.registers.answer("\n".join(blocks))

    def _tables(self) -> list[Table]:
        """Return the tables that the question can mean; where it names rows, those that have all of them."""
        tables = self.registers.tables(by_noun=self.query.noun is not None)
        if not self.query.rows:
            return tables

        def has_all(table: Table) -> bool:
            return all(any(same_row(row, number) for row in table.items) for number in self.query.rows)

        return [t for t in tables if has_all(t)] or [t for t in self.corpus.tables if has_all(t) and self._is_about(t)]

    def _is_about(self, table: Table) -> bool:
        """Tell whether a row of *table* that the question names has one of the words that it has in quotation marks."""
        rows = (row for row in table.items if any(same_row(row, number) for number in self.query.rows))
        said = " ".join(fold(cell.text) for row in rows for cell in row.cells)
        return bool(self.query.quoted) and any(fold(words) in said for words in self.query.quoted)

    def _first_or_last(self, table: Table, rows: Sequence[RowAt], filters: Sequence[Filter], *, last: bool) -> str:
        column = table.column("due")
        count, total = count_items(table, [at.row for at in rows]), count_items(table, table.items)
        values = "; ".join(dict.fromkeys(trimmed(self.schedule.text(at)) for at in rows))
        lines = [
            self.say.say(
                "due_last" if last else "due_first",
                table=self.say.table(table, self.corpus),
                filter=", ".join(item.words for item in filters),
                value=values,
                count=count,
                noun=self.say.noun(table, count),
            )
        ]
        for at in rows:
            marks = self.citer.cell(at, column) if column is not None else ""
            value = trimmed(at.row.cells[subject_column(table)].text)
            lines.append(self.say.say("list_item", row=self.say.row(at), value=value, marks=marks))
        name = self.say.table(table, self.corpus)
        lines.append(self.say.say("complete", count=count, total=total, noun=self.say.noun(table, total), table=name))
        return "\n".join(lines)

    def superlative(self) -> Reply | None:
        """Answer which section, or which agency, has the most rows."""
        match = re.search(r"\b(muc|nhom|phan|co quan|don vi|so|ai)(?: nao)?\b.*\bnhieu\b.*\bnhat\b", self.query.folded)
        if not match or self.query.noun is None:
            return None
        blocks = []
        for table in self.registers.tables():
            of_groups = match.group(1) in ("muc", "nhom", "phan")
            counts: dict[str, list[RowAt]] = {}
            for at in (RowAt(table, row) for row in table.items):
                for name in self._holders(at, of_groups=of_groups):
                    counts.setdefault(name, []).append(at)
            if not counts:
                continue
            most = max(counts.values(), key=len)
            name = next(name for name, rows in counts.items() if rows is most)
            head = {
                "table": self.say.table(table, self.corpus),
                "count": count_items(table, [at.row for at in most]),
                "noun": self.say.noun(table, count_items(table, [at.row for at in most])),
            }
            column = None if of_groups else table.column("lead")
            marks = "".join(self.citer.row(at) if column is None else self.citer.cell(at, column) for at in most)
            rows = ", ".join(self.say.row(at).lower() for at in most)
            blocks.append(
                sentence(
                    self.say.say(
                        "most", name=name, rows=rows, total=count_items(table, table.items), marks=marks, **head
                    )
                )
            )
        return self.registers.answer("\n".join(blocks)) if blocks else None

    def _holders(self, at: RowAt, *, of_groups: bool) -> list[str]:
        if of_groups:
            return [at.row.group.label] if at.row.group else []
        lead = at.table.column("lead")
        return [agency.name for agency in self.corpus.keys.split(at.row.cells[lead].text)] if lead is not None else []
