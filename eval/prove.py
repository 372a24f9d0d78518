"""
Whether the evaluation can be trusted: systems that are worse on purpose beside the good one, on the same questions.

Each is compared with the good one question by question, by the exact McNemar test, with Holm's correction for how many comparisons there are.
What is told apart is named with the classes of question that it loses.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from assistant.conversation import State
from assistant.switches import AnsweringPart
from eval.degraded import WRONG, PagePaster, Refuser, units_of, with_wrong_numbers
from eval.intervals import SEED, sign_test
from eval.measures import reaches
from eval.provenance import commit
from eval.run import ask_all
from eval.statistics import ALPHA, holm
from indexer.ranking import RankingPart

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from assistant.service import Assistant
    from assistant.switches import Part
    from assistant.types import Hit
    from eval.question_set import Question
    from eval.run import Outcome

_NAMED = 10  # questions of a class in the printed report; the JSON has all


class OpenWith(Protocol):
    """Opens the assistant that is tried."""

    def __call__(self, *, without: Collection[Part]) -> Assistant:
        """Return the assistant without these parts."""


@dataclass(frozen=True, slots=True)
class Trial:
    """
    One comparison: ``good`` and ``worse`` tell by question id what came out right, ``category`` the class of each.

    ``measure`` is what right means; ``headline`` the headline figure of the worse system, "–" where none is measured.
    """

    name: str
    measure: str
    good: Mapping[str, bool]
    worse: Mapping[str, bool]
    category: Mapping[str, str]
    headline: str = "–"
    note: str = ""

    @property
    def lost(self) -> tuple[str, ...]:
        """The questions that are right in the good system alone."""
        return tuple(id_ for id_ in self.good if self.good[id_] and not self.worse[id_])

    @property
    def gained(self) -> tuple[str, ...]:
        """The questions that are right in the worse system alone."""
        return tuple(id_ for id_ in self.good if self.worse[id_] and not self.good[id_])

    def told_apart(self, p: float) -> bool:
        """Tell whether the system is shown to be worse, *p* being its corrected p value."""
        return p < ALPHA and len(self.lost) > len(self.gained)

    def classes(self) -> list[tuple[str, int]]:
        """Return by how many questions each class lost more than it gained, the most first."""
        change = Counter(self.category[id_] for id_ in self.lost)
        change.subtract(self.category[id_] for id_ in self.gained)
        return [(name, count) for name, count in change.most_common() if count > 0]


def prove(open_with: OpenWith, questions: Sequence[Question], *, progress: str = "bar") -> list[Trial]:
    """
    Return the comparisons of the assistant with each system that is worse on purpose; the first is the assistant itself.

    *open_with* gives the assistant without some parts: ``partial(Assistant.open, index)`` is one.

    Raises:
        StoreError: the index is missing or damaged.
    """
    good_one = open_with(without=())
    texts = {document.id: document.text for document in good_one.index.documents}
    asked: dict[str, Any] = {"texts": texts, "progress": progress}
    category = {question.id: question.category for question in questions}
    good = ask_all(questions, good_one, name="good", **asked)

    def trial(name: str, outcomes: Sequence[Outcome], note: str = "") -> Trial:
        return Trial(name, "right", _right(good), _right(outcomes), category, _headline(outcomes), note)

    trials = [trial("good", good)]
    without = open_with(without=(RankingPart.RERANK,))
    trials.append(trial("without rerank", ask_all(questions, without, name="without rerank", **asked)))
    firsts = (first_places(good_one, questions), first_places(without, questions))
    trials.append(Trial("without rerank", "first place found", *firsts, category=category))
    changed, spoilt = with_wrong_numbers(good, texts)
    was_right = [outcome.question.id for outcome in good if outcome.score.right and outcome.question.id in spoilt]
    seen = sum(not _right(changed)[id_] for id_ in was_right)
    note = f"{len(spoilt)} answers changed, {len(was_right)} of them right before; {seen} are counted as wrong now"
    wrong = f"wrong number in {WRONG:.0%}"
    trials.append(trial(wrong, changed, note))
    trials.append(Trial(wrong, "figures founded", _founded(good), _founded(changed), category))
    willing = open_with(without=(AnsweringPart.REFUSAL,))
    trials.append(trial("without refusal", ask_all(questions, willing, name="without refusal", **asked)))
    paster = PagePaster(texts, units_of(good_one.index))
    trials.append(trial("pastes pages", ask_all(questions, paster, name="pastes pages", **asked)))
    trials.append(trial("declines everything", ask_all(questions, Refuser(), name="declines everything", **asked)))
    return trials


def first_places(assistant: Assistant, questions: Sequence[Question]) -> dict[str, bool]:
    """Return by id whether the first clause or row that the search proposes is a place of the question; those with a history are left out."""
    found = {}
    for question in questions:
        if question.answerable and not question.history:
            hits = assistant.extracts(question.text, State()).hits()
            found[question.id] = bool(hits) and _is_a_place(assistant, hits[0], question)
    return found


def _is_a_place(assistant: Assistant, hit: Hit, question: Question) -> bool:
    document = hit.passage.document
    unit = assistant.corpus.units_of.unit(document, hit.passage.eid)
    span = unit and (unit.clause or (unit.at and unit.at.row))
    if not span:
        return False
    text = assistant.index.document(document).text[span.start : span.end]
    return any(reaches({"document": document, "quote": text, "text": text}, gold) for gold in question.gold)


def corrected(trials: Sequence[Trial]) -> list[float]:
    """Return the p value of each of *trials*, by Holm's method."""
    found = {str(n): sign_test(len(trial.gained), len(trial.lost)) for n, trial in enumerate(trials)}
    return list(holm(found).values())


def lines(trials: Sequence[Trial]) -> Iterator[str]:
    """Yield the report: a line a comparison, then the questions lost by class. The first of *trials* is the good system itself."""
    good, *others = trials
    chances = corrected(others)
    yield f"{len(good.good)} questions; exact McNemar test, p after Holm's correction; numbers changed with seed {SEED}"
    yield ""
    yield "| system | measure | right | headline | lost | gained | p | told apart | classes |"
    yield "|---|---|---:|---:|---:|---:|---:|---|---|"
    yield f"| good | right | {_of(good.good)} | {good.headline} | – | – | – | – | – |"
    for trial, p in zip(others, chances, strict=True):
        classes = ", ".join(f"{name} −{lost}" for name, lost in trial.classes()[:4])
        told = "yes" if trial.told_apart(p) else "no"
        cells = (
            trial.measure,
            f"{sum(trial.good.values())} → {_of(trial.worse)}",
            trial.headline,
            len(trial.lost),
            len(trial.gained),
            f"{p:.2g}" if p else "<1e-300",
            told,
            classes,
        )
        yield f"| {trial.name} | {' | '.join(map(str, cells))} |"
    for trial in others:
        yield ""
        yield f"{trial.name}, {trial.measure}{f': {trial.note}' if trial.note else ''}"
        for name, _ in trial.classes():
            ids = [id_ for id_ in trial.lost if trial.category[id_] == name]
            more = f" … ({len(ids)})" if len(ids) > _NAMED else ""
            yield f"  lost, {name}: {', '.join(ids[:_NAMED])}{more}"


def report(trials: Sequence[Trial], *, files: Sequence[str] = (), brief: bool = False) -> dict[str, Any]:
    """
    Return the comparisons as a JSON object; the first of *trials* is the good system itself.

    *files* are the names of the question files. ``lost`` and ``gained`` name the questions, which a *brief* report leaves out.
    """
    good, *others = trials
    return {
        "commit": commit(),
        "seed": SEED,
        "files": list(files),
        "questions": len(good.good),
        "good": {"right": sum(good.good.values()), "headline": good.headline},
        "trials": [
            {
                "system": trial.name,
                "measure": trial.measure,
                "count": len(trial.good),
                "right_good": sum(trial.good.values()),
                "right_worse": sum(trial.worse.values()),
                "headline": trial.headline,
                "p": p,
                "told_apart": trial.told_apart(p),
                "classes": dict(trial.classes()),
                "lost_count": len(trial.lost),
                "gained_count": len(trial.gained),
                "note": trial.note,
                **({} if brief else {"lost": list(trial.lost), "gained": list(trial.gained)}),
            }
            for trial, p in zip(others, corrected(others), strict=True)
        ],
    }


def _right(outcomes: Sequence[Outcome]) -> dict[str, bool]:
    return {outcome.question.id: outcome.score.right for outcome in outcomes}


def _founded(outcomes: Sequence[Outcome]) -> dict[str, bool]:
    return {outcome.question.id: not outcome.score.unfounded for outcome in outcomes}


def _headline(outcomes: Sequence[Outcome]) -> str:
    answerable = [outcome.score for outcome in outcomes if outcome.score.answerable]
    return f"{sum(bool(score.headline) for score in answerable)}/{len(answerable)}"


def _of(right: Mapping[str, bool]) -> str:
    return f"{sum(right.values())}/{len(right)}"
