import subprocess
import sys

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import keywords
from indexer.keywords import HEADING_WEIGHT, K1, B, build_keywords, read_keywords, tokens
from indexer.passages import passages_from
from indexer.units import words_of_units
from indexer.vietnamese import fold
from tests.indexer.samples import annex, plan

PASSAGES = [*passages_from(plan()), *passages_from(annex())]
UNITS = words_of_units(PASSAGES)
WORDS = st.sampled_from(
    ["Sở", "sở", "Y", "tế,", "khoá", "KHÓA", "quý", "(30/2020/NĐ-CP)", "6,5%", "–", "a.b:", "x\u0301", "%a%b"]
)
SPACE = st.sampled_from([" ", " ", " ", "\n", "\u00a0", "\u2028", "\x1f", "\x85"])
TEXTS = st.lists(st.tuples(WORDS, SPACE)).map(lambda pairs: "".join(word + space for word, space in pairs))
UNIT = st.tuples(st.one_of(st.just(""), TEXTS), st.one_of(TEXTS, st.text()))


def best(question, *, folded=False):
    scores = read_keywords(build_keywords(UNITS)).scores(question, folded=folded)
    return PASSAGES[int(np.argmax(scores))].eid


def scores_of_bm25s(units, question, *, folded):
    """Return what bm25s itself makes of the tokens as strings."""
    form = fold if folded else str
    counted = [[form(token) for token in tokens(text) + tokens(heading) * HEADING_WEIGHT] for heading, text in units]
    asked = tokens(form(question))
    known = {token for unit in counted for token in unit}
    if not known & set(asked):
        return np.zeros(len(units))
    reference = bm25s.BM25(k1=K1, b=B, method="lucene")
    reference.index(counted, show_progress=False)
    return reference.get_scores([token for token in asked if token in known])


def test_tokens():
    """
    Syllables come first, then neighbours in pairs; a line end parts neighbours, a document number is one syllable.
    """
    assert tokens("Sở Y tế\n30/2020/NĐ-CP") == ["sở", "y", "tế", "sở y", "y tế", "30/2020/nđ-cp"]


@pytest.mark.parametrize("folded", [False, True])
@given(units=st.lists(UNIT, min_size=1), question=TEXTS)
def test_scores_are_those_of_bm25s(units, question, folded):
    """
    Counted as numbers, any units get the scores that bm25s gives to their tokens as strings, the heading's counted five times.
    """
    scores = read_keywords(build_keywords(units)).scores(question, folded=folded)

    assert scores == pytest.approx(scores_of_bm25s(units, question, folded=folded), rel=1e-5, abs=1e-5)


def test_large_numbers_are_counted_as_well(monkeypatch):
    """
    Where a pair and its unit do not fit into one number, the index is the same, byte for byte.
    """
    plain = build_keywords(UNITS)
    monkeypatch.setattr(keywords, "_LARGEST", 1)

    assert build_keywords(UNITS) == plain


def test_how_many_units_have_a_token():
    """
    A syllable and a pair are found in as many units as have them; one that is nowhere, or no pair of neighbours, in none.
    """
    index = read_keywords(build_keywords([("", "kinh phí"), ("", "Kinh phí\nphí kinh"), ("", "kinh tế")]))

    assert index.frequencies("kinh phí zzz", folded=False) == [3, 2, 0, 2, 0]
    assert index.frequencies("kinh te", folded=True) == [3, 1, 1]


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
    index = read_keywords(build_keywords(UNITS))

    assert not index.scores("bo tri", folded=False).any()
    assert index.scores("bo tri", folded=True).any()


@pytest.mark.parametrize("units", [[], [("", "…")], [("", "")]], ids=["no unit", "no word", "nothing"])
def test_nothing_to_find(units):
    """
    An index without a single word answers with zeros, one a unit.
    """
    index = read_keywords(build_keywords(units))

    assert index.scores("kinh phí", folded=False).tolist() == [0.0] * len(units)
    assert index.frequencies("kinh phí", folded=True) == [0, 0, 0]


def test_an_empty_question_scores_zero():
    """
    A question without a word shares nothing.
    """
    assert not read_keywords(build_keywords(UNITS)).scores("?!", folded=False).any()


def test_bytes_do_not_hang_on_the_process():
    """
    Another process, with another order of sets, writes the same bytes.
    """
    program = (
        "import hashlib; from indexer.keywords import build_keywords; "
        "from tests.indexer.test_keywords import UNITS; print(hashlib.sha256(build_keywords(UNITS)).hexdigest())"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, check=True, capture_output=True, text=True
        ).stdout
        for seed in ("1", "2")
    }

    assert len(printed) == 1
