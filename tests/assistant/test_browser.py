"""The chat as a person meets it: a real server over the real corpus, a real browser."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")
BOX = "#hvb-box textarea, #hvb-box input"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
QUESTION = "ai chủ trì nhiệm vụ 9 và hạn khi nào?"
PATIENCE = 60  # seconds; the first answer may wait for the model

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="BROWSER TESTS SKIPPED: install chromium and chromium-driver"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # selenium leaves its log file to the garbage collector
]


def until(condition, what):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.1)
    pytest.fail(f"waited {PATIENCE} s for {what}")


@contextmanager
def serving(log, *arguments):
    """Run a server on a free port, which it gets as its last argument; give its address once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, *arguments, str(port)],
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
        try:
            until(lambda: "http://" in log.read_text() or server.poll() is not None, "the server")
            assert server.poll() is None, log.read_text()
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


@contextmanager
def opened(width, height):
    """Give a browser whose window is so wide and high."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    for flag in FLAGS:
        options.add_argument(flag)
    options.binary_location = CHROMIUM
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service(DRIVER))
    try:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        yield browser
    finally:
        browser.quit()


@pytest.fixture(scope="module")
def address(real_index, tmp_path_factory):
    index = shutil.copytree(real_index, tmp_path_factory.mktemp("Kế hoạch") / "index")
    with serving(index.parent / "log", "-m", "assistant", "serve", "--index", str(index), "--port") as served:
        yield served


@pytest.fixture(scope="module", params=[(1440, 900), (390, 844)], ids=["desktop", "phone"])
def browser(request):
    with opened(*request.param) as window:
        yield window


@pytest.fixture
def page(browser, address):
    """A page that nobody has used."""
    visit(browser, address)
    return browser


def visit(browser, address):
    browser.get(address)
    until(lambda: found(browser, BOX), "the question box")


def found(browser, css):
    from selenium.webdriver.common.by import By

    return browser.find_elements(By.CSS_SELECTOR, css)


def ask(browser, question):
    from selenium.webdriver.common.keys import Keys

    turns = int(found(browser, ".hvb-turns")[0].get_attribute("data-turns"))
    box = found(browser, BOX)[0]
    paste = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', {bubbles: true}))"
    browser.execute_script(paste, box, question)
    box.send_keys(Keys.ENTER)
    script = (
        "return document.querySelectorAll('.hvb-turn').length > arguments[0] && !document.querySelector('.hvb-busy')"
    )
    until(lambda: browser.execute_script(script, turns), "the answer")
    return browser.execute_script("return [...document.querySelectorAll('.hvb-turn')].at(-1).innerText")


def press(browser, css, index=0):
    """Press a button by the script, as a key would, wherever it lies."""
    browser.execute_script("document.querySelectorAll(arguments[0])[arguments[1]].click()", css, index)


def hosts_asked(browser):
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    return {urlsplit(url).hostname for url in urls if url.startswith(("http", "ws"))}


def test_the_cited_cell_is_highlighted_in_its_document(page):
    """
    The question of the README is answered with its citations; a key on one brings the very cell into the window, marked.
    """
    from selenium.webdriver.common.keys import Keys

    answer = ask(page, QUESTION)
    found(page, ".hvb-answer .hvb-reference")[1].send_keys(Keys.ENTER)
    until(
        lambda: page.execute_script("return document.querySelector('.hvb-place')?.innerText.includes('Thời gian')"),
        "the place",
    )
    time.sleep(1)  # the scrolling

    assert "Sở Khoa học và Công nghệ" in answer
    assert "10/2025" in answer
    cells = found(page, "td.hvb-cited")
    assert [" ".join(cell.text.split()) for cell in cells] == ["Tháng 10/2025"]
    box = page.execute_script(
        "const r = document.getElementById('cited').getBoundingClientRect();"
        "return {top: r.top, bottom: r.bottom, left: r.left, right: r.right, width: innerWidth, height: innerHeight}"
    )
    assert cells[0].text.split() == found(page, "#cited")[0].text.split()
    assert box["top"] >= 0
    assert box["left"] >= 0
    assert box["bottom"] <= box["height"]
    assert box["right"] <= box["width"]


@pytest.mark.one_window
def test_nothing_is_asked_of_another_host_and_no_error_is_logged(page, address):
    """
    The page, an answer and a document are served by our own host alone, without an error in the browser's console.
    """
    ask(page, "Sở Tài chính chủ trì nhiệm vụ nào?")

    assert {urlsplit(address).hostname} == hosts_asked(page)
    assert [entry for entry in page.get_log("browser") if entry["level"] == "SEVERE"] == []


@pytest.mark.one_window
def test_doubtful_words_of_a_bad_scan_can_be_seen(page):
    """
    In a bad scan the doubtful words are underlined with dots, and a legend above the text says what that means.
    """
    scan = page.execute_script(
        "return [...document.querySelectorAll('.hvb-shelf .hvb-link')].map(one => one.dataset.document)"
    )
    press(page, ".hvb-shelf .hvb-link", scan.index("ke-hoach-546-van-phong-ubnd"))
    until(lambda: found(page, ".hvb-reading .hvb-doubt"), "the scan")
    style = page.execute_script(
        "return getComputedStyle(document.querySelector('.hvb-reading .hvb-doubt'))['text-decoration-style']"
    )

    assert style == "dotted"
    assert {one.get_attribute("title") for one in found(page, ".hvb-doubt")} == {"từ đọc chưa chắc chắn"}
    assert "từ đọc chưa chắc chắn (" in found(page, ".hvb-notice")[0].text


def test_nothing_is_wider_than_the_window(page):
    """
    With a wide table open, in the conversation and in the classroom, nothing of the page lies beside the window.
    """
    wider = """return [...document.querySelectorAll('#hvb-left button, #hvb-left p, #hvb-right header, .hvb-paper, .hvb-scroll, fieldset')]
        .filter(one => one.offsetWidth && one.getBoundingClientRect().right > innerWidth).map(one => one.outerHTML.slice(0, 90))"""
    cut = """return [...document.querySelectorAll('button')].filter(b => !b.closest('.visually-hidden')) // Gradio measures tabs there
        .filter(b => b.scrollWidth > b.clientWidth + 1).map(b => b.innerText)"""
    ask(page, QUESTION)
    assert page.execute_script(wider) == []
    assert page.execute_script(cut) == []

    open_classroom(page)
    assert page.execute_script(wider) == []
    assert page.execute_script(cut) == []


def test_what_was_understood_can_be_taken_back(page):
    """
    A question typed without diacritics shows how it was understood, and one press asks it as it was typed.
    """
    ask(page, "ai chu tri nhiem vu 6")

    assert "ai chủ trì nhiệm vụ 6" in page.execute_script("return document.querySelector('.hvb-understood').innerText")
    press(page, ".hvb-understood button")
    until(lambda: len(found(page, ".hvb-turn")) == 2, "the question asked again")


@pytest.mark.one_window
def test_wrong_input_gets_a_sentence(page):
    """
    A question that is too long is answered by a courteous sentence, and the next question works.
    """
    answer = ask(page, "x" * 1200)

    assert "1.000 ký tự" in answer
    assert "Sở Tài chính" in ask(page, "nhiệm vụ 6 ai chủ trì?")


def open_classroom(browser):
    browser.execute_script(
        "[...document.querySelectorAll('button[role=tab]')].find(t => t.innerText.includes('Lớp')).click()"
    )
    until(lambda: found(browser, "#hvb-test input[name=q0]"), "the quiz")


@pytest.mark.one_window
def test_a_guided_question_is_answered_under_its_card(page):
    """
    A press on the first card shows the answer with its citations, what to look for, and the cited cell in the viewer.
    """
    open_classroom(page)
    press(page, ".hvb-lesson button[data-event=submit]")

    until(lambda: found(page, ".hvb-lesson .hvb-answer"), "the answer under the card")
    assert found(page, ".hvb-lesson .hvb-look")
    assert len(found(page, "td.hvb-cited")) == 1


@pytest.mark.one_window
def test_a_quiz_is_marked(page):
    """
    The quiz of the classroom is marked by the page: a score, and for each question the right answer with its citation.
    """
    open_classroom(page)
    size = int(found(page, "#hvb-test form")[0].get_attribute("data-size"))
    for number in range(size):
        press(page, f"#hvb-test input[name=q{number}]")
    press(page, "#hvb-test button[data-event=submit]")

    until(lambda: found(page, ".hvb-score"), "the score")
    assert f"/{size} câu" in page.execute_script("return document.querySelector('.hvb-score').innerText")
    assert size == len(found(page, "#hvb-test .hvb-verdict"))
    assert size <= len(found(page, "#hvb-test .hvb-citations .hvb-reference"))


@pytest.mark.one_window
def test_enter_that_ends_a_composition_does_not_send(page):
    """
    Unikey and Telex end a word with Enter: that Enter is theirs, and the question stays in its box; a plain Enter sends it.
    """
    box = found(page, BOX)[0]
    box.send_keys("nhiệm vụ 6 ai chủ trì?")
    # what a browser fires at the end of a composition: a keydown that it took, then a keypress that looks ordinary
    enter = "const fire = (kind, composing) => arguments[0].dispatchEvent(new KeyboardEvent(kind, "
    enter += "{key: 'Enter', bubbles: true, cancelable: true, isComposing: composing}));"
    page.execute_script(enter + "fire('keydown', true); fire('keypress', false);", box)
    time.sleep(1)

    assert found(page, ".hvb-turn") == []
    assert box.get_attribute("value") == "nhiệm vụ 6 ai chủ trì?"
    box.send_keys("\n")
    until(lambda: "Sở Tài chính" in found(page, "#hvb-conversation")[0].text, "the answer")


SLOW = """
import sys, time
import uvicorn
from assistant.chat import app, ask_tab
from assistant.chat.office import Office
from tests.assistant.chat_fakes import FakeAssistant

class Slow(FakeAssistant):
    def ask(self, *arguments, **options):
        time.sleep(5)
        return super().ask(*arguments, **options)

app._WAITING = 1
ask_tab.ASKING["concurrency_limit"] = 1
port = int(sys.argv[1])
print("http://", flush=True)
uvicorn.run(app.build_app(Office(Slow()), port=port), port=port, log_level="warning")
"""


def test_who_has_to_wait_is_told(tmp_path):
    """
    One question is in work and one may wait: the second says that it waits, the third asks to come back, in Vietnamese.
    """
    from selenium.webdriver.common.keys import Keys

    with serving(tmp_path / "log", "-c", SLOW) as address, opened(1440, 900) as browser:
        until(lambda: answers(address), "the page")
        tabs = [browser.current_window_handle]
        visit(browser, address)
        for _ in range(2):
            browser.switch_to.new_window("tab")
            visit(browser, address)
            tabs.append(browser.current_window_handle)
        for tab in tabs:
            browser.switch_to.window(tab)
            found(browser, BOX)[0].send_keys("nhiệm vụ 9?", Keys.ENTER)
            time.sleep(0.3)

        until(lambda: found(browser, "[data-testid=toast-text]"), "the notice")
        assert "Đang có nhiều người hỏi cùng lúc" in found(browser, "[data-testid=toast-text]")[0].text
        assert "Lỗi" in found(browser, ".toast-title")[0].text
        browser.switch_to.window(tabs[1])
        assert "chờ đến lượt" in found(browser, "#hvb-conversation")[0].get_attribute("data-waiting")
        until(lambda: found(browser, ".hvb-answer"), "the answer of the one who waited")
        assert found(browser, "#hvb-conversation")[0].get_attribute("data-waiting") is None


def answers(address):
    parts = urlsplit(address)
    with socket.socket() as probe:
        return probe.connect_ex((parts.hostname, parts.port)) == 0
