import subprocess
import sys

import numpy as np
import pytest

from indexer.keywords import build_keywords, read_keywords, tokens, tokens_of_passage
from indexer.passages import passages_from
from indexer.types import Passage
from tests.indexer.samples import annex, plan

PASSAGES = [*passages_from(plan()), *passages_from(annex())]


def passage(search, context=""):
    return Passage("vb", "par_1", 0, 1, "x", context=context, search=search)


def best(question, *, folded=False):
    scores = read_keywords(build_keywords(PASSAGES)).scores(question, folded=folded)
    return PASSAGES[int(np.argmax(scores))].eid


def test_tokens():
    """
    Syllables come first, then neighbours in pairs; a line end parts neighbours, a document number is one syllable.
    """
    assert tokens("Sở Y tế\n30/2020/NĐ-CP") == ["sở", "y", "tế", "sở y", "y tế", "30/2020/nđ-cp"]


def test_the_nearest_heading_counts_five_times():
    """
    The last line of the context weighs more than the lines above it.
    """
    found = tokens_of_passage(passage("số 1\nmục đích\nnội dung", context="số 1\nmục đích"))

    assert found.count("mục đích") == 5
    assert found.count("số 1") == found.count("nội dung") == 1


@pytest.mark.parametrize(
    ("question", "folded", "expected"),
    [
        ("Sở nào bố trí kinh phí?", False, "rom_II__num_1"),
        ("so nao bo tri kinh phi", True, "rom_II__num_1"),
        # no stop word list: these are all the question has
        ("theo dõi, đôn đốc", False, "rom_II__num_2"),
    ],
)
def test_the_right_clause_comes_first(question, folded, expected):
    """
    A question with and without diacritics finds the clause that shares its words.
    """
    assert best(question, folded=folded) == expected


def test_marks_count_unless_folded():
    """
    An unmarked question shares nothing with marked text; the folded index finds it.
    """
    index = read_keywords(build_keywords(PASSAGES))

    assert not index.scores("bo tri", folded=False).any()
    assert index.scores("bo tri", folded=True).any()


@pytest.mark.parametrize("passages", [[], [passage("…")]], ids=["no passage", "no word"])
def test_nothing_to_find(passages):
    """
    An index without a single word answers with zeros, one a passage.
    """
    scores = read_keywords(build_keywords(passages)).scores("kinh phí", folded=False)

    assert scores.tolist() == [0.0] * len(passages)


def test_an_empty_question_scores_zero():
    """
    A question without a word shares nothing.
    """
    assert not read_keywords(build_keywords(PASSAGES)).scores("?!", folded=False).any()


def test_bytes_do_not_hang_on_the_process():
    """
    Another process, with another order of sets, writes the same bytes.
    """
    program = (
        "import hashlib; from indexer.keywords import build_keywords; "
        "from tests.indexer.test_keywords import PASSAGES; print(hashlib.sha256(build_keywords(PASSAGES)).hexdigest())"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, check=True, capture_output=True, text=True
        ).stdout
        for seed in ("1", "2")
    }

    assert len(printed) == 1
