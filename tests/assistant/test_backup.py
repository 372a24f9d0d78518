"""Back-up and restore: what comes back is what was there, and nothing comes back from a file that was touched."""

from __future__ import annotations

import io
import json
import os
import shutil
import threading
import zipfile

import pytest

from assistant.__main__ import main
from assistant.accounts import COOKIE, Accounts
from assistant.audit_log import AuditLog, Event
from assistant.backup import CONTENTS, back_up
from assistant.collections import Collections
from assistant.feedback import Feedback, Verdict
from assistant.history import History, Said
from assistant.records import FILE, Records
from assistant.restoring import restore
from assistant.service import Assistant
from assistant.uploads import Proposal, Uploads, UploadState
from assistant.visitors import Role, Visitor
from indexer.errors import IndexDamagedError, InputError
from indexer.index import Index
from tests.assistant.small import FARMING, index_of, small_index
from tests.assistant.test_accounts import PASSWORD, cheap
from tests.assistant.test_uploads import FakeChild
from tests.fakes import FakeEncoder

QUESTION = "Ai chủ trì nhiệm vụ Nâng cấp kho lưu trữ điện tử?"
PRIVATE = b"\xc4\x90\xc6\xa1n ri\xc3\xaang"


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """The index of the small corpus."""
    folder = tmp_path_factory.mktemp("shared")
    small_index(folder)
    return folder / "index"


@pytest.fixture
def index(shared, tmp_path):
    return shutil.copytree(shared, tmp_path / "index")


class Server:
    """What a server keeps: an account signed in, a conversation, a verdict, and two files of one's own, read."""

    def __init__(self, data, index):
        self.data, self.index = data, index
        self.records = Records.open(data)
        self.accounts = Accounts(self.records, hashes=cheap())
        made = self.accounts.add("Lan", PASSWORD, [Role.ADMINISTRATOR])
        self.lan = Visitor(made.id, "Lan", made.roles)
        self.token = self.accounts.sign_in("Lan", PASSWORD, address="h")
        self.key = self.accounts.give_key("Lan")
        self.assistant = Assistant(Index.open(index, encoder=FakeEncoder()))
        reply = self.assistant.ask(QUESTION)[0]
        History(self.records).save(self.lan, [Said(QUESTION, reply)])
        Feedback(self.records).add(reply, Verdict.RIGHT, visitor=self.lan)
        self.collections = Collections(data, self.records, shared=index, child=FakeChild())
        self.files = [
            self.collections.receive(self.lan, f"{name}.txt", io.BytesIO(PRIVATE)).id for name in ("mot", "hai")
        ]
        assert self.collections.wait(10)

    def close(self):
        self.collections.close()
        self.records.close()


@pytest.fixture
def server(tmp_path, index):
    made = Server(tmp_path / "data", index)
    yield made
    made.close()


def reads_own(server):
    """Give the two files an index of their own, as the reader would have."""
    folder = server.collections.folders.of(server.lan.id)
    index_of(dict.fromkeys(server.files, FARMING), folder)


def restored(server, tmp_path):
    """Back up, restore, and return the records of the new folder."""
    out = tmp_path / "backup.zip"
    back_up(server.data, server.index, out)
    restore(out, tmp_path / "new-data", tmp_path / "new-index")
    return Records.open(tmp_path / "new-data")


def test_what_is_restored_answers_and_remembers_the_same(server, tmp_path, capsys):
    """
    While the server is open, two commands: the same answer, history and verdict, the same password, own files and what was read of them.

    The audit log goes on; sessions and images of pages do not come back.
    """
    reads_own(server)
    (server.data / "pages").mkdir()
    (server.data / "pages" / "x.webp").write_bytes(b"drawn anew when it is looked at")
    (server.data / "bench").mkdir()
    (server.data / "bench" / "r.json").write_text("{}")
    out, data, index = tmp_path / "out" / "b.zip", tmp_path / "Dữ liệu mới", tmp_path / "new" / "index"
    folders = ["--data", str(server.data), "--index", str(server.index)]
    assert main(["backup", *folders, "--out", str(out)]) == 0
    assert main(["restore", str(out), "--data", str(data), "--index", str(index)]) == 0
    assert "mọi mã băm đều khớp" in capsys.readouterr().out

    assert out.stat().st_mode & 0o077 == 0
    assert data.stat().st_mode & 0o077 == 0
    again = Assistant(Index.open(index, encoder=FakeEncoder()))
    before, after = (one.record({"id": "q", "question": QUESTION}) for one in (server.assistant, again))
    assert {**before, "elapsed_ms": 0} == {**after, "elapsed_ms": 0}
    assert before["status"] == "answered"
    records = Records.open(data)
    history, old = History(records), History(server.records)
    assert history.of(server.lan) == old.of(server.lan)
    kept = history.of(server.lan)[0].id
    assert history.turns(server.lan, kept) == old.turns(server.lan, kept)
    assert Feedback(records).all() == Feedback(server.records).all()
    accounts = Accounts(records, hashes=cheap())
    assert isinstance(accounts.sign_in("Lan", PASSWORD, address="h"), str)
    assert not accounts.visitor({COOKIE: server.token}).is_known
    assert accounts.holder(server.key).id == server.lan.id
    collections = Collections(data, records, child=FakeChild())
    assert [file.state for file in collections.files(server.lan)] == [UploadState.READ] * 2
    assert {collections.folders.file(file).read_bytes() for file in collections.files(server.lan)} == {PRIVATE}
    own = Index.open(collections.folders.index(server.lan.id), encoder=FakeEncoder())
    assert {document.id for document in own.documents} == set(server.files)
    assert (data / "bench" / "r.json").read_text() == "{}"
    assert not (data / "pages").exists()
    events = [entry.event for entry in AuditLog(records).entries()]
    assert Event.RESTORED in events
    assert AuditLog(server.records).last_of(Event.BACKED_UP)["generation"] == "gen-000001"
    collections.close()
    records.close()


def test_a_backup_while_people_write_is_whole(server, tmp_path):
    """
    Conversations saved in the middle of it are in the copy or not, with all their turns, and the audit log verifies.
    """
    done = threading.Event()
    history, log = History(server.records), AuditLog(server.records)
    said = [Said(f"câu {n}", "lỗi") for n in range(5)]

    def write():
        while not done.wait(0.005):
            history.save(server.lan, said)
            log.note(Event.EXPORTED, actor=server.lan.id)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        records = restored(server, tmp_path)
    finally:
        done.set()
        writer.join()

    turns = records.rows("SELECT COUNT(*) AS count FROM turns GROUP BY conversation")
    assert {row["count"] for row in turns} <= {1, 5}
    assert AuditLog(records).verify().last > 0
    records.close()


def test_own_documents_without_a_fitting_index_are_read_again(server, tmp_path):
    """
    Files whose index is missing wait for being read after restoring, so that none stays unasked for ever.
    """
    records = restored(server, tmp_path)

    assert {one.state for one in Uploads(records).of(server.lan.id)} == {UploadState.QUEUED}
    records.close()


def test_a_file_that_was_deleted_meanwhile_does_not_come_back(server, tmp_path):
    """
    A row whose file is gone by the time the files are copied is marked as being removed, so that the next server takes its words out.
    """
    reads_own(server)
    uploads = Uploads(server.records)
    gone = uploads.one(server.lan.id, server.files[0])
    server.collections.folders.file(gone).unlink()
    records = restored(server, tmp_path)

    states = {one.id: one.state for one in Uploads(records).of(server.lan.id)}
    assert states == {server.files[0]: UploadState.REMOVING, server.files[1]: UploadState.READ}
    records.close()


def test_an_index_with_words_of_another_file_is_left_out(server, tmp_path):
    """
    Where the own index holds a document that no row knows, it is made anew from the files and not restored.
    """
    folder = server.collections.folders.of(server.lan.id)
    index_of({**dict.fromkeys(server.files, FARMING), "khong-ai-biet": FARMING}, folder)
    records = restored(server, tmp_path)

    assert {one.state for one in Uploads(records).of(server.lan.id)} == {UploadState.QUEUED}
    assert not list((tmp_path / "new-data").rglob("CURRENT"))
    records.close()


def test_an_approved_file_comes_back(server, tmp_path):
    """
    What an administrator has put into the shared corpus is among the files, with the word on it.
    """
    server.collections.propose(server.lan, server.files[0])
    server.collections.decide(server.lan, server.files[0], approve=True)
    assert server.collections.wait(10)
    records = restored(server, tmp_path)

    upload = Uploads(records).one(server.lan.id, server.files[0])
    assert upload.proposal is Proposal.APPROVED
    assert (tmp_path / "new-data" / "approved" / upload.file).read_bytes() == PRIVATE
    records.close()


def remade(out, change):
    """Write the archive *out* anew with its entries as *change* makes them of a dictionary."""
    with zipfile.ZipFile(out) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)


def flipped(entries, name):
    content = bytearray(entries[name])
    content[len(content) // 2] ^= 1
    entries[name] = bytes(content)


def named(entries, old, new):
    contents = json.loads(entries[CONTENTS])
    contents["files"][new] = contents["files"].pop(old)
    entries[new] = entries.pop(old)
    entries[CONTENTS] = json.dumps(contents)


def edited(entries, **fields):
    entries[CONTENTS] = json.dumps({**json.loads(entries[CONTENTS]), **fields})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda entries: flipped(entries, f"data/{FILE}"), f"data/{FILE} không còn như khi sao lưu"),
        (lambda entries: flipped(entries, "index/gen-000001/store.sqlite"), "store.sqlite không còn"),
        (lambda entries: flipped(entries, "index/CURRENT"), "CURRENT không còn"),
        (lambda entries: entries.pop("index/CURRENT"), "thừa hoặc thiếu index/CURRENT"),
        (lambda entries: entries.update({"data/more": b"x"}), "thừa hoặc thiếu data/more"),
        (lambda entries: entries.update({"index/CURRENT": b"x" * 10_000_000}), "CURRENT không còn"),
        (lambda entries: entries.pop(CONTENTS), "không phải bản sao lưu"),
        (lambda entries: edited(entries, format=2), "định dạng 2"),
        (lambda entries: edited(entries, files=[]), "không đọc được"),
        # names that would lie elsewhere
        (lambda entries: named(entries, "index/CURRENT", "data/../../outside"), "tên không hợp lệ"),
        (lambda entries: named(entries, "index/CURRENT", "/outside"), "tên không hợp lệ"),
        (lambda entries: named(entries, "index/CURRENT", "data/C:outside"), "tên không hợp lệ"),
        (lambda entries: named(entries, "index/CURRENT", "data\\outside"), "tên không hợp lệ"),
        (lambda entries: named(entries, f"data/{FILE}", "data/other"), f"thiếu data/{FILE}"),
    ],
)
def test_a_backup_that_was_touched_restores_nothing(server, tmp_path, capsys, change, said):
    """
    Whatever was changed, left out or put in: the command says what, ends with 1, and leaves nothing behind.
    """
    out, data, index = tmp_path / "b.zip", tmp_path / "there" / "data", tmp_path / "there" / "index"
    back_up(server.data, server.index, out)
    remade(out, change)

    assert main(["restore", str(out), "--data", str(data), "--index", str(index)]) == 1
    assert said in capsys.readouterr().err
    assert not list((tmp_path / "there").rglob("*"))
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("kept", [0, 0.3, 0.999])
def test_a_backup_cut_short_restores_nothing(server, tmp_path, kept):
    """
    An empty file and one that was cut are refused in words.
    """
    out = tmp_path / "b.zip"
    back_up(server.data, server.index, out)
    os.truncate(out, int(out.stat().st_size * kept))

    with pytest.raises(InputError, match=r"b\.zip: bản sao lưu bị hỏng"):
        restore(out, tmp_path / "d", tmp_path / "i")


def test_a_broken_audit_log_comes_back_and_is_told(server, tmp_path, capsys):
    """
    The data come back whatever became of the log before it was backed up; the command names the entry and ends with 1.
    """
    server.records.write("DROP TRIGGER audit_not_changed")
    server.records.write("UPDATE audit SET actor = 'x' WHERE number = 2")
    out = tmp_path / "b.zip"
    back_up(server.data, server.index, out)

    assert main(["restore", str(out), "--data", str(tmp_path / "d"), "--index", str(tmp_path / "i")]) == 1
    assert "mục 2" in capsys.readouterr().err
    assert (tmp_path / "d" / FILE).exists()


def test_nothing_is_overwritten(server, tmp_path):
    """
    A folder with something in it, the same folder for both, and a file that exists are refused; an empty folder will do.
    """
    out, full, empty = tmp_path / "b.zip", tmp_path / "full", tmp_path / "empty"
    empty.mkdir()
    full.mkdir()
    (full / "mine").write_text("x")
    back_up(server.data, server.index, out)
    for data, index in ((full, empty), (empty, full), (empty, empty)):
        with pytest.raises(InputError, match="--data"):
            restore(out, data, index)
    with pytest.raises(InputError, match="đã có"):
        back_up(server.data, server.index, out)
    with pytest.raises(InputError, match="không có tệp này"):
        restore(tmp_path / "none.zip", empty, tmp_path / "new")

    restore(out, empty, tmp_path / "new")
    assert [path.name for path in full.iterdir()] == ["mine"]


def test_a_backup_that_fails_leaves_no_file(server, tmp_path):
    """
    A damaged index, a folder without data, and a place inside of what is backed up are refused; nothing is left.
    """
    out = tmp_path / "out" / "b.zip"
    with pytest.raises(InputError, match="--data"):
        back_up(tmp_path / "none", server.index, out)
    with pytest.raises(InputError, match="chính thư mục"):
        back_up(server.data, server.index, server.data / "b.zip")
    flip = server.index / "gen-000001" / "store.sqlite"
    content = bytearray(flip.read_bytes())
    content[1000] ^= 1
    flip.write_bytes(content)
    with pytest.raises(IndexDamagedError):
        back_up(server.data, server.index, out)

    assert not out.exists()
    assert not list(out.parent.glob("*"))
