"""Quizzes: drawn from the registers and letterheads of whatever corpus is loaded; what is right stands in the cited cell."""

from __future__ import annotations

import json

import pytest

from assistant.lessons import registers_of
from assistant.quiz_marking import is_right, learn_keys
from assistant.quiz_types import Form, Measure, QuizQuestion, question_from, question_record
from assistant.quizzes import quiz
from indexer.deadlines import parse_deadline
from indexer.types import Clause, Document, Metadata, Stated, Step, StepKind, fold_white
from indexer.vietnamese import fold
from tests.assistant.chat_fakes import PARTNERS, FakeIndex, corpus, register, stated

SEEDS = range(25)
CELLS = ("lead", "partners", "due", "deliverable")


def index_of(rows):
    """Return a corpus of one register with these rows."""
    text, table = register(rows)
    document = Document("phu-luc", "phu-luc.txt", text, Metadata(number=stated("15/KH-UBND")))
    return FakeIndex((document,), {}, {"phu-luc": (table,)})


def rows_of(*values):
    """Return rows of a register: lead and due of each, all other cells different."""
    return [
        (f"{n}.", f"Việc số {n} của kế hoạch", lead, PARTNERS, f"Báo cáo về việc số {n}", due)
        for n, (lead, due) in enumerate(values, 1)
    ]


MONTHS = rows_of(*((f"Sở {name}", f"Tháng {n}/2025") for n, name in enumerate(("Y tế", "Nội vụ", "Tài chính"), 7)))
MANY = rows_of(
    ("Sở Y tế", "Tháng 1/2026"),
    ("Sở Nội vụ", "Tháng 2/2026"),
    ("Sở Tài chính", "Quý I/2026"),
    ("Sở Y tế", "Tháng 3/2026"),
    ("Sở Xây dựng", "Tháng 8/2026"),
    ("Thanh tra tỉnh", "Tháng 9/2026"),
    ("Sở Y tế", "Hằng năm"),
)


def drawn(index, *, size=20, forms=(Form.CHOICE,)):
    return [question for seed in SEEDS for question in quiz(index, seed=seed, size=size, forms=forms)]


def test_a_seed_gives_one_quiz():
    """
    A number read out in a class gives everyone the same questions in the same order; another number gives others.
    """
    index = corpus()

    assert quiz(index, seed=7) == quiz(index, seed=7)
    assert len({quiz(index, seed=seed) for seed in SEEDS}) > len(SEEDS) / 2


def test_the_right_option_is_what_the_cited_cell_says():
    """
    Four options; that of a question about a cell is the words of the cited cell, and the others say something else.
    """
    index = corpus()
    questions = drawn(index)

    assert questions
    for question in questions:
        right = question.options[question.right]
        document = index.document(question.citation.document)
        assert len(set(question.options)) == 4
        if question.topic in CELLS:
            assert fold_white(document.text[question.citation.start : question.citation.end]) == right
            wrong = [fold(option) for i, option in enumerate(question.options) if i != question.right]
            assert not [option for option in wrong if option in fold(right) or fold(right) in option]


def test_there_are_several_kinds_of_questions():
    """
    A quiz goes through its topics in turn: a cell, which row, how many rows.
    """
    questions = quiz(index_of(MANY), seed=1, size=6)

    assert len({question.topic for question in questions}) >= 5
    assert {"lead", "which_lead", "count"} <= {question.topic for question in drawn(index_of(MANY))}


def test_a_blank_cell_is_never_asked_about():
    """
    A question is drawn from a cell with words, and no option is blank; no row is asked about twice.
    """
    for seed in SEEDS:
        questions = quiz(corpus(), seed=seed, size=9)
        assert all(option.strip() for question in questions for option in question.options)
        assert not [q for q in questions if "Nhiệm vụ 3," in q.text and "Thời gian hoàn thành" in q.citation.label]
        rows = [question.citation.text for question in questions]
        assert len(rows) == len(set(rows))


def test_a_register_of_one_value_gives_no_quiz():
    """
    Where no column has four values there is no question to ask, and a corpus without documents gives none.
    """
    same = [(f"{n}.", f"Việc số {n}", "Sở Y tế", PARTNERS, "Báo cáo", "Tháng 9/2025") for n in range(1, 6)]

    assert [one.topic for one in quiz(index_of(same), seed=1)] in ([], ["count"])
    assert quiz(FakeIndex(()), seed=1) == ()


def test_times_that_overlap_are_no_wrong_options():
    """
    "Quý I/2026" is no wrong option of what is due in March, nor the other way round; "hằng năm" stands beside days only.
    """
    for question in drawn(index_of(MANY)):
        if question.topic == "due":
            days = sorted(
                (time.first, time.last)
                for option in question.options
                if (time := parse_deadline(option)).first and time.last
            )
            right = parse_deadline(question.answer)
            for first, last in days:
                if right.dated and (first, last) != (right.first, right.last):
                    assert last < right.first or right.last < first


def test_rows_that_share_an_agency_are_no_wrong_options():
    """
    Of the rows to choose from only one is led by the agency in question.
    """
    index = index_of(MANY)
    leads = {row.number: row.cells[2].text for row in registers_of(index)[0].items}
    asked = [question for question in drawn(index) if question.topic == "which_lead"]

    assert asked
    for question in asked:
        numbers = [option.split(":")[0].removeprefix("Nhiệm vụ ") for option in question.options]
        lead = leads[numbers[question.right]]
        assert [leads[number] for number in numbers].count(lead) == 1
        assert lead in question.text


def test_a_group_is_no_option_beside_its_members():
    """
    "Các sở, ban, ngành" is neither right nor wrong beside "Sở Y tế": the two are never options of one question.
    """
    rows = [*MANY, ("8.", "Việc chung", "Các sở, ban, ngành", "Sở Y tế", "Kế hoạch chung", "Tháng 7/2026")]

    for question in drawn(index_of(rows)):
        if question.topic in ("lead", "partners", "which_lead"):
            groups = [option.startswith("Các sở") for option in question.options]
            assert all(groups) or not any(groups)
        assert question.topic != "count"


def test_a_count_is_proved_by_every_row():
    """
    How many tasks an agency leads is proved by all their cells, and no option is nought.
    """
    asked = [question for question in drawn(index_of(MANY)) if question.topic == "count"]

    assert asked
    for question in asked:
        assert question.answer == "3"
        assert [citation.quote for citation in question.citations] == ["Sở Y tế"] * 3
        assert "0" not in question.options


def test_a_hunt_takes_every_row_that_says_so():
    """
    The same result in two rows makes both places right; register and number of anything else are wrong.
    """
    rows = [*MANY[:3], ("4.", "Việc khác", "Sở Y tế", PARTNERS, MANY[0][4], "Tháng 5/2026")]
    index = index_of(rows)
    hunts = [question for question in drawn(index, forms=(Form.HUNT,)) if MANY[0][4] in question.text]

    assert hunts
    keys = learn_keys(index)
    for hunt in hunts:
        assert hunt.options == ("Phụ lục II, 15/KH-UBND",)
        assert is_right(hunt, "0|1", keys)
        assert is_right(hunt, "0|4.", keys)
        assert not is_right(hunt, "0|2", keys)
        assert not is_right(hunt, "1|1", keys)


def letter():
    """Return a plan without a register: its letterhead and headings."""
    head = "SỞ Y TẾ\nSố: 12/KH-SYT\nngày 05 tháng 3 năm 2026\n"
    text = head
    made = []
    for n, name in enumerate(
        ("Mục đích của kế hoạch", "Yêu cầu chung phải đạt", "Tổ chức thực hiện", "Kinh phí dành cho"), 1
    ):
        words = f"{n}. {name}\nNội dung {n}."
        made.append(Clause("a", (Step(StepKind.NUMBER, str(n)),), len(text), len(text) + len(words), words, name))
        text += words + "\n"
    text += "GIÁM ĐỐC\nTrần Văn Sen"

    def says(value, words):
        start = text.index(words)
        return Stated(value, "a", start, start + len(words))

    metadata = Metadata(
        number=says("12/KH-SYT", "12/KH-SYT"),
        issued_on=says("2026-03-05", "ngày 05 tháng 3 năm 2026"),
        issuer=says("Sở Y tế", "SỞ Y TẾ"),
        title=says("Kế hoạch chung", "kế hoạch"),
        kind=says("KH", "KH"),
        signer=says("Trần Văn Sen", "Trần Văn Sen"),
    )
    return FakeIndex((Document("a", "a.txt", text, metadata),), {"a": tuple(made)})


def test_a_document_without_registers_is_asked_about():
    """
    Its number, day, signer and headings are asked about, by choice or in words, each proved by the words of the document.
    """
    index = letter()
    topics = {question.topic for question in drawn(index)}
    typed = {question.topic: question for question in drawn(index, forms=(Form.TYPED,))}

    assert {"issued_on", "section"} <= topics
    assert {"number", "issued_on", "signer"} == set(typed)
    assert typed["signer"].citation.quote == "Trần Văn Sen"
    assert typed["issued_on"].answer == "05/03/2026"
    assert typed["number"].measure is Measure.NUMBER


def test_a_question_is_kept_as_it_is():
    """
    A question that was written down and read again is the same, but for its places on printed pages.
    """
    for form in Form:
        for question in (*quiz(index_of(MANY), seed=3, forms=(form,)), *quiz(letter(), seed=3, forms=(form,))):
            assert question_from(json.loads(json.dumps(question_record(question)))) == question


def test_a_question_that_cannot_be_marked_cannot_be_built():
    """
    Its right option must exist, a typed answer needs a measure, a hunt a place, and every question a proof.
    """
    proof = quiz(corpus(), seed=3)[0].citations
    with pytest.raises(ValueError, match="does not exist"):
        QuizQuestion("lead", "?", "a", proof, options=("a", "b"), right=2)
    with pytest.raises(ValueError, match="measure"):
        QuizQuestion("lead", "?", "a", proof, Form.TYPED)
    with pytest.raises(ValueError, match="hunt"):
        QuizQuestion("lead", "?", "a", proof, Form.HUNT)
    with pytest.raises(ValueError, match="proves"):
        QuizQuestion("lead", "?", "a", (), options=("a",), right=0)


@pytest.fixture(scope="module")
def asked_of_the_corpus(real):
    """Many questions of every form about the repository's corpus, each once."""
    keys = learn_keys(real.index)
    made = [
        question
        for form in Form
        for seed in range(6)
        for question in quiz(real.index, seed=seed, size=20, forms=(form,), keys=keys)
    ]
    return list({(question.text, question.options): question for question in made}.values())


def table_and_row(index, citation):
    return next(
        (table, row)
        for table in index.tables(citation.document)
        for row in table.items
        if row.start <= citation.start < row.end
    )


def test_over_the_real_corpus_right_is_right(real, asked_of_the_corpus):
    """
    Over the repository's corpus the right option, count or place is the one that the registers give.
    """
    index, keys = real.index, learn_keys(real.index)

    assert len(asked_of_the_corpus) > 60
    for question in asked_of_the_corpus:
        citation = question.citation
        assert index.document(citation.document).text[citation.start : citation.end] == citation.quote
        if question.form is Form.CHOICE:
            assert question.options[question.right] == question.answer
        if question.topic in CELLS:
            assert fold_white(citation.quote) == question.answer
        if question.topic == "count":
            table, row = table_and_row(index, citation)
            column = table.column("lead")
            key = keys.key(row.cells[column].text)
            led = [one for one in table.items if key in {agency.key for agency in keys.split(one.cells[column].text)}]
            assert str(len(led)) == question.answer
        for register_at, number in question.places:
            rows = [row for row in registers_of(index)[register_at].items if row.number == number]
            said = {fold(cell.text).strip(" .;") for row in rows for cell in row.cells}
            assert fold(fold_white(citation.quote)).strip(" .;") in said


def test_over_the_real_corpus_wrong_is_wrong(real, asked_of_the_corpus):
    """
    Over the repository's corpus no wrong option is right too: no shared agency, no time that overlaps, no other row with the value.
    """
    index, keys = real.index, learn_keys(real.index)
    for question in asked_of_the_corpus:
        if question.form is not Form.CHOICE:
            continue
        wrong = [option for option in question.options if option != question.answer]
        assert len(set(wrong)) == 3
        if question.topic in ("lead", "partners"):
            right = {agency.key for agency in keys.split(question.answer)}
            assert not [one for one in wrong if right & {agency.key for agency in keys.split(one)}]
        elif question.topic == "due":
            right = parse_deadline(question.answer)
            assert not [one for one in wrong if overlaps(right, parse_deadline(one))]
        elif question.topic.startswith("which_"):
            table, row = table_and_row(index, question.citation)
            column = table.column(question.topic.removeprefix("which_"))
            numbers = {one.split(":")[0].split()[-1] for one in wrong}
            assert len(numbers) == 3
            for other in table.items:
                if other.number in numbers:
                    assert fold(other.cells[column].text) != fold(row.cells[column].text)


def overlaps(one, other):
    if one.dated and other.dated:
        return not (one.last < other.first or other.last < one.first)
    return one.kind == other.kind
