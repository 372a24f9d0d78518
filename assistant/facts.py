"""
A fact out of the clauses: the sentence or bullet that answers, cut to what was asked, from the smallest citable unit.

Where too little of the question is held by any sentence, the reply says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex as re

from assistant.citing import Citer
from assistant.corpus import subject_column
from assistant.extracts import Extract, Extracts
from assistant.types import Abstention, Answer, Status
from assistant.units import sentences, shown_between
from assistant.wording import Wording, sentence, trimmed
from indexer.path import label

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from assistant.corpus import Corpus
    from assistant.question import Query
    from assistant.types import Reply
    from indexer.ranking import QuestionReading
    from indexer.types import Clause

_LIKELY = 0.2  # likelihood from which a sentence is given as the answer: the trade-off stands in docs/evaluation.md
_CERTAIN = 0.6  # share of the question from which a document counts as saying what is asked for
_HALF = 0.5  # share from which each of several documents answers
_NEAR = 0.75  # and how near to the best one it must come
_SHORT_SECTION = 900  # characters of a section that is given whole
REASON = re.compile(r"\b(?:nguyen nhan|do (?!luong)|vi (?!tri|sinh)|boi|nham|de)\b")
ACTUAL = re.compile(r"\b(?:da dat|dat duoc|da hoan thanh|hien dat|den nay)\b")


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

    def find(self) -> list[Extract]:
        """
        Return what may answer, the best first; [] where too little of the question is held anywhere.

        Raises:
            StoreError: the model is not the one that the index was built with.
        """
        query = self.query
        documents = query.documents or query.issued_by
        best = self._likely(documents)
        if not query.documents and query.issued_by and not best:
            best = [extract for extract in self._likely(()) if self._names_agencies(extract)]
        return best

    def _likely(self, documents: Sequence[str]) -> list[Extract]:
        found = self.extracts.best(documents)
        return found if self.extracts.likelihood(found, restricted=bool(documents)) >= _LIKELY else []

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
        best = [extract for extract in self.find()[:1] if cue.search(extract.sentence.folded)]
        return self._answer(best) if best else self.not_found()

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
        document = self.say.document(extract.document)
        value = _without_bullet(trimmed(extract.sentence.shown))
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

    def _lines(self, extract: Extract) -> list[str]:
        """Return what an extract says, one line a clause: itself, or what stands below a heading in its place."""
        clause = extract.clause
        leaves = self.corpus.units_of.leaves(clause) if clause is not None and clause.heading is not None else []
        if clause is None or not leaves or extract.sentence.end < clause.end:
            return [self._said(extract)]
        if sum(len(leaf.text) for leaf in leaves) <= _SHORT_SECTION:
            return [self._clause_said(extract, leaf, leaf.end) for leaf in leaves]
        first = leaves[0]
        end = next(sentences(extract.document.text, first.start, first.end))[1]
        return [self._clause_said(extract, first, end)]

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
        return Answer(
            self.question, self.understood, text, self.citer.citations, self.query.steps(), tuple(self.say.computed)
        )

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
    return re.sub(r"^[-–+•]\s*", "", value)
