"""
The row that a question describes in words: by what it is about, by its other cells, by an agency or an address that it alone has.

Of several rows that hold the words the one that says nothing else is meant. Abbreviations in cells are read as those in questions are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.corpus import RowAt, cell_terms, subject_column, written_out
from assistant.lexicon import content_words, says
from assistant.matching import Weighted, share_of
from assistant.row_filters import in_group
from assistant.tables import tables_asked
from indexer.columns import AGENCIES
from indexer.terms import canonical
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.corpus import Corpus
    from assistant.question import Query
    from indexer.types import Table

_ADDRESS = re.compile(r"(?<![\w/])(?:[a-z0-9-]+\.)+[a-z]{2,}(?!\w)")
SURE = 0.66  # share of a description's weight that a row must hold to be the row meant
_CERTAIN = 0.85  # and where its document is not the one that the words seem to name
_OWN = 0.4  # and at least by itself, where the rest of the description stands in the name of its document
_EXACTER = 0.25  # by how much more one of several such rows says nothing but what is asked, to be the one meant
_TIED, _EXACT_TIED = 0.02, 0.1  # and by how much where they hold the same of it
_CLOSE_ONES = 6
_CLEAR = 0.08  # by how much the best row must lead the next


class DescribedRows:
    """Finds the rows of *corpus* that one question describes."""

    def __init__(self, corpus: Corpus, query: Query) -> None:
        self.corpus, self.query = corpus, query

    def find(self, least: float = SURE) -> tuple[RowAt, float] | None:
        """Return the one row that the words of the question describe and the share of them that it holds, at least *least*, or None."""
        words = (*self.query.words, *self._of_agencies())
        if not words or says("answers", "exact_person", self.query.text):
            return None
        asked = Weighted.of(words, self.corpus)
        if at := self._alone_in_group():
            return at, SURE
        if at := self._of_one_cell(asked):
            return at, SURE
        tables = tables_asked(self.corpus, self.query)
        if found := self._best_of(asked, tables, least):
            return found
        every = tables_asked(self.corpus, self.query, by_name=False)
        return self._best_of(asked, every, max(least, _CERTAIN)) if len(every) > len(tables) else None

    def _best_of(self, asked: Weighted, tables: Sequence[Table], least: float) -> tuple[RowAt, float] | None:
        """Return the row of *tables* that holds most of what is *asked*, at least *least* of it, and that share; None where none leads."""
        scored: list[tuple[float, int, RowAt]] = []
        for order, at in enumerate(RowAt(t, r) for t in tables for r in t.rows if in_group(self.query, r)):
            held = cell_terms(at.row.cells[subject_column(at.table)].text)
            scored.append((max(asked.share(held), 0.9 * asked.share(self.corpus.row_terms(at))), -order, at))
        scored.sort(reverse=True, key=lambda item: item[:2])
        close = [(share, at) for share, _, at in scored[:_CLOSE_ONES] if scored[0][0] - share < _CLEAR]
        if not close:
            return None
        if len(close) > 1:  # the one that says nothing else is meant
            exact = sorted(((self._exactness(asked, at), -place) for place, (_, at) in enumerate(close)), reverse=True)
            tied = close[0][0] - close[1][0] < _TIED
            if exact[0][0] - exact[1][0] < (_EXACT_TIED if tied else _EXACTER):
                return None
            close = [close[-exact[0][1]]]
        share, at = close[0]
        if share < least and share >= _OWN:  # the rest may say which document is meant
            share = max(share, 0.9 * asked.share(self.corpus.row_terms(at), self.corpus.name_terms(at.table.document)))
        return (at, share) if share >= least else None

    def _exactness(self, asked: Weighted, at: RowAt) -> float:
        """Return the share of what a row is about that is *asked*: 1 where it says nothing else."""
        words = content_words(written_out(at.row.cells[subject_column(at.table)].text))
        return share_of(words, asked.words, self.corpus)

    def with_address(self) -> RowAt | None:
        """Return the one row that has the address of a page that the question names; None where there is none, or several."""
        address = _ADDRESS.search(self.query.folded)
        if not address:
            return None
        found = [at for at in self.corpus.rows if any(address.group() in fold(cell.text) for cell in at.row.cells)]
        return found[0] if len(found) == 1 else None

    def _alone_in_group(self) -> RowAt | None:
        """Return the one row of the section that the question names by its number, where no other section has that number."""
        if not self.query.group:
            return None
        tables = tables_asked(self.corpus, self.query)
        found = [
            RowAt(t, r) for t in tables if t.column("lead") is not None for r in t.items if in_group(self.query, r)
        ]
        return found[0] if len(found) == 1 else None

    def _of_one_cell(self, asked: Weighted) -> RowAt | None:
        """Return the one row of a schedule, of any table without columns of leads and partners, that names the agency of the question."""
        keys = {agency.key for agency in self.query.agencies} & set(self.corpus.row_agencies)
        if not keys:
            return None
        found = [
            RowAt(table, row)
            for table in tables_asked(self.corpus, self.query)
            if not any(column.role in AGENCIES for column in table.columns)
            for row in table.items
            if keys & self._agencies_of(RowAt(table, row))
        ]
        if len(found) != 1:
            return None
        return (
            found[0]
            if asked.share(self.corpus.row_terms(found[0]), self.corpus.name_terms(found[0].table.document)) >= _OWN
            else None
        )

    def _agencies_of(self, at: RowAt) -> set[str]:
        cells = (at.row.cells[index].text for index in self.corpus.agency_columns(at.table))
        return {agency.key for cell in cells for agency in self.corpus.keys.split(cell)}

    def _of_agencies(self) -> list[str]:
        """Return the words of the agencies of the question that rows name, not the document: "Phòng A học ngày nào?"."""
        issued = set(self.query.documents or self.query.issued_by)
        own = (a for a in self.query.agencies if not issued & {d.id for d in self.corpus.issuers.get(a.key, ())})
        return [word for agency in own for word in content_words(canonical(agency.name))]

    def exactest(self, rows: Sequence[RowAt]) -> RowAt:
        """Return the first of *rows*, or one that says clearly less beside what is asked."""
        asked = Weighted.of((*self.query.words, *self._of_agencies()), self.corpus)
        held = [asked.share(self.corpus.row_terms(at)) for at in rows]
        exact = [self._exactness(asked, at) for at in rows]
        better = [i for i in range(1, len(rows)) if held[i] >= held[0] and exact[i] - exact[0] >= _EXACT_TIED]
        return rows[max(better, key=exact.__getitem__)] if better else rows[0]
