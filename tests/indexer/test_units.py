from dataclasses import replace

import pytest

from indexer.errors import IndexDamagedError
from indexer.passages import passages_from
from indexer.types import Passage, StepKind
from indexer.units import build_columns, kind_number, read_columns, words_of_units
from tests.indexer.samples import annex, long_clause, plan


def passage(body, *, eid="par_1", document="vb", context="số 1\nmục đích"):
    search = f"{context}\n{body}" if context else body
    return Passage(document, eid, 0, 1, "x", context=context, search=search)


@pytest.mark.parametrize(
    ("passages", "expected"),
    [
        ([], []),
        # the context counts once, the pieces go on in one line
        ([passage("a b"), passage("c d")], [("mục đích", "số 1\nmục đích\na b c d")]),
        ([passage("a", context=""), passage("b", context="")], [("", "a b")]),
        # other clauses, and the same name in another document
        ([passage("a"), passage("a", eid="par_2")], [("mục đích", "số 1\nmục đích\na")] * 2),
        ([passage("a"), passage("a", document="khác")], [("mục đích", "số 1\nmục đích\na")] * 2),
        # a reading that could not be cut is that of every piece
        ([passage("a b"), passage("a b")], [("mục đích", "số 1\nmục đích\na b")]),
    ],
)
def test_words_of_units(passages, expected):
    """
    A unit has the words of all its passages once, under its nearest heading.
    """
    assert words_of_units(passages) == expected


def test_a_long_clause_is_one_unit():
    """
    The words of a clause that was cut are those of the whole clause.
    """
    parsed = long_clause(250)
    plain = replace(parsed, clauses=(replace(parsed.clauses[0], reading=None),))

    assert words_of_units(passages_from(plain)) == [("", " ".join(parsed.document.text.split()))]


def test_columns_come_back():
    """
    Every passage knows its unit, its document and its kind; the pieces of a clause share their unit.
    """
    passages = [*passages_from(annex()), *passages_from(long_clause(250))]
    columns = read_columns(build_columns(passages, ["dai", "phu-luc"]))

    assert (len(columns), columns.units) == (5, 3)
    assert columns.unit.tolist() == [0, 1, 2, 2, 2]
    assert columns.document.tolist() == [1, 1, 0, 0, 0]
    assert (columns.kind == kind_number(StepKind.ROW)).tolist() == [True, True, False, False, False]


def test_no_columns():
    """
    An index without a passage has no unit.
    """
    assert read_columns(build_columns([], [])).units == 0


@pytest.mark.parametrize("length", [0, 5, 20, -1])
def test_cut_columns_are_refused(length):
    """
    Bytes that are no arrays raise our error.
    """
    with pytest.raises(IndexDamagedError, match="cannot be read"):
        read_columns(build_columns(passages_from(plan()), ["ke-hoach"])[:length])
