"""
The assistant: a question in, an Answer or an Abstention out, with the state that the next question starts from.

The order in which ways of answering are tried is the whole policy, and stands in :meth:`Assistant._reply`.
"""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from datetime import date
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

from assistant.about_documents import AboutDocuments
from assistant.absent import is_of_another, lacks_fact, names_elsewhere
from assistant.answering import FOLDER
from assistant.characters import whole_characters
from assistant.clauses import ClauseLookup
from assistant.column_values import column_values
from assistant.conversation import State, complete, goes_on_in
from assistant.corpus import Corpus
from assistant.described_pairs import described_pair
from assistant.explaining import outcome, step
from assistant.extracts import Extracts
from assistant.facts import ACTUAL, REASON, Facts
from assistant.halves import halves
from assistant.lexicon import light_words, patterns, says
from assistant.matching import share_of
from assistant.naming import with_kinds
from assistant.outline import Outline
from assistant.pointing import with_antecedents, with_swapped
from assistant.question import parse_question
from assistant.question_parts import TWO, joined, paired_parts, split_parts
from assistant.record import error_record, reply_record
from assistant.registers import Registers
from assistant.switches import AnsweringPart
from assistant.typed import QuestionReader, Understood
from assistant.types import Abstention, Answer, Status
from assistant.verify import Verifier, asked_by, bad_marks, without_lines
from assistant.wording import Wording
from indexer.errors import DatabaseUnreachableError, InputError
from indexer.index import Index
from indexer.path import eid, parse_label
from indexer.ranking import RankingPart
from indexer.relations import numbers_in
from indexer.sealed import check_shipped
from indexer.terms import terms
from indexer.types import StepKind
from indexer.vietnamese import fold, has_diacritics

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from assistant.answering import AnsweringModel
    from assistant.corpus import RowAt
    from assistant.extracts import Extract
    from assistant.halves import Half
    from assistant.question import Query
    from assistant.rephrase import Rephraser
    from assistant.switches import Part
    from assistant.types import Reply
    from indexer.agencies import Agency
    from indexer.location import Location
    from indexer.ranking import QuestionReading

_log = logging.getLogger(__name__)
LONGEST_QUESTION = 1000  # characters
_CLOSE_ONES, _CLOSE = 4, 1.0  # extracts that are nearly as good as the first, and how much worse they may be
_MUCH_BETTER = 4.0  # by how much a sentence must lead the row that a question describes, to be what answers
_NEXT = 3  # extracts of which none may hold more of the question than the row that it describes, if that is to answer
_SAME_ROW = 0.8  # share of a question's words from which it goes on about the row spoken of last


class Assistant:
    """Answers questions from one index, in the words of *rephraser* where there is one; threads may share it."""

    def __init__(
        self,
        index: Index,
        *,
        answering: AnsweringModel | None = None,
        rephraser: Rephraser | None = None,
        today: date | None = None,
        without: Collection[AnsweringPart] = (),
    ) -> None:
        """
        *answering* takes the place of the answering model that is shipped, *today* of the day of the machine.

        *rephraser* is a language model that may reword answers, see :mod:`assistant.rephrase`; without it nothing is asked of any.
        *without* are parts that are switched off, for an evaluation; those of the ranking are the index's.
        """
        self.index = index
        self.today = today
        self._rephraser = rephraser
        self._without = frozenset(without)
        self.corpus = Corpus(index, answering)
        self.verifier = Verifier(self.corpus)
        self._reader = QuestionReader(lambda: index.summary)

    @classmethod
    def open(
        cls,
        index: Location,
        *,
        model: str | None = None,
        rephraser: Rephraser | None = None,
        today: date | None = None,
        without: Collection[Part] = (),
    ) -> Assistant:
        """
        Return an assistant for the index at *index*, a folder or a database; *model* names another model that it was built with.

        *rephraser* and *today* as for the assistant itself; *without* are parts that are switched off, those of the ranking too.

        Raises:
            StoreError: the index is missing, damaged or of another format or model.
            InputError: a file of a model that answers is damaged; not every question would meet it.
        """
        check_shipped(FOLDER.parent)
        load = None
        if model is not None:
            from indexer.embedding import load_encoder  # noqa: PLC0415 - heavy

            load = partial(load_encoder, model)
        opened = Index.open(index, load_encoder=load, without=[part for part in RankingPart if part in without])
        answering = [part for part in AnsweringPart if part in without]
        return cls(opened, rephraser=rephraser, today=today, without=answering)

    def warm(self) -> None:
        """Load the model and the word lists, so that the first question does not wait for them."""
        self._reader.warm()
        self.index.warm()
        self.verifier.warm()
        self.corpus.warm()

    def ask(self, question: str, state: State | None = None, *, literal: bool = False) -> tuple[Reply, State]:
        """
        Answer *question*, which may lean on the questions before it as *state* has them.

        *literal* takes the question exactly as it is typed: that is how a user takes back what was understood.

        Raises:
            InputError: the question is empty or too long.
            StoreError: the model is not the one that the index was built with.
        """
        reply, after = self._built(question, state, literal=literal)
        if self._rephraser is not None and isinstance(reply, Answer):
            from assistant.rephrase import rephrased  # noqa: PLC0415 - no HTTP client is loaded where it is off

            reply = rephrased(reply, self._rephraser)
        return reply, after

    def _built(self, question: str, state: State | None = None, *, literal: bool = False) -> tuple[Reply, State]:
        """Return the reply in our own words, from which the conversation goes on whatever a language model makes of them."""
        question = whole_characters(question)
        typed = check_question(question)
        understood = self._understood(typed, literal=literal)
        reply, query = self._attempt(understood, state or State())
        if understood.other and _declined(reply):
            second, meant = self._attempt(replace(understood, text=understood.other, other=None), state or State())
            reply, query = (second, meant) if isinstance(second, Answer) else (reply, query)
        if (_declined(reply) or TWO.search(typed)) and (parts := split_parts(typed)):
            reply = self._in_parts(parts, state) or reply
        if both := paired_parts(typed):
            reply = self._of_both(both, reply) or reply
        return replace(reply, question=question, understood=understood.shown), _state_after(query, reply)

    def _attempt(self, understood: Understood, state: State) -> tuple[Reply, Query]:
        """Return the reply to a question as it is *understood*, checked, and what it was taken to ask."""
        stripped, query = self.read(understood, state)
        reply = self._reply(query, stripped)
        if isinstance(reply, Answer) and names_elsewhere(reply, query, self.corpus):
            reply = Facts(self.corpus, query, stripped.shown, stripped.typed).not_found()
        reply = self._checked(reply, query)
        if (two := halves(query, self.corpus)) and (query.says("compare") or not _cites(reply, two)):
            reply = self._of_halves(two) or reply
        if AnsweringPart.REFUSAL in self._without and isinstance(reply, Abstention):
            facts = Facts(self.corpus, query, stripped.shown, stripped.typed, self._readings(stripped))
            reply = facts.at_any_rate() or reply
        if _declined(reply) and (went_on := goes_on_in(query, state)):
            more = self._checked(self._reply(went_on, stripped), went_on)
            if isinstance(more, Answer) and not names_elsewhere(more, went_on, self.corpus):
                return more, went_on
        return reply, query

    def _understood(self, typed: str, *, literal: bool = False) -> Understood:
        if literal or AnsweringPart.UNDERSTANDING in self._without:
            return Understood(typed, typed, typed, marked=has_diacritics(typed), literal=True)
        return self._reader.read(typed)

    def read(self, understood: Understood, state: State) -> tuple[Understood, Query]:
        """Return *understood* without courtesy and what it asks, completed by the questions before it."""
        text = with_antecedents(with_swapped(understood.text, state, self.corpus), state, self.corpus)
        named = replace(understood, text=with_kinds(understood.typed, text, self.corpus))
        stripped = strip_courtesy(named)
        query = complete(parse_question(stripped, self.corpus, self.today or _today()), state)
        return stripped, self._in_last_row(query, state)

    def extracts(self, question: str, state: State) -> Extracts:
        """Return what looks for the sentences that answer *question*, as training sees it."""
        understood, query = self.read(self._understood(check_question(question)), state)
        return Extracts(self.corpus, query, self._readings(understood))

    def _in_last_row(self, query: Query, state: State) -> Query:
        """Return *query* about the row spoken of last, where its words stand in that row: "đào tạo cho những ai?"."""
        heavy = [word for word in query.words if fold(word) not in light_words()]
        named = (
            query.rows or query.documents or query.agencies or query.appendix or query.numbers or query.form != "one"
        )
        if len(state.rows) != 1 or named or not heavy:
            return query
        noun, number = state.rows[0]
        for at in self.corpus.rows:
            held = {term for cell in at.row.cells for term in terms(cell.text)}
            if at.table.noun == noun and at.row.number == number and share_of(heavy, held, self.corpus) >= _SAME_ROW:
                return replace(query, rows=(number,), noun=noun)
        return query

    def _of_halves(self, two: tuple[Half, Half]) -> Reply | None:
        """Answer the two halves of a question, each from its own source; None unless both are."""
        replies = [self._built(half.question, State())[0] for half in two]
        answers = [reply for reply in replies if isinstance(reply, Answer)]
        if len(answers) < len(two):
            return None
        return joined(answers) if _cites(joined(answers), two) else None

    def _of_both(self, pairs: Sequence[tuple[str, str]], reply: Reply) -> Reply | None:
        """Answer a question about two rows, each with what both share; None where *reply* has both, or no pair is answered by two rows."""
        if len(_rows_cited(reply)) > 1 or not isinstance(reply, Answer):
            return None
        for pair in pairs:
            replies = [self._built(part, State())[0] for part in pair]
            answers = [one for one in replies if isinstance(one, Answer) and len(_rows_cited(one)) == 1]
            rows = {row for one in answers for row in _rows_cited(one)}
            if len(answers) == len(rows) == 2 and len({row[0] for row in rows}) == 1:
                return joined(answers)
        return None

    def _in_parts(self, parts: Sequence[str], state: State | None) -> Reply | None:
        """Answer the parts of a question one after the other; None unless every part is answered."""
        replies = []
        for part in parts:
            reply, state = self._built(part, state)
            if not isinstance(reply, Answer):
                return None
            replies.append(reply)
        return joined(replies)

    def _reply(self, query: Query, understood: Understood) -> Reply:
        question, shown = understood.typed, understood.shown
        if reply := self._chatter(query, question, shown):
            return reply
        registers = Registers(self.corpus, query, shown, question)
        computes = AnsweringPart.REGISTERS not in self._without
        facts = Facts(self.corpus, query, shown, question, self._readings(understood))
        if says("cues", "reason", query.text):
            return _weighed(facts.with_cue(REASON), facts)
        if says("cues", "actual", query.text):
            return _weighed(facts.with_cue(ACTUAL), facts)
        clauses = ClauseLookup(self.corpus, query, shown, question)
        if reply := Outline(clauses).answer() or clauses.answer() or clauses.listing():
            return reply
        if computes and (
            reply := registers.lookup() or registers.extreme() or registers.superlative() or registers.groups()
        ):
            return reply
        if computes and (reply := column_values(self.corpus, query, shown, question)) and registers.described() is None:
            return reply
        documents = AboutDocuments(self.corpus, query, shown, question)
        if reply := described_pair(self.corpus, query, shown, question) or documents.unknown_issuer():
            return reply
        about_rows = query.form != "one" and bool(query.noun or query.agencies or query.appendix)
        about_rows = about_rows or (
            query.fields == ("kind",) and "deliverable" in query.asked and query.noun is not None
        )
        if (not about_rows or query.says("issued_first")) and (reply := documents.answer()):
            return reply
        declined: Reply | None = None
        if computes and (reply := registers.listing()):
            if isinstance(reply, Answer):
                return self._with_prose(reply, query, understood)
            declined = reply
        if reply := facts.with_figure():
            return reply
        if declined is not None and (registers.foreign or not query.words):
            return facts.points() or declined
        reply = self._prose(query, registers, facts)
        if isinstance(reply, Answer) and (lacks_fact(reply, query) or is_of_another(reply, query, self.corpus)):
            reply = facts.not_found()
        if not isinstance(reply, Answer):
            reply = facts.of_agency() or reply
        if reply.status is Status.NOT_FOUND and says("chatter", "outside", query.text):
            text = facts.say.say("outside", documents=facts.say.documents(self.corpus.documents))
            return Abstention(Status.OUT_OF_SCOPE, question, shown, text, trace=query.steps())
        if declined is not None and (
            not isinstance(reply, Answer) or (query.noun and query.agency_role and _is_of_rows(reply))
        ):
            return declined  # no row has all that is asked: one that has less is no answer
        return reply

    def _prose(self, query: Query, registers: Registers, facts: Facts) -> Reply:
        """Answer from the row that the question describes, or from the clauses, whichever holds more of the question."""
        if query.says("compare") or query.says("which_documents") or query.says("where_said"):
            return _weighed(facts.answer(), facts)
        if facts.lacks_anchor():
            return facts.not_found()
        if AnsweringPart.REGISTERS in self._without:
            return facts.answer()
        if query.form == "one" and (reply := facts.defined() or facts.listed()):
            return reply
        if reply := facts.points():
            return _weighed(reply, facts)
        if not query.documents and (at := registers.with_address()):
            return registers.about(at)
        described = registers.described() if registers.asks_column() else None
        if described is not None and query.noun is not None and not query.issued_by:
            return registers.about(described[0])
        best = facts.find()
        if best and (row := self._row_of(best, query)):
            return _weighed(registers.about(registers.exactest([row, *self._close_rows(best)])), facts)
        if described is not None:
            named = bool(query.agencies) and self._names_agencies(described[0], query.agencies)
            more = not query.issued_by and bool(best) and described[1] >= max(one.held for one in best[:_NEXT])
            score = next((one.score for one in best if one.at is not None and one.at.row is described[0].row), None)
            if best and score is not None and best[0].score - score >= _MUCH_BETTER:
                return facts.answer()
            if not best or (not query.documents and (named or more)):
                return registers.about(described[0])
        return _weighed(facts.answer(), facts)

    @staticmethod
    def _row_of(best: Sequence[Extract], query: Query) -> RowAt | None:
        """Return the row that answers: the first extract's, or a close one where the question asks for a lead or partners."""
        if best[0].at is not None:
            return best[0].at
        if not {"lead", "partners"} & set(query.asked) or query.documents or query.issued_by:
            return None
        close = (one.at for one in best[1:_CLOSE_ONES] if one.at and best[0].score - one.score <= _CLOSE)
        return next((at for at in close if at.table.column("lead") is not None), None)

    @staticmethod
    def _close_rows(best: Sequence[Extract]) -> list[RowAt]:
        """Return the rows behind the first extract, a row, that are nearly as good."""
        if best[0].at is None:
            return []
        return [one.at for one in best[1:_CLOSE_ONES] if one.at and best[0].score - one.score <= _CLOSE]

    def _readings(self, understood: Understood) -> Sequence[QuestionReading]:
        """Return how a question that was typed badly may be read, what was understood first; none where it was typed well."""
        readings = self._reader.readings(understood)
        badly = len(readings) > 1 or not understood.marked
        return readings if badly else ()

    def _with_prose(self, reply: Answer, query: Query, understood: Understood) -> Answer:
        """Add to a list what the other documents that the question names say of its agency."""
        cited = {citation.document for citation in reply.citations}
        others = [name for name in query.documents if name not in cited]
        if not others or not query.agencies:
            return reply
        facts = Facts(self.corpus, query, understood.shown, understood.typed, self._readings(understood))
        more = [answer for name in others if (answer := facts.within(name))]
        return joined([reply, *more])

    def _chatter(self, query: Query, question: str, shown: str) -> Reply | None:
        folded = query.folded.strip()
        say = Wording(query.language)
        if says("chatter", "patterns", query.text) and not query.rows and len(folded.split()) < 12:
            text = say.say("chatter", example=self.example())
        elif says("chatter", "requests", query.text) and not query.rows:
            text = say.say("outside", documents=say.documents(self.corpus.documents))
        else:
            return None
        return Abstention(Status.OUT_OF_SCOPE, question, shown, text, trace=query.steps())

    def example(self) -> str:
        """Return a question that this corpus answers."""
        for table in self.corpus.tables:
            if table.column("lead") is not None and table.items:
                row = table.items[len(table.items) // 2]
                return f"Ai chủ trì {table.noun} {row.number}, khi nào xong?"
        return "Văn bản này do ai ký?"

    def _checked(self, reply: Reply, query: Query) -> Reply:
        """Return *reply* without the lines that are not founded; where it cannot do without them, say that nothing was found."""
        if not isinstance(reply, Answer) or AnsweringPart.VERIFICATION in self._without:
            return self._explained(reply, query)
        asked = asked_by(query, self.corpus, reply.question, reply.understood)
        wrong = bad_marks(reply)
        faults = [] if wrong else self.verifier.faults(reply, asked)
        wrong += [word for fault in faults for word in fault.words]
        if not wrong:
            return self._explained(reply, query)
        trace = (*reply.trace, step(query.language, "dropped", value=", ".join(wrong)))
        if faults and (rest := without_lines(reply, [fault.line for fault in faults])):
            return self._explained(replace(rest, trace=trace), query)
        say = Wording(query.language)
        known = say.documents(self.corpus.documents)
        text = say.say("not_found", question=reply.understood, words=" ".join(query.words), documents=known)
        return Abstention(
            Status.NOT_FOUND, reply.question, reply.understood, text, trace=trace, confidence=reply.confidence
        )

    def _explained(self, reply: Reply, query: Query) -> Reply:
        """Return *reply*, its trace ending with how it was arrived at."""
        say = Wording(query.language)
        steps = outcome(reply, query.language, lambda name: say.document(self.index.document(name)))
        return replace(reply, trace=(*reply.trace, *steps))

    def record(self, item: Mapping[str, Any], *, steps: bool = False) -> dict[str, Any]:
        """
        Return the answer record of one object of a batch: ``{"id", "question", "history"?}``.

        The questions of its history are answered first, in order, as one conversation. A fault of the object gives ``status`` "error".
        With *steps* the record has a ``trace`` too, how the answer was arrived at, a sentence a step, and its ``confidence``.
        """
        name = item.get("id")
        question = item.get("question")
        if not isinstance(question, str):
            return error_record(name, "", 'câu hỏi thiếu trường "question" dạng chữ; thêm trường này rồi gửi lại')
        question = whole_characters(question)
        history = item.get("history") or []
        if not isinstance(history, list) or not all(
            isinstance(t, dict) and isinstance(t.get("question"), str) for t in history
        ):
            return error_record(name, question, '"history" phải là danh sách các {"question": …}; sửa lại rồi gửi lại')
        begin = perf_counter()
        try:
            state = State()
            for turn in history:
                _, state = self._built(turn["question"], state)
            begin = perf_counter()
            reply, _ = self.ask(question, state)
        except InputError as error:
            return error_record(name, question[:200], str(error))
        except DatabaseUnreachableError:  # whose message has an address, which is none of the asker's business
            _log.exception("the database of the index does not answer")
            return error_record(name, question[:200], "cơ sở dữ liệu chưa trả lời; xin hỏi lại sau ít phút")
        elapsed = (perf_counter() - begin) * 1000
        record = reply_record(replace(reply, question=question), name=name, elapsed_ms=elapsed)
        if not steps:
            return record
        confidence = None if reply.confidence is None else round(reply.confidence, 4)
        return {**record, "trace": list(reply.trace), "confidence": confidence}

    def _names_agencies(self, at: RowAt, agencies: Sequence[Agency]) -> bool:
        """Tell whether a cell of *at* names all of *agencies*."""
        keys = {agency.key for cell in at.row.cells for agency in self.corpus.keys.split(cell.text)}
        return all(agency.key in keys for agency in agencies)


def _declined(reply: Reply) -> bool:
    """Tell whether nothing was found."""
    return isinstance(reply, Abstention) and reply.status is Status.NOT_FOUND


def _weighed(reply: Reply, facts: Facts) -> Reply:
    """Return *reply* with the confidence that what answers was weighed with, if it was."""
    return replace(reply, confidence=facts.weighed)


def _today() -> date:
    return date.today()  # noqa: DTZ011 - the day where the officials sit


def check_question(question: str) -> str:
    """
    Return *question* without its outer white space.

    Raises:
        InputError: it is empty, or longer than 1,000 characters.
    """
    typed = whole_characters(question).strip()
    if not any(letter.isalnum() for letter in typed):
        msg = "Câu hỏi đang để trống.\n  Xin nhập câu hỏi, ví dụ: “Ai chủ trì nhiệm vụ 9, khi nào xong?”"
        raise InputError(msg)
    if len(typed) > LONGEST_QUESTION:
        found, most = (f"{size:,}".replace(",", ".") for size in (len(typed), LONGEST_QUESTION))
        msg = f"Câu hỏi dài {found} ký tự, quá {most} ký tự.\n  Xin rút gọn câu hỏi, hoặc tách thành nhiều câu."
        raise InputError(msg)
    return typed


def strip_courtesy(understood: Understood) -> Understood:
    """Return *understood* without words of courtesy before and behind the question, which say nothing of what is asked."""
    text = understood.text
    pattern = patterns("courtesy", "patterns")
    for _ in range(4):
        match = pattern.search(fold(text))
        if not match or match.end() - match.start() >= len(text.strip()) or not match.group().strip(" ?.!"):
            break
        rest = text[: match.start()] + " " + text[match.end() :]
        if len(re.findall(r"\w+", rest)) < 2:
            break
        text = rest.strip()
    return replace(understood, text=text)


def _cites(reply: Reply, two: tuple[Half, Half]) -> bool:
    """Tell whether *reply* answers from the sources of both halves."""
    cited = {citation.document for citation in reply.citations}
    return isinstance(reply, Answer) and all(half.documents & cited for half in two)


def _state_after(query: Query, reply: Reply) -> State:
    documents = tuple(dict.fromkeys(citation.document for citation in reply.citations))
    cited = [
        (citation.document, path[:depth])
        for citation in reply.citations
        for path in (parse_label(citation.label),)
        for depth, step in enumerate(path, start=1)
        if step.kind is StepKind.ROW
    ]
    said = reply.text.lower()
    named = [one for one in cited if re.search(rf"\b{re.escape(one[1][-1].name)} {one[1][-1].number}\b", said)] or cited
    rows = dict.fromkeys((path[-1].name, path[-1].number) for _, path in named)
    places = dict.fromkeys((document, eid(path)) for document, path in named)
    numbers = dict.fromkeys(match.group() for match in numbers_in(reply.text))
    return State(query, documents, tuple(rows), tuple(numbers), tuple(places))


def _rows_cited(reply: Reply) -> set[tuple[str, str, str]]:
    """Return the document, the table and the number of each row that *reply* cites."""
    found = set()
    for citation in reply.citations:
        path = parse_label(citation.label)
        found |= {
            (citation.document, eid(path[:i]), path[i].number) for i in range(len(path)) if path[i].kind is StepKind.ROW
        }
    return found


def _is_of_rows(reply: Answer) -> bool:
    """Tell whether all that *reply* cites stands in rows of tables."""
    return all(any(step.kind is StepKind.ROW for step in parse_label(one.label)) for one in reply.citations)


def answer_all(assistant: Assistant, questions: Sequence[str]) -> list[Reply]:
    """Answer *questions* as one conversation."""
    state = State()
    replies = []
    for question in questions:
        reply, state = assistant.ask(question, state)
        replies.append(reply)
    return replies
