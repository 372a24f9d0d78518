"""
Numbers of documents in a text, and how a document stands to those that it names.

A relation has a number: laws that are cited by name and date alone ("Căn cứ Luật Tổ chức chính quyền địa phương ngày 19/6/2015") are none.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING

from indexer.types import Relation, RelationType, Step, StepKind
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indexer.types import Clause, Path

# 12-NQ/TW, 12/NQ-CP, 12-CTr/TU, 12/2025/NĐ-CP, 02-KH/BCĐTW, 12/KH-TTr, 01/2025/QH15, 36a/NQ-CP, 12 / KH-UBND
NUMBER = re.compile(
    r"(?<![\w/.-])\d{1,5}[a-zđ]?(?:/(?:19|20)\d{2})?(?:\s?/\s?|-\s?)(?:[A-ZĐƯ][A-Za-z0-9ĐđƯÔÂÊ&]{0,9})(?:[/-]\s?[A-ZĐƯ][A-Za-z0-9ĐđƯÔÂÊ&]*)*(?![\w/])"
)
_OTHERS_DO_IT = r"(?<!duoc )(?<!bi )(?<!da )"
# parts of a document: who repeals or replaces one of them amends the whole
_PART = r"(?:dieu|khoan|diem|noi dung|quy dinh tai|phu luc|muc|chuong|mau|bieu|cum tu|mot phan|mot so|nhiem vu|doan)"
_BASED_ON = re.compile(r"\s*(?:[-–+•*]\s*)?can cu\b")
_IMPLEMENTS = re.compile(
    r"\s*(?:(?:ve viec|v/v|de|nham|tiep tuc|ve)\s+)*(?:thuc hien|(?:to chuc )?trien khai(?: thuc hien)?)\b"
)


@cache
def _kinds() -> str:
    """Return a pattern of the kinds of documents, written out or abbreviated, over folded text."""
    data = tomllib.loads(files("indexer").joinpath("kinds.toml").read_text(encoding="utf-8"))["kinds"]
    names = {*data, *(fold(short) for short in data.values()), "van ban", "chuong trinh hanh dong"}
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


@cache
def _cues() -> tuple[tuple[RelationType, re.Pattern[str]], ...]:
    """
    Return the words between a verb and the number: "thay thế Kế hoạch số", never over a comma or another number.

    "Được thay thế bởi" tells of other documents.
    """
    part = rf"(?: (?:cac|mot so|toan bo))?(?: {_PART})(?:(?! (?:thuc hien|theo|trien khai|ve|cho phu|tren)\b) [a-z0-9,“”\"]+){{0,24}}?"
    of = r"(?: (?:cua|tai|thuoc|trong|o|vao))?"
    attached = r"(?: (?:cac )?[a-z ]{3,80}? (?:duoc )?(?:ban hanh )?kem theo)?"
    kind = rf"(?: (?:cac )?(?:{_kinds()}))(?: (?!theo |tai |de |trong |cho |kem |lien )[a-z]{{1,6}}(?: [a-z]{{1,6}})?)?(?: so)?:? ?$"
    whole = rf"(?: cho)?(?: (?:cac|nhung|toan bo))?{attached}{kind}"
    amend = (
        r"(?:sua doi|bo sung|dieu chinh|dinh chinh)(?:,? (?:va )?(?:bo sung|sua doi|cap nhat|thay the|bai bo))*(?! boi)"
    )
    partly = rf"(?:thay the|thay|bai bo|huy bo|bo|{amend}){part}{of}{attached}{kind}"
    return (
        (RelationType.AMENDS, re.compile(_OTHERS_DO_IT + partly)),
        (RelationType.REPLACES, re.compile(rf"{_OTHERS_DO_IT}thay the(?! boi| bang){whole}")),
        (RelationType.REPEALS, re.compile(rf"{_OTHERS_DO_IT}(?:bai bo|huy bo)(?! boi){whole}")),
        (RelationType.AMENDS, re.compile(rf"{_OTHERS_DO_IT}{amend}{of}{whole}")),
    )


@cache
def _next() -> re.Pattern[str]:
    """Return what stands between two documents of one list."""
    return re.compile(
        r"(?:,? ?ngay [\d/ a-z]{4,30}?)?(?: cua [a-z ]{3,80}?)?(?: (?:ve|quy dinh|ban hanh) [a-z ,-]{3,200}?)?(?:[,;]| ?va)(?: va)?"
        r"(?: (?:cac )?[a-z ]{3,30})?(?: so)? ?:? ?"
    )


# behind the number: what ends with this document
_ENDS = re.compile(
    r"[^.;]{0,250}?(?:(?<!da )(?:het hieu luc|cham dut hieu luc|khong con hieu luc)|(?<!da )(?<!da duoc )(?:bi|duoc) bai bo(?! boi| bang))"
    r"(?! (?:boi|theo) [a-z ]{2,30} so)"
)
_REPLACED_BY_THIS = re.compile(r"[^.;]{0,250}?duoc thay the (?:boi|bang) [a-z ]{2,40} nay\b")
_LIST = (
    (RelationType.REPEALS, re.compile(r"(?:bai bo|huy bo|het hieu luc)\b(?! mot phan)[^.;]*:\s*$")),
    (RelationType.REPLACES, re.compile(r"thay the\b[^.;]*:\s*$")),
)
_NEAR = 60  # characters from the beginning of a list's item to its number
_REACH = (
    1500  # characters on either side of a number in which its sentence is looked for; a longer one is quoted in part
)
_MOST = 2000  # documents that one document names


def numbers_in(text: str) -> Iterator[re.Match[str]]:
    """Yield the document numbers of *text* in order."""
    return NUMBER.finditer(text)


def plain_number(number: str) -> str:
    """Return *number* as two writings of it compare: no space, capitals, folded ("12 /nq-cp" is "12/NQ-CP")."""
    return re.sub(r"\s", "", fold(number)).upper()


def _one_line(text: str) -> str:
    folded = fold(" ".join(text.split()))
    return folded + (" " if text[-1:].isspace() else "")


def _type_of(before: str, clause: Clause, *, in_head: bool) -> RelationType:
    tail = _one_line(before)
    begins = fold(clause.text[:_NEAR])
    if _BASED_ON.match(begins) and (in_head or clause.text.rstrip().endswith(";")):
        return RelationType.BASED_ON
    sentence = re.split(r"[.;] ", tail)[-1]
    if in_head or _enacts(clause) or " nay " in f" {sentence} ":
        for relation, pattern in _cues():
            if (match := pattern.search(tail)) and not _is_of_another(sentence, len(tail) - match.start()):
                return relation
    if in_head and (_IMPLEMENTS.match(begins) or _implements().search(tail)):
        return RelationType.IMPLEMENTS
    return RelationType.MENTIONS


def _enacts(clause: Clause) -> bool:
    """Tell whether what *clause* says is done with it: under an article. In a plan "Sửa đổi Nghị định số …" is a task for later."""
    return any(step.kind is StepKind.ARTICLE for step in clause.path)


@cache
def _implements() -> re.Pattern[str]:
    return re.compile(rf"(?:thuc hien|trien khai|cu the hoa)(?: (?:cac )?(?:{_kinds()}))(?: so)?:? ?$")


def _is_of_another(sentence: str, from_end: int) -> bool:
    """Tell whether a document named before the verb does it: "Nghị định số 1/2025/NĐ-CP sửa đổi, bổ sung Nghị định …"."""
    subject = sentence[: max(0, len(sentence) - from_end)]
    return NUMBER.search(subject.upper()) is not None and " nay " not in f" {subject} "


def _ended_behind(after: str) -> RelationType | None:
    """Return what the words behind a number say that this document does to it: "… hết hiệu lực thi hành"."""
    following = NUMBER.search(after)
    tail = _one_line(after[: following.start()] if following else after)
    if _REPLACED_BY_THIS.match(tail):
        return RelationType.REPLACES
    return RelationType.REPEALS if _ENDS.match(tail) else None


def _sentence(text: str, position: int) -> tuple[int, int]:
    first, last = max(0, position - _REACH), min(len(text), position + _REACH)
    start = max(max(text.rfind(mark, first, position) for mark in (". ", "; ", ".\n", ";\n")) + 1, first)
    ends = [found for mark in (". ", "; ", ".\n", ";\n") if (found := text.find(mark, position, last)) >= 0]
    end = min(ends) + 1 if ends else last
    while start < position and text[start].isspace():
        start += 1
    return start, end


class _Listing:
    """A clause that ends "… bãi bỏ các văn bản sau:"; what the clauses below it name first is what it speaks of."""

    def __init__(self) -> None:
        self._path: Path = ()
        self._type: RelationType | None = None

    def type_below(self, clause: Clause) -> RelationType | None:
        """Return the relation that *clause* inherits, and take note of one that it opens itself."""
        inside = self._type is not None and clause.path[: len(self._path)] == self._path
        found = self._type if inside else None
        folded = _one_line(clause.text)
        opened = next((relation for relation, pattern in _LIST if pattern.search(folded)), None)
        if opened and not (_enacts(clause) or re.search(r"\bnay\b|\bhet hieu luc\b", folded)):
            opened = None
        if opened or not inside:
            own = clause.path[:-1] if clause.path[-1].kind is StepKind.PARAGRAPH else clause.path
            self._path, self._type = own, opened
        return found


def _types(
    clause: Clause, inherited: RelationType | None, *, in_head: bool
) -> list[tuple[re.Match[str], RelationType]]:
    """Return the numbers of *clause*, each with its relation."""
    matches = list(islice(numbers_in(clause.text), _MOST))
    found: list[tuple[re.Match[str], RelationType]] = []
    for index, match in enumerate(matches):
        before_it = clause.text[max(0, match.start() - _REACH) : match.start()]
        relation = _type_of(before_it, clause, in_head=in_head)
        if relation is RelationType.MENTIONS and inherited and index == 0 and match.start() < _NEAR:
            relation = inherited
        if relation is RelationType.MENTIONS and found:
            before = found[-1]
            between = clause.text[before[0].end() : match.start()]
            if len(between) < _REACH and _next().fullmatch(_one_line(between)):
                relation = before[1]
        found.append((match, relation))
    behind: RelationType | None = None
    for index in range(len(found) - 1, -1, -1):
        match, relation = found[index]
        ended = _ended_behind(clause.text[match.end() : match.end() + _REACH])
        if ended is None and behind and index + 1 < len(found):
            between = _one_line(clause.text[match.end() : min(found[index + 1][0].start(), match.end() + _REACH)])
            ended = behind if _next().fullmatch(between) else None
        if relation is RelationType.MENTIONS and ended:
            found[index] = match, ended
        behind = ended
    return found


def find_relations(clauses: Sequence[Clause], own: str | None) -> list[Relation]:
    """
    Return how the document of *clauses* stands to each document it names; each pair of type and number once.

    "Mentions" is left out for a number that stands in a stronger relation too. *own* is the document's own number. Who replaces or
    repeals only a part of a document amends it.
    """
    found: dict[tuple[RelationType, str], Relation] = {}
    listing = _Listing()
    for clause in clauses:
        in_head = clause.path[0] == Step(StepKind.HEAD)
        inherited = listing.type_below(clause)
        for match, relation in _types(clause, inherited, in_head=in_head):
            if len(found) >= _MOST:
                break
            number = " ".join(match.group().split())
            if own and plain_number(number) == plain_number(own):
                continue
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
