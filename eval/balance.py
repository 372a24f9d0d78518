"""What a question set is made of: categories, answers or none, documents, ways of typing; and where it is lopsided."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from indexer.vietnamese import fold, has_diacritics, is_syllable_shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from eval.question_set import Question

LEAST_OF_CATEGORY = 10  # questions; of fewer, one answer moves the share by more than ten points
LEAST_REFUSALS, MOST_REFUSALS = 0.05, 0.5  # share of questions without an answer
MOST_OF_DOCUMENT = 0.5  # share of the questions that rest on one document
_WORD = re.compile(r"[^\W_]+")
_FOREIGN, _KEYED, _HALF = 0.3, 0.1, 0.6  # shares of words, set where the typings of eval/typings.py part best


class Typing(StrEnum):
    """How a question is typed, as far as its letters tell."""

    FULL = "full"
    HALF = "half"
    NONE = "none"
    KEYS = "keys"  # of Telex or VNI, left over
    FOREIGN = "foreign"  # another language


def typing_of(text: str) -> Typing:
    """Return how *text* is typed; a guess from the shapes of its words, right for nine in ten."""
    words = [word for word in _WORD.findall(unicodedata.normalize("NFC", text)) if _counts(word)]
    if not words:
        return Typing.FOREIGN
    odd = [word for word in words if not is_syllable_shape(fold(word))]
    keyed = [word for word in odd if _is_keyed(word)]
    marked = sum(has_diacritics(word) for word in words)
    if len(odd) - len(keyed) >= _FOREIGN * len(words) and marked < _FOREIGN * len(words):
        return Typing.FOREIGN
    if len(keyed) >= _KEYED * len(words):
        return Typing.KEYS
    if not marked:
        return Typing.NONE
    return Typing.HALF if marked < _HALF * len(words) else Typing.FULL


def _counts(word: str) -> bool:
    return any(letter.isalpha() for letter in word) and not (word.isupper() and len(word) > 1) and not word[0].isdigit()


def _is_keyed(word: str) -> bool:
    """Tell whether *word* becomes a syllable when keys of Telex or VNI are taken out of it."""
    bare = fold(word)
    bare = re.sub(r"\d", "", bare) if any(letter.isdigit() for letter in bare) else re.sub(r"[sfrxj]$", "", bare)
    bare = re.sub(r"([aeod])\1", r"\1", bare.replace("w", ""))
    return bare != fold(word) and is_syllable_shape(bare)


@dataclass(frozen=True, slots=True)
class Cell:
    """What one line of the balance counts: a category, whether there is an answer, a document ("" for none), a typing."""

    category: str
    answerable: bool
    document: str
    typing: Typing


def count_cells(questions: Sequence[Question]) -> Counter[Cell]:
    """Return how many questions fall in each cell; one that rests on several documents falls in several."""
    counts: Counter[Cell] = Counter()
    for question in questions:
        typing = typing_of(question.text)
        for document in sorted({gold.document for gold in question.gold}) or [""]:
            counts[Cell(question.category, question.answerable, document, typing)] += 1
    return counts


def cell_objects(questions: Sequence[Question]) -> list[dict[str, Any]]:
    """Return the cells as JSON objects, in a fixed order."""
    counted = count_cells(questions)
    order = sorted(counted, key=lambda cell: (cell.category, not cell.answerable, cell.document, cell.typing))
    return [
        {
            "category": cell.category,
            "answerable": cell.answerable,
            "document": cell.document or None,
            "typing": str(cell.typing),
            "questions": counted[cell],
        }
        for cell in order
    ]


def balance_lines(questions: Sequence[Question]) -> Iterator[str]:
    """Yield two tables in Markdown: categories by answer and typing, and documents by category."""
    yield f"| category | n | with an answer | without | {' | '.join(Typing)} |"
    yield f"|---|{'---:|' * (3 + len(Typing))}"
    names = list(Counter(question.category for question in questions))
    for name in (*names, None):
        of_it = [question for question in questions if name in (None, question.category)]
        typings = Counter(typing_of(question.text) for question in of_it)
        answerable = sum(question.answerable for question in of_it)
        cells = [len(of_it), answerable, len(of_it) - answerable, *(typings[typing] for typing in Typing)]
        yield f"| {name or '**total**'} | {' | '.join(map(str, cells))} |"
    resting = _resting(questions)
    if not resting:
        return
    yield ""
    yield f"| document | n | {' | '.join(names)} |"
    yield f"|---|{'---:|' * (1 + len(names))}"
    for document, of_it in sorted(resting.items(), key=lambda one: (-len(one[1]), one[0])):
        by_name = Counter(question.category for question in of_it)
        yield f"| {document} | {len(of_it)} | {' | '.join(str(by_name[name]) for name in names)} |"


def lopsided(questions: Sequence[Question]) -> Iterator[tuple[str, str]]:
    """Yield what is lopsided: a key ("small category", "refusals", "one document") and a sentence."""
    for category, count in Counter(question.category for question in questions).items():
        if count < LEAST_OF_CATEGORY:
            yield "small category", f"{category} has {count} questions, fewer than {LEAST_OF_CATEGORY}"
    without = sum(not question.answerable for question in questions)
    share = without / len(questions)
    if not LEAST_REFUSALS <= share <= MOST_REFUSALS:
        many = "few" if share < LEAST_REFUSALS else "many"
        yield "refusals", f"{without} of {len(questions)} questions have no answer, which is {many}"
    resting = _resting(questions)
    placed = sum(bool(question.gold) for question in questions)
    if len(resting) < 2:  # a set about one document may be meant so
        return
    for document, of_it in resting.items():
        if len(of_it) > MOST_OF_DOCUMENT * placed:
            yield "one document", f"{len(of_it)} of {placed} questions with a place rest on {document}"


def _resting(questions: Sequence[Question]) -> dict[str, list[Question]]:
    """Return the questions by the documents that they rest on."""
    found: dict[str, list[Question]] = {}
    for question in questions:
        for document in {gold.document: None for gold in question.gold}:
            found.setdefault(document, []).append(question)
    return found
