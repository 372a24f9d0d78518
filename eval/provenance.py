"""Which commit a figure comes from."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

FORMAT = 2  # of the result files; 1 had no "format", and no measures but facts, citations and refusals


def commit() -> str | None:
    """Return the commit that this file was checked out from, with "+" where files differ; None outside git."""
    git = shutil.which("git")
    if git is None:
        return None
    folder = Path(__file__).parent
    try:
        head = _output([git, "rev-parse", "HEAD"], folder)
        changed = _output([git, "status", "--porcelain", "-uno"], folder)
    except (subprocess.CalledProcessError, OSError):
        return None
    return head + ("+" if changed else "")


def _output(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=True)  # noqa: S603
    return done.stdout.strip()
