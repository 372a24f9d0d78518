"""What a server offers beside its page, and to whom; all of it off unless switched on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1", "[::1]"))


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Offered:
    """
    What is switched on.

    *anonymous* lets people read who are not signed in, on a server with accounts. *names* are what a proxy in front of the server calls
    it ("hoi.tinh.gov.vn"); where *hosts* are given, requests under any other name than these are refused. *is_ready* tells whether the
    model is loaded. *metrics* offers numbers at /metrics to this machine, and to who bears *metrics_token*, if it is not "".
    """

    api: bool = False
    mcp: bool = False
    anonymous: bool = False
    metrics: bool = False
    metrics_token: str = field(default="", repr=False)
    names: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    is_ready: Callable[[], bool] = _always
