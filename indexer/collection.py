"""
Titled texts that can be searched like an index, in memory: for training, and for measuring on retrieval sets.

The parts are those of an index, built by the same functions; only documents, clauses and the store are missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from indexer.keywords import build_keywords, read_keywords
from indexer.passage_tokens import PassageTokens, join_tokens, stream_of, streams_of
from indexer.passages import split_text
from indexer.ranking import Ranker
from indexer.records import headed
from indexer.vectors import build_vectors, read_vectors

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from indexer.embedding import LoadedEncoder
    from indexer.reranker import Reranker
    from indexer.static_model import StaticModel


class TitledText(NamedTuple):
    """A text with the title that stands above it, "" where there is none."""

    title: str
    text: str

    def headed(self) -> TitledText:
        """Return it with the heading on the text's first line, if there is one, in its title, as an index has it."""
        return TitledText(*headed(self.title, self.text))


def pieces(item: TitledText) -> list[str]:
    """Return the passages of *item*: its text in pieces, each below the title."""
    found = [item.text[start:end] for start, end in split_text(item.text)] or [""]
    return [f"{item.title}\n{piece}" if item.title else piece for piece in found]


class Collection:
    """The parts of an index over *items*, a unit each; *model* is our static model."""

    def __init__(
        self,
        items: Sequence[TitledText],
        model: StaticModel,
        *,
        workers: int = 1,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        items = [item.headed() for item in items]
        self.model = model
        self.passages: list[str] = []
        unit_of: list[int] = []
        for unit, item in enumerate(items):
            cut = pieces(item)
            self.passages += cut
            unit_of += [unit] * len(cut)
        self.tokens: PassageTokens = join_tokens(
            streams_of(self.passages, model.vocabulary, workers=workers, progress=progress),
            [stream_of(item.title, model.vocabulary) for item in items],
            np.array(unit_of, dtype=np.int32),
            identities=model.vocabulary.identities,
        )
        self.keywords = read_keywords(
            build_keywords([(item.title, f"{item.title}\n{item.text}" if item.title else item.text) for item in items])
        )

    def vectors(self, encoder: LoadedEncoder) -> npt.NDArray[np.float32]:
        """Return the vectors of the passages, shape (passages, dimension); ours come from the tokens that are known already."""
        if encoder.static is self.model:
            return self.model.embed(self.tokens.passages)
        return encoder.encode_document(self.passages)

    def ranker(
        self, encoder: LoadedEncoder, reranker: Reranker, *, documents: npt.NDArray[np.int32] | None = None
    ) -> Ranker:
        """Return what ranks the items; *documents* numbers the document of each, by default they are all of one."""
        if documents is None:
            documents = np.zeros(len(self.tokens.headings), dtype=np.int32)
        vectors = read_vectors(build_vectors(self.vectors(encoder)))
        return Ranker(self.keywords, vectors, self.tokens, documents, encoder, self.model, reranker)
