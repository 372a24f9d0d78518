"""
When an answer is right: pure functions of a question and the answer record that it got.

    facts      every fact of the question stands in the answer, and nothing that must not
    citations  every place is cited word for word, by a clause or a row and not by a page
    declined   the answer says that there is none
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eval.figures import unfounded_figures
from eval.question_set import DECLINES
from indexer.reader import normalise
from indexer.types import Span, fold_white

if TYPE_CHECKING:
    from eval.question_set import Gold, Question

Record = Mapping[str, Any]  # the answer record of DESIGN.md, section 4

LONGEST_UNIT = 2_500  # characters; a citation of more is a page, not a place
LONGEST_ANSWER = 1_200  # characters; more than this, where no list was asked for, is pasted text
# An answer is short up to so many characters; of right ones of ours 97 in 100 are, of pages pasted next to none
SHORT = 600
SHORT_ITEM = 250  # and so many more for each fact or place of a list
OVERLAP = 0.6  # share of the gold quote's words that a shorter or shifted quote must hold in one run


@dataclass(frozen=True, slots=True)
class Score:
    """
    How one answer did. ``facts`` and ``citations`` are None where there is nothing to answer.

    ``reasons`` says why it is not right, [] when it is; ``short`` whether its answer is no longer than one needs to be,
    ``unfounded`` which figures of it stand nowhere in what it cites (they change nothing in the rest).
    """

    question: str
    category: str
    answerable: bool
    facts: bool | None
    citations: bool | None
    declined: bool
    right: bool
    reasons: tuple[str, ...] = ()
    short: bool | None = None
    unfounded: tuple[str, ...] = ()

    @property
    def both(self) -> bool | None:
        """Facts and citations; None where there is nothing to answer."""
        return None if self.facts is None else bool(self.facts and self.citations)

    @property
    def headline(self) -> bool | None:
        """Facts and citations in a short answer: what neither pasting pages nor refusing earns; None as for `both`."""
        return None if self.facts is None else bool(self.both and self.short)


def score_record(question: Question, record: Record, texts: Mapping[str, str] | None = None) -> Score:
    """
    Return the score of *record* as the answer to *question*.

    With *texts*, the documents by id, a citation counts only if its quote is ``texts[document][start:end]``.
    """
    status = record.get("status")
    declined = status in DECLINES
    unfounded = unfounded_figures(question, record, texts)
    if not question.answerable:
        right = declined and question.status in (None, status)
        wanted = question.status or " / ".join(DECLINES)
        reasons = () if right else (f"status {status} instead of {wanted}",)
        return Score(question.id, question.category, False, None, None, declined, right, reasons, unfounded=unfounded)  # noqa: FBT003
    if status != "answered":
        reasons = (f"status {status} instead of answered",)
        return Score(question.id, question.category, True, False, False, declined, False, reasons, False)  # noqa: FBT003
    answer = str(record.get("answer", ""))
    facts = missing_facts(question, answer)
    places = missing_places(question, _citations(record), texts)
    return Score(
        question=question.id,
        category=question.category,
        answerable=True,
        facts=not facts,
        citations=not places,
        declined=False,
        right=not facts and not places,
        reasons=(*facts, *places),
        short=is_short(question, answer),
        unfounded=unfounded,
    )


def missing_facts(question: Question, answer: str) -> tuple[str, ...]:
    """Return why *answer* does not hold the facts of *question*, () when it does."""
    reasons = [f"fact missing: {group[0]}" for group in missing_groups(question, answer)]
    reasons += [f"says what it must not: {words}" for words in forbidden(question, answer)]
    if is_pasted(question, answer):
        reasons.append(f"pasted: the answer has {len(answer)} characters")
    return tuple(reasons)


def forbidden(question: Question, answer: str) -> tuple[str, ...]:
    """Return what *answer* says although a right one does not."""
    return tuple(words for words in question.must_not if states(answer, words))


def is_pasted(question: Question, answer: str) -> bool:
    """Tell whether *answer* is longer than one to *question* may be."""
    return len(answer) > LONGEST_ANSWER and not question.is_list


def is_short(question: Question, answer: str) -> bool:
    """Tell whether *answer* says what was asked and not the page around it, by its length; white space counts once."""
    items = max(len(question.must), len(question.gold)) if question.is_list else 0
    return len(fold_white(answer)) <= SHORT + SHORT_ITEM * items


def missing_groups(question: Question, answer: str) -> tuple[tuple[str, ...], ...]:
    """Return the facts of *question*, each with its forms, that *answer* does not state in any form."""
    return tuple(group for group in question.must if not any(states(answer, form) for form in group))


def states(answer: str, fact: str) -> bool:
    """
    Tell whether *fact* stands in *answer* as whole words and numbers, in any case and white space.

    ``states("hạn: Tháng 10/2025", "tháng 10/2025")``, but "nhiệm vụ 1" is not in "nhiệm vụ 11", nor "5%" in "6,5%".
    """
    wanted = _plain(fact)
    before = r"(?<!\w)(?<!\d[.,])" if wanted[0].isdigit() else r"(?<!\w)" if _is_word(wanted[0]) else ""
    after = r"(?!\w)(?![.,]\d)" if wanted[-1].isdigit() else r"(?!\w)" if _is_word(wanted[-1]) else ""
    return re.search(f"{before}{re.escape(wanted)}{after}", _plain(answer)) is not None


def missing_places(
    question: Question, citations: Sequence[Record], texts: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Return which places the *citations* do not reach, () when they reach all, or one with ``any_gold``."""
    missing = unreached(question, citations, texts)
    if question.any_gold and len(missing) < len(question.gold):
        return ()
    return tuple(f"not cited: {gold.document}, {gold.label}" for gold in missing)


def unreached(
    question: Question, citations: Sequence[Record], texts: Mapping[str, str] | None = None
) -> tuple[Gold, ...]:
    """Return the places of *question* that none of *citations* reaches."""
    counted = [citation for citation in citations if _is_a_place(citation) and is_verbatim(citation, texts)]
    return tuple(gold for gold in question.gold if not any(reaches(citation, gold) for citation in counted))


def reaches(citation: Record, gold: Gold) -> bool:
    """
    Tell whether *citation* leads to *gold*: same document, same clause or row, and its quote there or overlapping.

    The gold quote stands in the citation's ``quote`` or ``text``, or at least OVERLAP of its words stand in the quote
    in one run. Words beside the gold quote have to stand in the ``text``.
    """
    if citation.get("document") != gold.document:
        return False
    quote, text = (_on_one_line(str(citation.get(field) or "")) for field in ("quote", "text"))
    wanted = _on_one_line(gold.quote)
    if _on_one_line(gold.beside) not in text:
        return False
    if wanted in quote or wanted in text:
        return True
    words = wanted.split()
    return longest_run(words, quote.split()) >= OVERLAP * len(words)


def locate(gold: Gold, text: str, units: Sequence[Span] = ()) -> Span | None:
    """
    Return where *gold* stands in *text*, its document; None if nowhere.

    Of several places it is the one in the smallest of *units* (clauses, rows) that holds the words beside it too, else the first
    one behind those words.
    """
    places = [Span(*found.span()) for found in _ignoring_white(gold.quote).finditer(text)]
    beside = [Span(*found.span()) for found in _ignoring_white(gold.beside).finditer(text)] if gold.beside else []
    if not places or not beside:
        return places[0] if places else None
    for unit in sorted(units, key=lambda unit: unit.end - unit.start):
        if any(_holds(unit, one) for one in beside):
            for place in places:
                if _holds(unit, place):
                    return place
    return next((place for place in places if place.start >= beside[0].start), places[-1])


def _holds(unit: Span, part: Span) -> bool:
    return unit.start <= part.start and part.end <= unit.end


def _ignoring_white(words: str) -> re.Pattern[str]:
    return re.compile(r"\s+".join(re.escape(word) for word in normalise(words).split()))


def longest_run(wanted: Sequence[str], words: Sequence[str]) -> int:
    """Return the length of the longest run of *words* that stands in *wanted* too."""
    longest = 0
    lengths = [0] * (len(words) + 1)  # of the run that ends at this word, for the wanted word before
    for word in wanted:
        lengths = [0, *(lengths[i] + 1 if word == other else 0 for i, other in enumerate(words))]
        longest = max(longest, *lengths)
    return longest


def is_verbatim(citation: Record, texts: Mapping[str, str] | None) -> bool:
    """Tell whether the quote is the slice of its document that it says it is; True where *texts* is None."""
    if texts is None:
        return True
    text = texts.get(str(citation.get("document")))
    start, end = citation.get("start"), citation.get("end")
    if text is None or not isinstance(start, int) or not isinstance(end, int):
        return False
    return text[start:end] == citation.get("quote")


def _is_a_place(citation: Record) -> bool:
    return len(str(citation.get("text") or "")) <= LONGEST_UNIT


def _citations(record: Record) -> list[Record]:
    found = record.get("citations")
    return [citation for citation in found if isinstance(citation, Mapping)] if isinstance(found, list) else []


def _on_one_line(text: str) -> str:
    return fold_white(normalise(text))


def _plain(text: str) -> str:
    return _on_one_line(text).casefold()


def _is_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"
