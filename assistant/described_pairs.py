"""
Questions about two documents that are described in words: "quyết định về X và thông tư về Y có hiệu lực cùng ngày không?".

Each description has to be that of one document, clearly more than of any other of its kind; the field that is asked is told of both.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.citing import Citer
from assistant.document_fields import RELATIONS, DocumentFields
from assistant.lexicon import content_words
from assistant.matching import Weighted
from assistant.types import Answer
from assistant.wording import Wording, sentence
from indexer.letterhead import kinds

if TYPE_CHECKING:
    from assistant.corpus import Corpus
    from assistant.question import Query

_KIND = (
    r"(?:thong tu|nghi quyet|quyet dinh|nghi dinh|chi thi|ke hoach|thong bao|cong van|to trinh|chuong trinh|bao cao)"
)
_PAIR = re.compile(
    rf"\b({_KIND}) (?!so\b|\d)((?:(?!{_KIND}\b)[^,;?:]){{2,160}}?),? (?:va|voi|con|hay|so voi) (?:\w+ )?({_KIND}) (?!so\b|\d)([^,;?]{{2,160}})"
)
_TAIL = re.compile(
    r"\b(?:moi (?:cai|van ban|ben|noi)|co hieu luc|cung (?:ngay|nguoi|nam)|do ai|ai ky|ky|ban hanh|mang|so (?:may|nao|bao nhieu)|cai nao|van ban nao|"
    r"khac nhau|giong nhau|lan luot|ra ngay|ngay nao)\b.*$"
)
_SPEAKS = re.compile(r"^(?:nao )?(?:noi |quy dinh |viet )?(?:ve|lien quan den|lien quan toi|cho)?\b")
_HELD = 0.6  # share of a description that the name of a document has to hold
_CLEAR = 0.15  # and by how much it leads the next


def described_pair(corpus: Corpus, query: Query, understood: str, question: str) -> Answer | None:
    """Return what is asked of two documents, each described by its kind and subject; None where the question is not of this form."""
    fields = [field for field in query.fields if field not in RELATIONS]
    if not fields or len(fields) < len(query.fields) or query.rows or query.numbers:
        return None
    match = _PAIR.search(query.folded)
    if match is None:
        return None
    named = [_meant(corpus, query, match, part) for part in (1, 3)]
    if None in named or named[0] == named[1]:
        return None
    say, citer = Wording(query.language), Citer(corpus)
    of_documents = DocumentFields(corpus, query, say, citer)
    told = [of_documents.field(corpus.index.document(str(name)), field) for name in named for field in fields]
    if not any(stated for _, stated in told):
        return None
    text = "\n".join(sentence(line) for line, _ in told)
    return Answer(question, understood, text, citer.citations, query.steps(), tuple(say.computed))


def _meant(corpus: Corpus, query: Query, match: re.Match[str], part: int) -> str | None:
    """Return the document whose kind is group *part* and whose description stands behind it; None where it is not clear which."""
    start, end = match.span(part + 1)
    start += _SPEAKS.match(match.group(part + 1)).end()  # type: ignore[union-attr]  # it matches nothing, too
    tail = _TAIL.search(query.folded, start, end)
    words = content_words(query.text[start : tail.start() if tail else end])
    if not words:
        return None
    asked = Weighted.of(words, corpus)
    code, kind = kinds().get(match.group(part)), match.group(part)
    shares = (one for one in corpus.named_most(asked) if _is_called(corpus, one[1], code, kind))
    share, name = next(shares, (0.0, ""))
    second, _ = next(shares, (0.0, ""))
    return name if share >= _HELD and share - second >= _CLEAR else None


def _is_called(corpus: Corpus, name: str, code: str | None, kind: str) -> bool:
    """Tell whether a document is of the kind *code*, or has *kind* in its title."""
    stated = corpus.index.document(name).metadata.kind
    return (stated is not None and stated.value == code) or f" {kind} " in f" {' '.join(corpus.title_words(name))} "
