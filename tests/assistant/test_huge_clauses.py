"""Clauses of very many sentences, as an annex that was read as one: what is asked is found in them, and not all of them is looked at."""

from __future__ import annotations

import pytest

from assistant.conversation import State
from assistant.service import Assistant
from assistant.units import sentences
from indexer.build import build
from indexer.path import eid
from indexer.types import Passage

PLAIN = "Đơn vị thứ {} nộp bản tự đánh giá về Văn phòng đúng hạn theo mẫu chung đã gửi."
ASKED = "Kho lưu trữ của trung tâm mở cửa lúc 7 giờ 15 phút vào các ngày làm việc."
HEAD = """UBND TỈNH HOA SEN
Số: 77/TB-UBND

Hoa Sen, ngày 05 tháng 3 năm 2026

THÔNG BÁO
Về kết quả tự đánh giá

"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    folder = tmp_path_factory.mktemp("huge")
    (folder / "corpus").mkdir()
    lines = [PLAIN.format(number) for number in range(400)]
    text = f"{HEAD}1. {' '.join([*lines[:250], ASKED, *lines[250:]])}\n2. Thông báo này thay lời mời họp.\n"
    (folder / "corpus" / "thong-bao.txt").write_text(text, encoding="utf-8")
    assert build(folder / "corpus", folder / "index").failures == ()
    return Assistant.open(folder / "index")


def huge(assistant):
    document = assistant.corpus.index.documents[0]
    return document, max(assistant.corpus.index.clauses(document.id), key=lambda clause: len(clause.text))


def test_the_sentence_in_the_middle_is_found(assistant):
    """
    A fact far inside a huge clause is answered with its own sentence alone.
    """
    reply, _ = assistant.ask("Kho lưu trữ của trung tâm mở cửa lúc mấy giờ?")

    assert "7 giờ 15 phút" in reply.text
    assert "tự đánh giá" not in reply.text


def test_only_what_is_near_a_passage_is_cut(assistant):
    """
    The unit of a passage has whole sentences of its clause, those in the passage among them, and far from all of them.
    """
    document, clause = huge(assistant)
    every = list(sentences(document.text, clause.start, clause.end))
    start, end = every[200][0] + 5, every[210][1] - 5
    passage = Passage(document.id, eid(clause.path), start, end, document.text[start:end])
    unit = assistant.corpus.units_of.near(passage)
    cut = [(said.start, said.end) for said in unit.sentences]

    assert set(every[200:211]) <= set(cut) <= set(every)
    assert len(cut) < 100 < len(every)
    assert unit.clause is clause


def test_a_clause_of_common_length_is_whole(assistant):
    """
    A clause that is not huge is looked at as a whole, wherever the passage lies in it.
    """
    document = assistant.corpus.index.documents[0]
    clause = next(one for one in assistant.corpus.index.clauses(document.id) if "thay lời mời" in one.text)
    passage = Passage(document.id, eid(clause.path), clause.start, clause.start + 4, "")

    assert assistant.corpus.units_of.near(passage) is assistant.corpus.units_of.of(clause)


def test_few_sentences_of_a_long_clause_are_weighed(assistant, monkeypatch):
    """
    Of the hundreds of sentences of one clause so many are weighed as one can hold the answer, those that hold most of the question.
    """
    units = assistant.corpus.units_of
    monkeypatch.setattr(units, "near", lambda passage: units.unit(passage.document, passage.eid))
    extracts = assistant.extracts("Kho lưu trữ của trung tâm mở cửa lúc mấy giờ?", State())
    weighed = [one.sentence.shown for one in extracts.every()]

    assert ASKED in weighed
    assert len(weighed) < 30
