"""What a column holds, where a question names the column and no row: "Cột Ghi chú của Phụ lục I ghi những thông báo nào?"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.citing import Citer
from assistant.corpus import RowAt, cell_terms
from assistant.explaining import step
from assistant.lexicon import light_words
from assistant.matching import share_of
from assistant.tables import tables_asked
from assistant.types import Answer
from assistant.wording import Wording, trimmed
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from assistant.corpus import Corpus
    from assistant.question import Query
    from assistant.types import Reply

_COLUMN = re.compile(r"\bcot\b")
_HELD = 0.5  # share of what else is asked that one of several values must hold to be one of those meant


def column_values(corpus: Corpus, query: Query, understood: str, question: str) -> Reply | None:
    """Answer with the different values of the one column that the question names, each with its rows; None where it names a row."""
    if (
        query.rows
        or query.noun
        or query.form != "one"
        or query.quoted
        or query.places
        or not _COLUMN.search(query.folded)
    ):
        return None
    named = [
        (table, index)
        for table in tables_asked(corpus, query)
        for index, column in enumerate(table.columns)
        if re.search(rf"\bcot [“\"']?{re.escape(fold(column.name))}(?!\w)", query.folded)
    ]
    if len(named) != 1:
        return None
    table, index = named[0]
    values: dict[str, list[RowAt]] = {}
    for row in table.items:
        if row.cells[index].text:
            values.setdefault(row.cells[index].text, []).append(RowAt(table, row))
    heavy = [word for word in query.words if fold(word) not in light_words()]
    held = {value: share_of(heavy, cell_terms(value), corpus) for value in values}
    chosen = [value for value in values if held[value] >= _HELD] or list(values)
    if not chosen:
        return None
    say, citer = Wording(query.language), Citer(corpus)
    name = table.columns[index].name
    lines = [say.say("column_values", table=say.table(table, corpus), column=name, count=len(chosen))]
    for value in chosen:
        rows = values[value]
        places = [table.items.index(at.row) for at in rows]
        is_run = len(rows) > 1 and places[-1] - places[0] == len(rows) - 1  # printed once for rows below one another
        shown = [rows[0], rows[-1]] if is_run else rows
        names = [f"{say.row(at).lower() if n else say.row(at)} {citer.row(at)}" for n, at in enumerate(shown)]
        where = (" – " if is_run else ", ").join(names)
        lines.append(say.say("list_item", row=where, value=trimmed(value), marks=citer.cell(rows[0], index)))
    steps = (*query.steps(), step(query.language, "cells"))
    return Answer(question, understood, "\n".join(lines), citer.citations, steps, tuple(say.computed))
