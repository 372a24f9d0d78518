"""The trainer's panel of a live class as HTML: the code to join with, the question and how it is answered, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from assistant.chat.classroom import OPTION_LETTERS, right_answer
from assistant.chat.conversation import render_citations
from assistant.chat.office import ROUTE
from assistant.classes import Act, Stage
from assistant.quiz_types import Form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.chat.strings import Strings
    from assistant.classes import Classroom, Participant, Place, Tally
    from assistant.quiz_types import QuizQuestion

ROOM = f"{ROUTE}/lop"
SIZES = (5, 8, 10, 15)
CLEAR, DELETE, OPEN, SHOW, LEAVE = "clear", "delete", "open", "show", "leave"  # what a trainer does beside the acts
_RANKED = 10  # lines of the ranking on the screen
_LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))


@dataclass(frozen=True, slots=True)
class View:
    """A class as its trainer sees it: the ``address`` of the server that telephones open, and what was answered so far."""

    room: Classroom
    address: str
    people: int
    tally: Tally
    places: Sequence[Place]


def act_button(
    label: str,
    act: str,
    *,
    css: str = "",
    confirm: str = "",
    code: str = "",
    revision: int | None = None,
    document: str = "",
    title: str = "",
) -> str:
    """
    Return a button that has the page's script do *act*, after asking *confirm* where that is given.

    *document* is the one that it is done to, *title* what that is called, for those who do not see where the button stands.
    """
    given = (("confirm", confirm), ("code", code), ("revision", revision), ("document", document))
    data = "".join(f' data-{name}="{escape(str(value))}"' for name, value in given if value not in ("", None))
    if title:
        data += f' aria-label="{escape(f"{label}: {title}")}"'
    return f'<button type="button" class="hvb-button {css}" data-act="{act}"{data}>{escape(label)}</button>'


def render_waiting(strings: Strings) -> str:
    """Return what stands in the panel's place until the page's script has fetched it."""
    return (
        f'<section class="hvb-live-frame hvb-slide" data-language="{strings.language}" '
        f'data-lost="{escape(strings("class.live_lost"))}"><h2>{escape(strings("class.live"))}</h2>'
        f'<p class="hvb-live-lost" role="alert" hidden></p>'
        f'<div class="hvb-live-body"><p class="hvb-facts">{escape(strings("class.live_wait"))}</p></div></section>'
    )


def render_projector_bar(strings: Strings) -> str:
    """Return the button that opens the projector view, and what turns its pages and leaves it."""
    words = {name: escape(strings(f"class.{name}")) for name in ("project", "leave", "previous", "next", "keys")}
    return (
        '<div class="hvb-bar hvb-projector-bar">'
        f'<button type="button" class="hvb-button hvb-quiet" data-project="on">{words["project"]}</button>'
        f'<button type="button" class="hvb-button" data-project="previous" aria-label="{words["previous"]}">←</button>'
        '<output class="hvb-slide-number" aria-live="polite"></output>'
        f'<button type="button" class="hvb-button" data-project="next" aria-label="{words["next"]}">→</button>'
        f'<span class="hvb-facts">{words["keys"]}</span>'
        f'<button type="button" class="hvb-button hvb-quiet" data-project="off">{words["leave"]}</button></div>'
    )


def render_not_trainer(address: str, strings: Strings) -> str:
    """Return what is shown to those who may not open a class."""
    link = f'<a href="{ROOM}">{escape(address)}{ROOM}</a>'
    return f'<p class="hvb-facts">{escape(strings("class.not_trainer"))} {link}</p>'


def render_opening(rooms: Sequence[Classroom], strings: Strings, *, message: str = "") -> str:
    """Return the form that opens a class, and the classes of late; *message* says why none could be opened."""
    forms = "".join(_tick(f"form_{form}", strings(f"class.form_{form}"), ticked=form is Form.CHOICE) for form in Form)
    sizes = "".join(f'<option value="{size}">{size}</option>' for size in SIZES)
    alert = f'<p class="hvb-notice" role="alert">{escape(message)}</p>' if message else ""
    recent = "".join(_recent(room, strings) for room in rooms)
    if recent:
        recent = f'<h3>{escape(strings("class.recent"))}</h3><ul class="hvb-recent">{recent}</ul>'
    return (
        f'<p class="hvb-facts">{escape(strings("class.live_intro"))}</p>{alert}<form class="hvb-opening">'
        f'<fieldset class="hvb-ticks"><legend>{escape(strings("class.forms"))}</legend>{forms}</fieldset>'
        f'<label class="hvb-class-field hvb-inline"><span>{escape(strings("class.size"))}</span><select name="size">{sizes}</select></label>'
        f"{_tick('ranking', strings('class.with_ranking'), ticked=True)}{_tick('asking', strings('class.with_asking'))}"
        f'<div class="hvb-bar"><button class="hvb-button hvb-primary" data-act="{OPEN}">{escape(strings("class.open"))}</button>'
        f"</div></form>{recent}"
    )


def _tick(name: str, label: str, *, ticked: bool = False) -> str:
    state = " checked" if ticked else ""
    return f'<label class="hvb-tick"><input type="checkbox" name="{name}" value="1"{state}> <span>{escape(label)}</span></label>'


def _recent(room: Classroom, strings: Strings) -> str:
    day = f"{datetime.fromtimestamp(room.opened):%d/%m/%Y %H:%M}"  # noqa: DTZ006 - the trainer's own clock
    name = strings("class.recent_one", code=room.code, date=day)
    resume = act_button(strings("class.resume"), SHOW, css="hvb-quiet", code=room.code)
    delete = act_button(
        strings("class.delete"), DELETE, css="hvb-quiet", confirm=strings("class.delete_confirm"), code=room.code
    )
    return f"<li><span>{escape(name)}</span> {resume} {_links(room, strings)} {delete}</li>"


def _links(room: Classroom, strings: Strings) -> str:
    query = f"?lang={strings.language}"
    return (
        f'<a target="_blank" rel="noopener" href="{ROOM}/{room.code}/phieu{query}">{escape(strings("class.sheet"))}</a> '
        f'<a href="{ROOM}/{room.code}/ket-qua.xlsx{query}">{escape(strings("class.excel"))}</a>'
    )


def join_address(address: str, code: str) -> str:
    """Return the address that the QR code holds."""
    return f"{address}{ROOM}/{code}"


def _qr(view: View, strings: Strings) -> str:
    import segno  # noqa: PLC0415 - for trainers only

    picture = segno.make(join_address(view.address, view.room.code), error="m", micro=False)
    drawn = picture.svg_inline(scale=4, border=2, dark="#000", light="#fff", omitsize=True)
    name = escape(strings("class.qr", code=view.room.code))
    return f'<div class="hvb-qr" role="img" aria-label="{name}">{drawn}</div>'


def _joining(view: View, strings: Strings) -> str:
    """Return code, address and QR code."""
    room, host = view.room, urlsplit(view.address).netloc
    spelled = escape(strings("class.spell", letters=" ".join(room.code)))
    name = urlsplit(view.address).hostname or ""
    warning = ""
    if name in _LOOPBACK or name.startswith("127."):
        warning = f'<p class="hvb-notice">{escape(strings("class.loopback"))}</p>'
    return (
        f'<div class="hvb-joining"><div><p class="hvb-facts">{escape(strings("class.code"))}</p>'
        f'<p class="hvb-code" aria-label="{spelled}">{room.code}</p>'
        f'<p class="hvb-address">{escape(strings("class.join_at"))} <strong>{escape(host)}{ROOM}</strong></p></div>'
        f"{_qr(view, strings)}</div>{warning}"
    )


def _counter(label: str, name: str, value: int) -> str:
    return f'<span>{escape(label)} <strong data-live="{name}">{value}</strong></span>'


def _counters(view: View, strings: Strings) -> str:
    parts = [_counter(strings("class.joined"), "people", view.people)]
    if view.room.question is not None and view.room.stage is not Stage.ENDED:
        parts.append(_counter(strings("class.answered"), "answered", view.tally.answered))
    return f'<p class="hvb-counters">{"".join(parts)}</p>'


def share(part: int, whole: int) -> int:
    """Return *part* of *whole* in per cent, rounded half up; 0 of nothing."""
    return (200 * part + whole) // (2 * whole) if whole else 0


def _options(question: QuizQuestion, tally: Tally, *, revealed: bool) -> str:
    lines = []
    for i, text in enumerate(question.options):
        count = tally.options[i] if i < len(tally.options) else 0
        css = " hvb-right" if revealed and i == question.right else ""
        lines.append(
            f'<li class="hvb-tally{css}"><span class="hvb-tally-text" lang="vi">{OPTION_LETTERS[i]}. {escape(text)}</span>'
            f'<span class="hvb-tally-count" data-live="option-{i}">{count}</span>'
            f'<span class="hvb-tally-track"><span class="hvb-tally-fill" data-fill="{i}" '
            f'style="width:{share(count, tally.answered)}%"></span></span></li>'
        )
    return f'<ul class="hvb-tallies">{"".join(lines)}</ul>'


def _question(view: View, question: QuizQuestion, strings: Strings) -> str:
    room = view.room
    revealed = room.stage is not Stage.ASKING
    number = escape(strings("class.question", number=room.position + 1, total=len(room.questions)))
    html = f'<h3>{number}</h3><p class="hvb-live-question" lang="vi">{escape(question.text)}</p>'
    if question.form is Form.CHOICE:
        html += _options(question, view.tally, revealed=revealed)
    if revealed:
        tally = view.tally
        words = strings("class.no_answers")
        if tally.answered:
            words = strings(
                "class.right_share",
                right=tally.right,
                answered=tally.answered,
                share=share(tally.right, tally.answered),
            )
        html += (
            f'<p class="hvb-verdict hvb-right" lang="vi">{escape(strings("class.answer", answer=right_answer(question)))}</p>'
            f'<p class="hvb-share">{escape(words)}</p>{render_citations(question.citations, strings=strings)}'
        )
    return html


def person_name(person: Participant, strings: Strings) -> str:
    """Return what somebody is called: a number, and the nickname where there is one."""
    if person.nickname:
        return strings("class.you_named", name=person.nickname, number=person.number)
    return strings("class.you", number=person.number)


def _ranking(view: View, strings: Strings) -> str:
    if not view.room.ranking:
        return f'<p class="hvb-facts">{escape(strings("class.ranking_off"))}</p>'
    if not view.places:
        return f'<p class="hvb-facts">{escape(strings("class.nobody"))}</p>'
    asked = view.room.position + 1
    rows = "".join(
        f"<tr><td>{place.rank}</td><td>{escape(person_name(place.participant, strings))}</td><td>{place.right}/{asked}</td></tr>"
        for place in view.places[:_RANKED]
    )
    heads = "".join(f'<th scope="col">{escape(strings(f"class.{name}"))}</th>' for name in ("rank", "who", "score"))
    name = escape(strings("class.ranking"))
    return f'<h3>{name}</h3><table class="hvb-ranking"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


def _next_act(view: View, strings: Strings) -> str:
    """Return the one button that goes on with the class."""
    room = view.room
    revision = {"code": room.code, "revision": room.revision, "css": "hvb-primary hvb-go"}
    if room.stage is Stage.ASKING:
        return act_button(strings("class.reveal"), Act.REVEAL, **revision)  # type: ignore[arg-type]
    if room.stage is not Stage.ENDED and not room.is_last:
        label = strings("class.start" if room.position < 0 else "class.next_question")
        return act_button(label, Act.START, **revision)  # type: ignore[arg-type]
    if room.stage is Stage.REVEALED:
        return act_button(strings("class.end"), Act.END, **revision)  # type: ignore[arg-type]
    return ""


def _tools(view: View, strings: Strings) -> str:
    room = view.room
    parts = []
    if room.stage is Stage.ENDED:
        label = strings("class.ranking_hide" if room.ranking else "class.ranking_show")
        parts.append(act_button(label, Act.RANKING, css="hvb-quiet", code=room.code, revision=room.revision))
    elif not (room.stage is Stage.REVEALED and room.is_last):
        parts.append(
            act_button(
                strings("class.end"),
                Act.END,
                css="hvb-quiet",
                confirm=strings("class.end_confirm"),
                code=room.code,
                revision=room.revision,
            )
        )
    for act, key in ((CLEAR, "clear"), (DELETE, "delete")):
        parts.append(
            act_button(
                strings(f"class.{key}"),
                act,
                css="hvb-quiet",
                confirm=strings(f"class.{key}_confirm"),
                code=room.code,
            )
        )
    parts.append(act_button(strings("class.others"), LEAVE, css="hvb-quiet"))
    return f'<div class="hvb-live-tools">{"".join(parts)} {_links(room, strings)}</div>'


def render_panel(view: View, strings: Strings, *, papers: str = "") -> str:
    """Return the panel of a class that is open or over; *papers* is the part with the documents of the class, as HTML."""
    room = view.room
    if room.stage is Stage.ENDED:
        middle = f"<h3>{escape(strings('class.ended_stage'))}</h3>{_ranking(view, strings)}"
    elif room.question is None:
        middle = f"<h3>{escape(strings('class.waiting_stage'))}</h3>"
    else:
        middle = _question(view, room.question, strings)
    joining = _joining(view, strings) if room.stage is not Stage.ENDED else ""
    return (
        f'<div class="hvb-live" data-code="{room.code}" data-stage="{room.stage}">{joining}{_counters(view, strings)}'
        f'<div class="hvb-live-middle">{middle}</div><div class="hvb-bar hvb-live-go">{_next_act(view, strings)}</div>'
        f"{papers}{_tools(view, strings)}</div>"
    )
