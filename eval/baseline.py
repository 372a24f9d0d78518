"""What anybody would do first: pieces of 500 characters, ranked by words or by meaning, the best pasted as the answer and cited whole."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from indexer.errors import InputError
from indexer.segment import segment
from indexer.vietnamese import syllables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt

    from indexer.vectors import IndexEncoder

PIECE = 500  # characters
BASELINES = {
    "bm25-syllables": "BM25 over syllables",
    "bm25-words": "BM25 over words as pyvi segments them",
    "dense": "the embedding model of the index alone",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """``text`` is what stands in *document* from *start* on."""

    document: str
    start: int
    text: str

    def citation(self, number: int) -> dict[str, Any]:
        """Return the citation of the whole piece."""
        return {
            "n": number,
            "document": self.document,
            "number": None,
            "label": f"ký tự {self.start}",
            "path": [],
            "start": self.start,
            "end": self.start + len(self.text),
            "quote": self.text,
            "text": self.text,
            "reading": None,
        }


class Scores(Protocol):
    """Ranks pieces."""

    def __call__(self, question: str, /) -> npt.NDArray[np.float32]:
        """Return one score a piece."""


class PasteBaseline:
    """Answers every question with its best pieces; it neither declines nor looks at the history."""

    def __init__(
        self,
        texts: Mapping[str, str],
        ranked_by: Callable[[Sequence[str]], Scores] | None = None,
        *,
        top: int = 1,
        size: int = PIECE,
    ) -> None:
        """
        *texts* holds the documents by id; each needs at least one letter.

        *ranked_by* makes the ranking of the pieces' texts, by default BM25 over syllables. The best *top* pieces of *size* characters are pasted.
        """
        self._pieces = [
            Piece(document, start, text[start : start + size])
            for document, text in texts.items()
            for start in range(0, len(text), size)
            if text[start : start + size].strip()
        ]
        self._scores = (ranked_by or bm25_syllables)([piece.text for piece in self._pieces])
        self._top = top

    def record(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer record for one object of a batch."""
        began = perf_counter()
        scores = self._scores(str(question["question"]))
        best = [self._pieces[place] for place in np.argsort(-scores, kind="stable")[: self._top]]
        return {
            "id": question["id"],
            "question": question["question"],
            "understood": question["question"],
            "status": "answered",
            "answer": "\n".join(piece.text for piece in best),
            "citations": [piece.citation(number) for number, piece in enumerate(best, start=1)],
            "elapsed_ms": round((perf_counter() - began) * 1000, 3),
        }


def _bm25(texts: Sequence[str], cut: Callable[[str], list[str]]) -> Scores:
    import bm25s  # noqa: PLC0415

    index = bm25s.BM25(method="lucene")
    index.index([cut(text) for text in texts], show_progress=False)
    known = index.vocab_dict

    def scores(question: str) -> npt.NDArray[np.float32]:
        words = [word for word in cut(question) if word in known]
        return np.asarray(index.get_scores(words)) if words else np.zeros(len(texts), dtype=np.float32)

    return scores


bm25_syllables: Callable[[Sequence[str]], Scores] = partial(_bm25, cut=syllables)
bm25_words: Callable[[Sequence[str]], Scores] = partial(_bm25, cut=segment)


def dense(texts: Sequence[str], encoder: IndexEncoder) -> Scores:
    """Return the ranking of *texts* by their likeness to the question in the vectors of *encoder*."""
    vectors = encoder.encode_document(list(texts))
    return lambda question: vectors @ encoder.encode_query([question])[0]


def open_baseline(name: str, texts: Mapping[str, str], encoder: Callable[[], IndexEncoder]) -> PasteBaseline:
    """
    Return the baseline *name*, one of `BASELINES`; "dense:3" pastes the best three pieces. *encoder* gives the embedding model.

    Raises:
        InputError: there is no such baseline; the message names those that there are.
        IndexMismatchError: the model is not the one of the index.
    """
    kind, _, top = name.partition(":")
    if kind not in BASELINES or (top and not (top.isdecimal() and int(top))):
        fact = f"there is no system {name!r}."
        raise InputError(f"{fact}\n  There are: assistant, {', '.join(BASELINES)} (dense:3 pastes the best 3 pieces)")
    rankings: dict[str, Callable[[Sequence[str]], Scores]] = {
        "bm25-syllables": bm25_syllables,
        "bm25-words": bm25_words,
        "dense": lambda pieces: dense(pieces, encoder()),
    }
    return PasteBaseline(texts, rankings[kind], top=int(top or 1))
