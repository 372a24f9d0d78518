"""A plot of growth as one SVG file: a panel a figure, both axes in powers of ten, ours drawn through and the floor broken."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from eval.growth import Point

PANELS = (
    ("build", "build, s"),
    ("peak memory, build", "peak memory of building, MiB"),
    ("index size", "index, MiB"),
    ("start to first answer", "start to first answer, s"),
    ("question answered, p50", "question answered, p50, ms"),
    ("question answered, p95", "question answered, p95, ms"),
    ("question searched, p50", "question searched, p50, ms"),
    ("resident memory behind all questions", "resident memory, MiB"),
)
_COLUMNS = 2
_WIDTH, _HEIGHT = 440, 260  # of a panel
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 40, 34, 42  # its margins
_HEAD = 30  # above all panels
_STYLE = (
    "text{font:12px sans-serif;fill:#222}.t{font-weight:bold}.g{stroke:#ddd}.a{stroke:#555}"
    ".o{stroke:#0b5394;fill:none;stroke-width:2}.f{stroke:#b45f06;fill:none;stroke-width:2;stroke-dasharray:6 4}"
    ".od{fill:#0b5394}.fd{fill:#b45f06}"
)


def growth_svg(points: Sequence[Point]) -> str:
    """Return the plot of *points* over their passages; a panel whose figure no point has is left out."""
    panels = [(title, _series(points, what)) for what, title in PANELS]
    panels = [(title, series) for title, series in panels if series[0]]
    height = _HEAD + _HEIGHT * math.ceil(len(panels) / _COLUMNS)
    drawn = [
        f'<g transform="translate({_WIDTH * (at % _COLUMNS)} {_HEAD + _HEIGHT * (at // _COLUMNS)})">\n'
        + "\n".join(_panel(title, *series))
        + "\n</g>"
        for at, (title, series) in enumerate(panels)
    ]
    legend = (
        f'<line class="o" x1="{_LEFT}" y1="14" x2="{_LEFT + 30}" y2="14"/><text x="{_LEFT + 36}" y="18">ours</text>'
        f'<line class="f" x1="{_LEFT + 90}" y1="14" x2="{_LEFT + 120}" y2="14"/>'
        f'<text x="{_LEFT + 126}" y="18">floor of the same run</text>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH * _COLUMNS} {height}" role="img">\n'
        f"<title>Growth of time and memory with the corpus</title>\n<style>{_STYLE}</style>\n"
        f'<rect width="100%" height="100%" fill="#fff"/>\n{legend}\n' + "\n".join(drawn) + "\n</svg>\n"
    )


def _series(points: Sequence[Point], what: str) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """Return passages and value of the figure *what*, ours and floors; what is not above 0 has no logarithm."""
    ours: list[tuple[float, float]] = []
    floors: list[tuple[float, float]] = []
    for point in sorted(points, key=lambda point: point.passages):
        for one in point.measured:
            if one.what != what or not point.passages:
                continue
            for series, value in ((ours, one.ours), (floors, one.floor)):
                if value and value > 0:
                    series.append((point.passages, value))
    return ours, floors


def _panel(title: str, ours: Sequence[tuple[float, float]], floors: Sequence[tuple[float, float]]) -> Iterator[str]:
    xs, ys = ([place[axis] for place in (*ours, *floors)] for axis in (0, 1))
    (x_low, x_high), (y_low, y_high) = _powers(xs), _powers(ys)
    left, right, top, bottom = _LEFT, _WIDTH - _RIGHT, _TOP, _HEIGHT - _BOTTOM

    def across(value: float) -> float:
        return left + (right - left) * (math.log10(value) - x_low) / (x_high - x_low)

    def down(value: float) -> float:
        return bottom - (bottom - top) * (math.log10(value) - y_low) / (y_high - y_low)

    yield f'<text class="t" x="{left}" y="{top - 10}">{escape(title)}</text>'
    for power in range(x_low, x_high + 1):
        x = across(10**power)
        yield f'<line class="g" x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}"/>'
        yield f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{10**power:,}</text>'
    for power in range(y_low, y_high + 1):
        y = down(10.0**power)
        yield f'<line class="g" x1="{left}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}"/>'
        yield f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:,g}</text>'
    yield f'<path class="a" fill="none" d="M{left} {top}V{bottom}H{right}"/>'
    yield f'<text x="{(left + right) / 2}" y="{bottom + 32}" text-anchor="middle">passages</text>'
    for kind, series in (("f", floors), ("o", ours)):
        if series:
            yield f'<polyline class="{kind}" points="{" ".join(f"{across(x):.1f},{down(y):.1f}" for x, y in series)}"/>'
        for x, y in series:
            shown = f"{x:,.0f} passages: {y:,.3g}"
            yield f'<circle class="{kind}d" cx="{across(x):.1f}" cy="{down(y):.1f}" r="3.5"><title>{shown}</title></circle>'


def _powers(values: Sequence[float]) -> tuple[int, int]:
    """Return the powers of ten below and above all *values*, which are above 0; never the same twice."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)
