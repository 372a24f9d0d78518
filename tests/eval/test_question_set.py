"""Reading question files, and the faults of our own sets."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from eval.measures import score_record
from eval.question_set import (
    DEVELOPMENT,
    PRACTICE,
    PRACTICE_2,
    PRACTICE_4,
    PRACTICE_6,
    QUESTIONS,
    REPORTED,
    Category,
    asked_twice,
    check_questions,
    load_questions,
    load_sets,
)
from indexer.errors import InputError
from indexer.reader import read_text
from tests.eval.samples import gold, line, question

CORPUS = Path(__file__).parents[2] / "corpus" / "documents"
OURS = (DEVELOPMENT, PRACTICE, *sorted(QUESTIONS.glob("practice_*.jsonl")), REPORTED)


def test_a_line_becomes_a_question(tmp_path):
    """Every field of a line is read; empty lines are passed over."""
    path = tmp_path / "set.jsonl"
    path.write_text(
        "\n" + line(history=[{"question": "Ai chủ trì nhiệm vụ 8?", "answer": "…"}]) + "\n\n", encoding="utf-8"
    )

    (found,) = load_questions(path)

    assert found.history == ("Ai chủ trì nhiệm vụ 8?",)
    assert found.must == (("Sở Khoa học và Công nghệ",),)
    assert found.gold[0].quote == "Sở Khoa học và \n\nCông nghệ"
    assert found.batch_object() == {
        "id": "q1",
        "question": "Ai chủ trì nhiệm vụ 9?",
        "history": [{"question": "Ai chủ trì nhiệm vụ 8?"}],
    }


@pytest.mark.parametrize(
    ("second", "fact"),
    [
        # cut off in the middle of writing
        ('{"id": "q2", "question"', "is no JSON"),
        ("[]", "is no JSON object"),
        (line(id=""), '"id" is missing'),
        (line(id="q2", question=None), '"question" is missing'),
        (line(id="q2", answerable="yes"), '"answerable" is missing or is not true or false'),
        (line(id="q2", must=["a"]), '"must" is missing or is not a list of texts'),
        (line(id="q2", must=[[]]), '"must" is missing or is not a list of texts'),
        (line(id="q2", must="a"), '"must" is missing or is not a list of lists'),
        (line(id="q2", history=["a"]), '"history" is missing or is not a list of objects'),
        (line(id="q2", gold=[{"document": "a", "label": "b"}]), '"quote" is missing'),
        (line(id="q2", status="answered"), "\"status\" is 'answered'"),
        # the id of line 1
        (line(), "stands in line 1 too"),
    ],
)
def test_a_broken_line_is_named(tmp_path, second, fact):
    """A line that is no question is refused with file, line, fact and what to do."""
    path = tmp_path / "set.jsonl"
    path.write_text(f"{line()}\n{second}\n", encoding="utf-8")

    with pytest.raises(InputError) as caught:
        load_questions(path)

    place, _, rest = str(caught.value).partition(": ")
    assert place == f"{path}:2"
    assert fact in rest
    assert "\n  " in rest


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe\x00"])
def test_a_file_without_questions_is_refused(tmp_path, content):
    """A file that is missing, empty or no text is refused by name with the next command."""
    path = tmp_path / "set.jsonl"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(InputError, match="python -m eval run --questions FILE") as caught:
        load_questions(path)

    assert str(caught.value).startswith(str(path))


def test_an_id_in_two_files_is_refused(tmp_path):
    """Two files may not use the same id."""
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    for path in (first, second):
        path.write_text(line(), encoding="utf-8")

    with pytest.raises(InputError, match="stands in"):
        load_sets([first, second])


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({}, None),
        ({"category": "odd"}, "unknown category"),
        ({"gold": (gold("Sở Tài chính"),)}, "is not in phu-luc"),
        ({"gold": (gold(beside="Sở Tài chính"),)}, "is not in phu-luc"),
        ({"gold": (gold(document="other"),)}, "no document 'other'"),
        ({"must": ()}, "no fact or no place"),
        ({"status": "not_found"}, "is answerable, but expects not_found"),
    ],
)
def test_faults_of_a_set_are_found(given, fault):
    """Each way in which a question of ours can be wrong is reported; white space does not matter."""
    found = check_questions([question(**given)], {"phu-luc": "Chủ trì: Sở Khoa học\n và Công nghệ"})

    assert (found == []) if fault is None else (len(found) == 1 and fault in found[0])


def test_the_same_question_twice():
    """A question is asked twice when its words and its history are the same."""
    asked = [question(), question(text="ai  chủ trì nhiệm vụ 9?"), question(history=("Nhiệm vụ 8?",))]

    assert asked_twice(asked) == ["ai chủ trì nhiệm vụ 9?"]


def test_our_sets_hold_together():
    """Every quote stands in its document, every category is known, no id and no question comes twice in all sets."""
    texts = {path.stem: read_text(path) for path in CORPUS.glob("*.txt")}
    questions = load_sets(OURS)

    assert check_questions(questions, texts) == []
    assert asked_twice(questions) == []


@pytest.mark.parametrize(
    ("path", "least"), [(PRACTICE, 170), (PRACTICE_2, 200), (PRACTICE_4, 180), (PRACTICE_6, 165), (REPORTED, 165)]
)
def test_a_reported_set_is_large_and_balanced(path, least):
    """A set that is, or was, reported has at least so many questions, and 8 in every category."""
    counts = Counter(question.category for question in load_questions(path))

    assert counts.total() >= least
    assert all(counts[category] >= 8 for category in Category)


def test_every_set_of_ours_is_tested():
    """No question file lies in the folder without these tests."""
    assert sorted(QUESTIONS.glob("*.jsonl")) == sorted(OURS)


def test_a_perfect_answer_is_right_on_every_question_of_ours():
    """An answer that states the first form of each fact and cites each place is right: no set contradicts itself."""
    wrong = []
    for question_ in load_sets(OURS):
        cited = [
            {"document": place.document, "quote": place.quote, "text": f"{place.beside}\n{place.quote}"}
            for place in question_.gold
        ]
        answer = "; ".join(forms[0] for forms in question_.must)
        status = "answered" if question_.answerable else question_.status or "not_found"
        score = score_record(question_, {"status": status, "answer": answer, "citations": cited})
        if not score.right:
            wrong.append((question_.id, score.reasons))

    assert wrong == []
