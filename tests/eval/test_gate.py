"""The gate: what it asks, when it fails, and that nothing was lost since the recorded state."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from assistant.service import Assistant
from eval.gate import (
    GATE,
    TODAY,
    State,
    ask_gate,
    crossings,
    draw,
    gate_lines,
    gate_questions,
    gate_record,
    load_gate,
)
from eval.question_set import REPORTED, Category, load_questions
from indexer.errors import InputError
from tests.eval.samples import line, question, record


class Fixed:
    """Gives the same record to whatever is asked."""

    def __init__(self, **given):
        self.given = record(**given)

    def record(self, asked):
        assert asked["question"]
        return self.given


@pytest.mark.slow
def test_nothing_is_lost(real, capsys):
    """
    No question of the gate that was right at the recorded commit is wrong now.

    A test that fails here names the questions with their old and their new answers. What is newly right is printed with the
    command that records it.
    """
    recorded = load_gate()
    texts = {document.id: document.text for document in real.index.documents}
    outcomes = ask_gate(gate_questions(recorded), Assistant(real.index, today=TODAY), texts)
    lost, gained = crossings(recorded, outcomes)
    told = "\n".join(gate_lines(lost, gained, count=len(outcomes)))
    if gained and not lost:
        with capsys.disabled():
            print(f"\n{told}")  # noqa: T201

    assert not lost, told


def test_the_gate_asks_every_category_and_nothing_that_is_reported():
    """Sixty questions, four or more of every category, none of the reported set, some of them wrong so that a gain shows."""
    recorded = load_gate()
    counts = Counter(state.category for state in recorded.values())

    assert len(recorded) == 60
    assert set(counts) == set(Category)
    assert min(counts.values()) >= 4
    assert not set(recorded) & {one.id for one in load_questions(REPORTED)}
    assert 0 < sum(state.right for state in recorded.values()) < 60
    assert [one.id for one in gate_questions(recorded)] == list(recorded)


def test_questions_are_drawn_evenly_and_the_same_again():
    """A category with few questions gives all, the others share what is left; the same seed draws the same, another does not."""
    questions = [question(id=f"a{i}", category="english") for i in range(30)]
    questions += [question(id=f"b{i}", category="metadata") for i in range(2)]

    chosen = [one.id for one in draw(questions, count=10)]

    assert Counter(id_[0] for id_ in chosen) == {"a": 8, "b": 2}
    assert chosen == [one.id for one in draw(questions, count=10)]
    assert chosen != [one.id for one in draw(questions, count=10, seed=2)]
    assert len(draw(questions, count=99)) == 32


def test_a_loss_is_named_with_both_answers():
    """A question that was right and is wrong is lost, one that was wrong and is right is gained; both answers are shown."""
    asked = [question()]
    was = {"q1": State("q1", "table_lookup", right=True, status="answered", answer="Sở Khoa học và Công nghệ [1].")}
    wrong = ask_gate(asked, Fixed(answer="Sở Y tế [1]."), {"phu-luc": record()["citations"][0]["text"]})

    lost, gained = crossings(was, wrong)
    told = "\n".join(gate_lines(lost, gained, count=1))

    assert ([one.before.id for one in lost], gained) == (["q1"], [])
    assert "LOST q1 (table_lookup): Ai chủ trì nhiệm vụ 9?" in told
    assert "before (answered): Sở Khoa học và Công nghệ [1]." in told
    assert "now    (answered): Sở Y tế [1]." in told
    assert "because: fact missing: Sở Khoa học và Công nghệ" in told
    assert "python -m eval gate --record" in told


def test_what_is_recorded_is_read_back(tmp_path):
    """The record of outcomes holds their states, and a question that changed sides since is gained."""
    texts = {"phu-luc": record()["citations"][0]["text"]}
    wrong, right = (ask_gate([question()], Fixed(answer=text), texts) for text in ("?", record()["answer"]))
    path = tmp_path / "gate.json"
    path.write_text(json.dumps(gate_record(wrong)), encoding="utf-8")

    lost, gained = crossings(load_gate(path), right)

    assert lost == []
    assert [one.after.right for one in gained] == [True]
    assert "Record what was gained" in "\n".join(gate_lines(lost, gained, count=1))


def test_faults_of_the_record_say_what_to_do(tmp_path):
    """A missing or a foreign file, and a question that no set has any more, each come with the next command."""
    path, questions = tmp_path / "gate.json", tmp_path / "set.jsonl"
    with pytest.raises(InputError, match="gate --record"):
        load_gate(path)
    path.write_text('{"questions": [{"id": "a"}]}', encoding="utf-8")
    with pytest.raises(InputError, match="is no record of a gate"):
        load_gate(path)
    questions.write_text(line(), encoding="utf-8")
    with pytest.raises(InputError, match=r"in no practice set any more: .*\n.*--draw"):
        gate_questions(load_gate(GATE), [questions])
