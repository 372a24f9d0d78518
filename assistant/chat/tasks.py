"""The task list as HTML: counts, downloads, the chart, a page of the table with the sources of every row and cell."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from assistant.chat.export_links import download_links, task_address
from assistant.chat.marks import button
from assistant.chat.task_chart import bars, render_chart
from assistant.chat.task_form import filter_words
from assistant.exports.listing import Kind
from assistant.exports.tasks import complete_lines
from assistant.exports.words import export_words, shown_day
from assistant.task_list import DueState
from indexer.types import Span, fold_white

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.chat.strings import Strings
    from assistant.task_filter import TaskFilter
    from assistant.task_list import Selection, TaskList, TaskRow

PAGE = 50  # rows of the table that are shown at once
_ICON = (
    '<svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" focusable="false">'
    '<path d="M3 1.5h6l4 4v9H3zM9 1.5v4h4M5.5 8.5h5M5.5 11h5" fill="none" stroke="currentColor" stroke-width="1.3"/></svg>'
)
_ROLES = ("content", "lead", "partners", "deliverable", "due")


def _opener(row: TaskRow, span: Span, place: str, strings: Strings, *, text: str = "") -> str:
    """Return the button that opens a place: *text* in it, or the picture of a sheet."""
    hint = escape(strings("conversation.open", label=place))
    css, inside = ("hvb-reference", escape(text)) if text else ("hvb-source", _ICON)
    name = f"{escape(text)} {hint}" if text else hint
    return (
        f'<button type="button" class="hvb-button {css}" data-event="select" data-document="{escape(row.document)}" '
        f'data-start="{span.start}" data-end="{span.end}" data-place="{escape(place)}" title="{hint}" aria-label="{name}">{inside}</button>'
    )


def _cell(row: TaskRow, role: str, strings: Strings, more: str = "") -> str:
    label = escape(strings(f"tasks.{role}"))
    cell, index = row.cell(role), row.column(role)
    if cell is None or index is None:
        return f'<td role="cell" data-label="{label}" class="hvb-absent"><span class="hvb-facts">{escape(strings("tasks.no_column"))}</span>{more}</td>'
    if not cell.spans:
        return f'<td role="cell" data-label="{label}"><span class="hvb-facts">{escape(strings("tasks.blank"))}</span>{more}</td>'
    column = row.at.table.columns[index].name
    place = f"{row.place}, {strings('tasks.column', name=column)}"
    opener = _opener(row, Span(cell.spans[0].start, cell.spans[-1].end), place, strings)
    return f'<td role="cell" data-label="{label}"><span lang="vi">{escape(cell.text)}</span> {opener}{more}</td>'


def _due(row: TaskRow, tasks: TaskList, wanted: TaskFilter, strings: Strings) -> str:
    state = row.state(tasks.today, wanted.soon)
    parts = [f'<span class="hvb-state hvb-state-{state}">{escape(strings(f"tasks.state_{state}"))}</span>']
    if row.last_day is not None:
        parts.append(f'<span class="hvb-facts">{escape(_distance(row, tasks, state, strings))}</span>')
        if row.year_assumed:
            parts.append(f'<span class="hvb-facts">{escape(strings("tasks.year_assumed"))}</span>')
    return f'<div class="hvb-when">{"".join(parts)}</div>'


def _distance(row: TaskRow, tasks: TaskList, state: DueState, strings: Strings) -> str:
    if row.last_day is None:
        raise AssertionError
    days = (row.last_day - tasks.today).days
    key = "tasks.late" if state is DueState.OVERDUE else "tasks.left" if days else "tasks.due_today"
    return strings(key, day=shown_day(row.last_day), days=abs(days))


def _row(row: TaskRow, tasks: TaskList, wanted: TaskFilter, strings: Strings) -> str:
    at = row.at
    number = at.row.number or "–"
    group = f'<span class="hvb-facts" lang="vi">{escape(at.row.group.label)}</span>' if at.row.group else ""
    where = escape(f"{strings.document(row.document)}, {row.place}")
    gaps = "".join(f'<li lang="vi">{escape(name)}</li>' for name in row.gaps)
    label = escape(strings("tasks.gap"))
    missing = (
        f'<ul class="hvb-gaps">{gaps}</ul>'
        if gaps
        else f'<span class="hvb-facts">{escape(strings("tasks.no_gap"))}</span>'
    )
    cells = _cell(
        row, "content", strings, f'<div class="hvb-where">{group}<span class="hvb-facts">{where}</span></div>'
    )
    cells += "".join(_cell(row, role, strings) for role in _ROLES[1:-1])
    cells += _cell(row, "due", strings, _due(row, tasks, wanted, strings))
    opener = _opener(row, Span(at.row.start, at.row.end), row.place, strings, text=number)
    noun = f'<span class="hvb-facts" lang="vi">{escape(at.table.noun)}</span>'
    css = ' class="hvb-gapped"' if row.gaps else ""
    return (
        f'<tr role="row"{css}><th scope="row" role="rowheader">{opener} {noun}</th>{cells}'
        f'<td role="cell" data-label="{label}">{missing}</td></tr>'
    )


def _table(rows: Sequence[TaskRow], tasks: TaskList, wanted: TaskFilter, name: str, strings: Strings) -> str:
    heads = "".join(
        f'<th scope="col" role="columnheader">{escape(strings(f"tasks.{key}"))}</th>'
        for key in ("number", *_ROLES, "gap")
    )
    lines = "".join(_row(row, tasks, wanted, strings) for row in rows)
    return (
        f'<div class="hvb-scroll" tabindex="0" role="region" aria-label="{escape(name)}"><table class="hvb-task-table" role="table">'
        f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead><tbody role="rowgroup">{lines}</tbody></table></div>'
    )


def _pager(count: int, page: int, wanted: TaskFilter, strings: Strings) -> str:
    pages = max(1, -(-count // PAGE))
    if pages == 1:
        return ""
    query = urlencode(wanted.fields())

    def turn(key: str, number: int) -> str:
        if not 1 <= number <= pages:
            return f'<button type="button" class="hvb-button" disabled>{escape(strings(key))}</button>'
        return button(strings(key), "apply", query=query, page=number, key=key.partition(".")[2])

    return (
        f'<nav class="hvb-pager" aria-label="{escape(strings("tasks.pages"))}">{turn("tasks.previous", page - 1)}'
        f"<span>{escape(strings('tasks.page', page=page, pages=pages))}</span>{turn('tasks.next', page + 1)}</nav>"
    )


def _counts(chosen: Selection, tasks: TaskList, strings: Strings) -> str:
    lines = "".join(
        f"<li>{escape(line)}</li>" for line in complete_lines(chosen, tasks.corpus, export_words(strings.language))
    )
    if not lines:
        return ""
    return f'<details class="hvb-complete"><summary>{escape(strings("tasks.complete"))}</summary><ul>{lines}</ul></details>'


def _downloads(chosen: Selection, wanted: TaskFilter, strings: Strings) -> str:
    if not chosen.rows and not chosen.possible:
        return ""
    dated = sum(row.last_day is not None for row in chosen.rows)
    kinds = [kind for kind in Kind if dated or kind is not Kind.CALENDAR]
    links = download_links(
        {kind: task_address(kind, wanted.fields(), strings.language) for kind in kinds}, strings=strings
    )
    left = len(chosen.rows) - dated
    hint = strings("tasks.calendar" if left else "tasks.calendar_all", dated=dated, left=left)
    return f'{links}<p class="hvb-facts">{escape(hint)}</p>'


def _possible(chosen: Selection, tasks: TaskList, wanted: TaskFilter, strings: Strings) -> str:
    if not chosen.possible:
        return ""
    agency = tasks.agency(wanted.agency)
    name = agency.name if agency else ""
    title = strings("tasks.possible", count=len(chosen.possible), agency=name)
    table = _table(chosen.possible[:PAGE], tasks, wanted, title, strings)
    rest = len(chosen.possible) - PAGE
    more = f'<p class="hvb-facts">{escape(strings("tasks.possible_more", count=rest))}</p>' if rest > 0 else ""
    return f'<details class="hvb-possible"><summary>{escape(title)}</summary>{table}{more}</details>'


def render_tasks(tasks: TaskList, wanted: TaskFilter, *, page: int = 1, strings: Strings) -> str:
    """Return what *wanted* keeps of *tasks*: page number *page*, counted from 1, the nearest that there is."""
    if not tasks.rows:
        return f'<p class="hvb-notice">{escape(strings("tasks.none"))}</p>'
    chosen = tasks.select(wanted)
    count = len(chosen.rows)
    page = min(max(page, 1), max(1, -(-count // PAGE)))
    shown = chosen.rows[(page - 1) * PAGE : page * PAGE]
    total = strings("tasks.count", count=count, total=len(tasks.rows), tables=len(chosen.counts))
    if count > PAGE:
        total = f"{total} {strings('tasks.shown', first=(page - 1) * PAGE + 1, last=(page - 1) * PAGE + len(shown))}"
    conditions = "; ".join(filter_words(wanted, tasks, strings=strings))
    timeless = tasks.select(wanted.without_time).rows
    chart = render_chart(bars(timeless, tasks.today, wanted.soon), wanted, strings=strings)
    name = strings("tasks.table")
    table = (
        _table(shown, tasks, wanted, name, strings)
        if shown
        else f'<p class="hvb-notice">{escape(strings("tasks.nothing"))}</p>'
    )
    pager = _pager(count, page, wanted, strings)
    return (
        f'<div class="hvb-task-list" data-said="{escape(total)}"><div class="hvb-summary"><div>'
        f'<p class="hvb-count"><strong>{escape(total)}</strong> <span class="hvb-facts">{escape(conditions)}</span></p>'
        f"{_counts(chosen, tasks, strings)}{_downloads(chosen, wanted, strings)}"
        f'<p class="hvb-facts">{escape(strings("tasks.as_of", day=shown_day(tasks.today)))}</p></div>{chart}</div>{table}{pager}'
        f"{_possible(chosen, tasks, wanted, strings)}</div>"
    )


def render_opening(*, strings: Strings) -> str:
    """Return what stands in the tab before it is opened: a button that shows the list, pressed by the page itself."""
    return button(strings("tasks.open"), "load", css="hvb-primary hvb-opens")


def render_error(message: str) -> str:
    """Return what is wrong with a filter, in words."""
    return f'<p class="hvb-notice" role="alert">{escape(fold_white(message))}</p>'
