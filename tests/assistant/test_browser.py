"""The chat as a person meets it: a real server over the real corpus, a real browser."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")
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


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    index = tmp_path_factory.mktemp("Kế hoạch") / "index"
    subprocess.run(
        [sys.executable, "-m", "indexer", "build", "--index", str(index)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=180,
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = index.parent / "log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "assistant", "serve", "--index", str(index), "--port", str(port)],
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


@pytest.fixture(params=[(1440, 900), (390, 844)], ids=["desktop", "phone"])
def page(request, address):
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    width, height = request.param
    options = webdriver.ChromeOptions()
    for flag in FLAGS:
        options.add_argument(flag)
    options.binary_location = CHROMIUM
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service(DRIVER))
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(address)
    until(lambda: found(browser, "#hvb-box textarea, #hvb-box input"), "the question box")
    yield browser
    browser.quit()


def found(browser, css):
    from selenium.webdriver.common.by import By

    return browser.find_elements(By.CSS_SELECTOR, css)


def ask(browser, question):
    from selenium.webdriver.common.keys import Keys

    turns = int(found(browser, ".hvb-turns")[0].get_attribute("data-turns"))
    box = found(browser, "#hvb-box textarea, #hvb-box input")[0]
    box.send_keys(question, Keys.ENTER)
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
    The question of the README is answered with its citations; a press on one brings the very cell into the window, marked.
    """
    answer = ask(page, QUESTION)
    press(page, ".hvb-answer .hvb-reference", 1)
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
    assert box["top"] >= 0
    assert box["left"] >= 0
    assert box["bottom"] <= box["height"]
    assert box["right"] <= box["width"]


def test_nothing_is_asked_of_another_host_and_no_error_is_logged(page, address):
    """
    The page, an answer and a document are served by our own host alone, without an error in the browser's console.
    """
    ask(page, "Sở Tài chính chủ trì nhiệm vụ nào?")

    assert {urlsplit(address).hostname} == hosts_asked(page)
    assert [entry for entry in page.get_log("browser") if entry["level"] == "SEVERE"] == []


def test_what_was_understood_can_be_taken_back(page):
    """
    A question typed without diacritics shows how it was understood, and one press asks it as it was typed.
    """
    ask(page, "ai chu tri nhiem vu 6")

    assert "ai chủ trì nhiệm vụ 6" in page.execute_script("return document.querySelector('.hvb-understood').innerText")
    press(page, ".hvb-understood button")
    until(lambda: len(found(page, ".hvb-turn")) == 2, "the question asked again")


def test_wrong_input_gets_a_sentence(page):
    """
    A question that is too long is answered by a courteous sentence, and the next question works.
    """
    answer = ask(page, "x" * 1200)

    assert "1.000 ký tự" in answer
    assert "Sở Tài chính" in ask(page, "nhiệm vụ 6 ai chủ trì?")


def test_a_quiz_is_marked(page):
    """
    The quiz of the classroom is marked by the page: a score, and for each question the right answer with its citation.
    """
    page.execute_script(
        "[...document.querySelectorAll('button[role=tab]')].find(t => t.innerText.includes('Lớp')).click()"
    )
    until(lambda: found(page, "#hvb-test input[name=q0]"), "the quiz")
    size = int(found(page, "#hvb-test form")[0].get_attribute("data-size"))
    for number in range(size):
        press(page, f"#hvb-test input[name=q{number}]")
    press(page, "#hvb-test button[data-event=submit]")

    until(lambda: found(page, ".hvb-score"), "the score")
    assert f"/{size} câu" in page.execute_script("return document.querySelector('.hvb-score').innerText")
    assert size == len(found(page, "#hvb-test .hvb-verdict"))
    assert size == len(found(page, "#hvb-test .hvb-citations .hvb-reference"))


def test_enter_that_ends_a_composition_does_not_send(page):
    """
    Unikey and Telex end a word with Enter: that Enter is theirs, and the question stays in its box; a plain Enter sends it.
    """
    box = found(page, "#hvb-box textarea, #hvb-box input")[0]
    box.send_keys("nhiệm vụ 6 ai chủ trì?")
    # what a browser fires at the end of a composition: a keydown that it took, then a keypress that looks ordinary
    enter = "const fire = (kind, composing) => arguments[0].dispatchEvent(new KeyboardEvent(kind, "
    enter += "{key: 'Enter', bubbles: true, cancelable: true, isComposing: composing}));"
    page.execute_script(enter + "fire('keydown', true); fire('keypress', false);", box)
    time.sleep(1)

    assert found(page, ".hvb-turn") == []
    assert box.get_attribute("value") == "nhiệm vụ 6 ai chủ trì?"
    assert "Sở Tài chính" in ask(page, "")
