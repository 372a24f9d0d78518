"""What a reader of a long file tells while it works: which page is done. Heard only where somebody listens."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_listeners: list[Callable[[int, int, bool], None]] = []


def listen(listener: Callable[[int, int, bool], None]) -> None:
    """Have *listener* called with every page that a reader has done in this process; a child that reads one file does so once."""
    _listeners[:] = [listener]


def page_done(page: int, pages: int, *, recognised: bool = False) -> None:
    """
    Tell that *page* of *pages* is read; *recognised* where its words were recognised from a picture.

    A reader that does not tell is stopped after the time that a short file is given (see :class:`indexer.child.Limits`).
    """
    for listener in _listeners:
        listener(page, pages, recognised)
