"""A document that another one has replaced is marked wherever it is cited."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.__main__ import _show
from assistant.chat.conversation import Turn, render_conversation
from assistant.chat.strings import load_strings
from assistant.quizzes import quiz
from assistant.record import reply_record
from assistant.service import Assistant
from indexer.catalogue import read_corpus
from indexer.index import Index, publish
from indexer.parse import parse_files
from tests.assistant.small import FARMING, PROVINCE
from tests.fakes import FakeEncoder

OLD = (
    FARMING.replace("45/KH-SNN", "31/KH-SNN")
    .replace("05 tháng 3 năm 2026", "10 tháng 02 năm 2025")
    .replace("trồng sen", "trồng súng")
    .replace("Kế hoạch này thay thế Kế hoạch số 31/KH-SNN ngày 10/02/2025 của Sở Nông nghiệp.", "Hết.")
)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    """An assistant of three plans, one of which another has replaced."""
    folder = tmp_path_factory.mktemp("replaced")
    corpus = folder / "corpus"
    corpus.mkdir()
    for name, text in (("trong-sen", FARMING), ("trong-sung", OLD), ("nong-thon-so", PROVINCE)):
        (corpus / f"{name}.txt").write_text(text, encoding="utf-8")
    parsed, unread = parse_files(read_corpus(corpus)[0])
    assert not unread
    sources = {one.document.id: "0" * 64 for one in parsed}
    publish(folder / "index", parsed, encoder=FakeEncoder(), sources=sources)
    return Assistant(Index.open(folder / "index", encoder=FakeEncoder()))


def test_every_citation_of_a_replaced_document_says_so(assistant):
    """
    The answer record names the document that replaced the one cited, and null for a document in force.
    """
    old, _ = assistant.ask("Kế hoạch 31/KH-SNN ban hành ngày nào?")
    new, _ = assistant.ask("Kế hoạch 45/KH-SNN ban hành ngày nào?")

    def marked(reply):
        record = reply_record(reply, name=None, elapsed_ms=1)
        return {citation["document"]: citation["replaced_by"] for citation in record["citations"]}

    assert marked(old) == {"trong-sung": "45/KH-SNN"}
    assert marked(new) == {"trong-sen": None}


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Kế hoạch 31/KH-SNN ban hành ngày nào?", "(văn bản này đã được thay thế bởi 45/KH-SNN)"),
        ("When was plan 31/KH-SNN issued?", "(this document has been replaced by 45/KH-SNN)"),
    ],
)
def test_ask_prints_it(assistant, capsys, question, words):
    """
    The command line prints it under the quoted words, in the language of the question.
    """
    reply, _ = assistant.ask(question)
    _show(reply)

    assert words in capsys.readouterr().out


@pytest.mark.parametrize(
    ("language", "words"),
    [("vi", "(đã được thay thế bởi 45/KH-SNN)"), ("en", "(replaced by 45/KH-SNN)")],
)
def test_the_chat_shows_it(assistant, language, words):
    """
    In the chat it stands beside the document's name, escaped like all that comes from documents.
    """
    reply, _ = assistant.ask("Kế hoạch 31/KH-SNN ban hành ngày nào?")
    strings = load_strings(language)

    def shown(citation):
        turn = Turn("?", replace(reply, citations=(citation,)))
        return render_conversation((turn,), examples=(), strings=strings)

    citation = reply.citations[0]
    assert words in shown(citation)
    assert "<b>" not in shown(replace(citation, replaced_by="<b>"))
    assert "hvb-replaced" not in shown(replace(citation, replaced_by=None))


def test_the_quiz_says_it_too(assistant):
    """
    A quiz question on a replaced document cites it with its mark.
    """
    marks = {
        (question.citation.document, question.citation.replaced_by)
        for question in quiz(assistant.index, seed=1, size=9)
    }

    assert marks <= {("trong-sung", "45/KH-SNN"), ("trong-sen", None), ("nong-thon-so", None)}
    assert marks
