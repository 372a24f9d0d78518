"""Text of a document as HTML: every character escaped, the cited words marked by their offsets."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from html import escape
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.types import Span

CITED_ID = "cited"
CITED_WORDS_ID = "cited-words"  # the same in the text of a document whose pages are shown beside it
_MARK = "<mark>"


@dataclass(frozen=True, slots=True)
class Doubts:
    """The words of a reading that stay in doubt, slices in order, and what is said of each."""

    spans: Sequence[Span] = ()
    title: str = ""

    def words(self, text: str, start: int, end: int) -> str:
        """Return ``text[start:end]`` as HTML, underlined what is in doubt."""
        parts: list[str] = []
        position = start
        first = bisect_right(self.spans, start, key=attrgetter("end"))
        last = bisect_left(self.spans, end, key=attrgetter("start"))
        for span in self.spans[first:last]:
            begin, stop = max(span.start, start), min(span.end, end)
            parts += (escape(text[position:begin]), doubtful(text[begin:stop], self.title))
            position = stop
        return "".join((*parts, escape(text[position:end])))


NO_DOUBTS = Doubts()


def doubtful(words: str, title: str) -> str:
    """Return *words* as HTML, underlined as doubtful; *title* says so where a pointer rests."""
    return f'<span class="hvb-doubt" title="{escape(title)}">{escape(words)}</span>'


def marked(text: str, start: int, end: int, cited: Span | None, doubts: Doubts = NO_DOUBTS) -> str:
    """
    Return ``text[start:end]`` as HTML, the part that lies in *cited* inside ``<mark>``, what is in doubt underlined.

    White space at the edges of the marked part stays outside of it; words are never searched for.
    """
    if cited is None or cited.end <= start or end <= cited.start:
        return doubts.words(text, start, end)
    first, last = max(start, cited.start), min(end, cited.end)
    words = text[first:last].strip()
    if not words:
        return doubts.words(text, start, end)
    first += len(text[first:last]) - len(text[first:last].lstrip())
    last = first + len(words)
    before, inside, behind = (doubts.words(text, *part) for part in ((start, first), (first, last), (last, end)))
    return f"{before}{_MARK}{inside}</mark>{behind}"


def name_first_mark(html: str, name: str = CITED_ID) -> str:
    """Give the first mark of *html* the id that the page scrolls to."""
    return html.replace(_MARK, f'<mark id="{name}" tabindex="-1">', 1)


def has_mark(html: str) -> bool:
    """Tell whether anything is marked in *html*, which must come from this module's functions."""
    return _MARK in html


def shorten(text: str, limit: int) -> str:
    """Return *text* cut at a word so that it has at most *limit* characters, with "…" where it was cut."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"


def button(label: str, event: str, *, css: str = "", title: str = "", **data: object) -> str:
    """
    Return a real button whose click triggers Gradio's *event* with *data*.

    ``label`` is text, not HTML; so are the values of *data*.
    """
    attributes = "".join(f' data-{name}="{escape(str(value))}"' for name, value in data.items())
    hint = f' title="{escape(title)}" aria-label="{escape(label)} {escape(title)}"' if title else ""
    return f'<button type="button" class="hvb-button {css}" data-event="{event}"{hint}{attributes}>{escape(label)}</button>'
