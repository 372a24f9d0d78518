"""
How well diacritics are put back, bad typing and bad scans are read, on texts that the models were not trained on.

    python -m eval.reading --data DIR [--pages 20] [--only typing]
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from eval.typings import TYPINGS, typed
from indexer.channel import Confusions
from indexer.errors import InputError
from indexer.question_readings import QuestionSpeller
from indexer.restore import Restorer
from indexer.scan_repair import SURE
from indexer.syllable_model import SyllableModel
from indexer.training.confusions import damage
from indexer.training.scans import read_as
from indexer.training.sources import FILES
from indexer.training.syllables import held_out_texts, scan_texts
from indexer.vietnamese import fold, unify_tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_WORD = re.compile(r"[^\W\d_]+")
_EDGES = re.compile(r"^\W+|\W+$")
_SHORTEST_LINE = 20
_SEED = 1
_SENTENCE = re.compile(r"[^\n]+?(?:[.;:!?](?=\s)|$)", re.MULTILINE)
_SENTENCE_WORDS = range(6, 31)  # of a sentence that may stand for a question
_SPELLING = "viwiki_spelling/spelling_test.jsonl"
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


@dataclass(frozen=True, slots=True)
class Spelled:
    """Words of texts whose misspelt ones are marked by hand: how many were changed, which of these are marked, which are right."""

    words: int
    marked: int
    changed: int
    detected: int
    corrected: int

    def __str__(self) -> str:
        return (
            f"{self.words} words, {self.marked} marked, {self.changed} changed; detection: "
            f"precision {self.detected / max(self.changed, 1):.3f}, recall {self.detected / max(self.marked, 1):.3f}; correction: "
            f"precision {self.corrected / max(self.changed, 1):.3f}, recall {self.corrected / max(self.marked, 1):.3f}"
        )


def typing_shares(speller: QuestionSpeller, kind: str, sentences: Sequence[str]) -> tuple[Share, Share, Share]:
    """
    Return the share of syllables of *sentences*, typed as *kind* says, that are right as typed, in the best reading, in any of three.

    Case aside; where the number of words differs, those count that stand in the same order.
    """
    before = after = some = total = 0
    for number, sentence in enumerate(sentences):
        spoilt = typed(kind, str(number), sentence)
        expected = _even_words(sentence)
        total += len(expected)
        before += _alike(expected, _even_words(spoilt))
        right = [_alike(expected, _even_words(reading.text)) for reading in speller.readings(spoilt)]
        after += right[0]
        some += max(right)
    return Share(before, total), Share(after, total), Share(some, total)


def changed_by_speller(speller: QuestionSpeller, sentences: Sequence[str]) -> tuple[Share, Share]:
    """Return the share of the words of sound *sentences* that the speller changes, and of the sentences with more than one reading."""
    changed = several = total = 0
    for sentence in sentences:
        expected = _even_words(sentence)
        readings = speller.readings(sentence)
        changed += len(expected) - _alike(expected, _even_words(readings[0].text))
        several += len(readings) > 1
        total += len(expected)
    return Share(changed, total), Share(several, len(sentences))


def spelled(speller: QuestionSpeller, lines: Iterable[str]) -> Spelled:
    """Return how the speller does on *lines* of JSON, texts with ``mistakes`` (their ``start_offset``, ``text`` and ``suggest``)."""
    words = marked = changed = detected = corrected = 0
    for line in lines:
        row = json.loads(line)
        text = row["text"]
        mistakes = {int(mistake["start_offset"]): mistake for mistake in row["mistakes"]}
        marked += len(mistakes)
        for sentence in _SENTENCE.finditer(text):
            read = speller.readings(sentence.group(), limit=1)[0].text
            for start, end, new in _changes(sentence.group(), read):
                changed += 1
                start, end = start + sentence.start(), end + sentence.start()  # noqa: PLW2901 - from the text's beginning
                found = [m for offset, m in mistakes.items() if offset < end and start < offset + len(m["text"])]
                detected += bool(found)
                corrected += any(_bare(new).lower() == _bare(right).lower() for m in found for right in m["suggest"])
            words += len(sentence.group().split())
    return Spelled(words, marked, changed, detected, corrected)


def _changes(old: str, new: str) -> Iterator[tuple[int, int, str]]:
    """Yield start and end of the words of *old* that are others in *new*, and what stands there."""
    before, after = list(re.finditer(r"\S+", old)), new.split()
    one, other = [_bare(match.group()) for match in before], [_bare(word) for word in after]
    for tag, i, j, k, m in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        if j - i == m - k:
            for place in range(j - i):
                yield before[i + place].start(), before[i + place].end(), after[k + place]
        elif j > i:
            yield before[i].start(), before[j - 1].end(), " ".join(after[k:m])


def _even_words(text: str) -> list[str]:
    return _WORD.findall(unify_tone(unicodedata.normalize("NFC", text)).lower())


def _alike(expected: Sequence[str], read: Sequence[str]) -> int:
    if len(expected) == len(read):
        return sum(a == b for a, b in zip(expected, read, strict=True))
    return sum(block.size for block in SequenceMatcher(None, expected, read, autojunk=False).get_matching_blocks())


def held_out_sentences(data: Path, source: str, count: int) -> list[str]:
    """Return *count* held-out sentences of *source*, of the length of questions, few of each text."""
    sentences = (
        match.group().strip()
        for name, text in held_out_texts(data)
        if name == source
        for match in islice(_SENTENCE.finditer(unify_tone(unicodedata.normalize("NFC", text))), 1, 6)
        if len(match.group().split()) in _SENTENCE_WORDS
    )
    return list(islice(sentences, count))


def measure_typing(data: Path, count: int) -> Iterator[str]:
    """Yield what the speller makes of *count* held-out sentences typed badly, of sound ones, and of marked mistakes."""
    speller = QuestionSpeller(SyllableModel.load())
    sentences = held_out_sentences(data, "phapdien", count)
    for kind in TYPINGS:
        start = time.perf_counter()
        before, after, some = typing_shares(speller, kind, sentences)
        each = (time.perf_counter() - start) / max(len(sentences), 1) * 1000
        yield f"typing, {kind}: right as typed {before}, read {after}, in one of three readings {some}; {each:.1f} ms"
    start = time.perf_counter()
    changed, several = changed_by_speller(speller, sentences)
    each = (time.perf_counter() - start) / max(len(sentences), 1) * 1000
    yield f"typing, sound: changed {changed}, more than one reading {several}; {each:.1f} ms"
    path = data / _SPELLING
    if path.is_file():
        yield f"spelling: {spelled(speller, path.read_text(encoding='utf-8').splitlines())}"


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
    parser.add_argument("--sentences", type=int, default=400, help="sentences to type badly")
    parser.add_argument("--only", choices=("typing",), help="measure bad typing alone")
    options = parser.parse_args(argv)
    write = sys.stdout.write
    for line in measure_typing(options.data, options.sentences):
        write(f"{line}\n")
    if options.only:
        return 0
    restorer = Restorer(SyllableModel.load())
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
