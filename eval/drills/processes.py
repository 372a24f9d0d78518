"""
Children in which a drill does its work: forked from a process that has loaded the models and done nothing else, so that they start at once.

The drill itself opens no index: a fork of a process that runs threads (FAISS) may hang.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import traceback
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from indexer.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerContext

R = TypeVar("R")
_PATIENCE = 300.0  # seconds for one piece of work
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Told:
    """How a command of ours ended: its exit code, None where it ended by an exception, and what it printed."""

    code: int | None
    out: str
    complaints: str


@cache
def context() -> ForkServerContext:
    """Return what starts the children; POSIX alone has it."""
    made = get_context("forkserver")
    made.set_forkserver_preload(["eval.drills.warm"])
    return made


def in_child(work: Callable[..., R], *arguments: Any) -> R:
    """
    Return ``work(*arguments)`` of a child process; *work* is a function of a module.

    Raises:
        StoreError: it raised, or the child died; the message has its traceback or its signal.
    """
    ours, theirs = context().Pipe(duplex=False)
    child = context().Process(target=_send, args=(theirs, work, arguments))
    child.start()
    theirs.close()
    worked: bool
    value: Any
    try:
        worked, value = ours.recv() if ours.poll(_PATIENCE) else (False, f"nothing came in {_PATIENCE:.0f} s")
    except EOFError:
        child.join()
        worked, value = False, f"the process ended with {child.exitcode}"
    finally:
        child.kill()
        child.join()
        ours.close()
    if not worked:
        msg = f"{getattr(work, '__name__', work)}: {value}"
        raise StoreError(msg)
    result: R = value
    return result


def _send(pipe: Connection, work: Callable[..., Any], arguments: Sequence[Any]) -> None:
    try:
        pipe.send((True, work(*arguments)))
    except BaseException:  # noqa: BLE001 - whatever it is, the drill tells of it
        pipe.send((False, traceback.format_exc()))


def command(module: str, arguments: Sequence[str]) -> Told:
    """Run ``python -m MODULE`` with *arguments* in this process and return how it ended."""
    out, complaints = io.StringIO(), io.StringIO()
    code: int | None = None
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(complaints):
        try:
            code = importlib.import_module(f"{module}.__main__").main([*arguments])
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else None
        except BaseException:  # noqa: BLE001 - what a user would see of it is the finding
            traceback.print_exc()
    return Told(code, out.getvalue(), complaints.getvalue())


def running_in(folder: Path) -> list[int]:
    """Return the processes whose command line names *folder*, those of no use to us left out; none where the system does not tell."""
    wanted = os.fsencode(folder)
    found = []
    for process in _PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            if wanted in (process / "cmdline").read_bytes():
                found.append(int(process.name))
    return [number for number in found if number != os.getpid()]
