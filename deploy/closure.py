"""Which distributions the program consists of: what pyproject.toml asks for, what those ask for, and so on, as installed here."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Part:
    """One installed distribution: its canonical name, its version, what it says of its licence, and the names of what it asks for."""

    name: str
    version: str
    expression: str | None
    stated: str
    classifiers: tuple[str, ...]
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Project:
    """What pyproject.toml says of the program itself; ``requirements`` are those of a bundle, the driver of PostgreSQL among them."""

    name: str
    version: str
    licence: str
    requirements: tuple[str, ...]


def read_project(folder: Path) -> Project:
    """
    Read the pyproject.toml of *folder*.

    Raises:
        InputError: there is none.
    """
    path = folder / "pyproject.toml"
    if not path.is_file():
        msg = f"{path}: không có tệp này.\n  Chạy lệnh trong thư mục mã nguồn của chương trình."
        raise InputError(msg)
    project = tomllib.loads(path.read_text(encoding="utf-8"))["project"]
    requirements = (*project["dependencies"], *project.get("optional-dependencies", {}).get("postgres", ()))
    return Project(project["name"], project["version"], project["license"], requirements)


def installed_closure(requirements: Iterable[str]) -> tuple[Part, ...]:
    """
    Return all that *requirements* bring on this machine, in the order of names.

    Raises:
        InputError: one of them is not installed.
    """
    found: dict[str, Part] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = _wanted(requirements, frozenset())
    while waiting:
        wanted = waiting.pop()
        if wanted in seen:
            continue
        seen.add(wanted)
        name, extras = wanted
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError as error:
            msg = f"{name}: gói này chưa được cài đặt, nên không kiểm tra được.\n  Cài đặt đủ: make install"
            raise InputError(msg) from error
        inner = _wanted(distribution.requires or (), extras)
        needs = {need for need, _ in inner} | set(found[name].needs if name in found else ())
        found[name] = _part(name, distribution, tuple(sorted(needs)))
        waiting += inner
    return tuple(found[name] for name in sorted(found))


def _wanted(requirements: Iterable[str], extras: frozenset[str]) -> list[tuple[str, frozenset[str]]]:
    """Return names and extras of those *requirements* that hold on this machine, where *extras* were asked for."""
    wanted = []
    for text in requirements:
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras | {""}):
            wanted.append((str(canonicalize_name(requirement.name)), frozenset(requirement.extras)))
    return wanted


def _part(name: str, distribution: metadata.Distribution, needs: tuple[str, ...]) -> Part:
    said = distribution.metadata
    classifiers = [text.rpartition(" :: ")[2] for text in said.get_all("Classifier") or () if "License ::" in text]
    return Part(
        name=name,
        version=distribution.version,
        expression=_first(said.get_all("License-Expression")) or None,
        stated=_first(said.get_all("License")),
        classifiers=tuple(classifiers),
        needs=needs,
    )


def _first(values: list[str] | None) -> str:
    return values[0].strip() if values else ""
