"""The tab of tasks: every register of the corpus as one list, filtered, with a chart of deadlines and downloads."""

from __future__ import annotations

import secrets
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import gradio as gr

from assistant.chat.parts import QUIET, html_part, number_sent, sent
from assistant.chat.task_form import render_form
from assistant.chat.tasks import render_error, render_opening, render_tasks
from assistant.task_filter import TaskFilter, parse_filter
from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.chat.desk import Desk
    from assistant.chat.office import Office
    from assistant.task_list import TaskList

_LONGEST = 4000  # characters of a filter as an address


class TasksTab:
    """Builds the task list over one desk. What is asked for stands in the form and the buttons alone; the server keeps nothing."""

    name = "tasks"

    def __init__(self, desk: Desk, office: Office) -> None:
        self.desk, self.office = desk, office
        self.strings = desk.strings

    def build(self, viewer: gr.HTML) -> None:
        """Lay out the form above the list; both are filled when the tab is opened."""
        with gr.Column(elem_id="hvb-tasks"):
            gr.HTML(f"<h2>{escape(self.strings('tasks.heading'))}</h2>", apply_default_css=False)
            form = html_part("", "hvb-task-form")
            found = html_part(render_opening(strings=self.strings), "hvb-task-found")
        latest: dict[str, Any] = {"queue": False, "trigger_mode": "always_last", **QUIET}
        found.load(self.open, None, [form, found], queue=False, **QUIET)
        form.input(self.filter, None, found, **latest)
        form.submit(self.filter, None, found, **latest)
        form.delete(self.reset, None, [form, found], queue=False, **QUIET)
        found.input(self.press, None, [form, found], **latest)
        found.apply(self.turn, None, found, **latest)
        found.select(self.open_place, None, viewer, queue=False, **QUIET)

    def tasks(self) -> TaskList:
        """Return the tasks of the day."""
        return self.office.tasks.of(self.office.assistant)

    def show(self, fields: Mapping[str, object], page: int = 1) -> str:
        """Return what the filter of *fields* keeps, or what is wrong with it."""
        try:
            wanted = parse_filter(fields)
        except InputError as error:
            return render_error(str(error))
        return render_tasks(self.tasks(), wanted, page=page, strings=self.strings)

    def form(self, fields: Mapping[str, object]) -> str:
        """Return the form filled in with *fields*; an empty one where they make no filter."""
        try:
            wanted = parse_filter(fields)
        except InputError:
            wanted = TaskFilter()
        return render_form(self.tasks(), wanted, strings=self.strings, drawn=secrets.token_hex(4))

    def open(self) -> tuple[str, str]:
        """Show every task."""
        return self.form({}), self.show({})

    def reset(self) -> tuple[str, str]:
        """Take all conditions away."""
        return self.open()

    def filter(self, event: gr.EventData) -> str:
        """Show what the form asks for."""
        fields = sent(event).get("fields")
        return self.show(fields if isinstance(fields, dict) else {})

    def press(self, event: gr.EventData) -> tuple[str, str]:
        """Show what a pressed bar of the chart asks for, and put it into the form."""
        fields = _query(event)
        return self.form(fields), self.show(fields)

    def turn(self, event: gr.EventData) -> str:
        """Show another page."""
        return self.show(_query(event), number_sent(event, "page"))

    def open_place(self, event: gr.EventData) -> str:
        """Open the place that a pressed button names."""
        return self.desk.place(sent(event))


def _query(event: gr.EventData) -> dict[str, str]:
    query = str(sent(event).get("query", ""))
    return dict(parse_qsl(query)) if len(query) <= _LONGEST else {}
