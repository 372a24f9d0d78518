"""
Agencies as they are printed, and the key under which two writings of one agency meet.

"Sở KH&CN", "Sở KHCN" and "Sở Khoa học và Công nghệ" have one key; "Đảng ủy Sở Khoa học và Công nghệ" has another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import regex as re

from indexer.abbreviations import Initials, learn_abbreviations, letters_of, name_abbreviations
from indexer.agency_cells import cut_cell, is_group
from indexer.types import fold_white
from indexer.vietnamese import fold, is_syllable_shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# The name of the province or city says nothing inside it. That of a commune does.
_PLACE = re.compile(
    r"\b([Tt]ỉnh|TỈNH|[Tt]hành phố|THÀNH PHỐ|TP\.?)((?:\s+(?!(?:Ủy|Uỷ|ỦY|UỶ|Đoàn|Sở|SỞ|Ban|BAN|UBND|HĐND|Các|CÁC)\b)[\p{Lu}]\w*)+)"
)
_WORD = re.compile(r"[^\s,;:()?!\"“”]+")
_CHAIN = re.compile(r"(?<!\w)\p{Lu}+(?:\s?[&,.–-]\s?\p{Lu}+)+(?!\w)")
_NAMED = re.compile(
    r"(?<!\w)(?P<kind>sở|so|bộ|ban|cục|chi cục|vụ|phòng|trung tâm|hội|viện|quỹ)\s+(?P<short>[\p{L}][\p{L}&.-]{1,9})(?!\w)",
    re.IGNORECASE,
)
_NOTE = re.compile(r"\([^()]*\)")
COMMUNES = (  # "các xã, phường", "cấp xã": all communes, however they are called
    r"(?:(?:cap|cac)\W+(?:xa|phuong)|xa\W+(?:va\W+)?phuong)(?:\W+(?:va\W+)?(?:phuong|thi tran|dac khu))*"
)
_SPELLINGS = (
    (re.compile(r"\b(?:uy|u) ban nhan dan\b"), "ubnd"),
    (re.compile(r"\bhoi dong nhan dan\b"), "hdnd"),
    (re.compile(r"\b(?:(?:uy ban|ub) ?)?(?:mat tran to quoc|mttq)(?: ?(?:viet nam|vn))?\b"), "mttq"),
    (re.compile(r"\btp\b\.?"), "thanh pho"),
    (re.compile(r"\s*&\s*"), " va "),
    (re.compile(r"\bva\b|[,.:;?!()\"“”'–—-]"), " "),
    (re.compile(r"\s+"), " "),
    (
        re.compile(r"\bubnd (?:(?:cap|cac) (?:xa|phuong)|xa phuong)(?: phuong)?(?: thi tran)?(?: dac khu)?\b"),
        "ubnd cap xa",
    ),
)
_DEPARTMENT = re.compile(r"(?<!\w)sở(?!\w)|^\s*so\s", re.IGNORECASE)  # there are such in provinces alone
_LEVEL = re.compile(r"(.+) (?:tinh|thanh pho)")


@dataclass(frozen=True, slots=True)
class Agency:
    """
    An agency of a cell: its printed name, its key, and whether it is a group ("các sở, ban, ngành").

    ``start:end`` is where it is named in the cell; of "Các Sở: Y tế, Nội vụ" the agency "Sở Nội vụ" stands at "Nội vụ".
    """

    name: str
    key: str
    group: bool = False
    start: int = 0
    end: int = 0


class AgencyKeys:
    """The keys of agencies in one corpus: with the abbreviations that it explains, and the names that it writes out."""

    def __init__(self, abbreviations: Mapping[str, str] | None = None, initials: Initials | None = None) -> None:
        learned = abbreviations or {}
        self._words = name_abbreviations() | {letters_of(short): meant for short, meant in learned.items()}
        phrases = sorted((short for short in learned if " " in short), key=len, reverse=True)
        self._phrases = [
            (re.compile(rf"(?<!\w){re.escape(short)}(?!\w)", re.IGNORECASE), learned[short]) for short in phrases
        ]
        self._initials = initials or Initials()
        self._cells: dict[str, tuple[Agency, ...]] = {}

    @classmethod
    def learn(cls, texts: Iterable[str]) -> AgencyKeys:
        """Return the keys of a corpus that consists of *texts*."""
        every = list(texts)
        return cls(learn_abbreviations(every), Initials.learn(every))

    def key(self, name: str) -> str:
        """Return the key of *name*: folded, abbreviations written out, without notes in brackets and the name of the province."""
        key = self.write_out(_NOTE.sub(" ", name))
        level = _LEVEL.fullmatch(key) if _DEPARTMENT.search(name) else None
        return level.group(1) if level else key

    def write_out(self, text: str) -> str:
        """Return *text* as keys are written, so that the keys of the agencies that it names stand in it."""
        words = _PLACE.sub(r"\1", fold_white(text))
        for pattern, meant in self._phrases:
            words = pattern.sub(meant, words)
        words = _CHAIN.sub(self._meant, words)
        words = _WORD.sub(self._meant, words)
        words = _NAMED.sub(self._by_initials, words)
        key = fold(words)
        for pattern, replacement in _SPELLINGS:
            key = pattern.sub(replacement, key)
        return " ".join(key.split())

    def _meant(self, match: re.Match[str]) -> str:
        return self._words.get(letters_of(match.group()), match.group())

    def _by_initials(self, match: re.Match[str]) -> str:
        short = match["short"]
        if not short.isupper() and is_syllable_shape(fold(short)):
            return match.group()
        name = self._initials.name(match["kind"], letters_of(short))
        return f"{match['kind']} {name}" if name else match.group()

    def split(self, cell: str) -> tuple[Agency, ...]:
        """
        Return the agencies that *cell* names, in order.

        "Sở Y tế; Sở Nội vụ" gives two; "Các Sở: Công thương, Y tế và các đơn vị liên quan" gives Sở Công thương, Sở Y tế and the group.
        """
        if cell not in self._cells:
            self._cells[cell] = tuple(
                Agency(piece.name, self.key(piece.full), is_group(piece.name), piece.start, piece.end)
                for piece in cut_cell(cell)
            )
        return self._cells[cell]

    def find(self, text: str, known: Mapping[str, Agency]) -> list[Agency]:
        """
        Return the *known* agencies (by key) that *text* names; a name inside a longer one does not count.

        One that begins before the longer one does: "Đoàn trường THPT A" names "Đoàn trường", and the school.
        """
        whole = rest = f" {self.write_out(text)} "
        found: list[tuple[int, Agency]] = []
        for key in sorted(known, key=len, reverse=True):
            place = rest.find(f" {key} ")
            if place >= 0 and key:
                found.append((place, known[key]))
                rest = rest.replace(f" {key} ", f" {'_' * len(key)} ")
            elif (place := whole.find(f" {key} ")) >= 0 and " " in key and rest[place + 1] != "_":
                found.append((place, known[key]))
        return [agency for _, agency in sorted(found, key=lambda item: item[0])]


GENERAL = AgencyKeys()


def agency_key(name: str) -> str:
    """Return the key of *name* by general abbreviations alone; see :meth:`AgencyKeys.key`."""
    return GENERAL.key(name)


def split_agencies(cell: str) -> tuple[Agency, ...]:
    """Return the agencies that *cell* names, their keys by general abbreviations alone; see :meth:`AgencyKeys.split`."""
    return GENERAL.split(cell)
