"""What a document says of itself, a field at a time: number, date, signer, recipients, since when it is in force, what it replaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex as re

from assistant.units import sentences, shown_between
from indexer.letterhead import kind_names
from indexer.relations import NUMBER
from indexer.types import RelationType, StepKind
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.citing import Citer
    from assistant.corpus import Corpus
    from assistant.question import Query
    from assistant.wording import Wording
    from indexer.types import Clause, Document, Relation, Stated

RELATIONS = {
    "replaces": (RelationType.REPLACES, RelationType.REPEALS),
    "amends": (RelationType.AMENDS,),
    "based_on": (RelationType.BASED_ON, RelationType.IMPLEMENTS),
}
_IN_FORCE = re.compile(
    r"(?<!ngay )\b(?:nghi quyet|quyet dinh|thong tu|nghi dinh|chi thi|quy dinh|quy che|ke hoach|luat|van ban|sac lenh|phap lenh) nay"
    r"(?: \S+){0,3} (?:bat dau )?co hieu luc\b(?!.{0,30}\bbi bai bo\b)"
)
_REPEALS = re.compile(r"\b(?:thay the|bai bo|het hieu(?: luc)?|khong con hieu luc|thay cho)\b")
_APPLIED = re.compile(
    r"\b(?:nghi quyet|quyet dinh|thong tu|nghi dinh|chi thi|quy dinh|quy che|luat|van ban|sac lenh|phap lenh) nay"
    r" (?:duoc )?(?:thi hanh|ap dung) (?:ke )?tu\b"
)
_SENTENCES = {  # fields that a sentence says in so many words
    "proposal": re.compile(
        r"^\W*(?:theo|xet|can cu|tren co so|sau khi xem xet) (?:de nghi|de xuat|to trinh|y kien de xuat)\b"
    ),
    "on_behalf": re.compile(r"^\W*(?:tm|t/m|kt|tl|tuq|thay mat)\b"),
    "attached": re.compile(
        r"^\W*(?:ban hanh )?(?:kem theo|dinh kem)\b.*\b(?:so|nghi quyet|quyet dinh|ke hoach|thong tu|cong van)\b"
    ),
}
_OFFICES = re.compile(
    r"\b(?:pho )?(?:chu tich|giam doc|chanh van phong|chanh thanh tra|thu tuong|bo truong|cuc truong|vu truong|hieu truong|truong ban)\b"
    r"|\bthu truong\b"
)
_GAZETTE = re.compile(r"CÔNG\s+BÁO\W{0,3}[Ss]ố\s*[\d\s+]{1,12}(?:\W{0,3}[Nn]gày\s*[\d/-]{8,10})?")
_PROPOSING = re.compile(r"\b(to trinh|cong van)(?: so)? (?:nao|may|bao nhieu)\b")
_KIND_OF_DOCUMENT = re.compile(
    r"\b(?:(?:[Kk]ế hoạch|[Qq]uyết định|[Nn]ghị quyết|[Cc]hương trình(?: hành động)?|"
    r"[Tt]hông báo|[Cc]hỉ thị|[Nn]ghị định|[Đđ]ề án|[Tt]hông tư)\s+(?:số:?\s+)?)$"
)


class DocumentFields:
    """Says single fields of documents of *corpus*, in words of *say* and with marks of *citer*."""

    def __init__(self, corpus: Corpus, query: Query, say: Wording, citer: Citer) -> None:
        self.corpus, self.query, self.say, self.citer = corpus, query, say, citer

    def field(self, document: Document, field: str) -> tuple[str, bool]:
        """Return the sentence about *field* and whether the field is stated."""
        if field in RELATIONS:
            return self._relation_field(document, field)
        if field == "recipients":
            return self._recipients(document)
        if field == "effective":
            return self._effective(document)
        if field == "gazette":
            return self._gazette(document)
        if field in _SENTENCES:
            return self._in_a_sentence(document, field)
        stated: Stated | None = getattr(document.metadata, field)
        name = self.say.document(document) if field != "number" else self._unnumbered(document)
        if stated is None and field == "signer_office" and (beside := self._office_beside(document)):
            return beside
        if stated is None:
            partly = self._partly_printed(document, field)
            return partly or (self._not_printed(document, field), False)
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
            proof = self.say.document(self.corpus.index.document(stated.document))
            value += (
                self.say.say("inferred", proof=proof)
                if not self.say.language
                else f" {self.say.say('inferred', proof=proof)}"
            )
        suffix = f" ({office.value})" if office else ""
        return self.say.say(f"field_{field}", document=name, value=value, office=suffix, marks=marks), True

    def stating(self, documents: Sequence[Document], fields: Sequence[str]) -> list[Document]:
        """Return the documents that state any of *fields*; all where none does."""
        stating = [d for d in documents if any(self._states(d, field) for field in fields)]
        return stating or list(documents)

    def _states(self, document: Document, field: str) -> bool:
        if field in ("effective", "gazette") or field in _SENTENCES:
            return self.field(document, field)[1]
        if field in RELATIONS:
            return any(relation.type in RELATIONS[field] for relation in document.metadata.relations)
        return bool(getattr(document.metadata, field))

    def _unnumbered(self, document: Document) -> str:
        issuer = self.corpus.issuer_name(document)
        kind = kind_names().get(document.metadata.kind.value, "Văn bản") if document.metadata.kind else "Văn bản"
        if self.say.language == "en":
            return f"The document of {issuer}" if issuer else document.id
        return f"{kind} của {issuer}" if issuer else document.id

    def _partly_printed(self, document: Document, field: str) -> tuple[str, bool] | None:
        """Return the month and year where only the day is left blank and they are what is asked for."""
        place = next((span for name, span in document.metadata.unfilled if name == field), None)
        asks_day = re.search(r"\bngay (?:nao|may|bao nhieu)\b", self.query.folded)
        asks_month = not asks_day and re.search(
            r"\b(?:thang|nam)(?:, nam)? (?:nao|may|bao nhieu)\b|\bwhich (?:month|year)\b", self.query.folded
        )
        if (
            field == "number"
            and place is not None
            and re.search(r"\b(?:in san|phan ky hieu|phan chu)\b", self.query.folded)
        ):
            printed = " ".join(document.text[place.start : place.end].split())
            name, marks = self._unnumbered(document), self.citer.place(document.id, place.start, place.end)
            return self.say.say("field_number", document=name, value=f"“{printed}”", marks=marks), True
        if field != "issued_on" or place is None or not asks_month:
            return None
        month = re.search(r"tháng\s*\d{1,2}\s*năm\s*\d{4}|năm\s*\d{4}", document.text[place.start : place.end])
        if month is None:
            return None
        marks = self.citer.place(document.id, place.start, place.end)
        name = self.say.document(document)
        return self.say.say("field_issued_in", document=name, value=" ".join(month.group().split()), marks=marks), True

    def _not_printed(self, document: Document, field: str) -> str:
        place = next((span for name, span in document.metadata.unfilled if name == field), None)
        printed = ""
        if place is not None:
            printed = self.say.say("printed_blank", marks=self.citer.place(document.id, place.start, place.end))
        name, words = self.say.document(document), self.say.name("field_names", field)
        text = self.say.say("not_printed", document=name, field=words, printed=printed)
        office = document.metadata.signer_office if field == "signer" else None
        if office:
            text += " " + self.say.say(
                "field_signer_office", document=name, value=office.value, marks=self.citer.stated(office)
            )
        return text

    def _recipients(self, document: Document) -> tuple[str, bool]:
        if lines := self._addressees(document):
            value = "; ".join(f"{words} {marks}" for words, marks in lines)
            return self.say.say("field_recipients", document=self.say.document(document), value=value), True
        items = document.metadata.recipients
        if not items:
            return self._not_printed(document, "recipients"), False
        value = "; ".join(f"{item.value} {self.citer.stated(item)}" for item in items)
        return self.say.say("field_recipients", document=self.say.document(document), value=value), True

    def _effective(self, document: Document) -> tuple[str, bool]:
        """Return the sentence that says since when *document* is in force."""
        for pattern in (_IN_FORCE, _APPLIED):
            for clause, start, end, shown in self._sentences(document):
                if pattern.search(fold(shown)):
                    marks = self.citer.clause(document, clause, start, end)
                    name = self.say.document(document)
                    return self.say.say("field_effective", document=name, value=shown.rstrip("./ "), marks=marks), True
        return self._not_printed(document, "effective"), False

    def _office_beside(self, document: Document) -> tuple[str, bool] | None:
        """Return the office that a page read badly prints beside the recipients: the last that is in capitals and signs for nobody else."""
        found = [
            (clause, match)
            for clause in self.corpus.index.clauses(document.id)
            if clause.path[0].kind in (StepKind.SIGNATURE, StepKind.RECIPIENTS)
            for match in _OFFICES.finditer(fold(clause.text))
            if clause.text[slice(*match.span())].isupper()
        ]
        if not found:
            return None
        clause, match = found[-1]
        start, end = clause.start + match.start(), clause.start + match.end()
        name, value = self.say.document(document), shown_between(document, start, end)
        marks = self.citer.place(document.id, start, end)
        return self.say.say("field_signer_office", document=name, value=value, marks=marks), True

    def _gazette(self, document: Document) -> tuple[str, bool]:
        """Return in which gazette *document* is printed, as the heads of the pages say."""
        match = _GAZETTE.search(document.text)
        if match is None:
            return self._not_printed(document, "gazette"), False
        marks = self.citer.place(document.id, match.start(), match.end())
        name, value = self.say.document(document), " ".join(match.group().split())
        return self.say.say("field_effective", document=name, value=value, marks=marks), True

    def _in_a_sentence(self, document: Document, field: str) -> tuple[str, bool]:
        """Return the sentence that says *field*: at whose proposal, on whose behalf, what an annex is attached to."""
        other = _PROPOSING.search(self.query.folded) if field == "proposal" else None
        for clause in self.corpus.index.clauses(document.id):
            whole = field == "on_behalf"
            if whole and clause.path[0].kind is not StepKind.SIGNATURE:
                continue
            parts = [(clause.start, clause.end)] if whole else sentences(document.text, clause.start, clause.end)
            for start, end in parts:
                shown = shown_between(document, start, end)
                if _SENTENCES[field].search(fold(shown)) and (other is None or other.group(1) in fold(shown)):
                    marks = self.citer.clause(document, clause, start, end)
                    name = self.say.document(document)
                    return self.say.say("field_effective", document=name, value=shown.strip("./;, "), marks=marks), True
        return self._not_printed(document, field), False

    def _sentences(self, document: Document) -> Iterator[tuple[Clause, int, int, str]]:
        for _, clause in self.corpus.body_clauses([document]):
            for start, end in sentences(document.text, clause.start, clause.end):
                yield clause, start, end, shown_between(document, start, end)

    def _addressees(self, document: Document) -> list[tuple[str, str]]:
        """Return to whom a letter is addressed ("Kính gửi: …"), with the marks; [] where the question does not ask that, or none is."""
        letter = document.metadata.kind is not None and document.metadata.kind.value in ("CV", "TTr")
        if not letter and "kinh gui" not in self.query.folded:
            return []
        found: list[tuple[str, str]] = []
        begun = False
        for clause in self.corpus.index.clauses(document.id):
            words = " ".join((clause.reading or clause.text).split())
            if not begun:
                begun = fold(words).startswith("kinh gui")
                words = words.partition(":")[2].strip() if begun else ""
            elif not words.startswith(("-", "–", "+", "•")):
                break
            if begun and words:
                found.append((words.lstrip("-–+• ").rstrip(" ;."), self.citer.clause(document, clause)))
        return found

    def _relation_field(self, document: Document, field: str) -> tuple[str, bool]:
        found = [relation for relation in document.metadata.relations if relation.type in RELATIONS[field]]
        name = self.say.document(document)
        if not found and field == "replaces":
            for clause, start, end, shown in self._sentences(document):
                if _REPEALS.search(fold(shown)) and NUMBER.search(shown):
                    marks = self.citer.clause(document, clause, start, end)
                    return self.say.say("field_effective", document=name, value=shown.rstrip("./ "), marks=marks), True
        if not found:
            printed = self.say.name("field_names", field)
            return self.say.say("not_printed", document=name, field=printed, printed=""), False
        parts = [f"{self.named(document, relation)} {self.cite_relation(document, relation)}" for relation in found]
        return self.say.say(f"field_{field}", document=name, value="; ".join(parts), marks=""), True

    def cite_relation(self, document: Document, relation: Relation) -> str:
        """Cite the words in which *document* states *relation*; return the marks."""
        return self.citer.place(document.id, relation.start, relation.end)

    @staticmethod
    def named(document: Document, relation: Relation) -> str:
        """Return the number with its kind as printed, and its date where it stands behind it: "Kế hoạch 12/KH-UBND ngày 15/01/2026"."""
        words = " ".join(relation.quote.split())
        place = words.find(relation.number)
        kind = _KIND_OF_DOCUMENT.search(words[:place]) if place >= 0 else None
        name = kind.group().replace("số:", "").replace("số", "") if kind else ""
        dated = (
            re.match(r",? ng[aà]y \d{1,2}/\d{1,2}/\d{4}", words[place + len(relation.number) :]) if place >= 0 else None
        )
        shown = " ".join(f"{name[:1].upper()}{name[1:]} {relation.number}".split())
        if document.reading is not None and dated:
            return f"{shown}, ngày {dated.group().split()[-1]}"
        return shown + (dated.group() if dated else "")
