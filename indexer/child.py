"""
One file, read in a process of its own: a file that eats memory, never ends or crashes a library takes nothing else down.

The child gets a job and gives back a parsed document, both plain JSON in a folder of its own that is removed afterwards.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from indexer.child_main import JOB, RESULT
from indexer.codec import from_json, to_json
from indexer.errors import ReadError
from indexer.limits import Limits
from indexer.places import unpack_places
from indexer.process_tree import end_tree, tree_memory
from indexer.types import ParsedDocument

if TYPE_CHECKING:
    from collections.abc import Callable

    from indexer.catalogue import Entry
    from indexer.types import Reading

LIMITS = Limits()
DEBUG = "HVB_DEBUG"  # set to 1, a fault is told with its whole traceback
ERRORS = "errors.txt"  # in the folder of the child: what it and its libraries complained of
_AGAIN = 0.02  # seconds; between vfork and exec lie one or two thousandths
_LOOK = 0.1  # seconds between two looks at the memory of the child and what it started
# what a child, Tesseract and LibreOffice need of our environment; keys and passwords that may stand there are not for them
_ENVIRONMENT = (
    *("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TESSDATA_PREFIX", DEBUG),
    *("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "PROGRAMFILES", "PROGRAMFILES(X86)", "PROGRAMDATA"),
)
_ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class ChildRun:
    """How the reading of one file went: a document or an error, how long it took, the most memory it held where that is known."""

    parsed: ParsedDocument | None
    error: ReadError | None
    seconds: float
    peak_bytes: int | None


def parse_in_child(entry: Entry, *, reading: Reading | None = None, limits: Limits = LIMITS) -> ParsedDocument:
    """
    Return what is understood of the file of *entry*, read in a child process; *reading* is that of a bad scan.

    Raises:
        ReadError: the file cannot be read, or took more than *limits* allow, or crashed what reads it.
    """
    run = run_child(entry, reading=reading, limits=limits)
    if run.parsed is None:
        raise run.error or ReadError(str(entry.path))
    return run.parsed


def run_child(
    entry: Entry,
    *,
    reading: Reading | None = None,
    limits: Limits = LIMITS,
    page_done: Callable[[int, int], None] | None = None,
    stop: threading.Event | None = None,
) -> ChildRun:
    """
    Read the file of *entry* in a child process and say how it went; *page_done* hears of pages, *stop* ends the child.

    Nothing is raised for a bad file.
    """
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="hvb-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        job = {
            "id": entry.id,
            "path": str(entry.path.absolute()),
            "source": entry.source,
            "licence": entry.licence,
            "reading": to_json(reading),
            "limits": asdict(limits),
        }
        (folder / JOB).write_text(json.dumps(job, ensure_ascii=False), encoding="utf-8")
        (folder / "tmp").mkdir()
        with (folder / ERRORS).open("wb") as errors, start_child(folder, errors, "indexer.child_main") as process:
            watch = Watch(process, limits, page_done, stop)
            stopped = watch.until_it_ends()
        parsed, error, peak = _outcome(entry.path, folder, stopped or signal_of(process.returncode), limits)
    return ChildRun(parsed, error, time.monotonic() - began, max(peak, watch.peak) or None)


def start_child(folder: Path, errors: IO[bytes], module: str) -> subprocess.Popen[bytes]:
    """Start *module* of ours for the job that lies in *folder*, which has a sub-folder "tmp"; what it complains of goes to *errors*."""
    temporary = str(folder / "tmp")
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    environment |= {
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP", "HOME"), temporary),
        "PYTHONPATH": os.pathsep.join([str(_ROOT), *filter(None, sys.path)]),  # the child imports from where we do
        "PYTHONUTF8": "1",
        # one file, one core: other files are read beside it
        **dict.fromkeys(("OMP_THREAD_LIMIT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
        "MALLOC_ARENA_MAX": "2",  # more arenas would eat the address space
    }
    # -P: a file named json.py in the folder from which we were started is not ours
    command = [sys.executable, "-P", "-m", module, str(folder)]
    windows_flags = 0
    if sys.platform == "win32":
        windows_flags = subprocess.CREATE_NEW_PROCESS_GROUP
    return subprocess.Popen(  # noqa: S603 - our own program
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors,
        env=environment,
        cwd=temporary,
        creationflags=windows_flags,
        start_new_session=True,  # a process group of its own, by which all of it can be ended; Windows passes it over
    )


class Watch:
    """The parent's eye on one child: its clock, the pages it tells of, the memory of all that it started."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        limits: Limits,
        page_done: Callable[[int, int], None] | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        self._process, self._limits, self._page_done, self._stop = process, limits, page_done, stop
        self._told: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._began = self._last_page = time.monotonic()
        self._granted, self._pages = limits.seconds, 0
        self.peak = 0

    def until_it_ends(self) -> str | None:
        """Wait for the child; return what was too much ("seconds", "memory", "stop") where it had to be ended."""
        threading.Thread(target=self._listen, daemon=True).start()
        try:
            return self._look()
        finally:
            end_tree(self._process)

    def _listen(self) -> None:
        """Pass on the lines of the child; b"" at its end."""
        output = self._process.stdout
        try:
            while output and (line := output.readline(1000)):
                self._told.put(line)
        except (OSError, ValueError):  # the pipe is closed, since the child was ended
            pass
        self._told.put(b"")

    def _memory(self) -> int:
        """Return what the child and all that it started hold; a new high is looked at twice, since a program that is just starting shows its parent's."""
        memory = tree_memory(self._process.pid)
        if memory <= self.peak:
            return memory
        time.sleep(_AGAIN)
        return min(memory, tree_memory(self._process.pid))

    def _look(self) -> str | None:
        while True:
            memory = self._memory()
            self.peak = max(self.peak, memory)
            if memory > self._limits.tree_memory:
                return "memory"
            now = time.monotonic()
            left = min(self._last_page + self._limits.seconds, self._began + self._granted) - now
            if left <= 0:
                return "seconds"
            if self._stop is not None and self._stop.is_set():
                return "stop"
            try:
                line = self._told.get(timeout=min(_LOOK, left))
            except queue.Empty:
                continue
            if not line:
                return self._ended(left)
            self._hear(line)

    def _ended(self, left: float) -> str | None:
        """The child closed its output: it is ending, or something inside it closed it and goes on."""
        try:
            self._process.wait(timeout=min(left, 5))
        except subprocess.TimeoutExpired:
            return "seconds"
        return None

    def _hear(self, line: bytes) -> None:
        try:
            told = json.loads(line)
            page, pages, recognised = int(told["page"]), int(told["pages"]), bool(told["recognised"])
        except (ValueError, TypeError, KeyError):
            return  # whatever this is, it buys no time
        if self._pages < self._limits.pages:
            self._pages += 1
            self._granted += self._limits.recognised_page_seconds if recognised else self._limits.text_page_seconds
            self._last_page = time.monotonic()
        if self._page_done is not None:
            self._page_done(page, pages)


def signal_of(code: int | None) -> str | None:
    """Return what a child's end by a signal means."""
    if code is None or code >= 0:
        return None
    return "seconds" if -code == getattr(signal, "SIGXCPU", None) else f"signal {signal.Signals(-code).name}"


def _outcome(
    path: Path, folder: Path, stopped: str | None, limits: Limits
) -> tuple[ParsedDocument | None, ReadError | None, int]:
    """Return what the child left in *folder*: a document or an error, and the most memory that it held by its own account."""
    if stopped is not None:
        return None, _stopped_error(path, stopped, limits), 0
    peak = 0
    try:
        if (folder / RESULT).stat().st_size > limits.result_bytes:
            return None, _stopped_error(path, "result", limits), 0
        result = json.loads((folder / RESULT).read_bytes())
        peak = int(result.get("peak", 0))
        if "parsed" in result:
            parsed = replace(from_json(ParsedDocument, result["parsed"]), placed=unpack_places(result.get("placed")))
            return parsed, None, peak
    except FileNotFoundError:
        lines = (folder / ERRORS).read_text(encoding="utf-8", errors="replace").strip().splitlines()
        result = {"fault": (lines or ["it ended without a result"])[-1], "traceback": "\n".join(lines[-60:])}
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        result = {"fault": f"its result cannot be read: {error}", "traceback": ""}
    if "error" in result:
        return None, ReadError(str(result["error"])), peak
    if "stopped" in result:
        return None, _stopped_error(path, result["stopped"], limits), peak
    return None, _fault_error(path, result), peak


def _stopped_error(path: Path, what: str, limits: Limits) -> ReadError:
    facts = {
        "memory": (
            f"reading it takes more than {limits.tree_memory >> 20} MiB of memory, so it was stopped",
            "Đọc tệp này cần quá nhiều bộ nhớ nên đã dừng lại; đề nghị tách tệp thành các phần nhỏ hơn, hoặc lưu lại rồi thêm lại.",
        ),
        "seconds": (
            f"reading it went on for {limits.seconds:.0f} seconds without an end or a further page, so it was stopped",
            "Đọc tệp này mất quá nhiều thời gian nên đã dừng lại; đề nghị tách tệp thành các phần nhỏ hơn, hoặc lưu lại rồi thêm lại.",
        ),
        "result": (
            f"what is in it fills more than {limits.result_bytes >> 20} MiB, which no document does",
            "Nội dung tệp lớn bất thường; đề nghị tách tệp thành các phần nhỏ hơn rồi thêm lại.",
        ),
        "stop": ("reading was broken off", "Việc đọc đã được dừng theo yêu cầu."),
    }
    fact, words = facts.get(
        what,
        (
            f"what reads it crashed ({what}); the file is damaged, or made to do that",
            "Tệp bị hỏng hoặc có cấu trúc bất thường nên không đọc được; đề nghị mở tệp, lưu lại thành tệp mới rồi thêm lại.",
        ),
    )
    return ReadError(
        f"{path}: {fact}.\n  Split the file, or open it and save it anew (PDF, DOCX or text), and add it again.\n  {words}"
    )


def _fault_error(path: Path, result: dict[str, Any]) -> ReadError:
    told = f"\n{result.get('traceback', '')}" if os.environ.get(DEBUG) == "1" else ""
    return ReadError(
        f"{path}: an internal fault while reading ({result.get('fault', 'unknown')}).\n"
        f"  Please report it with the file, if it may be shown; {DEBUG}=1 shows where it happened.\n"
        f"  Chương trình gặp lỗi khi đọc tệp này; đề nghị báo lại cho người quản trị.{told}"
    )
