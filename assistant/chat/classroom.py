"""The classroom as HTML: guided questions with their answers, and a quiz that marks itself."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from assistant.chat.conversation import render_citation, render_reply
from assistant.chat.marks import button
from assistant.lessons import score

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assistant.chat.strings import Strings
    from assistant.lessons import Lesson, QuizQuestion
    from assistant.types import Reply


def _lesson(index: int, lesson: Lesson, answer: Reply | str | None, strings: Strings) -> str:
    asker = button(strings("lessons.ask"), "submit", css="hvb-primary", lesson=index)
    shown = ""
    if isinstance(answer, str):
        shown = f'<div class="hvb-answer hvb-error"><p>{escape(answer)}</p></div>'
    elif answer is not None:
        look = f'<p class="hvb-look"><strong>{escape(strings("lessons.look"))}</strong> {escape(lesson.look)}</p>'
        shown = render_reply(answer, strings=strings) + look
    return (
        f'<li class="hvb-lesson"><h4>{escape(lesson.title)}</h4>'
        f'<div class="hvb-bar"><q>{escape(lesson.question)}</q>{asker}</div>{shown}</li>'
    )


def render_lessons(lessons: Sequence[Lesson], answers: Mapping[int, Reply | str], *, strings: Strings) -> str:
    """
    Return the cards; under those asked already, the answer and what to look for in it.

    ``answers`` holds a reply, or an error in words, by the card's position.
    """
    if not lessons:
        return f'<p class="hvb-facts">{escape(strings("lessons.none"))}</p>'
    cards = "".join(_lesson(index, lesson, answers.get(index), strings) for index, lesson in enumerate(lessons))
    return f'<p class="hvb-facts">{escape(strings("lessons.intro"))}</p><ol class="hvb-lessons">{cards}</ol>'


def _option(number: int, option: int, text: str, chosen: int | None, right: int | None) -> str:
    """Return one option; ``right`` is given once the quiz is marked."""
    css = ""
    if right is not None:
        css = " hvb-right" if option == right else " hvb-wrong" if option == chosen else ""
    state = (" checked" if option == chosen else "") + (" disabled" if right is not None else "")
    return (
        f'<label class="hvb-option{css}"><input type="radio" name="q{number}" value="{option}"{state}>'
        f"<span>{'ABCD'[option]}. {escape(text)}</span></label>"
    )


def _verdict(question: QuizQuestion, chosen: int | None, strings: Strings) -> str:
    key = "quiz.right" if chosen == question.right else "quiz.unanswered" if chosen is None else "quiz.wrong"
    answer = f"{'ABCD'[question.right]}. {question.options[question.right]}"
    words = escape(strings(key, answer=answer))
    css = "hvb-right" if chosen == question.right else "hvb-wrong"
    citation = render_citation(1, question.citation, strings=strings)
    return f'<p class="hvb-verdict {css}">{words}</p><ul class="hvb-citations">{citation}</ul>'


def _question(number: int, question: QuizQuestion, chosen: int | None, *, marked: bool, strings: Strings) -> str:
    right = question.right if marked else None
    options = "".join(_option(number, i, text, chosen, right) for i, text in enumerate(question.options))
    verdict = _verdict(question, chosen, strings) if marked else ""
    legend = escape(strings("quiz.number", number=number + 1))
    words = f"<legend>{legend}</legend><p>{escape(question.text)}</p>"
    return f'<fieldset class="hvb-question-card">{words}{options}{verdict}</fieldset>'


def render_quiz(
    questions: Sequence[QuizQuestion], *, seed: int, strings: Strings, chosen: Sequence[int | None] | None = None
) -> str:
    """Return the quiz to fill in, or, with *chosen* (None: not answered), the marked one with its score."""
    if not questions:
        return f'<p class="hvb-facts">{escape(strings("quiz.none"))}</p>'
    marked = chosen is not None
    choices = chosen if chosen is not None else [None] * len(questions)
    cards = "".join(
        _question(number, question, choice, marked=marked, strings=strings)
        for number, (question, choice) in enumerate(zip(questions, choices, strict=True))
    )
    result = ""
    if marked:
        words = strings("quiz.score", right=score(questions, choices), total=len(questions))
        result = f'<p class="hvb-score" role="status">{escape(words)}</p>'
    marker = "" if marked else button(strings("quiz.mark"), "submit", css="hvb-primary")
    another = button(strings("quiz.another"), "retry", css="hvb-quiet")
    return (
        f'<form class="hvb-quiz" data-seed="{seed}" data-size="{len(questions)}">'
        f'<p class="hvb-facts">{escape(strings("quiz.intro", seed=seed))}</p>{result}{cards}'
        f'<div class="hvb-bar">{marker}{another}</div></form>'
    )
