"""How often one visitor may do something: some in a row, and in the long run so many a minute."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.visitors import OWNER

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.visitors import Visitor

_REMEMBERED = 10_000  # visitors whose pace is known; the one that was quiet for longest is forgotten first


@dataclass(frozen=True, slots=True)
class Pace:
    """So many in a row (*burst*), and in the long run so many *a_minute*."""

    burst: int
    a_minute: float


class Paces:
    """
    Lets every visitor do something so often, and no more; threads may share it.

    Who is signed in goes by the account. Others go by the address that they come from, which a whole office may share. The owner of a
    machine that serves itself goes at any pace.
    """

    def __init__(self, *, person: Pace, address: Pace, clock: Callable[[], float] = time.monotonic) -> None:
        """*clock* counts seconds."""
        self._person, self._address, self._clock = person, address, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # how many are left, and since when
        self._lock = threading.Lock()

    def wait(self, visitor: Visitor, address: str, *, count: int = 1) -> int:
        """
        Take *count* for *visitor*, who comes from *address*, and return 0; or take none and return the seconds until they are free.

        More than a burst at once is taken as a burst.
        """
        if visitor == OWNER:
            return 0
        key, pace = (f"= {visitor.id}", self._person) if visitor.is_known else (f"@ {address}", self._address)
        wanted = min(count, pace.burst)
        with self._lock:
            now = self._clock()
            left, since = self._left.pop(key, (float(pace.burst), now))
            left = min(pace.burst, left + (now - since) * pace.a_minute / 60)
            short = max(0.0, wanted - left)
            self._left[key] = (left if short else left - wanted, now)
            if len(self._left) > _REMEMBERED:
                self._left.popitem(last=False)
        return math.ceil(short * 60 / pace.a_minute)


def asking() -> Paces:
    """Return the pace of questions."""
    return Paces(person=Pace(20, 30), address=Pace(120, 300))


def sending() -> Paces:
    """Return the pace of all that is sent: a page sends several things for one press, and a class answers all at once."""
    return Paces(person=Pace(200, 600), address=Pace(600, 1800))


def uploading() -> Paces:
    """Return the pace of uploads: each is read by a process of its own."""
    return Paces(person=Pace(60, 6), address=Pace(60, 6))


def downloading() -> Paces:
    """Return the pace of files that are made when they are asked for."""
    return Paces(person=Pace(20, 20), address=Pace(60, 120))
