"""
Units: what is ranked and cited, a clause or a table row with all its passages.

A long clause is embedded piece by piece, but its words are counted together; where its passages stand, in their order, is known by
three numbers each, so that a search is narrowed without reading them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from indexer.arrays import arrays_in, pack_arrays
from indexer.types import StepKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt
    from typing_extensions import Buffer

    from indexer.types import Passage

_KINDS = tuple(StepKind)


@dataclass(frozen=True, slots=True)
class Columns:
    """One number a passage: its unit, its document and its kind; documents are counted in the order of the store."""

    unit: npt.NDArray[np.int32]
    document: npt.NDArray[np.int32]
    kind: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.unit)

    @property
    def units(self) -> int:
        """How many units there are."""
        return int(self.unit[-1]) + 1 if len(self.unit) else 0


def words_of_units(passages: Iterable[Passage]) -> list[tuple[str, str]]:
    """Return the nearest heading ("" for none) and the text of every unit: its context once, then all its passages on one line."""
    words: list[tuple[str, str]] = []
    for _, run in groupby(passages, key=lambda passage: (passage.document, passage.eid)):
        first, *others = run
        bodies = [first.search]
        for passage in others:
            body = passage.search.removeprefix(f"{passage.context}\n")
            if not bodies[-1].endswith(body):  # a reading that could not be cut is that of every piece
                bodies.append(body)
        words.append((first.context.rpartition("\n")[2], " ".join(bodies)))
    return words


def build_columns(passages: Sequence[Passage], documents: Sequence[str]) -> bytes:
    """Return the columns of *passages* as bytes; *documents* are the ids of all documents in the order of the store."""
    position = {document: number for number, document in enumerate(documents)}
    kinds = {kind: number for number, kind in enumerate(_KINDS)}
    runs = groupby(passages, key=lambda passage: (passage.document, passage.eid))
    lengths = [len(list(run)) for _, run in runs]
    unit = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    document = np.array([position[passage.document] for passage in passages], dtype=np.int32)
    kind = np.array([kinds[passage.kind] for passage in passages], dtype=np.uint8)
    return pack_arrays({"unit": unit, "document": document, "kind": kind})


def read_columns(data: Buffer) -> Columns:
    """
    Return the columns that ``build_columns`` wrote as *data*, which they share.

    Raises:
        IndexDamagedError: that is not what *data* holds.
    """
    return Columns(**arrays_in(data))


def kind_number(kind: StepKind) -> int:
    """Return the number of *kind* in the columns."""
    return _KINDS.index(kind)
