"""
A fact out of the clauses: the sentence or bullet that answers, cut to what was asked, from the smallest citable unit.

Where too little of the question is held by any sentence, the reply says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex as re

from assistant.citing import Citer
from assistant.corpus import subject_column
from assistant.explaining import step
from assistant.extracts import Extract, Extracts
from assistant.lexicon import says
from assistant.types import Abstention, Answer, Status
from assistant.units import sentences, shown_between
from assistant.wording import Wording, sentence, trimmed
from indexer.columns import starts_like
from indexer.path import label
from indexer.types import StepKind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from assistant.corpus import Corpus, RowAt
    from assistant.question import Query
    from assistant.types import Reply
    from indexer.ranking import QuestionReading
    from indexer.types import Clause

_LIKELY = 0.15  # likelihood from which a sentence is given as the answer: the trade-off stands in docs/evaluation.md
_UNKNOWN = 0.3  # what must be added where the corpus has none of the question's words
_OUTSIDE = 0.6  # least likelihood of an answer to a question about the weather and the like
_CUED, _CLOSE = 3, 1.0  # extracts among which a cue is looked for, and how much worse than the first they may be
_OWN = 0.5  # share of the likelihood of any other that a sentence of the body's own document must have to go first
_CERTAIN = 0.6  # share of the question from which a document counts as saying what is asked for
_HALF = 0.5  # share from which each of several documents answers
_NEAR = 0.75  # and how near to the best one it must come
_LONGEST_LEAD_IN = 400  # characters of a clause or heading that is said before what stands below it
_MOST_ITEMS = 40
_ITEM = 240  # characters of one item of a list
_NUMBERED = re.compile(r"^(?:\d+(?:\.\d+)*|[ivxlc]+|[a-zđ])[.)]\s*", re.IGNORECASE)
_BREAKS_OFF = re.compile(r"\b(?:trước|của|và|là|với|do|cho|theo|về|tại|bởi|từ|đến|các|những)$", re.IGNORECASE)
_SHORT_SECTION = 900  # characters of a section that is given whole
REASON = re.compile(r"\b(?:nguyen nhan|do (?!luong)|vi (?!tri|sinh)|boi|nham|de)\b")
ACTUAL = re.compile(r"\b(?:da dat|dat duoc|da hoan thanh|hien dat|den nay)\b")


_Piece = tuple["Clause", int, int]  # a clause, and what of it is said


class Facts:
    """Answers one question out of the clauses of *corpus*."""

    def __init__(
        self, corpus: Corpus, query: Query, understood: str, question: str, readings: Sequence[QuestionReading] = ()
    ) -> None:
        """*readings* are those of a question that was typed badly; see `Extracts`."""
        self.corpus, self.query = corpus, query
        self.question, self.understood = question, understood
        self.extracts = Extracts(corpus, query, readings)
        self.say = Wording(query.language)
        self.citer = Citer(corpus)
        self.weighed: float | None = None  # how likely the best sentence that `find` came upon answers, 0 to 1
        self.certainty: float | None = None  # how likely the sentence that was weighed last answers, 0 to 1

    def find(self) -> list[Extract]:
        """
        Return what may answer, the best first; [] where too little of the question is held anywhere.

        Raises:
            StoreError: the model is not the one that the index was built with.
        """
        named = self.query.documents
        every, likely = self._weighed(named)
        own = self.query.issued_by
        if not named and own and (not every or every[0].document.id not in own):
            theirs, more = self._weighed(own)
            if more >= self._least and more >= likely * _OWN:
                self.weighed = more
                return theirs
        self.weighed = likely
        return every if likely >= self._least else []

    @property
    def _least(self) -> float:
        """How likely an answer has to be: the more the less of the question the corpus knows, and of what lies outside of documents."""
        outside = says("chatter", "outside", self.query.text)
        unknown = self.extracts.unknown if self.query.language == "vi" else 0.0
        return max(_LIKELY + _UNKNOWN * unknown, _OUTSIDE if outside else 0.0)

    def _likely(self, documents: Sequence[str]) -> list[Extract]:
        found, likely = self._weighed(documents)
        self.certainty = likely
        return found if likely >= self._least else []

    def _weighed(self, documents: Sequence[str]) -> tuple[list[Extract], float]:
        """Return the extracts in *documents*, the best first, and how likely the best answers."""
        found = [one for one in self.extracts.best(documents) if not self.extracts.names_missing_in(one.document)]
        for kind in ("percent", "money", "phone", "person"):  # nothing else answers it
            if says("answers", f"exact_{kind}", self.query.text):
                found = [one for one in found if self.extracts.has_kind(one, kind)]
        return found, self.extracts.likelihood(found, restricted=bool(documents))

    def lacks_anchor(self) -> bool:
        """Tell whether the question names what the corpus has nowhere."""
        return self.extracts.lacks_anchor()

    def answer(self) -> Reply:
        """Return the answer from the clauses and rows, or that there is none."""
        query = self.query
        if query.says("which_documents") and self.extracts.words:
            return self._which_documents(query.documents) or self.not_found()
        named = tuple(dict.fromkeys([*query.documents, *query.issued_by]))
        if query.says("compare"):
            return self._compared(named) or self.not_found()
        if len({self.corpus.issuer_name(self.corpus.index.document(name)) for name in named}) > 1 and (
            reply := self._each(named)
        ):
            return reply
        best = self.find()
        return self._answer(self.extracts.complete(best)) if best else self.not_found()

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
        found = self.find()[:_CUED]
        best = [one for one in found if cue.search(one.sentence.folded) and found[0].score - one.score <= _CLOSE]
        return self._answer(best[:1]) if best else self.not_found()

    def at_any_rate(self) -> Answer | None:
        """Answer by the best sentence, however unlikely it answers; None where the search finds nothing at all."""
        best = self.extracts.best(self.query.documents) or self.extracts.best()
        return self._answer(best[:1]) if best else None

    def within(self, document: str) -> Answer | None:
        """Return what one document says, or None."""
        best = self._likely((document,))
        return self._answer(best[:1]) if best else None

    # Replies.

    def _cite(self, extract: Extract) -> str:
        if extract.at is not None:
            return self.citer.cell(extract.at, subject_column(extract.at.table))
        if extract.clause is None:
            return ""
        return self.citer.clause(extract.document, extract.clause, extract.sentence.start, extract.sentence.end)

    def _said(self, extract: Extract) -> str:
        if extract.at is not None:
            return self._row_said(extract, extract.at)
        document = extract.document
        marks = self._cite(extract)
        value = _without_bullet(trimmed(extract.sentence.shown))
        before, behind = self._around(extract)
        for clause, start, end in before:
            words = _without_bullet(shown_between(document, start, end))
            value, marks = f"{words} {value}", self.citer.clause(document, clause, start, end) + marks
        for clause, start, end in behind:
            value = f"{value} {trimmed(shown_between(document, start, end))}"
            marks += self.citer.clause(document, clause, start, end)
        name = self.say.document(document)
        return sentence(self.say.say("fact", document=name, place=extract.place, value=value, marks=marks))

    def _row_said(self, extract: Extract, at: RowAt) -> str:
        document = self.say.document(extract.document)
        value = trimmed(extract.sentence.shown)
        text = self.say.say("fact", document=document, place=extract.place, value=value, marks=self._cite(extract))
        for role in ("lead", "due"):
            column = at.table.column(role)
            if role in self.query.asked and column is not None and at.row.cells[column].text:
                name, cell = at.table.columns[column].name, trimmed(at.row.cells[column].text)
                text += "; " + self.say.say("cell_next", column=name, value=cell, marks=self.citer.cell(at, column))
        return sentence(text)

    def _around(self, extract: Extract) -> tuple[list[_Piece], list[_Piece]]:
        """Return what an extract needs before and behind it to be read: the words that it goes on from, and those that go on from it."""
        clause = extract.clause
        units = self.corpus.units_of
        if clause is None:
            return [], []
        before: list[_Piece] = []
        over = units.over(clause)
        if over is not None and extract.sentence.start == clause.start:
            if goes_on(over, clause):
                start = [start for start, _ in sentences(extract.document.text, over.start, over.end)][-1]
                before.append((over, start, over.end))
            elif self._needs(extract, over):
                before.append((over, over.start, over.end))
        below = units.below(clause)
        behind = [(below[0], below[0].start, below[0].end)] if below and goes_on(clause, below[0]) else []
        return before, behind if extract.sentence.end >= clause.end else []

    def _needs(self, extract: Extract, over: Clause) -> bool:
        """Tell whether *over*, the clause or heading over an extract, says what it lacks of the question: whose duty it is, or of what it speaks."""
        text = over.reading or over.text
        if len(text) > _LONGEST_LEAD_IN:
            return False
        heading = over.heading if over.heading is not None else text
        body = starts_like("bodies", _NUMBERED.sub("", heading)) and self.query.wants("body")
        return body or (text.rstrip().endswith(":") and self.extracts.adds(extract, over))

    def _lines(self, extract: Extract) -> list[str]:
        """Return what an extract says, one line a clause: itself, all items of a list, or what stands below a heading in its place."""
        clause = extract.clause
        if clause is None:
            return [self._said(extract)]
        if self.query.says("items") and (listed := self._items(extract, clause)):
            return listed
        leaves = self.corpus.units_of.leaves(clause)
        heads = clause.heading is not None or extract.sentence.shown.endswith(":")
        if not leaves or not heads or extract.sentence.end < clause.end:
            return [self._said(extract)]
        if sum(len(leaf.text) for leaf in leaves) <= _SHORT_SECTION:
            head = [] if clause.heading is not None else [self._said(extract)]
            return head + [self._clause_said(extract, leaf, leaf.end) for leaf in leaves]
        first = leaves[0]
        end = next(sentences(extract.document.text, first.start, first.end))[1]
        return [self._clause_said(extract, first, end)]

    def _items(self, extract: Extract, clause: Clause) -> list[str]:
        """Return a list with what it is of: the items below an extract that heads them, or all those beside it; [] where it is none."""
        units = self.corpus.units_of
        over, parent = clause, units.over(clause)
        heads = parent is not None and _heads(parent) and self.extracts.adds(extract, parent)
        if parent is not None and heads and self.extracts.held_by(parent) >= self.extracts.held_by(clause):
            over = parent
        below = units.below(over)
        if not _heads(over) or not 2 <= len(below) <= _MOST_ITEMS:
            return []
        document = extract.document
        name, place = self.say.document(document), label(over.path)
        value = _without_bullet(trimmed(over.heading or shown_between(document, over.start, over.end)).rstrip(":"))
        marks = self.citer.clause(document, over)
        lines = [self.say.say("items_head", document=name, place=place, value=value, count=len(below), marks=marks)]
        for item in below:
            shown = item.heading if item.heading is not None else shown_between(document, item.start, item.end)
            marks = self.citer.clause(document, item)
            for behind in units.below(item)[:1]:
                if goes_on(item, behind):
                    shown = f"{shown} {shown_between(document, behind.start, behind.end)}"
                    marks += self.citer.clause(document, behind)
            said = cut(_without_bullet(trimmed(shown)))
            lines.append(sentence(self.say.say("line", value=said, marks=marks)))
        return lines

    def _clause_said(self, extract: Extract, clause: Clause, end: int) -> str:
        """Return what ``clause`` says up to *end*."""
        document = extract.document
        shown = shown_between(document, clause.start, end)
        marks = self.citer.clause(document, clause, clause.start, end)
        value = _without_bullet(trimmed(shown))
        place = label(clause.path)
        return sentence(
            self.say.say("fact", document=self.say.document(document), place=place, value=value, marks=marks)
        )

    def _answer(self, extracts: Sequence[Extract]) -> Answer:
        text = "\n".join(line for extract in extracts for line in self._lines(extract))
        steps = (*self.query.steps(), step(self.query.language, "clauses"))
        if self.certainty is not None:
            steps = (*steps, step(self.query.language, "certainty", value=round(100 * self.certainty)))
        return Answer(self.question, self.understood, text, self.citer.citations, steps, tuple(self.say.computed))

    def _each(self, documents: Sequence[str]) -> Reply | None:
        """Answer from each of the documents that the question names."""
        best = [found[0] for name in documents if (found := self.extracts.best((name,)))]
        chosen = self._one_an_issuer([extract for extract in best if extract.held >= _HALF])
        return self._answer(chosen) if chosen else None

    def _compared(self, named: Sequence[str]) -> Reply | None:
        """Answer with the best place of each named document; where fewer than two are named, of each that says nearly as much."""
        ids = named if len(named) > 1 else [document.id for document in self.corpus.documents]
        best = [found[0] for name in ids if (found := self.extracts.best((name,)))]
        most = max((extract.held for extract in best), default=0.0)
        if most < _HALF:
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
            best = self.extracts.best((document.id,))
            if best and best[0].held >= _CERTAIN:
                found.append(best[0])
        most = max((extract.held for extract in found), default=0.0)
        found = [extract for extract in found if extract.held >= most * _NEAR]
        if not found:
            return None
        lines = [self.say.say("documents_found", count=len(found))]
        lines += [f"- {self._said(extract)}" for extract in found]
        text = "\n".join(lines) if len(found) > 1 else self._said(found[0])
        return Answer(
            self.question, self.understood, text, self.citer.citations, self.query.steps(), tuple(self.say.computed)
        )

    def not_found(self) -> Reply:
        """Say that nothing was found, what was looked for and where."""
        documents = self.query.documents
        words = " ".join(dict.fromkeys(self.extracts.words)) or self.query.text
        if documents:
            names = "; ".join(self.say.document(self.corpus.index.document(name)) for name in documents)
            text = self.say.say("not_found_in", document=names, words=words)
        else:
            known = self.say.documents(self.corpus.documents)
            text = self.say.say("not_found", question=self.understood, words=words, documents=known)
        return Abstention(Status.NOT_FOUND, self.question, self.understood, text, trace=self.query.steps())


def _without_bullet(value: str) -> str:
    return re.sub(r"^[-–+•*]\s*", "", value)


def _heads(clause: Clause) -> bool:
    """Tell whether *clause* is a heading, or ends with a colon."""
    return clause.heading is not None or (clause.reading or clause.text).rstrip().endswith(":")


def goes_on(clause: Clause, below: Clause) -> bool:
    """Tell whether *below* goes on with the sentence of *clause*: it breaks off, and the next begins with a small letter."""
    text, more = (clause.reading or clause.text).rstrip(), (below.reading or below.text).lstrip()
    if below.path[-1].kind is not StepKind.PARAGRAPH or not text or not more:
        return False
    return text[-1] not in ".;:!?…/”" and (more[0].islower() or _BREAKS_OFF.search(text) is not None)


def cut(value: str) -> str:
    """Return *value*, cut behind its first sentence where it is long."""
    if len(value) <= _ITEM:
        return value
    end = min((place for mark in (". ", "; ") if (place := value.find(mark, 40)) > 0), default=len(value))
    return value[:end] if end <= _ITEM else value[: value.rfind(" ", 0, _ITEM)] + " …"
