"""Ask every question of a set, score the answers, and show them by category beside the baseline."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

from eval.excerpts import excerpts
from eval.intervals import SEED, wilson
from eval.measures import Score, forbidden, is_pasted, locate, missing_groups, score_record, unreached
from eval.paired import paired_lines, paired_objects, paired_tests
from eval.progress import shown
from eval.provenance import FORMAT, commit
from eval.run_measures import measured, row_measures, summary
from eval.side_by_side import side_by_side
from eval.speed_child import peak_memory
from indexer.types import Span, fold_white

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from assistant.service import Assistant
    from eval.answer_measures import Measured
    from eval.question_set import Gold, Question
    from indexer.index import Index

ASSISTANT = "assistant"
BASELINE = "baseline"


class Answerer(Protocol):
    """What can be evaluated; ``assistant.service.Assistant`` already is one."""

    def record(self, question: dict[str, Any], /) -> Mapping[str, Any]:
        """Return the answer record for one object of a batch."""


@dataclass(frozen=True, slots=True)
class Explained:
    """The assistant, whose records tell the steps of each answer too."""

    assistant: Assistant

    def record(self, question: dict[str, Any], /) -> Mapping[str, Any]:
        """Return the answer record with its ``trace``."""
        return self.assistant.record(question, steps=True)


@dataclass(frozen=True, slots=True)
class Located:
    """An index in which the places of the gold are found."""

    index: Index

    def span(self, gold: Gold) -> Span | None:
        """Return where *gold* stands, None where its document does not hold it or is not there."""
        if gold.document not in {document.id for document in self.index.documents}:
            return None
        units = [Span(clause.start, clause.end) for clause in self.index.clauses(gold.document)]
        units += [Span(row.start, row.end) for table in self.index.tables(gold.document) for row in table.rows]
        return locate(gold, self.index.document(gold.document).text, units)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question, the record that came back, and its score."""

    question: Question
    record: Mapping[str, Any]
    score: Score


@dataclass(frozen=True, slots=True)
class Counts:
    """
    What a category adds up to; shares are taken of ``answerable`` or of the rest of ``count``.

    ``headline`` counts what has the facts and the places and is short; ``unfounded`` answers, of all questions, with a figure that
    stands nowhere in what they cite.
    """

    count: int
    answerable: int
    facts: int
    citations: int
    both: int
    headline: int
    declined_right: int
    declined_wrongly: int
    right: int
    unfounded: int

    @property
    def unanswerable(self) -> int:
        """How many questions have no answer."""
        return self.count - self.answerable


def ask_all(
    questions: Sequence[Question],
    answerer: Answerer,
    *,
    texts: Mapping[str, str] | None = None,
    name: str = "",
    progress: str = "bar",
) -> list[Outcome]:
    """
    Return the outcome of every question, in order. *texts* holds the documents by id, to verify quotes with.

    *progress* says in which form the progress is told, see :mod:`eval.progress`.
    """
    outcomes = []
    for question in shown(questions, name=name, form=progress):
        record = answerer.record(question.batch_object())
        outcomes.append(Outcome(question, record, score_record(question, record, texts)))
    return outcomes


def count_scores(scores: Sequence[Score]) -> Counts:
    """Return the counts of *scores*; a question nobody answered still counts."""
    return Counts(
        count=len(scores),
        answerable=sum(score.answerable for score in scores),
        facts=sum(bool(score.facts) for score in scores),
        citations=sum(bool(score.citations) for score in scores),
        both=sum(bool(score.both) for score in scores),
        headline=sum(bool(score.headline) for score in scores),
        declined_right=sum(not score.answerable and score.right for score in scores),
        declined_wrongly=sum(score.answerable and score.declined for score in scores),
        right=sum(score.right for score in scores),
        unfounded=sum(bool(score.unfounded) for score in scores),
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

    "declined right" is a share of the questions without an answer, "declined wrongly" of those with one, and so is the headline: every
    fact and every place in a short answer.
    """
    for name, outcomes in systems.items():
        scores = [outcome.score for outcome in outcomes]
        yield f"{name}"
        yield ""
        yield "| category | n | facts | citations | both | declined right | declined wrongly | right | headline |"
        yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
        for category, counts in count_by_category(scores).items():
            yield _line(category, counts)
        yield _line("**total**", count_scores(scores))
        yield ""
    yield "| total, 95 % Wilson intervals | facts | citations | both | declined right | declined wrongly | right | headline |"
    yield "|---|---|---|---|---|---|---|---|"
    for name, outcomes in systems.items():
        counts = count_scores([outcome.score for outcome in outcomes])
        cells = [
            *(_interval(part, counts.answerable) for part in (counts.facts, counts.citations, counts.both)),
            _interval(counts.declined_right, counts.unanswerable),
            _interval(counts.declined_wrongly, counts.answerable),
            _interval(counts.right, counts.count),
            _interval(counts.headline, counts.answerable),
        ]
        yield f"| {name} | {' | '.join(cells)} |"
    yield ""
    yield from side_by_side(systems)
    if len(systems) > 1:
        yield ""
        yield from paired_lines(paired_tests(systems))
        yield ""
        yield f"difference: paired bootstrap over the questions, seed {SEED}; p: exact McNemar test, Holm's correction for the systems"


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


def report(
    systems: Mapping[str, Sequence[Outcome]],
    *,
    files: Sequence[str],
    index: Located | None = None,
    sealed: bool = False,
    brief: bool = False,
) -> dict[str, Any]:
    """
    Return the results as a JSON object: commit, seed, and for each system its counts and a row a question.

    A row tells what was asked, understood and answered, the places cited and those of the gold (with offsets where *index* has
    the documents), what is missing, and its measures. ``excerpts`` holds what a report shows of the documents, see
    :mod:`eval.excerpts`. ``tests`` compare the first system with each other one, see :mod:`eval.paired`. *sealed* rows tell which
    questions were right and nothing else, so that a set that is reported is not read by way of its results. A *brief* report has no
    rows: what the tables of the documentation are made of.
    """
    texts = {document.id: document.text for document in index.index.documents} if index else None
    found = {
        name: _system(outcomes, measured(outcomes, texts, index.span if index else None), index, sealed=sealed)
        for name, outcomes in systems.items()
    }
    memory = peak_memory()
    shown_rows = [row for system in found.values() for row in system["rows"]]
    if brief:
        found = {name: {**system, "rows": []} for name, system in found.items()}
    return {
        "format": FORMAT,
        "kind": "answers",
        "commit": commit(),
        "seed": SEED,
        "questions": list(files),
        "sealed": sealed,
        "brief": brief,
        "memory_peak_mib": None if memory is None else round(memory),
        "systems": found,
        "tests": paired_objects(paired_tests(systems)),
        "documents": _names(index) if index and not (sealed or brief) else {},
        "excerpts": excerpts(shown_rows, texts) if texts and not (sealed or brief) else {},
    }


def _system(
    outcomes: Sequence[Outcome], found: Sequence[Measured], index: Located | None, *, sealed: bool
) -> dict[str, Any]:
    scores = [outcome.score for outcome in outcomes]
    rows = [
        _sealed(outcome) if sealed else {**_row(outcome, index), **row_measures(outcome, one)}
        for outcome, one in zip(outcomes, found, strict=True)
    ]
    return {
        "total": _counted(count_scores(scores)),
        "categories": {category: _counted(counts) for category, counts in count_by_category(scores).items()},
        "measures": summary(outcomes, found),
        "rows": rows,
    }


def _names(index: Located) -> dict[str, dict[str, str | None]]:
    """Return what each document is called: its number and title, None where it has none."""
    found = {document.id: document.metadata for document in index.index.documents}
    return {
        name: {
            "number": metadata.number.value if metadata.number else None,
            "title": metadata.title.value if metadata.title else None,
        }
        for name, metadata in found.items()
    }


def _counted(counts: Counts) -> dict[str, Any]:
    share = wilson(counts.right, counts.count)
    return {**asdict(counts), "right_interval": [round(share.low, 4), round(share.high, 4)]}


def _sealed(outcome: Outcome) -> dict[str, Any]:
    score = outcome.score
    return {"id": score.question, "category": score.category, "right": score.right, "answerable": score.answerable}


def _row(outcome: Outcome, index: Located | None) -> dict[str, Any]:
    score, question, record = outcome.score, outcome.question, outcome.record
    citations = record.get("citations") or []
    answer = str(record.get("answer") or "")
    away = unreached(question, citations)
    return {
        "id": score.question,
        "category": score.category,
        "question": question.text,
        "history": list(question.history),
        "understood": record.get("understood"),
        "answerable": score.answerable,
        "expected": question.status,
        "facts": score.facts,
        "citations": score.citations,
        "both": score.both,
        "short": score.short,
        "headline": score.headline,
        "unfounded": list(score.unfounded),
        "declined": score.declined,
        "right": score.right,
        "reasons": list(score.reasons),
        "missing": [group[0] for group in missing_groups(question, answer)],
        "forbidden": list(forbidden(question, answer)),
        "pasted": is_pasted(question, answer),
        "status": record.get("status"),
        "answer": record.get("answer"),
        "cited": [f"{cited.get('document')}, {cited.get('label')}" for cited in citations],
        "places": [{field: cited.get(field) for field in _PLACE} for cited in citations],
        "gold": [{**_gold(gold, index), "reached": gold not in away} for gold in question.gold],
        "any_gold": question.any_gold,
        "trace": list(record.get("trace") or []),
        "elapsed_ms": record.get("elapsed_ms"),
    }


_PLACE = ("document", "label", "start", "end", "quote")


def _gold(gold: Gold, index: Located | None) -> dict[str, Any]:
    span = index.span(gold) if index else None
    start, end = (span.start, span.end) if span else (None, None)
    return {"document": gold.document, "label": gold.label, "start": start, "end": end, "quote": gold.quote}


def _line(name: str, counts: Counts) -> str:
    cells = [
        str(counts.count),
        *(_share(part, counts.answerable) for part in (counts.facts, counts.citations, counts.both)),
        _share(counts.declined_right, counts.unanswerable),
        _share(counts.declined_wrongly, counts.answerable),
        _share(counts.right, counts.count),
        _share(counts.headline, counts.answerable),
    ]
    return f"| {name} | {' | '.join(cells)} |"


def _share(part: int, count: int) -> str:
    return f"{part}/{count} {100 * part / count:.0f}%" if count else "–"


def _interval(part: int, count: int) -> str:
    if not count:
        return "–"
    share = wilson(part, count)
    return f"{part}/{count} {share.value:.3f} [{share.low:.3f}, {share.high:.3f}]"
