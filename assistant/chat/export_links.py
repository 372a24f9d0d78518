"""Links that download a list as a file, as HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from assistant.exports.answers import is_list
from assistant.exports.listing import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assistant.chat.strings import Strings
    from assistant.types import Reply

EXPORT = "/hoi-van-ban/xuat"  # below it lies everything that is downloaded
EVERY_KIND = tuple(Kind)


def download_links(addresses: Mapping[Kind, str], *, strings: Strings) -> str:
    """Return a group of links to *addresses*, one a kind of file."""
    links = "".join(
        f'<a class="hvb-download" href="{escape(address)}" download>{escape(strings(f"tasks.file_{kind}"))}</a>'
        for kind, address in addresses.items()
    )
    name = escape(strings("tasks.download"))
    return f'<div class="hvb-downloads" role="group" aria-label="{name}"><span>{name}</span>{links}</div>'


def render_export_links(reply: Reply, key: str, strings: Strings, *, kinds: Sequence[Kind] = EVERY_KIND) -> str:
    """
    Return the links that download *reply*, which is kept under *key*, in each of *kinds*; "" where *reply* lists nothing.

    ``key`` and ``kinds`` are those of :func:`assistant.chat.export_store.offer_answer`.
    """
    if not is_list(reply):
        return ""
    return download_links({kind: f"{EXPORT}/tra-loi/{key}.{kind}" for kind in kinds}, strings=strings)


def task_address(kind: Kind, fields: Mapping[str, str], language: str) -> str:
    """Return where the task list filtered by *fields* is downloaded."""
    return f"{EXPORT}/nhiem-vu.{kind}?{urlencode({**fields, 'lang': language})}"
