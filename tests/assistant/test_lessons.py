"""Lesson cards: filled in from the registers and letterheads of whatever corpus is loaded."""

from __future__ import annotations

from assistant.lessons import cards, lessons
from indexer.types import Document, Metadata, Stated
from tests.assistant.chat_fakes import PARTNERS, ROWS, FakeIndex, corpus, register, stated


def index_of(rows):
    """Return a corpus of one register with these rows."""
    text, table = register(rows)
    document = Document("phu-luc", "phu-luc.txt", text, Metadata(number=stated("15/KH-UBND")))
    return FakeIndex((document,), {}, {"phu-luc": (table,)})


def kinds(index):
    return [lesson.kind for lesson in lessons(index)]


def test_lessons_name_rows_that_there_are():
    """
    The cards are filled from the register: a row with a deadline, a lead shared by some rows, the blank cell.
    """
    shared = [*ROWS, ("10.", "Tổ chức tập huấn.", "Sở Nội vụ", PARTNERS, "Lớp tập huấn", "Tháng 11/2025")]
    made = {lesson.kind: lesson for lesson in lessons(index_of(shared))}

    assert made["first"].question == "Ai chủ trì nhiệm vụ 1 và hạn khi nào?"
    assert made["plain"].question == "nhiem vu 8 do ai chu tri?"
    assert made["list"].question == "Sở Nội vụ chủ trì những nhiệm vụ nào?"
    assert made["blank"].question == "Kết quả dự kiến của nhiệm vụ 3 là gì?"
    assert "{" not in "".join(lesson.title + lesson.question + lesson.look for lesson in made.values())


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


def test_examples_can_be_asked_by_themselves():
    """
    Cards to be done by hand, and questions that follow another, are cards of the class but no examples of what can be asked.
    """
    index = index_of(ROWS)
    by_hand = {card.kind for card in cards(index)} - set(kinds(index))

    assert by_hand == {"follow", "own"}
    assert all(lesson.question and not lesson.before for lesson in lessons(index))


def test_a_following_question_names_another_row():
    """
    The card about following questions asks for one row, then for the next by its number alone.
    """
    card = next(card for card in cards(index_of(ROWS)) if card.kind == "follow")

    assert card.before == ("Ai chủ trì nhiệm vụ 1?",)
    assert card.question == "Còn nhiệm vụ 2?"
    assert "Ai chủ trì nhiệm vụ 1?" in card.says


def test_every_card_says_what_a_trainer_needs():
    """
    In both languages every card has its aim, minutes, what the trainer says, what to look for and an exercise, all filled in.
    """
    index = corpus()
    for language in ("vi", "en"):
        made = cards(index, language)
        assert len(made) >= 8
        for card in made:
            words = (card.title, card.aim, card.says, card.look, card.exercise)
            assert all(words)
            assert card.minutes > 0
            assert "{" not in "".join((*words, card.question))
    assert [card.question for card in cards(index, "en")] == [card.question for card in cards(index)]


def test_a_class_without_registers_still_has_cards():
    """
    Of a document without a register there are the cards about its letterhead and about a document of one's own.
    """
    document = Document("a", "a.txt", "Số: 15/KH-UBND", Metadata(number=own("15/KH-UBND"), issued_on=own("2025-11-04")))
    made = {card.kind: card for card in cards(FakeIndex((document,)))}

    assert set(made) == {"check", "own"}
    assert made["check"].question == "Văn bản 15/KH-UBND ban hành ngày nào?"


def own(value):
    return Stated(value, "a", 0, 14)
