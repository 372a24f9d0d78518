"""The screen as Gradio blocks: which press leads to which act of the desk, and which part of the page it changes."""

from __future__ import annotations

import secrets
from collections.abc import Iterator  # noqa: TC003 - Gradio resolves the hints of event functions at run time
from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.chat.classroom import render_lessons, render_quiz
from assistant.chat.conversation import Turn, render_conversation
from assistant.lessons import quiz

if TYPE_CHECKING:
    from assistant.chat.desk import Desk

Turns = tuple[Turn, ...]

_ON_LOAD = "window.hoiVanBan.attach(element, trigger, watch);"
_SEEDS = 9000  # quiz numbers of four digits, to be read out in a class
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
_ASKING: dict[str, Any] = {**_QUIET, "concurrency_id": "ask", "concurrency_limit": 1}


def _html(value: str, name: str) -> gr.HTML:
    return gr.HTML(value, js_on_load=_ON_LOAD, elem_id=name, apply_default_css=False)


def _seed() -> int:
    return 1000 + secrets.randbelow(_SEEDS)


class Screen:
    """Builds the blocks over one desk. What belongs to a user lives in Gradio's session state alone."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.strings = desk.strings

    def build(self) -> gr.Blocks:
        """Return the page: the conversation and the classroom at left, the documents at right."""
        strings = self.strings
        with gr.Blocks(title=strings("page.title"), analytics_enabled=False, fill_width=True) as blocks:
            gr.HTML(
                f"<header><h1>{escape(strings('page.title'))}</h1><p>{escape(strings('page.lead'))}</p></header>",
                elem_id="hvb-head",
                apply_default_css=False,
            )
            with gr.Row(elem_id="hvb-columns"):
                with gr.Column(elem_id="hvb-left", min_width=300, scale=5), gr.Tabs():
                    with gr.Tab(strings("page.ask_tab"), id="ask"):
                        conversation, wire_conversation = self._conversation()
                    with gr.Tab(strings("page.lessons_tab"), id="lessons"):
                        lessons, test, wire_lessons = self._lessons()
                with gr.Column(elem_id="hvb-right", min_width=300, scale=6):
                    viewer = _html(self.desk.shelf(), "hvb-viewer")
            gr.HTML(f'<footer class="hvb-foot">{escape(strings("page.notice"))}</footer>', apply_default_css=False)
            wire_conversation(viewer)
            wire_lessons(viewer)
            for part in (conversation, lessons, test, viewer):
                part.select(self.open_place, None, viewer, queue=False, **_QUIET)
            viewer.clear(self.desk.shelf, None, viewer, queue=False, **_QUIET)
        return blocks

    def _conversation(self) -> tuple[gr.HTML, Any]:
        strings = self.strings
        turns = gr.State(())
        conversation = _html(self.show(()), "hvb-conversation")
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

        def wire(viewer: gr.HTML) -> None:
            shown = [turns, conversation, viewer]
            gr.on([box.submit, send.click], self.ask, [box, turns], [box, *shown], **_ASKING)
            conversation.submit(self.ask_again, turns, shown, **_ASKING)
            conversation.retry(self.take_back, turns, shown, **_ASKING)
            new.click(self.start_over, None, shown, queue=False, **_QUIET)

        return conversation, wire

    def _lessons(self) -> tuple[gr.HTML, gr.HTML, Any]:
        strings = self.strings
        answers, number = gr.State({}), gr.State(0)
        with gr.Column(elem_id="hvb-classroom"):
            gr.HTML(f"<h2>{escape(strings('lessons.heading'))}</h2>", apply_default_css=False)
            cards = _html(render_lessons(self.desk.lessons, {}, strings=strings), "hvb-cards")
            gr.HTML(f"<h2>{escape(strings('quiz.heading'))}</h2>", apply_default_css=False)
            seed = _seed()
            number.value = seed
            test = _html(self.quiz(seed), "hvb-test")

        def wire(viewer: gr.HTML) -> None:
            cards.submit(self.teach, answers, [answers, cards, viewer], **_ASKING)
            test.submit(self.mark, number, test, queue=False, **_QUIET)
            test.retry(self.another, None, [number, test], queue=False, **_QUIET)

        return cards, test, wire

    def show(self, turns: Turns) -> str:
        """Return the conversation as HTML."""
        return render_conversation(turns, examples=self.desk.examples(), strings=self.strings)

    def quiz(self, seed: int) -> str:
        """Return the quiz with this number as HTML, to be filled in."""
        return render_quiz(quiz(self.desk.assistant.index, seed=seed), seed=seed, strings=self.strings)

    def ask(self, question: str, turns: Turns) -> Iterator[tuple[Any, ...]]:
        """Show the question at once, then its answer with the first cited place open."""
        for shown in self._answer(self.desk.asked(question, turns)):
            yield ("", *shown)

    def ask_again(self, turns: Turns, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        """Ask the question that a pressed button carries: an example, or a choice."""
        yield from self._answer(self.desk.asked(str(event._data.get("question", "")), turns))  # noqa: SLF001 - Gradio's way

    def take_back(self, turns: Turns, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        """Ask a question once more, word for word as it was typed."""
        yield from self._answer(self.desk.taken_back(_integer(event._data.get("turn")), turns))  # noqa: SLF001

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
        return self.desk.place(event._data)  # noqa: SLF001

    def teach(self, answers: dict[int, Any], event: gr.EventData) -> tuple[Any, ...]:
        """Answer a guided question under its card."""
        position = _integer(event._data.get("lesson"))  # noqa: SLF001
        reply = self.desk.lesson_reply(position)
        answers = {**answers, position: reply}
        citations = () if isinstance(reply, str) else reply.citations
        place = self.desk.cited(citations[0]) if citations else gr.skip()
        return answers, render_lessons(self.desk.lessons, answers, strings=self.strings), place

    def mark(self, seed: int, event: gr.EventData) -> str:
        """Mark the quiz."""
        questions = quiz(self.desk.assistant.index, seed=seed)
        chosen = self.desk.choices(questions, event._data.get("chosen"))  # noqa: SLF001
        return render_quiz(questions, seed=seed, strings=self.strings, chosen=chosen)

    def another(self) -> tuple[int, str]:
        """Draw another quiz."""
        seed = _seed()
        return seed, self.quiz(seed)


def _integer(value: object) -> int:
    """Return what the browser sent as a number, -1 where it is none."""
    return int(str(value)) if str(value).isdecimal() else -1
