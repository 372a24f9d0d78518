"""The words of the HTML report in a language, and its figures as that language writes them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("vi", "en")


@dataclass(frozen=True, slots=True)
class Words:
    """Everything that the report says in ``language``; called with a key of its file it fills in the values."""

    language: str
    table: dict[str, Any]

    @classmethod
    def of(cls, language: str) -> Words:
        """Return the words of *language*, one of `LANGUAGES`."""
        return cls(language, _read(language))

    def __call__(self, key: str, **values: object) -> str:
        """Return the sentence *key* with *values* in it."""
        return str(self.table[key]).format(**values)

    def name(self, kind: str, key: str) -> str:
        """Return what *key* is called among ``status_names``, ``categories`` and so on; itself where it has no name."""
        return str(self.table[kind].get(key, key))

    def number(self, value: float, digits: int = 0) -> str:
        """Return *value* with *digits* behind the comma: "1.234,5" in Vietnamese, "1,234.5" in English."""
        words = f"{value:,.{digits}f}"
        return words.translate(str.maketrans(",.", ".,")) if self.language == "vi" else words

    def percent(self, share: float, digits: int = 0) -> str:
        """Return *share* as a percentage: "85 %", with a space at which no line is broken."""
        return f"{self.number(100 * share, digits)}\u00a0%"

    def points(self, share: float) -> str:
        """Return a difference of shares in points, with its sign."""
        sign = "+" if share > 0 else "−" if share < 0 else ""
        return sign + self.number(abs(100 * share), 1)


@cache
def _read(language: str) -> dict[str, Any]:
    return tomllib.loads(files("eval").joinpath(f"report.{language}.toml").read_text(encoding="utf-8"))
