"""A document as HTML: what is cited is marked by its offsets, and nothing in a document can act."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from assistant.chat.desk import Desk
from assistant.chat.strings import load_strings
from assistant.chat.viewer import render_document
from indexer.types import Cell, Clause, Column, Document, Metadata, Row, Span, Step, StepKind, Table, fold_white
from tests.assistant.chat_fakes import FakeAssistant, FakeIndex, stated


@pytest.fixture
def desk():
    return Desk.over(FakeAssistant(), load_strings("vi"))


def opened(desk, question):
    """Return the answer to *question* and the HTML of its first cited place."""
    reply = desk.answered(desk.asked(question, ()))[-1].reply
    return reply, desk.cited(reply.citations[0])


def marked_words(html):
    return fold_white(
        " ".join(re.sub("<[^>]+>", "", words) for words in re.findall(r"<mark[^>]*>(.*?)</mark>", html, re.DOTALL))
    )


def test_the_cited_cell_is_marked(desk):
    """
    A citation of a cell marks that cell of the drawn table and no other, by offsets.
    """
    reply, html = opened(desk, "ai chủ trì nhiệm vụ 9?")

    assert html.count("hvb-cited") == 1
    assert fold_white(reply.citations[0].quote) == marked_words(html)
    assert 'id="cited"' in html


def test_a_document_cannot_act(desk):
    """
    Tags in a document's text are shown as text.
    """
    index = desk.assistant.index
    for document in index.documents:
        html = render_document(
            document, index.clauses(document.id), index.tables(document.id), strings=desk.strings, cited=Span(0, 1)
        )
        assert "<script" not in html
    assert any("&lt;script&gt;" in desk.place({"document": document.id}) for document in index.documents)


@pytest.mark.parametrize(
    "data",
    [
        {},  # nothing is named
        {"document": "none"},  # an unknown document
        {"document": "phu-luc", "start": "5", "end": "99999999"},  # offsets outside of it
        {"document": "phu-luc", "start": "x", "end": "y"},  # no numbers
        {"document": "phu-luc", "start": "9", "end": "3"},  # the wrong way round
    ],
)
def test_a_place_that_is_none_gives_a_sentence(desk, data):
    """
    What the browser sends is checked: a place that there is not gives a sentence and the list of documents.
    """
    html = desk.place(data)

    assert desk.strings("error.place") in html
    assert "hvb-shelf" in html


def test_a_question_cannot_act(desk):
    """
    Tags in a question are shown as text in the conversation.
    """
    from assistant.chat.conversation import render_conversation

    turns = desk.answered(desk.asked("<img src=x onerror=alert(1)>", ()))
    html = render_conversation(turns, examples=(), strings=desk.strings)

    assert "<img" not in html


@dataclass(frozen=True)
class Sheet:
    """A text in which cells are found by their words."""

    text: str

    def cell(self, *parts, merged=False):
        """Return the cell that is printed in these parts."""
        spans = tuple(Span(self.text.index(part), self.text.index(part) + len(part)) for part in parts)
        return Cell(fold_white(" ".join(parts)), spans, merged)

    def draw(self, cited, *rows):
        """Return a document of one table with these rows as HTML."""
        built = []
        for number, cells in enumerate(rows, 1):
            path = (Step(StepKind.APPENDIX, "I"), Step(StepKind.ROW, str(number), "nhiệm vụ"))
            built.append(Row(str(number), cells, 0, len(self.text), path))
        columns = (Column("TT", "order"), Column("Nội dung", "content"), Column("Ghi chú", "note"))
        table = Table("d", (Step(StepKind.APPENDIX, "I"),), "Bảng", columns, tuple(built), 0, len(self.text))
        document = Document("d", "d.txt", self.text)
        return render_document(document, (), (table,), strings=load_strings("vi"), cited=cited)


def cells_marked(html):
    """Return the words of the table cells that are marked as cited."""
    found = re.findall(r'<td[^>]*class="hvb-cited"[^>]*>(.*?)</td>', html, re.DOTALL)
    return [fold_white(re.sub("<[^>]+>", "", words)) for words in found]


def test_a_cell_cut_by_a_page_end_is_marked_in_all_its_pieces():
    """
    A cell in two pieces is drawn as one, both pieces marked; the cell printed between them is not marked.
    """
    sheet = Sheet("1 Rà soát hệ\nTheo Thông báo\nthống tin học\n2 Tập huấn\nKhông")
    first = sheet.cell("Rà soát hệ", "thống tin học")
    rows = (
        (sheet.cell("1"), first, sheet.cell("Theo Thông báo")),
        (sheet.cell("2"), sheet.cell("Tập huấn"), sheet.cell("Không")),
    )

    html = sheet.draw(Span(first.spans[0].start, first.spans[-1].end), *rows)

    assert cells_marked(html) == ["Rà soát hệ thống tin học"]
    assert marked_words(html) == "Rà soát hệ thống tin học"
    assert html.count('id="cited"') == 1


def test_a_merged_cell_is_drawn_once():
    """
    Words printed once for three rows stand in one tall cell, and one cell is marked where they are cited.
    """
    sheet = Sheet("1 Một\nDùng chung\n2 Hai\n3 Ba")
    note = sheet.cell("Dùng chung", merged=True)
    rows = [(sheet.cell(number), sheet.cell(name), note) for number, name in (("1", "Một"), ("2", "Hai"), ("3", "Ba"))]

    html = sheet.draw(note.spans[0], *rows)

    assert cells_marked(html) == ["Dùng chung"]
    assert html.count("Dùng chung") == 1
    assert 'rowspan="3"' in html


def test_the_same_words_elsewhere_are_not_marked():
    """
    The place is found by its offsets: a second cell with the very same words stays unmarked.
    """
    sheet = Sheet("1 Một\nSở Y tế\n2 Hai\nSở Y tế")
    again = sheet.text.rindex("Sở Y tế")
    second = Cell("Sở Y tế", (Span(again, again + 7),))
    rows = ((sheet.cell("1"), sheet.cell("Một"), sheet.cell("Sở Y tế")), (sheet.cell("2"), sheet.cell("Hai"), second))

    html = sheet.draw(second.spans[0], *rows)

    assert cells_marked(html) == ["Sở Y tế"]
    assert html.index("hvb-cited") > html.index("Hai")


def test_a_blank_cell_is_drawn_blank():
    """
    A blank cell is a cell of its own look, so that a class can find it.
    """
    sheet = Sheet("1 Một")

    assert '<td class="hvb-blank"></td>' in sheet.draw(None, (sheet.cell("1"), sheet.cell("Một"), Cell("")))


def test_a_bad_scan_shows_its_reading_beside_its_words(desk):
    """
    Of a bad scan the reading stands above the words of the file; a citation marks both; a notice says which is which.
    """
    document = desk.assistant.index.document("quet")
    start = document.text.index("Nang cao")

    html = desk.place({"document": "quet", "start": start, "end": start + len("Nang cao nhan thuc"), "place": "1"})

    assert desk.strings("viewer.scan") in html
    assert marked_words(html) == "Nâng cao nhận thức Nang cao nhan thuc"


def test_a_heading_of_a_bad_scan_is_a_heading():
    """
    A heading that only the reading spells right is still drawn as a heading, with as many words of the file below it.
    """
    text, reading = "Il. MUC TIEU\nDen nam 2030", "II. MỤC TIÊU\nĐến năm 2030"
    clause = Clause("d", (Step(StepKind.ROMAN, "II"),), 0, len(text), text, "MỤC TIÊU", reading)

    html = render_document(Document("d", "d.txt", text, reading=reading), (clause,), (), strings=load_strings("vi"))

    heading = re.search(r"<h3[^>]*>(.*?)</h3>", html, re.DOTALL)[1]
    assert "II. MỤC TIÊU" in heading
    assert "Il. MUC TIEU" in heading
    assert "2030" not in heading


def test_a_place_outside_of_every_clause_is_still_shown():
    """
    Every citation marks something: words that no clause holds are marked where they stand in the text.
    """
    document = Document("d", "d.txt", "Số: 12/KH-UBND\n\nKẾ HOẠCH")

    html = render_document(document, (), (), strings=load_strings("vi"), cited=Span(4, 14))

    assert marked_words(html) == "12/KH-UBND"


def test_a_document_without_a_number_is_called_by_its_issuer():
    """
    The list of documents names kind and issuer where no number is printed, never the name of a file alone.
    """

    class Shelf:
        index = FakeIndex((Document("tep-1", "tep-1.txt", "x", Metadata(kind=stated("KH"), issuer=stated("Sở Y tế"))),))

    shelf = Desk.over(Shelf(), load_strings("vi")).shelf()

    assert ">Kế hoạch của Sở Y tế</button>" in shelf


def test_an_unexpected_failure_is_logged_and_said(desk, caplog):
    """
    Where the assistant fails unexpectedly, the log has the traceback and the screen a courteous sentence.
    """
    turn = desk.answered(desk.asked("hỏng", ()))[-1]

    assert desk.strings("error.failed") == turn.error
    assert "Traceback" in caplog.text


def test_doubtful_words_of_a_scan_are_underlined():
    """
    Doubtful words of the reading are underlined, inside the marked words too, with a legend above; the words of the file are not.
    """
    text, reading = "Nang cao nhan thuc\nk¥ nang so", "Nâng cao nhận thức\nk¥ năng sổ"
    doubts = tuple(Span(reading.index(word), reading.index(word) + len(word)) for word in ("nhận", "k¥", "sổ"))
    clause = Clause("d", (Step(StepKind.ROMAN, "I"),), 0, len(text), text, None, reading)
    strings = load_strings("vi")
    html = render_document(
        Document("d", "d.txt", text, reading=reading, doubts=doubts), (clause,), (), strings=strings, cited=Span(5, 21)
    )
    found = re.findall(r'<span class="hvb-doubt" title="từ đọc chưa chắc chắn">([^<]*)</span>', html)

    assert found == [strings("viewer.doubt_sample"), "nhận", "k¥", "sổ"]
    assert strings("viewer.doubt_legend", count=3) in html
    assert marked_words(html) == "cao nhận thức k¥ cao nhan thuc k¥"
    assert fold_white(re.sub("<[^>]+>", "", html)).endswith(
        "Nâng cao nhận thức k¥ năng sổChữ trong tệp: Nang cao nhan thuc k¥ nang so"
    )


def test_a_scan_without_doubts_has_no_legend(desk):
    """
    Where no word of a reading is in doubt nothing is underlined and no legend is shown.
    """
    assert "hvb-doubt" not in desk.place({"document": "quet"})
