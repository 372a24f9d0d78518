"""The naive baseline: pieces of 500 characters, BM25, the top piece pasted as the answer and cited whole."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from indexer.vietnamese import syllables

if TYPE_CHECKING:
    from collections.abc import Mapping

PIECE = 500  # characters


class PasteBaseline:
    """Answers every question with the best piece; it neither declines nor looks at the history."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """*texts* holds the documents by id; each needs at least one letter."""
        import bm25s  # noqa: PLC0415

        self._pieces = [
            (document, start, text[start : start + PIECE])
            for document, text in texts.items()
            for start in range(0, len(text), PIECE)
            if text[start : start + PIECE].strip()
        ]
        self._index = bm25s.BM25(method="lucene")
        self._index.index([syllables(text) for _, _, text in self._pieces], show_progress=False)

    def record(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer record for one object of a batch."""
        began = perf_counter()
        known = self._index.vocab_dict
        words = [word for word in syllables(str(question["question"])) if word in known]
        best = int(np.argmax(self._index.get_scores(words))) if words else 0
        document, start, text = self._pieces[best]
        citation = {
            "n": 1,
            "document": document,
            "number": None,
            "label": f"ký tự {start}",
            "path": [],
            "start": start,
            "end": start + len(text),
            "quote": text,
            "text": text,
            "reading": None,
        }
        return {
            "id": question["id"],
            "question": question["question"],
            "understood": question["question"],
            "status": "answered",
            "answer": text,
            "citations": [citation],
            "elapsed_ms": round((perf_counter() - began) * 1000, 3),
        }
