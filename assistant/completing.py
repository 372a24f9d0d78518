"""
What a sentence lacks of a question, and stands beside it: the time or the body in the next sentence, field or heading.

"5. Thời gian hoàn thành: Quý IV/2026" belongs to "1. Tên nhiệm vụ: …" before it; "trước ngày 10 tháng 6" on the next page to its point.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import regex as re

from assistant.answering import SIGNALS
from assistant.extracts import FACTS
from assistant.lexicon import says
from indexer.types import StepKind
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.corpus import Corpus
    from assistant.extracts import Extract
    from assistant.question import Query
    from assistant.units import Sentence
    from indexer.types import Clause

_KIND, _NO_KIND = (SIGNALS.index(name) for name in ("kind", "no_kind"))
_NEAR = 5  # clauses before and behind in which a fact is looked for
_LABELLED = re.compile(r"^\W*(?:\w{1,3}[.)]\s*)?(\p{Lu}[^:;.]{2,40}):\s*\S")  # "5. Thời gian hoàn thành: Quý IV/2026"
_PLACE = re.compile(
    r"\b(?:dia diem|dia chi|tru so|vi tri|dat tai|"
    r"tai (?:phong|hoi truong|so|tang|truong|san|nha|tru so|thanh pho|tinh|kho bac|khu)|phong hop|hoi truong|gui ve|ve (?:so|bo|phong|van phong|ubnd|uy ban))\b"
)
_BODY = re.compile(
    r"\b(?:Sở|Bộ|Ban|Phòng|Văn phòng|[UỦ][yỷ] ban|UBND|Tổng cục|Cục|Chi cục|Trung tâm|Công an|Chủ tịch|Giám đốc|Thủ tướng|Thủ trưởng|"
    r"Hội đồng|Đoàn|Trường|Viện|Vụ|Đảng [uủ][yỷ]|Thanh tra|Tòa án|Hội|Hiệu trưởng|Trưởng|Tổ|Kho bạc|Ngân hàng|Chính phủ)\b|"
    r"\b(?:các|những) (?:sở|bộ|phòng|ban|đơn vị|cơ quan|địa phương|trường)\b"
)
_QUARTER = re.compile(r"\bquy [ivx]+\b")
_TWO_OF_A_KIND = re.compile(r"\b([a-z]+(?: [a-z]+)?) 0?(\d{1,3})(?:,| va| hay| hoac) (?:\1 )0?(\d{1,3})\b")
_CANDIDATES = 8  # extracts among which each of several things is looked for
_ASKED = {
    "place": re.compile(r"\b(?:o|tai|ve|den|tren) dau\b|\bnoi nao\b|\bdia diem (?:nao|la)\b"),
    "percent": re.compile(r"\b(?:may|bao nhieu) ?(?:%|phan tram)"),
}
_LABELS = {"time": "due", "body": "lead"}
"""Which role of a column a label has that states a kind of fact."""


class Completing:
    """Finds beside an extract the facts that *query* asks for and the extract lacks."""

    def __init__(self, corpus: Corpus, query: Query) -> None:
        self.corpus, self.query = corpus, query

    @property
    def kinds(self) -> list[str]:
        """The kinds of facts that the question asks for."""
        asked = [kind for kind in ("time", "body") if self.query.wants(kind)]
        return asked + [kind for kind, pattern in _ASKED.items() if pattern.search(self.query.folded)]

    @staticmethod
    def has(kind: str, sentence: Sentence) -> bool:
        """Tell whether a sentence states a fact of *kind*."""
        if kind == "place":
            return _PLACE.search(sentence.folded) is not None
        if kind == "body":
            return _BODY.search(sentence.shown) is not None
        return FACTS[kind].search(sentence.folded) is not None or (
            kind == "time" and _QUARTER.search(sentence.folded) is not None
        )

    def lacking(self, extract: Extract) -> list[str]:
        """Return the kinds of facts that the question asks for and *extract* does not state."""
        return [] if extract.at is not None else [k for k in self.kinds if not self.has(k, extract.sentence)]

    def beside(self, extract: Extract, kind: str) -> tuple[Clause, Sentence] | None:
        """Return the sentence next to *extract* that states a fact of *kind*: in its clause, a field of the same list, what goes on with it."""
        for clause, sentence, labelled in self._near(extract):
            if labelled and not self._label_says(sentence, kind):
                continue
            if self.has(kind, sentence):
                return clause, sentence
        return None

    def _near(self, extract: Extract) -> Iterator[tuple[Clause, Sentence, bool]]:
        """Yield the sentences near *extract*, the nearest first, with whether each is a field: "Địa điểm: …"."""
        clause, units = extract.clause, self.corpus.units_of
        if clause is None:
            return
        own = extract.unit.sentences
        place = next((i for i, one in enumerate(own) if one.start == extract.sentence.start), 0)
        for sentence in (*own[place + 1 : place + 2], *own[max(0, place - 1) : place]):
            yield clause, sentence, False
        below = units.below(clause)
        fields = [one for one in below[:_NEAR] if _LABELLED.match(one.reading or one.text)]
        for one in fields or [one for one in below[:1] if one.path[-1].kind is StepKind.PARAGRAPH]:
            for sentence in units.of(one).sentences:
                yield one, sentence, one in fields
        over = units.over(clause)
        beside = units.below(over) if over is not None else []
        at = next((i for i, one in enumerate(beside) if one is clause), None)
        if at is None:
            return
        if not (_LABELLED.match(clause.reading or clause.text) or clause.path[-1].kind is StepKind.PARAGRAPH):
            return
        for one in (*beside[at + 1 : at + 1 + _NEAR], *reversed(beside[max(0, at - _NEAR) : at])):
            if _LABELLED.match(one.reading or one.text):
                for sentence in units.of(one).sentences:
                    yield one, sentence, True

    def _label_says(self, sentence: Sentence, kind: str) -> bool:
        """Tell whether the label of a field is that of facts of *kind*."""
        match = _LABELLED.match(sentence.shown)
        label = match.group(1) if match else ""
        if kind == "place":
            return _PLACE.search(fold(label)) is not None or "noi" in fold(label).split()
        role = _LABELS.get(kind)
        return role is not None and (says("asks", role, label) or says("answers", kind, label))

    def with_kind(self, extract: Extract) -> Extract:
        """Return *extract* as one that has the kind of fact that is asked for, where it stands beside it."""
        signals = list(extract.signals)
        if not signals[_NO_KIND]:
            return extract
        lacking = self.lacking(extract)
        if not lacking or not all(self.beside(extract, kind) for kind in lacking):
            return extract
        signals[_KIND], signals[_NO_KIND] = 1.0, 0.0
        return replace(extract, signals=tuple(signals))


def enumerated(question: str, found: Sequence[Extract]) -> list[Extract]:
    """Return an extract for each of two things that only a number tells apart, "nguyện vọng 1 và nguyện vọng 2"; [] where there are none."""
    match = _TWO_OF_A_KIND.search(question)
    if not match:
        return []
    noun, *numbers = match.groups()
    chosen = []
    for number in numbers:
        named = re.compile(rf"\b{noun} 0?{number}\b")
        chosen += [one for one in found[:_CANDIDATES] if named.search(one.sentence.folded)][:1]
    return chosen if len({id(one) for one in chosen}) == len(numbers) else []
