"""The conversation as HTML: lines, citations that can be pressed, what was understood, choices, errors."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from assistant.chat.conversation import Turn, begun, plain_text, render_conversation
from assistant.chat.desk import Desk
from assistant.chat.strings import load_strings
from assistant.types import Abstention, Answer, Status
from indexer.types import Span
from tests.assistant.chat_fakes import FakeAssistant

STRINGS = load_strings("vi")


@pytest.fixture
def desk():
    return Desk.over(FakeAssistant(), STRINGS)


def shown(desk, *turns):
    return render_conversation(turns, examples=desk.examples(), strings=desk.strings)


def answer(desk, text):
    """Return an answer with *text* and the two citations of task 9."""
    reply, _ = desk.assistant.ask("nhiệm vụ 9?")
    return Answer(reply.question, reply.understood, text, reply.citations)


def buttons(html):
    return re.findall(r'<button type="button"[^>]*>([^<]*)</button>', html)


def test_a_list_shows_a_line_a_row(desk):
    """
    Every line of an answer is a paragraph of its own; a line that opens with a dash is one of a list.
    """
    html = shown(
        desk, Turn("nhiệm vụ 9?", answer(desk, "2 nhiệm vụ:\n- Nhiệm vụ 8 [1]\n- Nhiệm vụ 9 [2]\n2/5 nhiệm vụ."))
    )

    assert len(re.findall(r"<p[^>]*>(?:2 nhiệm|- Nhiệm|2/5)", html)) == 4
    assert html.count('<p class="hvb-item">- Nhiệm vụ') == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sở Y tế [1], tháng 9 [2].", ["[1]", "[2]"]),
        # no citation bears these numbers: they stay text
        ("Sở Y tế [1], theo [3] và [0].", ["[1]"]),
        ("Không có số nào.", []),
    ],
)
def test_a_citation_is_a_button(desk, text, expected):
    """
    Each "[n]" that has a citation is a real button that a keyboard reaches and that says which place it opens.
    """
    html = shown(desk, Turn("nhiệm vụ 9?", answer(desk, text)))
    inside = html.split('<ul class="hvb-citations">')[0]

    assert buttons(inside) == expected
    assert inside.count("Phụ lục II, mục III, nhiệm vụ 9") >= len(expected)


def test_a_citation_names_document_place_and_words(desk):
    """
    Under the answer stand the document as officials call it, the place in words and the quoted words on one line.
    """
    html = shown(desk, Turn("nhiệm vụ 9?", answer(desk, "Sở Khoa học và Công nghệ [1].")))

    assert "Văn bản 15/KH-UBND" in html
    assert "cột Cơ quan chủ trì" in html
    assert "Sở Khoa học và Công nghệ</q>" in html


def test_what_was_understood_can_be_taken_back(desk):
    """
    A changed question is shown with a button; an unchanged one is not; asked again, it says that it was asked as typed.
    """
    changed = desk.answered(desk.asked("nv 9", ()))
    again = desk.answered(desk.taken_back(0, changed))

    assert STRINGS("conversation.take_back") in shown(desk, *changed)
    assert STRINGS("conversation.take_back") not in shown(desk, *desk.answered(desk.asked("nhiệm vụ 9", ())))
    assert desk.assistant.heard == [("nv 9", False), ("nv 9", True), ("nhiệm vụ 9", False)]
    assert STRINGS("conversation.literal") in shown(desk, *again)


def test_choices_are_buttons(desk):
    """
    Where a question is ambiguous, each clear question is a button that asks it.
    """
    html = shown(desk, *desk.answered(desk.asked("ai chủ trì?", ())))

    assert STRINGS("status.ambiguous") in html
    assert 'data-event="submit" data-question="ai chủ trì nhiệm vụ 8?"' in html
    assert buttons(html)[:2] == ["ai chủ trì nhiệm vụ 8?", "ai chủ trì nhiệm vụ 9?"]


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.ANSWERED])
def test_a_refusal_says_its_kind(desk, status):
    """
    Each way of not answering has its own heading before its sentence.
    """
    html = shown(desk, Turn("?", Abstention(status, "?", "?", "Không có nhiệm vụ 99.")))

    assert STRINGS(f"status.{status}") in html
    assert "Không có nhiệm vụ 99." in html
    assert f"hvb-{status}" in html


def test_an_empty_question_gets_its_sentence_alone(desk):
    """
    The sentence about an empty question stands without an empty heading above it, and the next question works.
    """
    turns = desk.answered(desk.asked("  ", ()))
    after = desk.answered(desk.asked("nhiệm vụ 9?", turns))

    assert "đang để trống" in shown(desk, *turns)
    assert "hvb-question" not in shown(desk, *turns)
    assert after[-1].reply.status is Status.ANSWERED


def test_a_question_in_work_says_so(desk):
    """
    Until the answer is there, the question stands with a line that asks to wait.
    """
    assert STRINGS("toast.asking") in shown(desk, *desk.asked("nhiệm vụ 9?", ()))


def test_words_of_a_document_cannot_act_in_an_answer(desk):
    """
    Tags in an answer, a quote, a label or a choice are shown as text.
    """
    reply, _ = desk.assistant.ask("nhiệm vụ 9?")
    evil = '"><img src=x onerror=alert(1)>'
    citation = replace(
        reply.citations[0], label=evil, quote=evil, text=evil, end=reply.citations[0].start + len(evil), reading=evil
    )
    turns = (
        Turn(evil, Answer(evil, evil, f"{evil} [1]", (citation,))),
        Turn(evil, Abstention(Status.AMBIGUOUS, evil, f"x{evil}", evil, (), (evil,))),
        Turn(evil, error=evil),
    )
    html = shown(desk, *turns)

    assert "<img" not in html
    assert '"">' not in html


def test_both_languages_have_the_same_strings():
    """
    No screen string is missing in one of the languages, and both fill in the same fields.
    """
    vietnamese, english = load_strings("vi"), load_strings("en")

    def fields(strings):
        return {key: sorted(re.findall(r"{\w+}", text)) for key, text in strings.words.items()}

    assert fields(vietnamese) == fields(english)


def cited(desk, **changes):
    """Return the conversation after one answer whose first citation has *changes*."""
    reply, _ = desk.assistant.ask("nhiệm vụ 9?")
    return shown(
        desk, Turn("nhiệm vụ 9?", replace(reply, citations=(replace(reply.citations[0], **changes),), text="A [1]."))
    )


@pytest.mark.parametrize(
    ("page", "confidence", "place", "caution"),
    [
        (3, None, "cột Cơ quan chủ trì, trang 3: ", False),
        (3, 0.93, "cột Cơ quan chủ trì, trang 3: ", False),
        (3, 0.699, "cột Cơ quan chủ trì, trang 3: ", True),
        # a file without pages
        (None, None, "cột Cơ quan chủ trì: ", False),
    ],
)
def test_a_citation_names_its_page(desk, page, confidence, place, caution):
    """
    Behind the place stands the page of the original where it is known; a page poorly recognised asks to be compared.
    """
    html = cited(desk, page=page, confidence=confidence)

    assert place in html
    assert (STRINGS("conversation.low_confidence") in html) is caution


def doubted(html):
    return re.findall(r'<span class="hvb-doubt" title="([^"]*)">([^<]*)</span>', html)


def test_doubtful_words_of_a_reading_are_underlined(desk):
    """
    The doubtful words of a reading are underlined and say so; they are text, and those that are cut off are not shown.
    """
    reading = f"Sở <b>&p và {'dài ' * 100}cuối"
    doubts = (Span(3, 8), Span(len(reading) - 4, len(reading)))
    html = cited(desk, reading=reading, doubts=doubts)

    assert doubted(html) == [(STRINGS("viewer.doubt"), "&lt;b&gt;&amp;p")]
    assert "Sở <span" in html
    assert "</span> và dài" in html
    assert "dài…”" in html


def test_an_answer_says_why_and_can_be_copied(desk):
    """
    Under a reply its steps can be opened, and what is copied names document, date, place and words of every source.
    """
    reply = replace(answer(desk, "Sở Khoa học và Công nghệ [1]."), trace=("Dòng được hỏi: nhiệm vụ <9>",))
    html = shown(desk, Turn("nhiệm vụ 9?", reply))

    assert "<li>Dòng được hỏi: nhiệm vụ &lt;9&gt;</li>" in html
    words, source, *_ = plain_text(reply, strings=desk.strings).split("\n")
    assert words == "Sở Khoa học và Công nghệ [1]."
    assert source == (
        "[1] Văn bản 15/KH-UBND ngày 04/11/2025, Phụ lục II, mục III, nhiệm vụ 9, cột Cơ quan chủ trì: "
        "“Sở Khoa học và Công nghệ”"
    )


def test_a_verdict_is_given_once(desk):
    """
    A judged reply shows thanks in place of its buttons; what is no verdict or no reply changes nothing.
    """
    turns = desk.answered(desk.asked("nhiệm vụ 9?", ()))
    judged = desk.judged(0, "wrong_source", turns)

    assert STRINGS("feedback.wrong_source") in shown(desk, *turns)
    assert STRINGS("feedback.thanks") in shown(desk, *judged)
    assert STRINGS("feedback.wrong_source") not in shown(desk, *judged)
    # where nothing is cited, no source can be wrong
    assert STRINGS("feedback.wrong_source") not in shown(desk, *desk.answered(desk.asked("nhiệm vụ 77?", ())))
    assert desk.judged(0, "mean", turns) == desk.judged(5, "right", turns) == turns


def test_a_question_can_be_stopped(desk):
    """
    A question that is stopped says so, and the conversation goes on from where it was before it.
    """
    answered = desk.answered(desk.asked("nhiệm vụ 9?", ()))
    stopped = desk.stopped(answered)

    assert stopped[-1].error == STRINGS("conversation.stopped")
    assert desk.asked("còn nhiệm vụ 8?", stopped)[-1].before == answered[-1].after


def test_a_long_answer_begins_at_once(desk):
    """
    The first lines of a long answer are shown before the rest; a short answer is shown whole.
    """
    long = answer(desk, "\n".join(f"- Dòng {n} [1]" for n in range(40)))
    beginning = begun((Turn("nhiệm vụ 9?", long),))

    assert beginning is not None
    assert beginning[0].reply.text.split("\n")[-2:] == ["- Dòng 11 [1]", "…"]
    assert begun((Turn("nhiệm vụ 9?", answer(desk, "Một dòng [1].")),)) is None


def test_a_conversation_goes_on_where_it_was_left(desk):
    """
    Opened again, a conversation shows the replies that were given, and the next question starts from them.
    """
    turns = desk.answered(desk.asked("nhiệm vụ 9?", desk.answered(desk.asked("  ", ()))))
    resumed = desk.resumed([turn.said for turn in turns])

    assert [(turn.reply, turn.error) for turn in resumed] == [(turn.reply, turn.error) for turn in turns]
    assert desk.asked("còn nhiệm vụ 8?", resumed)[-1].before == turns[-1].after
