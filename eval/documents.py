"""
Real documents whose metadata and headings are known, and how what was read compares with them.

``documents/known.jsonl`` was read by eye from rendered pages; its README says by which rules.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.errors import InputError
from indexer.types import StepKind, fold_white

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indexer.types import Clause, ParsedDocument

FOLDER = Path(__file__).parent / "documents"
KNOWN = FOLDER / "known.jsonl"
TRANSCRIPTS = FOLDER / "pages"
FIELDS = ("number", "issued_on", "issuer", "kind", "title", "signer")
_EDGES = re.compile(r"^[^\w(]+|[^\w)]+$")
_LAW = {
    StepKind.PART: "Phần",
    StepKind.CHAPTER: "Chương",
    StepKind.DIVISION: "Mục",
    StepKind.ARTICLE: "Điều",
    StepKind.APPENDIX: "Phụ lục",
}
_SECTIONS = (StepKind.ROMAN, StepKind.NUMBER, StepKind.CLAUSE)


@dataclass(frozen=True, slots=True)
class Heading:
    """
    A heading by its label ("Điều 5", "Phụ lục II", "III", "1") and its words, "" where none stand beside it.

    An *optional* one may be taken for a heading or not: a sentence that leads in a list, a title that the text runs on from.
    """

    label: str
    text: str = ""
    optional: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """What two headings have in common that are the same: label and words; of an article, chapter or annex the label."""
        is_law = any(self.label.startswith(word) for word in _LAW.values())
        return folded(self.label), "" if is_law else folded(self.text)

    def __str__(self) -> str:
        return f"{self.label} {self.text}".strip()


@dataclass(frozen=True, slots=True)
class Known:
    """
    What is printed in one document. A field's accepted values; none where nothing is printed.

    ``by_hand`` names fields that were filled in by hand or as an image, ``damaged`` those that cannot be read for stains.
    """

    id: str
    file: str
    values: dict[str, tuple[str, ...]]
    recipients: int
    headings: tuple[Heading, ...] | None = None
    headings_until_page: int | None = None
    by_hand: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()
    sound_layer: bool = False  # a PDF whose text layer says what the picture shows


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one metadata value was read."""

    document: str
    field: str
    right: bool
    expected: tuple[str, ...]
    found: str | None
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class HeadingScore:
    """How the headings of one document, or of several, were found."""

    found: int
    missed: tuple[str, ...]
    invented: tuple[str, ...]

    @property
    def precision(self) -> float:
        """Share of the headings read that are headings; 1 where none was read."""
        return self.found / max(self.found + len(self.invented), 1) if self.found or self.invented else 1.0

    @property
    def recall(self) -> float:
        """Share of the headings that were read; 1 where there is none."""
        return self.found / max(self.found + len(self.missed), 1) if self.found or self.missed else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        both = 2 * self.found + len(self.missed) + len(self.invented)
        return 2 * self.found / both if both else 1.0

    def __add__(self, other: HeadingScore) -> HeadingScore:
        """Return the score over the headings of both."""
        return HeadingScore(self.found + other.found, self.missed + other.missed, self.invented + other.invented)


def folded(text: str) -> str:
    """Return *text* as values are compared: NFC, case and white space folded, punctuation at its ends taken off."""
    return _EDGES.sub("", fold_white(unicodedata.normalize("NFC", text)).casefold())


def load_known(path: Path = KNOWN) -> list[Known]:
    """
    Return the documents of the file at *path*.

    Raises:
        InputError: a line is no JSON or lacks a key.
    """
    known = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            known.append(_known(json.loads(line)))
        except (json.JSONDecodeError, KeyError) as error:
            msg = f"{path}:{number}: {error!r}\n  Every line is an object with id, file and the metadata fields."
            raise InputError(msg) from error
    return known


def metadata_verdicts(known: Known, parsed: ParsedDocument | None) -> list[Verdict]:
    """Return a verdict a field, damaged ones left out; a file that could not be read (None) states nothing rightly."""
    verdicts = []
    for field in FIELDS:
        if field in known.damaged:
            continue
        stated = getattr(parsed.document.metadata, field) if parsed else None
        found = stated.value if stated else None
        expected = known.values[field]
        right = parsed is not None and (not expected if found is None else folded(found) in map(folded, expected))
        verdicts.append(Verdict(known.id, field, right, expected, found, field in known.by_hand))
    return verdicts


def headings_of(parsed: ParsedDocument, *, until_page: int | None = None) -> list[Heading]:
    """Return the headings that were read: articles and what stands above them, annexes, and sections with a title."""
    end = len(parsed.document.text)
    if until_page is not None and until_page < len(parsed.pages):
        end = parsed.pages[until_page - 1].end
    return [heading for clause in parsed.clauses if clause.start < end and (heading := _heading(clause))]


def heading_score(known: Sequence[Heading], found: Iterable[Heading]) -> HeadingScore:
    """Compare by keys, each as often as it stands; optional headings are neither missed nor invented."""
    expected = Counter(heading.key for heading in known if not heading.optional)
    optional = Counter(heading.key for heading in known if heading.optional)
    right, invented = 0, []
    for heading in found:
        if expected[heading.key]:
            expected[heading.key] -= 1
            right += 1
        elif optional[heading.key]:
            optional[heading.key] -= 1
        else:
            invented.append(str(heading))
    missed = []
    for heading in reversed(known):
        if not heading.optional and expected[heading.key]:
            expected[heading.key] -= 1
            missed.append(str(heading))
    return HeadingScore(right, tuple(reversed(missed)), tuple(invented))


def _known(line: dict[str, Any]) -> Known:
    headings = line.get("headings")
    return Known(
        id=line["id"],
        file=line["file"],
        values={field: _accepted(line[field]) for field in FIELDS},
        recipients=line["recipients_count"],
        headings=None if headings is None else tuple(Heading(one[0], one[1], len(one) > 2) for one in headings),
        headings_until_page=line.get("headings_until_page"),
        by_hand=(*line.get("handwritten", ()), *line.get("in_image", ())),
        damaged=tuple(line.get("damaged", ())),
        sound_layer=line.get("sound_layer", False),
    )


def _accepted(value: str | list[str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _heading(clause: Clause) -> Heading | None:
    step = clause.path[-1]
    if step.kind is StepKind.APPENDIX and step.name:
        return None  # what is issued with a decision: its title is the heading of no annex
    if step.kind in _LAW:
        return Heading(f"{_LAW[step.kind]} {step.number}".strip(), clause.heading or "")
    if step.kind in _SECTIONS and clause.heading:
        return Heading(step.number, clause.heading)
    return None
