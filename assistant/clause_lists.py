"""
Lists in clauses: what stands below a lead-in or a heading, the points that a sentence refers to, and how many there are.

"… theo hướng:" with its dashes, "Điều 7. Các chuẩn thuộc lĩnh vực …" with its khoản, "các tổ chức quy định từ điểm m đến điểm p".
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

import regex as re

from assistant.lexicon import says
from assistant.matching import Weighted
from assistant.units import sentences, shown_between
from indexer.terms import terms
from indexer.types import StepKind
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.corpus import Corpus
    from assistant.extracts import Extract
    from assistant.question import Query
    from indexer.types import Clause

MOST_ITEMS = 40
_LOOKED_AT = 12  # extracts whose surroundings are searched for a list
_SAYS = 0.7  # share of the question that a lead-in must hold with what stands over it to be what is asked
_ITSELF, _ALONE = 0.38, 0.8  # and alone; where nothing in it is called what the question asks for
_INSIDE, _MORE = (
    3,
    0.1,
)  # extracts of which none may be an item that holds more of the question than its lead-in, and how much more
_ALL = 0.85  # share of the question that a sentence elsewhere holds, if it answers
_LONG_LEAD_IN = 300  # characters from which only the last sentence of a lead-in is said
# "mấy hướng", "bao nhiêu chuẩn", "những thông tư nào", "các hướng … như thế nào": what the items are called
_NOUN = re.compile(
    r"(?<!\bngay )(?<!\bthu )(?<!\bthang )(?<!\bnam )(?<!\bquy )(?<!\bso )\b"
    r"(?:may|bao nhieu|nhung|cac)\s+((?!cai\b|gi\b|nao\b|ai\b)[a-z]+(?:\s+(?!nao\b|gi\b|la\b|duoc\b|phai\b|co\b)[a-z]+){0,2})"
)
# what is measured or counted in one figure, not listed
_UNITS = re.compile(
    r"^(?:ngay|thang|nam|gio|phut|tuan|quy|buoi|lan|phan tram|tien|ty|trieu|nghin|dong|nguoi|km|ha|m|met|"
    r"do|tuoi|trang|ban|suat|thanh vien|chuong|dieu(?! kien)|phu luc|mot|moi|hang|gia tri|m2|tan|lit|ho)\b"
)
_CONSISTS = re.compile(r"\bgom\b")
_SECTIONS = re.compile(r"\b(?:may|bao nhieu|nhung|cac) (?:phan|muc|noi dung)\b")
_RANGE = re.compile(r"\btu (diem|khoan) (\S+?) (?:den|toi) (?:\1 )?(\S+?)(?= |[,;.]|$)(?: khoan (\d+))?")
_GLUED = re.compile(r"^\S{1,2}\)")  # a point whose letter was misread: "]) Cục …"


@dataclass(frozen=True, slots=True)
class ClauseList:
    """A list: the clause that leads in, from where it is said, the clauses below and the extract by which it was found."""

    lead: Clause
    start: int
    items: tuple[Clause, ...]


class ClauseLists:
    """Finds the list in the clauses of *corpus* that *query* asks for."""

    def __init__(self, corpus: Corpus, query: Query) -> None:
        self.corpus, self.query = corpus, query

    @property
    def asked(self) -> bool:
        """Tell whether the question asks for items, or how many of them there are, and for no figure."""
        return self.asks_no_figure and (self.query.says("items") or bool(self.nouns))

    @property
    def asks_no_figure(self) -> bool:
        """Tell whether the question asks for no figure."""
        return not any(
            says("answers", f"exact_{kind}", self.query.text) for kind in ("percent", "money", "phone", "person")
        )

    @property
    def nouns(self) -> list[str]:
        """What the question calls the items, folded."""
        return [noun for noun in _NOUN.findall(self.query.folded) if not _UNITS.match(noun)]

    def under(self, clause: Clause) -> ClauseList | None:
        """Return the list that *clause* leads into: what stands right below it, or behind it where it only ends with a colon."""
        units = self.corpus.units_of
        text = clause.reading or clause.text
        if not heads(clause):
            return None
        items = self._of_one_kind(units.below(clause))
        if not items and text.rstrip().endswith(":"):
            over = units.over(clause)
            beside = units.below(over) if over is not None else []
            behind = [one for one in beside if one.start > clause.start]
            kind = behind[0].path[-1].kind if behind else None
            if kind is not clause.path[-1].kind:
                items = self._of_one_kind(list(takewhile(lambda one: one.path[-1].kind is kind, behind)))
        if not 2 <= len(items) <= MOST_ITEMS:
            return None
        if within := self._named_within(items):
            return within
        return ClauseList(clause, self._said_from(clause), tuple(self._named(items)))

    def _named_within(self, items: Sequence[Clause]) -> ClauseList | None:
        """Return the list under the one of *items* whose heading the question asks for, "1. Nhiệm vụ" beside "2. Tiêu chuẩn"."""
        called = [one for one in items if one.heading is not None and any(_is_called(one, noun) for noun in self.nouns)]
        return self.under(called[0]) if len(called) == 1 else None

    def _of_one_kind(self, below: Sequence[Clause]) -> list[Clause]:
        """Return the items among *below*: the points or dashes where there are any, paragraphs between them aside."""
        marked = [one for one in below if one.path[-1].kind is not StepKind.PARAGRAPH]
        items: list[Clause] = []
        for one in marked or below:
            items.append(one)
            glued = (more for more in self.corpus.units_of.below(one) if _GLUED.match(more.text))
            items += [more for more in glued if more.path[-1].kind is StepKind.PARAGRAPH]
        return items

    def _named(self, items: Sequence[Clause]) -> Sequence[Clause]:
        """Return *items*, or what stands below all of them where the question asks for that: the indicators of standards."""
        for noun in self.nouns:
            word = " ".join(noun.split()[:2])
            if any(_called(item, word) for item in items):
                return items
            below = [one for item in items for one in self._of_one_kind(self.corpus.units_of.below(item))]
            if 2 <= len(below) <= MOST_ITEMS and all(_called(one, word) for one in below):
                return below
        return items

    @staticmethod
    def _said_from(clause: Clause) -> int:
        """Return where the words begin that are said of a lead-in: of a long one its last sentence."""
        if len(clause.text) <= _LONG_LEAD_IN or clause.reading is not None:
            return clause.start
        return clause.start + [start for start, _ in sentences(clause.text, 0, len(clause.text))][-1]

    def asked_for(self, found: Sequence[Extract]) -> ClauseList | None:
        """Return the list about which the question is, among what surrounds *found*; None where no lead-in says nearly all of it."""
        if not self.asked:
            return None
        weighted = Weighted.of(self.query.topic, self.corpus)
        best: tuple[float, int, ClauseList] | None = None
        seen: set[int] = set()
        for extract in found[:_LOOKED_AT]:
            for clause in self._leads(extract):
                if id(clause) in seen or extract.clause is None:
                    continue
                seen.add(id(clause))
                listed = self.under(clause)
                if listed is None or self._is_outline(listed):
                    continue
                unit = self.corpus.units_of.of(clause)
                name = self.corpus.name_terms(clause.document)
                alone = weighted.share(self._terms(listed))
                share = weighted.share(unit.whole, unit.above, name)
                least = _ITSELF if self.fits(listed) else _ALONE
                rank = (alone, len(clause.path))
                if share < _SAYS or alone < least or (best is not None and rank <= best[:2]):
                    continue
                if not any(self._says_more(one, listed, weighted, alone) for one in found[:_INSIDE]):
                    best = (*rank, listed)
        return best[2] if best else None

    def _says_more(self, extract: Extract, listed: ClauseList, weighted: Weighted, alone: float) -> bool:
        """Tell whether a sentence holds more of the question than the lead-in: an item, or one elsewhere that holds nearly all."""
        share = weighted.share(extract.sentence.terms)
        inside = any(extract.clause is item for item in listed.items)
        if not inside and not any(noun.split()[0] in extract.sentence.terms for noun in self.nouns):
            return False
        return extract.clause is not listed.lead and share > alone + _MORE and (inside or share >= _ALL)

    def _is_outline(self, listed: ClauseList) -> bool:
        """Tell whether the items are headings with text of their own below, sections of a document, and not what is asked for."""
        if _SECTIONS.search(self.query.folded) or any(_called(listed.items[0], noun) for noun in self.nouns):
            return False
        return all(item.heading is not None and self.corpus.units_of.below(item) for item in listed.items)

    def inline(self, found: Sequence[Extract]) -> Extract | None:
        """Return the sentence that says in one line of what something consists, "gồm 3 huyện: …", and holds nearly all of the question."""
        if not _CONSISTS.search(self.query.folded):
            return None
        weighted = Weighted.of(self.query.topic, self.corpus)
        for extract in found[:_LOOKED_AT]:
            text = extract.sentence.folded
            several = extract.sentence.shown.count(",") + extract.sentence.shown.count(";")
            if extract.at is None and several > 1 and _CONSISTS.search(text):
                own = extract.sentence.terms
                around = (own, extract.unit.above, self.corpus.name_terms(extract.document.id))
                if weighted.share(own) >= _ITSELF and weighted.share(*around) >= _ALONE:
                    return extract
        return None

    def _terms(self, listed: ClauseList) -> set[str]:
        """Return the terms of what is said of a lead-in."""
        lead = listed.lead
        return set(terms(shown_between(self.corpus.index.document(lead.document), listed.start, lead.end)))

    def _leads(self, extract: Extract) -> Iterator[Clause]:
        """Yield the clauses that may lead into the list in which *extract* stands, or that it begins."""
        units, clause = self.corpus.units_of, extract.clause
        if clause is None:
            return
        yield clause
        over = units.over(clause)
        beside = units.below(over) if over is not None else []
        yield from (one for one in beside if one.path[-1].kind is StepKind.PARAGRAPH and one.start != clause.start)
        while over is not None:
            yield over
            over = units.over(over)
        yield from units.below(clause)

    def fits(self, listed: ClauseList) -> bool:
        """Tell whether the items may be what the question calls them: a noun of it stands in the lead-in or in an item."""
        held = self._terms(listed)
        words = {noun.split()[0] for noun in self.nouns}
        return any(word in held or any(_called(item, word) for item in listed.items) for word in words)

    def referred(self, extract: Extract) -> ClauseList | None:
        """Return the points that an extract names by their letters, "từ điểm m đến điểm p": those of the part that says most of the question."""
        clause = extract.clause
        if clause is None:
            return None
        text = extract.sentence.folded
        weighted = Weighted.of(self.query.topic, self.corpus)
        parts = [part for part in re.split(r"[;.]\s", text) if _RANGE.search(part)]
        if not parts:
            return None
        part = max(parts, key=lambda one: weighted.share(set(terms(one))))
        match = _RANGE.search(part)
        units = self.corpus.units_of
        over = units.over(clause)
        while match is not None and over is not None:
            first, last, within = match.group(2), match.group(3), match.group(4)
            beside = [one for one in units.below(over) if within and one.path[-1].number == within]
            for holder in (*beside, over):
                below = self._of_one_kind(units.below(holder))
                numbers = [fold(one.path[-1].number) for one in below]
                if first in numbers and last in numbers and numbers.index(first) < numbers.index(last):
                    chosen = below[numbers.index(first) : numbers.index(last) + 1]
                    return ClauseList(clause, extract.sentence.start, tuple(chosen))
            over = units.over(over)
        return None

    def item(self, clause: Clause) -> str:
        """Return what one item says, on one line."""
        document = self.corpus.index.document(clause.document)
        return clause.heading if clause.heading is not None else shown_between(document, clause.start, clause.end)


def heads(clause: Clause) -> bool:
    """Tell whether *clause* is a heading, or ends with a colon."""
    return clause.heading is not None or (clause.reading or clause.text).rstrip().endswith(":")


def _is_called(item: Clause, noun: str) -> bool:
    """Tell whether the heading of an item is *noun* and nothing else, behind its number."""
    return re.fullmatch(rf"\W*(?:\w{{1,3}}[.)]\s*)?{re.escape(noun)}\W*", fold(str(item.heading))) is not None


def _called(item: Clause, noun: str) -> bool:
    """Tell whether an item begins with *noun*, behind its number: "1. Chuẩn 14. …"."""
    return re.match(rf"\W*(?:\w{{1,3}}[.)]\s*)?{re.escape(noun)}\b", fold(item.reading or item.text)) is not None
