"""
The language model of syllables that we ship: which syllable follows which in the texts of the State.

It serves to put diacritics back and to read bad scans; it never writes anything of its own.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indexer.errors import InputError
from indexer.ngrams import NGrams, pair_key, triple_key
from indexer.sealed import check_sealed, seal
from indexer.vietnamese import fold, unify_tone

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

BOUNDARY, NUMBER = "<s>", "<n>"
FOLDER = Path(__file__).parent / "models" / "vi-syllables"
WEIGHTS, SYLLABLES = "model.safetensors", "syllables.txt"
_TOKEN = re.compile(r"(?P<word>[^\W\d_]+)|(?P<number>\d(?:[\w./,-]*\w)?)|(?P<stop>[.;:!?\n]+)")
_STEPS = 8  # shares are kept as eighths of a power of two, from 0 to 255


def syllable_tokens(text: str) -> Iterator[str]:
    """
    Yield the lower-case syllables of *text*, `NUMBER` for whatever starts with a digit, `BOUNDARY` between sentences.

    Commas and brackets are passed over: "khoa học, công nghệ" is one phrase.
    """
    yield BOUNDARY
    yield from tokens_within(text)


def tokens_within(text: str) -> Iterator[str]:
    """Yield what ``syllable_tokens`` yields behind the first boundary; none reaches over a space."""
    for match in _TOKEN.finditer(unify_tone(unicodedata.normalize("NFC", text)).lower()):
        if match.lastgroup == "word":
            yield match.group()
        else:
            yield NUMBER if match.lastgroup == "number" else BOUNDARY


class SyllableModel:
    """Shares of syllables after one and after two others; what the pruned tables lack is interpolated."""

    def __init__(self, syllables: Sequence[str], ngrams: NGrams) -> None:
        self.syllables = tuple(syllables)
        self.ngrams = ngrams
        self.numbers = {syllable: number for number, syllable in enumerate(self.syllables)}
        self._by_fold: dict[str, list[str]] = {}
        for syllable in self.syllables:
            self._by_fold.setdefault(fold(syllable), []).append(syllable)

    @classmethod
    def from_counts(
        cls,
        syllables: Sequence[str],
        single: npt.NDArray[np.float64],
        pairs: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]],
        triples: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]],
    ) -> SyllableModel:
        """
        Return the model of the shares *single*, of *pairs* (first, second, share) and *triples*.

        A triple is (place of its first two among *pairs*, third, share). Pairs and triples are sorted.
        """
        first, second, pair_shares = pairs
        place, third, triple_shares = triples
        ngrams = NGrams(
            single.astype(np.float32),
            pair_key(first, second),
            pair_shares.astype(np.float32),
            triple_key(first[place], second[place], third),
            triple_shares.astype(np.float32),
            float(single.min()) / 2,
        )
        return cls(syllables, ngrams)

    @staticmethod
    def load(folder: Path = FOLDER) -> SyllableModel:
        """
        Return the model in *folder*, by default the one we ship; it is read once.

        Raises:
            InputError: a file is missing.
        """
        return _load(folder)

    def save(self, folder: Path) -> None:
        """Write the model into *folder*; the same model gives the same bytes."""
        from safetensors.numpy import save  # noqa: PLC0415

        ngrams = self.ngrams
        mask = (1 << 20) - 1
        first, second = ngrams.pair_keys >> 20, ngrams.pair_keys & mask
        place = np.searchsorted(ngrams.pair_keys, ngrams.triple_keys >> 20)
        tensors = {
            "single": np.log(ngrams.single).astype(np.float16),
            "pair_counts": np.bincount(first, minlength=len(self.syllables)).astype(np.uint16),
            "pair_seconds": second.astype(np.uint16),
            "pair_shares": _pack(ngrams.pair_shares),
            "triple_counts": np.bincount(place, minlength=len(first)).astype(np.uint16),
            "triple_thirds": (ngrams.triple_keys & mask).astype(np.uint16),
            "triple_shares": _pack(ngrams.triple_shares),
        }
        folder.mkdir(parents=True, exist_ok=True)
        (folder / WEIGHTS).write_bytes(save(tensors, {"format": json.dumps("hoi-van-ban syllables 1")}))
        lines = "".join(f"{syllable}\n" for syllable in self.syllables)
        (folder / SYLLABLES).write_text(lines, encoding="utf-8", newline="\n")
        seal([folder / WEIGHTS, folder / SYLLABLES])

    def candidates(self, folded: str) -> Sequence[str]:
        """Return the known syllables that are *folded* without diacritics, the most frequent first."""
        return self._by_fold.get(folded, ())

    def log_probability(self, previous: str, syllable: str) -> float:
        """Return the natural logarithm of the share of *syllable* after *previous*; unknown ones get a floor."""
        return self.log_probabilities(previous, [syllable])[0]

    def log_probabilities(self, previous: str, syllables: Sequence[str]) -> list[float]:
        """Return what ``log_probability`` returns for each of *syllables*."""
        unknown = len(self.syllables)
        second = np.array([self.numbers.get(previous, unknown)])
        third = np.array([self.numbers.get(syllable, unknown) for syllable in syllables], dtype=np.int64)
        shares = self.ngrams.shares(np.full(len(third), unknown), second, third)
        return [math.log(share) for share in shares.tolist()]


@cache
def _load(folder: Path) -> SyllableModel:
    from safetensors.numpy import load  # noqa: PLC0415

    missing = [name for name in (WEIGHTS, SYLLABLES) if not (folder / name).is_file()]
    if missing:
        msg = (
            f"{folder}: {' and '.join(missing)} is missing.\n"
            "  Install the package again, or train the model:  python -m indexer train --data DIR --only syllables"
        )
        raise InputError(msg)
    check_sealed([folder / WEIGHTS, folder / SYLLABLES])
    tensors = load((folder / WEIGHTS).read_bytes())
    syllables = (folder / SYLLABLES).read_text(encoding="utf-8").split("\n")[:-1]
    first = np.repeat(np.arange(len(syllables)), tensors["pair_counts"])
    place = np.repeat(np.arange(len(first)), tensors["triple_counts"])
    return SyllableModel.from_counts(
        syllables,
        np.exp(tensors["single"].astype(np.float64)),
        (first, tensors["pair_seconds"].astype(np.int64), _unpack(tensors["pair_shares"])),
        (place, tensors["triple_thirds"].astype(np.int64), _unpack(tensors["triple_shares"])),
    )


def _pack(shares: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    steps = np.clip(np.rint(-np.log2(shares) * _STEPS), 0, 255)
    return np.asarray(steps, dtype=np.uint8)


def _unpack(packed: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    return np.asarray(np.exp2(-packed.astype(np.float64) / _STEPS))
