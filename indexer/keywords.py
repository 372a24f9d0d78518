"""
Keyword search: BM25 over syllables and pairs of neighbouring syllables, with and without diacritics.

Measured on Zalo and ALQAC: pairs gave +0.04 to +0.07 nDCG@10 over syllables alone, the heading's extra weight another
+0.006 to +0.03; leaving out stop words gave nothing.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from indexer.vietnamese import fold, syllables

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from indexer.types import Passage

HEADING_WEIGHT = 4  # how many more times the nearest heading counts; +2 and +4 were measured, +4 is better
K1 = 1.5
B = 0.75
_FORMS = ("marked", "folded")  # as written; without diacritics


def tokens(text: str) -> list[str]:
    """
    Return what BM25 counts in *text*: its syllables, then its pairs of neighbours, line by line.

    ``tokens("Sở Y tế") == ["sở", "y", "tế", "sở y", "y tế"]``
    """
    found: list[str] = []
    for line in text.splitlines():
        words = syllables(line)
        found += words
        found += [f"{first} {second}" for first, second in pairwise(words)]
    return found


def tokens_of_passage(passage: Passage) -> list[str]:
    """Return the tokens of *passage*, those of its nearest heading ``1 + HEADING_WEIGHT`` times."""
    lines = passage.context.splitlines()
    return tokens(passage.search) + tokens(lines[-1]) * HEADING_WEIGHT if lines else tokens(passage.search)


class KeywordIndex:
    """Two BM25 indexes over the same passages; scores stand in the order of the passages, higher is better."""

    def __init__(self, forms: dict[str, Any], passage_count: int) -> None:
        self._forms = forms
        self._passage_count = passage_count

    def scores(self, question: str, *, folded: bool) -> npt.NDArray[np.float32]:
        """Return one score a passage, 0 where no token is shared; *folded* compares without diacritics."""
        form = self._forms["folded" if folded else "marked"]
        asked = tokens(fold(question) if folded else question)
        known = [form.vocab_dict[token] for token in asked if token in form.vocab_dict]
        if not known:
            return np.zeros(self._passage_count, dtype=np.float32)
        return np.asarray(form.get_scores_from_ids(known), dtype=np.float32)

    def __len__(self) -> int:
        return self._passage_count


def _bm25(vocabulary: list[str]) -> Any:
    import bm25s  # noqa: PLC0415 - 0.4 s

    form = bm25s.BM25(k1=K1, b=B, method="lucene", backend="numpy")
    form.vocab_dict = {token: position for position, token in enumerate(vocabulary)}
    form.unique_token_ids_set = set(form.vocab_dict.values())
    form.nonoccurrence_array = None
    return form


def _index(counted: list[list[str]]) -> dict[str, npt.NDArray[Any]]:
    # the vocabulary is sorted, since that of bm25s stands in the order of a set, another one in each process
    vocabulary = sorted({token for found in counted for token in found})
    if not vocabulary:
        return {}
    form = _bm25(vocabulary)
    ids = [[form.vocab_dict[token] for token in found] for found in counted]
    built = form.build_index_from_ids(list(range(len(vocabulary))), ids, show_progress=False)
    return {
        "data": np.ascontiguousarray(built["data"], dtype=np.float32),
        "indices": np.ascontiguousarray(built["indices"], dtype=np.int32),
        "indptr": np.ascontiguousarray(built["indptr"], dtype=np.int64),
        "vocabulary": np.frombuffer("\n".join(vocabulary).encode(), dtype=np.uint8),
    }


def build_keywords(passages: Sequence[Passage]) -> bytes:
    """Return the keyword index of *passages* as bytes (safetensors); the same passages always give the same bytes."""
    from safetensors.numpy import save  # noqa: PLC0415 - to build only

    counted = [tokens_of_passage(passage) for passage in passages]
    arrays: dict[str, npt.NDArray[Any]] = {"passages": np.array([len(passages)], dtype=np.int64)}
    for name in _FORMS:
        if name == "folded":
            plain = {token: fold(token) for token in {token for found in counted for token in found}}
            counted = [[plain[token] for token in found] for found in counted]
        arrays |= {f"{name}.{part}": array for part, array in _index(counted).items()}
    return bytes(save(arrays))


def read_keywords(data: bytes) -> KeywordIndex:
    """Return the index that ``build_keywords`` wrote as *data*."""
    from safetensors.numpy import load  # noqa: PLC0415 - at the first search

    arrays = load(data)
    count = int(arrays["passages"][0])
    forms: dict[str, Any] = {}
    for name in _FORMS:
        stored = arrays.get(f"{name}.vocabulary")
        form = _bm25(stored.tobytes().decode().split("\n") if stored is not None else [])
        if stored is not None:
            parts = {part: arrays[f"{name}.{part}"] for part in ("data", "indices", "indptr")}
            form.scores = parts | {"num_docs": count}
        forms[name] = form
    return KeywordIndex(forms, count)
