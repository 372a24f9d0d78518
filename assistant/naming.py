"""Which documents a question names: by number, by "kế hoạch của …", by what they are called."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from assistant.lexicon import abbreviations, light_words
from indexer.agencies import COMMUNES, agency_key
from indexer.letterhead import kind_names, kinds
from indexer.relations import NUMBER, plain_number
from indexer.title_table import RUN
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.corpus import Corpus
    from indexer.agencies import Agency
    from indexer.types import Document

_KIND = (
    r"(?:ke hoach|quyet dinh|nghi quyet|cong van|chi thi|thong bao|to trinh|bao cao|chuong trinh|de an|luat|nghi dinh|"
    r"thong tu lien tich|thong tu|sac lenh|huong dan|kh)"
)
_DOCUMENT_WORD = rf"(?:{_KIND}|van ban|phu luc)"
_BARE_NUMBER = re.compile(
    rf"\b({_KIND}|van ban)\s*(?:so\s*)?:?\s*(\d{{1,5}})(?![\d-])(?:/((?:19|20)\d\d)\b)?|\b(?:so|ban|ban so)\s*(\d{{3,5}})(?![\d/%-])"
)
_LOOSE_NUMBER = re.compile(r"(?<![\w/])\d{1,5}(?:/\d{4})?\s?[/-]\s?[a-zđ][\wđ&]*(?:[/-]\s?[\wđ&]+)*", re.IGNORECASE)
_YEARED = re.compile(rf"\b{_KIND}\s*(?:so\s*)?:?\s*(\d{{1,5}}/(?:19|20)\d\d)(?![/\d-])")  # "Nghị định 12/2024"
_SERVED = re.compile(
    r"\b(?:thuc hien|trien khai|cu the hoa|can cu(?: vao)?|theo)\s+(?:ke hoach|van ban|nghi quyet|kh|chuong trinh)?\s*(?:so)?\s*$"
)


_SHORT_KIND = re.compile(r"\b([a-z]{2,3}) ?(?:so )?(\d{1,5})\b")


def with_kinds(typed: str, text: str, corpus: Corpus) -> str:
    """
    Return *text*, as *typed* is understood, with the kind of a document in the place of its abbreviation, or of another meaning of it.

    "ct 21" is "chỉ thị 21" where the corpus has such a document, and no row 21 of what the abbreviation else stands for.
    """
    for match in _SHORT_KIND.finditer(fold(typed)):
        code, number = match.group(1).upper(), match.group(2)
        kind, meant = kind_names().get(code), abbreviations().get(code.lower(), code)
        if not kind or fold(kind) == fold(meant):
            continue
        named = [corpus.index.document(name).metadata.kind for name in corpus.heads.get(number, ())]
        is_row = any(at.table.noun == meant and at.row.number == number for at in corpus.rows)
        if any(found and found.value == code for found in named) and not is_row:
            text = re.sub(rf"{re.escape(meant)}(?= (?:số )?{number}\b)", kind.lower(), text, flags=re.IGNORECASE)
    return text


_LISTED = re.compile(
    rf"\b({_KIND})\s+(?:so\s+)?\d{{1,5}}(?:/\d{{4}})?(?:\s+nam\s+\d{{4}})?(?=\s*(?:,|va)\s*(?:so\s+)?\d{{1,5}}(?![\d/%.,]*\d))"
)


def _each_with_kind(folded: str) -> str:
    """Return *folded* with the word for the kind before every number of a list: "nghị quyết 97, 105 và 175"."""
    done, place = "", 0
    for match in _LISTED.finditer(folded):
        more = re.compile(r"(?:\s*(?:,|va)\s*(?:so\s+)?\d{1,5}(?:\s+nam\s+\d{4})?)+").match(folded, match.end())
        if more:
            figures = re.findall(r"\d{1,5}(?:\s+nam\s+\d{4})?", more.group())
            done += folded[place : match.end()] + "".join(f", {match.group(1)} {figure}" for figure in figures)
            place = more.end()
    return done + folded[place:]


def numbers_in_question(text: str, corpus: Corpus) -> list[tuple[str, tuple[int, int]]]:
    """Return the document numbers of *text* with their places, in the writing of the corpus where it knows them."""
    found = [(match.group(), match.span()) for match in NUMBER.finditer(text)]
    taken = {span for _, span in found}
    for match in _LOOSE_NUMBER.finditer(text):
        known = corpus.numbers.get(plain_number(match.group()))
        if known and not any(start < match.end() and match.start() < end for start, end in taken):
            found.append((known, match.span()))
    for match in _YEARED.finditer(fold(text)):
        full = [number for _, number in corpus.numbers.starting(f"{match.group(1)}/")]
        if len({plain_number(number) for number in full}) == 1:
            found.append((full[0], match.span(1)))
    return [(corpus.numbers.get(plain_number(number), number), span) for number, span in found]


def foreign_number(folded: str, corpus: Corpus) -> str | None:
    """Return the full number of a document that is only named in the corpus and here by its figure: "kế hoạch 2408"."""
    for match in re.finditer(r"\bke hoach\s*(?:so\s*)?(\d{3,5})(?![\d/-])", folded):
        started = corpus.numbers.starting(f"{match.group(1)}/", f"{match.group(1)}-")
        heads = [number for plain, number in started if "KH" in plain]
        if heads and match.group(1) not in corpus.heads:
            return heads[0]
    return None


def numbered_documents(folded: str, corpus: Corpus) -> list[tuple[int, int, tuple[str, ...]]]:
    """Return where *folded* names documents of *corpus* by number, whole or by its figure behind the word for its kind, and which."""
    found = []
    for match in _BARE_NUMBER.finditer(folded):
        figure = match.group(2) or match.group(4)
        documents = [corpus.index.document(name) for name in corpus.heads.get(figure, ())]
        fitting = [d.id for d in documents if not match.group(1) or _is_kind(match.group(1), d)]
        if ids := fitting or [d.id for d in documents]:
            tail = re.compile(r"/[\w&]+(?:[-/][\w&]+)*").match(folded, match.end())
            found.append((match.start(), tail.end() if tail else match.end(), tuple(ids)))
    return found


def agency_pattern(key: str) -> re.Pattern[str]:
    """Return the pattern by which the agency *key* is found in folded text."""
    if key == agency_key("UBND cấp xã"):
        return re.compile(rf"\b(?:ubnd|(?:uy|u) ban nhan dan)\W+{COMMUNES}\b")
    words = [r"(?:ubnd|(?:uy|u) ban nhan dan)" if word == "ubnd" else re.escape(word) for word in key.split()]
    return re.compile(r"\b" + r"[\W]+(?:va\W+)?".join(words) + r"\b")


_AND = re.compile(
    r"\W*(?:[a-z]+ ){0,3}(?:va|voi|cung|hay|hoac|,)(?: (?:cua|ke hoach|van ban|to trinh|cong van|quyet dinh|thong bao))*\s*"
)


def named_together(folded: str, agencies: Sequence[Agency]) -> bool:
    """Tell whether *folded* names several agencies with nothing but "và", "và của" between them."""
    found = sorted(match.span() for agency in agencies if (match := agency_pattern(agency.key).search(folded)))
    gaps = [folded[end:start] for (_, end), (start, _) in pairwise(found)]
    return len(found) > 1 and all(_AND.fullmatch(gap) for gap in gaps)


def own_numbers(folded: str, corpus: Corpus, documents: Sequence[str]) -> list[tuple[int, int]]:
    """Return where *documents* are named by the figure of their number alone."""
    numbers = (corpus.index.document(name).metadata.number for name in documents)
    own = {_head(number.value) for number in numbers if number}
    return [match.span() for match in _BARE_NUMBER.finditer(folded) if (match.group(2) or match.group(4)) in own]


def named_documents(
    typed: str, folded: str, corpus: Corpus, agencies: Sequence[Agency], numbers: Sequence[str]
) -> tuple[str, ...]:
    """
    Return the documents that are named: by number, or by "kế hoạch của …", narrowed by the numbers in their titles.

    A number that only says what a named plan implements ("kế hoạch của sở A thực hiện Kế hoạch 12") names no document itself.
    """
    plain = {plain_number(number) for number in numbers}
    folded = _each_with_kind(folded)
    by_issuer = _by_issuer(typed, corpus, agencies, plain)
    figures = dict.fromkeys(re.findall(r"\d+", folded))
    candidates = [corpus.index.document(name) for figure in figures for name in corpus.heads.get(figure, ())]
    for strict in (True, False):  # "Kế hoạch 12" may be the plan that comes with Decision 12
        by_number: list[str] = []
        for document in candidates:
            places = _places_of_number(document, folded, strict=strict)
            served = by_issuer and document.id not in by_issuer
            if places and not (served and all(_SERVED.search(folded[:place]) for place in places)):
                by_number.append(document.id)
        if by_number or by_issuer:
            break
    if by_number and by_issuer and set(by_number) & set(by_issuer):
        return tuple(by_number)
    return tuple(dict.fromkeys([*by_number, *by_issuer]))


_TITLED = re.compile(rf"\b(?:{_KIND}|van ban|quy dinh|quy che|bo chuan|du an|phuong an|noi quy|danh muc|phu luc)\b")
_WORD = re.compile(r"[\w/-]+")
_SKIPPED = 4  # words between the kind and the title: "kế hoạch số 12 về việc …"


def titled_documents(folded: str, corpus: Corpus) -> tuple[tuple[str, ...], tuple[int, int] | None]:
    """
    Return the documents that are named by what they are called, and where: "Đề án Trung tâm dữ liệu quốc gia".

    Some words behind a kind of document have to stand in a title, side by side; the longest such run decides, and where several
    documents have it, they are all meant.
    """
    words = list(_WORD.finditer(folded))
    texts = [word.group() for word in words]
    best: dict[int, dict[str, tuple[int, int]]] = {}
    for match in _TITLED.finditer(folded):
        first = next((i for i, word in enumerate(words) if word.start() >= match.start()), len(words))
        own = len(match.group().split())
        for begin in (first, *range(first + own, min(first + own + _SKIPPED, len(words)))):
            for document, length in corpus.title_runs(texts[begin:]):
                told = [word for word in texts[begin : begin + length] if word.isalpha() and word not in _untold()]
                if len(told) >= RUN and (begin == first or _may_be(match.group(), document, corpus)):
                    span = (words[first].start(), words[begin + length - 1].end())
                    best.setdefault(length, {}).setdefault(document, span)
    if not best:
        return (), None
    named = best[max(best)]
    return tuple(named), next(iter(named.values()))


def _may_be(kind: str, document: str, corpus: Corpus) -> bool:
    """Tell whether a document may be called *kind*: it is one, or its title speaks of one: a decision that approves a "đề án"."""
    is_kind = kind in kinds() and _is_kind(kind, corpus.index.document(document))
    return is_kind or f" {kind} " in f" {' '.join(corpus.title_words(document))} "


@cache
def _untold() -> frozenset[str]:
    """Return words of titles that tell no document from another."""
    return light_words() | frozenset(re.findall(r"[a-z]+", _KIND)) | {"khai", "cong", "bo", "duyet", "kem"}


def _places_of_number(document: Document, folded: str, *, strict: bool) -> list[int]:
    """
    Return where the number of *document* stands in *folded*: whole, or its figure behind the word for its kind.

    Where it is not *strict*, behind the word for any kind.
    """
    number = document.metadata.number
    if number is None:
        return []
    places = []
    if not number.value.isdigit():
        places += [m.start() for m in re.finditer(rf"(?<![\w/]){re.escape(fold(number.value))}(?![\w/])", folded)]
    year = re.search(r"/((?:19|20)\d\d)\b", number.value)
    for match in _BARE_NUMBER.finditer(folded):
        if (match.group(2) or match.group(4)) != _head(number.value):
            continue
        if match.group(3) and year and match.group(3) != year.group(1):
            continue
        if match.group(1) and strict and not _is_kind(match.group(1), document):
            continue
        places.append(match.start(2) if match.group(2) else match.start(4))
    return places


def _is_kind(word: str, document: Document) -> bool:
    """Tell whether *document* may be what the folded *word* names: "ke hoach" names plans, "van ban" anything."""
    kind = document.metadata.kind
    short = kinds().get(word, "KH" if word == "kh" else None)
    return word == "van ban" or kind is None or short is None or short == kind.value


def _head(number: str) -> str:
    """Return the figure of a document number: "12" of "12/KH-UBND"."""
    return re.split(r"[/-]", number)[0]


def _by_issuer(typed: str, corpus: Corpus, agencies: Sequence[Agency], plain: set[str]) -> list[str]:
    words = corpus.keys.write_out(typed)
    found: list[Document] = []
    for agency in agencies:
        named = re.search(
            rf"\b({_DOCUMENT_WORD})(?: (?:[ivx]+|\d+|so|cua|do|tai|ben|thuoc|noi bo|trien khai|thuc hien|kem theo|kem|ke hoach))* {re.escape(agency.key)}\b",
            words,
        ) or re.search(
            rf"{re.escape(agency.key)} (?:da |vua )?(?:ra|ban hanh|ky|ky ban hanh|xay dung|lap) ({_DOCUMENT_WORD})\b",
            words,
        )
        if named:
            issued = corpus.issuers.get(agency.key, ())
            of_kind = [d for d in issued if named.group(1) != "phu luc" and _is_kind(named.group(1), d)]
            found += of_place(of_kind or list(issued), typed, corpus)
    titled = [
        d
        for d in found
        if d.metadata.title and plain & {plain_number(m.group()) for m in NUMBER.finditer(d.metadata.title.value)}
    ]
    first_named = [d for d in titled if d.metadata.title and _first_number(d.metadata.title.value) in plain]
    return list(dict.fromkeys(document.id for document in (first_named or titled or found)))


def of_place(documents: Sequence[Document], typed: str, corpus: Corpus) -> list[Document]:
    """Return those of *documents* whose issuer is named with its place, all where *typed* names no place: "UBND tỉnh A"."""
    folded = f" {' '.join(_WORD.findall(fold(typed)))} "
    places = {d.id: corpus.place_of(d) for d in documents}
    named = [d for d in documents if (place := places[d.id]) and f" {place} " in folded]
    if not named and any(f" {place} " in folded for place in corpus.places):  # of another place than these
        return [d for d in documents if places[d.id] is None]
    return named or list(documents)


def _first_number(title: str) -> str | None:
    match = NUMBER.search(title)
    return plain_number(match.group()) if match else None
