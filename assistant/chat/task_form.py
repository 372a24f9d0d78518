"""The filter of the task list as a form, and the same filter in words."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from assistant.chat.marks import button
from assistant.chat.task_chart import period_name
from assistant.exports.words import shown_day
from assistant.task_filter import ANY_GAP, LONGEST_SOON
from assistant.task_list import ROLES, DueState
from assistant.task_periods import Grain, parse_period
from indexer.audit import clarity_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assistant.chat.strings import Strings
    from assistant.task_filter import TaskFilter
    from assistant.task_list import TaskList

Option = tuple[str, str]  # value and words


def _options(options: Iterable[Option], chosen: str) -> str:
    return "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(words)}</option>'
        for value, words in options
    )


def _groups(groups: Iterable[tuple[str, list[Option]]], chosen: str) -> str:
    return "".join(
        f'<optgroup label="{escape(name)}">{_options(options, chosen)}</optgroup>'
        for name, options in groups
        if options
    )


def _select(name: str, inside: str, strings: Strings) -> str:
    label = escape(strings(f"tasks.{name}"))
    return f'<label class="hvb-field hvb-field-{name}"><span>{label}</span><select name="{name}" data-event="input">{inside}</select></label>'


def _input(name: str, kind: str, value: str, strings: Strings, more: str = "") -> str:
    label = escape(strings(f"tasks.{name}"))
    return (
        f'<label class="hvb-field hvb-field-{name}"><span>{label}</span>'
        f'<input type="{kind}" name="{name}" value="{escape(value)}" data-event="input" autocomplete="off"{more}></label>'
    )


def _agencies(tasks: TaskList, wanted: TaskFilter, strings: Strings) -> str:
    groups: dict[bool, list[Option]] = {False: [], True: []}
    for one in tasks.agencies:
        words = strings("tasks.agency_option", name=one.agency.name, led=one.led, named=one.named)
        groups[one.agency.group].append((one.agency.key, words))
    named = ((strings("tasks.agencies_single"), groups[False]), (strings("tasks.agencies_group"), groups[True]))
    return _options([("", strings("tasks.any"))], wanted.agency) + _groups(named, wanted.agency)


def _periods(tasks: TaskList, wanted: TaskFilter, strings: Strings) -> str:
    groups = [
        (
            strings(f"tasks.periods_{grain}"),
            [(period.name, period_name(period, strings)) for period in tasks.periods(grain)],
        )
        for grain in (Grain.YEAR, Grain.QUARTER, Grain.MONTH)
    ]
    names = {name for _, options in groups for name, _ in options}
    first = [("", strings("tasks.any"))]
    if wanted.period and wanted.period not in names:
        first.append((wanted.period, period_name(parse_period(wanted.period), strings)))
    return _options(first, wanted.period) + _groups(groups, wanted.period)


def render_form(tasks: TaskList, wanted: TaskFilter, *, strings: Strings, drawn: str = "") -> str:
    """
    Return the form, filled in with *wanted*; what is seldom asked lies folded, unless it is asked.

    ``drawn`` is another each time that the form is to be drawn anew: a page follows it then, whatever was typed in it.
    """
    everything = ("", strings("tasks.any"))
    roles = [("", strings("tasks.role_any")), *((role, strings(f"tasks.{role}")) for role in ROLES)]
    states = [everything, *((state.value, strings(f"tasks.state_{state}")) for state in DueState)]
    gaps = [everything, (ANY_GAP, strings("tasks.gap_any")), *((name, name) for name in clarity_names())]
    documents = [everything, *((name, strings.document(name)) for name in tasks.documents)]
    nouns = [everything, *((noun, noun) for noun in tasks.nouns)]
    orders = [("", strings("tasks.order_document")), ("due", strings("tasks.order_due"))]
    # no date fields: they show days as the browser's language has them, "12/31/2025" on many machines
    first = shown_day(wanted.first) if wanted.first else ""
    last = shown_day(wanted.last) if wanted.last else ""
    typed = f' placeholder="{escape(strings("tasks.day_hint"))}" maxlength="10"'
    more = (
        _select("document", _options(documents, wanted.document), strings)
        + _select("noun", _options(nouns, wanted.noun), strings)
        + _select("gap", _options(gaps, wanted.gap), strings)
        + _input("first", "text", first, strings, typed)
        + _input("last", "text", last, strings, typed)
        + _input("soon", "number", str(wanted.soon), strings, f' min="0" max="{LONGEST_SOON}" inputmode="numeric"')
        + _select("order", _options(orders, "due" if wanted.by_due else ""), strings)
    )
    asked = {"document", "noun", "gap", "first", "last", "soon", "order"} & wanted.fields().keys()
    return (
        f'<form class="hvb-filters" data-drawn="{escape(drawn)}" aria-label="{escape(strings("tasks.filters"))}"><div class="hvb-fields">'
        + _input("words", "search", wanted.words, strings, ' maxlength="200" enterkeyhint="search"')
        + _select("agency", _agencies(tasks, wanted, strings), strings)
        + _select("role", _options(roles, wanted.role), strings)
        + _select("state", _options(states, wanted.state or ""), strings)
        + _select("period", _periods(tasks, wanted, strings), strings)
        + f'<div class="hvb-filter-acts">{button(strings("tasks.apply"), "submit", css="hvb-primary")}'
        + button(strings("tasks.reset"), "delete")
        + f"</div></div><details{' open' if asked else ''}><summary>{escape(strings('tasks.more'))}</summary>"
        + f'<div class="hvb-fields">{more}</div></details><p class="hvb-said" role="status"></p></form>'
    )


def filter_words(wanted: TaskFilter, tasks: TaskList, *, strings: Strings) -> tuple[str, ...]:
    """Return *wanted* in words, a condition each; () where it keeps every row."""

    def said(name: str, value: str) -> str:
        return f"{strings(f'tasks.{name}')}: {value}"

    conditions = []
    if wanted.agency:
        agency = tasks.agency(wanted.agency)
        role = f" ({strings(f'tasks.{wanted.role}').lower()})" if wanted.role else ""
        conditions.append(said("agency", f"{agency.name if agency else wanted.agency}{role}"))
    if wanted.document:
        conditions.append(said("document", strings.document(wanted.document)))
    if wanted.noun:
        conditions.append(said("noun", wanted.noun))
    if wanted.period:
        conditions.append(said("period", period_name(parse_period(wanted.period), strings)))
    if wanted.first:
        conditions.append(said("first", shown_day(wanted.first)))
    if wanted.last:
        conditions.append(said("last", shown_day(wanted.last)))
    if wanted.state:
        days = f" ({strings('tasks.within', days=wanted.soon)})" if wanted.state is DueState.SOON else ""
        conditions.append(said("state", strings(f"tasks.state_{wanted.state}") + days))
    if wanted.gap:
        conditions.append(said("gap", strings("tasks.gap_any") if wanted.gap == ANY_GAP else wanted.gap))
    if wanted.words:
        conditions.append(said("words", f"“{wanted.words}”"))
    return tuple(conditions)
