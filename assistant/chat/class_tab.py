"""The classroom tab: guided questions that are answered under their cards, and a quiz that marks itself."""

from __future__ import annotations

import secrets
from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.chat.ask_tab import ASKING
from assistant.chat.classroom import render_lessons, render_quiz
from assistant.chat.parts import QUIET, html_part, number_sent, sent
from assistant.lessons import quiz

if TYPE_CHECKING:
    from assistant.chat.desk import Desk

_SEEDS = 9000  # quiz numbers of four digits, to be read out in a class


def _seed() -> int:
    return 1000 + secrets.randbelow(_SEEDS)


class ClassTab:
    """Builds the classroom over one desk."""

    name = "class"

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.strings = desk.strings

    def build(self, viewer: gr.HTML) -> None:
        """Lay out the cards above the quiz."""
        strings = self.strings
        answers, number = gr.State({}), gr.State(0)
        with gr.Column(elem_id="hvb-classroom"):
            gr.HTML(f"<h2>{escape(strings('lessons.heading'))}</h2>", apply_default_css=False)
            cards = html_part(render_lessons(self.desk.lessons, {}, strings=strings), "hvb-cards")
            gr.HTML(f"<h2>{escape(strings('quiz.heading'))}</h2>", apply_default_css=False)
            seed = _seed()
            number.value = seed
            test = html_part(self.quiz(seed), "hvb-test")
        cards.submit(self.teach, answers, [answers, cards, viewer], **ASKING)
        test.submit(self.mark, number, test, queue=False, **QUIET)
        test.retry(self.another, None, [number, test], queue=False, **QUIET)
        for part in (cards, test):
            part.select(self.open_place, None, viewer, queue=False, **QUIET)

    def quiz(self, seed: int) -> str:
        """Return the quiz with this number as HTML, to be filled in."""
        return render_quiz(quiz(self.desk.assistant.index, seed=seed), seed=seed, strings=self.strings)

    def teach(self, answers: dict[int, Any], event: gr.EventData) -> tuple[Any, ...]:
        """Answer a guided question under its card."""
        position = number_sent(event, "lesson")
        reply = self.desk.lesson_reply(position)
        answers = {**answers, position: reply}
        citations = () if isinstance(reply, str) else reply.citations
        place = self.desk.cited(citations[0]) if citations else gr.skip()
        return answers, render_lessons(self.desk.lessons, answers, strings=self.strings), place

    def mark(self, seed: int, event: gr.EventData) -> str:
        """Mark the quiz."""
        questions = quiz(self.desk.assistant.index, seed=seed)
        chosen = self.desk.choices(questions, sent(event).get("chosen"))
        return render_quiz(questions, seed=seed, strings=self.strings, chosen=chosen)

    def another(self) -> tuple[int, str]:
        """Draw another quiz."""
        seed = _seed()
        return seed, self.quiz(seed)

    def open_place(self, event: gr.EventData) -> str:
        """Open the place that a pressed button names."""
        return self.desk.place(sent(event))
