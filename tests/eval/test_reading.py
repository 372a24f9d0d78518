"""The measures of restoring and of reading bad scans."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.reading import (
    Doubted,
    Share,
    Spelled,
    changed_by_speller,
    changed_share,
    doubted_words,
    restored_share,
    spelled,
    typing_shares,
    wrong_shares,
)
from indexer.channel import Confusions
from indexer.question_readings import QuestionSpeller
from indexer.restore import Restorer
from indexer.syllable_model import SyllableModel
from indexer.training.confusions import damage

CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.fixture(scope="module")
def restorer():
    return Restorer(SyllableModel.load())


@pytest.fixture(scope="module")
def speller():
    return QuestionSpeller(SyllableModel.load())


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


def test_doubted_words_are_counted(restorer):
    """
    A stump is in doubt and wrong; sound words are neither; words with digits are left out.
    """
    counted = doubted_words(restorer, [("đội ngũ cán bộ, công chức 25%", "đội ngũ cán b, công chức 25%")])

    assert counted == Doubted(words=6, wrong=1, doubted=1, both=1)


def test_doubts_show_most_of_what_is_wrong(restorer):
    """
    Of the words in doubt in damaged plans about one in three is wrong, and more than half of what is wrong is in doubt.
    """
    plans = [CORPUS / "documents" / f"ke-hoach-{name}.txt" for name in ("so-xay-dung", "thanh-tra-tinh")]
    lines = [line.strip() for plan in plans for line in plan.read_text(encoding="utf-8").splitlines() if len(line) > 60]
    pairs = [(line, damage(line, Confusions.load(), seed=seed)) for seed, line in enumerate(lines)]
    counted = doubted_words(restorer, [pair for pair in pairs if len(pair[0].split()) == len(pair[1].split())])

    assert counted.wrong > 50
    assert counted.both > 0.3 * counted.doubted
    assert counted.both > 0.5 * counted.wrong


def test_typing_shares(speller):
    """
    A sentence typed without diacritics has few syllables right, and all of them when it is read.
    """
    before, after, some = typing_shares(speller, "none", ["Cơ quan nào chủ trì nhiệm vụ này"])

    assert before == Share(1, 8)
    assert after == some == Share(8, 8)


def test_a_sound_sentence_is_not_changed_by_the_speller(speller):
    """
    No word of a sound sentence changes, and it has one reading.
    """
    assert changed_by_speller(speller, ["Cơ quan nào chủ trì nhiệm vụ này"]) == (Share(0, 8), Share(0, 1))


def test_marked_mistakes_are_counted(speller):
    """
    A mistake that is mended counts as detected and corrected; one that is a word too is missed.
    """
    text = "Cơ quan chủ trì nhiệmm vụ này. Cơ quan này chủ trị."
    mistakes = [
        {"text": "nhiệmm", "suggest": ["nhiệm"], "start_offset": str(text.index("nhiệmm"))},
        {"text": "trị", "suggest": ["trì"], "start_offset": str(text.index("trị"))},
    ]

    counted = spelled(speller, [json.dumps({"text": text, "mistakes": mistakes})])

    assert counted == Spelled(words=12, marked=2, changed=1, detected=1, corrected=1)
    assert "precision 1.000, recall 0.500" in str(counted)
