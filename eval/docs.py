"""
Writes every table of the documentation from the result files that it names, between two marks and never by hand.

    python -m eval docs                      # README.md, README.vi.md and the pages of docs/
    python -m eval docs --results FILE.json  # the tables of its kind from this result file: NAME-COMMIT.json, as the one before was called
    python -m eval docs --check              # says which pages are not what their files give

A README names its file as :mod:`eval.readme` says, a page of docs/ in the mark of each table: ``<!-- table KIND FILE… -->`` up to
``<!-- /table -->``, files from the root of the project, kinds as in :mod:`eval.doc_tables`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval import readme
from eval.doc_tables import KINDS, PLOT, growth_points
from eval.growth_plot import growth_svg
from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).parent.parent
_COMMIT = re.compile(r"-[0-9a-f]{7,40}\+?$")
_TABLE = re.compile(r"<!-- table (?P<kind>\S+) (?P<files>[^>]+?) -->\n.*?<!-- /table -->", re.DOTALL)


def pages(root: Path = ROOT, *, results: Sequence[Path] = ()) -> dict[Path, str]:
    """
    Return what each page with a table should hold, by its path, and what the plot of growth, which stands below its table.

    *results* are files that take the place of those that the pages name, each of the one that is called as it is but for the commit:
    ``prove-0123abc.json`` of ``prove-4567def.json``. One that no table is made from yet becomes that of the READMEs.

    Raises:
        InputError: a result file is missing or of another kind; it names the page.
    """
    found = {}
    new = {_name_of(file): _from_root(file, root) for file in results}
    known = {_name_of(Path(file)) for path in _paths(root) for file in _named(path.read_text(encoding="utf-8"))}
    others = [file for name, file in new.items() if name not in known]
    if len(others) > 1:
        msg = f"{', '.join(map(str, others))}: no table is made from files of these names.\n  Name them NAME-COMMIT.json, as the marks in the pages do"
        raise InputError(msg)
    for language, name in readme.READMES.items():
        path = root / name
        text = _renamed(path.read_text(encoding="utf-8"), new)
        named = readme.named_file(text)
        file = others[0] if others else new.get(_name_of(named), named) if named else None
        if file is not None:
            made = readme.block(root / file, language).replace((root / file).as_posix(), file.as_posix())
            text = readme.with_block(text, made)
        found[path] = with_tables(text, path, root)
    for path in sorted((root / "docs").glob("*.md")):
        text = _renamed(path.read_text(encoding="utf-8"), new)
        if _TABLE.search(text):
            found[path] = with_tables(text, path, root)
        for match in _TABLE.finditer(text):
            if match["kind"] == "growth":  # its page was made of the same files, so they can be read
                points = growth_points([_report(root / file) for file in match["files"].split()])
                found[path.parent / "images" / PLOT] = growth_svg(points)
    return found


def _report(path: Path) -> Mapping[str, Any]:
    report: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return report


def _from_root(file: Path, root: Path) -> Path:
    """Return *file* as a mark names it: from *root* where it lies below it."""
    whole = file.resolve()
    return whole.relative_to(root.resolve()) if whole.is_relative_to(root.resolve()) else file


def _name_of(file: Path) -> str:
    """Return what *file* is called but for the commit: "prove" for prove-0123abc.json."""
    return _COMMIT.sub("", file.stem)


def _paths(root: Path) -> list[Path]:
    return [*(root / name for name in readme.READMES.values()), *sorted((root / "docs").glob("*.md"))]


def _named(text: str) -> list[str]:
    """Return the result files that the marks of a page name."""
    named = readme.named_file(text)
    tables = [file for match in _TABLE.finditer(text) for file in match["files"].split()]
    return [*([named.as_posix()] if named else []), *tables]


def _renamed(text: str, new: Mapping[str, Path]) -> str:
    """Return *text*, a page, with the files of *new* in the marks of its tables in the place of those of the same name."""

    def renamed(match: re.Match[str]) -> str:
        mark, _, rest = match.group().partition("\n")
        files = " ".join(new.get(_name_of(Path(file)), Path(file)).as_posix() for file in match["files"].split())
        return f"{mark.replace(match['files'], files)}\n{rest}"

    return _TABLE.sub(renamed, text)


def with_tables(text: str, path: Path, root: Path) -> str:
    """
    Return *text*, the page at *path*, with every marked table made from its files under *root*.

    Raises:
        InputError: a file is missing or of another kind.
    """

    def made(match: re.Match[str]) -> str:
        line = text.count("\n", 0, match.start()) + 1
        lines = _lines(match["kind"], match["files"].split(), f"{path}:{line}", root)
        return "\n".join([match.group().partition("\n")[0], *lines, "<!-- /table -->"])

    return _TABLE.sub(made, text)


def _lines(kind: str, files: Sequence[str], place: str, root: Path) -> list[str]:
    if kind not in KINDS:
        msg = f"{place}: there is no table of the kind {kind!r}.\n  Name one of them:  {', '.join(KINDS)}"
        raise InputError(msg)
    try:
        return KINDS[kind]([_report(root / file) for file in files])
    except (OSError, ValueError, KeyError, TypeError) as error:
        msg = f"{place}: {' '.join(files)} give no table {kind!r} ({type(error).__name__}: {error}).\n  Make the file again, or name another one in the mark."
        raise InputError(msg) from error


def outdated(root: Path = ROOT) -> list[Path]:
    """Return the pages that do not hold what their result files give."""
    return [path for path, text in pages(root).items() if not _holds(path, text)]


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def write(root: Path = ROOT, *, results: Sequence[Path] = ()) -> list[Path]:
    """Write the pages that are outdated, and return them; *results* as in `pages`."""
    changed = []
    for path, text in pages(root, results=results).items():
        if not _holds(path, text):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            changed.append(path)
    return changed
