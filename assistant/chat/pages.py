"""Small pages of our own, without Gradio: their frame, forms and messages; pure functions that give HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from assistant.chat.guard import SIGN_IN
from assistant.chat.office import ROUTE
from assistant.passwords import SHORTEST

if TYPE_CHECKING:
    from assistant.chat.strings import Strings

PASSWORD = f"{ROUTE}/mat-khau"
SIGN_OUT = f"{ROUTE}/dang-xuat"
DELETE = f"{ROUTE}/xoa-du-lieu"
# stricter than the main page, where Gradio needs scripts in the page
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
}


def page(title: str, body: str, strings: Strings, *, here: str, wide: bool = False) -> str:
    """Return a page with *body*, which is HTML, under *title*; *here* is its own address without a language, for the switch."""
    other = "en" if strings.language == "vi" else "vi"
    joint = "&amp;" if "?" in here else "?"
    return (
        f'<!doctype html><html lang="{strings.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{escape(title)} · {escape(strings('page.title'))}</title>"
        f'<link rel="stylesheet" href="{ROUTE}/pages/pages.css"><link rel="icon" href="data:,"></head>'
        f'<body{" class=hvb-wide" if wide else ""}><header><a href="/">{escape(strings("page.title"))}</a>'
        f'<a lang="{other}" hreflang="{other}" href="{escape(here)}{joint}lang={other}">{escape(strings("accounts.other"))}</a></header>'
        f"<main><h1>{escape(title)}</h1>{body}</main>"
        f"<footer>{escape(strings('page.notice'))}</footer></body></html>"
    )


def _field(name: str, label: str, *, kind: str, complete: str, value: str = "", more: str = "") -> str:
    return (
        f'<p><label for="{name}">{escape(label)}</label>'
        f'<input id="{name}" name="{name}" type="{kind}" autocomplete="{complete}" value="{escape(value)}" required{more}></p>'
    )


def _alert(message: str) -> str:
    return f'<p class="hvb-alert" role="alert">{escape(message)}</p>' if message else ""


def sign_in_page(strings: Strings, *, target: str, name: str = "", message: str = "") -> str:
    """Return the page where a person signs in and then goes on to *target*; *message* says what went wrong."""
    username = ' autocapitalize="none" spellcheck="false" maxlength="64"' + ("" if name else " autofocus")
    body = (
        f"<p>{escape(strings('accounts.lead'))}</p>{_alert(message)}"
        f'<form method="post" action="{SIGN_IN}"><input type="hidden" name="lang" value="{strings.language}">'
        f'<input type="hidden" name="tiep" value="{escape(target)}">'
        + _field("ten", strings("accounts.name"), kind="text", complete="username", value=name, more=username)
        + _field(
            "mat-khau",
            strings("accounts.password"),
            kind="password",
            complete="current-password",
            more=' maxlength="200"' + (" autofocus" if name else ""),
        )
        + f"<p><button>{escape(strings('accounts.sign_in'))}</button></p></form>"
        f'<p class="hvb-soft">{escape(strings("accounts.forgotten"))}</p>'
    )
    return page(strings("accounts.sign_in"), body, strings, here=f"{SIGN_IN}?tiep={quote(target)}")


def password_page(strings: Strings, *, name: str, message: str = "", noted: str = "", logged_days: int = 0) -> str:
    """
    Return the page where *name* changes the own password or has all own data deleted.

    *message* says what went wrong, *noted* what went well; *logged_days* is how long questions are kept in the log, 0 where they are not.
    """
    body = (
        f"<p>{escape(strings('accounts.of', name=name))}</p>{_alert(message)}"
        f"{f'<p class=hvb-good role=status>{escape(noted)}</p>' if noted else ''}"
        f'<form method="post" action="{PASSWORD}"><input type="hidden" name="lang" value="{strings.language}">'
        f'<input type="hidden" name="ten" autocomplete="username" value="{escape(name)}">'
        + _field("cu", strings("accounts.old"), kind="password", complete="current-password", more=' maxlength="200"')
        + _field(
            "moi",
            strings("accounts.new"),
            kind="password",
            complete="new-password",
            more=f' minlength="{SHORTEST}" maxlength="200" aria-describedby="quy-dinh"',
        )
        + f'<p class="hvb-soft" id="quy-dinh">{escape(strings("accounts.rule", least=SHORTEST, kinds=SHORTEST // 2))}</p>'
        + _field("lai", strings("accounts.again"), kind="password", complete="new-password", more=' maxlength="200"')
        + f"<p><button>{escape(strings('accounts.change'))}</button></p></form>"
        f'<p class="hvb-soft">{escape(strings("accounts.ends"))}</p>'
        f"<h2>{escape(strings('accounts.delete'))}</h2><p>{escape(strings('accounts.delete_lead'))}</p>"
        + (f"<p>{escape(strings('accounts.logged', days=logged_days))}</p>" if logged_days else "")
        + f'<form method="post" action="{DELETE}"><input type="hidden" name="lang" value="{strings.language}">'
        + _field(
            "mat-khau", strings("accounts.old"), kind="password", complete="current-password", more=' maxlength="200"'
        )
        + f"<p><button>{escape(strings('accounts.delete'))}</button></p></form>"
    )
    return page(strings("accounts.change"), body, strings, here=PASSWORD)
