"""Questions about the documents themselves: number, date, signer, recipients, what replaces what, which documents there are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import regex as re

from assistant.asked_documents import OWN_WORDS, AskedDocuments
from assistant.citing import Citer
from assistant.document_fields import RELATIONS, DocumentFields
from assistant.document_naming import Naming
from assistant.lexicon import matches
from assistant.question import same_number
from assistant.types import Abstention, Answer, Status
from assistant.wording import Wording, sentence
from indexer.letterhead import kinds
from indexer.path import label
from indexer.relations import plain_number
from indexer.types import StepKind
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.corpus import Corpus
    from assistant.question import Query
    from assistant.types import Reply
    from indexer.types import Document

_ALL_DOCUMENTS = re.compile(
    r"\b(?:bao nhieu|may|nhung|cac|liet ke|danh sach|co) (?:cac )?(?:van ban|tai lieu|ke hoach)\b"
)
_IN_STORE = re.compile(r"\b(?:kho|co san|dang co|he thong|bo tai lieu|du lieu nay|tat ca)\b")
_KINDS = (
    r"[Kk]ế\s+hoạch|[Qq]uyết\s+định|[Nn]ghị\s+quyết|[Cc]hương\s+trình(?:\s+hành\s+động)?|"
    r"[Tt]hông\s+báo|[Cc]hỉ\s+thị|[Nn]ghị\s+định|[Đđ]ề\s+án|[Tt]hông\s+tư|[Kk]ết\s+luận|[Ll]uật"
)
_TAIL = re.compile(
    r"(?:,?\s*ngày\s+(?:\d{1,2}/\d{1,2}/\d{4}|\d{1,2}\s+tháng\s+\d{1,2}\s+năm\s+\d{4}))?(?:\s+của\s+\p{Lu}[^,;.()]{2,60}?)?(?:\s+về\s+[^;.()]{5,220})?"
    r"(?=[,;.()]|\s+về\s|\s+thực\s|\s+ban\s+hành|\s+sửa\s|\s*$)"
)
_BARE = re.compile(
    r"\b(nghi quyet|quyet dinh|ke hoach|nghi dinh|thong bao|chi thi|thong tu|ket luan)\s+(?:so\s+)?(\d{1,5})(?![\d/-])"
)
_FOR_WHOM = re.compile(r"\bthay (?:mat )?(?:cho )?(?:ai|co quan|don vi|to chuc|cap) ?(?:nao|gi)?\b")
_NOT_RELATED = frozenset(("signer", "signer_office", "gazette"))
_AMENDS = re.compile(r"\bsửa\s+đổi\b")
_SERVES = re.compile(rf"\b(?:thực\s+hiện|căn\s+cứ)\s+(?:{_KINDS})\b|\bsửa\s+đổi\b")
_DATED = r"\W+(?:duoc |co )?(?:ban hanh |ky )?(?:vao )?ngay (?:nao|may|bao nhieu)\b"
_OFFICE = re.compile(r"\bchuc\b|\bcuong vi\b|\bghe\b")
_OTHER_KIND = re.compile(
    r"\b(to trinh|cong van|thong bao|bao cao|ke hoach|nghi quyet|quyet dinh|chi thi|nghi dinh|thong tu|chuong trinh)"
    r" (?:so )?(?:may|nao|bao nhieu)\b"
)
_OPENS = re.compile(r"^\W*(ke hoach|quyet dinh|nghi quyet|thong tu|chi thi|cong van|thong bao|to trinh|bao cao)\b")


class AboutDocuments:
    """Answers one question out of the metadata of *corpus*."""

    def __init__(self, corpus: Corpus, query: Query, understood: str, question: str) -> None:
        if _NOT_RELATED & set(query.fields):  # "văn bản công bố thông tư còn hiệu lực do ai ký"
            query = replace(query, fields=tuple(field for field in query.fields if field not in RELATIONS))
        self.corpus, self.query = corpus, query
        self.question, self.understood = question, understood
        self.say = Wording(query.language)
        self.citer = Citer(corpus)
        self.fields = DocumentFields(corpus, query, self.say, self.citer)
        self.asked = AskedDocuments(corpus, query)

    def answer(self) -> Reply | None:
        """Return the answer, or None where the question is not about the documents themselves."""
        query = self.query
        if reply := self._reverse():
            return reply
        if reply := self._by_signer() or self._issued_first():
            return reply
        if (
            query.numbers
            and (not query.documents or self._dates_named())
            and not query.rows
            and self._loose_fields()
            and (reply := self._mentioned())
        ):
            return reply
        if not query.fields:
            return self._all_documents()
        if query.fields == ("effective",) and any(
            plain_number(n) not in self.corpus.own_numbers for n in query.numbers
        ):
            return None  # since when another paper, which a document names, is in force
        if query.says("which_documents") and set(query.fields) <= {"issuer", "number"} and self.asked.heavy():
            return None
        if "attached" not in query.fields and (reply := self._annex_title() or self._mentioned()):
            return reply
        documents = self.asked.documents()
        if documents is None:
            own = self.corpus.own_numbers.keys()
            if (
                query.numbers
                and not {*map(plain_number, query.numbers)} & own
                and not query.issued_by
                and set(query.fields) & {"signer", "signer_office", "recipients"}
            ):
                known = self.say.documents(self.corpus.documents)
                return self._abstain(
                    Status.NOT_FOUND, self.say.say("no_document", issuer=query.numbers[0], documents=known)
                )
            return None
        if not documents:
            known = self.say.documents(self.corpus.documents)
            return self._abstain(
                Status.NOT_FOUND, self.say.say("no_document", issuer=self.asked.foreign(), documents=known)
            )
        return self._fields(documents)

    def _annex_title(self) -> Reply | None:
        """Answer what an annex is called."""
        query = self.query
        if "title" not in query.fields or not query.appendix or query.rows:
            return None
        lines = []
        for document in self.corpus.with_annexes:
            if query.documents and document.id not in query.documents:
                continue
            for clause in self.corpus.index.clauses(document.id):
                last = clause.path[-1]
                if last.kind is StepKind.APPENDIX and same_number(last.number, query.appendix) and clause.heading:
                    name = f"{label(clause.path)} ({self.say.document(document)})"
                    lines.append(
                        self.say.say(
                            "field_title",
                            document=name,
                            value=clause.heading,
                            marks=self.citer.clause(document, clause),
                        )
                    )
        return self._answer("\n".join(map(sentence, lines))) if lines else None

    def _mentioned(self) -> Reply | None:
        """Answer who issued a document that others only name, when, or what it is about: with the words that name it best."""
        query = self.query
        fields = set(query.fields) | self._loose_fields()
        own = self.corpus.own_numbers
        numbers = [n for n in query.numbers if plain_number(n) not in own]
        if not numbers and not query.documents:
            numbers = self._numbers_headed()
        if len(numbers) != 1 or not fields & {"issued_on", "issuer", "title", "number", "based_on", "amends"}:
            return None
        named = re.search(
            r"\b(?:ke hoach|van ban) (?:cua )?(?:so|ubnd|uy ban|thanh tra|van phong|tinh)\b", query.folded
        )
        place = query.folded.find(re.split(r"[/-]", numbers[0])[0])
        if query.documents and (
            (named and named.start() < place) or "number" in query.fields
        ):  # it asks about the document that implements this one
            return None
        found = [m for document in self.corpus.documents for m in self._mentions(document, numbers[0])]
        if served := {"based_on", "amends"} & fields:
            says_it = _AMENDS if served == {"amends"} else _SERVES
            found = [self._to_sentence_end(one, says_it) for one in found]
            found = [one for one in found if one[0]]
        found = [one for one in found if one[1].id in (query.documents or query.issued_by)] or found
        if not found:
            return None
        if self.asked.foreign():
            return None
        best: dict[str, tuple[int, Document, int, int]] = {}
        for weight, document, start, end in sorted(found, key=lambda item: -item[0]):
            best.setdefault(document.id, (weight, document, start, end))
        _, document, start, end = max(best.values(), key=lambda item: item[0])
        wanted = {"title": r"về\s", "issued_on": r"\d{1,2}/\d{1,2}/\d{4}|\d\s+năm\s+\d{4}", "issuer": r"của\s+\p{Lu}"}
        missing = [
            field for field in fields if field in wanted and not re.search(wanted[field], document.text[start:end])
        ]
        if missing and len(missing) == len([field for field in fields if field in wanted]):
            field = self.say.name("field_names", missing[0])
            text = self.say.say(
                "not_said_of", value=numbers[0], field=field, marks=self.citer.place(document.id, start, end)
            )
            return self._abstain(Status.NOT_STATED, sentence(text))
        value = self.say.say("as_named", value=" ".join(document.text[start:end].split()))
        others = [
            item for item in best.values() if item[1] is not document and item[0] == max(i[0] for i in best.values())
        ]
        marks = self.citer.place(document.id, start, end) + "".join(
            self.citer.place(d.id, s, e) for _, d, s, e in others[:3]
        )
        name = self.say.document(document)
        return self._answer(sentence(self.say.say("fact_short", document=name, value=value, marks=marks)))

    def _loose_fields(self) -> set[str]:
        """Return fields that are asked loosely of a document that is named by its number: "ngày bao nhiêu", "về gì"."""
        folded = self.query.folded
        loose = {
            "issued_on": r"\bngay (?:bao nhieu|may|nao|thang nam)\b|\bwhen\b",
            "title": r"\bve (?:gi|viec gi|van de gi|cai gi)\b|\bnoi dung gi\b",
            "issuer": r"\bcua (?:ai|co quan nao)\b",
        }
        return {field for field, pattern in loose.items() if re.search(pattern, folded)}

    def _dates_named(self) -> bool:
        """Tell whether the day is asked of a paper that is only named, right behind its number: "nhắc Nghị định 12/2025 ngày nào"."""
        foreign = (n for n in self.query.numbers if plain_number(n) not in self.corpus.own_numbers)
        return any(re.search(re.escape(fold(number)) + _DATED, self.query.folded) for number in foreign)

    @staticmethod
    def _to_sentence_end(
        found: tuple[int, Document, int, int], verb: re.Pattern[str]
    ) -> tuple[int, Document, int, int]:
        """Stretch a mention to the end of its phrase, where *verb* says what it implements or amends; weight 0 where it does not."""
        weight, document, start, _ = found
        match = re.compile(r"[^;]{0,400}?(?=;|\.\s|\.$|$)", re.DOTALL).match(document.text, start)
        end = match.end() if match else found[3]
        says_it = verb.search(document.text, start, end)
        return (weight + 1 if says_it else 0), document, start, end

    def _numbers_headed(self) -> list[str]:
        """Return the full numbers that the corpus has for a number that is named by its figure alone: "Nghị quyết 57"."""
        match = _BARE.search(self.query.folded)
        if not match:
            return []
        heads = [number for number in self.corpus.related if re.split(r"[/-]", number)[0] == match.group(2)]
        kind = "".join(word[0] for word in match.group(1).split()).upper()
        return [number for number in sorted(heads) if kind in plain_number(number)][:1]

    @staticmethod
    def _mentions(document: Document, number: str) -> Iterator[tuple[int, Document, int, int]]:
        """Yield the places that name *number* with its kind, date and issuer, and how much of that each says."""
        pattern = r"\s*".join(map(re.escape, number.replace(" ", "")))
        kinds = _KINDS if document.reading is None else "(?!)"
        for match in re.finditer(rf"(?:{kinds})\s+(?:số:?\s+)?{pattern}(?!\w)", document.text, re.IGNORECASE):
            tail = _TAIL.match(document.text, match.end())
            end = tail.end() if tail else match.end()
            dated = 2 if tail and re.search(r"\d/\d|năm\s+\d{4}", tail.group()) else 0
            issued = 1 if tail and re.search(r"\bcủa\b", tail.group()) else 0
            about = 1 if tail and re.search(r"\bvề\b", tail.group()) else 0
            yield dated + issued + about, document, match.start(), end
        for match in re.finditer(rf"(?<![\w/]){pattern}(?:,?\s*ng[aà]y\s+\d{{1,2}}/\d{{1,2}}/\d{{4}})", document.text):
            yield 2, document, match.start(), match.end()

    # Which documents.

    def _issued_first(self) -> Reply | None:
        """Answer which of two documents was issued first, with the days of both."""
        query = self.query
        if not query.says("issued_first"):
            return None
        documents = [self.corpus.index.document(name) for name in query.documents]
        if len(documents) != 2:
            head = query.text[: next(iter(matches("forms", "issued_first", query.text)))[0]]
            documents = self.asked.describing.each(head) or self.asked.describing.all_of(
                re.split(r"\s(?:và|với|hay)\s", head)
            )
        days = sorted(
            ((day, one) for one in documents if (day := one.metadata.issued_on)), key=lambda item: item[0].value
        )
        if len(days) != 2 or days[0][0].value == days[1][0].value:
            return None
        lines = [self.fields.field(one, "issued_on")[0] for _, one in days]
        return self._answer("\n".join(map(sentence, [*lines, self.say.say("issued_order")])))

    def unknown_issuer(self) -> Reply | None:
        """Say that there is no document of the body whose document the question is about, or None."""
        issuer = self.asked.foreign() if not self.query.documents and not self.query.issued_by else None
        if issuer is None:
            return None
        known = self.say.documents(self.corpus.documents)
        return self._abstain(Status.NOT_FOUND, self.say.say("no_document", issuer=issuer, documents=known))

    def _all_documents(self) -> Reply | None:
        query = self.query
        whole = _ALL_DOCUMENTS.search(query.folded) and (_IN_STORE.search(query.folded) or not query.words)
        if not whole or query.documents or query.numbers or query.noun or query.rows:
            return None
        lines = [self.say.say("documents_head", count=len(self.corpus.documents))]
        for document in self.corpus.documents:
            title = document.metadata.title
            marks = self.citer.stated(title) if title else ""
            name = self.say.document(document)
            lines.append(
                self.say.say("documents_item", document=name, title=title.value if title else document.id, marks=marks)
            )
        return self._answer("\n".join(lines)) if self.citer.citations else None

    # One field of one document or several.

    def _fields(self, documents: Sequence[Document]) -> Reply | None:
        fields = list(self.query.fields)
        asks_day = re.search(r"\bngay (?:nao|may)\b|\b(?:va|,) ngay(?! (?:cong|lam|nghi|le))\b", self.query.folded)
        if "number" in fields and "issued_on" not in fields and asks_day:
            fields.append("issued_on")
        if "attached" in fields:
            dated = ["issued_on"] if asks_day or "issued_on" in fields else []
            signed = [field for field in fields if field in ("signer", "signer_office")]
            fields = ["number", *dated, *signed] if self._is_asked_kind(documents) else ["attached"]
        if "gazette" in fields:
            fields = [field for field in fields if field not in ("number", "issued_on")]
        if "proposal" in fields:  # the number and the day are those of the paper that proposes
            fields = [field for field in fields if field not in ("number", "issued_on", "issuer", "title", "based_on")]
        if set(fields) & set(RELATIONS):  # "thay thế kế hoạch số mấy, ngày nào": the number and date of the other one
            fields = [field for field in fields if field in RELATIONS]
        if "on_behalf" in fields and _FOR_WHOM.search(self.query.folded):
            fields = ["on_behalf"]
        if "signer" in fields and "title" in fields:
            fields.remove("title")
        if "signer_office" in fields and "signer" in fields:
            named = (
                re.search(r"\bai\b|\bten\b|\b(?:ong|ba|nguoi|(?<!cuong )vi) nao\b|\bten gi\b", self.query.folded)
                is not None
            )
            office = re.search(r"\bhay (?:la )?(?:cap )?pho\b|\bky hay\b", self.query.folded) is not None
            if office or not named:
                fields.remove("signer")
            elif not _OFFICE.search(self.query.folded) or all(
                d.metadata.signer for d in documents
            ):  # it is said beside the name
                fields.remove("signer_office")
        several = len(documents) > 1
        if several:
            of_kind = documents if self.asked.each else self._of_asked_kind(documents)
            documents = self.fields.stating(of_kind, fields)
            plural = len({*self.query.documents} & {d.id for d in documents}) > 1 and self.asked.by_numbers()
            plural = (
                plural
                or self.asked.each
                or self.query.says("which_documents")
                or self.query.says("compare")
                or self.asked.all_named()
            )
            plural = plural or (
                self.asked.together and len(self.asked.issuers([d.id for d in documents])) == len(documents)
            )
            if not plural:
                documents = self._serving(documents)
            if len(documents) > 1 and not plural and set(fields) - {"replaces", "amends"}:
                return self._which(documents)
        said: list[str] = []
        missing: list[str] = []
        for document in documents:
            for field in fields:
                text, stated = self.fields.field(document, field)
                (said if stated else missing).append(text)
        if said and not self._asks_other_kind(documents):
            return self._answer("\n".join(sentence(text) for text in [*said, *([] if several else missing)]))
        if not missing:
            return None
        if self._asks_other_kind(documents):
            return None
        status = Status.NOT_FOUND if set(fields) <= set(RELATIONS) else Status.NOT_STATED
        return self._abstain(status, " ".join(sentence(text) for text in missing))

    def _is_asked_kind(self, documents: Sequence[Document]) -> bool:
        """Tell whether *documents* are themselves what something else was issued with: "ban hành theo quyết định số mấy"."""
        match = _OTHER_KIND.search(self.query.folded)
        kind = kinds().get(match.group(1)) if match else None
        return kind is not None and all(
            d.metadata.kind is not None and d.metadata.kind.value == kind for d in documents
        )

    def _of_asked_kind(self, documents: Sequence[Document]) -> Sequence[Document]:
        """Return those of *documents* that may be of the kind that the question opens with: "kế hoạch … ký ngày nào"."""
        match = _OPENS.search(self.query.folded)
        kind = kinds().get(match.group(1)) if match else None
        of_kind = [d for d in documents if d.metadata.kind is None or d.metadata.kind.value == kind]
        return of_kind if kind and of_kind else documents

    def _asks_other_kind(self, documents: Sequence[Document]) -> bool:
        """Tell whether the number that is asked for is that of another paper: "trình bằng tờ trình số mấy"."""
        match = _OTHER_KIND.search(self.query.folded)
        if not match or set(self.query.fields) & {*RELATIONS, "proposal", "attached"}:
            return False
        kind = kinds().get(match.group(1))
        named = re.search(rf"\b{match.group(1)} (?:so )?\d", self.query.folded)
        return named is None and all(d.metadata.kind is not None and d.metadata.kind.value != kind for d in documents)

    def _serving(self, documents: Sequence[Document]) -> Sequence[Document]:
        """Return those of *documents* that serve a paper which the question names by its figure alone: "thực hiện Nghị quyết 12"."""
        figures = {match.group(2) for match in _BARE.finditer(self.query.folded)}
        serving = [d for d in documents if figures & {re.split(r"[/-]", r.number)[0] for r in d.metadata.relations}]
        return serving or documents

    def _which(self, documents: Sequence[Document]) -> Reply:
        names = [self.say.document(document) for document in documents]
        text = self.say.say("which_document", count=len(documents), documents="; ".join(names))
        asked = self.query.text.rstrip("?. ")
        return self._abstain(Status.AMBIGUOUS, text, [f"{asked} ({name})?" for name in names])

    # Backwards: from a number or a person to the documents.

    def _reverse(self) -> Reply | None:
        naming = Naming(self.corpus, self.query, self.fields)
        targets = naming.targets(OWN_WORDS)
        if not targets:
            return None
        lines, verb = naming.lines(targets)
        shown = ", ".join(targets)
        if not lines:
            return self._abstain(Status.NOT_FOUND, self.say.say("no_relation", verb=verb, value=shown))
        named = set(targets) <= set(self.query.numbers)  # only what is asked in full may be repeated without a citation
        head = [] if naming.replaced or not named else [self.say.say("reverse", value=shown)]
        return self._answer("\n".join([*head, *(sentence(line) for line in lines)]))

    def _by_signer(self) -> Reply | None:
        words = re.findall(r"\w+", fold(self.query.text))
        folded = f" {' '.join(words)} "
        named = [ids for name, ids in self.corpus.signers.items() if f" {name} " in folded]
        lines = [self.fields.field(self.corpus.index.document(one), "signer")[0] for ids in named for one in ids]
        return self._answer("\n".join(map(sentence, lines))) if lines and not self.query.rows else None

    # Replies.

    def _answer(self, text: str) -> Answer:
        return Answer(
            self.question, self.understood, text, self.citer.citations, self.query.steps(), tuple(self.say.computed)
        )

    def _abstain(self, status: Status, text: str, choices: Sequence[str] = ()) -> Abstention:
        return Abstention(
            status, self.question, self.understood, text, self.citer.citations, tuple(choices), self.query.steps()
        )
