"""Which documents name a number, and how they stand to it: "văn bản nào thay thế …", "những kế hoạch nào nhắc đến …"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex as re

from assistant.lexicon import light_words
from indexer.relations import plain_number
from indexer.types import RelationType
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from assistant.corpus import Corpus
    from assistant.document_fields import DocumentFields
    from assistant.question import Query
    from indexer.types import Document

_REVERSE = (
    (
        re.compile(r"\b(?:thay the|thay cho|the cho|bai bo|het hieu luc|con hieu luc)\b"),
        (RelationType.REPLACES, RelationType.REPEALS),
    ),
    (re.compile(r"\bsua doi\b"), (RelationType.AMENDS,)),
    (
        re.compile(r"\b(?:trien khai|thuc hien|cu the hoa|lam theo|thi hanh)\b"),
        (RelationType.IMPLEMENTS, RelationType.BASED_ON),
    ),
    (re.compile(r"\bcan cu\b"), (RelationType.BASED_ON, RelationType.IMPLEMENTS)),
    (
        re.compile(r"\b(?:nhac den|nhac toi|dan chieu|trich dan|de cap|vien dan|neu|dan|xuat hien)\b"),
        tuple(RelationType),
    ),
)
_PASSIVE = re.compile(
    r"\b(?:bi|da duoc|duoc|da bi) (?:van ban nao |ke hoach nao )?(?:thay the|the cho|bai bo|thay)\b|\bthay the (?:boi|bang)\b|"
    r"\b(?:con|het) hieu luc (?:khong|chua|hay)\b|\b(?:da het|khong con) hieu luc\b"
)
_DATE = re.compile(r"\d{1,2}/\d{1,2}/\d{4}")
_NAMES_IT = re.compile(
    r"\b(?:van ban|ke hoach) (?:nao|co)\b.*\b(?:thay the|trien khai|thuc hien|can cu|nhac|dan|dan chieu|neu|de cap|sua doi)\b|"
    r"\b(?:nhac den|dan|xuat hien|duoc neu|de cap)\b.*\b(?:van ban|ke hoach) nao\b|"
    r"\bnao (?:da |cung )?(?:ra|ban hanh|lap|xay dung|co) (?:ke hoach|van ban)(?: rieng)? (?:de |nham )?(?:lam theo|thuc hien|trien khai|cu the hoa|thi hanh)\b"
)
_MOST_WORDS = 3  # words beside all that, in a question about documents


class Naming:
    """Finds in *corpus* the documents that name a number of *query*; *fields* says how they stand to it."""

    def __init__(self, corpus: Corpus, query: Query, fields: DocumentFields) -> None:
        self.corpus, self.query, self.fields = corpus, query, fields
        self.say, self.citer = fields.say, fields.citer
        self.replaced = False  # the question is what replaces the number, or did once `lines` were asked for

    def targets(self, own_words: Collection[str]) -> list[str]:
        """Return the numbers whose namings the question asks for, [] where it asks something else; *own_words* say nothing of a content."""
        query = self.query
        own = self.corpus.own_numbers
        targets = [n for n in query.numbers if plain_number(n) not in own]
        if targets and re.search(r"\b(?:de|nham) (?:thuc hien|trien khai|sua doi)\b.*\b(?:nao|may|gi)\b", query.folded):
            return []  # it asks what that document serves
        replacer = re.search(r"\bthay the (?:boi|bang|by)\b", query.folded) is not None and bool(query.documents)
        passive = _PASSIVE.search(query.folded) is not None and not replacer
        asks_documents = query.says("which_documents") and not replacer
        if passive or asks_documents:
            targets += [
                d.metadata.number.value for d in map(self.corpus.index.document, query.documents) if d.metadata.number
            ]
        if not targets or not (asks_documents or passive):
            return []
        known = light_words() | frozenset(own_words)
        if len([word for word in query.words if fold(word) not in known and not _DATE.fullmatch(word)]) > _MOST_WORDS:
            return []
        only_own = query.documents and not set(targets) - self._numbers_of(query.documents)
        return [] if not passive and only_own and not _NAMES_IT.search(query.folded) else targets

    def _numbers_of(self, ids: Sequence[str]) -> set[str]:
        stated = [self.corpus.index.document(name).metadata.number for name in ids]
        return {item.value for item in stated if item}

    def lines(self, targets: Sequence[str]) -> tuple[list[str], str]:
        """Return a line for each document that names one of *targets*, and the verb that the question has."""
        folded = self.query.folded
        types = next((types for pattern, types in _REVERSE if pattern.search(folded)), tuple(RelationType))
        plain = {plain_number(target) for target in targets}
        lines = []
        naming = self._naming(plain)
        if (
            not any(r.type in types and plain_number(r.number) in plain for d in naming for r in d.metadata.relations)
            and types[0] is not RelationType.REPLACES
        ):
            types = tuple(RelationType)
        self.replaced = types[0] is RelationType.REPLACES
        for document in naming:
            for relation in document.metadata.relations:
                if plain_number(relation.number) in plain and relation.type in types:
                    marks = self.fields.cite_relation(document, relation)
                    name = self.say.document(document)
                    verb = self.say.name("verbs", str(relation.type))
                    value = self.fields.named(document, relation)
                    if relation.type is RelationType.REPLACES:
                        lines.append(self.say.say("reverse_replaced", value=value, document=name, marks=marks))
                    else:
                        lines.append(self.say.say("reverse_item", document=name, verb=verb, value=value, marks=marks))
        if set(types) == set(RelationType):
            lines += self._only_named(plain, {document.id for document in naming})
        return lines, self.say.name("verbs", str(types[0]))

    def _naming(self, plain: set[str]) -> list[Document]:
        """Return the documents that state a relation to a number of *plain*, in their order."""
        ids = {name for number, names in self.corpus.related.items() if plain_number(number) in plain for name in names}
        return list(map(self.corpus.index.document, self.corpus.ordered(ids)))

    def _only_named(self, plain: set[str], told: set[str]) -> list[str]:
        """Return the lines about documents that name a number of *plain* and state no relation to it, *told* aside: in a row of a table."""
        own = {self.corpus.own_numbers.get(number) for number in plain}
        places = {name: span for number in plain for name, span in self.corpus.first_named(number).items()}
        verb = self.say.name("verbs", str(RelationType.MENTIONS))
        lines = []
        for name, (start, end) in places.items():
            if name in told or name in own:
                continue
            document = self.corpus.index.document(name)
            value, marks = " ".join(document.text[start:end].split()), self.citer.place(name, start, end)
            said = self.say.document(document)
            lines.append(self.say.say("reverse_item", document=said, verb=verb, value=value, marks=marks))
        return lines
