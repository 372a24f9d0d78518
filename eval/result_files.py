"""Result files: JSON that a command of eval wrote, read back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from indexer.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


def read_json(path: Path, again: str) -> Any:
    """
    Return what the JSON file at *path* holds; *again* is the next step that a message ends with.

    Raises:
        InputError: the file cannot be read, or is no JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        msg = f"{path}: {error.strerror}.\n  {again}"
        raise InputError(msg) from error
    except ValueError as error:  # neither JSON nor UTF-8
        msg = f"{path}: is no JSON ({error}).\n  {again}"
        raise InputError(msg) from error


def write_text(path: Path, text: str, option: str) -> None:
    """
    Write *text* to *path*; *option* of the command line named it.

    Raises:
        InputError: it cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        msg = f"{path}: cannot be written ({error.strerror}).\n  Give another file:  {option} OUT"
        raise InputError(msg) from error


def write_json(path: Path, found: Any, option: str = "--json") -> None:
    """Write *found* to *path* as JSON, see :func:`write_text`."""
    write_text(path, json.dumps(found, ensure_ascii=False, indent=1) + "\n", option)
