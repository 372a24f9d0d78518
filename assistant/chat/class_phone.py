"""What those who take part see on their telephones: pages without Gradio, whose middle is fetched anew whenever something has changed."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from assistant.chat.class_panel import ROOM, person_name
from assistant.chat.classroom import OPTION_LETTERS, right_answer, said_answer
from assistant.chat.marks import shorten
from assistant.chat.office import ROUTE
from assistant.classes import CODE_LENGTH, LONGEST_NICKNAME, Stage
from assistant.quiz_types import Form
from assistant.types import Status
from indexer.types import fold_white

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.chat.strings import Strings
    from assistant.classes import Classroom, Participant, Place, Response
    from assistant.quiz_types import QuizQuestion
    from assistant.types import Citation, Reply

# stricter than the main page, where Gradio needs scripts and styles in the page
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_QUOTE_SHOWN = 400
_CITED = 4  # places shown under an answer
_REFERENCE = re.compile(r"\[(\d+)\]")


def plain_page(title: str, body: str, strings: Strings, *, here: str, styles: Sequence[str], script: str = "") -> str:
    """Return a page of our own with *body*, which is HTML; *here* is its own address, for the switch of languages."""
    other = "en" if strings.language == "vi" else "vi"
    links = "".join(f'<link rel="stylesheet" href="{ROUTE}/phone/{style}">' for style in styles)
    loaded = f'<script src="{ROUTE}/phone/{script}" defer></script>' if script else ""
    name = {"vi": "Tiếng Việt", "en": "English"}[other]
    return (
        f'<!doctype html><html lang="{strings.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f'<title>{escape(title)} · {escape(strings("page.title"))}</title>{links}<link rel="icon" href="data:,">{loaded}</head>'
        f"<body><header><span>{escape(strings('page.title'))}</span>"
        f'<a lang="{other}" hreflang="{other}" href="{escape(here)}?lang={other}">{name}</a></header>'
        f"<main>{body}</main><footer>{escape(strings('page.notice'))}</footer></body></html>"
    )


def code_page(strings: Strings, *, typed: str = "", message: str = "") -> str:
    """Return the page where a class code is typed; *message* says what was wrong with the one *typed*."""
    alert = f'<p class="alert" role="alert">{escape(message)}</p>' if message else ""
    body = (
        f"<h1>{escape(strings('class.phone_title'))}</h1><p>{escape(strings('class.phone_lead'))}</p>{alert}"
        f'<form method="get" action="{ROOM}"><input type="hidden" name="lang" value="{strings.language}">'
        f'<label for="ma">{escape(strings("class.phone_code"))}</label>'
        f'<input id="ma" name="ma" class="code" value="{escape(typed)}" maxlength="{2 * CODE_LENGTH}" autocomplete="off" '
        f'autocapitalize="characters" spellcheck="false" required autofocus>'
        f"<button>{escape(strings('class.phone_go'))}</button></form>"
    )
    return plain_page(strings("class.phone_title"), body, strings, here=ROOM, styles=("phone.css",))


def room_page(room: Classroom, middle: str, version: str, papers: str, strings: Strings) -> str:
    """Return the page of one class; *middle* is what it shows now, at this *version*, *papers* where its documents will stand."""
    body = (
        f'<h1>{escape(strings("class.phone_room", code=room.code))}</h1><p id="lost" class="alert" role="status" hidden>'
        f"{escape(strings('class.phone_lost'))}</p><noscript>{escape(strings('page.noscript'))}</noscript>"
        f'<div id="middle" data-room="{ROOM}/{room.code}" data-version="{escape(version)}" tabindex="-1" aria-live="polite" '
        f'data-gone="{escape(strings("class.phone_gone"))}" data-choose="{escape(strings("class.phone_choose"))}">{middle}</div>'
        f"{_asking(strings)}{papers}"
    )
    here = f"{ROOM}/{room.code}"
    title = strings("class.phone_room", code=room.code)
    return plain_page(title, body, strings, here=here, styles=("phone.css",), script="phone.js")


def _asking(strings: Strings) -> str:
    return (
        f'<details id="ask" hidden><summary>{escape(strings("class.phone_ask"))}</summary><form data-post="hoi">'
        f'<label for="question">{escape(strings("class.phone_question"))}</label>'
        f'<textarea id="question" name="question" rows="2" maxlength="400" required></textarea>'
        f'<button>{escape(strings("page.send"))}</button></form><div id="reply" aria-live="polite"></div></details>'
    )


def joining(strings: Strings, *, message: str = "") -> str:
    """Return the form by which somebody joins; *message* says why that failed."""
    alert = f'<p class="alert" role="alert">{escape(message)}</p>' if message else ""
    return (
        f'{alert}<form data-post="vao"><label for="nickname">{escape(strings("class.phone_nickname"))}</label>'
        f'<input id="nickname" name="nickname" maxlength="{LONGEST_NICKNAME}" autocomplete="off" aria-describedby="privacy">'
        f'<p id="privacy" class="soft">{escape(strings("class.phone_privacy"))}</p>'
        f"<button>{escape(strings('class.phone_go'))}</button></form>"
    )


def middle(
    room: Classroom,
    person: Participant | None,
    response: Response | None,
    places: Sequence[Place],
    strings: Strings,
    *,
    message: str = "",
) -> str:
    """
    Return what *person* sees of the class now: a form to join, the question, whether the answer was right, or the result.

    ``response`` is the person's to the present question; ``places`` the ranking, of a class that has ended.
    """
    if person is None:
        if room.stage is Stage.ENDED:
            return f"<p>{escape(strings('class.phone_over'))}</p>"
        return joining(strings, message=message)
    who = f'<p class="who">{escape(person_name(person, strings))}</p>'
    alert = f'<p class="alert" role="alert">{escape(message)}</p>' if message else ""
    question = room.question
    if room.stage is Stage.ENDED:
        return who + _ended(room, person, places, strings)
    if question is None:
        return f'{who}<p class="note">{escape(strings("class.phone_waiting"))}</p>'
    number = escape(strings("class.question", number=room.position + 1, total=len(room.questions)))
    asked = f'{who}{alert}<h2>{number}</h2><p class="asked" lang="vi">{escape(question.text)}</p>'
    if room.stage is Stage.REVEALED:
        return asked + _revealed(question, response, strings)
    if response is not None:
        given = escape(strings("class.phone_given", answer=said_answer(question, response.answer)))
        return f'{asked}<p class="given" lang="vi">{given}</p><p class="note">{escape(strings("class.phone_sent"))}</p>'
    return asked + _answering(room, question, strings)


def _answering(room: Classroom, question: QuizQuestion, strings: Strings) -> str:
    if question.form is Form.CHOICE:
        fields = "".join(
            f'<label class="option"><input type="radio" name="answer" value="{i}"><span lang="vi">{OPTION_LETTERS[i]}. {escape(text)}</span></label>'
            for i, text in enumerate(question.options)
        )
    elif question.form is Form.HUNT:
        choices = "".join(f'<option value="{i}">{escape(name)}</option>' for i, name in enumerate(question.options))
        fields = (
            f'<label for="register">{escape(strings("class.which_register"))}</label>'
            f'<select id="register" name="register">{choices}</select>'
            f'<label for="answer">{escape(strings("class.which_row"))}</label>'
            f'<input id="answer" name="answer" maxlength="12" autocomplete="off">'
        )
    else:
        fields = (
            f'<label for="answer">{escape(strings("class.your_answer"))}</label>'
            f'<input id="answer" name="answer" maxlength="200" autocomplete="off">'
        )
    return (
        f'<form data-post="tra-loi"><input type="hidden" name="position" value="{room.position}">{fields}'
        f'<p class="alert" role="alert" hidden></p><button>{escape(strings("class.phone_send"))}</button></form>'
    )


def _revealed(question: QuizQuestion, response: Response | None, strings: Strings) -> str:
    if response is None:
        verdict = f'<p class="verdict">{escape(strings("class.phone_unanswered"))}</p>'
    else:
        key, css = ("phone_right", "right") if response.is_right else ("phone_wrong", "wrong")
        given = escape(strings("class.phone_given", answer=said_answer(question, response.answer)))
        verdict = (
            f'<p class="verdict {css}">{escape(strings(f"class.{key}"))}</p><p class="given" lang="vi">{given}</p>'
        )
    answer = escape(strings("class.answer", answer=right_answer(question)))
    return (
        f'{verdict}<p class="answer" lang="vi">{answer}</p>{_citations(question.citations, strings)}'
        f'<p class="note">{escape(strings("class.phone_next"))}</p>'
    )


def _citations(citations: Sequence[Citation], strings: Strings) -> str:
    items = []
    for number, citation in enumerate(citations[:_CITED], 1):
        name = strings.document(citation.document) if citation.number is None else citation.number
        quote = escape(shorten(fold_white(citation.quote), _QUOTE_SHOWN))
        items.append(
            f'<li value="{number}" lang="vi"><strong>{escape(name)}</strong>, {escape(citation.label)}: <q>{quote}</q></li>'
        )
    more = strings("conversation.more", count=len(citations) - _CITED) if len(citations) > _CITED else ""
    rest = f'<p class="soft">{escape(more)}</p>' if more else ""
    return f'<h3>{escape(strings("class.proof"))}</h3><ol class="proof">{"".join(items)}</ol>{rest}' if items else ""


def _ended(room: Classroom, person: Participant, places: Sequence[Place], strings: Strings) -> str:
    own = next((place for place in places if place.participant.id == person.id), None)
    asked = room.position + 1
    html = f'<p class="note">{escape(strings("class.phone_ended"))}</p>'
    if own is not None and asked:
        html += f'<p class="verdict">{escape(strings("class.phone_score", right=own.right, total=asked))}</p>'
        if room.ranking:
            html += f"<p>{escape(strings('class.phone_rank', rank=own.rank, people=len(places)))}</p>"
    return html


def reply_html(reply: Reply, strings: Strings, *, heading: str = "") -> str:
    """Return an answer of the assistant for a telephone: whose documents it is of, its words, then the places it rests on, quoted."""
    lines = [line.strip() for line in reply.text.splitlines()]
    words = "".join(f"<p>{_REFERENCE.sub(_small, escape(line))}</p>" for line in lines if line)
    badge = ""
    if reply.status is not Status.ANSWERED:
        badge = f'<p class="badge">{escape(strings(f"status.{reply.status}"))}</p>'
    whose = f'<h3 lang="{strings.language}">{escape(heading)}</h3>' if heading else ""
    return f'<div class="reply" lang="vi">{whose}{badge}{words}{_citations(reply.citations, strings)}</div>'


def _small(match: re.Match[str]) -> str:
    return f'<span class="ref">[{match[1]}]</span>'
