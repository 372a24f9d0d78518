"""
What bad typing costs, ``python -m eval typed``: the well-typed questions of a set, asked once more in every way in which `eval.typings` spoils them.

Earlier questions of a conversation are typed as badly as the last. A question is *lost* that is answered right as it stands and wrong as
it is spoilt; it is *read* where the assistant understood every syllable of it as it stood before (:func:`eval.understanding.read_right`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from assistant.english import is_english
from eval.balance import Typing, typing_of
from eval.provenance import commit
from eval.run import ask_all
from eval.typings import TYPINGS, typed
from eval.understanding import read_right

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from eval.question_set import Question
    from eval.run import Answerer, Outcome

_WELL = "well"
SHOWN = 20  # lost questions of a typing that `--lost` shows at most


@dataclass(frozen=True, slots=True)
class Spoilt:
    """One question as it was spoilt: what was typed and understood, and whether it was read, and answered right, well typed and so."""

    question: str
    typed: str
    understood: str
    read: float
    right_well: bool
    right: bool

    @property
    def lost(self) -> bool:
        """Whether it is answered right only where it is typed well."""
        return self.right_well and not self.right


def well_typed(questions: Sequence[Question]) -> list[Question]:
    """Return those of *questions* that are typed in full, with what was asked before them; the others are spoilt already."""
    return [
        question
        for question in questions
        if question.well_typed is None
        and all(
            typing_of(text) is Typing.FULL and not is_english(text) for text in (question.text, *question.history[:1])
        )
    ]


def spoil(question: Question, kind: str) -> Question:
    """Return *question* and what was asked before it typed as *kind* says; the same question is always spoilt alike."""
    history = tuple(typed(kind, f"{question.id} {turn}", text) for turn, text in enumerate(question.history))
    return replace(question, text=typed(kind, question.id, question.text), history=history, well_typed=question.text)


def lost_lines(found: Mapping[str, Sequence[Spoilt]], most: int = SHOWN) -> Iterator[str]:
    """Yield what was typed and understood of the lost questions, at most *most* of each typing."""
    for kind, rows in found.items():
        for row in [row for row in rows if row.lost][:most]:
            yield f"✗ {kind} {row.question}: {row.typed}"
            yield f"  understood: {row.understood}"


def report(found: Mapping[str, Sequence[Spoilt]], *, files: Sequence[str]) -> dict[str, Any]:
    """Return the figures and rows of *found* as a JSON object."""
    return {
        "kind": "typed",
        "commit": commit(),
        "questions": list(files),
        "typings": {kind: [{**asdict(row), "lost": row.lost} for row in rows] for kind, rows in found.items()},
    }


def measure(
    questions: Sequence[Question], answerer: Answerer, texts: Mapping[str, str], kinds: Sequence[str] = tuple(TYPINGS)
) -> dict[str, list[Spoilt]]:
    """
    Return what becomes of the well-typed of *questions* in every one of *kinds*, a row a question that typing changes.

    *texts* holds the documents by id, to verify quotes with.
    """
    chosen = well_typed(questions)
    well = {one.question.id: one for one in ask_all(chosen, answerer, texts=texts, name=_WELL)}
    found = {}
    for kind in kinds:
        changed = [bad for question in chosen if (bad := spoil(question, kind)).text != question.text]
        found[kind] = [
            _spoilt(one, well[one.question.id]) for one in ask_all(changed, answerer, texts=texts, name=kind)
        ]
    return found


def _spoilt(outcome: Outcome, well: Outcome) -> Spoilt:
    understood = str(outcome.record.get("understood") or "")
    read = read_right(understood, well.question.text)
    return Spoilt(
        well.question.id, outcome.question.text, understood, read, bool(well.score.right), bool(outcome.score.right)
    )


def lines(found: Mapping[str, Sequence[Spoilt]]) -> Iterator[str]:
    """Yield a table in Markdown, a line a typing: how many were read, right well typed and so, lost and gained."""
    yield "| typed | n | read | syllables read | right well typed | right so | lost | of these read | gained |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    for kind, rows in found.items():
        lost = [row for row in rows if row.lost]
        gained = sum(row.right and not row.right_well for row in rows)
        n = max(len(rows), 1)
        yield (
            f"| {kind} | {len(rows)} | {sum(row.read == 1 for row in rows) / n:.1%} | {sum(row.read for row in rows) / n:.1%} | "
            f"{sum(row.right_well for row in rows) / n:.1%} | {sum(row.right for row in rows) / n:.1%} | "
            f"{len(lost)} | {sum(row.read == 1 for row in lost)} | {gained} |"
        )
