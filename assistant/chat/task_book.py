"""The task list of the day, read once for all pages and downloads."""

from __future__ import annotations

from datetime import date
from threading import Lock
from typing import TYPE_CHECKING

from assistant.task_list import TaskList

if TYPE_CHECKING:
    from assistant.chat.desk import Asks


class TaskBook:
    """Holds the last list that was asked for; threads may share it."""

    def __init__(self) -> None:
        self._list: TaskList | None = None
        self._lock = Lock()

    def of(self, assistant: Asks) -> TaskList:
        """Return the tasks of the corpus of *assistant* as of its day, else of the day of the machine."""
        today = assistant.today or date.today()  # noqa: DTZ011 - the day where the officials sit
        with self._lock:
            if self._list is None or self._list.corpus is not assistant.corpus or self._list.today != today:
                self._list = TaskList(assistant.corpus, today)
            return self._list
