"""What a person asks of the task list: a filter as a value, read from the fields of a form or of an address, and written back into them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from assistant.task_list import ROLES, DueState
from assistant.task_periods import parse_period
from indexer.audit import clarity_names
from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.task_list import TaskRow

SOON = 30  # days within which a deadline is near, unless asked otherwise
LONGEST_SOON = 366
ANY_GAP = "any"
_LONGEST = 200  # characters of a field
_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """
    Conditions on rows, all of which have to hold; the defaults keep every row.

    ``agency`` is a key of :class:`indexer.agencies.AgencyKeys`, ``role`` one of "lead" and "partners", ``period`` a name of
    :class:`assistant.task_periods.Period`; ``first`` and ``last`` bound the day by which a row is due, ends included. ``gap`` is one of the
    "6 rõ", or "any".
    """

    agency: str = ""
    role: str = ""
    document: str = ""
    noun: str = ""
    period: str = ""
    first: date | None = None
    last: date | None = None
    state: DueState | None = None
    gap: str = ""
    words: str = ""
    soon: int = SOON
    by_due: bool = False

    def __post_init__(self) -> None:
        if self.role not in ("", *ROLES):
            raise InputError(f"“{self.role}” không phải là một vai trò.\n  Chọn một trong: {', '.join(ROLES)}")
        if self.gap not in ("", ANY_GAP, *clarity_names()):
            raise InputError(f"“{self.gap}” không thuộc “6 rõ”.\n  Chọn một trong: {', '.join(clarity_names())}")
        if not 0 <= self.soon <= LONGEST_SOON:
            raise InputError(f"Số ngày {self.soon} không dùng được.\n  Xin ghi số từ 0 đến {LONGEST_SOON}.")
        if self.first and self.last and self.last < self.first:
            msg = f"Từ ngày {self.first:%d/%m/%Y} đến ngày {self.last:%d/%m/%Y} không có ngày nào.\n  Xin sửa một trong hai ngày."
            raise InputError(msg)
        if self.period:
            parse_period(self.period)

    @property
    def is_empty(self) -> bool:
        """Whether it keeps every row."""
        return replace(self, soon=SOON, by_due=False, role=self.role if self.agency else "") == TaskFilter()

    @property
    def without_time(self) -> TaskFilter:
        """The same filter, whenever rows are due."""
        return replace(self, period="", first=None, last=None)

    def fits(self, row: TaskRow, today: date) -> bool:
        """Tell whether *row* fulfils every condition but that on agencies."""
        return (
            (not self.document or row.document == self.document)
            and (not self.noun or row.at.table.noun == self.noun)
            and (self.state is None or row.state(today, self.soon) is self.state)
            and (not self.gap or (bool(row.gaps) if self.gap == ANY_GAP else self.gap in row.gaps))
            and self._in_time(row)
            and (not self.words or row.words.hold(self.words))
        )

    def _in_time(self, row: TaskRow) -> bool:
        period = parse_period(self.period) if self.period else None
        if period is None and self.first is None and self.last is None:
            return True
        return any(
            (period is None or period.first <= day <= period.last)
            and (self.first is None or self.first <= day)
            and (self.last is None or day <= self.last)
            for day in row.last_days
        )

    def names_agency(self, row: TaskRow) -> bool:
        """Tell whether *row* names the agency in its role; any row does where none is asked for."""
        return not self.agency or any(agency.key == self.agency for agency in row.agencies(self.role))

    def fields(self) -> dict[str, str]:
        """Return what differs from the defaults, as fields that :func:`parse_filter` reads back."""
        pairs = {
            "agency": self.agency,
            "role": self.role,
            "document": self.document,
            "noun": self.noun,
            "period": self.period,
            "first": self.first.isoformat() if self.first else "",
            "last": self.last.isoformat() if self.last else "",
            "state": self.state or "",
            "gap": self.gap,
            "words": self.words,
            "soon": "" if self.soon == SOON else str(self.soon),
            "order": "due" if self.by_due else "",
        }
        return {name: str(value) for name, value in pairs.items() if value}


def parse_filter(fields: Mapping[str, object]) -> TaskFilter:
    """
    Return the filter that *fields* (of a form or an address; anything at all) describe. Fields of other names are left aside.

    Raises:
        InputError: a field holds what no filter can be.
    """

    def text(name: str) -> str:
        value = fields.get(name)
        words = unicodedata.normalize("NFC", value) if isinstance(value, str) else ""
        if len(words) > _LONGEST:
            raise InputError(f"Trường “{name}” dài quá {_LONGEST} ký tự.\n  Xin rút gọn.")
        return " ".join(words.split())

    def day(name: str) -> date | None:
        if not text(name):
            return None
        printed = _DAY.fullmatch(text(name))
        try:
            return date(*map(int, reversed(printed.groups()))) if printed else date.fromisoformat(text(name))
        except ValueError as error:
            raise InputError(f"“{text(name)[:20]}” không phải là một ngày.\n  Xin ghi dạng 31/12/2025.") from error

    state = text("state")
    if state and state not in list(DueState):
        raise InputError(f"“{state}” không phải là một tình trạng.\n  Chọn một trong: {', '.join(DueState)}")
    soon = text("soon")
    if soon and not (soon.isascii() and soon.isdigit() and len(soon) <= 4):
        raise InputError(f"“{soon[:20]}” không phải là số ngày.\n  Xin ghi số từ 0 đến {LONGEST_SOON}.")
    return TaskFilter(
        agency=text("agency"),
        role=text("role"),
        document=text("document"),
        noun=text("noun"),
        period=text("period"),
        first=day("first"),
        last=day("last"),
        state=DueState(state) if state else None,
        gap=text("gap"),
        words=text("words"),
        soon=int(soon) if soon else SOON,
        by_due=text("order") == "due",
    )
