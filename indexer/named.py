"""
Who and what the documents of a corpus name: numbers, issuers, signers, places, abbreviations; found once, when the index is built.

Documents stand by their ids, so that none of them has to be read to look one up. All of it is plain JSON, read without a look at
each of its values: of many documents there are a hundred thousand.
"""

from __future__ import annotations

import re as plain_re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import regex as re

from indexer.abbreviations import Initials, learn_abbreviations
from indexer.agencies import AgencyKeys
from indexer.letterhead import kind_names
from indexer.relations import plain_number
from indexer.replaced import replacements
from indexer.types import StepKind, fold_white, shown_text
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Callable

    from indexer.types import Clause, Document, ParsedDocument

_PLACE = re.compile(r"\b(?:tỉnh|thành phố)\s+((?:\p{Lu}\w*\s*)+)")
_PLACE_NAME = re.compile(r"\b(?:tỉnh|thành phố|huyện|quận|xã|phường|thị xã)\s+((?:\p{Lu}[\p{L}]*\s*)+)$", re.IGNORECASE)
_OVER = re.compile(
    r"^\W*(?:UBND|UỶ BAN NHÂN DÂN|ỦY BAN NHÂN DÂN|HĐND|HỘI ĐỒNG NHÂN DÂN)\s*"
    r"(?:TỈNH|THÀNH PHỐ|TP\.?|HUYỆN|QUẬN|XÃ|PHƯỜNG|THỊ XÃ)\s+((?:\p{Lu}+ ?){1,4})(?=\s{2}|\s*$|\s+CỘNG)",
    re.MULTILINE,
)  # the line over the issuer of a letterhead
_LETTERHEAD = 400  # characters that hold it

Ids = Sequence[str]


@dataclass(frozen=True, slots=True)
class Named:
    """
    What the documents name, copies left out, each list and table in the order of the documents.

    ``own_numbers``, in their plain form, lead to an id, ``heads`` (the figure of a number) to ids; ``issuers`` are keys of agencies,
    ``issuer_keys`` has the key of every printed issuer; ``signers`` and ``places`` are folded. ``replaced`` has the id of the document
    that replaces another. ``related`` has every number that a relation names and the documents that have such a relation.
    ``initials`` has names by kind and initials, with a tab between them. ``with_tables``, ``with_annexes`` (a clause that heads one), ``untitled`` and
    ``stated_elsewhere`` (of which another document states a field) are ids.
    """

    own_numbers: dict[str, str]
    heads: dict[str, Ids]
    signers: dict[str, Ids]
    issuers: dict[str, Ids]
    issuer_keys: dict[str, str]
    places: dict[str, Ids]
    own_places: Sequence[str]
    replaced: dict[str, str]
    related: dict[str, Ids]
    abbreviations: dict[str, str]
    initials: dict[str, str]
    with_tables: Ids
    with_annexes: Ids
    untitled: Ids
    stated_elsewhere: Ids

    def keys(self) -> AgencyKeys:
        """Return the keys of agencies, by the abbreviations and names of the corpus."""
        return AgencyKeys(self.abbreviations, Initials(self.initials))


def named_in(parsed: Sequence[ParsedDocument]) -> Named:
    """Return what the documents of *parsed* name."""
    documents = [one.document for one in parsed]
    texts = [document.text for document in documents if document.reading is None]
    abbreviations, initials = learn_abbreviations(texts), Initials.learn(texts)
    keys = AgencyKeys(abbreviations, initials)
    numbered = [(document, number.value) for document in documents if (number := document.metadata.number)]
    issuers = [name for document in documents if (name := issuer_name(document))]
    issuer_keys = {name: keys.key(name) for name in issuers}
    own = [match for name in issuer_keys if (match := _PLACE.search(name))]
    return Named(
        own_numbers={plain_number(number): document.id for document, number in numbered},
        heads=_by(
            documents, lambda d: plain_re.split(r"[/-]", d.metadata.number.value)[0] if d.metadata.number else None
        ),
        signers=_by(documents, lambda d: fold(d.metadata.signer.value) if d.metadata.signer else None),
        issuers=_by(documents, lambda d: issuer_keys.get(issuer_name(d) or "")),
        issuer_keys=issuer_keys,
        places=_by(documents, place_of),
        own_places=list(dict.fromkeys(fold(word) for match in own for word in match.group(1).split())),
        replaced={old: new.id for old, new in replacements(documents).items()},
        related=_related(documents),
        abbreviations=abbreviations,
        initials=dict(sorted(initials.names.items())),
        with_tables=[one.document.id for one in parsed if one.tables],
        with_annexes=[one.document.id for one in parsed if any(map(_heads_annex, one.clauses))],
        untitled=[document.id for document in documents if document.metadata.title is None],
        stated_elsewhere=[document.id for document in documents if _is_stated_elsewhere(document)],
    )


def _by(documents: Sequence[Document], key: Callable[[Document], str | None]) -> dict[str, Ids]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for document in documents:
        if (value := key(document)) is not None:
            found[value].append(document.id)
    return dict(found)


def _related(documents: Sequence[Document]) -> dict[str, Ids]:
    found: dict[str, dict[str, None]] = {}
    for document in documents:
        for relation in document.metadata.relations:
            found.setdefault(relation.number, {})[document.id] = None
    return {number: list(ids) for number, ids in found.items()}


def _heads_annex(clause: Clause) -> bool:
    return clause.path[-1].kind is StepKind.APPENDIX and bool(clause.heading)


def _is_stated_elsewhere(document: Document) -> bool:
    stated = document.metadata
    fields = (stated.number, stated.issued_on, stated.issuer, stated.kind, stated.title)
    return any(one is not None and one.document != document.id for one in fields)


def issuer_name(document: Document) -> str | None:
    """Return who issued *document*."""
    return document.metadata.issuer.value if document.metadata.issuer else None


def place_of(document: Document) -> str | None:
    """Return the name of the province, commune or city to which the issuer of *document* belongs, folded: "ha noi"."""
    match = _PLACE_NAME.search(fold_white(issuer_name(document) or ""))
    match = match or _OVER.search(shown_text(document)[:_LETTERHEAD])
    return fold(match.group(1)).strip() if match else None


def called(document: Document, keys: AgencyKeys) -> str:
    """Return what *document* is called, in words to compare: kind, number, title, issuer and date, and that with names written out."""
    metadata = document.metadata
    stated = (metadata.number, metadata.title, metadata.issuer, metadata.issued_on)
    words = " ".join(item.value for item in stated if item)
    kind = kind_names().get(metadata.kind.value, "") if metadata.kind else ""
    return f"{kind} {words} {keys.write_out(words)}"
