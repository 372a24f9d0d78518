"""
Wordings of made questions: templates, which are data (``templates.vi.toml``, ``templates.en.toml``), filled with what is asked about.

A wording that ends with a mark is written as a sentence; one without is typed as in a chat.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

    from indexer.types import Column

_IN_FRONT = 1 / 4  # share of the questions that begin with the place


class Wording:
    """The wordings of one language, "vi" or "en"."""

    def __init__(self, language: str = "vi") -> None:
        self.language = language
        self._data = _data(language)

    def has(self, kind: str, key: str) -> bool:
        """Tell whether there are wordings for *key* of *kind*: ``has("lookup", "lead")``."""
        return bool(self._data.get(kind, {}).get(key))

    def word(self, name: str) -> str:
        """Return one of the short phrases that names are put together of."""
        return str(self._data["words"][name])

    def kind_of_document(self, short: str | None) -> str:
        """Return what a document of the kind *short* is called: "KH" is "kế hoạch"."""
        return str(self._data["kinds"].get(short or "", self.word("document")))

    @property
    def kinds_of_documents(self) -> tuple[str, ...]:
        """What kinds of documents are called."""
        return tuple(self._data["kinds"].values())

    def say(self, lot: Random, kind: str, key: str, *, place: str = "", **words: str) -> str:
        """
        Return a question of *kind* worded by lot.

        *place* is put behind ``{row}``, into ``{in}``, or before the whole question; where the wording has neither it is not said,
        unless it asks for ``{place}`` itself.
        """
        template = lot.choice([one for one in self._data[kind][key] if place or "{place}" not in one])
        front = ""
        if place and lot.random() < _IN_FRONT and ("{row}" in template or "{in}" in template):
            front = self._choose(lot, "before").format(place=place)
        behind = ""
        if place and not front:
            behind = " " + self._choose(lot, "behind").format(place=place)
        filled = {"place": place, "in": "", "in_front": "", **words}
        if "{in_front}" in template and place:
            filled["in_front"] = self._choose(lot, "before").format(place=place)
        elif "{in}" in template:
            filled["in"] = behind
        elif "row" in filled:
            filled["row"] += behind
        return _written(front + template.format_map(filled))

    def row(self, lot: Random, noun: str, number: str) -> str:
        """Return a row by its number: "nhiệm vụ số 9"."""
        return self._choose(lot, "rows").format(noun=self.noun(lot, noun), number=number)

    def noun(self, lot: Random, noun: str) -> str:
        """Return what rows called *noun* are called in a question."""
        return str(lot.choice(self._data["nouns"].get(noun, [noun])))

    def usual(self, noun: str) -> str:
        """Return the usual one of these names: two nouns that share it mean the same rows in this language."""
        return str(self._data["nouns"].get(noun, [noun])[0])

    def plural(self, noun: str) -> str:
        """Return the plural of *noun*, which is *noun* itself in Vietnamese."""
        return str(self._data.get("plurals", {}).get(noun, noun))

    def task(self, lot: Random, noun: str, words: str) -> str:
        """Return a row by the *words* of what it is about: "việc xây dựng đề án"."""
        tasks = self._data["tasks"]
        low = words[0].lower() + words[1:] if words[1:2].islower() or words[1:2] == " " else words
        verb = any(f"{low} ".startswith(f"{one} ") for one in tasks["verbs"])
        template = lot.choice(tasks["verb" if verb else "other"])
        return str(template.format(noun=self.noun(lot, noun), words=low, Words=words))

    def agency(self, name: str) -> str | None:
        """Return the agency *name* in this language, None where it cannot be said in it."""
        if self.language == "vi":
            return name
        low = name.lower()
        kind, _, field = low.partition(" ")
        if low in self._data["offices"]:
            return str(self._data["offices"][low])
        if kind in self._data["agencies"] and field in self._data["fields"]:
            return str(self._data["agencies"][kind].format(field=self._data["fields"][field]))
        return None

    def _choose(self, lot: Random, name: str) -> str:
        return str(lot.choice(self._data[name]))


def column_key(column: Column, noun: str) -> str:
    """
    Return by which wordings a column is asked about: its role's, or "heading" where the heading itself has to be said.

    Nobody leads an administrative procedure, and a column "Căn cứ" is no "Ghi chú" although both are notes.
    """
    data = _data("vi")
    heading = column.name.lower()

    def says(key: str) -> bool:
        return any(word in heading for word in data["headings"][key])

    is_work = noun in data["work"]["nouns"]
    if column.role in ("content", "indicator"):
        return column.role
    if column.role == "lead":
        return next((key for key in ("monitor", "lead", "doer") if says(key)), "heading")
    if column.role == "partners":
        return "partners" if says("partners") and not says("lead") else "heading"
    if column.role == "due":
        return "due" if is_work and says("due") else "heading"
    if column.role == "deliverable":
        return "deliverable" if is_work and says("deliverable") else "heading"
    if column.role == "note":
        return next((key for key in ("note", "basis") if says(key)), "heading")
    return "heading"


def _written(text: str) -> str:
    return text[0].upper() + text[1:] if text[-1] in ".?!" else text


@cache
def _data(language: str) -> dict[str, Any]:
    return tomllib.loads(files("eval").joinpath(f"templates.{language}.toml").read_text(encoding="utf-8"))
