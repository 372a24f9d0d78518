"""
Hybrid retrieval: keywords and meaning, fused by a weighted sum of z-scores over the best of both.

The sum beat reciprocal rank fusion by 0.012 to 0.069 nDCG@10 on the sets measured, where ranks alone often lost to
BM25.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from assistant.types import Hit
from indexer.vietnamese import has_diacritics

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy.typing as npt

    from indexer.index import Index
    from indexer.types import StepKind

KEYWORD_WEIGHT = 0.65
VECTOR_WEIGHT = 0.35
KEYWORD_POOL = 60  # candidates taken from each side before fusion
VECTOR_POOL = 40


def _best(scores: npt.NDArray[np.float32], allowed: npt.NDArray[np.intp], count: int) -> npt.NDArray[np.intp]:
    """Return the *count* positions of *allowed* with the highest scores; equal scores keep their order."""
    return allowed[np.argsort(-scores[allowed], kind="stable")[:count]]


def _z(scores: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    exact = scores.astype(np.float64)
    spread = exact.std()
    return (exact - exact.mean()) / spread if spread > 0 else np.zeros_like(exact)


def _near(index: Index, vector: npt.NDArray[np.float32], allowed: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Return those of the *allowed* passages that are nearest to *vector* and share any meaning with it."""
    if len(allowed) == len(index.unit_of_passage):
        near = index.nearest(vector, VECTOR_POOL)
        return near[index.cosines(vector, near) > 0]
    cosines = index.cosines(vector, allowed)
    best = _best(cosines, np.arange(len(allowed)), VECTOR_POOL)
    return allowed[best[cosines[best] > 0]]


def search(
    index: Index,
    question: str,
    *,
    restored: str | None = None,
    top_k: int = 10,
    documents: Collection[str] | None = None,
    kinds: Collection[StepKind] | None = None,
) -> list[Hit]:
    """
    Return the best *top_k* clauses and rows for *question*, the best first, one hit a clause or row.

    *restored* is the question with its diacritics put back: then keywords are compared without diacritics, as typed,
    and meaning with the restored text. A question without diacritics that was not restored is not compared by meaning
    at all, since that does worse than keywords alone. *documents* (ids) and *kinds* (``StepKind.ROW`` for table rows)
    narrow the search. What shares neither a keyword nor any meaning with the question is no hit.

    Scores compare the hits of one question, not those of two questions. Equal scores keep the order of the documents.

    Raises:
        UnknownDocumentError: one of *documents* is not in the index.
        IndexMismatchError: the model is not the one that the index was built with.
    """
    allowed = index.positions(documents=documents, kinds=kinds)
    marked = has_diacritics(question)
    by_unit = index.keyword_scores(question, folded=restored is not None or not marked)
    keywords = by_unit[index.unit_of_passage]
    pool = _best(keywords, allowed, KEYWORD_POOL)
    pool = pool[keywords[pool] > 0]
    meaning = restored if restored is not None else question if marked else None
    vector = None
    if meaning is not None and len(allowed):
        vector = index.vector(meaning)
        pool = np.union1d(pool, _near(index, vector, allowed))
    if not len(pool):
        return []
    pool.sort()
    scores = _z(keywords[pool])
    if vector is not None:
        scores = KEYWORD_WEIGHT * scores + VECTOR_WEIGHT * _z(index.cosines(vector, pool))
    hits: list[Hit] = []
    seen: set[tuple[str, str]] = set()
    for place in np.argsort(-scores, kind="stable"):
        passage = index.passages[pool[place]]
        if (passage.document, passage.eid) in seen:
            continue
        seen.add((passage.document, passage.eid))
        hits.append(Hit(passage, float(scores[place]), len(hits) + 1))
        if len(hits) == top_k:
            break
    return hits
