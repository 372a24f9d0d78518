"""Tables of the HTML report."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def cell(value: str, below: str) -> str:
    """Return the HTML of a cell with *below* in small letters under *value*."""
    return f"{escape(value)}<small>{escape(below)}</small>"


def table(head: Sequence[str], body: Sequence[tuple[str, Sequence[str]]], *, last_is_total: bool = False) -> str:
    """
    Return a table that scrolls by itself where the window is narrow.

    *head* are plain texts, *body* the rows: a plain label, and its cells as HTML (see `cell`).
    """
    first, *others = (f'<th scope="col">{escape(name)}</th>' for name in head)
    rows = []
    for number, (label, cells) in enumerate(body, start=1):
        css = ' class="total"' if last_is_total and number == len(body) else ""
        filled = "".join(f"<td>{one}</td>" for one in cells)
        rows.append(f'<tr{css}><th scope="row">{escape(label)}</th>{filled}</tr>')
    return (
        f'<div class="scroll" tabindex="0"><table><thead><tr>{first}{"".join(others)}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )
