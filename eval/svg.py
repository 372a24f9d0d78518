"""
Plots as SVG to stand inside a page: no script, no font or file from elsewhere, colours by class so that the page's theme decides.

Lines and marks that stand for different things differ in shape and dash too, not in colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WIDTH = 440  # of the drawing; the page scales it
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 24, 14, 46
_LABEL, _VALUE, _ROW, _STEP = (
    156,
    58,
    14,
    16,
)  # of an interval chart: labels, values, margins of a row, a system's height
_LONGEST_LABEL = 21  # letters
KINDS = 4  # of marks and dashes; a fifth series looks as the first


@dataclass(frozen=True, slots=True)
class Series:
    """Points joined by a line: ``(x, y)``, or ``(x, y, low, high)`` with an interval; without *joined* marks alone."""

    name: str
    points: Sequence[tuple[float, ...]]
    joined: bool = True


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """A labelled row of an interval chart: for each system its ``(value, low, high)``, shares from 0 to 1; None for none."""

    label: str
    intervals: Sequence[tuple[float, float, float] | None]


@dataclass(slots=True)
class _Drawing:
    height: float
    title: str
    parts: list[str] = field(default_factory=list)

    def line(self, x1: float, y1: float, x2: float, y2: float, css: str) -> None:
        self.parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{css}"/>')

    def text(self, x: float, y: float, words: str, css: str = "", anchor: str = "start", *, tip: str = "") -> None:
        tip = f"<title>{escape(tip)}</title>" if tip else ""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" class="{css}" text-anchor="{anchor}">{escape(words)}{tip}</text>'
        )

    def mark(self, kind: int, x: float, y: float, tip: str = "") -> None:
        """Draw the mark of series *kind*: a disc, a square, a triangle or a cross."""
        shape = (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5"',
            f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8"',
            f'<path d="M{x:.1f} {y - 5:.1f}l5 9h-10z"',
            f'<path d="M{x - 4:.1f} {y - 4:.1f}l8 8m0-8l-8 8"',
        )[kind % KINDS]
        inner = f"><title>{escape(tip)}</title></{shape[1 : shape.index(' ')]}>" if tip else "/>"
        self.parts.append(f'{shape} class="mark kind-{kind % KINDS}"{inner}')

    def legend(self, names: Sequence[str], y: float) -> None:
        """Name the series *names* from left to right, at the height *y*."""
        x = 8.0
        for kind, name in enumerate(names):
            self.mark(kind, x, y - 4)
            self.text(x + 9, y, name)
            x += 26 + 7.2 * len(name)

    def done(self) -> str:
        """Return the SVG element."""
        inside = "".join(self.parts)
        return (
            f'<svg viewBox="0 0 {WIDTH} {self.height:.0f}" role="img" aria-label="{escape(self.title)}" '
            f'class="plot" xmlns="http://www.w3.org/2000/svg">{inside}</svg>'
        )


def interval_chart(
    rows: Sequence[IntervalRow], systems: Sequence[str], *, title: str, percent: Callable[[float], str]
) -> str:
    """Return a row a label, on it a mark a system with its interval; the first system's value is written at the end."""
    several = len(systems) > 1
    top = 26.0 if several else 8.0
    height = 2 * _ROW - 8 + _STEP * (len(systems) - 1)
    drawing = _Drawing(top + height * len(rows) + 22, title)
    low, high = _LABEL, WIDTH - _VALUE
    if several:
        drawing.legend(systems, 14)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = low + share * (high - low)
        drawing.line(x, top, x, top + height * len(rows), "grid")
        drawing.text(x, top + height * len(rows) + 16, percent(share), "small", "middle")
    for number, row in enumerate(rows):
        middle = top + height * (number + 0.5)
        short = row.label if len(row.label) <= _LONGEST_LABEL else f"{row.label[: _LONGEST_LABEL - 1]}…"
        drawing.text(low - 8, middle + 5, short, "", "end", tip=row.label if short != row.label else "")
        for kind, interval in enumerate(row.intervals):
            if interval is None:
                continue
            y = middle + _STEP * (kind - (len(systems) - 1) / 2)
            value, *ends = (low + share * (high - low) for share in interval)
            drawing.line(ends[0], y, ends[1], y, f"whisker kind-{kind % KINDS}")
            told = f"{percent(interval[0])} [{percent(interval[1])}, {percent(interval[2])}]"
            drawing.mark(kind, value, y, f"{row.label}, {systems[kind]}: {told}")
        if row.intervals and row.intervals[0]:
            drawing.text(WIDTH - 4, middle + 5, percent(row.intervals[0][0]), "", "end")
    return drawing.done()


def line_chart(
    series: Sequence[Series],
    *,
    title: str,
    x_name: str,
    y_name: str,
    percent: Callable[[float], str],
    x_end: float = 1.0,
    diagonal: bool = False,
    marked: Sequence[tuple[float, float, str]] = (),
) -> str:
    """
    Return *series* of shares over shares, y from 0 to 1 and x from 0 to *x_end*; *diagonal* draws y = x.

    *marked* are points with words beside them, drawn over the lines.
    """
    top = _TOP + (22 if len(series) > 1 else 8) + 14
    drawing = _Drawing(300, title)
    left, right, low, high = _LEFT, WIDTH - _RIGHT, 300 - _BOTTOM, top

    def place(x: float, y: float) -> tuple[float, float]:
        return left + min(x / x_end, 1.0) * (right - left), low + y * (high - low)

    if len(series) > 1:
        drawing.legend([one.name for one in series], 14)
    drawing.text(4, top - 10, y_name, "small")
    drawing.text(right, 300 - 8, x_name, "small", "end")
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x, y = place(share * x_end, share)
        drawing.line(left, y, right, y, "grid")
        drawing.text(left - 6, y + 5, percent(share), "small", "end")
        drawing.text(x, low + 18, percent(share * x_end), "small", "middle")
    drawing.line(left, low, right, low, "axis")
    if diagonal:
        drawing.line(*place(0, 0), *place(x_end, x_end), "diagonal")
    for kind, one in enumerate(series):
        points = [place(point[0], point[1]) for point in one.points]
        if one.joined and len(points) > 1:
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            drawing.parts.append(f'<polyline points="{path}" class="curve kind-{kind % KINDS}"/>')
        for point, (x, y) in zip(one.points, points, strict=True):
            if len(point) > 2:
                drawing.line(x, place(0, point[2])[1], x, place(0, point[3])[1], f"whisker kind-{kind % KINDS}")
            drawing.mark(kind, x, y, f"{percent(point[0])}, {percent(point[1])}")
    for share_x, share_y, words in marked:
        x, y = place(share_x, share_y)
        drawing.parts.append(f'<path d="M{x:.1f} {y - 8:.1f}l8 8l-8 8l-8-8z" class="now"/>')
        beyond = x > (left + right) / 2
        drawing.text(x + (-12 if beyond else 12), y + 34, words, "strong", "end" if beyond else "start")
    return drawing.done()


def bar_chart(bars: Sequence[tuple[str, float]], *, title: str, x_name: str, y_name: str) -> str:
    """Return a bar for each label with its count, the label at its left edge."""
    drawing = _Drawing(240, title)
    left, right, low, high = 30, WIDTH - _RIGHT, 240 - _BOTTOM, 34
    most = max((count for _, count in bars), default=0) or 1
    width = (right - left) / max(1, len(bars))
    every = -(-len(bars) // 8)  # labels that fit
    drawing.text(4, 14, y_name, "small")
    drawing.text(right, 240 - 8, x_name, "small", "end")
    for number, (label, count) in enumerate(bars):
        x, y = left + number * width, low + (high - low) * count / most
        if count:
            drawing.parts.append(
                f'<rect x="{x + 1:.1f}" y="{y:.1f}" width="{width - 2:.1f}" height="{low - y:.1f}" class="bar"><title>{escape(label)}: {count:g}</title></rect>'
            )
            drawing.text(x + width / 2, y - 4, f"{count:g}", "tiny", "middle")
        if number % every == 0:
            drawing.text(x, low + 16, label, "tiny", "middle")
    drawing.line(left, low, right, low, "axis")
    return drawing.done()
