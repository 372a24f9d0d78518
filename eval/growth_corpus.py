"""
Corpora of growing sizes out of one file of articles: a drawn part, all of them, and more than there are.

More than there are is made by recombination, seeded. A made article takes an article as its frame, in an order that is shuffled
anew each time all have been taken. Every second sentence of the frame gives way to the next one of a stream of sentences, which are
those of articles drawn from all; every number of two or more digits becomes another of as many digits, a year another year. So
made articles are about as long, and their words as frequent, as those of the articles; only their numbers are new words.
A text that came out before is made anew.
"""

from __future__ import annotations

import json
import random
import re
from hashlib import blake2b
from itertools import cycle
from typing import TYPE_CHECKING

from indexer.errors import InputError
from indexer.passages import passages_from
from indexer.records import BadLine, Record, parse_record, read_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

SEED = 1
_SENTENCE = re.compile(r"[^\n]+?(?:(?<=[^\W\d][.;:])\s+|\n+|$)")  # "1. " ends none
_NUMBER = re.compile(r"\d{2,}")
_MISSES = 1000  # made articles in a row that came out before, from which no more are to be had
_YEARS = (1945, 2035)  # numbers between the two are taken for years


def read_articles(path: Path) -> list[Record]:
    """
    Return the articles of the file at *path*, which holds JSON lines.

    Raises:
        InputError: there is no such file, or no article in it.
    """
    if not path.is_file():
        msg = f"{path}: there is no such file.\n  Give the folder that holds it:  python -m eval speed --growth --data DIR"
        raise InputError(msg)
    articles = [found for found in read_records(path) if not isinstance(found, BadLine)]
    if not articles:
        msg = f"{path}: holds no article.\n  Give a file of JSON lines with an id, a title and a text each."
        raise InputError(msg)
    return articles


def drawn(articles: Sequence[Record], count: int, *, seed: int = SEED) -> list[Record]:
    """Return *count* of *articles*, drawn without replacement, in their own order; all of them where there are no more."""
    if count >= len(articles):
        return list(articles)
    return [articles[at] for at in sorted(random.Random(seed).sample(range(len(articles)), count))]  # noqa: S311 - no secret


def grown(articles: Sequence[Record], passages: int, *, seed: int = SEED) -> Iterator[tuple[str, str, str]]:
    """
    Yield id, title and text of *articles*, then of made ones, until at least so many *passages* come of them.

    The index may cut some of these once more, so that it holds a few more.
    """
    count = 0
    for article in articles:
        count += _passages(article)
        yield article.id, article.title, article.text
    for id_, title, text in made(articles, seed=seed):
        if count >= passages:
            return
        count += _passages(Record(id_, "", title, text, ""))
        yield id_, title, text


def made(articles: Sequence[Record], *, seed: int = SEED) -> Iterator[tuple[str, str, str]]:
    """
    Yield id, title and text of one made article after the other, without end.

    Raises:
        InputError: *articles* hold too few sentences and numbers to make as many as are taken.
    """
    generator = random.Random(seed)  # noqa: S311 - no secret
    sentences = _stream([article for article in articles if article.text.strip()], generator)
    order = list(range(len(articles)))
    seen = {_digest(article.text) for article in articles}
    number = misses = 0
    for place in cycle(range(len(order))):
        if place == 0:
            generator.shuffle(order)
        frame = articles[order[place]]
        title, text = (_renumbered(words, generator) for words in (frame.title, _mixed(frame.text, sentences)))
        if (digest := _digest(text)) in seen:
            misses += 1
            if misses > _MISSES:
                msg = f"of {len(articles)} articles no more than {number} others can be made.\n  Give a larger corpus, or smaller --sizes."
                raise InputError(msg)
            continue
        seen.add(digest)
        number, misses = number + 1, 0
        yield f"made-{number}", title, text


def write_articles(articles: Iterable[tuple[str, str, str]], path: Path) -> int:
    """Write *articles*, each its id, title and text, to *path* as JSON lines; return how many they were."""
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as lines:
        for id_, title, text in articles:
            lines.write(json.dumps({"id": id_, "title": title, "text": text}, ensure_ascii=False) + "\n")
            count += 1
    return count


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()  # of a million texts, less memory than these


def _passages(article: Record) -> int:
    return len(passages_from(parse_record(article)))


def _stream(articles: Sequence[Record], generator: random.Random) -> Iterator[str]:
    while articles:
        yield from (words for found in _SENTENCE.findall(generator.choice(articles).text) if (words := found.strip()))


def _mixed(frame: str, stream: Iterator[str]) -> str:
    """Return *frame* with every second sentence, and at least one, from *stream*; the white space stays the frame's."""
    sentences = _SENTENCE.findall(frame)
    if len(sentences) < 2:
        return f"{frame.strip()}\n{next(stream, '')}".strip()
    for at in range(1, len(sentences), 2):
        kept = sentences[at].rstrip()
        sentences[at] = next(stream, "") + sentences[at][len(kept) :]
    return "".join(sentences)


def _renumbered(text: str, generator: random.Random) -> str:
    def other(match: re.Match[str]) -> str:
        digits = match[0]
        if len(digits) == 4 and _YEARS[0] <= int(digits) <= _YEARS[1]:
            return str(generator.randint(*_YEARS))
        return str(generator.randint(10 ** (len(digits) - 1), 10 ** len(digits) - 1))

    return _NUMBER.sub(other, text)
