"""The tab of the documents: look up the corpus, see what a document is made of, upload one's own, decide on what is proposed."""

from __future__ import annotations

from html import escape
from itertools import count
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.chat.documents import render_details, render_list, search_sent
from assistant.chat.ingest_view import render_report
from assistant.chat.marks import button
from assistant.chat.parts import QUIET, html_part, sent
from assistant.chat.shelves import desk_for, place_on
from assistant.chat.uploads_view import render_form, render_own, render_proposals
from assistant.library import Search
from assistant.reloading import PerIndex
from assistant.uploads import UploadRefusedError
from assistant.visitors import Role
from indexer.errors import InputError

if TYPE_CHECKING:
    from assistant.chat.desk import Desk
    from assistant.chat.office import Office
    from assistant.visitors import Visitor


class DocumentsTab:
    """Builds the tab over the shared desk; what is a visitor's own is asked for with every event."""

    name = "documents"

    def __init__(self, office: Office, desk: Desk) -> None:
        self.office = office
        self.desk = desk
        self.strings = desk.strings
        numbers = count()
        self.generation: PerIndex[int] = PerIndex(desk.assistant, lambda _: next(numbers))  # 0 when the page was built

    def build(self, viewer: gr.HTML) -> None:
        """Lay out the corpus above one's own documents; what an administrator sees comes last."""
        search = gr.State(Search())
        self.generation.get()
        with gr.Column(elem_id="hvb-documents-tab"):
            corpus = html_part(self.list(Search()), "hvb-documents")
            report = html_part(self.report_closed(), "hvb-corpus-report")
            form = html_part("", "hvb-uploader")
            own = html_part("", "hvb-own")
            proposals = html_part("", "hvb-proposals")
        corpus.submit(self.find, None, [search, corpus], queue=False, **QUIET)
        corpus.retry(self.find_all, None, [search, corpus], queue=False, **QUIET)
        corpus.clear(self.list, search, corpus, queue=False, **QUIET)
        report.apply(self.report, None, report, queue=False, **QUIET)
        for part in (corpus, own, proposals):
            part.apply(self.open, None, [corpus, viewer], queue=False, **QUIET)
            part.select(self.open_place, None, viewer, queue=False, **QUIET)
        own.change(self.mine, None, [own, proposals], queue=False, **QUIET)
        own.submit(self.propose, None, [own, proposals], queue=False, **QUIET)
        own.delete(self.delete, None, [own, proposals], queue=False, **QUIET)
        proposals.submit(self.decide, None, [own, proposals], queue=False, **QUIET)
        gr.on(None, self.arrive, None, [form, own, proposals, corpus, viewer], queue=False, **QUIET)

    # the corpus

    def list(self, search: Search) -> str:
        """Return what *search* finds as HTML."""
        library = self.desk.library
        return render_list(library, search, library.search(search), strings=self.strings)

    def find(self, event: gr.EventData) -> tuple[Search, str]:
        """Look for what was filled in."""
        search = search_sent(sent(event).get("fields"))
        return search, self.list(search)

    def find_all(self) -> tuple[Search, str]:
        """Look for nothing in particular."""
        return Search(), self.list(Search())

    def open(self, event: gr.EventData, request: gr.Request) -> tuple[Any, Any]:
        """Show what the document that a pressed button names is made of, and open it in the viewer."""
        data = sent(event)
        visitor = self.office.visitor(request)
        try:
            desk = desk_for(self.office, visitor, data["shelf"], self.strings) if data.get("shelf") else self.desk
            document = desk.assistant.index.document(str(data.get("document", "")))
            return render_details(desk.library, document, strings=desk.strings), desk.place({"document": document.id})
        except InputError:
            return gr.skip(), self.desk.place({})

    def open_place(self, event: gr.EventData, request: gr.Request) -> str:
        """Open the place that a pressed button names."""
        return place_on(self.desk, self.office, self.office.visitor(request), sent(event))

    def report_closed(self) -> str:
        """Return the button that shows how the corpus was read."""
        words = self.strings("documents.report_all")
        shower = button(self.strings("documents.report_show"), "apply", css="hvb-quiet", title=words)
        return f'<section class="hvb-report"><h3>{escape(words)}</h3>{shower}</section>'

    def report(self) -> str:
        """Show how the corpus was read."""
        library = self.desk.library
        html = render_report(library.report(), len(library.cards), strings=self.strings)
        return f'<section class="hvb-report"><h3>{escape(self.strings("documents.report_all"))}</h3>{html}</section>'

    # one's own documents, and what is proposed

    def arrive(self, request: gr.Request) -> tuple[Any, ...]:
        """Show a visitor who loads the page what is theirs, and the documents that were added since the page was built."""
        visitor = self.office.visitor(request)
        form = render_form(known=visitor.is_known, strings=self.strings)
        added = (self.list(Search()), self.desk.shelf()) if self.generation.get() else (gr.skip(), gr.skip())
        return (form, *self._mine(visitor), *added)

    def mine(self, request: gr.Request) -> tuple[str, str]:
        """Show how the files of a visitor are now."""
        return self._mine(self.office.visitor(request))

    def _mine(self, visitor: Visitor, *, notice: str = "", decided: str = "") -> tuple[str, str]:
        collections = self.office.collections
        own = ""
        if visitor.is_known:
            own = render_own(collections.files(visitor), collections.step, strings=self.strings, notice=notice)
        proposals = ""
        if visitor.may(Role.ADMINISTRATOR):
            proposals = render_proposals(collections.proposals(visitor), strings=self.strings, notice=decided)
        return own, proposals

    def propose(self, event: gr.EventData, request: gr.Request) -> tuple[str, str]:
        """Propose a file for the shared corpus, or take that back."""
        visitor, data = self.office.visitor(request), sent(event)
        collections = self.office.collections
        act = collections.withdraw if data.get("act") == "withdraw" else collections.propose
        try:
            act(visitor, str(data.get("document", "")))
        except UploadRefusedError as error:
            return self._mine(visitor, notice=self.refusal(error))
        return self._mine(visitor)

    def delete(self, event: gr.EventData, request: gr.Request) -> tuple[str, str]:
        """Delete a file, or all of them."""
        visitor, data = self.office.visitor(request), sent(event)
        try:
            if data.get("act") == "delete_all":
                self.office.collections.delete_all(visitor)
            else:
                self.office.collections.delete(visitor, str(data.get("document", "")))
        except UploadRefusedError as error:
            return self._mine(visitor, notice=self.refusal(error))
        return self._mine(visitor)

    def decide(self, event: gr.EventData, request: gr.Request) -> tuple[str, str]:
        """Put a proposed file into the shared corpus, or refuse it with a reason."""
        visitor, data = self.office.visitor(request), sent(event)
        fields = data.get("fields")
        remark = str(fields.get("remark", "")) if isinstance(fields, dict) else ""
        approve, document = data.get("act") == "approve", str(data.get("document", ""))
        try:
            self.office.collections.decide(visitor, document, approve=approve, remark=remark)
        except UploadRefusedError as error:
            return self._mine(visitor, decided=self.refusal(error))
        return self._mine(visitor)

    def refusal(self, error: UploadRefusedError) -> str:
        """Return why something is not done, in words."""
        return self.strings(f"documents.refused_{error.reason}", **error.fields)
