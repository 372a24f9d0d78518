"""Wrong passwords are counted, and make whoever sends them wait: longer each time, in the end until someone unlocks."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.records import Records

_SCHEMA = """
CREATE TABLE IF NOT EXISTS attempt (
    key TEXT PRIMARY KEY, wrong INTEGER NOT NULL, last REAL NOT NULL, until REAL NOT NULL
);
"""
_log = logging.getLogger(__name__)
_FIRST_WAIT, _LONGEST_WAIT = 30.0, 900.0  # seconds


@dataclass(frozen=True, slots=True)
class Patience:
    """
    How many wrong passwords are free, from how many the key is locked (None: never), and when they are forgotten (seconds).

    *at_once* tells whether an attempt counts from its beginning, so that many at once are no more than one after the other.
    """

    free: int
    locked: int | None
    forgotten: float
    at_once: bool = True


ACCOUNT = Patience(free=5, locked=50, forgotten=30 * 86400.0)
# a whole office may share one, and sign in within the same minute: what is not wrong does not count
ADDRESS = Patience(free=20, locked=None, forgotten=3600.0, at_once=False)


@dataclass(frozen=True, slots=True)
class Wait:
    """A refusal without a look at the password: for so many *seconds*, or, where that is None, until the account is unlocked."""

    seconds: int | None


class Throttle:
    """Counts wrong passwords by key, in the records, so that a restart forgets nothing."""

    def __init__(self, records: Records, clock: Callable[[], float]) -> None:
        records.prepare(_SCHEMA)
        self._records, self._clock = records, clock

    def enter(self, keys: dict[str, Patience]) -> Wait | None:
        """
        Count an attempt under each of *keys* whose patience counts from the beginning, or say how long to wait.

        It counts as wrong until :meth:`forgive` is called. Under the others :meth:`note_wrong` counts.
        """
        now = self._clock()
        with self._records.transaction():
            waits = [wait for key, patience in keys.items() if (wait := self._wait(key, patience, now))]
            if waits:
                seconds = [wait.seconds for wait in waits]
                return Wait(None) if None in seconds else Wait(max(filter(None, seconds)))
            for key, patience in keys.items():
                if patience.at_once:
                    self._count(key, patience, now)
        return None

    def note_wrong(self, keys: dict[str, Patience]) -> None:
        """Count a wrong password under those of *keys* under which :meth:`enter` has not."""
        with self._records.transaction():
            for key, patience in keys.items():
                if not patience.at_once:
                    self._count(key, patience, self._clock())

    def _wait(self, key: str, patience: Patience, now: float) -> Wait | None:
        row = self._records.row("SELECT wrong, last, until FROM attempt WHERE key = ?", (key,))
        if row is None or row["last"] + patience.forgotten < now:
            return None
        if patience.locked is not None and row["wrong"] >= patience.locked:
            return Wait(None)
        return Wait(math.ceil(row["until"] - now)) if row["until"] > now else None

    def _count(self, key: str, patience: Patience, now: float) -> None:
        row = self._records.row(
            "SELECT wrong FROM attempt WHERE key = ? AND last >= ?", (key, now - patience.forgotten)
        )
        wrong = (row["wrong"] if row else 0) + 1
        over = wrong - patience.free
        until = now + min(_FIRST_WAIT * 2 ** min(over, 10), _LONGEST_WAIT) if over >= 0 else 0.0
        self._records.write("INSERT OR REPLACE INTO attempt VALUES (?, ?, ?, ?)", (key, wrong, now, until))
        self._records.write("DELETE FROM attempt WHERE last < ?", (now - ACCOUNT.forgotten,))
        if patience.locked is not None and wrong == patience.locked:
            _log.warning("%s: locked after %d wrong passwords", key, wrong)

    def forgive(self, account: str) -> None:
        """Hold nothing against *account* any more."""
        self._records.write("DELETE FROM attempt WHERE key = ?", (account,))

    def unlock(self, key: str) -> bool:
        """Forget what was counted under *key*; tell whether there was anything."""
        return self._records.write("DELETE FROM attempt WHERE key = ?", (key,)) > 0

    def is_locked(self, key: str) -> bool:
        """Tell whether *key*, of an account, waits to be unlocked."""
        wait = self._wait(key, ACCOUNT, self._clock())
        return wait is not None and wait.seconds is None
