"""The words of exported files, of ``words.toml``, in the language of the page."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    from assistant.task_list import DueState


@dataclass(frozen=True, slots=True)
class ExportWords:
    """The words of one language."""

    language: str

    def __call__(self, key: str, **fields: object) -> str:
        """Return the words under *key*, with *fields* filled in."""
        words = str(_data()[self.language][key])
        return words.format(**fields) if fields else words

    def state(self, state: DueState) -> str:
        """Return how a state is called."""
        return str(_data()[self.language]["states"][state])


@cache
def _data() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("assistant.exports").joinpath("words.toml").read_text(encoding="utf-8"))


def export_words(language: str) -> ExportWords:
    """Return the words in *language*; Vietnamese where there are none in it."""
    return ExportWords(language if language in _data() else "vi")


def shown_day(day: date) -> str:
    """Return *day* as officials write it: 31/12/2025."""
    return f"{day:%d/%m/%Y}"
