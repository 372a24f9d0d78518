"""
How well diacritics are put back and bad scans are read, on texts that the models were not trained on.

    python -m eval.reading --data DIR [--pages 20]
"""

from __future__ import annotations

import argparse
import re
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.channel import Confusions
from indexer.errors import InputError
from indexer.restore import Restorer
from indexer.scan_repair import SURE
from indexer.syllable_model import SyllableModel
from indexer.training.confusions import damage
from indexer.training.scans import read_as
from indexer.training.sources import FILES
from indexer.training.syllables import held_out_texts, scan_texts
from indexer.vietnamese import fold, unify_tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_WORD = re.compile(r"[^\W\d_]+")
_EDGES = re.compile(r"^\W+|\W+$")
_SHORTEST_LINE = 20
_SEED = 1
_LINES_TOGETHER = 30  # a page: the words beside a word tell what it is


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many words."""

    part: int
    total: int

    def __str__(self) -> str:
        return f"{self.part / max(self.total, 1):.4f} ({self.total} words)"


def restored_share(restorer: Restorer, lines: Iterable[str]) -> Share:
    """Return how many syllables of *lines* come back, case aside, when all their diacritics are taken off."""
    right = total = 0
    for line in lines:
        expected = _WORD.findall(line.lower())
        restored = _WORD.findall(unify_tone(restorer.restore(fold(line))).lower())
        right += sum(a == b for a, b in zip(expected, restored, strict=True))
        total += len(expected)
    return Share(right, total)


def changed_share(restorer: Restorer, lines: Iterable[str]) -> Share:
    """Return how many syllables of *lines*, which have their diacritics, the restorer changes all the same."""
    changed = total = 0
    for line in lines:
        before, after = _WORD.findall(line), _WORD.findall(restorer.restore(line))
        changed += sum(a != b for a, b in zip(before, after, strict=True))
        total += len(before)
    return Share(changed, total)


def wrong_shares(restorer: Restorer, pairs: Iterable[tuple[str, str]]) -> tuple[Share, Share]:
    """Return how many words of printed lines are wrong in the lines as read, and after repair; marks at edges aside."""
    before = after = total = 0
    for printed, read in pairs:
        repaired = restorer.repair(read)
        for word, seen, mended in zip(printed.split(), read.split(), repaired.split(), strict=True):
            if any(map(str.isalpha, word)):
                total += 1
                before += _bare(word) != _bare(seen)
                after += _bare(word) != _bare(mended)
    return Share(before, total), Share(after, total)


@dataclass(frozen=True, slots=True)
class Doubted:
    """Words of a reading, how many of them are wrong, how many are in doubt, and how many are both."""

    words: int
    wrong: int
    doubted: int
    both: int

    def __str__(self) -> str:
        return (
            f"in doubt {Share(self.doubted, self.words)}, of these wrong {Share(self.both, self.doubted)}, "
            f"of the wrong in doubt {Share(self.both, self.wrong)}"
        )


def doubted_words(restorer: Restorer, pairs: Sequence[tuple[str, str]]) -> Doubted:
    """Return how well the doubts of readings show what is wrong; case aside, words with digits are left out."""
    words = wrong = doubted = both = 0
    for first in range(0, len(pairs), _LINES_TOGETHER):
        part = pairs[first : first + _LINES_TOGETHER]
        rows = restorer.repair_tokens("\n".join(read for _, read in part))
        for (printed, _), row in zip(part, rows, strict=True):
            for word, token in zip(unicodedata.normalize("NFC", printed).split(), row, strict=True):
                if any(map(str.isdigit, word)) or not any(map(str.isalpha, word)):
                    continue
                is_wrong = _bare(word).lower() != _bare(token.repaired).lower()
                words, wrong, doubted = words + 1, wrong + is_wrong, doubted + (token.confidence < SURE)
                both += is_wrong and token.confidence < SURE
    return Doubted(words, wrong, doubted, both)


def held_out_lines(data: Path, source: str, *, words: int) -> list[str]:
    """Return about *words* words of held-out lines of *source*, tone marks in one place."""
    lines: list[str] = []
    count = 0
    for name, text in held_out_texts(data):
        for line in text.splitlines() if name == source else ():
            even = unify_tone(unicodedata.normalize("NFC", line))
            foreign = len(_WORD.findall(even.lower())) != len(_WORD.findall(fold(even)))  # letters of other scripts
            if len(line) >= _SHORTEST_LINE and count < words and not foreign:
                lines.append(even)
                count += len(line.split())
    return lines


def main(argv: Sequence[str]) -> int:
    """Measure the restorer and the reading of bad scans on held-out text."""
    parser = argparse.ArgumentParser(prog="python -m eval.reading", description=main.__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder that the models were trained on")
    parser.add_argument("--pages", type=int, default=20, help="pages to print and scan")
    parser.add_argument("--words", type=int, default=20_000, help="words of each source")
    options = parser.parse_args(argv)
    restorer = Restorer(SyllableModel.load())
    write = sys.stdout.write
    for source in FILES:
        lines = held_out_lines(options.data, source, words=options.words)
        write(f"diacritics, {source}: right {restored_share(restorer, lines)}, ")
        write(f"changed in sound text {changed_share(restorer, lines[: len(lines) // 2])}\n")
    texts = scan_texts(options.data, measure=True)
    plain = [line for text in texts[:150] for line in text.splitlines() if len(line) >= _SHORTEST_LINE][:200]
    worn = [(line, damage(line, Confusions.load(), seed=number)) for number, line in enumerate(plain)]
    kept = [pair for pair in worn if len(pair[0].split()) == len(pair[1].split())]
    write("damaged text: wrong before {}, after {}\n".format(*wrong_shares(restorer, kept)))
    write(f"damaged text: {doubted_words(restorer, kept)}\n")
    try:
        scans = list(read_as("eng", texts, pages=options.pages, seed=_SEED))
    except InputError as error:
        sys.stderr.write(f"scans are not measured: {error}\n")
        return 0
    write("scans read as English: wrong before {}, after {}\n".format(*wrong_shares(restorer, scans)))
    write(f"scans read as English: {doubted_words(restorer, scans)}\n")
    return 0


def _bare(word: str) -> str:
    return _EDGES.sub("", unify_tone(word))


if __name__ == "__main__":
    from indexer.errors import HoiVanBanError

    try:
        sys.exit(main(sys.argv[1:]))
    except HoiVanBanError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)
