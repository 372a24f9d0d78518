"""
Runs of question sets, started from the server as child processes: ``python -m eval``, which is never imported here.

    start -> state (running, progress) -> done, failed or stopped -> result (JSON), compared with another

What is run and when stands in the records; the sets that were brought along and the results lie in a folder of files.
"""

from __future__ import annotations

import atexit
import json
import logging
import secrets
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from tempfile import TemporaryDirectory
from threading import RLock, Thread
from typing import TYPE_CHECKING, Any

from assistant.bench_files import SheetLines, report_page, sheet_lines
from assistant.bench_sets import QuestionSet, count_questions, shipped_sets
from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from assistant.records import Records
    from indexer.location import Location

_log = logging.getLogger(__name__)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS bench_set (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, count INTEGER NOT NULL, added TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS bench_run (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, set_name TEXT NOT NULL, note TEXT NOT NULL, started TEXT NOT NULL,
    state TEXT NOT NULL, count INTEGER NOT NULL, correct INTEGER, sealed INTEGER NOT NULL
);
"""
RUNNING, DONE, FAILED, STOPPED = "running", "done", "failed", "stopped"
EVAL = (sys.executable, "-W", "ignore", "-m", "eval")
LONGEST_NAME = 80  # characters of a set's name and of a note
_COMPARING = 120  # seconds that a comparison may take
_SAID = 20  # last lines of a child that go into the log when it fails


class BusyError(InputError):
    """Another run is on; there is one at a time."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run; ``correct`` is None until it is done. ``started`` is UTC, ISO 8601."""

    id: str
    set_name: str
    note: str
    started: str
    state: str
    count: int
    correct: int | None
    sealed: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the run that is on has come."""

    run: str
    owner: str
    done: int
    total: int


class BenchRuns:
    """The runs of one server over one index; threads may share it. Everybody sees their own runs and sets alone."""

    def __init__(
        self,
        records: Records,
        folder: Path,
        index: Location,
        *,
        sets: Path | None = None,
        command: Sequence[str] = EVAL,
    ) -> None:
        """*folder* takes results and brought sets, *sets* holds the shipped ones, *command* is what starts the evaluation."""
        self._records = records
        self._folder = folder
        self._index = index
        self._sets = sets
        self._command = tuple(command)
        self._lock = RLock()
        self._child: subprocess.Popen[str] | None = None
        self._progress: Progress | None = None
        self._stopping = False
        records.prepare(_SCHEMA)
        records.write("UPDATE bench_run SET state = ? WHERE state = ?", (STOPPED, RUNNING))  # by a server that ended
        atexit.register(self.close)

    def sets(self, owner: str) -> tuple[QuestionSet, ...]:
        """Return the sets that *owner* may run: the shipped ones, then those that *owner* brought."""
        rows = self._records.rows("SELECT id, name, count FROM bench_set WHERE owner = ? ORDER BY added", (owner,))
        brought = (QuestionSet(row["id"], row["name"], self._set_file(row["id"]), row["count"]) for row in rows)
        return (*shipped_sets(self._sets), *brought)

    def add_set(self, owner: str, name: str, text: str) -> QuestionSet:
        """Keep *text*, which :func:`assistant.bench_sets.check_lines` has found right, as a set of *owner* called *name*."""
        added = QuestionSet(secrets.token_hex(8), "", self._folder, 0)
        path = self._set_file(added.id)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        count = count_questions(path)
        name = " ".join(name.split())[:LONGEST_NAME]
        self._records.write("INSERT INTO bench_set VALUES (?, ?, ?, ?, ?)", (added.id, owner, name, count, _now()))
        return QuestionSet(added.id, name, path, count)

    def delete_set(self, owner: str, chosen: str) -> None:
        """Delete a set that *owner* brought; the results of its runs stay."""
        if self._records.write("DELETE FROM bench_set WHERE id = ? AND owner = ?", (chosen, owner)):
            self._set_file(chosen).unlink(missing_ok=True)

    def start(self, owner: str, chosen: str, note: str = "") -> str:
        """
        Start running the set with the id *chosen* and return the id of the run.

        Raises:
            BusyError: a run is on.
            InputError: *owner* has no such set.
        """
        question_set = next((one for one in self.sets(owner) if one.id == chosen), None)
        if question_set is None:
            msg = f"no question set {chosen!r}"
            raise InputError(msg)
        with self._lock:
            if self._progress is not None:
                msg = "a run is on; there is one at a time"
                raise BusyError(msg)
            run = secrets.token_hex(8)
            self._folder.mkdir(parents=True, exist_ok=True)
            self._records.write(
                "INSERT INTO bench_run VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?)",
                (
                    run,
                    owner,
                    question_set.name,
                    " ".join(note.split())[:LONGEST_NAME],
                    _now(),
                    RUNNING,
                    question_set.count,
                    question_set.sealed,
                ),
            )
            self._progress = Progress(run, owner, 0, question_set.count)
            self._stopping = False
            Thread(target=self._run, args=(run, question_set), daemon=True, name="bench").start()
        return run

    def _run(self, run: str, question_set: QuestionSet) -> None:
        result = self._result_file(run)
        options = [
            "--no-baseline",
            "--background",
            "--progress",
            "json",
            *(["--sealed"] if question_set.sealed else []),
        ]
        arguments = ["run", "--questions", str(question_set.path), "--index", str(self._index), "--json", str(result)]
        said: list[str] = []
        state = FAILED
        try:
            child = self._open([*arguments, *options])
            for line in child.stderr or ():
                if not self._advanced(line):
                    said = [*said, line.rstrip()][-_SAID:]
            if child.wait() == 0:
                state = DONE
            elif self._stopping:
                state = STOPPED
            else:
                _log.error("run of %s ended with %d: %s", question_set.name, child.returncode, "\n".join(said))
            if child.stdin:
                child.stdin.close()
            if child.stderr:
                child.stderr.close()
        except OSError:
            _log.exception("the evaluation cannot be started")
        finally:
            self._finish(run, state)

    def _open(self, arguments: Sequence[str]) -> subprocess.Popen[str]:
        with self._lock:
            self._child = subprocess.Popen(  # noqa: S603 - our own command; what is asked is in a file
                [*self._command, *arguments],
                stdin=subprocess.PIPE,  # the child ends when this closes, so it does not outlive the server
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
            )
            if self._stopping:
                self._child.terminate()
            return self._child

    def _advanced(self, line: str) -> bool:
        """Take note of a line of progress; tell whether it was one."""
        try:
            found = json.loads(line)
            done, total = int(found["done"]), int(found["total"])
        except (ValueError, KeyError, TypeError):
            return False
        with self._lock:
            if self._progress is not None:
                self._progress = Progress(self._progress.run, self._progress.owner, done, total)
        return True

    def _finish(self, run: str, state: str) -> None:
        count = correct = None
        if state == DONE:
            try:
                total = json.loads(self._result_file(run).read_text(encoding="utf-8"))["systems"]["assistant"]["total"]
                count, correct = int(total["count"]), int(total["right"])
            except (OSError, ValueError, KeyError, TypeError):
                _log.exception("the result of a run cannot be read")
                state = FAILED
        if not self._records.write(
            "UPDATE bench_run SET state = ?, correct = ?, count = coalesce(?, count) WHERE id = ?",
            (state, correct, count, run),
        ):  # whose it was has left meanwhile
            self._result_file(run).unlink(missing_ok=True)
        with self._lock:
            self._child = self._progress = None

    def progress(self) -> Progress | None:
        """Return how far the run that is on has come, None where there is none."""
        with self._lock:
            return self._progress

    def cancel(self, owner: str) -> None:
        """Stop the run that is on if *owner* started it; what it found is dropped."""
        with self._lock:
            if self._progress is None or self._progress.owner != owner:
                return
            self._stopping = True
            if self._child is not None:
                self._child.terminate()

    def runs(self, owner: str) -> tuple[Run, ...]:
        """Return the runs of *owner*, the newest first."""
        rows = self._records.rows("SELECT * FROM bench_run WHERE owner = ? ORDER BY started DESC, rowid DESC", (owner,))
        return tuple(_run(row) for row in rows)

    def run(self, owner: str, run: str) -> Run | None:
        """Return the run with the id *run* if it is *owner*'s."""
        row = self._records.row("SELECT * FROM bench_run WHERE id = ? AND owner = ?", (run, owner))
        return _run(row) if row else None

    def result_file(self, owner: str, run: str) -> Path | None:
        """Return the file with the result of *owner*'s run, None where there is none."""
        found = self.run(owner, run)
        return self._result_file(run) if found and found.state == DONE and self._result_file(run).is_file() else None

    def result(self, owner: str, run: str) -> dict[str, Any] | None:
        """Return what ``eval run --json`` wrote, None where there is nothing."""
        file = self.result_file(owner, run)
        if file is None:
            return None
        try:
            found = json.loads(file.read_text(encoding="utf-8"))["systems"]["assistant"]
        except (OSError, ValueError, KeyError, TypeError):
            _log.exception("the result of a run cannot be read")
            return None
        return found if isinstance(found, dict) else None

    def sheet_lines(self, data: bytes, name: str) -> SheetLines:
        """Return the questions of a sheet that is sent, a file called *name*, with their places in the index."""
        return sheet_lines(self._command, data, name, self._index)

    def report_page(self, owner: str, run: str, language: str) -> bytes | None:
        """Return the result of *owner*'s run as an HTML page, None where there is none or it cannot be made."""
        file = self.result_file(owner, run)
        return None if file is None else report_page(self._command, file, language)

    def compare(self, owner: str, before: str, after: str) -> dict[str, Any] | None:
        """Return what ``eval compare --json`` says of two runs of *owner*, None where one has no result or they cannot be compared."""
        files = [self.result_file(owner, run) for run in (before, after)]
        if None in files:
            return None
        with TemporaryDirectory() as folder:
            out = f"{folder}/comparison.json"
            command = [*self._command, "compare", *map(str, files), "--json", out]
            try:
                subprocess.run(  # noqa: S603 - our own command
                    command, check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=_COMPARING
                )
                with open(out, encoding="utf-8") as file:  # noqa: PTH123 - a name in a temporary folder
                    found: dict[str, Any] = json.load(file)
            except (OSError, ValueError, subprocess.SubprocessError):
                _log.exception("two runs cannot be compared")
                return None
        return found

    def delete(self, owner: str, run: str) -> None:
        """Forget a run of *owner* that is over, with its result."""
        if self._records.write(
            "DELETE FROM bench_run WHERE id = ? AND owner = ? AND state != ?", (run, owner, RUNNING)
        ):
            self._result_file(run).unlink(missing_ok=True)

    def close(self) -> None:
        """End the run that is on."""
        with self._lock:
            self._stopping = True
            child = self._child
        if child is not None and child.poll() is None:
            child.terminate()
            try:
                child.wait(timeout=5)
            except subprocess.TimeoutExpired:
                child.kill()

    def _result_file(self, run: str) -> Path:
        return _result_file(self._folder, run)

    def _set_file(self, name: str) -> Path:
        return _set_file(self._folder, name)


def forget_evaluator(owner: str, records: Records, folder: Path) -> None:
    """Delete the sets that *owner* brought and all runs, with their files in *folder*; one that is on leaves nothing when it ends."""
    records.prepare(_SCHEMA)
    for table, file in (("bench_set", _set_file), ("bench_run", _result_file)):
        for row in records.rows(f"SELECT id FROM {table} WHERE owner = ?", (owner,)):  # noqa: S608 - our own names
            file(folder, row["id"]).unlink(missing_ok=True)
        records.write(f"DELETE FROM {table} WHERE owner = ?", (owner,))  # noqa: S608 - our own names


def _result_file(folder: Path, run: str) -> Path:
    return folder / f"{run}.json"


def _set_file(folder: Path, name: str) -> Path:
    return folder / "sets" / f"{name}.jsonl"


def _run(row: Any) -> Run:
    return Run(
        row["id"],
        row["set_name"],
        row["note"],
        row["started"],
        row["state"],
        row["count"],
        row["correct"],
        bool(row["sealed"]),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
