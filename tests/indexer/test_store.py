from dataclasses import replace

import pytest

from indexer.passages import passages_from
from indexer.store import Store, build_store
from tests.indexer.samples import annex, plan

PARSED = [plan(), annex()]


def build(parsed=PARSED):
    return build_store(parsed, [passage for one in parsed for passage in passages_from(one)])


def test_everything_comes_back():
    """
    Documents, clauses, tables, pages, warnings and passages are read as they were stored, in their order.
    """
    store = Store(build())

    assert store.parsed() == PARSED
    assert list(store.passages()) == [passage for one in PARSED for passage in passages_from(one)]


def test_rows_that_head_others_come_back():
    """
    A row that is no task of its own is still none when it is read again.
    """
    made = annex()
    table = made.tables[0]
    rows = (replace(table.rows[0], number="", heads=True), *table.rows[1:])
    made = replace(made, tables=(replace(table, rows=rows),))

    assert Store(build([made])).parsed() == [made]


def test_the_same_input_gives_the_same_bytes():
    """
    Two builds are equal byte for byte, and another order of documents is not.
    """
    assert build() == build()
    assert build() != build(PARSED[::-1])


def test_a_clause_must_be_the_slice_that_it_says():
    """
    A clause whose text is not that of its offsets is refused when the store is built.
    """
    parsed = plan()
    wrong = replace(parsed.clauses[0], text="khác")

    with pytest.raises(ValueError, match=r"ke-hoach: .* Clause"):
        build_store([replace(parsed, clauses=(wrong,))], [])


def test_a_store_is_for_reading():
    """
    An open store cannot be written.
    """
    import sqlite3

    store = Store(build())

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        store._select("DELETE FROM documents")  # noqa: SLF001 - there is no public way to write, which is the point


def test_only_the_pages_that_are_asked_for_are_read():
    """
    The printed lines of a slice are those of the pages it touches; a document that is not paged has none.
    """
    store = Store(build())
    first, second = PARSED[0].placed

    assert store.placed("ke-hoach") == (first, second)
    assert store.placed("ke-hoach", 2, 5) == (first,)
    assert store.placed("ke-hoach", 11, 14) == (first, second)
    assert store.placed("ke-hoach", 40, 50) == ()
    assert store.placed("phu-luc") == ()
