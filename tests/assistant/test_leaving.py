"""What goes with an account: everything of that person, nothing of another."""

from __future__ import annotations

import io
import json

import pytest

from assistant.__main__ import main
from assistant.accounts import Accounts
from assistant.bench_runs import BenchRuns
from assistant.class_corpus import ClassCorpus
from assistant.classes import Classes
from assistant.collections import Collections
from assistant.feedback import Feedback, Verdict
from assistant.history import History, Said
from assistant.quizzes import quiz
from assistant.records import Records
from assistant.uploads import UploadState
from assistant.visitors import Role, Visitor
from tests.assistant.chat_fakes import FakeAssistant, corpus
from tests.assistant.test_uploads import FakeChild, Held

NAMES = ("Lan", "Minh")
PASSWORD = "một câu dễ nhớ 2026"  # noqa: S105 - of the tests
QUESTIONS = quiz(corpus(), seed=5, size=3)


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def people(data):
    """Two accounts of the same roles, each with one of everything."""
    records = Records.open(data)
    accounts = Accounts(records)
    collections = Collections(data, records, child=FakeChild())
    papers = ClassCorpus(collections)
    classes, bench = Classes(records, clean=papers.clear), BenchRuns(records, data / "bench", data)
    reply = FakeAssistant().ask("nhiệm vụ 9")[0]
    found = []
    for name in NAMES:
        made = accounts.add(name, PASSWORD, [Role.TRAINER, Role.EVALUATOR])
        person = Visitor(made.id, name, made.roles)
        History(records).save(person, [Said("nhiệm vụ 9", reply)])
        Feedback(records).add(reply, Verdict.RIGHT, visitor=person)
        collections.receive(person, "own.txt", io.BytesIO(f"của {name}".encode()))
        papers.receive(classes.open(person.id, QUESTIONS).id, "class.txt", io.BytesIO(f"lớp của {name}".encode()))
        line = {"id": "q", "category": "c", "question": "Ai?", "answerable": True}
        bench.add_set(person.id, "riêng", json.dumps(line) + "\n")
        found.append(person)
    assert collections.wait(10)
    collections.close()
    yield records, found
    bench.close()
    records.close()


def kept(records, data, person):
    """Return how much is kept of *person*, kind by kind."""
    count = "SELECT COUNT(*) AS count FROM {} WHERE {} = ?"
    tables = (("conversations", "owner"), ("feedback", "visitor"), ("classes", "owner"), ("bench_set", "owner"))
    rows = [records.row(count.format(*table), (person.id,))["count"] for table in tables]
    uploads = records.row("SELECT COUNT(*) AS count FROM uploads")["count"]
    return (*rows, uploads, len(list(data.rglob("*.txt"))), len(list(data.rglob("*.jsonl"))))


def test_all_that_is_kept_goes_with_the_account(people, data, capsys):
    """
    Uploads, conversations, verdicts, classes with their documents and question sets go, files and rows; those of another stay.
    """
    records, (lan, minh) = people
    assert kept(records, data, lan) == (1, 1, 1, 1, 4, 4, 2)
    assert main(["accounts", "remove", "Lan", "--data", str(data)]) == 0

    assert kept(records, data, lan) == (0, 0, 0, 0, 2, 2, 1)
    assert kept(records, data, minh) == (1, 1, 1, 1, 2, 2, 1)
    assert "kho chung" in capsys.readouterr().out


def test_a_file_that_is_being_read_leaves_nothing_behind(data):
    """
    Who leaves while a server reads their file: when the reading is done nothing is there, though the reader has made an index.
    """
    records = Records.open(data)
    account = Accounts(records).add("Lan", PASSWORD, [Role.READER])
    person = Visitor(account.id, "Lan", account.roles)

    class Writes(Held):
        def run(self, arguments, *, step=None):
            ended = super().run(arguments, step=step)
            folder = collections.folders.index(person.id)
            folder.mkdir(parents=True)
            (folder / "words").write_text("đã đọc", encoding="utf-8")
            return ended

    child = Writes()
    collections = Collections(data, records, child=child)
    upload = collections.receive(person, "own.txt", io.BytesIO(b"abc"))
    assert child.reading.wait(10)
    assert collections.uploads.one(person.id, upload.id).state is UploadState.READING
    assert main(["accounts", "remove", "Lan", "--data", str(data)]) == 0
    child.go.set()
    assert collections.wait(10)

    assert not collections.folders.of(person.id).exists()
    collections.close()
    records.close()
