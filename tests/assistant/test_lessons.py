"""Guided questions and quizzes are drawn from the registers of whatever corpus is loaded, and from nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.lessons import QuizQuestion, lessons, quiz
from indexer.types import fold_white
from indexer.vietnamese import fold, has_diacritics
from tests.assistant.chat_fakes import ROWS, FakeIndex, corpus, register

SEEDS = range(20)


def registers(*rows, document="phu-luc"):
    """Return an index with one register of *rows*."""
    text, table = register(rows, document=document)
    original = corpus().document("phu-luc")
    return FakeIndex((replace(original, id=document, text=text),), {}, {document: (table,)})


def cited_cell(index, question):
    """Return the cell whose only span is what *question* cites."""
    citation = question.citation
    cells = [cell for table in index.tables(citation.document) for row in table.rows for cell in row.cells]
    return next(cell for cell in cells if [(s.start, s.end) for s in cell.spans] == [(citation.start, citation.end)])


@pytest.mark.parametrize("seed", SEEDS)
def test_the_right_option_is_what_the_cited_cell_says(seed):
    """
    The right option of every question is the text of the one cell that it cites, and the quote is the document's own words.
    """
    index = corpus()

    for question in quiz(index, seed=seed):
        text = index.document(question.citation.document).text
        assert question.options[question.right] == cited_cell(index, question).text
        assert text[question.citation.start : question.citation.end] == question.citation.quote
        assert fold_white(question.citation.quote) == question.options[question.right]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_wrong_option_could_pass_for_right(seed):
    """
    There are four options, and without diacritics and case none of them is another one or a part of it.
    """
    for question in quiz(corpus(), seed=seed):
        folded = [fold(option) for option in question.options]
        assert len(folded) == 4
        assert not [(a, b) for i, a in enumerate(folded) for j, b in enumerate(folded) if i != j and a in b]


def test_a_seed_is_a_quiz():
    """
    The same seed gives the same questions in the same order; other seeds give others.
    """
    assert quiz(corpus(), seed=1) == quiz(corpus(), seed=1)
    assert len({quiz(corpus(), seed=seed) for seed in SEEDS}) > 1


@pytest.mark.parametrize("seed", SEEDS)
def test_a_blank_cell_is_never_asked_about(seed):
    """
    Row 3 has neither deliverable nor deadline: it may be asked about for other columns alone, and no option is blank.
    """
    for question in quiz(corpus(), seed=seed, size=20):
        assert all(option.strip() for option in question.options)
        if "nhiệm vụ 3," in question.citation.label:
            assert not question.citation.label.endswith(("cột Kết quả dự kiến", "cột Thời gian hoàn thành"))


def test_a_row_is_asked_about_once():
    """
    However long the quiz, no two questions are about the same row.
    """
    questions = quiz(corpus(), seed=3, size=50)

    assert len({question.citation.text for question in questions}) == len(questions)
    assert len(questions) <= len(ROWS)


def test_too_little_to_choose_from_gives_no_quiz():
    """
    A register whose columns have not four different values makes no questions, nor does a corpus without registers.
    """
    assert quiz(registers(*ROWS[:2]), seed=1) == ()
    assert quiz(FakeIndex(()), seed=1) == ()


def test_a_right_option_exists():
    """
    A question whose right option is not among its options cannot be built.
    """
    question = quiz(corpus(), seed=1)[0]

    with pytest.raises(ValueError, match="does not exist"):
        QuizQuestion(question.text, question.options, 4, question.citation)


def test_cards_come_in_teaching_order():
    """
    The corpus has a register with a blank cell and a plan with a heading: the card of the missing number is not needed.
    """
    kinds = [lesson.kind for lesson in lessons(corpus())]

    assert kinds == [kind for kind in ("first", "plain", "list", "deadline", "blank", "clause") if kind in kinds]
    assert {"first", "plain", "deadline", "blank", "clause"} <= set(kinds)


def test_the_cards_name_what_is_there():
    """
    The first card asks about a row with lead and dated deadline, the blank one about the blank cell; one has no diacritics.
    """
    cards = {lesson.kind: lesson for lesson in lessons(corpus())}

    assert cards["first"].question == "Ai chủ trì nhiệm vụ 1 và hạn khi nào?"
    assert cards["blank"].question == "Kết quả dự kiến của nhiệm vụ 3 là gì?"
    assert cards["deadline"].question == "Những nhiệm vụ nào phải hoàn thành trong tháng 10/2025?"
    assert not has_diacritics(cards["plain"].question)


def test_without_a_blank_cell_a_number_is_asked_that_does_not_exist():
    """
    Where every cell is filled, the card about refusals asks for a row far behind the last one.
    """
    filled = [row for row in ROWS if all(row)]
    cards = {lesson.kind: lesson for lesson in lessons(registers(*filled))}

    assert "blank" not in cards
    assert cards["missing"].question == "Ai chủ trì nhiệm vụ 99?"


def test_an_empty_corpus_has_no_cards():
    """
    Nothing is made up for a corpus without documents.
    """
    assert lessons(FakeIndex(())) == ()
