"""
Number and date of a document that does not print them, taken from the documents that cite it.

"Kế hoạch số 12/KH-UBND ngày 15/01/2026 của UBND tỉnh về …" in another document tells both, when kind, issuer and title are those of the
document, and no other citation fits as well. What is taken is marked as inferred, with the words that prove it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import regex as re

from indexer.agencies import AgencyKeys
from indexer.intervals import Unit, find_intervals
from indexer.letterhead import kinds
from indexer.records import is_record_file
from indexer.relations import numbers_in, plain_number
from indexer.types import Stated, fold_white
from indexer.vietnamese import fold, syllables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indexer.types import Document, Metadata, ParsedDocument

MARK = "Suy ra từ văn bản dẫn chiếu: "  # how the reason of every inferred value begins
_NUMBER_REASON = (
    MARK
    + "văn bản không in số, ký hiệu; loại văn bản, cơ quan ban hành và trích yếu được dẫn chiếu khớp với văn bản này."
)
_DATE_REASON = MARK + "văn bản không in đủ ngày ban hành; nơi dẫn chiếu ghi ngày này bên cạnh số, ký hiệu."
_SAME_TITLE = 0.6  # share of the title's pairs of words that a citation must repeat
_CLEARLY = 0.15  # by how much the best number must fit better than the next
_TITLE_LETTERS = 500

_ISSUER = re.compile(
    r"\s+của\s+(?P<issuer>\p{Lu}[^,;.()]{2,80}?)(?=\s+(?:về|thực|triển|ban\s+hành|phê|quy|sửa|v/v|nhằm|trong|có|đã|được|tiếp|và(?=\s+\p{Lu}))(?!\w)|[,;.()]|\s*$)"
)
_DATE = re.compile(
    r"\s*,?\s*(?:ký\s+)?ngày\s*\d{1,2}(?:\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{4}|\s*tháng\s*\d{1,2}\s*,?\s*năm\s*\d{4})"
)
_ABOUT = re.compile(r"\s*,?\s*(?:(?:về(?:\s+việc)?|v/v:?)\s+)?")
_TITLE_END = re.compile(r"[;(“\"]|\.\s")
_HEAD_OF = re.compile(r"^(?:chu tich|giam doc|bo truong|truong ban) ")
_PLACE = re.compile(r"(?:[Tt]ỉnh|TỈNH|[Tt]hành phố|THÀNH PHỐ)\s+((?:\p{Lu}\w*\s*)+)")


@dataclass(frozen=True, slots=True)
class Cited:
    """A place where a document names another by kind and number, with what it says of it."""

    document: str
    number: str
    kind: str
    issued_on: str | None
    issuer: str | None
    about: str
    start: int
    end: int


def is_inferred(stated: Stated) -> bool:
    """Tell whether *stated* was taken from a document that cites this one."""
    return stated.reason is not None and stated.reason.startswith(MARK)


def infer_metadata(parsed: Sequence[ParsedDocument]) -> list[ParsedDocument]:
    """
    Return *parsed* with numbers and dates that are not printed taken from citations in the others, as :class:`Stated` with a reason.

    A printed or curated value stays. Lines of JSON, which have no letterhead, and bad scans neither give nor get anything: what is
    printed in them is not known. Where two numbers fit, or one number fits two documents, nothing is inferred. What was inferred before
    is inferred anew.
    """
    plain = [_without_inferred(one) for one in parsed]
    papers = [one for one in plain if not is_record_file(one.document.file)]
    lacking = [one for one in papers if _lacks(one.document)]
    if not lacking:
        return plain
    sound = [one.document for one in papers if one.document.reading is None]
    keys = AgencyKeys.learn(document.text for document in sound)
    citations = [citation for document in sound for citation in cited_in(document)]
    found = {one.document.id: _inferred(one.document, citations, sound, keys) for one in lacking}
    numbers = [plain_number(values["number"].value) for values in found.values() if "number" in values]
    done = []
    for one in plain:
        changes: dict[str, Any] = found.get(one.document.id, {})
        if "number" in changes and numbers.count(plain_number(changes["number"].value)) > 1:
            changes = {}
        done.append(_with(one, changes) if changes else one)
    return done


def _lacks(document: Document) -> bool:
    metadata = document.metadata
    return document.reading is None and (metadata.number is None or metadata.issued_on is None)


def _with(one: ParsedDocument, changes: dict[str, Any]) -> ParsedDocument:
    metadata: Metadata = replace(one.document.metadata, **changes)
    return replace(one, document=replace(one.document, metadata=metadata))


def _without_inferred(one: ParsedDocument) -> ParsedDocument:
    metadata = one.document.metadata
    old = {
        name: None
        for name in ("number", "issued_on")
        if (stated := getattr(metadata, name)) is not None and is_inferred(stated)
    }
    return _with(one, old) if old else one


def cited_in(document: Document) -> Iterator[Cited]:
    """Yield the places where *document* names another by its kind and number."""
    text = document.text
    names = "|".join(r"\s+".join(name.split()) for name in sorted(kinds(), key=len, reverse=True))
    kind_before = re.compile(rf"(?<!\w)(?P<kind>{names})\s+(?:so\s*:?\s*)?$")
    for match in numbers_in(text):
        begin = max(0, match.start() - 60)
        kind = kind_before.search(fold(text[begin : match.start()]))
        if kind is None:
            continue
        end, issued_on, issuer = match.end(), None, None
        if date := _DATE.match(text, end):
            days = [day for day in find_intervals(date.group()) if day.unit is Unit.DAY and day.first]
            issued_on = days[0].first.isoformat() if days and days[0].first else None
            end = date.end()
        if body := _ISSUER.match(text, end):
            issuer, end = fold_white(body["issuer"]), body.end()
        about_start = _ABOUT.match(text, end)
        about = text[about_start.end() if about_start else end :][:_TITLE_LETTERS]
        if stop := _TITLE_END.search(about):
            about = about[: stop.start()]
        name = kinds()[fold_white(kind["kind"])]
        number = " ".join(match.group().split())
        yield Cited(document.id, number, name, issued_on, issuer, about, begin + kind.start(), end)


def _inferred(
    document: Document, citations: Sequence[Cited], sound: Sequence[Document], keys: AgencyKeys
) -> dict[str, Stated]:
    """Return what the citations of *document* tell of it."""
    metadata = document.metadata
    others = [one for one in citations if one.document != document.id]
    values: dict[str, Stated] = {}
    if metadata.number is not None:
        number = plain_number(metadata.number.value)
        cited = [one for one in others if plain_number(one.number) == number and _fits_issuer(one, document, keys)]
    else:
        cited = _best(document, others, sound, keys)
        if cited:
            first = cited[0]
            values["number"] = Stated(first.number, first.document, first.start, first.end, _NUMBER_REASON)
    dates = {one.issued_on for one in cited if one.issued_on}
    if metadata.issued_on is None and len(dates) == 1:
        dated = next(one for one in cited if one.issued_on)
        if _fits_date(dated, document):
            values["issued_on"] = Stated(dated.issued_on or "", dated.document, dated.start, dated.end, _DATE_REASON)
    return values


def _best(document: Document, citations: Sequence[Cited], sound: Sequence[Document], keys: AgencyKeys) -> list[Cited]:
    """Return the citations of the one number that clearly fits *document* best, the fullest first; none where there is no such."""
    taken = {plain_number(d.metadata.number.value) for d in sound if d.metadata.number and d.id != document.id}
    own = {plain_number(match.group()) for match in numbers_in(document.text)}  # a document does not cite itself
    scores: dict[str, list[tuple[float, Cited]]] = {}
    for one in citations:
        number = plain_number(one.number)
        if number in taken or number in own or not _may_be(one, document, keys):
            continue
        if (score := _same_title(document, one)) >= _SAME_TITLE:
            scores.setdefault(number, []).append((score, one))
    ranked = sorted(scores.values(), key=lambda found: -max(score for score, _ in found))
    if not ranked:
        return []
    best = max(score for score, _ in ranked[0])
    if len(ranked) > 1 and best - max(score for score, _ in ranked[1]) < _CLEARLY:
        return []
    return [
        one
        for _, one in sorted(ranked[0], key=lambda item: (item[1].issued_on is None, item[1].issuer is None, -item[0]))
    ]


def _may_be(one: Cited, document: Document, keys: AgencyKeys) -> bool:
    """Tell whether nothing that *document* prints speaks against the citation, and its issuer speaks for it."""
    metadata = document.metadata
    if metadata.kind is None or one.kind != metadata.kind.value:
        return False
    suffix = _printed_suffix(document)
    if suffix and not plain_number(one.number).endswith(suffix):
        return False
    return _fits_issuer(one, document, keys, unsaid=suffix is not None) and _fits_date(one, document)


def _printed_suffix(document: Document) -> str | None:
    """Return what is printed of a number that was left blank: "/KH-UBND" of "Số:      /KH-UBND"."""
    for name, span in document.metadata.unfilled:
        if name == "number" and (match := re.search(r"[/-]\s*\p{Lu}[^\s,;]*", document.text[span.start : span.end])):
            return plain_number(match.group())
    return None


def may_cite(one: Cited, document: Document, keys: AgencyKeys) -> bool:
    """Tell whether the issuer and the date that a citation names are those of *document*, as far as both are known."""
    return _fits_issuer(one, document, keys) and _fits_date(one, document)


def _fits_issuer(one: Cited, document: Document, keys: AgencyKeys, *, unsaid: bool = True) -> bool:
    issuer = document.metadata.issuer
    if one.issuer is None or issuer is None:
        return unsaid
    places = [_PLACE.search(name) for name in (one.issuer, issuer.value)]
    named = {fold(match.group(1)).strip() for match in places if match}
    said = _HEAD_OF.sub("", keys.key(one.issuer))  # "Chủ tịch UBND tỉnh" signs on the paper of "UBND tỉnh"
    return said == _HEAD_OF.sub("", keys.key(issuer.value)) and len(named) < 2


def _fits_date(one: Cited, document: Document) -> bool:
    """Tell whether the date of the citation is the one printed, or has the month and year of one that lacks its day."""
    if one.issued_on is None:
        return True
    if document.metadata.issued_on is not None:
        return document.metadata.issued_on.value == one.issued_on
    for name, span in document.metadata.unfilled:
        if name == "issued_on":
            printed = fold(document.text[span.start : span.end])
            year, month = re.search(r"nam\s*(\d{4})", printed), re.search(r"thang\s*(\d{1,2})", printed)
            if year and year.group(1) != one.issued_on[:4]:
                return False
            if month and int(month.group(1)) != int(one.issued_on[5:7]):
                return False
    return True


def _tokens(text: str) -> list[str]:
    return [re.sub(r"(?<!\d)0+(?=\d)", "", fold(word)) for word in syllables(text)]


def _same_title(document: Document, one: Cited) -> float:
    """Return the share of the title's pairs of words that stand behind the citation; 0 where a number or year there is none of the title's."""
    title = document.metadata.title
    if title is None:
        return 0.0
    match = _ABOUT.match(title.value)
    wanted = _tokens(title.value[match.end() :] if match else title.value)
    said = _tokens(one.about)[: len(wanted)]
    if {word for word in said if word[0].isdigit()} - set(wanted) or len(wanted) < 4:
        return 0.0
    pairs = set(pairwise(wanted))
    return len(pairs & set(pairwise(said))) / len(pairs)
