"""
Marking: whether an answer is right. Lenient about how it is written, never about what it says.

Diacritics, capitals, punctuation and white space do not count; a time may be written in another form ("10/2025" for "Tháng 10/2025"), an
agency by an abbreviation that the corpus knows. An answer that names something else beside the right thing is not right.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING, Any

from assistant.quiz_types import Form, Measure
from indexer.agencies import AgencyKeys
from indexer.deadlines import Deadline, DeadlineKind, parse_deadline
from indexer.types import fold_white
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from assistant.lessons import Registers
    from assistant.quiz_types import QuizQuestion
    from indexer.agencies import Agency

LONGEST_ANSWER = 200  # characters that are read of an answer
_LEARNED_FROM = 400  # documents whose abbreviations are learned
_NOT_WORD = re.compile(r"[\W_]+")
_ISO_DAY = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_PLACE = re.compile(r"(\d{1,3})\|(.{1,24})", re.DOTALL)


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = tomllib.loads(files("assistant").joinpath("quizzes.toml").read_text(encoding="utf-8"))
    return dict(data["marking"])


def learn_keys(index: Registers) -> AgencyKeys:
    """Return the keys under which the agencies of the corpus meet, abbreviated or written out."""
    return AgencyKeys.learn(document.reading or document.text for document in islice(index.documents, _LEARNED_FROM))


def is_right(question: QuizQuestion, answer: str, keys: AgencyKeys) -> bool:
    """
    Tell whether *answer* is the right one.

    Of a ``choice`` it is the position of the option ("2"), of a ``hunt`` register and row ("0|9"), else words. Anything else is wrong.
    """
    if question.form is Form.CHOICE:
        return answer == str(question.right)
    if question.form is Form.HUNT:
        match = _PLACE.fullmatch(answer)
        return match is not None and any(
            int(match[1]) == register and _plain(match[2]) == _plain(number) for register, number in question.places
        )
    words = fold_white(answer)[:LONGEST_ANSWER]
    if not words:
        return False
    if _plain(words) == _plain(question.answer):
        return True
    measure = question.measure
    if measure is Measure.AGENCY:
        return _names_agencies(question, words, keys)
    if measure is Measure.TIME:
        return same_time(words, question.answer)
    if measure is Measure.COUNT:
        return _count(words) == _count(question.answer)
    if measure is Measure.PERSON:
        return _person(words) == _person(question.answer)
    return _number(words, question.answer)


def is_possible(question: QuizQuestion, answer: str) -> bool:
    """Tell whether *answer* can have come from the form that *question* is answered in."""
    if question.form is Form.CHOICE:
        return answer.isdecimal() and len(answer) < 3 and int(answer) < len(question.options)
    if question.form is Form.HUNT:
        match = _PLACE.fullmatch(answer)
        return match is not None and int(match[1]) < len(question.options) and bool(_plain(match[2]))
    return bool(fold_white(answer)) and len(answer) <= LONGEST_ANSWER


def _plain(text: str) -> str:
    return _NOT_WORD.sub(" ", fold(text)).strip()


def _names_agencies(question: QuizQuestion, words: str, keys: AgencyKeys) -> bool:
    right = _by_key(keys, (question.answer,))
    known = {**_by_key(keys, question.others), **right}
    named = {agency.key for agency in keys.find(words, known)} or {agency.key for agency in keys.split(words)}
    return named == set(right)


def _by_key(keys: AgencyKeys, cells: Sequence[str]) -> dict[str, Agency]:
    return {agency.key: agency for cell in cells for agency in keys.split(cell)}


def read_time(text: str) -> Deadline:
    """Return what the words of a time mean; an ISO day is read too."""
    return parse_deadline(_ISO_DAY.sub(r"\3/\2/\1", text))


def days_of(time: Deadline) -> tuple[date | None, date | None] | None:
    """Return the first and the last day of *time*, None where no day is known."""
    return (time.first, time.last) if time.dated else None


def same_time(words: str, right: str) -> bool:
    """Tell whether two printed times mean the same days, or name the same thing that comes again."""
    given, wanted = read_time(words), read_time(right)
    if wanted.dated:
        return days_of(given) == days_of(wanted) and len(given.parts) == len(wanted.parts)
    if wanted.kind is DeadlineKind.RECURRING and given.kind is DeadlineKind.RECURRING and not given.dated:
        return f" {_plain(words)} " in f" {_plain(right)} "
    return False


def _count(text: str) -> int | None:
    """Return the one number of *text*, in figures or a word; None where there is none or more than one."""
    found = re.findall(r"\d+", text)
    if not found:
        found = [str(_data()["numbers"].index(word)) for word in _plain(text).split() if word in _data()["numbers"]]
    return int(found[0]) if len(found) == 1 and len(found[0]) < 6 else None


def _person(text: str) -> str:
    words = _plain(text)
    for honorific in _data()["honorifics"]:
        words = words.removeprefix(f"{_plain(honorific)} ")
    return words


def _number(words: str, right: str) -> bool:
    """Tell whether *words* name the document number *right*: whatever stands before it, its figure is whole."""
    given, wanted = (_plain(text).replace(" ", "") for text in (words, right))
    before = given.removesuffix(wanted)
    return given != before and not re.search(r"\d", before)
