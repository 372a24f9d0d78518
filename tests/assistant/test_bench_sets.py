"""Question sets of evaluators: which there are, and what is said of the lines of one that is sent."""

from __future__ import annotations

import json

import pytest

from assistant.bench_sets import MOST_FAULTS, Fault, check_lines, sets_folder, shipped_sets
from eval.question_set import QUESTIONS


def line(**given):
    values = {"id": "q1", "category": "table_lookup", "question": "Ai chủ trì?", "answerable": True}
    return json.dumps({**values, **given}, ensure_ascii=False)


GOLD = {"document": "phu-luc", "label": "nhiệm vụ 9", "quote": "Sở Y tế"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (line(), []),
        # empty lines are passed over, and lines keep their numbers
        (f"\n{line()}\n\n{line(id='q2', must=[['a', 'b']], gold=[GOLD], history=[{'question': 'Còn?'}])}\n", []),
        ("", [Fault(1, "empty")]),
        (f"{line()}\n{{", [Fault(2, "json", "2")]),
        ("[]", [Fault(1, "object")]),
        (line(id=" ", answerable="true"), [Fault(1, "text", "id"), Fault(1, "flag", "answerable")]),
        (line(history=["Còn?"], must=["a"]), [Fault(1, "list", "history"), Fault(1, "list", "must")]),
        (line(must=[[]]), [Fault(1, "list", "must")]),
        (line(gold=[{**GOLD, "quote": ""}]), [Fault(1, "gold", "gold")]),
        (line(gold=[{**GOLD, "beside": 1}]), [Fault(1, "gold", "gold")]),
        (line(status="unknown"), [Fault(1, "status", "status")]),
        (f"{line()}\n{line()}", [Fault(2, "twice", "1")]),
        ("[" * 100_000, [Fault(1, "object")]),
    ],
)
def test_every_wrong_line_is_named(text, expected):
    """
    What is wrong with a set is said by line and reason; a set that evaluation can run has no fault.
    """
    assert list(check_lines(text)) == expected


def test_not_more_faults_are_named_than_can_be_read():
    """
    A file of something else gives its first faults, not thousands.
    """
    assert len(check_lines("x\n" * 1000)) == MOST_FAULTS


def test_shipped_sets_are_right():
    """
    The sets that are shipped are found without importing the evaluation, and have no fault; the reported one is sealed.
    """
    sets = shipped_sets(sets_folder())

    assert sets_folder() == QUESTIONS
    assert {one.name: one.sealed for one in sets if one.name in ("development", "reported")} == {
        "development": False,
        "reported": True,
    }
    assert [one.name for one in sets if check_lines(one.path.read_text(encoding="utf-8"))] == []


def test_a_folder_that_is_not_there_has_no_sets(tmp_path):
    """
    No folder, or one without sets, gives none.
    """
    assert shipped_sets(None) == shipped_sets(tmp_path / "none") == ()
    (tmp_path / "binary.jsonl").write_bytes(b"\xff\xfe")
    assert shipped_sets(tmp_path) == ()
