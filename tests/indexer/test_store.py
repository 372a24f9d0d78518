from dataclasses import replace

import pytest

from indexer.passages import passages_from
from indexer.store import Store, Stored, build_store
from tests.indexer.samples import annex, plan

PARSED = [plan(), annex()]


def build(parsed=PARSED):
    return build_store(parsed, [passage for one in parsed for passage in passages_from(one)])


@pytest.fixture
def opened(tmp_path):
    """Return what opens a store of parsed documents; its folder has a name that no URI may hold as it is."""

    def store(parsed=PARSED):
        path = tmp_path / "Kế hoạch #1 100%?.sqlite"
        path.write_bytes(build(parsed))
        return Store(path)

    return store


def test_everything_comes_back(opened):
    """
    Documents, clauses, tables, pages, warnings and passages are read as they were stored, in their order.
    """
    store = opened()

    assert store.parsed() == PARSED
    assert list(store.passages()) == [passage for one in PARSED for passage in passages_from(one)]
    assert list(store.documents()) == [one.document for one in PARSED]
    assert [store.position(name) for name in (*store.ids(), "khác")] == [0, 1, None]


def test_a_missing_store_is_an_os_error(tmp_path):
    """
    A store that is not there is no empty one.
    """
    with pytest.raises(FileNotFoundError):
        Store(tmp_path / "store.sqlite")


def read_by(asked):
    def read(first, end):
        asked.append((first, end))
        return list(range(first, end))

    return read


def test_stored_values_are_a_sequence():
    """
    One value, one from the end, a slice, all of them, and comparison are those of the tuple; what is out of range is refused.
    """
    values = Stored(5, read_by([]), kept=10)

    assert (len(values), values[1], values[-1], values[1:4:2], list(values)) == (5, 1, 4, (1, 3), [0, 1, 2, 3, 4])
    assert values == (0, 1, 2, 3, 4)
    assert values != (0, 1, 2, 3, 5)
    assert values != (0, 1)
    for wrong in (5, -6):
        with pytest.raises(IndexError):
            values[wrong]


def test_what_was_read_is_kept():
    """
    A value is read once as long as there is room for it; going through more than there is room for reads them in blocks.
    """
    asked = []
    few = Stored(3, read_by(asked), kept=3)
    assert [few[0], few[0], *few, *few] == [0, 0, 0, 1, 2, 0, 1, 2]
    assert asked == [(0, 1), (1, 2), (2, 3)]

    asked.clear()
    many = Stored(2500, read_by(asked), kept=3)
    assert list(many) == list(range(2500))
    assert asked == [(0, 1000), (1000, 2000), (2000, 2500)]


def test_rows_that_head_others_come_back(opened):
    """
    A row that is no task of its own is still none when it is read again.
    """
    made = annex()
    table = made.tables[0]
    rows = (replace(table.rows[0], number="", heads=True), *table.rows[1:])
    made = replace(made, tables=(replace(table, rows=rows),))

    assert opened([made]).parsed() == [made]


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


def test_a_store_is_for_reading(opened):
    """
    An open store cannot be written.
    """
    import sqlite3

    store = opened()

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        store._select("DELETE FROM documents")  # noqa: SLF001 - there is no public way to write, which is the point


def test_only_the_pages_that_are_asked_for_are_read(opened):
    """
    The printed lines of a slice are those of the pages it touches; a document that is not paged has none.
    """
    store = opened()
    first, second = PARSED[0].placed

    assert store.placed("ke-hoach") == (first, second)
    assert store.placed("ke-hoach", 2, 5) == (first,)
    assert store.placed("ke-hoach", 11, 14) == (first, second)
    assert store.placed("ke-hoach", 40, 50) == ()
    assert store.placed("phu-luc") == ()
