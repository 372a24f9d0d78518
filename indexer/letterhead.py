"""
Metadata out of the letterhead, the preamble and the signature block, as Nghị định 30/2020/NĐ-CP arranges them.

What is not printed stays None; a field that is printed blank ("Số:        /KH-ABC") is listed in ``unfilled`` with its place.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import regex as re

from indexer.columns import starts_like
from indexer.gazette_head import read_gazette_head
from indexer.relations import NUMBER, find_relations
from indexer.types import Metadata, Span, Stated, Step, StepKind, fold_white
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indexer.types import Clause

# "Số: 12/KH-UBND", "Luật số: 77/2015/QH13", "Số 36/QĐ-BTC", "s6: 5/KH" of a bad scan; where it was written by hand, space stands inside
_NUMBER_LINE = re.compile(
    r"(?:(?:bo luat|luat|phap lenh|nghi quyet|nghi dinh|lenh|sac lenh)\s+)?"
    r"(?:s[a-z0-9]{1,2}\s?[:;]\s*|so\s+(?=\d+\w?\s?[/-]\D|\d+$))"
    r"(?P<number>\d{1,5}[a-z]?\s{0,2}(?:/\s?(?:19|20)\d{2}\s?)?[/-]\s?[\w./&-]+|[\w./&-]*)"
)
_PRINTED_NUMBER = re.compile(r"so\s?:.{0,12}[/-]")  # whatever was read of what stands between
_NUMBER_SHAPE = re.compile(r"\d{1,5}\w?(?:/\d{4})?[/-]\S+|\d{1,3}")
_BLANK = r"[\s.,:;…_\-\"'’`|]*"  # what stands between the words where a number is filled in by hand
_DATE = re.compile(
    rf"(?:[^\W\d_][^\d:;/]{{1,40}})?(?P<words>\bnga[a-z]{_BLANK}(?P<day>\d{{1,2}})?{_BLANK}than[a-z]{_BLANK}(?P<month>\d{{1,2}})?{_BLANK}na[a-z]{_BLANK}(?P<year>(?:19|20)\d{{2}}))\d?\W*"
)  # a footnote's number may stand right behind the year
_NUMERIC_DATE = re.compile(r"ngay\s+(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_LINE = re.compile(r"[^\n]+")
_PIECE = re.compile(r"\S(?:\S| {1,2}(?=\S))*")  # of a line: what no wide space divides
_ATTACHED = re.compile(r"\(?\s*(?:ban hanh )?kem theo\s+(?P<kind>[a-z ]+?)\s+so\s*:?\s*")
_OF = re.compile(r"\bcua\s+(?P<issuer>[^()]{3,90}?)\s*\)?\s*$")
_LETTER_KIND = "CV"
_LETTER = re.compile(r"v/v\b|kinh gui\b")
_MISREAD_SUBJECT = re.compile(r"\S{0,3}[/ƒ]\S{1,2}\s+")  # "V/v" as recognised from italics
_ENDS_TITLE = re.compile(r"[_\-–—=*. ]+$|can cu |kinh gui|\((?:ban hanh )?kem theo|theo de nghi|xet de nghi")
_LONGEST_LINE = 160  # of a title set in several lines
_STATE = re.compile(r"c[o0]ng h[o0]a xa h|doc lap|[a-z]{3} 1?ap - tu do")
_ENACTS = re.compile(
    r"(?:^|[.;,]\s)(?P<issuer>[^.;,]{3,90}?)\s+(?:ban hanh|xay dung|quyet dinh ban hanh|de ra)\s+(?:ke hoach|quyet dinh|chuong trinh|"
    r"nghi quyet|chi thi|de an|phuong an|huong dan|thong bao|quy che|quy dinh)"
)
_GROUNDS = re.compile(r"can cu |theo de nghi |xet de nghi ")
_SUBJECT = re.compile(r"v/v\s*:?\s*|ve viec\s+")
_PERSON = re.compile(
    r"(?:(?:(?:GS|PGS|TS|ThS|BS|DS|KS|CN|LS|CKI+|Bác sĩ|Tiến sĩ|Thạc sĩ|Đại tướng|Thượng tướng|Trung tướng|Thiếu tướng|Đại tá|Thượng tá|"
    r"Trung tá|Thiếu tá)\b[.,]?\s*)+)?"
    r"(?P<name>(?:[\p{Lu}][\p{Ll}]+\s+){1,5}[\p{Lu}][\p{Ll}]+)"
)
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


def heads_subject(text: str) -> bool:
    """Tell whether *text* is a line below which the subject of a document begins: its kind in capitals, or its number."""
    folded = fold(fold_white(text))
    return (folded in kinds() and text == text.upper()) or _PRINTED_NUMBER.match(folded) is not None


class _Head:
    """The clauses before the first number of the ladder, and the notes under the annex headings."""

    def __init__(self, document: str, clauses: Sequence[Clause]) -> None:
        self.document = document
        self.head = [clause for clause in clauses if clause.path[0] == Step(StepKind.HEAD)]
        self.damaged = any(
            clause.reading is not None for clause in clauses
        )  # then sentences are better read than names
        self.notes = [c for c in clauses if c.path[0].kind is StepKind.APPENDIX and c.text.startswith("(")]
        self.tail = [c for c in clauses if c.path[0].kind is StepKind.SIGNATURE]
        self.others = [c for c in clauses if c.path[0].kind not in (StepKind.SIGNATURE, StepKind.RECIPIENTS)]
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
    below = [clause for clause in head.head if kind and clause.start > kind.start]
    gazette = read_gazette_head(document, below)
    if gazette is not None:
        number, issued_on = number or gazette.number, issued_on or gazette.issued_on
        below = [rest for clause in below if (rest := _behind(clause, gazette.end))]
    return Metadata(
        number=number,
        issued_on=issued_on,
        issuer=_issuer(head) or (gazette.issuer if gazette else None),
        kind=kind,
        title=_title(head, kind, below, clauses),
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
        value = re.sub(r"\s", "", printed)
        if _NUMBER_SHAPE.fullmatch(value):
            return head.stated(value, clause, start, start + len(printed)), None
        return None, ("number", Span(clause.start, clause.start + max(end, match.end())))
    for clause in head.notes:
        if (attached := _ATTACHED.match(fold(clause.text))) and (match_ := NUMBER.match(clause.text, attached.end())):
            return head.stated(match_.group(), clause, match_.start(), match_.end()), None
    return None, None


def _date(head: _Head) -> tuple[Stated | None, Unfilled | None]:
    for clause in (*head.head, *head.tail):
        if _GROUNDS.match(fold(clause.text)) or clause.text.startswith("("):
            continue
        for line in _LINE.finditer(clause.text):
            number = _NUMBER_LINE.match(fold(line.group()))  # both may stand on one line, with any space between them
            start = line.start() + (number.end() if number else 0)
            rest = clause.text[start : line.end()]
            pieces = [
                (start + len(rest) - len(rest.lstrip()), rest.strip()),
                *((start + m.start(), m.group()) for m in _PIECE.finditer(rest)),
            ]
            for offset, piece in pieces:
                if match := _DATE.fullmatch(fold(piece)):
                    return _date_at(head, clause, offset, match)
    for clause in head.notes:
        if _ATTACHED.match(fold(clause.text)) and (numeric := _NUMERIC_DATE.search(fold(clause.text))):
            return head.stated(_iso(*numeric.groups()), clause, numeric.start(), numeric.end()), None
    return None, None


def _date_at(head: _Head, clause: Clause, offset: int, match: re.Match[str]) -> tuple[Stated | None, Unfilled | None]:
    """Return the date that *match* found *offset* characters into *clause*; its words begin with "ngày"."""
    start = offset + match.start("words")
    end = offset + len(match.group().rstrip(" .,;"))
    day, month, year = match.group("day"), match.group("month"), match.group("year")
    if day and month and 0 < int(day) <= 31 and 0 < int(month) <= 12:
        return head.stated(_iso(day, month, year), clause, start, end), None
    return None, ("issued_on", Span(clause.start + start, clause.start + end))


def _iso(day: str, month: str, year: str) -> str:
    return f"{year}-{int(month):02}-{int(day):02}"


def _kind(head: _Head) -> Stated | None:
    for clause in head.head:
        name = fold(fold_white(clause.text)).strip(" *_:")
        if name in kinds() and clause.text.upper() == clause.text:
            return head.stated(kinds()[name], clause, 0, len(clause.text))
    for clause in head.notes:
        attached = _ATTACHED.match(fold(clause.text))
        if attached and (abbreviation := kinds().get(fold_white(attached.group("kind")))):
            return head.stated(abbreviation, clause, *attached.span("kind"))
    return _kind_of_letter(head)


def _kind_of_letter(head: _Head) -> Stated | None:
    """A công văn prints no kind: it has "V/v" under its number, or is addressed to somebody."""
    numbered = [i for i, clause in enumerate(head.head) if _NUMBER_LINE.match(fold(clause.text))]
    for clause in head.head[numbered[0] :] if numbered else ():
        if match := _LETTER.match(fold(clause.text)):
            return head.stated(_LETTER_KIND, clause, match.start(), match.end())
    return None


def _behind(clause: Clause, offset: int) -> Clause | None:
    """Return the part of *clause* behind *offset*, None where nothing of it stands there."""
    rest = clause.text[max(0, offset - clause.start) :].lstrip()
    return replace(clause, start=clause.end - len(rest), text=rest) if rest else None


def _title(head: _Head, kind: Stated | None, below: Sequence[Clause], clauses: Sequence[Clause]) -> Stated | None:
    if kind is not None and kind.value != _LETTER_KIND and (title := _title_below(head, below)):
        return title
    for clause in head.head:
        if match := _SUBJECT.match(fold(clause.text)):
            return head.stated(fold_white(clause.text[match.end() :]), clause, match.end(), len(clause.text))
    if kind is not None and kind.value == _LETTER_KIND and (subject := _subject_below_number(head)):
        return subject
    annexes = [c for c in clauses if c.path[-1].kind is StepKind.APPENDIX and c.heading]
    if not head.head and annexes:
        first = annexes[0]
        begin = first.text.find(first.heading.split(maxsplit=1)[0]) if first.heading else 0
        return head.stated(first.heading or "", first, max(begin, 0), len(first.text))
    return None


def _subject_below_number(head: _Head) -> Stated | None:
    """Return the subject of a letter whose "V/v" was not recognised: what stands below its number, before the State or the addressee."""
    for number, clause in zip(head.head, head.head[1:], strict=False):
        if not _NUMBER_LINE.match(fold(number.text)):
            continue
        folded = fold(clause.text)
        if (
            _STATE.match(folded)
            or _LETTER.match(folded)
            or clause.text == clause.text.upper()
            or _DATE.fullmatch(folded)
        ):
            return None
        start = match.end() if (match := _MISREAD_SUBJECT.match(clause.text)) else 0
        return head.stated(fold_white(clause.text[start:]), clause, start, len(clause.text))
    return None


def _title_below(head: _Head, below: Sequence[Clause]) -> Stated | None:
    """Return what stands *below* the kind of document, up to a rule, a ground, an addressee or the authority that decides."""
    lines: list[Clause] = []
    for clause in below:
        folded = fold(fold_white(clause.text))
        if _ENDS_TITLE.match(folded) or _is_authority(clause.text) or (lines and _ends_title(lines, clause)):
            break
        lines.append(clause)
    if not lines:
        return None
    text = fold_white(" ".join(clause.text for clause in lines))
    return head.stated(text, lines[0], 0, lines[-1].end - lines[0].start)


def _is_authority(text: str) -> bool:
    """Tell whether *text* names who decides: "BỘ TRƯỞNG BỘ TÀI CHÍNH", "ỦY BAN NHÂN DÂN TỈNH"."""
    return text == text.upper() and len(text) <= _LONGEST_LINE and starts_like("bodies", fold_white(text))


def _ends_title(lines: Sequence[Clause], clause: Clause) -> bool:
    """Tell whether *clause* is no further line of the title: it is prose, or in capitals below small letters."""
    capitals = clause.text == clause.text.upper()
    prose = len(clause.text) > _LONGEST_LINE or clause.text.endswith((".", ";", ":", ","))
    return prose or capitals != (lines[-1].text == lines[-1].text.upper())


def _issuer(head: _Head) -> Stated | None:
    """Return the body of the letterhead, as running text writes it where it does; without a letterhead, the body that the text says decides."""
    above = _issuer_above(head)
    for clause in reversed(head.head):
        if _GROUNDS.match(fold(clause.text)):
            continue
        for match in _ENACTS.finditer(fold(" ".join(clause.text.splitlines()))):
            stated = _issuer_at(head, clause, match.group("issuer"))
            if stated and (above is None or head.damaged or _spelled(stated.value) == _spelled(above.value)):
                return stated
    if above is not None:
        return above
    for clause in head.notes:
        if _ATTACHED.match(fold(clause.text)) and (match_ := _OF.search(fold(clause.text))):
            start, end = match_.span("issuer")
            return head.stated(fold_white(clause.text[start:end]), clause, start, end)
    return None


def _spelled(name: str) -> str:
    """Return *name* as two writings of it compare."""
    return fold(fold_white(name)).replace("uy ban nhan dan", "ubnd").replace("hoi dong nhan dan", "hdnd")


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
        name = clause.text[:end].strip(" -–—_*\n")
        if name and not folded.startswith("cong bao") and _OFFICE.fullmatch(fold_white(name)):
            if found and above and _goes_on_with(found.value, name):
                found = head.stated(
                    f"{found.value} {fold_white(name)}", above, 0, clause.start - above.start + len(name)
                )
            else:
                found, above = head.stated(fold_white(name), clause, 0, len(name)), clause
    return found


def _goes_on_with(above: str, name: str) -> bool:
    """Tell whether *name* is the second line of the name *above*: a place below a committee or council, or no body by itself."""
    if _PLACE.match(fold(name)):
        return _COUNCIL.fullmatch(fold(above)) is not None
    return not starts_like("bodies", name)


def _issuer_at(head: _Head, clause: Clause, folded: str) -> Stated | None:
    """Find the words *folded* again in the clause, whose line ends may stand between them."""
    pattern = r"\s+".join(map(re.escape, folded.split()))
    match = re.search(pattern, fold(clause.text))
    if not match or not clause.text[match.start()].isupper():
        return None
    return head.stated(fold_white(clause.text[match.start() : match.end()]), clause, match.start(), match.end())


def _signer(head: _Head) -> Stated | None:
    """Return the person below the office in the first signature block; what is annexed may bear others."""
    for clause in _signature(head):
        for piece in _PIECE.finditer(clause.text):
            if (match := _PERSON.fullmatch(fold_white(piece.group()))) and not starts_like("bodies", piece.group()):
                begin = piece.start() + piece.group().index(match.group("name").split()[0])
                return head.stated(match.group("name"), clause, begin, piece.end())
    return None


def _signature(head: _Head) -> list[Clause]:
    """Return the lines of the first signature block: those up to where other clauses stand between them."""
    block: list[Clause] = []
    for clause in head.tail:
        if block and any(block[-1].end < other.start < clause.start for other in head.others):
            break
        block.append(clause)
    return block


def _office(head: _Head) -> Stated | None:
    offices = [
        clause
        for clause in _signature(head)
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
