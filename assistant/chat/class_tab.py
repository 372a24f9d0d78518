"""The classroom tab: a live class, lesson cards that are answered in place, and a quiz that marks itself."""

from __future__ import annotations

import secrets
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.chat.ask_tab import ASKING
from assistant.chat.class_panel import render_projector_bar, render_waiting
from assistant.chat.classroom import MIXED, read_answers, render_lessons, render_quiz
from assistant.chat.parts import QUIET, html_part, number_sent, sent
from assistant.lessons import cards
from assistant.quiz_marking import is_right, learn_keys
from assistant.quiz_types import Form
from assistant.quizzes import quiz
from assistant.reloading import PerIndex

if TYPE_CHECKING:
    from assistant.chat.conversation import Turn
    from assistant.chat.desk import Desk
    from assistant.lessons import Lesson
    from assistant.quiz_types import QuizQuestion
    from assistant.types import Reply

_SEEDS = 9000  # quiz numbers of four digits, to be read out in a class
Drawn = tuple[int, str]  # the quiz's number and form


def _seed() -> int:
    return 1000 + secrets.randbelow(_SEEDS)


class ClassTab:
    """Builds the classroom over one desk."""

    name = "class"

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.strings = desk.strings
        self.keys = PerIndex(desk.assistant, learn_keys)
        self.made_cards = PerIndex(desk.assistant, partial(cards, language=desk.strings.language))

    def build(self, viewer: gr.HTML) -> None:
        """Lay out the live class above the cards and the quiz."""
        strings = self.strings
        answers, drawn = gr.State({}), gr.State((0, str(Form.CHOICE)))
        with gr.Column(elem_id="hvb-classroom"):
            gr.HTML(render_projector_bar(strings), apply_default_css=False)
            live = html_part(render_waiting(strings), "hvb-live")
            gr.HTML(f"<h2>{escape(strings('lessons.heading'))}</h2>", apply_default_css=False)
            deck = html_part(render_lessons(self.cards(), {}, strings=strings), "hvb-cards")
            gr.HTML(f"<h2>{escape(strings('quiz.heading'))}</h2>", apply_default_css=False)
            test = html_part("", "hvb-test")
        deck.submit(self.teach, answers, [answers, deck, viewer], **ASKING)
        test.submit(self.mark, drawn, test, queue=False, **QUIET)
        gr.on(None, self.first, None, [drawn, test], queue=False, **QUIET)  # everybody starts with a quiz of their own
        test.retry(self.another, drawn, [drawn, test], queue=False, **QUIET)
        test.change(self.choose, drawn, [drawn, test], queue=False, **QUIET)
        for part in (live, deck, test):
            part.select(self.open_place, None, viewer, queue=False, **QUIET)

    def cards(self) -> tuple[Lesson, ...]:
        """Return the cards in the language of the screen."""
        return self.made_cards.get()

    def questions(self, drawn: Drawn) -> tuple[QuizQuestion, ...]:
        """Return the questions of the quiz with this number and form."""
        seed, form = drawn
        forms = tuple(Form) if form == MIXED else (Form(form),)
        return quiz(self.desk.assistant.index, seed=seed, forms=forms, keys=self.keys.get())

    def quiz(self, drawn: Drawn) -> str:
        """Return a quiz as HTML, to be filled in."""
        return render_quiz(self.questions(drawn), seed=drawn[0], form=drawn[1], strings=self.strings)

    def teach(self, answers: dict[int, Any], event: gr.EventData) -> tuple[Any, ...]:
        """Answer the question of a card under it, after those that come before."""
        position = number_sent(event, "lesson")
        deck = self.cards()
        if not 0 <= position < len(deck) or not deck[position].question:
            return answers, gr.skip(), gr.skip()
        reply = self._reply(deck[position])
        answers = {**answers, position: reply}
        citations = () if isinstance(reply, str) else reply.citations
        place = self.desk.cited(citations[0]) if citations else gr.skip()
        return answers, render_lessons(deck, answers, strings=self.strings), place

    def _reply(self, lesson: Lesson) -> Reply | str:
        turns: tuple[Turn, ...] = ()
        for question in (*lesson.before, lesson.question):
            turns = self.desk.answered(self.desk.asked(question, turns))
        return turns[-1].reply or turns[-1].error or self.strings("error.failed")

    def mark(self, drawn: Drawn, event: gr.EventData) -> str:
        """Mark the quiz."""
        questions = self.questions(drawn)
        given = read_answers(questions, sent(event).get("fields"))
        keys = self.keys.get()
        verdicts = [is_right(question, answer, keys) for question, answer in zip(questions, given, strict=True)]
        return render_quiz(
            questions, seed=drawn[0], form=drawn[1], strings=self.strings, given=given, verdicts=verdicts
        )

    def first(self) -> tuple[Drawn, str]:
        """Draw the quiz that a page opens with."""
        return self.another((0, str(Form.CHOICE)))

    def another(self, drawn: Drawn) -> tuple[Drawn, str]:
        """Draw another quiz of the same form."""
        drawn = (_seed(), drawn[1])
        return drawn, self.quiz(drawn)

    def choose(self, drawn: Drawn, event: gr.EventData) -> tuple[Any, ...]:
        """Draw a quiz of the form that was chosen."""
        fields = sent(event).get("fields")
        form = fields.get("form") if isinstance(fields, dict) else None
        if form not in (*Form, MIXED) or form == drawn[1]:
            return drawn, gr.skip()
        drawn = (drawn[0], str(form))
        return drawn, self.quiz(drawn)

    def open_place(self, event: gr.EventData) -> str:
        """Open the place that a pressed button names."""
        return self.desk.place(sent(event))
