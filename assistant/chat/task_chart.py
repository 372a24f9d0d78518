"""Deadlines by month, quarter or year as a chart: bars of inline SVG inside real buttons that filter, and the same as a table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from assistant.task_list import DueState
from assistant.task_periods import Grain, spanned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from assistant.chat.strings import Strings
    from assistant.task_filter import TaskFilter
    from assistant.task_list import TaskRow
    from assistant.task_periods import Period

_DATED = (DueState.OVERDUE, DueState.SOON, DueState.OPEN)
_HEIGHT, _WIDTH = 60, 26  # units of the drawing; a unit is a pixel at the usual size


@dataclass(frozen=True, slots=True)
class Bar:
    """A period and how many rows are due in it, by state."""

    period: Period
    counts: Mapping[DueState, int]

    @property
    def total(self) -> int:
        """All rows that are due in it."""
        return sum(self.counts.values())


def bars(rows: Sequence[TaskRow], today: date, soon: int) -> tuple[Bar, ...]:
    """Return a bar for every period between the first and the last deadline of *rows*, empty ones too."""
    dated = [(row, row.last_day) for row in rows if row.last_day is not None]
    periods = spanned([day for _, day in dated])
    return tuple(
        Bar(
            period,
            Counter(row.state(today, soon) for row, day in dated if period.first <= day <= period.last),
        )
        for period in periods
    )


def period_name(period: Period, strings: Strings) -> str:
    """Return how a period is called: "Tháng 10/2025", "Quý IV/2025"."""
    number = ("I", "II", "III", "IV")[period.number - 1] if period.grain is Grain.QUARTER else period.number
    return strings(f"tasks.period_{period.grain}", number=number, year=period.first.year)


def _short(period: Period) -> str:
    if period.grain is Grain.YEAR:
        return str(period.first.year)
    number = ("I", "II", "III", "IV")[period.number - 1] if period.grain is Grain.QUARTER else f"{period.number:02}"
    return f"{number}/{period.first.year}"


def _counted(bar: Bar, strings: Strings) -> str:
    parts = [f"{strings(f'tasks.state_{state}').lower()}: {bar.counts[state]}" for state in _DATED if bar.counts[state]]
    words = strings("tasks.bar", period=period_name(bar.period, strings), count=bar.total)
    return f"{words} ({', '.join(parts)})" if parts else words


def _drawn(bar: Bar, most: int) -> str:
    top, rects = float(_HEIGHT), []
    for state in reversed(_DATED):
        height = _HEIGHT * bar.counts[state] / most
        if height:
            top -= height
            rects.append(f'<rect class="hvb-bar-{state}" x="0" y="{top:.2f}" width="{_WIDTH}" height="{height:.2f}"/>')
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" aria-hidden="true" focusable="false">'
        f'{"".join(rects)}<line x1="0" y1="{_HEIGHT}" x2="{_WIDTH}" y2="{_HEIGHT}"/></svg>'
    )


def _bar(bar: Bar, most: int, wanted: TaskFilter, strings: Strings) -> str:
    pressed = bar.period.name == wanted.period
    fields = wanted.without_time.fields()
    if not pressed:
        fields["period"] = bar.period.name
    name = escape(_counted(bar, strings))
    inside = f"{_drawn(bar, most)}<span>{bar.total}</span><span>{escape(_short(bar.period))}</span>"
    if not bar.total:
        return f'<li><span class="hvb-month" title="{name}">{inside}</span></li>'
    return (
        f'<li><button type="button" class="hvb-button hvb-month" data-event="input" data-key="bar-{bar.period.name}" '
        f'data-query="{escape(urlencode(fields))}" aria-pressed="{"true" if pressed else "false"}" aria-label="{name}" '
        f'title="{name}">{inside}</button></li>'
    )


def render_chart(found: Sequence[Bar], wanted: TaskFilter, *, strings: Strings) -> str:
    """Return the chart, "" where nothing is dated; the bar of the filter's period is pressed, and pressed again takes it away."""
    most = max((bar.total for bar in found), default=0)
    if not most:
        return ""
    states = [state for state in _DATED if any(bar.counts[state] for bar in found)]
    legend = "".join(
        f'<li><svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><rect class="hvb-bar-{state}" width="12" height="12"/>'
        f"</svg> {escape(strings(f'tasks.state_{state}'))}</li>"
        for state in states
    )
    heads = "".join(f'<th scope="col">{escape(strings(f"tasks.state_{state}"))}</th>' for state in states)
    lines = "".join(
        f'<tr><th scope="row">{escape(period_name(bar.period, strings))}</th>'
        f"{''.join(f'<td>{bar.counts[state]}</td>' for state in states)}<td>{bar.total}</td></tr>"
        for bar in found
    )
    title = escape(strings("tasks.chart"))
    return (
        f'<figure class="hvb-chart"><figcaption>{title} <span class="hvb-facts">{escape(strings("tasks.chart_hint"))}</span></figcaption>'
        f'<ol class="hvb-months" aria-label="{title}">{"".join(_bar(bar, most, wanted, strings) for bar in found)}</ol>'
        f'<ul class="hvb-legend">{legend}</ul>'
        f"<details><summary>{escape(strings('tasks.chart_table'))}</summary><table><thead><tr>"
        f'<th scope="col">{escape(strings("tasks.period"))}</th>{heads}<th scope="col">{escape(strings("tasks.total"))}</th></tr></thead>'
        f"<tbody>{lines}</tbody></table></details></figure>"
    )
