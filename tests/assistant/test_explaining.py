"""The steps that are shown under "Vì sao trả lời như vậy?"."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from assistant.lexicon import keys


def words(language):
    return tomllib.loads(files("assistant").joinpath("explaining.toml").read_text(encoding="utf-8"))[language]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_all_that_can_be_asked_has_a_name(language):
    """
    Every column and every fact of a document that a question can ask for is called by a word in either language.
    """
    known = words(language)

    assert set(keys("asks")) <= set(known["column_names"])
    assert set(keys("metadata")) <= set(known["field_names"])
    assert words("vi").keys() == known.keys()


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "Ai chủ trì nhiệm vụ 3 của Phụ lục I?",
            ["Nội dung được hỏi: cơ quan chủ trì", "Dòng được hỏi: nhiệm vụ 3", "tra đúng dòng", "Đã kiểm tra"],
        ),
        ("Who leads task 3 of annex I?", ["What is asked: lead agency", "Checked:"]),
        ("Ai chủ trì nhiệm vụ 77 của Phụ lục I?", ["Dòng được hỏi: nhiệm vụ 77", "Không trả lời vì"]),
        ("Nhiệm vụ nào có hạn trước tháng 9/2026?", ["Thời gian được nêu: trước ngày 01/09/2026"]),
    ],
)
def test_the_steps_lead_from_the_question_to_the_check(ask, question, expected):
    """
    The steps name what was understood, the way of answering and the check, in the language of the question.
    """
    steps = "\n".join(ask(question).trace)

    assert [words for words in expected if words not in steps] == []
    assert "lead," not in steps
