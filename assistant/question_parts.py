"""A question that asks two things: its parts, and one answer out of the answers to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.types import Answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.types import Citation

_ASKS = re.compile(r"\b(?:nào|gì|ai|bao nhiêu|mấy|khi nào|bao giờ|thế nào|ra sao|đâu)\b", re.IGNORECASE)
TWO = re.compile(r"[,;?]\s*(?:và|còn)\s", re.IGNORECASE)  # plainly two questions
_PARTS = re.compile(
    r"\s*(?:[,;?]\s*(?:và\s+)?|\s+và\s+)(?=(?:ai|khi nào|bao giờ|cơ quan nào|đơn vị nào|có phải|hạn|thời hạn|số mấy|do ai|mấy|bao nhiêu)\b)",
    re.IGNORECASE,
)


def split_parts(question: str) -> list[str]:
    """Return the parts of a question that asks two things, each with its question word; [] where it asks one."""
    text = question.strip(" ?.")
    parts = [part for part in _PARTS.split(text) if part]
    if (
        len(parts) != 2
        and len(halves := TWO.split(text, maxsplit=1)) == 2
        and all(_ASKS.search(half) for half in halves)
    ):
        parts = halves
    return parts if len(parts) == 2 and all(len(part.split()) > 1 for part in parts) else []


_BOTH = re.compile(
    r"\b(?:mỗi (?:chỉ tiêu|nhiệm vụ|việc|bên|loại|thứ)|từng (?:chỉ tiêu|nhiệm vụ|việc)|đều|cả hai|lần lượt)\b",
    re.IGNORECASE,
)
_AND = re.compile(r"\s+và\s+", re.IGNORECASE)


def paired_parts(question: str) -> list[tuple[str, str]]:
    """
    Return the pairs of questions that a question about two things may be, "X và Y đều giao mức nào?" as "X giao mức nào?" and "Y …".

    What both share stands behind a colon, or behind "đều"; [] where the question does not say that it asks about both.
    """
    text = question.strip(" ?.")
    both = _BOTH.search(text)
    if both is None:
        return []
    colon = text.find(":")
    at = colon if 0 <= colon < both.start() else both.start()
    left, shared = text[:at].strip(" ,:"), " ".join(_BOTH.sub(" ", text[at:].strip(" ,:")).split())
    if not _ASKS.search(shared) or _ASKS.search(left):
        return []
    cuts = [match.span() for match in _AND.finditer(left)]
    pairs = [(left[:start], left[end:]) for start, end in cuts]
    return [(f"{a}: {shared}?", f"{b}: {shared}?") for a, b in pairs if min(len(a.split()), len(b.split())) > 2]


def joined(replies: Sequence[Answer]) -> Answer:
    """Return one answer that says what *replies* say, their citations numbered on."""
    citations: list[Citation] = []
    texts: list[str] = []
    for reply in replies:
        base = len(citations)
        texts.append(re.sub(r"\[(\d+)\]", lambda match, base=base: f"[{int(match.group(1)) + base}]", reply.text))  # type: ignore[misc]
        citations += reply.citations
    first = replies[0]
    trace = tuple(step for reply in replies for step in reply.trace)
    computed = tuple(value for reply in replies for value in reply.computed)
    weighed = [reply.confidence for reply in replies if reply.confidence is not None]
    confidence = min(weighed, default=None)  # an answer is as sure as its least sure part
    return Answer(first.question, first.understood, "\n".join(texts), tuple(citations), trace, computed, confidence)
