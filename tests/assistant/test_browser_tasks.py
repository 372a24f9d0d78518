"""The task tab as a person meets it: filtered by its fields and its chart, opened at its sources, taken away as files."""

from __future__ import annotations

import json
import time
import urllib.request
from io import BytesIO
from pathlib import Path

import pytest

from tests.assistant.test_browser import (  # noqa: F401 - the fixtures are used by name
    address,
    browser,
    found,
    page,
    press,
    pytestmark,
    until,
)

CHOOSE = """const field = document.querySelector(`#hvb-task-form [name=${arguments[0]}]`);
    field.value = arguments[1]; field.dispatchEvent(new Event('change', {bubbles: true}))"""
ROWS = "#hvb-task-found .hvb-task-list > .hvb-scroll tbody tr"


@pytest.fixture
def tab(page):  # noqa: F811 - a fixture
    """The page with the task tab open."""
    page.execute_script(
        "[...document.querySelectorAll('button[role=tab]')].find(t => t.innerText.includes('Nhiệm vụ')).click()"
    )
    until(lambda: found(page, ROWS), "the list")
    return page


def count(browser):  # noqa: F811
    return len(found(browser, ROWS))


def option(browser, field, words):  # noqa: F811
    """Return the value of the option of *field* that has *words*."""
    script = "return [...document.querySelectorAll(`#hvb-task-form [name=${arguments[0]}] option`)].find(o => o.text.includes(arguments[1])).value"
    return browser.execute_script(script, field, words)


def downloaded(browser, kind):  # noqa: F811
    """Return the bytes behind the link of the list to this kind of file."""
    links = [link.get_attribute("href") for link in found(browser, "#hvb-task-found .hvb-download")]
    with urllib.request.urlopen(next(link for link in links if f".{kind}" in link), timeout=30) as response:  # noqa: S310 - our own server
        return response.read()


@pytest.mark.one_window
def test_a_filter_makes_the_list_and_its_file_smaller(tab):
    """
    All 31 rows are there; the agency chosen in the form leaves its own, and the downloaded file has just these.
    """
    from openpyxl import load_workbook

    assert count(tab) == 31
    tab.execute_script(CHOOSE, "agency", option(tab, "agency", "Sở Tài chính"))
    until(lambda: count(tab) == 2, "the rows of the agency")
    assert found(tab, "#hvb-task-found .hvb-possible")

    book = load_workbook(BytesIO(downloaded(tab, "xlsx")))
    leads = [cell.value for line in book.worksheets[0] for cell in line if cell.value == "Sở Tài chính"]
    assert len(leads) == 2
    said = "return document.querySelector('#hvb-task-form .hvb-said').textContent"
    until(lambda: tab.execute_script(said).startswith("2/31"), "the count that is read aloud")


@pytest.mark.one_window
def test_a_bar_filters_and_lets_go(tab):
    """
    A bar of the chart leaves its month, stands in the form, keeps the focus, and pressed again takes itself away.
    """
    from selenium.webdriver.common.keys import Keys

    bar = found(tab, "button.hvb-month")[0]
    assert bar.get_attribute("aria-label").startswith("Tháng 10/2025: 3 mục")
    bar.send_keys(Keys.ENTER)
    until(lambda: count(tab) == 3, "the rows of the month")
    chosen = "return document.querySelector('#hvb-task-form [name=period]').value"
    until(lambda: tab.execute_script(chosen) == "2025-10", "the month in the form")
    pressed = "return document.activeElement.getAttribute('aria-pressed')"
    until(lambda: tab.execute_script(pressed) == "true", "the focus on the bar")

    tab.switch_to.active_element.send_keys(Keys.ENTER)
    until(lambda: count(tab) == 31, "all rows")


@pytest.mark.one_window
def test_conditions_are_taken_away_together(tab):
    """
    Words typed and sent by Enter leave the rows that hold them; one button brings all rows back and clears the form.
    """
    from selenium.webdriver.common.keys import Keys

    found(tab, "#hvb-task-form [name=words]")[0].send_keys("IoT", Keys.ENTER)
    until(lambda: count(tab) == 1, "the row")
    press(tab, "#hvb-task-form [data-event=delete]")
    until(lambda: count(tab) == 31, "all rows")
    words = "return document.querySelector('#hvb-task-form [name=words]').value"
    until(lambda: tab.execute_script(words) == "", "the empty field")


def test_a_row_opens_its_source_with_the_cell_marked(tab):
    """
    The button of a cell opens the document beside the list with this very cell marked; that of the row marks the row.
    """
    tab.execute_script(CHOOSE, "words", "IoT")
    until(lambda: count(tab) == 1, "the row")
    press(tab, f"{ROWS} td:nth-child(6) .hvb-source")
    until(lambda: found(tab, "td.hvb-cited"), "the marked cell")

    assert [" ".join(cell.text.split()) for cell in found(tab, "td.hvb-cited")] == ["Tháng 10/2025"]
    time.sleep(1)  # the scrolling
    box = tab.execute_script(
        "const b = document.getElementById('cited').getBoundingClientRect(); return [b.top, b.bottom, innerHeight]"
    )
    assert 0 <= box[0] <= box[1] <= box[2]

    press(tab, f"{ROWS} th .hvb-reference")
    until(lambda: len(found(tab, "td.hvb-cited")) > 4, "the marked row")


@pytest.mark.one_window
def test_the_calendar_and_the_word_file_open(tab):
    """
    The other two links give a calendar with an event for each dated row and a document with all rows.
    """
    import docx
    from icalendar import Calendar

    assert len(Calendar.from_ical(downloaded(tab, "ics")).walk("VEVENT")) == 6
    assert len(docx.Document(BytesIO(downloaded(tab, "docx"))).tables[0].rows) == 32


def test_nothing_of_the_tab_is_wider_than_the_window(tab):
    """
    With the folded fields open nothing lies beside the window, and no button is cut.
    """
    tab.execute_script("document.querySelectorAll('#hvb-tasks details').forEach(one => one.open = true)")
    wider = """return [...document.querySelectorAll('#hvb-tasks :is(button, p, a, label, select, input, .hvb-scroll)')]
        .filter(one => one.offsetWidth && !one.closest('.hvb-said') && !one.closest('table') && one.getBoundingClientRect().right > innerWidth)
        .map(one => one.outerHTML.slice(0, 90))"""
    cut = "return [...document.querySelectorAll('#hvb-tasks button')].filter(b => b.scrollWidth > b.clientWidth + 1).map(b => b.outerHTML)"

    assert tab.execute_script(wider) == []
    assert tab.execute_script(cut) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_tab_is_accessible(page, theme):  # noqa: F811
    """
    An axe check of the tab, with a document open beside it, finds nothing critical or serious in light or dark.
    """
    import axe_playwright_python

    page.execute_script(f"document.body.classList.toggle('dark', {json.dumps(theme == 'dark')})")
    page.execute_script(
        "[...document.querySelectorAll('button[role=tab]')].find(t => t.innerText.includes('Nhiệm vụ')).click()"
    )
    until(lambda: found(page, ROWS), "the list")
    page.execute_script("document.querySelectorAll('#hvb-tasks details').forEach(one => one.open = true)")
    (script,) = Path(axe_playwright_python.__file__).parent.glob("axe.min.js")
    page.execute_script(script.read_text(encoding="utf-8"))
    run = "axe.run('#hvb-tasks').then(r => arguments[0](r.violations.map(v => [v.id, v.impact, v.nodes.map(n => n.html.slice(0, 120))])))"
    violations = page.execute_async_script(run)

    assert [one for one in violations if one[1] in ("critical", "serious", "moderate")] == []
