"""
English questions, put into Vietnamese phrase by phrase.

    "Who leads task 9 in Annex I by 31 December 2025?" -> "ai chủ trì nhiệm vụ 9 Phụ lục I đến hết ngày 31 tháng 12 năm 2025 ?"

What English writes in an order of its own, dates, quarters and numbers of annexes, is rewritten first; then every phrase of
``english.toml`` is put into Vietnamese, the longest first. Names that are Vietnamese without diacritics are left to the reader.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex as re

from assistant.lexicon import abbreviations, english_phrases, english_words
from indexer.vietnamese import fold, has_diacritics, is_syllable_shape

if TYPE_CHECKING:
    from collections.abc import Callable

_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_SHORT_MONTHS = {month[:3]: place for place, month in enumerate(_MONTHS, start=1)} | {"sept": 9}
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)}|(?:{'|'.join(_SHORT_MONTHS)})\b\.?)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_ORDINALS = {
    "first": "I",
    "second": "II",
    "third": "III",
    "fourth": "IV",
    "1st": "I",
    "2nd": "II",
    "3rd": "III",
    "4th": "IV",
}
_QUARTERS = {"1": "I", "2": "II", "3": "III", "4": "IV", "i": "I", "ii": "II", "iii": "III", "iv": "IV", **_ORDINALS}
_IN_YEAR = rf"(?:(?:,? (?:of )?|/){_YEAR}\b)?"
# what is written in another order, or with words that mean something else elsewhere
_DATES = (
    (re.compile(rf"\b{_DAY}(?: of)? {_MONTH},?(?: {_YEAR}\b)?", re.IGNORECASE), "day"),
    (re.compile(rf"\b{_MONTH} {_DAY}(?!\d|:)(?:,? {_YEAR}\b)?", re.IGNORECASE), "day"),
    (re.compile(rf"\b{_MONTH},? (?:of )?{_YEAR}\b", re.IGNORECASE), "month"),
    (re.compile(rf"\bq(?P<quarter>[1-4]|i{{1,3}}|iv)\b{_IN_YEAR}", re.IGNORECASE), "quarter"),
    (re.compile(rf"\b(?:the )?(?P<quarter>{'|'.join(_ORDINALS)}) quarter{_IN_YEAR}", re.IGNORECASE), "quarter"),
    (re.compile(rf"\bquarter (?P<quarter>[1-4]|i{{1,3}}|iv)\b{_IN_YEAR}", re.IGNORECASE), "quarter"),
)
_TIME = r"(?=(?:the )?(?:ngày|tháng|quý|năm|\d{1,2}/\d|(?:19|20)\d\d\b))"
_LIMITS = (  # words before a time, once it is Vietnamese
    (
        re.compile(
            rf"\b(?:by|until|till|no later than|not later than) (?:the )?end of (?:the )?(?:year )?{_TIME}",
            re.IGNORECASE,
        ),
        "đến hết ",
    ),
    (re.compile(rf"\b(?:the )?end of (?:the )?(?:year )?{_TIME}", re.IGNORECASE), "hết "),
    (re.compile(rf"\b(?:by|until|till|to) (?:the )?(?:year )?{_TIME}(?=(?:19|20)\d\d\b)", re.IGNORECASE), "đến "),
    (
        re.compile(
            rf"\b(?:by|until|till|no later than|not later than|at the latest by) (?:the )?{_TIME}", re.IGNORECASE
        ),
        "đến hết ",
    ),
    (re.compile(rf"\b(?:before|prior to) (?:the )?{_TIME}", re.IGNORECASE), "trước "),
    (re.compile(rf"\bafter (?:the )?{_TIME}", re.IGNORECASE), "sau "),
    (re.compile(rf"\b(?:since|from|starting(?: from)?) (?:the )?{_TIME}", re.IGNORECASE), "từ "),
    (re.compile(rf"\b(?:on|in|during|of|dated|for) (?:the )?{_TIME}", re.IGNORECASE), ""),
)
_BARE_YEAR = re.compile(r"(?<![\w/.-])(?<!năm )(?P<year>(?:19|20)\d\d)(?![\w/.-]*\d)(?![\w/-])(?! *%)")
_NUMBERED = re.compile(
    r"\b(annex|appendix|part|chapter|section|title) (i)\b(?! (?:am|do|have|need|can|want|should|must)\b)", re.IGNORECASE
)
_NAME = re.compile(r"\b\p{Lu}\p{Ll}*(?: \p{Lu}\p{Ll}*){1,4}\b")
_CITIES = frozenset(("hanoi", "haiphong", "danang", "saigon"))  # English writes them as one word
# What English puts behind a name and Vietnamese before it; with "của" what belongs to somebody.
_NO_NAME = (
    r"(?!(?:In|Under|The|At|On|For|Of|By|Do|Is|Does|Did|Are|Can|Which|What|Who|When|Where|How|Must|Should|And)\b)"
)
_NAMED = rf"\b{_NO_NAME}(?P<name>\p{{Lu}}\p{{Ll}}+(?: \p{{Lu}}\p{{Ll}}+){{0,3}})"
_BODY = (
    r"(?:(?:Provincial|City|Municipal|provincial|city|municipal) )?(?:[Pp]eople['’]?s (?:Committee|Council)|[Ii]nspectorate|Party Committee|"
    r"(?:Department|Office) of (?:the )?\p{Lu}\p{L}+(?:,? (?:and )?\p{Lu}\p{L}+)*)"
)
_PLACE = r"(?:(?:High|Primary|Secondary) School|University|Hospital|Airport|Bridge|River|[Pp]rovince|[Cc]ity|[Dd]istrict|[Tt]own|[Cc]ommune|[Ww]ard)"
_PAPER = (
    r"(?:(?:19|20)\d\d )?(?:[Pp]lan|[Dd]ecision|[Dd]irective|[Rr]egulation|[Rr]esolution|[Cc]ircular|[Nn]otice|[Rr]eport|[Aa]ppendix|[Aa]nnex)s?\b"
    r"(?: (?:No\.? )?[\dIVX][\w/.-]*)?"
)
_BEHIND = (
    (re.compile(rf"{_NAMED}(?:['’]s)? (?P<what>{_BODY})"), r"{what} {name}"),
    (re.compile(rf"{_NAMED} (?P<what>{_PLACE})\b"), r"{what} {name}"),
    (re.compile(rf"{_NAMED}['’]s (?P<what>{_PAPER})"), r"{what} của {name}"),
)
_OF_NAME = re.compile(rf"\bof {_NAMED}")
_QUESTION = re.compile(r"\b(?:nào|gì|ai|bao nhiêu|khi nào|và|hoặc|trong|theo|của)\b|^$")
# "which plan does it replace" -> "it replace which plan"
_CLAUSE_END = r"(?P<end>,? and (?:who|whom|when|what|which|where|how|to whom|by)\b|[?.]?$)"
_ASKED_FIRST = re.compile(
    r"^(?P<asked>(?i:which|what|how many|how much) (?:(?!does\b|do\b|did\b|must\b|should\b|is\b|are\b|was\b|were\b|has\b|have\b|will\b|can\b)\S+ ){1,9}?)"
    rf"(?:(?:does|do|did) |(?:must|should|will|can|may|shall) (?=(?:the|an?|each|every) |\p{{Lu}}))(?P<rest>.+?){_CLAUSE_END}"
)
_WHERE_IS = re.compile(r"^where (?:is|are) (?P<rest>.+?)(?: (?:located|situated))?(?P<end>[?.]?)$", re.IGNORECASE)
_DEFINED = re.compile(
    r"^what (?:is|are) (?:an? |the (?:term|word) |meant by )(?P<rest>[^,?]+?)(?P<end>(?: (?:according to|under|in|as defined)\b.*)?[?.]?)$|"
    r"^what does (?P<rest>[^,?]+?) mean(?P<end>\b.*)$|^how (?:is|are) (?P<rest>[^,?]+?) defined(?P<end>\b.*)$",
    re.IGNORECASE,
)


def is_english(text: str) -> bool:
    """Tell whether *text* is an English question: small English words, and words that are not built as Vietnamese syllables."""
    letters = re.findall(r"\p{Latin}{2,}", text.lower())
    words = [word for word in letters if not has_diacritics(word)]  # the others name an agency
    if len(words) * 2 < len(letters) or not words:
        return False
    small = [word for word in words if word in english_words()]
    if len(words) < len(letters) and len(small) < 2:
        return False
    plain = any(not is_syllable_shape(word) for word in small)
    foreign = sum(not is_syllable_shape(word) and word not in abbreviations() for word in words)
    return plain and (len(small) * 3 >= len(words) or foreign * 3 >= len(words))


def gloss(text: str, named: Callable[[str], str] = str, *, second: bool = False) -> str:
    """
    Return an English question in Vietnamese, phrase by phrase; words that are not known stay.

    *named* gives a name of several words its diacritics. Of a phrase that may mean two things, the first is taken, or the *second*.
    """
    rest = _with_times(" ".join(re.sub(r"[’']s\b|(?<=s)[’'](?=\s)", " ", _reordered(" ".join(text.split()))).split()))
    done: list[str] = []

    def put(vietnamese: str) -> str:
        done.append(vietnamese)
        return f" \x00{len(done) - 1}\x00 "

    rest = _NUMBERED.sub(lambda match: f"{match.group(1)} {put(match.group(2).upper())}", rest)
    for pattern, vietnamese in english_phrases():
        while match := pattern.search(rest):
            senses = vietnamese.split("|")
            rest = rest[: match.start()] + put(senses[-1 if second else 0]) + rest[match.end() :]
    rest = _NAME.sub(lambda match: _name(match.group(), named), rest)
    rest = _asked_behind(rest, done)
    rest = " ".join(word for word in rest.split() if word.lower() not in english_words())
    return re.sub(r"\x00(\d+)\x00", lambda match: done[int(match.group(1))], rest)


def _asked_behind(rest: str, done: list[str]) -> str:
    """Return *rest* with "nào" or "gì" right behind the phrase that is asked for: "which certificate" is "chứng chỉ nào"."""
    for asked, words in enumerate(done):
        match = re.search(rf"\x00{asked}\x00 {{1,3}}\x00(\d+)\x00", rest) if words in ("nào", "gì") else None
        if match and not _QUESTION.search(done[int(match.group(1))]):
            done[asked] = "nào"
            rest = f"{rest[: match.start()]}\x00{match.group(1)}\x00 \x00{asked}\x00{rest[match.end() :]}"
    return rest


def _reordered(text: str) -> str:
    """Return an English question in the order of a Vietnamese one: names behind what they name, what is asked behind the verb."""
    for pattern, order in _BEHIND:
        text = pattern.sub(
            lambda match, order=order: order.format(**match.groupdict()) if _is_name(match["name"]) else match.group(),  # type: ignore[misc]
            text,
        )
    text = _OF_NAME.sub(lambda match: f"của {match['name']}" if _is_name(match["name"]) else match.group(), text)
    text = _ASKED_FIRST.sub(r"\g<rest> \g<asked>\g<end>", text)
    text = _WHERE_IS.sub(r"\g<rest> ở đâu\g<end>", text)
    return _DEFINED.sub(r"\g<rest> là gì\g<end>", text)


def _is_name(words: str) -> bool:
    """Tell whether *words* are a Vietnamese name, most likely without its diacritics."""
    lowered = words.lower().split()
    if len(lowered) == 1:
        return lowered[0] in _CITIES
    return all(is_syllable_shape(fold(word)) and word not in english_words() for word in lowered)


def _with_times(text: str) -> str:
    """Return *text* with its dates, quarters and years, and what stands before them, in Vietnamese."""
    for pattern, kind in _DATES:
        text = pattern.sub(lambda match, kind=kind: _time(match, kind), text)  # type: ignore[misc]
    for pattern, meant in _LIMITS:
        text = pattern.sub(meant, text)
    return _BARE_YEAR.sub(r"năm \g<year>", text)


def _time(match: re.Match[str], kind: str) -> str:
    """Return a day, month or quarter as Vietnamese writes it: "ngày 1 tháng 7 năm 2024", "tháng 7/2024", "quý IV/2025"."""
    year = match.group("year")
    if kind == "quarter":
        return f"quý {_QUARTERS[match.group('quarter').lower()]}{f'/{year}' if year else ''}"
    name = match.group("month").lower().rstrip(".")
    month = _SHORT_MONTHS[name if name in _SHORT_MONTHS else name[:3]]
    if kind == "month":
        return f"tháng {month}/{year}"
    return f"ngày {match.group('day')} tháng {month}{f' năm {year}' if year else ''}"


def _name(words: str, named: Callable[[str], str]) -> str:
    """Return a name with its diacritics, where it is built of Vietnamese syllables."""
    return named(words) if _is_name(words) else words
