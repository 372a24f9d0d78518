"""The words of the screen in one language, read from ``strings.<language>.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

_FOLDER = Path(__file__).parent
LANGUAGES = tuple(sorted(file.name.split(".")[1] for file in _FOLDER.glob("strings.*.toml")))


@dataclass(frozen=True, slots=True)
class Strings:
    """Screen strings by key; ``gradio`` holds Gradio's own strings under Gradio's keys."""

    language: str
    words: Mapping[str, str]
    gradio: Mapping[str, str]
    documents: Mapping[str, str] = field(default_factory=dict)  # what the documents of the corpus are called, by id
    dates: Mapping[str, str] = field(default_factory=dict)  # when they were issued, as it is read in this language
    files: Mapping[str, str] = field(default_factory=dict)  # what files are called by who uploaded them, by document id
    shelf: str = ""  # where the documents lie, "" for the shared corpus; every button that opens one says so

    def __call__(self, key: str, **fields: object) -> str:
        """Return the words under *key* ("viewer.close"), with *fields* filled in."""
        return self.words[key].format(**fields) if fields else self.words[key]

    def document(self, name: str) -> str:
        """Return what the document with id *name* is called; the id where that is not known."""
        return self.documents.get(name, name)

    def dated(self, name: str) -> str:
        """Return what the document with id *name* is called, and its date where it has one."""
        date = self.dates.get(name)
        return f"{self.document(name)} {self('conversation.dated', date=date)}" if date else self.document(name)

    def file(self, name: str, stored: str) -> str:
        """Return what the file of the document with id *name* is called, which is *stored* under that name."""
        return self.files.get(name, stored)

    @property
    def on_shelf(self) -> dict[str, str]:
        """What a button that opens a document says beside it."""
        return {"shelf": self.shelf} if self.shelf else {}

    def section(self, name: str) -> dict[str, str]:
        """Return the strings of one section, without its name: ``section("toast")["busy"]``."""
        return {key.removeprefix(f"{name}."): value for key, value in self.words.items() if key.startswith(f"{name}.")}


@cache
def load_strings(language: str = "vi") -> Strings:
    """
    Return the strings of *language*.

    Raises:
        InputError: there is no file for the language.
    """
    if language not in LANGUAGES:
        msg = f"no screen language {language!r}.\n  Choose one of: {', '.join(LANGUAGES)}"
        raise InputError(msg)
    tables = tomllib.loads((_FOLDER / f"strings.{language}.toml").read_text(encoding="utf-8"))
    gradio = tables.pop("gradio")
    words = {f"{section}.{key}": value for section, table in tables.items() for key, value in table.items()}
    return Strings(language, words, gradio)
