"""
What an index asks of a generation in the database.

Keywords: the posting lists of the question's terms come from the database and are added up here, by the same code and in the same order
as those of a folder, so that no score differs. Meaning: pgvector compares the question with every vector, on 16 bits; the likely best
are compared once more here, on 32, so that the order is that of a folder.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from indexer.keywords import Form, scorer
from indexer.passage_tokens import Streams
from indexer.postgres.loading import restored
from indexer.store import DocumentStore
from indexer.vectors import check_vector, highest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    import numpy.typing as npt

    from indexer.postgres.database import Database

    Vectors = npt.NDArray[np.float32]
    Places = npt.NDArray[np.intp]

    Posting = tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]  # units, and the weight of the term in each

_POSTINGS_KEPT = 128 << 20  # bytes of posting lists that stay in memory
_LIKELY = 25  # so many times the passages asked for are compared a second time
_ROUNDING = 6e-4  # by which a cosine on 16 bits may differ from one on 32
_AT_ONCE = 50_000  # vectors, or passages' tokens, that are read at a time where all are
_IDS_KEPT = 4096
_ROWS_AT_ONCE = 5000


class PostgresStore(DocumentStore):
    """Documents, clauses, tables and passages, read by the statements that read them from SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._position_of = lru_cache(_IDS_KEPT)(super().position)
        super().__init__()

    def _among(self, numbers: Sequence[int]) -> tuple[str, Sequence[object]]:
        return "= ANY(?)", (list(numbers),)

    def _select(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        return [restored(row) for row in self._database.select(query, *values)]

    def position(self, document: str) -> int | None:
        """Return the place of *document* among all documents, asked once."""
        return self._position_of(document)

    def rows_of(self, table: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of one of ``indexer.store.TABLES`` in their order, which is that of their keys, too."""
        group = {"documents": "position", "rows": "in_table"}.get(table, "document")
        query = (
            f"SELECT {group}, * FROM {table} WHERE ({group}, position) > (?, ?) ORDER BY {group}, position "  # noqa: S608 - ours
            f"LIMIT {_ROWS_AT_ONCE}"
        )
        last = (0, 0)
        while rows := self._select(query, *last):
            last = (rows[-1][0], rows[-1][1])
            yield from (row[2:] for row in rows)


class Postings:
    """The posting lists of one form; those asked last stay in memory, also that there is none."""

    def __init__(self, database: Database, form: int) -> None:
        self._database, self._form = database, form
        self._kept: OrderedDict[int, Posting | None] = OrderedDict()
        self.size = 0  # bytes
        self._lock = threading.Lock()

    def of(self, terms: Collection[int]) -> dict[int, Posting]:
        """Return the list of each of *terms* that has one."""
        with self._lock:
            found = {term: self._kept[term] for term in terms if term in self._kept}
            for term in found:
                self._kept.move_to_end(term)
        if absent := [term for term in set(terms) if term not in found]:
            query = "SELECT term, units, weights FROM postings WHERE form = ? AND term = ANY(?)"
            new: dict[int, Posting | None] = dict.fromkeys(absent)
            for term, units, weights in self._database.select(query, self._form, absent):
                new[term] = (np.frombuffer(units, dtype=np.int32), np.frombuffer(weights, dtype=np.float32))
            self._keep(new)
            found |= new
        return {term: posting for term, posting in found.items() if posting is not None}

    def _keep(self, new: dict[int, Posting | None]) -> None:
        with self._lock:
            for term, posting in new.items():
                if term not in self._kept:
                    self._kept[term] = posting
                    self.size += _size(posting)
            while self.size > _POSTINGS_KEPT and len(self._kept) > 1:
                _, posting = self._kept.popitem(last=False)
                self.size -= _size(posting)


def _size(posting: Posting | None) -> int:
    return 256 + (0 if posting is None else posting[0].nbytes + posting[1].nbytes)  # with what Python puts around them


class PostgresForm(Form):
    """A form of the syllables whose terms are looked up in the database; ``terms`` gives those that a unit has."""

    def __init__(self, database: Database, number: int, vocabulary: npt.NDArray[np.uint8], unit_count: int) -> None:
        super().__init__(vocabulary)
        self._postings = Postings(database, number)
        self._unit_count = unit_count

    def terms(self, text: str) -> list[int | None]:
        """Return the number of every token of *text*; None where no unit has it."""
        found = super().terms(text)
        known = self._postings.of({term for term in found if term is not None})
        return [term if term in known else None for term in found]

    def _pair(self, first: int | None, second: int | None) -> int | None:
        if first is None or second is None:
            return None
        size = len(self._vocabulary)
        return size + first * size + second

    def scores(self, terms: Sequence[int]) -> npt.NDArray[np.float32]:
        """Return one score a unit."""
        lists = self._postings.of(terms)
        distinct = {term: number for number, term in enumerate(lists)}
        units, weights = (np.concatenate(parts) for parts in zip(*lists.values(), strict=True))
        starts = np.cumsum([0, *(len(found) for found, _ in lists.values())])
        added = scorer(weights, units, starts, self._unit_count).get_scores_from_ids([distinct[term] for term in terms])
        return np.asarray(added, dtype=np.float32)

    def frequency(self, term: int) -> int:
        """Return how many units have *term*."""
        return len(self._postings.of((term,))[term][0])


class PostgresVectors:
    """The vectors of the passages; `indexer.vectors.PassageVectors` says what each method gives."""

    def __init__(self, database: Database, count: int, dimension: int) -> None:
        self._database, self._count, self._dimension = database, count, dimension

    def __len__(self) -> int:
        return self._count

    def scores(self, vector: Vectors) -> Vectors:
        """Return the inner product of *vector* with every passage; all vectors are read for that."""
        check_vector(vector, self._dimension)
        return np.asarray(vector @ self.vectors().T, dtype=np.float32)

    def scores_at(self, vector: Vectors, positions: Places) -> Vectors:
        """Return the inner product of *vector*, or of each row of several, with the passages at *positions*."""
        check_vector(vector, self._dimension)
        distinct, places = np.unique(positions, return_inverse=True)
        query = "SELECT position, public.halfvec_send(vector) FROM vectors WHERE position = ANY(?)"
        found = self._database.select(query, distinct.tolist())
        rows = np.empty((len(distinct), self._dimension), dtype=np.float32)
        rows[np.searchsorted(distinct, [position for position, _ in found])] = _unpacked(
            (packed for _, packed in found), self._dimension
        )
        return np.asarray(vector @ rows[places].T, dtype=np.float32)

    def best(self, vector: Vectors, count: int) -> tuple[Places, Vectors]:
        """Return the positions and scores of the *count* best passages, the best first, the earlier one first of equals."""
        check_vector(vector, self._dimension)
        count = min(count, self._count)
        if not count:
            return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.float32)
        likely = count * _LIKELY
        words = "[" + ",".join(map(repr, vector.tolist())) + "]"
        query = (
            "SELECT position, public.halfvec_send(vector) FROM (SELECT position, vector FROM vectors "
            "ORDER BY vector OPERATOR(public.<#>) ?::text::public.halfvec LIMIT ?) AS likely"  # so that only those are sent
        )
        while True:
            found = self._database.select(query, words, likely)
            rows = _unpacked((packed for _, packed in found), self._dimension)
            scores = np.asarray(vector @ rows.T, dtype=np.float32)
            # whether one that was not among them may be better
            if likely >= self._count or np.partition(scores, -count)[-count] >= scores[-1] + 2 * _ROUNDING:
                break
            likely *= 4
        positions = np.array([position for position, _ in found], dtype=np.intp)
        order = np.argsort(positions)
        chosen = order[highest(scores[order], count)]
        return positions[chosen], scores[chosen]

    def vectors(self) -> Vectors:
        """Return all vectors, shape (passages, dimension)."""
        every = np.empty((self._count, self._dimension), dtype=np.float32)
        query = "SELECT public.halfvec_send(vector) FROM vectors WHERE position >= ? AND position < ? ORDER BY position"
        for first in range(0, self._count, _AT_ONCE):
            found = self._database.select(query, first, first + _AT_ONCE)
            every[first : first + len(found)] = _unpacked((packed for (packed,) in found), self._dimension)
        return every


def _unpacked(packed: Iterable[bytes], dimension: int) -> Vectors:
    """Return vectors that came as halfvec: dimension, two empty bytes, numbers, all with the high byte first."""
    words = np.frombuffer(b"".join(packed), dtype=">u2").reshape(-1, dimension + 2)
    return words[:, 2:].astype("<u2").view(np.float16).astype(np.float32)


class PostgresStreams:
    """The tokens of the passages, each read when it is asked for; `indexer.passage_tokens.Streams` says what each method gives."""

    def __init__(self, database: Database, offsets: npt.NDArray[np.int64], singles: npt.NDArray[np.int32]) -> None:
        self._database, self._singles = database, singles
        self.offsets = offsets

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def tokens(self) -> npt.NDArray[np.uint32]:
        """Those of all passages, read now."""
        query = "SELECT words, pairs FROM tokens WHERE position >= ? AND position < ? ORDER BY position"
        blocks = [
            b"".join(part for row in self._database.select(query, first, first + _AT_ONCE) for part in row)
            for first in range(0, len(self), _AT_ONCE)
        ]
        return np.frombuffer(b"".join(blocks), dtype=np.uint32)

    def of_text(self, position: int) -> npt.NDArray[np.uint32]:
        """Return the tokens of one passage."""
        return self.gather(np.array([position])).tokens

    def gather(self, positions: Places, lengths: Places | None = None) -> Streams:
        """Return the streams of the passages at *positions*, in that order; of each only the first *lengths* tokens."""
        if lengths is None:
            lengths = self.offsets[positions + 1] - self.offsets[positions]
        wanted = np.unique(positions).tolist()
        words_do = bool((lengths <= self._singles[positions]).all())
        pairs = "NULL" if words_do else "pairs"
        query = f"SELECT position, words, {pairs} FROM tokens WHERE position = ANY(?)"  # noqa: S608 - our own names
        found = {
            position: np.frombuffer(words if more is None else words + more, dtype=np.uint32)
            for position, words, more in self._database.select(query, wanted)
        }
        each = zip(positions.tolist(), lengths.tolist(), strict=True)
        return Streams.of([found[position][:length] for position, length in each])
