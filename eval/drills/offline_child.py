"""
The offline drill inside its network: takes a job as JSON, prints an object a step; with arguments LOG PACKAGE …, one watched step.

Python's own look-ups are told by audit hooks, those of everything else by the kernel: a look-up is a datagram, and this network sends none.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.selftest_probe import no_route, raise_loopback
from assistant.selftest_watch import CANARY, watch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def datagrams() -> int | None:
    """Return how many datagrams this network has sent, to whomever; None where the kernel does not say."""
    try:
        lines = [
            line.split() for line in Path("/proc/net/snmp").read_text("ascii").splitlines() if line.startswith("Udp:")
        ]
        count = int(dict(zip(*lines, strict=True))["OutDatagrams"])
        six = [line.split() for line in Path("/proc/net/snmp6").read_text("ascii").splitlines()]
        return count + sum(int(value) for name, value in six if name == "Udp6OutDatagrams")
    except (OSError, ValueError, KeyError):
        return None


def _calibrated() -> bool:
    """Send one datagram on purpose to a port of ours, and tell whether the kernel counted it."""
    before = datagrams()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sent:
        sent.sendto(b"x", ("127.0.0.1", 9))
    after = datagrams()
    return None not in (before, after) and after == (before or 0) + 1


def _step(log: Path, module: str, arguments: Sequence[str]) -> tuple[int, str, list[str]]:
    """Run ``python -m MODULE`` watched; return its exit code, what it printed, and whom it tried to reach or which name it looked up."""
    log.unlink(missing_ok=True)
    command = [sys.executable, "-W", "ignore", "-m", "eval.drills.offline_child", str(log), module, *arguments]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, stdin=subprocess.DEVNULL)  # noqa: S603
    noted = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    if not any(one["to"] == CANARY for one in noted):
        return done.returncode, done.stdout + done.stderr, ["the watch heard nothing"]
    reached = [one for one in noted if one["what"].startswith("socket.") and one["to"] != CANARY]
    return done.returncode, done.stdout + done.stderr, [f"{one['what']} {one['to']}" for one in reached]


def steps(job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield each step of the way and what was wrong with it, at the end what the kernel counted."""
    folder = Path(job["folder"])
    raise_loopback()
    counted = _calibrated()
    routes, sent = no_route(), datagrams()
    at = ["--index", str(folder / "index")]
    way = [
        ("indexer", ["build", "--corpus", job["corpus"], *at]),
        ("indexer", ["add", job["more"], *at]),
        ("indexer", ["verify", *at]),
        *(("assistant", ["ask", *at, "--", question]) for question in job["questions"]),
        ("indexer", ["remove", Path(job["more"]).stem, *at]),
        ("indexer", ["rollback", *at]),
        ("indexer", ["gc", *at]),
        *([("assistant", ["selftest", *at])] if job["whole"] else []),
    ]
    names = 0
    for module, arguments in way:
        code, told, reached = _step(folder / "log", module, arguments)
        names += len(reached)
        wrong = "; ".join(reached) or (f"it ended with {code}: {told.strip()[-300:]}" if code else None)
        yield {"what": f"{module} {arguments[0]}", "wrong": wrong}
    after_routes, after_sent = no_route(), datagrams()
    wrong = None
    if not counted:
        wrong = "the kernel does not count datagrams here"
    elif (after_routes, after_sent) != (routes, sent):
        wrong = f"{(after_sent or 0) - (sent or 0)} datagrams, {(after_routes or 0) - (routes or 0)} routes asked for"
    counts = {"names looked up": names, "datagrams sent": (after_sent or 0) - (sent or 0)}
    yield {"what": "the kernel's counts", "wrong": wrong, "counts": counts}


def main(arguments: Sequence[str]) -> None:
    """Be the drill, or one watched step of it."""
    if not arguments:
        for one in steps(json.load(sys.stdin)):
            sys.stdout.write(json.dumps(one, ensure_ascii=False) + "\n")
            sys.stdout.flush()
        return
    log, module, *rest = arguments
    watch(Path(log))
    sys.argv = [module, *rest]
    with suppress(BrokenPipeError):
        sys.exit(import_module(f"{module}.__main__").main(rest))


if __name__ == "__main__":
    os.environ["PYTHONUTF8"] = "1"
    main(sys.argv[1:])
