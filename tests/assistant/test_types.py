from dataclasses import FrozenInstanceError

import pytest

from assistant.types import Abstention, Answer, Citation, Status


def citation(**changed):
    """A citation of three letters in a line; *changed* replaces its values."""
    values = {
        "document": "d",
        "number": None,
        "label": "I.1",
        "path": ("I", "1"),
        "start": 4,
        "end": 7,
        "quote": "sen",
        "text": "hoa sen nở",
    }
    return Citation(**(values | changed))


def answer(text="Hoa sen nở [1].", *, citations=None):
    """An answer that cites one place."""
    return Answer("hoa gì nở?", "hoa gì nở?", text, (citation(),) if citations is None else citations)


@pytest.mark.parametrize(
    "changed",
    [
        # the quote is not in its text
        {"quote": "cúc"},
        # it is there only in another writing
        {"quote": "Sen"},
        # nothing is quoted
        {"quote": "", "end": 4},
        # the offsets are longer or shorter than the quote
        {"end": 8},
        {"end": 6},
        # the ends are swapped
        {"start": 7, "end": 4},
    ],
)
def test_a_citation_that_is_not_word_for_word_cannot_be_built(changed):
    """
    A quote stands in the text that it cites, and its offsets are as far apart as it is long.
    """
    with pytest.raises(ValueError, match=r"quote"):
        citation(**changed)


def test_an_answer_without_a_citation_cannot_be_built():
    """
    What cites nothing is an abstention; the error says so.
    """
    with pytest.raises(ValueError, match="return an Abstention instead"):
        answer(citations=())


def test_an_abstention_does_not_answer():
    """
    An abstention with the status "answered" cannot be built; with any other status it can, and keeps it.
    """
    with pytest.raises(ValueError, match="return an Answer instead"):
        Abstention(Status.ANSWERED, "q", "q", "có")

    others = [status for status in Status if status is not Status.ANSWERED]
    assert [Abstention(status, "q", "q", "không có").status for status in others] == others


def test_an_answer_is_answered_and_never_changes():
    """
    The status of an answer is "answered", and no value can be rewritten after it was built.
    """
    made = answer()

    assert made.status is Status.ANSWERED
    with pytest.raises(FrozenInstanceError):
        made.text = "Hoa cúc nở."
