"""The page in one language: its head, its tabs at left, and the document at right, which all tabs open places in."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import gradio as gr

from assistant.chat.ask_tab import AskTab
from assistant.chat.bench_tab import BenchTab
from assistant.chat.class_tab import ClassTab
from assistant.chat.desk import Desk
from assistant.chat.documents_tab import DocumentsTab
from assistant.chat.parts import QUIET, html_part, sent
from assistant.chat.shelves import place_on, shelf_of
from assistant.chat.strings import LANGUAGES, load_strings
from assistant.chat.tasks_tab import TasksTab

if TYPE_CHECKING:
    from assistant.chat.office import Office, Tab
    from assistant.chat.strings import Strings


def page_address(language: str, default: str) -> str:
    """Return where the page in *language* lies on a server whose pages are in *default* unless asked otherwise."""
    return "/" if language == default else f"/{language}/"


class Screen:
    """Builds the blocks of one page."""

    def __init__(self, office: Office, strings: Strings, *, default: str) -> None:
        self.office = office
        self.desk = Desk.over(office.assistant, strings)
        self.strings = self.desk.strings
        self.default = default
        self.tabs: tuple[Tab, ...] = (
            AskTab(self.desk, office),
            DocumentsTab(office, self.desk),
            TasksTab(self.desk, office),
            ClassTab(self.desk),
            BenchTab(self.desk, office),
        )

    def build(self) -> gr.Blocks:
        """Return the page."""
        strings = self.strings
        with gr.Blocks(title=strings("page.title"), analytics_enabled=False, fill_width=True) as blocks:
            gr.HTML(self._head(), elem_id="hvb-head", apply_default_css=False)
            with gr.Row(elem_id="hvb-columns"):
                viewer = html_part(self.desk.shelf(), "hvb-viewer")
                viewer.unrender()
                with gr.Column(elem_id="hvb-left", min_width=300, scale=5), gr.Tabs():
                    for tab in self.tabs:
                        with gr.Tab(strings(f"tabs.{tab.name}"), id=tab.name, elem_id=f"hvb-tab-{tab.name}") as drawn:
                            tab.build(viewer)
                        drawn.select(None, js=f"() => hoiVanBan.turn('{tab.name}')")
                        if isinstance(tab, AskTab):  # a file may have been uploaded meanwhile
                            drawn.select(tab.refreshed, tab.shelf, tab.where, queue=False, **QUIET)
                with gr.Column(elem_id="hvb-right", min_width=300, scale=6):
                    viewer.render()
            gr.HTML(f'<footer class="hvb-foot">{escape(strings("page.notice"))}</footer>', apply_default_css=False)
            viewer.select(self.open_place, None, viewer, queue=False, **QUIET)
            viewer.clear(self.open_shelf, None, viewer, queue=False, **QUIET)
        return blocks

    def open_place(self, event: gr.EventData, request: gr.Request) -> str:
        """Open the place that a pressed button of the viewer names."""
        return place_on(self.desk, self.office, self.office.visitor(request), sent(event))

    def open_shelf(self, event: gr.EventData, request: gr.Request) -> str:
        """Show the list of documents among which the one lies whose button was pressed."""
        return shelf_of(self.desk, self.office, self.office.visitor(request), sent(event))

    def _head(self) -> str:
        strings = self.strings
        switches = "".join(
            f'<a class="hvb-language" lang="{language}" hreflang="{language}" href="{page_address(language, self.default)}">'
            f"{escape(load_strings(language)('page.language'))}</a>"
            for language in LANGUAGES
            if language != strings.language
        )
        who = (
            f'<span id="hvb-who" data-sign-in="{escape(strings("accounts.sign_in"))}" '
            f'data-sign-out="{escape(strings("accounts.sign_out"))}" data-change="{escape(strings("accounts.change"))}"></span>'
        )
        return (
            f"<header><h1>{escape(strings('page.title'))}</h1><p>{escape(strings('page.lead'))}</p>"
            f'<nav aria-label="{escape(strings("page.settings"))}">{switches}{who}</nav></header>'
        )
