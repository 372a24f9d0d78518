"""
The corpus as questions are made from it: documents and registers that were read exactly, and names that mean one thing only.

A document is read exactly where its words are its text layer's: recognised pages and repaired readings are no gold.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from eval.facts import row_forms, words_of
from eval.question_set import Gold
from eval.wording import Wording, column_key
from indexer.agencies import AgencyKeys
from indexer.columns import OTHER, SUBJECTS, function_words
from indexer.path import label
from indexer.reader import normalise
from indexer.segment import segment
from indexer.types import Step, StepKind, fold_white
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

    from eval.facts import Group
    from indexer.types import Cell, Document, ParsedDocument, Path, Row, Table

_LONGEST_QUOTE = 25  # words of a gold quote; more of a cell says nothing more
_BESIDE = 8  # words that tell a row
_LONGEST_ROW = 2_300  # characters; a longer row is no place any more
_FEWEST_TITLE, _LONGEST_TITLE = 8, 17  # words of a title by which a document is named
_FEWEST_BEFORE_LINK = 8  # words of a description that ends before "của" or "và"
_FEWEST_ROWS = 3
_LONGEST_HEADING = 8  # words
_GENERAL = ("dòng", "nội dung")  # nouns that may mean any row
_WORD = re.compile(r"\S+")
_SYLLABLE = re.compile(r"[^\W_]+")
_CUTS = re.compile(
    r"(?<=\w)(?=\s*[;(]|[.:](?:\s|$)| ngày \d| (?:theo|trong|trên|giai đoạn|thuộc|phục vụ|đối với|đáp ứng) )"
)
_LINKS = re.compile(r"(?<=\w)(?= (?:của|về|với|cho|từ|để|đến|tới|vào|bằng|khi|gồm|nhằm|do|và) )")
_COMMAS = re.compile(r"(?<=\w)(?=, \w+(?: \w+){3})")  # behind which more follows than the next item of a list


@dataclass(frozen=True, slots=True)
class Register:
    """A table that may be asked about: ``subject`` is the column that says what a row is about."""

    document: Document
    table: Table
    subject: int

    @property
    def noun(self) -> str:
        """What its rows are called."""
        return self.table.noun

    @property
    def is_general(self) -> bool:
        """Whether any row may be called so."""
        return self.noun in _GENERAL

    @property
    def is_split(self) -> bool:
        """Whether one number stands before several rows of a group: then it is not told how many tasks they are."""
        places = [(row.number, tuple(step for step in row.path if step.kind is StepKind.GROUP)) for row in self.rows]
        return any(number and places.count((number, path)) > 1 for number, path in places)

    @property
    def key(self) -> str:
        """A name of its own, by which questions are spread over tables."""
        return f"{self.document.id}/{label(self.table.path)}"

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows that are tasks or indicators, and are about something."""
        return tuple(row for row in self.table.items if row.cells[self.subject].text)

    def columns(self, *keys: str) -> list[int]:
        """Return the columns that are asked about by wordings of one of *keys* (see :func:`eval.wording.column_key`)."""
        return [
            index
            for index, column in enumerate(self.table.columns)
            if index != self.subject and self.is_sound(index) and column_key(column, self.noun) in keys
        ]

    def is_sound(self, index: int) -> bool:
        """Tell whether the heading of a column is words, its own, and not that of the running numbers."""
        name, role = self.table.columns[index].name, self.table.columns[index].role
        others = [column.name for column in self.table.columns]
        is_words = 0 < len(name.split()) <= _LONGEST_HEADING and not re.search(r"[\d|_—\[\]]", name)
        return is_words and role != "order" and others.count(name) == 1

    def forms(self, row: Row) -> Group:
        """Return the ways in which an answer names *row*."""
        return row_forms(self.noun, row.number, row.cells[self.subject].text)


class Corpus:
    """All documents of an index, and those parts of it that questions with exact gold can be made from."""

    def __init__(self, parsed: Sequence[ParsedDocument]) -> None:
        self.parsed = sorted(parsed, key=lambda one: one.document.id)
        self.exact = [one for one in self.parsed if _is_exact(one)]
        self.keys = AgencyKeys.learn(one.document.text for one in self.parsed)
        self.texts = {one.document.id: fold_white(normalise(one.document.text)) for one in self.parsed}
        self._folded = {document: fold(text) for document, text in self.texts.items()}
        self._tables = [(one.document, table) for one in self.parsed for table in one.tables]

    @cached_property
    def registers(self) -> list[Register]:
        """The tables that may be asked about, in the order of documents and texts."""
        return [
            Register(one.document, table, subject)
            for one in self.exact
            for table in one.tables
            if len(table.items) >= _FEWEST_ROWS and (subject := _subject(table)) is not None
        ]

    def occurrences(self, words: str) -> int:
        """Return how often *words* stand in the corpus, in any case, without diacritics."""
        wanted = fold(fold_white(words))
        return sum(text.count(wanted) for text in self._folded.values())

    # ---- names of documents

    def name(self, lot: Random, document: Document, wording: Wording, *, without: Sequence[str] = ()) -> str | None:
        """
        Return a name that means *document* alone, by its number, issuer or title; None where there is none.

        *without* are fields that the name must not give away.
        """
        names = self._names(document, wording, without)
        return lot.choice(names) if names else None

    def _names(self, document: Document, wording: Wording, without: Sequence[str]) -> list[str]:
        metadata = document.metadata
        kind = wording.kind_of_document(metadata.kind.value if metadata.kind else None)
        words = {"kind": kind, "Kind": kind[0].upper() + kind[1:]}
        names: list[str] = []
        if metadata.number and "number" not in without and not self._is_shared(document, "number"):
            number = metadata.number.value
            names += [wording.word(one).format(number=number, **words) for one in ("number", "number_short")]
            short = number.split("/")[0]
            if short.isdigit() and len(short) > 1 and self._numbers[short] == 1:
                names.append(wording.word("number_short").format(number=short, **words))
        if wording.language == "en":
            return names
        fields = ("kind", "issuer") if metadata.kind else ("issuer",)
        if metadata.issuer and "issuer" not in without and not self._is_shared(document, *fields):
            names.append(wording.word("by_issuer").format(issuer=self.spelled(metadata.issuer.value), **words))
        if "title" not in without and (title := self._short_title(document)):
            names.append(wording.word("by_title").format(title=title, **words))
        return names

    @cached_property
    def _numbers(self) -> Counter[str]:
        """How many document numbers of the corpus, cited ones too, begin with these figures."""
        every = {one.document.metadata.number.value for one in self.parsed if one.document.metadata.number}
        every |= {relation.number for one in self.parsed for relation in one.document.metadata.relations}
        return Counter(number.split("/")[0].split("-")[0] for number in every)

    def _is_shared(self, document: Document, *fields: str) -> bool:
        """Tell whether another document has the same values in *fields*, or may have: one that was not read exactly."""

        def values(one: Document) -> list[str]:
            stated = [getattr(one.metadata, field) for field in fields]
            return [self.keys.key(value.value) if value else "" for value in stated]

        return any(values(one.document) == values(document) for one in self.parsed if one.document.id != document.id)

    def _short_title(self, document: Document) -> str | None:
        """Return the beginning of the title, as far as it says something whole and no other document's title has it."""
        title = document.metadata.title
        if title is None or is_annexed(self.of(document), title.start):
            return None
        value = self.spelled(title.value)
        value = value[0].lower() + value[1:] if value[1:2].islower() else value
        others = [one.document.metadata.title for one in self.parsed if one.document.id != document.id]
        taken = [fold(other.value) for other in others if other]
        for end in sorted({*_ends(_CUTS, value), *_ends(_COMMAS, value), len(value)}):
            words = value[:end].split()
            if _FEWEST_TITLE <= len(words) <= _LONGEST_TITLE and not any(fold(value[:end]) in other for other in taken):
                return value[:end]
        return None

    def spelled(self, name: str) -> str:
        """Return *name* in small letters where it is printed in capitals, as the corpus writes it elsewhere where it does."""
        if any(letter.islower() for letter in name):
            return name
        pattern = re.compile(r"\s+".join(map(re.escape, name.split())), re.IGNORECASE)
        for document in self.exact:
            for match in pattern.finditer(self.texts[document.document.id]):
                if match.group()[0].isupper() and any(letter.islower() for letter in match.group()):
                    return match.group()
        words = [word if re.search(r"\d", word) else word.lower() for word in name.split()]
        for i in range(len(words) - 1):  # names of places are two words, as a rule
            pair = f"{words[i]} {words[i + 1]}".strip(",.;")
            if self._mixed.count(pair.title()) > self._mixed.count(pair):
                words[i : i + 2] = [words[i].capitalize(), words[i + 1].capitalize()]
        return words[0][0].upper() + " ".join(words)[1:]

    @cached_property
    def _mixed(self) -> str:
        """All texts in one."""
        return "\n".join(self.texts.values())

    def of(self, document: Document) -> ParsedDocument:
        """Return all that was understood of *document*."""
        return next(one for one in self.parsed if one.document.id == document.id)

    # ---- names of tables and rows

    def place(self, lot: Random, register: Register, wording: Wording, *, always: bool = False) -> str | None:
        """
        Return a place that means *register* alone among the tables whose rows are called alike; None where there is none.

        "" means that it is the only one of the corpus, and needs no place; then it is given a place half of the time, or *always*.
        """
        rivals = self._rivals(register, wording)
        step = _appendix(register.table.path)
        if not always and not rivals and register.noun not in _GENERAL and lot.random() < 1 / 2:
            return ""
        inside = [table for document, table in rivals if document.id == register.document.id]
        names = []
        if step and step.number:
            own = wording.word("label").format(number=step.number)
            if not self._has_appendix(register, step.number):
                names.append(own)
            is_told = all((other := _appendix(table.path)) and other.number != step.number for table in inside)
            if is_told and (document := self.name(lot, register.document, wording)):
                names += [wording.word("inside").format(label=own, document=document)] * 2
        if not inside and (document := self.name(lot, register.document, wording)):
            names.append(document)
            if step and not step.number:
                names.append(wording.word("appendix").format(document=document))
        if names:
            return lot.choice(names)
        return "" if not always and not rivals and register.noun not in _GENERAL else None

    def row(self, lot: Random, register: Register, row: Row, wording: Wording) -> tuple[str, str] | None:
        """Return *row* by its number and the place that it needs, which may be ""; None where its number does not tell it."""
        if not row.number or row.end - row.start > _LONGEST_ROW:
            return None
        same = [one for one in register.table.rows if one.number == row.number]
        said = wording.row(lot, register.noun, row.number)
        if len(same) > 1:
            group = _group(row)
            if wording.language != "vi" or not group or sum(_group(one) == group for one in same) > 1:
                return None
            said = wording.word("row_of_group").format(row=said, group=group)
        rivals = self._rivals(register, wording)
        inside = [table for document, table in rivals if document.id == register.document.id]
        bearing = [table for _, table in rivals if any(one.number == row.number for one in table.rows)]
        is_only = not bearing and register.noun not in _GENERAL
        if is_only and len(same) == 1 and lot.random() < 1 / 2:
            return said, ""
        place = self.place(lot, register, wording)
        if place:
            return said, place
        if not any(one.number == row.number for table in inside for one in table.rows):
            document = self.name(lot, register.document, wording)
            return (said, document) if document else None
        return (said, "") if is_only else None

    def bearers(self, noun: str, number: str, wording: Wording) -> list[tuple[Document, Table, Row]]:
        """Return the rows called *noun* that bear *number*, of all tables, read exactly or not."""
        return [
            (document, table, row)
            for document, table in self._tables
            if wording.usual(table.noun) == wording.usual(noun)
            for row in table.items
            if row.number == number
        ]

    def _rivals(self, register: Register, wording: Wording) -> list[tuple[Document, Table]]:
        """Return the other tables whose rows may be meant, too: those called alike, and in one document those called anyhow."""
        return [
            (document, table)
            for document, table in self._tables
            if table is not register.table
            and (
                wording.usual(table.noun) == wording.usual(register.noun)
                or (document.id == register.document.id and (table.noun in _GENERAL or register.noun in _GENERAL))
            )
        ]

    def _has_appendix(self, register: Register, number: str) -> bool:
        """Tell whether another document has an appendix of that *number*, or the same one another table."""
        paths = {
            (one.document.id, step.number)
            for one in self.parsed
            for path in (*(clause.path for clause in one.clauses), *(table.path for table in one.tables))
            for step in path
            if step.kind is StepKind.APPENDIX
        }
        same = [
            table
            for document, table in self._tables
            if document.id == register.document.id and (step := _appendix(table.path)) and step.number == number
        ]
        return any(document != register.document.id and other == number for document, other in paths) or len(same) > 1

    # ---- gold

    def gold(self, register: Register, row: Row, index: int) -> Gold | None:
        """
        Return the place of a cell: its first words as they stand in the text, and beside them words of its row where they stand elsewhere.

        None where the cell is blank, or its words cannot be told from others.
        """
        cell = row.cells[index]
        text = register.document.text
        if not cell.spans:
            return None
        quote = _quoted(text[cell.spans[0].start : cell.spans[0].end], _LONGEST_QUOTE)
        is_inside = row.start <= cell.spans[0].start and cell.spans[0].end <= row.end
        beside = ""
        if index != register.subject and is_inside and self.texts[register.document.id].count(fold_white(quote)) > 1:
            beside = self._beside(register, row)
            if not beside:
                return None
        column = register.table.columns[index]
        where = label((*row.path, Step(StepKind.COLUMN, "", column.name)))
        return Gold(register.document.id, where, quote, beside)

    def _beside(self, register: Register, row: Row) -> str:
        subject = row.cells[register.subject]
        if not subject.spans or not row.start <= subject.spans[0].start < row.end:
            return ""
        span = subject.spans[0]
        return _quoted(register.document.text[span.start : span.end], _BESIDE)


def about(corpus: Corpus, register: Register, row: Row) -> str | None:
    """
    Return what *row* is about in few words, which stand nowhere else in the corpus; None where that takes too many.

    The words end where a phrase does, and never with a word that asks for more.
    """
    text = words_of(row.cells[register.subject].text, 40)
    links = [end for end in _ends(_LINKS, text) if len(text[:end].split()) >= _FEWEST_BEFORE_LINK]
    ends = [*_ends(_CUTS, text), *_ends(_COMMAS, text), *links, *_ends_of_words(text), len(text)]
    for end in ends:
        phrase = text[:end].rstrip(" ,;")
        found = phrase.split()
        closed = found and found[-1].lower() not in function_words() and phrase.count("(") == phrase.count(")")
        whole = closed and phrase.count("“") == phrase.count("”") and phrase.count('"') % 2 == 0
        if (
            whole
            and 5 <= len(found) <= 16
            and corpus.occurrences(phrase) == 1
            and not _resembles(register, row, phrase)
        ):
            return phrase
    return None


def _ends(pattern: re.Pattern[str], text: str) -> list[int]:
    return [match.start() for match in pattern.finditer(text)]


def _ends_of_words(text: str) -> list[int]:
    """Return where words end after eight to twelve syllables, never between two syllables of one word."""
    words = [_SYLLABLE.findall(word.replace("_", " ")) for word in segment(text)]
    places = list(_SYLLABLE.finditer(text))
    if sum(map(len, words)) != len(places):
        return []
    counts = [count for count in accumulate(map(len, words)) if 8 <= count <= 12]
    return [places[count - 1].end() for count in dict.fromkeys(counts)]


def is_annexed(parsed: ParsedDocument, start: int) -> bool:
    """Tell whether a place stands in what is annexed, behind the document itself."""
    return any(
        clause.path and clause.path[0].kind is StepKind.APPENDIX and clause.start <= start for clause in parsed.clauses
    )


def _resembles(register: Register, row: Row, phrase: str) -> bool:
    """Tell whether another row of the table has most of the words of *phrase*."""
    wanted = set(fold(phrase).split())
    return any(
        len(wanted & set(fold(other.cells[register.subject].text).split())) > 0.8 * len(wanted)
        for other in register.table.rows
        if other is not row
    )


def _is_exact(parsed: ParsedDocument) -> bool:
    return parsed.document.reading is None and all(page.source == "text" for page in parsed.pages)


def _subject(table: Table) -> int | None:
    """Return the column that says what a row is about; without a usual heading it is the one behind the running numbers."""
    roles = [column.role for column in table.columns]
    for role in SUBJECTS:
        if role in roles:
            return roles.index(role)
    return roles.index(OTHER) if "order" in roles and OTHER in roles else None


def _appendix(path: Path) -> Step | None:
    return next((step for step in path if step.kind is StepKind.APPENDIX), None)


def _group(row: Row) -> str | None:
    """Return the number of the innermost group of *row*."""
    steps = [step for step in row.path if step.kind is StepKind.GROUP]
    return steps[-1].number or None if steps else None


def _quoted(text: str, count: int) -> str:
    """Return the first *count* words of *text* as they stand, white space and all."""
    words = list(_WORD.finditer(text))
    return text[words[0].start() : words[min(count, len(words)) - 1].end()] if words else ""


def values(register: Register, index: int) -> Iterator[tuple[Row, Cell]]:
    """Yield the rows that are items with their cell in a column, where it states something."""
    for row in register.rows:
        if re.search(r"\w", row.cells[index].text):
            yield row, row.cells[index]
