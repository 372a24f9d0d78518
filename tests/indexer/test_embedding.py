"""The embedding models: ours, another by path, and one that is not there."""

from __future__ import annotations

import os
import socket

import numpy as np
import pytest

from indexer.embedding import DEFAULT_MODEL, MODELS, load_encoder
from indexer.errors import InputError
from indexer.static_model import StaticModel, load_static_model, save_static_model
from indexer.vocabulary import Vocabulary, expand


@pytest.fixture(scope="module")
def encoder():
    return load_encoder()


def test_rows_are_unit_length(encoder):
    """
    Queries and documents become float32 rows of length 1 and of the stated dimension.
    """
    texts = ["ai chủ trì nhiệm vụ 9?", "Sở Khoa học và Công nghệ"]

    for rows in (encoder.encode_query(texts), encoder.encode_document(texts)):
        assert rows.dtype == np.float32
        assert rows.shape == (2, encoder.dimension)
        assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 1], abs=1e-5)


@pytest.mark.parametrize("text", ["", "   ", "?!…"])
def test_a_text_without_words_is_the_zero_row(encoder, text):
    """
    A text without words gives zeros, never NaN.
    """
    assert not encoder.encode_query([text]).any()


def test_no_texts_no_rows(encoder):
    """
    No texts give an array of no rows, which can still be joined with others.
    """
    assert encoder.encode_document([]).shape == (0, encoder.dimension)


def test_meaning_counts_more_than_words_in_common(encoder):
    """
    A question stands nearer to the clause that answers it than to a clause on another subject.
    """
    question = encoder.encode_query(["khi nào phải nộp báo cáo kết quả thực hiện?"])
    clauses = encoder.encode_document(
        [
            "Các đơn vị gửi báo cáo định kỳ về Sở trước ngày 15 hàng tháng để tổng hợp.",
            "Mức phạt tiền đối với hành vi lấn chiếm lòng đường, vỉa hè.",
        ]
    )

    near, far = (question @ clauses.T)[0]

    assert near > far


def test_the_place_of_the_tone_mark_does_not_matter(encoder):
    """
    "Khoá" and "khóa" are the same word.
    """
    rows = encoder.encode_query(["khoá học số hoá", "khóa học số hóa"])

    assert rows[0] == pytest.approx(rows[1], abs=1e-6)


def test_our_model_by_name(encoder):
    """
    The default and its name are one model, and its hash tells it from others.
    """
    named = load_encoder(DEFAULT_MODEL)

    assert named.sha256 == encoder.sha256
    assert len(encoder.sha256) == 64


def test_a_model_that_is_not_here_is_refused():
    """
    A missing model names itself, where it was looked for and how to go on; nothing is fetched.
    """
    with pytest.raises(InputError, match=r"BAAI/bge-m3.*\n.*hf download BAAI/bge-m3.*\n.*\n.*leave --model out"):
        load_encoder("BAAI/bge-m3")

    assert os.environ["HF_HUB_OFFLINE"] == "1"


def test_a_folder_that_holds_no_model_is_refused(tmp_path):
    """
    A folder without a model is told by its path.
    """
    with pytest.raises(InputError, match=f"{tmp_path}: this is no sentence-transformers model"):
        load_encoder(str(tmp_path))


def test_loading_and_encoding_open_no_connection(monkeypatch):
    """
    The model that we ship is loaded and used without a single connection.
    """

    def refuse(*arguments, **options):
        pytest.fail("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    load_encoder.cache_clear()

    assert load_encoder().encode_query(["văn bản"]).any()


def test_a_static_model_by_path(tmp_path):
    """
    A folder written by the training command is a model; int8 keeps its rows to about one part in a hundred.
    """
    rows = np.random.default_rng(0).standard_normal((6, 8)).astype(np.float32)
    model = StaticModel("tiny", Vocabulary.from_tokens(["văn_bản", "văn", "bản", "số"], hash_rows=2), rows)
    save_static_model(model, tmp_path)

    loaded = load_encoder(str(tmp_path))

    assert (loaded.name, loaded.dimension) == ("tiny", 8)
    expected = rows[:3].mean(axis=0) / np.linalg.norm(rows[:3].mean(axis=0))
    assert loaded.encode_document(["văn bản"])[0] == pytest.approx(expected, abs=0.02)


def test_the_same_model_gives_the_same_bytes(tmp_path):
    """
    Writing a loaded model again changes nothing.
    """
    model = load_static_model(MODELS / DEFAULT_MODEL)

    save_static_model(model, tmp_path)

    again = load_static_model(tmp_path)
    assert again.vocabulary == model.vocabulary
    assert again.weights == pytest.approx(model.weights, abs=1e-3)


def test_files_of_two_models_are_refused(tmp_path):
    """
    A vocabulary that does not fit the weights is told, before anything wrong is computed.
    """
    rows = np.ones((3, 4), dtype=np.float32)
    save_static_model(StaticModel("tiny", Vocabulary.from_tokens(["a", "b"], hash_rows=1), rows), tmp_path)
    (tmp_path / "vocabulary.txt").write_text("a\n", encoding="utf-8")

    with pytest.raises(InputError, match="Copy all files of one model"):
        load_static_model(tmp_path)


def test_a_model_needs_a_row_for_every_token():
    """
    A model whose tokens and rows differ in number cannot be built.
    """
    with pytest.raises(ValueError, match="2 tokens cannot have 3 rows"):
        StaticModel("tiny", Vocabulary.from_tokens(["a"], hash_rows=1), np.ones((3, 4), dtype=np.float32))


def test_words_are_followed_by_their_syllables():
    """
    A word of several syllables stands beside its syllables; punctuation is left out.
    """
    assert list(expand(["ma_túy", ",", "là"])) == ["ma_túy", "ma", "túy", "là"]


def test_unknown_tokens_share_rows_behind_the_known():
    """
    An unknown token always gets the same shared row, behind the known ones.
    """
    vocabulary = Vocabulary.from_tokens(["là"], hash_rows=4)

    known, first, second = vocabulary.ids(["là", "xyz", "xyz"])

    assert known == 0
    assert first == second
    assert 1 <= first < len(vocabulary) == 5
    assert vocabulary.names()[vocabulary.tokens(["xyz"])[0]] == first
