"""An index in PostgreSQL with pgvector, on a real server; what holds of a folder too stands in test_index.py."""

import os
import signal
import subprocess
import sys
import threading
import time
from argparse import ArgumentTypeError
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from indexer import manifest
from indexer.__main__ import main
from indexer.copying import copy_index
from indexer.errors import (
    DatabaseUnreachableError,
    IndexBusyError,
    IndexDamagedError,
    IndexMismatchError,
    IndexMissingError,
    InputError,
    StoreError,
)
from indexer.home import home_of
from indexer.index import Index, publish
from indexer.location import DatabaseAddress, index_location
from indexer.postgres import jobs, reading
from indexer.postgres.database import Database, Writer, numbered
from indexer.postgres.schema import LOCK
from tests.fakes import FakeEncoder
from tests.indexer.samples import annex, long_clause, plan, sources
from tests.postgres_server import Folder, Server

PDF = b"%PDF-1.7 a page" * 100_000


def put(where, *parsed, encoder=None, **more):
    return publish(where, parsed, encoder=encoder or FakeEncoder(), sources=sources(*parsed), **more)


def rows(server, address, query):
    return server.sql(query, database=address.url.partition("@/")[2].partition("?")[0])


def files_of(directory: Path) -> dict[str, bytes]:
    generation = home_of(directory).open()
    return {path.name: path.read_bytes() for path in (directory / generation.name).iterdir()}


# addresses


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (".index", Path(".index")),
        # a folder may be called anything else
        ("postgresql", Path("postgresql")),
        ("postgresql://user@host/database", DatabaseAddress("postgresql://user@host/database")),
        ("postgres://user@a,b:5433/d?host=/run", DatabaseAddress("postgres://user@a,b:5433/d?host=/run")),
    ],
)
def test_an_index_lies_in_a_folder_or_a_database(text, expected):
    """
    What ``--index`` is given names a folder, or a database where it begins as the address of one.
    """
    assert index_location(text) == expected


@pytest.mark.parametrize("url", ["postgresql://user:secret@host/d", "postgresql://user@host/d?password=secret"])
def test_an_address_with_a_password_is_refused(url, capsys):
    """
    A password in an address would stand in the list of processes; it is refused and never repeated.
    """
    with pytest.raises(ArgumentTypeError, match="pgpass"):
        index_location(url)
    with pytest.raises(SystemExit) as ended:
        main(["verify", "--index", url])

    assert ended.value.code == 2
    assert "secret" not in "".join(capsys.readouterr())


# copying


def test_a_copy_into_the_database_and_back_has_the_same_bytes(tmp_path, database):
    """
    Every file of a folder comes back byte for byte, its originals and the seconds of reading too; the second copy writes nothing.
    """
    pdf = tmp_path / "ke-hoach.pdf"
    pdf.write_bytes(PDF)
    seconds, originals = {"ke-hoach": 1.5}, {"ke-hoach": pdf}
    put(tmp_path / "a", plan(), annex(), long_clause(400), seconds=seconds, originals=originals)

    there = copy_index(tmp_path / "a", database)
    back = copy_index(database, tmp_path / "b")

    assert (there.changed, back.changed, there.counts) == (True, True, back.counts)
    assert files_of(tmp_path / "a") == files_of(tmp_path / "b")
    opened = Index.open(database)
    assert (opened.seconds, opened.original("phu-luc")) == (seconds, None)
    assert opened.original("ke-hoach").read_bytes() == PDF
    assert Index.open(tmp_path / "b").original("ke-hoach").read_bytes() == PDF
    assert not copy_index(tmp_path / "a", database).changed
    assert not copy_index(database, tmp_path / "b").changed


def test_an_empty_index_is_copied(tmp_path, database):
    """
    An index without documents goes both ways, too.
    """
    put(tmp_path / "a")
    copy_index(tmp_path / "a", database)
    copy_index(database, tmp_path / "b")

    assert files_of(tmp_path / "a") == files_of(tmp_path / "b")


def test_a_character_that_the_database_cannot_hold_comes_back(tmp_path, database):
    """
    NUL, which PostgreSQL's text has not, is stored as another character and read as itself.
    """
    odd = plan(text=plan().document.text.replace("kinh phí", "kinh\0phí"))
    put(database, odd)

    assert Index.open(database).clauses("ke-hoach") == odd.clauses
    copy_index(database, tmp_path / "b")
    assert Index.open(tmp_path / "b").parsed() == [odd]


def test_the_command_copies_and_verifies(tmp_path, database, capsys, monkeypatch):
    """
    ``python -m indexer copy`` says what arrived and where; ``verify`` reads all of it.
    """
    put(tmp_path / "a", plan())
    monkeypatch.setattr("indexer.keeping.load_encoder", lambda _: FakeEncoder())

    assert main(["copy", "--from", str(tmp_path / "a"), "--to", str(database)]) == 0
    assert main(["verify", "--index", str(database)]) == 0

    copied, verified = capsys.readouterr().out.splitlines()
    assert copied == f"{database}/gen-000001: published, read back and verified; 1 documents, 6 passages"
    assert verified.startswith(f"{database}/gen-000001: every file is as written")


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        ("UPDATE {}.clauses SET heading = 'Khác' WHERE position = 1", "store.sqlite"),
        ("UPDATE {}.postings SET weights = units WHERE frequency = 1", "keywords.safetensors"),
        ("UPDATE {}.tokens SET pairs = '' WHERE position = 1", "tokens.safetensors"),
        ("UPDATE {0}.vectors SET vector = (SELECT vector FROM {0}.vectors WHERE position = 0)", "vectors.safetensors"),
        ("DELETE FROM {}.files WHERE name = 'failed.json'", "failed.json"),
    ],
)
def test_what_was_changed_in_the_database_is_found(postgres, database, tmp_path, damage, what):
    """
    A row that is not what was published is found when all is read, and nothing is copied.
    """
    put(database, plan(), annex())
    rows(postgres, database, damage.format("hoi_van_ban_000001"))

    with pytest.raises(IndexDamagedError, match=f"gen-000001: {what}"):
        Index.open(database).verify()
    with pytest.raises(IndexDamagedError, match=what):
        copy_index(database, tmp_path / "copy")
    assert home_of(tmp_path / "copy").current_name() is None


def test_another_manifest_is_refused(postgres, database):
    """
    The manifest is compared with the hash that was published with it.
    """
    put(database, plan())
    rows(postgres, database, "UPDATE hoi_van_ban.generations SET manifest = manifest || ' '::bytea")

    with pytest.raises(IndexDamagedError, match=r"manifest of gen-000001"):
        Index.open(database)


def test_another_version_of_sqlite_is_no_damage(tmp_path, database, monkeypatch):
    """
    A store whose bytes come out otherwise, as another SQLite writes them, is copied with the hash that it has here.
    """
    put(database, plan())
    monkeypatch.setattr("indexer.postgres.loading.pack_store", lambda tables: _drained(tables) + b"another SQLite")

    contents = home_of(database).open().contents()

    assert bytes(contents.files["store.sqlite"]) == b"another SQLite"
    assert contents.manifest.files["store.sqlite"].sha256 == manifest.sha256_of(b"another SQLite")


def _drained(tables):
    return b"".join(b"" for table in tables.values() for _ in table)


# publishing


def test_the_last_three_generations_are_kept(postgres, database):
    """
    Each publication is a schema of its own; the fourth drops the first, and originals that none names any more go.
    """
    for words in ("một", "hai", "ba", "bốn"):
        put(database, plan(text=plan().document.text.replace("hằng năm", words)))

    query = "SELECT nspname FROM pg_namespace WHERE nspname ~ '^hoi_van_ban_\\d' ORDER BY 1"
    assert rows(postgres, database, query).split() == [f"hoi_van_ban_00000{number}" for number in (2, 3, 4)]
    assert rows(postgres, database, "SELECT count(*) FROM hoi_van_ban.generations") == "3"
    assert Index.open(database).generation == "gen-000004"


def test_an_older_generation_is_made_current_again(database, capsys, monkeypatch):
    """
    ``rollback`` verifies the generation before and makes it current; the next publication has a number of its own.
    """
    monkeypatch.setattr("indexer.keeping.load_encoder", lambda _: FakeEncoder())
    put(database, plan())
    put(database, annex())

    assert main(["rollback", "--index", str(database)]) == 0
    assert "gen-000001: verified and current now, in place of gen-000002" in capsys.readouterr().out
    assert [document.id for document in Index.open(database).documents] == ["ke-hoach"]
    assert main(["rollback", "--index", str(database)]) == 1
    assert "oldest generation" in capsys.readouterr().err
    for number, more in enumerate((annex(), long_clause(200)), start=3):
        assert put(database, plan(), more).generation == f"gen-00000{number}"
    assert home_of(database).pointers().keys() == {f"gen-00000{number}" for number in (2, 3, 4)}
    assert main(["gc", "--index", str(database)]) == 1


def test_who_publishes_may_read_inside(database):
    """
    What is published from what the index held is read while the right to publish is held, which is given once.
    """
    home = home_of(database)
    with home.writing(), home_of(database).writing():
        assert put(database, plan()).changed
        assert put(database, *Index.open(database).parsed(), annex()).generation == "gen-000002"
    with pytest.raises(RuntimeError, match="inside"):
        home.originals({"a": Path(__file__)})


def test_a_reader_keeps_its_generation(database):
    """
    An index that is open goes on answering from its generation when another is published, until that was cleared away.
    """
    put(database, plan())
    index = Index.open(database)
    put(database, annex())
    assert [document.id for document in index.documents] == ["ke-hoach"]
    assert index.keyword_scores("kinh phí").any()

    for words in ("một", "hai"):
        put(database, plan(text=plan().document.text.replace("hằng năm", words)))
    with pytest.raises(StoreError, match="cleared away"):
        index.tables("ke-hoach")


def test_one_program_publishes_at_a_time(database):
    """
    Whoever publishes holds the right to; another is told so at once, and gets it when the first is gone.
    """
    other = Writer(database)
    other.select("SELECT pg_advisory_lock(?)", LOCK)
    with pytest.raises(IndexBusyError, match="another program"):
        put(database, plan())
    other.close()

    assert put(database, plan()).changed


def test_a_publication_that_fails_leaves_nothing(postgres, database, monkeypatch):
    """
    What fails half way leaves the generation before the current one, and no table of the new one.
    """
    put(database, plan())
    monkeypatch.setattr("indexer.postgres.home.finish_statements", lambda *_, **__: "SELECT 1/0")
    with pytest.raises(StoreError, match="division by zero"):
        put(database, annex())
    monkeypatch.undo()

    assert rows(postgres, database, "SELECT count(*) FROM pg_namespace WHERE nspname = 'hoi_van_ban_000002'") == "0"
    assert Index.open(database).generation == "gen-000001"
    assert put(database, annex()).generation == "gen-000002"


def test_readers_need_no_right_to_write(postgres, database):
    """
    A role that belongs to the readers opens and searches every generation, and can publish none.
    """
    rows(postgres, database, "CREATE ROLE hoi_van_ban_reader; CREATE ROLE asking LOGIN IN ROLE hoi_van_ban_reader")
    try:
        put(database, plan())
        asking = DatabaseAddress(database.url.replace("//hvb@", "//asking@"))

        index = Index.open(asking, encoder=FakeEncoder())
        assert index.keyword_scores("kinh phí").any()
        assert index.ranker().vectors.best(index.vector("kinh phí"), 3)[0].size == 3
        with pytest.raises(StoreError, match="permission denied"):
            put(asking, annex())
    finally:
        rows(postgres, database, "DROP OWNED BY hoi_van_ban_reader; DROP ROLE asking; DROP ROLE hoi_van_ban_reader")


# reading


def test_an_empty_database_says_how_to_fill_it(database):
    """
    Where nothing was published, the message names both commands that publish.
    """
    with pytest.raises(IndexMissingError, match=r"no index(.|\n)*build --index(.|\n)*copy --from"):
        Index.open(database)
    assert home_of(database).current_name() is None


def test_a_missing_database_and_a_missing_server_are_told(postgres, tmp_path, monkeypatch):
    """
    An unknown database, a server that is not there and an address that is none each end in a sentence with the next step.
    """
    monkeypatch.setattr("indexer.postgres.database.PATIENCE", 0.0)
    with pytest.raises(StoreError, match=r'"nowhere" does not exist(.|\n)*createdb'):
        Index.open(postgres.address("nowhere"))
    with pytest.raises(InputError, match="postgresql://user@host"):
        Index.open(DatabaseAddress("postgresql://user@host:port/d"))
    away = Database(DatabaseAddress(f"postgresql://hvb@/d?host={tmp_path}"), ("public",), patience=0.0)
    with pytest.raises(DatabaseUnreachableError, match=r"does not answer(.|\n)*replica"):
        away.select("SELECT 1")


def test_keyword_scores_are_equal_to_the_last_bit(tmp_path, database):
    """
    The weights of the database are added up as bm25s adds those of a folder, also of a term that is asked twice.
    """
    put(tmp_path / "a", plan(), annex(), long_clause(400))
    copy_index(tmp_path / "a", database)
    folder, there = (home_of(where).open().keywords() for where in (tmp_path / "a", database))

    for question in ("Sở Tài chính bố trí kinh phí", "kinh phí kinh phí kinh phí", "không có từ nào xyz", ""):
        for folded in (False, True):
            expected = folder.scores(question, folded=folded)
            np.testing.assert_array_equal(expected, there.scores(question, folded=folded))
            assert folder.frequencies(question, folded=folded) == there.frequencies(question, folded=folded)


def test_posting_lists_leave_when_there_are_too_many(database, monkeypatch):
    """
    What is kept of posting lists stays below its bound, whatever is asked; what left is read again.
    """
    put(database, plan(), annex())
    monkeypatch.setattr(reading, "_POSTINGS_KEPT", 1000)
    postings = reading.Postings(Database(database, ("hoi_van_ban_000001",)), 0)

    every = {term: units.tolist() for term, (units, _) in postings.of(range(20)).items()}
    assert len(every) == 20
    assert postings.size <= 1000
    assert every == {term: postings.of([term])[term][0].tolist() for term in range(20)}
    assert postings.size <= 1000
    assert postings.of([1 << 40]) == {}


def half(values):
    return values.astype(np.float16).astype(np.float32)


def nearest_of(vectors, vector):
    return set(np.argsort(-(vectors @ vector), kind="stable")[:30].tolist())


@pytest.mark.parametrize("seed", [1, 2])
def test_the_nearest_are_those_of_a_comparison_with_all(postgres, database, seed):
    """
    The best passages are those that a comparison on 32 bits finds, though the database compares on 16; of equals the earlier comes first.
    """
    random = np.random.default_rng(seed)
    count, dimension = 20_000, 8
    vectors = random.standard_normal((count, dimension)).astype(np.float32)
    vectors[1::7] = vectors[::7][: len(vectors[1::7])]  # equals
    vectors = half(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    rows(
        postgres, database, f"CREATE EXTENSION vector; CREATE TABLE vectors (position int, vector halfvec({dimension}))"
    )
    from indexer.postgres.loading import _packed_vectors

    writer = Writer(database)
    writer.copy_packed("public", "vectors", _packed_vectors(vectors.astype(np.float16)))
    writer.close()
    stored = reading.PostgresVectors(Database(database, ("public",)), count, dimension)

    np.testing.assert_array_equal(vectors, stored.vectors())
    drawn = random.standard_normal((300, dimension)).astype(np.float32)
    every = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    told_apart = [vector for vector in every if nearest_of(vectors, vector) != nearest_of(vectors, half(vector))]
    assert told_apart  # questions whose best would be others if they were rounded

    for vector in [*told_apart[:10], *every[:10]]:
        scores = vectors @ vector
        positions, found = stored.best(vector, 30)
        np.testing.assert_allclose(np.sort(scores)[::-1][:30], found, atol=2e-7)
        np.testing.assert_allclose(scores[positions], found, atol=1e-6)
        assert [*positions] == sorted(positions, key=lambda place: (-found[[*positions].index(place)], place))
    with pytest.raises(IndexMismatchError, match=r"shape \(31,\)(.|\n)*8 numbers"):
        stored.best(np.zeros(31, dtype=np.float32), 3)


def test_a_graph_of_the_vectors_is_kept_from_copy_to_copy(postgres, database, tmp_path):
    """
    With ``--hnsw`` the nearest are asked of a graph, and the next generation has one, too, until it is declined.
    """
    many = long_clause(9000)
    put(tmp_path / "a", many)
    expected = Index.open(tmp_path / "a", encoder=FakeEncoder())
    graphs = "SELECT count(*) FROM pg_indexes WHERE indexdef LIKE '%hnsw%' AND schemaname = 'hoi_van_ban_00000{}'"

    copy_index(tmp_path / "a", database, hnsw=True)
    index = Index.open(database, encoder=FakeEncoder())
    vector = index.vector("Sở Tài chính bố trí kinh phí")
    assert index.nearest(vector, 3).tolist() == expected.nearest(vector, 3).tolist()
    put(database, many, plan())
    assert int(rows(postgres, database, graphs.format(1))) == int(rows(postgres, database, graphs.format(2))) > 0
    copy_index(tmp_path / "a", database, hnsw=False)
    assert rows(postgres, database, graphs.format(3)) == "0"


def test_another_dimension_is_refused_by_the_database(postgres, database):
    """
    Vectors of another length than the table has are our mismatch, not the driver's error.
    """
    put(database, plan())
    index = Index.open(database)
    with pytest.raises(IndexMismatchError, match=r"shape \(3,\)(.|\n)*64 numbers"):
        index.nearest(np.ones(3, dtype=np.float32), 5)
    with pytest.raises(IndexMismatchError, match="dimensions 64 and 3"):
        Database(database, ("hoi_van_ban_000001", "public")).select("SELECT vector <#> '[1,2,3]' FROM vectors")


# connections that are lost


def test_a_lost_connection_is_made_anew(postgres, database):
    """
    When the server ends all connections, as it does when it restarts, the next question is answered all the same.
    """
    put(database, plan(), annex())
    index = Index.open(database)
    assert index.clauses("ke-hoach")
    ended = rows(
        postgres,
        database,
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()",
    )

    assert int(ended) > 0
    assert index.tables("phu-luc") == annex().tables


def test_a_question_waits_for_a_server_that_restarts(monkeypatch):
    """
    A question asked while the server is away is answered once it is there again, within the patience of a reader.
    """
    monkeypatch.setattr("indexer.postgres.database.PATIENCE", 60.0)  # however busy this machine is
    folder = Folder()
    try:
        server = Server(folder.path)
        server.make()
        server.start()
        address = server.create("d")
        put(address, plan(), annex())
        index = Index.open(address)
        server.kill()
        back = threading.Timer(1.0, server.start)
        back.start()
        try:
            assert index.tables("phu-luc") == annex().tables
        finally:
            back.join()
            server.kill()
    finally:
        folder.remove()


def test_the_driver_is_asked_for_where_it_is_missing(monkeypatch):
    """
    Without asyncpg the message says which extra to install.
    """
    monkeypatch.setitem(sys.modules, "asyncpg", None)

    with pytest.raises(InputError, match=r"pip install \"hoi-van-ban\[postgres\]\""):
        Index.open(DatabaseAddress("postgresql://user@without-driver/d"))


def test_values_are_numbered():
    """
    Statements are written with "?", as SQLite has them.
    """
    assert numbered("SELECT ? WHERE a = ? AND b") == "SELECT $1 WHERE a = $2 AND b"


# bulk embedding


class SlowEncoder(FakeEncoder):
    """Takes a while for each batch, so that there is one to be killed in."""

    def encode_document(self, texts, /):
        time.sleep(0.3)
        return super().encode_document(texts)


WORKER = """
import sys
sys.path.insert(0, {root!r})
from indexer.location import DatabaseAddress
from indexer.postgres import jobs
from tests.indexer.test_postgres import SlowEncoder
jobs._WAIT = 0.05
print("ready", flush=True)
jobs.work_on(DatabaseAddress({url!r}), SlowEncoder(), done=lambda count: print("done", flush=True))
"""


@contextmanager
def worker(address):
    source = WORKER.format(root=str(Path(__file__).parents[2]), url=address.url)
    process = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def many_batches(monkeypatch, size=2):
    monkeypatch.setattr("indexer.index._BATCH", size)
    return [plan(), annex(), long_clause(1200)]


def test_workers_embed_beside_each_other(database, tmp_path, monkeypatch):
    """
    Two workers and who publishes share the batches, each done once; the index is the same as one that was embedded alone.
    """
    parsed = many_batches(monkeypatch)
    with home_of(database).writing():  # so that there is a table of jobs
        pass
    encoder = SlowEncoder()
    with worker(database) as one, worker(database) as two:
        put(database, *parsed, encoder=encoder)
        for process in (one, two):
            process.kill()
        done = [process.stdout.read().count("done") for process in (one, two)]
    put(tmp_path, *parsed)

    canaries = len(manifest.CANARIES)
    passages = Index.open(tmp_path).manifest.counts.passages
    assert min(done) > 0
    assert sum(done) + (encoder.encoded - canaries + 1) // 2 == (passages + 1) // 2
    assert Index.open(database).manifest.files == Index.open(tmp_path).manifest.files


def test_the_job_of_a_killed_worker_is_done_by_another(postgres, database, monkeypatch):
    """
    A worker that is killed with a job in hand leaves it free, and nothing is lost.
    """
    parsed = many_batches(monkeypatch)
    with home_of(database).writing():
        pass
    locked = (
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()"
    )
    with worker(database) as killed:
        publishing = threading.Thread(target=put, args=(database, *parsed), kwargs={"encoder": SlowEncoder()})
        publishing.start()
        for _ in range(200):
            if int(rows(postgres, database, locked)) > 1:  # the worker's, and that of who publishes
                break
            time.sleep(0.02)
        os.kill(killed.pid, signal.SIGKILL)
        publishing.join(60)

    assert not publishing.is_alive()
    assert Index.open(database).manifest.counts.vectors == Index.open(database).manifest.counts.passages
    assert rows(postgres, database, "SELECT count(*) FROM hoi_van_ban.jobs") == "0"


def test_finished_jobs_outlive_who_publishes(database, monkeypatch):
    """
    When publishing breaks off after the embedding, the next try takes the vectors that are there and embeds nothing again.
    """
    parsed = many_batches(monkeypatch)
    monkeypatch.setattr("indexer.postgres.home.load", lambda *_: (_ for _ in ()).throw(StoreError("broken off")))
    with pytest.raises(StoreError, match="broken off"):
        put(database, *parsed)
    monkeypatch.undo()
    monkeypatch.setattr("indexer.index._BATCH", 2)
    encoder = FakeEncoder()
    put(database, *parsed, encoder=encoder)

    assert encoder.encoded == len(manifest.CANARIES)


def test_a_worker_takes_jobs_of_its_own_model_only(database, monkeypatch):
    """
    Jobs of another model are left to those that have it; a model that gives other shapes leaves the job free.
    """

    class Broken(FakeEncoder):
        def encode_document(self, texts, /):
            return super().encode_document(texts)[:, :3]

    with home_of(database).writing():
        pass
    writer = Writer(database)
    writer.execute("INSERT INTO jobs (key, model, texts) VALUES (?, ?, ?)", "k", FakeEncoder().sha256, ["một", "hai"])
    try:
        assert not jobs.work(writer, FakeEncoder("another"))
        with pytest.raises(StoreError, match=r"shape \(2, 3\) for 2 texts"):
            jobs.work(writer, Broken())
        assert jobs.work(writer, FakeEncoder())
        assert not jobs.work(writer, FakeEncoder())
    finally:
        writer.close()


def test_workers_need_a_database(tmp_path, capsys):
    """
    The command of a worker refuses a folder, and says what it needs.
    """
    assert main(["embed-worker", "--index", str(tmp_path)]) == 1
    assert "workers take jobs from a database" in capsys.readouterr().err
