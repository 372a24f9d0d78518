"""The tab where questions are asked: the conversation, the question box, and what its buttons do."""

from __future__ import annotations

import logging
from collections.abc import Iterator  # noqa: TC003 - Gradio resolves the hints of event functions at run time
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.chat.carried import Carried
from assistant.chat.conversation import (
    Turn,
    begun,
    render_carrier,
    render_conversation,
    render_history,
    render_shelf_choice,
)
from assistant.chat.export_store import offer_answer
from assistant.chat.parts import QUIET, address_of, html_part, number_sent, sent
from assistant.chat.shelves import OWN, desk_for, own_strings, place_on
from assistant.feedback import Feedback, Verdict
from assistant.history import History
from assistant.metrics import Way, counted
from assistant.types import Status
from indexer.errors import InputError

if TYPE_CHECKING:
    from assistant.chat.desk import Desk
    from assistant.chat.office import Office
    from assistant.visitors import Visitor

Turns = tuple[Turn, ...]
_log = logging.getLogger(__name__)

ASKING: dict[str, Any] = {**QUIET, "concurrency_id": "ask", "concurrency_limit": 4}


class AskTab:
    """Builds the conversation over one desk. What belongs to a user lives in Gradio's session state, and in the records for who is signed in."""

    name = "ask"

    def __init__(self, desk: Desk, office: Office) -> None:
        self.desk, self.office = desk, office
        self.strings = desk.strings
        self.feedback, self.history = Feedback(office.records), History(office.records)

    def build(self, viewer: gr.HTML) -> None:
        """Lay out earlier conversations, the conversation, and below it the question box."""
        strings = self.strings
        turns, kept = gr.State(()), gr.State("")  # kept: the id under which this conversation is kept
        shelf = self.shelf = gr.State("")  # whose documents are asked: "" for the shared corpus
        past = html_part("", "hvb-past")
        self.where = html_part("", "hvb-where")
        carrier = html_part(render_carrier(), "hvb-carrier")
        conversation = html_part(self.show(()), "hvb-conversation")
        examples = self.desk.examples()
        hint = strings("page.placeholder", example=examples[0]) if examples else strings("page.placeholder_plain")
        with gr.Row(elem_id="hvb-ask"):
            box = gr.Textbox(
                label=strings("page.question"),
                placeholder=hint,
                lines=1,
                max_lines=4,
                autofocus=True,
                scale=6,
                elem_id="hvb-box",
            )
            send = gr.Button(strings("page.send"), variant="primary", scale=1, min_width=72, elem_id="hvb-send")
            stop = gr.Button(strings("page.stop"), variant="stop", scale=1, min_width=72, elem_id="hvb-stop")
            new = gr.Button(strings("page.new"), variant="secondary", scale=1, min_width=120, elem_id="hvb-new")
        shown = [turns, conversation, viewer]
        asking = [
            gr.on([box.submit, send.click], self.ask, [box, turns, shelf], [box, *shown], **ASKING),
            conversation.submit(self.ask_again, [turns, shelf], shown, **ASKING),
            conversation.retry(self.take_back, turns, shown, **ASKING),
        ]
        for event in asking:
            event.then(self.keep, [turns, kept], [kept, past], queue=False, **QUIET)
        stop.click(self.stop, turns, [turns, conversation], cancels=asking, queue=False, **QUIET)
        conversation.like(self.judge, turns, [turns, conversation], queue=False, **QUIET)
        conversation.select(self.open_place, None, viewer, queue=False, **QUIET)
        new.click(self.start_over, None, [kept, *shown], queue=False, **QUIET)
        past.select(self.resume, None, [kept, turns, conversation], queue=False, **QUIET)
        past.delete(self.forget, None, past, queue=False, **QUIET)
        carrier.input(self.put, [turns, kept], carrier, queue=False, **QUIET)
        carrier.apply(self.take, None, [kept, turns, conversation], queue=False, **QUIET)
        self.where.apply(self.choose, None, shelf, queue=False, **QUIET)
        gr.on(None, self.past, None, past, queue=False, **QUIET)
        gr.on(None, self.refreshed, shelf, self.where, queue=False, **QUIET)

    def show(self, turns: Turns) -> str:
        """Return the conversation as HTML."""
        return render_conversation(turns, examples=self.desk.examples(), strings=self.strings)

    def ask(self, question: str, turns: Turns, shelf: str, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Answer the question, then open the first cited place; the page itself shows at once what was asked."""
        desk = self._desk(shelf, request)
        for shown in self._answer(desk.asked(question, turns), desk, request):
            yield ("", *shown)

    def ask_again(
        self, turns: Turns, shelf: str, event: gr.EventData, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        """Ask the question that a pressed button carries: an example, or a choice."""
        desk = self._desk(shelf, request)
        yield from self._answer(desk.asked(str(sent(event).get("question", "")), turns), desk, request)

    def take_back(self, turns: Turns, event: gr.EventData, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Ask a question once more, word for word as it was typed."""
        turns = self.desk.taken_back(number_sent(event, "turn"), turns)
        desk = self._desk(turns[-1].shelf if turns else "", request)
        yield from self._answer(turns, desk, request)

    def _desk(self, shelf: str, request: gr.Request) -> Desk:
        """Return the desk over the documents on *shelf*; over the shared ones where there are none on it any more."""
        try:
            return desk_for(self.office, self.office.visitor(request), shelf, self.strings) if shelf else self.desk
        except InputError:
            return self.desk

    def _answer(self, turns: Turns, desk: Desk, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        visitor = self.office.visitor(request)
        if turns and (seconds := self.office.asking.wait(visitor, address_of(request))):
            turns = (*turns[:-1], replace(turns[-1], error=self.strings("conversation.too_often", seconds=seconds)))
            yield turns, self.show(turns), gr.skip()
            return
        with counted(self.office.counts, Way.CHAT) as asked:
            turns = desk.answered(turns)
            asked.status = _status(turns)
        turns = self._offered(turns, desk, visitor)
        self._log(turns, visitor)
        if beginning := begun(turns):
            yield turns, self.show(beginning), gr.skip()
        yield turns, self.show(turns), gr.skip()
        reply = turns[-1].reply if turns else None
        if reply and reply.citations:
            yield gr.skip(), gr.skip(), desk.cited(reply.citations[0])

    def _log(self, turns: Turns, visitor: Visitor) -> None:
        """Put the last question into the log of questions where it was put to the shared documents."""
        if turns and not turns[-1].shelf:
            try:
                self.office.questions.add(visitor, turns[-1].question, _status(turns))
            except Exception:  # noqa: BLE001 - the boundary: nobody goes without an answer because a disk is full
                _log.exception("a question could not be put into the log of questions")

    def _offered(self, turns: Turns, desk: Desk, visitor: Visitor) -> Turns:
        """Return *turns* with the files that the last answer can be had as, where it is a list."""
        reply = turns[-1].reply if turns else None
        if reply is None:
            return turns
        offer = offer_answer(self.office.exports, visitor, reply, desk.assistant, self.strings.language)
        return (*turns[:-1], replace(turns[-1], offer=offer))

    def stop(self, turns: Turns) -> tuple[Turns, str]:
        """End the question that is being answered."""
        turns = self.desk.stopped(turns)
        return turns, self.show(turns)

    def judge(self, turns: Turns, event: gr.EventData, request: gr.Request) -> tuple[Turns, str]:
        """Keep what the person says of a reply."""
        data, position = sent(event), number_sent(event, "turn")
        judged = self.desk.judged(position, str(data.get("verdict")), turns)
        reply = judged[position].reply if judged != turns else None
        if reply:
            fields = data.get("fields")
            reason = str(fields.get("reason", "")) if isinstance(fields, dict) else ""
            verdict, visitor = Verdict(judged[position].verdict), self.office.visitor(request)
            self.feedback.add(reply, verdict, visitor=visitor, reason=reason, generation=self.office.generation)
        return judged, self.show(judged)

    def keep(self, turns: Turns, kept: str, request: gr.Request) -> tuple[str, Any]:
        """Keep the conversation of who is signed in, and show it among the earlier ones."""
        visitor = self.office.visitor(request)
        if not visitor.is_signed_in:
            return "", gr.skip()
        kept = self.history.save(visitor, [said for turn in turns if (said := turn.said)], kept)
        return kept, self._past(visitor)

    def refreshed(self, shelf: str, request: gr.Request) -> str:
        """Return the choice of whose documents are asked; "" where the visitor has none of their own to be asked."""
        visitor = self.office.visitor(request)
        has_own = visitor.is_known and self.office.collections.assistant(visitor) is not None
        return render_shelf_choice(shelf, strings=self.strings) if has_own else ""

    def choose(self, event: gr.EventData) -> str:
        """Ask the documents of the chosen shelf from now on."""
        fields = sent(event).get("fields")
        return OWN if isinstance(fields, dict) and fields.get("shelf") == OWN else ""

    def past(self, request: gr.Request) -> str:
        """Return the earlier conversations of who opens the page."""
        return self._past(self.office.visitor(request))

    def _past(self, visitor: Visitor) -> str:
        return render_history(self.history.of(visitor), strings=self.strings)

    def resume(self, event: gr.EventData, request: gr.Request) -> tuple[str, Turns, str]:
        """Open an earlier conversation."""
        name = str(sent(event).get("conversation"))
        turns: Turns = ()
        for shelf, said in groupby(self.history.turns(self.office.visitor(request), name), key=lambda one: one.shelf):
            turns = self._desk(shelf, request).resumed(list(said), turns)
        return name if turns else "", turns, self.show(turns)

    def forget(self, event: gr.EventData, request: gr.Request) -> str:
        """Delete an earlier conversation."""
        visitor = self.office.visitor(request)
        self.history.delete(visitor, str(sent(event).get("conversation")))
        return self._past(visitor)

    def put(self, turns: Turns, kept: str, event: gr.EventData, request: gr.Request) -> str:
        """Keep the conversation for a moment: the page in the other language, which is loaded next, takes it up."""
        key = str(sent(event).get("key"))
        done = self.office.carried.put(self.office.visitor(request), key, Carried(turns, kept))
        return render_carrier(key if done else "")

    def take(self, event: gr.EventData, request: gr.Request) -> tuple[Any, Any, Any]:
        """Take up the conversation that the page in the other language has put down."""
        visitor = self.office.visitor(request)
        carried = self.office.carried.take(visitor, str(sent(event).get("key")))
        if carried is None:
            return gr.skip(), gr.skip(), gr.skip()
        own = own_strings(self.office, visitor, self.strings)
        turns = tuple(replace(turn, strings=own) if turn.shelf else turn for turn in carried.turns)
        return carried.kept, turns, self.show(turns)

    def start_over(self) -> tuple[str, Turns, str, str]:
        """Begin a new conversation."""
        return "", (), self.show(()), self.desk.shelf()

    def open_place(self, event: gr.EventData, request: gr.Request) -> str:
        """Open the place that a pressed button names."""
        return place_on(self.desk, self.office, self.office.visitor(request), sent(event))


def _status(turns: Turns) -> str:
    """Return how the last question ended."""
    reply = turns[-1].reply if turns else None
    return str(reply.status if reply else Status.ERROR)
