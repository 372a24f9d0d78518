"""How many parts a document or one of its clauses has, and what they are called: "Thông tư 5 có mấy chương, mấy điều?"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex as re

from assistant.citing import Citer
from assistant.lexicon import light_words
from assistant.types import Answer
from assistant.wording import Wording, sentence, trimmed
from indexer.path import label
from indexer.types import StepKind
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.clauses import ClauseLookup
    from indexer.types import Clause, Document

# what parts are called, folded, and the kinds that are called so, those of laws before those of plans
_KINDS = {
    "chuong": (StepKind.CHAPTER,),
    "dieu": (StepKind.ARTICLE,),
    "khoan": (StepKind.CLAUSE, StepKind.NUMBER),
    "diem": (StepKind.POINT,),
    "phan": (StepKind.PART, StepKind.ROMAN),
    "muc": (StepKind.DIVISION, StepKind.ROMAN, StepKind.NUMBER),
    "muc lon": (StepKind.ROMAN,),
    "muc nho": (StepKind.NUMBER,),
    "tieu muc": (StepKind.SUBDIVISION, StepKind.NUMBER),
    "nhom": (StepKind.NUMBER, StepKind.CLAUSE, StepKind.POINT),
}
_WORDS = {
    "chuong": "chương",
    "dieu": "điều",
    "khoan": "khoản",
    "diem": "điểm",
    "phan": "phần",
    "muc": "mục",
    "muc lon": "mục lớn",
    "muc nho": "mục nhỏ",
    "tieu muc": "tiểu mục",
    "nhom": "nhóm",
}
_UNIT = r"(muc (?:lon|nho)|tieu muc|chuong|dieu|khoan|diem|phan|muc|nhom)"
_COUNTED = re.compile(
    rf"\b(?:may|bao nhieu|nhung|cac) {_UNIT}\b(?=\W*(?:$|[?,;.(]|nao|gi|va|lon|nho|cua|trong|o|duoc))"
)
_COUNTS = re.compile(r"\b(?:may|bao nhieu|nao|gi)\b")
_CHAPTER = re.compile(r"\bchuong ([ivxlc]+|\d+)\b")
# words of such a question that say nothing of what stands inside
_FRAME = frozenset(
    [
        *" ".join(_KINDS).split(),
        "ten",
        "goi",
        "tieu",
        "de",
        "tong",
        "cong",
        "tat",
        "ca",
        "chia",
        "thanh",
        "tu",
        "tro",
        "di",
    ]
)
_NUMBER = re.compile(r"[\divxlc.]+|[a-z]")


class Outline:
    """Counts the parts of the document or clause that a question names, for the same question as *lookup*."""

    def __init__(self, lookup: ClauseLookup) -> None:
        self.lookup, self.query = lookup, lookup.query
        self.say, self.citer = Wording(lookup.query.language), Citer(lookup.corpus)

    def answer(self) -> Answer | None:
        """Return how many parts there are, with their headings where one kind is asked for; None where the question asks for more."""
        query = self.query
        units = list(dict.fromkeys(_COUNTED.findall(query.folded)))
        ids = query.documents or query.issued_by
        if not units or len(ids) != 1 or query.rows or query.appendix or not _COUNTS.search(query.folded):
            return None
        headed = self._headed(self.lookup.corpus.index.clauses(ids[0]))
        known = {*light_words(), *_FRAME, *(word for one in headed for word in fold(one.heading or "").split())}
        if any(fold(word) not in known and not _NUMBER.fullmatch(fold(word)) for word in query.topic):
            return None  # it asks for something inside
        document = self.lookup.corpus.index.document(ids[0])
        within = self._within(document)
        if within is None:
            return None
        parts = {unit: self._parts(document, within, unit) for unit in units}
        if not all(parts.values()):
            return None
        lines = [self._counted(document, within, unit, found) for unit, found in parts.items()]
        if len(parts) == 1 and all(one.heading for one in parts[units[0]]):
            lines += [self._line(document, units[0], one) for one in parts[units[0]]]
        text, computed = "\n".join(lines), tuple(self.say.computed)
        return Answer(self.lookup.question, self.lookup.understood, text, self.citer.citations, query.steps(), computed)

    def _within(self, document: Document) -> list[Clause] | None:
        """Return the one clause that the question names, [] for the whole document; None where what it names is not one clause."""
        chapter = _CHAPTER.search(self.query.folded)
        clauses = self.lookup.corpus.index.clauses(document.id)
        if chapter is not None:
            number = chapter.group(1)
            ends = ((one, one.path[-1]) for one in clauses)
            named = [one for one, last in ends if last.kind is StepKind.CHAPTER and fold(last.number) == number]
            return named if len(named) == 1 else None
        if headed := self._headed(clauses):
            return headed if len(headed) == 1 else None
        named = self.lookup.named(document)
        if len(named) > 1:
            return None
        places = re.search(r"\b(?:dieu|khoan|muc|phan|chuong|phu luc) (?:\d|[ivxlc]+\b)", self.query.folded)
        return named if named or not places else None

    def _headed(self, clauses: Sequence[Clause]) -> list[Clause]:
        """Return the clauses whose heading the question calls a part, "phần nhiệm vụ chung": those of the longest such heading."""
        found = []
        for one in clauses:
            heading = fold(one.heading or "").strip(" .:")
            if len(heading.split()) > 1 and re.search(
                rf"\b(?:phan|muc|chuong|nhom)\s+\W?{re.escape(heading)}(?!\w)", self.query.folded
            ):
                found.append(one)
        longest = max((len(one.heading or "") for one in found), default=0)
        return [one for one in found if len(one.heading or "") == longest]

    def _parts(self, document: Document, within: Sequence[Clause], unit: str) -> list[Clause]:
        """Return the parts called *unit*, of one kind and as high as any; [] where there are none, or a number is missing among them."""
        clauses = self.lookup.corpus.index.clauses(document.id)
        issued = [one.path[0] for one in clauses if one.path[0].kind is StepKind.APPENDIX and one.path[0].name]
        asked = next((step for step in issued if f"{fold(step.name)} " in f"{self.query.folded} "), None)
        own = [one for one in clauses if one.path[0].kind is not StepKind.APPENDIX]
        with_it = [one for one in clauses if asked is not None and one.path[0] == asked and len(one.path) > 1]
        if within:
            path = within[0].path
            own, with_it = [], [one for one in clauses if one.path[: len(path)] == path and one is not within[0]]
        for pool in (with_it, own) if asked is None or within else (with_it,):
            for kind in _KINDS[unit]:
                found = [one for one in pool if one.path[-1].kind is kind]
                least = min((len(one.path) for one in found), default=0)
                top = [one for one in found if kind is StepKind.ARTICLE or len(one.path) == least]
                if top:
                    return top if self._complete(top) else []
        return []

    @staticmethod
    def _complete(parts: Sequence[Clause]) -> bool:
        """Tell whether the numbers of *parts* leave none out, as they do where a heading of a scan was not read."""
        numbers = [int(one.path[-1].number) for one in parts if one.path[-1].number.isdigit()]
        return len(parts) > 1 and (not numbers or max(numbers) - min(numbers) + 1 == len(numbers) == len(parts))

    def _counted(self, document: Document, within: Sequence[Clause], unit: str, parts: Sequence[Clause]) -> str:
        marks = "".join(self.citer.clause(document, one) for one in dict.fromkeys((*within, parts[0], parts[-1])))
        issued = parts[0].path[:1] if parts[0].path[0].kind is StepKind.APPENDIX else ()
        place = f" ({label(within[0].path if within else issued)})" if within or issued else ""
        name = self.say.document(document)
        word = _WORDS[unit]
        return sentence(
            self.say.say("parts_count", document=name, place=place, count=len(parts), unit=word, marks=marks)
        )

    def _line(self, document: Document, unit: str, part: Clause) -> str:
        named = f"{_WORDS[unit].capitalize()} {part.path[-1].number}:" if unit != "nhom" else f"{part.path[-1].number}."
        value = f"{named} {trimmed(part.heading or '')}"
        return sentence(self.say.say("line", value=value, marks=self.citer.clause(document, part)))
