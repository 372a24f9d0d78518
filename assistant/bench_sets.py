"""Question sets that an evaluator may run: those of a folder, and those that were brought along, checked line by line."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SEALED = "reported"  # whoever reads its misses turns it into a set to practise on
_SHIPPED = "shipped:"  # what their ids begin with
_DECLINES = ("not_stated", "not_found", "ambiguous", "out_of_scope")
MOST_FAULTS = 50  # named at once


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A file of questions. ``sealed``: only its totals are told, since it is reported and not to be learned from."""

    id: str
    name: str
    path: Path
    count: int
    sealed: bool = False

    @property
    def is_shipped(self) -> bool:
        """Whether it belongs to the evaluation, and not to a person."""
        return self.id.startswith(_SHIPPED)


@dataclass(frozen=True, slots=True)
class Fault:
    """
    What is wrong with line ``line`` (from 1) of a set.

    ``reason`` is a key: "json" (``detail``: the column), "object", "text", "flag", "list", "gold", "status" (``detail``: the field),
    "twice" (``detail``: the line that has the same id), "empty" (there is no question at all).
    """

    line: int
    reason: str
    detail: str = ""


def sets_folder() -> Path | None:
    """Return the folder of the sets that are shipped with the evaluation, None where it is not installed; nothing is imported."""
    spec = find_spec("eval")
    places = spec.submodule_search_locations if spec else None
    folder = Path(next(iter(places))) / "questions" if places else None
    return folder if folder is not None and folder.is_dir() else None


def shipped_sets(folder: Path | None) -> tuple[QuestionSet, ...]:
    """Return the sets of *folder*, by name; those that cannot be read are left out."""
    files = sorted(folder.glob("*.jsonl")) if folder is not None else []
    return tuple(
        QuestionSet(f"{_SHIPPED}{file.name}", file.stem, file, count, sealed=file.stem == _SEALED)
        for file in files
        if (count := count_questions(file))
    )


def count_questions(file: Path) -> int:
    """Return how many lines of *file* hold something; 0 where it cannot be read."""
    try:
        return sum(bool(line.strip()) for line in file.read_text(encoding="utf-8-sig").split("\n"))
    except (OSError, UnicodeDecodeError):
        return 0


@dataclass(slots=True)
class _Check:
    """The lines of a set as they are read, and what is wrong with them."""

    faults: list[Fault] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)

    def line(self, text: str, number: int) -> None:
        try:
            found = json.loads(text)
        except json.JSONDecodeError as error:
            self.faults.append(Fault(number, "json", str(error.colno)))
            return
        except RecursionError:
            self.faults.append(Fault(number, "object"))
            return
        if not isinstance(found, dict):
            self.faults.append(Fault(number, "object"))
            return
        self.faults += (Fault(number, reason, name) for reason, name in _wrong_fields(found))
        name = found.get("id")
        if isinstance(name, str) and name.strip():
            first = self.seen.setdefault(name, number)
            if first != number:
                self.faults.append(Fault(number, "twice", str(first)))


def check_lines(text: str) -> tuple[Fault, ...]:
    """Return what is wrong with *text* as a question set, in the order of its lines, () where it can be run."""
    check = _Check()
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    for number, line in lines:
        check.line(line, number)
        if len(check.faults) >= MOST_FAULTS:
            break
    if not lines:
        return (Fault(1, "empty"),)
    return tuple(check.faults[:MOST_FAULTS])


def _wrong_fields(found: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Yield the reason and the name of each field that is not as eval/questions/README.md has it."""
    for name in ("id", "category", "question"):
        if not _is_text(found.get(name)):
            yield "text", name
    for name, missing in (("answerable", None), ("any_gold", False)):
        if not isinstance(found.get(name, missing), bool):
            yield "flag", name
    history = found.get("history", [])
    if not isinstance(history, list) or not all(
        isinstance(one, dict) and _is_text(one.get("question")) for one in history
    ):
        yield "list", "history"
    must = found.get("must", [])
    if not isinstance(must, list) or not all(_are_texts(group) and group for group in must):
        yield "list", "must"
    if not _are_texts(found.get("must_not", [])):
        yield "list", "must_not"
    gold = found.get("gold", [])
    if not isinstance(gold, list) or not all(_is_gold(one) for one in gold):
        yield "gold", "gold"
    if found.get("status") not in (None, *_DECLINES):
        yield "status", "status"


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(_is_text(one) for one in value)


def _is_gold(value: object) -> bool:
    if not isinstance(value, dict) or not all(_is_text(value.get(name)) for name in ("document", "label", "quote")):
        return False
    return "beside" not in value or _is_text(value["beside"])
