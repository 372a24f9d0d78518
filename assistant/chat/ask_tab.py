"""The tab where questions are asked: the conversation, the question box, and what its buttons do."""

from __future__ import annotations

from collections.abc import Iterator  # noqa: TC003 - Gradio resolves the hints of event functions at run time
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.chat.conversation import Turn, render_conversation
from assistant.chat.parts import QUIET, html_part, number_sent, sent

if TYPE_CHECKING:
    from assistant.chat.desk import Desk

Turns = tuple[Turn, ...]

ASKING: dict[str, Any] = {**QUIET, "concurrency_id": "ask", "concurrency_limit": 1}


class AskTab:
    """Builds the conversation over one desk. What belongs to a user lives in Gradio's session state alone."""

    name = "ask"

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.strings = desk.strings

    def build(self, viewer: gr.HTML) -> None:
        """Lay out the conversation above the question box."""
        strings = self.strings
        turns = gr.State(())
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
            new = gr.Button(strings("page.new"), variant="secondary", scale=1, min_width=120, elem_id="hvb-new")
        shown = [turns, conversation, viewer]
        gr.on([box.submit, send.click], self.ask, [box, turns], [box, *shown], **ASKING)
        conversation.submit(self.ask_again, turns, shown, **ASKING)
        conversation.retry(self.take_back, turns, shown, **ASKING)
        conversation.select(self.open_place, None, viewer, queue=False, **QUIET)
        new.click(self.start_over, None, shown, queue=False, **QUIET)

    def show(self, turns: Turns) -> str:
        """Return the conversation as HTML."""
        return render_conversation(turns, examples=self.desk.examples(), strings=self.strings)

    def ask(self, question: str, turns: Turns) -> Iterator[tuple[Any, ...]]:
        """Show the question at once, then its answer with the first cited place open."""
        for shown in self._answer(self.desk.asked(question, turns)):
            yield ("", *shown)

    def ask_again(self, turns: Turns, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        """Ask the question that a pressed button carries: an example, or a choice."""
        yield from self._answer(self.desk.asked(str(sent(event).get("question", "")), turns))

    def take_back(self, turns: Turns, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        """Ask a question once more, word for word as it was typed."""
        yield from self._answer(self.desk.taken_back(number_sent(event, "turn"), turns))

    def _answer(self, turns: Turns) -> Iterator[tuple[Any, ...]]:
        yield turns, self.show(turns), gr.skip()
        turns = self.desk.answered(turns)
        reply = turns[-1].reply if turns else None
        place = self.desk.cited(reply.citations[0]) if reply and reply.citations else gr.skip()
        yield turns, self.show(turns), place

    def start_over(self) -> tuple[Turns, str, str]:
        """Forget the conversation."""
        return (), self.show(()), self.desk.shelf()

    def open_place(self, event: gr.EventData) -> str:
        """Open the place that a pressed button names."""
        return self.desk.place(sent(event))
