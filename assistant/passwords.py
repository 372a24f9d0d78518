"""Passwords: what a good one is, and its Argon2id hash; nothing here knows whose it is."""

from __future__ import annotations

import secrets
import unicodedata
from base64 import b64encode
from enum import StrEnum
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 10, 200  # characters
_AT_ONCE = 2  # hashes that are computed at a time: each takes 64 MiB


class Weakness(StrEnum):
    """Why a password is not taken."""

    SHORT = "short"
    LONG = "long"
    NAME = "name"  # it is the account's name, or holds it and little else


def weakness(password: str, name: str) -> Weakness | None:
    """Return why *password* is too weak for the account *name*, None where it will do."""
    plain = _normal(password)
    if len(plain) < SHORTEST or len(set(plain)) < SHORTEST // 2:
        return Weakness.SHORT
    if len(plain) > LONGEST:
        return Weakness.LONG
    rest = plain.casefold().replace(name.casefold(), "")
    return Weakness.NAME if len(rest) < SHORTEST // 2 else None


class Hashes:
    """Makes and checks hashes; *hasher* takes the place of argon2's own, with its parameters of RFC 9106."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        if hasher is None:
            from argon2 import PasswordHasher  # noqa: PLC0415 - no command but those of accounts needs it

            hasher = PasswordHasher()
        self._hasher = hasher
        self._turns = BoundedSemaphore(_AT_ONCE)
        self._nobody = _hash_of_nobody(hasher)

    def make(self, password: str) -> str:
        """Return the hash of *password*, parameters and salt in it."""
        with self._turns:
            made: str = self._hasher.hash(_normal(password))
            return made

    def fits(self, password: str, known: str | None) -> bool:
        """Tell whether *password* is the one of the hash *known*; without one the answer is no, and takes as long."""
        from argon2.exceptions import VerificationError  # noqa: PLC0415

        with self._turns:
            try:
                fitting = self._hasher.verify(known or self._nobody, _normal(password)[: LONGEST + 1])
            except VerificationError:
                return False
        return fitting and known is not None

    def is_old(self, known: str) -> bool:
        """Tell whether *known* was made with weaker parameters than are used today."""
        needed: bool = self._hasher.check_needs_rehash(known)
        return needed


def _hash_of_nobody(hasher: PasswordHasher) -> str:
    """Return what looks like a hash that *hasher* made, of no password: to be checked for names that do not exist, as slowly as a real one."""
    from argon2.low_level import ARGON2_VERSION  # noqa: PLC0415

    salt, tag = (
        b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (hasher.salt_len, hasher.hash_len)
    )
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2{hasher.type.name.lower()}$v={ARGON2_VERSION}${costs}${salt}${tag}"


def _normal(password: str) -> str:
    # keyboards write "ế" as one character or as three
    return unicodedata.normalize("NFC", password)
