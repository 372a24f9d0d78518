"""
A question as a typed value: what is asked, about which rows, documents, agencies and periods, and the words that are left.

Everything here is inspectable; :meth:`Query.steps` says it in words, for "vì sao trả lời như vậy".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from assistant.explaining import understanding
from assistant.lexicon import content_words, fold_pattern, keys, matches, row_words, says
from assistant.naming import (
    agency_pattern,
    foreign_number,
    named_documents,
    numbers_in_question,
    of_place,
    own_numbers,
    titled_documents,
)
from assistant.periods import Asked, parse_asked, supposed_day
from indexer.flat_rows import roman_value
from indexer.terms import canonical
from indexer.vietnamese import fold, has_diacritics, unify_tone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assistant.corpus import Corpus
    from assistant.typed import Understood
    from indexer.agencies import Agency

_ROLES = ("lead", "partners", "due", "deliverable", "note", "group", "funding", "content")
_ANNEX = r"(?:[ivxlc]+|\d{1,2}|[a-h])\b"
_APPENDIX = re.compile(rf"\bphu luc\s*(?:so\s*)?({_ANNEX}(?:\s*(?:,|va)\s*(?:[ivxlc]+|\d{{1,2}})\b(?![/.%\w]))*)")
_GROUP = re.compile(
    r"\b(?:muc|phan|nhom)\s+([ivxlc]+)\b(?!\.\w)|\b(?:muc|nhom)\s+(?:so\s+)?(\d{1,2})\b(?=\s*(?:,|cua|trong|o|thuoc)?\s*phu luc)"
)
_ROW_NUMBER = r"\d{1,3}(?:\.\d{1,2}){0,2}"
_ROW_NUMBERS = re.compile(rf"{_ROW_NUMBER}(?:\s*(?:,|va|den|-)\s*{_ROW_NUMBER}(?![\w/%]))*(?![\w/%]|-[a-z]|[.,]\d)")
_DATED = re.compile(r"/[a-z][\w/-]*,? (?:ngay )?\d{1,2}/\d{1,2}/\d{4}")  # the date of a document that is named
_BRACKETS = re.compile(r"\([^()]{3,160}\)")
_ABBREVIATED = re.compile(r"\b(?:Bộ|Sở|Ban|Vụ|Cục)\s+[A-ZĐ]+(?:&[A-ZĐ]+)+")  # agencies written short: "Bộ TT&TT"
_OF_DOCUMENT = re.compile(
    r"\b(?:ke hoach|quyet dinh|nghi quyet|chi thi|thong tu|cong van|de an|van ban|phu luc|qd|nq|kh|ct|tt)\b"
)
_QUOTED = re.compile(r"[“\"‘']([^”\"’']{3,200})[”\"’']")
_EXCLUDED = re.compile(  # "không kể Đảng ủy Sở", "(Đảng ủy Sở tính riêng)", "tính cả đồng chủ trì": what a list says beside itself
    r"\b(?:khong|chua) (?:ke|tinh|bao gom)(?: ca)? (?:\w+ ?){1,6}|"
    r"\((?:ke|tinh|bao gom) ca [^()]{2,60}\)|\([^()]{3,60} tinh rieng\)|\b(?:ke|tinh|bao gom) ca (?:\w+ ){0,2}dong chu tri\b"
)
_LEFT_OUT = re.compile(r"\b(?:ngoai|ngoai tru|tru|khong ke|khong tinh|ben canh)(?: ca)?\s*$")
_SEVERAL = (
    r"\b(?:những|các)\s+(?!đơn vị\b|cơ quan\b|ai\b)(?:(?!là\b|cho\b|đến\b|khi\b|do\b|để\b|thì\b|phải\b)[^\W\d_]+\s+){1,8}?(?:nào|gì)\b|"
    r"(?<!về )(?<!cho )\b(?:việc|chuyên đề|báo cáo|sản phẩm) nào\b|"
    r"\b(?:mấy|bao nhiêu)\s+(?!phần trăm\b|tiền\b|đồng\b|ngày\b|tháng\b|năm\b|lần\b|tỷ\b|triệu\b)(?:[^\W\d_]+\s+){1,4}?"
    r"(?=(?:phải|do|có hạn|đến hạn|hoàn thành|được giao)\b)"
)
_PERIOD = re.compile(r"\s*(?:la |vao |den |truoc |trong |het )*(?:quy|thang|nam|ngay)\s+(?:[ivx]+|\d+)(?:[/\s.,)?]|$)")
_ANY_ROW = "dòng"  # what a row is called where its table does not say, and what any row may be called
_ROW_WORDS = (_ANY_ROW, "stt", "số thứ tự", "hàng", "mục")


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
    appendices: tuple[str, ...] = ()  # where several are named
    group: str | None = None
    documents: tuple[str, ...] = ()  # ids of documents named by number or by "kế hoạch của …"
    issued_by: tuple[str, ...] = ()  # ids of documents whose issuer is named
    numbers: tuple[str, ...] = ()  # document numbers that are named
    agencies: tuple[Agency, ...] = ()
    agency_role: str | None = None
    period: Asked | None = None
    fields: tuple[str, ...] = ()  # metadata fields
    words: tuple[str, ...] = ()  # what is left beside all that: what a row must be about
    topic: tuple[str, ...] = ()  # what the question is about in prose: agencies and documents struck out, columns not
    negated: bool = False
    also: tuple[tuple[str, ...], ...] = ()  # words of the lists before, which this one narrows
    today: date = date.min  # the day on which it is asked
    quoted: tuple[str, ...] = ()  # words in quotation marks, to be found as they are
    counted: str = ""  # the question without what it says does not count: "không kể Đảng ủy Sở"
    several: tuple[str, ...] = ()  # what they are, then: "báo cáo"
    loose: bool = False  # it may ask for rows, of which it says no name that rows have: "những báo cáo nào"
    places: tuple[tuple[str, str], ...] = ()  # rows that the answer before cited: document and eid
    without: tuple[str, ...] = ()  # numbers of rows that do not count: "ngoài nhiệm vụ 4"

    def says(self, key: str) -> bool:
        """Tell whether the question has the form *key* of questions.toml."""
        return says("forms", key, self.text)

    def wants(self, key: str) -> bool:
        """Tell whether the question asks for a fact of the kind *key* ("percent", "time", "body", …)."""
        return says("answers", key, self.text)

    def steps(self) -> tuple[str, ...]:
        """Return what was understood, one step a line, in the language of the question."""
        return understanding(self)


class _Text:
    """
    The question, from which what is understood is struck out.

    ``words`` has its letters in small form, with diacritics where the question has any: "dòng" and "động" are then apart.
    """

    def __init__(self, text: str) -> None:
        self.text, self.folded = text, fold(text)
        self.marked = has_diacritics(text)
        self.words = unify_tone(text).lower() if self.marked else self.folded
        self.left = list(text)

    def form(self, word: str) -> str:
        """Return *word* as it would stand in ``words``, as a pattern."""
        return re.escape(word if self.marked else fold(word))

    def search(self, pattern: str) -> re.Match[str] | None:
        """Search for *pattern*, written with diacritics."""
        return re.search(pattern if self.marked else fold_pattern(pattern), self.words)

    def strike(self, spans: Iterable[tuple[int, int]]) -> None:
        for start, end in spans:
            self.left[start:end] = " " * (end - start)

    def strike_pattern(self, pattern: re.Pattern[str]) -> None:
        self.strike(match.span() for match in pattern.finditer(self.folded))

    def without_asides(self, also: Iterable[tuple[int, int]] = ()) -> str:
        """Return the text without what brackets say of the document, and without what stands in the spans *also*."""
        done = list(self.text)
        for start, end in (*also, *_asides(self), *(match.span() for match in _DATED.finditer(self.folded))):
            done[start:end] = " " * (end - start)
        return "".join(done)

    def without_excluded(self) -> str:
        """Return the text without what does not count: "không kể Đảng ủy Sở"."""
        done = list(self.text)
        for match in _EXCLUDED.finditer(self.folded):
            done[slice(*match.span())] = " " * (match.end() - match.start())
        return "".join(done)

    def rest(self) -> str:
        return "".join(self.left)


def _asides(text: _Text) -> list[tuple[int, int]]:
    """Return where brackets only say which document is meant: "(kế hoạch 2026 của thành phố)"."""
    return [match.span() for match in _BRACKETS.finditer(text.folded) if _OF_DOCUMENT.search(match.group())]


def asides(folded: str) -> list[str]:
    """Return what brackets of a folded question say of the document that is meant."""
    return [match.group() for match in _BRACKETS.finditer(folded) if _OF_DOCUMENT.search(match.group())]


@dataclass(frozen=True, slots=True)
class _Form:
    """Whether rows are to be listed or counted, what the question calls them, and where it does."""

    form: str = "one"
    noun: str | None = None
    spans: tuple[tuple[int, int], ...] = ()


def parse_question(understood: Understood, corpus: Corpus, today: date) -> Query:
    """Return what *understood* asks of *corpus* on the day *today*."""
    text = _Text(understood.text)
    folded = text.folded
    today, supposed = supposed_day(understood.text, today)
    text.strike(supposed)
    text.strike_pattern(_EXCLUDED)
    found = numbers_in_question(understood.text, corpus)
    numbers = tuple(dict.fromkeys(number for number, _ in found))
    text.strike(span for _, span in found)
    group = _group(text)
    rows, noun, without = _rows(text, corpus)
    annexes = _appendices(text)
    appendix = annexes[0] if len(annexes) == 1 else None
    agencies = corpus.keys.find(text.without_excluded(), corpus.agencies)
    issued_by = tuple(
        d.id for agency in agencies for d in of_place(corpus.issuers.get(agency.key, ()), understood.text, corpus)
    )
    documents = named_documents(understood.text, folded, corpus, agencies, numbers)
    if not numbers and (foreign := foreign_number(folded, corpus)):
        numbers, documents, issued_by = (foreign,), (), ()
    text.strike(_asides(text))
    titled, title = titled_documents(folded, corpus) if not documents else ((), None)
    if title:
        text.strike([title])
    documents = documents or titled
    form = _form(text, corpus)
    text.strike(form.spans)
    if rows and not noun and form.form != "one" and group is None and len(rows) == 1:  # "mục 4 gồm những nhiệm vụ nào"
        group, rows = rows[0], ()
    fields = tuple(key for key in keys("metadata") if says("metadata", key, text.text))
    asked = _asked(text.text, corpus)
    period = None if rows else parse_asked(text.without_asides(supposed), today)
    for agency in agencies:
        text.strike_pattern(re.compile(rf"{agency_pattern(agency.key).pattern}(?: viet nam\b)?"))
    abbreviated = (
        match for match in _ABBREVIATED.finditer(understood.text) if corpus.keys.find(match.group(), corpus.agencies)
    )
    text.strike(match.span() for match in abbreviated)
    text.strike(own_numbers(folded, corpus, documents))
    for key in ("list", "follow_up", "those", "compare", "which_documents"):
        text.strike(matches("forms", key, text.text))
    topic = content_words(canonical(text.rest()), without_place=True)
    text.strike(_headings(text, corpus))
    for role in (*asked, "all"):
        if role in keys("asks"):
            text.strike(matches("asks", role, text.text))
    text.strike(matches("forms", "count", text.text))
    words = content_words(canonical(text.rest()), without_place=True)
    return Query(
        understood.text,
        folded,
        understood.language,
        asked,
        form.form,
        noun
        or form.noun
        or next((n for n in corpus.nouns if n != _ANY_ROW and text.search(rf"\b{re.escape(n)}\b")), None),
        rows,
        appendix,
        annexes if len(annexes) > 1 else (),
        group,
        documents,
        issued_by,
        numbers,
        tuple(agencies),
        _agency_role(text, corpus),
        period,
        fields,
        tuple(words),
        tuple(topic),
        negated=says("forms", "negated", text.text) and not says("forms", "sole", text.text),
        today=today,
        quoted=tuple(match.strip() for match in _QUOTED.findall(understood.text)),
        counted=text.without_excluded(),
        several=tuple(_several(text)),
        loose=form.form == "one" and not rows and _names_several(text),
        without=without,
    )


def _names_several(text: _Text) -> bool:
    """Tell whether several of something are asked that no table calls its rows so: "những báo cáo nào", "việc nào"."""
    asked = text.search(_SEVERAL) or text.search(_NOUNLESS)
    return asked is not None and not says("forms", "which_documents", text.text)


def _several(text: _Text) -> list[str]:
    """Return what several of are asked: "báo cáo" of "những báo cáo nào"."""
    match = text.search(_SEVERAL)
    if not match:
        return []
    said = text.text[slice(*match.span())]
    if any(says("asks", role, said) for role in ("deliverable", "due", "note")):
        return []  # a column, whatever stands in it
    return content_words(said, without_place=True)


def _headings(text: _Text, corpus: Corpus) -> list[tuple[int, int]]:
    """Return where the headings of columns stand, of several words each: they say where to look, not what rows are about."""
    return [
        (place, place + len(heading))
        for heading in corpus.headings
        if (place := text.folded.find(heading)) >= 0 and re.match(rf"\b{re.escape(heading)}\b", text.folded[place:])
    ]


def _rows(text: _Text, corpus: Corpus) -> tuple[tuple[str, ...], str | None, tuple[str, ...]]:
    """Return the numbers of the rows that are named, what rows are called, and the numbers of those that do not count."""
    nouns = {text.form(alias): noun for alias, noun in _aliases(corpus).items()}
    choices = "|".join(sorted([*nouns, *map(text.form, _ROW_WORDS)], key=len, reverse=True))
    pattern = re.compile(
        rf"(?<!danh )(?<!khoản )(?<!khoan )\b({choices})\s*(?:s[oôốồ]|thứ|thu|no\.?|number|#)?\s*(?={_ROW_NUMBERS.pattern})"
    )
    rows: list[str] = []
    without: list[str] = []
    noun = None
    for match in pattern.finditer(text.words):
        numbers = _ROW_NUMBERS.match(text.folded, match.end())
        if not numbers or text.left[match.start()] == " ":
            continue
        noun = noun or nouns.get(re.escape(match.group(1)))
        left_out = _LEFT_OUT.search(text.folded[: match.start()])
        (without if left_out else rows).extend(_expand(numbers.group()))
        text.strike([(left_out.start() if left_out else match.start(), numbers.end())])
    return tuple(dict.fromkeys(rows)), noun, tuple(dict.fromkeys(without))


def _aliases(corpus: Corpus) -> dict[str, str | None]:
    """Return what rows may be called in a question, and the noun of the corpus that it is; None where any row may be meant."""
    found: dict[str, str | None] = {noun: None if noun == _ANY_ROW else noun for noun in corpus.nouns}
    for word in row_words():
        found.setdefault(word, next((noun for noun in corpus.nouns if noun.startswith(f"{word} ")), None))
    return found


def _expand(numbers: str) -> list[str]:
    """Return the numbers of "9 và 10", "1, 3", "1.2" or "5 đến 8"."""
    done: list[str] = []
    parts = re.split(r"\s*(,|va|den|-)\s*", numbers)
    for place, part in enumerate(parts[::2]):
        between = parts[2 * place - 1] if place else ","
        if "." in part:
            done.append(part)
        elif (
            between in ("den", "-") and done and done[-1].isdigit() and int(done[-1]) < int(part) < int(done[-1]) + 100
        ):
            done += [str(number) for number in range(int(done[-1]) + 1, int(part) + 1)]
        else:
            done.append(str(int(part)))
    return done


def _appendices(text: _Text) -> tuple[str, ...]:
    """Return the numbers of the annexes that are named: "Phụ lục I", "Phụ lục 01 và 02"."""
    found = list(_APPENDIX.finditer(text.folded))
    text.strike(match.span() for match in found)
    numbers = (number for match in found for number in re.split(r"\W+(?:va|phu luc|so|\W)*", match.group(1)) if number)
    return tuple(dict.fromkeys(number.upper() for number in numbers))


def _group(text: _Text) -> str | None:
    match = _GROUP.search(text.folded)
    if not match or (match.group(1) and not roman_value(match.group(1).upper())):
        return None
    title = _BRACKETS.match(text.folded, match.end() + 1)  # "mục IV (quản lý cán bộ)": what it is called
    text.strike([match.span(), *([title.span()] if title else [])])
    return (match.group(1) or match.group(2)).upper()


def same_number(one: str, other: str) -> bool:
    """Tell whether two numbers of an annex or a section are the same: "II", "2" and "02" are."""
    values = [int(n) if n.isdigit() else roman_value(n.upper()) for n in (one, other)]
    return one.upper() == other.upper() or (values[0] == values[1] != 0)


_INTERROGATIVE = r"\b(?:khi nào|bao giờ|năm nào|tháng nào|ngày nào|bao nhiêu|mấy|ai|đơn vị nào|cơ quan nào|phòng nào|sở nào|mức nào|thế nào|vì sao|tại sao)\b"
_NOUNLESS = (  # with an agency, or an annex, in the question
    r"\b(?:những|các) (?:dòng|mục) (?:nào|gì)\b|\b(?:dòng|mục|chỗ) nào\b|"
    r"\b(?:làm|thực hiện|đảm nhận|đảm nhiệm|được giao|giao|phụ trách|chủ trì|phối hợp|theo dõi|có tên) (?:xong )?"
    r"(?:những |trong những )?(?:gì|việc gì|dòng nào|việc nào)\b"
)


_OF_ROWS = (
    r"\b(?:chủ trì|phối hợp|theo dõi|phụ trách|đơn vị thực hiện|được giao|có tên|hạn|giao|phụ lục|tháng|quý|thường xuyên|định kỳ|"
    r"chậm|ghi chú|mục|nhóm|thông báo|xong|hoàn thành)\b"
)
_ROLE = r"\b(?:chủ trì|phối hợp|theo dõi|phụ trách|được giao|có tên|hạn|giao)\b"


def _form(text: _Text, corpus: Corpus) -> _Form:
    """Tell whether rows are to be listed or counted, and what they are called."""
    lists = says("forms", "list", text.text)
    aliases = _aliases(corpus)
    for alias in sorted(aliases, key=len, reverse=True):
        name = text.form(alias)
        spans = tuple(match.span() for match in re.finditer(rf"\b{name}\b(?!\s*\d)", text.words))
        if not spans:
            continue
        if text.search(
            rf"\b(?:bao nhiêu|mấy|số lượng|tổng số|đếm(?: \w+){{0,3}}|số)\s+(?:các\s+)?{re.escape(alias)}\b(?!\s*\d)"
        ):
            return _Form("count", aliases[alias], spans)
        which = r"(?:nào|gì|mà|mấy(?!\s+(?:ngày|tháng|năm|giờ|phút|tuần|lần|phần|tiền|tỷ|triệu|đồng|người)))"
        asks = rf"\b{re.escape(alias)}(?:\s+(?!thế\b|khi\b|đó\b|này\b|bao\b|như\b|của\b|do\b|\d)\w+(?:/\d+)*){{0,4}}\s+{which}\b"
        if text.search(asks) or lists:
            return _Form("list", aliases[alias], spans)
        several = text.search(rf"\b(?:những|các|tất cả|toàn bộ|mọi)\s+(?:các\s+)?{re.escape(alias)}\b(?!\s*\d)")
        if several and not text.search(_INTERROGATIVE) and not text.search(r"\b(?:nào|gì|đâu)\b"):
            return _Form("list", aliases[alias], spans)
    tasks = next((t.noun for t in corpus.tables if t.column("content") is not None), None)
    if tasks and text.search(r"\b(?:bao nhiêu|mấy) (?:đầu )?việc\b"):
        return _Form("count", tasks)
    if (
        tasks
        and text.search(_OF_ROWS)
        and (
            text.search(r"(?<!về )(?<!cho )\b(?:đầu )?việc (?:nào|gì)\b|\b(?:những|các|danh sách) (?:đầu )?việc\b")
            or (lists and text.search(r"\bviệc\b"))
        )
    ):
        return _Form("list", tasks)
    if text.search(_NOUNLESS) and (text.search(r"\bphụ lục\b") or text.search(_ROLE)):
        return _Form("list")
    return _Form()


def _asked(text: str, corpus: Corpus) -> tuple[str, ...]:
    folded = fold(text)
    found = [role for role in _ROLES if says("asks", role, text)]
    if "due" in found and all(_PERIOD.match(folded, end) for _, end in matches("asks", "due", text)):
        found.remove("due")  # "hạn Quý I/2026" tells which row is meant
    for table in corpus.tables:
        for column in table.columns:
            if column.role == "other" and column.name and _asks_heading(folded, fold(column.name)):
                found.append(column.name)
    return tuple(dict.fromkeys(found))


def _asks_heading(folded: str, heading: str) -> bool:
    """Tell whether a question names the column *heading*; one of few words has to be called a column, or be what is asked."""
    words = re.escape(heading)
    if len(heading.split()) > 2:
        return re.search(rf"(?<!\w){words}(?!\w)", folded) is not None
    return (
        re.search(rf"\b(?:cot|o) (?:so )?[“\"']?{words}(?!\w)|(?<!\w){words} (?:cua|la|ghi|gom|gi)\b", folded)
        is not None
    )


_DOES = re.compile(
    r"\bdo (?:\w+ ){1,10}(?:thuc hien|dam nhan|dam nhiem)\b|\b(?:thuc hien|dam nhan|dam nhiem) (?:nhung )?(?:cong )?(?:viec|nhiem vu)\b"
)


def _agency_role(text: _Text, corpus: Corpus) -> str | None:
    """Return the role in which the question names agencies: by a verb, or by the heading of a column: "là đơn vị thực hiện"."""
    partner = says("asks", "partners", text.text)
    headed = any(
        name in text.folded and re.search(rf"\b{re.escape(name)}\b", text.folded) for name in corpus.lead_headings
    )
    if not partner and any("thuc hien" in name for name in corpus.lead_headings):
        headed = headed or _DOES.search(text.folded) is not None
    lead = headed or (
        re.search(r"\b(?:chu tri|theo doi|phu trach|chiu trach nhiem|dau moi|duoc giao|dung dau)\b", text.folded)
        is not None
        or says("forms", "leads", text.text)
    )
    if partner != lead:
        return "partners" if partner else "lead"
    return None
