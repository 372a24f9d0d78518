"""
What a question asks of a row that is known: which of its columns, and what they say.

A column is asked by its name, by a synonym of its role ("ai chủ trì"), or by the kind of fact ("mấy ngày"). Where nothing tells, the cell that
holds what the question has beside the row's subject is given, and at last the whole row.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.citing import Citer
from assistant.corpus import subject_column
from assistant.explaining import step
from assistant.extracts import FACTS
from assistant.lexicon import light_words, matches, says
from assistant.matching import FITS, share_of
from assistant.row_filters import WEAK, column_of
from assistant.schedule import Schedule
from assistant.types import Abstention, Answer, Status
from assistant.wording import Wording, sentence, trimmed
from indexer.columns import AGENCIES
from indexer.terms import terms
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assistant.corpus import Corpus, RowAt
    from assistant.question import Query
    from assistant.types import Reply
    from indexer.types import Table

_ELSEWHERE = 0.34  # a numbered row that holds less of the question is not what it asks for
_BESIDE = ("deliverable", "note", "group")
_PLAINLY = re.compile(r"\bnoi dung\b|\bla gi\b|\blam gi\b|\bnoi gi\b|\bviec gi\b|\bdieu gi\b")
_YES_NO = re.compile(r"\b(?:co phai|phai khong|dung khong|co dung|co .* khong|hay khong)\b")
_PAPERS = "thong bao|nghi quyet|nghi dinh|ke hoach|quyet dinh|chuong trinh|ket luan|van ban|bao cao|cong van|to trinh|quy che|chi thi"
_WHOLE = ("content", "lead", "partners", "deliverable", "due", "note")
_KIND_ROLES = {"body": "lead", "time": "due"}
_MEASURE = re.compile(
    r"\b(?:(?:bao nhieu|may) ([a-z]+)|truoc ngay (?:nao|may|bao nhieu))\b"
)  # the unit, or none for a day
_KINDS = ("address", "percent", "time", "number")  # kinds of facts by which a cell is found, the exactest first


class RowAnswer:
    """Answers one question out of known rows of *corpus*; *tables* are those that the question can mean."""

    def __init__(self, corpus: Corpus, query: Query, tables: Sequence[Table], understood: str, question: str) -> None:
        self.corpus, self.query, self.tables = corpus, query, tables
        self.question, self.understood = question, understood
        self.say = Wording(query.language)
        self.citer = Citer(corpus)
        self._content_fits = False  # the words that are left stand in a cell of the row that is named

    # Which columns.

    def roles(self) -> tuple[str, ...]:
        """Return the columns that are asked, what is only suggested left out."""
        strong = tuple(role for role in self.query.asked if role not in WEAK)
        if self.query.wants("body") and {"lead", "partners"} & set(
            strong
        ):  # "kết quả" and "thời gian" then belong to what is described
            strong = tuple(role for role in strong if role not in _BESIDE or says_question(self.query, role))
        named = tuple(
            column.name
            for table in self.tables
            for column in table.columns
            if re.search(rf"\bcot (?:so )?[“\"']?{re.escape(fold(column.name))}", self.query.folded)
        )
        if re.search(r"\b(?:cot|o) cuoi\b", self.query.folded):
            named = tuple(dict.fromkeys(table.columns[-1].name for table in self.tables))
        if named:
            return tuple(dict.fromkeys([*self._named_before(), *named]))
        if self.query.says("days_left"):
            strong = tuple(dict.fromkeys([*(role for role in strong if role in AGENCIES), "due"]))
        if not strong and not self._content_fits:
            strong = tuple(role for role, kind in (("lead", "who"), ("due", "time")) if self.query.wants(kind))
        said = (
            "content" in self.query.asked
            and re.search(
                r"\bnoi dung\b(?!\s*(?:gi|nao|ra sao|the nao))|\b(?:la gi|ve (?:\w+ ){0,2}gi|noi dung (?:gi|the nao|ra sao))\b(?=\s*(?:,|;|va\b))|"
                r"\b(?:la|dat|muc|dat muc) bao nhieu\b|\b(?:ty le|ti le|muc) nao\b|\bbao nhieu (?:%|phan tram)",
                self.query.folded,
            )
            is not None
        )
        places = tuple(
            column.name
            for table in self.tables
            for column in table.columns
            if column.role != "content" and _asks_place(fold(column.name), self.query.folded)
        )
        strong = (*strong, *dict.fromkeys(places))
        return (*(["content"] if said else []), *strong) if strong else self.query.asked[:1]

    def _named_before(self) -> list[str]:
        """Return the roles that the question lists before a column, "cơ quan chủ trì, phối hợp và nội dung cột ghi chú"."""
        column = re.search(r"\bcot\b", self.query.folded)
        if column is None:
            return []
        roles = {role: matches("asks", role, self.query.text) for role in ("lead", "partners", "due", "deliverable")}
        spans = sorted(((start, end, role) for role, found in roles.items() for start, end in found), reverse=True)
        listed: list[str] = []
        begin = column.start()
        for start, end, role in spans:
            if end <= begin and _JOINS.fullmatch(self.query.folded, end, begin):
                listed.append(role)
                begin = start
        return listed[::-1]

    def asks_column(self) -> bool:
        """Tell whether the question asks for a column of a row: by its name, or by "ai", "khi nào"."""
        return any(
            role != "content" and any(column_of(table, role) is not None for table in self.corpus.tables)
            for role in self.roles()
        )

    # Rows that are named by number.

    def numbered(self, rows: Sequence[RowAt]) -> Reply:
        """Answer what the question asks of *rows*, which it names by their numbers; a column that there is not is said so."""
        heavy = [word for word in self.query.words if fold(word) not in light_words()]
        held = [self._share(heavy, set(terms(cell.text))) for at in rows for cell in at.row.cells]
        self._content_fits = bool(self.query.rows) and len(heavy) > 1 and max(held, default=0.0) >= FITS
        roles = self.roles()
        if self.query.agencies and (not roles or roles == ("content",) or _YES_NO.search(self.query.folded)):
            roles = self._roles_of_agencies(rows) or (roles if self.query.asked else ("lead", "partners"))
        if says("asks", "all", self.query.text) or says("asks", "phone", self.query.text):
            roles = _WHOLE if not roles or roles == ("content",) else roles
        if not roles and re.search(rf"\b(?:{_PAPERS})(?: so)? (?:nao|may|gi)\b", self.query.folded):
            pass
        elif says("asks", "phone", self.query.text) or (
            set(roles) <= {"content"} and not _PLAINLY.search(self.query.folded) and self._asks_elsewhere(rows)
        ):
            return self._abstain(
                Status.NOT_FOUND, self._nothing_of(rows[0], " ".join(self.query.words) or self.query.text)
            )
        parts: list[str] = []
        blanks: list[str] = []
        for at in rows:
            known = [
                role for role in roles if column_of(at.table, role) is not None or (role == "group" and at.row.group)
            ]
            strong = [role for role in roles if role not in WEAK]
            if strong and not set(strong) & set(known):
                return self._abstain(Status.NOT_FOUND, self._nothing_of(at, self._column_name(strong[0])))
            shown = known or [self._fitting_column(at)]
            parts += self._one_row(at, self._with_kind(at, shown), blanks)
        if not parts:
            return self._abstain(Status.NOT_STATED, " ".join(blanks))
        return self._answer("\n".join(sentence(part) for part in parts))

    def _with_kind(self, at: RowAt, roles: Sequence[str]) -> list[str]:
        """Return *roles*; in place of the content alone the cell with the percentage that is asked for, where only another has one."""
        subject = subject_column(at.table)
        chosen = {column_of(at.table, role) for role in roles}
        if chosen != {subject} or not says("answers", "exact_percent", self.query.text):
            return list(roles)
        holding = [i for i, cell in enumerate(at.row.cells) if FACTS["percent"].search(fold(cell.text))]
        return list(roles) if subject in holding or not holding else [at.table.columns[holding[0]].name]

    def _column_name(self, role: str) -> str:
        name = self.say.name("column_names", role)
        return name if name != role or self.say.language == "en" else role

    def _roles_of_agencies(self, rows: Sequence[RowAt]) -> tuple[str, ...]:
        """Return the columns of *rows* in which the agencies of the question stand."""
        keys = {agency.key for agency in self.query.agencies}
        found = [
            column.role
            for at in rows
            for column, cell in zip(at.table.columns, at.row.cells, strict=True)
            if column.role in AGENCIES and keys & {agency.key for agency in self.corpus.keys.split(cell.text)}
        ]
        return tuple(dict.fromkeys(found))

    def _fitting_column(self, at: RowAt) -> str:
        """Return the column whose cell holds most of what is asked, where no column is named: by its name."""
        subject = subject_column(at.table)
        if kind := re.search(rf"\b({_PAPERS})(?: so| dinh ky)? (?:nao|may|gi)\b", self.query.folded):
            for index in range(len(at.table.columns) - 1, -1, -1):
                if re.search(rf"\b{kind.group(1)}\b", fold(at.row.cells[index].text)):
                    return at.table.columns[index].name
        shares = [self._share(self.query.words, set(terms(cell.text))) for cell in at.row.cells]
        best = max(range(len(shares)), key=shares.__getitem__)
        return at.table.columns[best if shares[best] > shares[subject] + 0.15 else subject].name

    def _asks_elsewhere(self, rows: Sequence[RowAt]) -> bool:
        """Tell whether the words that are left ask for something that the rows do not hold."""
        words = self.query.words
        if all(fold(word) in light_words() for word in words):
            return False
        held = {term for at in rows for cell in at.row.cells for term in terms(cell.text)}
        held |= {term for at in rows for term in terms(at.row.group.name if at.row.group else "")}
        held |= {term for at in rows for term in self.corpus.name_terms(at.table.document)}
        return self._share(words, held) < _ELSEWHERE

    def _nothing_of(self, at: RowAt, what: str) -> str:
        columns = "; ".join(column.name for column in at.table.columns if column.role != "order")
        place = f"{self.say.table(at.table, self.corpus)}, {self.say.row(at).lower()}"
        return self.say.say("blank_nothing", place=place, column=what, columns=columns)

    # A row that is described.

    def described(self, at: RowAt) -> Reply:
        """Answer what the question asks of a row that it describes in words."""
        columns = self._columns_asked(at)
        blanks: list[str] = []
        roles = [at.table.columns[column].name for column in columns]
        parts = self._one_row(at, roles, blanks)
        if not parts:
            return self._abstain(Status.NOT_STATED, " ".join(blanks))
        return self._answer("\n".join(sentence(part) for part in parts))

    def _columns_asked(self, at: RowAt) -> list[int]:
        """Return the columns of a described row that are asked, at least one."""
        subject = subject_column(at.table)
        if re.search(rf"\b(?:{_PAPERS})(?: so| dinh ky)? (?:nao|may|gi)\b", self.query.folded):
            fitting = column_of(at.table, self._fitting_column(at))
            if fitting is not None and fitting != subject and len(_QUESTION_WORDS.findall(self.query.folded)) < 2:
                return [fitting]
            papers = [fitting] if fitting is not None and fitting != subject else []
            if papers and _PAPERS_DAY.search(self.query.folded):
                return papers
        else:
            papers = []
        if self.query.agencies and "content" in self.query.asked and _WHAT.search(self.query.folded):
            return [subject]
        found = [index for role in self.roles() if (index := column_of(at.table, role)) is not None]
        found += self._by_kind(at, found)
        found += [index for index in papers if index not in found]
        found += [index for index in self._by_heading(at) if index not in found]
        found += [index for index in self._of_agencies(at) if index not in found]
        strong = [index for index in dict.fromkeys(found) if index != subject]
        if strong and _WHICH_ROW.search(self.query.folded):
            return [subject, *strong]
        if strong:
            if _REACHES.search(self.query.folded) and _YEAR.search(fold(at.row.cells[subject].text)):
                return [subject]
            return self._measured_in_subject(at, strong) + strong + self._missing_kind(at, strong)
        cells = [i for i, c in enumerate(at.table.columns) if c.role != "order" and at.row.cells[i].text]
        for kind in _KINDS:
            if self.query.wants(kind):
                holding = [i for i in cells if FACTS[kind].search(fold(at.row.cells[i].text))]
                if holding:
                    beside = [i for i in holding if i != subject]
                    return holding[:1] if holding[0] == subject else beside[:2]
        shares = [self._share(self.query.words, set(terms(at.row.cells[i].text))) for i in cells]
        best = cells[max(range(len(cells)), key=shares.__getitem__)]
        if best != subject or self._asks_subject(at):
            return [best]
        return cells if sum(len(at.row.cells[i].text) for i in cells) <= _SHORT_ROW else [subject]

    def _measured_in_subject(self, at: RowAt, chosen: Sequence[int]) -> list[int]:
        """Return the subject's column where it alone has the figure that is asked for beside columns: "dưới bao nhiêu ngày, ai tham mưu"."""
        asked = _MEASURE.search(self.query.folded)
        if asked is None:
            return []
        unit, subject = asked.group(1), subject_column(at.table)
        figure = re.compile(rf"\b\d+(?:[.,]\d+)*\s+{unit}\b" if unit else r"\btruoc ngay \d")
        has = [figure.search(fold(at.row.cells[i].text)) is not None for i in (subject, *chosen)]
        return [subject] if has[0] and not any(has[1:]) else []

    def _missing_kind(self, at: RowAt, chosen: Sequence[int]) -> list[int]:
        """Return the cell with a kind of fact that a question of several parts asks for and none of the *chosen* cells has."""
        if len(_QUESTION_WORDS.findall(self.query.folded)) < 2:
            return []
        texts = [fold(cell.text) for cell in at.row.cells]
        kinds: list[tuple[Callable[[str], object], ...]] = []
        if self.query.wants("percent"):
            kinds.append((FACTS["percent"].search,))
        if self.query.wants("time") and at.table.column("due") is None:
            kinds.append((FACTS["time"].search, _YEAR.search))
        counted = _COUNTED.findall(self.query.folded)
        kinds += [(re.compile(rf"\b\d+ (?:\(\w+\) )?{re.escape(word)}\b").search,) for word in counted]
        missing: list[int] = []
        for kind in kinds:
            if not any(found(texts[i]) for found in kind for i in (*chosen, *missing)):
                missing += [i for found in kind for i, text in enumerate(texts) if found(text)][:1]
        return missing

    def _by_kind(self, at: RowAt, found: Sequence[int]) -> list[int]:
        """Return the columns of a lead or a deadline where "ai" or "khi nào" asks for them and no column was named."""
        columns = [at.table.column(role) for kind, role in _KIND_ROLES.items() if self.query.wants(kind)]
        several = len(_QUESTION_WORDS.findall(self.query.folded)) > 1 or "bao lau" in self.query.folded
        return [index for index in columns if index is not None and index not in found] if several or not found else []

    def _of_agencies(self, at: RowAt) -> list[int]:
        """Return the columns in which the agencies of the question stand, where their headings say what they do: "Sáng", "Chiều"."""
        keys = {agency.key for agency in self.query.agencies}
        columns = [i for i in self.corpus.agency_columns(at.table) if at.table.columns[i].role not in AGENCIES]
        return [i for i in columns if keys & {agency.key for agency in self.corpus.keys.split(at.row.cells[i].text)}]

    def _by_heading(self, at: RowAt) -> list[int]:
        """Return the columns of other kinds whose heading the question has in part: "mấy ngày" asks for "Số ngày dự kiến"."""
        asked = set(re.findall(r"\w+", self.query.folded))
        found = []
        for index, column in enumerate(at.table.columns):
            if column.role in ("order", "content"):
                continue
            if re.search(rf"(?:[:,;]|\bva)\s*{re.escape(fold(column.name))}\s*(?=[,;?.]|va\b|$)", self.query.folded):
                found.append(index)
                continue
            plain = column.role in ("other", "value", "unit", "funding")
            if _asks_place(fold(column.name), self.query.folded):
                found.append(index)
                continue
            for heading in re.split(r"[,/;()]", fold(column.name)):  # "Phí, lệ phí" is either
                words = set(re.findall(r"\w+", heading)) - _FRAME
                least = (
                    len(words) / 2
                    if plain and heading == fold(column.name)
                    else len(words)
                    if plain
                    else max(2, len(words))
                )
                if words and len(words & asked) >= least:
                    found.append(index)
                    break
        return found

    def _asks_subject(self, at: RowAt) -> bool:
        """Tell whether what is asked is the content of the row: its other cells have none of the words that are left."""
        return bool(_PLAINLY.search(self.query.folded)) and at.table.column("content") is not None

    # What cells say.

    def _one_row(self, at: RowAt, roles: Sequence[str], blanks: list[str]) -> list[str]:
        """Return the sentence about one row as a list of one, or [] where all asked cells are blank; *roles* are columns that it has."""
        parts: list[str] = []
        for role in roles:
            if role == "group":
                if at.row.group:
                    name = at.row.group.label
                    marks = self.citer.place(at.table.document, at.row.group.start, at.row.group.end)
                    parts.append(self.say.say("group", row=self.say.row(at), group=name, marks=marks))
                continue
            column = column_of(at.table, role)
            if column is not None:
                role_of_column = "content" if column == subject_column(at.table) else at.table.columns[column].role
                only = len(roles) <= 1
                parts.append(self._cell(at, role_of_column, column, first=not parts, only=only, blanks=blanks))
        filled = [part for part in parts if part]
        if not filled and len(blanks) > 1:
            place = f"{self.say.table(at.table, self.corpus)}, {self.say.row(at).lower()}"
            blanks[:] = [self.say.say("blank", place=place, column="; ".join(blanks))]
        if not filled:
            return []
        missing = [self.say.say("blank_next", column=name) for name in blanks]
        blanks.clear()
        return ["; ".join([*filled, *missing])]

    def _cell(self, at: RowAt, role: str, column: int, *, first: bool, only: bool, blanks: list[str]) -> str:
        cell, name = at.row.cells[column], at.table.columns[column].name
        if not cell.text:
            place = f"{self.say.table(at.table, self.corpus)}, {self.say.row(at).lower()}"
            self.citer.row(at)
            blanks.append(self.say.say("blank", place=place, column=name) if only else name)
            return ""
        marks, value = self.citer.cell(at, column), trimmed(cell.text)
        if at.table.columns[column].role == "due" and self.query.says("days_left"):
            marks += f"; {self._days(at)}"
        shown = name if self.say.language == "vi" else f"{self.say.name('column_names', role)} ({name})"
        if role == "content":
            return self.say.say("subject", row=self.say.row(at), value=value, marks=marks)
        if not first:
            return self.say.say("cell_next", column=shown, value=value, marks=marks)
        key = "lead" if role == "lead" and "chủ trì" in name.lower() else "cell"
        return self.say.say(key, row=self.say.row(at), column=shown, value=value, marks=marks)

    def _days(self, at: RowAt) -> str:
        """Say how many days are left until the deadline of a row, counted from the day of the question."""
        schedule = Schedule(self.corpus, self.query)
        left, end = schedule.days_left(at), schedule.due(at).end
        if left is None or end is None:
            return self.say.say("no_days")
        key = "days_left" if left >= 0 else "days_over"
        return self.say.say(key, count=abs(left), day=schedule.day, end=end)

    def _share(self, words: Sequence[str], held: set[str]) -> float:
        return share_of(words, held, self.corpus)

    def _answer(self, text: str) -> Answer:
        steps = (*self.query.steps(), step(self.query.language, "cells"))
        return Answer(self.question, self.understood, text, self.citer.citations, steps, tuple(self.say.computed))

    def _abstain(self, status: Status, text: str) -> Abstention:
        return Abstention(status, self.question, self.understood, text, self.citer.citations, trace=self.query.steps())


_SHORT_ROW = 700  # characters of a row that is given whole where nothing tells what of it is asked
_QUESTION_WORDS = re.compile(r"\b(?:ai|nao|gi|may|khi nao|bao gio|bao nhieu|bao lau|dau)\b")
_COUNTED = re.compile(
    r"\b(?:may|bao nhieu) (?!phan tram|ngay|thang|nam|quy|gio)(\w+)"
)  # "mấy cuộc" is answered by "02 cuộc"
_PAPERS_DAY = re.compile(
    r"\b(?:so )?(?:nao|may|bao nhieu),? (?:va )?(?:de |ra |ban hanh |ky )?(?:ngay|thang|nam) (?:nao|may|bao nhieu)\b"
)
_WHAT = re.compile(r"\b(?:lam|giao|theo doi|tong hop|lo|chu tri|phu trach)\b.*\bcai gi\b")
_JOINS = re.compile(
    r"(?:\W|\b(?:va|cung|kem|voi|ca|o|muc|noi dung|phan|co quan|don vi)\b)*"
)  # between columns that are listed
_WHICH_ROW = re.compile(
    r"\b(?:viec|dau viec|cong viec|nhiem vu|chi tieu|thu tuc|dong|buoc|khau) nao\b"
)  # the row itself is asked
_REACHES = re.compile(  # a year in what the row is about, not its deadline
    r"\b(?:nhin|tam nhin|huong|tinh|ap dung)(?: cho)? (?:toi|den)(?: tan)? (?:nam|moc) nao\b|\btam nhin (?:nam )?nao\b"
)
_YEAR = re.compile(r"(?<![\d/-])20\d\d(?![\d/-])")  # "dự kiến 2027"
_FRAME = frozenset(
    ["don", "vi", "co", "quan", "so", "du", "kien", "ten", "cac", "cua", "va", "noi", "dung", "thuc", "hien"]
)


def _asks_place(heading: str, folded: str) -> bool:
    """Tell whether a question asks for the place that a column, by its heading, names: "ở đâu"."""
    where = re.search(r"\b(?:o dau|tai dau|noi nao|cho nao)\b", folded) is not None
    return where and re.match(r"dia diem|noi\b(?! dung)", heading) is not None


def says_question(query: Query, role: str) -> bool:
    """Tell whether a question word stands behind the name of column *role*: "kết quả là gì"."""
    spans = matches("asks", role, query.text)
    word = re.compile(r"\b(?:gi|nao|the nao|ra sao|bao nhieu)\b")
    behind = re.compile(rf"[\w\s]{{0,25}}{word.pattern}")
    return any(word.search(query.folded[start:end]) or behind.match(query.folded[end:]) for start, end in spans)
