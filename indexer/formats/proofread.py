"""
Recognised words put right where their neighbours leave no doubt: "tô chức thâm quyên" is "tổ chức thẩm quyền".

Tesseract loses the small marks of Vietnamese print, and what it then sees often is a syllable too. Which syllables a word may have
been, and at what cost, was counted on printed pages that Tesseract read as Vietnamese; which is meant, the syllable model says. The
letters that open a point ("c)") are told by the one before. This is part of recognition: the text is fixed afterwards. Numbers,
document numbers, abbreviations and foreign words stay as seen.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import regex as re

from indexer.channel import CONFUSIONS, Confusions
from indexer.decoder import Decoder
from indexer.formats.sound import is_syllable
from indexer.scan_repair import ScanReader
from indexer.syllable_model import SyllableModel
from indexer.vietnamese import fold, unify_tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.formats.page import PageWord

PRINT_CONFUSIONS = CONFUSIONS.with_name("confusions-print.json")
_SURE = 0.8  # how sure another reading must be
_SURER = 0.98  # the same where it changes letters and not only their marks
# the commonest; nine of ten Vietnamese bear one of them
FAMILY_NAMES = frozenset(
    """
    nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đào đoàn vương trịnh trương đinh lâm phùng mai tô hà tạ
    lương lò
    """.split()  # noqa: SIM905 - one a line would be a page
)
_SAME_SHAPE = re.compile(r"[cosvxuwz]{1,3}")
_SECTION = re.compile(r"(?!\d+[.:)]?$)([IVXHLil1|!]{1,5})([.:)]?)")
_STROKES = str.maketrans({"H": "II", "L": "I", "l": "I", "i": "I", "1": "I", "|": "I", "!": "I"})
_ONE = ("I.", "l.", "I)", "|.")
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "")
# what is seen for a digit, where only a digit can stand
_DIGITS = str.maketrans(
    {
        "I": "1",
        "l": "1",
        "|": "1",
        "]": "1",
        "!": "1",
        "Ị": "1",
        "O": "0",
        "o": "0",
        "Ó": "0",
        "Š": "5",
        "S": "5",
        "§": "5",
        "Z": "2",
        "B": "8",
    }
)
_NUMBER_WITHIN = 4  # words of a line that begins with "Số:"
_NUMBERED = re.compile(r"(\d{1,2})([.)])")
_POINT = re.compile(r"(\S)\)")
_POINTS = "abcdđeghiklmn"
_SEEN_AS = {
    "a": "aàáâ4@",
    "b": "bh6",
    "c": "ceéè€¢(",
    "d": "dđð4",
    "đ": "đdð",
    "e": "ecé€",
    "g": "gø9q",
    "h": "hb",
    "i": "i1l!íì",
    "k": "k",
    "l": "l1Ii",
    "m": "m",
    "n": "n",
}


@cache
def _reader() -> ScanReader:
    model = SyllableModel.load()
    return ScanReader(Decoder(model), model.syllables, Confusions.load(PRINT_CONFUSIONS))


def proofread(lines: Sequence[Sequence[PageWord]]) -> list[list[PageWord]]:
    """Return *lines* of recognised words, in reading order, with those put right that can only have been misread."""
    if not lines:
        return []
    text = "\n".join(" ".join(word.text for word in line) for line in lines)
    rows = _reader().repair_tokens(text)
    done = [
        [
            replace(word, text=token.repaired) if _is_better(word.text, token.repaired, token.confidence) else word
            for word, token in zip(line, row, strict=True)
        ]
        for line, row in zip(lines, rows, strict=True)
    ]
    return [_with_name(_with_small_letters(_with_dates(line))) for line in _with_labels(done)]


def _is_better(seen: str, repaired: str, confidence: float) -> bool:
    if unify_tone(seen) == unify_tone(repaired):
        return False
    return confidence >= (_SURE if fold(seen) == fold(repaired) else _SURER)


def _with_dates(line: list[PageWord]) -> list[PageWord]:
    """Return *line* with what stands between "ngày", "tháng" and "năm", or behind "Số:", as the digits that it can only be."""
    done = list(line)
    for index in range(1, len(line)):
        before = fold(line[index - 1].text).rstrip(":")
        behind = fold(line[index + 1].text) if index + 1 < len(line) else ""
        dated = (before == "ngay" and behind == "thang") or (before == "thang" and behind.startswith("nam"))
        numbered = before == "so" and index < _NUMBER_WITHIN and behind[:1] in ("/", "-")
        if not (dated or numbered):
            continue
        core = line[index].text.strip(".,;:")
        digits = core.translate(_DIGITS)
        if core and digits.isdecimal() and len(digits) <= (2 if dated else 5):
            done[index] = replace(line[index], text=digits)
    return done


def _with_labels(lines: list[list[PageWord]]) -> list[list[PageWord]]:
    """Return *lines* with the labels put right that count on: "d)" behind "c)", though "đ)" was seen, "II." behind "I.", though "H."."""
    point = section = 0
    for place, line in enumerate(lines):
        seen = line[0].text if line else ""
        if seen in _ONE and _next_label(lines, place) == f"2{seen[-1]}":
            line[0] = replace(line[0], text=f"1{seen[-1]}")
        elif match := _POINT.fullmatch(seen):
            wanted = _POINTS[point : point + 1]
            if wanted and match.group(1) in _SEEN_AS[wanted]:
                line[0], point = replace(line[0], text=f"{wanted})"), point + 1
            else:
                point = _POINTS.find(match.group(1)) + 1
        elif (match := _SECTION.fullmatch(seen)) and len(line) > 1 and line[1].text[:1].isupper():
            strokes = match.group(1).translate(_STROKES)
            if strokes == _ROMAN[section]:
                line[0], section = replace(line[0], text=f"{strokes}{match.group(2)}"), section + 1
            elif strokes in _ROMAN:
                section = _ROMAN.index(strokes) + 1
    return lines


def _next_label(lines: Sequence[Sequence[PageWord]], place: int) -> str | None:
    """Return the next number or section that opens a line behind line *place*."""
    for line in lines[place + 1 :]:
        if line and (_NUMBERED.fullmatch(line[0].text) or line[0].text in ("II.", "I.", "H.", "Il.")):
            return line[0].text
    return None


def _with_name(line: list[PageWord]) -> list[PageWord]:
    """Return *line* with a capital for its first word where it is a family name before other names: "trần Văn Lộc"."""
    names = [word.text for word in line]
    if 2 < len(names) < 6 and names[0] in FAMILY_NAMES and all(name.isalpha() and name.istitle() for name in names[1:]):
        return [replace(line[0], text=names[0].capitalize()), *line[1:]]
    return line


def _with_small_letters(line: list[PageWord]) -> list[PageWord]:
    """Return *line* with syllables in small letters whose capitals look the same but for their height: "ban hành Ở cơ sở"."""
    done = list(line)
    for index in range(1, len(line) - 1):
        text = line[index].text
        between = line[index - 1].text[-1].islower() and line[index + 1].text[0].islower()
        if (
            between
            and _SAME_SHAPE.fullmatch(fold(text))
            and text.isupper()
            and fold(text) != text.lower()
            and is_syllable(text)
        ):
            done[index] = replace(line[index], text=text.lower())
    return done
