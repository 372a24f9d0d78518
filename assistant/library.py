"""
The documents of an index as a person looks for them: by number, title, issuer or words, and how they stand to one another.

    Index -> Library: Card (what a list shows of a document), Found (a card that a search gave), Related (a document and its relation)
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from assistant.lessons import Registers
from assistant.wording import kind_name
from indexer.agencies import AgencyKeys
from indexer.ingest import file_report, ingest_report
from indexer.relations import plain_number
from indexer.replaced import is_meant
from indexer.types import RelationType, fold_white
from indexer.vietnamese import fold, has_diacritics

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from indexer.ingest import FailedFile, FileReport, IngestReport
    from indexer.types import Document, ParsedDocument, Relation

REPORTED = 300  # documents of an index up to which all of them are reported on
_WORDS = 8  # of a search; later ones are passed over
_ORDER = tuple(RelationType)


class Holdings(Registers, Protocol):
    """What is needed of an index; ``indexer.index.Index`` has it."""

    @property
    def failed(self) -> Sequence[FailedFile]:
        """The files that could not be read, and why."""

    @property
    def seconds(self) -> Mapping[str, float]:
        """How long the reading of each document took, by its id."""

    def parsed(self, documents: Collection[str] | None = None, /) -> list[ParsedDocument]:
        """Return documents as they were read."""

    def document_scores(self, question: str, /, *, folded: bool = False) -> npt.NDArray[np.float32]:
        """Return one score a document, 0 where it has no word of the question."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a list shows of a document; "" for what is not printed. ``words`` are those it is found by, folded."""

    id: str
    kind: str
    issuer: str
    year: str
    words: str


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; "" restricts nothing."""

    words: str = ""
    kind: str = ""
    year: str = ""
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A document that a search gave; ``inside`` where only its text has the words."""

    id: str
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Related:
    """
    A document by its ``number``, and how it stands to the one that is asked about; ``document`` is its id where the index has it.

    ``incoming``: it is the other one that says so. The words that say it are ``text[start:end]`` of the document with id ``said_in``.
    """

    type: RelationType
    incoming: bool
    number: str
    document: str | None
    said_in: str
    start: int
    end: int


def _card(document: Document) -> Card:
    metadata = document.metadata
    kind, issuer = kind_name(document), metadata.issuer.value if metadata.issuer else ""
    printed = (metadata.number, metadata.title, metadata.signer)
    words = [kind, issuer, document.file, document.id, *(stated.value for stated in printed if stated)]
    year = metadata.issued_on.value[:4] if metadata.issued_on else ""
    return Card(document.id, kind, fold_white(issuer), year, fold(fold_white(" ".join(words))))


class Library:
    """The cards of one index; made once a generation, since every document is looked at."""

    def __init__(self, index: Holdings) -> None:
        self.index = index
        self.cards: list[Card] = []
        self._by_number: dict[str, list[str]] = defaultdict(list)
        self._named_by: dict[str, list[tuple[str, Relation]]] = defaultdict(list)
        for document in index.documents:
            self.cards.append(_card(document))
            if document.metadata.number:
                self._by_number[plain_number(document.metadata.number.value)].append(document.id)
            for relation in document.metadata.relations:
                self._named_by[plain_number(relation.number)].append((document.id, relation))
        self._report: IngestReport | None = None

    def kinds(self) -> list[str]:
        """Return the kinds of documents that there are, the most frequent first."""
        return _by_frequency(card.kind for card in self.cards)

    def issuers(self) -> list[str]:
        """Return the offices that issued documents, the most frequent first."""
        return _by_frequency(card.issuer for card in self.cards)

    def years(self) -> list[str]:
        """Return the years in which documents were issued, the latest first."""
        return sorted({card.year for card in self.cards if card.year}, reverse=True)

    def search(self, search: Search) -> list[Found]:
        """
        Return the documents that *search* fits: first those whose number, title or issuer has all its words, then those whose text has.

        Words are compared without diacritics in the first case, and in the second where none were typed.
        """
        places = [place for place, card in enumerate(self.cards) if _passes(card, search)]
        words = fold(fold_white(search.words)).split()[:_WORDS]
        if not words:
            return [Found(self.cards[place].id) for place in places]
        named = [place for place in places if all(word in self.cards[place].words for word in words)]
        rest = [place for place in places if place not in set(named)]
        inside = self._inside(fold_white(search.words), rest)
        return [Found(self.cards[place].id) for place in named] + [
            Found(self.cards[place].id, inside=True) for place in inside
        ]

    def _inside(self, words: str, places: Sequence[int]) -> list[int]:
        """Return those *places* whose documents have each of *words*, the best first."""
        kept = [word for word in words.split()[:_WORDS] if any(letter.isalnum() for letter in word)]
        if not kept or not places:
            return []
        scores = [self.index.document_scores(word, folded=not has_diacritics(words)) for word in kept]
        whole = self.index.document_scores(words, folded=not has_diacritics(words))
        having = [place for place in places if all(score[place] > 0 for score in scores)]
        return sorted(having, key=lambda place: -float(whole[place]))

    def related(self, document: Document) -> list[Related]:
        """Return the documents that *document* names, then those of the index that name it, each group in the order of the types."""
        keys = AgencyKeys()
        own = document.metadata.number
        found = [
            _related(relation, document, number=relation.number, meant=self._meant(relation, document, keys))
            for relation in document.metadata.relations
        ]
        for name, relation in self._named_by.get(plain_number(own.value), ()) if own else ():
            other = self.index.document(name)
            if name != document.id and is_meant(relation, other, document, keys):
                number = other.metadata.number.value if other.metadata.number else ""
                found.append(_related(relation, other, number=number, meant=name, incoming=True))
        return sorted(found, key=lambda one: (one.incoming, _ORDER.index(one.type)))

    def _meant(self, relation: Relation, document: Document, keys: AgencyKeys) -> str | None:
        for name in self._by_number.get(plain_number(relation.number), ()):
            if name != document.id and is_meant(relation, document, self.index.document(name), keys):
                return name
        return None

    def report_of(self, document: str) -> FileReport:
        """
        Return the ingest report of one document.

        Raises:
            UnknownDocumentError: there is none of this id.
        """
        self.index.document(document)
        return file_report(self.index.parsed([document])[0], self.index.seconds.get(document))

    def report(self) -> IngestReport:
        """Return the ingest report of the index, of more than ``REPORTED`` documents only that of the files that failed."""
        if self._report is None:
            parsed = self.index.parsed() if len(self.cards) <= REPORTED else []
            self._report = ingest_report(parsed, tuple(self.index.failed), self.index.seconds)
        return self._report


def _related(
    relation: Relation, said_in: Document, *, number: str, meant: str | None, incoming: bool = False
) -> Related:
    return Related(relation.type, incoming, number, meant, said_in.id, relation.start, relation.end)


def _passes(card: Card, search: Search) -> bool:
    pairs = ((search.kind, card.kind), (search.year, card.year), (search.issuer, card.issuer))
    return all(not wanted or wanted == found for wanted, found in pairs)


def _by_frequency(values: Iterable[str]) -> list[str]:
    counts: dict[str, int] = defaultdict(int)
    for value in values:
        if value:
            counts[value] += 1
    return sorted(counts, key=lambda value: (-counts[value], value))
