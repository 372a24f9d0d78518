"""
What a question asks for and an answer does not hold: a sum, a figure, names, a place, or something that its documents never name.

An answer that only speaks of the same matter is no answer; to say that nothing is stated is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex as re

from assistant.extracts import FACTS
from assistant.lexicon import says
from assistant.naming import agency_pattern
from indexer.relations import NUMBER
from indexer.types import fold_white, shown_text
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from assistant.corpus import Corpus
    from assistant.question import Query
    from assistant.types import Answer

_HOW_MANY = re.compile(
    r"\b(?:bao nhiêu|mấy)\s+(?!phần trăm|%|ngày|tháng|năm|giờ|quý|tuần|lần|phút|buổi|hướng|điều\b|chương\b)(\p{L}+)",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"(?<![\w/])\d[\d.,]*(?![\d/])")
_IN_WORDS = re.compile(r"\b(?:một(?! số\b)|hai|ba|bốn|sáu|bảy|tám|chín|mười|trăm|nghìn|vạn|triệu|tỷ)\b")
_ITEM_NUMBER = re.compile(r"^\W*\d+(?:\.\d+)*[.)]\s")
_WHICH_PLACE = re.compile(
    r"\b(?:ở|tại|thuộc|trên địa bàn|về)\s+(?:(?:những|các)\s+)?(?:tỉnh|thành phố|huyện|quận|xã|phường|địa phương) nào\b",
    re.IGNORECASE,
)
_A_PLACE = re.compile(r"\b(?:tỉnh|thành phố|huyện|quận|xã|phường|thị xã|thị trấn|TP\.?|khu)\s+\p{Lu}")
_PLACE_NAMED = re.compile(
    r"\b(?:[Tt]ỉnh|[Tt]hành phố|TP\.?|[Hh]uyện|[Qq]uận|[Xx]ã|[Pp]hường|[Tt]hị xã)\s+(?!(?:[Đđ]oàn|Ủy|Uỷ|Hội)\s+\p{Lu})(\p{Lu}\p{Ll}+(?:\s+\p{Lu}\p{Ll}+){0,2})"
)
_VERSION = re.compile(r"\b\d{1,2}\p{Lu}\b")  # 5G, 6G: never the one for the other
_NAMES = re.compile(r"\bke ten\b|\bten (?:cua )?(?:cac|nhung|\d+)\b|\btung (?:don vi|doanh nghiep|nguoi) la ai\b")
_QUOTED = re.compile(r"[“\"][^”\"]{2,}[”\"]")
_HOW_OFTEN = re.compile(
    r"\b(?:may|bao nhieu) (?:thang|tuan|quy|nam|ngay) (?:mot|1|hop|bao cao) ?(?:lan)?\b|\bbao lau\b.{0,60}\bmot lan\b|"
    r"\b(?:mot|moi) (?:thang|nam|quy|tuan) (?:may|bao nhieu) lan\b"
)
_OFTEN = re.compile(
    r"\b(?:hang|moi|mot|\d+) (?:ngay|tuan|thang|quy|nam)\b|\b(?:\d+|mot|hai|ba) (?:thang|lan)\b|\bdinh ky\b|/ ?(?:thang|nam|quy|tuan)\b"
)
_STRUCTURE = re.compile(r"\b(?:may|bao nhieu) (?:dieu|chuong|trang|khoan|phu luc)\b")
_SUBJECT = re.compile(
    r"^\W*(?:theo )?(?:nghi dinh|nghi quyet|thong tu|quyet dinh|luat|chi thi|ke hoach|ket luan)(?: so)? (?=\d)"
)
_WHICH_BODY = re.compile(r"\b(chi cuc|cong ty|benh vien|hiep hoi|ngan hang)(?: (?!nao\b|gi\b)\w+){0,4} nao\b")
_ORDINAL = re.compile(r"\b(?:chi so|tieu chi|chuan|goi thau|mau|bieu|buoc|lo)(?: so)? (\d{1,4})(?![\d.,/%-])")
_QUARTER = re.compile(r"\bquy (i{1,3}|iv|[1-4])\b(?: nam |/| / ?| )((?:19|20)\d\d)\b")
_SETS = r"\W+(?:tu )?(?:dat|danh|bo tri|phan dau|de ra|dat ra|an dinh|quy dinh|yeu cau|neu|ghi)\b"  # behind who does so
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_SEVERAL = 2  # commas of what lists names


def lacks_fact(answer: Answer, query: Query) -> bool:
    """Tell whether *answer* does not hold the kind of fact that *query* asks for: a sum, a number, a place, names, the same version."""
    quotes = [fold_white(citation.reading or citation.quote) for citation in answer.citations]
    texts = [fold_white(citation.reading or citation.text) for citation in answer.citations]
    shown = " ".join([*quotes, *texts])
    if says("answers", "exact_money", query.text) and not (
        FACTS["money"].search(fold(shown)) or FACTS["percent"].search(shown)
    ):
        return True
    if (
        _HOW_MANY.search(query.text)
        and not answer.computed
        and not any(_counts(text, query) for text in (*quotes, *texts))
    ):
        return True
    if _HOW_OFTEN.search(query.folded) and not _OFTEN.search(fold(shown)):
        return True
    if not answer.computed and _STRUCTURE.search(query.folded):
        return True
    cells = all(", cột " in citation.label for citation in answer.citations)
    if (
        cells and query.numbers and not query.documents and _SUBJECT.match(query.folded)
    ):  # what a paper says that is only named here
        return True
    if _WHICH_PLACE.search(query.text) and not _A_PLACE.search(shown):
        return True
    if _NAMES.search(query.folded) and "\n" not in answer.text and not any(_lists(quote) for quote in quotes):
        return True
    if (body := _WHICH_BODY.search(query.folded)) and not re.search(rf"\b{body.group(1)}\b", fold(shown)):
        return True
    return any(version not in shown for version in _VERSION.findall(query.text))


def _counts(text: str, query: Query) -> bool:
    """Tell whether *text* has a figure that is not in the question, nor part of a document's number."""
    asked = {figure.strip("0.,") for figure in _FIGURE.findall(query.text)}
    rest = _ITEM_NUMBER.sub("", NUMBER.sub(" ", text))
    fresh = (figure.strip("0.,") for figure in _FIGURE.findall(rest))
    return any(figure not in asked for figure in fresh) or _IN_WORDS.search(rest.lower()) is not None


def _lists(quote: str) -> bool:
    """Tell whether *quote* lists what it speaks of, or names it in quotation marks."""
    return (quote.count(",") + quote.count(";") >= _SEVERAL and ":" in quote) or _QUOTED.search(quote) is not None


def is_of_another(answer: Answer, query: Query, corpus: Corpus) -> bool:
    """
    Tell whether *answer* is of something else than *query* names: of no such number, of another quarter, or of another body.

    "chỉ số 126" of what has no 126, the figure for "quý I năm 2026" from what never speaks of that quarter, what "Sở A đặt" where none
    of its own documents is cited and what is cited does not name it.
    """
    numbers, quarters = _ORDINAL.findall(query.folded), _quarters(query.folded)
    if numbers or quarters:
        documents = [corpus.index.document(name) for name in {citation.document for citation in answer.citations}]
        whole = " ".join(fold(fold_white(shown_text(document))) for document in documents)
        if any(not re.search(rf"(?<!\d)0?{number}(?!\d)", whole) for number in numbers):
            return True
        named = _quarters(whole) if quarters and not says("asks", "due", query.text) else set()
        if named and not quarters <= named:
            return True
    return _says_another(answer, query)


def _quarters(folded: str) -> set[tuple[str, str]]:
    """Return the quarters that *folded* names with their years."""
    return {(_ROMAN.get(quarter, quarter), year) for quarter, year in _QUARTER.findall(folded)}


def _says_another(answer: Answer, query: Query) -> bool:
    """Tell whether *query* asks what a body with documents of its own lays down, and *answer* is from others, that do not name it."""
    if not query.issued_by or {citation.document for citation in answer.citations} & set(query.issued_by):
        return False
    texts = fold(" ".join(fold_white(citation.reading or citation.text) for citation in answer.citations))
    return any(
        re.search(agency_pattern(agency.key).pattern + _SETS, query.folded) is not None
        and agency_pattern(agency.key).search(texts) is None
        for agency in query.agencies
    )


def names_elsewhere(answer: Answer, query: Query, corpus: Corpus) -> bool:
    """Tell whether *query* is about a place that none of the documents names from which *answer* is taken."""
    places = [fold(match) for match in _PLACE_NAMED.findall(query.text)]
    if not places:
        return False
    documents = [corpus.index.document(name) for name in {citation.document for citation in answer.citations}]
    texts = [f"{fold(fold_white(shown_text(document)))} {corpus.place_of(document)}" for document in documents]
    return any(all(place not in text for text in texts) for place in places)
