"""The parts of the documents that a report shows: around every gold place and every citation of the questions that went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

AROUND = 280  # characters before and behind a place
LONGEST = 1_600  # characters of a place, of which the rest is left out
PLACES = 12  # citations of an answer whose surroundings are kept


def excerpts(rows: Iterable[Mapping[str, Any]], texts: Mapping[str, str]) -> dict[str, list[list[Any]]]:
    """
    Return by document the excerpts ``[start, text]`` that hold the places of the wrong ones of *rows*, in order and apart.

    A place is a ``start`` and an ``end`` of one of *texts*; rows are those of a run's report. ``text`` is the document's own:
    ``texts[document][start:start + len(text)]``.
    """
    windows: dict[str, list[tuple[int, int]]] = {}
    for row in rows:
        if row.get("right"):
            continue
        for place in (*row.get("gold", ()), *row.get("places", ())[:PLACES]):
            document, start, end = place.get("document"), place.get("start"), place.get("end")
            if document in texts and isinstance(start, int) and isinstance(end, int):
                windows.setdefault(document, []).append(window(texts[document], start, end))
    return {
        document: [[start, texts[document][start:end]] for start, end in _merged(found)]
        for document, found in sorted(windows.items())
    }


def window(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the ends of what is shown of *text* around ``text[start:end]``: `AROUND` on both sides, cut between words."""
    until = min(end, start + LONGEST)
    low, high = max(0, start - AROUND), min(len(text), until + AROUND)
    if low > 0:
        low = next((place + 1 for place in range(low, start) if text[place].isspace()), low)
    if high < len(text):
        high = next((place for place in range(high, until, -1) if text[place].isspace()), high)
    return low, high


def _merged(windows: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return *windows* in order, those that touch or overlap as one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(windows):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
