"""
Metadata out of the letterhead, the preamble and the signature block, as Nghị định 30/2020/NĐ-CP arranges them.

What is not printed stays None; a field that is printed blank ("Số:        /KH-ABC") is listed in ``unfilled`` with its place.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import regex as re

from indexer.relations import NUMBER, find_relations
from indexer.types import Metadata, Span, Stated, Step, StepKind, fold_white
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indexer.types import Clause

_NUMBER_LINE = re.compile(r"s[a-z0-9]{1,2}\s?:\s*(?P<number>[\w./&-]*)")
_NUMBER_SHAPE = re.compile(r"\d{1,5}(?:/\d{4})?[/-]\S+")
_DATE = re.compile(r"ngay\s*(?P<day>\d{1,2})?\s*thang\s*(?P<month>\d{1,2})?\s*nam\s*(?P<year>\d{4})")
_NUMERIC_DATE = re.compile(r"ngay\s+(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_ATTACHED = re.compile(r"\(?\s*(?:ban hanh )?kem theo\s+(?P<kind>[a-z ]+?)\s+so\s*:?\s*")
_OF = re.compile(r"\bcua\s+(?P<issuer>[^()]{3,90}?)\s*\)?\s*$")
_STATE = re.compile(r"c[o0]ng h[o0]a xa h|doc lap|[a-z]{3} 1?ap - tu do")
_ENACTS = re.compile(
    r"(?:^|[.;,]\s)(?P<issuer>[^.;,]{3,90}?)\s+(?:ban hanh|xay dung|quyet dinh ban hanh|de ra)\s+(?:ke hoach|quyet dinh|chuong trinh|"
    r"nghi quyet|chi thi|de an|phuong an|huong dan|thong bao|quy che|quy dinh)"
)
_GROUNDS = re.compile(r"can cu |theo de nghi |xet de nghi ")
_SUBJECT = re.compile(r"v/v\s*:?\s*|ve viec\s+")
_PERSON = re.compile(r"(?:[\p{Lu}][\p{Ll}]+\s+){1,5}[\p{Lu}][\p{Ll}]+")
_OFFICE = re.compile(r"[\p{Lu}0-9 .,/&-]{4,}")


@cache
def kinds() -> dict[str, str]:
    """Return the abbreviation of every kind of document by its folded name."""
    return dict(_data()["kinds"])


@cache
def kind_names() -> dict[str, str]:
    """Return how a kind is written, by its abbreviation: ``kind_names()["KH"] == "Kế hoạch"``."""
    return dict(_data()["names"])


@cache
def attached_names() -> dict[str, str]:
    """Return how what is issued with a document is called, by its folded name: ``attached_names()["quy che"] == "Quy chế"``."""
    named = {name: kind_names()[short] for name, short in kinds().items() if short in kind_names()}
    return named | _data()["attached"]


@cache
def _data() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("indexer").joinpath("kinds.toml").read_text(encoding="utf-8"))


class _Head:
    """The clauses before the first number of the ladder, and the notes under the annex headings."""

    def __init__(self, document: str, clauses: Sequence[Clause]) -> None:
        self.document = document
        self.head = [clause for clause in clauses if clause.path[0] == Step(StepKind.HEAD)]
        self.notes = [c for c in clauses if c.path[0].kind is StepKind.APPENDIX and c.text.startswith("(")]
        self.tail = [c for c in clauses if c.path[0].kind is StepKind.SIGNATURE]
        self.recipients = [c for c in clauses if c.path[0].kind is StepKind.RECIPIENTS and len(c.path) > 1]

    def stated(self, value: str, clause: Clause, start: int, end: int) -> Stated:
        """Return *value* with its place in *clause*."""
        return Stated(value, self.document, clause.start + start, clause.start + end)


def read_metadata(document: str, clauses: Sequence[Clause]) -> Metadata:
    """Return what *clauses* of the document with id *document* say of it."""
    head = _Head(document, clauses)
    number, unfilled = _number(head)
    issued_on, unfilled_date = _date(head)
    kind = _kind(head)
    return Metadata(
        number=number,
        issued_on=issued_on,
        issuer=_issuer(head),
        kind=kind,
        title=_title(head, kind, clauses),
        signer=_signer(head),
        signer_office=_office(head),
        recipients=tuple(_recipients(head)),
        relations=tuple(find_relations(clauses, number.value if number else None)),
        unfilled=tuple(item for item in (unfilled, unfilled_date) if item),
    )


Unfilled = tuple[str, Span]


def _number(head: _Head) -> tuple[Stated | None, Unfilled | None]:
    for clause in head.head:
        match = _NUMBER_LINE.match(fold(clause.text))
        if not match:
            continue
        start, end = match.span("number")
        printed = clause.text[start:end].rstrip(".,;")
        if _NUMBER_SHAPE.fullmatch(printed):
            return head.stated(printed, clause, start, start + len(printed)), None
        return None, ("number", Span(clause.start, clause.start + max(end, match.end())))
    for clause in head.notes:
        if (attached := _ATTACHED.match(fold(clause.text))) and (match_ := NUMBER.match(clause.text, attached.end())):
            return head.stated(match_.group(), clause, match_.start(), match_.end()), None
    return None, None


def _date(head: _Head) -> tuple[Stated | None, Unfilled | None]:
    for clause in head.head:
        match = _DATE.search(fold(clause.text))
        if not match or len(clause.text) > 150:
            continue
        day, month, year = match.group("day"), match.group("month"), match.group("year")
        if day and month:
            return head.stated(f"{year}-{int(month):02}-{int(day):02}", clause, match.start(), match.end()), None
        return None, ("issued_on", Span(clause.start + match.start(), clause.start + match.end()))
    for clause in head.notes:
        if _ATTACHED.match(fold(clause.text)) and (numeric := _NUMERIC_DATE.search(fold(clause.text))):
            day, month, year = numeric.groups()
            return head.stated(f"{year}-{int(month):02}-{int(day):02}", clause, numeric.start(), numeric.end()), None
    return None, None


def _kind(head: _Head) -> Stated | None:
    for clause in head.head:
        name = fold(fold_white(clause.text))
        if name in kinds() and clause.text.upper() == clause.text:
            return head.stated(kinds()[name], clause, 0, len(clause.text))
    for clause in head.notes:
        attached = _ATTACHED.match(fold(clause.text))
        if attached and (abbreviation := kinds().get(fold_white(attached.group("kind")))):
            return head.stated(abbreviation, clause, *attached.span("kind"))
    return None


def _title(head: _Head, kind: Stated | None, clauses: Sequence[Clause]) -> Stated | None:
    if kind is not None:
        for position, clause in enumerate(head.head):
            if clause.start == kind.start and position + 1 < len(head.head):
                title = head.head[position + 1]
                return head.stated(fold_white(title.text), title, 0, len(title.text))
    for clause in head.head:
        if match := _SUBJECT.match(fold(clause.text)):
            return head.stated(fold_white(clause.text[match.end() :]), clause, match.end(), len(clause.text))
    annexes = [c for c in clauses if c.path[-1].kind is StepKind.APPENDIX and c.heading]
    if not head.head and annexes:
        first = annexes[0]
        begin = first.text.find(first.heading.split(maxsplit=1)[0]) if first.heading else 0
        return head.stated(first.heading or "", first, max(begin, 0), len(first.text))
    return None


def _issuer(head: _Head) -> Stated | None:
    for clause in reversed(head.head):
        if _GROUNDS.match(fold(clause.text)):
            continue
        for match in _ENACTS.finditer(fold(" ".join(clause.text.splitlines()))):
            if stated := _issuer_at(head, clause, match.group("issuer")):
                return stated
    for clause in head.notes:
        if _ATTACHED.match(fold(clause.text)) and (match_ := _OF.search(fold(clause.text))):
            start, end = match_.span("issuer")
            return head.stated(fold_white(clause.text[start:end]), clause, start, end)
    return _issuer_above(head)


_PLACE = re.compile(r"(?:tinh|thanh pho|quan|huyen|thi xa|xa|phuong|thi tran|dac khu)\s")
_COUNCIL = re.compile(r"(?:uy ban nhan dan|ubnd|hoi dong nhan dan|hdnd)")


def _issuer_above(head: _Head) -> Stated | None:
    """Return the last name in capitals above the kind of document, cut off before the name of the State beside it."""
    found: Stated | None = None
    above: Clause | None = None
    for clause in head.head:
        folded = fold(clause.text)
        if fold_white(folded) in kinds():
            break
        if _NUMBER_LINE.match(folded) and found is not None:
            break
        beside = _STATE.search(folded)
        end = beside.start() if beside else len(clause.text)
        name = clause.text[:end].strip()
        if name and not folded.startswith("cong bao") and _OFFICE.fullmatch(fold_white(name)):
            if found and above and _PLACE.match(folded) and _COUNCIL.fullmatch(fold(found.value)):
                # one name on two lines: a place is not an agency without the committee or council above it
                found = head.stated(
                    f"{found.value} {fold_white(name)}", above, 0, clause.start - above.start + len(name)
                )
            else:
                found, above = head.stated(fold_white(name), clause, 0, len(name)), clause
    return found


def _issuer_at(head: _Head, clause: Clause, folded: str) -> Stated | None:
    """Find the words *folded* again in the clause, whose line ends may stand between them."""
    pattern = r"\s+".join(map(re.escape, folded.split()))
    match = re.search(pattern, fold(clause.text))
    if not match or not clause.text[match.start()].isupper():
        return None
    return head.stated(fold_white(clause.text[match.start() : match.end()]), clause, match.start(), match.end())


def _signer(head: _Head) -> Stated | None:
    for clause in reversed(head.tail):
        if _PERSON.fullmatch(fold_white(clause.text)):
            return head.stated(fold_white(clause.text), clause, 0, len(clause.text))
    return None


def _office(head: _Head) -> Stated | None:
    offices = [
        clause
        for clause in head.tail
        if _OFFICE.fullmatch(fold_white(clause.text)) and any(c.isalpha() for c in clause.text)
    ]
    if not offices:
        return None
    return head.stated(fold_white(offices[-1].text), offices[-1], 0, len(offices[-1].text))


def _recipients(head: _Head) -> Iterator[Stated]:
    for clause in head.recipients:
        match = re.match(r"[-–+•*]\s*", clause.text)
        start = match.end() if match else 0
        end = len(clause.text.rstrip(" ;.,"))
        if end > start:
            yield head.stated(fold_white(clause.text[start:end]), clause, start, end)
