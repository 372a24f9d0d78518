"""One form for what is written in several ways."""

from __future__ import annotations

import pytest

from indexer.common_forms import common_forms
from indexer.keywords import build_keywords, read_keywords
from indexer.vietnamese import fold, syllables


@pytest.mark.parametrize(
    ("one", "other", "form"),
    [
        ("khoản 2 Điều 5", "Điều 5 khoản 2", "điều:5:khoản:2"),
        ("khoản 2, Điều 5", "Điều 5, khoản 2 của Luật", "điều:5:khoản:2"),
        ("điểm a khoản 2 Điều 5", "Điều 5 khoản 2 điểm a", "điều:5:khoản:2:điểm:a"),
        ("ngày 05 tháng 01 năm 2026", "05/01/2026", "5/1/2026"),
        ("tháng 01 năm 2026", "tháng 01/2026", "1/2026"),
        ("quý IV năm 2026", "Quý 4/2026", "quý:4:2026"),
        ("95 %", "95 phần trăm", "95%"),
    ],
)
def test_both_ways_have_one_form(one, other, form):
    """
    Two ways to write the same give the same form, which is one token; so do both without diacritics.
    """
    assert form in common_forms(one)
    assert form in common_forms(other)
    assert syllables(form) == [form]
    assert fold(form) in common_forms(fold(one))


@pytest.mark.parametrize("text", ["", "đạt 95%", "ngày 5/1/2026", "Điều 5", "quý I", "khoản 2 và Điều 5"])
def test_nothing_is_added_to_what_has_that_form(text):
    """
    What is written in its one form already, or is no whole reference, adds nothing.
    """
    assert common_forms(text) == []


@pytest.mark.parametrize("folded", [False, True])
def test_a_reference_is_found_in_the_other_order(folded):
    """
    Of two texts with the same words the one that means the same clause comes first, however the question is typed.
    """
    texts = ["theo quy định tại khoản 5 Điều 2 và Điều 9", "theo quy định tại khoản 2 Điều 5 và Điều 9"]
    index = read_keywords(build_keywords([("", text) for text in texts]))

    question = "Điều 5 khoản 2"
    scores = index.scores(fold(question) if folded else question, folded=folded)

    assert scores[1] > scores[0]
