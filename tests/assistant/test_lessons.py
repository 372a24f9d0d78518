"""Lessons and quizzes: drawn from the registers of whatever corpus is loaded, marked by what the cited cell says."""

from __future__ import annotations

import pytest

from assistant.lessons import QuizQuestion, lessons, quiz, score
from indexer.types import Document, Metadata, fold_white
from indexer.vietnamese import fold
from tests.assistant.chat_fakes import PARTNERS, ROWS, FakeIndex, corpus, register, stated

SEEDS = range(40)


def index_of(rows):
    """Return a corpus of one register with these rows."""
    text, table = register(rows)
    document = Document("phu-luc", "phu-luc.txt", text, Metadata(number=stated("15/KH-UBND")))
    return FakeIndex((document,), {}, {"phu-luc": (table,)})


def kinds(index):
    return [lesson.kind for lesson in lessons(index)]


def test_a_seed_gives_one_quiz():
    """
    A number read out in a class gives everyone the same questions in the same order; another number gives others.
    """
    index = corpus()

    assert quiz(index, seed=7) == quiz(index, seed=7)
    assert len({quiz(index, seed=seed) for seed in SEEDS}) > len(SEEDS) / 2


@pytest.mark.parametrize("seed", SEEDS)
def test_the_right_option_is_what_the_cited_cell_says(seed):
    """
    Four options; the right one is the words of the cited cell, the wrong ones say something else and do not contain it.
    """
    index = corpus()
    questions = quiz(index, seed=seed)

    assert questions
    for question in questions:
        right = question.options[question.right]
        document = index.document(question.citation.document)
        assert fold_white(document.text[question.citation.start : question.citation.end]) == right
        assert len(question.options) == 4
        wrong = [fold(option) for i, option in enumerate(question.options) if i != question.right]
        assert not [option for option in wrong if option in fold(right) or fold(right) in option]
        assert len(set(wrong)) == 3


@pytest.mark.parametrize("seed", SEEDS)
def test_a_blank_cell_is_never_asked_about(seed):
    """
    A question is drawn from a cell with words, and no option is blank; no row is asked about twice.
    """
    questions = quiz(corpus(), seed=seed, size=9)

    assert all(option.strip() for question in questions for option in question.options)
    assert not [q for q in questions if "Nhiệm vụ 3," in q.text and "Thời gian hoàn thành" in q.citation.label]
    rows = [question.citation.text for question in questions]
    assert len(rows) == len(set(rows))


def test_a_register_of_one_value_gives_no_quiz():
    """
    Where a column has not four values there is no question to ask, and a corpus without registers gives none.
    """
    same = [(f"{n}.", f"Việc số {n}", "Sở Y tế", PARTNERS, "Báo cáo", "Tháng 9/2025") for n in range(1, 6)]

    assert quiz(index_of(same), seed=1) == ()
    assert quiz(FakeIndex(()), seed=1) == ()


def test_a_quiz_is_scored():
    """
    Right answers count one each; wrong ones and those not given count nothing.
    """
    questions = quiz(corpus(), seed=3)
    right = [question.right for question in questions]

    assert score(questions, right) == len(questions)
    assert score(questions, [None, *right[1:]]) == len(questions) - 1
    assert score(questions, [(r + 1) % 4 for r in right]) == 0


def test_a_question_has_its_right_option():
    """
    A question whose right option does not exist cannot be built.
    """
    citation = quiz(corpus(), seed=3)[0].citation
    with pytest.raises(ValueError, match="does not exist"):
        QuizQuestion("?", ("a", "b"), 2, citation)


def test_lessons_name_rows_that_there_are():
    """
    The cards are filled from the register: a row with a deadline, a lead shared by some rows, the blank cell.
    """
    shared = [*ROWS, ("10.", "Tổ chức tập huấn.", "Sở Nội vụ", PARTNERS, "Lớp tập huấn", "Tháng 11/2025")]
    cards = {lesson.kind: lesson for lesson in lessons(index_of(shared))}

    assert cards["first"].question == "Ai chủ trì nhiệm vụ 1 và hạn khi nào?"
    assert cards["plain"].question == "nhiem vu 8 do ai chu tri?"
    assert cards["list"].question == "Sở Nội vụ chủ trì những nhiệm vụ nào?"
    assert cards["blank"].question == "Kết quả dự kiến của nhiệm vụ 3 là gì?"
    assert "{" not in "".join(lesson.title + lesson.question + lesson.look for lesson in cards.values())


def test_a_card_that_the_corpus_cannot_fill_is_left_out():
    """
    Without a blank cell the class asks for a row that does not exist instead; without registers there are no cards.
    """
    full = [row for row in ROWS if all(row)]

    assert "blank" in kinds(index_of(ROWS))
    assert "missing" not in kinds(index_of(ROWS))
    assert "blank" not in kinds(index_of(full))
    assert "missing" in kinds(index_of(full))
    assert kinds(FakeIndex(())) == []
