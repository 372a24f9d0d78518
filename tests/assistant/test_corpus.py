import pytest

from assistant.citing import Citer
from assistant.corpus import subject_column
from indexer.terms import terms
from indexer.types import StepKind


@pytest.fixture
def corpus(small):
    """The small corpus."""
    return small.corpus


def row(corpus, number, *, document="nong-thon-so"):
    """The row of that number."""
    return next(at for at in corpus.rows if at.table.document == document and at.row.number == number)


def test_what_is_known_is_read_from_the_corpus(corpus):
    """
    Agencies, issuers, nouns, document numbers and the province's own name come from the documents.
    """
    assert corpus.nouns == ("nhiệm vụ",)
    assert len(corpus.rows) == 6
    assert {"so noi vu", "chi cuc trong trot", "ubnd tinh", "so nong nghiep"} <= set(corpus.agencies)
    assert {key: [one.id for one in documents] for key, documents in corpus.issuers.items()} == {
        "ubnd tinh": ["nong-thon-so"],
        "so nong nghiep": ["trong-sen"],
    }
    assert {"45/KH-SNN", "12/KH-UBND", "31/KH-SNN"} <= set(corpus.numbers.values())


def test_rare_words_weigh_more(corpus):
    """
    A word weighs the more the fewer clauses and rows have it; an unknown one weighs most, and weights lie in [0, 1].
    """
    common, rare, unknown = corpus.weight("nhiem"), corpus.weight("tuoi"), corpus.weight("zzz")

    assert 0 <= corpus.weight("so") < rare < unknown == 1
    assert common <= unknown
    assert corpus.knows("tuoi")
    assert not corpus.knows("zzz")


def test_terms_are_folded_syllables_and_pairs():
    """
    Texts are compared by folded syllables and their neighbours; a document number also by its figure.
    """
    assert terms("Trồng sen") == ("trong", "sen", "trong sen")
    assert "45" in terms("Kế hoạch 45/KH-SNN")
    assert terms("") == ()


def test_a_place_is_found_by_its_offset(corpus):
    """
    An offset leads to the clause or the row that holds it, and to nothing between them.
    """
    at = row(corpus, "3")
    clause = corpus.index.clauses("trong-sen")[-1]

    assert corpus.row_at("nong-thon-so", at.row.start) == at
    assert corpus.row_at("trong-sen", 0) is None
    assert corpus.clause_at("trong-sen", clause.start) == clause
    assert corpus.clause_at("trong-sen", 10**9) is None


def test_recipients_and_signatures_say_nothing(corpus):
    """
    Clauses to be searched leave out who gets a document and who signed it.
    """
    kinds = {clause.path[0].kind for _, clause in corpus.body_clauses(corpus.documents)}

    assert StepKind.RECIPIENTS not in kinds
    assert StepKind.SIGNATURE not in kinds
    assert StepKind.ROMAN in kinds


def test_the_place_of_an_issuer_stands_in_its_name_or_over_it(corpus):
    """
    "SỞ NÔNG NGHIỆP" belongs to the province that is printed over it.
    """
    assert [corpus.place_of(corpus.index.document(name)) for name in ("trong-sen", "nong-thon-so")] == ["hoa sen"] * 2


def test_the_same_place_has_one_number(corpus):
    """
    Citing a cell twice gives its first mark again; another cell gets the next.
    """
    citer, at = Citer(corpus), row(corpus, "3")
    lead, due = at.table.column("lead"), at.table.column("due")

    assert [citer.cell(at, lead), citer.cell(at, due), citer.cell(at, lead)] == ["[1]", "[2]", "[1]"]
    assert [citation.quote for citation in citer.citations] == ["Sở Nội vụ", "Thường xuyên"]
    assert citer.citations[0].label == "Phụ lục I, mục II, nhiệm vụ 3, cột Cơ quan chủ trì"
    assert "Bồi dưỡng tổ công nghệ số cộng đồng" in citer.citations[0].text


def test_white_space_at_the_ends_is_not_quoted(corpus):
    """
    A quote begins and ends with a word, whatever slice is cited; a slice outside of every clause is its own unit.
    """
    citer = Citer(corpus)
    text = corpus.index.document("trong-sen").text
    start = text.index("Số: 45/KH-SNN") - 1

    citer.place("trong-sen", start, start + len("Số: 45/KH-SNN") + 2)
    (citation,) = citer.citations
    assert citation.quote == "Số: 45/KH-SNN"
    assert text[citation.start : citation.end] == citation.quote


def test_the_subject_of_a_row_is_its_content(corpus):
    """
    What a row is about stands in the column of tasks, not in that of numbers.
    """
    assert {table.columns[subject_column(table)].role for table in corpus.tables} == {"content"}
