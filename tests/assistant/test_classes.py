"""Live classes: joined by a code, answered once, counted, forgotten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from assistant.classes import (
    CODE_LENGTH,
    KEPT,
    LASTS,
    LETTERS,
    MOST_PARTICIPANTS,
    Act,
    Classes,
    Joining,
    NotJoinedError,
    Stage,
    new_code,
    plain_code,
    plain_nickname,
)
from assistant.quizzes import quiz
from assistant.records import Records
from tests.assistant.chat_fakes import corpus

QUESTIONS = quiz(corpus(), seed=5, size=3)


@dataclass
class Clock:
    """Seconds that pass when a test says so."""

    now: float = 1_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def classes(clock):
    return Classes(Records.in_memory(), clock=clock)


def respond(classes, room, person, position, answer):
    is_right = answer == str(room.questions[position].right)
    return classes.respond(room, person, position, answer, mark=lambda: is_right)


def act(classes, room, what):
    """Do *what* as the trainer who has seen the class last."""
    now = classes.of_trainer(room.owner, room.code)
    return classes.act(room.owner, room.code, what, revision=now.revision)


def test_a_code_is_easily_read():
    """
    Six letters or figures, none of which looks like another; typed in small letters, with spaces or a dash, it is the same.
    """
    codes = {new_code() for _ in range(200)}

    assert not set("01OIL") & set(LETTERS)
    assert all(len(code) == CODE_LENGTH and set(code) <= set(LETTERS) for code in codes)
    assert len(codes) > 195
    assert plain_code(" ab2-c 3d") == "AB2C3D"
    assert [plain_code(typed) for typed in ("", "AB2C3", "AB2C3O", "AB2C3D4", "<b>AB2")] == [""] * 5


def test_a_nickname_is_one_short_line():
    """
    Signs that cannot be seen go, and the rest is cut.
    """
    assert plain_nickname("  Cô\u200b\n\u202eLan ") == "Cô Lan"
    assert len(plain_nickname("x" * 9999)) == 24


def test_a_class_goes_from_question_to_question(classes):
    """
    Wait, ask, reveal, ask the next, end: and nothing else in between.
    """
    room = classes.open("t", QUESTIONS)
    stages = [room.stage]
    for what in (
        Act.REVEAL,
        Act.START,
        Act.START,
        Act.REVEAL,
        Act.START,
        Act.REVEAL,
        Act.START,
        Act.REVEAL,
        Act.START,
        Act.END,
    ):
        room = act(classes, room, what)
        stages.append((room.stage, room.position))

    assert stages == [
        Stage.WAITING,
        (Stage.WAITING, -1),  # nothing to reveal yet
        (Stage.ASKING, 0),
        (Stage.ASKING, 0),  # not revealed yet
        (Stage.REVEALED, 0),
        (Stage.ASKING, 1),
        (Stage.REVEALED, 1),
        (Stage.ASKING, 2),
        (Stage.REVEALED, 2),
        (Stage.REVEALED, 2),  # no question is left
        (Stage.ENDED, 2),
    ]


def test_a_button_pressed_twice_acts_once(classes):
    """
    An act that was meant for an earlier state of the class does nothing.
    """
    room = act(classes, classes.open("t", QUESTIONS), Act.START)
    act(classes, room, Act.REVEAL)
    first = classes.act("t", room.code, Act.START, revision=room.revision + 1)
    second = classes.act("t", room.code, Act.START, revision=room.revision + 1)

    assert (first.position, second.position) == (1, 1)
    assert second.stage is Stage.ASKING


def test_nobody_answers_twice(classes):
    """
    The first answer counts, and only while its question is asked.
    """
    room = classes.open("t", QUESTIONS)
    person = classes.join(room, "a")
    early = respond(classes, room, person, 0, "1")
    room = act(classes, room, Act.START)
    taken = [respond(classes, room, person, position, answer) for position, answer in ((0, "1"), (0, "2"), (1, "1"))]
    act(classes, room, Act.REVEAL)
    late = respond(classes, room, classes.join(room, "b"), 0, "1")

    assert (early, taken, late) == (False, [True, False, False], False)
    assert classes.response(room, person, 0).answer == "1"
    assert classes.tally(room, 0).options == (0, 1, 0, 0)


def test_the_same_token_is_the_same_person(classes):
    """
    Who comes back has the same number and nickname; who comes late gets the next number.
    """
    room = classes.open("t", QUESTIONS)
    first = classes.join(room, "a", "Lan")
    act(classes, room, Act.START)

    assert classes.join(room, "a", "Hùng") == first
    assert (first.number, first.nickname) == (1, "Lan")
    assert classes.join(room, "b").number == 2
    assert classes.participant(room, "c") is None
    assert classes.participant(room, "") is None


def test_two_classes_are_apart(classes):
    """
    People and answers of one class are none of the other's, and a trainer has no class of another.
    """
    one, other = classes.open("t", QUESTIONS), classes.open("u", QUESTIONS)
    person = classes.join(one, "a")
    one, other = act(classes, one, Act.START), act(classes, other, Act.START)
    respond(classes, one, person, 0, "1")

    assert (classes.people(one), classes.people(other)) == (1, 0)
    assert classes.tally(other, 0).answered == 0
    assert classes.participant(other, "a") is None
    assert classes.of_trainer("u", one.code) is None
    assert classes.act("u", one.code, Act.END, revision=one.revision) is None
    assert classes.clear("u", one.code) is None
    assert not classes.delete("u", one.code)
    assert [room.code for room in classes.all_of("u")] == [other.code]
    assert classes.of_trainer("", one.code) is None


def test_a_person_of_another_class_answers_nothing(classes):
    """
    The number of somebody in another class gives no right to answer in this one.
    """
    one, other = classes.open("t", QUESTIONS), act(classes, classes.open("t", QUESTIONS), Act.START)
    stranger = classes.join(one, "a")

    assert not respond(classes, other, stranger, 0, "1")
    assert classes.tally(other, 0).answered == 0


def test_a_class_is_full_at_its_limit(classes):
    """
    Two hundred may join; the next is told that the class is full, and who is in stays in.
    """
    room = classes.open("t", QUESTIONS)
    for number in range(MOST_PARTICIPANTS):
        classes.join(room, f"token {number}")

    with pytest.raises(NotJoinedError) as refused:
        classes.join(room, "one more")
    assert refused.value.reason is Joining.FULL
    assert classes.join(room, "token 0").number == 1


def test_an_old_class_is_over(classes, clock):
    """
    After twelve hours a class takes nobody and no answers; its trainer still has the result, without names; later it is gone.
    """
    room = classes.open("t", QUESTIONS)
    person = classes.join(room, "a", "Lan")
    room = act(classes, room, Act.START)
    respond(classes, room, person, 0, str(room.questions[0].right))
    clock.now += LASTS + 1

    assert classes.by_code(room.code) is None
    assert not respond(classes, room, person, 0, "1")
    with pytest.raises(NotJoinedError):
        classes.join(room, "b")
    classes.sweep()
    kept = classes.of_trainer("t", room.code)
    assert kept.stage is Stage.ENDED
    assert classes.tally(kept, 0).right == 1
    assert [place.participant.nickname for place in classes.ranking(kept)] == [""]
    assert classes.participant(kept, "a") is None
    clock.now += KEPT
    classes.sweep()
    assert classes.of_trainer("t", room.code) is None


def test_an_ended_class_takes_nobody(classes):
    """
    Who has not joined before the end is told that the class is over.
    """
    room = act(classes, classes.open("t", QUESTIONS), Act.END)

    with pytest.raises(NotJoinedError) as refused:
        classes.join(room, "a")
    assert refused.value.reason is Joining.OVER


def test_a_cleaned_class_begins_anew():
    """
    People, answers and whatever else was kept for the class go; its code and questions stay.
    """
    cleaned = []
    classes = Classes(Records.in_memory(), clean=cleaned.append)
    room = classes.open("t", QUESTIONS)
    person = classes.join(room, "a", "Lan")
    room = act(classes, room, Act.START)
    respond(classes, room, person, 0, "1")
    room = classes.clear("t", room.code)

    assert (room.stage, room.position) == (Stage.WAITING, -1)
    assert room.questions == tuple(question for question in room.questions)
    assert (classes.people(room), classes.tally(room, 0).answered) == (0, 0)
    assert classes.participant(room, "a") is None
    assert cleaned == [room.id]
    assert classes.delete("t", room.code)
    assert cleaned == [room.id, room.id]
    assert classes.all_of("t") == []


def test_what_else_was_kept_goes_when_a_class_ends():
    """
    An act that ends the class cleans it, once; others do not.
    """
    cleaned = []
    classes = Classes(Records.in_memory(), clean=cleaned.append)
    room = classes.open("t", QUESTIONS)
    room = act(classes, room, Act.START)
    assert cleaned == []
    room = act(classes, room, Act.END)
    act(classes, room, Act.END)

    assert cleaned == [room.id]
    assert not classes.is_open(room.id)


@pytest.mark.parametrize("what", [Act.ASKING, Act.SENDING])
def test_what_people_may_do_is_switched(classes, what):
    """
    A trainer lets people ask or send documents, or no longer; not any more once the class is over.
    """
    room = classes.open("t", QUESTIONS)
    assert not getattr(room, what)
    room = act(classes, room, what)
    assert getattr(room, what)
    room = act(classes, room, what)
    assert not getattr(room, what)
    act(classes, room, Act.END)

    assert not getattr(act(classes, room, what), what)


def test_a_ranking_counts_right_answers(classes, clock):
    """
    Most right answers first, of those with as many the faster; as many right answers give the same rank.
    """
    room = classes.open("t", QUESTIONS)
    slow, fast, none = (classes.join(room, token) for token in "abc")
    room = act(classes, room, Act.START)
    right = str(room.questions[0].right)
    clock.now += 3
    respond(classes, room, fast, 0, right)
    clock.now += 3
    respond(classes, room, slow, 0, right)
    places = classes.ranking(room)

    assert [(place.rank, place.participant, place.right) for place in places] == [
        (1, fast, 1),
        (1, slow, 1),
        (3, none, 0),
    ]


def test_forty_people_at_once(classes):
    """
    Forty join and answer from as many threads: forty numbers, forty answers, nobody twice.
    """
    room = act(classes, classes.open("t", QUESTIONS), Act.START)

    def one(token):
        person = classes.join(room, token)
        return person.number, [respond(classes, room, person, 0, "1") for _ in range(3)]

    with ThreadPoolExecutor(20) as pool:
        done = list(pool.map(one, [f"token {n}" for n in range(40)]))

    assert sorted(number for number, _ in done) == list(range(1, 41))
    assert all(sum(taken) == 1 for _, taken in done)
    assert classes.tally(room, 0).answered == 40


def test_a_class_needs_a_trainer_and_questions(classes):
    """
    Nobody in particular opens no class, and without a question there is none.
    """
    with pytest.raises(ValueError, match="trainer"):
        classes.open("", QUESTIONS)
    with pytest.raises(ValueError, match="question"):
        classes.open("t", ())


def test_a_class_outlasts_the_server(tmp_path, clock):
    """
    A restart in the middle of a class loses nobody and no answer.
    """
    records = Records.open(tmp_path)
    classes = Classes(records, clock=clock)
    room = act(classes, classes.open("t", QUESTIONS), Act.START)
    person = classes.join(room, "a", "Lan")
    respond(classes, room, person, 0, "1")
    records.close()
    records = Records.open(tmp_path)
    again = Classes(records, clock=clock)
    room = again.by_code(room.code)

    assert (room.stage, room.position, room.questions[0].text) == (Stage.ASKING, 0, QUESTIONS[0].text)
    assert again.participant(room, "a") == person
    assert again.tally(room, 0).answered == 1
    records.close()
