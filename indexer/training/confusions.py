"""Counting of what letters are seen as, by aligning printed words with the same words as read."""

from __future__ import annotations

import json
import math
import random
from collections import Counter, defaultdict
from functools import cache
from typing import TYPE_CHECKING

from indexer.channel import SEEN, Confusions, prior_cost
from indexer.sealed import seal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

EDGES_BEFORE, EDGES_AFTER = '([{"“+-', '.,;:!?)]}"”'
_ROUNDS = 4
_RAREST = 2


def count_confusions(lines: Iterable[tuple[str, str]]) -> Confusions:
    """Return the counts of the best alignments of *lines*, printed and read, which have equally many words."""
    pairs: Counter[tuple[str, str]] = Counter()
    for printed, read in lines:
        for word, seen in zip(printed.split(), read.split(), strict=True):
            pair = (_bare(word), _bare(seen))
            if pair[0].isalpha() and pair[1]:
                pairs[pair] += 1
    cost: Callable[[str, str], float] = prior_cost
    for _ in range(_ROUNDS):
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for (word, seen), count in pairs.items():
            for letter, part in align(word, seen, cost):
                counts[letter][part] += count
        cost = _cost(Confusions(counts))
    return Confusions(
        {
            letter: {seen: count for seen, count in sorted(counts[letter].items()) if count >= _RAREST}
            for letter in sorted(counts)
        }
    )


def _cost(confusions: Confusions) -> Callable[[str, str], float]:
    letters = sorted(confusions.counts)
    places = {letter: place for place, letter in enumerate(letters)}
    costs = cache(confusions.costs(letters))

    def cost(letter: str, seen: str) -> float:
        return float(costs(seen)[places[letter]])

    return cost


def align(word: str, seen: str, cost: Callable[[str, str], float]) -> list[tuple[str, str]]:
    """Return each letter of *word* with the part of *seen* it became, so that the costs are least; [] if none fits."""
    best: list[list[tuple[float, int]]] = [[(0.0, 0) if not i else (math.inf, 0) for i in range(len(seen) + 1)]]
    for letter in word:
        row = []
        for end in range(len(seen) + 1):
            options = [
                (best[-1][end - size][0] + cost(letter, seen[end - size : end]), size)
                for size in range(min(SEEN, end + 1))
            ]
            row.append(min(options))
        best.append(row)
    if math.isinf(best[-1][-1][0]):
        return []
    result, end = [], len(seen)
    for place in range(len(word), 0, -1):
        size = best[place][end][1]
        result.append((word[place - 1], seen[end - size : end]))
        end -= size
    return result[::-1]


def save_confusions(confusions: Confusions, path: Path) -> None:
    """Write *confusions* to *path*, one letter a line."""
    lines = [
        f"  {json.dumps(letter, ensure_ascii=False)}: {json.dumps(dict(seen), ensure_ascii=False)}"
        for letter, seen in confusions.counts.items()
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8", newline="\n")
    seal([path])


def damage(text: str, confusions: Confusions, *, seed: int) -> str:
    """Return *text* as a bad reading of it could look; words with digits and line ends stay."""
    chooser = random.Random(seed)  # noqa: S311 - no secret

    def worn(word: str) -> str:
        if any(map(str.isdigit, word)):
            return word
        return "".join(_seen(letter, confusions, chooser) for letter in word) or word

    return "\n".join(" ".join(worn(word) for word in line.split(" ")) for line in text.split("\n"))


def _seen(letter: str, confusions: Confusions, chooser: random.Random) -> str:
    counts = confusions.counts.get(letter)
    if not counts:
        return letter
    return chooser.choices(list(counts), weights=list(counts.values()))[0]


def _bare(word: str) -> str:
    return word.lstrip(EDGES_BEFORE).rstrip(EDGES_AFTER)
