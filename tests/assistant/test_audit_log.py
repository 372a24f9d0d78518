"""The audit log: what is noted, that it cannot be altered unseen, and that everybody writes one chain."""

from __future__ import annotations

import hashlib
import io
import json
import signal
import sqlite3
import subprocess
import sys
import threading
import time

import pytest

from assistant.__main__ import main
from assistant.accounts import COOKIE, Accounts
from assistant.audit_log import NOBODY, OPERATOR, SERVER, AuditLog, Event
from assistant.chat import running
from assistant.chat.office import Office
from assistant.classes import Act, Classes
from assistant.collections import Collections
from assistant.question_log import QuestionLog
from assistant.quizzes import quiz
from assistant.records import FILE, Records
from assistant.visitors import Role, Visitor
from indexer.errors import InputError
from tests.assistant.chat_fakes import FakeAssistant, corpus
from tests.assistant.test_accounts import PASSWORD, Clock, cheap
from tests.assistant.test_uploads import FakeChild

DAY = 86400.0
MANY = """
import sys, threading
from pathlib import Path
from assistant.audit_log import AuditLog, Event
from assistant.records import Records
log = AuditLog(Records.open(Path(sys.argv[1])))
for n in range(40):
    log.note(Event.EXPORTED, actor="other", what=str(n))
"""


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def records(tmp_path):
    opened = Records.open(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def log(records, clock):
    """A log of five entries, a day apart."""
    made = AuditLog(records, clock=clock)
    for number in range(1, 6):
        made.note(Event.EXPORTED, actor="lan", what=f"answer {number}")
        clock.go(DAY)
    return made


def told(records):
    """Return event, actor and subjects of every entry."""
    return [(entry.event, entry.actor, entry.subjects) for entry in AuditLog(records).entries()]


def tamper(tmp_path, *statements):
    """Do what somebody would who can write the file: take the triggers away, then change it."""
    connection = sqlite3.connect(tmp_path / FILE)
    for statement in ("DROP TRIGGER audit_not_changed", "DROP TRIGGER audit_not_removed", *statements):
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_chain_that_nobody_touched_verifies(log):
    """
    The ends are those of the five entries, and an end that was noted before is still part of the chain later.
    """
    early = log.verify()
    log.note(Event.SIGNED_OUT, actor="")

    assert (early.first, early.last) == (1, 5)
    assert log.verify(known=early.head).last == 6
    assert list(log.entries())[-1].actor == NOBODY


@pytest.mark.parametrize(
    ("statements", "named"),
    [
        # who it was, what it was, when it was: one letter is enough
        (["UPDATE audit SET actor = 'lam' WHERE number = 3"], "mục 3 .*đã bị sửa"),
        (["UPDATE audit SET subjects = replace(subjects, '2', '7') WHERE number = 2"], "mục 2 .*đã bị sửa"),
        (["UPDATE audit SET at = replace(at, '2027', '2026') WHERE number = 5"], "mục 5 .*đã bị sửa"),
        (["UPDATE audit SET actor = x'00ff' WHERE number = 3"], "mục 3 .*đã bị sửa"),
        # an entry in the middle, the first, the last
        (["DELETE FROM audit WHERE number = 3"], "mục 3 không còn"),
        (["DELETE FROM audit WHERE number = 1"], "mục 1 không còn"),
        (["DELETE FROM audit WHERE number >= 4"], "mục 4 không còn: nhật ký đã ghi đến mục 5"),
        (["DELETE FROM audit"], "mục 1 không còn"),
        # two that change places, hashes and all
        (["UPDATE audit SET number = 9 WHERE number = 2", "UPDATE audit SET number = 2 WHERE number = 3"], "mục 2 "),
        # one put in behind the last
        (
            ["INSERT INTO audit SELECT 6, at, actor, event, subjects, before, hash FROM audit WHERE number = 5"],
            "mục 6 ",
        ),
        # one put in before the first
        (
            ["INSERT INTO audit SELECT 0, at, actor, event, subjects, before, hash FROM audit WHERE number = 5"],
            "mục 1 ",
        ),
    ],
)
def test_the_first_entry_that_was_touched_is_named(log, tmp_path, capsys, statements, named):
    """
    Whatever is altered, taken out, moved or put in: the command ends with 1 and says which entry, in which file, and what to do.
    """
    tamper(tmp_path, *statements)

    with pytest.raises(InputError, match=named):
        log.verify()
    assert main(["verify-log", "--data", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert said.startswith(str(tmp_path / FILE))
    assert "python -m assistant restore" in said


def test_a_whole_new_chain_is_seen_by_an_end_that_was_noted(log, records, tmp_path, capsys):
    """
    Who makes all of it anew, with right hashes, is found out by the end that was printed before.
    """
    head = log.verify().head
    tamper(tmp_path, "DELETE FROM audit", "DELETE FROM audit_ends")
    for _ in range(6):
        log.note(Event.SIGNED_IN, actor="lan")

    assert main(["verify-log", "--data", str(tmp_path)]) == 0
    assert main(["verify-log", "--data", str(tmp_path), "--head", head]) == 1
    assert "mục 5 không phải mục đã ghi" in capsys.readouterr().err
    assert main(["verify-log", "--data", str(tmp_path), "--head", "5"]) == 1


def test_the_database_refuses_to_change_or_remove_an_entry(log, records):
    """
    Even a fault of ours cannot alter the log: the tables themselves refuse.
    """
    for statement in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit WHERE number = 5"):
        with pytest.raises(sqlite3.IntegrityError, match="never"):
            records.write(statement)

    assert log.verify().last == 5


def test_what_is_older_than_it_is_kept_goes_and_the_rest_verifies(log, records, clock):
    """
    After a cut the chain begins behind the last entry that went, says so, and still shows every change; another cut does nothing.
    """
    before = log.verify().head
    assert log.cut(clock.now - 3.5 * DAY) == 2
    assert log.cut(clock.now - 3.5 * DAY) == 0

    chain = log.verify(known=before)
    assert (chain.first, chain.last) == (3, 6)
    assert told(records)[-1] == (Event.LOG_CUT, SERVER, {"first": "1", "last": "2"})


def test_a_broken_log_is_not_cut(log, records, tmp_path, clock):
    """
    What is broken is evidence: nothing of it is removed.
    """
    tamper(tmp_path, "UPDATE audit SET actor = 'x' WHERE number = 4")

    with pytest.raises(InputError, match="mục 4"):
        log.cut(clock.now)
    assert len(told(records)) == 5


def test_all_entries_may_be_cut(log, clock):
    """
    A log of which nothing is young enough goes on behind its end.
    """
    clock.go(DAY)
    assert log.cut(clock.now - DAY / 2) == 5

    assert (log.verify().first, log.verify().last) == (6, 6)


def test_threads_and_processes_write_one_chain(records, tmp_path):
    """
    Four threads and a second process write at once: no entry is lost, and the chain is one.
    """
    log = AuditLog(records)
    other = subprocess.Popen([sys.executable, "-c", MANY, str(tmp_path)])
    threads = [
        threading.Thread(target=lambda: [log.note(Event.EXPORTED, actor="lan") for _ in range(20)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert other.wait(30) == 0
    assert log.verify().last == 120


def test_an_entry_is_written_with_what_it_tells_or_not_at_all(records):
    """
    Where what it tells does not happen, the entry is not there either.
    """
    log = AuditLog(records)
    with pytest.raises(RuntimeError), records.transaction():  # noqa: PT012 - what is written before it raises is the point
        log.note(Event.ACCOUNT_MADE, actor=OPERATOR)
        raise RuntimeError

    assert told(records) == []
    assert log.verify().last == 0


def test_words_of_a_document_do_not_fit_into_an_entry(log):
    """
    Subjects are ids; a text is refused.
    """
    with pytest.raises(ValueError, match="300"):
        log.note(Event.UPLOADED, actor="lan", upload="x" * 301)


def test_accounts_are_audited(records, clock):
    """
    Accounts made, changed and removed, and every sign-in with its end; of a name that nobody has, nothing but the address.
    """
    accounts = Accounts(records, clock=clock, hashes=cheap())
    made = accounts.add("Lan", PASSWORD, [Role.READER]).id
    accounts.set_roles("Lan", [Role.TRAINER])
    token = accounts.sign_in("Lan", PASSWORD, address="10.0.0.1")
    accounts.sign_out({COOKIE: token})
    accounts.sign_out({COOKIE: token})  # there is no session any more
    accounts.sign_in("Lan", "sai", address="10.0.0.1")
    accounts.sign_in("mat-khau-go-nham", "sai", address="10.0.0.1")
    accounts.give_key("Lan", days=9)
    accounts.unlock("Lan")
    accounts.set_password("Lan", f"{PASSWORD} mới")
    accounts.remove("Lan")

    assert told(records) == [
        (Event.ACCOUNT_MADE, OPERATOR, {"account": made, "roles": "reader"}),
        (Event.ACCOUNT_ROLES, OPERATOR, {"account": made, "roles": "trainer"}),
        (Event.SIGNED_IN, made, {"address": "10.0.0.1"}),
        (Event.SIGNED_OUT, made, {}),
        (Event.SIGN_IN_FAILED, NOBODY, {"account": made, "address": "10.0.0.1"}),
        (Event.SIGN_IN_FAILED, NOBODY, {"address": "10.0.0.1"}),
        (Event.ACCOUNT_KEY, OPERATOR, {"account": made, "days": "9"}),
        (Event.ACCOUNT_UNLOCKED, OPERATOR, {"account": made}),
        (Event.ACCOUNT_PASSWORD, OPERATOR, {"account": made}),
        (Event.ACCOUNT_REMOVED, OPERATOR, {"account": made}),
    ]


def test_fifty_wrong_passwords_are_fifty_entries_and_a_lock(records, clock):
    """
    Each is noted, and once that the account is locked; what is refused after that without a look at the password fills nothing.
    """
    accounts = Accounts(records, clock=clock, hashes=cheap())
    accounts.add("Lan", PASSWORD, [Role.READER])
    for attempt in range(55):
        accounts.sign_in("Lan", "sai", address=f"10.0.1.{attempt}")
        clock.go(901)

    events = [event for event, _, _ in told(records)]
    assert (events.count(Event.SIGN_IN_FAILED), events.count(Event.SIGN_IN_LOCKED)) == (50, 1)


def test_a_changed_password_is_no_sign_in(records, clock):
    """
    Who changes the own password is noted as having done that alone.
    """
    accounts = Accounts(records, clock=clock, hashes=cheap())
    person = accounts.visitor({COOKIE: ""})
    made = accounts.add("Lan", PASSWORD, [Role.READER])
    person = Visitor(made.id, "Lan", made.roles)
    assert isinstance(accounts.change_password(person, PASSWORD, f"{PASSWORD} mới", address="h"), str)

    assert told(records)[1:] == [(Event.ACCOUNT_PASSWORD, made.id, {"account": made.id})]


def test_documents_are_audited_without_their_names(records, tmp_path):
    """
    Upload, approval and removal are noted, by the part of the id that chance made; by the whole id once all people may read it.
    """
    lan, chief = Visitor("lan", "Lan", frozenset()), Visitor("chief", "Chánh", frozenset({Role.ADMINISTRATOR}))
    collections = Collections(tmp_path, records, shared=tmp_path / "shared", child=FakeChild())
    names = ("Kế hoạch mở.txt", "Đơn riêng của tôi.txt")
    public, private = (collections.receive(lan, name, io.BytesIO(b"abc")).id for name in names)
    assert collections.wait(10)
    collections.propose(lan, public)
    collections.decide(chief, public, approve=True)
    assert collections.wait(10)
    collections.delete(lan, private)
    assert collections.wait(10)
    collections.close()

    assert told(records) == [
        (Event.UPLOADED, "lan", {"upload": public[-8:]}),
        (Event.UPLOADED, "lan", {"upload": private[-8:]}),
        (Event.APPROVED, "chief", {"document": public}),
        (Event.SHARED, SERVER, {"document": public}),
        (Event.REMOVED, "lan", {"upload": private[-8:]}),
    ]
    assert "rieng" not in json.dumps(told(records))


def test_classes_are_audited(records, clock):
    """
    A class made, opened to documents of others, ended and swept away by time is noted; what is asked in it is not.
    """
    classes = Classes(records, clock=clock)
    room = classes.open("lan", quiz(corpus(), seed=5, size=3))
    for act in (Act.START, Act.REVEAL, Act.SENDING, Act.END, Act.END):
        now = classes.of_trainer("lan", room.code)
        classes.act("lan", room.code, act, revision=now.revision)
    clock.go(31 * DAY)
    classes.sweep()

    of_it = {"room": str(room.id)}
    assert told(records) == [
        (Event.CLASS_MADE, "lan", of_it),
        (Event.CLASS_CHANGED, "lan", of_it),
        (Event.CLASS_ENDED, "lan", of_it),
        (Event.CLASS_REMOVED, SERVER, of_it),
    ]


def test_a_folder_without_a_log_is_named(tmp_path, capsys):
    """
    No folder of data, and one whose log was thrown away, are faults, and nothing is made by looking.
    """
    assert main(["verify-log", "--data", str(tmp_path / "none")]) == 1
    Records.open(tmp_path).close()
    assert main(["verify-log", "--data", str(tmp_path)]) == 1

    said = capsys.readouterr().err
    assert "--data" in said
    assert "chưa có nhật ký kiểm toán" in said
    assert not (tmp_path / "none").exists()


def test_a_damaged_database_is_told(log, records, tmp_path, capsys):
    """
    Pages of the file that were overwritten end in words that name the file, and no traceback.
    """
    records.close()
    content = bytearray((tmp_path / FILE).read_bytes())
    content[4096:12288] = b"\xff" * 8192
    (tmp_path / FILE).write_bytes(content)

    assert main(["verify-log", "--data", str(tmp_path)]) == 1
    assert str(tmp_path / FILE) in capsys.readouterr().err


def test_a_forged_entry_does_not_hold_the_next_one(log, records, tmp_path):
    """
    Who alters an entry and makes its hash anew is found out by the entry behind it.
    """
    row = list(records.row("SELECT number, at, 'lam', event, subjects, before FROM audit WHERE number = 3"))
    made = hashlib.sha256(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
    tamper(tmp_path, f"UPDATE audit SET actor = 'lam', hash = '{made}' WHERE number = 3")  # noqa: S608

    with pytest.raises(InputError, match=r"mục 4 .*không nối tiếp mục 3"):
        log.verify()


def test_settings_are_noted_where_they_changed(tmp_path):
    """
    Every start is noted with the generation that answers; the settings only where they are others than before.
    """
    office = Office(FakeAssistant(), tmp_path)
    for anonymous in (False, False, True):
        running.note_start(office, {"anonymous": anonymous})

    events = [event for event, _, _ in told(office.records)]
    assert events == [Event.SERVER_STARTED, Event.SETTINGS, Event.SERVER_STARTED, Event.SERVER_STARTED, Event.SETTINGS]


def test_the_server_is_ended_in_order():
    """
    SIGTERM, with which services are ended, leaves by way of what has to be done at the end.
    """
    before = signal.getsignal(signal.SIGTERM)
    try:
        running.leave_in_order()
        with pytest.raises(SystemExit):
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)


def test_what_is_kept_for_a_time_is_swept(tmp_path):
    """
    The server's own rounds cut the audit log and delete logged questions, though looking after classes fails.
    """

    class Once(threading.Event):
        rounds = 0

        def wait(self, timeout=None):  # noqa: ARG002 - the event's
            self.rounds += 1
            return self.rounds > 1

    clock = Clock()
    clock.now = time.time() - 800 * DAY
    office = Office(FakeAssistant(), tmp_path)
    AuditLog(office.records, clock=clock).note(Event.EXPORTED, actor="lan")
    QuestionLog(office.records, days=30, clock=clock).add(Visitor("lan", "Lan", frozenset()), "câu hỏi", "answered")
    office.records.write("DROP TABLE classes")
    running.sweep(office, Once(), audit_days=730)

    assert [event for event, _, _ in told(office.records)] == [Event.LOG_CUT]
    assert office.questions.all() == []
