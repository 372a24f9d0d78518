"""Answers from an index in PostgreSQL: those of the folder, also after the server was killed and its replica promoted."""

import json
import threading
import time
from contextlib import suppress

import pytest

from assistant.reloading import SharedAssistant
from assistant.service import Assistant
from indexer.copying import copy_index
from indexer.errors import DatabaseUnreachableError
from indexer.index import Index, publish
from indexer.location import DatabaseAddress
from indexer.postgres.database import Database, Writer
from tests.conftest import REPOSITORY
from tests.fakes import FakeEncoder
from tests.indexer.samples import annex, plan, sources
from tests.postgres_server import Folder, Server

QUESTIONS = 150
SOON = 30  # seconds within which an answer has to come after a server was killed


def questions():
    """Return so many questions of the sets that may be read: a mix of all kinds, those that follow up too."""
    folder = REPOSITORY / "eval" / "questions"
    files = [folder / "development.jsonl", *sorted(folder.glob("practice*.jsonl"))]
    every = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    step = len(every) / QUESTIONS
    return [every[int(number * step)] for number in range(QUESTIONS)]


@pytest.fixture(scope="module")
def real_database(postgres, real_index):
    """The index of the repository's corpus, copied into a database."""
    address = postgres.create("real")
    copy_index(real_index, address)
    return address


def test_a_database_answers_as_a_folder_does(real, real_database):
    """
    The same 150 questions get the same records from both: status, answer, citations with every offset.
    """
    there = Assistant.open(real_database)
    items = [{name: one[name] for name in ("id", "question", "history") if name in one} for one in questions()]
    assert len({item["id"] for item in items}) == QUESTIONS

    for item in items:
        expected, found = real.record(item), there.record(item)
        assert expected | {"elapsed_ms": 0} == found | {"elapsed_ms": 0}


def test_the_command_answers_from_a_database(real_database, capsys):
    """
    ``python -m assistant ask --index postgresql://…`` prints the record.
    """
    from assistant.__main__ import main

    question = questions()[0]["question"]
    assert main(["ask", "--json", "--index", str(real_database), question]) == 0
    assert json.loads(capsys.readouterr().out)["question"] == question


def test_a_database_that_is_away_is_told_without_its_address(real_database, monkeypatch, caplog):
    """
    A question that the database leaves without an answer gets a record that says so, and the batch goes on; the log has the reason.
    """
    there = Assistant.open(real_database)
    there.corpus.documents  # noqa: B018 - what does not depend on the question
    monkeypatch.setattr(Database, "select", lambda *_, **__: (_ for _ in ()).throw(DatabaseUnreachableError("db1")))

    record = there.record({"id": "1", "question": "Kế hoạch nào quy định về chuyển đổi số?"})
    assert (record["id"], record["status"]) == ("1", "error")
    assert "cơ sở dữ liệu chưa trả lời" in record["reason"]
    assert "db1" not in record["reason"]
    assert "db1" in caplog.text


def test_a_server_follows_what_is_published(database):
    """
    A server over a database answers from the generation that is published, without a restart.
    """
    publish(database, [plan()], encoder=FakeEncoder(), sources=sources(plan()))
    now = [0.0]
    shared = SharedAssistant(
        database, lambda address: Assistant(Index.open(address, encoder=FakeEncoder())), clock=lambda: now[0]
    )
    assert [document.id for document in shared.index.documents] == ["ke-hoach"]

    publish(database, [annex()], encoder=FakeEncoder(), sources=sources(annex()))
    now[0] = 2.0
    assert shared.current.index.generation == "gen-000001"
    shared.wait(60)
    assert [document.id for document in shared.index.documents] == ["phu-luc"]


@pytest.fixture
def pair():
    """A primary and its synchronous replica: what is committed on the first lies on the disk of both."""
    folder = Folder()
    try:
        primary, replica = Server(folder.path), Server(folder.path, name="replica")
        primary.make()
        primary.start(fsync="off")
        primary.create("shared")
        primary.sql("CREATE TABLE lines (number integer PRIMARY KEY)", database="shared")
        options = ("-h", primary.folder, "-U", "hvb", "-R", "-X", "stream", "-c", "fast", "--no-sync")
        replica.run("pg_basebackup", "-D", replica.data, *options)
        replica.start(fsync="off")
        primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        primary.sql("SELECT pg_reload_conf()")
        wait_for(lambda: primary.sql("SELECT sync_state FROM pg_stat_replication") == "sync")
        yield primary, replica
        replica.kill()
        primary.kill()
    finally:
        folder.remove()


def wait_for(is_so):
    until = time.monotonic() + SOON
    while not is_so():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.05)


def test_nothing_committed_is_lost_with_the_primary(pair):
    """
    After kill -9 of the primary its replica answers the next question and, once promoted, has every row whose commit was confirmed.

    It takes the next publication, and a reader that was open goes on, all within 30 seconds.
    """
    primary, replica = pair
    both = DatabaseAddress(f"postgresql://hvb@/shared?host={primary.folder},{replica.folder}")
    publish(both, [plan(), annex()], encoder=FakeEncoder(), sources=sources(plan(), annex()))
    index = Index.open(both, encoder=FakeEncoder())
    expected = index.ranker().vectors.best(index.vector("kinh phí"), 3)[0].tolist()
    confirmed: list[int] = []
    writer = Writer(both)

    def write():
        with suppress(DatabaseUnreachableError):
            for number in range(1_000_000):
                writer.execute("INSERT INTO lines VALUES (?)", number)
                confirmed.append(number)

    writing = threading.Thread(target=write)
    writing.start()
    wait_for(lambda: len(confirmed) > 100)
    primary.kill()
    killed = time.monotonic()
    writing.join(SOON)
    writer.close()

    # the replica reads before it is promoted, whoever was connected to the primary
    assert index.ranker().vectors.best(index.vector("kinh phí"), 3)[0].tolist() == expected
    assert Index.open(both).tables("phu-luc") == annex().tables
    replica.run("pg_ctl", "promote", "-D", replica.data, "-w")
    assert publish(both, [plan()], encoder=FakeEncoder(), sources=sources(plan())).generation == "gen-000002"
    assert time.monotonic() - killed < SOON

    kept = {int(line) for line in replica.sql("SELECT number FROM lines", database="shared").split()}
    assert len(confirmed) > 100
    assert kept >= set(confirmed)
    assert index.clauses("ke-hoach") == plan().clauses
