"""Which documents of a corpus another one replaces or repeals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.agencies import AgencyKeys
from indexer.inference import cited_in, may_cite
from indexer.relations import plain_number
from indexer.types import RelationType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.types import Document, Relation

_ENDED = (RelationType.REPLACES, RelationType.REPEALS)


def replacements(documents: Sequence[Document]) -> dict[str, Document]:
    """
    Return the document that replaces or repeals each of *documents*, by the id of the one replaced; the latest of several.

    The number alone proves nothing where the date or the issuer behind it is another's: offices count anew every year.
    """
    by_number: dict[str, list[Document]] = {}
    for document in documents:
        if document.metadata.number:
            by_number.setdefault(plain_number(document.metadata.number.value), []).append(document)
    keys = AgencyKeys()
    found: dict[str, Document] = {}
    for document in documents:
        for relation in document.metadata.relations:
            if relation.type not in _ENDED:
                continue
            for old in by_number.get(plain_number(relation.number), ()):
                if old.id != document.id and is_meant(relation, document, old, keys):
                    found[old.id] = max(found.get(old.id, document), document, key=_issued_on)
    return found


def _issued_on(document: Document) -> str:
    return document.metadata.issued_on.value if document.metadata.issued_on else ""


def is_meant(relation: Relation, document: Document, old: Document, keys: AgencyKeys) -> bool:
    """Tell whether *document* means *old* with the number of *relation*, which is that of *old*: its date and issuer do not deny it."""
    if _issued_on(document) and _issued_on(document) < _issued_on(old):
        return False
    cited = [
        one
        for one in cited_in(document)
        if relation.start <= one.start < relation.end and plain_number(one.number) == plain_number(relation.number)
    ]
    return not cited or any(may_cite(one, old, keys) for one in cited)
