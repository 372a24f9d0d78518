"""One's own documents as HTML: the form to upload, the files with their state, and what is proposed to an administrator."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

from assistant.chat.marks import button
from assistant.chat.shelves import OWN, PROPOSED
from assistant.collections import MOST_BYTES, MOST_FILES
from assistant.uploads import SUFFIXES, Proposal, UploadState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assistant.chat.strings import Strings
    from assistant.reading import Step
    from assistant.uploads import Upload

_UNIT = 1024
UNDER_WAY = frozenset({UploadState.QUEUED, UploadState.READING, UploadState.REMOVING})


def state_words(upload: Upload, step: Step, strings: Strings) -> str:
    """Return how far a file is, in words."""
    if upload.state is UploadState.FAILED:
        return strings("documents.state_failed", reason=strings(f"documents.failed_{upload.message}"))
    if upload.state is UploadState.READING and step.total > 1:
        return strings("documents.state_reading_page", done=step.done, total=step.total)
    return strings(f"documents.state_{upload.state}")


def is_under_way(upload: Upload) -> bool:
    """Tell whether the state of a file will change by itself."""
    return upload.state in UNDER_WAY or upload.proposal is Proposal.APPROVING


def _size(count: int) -> str:
    if count < _UNIT * _UNIT:
        return f"{max(1, round(count / _UNIT))} KB"
    return f"{count / _UNIT / _UNIT:.1f} MB".replace(".", ",")


def _facts(upload: Upload) -> str:
    made_at = datetime.fromisoformat(upload.made_at).astimezone()
    return f"{_size(upload.bytes)} · {made_at:%d/%m/%Y %H:%M}"


def _deletion(words: str, sure: str, yes: str, *, act: str, document: str = "") -> str:
    """Return what deletes after one more question, without a window of its own."""
    deleter = button(yes, "delete", css="hvb-danger", act=act, document=document)
    return f'<details class="hvb-sure"><summary>{words}</summary><p>{escape(sure)}</p>{deleter}</details>'


_ACTS = {Proposal.NONE: "propose", Proposal.REFUSED: "propose", Proposal.PROPOSED: "withdraw"}


def _proposal(upload: Upload, strings: Strings) -> str:
    """Return how a proposal stands."""
    if upload.proposal is Proposal.NONE:
        return ""
    words = strings(f"documents.proposal_{upload.proposal}", remark=upload.remark)
    return f'<p class="hvb-facts">{escape(words)}</p>'


def _upload(upload: Upload, step: Step, strings: Strings) -> str:
    acts = ""
    if upload.state is UploadState.READ:
        acts += button(
            strings("documents.open_own"), "apply", css="hvb-quiet", title=upload.name, document=upload.id, shelf=OWN
        )
        if act := _ACTS.get(upload.proposal):
            words = strings(f"documents.{act}")
            acts += button(words, "submit", css="hvb-quiet", title=upload.name, act=act, document=upload.id)
    if upload.state is not UploadState.REMOVING:
        words = f'{escape(strings("documents.delete"))}<span class="hvb-hidden"> {escape(upload.name)}</span>'
        acts += _deletion(
            words, strings("documents.delete_sure"), strings("documents.delete_yes"), act="delete", document=upload.id
        )
    busy = " data-busy" if is_under_way(upload) else ""
    return (
        f'<li class="hvb-upload hvb-{upload.state}" data-upload="{escape(upload.id)}" data-state="{upload.state}{upload.proposal}"{busy}>'
        f"<strong>{escape(upload.name)}</strong>"
        f'<p class="hvb-facts">{_facts(upload)}</p><p class="hvb-state">{escape(state_words(upload, step, strings))}</p>'
        f'{_proposal(upload, strings)}<div class="hvb-acts">{acts}</div></li>'
    )


def render_form(*, known: bool, strings: Strings) -> str:
    """Return the form to upload files; *known* whether anything can be kept for who sees it."""
    heading = f"<h2>{escape(strings('documents.own'))}</h2>"
    if not known:
        return f'<section>{heading}<p class="hvb-facts">{escape(strings("documents.own_anonymous"))}</p></section>'
    lead = strings("documents.own_lead", most=MOST_BYTES >> 20, files=MOST_FILES)
    words = ("sending", "sent", "not_sent", "nothing_chosen")
    said = "".join(
        f' data-{name.replace("_", "-")}="{escape(strings(f"documents.{name}", name="{name}", percent="{percent}"))}"'
        for name in words
    )
    accept = escape(",".join(SUFFIXES))
    return (
        f'<section>{heading}<p class="hvb-facts">{escape(lead)}</p>'
        f'<form class="hvb-uploader" data-language="{strings.language}"{said}>'
        # the browser's own words ("No file chosen") are in the browser's language: ours stand in their place
        f'<label class="hvb-button hvb-chooser"><span>{escape(strings("documents.choose"))}</span>'
        f'<input class="hvb-hidden" type="file" name="file" multiple accept="{accept}"></label>'
        f'<button type="button" class="hvb-button hvb-primary hvb-send-files">{escape(strings("documents.upload"))}</button>'
        '<p class="hvb-chosen hvb-facts" aria-live="polite"></p><ul class="hvb-sent" role="status"></ul></form></section>'
    )


def render_own(uploads: Sequence[Upload], step: Callable[[str], Step], *, strings: Strings, notice: str = "") -> str:
    """Return the own documents of a person; *notice* is what has to be told of what was pressed last."""
    told = f'<p class="hvb-notice" role="alert">{escape(notice)}</p>' if notice else ""
    items = "".join(_upload(upload, step(upload.id), strings) for upload in uploads)
    held = (
        f'<ul class="hvb-uploads">{items}</ul>'
        if items
        else f'<p class="hvb-facts">{escape(strings("documents.own_none"))}</p>'
    )
    every = ""
    if len(uploads) > 1:
        every = _deletion(
            escape(strings("documents.delete_all")),
            strings("documents.delete_all_sure", count=len(uploads)),
            strings("documents.delete_all_yes"),
            act="delete_all",
        )
    fresh = '<button type="button" class="hvb-fresh" data-event="change" hidden></button>'
    return f'<section class="hvb-own">{told}{held}{every}{fresh}</section>'


def _proposed(upload: Upload, strings: Strings) -> str:
    owner = upload.owner_name or strings("documents.proposals_owner")
    facts = f"{escape(strings('documents.proposals_by', name=owner))} · {_facts(upload)}"
    if upload.proposal is Proposal.APPROVING:
        state = f'<p class="hvb-state">{escape(strings("documents.proposal_approving"))}</p>'
        return f"<li data-busy><strong>{escape(upload.name)}</strong><p class='hvb-facts'>{facts}</p>{state}</li>"
    failed = ""
    if upload.remark:
        words = strings("documents.proposals_failed", reason=strings(f"documents.failed_{upload.remark}"))
        failed = f'<p class="hvb-state">{escape(words)}</p>'
    look = button(
        strings("documents.proposals_look"),
        "apply",
        css="hvb-quiet",
        title=upload.name,
        document=upload.id,
        shelf=f"{PROPOSED}{upload.id}",
    )
    approve = button(
        strings("documents.approve"), "submit", css="hvb-primary", title=upload.name, act="approve", document=upload.id
    )
    refuse = button(strings("documents.refuse"), "submit", title=upload.name, act="refuse", document=upload.id)
    reason = escape(strings("documents.refuse_reason"))
    return (
        f'<li class="hvb-upload"><strong>{escape(upload.name)}</strong><p class="hvb-facts">{facts}</p>{failed}'
        f'<div class="hvb-acts">{look}{approve}</div>'
        f'<form class="hvb-acts hvb-refusal"><label class="hvb-field hvb-wide"><span>{reason}</span>'
        f'<textarea name="remark" rows="2" maxlength="500"></textarea></label>{refuse}</form></li>'
    )


def render_proposals(uploads: Sequence[Upload], *, strings: Strings, notice: str = "") -> str:
    """Return what waits for an administrator's word."""
    items = "".join(_proposed(upload, strings) for upload in uploads)
    told = f'<p class="hvb-notice" role="alert">{escape(notice)}</p>' if notice else ""
    held = (
        f'<ul class="hvb-uploads">{items}</ul>'
        if items
        else f'<p class="hvb-facts">{escape(strings("documents.proposals_none"))}</p>'
    )
    return f"<section><h2>{escape(strings('documents.proposals'))}</h2>{told}{held}</section>"
