"""Counting of the syllable model: how often one syllable follows another, and a third one both."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from indexer.ngrams import DISCOUNT
from indexer.syllable import is_syllable_shape
from indexer.syllable_model import BOUNDARY, NUMBER, SyllableModel, syllable_tokens
from indexer.training.sources import WIKIPEDIA, read_texts
from indexer.vietnamese import has_diacritics

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import numpy.typing as npt

RAREST = 8
BIGRAMS = 700_000
TRIGRAMS = 800_000
HELD_OUT = 50  # every 50th text is kept for measuring
_MARKUP = re.compile(r"^=+.*=+\s*$", re.MULTILINE)


def training_texts(data: Path) -> Iterator[str]:
    """Yield the texts that the model is counted on: all but every `HELD_OUT`-th."""
    for number, text in enumerate(read_texts(data)):
        if number % HELD_OUT:
            yield f"{text.title}\n{_MARKUP.sub('', text.body)}"


def held_out_texts(data: Path) -> Iterator[tuple[str, str]]:
    """Yield source and body of every `HELD_OUT`-th text."""
    for number, text in enumerate(read_texts(data)):
        if not number % HELD_OUT:
            yield text.source, _MARKUP.sub("", text.body)


def train_syllables(data: Path) -> SyllableModel:
    """Return the syllable model counted on the texts of *data*."""
    return count(training_texts(data))


def count(
    texts: Iterable[str], *, rarest: int = RAREST, bigrams: int = BIGRAMS, trigrams: int = TRIGRAMS
) -> SyllableModel:
    """
    Return the model of *texts*.

    Of the bigrams and trigrams seen at least twice those are kept without which the text would lose most likelihood.
    """
    numbers: dict[str, int] = {}
    stream: list[npt.NDArray[np.int32]] = []
    for text in tqdm(texts, desc="count syllables"):
        ids = [numbers.setdefault(token, len(numbers)) for token in syllable_tokens(text)]
        stream.append(np.array(ids, dtype=np.int32))
    raw = np.concatenate(stream)
    total = np.bincount(raw, minlength=len(numbers))
    kept = sorted(
        (token for token, number in numbers.items() if total[number] >= rarest and _worth_keeping(token)),
        key=lambda token: (-total[numbers[token]], token),
    )
    syllables = [BOUNDARY, NUMBER, *(token for token in kept if token not in (BOUNDARY, NUMBER))][: 2**16 - 1]
    new_number = np.full(len(numbers), len(syllables), dtype=np.int64)  # the last number stands for all others
    for number, syllable in enumerate(syllables):
        if syllable in numbers:
            new_number[numbers[syllable]] = number
    return _estimate(syllables, new_number[raw], bigrams=bigrams, trigrams=trigrams)


def _worth_keeping(token: str) -> bool:
    """A marked word that cannot be a syllable is a slip of the pen; it must not become a candidate."""
    return token in (BOUNDARY, NUMBER) or is_syllable_shape(token) or not has_diacritics(token)


def _estimate(syllables: list[str], stream: npt.NDArray[np.int64], *, bigrams: int, trigrams: int) -> SyllableModel:
    size = len(syllables) + 1  # one more for everything else
    single = np.bincount(stream, minlength=size).astype(float)
    share = (single + 0.5) / (single.sum() + 0.5 * size)
    pairs, pair_counts = np.unique(stream[:-1] * size + stream[1:], return_counts=True)
    known = (pairs // size < size - 1) & (pairs % size < size - 1)
    given = np.maximum(pair_counts - DISCOUNT, 0) / single[pairs // size]
    gain = pair_counts * np.log(np.maximum(given, 1e-12) / share[pairs % size] + 1)
    chosen = _best(np.flatnonzero(known & (pair_counts > 1)), gain, bigrams)
    keys, shares = pairs[chosen], given[chosen]

    triples, triple_counts = np.unique((stream[:-2] * size + stream[1:-1]) * size + stream[2:], return_counts=True)
    frequent = triple_counts > 2
    triples, triple_counts = triples[frequent], triple_counts[frequent]
    first, last = triples // size, triples % size
    context = np.searchsorted(keys, first)
    context[context == len(keys)] = 0
    has_context = (keys[context] == first) & (last < size - 1)
    triples, triple_counts, first, last = (x[has_context] for x in (triples, triple_counts, first, last))
    context = context[has_context]
    given_two = (triple_counts - DISCOUNT) / pair_counts[chosen][context]
    lower = (first % size) * size + last
    place = np.minimum(np.searchsorted(keys, lower), len(keys) - 1)
    given_one = np.where(keys[place] == lower, shares[place], 0) + 0.1 * share[last]
    gain = triple_counts * np.log(given_two / given_one + 1)
    best = _best(np.arange(len(triples)), gain, trigrams)
    return SyllableModel.from_counts(
        syllables,
        share[:-1],
        (keys // size, keys % size, shares),
        (context[best], last[best], given_two[best]),
    )


def _best(places: npt.NDArray[np.int64], gain: npt.NDArray[np.float64], limit: int) -> npt.NDArray[np.int64]:
    """Return the *limit* of *places* with the highest *gain*, in their own order."""
    return np.sort(places[np.argsort(-gain[places], kind="stable")[:limit]])


def scan_texts(data: Path, *, measure: bool = False) -> list[str]:
    """Return held-out texts of the State, to be printed and scanned: one half to count on, the other to measure."""
    texts = [body for source, body in held_out_texts(data) if source != WIKIPEDIA]
    return texts[1::2] if measure else texts[::2]
