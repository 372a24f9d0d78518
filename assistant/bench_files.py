"""
What the evaluator's tab has ``python -m eval`` make of a file, in a child that is waited for: a page of a run, questions of a sheet.

The evaluation is never imported here; what it says is read from the files that it writes.
"""

from __future__ import annotations

import json
import logging
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING, Any

from assistant.bench_sets import Fault
from assistant.sheets import CSV_SUFFIXES, EXCEL_SUFFIXES, is_workbook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.location import Location

_log = logging.getLogger(__name__)
_PATIENCE = 120  # seconds that a child may take
_ONE_AT_A_TIME = Lock()  # each is a Python that reads an index
_TEXT_SUFFIX = ".txt"  # also of question files, so it tells nothing
_OTHER_SHEETS = (".xls", ".ods")  # not read, and told so in the words for sheets


@dataclass(frozen=True, slots=True)
class SheetLines:
    """
    The questions of a sheet as lines of a question file, "" where none could be read.

    Reasons of ``faults`` and ``notes`` are those of :mod:`assistant.question_sheet` and of the import: "place_document",
    "place_documents", "place_quote", "place_label", "place_no_document", "item", "sheet" (the file itself); "no_place",
    "several_places", "unread".
    """

    text: str = ""
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()


def is_sheet(name: str, data: bytes) -> bool:
    """Tell whether the file called *name* is a table of questions, and not a file of JSON lines."""
    suffix = Path(name).suffix.lower()
    sheets = {*CSV_SUFFIXES, *EXCEL_SUFFIXES, *_OTHER_SHEETS} - {_TEXT_SUFFIX}
    return is_workbook(data) or suffix in sheets


def sheet_lines(command: Sequence[str], data: bytes, name: str, index: Location) -> SheetLines:
    """
    Return the questions of the sheet in *data*, a file called *name*, their places looked up in *index*.

    *command* starts the evaluation.
    """
    suffix = ".xlsx" if is_workbook(data) else Path(name).suffix.lower() or ".csv"
    with TemporaryDirectory() as folder:
        source, out, told = (Path(folder) / one for one in (f"row{suffix}", "set.jsonl", "told.json"))
        source.write_bytes(data)
        options = ["--out", str(out), "--json", str(told), "--index", str(index)]
        _run([*command, "import", str(source), *options], told)
        found = _read(told)
        if found is None:
            return SheetLines(faults=(Fault(1, "sheet"),))
        text = out.read_text(encoding="utf-8") if out.is_file() else ""
    faults = _faults(found, "fault_codes")
    return SheetLines(text, faults or (() if text else (Fault(1, "sheet"),)), _faults(found, "note_codes"))


def report_page(command: Sequence[str], result: Path, language: str) -> bytes | None:
    """Return the HTML page of the run in the file *result*, None where it cannot be made; *command* starts the evaluation."""
    with TemporaryDirectory() as folder:
        out = Path(folder) / "report.html"
        _run([*command, "report", str(result), "--language", language, "--out", str(out)], out)
        return out.read_bytes() if out.is_file() else None


def _run(command: Sequence[str], out: Path) -> None:
    """Run *command*, which writes *out*, to its end; where *out* is not written the log says why."""
    try:
        with _ONE_AT_A_TIME:
            done = subprocess.run(  # noqa: S603 - our own command; what people gave is in a file
                command, capture_output=True, stdin=subprocess.DEVNULL, timeout=_PATIENCE, check=False
            )
    except (OSError, subprocess.TimeoutExpired):
        _log.exception("the evaluation did not end")
        return
    if not out.is_file():
        said = done.stderr.decode("utf-8", errors="replace").strip().splitlines()[-20:]
        _log.warning("the evaluation ended with %d: %s", done.returncode, "\n".join(said))


def _read(file: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _faults(found: dict[str, Any], name: str) -> tuple[Fault, ...]:
    return tuple(Fault(int(one["line"]), str(one["reason"]), str(one["detail"])) for one in found[name])
