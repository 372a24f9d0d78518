"""A document as HTML: what is cited is marked by its offsets, and nothing in a document can act."""

from __future__ import annotations

import re

import pytest

from assistant.chat.desk import Desk
from assistant.chat.strings import load_strings
from assistant.chat.viewer import render_document
from assistant.lessons import lessons, quiz, score
from indexer.types import Clause, Document, Span, Step, StepKind, fold_white
from indexer.vietnamese import fold
from tests.assistant.chat_fakes import FakeAssistant


@pytest.fixture
def desk():
    return Desk.over(FakeAssistant(), load_strings("vi"))


def opened(desk, question):
    """Return the answer to *question* and the HTML of its first cited place."""
    reply = desk.answered(desk.asked(question, ()))[-1].reply
    return reply, desk.cited(reply.citations[0])


def marked_words(html):
    return fold_white(
        " ".join(re.sub("<[^>]+>", "", words) for words in re.findall(r"<mark[^>]*>(.*?)</mark>", html, re.DOTALL))
    )


def test_the_cited_cell_is_marked(desk):
    """
    A citation of a cell marks that cell of the drawn table and no other, by offsets.
    """
    reply, html = opened(desk, "ai chủ trì nhiệm vụ 9?")

    assert html.count("hvb-cited") == 1
    assert fold_white(reply.citations[0].quote) == marked_words(html)
    assert 'id="cited"' in html


def test_a_document_cannot_act(desk):
    """
    Tags in a document's text are shown as text.
    """
    index = desk.assistant.index
    for document in index.documents:
        html = render_document(
            document, index.clauses(document.id), index.tables(document.id), strings=desk.strings, cited=Span(0, 1)
        )
        assert "<script" not in html
    assert any("&lt;script&gt;" in desk.place({"document": document.id}) for document in index.documents)


@pytest.mark.parametrize(
    "data",
    [
        {},  # nothing is named
        {"document": "none"},  # an unknown document
        {"document": "phu-luc", "start": "5", "end": "99999999"},  # offsets outside of it
        {"document": "phu-luc", "start": "x", "end": "y"},  # no numbers
        {"document": "phu-luc", "start": "9", "end": "3"},  # the wrong way round
    ],
)
def test_a_place_that_is_none_gives_a_sentence(desk, data):
    """
    What the browser sends is checked: a place that there is not gives a sentence and the list of documents.
    """
    html = desk.place(data)

    assert desk.strings("error.place") in html
    assert "hvb-shelf" in html


def test_a_question_cannot_act(desk):
    """
    Tags in a question are shown as text in the conversation.
    """
    from assistant.chat.conversation import render_conversation

    turns = desk.answered(desk.asked("<img src=x onerror=alert(1)>", ()))
    html = render_conversation(turns, examples=(), strings=desk.strings)

    assert "<img" not in html


def test_quiz_is_drawn_from_the_registers(desk):
    """
    A seed gives the same quiz; the right option is what the cited cell says, the wrong ones say something else.
    """
    questions = quiz(desk.assistant.index, seed=7)

    assert questions == quiz(desk.assistant.index, seed=7)
    assert questions
    for question in questions:
        right = question.options[question.right]
        assert fold(right).rstrip(". ") == fold(fold_white(question.citation.quote)).rstrip(". ")
        assert len(question.options) == len({fold(option) for option in question.options})
        assert right.strip()
    assert len(questions) == score(questions, [question.right for question in questions])
    assert score(questions, [None] * len(questions)) == 0


def test_lessons_are_filled_in_from_the_corpus(desk):
    """
    Guided questions name rows that the corpus has, and leave no brace unfilled.
    """
    cards = lessons(desk.assistant.index)

    assert cards
    assert not [card for card in cards if "{" in card.question]


def test_an_unexpected_failure_is_logged_and_said(desk, caplog):
    """
    Where the assistant fails unexpectedly, the log has the traceback and the screen a courteous sentence.
    """

    class Broken:
        index = desk.assistant.index

        def ask(self, question, *_, **__):
            raise RuntimeError(question)

    broken = Desk(Broken(), desk.strings, ())
    turn = broken.answered(broken.asked("ai?", ()))[-1]

    assert desk.strings("error.failed") == turn.error
    assert "Traceback" in caplog.text


def test_a_heading_of_a_bad_scan_is_a_heading(desk):
    """
    A clause of a bad scan that is nothing but its heading is drawn as one, although its letters differ from the reading's.
    """
    text, reading = "I. MUC PiCH\nThuc hien", "I. MỤC ĐÍCH\nThực hiện"
    path = (Step(StepKind.ROMAN, "I"),)
    clause = Clause("quet", path, 0, 11, text[:11], "MỤC ĐÍCH", reading[:11])
    html = render_document(Document("quet", "quet.txt", text, reading=reading), [clause], [], strings=desk.strings)

    assert re.search(r"<h3[^>]*>.*I\. MỤC ĐÍCH.*I\. MUC PiCH.*</h3>", html)
    assert not re.search(r"<h3[^>]*>[^/]*Thực hiện", html)
