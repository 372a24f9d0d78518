"""Values that lie in a database, as a sequence."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")
_BLOCK = 1000  # of many that are read at a time, where all are gone through


class Stored(Sequence[T]):
    """
    Values of a store in their order, each read when it is asked for; the last ones read stay in memory.

    It compares as the tuple of all of them would.
    """

    def __init__(
        self,
        count: int,
        read: Callable[[int, int], list[T]],
        *,
        kept: int,
        read_at: Callable[[Sequence[int]], list[T]] | None = None,
    ) -> None:
        """*read* gives those from a first position up to another, *read_at* those at some, at once where that is faster."""
        self._count = count
        self._read = read
        self._read_at = read_at or (lambda positions: [read(position, position + 1)[0] for position in positions])
        self._kept = kept
        self._values: dict[int, T] = {}  # the one asked for last stands last
        self._lock = Lock()

    def at(self, positions: Sequence[int]) -> list[T]:
        """Return the values at *positions*, which are not below 0, in their order; those that are not in memory are read together."""
        with self._lock:
            found = {place: self._values.pop(place) for place in dict.fromkeys(positions) if place in self._values}
            self._values |= found
        if absent := sorted(set(positions) - found.keys()):
            new = dict(zip(absent, self._read_at(absent), strict=True))
            with self._lock:
                self._values |= new
                for oldest in list(self._values)[: max(0, len(self._values) - self._kept)]:
                    del self._values[oldest]
            found |= new
        return [found[place] for place in positions]

    def _one(self, position: int) -> T:
        return self.at((position,))[0]

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, position: int) -> T: ...

    @overload
    def __getitem__(self, position: slice) -> tuple[T, ...]: ...

    def __getitem__(self, position: int | slice) -> T | tuple[T, ...]:
        """Return the value at *position*, or those of a slice."""
        if isinstance(position, slice):
            return tuple(self.at(range(*position.indices(self._count))))
        return self._one(range(self._count)[position])

    def __iter__(self) -> Iterator[T]:
        """Yield all of them; of many, none stays in memory."""
        if self._count <= self._kept:
            yield from self.at(range(self._count))
            return
        for first in range(0, self._count, _BLOCK):
            yield from self._read(first, min(first + _BLOCK, self._count))

    def __eq__(self, other: object) -> bool:
        """Tell whether *other* is a sequence of the same values."""
        return (
            isinstance(other, Sequence)
            and len(self) == len(other)
            and all(mine == theirs for mine, theirs in zip(self, other, strict=True))
        )

    __hash__ = None  # type: ignore[assignment]
