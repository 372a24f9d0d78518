"""What the routes of live classes do with the documents of a class: take them, tell of them, and show answers that rest on them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from assistant.chat import class_phone as phone
from assistant.chat.class_documents import list_version, phone_list, render_class_documents, render_list
from assistant.chat.desk import Desk
from assistant.chat.strings import load_strings
from assistant.chat.upload_routes import take_file
from assistant.classes import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

    from starlette.requests import Request

    from assistant.chat.desk import Asks
    from assistant.chat.guard import Names
    from assistant.chat.strings import Strings
    from assistant.class_corpus import ClassCorpus
    from assistant.classes import Classes, Classroom, Participant
    from assistant.types import Reply
    from assistant.uploads import Upload


class ClassPapers:
    """The documents of the classes of one office. Who may do what to which class is decided by the routes."""

    def __init__(self, corpus: ClassCorpus, classes: Classes, names: Names) -> None:
        self.corpus, self._classes, self._names = corpus, classes, names

    async def take(
        self, room: Classroom, request: Request, strings: Strings, person: Participant | None = None
    ) -> Response:
        """Take the file that *request* carries from *person*, from the trainer where none is given."""
        if not self._names.is_own(request.headers.get("origin", ""), request.headers.get("host", "")):
            return JSONResponse({"message": strings("class.phone_refused")}, 403)
        number = person.number if person else None

        def receive(name: str, source: BinaryIO) -> Upload:
            upload = self.corpus.receive(room.id, name, source, person=number)
            takes_part = person is None or self._classes.takes_part(room, person)
            if not takes_part or not self._classes.is_open(
                room.id
            ):  # it ended or began anew while the file was on its way
                self.corpus.delete(room.id, upload.id)
            return upload

        return await take_file(request, strings, partial(self.corpus.check_room, room.id, person=number), receive)

    def phone_state(self, room: Classroom, person: Participant | None, strings: Strings, known: str) -> dict[str, Any]:
        """Return what a telephone is told of the documents; their list only where it is another than the *known* one."""
        is_inside = person is not None and room.stage is not Stage.ENDED
        html = ""
        if person is not None and is_inside:
            html = phone_list(person, self.corpus.files(room.id), self.corpus, strings)
        state: dict[str, Any] = {"sending": room.sending and is_inside, "papers_version": list_version(html)}
        return state if state["papers_version"] == known else {**state, "papers": html}

    def panel_parts(self, room: Classroom, strings: Strings) -> tuple[int, str, str]:
        """Return how many documents the class has, and as HTML the part of the panel for them and their list."""
        if room.stage is Stage.ENDED:
            return 0, "", ""
        files = self.corpus.files(room.id)
        part = render_class_documents(room, len(files), strings)
        return len(files), part, render_list(room, files, self.corpus, strings)

    def replies_html(self, room: Classroom, replies: Sequence[Reply], own: Asks | None, strings: Strings) -> str:
        """Return *replies* as HTML; where the class has documents of its own, read by *own*, each says whose it rests on."""
        if own is None:
            return "".join(phone.reply_html(reply, strings) for reply in replies)
        files = {upload.id: upload.name for upload in self.corpus.files(room.id)}
        of_class = Desk.over(own, replace(load_strings(strings.language), files=files)).strings
        html = ""
        for reply in replies:
            is_own = any(citation.document in files for citation in reply.citations)
            heading = strings("class.phone_of_class" if is_own else "class.phone_of_all")
            if not html:
                html = phone.reply_html(reply, of_class if is_own else strings, heading=heading)
            else:  # both answer: what the class asks is most often in its own documents
                html += f'<details class="also"><summary>{escape(heading)}</summary>{phone.reply_html(reply, strings)}</details>'
        return html
