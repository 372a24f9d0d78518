"""Which registers a question means, and which of their rows bear a number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.corpus import RowAt
from assistant.matching import Weighted
from assistant.question import same_number
from assistant.row_filters import in_group
from indexer.terms import terms
from indexer.types import StepKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.corpus import Corpus
    from assistant.question import Query
    from indexer.types import Row, Table

_NAMED = 0.2  # share of a question that the name of a document must hold to choose among several
_WEIGHT = 0.5  # and what these words must weigh together, a rare one weighing 1
_ISSUED = 0.3  # what it counts that the question names who issued it
_NEAR = 0.85  # and how near to the best it must come
_TOLD = 0.5  # share of what is left of a question by which one of several rows of one number is meant
_CLEAR = 0.25


def appendix_of(table: Table) -> str | None:
    """Return the number of the annex that *table* stands in."""
    return next((step.number for step in table.path if step.kind is StepKind.APPENDIX), None)


def tables_asked(corpus: Corpus, query: Query, *, by_noun: bool = True, by_name: bool = True) -> list[Table]:
    """
    Return the tables that the question can mean: of the documents and the annex that it names, with rows of the name that it uses.

    Where it names no document, its words choose one by what documents are called, if they tell: "Phụ lục 01 của Hà Nội"; not so
    without *by_name*.
    """
    found = [t for t in corpus.tables if not query.documents or t.document in query.documents]
    if wanted := (query.appendix,) if query.appendix else query.appendices:
        found = [t for t in found if any(same_number(appendix_of(t) or "", number) for number in wanted)]
    chosen = _by_name(corpus, query, found) if by_name else found
    named = [t for t in chosen if t.noun == query.noun]
    if not by_noun or not query.noun:
        return chosen
    if named and len(query.documents) > 1:  # what one document calls its rows the other may call otherwise
        held = {t.document for t in named}
        return [t for t in chosen if t.noun == query.noun or t.document not in held]
    if named:
        return named
    return chosen if query.documents or query.appendix or len(chosen) < len(found) else []


def _by_name(corpus: Corpus, query: Query, tables: Sequence[Table]) -> list[Table]:
    documents = {t.document for t in tables}
    if query.documents or len(documents) < 2:
        return list(tables)
    asked = Weighted.of(query.words, corpus)
    issued = _issued(corpus, query) | _of_places(corpus, query)
    titles = {name: {term for t in tables if t.document == name for term in terms(t.title)} for name in documents}
    shares = {
        name: asked.share(corpus.name_terms(name), titles[name]) + _ISSUED * (name in issued) for name in documents
    }
    most = max(shares.values())
    if most < _NAMED or (most * asked.total < _WEIGHT and not issued):
        return list(tables)
    return [t for t in tables if shares[t.document] >= most * _NEAR]


def _issued(corpus: Corpus, query: Query) -> set[str]:
    """Return the documents whose issuer is named for their sake: in no role, or as one that no row names, beside one that does."""
    if query.agency_role is None:
        return set(query.issued_by)
    if len(query.agencies) < 2:
        return set()
    apart = (agency.key for agency in query.agencies if agency.key not in corpus.row_agencies)
    return {d.id for key in apart for d in corpus.issuers.get(key, ()) if d.id in query.issued_by}


def _of_places(corpus: Corpus, query: Query) -> set[str]:
    """Return the documents of the places that the question names as theirs: "Phụ lục 01 của Hà Nội"."""
    found: set[str] = set()
    for place, ids in corpus.places.items():
        if place in query.folded and re.search(
            rf"\b(?:o|cua|tinh|thanh pho|tp|phu luc(?: so)? (?:\d+|[ivx]+)) {re.escape(place)}\b", query.folded
        ):
            found.update(ids)
    return found


def rows_numbered(corpus: Corpus, query: Query, tables: Sequence[Table], number: str) -> list[RowAt]:
    """
    Return the rows of *tables* that bear *number*; parts of one item are all returned.

    Of several, those that the other words of the question tell; all where they do not tell.
    """
    holders = [RowAt(t, r) for t in tables for r in t.items if same_row(r, number) and in_group(query, r)]
    if len(holders) < 2 or is_one_item(holders) or not query.words:
        return holders
    asked = Weighted.of(query.words, corpus)
    shares = [asked.share(_terms_of(at)) for at in holders]
    first, second = sorted(shares, reverse=True)[:2]
    return [holders[shares.index(first)]] if first >= _TOLD and first - second >= _CLEAR else holders


def _terms_of(at: RowAt) -> frozenset[str]:
    group = at.row.group.name if at.row.group else ""
    return frozenset(term for text in (group, *(cell.text for cell in at.row.cells)) for term in terms(text))


def is_one_item(holders: Sequence[RowAt]) -> bool:
    """Tell whether rows of one number are parts of one item: their number is printed once, in a cell merged down over them."""
    order = holders[0].table.column("order")
    return order is not None and all(
        at.table is holders[0].table and at.row.cells[order] == holders[0].row.cells[order] for at in holders
    )


def same_row(row: Row, number: str) -> bool:
    """Tell whether *row* bears *number*, leading zeros aside."""
    return row.number == number or row.number.lstrip("0") == number.lstrip("0")
