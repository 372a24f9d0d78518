"""
A benchmark made from any corpus: questions whose answers and places are known, from its registers, letterheads and clauses.

No language model has a part in it. The same corpus, number and seed give the same file, byte for byte. What was not read exactly, a
scan or a repaired reading, is not asked about. Every question is typed in one of four ways, which its id tells: with its marks (full),
without them (none), with half of them (half), or with keys of Telex left over (residue).
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from random import Random
from typing import TYPE_CHECKING, Any

from eval import document_questions, follow_up_questions, list_questions, register_questions
from eval.question_set import Question
from eval.registers import Corpus
from eval.typings import typed
from indexer.errors import InputError
from indexer.types import fold_white

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from eval.drafts import Draft, Kind
    from indexer.types import ParsedDocument

KINDS: dict[str, Kind] = {
    "lookup": register_questions.lookups,
    "pair": register_questions.pairs,
    "described": register_questions.described,
    "reverse": register_questions.reverse,
    "agency": list_questions.lists_by_agency,
    "period": list_questions.lists_by_period,
    "agency-period": list_questions.lists_by_agency_and_period,
    "section": list_questions.lists_by_section,
    "recurring": list_questions.lists_by_recurrence,
    "note": list_questions.lists_by_note,
    "count": list_questions.counts,
    "extreme": list_questions.extremes,
    "blank": register_questions.blanks,
    "beyond": register_questions.beyond,
    "premise": register_questions.false_premises,
    "ambiguous": register_questions.ambiguous,
    "metadata": document_questions.metadata,
    "unprinted": document_questions.unprinted,
    "clause": document_questions.clauses,
    "cross": document_questions.cross_documents,
    "follow-up": follow_up_questions.follow_ups,
    "english-lookup": register_questions.english_lookups,
    "english-list": list_questions.english_lists,
    "english-count": list_questions.english_counts,
    "english-metadata": document_questions.english_metadata,
    "english-blank": register_questions.english_blanks,
    "english-beyond": register_questions.english_beyond,
}
TYPINGS = ("full", "none", "half", "residue")
_WITH_FIGURES = re.compile(r"[^\s]*\d[^\s]*")


def generate(parsed: Sequence[ParsedDocument], *, count: int = 200, seed: int = 1) -> list[Question]:
    """
    Return at most *count* questions about the documents of *parsed*, fewer where the corpus holds no more.

    Kinds are taken in turn, and within a kind tables and documents, so that none is asked about more than others as long as it has
    more to ask. No question is asked twice.

    Raises:
        InputError: no question can be made of the documents.
    """
    corpus = Corpus(parsed)
    streams = {name: kind(corpus, Random(f"{seed}/{name}")) for name, kind in KINDS.items()}  # noqa: S311 - no secret
    taken: dict[str, list[Draft]] = {name: [] for name in streams}
    asked: set[tuple[str, ...]] = set()
    english = [name for name in streams if name.startswith("english")]
    turn = 0
    while streams and sum(map(len, taken.values())) < count:
        mine = [name for name in streams if name not in english or name == english[turn % len(english)]]
        for name in mine:
            draft = _next(streams[name], asked)
            if draft is None:
                del streams[name]
            elif sum(map(len, taken.values())) < count:
                taken[name].append(draft)
        turn += 1
        if not [name for name in streams if name not in english]:
            break
    questions = [
        _question(draft, name, _typing(draft, place + offset), number)
        for offset, (name, drafts) in enumerate(taken.items())
        for place, (number, draft) in enumerate(enumerate(drafts, start=1))
    ]
    if not questions:
        msg = "no question can be made: the index holds no register, letterhead or clause that was read exactly."
        raise InputError(f"{msg}\n  See what it holds:  python -m indexer report")
    return questions


def _next(stream: Any, asked: set[tuple[str, ...]]) -> Draft | None:
    """Return the next draft that was not asked yet, however it is typed."""
    for draft in stream:
        words = tuple(fold_white(text).casefold() for text in (*draft.history, draft.text))
        if words not in asked:
            asked.add(words)
            return draft  # type: ignore[no-any-return]
    return None


def _typing(draft: Draft, place: int) -> str:
    return TYPINGS[place % len(TYPINGS)] if draft.language == "vi" else "full"


def _question(draft: Draft, kind: str, typing: str, number: int) -> Question:
    name = f"sinh-{kind}-{typing}-{number:03d}"
    return Question(
        id=name,
        category=draft.category,
        text=spoilt(typing, name, draft.text),
        history=tuple(spoilt(typing, f"{name} {place}", text) for place, text in enumerate(draft.history)),
        answerable=draft.answerable,
        status=draft.status,
        must=draft.must,
        must_not=draft.must_not,
        gold=draft.gold,
        any_gold=draft.any_gold,
        well_typed=draft.text if typing != "full" else None,
    )


def spoilt(typing: str, name: str, text: str) -> str:
    """Return *text* typed as *typing* says; words with figures keep their letters, so that they are still meant."""
    if typing == "full":
        return text
    if typing == "none":
        return typed("none", name, text)
    pieces = []
    end = 0
    for match in _WITH_FIGURES.finditer(text):
        pieces += [typed(typing, f"{name} {end}", text[end : match.start()]), match.group()]
        end = match.end()
    return "".join([*pieces, typed(typing, f"{name} {end}", text[end:])])


def question_line(question: Question) -> str:
    """Return *question* as a line of a question file, which :func:`eval.question_set.load_questions` reads back."""
    line: dict[str, Any] = {
        "id": question.id,
        "category": str(question.category),
        "question": question.text,
        "history": [{"question": text} for text in question.history],
        "answerable": question.answerable,
    }
    if question.status:
        line["status"] = question.status
    gold = [{key: value for key, value in asdict(one).items() if value} for one in question.gold]
    line |= {"must": question.must, "must_not": question.must_not, "gold": gold, "any_gold": question.any_gold}
    if question.well_typed:
        line["well_typed"] = question.well_typed
    return json.dumps(line, ensure_ascii=False)


def write_questions(path: Path, questions: Iterable[Question]) -> None:
    """
    Write a question file.

    Raises:
        InputError: it cannot be written.
    """
    try:
        path.write_text("".join(f"{question_line(one)}\n" for one in questions), encoding="utf-8", newline="\n")
    except OSError as error:
        msg = f"{path}: cannot be written ({error.strerror}).\n  Give another file:  --out FILE"
        raise InputError(msg) from error
