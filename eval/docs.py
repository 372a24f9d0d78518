"""
Writes every table of the documentation from the result files that it names, between two marks and never by hand.

    python -m eval docs                      # README.md, README.vi.md and the pages of docs/
    python -m eval docs --results FILE.json  # the READMEs from another result file of `python -m eval run --json`
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
from eval.doc_tables import KINDS
from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).parent.parent
_TABLE = re.compile(r"<!-- table (?P<kind>\S+) (?P<files>[^>]+?) -->\n.*?<!-- /table -->", re.DOTALL)


def pages(root: Path = ROOT, *, results: Path | None = None) -> dict[Path, str]:
    """
    Return what each page with a table should hold, by its path.

    *results* is the file of the READMEs' table, by default the one that they name.

    Raises:
        InputError: a result file is missing or of another kind; it names the page.
    """
    found = {}
    for language, name in readme.READMES.items():
        path = root / name
        text = path.read_text(encoding="utf-8")
        file = results or readme.named_file(text)
        if file is not None:
            made = readme.block(root / file, language).replace((root / file).as_posix(), file.as_posix())
            text = readme.with_block(text, made)
        found[path] = with_tables(text, path, root)
    for path in sorted((root / "docs").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        if _TABLE.search(text):
            found[path] = with_tables(text, path, root)
    return found


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
        reports: list[Mapping[str, Any]] = [json.loads((root / file).read_text(encoding="utf-8")) for file in files]
        return KINDS[kind](reports)
    except (OSError, ValueError, KeyError, TypeError) as error:
        msg = f"{place}: {' '.join(files)} give no table {kind!r} ({type(error).__name__}: {error}).\n  Make the file again, or name another one in the mark."
        raise InputError(msg) from error


def outdated(root: Path = ROOT) -> list[Path]:
    """Return the pages that do not hold what their result files give."""
    return [path for path, text in pages(root).items() if path.read_text(encoding="utf-8") != text]


def write(root: Path = ROOT, *, results: Path | None = None) -> list[Path]:
    """Write the pages that are outdated, and return them; *results* as in `pages`."""
    changed = []
    for path, text in pages(root, results=results).items():
        if path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")
            changed.append(path)
    return changed
