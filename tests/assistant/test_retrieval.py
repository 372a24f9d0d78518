from itertools import pairwise

import pytest

from assistant.retrieval import search
from indexer.errors import UnknownDocumentError
from indexer.index import Index, publish
from indexer.path import eid
from indexer.ranking import QuestionReading
from indexer.types import StepKind
from tests.fakes import FakeEncoder
from tests.indexer.samples import annex, long_clause, plan, sources


@pytest.fixture
def index(tmp_path):
    parsed = [plan(), annex(), long_clause(250)]
    publish(tmp_path, parsed, encoder=FakeEncoder(), sources=sources(*parsed))
    return Index.open(tmp_path, encoder=FakeEncoder())


@pytest.mark.parametrize(
    ("question", "restored", "expected"),
    [
        ("Sở nào bố trí kinh phí hằng năm?", None, "rom_II__num_1"),
        # without diacritics, restored or not
        ("so nao bo tri kinh phi hang nam", "sở nào bố trí kinh phí hằng năm", "rom_II__num_1"),
        ("so nao bo tri kinh phi hang nam", None, "rom_II__num_1"),
        # half typed with diacritics
        ("sở nào bo tri kinh phi", "sở nào bố trí kinh phí", "rom_II__num_1"),
        # a merged or cut cell counts in its row
        ("Sở Khoa học và Công nghệ phủ sóng 5G tháng 6/2026", None, eid(annex().tables[0].rows[0].path)),
    ],
)
def test_the_right_place_comes_first(index, question, restored, expected):
    """
    A question finds its clause or row however it was typed.
    """
    assert search(index, question, readings=[QuestionReading(restored)] if restored else ())[0].passage.eid == expected


def test_a_wrong_reading_does_not_hide_the_right_place(index):
    """
    Keywords are compared without diacritics once a question was read, so that a place is found whose words were misread.
    """
    readings = [QuestionReading("bồ trị kính phi hạng nấm"), QuestionReading("bố trí kinh phí hằng năm", -3.0)]

    found = [hit.passage.eid for hit in search(index, "bo tri kinh phi hang nam", readings=readings[:1])]
    assert "rom_II__num_1" in found[:3]  # though not a word of the reading is right
    assert search(index, "bo tri kinh phi hang nam", readings=readings)[0].passage.eid == "rom_II__num_1"


def test_hits_are_ranked_places(index):
    """
    Ranks count from 1, scores never rise, and a clause in three pieces is one hit.
    """
    hits = search(index, "kinh phí chuyển đổi số, từ5 từ115 từ225")

    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert all(first.score >= second.score for first, second in pairwise(hits))
    places = [(hit.passage.document, hit.passage.eid) for hit in hits]
    assert len(set(places)) == len(places)
    assert ("dai", "rom_I") in places


def test_narrowing(index):
    """
    A search can be kept to some documents and to some kinds of place; an unknown document is refused.
    """
    question = "nhiệm vụ chuyển đổi số của Sở Tài chính"

    assert {hit.passage.document for hit in search(index, question, documents=["phu-luc"])} == {"phu-luc"}
    assert {hit.passage.kind for hit in search(index, question, kinds={StepKind.ROW})} == {StepKind.ROW}
    assert len(search(index, question, top_k=1)) == 1
    with pytest.raises(UnknownDocumentError):
        search(index, question, documents=["khác"])


@pytest.mark.parametrize("question", ["", "?!", "zzz qqq"])
def test_nothing_shared_is_no_hit(index, question):
    """
    A question that shares no word with the documents has no hits rather than arbitrary ones.
    """
    assert search(index, question) == []


def test_unmarked_questions_do_not_need_the_model(tmp_path):
    """
    A question without diacritics that nobody restored is not sent to the model at all.
    """
    publish(tmp_path, [plan()], encoder=FakeEncoder(), sources=sources(plan()))

    def load():
        raise AssertionError

    assert search(Index.open(tmp_path, load_encoder=load), "bo tri kinh phi")[0].passage.eid == "rom_II__num_1"


def test_equal_scores_keep_the_order_of_the_documents(tmp_path):
    """
    Two documents of the same words come in the order in which they were published, every time.
    """
    parsed = [plan("b"), plan("a")]
    publish(tmp_path, parsed, encoder=FakeEncoder(), sources=sources(*parsed))
    index = Index.open(tmp_path, encoder=FakeEncoder())

    runs = [[(hit.passage.document, hit.passage.eid) for hit in search(index, "bố trí kinh phí")] for _ in range(3)]
    assert runs[0][:2] == [("b", "rom_II__num_1"), ("a", "rom_II__num_1")]
    assert runs[0] == runs[1] == runs[2]
