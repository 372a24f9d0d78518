from collections import Counter
from dataclasses import replace
from itertools import product

import pytest

from indexer import folded_text
from indexer import terms as terms_module
from indexer.folded_text import FoldedText
from indexer.index import Index, publish
from indexer.named import called
from indexer.number_table import NumberTable, number_arrays
from indexer.records import Record, parse_record
from indexer.restore import Restorer
from indexer.store import Store
from indexer.summary import Summary, build_summary
from indexer.syllable_model import SyllableModel
from indexer.terms import TermReader, TermTable, terms
from indexer.title_table import TitleTable, title_arrays
from indexer.word_table import WordTable, pack_words, sort_words
from tests.fakes import FakeEncoder
from tests.indexer.samples import annex, plan, sources

TEXTS = ("Kế hoạch 12/KH-UBND về trồng sen", "Trồng sen, trồng lúa", "", "tối thiểu 12/2024/QĐ-TTg sen")


@pytest.fixture(scope="module")
def summary():
    return Summary(build_summary([plan(), annex()]))


def test_sorted_words_are_found_by_halving():
    """
    Every word is found at its place, others are not, and a prefix leads to all that begin with it.
    """
    words = sort_words(["sen", "đất", "đất đai", "lúa"])
    table = WordTable(pack_words(words))

    assert [table.find(word) for word in words] == [0, 1, 2, 3]
    assert table.find("se") is None
    assert "sen" in table
    assert 3 not in table
    assert [table[place].decode() for place in table.starting("đất")] == ["đất", "đất đai"]


@pytest.mark.parametrize("at_once", [1, 5, 1000])
def test_terms_are_counted_as_they_are_compared(monkeypatch, at_once):
    """
    Each term of the texts has its place and the texts that have it, however many are sorted at a time.
    """
    monkeypatch.setattr(terms_module, "_AT_ONCE", at_once)
    reader = TermReader()
    for text in TEXTS:
        reader.add(text)
    words, keys, begins, found = reader.table()
    table = TermTable(WordTable(words), keys)
    every = {term for text in TEXTS for term in terms(text)}

    assert len(reader) == len(TEXTS)
    assert len(table) == len(every)
    for term in every:
        place = table.place(term)
        assert found[begins[place] : begins[place + 1]].tolist() == [n for n, t in enumerate(TEXTS) if term in terms(t)]
    unknown = {" ".join(pair) for pair in product(("sen", "lua", "xyz", ""), repeat=2)} - every
    assert {table.place(term) for term in unknown} == {None}


def test_what_clauses_and_rows_have_is_counted(summary):
    """
    A term counts once a clause or row, in all of which it may stand.
    """
    units = [clause.text for clause in plan().clauses + annex().clauses]
    units += [" ".join(cell.text for cell in row.cells) for table in annex().tables for row in table.rows]
    counts = Counter(term for unit in units for term in set(terms(unit)))

    assert summary.frequencies.units == len(units)
    assert {term: summary.frequencies[term] for term in counts} == counts
    assert summary.frequencies["khong co"] == 0
    assert "khong co" not in summary.frequencies


def test_of_a_bad_scan_its_reading_is_counted():
    """
    What a clause was read as counts, not the letters that were recognised.
    """
    scanned = plan()
    first, *others = scanned.clauses
    read = replace(first, reading="Hợp tác xã dệt chiếu")
    frequencies = Summary(build_summary([replace(scanned, clauses=(read, *others))])).frequencies

    assert frequencies["det chieu"] == 1


def test_documents_are_found_by_what_they_are_called(summary):
    """
    A term of a document's kind, number, title or issuer leads to its place.
    """
    keys = summary.named.keys()
    for place, one in enumerate((plan(), annex())):
        for term in terms(called(one.document, keys)):
            assert place in summary.names.having(term)
    assert list(summary.documents) == ["ke-hoach", "phu-luc"]
    assert summary.documents[-2:] == ["ke-hoach", "phu-luc"]


def test_words_side_by_side_in_titles_are_found():
    """
    Three words of a title, and what goes on with them, lead to each title that has them, in order.
    """
    titles = ("Đề án Trung tâm dữ liệu", "", "Kế hoạch Trung tâm dữ liệu quốc gia", "Trung tâm")
    table = TitleTable(title_arrays(titles))

    assert list(table.runs(["trung", "tam", "du", "lieu", "quoc", "hoi"])) == [(0, 4), (2, 5)]
    assert list(table.runs(["trung", "tam", "du"])) == [(0, 3), (2, 3)]
    assert list(table.runs(["an", "trung", "tam"])) == [(0, 3)]
    assert list(table.runs(["gia", "trung", "tam"])) == []
    assert list(table.runs(["trung", "tam"])) == []


def test_numbers_are_found_plain_and_by_their_beginning():
    """
    A number is found however it is printed, with where each document names it first.
    """
    texts = ("Theo 12 /KH-UBND và 12/2024/NĐ-CP, 12/KH-UBND", "sửa 12/KH-UBND")
    table = NumberTable(number_arrays(texts))

    assert table["12/KH-UBND"] == "12/KH-UBND"
    assert table.get("13/KH-UBND") is None
    assert [plain for plain, _ in table.starting("12/")] == ["12/KH-UBND", "12/2024/ND-CP"]
    assert table.first_named("12/KH-UBND") == [(0, 5, 16), (1, 4, 14)]
    assert table.first_named("1/A") == []


@pytest.mark.parametrize("block", [4, 7, 1000])
def test_words_are_found_across_blocks(monkeypatch, block):
    """
    What stands anywhere in the folded text is found wherever a block ends; a phrase only where no word goes on.
    """
    monkeypatch.setattr(folded_text, "_BLOCK", block)
    text = FoldedText("ngay 11 thang 9 nam 1945, “1 thang 9 nam 2020” sen".encode())

    assert all(words in text for words in ("ngay 11", "nam 1945", "sen", "“1"))
    assert "nam 1946" not in text
    assert text.has_phrase("1 thang 9 nam 2020")
    assert not text.has_phrase("1 thang 9 nam 1945")
    assert not text.has_phrase("9 nam 194")


def test_diacritics_are_put_back_in_the_wording_of_the_texts():
    """
    What is stored restores as what is counted anew from the texts.
    """
    record = Record("a", "a.jsonl", "", "Bản thôn khuổi nặm ở xã. " * 30, "")
    stored = Summary(build_summary([parse_record(record)])).restorer
    anew = Restorer(SyllableModel.load(), [parse_record(record).document.text])

    assert stored.restore("thon khuoi nam") == anew.restore("thon khuoi nam") == "thôn khuổi nặm"


def test_the_summary_is_that_of_a_full_build(tmp_path):
    """
    Documents that are added, and others that are taken out, leave the bytes that building all anew gives.
    """
    for name, steps in {"one": [[plan()], [plan(), annex()], [annex()]], "two": [[annex()]]}.items():
        for parsed in steps:
            publish(tmp_path / name, parsed, encoder=FakeEncoder(), sources=sources(*parsed))
    one, two = (Index.open(tmp_path / name, encoder=FakeEncoder()).manifest.files for name in ("one", "two"))

    assert {name: one[name] for name in one if name.startswith(("summary", "folded"))} == {
        name: two[name] for name in two if name.startswith(("summary", "folded"))
    }


def test_an_index_is_opened_and_looked_up_without_reading_documents(tmp_path, monkeypatch):
    """
    What is known of all documents together is read from what was stored; a look-up reads the document that it leads to.
    """
    read = []
    documents = Store._read_documents  # noqa: SLF001 - what is counted
    monkeypatch.setattr(Store, "_read_documents", lambda *of: read.append(of[1:]) or documents(*of))
    parsed = [
        parse_record(Record(f"d{n}", "d.jsonl", f"Luật số {n}", f"Điều {n} nói về việc {n}.", "")) for n in range(30)
    ]
    publish(tmp_path, parsed, encoder=FakeEncoder(), sources={one.document.id: "0" * 64 for one in parsed})
    index = Index.open(tmp_path, encoder=FakeEncoder())
    summary = index.summary

    assert summary.frequencies["viec"] == 30
    assert "viec 7" in summary.folded
    assert summary.words.find("việc") is not None
    assert summary.restorer.restore("viec") == "việc"
    assert summary.named.own_numbers == {}
    assert read == []
    assert index.document(summary.documents[7]).id == "d7"
    assert read == [(7, 8)]
