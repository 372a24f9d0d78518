"""The classroom as HTML: lesson cards with their answers, and a quiz that marks itself."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from assistant.chat.conversation import render_citations, render_reply
from assistant.chat.marks import button
from assistant.quiz_types import Form

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assistant.chat.strings import Strings
    from assistant.lessons import Lesson
    from assistant.quiz_types import QuizQuestion
    from assistant.types import Reply

MIXED = "mixed"
OPTION_LETTERS = "ABCDEFGH"


def _part(css: str, name: str, words: str) -> str:
    return f'<p class="{css}"><strong>{escape(name)}</strong> {escape(words)}</p>' if words else ""


def _lesson(index: int, lesson: Lesson, answer: Reply | str | None, strings: Strings) -> str:
    shown = ""
    if isinstance(answer, str):
        shown = f'<div class="hvb-answer hvb-error"><p>{escape(answer)}</p></div>'
    elif answer is not None:
        shown = render_reply(answer, strings=strings)
    if answer is not None or not lesson.question:
        shown += _part("hvb-look", strings("lessons.look"), lesson.look)
    before = "".join(
        f'<p class="hvb-facts">{escape(strings("class.before", question=question))}</p>' for question in lesson.before
    )
    asked = ""
    if lesson.question:
        asker = button(strings("lessons.ask"), "submit", css="hvb-primary", lesson=index)
        asked = f'<div class="hvb-bar"><q lang="vi">{escape(lesson.question)}</q>{asker}</div>'
    minutes = f'<span class="hvb-minutes">{escape(strings("class.minutes", minutes=lesson.minutes))}</span>'
    title = escape(strings("class.card", number=index + 1, title=lesson.title))
    return (
        f'<li class="hvb-lesson hvb-slide" data-kind="{escape(lesson.kind)}"><h3>{title} {minutes}</h3>'
        f"{_part('hvb-aim', strings('class.aim'), lesson.aim)}{before}{asked}"
        f"{_part('hvb-says', strings('class.says'), lesson.says)}{shown}"
        f"{_part('hvb-exercise', strings('class.exercise'), lesson.exercise)}</li>"
    )


def render_lessons(lessons: Sequence[Lesson], answers: Mapping[int, Reply | str], *, strings: Strings) -> str:
    """
    Return the cards; under those asked already, the answer and what to look for in it.

    ``answers`` holds a reply, or an error in words, by the card's position.
    """
    if not lessons:
        return f'<p class="hvb-facts">{escape(strings("lessons.none"))}</p>'
    cards = "".join(_lesson(index, lesson, answers.get(index), strings) for index, lesson in enumerate(lessons))
    total = strings("class.total", count=len(lessons), minutes=sum(lesson.minutes for lesson in lessons))
    return (
        f'<p class="hvb-facts">{escape(strings("lessons.intro"))} {escape(total)}</p>'
        f'<ol class="hvb-lessons">{cards}</ol>'
    )


def said_answer(question: QuizQuestion, given: str) -> str:
    """Return what was answered in words: the option with its letter, or register and row; *given* is of a possible answer."""
    if question.form is Form.CHOICE and given.isdecimal() and int(given) < len(question.options):
        return f"{OPTION_LETTERS[int(given)]}. {question.options[int(given)]}"
    if question.form is Form.HUNT:
        register, _, number = given.partition("|")
        if register.isdecimal() and int(register) < len(question.options):
            return f"{question.options[int(register)]}, {number}"
    return given


def right_answer(question: QuizQuestion) -> str:
    """Return the right answer in words."""
    return said_answer(question, str(question.right)) if question.form is Form.CHOICE else question.answer


def _option(number: int, option: int, text: str, *, chosen: str, right: int | None) -> str:
    """Return one option; ``right`` is given once the quiz is marked."""
    css = ""
    if right is not None:
        css = " hvb-right" if option == right else " hvb-wrong" if str(option) == chosen else ""
    state = (" checked" if str(option) == chosen else "") + (" disabled" if right is not None else "")
    return (
        f'<label class="hvb-option{css}"><input type="radio" name="q{number}" value="{option}"{state}>'
        f"<span>{OPTION_LETTERS[option]}. {escape(text)}</span></label>"
    )


def _fields(number: int, question: QuizQuestion, given: str, *, marked: bool, strings: Strings) -> str:
    """Return what the answer is given in."""
    if question.form is Form.CHOICE:
        right = question.right if marked else None
        return "".join(_option(number, i, text, chosen=given, right=right) for i, text in enumerate(question.options))
    state = " disabled" if marked else ""
    if question.form is Form.TYPED:
        label = escape(strings("class.your_answer"))
        return (
            f'<label class="hvb-class-field"><span>{label}</span><input type="text" name="q{number}" maxlength="200" '
            f'autocomplete="off" value="{escape(given)}"{state}></label>'
        )
    register, _, row = given.partition("|")
    choices = "".join(
        f'<option value="{i}"{" selected" if str(i) == register else ""}>{escape(name)}</option>'
        for i, name in enumerate(question.options)
    )
    return (
        f'<div class="hvb-hunt"><label class="hvb-class-field"><span>{escape(strings("class.which_register"))}</span>'
        f'<select name="q{number}r"{state}>{choices}</select></label>'
        f'<label class="hvb-class-field hvb-short"><span>{escape(strings("class.which_row"))}</span>'
        f'<input type="text" name="q{number}" maxlength="12" autocomplete="off" value="{escape(row)}"{state}></label></div>'
    )


def read_answers(questions: Sequence[QuizQuestion], fields: object) -> list[str]:
    """Return what the *fields* of a quiz's form (from the browser, unchecked) hold, one answer a question, "" where none was given."""
    held = fields if isinstance(fields, dict) else {}
    answers = []
    for number, question in enumerate(questions):
        given = held.get(f"q{number}")
        words = given.strip()[:200] if isinstance(given, str) else ""
        if question.form is Form.HUNT and words:
            register = held.get(f"q{number}r")
            words = f"{register}|{words}" if isinstance(register, str) and register.isdecimal() else ""
        answers.append(words)
    return answers


def _verdict(question: QuizQuestion, given: str, strings: Strings, *, is_right: bool) -> str:
    answer = right_answer(question)
    key = "quiz.right" if is_right else "quiz.wrong"
    if not given:
        key = "quiz.unanswered" if question.form is Form.CHOICE else "class.not_given"
    css = "hvb-right" if is_right else "hvb-wrong"
    citations = render_citations(question.citations, strings=strings)
    return f'<p class="hvb-verdict {css}">{escape(strings(key, answer=answer))}</p>{citations}'


def _question(
    number: int, question: QuizQuestion, given: str, *, is_right: bool | None, total: int, strings: Strings
) -> str:
    fields = _fields(number, question, given, marked=is_right is not None, strings=strings)
    verdict = "" if is_right is None else _verdict(question, given, strings, is_right=is_right)
    legend = escape(strings("class.question", number=number + 1, total=total))
    words = f'<legend>{legend}</legend><p lang="vi">{escape(question.text)}</p>'
    return (
        f'<fieldset class="hvb-question-card hvb-slide" data-form="{question.form}">{words}{fields}{verdict}</fieldset>'
    )


def _form_choice(form: str, strings: Strings) -> str:
    options = "".join(
        f'<option value="{value}"{" selected" if value == form else ""}>{escape(strings(f"class.form_{value}"))}</option>'
        for value in (*Form, MIXED)
    )
    return (
        f'<label class="hvb-class-field hvb-inline"><span>{escape(strings("class.form"))}</span>'
        f'<select name="form" data-event="change">{options}</select></label>'
    )


def render_quiz(
    questions: Sequence[QuizQuestion],
    *,
    seed: int,
    strings: Strings,
    form: str = Form.CHOICE,
    given: Sequence[str] | None = None,
    verdicts: Sequence[bool] = (),
) -> str:
    """Return the quiz to fill in, or, with the answers *given* ("": none) and the *verdicts* on them, the marked one with its score."""
    another = button(strings("quiz.another"), "retry", css="hvb-quiet")
    chooser = f'<div class="hvb-bar">{_form_choice(form, strings)}{another}</div>'
    if not questions:
        key = "quiz.none" if form == Form.CHOICE else "class.quiz_none"
        return f'<form class="hvb-quiz" data-size="0">{chooser}<p class="hvb-facts">{escape(strings(key))}</p></form>'
    marked = given is not None
    answers = given if given is not None else [""] * len(questions)
    cards = "".join(
        _question(
            number,
            question,
            answers[number],
            is_right=verdicts[number] if marked else None,
            total=len(questions),
            strings=strings,
        )
        for number, question in enumerate(questions)
    )
    result = ""
    if marked:
        words = strings("quiz.score", right=sum(verdicts), total=len(questions))
        result = f'<p class="hvb-score" role="status">{escape(words)}</p>'
    marker = "" if marked else f'<div class="hvb-bar">{button(strings("quiz.mark"), "submit", css="hvb-primary")}</div>'
    return (
        f'<form class="hvb-quiz" data-seed="{seed}" data-size="{len(questions)}">{chooser}'
        f'<p class="hvb-facts">{escape(strings("quiz.intro" if form == Form.CHOICE else "class.quiz_intro", seed=seed))}</p>{result}{cards}{marker}</form>'
    )
