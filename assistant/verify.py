"""
The last check before a reply leaves: what it says stands in what it cites, was asked, or was computed.

An answer is checked line by line, and a line piece by piece: the words before the marks "[1][2]" against the places that these cite. What is
looked at are figures as they stand ("10/2025", "≥ 80%", "2-3"), document numbers and agencies; each has to stand in a source *in this place*.
Of all places of the sources, the one whose surroundings are most like those in the answer decides: if another figure stands there, it was
changed on the way, wherever else the sources may have it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import regex as re

from assistant.compared import EDGE, OPENING, PLACED, Kind, WordReader
from assistant.founding import Founding, Source, common_rows, verbs, without_agencies
from assistant.row_filters import period_words
from assistant.schedule import Schedule
from assistant.wording import Wording, document_name
from indexer.types import RelationType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.compared import Words
    from assistant.corpus import Corpus
    from assistant.founding import Cited
    from assistant.question import Query
    from assistant.types import Answer, Citation

_MARK = re.compile(r"\[(\d+)\]")
_MARKS = re.compile(r"\s*\[\d+\](?:\s*\[\d+\])*")
_PARTS = re.compile(r"[/-]")
_REACH = 60  # words on either side of a figure that are compared
# How well a place fits is counted in words that are the same around it, and what it counts that all of a source is said:
_WHOLE = 2.5
# What that says, from the least:
_LIKE = 2  # this place is likely meant
_ASKED = 3.5  # it is meant, unless the question has the words as well
_SURE = 4  # it is meant, whatever was computed
_IS = ("là", "is")
_ITEM = "- "
_NAMED = (" được nhắc đến như sau:", " is named as follows:")

Piece = tuple[str, tuple[int, ...]]
"""Words of a line, and the marks behind them."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A line of an answer, counted from 0, and what in it is not founded, in order."""

    line: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What a question says, which an answer may repeat where it cites nothing.

    ``texts`` are its own words, ``terms`` those of them that an answer gives in quotation marks, ``said`` what it was understood to ask, in
    the words of an answer: "trong tháng 10/2025"; ``agencies`` are keys, ``noted`` names with the figure of a note: "Bộ Nội vụ (3)".
    """

    texts: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    agencies: frozenset[str] = frozenset()
    noted: tuple[str, ...] = ()


def asked_by(query: Query, corpus: Corpus, *texts: str) -> Asked:
    """Return what *query* says; *texts* are other forms of the question."""
    own = [*texts, query.text, " ".join(query.words), " ".join(query.topic), *map(" ".join, query.also)]
    terms = [
        word for words in (query.words, query.numbers, *query.also) for word in words if any(map(str.isdecimal, word))
    ]
    said = [
        f"{number} {words}" for number in query.numbers for words in ("được nhắc đến như sau", "is named as follows")
    ]
    said += [f"mục {query.group}", f"section {query.group}"] if query.group else []
    said += [f"Phụ lục {query.appendix}"] if query.appendix else []
    said += [f"{noun} {row}" for row in query.rows for noun in (query.noun, "task", "indicator", "row") if noun]
    noted = [agency.name for agency in query.agencies if any(map(str.isdecimal, agency.name))]
    said += [period_words(query.period, Wording(query.language)), *query.quoted, *noted]
    if query.says("overdue"):
        said.append(f"{Schedule(corpus, query).day:%d/%m/%Y}")
    texts = tuple(dict.fromkeys(filter(None, own)))
    agencies = frozenset(agency.key for agency in query.agencies)
    return Asked(texts, tuple(dict.fromkeys(terms)), tuple(filter(None, said)), agencies, tuple(noted))


def bad_marks(answer: Answer) -> list[str]:
    """Return the citation marks of *answer* that stand for nothing."""
    return [mark for mark in _MARK.findall(answer.text) if not 1 <= int(mark) <= len(answer.citations)]


def without_lines(answer: Answer, dropped: Sequence[int]) -> Answer | None:
    """
    Return *answer* without the lines *dropped* and without what only they cite, its marks numbered anew.

    None where it needs them: a list has to be whole, with its head and its last line, and some line that cites has to be left.
    """
    lines = answer.text.split("\n")
    in_list = any(line.startswith(_ITEM) for line in lines)
    if any(not _is_note(lines[number]) if in_list else lines[number].endswith(":") for number in dropped):
        return None
    kept = [line for number, line in enumerate(lines) if number not in dropped]
    if not any(_MARK.search(line) for line in kept):
        return None
    gone = {mark for number in dropped for mark in _MARK.findall(lines[number])}
    gone -= {mark for line in kept for mark in _MARK.findall(line)}
    order = [number for number in range(1, len(answer.citations) + 1) if str(number) not in gone]
    new = {str(number): place for place, number in enumerate(order, start=1)}
    text = _MARK.sub(lambda match: f"[{new[match.group(1)]}]", "\n".join(kept))
    return replace(answer, text=text, citations=tuple(answer.citations[number - 1] for number in order))


def _unsaid(answer: Answer) -> list[tuple[str, ...]]:
    """Return the values that were computed and that the answer says less often than that, as one fault; [] where there are none."""
    times = Counter(answer.computed)
    said = {value: len(re.findall(rf"(?<!\d){re.escape(value)}(?!\d)", answer.text)) for value in times}
    missing = tuple(value for value, count in times.items() if said[value] < count)
    return [missing] if missing else []


def _is_note(line: str) -> bool:
    """Tell whether *line* only stands beside a list: neither its head nor an item nor the count that ends it."""
    return not line.startswith(_ITEM) and _MARK.search(line) is not None and not line.rstrip().endswith(":")


class Verifier:
    """Checks the answers from one corpus; threads may share it."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._reader = WordReader(corpus)
        self._founding = Founding(corpus, self._reader)

    def warm(self) -> None:
        """Read the names of agencies, rows and sections, so that the first answer does not wait for them."""
        _ = self._reader.names
        self._founding.warm()

    def faults(self, answer: Answer, asked: Asked) -> list[Fault]:
        """Return the lines of *answer* that say a figure, document number or agency which is not founded; its marks must be good."""
        read = self._reader.read
        left = Counter(word for value in answer.computed for word in read(value).words)
        questions = [Source(read(text), is_asked=True, confirms=True, is_typed=True) for text in asked.texts]
        questions += [Source(read(text), is_asked=True, confirms=True, is_term=True) for text in asked.terms]
        questions += [Source(read(text), is_asked=True) for text in asked.said]
        cited = [self._founding.cited(citation) for citation in answer.citations]
        lines = [list(_cut(line)) for line in answer.text.split("\n")]
        of_block = self._of_block(lines, cited)
        found: list[Fault] = []
        repeated: list[Fault] = []  # lines with figures that only the words of the question have
        targets: frozenset[str] = frozenset()  # the documents that the lines below name
        opening: list[Source] = []  # what founds the line that opened the list
        for number, pieces in enumerate(lines):
            check = _LineCheck(left, self._numbers_in(pieces))
            if pieces[0][1]:
                sources = self._marked(answer, pieces, asked, check)
                opening = sources if pieces[-1][0].rstrip().endswith(":") else opening
            elif not self._is_uncited(pieces[0][0]):
                check.piece(read(pieces[0][0]), [*questions, *of_block[number], *opening], asked.agencies)
            if targets and pieces[0][1] and not targets & check.numbers:
                check.wrong += sorted(check.numbers)[:1]
            if pieces[0][0].endswith(_NAMED):
                targets = check.numbers
            if check.wrong:
                found.append(Fault(number, tuple(check.wrong)))
            if check.repeated:
                repeated.append(Fault(number, tuple(check.repeated)))
        # a figure of the question, or of what is cited, stands where something computed should, which then is left or not said at all
        return found or (repeated if +left else []) or [Fault(0, unsaid) for unsaid in _unsaid(answer)]

    def _marked(self, answer: Answer, pieces: Sequence[Piece], asked: Asked, check: _LineCheck) -> list[Source]:
        """Check a line that cites; return what its last citations found."""
        row = common_rows(self._founding.cited(answer.citations[mark - 1]) for _, marks in pieces for mark in marks)
        cited: list[Source] = []
        listed: set[tuple[str, tuple[int, ...]]] = set()
        for words, marks in pieces:
            citations = _of_document(words, [answer.citations[mark - 1] for mark in dict.fromkeys(marks)])
            if citations:
                cited = self._founding.together(citations, row)
            said = self._reader.read(words)
            if not said.spots:
                continue
            if (
                said.spots[0] == (0, Kind.FIGURE) and words is not pieces[0][0]
            ):  # "thay thế 12/KH-UBND [1]; 13/KH-UBND [1]"
                said = self._reader.read(f"{self._verb(pieces[0][0])} {words}")
                key = (said.words[said.spots[0][0]], marks)
                check.wrong += [said.shown[said.spots[0][0]]] if key in listed else []
            listed |= {(said.words[place], marks) for place, _ in said.spots if "/" in said.words[place]}
            is_item = words.startswith(_ITEM)
            sources: Sequence[Source] = cited
            if not marks:  # "; còn 3 ngày", ": 2 nội dung:" is not what was quoted
                sources = [source for source in cited if source.is_name and not source.confirms]
            if is_item and asked.agencies:
                kept = (without_agencies(source, asked.agencies) for source in sources)
                sources = [source for source in kept if source is not None]
            is_count = not is_item and bool(check.left[said.words[said.spots[0][0]]])
            general = is_count and any(self._founding.cited(citation).is_group for citation in citations)
            if general and asked.agencies:  # "có thể gồm cả …" names who was asked for, not who is cited
                sources = [replace(source, no_agency=True) for source in sources]
                sources += [Source(self._reader.read(name), is_asked=True) for name in asked.noted]
            check.piece(said, sources, asked.agencies if general else frozenset())
        return cited

    def _of_block(self, lines: Sequence[Sequence[Piece]], cited: Sequence[Cited]) -> list[list[Source]]:
        """Return for each line what the citations of its list found where none are marked."""
        starts = [n for n, pieces in enumerate(lines) if pieces[-1][0].rstrip().endswith(":") and not pieces[-1][1]]
        found: list[list[Source]] = []
        for first, last in pairwise(sorted({0, *starts, len(lines)})):
            marks = dict.fromkeys(mark for pieces in lines[first:last] for _, marks in pieces for mark in marks)
            sources = self._founding.unmarked([cited[mark - 1] for mark in marks] or cited)
            found += [sources] * (last - first)
        return found

    def _numbers_in(self, pieces: Sequence[Piece]) -> frozenset[str]:
        said = (self._reader.read(words) for words, _ in pieces)
        return frozenset(one.words[place] for one in said for place, _ in one.spots if "/" in one.words[place])

    @staticmethod
    def _verb(words: str) -> str:
        """Return the verb of a line that lists documents."""
        return next((verb for kind in RelationType for verb in verbs(kind) if f" {verb} " in words), "")

    @cached_property
    def _untitled(self) -> frozenset[str]:
        """How a list of all documents names those without a title."""
        names = ((document_name(one, language), one.id) for one in self._corpus.untitled for language in ("vi", "en"))
        return frozenset(f"{_ITEM}{name}: {title}" for name, title in names)

    def _is_uncited(self, line: str) -> bool:
        """Tell whether *line* has nothing to found: no words, or only what a document without a title is called."""
        return not line.strip(EDGE) or (line.startswith(_ITEM) and line.strip() in self._untitled)


@dataclass(slots=True)
class _LineCheck:
    """
    The check of one line. ``left`` is what was computed and not yet said, ``numbers`` are the document numbers of the line.

    ``wrong`` is what nothing founds, ``repeated`` are figures that only the words of the question have.
    """

    left: Counter[str]
    numbers: frozenset[str]
    wrong: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)

    def piece(self, said: Words, sources: Sequence[Source], agencies: frozenset[str]) -> None:
        """Check *said* against *sources*; *agencies* may be named once each."""
        named: set[str] = set()
        names: Counter[object] = Counter()
        printed = [source for source in sources if not source.is_asked]
        meant = [source for source in sources if source.is_asked and not source.is_typed]
        asked = [source for source in sources if source.is_asked]
        for place, kind in said.spots:
            word = said.words[place]
            is_term = bool(meant) and OPENING in said.words[:place]
            fits, rival, name = (0.0, 0.0, None) if is_term else self._best(said, place, kind, printed)
            if name is not None:  # a name is said as often as it is cited; that of a document once
                key = word if kind is Kind.AGENCY or "/" in word else name
                names[key] += 1
                cited = 1 if key is word else sum(source.text is name[0] for source in printed)
                fits = fits if names[key] <= cited else 0.0
            if fits >= rival and (
                fits >= 1 or (fits > 0 and kind is Kind.AGENCY and not _inside(said, place, sources))
            ):
                continue
            if (is_term or word not in named) and self._is_asked(said, place, kind, meant, rival):
                named |= {word} if kind is Kind.AGENCY else set()
                continue
            if kind is Kind.AGENCY and rival < _LIKE and word[1:-1] in agencies and word not in named:
                named.add(word)
                continue
            if kind is Kind.FIGURE and rival < _SURE and _take(word, self.left):
                continue
            is_other = (
                kind is Kind.AGENCY
                and bool(agencies)
                and (word[1:-1] not in agencies or (word in named and not is_term))
            )
            if is_other or not self._is_asked(said, place, kind, asked, rival):
                self.wrong.append(said.shown[place])
            elif kind is Kind.FIGURE:
                self.repeated.append(said.shown[place])

    def _is_asked(self, said: Words, place: int, kind: Kind, sources: Sequence[Source], printed: float) -> bool:
        """Tell whether the word at *place* stands in *sources* that are asked; another one that is *printed* fits as well as that says."""
        fits, rival, _ = self._best(said, place, kind, sources)
        return 1 <= fits >= rival and (printed < _ASKED or fits >= printed)

    def _best(
        self, said: Words, place: int, kind: Kind, sources: Sequence[Source]
    ) -> tuple[float, float, tuple[Words, int] | None]:
        """
        Return how well the best place of *sources* that has the word at *place* fits, and how well one that has another.

        The third value is the name of a place or document, and where in it, if that is what fits.
        """
        fits = rival = 0.0
        name: tuple[Words, int] | None = None
        words = said.words
        word, before, behind = words[place], words[place - 1] if place else None, words[place + 1 : place + 2]
        quoted = OPENING in words[:place]
        for source in sources:
            text = source.text
            is_single = len(text.words) == 1 + text.first
            if (source.no_agency and kind is Kind.AGENCY) or (source.is_term and not quoted):
                continue
            if source.whole and source.is_asked and is_single and before not in _IS:
                continue
            for other, other_kind in text.spots:
                if other_kind is not kind:
                    continue
                same = text.words[other] == word
                if not same and (source.confirms or source.numbers(other)):
                    continue
                near = other > 0 and text.words[other - 1] == before
                if not (same or near or is_single or text.words[other + 1 : other + 2] == behind):
                    continue
                score, is_rival = _score(said, place, source, other)
                if same and score > fits:
                    fits, name = score, (text, other) if source.is_name and not source.confirms else None
                elif not same and is_rival and score > rival and not (source.is_name and self._says(said, text)):
                    rival = score
        return fits, rival, name

    def _says(self, said: Words, name: Words) -> bool:
        """Tell whether *said* has all of *name*, or the line its number of a document: then it does not stand changed in another place."""
        if any(name.words[place] in self.numbers for place, _ in name.spots):
            return True
        length = len(name.words)
        return any(said.words[place : place + length] == name.words for place in range(len(said.words) - length + 1))


def _score(said: Words, place: int, source: Source, other: int) -> tuple[float, bool]:
    """
    Return how many words around *place* are those around *other*, and one more where they are all that the source has.

    The second value tells whether both sides are alike, or end with the source: then it is this place that is said.
    """
    words, text = said.words, source.text.words
    before = 0
    most = min(place, other, _REACH)
    while before < most and words[place - before - 1] == text[other - before - 1]:
        before += 1
    behind = 0
    most = min(len(words) - place, len(text) - other, _REACH) - 1
    while behind < most and words[place + behind + 1] == text[other + behind + 1]:
        behind += 1
    alone = before + behind == 0
    if alone and (not source.weight or (source.is_name and len(text) > 1) or text[other] != words[place]):
        return 0.0, False
    opens, ends = other - before <= source.text.opening, other + behind + 1 == len(text)
    if source.whole and not (opens and ends):
        return 0.0, False
    if source.numbers(other):
        start = place - (other - source.text.first)  # "(IV.6): 6. Sau khi …", in English "(IV.6): “6. Sau khi …”"
        start -= start > 0 and words[start - 1] == OPENING
        placed = start == 0 or (start > 0 and words[start - 1] == PLACED)
        return (source.weight + _SURE if placed else 0.0), False
    begins, stops = before == place, place + behind + 1 == len(words)
    both = (before > 0 or opens or begins) and (behind > 0 or ends or stops)
    score = before + behind + _WHOLE * (opens and ends) + source.weight
    return score, both or text[other] not in words


def _inside(said: Words, place: int, sources: Sequence[Source]) -> bool:
    """Tell whether the two words before or behind *place* are a source's, so that it stands inside its running text."""
    pairs = {said.words[place - 2 : place], said.words[place + 1 : place + 3]}
    return any(source.text.words[i : i + 2] in pairs for source in sources for i in range(len(source.text.words) - 1))


def _take(word: str, left: Counter[str]) -> bool:
    """Take *word*, or the counts of "3/13", from what was computed; False where it was not."""
    parts = Counter([word] if left[word] else _PARTS.split(word))
    if any(left[part] < count for part, count in parts.items()):
        return False
    left.subtract(parts)
    return True


def _of_document(words: str, citations: list[Citation]) -> list[Citation]:
    """Return those of *citations*, of several documents, whose document is named by its number in *words*; all where none is."""
    named = [citation for citation in citations if citation.number and citation.number in words]
    several = len({citation.document for citation in citations}) > 1
    return named if several and named else citations


def _cut(line: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield the pieces of *line*, each with the marks behind it; the last one may have none."""
    position = 0
    for match in _MARKS.finditer(line):
        yield line[position : match.start()], tuple(map(int, _MARK.findall(match.group())))
        position = match.end()
    if position < len(line) or not position:
        yield line[position:], ()
