"""The embedding models: ours, another by path, and one that is not there."""

from __future__ import annotations

import os
import socket

import numpy as np
import pytest

from assistant.retrieval import search
from indexer.embedding import (
    DEFAULT_MODEL,
    MODELS,
    known_models,
    known_prompts,
    load_encoder,
    sentence_transformer_of,
)
from indexer.errors import InputError
from indexer.index import Index, publish
from indexer.path import eid
from indexer.segment import segment
from indexer.static_model import StaticModel, load_static_model, save_static_model
from indexer.vocabulary import Vocabulary, expand
from tests.indexer.samples import plan, sources


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


def test_our_model_is_a_static_embedding_of_sentence_transformers(encoder):
    """
    The mean that numpy takes is the vector that sentence-transformers computes from the same rows.
    """
    texts = ["ai chủ trì nhiệm vụ 9?", "Sở Khoa học và Công nghệ, mã số XYZ-17"]
    named = [" ".join(encoder.static.vocabulary.tokens(segment(text))) for text in texts]

    theirs = sentence_transformer_of(encoder.static).encode(named, normalize_embeddings=True)

    assert encoder.encode_query(texts) == pytest.approx(theirs, abs=1e-5)


def test_known_models_have_what_the_documentation_tells():
    """
    Each has a name, a size, a licence and a machine; the prompts of a family are found under a folder's name, too.
    """
    for model in known_models():
        assert {"name", "parameters", "dimension", "longest", "licence", "machine"} <= model.keys()
    assert known_prompts("/models/Multilingual-E5-small/") == {"query": "query: ", "document": "passage: "}
    assert known_prompts("BAAI/bge-m3") == {}


@pytest.fixture(scope="module")
def small_transformer(tmp_path_factory):
    """A BERT of random weights that reads 16 tokens at most and puts words before questions, saved as makers save theirs."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("bert")
    letters = [*"abcdefghijklmnopqrstuvwxyzđ0123456789:."]
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "query", *letters, *(f"##{letter}" for letter in letters)]
    (folder / "vocab.txt").write_text("\n".join(tokens), encoding="utf-8")
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    BertModel(
        BertConfig(
            vocab_size=len(tokens), hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8
        )
    ).save_pretrained(folder)
    words = Transformer(str(folder), max_seq_length=16)
    model = SentenceTransformer(
        modules=[words, Pooling(8)], prompts={"query": "query: ", "document": ""}, similarity_fn_name="dot"
    )
    model.save(str(folder / "model"))
    return folder / "model"


def test_another_model_keeps_its_own_configuration(small_transformer):
    """
    Prompts, length, dimension and normalisation are the model's own; what is too long for it is told.
    """
    other = load_encoder(str(small_transformer))

    assert other.dimension == 8
    assert other.fits("a b c")
    assert not other.fits("a b c d e f g h i j k l m n o p q")
    question, document = other.encode_query(["ab"])[0], other.encode_document(["ab"])[0]
    assert not np.allclose(question, document)  # the prompt stands before questions alone
    assert np.linalg.norm(document) != pytest.approx(1, abs=1e-3)  # it compares by inner product


def test_what_a_model_cannot_read_whole_is_cut_for_it(small_transformer, tmp_path):
    """
    A passage too long for the model becomes several of the same clause, which hold all of its words.
    """
    plan_ = plan()
    publish(tmp_path, [plan_], encoder=load_encoder(str(small_transformer)), sources=sources(plan_))

    index = Index.open(tmp_path, load_encoder=lambda: load_encoder(str(small_transformer)))
    for clause in plan_.clauses:
        name = eid(clause.path)
        pieces = [passage.text for passage in index.passages if passage.eid == name]
        assert " ".join(pieces).split() == clause.text.split()
    assert len(index.passages) > index.units
    assert search(index, "Sở Tài chính bố trí kinh phí hằng năm?")[0].passage.eid == "rom_II__num_1"
