"""Conversations and verdicts that the server keeps."""

from __future__ import annotations

import json

import pytest

from assistant.feedback import Feedback, Verdict
from assistant.history import History, Said
from assistant.records import Records
from assistant.visitors import ANYBODY, OWNER, Visitor
from tests.assistant.chat_fakes import FakeAssistant

LAN, MINH = Visitor("lan", "Lan", frozenset()), Visitor("minh", "Minh", frozenset())


@pytest.fixture
def history():
    return History(Records.in_memory())


def said(*questions):
    return [Said(question, FakeAssistant().ask(question)[0]) for question in questions]


def test_a_conversation_comes_back_as_it_was(history):
    """
    Questions, answers with their citations, refusals with their choices and errors come back word for word.
    """
    spoken = [*said("nhiệm vụ 9?", "ai chủ trì?"), Said("x", "Câu hỏi dài quá.", literal=True)]
    name = history.save(LAN, spoken)

    assert history.turns(LAN, name) == spoken
    assert [one.title for one in history.of(LAN)] == ["nhiệm vụ 9?"]


def test_a_conversation_that_goes_on_stays_one(history):
    """
    Saved again under its id, a conversation is longer, not another one.
    """
    name = history.save(LAN, said("nhiệm vụ 9?"))

    assert history.save(LAN, said("nhiệm vụ 9?", "nhiệm vụ 8?"), name) == name
    assert len(history.of(LAN)) == 1
    assert len(history.turns(LAN, name)) == 2


def test_nobody_reaches_the_conversation_of_another(history):
    """
    With the id of another's conversation one can neither read, go on with, nor delete it.
    """
    name = history.save(LAN, said("nhiệm vụ 9?"))

    assert history.of(MINH) == []
    assert history.turns(MINH, name) == []
    assert history.delete(MINH, name) is False
    assert history.save(MINH, said("nhiệm vụ 8?"), name) != name
    assert len(history.turns(LAN, name)) == 1


@pytest.mark.parametrize("visitor", [ANYBODY, OWNER])
def test_nothing_is_kept_of_who_is_not_signed_in(history, visitor):
    """
    Who did not sign in leaves nothing behind, the owner of the machine neither.
    """
    assert history.save(visitor, said("nhiệm vụ 9?")) == ""
    assert history.of(visitor) == []


def test_a_deleted_conversation_is_gone(history):
    """
    What its owner deletes is gone, its questions too.
    """
    name = history.save(LAN, said("nhiệm vụ 9?"))

    assert history.delete(LAN, name) is True
    assert history.turns(LAN, name) == []
    assert history.of(LAN) == []


def test_a_verdict_is_kept_with_the_answer_that_was_judged():
    """
    "Sai căn cứ" is kept with its reason, the question and the whole answer record, the newest first.
    """
    feedback = Feedback(Records.in_memory())
    reply = said("nhiệm vụ 9?")[0].reply
    feedback.add(reply, Verdict.RIGHT, visitor=ANYBODY)
    feedback.add(reply, Verdict.WRONG_SOURCE, visitor=LAN, reason=" Ô bên cạnh. " + "x" * 2000, generation="gen-1")
    newest, first = feedback.all()

    assert (newest.verdict, newest.visitor, newest.question) == (Verdict.WRONG_SOURCE, "lan", "nhiệm vụ 9?")
    assert newest.reason.startswith("Ô bên cạnh. x")
    assert len(newest.reason) == 1000
    assert json.loads(newest.record)["citations"][0]["quote"] == reply.citations[0].quote
    assert (first.verdict, first.visitor) == (Verdict.RIGHT, "")
