"""What opens a line of an administrative document: I, 1, 1.1, a), -, Điều 5, Phụ lục II."""

from __future__ import annotations

from dataclasses import dataclass

import regex as re

from indexer.flat_rows import roman_value
from indexer.types import StepKind

_ROMAN = re.compile(r"([IVXLC]{1,6})\s?[.)/:]\s*(?=\S)|([IVXLC]{1,6})\s[-–]\s(?=\S)")
_ROMAN_DAMAGED = re.compile(r"([IVXl1|!]{1,5})\s?\.\s+(?=[\p{Lu}]{2})")  # "Il. MUC TIEU", "I11. NHIEM VU" of a bad scan
_NUMBER = re.compile(
    r"(\d{1,3}(?:\.\d{1,2}){0,3}[a-zđ]?)\s?(?:[.)]|/(?!\p{Lu}\S*[-–/]))\s*(?=[^\s\d])|(\d{1,2}(?:\.\d{1,2}){1,3})\s+(?=[\p{Lu}])"
)
_POINT = re.compile(r"([a-zđ]{1,2})\s?[)]\s*(?=\S)|([a-zđ])\.\s+(?=\p{Lu}\p{Ll})")
_BULLET = re.compile(r"([-–—•*+·▪●])\s*(?=[^\s\d.)_=*–—-])")  # "-----" is a rule
_LAW = re.compile(
    r"(?P<part>Phần|PHẦN)\s+(?P<part_number>(?:thứ|THỨ)\s+(?:(?:mười|MƯỜI)\s+)?\w+|[IVXLC]+|\d+)\b\s*[.:–-]?\s*"
    r"|(?P<chapter>Chương|CHƯƠNG)\s+(?P<chapter_number>[IVXLC]+|\d+)\b\s*[.:–-]?\s*"
    r"|(?P<subdivision>Tiểu mục|TIỂU MỤC)\s+(?P<subdivision_number>\d+|[IVXLC]+)\b\s*[.:–-]?\s*"
    r"|(?P<division>Mục|MỤC)\s+(?P<division_number>\d+[a-zđ]?|[IVXLC]+|[A-E])\b\s*[.:–-]?\s*"
    r"|(?P<article>Điều|ĐIỀU)\s+(?P<article_number>\d+[a-zđ]?|(?:thứ|THỨ)\s+(?:(?:mười|MƯỜI)\s+)?\w+)(?:\s*[.:]\s*|\s+[–-]\s+|\s*$)"
)
_NAMED = r"([IVXLC]+|\d{1,3}[A-Za-z]?|[A-H]|[IVXLC]+[.-]\d{1,2}|\d{1,2}[.-]\d{1,2})"
_APPENDIX = re.compile(
    rf"PHỤ LỤC(?:\s+SỐ)?(?:\s*:?\s+{_NAMED})?\s*(?:[:.]\s*|\s[–-]\s+|(?=\()|$)"
    rf"|Phụ lục(?:\s+số)?(?:\s+{_NAMED})?\s*(?:[:.]?\s*(?=\(|$)|[:.–-]\s+(?=\p{{Lu}}{{2}}))"
)
# What goes on behind a number of a division where it is only referred to: "Mục 2 Chương III của Nghị định này".
_REFERENCE = re.compile(
    r"\p{Ll}|[,;)]|(?:Chương|Phần|Mục|Phụ lục)\s+(?:[IVXLC\d]|thứ)|Điều\s+\d|(?:Bộ l|L)uật\b|(?:Nghị|Thông|Quyết)\s+\p{Ll}+\s+(?:số|này)"
)
_LETTER = re.compile(r"([A-H])\s?[.)/:–-]\s*(?=\p{Lu})")
# "Điều thứ hai" of the first laws, "Phần thứ nhất" of the later ones
_ORDINALS = {
    "nhất": 1,
    "hai": 2,
    "nhì": 2,
    "ba": 3,
    "tư": 4,
    "bốn": 4,
    "năm": 5,
    "lăm": 5,
    "sáu": 6,
    "bảy": 7,
    "bẩy": 7,
    "tám": 8,
    "chín": 9,
    "mười": 10,
    "một": 1,
}
_LETTERS = "abcdđeghiklmnopqrstuvxy"


@dataclass(frozen=True, slots=True)
class Marker:
    """
    What opens a line: its kind, the number as printed, how many characters it takes, its sign for a bullet.

    ``name`` is the kind of document that is issued with another: "Quy chế".
    """

    kind: StepKind
    number: str
    length: int
    sign: str = ""
    name: str = ""

    @property
    def value(self) -> int:
        """The last part of the number counted on; 0 for a bullet."""
        if self.kind is StepKind.POINT:
            return _LETTERS.find(self.number) + 1
        if self.number[:3].lower() == "thứ":
            ten, *unit = [*self.number.lower().split()[1:]]
            return _ORDINALS.get(ten, 0) + (_ORDINALS.get(unit[0], 0) if unit else 0)
        last = self.number.rpartition(".")[2]
        digits = re.match(r"\d+", last)
        return int(digits.group()) if digits else roman_value(last)

    @property
    def depth(self) -> int:
        """How many parts the number has: 2 for "1.3"."""
        return self.number.count(".") + 1


def _law_marker(text: str) -> Marker | None:
    match = _LAW.match(text)
    if not match:
        return None
    kinds = {
        "part": StepKind.PART,
        "chapter": StepKind.CHAPTER,
        "subdivision": StepKind.SUBDIVISION,
        "division": StepKind.DIVISION,
        "article": StepKind.ARTICLE,
    }
    name = next(name for name in kinds if match.group(name))
    if _REFERENCE.match(text, match.end()) and (name != "article" or text[match.end()].islower()):
        return None
    return Marker(kinds[name], " ".join(match.group(f"{name}_number").split()), match.end())


def _damaged_roman(text: str) -> Marker | None:
    match = _ROMAN_DAMAGED.match(text)
    if not match:
        return None
    number = re.sub(r"[l1|!]", "I", match.group(1))
    return Marker(StepKind.ROMAN, number, match.end()) if roman_value(number) else None


def marker_of(text: str, *, damaged: bool = False) -> Marker | None:
    """
    Return what opens the line *text*, or None.

    Whether it counts as an opening is for the ladder to say, which knows what came before. *damaged* reads the Roman numbers of a
    bad scan.
    """
    if law := _law_marker(text):
        return law
    if damaged and (roman := _damaged_roman(text)):
        return roman
    if match := _ROMAN.match(text):
        return Marker(StepKind.ROMAN, match.group(1) or match.group(2), match.end())
    if match := _NUMBER.match(text):
        return Marker(StepKind.NUMBER, match.group(1) or match.group(2), match.end())
    if match := _POINT.match(text):
        letter = match.group(1) or match.group(2)
        return Marker(StepKind.POINT, letter, match.end()) if letter in _LETTERS else None
    if match := _BULLET.match(text):
        return Marker(StepKind.BULLET, "", match.end(), "+" if match.group(1) == "+" else "-")
    return None


def letter_of(text: str) -> Marker | None:
    """Return the marker of a line that begins "A. ĐẶC ĐIỂM" as a part would; whether it is one is for the ladder to say."""
    match = _LETTER.match(text)
    return Marker(StepKind.PART, match.group(1), match.end()) if match else None


def appendix_of(text: str) -> Marker | None:
    """Return the marker of a line that heads an annex ("PHỤ LỤC II :"), or None."""
    match = _APPENDIX.match(text)
    return Marker(StepKind.APPENDIX, match.group(1) or match.group(2) or "", match.end()) if match else None
