"""Signing in as a person does, in a real browser: forms name their origin there, and scripts run."""

from __future__ import annotations

import pytest

from tests.assistant.test_accounts import PASSWORD
from tests.assistant.test_browser import CHROMIUM, DRIVER, answers, ask, found, opened, press, serving, until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="BROWSER TESTS SKIPPED: install chromium and chromium-driver"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # selenium leaves its log file to the garbage collector
]

SERVER = """
import sys
import uvicorn
from assistant.chat import app
from assistant.chat.offered import Offered
from assistant.chat.office import Office
from tests.assistant.chat_fakes import FakeAssistant
from tests.assistant.test_chat_doors import fresh_accounts

port = int(sys.argv[1])
print("http://", flush=True)
built = app.build_app(Office(FakeAssistant(), doors=fresh_accounts()), port=port, offered=Offered(api=True))
uvicorn.run(built, port=port, log_level="warning")
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("doors") / "log", "-c", SERVER) as served:
        until(lambda: answers(served), "the server")
        yield served


@pytest.fixture(scope="module", params=[(1440, 900), (360, 740)], ids=["desktop", "phone"])
def browser(request):
    with opened(*request.param) as window:
        yield window


def faults(browser):
    """Return what axe-core finds wrong with the page."""
    from axe_playwright_python.base import AXE_FILE_PATH

    browser.execute_script(AXE_FILE_PATH.read_text(encoding="utf-8"))
    run = "axe.run(document).then(found => arguments[0](found.violations.map(one => one.id)))"
    return browser.execute_async_script(run)


def is_too_wide(browser):
    return browser.execute_script("return document.documentElement.scrollWidth > innerWidth")


@pytest.mark.one_window
def test_a_person_signs_in_asks_and_signs_out(browser, address):
    """
    A person who opens the page signs in by keys alone, is named, is answered, and signs out again.

    A wrong password is said, and neither page has a fault for assistive technology.
    """
    from selenium.webdriver.common.keys import Keys

    browser.delete_all_cookies()
    browser.get(address)
    until(lambda: found(browser, "#mat-khau"), "the sign-in page")
    assert faults(browser) == []
    assert not is_too_wide(browser)
    browser.switch_to.active_element.send_keys("Lan", Keys.TAB, "sai", Keys.ENTER)
    until(lambda: found(browser, "[role=alert]"), "the sentence")
    assert faults(browser) == []
    browser.switch_to.active_element.send_keys(PASSWORD, Keys.ENTER)

    until(lambda: found(browser, "#hvb-who form"), "the name")
    assert "Lan" in found(browser, "#hvb-who")[0].text
    assert "Sở Khoa học" in ask(browser, "nhiệm vụ 9?")
    press(browser, ".hvb-sign-out")
    until(lambda: found(browser, "#mat-khau"), "the sign-in page again")
    assert "dang-nhap" in browser.current_url


@pytest.mark.parametrize("path", ["mat-khau", "api/", "mat-khau?lang=en", "api/?lang=en"])
def test_the_other_pages_have_no_fault(browser, address, path):
    """
    The pages of the password and of the API are clean for assistive technology, and no wider than the window.
    """
    browser.get(f"{address}/hoi-van-ban/dang-nhap")
    found(browser, "#ten")[0].send_keys("Lan")
    found(browser, "#mat-khau")[0].send_keys(f"{PASSWORD}\n")
    until(lambda: "dang-nhap" not in browser.current_url, "the page")
    browser.get(f"{address}/hoi-van-ban/{path}")
    until(lambda: found(browser, "main h1"), "the page")

    assert faults(browser) == []
    assert not is_too_wide(browser)
