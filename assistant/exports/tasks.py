"""The chosen rows of the task list as a listing to export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.exports.listing import Entry, Listing, document_number, made_on, source_documents
from assistant.exports.words import shown_day
from assistant.wording import Wording, trimmed
from indexer.path import eid, label
from indexer.types import fold_white

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.corpus import Corpus
    from assistant.exports.words import ExportWords
    from assistant.task_filter import TaskFilter
    from assistant.task_list import Selection, TaskList, TaskRow


def task_entry(row: TaskRow, corpus: Corpus, words: ExportWords, *, state: str = "", note: str = "") -> Entry:
    """Return *row* as an entry that cites the whole row."""
    document = corpus.index.document(row.document)
    at = row.at
    notes = [note, words("year_assumed") if row.year_assumed else ""]
    return Entry(
        id=f"{row.document}#{eid(at.row.path)}",
        content=trimmed(row.text("content")),
        number=document_number(corpus, row.document, words),
        place=row.place,
        quote=fold_white(document.text[at.row.start : at.row.end]),
        row=Wording("vi").row(at),
        lead=row.text("lead"),
        partners=row.text("partners"),
        deliverable=row.text("deliverable"),
        due=row.text("due"),
        last_day=row.last_day,
        state=state,
        gaps=", ".join(row.gaps),
        note="; ".join(part for part in notes if part),
        is_possible=bool(note),
    )


def tasks_listing(tasks: TaskList, wanted: TaskFilter, words: ExportWords, conditions: Sequence[str] = ()) -> Listing:
    """Return what *wanted* keeps of *tasks*, rows given to a group that may include its agency behind; *conditions* say it in words."""
    chosen = tasks.select(wanted)
    agency = tasks.agency(wanted.agency)
    possible = words("possible", agency=agency.name) if agency else words("possible_plain")
    corpus = tasks.corpus
    entries = [
        task_entry(row, corpus, words, state=words.state(row.state(tasks.today, wanted.soon)), note=note)
        for rows, note in ((chosen.rows, ""), (chosen.possible, possible))
        for row in rows
    ]
    above = (made_on(tasks.today, words), *conditions)
    below = (*complete_lines(chosen, corpus, words), words("state_day", day=shown_day(tasks.today)), words("original"))
    documents = source_documents(corpus, (row.document for row in (*chosen.rows, *chosen.possible)), words)
    return Listing(words("tasks_title"), above, tuple(entries), below, documents, words, state_shown=True)


def complete_lines(chosen: Selection, corpus: Corpus, words: ExportWords) -> tuple[str, ...]:
    """Return "3/13 nhiệm vụ: Phụ lục II, 12/KH-UBND" for every register of which a row is chosen."""
    say = Wording(words.language)
    return tuple(
        words(
            "complete",
            chosen=one.chosen,
            total=one.total,
            noun=say.noun(one.table, one.total),
            table=", ".join(
                part for part in (label(one.table.path), document_number(corpus, one.table.document, words)) if part
            ),
        )
        for one in chosen.counts
    )
