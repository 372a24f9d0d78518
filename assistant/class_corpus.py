"""
The documents of a live class: uploaded for it, asked by those who take part in it alone, and gone when it ends or begins anew.

They lie in a collection like a person's own documents do. Its owner is no account's id, so nobody can sign in as it; who reaches it is
decided where a class is entered by its code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.collections import Limits
from assistant.visitors import Visitor

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from assistant.collections import Collections
    from assistant.reading import Step
    from assistant.service import Assistant
    from assistant.uploads import Upload

_OWNER = "class:"
MOST_FILES = 30
MOST_OF_ONE = 2  # of one telephone
_MOST_BYTES = 300 * 1024 * 1024
_FOR_TRAINER = Limits(MOST_FILES, _MOST_BYTES)
_FOR_PHONE = Limits(MOST_FILES, _MOST_BYTES, of_one=MOST_OF_ONE)


def class_owner(room: int) -> str:
    """Return the id under which the documents of a class lie."""
    return f"{_OWNER}{room}"


def _holder(room: int, person: int | None = None) -> Visitor:
    """Return who owns the documents of a class; the name says which participant (a number) sends one, "" is the trainer."""
    return Visitor(class_owner(room), "" if person is None else str(person), frozenset())


class ClassCorpus:
    """The documents of all live classes of one server, by the class's id; threads may share it."""

    def __init__(self, collections: Collections) -> None:
        self._collections = collections

    def check_room(self, room: int, *, person: int | None = None) -> None:
        """
        Make sure that one more file is taken from the trainer or, where a number is given, from that participant.

        Raises:
            UploadRefusedError: the class, or the participant, has enough.
        """
        limits = _FOR_TRAINER if person is None else _FOR_PHONE
        self._collections.check_room(_holder(room, person), limits=limits)

    def receive(self, room: int, name: str, source: BinaryIO, *, person: int | None = None) -> Upload:
        """
        Store a file for the class and have it read; see :meth:`assistant.collections.Collections.receive`.

        Raises:
            UploadRefusedError: the class, or the participant with this number, has enough; or such a file is not taken.
            OSError: it cannot be stored.
        """
        limits = _FOR_TRAINER if person is None else _FOR_PHONE
        return self._collections.receive(_holder(room, person), name, source, limits=limits)

    def files(self, room: int) -> list[Upload]:
        """Return the files of the class, the latest first; ``owner_name`` is the number of who sent one, "" the trainer."""
        return self._collections.files(_holder(room))

    def step(self, document: str) -> Step:
        """Return how far the reading of a file is."""
        return self._collections.step(document)

    def assistant(self, room: int) -> Assistant | None:
        """Return an assistant over the documents of the class; None where nothing was read yet."""
        return self._collections.assistant(_holder(room)) if self.files(room) else None

    def delete(self, room: int, document: str) -> None:
        """
        Delete a file of the class.

        Raises:
            UploadRefusedError: the class has no such file.
        """
        self._collections.delete(_holder(room), document)

    def clear(self, room: int) -> None:
        """Delete all files of the class, and all that was read of them."""
        if self.files(room):
            self._collections.delete_all(_holder(room))

    def sweep(self, is_open: Callable[[int], bool]) -> None:
        """Delete the files of classes that are not open any more."""
        for owner in self._collections.uploads.owners():
            room = owner.removeprefix(_OWNER)
            if owner.startswith(_OWNER) and not is_open(int(room)):
                self.clear(int(room))
