"""
Takes the pictures of the documentation: every tab at three widths, in use.

    python -m tests.screenshots [--index DIR]    (needs Chromium and its driver; writes docs/images)
"""

from __future__ import annotations

import argparse
import io
import tempfile
import time
from pathlib import Path

from PIL import Image

from tests.assistant.test_browser import ROOT, ask, found, opened, serving, until, visit

WIDTHS = ((1440, 900), (768, 1024), (390, 844))
QUESTION = "ai chu tri nhiem vu 9, khi nao xong?"
IMAGES = ROOT / "docs" / "images"
_COLOURS = 128  # flat areas and text: more would only make the files larger


def take(browser, path: Path) -> None:
    """Write what the window shows as a small PNG."""
    picture = Image.open(io.BytesIO(browser.get_screenshot_as_png())).convert("RGB")
    picture.quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def press(browser, css: str) -> None:
    """Press the first element of *css* and wait for what it loads."""
    browser.execute_script("document.querySelector(arguments[0]).click()", css)
    time.sleep(2)


def open_tab(browser, name: str) -> None:
    """Open the tab *name*."""
    press(browser, f"#hvb-tab-{name}-button")


def _ask(browser) -> None:
    ask(browser, QUESTION)
    until(lambda: found(browser, "#cited"), "the cited place")
    press(browser, ".hvb-citations .hvb-reference")


def _documents(browser) -> None:
    press(browser, "#hvb-tab-documents .hvb-link")


def _bench(browser) -> None:
    shown = "#hvb-tab-bench .hvb-bench-acts button[data-event=input]"
    if not found(browser, shown):
        press(browser, "#hvb-tab-bench button[data-event=submit]")
        until(lambda: found(browser, shown), "the result")
    press(browser, shown)


_IN_USE = {"ask": _ask, "documents": _documents, "bench": _bench}


def main() -> None:
    """Take every picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", default=".index")
    index = parser.parse_args().index
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        command = ("-m", "assistant", "serve", "--index", index, "--data", f"{data}/data", "--port")
        with serving(Path(data) / "log", *command) as address:
            for width, height in WIDTHS:
                with opened(width, height) as browser:
                    visit(browser, address)
                    for tab in ("ask", "documents", "tasks", "class", "bench"):
                        open_tab(browser, tab)
                        if tab in _IN_USE:
                            _IN_USE[tab](browser)
                        take(browser, IMAGES / f"{tab}-{width}.png")


if __name__ == "__main__":
    main()
