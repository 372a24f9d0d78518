import numpy as np
import pytest

from indexer import vectors
from indexer.errors import IndexDamagedError, IndexMismatchError
from indexer.vectors import build_vectors, read_vectors

VECTORS = np.eye(3, 4, dtype=np.float32)


def many(count=400, dimension=64):
    """Return random directions, every tenth twice."""
    rows = np.random.default_rng(7).normal(size=(count, dimension)).astype(np.float32)
    rows[1::10] = rows[::10]
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(params=["flat", "large"])
def rows(request, monkeypatch):
    """Vectors that are stored flat, or as those of a large corpus."""
    monkeypatch.setattr(vectors, "FLAT", 1000 if request.param == "flat" else 100)
    return many()


def test_scores_stand_in_the_order_of_the_passages():
    """
    The score of a passage is its inner product with the question, wherever it ranks.
    """
    index = read_vectors(build_vectors(VECTORS))

    assert index.scores(np.array([0.1, 0.9, -0.5, 0], dtype=np.float32)).tolist() == pytest.approx([0.1, 0.9, -0.5])
    assert np.array_equal(index.vectors(), VECTORS)


def test_all_kinds_of_index_give_the_same_scores(rows):
    """
    Scores are the inner products to four digits, all of them or those of some passages, whichever index was chosen.
    """
    index = read_vectors(build_vectors(rows))
    question = rows[3]

    assert len(index) == len(rows)
    assert index.scores(question) == pytest.approx(rows @ question, abs=1e-3)
    assert index.scores_at(question, np.array([5, 2])) == pytest.approx(rows[[5, 2]] @ question, abs=1e-3)
    assert np.abs(index.vectors() - rows).max() < 1e-3


def test_the_best_come_first(rows):
    """
    The best passages are those of the highest scores, the earlier first of two that are equal; no more than there are.
    """
    index = read_vectors(build_vectors(rows))
    positions, scores = index.best(rows[20], 10)

    assert positions.tolist() == np.argsort(-index.scores(rows[20]), kind="stable")[:10].tolist()
    assert positions[:2].tolist() == [20, 21]
    assert scores == pytest.approx(index.scores_at(rows[20], positions), abs=1e-6)
    assert len(index.best(rows[20], 1000)[0]) == len(rows)


def test_kept_vectors_give_the_same_bytes(rows):
    """
    An index of the vectors that another one gives back is the same, byte for byte.
    """
    data = build_vectors(rows)

    assert build_vectors(read_vectors(data).vectors()) == data == build_vectors(rows)


def test_no_passages():
    """
    An empty index answers with no scores.
    """
    index = read_vectors(build_vectors(VECTORS[:0]))

    assert index.scores(VECTORS[0]).tolist() == []
    assert index.vectors().shape == (0, 4)
    assert [part.tolist() for part in index.best(VECTORS[0], 3)] == [[], []]


def test_another_dimension_is_refused():
    """
    A vector of another length is refused in our words, with both lengths and the command.
    """
    index = read_vectors(build_vectors(VECTORS))

    for ask in (index.scores, lambda vector: index.best(vector, 1)):
        with pytest.raises(IndexMismatchError, match=r"\(5,\).* 4 numbers.\n.*python -m indexer build"):
            ask(np.zeros(5, dtype=np.float32))


@pytest.mark.parametrize("length", [0, 3, 20, -1])
def test_cut_bytes_are_refused(length):
    """
    Bytes that FAISS cannot read raise our error.
    """
    with pytest.raises(IndexDamagedError, match="cannot be read"):
        read_vectors(build_vectors(VECTORS)[:length])
