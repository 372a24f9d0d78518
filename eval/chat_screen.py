"""From the Enter key to the answer standing on the screen, in a real browser without a window."""

from __future__ import annotations

import shutil
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from eval.speed import Measured
from indexer.errors import HoiVanBanError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BOX = "#hvb-box textarea, #hvb-box input"
TURNS_A_CONVERSATION = 6  # then a new one is begun, as people do
_PATIENCE = 60.0  # seconds for one answer; the first may wait for the model
_FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")

# Notes when Enter went down and when the last question had its answer painted: two frames after the answer is in the page.
_WATCH = """
const seen = window.hvbSeen = {pressed: 0, shown: 0, turns: document.querySelectorAll('.hvb-turn').length};
document.addEventListener('keydown', (event) => { if (event.key === 'Enter') seen.pressed = performance.now(); }, true);
const look = () => {
    const turns = document.querySelectorAll('.hvb-turn');
    if (seen.shown || turns.length <= seen.turns || !turns[turns.length - 1].querySelector('.hvb-answer')) return;
    seen.shown = -1;
    requestAnimationFrame(() => setTimeout(() => { seen.shown = performance.now(); }));
};
new MutationObserver(look).observe(document.documentElement, {childList: true, subtree: true});
"""
_READY = "window.hvbSeen.turns = document.querySelectorAll('.hvb-turn').length; window.hvbSeen.shown = 0; return true"
_FILL = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', {bubbles: true}))"


class NoBrowserError(HoiVanBanError):
    """Chromium, its driver or selenium is missing."""


@contextmanager
def open_browser(*, watched: bool = False) -> Iterator[Any]:
    """
    Open a browser without a window; *watched*, it keeps a log of every request that it makes.

    Raises:
        NoBrowserError: there is none here.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    driver = shutil.which("chromedriver")
    try:
        from selenium import webdriver  # noqa: PLC0415 - only those who measure have it
        from selenium.webdriver.chrome.service import Service  # noqa: PLC0415
    except ImportError:
        chromium = None
    if not (chromium and driver):
        msg = "not measured in a browser: Chromium, its driver or selenium is missing (apt-get install chromium-driver; pip install selenium)"
        raise NoBrowserError(msg)
    options = webdriver.ChromeOptions()
    for flag in (*_FLAGS, "--window-size=1440,900"):
        options.add_argument(flag)
    options.binary_location = chromium
    if watched:
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    window = webdriver.Chrome(options=options, service=Service(driver))
    try:
        yield window
    finally:
        window.quit()


def _until(window: Any, script: str, what: str) -> Any:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if found := window.execute_script(script):
            return found
        time.sleep(0.02)
    msg = f"the browser waited {_PATIENCE:.0f} s for {what}"
    raise StoreError(msg)


def measure_screen(address: str, questions: Sequence[str]) -> list[Measured]:
    """
    Return milliseconds from Enter to the answer on the screen (p50, p95, longest) over *questions*, asked at *address*.

    The first question of all is asked before, so that the model is loaded.

    Raises:
        NoBrowserError: there is no browser to measure with.
        StoreError: an answer did not come.
    """
    with open_browser() as window:
        window.get(address)
        _until(window, f"return document.querySelector('{BOX}')", "the question box")
        window.execute_script(_WATCH)
        taken: list[float] = []
        for number, question in enumerate((questions[0], *questions)):
            if number and number % TURNS_A_CONVERSATION == 0:
                window.execute_script("document.querySelector('#hvb-new').click()")
                _until(window, "return document.querySelectorAll('.hvb-turn').length === 0", "a new conversation")
            taken.append(_ask(window, question))
    return [
        Measured(f"Enter to the answer on the screen, {name} (n = {len(questions)})", "ms", float(value))
        for name, value in (
            ("p50", np.percentile(taken[1:], 50)),
            ("p95", np.percentile(taken[1:], 95)),
            ("longest", max(taken[1:])),
        )
    ]


def _ask(window: Any, question: str) -> float:
    from selenium.webdriver.common.by import By  # noqa: PLC0415
    from selenium.webdriver.common.keys import Keys  # noqa: PLC0415

    box = window.find_element(By.CSS_SELECTOR, BOX)
    window.execute_script(_FILL, box, question)
    window.execute_script(_READY)
    box.send_keys(Keys.ENTER)
    shown, pressed = _until(
        window, "const s = window.hvbSeen; return s.shown > 0 && [s.shown, s.pressed]", f"the answer to {question!r}"
    )
    return float(shown - pressed)
