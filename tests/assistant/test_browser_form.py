"""What holds on every tab: people with disabilities can use it, it fits every window, and it speaks one language in one face."""

from __future__ import annotations

import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.assistant.test_browser import CHROMIUM, DRIVER, address, ask, found, hosts_asked, opened, press, until, visit  # noqa: F401 - a fixture

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="BROWSER TESTS SKIPPED: install chromium and chromium-driver"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
QUESTION = "ai chu tri nhiem vu 9, khi nao xong"
TABS = "return [...document.querySelectorAll('button[role=tab][id^=hvb-tab]')].map(tab => tab.id)"
RUN_AXE = """
const done = arguments[arguments.length - 1];
axe.run(document, {resultTypes: ["violations"]}).then(found => done(found.violations
  .filter(one => ["critical", "serious"].includes(one.impact))
  .map(one => `${one.id}: ${one.nodes.map(node => node.target.join(" ")).slice(0, 3).join(" | ")}`)));
"""
# what is drawn beside the window or runs out of its own button, on the tab that is open
TOO_WIDE = """
const seen = one => one.offsetParent && getComputedStyle(one).visibility !== "hidden";
const inside = one => one.closest(".hvb-scroll, .hvb-pages, [role=tablist], .tab-container, svg");
const wide = [...document.querySelectorAll("button, p, h1, h2, h3, label, input, select, textarea, table, fieldset, nav, a, li")]
  .filter(one => seen(one) && !inside(one) && one.getBoundingClientRect().right > innerWidth + 1);
const cut = [...document.querySelectorAll("button, a")].filter(one => seen(one) && !inside(one)
  && one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== "inline" && getComputedStyle(one).textOverflow !== "ellipsis");
return [...wide, ...cut].map(one => one.outerHTML.slice(0, 120));
"""
# letters for which the browser had to take another face than the one that is shipped
FACES = """
const faces = new Set();
for (const one of document.querySelectorAll(".gradio-container *"))
  if (one.offsetParent && one.childNodes.length) faces.add(getComputedStyle(one).fontFamily.split(",")[0] + getComputedStyle(one).fontWeight);
return [...faces];
"""


def axe_source():
    spec = find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.origin is not None
    return (Path(spec.origin).parent / "axe.min.js").read_text(encoding="utf-8")


WIDE, TABLET, PHONE, SMALL = (1440, 900), (768, 1024), (390, 844), (360, 740)
LIGHT, DARK, ENGLISH = "", "?__theme=dark", "en/"
FORMS = [  # every size, theme and language, but not each with each other, which would take minutes
    *[(WIDE, page) for page in (LIGHT, DARK, ENGLISH)],
    (TABLET, LIGHT),
    *[(PHONE, page) for page in (DARK, ENGLISH)],
    (SMALL, LIGHT),
]


@pytest.fixture(scope="module")
def window(request):
    with opened(*request.param) as browser:
        browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": axe_source()})
        yield browser


def open_tab(browser, tab):
    browser.execute_script("document.getElementById(arguments[0]).click()", tab)
    until(
        lambda: browser.execute_script("return document.getElementById(arguments[0]).ariaSelected === 'true'", tab),
        f"the tab {tab}",
    )
    time.sleep(0.7)  # what the tab loads


@pytest.mark.parametrize(("window", "page"), FORMS, indirect=["window"])
def test_every_tab_can_be_used_by_everybody(window, address, page):  # noqa: F811
    """
    On every tab axe-core finds nothing serious, nothing lies beside the window, and all text is in the face that is shipped.
    """
    visit(window, f"{address}/{page}")
    ask(window, QUESTION)
    until(lambda: found(window, "#cited"), "the cited place")
    faults = {}
    for tab in window.execute_script(TABS):
        open_tab(window, tab)
        name = found(window, f"#{tab}")[0].get_attribute("textContent").strip()
        faults[name] = [*window.execute_async_script(RUN_AXE), *window.execute_script(TOO_WIDE)]
        faces = window.execute_script(FACES)
        faults[name] += [face for face in faces if face not in ('"Be Vietnam Pro"400', '"Be Vietnam Pro"700')]

    assert {name: found for name, found in faults.items() if found} == {}
    assert [entry for entry in window.get_log("browser") if entry["level"] == "SEVERE"] == []
    assert hosts_asked(window) == {"127.0.0.1"}


SEND = "return document.querySelector('#hvb-send')?.textContent.trim()"


@pytest.mark.parametrize("window", [WIDE], indirect=True)
def test_the_language_is_switched(window, address):  # noqa: F811
    """
    One press shows the page in English, with Vietnamese words of documents quoted, and another one in Vietnamese again.

    The conversation goes along and goes on.
    """
    visit(window, address)
    press(window, ".hvb-language")
    until(lambda: window.execute_script(SEND) == "Ask", "the English page")
    assert window.execute_script("return document.documentElement.lang") == "en"
    assert "Sở Khoa học và Công nghệ" in ask(window, "Who leads task 9?")

    press(window, ".hvb-language")
    until(lambda: window.execute_script(SEND) == "Hỏi", "the Vietnamese page")
    assert window.execute_script("return document.documentElement.lang") == "vi"
    until(lambda: found(window, "#hvb-conversation .hvb-question"), "the conversation")
    assert found(window, "#hvb-conversation .hvb-question")[0].text == "Who leads task 9?"
    assert "10/2025" in ask(window, "khi nào xong?")
