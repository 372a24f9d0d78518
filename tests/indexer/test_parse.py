from pathlib import Path

import pytest

from indexer.catalogue import Entry, read_corpus
from indexer.inference import is_inferred
from indexer.parse import check_parsed, parse_file, parse_files, reading_between
from indexer.report import report_lines
from indexer.types import Box, Document, ParsedDocument, Placed
from tests.indexer.factories.pdfs import PdfMaker

CORPUS = Path(__file__).parents[2] / "corpus"


def test_a_broken_file_does_not_take_the_rest_down(tmp_path):
    """
    The files that can be read are read; the one that cannot is named with its reason.
    """
    (tmp_path / "tot.txt").write_text("I. MỤC TIÊU\nMột.\n", encoding="utf-8")
    (tmp_path / "hong.txt").write_bytes(b"\x00\x01")
    parsed, failures = parse_files([Entry("hong", tmp_path / "hong.txt"), Entry("tot", tmp_path / "tot.txt")])

    assert [one.document.id for one in parsed] == ["tot"]
    assert [failure.path.name for failure in failures] == ["hong.txt"]
    assert "byte 0 is 0" in failures[0].reason


def test_pages_are_divided_by_form_feeds(tmp_path):
    """
    Each form feed begins a page; the pages hold the whole text but for the form feeds.
    """
    path = tmp_path / "a.txt"
    path.write_text("Một.\fHai.\f", encoding="utf-8")
    parsed = parse_file(path)

    assert [parsed.document.text[page.start : page.end] for page in parsed.pages] == ["Một.", "Hai.", ""]
    assert [(page.page, page.source) for page in parsed.pages] == [(1, "text"), (2, "text"), (3, "text")]


def test_a_signature_is_reported(tmp_path):
    """
    The time stamp of a digital signature is no clause; the reader is told where it stands.
    """
    path = tmp_path / "a.txt"
    path.write_text("Một.\n\n2025-11-05T10:23:38+0700\n", encoding="utf-8")
    parsed = parse_file(path)

    assert [clause.text for clause in parsed.clauses] == ["Một."]
    assert [warning.where for warning in parsed.warnings] == ["offset 6"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [("hai ba", "hải bà"), ("mot", "một"), ("bon", "bốn"), ("i b", "hải bà")],
)
def test_reading_between(words, expected):
    """
    A part of the text has the same words of the reading, whole ones at its ends.
    """
    text, reading = "mot hai\nba bon", "một hải\nbà bốn"
    start = text.replace("\n", " ").index(words)

    assert " ".join(reading_between(text, reading, start, start + len(words)).split()) == expected


def test_the_corpus_is_read_whole():
    """
    The five documents are read without a failure, every cell from its own words.
    """
    entries, skipped = read_corpus(CORPUS)
    parsed, failures = parse_files(entries)

    assert (len(parsed), failures, skipped) == (5, [], [])
    for one in parsed:
        assert not [line for line in report_lines(one) if "KHÔNG KHỚP" in line]
        assert one.document.metadata.kind is not None
    # nothing is curated: the number and date that one file does not print come from a plan that cites it
    assert not any(entry.metadata for entry in entries)
    by_id = {one.document.id: one.document for one in parsed}
    number, issued_on = (getattr(by_id["ke-hoach-2273-ubnd-tinh"].metadata, name) for name in ("number", "issued_on"))
    assert (number.value, issued_on.value) == ("2273/KH-UBND", "2025-05-22")
    for stated in (number, issued_on):
        assert is_inferred(stated)
        proof = by_id[stated.document].text[stated.start : stated.end]
        assert proof == "Kế hoạch số 2273/KH-UBND, ngày 22/5/2025 của UBND tỉnh"
    damaged = [one for one in parsed if one.document.reading is not None]
    assert [one.document.id for one in damaged] == ["ke-hoach-546-van-phong-ubnd"]
    for clause in damaged[0].clauses:
        assert len(clause.reading.split()) == len(clause.text.split())
    text, reading = damaged[0].document.text, damaged[0].document.reading
    assert len(text.splitlines()) == len(reading.splitlines())
    # what stays in doubt are words of the reading, few and in order
    doubts = damaged[0].document.doubts
    assert 10 < len(doubts) < 0.05 * len(reading.split())
    assert list(doubts) == sorted(doubts, key=lambda doubt: doubt.start)
    assert not any(any(map(str.isspace, reading[doubt.start : doubt.end])) for doubt in doubts)
    assert not any(one.document.doubts for one in parsed if one not in damaged)


def test_printed_lines_come_back_from_the_child(tmp_path):
    """
    The places of a PDF's lines survive the child process: each is a slice of the text, on its page; a text file has none.
    """
    maker = PdfMaker().new_page().text(85, 100, "I. MUC TIEU").new_page().text(85, 200, "1. Trong sen.")
    paged = parse_file(maker.save(tmp_path / "a.pdf"))
    (tmp_path / "b.txt").write_text("I. MỤC TIÊU", encoding="utf-8")

    places = [(paged.document.text[line.start : line.end], line.box.page) for line in paged.placed]
    assert places == [("I. MUC TIEU", 1), ("1. Trong sen.", 2)]
    assert 195 < paged.placed[1].box.top < paged.placed[1].box.bottom < 220
    assert parse_file(tmp_path / "b.txt").placed == ()


@pytest.mark.parametrize("slices", [[(0, 99)], [(5, 9), (0, 4)], [(0, 5), (4, 9)], [(3, 3)]])
def test_printed_lines_that_do_not_fit_are_refused(slices):
    """
    Lines behind the end of the text, out of order, over each other or empty are a fault of the reader.
    """
    box = Box(1, 0, 0, 9, 9)
    placed = tuple(Placed(start, end, box) for start, end in slices)

    with pytest.raises(ValueError, match="printed line"):
        check_parsed(ParsedDocument(Document("d", "d.pdf", "I. MỤC TIÊU"), (), (), (), (), placed))
