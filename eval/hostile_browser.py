"""Hostile questions to hostile documents in a real browser: does a script run, is another host called?"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from eval.chat_screen import BOX, open_browser
from eval.hostile import Found
from eval.hostile_questions import MARK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eval.hostile_questions import Hostile

_PATIENCE = 30.0  # seconds for one answer
_TURNS = 6  # of a conversation
_FILL = "arguments[0].value = JSON.parse(arguments[1]); arguments[0].dispatchEvent(new Event('input', {bubbles: true}))"
_TOLD = "return document.querySelectorAll('.hvb-turn').length > arguments[0] && !document.querySelector('.hvb-busy')"
_COUNT = "return document.querySelectorAll('.hvb-turn').length"
_RAN = f"return [window.{MARK} ?? null, location.href, document.querySelectorAll("
_RAN += "'.hvb-turn :is(script, img, iframe, object, embed, link, base, meta, style, svg), .hvb-paper :is(script, iframe, object, embed, base, meta)'"
_RAN += ").length]"
_CLEAR = "document.querySelectorAll('.toast-body button').forEach(one => one.click())"


def ask_browser(address: str, questions: Sequence[Hostile]) -> Found:
    """
    Type *questions* into the page at *address*, one conversation after the other; see what the page does and what it asks of whom.

    Raises:
        NoBrowserError: there is no browser here.
    """
    found = Found("browser")
    own = urlsplit(address).hostname
    with open_browser(watched=True) as window:
        _visit(window, address)
        for position, one in enumerate(questions):
            if position and position % _TURNS == 0:
                window.execute_script("document.querySelector('#hvb-new').click()")
                _until(window, f"{_COUNT} === 0")
            began = time.perf_counter()
            shown = _ask(window, one)
            found.taken.append((time.perf_counter() - began, one.kind, one.number))
            found.ended["shown" if shown else "nothing shown"] += 1
            for harm in _harm(window, address, own):
                found.fault(one, harm)
            if not shown:
                found.fault(one, f"no answer in {_PATIENCE:.0f} s")
                _visit(window, address)
    return found


def _visit(window: Any, address: str) -> None:
    window.get(address)
    _until(window, f"return document.querySelector('{BOX}')")


def _until(window: Any, script: str, *arguments: object) -> bool:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if window.execute_script(script, *arguments):
            return True
        time.sleep(0.03)
    return False


def _ask(window: Any, one: Hostile) -> bool:
    """Type the question and wait; tell whether an answer, or a sentence in its place, was shown."""
    from selenium.webdriver.common.by import By  # noqa: PLC0415
    from selenium.webdriver.common.keys import Keys  # noqa: PLC0415

    turns = window.execute_script(_COUNT)
    box = window.find_element(By.CSS_SELECTOR, BOX)
    window.execute_script(_FILL, box, json.dumps(one.text))
    box.send_keys(Keys.ENTER)
    return _until(window, _TOLD, turns)


def _harm(window: Any, address: str, own: str | None) -> list[str]:
    """Return what the page did that it may not do, since the last look."""
    from selenium.common.exceptions import UnexpectedAlertPresentException  # noqa: PLC0415

    try:
        mark, here, foreign = window.execute_script(_RAN)
    except UnexpectedAlertPresentException:
        return ["a dialog is open"]
    harm = [f"a script ran: {mark!r}"] if mark is not None else []
    harm += [f"{foreign} elements that are not ours"] if foreign else []
    if urlsplit(here).netloc != urlsplit(address).netloc:
        harm.append(f"the page went to {here[:80]}")
        _visit(window, address)
    window.execute_script(_CLEAR)
    asked = [json.loads(entry["message"])["message"] for entry in window.get_log("performance")]
    urls = [one["params"]["request"]["url"] for one in asked if one["method"] == "Network.requestWillBeSent"]
    elsewhere = {urlsplit(url).hostname for url in urls if url.startswith(("http", "ws"))} - {own}
    return harm + [f"asked of another host: {host}" for host in sorted(str(host) for host in elsewhere)]
