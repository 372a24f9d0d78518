"""
Documents that are one document in several files: a DOCX and its PDF, a scan of it, the same file handed in twice.

They are told by content. Number, title and opening words only say which documents are worth comparing, so that of many thousands
next to none is: what is compared are the words of clauses and cells, whatever pages or formats do to white space.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Protocol
from zlib import crc32

import numpy as np

from indexer.relations import plain_number
from indexer.types import StepKind, fold_white
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from indexer.types import Clause, Document, Page, Table

_TITLE = 4  # words from which a title says which document it may be
_OPENING = 1200  # characters from which the opening words are taken
_RUN, _SEEDS = 5, 3  # words side by side, and how many such runs stand for the opening
_NEAR = 0.8  # how long the shorter of two copies is, at least, by the longer
_LOST = 0.03  # share of the words that one of two copies may lack
_OTHER = 0.002  # share of the words that may be others in two copies of which one, or both, print no number
_NUMBERED = 0.005  # and in two that print the same number
_SCANNED = 0.15  # and where one of them was recognised from a picture
_CLASSES = 64  # of words, in which those of a document are counted
_FORMATS = (
    ".docx",
    ".doc",
    ".rtf",
    ".odt",
    ".html",
    ".htm",
    ".txt",
)  # the better source first; PDFs and pictures behind them
_ASIDE = (StepKind.HEAD, StepKind.RECIPIENTS, StepKind.SIGNATURE)  # filled in when a document is signed
_WORD = re.compile(r"\w+")


class Holdings(Protocol):
    """What is needed of an index; ``indexer.index.Index`` has it."""

    @property
    def documents(self) -> Sequence[Document]:
        """All documents in order."""

    def clauses(self, document: str, /) -> Sequence[Clause]:
        """Return the clauses of a document."""

    def tables(self, document: str, /) -> Sequence[Table]:
        """Return the tables of a document."""

    def pages(self, document: str, /) -> Sequence[Page]:
        """Return the pages of a document."""


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is kept of every document: all by which two are told apart without their words. "" for what is not printed."""

    id: str
    place: int
    number: str
    issued_on: str
    issuer: str
    suffix: str
    length: int
    is_damaged: bool


@dataclass(frozen=True, slots=True)
class _Content:
    words: Counter[str]
    figures: Counter[str]
    total: int
    is_recognised: bool


def copies_in(index: Holdings) -> dict[str, str]:
    """
    Return the ids of the documents of *index* that are copies of another, each with the id of the one that stands for both.

    That is the better source: text before what was recognised from a picture, what prints its number and date, DOCX before PDF, else
    the first. Two documents that print another number, date or issuer are none, nor are two that have another figure, or more than a
    few other words: sister plans differ in little else.
    """
    groups: dict[tuple[str, object], list[_Facts]] = defaultdict(list)
    for place, document in enumerate(index.documents):
        facts = _facts(document, place)
        for key in _keys(document, facts):
            groups[key].append(facts)
    contents: dict[str, _Content] = {}
    same: dict[str, str] = {}
    known: dict[str, _Facts] = {}
    for one, other in _alike(index, [group for group in groups.values() if len(group) > 1]):
        if _root(same, one.id) == _root(same, other.id) or not _may_be_same(one, other):
            continue
        for facts in (one, other):
            known[facts.id] = facts
            if facts.id not in contents:
                contents[facts.id] = _content(index, facts)
        if _is_same(one, other, contents[one.id], contents[other.id]):
            same[_root(same, one.id)] = _root(same, other.id)
    families: dict[str, list[_Facts]] = defaultdict(list)
    for name, facts in known.items():
        families[_root(same, name)].append(facts)
    copies: dict[str, str] = {}
    for family in families.values():
        best = min(family, key=lambda facts: _rank(facts, contents[facts.id]))
        copies |= {facts.id: best.id for facts in family if facts.id != best.id}
    return copies


def _alike(index: Holdings, groups: Sequence[Sequence[_Facts]]) -> Iterable[tuple[_Facts, _Facts]]:
    """
    Yield the pairs within *groups* that may differ in no more words than copies do, each once.

    The words of a document are counted in some classes; as far as these counts are apart, the words are at least. So next to none of
    the articles that end laws in the same words have to be compared, thousands of which are in one group.
    """
    every = {facts.place: facts for group in groups for facts in group}
    row_of = {place: row for row, place in enumerate(every)}
    classes: dict[str, int] = {}
    counts = np.zeros((len(every), _CLASSES), dtype=np.int32)
    recognised = np.zeros(len(every), dtype=np.bool_)
    for place, facts in every.items():
        content = _content(index, facts)
        recognised[row_of[place]] = content.is_recognised
        for word, count in content.words.items():
            counts[row_of[place], classes.setdefault(word, crc32(word.encode()) % _CLASSES)] += count
    totals = counts.sum(axis=1)
    told: set[tuple[int, int]] = set()
    for group in groups:
        ordered = sorted(group, key=lambda facts: facts.length)
        lengths = np.array([facts.length for facts in ordered])
        rows = np.array([row_of[facts.place] for facts in ordered])
        for at, one in enumerate(ordered[:-1]):
            end = int(np.searchsorted(lengths, lengths[at] / _NEAR + 1, side="right"))
            others = rows[at + 1 : end]
            apart = np.abs(counts[others] - counts[rows[at]]).sum(axis=1)
            most = np.maximum(totals[others], totals[rows[at]])
            most_apart = np.where(recognised[others] | recognised[rows[at]], 2 * _SCANNED, _LOST + _NUMBERED) * most + 1
            for near in np.flatnonzero(apart <= most_apart).tolist():
                other = ordered[at + 1 + near]
                pair = (min(one.place, other.place), max(one.place, other.place))
                if pair not in told:
                    told.add(pair)
                    yield every[pair[0]], every[pair[1]]


def _root(same: Mapping[str, str], name: str) -> str:
    while name in same:
        name = same[name]
    return name


def _facts(document: Document, place: int) -> _Facts:
    metadata = document.metadata
    return _Facts(
        document.id,
        place,
        plain_number(metadata.number.value) if metadata.number and metadata.number.document == document.id else "",
        metadata.issued_on.value if metadata.issued_on and metadata.issued_on.document == document.id else "",
        "".join(_WORD.findall(fold(metadata.issuer.value))) if metadata.issuer else "",
        PurePath(document.file).suffix.lower(),
        len(document.text),
        document.reading is not None,
    )


def _keys(document: Document, facts: _Facts) -> Iterable[tuple[str, object]]:
    """Yield what two copies share, at least one of it."""
    title = document.metadata.title
    words = _WORD.findall(fold(title.value)) if title else []
    if facts.number:
        yield "number", facts.number
    if len(words) >= _TITLE:
        yield "title", " ".join(words)
    if not facts.number or len(words) < _TITLE:
        opening = _WORD.findall(document.text[:_OPENING].lower())
        runs = {crc32(" ".join(opening[i : i + _RUN]).encode()) for i in range(len(opening) - _RUN + 1)}
        yield from (("opening", seed) for seed in sorted(runs)[:_SEEDS])


def _may_be_same(one: _Facts, other: _Facts) -> bool:
    """Tell whether nothing that two documents print of themselves says that they are two."""
    pairs = ((one.number, other.number), (one.issued_on, other.issued_on))
    if any(a and b and a != b for a, b in pairs):
        return False
    if one.issuer and other.issuer and one.issuer != other.issuer and not (one.is_damaged or other.is_damaged):
        return False
    return min(one.length, other.length) >= _NEAR * max(one.length, other.length)


def _content(index: Holdings, facts: _Facts) -> _Content:
    texts = [clause.reading or clause.text for clause in index.clauses(facts.id) if clause.path[0].kind not in _ASIDE]
    cells = (cell for table in index.tables(facts.id) for row in table.rows for cell in row.cells if not cell.merged)
    words = Counter(_WORD.findall(fold_white(" ".join([*texts, *(cell.text for cell in cells)])).lower()))
    figures = Counter({word: count for word, count in words.items() if any(letter.isdigit() for letter in word)})
    recognised = facts.is_damaged or any(page.source != "text" for page in index.pages(facts.id))
    return _Content(words, figures, words.total(), recognised)


def _is_same(one: _Facts, other: _Facts, mine: _Content, theirs: _Content) -> bool:
    most = max(mine.total, theirs.total)
    if not most:
        return False
    less, more = sorted(((mine.words - theirs.words).total(), (theirs.words - mine.words).total()))
    numbered = bool(one.number) and one.number == other.number
    if mine.is_recognised or theirs.is_recognised:
        dated = bool(one.issued_on) and one.issued_on == other.issued_on
        return (numbered or dated) and more <= _SCANNED * most
    if mine.figures - theirs.figures and theirs.figures - mine.figures:  # another figure, not one that was lost
        return False
    return less <= (_NUMBERED if numbered else _OTHER) * most and more <= _LOST * most


def _rank(facts: _Facts, content: _Content) -> tuple[bool, bool, bool, bool, int, int]:
    """Return by what the best of several copies is told, the best being the least."""
    form = _FORMATS.index(facts.suffix) if facts.suffix in _FORMATS else len(_FORMATS)
    return (
        facts.is_damaged,
        content.is_recognised,
        not facts.number,
        not facts.issued_on,
        form,
        facts.place,
    )
