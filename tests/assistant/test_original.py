"""A citation knows where its words stand in the original: page, boxes, how surely they were recognised, what is in doubt."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.__main__ import _show
from assistant.citing import folded_reading
from assistant.quizzes import quiz
from assistant.record import citation_record
from assistant.service import Assistant
from assistant.types import Answer
from indexer.catalogue import Entry
from indexer.index import Index, publish
from indexer.parse import parse_extracted
from indexer.types import Box, Document, Extracted, Page, Placed, Reading, Span, fold_white
from tests.assistant.small import FARMING, PROVINCE
from tests.fakes import FakeEncoder

LEFT, RIGHT, PITCH = 85.0, 510.0, 15.0
SURE, UNSURE = 0.93, 0.55


def printed(text: str, first: int) -> tuple[Placed, ...]:
    """Place every line of *text* on its page, one below the other; the first page is *first*."""
    placed, start = [], 0
    for number, page in enumerate(text.split("\f"), start=first):
        for row, line in enumerate(page.split("\n")):
            if line.strip():
                box = Box(number, LEFT, PITCH * row, RIGHT, PITCH * row + 12)
                placed.append(Placed(start, start + len(line), box))
            start += len(line) + 1
    return tuple(placed)


def paged(text: str, confidence: float | None) -> Extracted:
    """A file whose annex is on page 2, recognised with *confidence*; page 1 has its own text."""
    text = text.replace("PHỤ LỤC", "\fPHỤ LỤC", 1)
    cut = text.index("\f")
    second = Page(2, "ocr" if confidence else "text", confidence, cut + 1, len(text))
    return Extracted(text, (Page(1, "text", None, 0, cut), second), placed=printed(text, 1))


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    """Two files with pages, the annex of the first poorly recognised."""
    extracted = {
        "nong-thon-so": paged(PROVINCE.replace("(Có Phụ lục kèm theo).\n", ""), UNSURE),
        "trong-sen": paged(FARMING, SURE),
    }
    parsed = [parse_extracted(Entry(name, Path(f"{name}.pdf")), one) for name, one in extracted.items()]
    directory = tmp_path_factory.mktemp("paged") / "index"
    publish(directory, parsed, encoder=FakeEncoder(), sources=dict.fromkeys(extracted, "0" * 64))
    return Assistant(Index.open(directory, encoder=FakeEncoder()))


def ask(assistant, question):
    reply, _ = assistant.ask(question)
    assert isinstance(reply, Answer), reply.text
    return reply


@pytest.mark.parametrize(
    ("question", "words", "page", "confidence"),
    [
        # a cell, a clause, a metadata value, a date of the letterhead
        ("Ai chủ trì nhiệm vụ 3 Phụ lục I?", "Sở Nội vụ", 2, UNSURE),
        ("Ai chủ trì nhiệm vụ 2 Phụ lục II?", "Trung tâm Khuyến nông", 2, SURE),
        ("Hỗ trợ bao nhiêu chi phí giống cho hộ nghèo?", "40%", 1, None),
        ("Kế hoạch 45/KH-SNN do ai ký?", "Trần Văn Sen", 1, None),
        ("Kế hoạch 45/KH-SNN ban hành ngày nào?", "05 tháng 3 năm 2026", 1, None),
    ],
)
def test_a_citation_knows_its_place_in_the_original(assistant, question, words, page, confidence):
    """
    Every kind of citation has the page on which its words stand, a box for each of their lines, and how sure the page is.
    """
    citation = next(one for one in ask(assistant, question).citations if words in fold_white(one.quote))
    document = assistant.index.document(citation.document)
    lines = [line for line in citation.quote.split("\n") if line.strip()]

    assert (citation.page, citation.confidence) == (page, confidence)
    assert [box.page for box in citation.boxes] == [page] * len(lines)
    for line, box in zip(lines, citation.boxes, strict=True):
        row = document.text.split("\f")[page - 1].split("\n")
        assert line.strip() in row[round(box.top / PITCH)]
        whole = line.strip() == row[round(box.top / PITCH)].strip()
        assert (box.left == LEFT and box.right == RIGHT) == whole


def test_the_record_tells_the_place(assistant):
    """
    The record has the page, the boxes as plain lists and the confidence.
    """
    reply = ask(assistant, "Ai chủ trì nhiệm vụ 3 Phụ lục I?")
    record = citation_record(1, reply.citations[0])

    assert (record["page"], record["confidence"], record["doubts"]) == (2, UNSURE, [])
    ((page, left, top, right, bottom),) = record["boxes"]
    assert (page, left, right, bottom - top) == (2, LEFT, RIGHT, 12)


def test_a_file_without_pages_has_no_place(small):
    """
    Of a text file no page is known, though its text has one, and no box.
    """
    reply = ask(small, "Ai chủ trì nhiệm vụ 3 Phụ lục I?")

    assert {(one.page, one.boxes, one.confidence) for one in reply.citations} == {(None, (), None)}


def test_the_terminal_names_the_page(assistant, small, capsys):
    """
    ``ask`` prints the page behind the place, and below a page that is poorly recognised that it has to be compared.
    """
    _show(ask(assistant, "Ai chủ trì nhiệm vụ 3 Phụ lục I?"))
    unsure = capsys.readouterr().out
    _show(ask(assistant, "Ai chủ trì nhiệm vụ 2 Phụ lục II?"))
    sure = capsys.readouterr().out
    _show(ask(small, "Ai chủ trì nhiệm vụ 3 Phụ lục I?"))
    unpaged = capsys.readouterr().out

    assert re.search(r"\[1\] .* \| Phụ lục I, .*cột Cơ quan chủ trì, trang 2\n", unsure)
    assert "văn bản quét, độ tin cậy thấp, đề nghị đối chiếu bản gốc" in unsure
    assert "cột Cơ quan chủ trì, trang 2\n" in sure
    assert "độ tin cậy thấp" not in sure
    assert "trang" not in unpaged


def test_a_quiz_knows_the_place(assistant):
    """
    The cell or letterhead that proves the answer of a quiz has its page and its box.
    """
    questions = quiz(assistant.index, seed=1)

    assert questions
    assert {(one.citation.page, len(one.citation.boxes)) for one in questions} == {(1, 1), (2, 1)}


TEXT = "1. Muc dich cua ke hoech\nNang cao nhan thuc b, cong chirc"
READING = "1.  Mục đích của kế hoạch\nNâng cao nhận thức b, công chức"


def doubted(*words):
    return tuple(Span(READING.index(word), READING.index(word) + len(word)) for word in words)


@pytest.mark.parametrize(
    ("slice_of_text", "expected"),
    [
        (TEXT, ["hoạch", "b"]),
        # only the second line
        (TEXT.split("\n")[1], ["b"]),
        # one doubtful word alone
        ("hoech", ["hoạch"]),
        ("Muc dich cua", []),
    ],
)
def test_doubts_go_with_the_reading(slice_of_text, expected):
    """
    The doubts of a citation are slices of its own reading, whatever part of the document that is.
    """
    document = Document("d", "d.txt", TEXT, reading=READING, doubts=doubted("hoạch", "b"))
    start = TEXT.index(slice_of_text)
    reading, doubts = folded_reading(document, start, start + len(slice_of_text))

    assert len(reading.split()) == len(slice_of_text.split())
    assert "  " not in reading
    assert [reading[doubt.start : doubt.end] for doubt in doubts] == expected


def test_the_doubts_of_a_scan_reach_its_citations(tmp_path):
    """
    Asked about a bad scan, the answer's citation bears the reading of its clause and the doubtful words of that.
    """
    text = "KE HOACH\nI. MUC TIEU\n1. Mo rong dien tich trong sen len 350 ha b nam 2026.\n"
    read = "KẾ HOẠCH\nI. MỤC TIÊU\n1. Mở rộng diện tích trồng sen lên 350 ha b năm 2026.\n"
    place = read.index(" b ") + 1
    extracted = Extracted(text, (Page(1, "text", None, 0, len(text)),))
    parsed = parse_extracted(Entry("quet", tmp_path / "quet.txt"), extracted, Reading(read, (Span(place, place + 1),)))
    publish(tmp_path / "index", [parsed], encoder=FakeEncoder(), sources={"quet": "0" * 64})
    made = Assistant(Index.open(tmp_path / "index", encoder=FakeEncoder()))
    (citation, *_) = ask(made, "diện tích trồng sen lên bao nhiêu ha?").citations

    assert made.index.documents[0].doubts == (Span(place, place + 1),)
    assert [citation.reading[doubt.start : doubt.end] for doubt in citation.doubts] == ["b"]
    assert citation_record(1, citation)["doubts"] == [
        [citation.reading.index(" b ") + 1, citation.reading.index(" b ") + 2]
    ]


def test_a_page_and_doubts_must_fit(assistant):
    """
    A citation whose page is not that of its first box, or whose doubts lie behind its reading, cannot be built.
    """
    citation = ask(assistant, "Ai chủ trì nhiệm vụ 3 Phụ lục I?").citations[0]

    with pytest.raises(ValueError, match="page 2, not 1"):
        replace(citation, page=1)
    with pytest.raises(ValueError, match="slices of the reading"):
        replace(citation, doubts=(Span(0, 1),))
