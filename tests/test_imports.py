"""The walls of the architecture: who may import what. See docs/architecture.md."""

from __future__ import annotations

import ast
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from indexer.relations import numbers_in

ROOT = Path(__file__).parent.parent
PACKAGES = ("indexer", "assistant", "eval", "deploy")
HEAVY = frozenset(
    (
        "torch",
        "sentence_transformers",
        "transformers",
        "faiss",
        "bm25s",
        "pyvi",
        "langchain_text_splitters",
        "gradio",
        "scipy",
        "sklearn",
    )
)


@dataclass(frozen=True, slots=True)
class Import:
    """A module that is imported: its full name, and whether that happens as soon as the file is."""

    module: str
    line: int
    at_once: bool


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def imports_of(source: str) -> list[Import]:
    """Return what *source* imports; ``from eval import measures`` imports ``eval.measures`` too."""
    found: list[Import] = []

    def walk(node: ast.AST, *, at_once: bool) -> None:
        if isinstance(node, ast.Import):
            found.extend(Import(alias.name, node.lineno, at_once) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.extend(Import(f"{node.module}.{alias.name}", node.lineno, at_once) for alias in node.names)
        later = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) or is_type_checking(node)
        for child in ast.iter_child_nodes(node):
            walk(child, at_once=at_once and not later)

    walk(ast.parse(source), at_once=True)
    return found


@cache
def all_imports() -> tuple[tuple[Path, Import], ...]:
    return tuple(
        (path.relative_to(ROOT), one)
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        for one in imports_of(path.read_text(encoding="utf-8"))
    )


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def offenders(package: str, allowed: str | tuple[str, ...]) -> list[str]:
    """Name every file outside *allowed* (files or folders) that imports *package*."""
    return [
        f"{path}:{one.line}: {one.module}"
        for path, one in all_imports()
        if within(one.module, package) and not path.as_posix().startswith(allowed)
    ]


@pytest.mark.parametrize(
    ("package", "may_not_import"),
    [
        ("indexer", "assistant"),
        ("indexer", "eval"),
        ("assistant", "eval"),
        ("indexer", "deploy"),
        ("assistant", "deploy"),
        ("eval", "deploy"),
    ],
)
def test_imports_point_one_way(package, may_not_import):
    """
    No package imports one that stands to its right in indexer <- assistant <- eval.
    """
    wrong = [
        f"{path}:{one.line}: {one.module}"
        for path, one in all_imports()
        if path.parts[0] == package and within(one.module, may_not_import)
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("package", "allowed"),
    [
        ("gradio", "assistant/chat/"),  # the screen can be replaced
        ("sqlite3", ("indexer/store.py", "assistant/records.py")),  # so can the databases
        ("asyncpg", "indexer/postgres/database.py"),
        ("fastapi", "assistant/chat/"),
        ("uvicorn", "assistant/chat/"),
        ("mcp", "assistant/chat/mcp_tools.py"),
        ("mcp_types", "assistant/chat/mcp_tools.py"),
        ("argon2", "assistant/passwords.py"),
        # a language model, where one is asked for; our own server, by the self-test
        ("http.client", ("assistant/rephrase.py", "assistant/selftest_", "deploy/ready.py")),
        ("urllib.request", "nowhere"),  # follows redirects and proxies
        ("pyvi", "indexer/segment.py"),  # its model is a pickle, whose hash is compared there
    ],
)
def test_each_part_is_known_in_one_place(package, allowed):
    """
    A part that may be exchanged is imported in one place.
    """
    assert offenders(package, allowed) == []


def test_eval_is_never_imported_by_its_bare_name():
    """
    ``import eval`` would hide the builtin; ``from eval.measures import ...`` does not.
    """
    files = [path for folder in (*PACKAGES, "tests") for path in sorted((ROOT / folder).rglob("*.py"))]
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import) and any(alias.name == "eval" and alias.asname is None for alias in node.names)
    ]

    assert wrong == []


def test_heavy_parts_are_imported_where_they_are_used():
    """
    Nothing but the screen loads a heavy library as soon as it is imported, so that ``--help`` answers at once.
    """
    wrong = [
        f"{path}:{one.line}: {one.module}"
        for path, one in all_imports()
        if one.at_once and one.module.split(".")[0] in HEAVY and path.parts[:2] != ("assistant", "chat")
    ]

    assert wrong == []


def test_imports_are_seen_wherever_they_stand():
    """
    The reader of imports sees those inside functions and tells them from those at the top.
    """
    source = "import json\nif TYPE_CHECKING:\n    import torch\ndef f():\n    from eval import measures\n"

    found = [(one.module, one.line, one.at_once) for one in imports_of(source)]
    assert found == [("json", 1, True), ("torch", 3, False), ("eval.measures", 5, False)]


def test_the_program_knows_nothing_of_its_first_corpus():
    """
    No document of the corpus, neither its id nor its number nor its province, stands in code or in the lexicons.
    """
    catalogue = tomllib.loads((ROOT / "corpus" / "catalogue.toml").read_text(encoding="utf-8"))
    names = {"lai châu", "lai chau"}
    for document in catalogue["document"]:
        text = (ROOT / "corpus" / document["file"]).read_text(encoding="utf-8")
        names |= {document["id"], *(match.group() for match in numbers_in(text[:1500]) if "/KH-" in match.group())}
    files = [
        p
        for package in ("indexer", "assistant")
        for p in (ROOT / package).rglob("*")
        if p.suffix in {".py", ".toml", ".js"}
    ]
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sorted(files)
        for name in sorted(names)
        if name.lower() in path.read_text(encoding="utf-8").lower()
    ]

    assert wrong == []
