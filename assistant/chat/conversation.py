"""The conversation as HTML: what was asked, what was understood, the answer and the places it rests on."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

from assistant.chat.export_links import render_export_links
from assistant.chat.marks import Doubts, button, shorten
from assistant.feedback import LONGEST_REASON, Verdict
from assistant.history import Said
from assistant.original import is_poorly_recognised
from assistant.types import Answer, Status
from indexer.types import fold_white

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.chat.export_store import Offer
    from assistant.chat.strings import Strings
    from assistant.conversation import State
    from assistant.history import Conversation
    from assistant.types import Citation, Reply

_REFERENCE = re.compile(r"\[(\d+)\]")
_QUOTE_SHOWN = 240
_QUESTION_SHOWN = 600
_OPEN_CITATIONS = 4
_LONG, _FIRST_LINES = 30, 12  # lines of an answer that is shown in two steps, and of the first of them
OWN_SHELF = "own"
_ITEM = ' class="hvb-item"'  # a line of a list, its later lines indented


@dataclass(frozen=True, slots=True)
class Turn:
    """
    One question of a conversation. It is being answered while ``reply`` and ``error`` are both None.

    ``before`` is the assistant's state that the question was asked in, so that it can be asked again as it was typed;
    ``after`` the state that the next question starts from.
    """

    question: str
    reply: Reply | None = None
    error: str | None = None
    before: State | None = None
    after: State | None = None
    literal: bool = False
    offer: Offer | None = None  # the files that the reply can be had as
    verdict: str = ""  # what the person said of the reply
    strings: Strings | None = None  # those of the shelf whose documents were asked; None for the shared corpus

    @property
    def shelf(self) -> str:
        """The shelf whose documents were asked, "" for the shared corpus."""
        return self.strings.shelf if self.strings else ""

    @property
    def said(self) -> Said | None:
        """What is kept of it; None while it is being answered."""
        reply = self.reply or self.error
        return Said(self.question, reply, self.literal, self.shelf) if reply else None


def citation_button(text: str, citation: Citation, *, strings: Strings, css: str) -> str:
    """Return the button that opens *citation* in the viewer."""
    return button(
        text,
        "select",
        css=css,
        title=strings("conversation.open", label=citation.label),
        document=citation.document,
        start=citation.start,
        end=citation.end,
        place=citation.label,
        **strings.on_shelf,
    )


def _answer(text: str, citations: Sequence[Citation], strings: Strings) -> str:
    """Return *text* with every "[n]" that has a citation as its button; a line a paragraph."""

    def words(line: str) -> str:
        parts, position = [], 0
        for match in _REFERENCE.finditer(line):
            number = int(match[1])
            if 1 <= number <= len(citations):
                parts.append(escape(line[position : match.start()]))
                parts.append(citation_button(match[0], citations[number - 1], strings=strings, css="hvb-reference"))
                position = match.end()
        return "".join(parts) + escape(line[position:])

    lines = [line.strip() for line in text.splitlines()]
    return "".join(f"<p{_ITEM if line.startswith('- ') else ''}>{words(line)}</p>" for line in lines if line)


def render_citation(number: int, citation: Citation, *, strings: Strings) -> str:
    """Return one line of the list under an answer: number, document, place, quoted words."""
    opener = citation_button(f"[{number}]", citation, strings=strings, css="hvb-reference")
    name = strings.dated(citation.document)
    quote = escape(shorten(fold_white(citation.quote), _QUOTE_SHOWN))
    place = citation.label
    if citation.page is not None:
        place = f"{place}, {strings('conversation.page', page=citation.page)}"
    notes = ""
    if citation.reading:
        notes += (
            f'<span class="hvb-facts">{escape(strings("conversation.reading"))} “{_reading(citation, strings)}”</span>'
        )
    if is_poorly_recognised(citation):
        notes += f'<span class="hvb-facts hvb-caution">{escape(strings("conversation.low_confidence"))}</span>'
    replaced = ""
    if citation.replaced_by:
        words = strings("conversation.replaced", document=citation.replaced_by)
        replaced = f' <em class="hvb-replaced">{escape(words)}</em>'
    return (
        f"<li>{opener}<span><strong>{escape(name)}</strong>{replaced}, {escape(place)}: "
        f'<q lang="vi">{quote}</q>{notes}</span></li>'
    )


def _reading(citation: Citation, strings: Strings) -> str:
    """Return the beginning of the reading as HTML, its doubtful words underlined."""
    words = citation.reading or ""
    shown = shorten(words, _QUOTE_SHOWN)
    kept = len(words) if shown == words else len(shown) - 1  # without the mark of what was cut
    doubts = Doubts(citation.doubts, strings("viewer.doubt"))
    return doubts.words(words, 0, kept) + escape(shown[kept:])


def render_citations(citations: Sequence[Citation], *, strings: Strings) -> str:
    """Return the list of the places an answer rests on; the first few are open."""
    lines = [render_citation(number, citation, strings=strings) for number, citation in enumerate(citations, 1)]
    if not lines:
        return ""
    html = f'<ul class="hvb-citations">{"".join(lines[:_OPEN_CITATIONS])}</ul>'
    if rest := lines[_OPEN_CITATIONS:]:
        more = escape(strings("conversation.more", count=len(rest)))
        html += f'<details><summary>{more}</summary><ul class="hvb-citations">{"".join(rest)}</ul></details>'
    return html


def _understood(index: int, turn: Turn, strings: Strings) -> str:
    reply = turn.reply
    if turn.literal:
        return f'<p class="hvb-understood">{escape(strings("conversation.literal"))}</p>'
    if (
        reply is None
        or fold_white(reply.understood).casefold() == fold_white(turn.question).casefold()
        or not reply.understood
    ):
        return ""
    take_back = button(strings("conversation.take_back"), "retry", css="hvb-quiet", turn=index)
    return f'<p class="hvb-understood">{escape(strings("conversation.understood"))} <q>{escape(reply.understood)}</q> {take_back}</p>'


def render_reply(reply: Reply, *, strings: Strings) -> str:
    """Return the answer or the abstention with its citations, and the questions to choose from."""
    badge = ""
    if reply.status is not Status.ANSWERED:
        badge = f'<p class="hvb-badge">{escape(strings(f"status.{reply.status}"))}</p>'
    choices = "".join(
        button(choice, "submit", css="hvb-choice", question=choice) for choice in getattr(reply, "choices", ())
    )
    if choices:
        choices = (
            f'<p class="hvb-facts">{escape(strings("conversation.choose"))}</p><div class="hvb-choices">{choices}</div>'
        )
    return (
        f'<div class="hvb-answer hvb-{reply.status}">{badge}{_answer(reply.text, reply.citations, strings)}{choices}</div>'
        f"{render_citations(reply.citations, strings=strings)}"
    )


def begun(turns: Sequence[Turn]) -> tuple[Turn, ...] | None:
    """Return *turns* with only the first lines of a long last answer, to be shown at once; None where it is not long."""
    reply = turns[-1].reply if turns else None
    if not isinstance(reply, Answer) or reply.text.count("\n") < _LONG:
        return None
    text = "\n".join(reply.text.split("\n")[:_FIRST_LINES])
    used = max((int(match[1]) for match in _REFERENCE.finditer(text)), default=1)
    beginning = replace(reply, text=f"{text}\n…", citations=reply.citations[:used])
    return (*turns[:-1], replace(turns[-1], reply=beginning))


def plain_text(reply: Reply, *, strings: Strings) -> str:
    """Return the reply with its sources as it is pasted into a letter: document, date, place and quoted words of each."""
    lines = [
        f"[{number}] {strings.dated(citation.document)}, {citation.label}: “{fold_white(citation.quote)}”"
        for number, citation in enumerate(reply.citations, 1)
    ]
    return "\n".join((reply.text, *lines))


def _why(reply: Reply, strings: Strings) -> str:
    if not reply.trace:
        return ""
    steps = "".join(f"<li>{escape(step)}</li>" for step in reply.trace)
    return (
        f'<details><summary>{escape(strings("conversation.why"))}</summary><ol class="hvb-steps">{steps}</ol></details>'
    )


def _verdict(index: int, turn: Turn, strings: Strings) -> str:
    """Return the buttons that judge a reply, or thanks once it is judged."""
    if turn.verdict:
        return f'<p class="hvb-facts" role="status">{escape(strings("feedback.thanks"))}</p>'
    thumbs = "".join(
        button(strings(f"feedback.{verdict}"), "like", css="hvb-quiet", turn=index, verdict=verdict)
        for verdict in (Verdict.RIGHT, Verdict.WRONG)
    )
    if turn.reply is None or not turn.reply.citations:
        return thumbs
    box = f"hvb-reason-{index}"
    send = button(strings("feedback.send"), "like", css="hvb-primary", turn=index, verdict=Verdict.WRONG_SOURCE)
    return (
        f"{thumbs}<details><summary>{escape(strings('feedback.wrong_source'))}</summary>"
        f'<form class="hvb-reason"><label for="{box}">{escape(strings("feedback.reason"))}</label>'
        f'<textarea id="{box}" name="reason" rows="2" maxlength="{LONGEST_REASON}"></textarea>{send}</form></details>'
    )


def _acts(index: int, turn: Turn, strings: Strings) -> str:
    """Return what can be done with a reply: ask why, copy it, judge it."""
    reply = turn.reply
    if reply is None:
        return ""
    text = escape(plain_text(reply, strings=strings))
    copy = f'<button type="button" class="hvb-button hvb-quiet" data-copy="{text}">{escape(strings("conversation.copy"))}</button>'
    files = render_export_links(reply, turn.offer.key, strings, kinds=turn.offer.kinds) if turn.offer else ""
    return f'{files}<div class="hvb-acts">{_why(reply, strings)}{copy}{_verdict(index, turn, strings)}</div>'


def _turn(index: int, turn: Turn, strings: Strings) -> str:
    strings = turn.strings or strings
    if turn.error is not None:
        body = f'<div class="hvb-answer hvb-error"><p>{escape(turn.error)}</p></div>'
    elif turn.reply is None:
        body = f'<p class="hvb-busy">{escape(strings("toast.asking"))}</p>'
    else:
        body = (
            _understood(index, turn, strings) + render_reply(turn.reply, strings=strings) + _acts(index, turn, strings)
        )
    question = escape(shorten(turn.question, _QUESTION_SHOWN))
    heading = f'<h2 class="hvb-question">{question}</h2>' if turn.question.strip() else ""
    if turn.shelf:
        heading += f'<p class="hvb-facts">{escape(strings("conversation.asked_own"))}</p>'
    return f'<section class="hvb-turn">{heading}{body}</section>'


def render_carrier(kept: str = "") -> str:
    """Return the buttons by which the script puts the conversation down and takes it up again; *kept* is the key it lies under now."""
    return (
        f'<button type="button" data-event="input" data-kept="{escape(kept)}" hidden></button>'
        '<button type="button" data-event="apply" hidden></button>'
    )


def render_shelf_choice(shelf: str, *, strings: Strings) -> str:
    """Return the choice between asking the shared corpus and one's own documents, *shelf* chosen."""
    options = "".join(
        f'<option value="{value}"{" selected" if value == shelf else ""}>{escape(strings(key))}</option>'
        for value, key in (("", "conversation.ask_shared"), (OWN_SHELF, "conversation.ask_own"))
    )
    label = escape(strings("conversation.ask_in"))
    return f'<form class="hvb-where"><label>{label} <select name="shelf" data-event="apply">{options}</select></label></form>'


def render_history(conversations: Sequence[Conversation], *, strings: Strings) -> str:
    """Return one's earlier conversations, each with buttons that open and delete it; "" where there are none."""
    if not conversations:
        return ""
    lines = "".join(
        f"<li>{button(one.title, 'select', css='hvb-link', conversation=one.id)}"
        f'<span class="hvb-facts">{escape(_day(one.changed_at))}</span>'
        f"{button(strings('history.delete'), 'delete', css='hvb-quiet', title=one.title, conversation=one.id)}</li>"
        for one in conversations
    )
    heading = escape(strings("history.heading", count=len(conversations)))
    return f'<details class="hvb-history"><summary>{heading}</summary><ul>{lines}</ul></details>'


def _day(moment: str) -> str:
    """Return an ISO time (UTC) as it is read on the clock of the server: 04/11/2025 08:30."""
    return f"{datetime.fromisoformat(moment).astimezone():%d/%m/%Y %H:%M}"


def render_examples(questions: Sequence[str], *, strings: Strings) -> str:
    """Return what is shown before the first question: a welcome, and questions that this corpus answers."""
    buttons = "".join(button(question, "submit", css="hvb-choice", question=question) for question in questions)
    tries = (
        f'<p class="hvb-facts">{escape(strings("conversation.try"))}</p><div class="hvb-choices">{buttons}</div>'
        if buttons
        else ""
    )
    return f'<div class="hvb-welcome"><p>{escape(strings("conversation.welcome"))}</p>{tries}</div>'


def render_conversation(turns: Sequence[Turn], *, examples: Sequence[str], strings: Strings) -> str:
    """Return the whole conversation, oldest question first."""
    inside = "".join(_turn(index, turn, strings) for index, turn in enumerate(turns))
    if not turns:
        inside = render_examples(examples, strings=strings)
    name = escape(strings("conversation.name"))
    return f'<div class="hvb-turns" role="log" aria-live="polite" aria-label="{name}" tabindex="0" data-turns="{len(turns)}">{inside}</div>'
