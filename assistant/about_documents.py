"""Questions about the documents themselves: number, date, signer, recipients, what replaces what, which documents there are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.citing import Citer
from assistant.types import Abstention, Answer, Status
from assistant.wording import Wording, sentence
from indexer.letterhead import kind_names
from indexer.relations import plain_number
from indexer.types import RelationType
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.corpus import Corpus
    from assistant.question import Query
    from assistant.types import Reply
    from indexer.types import Document, Relation, Stated

_RELATIONS = {
    "replaces": (RelationType.REPLACES, RelationType.REPEALS),
    "amends": (RelationType.AMENDS,),
    "based_on": (RelationType.BASED_ON, RelationType.IMPLEMENTS),
}
_REVERSE = (
    (re.compile(r"\b(?:thay the|thay cho|bai bo|het hieu luc|con hieu luc)\b"), (RelationType.REPLACES, RelationType.REPEALS)),
    (re.compile(r"\bsua doi\b"), (RelationType.AMENDS,)),
    (re.compile(r"\b(?:trien khai|thuc hien|cu the hoa)\b"), (RelationType.IMPLEMENTS, RelationType.BASED_ON)),
    (re.compile(r"\bcan cu\b"), (RelationType.BASED_ON, RelationType.IMPLEMENTS)),
    (re.compile(r"\b(?:nhac den|nhac toi|dan chieu|trich dan|de cap|vien dan|neu)\b"), tuple(RelationType)),
)
_PASSIVE = re.compile(r"\b(?:bi|da duoc|duoc|da bi) (?:van ban nao |ke hoach nao )?(?:thay the|bai bo|thay)\b|\b(?:con|het) hieu luc\b|\bthay the (?:boi|bang)\b")
_ALL_DOCUMENTS = re.compile(r"\b(?:bao nhieu|may|nhung|cac|liet ke|danh sach|co) (?:cac )?(?:van ban|tai lieu|ke hoach)\b")
_IN_STORE = re.compile(r"\b(?:kho|co san|dang co|he thong|bo tai lieu|du lieu nay|tat ca)\b")
_KIND_OF_DOCUMENT = re.compile(r"\b(?:(?:[Kk]ế hoạch|[Qq]uyết định|[Nn]ghị quyết|[Cc]hương trình(?: hành động)?|[Tt]hông báo|[Cc]hỉ thị|[Nn]ghị định|[Đđ]ề án|[Tt]hông tư)\s+(?:số:?\s+)?)$")


class AboutDocuments:
    """Answers one question out of the metadata of *corpus*."""

    def __init__(self, corpus: Corpus, query: Query, understood: str, question: str) -> None:
        self.corpus, self.query = corpus, query
        self.question, self.understood = question, understood
        self.say = Wording(query.language)
        self.citer = Citer(corpus)

    def answer(self) -> Reply | None:
        """Return the answer, or None where the question is not about the documents themselves."""
        query = self.query
        if reply := self._reverse():
            return reply
        if reply := self._by_signer():
            return reply
        if not query.fields:
            return self._all_documents()
        documents = self._documents()
        if documents is None:
            return None
        return self._fields(documents)

    # Which documents.

    def _documents(self) -> list[Document] | None:
        """Return the documents that are asked about; None where the question names none and is about something else."""
        query = self.query
        ids = query.documents or query.issued_by
        named = [self.corpus.index.document(name) for name in dict.fromkeys(ids)]
        if named:
            return named
        if query.numbers and not query.says("which_documents"):
            return None
        about = re.search(r"\b(?:ke hoach|van ban|tai lieu|quyet dinh|phu luc|plan|document)\b", query.folded)
        return list(self.corpus.documents) if about else None

    def _all_documents(self) -> Reply | None:
        query = self.query
        whole = _ALL_DOCUMENTS.search(query.folded) and (_IN_STORE.search(query.folded) or not query.words)
        if not whole or query.documents or query.numbers or query.noun or query.rows:
            return None
        lines = [self.say.say("documents_head", count=len(self.corpus.documents))]
        for document in self.corpus.documents:
            title = document.metadata.title
            marks = self.citer.stated(title) if title else ""
            name = self.say.document(document, self.corpus)
            lines.append(self.say.say("documents_item", document=name, title=title.value if title else document.id, marks=marks))
        return self._answer("\n".join(lines)) if self.citer.citations else None

    # One field of one document or several.

    def _fields(self, documents: Sequence[Document]) -> Reply | None:
        fields = [field for field in self.query.fields if not (field == "number" and "replaces" in self.query.fields)]
        if "signer_office" in fields and "signer" in fields and "chuc" not in self.query.folded:
            fields.remove("signer_office")
        if "signer_office" in fields and "signer" in fields and not re.search(r"\bai ky\b", self.query.folded):
            fields.remove("signer")
        several = len(documents) > 1
        if several:
            documents = self._stating(documents, fields)
            plural = self.query.says("which_documents") or self.query.says("compare") or self._all_named()
            if len(documents) > 1 and not plural and set(fields) - {"replaces", "amends"}:
                return self._which(documents)
        said: list[str] = []
        missing: list[str] = []
        for document in documents:
            for field in fields:
                text, stated = self._field(document, field)
                (said if stated else missing).append(text)
        if said:
            return self._answer("\n".join(sentence(text) for text in [*said, *([] if several else missing)]))
        if not missing:
            return None
        status = Status.NOT_FOUND if set(fields) <= set(_RELATIONS) else Status.NOT_STATED
        return self._abstain(status, " ".join(sentence(text) for text in missing))

    def _all_named(self) -> bool:
        issuers = {document.metadata.issuer.value for document in map(self.corpus.index.document, self.query.documents) if document.metadata.issuer}
        return len(issuers) > 1

    def _stating(self, documents: Sequence[Document], fields: Sequence[str]) -> list[Document]:
        stating = [d for d in documents if any(self._states(d, field) for field in fields)]
        return stating or list(documents)

    def _states(self, document: Document, field: str) -> bool:
        if field in _RELATIONS:
            return any(relation.type in _RELATIONS[field] for relation in document.metadata.relations)
        return bool(getattr(document.metadata, field))

    def _which(self, documents: Sequence[Document]) -> Reply:
        names = [self.say.document(document, self.corpus) for document in documents]
        text = self.say.say("which_document", count=len(documents), documents="; ".join(names))
        asked = self.query.text.rstrip("?. ")
        return self._abstain(Status.AMBIGUOUS, text, [f"{asked} ({name})?" for name in names])

    def _field(self, document: Document, field: str) -> tuple[str, bool]:
        """Return the sentence about *field* and whether the field is stated."""
        if field in _RELATIONS:
            return self._relation_field(document, field)
        if field == "recipients":
            return self._recipients(document)
        stated: Stated | None = getattr(document.metadata, field)
        name = self.say.document(document, self.corpus) if field != "number" else self._unnumbered(document)
        if stated is None:
            return self._not_printed(document, field), False
        value = stated.value
        if field == "issued_on":
            value = self.say.day(value)
        elif field == "kind":
            value = kind_names().get(value, value)
        office = document.metadata.signer_office if field == "signer" else None
        marks = self.citer.stated(stated)
        if office:
            marks += self.citer.stated(office)
        if stated.document != document.id:
            proof = self.say.document(self.corpus.index.document(stated.document), self.corpus)
            value += self.say.say("inferred", proof=proof) if not self.say.language else f" {self.say.say('inferred', proof=proof)}"
        suffix = f" ({office.value})" if office else ""
        return self.say.say(f"field_{field}", document=name, value=value, office=suffix, marks=marks), True

    def _unnumbered(self, document: Document) -> str:
        issuer = self.corpus.issuer_name(document)
        kind = kind_names().get(document.metadata.kind.value, "Văn bản") if document.metadata.kind else "Văn bản"
        if self.say.language == "en":
            return f"The document of {issuer}" if issuer else document.id
        return f"{kind} của {issuer}" if issuer else document.id

    def _not_printed(self, document: Document, field: str) -> str:
        place = next((span for name, span in document.metadata.unfilled if name == field), None)
        printed = ""
        if place is not None:
            printed = self.say.say("printed_blank", marks=self.citer.place(document.id, place.start, place.end))
        name, words = self.say.document(document, self.corpus), self.say.name("field_names", field)
        text = self.say.say("not_printed", document=name, field=words, printed=printed)
        office = document.metadata.signer_office if field == "signer" else None
        if office:
            text += " " + self.say.say("field_signer_office", document=name, value=office.value, marks=self.citer.stated(office))
        return text

    def _recipients(self, document: Document) -> tuple[str, bool]:
        items = document.metadata.recipients
        if not items:
            return self._not_printed(document, "recipients"), False
        value = "; ".join(f"{item.value} {self.citer.stated(item)}" for item in items)
        return self.say.say("field_recipients", document=self.say.document(document, self.corpus), value=value), True

    def _relation_field(self, document: Document, field: str) -> tuple[str, bool]:
        found = [relation for relation in document.metadata.relations if relation.type in _RELATIONS[field]]
        name = self.say.document(document, self.corpus)
        if not found:
            printed = self.say.name("field_names", field)
            return self.say.say("not_printed", document=name, field=printed, printed=""), False
        parts = [f"{self._named(document, relation)} {self._cite_relation(document, relation)}" for relation in found]
        return self.say.say(f"field_{field}", document=name, value="; ".join(parts), marks=""), True

    def _cite_relation(self, document: Document, relation: Relation) -> str:
        return self.citer.place(document.id, relation.start, relation.end)

    @staticmethod
    def _named(document: Document, relation: Relation) -> str:
        """Return the number with its kind as printed, and its date where it stands behind it: "Kế hoạch 653/KH-UBND ngày 14/02/2025"."""
        words = " ".join(relation.quote.split())
        place = words.find(relation.number)
        kind = _KIND_OF_DOCUMENT.search(words[:place]) if place >= 0 else None
        name = kind.group().replace("số:", "").replace("số", "") if kind else ""
        dated = re.match(r",? ng[aà]y \d{1,2}/\d{1,2}/\d{4}", words[place + len(relation.number) :]) if place >= 0 else None
        shown = " ".join(f"{name[:1].upper()}{name[1:]} {relation.number}".split())
        if document.reading is not None and dated:
            return f"{shown}, ngày {dated.group().split()[-1]}"
        return shown + (dated.group() if dated else "")

    # Backwards: from a number or a person to the documents.

    def _reverse(self) -> Reply | None:
        query = self.query
        own = {plain_number(d.metadata.number.value): d for d in self.corpus.documents if d.metadata.number}
        targets = [n for n in query.numbers if plain_number(n) not in own]
        asks_documents = query.says("which_documents")
        passive = _PASSIVE.search(query.folded) is not None
        if passive or asks_documents:
            targets += [d.metadata.number.value for d in map(self.corpus.index.document, query.documents) if d.metadata.number]
        if not targets or not (asks_documents or passive) or query.words[3:]:
            return None
        types = next((types for pattern, types in _REVERSE if pattern.search(query.folded)), None)
        if types is None:
            return None
        if not passive and query.documents and not set(targets) - self._numbers_of(query.documents):
            pattern = re.compile(r"\b(?:van ban|ke hoach) nao\b.*\b(?:thay the|trien khai|thuc hien|can cu|nhac|dan chieu|sua doi)\b")
            if not pattern.search(query.folded):
                return None
        return self._relations_to(targets, types)

    def _numbers_of(self, ids: Sequence[str]) -> set[str]:
        stated = [self.corpus.index.document(name).metadata.number for name in ids]
        return {item.value for item in stated if item}

    def _relations_to(self, targets: Sequence[str], types: Sequence[RelationType]) -> Reply:
        plain = {plain_number(target) for target in targets}
        lines = []
        for document in self.corpus.documents:
            for relation in document.metadata.relations:
                if plain_number(relation.number) in plain and relation.type in types:
                    marks = self._cite_relation(document, relation)
                    name = self.say.document(document, self.corpus)
                    verb = self.say.name("verbs", str(relation.type))
                    value = self._named(document, relation)
                    if relation.type is RelationType.REPLACES:
                        lines.append(self.say.say("reverse_replaced", value=value, document=name, marks=marks))
                    else:
                        lines.append(self.say.say("reverse_item", document=name, verb=verb, value=value, marks=marks))
        shown = ", ".join(targets)
        if not lines:
            verb = self.say.name("verbs", str(types[0]))
            return self._abstain(Status.NOT_FOUND, self.say.say("no_relation", verb=verb, value=shown))
        head = [] if types[0] is RelationType.REPLACES else [self.say.say("reverse", value=shown)]
        return self._answer("\n".join([*head, *(sentence(line) for line in lines)]))

    def _by_signer(self) -> Reply | None:
        if not re.search(r"\bky\b|\bsign", self.query.folded):
            return None
        folded = f" {fold(' '.join(self.query.text.split()))} "
        lines = []
        for document in self.corpus.documents:
            signer = document.metadata.signer
            if signer and f" {fold(signer.value)} " in re.sub(r"[^\w\s]", " ", folded):
                lines.append(self._field(document, "signer")[0])
        return self._answer("\n".join(map(sentence, lines))) if lines else None

    # Replies.

    def _answer(self, text: str) -> Answer:
        return Answer(self.question, self.understood, text, self.citer.citations, self.query.steps())

    def _abstain(self, status: Status, text: str, choices: Sequence[str] = ()) -> Abstention:
        return Abstention(status, self.question, self.understood, text, self.citer.citations, tuple(choices), self.query.steps())
