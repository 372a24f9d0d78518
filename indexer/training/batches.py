"""Training pairs of a question-like text and the passage that answers it, in seeded batches."""

from __future__ import annotations

import tomllib
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indexer.segment import segment
from indexer.training.sources import LAW, PROCEDURES, WIKIPEDIA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy.typing as npt

    from indexer.training.sources import TitledText
    from indexer.vocabulary import Vocabulary

    Ids = npt.NDArray[np.int32]

PASSAGE_WORDS = 110
PASSAGES_OF_A_TEXT = 6
CLUSTER = 32  # articles of one subject that stand together in a batch: they are each other's hard negatives
DROPOUT = 0.1  # share of the ids left out of each side
CLOZE_IDS = (8, 32)  # length of a piece of a passage that plays the question

# how often a batch is drawn from a source, and whether its questions are titles or pieces of the passage itself
MIX = (
    (LAW, False, 0.52),
    (LAW, True, 0.1),
    (PROCEDURES, False, 0.06),
    (WIKIPEDIA, False, 0.12),
    (WIKIPEDIA, True, 0.2),
)


@dataclass(frozen=True, slots=True)
class Batch:
    """Questions and their passages; ``titles`` is equal where two questions are the same and must not repel."""

    questions: list[Ids]
    passages: list[Ids]
    titles: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Source:
    titles: list[Ids]
    passages: list[list[Ids]]
    topics: list[npt.NDArray[np.int64]]  # texts of each topic


def passages_of(words: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield *words* in pieces of about `PASSAGE_WORDS`; a short rest goes with the piece before it."""
    count = max(1, round(len(words) / PASSAGE_WORDS))
    size = -(-len(words) // count)
    for start in range(0, len(words), size):
        yield words[start : start + size]


class Sampler:
    """Draws batches; the same seed and texts give the same batches."""

    def __init__(self, texts: Iterable[TitledText], vocabulary: Vocabulary, *, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._sources = _index(texts, vocabulary)
        forms = tomllib.loads((Path(__file__).parent / "questions.toml").read_text(encoding="utf-8"))["forms"]
        halves = [form.split("{}") for form in forms]
        self._forms = [
            (_ids(vocabulary, segment(before)), _ids(vocabulary, segment(after))) for before, after in halves
        ]
        self._mix = [(source, cloze, share) for source, cloze, share in MIX if source in self._sources]

    def passages(self, limit: int) -> list[Ids]:
        """Return *limit* random passages of all sources, for statistics."""
        every = [ids for source in self._sources.values() for passages in source.passages for ids in passages]
        chosen = self._random.permutation(len(every))[:limit]
        return [every[index] for index in chosen]

    def batch(self, size: int) -> Batch:
        """Return the next batch of *size* pairs, or of a few less, all of one source."""
        shares = np.array([share for _, _, share in self._mix])
        name, cloze, _ = self._mix[self._random.choice(len(self._mix), p=shares / shares.sum())]
        source = self._sources[name]
        chosen = self._choose(source, size)
        questions, passages = [], []
        for text in chosen:
            options = source.passages[text]
            passage = options[self._random.integers(len(options))]
            if cloze:
                question, passage = self._cut(passage)
            else:
                before, after = self._forms[self._random.integers(len(self._forms))]
                question = np.concatenate((before, source.titles[text], after))
            questions.append(self._drop(question))
            passages.append(self._drop(passage))
        titles = np.array(
            [text if cloze else zlib.crc32(source.titles[text].tobytes()) for text in chosen], dtype=np.int64
        )
        return Batch(questions, passages, titles)

    def _choose(self, source: _Source, size: int) -> npt.NDArray[np.int64]:
        if len(source.topics) == 1:
            members = source.topics[0]
            return self._random.choice(members, min(size, len(members)), replace=False)
        sizes = np.array([len(topic) for topic in source.topics], dtype=float)
        topics = self._random.choice(len(sizes), size // CLUSTER, p=sizes / sizes.sum())
        clusters = [
            self._random.choice(source.topics[topic], min(CLUSTER, len(source.topics[topic])), replace=False)
            for topic in topics
        ]
        return np.unique(np.concatenate(clusters))

    def _cut(self, passage: Ids) -> tuple[Ids, Ids]:
        length = int(self._random.integers(*CLOZE_IDS))
        length = min(length, max(1, len(passage) // 2))
        start = int(self._random.integers(len(passage) - length + 1))
        rest = np.concatenate((passage[:start], passage[start + length :]))
        return passage[start : start + length], rest if len(rest) else passage

    def _drop(self, ids: Ids) -> Ids:
        kept = ids[self._random.random(len(ids)) >= DROPOUT]
        return kept if len(kept) else ids


def _ids(vocabulary: Vocabulary, words: Iterable[str]) -> Ids:
    return np.array(vocabulary.ids(words), dtype=np.int32)


def _index(texts: Iterable[TitledText], vocabulary: Vocabulary) -> dict[str, _Source]:
    sources: dict[str, _Source] = {}
    members: dict[str, dict[str, list[int]]] = {}
    for text in texts:
        title = _ids(vocabulary, text.title.split())
        pieces = [_ids(vocabulary, piece) for piece in passages_of(text.body.split())][:PASSAGES_OF_A_TEXT]
        pieces = [piece for piece in pieces if len(piece)]
        if not len(title) or not pieces:
            continue
        source = sources.setdefault(text.source, _Source([], [], []))
        members.setdefault(text.source, {}).setdefault(text.topic, []).append(len(source.titles))
        source.titles.append(title)
        source.passages.append(pieces)
    for name, topics in members.items():
        sources[name].topics.extend(np.array(topic) for topic in topics.values())
    return sources
