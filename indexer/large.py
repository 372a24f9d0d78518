"""What a large corpus needs of Python while it is indexed: no search for cycles, and a second process for work that stands alone."""

from __future__ import annotations

import gc
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

R = TypeVar("R")
S = TypeVar("S")
LARGE = 10_000  # things to work on from which a process of its own pays


@contextmanager
def uncollected() -> Iterator[None]:
    """
    Keep Python from looking for cycles meanwhile: our values have none, and it looks through all of them again and again.

    Of reading and cutting 62,000 documents a third of the time went into it.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@contextmanager
def beside(work: Callable[[Sequence[S]], R], things: Sequence[S]) -> Iterator[Callable[[], R]]:
    """
    Give what returns ``work(things)``, which a process of its own does meanwhile where there are many *things*.

    *work* has to be a function of a module. Where the process dies, as for want of memory, the work is done here.
    """
    if len(things) < LARGE:
        yield lambda: work(things)
        return
    # spawned, since a fork of a process that runs threads may hang
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        future: Future[R] = pool.submit(work, things)

        def result() -> R:
            try:
                return future.result()
            except BrokenProcessPool:
                return work(things)

        yield result
