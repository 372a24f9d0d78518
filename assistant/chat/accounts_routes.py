"""Signing in and out, one's own password, and who one is."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from assistant.accounts import COOKIE, LONGEST_SESSION, Accounts, Wrong
from assistant.chat.guard import SIGN_IN, WHO
from assistant.chat.pages import DELETE, HEADERS, PASSWORD, SIGN_OUT, password_page, sign_in_page
from assistant.chat.strings import LANGUAGES, Strings, load_strings
from assistant.leaving import delete_data
from assistant.passwords import LONGEST, SHORTEST, Weakness
from assistant.throttle import Wait
from assistant.visitors import ANYBODY

if TYPE_CHECKING:
    from assistant.chat.office import Office
    from assistant.visitors import Visitor

_LONGEST_FORM = 8192  # bytes


def routes(office: Office, *, language: str = "vi") -> APIRouter:
    """Return the routes; those of signing in only where *office* has accounts."""
    router = APIRouter(include_in_schema=False)
    doors = office.doors

    @router.get(WHO)
    def who(request: Request) -> Response:
        visitor = doors.visitor(request.cookies)
        known = {
            "signed_in": isinstance(doors, Accounts) and doors.has_any and visitor.is_known,
            "accounts": isinstance(doors, Accounts) and doors.has_any,
            "may_read": doors.lets_in(visitor),
            "name": visitor.name,
            "roles": sorted(visitor.roles),
        }
        return JSONResponse(known, headers={"Cache-Control": "no-store"})

    if isinstance(doors, Accounts):
        _add_signing(router, doors, language)
        _add_own_page(router, office, doors, language)
    return router


def _add_signing(router: APIRouter, accounts: Accounts, default: str) -> None:
    @router.get(SIGN_IN)
    def sign_in_form(request: Request) -> Response:
        strings = _strings(request.query_params.get("lang", default), default)
        target = own_path(request.query_params.get("tiep", ""))
        return HTMLResponse(sign_in_page(strings, target=target), headers=HEADERS)

    @router.post(SIGN_IN)
    async def sign_in(request: Request) -> Response:
        form = await read_form(request)
        strings, target = _strings(form.get("lang", default), default), own_path(form.get("tiep", ""))
        name, password = form.get("ten", ""), form.get("mat-khau", "")
        opened = await run_in_threadpool(accounts.sign_in, name, password, address=_address(request))
        if isinstance(opened, str):
            accounts.sign_out(request.cookies)  # whoever sat here before
            return _with_cookie(RedirectResponse(target, 303), request, opened)
        message, status, headers = _refusal(opened, strings)
        shown = sign_in_page(strings, target=target, name=name[:64], message=message)
        return HTMLResponse(shown, status, headers={**HEADERS, **headers})

    @router.post(SIGN_OUT)
    async def sign_out(request: Request) -> Response:
        form = await read_form(request)
        accounts.sign_out(request.cookies)
        target = (
            "/"
            if accounts.lets_in(ANYBODY)
            else f"{SIGN_IN}?lang={_strings(form.get('lang', default), default).language}"
        )
        answer = RedirectResponse(target, 303)
        answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax", secure=request.url.scheme == "https")
        return answer


def _add_own_page(router: APIRouter, office: Office, accounts: Accounts, default: str) -> None:
    """Add the page where who is signed in changes the own password, or has all that is kept of them deleted."""

    def shown(strings: Strings, visitor: Visitor, status: int = 200, **words: str) -> Response:
        made = password_page(strings, name=visitor.name, logged_days=office.question_days, **words)
        return HTMLResponse(made, status, headers=HEADERS)

    def refused(strings: Strings, visitor: Visitor, why: Wrong | Wait | Weakness) -> Response:
        message, status, headers = _refusal(why, strings)
        answer = shown(strings, visitor, status, message=message)
        answer.headers.update(headers)
        return answer

    @router.get(PASSWORD)
    def password_form(request: Request) -> Response:
        strings = _strings(request.query_params.get("lang", default), default)
        visitor = accounts.visitor(request.cookies)
        if not visitor.name:
            return RedirectResponse(f"{SIGN_IN}?lang={strings.language}&tiep={PASSWORD}", 303)
        done = {"xong": "accounts.changed", "da-xoa": "accounts.deleted"}
        noted = " ".join(strings(key) for sign, key in done.items() if sign in request.query_params)
        return shown(strings, visitor, noted=noted)

    @router.post(PASSWORD)
    async def change_password(request: Request) -> Response:
        form = await read_form(request)
        strings = _strings(form.get("lang", default), default)
        visitor = accounts.visitor(request.cookies)
        if not visitor.name:
            return RedirectResponse(f"{SIGN_IN}?lang={strings.language}&tiep={PASSWORD}", 303)
        if form.get("moi", "") != form.get("lai", ""):
            return shown(strings, visitor, 400, message=strings("accounts.differ"))
        done = await run_in_threadpool(
            accounts.change_password, visitor, form.get("cu", ""), form.get("moi", ""), address=_address(request)
        )
        if isinstance(done, Wrong | Wait | Weakness):  # a Weakness is a text, as a token is
            return refused(strings, visitor, done)
        return _with_cookie(RedirectResponse(f"{PASSWORD}?lang={strings.language}&xong=1", 303), request, done)

    @router.post(DELETE)
    async def delete(request: Request) -> Response:
        form = await read_form(request)
        strings = _strings(form.get("lang", default), default)
        visitor = accounts.visitor(request.cookies)
        if not visitor.name:
            return RedirectResponse(f"{SIGN_IN}?lang={strings.language}&tiep={PASSWORD}", 303)
        password, address = form.get("mat-khau", ""), _address(request)
        why = await run_in_threadpool(accounts.why_not, visitor, password, address=address)
        if why is not None:
            return refused(strings, visitor, why)
        await run_in_threadpool(delete_data, visitor.id, office.records, office.data, actor=visitor.id)
        return RedirectResponse(f"{PASSWORD}?lang={strings.language}&da-xoa=1", 303)


def _refusal(refused: Wrong | Wait | Weakness, strings: Strings) -> tuple[str, int, dict[str, str]]:
    """Return what is said, the status, and further headers."""
    if isinstance(refused, Wrong):
        return strings("accounts.wrong"), 401, {}
    if isinstance(refused, Weakness):
        key = f"accounts.weak_{refused}"
        return strings(key, least=SHORTEST, kinds=SHORTEST // 2, most=LONGEST), 400, {}
    if refused.seconds is None:
        return strings("accounts.locked"), 429, {}
    minutes, seconds = divmod(refused.seconds, 60)
    wait = strings("accounts.minutes", count=minutes + 1) if minutes else strings("accounts.seconds", count=seconds)
    return strings("accounts.wait", wait=wait), 429, {"Retry-After": str(refused.seconds)}


def _with_cookie(answer: Response, request: Request, token: str) -> Response:
    answer.set_cookie(
        COOKIE,
        token,
        max_age=int(LONGEST_SESSION),
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _strings(language: str, default: str) -> Strings:
    return load_strings(language if language in LANGUAGES else default)


def own_path(address: str) -> str:
    """Return *address* where it is a path on this server, else "/": nobody is sent elsewhere after signing in."""
    is_own = (
        address.startswith("/")
        and not address.startswith(("//", "/\\"))
        and address.isprintable()
        and "\\" not in address
    )
    return address if is_own and len(address) <= 500 else "/"


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a small form as they were sent, none where the form is too large or not one."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST_FORM:
            return {}
    try:
        return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=20))
    except ValueError:
        return {}
