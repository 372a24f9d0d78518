"""
The last check, by mutation: a figure, a date, a document number or an agency of an answer is changed, and the check must see it.

A change does not count where what it says is still true: rows that share the cited cell, or the section, may stand for one another.
"""

import json
import random
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from assistant.conversation import State
from assistant.service import Assistant
from assistant.types import Abstention, Answer, Status
from assistant.verify import Asked, without_lines
from indexer.relations import NUMBER, plain_number

QUESTIONS = Path(__file__).parents[2] / "eval" / "questions"
DATE = re.compile(r"(?<![\d/])\d{1,2}/(?:\d{1,2}/)?\d{4}(?![\d/])")
FIGURE = re.compile(r"(?<![\w/.,-])\d+(?:[.,]\d+)*%?(?![\w/-])")
MARK = re.compile(r"\[\d+\]")


def said(assistant, *questions):
    """The answer to the last of *questions*, and what the check was told of the question."""
    return checked(assistant, [(questions[:-1], questions[-1])])[-1]


def checked(assistant, items):
    """Every answer to *items*, a history and a question each, as it was built, with what the check was told."""
    found = []
    kept = assistant.verifier.faults

    def noting(answer, asked):
        found.append((answer, asked))
        return kept(answer, asked)

    assistant.verifier.faults = noting
    try:
        for history, question in items:
            state = State()
            for turn in history:
                _, state = assistant.ask(turn, state)
            assistant.ask(question, state)
    finally:
        del assistant.verifier.faults
    return found


def changed(reply, old, new):
    """*reply* with its first *old* become *new*."""
    assert old in reply.text
    return replace(reply, text=reply.text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("question", "old", "new", "wrong"),
    [
        ("Ai chủ trì nhiệm vụ 1 của Phụ lục I?", "Sở Khoa học và Công nghệ", "Sở Tài chính", "Sở Tài chính"),
        # an agency of the same row, in another column
        ("Ai chủ trì nhiệm vụ 2 của Phụ lục I?", "Văn phòng UBND tỉnh", "Sở Tài chính", "Sở Tài chính"),
        # the number of the row, which another row has
        ("Ai chủ trì nhiệm vụ 1 của Phụ lục I?", "Nhiệm vụ 1", "Nhiệm vụ 2", "2"),
        ("Nhiệm vụ 1 Phụ lục I hạn khi nào?", "6/2026", "9/2026", "9/2026"),
        ("Nhiệm vụ 2 Phụ lục I hạn khi nào?", "III/2026", "II/2026", "II/2026"),
        ("Kế hoạch của Sở Nông nghiệp ban hành ngày nào?", "05/03/2026", "06/03/2026", "06/03/2026"),
        # a date that its document has, too
        ("Kế hoạch của Sở Nông nghiệp thay thế kế hoạch nào?", "10/02/2025", "15/01/2026", "15/01/2026"),
        ("Kế hoạch của Sở Nông nghiệp thay thế kế hoạch nào?", "31/KH-SNN", "12/KH-UBND", "12/KH-UBND"),
        ("Kế hoạch của Sở Nông nghiệp hỗ trợ bao nhiêu phần trăm chi phí giống cho hộ nghèo?", "40%", "45%", "45%"),
        ("Liệt kê các nhiệm vụ do Sở Nội vụ chủ trì", ": 1 nhiệm vụ", ": 3 nhiệm vụ", "3"),
        ("Liệt kê các nhiệm vụ do Sở Nội vụ chủ trì", "1/4 nhiệm vụ", "2/4 nhiệm vụ", "2/4"),
        ("Liệt kê các nhiệm vụ do Sở Nội vụ chủ trì", "do Sở Nội vụ", "do Sở Tài chính", "Sở Tài chính"),
    ],
)
def test_what_is_changed_is_named(small, question, old, new, wrong):
    """
    A changed figure, date, document number, agency or count is named, though it stands elsewhere; the answer itself has no fault.
    """
    reply, asked = said(small, question)

    assert small.verifier.faults(reply, asked) == []
    assert wrong in [word for fault in small.verifier.faults(changed(reply, old, new), asked) for word in fault.words]


@pytest.mark.parametrize("new", ["Nhiệm vụ 01", "nhiệm vụ 1"])
def test_an_equal_form_is_no_fault(small, new):
    """
    Case and leading zeros change nothing.
    """
    reply, asked = said(small, "Ai chủ trì nhiệm vụ 1 của Phụ lục I?")

    assert small.verifier.faults(changed(reply, "Nhiệm vụ 1", new), asked) == []


@pytest.mark.parametrize("opening", ["", "“"])
def test_a_quoted_clause_may_begin_with_its_own_number(small, opening):
    """
    "(I.2): 2. Hỗ trợ …", in an English answer behind a quotation mark, is founded; the number of another clause is not.
    """
    reply, asked = said(small, "Kế hoạch của Sở Nông nghiệp hỗ trợ bao nhiêu phần trăm chi phí giống cho hộ nghèo?")
    quote = "2. Hỗ trợ 40% chi phí giống cho hộ nghèo"
    start = small.index.document(reply.citations[0].document).text.index(quote)
    cited = replace(reply.citations[0], quote=quote, start=start, end=start + len(quote))
    whole = replace(changed(reply, "): Hỗ trợ", f"): {opening}2. Hỗ trợ"), citations=(cited,))

    assert small.verifier.faults(whole, asked) == []
    assert [fault.words for fault in small.verifier.faults(changed(whole, "2. Hỗ", "3. Hỗ"), asked)] == [("3",)]


def test_what_was_asked_may_be_said_only_where_nothing_is_cited(small):
    """
    The agency of the question founds the head of a list, and nothing in a sentence that cites.
    """
    reply, asked = said(small, "Sở Tài chính có chủ trì nhiệm vụ 1 của Phụ lục I không?")
    wrong = changed(reply, "Sở Khoa học và Công nghệ", "Sở Tài chính")

    assert [fault.words for fault in small.verifier.faults(wrong, asked)] == [("Sở Tài chính",)]


def test_a_sentence_is_dropped_with_its_citation(small):
    """
    Of two sentences the founded one stays, its marks numbered anew; a list that lacks a line is no list.
    """
    first, _ = said(small, "Ai chủ trì nhiệm vụ 1 của Phụ lục I?")
    second, _ = said(small, "Ai chủ trì nhiệm vụ 2 của Phụ lục I?")
    both = replace(
        first,
        text=f"{first.text}\n{second.text.replace('[1]', '[2]')}",
        citations=(*first.citations, *second.citations),
    )
    rest = without_lines(both, [0])

    assert rest is not None
    assert (rest.text, rest.citations) == (second.text, second.citations)
    assert without_lines(both, [0, 1]) is None
    listed, _ = said(small, "Liệt kê các nhiệm vụ của Phụ lục I")
    assert [without_lines(listed, [number]) for number in range(listed.text.count("\n") + 1)] == [None] * 6


def test_an_answer_that_is_not_founded_becomes_an_abstention(small, monkeypatch):
    """
    Where nothing is left, the reply says that nothing was found, and the trace says what failed.
    """
    built = Assistant._reply  # noqa: SLF001 - what the check is there for

    def lying(self, query, understood):
        return changed(built(self, query, understood), "Sở Khoa học và Công nghệ", "Sở Tài chính")

    monkeypatch.setattr(Assistant, "_reply", lying)
    reply, _ = small.ask("Ai chủ trì nhiệm vụ 1 của Phụ lục I?")

    assert isinstance(reply, Abstention)
    assert reply.status is Status.NOT_FOUND
    assert reply.trace[-1] == "Bị loại khi kiểm tra vì không có trong căn cứ: Sở Tài chính"


SMALL = [
    "Ai chủ trì nhiệm vụ 1 của Phụ lục I?",
    "Nhiệm vụ 2 Phụ lục I hạn khi nào?",
    "Kế hoạch của Sở Nông nghiệp thay thế kế hoạch nào?",
    "Kế hoạch của Sở Nông nghiệp có số bao nhiêu?",
    "Mỗi xã có ít nhất bao nhiêu tổ công nghệ số cộng đồng?",
    "Liệt kê các nhiệm vụ của Phụ lục I",
]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=st.sampled_from(SMALL), place=st.integers(0, 40), figure=st.integers(0, 99_999))
def test_no_other_figure_is_founded(small, question, place, figure):
    """
    Whatever a figure of an answer is replaced by, it is a fault unless it is that figure.
    """
    reply, asked = said(small, question)
    places = list(re.finditer(r"(?<![\w\[/])\d+(?![\d\]])", reply.text))
    found = places[place % len(places)]
    assume(int(found.group()) != figure)
    wrong = replace(reply, text=reply.text[: found.start()] + str(figure) + reply.text[found.end() :])

    assert small.verifier.faults(wrong, asked)


@pytest.fixture(scope="module")
def answers(real):
    """Every answer to the questions of the repository, as it was built, with what the check was told."""
    items = []
    for file in sorted(QUESTIONS.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            items.append(([turn["question"] for turn in item.get("history") or []], item["question"]))
    return checked(real, items)


def test_no_answer_is_flagged(real, answers):
    """
    Not one answer to the question sets is withdrawn or shortened.
    """
    wrong = [(answer.text, faults) for answer, asked in answers if (faults := real.verifier.faults(answer, asked))]

    assert wrong == []
    assert len(answers) > 800


class Mutations:
    """Changes answers of *assistant* at random; the same *seed* gives the same changes."""

    def __init__(self, assistant, answers, seed):
        self.corpus = assistant.corpus
        self.answers = answers
        self.chance = random.Random(seed)  # noqa: S311 - an experiment, no secret
        self.keys = {a.name: a.key for a in self.corpus.agencies.values() if any(map(str.isalpha, a.key))}
        names = sorted(self.keys, key=len, reverse=True)
        self.patterns = {
            "agency": re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)"),
            "document": NUMBER,
            "date": DATE,
            "number": FIGURE,
        }
        self.numbers = sorted(self.corpus.numbers.values())

    def places(self, text):
        """Where the four kinds stand in *text*, marks and what is inside another left out."""
        taken = [match.span() for match in MARK.finditer(text)]
        found = {}
        for kind, pattern in self.patterns.items():
            spans = [match.span() for match in pattern.finditer(text)]
            found[kind] = [s for s in spans if not any(a < s[1] and s[0] < b for a, b in taken)]
            taken += found[kind]
        return found

    def other(self, answer, kind, old):
        """Another one of *kind*: one that stands in the answer, its citations or the question, or any other."""
        if self.chance.random() < 0.6:
            cited = (f"{c.quote} {c.text} {c.label} {c.number}" for c in answer.citations)
            near = self.patterns[kind].findall(MARK.sub(" ", " ".join([answer.text, answer.question, *cited])))
            if near:
                return self.chance.choice(near)
        if kind == "agency":
            return self.chance.choice(list(self.keys))
        if kind == "document" and self.chance.random() < 0.5:
            return self.chance.choice(self.numbers)
        place = self.chance.choice([i for i, letter in enumerate(old) if letter.isdecimal()])
        return old[:place] + self.chance.choice("0123456789") + old[place + 1 :]

    def same(self, kind, old, new):
        """Whether two forms say the same."""
        if kind == "agency":
            return self.keys[old] == self.keys[new]
        if kind == "document":
            return plain_number(old) == plain_number(new)
        return re.sub(r"(?<![\d.,])0+(?=\d)", "", old) == re.sub(r"(?<![\d.,])0+(?=\d)", "", new)

    def still_true(self, answer, span, new):
        """Whether the number of a row became that of one that stands in the same section, or has the same cell, that is cited."""
        before, behind = answer.text[: span[0]], answer.text[span[1] :]
        mark = MARK.search(behind)
        citation = answer.citations[int(mark.group()[1:-1]) - 1] if mark else None
        for at in self.corpus.rows:
            named = before.lower().endswith((f"{at.table.noun} ", "task ", "indicator "))
            if citation and named and at.table.document == citation.document and at.row.number == new.lstrip("0"):
                starts = {span.start for cell in at.row.cells for span in cell.spans}
                if citation.start in starts or (at.row.group and at.row.group.start == citation.start):
                    return True
        return False

    def __iter__(self):
        while True:
            answer, asked = self.chance.choice(self.answers)
            kind = self.chance.choice(list(self.patterns))
            spans = self.places(answer.text)[kind]
            if not spans:
                continue
            start, end = self.chance.choice(spans)
            old = answer.text[start:end]
            new = self.other(answer, kind, old)
            if not self.same(kind, old, new) and not self.still_true(answer, (start, end), new):
                yield replace(answer, text=answer.text[:start] + new + answer.text[end:]), asked, (kind, old, new)


def test_random_changes_are_caught(real, answers):
    """
    2,000 random changes of real answers are all caught, also those to what the answer or its citations have elsewhere.
    """
    missed = []
    for (wrong, asked, change), _ in zip(Mutations(real, answers, 57), range(2000), strict=False):
        if not real.verifier.faults(wrong, asked):
            missed.append((change, wrong.text[:200]))

    assert missed == []


def test_a_count_is_said_as_often_as_it_was_computed(small):
    """
    A count that was computed once is said once: the total cannot stand for the count.
    """
    reply, asked = said(small, "Liệt kê các nhiệm vụ do Sở Nội vụ chủ trì")
    wrong = changed(reply, ": 1 nhiệm vụ", ": 4 nhiệm vụ")

    assert isinstance(reply, Answer)
    assert small.verifier.faults(wrong, asked)
    assert small.verifier.faults(reply, Asked())  # nothing was asked: the agency of the head is not founded


def test_what_was_computed_must_be_said(small):
    """
    A figure of what is cited, the number of a row, cannot take the place of a count: each value that was computed has to be said.
    """
    reply, asked = said(small, "Phụ lục I có mấy nhiệm vụ?")

    assert small.verifier.faults(reply, asked) == []
    assert small.verifier.faults(replace(reply, computed=(*reply.computed, "7")), asked)
