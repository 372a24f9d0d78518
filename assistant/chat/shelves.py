"""
Whose documents a screen shows: those of the shared corpus, one's own, or one that is proposed to an administrator.

Which shelf a pressed button names comes from the browser; whose it is, never: that follows from who pressed it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from assistant.chat.conversation import OWN_SHELF
from assistant.chat.desk import Desk
from assistant.chat.strings import load_strings
from assistant.uploads import UploadRefusedError
from indexer.errors import InputError, UnknownDocumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assistant.chat.desk import Asks
    from assistant.chat.office import Office
    from assistant.chat.strings import Strings
    from assistant.visitors import Visitor
    from indexer.types import Clause, Document, Page, Placed, Table

OWN = OWN_SHELF
PROPOSED = "proposed:"  # and the id of the document


@dataclass(frozen=True, slots=True)
class OneDocument:
    """An index of which only one document is shown."""

    whole: Any  # an assistant.library.Holdings
    only: str

    @property
    def documents(self) -> Sequence[Document]:
        """That document."""
        return (self.whole.document(self.only),)

    @property
    def failed(self) -> tuple[Any, ...]:
        """No file."""
        return ()

    @property
    def seconds(self) -> dict[str, float]:
        """How long the reading of it took."""
        return {name: value for name, value in self.whole.seconds.items() if name == self.only}

    def _checked(self, document: str) -> str:
        if document != self.only:
            raise UnknownDocumentError(document)
        return document

    def document(self, document: str, /) -> Document:
        """Return the document, or raise UnknownDocumentError for another one; so do the methods below."""
        found: Document = self.whole.document(self._checked(document))
        return found

    def clauses(self, document: str, /) -> tuple[Clause, ...]:
        """Return its clauses."""
        found: tuple[Clause, ...] = self.whole.clauses(self._checked(document))
        return found

    def tables(self, document: str, /) -> tuple[Table, ...]:
        """Return its registers."""
        found: tuple[Table, ...] = self.whole.tables(self._checked(document))
        return found

    def pages(self, document: str, /) -> tuple[Page, ...]:
        """Return its pages."""
        found: tuple[Page, ...] = self.whole.pages(self._checked(document))
        return found

    def placed(self, document: str, start: int, end: int, /) -> tuple[Placed, ...]:
        """Return its printed lines on the pages that a slice touches."""
        found: tuple[Placed, ...] = self.whole.placed(self._checked(document), start, end)
        return found

    def original_entry(self, document: str, /) -> Any:
        """Return hash and size of its file, None where it is not kept."""
        return self.whole.original_entry(self._checked(document))

    def original(self, document: str, /) -> Any:
        """Return where its file lies, None where it is not kept."""
        return self.whole.original(self._checked(document))

    def parsed(self, documents: Any = None, /) -> list[Any]:
        """Return it as it was read."""
        return list(self.whole.parsed([self.only])) if documents is None or self.only in documents else []

    def document_scores(self, question: str, /, *, folded: bool = False) -> Any:
        """Nothing is looked for among one document."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class _Shown:
    """An assistant that only shows a document and answers nothing."""

    index: Any

    @property
    def corpus(self) -> Any:
        """Know nothing."""
        raise NotImplementedError

    @property
    def today(self) -> None:
        """The day of the machine."""
        return

    def record(self, item: Any) -> Any:
        """Answer nothing."""
        raise NotImplementedError

    def ask(self, question: str, state: Any = None, *, literal: bool = False) -> Any:
        """Answer nothing."""
        raise NotImplementedError


def own_strings(office: Office, visitor: Visitor, strings: Strings) -> Strings:
    """Return *strings* for the own documents of *visitor*: files by the names that they were uploaded with."""
    files = {upload.id: upload.name for upload in office.collections.files(visitor)}
    return replace(strings, files=files, shelf=OWN)


def desk_for(office: Office, visitor: Visitor, shelf: object, strings: Strings) -> Desk:
    """
    Return the desk over the documents on *shelf* as far as they are for *visitor*'s eyes.

    "" is the shared corpus, "own" the visitor's own documents, "proposed:ID" the one document that is proposed to an administrator.

    Raises:
        InputError: there is no such shelf, or it has nothing for this visitor; the message is a sentence for the screen.
    """
    if not shelf:
        return Desk.over(office.assistant, strings)
    assistant: Asks | None = None
    if shelf == OWN:
        assistant = office.collections.assistant(visitor)
        strings = own_strings(office, visitor, strings)
    elif isinstance(shelf, str) and shelf.startswith(PROPOSED):
        document = shelf.removeprefix(PROPOSED)
        try:
            whole = office.collections.proposed_assistant(visitor, document)
        except UploadRefusedError as error:
            raise InputError(strings(f"documents.refused_{error.reason}")) from error
        if whole is not None:
            assistant = _Shown(OneDocument(whole.index, document))
            strings = replace(strings, shelf=shelf)
    if assistant is None:
        raise InputError(strings("documents.no_shelf"))
    return Desk.over(assistant, strings)


def index_for(office: Office) -> Callable[[Any, str], Any]:
    """Return what gives the index that a request may look into, by the name of the shelf; None where it may not."""

    def index(request: Any, shelf: str) -> Any:
        if not shelf:
            return office.assistant.index
        try:
            visitor = office.doors.visitor(request.cookies)
            return desk_for(office, visitor, shelf, load_strings()).assistant.index
        except InputError:
            return None

    return index


def place_on(desk: Desk, office: Office, visitor: Visitor, data: dict[str, Any]) -> str:
    """Return the place that *data* (of a pressed button) names, on the shelf that it names, as HTML; *desk* is the shared one."""
    try:
        found = desk_for(office, visitor, data["shelf"], desk.strings) if data.get("shelf") else desk
    except InputError:
        return desk.place({})
    return found.place(data)


def shelf_of(desk: Desk, office: Office, visitor: Visitor, data: dict[str, Any]) -> str:
    """Return the list of the documents on the shelf that *data* names as HTML; of the shared ones where it names none."""
    try:
        found = desk_for(office, visitor, data["shelf"], desk.strings) if data.get("shelf") else desk
    except InputError:
        found = desk
    return found.shelf()
