"""Parts of the assistant that an evaluation switches off."""

from __future__ import annotations

import pytest

from assistant.conversation import State
from assistant.service import Assistant
from assistant.switches import PARTS, AnsweringPart, part_named
from assistant.types import Abstention, Answer
from indexer.embedding import load_encoder
from indexer.errors import IndexMismatchError, InputError
from indexer.ranking import RankingPart


def ask(assistant, question):
    reply, _ = assistant.ask(question, State())
    return reply


def test_every_part_is_described_and_found_by_its_name():
    """What can be left out is listed with what it is; another name is refused with the list."""
    assert set(PARTS) == {*RankingPart, *AnsweringPart}
    assert [part_named(str(part)) for part in PARTS] == list(PARTS)
    with pytest.raises(InputError, match=r"(?s)no part 'reranker'.*rerank, keywords") as caught:
        part_named("reranker")
    assert "\n  " in str(caught.value)


def test_without_registers_nothing_is_listed(small):
    """A count is computed over the rows of tables; without them there is at most a sentence that looks like the question."""
    question = "Có bao nhiêu nhiệm vụ do Sở Nội vụ chủ trì?"

    assert "1/4" in ask(small, question).text
    assert "1/4" not in ask(Assistant(small.index, without=[AnsweringPart.REGISTERS]), question).text


def test_without_refusal_the_best_sentence_is_given(small):
    """What the documents do not say is declined; without refusals something is answered all the same."""
    question = "Mức phạt vi phạm vùng trồng sen là bao nhiêu?"

    assert isinstance(ask(small, question), Abstention)
    assert isinstance(ask(Assistant(small.index, without=[AnsweringPart.REFUSAL]), question), Answer)


def test_without_understanding_a_question_stays_as_typed(small):
    """Diacritics that were left out are put back; without that part the question is taken as it is."""
    question = "ai chu tri nhiem vu 2"

    assert ask(small, question).understood == "ai chủ trì nhiệm vụ 2"
    assert ask(Assistant(small.index, without=[AnsweringPart.UNDERSTANDING]), question).understood == question


def test_without_verification_the_last_check_is_not_asked(small):
    """Every answer is checked; without that part none is."""

    class Strict:
        def faults(self, *_):
            msg = "asked"
            raise AssertionError(msg)

    checked, unchecked = Assistant(small.index), Assistant(small.index, without=[AnsweringPart.VERIFICATION])
    checked.verifier = unchecked.verifier = Strict()

    with pytest.raises(AssertionError):
        ask(checked, "Ai ký Kế hoạch 45/KH-SNN?")
    assert isinstance(ask(unchecked, "Ai ký Kế hoạch 45/KH-SNN?"), Answer)


def test_the_parts_of_the_ranking_are_the_index_s(small):
    """An assistant that is opened without parts leaves those of the ranking to its index; another model is refused with the command."""
    opened = Assistant.open(small.index.directory, without=[RankingPart.RERANK, AnsweringPart.REFUSAL])

    assert opened.index.without == {RankingPart.RERANK}
    assert load_encoder().name != small.index.manifest.model.name
    with pytest.raises(IndexMismatchError, match="python -m indexer build"):
        opened.index.encoder()
