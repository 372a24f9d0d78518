"""Questions that are typed badly on purpose."""

from __future__ import annotations

import pytest

from eval.typings import TYPINGS, keys_of, typed
from indexer.vietnamese import fold, has_diacritics

QUESTION = "Cơ quan nào được giao chủ trì nhiệm vụ 9 của UBND tỉnh?"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("none", "Co quan nao duoc giao chu tri nhiem vu 9 cua UBND tinh?"),
        ("telex", "Cow quan naof dduowcj giao chur trif nhieemj vuj 9 cuar UBND tinhr?"),
        ("capitals", "CƠ QUAN NÀO ĐƯỢC GIAO CHỦ TRÌ NHIỆM VỤ 9 CỦA UBND TỈNH?"),
        ("bare", "cơ quan nào được giao chủ trì nhiệm vụ 9 của ubnd tỉnh"),
        ("vni", "Co7 quan nao2 d9u7o7c5 giao chu3 tri2 nhie6m5 vu5 9 cua3 UBND tinh3?"),
    ],
)
def test_typings_that_leave_nothing_to_chance(kind, expected):
    """
    Without diacritics, in Telex and in VNI every word is typed by rule.
    """
    assert typed(kind, "q1", QUESTION) == expected


@pytest.mark.parametrize("kind", TYPINGS)
def test_a_question_is_always_spoilt_alike(kind):
    """
    The same question and kind give the same text, its number kept; with as many words, where none is run together or abbreviated.
    """
    spoilt = typed(kind, "q1", QUESTION)

    assert spoilt == typed(kind, "q1", QUESTION) != QUESTION
    assert kind in {"joined", "short", "hasty"} or len(spoilt.split()) == len(QUESTION.split())
    assert "9" in spoilt.split()


def test_one_or_two_spaces_are_forgotten():
    """
    Only spaces go, one or two of them, and none beside a figure or a capital.
    """
    for number in range(50):
        joined = typed("joined", str(number), QUESTION)

        assert joined.replace(" ", "") == QUESTION.replace(" ", "")
        assert 1 <= len(QUESTION.split()) - len(joined.split()) <= 2
        assert {"9", "UBND"} <= set(joined.split())


def test_half_of_what_has_an_abbreviation_is_abbreviated():
    """
    Over many questions about half of the words with an abbreviation are typed short.
    """
    short = sum("nv" in typed("short", str(number), "nhiệm vụ nào").split() for number in range(200))

    assert 70 < short < 130


@pytest.mark.parametrize(("kind", "fewest", "most"), [("cut", 1, 2), ("slip", 0, 1)])
def test_few_words_are_cut_or_slipped_in(kind, fewest, most):
    """
    One or two words are cut, one has a slip, and none of fewer than four letters; two letters alike may change places.
    """
    for number in range(50):
        pairs = zip(QUESTION.split(), typed(kind, str(number), QUESTION).split(), strict=True)
        changed = [(old, new) for old, new in pairs if old != new]

        assert fewest <= len(changed) <= most
        assert all(len(old.strip("?")) >= 4 and abs(len(old) - len(new)) <= 2 for old, new in changed)


def test_half_the_words_lose_their_marks():
    """
    Over many questions about half of the marked words are typed without marks, the others as they are.
    """
    words = [word for word in QUESTION.split() if has_diacritics(word)]
    kept = total = 0
    for number in range(100):
        for old, new in zip(QUESTION.split(), typed("half", str(number), QUESTION).split(), strict=True):
            assert new in {old, fold(old), fold(old).capitalize()} or old == new
            kept += old in words and old == new
            total += old in words

    assert 0.4 < kept / total < 0.6


@pytest.mark.parametrize(
    ("word", "telex", "vni"),
    [
        ("được", "dduowcj", "d9u7o7c5"),
        ("Đường", "Dduowngf", "D9u7o7ng2"),
        ("chuẩn", "chuaanr", "chua6n3"),
        ("ai", "ai", "ai"),
    ],
)
def test_keys_of_a_word(word, telex, vni):
    """
    A word is written by its letters, the keys of what they bear, and the key of its tone.
    """
    assert (keys_of(word), keys_of(word, vni=True)) == (telex, vni)


def test_an_unknown_typing_is_an_error():
    """
    There is no typing of another name.
    """
    with pytest.raises(KeyError):
        typed("shouted", "q1", QUESTION)
