"""
Questions about two sources at once, cut into one question a source: "Về X: Kế hoạch 12 đặt mức nào, còn Sở A ghi ra sao?".

A source is a document, a body that issued one, or a row that is named by its number. What both halves share stands before a colon, or
behind the second source: "tỷ lệ X theo kế hoạch A và tỷ lệ Y theo kế hoạch B là bao nhiêu?".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.lexicon import content_words, light_words
from assistant.naming import agency_pattern, numbered_documents, of_place
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from assistant.corpus import Corpus
    from assistant.question import Query

# what may stand between two halves, the plainest first
_CONNECTORS = tuple(
    map(
        re.compile,
        (
            r"\s*[,;?.]?\s*\bcon\b\s*",
            r"\s*[?.;]\s*",
            r"\s*,\s*(?:va|voi|trong khi(?: do)?)\s+",
            r"\s+(?:va|voi)\s+",
            r"\s*,\s*",
        ),
    )
)
_ASKS = re.compile(r"\b(?:nao|gi|ai|bao nhieu|may|khi nao|bao gio|the nao|ra sao|dau|bao lau)\b")
_POINTS_BACK = re.compile(
    r"\b(?:do|nay|ay|tren)\b\W*$|\b(?:chi tieu|nhiem vu|muc chi|muc|viec|noi dung) (?:do|nay|ay)\b"
)
_SERVES = re.compile(r"\b(?:thuc hien|trien khai|cu the hoa|can cu(?: vao)?)\s+$")
_COMPARES = re.compile(
    r"^\W*(?:hay )?(?:so sanh|doi chieu)\s+|,? (?:co |thi )?(?:khac|giong) (?:nhau|biet)(?: o (?:cho|diem) nao| the nao| ra sao| gi| khong)?"
)
_LEAST = 2  # content words of a half that says by itself what it is about


@dataclass(frozen=True, slots=True)
class Source:
    """Where a question, folded, names a source, and the ids of the documents that it may be."""

    start: int
    end: int
    documents: frozenset[str]


@dataclass(frozen=True, slots=True)
class Half:
    """The question about one source, and the documents that must answer it."""

    question: str
    documents: frozenset[str]


def sources(query: Query, corpus: Corpus) -> list[Source]:
    """Return the sources that *query* names, in order; one that is named twice over, "Kế hoạch 12 của Sở A", is one."""
    folded = query.folded
    found = [Source(start, end, frozenset(ids)) for start, end, ids in numbered_documents(folded, corpus)]
    for agency in query.agencies:
        ids = frozenset(d.id for d in of_place(corpus.issuers.get(agency.key, ()), query.text, corpus))
        found += [Source(*match.span(), ids) for match in agency_pattern(agency.key).finditer(folded) if ids]
    for noun in corpus.nouns:
        for match in re.finditer(rf"\b{re.escape(fold(noun))}(?: so)? (\d+)\b", folded):
            ids = frozenset(
                at.table.document for at in corpus.rows if at.table.noun == noun and at.row.number == match.group(1)
            )
            found += [Source(*match.span(), ids)] if ids else []
    found.sort(key=lambda one: (one.start, -one.end))
    kept: list[Source] = []
    for one in found:
        if kept and one.start < kept[-1].end:
            continue
        if kept and _SERVES.search(folded[: one.start]):
            continue
        both = kept[-1].documents & one.documents if kept else frozenset()
        if kept and both and not any(mark.search(folded, kept[-1].end, one.start) for mark in _CONNECTORS):
            kept[-1] = Source(kept[-1].start, one.end, both)
        else:
            kept.append(one)
    return kept


def halves(query: Query, corpus: Corpus) -> tuple[Half, Half] | None:
    """Return the questions about the two sources that *query* names; None where it does not name two apart."""
    named = sources(query, corpus)
    if len(named) != 2 or named[0].documents & named[1].documents:
        return None
    first, second = named
    cut = next((match for mark in _CONNECTORS if (match := mark.search(query.folded, first.end, second.start))), None)
    if cut is None:
        return None
    text = query.text
    colon = text.find(":", 0, first.start)
    topic = text[: colon + 1] if colon >= 0 else ""
    left, right = text[len(topic) : cut.start()].strip(" ,;"), text[cut.end() :].strip()
    own = _without_comparing(
        f"{text[cut.end() : second.start]} {text[second.end :]}"
    )  # what the second half says beside its source
    if not topic and (len(_heavy(own)) < _LEAST or _POINTS_BACK.search(fold(right))):
        before = text[: first.start].strip() or " ".join(content_words(text[first.end : cut.start()]))
        right = f"{before} {right}"
    if not _ASKS.search(fold(left)):
        left = f"{left} {text[second.end :].strip()}"
    left, right = _without_comparing(left), _without_comparing(right)
    return Half(f"{topic} {left.rstrip('?')}?".strip(), first.documents), Half(
        f"{topic} {right}".strip(), second.documents
    )


def _without_comparing(text: str) -> str:
    """Return *text* without the words that compare: "so sánh", "có giống nhau không"."""
    for match in reversed(list(_COMPARES.finditer(fold(text)))):
        text = text[: match.start()] + text[match.end() :]
    return text


def _heavy(text: str) -> list[str]:
    """Return the words of *text* that say what it is about."""
    return [
        word for word in content_words(text, without_place=True) if len(word) > 1 and fold(word) not in light_words()
    ]
