"""Ask every question of a set, score the answers, and show them by category beside the baseline."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

from tqdm import tqdm

from eval.intervals import SEED, paired_difference, wilson
from eval.measures import Score, score_record
from eval.provenance import commit
from indexer.errors import InputError
from indexer.types import fold_white

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from eval.question_set import Question

ASSISTANT = "assistant"
BASELINE = "baseline"


class Answerer(Protocol):
    """What can be evaluated; ``assistant.service.Assistant`` already is one."""

    def record(self, question: dict[str, Any], /) -> Mapping[str, Any]:
        """Return the answer record for one object of a batch."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question, the record that came back, and its score."""

    question: Question
    record: Mapping[str, Any]
    score: Score


@dataclass(frozen=True, slots=True)
class Counts:
    """What a category adds up to; shares are taken of ``answerable`` or of the rest of ``count``."""

    count: int
    answerable: int
    facts: int
    citations: int
    both: int
    declined_right: int
    declined_wrongly: int
    right: int

    @property
    def unanswerable(self) -> int:
        """How many questions have no answer."""
        return self.count - self.answerable


def ask_all(
    questions: Sequence[Question], answerer: Answerer, *, texts: Mapping[str, str] | None = None, name: str = ""
) -> list[Outcome]:
    """Return the outcome of every question, in order. *texts* holds the documents by id, to verify quotes with."""
    outcomes = []
    for question in tqdm(questions, desc=name, unit="câu", delay=2, leave=False):
        record = answerer.record(question.batch_object())
        outcomes.append(Outcome(question, record, score_record(question, record, texts)))
    return outcomes


def read_answers(path: Path) -> Callable[[dict[str, Any]], Mapping[str, Any]]:
    """
    Return what looks a question up in *path*, the output of ``assistant ask --batch``; one that is missing is an error.

    Raises:
        InputError: the file cannot be read or a line is no answer record; the message begins ``path:line:``.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path}: cannot be read ({error}).\n  Make it:  python -m assistant ask --batch QUESTIONS > {path}"
        raise InputError(msg) from error
    records: dict[str, Mapping[str, Any]] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            msg = f"{path}:{number}: is no JSON ({error.msg}, column {error.colno}).\n  Make the file again."
            raise InputError(msg) from error
        if not isinstance(record, dict) or "id" not in record:
            msg = f'{path}:{number}: is no answer record, "id" is missing.\n  Make the file again.'
            raise InputError(msg)
        records[str(record["id"])] = record
    return lambda question: records.get(question["id"], {"id": question["id"], "status": "error", "citations": []})


@dataclass(frozen=True, slots=True)
class RecordedAnswers:
    """Answers that were made before."""

    look_up: Callable[[dict[str, Any]], Mapping[str, Any]]

    def record(self, question: dict[str, Any], /) -> Mapping[str, Any]:
        """Return the answer record that was made for this question."""
        return self.look_up(question)


def count_scores(scores: Sequence[Score]) -> Counts:
    """Return the counts of *scores*; a question nobody answered still counts."""
    return Counts(
        count=len(scores),
        answerable=sum(score.answerable for score in scores),
        facts=sum(bool(score.facts) for score in scores),
        citations=sum(bool(score.citations) for score in scores),
        both=sum(bool(score.both) for score in scores),
        declined_right=sum(not score.answerable and score.right for score in scores),
        declined_wrongly=sum(score.answerable and score.declined for score in scores),
        right=sum(score.right for score in scores),
    )


def count_by_category(scores: Sequence[Score]) -> dict[str, Counts]:
    """Return the counts by category, in the order of their first question."""
    return {
        category: count_scores([score for score in scores if score.category == category])
        for category in Counter(score.category for score in scores)
    }


def table(systems: Mapping[str, Sequence[Outcome]]) -> Iterator[str]:
    """
    Yield the lines of the report in Markdown: a table a system, the totals with 95 % intervals, the difference.

    "declined right" is a share of the questions without an answer, "declined wrongly" of those with one.
    """
    for name, outcomes in systems.items():
        scores = [outcome.score for outcome in outcomes]
        yield f"{name}"
        yield ""
        yield "| category | n | facts | citations | both | declined right | declined wrongly | right |"
        yield "|---|---:|---:|---:|---:|---:|---:|---:|"
        for category, counts in count_by_category(scores).items():
            yield _line(category, counts)
        yield _line("**total**", count_scores(scores))
        yield ""
    yield "| total, 95 % Wilson intervals | facts | citations | both | declined right | declined wrongly | right |"
    yield "|---|---|---|---|---|---|---|"
    for name, outcomes in systems.items():
        counts = count_scores([outcome.score for outcome in outcomes])
        cells = [
            *(_interval(part, counts.answerable) for part in (counts.facts, counts.citations, counts.both)),
            _interval(counts.declined_right, counts.unanswerable),
            _interval(counts.declined_wrongly, counts.answerable),
            _interval(counts.right, counts.count),
        ]
        yield f"| {name} | {' | '.join(cells)} |"
    if ASSISTANT in systems and BASELINE in systems:
        gain = paired_difference(
            *([outcome.score.right for outcome in systems[name]] for name in (ASSISTANT, BASELINE))
        )
        yield ""
        yield (
            f"{ASSISTANT} − {BASELINE}, right: {gain.value:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}] "
            f"(paired bootstrap over the questions, seed {SEED})"
        )


def misses(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield every question that is not right, with its answer, its citations, the reasons and the gold."""
    for outcome in outcomes:
        if outcome.score.right:
            continue
        question, record = outcome.question, outcome.record
        yield f"✗ {question.id} ({question.category}): {' → '.join((*question.history, question.text))}"
        answer = fold_white(str(record.get("answer") or record.get("reason") or ""))
        yield f"  answer ({record.get('status')}): {answer[:600]}"
        for citation in record.get("citations") or []:
            quote = fold_white(str(citation.get("quote")))
            yield f"  cited: {citation.get('document')}, {citation.get('label')}: {quote[:160]}"
        for reason in outcome.score.reasons:
            yield f"  because: {reason}"
        for gold in question.gold:
            yield f"  gold: {gold.document}, {gold.label}: {fold_white(gold.quote)}"
        yield ""


def report(systems: Mapping[str, Sequence[Outcome]], *, files: Sequence[str]) -> dict[str, Any]:
    """Return the results as a JSON object: commit, seed, and for each system its counts and a row a question."""
    return {
        "commit": commit(),
        "seed": SEED,
        "questions": list(files),
        "systems": {
            name: {
                "total": asdict(count_scores([outcome.score for outcome in outcomes])),
                "categories": {
                    category: asdict(counts)
                    for category, counts in count_by_category([outcome.score for outcome in outcomes]).items()
                },
                "rows": [_row(outcome) for outcome in outcomes],
            }
            for name, outcomes in systems.items()
        },
    }


def _row(outcome: Outcome) -> dict[str, Any]:
    score = outcome.score
    return {
        "id": score.question,
        "category": score.category,
        "question": outcome.question.text,
        "answerable": score.answerable,
        "facts": score.facts,
        "citations": score.citations,
        "both": score.both,
        "declined": score.declined,
        "right": score.right,
        "reasons": list(score.reasons),
        "status": outcome.record.get("status"),
        "answer": outcome.record.get("answer"),
        "cited": [f"{cited.get('document')}, {cited.get('label')}" for cited in outcome.record.get("citations") or []],
        "elapsed_ms": outcome.record.get("elapsed_ms"),
    }


def _line(name: str, counts: Counts) -> str:
    cells = [
        str(counts.count),
        *(_share(part, counts.answerable) for part in (counts.facts, counts.citations, counts.both)),
        _share(counts.declined_right, counts.unanswerable),
        _share(counts.declined_wrongly, counts.answerable),
        _share(counts.right, counts.count),
    ]
    return f"| {name} | {' | '.join(cells)} |"


def _share(part: int, count: int) -> str:
    return f"{part}/{count} {100 * part / count:.0f}%" if count else "–"


def _interval(part: int, count: int) -> str:
    if not count:
        return "–"
    share = wilson(part, count)
    return f"{part}/{count} {share.value:.3f} [{share.low:.3f}, {share.high:.3f}]"
