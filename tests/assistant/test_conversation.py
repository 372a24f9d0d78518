from contextlib import suppress

import pytest

from assistant.conversation import State, complete
from assistant.question import Query
from assistant.service import answer_all
from assistant.types import Status
from indexer.errors import InputError


@pytest.mark.parametrize(
    ("questions", "says"),
    [
        # the column is asked again for another row
        (("Ai chủ trì nhiệm vụ 3?", "còn nhiệm vụ 4?"), "Nhiệm vụ 4 do Sở Văn hóa chủ trì"),
        # another column of the same row
        (("Ai chủ trì nhiệm vụ 3?", "khi nào xong?"), "Nhiệm vụ 3: Thời gian hoàn thành: Thường xuyên"),
        # the next row
        (("Ai chủ trì nhiệm vụ 3?", "nhiệm vụ tiếp theo thì sao?"), "Nhiệm vụ 4 do Sở Văn hóa chủ trì"),
        # the list, of another agency
        (("Sở Nội vụ chủ trì nhiệm vụ nào?", "còn Sở Văn hóa?"), "Nhiệm vụ 4: Rà soát hồ sơ di tích"),
        # the document that was spoken of
        (("Kế hoạch 45/KH-SNN ban hành ngày nào?", "ai ký kế hoạch đó?"), "Trần Văn Sen"),
        # the clause that was cited
        (("Đơn vị nào kiểm tra vùng trồng sen?", "Kiểm tra khi nào?"), "hằng quý"),
        # three turns, typed badly
        (("ai chu tri nv 3", "con nv 4", "ai phoi hop"), "Sở Tài chính"),
    ],
)
def test_a_follow_up_takes_what_it_leaves_out_from_before(ask, questions, says):
    """
    Row, column, list or document that a follow-up does not name are those of the question before.
    """
    assert says in ask(*questions).text


def test_a_question_that_stands_by_itself_forgets_what_was_before(ask):
    """
    A whole question is answered the same after any other.
    """
    question = "Ai chủ trì nhiệm vụ nâng cấp kho lưu trữ điện tử?"

    assert ask("Sở Nội vụ chủ trì nhiệm vụ nào?", question) == ask(question)
    assert complete(Query("x", "x"), State()) == Query("x", "x")


def test_conversations_do_not_mix(small):
    """
    The state is a value: two conversations with one assistant go on from their own.
    """
    _, one = small.ask("Ai chủ trì nhiệm vụ 3?")
    _, other = small.ask("Ai chủ trì nhiệm vụ 4?")

    assert "Thường xuyên" in small.ask("khi nào xong?", one)[0].text
    assert small.ask("khi nào xong?", other)[0].status is Status.NOT_STATED
    assert "Thường xuyên" in small.ask("khi nào xong?", one)[0].text


def test_a_first_question_has_nothing_to_lean_on(ask):
    """
    A follow-up with nothing before it is not answered by guessing.
    """
    assert ask("khi nào xong?").status is not Status.ANSWERED


def test_answer_all_is_one_conversation(small):
    """
    Questions in a row are answered as one conversation.
    """
    replies = answer_all(small, ["Ai chủ trì nhiệm vụ 3?", "còn nhiệm vụ 4?"])

    assert [reply.citations[0].quote for reply in replies] == ["Sở Nội vụ", "Sở Văn hóa"]


def test_what_was_understood_can_be_taken_back(small):
    """
    What was understood is shown; taken literally, a question is answered as typed, and that is shown.
    """
    typed = "ai chu tri nv 3"
    changed, _ = small.ask(typed)
    literal, _ = small.ask(typed, literal=True)

    assert (changed.question, changed.understood) == (typed, "ai chủ trì nhiệm vụ 3")
    assert (literal.question, literal.understood) == (typed, typed)
    # without diacritics it is still matched, but its abbreviation is not written out
    assert literal.text != changed.text
    assert small.ask("ai chu tri nhiem vu 3", literal=True)[0].citations == changed.citations


@pytest.mark.parametrize(
    ("question", "says"),
    [("", "để trống"), ("  \n ", "để trống"), ("?!…", "để trống"), ("sen " * 2500, "quá 1.000 ký tự")],
)
def test_a_question_that_cannot_be_taken(small, question, says):
    """
    An empty or endless question is refused with what to do.
    """
    with pytest.raises(InputError, match=says):
        small.ask(question)


@pytest.mark.parametrize(
    "question",
    [
        "<script>alert(1)</script>",
        "'; DROP TABLE passages; --",
        "nhiệm vụ 99999999999999999999",
        "nhiệm vụ ³",
        "\u202enhiệm vụ 3\u0000",
        "🙂🙂 nhiệm vụ 3 🙂",
        "((((((((((((((((((((",
        "[1] [2] {0} %s \\1",
        "tháng 99/9999",
        "ngày 31 tháng 2 năm 0000 hạn gì",
        "nhiệm vụ 5 đến 2",
        "a" * 1000,
    ],
)
def test_strange_input_is_only_text(small, question):
    """
    Whatever is typed gets a reply or a refusal, never another exception.
    """
    with suppress(InputError):
        assert small.ask(question)[0].text
