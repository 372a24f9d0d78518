"""Character error rates: exact edit distances, without shortcuts."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np

from indexer.types import fold_white


@dataclass(frozen=True, slots=True)
class ErrorRate:
    """So many edits over so many characters of the truth."""

    edits: int
    characters: int

    @property
    def value(self) -> float:
        """Edits a character; more than 1 where much was added."""
        return self.edits / max(self.characters, 1)

    def __add__(self, other: ErrorRate) -> ErrorRate:
        """Return the rate over both texts, each weighing by its length."""
        return ErrorRate(self.edits + other.edits, self.characters + other.characters)

    def __str__(self) -> str:
        return f"{self.value:.2%} ({self.edits} of {self.characters} characters)"


def edit_distance(truth: str, found: str) -> int:
    """
    Return the Levenshtein distance: the least number of characters to put in, take out or replace.

    Exact; one row of the usual table at a time. What is put in along a row is a running minimum:
    ``row[j] = min(row[k] + j - k for k <= j)``.
    """
    if not truth or not found:
        return len(truth) + len(found)
    letters = np.frombuffer(found.encode("utf-32-le"), dtype=np.uint32)
    steps = np.arange(len(found) + 1)
    row = steps.copy()
    for letter in truth:
        following = row + 1
        np.minimum(following[1:], row[:-1] + (letters != ord(letter)), out=following[1:])
        row = np.minimum.accumulate(following - steps) + steps
    return int(row[-1])


def error_rate(truth: str, found: str) -> ErrorRate:
    """Compare NFC texts with their white space folded; case, tone marks and punctuation count."""
    truth, found = (fold_white(unicodedata.normalize("NFC", text)) for text in (truth, found))
    return ErrorRate(edit_distance(truth, found), len(truth))
