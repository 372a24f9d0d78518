"""What bad typing costs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from eval.question_set import Question
from eval.typed_badly import lines, lost_lines, measure, report, spoil, well_typed


def question(text: str, **parts: Any) -> Question:
    """A question about a body that the reply must name."""
    return Question(**{"id": "q1", "category": "metadata", "text": text, "must": (("Sở Y tế",),), **parts})


@dataclass
class Deaf:
    """Answers only what it is asked with diacritics, and understands nothing else; keeps what it was asked."""

    asked: list[dict[str, Any]] = field(default_factory=list)

    def record(self, item: dict[str, Any], /) -> dict[str, Any]:
        """Return an answer, or a refusal."""
        self.asked.append(item)
        heard = "ủ" in item["question"]
        status, answer = ("answered", "Sở Y tế") if heard else ("not_found", "Không tìm thấy.")
        return {"id": item["id"], "understood": item["question"], "status": status, "answer": answer, "citations": []}


def test_only_well_typed_vietnamese_is_spoilt():
    """
    Questions that are typed badly already, or are English, are left out.
    """
    good = question("Sở nào được giao chủ trì nhiệm vụ 9?")
    others = [question("so nao chu tri nhiem vu 9"), question("Who leads task 9?"), question(good.text, well_typed="x")]

    assert well_typed([good, *others]) == [good]


def test_a_conversation_is_typed_badly_throughout():
    """
    What was asked before is spoilt too, and the question as it was is kept.
    """
    spoilt = spoil(question("Còn Sở Tài chính?", history=("Sở Y tế chủ trì việc gì?",)), "none")

    assert (spoilt.text, spoilt.history) == ("Con So Tai chinh?", ("So Y te chu tri viec gi?",))
    assert spoilt.well_typed == "Còn Sở Tài chính?"


def test_what_is_answered_only_when_typed_well_is_lost():
    """
    The loss is counted for each typing, with what was understood.
    """
    answerer = Deaf()
    found = measure([question("Sở nào được giao chủ trì nhiệm vụ 9?")], answerer, {}, ("none", "capitals"))

    assert [(row.lost, row.right_well, row.right) for row in found["none"]] == [(True, True, False)]
    assert [item["question"] for item in answerer.asked][:2] == [
        "Sở nào được giao chủ trì nhiệm vụ 9?",
        "So nao duoc giao chu tri nhiem vu 9?",
    ]
    assert "| none | 1 | 0.0% | 22.2% | 100.0% | 0.0% | 1 | 0 | 0 |" in list(lines(found))
    assert next(lost_lines(found)) == "✗ none q1: So nao duoc giao chu tri nhiem vu 9?"
    assert report(found, files=["a.jsonl"])["typings"]["none"][0]["lost"] is True
