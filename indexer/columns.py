"""What a column is, told from its heading; what its cells look like. The knowledge is data: ``columns.toml``."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from indexer.types import Column, fold_white
from indexer.vietnamese import fold

SUBJECTS = ("content", "indicator")  # roles of the column that says what a row is about
AGENCIES = ("lead", "partners")
OTHER = "other"


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("indexer").joinpath("columns.toml").read_text(encoding="utf-8"))


@cache
def known_names() -> dict[str, str]:
    """Return every known heading, folded, with its role."""
    return {name: role for role, entry in _data()["roles"].items() for name in entry["names"]}


@cache
def function_words() -> frozenset[str]:
    """Return words that no cell ends with."""
    return frozenset(_data()["function_words"])


def breaks_off(text: str) -> bool:
    """
    Tell whether a cell cannot end behind *text*: it ends with a function word, or with a unit of time that is not counted.

    "Trước tháng" breaks off, "hằng tháng" and "6 tháng" do not.
    """
    words = text.lower().split()
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if last in _data()["time_units"]:
        return before not in _data()["before_time_units"] and not before.isdigit()
    return last in function_words()


@cache
def needs_more(text: str) -> bool:
    """Tell whether *text* is a kind of body without its name: "Trung tâm"."""
    return text.lower() in _data()["bodies"]["nameless"]


def _plain(heading: str) -> str:
    return fold_white(re.sub(r"\([^)]*\)", " ", fold(heading))).strip(" :.*")


def role_of(heading: str) -> str:
    """
    Return the role of the column headed *heading*; "other" where no known name stands in it.

    The whole heading decides first, then the longest known name it contains: "Cơ quan chủ trì theo dõi" is a ``lead``.
    """
    plain = _plain(heading)
    names = known_names()
    if plain in names:
        return names[plain]
    inside = [name for name in names if len(name) > 3 and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", plain)]
    return names[max(inside, key=len)] if inside else OTHER


def may_be_lead(heading: str) -> bool:
    """Tell whether the column headed *heading* names who leads, if its cells are bodies: "Đơn vị"."""
    return _plain(heading) in _data()["maybe_lead"]["names"]


def column(heading: str) -> Column:
    """Return the column headed *heading*, white space folded."""
    name = fold_white(heading)
    return Column(name, role_of(name))


def noun_of(heading: str) -> str:
    """Return what a row is called whose subject column is headed *heading*: "Nội dung nhiệm vụ" gives "nhiệm vụ"."""
    lowered = fold_white(heading).lower()
    found = [(lowered.index(noun), -len(noun), noun) for noun in _data()["nouns"] if noun in lowered]
    nouns = [noun for *_, noun in sorted(found) if noun != "nội dung"] or [noun for *_, noun in found]
    return nouns[0] if nouns else "dòng"


@cache
def _starts(key: str) -> re.Pattern[str]:
    entry = _data()["bodies"] if key == "bodies" else _data()["roles"][key]
    words = sorted(entry.get("starts", ()), key=len, reverse=True)
    choices = [*map(re.escape, words), *entry.get("patterns", ())]
    return re.compile(rf"(?:{'|'.join(choices)})(?!\w)", re.IGNORECASE)


@cache
def is_body_kind(text: str) -> bool:
    """Tell whether *text* is nothing but a kind of body: "Văn phòng", "Đảng ủy"; another body's name may follow it."""
    return text.lower() in _data()["bodies"]["starts"]


@cache
def _not_bodies() -> re.Pattern[str]:
    words = sorted(_data()["bodies"]["not"], key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE)


def starts_like(role: str, text: str) -> bool:
    """Tell whether *text* begins as cells of *role* do ("bodies" for any agency)."""
    if role in AGENCIES:
        role = "bodies"
    if role == "bodies" and _not_bodies().match(text):
        return False
    if role != "bodies" and not _data()["roles"].get(role, {}).get("starts"):
        return False
    return _starts(role).match(text) is not None
