"""Under which licence each part is, as an SPDX expression, and whether it may be used and handed on with the program."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deploy.closure import Part

_FILE = Path(__file__).with_name("licences.toml")
_WORDS_BETWEEN = frozenset(("AND", "OR", "WITH"))


@dataclass(frozen=True, slots=True)
class Rules:
    """What licences.toml says: licences that may be, families that may never be, other names of licences, parts that were looked at."""

    allowed: frozenset[str]
    refused: tuple[str, ...]
    names: Mapping[str, str]
    reviewed: Mapping[str, str]
    shipped: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The licence of a part, None where it is unknown, and why the part is refused, "" where it is not."""

    part: Part
    licence: str | None
    reason: str


@cache
def load_rules() -> Rules:
    """Read licences.toml."""
    data = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return Rules(frozenset(data["allowed"]), tuple(data["refused"]), data["names"], data["reviewed"], data["shipped"])


def judge(part: Part, rules: Rules) -> Verdict:
    """Return the licence of *part* and whether *rules* take it; what cannot be told is refused."""
    licence = licence_of(part, rules)
    if licence is None:
        told = part.stated.split("\n")[0][:60] or "không ghi gì"
        return Verdict(
            part,
            None,
            f"{part.name} {part.version}: không rõ giấy phép ({told}).\n"
            f'  Đọc tệp giấy phép trong gói rồi ghi vào deploy/licences.toml, mục [reviewed]: {part.name} = "…"',
        )
    named = [name for name in re.findall(r"[\w.+-]+", licence) if name not in _WORDS_BETWEEN]
    for name in named:
        if name.startswith(rules.refused):
            return Verdict(
                part,
                licence,
                f"{part.name} {part.version}: giấy phép {name} không được dùng trong chương trình này.\n"
                f"  Bỏ gói này khỏi pyproject.toml, hoặc thay gói đã kéo nó vào.",
            )
    strange = [name for name in named if name not in rules.allowed]
    if strange:
        return Verdict(
            part,
            licence,
            f"{part.name} {part.version}: giấy phép {', '.join(strange)} chưa được xem xét.\n"
            "  Nếu dùng được, ghi vào deploy/licences.toml, mục allowed; nếu không, thay gói khác.",
        )
    return Verdict(part, licence, "")


def licence_of(part: Part, rules: Rules) -> str | None:
    """
    Return the SPDX expression of *part*, None where it cannot be told.

    A part that was looked at comes first; then its own expression, then what it states in words, then its classifiers, all of them.
    """
    if part.name in rules.reviewed:
        return rules.reviewed[part.name]
    if part.expression:
        return _canonical(part.expression)
    if part.stated:
        stated = _canonical(rules.names.get(part.stated, part.stated))
        if stated:
            return stated
    known = [rules.names.get(text) for text in part.classifiers]
    if not known or None in known:
        return None
    return " AND ".join(sorted({name for name in known if name}))


def _canonical(text: str) -> str | None:
    try:
        return canonicalize_license_expression(text)
    except InvalidLicenseExpression:
        return None
