import re
import tomllib
from importlib.resources import files

import pytest

from assistant.lexicon import abbreviations, content_words, fold_pattern, keys, matches, patterns, says
from indexer.terms import canonical


@pytest.mark.parametrize(
    ("section", "key", "text", "expected"),
    [
        ("asks", "lead", "Ai chủ trì nhiệm vụ 3?", True),
        ("asks", "lead", "ai chu tri nhiem vu 3", True),
        ("asks", "due", "khi nào xong?", True),
        ("metadata", "signer", "Kế hoạch này do ai ký?", True),
        ("metadata", "signer", "Sở Nội vụ làm gì?", False),
        # a task about archives does not ask who keeps the document
        ("metadata", "recipients", "Nâng cấp kho lưu trữ điện tử do ai chủ trì?", False),
        ("metadata", "recipients", "Kế hoạch này lưu ở đâu?", True),
        ("metadata", "recipients", "Văn bản được lưu trữ ở đâu?", True),
        ("forms", "negated", "Nhiệm vụ nào không do Sở Nội vụ chủ trì?", True),
    ],
)
def test_how_a_question_is_put(section, key, text, expected):
    """
    A way of asking is known with and without diacritics.
    """
    assert says(section, key, text) is expected


def test_matches_are_offsets_of_the_question():
    """
    What matches is said by its place in the question as typed.
    """
    text = "Cho hỏi: Ai chủ trì nhiệm vụ 3?"

    assert any("chủ trì" in text[start:end] for start, end in matches("asks", "lead", text))


def test_content_words_say_what_a_question_is_about():
    """
    Words of asking are left out, in the order of the others.
    """
    assert content_words("Ai chủ trì nâng cấp kho lưu trữ?", without_place=True)[-5:] == [
        "nâng",
        "cấp",
        "kho",
        "lưu",
        "trữ",
    ]
    assert content_words("") == []


def test_canonical_is_small_and_stable():
    """
    One word stands for several, and nothing changes when it is done again.
    """
    once = " ".join(canonical("Nâng cấp KHO lưu trữ").split())

    assert once == once.lower()
    assert " ".join(canonical(once).split()) == once


def test_every_pattern_of_the_data_file_can_be_used():
    """
    Each section and key gives a pattern that compiles, and none of them matches an empty question.
    """
    data = tomllib.loads(files("assistant").joinpath("questions.toml").read_text(encoding="utf-8"))
    tried = 0
    for section in ("asks", "forms", "metadata", "answers"):
        assert keys(section) == tuple(data[section])
        for key in keys(section):
            assert not patterns(section, key).search("")
            tried += len(data[section][key])
    assert tried > 100


def test_abbreviations_are_typed_small():
    """
    Abbreviations are looked up in small letters, and mean something else.
    """
    assert all(short == short.lower() and short != meant for short, meant in abbreviations().items())


def test_a_pattern_loses_its_diacritics_alone():
    """
    Folding a pattern leaves its classes and anchors.
    """
    assert fold_pattern(r"\bĐã xong\D+\B") == r"\bda xong\D+\B"
    assert re.search(fold_pattern(r"\bchủ trì\b"), "ai chu tri")
