"""How far a run is: a bar for a person, or lines on stderr that a program reads."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, TypeVar

from tqdm import tqdm

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FORMS = ("bar", "json")

T = TypeVar("T")


def shown(items: Sequence[T], *, name: str = "", form: str = "bar") -> Iterator[T]:
    """
    Yield *items*, telling on stderr how many are done.

    The form "bar" is tqdm's, for whatever takes longer than two seconds; "json" is a line an item, and one before the first:
    ``{"name": "assistant", "done": 0, "total": 70}``.
    """
    if form == "bar":
        yield from tqdm(items, desc=name, unit="câu", delay=2, leave=False)
        return
    for done, item in enumerate(items):
        _tell(name, done, len(items))
        yield item
    _tell(name, len(items), len(items))


def _tell(name: str, done: int, total: int) -> None:
    print(json.dumps({"name": name, "done": done, "total": total}), file=sys.stderr, flush=True)  # noqa: T201
