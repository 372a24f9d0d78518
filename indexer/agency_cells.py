"""A cell of agencies cut into the bodies that it names: by commas and words between them, and by what can begin a body."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import regex as re

from indexer.columns import needs_more, starts_like
from indexer.types import fold_white
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Piece:
    """A body that a cell names at ``start:end``: its name, and the name in full where it shares a word with its neighbour."""

    name: str
    full: str
    start: int
    end: int


_GROUP_OPENS = re.compile(
    r"(?:cac|nhung|mot so|tat ca|toan the|toan bo)\s|so\s?,\s?(?:ban|nganh)|so (?:ban )?nganh|nguoi dung dau\b"
    r"|(?:co quan|don vi|dia phuong|doanh nghiep|to chuc)(?:,| (?:co )?(?:lien quan|khac)|$)"
    r"|(?:ubnd|hdnd|uy ban nhan dan) (?:cap )?(?:xa|phuong|huyen|thi tran)(?:,|$| va )"
)
_GROUP_HOLDS = re.compile(
    r"\b(?:cac (?:xa|phuong|huyen|tinh|thanh pho|so|don vi|co quan|dia phuong|cap|nganh|bo|ban|truong)|\d+ (?:khoi|co quan|don vi|so|xa|phuong)"
    r"|(?:ubnd|hdnd|uy ban nhan dan) (?:cap )?(?:xa|phuong|huyen|thi tran)(?:,|$| va ))(?!\w)"
)
_GAP = re.compile(
    r"\s*(?P<strong>;)\s*(?:[-–+•*]\s*)?|\s*/\s*|\s*,\s*(?:(?:và|cùng(?: với)?)\s+)?|\s+(?:và|cùng(?: với)?|cùng các)\s+|\.\s+"
    r"|\s*(?P<line>\n)\s*(?:[-–+•*]\s*)?|\s+[-–+•*]\s+|(?P<bare>\s+)"
)
_ROLE = re.compile(
    r"(?:\s*,?\s*(?:là\s+)?(?:(?:cơ quan|đơn vị)\s+)?(?:chủ trì|đầu mối)\s*)?[,;]?\s*(?:và\s+)?phối hợp(?:\s+(?:chặt chẽ|thực hiện))?(?:\s+(?:với|cùng))*"
    r"\s*:?\s*"
    r"|\s*[,(]?\s*(?:(?:là\s+)?(?:(?:cơ quan|đơn vị)\s+)?chủ trì\s*[):,;]?)\s*",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    r"(?i:các\s+)?(?P<kind>(?i:sở|bộ|ban|phòng|cục|vụ|hội|chi cục))\s*:\s*|(?i:các)\s+(?P<kind>(?i:sở|bộ|phòng|cục|vụ|hội))\s+(?=\p{Lu}[\p{Ll}\s])"
)
_SHORT = re.compile(r"\p{Lu}[\p{Lu}&.-]+(?!\w)")
_OPENING = re.compile(r"^[\s;,.]*(?:[-–+•*]\s*)?")
_JOINED_OFFICE = re.compile(r"(?:đbqh|quốc hội|hđnd|hội đồng nhân dân)$")
_LEVEL = re.compile(r"\b(?:tỉnh|thành phố|huyện|xã|phường)\b.*$", re.IGNORECASE)
_WITHOUT_LEVEL = re.compile(r"(?:công an|quân sự|biên phòng|bộ chỉ huy quân sự)", re.IGNORECASE)
_END = " \n\t;,.:/-–+•*"


@cache
def _words(key: str) -> re.Pattern[str]:
    data = tomllib.loads(files("indexer").joinpath("agencies.toml").read_text(encoding="utf-8"))
    choices = "|".join(r"\s+".join(map(re.escape, word.split())) for word in sorted(data[key], key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{choices})(?!\w)", re.IGNORECASE)


def is_group(name: str) -> bool:
    """Tell whether *name* stands for several agencies without naming them."""
    folded = fold(fold_white(name))
    return _GROUP_OPENS.match(folded) is not None or _GROUP_HOLDS.search(folded) is not None


def _opens_group(text: str) -> bool:
    return _GROUP_OPENS.match(fold(fold_white(text))) is not None


def _is_body(text: str) -> bool:
    return starts_like("bodies", fold_white(text)) or _words("more").match(text) is not None or _opens_group(text)


def _is_short(cell: str, start: int) -> bool:
    """Tell whether an abbreviation stands at *start* that begins a name of its own: not the second half of "VH, TT&DL"."""
    if not _SHORT.match(cell, start) or not any(letter.islower() for letter in cell):
        return False
    before = cell[:start].rstrip()
    return before.endswith(";") or (cell[:start] != before and not _SHORT.search(before.rstrip(",").split()[-1]))


def cut_cell(cell: str) -> list[Piece]:
    """Return the bodies that *cell* names, in order. Words that begin no body belong to the one before."""
    done: list[Piece] = []
    places: list[tuple[int, int]] = []
    for start, end in _parts(cell):
        begins, ends = start, end
        while ends > begins and cell[ends - 1] in _END:
            ends -= 1
        if begins >= ends:
            continue
        if places and not (_is_body(cell[begins:ends]) or _is_short(cell, begins)):
            places[-1] = places[-1][0], ends
        else:
            places.append((begins, ends))
    for begins, ends in places:
        several = _SEVERAL.match(cell, begins, ends)
        if several and several.end() < ends:
            done += _several(cell, several, ends)
        else:
            name = fold_white(cell[begins:ends])
            done.append(Piece(name, name, begins, ends))
    return list(_with_level(done))


def _parts(cell: str) -> Iterator[tuple[int, int]]:
    """Yield the slices of *cell* between which another body begins."""
    opening = _OPENING.match(cell)
    start = opening.end() if opening else 0
    if label := _ROLE.match(cell, start):
        start = label.end()
    position, depth = start, 0
    while position < len(cell):
        depth += {"(": 1, ")": -1}.get(cell[position], 0)
        role = _ROLE.match(cell, position) if not depth and position > start else None
        if role and role.end() > position and re.search(r"\w", role.group()):
            yield start, position
            start = position = role.end()
            continue
        gap = _GAP.match(cell, position) if depth <= 0 else None
        if gap is None or gap.end() == position:
            position += 1
        elif gap.end() < len(cell) and _begins_another(cell, start, gap):
            yield start, position
            start = position = gap.end()
        else:
            position = gap.end()
    yield start, len(cell)


def _begins_another(cell: str, start: int, gap: re.Match[str]) -> bool:
    """Tell whether behind *gap* another body begins than the one that began at *start*."""
    before, after = cell[start : gap.start()], cell[gap.end() :]
    if not before.strip() or before.rstrip().endswith(":"):
        return False
    if gap["strong"]:
        return True
    first = re.match(r"\S+", after)
    if first is None or not (_is_body(after) or _is_short(cell, gap.end())):
        return False
    words = fold_white(before).lower()
    head = re.search(rf"{_words('heads').pattern}$", words, re.IGNORECASE)
    capital = after[0].isupper()
    mark = gap.group().strip(" \n")
    if gap["bare"] is not None or gap["line"] is not None or mark in ("-", "–", "+", "•", "*"):
        if head or not capital or needs_more(words):
            return False
        is_line = gap["bare"] is None
        return is_line or (_words("bare").match(after) is not None and _words("units").match(words) is None)
    if _words("titles").fullmatch(words):
        return False  # "Giám đốc, Thủ trưởng các sở" are the heads of the same bodies
    if mark == "và" and words.startswith("văn phòng") and _JOINED_OFFICE.search(words):
        return False  # "Văn phòng Đoàn đại biểu Quốc hội và Hội đồng nhân dân tỉnh" is one office
    if capital:
        return True
    if re.match(r"(?:các|những|một số|toàn thể)\s", after):
        return True
    if before.islower() and _words("bare").match(after) and not _opens_group(after):
        return not is_group(before)  # a cell without capitals
    if re.match(r"\p{Ll}+(?:\s+\p{Ll}+)?\s+\p{Lu}", after) and not _opens_group(after):
        return True
    return not is_group(before) and not needs_more(words) and _opens_group(after)


def _several(cell: str, several: re.Match[str], end: int) -> Iterator[Piece]:
    """Yield the bodies of "Các Sở: Y tế, Nội vụ và Tài chính", of which the kind is printed once."""
    kind = several["kind"][0].upper() + several["kind"][1:].lower()
    start = several.end()
    kept = [match.span() for match in _words("compound").finditer(cell, start, end)]
    cuts = [
        match.span()
        for match in re.compile(r"\s*[,;]\s*(?:và\s+)?|\s+và\s+").finditer(cell, start, end)
        if not any(first <= match.start() < last for first, last in kept)
    ]
    for begins, ends in zip([start, *(b for _, b in cuts)], [*(a for a, _ in cuts), end], strict=True):
        name = fold_white(cell[begins:ends])
        if name:
            full = name if fold(name).startswith(f"{fold(kind)} ") else f"{kind} {name}"
            yield Piece(full, full, begins, ends)


def _with_level(pieces: list[Piece]) -> Iterator[Piece]:
    """Give "Công an" of "Công an, Quân sự tỉnh" the level that is printed once for both."""
    for index, piece in enumerate(pieces):
        following = pieces[index + 1] if index + 1 < len(pieces) else None
        level = _LEVEL.search(following.name) if following else None
        if level and following and _WITHOUT_LEVEL.fullmatch(piece.name) and _WITHOUT_LEVEL.match(following.name):
            yield Piece(piece.name, f"{piece.name} {level.group()}", piece.start, piece.end)
        else:
            yield piece
