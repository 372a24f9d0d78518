"""The measures of restoring and of reading bad scans."""

from __future__ import annotations

import pytest

from eval.reading import Share, changed_share, restored_share, wrong_shares
from indexer.restore import Restorer
from indexer.syllable_model import SyllableModel


@pytest.fixture(scope="module")
def restorer():
    return Restorer(SyllableModel.load())


def test_restored_share_counts_syllables(restorer):
    """
    A common phrase comes back whole; numbers are not counted.
    """
    assert restored_share(restorer, ["Ủy ban nhân dân tỉnh ban hành 5 kế hoạch"]) == Share(9, 9)


def test_changed_share_of_sound_text(restorer):
    """
    Nothing is changed in a text that has its diacritics.
    """
    assert changed_share(restorer, ["Ủy ban nhân dân tỉnh ban hành kế hoạch"]).part == 0


def test_wrong_shares_before_and_after(restorer):
    """
    Words are compared one by one, marks at their edges aside, and numbers are left out.
    """
    before, after = wrong_shares(restorer, [("chuyển đổi số, 25% hồ sơ.", "chuyén d6i s6; 25% h6 so")])

    assert before == Share(5, 5)
    assert after == Share(0, 5)


def test_a_share_is_written_with_its_total():
    """
    A share prints its value and over how many words.
    """
    assert str(Share(1, 4)) == "0.2500 (4 words)"
