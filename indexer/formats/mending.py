"""What is put right in the letters of a text before any offset exists: old encodings, symbol fonts, look-alikes, cut syllables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.formats.legacy import convert_old
from indexer.formats.rejoin import rejoin
from indexer.formats.symbols import replace_private
from indexer.reader import normalise
from indexer.types import ReadWarning

if TYPE_CHECKING:
    from collections.abc import Sequence

WHERE = "văn bản"


def encoding_warning(name: str) -> ReadWarning:
    """Return the warning that a text was in the old encoding *name*."""
    return ReadWarning(WHERE, f"bảng mã {name} đã được chuyển sang Unicode")


def mend(texts: Sequence[str]) -> tuple[list[str], list[ReadWarning]]:
    """
    Return *texts*, the lines or paragraphs of one document in order, as they will be kept for ever, and what was put right.

    There are as many as before; their lengths may differ.
    """
    warnings: list[ReadWarning] = []
    converted, encoding = convert_old(texts)
    if encoding:
        warnings.append(encoding_warning(encoding))
    unknown = 0
    plain: list[str] = []
    for text in converted:
        without, more = replace_private(text)
        plain.append(normalise(without))
        unknown += more
    if unknown:
        warnings.append(ReadWarning(WHERE, f"{unknown} ký hiệu của phông riêng không nhận ra đã bị bỏ qua"))
    joined, count = rejoin(plain)
    if count:
        warnings.append(ReadWarning(WHERE, f"{count} chữ bị tách dấu đã được ghép lại"))
    return joined, warnings
