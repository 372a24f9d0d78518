"""Word segmentation by pyvi, for search only: pyvi changes the text it segments."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import InputError
from indexer.vietnamese import unify_tone

if TYPE_CHECKING:
    from collections.abc import Callable


# What pyvi 0.1.1 loads when it is imported. Its model is a pickle, which runs what is in it: only these very bytes may be loaded.
_FILES = {
    "pyvi3.pkl": "6cdd73aee04b6a4ad7320ca85d27d931a7ef870cfdd41beb148e86bdb8aca134",
    "words.txt": "517743d27e71d43343e4b8e9e89015cdc68d84ebe1d48106449e501d918ece4a",
}
_MENDED_BY = "  Install it again:  python -m pip install --force-reinstall --no-deps pyvi==0.1.1"


def check_model(folder: Path) -> None:
    """
    Compare pyvi's model in *folder* with the one that belongs to the version we use.

    Raises:
        InputError: a file is missing, or is another.
    """
    for name, expected in _FILES.items():
        path = folder / name
        if not path.is_file():
            msg = f"{path}: pyvi's model is not there.\n{_MENDED_BY}"
            raise InputError(msg)
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != expected:
            msg = f"{path}: this is not the model of pyvi 0.1.1 (sha256 {found[:12]}…, not {expected[:12]}…); it was not loaded.\n{_MENDED_BY}"
            raise InputError(msg)


def model_folder() -> Path:
    """
    Return where pyvi's model lies, without importing it.

    Raises:
        InputError: pyvi is not installed.
    """
    spec = find_spec("pyvi")
    if spec is None or spec.origin is None:
        msg = f"pyvi is not installed.\n{_MENDED_BY}"
        raise InputError(msg)
    return Path(spec.origin).parent / "models"


@cache
def _tokenizer() -> Callable[[str], str]:
    check_model(model_folder())
    from pyvi import ViTokenizer  # noqa: PLC0415 - its import loads a model (1.3 s)

    return ViTokenizer.tokenize  # type: ignore[no-any-return]


def segment(text: str) -> list[str]:
    """
    Return the lower-case words of *text*, syllables of one word joined by "_": ``["chủ_trì", "nhiệm_vụ"]``.

    The result serves search alone; it cannot be mapped back to offsets.
    """
    return _tokenizer()(unify_tone(text)).lower().split()
