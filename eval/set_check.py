"""
What is wrong with question sets, and what is worth knowing about them.

    fault    the set cannot be measured with: a quote that no document holds, a fact that can be read nowhere, a question asked twice, a leak
    remark   it can, but whoever reads the figures should know: facts that are computed, questions nearly the same, a lopsided set
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from eval.balance import balance_lines, cell_objects, lopsided
from eval.measures import locate
from eval.question_set import Category
from eval.readable import Found, Reader
from eval.similar import NEAR, NEAR_AT_ONE_PLACE, alike, asked
from eval.sources import count_places, holds
from indexer.types import fold_white

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from eval.question_set import Question
    from eval.similar import Asked
    from eval.sources import Sources

SHOWN = 20  # lines of a kind on the screen; the JSON has them all
_SHARED = 0.5  # share of the places of the question with fewer that both rest on
_ELSEWHERE = {
    Found.ELSEWHERE: ("in another document", "stands in no document that the question cites, but in another one"),
    Found.COMPUTED: ("computed", "has to be counted or worked out; no document holds it"),
    Found.ABSENT: ("absent", "says that something is not there; no document holds it"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One thing found: its kind, the question that it is about ("" for a set), the file and a sentence.

    ``words`` are those of the set, "" where it is sealed.
    """

    kind: str
    is_fault: bool
    file: str
    question: str
    fact: str
    words: str = ""

    def line(self) -> str:
        """Return the finding on one line."""
        place = ": ".join(part for part in (self.file, self.question) if part)
        return f"{place}: {self.fact}" + (f": {self.words}" if self.words else "")


@dataclass(frozen=True, slots=True)
class CheckedSet:
    """A question file with what could be read of it; of a ``sealed`` one nothing is told but ids."""

    file: str
    questions: Sequence[Question]
    faults: Sequence[str] = ()
    sealed: bool = False


@dataclass(slots=True)
class Check:
    """Checks sets against documents and against one another; ``findings`` grow in the order of the calls."""

    sources: Sources
    findings: list[Finding] = field(default_factory=list)

    def ids(self, sets: Sequence[CheckedSet]) -> None:
        """Find the ids that stand in two sets, which then cannot be run together."""
        origin: dict[str, str] = {}
        for one in sets:
            for question in one.questions:
                first = origin.setdefault(question.id, one.file)
                if first != one.file:
                    self.findings.append(Finding("id", True, one.file, question.id, f"stands in {first} too"))  # noqa: FBT003

    def one(self, checked: CheckedSet) -> None:
        """Find what is wrong with one set: lines, quotes, facts, questions that are alike, balance."""
        self.findings += [Finding("line", True, "", "", fault) for fault in checked.faults]  # noqa: FBT003
        self.findings += self._quotes(checked)
        self.findings += self._facts(checked)
        self.findings += self._within(checked)
        if checked.questions:
            for kind, fact in lopsided(checked.questions):
                self.findings.append(Finding(kind, False, checked.file, "", fact))  # noqa: FBT003

    def _quotes(self, checked: CheckedSet) -> Iterator[Finding]:
        for question in checked.questions:

            def found(kind: str, fact: str, words: str = "", *, fault: bool, name: str = question.id) -> Finding:
                return Finding(kind, fault, checked.file, name, fact, "" if checked.sealed else fold_white(words))

            if question.category not in set(Category):
                yield found("category", f"unknown category {question.category!r}; none of ours", fault=False)
            if question.answerable and not question.must and not question.gold:
                yield found("no answer", "is answerable, but has no fact and no place", fault=True)
            elif question.answerable and not question.must:
                yield found("no fact", "has no fact: any answer that cites its places is right", fault=False)
            elif question.answerable and not question.gold:
                yield found("no place", "has no place: what its answer cites is not measured", fault=False)
            if question.answerable and question.status is not None:
                yield found("status", f"is answerable, but expects {question.status}", fault=True)
            for gold in question.gold:
                text = self.sources.texts.get(gold.document)
                if text is None:
                    yield found("no document", f"there is no document {gold.document!r}", fault=True)
                    continue
                for words in filter(None, (gold.quote, gold.beside)):
                    if not holds(text, words):
                        yield found("quote", f"words that are not in {gold.document}", words, fault=True)
                if not gold.beside and (count := count_places(gold.quote, gold.document, self.sources)) > 1:
                    fact = f"a quote without words beside it that stands in {count} places of {gold.document}"
                    yield found("several places", fact, gold.quote, fault=False)

    def _facts(self, checked: CheckedSet) -> Iterator[Finding]:
        reader = Reader.of(self.sources)
        for question in checked.questions:
            if not question.answerable or not any(gold.document in self.sources.texts for gold in question.gold):
                continue
            for fact in question.must:
                words = "" if checked.sealed else " | ".join(fact)
                where = reader.where(question, fact)
                if where is Found.NOWHERE:
                    told = "a fact that can be read nowhere"
                    yield Finding("readable nowhere", True, checked.file, question.id, told, words)  # noqa: FBT003
                elif where in _ELSEWHERE:
                    kind, told = _ELSEWHERE[where]
                    yield Finding(kind, False, checked.file, question.id, f"a fact {told}", words)  # noqa: FBT003

    def _within(self, checked: CheckedSet) -> Iterator[Finding]:
        """Yield the questions of one set that are the same, or nearly."""
        questions = checked.questions
        words = [asked(question) for question in questions]
        places = [self._places(question) for question in questions]
        for pair in alike(words, least=NEAR_AT_ONE_PLACE):
            first, second = questions[pair.first], questions[pair.second]
            reason = _reason(
                pair.likeness, (words[pair.first], words[pair.second]), (places[pair.first], places[pair.second])
            )
            if reason is None:
                continue
            if _typed_alike(first, second):
                fact, kind = f"is asked as {first.id} already", "asked twice"
            else:
                kind, fact = "alike", f"{reason[0]} {first.id} ({pair.likeness:.2f})"
            text = "" if checked.sealed else second.text
            yield Finding(kind, kind == "asked twice", checked.file, second.id, fact, text)

    def against(self, checked: CheckedSet, other: CheckedSet, *, leak: bool) -> None:
        """
        Find the questions of *checked* that *other* holds too.

        A *leak* is a fault: the same question in whatever typing, the same place asked with much the same words, or nearly the same
        words with the same numbers where one has no place. Otherwise only what is typed alike is one. Of several
        questions of *other* the likest is named.
        """
        words, others = ([asked(question) for question in one.questions] for one in (checked, other))
        places, theirs = ([self._places(question) for question in one.questions] for one in (checked, other))
        nearest: dict[tuple[int, bool], tuple[float, Finding]] = {}
        for pair in alike(words, others, least=NEAR_AT_ONE_PLACE):
            first, second = checked.questions[pair.first], other.questions[pair.second]
            reason = _reason(
                pair.likeness, (words[pair.first], others[pair.second]), (places[pair.first], theirs[pair.second])
            )
            if reason is None:
                continue
            told, is_same = reason
            leaked, twice = leak and is_same, not leak and _typed_alike(first, second)
            kind = "leak" if leaked else "asked twice" if twice else "alike"
            shown = "" if checked.sealed or other.sealed else first.text
            fact = f"{told} {second.id} of {other.file} ({pair.likeness:.2f})"
            finding = Finding(kind, leaked or twice, checked.file, first.id, fact, shown)
            known = nearest.get((pair.first, finding.is_fault))
            if known is None or pair.likeness > known[0]:
                nearest[pair.first, finding.is_fault] = (pair.likeness, finding)
        self.findings += [finding for _, finding in nearest.values()]

    def _places(self, question: Question) -> frozenset[tuple[str, object]]:
        """Return where *question* rests: document and offset, or the words of a place that is not found."""
        found: set[tuple[str, object]] = set()
        for gold in question.gold:
            text = self.sources.texts.get(gold.document)
            spans = [unit.span for unit in self.sources.units(gold.document)] if text is not None else []
            span = locate(gold, text, spans) if text is not None else None
            found.add(
                (gold.document, (fold_white(gold.quote), fold_white(gold.beside)) if span is None else span.start)
            )
        return frozenset(found)


def _typed_alike(first: Question, second: Question) -> bool:
    """Tell whether two questions are the same, history included, but for case and white space."""

    def words(question: Question) -> list[str]:
        return [fold_white(text).casefold() for text in (*question.history, question.text)]

    return words(first) == words(second)


def _reason(
    likeness: float, words: tuple[Asked, Asked], places: tuple[frozenset[object], frozenset[object]]
) -> tuple[str, bool] | None:
    """
    Return why two questions count as alike, the beginning of a sentence that ends in an id, and whether they ask for the same.

    None where they are not alike. Nearly the same words ask for something else where they rest on other places: one agency for another.
    """
    shared, fewer = len(places[0] & places[1]), min(map(len, places))
    if words[0].in_order == words[1].in_order:
        return "is, but for typing, the question", True
    if fewer and shared >= _SHARED * fewer:
        return "asks for the same place, in much the same words, as", True
    if likeness >= NEAR and words[0].numbers == words[1].numbers:
        return ("has nearly the words, but another place, of", False) if fewer else ("has nearly the words of", True)
    return None


def report_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield the findings, faults first, by kind, at most `SHOWN` of each kind."""
    for is_fault in (True, False):
        of_it = [finding for finding in findings if finding.is_fault is is_fault]
        for kind, count in Counter(finding.kind for finding in of_it).items():
            yield f"{'FAULT' if is_fault else 'remark'}, {kind} ({count}):"
            shown = [finding for finding in of_it if finding.kind == kind][:SHOWN]
            yield from (f"  {finding.line()}" for finding in shown)
            if count > SHOWN:
                yield f"  … and {count - SHOWN} more; --json OUT has them all"
            yield ""


def check_object(sets: Sequence[CheckedSet], findings: Sequence[Finding]) -> dict[str, Any]:
    """Return the findings and the balance of each set as a JSON object; what is sealed holds no words of its questions."""
    return {
        "sets": [
            {
                "file": one.file,
                "questions": len(one.questions),
                "sealed": one.sealed,
                "balance": cell_objects(one.questions),
            }
            for one in sets
        ],
        "faults": [_object(finding) for finding in findings if finding.is_fault],
        "remarks": [_object(finding) for finding in findings if not finding.is_fault],
    }


def _object(finding: Finding) -> Mapping[str, Any]:
    return {key: value for key, value in asdict(finding).items() if key != "is_fault"}


def summary_lines(sets: Sequence[CheckedSet], findings: Sequence[Finding]) -> Iterator[str]:
    """Yield the balance of all sets together and the line that counts everything."""
    questions = [question for one in sets for question in one.questions]
    if questions:
        yield from balance_lines(questions)
        yield ""
    if leaked := {(finding.file, finding.question) for finding in findings if finding.kind == "leak"}:
        yield f"{len(leaked)} questions, {100 * len(leaked) / len(questions):.0f} %, are known to the sets compared with"
    faults = sum(finding.is_fault for finding in findings)
    yield f"{len(questions)} questions in {len(sets)} files, {faults} faults, {len(findings) - faults} remarks"
