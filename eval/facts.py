"""The forms that a fact of a made question may take in an answer: as it is printed, and written otherwise with the same meaning."""

from __future__ import annotations

import calendar
from functools import cache
from typing import TYPE_CHECKING

import regex as re

from indexer.abbreviations import common_abbreviations
from indexer.intervals import Unit, find_intervals
from indexer.types import fold_white
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from eval.wording import Wording
    from indexer.agencies import AgencyKeys
    from indexer.intervals import Interval

Group = tuple[str, ...]  # the forms of one fact

_ROMAN = ("I", "II", "III", "IV")
_SHORT_CELL = 9  # words of a cell that an answer gives whole
_PHRASE = 6  # decisive words of a longer one
_MOST_ITEMS = 4  # of a cell that lists, as many are asked for
_MOST_NUMBERS = 3  # document numbers of a cell
_NUMBER = re.compile(r"\d+(?:/\d{4})?[/-]\s?[A-ZĐ]\w*(?:[/-]\s?[A-ZĐ]\w*)+")
_EDGES = re.compile(r"^[^\w≥≤><(“\"]+|[^\w%)”\"]+$")
_ITEMS = re.compile(r"(?:^|(?<=[\s;.:]))[-–+•*]\s+|(?:^|\s)\(\d{1,2}\)\s*|;\s")
_COUNCILS = (("UBND", "Ủy ban nhân dân"), ("UBND", "Uỷ ban nhân dân"), ("HĐND", "Hội đồng nhân dân"))
_PLACE = re.compile(r"\b(tỉnh|thành phố)(?:\s+\p{Lu}[\p{L}]*){1,3}$")  # the name of the province says nothing inside it
_LOOSE_GROUP = re.compile(r"\s(?=(?:Cơ quan|Các|Doanh nghiệp)\s)")
FOOTNOTE = re.compile(r"(?<=[A-ZĐ])(?<!QH)\d{1,2}$")  # its number stands behind a document number: "66-NQ/TW1"


def words_of(text: str, count: int) -> str:
    """Return the first *count* words of *text* in one line, without marks at both ends."""
    return _EDGES.sub("", " ".join(fold_white(_EDGES.sub("", text)).split()[:count]))


def text_forms(text: str) -> tuple[Group, ...]:
    """
    Return the facts of a cell of words: a short cell whole, of a longer one less.

    That is the document numbers that it names; else the first words, of a list those of each item.

    >>> text_forms("Báo cáo")
    (('Báo cáo',),)
    """
    whole = _EDGES.sub("", fold_white(text))
    if len(whole.split()) <= _SHORT_CELL:
        return (_unique([whole, FOOTNOTE.sub("", whole), re.sub(r"([/-])\s+(?=\w)", r"\1", whole)]),)
    if numbers := list(dict.fromkeys(_NUMBER.findall(text)))[:_MOST_NUMBERS]:
        return tuple(_unique([number, re.sub(r"\s", "", number), FOOTNOTE.sub("", number)]) for number in numbers)
    items = [item for piece in _ITEMS.split(text) if (item := words_of(piece, _PHRASE))]
    if len(items) > 1 and all(len(item.split()) > 1 for item in items):
        return tuple((item,) for item in items[:_MOST_ITEMS])
    return ((words_of(text, _PHRASE),),)


def agency_forms(cell: str, keys: AgencyKeys, *, english: Wording | None = None) -> tuple[Group, ...]:
    """Return one fact an agency of a cell, as printed, in full and with abbreviations."""
    groups: list[Group] = []
    for item in _ITEMS.split(cell):
        for agency in keys.split(item) if item.strip() else ():
            printed = _EDGES.sub("", fold_white(item[agency.start : agency.end]))
            for piece in _LOOSE_GROUP.split(printed) if not agency.group else [printed]:
                forms = [piece, *([agency.name] if piece == printed else [])]
                groups.append(name_forms(*forms, english=english))
    return tuple(dict.fromkeys(groups))


def name_forms(*names: str, english: Wording | None = None) -> Group:
    """Return the *names* of one agency with the forms in which parts of them are abbreviated, and in English where asked."""
    forms = [name for name in names if name]
    for name in names:
        low = name.lower()
        for short, meant in _shorts():
            if meant in low and len(short) > 1:
                place = low.index(meant)
                forms.append(name[:place] + short.upper() + name[place + len(meant) :])
        for short, meant in _COUNCILS:
            forms += [
                re.sub(rf"(?<!\w){one}(?!\w)", other, name, flags=re.IGNORECASE)
                for one, other in ((short, meant), (meant, short))
            ]
        forms.append(re.sub(r"^[Cc]ác\s+", "", name))
        if english:
            forms.append(english.agency(name) or "")
    of_place = [_PLACE.sub(r"\1", form) for form in forms]
    return _unique([*forms, *of_place])


@cache
def _shorts() -> tuple[tuple[str, str], ...]:
    return tuple((short, meant) for short, meant in common_abbreviations().items() if " " in meant)


def time_forms(cell: str, *, english: bool = False) -> tuple[Group, ...]:
    """
    Return one fact a time of a due cell, "Quý IV/2026" also as "quý 4 năm 2026"; the words of a cell that names none.

    Raises:
        ValueError: the cell is blank.
    """
    whole = _EDGES.sub("", fold_white(cell))
    if not whole:
        msg = "a blank cell has no time"
        raise ValueError(msg)
    text = fold_white(cell)
    found = find_intervals(text)
    if len(whole.split()) > 2 * _SHORT_CELL and found:
        return tuple(interval_forms(one, text, english=english) for one in found[:_MOST_ITEMS])
    if len(found) == 1:
        others = interval_forms(found[0], text, english=english)
        return (_unique([whole, *others]),) if len(whole.split()) <= _SHORT_CELL else (others,)
    if found:
        return tuple(interval_forms(one, text, english=english) for one in found)
    bare = re.sub(r"^(?:nhiệm vụ|công việc|thực hiện)\s+", "", whole, flags=re.IGNORECASE)
    if len(whole.split()) <= _SHORT_CELL:
        forms = [whole, bare]
        if english and "thuong xuyen" in fold(whole):
            forms += ["regular", "regularly", "ongoing", "on a regular basis", "continuous", "continuously"]
        return (_unique(forms),)
    return ((words_of(whole, _PHRASE),),)


def interval_forms(one: Interval, text: str, *, english: bool = False) -> Group:
    """Return the forms of a printed time: as it stands in *text*, and otherwise where it prints a year."""
    forms = [_EDGES.sub("", fold_white(text[one.start : one.end]))]
    if not one.year or one.first is None or one.last is None:
        return _unique(forms)
    first, last = one.first, one.last
    year = last.year
    if one.unit is Unit.DAY and first == last:
        forms += date_forms(last, english=english)
    elif one.unit is Unit.MONTH and (first.year, first.month) == (year, last.month):
        forms += [f"tháng {m}{between}{year}" for m in _plain(last.month) for between in ("/", " năm ", "-")]
        forms += [f"{m}/{year}" for m in _plain(last.month)]
        if english:
            forms += [f"{calendar.month_name[last.month]} {year}"]
    elif one.unit is Unit.QUARTER and first.year == year and last.month - first.month == 2:
        quarter = last.month // 3
        names = (_ROMAN[quarter - 1], str(quarter))
        forms += [f"quý {name}{between}{year}" for name in names for between in ("/", " năm ", "-", " - ")]
        if english:
            ordinal = ("first", "second", "third", "fourth")[quarter - 1]
            forms += [f"Q{quarter}/{year}", f"Q{quarter} {year}", f"{ordinal} quarter of {year}"]
            forms += [f"quarter {name}{between}{year}" for name in names for between in ("/", " of ", " ")]
    elif one.unit is Unit.YEAR and first.year == year:
        forms += [f"năm {year}", str(year)]
    elif one.unit is Unit.YEAR:
        forms += [f"{first.year}{between}{year}" for between in ("-", " - ", "–", " – ", " đến năm ", " đến ")]
    return _unique(forms)


def date_forms(day: date, *, english: bool = False) -> list[str]:
    """Return the ways in which *day* is written: "04/11/2025", "4 tháng 11 năm 2025"."""
    days, months = _plain(day.day), _plain(day.month)
    forms = [f"{d}{mark}{m}{mark}{day.year}" for d in days for m in months for mark in ("/", "-", ".")]
    forms += [f"{d} tháng {m} năm {day.year}" for d in days for m in months]
    forms += [f"{d} tháng {m}/{day.year}" for d in days for m in months]
    if english:
        name = calendar.month_name[day.month]
        forms += [f"{d} {name} {day.year}" for d in days] + [f"{name} {d}, {day.year}" for d in days]
    return list(dict.fromkeys(forms))


def row_forms(noun: str, number: str, subject: str) -> Group:
    """Return the ways in which an answer names a row: by its number, where it has one, and by the first words of what it is about."""
    forms = []
    if number:
        english = {"nhiệm vụ": "task", "chỉ tiêu": "indicator", "dự án": "project", "công việc": "task"}.get(
            noun, "item"
        )
        forms = [f"{noun} {number}", f"{noun} số {number}", f"{english} {number}", f"{english} no. {number}"]
        if noun == "thủ tục hành chính":
            forms += [f"thủ tục {number}", f"thủ tục số {number}"]
    return _unique([*forms, words_of(subject, _PHRASE)])


def count_forms(count: int, total: int, noun: str) -> Group:
    """Return the ways in which an answer gives a number of rows: "3/13", "3 nhiệm vụ", "ba nhiệm vụ"."""
    words = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười")
    english = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    nouns = [noun, *(["thủ tục"] if noun == "thủ tục hành chính" else [])]
    forms = [f"{count}/{total}", *(f"{count} {one}" for one in nouns), *(f"{count:02d} {one}" for one in nouns)]
    if count < len(words):
        forms += [f"{words[count]} {one}" for one in nouns]
    name = {"nhiệm vụ": "task", "chỉ tiêu": "indicator", "dự án": "project", "công việc": "task"}.get(noun, "item")
    ending = "" if count == 1 else "s"
    forms += [f"{count} {name}{ending}", *([f"{english[count]} {name}{ending}"] if count < len(english) else [])]
    return _unique([*forms, f"{count} of {total}", f"{count} trên {total}", f"{count} trong {total}"])


def _plain(number: int) -> list[str]:
    return list(dict.fromkeys([str(number), f"{number:02d}"]))


def _unique(forms: Iterable[str]) -> Group:
    kept: dict[str, str] = {}
    for form in forms:
        if form.strip():
            kept.setdefault(fold_white(form).casefold(), form)
    return tuple(kept.values())
