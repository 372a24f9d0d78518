"""
A question as a typed value: what is asked, about which rows, documents, agencies and periods, and the words that are left.

Everything here is inspectable; :meth:`Query.steps` says it in words, for "vì sao trả lời như vậy".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.agencies import Agency, agency_key, find_agencies
from assistant.lexicon import canonical, content_words, keys, patterns, says
from assistant.periods import Asked, parse_asked
from indexer.flat_rows import roman_value
from indexer.relations import NUMBER, plain_number
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assistant.corpus import Corpus
    from assistant.typed import Understood
    from indexer.types import Document

_ROLES = ("lead", "partners", "due", "deliverable", "note", "group", "funding", "content")
_DOCUMENT_WORD = r"(?:ke hoach|van ban|phu luc|quyet dinh|nghi quyet|cong van|chi thi|thong bao|to trinh|bao cao|chuong trinh|de an|luat|nghi dinh|thong tu|kh)"
_APPENDIX = re.compile(r"\bphu luc\s*(?:so\s*)?([ivxlc]+|\d{1,2}|[a-h])\b(?!\s*(?:ban hanh|kem))")
_GROUP = re.compile(r"\b(?:muc|phan|nhom)\s+([ivxlc]+)\b")
_ROW_NUMBERS = re.compile(r"\d{1,3}(?:\s*(?:,|va|den|-)\s*\d{1,3}(?![\w/%]))*(?![\w/%])")
_BARE_NUMBER = re.compile(rf"\b{_DOCUMENT_WORD}\s*(?:so\s*)?:?\s*(\d{{1,5}})(?![\d/-])|\bso\s*(\d{{2,5}})(?![\d/%-])")
_ROW_WORDS = ("dong", "stt", "so thu tu", "hang", "muc")


@dataclass(frozen=True, slots=True)
class Query:
    """What a question asks. ``folded`` has the letters of ``text`` without case and diacritics, offset for offset."""

    text: str
    folded: str
    language: str = "vi"
    asked: tuple[str, ...] = ()  # roles of columns, as in columns.toml
    form: str = "one"  # "one", "list" or "count"
    noun: str | None = None  # what rows are called
    rows: tuple[str, ...] = ()
    appendix: str | None = None
    group: str | None = None
    documents: tuple[str, ...] = ()  # ids of documents named by number or by "kế hoạch của …"
    issued_by: tuple[str, ...] = ()  # ids of documents whose issuer is named
    numbers: tuple[str, ...] = ()  # document numbers that are named
    agencies: tuple[Agency, ...] = ()
    agency_role: str | None = None
    period: Asked | None = None
    fields: tuple[str, ...] = ()  # metadata fields
    words: tuple[str, ...] = ()  # what is left: what it is about

    def says(self, key: str) -> bool:
        """Tell whether the question has the form *key* of questions.toml."""
        return says("forms", key, self.folded)

    def wants(self, key: str) -> bool:
        """Tell whether the question asks for a fact of the kind *key* ("percent", "time", "body", …)."""
        return says("answers", key, self.folded)

    def steps(self) -> tuple[str, ...]:
        """Return in Vietnamese what was understood, one step a line."""
        found = (
            ("Cột được hỏi", ", ".join(self.asked)),
            ("Dạng câu hỏi", {"list": "liệt kê", "count": "đếm"}.get(self.form, "một nội dung")),
            ("Dòng được hỏi", ", ".join(f"{self.noun or 'dòng'} {row}" for row in self.rows)),
            ("Phụ lục", self.appendix or ""),
            ("Mục của bảng", self.group or ""),
            ("Văn bản", ", ".join(self.documents)),
            ("Cơ quan", ", ".join(agency.name for agency in self.agencies)),
            ("Thời gian", str(self.period.due.kind) if self.period else ""),
            ("Thuộc tính văn bản", ", ".join(self.fields)),
            ("Từ khóa", " ".join(self.words)),
        )
        return tuple(f"{name}: {value}" for name, value in found if value)


class _Text:
    """The folded question, from which what is understood is struck out."""

    def __init__(self, text: str) -> None:
        self.text, self.folded = text, fold(text)
        self.left = list(text)

    def strike(self, spans: Iterable[tuple[int, int]]) -> None:
        for start, end in spans:
            self.left[start:end] = " " * (end - start)

    def strike_pattern(self, pattern: re.Pattern[str]) -> None:
        self.strike(match.span() for match in pattern.finditer(self.folded))

    def rest(self) -> str:
        return "".join(self.left)


def _agency_pattern(key: str) -> re.Pattern[str]:
    words = [r"(?:ubnd|(?:uy|u) ban nhan dan)" if word == "ubnd" else re.escape(word) for word in key.split()]
    return re.compile(r"\b" + r"[\W]+(?:va\W+)?".join(words) + r"\b")


def parse_question(understood: Understood, corpus: Corpus) -> Query:
    """Return what *understood* asks of *corpus*."""
    text = _Text(understood.text)
    folded = text.folded
    rows, noun = _rows(text, corpus)
    appendix = _appendix(text)
    group = _group(text)
    numbers = tuple(dict.fromkeys(match.group() for match in NUMBER.finditer(understood.text)))
    text.strike(match.span() for match in NUMBER.finditer(understood.text))
    agencies = find_agencies(understood.text, corpus.agencies)
    issued_by = tuple(d.id for agency in agencies for d in corpus.issuers.get(agency.key, ()))
    documents = _documents(understood.text, folded, corpus, agencies, numbers)
    form, form_noun = _form(folded, corpus)
    fields = _fields(folded)
    asked = _asked(folded, corpus)
    period = None if rows else parse_asked(understood.text)
    for agency in agencies:
        text.strike_pattern(_agency_pattern(agency.key))
    own = {re.split(r"[/-]", number.value)[0] for d in map(corpus.index.document, documents) if (number := d.metadata.number)}
    text.strike(match.span() for match in _BARE_NUMBER.finditer(folded) if (match.group(1) or match.group(2)) in own)
    for role in (*asked, "all"):
        if role in keys("asks"):
            text.strike_pattern(patterns("asks", role))
    for key in ("list", "count", "follow_up", "those", "compare", "which_documents"):
        text.strike_pattern(patterns("forms", key))
    words = content_words(canonical(text.rest()), without_place=True)
    return Query(
        understood.text,
        folded,
        understood.language,
        asked,
        form,
        noun or form_noun or _noun(folded, corpus),
        rows,
        appendix,
        group,
        documents,
        issued_by,
        numbers,
        tuple(agencies),
        _agency_role(folded),
        period,
        fields,
        tuple(words),
    )


def _noun(folded: str, corpus: Corpus) -> str | None:
    return next((noun for noun in corpus.nouns if re.search(rf"\b{re.escape(fold(noun))}\b", folded)), None)


def _rows(text: _Text, corpus: Corpus) -> tuple[tuple[str, ...], str | None]:
    nouns = {fold(noun): noun for noun in corpus.nouns}
    choices = "|".join(sorted(map(re.escape, [*nouns, *_ROW_WORDS]), key=len, reverse=True))
    pattern = re.compile(rf"\b({choices})\s*(?:so|thu|no\.?|number|#)?\s*(?={_ROW_NUMBERS.pattern})")
    rows: list[str] = []
    noun = None
    for match in pattern.finditer(text.folded):
        numbers = _ROW_NUMBERS.match(text.folded, match.end())
        if not numbers:
            continue
        noun = noun or nouns.get(match.group(1))
        rows += _expand(numbers.group())
        text.strike([(match.start(), numbers.end())])
    return tuple(dict.fromkeys(rows)), noun


def _expand(numbers: str) -> list[str]:
    """Return the numbers of "9 và 10", "1, 3" or "5 đến 8"."""
    done: list[str] = []
    parts = re.split(r"\s*(,|va|den|-)\s*", numbers)
    for place, part in enumerate(parts[::2]):
        between = parts[2 * place - 1] if place else ","
        if between in ("den", "-") and done and int(done[-1]) < int(part) < int(done[-1]) + 100:
            done += [str(number) for number in range(int(done[-1]) + 1, int(part) + 1)]
        else:
            done.append(str(int(part)))
    return done


def _appendix(text: _Text) -> str | None:
    match = _APPENDIX.search(text.folded)
    if not match:
        return None
    text.strike([match.span()])
    return match.group(1).upper()


def _group(text: _Text) -> str | None:
    match = _GROUP.search(text.folded)
    if not match or not roman_value(match.group(1).upper()):
        return None
    text.strike([match.span()])
    return match.group(1).upper()


def same_number(one: str, other: str) -> bool:
    """Tell whether two numbers of an annex or a section are the same: "II", "2" and "02" are."""
    values = [int(n) if n.isdigit() else roman_value(n.upper()) for n in (one, other)]
    return one.upper() == other.upper() or (values[0] == values[1] != 0)


def _form(folded: str, corpus: Corpus) -> tuple[str, str | None]:
    """Tell whether rows are to be listed or counted, and what they are called."""
    for noun in corpus.nouns:
        name = re.escape(fold(noun))
        if re.search(rf"\b(?:bao nhieu|may|so luong|tong so|dem (?:so )?|bao nhieu cai)\s+(?:cac\s+)?{name}\b", folded):
            return "count", noun
        if re.search(rf"\b{name}\s+(?:nao|gi|ma)\b", folded) and not re.search(rf"\bla {name}\s+(?:nao|gi)\b", folded):
            return "list", noun
        if re.search(rf"\b(?:nhung|cac|tat ca|toan bo|moi)\s+(?:cac\s+)?{name}\b(?!\s*\d)", folded):
            return "list", noun
        if says("forms", "list", folded) and re.search(rf"\b{name}\b", folded):
            return "list", noun
    if re.search(r"\b(?:nhung|cac) (?:dong|viec|muc) (?:nao|gi)\b|\b(?:dong|viec|muc) nao\b|\b(?:nhung|cac) viec\b|\b(?:lam|duoc giao|giao|phu trach|chu tri|phoi hop|theo doi|co ten) (?:nhung |trong nhung )?(?:gi|viec gi|dong nao)\b", folded):
        return "list", None
    return "one", None


def _asked(folded: str, corpus: Corpus) -> tuple[str, ...]:
    found = [role for role in _ROLES if says("asks", role, folded)]
    for table in corpus.tables:
        for column in table.columns:
            if column.role == "other" and re.search(rf"\b{re.escape(fold(column.name))}\b", folded):
                found.append(column.name)
    return tuple(dict.fromkeys(found))


def _agency_role(folded: str) -> str | None:
    partner = says("asks", "partners", folded)
    lead = re.search(r"\b(?:chu tri|theo doi|phu trach|chiu trach nhiem|dau moi|duoc giao|dung dau)\b", folded) is not None
    if partner != lead:
        return "partners" if partner else "lead"
    return None


def _fields(folded: str) -> tuple[str, ...]:
    return tuple(key for key in keys("metadata") if says("metadata", key, folded))


def _documents(
    typed: str, folded: str, corpus: Corpus, agencies: Sequence[Agency], numbers: Sequence[str]
) -> tuple[str, ...]:
    """Return the documents that are named: by number, else by "kế hoạch của …", narrowed by the numbers in their titles."""
    plain = {plain_number(number) for number in numbers}
    bare = {a or b for a, b in _BARE_NUMBER.findall(folded)}
    named: list[str] = []
    for document in corpus.documents:
        number = document.metadata.number
        if number and (plain_number(number.value) in plain or re.split(r"[/-]", number.value)[0] in bare):
            named.append(document.id)
    if named:
        return tuple(named)
    words = agency_key(typed)
    found: list[Document] = []
    for agency in agencies:
        if re.search(rf"\b{_DOCUMENT_WORD}(?: (?:so|cua|do|tai|ben|thuoc|noi bo|trien khai|thuc hien))* {re.escape(agency.key)}\b", words):
            found += corpus.issuers.get(agency.key, ())
    titled = [document for document in found if document.metadata.title and plain & {plain_number(m.group()) for m in NUMBER.finditer(document.metadata.title.value)}]
    first_named = [d for d in titled if d.metadata.title and _first_number(d.metadata.title.value) in plain]
    return tuple(dict.fromkeys(document.id for document in (first_named or titled or found)))


def _first_number(title: str) -> str | None:
    match = NUMBER.search(title)
    return plain_number(match.group()) if match else None
