import json
from pathlib import Path

import pytest

from assistant.record import error_record
from assistant.types import Status
from assistant.verify import bad_marks

QUESTIONS = Path(__file__).parents[2] / "eval" / "questions" / "development.jsonl"
KEYS = ["id", "question", "understood", "status", "answer", "citations", "elapsed_ms"]
CITATION_KEYS = ["n", "document", "number", "label", "path", "start", "end", "quote", "text", "reading", "replaced_by"]
CITATION_KEYS += ["doubts", "page", "boxes", "confidence"]


@pytest.fixture(scope="module")
def records(real):
    """The record of every development question, by its id."""
    items = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    return {item["id"]: real.record(item) for item in items}


def test_a_record_has_exactly_the_keys_of_the_contract(records):
    """
    Every record, and every citation in it, has the keys of the contract in their order, and is plain JSON.
    """
    assert len(records) >= 50
    for name, record in records.items():
        assert list(record) == KEYS
        assert record["id"] == name
        assert record["status"] in set(Status) - {Status.ERROR}
        assert isinstance(record["elapsed_ms"], float)
        assert [list(citation) for citation in record["citations"]] == [CITATION_KEYS] * len(record["citations"])
        assert [citation["n"] for citation in record["citations"]] == list(range(1, len(record["citations"]) + 1))
        assert json.loads(json.dumps(record, ensure_ascii=False)) == record


def test_the_steps_come_with_the_confidence_of_what_was_weighed(real):
    """
    With steps a record tells how likely the sentence that was chosen answers; what is looked up in a row tells none.
    """
    looked_up = real.record({"id": "a", "question": "Ai chủ trì nhiệm vụ 9?"}, steps=True)
    nowhere = real.record({"id": "b", "question": "Thủ tục đăng ký kết hôn cần giấy tờ gì?"}, steps=True)

    assert list(looked_up) == [*KEYS, "trace", "confidence"]
    assert (looked_up["status"], looked_up["confidence"]) == ("answered", None)
    assert nowhere["status"] != "answered"
    assert 0 <= nowhere["confidence"] < 0.5


def test_a_quote_is_a_slice_of_its_document(records, real):
    """
    Every quote is word for word its document's text at its offsets, and stands in its unit, which stands in the document.
    """
    for record in records.values():
        for citation in record["citations"]:
            document = real.index.document(citation["document"])
            assert citation["quote"] == document.text[citation["start"] : citation["end"]] != ""
            assert citation["quote"] in citation["text"]
            assert citation["text"] in document.text
            assert citation["number"] == (document.metadata.number.value if document.metadata.number else None)
            assert (citation["reading"] is None) == (document.reading is None)
            assert citation["label"]
            assert citation["path"]


def test_every_line_of_an_answer_is_cited(records):
    """
    An answered record cites, its marks lead to its citations, and each citation has its mark.
    """
    for record in records.values():
        if record["status"] == "answered":
            assert record["citations"]
            assert all(f"[{citation['n']}]" in record["answer"] for citation in record["citations"])
            assert f"[{len(record['citations']) + 1}]" not in record["answer"]
        assert record["answer"].strip()


def test_marks_that_lead_nowhere_are_seen(ask):
    """
    A mark without its citation is bad.
    """
    from dataclasses import replace

    reply = ask("Ai chủ trì nhiệm vụ 3?")

    assert bad_marks(reply) == []
    assert bad_marks(replace(reply, text="Sở Nội vụ [1][2][0].")) == ["2", "0"]


@pytest.mark.parametrize(
    ("item", "says"),
    [
        ({"id": "a"}, "question"),
        ({"id": "a", "question": 9}, "question"),
        ({"id": "a", "question": None}, "question"),
        ({"id": "a", "question": "Ai chủ trì nhiệm vụ 3?", "history": "nv 3"}, "history"),
        ({"id": "a", "question": "Ai chủ trì nhiệm vụ 3?", "history": [{"answer": "x"}]}, "history"),
        ({"id": "a", "question": "Ai chủ trì nhiệm vụ 3?", "history": ["nv 3"]}, "history"),
        ({"id": "a", "question": "Ai chủ trì nhiệm vụ 3?", "history": {"question": "nv 3"}}, "history"),
        # one empty question before
        ({"id": "a", "question": "Ai chủ trì nhiệm vụ 3?", "history": [{"question": ""}]}, "để trống"),
        ({"id": "a", "question": " "}, "để trống"),
        ({"id": "a", "question": "sen " * 2500}, "ký tự"),
    ],
)
def test_a_bad_object_gets_an_error_record(small, item, says):
    """
    What is wrong with an object of a batch is said in its record, which keeps its id and has all keys.
    """
    record = small.record(item)

    assert (record["id"], record["status"], record["answer"], record["citations"]) == ("a", "error", "", [])
    assert says in record["reason"]
    assert list(record) == [*KEYS, "reason"] == list(error_record("a", "", ""))
    assert len(record["question"]) <= 200


def test_history_is_answered_first(small):
    """
    The questions of the history are asked first, in order; their answers may be left out.
    """
    history = [{"question": "Ai chủ trì nhiệm vụ 3?", "answer": "?"}, {"question": "còn nhiệm vụ 4?"}]
    record = small.record({"id": "b", "question": "ai phối hợp?", "history": history})

    assert record["citations"][0]["quote"] == "Sở Tài chính"
    assert small.record({"id": "b", "question": "Ai chủ trì nhiệm vụ 3?", "history": None})["status"] == "answered"
