"""
Keyword search: BM25 over syllables and pairs of neighbouring syllables, with and without diacritics.

"Khoản 2 Điều 5" and "Điều 5 khoản 2", "ngày 05 tháng 01 năm 2026" and "5/1/2026" have a token in common (`indexer.common_forms`).

Measured on Zalo and ALQAC: pairs gave +0.04 to +0.07 nDCG@10 over syllables alone, the heading's extra weight another
+0.006 to +0.03; leaving out stop words gave nothing.

Tokens are counted as numbers in numpy, 16 million of them in seconds; bm25s scores. In the arrays that are stored, a syllable is
the number of its place in the sorted vocabulary, a pair is ``first * size of the vocabulary + second``, and terms are the
syllables, then the sorted pairs. Nothing is hashed, so no two terms can be taken for one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from array import array
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from indexer.arrays import arrays_in, pack_arrays
from indexer.common_forms import common_forms
from indexer.vietnamese import fold, syllables
from indexer.word_table import WordTable, pack_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    from typing_extensions import Buffer

    Numbers = npt.NDArray[np.int64]
    SmallNumbers = npt.NDArray[np.int32]

HEADING_WEIGHT = 4  # how many more times the nearest heading counts; +2 and +4 were measured, +4 is better
K1 = 1.5
B = 0.75
FORMS = ("marked", "folded")  # as written; without diacritics
_LINE_END = "\n"  # stands between the syllables of two lines, which are no neighbours; it sorts before every syllable
_LARGEST = 2**63  # a pair, its unit and a bit are counted as one number where that is below this


def tokens(text: str) -> list[str]:
    """
    Return what BM25 counts in *text*: its syllables, then its pairs of neighbours, line by line; then its common forms.

    ``tokens("Sở Y tế") == ["sở", "y", "tế", "sở y", "y tế"]``
    """
    found: list[str] = []
    for line in _lines(text):
        words = syllables(line)
        found += words
        found += [f"{first} {second}" for first, second in pairwise(words)]
    return found


def _lines(text: str) -> list[str]:
    """Return the lines of *text*, and a line for each of its common forms, which thus are nobody's neighbours."""
    return [*text.splitlines(), *common_forms(text)]


class Form(ABC):
    """The BM25 index of one form of the syllables, wherever its postings lie."""

    def __init__(self, vocabulary: npt.NDArray[np.uint8]) -> None:
        self._vocabulary = WordTable(vocabulary)

    def terms(self, text: str) -> list[int | None]:
        """Return the number of every token of *text*, in the order of ``tokens``; None where no unit has it."""
        found: list[int | None] = []
        for line in _lines(text):
            words = [self._vocabulary.find(word) for word in syllables(line)]
            found += words
            found += [self._pair(first, second) for first, second in pairwise(words)]
        return found

    @abstractmethod
    def _pair(self, first: int | None, second: int | None) -> int | None:
        """Return the number of a pair of syllables, None where no unit has it."""

    @abstractmethod
    def scores(self, terms: Sequence[int]) -> npt.NDArray[np.float32]:
        """Return one score a unit."""

    @abstractmethod
    def frequency(self, term: int) -> int:
        """Return how many units have *term*."""


class _Form(Form):
    """A form whose postings are arrays."""

    def __init__(self, arrays: dict[str, npt.NDArray[Any]], unit_count: int) -> None:
        super().__init__(arrays["vocabulary"])
        self._pairs = arrays["pairs"]
        self._indptr = arrays["indptr"]
        self._bm25 = scorer(arrays["data"], arrays["indices"], arrays["indptr"], unit_count)

    def _pair(self, first: int | None, second: int | None) -> int | None:
        if first is None or second is None:
            return None
        wanted = first * len(self._vocabulary) + second
        position = int(np.searchsorted(self._pairs, wanted))
        known = position < len(self._pairs) and self._pairs[position] == wanted
        return len(self._vocabulary) + position if known else None

    def scores(self, terms: Sequence[int]) -> npt.NDArray[np.float32]:
        return np.asarray(self._bm25.get_scores_from_ids(terms), dtype=np.float32)

    def frequency(self, term: int) -> int:
        return int(self._indptr[term + 1] - self._indptr[term])


def scorer(data: npt.NDArray[np.float32], indices: SmallNumbers, indptr: Numbers, unit_count: int) -> Any:
    """Return what adds up the weights *data* of terms for the units *indices*; those of a term lie between two of *indptr*."""
    import bm25s  # noqa: PLC0415 - 0.4 s

    bm25 = bm25s.BM25(k1=K1, b=B, method="lucene", backend="numpy")
    bm25.nonoccurrence_array = None
    bm25.scores = {"data": data, "indices": indices, "indptr": indptr, "num_docs": unit_count}
    return bm25


class KeywordIndex:
    """Two BM25 indexes over the same units; scores stand in the order of the units, higher is better."""

    def __init__(self, forms: Mapping[str, Form], unit_count: int) -> None:
        self._forms = forms
        self._unit_count = unit_count

    def scores(self, question: str, *, folded: bool) -> npt.NDArray[np.float32]:
        """Return one score a unit, 0 where no token is shared; *folded* compares without diacritics."""
        return self.scores_of(self.terms(question, folded=folded), folded=folded)

    def terms(self, question: str, *, folded: bool) -> list[int]:
        """Return the numbers of those tokens of *question* that a unit has."""
        form = self._forms["folded" if folded else "marked"]
        return [term for term in form.terms(fold(question) if folded else question) if term is not None]

    def scores_of(self, terms: Sequence[int], *, folded: bool) -> npt.NDArray[np.float32]:
        """Return one score a unit for *terms*, which ``terms`` gave."""
        form = self._forms["folded" if folded else "marked"]
        return form.scores(terms) if terms else np.zeros(self._unit_count, dtype=np.float32)

    def frequencies(self, text: str, *, folded: bool) -> list[int]:
        """Return in how many units each of ``tokens(text)`` stands, in their order."""
        form = self._forms["folded" if folded else "marked"]
        terms = form.terms(fold(text) if folded else text)
        return [0 if term is None else form.frequency(term) for term in terms]

    def __len__(self) -> int:
        return self._unit_count


class _Numbering(dict[str, int]):
    """Gives every new key the next number."""

    def __missing__(self, key: str) -> int:
        self[key] = number = len(self)
        return number


def _read(units: Sequence[tuple[str, str]]) -> tuple[list[str], SmallNumbers, SmallNumbers]:
    """
    Return the vocabulary, and the syllables of all *units* as numbers of it with a `_LINE_END` behind every line.

    The third value says where each syllable stands: the number of its unit times two, plus one in the heading. A word between
    white space is taken apart once, however often it stands there; no syllable reaches over white space.
    """
    words = _Numbering({_LINE_END: 0})
    number = words.__getitem__
    read = array("i")
    ends: list[int] = []
    for heading, text in units:
        for part in (text, heading):
            for line in _lines(part):
                read.extend(map(number, line.split()))
                read.append(0)
            ends.append(len(read))
    known = _Numbering({_LINE_END: 0})
    parts = array("i", [0])
    starts = [0, 1]
    for word in words:
        if word != _LINE_END:
            parts.extend(map(known.__getitem__, syllables(word)))
            starts.append(len(parts))
    vocabulary = sorted(known)
    rank = np.empty(len(known), dtype=np.int32)
    rank[[known[name] for name in vocabulary]] = np.arange(len(known))
    chosen = np.frombuffer(read, dtype=np.intc)
    first = np.array(starts, dtype=np.int64)
    lengths = np.diff(first)[chosen]
    before = np.concatenate([[0], np.cumsum(lengths)])
    places = np.arange(before[-1]) + np.repeat(first[chosen] - before[:-1], lengths)
    found = rank[np.frombuffer(parts, dtype=np.intc)][places]
    where = np.repeat(np.arange(2 * len(units), dtype=np.int32), np.diff(before[[0, *ends]]))
    return vocabulary, found, where


def _count(terms: Numbers, where: SmallNumbers, unit_count: int) -> tuple[Numbers, Numbers, Numbers]:
    """Return every *term* that a unit has, that unit, and how often, sorted by both; *where* is that of `_read`."""
    names = None
    if len(terms) and (int(terms.max()) + 1) * 2 * unit_count >= _LARGEST:
        names, terms = np.unique(terms, return_inverse=True)  # slower, but then the numbers are small
    keys = np.sort(terms * (2 * unit_count) + where)
    firsts = np.flatnonzero(np.diff(keys, prepend=-1))
    weights = np.diff(firsts, append=len(keys)) * np.where(keys[firsts] % 2, HEADING_WEIGHT, 1)
    keys = keys[firsts] // 2
    firsts = np.flatnonzero(np.diff(keys, prepend=-1))
    counts = np.add.reduceat(weights, firsts) if len(firsts) else weights
    found, units = np.divmod(keys[firsts], unit_count)
    return found if names is None else names[found], units, counts


def _index(
    vocabulary: Sequence[str], found: SmallNumbers, where: SmallNumbers, unit_count: int
) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays of one form; *found* are its syllables, `_LINE_END` between lines is 0."""
    words = found > 0
    both = words[:-1] & words[1:]
    size = len(vocabulary) - 1  # without the line end, so that the first syllable is 0
    singles = _count(found[words].astype(np.int64) - 1, where[words], unit_count)
    first, second = found[:-1][both].astype(np.int64) - 1, found[1:][both] - 1
    pairs = _count(first * size + second, where[1:][both], unit_count)
    firsts = np.flatnonzero(np.diff(pairs[0], prepend=-1))
    units, counts = (np.concatenate([one, two]) for one, two in zip(singles[1:], pairs[1:], strict=True))
    frequencies = np.concatenate([np.bincount(singles[0], minlength=size), np.diff(firsts, append=len(pairs[0]))])
    lengths = np.bincount(units, weights=counts, minlength=unit_count)
    # the formula of bm25s, method "lucene"
    rarity = np.log(1 + (unit_count - frequencies + 0.5) / (frequencies + 0.5))
    damping = K1 * (1 - B + B * lengths / (lengths.mean() if lengths.any() else 1))
    return {
        "data": (np.repeat(rarity, frequencies) * counts / (damping[units] + counts)).astype(np.float32),
        "indices": units.astype(np.int32),
        "indptr": np.concatenate([[0], np.cumsum(frequencies)]),
        "pairs": pairs[0][firsts],
        "vocabulary": pack_words(vocabulary[1:]),
    }


def build_keywords(units: Sequence[tuple[str, str]]) -> bytes:
    """
    Return the keyword index of *units* as bytes (safetensors); the same units always give the same bytes.

    A unit is its nearest heading, "" where there is none, and its text with that heading in it; the heading's tokens count
    ``1 + HEADING_WEIGHT`` times.
    """
    arrays: dict[str, npt.NDArray[Any]] = {"units": np.array([len(units)], dtype=np.int64)}
    vocabulary, found, where = _read(units)
    for name in FORMS:
        if name == "folded":
            plain = [fold(syllable) for syllable in vocabulary]
            vocabulary = sorted(set(plain))
            rank = {syllable: position for position, syllable in enumerate(vocabulary)}
            found = np.array([rank[syllable] for syllable in plain], dtype=np.int32)[found]
        arrays |= {f"{name}.{part}": values for part, values in _index(vocabulary, found, where, len(units)).items()}
    return pack_arrays(arrays)


def read_keywords(data: Buffer) -> KeywordIndex:
    """
    Return the index that ``build_keywords`` wrote as *data*, which it goes on reading from.

    Raises:
        IndexDamagedError: that is not what *data* holds.
    """
    arrays = arrays_in(data)
    count = int(arrays["units"][0])
    parts = ("data", "indices", "indptr", "pairs", "vocabulary")
    return KeywordIndex(
        {name: _Form({part: arrays[f"{name}.{part}"] for part in parts}, count) for name in FORMS}, count
    )
