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


def test_what_was_published_is_read_back(home):
    """
    An index gives the documents, clauses and tables that were published, and ``stored`` all of it.
    """
    build(home, plan(), annex())
    index = Index.open(home)

    assert index.documents == (plan().document, annex().document)
    assert index.document("phu-luc") == annex().document
    assert index.clauses("ke-hoach") == plan().clauses
    assert index.tables("phu-luc") == annex().tables
    assert index.clauses("phu-luc") == index.tables("ke-hoach") == ()
    assert stored(home) == [plan(), annex()]


def test_an_unknown_document_names_the_known_ones(home):
    """
    An id that is not there is refused with those that are, the most similar first.
    """
    build(home, plan("ke-hoach"), annex("phu-luc"))

    for ask in (Index.open(home).document, Index.open(home).clauses, Index.open(home).tables):
        with pytest.raises(UnknownDocumentError, match=r"'phu-lục'.*\n.*phu-luc, ke-hoach"):
            ask("phu-lục")


def test_the_model_is_loaded_at_the_first_search_by_meaning(home):
    """
    Registers and keywords need no model; it is loaded once, when a vector is asked for.
    """
    build(home, plan())
    loaded = []

    def load():
        loaded.append(FakeEncoder())
        return loaded[0]

    index = Index.open(home, load_encoder=load)
    index.keyword_scores("kinh phí")
    assert (index.clauses("ke-hoach"), loaded) == (plan().clauses, [])

    index.warm()
    scores = index.vector_scores("Sở Tài chính bố trí kinh phí hằng năm")
    assert len(loaded) == 1
    assert index.passages[int(np.argmax(scores))].eid == "rom_II__num_1"


def test_another_model_is_refused_with_both_names(home):
    """
    A model with other weights is refused: at open where it is given, else when it is loaded.
    """
    build(home, plan(), encoder=FakeEncoder("old"))
    message = r"built with model 'old'.*not 'new'(.|\n)*--model new\n(.|\n)*--model old"

    with pytest.raises(IndexMismatchError, match=message):
        Index.open(home, encoder=FakeEncoder("new"))
    index = Index.open(home, load_encoder=lambda: FakeEncoder("new"))
    with pytest.raises(IndexMismatchError, match=message):
        index.vector_scores("kinh phí")


def test_the_same_weights_that_give_other_vectors_are_refused(home):
    """
    A model of the same name and hash whose vectors are others now is caught by the canary sentences.
    """
    build(home, plan())

    with pytest.raises(IndexMismatchError, match=r"other vectors now.*cosine"):
        Index.open(home, encoder=FakeEncoder(turned=True)).vector_scores("kinh phí")


def test_another_segmenter_is_refused(home, monkeypatch):
    """
    An index whose words another version of pyvi found is refused with both names.
    """
    build(home, plan())
    monkeypatch.setattr(manifest, "segmenter", lambda: "pyvi 9.9")

    with pytest.raises(
        IndexMismatchError, match=r"'pyvi 0\.1\.1', installed is 'pyvi 9\.9'(.|\n)*python -m indexer build"
    ):
        Index.open(home)


def test_unchanged_passages_keep_their_vectors(home, tmp_path):
    """
    Adding a document embeds its passages alone, and the index is the same as one built at once.
    """
    build(home, plan())
    encoder = FakeEncoder()
    done = []
    build(home, *stored(home), annex(), encoder=encoder, progress=lambda *step: done.append(step))
    build(tmp_path / "at once", plan(), annex())

    canaries = len(manifest.CANARIES)
    assert encoder.encoded == 2 + canaries
    assert ("embed", 2, 2) in done
    assert Index.open(home).manifest == Index.open(tmp_path / "at once").manifest


def test_a_document_is_removed(home):
    """
    Publishing without a document removes it, down to an empty index that still opens and answers with nothing.
    """
    build(home, plan(), annex())
    build(home, *[one for one in stored(home) if one.document.id != "ke-hoach"])
    assert [document.id for document in Index.open(home).documents] == ["phu-luc"]

    build(home)
    index = Index.open(home, encoder=FakeEncoder())
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


def test_a_model_that_gives_no_numbers_is_refused(home):
    """
    Vectors that are not finite never reach the index.
    """

    class Broken(FakeEncoder):
        def encode_document(self, texts, /):
            return super().encode_document(texts) * np.float32("nan")

    with pytest.raises(StoreError, match="not finite"):
        build(home, plan(), encoder=Broken())


def test_many_threads_share_an_index(home):
    """
    Threads that ask at once, from a cold start, get the same answers as one alone.
    """
    from concurrent.futures import ThreadPoolExecutor

    build(home, *[replace(one, document=one.document) for one in (plan(), annex())])
    index = Index.open(home, load_encoder=FakeEncoder)

    def ask(_):
        return index.vector_scores("kinh phí").tolist(), index.keyword_scores("kinh phí").tolist(), index.parsed()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(32)))
    assert all(answer == answers[0] for answer in answers)
