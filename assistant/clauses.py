"""Questions that name a place in a document: "mục III.2 nói gì", "khoản 3 Điều 5 quy định thế nào"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex as re

from assistant.citing import Citer
from assistant.lexicon import light_words
from assistant.types import Abstention, Answer, Status
from assistant.wording import Wording, sentence, trimmed
from indexer.path import label
from indexer.types import StepKind, fold_white
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.corpus import Corpus
    from assistant.question import Query
    from indexer.types import Clause, Document

_LADDER = re.compile(
    r"\b(?:muc|phan|tieu muc|khoan|diem|so)\s+((?:[ivxlc]+\.)?\d{1,2}(?:\.\d{1,2})+|[ivxlc]+\.\d{1,2}|\d{1,2}|[ivxlc]+)\b"
)
_POINT = re.compile(r"\bdiem\s+([a-z])\W+(?:muc|tieu muc|phan)\b")
_LAW = re.compile(r"(?:\bdiem\s+([a-z])\W+)?(?:\bkhoan\s+(\d{1,2}[a-z]?)\W+)?\bdieu\s+(\d{1,3}[a-z]?)\b")
_ASKS = re.compile(
    r"^(?:cho (?:toi |em )?)?(?:xem|doc|trich|trich dan|biet)\b|\bnoi dung (?:cua )?(?:dieu|khoan|diem|muc|tieu muc|phan)\b|"
    r"\b(?:noi|quy dinh|neu|ghi|la|ve|gom|yeu cau|viet|de cap|co)\b.*\b(?:gi|nao|the nao|ra sao|nhung gi)\b"
)
_WORD = re.compile(r"[\w%]+")
_COUNTS = re.compile(r"\b(?:may|bao nhieu|nhung|cac|gom|chia thanh)\b")
_FRAME = frozenset(
    [
        "muc",
        "nhom",
        "noi",
        "dung",
        "phan",
        "chia",
        "thanh",
        "ke",
        "hoach",
        "nhiem",
        "vu",
        "cu",
        "the",
        "may",
        "bao",
        "nhieu",
    ]
)
_ITEM = 240  # characters of one item of a list
_SHORT = 900  # characters of a section that is given whole
_FEW = 200  # documents among which the number of an article may name one alone


class ClauseLookup:
    """Answers what a named clause says."""

    def __init__(self, corpus: Corpus, query: Query, understood: str, question: str) -> None:
        self.corpus, self.query = corpus, query
        self.question, self.understood = question, understood
        self.say = Wording(query.language)
        self.citer = Citer(corpus)

    def answer(self) -> Answer | Abstention | None:
        """Return what the clause says, or that a named document has no such article; None where the question names none."""
        query = self.query
        if query.appendix or (query.noun and query.rows) or not _ASKS.search(query.folded):
            return None
        ids = query.documents or query.issued_by
        if not ids and _LAW.search(query.folded) and len(self.corpus.documents) <= _FEW:
            ids = tuple(document.id for document in self.corpus.documents)
        found = [(d, c) for d in map(self.corpus.index.document, ids) for c in self.named(d)]
        if len(found) == 1:
            return self._said(*found[0])
        return self._no_article() if not found and len(query.documents) == 1 else None

    def _no_article(self) -> Abstention | None:
        """Say which articles the document has, where the question names one behind the last."""
        named = _LAW.search(self.query.folded)
        document = self.corpus.index.document(self.query.documents[0])
        steps = [clause.path[-1] for clause in self.corpus.index.clauses(document.id)]
        numbers = sorted({int(s.number) for s in steps if s.kind is StepKind.ARTICLE and s.number.isdigit()})
        if not named or not numbers or not named.group(3).isdigit() or int(named.group(3)) in range(1, numbers[-1] + 1):
            return None
        name = self.say.document(document)
        text = self.say.say("no_article", document=name, number=named.group(3), first=numbers[0], last=numbers[-1])
        return Abstention(Status.NOT_FOUND, self.question, self.understood, text, trace=self.query.steps())

    def listing(self) -> Answer | None:
        """Return what stands below a heading that the question names, to be listed or counted; None where it names none."""
        query = self.query
        ids = query.documents or query.issued_by
        if query.rows or query.appendix or not ids or not (query.says("list") or _COUNTS.search(query.folded)):
            return None
        if query.agency_role and any(self.corpus.index.tables(name) for name in ids):
            return None  # it asks for rows
        best: tuple[int, Document, Clause] | None = None
        for document in map(self.corpus.index.document, ids):
            for clause in self.corpus.index.clauses(document.id):
                heading = fold(clause.heading or "")
                words = len(heading.split())
                if words > 1 and _spaced(heading) in _spaced(query.folded) and (best is None or words > best[0]):
                    best = (words, document, clause)
        if best is None:
            return None
        _, document, clause = best
        named = {*fold(clause.heading or "").split(), *light_words(), *_FRAME}
        if any(word for word in query.topic if fold(word) not in named and "%" not in word and not word.isdigit()):
            return None  # it asks for something inside
        below = [c for c in self.corpus.index.clauses(document.id) if c.path[:-1] == clause.path]
        figures = [word for word in query.words if "%" in word or word.isdigit()]
        items = [c for c in below if all(figure in (c.reading or c.text) for figure in figures)]
        if len(below) < 2 or not items:
            return None
        name = self.say.document(document)
        place = f"{label(clause.path)}. {clause.heading}"
        lines = [
            self.say.say(
                "section_head", document=name, place=place, count=len(items), marks=self.citer.clause(document, clause)
            )
        ]
        for item in items:
            value = re.sub(
                r"^(?:[-–+•]|\d+(?:\.\d+)*\.)\s*", "", trimmed(item.heading or fold_white(item.reading or item.text))
            )
            lines.append(sentence(self.say.say("line", value=_cut(value), marks=self.citer.clause(document, item))))
        lines.append(self.say.say("section_complete", count=len(items), total=len(below), place=place))
        return self._answer(lines)

    def _answer(self, lines: Sequence[str]) -> Answer:
        text, steps, computed = "\n".join(lines), self.query.steps(), tuple(self.say.computed)
        return Answer(self.question, self.understood, text, self.citer.citations, steps, computed)

    def named(self, document: Document) -> list[Clause]:
        """Return the clauses of *document* that the question names by their numbers."""
        clauses = self.corpus.index.clauses(document.id)
        if law := _LAW.search(self.query.folded):
            point, clause, article = law.groups()
            wanted = [(StepKind.ARTICLE, article), (StepKind.CLAUSE, clause), (StepKind.POINT, point)]
            return [c for c in clauses if self._has(c, [(kind, number) for kind, number in wanted if number])]
        match = _LADDER.search(self.query.folded)
        if not match or not (self.query.documents or self.query.issued_by):
            return []
        wanted_label = match.group(1).upper()
        exact = [c for c in clauses if _ladder_label(c) == wanted_label]
        if point := _POINT.search(self.query.folded):
            steps = [(c, c.path[-1]) for c in clauses if c.path[:-1] in {e.path for e in exact}]
            return [c for c, step in steps if step.kind is StepKind.POINT and fold(step.number) == point.group(1)]
        ends = [c for c in clauses if "." in wanted_label and _ladder_label(c).endswith(f".{wanted_label}")]
        return exact or ends

    @staticmethod
    def _has(clause: Clause, wanted: Sequence[tuple[StepKind, str]]) -> bool:
        steps = {(step.kind, step.number) for step in clause.path}
        return all(item in steps for item in wanted) and clause.path[-1].kind is wanted[-1][0]

    def _said(self, document: Document, clause: Clause) -> Answer:
        below = [
            c
            for c in self.corpus.index.clauses(document.id)
            if c.path[: len(clause.path)] == clause.path and c is not clause
        ]
        leaves = [c for c in below if c.heading is None]
        name = self.say.document(document)
        first = fold_white(clause.reading or clause.text)
        lines = [
            sentence(
                self.say.say(
                    "fact",
                    document=name,
                    place=label(clause.path),
                    value=trimmed(first),
                    marks=self.citer.clause(document, clause),
                )
            )
        ]
        shown = leaves if sum(len(c.text) for c in leaves) <= _SHORT else []
        for leaf in shown:
            value = re.sub(r"^[-–+•]\s*", "", trimmed(fold_white(leaf.reading or leaf.text)))
            lines.append(sentence(self.say.say("line", value=value, marks=self.citer.clause(document, leaf))))
        return self._answer(lines)


def _spaced(folded: str) -> str:
    return " " + " ".join(_WORD.findall(folded)) + " "


def _cut(value: str) -> str:
    """Return *value*, cut behind its first sentence where it is long."""
    if len(value) <= _ITEM:
        return value
    end = min((place for mark in (". ", "; ") if (place := value.find(mark, 40)) > 0), default=len(value))
    return value[:end] if end <= _ITEM else value[: value.rfind(" ", 0, _ITEM)] + " …"


def _ladder_label(clause: Clause) -> str:
    return re.sub(r" \(lần \d+\)|^tiểu mục ", "", label(clause.path)).upper()
