"""The result of a class as a sheet to print, and the words of its Excel file."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from assistant.chat.class_panel import ROOM, person_name, share
from assistant.chat.class_phone import plain_page

if TYPE_CHECKING:
    from assistant.chat.strings import Strings
    from assistant.class_results import Line, Result

COLUMNS = ("order", "question", "answer", "answered", "share", "proof")


def result_heads(strings: Strings) -> list[str]:
    """Return the names of the columns."""
    return [strings(f"class.sheet_{column}") for column in COLUMNS]


def result_above(result: Result, strings: Strings) -> list[str]:
    """Return the lines above the table: title, day, code, how many took part."""
    day = f"{result.opened:%d/%m/%Y}".split("/")
    return [
        strings("class.sheet_title"),
        strings("class.sheet_date", day=day[0], month=day[1], year=day[2]),
        strings("class.sheet_room", code=result.code),
        strings("class.sheet_people", people=result.people),
    ]


def result_mean(result: Result, strings: Strings) -> str:
    """Return the share of right answers of the whole class; "" where nobody answered."""
    if not result.answered:
        return ""
    percent = share(result.right, result.answered)
    return strings("class.sheet_mean", share=percent, right=result.right, answered=result.answered)


def _line(order: int, line: Line, strings: Strings) -> str:
    given = str(line.answered) if line.asked else strings("class.sheet_none")
    percent = f"{share(line.right, line.answered)} %" if line.answered else "–"
    cells = (line.question, line.answer, given, percent, line.proof)
    css = (' lang="vi"', ' lang="vi"', ' class="middle"', ' class="middle"', ' class="proof" lang="vi"')
    drawn = "".join(f"<td{look}>{escape(cell)}</td>" for cell, look in zip(cells, css, strict=True))
    return f'<tr><td class="middle">{order}</td>{drawn}</tr>'


def sheet_page(result: Result, strings: Strings, *, with_names: bool) -> str:
    """Return the page of *result*, ready to be printed on A4; nicknames only where *with_names*."""
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in result_heads(strings))
    lines = "".join(_line(order, line, strings) for order, line in enumerate(result.lines, 1))
    title, *above = result_above(result, strings)
    facts = " · ".join(escape(line) for line in above)
    names = _names(result, strings) if with_names else ""
    note = strings("class.sheet_note_names" if with_names else "class.sheet_note")
    body = (
        f'<form class="no-print" method="get"><input type="hidden" name="lang" value="{strings.language}">'
        f'<label><input type="checkbox" name="ten" value="1" id="names"{" checked" if with_names else ""}> '
        f"<span>{escape(strings('class.sheet_names'))}</span></label>"
        f'<button type="button" id="print">{escape(strings("class.sheet_print"))}</button></form>'
        f'<h1>{escape(title)}</h1><p class="facts">{facts}</p>'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
        f"<p>{escape(result_mean(result, strings))}</p>{names}"
        f'<div class="sign"><p>{escape(strings("class.sheet_place"))}</p><p><strong>{escape(strings("class.sheet_sign"))}</strong></p>'
        f"<p><em>{escape(strings('class.sheet_sign_hint'))}</em></p></div>"
        f'<p class="soft">{escape(note)}</p>'
    )
    here = f"{ROOM}/{result.code}/phieu"
    return plain_page(title, body, strings, here=here, styles=("phone.css", "sheet.css"), script="sheet.js")


def _names(result: Result, strings: Strings) -> str:
    heads = "".join(f'<th scope="col">{escape(strings(f"class.{name}"))}</th>' for name in ("rank", "who", "score"))
    rows = "".join(
        f'<tr><td class="middle">{name.rank}</td><td>{escape(person_name(name.participant, strings))}</td>'
        f'<td class="middle">{name.right}</td></tr>'
        for name in result.names
    )
    return f"<h2>{escape(strings('class.ranking'))}</h2><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
