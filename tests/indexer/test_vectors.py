import numpy as np
import pytest

from indexer.errors import IndexDamagedError, IndexMismatchError
from indexer.vectors import build_vectors, read_vectors

VECTORS = np.eye(3, 4, dtype=np.float32)


def test_scores_stand_in_the_order_of_the_passages():
    """
    The score of a passage is its inner product with the question, wherever it ranks.
    """
    index = read_vectors(build_vectors(VECTORS))

    assert index.scores(np.array([0.1, 0.9, -0.5, 0], dtype=np.float32)).tolist() == pytest.approx([0.1, 0.9, -0.5])
    assert np.array_equal(index.vectors(), VECTORS)


def test_no_passages():
    """
    An empty index answers with no scores.
    """
    index = read_vectors(build_vectors(VECTORS[:0]))

    assert index.scores(VECTORS[0]).tolist() == []
    assert index.vectors().shape == (0, 4)


def test_another_dimension_is_refused():
    """
    A vector of another length is refused in our words, with both lengths and the command.
    """
    index = read_vectors(build_vectors(VECTORS))

    with pytest.raises(IndexMismatchError, match=r"\(5,\).* 4 numbers.\n.*python -m indexer build"):
        index.scores(np.zeros(5, dtype=np.float32))


@pytest.mark.parametrize("length", [0, 3, 20, -1])
def test_cut_bytes_are_refused(length):
    """
    Bytes that FAISS cannot read raise our error.
    """
    with pytest.raises(IndexDamagedError, match="cannot be read"):
        read_vectors(build_vectors(VECTORS)[:length])
