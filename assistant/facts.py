"""
A fact out of the clauses: the sentence or bullet that answers, cut to what was asked, from the smallest citable unit.

Retrieval proposes clauses and rows; of their sentences the one is taken that holds most of the weight of the question's words, with the
kind of fact that is asked for. Where too little of the question is held by any, the reply says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import regex as re

from assistant.citing import Citer
from assistant.corpus import RowAt, subject_column, terms
from assistant.lexicon import canonical, content_words
from assistant.matching import share_of
from assistant.retrieval import search
from assistant.types import Abstention, Answer, Status
from assistant.wording import Wording, sentence, trimmed
from indexer.parse import reading_between
from indexer.path import eid, label
from indexer.ranking import QuestionReading
from indexer.types import StepKind, fold_white
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from assistant.corpus import Corpus
    from assistant.question import Query
    from assistant.types import Reply
    from indexer.types import Clause, Document

# Weights and thresholds were set on eval/questions/development.jsonl.
_POOL = 40
_CLAUSE, _CONTEXT = 0.45, 0.15  # what words count that stand in the clause around the sentence, or in its headings
_KINDS = {
    "percent": 0.3,
    "number": 0.15,
    "time": 0.3,
    "body": 0.1,
    "address": 0.3,
}  # a sentence with the kind of fact that is asked for
_LEAD = 0.2  # a sentence that gives the lead, where the lead is asked for
_ENOUGH = 0.62  # share of the question's weight that must be held
_CERTAIN = (
    0.6  # share from which a document counts as saying what is asked for, and how near to the best one it must come
)
_NEAR = 0.75
_SHORT_SECTION = 900  # characters of a section that is given whole
_LONG = 420  # characters of an extract; a longer sentence is cut at its semicolons
_BREAK = re.compile(r"(?<=[.;!?])\s+(?=[\p{Lu}“\"(\d-])|(?<=\.\.\.)\s+")
_FACT = {
    "percent": re.compile(r"\d+(?:[.,]\d+)?\s?%"),
    "number": re.compile(r"\d"),
    "time": re.compile(
        r"\b(?:ngay|thang|quy|nam)\s+\d|\bhang (?:nam|quy|thang)\b|\bdinh ky\b|\d{1,2}/\d{4}|\bhet nam\b|\bden nam\b|\bthuong xuyen\b",
        re.IGNORECASE,
    ),
    "body": re.compile(
        r"\b(?:so|phong|ban|van phong|ubnd|uy ban|don vi|co quan|trung tam|chu tich|thu truong|nguoi dung dau|giao)\b",
        re.IGNORECASE,
    ),
    "address": re.compile(r"https?://|www\.|\.vn\b"),
    "lead": re.compile(r"\bchu tri\b|\bgiao [a-z]"),
}
_NAME = re.compile(r"(?<!^)(?<![.?!] )\b[\p{Lu}][\p{Ll}]+(?:\s+[\p{Lu}][\p{Ll}]+)+")
REASON = re.compile(r"\b(?:nguyen nhan|do (?!luong)|vi (?!tri|sinh)|boi|nham|de)\b")
ACTUAL = re.compile(r"\b(?:da dat|dat duoc|da hoan thanh|hien dat|den nay)\b")
_TIME_WORD = re.compile(r"thang|quy|nam|ngay|[ivx]+|\d{1,4}")
_PERIOD = re.compile(r"([ivx]+|\d{1,2})/(\d{4})")


@dataclass(frozen=True, slots=True)
class Extract:
    """A sentence that may answer: where it stands, as it reads, and how much of the question it holds."""

    document: Document
    start: int
    end: int
    shown: str
    score: float
    held: float
    clause: Clause | None = None
    at: RowAt | None = None

    @property
    def place(self) -> str:
        """The label of its clause or row."""
        return label(self.clause.path if self.clause else self.at.row.path if self.at else ())


def sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the sentences of ``text[start:end]`` as offsets; a long one in its parts between semicolons."""
    position = start
    part = text[start:end]
    for match in _BREAK.finditer(part):
        stop = start + match.start()
        if part[match.start() - 1] == ";" and stop - position < _LONG and _next_break(part, match.end()) < _LONG:
            continue
        yield position, stop
        position = start + match.end()
    if position < end:
        yield position, end


def _next_break(part: str, begin: int) -> int:
    match = _BREAK.search(part, begin)
    return (match.start() if match else len(part)) - begin


class Facts:
    """Finds facts in *corpus* for one question."""

    def __init__(
        self, corpus: Corpus, query: Query, understood: str, question: str, readings: Sequence[QuestionReading] = ()
    ) -> None:
        """*readings* are those of a question that was typed badly, what was understood first; see `assistant.retrieval.search`."""
        self.corpus, self.query = corpus, query
        self.question, self.understood = question, understood
        self.readings = readings
        self.say = Wording(query.language)
        self.citer = Citer(corpus)
        self.words = self._words()

    def _words(self) -> list[str]:
        """Return the words to look for: the topic, with agencies that did not issue what is searched, and numbers of other documents."""
        query = self.query
        words = list(query.topic)
        searched = set(query.documents or query.issued_by)
        for agency in query.agencies:
            if not searched & {d.id for d in self.corpus.issuers.get(agency.key, ())}:
                words += content_words(canonical(agency.name))
        own = {d.metadata.number.value for d in self.corpus.documents if d.metadata.number}
        words += [number.lower() for number in query.numbers if number not in own]
        split = (_PERIOD.fullmatch(word) for word in words)
        words = [
            part for word, match in zip(words, split, strict=True) for part in (match.groups() if match else (word,))
        ]
        if query.says("compare"):  # the periods are what differs
            words = [word for word in words if not _TIME_WORD.fullmatch(fold(word))] or words
        return words

    def find(self) -> list[Extract]:
        """
        Return what may answer, the best first; [] where too little of the question is held anywhere.

        Raises:
            StoreError: the model is not the one that the index was built with.
        """
        query = self.query
        documents = query.documents or query.issued_by
        best = self._best(documents)
        if not query.documents and query.issued_by and (not best or best[0].held < _ENOUGH):
            best = [extract for extract in self._best(()) if self._names_agencies(extract)]
        return best if best and best[0].held >= _ENOUGH else []

    def answer(self) -> Reply:
        """Return the answer from the clauses and rows, or that there is none."""
        query = self.query
        if query.says("which_documents") and self.words:
            return self._which_documents(query.documents) or self.not_found()
        named = tuple(dict.fromkeys([*query.documents, *query.issued_by]))
        if query.says("compare"):
            return self._compared(named) or self.not_found()
        if len({self.corpus.issuer_name(self.corpus.index.document(name)) for name in named}) > 1 and (
            reply := self._each(named)
        ):
            return reply
        best = self.find()
        return self._answer(best[:1]) if best else self.not_found()

    def _names_agencies(self, extract: Extract) -> bool:
        whole = self.corpus.keys.write_out(
            extract.clause.reading or extract.clause.text
            if extract.clause
            else " ".join(c.text for c in extract.at.row.cells)
            if extract.at
            else ""
        )
        return all(agency.key in whole for agency in self.query.agencies)

    def with_cue(self, cue: re.Pattern[str]) -> Reply:
        """Answer only by a sentence that has *cue*: a reason why, a state that is reached."""
        best = [extract for extract in self.find()[:1] if cue.search(fold(extract.shown))]
        return self._answer(best) if best else self.not_found()

    def within(self, document: str) -> Answer | None:
        """Return what one document says, or None."""
        best = self._best((document,))
        return self._answer(best[:1]) if best and best[0].held >= _ENOUGH else None

    # Scoring.

    def _best(self, documents: Collection[str]) -> list[Extract]:
        """Return the extracts of the best hits, the best first; one a clause or row."""
        query = self.query
        text = query.text
        readings = (QuestionReading(text), *self.readings[1:]) if self.readings else ()
        hits = search(self.corpus.index, text, readings=readings, top_k=_POOL, documents=tuple(documents) or None)
        found: dict[tuple[str, str], Extract] = {}
        for hit in hits:
            key = (hit.passage.document, hit.passage.eid)
            if key not in found and (extract := self._extract(*key)):
                bonus = 0.02 * max(0.0, min(hit.score, 3.0))
                found[key] = Extract(
                    extract.document,
                    extract.start,
                    extract.end,
                    extract.shown,
                    extract.score + bonus,
                    extract.held,
                    extract.clause,
                    extract.at,
                )
        return sorted(found.values(), key=lambda item: -item.score)

    def _extract(self, document_id: str, name: str) -> Extract | None:
        document = self.corpus.index.document(document_id)
        for at in self.corpus.rows:
            if at.table.document == document_id and eid(at.row.path) == name:
                return self._of_row(document, at)
        clause = next((c for c in self.corpus.index.clauses(document_id) if eid(c.path) == name), None)
        if clause is None or clause.path[0].kind in (StepKind.RECIPIENTS, StepKind.SIGNATURE):
            return None
        return self._of_clause(document, clause)

    def _of_row(self, document: Document, at: RowAt) -> Extract | None:
        cell = at.row.cells[subject_column(at.table)]
        if not cell.spans:
            return None
        held = share_of(self.words, set(terms(cell.text)), self.corpus)
        every = {term for c in at.row.cells for term in terms(c.text)}
        group = at.row.group.name if at.row.group else ""
        above = set(
            terms(f"{group} {at.table.title} {document.metadata.title.value if document.metadata.title else ''}")
        )
        around = max(0.0, share_of(self.words, every, self.corpus) - held)
        over = max(0.0, share_of(self.words, every | above, self.corpus) - held - around)
        score = held + _CLAUSE * around + _CONTEXT * over + self._kind_bonus(cell.text)
        return Extract(
            document, cell.spans[0].start, cell.spans[-1].end, cell.text, score, held + 0.9 * around + 0.7 * over, at=at
        )

    def _of_clause(self, document: Document, clause: Clause) -> Extract | None:
        context = " ".join(
            other.heading or ""
            for other in self.corpus.index.clauses(document.id)
            if other.heading and len(other.path) < len(clause.path) and clause.path[: len(other.path)] == other.path
        )
        above = set(
            terms(
                f"{context} {document.metadata.title.value if document.metadata.title else ''} {self.corpus.issuer_name(document)}"
            )
        )
        whole = set(terms(clause.reading or clause.text))
        best: Extract | None = None
        for start, end in sentences(document.text, clause.start, clause.end):
            shown = document.text[start:end]
            if document.reading is not None:
                shown = reading_between(document.text, document.reading, start, end).replace("—", "-")
            shown = fold_white(shown)
            own = set(terms(shown))
            here = share_of(self.words, own, self.corpus)
            around = share_of(self.words, own | whole, self.corpus) - here
            over = share_of(self.words, own | whole | above, self.corpus) - here - around
            held = here + 0.9 * around + 0.7 * over
            score = here + _CLAUSE * around + _CONTEXT * over + self._kind_bonus(shown)
            if clause.heading and len(clause.path) < 3 and shown.isupper():
                score -= 0.3
            if best is None or score > best.score + 1e-9:
                best = Extract(document, start, end, shown, score, held, clause=clause)
        return best

    def _kind_bonus(self, shown: str) -> float:
        kinds = [kind for kind in _FACT if kind != "lead" and self.query.wants(kind)]
        folded = fold(shown)
        lead = _LEAD if "lead" in self.query.asked and _FACT["lead"].search(folded) else 0.0
        if not kinds:
            return lead
        return (
            lead + max(_KINDS[kind] for kind in kinds if _FACT[kind].search(folded))
            if any(_FACT[kind].search(folded) for kind in kinds)
            else lead
        )

    def lacks_anchor(self) -> bool:
        """Tell whether the question names what the corpus has nowhere: a figure, or a name in capitals."""
        if any(not self.corpus.knows(fold(word)) and re.search(r"\d", word) for word in self.words):
            return True
        names = [" ".join(match.split()) for match in _NAME.findall(self.query.text)]
        return any(fold(name) not in self.corpus.folded_text for name in names)

    # Replies.

    def _cite(self, extract: Extract) -> str:
        if extract.at is not None:
            return self.citer.cell(extract.at, subject_column(extract.at.table))
        if extract.clause is None:
            return ""
        return self.citer.clause(extract.document, extract.clause, extract.start, extract.end)

    def _said(self, extract: Extract) -> str:
        document = self.say.document(extract.document)
        value = re.sub(r"^[-–+•]\s*", "", trimmed(extract.shown))
        text = self.say.say("fact", document=document, place=extract.place, value=value, marks=self._cite(extract))
        if extract.at is not None:
            for role in ("lead", "due"):
                column = extract.at.table.column(role)
                if role in self.query.asked and column is not None and extract.at.row.cells[column].text:
                    name, cell = extract.at.table.columns[column].name, trimmed(extract.at.row.cells[column].text)
                    text += "; " + self.say.say(
                        "cell_next", column=name, value=cell, marks=self.citer.cell(extract.at, column)
                    )
        return sentence(text)

    def _below(self, extract: Extract) -> list[Extract]:
        """Return what stands below a heading in its place: all of it where that is short, else its first clause."""
        clause = extract.clause
        if clause is None or clause.heading is None:
            return [extract]
        document = extract.document
        below = [
            c
            for c in self.corpus.index.clauses(document.id)
            if c.path[: len(clause.path)] == clause.path and c is not clause
        ]
        leaves = [c for c in below if c.heading is None]
        if not leaves or extract.end < clause.end:
            return [extract]
        chosen = leaves if sum(len(c.text) for c in leaves) <= _SHORT_SECTION else leaves[:1]
        done = []
        for leaf in chosen:
            end = leaf.end if len(chosen) > 1 else next(sentences(document.text, leaf.start, leaf.end))[1]
            shown = document.text[leaf.start : end]
            if document.reading is not None:
                shown = reading_between(document.text, document.reading, leaf.start, end)
            done.append(Extract(document, leaf.start, end, fold_white(shown), extract.score, extract.held, clause=leaf))
        return done

    def _answer(self, extracts: Sequence[Extract]) -> Answer:
        extracts = [below for extract in extracts for below in self._below(extract)]
        text = "\n".join(self._said(extract) for extract in extracts)
        return Answer(self.question, self.understood, text, self.citer.citations, self.query.steps())

    def _each(self, documents: Sequence[str]) -> Reply | None:
        """Answer from each of the documents that the question names."""
        best = [found[0] for name in documents if (found := self._best((name,)))]
        chosen = self._one_an_issuer([extract for extract in best if extract.held >= _ENOUGH * 0.8])
        return self._answer(chosen) if chosen else None

    def _compared(self, named: Sequence[str]) -> Reply | None:
        """Answer with the best place of each named document; where fewer than two are named, of each that says nearly as much."""
        ids = named if len(named) > 1 else [document.id for document in self.corpus.documents]
        best = [found[0] for name in ids if (found := self._best((name,)))]
        most = max((extract.held for extract in best), default=0.0)
        if most < _ENOUGH * 0.8:
            return None
        chosen = self._one_an_issuer([extract for extract in best if extract.held >= most * 0.5])
        if len(named) > 1:
            return self._answer(chosen[:4])
        chosen.sort(key=lambda extract: (extract.document.id not in named, -extract.score))
        return self._answer(chosen[:2])

    def _one_an_issuer(self, extracts: Sequence[Extract]) -> list[Extract]:
        """Return the best extract of each issuer, in the order given; documents of one issuer with the same words count once."""
        best: dict[tuple[str, str], Extract] = {}
        for extract in sorted(extracts, key=lambda item: -item.score):
            best.setdefault(
                (str(self.corpus.issuer_name(extract.document)), "row" if extract.at else "clause"), extract
            )
        return [extract for extract in extracts if any(extract is other for other in best.values())]

    def _which_documents(self, documents: Collection[str]) -> Reply | None:
        """List the documents that say what the question is about, each with its place."""
        found = []
        for document in self.corpus.documents:
            if documents and document.id not in documents:
                continue
            best = self._best((document.id,))
            if best and best[0].held >= _CERTAIN:
                found.append(best[0])
        most = max((extract.held for extract in found), default=0.0)
        found = [extract for extract in found if extract.held >= most * _NEAR]
        if not found:
            return None
        lines = [self.say.say("documents_found", count=len(found))]
        lines += [f"- {self._said(extract)}" for extract in found]
        text = "\n".join(lines) if len(found) > 1 else self._said(found[0])
        return Answer(self.question, self.understood, text, self.citer.citations, self.query.steps())

    def not_found(self) -> Reply:
        """Say that nothing was found, what was looked for and where."""
        documents = self.query.documents
        words = " ".join(dict.fromkeys(self.words)) or self.query.text
        if documents:
            names = "; ".join(self.say.document(self.corpus.index.document(name)) for name in documents)
            text = self.say.say("not_found_in", document=names, words=words)
        else:
            known = self.say.documents(self.corpus.documents)
            text = self.say.say("not_found", question=self.understood, words=words, documents=known)
        return Abstention(Status.NOT_FOUND, self.question, self.understood, text, trace=self.query.steps())
