"""A made question before it is numbered and typed, and the kinds that there are of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from eval.registers import Corpus

if TYPE_CHECKING:
    from eval.facts import Group
    from eval.question_set import Category, Gold


@dataclass(frozen=True, slots=True)
class Draft:
    """A question with its gold; ``source`` is the table or document that it is about, ``language`` "vi" or "en"."""

    source: str
    category: Category
    text: str
    must: tuple[Group, ...] = ()
    gold: tuple[Gold, ...] = ()
    history: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    any_gold: bool = False
    status: str | None = None
    language: str = "vi"

    @property
    def answerable(self) -> bool:
        """Whether the documents hold an answer."""
        return self.status is None


Kind = Callable[[Corpus, Random], Iterator[Draft]]  # drafts of one kind in an order drawn by lot, as many as are taken


def in_turn(streams: list[Iterator[Draft]]) -> Iterator[Draft]:
    """Yield one of each stream in turn until all are empty, so that no table and no document is asked about more than others."""
    left = list(streams)
    while left:
        for stream in list(left):
            draft = next(stream, None)
            if draft is None:
                left.remove(stream)
            else:
                yield draft
