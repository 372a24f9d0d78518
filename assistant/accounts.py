"""Accounts: who may sign in with which roles, and the sessions and keys by which they are known again."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
import time
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assistant.audit_log import NOBODY, OPERATOR, AuditLog, Event
from assistant.passwords import LONGEST, SHORTEST, Hashes, Weakness, weakness
from assistant.throttle import ACCOUNT, ADDRESS, Throttle, Wait
from assistant.visitors import ANYBODY, Role, Visitor
from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from assistant.records import Records

COOKIE = "hvb_phien"
LONGEST_SESSION = 12 * 3600.0  # seconds, whatever is done in it
_IDLE = 2 * 3600.0  # seconds without a request, after which a session ends
_NOTED = 60.0  # seconds between two notes that a session is in use
KEY_DAYS = 90
_SCHEMA = """
CREATE TABLE IF NOT EXISTS account (
    id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, hash TEXT NOT NULL, roles TEXT NOT NULL, made REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS session (
    hash TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE, kind TEXT NOT NULL,
    seen REAL NOT NULL, ends REAL NOT NULL
);
"""
_NAME = re.compile(r"[\w.@-]{2,64}")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Account:
    """One account; ``id`` never comes back, so that a new account of the same name inherits nothing."""

    id: str
    name: str
    roles: frozenset[Role]
    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class Wrong:
    """There is no account of that name with that password; which of the two is not said."""


class Accounts:
    """
    The doors of a server with accounts; threads may share it.

    While there is no account at all, everybody is *without*. Who is not signed in reads where *anonymous* is on.
    """

    def __init__(
        self,
        records: Records,
        *,
        without: Visitor = ANYBODY,
        anonymous: bool = False,
        clock: Callable[[], float] = time.time,
        hashes: Hashes | None = None,
    ) -> None:
        """*clock* gives seconds since 1970; *hashes* takes the place of argon2 as it is recommended."""
        records.prepare(_SCHEMA)
        self.records, self._clock = records, clock
        self._hashes = hashes or Hashes()
        self._throttle = Throttle(records, clock)
        self._audit = AuditLog(records, clock=clock)
        self._without = without
        self._anonymous = anonymous

    # who is it

    @property
    def has_any(self) -> bool:
        """Whether there is an account."""
        return self.records.row("SELECT 1 FROM account LIMIT 1") is not None

    def visitor(self, cookies: Mapping[str, str], /) -> Visitor:
        """Return whose session *cookies* name; nobody where it has ended."""
        return self._holder(cookies.get(COOKIE, ""), "session")

    def holder(self, key: str, /) -> Visitor:
        """Return whom *key* was given to; see :meth:`give_key`."""
        return self._holder(key, "key")

    def lets_in(self, visitor: Visitor, /) -> bool:
        """Let in who is signed in; others where anonymous reading is on, or where there are no accounts."""
        return visitor.is_known or self._anonymous or not self.has_any

    def _holder(self, token: str, kind: str) -> Visitor:
        now = self._clock()
        row = self.records.row(
            "SELECT account.*, session.hash AS session, session.seen AS seen FROM session JOIN account ON account.id = session.account"
            " WHERE session.hash = ? AND kind = ? AND ends > ? AND (kind = 'key' OR seen > ?)",
            (_digest(token), kind, now, now - _IDLE),
        )
        if row is None:
            return ANYBODY if self.has_any else self._without
        if now - row["seen"] > _NOTED:
            self.records.write("UPDATE session SET seen = ? WHERE hash = ?", (now, row["session"]))
        return Visitor(row["id"], row["name"], _roles(row["roles"]))

    # sessions

    def sign_in(self, name: str, password: str, *, address: str) -> str | Wrong | Wait:
        """Return the token of a new session, or why there is none. *address* is where the request comes from."""
        row = self._checked(name, password, address)
        if isinstance(row, Wrong | Wait):
            return row
        with self.records.transaction():
            self._audit.note(Event.SIGNED_IN, actor=row["id"], address=address)
            return self._open(row["id"], "session", LONGEST_SESSION)

    def _checked(self, name: str, password: str, address: str) -> Any:
        """Return the row of the account *name* where *password* is its own; else Wrong or Wait."""
        key = _key(name)[:64]
        counted = {f"account {key}": ACCOUNT, f"address {address}": ADDRESS}
        if wait := self._throttle.enter(counted):
            return wait
        row = self._row(key)
        if not self._hashes.fits(password, row["hash"] if row else None) or row is None:
            _log.info("wrong password from %s", address)
            self._throttle.note_wrong(counted)
            self._note_wrong(row["id"] if row else "", f"account {key}", address)
            return Wrong()
        self._throttle.forgive(f"account {key}")
        if self._hashes.is_old(row["hash"]):
            self.records.write("UPDATE account SET hash = ? WHERE id = ?", (self._hashes.make(password), row["id"]))
        return row

    def _note_wrong(self, account: str, counted: str, address: str) -> None:
        # of a name that nobody has nothing is noted: people type passwords there by mistake
        subjects = {"account": account} if account else {}
        self._audit.note(Event.SIGN_IN_FAILED, actor=NOBODY, address=address, **subjects)
        if account and self._throttle.is_locked(counted):
            self._audit.note(Event.SIGN_IN_LOCKED, actor=NOBODY, address=address, **subjects)

    def sign_out(self, cookies: Mapping[str, str]) -> None:
        """End the session that *cookies* name."""
        token = _digest(cookies.get(COOKIE, ""))
        with self.records.transaction():
            row = self.records.row("SELECT account FROM session WHERE hash = ? AND kind = 'session'", (token,))
            if row is not None:
                self.records.write("DELETE FROM session WHERE hash = ?", (token,))
                self._audit.note(Event.SIGNED_OUT, actor=row["account"])

    def why_not(self, visitor: Visitor, password: str, *, address: str) -> Wrong | Wait | None:
        """Return None where *password* is the one of *visitor*, else why not; counted like an attempt to sign in."""
        row = self._checked(visitor.name, password, address)
        return row if isinstance(row, Wrong | Wait) else None

    def change_password(self, visitor: Visitor, old: str, new: str, *, address: str) -> str | Wrong | Wait | Weakness:
        """Give *visitor* the password *new* and return the token of a new session: all others of the account end, its keys too."""
        if weak := weakness(new, visitor.name):
            return weak
        refused = self.why_not(visitor, old, address=address)
        if refused is not None:
            return refused
        with self.records.transaction():
            self._set_password(visitor.id, new, actor=visitor.id)
            return self._open(visitor.id, "session", LONGEST_SESSION)

    def give_key(self, name: str, *, days: int = KEY_DAYS) -> str:
        """
        Return a new key by which a program is known as the account *name* for so many *days*; it is kept nowhere in this form.

        Raises:
            InputError: there is no such account.
        """
        account: str = self._known(name)["id"]
        with self.records.transaction():
            self._audit.note(Event.ACCOUNT_KEY, actor=OPERATOR, account=account, days=str(days))
            return self._open(account, "key", days * 86400.0)

    def _open(self, account: str, kind: str, seconds: float) -> str:
        token, now = secrets.token_urlsafe(32), self._clock()
        with self.records.transaction():
            self.records.write("DELETE FROM session WHERE ends <= ?", (now,))
            values = (_digest(token), account, kind, now, now + seconds)
            self.records.write("INSERT INTO session VALUES (?, ?, ?, ?, ?)", values)
        return token

    # keeping accounts

    def add(self, name: str, password: str, roles: Iterable[Role]) -> Account:
        """
        Make an account.

        Raises:
            InputError: the name cannot be used or is taken, or the password is too weak.
        """
        name = unicodedata.normalize("NFC", name.strip())
        if not _NAME.fullmatch(name):
            msg = f"Tên tài khoản “{name}” không dùng được.\n  Dùng từ 2 đến 64 chữ, số và các dấu . _ - @, không có khoảng trắng."
            raise InputError(msg)
        if self._row(_key(name)):
            msg = (
                f"Đã có tài khoản “{name}”.\n  Đổi mật khẩu: python -m assistant accounts password {name}\n"
                f"  Đổi vai trò:  python -m assistant accounts role {name} --role …"
            )
            raise InputError(msg)
        _check_strength(password, name)
        account = Account(secrets.token_hex(8), name, frozenset(roles))
        values = (
            account.id,
            _key(name),
            name,
            self._hashes.make(password),
            _words(account.roles),
            self._clock(),
        )
        with self.records.transaction():
            self.records.write("INSERT INTO account VALUES (?, ?, ?, ?, ?, ?)", values)
            self._audit.note(Event.ACCOUNT_MADE, actor=OPERATOR, account=account.id, roles=_words(account.roles))
        return account

    def id_of(self, name: str) -> str:
        """
        Return the id of an account, under which all that is kept of its person lies.

        Raises:
            InputError: there is no such account.
        """
        account: str = self._known(name)["id"]
        return account

    def all(self) -> list[Account]:
        """Return the accounts by name."""
        return [
            Account(row["id"], row["name"], _roles(row["roles"]), self._throttle.is_locked(f"account {row['key']}"))
            for row in self.records.rows("SELECT * FROM account ORDER BY key")
        ]

    def remove(self, name: str) -> str:
        """
        Remove an account, its sessions and keys; return its id, under which the rest lies (:mod:`assistant.leaving`).

        Raises:
            InputError: there is no such account.
        """
        account: str = self._known(name)["id"]
        with self.records.transaction():
            self.records.write("DELETE FROM account WHERE id = ?", (account,))
            self._audit.note(Event.ACCOUNT_REMOVED, actor=OPERATOR, account=account)
        return account

    def set_roles(self, name: str, roles: Iterable[Role]) -> None:
        """
        Give an account these *roles* in place of those it has; it holds from the next request.

        Raises:
            InputError: there is no such account.
        """
        row, words = self._known(name), _words(roles)
        with self.records.transaction():
            self.records.write("UPDATE account SET roles = ? WHERE id = ?", (words, row["id"]))
            self._audit.note(Event.ACCOUNT_ROLES, actor=OPERATOR, account=row["id"], roles=words)

    def set_password(self, name: str, password: str) -> None:
        """
        Give an account a new password; its sessions and keys end, and it is unlocked.

        Raises:
            InputError: there is no such account, or the password is too weak.
        """
        row = self._known(name)
        _check_strength(password, row["name"])
        self._set_password(row["id"], password, actor=OPERATOR)
        self.unlock(name)

    def _set_password(self, account: str, password: str, *, actor: str) -> None:
        made = self._hashes.make(password)
        with self.records.transaction():
            self.records.write("UPDATE account SET hash = ? WHERE id = ?", (made, account))
            self.records.write("DELETE FROM session WHERE account = ?", (account,))
            self._audit.note(Event.ACCOUNT_PASSWORD, actor=actor, account=account)

    def unlock(self, name: str) -> bool:
        """
        Forget the wrong passwords of an account; tell whether there were any.

        Raises:
            InputError: there is no such account.
        """
        row = self._known(name)
        with self.records.transaction():
            had = self._throttle.unlock(f"account {row['key']}")
            if had:
                self._audit.note(Event.ACCOUNT_UNLOCKED, actor=OPERATOR, account=row["id"])
        return had

    def _row(self, key: str) -> Any:
        return self.records.row("SELECT * FROM account WHERE key = ?", (key,))

    def _known(self, name: str) -> Any:
        row = self._row(_key(name))
        if row is None:
            msg = f"Không có tài khoản “{name}”.\n  Xem các tài khoản: python -m assistant accounts list"
            raise InputError(msg)
        return row


def forget_sessions(records: Records) -> None:
    """End the sessions of all people who are signed in; keys of programs stay."""
    records.prepare(_SCHEMA)
    records.write("DELETE FROM session WHERE kind = 'session'")


def _check_strength(password: str, name: str) -> None:
    weak = weakness(password, name)
    if weak is not None:
        said = {
            Weakness.SHORT: f"quá ngắn hoặc lặp lại ít ký tự: cần ít nhất {SHORTEST} ký tự, {SHORTEST // 2} ký tự khác nhau",
            Weakness.LONG: f"quá dài: nhiều nhất {LONGEST} ký tự",
            Weakness.NAME: "gần như chỉ là tên tài khoản",
        }[weak]
        msg = f"Mật khẩu {said}.\n  Xin chọn mật khẩu khác, ví dụ một câu dễ nhớ."
        raise InputError(msg)


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name.strip()).casefold()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _words(roles: Iterable[Role]) -> str:
    return " ".join(sorted(roles))


def _roles(words: str) -> frozenset[Role]:
    return frozenset(Role(word) for word in words.split() if word in set(Role))
