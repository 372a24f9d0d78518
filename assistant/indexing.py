"""``python -m indexer add|remove`` in a child process: what it tells while it works, and how it ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from indexer.process_tree import end_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_ROOT = Path(__file__).resolve().parents[1]
_LONGEST = 3600.0  # seconds; the reading of each file has closer limits of its own
_NICER = 10  # how much more willing than the server the child is to wait for a processor
_TOLD = 20_000  # bytes of complaints that are kept
# what the child needs of our environment; keys and passwords that may stand there are not for it
_ENVIRONMENT = (
    *("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TESSDATA_PREFIX"),
    *("TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "USERPROFILE"),
    *("PROGRAMFILES", "PROGRAMFILES(X86)", "PROGRAMDATA", "APPDATA", "LOCALAPPDATA"),
)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended: well, or with *complaint*; ``stopped`` where we ended it."""

    well: bool
    complaint: str = ""
    stopped: bool = False


class IndexerChild:
    """Runs one command of the indexer at a time; :meth:`stop` ends it from another thread."""

    def __init__(self, *, longest: float = _LONGEST) -> None:
        self._longest = longest
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped, self._late = threading.Event(), threading.Event()

    def stop(self) -> None:
        """End the command that runs now, with all that it started."""
        self._stopped.set()
        self._end()

    def _too_long(self) -> None:
        self._late.set()
        self._end()

    def _end(self) -> None:
        process = self._process
        if process is not None and process.poll() is None:
            end_tree(process)

    def run(self, arguments: Sequence[str], *, step: Callable[[str, int, int], None] | None = None) -> Ended:
        """Run ``python -m indexer`` with *arguments*; *step* hears what is done, how many are done, of how many."""
        self._stopped.clear()
        self._late.clear()
        # -P: a file named json.py in the folder from which we were started is not ours
        command = [sys.executable, "-P", "-m", "indexer", *arguments]
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        environment |= {"PYTHONPATH": os.pathsep.join([str(_ROOT), *filter(None, sys.path)]), "PYTHONUTF8": "1"}
        with tempfile.TemporaryFile() as complaints:
            try:
                process = subprocess.Popen(  # noqa: S603 - our own program
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=complaints,
                    env=environment,
                    start_new_session=True,  # a process group of its own, by which all of it can be ended
                )
            except OSError as error:
                return Ended(well=False, complaint=str(error))
            self._process = process
            if sys.platform != "win32":
                with suppress(OSError):
                    os.setpriority(os.PRIO_PROCESS, process.pid, _NICER)
            late = threading.Timer(self._longest, self._too_long)
            late.daemon = True
            late.start()
            try:
                _listen(process.stdout, step)
                process.wait()
            finally:
                late.cancel()
                end_tree(process)
                if process.stdout is not None:
                    process.stdout.close()
                self._process = None
            complaints.seek(0)
            complaint = complaints.read(_TOLD).decode(errors="replace")
        if self._late.is_set():
            complaint = f"it took longer than {self._longest:.0f} seconds and was ended\n{complaint}"
        well = process.returncode == 0 and not self._late.is_set() and not self._stopped.is_set()
        return Ended(well, complaint, self._stopped.is_set())


def _listen(output: IO[bytes] | None, step: Callable[[str, int, int], None] | None) -> None:
    """Pass on the steps that the child tells of, until it closes its output."""
    while output and (line := output.readline(2000)):
        with suppress(ValueError, TypeError, KeyError):
            told = json.loads(line)
            if step is not None:
                step(str(told["what"]), int(told["done"]), int(told["total"]))
