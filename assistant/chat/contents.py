"""The table of contents of a document, from the ladder of its clauses and the registers of its annexes."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from assistant.chat.marks import button, shorten
from assistant.chat.viewer import heading_end
from indexer.path import label, step_labels
from indexer.types import StepKind, fold_white

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.chat.strings import Strings
    from indexer.types import Clause, Path, Table

_HEADS = frozenset(  # what has a place in the contents though it bears no heading of its own
    {
        StepKind.PART,
        StepKind.CHAPTER,
        StepKind.DIVISION,
        StepKind.SUBDIVISION,
        StepKind.ARTICLE,
        StepKind.APPENDIX,
    }
)
_SHOWN = 140  # characters of a heading
_BEGINNING = 70  # characters of what has no heading
_OPEN = 24  # entries up to which all of them are open


@dataclass(slots=True)
class Entry:
    """A heading: what it says, where it stands, and what stands below it."""

    path: Path
    title: str
    start: int
    end: int
    children: list[Entry] = field(default_factory=list)

    def count(self) -> int:
        """Return how many entries there are, this one included."""
        return 1 + sum(child.count() for child in self.children)


def _numbered(path: Path, heading: str) -> str:
    """Return *heading* behind its number as it is printed: "1. Mục đích", "Điều 5. Phạm vi"."""
    step = path[-1]
    words = step.number if step.kind in (StepKind.ROMAN, StepKind.NUMBER) else step_labels(path)[-1]
    if step.kind is StepKind.POINT:
        return f"{step.number}) {heading}"
    words = words[:1].upper() + words[1:]
    return f"{words}. {heading}" if heading else words


def _of_clause(clause: Clause) -> Entry | None:
    if clause.heading:
        end = heading_end(clause)
        title = _numbered(clause.path, shorten(clause.heading, _SHOWN))
        return Entry(clause.path, title, clause.start, end or clause.end)
    if not clause.path or clause.path[-1].kind not in _HEADS:
        return None
    line = clause.text.split("\n", 1)[0]
    return Entry(clause.path, shorten(fold_white(line), _BEGINNING), clause.start, clause.start + len(line))


def _of_table(table: Table) -> Entry:
    name = ". ".join(part for part in (label(table.path), fold_white(table.title)) if part)
    # the words that are marked are those of its first row: a whole table would be one mark
    first = table.rows[0] if table.rows else None
    start, end = (first.start, first.end) if first else (table.start, table.end)
    return Entry(table.path, shorten(name, _SHOWN), start, end)


def _groups(table: Table) -> Iterator[Entry]:
    seen = set()
    for row in table.rows:
        if row.group is not None and row.group not in seen:
            seen.add(row.group)
            path = row.path[:-1] if row.path else table.path
            yield Entry(path, shorten(fold_white(row.group.label), _SHOWN), row.group.start, row.group.end)


def contents(clauses: Sequence[Clause], tables: Sequence[Table]) -> list[Entry]:
    """Return the outermost entries in reading order; a table stands with the heading of its annex, its sections below it."""
    found = [entry for clause in clauses if (entry := _of_clause(clause)) is not None and entry.end > entry.start]
    headed = {entry.path: entry for entry in found}
    for table in tables:
        if (entry := headed.get(table.path)) is None:
            entry = _of_table(table)
            found.append(entry)
        entry.children += _groups(table)
    found.sort(key=lambda entry: entry.start)
    roots: list[Entry] = []
    above: list[Entry] = []
    for entry in found:
        while above and (len(above[-1].path) >= len(entry.path) or entry.path[: len(above[-1].path)] != above[-1].path):
            above.pop()
        (above[-1].children if above else roots).append(entry)
        above.append(entry)
    return roots


def _entry(document: str, entry: Entry, strings: Strings, *, folded: bool) -> str:
    opener = button(
        entry.title,
        "select",
        css="hvb-link hvb-entry",
        document=document,
        start=entry.start,
        end=entry.end,
        place=label(entry.path) or entry.title,
        **strings.on_shelf,
    )
    if not entry.children:
        return f"<li>{opener}</li>"
    below = _list(document, entry.children, strings, folded=folded)
    if folded:
        count = sum(child.count() for child in entry.children)
        words = escape(strings("documents.contents_under", count=count))
        below = f"<details><summary>{words}<span class='hvb-hidden'>: {escape(entry.title)}</span></summary>{below}</details>"
    return f"<li>{opener}{below}</li>"


def _list(document: str, entries: Sequence[Entry], strings: Strings, *, folded: bool) -> str:
    return f"<ol>{''.join(_entry(document, entry, strings, folded=folded) for entry in entries)}</ol>"


def render_contents(document: str, entries: Sequence[Entry], *, strings: Strings) -> str:
    """Return the contents as nested lists of buttons that open the headings; what lies below is folded where there is a lot of it."""
    if not entries:
        return f'<p class="hvb-facts">{escape(strings("documents.contents_none"))}</p>'
    folded = sum(entry.count() for entry in entries) > _OPEN
    name = escape(strings("documents.contents"))
    return f'<nav class="hvb-contents" aria-label="{name}">{_list(document, entries, strings, folded=folded)}</nav>'
