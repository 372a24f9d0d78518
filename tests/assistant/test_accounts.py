"""Accounts: who gets in, who waits, and what is kept of it."""

from __future__ import annotations

import io
import logging

import pytest
from argon2 import PasswordHasher

from assistant.__main__ import main
from assistant.accounts import COOKIE, LONGEST_SESSION, Accounts, Wrong
from assistant.passwords import Hashes, Weakness, weakness
from assistant.records import Records
from assistant.throttle import ACCOUNT, ADDRESS, Throttle, Wait
from assistant.visitors import ANYBODY, OWNER, Role
from indexer.errors import InputError

PASSWORD = "một câu dễ nhớ"  # noqa: S105 - of accounts that live as long as a test
HERE, THERE = "10.0.0.1", "10.0.0.2"


class Clock:
    """A clock that stands still until it is moved on."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def go(self, seconds: float) -> None:
        self.now += seconds


def cheap() -> Hashes:
    return Hashes(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def accounts(clock):
    """One account, "Lan", reader and trainer."""
    kept = Accounts(Records.in_memory(), clock=clock, hashes=cheap())
    kept.add("Lan", PASSWORD, [Role.READER, Role.TRAINER])
    return kept


def signed_in(accounts, password=PASSWORD, name="Lan", address=HERE):
    return accounts.sign_in(name, password, address=address)


def visitor(accounts, token):
    return accounts.visitor({COOKIE: token})


def test_who_signs_in_is_known_by_the_session(accounts):
    """
    The right password opens a session that names the account and its roles; case and composition of the name do not matter.
    """
    known = visitor(accounts, signed_in(accounts, name=" LAN "))

    assert known.name == "Lan"
    assert known.may(Role.TRAINER)
    assert not known.may(Role.ADMINISTRATOR)


def test_a_password_is_the_same_whichever_way_the_keyboard_writes_it(accounts):
    """
    A password of composed letters and one of letters with marks behind them are the same.
    """
    import unicodedata

    assert isinstance(signed_in(accounts, unicodedata.normalize("NFD", PASSWORD)), str)


def test_neither_password_nor_token_is_kept(tmp_path):
    """
    The database holds Argon2id hashes and the SHA-256 of tokens, nothing that could be used.
    """
    records = Records.open(tmp_path)
    accounts = Accounts(records)
    accounts.add("Lan", PASSWORD, [Role.READER])
    token = signed_in(accounts)
    key = accounts.give_key("Lan")
    records.close()
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())

    assert b"$argon2id$" in kept
    assert PASSWORD.encode() not in kept
    assert token.encode() not in kept
    assert key.encode() not in kept


@pytest.mark.parametrize(("name", "password"), [("Lan", "sai"), ("Minh", PASSWORD), ("", ""), ("Lan", "x" * 5000)])
def test_wrong_name_and_wrong_password_get_the_same(accounts, name, password):
    """
    Whether the name or the password is wrong is not said.
    """
    assert signed_in(accounts, password, name) == Wrong()


def test_an_unknown_name_is_hashed_too(accounts):
    """
    For a name that nobody has a hash is compared all the same, so that its time tells nothing.
    """
    compared = []

    class Noted(PasswordHasher):
        def verify(self, known, password):
            compared.append(known)
            return super().verify(known, password)

    accounts = Accounts(Records.in_memory(), hashes=Hashes(Noted(time_cost=1, memory_cost=8, parallelism=1)))
    accounts.sign_in("không có ai", "mật khẩu nào đó", address=HERE)

    assert len(compared) == 1


def test_after_five_wrong_passwords_one_waits(accounts, clock):
    """
    The sixth attempt waits half a minute, and is refused even with the right password; after the wait it is let in.
    """
    for _ in range(5):
        assert signed_in(accounts, "sai") == Wrong()

    assert signed_in(accounts) == Wait(30)
    clock.go(31)
    assert isinstance(signed_in(accounts), str)


def test_the_wait_grows_and_a_restart_does_not_shorten_it(clock):
    """
    Each further wrong password doubles the wait, up to a quarter of an hour; a new server over the same records knows of it.
    """
    records = Records.in_memory()
    accounts = Accounts(records, clock=clock, hashes=cheap())
    accounts.add("Lan", PASSWORD, [Role.READER])
    waits = []
    for attempt in range(12):
        signed_in(accounts, "sai", address=f"10.0.1.{attempt}")
        again = Accounts(records, clock=clock, hashes=cheap()).sign_in("Lan", "sai", address="10.0.2.1")
        waits.append(again.seconds if isinstance(again, Wait) else 0)
        clock.go(waits[-1] + 1)

    assert waits[-1] == 900
    assert waits == sorted(waits)
    assert 30 in waits
    assert 60 in waits


def test_fifty_wrong_passwords_lock_the_account_until_it_is_unlocked(accounts, clock, caplog):
    """
    A locked account stays locked whatever the time; that it was locked is logged, its password attempts are not.
    """
    with caplog.at_level(logging.WARNING):
        for attempt in range(50):
            assert signed_in(accounts, "mật khẩu sai", address=f"10.0.{attempt}.1") == Wrong()
            clock.go(1000)

    clock.go(86400)
    assert signed_in(accounts) == Wait(None)
    assert accounts.all()[0].is_locked
    assert "locked after 50 wrong passwords" in caplog.text
    assert "mật khẩu sai" not in caplog.text
    accounts.unlock("Lan")
    assert isinstance(signed_in(accounts), str)


def test_one_address_cannot_try_many_names(accounts):
    """
    Twenty wrong passwords from one address make that address wait, for every name; another address does not wait.
    """
    for attempt in range(20):
        signed_in(accounts, "sai", f"ai-{attempt}")

    assert isinstance(signed_in(accounts), Wait)
    assert isinstance(signed_in(accounts, address=THERE), str)


def test_a_whole_office_may_sign_in_at_once(clock):
    """
    People behind one address who are signing in at the same moment do not make each other wait; wrong passwords there do.
    """
    throttle = Throttle(Records.in_memory(), clock)
    keys = [{f"account {number}": ACCOUNT, "address 10.0.0.1": ADDRESS} for number in range(100)]

    assert [throttle.enter(one) for one in keys] == [None] * 100
    for one in keys[:20]:
        throttle.note_wrong(one)
    assert throttle.enter({"account x": ACCOUNT, "address 10.0.0.1": ADDRESS}) == Wait(30)
    assert throttle.enter({"account x": ACCOUNT, "address 10.0.0.2": ADDRESS}) is None


def test_the_right_password_forgives(accounts):
    """
    Wrong passwords before the right one are forgotten: they do not add up over days of ordinary slips.
    """
    for _ in range(4):
        for _ in range(4):
            assert signed_in(accounts, "sai", address=THERE) == Wrong()
        assert isinstance(signed_in(accounts), str)


def test_a_session_ends_when_nobody_uses_it(accounts, clock):
    """
    Two hours without a request end a session; requests keep it for twelve hours and no longer.
    """
    idle, used = signed_in(accounts), signed_in(accounts)
    for _ in range(11):
        clock.go(3600)
        assert visitor(accounts, used).name == "Lan"
    assert visitor(accounts, idle) == ANYBODY
    clock.go(LONGEST_SESSION - 11 * 3600)

    assert visitor(accounts, used) == ANYBODY


def test_signing_out_ends_the_session_alone(accounts):
    """
    Who signs out is nobody; another session of the same account goes on.
    """
    first, second = signed_in(accounts), signed_in(accounts)
    accounts.sign_out({COOKIE: first})

    assert visitor(accounts, first) == ANYBODY
    assert visitor(accounts, second).is_known


def test_a_new_password_ends_every_other_session(accounts):
    """
    Changing one's password needs the old one, opens a new session and ends the others and the keys.
    """
    old = signed_in(accounts)
    key = accounts.give_key("Lan")
    lan = visitor(accounts, old)

    assert accounts.change_password(lan, "sai", "mật khẩu thật mới", address=HERE) == Wrong()
    assert accounts.change_password(lan, PASSWORD, "ngắn", address=HERE) is Weakness.SHORT
    token = accounts.change_password(lan, PASSWORD, "mật khẩu thật mới", address=HERE)
    assert visitor(accounts, old) == ANYBODY
    assert accounts.holder(key) == ANYBODY
    assert visitor(accounts, token) == lan
    assert signed_in(accounts) == Wrong()


def test_roles_change_at_once(accounts):
    """
    Roles are read at every request: whoever loses one has lost it in the open session too.
    """
    token = signed_in(accounts)
    accounts.set_roles("lan", [Role.EVALUATOR])

    assert visitor(accounts, token).roles == {Role.EVALUATOR}


def test_an_account_of_the_same_name_inherits_nothing(accounts):
    """
    A removed account's sessions end, and a new account of its name has another id.
    """
    token = signed_in(accounts)
    before = visitor(accounts, token).id
    accounts.add("Minh", PASSWORD, [Role.READER])
    accounts.remove("Lan")
    assert visitor(accounts, token) == ANYBODY
    accounts.add("Lan", PASSWORD, [Role.READER])

    assert visitor(accounts, signed_in(accounts)).id != before


def test_a_key_is_no_session_and_a_session_no_key(accounts, clock):
    """
    A key for programs is good for its days, and neither of the two does for the other.
    """
    key, token = accounts.give_key("Lan", days=30), signed_in(accounts)

    assert accounts.holder(key).name == "Lan"
    assert visitor(accounts, key) == ANYBODY
    assert accounts.holder(token) == ANYBODY
    clock.go(31 * 86400)
    assert accounts.holder(key) == ANYBODY


def test_without_accounts_everybody_is_let_in_until_there_is_one():
    """
    A server without accounts takes everybody for the owner; the first account closes it at once.
    """
    accounts = Accounts(Records.in_memory(), without=OWNER, hashes=cheap())
    assert accounts.visitor({}) == OWNER
    assert accounts.lets_in(accounts.visitor({}))
    accounts.add("Lan", PASSWORD, [Role.ADMINISTRATOR])

    assert accounts.visitor({}) == ANYBODY
    assert not accounts.lets_in(ANYBODY)


def test_anonymous_reading_is_what_is_switched_on(accounts):
    """
    Only where it is switched on may nobody in particular read.
    """
    records = Records.in_memory()
    Accounts(records, hashes=cheap()).add("Lan", PASSWORD, [Role.READER])

    assert Accounts(records, anonymous=True, hashes=cheap()).lets_in(ANYBODY)
    assert not Accounts(records, hashes=cheap()).lets_in(ANYBODY)


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("ngắn", Weakness.SHORT),
        ("aaaaaaaaaaaa", Weakness.SHORT),
        ("x" * 150 + "abcdefghijk" * 10, Weakness.LONG),
        ("nguyenvanlan1", Weakness.NAME),
        ("ba con mèo đen", None),
    ],
)
def test_weak_passwords(password, expected):
    """
    Short, monotonous and over-long passwords are not taken, nor the account's name with a digit behind it.
    """
    assert weakness(password, "NguyenVanLan") is expected


@pytest.mark.parametrize("name", ["", "a", "có dấu cách", "x" * 65, "<b>"])
def test_a_name_that_cannot_be_used_is_refused(accounts, name):
    """
    Names are short words of letters, figures and a few marks.
    """
    with pytest.raises(InputError, match="không dùng được"):
        accounts.add(name, PASSWORD, [Role.READER])


def run(tmp_path, monkeypatch, *arguments, typed=""):
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    return main(["accounts", *arguments, "--data", str(tmp_path / "data")])


def test_accounts_are_kept_from_the_command_line(tmp_path, monkeypatch, capsys):
    """
    An account is added with its password from standard input, listed, given another role, and removed.
    """
    added = run(tmp_path, monkeypatch, "add", "Lan", "--role", "trainer", "--password-stdin", typed=f"{PASSWORD}\n")
    assert added == 0
    assert run(tmp_path, monkeypatch, "role", "Lan", "--role", "reader", "--role", "evaluator") == 0
    assert run(tmp_path, monkeypatch, "list") == 0
    assert "Lan\tevaluator, reader" in capsys.readouterr().out
    assert run(tmp_path, monkeypatch, "add", "lan", "--password-stdin", typed=f"{PASSWORD}\n") == 1
    assert "Đã có tài khoản" in capsys.readouterr().err
    assert run(tmp_path, monkeypatch, "key", "Lan") == 0
    assert len(capsys.readouterr().out.strip()) > 30
    assert run(tmp_path, monkeypatch, "unlock", "Lan") == 0
    assert run(tmp_path, monkeypatch, "password", "Lan", "--password-stdin", typed="ngắn\n") == 1
    assert run(tmp_path, monkeypatch, "remove", "Lan") == 0
    assert run(tmp_path, monkeypatch, "remove", "Lan") == 1


def test_a_password_is_typed_twice(tmp_path, monkeypatch, capsys):
    """
    On a terminal the password is asked for twice and never shown; two that differ are refused.
    """
    typed = iter([PASSWORD, "khác hẳn"])
    monkeypatch.setattr("getpass.getpass", lambda _: next(typed))

    assert main(["accounts", "add", "Lan", "--data", str(tmp_path / "data")]) == 1
    assert "không giống nhau" in capsys.readouterr().err


def test_a_password_is_no_argument(tmp_path, capsys):
    """
    There is no way to put a password on the command line, where others could see it.
    """
    with pytest.raises(SystemExit):
        main(["accounts", "add", "Lan", PASSWORD, "--data", str(tmp_path / "data")])
    capsys.readouterr()
