"""The conditions of a question on table rows: agencies, periods, blanks, groups, words; said in words beside the list they make."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from assistant.corpus import RowAt, cell_terms, subject_column
from assistant.lexicon import fold_pattern, light_words, says
from assistant.matching import FITS, as_asked, fold_set, holds_phrase, share_of
from assistant.periods import Due, DueKind, any_falls, parse_due
from assistant.question import asides, same_number
from assistant.row_values import CellValues, Filter, where
from assistant.schedule import Schedule
from assistant.wording import Wording
from indexer.intervals import find_intervals
from indexer.relations import plain_number
from indexer.terms import terms
from indexer.vietnamese import fold, has_diacritics, unify_tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.corpus import Corpus
    from assistant.periods import Asked
    from assistant.question import Query
    from indexer.agencies import Agency
    from indexer.types import Row, Table

WEAK = ("content",)  # roles that "là gì" and "bao nhiêu" suggest, and that any other role overrides
_DOING = frozenset(["thuc", "hien", "lam", "trien", "khai", "dam", "nhan", "nhiem", "gio"])
_PERIOD_WORDS = frozenset(
    """
    thang quy nam an dinh xac qua tre tinh hom nay han thoi gian hoan thanh truoc sau tu den thuong xuyen dinh ky cu the moc cuoi dau hang chua
    """.split()  # noqa: SIM905 - a word list
)


_LATE = re.compile(r"\bcham (?:tien do|so voi|tre)\b|\btre han\b")
_LATE_WORDS = frozenset(["cham", "tre", "nai", "tien", "do", "chap"])


def column_of(table: Table, role: str) -> int | None:
    """Return the column of *table* that *role* names, which may be a heading."""
    if role == "content":
        return subject_column(table)
    named = next((i for i, column in enumerate(table.columns) if column.name == role), None)
    return table.column(role) if named is None else named


def period_words(asked: Asked | None, say: Wording) -> str:
    """Return how a period is said beside a list: "trong tháng 10/2025", "trước 31/12/2025", "in Q4/2025"; "" where there is none."""
    if asked is None or asked.due.start is None or asked.due.end is None:
        return ""
    start, end, kind = asked.due.start, asked.due.end, asked.due.kind
    year = f"/{start.year}" if asked.due.year else ""
    if start == end:
        period = f"{start:%d/%m/%Y}"
    elif kind is DueKind.DAY:
        period = f"{start:%d/%m/%Y} - {end:%d/%m/%Y}"
    elif start.year != end.year:
        period = f"{start:%m/%Y} - {end:%m/%Y}"
    elif kind is DueKind.MONTH:
        period = say.say("period_month", month=f"{start.month}{year}")
    elif kind is DueKind.QUARTER and (end.month - start.month != 2 or start.month % 3 != 1):
        period = say.say("period_months", first=str(start.month), last=f"{end.month}{year}")
    elif kind is DueKind.QUARTER:
        place = start.month // 3
        period = say.say(
            "period_quarter", roman=f"{('I', 'II', 'III', 'IV')[place]}{year}", quarter=f"{place + 1}{year}"
        )
    else:
        period = say.say("period_year", year=str(start.year))
    return f"{say.name('period_relations', asked.relation)} {period}"


def _is_figure(value: Filter | None) -> bool:
    """Tell whether a condition on a cell has a figure, which is then no period: "ghi năm 2014"."""
    return value is not None and any(letter.isdigit() for letter in value.words)


def in_group(query: Query, row: Row) -> bool:
    """Tell whether *row* stands in the group that *query* names; any row does where it names none."""
    return not query.group or (row.group is not None and same_number(row.group.number, query.group))


class RowFilters:
    """Makes the conditions of one question. ``foreign`` is then an agency that it names and no register knows."""

    def __init__(self, corpus: Corpus, query: Query) -> None:
        self.corpus, self.query = corpus, query
        self.say = Wording(query.language)
        self.values = CellValues(corpus, query, self.say)
        self.foreign: str | None = None

    def build(self, tables: Sequence[Table]) -> list[Filter] | None:
        """Return the conditions of the question; None where its words fit no row, so that it asks for something else."""
        query = self.query
        filters: list[Filter] = []
        value = self.values.value(tables)
        duration = self.values.duration(tables) if value is None and query.period is None else None
        value = value or duration
        if value is not None:
            filters.append(value)
        for agency in query.agencies:
            if not self._names_document(agency, tables):
                filters.append(self._agency_filter(agency))
        unknown = self._unknown_agency() if not query.agencies else None
        if unknown:
            self.foreign = unknown.name
            filters.append(self._agency_filter(unknown))
        filters += self._of_deadlines(tables, value)
        late = self._late_filter(tables)
        filters += [late] if late else []
        if query.group:
            filters.append(
                Filter(
                    self.say.say("filter_group", group=query.group),
                    lambda at: in_group(self.query, at.row),
                    lambda _: None,
                )
            )
        filters += [self.values.quoted(words, tables) for words in query.quoted if value is None]
        for before in query.also:
            if narrowed := self._phrase_filter(before, tables) or self._words_filter(before, tables):
                filters.append(narrowed)
        if says("forms", "joint", query.counted):
            filters.append(Filter(self.say.say("filter_joint"), self._is_joint, lambda at: at.table.column("lead")))
        if query.wants("address") and query.form != "one":
            filters.append(self._address_filter())
        skipped = unknown.name if unknown else ""
        words = [
            w
            for w in (*query.words, *self.other_numbers())
            if w not in fold_set(skipped)
            and not (late and fold(w) in _LATE_WORDS)
            and not self._said_by_period(w)
            and fold(w) not in self._place_words(tables)
        ]
        if query.agencies and all(fold(word) in _DOING for word in words):
            words = []  # "do Sở A thực hiện"
        heavy = [w for w in words if fold(w) not in light_words() or w in query.numbers]
        if value is not None:
            return filters
        if heavy and not query.loose and self._in_titles(heavy, tables) and not self.values.names_column(tables):
            return filters
        if query.loose and not self._is_of_rows(filters, tables):
            return None
        if (words or query.several) and not query.quoted:
            of_words = self._by_words(words, tables)
            if of_words is None and not self._heavy(words):
                return filters
            if of_words is None and (query.loose or not filters):
                return None
            if of_words is None and self._is_strange(heavy):
                said = self.say.say("filter_words", words=self._as_asked(heavy))
                of_words = [Filter(said, lambda _: False, lambda _: None)]
            filters += of_words or []
        return filters

    def _place_words(self, tables: Sequence[Table]) -> set[str]:
        """Return the words, folded, of the places whose documents *tables* stand in, where the question names them: "Phụ lục 01 Hà Nội"."""
        documents = {table.document for table in tables}
        named = (
            p for p, ids in self.corpus.places.items() if f" {p}" in f" {self.query.folded}" and documents <= set(ids)
        )
        return {word for place in named for word in place.split()}

    def _is_of_rows(self, filters: Sequence[Filter], tables: Sequence[Table]) -> bool:
        """Tell whether a question that may ask for rows does: it names who does it, when, or what stands in a column of theirs."""
        if self.other_numbers():
            return False
        if len(filters) > len(self.query.agencies) or self.values.names_column(tables):
            return True
        return bool(filters) and (self.query.agency_role is not None or any(map(self._does, self.query.agencies)))

    def _does(self, agency: Agency) -> bool:
        """Tell whether *agency* opens the question or a part of it, or stands behind "do": it is not one that something is sent to."""
        place = self.query.folded.find(fold(agency.name))
        before = self.query.folded[: max(place, 0)].rstrip()
        return not before or before[-1] in ",:;(" or re.search(r"\b(?:do|cho|giao|viec)$", before) is not None

    def _of_deadlines(self, tables: Sequence[Table], value: Filter | None) -> list[Filter]:
        """Return the condition on deadlines, or on cells that are blank; [] where there is none."""
        query = self.query
        blank = [role for role in query.asked if role not in WEAK and role not in ("lead", "note", "funding")]
        blank = blank or [role for role in query.asked if role not in WEAK]
        if query.says("undated"):
            undated = (DueKind.NOT_STATED, DueKind.CONDITIONAL)
            said = self.say.say("filter_undated")
            return [Filter(said, lambda at: self._due(at).kind in undated, self._due_column)]
        if query.says("blank") and blank and not query.says("sole"):
            return [self._blank_filter(role) for role in blank]
        if query.says("overdue"):
            schedule = Schedule(self.corpus, query)
            said = self.say.say("filter_overdue", day=schedule.day)
            return [Filter(said, schedule.is_overdue, self._due_column)]
        timely = query.period is not None and not _is_figure(value) and self._is_of_due(tables)
        if query.says("exact_due") and not (timely and query.period is not None and query.period.due.dated):
            return [Filter(self.say.say("filter_dated"), lambda at: self._due(at).dated, self._due_column)]
        return [self._period_filter()] if timely else []

    def _heavy(self, words: Sequence[str]) -> list[str]:
        """Return those of *words* that say what rows are about; [] where they are but figures."""
        heavy = [w for w in dict.fromkeys(words) if fold(w) not in light_words() or w in self.query.numbers]
        return [] if all(fold(w).isdigit() for w in heavy) else heavy

    def _by_words(self, words: Sequence[str], tables: Sequence[Table]) -> list[Filter] | None:
        """
        Return the conditions that *words* make; None where no row has them.

        Rows have them all, or those beside the value of another cell, or those that the titles of the tables do not have already.
        """
        headed = self.values.names_column(tables)
        if not headed and (
            found := self._of_words(words, tables, self.query.topic if self._heavy(words) or len(words) > 1 else ())
        ):
            return [found]
        done: list[Filter] = []
        if headed and (cell := self.values.in_cell(tables)):
            done.append(cell)
            words = [word for word in words if fold(word) not in self.values.said_by(cell, tables)]
            if found := self._of_words(words, tables):
                return [*done, found]
        if not self.query.loose:
            return done if done and not self._heavy(words) else None
        rest = self._untold(words, tables)
        found = self._of_words(rest, tables) or self._of_words(self.query.several, tables)
        if found is None and not self._heavy(rest):
            return done
        return [*done, found] if found else None

    def _of_words(self, words: Sequence[str], tables: Sequence[Table], topic: Sequence[str] = ()) -> Filter | None:
        """Return the rows that hold *topic* or *words* side by side, or nearly all of those that tell; None where there are none."""
        heavy = self._heavy(words)
        found = self._phrase_filter(topic, tables) or (self._phrase_filter(words, tables) if words != heavy else None)
        return found or (self._words_filter(heavy, tables) if heavy else None)

    def _untold(self, words: Sequence[str], tables: Sequence[Table]) -> list[str]:
        """Return *words* without those that only say which tables are meant, standing in all their titles, and without a length of time."""
        titles = [{*terms(t.title), *self.corpus.name_terms(t.document)} for t in tables]
        said = set(fold(self.values.said_duration()).split())
        return [w for w in words if fold(w) not in said and not all(fold(w) in title for title in titles)]

    def is_named(self, agency: Agency, tables: Sequence[Table]) -> bool:
        """Tell whether any row of *tables* names *agency*."""
        return any(
            named.key == agency.key
            for table in tables
            for index in self.corpus.agency_columns(table)
            for row in table.rows
            for named in self.corpus.keys.split(row.cells[index].text)
        )

    def _is_strange(self, words: Sequence[str]) -> bool:
        """Tell whether *words* have a compound that the corpus never has: then no row is about it."""
        pairs = pairwise(words)
        return any(self.corpus.is_compound(a, b) and not self.corpus.knows(f"{fold(a)} {fold(b)}") for a, b in pairs)

    def _is_joint(self, at: RowAt) -> bool:
        lead = at.table.column("lead")
        return lead is not None and len(self.corpus.keys.split(at.row.cells[lead].text)) > 1

    def _address_filter(self) -> Filter:
        def column(at: RowAt) -> int | None:
            return next((i for i, cell in enumerate(at.row.cells) if re.search(r"https?://|www\.", cell.text)), None)

        return Filter(self.say.say("filter_address"), lambda at: column(at) is not None, column)

    def _said_by_period(self, word: str) -> bool:
        period = self.query.period is not None or any(
            map(self.query.says, ("exact_due", "blank", "overdue", "undated"))
        )
        if self.query.period is not None and not self.query.period.due.dated and word.isdigit():
            return False  # "thường xuyên" has no figure
        return period and (fold(word) in _PERIOD_WORDS or re.fullmatch(r"[\d/ivx]+", fold(word)) is not None)

    def _unknown_agency(self) -> Agency | None:
        """Return the agency that the question names in front of its role and that no register knows."""
        pattern = (
            r"(?:^|\b)(?<!nhiệm )(?<!nhiem )((?:sở|chi cục|cục|công an|ban|bộ|hội|trung tâm|ủy ban|ubnd|trường|viện|vụ|văn phòng)\s[\w\s,&]{3,60}?)\s+"
            r"(?:chủ trì|phối hợp|theo dõi|phụ trách|được giao|làm)\b"
        )
        marked = has_diacritics(self.query.text)
        match = re.search(
            pattern if marked else fold_pattern(pattern),
            unify_tone(self.query.text).lower() if marked else self.query.folded,
        )
        if not match or re.search(r"\b(?:nao|gi|nhung|cac|cung|phai)\b", fold(match.group(1))):
            return None
        name = self.query.text[match.start(1) : match.end(1)]
        agency = self.corpus.keys.split(name)
        return agency[0] if agency and not agency[0].group else None

    def _agency_filter(self, agency: Agency) -> Filter:
        role = self.query.agency_role
        key = {"lead": "filter_lead", "partners": "filter_partners"}.get(role or "", "filter_any")

        is_known = agency.key in self.corpus.row_agencies

        def column(at: RowAt) -> int | None:
            for index in self.corpus.agency_columns(at.table, role):
                for named in self.corpus.keys.split(at.row.cells[index].text):
                    if named.key == agency.key or (not is_known and named.key.endswith(f" {agency.key}")):
                        return index  # "Đại diện Công an xã A" where no row names "Công an xã A" itself
            return None

        words = self.say.say(key, agency=agency.name)
        if self.query.negated:
            return Filter(
                self.say.say("filter_not", filter=words),
                lambda at: column(at) is None,
                lambda at: next(iter(self.corpus.agency_columns(at.table, role)), None),
            )
        if self.query.says("sole"):

            def alone(at: RowAt) -> bool:
                index = column(at)
                return index is not None and len(self.corpus.keys.split(at.row.cells[index].text)) == 1

            return Filter(words, alone, column)
        return Filter(words, lambda at: column(at) is not None, column)

    def _blank_filter(self, role: str) -> Filter:
        def column(at: RowAt) -> int | None:
            return column_of(at.table, role)

        def fits(at: RowAt) -> bool:
            index = column(at)
            return index is not None and not at.row.cells[index].text

        name = self.say.name("column_names", role)
        return Filter(self.say.say("filter_blank", column=name), fits, lambda _: None)

    def _late_filter(self, tables: Sequence[Table]) -> Filter | None:
        """Return the rows whose note says that they are behind, where the question asks for them and there are any."""
        if not self.query.says("late"):
            return None

        def column(at: RowAt) -> int | None:
            index = at.table.column("note")
            return index if index is not None and _LATE.search(fold(at.row.cells[index].text)) else None

        if not any(column(RowAt(t, r)) is not None for t in tables for r in t.items):
            return None
        return Filter(self.say.say("filter_words", words="chậm tiến độ"), where(column), column)

    def _due_column(self, at: RowAt) -> int | None:
        return at.table.column("due")

    def _due(self, at: RowAt) -> Due:
        return parse_due(self._due_text(at), default_year=self._year(at))

    def _year(self, at: RowAt) -> int:
        return self.corpus.year_of(at.table.document) or self.query.today.year

    @staticmethod
    def _due_text(at: RowAt) -> str:
        index = at.table.column("due")
        return at.row.cells[index].text if index is not None else ""

    def _period_filter(self) -> Filter:
        asked = self.query.period
        if asked is None:
            raise AssertionError
        words = (
            self.say.say("filter_recurring")
            if asked.due.kind is DueKind.RECURRING
            else self.say.say("filter_period", period=period_words(asked, self.say))
        )
        if self.query.says("exact_period"):  # what is written, not what lies within
            span = (asked.due.start, asked.due.end)
            return Filter(words, lambda at: (self._due(at).start, self._due(at).end) == span, self._due_column)
        return Filter(
            words,
            lambda at: any_falls(self._due_text(at), asked, default_year=self._year(at)),
            self._due_column,
            is_period=True,
        )

    def _words_filter(self, words: Sequence[str], tables: Sequence[Table]) -> Filter | None:
        """Return the rows that hold *words*: as a phrase in one cell where any row does, else nearly all of them."""
        rows = [RowAt(t, r) for t in tables for r in t.items]
        only = self._column_named(tables)
        phrase = [fold(word) for word in words]

        def columns(at: RowAt) -> list[int]:
            if only:
                return [i for i in (column_of(at.table, role) for role in only) if i is not None]
            return [i for i, column in enumerate(at.table.columns) if column.role != "order"]

        def with_phrase(at: RowAt) -> int | None:
            return next((i for i in columns(at) if holds_phrase(at.row.cells[i].text, phrase)), None)

        def with_words(at: RowAt) -> int | None:
            for i in columns(at):
                if share_of(words, cell_terms(at.row.cells[i].text), self.corpus) >= FITS:
                    return i
            return None

        def of_group(at: RowAt) -> bool:
            return at.row.group is not None and holds_phrase(at.row.group.name, phrase)

        if re.search(
            r"\b(?:thuoc|trong|o|cua|duoi) (?:cac )?(?:de muc|dau muc|muc|nhom|phan)\b", self.query.folded
        ) and any(of_group(at) for at in rows):
            return Filter(self.say.say("filter_words", words=self._as_asked(words)), of_group, lambda _: None)
        for column in (with_phrase, with_words):
            if any(column(at) is not None for at in rows):
                return Filter(self.say.say("filter_words", words=self._as_asked(words)), where(column), column)
        if any(of_group(at) for at in rows):
            return Filter(self.say.say("filter_words", words=self._as_asked(words)), of_group, lambda _: None)
        return None

    def _as_asked(self, words: Sequence[str]) -> str:
        return as_asked(words, self.query.text, self.corpus)

    def _in_titles(self, words: Sequence[str], tables: Sequence[Table]) -> bool:
        """Tell whether *words* only say which tables are meant: they stand in the title of each, or of its document."""
        if not self.query.documents and len({t.document for t in tables}) > 1:
            return False
        titles = ({*terms(t.title), *self.corpus.name_terms(t.document)} for t in tables)
        return all({fold(word) for word in words} <= title for title in titles)

    def other_numbers(self) -> list[str]:
        """Return the document numbers of the question that do not only say which document is searched."""
        own = {self.corpus.own_numbers.get(plain_number(number)) for number in self.query.numbers}
        named = own & set(self.query.documents)
        aside = "".join(asides(self.query.folded))  # "(Kế hoạch triển khai Kế hoạch 20)" says which table is meant
        return [
            number
            for number in self.query.numbers
            if self.corpus.own_numbers.get(plain_number(number)) not in named and fold(number) not in aside
        ]

    def _is_of_due(self, tables: Sequence[Table]) -> bool:
        """Tell whether the period of the question is one of deadlines, not the one in the title: "các nhiệm vụ quý IV/2025"."""
        if not any(t.column("due") is not None for t in tables):
            return False
        if self.query.says("of_due"):
            return True
        titles = [t.title for t in tables]
        stated = [self.corpus.index.document(t.document).metadata.title for t in tables]
        titles += [title.value for title in stated if title]
        asked = self.query.period
        return asked is None or not any(
            (one.first, one.last) == (asked.due.start, asked.due.end)
            for title in titles
            for one in find_intervals(title, default_year=self.query.today.year)
        )

    def _names_document(self, agency: Agency, tables: Sequence[Table]) -> bool:
        """Tell whether *agency* only says whose document is meant: "Phụ lục 01 của UBND thành phố"."""
        issued = {document.id for document in self.corpus.issuers.get(agency.key, ())}
        others = len(self.query.agencies) > 1 or self.query.agency_role is None
        if others and {table.document for table in tables} <= issued and not self.is_named(agency, tables):
            return True
        return (bool(issued & set(self.query.documents)) and len(self.query.agencies) > 1) or (
            bool(issued & set(self.query.documents)) and self.query.agency_role is None
        )

    def _phrase_filter(self, words: Sequence[str], tables: Sequence[Table]) -> Filter | None:
        """Return the rows that hold all *words*, light ones too, side by side in one cell; None where there are none."""
        phrase = [fold(word) for word in words]

        def column(at: RowAt) -> int | None:
            return next(
                (i for i, cell in enumerate(at.row.cells) if len(phrase) > 1 and holds_phrase(cell.text, phrase)), None
            )

        if not any(column(RowAt(t, r)) is not None for t in tables for r in t.items):
            return None
        return Filter(
            self.say.say("filter_words", words=self._as_asked(words)), lambda at: column(at) is not None, column
        )

    def _column_named(self, tables: Sequence[Table]) -> tuple[str, ...]:
        roles = [role for role in self.query.asked if role in ("note", "deliverable")]
        return tuple(role for role in roles if any(t.column(role) is not None for t in tables))
