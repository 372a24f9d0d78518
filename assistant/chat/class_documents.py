"""The documents of a live class as HTML: what its trainer sees of them, and what is on the telephones of those who take part."""

from __future__ import annotations

from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING

from assistant.chat.class_panel import act_button
from assistant.chat.uploads_view import state_words
from assistant.class_corpus import MOST_FILES, MOST_OF_ONE
from assistant.classes import Act
from assistant.collections import MOST_BYTES
from assistant.uploads import SUFFIXES, UploadState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.chat.strings import Strings
    from assistant.class_corpus import ClassCorpus
    from assistant.classes import Classroom, Participant
    from assistant.uploads import Upload

DROP = "drop"  # what a trainer does to one document of a class
_ACCEPT = escape(",".join(SUFFIXES))
_VERSION = 12  # characters by which two lists are told apart


def list_version(html: str) -> str:
    """Return what changes with *html*."""
    return sha256(html.encode()).hexdigest()[:_VERSION]


def render_class_documents(room: Classroom, count: int, strings: Strings) -> str:
    """Return the part of the trainer's panel by which documents come into the class; the list itself is :func:`render_list`."""
    lead = strings("class.papers_lead", most=MOST_BYTES >> 20, files=MOST_FILES)
    switches, said = "", ""
    for act, is_on in ((Act.ASKING, room.asking), (Act.SENDING, room.sending)):
        now, after = ("on", "off") if is_on else ("off", "on")
        said += f"<li>{escape(strings(f'class.{act}_is_{now}'))}</li>"
        label = strings(f"class.{act}_{after}")
        switches += act_button(label, act, css="hvb-quiet", code=room.code, revision=room.revision)
    return (
        f'<details class="hvb-fold hvb-class-papers"><summary><h3>{escape(strings("class.papers"))} '
        f'(<span data-live="papers">{count}</span>)</h3></summary><p class="hvb-facts">{escape(lead)}</p>'
        f'<label class="hvb-button hvb-chooser"><span>{escape(strings("class.papers_choose"))}</span>'
        f'<input class="hvb-hidden" type="file" multiple accept="{_ACCEPT}" data-papers="{room.code}" '
        f'data-sending="{escape(strings("class.papers_sending", name="{name}"))}" '
        f'data-sent="{escape(strings("class.papers_sent", name="{name}"))}" '
        f'data-failed="{escape(strings("documents.not_sent", name="{name}"))}"></label>'
        f'<ul class="hvb-sent" role="status"></ul><div class="hvb-class-list"></div>'
        f'<ul class="hvb-facts hvb-switched">{said}</ul><div class="hvb-bar">{switches}</div></details>'
    )


def _state(upload: Upload, corpus: ClassCorpus, strings: Strings) -> str:
    if upload.state is UploadState.READ:
        return strings("class.papers_read")
    return state_words(upload, corpus.step(upload.id), strings)


def render_list(room: Classroom, files: Sequence[Upload], corpus: ClassCorpus, strings: Strings) -> str:
    """Return the documents of a class with their state, as its trainer sees them."""
    if not files:
        return f'<p class="hvb-facts">{escape(strings("class.papers_none"))}</p>'
    items = []
    for upload in files:
        who = strings("class.you", number=upload.owner_name) if upload.owner_name else strings("class.papers_trainer")
        delete, state = "", _state(upload, corpus, strings)
        if upload.state is not UploadState.REMOVING:
            delete = act_button(
                strings("class.papers_delete"),
                DROP,
                css="hvb-quiet",
                confirm=strings("class.papers_delete_confirm", name=upload.name),
                code=room.code,
                document=upload.id,
                title=upload.name,
            )
        items.append(
            f'<li data-state="{upload.state}"><strong>{escape(upload.name)}</strong>'
            f'<p class="hvb-facts">{escape(who)}</p><p class="hvb-state">{escape(state)}</p>{delete}</li>'
        )
    return f"<ul>{''.join(items)}</ul>"


def phone_list(person: Participant, files: Sequence[Upload], corpus: ClassCorpus, strings: Strings) -> str:
    """Return the documents of a class as *person* sees them: those that can be asked, and how far the person's own are."""
    items = []
    for upload in reversed(files):
        is_own = upload.owner_name == str(person.number)
        if upload.state is UploadState.READ or is_own:
            state = "" if upload.state is UploadState.READ else _state(upload, corpus, strings)
            said = f' <span class="soft">{escape(state)}</span>' if state else ""
            items.append(f"<li>{escape(upload.name)}{said}</li>")
    return f'<ul class="papers">{"".join(items)}</ul>' if items else ""


def phone_papers(strings: Strings) -> str:
    """Return where a telephone shows the documents of its class, and sends others; hidden until the class has or takes some."""
    lead = strings("class.phone_papers_lead", most=MOST_BYTES >> 20, files=MOST_OF_ONE)
    return (
        f'<details id="papers" hidden><summary>{escape(strings("class.papers"))}</summary>'
        f'<p class="soft">{escape(strings("class.phone_papers_gone"))}</p><div id="papers-list"></div>'
        f'<form id="papers-form" hidden><p class="soft">{escape(lead)}</p>'
        f'<label class="chooser"><span>{escape(strings("class.phone_papers_choose"))}</span>'
        f'<input type="file" accept="{_ACCEPT}" data-sending="{escape(strings("class.papers_sending", name="{name}"))}" '
        f'data-sent="{escape(strings("class.papers_sent", name="{name}"))}" '
        f'data-failed="{escape(strings("documents.not_sent", name="{name}"))}"></label>'
        f'<p id="papers-said" role="status"></p></form></details>'
    )
