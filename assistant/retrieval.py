"""Search for clauses and rows: candidates by keywords and meaning, ordered by the reranker of `indexer.ranking`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from assistant.types import Hit
from indexer.ranking import QuestionReading, RankingPart
from indexer.vietnamese import has_diacritics

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy.typing as npt

    from indexer.index import Index
    from indexer.types import StepKind


def search(
    index: Index,
    question: str,
    *,
    readings: Sequence[QuestionReading] = (),
    top_k: int = 10,
    documents: Collection[str] | None = None,
    kinds: Collection[StepKind] | None = None,
) -> list[Hit]:
    """
    Return the best *top_k* clauses and rows for *question*, the best first, one hit a clause or row.

    *readings* are what the question may mean, the likeliest first, where it was typed badly: then keywords are compared without
    diacritics, and meaning and words with each reading. A question without diacritics and without readings is compared by keywords
    alone, since its meaning cannot be told. *documents* (ids) and *kinds* (``StepKind.ROW`` for table rows) narrow the search. What
    shares neither a keyword nor any meaning with the question is no hit.

    Scores compare the hits of one question, not those of two questions. Equal scores keep the order of the documents.

    Raises:
        UnknownDocumentError: one of *documents* is not in the index.
        IndexMismatchError: the model is not the one that the index was built with.
    """
    allowed = _allowed_units(index, documents, kinds)
    if not readings and not has_diacritics(question) and RankingPart.KEYWORDS not in index.without:
        return _by_keywords(index, question, allowed, top_k)
    ranked = index.ranker().rank(readings or [QuestionReading(question)], marked=not readings, allowed=allowed)[:top_k]
    passages = index.passages_at([one.passage for one in ranked])
    return [
        Hit(passage, one.score, rank, one.soft, one.nearness)
        for rank, (one, passage) in enumerate(zip(ranked, passages, strict=True), start=1)
    ]


def _allowed_units(
    index: Index, documents: Collection[str] | None, kinds: Collection[StepKind] | None
) -> npt.NDArray[np.intp] | None:
    if documents is None and kinds is None:
        return None
    positions = index.positions(documents=documents, kinds=kinds)
    return np.unique(index.unit_of_passage[positions]).astype(np.intp)


def _by_keywords(index: Index, question: str, allowed: npt.NDArray[np.intp] | None, top_k: int) -> list[Hit]:
    scores = index.keyword_scores(question, folded=True)
    units = np.arange(len(scores)) if allowed is None else allowed
    best = units[np.argsort(-scores[units], kind="stable")[:top_k]]
    best = best[scores[best] > 0]
    passages = index.passages_at(np.searchsorted(index.unit_of_passage, best).tolist())
    return [
        Hit(passage, float(scores[unit]), rank)
        for rank, (unit, passage) in enumerate(zip(best.tolist(), passages, strict=True), start=1)
    ]
