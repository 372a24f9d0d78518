"""What all tabs and routes of one server share, whatever the language of the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from assistant import pace
from assistant.audit_log import AuditLog
from assistant.chat.carried import CarriedTurns
from assistant.chat.export_store import ExportStore
from assistant.chat.task_book import TaskBook
from assistant.class_corpus import ClassCorpus
from assistant.classes import Classes
from assistant.collections import Collections
from assistant.metrics import NoCounts
from assistant.page_images import PAGES, PageImages
from assistant.question_log import QuestionLog
from assistant.records import Records
from assistant.visitors import OneVisitor

if TYPE_CHECKING:
    import gradio as gr

    from assistant.bench_runs import BenchRuns
    from assistant.chat.desk import Asks
    from assistant.metrics import Counts
    from assistant.pace import Paces
    from assistant.visitors import Doors, Visitor
    from indexer.location import Location

ROUTE = "/hoi-van-ban"  # below it lies all that is not Gradio's


@dataclass(frozen=True, slots=True)
class Office:
    """
    One assistant, one folder of data, and who is let in.

    *index* is where the index lies that the assistant asks, where documents can be added to it. *question_days* is how long questions
    are kept in the log of questions, 0 where there is none. *counts* hears what is counted; *asking*, *uploading* and *downloading* say how
    often one visitor may do so.
    """

    assistant: Asks
    data: Path = Path(".data")
    records: Records = field(default_factory=Records.in_memory)
    doors: Doors = field(default_factory=OneVisitor)
    exports: ExportStore = field(default_factory=ExportStore)
    tasks: TaskBook = field(default_factory=TaskBook)
    carried: CarriedTurns = field(default_factory=CarriedTurns)
    index: Location | None = None
    bench: BenchRuns | None = None
    question_days: int = 0
    counts: Counts = field(default_factory=NoCounts)
    asking: Paces = field(default_factory=pace.asking)
    uploading: Paces = field(default_factory=pace.uploading)
    downloading: Paces = field(default_factory=pace.downloading)
    audit: AuditLog = field(init=False)
    questions: QuestionLog = field(init=False)
    pages: PageImages = field(init=False)
    collections: Collections = field(init=False)
    class_corpus: ClassCorpus = field(init=False)
    classes: Classes = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "audit", AuditLog(self.records))
        object.__setattr__(self, "questions", QuestionLog(self.records, days=self.question_days))
        pages = PageImages(self.data / PAGES)
        object.__setattr__(self, "pages", pages)
        collections = Collections(self.data, self.records, shared=self.index, deleted=pages.forget)
        object.__setattr__(self, "collections", collections)
        corpus = ClassCorpus(collections)
        object.__setattr__(self, "class_corpus", corpus)
        object.__setattr__(self, "classes", Classes(self.records, clean=corpus.clear))

    @property
    def generation(self) -> str:
        """The name of the index that answers at the moment; "" where it has none."""
        return str(getattr(self.assistant.index, "generation", ""))

    def visitor(self, request: gr.Request | None) -> Visitor:
        """Return who sent an event; Gradio hands *request* to event functions that have a parameter of its type."""
        return self.doors.visitor(dict(request.cookies) if request is not None else {})


class Tab(Protocol):
    """One tab of the screen. Its ``name`` is the section of its strings, of its style sheet and script, and its address."""

    name: str

    def build(self, viewer: gr.HTML) -> None:
        """Lay out the tab and wire it; presses that open a place of a document put it into *viewer*."""
