"""
A fact out of the clauses: the sentence or bullet that answers, cut to what was asked, from the smallest citable unit.

Where too little of the question is held by any sentence, the reply says so.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import regex as re

from assistant.citing import Citer
from assistant.clause_lists import ClauseLists, heads
from assistant.completing import Completing, enumerated
from assistant.corpus import subject_column
from assistant.definitions import Definitions
from assistant.explaining import step
from assistant.extracts import Extract, Extracts
from assistant.figure_points import FigurePoints
from assistant.going_on import cut, goes_on, is_cut, without_bullet
from assistant.in_period import InPeriod
from assistant.lexicon import light_words, says
from assistant.naming import agency_pattern
from assistant.point_lists import PointLists
from assistant.types import Abstention, Answer, Status
from assistant.units import sentences, shown_between
from assistant.wording import Wording, sentence, trimmed
from indexer.columns import starts_like
from indexer.path import label
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from assistant.clause_lists import ClauseList
    from assistant.corpus import Corpus, RowAt
    from assistant.question import Query
    from assistant.types import Reply
    from indexer.ranking import QuestionReading
    from indexer.types import Clause

_WHICH_DOCUMENT = re.compile(r"\b(?:van ban|ke hoach|tai lieu|document|plan)s? (?:nao|gi)\b|\bwhich (?:document|plan)")
_LIKELY = 0.2  # likelihood from which a sentence is given as the answer: the trade-off stands in docs/evaluation.md
_UNKNOWN = 0.3  # what must be added where the corpus has none of the question's words
_OUTSIDE = 0.6  # least likelihood of an answer to a question about the weather and the like
_CUED, _CLOSE = 3, 1.0  # extracts among which a cue is looked for, and how much worse than the first they may be
_OWN = 0.5  # share of the likelihood of any other that a sentence of the body's own document must have to go first
_CERTAIN = 0.6  # share of the question from which a document counts as saying what is asked for
_HALF = 0.5  # share from which each of several documents answers
_NEAR = 0.75  # and how near to the best one it must come
_LITTLE, _NEARLY_ALL = 0.4, 0.8  # share of the question that a row holds by chance, and that a clause about it holds
_COMPLETED = 5  # extracts that are looked at with what stands beside them
_LONGEST_LEAD_IN = 400  # characters of a clause or heading that is said before what stands below it
_NUMBERED = re.compile(r"^(?:\d+(?:\.\d+)*|[ivxlc]+|[a-zđ])[.)]\s*", re.IGNORECASE)
_NUMBER_ALONE = re.compile(r"\s*(?:\w{1,4}(?:\.\d+)*[.)]\s*)?")
_DEPARTMENT = re.compile(r"(?:so|thanh tra|van phong|ban|phong|truong|trung tam|chi cuc|cong an)\b")
_ITS_TASK = re.compile(r"\b(?:giao|lam|phan cong|trach nhiem|nhiem vu|viec|phai)\b.*\b(?:gi|nao)\b")
_FEW = 200  # documents that are searched one by one
_SHORT_SECTION = 900  # characters of a section that is given whole
# over small letters with diacritics: without them "đề án" has "để" and "vị trí" has "vì"
REASON = re.compile(r"\b(?:nguyên nhân|lý do|do(?! lường)|vì|bởi|nhằm|để)\b")
ACTUAL = re.compile(r"\b(?:đã đạt|đạt được|đã hoàn thành|hiện đạt|đến nay)\b")


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
        self.lists = ClauseLists(corpus, query)
        self.together = PointLists(corpus, query, self.lists)
        self.completing = Completing(corpus, query)
        self.in_period = InPeriod(corpus, query)
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
        if not named and own:
            kept = [one for one in every if one.document.id in own or not self._is_sisters(one)]
            if len(kept) < len(every):
                every, likely = kept, min(likely, self.extracts.likelihood(kept, restricted=False))
        if not named and own and (not every or every[0].document.id not in own):
            theirs, more = self._weighed(own)
            if more >= self._least and more >= likely * _OWN:
                self.weighed = more
                return theirs
        self.weighed = likely
        return every if likely >= self._least else []

    def _is_sisters(self, extract: Extract) -> bool:
        """Tell whether an extract is what a body beside the one that is asked about says of itself: another department's own plan."""
        issuer = self.corpus.issuer_name(extract.document)
        beside = issuer is not None and _DEPARTMENT.match(self.corpus.keys.key(issuer)) is not None
        asked = any(_DEPARTMENT.match(agency.key) for agency in self.query.agencies)
        return beside and asked and not self._names_agencies(extract)

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
        found = self.extracts.scored([*map(self.completing.with_kind, found[:_COMPLETED]), *found[_COMPLETED:]])
        found = self._rather_said(self.in_period.first(found))
        return found, self.extracts.likelihood(found, restricted=bool(documents))

    def _rather_said(self, found: Sequence[Extract]) -> list[Extract]:
        """Return *found*, a clause that says nearly all of the question before a row that only has the column that is asked for."""
        if not found or found[0].at is None or found[0].held > _LITTLE:
            return list(found)
        for one in found[1:_COMPLETED]:
            whole = one.clause is not None and one.held >= _NEARLY_ALL
            if whole and all(self.completing.beside(one, kind) for kind in self.completing.lacking(one)):
                first = replace(one, score=found[0].score + 1.0)
                return [first, *(other for other in found if other is not one)]
        return list(found)

    def lacks_anchor(self) -> bool:
        """Tell whether the question names what the corpus has nowhere."""
        return self.extracts.lacks_anchor()

    def answer(self) -> Reply:
        """Return the answer from the clauses and rows, or that there is none."""
        query = self.query
        if (query.says("which_documents") or query.says("where_said")) and self.extracts.words:
            reply = self._which_documents(query.documents)
            if reply or _WHICH_DOCUMENT.search(query.folded):
                return reply or self.not_found()
        named = tuple(dict.fromkeys([*query.documents, *query.issued_by]))
        if query.says("compare"):
            return self._compared(named) or self.not_found()
        if len({self.corpus.issuer_name(self.corpus.index.document(name)) for name in named}) > 1 and (
            reply := self._each(named)
        ):
            return reply
        best = self.find() or self._placed()
        return self._answer(self._complete(best)) if best else self.not_found()

    def _placed(self) -> list[Extract]:
        """Return what answers where something is: a sentence about most of the question that states one of the facts asked for."""
        kinds = self.completing.kinds
        if "place" not in kinds:
            return []
        found = self.extracts.best(self.query.documents)[:_CUED]
        return [one for one in found if one.held >= _CERTAIN and len(self.completing.lacking(one)) < len(kinds)][:1]

    def _complete(self, best: Sequence[Extract]) -> Sequence[Extract]:
        """Return what is said of *best*: of a question for several facts the first alone, where all of them stand in it or beside it."""
        if chosen := enumerated(self.query.folded, best):
            return chosen
        kinds = self.completing.kinds
        lacking = self.completing.lacking(best[0])
        if len(kinds) > 1 and best[0].at is None and all(self.completing.beside(best[0], kind) for kind in lacking):
            return best[:1]
        return self.extracts.complete(best)

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
        best = [one for one in found if cue.search(one.sentence.shown.lower()) and found[0].score - one.score <= _CLOSE]
        return self._answer(best[:1]) if best else self.not_found()

    def at_any_rate(self) -> Answer | None:
        """Answer by the best sentence, however unlikely it answers; None where the search finds nothing at all."""
        best = self.extracts.best(self.query.documents) or self.extracts.best()
        return self._answer(best[:1]) if best else None

    def within(self, document: str) -> Answer | None:
        """Return what one document says, or None."""
        best = self._likely((document,))
        return self._answer(best[:1]) if best else None

    def of_agency(self) -> Answer | None:
        """Answer what one document gives an agency to do, where no more is asked: with the sentence that begins with its name."""
        query = self.query
        asks = _ITS_TASK.search(query.folded) is not None and len(query.agencies) == len(query.documents) == 1
        if not asks or set(query.documents) & set(query.issued_by):
            return None
        name = agency_pattern(query.agencies[0].key)
        said = set(query.agencies[0].key.split()) | light_words() | {"phan", "to", "chuc", "thuc", "hien"}
        if any(fold(word) not in said for word in self.extracts.words):
            return None
        found = self.extracts.best(query.documents)
        return next((self._answer([one]) for one in found if one.clause and name.match(one.sentence.folded)), None)

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
        value = without_bullet(trimmed(extract.sentence.shown))
        before, behind = self._around(extract)
        for clause, start, end in before:
            words = without_bullet(shown_between(document, start, end))
            if clause.heading is not None and not goes_on(
                clause, extract.clause or clause
            ):  # no sentence goes on from it
                words = words.rstrip(" .:;") + ":"
            value, marks = f"{words} {value}", self.citer.clause(document, clause, start, end) + marks
        for clause, start, end in behind:
            value = f"{value} {trimmed(shown_between(document, start, end))}"
            marks += self.citer.clause(document, clause, start, end)
        said = {start for _, start, _ in (*before, *behind)}
        for kind in self.completing.lacking(extract):
            beside = self.completing.beside(extract, kind)
            if beside is not None and beside[1].start not in said:
                clause, more = beside
                said.add(more.start)
                value = f"{value.rstrip(' ;,.')}. {without_bullet(trimmed(more.shown))}"
                marks += self.citer.clause(document, clause, more.start, more.end)
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
        if over is not None and _NUMBER_ALONE.fullmatch(extract.document.text[clause.start : extract.sentence.start]):
            if goes_on(over, clause):
                start = [start for start, _ in sentences(extract.document.text, over.start, over.end)][-1]
                before.append((over, start, over.end))
            elif self._needs(extract, over):
                before.append((over, over.start, over.end))
        if extract.sentence.end < clause.end:
            return before, []
        below = units.below(clause)
        if below and goes_on(clause, below[0]):
            return before, [(below[0], below[0].start, below[0].end)]
        beside = units.below(over) if over is not None and not below else []
        more = next((two for one, two in pairwise(beside) if one is clause and is_cut(one, two)), None)
        if more is None:
            return before, []
        return before, [(more, more.start, next(sentences(extract.document.text, more.start, more.end))[1])]

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
        if referred := self.lists.referred(extract):
            return self._listed(referred)
        if self.query.says("items") and (listed := self._items(extract, clause)):
            return listed
        leaves = self.corpus.units_of.leaves(clause)
        above = clause.heading is not None or extract.sentence.shown.endswith(":")
        if not leaves or not above or extract.sentence.end < clause.end or goes_on(clause, leaves[0]):
            return [self._said(extract)]
        if sum(len(leaf.text) for leaf in leaves) <= _SHORT_SECTION:
            head = [] if clause.heading is not None else [self._said(extract)]
            return head + [self._clause_said(extract, leaf, leaf.end) for leaf in leaves]
        first = leaves[0]
        end = next(sentences(extract.document.text, first.start, first.end))[1]
        return [self._clause_said(extract, first, end)]

    def _items(self, extract: Extract, clause: Clause) -> list[str]:
        """Return a list with what it is of: the items below an extract that heads them, or all those beside it; [] where it is none."""
        over, parent = clause, self.corpus.units_of.over(clause)
        above = parent is not None and heads(parent) and self.extracts.adds(extract, parent)
        if parent is not None and above and self.extracts.held_by(parent) >= self.extracts.held_by(clause):
            over = parent
        listed = self.lists.under(over)
        return self._listed(listed) if listed else []

    def _listed(self, listed: ClauseList) -> list[str]:
        """Return the lines of a list: what it is of, and each item with its mark."""
        over, units = listed.lead, self.corpus.units_of
        document = self.corpus.index.document(over.document)
        name, place = self.say.document(document), label(over.path)
        whole = over.heading if listed.start == over.start else None
        value = without_bullet(trimmed(whole or shown_between(document, listed.start, over.end)).rstrip(":"))
        marks = self.citer.clause(document, over, listed.start, over.end)
        count = len(listed.items)
        lines = [self.say.say("items_head", document=name, place=place, value=value, count=count, marks=marks)]
        for item in listed.items:
            shown, marks = self.lists.item(item), self.citer.clause(document, item)
            for behind in units.below(item)[:1]:
                if goes_on(item, behind):
                    shown = f"{shown} {shown_between(document, behind.start, behind.end)}"
                    marks += self.citer.clause(document, behind)
            said = cut(without_bullet(trimmed(shown)))
            lines.append(sentence(self.say.say("line", value=said, marks=marks)))
        return lines

    def defined(self) -> Answer | None:
        """Return the sentence that says what a word means that the question asks about, or None."""
        found = self.extracts.best(self.query.documents or self.query.issued_by)
        defined = Definitions(self.corpus, self.query).find(found)
        if defined is None or defined[0].clause is None:
            return None
        unit, said = defined
        marks = self.citer.clause(unit.document, defined[0].clause, said.start, said.end)
        name = self.say.document(unit.document)
        value = without_bullet(trimmed(said.shown))
        return self._said_in(
            sentence(self.say.say("fact", document=name, place=label(unit.path), value=value, marks=marks))
        )

    def listed(self) -> Answer | None:
        """Return the list in the clauses that the question is about, complete; None where no lead-in says nearly all of it."""
        if not self.lists.asked:
            return None
        best = self.extracts.best(self.query.documents or self.query.issued_by)
        if inline := self.lists.inline(best):
            return self._said_in(self._said(inline))
        found = self.lists.asked_for(best)
        return self._said_in("\n".join(self._listed(found))) if found else None

    def points(self) -> Answer | None:
        """Return the points that answer together, or None where they stand apart or are too unlikely to answer."""
        chosen = self.together.chosen(self.extracts, self._least)
        if chosen is None:
            return None
        listed, total, self.weighed = chosen
        return self._points_said(listed, total)

    def with_figure(self) -> Answer | None:
        """Return the points of the document that is named which have the percentage of the question, or None where it asks for no such list."""
        chosen = FigurePoints(self.corpus, self.query, self.lists).chosen()
        return self._points_said(*chosen) if chosen else None

    def _points_said(self, listed: ClauseList, total: int) -> Answer:
        """Return the points of *listed*, and how many of *total* they are."""
        lines, count, place = self._listed(listed), len(listed.items), label(listed.lead.path)
        if count < total:
            lines.append(self.say.say("section_complete", count=count, total=total, place=place))
        return self._said_in("\n".join(lines))

    def _clause_said(self, extract: Extract, clause: Clause, end: int) -> str:
        """Return what ``clause`` says up to *end*."""
        document = extract.document
        shown = shown_between(document, clause.start, end)
        marks = self.citer.clause(document, clause, clause.start, end)
        value = without_bullet(trimmed(shown))
        place = label(clause.path)
        return sentence(
            self.say.say("fact", document=self.say.document(document), place=place, value=value, marks=marks)
        )

    def _answer(self, extracts: Sequence[Extract]) -> Answer:
        return self._said_in("\n".join(line for extract in extracts for line in self._lines(extract)))

    def _said_in(self, text: str) -> Answer:
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
        ids = named if len(named) > 1 else self._searched()
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
        for name in self.corpus.ordered(documents) if documents else self._searched():
            best = self.extracts.best((name,))
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

    def _searched(self) -> Sequence[str]:
        """Return the documents that are searched one by one: all of them; of many, those of which the search proposes something."""
        documents = self.corpus.documents
        if len(documents) <= _FEW:
            return [document.id for document in documents]
        return self.corpus.ordered({hit.passage.document for hit in self.extracts.hits()})

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
