from dataclasses import replace

import numpy as np
import pytest

from indexer import manifest
from indexer.errors import IndexMismatchError, StoreError, UnknownDocumentError
from indexer.index import Index, publish, stored
from tests.fakes import FakeEncoder
from tests.indexer.samples import annex, plan, sources


def build(directory, *parsed, encoder=None, progress=None):
    return publish(directory, parsed, encoder=encoder or FakeEncoder(), sources=sources(*parsed), progress=progress)


def test_what_was_published_is_read_back(tmp_path):
    """
    An index gives the documents, clauses and tables that were published, and ``stored`` all of it.
    """
    build(tmp_path, plan(), annex())
    index = Index.open(tmp_path)

    assert index.documents == (plan().document, annex().document)
    assert index.document("phu-luc") == annex().document
    assert index.clauses("ke-hoach") == plan().clauses
    assert index.tables("phu-luc") == annex().tables
    assert index.clauses("phu-luc") == index.tables("ke-hoach") == ()
    assert stored(tmp_path) == [plan(), annex()]


def test_an_unknown_document_names_the_known_ones(tmp_path):
    """
    An id that is not there is refused with those that are, the most similar first.
    """
    build(tmp_path, plan("ke-hoach"), annex("phu-luc"))

    for ask in (Index.open(tmp_path).document, Index.open(tmp_path).clauses, Index.open(tmp_path).tables):
        with pytest.raises(UnknownDocumentError, match=r"'phu-lục'.*\n.*phu-luc, ke-hoach"):
            ask("phu-lục")


def test_the_model_is_loaded_at_the_first_search_by_meaning(tmp_path):
    """
    Registers and keywords need no model; it is loaded once, when a vector is asked for.
    """
    build(tmp_path, plan())
    loaded = []

    def load():
        loaded.append(FakeEncoder())
        return loaded[0]

    index = Index.open(tmp_path, load_encoder=load)
    index.keyword_scores("kinh phí")
    assert (index.clauses("ke-hoach"), loaded) == (plan().clauses, [])

    index.warm()
    scores = index.vector_scores("Sở Tài chính bố trí kinh phí hằng năm")
    assert len(loaded) == 1
    assert index.passages[int(np.argmax(scores))].eid == "rom_II__num_1"


def test_another_model_is_refused_with_both_names(tmp_path):
    """
    A model with other weights is refused: at open where it is given, else when it is loaded.
    """
    build(tmp_path, plan(), encoder=FakeEncoder("old"))
    message = r"built with model 'old'.*not 'new'(.|\n)*--model new\n(.|\n)*--model old"

    with pytest.raises(IndexMismatchError, match=message):
        Index.open(tmp_path, encoder=FakeEncoder("new"))
    index = Index.open(tmp_path, load_encoder=lambda: FakeEncoder("new"))
    with pytest.raises(IndexMismatchError, match=message):
        index.vector_scores("kinh phí")


def test_the_same_weights_that_give_other_vectors_are_refused(tmp_path):
    """
    A model of the same name and hash whose vectors are others now is caught by the canary sentences.
    """
    build(tmp_path, plan())

    with pytest.raises(IndexMismatchError, match=r"other vectors now.*cosine"):
        Index.open(tmp_path, encoder=FakeEncoder(turned=True)).vector_scores("kinh phí")


def test_another_segmenter_is_refused(tmp_path, monkeypatch):
    """
    An index whose words another version of pyvi found is refused with both names.
    """
    build(tmp_path, plan())
    monkeypatch.setattr(manifest, "segmenter", lambda: "pyvi 9.9")

    with pytest.raises(
        IndexMismatchError, match=r"'pyvi 0\.1\.1', installed is 'pyvi 9\.9'(.|\n)*python -m indexer build"
    ):
        Index.open(tmp_path)


def test_unchanged_passages_keep_their_vectors(tmp_path):
    """
    Adding a document embeds its passages alone, and the index is the same as one built at once.
    """
    build(tmp_path / "a", plan())
    encoder = FakeEncoder()
    done = []
    build(tmp_path / "a", *stored(tmp_path / "a"), annex(), encoder=encoder, progress=lambda *step: done.append(step))
    build(tmp_path / "b", plan(), annex())

    canaries = len(manifest.CANARIES)
    assert encoder.encoded == 2 + canaries
    assert ("embed", 2, 2) in done
    assert Index.open(tmp_path / "a").manifest == Index.open(tmp_path / "b").manifest


def test_a_document_is_removed(tmp_path):
    """
    Publishing without a document removes it, down to an empty index that still opens and answers with nothing.
    """
    build(tmp_path, plan(), annex())
    build(tmp_path, *[one for one in stored(tmp_path) if one.document.id != "ke-hoach"])
    assert [document.id for document in Index.open(tmp_path).documents] == ["phu-luc"]

    build(tmp_path)
    index = Index.open(tmp_path, encoder=FakeEncoder())
    assert index.documents == index.passages == ()
    assert len(index.keyword_scores("kinh phí")) == len(index.vector_scores("kinh phí")) == 0


def test_sources_must_be_those_of_the_documents(tmp_path):
    """
    A document without a source hash, and two documents of one id, are refused before anything is written.
    """
    with pytest.raises(ValueError, match="one source a document"):
        publish(tmp_path, [plan()], encoder=FakeEncoder(), sources={})
    with pytest.raises(ValueError, match="one source a document"):
        build(tmp_path, plan(), plan())
    assert not list(tmp_path.iterdir())


def test_a_model_that_gives_no_numbers_is_refused(tmp_path):
    """
    Vectors that are not finite never reach the index.
    """

    class Broken(FakeEncoder):
        def encode_document(self, texts, /):
            return super().encode_document(texts) * np.float32("nan")

    with pytest.raises(StoreError, match="not finite"):
        build(tmp_path, plan(), encoder=Broken())


def test_many_threads_share_an_index(tmp_path):
    """
    Threads that ask at once, from a cold start, get the same answers as one alone.
    """
    from concurrent.futures import ThreadPoolExecutor

    build(tmp_path, *[replace(one, document=one.document) for one in (plan(), annex())])
    index = Index.open(tmp_path, load_encoder=FakeEncoder)

    def ask(_):
        return index.vector_scores("kinh phí").tolist(), index.keyword_scores("kinh phí").tolist(), index.parsed()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(32)))
    assert all(answer == answers[0] for answer in answers)
