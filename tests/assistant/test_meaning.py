"""Likeness of words in meaning, over a model with a few made-up rows."""

import numpy as np
import pytest

from assistant.meaning import Meaning, Words
from indexer.static_model import StaticModel
from indexer.vocabulary import Vocabulary


@pytest.fixture
def meaning():
    tokens = ["xe", "ô_tô", "nhà", "trả"]
    rows = np.array([[1, 0, 0], [0.8, 0.6, 0], [0, 0, 2], [0, 1, 0]], dtype=np.float32)
    return Meaning(StaticModel("made up", Vocabulary.from_tokens(tokens, hash_rows=1), np.vstack([rows, np.zeros(3)])))


def test_words_are_the_longest_that_the_model_knows(meaning):
    """
    Syllables are joined to the longest word that has a row; what has none is passed over.
    """
    assert meaning.words("Nhà, ô tô; gì?").rows.tolist() == [2, 1]
    assert meaning.words("").rows.tolist() == []


def test_a_word_is_alike_as_far_as_the_cosine_goes_beyond_what_any_two_words_have(meaning):
    """
    Likeness is the best cosine beyond 0.2, and the text's own cosine stands beside it.
    """
    asked = meaning.asked("ô tô")
    found, cosines = asked.likeness([meaning.words("xe nhà"), meaning.words("nhà"), Words(), meaning.words("ô tô")])
    assert found[:, 0] == pytest.approx([0.75, 0, 0, 1])  # (0.8 - 0.2) / 0.8
    assert cosines == pytest.approx([0.8 / 5**0.5, 0, 0, 1])


def test_shares_weigh_words_by_the_length_of_their_rows(meaning):
    """
    A word whose row is long tells more.
    """
    asked = meaning.asked("xe nhà")
    found, _ = asked.likeness([meaning.words("nhà"), meaning.words("xe")])
    assert asked.share(found) == pytest.approx([2 / 3, 1 / 3])


def test_a_question_without_known_words_is_like_nothing(meaning):
    """
    Unknown words give no likeness, and no fault.
    """
    found, cosines = meaning.asked("zzz").likeness([meaning.words("xe")])
    assert found.shape == (1, 0)
    assert cosines.tolist() == [0]
