"""
Conditions on rows that name what stands in a cell: the value of a column, a length of time, words in quotation marks.

"có căn cứ pháp lý là Luật A", "trong 30 ngày", "trình Bộ B": the words have to stand in the cell as they are, side by side.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.corpus import RowAt, subject_column
from assistant.lexicon import light_words, matches
from indexer.columns import AGENCIES
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from assistant.corpus import Corpus
    from assistant.question import Query
    from assistant.wording import Wording
    from indexer.types import Table


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition on rows: how it is said, and which rows fit. ``column`` is the one whose words show it."""

    words: str
    fits: Callable[[RowAt], bool]
    column: Callable[[RowAt], int | None]
    is_period: bool = False  # a time that deadlines have to fall into


_DURATION = re.compile(r"\b(\d{1,3}) (ngay|thang|gio|phut|tuan)(?: lam viec)?\b(?! \d)")
_VALUE = 160  # characters of a cell that may be a value, or several
_PARTS = re.compile(r"[,;\n]|\s+-\s+")
_OPENING = ("“", '"', "‘", "'")
_LOOSE = ("note", "due", "deliverable")  # columns that are named by many words
_BEFORE = re.compile(
    r"\b(?:co|ghi|neu)\s+((?:\w+ ){1,8})(?:trong|o|tai)\s+(?:cot |phan |o )?$"
)  # "có Quyết định trong kết quả"
_LINK = re.compile(
    r"\s*(?:(?:can cu|theo|dua tren|dua vao|la|ghi|ghi la|duoc ghi|bang|co|nhu sau|theo noi dung)\s+)*[:“\"]?\s*(?=\S)"
)


def words_of(text: str) -> str:
    """Return the words of *text*, folded, side by side; what stands in brackets behind a number only repeats it."""
    plain = re.sub(r"(?<=\d )\([^\W\d]+\) ?", "", fold(text))
    return " ".join(re.findall(r"[\w%]+", re.sub(r"\bso (?=\d)", "", plain)))


def where(column: Callable[[RowAt], int | None]) -> Callable[[RowAt], bool]:
    """Return the condition that a row has the column that *column* finds."""
    return lambda at: column(at) is not None


def _values_in(cell: str) -> Iterator[tuple[str, str]]:
    """Yield the values of a cell, of several words each: all of it, or its parts between commas; folded, and as printed."""
    for part in _PARTS.split(cell) if len(cell) <= _VALUE else ():
        value = words_of(part)
        if " " in value:
            yield value, part.strip()


class CellValues:
    """Makes the conditions of one question that name what stands in a cell."""

    def __init__(self, corpus: Corpus, query: Query, say: Wording) -> None:
        self.corpus, self.query, self.say = corpus, query, say

    def value(self, tables: Sequence[Table]) -> Filter | None:
        """Return the rows whose cell has the value that the question gives for a column that it names: "có căn cứ pháp lý là …"."""
        for role, heading, value in self._values(tables):
            wanted = words_of(value)

            def column(at: RowAt, role: str = role, wanted: str = wanted) -> int | None:
                index = next((i for i, c in enumerate(at.table.columns) if c.name == role), None)
                if index is None or f" {wanted} " not in f" {words_of(at.row.cells[index].text)} ":
                    return None
                return index

            if wanted and any(column(RowAt(t, r)) is not None for t in tables for r in t.items):
                words = self.say.say("filter_value", column=heading, value=value)
                return Filter(words, where(column), column)
        return None

    def duration(self, tables: Sequence[Table]) -> Filter | None:
        """Return the rows that have the length of time of the question: "03 ngày làm việc", also where the unit is in the heading."""
        match = _DURATION.search(self.query.folded)
        if not match:
            return None
        wanted, count, unit = words_of(match.group()), match.group(1).lstrip("0"), match.group(2)

        def column(at: RowAt) -> int | None:
            for index, cell in enumerate(at.row.cells):
                words = words_of(cell.text)
                counted = unit in fold(at.table.columns[index].name).split() and words.lstrip("0") == count
                if counted or f" {wanted} " in f" {words} ":
                    return index
            return None

        if not any(column(RowAt(t, r)) is not None for t in tables for r in t.items):
            return None
        said = self.query.text[match.start() : match.end()]
        return Filter(self.say.say("filter_words", words=said), where(column), column)

    def said_duration(self) -> str:
        """Return the length of time that the question names, as it is typed; "" where there is none."""
        match = _DURATION.search(self.query.folded)
        return self.query.text[match.start() : match.end()] if match else ""

    def said_by(self, value: Filter, tables: Sequence[Table]) -> set[str]:
        """Return the words, folded, of *value* and of the headings of the columns that have it."""
        found = (
            t.columns[index].name for t in tables for r in t.items if (index := value.column(RowAt(t, r))) is not None
        )
        headings = dict.fromkeys(found)
        return set(words_of(" ".join([value.words, *headings])).split())

    def names_column(self, tables: Sequence[Table]) -> bool:
        """Tell whether the question gives the value of a cell beside a word of its heading: "trình Bộ B" where there is "Cấp trình"."""
        value = self.in_cell(tables)
        if value is None:
            return False
        own = set(words_of(value.words).split())
        asked = set(words_of(self.query.text).split()) - own
        return bool((self.said_by(value, tables) - own) & asked - light_words())

    def in_cell(self, tables: Sequence[Table]) -> Filter | None:
        """
        Return the rows one of whose cells, or a part of it between commas, stands in the question as it is: "trình Bộ B".

        The longest decides. What rows are about is no value, nor is one word, nor what only frames a question.
        """
        asked = f" {words_of(' '.join(self.query.words))} "
        best: tuple[int, str, str] | None = None
        for table in tables:
            subject = subject_column(table)
            skipped = {subject, *self.corpus.agency_columns(table)}
            kept = [
                i for i, column in enumerate(table.columns) if i not in skipped and column.role not in ("order", "due")
            ]
            for row in table.items:
                for value, said in (one for i in kept for one in _values_in(row.cells[i].text)):
                    size = len(value.split())
                    if (
                        f" {value} " in asked
                        and not set(value.split()) <= light_words()
                        and (not best or size > best[0])
                    ):
                        best = size, value, said
        if best is None:
            return None
        _, wanted, said = best

        def column(at: RowAt) -> int | None:
            subject = subject_column(at.table)
            places = (i for i, cell in enumerate(at.row.cells) if f" {wanted} " in f" {words_of(cell.text)} ")
            return next((i for i in places if i != subject), None)

        return Filter(self.say.say("filter_words", words=said), where(column), column)

    def quoted(self, quoted: str, tables: Sequence[Table]) -> Filter:
        """Return the rows that stand in the section of the name in quotation marks, or have these words as they are, case aside."""
        wanted = words_of(quoted)

        def of_group(at: RowAt) -> bool:
            return at.row.group is not None and f" {wanted} " in f" {words_of(at.row.group.name)} "

        words = self.say.say("filter_words", words=quoted)
        if any(of_group(RowAt(t, r)) for t in tables for r in t.items):
            return Filter(words, of_group, lambda _: None)

        def column(at: RowAt) -> int | None:
            return next((i for i, cell in enumerate(at.row.cells) if wanted in words_of(cell.text)), None)

        return Filter(words, lambda at: column(at) is not None, column)

    def _values(self, tables: Sequence[Table]) -> Iterator[tuple[str, str, str]]:
        """Yield what may be a value of a column: the column, as it is headed, and the words behind its name, the longest first."""
        folded = self.query.folded
        nouns = {fold(table.noun) for table in tables}
        for name in dict.fromkeys(c.name for t in tables for c in t.columns if c.role not in ("order", *AGENCIES)):
            if fold(name) in nouns:  # what rows are called is no column of theirs: "mấy chỉ tiêu theo …"
                continue
            role = next(c.role for t in tables for c in t.columns if c.name == name)
            if role == "due" and self.query.period is not None:
                continue
            ends = [m.end() for m in re.finditer(rf"(?<!\w){re.escape(fold(name))}(?!\w)", folded)]
            loose = [end for _, end in matches("asks", role, self.query.text)] if role in _LOOSE else []
            for end in sorted({*ends, *loose}):
                link = _LINK.match(folded, end)
                if end not in ends and not (link and link.group().strip()):
                    continue
                if end in ends and (before := _BEFORE.search(folded[: end - len(name)])):
                    yield name, name, self.query.text[slice(*before.span(1))].strip()
                    continue
                begin = link.end() if link else end
                rest = self.query.text[begin - (self.query.text[begin - 1 : begin] in _OPENING) :].strip(" .?!")
                quoted = re.match(r"[“\"‘']([^”\"’']{2,200})[”\"’']", rest)
                if quoted:
                    yield name, name, quoted.group(1)
                    continue
                words = rest.split()
                for count in range(len(words), 1, -1):
                    value = words[:count]
                    if count < len(words) and re.match(r"số$|\d", words[count]):
                        continue  # "Nghị quyết" is not "Nghị quyết số 71"
                    if any(fold(word.strip(",.;:")) not in light_words() for word in value):
                        yield name, name, " ".join(value).strip(" ,.?")
