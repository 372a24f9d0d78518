"""Who is in front of the screen, and what that person may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class Role(StrEnum):
    """What a person may do beyond reading the shared corpus."""

    READER = "reader"  # asks, uploads into a collection of one's own
    TRAINER = "trainer"  # opens classes
    EVALUATOR = "evaluator"  # runs question sets
    ADMINISTRATOR = "administrator"  # approves uploads into the shared corpus, keeps accounts


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person, by ``id``: under it stands all that is theirs. Nobody in particular has the id "" and keeps nothing."""

    id: str
    name: str
    roles: frozenset[Role]

    @property
    def is_known(self) -> bool:
        """Whether something can be kept for this person."""
        return bool(self.id)

    @property
    def is_signed_in(self) -> bool:
        """Whether this person gave a name and a password; the owner of a machine need not."""
        return self.is_known and self != OWNER

    def may(self, role: Role) -> bool:
        """Tell whether this person has *role*; an administrator has all of them."""
        return role in self.roles or Role.ADMINISTRATOR in self.roles


OWNER = Visitor("owner", "", frozenset(Role))  # of a machine that serves itself alone
ANYBODY = Visitor("", "", frozenset())


class Doors(Protocol):
    """Tells who sent a request."""

    def visitor(self, cookies: Mapping[str, str], /) -> Visitor:
        """Return the visitor whose session *cookies* name; ANYBODY where they name none that is valid."""

    def holder(self, key: str, /) -> Visitor:
        """Return the visitor whom *key* was given to, for programs that send no cookies; ANYBODY where it is not valid."""

    def lets_in(self, visitor: Visitor, /) -> bool:
        """Tell whether *visitor* may read and ask."""


@dataclass(frozen=True, slots=True)
class OneVisitor:
    """Doors of a server without accounts: everybody is the same visitor."""

    everybody: Visitor = OWNER

    def visitor(self, cookies: Mapping[str, str], /) -> Visitor:  # noqa: ARG002 - the protocol's
        """Return the one visitor."""
        return self.everybody

    def holder(self, key: str, /) -> Visitor:  # noqa: ARG002 - the protocol's
        """Return the one visitor."""
        return self.everybody

    def lets_in(self, visitor: Visitor, /) -> bool:  # noqa: ARG002 - the protocol's
        """Let everybody in."""
        return True
