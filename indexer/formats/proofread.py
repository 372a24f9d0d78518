"""
Recognised words put right where their neighbours leave no doubt: "tô chức thâm quyên" is "tổ chức thẩm quyền".

Tesseract loses the small marks of Vietnamese print, and what it then sees often is a syllable too. Which syllables a word may have
been, and at what cost, was counted on printed pages that Tesseract read as Vietnamese; which is meant, the syllable model says. This
is part of recognition: the text is fixed afterwards. Numbers, document numbers, abbreviations and foreign words stay as seen.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from indexer.channel import CONFUSIONS, Confusions
from indexer.decoder import Decoder
from indexer.scan_repair import ScanReader
from indexer.syllable_model import SyllableModel
from indexer.vietnamese import fold, unify_tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.formats.page import PageWord

PRINT_CONFUSIONS = CONFUSIONS.with_name("confusions-print.json")
_SURE = 0.9  # how sure another reading must be
_SURER = 0.98  # the same where it changes letters and not only their marks


@cache
def _reader() -> ScanReader:
    model = SyllableModel.load()
    return ScanReader(Decoder(model), model.syllables, Confusions.load(PRINT_CONFUSIONS))


def proofread(lines: Sequence[Sequence[PageWord]]) -> list[list[PageWord]]:
    """Return *lines* of recognised words with those put right that can only have been misread."""
    text = "\n".join(" ".join(word.text for word in line) for line in lines)
    rows = _reader().repair_tokens(text)
    return [
        [
            replace(word, text=token.repaired) if _is_better(word.text, token.repaired, token.confidence) else word
            for word, token in zip(line, row, strict=True)
        ]
        for line, row in zip(lines, rows, strict=True)
    ]


def _is_better(seen: str, repaired: str, confidence: float) -> bool:
    if unify_tone(seen) == unify_tone(repaired):
        return False
    return confidence >= (_SURE if fold(seen) == fold(repaired) else _SURER)
