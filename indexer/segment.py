"""Word segmentation by pyvi, for search only: pyvi changes the text it segments."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from indexer.vietnamese import unify_tone

if TYPE_CHECKING:
    from collections.abc import Callable


@cache
def _tokenizer() -> Callable[[str], str]:
    from pyvi import ViTokenizer  # noqa: PLC0415 - its import loads a model (1.3 s)

    return ViTokenizer.tokenize  # type: ignore[no-any-return]


def segment(text: str) -> list[str]:
    """
    Return the lower-case words of *text*, syllables of one word joined by "_": ``["chủ_trì", "nhiệm_vụ"]``.

    The result serves search alone; it cannot be mapped back to offsets.
    """
    return _tokenizer()(unify_tone(text)).lower().split()
