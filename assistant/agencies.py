"""
Agencies as they are printed, and the key under which two writings of one agency meet.

"Sở KH&CN", "Sở KHCN" and "Sở Khoa học và Công nghệ" have one key; "Đảng ủy Sở Khoa học và Công nghệ" has another.
"""

from __future__ import annotations

from dataclasses import dataclass

import regex as re

from assistant.lexicon import abbreviations
from indexer.columns import starts_like
from indexer.types import fold_white
from indexer.vietnamese import fold

# in capitals without XÃ, which is part of "XÃ HỘI"
_PLACE = re.compile(r"\b(tỉnh|TỈNH|thành phố|THÀNH PHỐ|TP\.?|huyện|HUYỆN|thị xã|xã|phường)((?:\s+[\p{Lu}]\w*)+)")
_WORD = re.compile(r"[^\s,;:()?!\"“”]+")
_SEVERAL = re.compile(r"Các\s+(Sở|Bộ|Ban|Phòng|Cục|Vụ)\s*:\s*(.+)", re.IGNORECASE)
_REST = re.compile(r"(?:\s+và)?\s+(?:các|những)\s+.*$")
_GROUP = re.compile(r"(?:cac|nhung|mot so)\s|.*\b(?:cac (?:xa|phuong|huyen|so|don vi|co quan|dia phuong))\b")
_SPLIT = re.compile(
    r"\s*[;/]\s*|\s*,\s*(?=[\p{Lu}])|\s*,\s*(?=(?:ban|sở|chi cục|công an|văn phòng|trung tâm)\s+[\p{Lu}])|"
    r"\s+và\s+(?=(?:Sở|Ban|Bộ|UBND|Ủy ban|Văn phòng|Công an)\b)"
)
_SPELLINGS = (
    (re.compile(r"\b(?:uy|u) ban nhan dan\b"), "ubnd"),
    (re.compile(r"\bhoi dong nhan dan\b"), "hdnd"),
    (re.compile(r"\s*&\s*"), " va "),
    (re.compile(r"\bva\b|[,.:;?!()\"“”'–—-]"), " "),
)


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency of a cell: its printed name, its key, and whether it is a group ("các sở, ban, ngành")."""

    name: str
    key: str
    group: bool = False


def agency_key(name: str) -> str:
    """Return the key of *name*: folded, abbreviations written out, without the proper name of the place."""
    words = _PLACE.sub(r"\1", fold_white(name))
    written = _WORD.sub(lambda match: abbreviations().get(match.group().lower(), match.group()), words)
    key = fold(written)
    for pattern, replacement in _SPELLINGS:
        key = pattern.sub(replacement, key)
    return " ".join(key.split())


def is_group(name: str) -> bool:
    """Tell whether *name* stands for several agencies without naming them."""
    return _GROUP.match(fold(name)) is not None


def split_agencies(cell: str) -> list[Agency]:
    """
    Return the agencies that *cell* names, in order.

    "Sở Y tế; Sở Nội vụ" gives two; "Các Sở: Công thương, Y tế và các đơn vị liên quan" gives Sở Công thương, Sở Y tế and the group.
    """
    text = fold_white(cell).rstrip(".;, ")
    if not text:
        return []
    if several := _SEVERAL.match(text):
        kind, rest = several.groups()
        named = _REST.sub("", rest)
        group = rest[len(named) :].strip().removeprefix("và ").strip()
        parts = [f"{kind} {fold_white(part)}" for part in re.split(r"\s*[,;]\s*", named) if part.strip()]
        agencies = [Agency(part, agency_key(part)) for part in parts]
        return [*agencies, *([Agency(group, agency_key(group), group=True)] if group else [])]
    names: list[str] = []
    for part in _SPLIT.split(text):
        if names and not starts_like("bodies", part):
            names[-1] += f", {part}"
        elif part:
            names.append(part)
    return [Agency(name, agency_key(name), is_group(name)) for name in names]


def find_agencies(text: str, known: dict[str, Agency]) -> list[Agency]:
    """Return the *known* agencies (by key) that *text* names, longest names first; a name inside a longer one does not count."""
    rest = f" {agency_key(text)} "
    found: list[tuple[int, Agency]] = []
    for key in sorted(known, key=len, reverse=True):
        place = rest.find(f" {key} ")
        if place >= 0 and key:
            found.append((place, known[key]))
            rest = rest.replace(f" {key} ", f" {'_' * len(key)} ")
    return [agency for _, agency in sorted(found, key=lambda item: item[0])]
