"""How a document stands to others, as a drawing of our own and as the equal list: the document in the middle, the others beside it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from assistant.chat.marks import button, shorten
from indexer.types import RelationType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.chat.strings import Strings
    from assistant.library import Related
    from indexer.types import Document

_MOST_DRAWN = 16
_WIDTH, _NODE_WIDTH, _NODE_HEIGHT, _GAP, _HEAD = 640, 200, 46, 8, 24  # in units of the drawing
_MIDDLE_WIDTH, _MIDDLE_HEIGHT = 150, 84
_NAME_SHOWN = 46


@dataclass(frozen=True, slots=True)
class _Placed:
    """A document, and the upper edge of its node in one of the two columns."""

    one: Related
    left: bool
    top: float


def _key(one: Related) -> str:
    return f"documents.{'in' if one.incoming else 'out'}_{one.type}"


def _name(one: Related, strings: Strings) -> str:
    if one.document is not None:
        return strings.document(one.document)
    return one.number or strings("documents.unnamed")


def _opener(one: Related, strings: Strings, *, short: bool = False) -> str:
    """Return the button that opens a document of the index, or just the number of another one."""
    name = _name(one, strings)
    shown = shorten(name, _NAME_SHOWN) if short else name
    if one.document is None:
        return f"<span>{escape(shown)}</span>"
    return button(shown, "apply", css="hvb-link", document=one.document, **strings.on_shelf)


def _drawn(related: Sequence[Related]) -> list[Related]:
    """Return what is drawn: all, or of many those that are more than mentioned first."""
    if len(related) <= _MOST_DRAWN:
        return list(related)
    chosen = sorted(related, key=lambda one: one.type is RelationType.MENTIONS)[:_MOST_DRAWN]
    return [one for one in related if one in chosen]


def _lay(related: Sequence[Related]) -> tuple[list[_Placed], list[tuple[str, bool, float]], float]:
    """Return the nodes, the heads of their groups (key, column, base line), and the height; a group goes where there is more room."""
    heights = {True: 0.0, False: 0.0}
    nodes: list[_Placed] = []
    heads: list[tuple[str, bool, float]] = []
    for key, group in groupby(related, key=_key):
        left = heights[True] <= heights[False]
        heads.append((key, left, heights[left] + _HEAD - 8))
        heights[left] += _HEAD
        for one in group:
            nodes.append(_Placed(one, left, heights[left]))
            heights[left] += _NODE_HEIGHT + _GAP
    return nodes, heads, max(*heights.values(), _MIDDLE_HEIGHT + 2.0 * _GAP)


def _edge(node: _Placed, height: float) -> str:
    middle = height / 2
    near = _WIDTH / 2 + (-_MIDDLE_WIDTH if node.left else _MIDDLE_WIDTH) / 2
    far = float(_NODE_WIDTH if node.left else _WIDTH - _NODE_WIDTH)
    level = node.top + _NODE_HEIGHT / 2
    between = (near + far) / 2
    ends = ((far, level), (near, middle)) if node.one.incoming else ((near, middle), (far, level))
    (x1, y1), (x2, y2) = ends
    css = f"hvb-edge hvb-{node.one.type}{' hvb-incoming' if node.one.incoming else ''}"
    return f'<path class="{css}" d="M{x1:.0f} {y1:.0f}C{between:.0f} {y1:.0f} {between:.0f} {y2:.0f} {x2:.0f} {y2:.0f}" marker-end="url(#hvb-arrow)"/>'


def _box(corner: tuple[float, float], width: float, height: float, *, css: str, html: str) -> str:
    x, y = corner
    return f'<foreignObject x="{x:.0f}" y="{y:.0f}" width="{width}" height="{height}"><div class="{css}">{html}</div></foreignObject>'


def render_graph(document: Document, related: Sequence[Related], *, strings: Strings) -> str:
    """Return the drawing: arrows go from the document that says so to the one that it names."""
    nodes, heads, height = _lay(_drawn(related))
    edges = "".join(_edge(node, height) for node in nodes)
    texts = "".join(
        f'<text x="{0 if left else _WIDTH - _NODE_WIDTH}" y="{base:.0f}">{escape(strings(key))}</text>'
        for key, left, base in heads
    )
    boxes = "".join(
        _box(
            (0 if node.left else _WIDTH - _NODE_WIDTH, node.top),
            _NODE_WIDTH,
            _NODE_HEIGHT,
            css=f"hvb-node{'' if node.one.document else ' hvb-outer'}",
            html=_opener(node.one, strings, short=True),
        )
        for node in nodes
    )
    centre = _box(
        ((_WIDTH - _MIDDLE_WIDTH) / 2, (height - _MIDDLE_HEIGHT) / 2),
        _MIDDLE_WIDTH,
        _MIDDLE_HEIGHT,
        css="hvb-node hvb-centre",
        html=f"<strong>{escape(shorten(strings.document(document.id), _NAME_SHOWN))}</strong>",
    )
    name = escape(strings("documents.relations_graph"))
    marker = (
        '<defs><marker id="hvb-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z"/></marker></defs>'
    )
    more = ""
    if len(nodes) < len(related):
        words = strings("documents.relations_more", shown=len(nodes), count=len(related))
        more = f'<p class="hvb-facts">{escape(words)}</p>'
    return (
        f'<div class="hvb-scroll hvb-graph" tabindex="0" role="region" aria-label="{name}">'
        f'<svg viewBox="0 0 {_WIDTH} {height:.0f}" role="group" aria-label="{name}">'
        f'{marker}<g aria-hidden="true">{edges}</g>{texts}{boxes}{centre}</svg></div>{more}'
    )


def render_relations(document: Document, related: Sequence[Related], *, strings: Strings) -> str:
    """Return the drawing and the equal list below it, each line with a button that opens the words that say so."""
    if not related:
        return f'<p class="hvb-facts">{escape(strings("documents.relations_none"))}</p>'
    groups = []
    for key, group in groupby(related, key=_key):
        lines = []
        for one in group:
            what = f"{strings(key)}: {_name(one, strings)}"
            place = button(
                strings("documents.show"),
                "select",
                css="hvb-quiet",
                title=strings("documents.show_place", what=what),
                document=one.said_in,
                start=one.start,
                end=one.end,
                place=what,
                **strings.on_shelf,
            )
            lines.append(f"<li>{_opener(one, strings)} {place}</li>")
        groups.append(f"<dt>{escape(strings(key))}</dt><dd><ul>{''.join(lines)}</ul></dd>")
    hint = f'<p class="hvb-facts">{escape(strings("documents.relations_hint"))}</p>'
    return f'{hint}{render_graph(document, related, strings=strings)}<dl class="hvb-relations">{"".join(groups)}</dl>'
