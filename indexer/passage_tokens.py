"""
What the reranker sees of passages: their tokens in the vocabulary of our static model, one number each, back to back.

Words are found once, when the index is built; a question is then compared with any passage without segmenting it again.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from indexer.segment import segment
from indexer.vocabulary import BOTH, IDENTITY, KIND, PAIR, SYLLABLE, WORD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy.typing as npt

    from indexer.vocabulary import Vocabulary

    Positions = npt.NDArray[np.intp]
    Progress = Callable[[int, int], None]  # how many are done, of how many

_ARRANGED_AT_ONCE = 20_000  # texts
_BLOCK = 400  # texts that a worker segments at once
_WORTH_WORKERS = 4000  # with fewer lines, starting processes takes longer than it saves


@dataclass(frozen=True)
class Streams:
    """Token streams of several texts: text *i* has ``tokens[offsets[i]:offsets[i + 1]]`` (uint32; offsets int64)."""

    tokens: npt.NDArray[np.uint32]
    offsets: npt.NDArray[np.int64]

    @classmethod
    def of(cls, streams: Sequence[npt.NDArray[np.uint32]]) -> Streams:
        """Return *streams* back to back."""
        lengths = np.fromiter((len(stream) for stream in streams), dtype=np.int64, count=len(streams))
        tokens = np.concatenate(streams) if len(streams) else np.zeros(0, dtype=np.uint32)
        return cls(np.asarray(tokens, dtype=np.uint32), np.concatenate(([0], np.cumsum(lengths))))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def of_text(self, position: int) -> npt.NDArray[np.uint32]:
        """Return the tokens of one text."""
        return self.tokens[self.offsets[position] : self.offsets[position + 1]]

    def gather(self, positions: Positions, lengths: Positions | None = None) -> Streams:
        """Return the streams of the texts at *positions*, in that order; of each only the first *lengths* tokens."""
        if lengths is None:
            lengths = self.offsets[positions + 1] - self.offsets[positions]
        starts = np.concatenate(([0], np.cumsum(lengths)))
        places = np.repeat(self.offsets[positions] - starts[:-1], lengths) + np.arange(starts[-1])
        return Streams(self.tokens[places], starts)


class TokenStreams(Protocol):
    """Token streams of several texts, wherever they lie; `Streams` says what each gives."""

    @property
    def tokens(self) -> npt.NDArray[np.uint32]:
        """Those of all texts, back to back."""

    @property
    def offsets(self) -> npt.NDArray[np.int64]:
        """Where those of each text begin, and at the end where the last ends."""

    def __len__(self) -> int: ...

    def of_text(self, position: int, /) -> npt.NDArray[np.uint32]:
        """Return the tokens of one text."""

    def gather(self, positions: Positions, lengths: Positions | None = None, /) -> Streams:
        """Return the streams of some texts."""


@dataclass(frozen=True)
class PassageTokens:
    """
    The streams of all passages, context included, and of the nearest heading of each unit.

    In a passage's stream its words of several syllables stand first, then all its syllables, then its pairs, each in their order,
    so that words and syllables are looked at without the pairs, and syllables that are neighbours stand side by side.
    ``singles`` counts the words and syllables of each passage.
    A unit is what is ranked and cited: a clause or a table row, with all its passages, which stand together.
    """

    passages: TokenStreams
    singles: npt.NDArray[np.int32]
    headings: Streams
    unit_of: npt.NDArray[np.int32]  # of each passage
    frequencies: npt.NDArray[np.uint32]  # in how many units each identity occurs

    @cached_property
    def first_passage(self) -> npt.NDArray[np.int64]:
        """Return where the passages of each unit begin, and at the end how many passages there are; shape (units + 1,)."""
        return np.searchsorted(self.unit_of, np.arange(len(self.headings) + 1)).astype(np.int64)

    @cached_property
    def idf(self) -> npt.NDArray[np.float32]:
        """Return the inverse document frequency of each identity over the units, as BM25 has it."""
        units = len(self.headings)
        return np.log1p((units - self.frequencies + 0.5) / (self.frequencies + 0.5)).astype(np.float32)

    @cached_property
    def length(self) -> npt.NDArray[np.float32]:
        """Return the logarithm of one more than the tokens of each unit."""
        ends = self.passages.offsets[self.first_passage]
        return np.log1p(np.diff(ends)).astype(np.float32)

    @cached_property
    def heading_length(self) -> npt.NDArray[np.float32]:
        """Return the logarithm of one more than the tokens of each unit's heading."""
        return np.log1p(np.diff(self.headings.offsets)).astype(np.float32)

    @cached_property
    def heading_words(self) -> Streams:
        """Return the headings' words alone."""
        chosen = _is_word(self.headings.tokens)
        before = np.concatenate(([0], np.cumsum(chosen)))
        return Streams(self.headings.tokens[chosen], before[self.headings.offsets])

    def looked_at(self, passages: Positions) -> Streams:
        """Return the words and syllables of *passages*, without pairs."""
        return self.passages.gather(passages, self.singles[passages].astype(np.int64))

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return all that has to be stored, by name."""
        return {
            "tokens": self.passages.tokens,
            "offsets": self.passages.offsets,
            "singles": self.singles,
            "heading_tokens": self.headings.tokens,
            "heading_offsets": self.headings.offsets,
            "unit_of": self.unit_of,
            "frequencies": self.frequencies,
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, npt.NDArray[Any]], passages: TokenStreams | None = None) -> PassageTokens:
        """Return what `arrays` gave; *passages* take the place of the tokens among them."""
        return cls(
            Streams(arrays["tokens"], arrays["offsets"]) if passages is None else passages,
            arrays["singles"],
            Streams(arrays["heading_tokens"], arrays["heading_offsets"]),
            arrays["unit_of"],
            arrays["frequencies"],
        )


def join_tokens(
    passages: Sequence[npt.NDArray[np.uint32]],
    headings: Sequence[npt.NDArray[np.uint32]],
    unit_of: npt.NDArray[np.int32],
    *,
    identities: int,
) -> PassageTokens:
    """Return the tokens of *passages* and *headings*; *unit_of* rises from 0 to the number of headings less 1."""
    streams, singles = _arranged(Streams.of(passages))
    units = np.repeat(unit_of, np.diff(streams.offsets)).astype(np.int64)
    tokens = streams.tokens
    single = (tokens & KIND) != PAIR
    pairs = np.sort(units[single] * identities + (tokens[single] & IDENTITY))
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]  # np.unique takes ten times as long
    frequencies = np.bincount(pairs % identities, minlength=identities).astype(np.uint32)
    return PassageTokens(streams, singles, Streams.of(headings), unit_of.astype(np.int32), frequencies)


def _arranged(streams: Streams) -> tuple[Streams, npt.NDArray[np.int32]]:
    """Return *streams* with the words of several syllables of each text first and its pairs last, and how many are no pairs."""
    arranged = np.empty_like(streams.tokens)
    singles = np.zeros(len(streams), dtype=np.int32)
    for start in range(0, len(streams), _ARRANGED_AT_ONCE):
        offsets = streams.offsets[start : start + _ARRANGED_AT_ONCE + 1]
        tokens = streams.tokens[offsets[0] : offsets[-1]]
        kinds = tokens & KIND
        text = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
        place = offsets[:-1].copy()  # where the next of each text goes
        for chosen in (kinds == WORD, (kinds == SYLLABLE) | (kinds == BOTH), kinds == PAIR):
            before = np.concatenate(([0], np.cumsum(chosen)))
            found = np.flatnonzero(chosen)
            first = before[offsets - offsets[0]]
            arranged[place[text[found]] + before[found] - first[text[found]]] = tokens[found]
            singles[start : start + len(place)] = place - offsets[:-1]  # as it is before the pairs
            place += np.diff(first)
    return Streams(arranged, streams.offsets), singles


def stream_of(text: str, vocabulary: Vocabulary) -> npt.NDArray[np.uint32]:
    """Return the tokens of *text*; a line end parts words as a full stop does."""
    found: list[int] = []
    for line in text.splitlines():
        found += vocabulary.stream(segment(line))
    return np.array(found, dtype=np.uint32)


def streams_of(
    texts: Sequence[str],
    vocabulary: Vocabulary,
    *,
    workers: int = 1,
    progress: Progress | None = None,
) -> list[npt.NDArray[np.uint32]]:
    """Return the tokens of each text; many texts are segmented by *workers* processes side by side."""
    with segmenting(texts, vocabulary, workers=workers) as found:
        return found(progress)


@contextmanager
def segmenting(
    texts: Sequence[str], vocabulary: Vocabulary, *, workers: int = 1
) -> Iterator[Callable[[Progress | None], list[npt.NDArray[np.uint32]]]]:
    """
    Begin to find the tokens of each text, and give what waits for them and returns them; *workers* as in ``streams_of``.

    A line that several texts share, as the heading of all pieces of a clause, is segmented once. Progress counts lines.
    """
    numbers: dict[str, int] = {}
    lines_of = [[numbers.setdefault(line, len(numbers)) for line in text.splitlines()] for text in texts]
    lines = list(numbers)
    with _blocks(lines, vocabulary, workers=workers) as blocks:

        def found(progress: Progress | None = None) -> list[npt.NDArray[np.uint32]]:
            streams: list[npt.NDArray[np.uint32]] = []
            for block in blocks:
                streams += block
                if progress is not None:
                    progress(len(streams), len(lines))
            nothing = np.zeros(0, dtype=np.uint32)
            return [np.concatenate([nothing, *(streams[line] for line in of_text)]) for of_text in lines_of]

        yield found


@contextmanager
def _blocks(
    lines: Sequence[str], vocabulary: Vocabulary, *, workers: int
) -> Iterator[Iterator[list[npt.NDArray[np.uint32]]]]:
    """Give the tokens of *lines*, some hundred at a time."""
    blocks = [lines[start : start + _BLOCK] for start in range(0, len(lines), _BLOCK)]
    if workers < 2 or len(lines) < _WORTH_WORKERS:
        yield ([stream_of(line, vocabulary) for line in block] for block in blocks)
        return
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - for large corpora only
    from multiprocessing import get_context  # noqa: PLC0415

    # spawned, since a fork of a process that runs threads (torch, FAISS) may hang
    with ProcessPoolExecutor(workers, get_context("spawn"), _set_vocabulary, (vocabulary,)) as pool:
        yield pool.map(_stream_block, blocks)


_vocabulary_of_worker: list[Vocabulary] = []


def _set_vocabulary(vocabulary: Vocabulary) -> None:
    _vocabulary_of_worker[:] = [vocabulary]


def _stream_block(texts: Sequence[str]) -> list[npt.NDArray[np.uint32]]:
    return [stream_of(text, _vocabulary_of_worker[0]) for text in texts]


def words_only(tokens: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Return the words among *tokens*, those of one syllable included."""
    return np.asarray(tokens[_is_word(tokens)])


def _is_word(tokens: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    kinds = tokens & KIND
    return np.asarray((kinds != PAIR) & (kinds != SYLLABLE))
