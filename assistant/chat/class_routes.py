"""Routes of live classes: those that telephones use without signing in, and those of the trainer whose class it is."""

from __future__ import annotations

import json
import secrets
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request  # noqa: TC002 - FastAPI resolves the hints of its routes at run time
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from assistant.audit_log import Event
from assistant.chat import class_panel as panel
from assistant.chat import class_phone as phone
from assistant.chat.class_asking import Asking, AskingRefusedError
from assistant.chat.class_documents import DROP, phone_papers
from assistant.chat.class_panel import ROOM, View
from assistant.chat.class_papers import ClassPapers
from assistant.chat.class_sheet import result_above, result_heads, result_mean, sheet_page
from assistant.chat.classroom import right_answer
from assistant.chat.desk import Desk
from assistant.chat.strings import LANGUAGES, load_strings
from assistant.class_results import class_result, result_workbook
from assistant.classes import (
    LASTS,
    MOST_PARTICIPANTS,
    Act,
    Classes,
    Joining,
    NotJoinedError,
    Stage,
    Tally,
    plain_code,
)
from assistant.quiz_marking import is_possible, is_right, learn_keys
from assistant.quiz_types import Form
from assistant.quizzes import LONGEST_QUIZ, quiz
from assistant.reloading import PerIndex
from assistant.uploads import UploadRefusedError
from assistant.visitors import Role
from indexer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from assistant.chat.guard import Names
    from assistant.chat.office import Office
    from assistant.chat.strings import Strings
    from assistant.class_results import Result
    from assistant.classes import Classroom, Participant
    from assistant.visitors import Visitor

COOKIE = "hvb_lop"
_MOST_BYTES = 8192  # of what a telephone or the panel sends
_RECENT = 8
_TOKEN_LENGTHS = range(20, 65)
_NO_STORE = {"Cache-Control": "no-store"}
_PAGE = {**_NO_STORE, "Content-Security-Policy": phone.CONTENT_SECURITY_POLICY}
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Sent:
    """What a browser sent: unchecked fields, the language of its page, its cookies, and the address it reached the server by."""

    fields: Mapping[str, Any]
    language: str
    cookies: Mapping[str, str]
    address: str

    def text(self, name: str) -> str:
        """Return a field that is a text, "" where it is none."""
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""


class _Rooms:
    """What the routes do for one office."""

    def __init__(self, office: Office, names: Names, classes: Classes, language: str) -> None:
        self.office, self.names, self.classes, self.language = office, names, classes, language
        self.papers = ClassPapers(office.class_corpus, classes, names)
        self.keys, self.asking = PerIndex(office.assistant, learn_keys), Asking(office.assistant, counts=office.counts)
        self._drawing = threading.Lock()
        self._strings = {
            language: Desk.over(office.assistant, load_strings(language)).strings for language in LANGUAGES
        }

    # what was sent

    def strings(self, language: str) -> Strings:
        """Return the words in *language*, with the names of the documents."""
        return self._strings[language if language in LANGUAGES else self.language]

    def sent(self, request: Request, fields: Mapping[str, Any] | None = None) -> Sent:
        """Return what *request* says in its address, and *fields*."""
        query = dict(request.query_params)
        address = f"{request.url.scheme}://{request.headers.get('host', '')}"
        return Sent(fields if fields is not None else query, query.get("lang", ""), request.cookies, address)

    async def read(self, request: Request, act: Callable[[Sent], Response]) -> Response:
        """Run *act* over the JSON object that *request* carries, unless it comes from a page of another host or is too long."""
        strings = load_strings(self.language)
        if not self.names.is_own(request.headers.get("origin", ""), request.headers.get("host", "")):
            return JSONResponse({"message": strings("class.phone_refused")}, 403, _NO_STORE)
        body = b""
        async for block in request.stream():
            body += block
            if len(body) > _MOST_BYTES:
                return JSONResponse({"message": strings("class.phone_refused")}, 413, _NO_STORE)
        try:
            fields = json.loads(body)
        except (ValueError, RecursionError):
            fields = None
        if not isinstance(fields, dict):
            return JSONResponse({"message": strings("class.phone_refused")}, 400, _NO_STORE)
        return await run_in_threadpool(act, self.sent(request, fields))

    # telephones

    def code_page(self, request: Request) -> Response:
        """Show where a code is typed, or go to the class that was typed."""
        sent = self.sent(request)
        strings, typed = self.strings(sent.language), sent.text("ma")[:40]
        if not typed:
            return HTMLResponse(phone.code_page(strings), headers=_PAGE)
        code = plain_code(typed)
        if code and self.classes.by_code(code):
            language = f"?lang={strings.language}" if sent.language else ""
            return RedirectResponse(f"{ROOM}/{code}{language}", 303, _PAGE)
        message = strings("class.phone_no_class")
        return HTMLResponse(phone.code_page(strings, typed=typed, message=message), 404, _PAGE)

    def room_page(self, code: str, request: Request) -> Response:
        """Show a class to whoever takes part in it, or wants to."""
        sent = self.sent(request)
        strings = self.strings(sent.language)
        room = self.classes.by_code(plain_code(code))
        if room is None:
            message = strings("class.phone_no_class")
            return HTMLResponse(phone.code_page(strings, typed=code[:12], message=message), 404, _PAGE)
        person = self._person(room, sent)
        middle, version = self._middle(room, person, strings), self._version(room, person, strings)
        html = phone.room_page(room, middle, version, phone_papers(strings), strings)
        return HTMLResponse(html, headers=_PAGE)

    def _person(self, room: Classroom, sent: Sent) -> Participant | None:
        token = sent.cookies.get(COOKIE, "")
        return self.classes.participant(room, token) if len(token) in _TOKEN_LENGTHS else None

    def _middle(self, room: Classroom, person: Participant | None, strings: Strings, message: str = "") -> str:
        response = self.classes.response(room, person, room.position) if person else None
        places = self.classes.ranking(room) if room.stage is Stage.ENDED and person else ()
        return phone.middle(room, person, response, places, strings, message=message)

    def _version(self, room: Classroom, person: Participant | None, strings: Strings) -> str:
        answered = person is not None and self.classes.response(room, person, room.position) is not None
        number = person.id if person else 0
        return f"{room.id}.{room.revision}.{room.stage}.{number}.{int(answered)}.{strings.language}"

    def now(self, code: str, request: Request) -> Response:
        """Say what a telephone shows now; without words where it shows that already."""
        sent = self.sent(request)
        room = self.classes.by_code(plain_code(code))
        if room is None:
            return JSONResponse({"gone": True}, 404, _NO_STORE)
        strings, known = self.strings(sent.language), (sent.text("v"), sent.text("p"))
        return self._state(room, self._person(room, sent), strings, known=known)

    def _state(
        self,
        room: Classroom,
        person: Participant | None,
        strings: Strings,
        *,
        known: tuple[str, str] = ("", ""),
        message: str = "",
        status: int = 200,
    ) -> JSONResponse:
        version = self._version(room, person, strings)
        state: dict[str, Any] = {
            "version": version,
            "asking": room.asking and person is not None and room.stage is not Stage.ENDED,
        }
        if version != known[0] or message:
            state["html"] = self._middle(room, person, strings, message)
        state |= self.papers.phone_state(room, person, strings, known[1])
        return JSONResponse(state, status, _NO_STORE)

    def join(self, code: str, sent: Sent) -> Response:
        """Let somebody take part."""
        strings, room = self.strings(sent.language), self.classes.by_code(plain_code(code))
        if room is None:
            return JSONResponse({"gone": True}, 404, _NO_STORE)
        token = sent.cookies.get(COOKIE, "")
        fresh = len(token) not in _TOKEN_LENGTHS
        token = secrets.token_urlsafe(24) if fresh else token
        try:
            person = self.classes.join(room, token, sent.text("nickname"))
        except NotJoinedError as error:
            key = "class.phone_over" if error.reason is Joining.OVER else "class.phone_full"
            return self._state(room, None, strings, message=strings(key, most=MOST_PARTICIPANTS), status=409)
        response = self._state(room, person, strings)
        response.set_cookie(
            COOKIE,
            token,
            max_age=int(LASTS),
            path=ROOM,
            httponly=True,
            samesite="lax",
            secure=sent.address.startswith("https:"),
        )
        return response

    def respond(self, code: str, sent: Sent) -> Response:
        """Take an answer."""
        strings, room = self.strings(sent.language), self.classes.by_code(plain_code(code))
        if room is None:
            return JSONResponse({"gone": True}, 404, _NO_STORE)
        person = self._person(room, sent)
        position, answer = sent.text("position"), sent.text("answer").strip()
        if person is None or not position.isdecimal() or int(position) >= len(room.questions):
            return self._state(room, person, strings, status=409)
        question = room.questions[int(position)]
        if question.form is Form.HUNT:
            answer = f"{sent.text('register')}|{answer}"
        if not is_possible(question, answer):
            return self._state(room, person, strings, message=strings("class.phone_choose"), status=400)
        taken = self.classes.respond(
            room, person, int(position), answer, mark=lambda: is_right(question, answer, self.keys.get())
        )
        room = self.classes.by_code(room.code) or room
        return self._state(room, person, strings, message="" if taken else strings("class.phone_late"))

    def ask(self, code: str, sent: Sent) -> Response:
        """Answer a question of somebody who takes part."""
        strings, room = self.strings(sent.language), self.classes.by_code(plain_code(code))
        person = self._person(room, sent) if room else None
        if room is None or person is None or not room.asking or room.stage is Stage.ENDED:
            return JSONResponse({"message": strings("class.phone_refused")}, 404, _NO_STORE)
        try:
            own = self.papers.corpus.assistant(room.id)
            replies = self.asking.ask(person.id, sent.text("question")[:400], first=own)
        except AskingRefusedError as error:
            return JSONResponse({"message": strings(error.key)}, 429, _NO_STORE)
        except InputError as error:
            return JSONResponse({"message": str(error)}, 400, _NO_STORE)
        if not replies:
            return JSONResponse({"message": strings("error.failed")}, 500, _NO_STORE)
        return JSONResponse({"html": self.papers.replies_html(room, replies, own, strings)}, headers=_NO_STORE)

    async def send_paper(self, code: str, request: Request) -> Response:
        """Take a document from the telephone of somebody who takes part, where the trainer allows it."""
        sent = self.sent(request)
        strings, room = self.strings(sent.language), self.classes.by_code(plain_code(code))
        person = self._person(room, sent) if room else None
        if room is None or person is None or not room.sending or room.stage is Stage.ENDED:
            return JSONResponse({"message": strings("class.phone_refused")}, 404, _NO_STORE)
        return await self.papers.take(room, request, strings, person)

    async def add_paper(self, code: str, request: Request) -> Response:
        """Take a document from the trainer of the class."""
        sent = self.sent(request)
        trainer = self._trainer(sent.cookies)
        room = self.classes.of_trainer(trainer.id, plain_code(code)) if trainer else None
        if room is None or room.stage is Stage.ENDED:
            return _missing()
        return await self.papers.take(room, request, self.strings(sent.language))

    # the trainer

    def _trainer(self, cookies: Mapping[str, str]) -> Visitor | None:
        visitor = self.office.doors.visitor(dict(cookies))
        return visitor if visitor.is_known and visitor.may(Role.TRAINER) else None

    def _view(self, room: Classroom, address: str) -> View:
        tally = self.classes.tally(room, room.position) if room.position >= 0 else Tally(0, 0, ())
        places = self.classes.ranking(room) if room.stage is Stage.ENDED and room.ranking else ()
        return View(room, address, self.classes.people(room), tally, places)

    def panel(self, request: Request) -> Response:
        """Say what the trainer's panel shows: the class that is asked for, else the one that is under way, else the form to open one."""
        sent = self.sent(request)
        return self._panel(sent, code=sent.text("code"), known=sent.text("v"))

    def _panel(self, sent: Sent, *, code: str = "", known: str = "", message: str = "") -> Response:
        strings, trainer = self.strings(sent.language), self._trainer(sent.cookies)
        if trainer is None:
            version, html = f"reader.{strings.language}", panel.render_not_trainer(sent.address, strings)
            return self._shown(version, html, known)
        rooms = self.classes.all_of(trainer.id)
        room = next((one for one in rooms if one.code == code), None)
        if room is None and code != "-":  # "-": the trainer asks for the form
            room = next((one for one in rooms if one.stage is not Stage.ENDED), None)
        if room is None:
            version = f"form.{strings.language}.{'.'.join(one.code for one in rooms[:_RECENT])}.{bool(message)}"
            return self._shown(version, panel.render_opening(rooms[:_RECENT], strings, message=message), known)
        view = self._view(room, sent.address)
        version = f"{room.id}.{room.revision}.{room.stage}.{strings.language}"
        if room.stage is Stage.ENDED:
            version += f".{view.people}"
        count, part, papers = self.papers.panel_parts(room, strings)
        return self._shown(
            version,
            lambda: panel.render_panel(view, strings, papers=part),
            known,
            code=room.code,
            counts={"people": view.people, "answered": view.tally.answered, "papers": count},
            options=view.tally.options,
            papers=papers,
        )

    @staticmethod
    def _shown(version: str, html: str | Callable[[], str], known: str, **more: Any) -> JSONResponse:
        state = {"version": version, **more}
        if version != known:
            state["html"] = html if isinstance(html, str) else html()
        return JSONResponse(state, headers=_NO_STORE)

    def open(self, sent: Sent) -> Response:
        """Open a class."""
        strings, trainer = self.strings(sent.language), self._trainer(sent.cookies)
        if trainer is None:
            return _missing()
        forms = tuple(form for form in Form if sent.text(f"form_{form}")) or (Form.CHOICE,)
        size = int(sent.text("size")) if sent.text("size") in map(str, panel.SIZES) else panel.SIZES[0]
        index = self.office.assistant.index
        with self._drawing:
            seed = secrets.randbelow(1 << 30)
            questions = quiz(index, seed=seed, size=min(size, LONGEST_QUIZ), forms=forms, keys=self.keys.get())
        if not questions:
            return self._panel(sent, code="-", message=strings("class.no_questions"))
        ranking, asking = bool(sent.text("ranking")), bool(sent.text("asking"))
        room = self.classes.open(trainer.id, questions, ranking=ranking, asking=asking)
        return self._panel(sent, code=room.code)

    def order(self, code: str, sent: Sent) -> Response:
        """Do what the trainer orders: an act, or to clean or delete the class."""
        trainer, code, act = self._trainer(sent.cookies), plain_code(code), sent.text("act")
        room = self.classes.of_trainer(trainer.id, code) if trainer else None
        if trainer is None or room is None:
            return _missing()
        if act == panel.DELETE:
            self.classes.delete(trainer.id, code)
            return self._panel(sent, code="-")
        if act == panel.CLEAR:
            self.classes.clear(trainer.id, code)
        elif act == DROP:
            with suppress(UploadRefusedError):  # it is gone already
                self.papers.corpus.delete(room.id, sent.text("document"))
        elif act in list(Act):
            revision = sent.text("revision")
            self.classes.act(trainer.id, code, Act(act), revision=int(revision) if revision.isdecimal() else -1)
        return self._panel(sent, code=code)

    def sheet(self, code: str, request: Request) -> Response:
        """Show the sheet to print."""
        sent = self.sent(request)
        strings, trainer = self.strings(sent.language), self._trainer(sent.cookies)
        room = self.classes.of_trainer(trainer.id, plain_code(code)) if trainer else None
        if room is None:
            return _missing()
        with_names = sent.text("ten") == "1"
        result = self._result(room, strings, with_names=with_names)
        return HTMLResponse(sheet_page(result, strings, with_names=with_names), headers=_PAGE)

    def _result(self, room: Classroom, strings: Strings, *, with_names: bool = False) -> Result:
        return class_result(
            self.classes,
            room,
            answer=right_answer,
            name=lambda citation: citation.number or strings.document(citation.document),
            more=lambda count: strings("class.sheet_more", count=count),
            opened=datetime.fromtimestamp(room.opened),  # noqa: DTZ006 - the trainer's own clock
            with_names=with_names,
        )

    def workbook(self, code: str, request: Request) -> Response:
        """Give the result as an Excel file."""
        sent = self.sent(request)
        strings, trainer = self.strings(sent.language), self._trainer(sent.cookies)
        room = self.classes.of_trainer(trainer.id, plain_code(code)) if trainer else None
        if room is None:
            return _missing()
        self.office.audit.note(Event.EXPORTED, actor=room.owner, what="class", room=str(room.id), kind="xlsx")
        result = self._result(room, strings)
        below = [line for line in (result_mean(result, strings), strings("class.sheet_note")) if line]
        content = result_workbook(result, result_heads(strings), result_above(result, strings), below)
        name = f"{strings('class.file', code=room.code)} {result.opened:%Y-%m-%d}.xlsx"
        headers = {**_NO_STORE, "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
        return Response(content, headers=headers, media_type=_EXCEL)


def _missing() -> Response:
    return JSONResponse({"gone": True}, 404, _NO_STORE)


def routes(office: Office, names: Names, *, language: str = "vi", classes: Classes | None = None) -> APIRouter:
    """
    Return the routes over *office*; only pages of the server that goes by *names* may change anything.

    Pages are in *language* unless asked otherwise. *classes* are those of the office's records by default.
    """
    rooms, router = _Rooms(office, names, classes or office.classes, language), APIRouter()

    def posted(act: Callable[..., Response], *, coded: bool = True) -> Callable[..., Awaitable[Response]]:
        async def in_room(code: str, request: Request) -> Response:
            return await rooms.read(request, lambda sent: act(code, sent))

        async def anywhere(request: Request) -> Response:
            return await rooms.read(request, act)

        return in_room if coded else anywhere

    router.add_api_route(f"{ROOM}/cua-toi", rooms.panel, methods=["GET"])
    router.add_api_route(f"{ROOM}/mo", posted(rooms.open, coded=False), methods=["POST"])
    router.add_api_route(f"{ROOM}/{{code}}/lenh", posted(rooms.order), methods=["POST"])
    router.add_api_route(f"{ROOM}/{{code}}/phieu", rooms.sheet, methods=["GET"])
    router.add_api_route(f"{ROOM}/{{code}}/ket-qua.xlsx", rooms.workbook, methods=["GET"])
    router.add_api_route(f"{ROOM}/{{code}}/hien-tai", rooms.now, methods=["GET"])
    router.add_api_route(f"{ROOM}/{{code}}/vao", posted(rooms.join), methods=["POST"])
    router.add_api_route(f"{ROOM}/{{code}}/tra-loi", posted(rooms.respond), methods=["POST"])
    router.add_api_route(f"{ROOM}/{{code}}/hoi", posted(rooms.ask), methods=["POST"])
    router.add_api_route(f"{ROOM}/{{code}}/gui-tep", rooms.send_paper, methods=["POST"])
    router.add_api_route(f"{ROOM}/{{code}}/tai-lieu", rooms.add_paper, methods=["POST"])
    router.add_api_route(f"{ROOM}/{{code}}", rooms.room_page, methods=["GET"])
    router.add_api_route(ROOM, rooms.code_page, methods=["GET"])
    return router
