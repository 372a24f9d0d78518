"""Numbers of documents in a text, and how a document stands to those that it names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.types import Relation, RelationType, Step, StepKind
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indexer.types import Clause

# 12-NQ/TW, 12/NQ-CP, 12-CTr/TU, 12/2025/NĐ-CP, 02-KH/BCĐTW, 12/KH-TTr, 01/2025/QH15
NUMBER = re.compile(
    r"(?<![\w/.-])\d{1,5}(?:/(?:19|20)\d{2})?[/-]\s?(?:[A-ZĐƯ][A-Za-z0-9ĐđƯÔÂÊ&]{0,9})(?:[/-]\s?[A-ZĐƯ][A-Za-z0-9ĐđƯÔÂÊ&]*)*(?![\w/])"
)
_SENTENCE = re.compile(r"[^.;]*(?:[.;](?=\S)[^.;]*)*[.;]?")
# The words between the verb and the number: "thay thế Kế hoạch số", never over a comma or another number; "được thay thế bởi" tells
# of other documents.
_CUES = (
    (RelationType.REPLACES, re.compile(r"(?<!duoc )(?<!bi )thay the (?!boi )(?:cho )?(?:cac )?(?:[a-z0-9 ]{0,40})$")),
    (RelationType.REPEALS, re.compile(r"(?<!duoc )(?<!bi )bai bo (?!boi )(?:[a-z0-9 ]{0,60})$")),
    (
        RelationType.AMENDS,
        re.compile(r"(?<!duoc )sua doi,? bo sung (?!boi )(?:mot so (?:dieu|noi dung) cua )?(?:[a-z0-9 ]{0,40})$"),
    ),
)
_NEXT = re.compile(
    r"(?:,? ?ngay [\d/ a-z]{4,30}?)?(?: cua [a-z ]{3,80}?)?(?: ve [a-z ,-]{3,200}?)?(?:[,;]| va)(?: va)? (?:cac )?[a-z ]{3,30}(?: so)? ?:? ?"
)
_REACH = (
    1500  # characters on either side of a number in which its sentence is looked for; a longer one is quoted in part
)
_MOST = 2000  # documents that one document names
_BASED_ON = re.compile(r"\s*can cu\b")
_IMPLEMENTS = re.compile(r"\s*(?:thuc hien|trien khai(?: thuc hien)?)\b")


def numbers_in(text: str) -> Iterator[re.Match[str]]:
    """Yield the document numbers of *text* in order."""
    return NUMBER.finditer(text)


def plain_number(number: str) -> str:
    """Return *number* as two writings of it compare: no space, capitals, folded ("12 /nq-cp" is "12/NQ-CP")."""
    return re.sub(r"\s", "", fold(number)).upper()


def _type_of(before: str, clause: Clause, *, in_head: bool) -> RelationType:
    opening = fold(clause.text[:60])
    folded = fold(" ".join(before.split()))
    tail = folded + (" " if before[-1:].isspace() else "")
    if in_head and _BASED_ON.match(opening):
        return RelationType.BASED_ON
    sentence = re.split(r"[.;] ", tail)[-1]
    for relation, pattern in _CUES:
        if (match := pattern.search(tail)) and not _is_of_another(sentence, len(tail) - match.start()):
            return relation
    if in_head and _IMPLEMENTS.match(opening):
        return RelationType.IMPLEMENTS
    return RelationType.MENTIONS


def _is_of_another(sentence: str, from_end: int) -> bool:
    """Tell whether a document named before the verb does it: "Nghị định số 1/2025/NĐ-CP sửa đổi, bổ sung Nghị định …"."""
    subject = sentence[: max(0, len(sentence) - from_end)]
    return NUMBER.search(subject.upper()) is not None and " nay " not in f" {subject} "


def _sentence(text: str, position: int) -> tuple[int, int]:
    first, last = max(0, position - _REACH), min(len(text), position + _REACH)
    start = max(max(text.rfind(mark, first, position) for mark in (". ", "; ", ".\n", ";\n")) + 1, first)
    ends = [found for mark in (". ", "; ", ".\n", ";\n") if (found := text.find(mark, position, last)) >= 0]
    end = min(ends) + 1 if ends else last
    while start < position and text[start].isspace():
        start += 1
    return start, end


def find_relations(clauses: Sequence[Clause], own: str | None) -> list[Relation]:
    """
    Return how the document of *clauses* stands to each document it names; each pair of type and number once.

    "Mentions" is left out for a number that stands in a stronger relation too. *own* is the document's own number.
    """
    found: dict[tuple[RelationType, str], Relation] = {}
    for clause in clauses:
        in_head = clause.path[0] == Step(StepKind.HEAD)
        last: tuple[int, RelationType] | None = None
        for match in numbers_in(clause.text):
            number = " ".join(match.group().split())
            if own and plain_number(number) == plain_number(own):
                continue
            if len(found) >= _MOST:
                break
            before = clause.text[max(0, match.start() - _REACH) : match.start()]
            relation = _type_of(before, clause, in_head=in_head)
            between = fold(" ".join(clause.text[last[0] : match.start()].split())) + " " if last else ""
            if last and relation is RelationType.MENTIONS and _NEXT.fullmatch(between):
                relation = last[1]
            last = (match.end(), relation)
            start, end = _sentence(clause.text, match.start())
            quote = clause.text[start:end]
            value = Relation(relation, number, clause.start + start, clause.start + end, quote)
            found.setdefault((relation, plain_number(number)), value)
    strong = {number for relation, number in found if relation is not RelationType.MENTIONS}
    return [
        value
        for (relation, number), value in found.items()
        if relation is not RelationType.MENTIONS or number not in strong
    ]
